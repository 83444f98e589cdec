/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Threads as THREAD=REFS makes them (RFC 5256), over all folders, message by
 * message in any order:
 * - a message hangs on the last of its references, for good;
 * - a reference without a parent of its own is hung on the one before it;
 * - a second message with the same id in one folder and without references
 *   stands alone, the one with the lower uid has the place.
 * What hangs together has one thread id. When a message joins two threads the
 * smaller one is renamed, so that all renaming together costs n log n.
 * Loops are left in: who shows the tree cuts them.
 */
#include "config.h"

#include "store/cache-private.h"

typedef struct {
	guint64 node;
	NodeRef ref;
	gint64 tid;     /* 0: it is in none yet */
	gboolean bound; /* has a parent, or may get none from others */
	gboolean link;  /* is to be hung on the one before it */
} Reference;

typedef struct {
	StoreCache *cache;
	gint64 tid; /* of the row so far; 0: none */
	Reference refs[STORE_IDS_MAX];
	guint n;
} Placing;

/* ---- joining ------------------------------------------------------------------- */

/* Up to limit rows. */
static gint64
count_rows(StoreCache *cache, gint64 tid, gint64 limit)
{
	return base_integer(cache->headers, 0,
		"SELECT count(*) FROM (SELECT 1 FROM message WHERE tid = ? LIMIT ?)", "ii", tid, limit);
}

/* Whether a is not larger than b, at the cost of the smaller one. */
static gboolean
is_smaller(StoreCache *cache, gint64 a, gint64 b)
{
	for (gint64 limit = 8;; limit *= 2) {
		if (count_rows(cache, a, limit) < limit)
			return TRUE;
		if (count_rows(cache, b, limit) < limit)
			return FALSE;
	}
}

static void
rename_ghosts(StoreCache *cache, gint64 from, gint64 to)
{
	g_autoptr(GArray) nodes = g_array_new(FALSE, FALSE, sizeof(gint64));
	sqlite3_stmt *rows = base_query(cache->headers,
		"SELECT up FROM message WHERE tid = ?1 AND up IS NOT NULL"
		" UNION SELECT up FROM message WHERE id = ?1 AND tid IS NULL AND up IS NOT NULL"
		" UNION SELECT up FROM hidden WHERE tid = ?1 AND up IS NOT NULL"
		" UNION SELECT node FROM hidden WHERE tid = ?1 AND node IS NOT NULL"
		" UNION SELECT h FROM ghost WHERE tid = ?1 UNION SELECT up FROM ghost WHERE tid = ?1",
		"i", from);

	while (base_step(cache->headers, rows)) {
		gint64 node = sqlite3_column_int64(rows, 0);
		g_array_append_val(nodes, node);
	}
	for (guint i = 0; i < nodes->len; i++) {
		guint64 node = (guint64)g_array_index(nodes, gint64, i);
		NodeRef ref = node_find(cache, node);
		if (ref.kind == NODE_GHOST && ref.value == from)
			node_put_ghost(cache, node, to, &ref);
	}
}

static void
rename_thread(StoreCache *cache, gint64 from, gint64 to)
{
	StoreBase *base = cache->headers;

	node_flush_ghosts(cache);
	rename_ghosts(cache, from, to);
	base_run(base, "UPDATE message SET tid = ? WHERE tid = ?", "ii", to, from);
	base_run(base, "UPDATE message SET tid = ? WHERE id = ? AND tid IS NULL", "ii", to, from);
	base_run(base, "UPDATE message SET tid = NULL WHERE id = ?1 AND tid = ?1", "i", to);
	base_run(base, "UPDATE hidden SET tid = ? WHERE tid = ?", "ii", to, from);
	base_run(base, "UPDATE OR REPLACE ghost SET tid = ? WHERE tid = ?", "ii", to, from);
}

