/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/grid.h"

#include <string.h>

#include "util/text.h"

struct Grid {
	int rows, cols;
	gboolean ascii;
	Cell *cells; /* rows * cols */
};

/* By Glyph: Unicode, ASCII. */
static const char *const glyphs[GLYPH_COUNT_OF][2] = {
	[GLYPH_VERTICAL] = {"│", "|"},
	[GLYPH_HORIZONTAL] = {"─", "-"},
	[GLYPH_TEE_RIGHT] = {"├", "|"},
	[GLYPH_CORNER] = {"└", "`"},
	[GLYPH_TEE_UP] = {"┴", "+"},
	[GLYPH_TEE_DOWN] = {"┬", "+"},
	[GLYPH_BULLET] = {"●", "N"},
	[GLYPH_RING] = {"○", "O"},
	[GLYPH_FOLDED] = {"▸", ">"},
	[GLYPH_OPEN] = {"▾", "+"},
	[GLYPH_ELLIPSIS] = {"…", "~"},
	[GLYPH_DOT] = {"·", "-"},
	[GLYPH_CHECK] = {"✓", "+"},
	[GLYPH_CROSS] = {"✗", "x"},
	[GLYPH_WORK] = {"⇅", "*"},
	[GLYPH_WAIT] = {"…", "."},
	[GLYPH_PENDING] = {"⋯", "~"},
	[GLYPH_BAR_FULL] = {"█", "#"},
	[GLYPH_BAR_EMPTY] = {"░", "."},
	[GLYPH_MASK] = {"•", "*"},
	[GLYPH_PATH] = {"▸", ">"},
	[GLYPH_DASH] = {"—", "-"},
};

Grid *
grid_new(int rows, int cols)
{
	Grid *grid = g_new0(Grid, 1);

	grid_resize(grid, rows, cols);
	return grid;
}

void
grid_free(Grid *grid)
{
	if (!grid)
		return;
	g_free(grid->cells);
	g_free(grid);
}

void
grid_resize(Grid *grid, int rows, int cols)
{
	grid->rows = MAX(rows, 1);
	grid->cols = MAX(cols, 1);
	g_free(grid->cells);
	grid->cells = g_new0(Cell, (gsize)grid->rows * (gsize)grid->cols);
	grid_clear(grid);
}

void
grid_set_ascii(Grid *grid, gboolean ascii)
{
	grid->ascii = ascii;
}

gboolean
grid_is_ascii(const Grid *grid)
{
	return grid->ascii;
}

const char *
grid_glyph(const Grid *grid, Glyph glyph)
{
	return glyphs[glyph][grid->ascii ? 1 : 0];
}

Rect
grid_rect(const Grid *grid)
{
	return (Rect){0, 0, grid->rows, grid->cols};
}

Cell *
grid_row(Grid *grid, int y)
{
	g_assert(y >= 0 && y < grid->rows);
	return grid->cells + (gsize)y * (gsize)grid->cols;
}

void
grid_clear(Grid *grid)
{
	grid_fill(grid, grid_rect(grid), STYLE_NORMAL);
}

Rect
rect_rows(Rect rect, int y, int rows)
{
	int top = CLAMP(y, 0, MAX(rect.rows, 0));
	int bottom = CLAMP(y + rows, top, MAX(rect.rows, 0));

	return (Rect){rect.y + top, rect.x, bottom - top, rect.cols};
}

Rect
rect_row(Rect rect, int y)
{
	return rect_rows(rect, y, 1);
}

Rect
rect_columns(Rect rect, int x, int cols)
{
	int left = CLAMP(x, 0, MAX(rect.cols, 0));
	int right = CLAMP(x + cols, left, MAX(rect.cols, 0));

	return (Rect){rect.y, rect.x + left, rect.rows, right - left};
}

/* The part of rect that is on the grid. */
static Rect
on_grid(const Grid *grid, Rect rect)
{
	int top = CLAMP(rect.y, 0, grid->rows), left = CLAMP(rect.x, 0, grid->cols);
	int bottom = CLAMP(rect.y + rect.rows, top, grid->rows),
	    right = CLAMP(rect.x + rect.cols, left, grid->cols);

	return (Rect){top, left, bottom - top, right - left};
}

static void
cell_blank(Cell *cell, StyleId style)
{
	memset(cell, 0, sizeof *cell);
	cell->chars[0] = ' ';
	cell->style = (guint8)style;
}

/* About to write over [x, x + cells): halves of wide characters that stick out on either side go. */
static void
cut_halves(Cell *row, int cols, int x, int cells)
{
	if (x > 0 && x < cols && row[x].chars[0] == 0)
		cell_blank(&row[x - 1], row[x - 1].style);
	if (x + cells < cols && row[x + cells].chars[0] == 0)
		cell_blank(&row[x + cells], row[x + cells].style);
}

void
grid_fill(Grid *grid, Rect rect, StyleId style)
{
	Rect r = on_grid(grid, rect);

	for (int y = r.y; y < r.y + r.rows && r.cols > 0; y++) {
		Cell *row = grid_row(grid, y);

		cut_halves(row, grid->cols, r.x, r.cols);
		for (int x = r.x; x < r.x + r.cols; x++)
			cell_blank(&row[x], style);
	}
}

void
grid_flag(Grid *grid, Rect rect, guint flags)
{
	Rect r = on_grid(grid, rect);

	for (int y = r.y; y < r.y + r.rows; y++)
		for (int x = r.x; x < r.x + r.cols; x++)
			grid_row(grid, y)[x].flags |= (guint8)flags;
}

