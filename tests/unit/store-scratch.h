/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store-scratch.h - a journal in a folder of its own, removed at the end. For tests. */
#pragma once

#include <glib/gstdio.h>

#include "store/base.h"
#include "store/journal.h"

typedef struct {
	char *folder;
	char *path;
	Journal *journal; /* may be closed by the test */
} Scratch;

static inline void
scratch_reopen(Scratch *scratch)
{
	g_autoptr(GError) error = NULL;

	journal_close(g_steal_pointer(&scratch->journal));
	scratch->journal = journal_open(scratch->path, NULL, &error);
	g_assert_no_error(error);
}

static inline Scratch *
scratch_new(void)
{
	Scratch *scratch = g_new0(Scratch, 1);

	scratch->folder = g_dir_make_tmp("posthorn-XXXXXX", NULL);
	scratch->path = g_build_filename(scratch->folder, "posthorn", "posthorn.db", NULL);
	scratch_reopen(scratch);
	return scratch;
}

static inline void
scratch_remove_folder(const char *path)
{
	g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
	const char *name;

	while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
		g_autofree char *inside = g_build_filename(path, name, NULL);
		if (g_unlink(inside) != 0)
			scratch_remove_folder(inside);
	}
	g_rmdir(path);
}

static inline void
scratch_free(Scratch *scratch)
{
	journal_close(scratch->journal);
	scratch_remove_folder(scratch->folder);
	g_free(scratch->path);
	g_free(scratch->folder);
	g_free(scratch);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scratch, scratch_free)

static inline void
scratch_set_user_version(const char *path, int version)
{
	g_autofree char *sql = g_strdup_printf("PRAGMA user_version = %d", version);
	sqlite3 *db = NULL;

	g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
	sqlite3_close(db);
}