static gint64
merge(Placing *placing, gint64 a, gint64 b)
{
	gboolean keep_b = is_smaller(placing->cache, a, b);
	gint64 from = keep_b ? a : b;
	gint64 to = keep_b ? b : a;

	rename_thread(placing->cache, from, to);
	for (guint i = 0; i < placing->n; i++) {
		Reference *reference = &placing->refs[i];
		if (reference->tid != from)
			continue;
		/* A ghost that only this row is about to hang on is not found by what hangs on it. */
		if (reference->ref.kind == NODE_GHOST)
			node_put_ghost(placing->cache, reference->node, to, &reference->ref);
		reference->tid = to;
	}
	if (placing->tid == from)
		placing->tid = to;
	return to;
}

static void
join(Placing *placing, gint64 tid)
{
	if (tid == 0 || tid == placing->tid)
		return;
	placing->tid = placing->tid == 0 ? tid : merge(placing, placing->tid, tid);
}

/* ---- placing ---------------------------------------------------------------------- */

static void
look_up(Placing *placing, Reference *reference, RowId claimant)
{
	RowBrief row;

	reference->ref = node_find(placing->cache, reference->node);
	reference->link = FALSE;
	if (reference->ref.kind == NODE_NONE) {
		reference->tid = 0;
		reference->bound = FALSE;
	} else if (reference->ref.kind == NODE_GHOST) {
		reference->tid = reference->ref.value;
		reference->bound = reference->ref.has_up;
	} else if (row_find(placing->cache, reference->ref.value, &row)) {
		reference->tid = row.tid;
		/* A message without references is hung where a later one says. */
		reference->bound = row.up != 0 || row.own_parent || row.hidden ||
				   (row.folder == ROW_FOLDER(claimant) && row.id > claimant);
	} else {
		reference->tid = 0;
		reference->bound = TRUE;
	}
}

/* The row's own references, from the last one on, as far as they hang together. */
static guint
join_references(Placing *placing)
{
	guint i;

	if (placing->n == 0)
		return 0;
	join(placing, placing->refs[placing->n - 1].tid);
	for (i = placing->n - 1; i > 0; i--) {
		Reference *child = &placing->refs[i], *parent = &placing->refs[i - 1];
		if (child->bound && (parent->tid == 0 || parent->tid != placing->tid))
			break;
		child->link = !child->bound;
		if (child->link)
			join(placing, parent->tid);
	}
	return i;
}

/* What the earlier ones, up to last, say of each other without the row. */
static void
link_earlier(Placing *placing, guint last)
{
	for (guint i = last; i > 0; i--) {
		Reference *child = &placing->refs[i - 1], *parent = i > 1 ? &placing->refs[i - 2] : NULL;
		if (parent == NULL || child->bound || (child->tid == 0 && parent->tid == 0))
			continue;
		child->link = TRUE;
		if (child->tid != 0 && parent->tid != 0 && child->tid != parent->tid)
			merge(placing, child->tid, parent->tid);
		else if (child->tid != 0)
			parent->tid = child->tid;
		else
			child->tid = parent->tid;
	}
}

static void
write_reference(Placing *placing, Reference *reference, guint64 up)
{
	if (reference->ref.kind == NODE_NONE && reference->tid != 0)
		node_put_ghost(placing->cache, reference->node, reference->tid, &reference->ref);
	if (!reference->link)
		return;
	if (reference->ref.kind == NODE_ROW)
		base_run(placing->cache->headers, "UPDATE message SET up = ? WHERE id = ?", "ii", (gint64)up,
			reference->ref.value);
	else
		node_set_ghost_up(placing->cache, reference->node, up);
}

/* A second one of its id in the folder, without references. TRUE: the new one has the place. */
static gboolean
displace(Placing *placing, RowId id, RowId other)
{
	RowBrief row;

	if (other < id || !row_find(placing->cache, other, &row) || row.hidden || row.own_parent)
		return FALSE;
	join(placing, row.tid);
	base_run(placing->cache->headers, "UPDATE message SET tid = ?, up = NULL WHERE id = ?", "ii",
		placing->cache->next_thread--, other);
	return TRUE;
}

