/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/app.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ui/aside.h"
#include "ui/composer.h"
#include "ui/core.h"
#include "ui/folders.h"
#include "ui/index.h"
#include "ui/pager.h"
#include "ui/rules-edit.h"
#include "ui/wizard.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/log.h"

/* Keys taken in one turn of the loop, so that a paste into commands cannot starve the rest. */
#define KEYS_A_TURN 256
/* Events of the engine taken in one turn: a flood leaves room for keys. */
#define EVENTS_A_TURN 64
#define EVENTS_TURN_US 2000

/* ---- views ------------------------------------------------------------------------------- */

View *
app_top(App *app)
{
	return app->stack->len > 0 ? g_ptr_array_index(app->stack, app->stack->len - 1) : NULL;
}

View *
app_focus(App *app)
{
	View *top = app_top(app);

	if (app->in_folders && app->folders && !(top && (top->class->flags & VIEW_WHOLE)))
		return app->folders;
	return top;
}

View *
app_view(App *app, guint id)
{
	if (id && app->folders && app->folders->id == id)
		return app->folders;
	for (guint i = 0; id && i < app->stack->len; i++) {
		View *view = g_ptr_array_index(app->stack, i);

		if (view->id == id)
			return view;
	}
	return NULL;
}

View *
app_find(App *app, const ViewClass *class)
{
	for (guint i = app->stack->len; i-- > 0;) {
		View *view = g_ptr_array_index(app->stack, i);

		if (view->class == class)
			return view;
	}
	return NULL;
}

void
app_push(App *app, View *view)
{
	g_ptr_array_add(app->stack, view);
	app->in_folders = FALSE;
	app_dirty(app);
}

static gboolean
on_bury(gpointer data)
{
	App *app = data;

	app->bury_source = 0;
	g_ptr_array_set_size(app->closed, 0);
	return G_SOURCE_REMOVE;
}

void
app_close(App *app, View *view)
{
	app_dirty(app);
	if (view == app->folders) {
		app->in_folders = FALSE;
		return;
	}
	for (guint i = 0; i < app->stack->len; i++)
		if (g_ptr_array_index(app->stack, i) == view) {
			/* Who called may still be in one of its functions. */
			g_ptr_array_add(app->closed, g_ptr_array_steal_index(app->stack, i));
			if (!app->bury_source)
				app->bury_source = g_idle_add(on_bury, app);
			break;
		}
	if (app->stack->len == 0)
		app_quit(app);
}

void
app_quit(App *app)
{
	app->quitting = TRUE;
	g_main_loop_quit(app->loop);
}

/* ---- the loop ---------------------------------------------------------------------------- */

static gboolean
on_terminal_gone(gpointer data)
{
	App *app = data;

	log_line(LOG_UI, "the terminal or the system ended the screen");
	app_quit(app);
	return G_SOURCE_CONTINUE;
}

static gboolean
on_key(gint fd, GIOCondition condition, gpointer data)
{
	App *app = data;
	int taken = 0;
	Key raw = 0;

	(void)fd;
	if (app->foreground) {
		/* Another program reads the terminal: leave it its keys. */
		app->stdin_source = 0;
		return G_SOURCE_REMOVE;
	}
	while (taken < KEYS_A_TURN && !app->foreground && (raw = screen_read(app->screen)) != 0) {
		app_feed(app, raw);
		taken++;
	}
	if (app->foreground) {
		app->stdin_source = 0;
		return G_SOURCE_REMOVE;
	}
	if (taken == 0 && (screen_is_dead(app->screen) || (condition & (G_IO_HUP | G_IO_ERR)))) {
		app_quit(app);
		app->stdin_source = 0;
		return G_SOURCE_REMOVE;
	}
	if (raw != 0)
		app_dirty(app);
	return G_SOURCE_CONTINUE;
}

