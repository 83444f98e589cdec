/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cachewriter.c - the thread that owns an account's lock and its cache files.
 *
 *	guest --(lock taken, cache open, operations applied)--> holder
 *
 * A guest looks each second whether the holder committed something, and every
 * few seconds whether the lock is free. A holder's connections run; it also
 * answers the control socket.
 */
#include "config.h"

#include <poll.h>

#include "engine/private.h"
#include "engine/rules-arrival.h"
#include "engine/worker.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/log.h"

#define BULK_AHEAD 4
#define GUEST_LOOK_MS 1000
#define GUEST_TRY_LOCK 3 /* looks */
#define IDLE_LOOK_MS 1000
#define IDLE_LOOKS 5 /* before the house is kept */
#define TRIM_EVERY_US (10 * 60 * G_USEC_PER_SEC)

typedef struct {
	CacheFunc func;
	gpointer data;
	GDestroyNotify free_data;
	Queue *answer;
	gboolean ok;
	GError *error;
} CacheTask;

typedef struct CacheWriter Writer;

struct CacheWriter {
	EngineAccount *account;
	StoreCache *cache; /* NULL: guest */
	ControlServer *server;
	StoreView *view; /* guest: to notice the holder's commits */
	guint64 version;
	guint looks;
	gboolean again;     /* rows that operations made may be missing in the journal */
	gint64 trimmed_us;  /* when bodies beyond cache-size went; 0: not yet */
	gboolean full_said; /* "disk full" was said, until a task succeeds */
};

static void
task_free(gpointer data)
{
	CacheTask *task = data;

	if (task->answer != NULL) {
		task->ok = FALSE;
		g_clear_error(&task->error);
		fault_set(&task->error, FAULT_CANCELED, _("Posthorn is ending."));
		queue_push_now(task->answer, task);
		return;
	}
	if (task->free_data != NULL)
		task->free_data(task->data);
	g_clear_error(&task->error);
	g_free(task);
}

static CacheTask *
task_new(CacheFunc func, gpointer data, GDestroyNotify free_data)
{
	CacheTask *task = g_new0(CacheTask, 1);

	task->func = func;
	task->data = data;
	task->free_data = free_data;
	return task;
}

static gboolean apply_new(Writer *writer, GError **error);
static void apply_and_replay(Writer *writer);
static gboolean apply_task(EngineAccount *account, StoreCache *cache, gpointer data, GError **error);

static void
say_rebuilt(EngineAccount *account)
{
	engine_post_note(account->engine, account->key,
		_("The cache was damaged or of another version. It was set aside and is fetched again; "
		  "nothing is lost."),
		NULL);
}

/* A page turned out damaged while running: set aside, made anew, and everything is fetched again. */
static void
open_again(Writer *writer)
{
	EngineAccount *account = writer->account;
	g_autoptr(GError) error = NULL;
	gboolean rebuilt = FALSE;

	g_atomic_int_set(&account->suspect, FALSE);
	g_clear_pointer(&writer->cache, store_cache_close);
	writer->cache = store_cache_open(account->cache_folder, &account->engine->hash_key, &rebuilt, &error);
	if (writer->cache == NULL) {
		engine_post_note(account->engine, account->key, NULL, error);
		return;
	}
	if (!rebuilt)
		return;
	say_rebuilt(account);
	g_atomic_int_inc(&account->generation);
	apply_and_replay(writer);
	engine_post_folders(account);
	worker_post(account->sync, WORK_RECONNECT);
	worker_post(account->fetch, WORK_RECONNECT);
	worker_post(account->watch, WORK_RECONNECT);
}

static void
run_task(Writer *writer, CacheTask *task)
{
	if (writer->cache != NULL) {
		task->ok = (task->func != apply_task || apply_new(writer, &task->error)) &&
			   task->func(writer->account, writer->cache, task->data, &task->error);
		if (!task->ok && task->error != NULL && fault_of(task->error) == FAULT_DAMAGED)
			open_again(writer);
		else
			store_cache_checkpoint(writer->cache, FALSE);
	} else {
		fault_set(&task->error, FAULT_BUSY, _("Another Posthorn holds this account."));
	}
	if (task->answer != NULL) {
		queue_push_now(task->answer, task);
		return;
	}
	if (!task->ok && task->error != NULL && fault_of(task->error) != FAULT_BUSY && !writer->full_said) {
		writer->full_said = TRUE;
		engine_post_note(writer->account->engine, writer->account->key, NULL, task->error);
	} else if (task->ok) {
		writer->full_said = FALSE;
	}
	task_free(task);
}

