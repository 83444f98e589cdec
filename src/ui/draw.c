/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The frame: one line of truth at the top, panes, one line for what just
 * happened, one line of keys. Each draw fills the whole grid; the screen sends
 * what changed.
 */
#include "config.h"

#include "ui/core.h"

#include <string.h>

#include "ui/folders.h"
#include "ui/index.h"
#include "ui/pager.h"
#include "util/i18n.h"
#include "util/text.h"

#define LEAST_ROWS 6
#define LEAST_COLS 30
/* From so many rows on the message has a line of its own. */
#define TALL_ROWS 30
#define FOLDER_PANE_COLS 100
#define LATER_MS 50

static gboolean
on_draw(gpointer data)
{
	App *app = data;

	app->draw_source = 0;
	app_draw(app);
	return G_SOURCE_REMOVE;
}

void
app_dirty(App *app)
{
	if (app->draw_source)
		g_source_remove(app->draw_source);
	app->draw_source = g_idle_add_full(G_PRIORITY_DEFAULT + 10, on_draw, app, NULL);
}

void
app_dirty_later(App *app)
{
	gint64 since = (g_get_monotonic_time() - app->last_draw) / 1000;

	if (app->draw_source)
		return;
	if (since >= LATER_MS)
		app->draw_source = g_idle_add_full(G_PRIORITY_DEFAULT + 20, on_draw, app, NULL);
	else
		app->draw_source = g_timeout_add((guint)(LATER_MS - since), on_draw, app);
}

void
app_cursor(App *app, int y, int x, gboolean visible)
{
	app->cursor_y = y;
	app->cursor_x = x;
	app->cursor_visible = visible;
}

gboolean
app_has_folder_pane(App *app)
{
	View *top = app_top(app);

	return grid_rect(app->grid).cols >= FOLDER_PANE_COLS && !app->no_folder_pane &&
	       config_program(app->config)->folder_width > 0 && top && !(top->class->flags & VIEW_WHOLE);
}

static Layout
layout_now(App *app)
{
	Rect all = grid_rect(app->grid);

	if (app->layout != LAYOUT_AUTO)
		return app->layout;
	if (all.cols >= 160)
		return LAYOUT_COLUMNS;
	return all.cols >= 120 && all.rows >= 40 ? LAYOUT_STACKED : LAYOUT_SINGLE;
}

gboolean
app_is_split(App *app)
{
	View *top = app_top(app);

	return top && top->class == &pager_class && app->stack->len >= 2 &&
	       ((View *)g_ptr_array_index(app->stack, app->stack->len - 2))->class == &index_class &&
	       layout_now(app) != LAYOUT_SINGLE;
}

/* ---- the line at the top ----------------------------------------------------------------- */

static const EngineJob *
running_job(App *app)
{
	for (guint i = app->jobs->len; i-- > 0;) {
		const EngineJob *job = g_ptr_array_index(app->jobs, i);

		if (job->state == JOB_RUNNING)
			return job;
	}
	return NULL;
}

static UiAccount *
account_in_view(App *app)
{
	View *index = app_find(app, &index_class);

	return index ? index_account(index) : NULL;
}

/* What the connection does, when that is worth a word. The caller's. */
static char *
link_words(App *app)
{
	UiAccount *account = account_in_view(app);

	switch (account ? account->link : LINK_ONLINE) {
	case LINK_OFF:
		return g_strdup(_("offline"));
	case LINK_GUEST:
		return g_strdup(_("another Posthorn is on"));
	case LINK_CONNECTING:
		return g_strdup(_("connecting"));
	case LINK_WAITING:
		return g_strdup(_("offline"));
	case LINK_NEEDS_USER:
		return g_strdup(_("needs you: B"));
	default:
		return NULL;
	}
}

