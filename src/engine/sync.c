/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sync.c - the sync connection: what the user waits for first, then the journal, then all folders.
 *
 *	on line -> INBOX's newest rows -> journal -> list -> every folder that differs -> idle, a round each 2
 *minutes
 */
#include "config.h"

#include "engine/connect.h"
#include "engine/content.h"
#include "engine/filing.h"
#include "engine/folders.h"
#include "engine/mailbox.h"
#include "engine/replay.h"
#include "engine/rules-script.h"
#include "engine/rules-waiting.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"

/* Moves of rules go once no mail came for so long, */
#define HOLD_QUIET_MS 500
/* but are not held longer. */
#define HOLD_MOST_US (10 * G_USEC_PER_SEC)
#define ROUND_US (120 * G_USEC_PER_SEC)
/* A shorter round where LIST-STATUS makes it one command. */
#define ROUND_CHEAP_US (30 * G_USEC_PER_SEC)
/* Batch: the program mostly ends, or asks for more, before IDLE is worth its two turns. */
#define BATCH_PAUSE_MS 300

static gboolean
all_folders(EngineAccount *account, StoreCache *cache, gpointer data, GError **error)
{
	(void)account;
	(void)cache;
	(void)data;
	(void)error;
	return TRUE;
}

/* Folders as they stand behind all that was handed over. */
static GPtrArray *
load_folders(Worker *worker)
{
	StoreView *view;

	if (!cache_call(worker->account, all_folders, NULL, NULL))
		return NULL;
	view = worker_view(worker);
	return view ? store_view_folders(view) : NULL;
}

static int
folder_weight(const StoreFolder *folder)
{
	if (folder->role == ROLE_INBOX)
		return 0;
	if (folder->opened != 0)
		return 1;
	if (folder->role == ROLE_DRAFTS || folder->role == ROLE_SENT)
		return 2;
	if (folder->role == ROLE_JUNK || folder->role == ROLE_TRASH || folder->role == ROLE_ALL)
		return 5;
	return folder->subscribed ? 3 : 4;
}

static int
compare_weight(gconstpointer a, gconstpointer b)
{
	const StoreFolder *left = *(StoreFolder *const *)a, *right = *(StoreFolder *const *)b;
	int difference = folder_weight(left) - folder_weight(right);

	if (difference != 0)
		return difference;
	return (left->opened < right->opened) - (left->opened > right->opened);
}

/* ---- a sync of folders ---------------------------------------------------------------- */

typedef struct {
	EngineSyncStats stats;
	GError *error; /* the first that was not fatal */
} Outcome;

static gboolean handle_waiting(Worker *worker, Outcome *outcome, GError **error);

/* What concerns that folder alone, where the connection lives on; all else ends it. */
static gboolean
is_only_here(const GError *error)
{
	switch (fault_of(error)) {
	case FAULT_REFUSED:
	case FAULT_UNKNOWN:
	case FAULT_LIMIT:
	case FAULT_PROTOCOL:
		return TRUE;
	default:
		return FALSE;
	}
}

static gboolean
sync_folder(Worker *worker, const StoreFolder *folder, Outcome *outcome, GError **error)
{
	g_autoptr(GError) failure = NULL;
	g_autoptr(StoreFolder) now = NULL;
	FolderId id = folder->id;
	gboolean ok;

	do {
		ok = mailbox_open(worker, id, &failure) && mailbox_fill(worker, &failure);
		id = worker->mailbox.id ? worker->mailbox.id : id;
		if (ok && !handle_waiting(worker, outcome, error))
			return FALSE;
		g_clear_pointer(&now, store_folder_free);
		now = ok ? mailbox_folder(worker, worker->mailbox.id, NULL) : NULL;
	} while (ok && now != NULL && !mailbox_is_complete(now) && now->low_uid > 1 &&
		 !worker_is_stopping(worker));
	outcome->stats.folders++;
	worker_note_damage(worker, folder->name);
	if (ok)
		return TRUE;
	if (fault_of(failure) == FAULT_CANCELED && !worker_is_stopping(worker)) {
		/* The user stopped this job: until it is asked for again. */
		g_hash_table_add(worker->skipped, GINT_TO_POINTER(id));
		return imap_session_is_alive(worker->session) || connect_try(worker, error);
	}
	if (is_only_here(failure) && imap_session_is_alive(worker->session)) {
		outcome->stats.failed++;
		if (outcome->error == NULL)
			outcome->error = g_steal_pointer(&failure);
		return TRUE;
	}
	g_propagate_error(error, g_steal_pointer(&failure));
	return FALSE;
}