/* ---- operations from the journal ------------------------------------------------- */

typedef struct {
	const char *account;
	gint64 above;
	GArray *unsettled;     /* ids that the cache has under way */
	GPtrArray *operations; /* unfinished ones above */
	GPtrArray *settled;    /* those of unsettled that the journal has not under way */
} LoadOperations;

/* The journal is what counts: a kill may have come between it and the cache. */
static gboolean
load_settled(Journal *journal, LoadOperations *load, GError **error)
{
	GArray *open = journal_unfinished(journal, load->account, error);

	if (open == NULL)
		return FALSE;
	for (guint i = 0, o = 0; i < load->unsettled->len; i++) {
		gint64 id = g_array_index(load->unsettled, gint64, i);
		Operation *operation;
		while (o < open->len && g_array_index(open, gint64, o) < id)
			o++;
		if (o < open->len && g_array_index(open, gint64, o) == id)
			continue;
		operation = journal_get(journal, id);
		if (operation != NULL)
			g_ptr_array_add(load->settled, operation);
	}
	g_array_unref(open);
	return TRUE;
}

static gboolean
load_operations(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	LoadOperations *load = data;

	(void)engine;
	if (!load_settled(journal, load, error))
		return FALSE;
	load->operations = journal_load(journal, load->account, load->above, TRUE);
	for (guint i = 0; i < load->operations->len; i++) {
		Operation *operation = load->operations->pdata[i];
		if (operation->kind == OPERATION_APPEND)
			operation->content = journal_load_content(journal, operation->id);
	}
	return TRUE;
}

static gboolean
store_new_rows(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	(void)engine;
	return journal_save(journal, data, FALSE, error);
}

static void
post_operation_rows(EngineAccount *account, const Operation *operation)
{
	g_autoptr(GHashTable) told = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < operation->messages->len; i++) {
		const OperationMessage *message = operation->messages->pdata[i];
		FolderId source = ROW_FOLDER(message->row), target = ROW_FOLDER(message->new_row);
		if (source != 0 && g_hash_table_add(told, GINT_TO_POINTER(source)))
			engine_post_rows(account, source);
		if (target != 0 && g_hash_table_add(told, GINT_TO_POINTER(target)))
			engine_post_rows(account, target);
	}
	engine_post_folders(account);
}

static gboolean
makes_rows(const Operation *operation)
{
	return operation->kind == OPERATION_MOVE || operation->kind == OPERATION_COPY ||
	       operation->kind == OPERATION_APPEND;
}

static gboolean
apply_one(Writer *writer, Operation *operation, GError **error)
{
	EngineAccount *account = writer->account;

	if (!store_cache_apply(writer->cache, operation, error))
		return FALSE;
	if (makes_rows(operation) && !journal_call(account->engine, store_new_rows, operation, error))
		return FALSE;
	post_operation_rows(account, operation);
	return TRUE;
}

/* Undone, or settled, without the cache knowing. The last first: one may stand on what another made. */
static gboolean
follow_journal(Writer *writer, GPtrArray *settled, GError **error)
{
	for (guint i = settled->len; i > 0; i--)
		if (!store_cache_settle(writer->cache, settled->pdata[i - 1], error))
			return FALSE;
	if (settled->len > 0) {
		engine_post_rows(writer->account, 0);
		engine_post_folders(writer->account);
	}
	return TRUE;
}

/*
 * Apply what the journal has above the cache's mark. At the start all that is
 * under way is gone through: a kill may have left the rows that an operation
 * made unknown to the journal.
 */
static gboolean
apply_new(Writer *writer, GError **error)
{
	EngineAccount *account = writer->account;
	LoadOperations load = {.account = account->key};
	gboolean ok;

	load.above = writer->again ? 0 : store_cache_applied(writer->cache);
	load.unsettled = store_cache_unsettled(writer->cache);
	load.settled = g_ptr_array_new_with_free_func((GDestroyNotify)operation_free);
	writer->again = FALSE;
	ok = journal_call(account->engine, load_operations, &load, error) &&
	     follow_journal(writer, load.settled, error);
	for (guint i = 0; ok && i < load.operations->len; i++)
		ok = apply_one(writer, load.operations->pdata[i], error);
	writer->again |= !ok;
	g_clear_pointer(&load.operations, g_ptr_array_unref);
	g_ptr_array_unref(load.settled);
	g_array_unref(load.unsettled);
	return ok;
}

