/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cache-private.h - what the files of the cache's writer share.
 *
 * cache.c opens, begins and commits; folders.c the list of folders; decode.c
 * header fields; intern.c texts and people; nodes.c Message-IDs; threads.c;
 * intake.c; settle.c what bulk intake puts off; rows.c one row's life; flags.c;
 * apply.c, confirm.c, folder-operations.c the journal's; parts.c; check.c.
 */
#pragma once

#include "store/base.h"
#include "store/cache.h"
#include "store/filter.h"
#include "store/ids.h"
#include "store/map.h"
#include "store/schema.h"

struct StoreCache {
	char *folder; /* of the files */
	HashKey key;
	StoreBase *headers;
	StoreBase *bodies;
	gboolean stale; /* a transaction failed: what is below does not match the file */

	/* Counters kept in meta, written at each commit that changed them. */
	gint64 next_cid;
	gint64 next_provisional;
	gint64 next_thread; /* of threads not named by a row: negative, downwards */
	gint64 applied;
	gint64 next_text, next_person;
	gint64 text_settled, person_settled; /* up to here the hashes are in the tables */
	gint64 text_indexed, person_indexed; /* and the words */
	gint64 saved[10];                    /* what meta holds of these */

	gint64 pending_rows, awaited_rows, provisional_rows,
		hidden_rows; /* counted, so that bulk work need not look */
	gboolean mid_used;   /* mid holds anything */

	/* In memory while a bulk intake runs (nodes.c, intern.c). */
	StoreMap nodes;   /* not yet in mid */
	StoreMap ghosts;  /* parents of ghosts met since the transaction began */
	StoreMap texts;   /* hash -> id of recent ones, and of all that are not settled */
	StoreMap persons; /* the same */
	StoreMap seen;    /* person -> messages since the last settling */
	StoreMap raw;     /* hash of a raw header field -> what it decoded to */
	StoreFilter
		settled; /* hashes in mid, text_hash and person_hash; empty until a bulk intake needs it */
	gsize unsettled; /* rows whose nodes are in memory only */
};

/* Rows put off at most before they are settled by themselves. */
#define CACHE_SETTLE_ROWS 50000
#define CACHE_SETTLE_ENTRIES 95000
/* A batch of up to this many rows is settled at once. */
#define CACHE_SMALL_BATCH 256

/* ---- cache.c ---- */

/* A transaction on headers.db; nests. After a failed commit what is in memory is read anew. */
gboolean cache_begin(StoreCache *cache, GError **error);
gboolean cache_commit(StoreCache *cache, GError **error);
void cache_abort(StoreCache *cache);

/* ---- folders.c ---- */

/* Counters of one folder change by these. */
typedef struct {
	gint64 total, unread, flagged;
} FolderCounts;

/* Add what a row with these flags counts for, times sign. */
void folder_counts_add(FolderCounts *counts, guint32 flags, int sign);
void folder_counts_write(StoreCache *cache, FolderId folder, const FolderCounts *counts);
/* A new one with all that the server's list says of it; the id was never used before. */
FolderId folder_add(StoreCache *cache, const StoreFolder *folder);
/* With its rows. */
void folder_remove(StoreCache *cache, FolderId folder);
/* 0: unknown. */
FolderId folder_find(StoreCache *cache, const char *name);

/* ---- decode.c ---- */

/* What a row takes from the header. */
typedef struct {
	gint64 sent;
	gint16 zone;
	gboolean dated; /* sent is from Date */
	guint8 look;    /* LOOK_* */
	gint64 person;  /* interned; 0: none */
	gint64 subject;
	char *prefix; /* what stands before the base subject; NULL: nothing */
	gint64 recipients;
	gint64 list;
	gint64 fields;               /* other fields that are kept, interned */
	char *message_id;            /* without brackets; NULL: none, or absurdly long */
	guint64 node;                /* 0: no Message-ID */
	guint64 refs[STORE_IDS_MAX]; /* nodes of References, else the first of In-Reply-To */
	guint n_refs;
} DecodedHeader;

void decode_header(
	StoreCache *cache, const char *block, gsize length, gint64 received, DecodedHeader *decoded);
void decoded_header_clear(DecodedHeader *decoded);
/* Of the Message-ID field of a header block; 0: it has none. */
guint64 decode_header_node(const HashKey *key, const char *block, gsize length);
/* Hash of an EMAILID or X-GM-MSGID; never 0. */
guint64 decode_content(const HashKey *key, const char *id);

/* ---- intern.c ---- */

gint64 intern_text(StoreCache *cache, TextKind kind, const char *text);
/* Counts a message seen; name may be NULL. */
gint64 intern_person(StoreCache *cache, const char *name, const char *address);
guint64 intern_text_hash(const StoreCache *cache, TextKind kind, const char *text);
guint64 intern_person_hash(const StoreCache *cache, const char *name, const char *address);

/* ---- nodes.c ---- */

typedef enum { NODE_NONE, NODE_GHOST, NODE_ROW } NodeKind;

typedef struct {
	NodeKind kind;
	gint64 value;    /* a ghost's thread, or one row of it */
	gboolean in_mid; /* the file has it; else memory */
	gboolean has_up; /* a ghost whose parent is noted */
} NodeRef;

