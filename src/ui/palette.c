/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/palette.h"

#include <string.h>

#include "ui/core.h"
#include "ui/index.h"
#include "util/fuzzy.h"
#include "util/i18n.h"

static void
command_candidates(View *view, const char *text, GPtrArray *candidates)
{
	const GPtrArray *commands = keymap_commands(view->keymap);
	g_autoptr(Fuzzy) fuzzy = fuzzy_new(text);
	guint has = view_has(view);

	for (guint i = 0; i < commands->len; i++) {
		const Command *command = g_ptr_array_index(commands, i);
		g_autofree char *both = g_strconcat(command->name, " ", _(command->brief), NULL);
		g_autofree char *keys = NULL;
		int name = fuzzy_score(fuzzy, command->name), words = fuzzy_score(fuzzy, both);
		int score = name != FUZZY_NONE ? name + 1000 : words;

		if (score == FUZZY_NONE)
			continue;
		/* What would be refused stands behind what can be done. */
		if (command_refusal(command, has))
			score -= 5000;
		keys = keymap_keys(view->keymap, command, TRUE);
		g_ptr_array_add(candidates, candidate_new(command->name, _(command->brief),
						    *keys ? keys : NULL, *text ? score : 0));
	}
}

static void
folder_candidates(App *app, const char *text, GPtrArray *candidates)
{
	View *index = app_find(app, &index_class);
	UiAccount *account = index ? index_account(index) : NULL;
	g_autoptr(Fuzzy) fuzzy = fuzzy_new(text);

	for (guint i = 0; account && i < account->folders->len; i++) {
		const StoreFolder *folder = g_ptr_array_index(account->folders, i);
		int score = fuzzy_score(fuzzy, folder->name);

		if (score != FUZZY_NONE && folder->selectable)
			g_ptr_array_add(candidates, candidate_new(folder->name, NULL, NULL, score));
	}
}

static void
complete(App *app, const char *text, gsize *start, GPtrArray *candidates, gpointer data)
{
	View *view = app_focus(app);
	const char *blank = strchr(text, ' ');
	const Command *command = NULL;
	g_autofree char *name = blank ? g_strndup(text, (gsize)(blank - text)) : NULL;

	(void)data;
	if (!view)
		return;
	*start = 0;
	if (!blank) {
		command_candidates(view, text, candidates);
		return;
	}
	command = keymap_named(view->keymap, name);
	if (!command || command->argument != ARGUMENT_FOLDER) {
		/* Words that describe it: "mark thread" finds thread-read and mark-thread. */
		if (!command)
			command_candidates(view, text, candidates);
		return;
	}
	*start = (gsize)(blank + 1 - text);
	folder_candidates(app, blank + 1, candidates);
}

static void
jump(App *app, View *view, guint64 number)
{
	const Command *command = keymap_named(view->keymap, "message-jump");
	CommandCall call = {.count = (guint)MIN(number, G_MAXINT)};

	if (!command)
		command = keymap_named(view->keymap, "entry-jump");
	if (command)
		app_run(app, view, command, &call);
}

static void
done(App *app, View *view, const char *text, gpointer data)
{
	g_auto(GStrv) words = text ? g_strsplit(text, " ", 2) : NULL;
	const Command *command;
	CommandCall call = {0};
	char *end = NULL;
	guint64 number;

	(void)data;
	if (!view || !words || !words[0] || *words[0] == '\0')
		return;
	number = g_ascii_strtoull(text, &end, 10);
	if (number > 0 && *end == '\0') {
		jump(app, view, number);
		return;
	}
	command = keymap_named(view->keymap, words[0]);
	if (!command) {
		app_say(app, _("There is no command \"%s\" here. Tab completes."), words[0]);
		return;
	}
	if (words[1] && *g_strstrip(words[1]))
		call.argument = words[1];
	call.marked = FALSE;
	app_run(app, view, command, &call);
}

void
palette_open(App *app, View *view)
{
	PromptSpec spec = {.view = view,
		.label = ":",
		.history = "command",
		.live = TRUE,
		.pick = TRUE,
		.complete = complete,
		.done = done};

	app_prompt(app, &spec);
}
