/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The order and what of it is visible. An order is an array that is never
 * changed; folding and acts under way only say which of it shows.
 */
#include "config.h"

#include "ui/index-state.h"

#include <string.h>

/* Rows kept in memory beyond those on the screen. */
#define ROWS_KEPT 600

guint
index_entry(const IndexView *index, guint row)
{
	return index->visible ? index->visible[row] : row;
}

RowId
index_row_id(const IndexView *index, guint row)
{
	if (!index->order || row >= index->list.count)
		return 0;
	return index->order->entries[index_entry(index, row)].id;
}

guint
index_root(const IndexView *index, guint entry)
{
	while (entry > 0 && index->order->entries[entry].thread_rows == 0)
		entry--;
	return entry;
}

gboolean
index_is_folded(const IndexView *index, guint entry)
{
	const StoreOrderEntry *root = &index->order->entries[entry];
	gboolean listed;

	if (!index->spec.threads || root->thread_rows < 2)
		return FALSE;
	listed = g_hash_table_contains(index->folded, &root->id);
	return index->fold_new ? !listed : listed;
}

void
index_fold(IndexView *index, guint root, gboolean fold)
{
	RowId id = index->order->entries[root].id;

	/* The set names the exceptions: folded ones, or with fold_new the open ones. */
	if (fold == index->fold_new)
		g_hash_table_remove(index->folded, &id);
	else
		g_hash_table_add(index->folded, g_memdup2(&id, sizeof id));
}

void
index_fold_all(IndexView *index, gboolean fold)
{
	g_hash_table_remove_all(index->folded);
	index->fold_new = fold;
}

/* Hidden by a limit that the server answered. */
static gboolean
is_left_out(const IndexView *index, RowId id)
{
	return index->only && !g_hash_table_contains(index->only, &id);
}

static gboolean
is_gone(const IndexView *index, RowId id)
{
	const Overlay *overlay = g_hash_table_lookup(index->overlay, &id);

	return overlay && overlay->gone;
}

static gboolean
hides_rows(const IndexView *index)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, index->overlay);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		if (((const Overlay *)value)->gone)
			return TRUE;
	return FALSE;
}

/* Fill visible; leaves it NULL when everything shows. */
static void
compute_visible(IndexView *index)
{
	gsize length = index->order ? index->order->length : 0;
	gboolean all = !hides_rows(index) && !index->only &&
		       (!index->spec.threads || (g_hash_table_size(index->folded) == 0 && !index->fold_new));
	guint count = 0;

	g_clear_pointer(&index->visible, g_free);
	index->visible_count = (guint)length;
	if (all || length == 0)
		return;
	index->visible = g_new(guint32, length);
	for (gsize i = 0; i < length; i++) {
		guint rest = index_is_folded(index, (guint)i) ? index->order->entries[i].thread_rows - 1 : 0;

		if (!is_gone(index, index->order->entries[i].id) &&
			!is_left_out(index, index->order->entries[i].id))
			index->visible[count++] = (guint32)i;
		i += MIN(rest, length - 1 - i);
	}
	index->visible_count = count;
}

guint
index_find_id(const IndexView *index, RowId id)
{
	for (guint row = 0; id != 0 && row < index->visible_count; row++)
		if (index->order->entries[index_entry(index, row)].id == id)
			return row;
	return G_MAXUINT;
}

/* Where the selected message went: itself, its first visible thread row, or what stood nearest below. */
static guint
find_again(IndexView *index, RowId id, guint old_row)
{
	guint row = index_find_id(index, id);
	RowId current;

	if (row != G_MAXUINT || id == 0)
		return row == G_MAXUINT ? old_row : row;
	for (gsize i = 0; index->order && index->spec.threads && i < index->order->length; i++)
		if (index->order->entries[i].id == id && !is_gone(index, id))
			return index_find_id(index, index->order->entries[index_root(index, (guint)i)].id);
	current = index->account->view ? store_view_current(index->account->view, id) : 0;
	row = current != id ? index_find_id(index, current) : G_MAXUINT;
	return row == G_MAXUINT ? old_row : row;
}

