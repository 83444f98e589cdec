/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/columns.h"

#include <stdlib.h>
#include <string.h>

#include "util/fault.h"
#include "util/i18n.h"

#define SUBJECT_LEAST 20
/* From shrinks to this before it goes. */
#define FROM_LEAST 10

typedef struct {
	const char *name;
	guint width; /* when none is written */
	int least;   /* cells to which it shrinks in a narrow pane; 0: it keeps its width */
} ColumnName;

static const ColumnName names[COLUMN_KINDS] = {
	[COLUMN_NUMBER] = {"number", 6, 0},
	[COLUMN_MARKS] = {"marks", 4, 0},
	[COLUMN_DATE] = {"date", 12, 6},
	[COLUMN_FROM] = {"from", 20, FROM_LEAST},
	[COLUMN_THREAD] = {"thread", 0, 0},
	[COLUMN_SUBJECT] = {"subject", 30, SUBJECT_LEAST},
	[COLUMN_SIZE] = {"size", 5, 0},
	[COLUMN_ATTACH] = {"attach", 1, 0},
	[COLUMN_FOLDER] = {"folder", 12, 6},
	[COLUMN_LABEL] = {"label", 10, 6},
};

static gboolean
parse_one(char *word, Column *column, GError **error)
{
	char *colon = strchr(word, ':'), *at;
	gsize length;

	*column = (Column){.kind = COLUMN_KINDS};
	length = strcspn(word, ":<>?*");
	for (guint i = 0; i < COLUMN_KINDS; i++)
		if (strlen(names[i].name) == length && strncmp(names[i].name, word, length) == 0)
			column->kind = (ColumnKind)i;
	if (column->kind == COLUMN_KINDS) {
		fault_set(error, FAULT_INPUT, _("There is no column \"%s\"."), word);
		return FALSE;
	}
	column->width = names[column->kind].width;
	at = colon ? colon + 1 : word + length;
	if (*at == '*') {
		column->rest = TRUE;
		at++;
	} else if (g_ascii_isdigit(*at)) {
		long width = strtol(at, &at, 10);

		column->width = (guint)CLAMP(width, 1, 500);
	}
	for (; *at; at++)
		if (*at == '>')
			column->right = TRUE;
		else if (*at == '?')
			column->optional = TRUE;
		else if (*at != '<') {
			fault_set(error, FAULT_INPUT,
				_("\"%s\": a column is a name, then :width, then < > or ?."), word);
			return FALSE;
		}
	return TRUE;
}

GArray *
columns_parse(const char *text, GError **error)
{
	g_auto(GStrv) words = g_strsplit(text, ",", -1);
	GArray *columns = g_array_new(FALSE, TRUE, sizeof(Column));

	for (guint i = 0; words[i]; i++) {
		Column column;

		if (!parse_one(g_strstrip(words[i]), &column, error)) {
			g_array_free(columns, TRUE);
			return NULL;
		}
		if (column.width > 0 || column.rest)
			g_array_append_val(columns, column);
	}
	return columns;
}

/* Cells taken by all that is shown, the rest columns with their least. */
static int
total_cells(const GArray *columns)
{
	int total = 0, shown = 0;

	for (guint i = 0; i < columns->len; i++) {
		const Column *column = &g_array_index(columns, Column, i);

		if (column->cells == 0)
			continue;
		total += column->cells;
		shown++;
	}
	return total + MAX(shown - 1, 0);
}

static void
start_widths(GArray *columns, guint hide)
{
	for (guint i = 0; i < columns->len; i++) {
		Column *column = &g_array_index(columns, Column, i);
		int least = names[column->kind].least;

		column->cells = column->rest ? (least ? least : 1) : (int)column->width;
		if (column->optional && (hide & COLUMN_BIT(column->kind)))
			column->cells = 0;
	}
}

/* Too narrow: optional columns go, then columns shrink, then all but marks and subject go, each from the
 * right. */
static void
squeeze(GArray *columns, int cells)
{
	for (guint i = columns->len; i-- > 0 && total_cells(columns) > cells;)
		if (g_array_index(columns, Column, i).optional)
			g_array_index(columns, Column, i).cells = 0;
	for (guint i = columns->len; i-- > 0 && total_cells(columns) > cells;) {
		Column *column = &g_array_index(columns, Column, i);
		int least = names[column->kind].least, over = total_cells(columns) - cells;

		if (least > 0 && !column->rest && column->cells > least)
			column->cells = MAX(least, column->cells - over);
	}
	for (guint i = columns->len; i-- > 0 && total_cells(columns) > cells;) {
		Column *column = &g_array_index(columns, Column, i);

		if (!column->rest && column->kind != COLUMN_MARKS)
			column->cells = 0;
	}
}

static void
share_rest(GArray *columns, int cells)
{
	int left = cells - total_cells(columns), sharing = 0;

	for (guint i = 0; i < columns->len; i++)
		if (g_array_index(columns, Column, i).rest)
			sharing++;
	for (guint i = 0; i < columns->len; i++) {
		Column *column = &g_array_index(columns, Column, i);
		int share = column->rest ? left / sharing-- : 0;

		column->cells = MAX(column->cells + share, 0);
		left -= share;
	}
}

void
columns_layout(GArray *columns, int cells, guint hide)
{
	int x = 0;

	start_widths(columns, hide);
	squeeze(columns, cells);
	share_rest(columns, cells);
	for (guint i = 0; i < columns->len; i++) {
		Column *column = &g_array_index(columns, Column, i);

		column->x = x;
		if (column->cells > 0)
			x += column->cells + 1;
	}
}
