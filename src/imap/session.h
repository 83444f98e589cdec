/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session.h - one IMAP connection, as plain sequential calls for one worker thread.
 *
 *	ImapSession *session = imap_session_new(stream, "work");
 *	if (imap_session_login(session, &login, cancel, &error) &&
 *	    imap_session_select(session, "INBOX", &options, &selected, cancel, &error))
 *		...
 *
 * Every call that may wait takes a Cancel, answers it within 100 ms, and has
 * the deadlines of limits.h. Pipelining: the *_start() calls send and return a
 * ticket at once; what they bring is delivered, in the order sent, while any
 * later call waits; imap_session_wait() waits for one ticket. Every other call
 * also sends first and then waits for its own end, so that
 *
 *	list = imap_session_list_start(...);  fetch = ...;  imap_session_select(...);
 *
 * costs one turn of the line. ID, ENABLE and NAMESPACE go out with the command after login.
 *
 * Mailbox arguments are raw names, as ImapFolder.raw has them; make one from
 * UTF-8 with imap_name_raw() (imap/writer.h).
 *
 * Errors, by Fault:
 *   FAULT_RETRY     the line broke, a deadline passed, or the server said that it
 *                   is down for now (UNAVAILABLE, INUSE, SERVERBUG, LIMIT, BYE)
 *   FAULT_AUTH      credentials refused or missing
 *   FAULT_TRUST     TLS was asked for and is not there
 *   FAULT_REFUSED   NO or BAD to this command; imap_session_code() has the response code
 *   FAULT_UNKNOWN   NO because there is no such mailbox (NONEXISTENT, TRYCREATE)
 *   FAULT_PROTOCOL  the server broke the grammar or lied; FAULT_LIMIT: passed a limit
 *                   (where imap_session_is_alive(), only this call is concerned)
 *   FAULT_CANCELED  see below
 * Messages carry the server's own words, made safe and with the secret masked.
 *
 * An untagged response that cannot be understood is left out, or what is damaged
 * in it: see imap_session_take_damage(). Only where the server's lines cannot be
 * told apart any more (a line or a literal past its limit, a tagged answer to
 * nothing) is the session over.
 *
 * After RETRY by a broken line, and where PROTOCOL and LIMIT mean that,
 * imap_session_is_alive() is FALSE and the session can only be freed. After FAULT_CANCELED the session
 * lives on: all tickets in flight are abandoned (no callback is called any more),
 * what they still bring is read and dropped by later calls (a caller that does
 * not want to pay for that frees the session). Canceled in the middle of a login, or of an
 * APPEND's octets, it is dead. Whether a canceled STORE, COPY, MOVE or APPEND
 * took effect is not known.
 */
#pragma once

#include "imap/sets.h"
#include "imap/types.h"
#include "util/cancel.h"
#include "util/secret.h"

typedef struct NetStream NetStream; /* net/stream.h */
typedef struct ImapSession ImapSession;
typedef guint64 ImapTicket; /* 0: none */

/* Takes stream over, opened (net_stream_open). label: for the protocol log; copied. */
ImapSession *imap_session_new(NetStream *stream, const char *label);
/* Closes the line at once; say imap_session_logout() before where there is time. NULL is fine. */
void imap_session_free(ImapSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapSession, imap_session_free)

gboolean imap_session_is_alive(const ImapSession *session);
/* Milliseconds without a byte after which a server that owes an answer counts as gone; 0:
 * LIMIT_COMMAND_IDLE_MS. */
void imap_session_set_patience(ImapSession *session, guint ms);

/* ---- login ---- */

typedef struct {
	const char *name;
	const char *value;
} ImapIdField;

typedef struct {
	const char *user;
	const Secret *secret;
	gboolean token;    /* secret is an OAuth 2 access token: OAUTHBEARER or XOAUTH2 */
	gboolean external; /* EXTERNAL: the TLS client certificate; secret may be NULL */
	const char *host;  /* as configured; OAUTHBEARER names it */
	guint16 port;
	const ImapIdField *id; /* sent by ID, ended by a NULL name; NULL: no ID is sent */
} ImapLogin;

