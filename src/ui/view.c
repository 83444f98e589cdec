/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/view.h"

#include "ui/core.h"
#include "util/i18n.h"
#include "util/text.h"

void
view_init(View *view, const ViewClass *class, App *app, List *list)
{
	view->class = class;
	view->app = app;
	view->id = ++app->next_view_id;
	view->keymap = keymap_new(class->tables);
	view->list = list;
	if (class->row_key)
		view->marked = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
}

void
view_free(View *view)
{
	if (!view)
		return;
	keymap_free(view->keymap);
	g_free(view->search);
	/* NULL from here on: what the class frees may look at the marks once more. */
	g_clear_pointer(&view->marked, g_hash_table_destroy);
	view->class->free(view);
}

gboolean
view_is_marked(const View *view, guint row)
{
	gint64 key;

	if (!view->marked || g_hash_table_size(view->marked) == 0)
		return FALSE;
	key = view->class->row_key((View *)view, row);
	return g_hash_table_contains(view->marked, &key);
}

void
view_set_marked(View *view, guint row, gboolean marked)
{
	gint64 key;

	if (!view->marked)
		return;
	key = view->class->row_key(view, row);
	if (marked) {
		g_hash_table_add(view->marked, g_memdup2(&key, sizeof key));
		view->last_mark = key;
	} else {
		g_hash_table_remove(view->marked, &key);
	}
}

guint
view_mark_count(const View *view)
{
	return view->marked ? g_hash_table_size(view->marked) : 0;
}

void
view_clear_marks(View *view)
{
	if (view->marked)
		g_hash_table_remove_all(view->marked);
}

guint
view_has(View *view)
{
	guint has = view->class->has ? view->class->has(view) : 0;

	if (view->app->accounts->len > 0)
		has |= NEEDS_ACCOUNT;
	if (view->list && view->list->count > 0)
		has |= NEEDS_ENTRY;
	if (view_mark_count(view) > 0)
		has |= NEEDS_MARKS;
	if (view->search)
		has |= NEEDS_SEARCH;
	return has;
}

void
view_draw_list(View *view, Grid *grid, Rect rect, gboolean focused)
{
	List *list = view->list;

	list_set_page(list, (guint)MAX(rect.rows, 1));
	if (list->count == 0 && view->class->empty)
		view_draw_words(grid, rect, 1, 2, STYLE_DIM, _(view->class->empty));
	for (int y = 0; y < rect.rows && list->top + (guint)y < list->count; y++) {
		guint row = list->top + (guint)y;
		Rect line = rect_row(rect, y);

		view->class->row(view, grid, line, row);
		if (row != list->selected)
			continue;
		if (focused)
			app_cursor(view->app, line.y, line.x, FALSE);
		grid_flag(grid, line, focused ? CELL_SELECTED : CELL_BOLD);
	}
}

int
view_draw_words(Grid *grid, Rect rect, int y, int indent, StyleId style, const char *words)
{
	g_auto(GStrv) lines = g_strsplit(words, "\n", -1);

	for (guint i = 0; lines[i]; i++) {
		g_autofree char *safe = text_safe(lines[i], -1, TEXT_MARKS);
		g_autoptr(GPtrArray) wrapped = text_wrap(safe, MAX(rect.cols - indent - 1, 8));

		for (guint k = 0; k < wrapped->len; k++)
			grid_text(grid, rect, y++, indent, style, g_ptr_array_index(wrapped, k));
		if (wrapped->len == 0)
			y++;
	}
	return y;
}

void
view_close_command(View *view, const CommandCall *call)
{
	(void)call;
	app_close(view->app, view);
}
