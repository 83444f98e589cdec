/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The list of folders. A server's folder is known again by its raw name first:
 * one that was renamed here, and not there yet, keeps it.
 */
#include "config.h"

#include "store/cache-private.h"
#include "store/folder-row.h"

#include "util/fault.h"
#include "util/i18n.h"

#include <string.h>

void
folder_counts_add(FolderCounts *counts, guint32 flags, int sign)
{
	counts->total += sign;
	counts->unread += flags & MESSAGE_SEEN ? 0 : sign;
	counts->flagged += flags & MESSAGE_FLAGGED ? sign : 0;
}

void
folder_counts_write(StoreCache *cache, FolderId folder, const FolderCounts *counts)
{
	if (counts->total == 0 && counts->unread == 0 && counts->flagged == 0)
		return;
	base_run(cache->headers,
		"UPDATE folder SET total = total + ?, unread = unread + ?, flagged = flagged + ? WHERE id = "
		"?",
		"iiii", counts->total, counts->unread, counts->flagged, (gint64)folder);
}

FolderId
folder_find(StoreCache *cache, const char *name)
{
	if (name == NULL)
		return 0;
	if (g_ascii_strcasecmp(name, "INBOX") == 0)
		return (FolderId)base_integer(cache->headers, 0,
			"SELECT id FROM folder WHERE hidden = 0 AND name = 'INBOX' COLLATE NOCASE", "");
	return (FolderId)base_integer(
		cache->headers, 0, "SELECT id FROM folder WHERE hidden = 0 AND name = ?", "t", name);
}

StoreFolder *
store_cache_folder(StoreCache *cache, const char *name)
{
	return folder_row_by_name(cache->headers, name);
}

StoreFolder *
store_cache_folder_by_id(StoreCache *cache, FolderId id)
{
	return folder_row_by_id(cache->headers, id);
}

/* ---- the server's list -------------------------------------------------------- */

/* By raw name, also where it is hidden here; else by name. 0: new. */
static FolderId
known_as(StoreCache *cache, const StoreFolder *folder)
{
	FolderId id = 0;

	if (folder->raw != NULL)
		id = (FolderId)base_integer(
			cache->headers, 0, "SELECT id FROM folder WHERE raw = ?", "t", folder->raw);
	if (id == 0)
		id = folder_find(cache, folder->name);
	return id;
}

static gboolean
is_pending(StoreCache *cache, FolderId id)
{
	return base_integer(cache->headers, 0, "SELECT 1 FROM folder_pending WHERE folder = ? LIMIT 1", "i",
		       (gint64)id) != 0;
}

/* Ids are never used twice, not even that of the last one after it is removed. */
static gint64
next_id(StoreCache *cache)
{
	gint64 id = base_integer(cache->headers, 1,
		"SELECT max((SELECT value FROM meta WHERE name = 'first_folder'),"
		" coalesce((SELECT max(id) + 1 FROM folder), 0))",
		"");

	base_run(cache->headers, "UPDATE meta SET value = ? WHERE name = 'first_folder'", "i", id + 1);
	return id;
}

FolderId
folder_add(StoreCache *cache, const StoreFolder *folder)
{
	StoreBase *base = cache->headers;
	gint64 id = next_id(cache);

	base_run(base,
		"INSERT INTO folder(id, name, raw, delimiter, role, subscribed, selectable) VALUES(?, ?, ?, "
		"?, ?, ?, ?)",
		"ittiiii", id, folder->name, folder->raw, (gint64)folder->delimiter, (gint64)folder->role,
		(gint64)folder->subscribed, (gint64)folder->selectable);
	return (FolderId)id;
}

static void
update_folder(StoreCache *cache, FolderId id, const StoreFolder *folder)
{
	base_run(cache->headers,
		"UPDATE folder SET name = ?, raw = ?, delimiter = ?, role = ?, subscribed = ?, selectable = ?"
		" WHERE id = ? AND (name IS NOT ? OR raw IS NOT ? OR delimiter IS NOT ? OR role IS NOT ?"
		" OR subscribed IS NOT ? OR selectable IS NOT ?)",
		"ttiiiiittiiii", folder->name, folder->raw, (gint64)folder->delimiter, (gint64)folder->role,
		(gint64)folder->subscribed, (gint64)folder->selectable, (gint64)id, folder->name, folder->raw,
		(gint64)folder->delimiter, (gint64)folder->role, (gint64)folder->subscribed,
		(gint64)folder->selectable);
}

