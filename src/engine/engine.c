/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

#include "account/link.h"
#include "engine/private.h"
#include "engine/waits.h"
#include "engine/worker.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

/* Beside other threads of ours; without the screen nobody waits. */
#define BULK_NICE 5

void
engine_thread_is_bulk(const Engine *engine)
{
	const struct sched_param none = {0};

	if (engine->batch)
		return;
#ifdef __linux__ /* where both are of the thread alone; neither is worth a word when it is refused */
	pthread_setschedparam(pthread_self(), SCHED_BATCH, &none);
	setpriority(PRIO_PROCESS, 0, BULK_NICE);
#else
	(void)none;
#endif
}

static void
account_free(gpointer data)
{
	EngineAccount *account = data;

	cachewriter_clear(account);
	g_free(account->key);
	g_free(account->cache_folder);
	account_config_free(account->config);
	if (account->trust != NULL)
		net_trust_unref(account->trust);
	g_free(account);
}

static EngineAccount *
account_new(Engine *engine, const AccountConfig *config)
{
	EngineAccount *account = g_new0(EngineAccount, 1);
	g_autoptr(Preferences) preferences = NULL;

	account->engine = engine;
	account->key = g_strdup(config->key);
	account->config = account_config_copy(config);
	preferences = config_preferences(engine->config, config->key, NULL);
	account->sent_copy = preferences->sent_copy;
	account->cache_size = config_program(engine->config)->cache_size;
	account->cache_folder = engine_cache_folder(engine, config->key);
	account->sync = worker_new(account, WORKER_SYNC);
	account->fetch = worker_new(account, WORKER_FETCH);
	account->watch = worker_new(account, WORKER_WATCH);
	account->sender = worker_new(account, WORKER_SENDER);
	cachewriter_init(account);
	return account;
}

Engine *
engine_new(const EngineOptions *options, char **warning, GError **error)
{
	g_autofree char *path = g_build_filename(options->paths->data, "posthorn.db", NULL);
	g_autoptr(Journal) journal = journal_open(path, warning, error);
	GPtrArray *accounts = config_accounts(options->config);
	Engine *engine;

	if (journal == NULL)
		return NULL;
	engine = g_new0(Engine, 1);
	engine->config = options->config;
	engine->paths = options->paths;
	engine->offline = options->offline;
	engine->batch = options->batch;
	engine->events = queue_new(0, (GDestroyNotify)engine_event_free);
	engine->registry = registry_new();
	engine->waits = waits_new();
	engine->cancel = cancel_new();
	engine->hash_key = *journal_hash_key(journal);
	engine->journal = g_steal_pointer(&journal);
	engine->roots = net_roots_new(NULL);
	engine->credentials =
		credentials_new(options->paths, config_program(options->config)->vault_phrase_command);
	engine->accounts = g_ptr_array_new_with_free_func(account_free);
	journaler_init(engine);
	reader_init(engine);
	for (guint i = 0; i < accounts->len; i++) {
		const AccountConfig *account = accounts->pdata[i];
		if (options->account == NULL || strcmp(options->account, account->key) == 0)
			g_ptr_array_add(engine->accounts, account_new(engine, account));
	}
	return engine;
}

static void
account_start(EngineAccount *account)
{
	g_autoptr(GError) error = NULL;

	account->trust = account_trust(account->config, account->engine->roots, &error);
	if (account->trust == NULL) {
		engine_post_note(account->engine, account->key, NULL, error);
		account->trust = net_trust_new(account->engine->roots);
	}
	worker_launch(account->sync);
	worker_launch(account->fetch);
	worker_launch(account->watch);
	worker_launch(account->sender);
	cachewriter_start(account);
}

void
engine_start(Engine *engine)
{
	engine->started = TRUE;
	journaler_start(engine);
	reader_start(engine);
	for (guint i = 0; i < engine->accounts->len; i++)
		account_start(engine->accounts->pdata[i]);
}

static void
each_worker(Engine *engine, void (*act)(Worker *worker))
{
	for (guint i = 0; i < engine->accounts->len; i++) {
		EngineAccount *account = engine->accounts->pdata[i];
		act(account->sync);
		act(account->fetch);
		act(account->watch);
		act(account->sender);
	}
}