static void
keep_place(IndexView *index, RowId id, guint old_row, guint old_top)
{
	guint row, line = old_row - old_top;

	index->list.count = index->visible_count;
	row = find_again(index, id, old_row);
	/* At the top of the list new mail is seen: it pushes the rows down. Else the row stays under the eye.
	 */
	if (old_top == 0 && row != G_MAXUINT && row > old_row && row < MAX(index->list.page, 1)) {
		index->list.top = 0;
		list_select(&index->list, row);
	} else {
		list_keep(&index->list, row == G_MAXUINT ? old_row : row, line);
	}
}

void
index_refresh(IndexView *index)
{
	RowId id = index_row_id(index, index->list.selected);
	guint row = index->list.selected, top = index->list.top;

	compute_visible(index);
	keep_place(index, id, row, top);
}

void
index_take_order(IndexView *index, StoreOrder *order)
{
	RowId id = index_row_id(index, index->list.selected);
	guint row = index->list.selected, top = index->list.top;
	StoreOrder *old = index->order;

	index->order = order;
	g_clear_pointer(&index->visible, g_free);
	compute_visible(index);
	keep_place(index, id, row, top);
	if (old)
		store_order_free(old);
}

/* ---- rows -------------------------------------------------------------------------------- */

void
index_forget_rows(IndexView *index)
{
	g_hash_table_remove_all(index->rows);
}

void
index_need_rows(IndexView *index, guint from, guint count)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(RowId));
	g_autoptr(GPtrArray) rows = NULL;

	if (!index->account || !index->account->view || !index->order)
		return;
	if (index->stale || g_hash_table_size(index->rows) > ROWS_KEPT)
		index_forget_rows(index);
	index->stale = FALSE;
	for (guint row = from; row < index->list.count && row < from + count; row++) {
		RowId id = index_row_id(index, row);

		if (!g_hash_table_contains(index->rows, &id))
			g_array_append_val(ids, id);
	}
	if (ids->len == 0)
		return;
	rows = store_view_rows(index->account->view, (const RowId *)ids->data, ids->len);
	for (guint i = 0; rows && i < rows->len && i < ids->len; i++) {
		RowId id = g_array_index(ids, RowId, i);
		StoreRow *row = g_ptr_array_index(rows, i);

		if (row)
			g_hash_table_insert(index->rows, g_memdup2(&id, sizeof id), store_row_copy(row));
	}
}

const StoreRow *
index_row(IndexView *index, guint row)
{
	RowId id = index_row_id(index, row);

	if (id == 0)
		return NULL;
	if (!g_hash_table_contains(index->rows, &id) || index->stale)
		index_need_rows(index, row, 1);
	return g_hash_table_lookup(index->rows, &id);
}

/* ---- acts under way ---------------------------------------------------------------------- */

void
index_overlay(View *view, guint ticket, const RowId *rows, gsize count, guint add_flags, guint remove_flags,
	gboolean gone)
{
	IndexView *index = (IndexView *)view;

	for (gsize i = 0; i < count; i++) {
		Overlay *overlay = g_new0(Overlay, 1);

		*overlay = (Overlay){ticket, add_flags, remove_flags, gone, FALSE};
		g_hash_table_insert(index->overlay, g_memdup2(&rows[i], sizeof rows[i]), overlay);
		if (gone && view->marked)
			g_hash_table_remove(view->marked, &rows[i]);
	}
	if (gone)
		index_refresh(index);
}

void
index_settle_overlay(IndexView *index)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, index->overlay);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		if (((Overlay *)value)->settled)
			g_hash_table_iter_remove(&iter);
}

guint
index_flags(View *view, const StoreRow *row)
{
	IndexView *index = (IndexView *)view;
	const Overlay *overlay = g_hash_table_lookup(index->overlay, &row->id);

	if (!overlay)
		return row->flags;
	return (row->flags & ~overlay->remove_flags) | overlay->add_flags | MESSAGE_PENDING;
}
