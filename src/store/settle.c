/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a bulk intake puts off, because its keys are random: mid, the hashes of
 * texts and people, and the words of the search index.
 *
 * Nothing of it is lost by a kill: unsettled names the ranges of rows whose
 * nodes are in no file yet, and text_settled, text_indexed (and those of
 * person) the numbers up to which hashes and words are written.
 */
#include "config.h"

#include "store/cache-private.h"

#define WORDS_BATCH 4000
#define KEEP_TEXTS 20000

/* ---- nodes --------------------------------------------------------------------- */

gboolean
settle_nodes(StoreCache *cache, GError **error)
{
	g_autofree StoreMapEntry *entries = NULL;
	gsize n;

	if (!cache_begin(cache, error))
		return FALSE;
	node_flush_ghosts(cache);
	entries = store_map_take_sorted(&cache->nodes, &n);
	for (gsize i = 0; i < n; i++)
		node_write(cache, &entries[i]);
	base_run(cache->headers, "DELETE FROM unsettled", "");
	cache->unsettled = 0;
	return cache_commit(cache, error);
}

static void
learn(StoreCache *cache, const char *sql)
{
	sqlite3_stmt *rows = base_query(cache->headers, sql, "");

	while (base_step(cache->headers, rows))
		store_filter_add(&cache->settled, (guint64)sqlite3_column_int64(rows, 0));
}

void
settle_learn(StoreCache *cache)
{
	gint64 keys;

	if (cache->settled.bits != NULL && cache->settled.keys <= cache->settled.capacity)
		return;
	keys = base_integer(cache->headers, 0,
		"SELECT (SELECT count(*) FROM mid) + (SELECT count(*) FROM text_hash) + (SELECT count(*) "
		"FROM person_hash)",
		"");
	store_filter_init(&cache->settled, (gsize)keys * 2 + CACHE_SETTLE_ENTRIES * 2);
	learn(cache, "SELECT h FROM mid");
	learn(cache, "SELECT h FROM text_hash");
	learn(cache, "SELECT h FROM person_hash");
}

/* ---- texts and people ------------------------------------------------------------- */

static void
write_hashes(StoreCache *cache, StoreMap *hashes, const char *sql)
{
	gsize n;
	g_autofree StoreMapEntry *entries = store_map_take_sorted(hashes, &n);

	for (gsize i = 0; i < n; i++)
		base_run(cache->headers, sql, "ii", (gint64)entries[i].key, entries[i].value);
	for (gsize i = 0; i < n; i++)
		store_filter_add(&cache->settled, entries[i].key);
}

/* What was interned since is in memory, unless the cache was opened anew or a text was met as another one. */
static gboolean
take_from_memory(StoreMap *hashes, const StoreMap *known, gint64 settled, gint64 next)
{
	for (gsize i = 0; known->entries != NULL && i <= known->mask; i++)
		if (known->entries[i].key != 0 && known->entries[i].value > settled)
			store_map_put(hashes, known->entries[i].key, known->entries[i].value);
	if (hashes->used == (gsize)(next - 1 - settled))
		return TRUE;
	store_map_clear(hashes);
	return FALSE;
}

static void
settle_text_hashes(StoreCache *cache)
{
	StoreMap hashes = {0};
	sqlite3_stmt *rows;

	if (cache->text_settled + 1 >= cache->next_text)
		return;
	if (!take_from_memory(&hashes, &cache->texts, cache->text_settled, cache->next_text)) {
		rows = base_query(cache->headers, "SELECT id, kind, text FROM text WHERE id > ?", "i",
			cache->text_settled);
		while (base_step(cache->headers, rows))
			store_map_put(&hashes,
				intern_text_hash(cache, (TextKind)sqlite3_column_int(rows, 1),
					(const char *)sqlite3_column_text(rows, 2)),
				sqlite3_column_int64(rows, 0));
	}
	write_hashes(cache, &hashes, "INSERT OR IGNORE INTO text_hash VALUES(?, ?)");
	cache->text_settled = cache->next_text - 1;
}

static void
settle_person_hashes(StoreCache *cache)
{
	StoreMap hashes = {0};
	sqlite3_stmt *rows;

	if (cache->person_settled + 1 >= cache->next_person)
		return;
	if (!take_from_memory(&hashes, &cache->persons, cache->person_settled, cache->next_person)) {
		rows = base_query(cache->headers, "SELECT id, name, address FROM person WHERE id > ?", "i",
			cache->person_settled);
		while (base_step(cache->headers, rows))
			store_map_put(&hashes,
				intern_person_hash(cache, (const char *)sqlite3_column_text(rows, 1),
					(const char *)sqlite3_column_text(rows, 2)),
				sqlite3_column_int64(rows, 0));
	}
	write_hashes(cache, &hashes, "INSERT OR IGNORE INTO person_hash VALUES(?, ?)");
	cache->person_settled = cache->next_person - 1;
}

gboolean
settle_texts(StoreCache *cache, GError **error)
{
	gsize n;
	g_autofree StoreMapEntry *seen = NULL;

	if (!cache_begin(cache, error))
		return FALSE;
	settle_text_hashes(cache);
	settle_person_hashes(cache);
	seen = store_map_take_sorted(&cache->seen, &n);
	for (gsize i = 0; i < n; i++)
		base_run(cache->headers, "UPDATE person SET seen = seen + ? WHERE id = ?", "ii",
			seen[i].value, (gint64)seen[i].key);
	if (cache->texts.used > KEEP_TEXTS)
		store_map_clear(&cache->texts);
	if (cache->persons.used > KEEP_TEXTS)
		store_map_clear(&cache->persons);
	return cache_commit(cache, error);
}

