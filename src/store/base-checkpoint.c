/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SQLite before 3.51.3 can damage a file when two connections checkpoint it at
 * once while a third writes: so each checkpoint of any process runs under a
 * flock on FILE.ckpt, and SQLite's own are off. Whoever finds it held goes on:
 * another one is doing the work.
 */
#include "config.h"

#include "store/base-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

#define PAGES_BETWEEN 2000

static int
note_pages(void *user, sqlite3 *db, const char *name, int pages)
{
	StoreBase *base = user;

	(void)db;
	(void)name;
	base->wal_pages = pages;
	return SQLITE_OK;
}

void
base_watch_wal(StoreBase *base)
{
	sqlite3_wal_hook(base->db, note_pages, base);
}

static gboolean
lock(StoreBase *base)
{
	g_autofree char *path = NULL;

	if (base->checkpoint_fd < 0) {
		path = g_strconcat(base->path, ".ckpt", NULL);
		base->checkpoint_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	}
	return base->checkpoint_fd >= 0 && flock(base->checkpoint_fd, LOCK_EX | LOCK_NB) == 0;
}

static gboolean
is_due(StoreBase *base, gboolean idle)
{
	g_autofree char *wal = NULL;
	GStatBuf status;

	if (!idle) {
		if (base->wal_pages < base->checkpointed)
			base->checkpointed = 0; /* it was begun anew */
		return base->wal_pages - base->checkpointed >= PAGES_BETWEEN;
	}
	wal = g_strconcat(base->path, "-wal", NULL);
	return g_stat(wal, &status) == 0 && status.st_size > 0;
}

void
base_checkpoint(StoreBase *base, gboolean idle)
{
	int mode = idle ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
	int code;

	if (base->depth > 0 || !is_due(base, idle) || !lock(base))
		return;
	base->no_wait = TRUE;
	code = sqlite3_wal_checkpoint_v2(base->db, NULL, mode, NULL, NULL);
	base->no_wait = FALSE;
	if (code == SQLITE_OK)
		base->checkpointed = idle ? 0 : base->wal_pages;
	if (code == SQLITE_OK && idle)
		base->wal_pages = 0;
	if (base_fault_of_code(code) == FAULT_DAMAGED)
		base_note_failure(base, code, NULL);
	flock(base->checkpoint_fd, LOCK_UN);
}
