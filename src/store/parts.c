/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Octets of contents, in bodies.db; what no row names, and what is old and read, is dropped. */
#include "config.h"

#include "store/cache-private.h"

#include "util/dates.h"

gboolean
store_cache_put_part(
	StoreCache *cache, gint64 cid, const char *section, const void *data, gsize length, GError **error)
{
	if (!base_begin(cache->bodies, error))
		return FALSE;
	base_run(cache->bodies,
		"INSERT INTO part(cid, section, stored, size, octets) VALUES(?, ?, ?, ?, ?)"
		" ON CONFLICT(cid, section) DO UPDATE SET stored = excluded.stored, size = excluded.size,"
		" octets = excluded.octets",
		"itiib", cid, section, dates_now().seconds, (gint64)length, data != NULL ? data : "", length);
	return base_commit(cache->bodies, error);
}

gboolean
store_cache_set_attachment(StoreCache *cache, gint64 cid, gboolean attachment, GError **error)
{
	gint64 bit = attachment ? LOOK_ATTACHMENT : 0;

	if (!cache_begin(cache, error))
		return FALSE;
	base_run(cache->headers,
		"UPDATE message SET look = (look & ~?1) | ?2 WHERE cid = ?3 AND (look & ?1) <> ?2", "iii",
		(gint64)LOOK_ATTACHMENT, bit, cid);
	if (cache->hidden_rows > 0)
		base_run(cache->headers, "UPDATE hidden SET look = (look & ~?1) | ?2 WHERE cid = ?3", "iii",
			(gint64)LOOK_ATTACHMENT, bit, cid);
	return cache_commit(cache, error);
}

/* ---- trimming -------------------------------------------------------------------- */

typedef enum { CONTENT_GONE, CONTENT_UNREAD, CONTENT_READ } ContentState;

static ContentState
content_state(StoreCache *cache, gint64 cid)
{
	gint64 seen = base_integer(cache->headers, -1, "SELECT min(flags & ?) FROM message WHERE cid = ?",
		"ii", (gint64)MESSAGE_SEEN, cid);

	if (seen >= 0)
		return seen ? CONTENT_READ : CONTENT_UNREAD;
	if (cache->hidden_rows > 0 &&
		base_integer(cache->headers, 0, "SELECT 1 FROM hidden WHERE cid = ? LIMIT 1", "i", cid) != 0)
		return CONTENT_UNREAD; /* it may come back */
	return CONTENT_GONE;
}

static GArray *
numbers(StoreBase *base, const char *sql)
{
	GArray *found = g_array_new(FALSE, FALSE, sizeof(gint64));
	sqlite3_stmt *rows = base_query(base, sql, "");

	while (base_step(base, rows)) {
		gint64 number = sqlite3_column_int64(rows, 0);
		g_array_append_val(found, number);
	}
	return found;
}

static void
drop(StoreCache *cache, gint64 cid)
{
	base_run(cache->bodies, "DELETE FROM part WHERE cid = ?", "i", cid);
}

static void
drop_gone(StoreCache *cache)
{
	g_autoptr(GArray) cids = numbers(cache->bodies, "SELECT DISTINCT cid FROM part");

	for (guint i = 0; i < cids->len; i++)
		if (content_state(cache, g_array_index(cids, gint64, i)) == CONTENT_GONE)
			drop(cache, g_array_index(cids, gint64, i));
}

static void
drop_oldest(StoreCache *cache, guint64 limit)
{
	g_autoptr(GArray) cids = NULL;
	gint64 size = base_integer(cache->bodies, 0, "SELECT sum(size) FROM part", "");

	if (size <= 0 || (guint64)size <= limit)
		return;
	cids = numbers(cache->bodies, "SELECT cid FROM part GROUP BY cid ORDER BY max(stored)");
	for (guint i = 0; i < cids->len && size > 0 && (guint64)size > limit; i++) {
		gint64 cid = g_array_index(cids, gint64, i);
		if (content_state(cache, cid) == CONTENT_UNREAD)
			continue;
		size -= base_integer(cache->bodies, 0, "SELECT sum(size) FROM part WHERE cid = ?", "i", cid);
		drop(cache, cid);
	}
}

/* Old ids that lead to rows which are no longer there. */
static gboolean
drop_dead_aliases(StoreCache *cache, GError **error)
{
	static const char *const dead[] = {
		"DELETE FROM alias WHERE new NOT IN (SELECT id FROM message) AND new NOT IN (SELECT id FROM "
		"hidden)"
		" AND new NOT IN (SELECT old FROM moved) AND new NOT IN (SELECT old FROM alias)",
		"DELETE FROM moved WHERE new NOT IN (SELECT id FROM message) AND new NOT IN (SELECT id FROM "
		"hidden)"
		" AND new NOT IN (SELECT old FROM alias) AND new NOT IN (SELECT old FROM moved)"};

	if (!cache_begin(cache, error))
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(dead); i++)
		base_run(cache->headers, dead[i], "");
	return cache_commit(cache, error);
}

gboolean
store_cache_trim(StoreCache *cache, guint64 limit, GError **error)
{
	if (!base_begin(cache->bodies, error))
		return FALSE;
	drop_gone(cache);
	drop_oldest(cache, limit);
	if (!base_commit(cache->bodies, error))
		return FALSE;
	base_run(cache->bodies, "PRAGMA incremental_vacuum", "");
	return drop_dead_aliases(cache, error);
}
