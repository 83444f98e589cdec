/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/columns.h"

#include "util/fault.h"

/* "marks@0+4 date@5+12 ..." of what is shown. */
static char *
lay_out(const char *text, int cells, guint hide)
{
	g_autoptr(GArray) columns = columns_parse(text, NULL);
	GString *out = g_string_new(NULL);

	columns_layout(columns, cells, hide);
	for (guint i = 0; i < columns->len; i++) {
		const Column *column = &g_array_index(columns, Column, i);

		if (column->cells > 0)
			g_string_append_printf(out, "%s%d@%d+%d", out->len ? " " : "", column->kind,
				column->x, column->cells);
	}
	return g_string_free(out, FALSE);
}

typedef struct {
	const char *text;
	int cells;
	guint hide;
	const char *shown;
} LayoutCase;

/* Kinds: 1 marks, 2 date, 3 from, 5 subject, 6 size, 7 attach, 9 label. */
static const LayoutCase cases[] = {
	{COLUMNS_DEFAULT, 80, COLUMN_BIT(COLUMN_LABEL), "1@0+4 2@5+10 3@16+20 5@37+35 6@73+5 7@79+1"},
	{COLUMNS_DEFAULT, 120, 0, "1@0+4 2@5+10 3@16+20 5@37+64 9@102+10 6@113+5 7@119+1"},
	{COLUMNS_DEFAULT, 76, 0, "1@0+4 2@5+10 3@16+20 5@37+20 9@58+10 6@69+5 7@75+1"},
	{COLUMNS_DEFAULT, 60, 0, "1@0+4 2@5+10 3@16+15 5@32+20 6@53+5 7@59+1"},
	{COLUMNS_DEFAULT, 20, 0, "1@0+4 5@5+15"},
	{"from:*, subject:*", 41, 0, "3@0+15 5@16+25"},
};

static void
test_layout(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *shown = lay_out(cases[i].text, cases[i].cells, cases[i].hide);

		g_assert_cmpstr(shown, ==, cases[i].shown);
	}
}

static void
test_never_beyond(void)
{
	for (int cells = 0; cells < 200; cells++) {
		g_autoptr(GArray) columns = columns_parse(COLUMNS_DEFAULT, NULL);

		columns_layout(columns, cells, 0);
		for (guint i = 0; i < columns->len; i++) {
			const Column *column = &g_array_index(columns, Column, i);

			g_assert_cmpint(column->cells, >=, 0);
			if (column->cells > 0 && column->kind != COLUMN_MARKS && cells >= 10)
				g_assert_cmpint(column->x + column->cells, <=, cells);
		}
	}
}

static void
test_errors(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(columns_parse("marks, colour:4", &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_INPUT);
	g_assert_nonnull(strstr(error->message, "colour"));
	g_clear_error(&error);
	g_assert_null(columns_parse("marks, from:20!", &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_INPUT);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ui/columns/layout", test_layout);
	g_test_add_func("/ui/columns/nothing-is-beyond-the-edge", test_never_beyond);
	g_test_add_func("/ui/columns/errors-name-the-word", test_errors);
	return g_test_run();
}
