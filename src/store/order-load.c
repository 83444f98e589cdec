/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rows that an order is made of: the folder's own by one scan over their
 * ids, then those of other folders in the same threads, and the ghosts that
 * have a parent. Rows that are not shown here still lead from a reply to what
 * it answers: these become links.
 */
#include "config.h"

#include "store/view-private.h"

#include "store/map.h"

#define CANCEL_EVERY 4096
/* A folder with more than this share of the account's rows: reading all of an index is less than asking it
 * for each thread. */
#define SCAN_SHARE 8

/* What an order is loaded with. */
typedef struct {
	StoreBase *base;
	FolderId folder;
	const StoreOrderSpec *spec;
	const SearchWords *words;
	GHashTable *private_folders;
	OrderRows *out;
} Loading;

void
order_rows_init(OrderRows *rows)
{
	rows->rows = g_array_new(FALSE, FALSE, sizeof(OrderRow));
	rows->links = g_array_new(FALSE, FALSE, sizeof(OrderLink));
}

void
order_rows_clear(OrderRows *rows)
{
	g_clear_pointer(&rows->rows, g_array_unref);
	g_clear_pointer(&rows->links, g_array_unref);
}

GHashTable *
order_private_folders(StoreBase *headers)
{
	GHashTable *folders = g_hash_table_new(NULL, NULL);
	sqlite3_stmt *rows =
		base_query(headers, "SELECT id FROM folder WHERE hidden = 1 OR role IN (?, ?, ?)", "iii",
			(gint64)ROLE_TRASH, (gint64)ROLE_JUNK, (gint64)ROLE_DRAFTS);

	while (base_step(headers, rows))
		g_hash_table_add(folders, GINT_TO_POINTER(sqlite3_column_int(rows, 0)));
	return folders;
}

/* ---- one row ------------------------------------------------------------------------ */

/* What an order by date needs stands first in the record; the rest is read only where it is sorted or limited
 * by. */
#define LEAN_COLUMNS "id, tid, sent, flags, node, up, received"
#define RICH_COLUMNS LEAN_COLUMNS ", person, subject, recipients, size, look, prefix"

static gboolean
is_rich(const Loading *loading)
{
	SortKey key = loading->spec->key;

	return loading->words != NULL ||
	       (!loading->spec->threads && key != SORT_DATE && key != SORT_RECEIVED);
}

static gint64
sort_key(const Loading *loading, sqlite3_stmt *query)
{
	static const gint64 importance[] = {
		[PRIORITY_NORMAL] = 1, [PRIORITY_HIGH] = 2, [PRIORITY_LOW] = 0, 1};

	if (loading->spec->key == SORT_RECEIVED)
		return sqlite3_column_int64(query, 6);
	if (loading->spec->threads)
		return sqlite3_column_int64(query, 2);
	switch (loading->spec->key) {
	case SORT_FROM:
		return sqlite3_column_int64(query, 7);
	case SORT_SUBJECT:
		return sqlite3_column_int64(query, 8);
	case SORT_TO:
		return sqlite3_column_int64(query, 9);
	case SORT_SIZE:
		return sqlite3_column_int64(query, 10);
	case SORT_PRIORITY:
		return importance[sqlite3_column_int(query, 11) & LOOK_PRIORITY];
	default:
		return sqlite3_column_int64(query, 2);
	}
}

static gboolean
matches(const Loading *loading, guint32 flags, sqlite3_stmt *query)
{
	const StoreOrderSpec *spec = loading->spec;

	if (spec->unread_only && flags & MESSAGE_SEEN)
		return FALSE;
	if (spec->flagged_only && !(flags & MESSAGE_FLAGGED))
		return FALSE;
	return loading->words == NULL ||
	       search_words_match(loading->words, sqlite3_column_int64(query, 8),
		       sqlite3_column_int64(query, 7), (const char *)sqlite3_column_text(query, 12));
}

static void
read_row(const Loading *loading, sqlite3_stmt *query, OrderRow *row)
{
	gint64 tid = sqlite3_column_int64(query, 1);
	guint32 flags = (guint32)sqlite3_column_int64(query, 3);

	row->id = sqlite3_column_int64(query, 0);
	row->tid = tid != 0 ? tid : row->id;
	row->key = sort_key(loading, query);
	row->node = (guint64)sqlite3_column_int64(query, 4);
	row->up = (guint64)sqlite3_column_int64(query, 5);
	row->group = 0;
	row->flags = (guint8)(flags & MESSAGE_SETTABLE);
	row->foreign = ROW_FOLDER(row->id) != loading->folder;
	row->matched = row->foreign ? FALSE : matches(loading, flags, query);
}

