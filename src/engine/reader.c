/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reader.c - work off the main thread: orders, searches, layout; and quick journal tasks.
 */
#include "config.h"

#include "engine/private.h"

struct EngineWorker {
	Engine *engine;
	GHashTable *views; /* key -> StoreView; the reader's */
	Journal *journal;  /* on the journaler only */
};

typedef struct {
	Engine *engine;
	void (*run)(EngineWorker *worker, gpointer data, Cancel *cancel);
	void (*done)(gpointer data);
	gpointer data;
	GDestroyNotify free_data;
	Cancel *cancel;
} RunTask;

static void
run_task_free(gpointer data)
{
	RunTask *task = data;

	if (task->free_data != NULL)
		task->free_data(task->data);
	if (task->cancel != NULL)
		cancel_unref(task->cancel);
	g_free(task);
}

void
reader_drop_task(gpointer task)
{
	if (task != NULL)
		run_task_free(task);
}

/* Back to main: as an event. */
static void
run_task_finish(RunTask *task)
{
	EngineEvent *event = engine_event_new(EVENT_TASK, NULL);

	event->task = task;
	engine_post(task->engine, event);
}

gboolean
engine_event_dispatch(Engine *engine, EngineEvent *event)
{
	RunTask *task = event->task;

	(void)engine;
	if (event->kind != EVENT_TASK)
		return FALSE;
	event->task = NULL;
	if (!cancel_is_triggered(task->cancel) && task->done != NULL)
		task->done(task->data);
	run_task_free(task);
	return TRUE;
}

StoreView *
engine_worker_view(EngineWorker *worker, const char *key)
{
	StoreView *view;
	EngineAccount *account;

	if (worker->views == NULL)
		return journaler_view(worker->engine, key);
	view = g_hash_table_lookup(worker->views, key);
	account = engine_account(worker->engine, key);
	if (view != NULL)
		store_view_version(view); /* follows a cache that was made anew */
	if (view == NULL && account != NULL) {
		view = engine_open_view(account);
		if (view != NULL)
			g_hash_table_insert(worker->views, g_strdup(key), view);
	}
	return view;
}

Journal *
engine_worker_journal(EngineWorker *worker)
{
	return worker->journal;
}

static gpointer
reader_main(gpointer data)
{
	Engine *engine = data;
	EngineWorker worker = {.engine = engine};
	RunTask *task;

	worker.views =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)store_view_close);
	while ((task = queue_pop(engine->reader_queue, -1)) != NULL) {
		if (!cancel_is_triggered(task->cancel))
			task->run(&worker, task->data, task->cancel);
		run_task_finish(task);
	}
	g_hash_table_unref(worker.views);
	return NULL;
}

void
reader_init(Engine *engine)
{
	engine->reader_queue = queue_new(0, run_task_free);
}

void
reader_start(Engine *engine)
{
	engine->reader = g_thread_new("reader", reader_main, engine);
}

void
reader_stop(Engine *engine)
{
	queue_close(engine->reader_queue);
	if (engine->reader != NULL)
		g_thread_join(engine->reader);
	engine->reader = NULL;
	g_clear_pointer(&engine->reader_queue, queue_free);
}

static gboolean
run_on_journal(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	RunTask *task = data;
	EngineWorker worker = {.engine = engine, .journal = journal};

	(void)error;
	if (!cancel_is_triggered(task->cancel))
		task->run(&worker, task->data, task->cancel);
	run_task_finish(task);
	return TRUE;
}

void
engine_run(Engine *engine, EngineWhere where,
	void (*run)(EngineWorker *worker, gpointer data, Cancel *cancel), void (*done)(gpointer data),
	gpointer data, GDestroyNotify free_data, Cancel *cancel)
{
	RunTask *task = g_new0(RunTask, 1);

	task->engine = engine;
	task->run = run;
	task->done = done;
	task->data = data;
	task->free_data = free_data;
	task->cancel = cancel ? cancel_ref(cancel) : NULL;
	if (where == ENGINE_JOURNAL)
		journal_post(engine, run_on_journal, task, NULL);
	else
		queue_push_now(engine->reader_queue, task);
}