static void
write_status(StoreCache *cache, FolderId id, const StoreFolder *status)
{
	/* One that is empty is not selected to learn its UIDVALIDITY: what is moved there must know it. */
	base_run(cache->headers,
		"UPDATE folder SET server_messages = ?1, server_unseen = ?2, server_uidnext = ?3,"
		" server_modseq = ?4, server_uidvalidity = ?5,"
		" uidvalidity = CASE WHEN uidvalidity = 0 AND unnumbered = 0 THEN ?5 ELSE uidvalidity END"
		" WHERE id = ?6 AND (server_messages <> ?1 OR server_unseen <> ?2 OR server_uidnext <> ?3"
		" OR server_modseq <> ?4 OR server_uidvalidity <> ?5)",
		"iiiiii", (gint64)status->server_messages, (gint64)status->server_unseen,
		(gint64)status->server_uidnext, (gint64)status->server_modseq,
		(gint64)status->server_uidvalidity, (gint64)id);
}

static void
remove_rows(StoreCache *cache, FolderId folder, gboolean provisional_too)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	gint64 last = provisional_too ? ROW_ID(folder + 1, 0) - 1 : ROW_ID_PROVISIONAL(folder, 0) - 1;
	sqlite3_stmt *rows = base_query(cache->headers,
		"SELECT id FROM message WHERE id BETWEEN ?1 AND ?2 UNION ALL SELECT id FROM hidden WHERE id "
		"BETWEEN ?1 AND ?2",
		"ii", ROW_ID(folder, 0), last);

	while (base_step(cache->headers, rows)) {
		gint64 id = sqlite3_column_int64(rows, 0);
		g_array_append_val(ids, id);
	}
	for (guint i = 0; i < ids->len; i++)
		row_remove(cache, g_array_index(ids, gint64, i));
}

void
folder_remove(StoreCache *cache, FolderId folder)
{
	remove_rows(cache, folder, TRUE);
	base_run(cache->headers, "DELETE FROM folder WHERE id = ?", "i", (gint64)folder);
	base_run(cache->headers, "DELETE FROM folder_pending WHERE folder = ?", "i", (gint64)folder);
}

static void
remove_missing(StoreCache *cache, GHashTable *seen)
{
	g_autoptr(GArray) gone = g_array_new(FALSE, FALSE, sizeof(gint64));
	sqlite3_stmt *rows = base_query(cache->headers,
		"SELECT id FROM folder WHERE id NOT IN (SELECT folder FROM folder_pending)", "");

	while (base_step(cache->headers, rows)) {
		gint64 id = sqlite3_column_int64(rows, 0);
		if (!g_hash_table_contains(seen, GINT_TO_POINTER((int)id)))
			g_array_append_val(gone, id);
	}
	for (guint i = 0; i < gone->len; i++)
		folder_remove(cache, (FolderId)g_array_index(gone, gint64, i));
}

gboolean
store_cache_set_folders(StoreCache *cache, GPtrArray *folders, gboolean all, GError **error)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

	if (!cache_begin(cache, error))
		return FALSE;
	for (guint i = 0; i < folders->len; i++) {
		const StoreFolder *folder = g_ptr_array_index(folders, i);
		FolderId id = known_as(cache, folder);
		gboolean is_new = id == 0;

		if (is_new)
			id = folder_add(cache, folder);
		if (!is_pending(cache, id))
			update_folder(cache, id, folder);
		if (folder->server_uidnext != 0 || is_new)
			write_status(cache, id, folder);
		g_hash_table_add(seen, GINT_TO_POINTER(id));
	}
	if (all)
		remove_missing(cache, seen);
	return cache_commit(cache, error);
}

gboolean
store_cache_set_status(StoreCache *cache, FolderId folder, guint32 messages, guint32 unseen, guint32 uidnext,
	guint32 uidvalidity, guint64 modseq, GError **error)
{
	StoreFolder status = {.server_messages = messages,
		.server_unseen = unseen,
		.server_uidnext = uidnext,
		.server_modseq = modseq,
		.server_uidvalidity = uidvalidity};

	if (!cache_begin(cache, error))
		return FALSE;
	write_status(cache, folder, &status);
	return cache_commit(cache, error);
}

/* ---- opened, selected, synced --------------------------------------------------- */

/* The first uid that is not here yet. */
#define NEXT_UID FOLDER_TOP_UID " + 1"

gboolean
store_cache_set_opened(StoreCache *cache, FolderId folder, gint64 now, GError **error)
{
	if (!cache_begin(cache, error))
		return FALSE;
	/* The one that was open is left now; this one, if the program ended in it, was left then. */
	base_run(cache->headers, "UPDATE folder SET is_open = 0, recent_uid = " NEXT_UID " WHERE is_open = 1",
		"");
	base_run(cache->headers, "UPDATE folder SET is_open = 1, opened = ? WHERE id = ?", "ii", now,
		(gint64)folder);
	return cache_commit(cache, error);
}

