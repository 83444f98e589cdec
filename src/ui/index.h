/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * index.h - the messages of a folder, flat or in threads.
 *
 * The first window comes straight from the store; the whole order is loaded on
 * the reader's thread behind it. Rows are read for what is on the screen only.
 * An act is drawn in the same frame by an overlay over the rows; what the store
 * says takes its place.
 */
#pragma once

#include "ui/view.h"

extern const ViewClass index_class;

/* Opens the folder of the options, else INBOX of the first account. */
View *index_new(App *app);
void index_open(View *view, UiAccount *account, const char *folder);
UiAccount *index_account(View *view);      /* NULL: none */
const char *index_folder_name(View *view); /* NULL: none. Borrowed */
FolderId index_folder(View *view);         /* 0: not known yet */
FolderRole index_role(View *view);
/* The selected message, as the store has it; NULL: none. Borrowed until the next call. */
const StoreRow *index_selected(View *view);
guint index_position(View *view, guint *count);
/* Select another message: by rows; FALSE: there is none. */
gboolean index_step(View *view, int rows);
gboolean index_select_row(View *view, RowId id);
/* The next message (from the selected one, not it) for which it holds. FALSE: none. */
typedef enum { INDEX_UNREAD, INDEX_THREAD, INDEX_SUBTHREAD } IndexWhat;
gboolean index_find(View *view, IndexWhat what, int step);
/* Rows of the selected one's thread that are in this folder, or below it only. Array of RowId, the caller's.
 */
GArray *index_thread_rows(View *view, gboolean below_only);
/* Show an act at once: until ticket is answered and the store was read again. gone: the rows leave. */
void index_overlay(View *view, guint ticket, const RowId *rows, gsize count, guint add_flags,
	guint remove_flags, gboolean gone);
/* The flags of a row with the overlay on top. */
guint index_flags(View *view, const StoreRow *row);