void
grid_restyle(Grid *grid, Rect rect, StyleId style)
{
	Rect r = on_grid(grid, rect);

	for (int y = r.y; y < r.y + r.rows; y++)
		for (int x = r.x; x < r.x + r.cols; x++)
			grid_row(grid, y)[x].style = (guint8)style;
}

static void
add_combining(Cell *cell, gunichar c)
{
	for (guint i = 1; i < G_N_ELEMENTS(cell->chars); i++)
		if (cell->chars[i] == 0) {
			cell->chars[i] = c;
			return;
		}
}

/* Put one character of cells at grid position; left..right is what may be touched. */
static void
put(Grid *grid, Cell *row, int left, int right, int x, int cells, gunichar c, StyleId style, guint flags)
{
	int from = MAX(x, left), to = MIN(x + cells, right);

	if (from >= to)
		return;
	cut_halves(row, grid->cols, from, to - from);
	for (int i = from; i < to; i++) {
		cell_blank(&row[i], style);
		row[i].flags = (guint8)flags;
	}
	if (from != x || to != x + cells)
		return; /* cut in half by an edge: blanks */
	row[x].chars[0] = c;
	if (cells == 2)
		row[x + 1].chars[0] = 0;
}

int
grid_text_flags(
	Grid *grid, Rect rect, int y, int x, StyleId style, guint flags, const char *text, gssize length)
{
	Rect r = on_grid(grid, rect);
	int at = rect.x + x, gy = rect.y + y;
	gboolean visible = y >= 0 && y < rect.rows && gy >= r.y && gy < r.y + r.rows;
	const char *end = length < 0 ? NULL : text + length;
	Cell *row = visible ? grid_row(grid, gy) : NULL, *base = NULL;

	for (const char *p = text; p && (end ? p < end : *p != '\0');) {
		gunichar c = g_utf8_get_char_validated(p, end ? end - p : -1);
		int cells;

		if (c == (gunichar)-1 || c == (gunichar)-2) {
			c = 0xfffd;
			p++;
		} else {
			p = g_utf8_next_char(p);
		}
		if (c < 0x20 || (c >= 0x7f && c < 0xa0))
			c = 0xfffd;
		cells = text_char_cells(c);
		if (cells <= 0) {
			if (base)
				add_combining(base, c);
			continue;
		}
		if (visible)
			put(grid, row, r.x, r.x + r.cols, at, cells, c, style, flags);
		base = visible && at >= r.x && at + cells <= r.x + r.cols ? &row[at] : NULL;
		at += cells;
		if (end == NULL && at > r.x + r.cols + 4096)
			break; /* far outside; nobody needs the exact end */
	}
	return at - rect.x;
}

int
grid_text(Grid *grid, Rect rect, int y, int x, StyleId style, const char *text)
{
	return grid_text_flags(grid, rect, y, x, style, 0, text ? text : "", -1);
}

int
grid_print(Grid *grid, Rect rect, int y, int x, StyleId style, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	return grid_text(grid, rect, y, x, style, text);
}

static int
column(Grid *grid, Rect rect, int y, int x, int cells, StyleId style, const char *text, gboolean right)
{
	g_autofree char *cut = NULL;

	if (cells <= 0)
		return x;
	cut = text_column(text ? text : "", cells, right, grid->ascii);
	grid_text(grid, rect, y, x, style, cut);
	return x + cells;
}

int
grid_column(Grid *grid, Rect rect, int y, int x, int cells, StyleId style, const char *text)
{
	return column(grid, rect, y, x, cells, style, text, FALSE);
}

int
grid_column_right(Grid *grid, Rect rect, int y, int x, int cells, StyleId style, const char *text)
{
	return column(grid, rect, y, x, cells, style, text, TRUE);
}

int
grid_repeat(Grid *grid, Rect rect, int y, int x, int count, StyleId style, Glyph glyph)
{
	for (int i = 0; i < count; i++)
		x = grid_text(grid, rect, y, x, style, grid_glyph(grid, glyph));
	return x;
}

void
grid_vertical(Grid *grid, Rect rect, int x, StyleId style)
{
	for (int y = 0; y < rect.rows; y++)
		grid_text(grid, rect, y, x, style, grid_glyph(grid, GLYPH_VERTICAL));
}

int
grid_bar(Grid *grid, Rect rect, int y, int x, int cells, gint64 done, gint64 total)
{
	int full = total > 0 ? (int)((double)CLAMP(done, 0, total) / (double)total * cells) : 0;

	x = grid_repeat(grid, rect, y, x, full, STYLE_BAR, GLYPH_BAR_FULL);
	return grid_repeat(grid, rect, y, x, cells - full, STYLE_RULE, GLYPH_BAR_EMPTY);
}

char *
grid_string(Grid *grid, int y)
{
	GString *out = g_string_new(NULL);
	const Cell *row = grid_row(grid, y);

	for (int x = 0; x < grid->cols; x++)
		for (guint i = 0; i < G_N_ELEMENTS(row[x].chars) && row[x].chars[i]; i++)
			g_string_append_unichar(out, row[x].chars[i]);
	while (out->len > 0 && out->str[out->len - 1] == ' ')
		g_string_truncate(out, out->len - 1);
	return g_string_free(out, FALSE);
}