static void
apply_and_replay(Writer *writer)
{
	EngineAccount *account = writer->account;
	g_autoptr(GError) error = NULL;

	if (!apply_new(writer, &error) && fault_of(error) != FAULT_CANCELED)
		engine_post_note(account->engine, account->key, NULL, error);
	worker_post(account->sync, WORK_REPLAY);
}

void
cachewriter_apply_now(EngineAccount *account)
{
	apply_and_replay(account->state);
}

typedef struct {
	JournalFunc func; /* NULL: nothing is to be done afterwards */
	gpointer data;
	GDestroyNotify free_data;
} Afterwards;

static void
afterwards_free(gpointer data)
{
	Afterwards *afterwards = data;

	if (afterwards->free_data != NULL)
		afterwards->free_data(afterwards->data);
	g_free(afterwards);
}

/* Only a mark: writer_step() does it. */
static gboolean
wake_task(EngineAccount *account, StoreCache *cache, gpointer data, GError **error)
{
	(void)account;
	(void)cache;
	(void)data;
	(void)error;
	return TRUE;
}

void
cachewriter_wake_then(EngineAccount *account, JournalFunc func, gpointer data, GDestroyNotify free_data)
{
	Afterwards *afterwards = g_new0(Afterwards, 1);

	*afterwards = (Afterwards){func, data, free_data};
	queue_push_now(account->urgent, task_new(wake_task, afterwards, afterwards_free));
}

void
cachewriter_wake(EngineAccount *account)
{
	cachewriter_wake_then(account, NULL, NULL, NULL);
}

/* The same kind of mark, of somebody who waits. */
static gboolean
apply_task(EngineAccount *account, StoreCache *cache, gpointer data, GError **error)
{
	(void)account;
	return store_cache_apply(cache, data, error);
}

gboolean
cachewriter_apply(EngineAccount *account, Operation *operation, GError **error)
{
	return cache_call(account, apply_task, operation, error);
}

/* ---- holder and guest -------------------------------------------------------------- */

static gboolean
recover_outbox(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	(void)engine;
	return outbox_recover(journal, data, error);
}

static gboolean
become_holder(Writer *writer)
{
	EngineAccount *account = writer->account;
	g_autoptr(GError) error = NULL;
	gboolean rebuilt = FALSE;

	account->lock =
		account_lock_take(account->engine->paths, account->key, 0, account->engine->cancel, &error);
	if (account->lock == NULL) {
		if (fault_of(error) != FAULT_BUSY)
			engine_post_note(account->engine, account->key, NULL, error);
		return FALSE;
	}
	writer->cache = store_cache_open(account->cache_folder, &account->engine->hash_key, &rebuilt, &error);
	if (writer->cache == NULL) {
		engine_post_note(account->engine, account->key, NULL, error);
		g_clear_pointer(&account->lock, account_lock_free);
		return FALSE;
	}
	if (rebuilt)
		say_rebuilt(account);
	/* In batch what the last run read can still be listed. */
	if (!account->engine->batch && !store_cache_drop_unnumbered(writer->cache, &error)) {
		engine_post_note(account->engine, account->key, NULL, error);
		g_clear_error(&error);
	}
	g_clear_pointer(&writer->view, store_view_close);
	if (!journal_call(account->engine, recover_outbox, account->key, &error)) {
		engine_post_note(account->engine, account->key, NULL, error);
		g_clear_error(&error);
	}
	writer->server = control_server_new(account->engine->paths, account->key, &error);
	if (writer->server == NULL)
		log_line(LOG_ENGINE, "%s: no control socket: %s", account->key, error->message);
	account->control = writer->server;
	account->arrival = rules_arrival_new(account);
	g_atomic_int_set(&account->guest, FALSE);
	g_atomic_int_set(&account->holder, TRUE);
	writer->again = TRUE;
	apply_and_replay(writer);
	engine_post_folders(account);
	worker_post(account->sync, WORK_START);
	worker_post(account->sender, WORK_START);
	return TRUE;
}

