/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker.h - the connections of an account: one thread each, told what to do by messages.
 *
 *	sync    folder list, headers, replay of the journal, rounds
 *	fetch   what the user waits for; keeps the open folder selected and idles there
 *	watch   idles on INBOX
 *	sender  SMTP
 *
 * fetch and watch start once sync has logged in. Where a server refuses further
 * connections, what fetch would do is done by sync between its batches.
 */
#pragma once

#include "engine/acts-waiting.h"
#include "engine/private.h"
#include "imap/session.h"

typedef enum {
	WORKER_SYNC,
	WORKER_FETCH,
	WORKER_WATCH,
	WORKER_SENDER,
} WorkerKind;

typedef enum {
	WORK_START,     /* the account is ours, connect */
	WORK_RECONNECT, /* now, whatever the back-off says */
	WORK_ANSWER,    /* question, yes, secret */
	WORK_REPLAY,
	WORK_SYNC, /* folder (NULL: all) */
	WORK_OPEN, /* row: folder id */
	WORK_WANT,
	WORK_SEARCH, /* folder_id, section: the text */
	WORK_OUTBOX,
	WORK_FILE_SENT, /* look after the copies of what was sent */
	WORK_ROWS,      /* rows, wholes: fetch headers and octets, then tell */
	WORK_RULES,     /* what arrived and needs more than headers, or a claim */
} WorkKind;

typedef struct {
	WorkKind kind;
	guint ticket;            /* 0: nobody here waits */
	ControlRequest *control; /* another process waits; NULL */
	Cancel *cancel;          /* of the ticket; NULL */
	char *folder;
	FolderId folder_id;
	RowId row;
	EngineWant want;
	char *section;
	GArray *found;               /* SEARCH: of RowId */
	GArray *rows, *wholes;       /* ROWS */
	void (*then)(gpointer data); /* ROWS: whether or not they could be had */
	gpointer then_data;
	guint question;
	gboolean yes;
	Secret *secret;
} Work;

void work_free(Work *work);

/* ---- from any thread ---- */

Worker *worker_new(EngineAccount *account, WorkerKind kind);
void worker_launch(Worker *worker);
/* Cancel whatever it does; worker_stop() joins it. */
void worker_cancel(Worker *worker);
void worker_stop(Worker *worker);
/* No other thread may still post to it. */
void worker_free(Worker *worker);

void worker_post(Worker *worker, WorkKind kind);
/* control is taken over, the rest copied or referenced. */
void worker_post_sync(
	Worker *worker, guint ticket, ControlRequest *control, Cancel *cancel, const char *folder);
/* REPLAY, answered by EVENT_SYNCED. */
void worker_post_replay(Worker *worker, guint ticket);
void worker_post_open(Worker *worker, FolderId folder);
void worker_post_search(Worker *worker, guint ticket, Cancel *cancel, FolderId folder, const char *text);
/* Headers and whole octets of rows (arrays taken over); then is called in the end, on whatever thread. */
void worker_post_rows(
	Worker *worker, GArray *rows, GArray *wholes, void (*then)(gpointer data), gpointer then_data);
void worker_post_want(Worker *worker, guint ticket, ControlRequest *control, Cancel *cancel, RowId row,
	EngineWant want, const char *section);
/* secret is taken over. */
void worker_post_answer(Worker *worker, guint question, gboolean yes, Secret *secret);

/* ---- inside the worker's thread ---- */

/* The selected mailbox as this connection knows it. */
typedef struct {
	FolderId id; /* 0: none is selected */
	char *name;
	char *raw;
	guint32 uidvalidity;
	guint32 uidnext; /* above all that was fetched */
	gboolean read_only;
	gboolean unnumbered; /* the server gives no numbers that last: see mailbox_open() */
} Mailbox;

struct Worker {
	EngineAccount *account;
	WorkerKind kind;
	GThread *thread;
	Queue *control; /* of Work: START, RECONNECT, ANSWER */
	Queue *work;    /* of Work: the rest */
	int wake_fd;    /* readable while either holds something */
	Cancel *cancel; /* the end */

	ImapSession *session; /* NULL: not connected */
	StoreView *view;
	Mailbox mailbox;
	gboolean started;
	guint failures;        /* in a row; sets the back-off */
	gint64 logins[3];      /* times of the last ones, dates_clock_us() */
	guint question;        /* the one that is open; 0 */
	gboolean needs_phrase; /* the vault is locked: its phrase is asked for, not a password */
	FolderId open_folder;  /* fetch: what the user looks at */
	gint generation;       /* of the cache that mailbox and skipped speak of */
	GHashTable *skipped;   /* sync: folder ids whose job the user cancelled; until asked for */
	gint64 next_round_us;
	guint fetched;             /* messages whose headers came, since the start */
	gboolean compressed;       /* COMPRESS was tried on this connection */
	gboolean list_known;       /* LIST came on this connection */
	guint refused;             /* fetch, watch: connections that failed while sync is on line */
	gboolean given_up;         /* goes without this connection */
	ActsWaiting *acts;         /* sync: what waits for the line; NULL while it is there */
	gint64 held_us;            /* sync: since when moves of rules are held back; 0: none are */
	gint64 replay_at_us;       /* sync: when they go; 0: none are held */
	gint64 file_at_us;         /* sync: when to look after sent copies again; 0: not */
	GHashTable *looked;        /* sync: outbox id -> time of the first look, both gint64 */
	GQueue deferred;           /* sync: of Work, after what runs now */
	struct RulesScript *rules; /* sync: the account's rules; NULL in others */
	guint folders_lost;        /* of the last LIST: past the limit, or damaged */
	GError *left_out;          /* what of the server's answers could not be used, not told yet; NULL */
};

/* Its own view of the cache; NULL while there is none. */
StoreView *worker_view(Worker *worker);
gboolean worker_is_stopping(Worker *worker);
/* Until the account is ours. Meanwhile what is posted here is asked of the process that holds it. FALSE: the
 * end. */
gboolean worker_wait_start(Worker *worker);
/* The cache was made anew: what this connection knew of it is void. TRUE: the session was dropped. */
gboolean worker_check_cache(Worker *worker);
/*
 * Note what of the server's answers could not be used since the last time, while folder (NULL: none) was at
 * hand; the first such thing stays in left_out until somebody takes it, or it is told.
 */
void worker_note_damage(Worker *worker, const char *folder);
void worker_tell_damage(Worker *worker);
/* Tell who waits for work how it went; error NULL: well. */
void worker_finish(Worker *worker, Work *work, const EngineSyncStats *stats, const GError *error);

/* The loops of each kind. */
void worker_run_sync(Worker *worker);
void worker_run_fetch(Worker *worker);
void worker_run_watch(Worker *worker);
void worker_run_sender(Worker *worker);
