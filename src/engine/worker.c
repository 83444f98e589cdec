/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "engine/connect.h"
#include "engine/waits.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

/* How long another process may take, ms. */
#define HOLDER_SYNC_MS (30 * 60 * 1000)
#define HOLDER_FETCH_MS (5 * 60 * 1000)

void
work_free(Work *work)
{
	if (work == NULL)
		return;
	if (work->cancel != NULL)
		cancel_unref(work->cancel);
	g_clear_pointer(&work->control, control_request_free);
	g_clear_pointer(&work->secret, secret_free);
	g_free(work->folder);
	g_free(work->section);
	g_clear_pointer(&work->found, g_array_unref);
	g_clear_pointer(&work->rows, g_array_unref);
	g_clear_pointer(&work->wholes, g_array_unref);
	if (work->then != NULL)
		work->then(work->then_data);
	g_free(work);
}

static void
watch_queue(int epoll, Queue *queue)
{
	struct epoll_event event = {.events = EPOLLIN};

	epoll_ctl(epoll, EPOLL_CTL_ADD, queue_fd(queue), &event);
}

Worker *
worker_new(EngineAccount *account, WorkerKind kind)
{
	Worker *worker = g_new0(Worker, 1);

	worker->account = account;
	worker->kind = kind;
	worker->control = queue_new(0, (GDestroyNotify)work_free);
	worker->work = queue_new(0, (GDestroyNotify)work_free);
	worker->cancel = cancel_new();
	worker->skipped = g_hash_table_new(NULL, NULL);
	worker->looked = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	/* One descriptor for both queues: a stream waits on one. */
	worker->wake_fd = epoll_create1(EPOLL_CLOEXEC);
	watch_queue(worker->wake_fd, worker->control);
	watch_queue(worker->wake_fd, worker->work);
	return worker;
}

static gpointer
worker_main(gpointer data)
{
	Worker *worker = data;

	switch (worker->kind) {
	case WORKER_SYNC:
		engine_thread_is_bulk(worker->account->engine);
		worker_run_sync(worker);
		break;
	case WORKER_FETCH:
		worker_run_fetch(worker);
		break;
	case WORKER_WATCH:
		worker_run_watch(worker);
		break;
	case WORKER_SENDER:
		worker_run_sender(worker);
		break;
	}
	g_clear_pointer(&worker->session, imap_session_free);
	g_clear_pointer(&worker->view, store_view_close);
	return NULL;
}

void
worker_launch(Worker *worker)
{
	static const char *const names[] = {"sync", "fetch", "watch", "sender"};

	worker->thread = g_thread_new(names[worker->kind], worker_main, worker);
}

void
worker_cancel(Worker *worker)
{
	cancel_trigger(worker->cancel);
	queue_close(worker->control);
	queue_close(worker->work);
}

void
worker_stop(Worker *worker)
{
	worker_cancel(worker);
	if (worker->thread != NULL)
		g_thread_join(worker->thread);
	worker->thread = NULL;
}

void
worker_free(Worker *worker)
{
	if (worker == NULL)
		return;
	worker_stop(worker);
	close(worker->wake_fd);
	queue_free(worker->control);
	queue_free(worker->work);
	cancel_unref(worker->cancel);
	g_hash_table_unref(worker->skipped);
	g_hash_table_unref(worker->looked);
	g_queue_clear_full(&worker->deferred, (GDestroyNotify)work_free);
	g_free(worker->mailbox.name);
	g_free(worker->mailbox.raw);
	g_clear_error(&worker->left_out);
	g_free(worker);
}

static gboolean
is_control(WorkKind kind)
{
	return kind == WORK_START || kind == WORK_RECONNECT || kind == WORK_ANSWER;
}

static void
post(Worker *worker, Work *work)
{
	if (worker == NULL)
		work_free(work);
	else
		queue_push_now(is_control(work->kind) ? worker->control : worker->work, work);
}

static Work *
work_new(WorkKind kind)
{
	Work *work = g_new0(Work, 1);

	work->kind = kind;
	return work;
}

void
worker_post(Worker *worker, WorkKind kind)
{
	post(worker, work_new(kind));
}

void
worker_post_rows(
	Worker *worker, GArray *rows, GArray *wholes, void (*then)(gpointer data), gpointer then_data)
{
	Work *work = work_new(WORK_ROWS);

	work->rows = rows;
	work->wholes = wholes;
	work->then = then;
	work->then_data = then_data;
	post(worker, work);
}

void
worker_post_sync(Worker *worker, guint ticket, ControlRequest *control, Cancel *cancel, const char *folder)
{
	Work *work = work_new(WORK_SYNC);

	work->ticket = ticket;
	work->control = control;
	work->cancel = cancel ? cancel_ref(cancel) : NULL;
	work->folder = g_strdup(folder);
	post(worker, work);
}

void
worker_post_replay(Worker *worker, guint ticket)
{
	Work *work = work_new(WORK_REPLAY);

	work->ticket = ticket;
	post(worker, work);
}

void
worker_post_open(Worker *worker, FolderId folder)
{
	Work *work = work_new(WORK_OPEN);

	work->folder_id = folder;
	post(worker, work);
}

void
worker_post_search(Worker *worker, guint ticket, Cancel *cancel, FolderId folder, const char *text)
{
	Work *work = work_new(WORK_SEARCH);

	work->ticket = ticket;
	work->cancel = cancel_ref(cancel);
	work->folder_id = folder;
	work->section = g_strdup(text);
	post(worker, work);
}

