/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every view can do.
 */
#include "config.h"

#include <signal.h>
#include <string.h>

#include "ui/composer.h"
#include "ui/core.h"
#include "ui/folders.h"
#include "ui/help.h"
#include "ui/index.h"
#include "ui/lists.h"
#include "ui/pager.h"
#include "ui/palette.h"
#include "ui/rules.h"
#include "ui/tables.h"
#include "ui/wizard.h"
#include "util/i18n.h"
#include "util/program.h"

static void
help(View *view, const CommandCall *call)
{
	(void)call;
	if (view->class != &help_class)
		app_push(view->app, help_new(view->app, view));
}

static void
command_palette(View *view, const CommandCall *call)
{
	(void)call;
	palette_open(view->app, view);
}

static void
cancel(View *view, const CommandCall *call)
{
	App *app = view->app;

	(void)call;
	if (view->class->stop && view->class->stop(view, FALSE))
		return;
	app_say(app, "%s", _("Nothing runs here that could be stopped. q goes back."));
}

static void
redraw(View *view, const CommandCall *call)
{
	(void)call;
	screen_redraw(view->app->screen);
}

static void
suspend(View *view, const CommandCall *call)
{
	App *app = view->app;

	(void)call;
	screen_leave(app->screen);
	/* The whole group: a shell script or a pager in front of us stops too. */
	kill(0, SIGTSTP);
	screen_enter(app->screen);
	app_resized(app);
}

static void
version(View *view, const CommandCall *call)
{
	(void)call;
	app_say(view->app, "Posthorn %s", PACKAGE_VERSION);
}

/* ---- undo -------------------------------------------------------------------------------- */

static void
undone(App *app, View *view, const EngineEvent *event, gpointer data)
{
	gint64 group = *(gint64 *)data;

	(void)view;
	for (guint i = app->acts->len; i-- > 0;)
		if (g_array_index(app->acts, UiAct, i).group == group)
			g_array_remove_index(app->acts, i);
	if (event->error)
		app_error(app, event->error);
	else if (event->words)
		app_say(app, "%s", event->words);
}

static void
undo_group(App *app, gint64 group)
{
	app_expect(app, engine_undo(app->engine, NULL, group), NULL, undone, g_memdup2(&group, sizeof group),
		g_free);
}

static void
undo_confirmed(App *app, View *view, gunichar choice, gpointer data)
{
	(void)view;
	(void)choice;
	undo_group(app, *(gint64 *)data);
}

/* An act older than this is asked about. */
#define UNDO_FRESH_US (600 * (gint64)G_USEC_PER_SEC)

static void
undo(View *view, const CommandCall *call)
{
	App *app = view->app;
	guint over = config_program(app->config)->confirm_over;
	const UiAct *last;
	g_autofree char *words = NULL;
	gint64 group;

	(void)call;
	if (app->sending) {
		composer_take_back(app);
		return;
	}
	if (!app->engine)
		return;
	if (app->last_is_final) {
		app->last_is_final = FALSE;
		app_say(app, "%s",
			_("A folder that was deleted cannot come back. u again takes back the act before it; "
			  "U lists all."));
		return;
	}
	last = app->acts->len > 0 ? &g_array_index(app->acts, UiAct, app->acts->len - 1) : NULL;
	group = last ? last->group : 0;
	if (!last)
		words = g_strdup(_("Take back what was done last, before this start? U lists it. y/n"));
	else if (over > 0 && last->count > over)
		words = g_strdup_printf(P_("Take back the last act, on %u message? y/n",
						"Take back the last act, on %u messages? y/n", last->count),
			last->count);
	else if (g_get_monotonic_time() - last->when > UNDO_FRESH_US)
		words = g_strdup(
			_("The last act is more than ten minutes old. Take it back? U lists all. y/n"));
	if (words)
		app_confirm(app, view, words, undo_confirmed, g_memdup2(&group, sizeof group), g_free);
	else
		undo_group(app, group);
}

static void
undo_list(View *view, const CommandCall *call)
{
	(void)call;
	app_push(view->app, undo_new(view->app));
}

static UiAccount *
current_account(App *app)
{
	View *index = app_find(app, &index_class);
	UiAccount *account = index ? index_account(index) : NULL;

	return account ? account : g_ptr_array_index(app->accounts, 0);
}

static void
rules_view(View *view, const CommandCall *call)
{
	(void)call;
	rules_open(view->app, current_account(view->app));
}

static void
jobs_view(View *view, const CommandCall *call)
{
	(void)call;
	app_push(view->app, jobs_new(view->app));
}