/* Rows that are not on the server yet follow their folder, which the server numbers anew. */
static void
move_provisional(StoreCache *cache, FolderId from, FolderId to, guint32 uidnext)
{
	StoreBase *base = cache->headers;
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	sqlite3_stmt *rows = base_query(base,
		"SELECT id FROM message WHERE id BETWEEN ?1 AND ?2 UNION ALL SELECT id FROM hidden WHERE id "
		"BETWEEN ?1 AND ?2",
		"ii", ROW_ID_PROVISIONAL(from, 0), ROW_ID(from + 1, 0) - 1);

	while (base_step(base, rows)) {
		gint64 id = sqlite3_column_int64(rows, 0);
		g_array_append_val(ids, id);
	}
	for (guint i = 0; i < ids->len; i++)
		row_move(cache, g_array_index(ids, gint64, i), to);
	base_run(base, "UPDATE provisional SET folder = ?1, floor = min(floor, max(?2, 1)) WHERE folder = ?3",
		"iii", (gint64)to, (gint64)uidnext, (gint64)from);
}

/* The folder goes on under another id, without what the server said of it. */
static FolderId
renew(StoreCache *cache, FolderId folder, guint32 uidvalidity, guint32 uidnext)
{
	StoreBase *base = cache->headers;
	FolderId id = (FolderId)next_id(cache);

	remove_rows(cache, folder, FALSE);
	thread_rename_folder(cache, folder);
	base_run(base,
		"UPDATE folder SET id = ?, uidvalidity = ?, uidnext = 0, modseq = 0, low_uid = 0, synced = 0,"
		" recent_uid = 0 WHERE id = ?",
		"iii", (gint64)id, (gint64)uidvalidity, (gint64)folder);
	base_run(base, "UPDATE folder_pending SET folder = ? WHERE folder = ?", "ii", (gint64)id,
		(gint64)folder);
	move_provisional(cache, folder, id, uidnext);
	return id;
}

gboolean
store_cache_drop_unnumbered(StoreCache *cache, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	sqlite3_stmt *rows;

	if (!cache_begin(cache, error))
		return FALSE;
	rows = base_query(cache->headers, "SELECT id FROM folder WHERE unnumbered = 1", "");
	while (base_step(cache->headers, rows)) {
		gint64 id = sqlite3_column_int64(rows, 0);
		g_array_append_val(ids, id);
	}
	for (guint i = 0; i < ids->len; i++)
		renew(cache, (FolderId)g_array_index(ids, gint64, i), 0, 0);
	return cache_commit(cache, error);
}

gboolean
store_cache_selected(StoreCache *cache, FolderId folder, guint32 uidvalidity, guint32 uidnext, guint32 exists,
	FolderId *now, GError **error)
{
	StoreBase *base = cache->headers;
	gboolean unnumbered;
	gint64 known;

	*now = folder;
	if (!cache_begin(cache, error))
		return FALSE;
	known = base_integer(base, -1, "SELECT uidvalidity FROM folder WHERE id = ?", "i", (gint64)folder);
	if (known < 0) {
		cache_abort(cache);
		fault_set(error, FAULT_UNKNOWN, _("The folder is no longer there."));
		return FALSE;
	}
	unnumbered =
		base_integer(base, 0, "SELECT unnumbered FROM folder WHERE id = ?", "i", (gint64)folder) != 0;
	/* Rows of a folder that was never selected came by COPYUID. */
	if (known == 0 && !unnumbered)
		base_run(base, "UPDATE folder SET uidvalidity = ? WHERE id = ?", "ii", (gint64)uidvalidity,
			(gint64)folder);
	/* 0: the server keeps no uids, nothing of last time can be trusted (SECURITY 17). */
	else if (uidvalidity == 0 || known != (gint64)uidvalidity)
		*now = renew(cache, folder, uidvalidity, uidnext);
	if (unnumbered != (uidvalidity == 0))
		base_run(base, "UPDATE folder SET unnumbered = ? WHERE id = ?", "ii",
			(gint64)(uidvalidity == 0), (gint64)*now);
	base_run(base,
		"UPDATE folder SET server_messages = ?, server_uidnext = ?, server_uidvalidity = ? WHERE id "
		"= ?",
		"iiii", (gint64)exists, (gint64)uidnext, (gint64)uidvalidity, (gint64)*now);
	return cache_commit(cache, error);
}

gboolean
store_cache_synced(StoreCache *cache, FolderId folder, guint64 modseq, guint32 uidnext, gboolean complete,
	gint64 now, GError **error)
{
	StoreBase *base = cache->headers;

	if (!cache_begin(cache, error))
		return FALSE;
	if (modseq != 0)
		base_run(base, "UPDATE folder SET modseq = ? WHERE id = ?", "ii", (gint64)modseq,
			(gint64)folder);
	if (uidnext != 0)
		base_run(base, "UPDATE folder SET uidnext = ? WHERE id = ?", "ii", (gint64)uidnext,
			(gint64)folder);
	if (complete)
		base_run(base,
			"UPDATE folder SET low_uid = 1, synced = ?,"
			" recent_uid = CASE recent_uid WHEN 0 THEN uidnext ELSE recent_uid END WHERE id = ?",
			"ii", now, (gint64)folder);
	return cache_commit(cache, error);
}