/*
 * Authenticate with the best mechanism that both know, else LOGIN (never where
 * LOGINDISABLED: an error, with nothing sent), learn the capabilities, and send
 * ID, ENABLE and NAMESPACE, whose answers come with the next command. Nothing
 * of login is kept but a copy of the secret, wiped when the session is freed:
 * it is masked in whatever the server says later.
 */
gboolean imap_session_login(ImapSession *session, const ImapLogin *login, Cancel *cancel, GError **error);

typedef enum {
	IMAP_CAP_APPENDLIMIT,
	IMAP_CAP_BINARY,
	IMAP_CAP_CHILDREN,
	IMAP_CAP_COMPRESS_DEFLATE,
	IMAP_CAP_CONDSTORE,
	IMAP_CAP_CREATE_SPECIAL_USE,
	IMAP_CAP_ENABLE,
	IMAP_CAP_ESEARCH,
	IMAP_CAP_ID,
	IMAP_CAP_IDLE,
	IMAP_CAP_IMAP4REV1,
	IMAP_CAP_IMAP4REV2,
	IMAP_CAP_LIST_EXTENDED,
	IMAP_CAP_LIST_STATUS,
	IMAP_CAP_LITERAL_MINUS,
	IMAP_CAP_LITERAL_PLUS,
	IMAP_CAP_LOGINDISABLED,
	IMAP_CAP_MOVE,
	IMAP_CAP_MULTIAPPEND,
	IMAP_CAP_NAMESPACE,
	IMAP_CAP_NOTIFY,
	IMAP_CAP_OBJECTID,
	IMAP_CAP_PREVIEW,
	IMAP_CAP_QRESYNC,
	IMAP_CAP_SASL_IR,
	IMAP_CAP_SORT,
	IMAP_CAP_SPECIAL_USE,
	IMAP_CAP_STATUS_SIZE,
	IMAP_CAP_THREAD_REFS,
	IMAP_CAP_THREAD_REFERENCES,
	IMAP_CAP_UIDPLUS,
	IMAP_CAP_UNSELECT,
	IMAP_CAP_XLIST,
	IMAP_CAP_X_GM_EXT_1,
	IMAP_CAP_COUNT
} ImapCap;

/* What the server offers, implied ones included (QRESYNC implies CONDSTORE, IMAP4rev2 a row of others). */
gboolean imap_session_has(const ImapSession *session, ImapCap cap);
/* All it said, blanks between, made safe; borrowed. For doctor and the log. */
const char *imap_session_capabilities(const ImapSession *session);
/* The greeting and what the server said of itself in ID ("name" and "version"), made safe; borrowed; NULL:
 * nothing. */
const char *imap_session_greeting(const ImapSession *session);
const char *imap_session_server_name(const ImapSession *session);
/* Prefix (raw) of the personal namespace, "" when none, and its delimiter (0: not told). */
const char *imap_session_prefix(const ImapSession *session);
char imap_session_delimiter(const ImapSession *session);

/* Turn on COMPRESS=DEFLATE; TRUE also where it is on already. With nothing in flight. */
gboolean imap_session_compress(ImapSession *session, Cancel *cancel, GError **error);
/* LOGOUT, within LIMIT_LOGOUT_MS; the session is dead afterwards. Never fails. */
void imap_session_logout(ImapSession *session, Cancel *cancel);

/* Wait until ticket is done. FALSE with its error. A ticket can be waited for once. */
gboolean imap_session_wait(ImapSession *session, ImapTicket ticket, Cancel *cancel, GError **error);
/* Nobody will wait for ticket: its callbacks are not called any more. One that is over, or 0, is fine. */
void imap_session_forget(ImapSession *session, ImapTicket ticket);
/* The response code of the last tagged answer that a call of this session waited for. */
ImapCode imap_session_code(const ImapSession *session);

/*
 * How many untagged responses were damaged since the last call; *words (may be NULL) receives a
 * sentence about the first, the caller's; NULL where none was. What a lost EXPUNGE, VANISHED or
 * EXISTS told becomes an IMAP_EVENT_EXPUNGED without UIDs; a SELECT with a lost row is not `resynced`;
 * a SEARCH or STATUS that was lost fails with FAULT_PROTOCOL.
 */
