/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cache.h - the writer's side of an account's cache: headers.db and bodies.db.
 *
 * One StoreCache an account, owned by that account's cache-writer thread; the
 * holder of the account's lock alone opens one. The files may be deleted at any
 * time and are rebuilt from the server. A damaged or foreign file is set aside
 * (FILE.damaged) and made anew: store_cache_open() then succeeds and says so.
 *
 * headers.db holds the *effective* state: what the server said, with the
 * unfinished operations of the journal applied on top. What an operation hides
 * is kept beside (table pending) and comes back when it fails or is undone.
 */
#pragma once

#include "store/operation.h"
#include "util/hash.h"

typedef struct StoreCache StoreCache;

/*
 * Open, create or rebuild. folder is $XDG_CACHE_HOME/posthorn/ACCOUNT, made
 * when missing. key: the keyed hash's secret (journal_hash_key). *rebuilt (may
 * be NULL) says that a damaged or older file was set aside, or that the key is
 * another one. FAULT_LOCAL (disk), FAULT_NEWER.
 *
 * Any later call may fail with FAULT_DAMAGED: close it and open it again. After
 * FAULT_LOCAL (a full disk) nothing of that call was done, and it can be made again.
 */
StoreCache *store_cache_open(const char *folder, const HashKey *key, gboolean *rebuilt, GError **error);
void store_cache_close(StoreCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreCache, store_cache_close)

/* ---- folders ------------------------------------------------------------ */

/*
 * Take the server's list: new folders are added, those missing are removed with
 * their rows (only where all is TRUE: the list is whole), roles and attributes updated. folders: StoreFolder
 * with name, raw, delimiter, role, subscribed, selectable (and the server_* fields where a status is known,
 * else 0) set. Folders with a pending operation are left alone.
 */
gboolean store_cache_set_folders(StoreCache *cache, GPtrArray *folders, gboolean all, GError **error);
/* One folder's STATUS answer (server_* fields). */
gboolean store_cache_set_status(StoreCache *cache, FolderId folder, guint32 messages, guint32 unseen,
	guint32 uidnext, guint32 uidvalidity, guint64 modseq, GError **error);
/* Note that the user opened it now (for the order of rounds, and MESSAGE_RECENT when it is left). */
gboolean store_cache_set_opened(StoreCache *cache, FolderId folder, gint64 now, GError **error);
/* By name; NULL when unknown. The caller's. */
StoreFolder *store_cache_folder(StoreCache *cache, const char *name);
StoreFolder *store_cache_folder_by_id(StoreCache *cache, FolderId id);

/* ---- what the server says ----------------------------------------------- */

/*
 * A SELECT's answer. Another uidvalidity drops the folder's rows (operations on
 * them are found again by key, see store_cache_refind), and the folder goes on
 * under another id, *now, else folder itself: ids of the old rows never name
 * other messages. What stands there provisionally moves along, aliases kept.
 *
 * uidvalidity 0: the server numbers the messages anew each time. That is so at
 * every SELECT then, and the rows live until the next one, or until
 * store_cache_drop_unnumbered().
 */
gboolean store_cache_selected(StoreCache *cache, FolderId folder, guint32 uidvalidity, guint32 uidnext,
	guint32 exists, FolderId *now, GError **error);
/* Drop the rows of folders without UIDVALIDITY: of the last run. */
gboolean store_cache_drop_unnumbered(StoreCache *cache, GError **error);

/* One message as FETCH brought it. */
typedef struct {
	guint32 uid;
	guint32 flags;   /* MessageFlags */
	char *keywords;  /* others, blank-separated; may be NULL */
	gint64 received; /* INTERNALDATE */
	guint32 size;
	guint64 modseq; /* 0: unknown */
	char *header;   /* the raw header fields asked for, ending in an empty line; NULL: a copy of the row
			   with   this content_id */
	gsize header_length;
	char *content_id; /* EMAILID or X-GM-MSGID in decimal; NULL: not offered */
	char *labels;     /* X-GM-LABELS, blank-separated; NULL */
	gboolean known;   /* by store_cache_know() */
} StoreIntake;

void store_intake_free(StoreIntake *intake);

/*
 * Take a batch in one transaction: decode the header fields, thread the
 * messages, count them, and note that all uids from low to high of the folder
 * are now here (high is ignored when 0). A uid that is here already only gets
 * its flags. Provisional rows whose key, or whose operation's COPYUID/APPENDUID,
 * names an arriving uid are replaced by it, alias kept. Unfinished operations
 * that name (folder, uidvalidity, uid) are applied to the arriving row.
 * One without a header whose content is not known any more is left out, and low
 * is not noted then: it is still to be fetched.
 * fresh (may be NULL) receives RowIds of messages not seen before, unread or not (array of gint64).
 */
gboolean store_cache_intake(StoreCache *cache, FolderId folder, GPtrArray *intakes, guint32 low, guint32 high,
	GArray *fresh, GError **error);

/* Set known of each intake whose content_id a row of the account has: its header need not be fetched. */
void store_cache_know(StoreCache *cache, GPtrArray *intakes);
/* Another folder than this one has messages. */
gboolean store_cache_has_others(StoreCache *cache, FolderId folder);

typedef struct {
	guint32 uid;
	guint32 flags;
	const char *keywords; /* borrowed; NULL: none */
	guint64 modseq;
} StoreFlagUpdate;

