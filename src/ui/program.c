/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Other programs. One that needs the terminal gets it; meanwhile the main loop
 * goes on, so that the engine's events are taken and mail arrives.
 */
#include "config.h"

#include "ui/core.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/i18n.h"
#include "util/text.h"

/* What ^C and ^\\ did before they went to the program alone. */
typedef struct {
	struct sigaction interrupt, quit;
} Signals;

typedef struct {
	App *app;
	Signals signals;
	guint view_id;
	AppProgramDone done;
	gpointer data;
	GDestroyNotify free_data;
} Running;

static void
signals_ignore(Signals *signals)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	sigaction(SIGINT, &ignore, &signals->interrupt);
	sigaction(SIGQUIT, &ignore, &signals->quit);
}

static void
signals_restore(const Signals *signals)
{
	sigaction(SIGINT, &signals->interrupt, NULL);
	sigaction(SIGQUIT, &signals->quit, NULL);
}

static void
child_setup(gpointer data)
{
	(void)data;
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGTSTP, SIG_DFL);
}

static void
on_exit_of_program(GPid pid, gint status, gpointer data)
{
	Running *running = data;
	App *app = running->app;

	g_spawn_close_pid(pid);
	signals_restore(&running->signals);
	app->foreground = FALSE;
	screen_enter(app->screen);
	app_watch_keys(app);
	app_resized(app);
	if (running->done)
		running->done(app, running->view_id ? app_view(app, running->view_id) : NULL, status,
			running->data);
	if (running->free_data)
		running->free_data(running->data);
	g_free(running);
	app_dirty(app);
}

static void
say_cannot_start(App *app, const char *name, const GError *error)
{
	g_autofree char *safe = text_safe(name, -1, TEXT_MARKS),
			*why = text_safe(error->message, -1, TEXT_MARKS);
	g_autoptr(GError) fault = NULL;

	fault_set(&fault, FAULT_LOCAL, _("Cannot run %s: %s"), safe, why);
	app_error(app, fault);
}

gboolean
app_run_program(
	App *app, View *view, char *const *argv, AppProgramDone done, gpointer data, GDestroyNotify free_data)
{
	g_autoptr(GError) error = NULL;
	GPid pid = 0;
	Running *running;
	Signals signals;

	screen_leave(app->screen);
	app->foreground = TRUE;
	signals_ignore(&signals);
	if (!g_spawn_async(NULL, (char **)argv, NULL,
		    G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH | G_SPAWN_CHILD_INHERITS_STDIN,
		    child_setup, NULL, &pid, &error)) {
		signals_restore(&signals);
		app->foreground = FALSE;
		screen_enter(app->screen);
		app_watch_keys(app);
		app_resized(app);
		say_cannot_start(app, argv[0], error);
		if (free_data)
			free_data(data);
		return FALSE;
	}
	running = g_new0(Running, 1);
	*running = (Running){app, signals, view ? view->id : 0, done, data, free_data};
	g_child_watch_add(pid, on_exit_of_program, running);
	return TRUE;
}

gboolean
app_open_with(App *app, char *const *argv, const char *file)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) all = g_ptr_array_new();

	for (guint i = 0; argv[i]; i++)
		g_ptr_array_add(all, argv[i]);
	if (file)
		g_ptr_array_add(all, (gpointer)file);
	g_ptr_array_add(all, NULL);
	/* By argv, never through a shell; what it prints must not reach our screen. */
	if (!g_spawn_async(NULL, (char **)all->pdata, NULL,
		    G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
		    child_setup, NULL, NULL, &error)) {
		say_cannot_start(app, argv[0], error);
		return FALSE;
	}
	return TRUE;
}

/* ---- files for other programs ----------------------------------------------------------- */

#define PRIVATE_PREFIX "open-"

char *
app_private_folder(App *app)
{
	g_autofree char *own = g_strdup_printf(PRIVATE_PREFIX "%d", (int)getpid());

	return g_build_filename(app->paths->runtime, own, NULL);
}

static void
remove_folder(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		g_unlink(path);
	}
	g_rmdir(folder);
}

/* Ours, and those of runs that are no more. */
void
app_remove_private(App *app)
{
	g_autoptr(GDir) dir = g_dir_open(app->paths->runtime, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *folder = g_build_filename(app->paths->runtime, name, NULL);
		long pid = g_str_has_prefix(name, PRIVATE_PREFIX)
				   ? strtol(name + strlen(PRIVATE_PREFIX), NULL, 10)
				   : 0;
		gboolean lives =
			pid > 0 && pid != (long)getpid() && (kill((pid_t)pid, 0) == 0 || errno == EPERM);

		if (pid > 0 && !lives)
			remove_folder(folder);
	}
}
