/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening for reading, and noticing what others wrote: also that the whole file was replaced by a new one. */
#include "config.h"

#include "store/folder-row.h"
#include "store/view-private.h"

#include "util/fault.h"
#include "util/i18n.h"

#include <glib/gstdio.h>
#include <string.h>

static guint64
inode_of(const char *path)
{
	GStatBuf status;

	return g_stat(path, &status) == 0 ? (guint64)status.st_ino : 0;
}

static gboolean
read_key(StoreView *view, GError **error)
{
	sqlite3_stmt *query = base_query(view->headers, "SELECT value FROM meta WHERE name = 'key'", "");
	gboolean there = FALSE;

	if (base_step(view->headers, query)) {
		there = sqlite3_column_bytes(query, 0) == sizeof view->key.bytes;
		if (there)
			memcpy(view->key.bytes, sqlite3_column_blob(query, 0), sizeof view->key.bytes);
		base_reset(query);
	}
	if (!there && !base_failed(view->headers, error))
		fault_set(error, FAULT_UNKNOWN, _("%s is not filled yet."), base_path(view->headers));
	return there;
}

static gboolean
open_headers(StoreView *view, GError **error)
{
	g_autofree char *path = g_build_filename(view->folder, SCHEMA_HEADERS_FILE, NULL);

	view->inode = inode_of(path);
	view->headers = base_open(path, &schema_headers_reader, NULL, NULL, error);
	if (view->headers != NULL && read_key(view, error))
		return TRUE;
	g_clear_pointer(&view->headers, base_close);
	return FALSE;
}

StoreView *
store_view_open(const char *folder, GError **error)
{
	g_autoptr(StoreView) view = g_new0(StoreView, 1);

	view->folder = g_strdup(folder);
	if (!open_headers(view, error))
		return NULL;
	return g_steal_pointer(&view);
}

void
store_view_close(StoreView *view)
{
	if (view == NULL)
		return;
	base_close(view->headers);
	base_close(view->bodies);
	g_free(view->folder);
	g_free(view);
}

StoreBase *
view_headers(StoreView *view)
{
	if (view->headers == NULL)
		open_headers(view, NULL);
	return view->headers;
}

/* The writer may have set it aside and made another. */
static void
notice_replaced(StoreView *view)
{
	g_autofree char *path = g_build_filename(view->folder, SCHEMA_HEADERS_FILE, NULL);
	guint64 inode = inode_of(path);

	if (inode == view->inode && view->headers != NULL)
		return;
	g_clear_pointer(&view->headers, base_close);
	g_clear_pointer(&view->bodies, base_close);
	open_headers(view, NULL);
	view->version++;
}

static void
notice_commit(StoreView *view, StoreBase *base, gint64 *seen)
{
	gint64 now = base != NULL ? base_data_version(base) : 0;

	if (now != *seen)
		view->version++;
	*seen = now;
}

guint64
store_view_version(StoreView *view)
{
	notice_replaced(view);
	notice_commit(view, view->headers, &view->headers_version);
	notice_commit(view, view->bodies, &view->bodies_version);
	return view->version;
}

/* ---- folders --------------------------------------------------------------------- */

GPtrArray *
store_view_folders(StoreView *view)
{
	GPtrArray *folders = g_ptr_array_new_with_free_func((GDestroyNotify)store_folder_free);
	StoreBase *base = view_headers(view);
	sqlite3_stmt *rows;

	if (base == NULL)
		return folders;
	rows = base_query(base, FOLDER_ROW_SELECT " ORDER BY role = 0, role, name COLLATE NOCASE, name", "");
	while (base_step(base, rows))
		g_ptr_array_add(folders, folder_row_read(rows));
	return folders;
}

StoreFolder *
store_view_folder(StoreView *view, const char *name)
{
	StoreBase *base = view_headers(view);

	return base != NULL ? folder_row_by_name(base, name) : NULL;
}

StoreFolder *
store_view_folder_by_id(StoreView *view, FolderId id)
{
	StoreBase *base = view_headers(view);

	return base != NULL ? folder_row_by_id(base, id) : NULL;
}

StoreFolder *
store_view_folder_by_role(StoreView *view, FolderRole role)
{
	StoreBase *base = view_headers(view);
	gint64 id;

	if (base == NULL || role == ROLE_NONE)
		return NULL;
	id = base_integer(base, 0, "SELECT id FROM folder WHERE role = ? AND hidden = 0 ORDER BY id LIMIT 1",
		"i", (gint64)role);
	return id != 0 ? folder_row_by_id(base, (FolderId)id) : NULL;
}

/* ---- octets ------------------------------------------------------------------------ */

static StoreBase *
open_bodies(StoreView *view)
{
	g_autofree char *path = NULL;

	if (view->bodies == NULL && view_headers(view) != NULL) {
		path = g_build_filename(view->folder, SCHEMA_BODIES_FILE, NULL);
		view->bodies = base_open(path, &schema_bodies_reader, NULL, NULL, NULL);
	}
	return view->bodies;
}

GBytes *
store_view_part(StoreView *view, gint64 cid, const char *section)
{
	StoreBase *base = open_bodies(view);
	GBytes *octets = NULL;
	sqlite3_stmt *query;

	if (base == NULL)
		return NULL;
	/* The two files belong together, or a cid of one is nothing in the other. */
	if (base_integer(base, -1, "SELECT value FROM meta WHERE name = 'generation'", "") !=
		base_integer(view->headers, -2, "SELECT value FROM meta WHERE name = 'generation'", "")) {
		g_clear_pointer(&view->bodies, base_close);
		return NULL;
	}
	query = base_query(base, "SELECT octets FROM part WHERE cid = ? AND section = ?", "it", cid, section);
	if (base_step(base, query)) {
		octets = base_column_bytes(query, 0);
		base_reset(query);
	}
	return octets;
}
