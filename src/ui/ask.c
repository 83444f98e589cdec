/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/core.h"

#include <string.h>

#include "util/fuzzy.h"
#include "util/i18n.h"
#include "util/text.h"

/* ---- one letter -------------------------------------------------------------------------- */

typedef struct {
	AppChoice choice;
	gboolean only_first; /* nothing happens for any but the letter y */
	gpointer data;
	GDestroyNotify free_data;
} Asked;

static void
asked_free(gpointer data)
{
	Asked *asked = data;

	if (asked->free_data)
		asked->free_data(asked->data);
	g_free(asked);
}

static void
asked_done(App *app, View *view, const char *text, gpointer data)
{
	Asked *asked = data;

	if (text && (!asked->only_first || strcmp(text, "y") == 0))
		asked->choice(app, view, g_utf8_get_char(text), asked->data);
	else if (asked->only_first)
		app_say(app, "%s", _("Nothing was done."));
}

static void
ask(App *app, View *view, const char *words, const char *choices, gboolean only_first, AppChoice choice,
	gpointer data, GDestroyNotify free_data)
{
	Asked *asked = g_new0(Asked, 1);
	const char *last = strrchr(words, '\n');
	g_autofree char *above = last ? g_strndup(words, (gsize)(last - words)) : NULL;
	g_autofree char *safe = text_safe(last ? last + 1 : words, -1, TEXT_MARKS);
	g_autofree char *label = g_strdup_printf("%s ", safe);
	PromptSpec spec = {.view = view,
		.label = label,
		.words = above,
		.choices = choices,
		.done = asked_done,
		.data = asked,
		.free_data = asked_free};

	*asked = (Asked){choice, only_first, data, free_data};
	app_prompt(app, &spec);
}

void
app_choose(App *app, View *view, const char *words, const char *choices, AppChoice choice, gpointer data,
	GDestroyNotify free_data)
{
	ask(app, view, words, choices, FALSE, choice, data, free_data);
}

void
app_confirm(App *app, View *view, const char *words, AppChoice yes, gpointer data, GDestroyNotify free_data)
{
	/* n first: Enter means no. */
	ask(app, view, words, "ny", TRUE, yes, data, free_data);
}

/* ---- a folder ---------------------------------------------------------------------------- */

typedef struct {
	AppFolderChosen chosen;
	char *account; /* of the folder when none is named */
	char *first;   /* stands first while nothing is typed: Enter takes it; NULL */
	gpointer data;
	GDestroyNotify free_data;
} FolderAsked;

static void
folder_asked_free(gpointer data)
{
	FolderAsked *asked = data;

	if (asked->free_data)
		asked->free_data(asked->data);
	g_free(asked->account);
	g_free(asked->first);
	g_free(asked);
}

/* "Folder", or "account: Folder" for another account. */
static char *
folder_text(App *app, const FolderAsked *asked, const UiAccount *account, const StoreFolder *folder)
{
	if (app->accounts->len < 2 || g_strcmp0(asked->account, account->key) == 0)
		return g_strdup(folder->name);
	return g_strdup_printf("%s: %s", account->key, folder->name);
}

static void
folder_candidates(App *app, const char *text, gsize *start, GPtrArray *candidates, gpointer data)
{
	const FolderAsked *asked = data;
	g_autoptr(Fuzzy) fuzzy = fuzzy_new(text);

	*start = 0;
	for (guint a = 0; a < app->accounts->len; a++) {
		UiAccount *account = g_ptr_array_index(app->accounts, a);

		for (guint i = 0; i < account->folders->len; i++) {
			const StoreFolder *folder = g_ptr_array_index(account->folders, i);
			g_autofree char *name = folder_text(app, asked, account, folder);
			g_autofree char *brief =
				folder->unread > 0
					? g_strdup_printf(P_("%u unread", "%u unread", folder->unread),
						  folder->unread)
					: NULL;
			int score = fuzzy_score(fuzzy, name);

			if (*text == '\0' && g_strcmp0(name, asked->first) == 0)
				score = 1;
			if (score != FUZZY_NONE && folder->selectable)
				g_ptr_array_add(candidates, candidate_new(name, brief, NULL, score));
		}
	}
}