/* What is known of the row's own id. Returns the parent that others gave it. */
static guint64
join_own(Placing *placing, RowId id, const NodeRef *own, guint64 node, gboolean has_refs)
{
	StoreCache *cache = placing->cache;
	guint64 up = 0;
	RowBrief row;
	RowId other;

	if (own->kind == NODE_GHOST) {
		join(placing, own->value);
		if (!own->has_up)
			return 0;
		up = node_ghost_up(cache, node, own->value);
		store_map_remove(&cache->ghosts, node);
		base_run(cache->headers, "DELETE FROM ghost WHERE tid = ? AND h = ?", "ii", own->value,
			(gint64)node);
	} else if (own->kind == NODE_ROW) {
		other = node_row_in_folder(cache, node, ROW_FOLDER(id), id);
		if (other != 0 && !has_refs)
			displace(placing, id, other);
		else if (other == 0 && row_find(cache, own->value, &row))
			join(placing, row.tid);
	}
	return up;
}

ThreadPlace
thread_place(StoreCache *cache, RowId id, guint64 node, const guint64 *refs, guint n_refs, gboolean upwards)
{
	ThreadPlace place = {.own_parent = n_refs > 0};
	NodeRef own = {.kind = NODE_NONE};
	Placing placing;
	guint loose;

	placing.cache = cache;
	placing.tid = 0;
	placing.n = 0;
	if (node != 0) {
		own = node_find(cache, node);
		place.up = join_own(&placing, id, &own, node, n_refs > 0);
	}
	for (guint i = 0; i < n_refs; i++) {
		if (refs[i] == node)
			continue;
		placing.refs[placing.n].node = refs[i];
		look_up(&placing, &placing.refs[placing.n++], id);
	}
	if (n_refs > 0)
		place.up = refs[n_refs - 1] != node ? refs[n_refs - 1] : 0;
	else if (upwards)
		place.up = 0;
	loose = join_references(&placing);
	place.tid = placing.tid != 0 ? placing.tid : id;
	placing.tid = place.tid;
	for (guint i = loose; i < placing.n; i++)
		if (placing.refs[i].tid == 0)
			placing.refs[i].tid = place.tid;
	link_earlier(&placing, loose);
	place.tid = placing.tid;
	for (guint i = 0; i < placing.n; i++)
		write_reference(&placing, &placing.refs[i], i > 0 ? placing.refs[i - 1].node : 0);
	if (node != 0)
		node_put_row(cache, node, id, &own);
	return place;
}

/* ---- leaving -------------------------------------------------------------------------- */

static gboolean
has_rows(StoreCache *cache, gint64 tid)
{
	return base_integer(cache->headers, 0,
		       "SELECT EXISTS(SELECT 1 FROM message WHERE tid = ?1) OR"
		       " EXISTS(SELECT 1 FROM message WHERE id = ?1 AND tid IS NULL) OR EXISTS(SELECT 1 FROM "
		       "hidden WHERE tid = ?1)",
		       "i", tid) != 0;
}

static void
drop_ghost(StoreCache *cache, guint64 node, gint64 tid)
{
	NodeRef ref = node_find(cache, node);

	if (ref.kind == NODE_GHOST && ref.value == tid)
		node_remove_ghost(cache, node, &ref);
}

static void
drop_ghosts(StoreCache *cache, guint64 up, gint64 tid)
{
	g_autoptr(GArray) nodes = g_array_new(FALSE, FALSE, sizeof(gint64));
	sqlite3_stmt *rows;

	node_flush_ghosts(cache);
	if (up != 0)
		drop_ghost(cache, up, tid);
	rows = base_query(cache->headers,
		"SELECT h FROM ghost WHERE tid = ?1 UNION SELECT up FROM ghost WHERE tid = ?1", "i", tid);
	while (base_step(cache->headers, rows)) {
		gint64 node = sqlite3_column_int64(rows, 0);
		g_array_append_val(nodes, node);
	}
	for (guint i = 0; i < nodes->len; i++)
		drop_ghost(cache, (guint64)g_array_index(nodes, gint64, i), tid);
	base_run(cache->headers, "DELETE FROM ghost WHERE tid = ?", "i", tid);
}

