/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/act.h"

#include "ui/core.h"
#include "ui/index.h"
#include "ui/pager.h"
#include "util/i18n.h"
#include "util/text.h"

typedef struct {
	UiAccount *account; /* accounts stay as long as the app */
	GArray *rows;
	EngineActKind kind;
	char *target, *target_account;
} Pending;

static void
pending_free(gpointer data)
{
	Pending *pending = data;

	g_array_unref(pending->rows);
	g_free(pending->target);
	g_free(pending->target_account);
	g_free(pending);
}

GArray *
act_targets(View *view, const CommandCall *call, UiAccount **account)
{
	GArray *rows = view->class->messages ? view->class->messages(view, call->marked, account) : NULL;

	if (rows && rows->len > 0)
		return rows;
	if (rows)
		g_array_unref(rows);
	app_say(view->app, "%s", _("There is no message here."));
	return NULL;
}

/* The list lost what the pager shows: the pager goes on with what stands there now. */
static void
follow(View *view)
{
	if (view && view->class == &pager_class)
		pager_follow(view);
}

static void
run(App *app, View *view, const Pending *pending)
{
	View *index = app_find(app, &index_class);
	gboolean gone = pending->kind != ACT_COPY;
	EngineAct act = {
		.kind = pending->kind,
		.account = pending->account->key,
		.rows = (const RowId *)pending->rows->data,
		.row_count = pending->rows->len,
		.target = pending->target,
		.target_account = pending->target_account,
	};
	guint ticket = app_act(app, view, &act);

	if (index && index_account(index) == pending->account && gone)
		index_overlay(index, ticket, act.rows, act.row_count, 0, 0, TRUE);
	if (gone)
		follow(view);
	app_dirty(app);
}

static void
confirmed(App *app, View *view, gunichar choice, gpointer data)
{
	(void)choice;
	run(app, view, data);
}

/* For good: in Trash a delete expunges. */
static gboolean
is_for_good(App *app, const Pending *pending)
{
	const StoreFolder *folder;

	(void)app;
	if (pending->kind != ACT_DELETE || pending->rows->len == 0)
		return FALSE;
	folder = account_folder_by_id(pending->account, ROW_FOLDER(g_array_index(pending->rows, RowId, 0)));
	return folder && folder->role == ROLE_TRASH;
}

static char *
question(const Pending *pending, gboolean for_good)
{
	guint count = pending->rows->len;
	g_autofree char *target = pending->target ? text_safe(pending->target, -1, TEXT_MARKS) : NULL;

	switch (pending->kind) {
	case ACT_DELETE:
		if (for_good)
			return g_strdup_printf(
				P_("Delete %u message for good? This cannot be undone. y/n",
					"Delete %u messages for good? This cannot be undone. y/n", count),
				count);
		return g_strdup_printf(P_("Delete %u message? y/n", "Delete %u messages? y/n", count), count);
	case ACT_MOVE:
		return g_strdup_printf(P_("Move %u message to %s? y/n", "Move %u messages to %s? y/n", count),
			count, target);
	case ACT_COPY:
		return g_strdup_printf(P_("Copy %u message to %s? y/n", "Copy %u messages to %s? y/n", count),
			count, target);
	case ACT_ARCHIVE:
		return g_strdup_printf(
			P_("Archive %u message? y/n", "Archive %u messages? y/n", count), count);
	default:
		return g_strdup_printf(
			P_("Do this to %u message? y/n", "Do this to %u messages? y/n", count), count);
	}
}

static void
start(View *view, Pending *pending, gboolean ask)
{
	App *app = view->app;
	guint over = config_program(app->config)->confirm_over;
	gboolean for_good = is_for_good(app, pending);

	if (ask || for_good || (over > 0 && pending->rows->len > over)) {
		g_autofree char *words = question(pending, for_good);

		app_confirm(app, view, words, confirmed, pending, pending_free);
		return;
	}
	run(app, view, pending);
	pending_free(pending);
}

static Pending *
pending_new(UiAccount *account, const GArray *rows, EngineActKind kind, const char *target, const char *other)
{
	Pending *pending = g_new0(Pending, 1);

	pending->account = account;
	pending->rows = g_array_copy((GArray *)rows);
	pending->kind = kind;
	pending->target = g_strdup(target);
	pending->target_account = g_strdup(other);
	return pending;
}

void
act_on_rows(View *view, UiAccount *account, const GArray *rows, EngineActKind kind, const char *target,
	gboolean ask)
{
	start(view, pending_new(account, rows, kind, target, NULL), ask);
}

void
act_to_account(View *view, UiAccount *account, const GArray *rows, EngineActKind kind, const char *target,
	const char *target_account)
{
	start(view, pending_new(account, rows, kind, target, target_account), FALSE);
}

void
act_flags(View *view, UiAccount *account, const GArray *rows, guint add, guint remove,
	const char *add_keywords, const char *remove_keywords)
{
	App *app = view->app;
	View *index = app_find(app, &index_class);
	EngineAct act = {
		.kind = ACT_FLAGS,
		.account = account->key,
		.rows = (const RowId *)rows->data,
		.row_count = rows->len,
		.add_flags = add,
		.remove_flags = remove,
		.add_keywords = add_keywords,
		.remove_keywords = remove_keywords,
	};
	guint ticket = app_act(app, view, &act);

	if (index && index_account(index) == account)
		index_overlay(index, ticket, act.rows, act.row_count, add, remove, FALSE);
	app_dirty(app);
}

static void
seen(App *app, View *view, const EngineEvent *event, gpointer data)
{
	(void)view;
	(void)data;
	if (event->error)
		app_error(app, event->error);
}

void
act_seen(View *view, UiAccount *account, RowId row)
{
	App *app = view->app;
	View *index = app_find(app, &index_class);
	EngineAct act = {.kind = ACT_FLAGS,
		.account = account->key,
		.rows = &row,
		.row_count = 1,
		.add_flags = MESSAGE_SEEN};
	guint ticket = engine_act(app->engine, &act);

	app_expect(app, ticket, NULL, seen, NULL, NULL);
	if (index && index_account(index) == account)
		index_overlay(index, ticket, &row, 1, MESSAGE_SEEN, 0, FALSE);
}
