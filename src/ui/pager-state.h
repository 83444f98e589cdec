/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pager-state.h - what the files of the pager share. */
#pragma once

#include "ui/content.h"
#include "ui/core.h"
#include "ui/pager.h"

typedef enum {
	PAGER_FIELD, /* n: of head */
	PAGER_RULE,
	PAGER_TEXT,  /* n: line of the text */
	PAGER_FOLD,  /* n: of the text's folds */
	PAGER_WORDS, /* n: of head, said by us where text would stand */
} PagerLineKind;

typedef struct {
	PagerLineKind kind;
	guint n;
} PagerLine;

typedef struct {
	char *label; /* may be NULL: the line before goes on */
	char *text;
	const char *right; /* at the end of the row, translated; NULL: nothing */
} PagerHead;

typedef struct {
	View view;
	List scroll;

	guint index_id;     /* view of the index it was opened from; 0 */
	UiAccount *account; /* NULL: from a file */
	RowId row;
	StoreRow *known; /* what the index knows of it; NULL */
	GBytes *file;    /* octets; NULL: from the store */
	char *path;
	Content *content; /* NULL: not here yet */
	Cancel *loading;
	guint ticket;  /* of what is fetched; 0 */
	char *failure; /* why there is no text */
	gint64 opened_at;

	GArray *lines;                  /* of PagerLine */
	GPtrArray *head;                /* of PagerHead */
	int label_cells;                /* of their names */
	GPtrArray *box;                 /* of char *: what is said below, a row each */
	guint box_warnings;             /* the first so many rows are warnings */
	int text_width;                 /* set by hand; 0: the pane's, TEXT_MOST at most */
	guint fold_quotes;              /* longer runs are folded; 0: none */
	gboolean all_quotes, no_quotes; /* T: shown, hidden, all of them */
	gboolean full_headers, html, no_reflow;
	gboolean no_highlight;
	int laid_out;      /* width of the text; 0: none */
	guint read_source; /* timer of mark-read-after */
} PagerView;

/* pager.c */
void pager_reload(PagerView *pager);
/* pager-lines.c: lines and box from what is known; keeps the place. */
void pager_lay_out(PagerView *pager);
int pager_text_width(const PagerView *pager);
/* First of the lines (of PagerLine) from `from` on (backwards: up) whose text holds folded; G_MAXUINT: none.
 * On a worker. */
guint pager_search(const Content *content, const GArray *lines, const char *folded, guint from, gboolean up,
	const Cancel *cancel);
void pager_draw(View *view, Grid *grid, Rect rect, gboolean focused);