guint imap_session_take_damage(ImapSession *session, char **words);
/* All of them, told or not. */
guint imap_session_damaged(const ImapSession *session);

/* ---- folders ---- */

typedef struct {
	gboolean status;     /* ask for counts too: MESSAGES UNSEEN UIDNEXT UIDVALIDITY HIGHESTMODSEQ */
	const char *pattern; /* NULL: "*" */
} ImapList;

/*
 * LIST, with SPECIAL-USE, SUBSCRIBED and STATUS as the server can: in one turn
 * with LIST-EXTENDED and LIST-STATUS, else LIST with LSUB, then pipelined STATUS.
 * An array of ImapFolder (free func set), the caller's, in the server's order, at most LIMIT_FOLDERS.
 * *lost (may be NULL): how many more there were, past the limit or damaged; those in the array are not all
 * then.
 */
GPtrArray *imap_session_list(
	ImapSession *session, const ImapList *list, guint *lost, Cancel *cancel, GError **error);
/* The same in two steps, for pipelining. */
ImapTicket imap_session_list_start(
	ImapSession *session, const ImapList *list, Cancel *cancel, GError **error);
GPtrArray *imap_session_list_finish(
	ImapSession *session, ImapTicket ticket, guint *lost, Cancel *cancel, GError **error);

gboolean imap_session_status(
	ImapSession *session, const char *mailbox, ImapStatus *status, Cancel *cancel, GError **error);
/* use: a SPECIAL-USE attribute such as "\\Trash", asked for where CREATE-SPECIAL-USE is offered; NULL: none.
 */
gboolean imap_session_create(
	ImapSession *session, const char *mailbox, const char *use, Cancel *cancel, GError **error);
gboolean imap_session_rename(
	ImapSession *session, const char *mailbox, const char *to, Cancel *cancel, GError **error);
gboolean imap_session_delete(ImapSession *session, const char *mailbox, Cancel *cancel, GError **error);
gboolean imap_session_subscribe(
	ImapSession *session, const char *mailbox, gboolean on, Cancel *cancel, GError **error);

/* ---- the selected mailbox ---- */

/* A FETCH response; row is borrowed. Must not call the session. */
typedef void (*ImapRowFunc)(const ImapRow *row, gpointer user);

typedef struct {
	gboolean examine; /* read only */
	/* What is known from the last time; modseq 0: nothing. Used where QRESYNC is on. */
	guint32 uidvalidity;
	guint64 modseq;
	const ImapSet *known; /* UIDs that are known; NULL: all below the server's mind */
	/* Rows that changed since (UID, FLAGS, MODSEQ), as the server sends them; may be NULL. */
	ImapRowFunc changed;
	gpointer user;
} ImapSelect;

typedef struct {
	guint32 exists;
	guint32 uidvalidity;   /* 0: not told: nothing of this mailbox may be kept */
	guint32 uidnext;       /* 0: not told */
	guint64 highestmodseq; /* 0: NOMODSEQ, or not told */
	gboolean read_only;
	gboolean resynced; /* QRESYNC with matching uidvalidity: vanished and the changed rows are the whole
			      difference */
	ImapSet *vanished; /* never NULL; UIDs expunged since (not clipped: do that against what you know) */
	ImapFlags permanent; /* flags that can be set for good; IMAP_FLAG_ANY: also new keywords */
	gboolean uid_not_sticky;
	char *mailbox_id; /* OBJECTID; NULL: none */
} ImapSelected;

/* Release what selected holds; not the struct. */
void imap_selected_clear(ImapSelected *selected);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ImapSelected, imap_selected_clear)

/* *selected is filled when TRUE; when FALSE no mailbox is selected. */
gboolean imap_session_select(ImapSession *session, const char *mailbox, const ImapSelect *options,
	ImapSelected *selected, Cancel *cancel, GError **error);
