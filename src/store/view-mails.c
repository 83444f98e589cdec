/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/view-private.h"

#define MAIL_SELECT                                                                                          \
	"SELECT " VIEW_ROW_COLUMNS ", x.text, m.message_id, m.node FROM message m" VIEW_ROW_JOINS            \
	" LEFT JOIN text x ON x.id = m.fields "

void
store_mail_free(StoreMail *mail)
{
	if (mail == NULL)
		return;
	store_row_free(mail->row);
	g_free(mail->fields);
	g_free(mail->message_id);
	g_free(mail);
}

static StoreMail *
read_mail(sqlite3_stmt *query)
{
	StoreMail *mail = g_new0(StoreMail, 1);

	mail->row = view_read_row(query);
	mail->fields = base_column_text(query, VIEW_ROW_COLUMN_COUNT);
	mail->message_id = base_column_text(query, VIEW_ROW_COLUMN_COUNT + 1);
	mail->key = (guint64)sqlite3_column_int64(query, VIEW_ROW_COLUMN_COUNT + 2);
	return mail;
}

StoreMail *
store_view_mail(StoreView *view, RowId id)
{
	StoreBase *base = view_headers(view);
	sqlite3_stmt *query;
	StoreMail *mail;

	id = store_view_current(view, id);
	if (id == 0)
		return NULL;
	query = base_query(base, MAIL_SELECT "WHERE m.id = ?", "i", id);
	if (!base_step(base, query))
		return NULL;
	mail = read_mail(query);
	base_reset(query);
	return mail;
}

GPtrArray *
store_view_mails(StoreView *view, FolderId folder, RowId below, gsize limit)
{
	GPtrArray *mails = g_ptr_array_new_with_free_func((GDestroyNotify)store_mail_free);
	StoreBase *base = view_headers(view);
	RowId top = below != 0 ? below : ROW_ID(folder + 1, 0);
	sqlite3_stmt *query;

	if (base == NULL)
		return mails;
	query = base_query(base, MAIL_SELECT "WHERE m.id >= ? AND m.id < ? ORDER BY m.id DESC LIMIT ?", "iii",
		ROW_ID(folder, 0), top, (gint64)MIN(limit, (gsize)G_MAXINT32));
	while (base_step(base, query))
		g_ptr_array_add(mails, read_mail(query));
	return mails;
}