/* Shown, or only a link between what is. */
static void
add_row(const Loading *loading, sqlite3_stmt *query)
{
	OrderRow row;
	OrderLink link;

	read_row(loading, query, &row);
	if (!row.foreign || (loading->spec->elsewhere && !g_hash_table_contains(loading->private_folders,
								 GINT_TO_POINTER(ROW_FOLDER(row.id))))) {
		g_array_append_val(loading->out->rows, row);
		return;
	}
	if (row.node == 0 || row.up == 0)
		return;
	link = (OrderLink){row.tid, row.node, row.up};
	g_array_append_val(loading->out->links, link);
}

static void
add_link(const Loading *loading, gint64 tid, guint64 node, guint64 up)
{
	OrderLink link = {tid, node, up};

	g_array_append_val(loading->out->links, link);
}

/* ---- one thread ---------------------------------------------------------------------- */

static void
load_thread_rows(const Loading *loading, gint64 tid)
{
	sqlite3_stmt *query = base_query(loading->base,
		is_rich(loading)
			? "SELECT " RICH_COLUMNS " FROM message WHERE tid = ?1 UNION ALL SELECT " RICH_COLUMNS
			  " FROM message WHERE id = ?1 AND tid IS NULL"
			: "SELECT " LEAN_COLUMNS " FROM message WHERE tid = ?1 UNION ALL SELECT " LEAN_COLUMNS
			  " FROM message WHERE id = ?1 AND tid IS NULL",
		"i", tid);

	while (base_step(loading->base, query))
		add_row(loading, query);
}

static void
load_thread_ghosts(const Loading *loading, gint64 tid)
{
	sqlite3_stmt *query = base_query(loading->base, "SELECT h, up FROM ghost WHERE tid = ?", "i", tid);

	while (base_step(loading->base, query))
		add_link(loading, tid, (guint64)sqlite3_column_int64(query, 0),
			(guint64)sqlite3_column_int64(query, 1));
}

void
order_load_thread(
	StoreBase *headers, FolderId folder, const StoreOrderSpec *spec, gint64 tid, OrderRows *rows)
{
	g_autoptr(GHashTable) private_folders = order_private_folders(headers);
	Loading loading = {.base = headers,
		.folder = folder,
		.spec = spec,
		.private_folders = private_folders,
		.out = rows};

	load_thread_rows(&loading, tid);
	if (rows->rows->len > 1)
		load_thread_ghosts(&loading, tid);
	order_sort(rows->rows);
}

/* ---- a whole folder -------------------------------------------------------------------- */

static gboolean
load_own(const Loading *loading, Cancel *cancel)
{
	gint64 first = ROW_ID(loading->folder, 0), last = ROW_ID(loading->folder + 1, 0) - 1;
	sqlite3_stmt *query = base_query(loading->base,
		is_rich(loading) ? "SELECT " RICH_COLUMNS " FROM message WHERE id BETWEEN ? AND ?"
				 : "SELECT " LEAN_COLUMNS " FROM message WHERE id BETWEEN ? AND ?",
		"ii", first, last);
	GArray *rows = loading->out->rows;
	OrderRow row;

	while (base_step(loading->base, query)) {
		if (rows->len % CANCEL_EVERY == 0 && cancel_is_triggered(cancel)) {
			base_reset(query);
			return FALSE;
		}
		read_row(loading, query, &row);
		if (row.matched || loading->spec->threads)
			g_array_append_val(rows, row);
	}
	return !base_failed(loading->base, NULL);
}

static void
load_foreign_row(const Loading *loading, gint64 id)
{
	sqlite3_stmt *query =
		base_query(loading->base, "SELECT " LEAN_COLUMNS " FROM message WHERE id = ?", "i", id);

	if (base_step(loading->base, query)) {
		add_row(loading, query);
		base_reset(query);
	}
}

/* All members of threads that are not named by themselves, of any folder. */
static void
scan_members(const Loading *loading, const StoreMap *tids, GArray *found)
{
	sqlite3_stmt *query = base_query(loading->base,
		"SELECT id, tid FROM message INDEXED BY message_tid WHERE tid IS NOT NULL", "");

	while (base_step(loading->base, query)) {
		gint64 id = sqlite3_column_int64(query, 0);
		if (ROW_FOLDER(id) != loading->folder &&
			store_map_find(tids, (guint64)sqlite3_column_int64(query, 1)) != NULL)
			g_array_append_val(found, id);
	}
}

static void
probe_members(const Loading *loading, gint64 tid, GArray *found)
{
	sqlite3_stmt *query = base_query(loading->base, "SELECT id FROM message WHERE tid = ?", "i", tid);

	while (base_step(loading->base, query)) {
		gint64 id = sqlite3_column_int64(query, 0);
		if (ROW_FOLDER(id) != loading->folder)
			g_array_append_val(found, id);
	}
}

