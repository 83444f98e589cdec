/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view-private.h - what the files of the cache's readers share. */
#pragma once

#include "store/base.h"
#include "store/schema.h"
#include "store/view.h"

#include "util/hash.h"

struct StoreView {
	char *folder; /* of the files */
	StoreBase *headers;
	StoreBase *bodies; /* NULL until a part is asked for */
	guint64 inode;     /* of headers.db: another one means that it was made anew */
	HashKey key;
	guint64 version;
	gint64 headers_version, bodies_version; /* data_version as last seen */
};

/* headers.db, opened again where another file is in its place; NULL: there is none now. */
StoreBase *view_headers(StoreView *view);

/* ---- view-rows.c ---- */

/* What view_read_row() takes of message m, from column 0 on, and what it is joined with. */
#define VIEW_ROW_COLUMNS                                                                                     \
	"m.id, coalesce(m.tid, m.id), m.sent, m.flags, m.received, p.name, p.address, m.prefix, s.text, "    \
	"r.text, l.text, m.cid, m.size, m.zone, m.look, m.keywords, f.name, f.recent_uid"
#define VIEW_ROW_COLUMN_COUNT 18
#define VIEW_ROW_JOINS                                                                                       \
	" LEFT JOIN person p ON p.id = m.person LEFT JOIN text s ON s.id = m.subject"                        \
	" LEFT JOIN text r ON r.id = m.recipients LEFT JOIN text l ON l.id = m.list"                         \
	" LEFT JOIN folder f ON f.id = m.folder"

StoreRow *view_read_row(sqlite3_stmt *query);

/* ---- search.c ---- */

/* Which interned texts and people hold which words. */
typedef struct SearchWords SearchWords;

/* NULL where words has none. */
SearchWords *search_words_new(StoreBase *headers, const char *words, Cancel *cancel);
void search_words_free(SearchWords *words);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SearchWords, search_words_free)
/* Whether each word is in the subject or the sender. */
gboolean search_words_match(const SearchWords *words, gint64 subject, gint64 person, const char *prefix);
/* For FTS: each word of text, the last one as a prefix; NULL: it has none. The caller's. */
char *search_expression(const char *text);

/* ---- order ---- */

/* A row while an order is made. */
typedef struct {
	RowId id;
	gint64 key; /* what it is sorted by */
	gint64 tid;
	guint64 node, up;
	guint32 group; /* its thread, numbered by its newest row */
	guint8 flags;
	guint8 foreign : 1;
	guint8 matched : 1;
} OrderRow;

/* Of something that is not shown, but stands between what is. */
typedef struct {
	gint64 tid;
	guint64 node, up;
} OrderLink;

/* order-load.c: */

typedef struct {
	GArray *rows;  /* of OrderRow, by key then id, ascending */
	GArray *links; /* of OrderLink */
} OrderRows;

void order_rows_init(OrderRows *rows);
void order_rows_clear(OrderRows *rows);
/* All rows of the folder that an order is made of. FALSE: cancelled, or failed. */
gboolean order_load(StoreBase *headers, FolderId folder, const StoreOrderSpec *spec, const SearchWords *words,
	Cancel *cancel, OrderRows *rows);
/* Rows of one thread. */
void order_load_thread(
	StoreBase *headers, FolderId folder, const StoreOrderSpec *spec, gint64 tid, OrderRows *rows);
/* Folders whose rows are never shown in other folders' threads: set of FolderId. */
GHashTable *order_private_folders(StoreBase *headers);

/* order-sort.c: */

/* By key, then id; ascending; stable in linear time. */
void order_sort(GArray *rows);
/* By group; in each as they were. */
void order_sort_groups(GArray *rows);
/* Put the rank of each row's text in place of its key, which is the text's number (0: none). FALSE:
 * cancelled. */
gboolean order_rank(StoreBase *headers, SortKey key, GArray *rows, Cancel *cancel);

/* tree.c: */

/* One thread: rows by date ascending, all of one tid. Appends its entries, as a tree. */
void tree_append(GArray *entries, const OrderRow *rows, gsize n_rows, const OrderLink *links, gsize n_links);
/* The nearest ancestor of row index among rows; -1: none. */
gssize tree_parent(const OrderRow *rows, gsize n_rows, const OrderLink *links, gsize n_links, gsize index);