static gboolean
sync_folders(Worker *worker, const char *only, gboolean asked, Outcome *outcome, GError **error)
{
	g_autoptr(GPtrArray) folders = load_folders(worker);
	gboolean found = FALSE;

	if (folders == NULL)
		return TRUE;
	g_ptr_array_sort(folders, compare_weight);
	for (guint i = 0; i < folders->len && !worker_is_stopping(worker); i++) {
		const StoreFolder *folder = folders->pdata[i];
		if (only != NULL && strcmp(only, folder->name) != 0)
			continue;
		found = TRUE;
		if (!folder->selectable || folder->pending)
			continue;
		if (asked)
			g_hash_table_remove(worker->skipped, GINT_TO_POINTER(folder->id));
		if (g_hash_table_contains(worker->skipped, GINT_TO_POINTER(folder->id)))
			continue;
		if (only == NULL && !folders_differs(folder) && folder->role != ROLE_INBOX)
			continue;
		if (!sync_folder(worker, folder, outcome, error))
			return FALSE;
	}
	if (only != NULL && !found && outcome->error == NULL)
		fault_set(&outcome->error, FAULT_UNKNOWN, _("There is no folder \"%s\"."), only);
	return TRUE;
}

typedef struct {
	const char *account;
	gboolean only_rules;
} Unfinished;

static gboolean
look_unfinished(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	Unfinished *unfinished = data;

	(void)engine;
	(void)error;
	unfinished->only_rules = journal_only_rules_wait(journal, unfinished->account);
	return TRUE;
}

/*
 * While mail comes in a burst, what rules do on the server is held back for a moment, so that it goes
 * out in few commands. Here it is done already, and whatever a person does goes at once, with all before it.
 */
static gboolean
is_held_back(Worker *worker)
{
	Unfinished unfinished = {.account = worker->account->key};
	gint64 now = dates_clock_us();
	gint64 held = worker->held_us ? worker->held_us : now;
	gint64 quiet_ms = engine_quiet_ms(worker->account);
	gint64 until = MIN(now + (HOLD_QUIET_MS - quiet_ms) * 1000, held + HOLD_MOST_US);
	gboolean holds = !worker->account->engine->batch && now < until &&
			 journal_call(worker->account->engine, look_unfinished, &unfinished, NULL) &&
			 unfinished.only_rules;

	worker->held_us = holds ? held : 0;
	worker->replay_at_us = holds ? until : 0;
	return holds;
}

/* What rules wait for, and the rules of the day; their operations are carried out at once, or where nobody
 * asked with those of a burst that still comes. */
static gboolean
run_rules(Worker *worker, gboolean asked, Outcome *outcome, GError **error)
{
	gboolean made = FALSE;

	/* Behind what was handed over: it is judged as it is stored. */
	if (!cache_call(worker->account, all_folders, NULL, error) ||
		!rules_waiting_run(worker, &made, error) || !rules_daily_run(worker, &made, error))
		return FALSE;
	if (made && !cache_call(worker->account, all_folders, NULL, error))
		return FALSE;
	return (!asked && is_held_back(worker)) ||
	       replay_run(worker, &outcome->stats.replayed, &outcome->stats.failed, error);
}

static gboolean
round_all(Worker *worker, Outcome *outcome, GError **error)
{
	gboolean cheap = imap_session_has(worker->session, IMAP_CAP_LIST_STATUS);

	worker->next_round_us = dates_clock_us() + (cheap ? ROUND_CHEAP_US : ROUND_US);
	return folders_refresh(worker, TRUE, error) && sync_folders(worker, NULL, FALSE, outcome, error) &&
	       run_rules(worker, FALSE, outcome, error);
}

/* ---- messages ----------------------------------------------------------------------------- */

/* In batch the second look is waited for: the program ends soon. */
static gboolean
handle_filing(Worker *worker, GError **error)
{
	ImapIdle result;

	if (!filing_run(worker, error))
		return FALSE;
	while (worker->account->engine->batch && worker->file_at_us != 0) {
		gint64 left_ms = MAX(1, (worker->file_at_us - dates_clock_us()) / 1000 + 1);
		if (!imap_session_idle(worker->session, -1, (int)left_ms, &result, worker->cancel, error) ||
			!mailbox_news(worker, error))
			return FALSE;
		if (dates_clock_us() >= worker->file_at_us && !filing_run(worker, error))
			return FALSE;
	}
	return TRUE;
}

