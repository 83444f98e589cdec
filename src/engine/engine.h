/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine.h - jobs and workers behind the screen and the command line.
 *
 * The caller's thread ("main") never waits here: every call posts a message to
 * a worker and returns; answers come as EngineEvents through engine_events(),
 * matched by ticket. Threads (DESIGN 3): one journal writer; one reader; per
 * account a cache writer, and where this process holds the account's lock the
 * connections sync, fetch and watch; one sender.
 *
 * An account whose lock another Posthorn holds is a guest here: it is read,
 * acts are journalled and the holder is woken; nothing connects.
 */
#pragma once

#include "account/conf.h"
#include "store/journal.h"
#include "store/outbox.h"
#include "store/view.h"
#include "util/cancel.h"
#include "util/fault.h"
#include "util/paths.h"
#include "util/queue.h"
#include "util/secret.h"

typedef struct Engine Engine;

typedef struct {
	const Config *config; /* borrowed for the engine's life */
	const Paths *paths;   /* likewise */
	gboolean offline;     /* connect to nothing */
	gboolean batch; /* the command line: no watch, no rounds, no bodies in advance; connects only when
			   asked to */
	const char *account; /* batch: only this account; NULL: all */
} EngineOptions;

/*
 * Opens the journal; starts nothing, connects to nothing: cheap. Acts and tasks
 * given before the start are done after it. *warning (may be NULL; the
 * caller's): a damaged file was set aside.
 */
Engine *engine_new(const EngineOptions *options, char **warning, GError **error);
/* Start the threads: takes the locks, opens the caches, connects (not in batch). */
void engine_start(Engine *engine);
/* Cancel all that runs and join all threads; at most about 2 s. Everything durable stays. */
void engine_free(Engine *engine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Engine, engine_free)

/* Events for main, each EngineEvent* to be freed by engine_event_free(). queue_fd() of it is for the main
 * loop. */
Queue *engine_events(Engine *engine);

/* Folder of an account's cache, for store_view_open(). The caller's. */
char *engine_cache_folder(const Engine *engine, const char *account);

/* ---- events ---------------------------------------------------------------- */

typedef enum {
	EVENT_FOLDERS,   /* account: list or counts changed: read them again */
	EVENT_ROWS,      /* account, folder: rows changed, came or went */
	EVENT_NEW_MAIL,  /* account, folder, rows: fresh messages (also EVENT_ROWS) */
	EVENT_ACTED,     /* ticket: committed, or error. group, words, count: "Moved 3 messages to Archive" */
	EVENT_OPERATION, /* account, operation, state, error: the server's answer to an operation */
	EVENT_CONTENT,   /* ticket, account, row: what engine_want() asked for is here, or error */
	EVENT_FOUND,     /* ticket, account, folder, rows: the answer of engine_search(), or error */
	EVENT_SYNCED,    /* ticket: engine_sync() is over; stats; error when anything failed */
	EVENT_JOB,       /* job: began, moved on, waits, ended */
	EVENT_LINK,      /* account, link, words: the state of the account's connection */
	EVENT_QUESTION,  /* question */
	EVENT_OUTBOX,    /* account, outbox id, outbox_state, words */
	EVENT_NOTE,      /* words (and error): for the message line and the list of errors */
	EVENT_RULES, /* ticket, account, rules: what a look at the rules found (engine/rules.h), or error */
	EVENT_PROPOSALS,    /* ticket, account, row, proposals; or error */
	EVENT_RULES_SERVER, /* ticket, account, server: rules on the server; or error */
	EVENT_TASK,         /* internal: dispatched by engine_event_dispatch() */
} EngineEventKind;

typedef enum {
	LINK_OFF,   /* offline was asked for */
	LINK_GUEST, /* another Posthorn holds the account */
	LINK_CONNECTING,
	LINK_ONLINE,
	LINK_WAITING,    /* no line: tries again at `until` */
	LINK_NEEDS_USER, /* password refused, certificate not trusted: tries again after engine_answer() or
			    engine_reconnect() */
} EngineLink;

typedef enum {
	JOB_WAITING, /* for its turn, for the line, or until `until` */
	JOB_RUNNING,
	JOB_DONE,
	JOB_FAILED,
	JOB_CANCELED,
} EngineJobState;

