/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fetch.c - the connections that serve the open folder (fetch) and INBOX (watch).
 *
 * Where the server refuses another connection, fetch hands what it is asked to
 * the sync connection and tries again later; watch does without.
 */
#include "config.h"

#include "engine/connect.h"
#include "engine/content.h"
#include "engine/mailbox.h"
#include "util/fault.h"
#include "util/i18n.h"

/* So many failures in a row while sync is on line: the server does not want another connection. */
#define REFUSALS 2
#define TRY_AGAIN_MS (5 * 60 * 1000)

/* ---- fetch ------------------------------------------------------------------------------- */

static gboolean
fetch_handle(Worker *worker, Work *work, GError **error)
{
	switch (work->kind) {
	case WORK_OPEN:
		worker->open_folder = work->folder_id;
		return work->folder_id == 0 || mailbox_open(worker, work->folder_id, error);
	case WORK_SEARCH:
		return content_search(worker, work, error);
	case WORK_WANT:
		return content_want(worker, work, error);
	default:
		return TRUE;
	}
}

/* Give an interrupted request another chance, at the front. */
static void
put_back(Worker *worker, Work *work)
{
	if ((work->kind == WORK_WANT || work->kind == WORK_SEARCH) &&
		(work->ticket != 0 || work->control != NULL))
		queue_push_front(worker->work, work);
	else
		work_free(work);
}

static gboolean
idle_here(Worker *worker, GError **error)
{
	ImapIdle result;

	if (worker->open_folder != 0 && worker->mailbox.id != worker->open_folder &&
		!mailbox_open(worker, worker->open_folder, error))
		return FALSE;
	/* No other connection can read the rest of it. */
	if (worker->mailbox.unnumbered && !mailbox_fill(worker, error))
		return FALSE;
	if (queue_length(worker->work) > 0)
		return TRUE;
	if (!imap_session_idle(worker->session, worker->wake_fd, -1, &result, worker->cancel, error))
		return FALSE;
	connect_control(worker);
	return result != IMAP_IDLE_NEWS || mailbox_news(worker, error);
}

static gboolean
fetch_once(Worker *worker, GError **error)
{
	Work *work = queue_pop(worker->work, 0);
	gboolean more = FALSE;
	gboolean ok;

	worker_tell_damage(worker);

	if (work != NULL) {
		ok = fetch_handle(worker, work, error);
		if (ok)
			work_free(work);
		else
			put_back(worker, work);
		return ok;
	}
	if (worker->open_folder != 0 && !content_ahead(worker, worker->open_folder, &more, error))
		return FALSE;
	if (more)
		return TRUE;
	return idle_here(worker, error);
}

/* One after the other to sync, until it is worth trying again. */
static void
hand_to_sync(Worker *worker)
{
	Work *work;

	while ((work = queue_pop(worker->work, 0)) != NULL) {
		if (work->kind == WORK_OPEN)
			worker->open_folder = work->folder_id;
		if (work->kind == WORK_WANT || work->kind == WORK_SEARCH)
			queue_push_now(worker->account->sync->work, work);
		else
			work_free(work);
	}
}

static gboolean
without_connection(Worker *worker)
{
	gint64 until = g_get_monotonic_time() + (gint64)TRY_AGAIN_MS * 1000;

	/* Where sync has no connection either, it says why. */
	if (!worker->given_up && g_atomic_int_get(&worker->account->on_line)) {
		engine_post_note(worker->account->engine, worker->account->key,
			_("The server refuses another connection; Posthorn goes on with fewer."), NULL);
		worker->given_up = TRUE;
	}
	while (!worker_is_stopping(worker) && g_get_monotonic_time() < until) {
		Work *work = queue_pop(worker->work, 1000);
		if (work != NULL)
			queue_push_front(worker->work, work);
		hand_to_sync(worker);
		if (connect_control(worker))
			break;
	}
	return !worker_is_stopping(worker);
}

/* Connects; FALSE: the end. */
static gboolean
get_on_line(Worker *worker)
{
	g_autoptr(GError) error = NULL;

	if (connect_try(worker, &error)) {
		worker->refused = 0;
		worker->given_up = FALSE;
		return TRUE;
	}
	if (++worker->refused > REFUSALS && fault_of(error) != FAULT_CANCELED) {
		if (!without_connection(worker))
			return FALSE;
		worker->refused = 0;
		return TRUE;
	}
	return connect_wait(worker, error);
}

/* The connection stands: what failed concerns one folder or message, which is let be. */
static gboolean
passes(Worker *worker, const GError *error)
{
	if (worker_is_stopping(worker) || !imap_session_is_alive(worker->session))
		return FALSE;
	if (fault_of(error) != FAULT_CANCELED)
		engine_post_note(worker->account->engine, worker->account->key, NULL, error);
	worker->open_folder = 0;
	return TRUE;
}

void
worker_run_fetch(Worker *worker)
{
	if (!worker_wait_start(worker) || worker->account->engine->offline)
		return;
	while (!worker_is_stopping(worker)) {
		g_autoptr(GError) error = NULL;
		worker_check_cache(worker);
		if (worker->session == NULL) {
			if (!get_on_line(worker))
				break;
			continue;
		}
		if (fetch_once(worker, &error) || passes(worker, error))
			continue;
		if (!connect_wait(worker, error))
			break;
	}
	connect_drop(worker);
}

/* ---- watch ------------------------------------------------------------------------------------ */

static gboolean
watch_once(Worker *worker, GError **error)
{
	g_autoptr(StoreFolder) inbox = NULL;
	gboolean more = TRUE;
	ImapIdle result;

	if (worker->mailbox.id == 0) {
		inbox = mailbox_folder(worker, 0, "INBOX");
		if (inbox != NULL && !mailbox_open(worker, inbox->id, error))
			return FALSE;
		while (inbox != NULL && more && !worker_is_stopping(worker))
			if (!content_ahead(worker, inbox->id, &more, error))
				return FALSE;
	}
	worker_tell_damage(worker);
	if (!imap_session_idle(worker->session, worker->wake_fd, -1, &result, worker->cancel, error))
		return FALSE;
	connect_control(worker);
	if (result != IMAP_IDLE_NEWS)
		return TRUE;
	return mailbox_news(worker, error) &&
	       (worker->mailbox.id == 0 || content_ahead(worker, worker->mailbox.id, &more, error));
}

void
worker_run_watch(Worker *worker)
{
	if (!worker_wait_start(worker) || worker->account->engine->offline)
		return;
	while (!worker_is_stopping(worker)) {
		g_autoptr(GError) error = NULL;
		worker_check_cache(worker);
		if (worker->session == NULL) {
			if (!get_on_line(worker))
				break;
			continue;
		}
		if (!watch_once(worker, &error) && !connect_wait(worker, error))
			break;
	}
	connect_drop(worker);
}
