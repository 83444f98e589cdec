/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * journaler.c - the thread that owns posthorn.db.
 *
 * A durable commit waits for the disk; behind this thread nobody else does.
 */
#include "config.h"

#include "engine/private.h"
#include "util/fault.h"
#include "util/i18n.h"

typedef struct {
	JournalFunc func; /* NULL: the end */
	gpointer data;
	GDestroyNotify free_data;
	Queue *answer; /* who waits; NULL: nobody */
	gboolean ok;
	GError *error;
} JournalTask;

static void
task_free(gpointer data)
{
	JournalTask *task = data;

	if (task->answer != NULL) {
		/* Left over at the end: who waits must hear of it, and owns the task. */
		task->ok = FALSE;
		fault_set(&task->error, FAULT_CANCELED, _("Posthorn is ending."));
		queue_push_now(task->answer, task);
		return;
	}
	if (task->free_data != NULL)
		task->free_data(task->data);
	g_clear_error(&task->error);
	g_free(task);
}

static void
journaler_run_task(Engine *engine, JournalTask *task)
{
	task->ok = task->func(engine, engine->journal, task->data, &task->error);
	if (task->answer != NULL) {
		queue_push_now(task->answer, task);
		return;
	}
	if (!task->ok && task->error != NULL)
		engine_post_note(engine, NULL, NULL, task->error);
	task_free(task);
}

static gpointer
journaler_main(gpointer data)
{
	Engine *engine = data;
	JournalTask *task;

	while ((task = queue_pop(engine->journal_queue, -1)) != NULL)
		journaler_run_task(engine, task);
	journal_tidy(engine->journal, g_get_real_time() / G_USEC_PER_SEC);
	g_hash_table_remove_all(engine->journal_views);
	return NULL;
}

void
journaler_init(Engine *engine)
{
	engine->journal_views =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)store_view_close);
	engine->journal_queue = queue_new(0, task_free);
}

void
journaler_start(Engine *engine)
{
	engine->journaler = g_thread_new("journal", journaler_main, engine);
}

void
journaler_stop(Engine *engine)
{
	queue_close(engine->journal_queue);
	if (engine->journaler != NULL)
		g_thread_join(engine->journaler);
	engine->journaler = NULL;
	g_clear_pointer(&engine->journal_queue, queue_free);
	g_hash_table_unref(engine->journal_views);
}

gboolean
journal_call(Engine *engine, JournalFunc func, gpointer data, GError **error)
{
	g_autoptr(Queue) answer = queue_new(0, NULL);
	JournalTask *task = g_new0(JournalTask, 1);
	gboolean ok;

	task->func = func;
	task->data = data;
	task->answer = answer;
	queue_push_now(engine->journal_queue, task);
	task = queue_pop(answer, -1);
	ok = task->ok;
	if (task->error != NULL)
		g_propagate_error(error, task->error);
	g_free(task);
	return ok;
}

void
journal_post(Engine *engine, JournalFunc func, gpointer data, GDestroyNotify free_data)
{
	JournalTask *task = g_new0(JournalTask, 1);

	task->func = func;
	task->data = data;
	task->free_data = free_data;
	queue_push_now(engine->journal_queue, task);
}

StoreView *
journaler_view(Engine *engine, const char *key)
{
	StoreView *view = g_hash_table_lookup(engine->journal_views, key);
	EngineAccount *account = engine_account(engine, key);

	if (view != NULL)
		store_view_version(view); /* follows a cache that was made anew */
	if (view == NULL && account != NULL) {
		view = engine_open_view(account);
		if (view != NULL)
			g_hash_table_insert(engine->journal_views, g_strdup(key), view);
	}
	return view;
}