/* A snapshot of one job: whatever takes longer than a moment on the network. */
typedef struct {
	guint id;
	char *account; /* key */
	char *title;   /* translated: "headers of Archive" */
	char *detail;  /* translated: "waits for the line", "250 Ok: queued as 4F1"; may be NULL */
	EngineJobState state;
	gint64 done, total; /* total 0: unknown */
	gboolean bytes;     /* done and total are bytes, else items */
	gint64 started;     /* time; age is told from it */
	gint64 until;       /* waiting: time of the next try; 0 */
	Fault fault;        /* JOB_FAILED */
	char *server_words; /* sanitised; may be NULL */
	char *next_step;    /* translated: what the user can do; may be NULL */
	gboolean passing;   /* of no interest once it is done */
	gint64 act; /* group of the act that is on its way to the server: undo takes it back, and the journal
		       keeps it; 0: none */
} EngineJob;

EngineJob *engine_job_copy(const EngineJob *job);
void engine_job_free(EngineJob *job);

typedef enum {
	QUESTION_TRUST,    /* an unknown certificate: trust it for this host and account? */
	QUESTION_PASSWORD, /* no password is known, or it was refused */
	QUESTION_PHRASE,   /* the vault's master phrase */
} EngineQuestionKind;

typedef struct {
	guint id;
	EngineQuestionKind kind;
	char *account;
	char *host;
	guint port;
	char *fingerprint; /* "sha256:AB12..." */
	char *words;       /* the whole explanation, translated, several lines */
} EngineQuestion;

typedef struct {
	guint folders, fetched, replayed, failed;
} EngineSyncStats;

typedef struct {
	EngineEventKind kind;
	guint ticket;  /* 0: answers no call */
	char *account; /* key; may be NULL */
	FolderId folder;
	RowId row;
	GArray *rows; /* of RowId; NEW_MAIL */
	gint64 group;
	gint64 operation;
	OperationState state;
	guint count;
	char *words;   /* translated, safe */
	GError *error; /* NULL: all is well */
	EngineJob *job;
	EngineQuestion *question;
	EngineLink link;
	gint64 until;
	gint64 outbox;
	OutboxState outbox_state;
	EngineSyncStats stats;
	struct RulesReport *rules;        /* RULES; steal it */
	GPtrArray *proposals;             /* PROPOSALS: of RulesProposal */
	struct RulesServer *rules_server; /* RULES_SERVER; engine/rules.h */
	gpointer task;                    /* internal */
} EngineEvent;

void engine_event_free(EngineEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EngineEvent, engine_event_free)
/* Runs the done function of an EVENT_TASK; TRUE when event was one. */
gboolean engine_event_dispatch(Engine *engine, EngineEvent *event);

/* ---- acts: through the journal, at once visible, undoable ---------------------- */

typedef enum {
	ACT_FLAGS, /* add_flags, remove_flags, add_keywords, remove_keywords */
	ACT_MOVE,  /* target, target_account */
	ACT_COPY,
	ACT_DELETE, /* to Trash; in Trash itself: expunged for good (ask before: engine never asks) */
	ACT_ARCHIVE,
	ACT_JUNK,          /* to Junk with $Junk; from Junk to INBOX with $NotJunk */
	ACT_APPEND,        /* content, add_flags, target */
	ACT_FOLDER_CREATE, /* target */
	ACT_FOLDER_RENAME, /* target, new_name */
	ACT_FOLDER_DELETE,
	ACT_FOLDER_SUBSCRIBE,
	ACT_FOLDER_UNSUBSCRIBE,
} EngineActKind;

typedef struct {
	EngineActKind kind;
	const char *account; /* key */
	const RowId *rows;   /* borrowed during the call */
	gsize row_count;
	guint32 add_flags, remove_flags;
	const char *add_keywords, *remove_keywords;
	const char *target;         /* folder name, UTF-8 */
	const char *target_account; /* NULL: the same */
	const char *new_name;
	GBytes *content; /* APPEND */
	gint64 date;     /* APPEND: internal date; 0: now */
} EngineAct;

/* Returns the ticket of the EVENT_ACTED to come (after the durable commit, with words for the user). */
guint engine_act(Engine *engine, const EngineAct *act);
/* Take back a group (0: the newest that can be). EVENT_ACTED; words say what came back and what could not. */
guint engine_undo(Engine *engine, const char *account, gint64 group);
/* A failed operation again, or forgotten (the server's state stands). EVENT_ACTED. */
guint engine_operation_retry(Engine *engine, gint64 operation);
guint engine_operation_forget(Engine *engine, gint64 operation);

/* ---- network, on request --------------------------------------------------------- */

/* The user looks at this folder now: synced first, kept selected and watched by the fetch connection. folder
 * 0: none. */
