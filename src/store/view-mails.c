/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/view-private.h"

#include <string.h>

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

/* ---- counts --------------------------------------------------------------------------- */

#define COUNT "SELECT sum(folder = ?1), count(*) FROM message WHERE "

/* For LIKE with ESCAPE '\\'. */
static char *
like_pattern(const char *before, const char *text, const char *after)
{
	GString *pattern = g_string_new(before);

	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '%' || *c == '_' || *c == '\\')
			g_string_append_c(pattern, '\\');
		g_string_append_c(pattern, *c);
	}
	g_string_append(pattern, after);
	return g_string_free(pattern, FALSE);
}

static sqlite3_stmt *
count_query(StoreBase *base, FolderId folder, StoreCountKind kind, const char *value)
{
	g_autofree char *at = like_pattern("%@", value, "");
	g_autofree char *below = like_pattern("%.", value, "");
	g_autofree char *inside = like_pattern("%", value, "%");
	g_autofree char *exactly = like_pattern("", value, "");
	sqlite3_stmt *query;

	switch (kind) {
	case STORE_COUNT_LIST:
		query = base_query(base,
			COUNT "list IN (SELECT id FROM text WHERE kind = ?2 AND text LIKE ?3 ESCAPE '\\')",
			"iit", (gint64)folder, (gint64)TEXT_LIST, exactly);
		break;
	case STORE_COUNT_SENDER:
		query = base_query(base,
			COUNT "person IN (SELECT id FROM person WHERE address LIKE ?2 ESCAPE '\\')", "it",
			(gint64)folder, exactly);
		break;
	case STORE_COUNT_DOMAIN:
		query = base_query(base,
			COUNT "person IN (SELECT id FROM person WHERE address LIKE ?2 ESCAPE '\\'"
			      " OR (instr(address, '@') > 0 AND address LIKE ?3 ESCAPE '\\'))",
			"itt", (gint64)folder, at, below);
		break;
	case STORE_COUNT_SUBJECT:
		query = base_query(base,
			COUNT "subject IN (SELECT id FROM text WHERE kind = ?2 AND text LIKE ?3 ESCAPE '\\')",
			"iit", (gint64)folder, (gint64)TEXT_SUBJECT, inside);
		break;
	default:
		query = base_query(base, COUNT "look & ?2 = ?3", "iii", (gint64)folder, (gint64)LOOK_PRIORITY,
			(gint64)(strcmp(value, "high") == 0 ? PRIORITY_HIGH : PRIORITY_LOW));
		break;
	}
	/* What is bound is gone with this function: it is stepped here. */
	base_step(base, query);
	return query;
}

void
store_view_count(StoreView *view, FolderId folder, StoreCountKind kind, const char *value, guint *here,
	guint *everywhere)
{
	StoreBase *base = view_headers(view);
	sqlite3_stmt *row;

	*here = *everywhere = 0;
	if (base == NULL)
		return;
	row = count_query(base, folder, kind, value);
	*here = (guint)sqlite3_column_int64(row, 0);
	*everywhere = (guint)sqlite3_column_int64(row, 1);
	base_reset(row);
}
