/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a resync says of messages that are here: their flags, and which are gone. */
#include "config.h"

#include "store/cache-private.h"

gboolean
store_cache_update_flags(
	StoreCache *cache, FolderId folder, const StoreFlagUpdate *updates, gsize count, GError **error)
{
	RowBrief row;

	if (!cache_begin(cache, error))
		return FALSE;
	for (gsize i = 0; i < count; i++)
		if (updates[i].uid != 0 && row_find(cache, ROW_ID(folder, updates[i].uid), &row))
			row_set_server_flags(cache, &row, updates[i].flags, updates[i].keywords);
	return cache_commit(cache, error);
}

/* ---- what is here ---------------------------------------------------------------- */

static void
collect_uids(StoreCache *cache, const char *sql, FolderId folder, guint32 first, guint32 last, GArray *uids)
{
	sqlite3_stmt *rows =
		base_query(cache->headers, sql, "ii", ROW_ID(folder, first), ROW_ID(folder, last));

	while (base_step(cache->headers, rows)) {
		guint32 uid = ROW_UID(sqlite3_column_int64(rows, 0));
		g_array_append_val(uids, uid);
	}
}

GArray *
store_cache_uids(StoreCache *cache, FolderId folder, guint32 first, guint32 last)
{
	GArray *uids = g_array_new(FALSE, FALSE, sizeof(guint32));

	if (cache->hidden_rows > 0)
		collect_uids(cache,
			"SELECT id FROM message WHERE id BETWEEN ?1 AND ?2 UNION SELECT id FROM hidden WHERE "
			"id BETWEEN ?1 AND ?2"
			" ORDER BY 1",
			folder, first, last, uids);
	else
		collect_uids(cache, "SELECT id FROM message WHERE id BETWEEN ? AND ? ORDER BY id", folder,
			first, last, uids);
	return uids;
}

/* ---- what is gone ------------------------------------------------------------------ */

static void
remove_uids(StoreCache *cache, FolderId folder, const GArray *uids)
{
	for (guint i = 0; i < uids->len; i++)
		row_remove(cache, ROW_ID(folder, g_array_index(uids, guint32, i)));
}

gboolean
store_cache_expunge(StoreCache *cache, FolderId folder, const UidRange *ranges, gsize count, GError **error)
{
	if (!cache_begin(cache, error))
		return FALSE;
	for (gsize i = 0; i < count; i++) {
		guint32 first = MIN(ranges[i].first, ranges[i].last),
			last = MAX(ranges[i].first, ranges[i].last);
		g_autoptr(GArray) uids = store_cache_uids(cache, folder, MAX(first, 1), last);
		remove_uids(cache, folder, uids);
	}
	return cache_commit(cache, error);
}

gboolean
store_cache_keep_only(
	StoreCache *cache, FolderId folder, guint32 first, const guint32 *uids, gsize count, GError **error)
{
	g_autoptr(GArray) here = NULL;
	gsize at = 0;

	if (!cache_begin(cache, error))
		return FALSE;
	here = store_cache_uids(cache, folder, MAX(first, 1), G_MAXUINT32);
	for (guint i = 0; i < here->len; i++) {
		guint32 uid = g_array_index(here, guint32, i);
		while (at < count && uids[at] < uid)
			at++;
		if (at == count || uids[at] != uid)
			row_remove(cache, ROW_ID(folder, uid));
	}
	return cache_commit(cache, error);
}