void engine_open_folder(Engine *engine, const char *account, FolderId folder);
/* Sync now: account NULL: all; folder NULL: every folder. In batch it also replays the journal. EVENT_SYNCED.
 */
guint engine_sync(Engine *engine, const char *account, const char *folder);
/* Only carry the journal to the server. EVENT_SYNCED. A guest's holder does so by itself: answered at once.
 */
guint engine_replay(Engine *engine, const char *account);
/* Send what is due now (the command line). EVENT_OUTBOX tells; nothing else is answered. */
void engine_flush_outbox(Engine *engine, const char *account);
/* FALSE: another Posthorn holds the account (known after the first EVENT_LINK or EVENT_FOLDERS). */
gboolean engine_holds(Engine *engine, const char *account);

typedef enum {
	WANT_TEXT,  /* enough to show: structure and text; whole when the message is small */
	WANT_PART,  /* one section */
	WANT_WHOLE, /* all octets */
} EngineWant;

/*
 * Bring content of a message into the store; EVENT_CONTENT, at once when it is here already. Until then it is
 * a job, waiting as long as no connection serves it; subject (may be NULL) is its title. Canceled as a job,
 * EVENT_CONTENT has FAULT_CANCELED.
 */
guint engine_want(Engine *engine, const char *account, RowId row, EngineWant want, const char *section,
	const char *subject);
/*
 * Ask the server which messages of the folder hold text (headers and bodies; UTF-8): what is
 * not here is searched too. EVENT_FOUND.
 */
guint engine_search(Engine *engine, const char *account, FolderId folder, const char *text);
/* Give up a ticket: the job stops, no event comes. */
void engine_forget(Engine *engine, guint ticket);

void engine_job_cancel(Engine *engine, guint job);
void engine_job_retry(Engine *engine, guint job);
/* Try to connect now, whatever the back-off says (also after the user mended the account). account NULL: all.
 */
void engine_reconnect(Engine *engine, const char *account);
/* Answer a question. yes: trust it / here is the secret (taken over; NULL otherwise). A trust answer is
 * written to the configuration by the caller. */
void engine_answer(Engine *engine, guint question, gboolean yes, Secret *secret);

/* ---- sending ---------------------------------------------------------------------- */

/*
 * Queue a message durably (taken over; id is set by the journal). EVENT_ACTED
 * with outbox = its id. It goes when due; EVENT_OUTBOX tells its states.
 */
guint engine_send(Engine *engine, OutboxMessage *message);
guint engine_outbox_cancel(Engine *engine, gint64 id); /* not while it is being sent; EVENT_ACTED */
guint engine_outbox_retry(Engine *engine, gint64 id);  /* now; EVENT_ACTED */
/* Save a draft durably (taken over). EVENT_ACTED with outbox = draft id. postponed: also APPENDed to Drafts.
 */
guint engine_draft_save(Engine *engine, StoreDraft *draft);
guint engine_draft_remove(Engine *engine, gint64 id);

/* ---- work off the main thread -------------------------------------------------------- */

typedef enum {
	ENGINE_READER,  /* what the user looks at; has views: engine_worker_view() */
	ENGINE_WRITER,  /* messages being written, and files; in order; has views */
	ENGINE_JOURNAL, /* has the journal: engine_worker_journal(); must be quick */
} EngineWhere;

typedef struct EngineWorker EngineWorker;
/* The worker's own view of an account (kept open); NULL when there is no cache yet. */
StoreView *engine_worker_view(EngineWorker *worker, const char *account);
Journal *engine_worker_journal(EngineWorker *worker);

/*
 * Run run(worker, data, cancel) on a worker, then done(data) on main by
 * engine_event_dispatch(), then free_data(data). When cancel (may be NULL) is
 * triggered before done, done is not called but free_data is.
 */
void engine_run(Engine *engine, EngineWhere where,
	void (*run)(EngineWorker *worker, gpointer data, Cancel *cancel), void (*done)(gpointer data),
	gpointer data, GDestroyNotify free_data, Cancel *cancel);
/*
 * For what may take long, as another program: run(data, cancel) on a thread of its own, listed
 * as a job with its age, that is stopped there by cancel. run returns what went wrong (NULL: all
 * is well), borrowed from data. Then done(data) on main, also when it was stopped, then
 * free_data(data). title is translated and safe.
 */
void engine_run_job(Engine *engine, const char *title, const GError *(*run)(gpointer data, Cancel *cancel),
	void (*done)(gpointer data), gpointer data, GDestroyNotify free_data);
