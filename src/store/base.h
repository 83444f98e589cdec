/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base.h - the one wrapper of SQLite: how every file of the store is opened, read and written.
 *
 * WAL, no automatic checkpoints (they run under a flock on FILE.ckpt), an own
 * busy handler, statements prepared once, BEGIN IMMEDIATE for every write.
 * A StoreBase belongs to one thread. (DESIGN 5)
 *
 *	if (!base_begin(base, error))
 *		return FALSE;
 *	base_run(base, "UPDATE folder SET opened = ? WHERE id = ?", "ii", now, (gint64)id);
 *	return base_commit(base, error);
 *
 * Errors inside a transaction stick: after the first failed statement the
 * others do nothing, and base_commit() rolls back and reports that first one.
 * So a chain of base_run() needs no check in between.
 */
#pragma once

#include <glib.h>
#include <sqlite3.h>

typedef struct StoreBase StoreBase;

typedef enum {
	BASE_READ_ONLY = 1 << 0, /* never writes; the file must be there: else FAULT_UNKNOWN */
	BASE_DURABLE = 1 << 1, /* synchronous=FULL: a commit survives a power cut; else NORMAL: it survives a
				  crash of the program */
	BASE_REBUILD = 1 << 2, /* damaged or of an older schema without a step up: set aside as FILE.damaged
				  (one is kept) and made anew */
	BASE_KEEP = 1 << 3,    /* damaged: set aside as FILE.damaged-N (none is overwritten) and made anew;
				  before a migration copied to FILE.vN */
	BASE_VACUUM = 1 << 4,  /* what is deleted can be given back to the disk (PRAGMA incremental_vacuum) */
	BASE_CHECKED = 1 << 5, /* each page carries a checksum (checksum.h): any change from outside is
				  damage, found when it is read */
	BASE_VERIFY = 1 << 6,  /* and all of them are read when it is opened for writing: 10 ms for 20 MB */
} BaseFlags;

typedef struct {
	const char *schema;          /* SQL that makes the newest version in an empty file; static */
	int version;                 /* user_version it makes, 1 or more */
	const char *const *upgrades; /* SQL, version - 1 entries: the first leads from 1 to 2; an entry may be
					NULL: no way; NULL: none */
	guint32 flags;               /* BaseFlags */
	int cache_kib;               /* page cache; 0: 512 */
} BaseOptions;

typedef enum {
	BASE_FOUND,   /* it was there and is sound as far as opening shows */
	BASE_CREATED, /* there was none */
	BASE_UPGRADED,
	BASE_REBUILT, /* the old one was set aside */
} BaseOutcome;

/*
 * Open path; its folder must exist (paths_make_folder). *outcome may be NULL;
 * *aside (may be NULL; the caller's) is the path a damaged file was moved to,
 * else NULL. FAULT_LOCAL (disk, permission), FAULT_NEWER (a newer schema),
 * FAULT_UNKNOWN (read only and not there), FAULT_DAMAGED (damaged, and flags
 * have neither BASE_REBUILD nor BASE_KEEP), FAULT_BUSY.
 */
StoreBase *base_open(
	const char *path, const BaseOptions *options, BaseOutcome *outcome, char **aside, GError **error);
/* Rolls an open transaction back. NULL is fine. */
void base_close(StoreBase *base);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreBase, base_close)

const char *base_path(const StoreBase *base);
sqlite3 *base_handle(StoreBase *base);
/* A statement found the file damaged: close it and open it again with BASE_REBUILD or BASE_KEEP, which checks
 * it whole. */
gboolean base_is_damaged(const StoreBase *base);
/* Somebody, this process or another, met damage in it since it was opened: opening it again checks it whole.
 * Costs one stat. */
gboolean base_is_suspect(const StoreBase *base);
/* Read every page and index; FALSE with FAULT_DAMAGED. Slow: about 1 s for 500 MB. */
gboolean base_check(StoreBase *base, GError **error);

/* ---- transactions --------------------------------------------------------- */

/* BEGIN IMMEDIATE; nests (an inner pair only counts). FAULT_BUSY, FAULT_LOCAL. */
gboolean base_begin(StoreBase *base, GError **error);
/*
 * Commit, or roll back where a statement failed since base_begin(): FALSE with
 * that statement's error, and nothing was done.
 */
gboolean base_commit(StoreBase *base, GError **error);
/* Undo all since the outermost base_begin(). */
void base_rollback(StoreBase *base);
/* Readers: all queries between the two see one state of the file. */
void base_snapshot(StoreBase *base);
void base_release(StoreBase *base);

/* ---- statements ------------------------------------------------------------ */

/*
 * sql is a static string: its address is the key of the statement cache.
 * types has a letter for each ?: i gint64, t const char * (UTF-8, NULL is
 * null), b const void * and gsize (octets; NULL is null), r double. Text and
 * octets are borrowed until the statement is reset.
 */

/* Ready to step; reset by the next use of the same sql. Never NULL: a statement that cannot be prepared is
 * our own mistake, or the file's (see base_step). */
sqlite3_stmt *base_query(StoreBase *base, const char *sql, const char *types, ...);
/* TRUE: a row is there; FALSE: the end, or an error (which sticks: base_failed). Resets at the end. */
gboolean base_step(StoreBase *base, sqlite3_stmt *statement);
/* Enough of its rows. */
void base_reset(sqlite3_stmt *statement);
/* Run to the end. FALSE when it failed; changed rows: sqlite3_changes(). */
gboolean base_run(StoreBase *base, const char *sql, const char *types, ...);
/* First column of the first row; otherwise when there is none or it is null. */
gint64 base_integer(StoreBase *base, gint64 otherwise, const char *sql, const char *types, ...);
/* The caller's; NULL when none. */
char *base_text(StoreBase *base, const char *sql, const char *types, ...);
/* Several statements without values, as in a schema. */
gboolean base_script(StoreBase *base, const char *sql, GError **error);

/* A copy of a column, NULL where it is null. The caller's. */
char *base_column_text(sqlite3_stmt *statement, int column);
GBytes *base_column_bytes(sqlite3_stmt *statement, int column);

/* Whether a statement failed since the last base_begin(), base_commit(), base_rollback() or base_clear();
 * error may be NULL. */
gboolean base_failed(StoreBase *base, GError **error);
/* Forget the failure (outside of a transaction). */
void base_clear(StoreBase *base);

/* ---- upkeep ----------------------------------------------------------------- */

/*
 * PASSIVE when the WAL has grown by 2000 pages since the last; with idle:
 * TRUNCATE when it holds anything. Does nothing while another process holds FILE.ckpt.
 */
void base_checkpoint(StoreBase *base, gboolean idle);
/* PRAGMA data_version: changes when another connection committed. */
gint64 base_data_version(StoreBase *base);