/* An asked-for sync: journal, list, folders; answered whatever happens. */
static gboolean
handle_sync(Worker *worker, Work *work, GError **error)
{
	Outcome outcome = {0};
	g_autoptr(GError) failure = NULL;
	guint before = worker->fetched;
	/* Copies of what was sent that were not filed then, by whatever came in between. */
	gboolean ok = (!worker->account->engine->batch || handle_filing(worker, &failure)) &&
		      replay_run(worker, &outcome.stats.replayed, &outcome.stats.failed, &failure) &&
		      folders_refresh(worker, TRUE, &failure) &&
		      sync_folders(worker, work->folder, TRUE, &outcome, &failure) &&
		      run_rules(worker, TRUE, &outcome, &failure);

	outcome.stats.fetched = worker->fetched - before;
	if (worker->left_out != NULL)
		outcome.stats.failed++;
	if (outcome.error == NULL)
		outcome.error = g_steal_pointer(&worker->left_out);
	worker_finish(worker, work, &outcome.stats, failure ? failure : outcome.error);
	g_clear_error(&outcome.error);
	if (!ok)
		g_propagate_error(error, g_steal_pointer(&failure));
	return ok;
}

/* work NULL: the time of what was held back. */
static gboolean
handle_replay(Worker *worker, Work *work, Outcome *outcome, GError **error)
{
	g_autoptr(GError) failure = NULL;
	gboolean asked = work != NULL && work->ticket != 0;
	gboolean ok = (!asked && is_held_back(worker)) ||
		      replay_run(worker, &outcome->stats.replayed, &outcome->stats.failed, &failure);

	if (asked)
		worker_finish(worker, work, &outcome->stats, failure);
	if (!ok)
		g_propagate_error(error, g_steal_pointer(&failure));
	return ok;
}

/* FALSE: the connection is over. */
static gboolean
handle(Worker *worker, Work *work, Outcome *outcome, GError **error)
{
	switch (work->kind) {
	case WORK_REPLAY:
		return handle_replay(worker, work, outcome, error);
	case WORK_SYNC:
		return handle_sync(worker, work, error);
	case WORK_FILE_SENT:
		return handle_filing(worker, error);
	case WORK_ROWS:
		return rules_fetch(worker, work->rows, work->wholes, error);
	case WORK_RULES:
		return run_rules(worker, FALSE, outcome, error);
	case WORK_SEARCH:
		return content_search(worker, work, error);
	case WORK_WANT:
		if (content_want(worker, work, error))
			return TRUE;
		/* Nobody tries it again: who waits is told. */
		worker_finish(worker, work, NULL, error ? *error : NULL);
		return FALSE;
	default:
		return TRUE;
	}
}

/* What came in while a bulk sync ran; leaves the folder that was selected selected. */
static gboolean
handle_waiting(Worker *worker, Outcome *outcome, GError **error)
{
	Work *work;

	while (!worker_is_stopping(worker) && (work = queue_pop(worker->work, 0)) != NULL) {
		gboolean ok;
		if (work->kind == WORK_SYNC) {
			/* A sync inside a sync: after the one that runs. */
			g_queue_push_tail(&worker->deferred, work);
			continue;
		}
		ok = handle(worker, work, outcome, error);
		work_free(work);
		if (!ok)
			return FALSE;
	}
	return TRUE;
}

/* ---- the life of a connection ----------------------------------------------------------------- */

/* Newest rows of INBOX before all else. It is there on every server: where nothing is known yet LIST goes out
 * with the SELECT. */
static gboolean
first_look(Worker *worker, GError **error)
{
	ImapList list = {0};
	ImapTicket ticket;
	g_autoptr(StoreFolder) inbox = mailbox_folder(worker, 0, "INBOX");
	g_autoptr(GError) failure = NULL;
	gboolean ok;

	if (inbox != NULL)
		return !inbox->selectable || mailbox_open(worker, inbox->id, error);
	ticket = imap_session_list_start(worker->session, &list, worker->cancel, error);
	if (ticket == 0 || !folders_begin(worker, error))
		return FALSE;
	inbox = mailbox_folder(worker, 0, "INBOX");
	ok = inbox == NULL || mailbox_open(worker, inbox->id, &failure);
	if (!imap_session_is_alive(worker->session)) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return FALSE;
	}
	/* A refusal concerns INBOX alone: its own sync will tell. */
	if (!ok && !is_only_here(failure)) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return FALSE;
	}
	return folders_take(worker, ticket, error);
}

static gboolean
on_line(Worker *worker, GError **error)
{
	Outcome outcome = {0};
	EngineAccount *account = worker->account;
	gboolean ok;

	g_clear_pointer(&worker->acts, acts_waiting_free);
	if (account->engine->batch)
		return TRUE;
	ok = first_look(worker, error);
	if (ok) {
		worker_post(account->fetch, WORK_START);
		worker_post(account->watch, WORK_START);
		ok = replay_run(worker, &outcome.stats.replayed, &outcome.stats.failed, error) &&
		     filing_run(worker, error) && round_all(worker, &outcome, error);
	}
	if (outcome.error != NULL)
		engine_post_note(account->engine, account->key, NULL, outcome.error);
	g_clear_error(&outcome.error);
	return ok;
}