static void
post_link_guest(EngineAccount *account)
{
	EngineEvent *event = engine_event_new(EVENT_LINK, account->key);

	event->link = LINK_GUEST;
	g_atomic_int_set(&account->guest, TRUE);
	/* What was asked meanwhile is asked of the holder. */
	worker_post(account->sync, WORK_RECONNECT);
	worker_post(account->fetch, WORK_RECONNECT);
	event->words = g_strdup(_("Another Posthorn holds this account; it does what is done here."));
	engine_post(account->engine, event);
}

/* One look of a guest: did the holder commit, is the lock free? */
static void
guest_look(Writer *writer)
{
	EngineAccount *account = writer->account;

	if (writer->view == NULL)
		writer->view = store_view_open(account->cache_folder, NULL);
	if (writer->view != NULL) {
		guint64 version = store_view_version(writer->view);
		if (version != writer->version) {
			writer->version = version;
			engine_post_rows(account, 0);
			engine_post_folders(account);
		}
	}
	if (++writer->looks % GUEST_TRY_LOCK == 0)
		become_holder(writer);
}

static void
guest_wake(Writer *writer)
{
	g_autoptr(GError) error = NULL;

	if (!control_ask(writer->account->engine->paths, writer->account->key, CONTROL_WAKE, 0, NULL, 1000,
		    writer->account->engine->cancel, &error))
		log_line(
			LOG_ENGINE, "%s: the holder was not woken: %s", writer->account->key, error->message);
}

static EngineWant
wanted(const ControlRequest *request)
{
	if (request->part == NULL)
		return WANT_TEXT;
	return strcmp(request->part, CONTROL_WHOLE) == 0 ? WANT_WHOLE : WANT_PART;
}

/* Requests of other processes; sync and fetch are answered when they are over. */
static void
serve_control(Writer *writer)
{
	EngineAccount *account = writer->account;
	ControlRequest *request;

	while ((request = control_server_next(writer->server)) != NULL) {
		switch (request->verb) {
		case CONTROL_WAKE:
			apply_and_replay(writer);
			worker_post(account->sender, WORK_OUTBOX);
			control_server_answer(writer->server, request, TRUE);
			break;
		case CONTROL_SYNC:
			worker_post_sync(account->sync, 0, request, NULL, NULL);
			break;
		case CONTROL_FETCH:
			worker_post_want(engine_want_worker(account), 0, request, NULL, request->id,
				wanted(request), request->part);
			break;
		}
	}
}

typedef struct {
	ControlRequest *request;
	gboolean ok;
} ControlAnswer;

static void
control_answer_free(gpointer data)
{
	ControlAnswer *answer = data;

	control_request_free(answer->request);
	g_free(answer);
}

static gboolean
answer_task(EngineAccount *account, StoreCache *cache, gpointer data, GError **error)
{
	ControlAnswer *answer = data;

	(void)cache;
	(void)error;
	if (account->control != NULL)
		control_server_answer(account->control, g_steal_pointer(&answer->request), answer->ok);
	return TRUE;
}

void
cachewriter_answer(EngineAccount *account, ControlRequest *request, gboolean ok)
{
	ControlAnswer *answer = g_new0(ControlAnswer, 1);

	answer->request = request;
	answer->ok = ok;
	cache_post(account, answer_task, answer, control_answer_free);
}

/* ---- the loop ------------------------------------------------------------------------ */

/* With nothing to do: the WAL into its file, old bodies away. */
static void
keep_house(Writer *writer)
{
	gint64 now = dates_clock_us();
	g_autoptr(GError) error = NULL;

	if (writer->trimmed_us == 0 || now - writer->trimmed_us > TRIM_EVERY_US) {
		writer->trimmed_us = now;
		if (!store_cache_trim(writer->cache, writer->account->cache_size, &error))
			engine_post_note(writer->account->engine, writer->account->key, NULL, error);
	}
	store_cache_checkpoint(writer->cache, TRUE);
}

static void
idle_look(Writer *writer)
{
	if (store_cache_is_suspect(writer->cache) || g_atomic_int_get(&writer->account->suspect))
		open_again(writer);
	else if (++writer->looks % IDLE_LOOKS == 0)
		keep_house(writer);
}