void
app_watch_keys(App *app)
{
	if (!app->stdin_source)
		/* Before what the engine says, and before all drawing. */
		app->stdin_source = g_unix_fd_add_full(G_PRIORITY_DEFAULT - 10, STDIN_FILENO,
			G_IO_IN | G_IO_HUP | G_IO_ERR, on_key, app, NULL);
}

static gboolean
on_events(gint fd, GIOCondition condition, gpointer data)
{
	App *app = data;
	EngineEvent *event;
	gint64 end = g_get_monotonic_time() + EVENTS_TURN_US;

	(void)fd;
	(void)condition;
	for (int i = 0; i < EVENTS_A_TURN && (event = queue_pop(engine_events(app->engine), 0)); i++) {
		app_handle_event(app, event);
		if (g_get_monotonic_time() > end)
			break;
	}
	return G_SOURCE_CONTINUE;
}

static gboolean
on_resize(gpointer data)
{
	App *app = data;

	if (!app->foreground)
		app_resized(app);
	return G_SOURCE_CONTINUE;
}

static gboolean
on_tick(gpointer data)
{
	App *app = data;
	gboolean moves = app->message && app->message_until && g_get_monotonic_time() > app->message_until;
	GError *error = NULL;
	gboolean changed = FALSE;

	for (guint i = 0; i < app->jobs->len; i++) {
		const EngineJob *job = g_ptr_array_index(app->jobs, i);

		moves = moves || job->state == JOB_RUNNING || job->state == JOB_WAITING;
	}
	if (!app->foreground)
		app_watch_keys(app);
	if (!config_reload_if_changed(app->config, &changed, &error)) {
		app_error(app, error);
		g_clear_error(&error);
	} else if (changed) {
		app_load_accounts(app);
		app_say(app, "%s", _("The configuration was read again."));
	}
	if (moves)
		app_dirty_later(app);
	return G_SOURCE_CONTINUE;
}

gboolean
app_start_engine(App *app)
{
	EngineOptions options = {
		.config = app->config, .paths = app->paths, .offline = app->options->offline};
	g_autoptr(GError) error = NULL;
	g_autofree char *warning = NULL;

	if (app->engine) {
		/* A new account: the engine reads its accounts when it is made. */
		g_source_remove(app->events_source);
		app->events_source = 0;
		engine_free(app->engine);
		app->engine = NULL;
	}
	app->engine = engine_new(&options, &warning, &error);
	if (!app->engine) {
		app_error(app, error);
		return FALSE;
	}
	if (warning)
		app_warn(app, "%s", warning);
	app->events_source = g_unix_fd_add(queue_fd(engine_events(app->engine)), G_IO_IN, on_events, app);
	return TRUE;
}

static gboolean
on_start(gpointer data)
{
	App *app = data;

	/* The first picture is on the screen: now the rest may begin. */
	app_remove_private(app);
	if (app->engine) {
		engine_start(app->engine);
		composer_recover(app);
	}
	return G_SOURCE_REMOVE;
}

/* ---- beginning and end ------------------------------------------------------------------- */

static App *
app_new(const UiOptions *options)
{
	App *app = g_new0(App, 1);

	app->options = options;
	app->config = options->config;
	app->paths = options->paths;
	app->loop = g_main_loop_new(NULL, FALSE);
	app->reader = key_reader_new();
	app->accounts = g_ptr_array_new_with_free_func((GDestroyNotify)ui_account_free);
	app->stack = g_ptr_array_new_with_free_func((GDestroyNotify)view_free);
	app->acts = g_array_new(FALSE, FALSE, sizeof(UiAct));
	app->rules_before = g_ptr_array_new_with_free_func(rules_before_free);
	app->closed = g_ptr_array_new_with_free_func((GDestroyNotify)view_free);
	app->jobs = g_ptr_array_new_with_free_func((GDestroyNotify)engine_job_free);
	app->questions = g_ptr_array_new_with_free_func((GDestroyNotify)engine_event_free);
	app->notes = g_ptr_array_new_with_free_func((GDestroyNotify)ui_note_free);
	app->histories =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
	app->targets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	app->look_only = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	app->layout = config_program(options->config)->layout;
	app->no_folder_pane = FALSE;
	return app;
}

