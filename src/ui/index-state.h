/* SPDX-License-Identifier: GPL-3.0-or-later */
/* index-state.h - what the files of the index share. */
#pragma once

#include "account/conf.h"
#include "ui/columns.h"
#include "ui/core.h"
#include "ui/index.h"

typedef struct {
	guint ticket;
	guint add_flags, remove_flags;
	gboolean gone;
	gboolean settled; /* committed: goes with the next reading of the store */
} Overlay;

typedef struct {
	View view;
	List list; /* of what is visible */

	UiAccount *account; /* NULL: none */
	char *folder_name;
	FolderId folder; /* 0: not known yet */
	FolderRole role;
	Preferences *preferences;
	StoreOrderSpec spec; /* words owned */

	StoreOrder *order; /* NULL: nothing read yet */
	guint32 *visible;  /* indexes into the order; NULL: all of it */
	guint visible_count;
	GHashTable *folded;  /* set of RowId: first rows of folded threads */
	gboolean fold_new;   /* all threads are folded, new ones too */
	GHashTable *rows;    /* RowId -> StoreRow, what was on the screen lately */
	GHashTable *overlay; /* RowId -> Overlay */

	Cancel *loading;     /* the order is being read; NULL */
	gboolean load_again; /* something changed meanwhile */
	gboolean stale;      /* rows may have changed: read again when drawn */
	gint64 load_took_us, loaded_at;
	guint load_source;

	GArray *columns;   /* of Column */
	GHashTable *found; /* set of RowId: of the last search; NULL */
	Cancel *searching;
	GHashTable *only;  /* set of RowId: what the server found in bodies; NULL: no such limit */
	char *only_words;  /* what it was asked for */
	guint only_ticket; /* the question under way; 0 */
	char **me;         /* own addresses, * allowed */
} IndexView;

/* index.c */
void index_load(IndexView *index);
void index_load_soon(IndexView *index);
/* Change what is shown (sort, limit, threads) and read it anew. */
void index_reorder(IndexView *index);

/* index-order.c */
guint index_entry(const IndexView *index, guint row);  /* place in the order */
RowId index_row_id(const IndexView *index, guint row); /* 0: none */
/* Compute what is visible again, keeping the selected message where it is. */
void index_refresh(IndexView *index);
/* The same with another order (taken over). */
void index_take_order(IndexView *index, StoreOrder *order);
/* First entry of the thread that holds entry. */
guint index_root(const IndexView *index, guint entry);
gboolean index_is_folded(const IndexView *index, guint entry);
void index_fold(IndexView *index, guint root, gboolean fold);
void index_fold_all(IndexView *index, gboolean fold);
/* The row of an id; G_MAXUINT: not visible. */
guint index_find_id(const IndexView *index, RowId id);
/* Read the rows [from, from + count) that are not in memory. */
void index_need_rows(IndexView *index, guint from, guint count);
const StoreRow *index_row(IndexView *index, guint row); /* NULL: gone */
void index_forget_rows(IndexView *index);
/* Overlays whose act is committed and read go. */
void index_settle_overlay(IndexView *index);

/* index-draw.c */
void index_draw(View *view, Grid *grid, Rect rect, gboolean focused);
gboolean index_is_me(const IndexView *index, const char *address);
