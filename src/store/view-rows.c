/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/view-private.h"

#include "store/ids.h"

#include <string.h>

#define FOLLOW_STEPS 64

/* ---- rows ---------------------------------------------------------------------- */

static char *
join_subject(const char *prefix, const char *text)
{
	if (text == NULL)
		return g_strdup(prefix);
	return prefix != NULL ? g_strconcat(prefix, text, NULL) : g_strdup(text);
}

StoreRow *
view_read_row(sqlite3_stmt *query)
{
	StoreRow *row = g_new0(StoreRow, 1);
	gint64 recent_uid;
	int look;

	row->id = sqlite3_column_int64(query, 0);
	row->thread = sqlite3_column_int64(query, 1);
	row->sent = sqlite3_column_int64(query, 2);
	row->flags = (guint32)sqlite3_column_int64(query, 3) & MESSAGE_SETTABLE;
	row->received = sqlite3_column_int64(query, 4);
	row->from_name = base_column_text(query, 5);
	row->from_address = base_column_text(query, 6);
	row->subject = join_subject(
		(const char *)sqlite3_column_text(query, 7), (const char *)sqlite3_column_text(query, 8));
	row->to = base_column_text(query, 9);
	row->list_id = base_column_text(query, 10);
	row->cid = sqlite3_column_int64(query, 11);
	row->size = (guint32)sqlite3_column_int64(query, 12);
	row->sent_offset = (gint16)sqlite3_column_int(query, 13);
	look = sqlite3_column_int(query, 14);
	row->priority = (guint8)(look & LOOK_PRIORITY);
	row->attachment = (look & LOOK_ATTACHMENT) != 0;
	row->several_from = (look & LOOK_SEVERAL_FROM) != 0;
	row->keywords = base_column_text(query, 15);
	row->folder_name = base_column_text(query, 16);
	recent_uid = sqlite3_column_int64(query, 17);
	if (recent_uid > 0 && !ROW_IS_PROVISIONAL(row->id) && ROW_UID(row->id) >= recent_uid)
		row->flags |= MESSAGE_RECENT;
	if (ROW_IS_PROVISIONAL(row->id))
		row->flags |= MESSAGE_PENDING;
	return row;
}

static void
add_marks(StoreBase *base, StoreRow *row)
{
	sqlite3_stmt *fields = base_query(base, "SELECT field FROM pending WHERE id = ?", "i", row->id);

	while (base_step(base, fields))
		row->flags |=
			sqlite3_column_int(fields, 0) == PENDING_FAILED ? MESSAGE_FAILED : MESSAGE_PENDING;
}

static StoreRow *
find_row(StoreBase *base, RowId id, gboolean marks)
{
	sqlite3_stmt *query = base_query(
		base, "SELECT " VIEW_ROW_COLUMNS " FROM message m" VIEW_ROW_JOINS " WHERE m.id = ?", "i", id);
	StoreRow *row = NULL;

	if (base_step(base, query)) {
		row = view_read_row(query);
		base_reset(query);
	}
	if (row != NULL && marks)
		add_marks(base, row);
	return row;
}

static gboolean
has_marks(StoreBase *base)
{
	return base_integer(base, 0, "SELECT 1 FROM pending LIMIT 1", "") != 0;
}

GPtrArray *
store_view_rows(StoreView *view, const RowId *ids, gsize count)
{
	GPtrArray *rows = g_ptr_array_new_full((guint)count, (GDestroyNotify)store_row_free);
	StoreBase *base = view_headers(view);
	gboolean marks;

	if (base == NULL) {
		g_ptr_array_set_size(rows, (gint)count);
		return rows;
	}
	base_snapshot(base);
	marks = has_marks(base);
	for (gsize i = 0; i < count; i++)
		g_ptr_array_add(rows, find_row(base, ids[i], marks));
	base_release(base);
	return rows;
}

StoreRow *
store_view_row(StoreView *view, RowId id)
{
	StoreBase *base = view_headers(view);

	id = store_view_current(view, id);
	return id != 0 ? find_row(base, id, has_marks(base)) : NULL;
}

RowId
store_view_current(StoreView *view, RowId id)
{
	StoreBase *base = view_headers(view);

	if (base == NULL)
		return 0;
	for (int i = 0; id != 0 && i < FOLLOW_STEPS; i++) {
		RowId next;
		if (base_integer(base, 0, "SELECT 1 FROM message WHERE id = ?", "i", id) != 0)
			return id;
		next = base_integer(base, 0, "SELECT new FROM moved WHERE old = ?", "i", id);
		if (next == 0)
			next = base_integer(base, 0, "SELECT new FROM alias WHERE old = ?", "i", id);
		id = next;
	}
	return 0;
}

GBytes *
store_view_whole(StoreView *view, RowId id)
{
	StoreBase *base = view_headers(view);

	for (int i = 0; base != NULL && id != 0 && i < FOLLOW_STEPS; i++) {
		gint64 cid = base_integer(base, 0,
			"SELECT cid FROM message WHERE id = ?1 UNION ALL SELECT cid FROM hidden WHERE id = "
			"?1",
			"i", id);
		if (cid != 0)
			return store_view_part(view, cid, "");
		id = base_integer(base, 0, "SELECT new FROM alias WHERE old = ?", "i", id);
	}
	return NULL;
}