static void
remove_source(guint *source)
{
	if (*source)
		g_source_remove(*source);
	*source = 0;
}

static void
app_free(App *app)
{
	remove_source(&app->draw_source);
	remove_source(&app->esc_source);
	remove_source(&app->tick_source);
	remove_source(&app->stdin_source);
	remove_source(&app->sending_source);
	remove_source(&app->bury_source);
	prompt_free(g_steal_pointer(&app->prompt));
	g_ptr_array_unref(app->stack);
	g_ptr_array_unref(app->closed);
	view_free(app->folders);
	/* The terminal is given back before the engine's threads are waited for. */
	screen_close(app->screen);
	remove_source(&app->events_source);
	app_aside_end(app);
	engine_free(app->engine);
	if (app->waiting)
		g_hash_table_destroy(app->waiting);
	g_ptr_array_unref(app->accounts);
	g_ptr_array_unref(app->jobs);
	g_ptr_array_unref(app->questions);
	g_ptr_array_unref(app->notes);
	g_hash_table_destroy(app->histories);
	g_hash_table_destroy(app->targets);
	g_hash_table_destroy(app->look_only);
	grid_free(app->grid);
	key_reader_free(app->reader);
	g_main_loop_unref(app->loop);
	g_free(app->message);
	g_free(app->last_target);
	g_free(app->sending_words);
	g_free(app->fresh_account);
	g_array_free(app->acts, TRUE);
	g_ptr_array_unref(app->rules_before);
	secret_free(app->fresh_password);
	secret_free(app->fresh_phrase);
	g_free(app);
}

static void
open_first(App *app)
{
	const UiOptions *options = app->options;

	app->folders = folders_new(app);
	if (app->accounts->len > 0)
		app_push(app, index_new(app));
	if (options->file)
		pager_open_file(app, options->file);
	if (app->accounts->len == 0 && !options->file)
		app_push(app, wizard_new(app));
	else if (options->mailto)
		composer_mailto(app, options->mailto);
}

static ScreenTheme
wanted_theme(const Config *config)
{
	switch (config_program(config)->theme) {
	case THEME_DARK:
		return SCREEN_THEME_DARK;
	case THEME_LIGHT:
		return SCREEN_THEME_LIGHT;
	case THEME_MONO:
		return SCREEN_THEME_MONO;
	default:
		return SCREEN_THEME_AUTO;
	}
}

int
ui_run(const UiOptions *options)
{
	g_autoptr(GError) error = NULL;
	App *app = app_new(options);
	guint signals[5];
	int rows, cols, result;

	app->screen = screen_open(wanted_theme(options->config), &error);
	if (!app->screen) {
		fprintf(stderr, "posthorn: %s\n", error->message);
		app_free(app);
		return 1;
	}
	signal(SIGPIPE, SIG_IGN);
	signals[0] = g_unix_signal_add(SIGWINCH, on_resize, app);
	signals[1] = g_unix_signal_add(SIGHUP, on_terminal_gone, app);
	signals[2] = g_unix_signal_add(SIGTERM, on_terminal_gone, app);
	signals[4] = g_unix_signal_add(SIGINT, on_terminal_gone, app);
	screen_resize(app->screen);
	screen_size(app->screen, &rows, &cols);
	app->grid = grid_new(rows, cols);
	app_load_accounts(app);
	if (app->accounts->len > 0)
		app_start_engine(app);
	open_first(app);
	app_draw(app);
	signals[3] = g_timeout_add(1000, on_tick, app);
	app_watch_keys(app);
	g_idle_add_full(G_PRIORITY_HIGH_IDLE, on_start, app, NULL);
	g_main_loop_run(app->loop);
	composer_save_all(app);
	app_remove_private(app);
	result = app->result;
	for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
		g_source_remove(signals[i]);
	app_free(app);
	return result;
}
