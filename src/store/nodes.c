/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Message-IDs: from the keyed hash of one to its rows, or, for one that is only
 * referenced (a ghost), to its thread.
 *
 * A bulk intake keeps them in memory, because mid's keys are random and each
 * batch would write every page of it. So the truth about a node is the map
 * where it has it, else the file. When a node gets a second row, both go into
 * the file at once.
 */
#include "config.h"

#include "store/cache-private.h"

/* In the map: a row's id, or a ghost's thread, times 4, and these. */
#define GHOST_BIT 1
#define HAS_UP_BIT 2
#define SCALE 4

NodeRef
node_find(StoreCache *cache, guint64 node)
{
	NodeRef ref = {.kind = NODE_NONE};
	gint64 *known = store_map_find(&cache->nodes, node);
	sqlite3_stmt *query;

	if (known != NULL) {
		ref.kind = *known & GHOST_BIT ? NODE_GHOST : NODE_ROW;
		ref.value = *known >> 2;
		ref.has_up = (*known & HAS_UP_BIT) != 0;
		return ref;
	}
	if (!cache->mid_used || !store_filter_may_have(&cache->settled, node))
		return ref;
	/* A ghost's 0 stands alone. Of several rows in a folder the lowest uid has the place in the thread.
	 */
	query = base_query(
		cache->headers, "SELECT id, tid FROM mid WHERE h = ? ORDER BY id LIMIT 1", "i", (gint64)node);
	if (base_step(cache->headers, query)) {
		ref.value = sqlite3_column_int64(query, 0);
		ref.kind = ref.value != 0 ? NODE_ROW : NODE_GHOST;
		if (ref.kind == NODE_GHOST)
			ref.value = sqlite3_column_int64(query, 1);
		ref.in_mid = TRUE;
		base_reset(query);
	}
	if (ref.kind == NODE_GHOST)
		ref.has_up = node_ghost_up(cache, node, ref.value) != 0;
	return ref;
}

static void
insert_mid(StoreCache *cache, guint64 node, RowId id)
{
	base_run(cache->headers, "INSERT OR IGNORE INTO mid(h, id) VALUES(?, ?)", "ii", (gint64)node, id);
	store_filter_add(&cache->settled, node);
	cache->mid_used = TRUE;
}

void
node_put_row(StoreCache *cache, guint64 node, RowId id, const NodeRef *found)
{
	if (found->kind == NODE_ROW) {
		insert_mid(cache, node, found->value);
		insert_mid(cache, node, id);
		store_map_remove(&cache->nodes, node);
		return;
	}
	if (found->kind == NODE_GHOST)
		node_remove_ghost(cache, node, found);
	store_map_put(&cache->nodes, node, id * SCALE);
}

void
node_add_row(StoreCache *cache, guint64 node, RowId id)
{
	NodeRef found = node_find(cache, node);

	if (found.kind == NODE_GHOST)
		node_remove_ghost(cache, node, &found);
	insert_mid(cache, node, id);
}

void
node_remove_row(StoreCache *cache, guint64 node, RowId id)
{
	gint64 *known = store_map_find(&cache->nodes, node);

	if (known != NULL && *known == id * SCALE)
		store_map_remove(&cache->nodes, node);
	base_run(cache->headers, "DELETE FROM mid WHERE h = ? AND id = ?", "ii", (gint64)node, id);
}

void
node_put_ghost(StoreCache *cache, guint64 node, gint64 tid, const NodeRef *found)
{
	if (found->kind == NODE_GHOST && found->in_mid)
		base_run(cache->headers, "UPDATE mid SET tid = ? WHERE h = ? AND id = 0", "ii", tid,
			(gint64)node);
	else
		store_map_put(
			&cache->nodes, node, tid * SCALE | GHOST_BIT | (found->has_up ? HAS_UP_BIT : 0));
}

void
node_add_ghost(StoreCache *cache, guint64 node, gint64 tid)
{
	base_run(cache->headers, "INSERT OR REPLACE INTO mid(h, id, tid) VALUES(?, 0, ?)", "ii", (gint64)node,
		tid);
	store_filter_add(&cache->settled, node);
	cache->mid_used = TRUE;
}

void
node_remove_ghost(StoreCache *cache, guint64 node, const NodeRef *found)
{
	if (found->in_mid)
		base_run(cache->headers, "DELETE FROM mid WHERE h = ? AND id = 0", "i", (gint64)node);
	else
		store_map_remove(&cache->nodes, node);
}

guint64
node_ghost_up(StoreCache *cache, guint64 node, gint64 tid)
{
	gint64 *known = store_map_find(&cache->ghosts, node);

	if (known != NULL)
		return (guint64)*known;
	return (guint64)base_integer(
		cache->headers, 0, "SELECT up FROM ghost WHERE tid = ? AND h = ?", "ii", tid, (gint64)node);
}

void
node_set_ghost_up(StoreCache *cache, guint64 node, guint64 up)
{
	gint64 *known = store_map_find(&cache->nodes, node);

	if (known != NULL)
		*known |= HAS_UP_BIT;
	store_map_put(&cache->ghosts, node, (gint64)up);
}

void
node_flush_ghosts(StoreCache *cache)
{
	gsize n;
	g_autofree StoreMapEntry *entries = store_map_take_sorted(&cache->ghosts, &n);

	for (gsize i = 0; i < n; i++) {
		NodeRef ref = node_find(cache, entries[i].key);
		if (ref.kind == NODE_GHOST)
			base_run(cache->headers, "INSERT OR IGNORE INTO ghost(tid, h, up) VALUES(?, ?, ?)",
				"iii", ref.value, (gint64)entries[i].key, entries[i].value);
	}
}

RowId
node_row_in_folder(StoreCache *cache, guint64 node, FolderId folder, RowId id)
{
	gint64 *known = store_map_find(&cache->nodes, node);

	if (known != NULL && !(*known & GHOST_BIT) && *known >> 2 != id && ROW_FOLDER(*known >> 2) == folder)
		return *known >> 2;
	return base_integer(cache->headers, 0,
		"SELECT id FROM mid WHERE h = ? AND id BETWEEN ? AND ? AND id <> ?", "iiii", (gint64)node,
		ROW_ID(folder, 1), ROW_ID(folder + 1, 0) - 1, id);
}

void
node_write(StoreCache *cache, const StoreMapEntry *entry)
{
	if (entry->value & GHOST_BIT)
		node_add_ghost(cache, entry->key, entry->value >> 2);
	else
		insert_mid(cache, entry->key, entry->value >> 2);
}
