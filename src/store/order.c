/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Orders. A thread stands where its newest row of the folder stands, so walking
 * down an index by date and taking each thread when it is first met gives the
 * threaded order, a window at a time and without a table of threads.
 */
#include "config.h"

#include "store/view-private.h"

#include "store/map.h"

/* Equal dates: by id. */
#define WALK(column, direction)                                                                              \
	"SELECT id, coalesce(tid, id), flags FROM message INDEXED BY message_" column                        \
	" WHERE folder = ? ORDER BY " column " " direction ", id " direction

static StoreOrder *
order_take(GArray *entries, gboolean complete)
{
	StoreOrder *order = g_new0(StoreOrder, 1);

	order->length = entries->len;
	order->entries = (StoreOrderEntry *)(void *)g_array_free(entries, FALSE);
	order->complete = complete;
	return order;
}

/* ---- the first window --------------------------------------------------------------- */

static gboolean
is_limited(const StoreOrderSpec *spec)
{
	return (spec->words != NULL && spec->words[0] != '\0') || spec->unread_only || spec->flagged_only ||
	       spec->thread != 0;
}

/* Whether an index gives it row by row. */
static gboolean
is_walkable(const StoreOrderSpec *spec)
{
	return !is_limited(spec) && (spec->threads || spec->key == SORT_DATE || spec->key == SORT_RECEIVED);
}

static sqlite3_stmt *
walk(StoreBase *base, FolderId folder, const StoreOrderSpec *spec)
{
	if (spec->key == SORT_RECEIVED)
		return base_query(base, spec->descending ? WALK("received", "DESC") : WALK("received", "ASC"),
			"i", (gint64)folder);
	return base_query(
		base, spec->descending ? WALK("sent", "DESC") : WALK("sent", "ASC"), "i", (gint64)folder);
}

static gboolean
first_flat(StoreBase *base, FolderId folder, const StoreOrderSpec *spec, gsize count, GArray *entries)
{
	sqlite3_stmt *rows = walk(base, folder, spec);

	while (base_step(base, rows)) {
		StoreOrderEntry entry = {.id = sqlite3_column_int64(rows, 0),
			.thread_rows = 1,
			.matched = 1,
			.flags = (guint8)(sqlite3_column_int64(rows, 2) & MESSAGE_SETTABLE)};
		if (entries->len >= count) {
			base_reset(rows);
			return FALSE;
		}
		g_array_append_val(entries, entry);
	}
	return TRUE;
}

/* The thread's newest row in the folder itself. */
static RowId
newest_own(const GArray *rows)
{
	for (guint i = rows->len; i-- > 0;)
		if (!g_array_index(rows, OrderRow, i).foreign)
			return g_array_index(rows, OrderRow, i).id;
	return 0;
}

static void
append_thread(StoreBase *base, FolderId folder, const StoreOrderSpec *spec, gint64 tid, GArray *entries,
	RowId *newest)
{
	OrderRows loaded;

	order_rows_init(&loaded);
	order_load_thread(base, folder, spec, tid, &loaded);
	*newest = newest_own(loaded.rows);
	if (entries != NULL && loaded.rows->len > 0)
		tree_append(entries, (const OrderRow *)(void *)loaded.rows->data, loaded.rows->len,
			(const OrderLink *)(void *)loaded.links->data, loaded.links->len);
	order_rows_clear(&loaded);
}

/* Downwards the first row met of a thread is its newest; upwards the newest is looked up, and waited for. */
static gboolean
is_place_of(StoreBase *base, FolderId folder, const StoreOrderSpec *spec, gint64 tid, RowId id, StoreMap *met)
{
	gint64 *known = store_map_find(met, (guint64)tid);
	RowId newest = 0;

	if (spec->descending) {
		if (known == NULL)
			store_map_put(met, (guint64)tid, id);
		return known == NULL;
	}
	if (known == NULL) {
		append_thread(base, folder, spec, tid, NULL, &newest);
		store_map_put(met, (guint64)tid, newest);
		return newest == id;
	}
	return *known == id;
}

static gboolean
first_threads(StoreBase *base, FolderId folder, const StoreOrderSpec *spec, gsize count, GArray *entries)
{
	sqlite3_stmt *rows = walk(base, folder, spec);
	gboolean complete = TRUE;
	StoreMap met = {0};
	RowId newest;

	while (base_step(base, rows)) {
		RowId id = sqlite3_column_int64(rows, 0);
		gint64 tid = sqlite3_column_int64(rows, 1);
		if (!is_place_of(base, folder, spec, tid, id, &met))
			continue;
		if (entries->len >= count) {
			base_reset(rows);
			complete = FALSE;
			break;
		}
		append_thread(base, folder, spec, tid, entries, &newest);
	}
	store_map_clear(&met);
	return complete;
}

StoreOrder *
store_view_first(StoreView *view, FolderId folder, const StoreOrderSpec *spec, gsize count)
{
	GArray *entries;
	StoreBase *base = view_headers(view);
	gboolean complete;

	if (base != NULL && !is_walkable(spec))
		return store_view_order(view, folder, spec, NULL);
	entries = g_array_new(FALSE, FALSE, sizeof(StoreOrderEntry));
	if (base == NULL)
		return order_take(entries, FALSE);
	base_snapshot(base);
	complete = spec->threads ? first_threads(base, folder, spec, count, entries)
				 : first_flat(base, folder, spec, count, entries);
	base_release(base);
	return order_take(entries, complete && !base_failed(base, NULL));
}