static void
outbox_view(View *view, const CommandCall *call)
{
	(void)call;
	app_push(view->app, outbox_new(view->app));
}

static void
error_list(View *view, const CommandCall *call)
{
	(void)call;
	app_push(view->app, errors_new(view->app));
}

/* ---- programs ---------------------------------------------------------------------------- */

static void
program_ended(App *app, View *view, int status, gpointer data)
{
	(void)view;
	(void)data;
	if (status != 0)
		app_say(app, "%s", _("The program ended with an error."));
}

static void
shell_done(App *app, View *view, const char *text, gpointer data)
{
	g_auto(GStrv) argv = NULL;
	g_autoptr(GError) error = NULL;

	(void)data;
	if (!text || *text == '\0')
		return;
	argv = program_split(text, &error);
	if (!argv)
		app_error(app, error);
	else
		app_run_program(app, view, argv, program_ended, NULL, NULL);
}

static void
shell(View *view, const CommandCall *call)
{
	const char *own = g_getenv("SHELL");
	PromptSpec spec = {.view = view,
		.label = _("Run:"),
		.initial = call->argument ? call->argument
			   : own          ? own
					  : "sh",
		.history = "program",
		.done = shell_done};

	app_prompt(view->app, &spec);
}

/* ---- the server -------------------------------------------------------------------------- */

static void
synced(App *app, View *view, const EngineEvent *event, gpointer data)
{
	const EngineSyncStats *stats = &event->stats;

	(void)view;
	(void)data;
	if (event->error)
		app_error(app, event->error);
	else if (stats->fetched > 0)
		app_say(app, P_("%u new message.", "%u new messages.", stats->fetched), stats->fetched);
	else
		app_say(app, "%s", _("All is as on the server."));
}

static void
sync_folder(View *view, const CommandCall *call)
{
	App *app = view->app;
	View *index = app_find(app, &index_class);
	UiAccount *account = index ? index_account(index) : NULL;

	(void)call;
	if (!account) {
		app_say(app, "%s", _("No folder is open."));
		return;
	}
	engine_reconnect(app->engine, account->key);
	pager_retry(view);
	app_expect(app, engine_sync(app->engine, account->key, index_folder_name(index)), NULL, synced, NULL,
		NULL);
	app_say(app, "%s",
		_("Asking the server. Nothing is lost by never pressing this: changes go by themselves."));
}

static void
sync_all(View *view, const CommandCall *call)
{
	App *app = view->app;

	(void)call;
	engine_reconnect(app->engine, NULL);
	app_expect(app, engine_sync(app->engine, NULL, NULL), NULL, synced, NULL, NULL);
	app_say(app, "%s", _("Asking the server about all folders."));
}

static void
mail_compose(View *view, const CommandCall *call)
{
	composer_new_message(view->app, call->argument);
}

static void
account_setup(View *view, const CommandCall *call)
{
	(void)call;
	app_push(view->app, wizard_new(view->app));
}

/* ---- folders ----------------------------------------------------------------------------- */

static void
show_folder(App *app, UiAccount *account, const char *name)
{
	View *index = app_find(app, &index_class);

	if (!account_folder(account, name)) {
		app_warn(app, _("There is no folder \"%s\". y shows the folders, C there makes one."), name);
		return;
	}
	while (app_top(app) && app_top(app) != index && app_top(app)->class == &pager_class)
		app_close(app, app_top(app));
	if (!index) {
		index = index_new(app);
		app_push(app, index);
	}
	app->in_folders = FALSE;
	index_open(index, account, name);
}

static void
folder_chosen(App *app, View *view, UiAccount *account, const char *folder, gpointer data)
{
	(void)view;
	(void)data;
	show_folder(app, account, folder);
}

static void
folder_open(View *view, const CommandCall *call)
{
	App *app = view->app;
	View *index = app_find(app, &index_class);
	UiAccount *account = current_account(app), *unread;
	const char *first = NULL;

	if (call->argument) {
		show_folder(app, account, call->argument);
		return;
	}
	unread = folders_step_unread(app, account, index ? index_folder_name(index) : NULL, 1, &first);
	app_choose_folder(app, view, _("Open folder (Space: next with new mail):"),
		unread == account ? first : NULL, account, folder_chosen, NULL, NULL);
}

static void
open_to_look(App *app, View *view, UiAccount *account, const char *name, gpointer data)
{
	const StoreFolder *folder = account_folder(account, name);

	(void)view;
	(void)data;
	if (folder)
		app_set_looks_only(app, account, folder->id, TRUE);
	show_folder(app, account, name);
}