void
engine_free(Engine *engine)
{
	if (engine == NULL)
		return;
	g_atomic_int_set(&engine->stopping, TRUE);
	if (engine->started) {
		cancel_trigger(engine->cancel);
		registry_trigger_all(engine->registry);
		each_worker(engine, worker_cancel);
		/* A connection may wait for room in front of the cache writer: that stops first. */
		for (guint i = 0; i < engine->accounts->len; i++)
			queue_close(((EngineAccount *)engine->accounts->pdata[i])->bulk);
	}
	/* All threads end before anything goes that another may still speak to. */
	each_worker(engine, worker_stop);
	if (engine->started) {
		for (guint i = 0; i < engine->accounts->len; i++)
			cachewriter_stop(engine->accounts->pdata[i]);
	}
	reader_stop(engine);
	journaler_stop(engine);
	each_worker(engine, worker_free);
	g_ptr_array_unref(engine->accounts);
	journal_close(engine->journal);
	credentials_free(engine->credentials);
	net_roots_unref(engine->roots);
	cancel_unref(engine->cancel);
	waits_free(engine->waits);
	registry_free(engine->registry);
	queue_free(engine->events);
	g_free(engine);
}

Queue *
engine_events(Engine *engine)
{
	return engine->events;
}

char *
engine_cache_folder(const Engine *engine, const char *account)
{
	return g_build_filename(engine->paths->cache, account, NULL);
}

EngineAccount *
engine_account(Engine *engine, const char *key)
{
	for (guint i = 0; key != NULL && i < engine->accounts->len; i++) {
		EngineAccount *account = engine->accounts->pdata[i];
		if (strcmp(account->key, key) == 0)
			return account;
	}
	return NULL;
}

/* Unsigned differences: what was cut off does not matter. */
void
engine_note_news(EngineAccount *account)
{
	g_atomic_int_set(&account->news_ms, (gint)(guint)(dates_clock_us() / 1000));
}

guint
engine_quiet_ms(EngineAccount *account)
{
	return (guint)(dates_clock_us() / 1000) - (guint)g_atomic_int_get(&account->news_ms);
}

StoreView *
engine_open_view(EngineAccount *account)
{
	g_autoptr(GError) error = NULL;
	StoreView *view = store_view_open(account->cache_folder, &error);

	if (view == NULL && fault_of(error) == FAULT_DAMAGED)
		g_atomic_int_set(&account->suspect, TRUE);
	return view;
}

gboolean
engine_is_holder(EngineAccount *account)
{
	return g_atomic_int_get(&account->holder);
}

Worker *
engine_want_worker(EngineAccount *account)
{
	return account->engine->batch ? account->sync : account->fetch;
}

/* ---- network, on request ------------------------------------------------------------ */

void
engine_open_folder(Engine *engine, const char *key, FolderId folder)
{
	EngineAccount *account = engine_account(engine, key);

	if (account == NULL)
		return;
	worker_post_open(account->fetch, folder);
}

/* Counts the answers of several accounts and gives main one. */
guint
engine_sync(Engine *engine, const char *key, const char *folder)
{
	guint ticket = registry_next(engine->registry);
	g_autoptr(Cancel) cancel = cancel_new();
	gboolean any = FALSE;

	registry_add(engine->registry, ticket, cancel);
	for (guint i = 0; i < engine->accounts->len; i++) {
		EngineAccount *account = engine->accounts->pdata[i];
		if (key != NULL && strcmp(key, account->key) != 0)
			continue;
		any = TRUE;
		worker_post_sync(account->sync, ticket, NULL, cancel, folder);
		worker_post(account->sync, WORK_RECONNECT);
	}
	if (!any) {
		EngineEvent *event = engine_event_new(EVENT_SYNCED, key);
		event->ticket = ticket;
		fault_set(&event->error, FAULT_UNKNOWN, _("There is no account \"%s\"."), key ? key : "");
		engine_post(engine, event);
	}
	return ticket;
}

guint
engine_replay(Engine *engine, const char *key)
{
	EngineAccount *account = engine_account(engine, key);
	guint ticket = registry_next(engine->registry);
	EngineEvent *event;

	if (account != NULL && engine_is_holder(account)) {
		worker_post_replay(account->sync, ticket);
		return ticket;
	}
	event = engine_event_new(EVENT_SYNCED, key);
	event->ticket = ticket;
	engine_post(engine, event);
	return ticket;
}

