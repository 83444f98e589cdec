/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base-private.h - what base.c, base-open.c and base-checkpoint.c share. */
#pragma once

#include "store/base.h"
#include "util/fault.h"

/* Beside a file in which a statement met damage: who opens it next reads it whole. */
#define BASE_MARK ".check"
/* In the head of every file of ours: "Post". */
#define BASE_APPLICATION 0x506f7374

struct StoreBase {
	char *path;
	sqlite3 *db;
	GHashTable *statements; /* static SQL (by address) -> sqlite3_stmt */
	sqlite3_stmt *nothing;  /* stands in for what could not be prepared; never gives a row */
	int depth;              /* of base_begin() or base_snapshot() */
	GError *failure;        /* the first since the transaction began; NULL */
	gboolean damaged;
	gint64 busy_us;    /* how long to wait for a lock */
	gboolean no_wait;  /* the busy handler gives up at once */
	int wal_pages;     /* in the WAL after our last commit */
	int checkpointed;  /* of these, when a checkpoint last ran */
	int checkpoint_fd; /* FILE.ckpt; -1 until the first */
};

Fault base_fault_of_code(int code);
/* The words of a failed act on path. */
void base_set_error(GError **error, const char *path, int code, const char *words);
/* Remember the connection's error as the transaction's, unless there is one; sql NULL: none. */
void base_note_failure(StoreBase *base, int code, const char *sql);
/* Count the pages of the WAL from now on. */
void base_watch_wal(StoreBase *base);
