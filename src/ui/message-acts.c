/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/message-acts.h"

#include <string.h>

#include "ui/act.h"
#include "ui/core.h"
#include "ui/index.h"
#include "util/i18n.h"
#include "util/text.h"

/* ---- moving ------------------------------------------------------------------------------ */

static void
act(View *view, const CommandCall *call, EngineActKind kind)
{
	UiAccount *account;
	g_autoptr(GArray) rows = act_targets(view, call, &account);

	if (rows)
		act_on_rows(view, account, rows, kind, NULL, FALSE);
}

void
message_delete_message(View *view, const CommandCall *call)
{
	act(view, call, ACT_DELETE);
}

void
message_archive(View *view, const CommandCall *call)
{
	act(view, call, ACT_ARCHIVE);
}

void
message_junk_toggle(View *view, const CommandCall *call)
{
	act(view, call, ACT_JUNK);
}

static void
on_thread(View *view, gboolean below, EngineActKind kind, guint seen)
{
	View *index = app_find(view->app, &index_class);
	g_autoptr(GArray) rows = index ? index_thread_rows(index, below) : NULL;

	if (!rows || rows->len == 0)
		app_say(view->app, "%s", _("There is no thread here."));
	else if (seen)
		act_flags(view, index_account(index), rows, seen, 0, NULL, NULL);
	else
		act_on_rows(view, index_account(index), rows, kind, NULL, FALSE);
}

void
message_delete_thread(View *view, const CommandCall *call)
{
	(void)call;
	on_thread(view, FALSE, ACT_DELETE, 0);
}

void
message_delete_subthread(View *view, const CommandCall *call)
{
	(void)call;
	on_thread(view, TRUE, ACT_DELETE, 0);
}

void
message_thread_read(View *view, const CommandCall *call)
{
	(void)call;
	on_thread(view, FALSE, ACT_FLAGS, MESSAGE_SEEN);
}

void
message_subthread_read(View *view, const CommandCall *call)
{
	(void)call;
	on_thread(view, TRUE, ACT_FLAGS, MESSAGE_SEEN);
}

typedef struct {
	GArray *rows;
	EngineActKind kind;
	UiAccount *account;
	char *who; /* list or sender, to remember where its mail goes; NULL */
} Move;

static void
move_free(gpointer data)
{
	Move *move = data;

	g_array_unref(move->rows);
	g_free(move->who);
	g_free(move);
}

static void
move_chosen(App *app, View *view, UiAccount *account, const char *folder, gpointer data)
{
	Move *move = data;
	char *text;

	if (!view)
		return;
	if (!account_folder(account, folder)) {
		app_warn(
			app, _("There is no folder \"%s\". y shows the folders, C there makes one."), folder);
		return;
	}
	text = account == move->account ? g_strdup(folder) : g_strdup_printf("%s: %s", account->key, folder);
	if (move->who)
		g_hash_table_insert(app->targets, g_strdup(move->who), g_strdup(text));
	g_free(app->last_target);
	app->last_target = text;
	if (account == move->account)
		act_on_rows(view, account, move->rows, move->kind, folder, FALSE);
	else
		act_to_account(view, move->account, move->rows, move->kind, folder, account->key);
}

static void
to_folder(View *view, const CommandCall *call, EngineActKind kind)
{
	UiAccount *account;
	g_autoptr(GArray) rows = act_targets(view, call, &account);
	g_autoptr(StoreRow) first = NULL;
	const StoreFolder *archive;
	const char *guess = NULL;
	Move *move;

	if (!rows)
		return;
	move = g_new0(Move, 1);
	move->rows = g_array_ref(rows);
	move->kind = kind;
	move->account = account;
	first = account->view ? store_view_row(account->view, g_array_index(rows, RowId, 0)) : NULL;
	if (first)
		move->who = g_strdup(first->list_id ? first->list_id : first->from_address);
	if (call->argument) {
		UiAccount *other = account;
		const char *folder = app_split_folder(view->app, call->argument, &other);

		move_chosen(view->app, view, other, folder, move);
		move_free(move);
		return;
	}
	archive = account_folder_by_role(account, ROLE_ARCHIVE);
	guess = move->who ? g_hash_table_lookup(view->app->targets, move->who) : NULL;
	app_choose_folder(view->app, view, kind == ACT_MOVE ? _("Move to:") : _("Copy to:"),
		guess                    ? guess
		: view->app->last_target ? view->app->last_target
		: archive                ? archive->name
					 : NULL,
		account, move_chosen, move, move_free);
}

void
message_move_message(View *view, const CommandCall *call)
{
	to_folder(view, call, ACT_MOVE);
}

void
message_copy_message(View *view, const CommandCall *call)
{
	to_folder(view, call, ACT_COPY);
}