/* Returns the cells used at the right end. */
static int
draw_activity(App *app, Grid *grid, Rect row)
{
	const EngineJob *job = running_job(app);
	g_autofree char *words = NULL, *text = NULL, *safe = NULL;
	int bar = 0, cells;

	if (job && job->total > 0) {
		text = g_strdup_printf("%s %s %d %%", grid_glyph(grid, GLYPH_WORK), job->title,
			(int)(CLAMP(job->done, 0, job->total) * 100 / job->total));
		bar = row.cols >= 110 ? 12 : 0;
	} else if (job) {
		text = g_strdup_printf("%s %s", grid_glyph(grid, GLYPH_WORK), job->title);
	} else {
		words = link_words(app);
		if (!words)
			return 0;
		text = g_steal_pointer(&words);
	}
	safe = text_safe(text, -1, TEXT_MARKS);
	cells = MIN(text_cells(safe, -1), row.cols / 3);
	grid_column(grid, row, 0, row.cols - cells - 1 - (bar ? bar + 1 : 0), cells, STYLE_TITLE, safe);
	if (bar) {
		grid_bar(grid, row, 0, row.cols - bar - 1, bar, job->done, job->total);
		for (int x = row.cols - bar - 1; x < row.cols - 1; x++)
			grid_row(grid, row.y)[x].flags = 0;
	}
	return cells + 1 + (bar ? bar + 1 : 0);
}

static void
draw_title(App *app, Grid *grid, Rect row)
{
	View *view = app_focus(app);
	g_autofree char *right = NULL, *left = NULL, *safe_left = NULL, *safe_right = NULL;
	int used, x = 1, right_cells;

	grid_fill(grid, row, STYLE_TITLE);
	used = draw_activity(app, grid, row);
	if (!view)
		return;
	left = view->class->title(view, &right);
	safe_left = text_safe(left ? left : "", -1, TEXT_MARKS);
	safe_right = text_safe(right ? right : "", -1, TEXT_MARKS);
	right_cells = text_cells(safe_right, -1);
	if (row.cols >= 60)
		x = grid_text(grid, row, 0, x, STYLE_TITLE, "Posthorn") + 2;
	if (row.cols - used - right_cells - 3 < x + 10)
		right_cells = 0;
	grid_column(grid, row, 0, x, row.cols - used - right_cells - 3 - x, STYLE_TITLE_STRONG, safe_left);
	if (right_cells > 0)
		grid_text(grid, row, 0, row.cols - used - right_cells - 2, STYLE_TITLE, safe_right);
}

/* ---- the lines at the bottom ------------------------------------------------------------- */

static void
draw_hints(App *app, Grid *grid, Rect row)
{
	g_autoptr(GPtrArray) hints = app->prompt ? prompt_hints(app) : app_hints(app);
	/* The last one always stays. */
	g_auto(GStrv) last =
		hints->len > 0 ? g_strsplit(g_ptr_array_index(hints, hints->len - 1), "\t", 2) : NULL;
	int keep = last && last[0] ? text_cells(last[0], -1) + text_cells(last[1], -1) + 3 : 0, x = 1;

	grid_fill(grid, row, STYLE_HINT);
	for (guint i = 0; i < hints->len; i++) {
		g_auto(GStrv) hint = g_strsplit(g_ptr_array_index(hints, i), "\t", 2);
		int cells = text_cells(hint[0], -1) + 1 + text_cells(hint[1], -1);

		if (x + cells + (i + 1 < hints->len ? keep : 0) > row.cols)
			continue;
		if (*hint[0])
			x = grid_text(grid, row, 0, x, STYLE_HINT_KEY, hint[0]) + 1;
		x = grid_text(grid, row, 0, x, STYLE_HINT, hint[1]) + 2;
	}
	if (app->count > 0)
		grid_print(grid, row, 0, row.cols - 9, STYLE_HINT_KEY, " %u", app->count);
}

/* The message, wrapped over at most three lines that end at row `last`. Returns the rows taken. */
static int
draw_message(App *app, Grid *grid, Rect all, int last)
{
	g_auto(GStrv) lines = g_strsplit(app->message, "\n", -1);
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; lines[i]; i++) {
		g_autoptr(GPtrArray) wrapped = text_wrap(lines[i], all.cols - 2);

		for (guint k = 0; k < wrapped->len && rows->len < 3; k++)
			g_ptr_array_add(rows, g_strdup(g_ptr_array_index(wrapped, k)));
	}
	for (guint i = 0; i < rows->len; i++) {
		Rect row = rect_row(all, last - (int)rows->len + 1 + (int)i);

		grid_fill(grid, row, STYLE_MESSAGE);
		grid_text(grid, row, 0, 1, app->message_style, g_ptr_array_index(rows, i));
	}
	return (int)rows->len;
}