/* Leave the mailbox without expunging: UNSELECT, else CLOSE after EXAMINE. Nothing to do: TRUE. */
gboolean imap_session_unselect(ImapSession *session, Cancel *cancel, GError **error);
/* The raw name of the selected mailbox, or NULL; borrowed. */
const char *imap_session_selected(const ImapSession *session);
/* Messages in it, as last told. */
guint32 imap_session_exists(const ImapSession *session);
/* VANISHED is spoken: expunges come as UIDs. Else the session maps them (see IMAP_EVENT_EXPUNGED). */
gboolean imap_session_qresync(const ImapSession *session);

typedef enum {
	IMAP_FETCH_FLAGS = 1 << 0,
	IMAP_FETCH_DATE = 1 << 1,
	IMAP_FETCH_SIZE = 1 << 2,
	IMAP_FETCH_MODSEQ = 1 << 3, /* left out where CONDSTORE is not offered */
	IMAP_FETCH_STRUCTURE = 1 << 4,
	IMAP_FETCH_IDS = 1 << 5,    /* EMAILID THREADID, or X-GM-MSGID X-GM-THRID, as offered */
	IMAP_FETCH_LABELS = 1 << 6, /* X-GM-LABELS where offered */
} ImapFetchItems;

/* received of total octets of one literal. Must not call the session. */
typedef void (*ImapProgressFunc)(guint64 received, guint64 total, gpointer user);

/* What to fetch of which messages. UID is always asked for. */
typedef struct {
	/* Either uids, or sequence numbers first..last (last 0: "*"). An empty mailbox has none: servers
	 * answer NO or BAD. */
	const ImapSet *uids;
	guint32 first;
	guint32 last;

	guint items;        /* ImapFetchItems */
	const char *fields; /* header fields, blanks between; NULL: none */
	/* Body sections by BODY.PEEK, ended by NULL: "" whole, "HEADER", "TEXT", "1.2", "1.2.MIME"; NULL:
	 * none */
	const char *const *sections;
	guint64 octets; /* at most so many octets of each section; 0: all */
	guint64 origin; /* from this octet on; only with octets */
	guint64 size;   /* RFC822.SIZE where known: longer literals than 2 x size + 64 KiB are dropped; 0: no
			   bound */
	guint64 changed_since; /* CONDSTORE; 0: none */
	gboolean vanished; /* with changed_since and uids, where QRESYNC is on: tell expunged ones too (imap
			      event) */

	ImapRowFunc row;
	ImapProgressFunc progress; /* may be NULL */
	gpointer user;             /* for both */
} ImapFetch;

/*
 * Send a FETCH. uids NULL and first 0, or an empty set, is our own mistake. Rows
 * are delivered during later waits; one for a message that was not asked, or
 * without what was asked, becomes an IMAP_EVENT_FLAGS. fetch is copied, its sets
 * and strings too. 0 with error when it cannot be sent.
 */
ImapTicket imap_session_fetch_start(
	ImapSession *session, const ImapFetch *fetch, Cancel *cancel, GError **error);
gboolean imap_session_fetch(ImapSession *session, const ImapFetch *fetch, Cancel *cancel, GError **error);

typedef enum { IMAP_STORE_ADD, IMAP_STORE_REMOVE, IMAP_STORE_REPLACE } ImapStoreMode;

typedef struct {
	const ImapSet *uids;
	ImapStoreMode mode;
	guint system;                /* ImapFlag */
	const char *const *keywords; /* ended by NULL; NULL: none */
	guint64 unchanged_since;     /* CONDSTORE; 0: none */
	gboolean labels;             /* keywords are Gmail labels (X-GM-LABELS), UTF-8 */
	ImapRowFunc row; /* new FLAGS/MODSEQ rows of these UIDs; NULL: .SILENT, and rows become events */
	gpointer user;
} ImapStore;

/* *modified (may be NULL): UIDs not stored because of unchanged_since; the caller's, NULL when none. */
gboolean imap_session_store(
	ImapSession *session, const ImapStore *store, ImapSet **modified, Cancel *cancel, GError **error);

/* Where copies went. */
typedef struct {
	guint32 uidvalidity; /* of the target; 0: the server told nothing (no UIDPLUS, or nothing copied) */
	GArray *pairs;       /* of ImapUidPair, only of UIDs that were asked; never NULL */
} ImapCopied;

