/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * columns.h - the columns of a row, laid out for a width.
 *
 * Written as "marks, date:10, from:20, thread, subject:*, size:5>, attach":
 * name[:width][<|>|?], width in cells, '*' takes the rest (several share it), '>'
 * right-aligned, '?' goes first when the pane is narrow, from the right.
 */
#pragma once

#include <glib.h>

typedef enum {
	COLUMN_NUMBER,
	COLUMN_MARKS,
	COLUMN_DATE,
	COLUMN_FROM,
	COLUMN_THREAD,
	COLUMN_SUBJECT,
	COLUMN_SIZE,
	COLUMN_ATTACH,
	COLUMN_FOLDER,
	COLUMN_LABEL,
	COLUMN_KINDS,
} ColumnKind;

typedef struct {
	ColumnKind kind;
	guint width;   /* asked for; 0: its own (marks 4, attach 1, thread none) */
	gboolean rest; /* '*' */
	gboolean right;
	gboolean optional; /* '?' */
	int x, cells;      /* where, after columns_layout(); cells 0: not shown */
} Column;

/* What a list shows unless told: the default of the index. */
#define COLUMNS_DEFAULT "marks, date:10, from:20, subject:*, label:10?, size:5>, attach"

/* Array of Column, the caller's. FAULT_INPUT names what is wrong. The thread's tree is drawn within the
 * subject. */
GArray *columns_parse(const char *text, GError **error);
/* Set x and cells for a pane of so many cells, one blank between columns. The subject keeps at least 20 where
 * it can. */
void columns_layout(GArray *columns, int cells, guint hide);
/* A bit for hide: nothing on the screen has anything in this column. */
#define COLUMN_BIT(kind) (1u << (kind))
