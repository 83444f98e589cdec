/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tree of one thread. Who is whose parent follows from the ids: upwards
 * through what is not shown (ghosts, rows of other folders) to the first that
 * is. A loop is cut at its highest row.
 */
#include "config.h"

#include "store/view-private.h"

#include "store/map.h"

#include <string.h>

#define NONE G_MAXUINT32
#define SMALL 12

typedef struct {
	const OrderRow *rows;
	gsize n;
	const OrderLink *links;
	gsize n_links;
	gboolean mapped;   /* many rows: the maps are used, else the arrays are looked through */
	StoreMap by_node;  /* node -> row + 1 */
	StoreMap link_map; /* node -> link + 1 */
	guint32 *parent;   /* row of each row; NONE */
	gboolean *dropped; /* another folder's copy of one that is shown */
} Tree;

/* Whether row a rather than b stands for their id: the folder's own, then the lower uid. */
static gboolean
stands_before(const OrderRow *a, const OrderRow *b)
{
	return a->foreign != b->foreign ? !a->foreign : a->id < b->id;
}

static guint32
find_row(const Tree *tree, guint64 node)
{
	guint32 best = NONE;

	if (tree->mapped) {
		const gint64 *found = store_map_find(&tree->by_node, node);
		return found != NULL ? (guint32)*found : NONE;
	}
	for (guint32 i = 0; i < tree->n; i++)
		if (tree->rows[i].node == node &&
			(best == NONE || stands_before(&tree->rows[i], &tree->rows[best])))
			best = i;
	return best;
}

static guint64
find_link(const Tree *tree, guint64 node)
{
	if (tree->mapped) {
		const gint64 *found = store_map_find(&tree->link_map, node);
		return found != NULL ? tree->links[*found].up : 0;
	}
	for (gsize i = 0; i < tree->n_links; i++)
		if (tree->links[i].node == node && tree->links[i].up != 0)
			return tree->links[i].up;
	return 0;
}

static guint32
find_parent(const Tree *tree, guint32 row)
{
	guint64 node = tree->rows[row].up;
	gsize steps = 0;

	while (node != 0 && steps++ <= tree->n_links) {
		guint32 found = find_row(tree, node);
		if (found != NONE)
			return found != row && tree->rows[row].node != node ? found : NONE;
		node = find_link(tree, node);
	}
	return NONE;
}

static void
map_nodes(Tree *tree)
{
	tree->mapped = TRUE;
	for (guint32 i = 0; i < tree->n; i++) {
		gint64 *known;
		if (tree->rows[i].node == 0)
			continue;
		known = store_map_find(&tree->by_node, tree->rows[i].node);
		if (known == NULL || stands_before(&tree->rows[i], &tree->rows[*known]))
			store_map_put(&tree->by_node, tree->rows[i].node, i);
	}
	for (gsize i = 0; i < tree->n_links; i++)
		if (tree->links[i].up != 0 && store_map_find(&tree->link_map, tree->links[i].node) == NULL)
			store_map_put(&tree->link_map, tree->links[i].node, (gint64)i);
}

/* Walk up from each row once; a row met again on the same walk closes a loop. */
static void
cut_loops(Tree *tree)
{
	g_autofree guint32 *walk = g_new0(guint32, tree->n);

	for (guint32 i = 0; i < tree->n; i++) {
		guint32 at = i, highest;
		while (at != NONE && walk[at] == 0) {
			walk[at] = i + 1;
			at = tree->parent[at];
		}
		if (at == NONE || walk[at] != i + 1)
			continue;
		highest = at;
		for (guint32 on = tree->parent[at]; on != at; on = tree->parent[on])
			if (tree->rows[on].id > tree->rows[highest].id)
				highest = on;
		tree->parent[highest] = NONE;
	}
}

static void
tree_init(Tree *tree, const OrderRow *rows, gsize n_rows, const OrderLink *links, gsize n_links)
{
	memset(tree, 0, sizeof *tree);
	tree->rows = rows;
	tree->n = n_rows;
	tree->links = links;
	tree->n_links = n_links;
	if (n_rows > SMALL || n_links > SMALL)
		map_nodes(tree);
	tree->parent = g_new(guint32, n_rows);
	tree->dropped = g_new0(gboolean, n_rows);
	for (guint32 i = 0; i < n_rows; i++) {
		tree->parent[i] = find_parent(tree, i);
		tree->dropped[i] = rows[i].foreign && rows[i].node != 0 && find_row(tree, rows[i].node) != i;
	}
	cut_loops(tree);
}

static void
tree_clear(Tree *tree)
{
	g_free(tree->parent);
	g_free(tree->dropped);
	store_map_clear(&tree->by_node);
	store_map_clear(&tree->link_map);
}

gssize
tree_parent(const OrderRow *rows, gsize n_rows, const OrderLink *links, gsize n_links, gsize index)
{
	Tree tree;
	gssize parent;

	tree_init(&tree, rows, n_rows, links, n_links);
	parent = tree.parent[index] != NONE ? (gssize)tree.parent[index] : -1;
	tree_clear(&tree);
	return parent;
}

static void
append_entry(GArray *entries, const OrderRow *row, guint depth)
{
	StoreOrderEntry entry = {.id = row->id,
		.depth = (guint8)MIN(depth, 255),
		.flags = row->flags,
		.foreign = row->foreign,
		.matched = row->matched};

	g_array_append_val(entries, entry);
}

/* Each row before its children, these by date: without recursion, a thread may be as deep as it is long. */
static void
append_all(GArray *entries, const Tree *tree)
{
	g_autofree guint32 *first = g_new(guint32, tree->n); /* child of each row */
	g_autofree guint32 *next = g_new(guint32, tree->n);  /* sibling, later */
	guint32 root = NONE, at;
	guint depth = 0;

	memset(first, 0xff, tree->n * sizeof *first);
	for (guint32 i = (guint32)tree->n; i-- > 0;) {
		guint32 *head = tree->parent[i] == NONE ? &root : &first[tree->parent[i]];
		next[i] = NONE;
		if (tree->dropped[i])
			continue;
		next[i] = *head;
		*head = i;
	}
	at = root;
	while (at != NONE) {
		append_entry(entries, &tree->rows[at], depth);
		if (first[at] != NONE) {
			at = first[at];
			depth++;
			continue;
		}
		while (next[at] == NONE && tree->parent[at] != NONE) {
			at = tree->parent[at];
			depth--;
		}
		at = next[at];
	}
}

void
tree_append(GArray *entries, const OrderRow *rows, gsize n_rows, const OrderLink *links, gsize n_links)
{
	guint start = entries->len;
	Tree tree;

	if (n_rows == 1) {
		append_entry(entries, &rows[0], 0);
	} else {
		tree_init(&tree, rows, n_rows, links, n_links);
		append_all(entries, &tree);
		tree_clear(&tree);
	}
	if (entries->len > start)
		g_array_index(entries, StoreOrderEntry, start).thread_rows = entries->len - start;
}
