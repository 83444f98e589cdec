/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * grid.h - the picture of the screen as cells, drawn into by rectangles.
 *
 * Pure: no terminal. Whatever is drawn is clipped to its rectangle; a wide
 * character that would cross the edge becomes blanks; overwriting half of one
 * clears the other half. Text given here passed text_safe(); a control that
 * slipped through is drawn as U+FFFD all the same.
 */
#pragma once

#include <glib.h>

#include "ui/style.h"
#include "util/limits.h"

typedef struct {
	int y, x, rows, cols;
} Rect;

typedef enum {
	CELL_SELECTED = 1 << 0, /* on the paper of STYLE_SELECTED */
	CELL_BOLD = 1 << 1,
	CELL_ITALIC = 1 << 2,
	CELL_UNDERLINE = 1 << 3,
} CellFlags;

typedef struct {
	gunichar chars[1 + LIMIT_COMBINING_CELL]; /* 0-terminated unless full; chars[0] 0: right half of a
						     wide one */
	guint8 style;
	guint8 flags;
} Cell;

/* Signs of our own, each one cell in both spellings. */
typedef enum {
	GLYPH_VERTICAL,
	GLYPH_HORIZONTAL,
	GLYPH_TEE_RIGHT, /* ├ */
	GLYPH_CORNER,    /* └ */
	GLYPH_TEE_UP,    /* ┴ */
	GLYPH_TEE_DOWN,  /* ┬ */
	GLYPH_BULLET,    /* ● new */
	GLYPH_RING,      /* ○ unread from before */
	GLYPH_FOLDED,    /* ▸ */
	GLYPH_OPEN,      /* ▾ */
	GLYPH_ELLIPSIS,
	GLYPH_DOT, /* · */
	GLYPH_CHECK,
	GLYPH_CROSS,
	GLYPH_WORK,    /* ⇅ */
	GLYPH_WAIT,    /* … */
	GLYPH_PENDING, /* ⋯ under way */
	GLYPH_BAR_FULL,
	GLYPH_BAR_EMPTY,
	GLYPH_MASK, /* a hidden character */
	GLYPH_PATH, /* between account and folder */
	GLYPH_DASH,
	GLYPH_COUNT_OF,
} Glyph;

typedef struct Grid Grid;

Grid *grid_new(int rows, int cols);
void grid_free(Grid *grid);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Grid, grid_free)
/* Clears as well. */
void grid_resize(Grid *grid, int rows, int cols);
void grid_set_ascii(Grid *grid, gboolean ascii);
gboolean grid_is_ascii(const Grid *grid);
const char *grid_glyph(const Grid *grid, Glyph glyph); /* static, UTF-8 */

Rect grid_rect(const Grid *grid);
Cell *grid_row(Grid *grid, int y); /* its cells; for the screen and for tests */
void grid_clear(Grid *grid);

/* Parts of a rectangle; what does not fit is empty. */
Rect rect_row(Rect rect, int y);
Rect rect_rows(Rect rect, int y, int rows);
Rect rect_columns(Rect rect, int x, int cols);

/* y and x count from the rectangle's corner. */
void grid_fill(Grid *grid, Rect rect, StyleId style);
/* Give cells a flag on top of what is drawn (the selected row). */
void grid_flag(Grid *grid, Rect rect, guint flags);
/* As a style, keeping the text. */
void grid_restyle(Grid *grid, Rect rect, StyleId style);
/* Draw text from (y, x); returns the x behind it, also when that is outside. x may be negative: what is left
 * of the edge is not seen. */
int grid_text(Grid *grid, Rect rect, int y, int x, StyleId style, const char *text);
int grid_text_flags(
	Grid *grid, Rect rect, int y, int x, StyleId style, guint flags, const char *text, gssize length);
int grid_print(Grid *grid, Rect rect, int y, int x, StyleId style, const char *format, ...)
	G_GNUC_PRINTF(6, 7);
/* Exactly cells wide: cut with an ellipsis, or padded. Returns x + cells. */
int grid_column(Grid *grid, Rect rect, int y, int x, int cells, StyleId style, const char *text);
int grid_column_right(Grid *grid, Rect rect, int y, int x, int cells, StyleId style, const char *text);
/* A glyph count times. */
int grid_repeat(Grid *grid, Rect rect, int y, int x, int count, StyleId style, Glyph glyph);
void grid_vertical(Grid *grid, Rect rect, int x, StyleId style);
/* ▕█████░░░░▏ in cells; total 0: unknown, drawn empty. */
int grid_bar(Grid *grid, Rect rect, int y, int x, int cells, gint64 done, gint64 total);
/* The row as UTF-8 without trailing blanks; for tests and screen readers' logs. The caller's. */
char *grid_string(Grid *grid, int y);