void
engine_flush_outbox(Engine *engine, const char *key)
{
	EngineAccount *account = engine_account(engine, key);

	if (account != NULL)
		worker_post(account->sender, WORK_OUTBOX);
}

gboolean
engine_holds(Engine *engine, const char *key)
{
	EngineAccount *account = engine_account(engine, key);

	return account != NULL && engine_is_holder(account);
}

static char *
want_title(const char *subject)
{
	g_autofree char *safe = text_safe(subject ? subject : "", -1, TEXT_MARKS);

	return g_strdup_printf(_("message \"%s\""), safe);
}

guint
engine_want(
	Engine *engine, const char *key, RowId row, EngineWant want, const char *section, const char *subject)
{
	EngineAccount *account = engine_account(engine, key);
	guint ticket = registry_next(engine->registry);
	g_autoptr(Cancel) cancel = cancel_new();
	EngineEvent *event;

	if (account != NULL && !engine->offline) {
		registry_add(engine->registry, ticket, cancel);
		if (!engine->batch)
			waits_begin(engine, EVENT_CONTENT, key, ticket, want_title(subject), cancel);
		worker_post_want(engine_want_worker(account), ticket, NULL, cancel, row, want, section);
		return ticket;
	}
	event = engine_event_new(EVENT_CONTENT, key);
	event->ticket = ticket;
	event->row = row;
	fault_set(&event->error, FAULT_RETRY, _("This is not here yet, and Posthorn works offline."));
	engine_post(engine, event);
	return ticket;
}

guint
engine_search(Engine *engine, const char *key, FolderId folder, const char *text)
{
	EngineAccount *account = engine_account(engine, key);
	g_autofree char *safe = NULL;
	guint ticket = registry_next(engine->registry);
	g_autoptr(Cancel) cancel = cancel_new();
	EngineEvent *event;

	if (account != NULL && !engine->offline && engine_is_holder(account)) {
		registry_add(engine->registry, ticket, cancel);
		safe = text_safe(text, -1, TEXT_MARKS);
		waits_begin(engine, EVENT_FOUND, key, ticket,
			g_strdup_printf(_("the server searches for \"%s\""), safe), cancel);
		worker_post_search(account->fetch, ticket, cancel, folder, text);
		return ticket;
	}
	event = engine_event_new(EVENT_FOUND, key);
	event->ticket = ticket;
	fault_set(&event->error, FAULT_RETRY,
		_("Bodies are searched by the server, and there is no connection to it here."));
	engine_post(engine, event);
	return ticket;
}

void
engine_forget(Engine *engine, guint ticket)
{
	registry_trigger(engine->registry, ticket);
	registry_remove(engine->registry, ticket);
	waits_forget(engine, ticket);
}

void
engine_job_cancel(Engine *engine, guint job)
{
	if (!waits_cancel(engine, job))
		registry_trigger(engine->registry, job);
}

void
engine_job_retry(Engine *engine, guint job)
{
	(void)job;
	engine_reconnect(engine, NULL);
}

void
engine_reconnect(Engine *engine, const char *key)
{
	for (guint i = 0; i < engine->accounts->len; i++) {
		EngineAccount *account = engine->accounts->pdata[i];
		if (key != NULL && strcmp(key, account->key) != 0)
			continue;
		worker_post(account->sync, WORK_RECONNECT);
		worker_post(account->fetch, WORK_RECONNECT);
		worker_post(account->watch, WORK_RECONNECT);
		worker_post(account->sender, WORK_RECONNECT);
	}
}

void
engine_answer(Engine *engine, guint question, gboolean yes, Secret *secret)
{
	for (guint i = 0; i < engine->accounts->len; i++) {
		EngineAccount *account = engine->accounts->pdata[i];
		worker_post_answer(account->sync, question, yes, secret ? secret_copy(secret) : NULL);
		worker_post_answer(account->sender, question, yes, secret ? secret_copy(secret) : NULL);
	}
	if (secret != NULL)
		secret_free(secret);
}