const char *
app_split_folder(App *app, const char *text, UiAccount **account)
{
	const char *colon = strstr(text, ": ");

	for (guint i = 0; colon && i < app->accounts->len; i++) {
		UiAccount *other = g_ptr_array_index(app->accounts, i);

		if (strlen(other->key) == (gsize)(colon - text) &&
			strncmp(other->key, text, (gsize)(colon - text)) == 0) {
			*account = other;
			return colon + 2;
		}
	}
	return text;
}

static void
folder_done(App *app, View *view, const char *text, gpointer data)
{
	FolderAsked *asked = data;
	UiAccount *account = app_account(app, asked->account);
	const char *name;

	if (!text || *text == '\0' || !account)
		return;
	name = app_split_folder(app, text, &account);
	if (*name == '=' || *name == '+')
		name++;
	else if (strcmp(name, "!") == 0)
		name = "INBOX";
	asked->chosen(app, view, account, name, asked->data);
}

/* The folder with unread mail behind the one named. */
static char *
folder_cycle(App *app, const char *text, gpointer data)
{
	const FolderAsked *asked = data;
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

	for (guint a = 0; a < app->accounts->len; a++) {
		UiAccount *account = g_ptr_array_index(app->accounts, a);

		for (guint i = 0; i < account->folders->len; i++) {
			const StoreFolder *folder = g_ptr_array_index(account->folders, i);

			if (folder->unread > 0 && folder->selectable && folder->role != ROLE_JUNK &&
				folder->role != ROLE_TRASH)
				g_ptr_array_add(names, folder_text(app, asked, account, folder));
		}
	}
	for (guint i = 0; i < names->len; i++)
		if (strcmp(g_ptr_array_index(names, i), text) == 0)
			return g_strdup(g_ptr_array_index(names, (i + 1) % names->len));
	return names->len > 0 ? g_strdup(g_ptr_array_index(names, 0)) : NULL;
}

void
app_choose_folder(App *app, View *view, const char *label, const char *first, UiAccount *account,
	AppFolderChosen chosen, gpointer data, GDestroyNotify free_data)
{
	FolderAsked *asked = g_new0(FolderAsked, 1);
	PromptSpec spec = {.view = view,
		.label = label,
		.history = "folder",
		.pick = TRUE,
		.live = TRUE,
		.complete = folder_candidates,
		.cycle = folder_cycle,
		.done = folder_done,
		.data = asked,
		.free_data = folder_asked_free};

	*asked = (FolderAsked){chosen, g_strdup(account->key), g_strdup(first), data, free_data};
	app_prompt(app, &spec);
}

/* ---- a path ------------------------------------------------------------------------------ */

#define PATHS_SHOWN 500

void
path_complete(const char *text, gsize *start, GPtrArray *candidates)
{
	const char *slash = strrchr(text, '/');
	g_autofree char *above = slash ? g_strndup(text, (gsize)(slash - text) + 1) : g_strdup("./");
	g_autofree char *folder = paths_expand(above);
	const char *prefix = slash ? slash + 1 : text;
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	*start = (gsize)(prefix - text);
	while (dir && (name = g_dir_read_name(dir)) && candidates->len < PATHS_SHOWN) {
		g_autofree char *path = NULL, *shown = NULL;
		gboolean is_folder;

		/* Only of what is offered the disk is asked. */
		if (!g_str_has_prefix(name, prefix) || (name[0] == '.' && prefix[0] != '.') ||
			!g_utf8_validate(name, -1, NULL))
			continue;
		path = g_build_filename(folder, name, NULL);
		is_folder = g_file_test(path, G_FILE_TEST_IS_DIR);
		shown = g_strconcat(name, is_folder ? "/" : NULL, NULL);
		g_ptr_array_add(candidates, candidate_new(shown, NULL, NULL, is_folder ? 1 : 0));
	}
}