gboolean
store_view_describe(StoreView *view, RowId id, OperationMessage *message)
{
	StoreBase *base = view_headers(view);
	sqlite3_stmt *query;

	id = store_view_current(view, id);
	if (id == 0)
		return FALSE;
	query = base_query(base,
		"SELECT f.name, f.uidvalidity, m.node, m.size, m.received, m.flags, m.keywords FROM message m"
		" JOIN folder f ON f.id = m.folder WHERE m.id = ?",
		"i", id);
	if (!base_step(base, query))
		return FALSE;
	g_free(message->folder);
	g_free(message->old_keywords);
	message->row = id;
	message->folder = base_column_text(query, 0);
	message->uidvalidity = (guint32)sqlite3_column_int64(query, 1);
	message->uid = ROW_UID(id);
	message->key = (guint64)sqlite3_column_int64(query, 2);
	message->size = (guint32)sqlite3_column_int64(query, 3);
	message->received = sqlite3_column_int64(query, 4);
	message->old_flags = (guint32)sqlite3_column_int64(query, 5) & MESSAGE_SETTABLE;
	message->old_keywords = base_column_text(query, 6);
	base_reset(query);
	return TRUE;
}

/* ---- by Message-ID ----------------------------------------------------------------- */

char *
store_view_message_id(StoreView *view, RowId id)
{
	StoreBase *base = view_headers(view);
	g_autofree char *text = NULL;

	id = store_view_current(view, id);
	if (id != 0)
		text = base_text(base, "SELECT message_id FROM message WHERE id = ?", "i", id);
	return text != NULL ? g_strconcat("<", text, ">", NULL) : NULL;
}

char *
store_view_fields(StoreView *view, RowId id)
{
	StoreBase *base = view_headers(view);

	id = store_view_current(view, id);
	if (id == 0)
		return NULL;
	return base_text(base,
		"SELECT text FROM message JOIN text ON text.id = message.fields WHERE message.id = ?", "i",
		id);
}

static guint64
node_of(StoreView *view, const char *message_id)
{
	gsize length;

	while (g_ascii_isspace(*message_id))
		message_id++;
	if (*message_id == '<')
		message_id++;
	length = strcspn(message_id, "> \t\r\n");
	return length > 0 ? store_ids_hash(&view->key, message_id, length) : 0;
}

GArray *
store_view_by_message_id(StoreView *view, FolderId folder, const char *message_id)
{
	GArray *found = g_array_new(FALSE, FALSE, sizeof(RowId));
	StoreBase *base = view_headers(view);
	guint64 node = node_of(view, message_id);
	sqlite3_stmt *rows;

	if (base == NULL || node == 0)
		return found;
	/* Also among those whose ids are not in mid yet. */
	rows = base_query(base,
		"SELECT m.id FROM mid JOIN message m ON m.id = mid.id WHERE mid.h = ?1 AND m.node = ?1 AND "
		"?2 IN (0, m.folder)"
		" UNION SELECT m.id FROM unsettled u JOIN message m ON m.id BETWEEN u.first AND u.last"
		" WHERE m.node = ?1 AND ?2 IN (0, m.folder)",
		"ii", (gint64)node, (gint64)folder);
	while (base_step(base, rows)) {
		RowId id = sqlite3_column_int64(rows, 0);
		g_array_append_val(found, id);
	}
	return found;
}

/* ---- threads -------------------------------------------------------------------------- */

GArray *
store_view_thread(StoreView *view, gint64 thread)
{
	GArray *found = g_array_new(FALSE, FALSE, sizeof(RowId));
	StoreBase *base = view_headers(view);
	sqlite3_stmt *rows;

	if (base == NULL || thread == 0)
		return found;
	rows = base_query(base,
		"SELECT id, sent FROM message WHERE tid = ?1 UNION SELECT id, sent FROM message WHERE id = "
		"?1 AND tid IS NULL"
		" ORDER BY 2, 1",
		"i", thread);
	while (base_step(base, rows)) {
		RowId id = sqlite3_column_int64(rows, 0);
		g_array_append_val(found, id);
	}
	return found;
}

RowId
store_view_parent(StoreView *view, RowId id)
{
	StoreOrderSpec spec = {.key = SORT_DATE, .threads = TRUE};
	StoreBase *base = view_headers(view);
	OrderRows loaded;
	RowId parent = 0;
	gint64 tid;

	id = store_view_current(view, id);
	if (id == 0)
		return 0;
	base_snapshot(base);
	tid = base_integer(
		base, 0, "SELECT coalesce(tid, id) FROM message WHERE id = ? AND up IS NOT NULL", "i", id);
	order_rows_init(&loaded);
	if (tid != 0)
		order_load_thread(base, ROW_FOLDER(id), &spec, tid, &loaded);
	for (guint i = 0; i < loaded.rows->len; i++) {
		const OrderRow *rows = (const OrderRow *)(void *)loaded.rows->data;
		gssize up;
		if (rows[i].id != id)
			continue;
		up = tree_parent(rows, loaded.rows->len, (const OrderLink *)(void *)loaded.links->data,
			loaded.links->len, i);
		parent = up >= 0 ? rows[up].id : 0;
		break;
	}
	order_rows_clear(&loaded);
	base_release(base);
	return parent;
}