/* ---- the whole ------------------------------------------------------------------------ */

static void
append_flat(const GArray *rows, gboolean descending, GArray *entries)
{
	g_array_set_size(entries, rows->len);
	for (guint i = 0; i < rows->len; i++) {
		const OrderRow *row = &g_array_index(rows, OrderRow, descending ? rows->len - 1 - i : i);
		StoreOrderEntry *entry = &g_array_index(entries, StoreOrderEntry, i);
		*entry =
			(StoreOrderEntry){.id = row->id, .thread_rows = 1, .flags = row->flags, .matched = 1};
	}
}

/*
 * Number the threads by their newest own row, the newest is 0. Where a thread
 * has several rows, one at least is not named as it: only those need a map.
 */
static void
number_threads(GArray *rows)
{
	StoreMap groups = {0};
	guint32 n = 0;

	for (guint i = 0; i < rows->len; i++) {
		const OrderRow *row = &g_array_index(rows, OrderRow, i);
		if (row->tid != row->id)
			store_map_put(&groups, (guint64)row->tid, -1);
	}
	for (guint pass = 0; pass < 2; pass++) {
		for (guint i = rows->len; i-- > 0;) {
			OrderRow *row = &g_array_index(rows, OrderRow, i);
			gint64 *known;
			if (row->foreign != pass)
				continue;
			known = store_map_find(&groups, (guint64)row->tid);
			if (known != NULL && *known < 0)
				*known = n++;
			row->group = known != NULL ? (guint32)*known : n++;
		}
	}
	store_map_clear(&groups);
}

static gint
compare_links(gconstpointer a, gconstpointer b)
{
	gint64 left = ((const OrderLink *)a)->tid, right = ((const OrderLink *)b)->tid;

	return (left > right) - (left < right);
}

static const OrderLink *
links_of(const GArray *links, gint64 tid, gsize *n)
{
	const OrderLink *all = (const OrderLink *)(void *)links->data;
	gsize low = 0, high = links->len, first;

	while (low < high) {
		gsize middle = (low + high) / 2;
		if (all[middle].tid < tid)
			low = middle + 1;
		else
			high = middle;
	}
	first = low;
	while (low < links->len && all[low].tid == tid)
		low++;
	*n = low - first;
	return all + first;
}

static gboolean
has_match(const OrderRow *rows, gsize n)
{
	for (gsize i = 0; i < n; i++)
		if (rows[i].matched)
			return TRUE;
	return FALSE;
}

static guint
end_of_group(const GArray *rows, guint first)
{
	guint32 group = g_array_index(rows, OrderRow, first).group;
	guint end = first + 1;

	while (end < rows->len && g_array_index(rows, OrderRow, end).group == group)
		end++;
	return end;
}

static guint
start_of_group(const GArray *rows, guint last)
{
	while (last > 0 &&
		g_array_index(rows, OrderRow, last - 1).group == g_array_index(rows, OrderRow, last).group)
		last--;
	return last;
}

static void
append_thread_rows(const OrderRows *loaded, guint start, guint end, GArray *entries)
{
	const OrderRow *first = &g_array_index(loaded->rows, OrderRow, start);
	const OrderLink *links = NULL;
	gsize n_links = 0;

	if (!has_match(first, end - start))
		return;
	if (end - start > 1 && loaded->links->len > 0)
		links = links_of(loaded->links, first->tid, &n_links);
	tree_append(entries, first, end - start, links, n_links);
}

static void
append_threads(OrderRows *loaded, gboolean descending, GArray *entries)
{
	const GArray *rows = loaded->rows;

	number_threads(loaded->rows);
	order_sort_groups(loaded->rows);
	g_array_sort(loaded->links, compare_links);
	for (guint at = 0; descending && at < rows->len;) {
		guint end = end_of_group(rows, at);
		append_thread_rows(loaded, at, end, entries);
		at = end;
	}
	for (guint end = rows->len; !descending && end > 0;) {
		guint start = start_of_group(rows, end - 1);
		append_thread_rows(loaded, start, end, entries);
		end = start;
	}
}

StoreOrder *
store_view_order(StoreView *view, FolderId folder, const StoreOrderSpec *spec, Cancel *cancel)
{
	g_autoptr(SearchWords) words = NULL;
	StoreBase *base = view_headers(view);
	GArray *entries;
	OrderRows loaded;
	gboolean done;

	if (base == NULL)
		return order_take(g_array_new(FALSE, FALSE, sizeof(StoreOrderEntry)), FALSE);
	order_rows_init(&loaded);
	base_snapshot(base);
	words = search_words_new(base, spec->words, cancel);
	done = !cancel_is_triggered(cancel) && order_load(base, folder, spec, words, cancel, &loaded);
	base_release(base);
	if (!done) {
		order_rows_clear(&loaded);
		return NULL;
	}
	entries = g_array_sized_new(FALSE, FALSE, sizeof(StoreOrderEntry), loaded.rows->len);
	if (spec->threads)
		append_threads(&loaded, spec->descending, entries);
	else
		append_flat(loaded.rows, spec->descending, entries);
	order_rows_clear(&loaded);
	return order_take(entries, TRUE);
}
