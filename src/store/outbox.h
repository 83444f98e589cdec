/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outbox.h - messages to be sent, and drafts, in posthorn.db.
 *
 *	queued --due--> sending --(before the final dot)--> dot --250--> sent
 *	   ^  \--canceled      |4xx, link: back to queued       \--link died--> uncertain
 *	   +-------------------+       \--5xx--> failed
 *
 * After a crash: sending becomes queued, dot becomes uncertain (asks, never
 * resent by itself). (DESIGN 6)
 */
#pragma once

#include "store/journal.h"

typedef enum {
	OUTBOX_QUEUED,
	OUTBOX_SENDING,
	OUTBOX_DOT,
	OUTBOX_SENT,
	OUTBOX_FAILED,
	OUTBOX_UNCERTAIN,
	OUTBOX_CANCELED,
} OutboxState;

/* "queued", "sending", ... ; static */
const char *outbox_state_name(OutboxState state);

typedef struct {
	gint64 id; /* 0 until added */
	char *account;
	OutboxState state;
	char *sender;          /* envelope MAIL FROM */
	GPtrArray *recipients; /* char*: envelope RCPT TO */
	GBytes *message;       /* what goes out, without Bcc; NULL in lists (outbox_get loads it) */
	GBytes *copy;          /* for Sent, with Bcc; NULL: same as message */
	char *subject;         /* decoded, for lists */
	char *message_id;
	gint64 made;
	gint64 due; /* not before (undo-send delay, retry, send later) */
	guint attempts;
	char *error;     /* last server words, sanitised; may be NULL */
	char *result;    /* the 250 line; may be NULL */
	char *owner;     /* who is sending: host:pid; may be NULL */
	gint64 answers;  /* RowId to mark \Answered once sent; 0 */
	gint64 forwards; /* RowId to mark $Forwarded once sent; 0 */
	gint64 draft;    /* draft it was made from, removed once sent; 0 */
	gboolean filed;  /* the Sent copy is there or queued */
	gboolean dsn;    /* delivery report asked for */
} OutboxMessage;

OutboxMessage *outbox_message_new(void);
void outbox_message_free(OutboxMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OutboxMessage, outbox_message_free)

gboolean outbox_add(Journal *journal, OutboxMessage *message, GError **error); /* sets id */
OutboxMessage *outbox_get(Journal *journal, gint64 id);
/* Without the octets. account NULL: all; unfinished_only leaves out sent and canceled. */
GPtrArray *outbox_list(Journal *journal, const char *account, gboolean unfinished_only);
/* Take the next queued one that is due for owner: it becomes sending. NULL: none; *next_due (may be NULL) is
 * the time of the next, 0 none. */
OutboxMessage *outbox_take(
	Journal *journal, const char *account, const char *owner, gint64 now, gint64 *next_due);
gboolean outbox_set_state(Journal *journal, gint64 id, OutboxState state, const char *words, GError **error);
/* Back to queued, not before due, attempts + 1. */
gboolean outbox_postpone(Journal *journal, gint64 id, gint64 due, const char *words, GError **error);
/* Due now; only from queued, failed or uncertain. */
gboolean outbox_retry(Journal *journal, gint64 id, gint64 now, GError **error);
/* Take back: only from queued, failed or uncertain. FALSE with FAULT_REFUSED while it is being sent, or was.
 */
gboolean outbox_cancel(Journal *journal, gint64 id, GError **error);
gboolean outbox_set_filed(Journal *journal, gint64 id, GError **error);
/* At the start of the holder: sending -> queued, dot -> uncertain. */
gboolean outbox_recover(Journal *journal, const char *account, GError **error);

/* A draft: the composer's state as a message with our own registry mark (its row here). */
typedef struct {
	gint64 id; /* 0 until saved */
	char *account;
	char *message_id;   /* fixed for its life */
	guint32 server_uid; /* in Drafts, 0: not there */
	guint32 server_uidvalidity;
	guint revision;
	gint64 saved;       /* time */
	gboolean postponed; /* also put into the Drafts folder */
	char *subject;
	char *state; /* JSON-free key=value lines of what is not in the message: answers, forwards, identity
		      */
	GBytes *message; /* RFC 5322 octets; NULL in lists */
} StoreDraft;

void store_draft_free(StoreDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreDraft, store_draft_free)
/* Insert or update; sets id, revision + 1. Durable when TRUE. */
gboolean draft_save(Journal *journal, StoreDraft *draft, GError **error);
StoreDraft *draft_get(Journal *journal, gint64 id);
StoreDraft *draft_by_message_id(Journal *journal, const char *message_id);
GPtrArray *draft_list(Journal *journal, const char *account); /* newest first; account NULL: all */
gboolean draft_remove(Journal *journal, gint64 id, GError **error);