/* Flags of messages that are here; others are ignored. Hidden values of pending operations are updated
 * beneath. */
gboolean store_cache_update_flags(
	StoreCache *cache, FolderId folder, const StoreFlagUpdate *updates, gsize count, GError **error);

typedef struct {
	guint32 first, last; /* inclusive */
} UidRange;

/* Messages that are gone on the server. Range operation, clipped to what is known. */
gboolean store_cache_expunge(
	StoreCache *cache, FolderId folder, const UidRange *ranges, gsize count, GError **error);
/* Every uid >= first that is here and not in the sorted array uids is gone (comparison resync). */
gboolean store_cache_keep_only(
	StoreCache *cache, FolderId folder, guint32 first, const guint32 *uids, gsize count, GError **error);
/* The folder is true up to modseq and uidnext (0 leaves either as it is); complete: the first sync reached
 * uid 1. */
gboolean store_cache_synced(StoreCache *cache, FolderId folder, guint64 modseq, guint32 uidnext,
	gboolean complete, gint64 now, GError **error);
/* Sorted uids that are here (for QRESYNC's known-uids and comparison); array of guint32, the caller's. */
GArray *store_cache_uids(StoreCache *cache, FolderId folder, guint32 first, guint32 last);
/* After a long bulk intake: write what was put off (mid, search index). Also done by itself every 100k rows.
 */
gboolean store_cache_settle_bulk(StoreCache *cache, GError **error);

/* ---- operations ---------------------------------------------------------- */

/*
 * Apply a committed operation: rows change, move, appear provisionally,
 * vanish; counters and threads follow; idempotent. Sets message->new_row where
 * a provisional row was made. Messages that are unknown are skipped, and the
 * operation is applied to them when they come. APPEND needs its content.
 */
gboolean store_cache_apply(StoreCache *cache, Operation *operation, GError **error);
/* Id of the last operation applied; those above it are applied at start. */
gint64 store_cache_applied(StoreCache *cache);
/*
 * Ids of those that were applied and are neither confirmed nor taken back, upwards: the journal
 * says whether they still are under way. Array of gint64, the caller's.
 */
GArray *store_cache_unsettled(StoreCache *cache);
/*
 * The server confirmed the operation, or message index of it (index -1: all):
 * the hidden value goes; with new_uid (0: unknown) the provisional row becomes
 * the real one and alias(old, new) is kept.
 */
gboolean store_cache_confirm(
	StoreCache *cache, const Operation *operation, gint index, guint32 new_uid, GError **error);
/* It failed or was undone: the hidden value comes back. failed: the row shows MESSAGE_FAILED until the
 * operation is forgotten. */
gboolean store_cache_revert(
	StoreCache *cache, const Operation *operation, gint index, gboolean failed, GError **error);
/* Confirm or take back each message of the operation as its state says; where the operation failed, those
 * taken back show it. */
gboolean store_cache_settle(StoreCache *cache, const Operation *operation, GError **error);
/*
 * The server's row that a provisional row became, by confirmation or by its key among what arrived,
 * wherever the message was moved to since; 0: not yet.
 */
RowId store_cache_became(StoreCache *cache, RowId provisional);
/* The row is here and no operation hides it. */
gboolean store_cache_shows(StoreCache *cache, RowId row);
/* The failed mark goes. */
gboolean store_cache_forget(StoreCache *cache, const Operation *operation, GError **error);
/* Where a message of an operation is now: (folder, uid) by alias, or a unique match by key and size in that
 * folder; FALSE: unknown or not unique. */
gboolean store_cache_refind(
	StoreCache *cache, const OperationMessage *message, FolderId *folder, guint32 *uid);
/* The same for message->row of a folder that was numbered anew: from now on it is an alias of the row it
 * became, which is returned; 0: unknown or not unique. */
RowId store_cache_renumbered(StoreCache *cache, const OperationMessage *message);

/* ---- content -------------------------------------------------------------- */

/*
 * Keep octets of a content: section "" = the whole message, "HEADER", "1.2",
 * "1.2.MIME", or "STRUCTURE" = the server's BODYSTRUCTURE text.
 */
gboolean store_cache_put_part(
	StoreCache *cache, gint64 cid, const char *section, const void *data, gsize length, GError **error);
/* What the structure says: replaces the guess in the row. */
gboolean store_cache_set_attachment(StoreCache *cache, gint64 cid, gboolean attachment, GError **error);
/* Drop bodies of contents that no row names, and the oldest read ones beyond limit bytes. */
gboolean store_cache_trim(StoreCache *cache, guint64 limit, GError **error);

/* A reader, maybe of another process, met damage: close it and open it again, which checks and where need be
 * rebuilds. */
gboolean store_cache_is_suspect(StoreCache *cache);

/* PASSIVE checkpoint when due (every 2000 pages): call it after each batch. idle: settle, and TRUNCATE. */
void store_cache_checkpoint(StoreCache *cache, gboolean idle);

/*
 * For tests: settle, then count everything again (counters, threads,
 * Message-IDs, interned texts, pending and provisional rows) and read both
 * files whole. FAULT_DAMAGED names the first rule that does not hold; untranslated.
 */
gboolean store_cache_check(StoreCache *cache, GError **error);