static void
folder_open_readonly(View *view, const CommandCall *call)
{
	App *app = view->app;
	UiAccount *account = current_account(app);

	if (call->argument)
		open_to_look(app, view, account, call->argument, NULL);
	else
		app_choose_folder(
			app, view, _("Open folder, only to look:"), NULL, account, open_to_look, NULL, NULL);
}

static void
folders_view(View *view, const CommandCall *call)
{
	(void)call;
	folders_limit_unread(view->app->folders, FALSE);
	view->app->in_folders = TRUE;
}

static void
folders_unread(View *view, const CommandCall *call)
{
	(void)call;
	folders_limit_unread(view->app->folders, TRUE);
	view->app->in_folders = TRUE;
}

/* Step through folders with unread mail, over all accounts. */
static void
step_unread(App *app, int step)
{
	View *index = app_find(app, &index_class);
	UiAccount *at = index ? index_account(index) : NULL;
	const char *name = index ? index_folder_name(index) : NULL;
	const char *found;
	UiAccount *account = folders_step_unread(app, at, name, step, &found);

	if (account)
		show_folder(app, account, found);
	else
		app_say(app, "%s", _("No other folder has unread mail."));
}

static void
folder_next_unread(View *view, const CommandCall *call)
{
	(void)call;
	step_unread(view->app, 1);
}

static void
folder_previous_unread(View *view, const CommandCall *call)
{
	(void)call;
	step_unread(view->app, -1);
}

static void
step_account(App *app, int step)
{
	UiAccount *now = current_account(app);
	guint at = 0;

	for (guint i = 0; i < app->accounts->len; i++)
		if (g_ptr_array_index(app->accounts, i) == now)
			at = i;
	if (app->accounts->len < 2) {
		app_say(app, "%s", _("There is one account only."));
		return;
	}
	at = (at + app->accounts->len + (guint)(step + (int)app->accounts->len)) % app->accounts->len;
	show_folder(app, g_ptr_array_index(app->accounts, at), "INBOX");
}

static void
account_next(View *view, const CommandCall *call)
{
	(void)call;
	step_account(view->app, 1);
}

static void
account_previous(View *view, const CommandCall *call)
{
	(void)call;
	step_account(view->app, -1);
}

/* ---- panes ------------------------------------------------------------------------------------------------
 */

static void
pane_next(View *view, const CommandCall *call)
{
	(void)call;
	view->app->in_folders = !view->app->in_folders;
}

static void
pane_left(View *view, const CommandCall *call)
{
	App *app = view->app;

	(void)call;
	if (view != app->folders && app_has_folder_pane(app) && view->class == &index_class)
		app->in_folders = TRUE;
	else if (view != app->folders && view->class != &index_class)
		app_run_named(app, "view-close", NULL);
	else if (view != app->folders)
		app->in_folders = TRUE;
}

static void
pane_right(View *view, const CommandCall *call)
{
	App *app = view->app;

	(void)call;
	if (view == app->folders && app_has_folder_pane(app))
		app->in_folders = FALSE;
	else if (view == app->folders)
		app_run_named(app, "folder-select", NULL);
	else if (view->class == &index_class)
		app_run_named(app, "message-open", NULL);
}

static void
layout_next(View *view, const CommandCall *call)
{
	static const char *const names[] = {N_("as the terminal allows"), N_("side by side"),
		N_("one below the other"), N_("one at a time")};
	App *app = view->app;

	(void)call;
	app->layout = (Layout)((app->layout + 1) % (LAYOUT_SINGLE + 1));
	app_say(app, _("Index and message: %s."), _(names[app->layout]));
}

static void
folder_pane_toggle(View *view, const CommandCall *call)
{
	(void)call;
	view->app->no_folder_pane = !view->app->no_folder_pane;
}