NodeRef node_find(StoreCache *cache, guint64 node);
/* A row of an intake: into memory, to be settled. found: what node_find() said. */
void node_put_row(StoreCache *cache, guint64 node, RowId id, const NodeRef *found);
/* A row made by an operation: into the file. */
void node_add_row(StoreCache *cache, guint64 node, RowId id);
void node_remove_row(StoreCache *cache, guint64 node, RowId id);
/* Into memory; one that the file has is changed there. */
void node_put_ghost(StoreCache *cache, guint64 node, gint64 tid, const NodeRef *found);
/* Into the file: of a row that left. */
void node_add_ghost(StoreCache *cache, guint64 node, gint64 tid);
void node_remove_ghost(StoreCache *cache, guint64 node, const NodeRef *found);
/* The parent noted for a ghost of thread tid; 0: none. */
guint64 node_ghost_up(StoreCache *cache, guint64 node, gint64 tid);
void node_set_ghost_up(StoreCache *cache, guint64 node, guint64 up);
/* What was noted of ghosts goes into the file: before a merge, and at the end of a batch. */
void node_flush_ghosts(StoreCache *cache);
/* One entry of cache->nodes into the file. */
void node_write(StoreCache *cache, const StoreMapEntry *entry);
/* Another row of this node in folder than id; 0: none. */
RowId node_row_in_folder(StoreCache *cache, guint64 node, FolderId folder, RowId id);

/* ---- threads.c ---- */

typedef struct {
	gint64 tid; /* the row's own id where it stands alone */
	guint64 up;
	gboolean own_parent;
} ThreadPlace;

/*
 * Find the thread of a row about to be added, joining threads where its
 * references say so. upwards: it is newer than all that its folder held.
 */
ThreadPlace thread_place(
	StoreCache *cache, RowId id, guint64 node, const guint64 *refs, guint n_refs, gboolean upwards);
/* The row left for good: its node becomes a ghost where others may hang on it, and what nobody needs goes. */
void thread_leave(StoreCache *cache, RowId id, guint64 node, guint64 up, gint64 tid);
/* Threads named by rows of this folder get other names: its row ids may come again. */
void thread_rename_folder(StoreCache *cache, FolderId folder);

/* ---- rows.c ---- */

typedef struct {
	RowId id;
	gboolean hidden;     /* in table hidden */
	gboolean own_parent; /* LOOK_OWN_PARENT */
	FolderId folder;
	gint64 tid;
	guint32 flags;
	guint64 node, up;
	guint64 content; /* hash of EMAILID; 0: none */
	gint64 cid;
	guint32 size;
} RowBrief;

/* In message, else in hidden. FALSE: in neither. */
gboolean row_find(StoreCache *cache, RowId id, RowBrief *row);
/* For good; counters, nodes, threads and what operations keep of it follow. */
void row_remove(StoreCache *cache, RowId id);
/* Out of sight until the operation is settled; and back (0: it is not there). */
void row_hide(StoreCache *cache, const RowBrief *row, gint64 operation, gint place);
RowId row_unhide(StoreCache *cache, gint64 operation, gint place);
/* The row of an arriving message whose content row has: id names its folder. Not counted. */
void row_copy_arrived(StoreCache *cache, const RowBrief *row, RowId id, const StoreIntake *intake);
/* A second row of the same content in folder, under a provisional id. */
RowId row_copy(StoreCache *cache, const RowBrief *row, FolderId folder, gint64 operation, gint place);
/* The server's uid of a provisional row is known: it becomes the real row; alias kept. */
void row_become(StoreCache *cache, RowId provisional, RowId real);
/* A provisional row stands in another folder from now on, under a new id; alias kept. */
void row_move(StoreCache *cache, RowId provisional, FolderId folder);
/* What the server says of a row that is here: beneath what is pending. */
void row_set_server_flags(StoreCache *cache, const RowBrief *row, guint32 flags, const char *keywords);
/* The row's flags and keywords from the server's and what is pending. */
void row_renew(StoreCache *cache, RowId id);
/* Pending and server values follow a row that changes its id. */
void row_take_over(StoreCache *cache, RowId from, RowId to);
RowId provisional_new(StoreCache *cache, FolderId folder);
/* Note what a provisional row stands for; source 0: nothing (an append). */
void provisional_add(StoreCache *cache, RowId id, gint64 operation, gint place, RowId source);

/* ---- keywords ---- */

/* The blank-separated words of text and add, without those in remove; sorted as they came; NULL: none. The
 * caller's. */
char *keywords_change(const char *text, const char *add, const char *remove);

/* ---- settle.c ---- */

/* What is in memory and was lost is found again from the file. */
gboolean settle_catch_up(StoreCache *cache, GError **error);
/* Before a bulk intake goes on: learn which hashes the file has. */
void settle_learn(StoreCache *cache);
/* Write what bulk intake put off; words: the search index too. Inside of a transaction, or (long) in some of
 * its own. */
gboolean settle_nodes(StoreCache *cache, GError **error);
gboolean settle_texts(StoreCache *cache, GError **error);
gboolean settle_words(StoreCache *cache, GError **error);

/* ---- apply.c ---- */

/* Operations that waited for this uid are applied to its row. */
void apply_awaited(StoreCache *cache, FolderId folder, guint32 uidvalidity, guint32 uid);
/* Where a message of an operation is; 0: not here. */
RowId apply_locate(StoreCache *cache, const OperationMessage *message);

/* ---- folder-operations.c ---- */

void folder_operation_apply(StoreCache *cache, const Operation *operation);
void folder_operation_finish(StoreCache *cache, const Operation *operation, gboolean revert);

/* ---- intake.c ---- */

/* One new row, real or provisional; upwards as for thread_place. Its nodes are in memory: settle or note
 * them. */
void intake_row(StoreCache *cache, FolderId folder, RowId id, const StoreIntake *intake, gboolean upwards);
/* After rows first to last (of one folder, count of them) came: settle what they put off, or note it. Inside
 * the transaction. */
void intake_note(StoreCache *cache, RowId first, RowId last, gsize count);