static gboolean
names_itself(const Loading *loading, gint64 tid)
{
	return tid > 0 && ROW_FOLDER(tid) != loading->folder &&
	       base_integer(
		       loading->base, 0, "SELECT 1 FROM message WHERE id = ? AND tid IS NULL", "i", tid) != 0;
}

static void
load_foreign(const Loading *loading, const StoreMap *tids, gboolean scan)
{
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(gint64));

	if (scan)
		scan_members(loading, tids, found);
	for (gsize i = 0; tids->entries != NULL && i <= tids->mask; i++) {
		gint64 tid = (gint64)tids->entries[i].key;
		if (tid == 0)
			continue;
		if (!scan)
			probe_members(loading, tid, found);
		if (names_itself(loading, tid))
			g_array_append_val(found, tid);
	}
	for (guint i = 0; i < found->len; i++)
		load_foreign_row(loading, g_array_index(found, gint64, i));
}

/* Only of threads with several rows here: one alone has no tree. */
static void
load_ghosts(const Loading *loading, const StoreMap *tids, gboolean scan)
{
	sqlite3_stmt *query;

	if (!scan) {
		for (gsize i = 0; tids->entries != NULL && i <= tids->mask; i++)
			if (tids->entries[i].key != 0 && tids->entries[i].value > 1)
				load_thread_ghosts(loading, (gint64)tids->entries[i].key);
		return;
	}
	query = base_query(loading->base, "SELECT tid, h, up FROM ghost", "");
	while (base_step(loading->base, query)) {
		gint64 tid = sqlite3_column_int64(query, 0);
		gint64 *rows = store_map_find(tids, (guint64)tid);
		if (rows != NULL && *rows > 1)
			add_link(loading, tid, (guint64)sqlite3_column_int64(query, 1),
				(guint64)sqlite3_column_int64(query, 2));
	}
}

/* How many rows here each thread has; only of those with several, where no other folder can have more of the
 * others. */
static void
count_threads(const GArray *rows, gboolean several, StoreMap *tids)
{
	if (!several)
		store_map_reserve(tids, rows->len);
	for (guint i = 0; i < rows->len; i++) {
		const OrderRow *row = &g_array_index(rows, OrderRow, i);
		gint64 *known = store_map_find(tids, (guint64)row->tid);
		if (known != NULL)
			++*known;
		else if (!several)
			store_map_put(tids, (guint64)row->tid, 1);
		else if (row->tid != row->id)
			store_map_put(tids, (guint64)row->tid, 2);
	}
}

static void
load_threads(const Loading *loading)
{
	gint64 all = base_integer(loading->base, 0, "SELECT sum(total) FROM folder", "");
	gint64 own = loading->out->rows->len;
	gboolean scan = own * SCAN_SHARE > all;
	StoreMap tids = {0};

	count_threads(loading->out->rows, all == own, &tids);
	if (all > own)
		load_foreign(loading, &tids, scan);
	if (loading->out->rows->len > own) {
		store_map_clear(&tids);
		count_threads(loading->out->rows, TRUE, &tids);
	}
	load_ghosts(loading, &tids, scan);
	store_map_clear(&tids);
}

static void
load_one_thread(const Loading *loading)
{
	GArray *rows = loading->out->rows;

	load_thread_rows(loading, loading->spec->thread);
	if (loading->spec->threads) {
		load_thread_ghosts(loading, loading->spec->thread);
		return;
	}
	for (guint i = rows->len; i-- > 0;)
		if (!g_array_index(rows, OrderRow, i).matched)
			g_array_remove_index(rows, i);
}

gboolean
order_load(StoreBase *headers, FolderId folder, const StoreOrderSpec *spec, const SearchWords *words,
	Cancel *cancel, OrderRows *rows)
{
	g_autoptr(GHashTable) private_folders = order_private_folders(headers);
	Loading loading = {.base = headers,
		.folder = folder,
		.spec = spec,
		.words = words,
		.private_folders = private_folders,
		.out = rows};
	gboolean by_text = !spec->threads &&
			   (spec->key == SORT_FROM || spec->key == SORT_TO || spec->key == SORT_SUBJECT);

	if (spec->thread != 0)
		load_one_thread(&loading);
	else if (!load_own(&loading, cancel))
		return FALSE;
	else if (spec->threads)
		load_threads(&loading);
	if (cancel_is_triggered(cancel))
		return FALSE;
	if (by_text && !order_rank(headers, spec->key, rows->rows, cancel))
		return FALSE;
	order_sort(rows->rows);
	return !base_failed(headers, NULL);
}
