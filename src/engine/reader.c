/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reader.c - work off the main thread: orders, searches, layout; messages being written; quick
 * journal tasks; and what has a thread of its own.
 *
 * The reader works for what the user looks at, the drafter for what he writes, so that building a
 * large message or a slow signature program never stands before a search.
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

/* At the end of the engine what runs is stopped. */
static Cancel *
cancel_of(const RunTask *task)
{
	return task->cancel != NULL ? task->cancel : task->engine->cancel;
}

static GHashTable *
no_views(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)store_view_close);
}

static void
work_off(Engine *engine, Queue *queue)
{
	EngineWorker worker = {.engine = engine, .views = no_views()};
	RunTask *task;

	while ((task = queue_pop(queue, -1)) != NULL) {
		if (!cancel_is_triggered(task->cancel))
			task->run(&worker, task->data, cancel_of(task));
		run_task_finish(task);
	}
	g_hash_table_unref(worker.views);
}

static gpointer
reader_main(gpointer data)
{
	Engine *engine = data;

	engine_thread_is_bulk(engine);
	work_off(engine, engine->reader_queue);
	return NULL;
}

static gpointer
drafter_main(gpointer data)
{
	Engine *engine = data;

	work_off(engine, engine->drafter_queue);
	return NULL;
}

static void
drafter_start(Engine *engine)
{
	if (engine->drafter == NULL && engine->started && queue_length(engine->drafter_queue) > 0)
		engine->drafter = g_thread_new("drafter", drafter_main, engine);
}

/* ---- a thread of its own ------------------------------------------------------------------ */

typedef struct {
	Engine *engine;
	GThread *thread;
	Job *job;
	Cancel *cancel;
	gint over; /* atomic: the thread touches nothing any more */
	const GError *(*run)(gpointer data, Cancel *cancel);
	RunTask *task;
} Program;

static void
program_free(gpointer data)
{
	Program *program = data;

	cancel_trigger(program->cancel);
	g_thread_join(program->thread);
	cancel_unref(program->cancel);
	g_free(program);
}

static gpointer
program_main(gpointer data)
{
	Program *program = data;

	job_end(program->job, NULL, program->run(program->task->data, program->cancel));
	run_task_finish(program->task);
	g_atomic_int_set(&program->over, TRUE);
	return NULL;
}

void
engine_run_job_for(Engine *engine, const char *account, const char *title, Cancel *cancel,
	const GError *(*run)(gpointer data, Cancel *cancel), void (*done)(gpointer data), gpointer data,
	GDestroyNotify free_data)
{
	Program *program = g_new0(Program, 1);

	for (guint i = engine->programs->len; i-- > 0;)
		if (g_atomic_int_get(&((Program *)engine->programs->pdata[i])->over))
			g_ptr_array_remove_index_fast(engine->programs, i);
	program->engine = engine;
	program->cancel = cancel_ref(cancel);
	program->run = run;
	program->task = g_new0(RunTask, 1);
	program->task->engine = engine;
	program->task->done = done;
	program->task->data = data;
	program->task->free_data = free_data;
	program->job = job_new(engine, account, g_strdup(title), program->cancel);
	program->job->once = TRUE;
	program->thread = g_thread_new("program", program_main, program);
	g_ptr_array_add(engine->programs, program);
}

void
engine_run_job(Engine *engine, const char *title, const GError *(*run)(gpointer data, Cancel *cancel),
	void (*done)(gpointer data), gpointer data, GDestroyNotify free_data)
{
	g_autoptr(Cancel) cancel = cancel_new();

	engine_run_job_for(engine, NULL, title, cancel, run, done, data, free_data);
}

/* ---- beginning and end -------------------------------------------------------------------- */

void
reader_init(Engine *engine)
{
	engine->reader_queue = queue_new(0, run_task_free);
	engine->drafter_queue = queue_new(0, run_task_free);
	engine->programs = g_ptr_array_new_with_free_func(program_free);
}

void
reader_start(Engine *engine)
{
	engine->reader = g_thread_new("reader", reader_main, engine);
	drafter_start(engine);
}

void
reader_stop(Engine *engine)
{
	queue_close(engine->reader_queue);
	queue_close(engine->drafter_queue);
	if (engine->reader != NULL)
		g_thread_join(engine->reader);
	if (engine->drafter != NULL)
		g_thread_join(engine->drafter);
	engine->reader = engine->drafter = NULL;
	g_clear_pointer(&engine->programs, g_ptr_array_unref);
	g_clear_pointer(&engine->reader_queue, queue_free);
	g_clear_pointer(&engine->drafter_queue, queue_free);
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
	if (where == ENGINE_JOURNAL) {
		journal_post(engine, run_on_journal, task, NULL);
	} else if (where == ENGINE_WRITER) {
		queue_push_now(engine->drafter_queue, task);
		drafter_start(engine);
	} else {
		queue_push_now(engine->reader_queue, task);
	}
}