/* ---- words ---------------------------------------------------------------------------- */

/* FALSE: none are left. */
static gboolean
index_some(StoreCache *cache, const char *select, const char *insert, gint64 *indexed, gint64 last)
{
	gint64 to = MIN(*indexed + WORDS_BATCH, last);
	sqlite3_stmt *rows;

	if (*indexed >= last)
		return FALSE;
	rows = base_query(cache->headers, select, "ii", *indexed, to);
	while (base_step(cache->headers, rows))
		base_run(cache->headers, insert, "it", sqlite3_column_int64(rows, 0),
			(const char *)sqlite3_column_text(rows, 1));
	*indexed = to;
	return TRUE;
}

gboolean
settle_words(StoreCache *cache, GError **error)
{
	gboolean more = TRUE;

	while (more) {
		if (!cache_begin(cache, error))
			return FALSE;
		more = index_some(cache, "SELECT id, text FROM text WHERE id > ? AND id <= ? AND kind = 0",
			"INSERT INTO text_words(rowid, text) VALUES(?, ?)", &cache->text_indexed,
			cache->next_text - 1);
		more |= index_some(cache,
			"SELECT id, coalesce(name, '') || ' ' || address FROM person WHERE id > ? AND id <= "
			"?",
			"INSERT INTO person_words(rowid, text) VALUES(?, ?)", &cache->person_indexed,
			cache->next_person - 1);
		if (!cache_commit(cache, error))
			return FALSE;
	}
	return TRUE;
}

gboolean
store_cache_settle_bulk(StoreCache *cache, GError **error)
{
	if (!cache->stale && cache->unsettled == 0 && cache->text_indexed + 1 >= cache->next_text &&
		cache->person_indexed + 1 >= cache->next_person && cache->seen.used == 0)
		return TRUE;
	return settle_nodes(cache, error) && settle_texts(cache, error) && settle_words(cache, error);
}

/* ---- after a kill --------------------------------------------------------------------- */

typedef void (*RowVisitor)(
	StoreCache *cache, RowId id, gint64 tid, guint64 node, guint64 up, guint64 content);

static void
visit_unsettled(StoreCache *cache, RowVisitor visit)
{
	sqlite3_stmt *rows = base_query(cache->headers,
		"SELECT m.id, coalesce(m.tid, m.id), m.node, m.up, m.content FROM unsettled u JOIN message m"
		" ON m.id BETWEEN u.first AND u.last UNION ALL SELECT m.id, m.tid, m.node, m.up, m.content "
		"FROM unsettled u"
		" JOIN hidden m ON m.id BETWEEN u.first AND u.last",
		"");

	while (base_step(cache->headers, rows))
		visit(cache, sqlite3_column_int64(rows, 0), sqlite3_column_int64(rows, 1),
			(guint64)sqlite3_column_int64(rows, 2), (guint64)sqlite3_column_int64(rows, 3),
			(guint64)sqlite3_column_int64(rows, 4));
}

static void
put_row(StoreCache *cache, guint64 node, RowId id)
{
	NodeRef found = node_find(cache, node);

	if (found.kind != NODE_ROW || found.value != id)
		node_put_row(cache, node, id, &found);
}

static void
visit_row(StoreCache *cache, RowId id, gint64 tid, guint64 node, guint64 up, guint64 content)
{
	(void)tid;
	(void)up;
	if (node != 0)
		put_row(cache, node, id);
	if (content != 0)
		put_row(cache, content, id);
	cache->unsettled++;
}

static void
put_ghost(StoreCache *cache, guint64 node, gint64 tid)
{
	NodeRef found = node_find(cache, node);

	if (node != 0 && found.kind == NODE_NONE)
		node_put_ghost(cache, node, tid, &found);
}

static void
visit_up(StoreCache *cache, RowId id, gint64 tid, guint64 node, guint64 up, guint64 content)
{
	(void)id;
	(void)node;
	(void)content;
	put_ghost(cache, up, tid);
}

static void
visit_ghosts(StoreCache *cache)
{
	sqlite3_stmt *rows = base_query(cache->headers, "SELECT tid, h, up FROM ghost", "");

	while (base_step(cache->headers, rows)) {
		put_ghost(cache, (guint64)sqlite3_column_int64(rows, 1), sqlite3_column_int64(rows, 0));
		put_ghost(cache, (guint64)sqlite3_column_int64(rows, 2), sqlite3_column_int64(rows, 0));
	}
}

gboolean
settle_catch_up(StoreCache *cache, GError **error)
{
	if (base_integer(cache->headers, 0, "SELECT 1 FROM unsettled LIMIT 1", "") == 0 &&
		cache->text_settled + 1 >= cache->next_text &&
		cache->person_settled + 1 >= cache->next_person)
		return !base_failed(cache->headers, error);
	if (!cache_begin(cache, error))
		return FALSE;
	visit_unsettled(cache, visit_row);
	if (cache->unsettled > 0) {
		visit_ghosts(cache);
		visit_unsettled(cache, visit_up);
	}
	settle_nodes(cache, error);
	settle_texts(cache, error);
	return cache_commit(cache, error);
}