static void
writer_wait(Writer *writer)
{
	struct pollfd fds[3] = {
		{.fd = queue_fd(writer->account->urgent), .events = POLLIN},
		{.fd = queue_fd(writer->account->bulk), .events = POLLIN},
		{.fd = writer->server ? control_server_fd(writer->server) : -1, .events = POLLIN},
	};
	int ready = poll(fds, G_N_ELEMENTS(fds), writer->cache ? IDLE_LOOK_MS : GUEST_LOOK_MS);

	if (ready == 0 && writer->cache != NULL)
		idle_look(writer);
	else if (ready == 0)
		guest_look(writer);
	if (ready > 0 && (fds[2].revents & POLLIN))
		serve_control(writer);
}

static void
wake(Writer *writer, Afterwards *afterwards)
{
	if (writer->cache != NULL)
		apply_and_replay(writer);
	else
		guest_wake(writer);
	if (afterwards->func != NULL)
		journal_post(writer->account->engine, afterwards->func, g_steal_pointer(&afterwards->data),
			afterwards->free_data);
	afterwards->free_data = NULL;
}

/* TRUE while there was something to do. */
static gboolean
writer_step(Writer *writer)
{
	CacheTask *task = queue_pop(writer->account->urgent, 0);

	if (task != NULL && task->func == wake_task) {
		wake(writer, task->data);
		task_free(task);
		return TRUE;
	}
	if (task == NULL)
		task = queue_pop(writer->account->bulk, 0);
	if (task == NULL)
		return FALSE;
	run_task(writer, task);
	return TRUE;
}

static gpointer
writer_main(gpointer data)
{
	Writer writer = {.account = data};
	EngineAccount *account = data;

	account->state = &writer;
	engine_thread_is_bulk(account->engine);
	if (!become_holder(&writer) && account->lock == NULL)
		post_link_guest(account);
	while (TRUE) {
		if (writer_step(&writer))
			continue;
		if (queue_is_closed(account->urgent))
			break;
		writer_wait(&writer);
	}
	g_atomic_int_set(&account->holder, FALSE);
	if (writer.cache != NULL)
		store_cache_checkpoint(writer.cache, TRUE);
	g_clear_pointer(&writer.cache, store_cache_close);
	g_clear_pointer(&writer.view, store_view_close);
	g_clear_pointer(&account->arrival, rules_arrival_free);
	account->control = NULL;
	g_clear_pointer(&writer.server, control_server_free);
	g_clear_pointer(&account->lock, account_lock_free);
	return NULL;
}

void
cachewriter_init(EngineAccount *account)
{
	account->urgent = queue_new(0, task_free);
	account->bulk = queue_new(BULK_AHEAD, task_free);
}

void
cachewriter_start(EngineAccount *account)
{
	account->writer = g_thread_new("cache", writer_main, account);
}

void
cachewriter_stop(EngineAccount *account)
{
	if (account->writer == NULL)
		return;
	queue_close(account->bulk);
	queue_close(account->urgent);
	g_thread_join(account->writer);
	account->writer = NULL;
}

void
cachewriter_clear(EngineAccount *account)
{
	g_clear_pointer(&account->urgent, queue_free);
	g_clear_pointer(&account->bulk, queue_free);
}

gboolean
cache_call(EngineAccount *account, CacheFunc func, gpointer data, GError **error)
{
	g_autoptr(Queue) answer = queue_new(0, NULL);
	CacheTask *task = task_new(func, data, NULL);
	gboolean ok;

	task->answer = answer;
	/* Behind the batches handed over before: what is read back then is there. */
	queue_push(account->bulk, task);
	task = queue_pop(answer, -1);
	ok = task->ok;
	if (task->error != NULL)
		g_propagate_error(error, task->error);
	g_free(task);
	return ok;
}

void
cache_post(EngineAccount *account, CacheFunc func, gpointer data, GDestroyNotify free_data)
{
	queue_push_now(account->urgent, task_new(func, data, free_data));
}

gboolean
cache_post_bulk(EngineAccount *account, CacheFunc func, gpointer data, GDestroyNotify free_data)
{
	return queue_push(account->bulk, task_new(func, data, free_data));
}
