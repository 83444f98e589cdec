/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/grid.h"

#include <glib.h>
#include <locale.h>

static void
check(Grid *grid, int y, const char *expected)
{
	g_autofree char *row = grid_string(grid, y);

	g_assert_cmpstr(row, ==, expected);
}

static void
test_clips(void)
{
	g_autoptr(Grid) grid = grid_new(3, 10);
	Rect middle = {1, 2, 1, 5};

	g_assert_cmpint(grid_text(grid, middle, 0, 0, STYLE_NORMAL, "abcdefghij"), ==, 10);
	grid_text(grid, middle, 1, 0, STYLE_NORMAL, "below");
	grid_text(grid, middle, -1, 0, STYLE_NORMAL, "above");
	check(grid, 0, "");
	check(grid, 1, "  abcde");
	check(grid, 2, "");
	grid_text(grid, middle, 0, -2, STYLE_NORMAL, "xyzw");
	check(grid, 1, "  zwcde");
}

static void
test_wide_at_the_edge(void)
{
	g_autoptr(Grid) grid = grid_new(1, 6);
	Rect pane = {0, 0, 1, 5};

	grid_text(grid, grid_rect(grid), 0, 5, STYLE_NORMAL, "|");
	grid_text(grid, pane, 0, 0, STYLE_NORMAL, "日本語");
	check(grid, 0, "日本 |");
}

static void
test_half_overwritten(void)
{
	g_autoptr(Grid) grid = grid_new(1, 6);

	grid_text(grid, grid_rect(grid), 0, 0, STYLE_NORMAL, "日本語");
	grid_text(grid, grid_rect(grid), 0, 1, STYLE_NORMAL, "xy");
	check(grid, 0, " xy 語");
}

static void
test_combining_is_limited(void)
{
	g_autoptr(Grid) grid = grid_new(1, 6);
	GString *zalgo = g_string_new("a");

	for (int i = 0; i < 40; i++)
		g_string_append(zalgo, "\xcc\x81");
	g_string_append(zalgo, "b");
	g_assert_cmpint(grid_text(grid, grid_rect(grid), 0, 0, STYLE_NORMAL, zalgo->str), ==, 2);
	g_assert_cmpuint(grid_row(grid, 0)[0].chars[LIMIT_COMBINING_CELL], ==, 0x301);
	g_assert_cmpuint(grid_row(grid, 0)[1].chars[0], ==, 'b');
	g_string_free(zalgo, TRUE);
}

static void
test_controls_are_never_drawn(void)
{
	g_autoptr(Grid) grid = grid_new(1, 8);

	grid_text(grid, grid_rect(grid), 0, 0, STYLE_NORMAL, "a\x1b[m\x7f\xff");
	check(grid, 0, "a\xef\xbf\xbd[m\xef\xbf\xbd\xef\xbf\xbd");
}

static void
test_columns_are_exact(void)
{
	g_autoptr(Grid) grid = grid_new(2, 20);
	Rect all = grid_rect(grid);
	int x = grid_column(grid, all, 0, 0, 6, STYLE_NORMAL, "日本語の話");

	g_assert_cmpint(x, ==, 6);
	grid_text(grid, all, 0, x, STYLE_NORMAL, "|");
	x = grid_column_right(grid, all, 1, 0, 6, STYLE_NORMAL, "12K");
	grid_text(grid, all, 1, x, STYLE_NORMAL, "|");
	check(grid, 0, "日本… |");
	check(grid, 1, "   12K|");
}

static void
test_ascii_glyphs(void)
{
	g_autoptr(Grid) grid = grid_new(1, 8);

	for (int glyph = 0; glyph < GLYPH_COUNT_OF; glyph++) {
		grid_set_ascii(grid, FALSE);
		g_assert_cmpint(
			grid_text(grid, grid_rect(grid), 0, 0, STYLE_NORMAL, grid_glyph(grid, (Glyph)glyph)),
			==, 1);
		grid_set_ascii(grid, TRUE);
		g_assert_true(g_str_is_ascii(grid_glyph(grid, (Glyph)glyph)));
		g_assert_cmpuint(strlen(grid_glyph(grid, (Glyph)glyph)), ==, 1);
	}
}

static void
test_rectangles_never_grow(void)
{
	Rect rect = {2, 3, 4, 5}, row = rect_row(rect, 9), part = rect_columns(rect, 4, 9);

	g_assert_cmpint(row.rows, ==, 0);
	g_assert_cmpint(part.x, ==, 7);
	g_assert_cmpint(part.cols, ==, 1);
}

int
main(int argc, char **argv)
{
	setlocale(LC_ALL, "C.UTF-8");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ui/grid/text-stays-in-its-rectangle", test_clips);
	g_test_add_func("/ui/grid/a-wide-character-never-crosses-the-edge", test_wide_at_the_edge);
	g_test_add_func("/ui/grid/overwriting-half-clears-the-other", test_half_overwritten);
	g_test_add_func("/ui/grid/combining-marks-are-limited", test_combining_is_limited);
	g_test_add_func("/ui/grid/controls-are-never-drawn", test_controls_are_never_drawn);
	g_test_add_func("/ui/grid/columns-are-exactly-wide", test_columns_are_exact);
	g_test_add_func("/ui/grid/glyphs-are-one-cell", test_ascii_glyphs);
	g_test_add_func("/ui/grid/rectangles-never-grow", test_rectangles_never_grow);
	return g_test_run();
}