static gboolean
node_in_thread(StoreCache *cache, guint64 node, gint64 tid)
{
	NodeRef ref = node_find(cache, node);
	RowBrief row;

	if (ref.kind == NODE_ROW && row_find(cache, ref.value, &row) && row.tid == tid)
		return TRUE;
	return base_integer(cache->headers, 0,
		       "SELECT EXISTS(SELECT 1 FROM mid JOIN message m ON m.id = mid.id WHERE h = ?1 AND "
		       "coalesce(m.tid, m.id) = ?2)"
		       " OR EXISTS(SELECT 1 FROM mid JOIN hidden m ON m.id = mid.id WHERE h = ?1 AND m.tid = "
		       "?2)",
		       "ii", (gint64)node, tid) != 0;
}

static void
unite(StoreCache *cache, gint64 a, gint64 b)
{
	gboolean keep_b;

	if (a == b)
		return;
	keep_b = is_smaller(cache, a, b);
	rename_thread(cache, keep_b ? a : b, keep_b ? b : a);
}

/* Others of its id are left. The one in its folder that stood alone takes its place; else its thread goes to
 * where they are. */
static void
succeed(StoreCache *cache, RowId id, guint64 node, guint64 up, gint64 tid, RowId other)
{
	RowId twin = node_row_in_folder(cache, node, ROW_FOLDER(id), id);
	RowBrief row;

	if (twin != 0 && row_find(cache, twin, &row) && !row.hidden && !row.own_parent) {
		if (row.up == 0 && up != 0)
			base_run(cache->headers, "UPDATE message SET up = ? WHERE id = ?", "ii", (gint64)up,
				twin);
		unite(cache, row.tid, tid);
	} else if (!node_in_thread(cache, node, tid) && row_find(cache, other, &row)) {
		unite(cache, row.tid, tid);
	}
}

void
thread_leave(StoreCache *cache, RowId id, guint64 node, guint64 up, gint64 tid)
{
	NodeRef ref;

	if (node != 0)
		node_remove_row(cache, node, id);
	if (!has_rows(cache, tid)) {
		drop_ghosts(cache, up, tid);
		return;
	}
	if (node == 0)
		return;
	ref = node_find(cache, node);
	if (ref.kind == NODE_ROW) {
		succeed(cache, id, node, up, tid, ref.value);
		return;
	}
	node_add_ghost(cache, node, tid);
	if (up != 0)
		node_set_ghost_up(cache, node, up);
}

void
thread_rename_folder(StoreCache *cache, FolderId folder)
{
	g_autoptr(GArray) tids = g_array_new(FALSE, FALSE, sizeof(gint64));
	gint64 first = ROW_ID(folder, 0), last = ROW_ID_PROVISIONAL(folder, 0) - 1;
	sqlite3_stmt *rows;

	settle_nodes(cache, NULL);
	rows = base_query(cache->headers,
		"SELECT tid FROM message WHERE tid BETWEEN ?1 AND ?2 UNION SELECT tid FROM hidden WHERE tid "
		"BETWEEN ?1 AND ?2",
		"ii", first, last);
	while (base_step(cache->headers, rows)) {
		gint64 tid = sqlite3_column_int64(rows, 0);
		g_array_append_val(tids, tid);
	}
	for (guint i = 0; i < tids->len; i++)
		rename_thread(cache, g_array_index(tids, gint64, i), cache->next_thread--);
	base_run(cache->headers, "DELETE FROM mid WHERE id = 0 AND tid BETWEEN ? AND ?", "ii", first, last);
	base_run(cache->headers, "DELETE FROM ghost WHERE tid BETWEEN ? AND ?", "ii", first, last);
}
