/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * operation.h - what a user or a rule wants done to mail: the journal's unit.
 *
 * An operation is committed to posthorn.db (store/journal.h), then applied to
 * headers.db in one idempotent transaction (store/cache.h), replayed to the
 * server by engine/, and settled. States:
 *
 *	pending --(sent to the server)--> in flight --> done | failed
 *	   \--(undone before it was sent)--> undone      \--(link broke)--> pending
 *
 * A parked operation (UIDVALIDITY changed, folder gone) is failed with its reason.
 */
#pragma once

#include "store/types.h"

typedef enum {
	OPERATION_FLAGS, /* add and remove flags and keywords */
	OPERATION_MOVE,  /* to target; delete is a move to Trash */
	OPERATION_COPY,
	OPERATION_EXPUNGE, /* gone for good: UID EXPUNGE */
	OPERATION_APPEND,  /* content, with flags and date, to target */
	OPERATION_FOLDER_CREATE,
	OPERATION_FOLDER_RENAME, /* folder target -> new_name */
	OPERATION_FOLDER_DELETE,
	OPERATION_FOLDER_SUBSCRIBE,
	OPERATION_FOLDER_UNSUBSCRIBE,
	OPERATION_FETCH,  /* brings the octets of its one message for the APPEND, to another account, after it
			   */
	OPERATION_REMOVE, /* gone for good here: it stands in another account, once the APPEND before is done
			   */
} OperationKind;

typedef enum {
	OPERATION_PENDING,
	OPERATION_IN_FLIGHT,
	OPERATION_DONE,
	OPERATION_ERROR, /* failed; error says why */
	OPERATION_UNDONE,
} OperationState;

/* Operation.undoes of what no user asked for: undo passes it by. */
#define OPERATION_AUTOMATIC (-1)

/* Untranslated names for JSON: "flags", "move", ...; "pending", "in-flight", "done", "failed", "undone".
 * Static. */
const char *operation_kind_name(OperationKind kind);
const char *operation_state_name(OperationState state);

/* One message of an operation. */
typedef struct {
	RowId row;    /* where it was when the operation was made (may since be an alias) */
	char *folder; /* its folder's name (UTF-8) */
	guint32 uidvalidity;
	guint32 uid; /* 0: it was a provisional row; found by alias or key */
	guint64 key; /* keyed hash of the Message-ID (store_cache key); 0: it has none */
	guint32 size;
	gint64 received;
	guint32 old_flags;  /* MessageFlags before */
	char *old_keywords; /* may be NULL */
	OperationState state;
	guint32 new_uid; /* in target, once known; 0 */
	RowId new_row;   /* MOVE, COPY, APPEND: the row it stands as in target (set by the first apply) */
} OperationMessage;

typedef struct {
	gint64 id;     /* 0 until committed; order of ids is the order of replay */
	char *account; /* key */
	gint64 group;  /* one act of the user: undone as one; 0 when given to journal_add: a new group */
	gint64 after;  /* operation that must be done first; 0: none; given to journal_add: -n is the n-th of
			  that call (from 1) */
	OperationKind kind;
	guint32 add_flags, remove_flags;      /* MessageFlags; FLAGS, APPEND (add) */
	char *add_keywords, *remove_keywords; /* blank-separated, may be NULL */
	char *target;           /* MOVE, COPY, APPEND: folder; FOLDER_*: the folder itself. UTF-8 */
	char *new_name;         /* FOLDER_RENAME */
	guint32 target_uidnext; /* noted before a MOVE, COPY or APPEND is sent; 0: not sent yet */
	guint32 target_uidvalidity;
	gint64 date;        /* APPEND: internal date */
	GBytes *content;    /* APPEND: the whole message, kept in posthorn.db until done; else NULL; loaded by
			       journal_load_content */
	gboolean head_only; /* APPEND: the FETCH before it is not done, so content is only the header */
	gint64 made;        /* time */
	OperationState state;
	char *error; /* server's words, sanitised; NULL */
	guint attempts;
	gint64 undoes; /* group that this one takes back; 0; OPERATION_AUTOMATIC: made by the program, nothing
			  to take back */
	gint64 undone_by; /* group that took this one back; 0 */
	char *words; /* what it did, for undo list and message line: "Moved 3 messages to Archive"; translated
		      */
	GPtrArray *messages; /* of OperationMessage; never NULL */
} Operation;

Operation *operation_new(OperationKind kind, const char *account);
Operation *operation_copy(const Operation *operation);
void operation_free(Operation *operation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Operation, operation_free)
/* Append an empty message; borrowed. */
OperationMessage *operation_add_message(Operation *operation);
/* TRUE for operations on messages that are here (not on folders, not APPEND). */
gboolean operation_is_on_messages(const Operation *operation);
