/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * private.h - what the files of engine/ share. Nobody else includes it.
 *
 * Who waits for whom (never the other way round, so nothing can lock up):
 *
 *	connections --> cache writer --> journaler
 *	reader      ------------------^     ^
 *	connections ------------------------+
 */
#pragma once

#include "account/conf.h"
#include "account/credentials.h"
#include "account/lock.h"
#include "engine/engine.h"
#include "engine/registry.h"
#include "net/trust.h"
#include "store/cache.h"

typedef struct EngineAccount EngineAccount;
typedef struct Worker Worker;
typedef struct RulesArrival RulesArrival;
typedef struct CacheWriter CacheWriter;
typedef struct Waits Waits;

/* ---- threads that own a file ------------------------------------------------ */

typedef gboolean (*CacheFunc)(EngineAccount *account, StoreCache *cache, gpointer data, GError **error);
typedef gboolean (*JournalFunc)(Engine *engine, Journal *journal, gpointer data, GError **error);

/* Its queue: what comes before the start is done after it. */
void journaler_init(Engine *engine);
/* Start and end the journaler; engine->journal is handed to it. */
void journaler_start(Engine *engine);
void journaler_stop(Engine *engine);
/* Run func there and wait for it. Never from main or the journaler itself. FAULT_CANCELED after the end. */
gboolean journal_call(Engine *engine, JournalFunc func, gpointer data, GError **error);
/* Run func there; its error becomes an EVENT_NOTE. data is freed with free_data. */
void journal_post(Engine *engine, JournalFunc func, gpointer data, GDestroyNotify free_data);
/* The journaler's own view of an account; only inside a JournalFunc. NULL: no cache yet. */
StoreView *journaler_view(Engine *engine, const char *account);

/* The queues are there from the account's beginning to its end: other threads post into them. */
void cachewriter_init(EngineAccount *account);
void cachewriter_start(EngineAccount *account);
/* What was posted urgently is still done; what is posted from now on is dropped. */
void cachewriter_stop(EngineAccount *account);
void cachewriter_clear(EngineAccount *account);
/* As journal_call; from connections and the reader only. */
gboolean cache_call(EngineAccount *account, CacheFunc func, gpointer data, GError **error);
/* Operations and answers to them: before bulk batches, never waits. */
void cache_post(EngineAccount *account, CacheFunc func, gpointer data, GDestroyNotify free_data);
/* A bulk batch: waits while four are ahead of it. FALSE: the end has come. */
gboolean cache_post_bulk(EngineAccount *account, CacheFunc func, gpointer data, GDestroyNotify free_data);
/* The journal has changed: apply what is new, take back what was undone, and have it replayed (or wake the
 * holder). */
void cachewriter_wake(EngineAccount *account);
/* The same, and then func on the journaler. data is freed with free_data. */
void cachewriter_wake_then(EngineAccount *account, JournalFunc func, gpointer data, GDestroyNotify free_data);
/* From a connection, before operation is sent: it, and all before it, are applied; the rows it made are
 * filled in. */
gboolean cachewriter_apply(EngineAccount *account, Operation *operation, GError **error);
/* In a CacheFunc: apply what the journal has, now, and have it replayed. */
void cachewriter_apply_now(EngineAccount *account);
/* Answer a request of another process; taken over. */
void cachewriter_answer(EngineAccount *account, ControlRequest *request, gboolean ok);

/* Reader, writer and the threads of engine_run_job(). What is given before the start is done after it. */
void reader_init(Engine *engine);
void reader_start(Engine *engine);
void reader_stop(Engine *engine);
/*
 * engine_run_job() with more to say: account may be NULL, cancel (referenced) stops it too, done may be
 * NULL.
 */
void engine_run_job_for(Engine *engine, const char *account, const char *title, Cancel *cancel,
	const GError *(*run)(gpointer data, Cancel *cancel), void (*done)(gpointer data), gpointer data,
	GDestroyNotify free_data);
/* A task whose done function will not be called; NULL is fine. */
void reader_drop_task(gpointer task);

/* ---- the structs ---------------------------------------------------------------- */

