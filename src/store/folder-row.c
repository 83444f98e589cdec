/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/folder-row.h"

StoreFolder *
folder_row_read(sqlite3_stmt *row)
{
	StoreFolder *folder = g_new0(StoreFolder, 1);
	int i = 0;

	folder->id = (FolderId)sqlite3_column_int64(row, i++);
	folder->name = base_column_text(row, i++);
	folder->raw = base_column_text(row, i++);
	folder->delimiter = (char)sqlite3_column_int(row, i++);
	folder->role = (FolderRole)sqlite3_column_int(row, i++);
	folder->subscribed = sqlite3_column_int(row, i++) != 0;
	folder->selectable = sqlite3_column_int(row, i++) != 0;
	folder->pending = sqlite3_column_int(row, i++) != 0;
	folder->total = (guint32)sqlite3_column_int64(row, i++);
	folder->unread = (guint32)sqlite3_column_int64(row, i++);
	folder->flagged = (guint32)sqlite3_column_int64(row, i++);
	folder->uidvalidity = (guint32)sqlite3_column_int64(row, i++);
	folder->uidnext = (guint32)sqlite3_column_int64(row, i++);
	folder->modseq = (guint64)sqlite3_column_int64(row, i++);
	folder->low_uid = (guint32)sqlite3_column_int64(row, i++);
	folder->server_messages = (guint32)sqlite3_column_int64(row, i++);
	folder->server_unseen = (guint32)sqlite3_column_int64(row, i++);
	folder->server_uidnext = (guint32)sqlite3_column_int64(row, i++);
	folder->server_modseq = (guint64)sqlite3_column_int64(row, i++);
	folder->server_uidvalidity = (guint32)sqlite3_column_int64(row, i++);
	folder->synced = sqlite3_column_int64(row, i++);
	folder->opened = sqlite3_column_int64(row, i++);
	folder->top_uid = (guint32)sqlite3_column_int64(row, i++);
	if (folder->low_uid != 1) {
		/* The first sync has not reached the end: what is here is less than what is there. */
		folder->total = MAX(folder->total, folder->server_messages);
		folder->unread = MAX(folder->unread, folder->server_unseen);
	}
	return folder;
}

static StoreFolder *
first_row(StoreBase *base, sqlite3_stmt *query)
{
	StoreFolder *folder = NULL;

	if (base_step(base, query)) {
		folder = folder_row_read(query);
		base_reset(query);
	}
	return folder;
}

StoreFolder *
folder_row_by_name(StoreBase *base, const char *name)
{
	if (g_ascii_strcasecmp(name, "INBOX") == 0)
		return first_row(
			base, base_query(base, FOLDER_ROW_SELECT " AND name = 'INBOX' COLLATE NOCASE", ""));
	return first_row(base, base_query(base, FOLDER_ROW_SELECT " AND name = ?", "t", name));
}

StoreFolder *
folder_row_by_id(StoreBase *base, FolderId id)
{
	return first_row(base, base_query(base, FOLDER_ROW_SELECT " AND id = ?", "i", (gint64)id));
}