void imap_copied_clear(ImapCopied *copied);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ImapCopied, imap_copied_clear)

gboolean imap_session_copy(ImapSession *session, const ImapSet *uids, const char *mailbox, ImapCopied *copied,
	Cancel *cancel, GError **error);
/* Only where IMAP_CAP_MOVE; the fallback (COPY, \Deleted, UID EXPUNGE) is the caller's decision. */
gboolean imap_session_move(ImapSession *session, const ImapSet *uids, const char *mailbox, ImapCopied *copied,
	Cancel *cancel, GError **error);
/* UID EXPUNGE; only where IMAP_CAP_UIDPLUS. A bare EXPUNGE is never sent. */
gboolean imap_session_expunge(ImapSession *session, const ImapSet *uids, Cancel *cancel, GError **error);

typedef struct {
	const char *mailbox;
	const char *data; /* CRLF line ends, as they shall lie there */
	gsize length;
	guint system;
	const char *const *keywords;
	DateTime received; /* seconds 0: the server's clock */
	ImapProgressFunc progress;
	gpointer user;
} ImapAppend;

/* *uidvalidity and *uid: APPENDUID, 0 when not told. */
gboolean imap_session_append(ImapSession *session, const ImapAppend *append, guint32 *uidvalidity,
	guint32 *uid, Cancel *cancel, GError **error);

/* Search keys with quoted or literal arguments: imap/writer.h. */
typedef struct ImapCommand ImapCommand;

/*
 * UID SEARCH, by ESEARCH where offered. keys is built with imap_command_new("")
 * and holds the keys alone; it is not consumed. The caller's set, clipped to nothing.
 */
ImapSet *imap_session_search(ImapSession *session, const ImapCommand *keys, Cancel *cancel, GError **error);
/* The UIDs whose Message-ID field holds message_id ("<...>"). */
ImapSet *imap_session_search_message_id(
	ImapSession *session, const char *message_id, Cancel *cancel, GError **error);

gboolean imap_session_noop(ImapSession *session, Cancel *cancel, GError **error);

/* ---- news ---- */

typedef enum {
	IMAP_EVENT_EXISTS,   /* count: messages now */
	IMAP_EVENT_EXPUNGED, /* uids; NULL: not known which (or more news than are kept): compare all UIDs */
	IMAP_EVENT_FLAGS, /* uid (0: unknown, only the sequence number was told), flags, modseq (0: not told)
			   */
	IMAP_EVENT_ALERT, /* text: the user must see it; made safe */
	IMAP_EVENT_BYE,   /* text: the server is going away */
	IMAP_EVENT_UIDVALIDITY, /* the mailbox changed under us: select it again */
} ImapEventKind;

typedef struct {
	ImapEventKind kind;
	guint32 count;
	guint32 uid;
	guint32 sequence;
	ImapSet *uids;
	ImapFlags flags; /* keywords NULL but for IMAP_EVENT_FLAGS */
	guint64 modseq;
	char *text;
} ImapEvent;

void imap_event_free(ImapEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapEvent, imap_event_free)

/*
 * The oldest event not yet taken, the caller's; NULL: none. Runs of like events are merged. Those of a
 * mailbox go when another is selected.
 */
ImapEvent *imap_session_next_event(ImapSession *session);
gboolean imap_session_has_events(const ImapSession *session);

typedef enum { IMAP_IDLE_NEWS, IMAP_IDLE_WOKEN, IMAP_IDLE_TIMEOUT } ImapIdle;

/*
 * IDLE until an event is there (also one from before), wake_fd is readable, or
 * timeout_ms passed (-1: never). The IDLE goes on when this returns: calling
 * again costs nothing, any other call ends it without waiting for its end. It is
 * renewed after 24 minutes, and at once when the clock jumped (suspend), so that
 * a dead line is noticed. Without the capability: NOOP each 2 minutes.
 */
gboolean imap_session_idle(
	ImapSession *session, int wake_fd, int timeout_ms, ImapIdle *result, Cancel *cancel, GError **error);