struct EngineAccount {
	Engine *engine;
	char *key;
	AccountConfig *config; /* a copy, never changed after the start */
	char *cache_folder;
	NetTrust *trust;
	SentCopy sent_copy;
	guint64 cache_size;  /* bytes of bodies kept */
	gint holder;         /* atomic: this process holds the lock and its cache is open */
	gint64 bulk_told_us; /* of the cache writer: when the rows of a filling folder were last told */
	gint generation;     /* atomic: counts the caches opened; another one has other folder ids */
	gint suspect;        /* atomic: somebody found the cache damaged: open it again */
	gint guest;          /* atomic: another process holds it */
	gint on_line;        /* atomic: the connection of sync stands */
	gint news_ms; /* atomic: when new mail was last heard of or judged, on dates_clock_us(), cut to a gint
		       */

	/* The cache writer's. */
	GThread *writer;
	Queue *urgent;
	Queue *bulk;
	AccountLock *lock;
	ControlServer *control;
	RulesArrival *arrival; /* NULL: guest */
	CacheWriter *state;

	Worker *sync;
	Worker *fetch;
	Worker *watch;
	Worker *sender;
};

struct Engine {
	const Config *config;
	const Paths *paths;
	gboolean offline;
	gboolean batch;
	gboolean started;
	gint stopping; /* atomic */
	Queue *events;
	Registry *registry;
	Waits *waits;
	HashKey hash_key;
	NetRoots *roots;
	Credentials *credentials;
	GPtrArray *accounts; /* of EngineAccount */

	Journal *journal; /* the journaler's once it runs */
	GThread *journaler;
	Queue *journal_queue;
	GHashTable *journal_views; /* the journaler's */

	GThread *reader;
	Queue *reader_queue;
	GThread *drafter; /* ENGINE_WRITER; begins with its first task */
	Queue *drafter_queue;
	GPtrArray *programs; /* of Program in reader.c: threads of engine_run_job(); main's */
	Cancel *cancel;      /* triggered at the end */
};

EngineAccount *engine_account(Engine *engine, const char *key); /* NULL: unknown */
gboolean engine_is_holder(EngineAccount *account);
/*
 * Called by a thread whose work is much and can wait a moment: with the screen
 * up it leaves the processor to the main thread, which answers the keys.
 */
void engine_thread_is_bulk(const Engine *engine);
/* A view of its cache; NULL: none yet, or damaged, which the cache writer is told. */
StoreView *engine_open_view(EngineAccount *account);
/* Who brings content: in batch there is one connection. */
Worker *engine_want_worker(EngineAccount *account);

/* ---- events ------------------------------------------------------------------------ */

EngineEvent *engine_event_new(EngineEventKind kind, const char *account);
/* Takes event. */
void engine_post(Engine *engine, EngineEvent *event);
void engine_post_folders(EngineAccount *account);
void engine_post_rows(EngineAccount *account, FolderId folder);
/* New mail was heard of, or judged by rules; any thread. And how long ago that was. */
void engine_note_news(EngineAccount *account);
guint engine_quiet_ms(EngineAccount *account);
/* words and error may be NULL; both are copied. */
void engine_post_note(Engine *engine, const char *account, const char *words, const GError *error);
void engine_post_acted(Engine *engine, guint ticket, const char *account, gint64 group, guint count,
	const char *words, const GError *error);

/* ---- jobs ---------------------------------------------------------------------------- */

/* A job's owner's side; belongs to one worker thread. */
typedef struct {
	Engine *engine;
	EngineJob *job;
	Cancel *cancel;
	gint64 told_us; /* when main last heard of it */
	gboolean once;  /* nothing tries it again: a failure names no next step */
} Job;

/* A new running job, told to main; cancel (may be NULL) is referenced, else a new one is made. title is
 * taken. */
Job *job_new(Engine *engine, const char *account, char *title, Cancel *cancel);
/* One that waits; the first job_wait() tells it. It leaves the list when it is done. */
Job *job_new_waiting(Engine *engine, const char *account, char *title, Cancel *cancel);
/* An act of the journal on its way: job->act is its group from the first telling on. */
Job *job_new_act(Engine *engine, const char *account, char *title, gint64 group);
/* What waited begins, and stays in the list when it is done. NULL is fine. */
void job_begin(Job *job);
/* Told to main at most every 100 ms. */
void job_progress(Job *job, gint64 done, gint64 total);
void job_wait(Job *job, gint64 until, const char *detail);
/* Ends and frees it: done, failed or cancelled after error. detail may be NULL. NULL job is fine. */
void job_end(Job *job, const char *detail, const GError *error);