/* ---- flags ------------------------------------------------------------------------------- */

static gboolean
first_has(View *view, UiAccount *account, const GArray *rows, guint flag)
{
	g_autoptr(StoreRow) row = store_view_row(account->view, g_array_index(rows, RowId, 0));
	View *index = app_find(view->app, &index_class);

	if (!row)
		return FALSE;
	return (index ? index_flags(index, row) : row->flags) & flag;
}

static void
go_on(View *view)
{
	View *index = app_find(view->app, &index_class);

	if (view == index)
		index_step(index, 1);
}

static void
toggle(View *view, const CommandCall *call, guint flag)
{
	UiAccount *account;
	g_autoptr(GArray) rows = act_targets(view, call, &account);
	gboolean has;

	if (!rows || !account->view)
		return;
	has = first_has(view, account, rows, flag);
	act_flags(view, account, rows, has ? 0 : flag, has ? flag : 0, NULL, NULL);
	if (!call->marked)
		go_on(view);
}

void
message_flag_toggle(View *view, const CommandCall *call)
{
	toggle(view, call, MESSAGE_FLAGGED);
}

void
message_unread_toggle(View *view, const CommandCall *call)
{
	toggle(view, call, MESSAGE_SEEN);
}

typedef struct {
	GArray *rows;
	UiAccount *account;
	gboolean clear;
} Flags;

static void
flags_free(gpointer data)
{
	Flags *flags = data;

	g_array_unref(flags->rows);
	g_free(flags);
}

typedef struct {
	gunichar letter;
	guint flag;
	gboolean inverse; /* setting "new" clears \Seen */
} FlagLetter;

static const FlagLetter flag_letters[] = {
	{'n', MESSAGE_SEEN, TRUE},
	{'!', MESSAGE_FLAGGED, FALSE},
	{'r', MESSAGE_ANSWERED, FALSE},
	{'f', MESSAGE_FORWARDED, FALSE},
	{'d', MESSAGE_DELETED, FALSE},
};

static void
flag_chosen(App *app, View *view, gunichar choice, gpointer data)
{
	Flags *flags = data;

	(void)app;
	for (guint i = 0; view && i < G_N_ELEMENTS(flag_letters); i++) {
		const FlagLetter *letter = &flag_letters[i];
		gboolean add = letter->inverse == flags->clear;

		if (letter->letter == choice)
			act_flags(view, flags->account, flags->rows, add ? letter->flag : 0,
				add ? 0 : letter->flag, NULL, NULL);
	}
}

static void
ask_flag(View *view, const CommandCall *call, gboolean clear)
{
	UiAccount *account;
	g_autoptr(GArray) rows = act_targets(view, call, &account);
	Flags *flags;

	if (!rows)
		return;
	flags = g_new0(Flags, 1);
	flags->rows = g_array_ref(rows);
	flags->account = account;
	flags->clear = clear;
	app_choose(view->app, view,
		clear ? _("Clear which? n new  ! flagged  r replied  f forwarded  d deleted")
		      : _("Set which? n new  ! flagged  r replied  f forwarded  d deleted"),
		"n!rfd", flag_chosen, flags, flags_free);
}

void
message_flag_set(View *view, const CommandCall *call)
{
	ask_flag(view, call, FALSE);
}

void
message_flag_clear(View *view, const CommandCall *call)
{
	ask_flag(view, call, TRUE);
}

static void
label_done(App *app, View *view, const char *text, gpointer data)
{
	Flags *flags = data;
	g_auto(GStrv) words = text ? g_strsplit_set(text, " ,", -1) : NULL;
	GString *add = g_string_new(NULL), *remove = g_string_new(NULL);

	(void)app;
	for (guint i = 0; words && words[i]; i++) {
		gboolean off = words[i][0] == '-';
		const char *word = words[i] + (off || words[i][0] == '+');

		if (*word)
			g_string_append_printf(
				off ? remove : add, "%s%s", (off ? remove : add)->len ? " " : "", word);
	}
	if (view && (add->len > 0 || remove->len > 0))
		act_flags(view, flags->account, flags->rows, 0, 0, add->len ? add->str : NULL,
			remove->len ? remove->str : NULL);
	g_string_free(add, TRUE);
	g_string_free(remove, TRUE);
}

void
message_label_edit(View *view, const CommandCall *call)
{
	UiAccount *account;
	g_autoptr(GArray) rows = act_targets(view, call, &account);
	Flags *flags;
	PromptSpec spec = {.view = view,
		.label = _("Labels (+work -todo):"),
		.history = "label",
		.done = label_done,
		.free_data = flags_free};

	if (!rows)
		return;
	flags = g_new0(Flags, 1);
	flags->rows = g_array_ref(rows);
	flags->account = account;
	spec.data = flags;
	app_prompt(view->app, &spec);
}