static void
draw_bottom(App *app, Grid *grid, Rect all)
{
	gboolean tall = all.rows >= TALL_ROWS;
	int hint_row = all.rows - 1;

	if (app->prompt) {
		int rows = prompt_rows(app->prompt, all.rows - 2, all.cols);

		draw_hints(app, grid, rect_row(all, hint_row));
		prompt_draw(app, grid, rect_rows(all, hint_row - rows, rows));
		return;
	}
	if (app->message && app->message_until && g_get_monotonic_time() > app->message_until)
		g_clear_pointer(&app->message, g_free);
	if (tall)
		grid_fill(grid, rect_row(all, hint_row - 1), STYLE_MESSAGE);
	if (!app->message || tall || key_reader_is_pending(app->reader) || app->mark_prefix)
		draw_hints(app, grid, rect_row(all, hint_row));
	if (app->message && (tall || !(key_reader_is_pending(app->reader) || app->mark_prefix)))
		draw_message(app, grid, all, tall ? hint_row - 1 : hint_row);
}

/* ---- panes ------------------------------------------------------------------------------- */

static void
draw_view(View *view, Grid *grid, Rect rect, gboolean focused)
{
	gboolean resized = view->pane.rows != rect.rows || view->pane.cols != rect.cols;

	view->pane = rect;
	if (resized && view->class->resized)
		view->class->resized(view);
	if (view->class->draw)
		view->class->draw(view, grid, rect, focused);
	else
		view_draw_list(view, grid, rect, focused);
}

static void
draw_split(App *app, Grid *grid, Rect body, gboolean focused)
{
	View *top = app_top(app), *index = g_ptr_array_index(app->stack, app->stack->len - 2);

	if (layout_now(app) == LAYOUT_COLUMNS) {
		int left = body.cols * 9 / 20;

		draw_view(index, grid, rect_columns(body, 0, left - 1), FALSE);
		grid_vertical(grid, body, left, STYLE_RULE);
		draw_view(top, grid, rect_columns(body, left + 2, body.cols - left - 2), focused);
	} else {
		int upper = MAX(body.rows / 3, 6);

		draw_view(index, grid, rect_rows(body, 0, upper), FALSE);
		grid_repeat(grid, body, upper, 0, body.cols, STYLE_RULE, GLYPH_HORIZONTAL);
		draw_view(top, grid, rect_rows(body, upper + 1, body.rows - upper - 1), focused);
	}
}

static void
draw_body(App *app, Grid *grid, Rect body)
{
	View *top = app_top(app);
	gboolean pane = app_has_folder_pane(app);

	if (app->in_folders && !pane) {
		draw_view(app->folders, grid, body, TRUE);
		return;
	}
	if (pane) {
		int width = (int)MIN(config_program(app->config)->folder_width, (guint)body.cols / 3);

		draw_view(app->folders, grid, rect_columns(body, 0, width), app->in_folders);
		grid_vertical(grid, body, width, STYLE_RULE);
		body = rect_columns(body, width + 1, body.cols - width - 1);
	}
	if (!top)
		return;
	if (app_is_split(app))
		draw_split(app, grid, body, !app->in_folders);
	else
		draw_view(top, grid, body, !app->in_folders);
}

static void
draw_too_small(Grid *grid)
{
	view_draw_words(grid, grid_rect(grid), 0, 0, STYLE_STRONG,
		_("This terminal is too small for Posthorn. Make it larger; all goes on."));
}

void
app_draw(App *app)
{
	Grid *grid = app->grid;
	Rect all = grid_rect(grid);

	if (app->foreground)
		return;
	if (app->draw_source) {
		g_source_remove(app->draw_source);
		app->draw_source = 0;
	}
	grid_set_ascii(grid, screen_wants_ascii(app->screen)
				     ? config_program(app->config)->ascii != CHOICE_NO
				     : config_program(app->config)->ascii == CHOICE_YES);
	app_refresh_folders(app);
	grid_clear(grid);
	app_cursor(app, all.rows - 1, 0, FALSE);
	if (all.rows < LEAST_ROWS || all.cols < LEAST_COLS) {
		draw_too_small(grid);
	} else {
		draw_body(app, grid, rect_rows(all, 1, all.rows - 2 - (all.rows >= TALL_ROWS)));
		draw_title(app, grid, rect_row(all, 0));
		draw_bottom(app, grid, all);
	}
	screen_show(app->screen, grid, app->cursor_y, app->cursor_x, app->cursor_visible);
	app->last_draw = g_get_monotonic_time();
}

void
app_resized(App *app)
{
	int rows, cols;

	screen_resize(app->screen);
	screen_size(app->screen, &rows, &cols);
	grid_resize(app->grid, rows, cols);
	app_draw(app);
}