static const Command rows[] = {
	{.name = "help",
		.keys = "?; F1",
		.hint = N_("help"),
		.brief = N_("Show the keys of this view"),
		.run = help},
	{.name = "command-palette",
		.keys = ":",
		.hint = N_("commands"),
		.brief = N_("Find and run a command by its name"),
		.run = command_palette},
	{.name = "cancel", .keys = "^G; ^C", .brief = N_("Stop what runs; leave a prompt"), .run = cancel},
	{.name = "redraw", .keys = "^L", .brief = N_("Draw the screen anew"), .run = redraw},
	{.name = "suspend",
		.keys = "^Z",
		.brief = N_("Stop Posthorn; the shell's fg brings it back"),
		.run = suspend},
	{.name = "version", .keys = "V", .brief = N_("Say which version this is"), .run = version},
	{.name = "undo",
		.keys = "u",
		.hint = N_("undo"),
		.brief = N_("Take back the last act, or a message on its way"),
		.needs = NEEDS_ACCOUNT,
		.run = undo},
	{.name = "undo-list",
		.keys = "U",
		.brief = N_("List what was done, to take it back"),
		.needs = NEEDS_ACCOUNT,
		.run = undo_list},
	{.name = "jobs-view",
		.keys = "B",
		.hint = N_("jobs"),
		.brief = N_("List what goes on in the background"),
		.run = jobs_view},
	{.name = "outbox-view",
		.keys = "Esc o",
		.hint = N_("outbox"),
		.brief = N_("List messages on their way"),
		.needs = NEEDS_ACCOUNT,
		.run = outbox_view},
	{.name = "rules-view",
		.keys = "Esc R",
		.hint = N_("rules"),
		.brief = N_("List the rules that sort mail"),
		.needs = NEEDS_ACCOUNT,
		.run = rules_view},
	{.name = "error-list",
		.keys = "E",
		.brief = N_("List errors and warnings of this run"),
		.run = error_list},
	{.name = "shell", .keys = "!", .brief = N_("Run a program; the prompt shows it first"), .run = shell},
	{.name = "sync-folder",
		.keys = "$",
		.brief = N_("Ask the server about this folder now"),
		.needs = NEEDS_ACCOUNT,
		.run = sync_folder},
	{.name = "sync-all",
		.keys = "G",
		.brief = N_("Ask the server about all folders now"),
		.needs = NEEDS_ACCOUNT,
		.run = sync_all},
	{.name = "mail-compose",
		.keys = "m",
		.hint = N_("new"),
		.brief = N_("Write a message"),
		.needs = NEEDS_ACCOUNT,
		.argument = ARGUMENT_TEXT,
		.run = mail_compose},
	{.name = "account-setup", .keys = "", .brief = N_("Set up a mail account"), .run = account_setup},
	{.name = "folder-open",
		.keys = "c",
		.hint = N_("folder"),
		.brief = N_("Open a folder by its name"),
		.needs = NEEDS_ACCOUNT,
		.argument = ARGUMENT_FOLDER,
		.run = folder_open},
	{.name = "folder-open-readonly",
		.keys = "Esc c",
		.hint = N_("look"),
		.brief = N_("Open a folder only to look: nothing in it is changed"),
		.needs = NEEDS_ACCOUNT,
		.argument = ARGUMENT_FOLDER,
		.run = folder_open_readonly},
	{.name = "folders-view",
		.keys = "y",
		.hint = N_("folders"),
		.brief = N_("Go to the folders"),
		.needs = NEEDS_ACCOUNT,
		.run = folders_view},
	{.name = "folders-unread",
		.keys = ".",
		.brief = N_("Go to the folders with unread mail"),
		.needs = NEEDS_ACCOUNT,
		.run = folders_unread},
	{.name = "folder-next-unread",
		.keys = "}",
		.brief = N_("Open the next folder with unread mail"),
		.needs = NEEDS_ACCOUNT,
		.run = folder_next_unread},
	{.name = "folder-previous-unread",
		.keys = "{",
		.brief = N_("Open the previous folder with unread mail"),
		.needs = NEEDS_ACCOUNT,
		.run = folder_previous_unread},
	{.name = "account-next",
		.keys = ")",
		.brief = N_("Go to the next account"),
		.needs = NEEDS_ACCOUNT,
		.run = account_next},
	{.name = "account-previous",
		.keys = "(",
		.brief = N_("Go to the previous account"),
		.needs = NEEDS_ACCOUNT,
		.run = account_previous},
	{.name = "pane-next",
		.keys = "^W",
		.brief = N_("Go to the other pane"),
		.needs = NEEDS_ACCOUNT,
		.run = pane_next},
	{.name = "pane-left",
		.keys = "Left",
		.brief = N_("Go to the pane on the left, or back"),
		.run = pane_left},
	{.name = "pane-right",
		.keys = "Right",
		.brief = N_("Go to the pane on the right, or open"),
		.run = pane_right},
	{.name = "layout-next",
		.keys = "Esc w",
		.hint = N_("layout"),
		.brief = N_("Index and message side by side, stacked, or one at a time"),
		.run = layout_next},
	{.name = "folder-pane-toggle",
		.keys = "Esc B",
		.hint = N_("folders"),
		.brief = N_("Show or hide the folders beside the list"),
		.run = folder_pane_toggle},
};

const CommandTable table_any = TABLE("any", rows);
