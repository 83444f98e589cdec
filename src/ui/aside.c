/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/aside.h"

#include <glib-unix.h>

/* A thread for one piece of work. The app's array of them is main's; the thread hands itself back by the
 * queue. */
typedef struct {
	App *app;
	GThread *thread;
	Cancel *cancel;
	AsideRun run;
	const GError *(*run_job)(gpointer data, Cancel *cancel); /* or this */
	void (*done)(gpointer data);
	gpointer data;
	GDestroyNotify free_data;
} Aside;

static void
aside_free(gpointer data)
{
	Aside *aside = data;

	g_thread_join(aside->thread);
	if (aside->free_data)
		aside->free_data(aside->data);
	cancel_unref(aside->cancel);
	g_free(aside);
}

static gpointer
aside_main(gpointer data)
{
	Aside *aside = data;

	if (aside->run)
		aside->run(NULL, aside->data, aside->cancel);
	else
		aside->run_job(aside->data, aside->cancel);
	queue_push_now(aside->app->asides_done, aside);
	return NULL;
}

static gboolean
on_done(gint fd, GIOCondition condition, gpointer data)
{
	App *app = data;
	Aside *aside;

	(void)fd;
	(void)condition;
	while ((aside = queue_pop(app->asides_done, 0))) {
		g_ptr_array_remove_fast(app->asides, aside);
		if (aside->done && !cancel_is_triggered(aside->cancel))
			aside->done(aside->data);
		aside_free(aside);
	}
	app_dirty(app);
	return G_SOURCE_CONTINUE;
}

/* Takes aside. */
static void
launch(App *app, Aside *aside)
{
	if (!app->asides) {
		app->asides = g_ptr_array_new();
		app->asides_done = queue_new(0, NULL);
		app->asides_source = g_unix_fd_add(queue_fd(app->asides_done), G_IO_IN, on_done, app);
	}
	aside->app = app;
	g_ptr_array_add(app->asides, aside);
	aside->thread = g_thread_new("aside", aside_main, aside);
}

void
app_aside(App *app, EngineWhere where, AsideRun run, void (*done)(gpointer data), gpointer data,
	GDestroyNotify free_data, Cancel *cancel)
{
	Aside *aside;

	if (app->engine) {
		engine_run(app->engine, where, run, done, data, free_data, cancel);
		return;
	}
	aside = g_new0(Aside, 1);
	aside->cancel = cancel ? cancel_ref(cancel) : cancel_new();
	aside->run = run;
	aside->done = done;
	aside->data = data;
	aside->free_data = free_data;
	launch(app, aside);
}

void
app_aside_job(App *app, const char *title, const GError *(*run)(gpointer data, Cancel *cancel),
	void (*done)(gpointer data), gpointer data, GDestroyNotify free_data)
{
	Aside *aside;

	if (app->engine) {
		engine_run_job(app->engine, title, run, done, data, free_data);
		return;
	}
	aside = g_new0(Aside, 1);
	aside->cancel = cancel_new();
	aside->run_job = run;
	aside->done = done;
	aside->data = data;
	aside->free_data = free_data;
	launch(app, aside);
}

void
app_aside_end(App *app)
{
	if (!app->asides)
		return;
	g_source_remove(app->asides_source);
	for (guint i = 0; i < app->asides->len; i++)
		cancel_trigger(((Aside *)g_ptr_array_index(app->asides, i))->cancel);
	for (guint i = 0; i < app->asides->len; i++)
		aside_free(g_ptr_array_index(app->asides, i));
	g_ptr_array_unref(app->asides);
	while (queue_pop(app->asides_done, 0))
		;
	queue_free(app->asides_done);
	app->asides = NULL;
}