void
worker_post_want(Worker *worker, guint ticket, ControlRequest *control, Cancel *cancel, RowId row,
	EngineWant want, const char *section)
{
	Work *work = work_new(WORK_WANT);

	work->ticket = ticket;
	work->control = control;
	work->cancel = cancel ? cancel_ref(cancel) : NULL;
	work->row = row;
	work->want = want;
	work->section = g_strdup(section);
	post(worker, work);
}

void
worker_post_answer(Worker *worker, guint question, gboolean yes, Secret *secret)
{
	Work *work = work_new(WORK_ANSWER);

	work->question = question;
	work->yes = yes;
	work->secret = secret;
	post(worker, work);
}

StoreView *
worker_view(Worker *worker)
{
	if (worker->view == NULL)
		worker->view = engine_open_view(worker->account);
	else
		store_view_version(worker->view); /* follows a cache that was made anew */
	return worker->view;
}

gboolean
worker_is_stopping(Worker *worker)
{
	return cancel_is_triggered(worker->cancel);
}

/* The holder does it. */
static void
ask_holder(Worker *worker, Work *work)
{
	g_autoptr(GError) error = NULL;
	Engine *engine = worker->account->engine;
	Cancel *cancel = work->cancel ? work->cancel : worker->cancel;

	if (work->kind == WORK_SYNC)
		control_ask(engine->paths, worker->account->key, CONTROL_SYNC, 0, NULL, HOLDER_SYNC_MS,
			cancel, &error);
	else if (work->kind == WORK_WANT)
		control_ask(engine->paths, worker->account->key, CONTROL_FETCH, work->row,
			work->want == WANT_WHOLE ? CONTROL_WHOLE : work->section, HOLDER_FETCH_MS, cancel,
			&error);
	worker_finish(worker, work, NULL, error);
}

gboolean
worker_wait_start(Worker *worker)
{
	while (!worker_is_stopping(worker)) {
		struct pollfd fds[2] = {{.fd = worker->wake_fd, .events = POLLIN},
			{.fd = cancel_fd(worker->cancel), .events = POLLIN}};
		Work *work;
		connect_control(worker);
		if (worker->started)
			return TRUE;
		if (!g_atomic_int_get(&worker->account->guest)) {
			/* Not decided yet: only control messages matter. */
			fds[0].fd = queue_fd(worker->control);
			poll(fds, G_N_ELEMENTS(fds), -1);
			continue;
		}
		work = queue_pop(worker->work, 0);
		if (work == NULL) {
			poll(fds, G_N_ELEMENTS(fds), -1);
			continue;
		}
		ask_holder(worker, work);
		work_free(work);
	}
	return FALSE;
}

gboolean
worker_check_cache(Worker *worker)
{
	gint generation = g_atomic_int_get(&worker->account->generation);

	if (worker->generation == generation)
		return FALSE;
	worker->generation = generation;
	worker->open_folder = 0;
	g_hash_table_remove_all(worker->skipped);
	if (worker->session == NULL)
		return FALSE;
	connect_drop(worker);
	return TRUE;
}

void
worker_note_damage(Worker *worker, const char *folder)
{
	g_autofree char *words = NULL;
	g_autofree char *name = folder ? text_safe(folder, -1, TEXT_MARKS) : NULL;
	guint count = imap_session_take_damage(worker->session, &words);

	if (count == 0 || worker->left_out != NULL)
		return;
	fault_set(&worker->left_out, FAULT_PROTOCOL,
		P_("%s This answer was left out, or the part of it that is damaged; the rest goes on.",
			"%s %u such answers were left out, or the parts of them that are damaged; the rest "
			"goes on.",
			count),
		words, count);
	if (name != NULL)
		g_prefix_error(&worker->left_out, _("Folder \"%s\": "), name);
}

void
worker_tell_damage(Worker *worker)
{
	if (worker->session != NULL)
		worker_note_damage(worker, worker->mailbox.id ? worker->mailbox.name : NULL);
	if (worker->left_out != NULL)
		engine_post_note(worker->account->engine, worker->account->key, NULL, worker->left_out);
	g_clear_error(&worker->left_out);
}

void
worker_finish(Worker *worker, Work *work, const EngineSyncStats *stats, const GError *error)
{
	Engine *engine = worker->account->engine;
	EngineEvent *event;

	if (work->control != NULL)
		cachewriter_answer(worker->account, g_steal_pointer(&work->control), error == NULL);
	if (work->ticket == 0)
		return;
	job_end(waits_take(engine, work->ticket), NULL, error);
	/* Nobody waits where it was forgotten, or canceled while it waited. */
	if (!registry_remove(engine->registry, work->ticket) &&
		(work->kind == WORK_WANT || work->kind == WORK_SEARCH))
		return;
	event = engine_event_new(work->kind == WORK_WANT     ? EVENT_CONTENT
				 : work->kind == WORK_SEARCH ? EVENT_FOUND
							     : EVENT_SYNCED,
		worker->account->key);
	event->folder = work->folder_id;
	event->rows = g_steal_pointer(&work->found);
	event->ticket = work->ticket;
	event->row = work->row;
	if (stats != NULL)
		event->stats = *stats;
	event->error = error ? g_error_copy(error) : NULL;
	engine_post(engine, event);
	work->ticket = 0;
}