/* Wait for work, the time of the next round, or news. */
static gboolean
rest(Worker *worker, GError **error)
{
	gint64 file = worker->file_at_us ? worker->file_at_us : G_MAXINT64;
	gint64 replay = worker->replay_at_us ? worker->replay_at_us : G_MAXINT64;
	gint64 next = MIN(MIN(file, replay), worker->next_round_us);
	gint64 left_ms = MAX(0, (next - dates_clock_us()) / 1000 + 1);
	gboolean no_rounds = worker->account->engine->batch && worker->file_at_us == 0;
	Work *work = no_rounds ? queue_pop(worker->work, BATCH_PAUSE_MS) : NULL;
	ImapIdle result;

	if (work != NULL) {
		queue_push_front(worker->work, work);
		return TRUE;
	}
	if (worker_is_stopping(worker))
		return TRUE;
	if (!imap_session_idle(worker->session, worker->wake_fd, no_rounds ? -1 : (int)MIN(left_ms, G_MAXINT),
		    &result, worker->cancel, error))
		return FALSE;
	connect_control(worker);
	if (result == IMAP_IDLE_NEWS)
		return mailbox_news(worker, error);
	return TRUE;
}

static gboolean
serve_once(Worker *worker, GError **error)
{
	Outcome outcome = {0};
	Work *work = g_queue_pop_head(&worker->deferred);
	gboolean ok = TRUE;

	worker_tell_damage(worker);
	if (work == NULL)
		work = queue_pop(worker->work, 0);
	if (work != NULL) {
		ok = handle(worker, work, &outcome, error);
		work_free(work);
	} else if (worker->replay_at_us != 0 && dates_clock_us() >= worker->replay_at_us) {
		ok = handle_replay(worker, NULL, &outcome, error);
	} else if (worker->file_at_us != 0 && dates_clock_us() >= worker->file_at_us) {
		ok = filing_run(worker, error);
	} else if (!worker->account->engine->batch && dates_clock_us() >= worker->next_round_us) {
		ok = round_all(worker, &outcome, error);
	} else {
		ok = rest(worker, error);
	}
	if (outcome.error != NULL)
		engine_post_note(worker->account->engine, worker->account->key, NULL, outcome.error);
	g_clear_error(&outcome.error);
	return ok;
}

/* In batch nobody waits for a line that may come back: who asked is told. */
static void
fail_waiting(Worker *worker, const GError *error)
{
	Work *work;

	while ((work = g_queue_pop_head(&worker->deferred)) != NULL ||
		(work = queue_pop(worker->work, 0)) != NULL) {
		worker_finish(worker, work, NULL, error);
		work_free(work);
	}
}

/* Batch: connect only when something is to be done. */
static gboolean
wait_for_work(Worker *worker)
{
	Work *work = queue_pop(worker->work, -1);

	if (work == NULL)
		return FALSE;
	if ((work->kind == WORK_REPLAY && work->ticket == 0) || work->kind == WORK_RULES) {
		work_free(work);
		return wait_for_work(worker);
	}
	queue_push_front(worker->work, work);
	return TRUE;
}

static void
serve(Worker *worker)
{
	gboolean batch = worker->account->engine->batch;

	while (!worker_is_stopping(worker)) {
		g_autoptr(GError) error = NULL;
		worker_check_cache(worker);
		if (worker->session == NULL) {
			if (batch && !wait_for_work(worker))
				return;
			if (!connect_try(worker, &error) || !on_line(worker, &error)) {
				if (batch)
					fail_waiting(worker, error);
				else if (!connect_wait(worker, error))
					return;
				connect_drop(worker);
			}
			continue;
		}
		if (serve_once(worker, &error))
			continue;
		if (worker_is_stopping(worker))
			return;
		if (batch)
			fail_waiting(worker, error);
		else if (!connect_wait(worker, error))
			return;
		connect_drop(worker);
	}
}

void
worker_run_sync(Worker *worker)
{
	if (!worker_wait_start(worker) || worker->account->engine->offline)
		return;
	worker->rules = rules_script_new(worker->account);
	serve(worker);
	connect_drop(worker);
	g_clear_pointer(&worker->acts, acts_waiting_free);
	g_clear_pointer(&worker->rules, rules_script_free);
}
