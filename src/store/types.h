/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * types.h - the plain values that the store takes and gives.
 *
 * Times are seconds since 1970 UTC. Strings are UTF-8 as decoded from the mail,
 * not yet sanitised: who shows them passes them through text_safe().
 */
#pragma once

#include <glib.h>

/*
 * A row: one message in one folder. folder << 33 | provisional << 32 | uid, or
 * for a provisional row (moved, copied or appended here, its UID not yet
 * known) a counter in place of the uid. Unique within an account.
 */
typedef gint64 RowId;
typedef gint32 FolderId;

#define ROW_ID(folder, uid) ((RowId)(((guint64)(folder) << 33) | (guint64)(uid)))
#define ROW_ID_PROVISIONAL(folder, counter)                                                                  \
	((RowId)(((guint64)(folder) << 33) | (1ull << 32) | (guint64)(counter)))
#define ROW_FOLDER(id) ((FolderId)((guint64)(id) >> 33))
#define ROW_IS_PROVISIONAL(id) ((((guint64)(id)) >> 32) & 1)
#define ROW_UID(id) (ROW_IS_PROVISIONAL(id) ? 0u : (guint32)(id))

typedef enum {
	MESSAGE_SEEN = 1 << 0,
	MESSAGE_FLAGGED = 1 << 1,
	MESSAGE_ANSWERED = 1 << 2,
	MESSAGE_DRAFT = 1 << 3,
	MESSAGE_DELETED = 1 << 4,   /* \Deleted, set by any program */
	MESSAGE_FORWARDED = 1 << 5, /* $Forwarded */
	MESSAGE_JUNK = 1 << 6,      /* $Junk */
	/* Below: told by the store, never stored as flags. */
	MESSAGE_PENDING = 1 << 16, /* an operation on it is under way */
	MESSAGE_FAILED = 1 << 17,  /* an operation on it failed */
	MESSAGE_FOREIGN = 1 << 18, /* in a thread view: the row is from another folder */
	MESSAGE_RECENT = 1 << 19,  /* came since the folder was last left */
} MessageFlags;

/* The flags a user can set and a server keeps. */
#define MESSAGE_SETTABLE 0x7f

typedef enum {
	PRIORITY_NORMAL,
	PRIORITY_HIGH,
	PRIORITY_LOW,
} Priority;

typedef enum {
	ROLE_NONE,
	ROLE_INBOX,
	ROLE_DRAFTS,
	ROLE_SENT,
	ROLE_ARCHIVE,
	ROLE_JUNK,
	ROLE_TRASH,
	ROLE_ALL,
	ROLE_FLAGGED,
	ROLE_IMPORTANT,
} FolderRole;

/* "inbox", "drafts", ...; "" for ROLE_NONE. Untranslated, static. */
const char *folder_role_name(FolderRole role);
FolderRole folder_role_from_name(const char *name);

typedef struct {
	FolderId id;
	char *name;     /* UTF-8, as shown and as written on the command line */
	char *raw;      /* as the server spells it */
	char delimiter; /* of the hierarchy; 0: none */
	FolderRole role;
	gboolean subscribed;
	gboolean selectable;
	gboolean pending; /* made, renamed or deleted here, not yet on the server */
	guint32 total;    /* effective; while the first sync runs the server's count where that is larger */
	guint32 unread;
	guint32 flagged;
	guint32 uidvalidity; /* 0: never selected */
	guint32 uidnext;
	guint64 modseq;  /* HIGHESTMODSEQ up to which the cache is true; 0: none */
	guint32 top_uid; /* highest uid that is here: beyond uidnext - 1 where an operation put messages
			    there; 0: none */
	guint32 low_uid; /* every message with uid >= low_uid is here; 0: none yet; 1: all */
	guint32 server_messages; /* of the last STATUS or SELECT */
	guint32 server_unseen;
	guint32 server_uidnext; /* of the last STATUS: unlike uidnext, there is something to fetch */
	guint64 server_modseq;
	guint32 server_uidvalidity; /* unlike uidvalidity: the folder was made anew; 0: not told */
	gint64 synced;              /* time of the last complete sync; 0: never */
	gint64 opened;              /* time it was last opened by the user; 0: never */
} StoreFolder;

StoreFolder *store_folder_copy(const StoreFolder *folder);
void store_folder_free(StoreFolder *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreFolder, store_folder_free)

/* One message as a list shows it. */
typedef struct {
	RowId id;
	gint64 cid;            /* names the content: bodies hang on it */
	gint64 thread;         /* thread id, 0: none */
	gint64 received;       /* INTERNALDATE */
	gint64 sent;           /* Date, or received where Date is missing or absurd */
	gint16 sent_offset;    /* minutes */
	guint32 size;          /* RFC822.SIZE, bytes */
	guint32 flags;         /* MessageFlags */
	guint8 depth;          /* as in StoreOrderEntry; 0 in rows read by id */
	guint8 priority;       /* Priority */
	gboolean attachment;   /* a guess from Content-Type until the structure is known */
	gboolean several_from; /* more than one From field or address */
	char *keywords;        /* other keywords as the server spells them, blank between; NULL: none */
	char *from_name;       /* may be NULL */
	char *from_address;
	char *to;          /* first recipients, "name <address>, ..." cut at 200 bytes; may be NULL */
	char *subject;     /* decoded; may be NULL */
	char *list_id;     /* may be NULL */
	char *folder_name; /* UTF-8 */
} StoreRow;

void store_row_free(StoreRow *row);
StoreRow *store_row_copy(const StoreRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreRow, store_row_free)

/* What a list shows and in which order. */
typedef enum {
	SORT_DATE, /* sent */
	SORT_RECEIVED,
	SORT_FROM,
	SORT_TO,
	SORT_SUBJECT, /* base subject */
	SORT_SIZE,
	SORT_PRIORITY,
} SortKey;

typedef struct {
	SortKey key;
	gboolean descending;
	gboolean threads;   /* threads by their newest message; inside one by date, as a tree */
	gboolean elsewhere; /* threads: also rows of other folders (own replies), MESSAGE_FOREIGN */
	/* The limit: all that is given must hold. */
	char *words; /* each blank-separated word in sender or subject, or in one of them behind "from:" or
			"subject:"; NULL: none */
	gboolean unread_only;
	gboolean flagged_only;
	gint64 thread; /* only this thread; 0: any */
} StoreOrderSpec;

StoreOrderSpec *store_order_spec_copy(const StoreOrderSpec *spec);
void store_order_spec_free(StoreOrderSpec *spec);

/* One entry of a loaded order: 16 bytes. */
typedef struct {
	RowId id;
	guint32 thread_rows; /* at a thread's first row: entries of the thread, foreign ones too; else 0;
				flat: 1 */
	guint8 depth;   /* ancestors that are in this order, 255 at most: replies to a missing message are 0,
			   beside each other */
	guint8 flags;   /* low MessageFlags bits at load time, for next-unread and fold counts */
	guint8 foreign; /* from another folder */
	guint8 matched; /* with a limit and threads: this very row matches */
} StoreOrderEntry;

typedef struct {
	StoreOrderEntry *entries;
	gsize length;
	gboolean complete; /* FALSE: a first window only, more follow below */
} StoreOrder;

void store_order_free(StoreOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreOrder, store_order_free)
