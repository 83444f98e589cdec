/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One row's life: visible in message, or in hidden while an operation took it
 * out of sight; provisional until the server's uid is known. Counters of its
 * folder follow in the same transaction.
 */
#include "config.h"

#include "store/cache-private.h"

#define BRIEF "folder, coalesce(tid, id), flags, node, up, content, cid, size, look"

static int
changes(StoreCache *cache)
{
	return sqlite3_changes(base_handle(cache->headers));
}

static gboolean
read_brief(StoreCache *cache, sqlite3_stmt *query, RowBrief *row)
{
	if (!base_step(cache->headers, query))
		return FALSE;
	row->folder = (FolderId)sqlite3_column_int64(query, 0);
	row->tid = sqlite3_column_int64(query, 1);
	row->flags = (guint32)sqlite3_column_int64(query, 2);
	row->node = (guint64)sqlite3_column_int64(query, 3);
	row->up = (guint64)sqlite3_column_int64(query, 4);
	row->content = (guint64)sqlite3_column_int64(query, 5);
	row->cid = sqlite3_column_int64(query, 6);
	row->size = (guint32)sqlite3_column_int64(query, 7);
	row->own_parent = (sqlite3_column_int(query, 8) & LOOK_OWN_PARENT) != 0;
	base_reset(query);
	return TRUE;
}

gboolean
row_find(StoreCache *cache, RowId id, RowBrief *row)
{
	row->id = id;
	row->hidden = FALSE;
	if (read_brief(cache,
		    base_query(cache->headers, "SELECT " BRIEF " FROM message WHERE id = ?", "i", id), row))
		return TRUE;
	row->hidden = TRUE;
	return cache->hidden_rows > 0 &&
	       read_brief(cache,
		       base_query(cache->headers, "SELECT " BRIEF " FROM hidden WHERE id = ?", "i", id), row);
}

static void
count(StoreCache *cache, FolderId folder, guint32 flags, int sign)
{
	FolderCounts counts = {0};

	folder_counts_add(&counts, flags, sign);
	folder_counts_write(cache, folder, &counts);
}

void
row_remove(StoreCache *cache, RowId id)
{
	StoreBase *base = cache->headers;
	RowBrief row;

	if (!row_find(cache, id, &row))
		return;
	if (row.hidden) {
		base_run(base, "DELETE FROM hidden WHERE id = ?", "i", id);
		cache->hidden_rows--;
	} else {
		base_run(base, "DELETE FROM message WHERE id = ?", "i", id);
		count(cache, row.folder, row.flags, -1);
	}
	thread_leave(cache, id, row.node, row.up, row.tid);
	if (row.content != 0)
		node_remove_row(cache, row.content, id);
	if (cache->pending_rows > 0) {
		base_run(base, "DELETE FROM pending WHERE id = ?", "i", id);
		cache->pending_rows -= changes(cache);
		base_run(base, "DELETE FROM server WHERE id = ?", "i", id);
	}
	if (ROW_IS_PROVISIONAL(id)) {
		base_run(base, "DELETE FROM provisional WHERE id = ?", "i", id);
		cache->provisional_rows -= changes(cache);
	}
}

void
row_hide(StoreCache *cache, const RowBrief *row, gint64 operation, gint place)
{
	base_run(cache->headers,
		"INSERT INTO hidden SELECT id, folder, coalesce(tid, id), " MESSAGE_REST
		", ?, ? FROM message WHERE id = ?",
		"iii", operation, (gint64)place, row->id);
	base_run(cache->headers, "DELETE FROM message WHERE id = ?", "i", row->id);
	cache->hidden_rows++;
	count(cache, row->folder, row->flags, -1);
}

RowId
row_unhide(StoreCache *cache, gint64 operation, gint place)
{
	RowId id = base_integer(cache->headers, 0, "SELECT id FROM hidden WHERE operation = ? AND place = ?",
		"ii", operation, (gint64)place);
	RowBrief row;

	if (id == 0 || !row_find(cache, id, &row))
		return 0;
	base_run(cache->headers,
		"INSERT INTO message SELECT id, folder, nullif(tid, id), " MESSAGE_REST
		" FROM hidden WHERE id = ?",
		"i", id);
	base_run(cache->headers, "DELETE FROM hidden WHERE id = ?", "i", id);
	cache->hidden_rows--;
	count(cache, row.folder, row.flags, 1);
	return id;
}

RowId
provisional_new(StoreCache *cache, FolderId folder)
{
	return ROW_ID_PROVISIONAL(folder, (guint32)cache->next_provisional++);
}

static void
insert_copy(StoreCache *cache, const RowBrief *row, RowId id)
{
	if (row->hidden)
		base_run(cache->headers,
			"INSERT INTO message SELECT ?, ?, tid, " MESSAGE_REST " FROM hidden WHERE id = ?",
			"iii", id, (gint64)ROW_FOLDER(id), row->id);
	else
		base_run(cache->headers,
			"INSERT INTO message SELECT ?, ?, coalesce(tid, id), " MESSAGE_REST
			" FROM message WHERE id = ?",
			"iii", id, (gint64)ROW_FOLDER(id), row->id);
}

void
row_copy_arrived(StoreCache *cache, const RowBrief *row, RowId id, const StoreIntake *intake)
{
	const guint64 nodes[] = {row->node, row->content};

	insert_copy(cache, row, id);
	base_run(cache->headers,
		"UPDATE message SET flags = ?, keywords = nullif(?, ''), labels = nullif(?, ''), received = "
		"?, size = ?"
		" WHERE id = ?",
		"ittiii", (gint64)(intake->flags & MESSAGE_SETTABLE), intake->keywords, intake->labels,
		intake->received, (gint64)intake->size, id);
	for (gsize i = 0; i < G_N_ELEMENTS(nodes); i++) {
		if (nodes[i] != 0) {
			NodeRef found = node_find(cache, nodes[i]);
			node_put_row(cache, nodes[i], id, &found);
		}
	}
}

RowId
row_copy(StoreCache *cache, const RowBrief *row, FolderId folder, gint64 operation, gint place)
{
	RowId id = provisional_new(cache, folder);

	insert_copy(cache, row, id);
	count(cache, folder, row->flags, 1);
	if (row->node != 0)
		node_add_row(cache, row->node, id);
	if (row->content != 0)
		node_add_row(cache, row->content, id);
	provisional_add(cache, id, operation, place, row->id);
	return id;
}

void
provisional_add(StoreCache *cache, RowId id, gint64 operation, gint place, RowId source)
{
	FolderId folder = ROW_FOLDER(id);

	/* What is there already cannot be what the operation will make. */
	base_run(cache->headers,
		"INSERT INTO provisional(id, folder, operation, place, source, floor) SELECT ?1, ?2, ?3, ?4, "
		"?5,"
		" max(uidnext, server_uidnext, coalesce((SELECT max(id) + 1 FROM message WHERE id BETWEEN ?6 "
		"AND ?7), ?6) - ?6)"
		" FROM folder WHERE id = ?2",
		"iiiiiii", id, (gint64)folder, operation, (gint64)place, source, ROW_ID(folder, 0),
		ROW_ID_PROVISIONAL(folder, 0) - 1);
	cache->provisional_rows++;
}

/* ---- becoming real -------------------------------------------------------------- */

void
row_take_over(StoreCache *cache, RowId from, RowId to)
{
	if (cache->pending_rows == 0)
		return;
	if (base_integer(cache->headers, 0, "SELECT 1 FROM pending WHERE id = ? LIMIT 1", "i", from) == 0)
		return;
	base_run(cache->headers,
		"INSERT OR IGNORE INTO server SELECT id, flags, keywords FROM message WHERE id = ?", "i", to);
	base_run(cache->headers,
		"INSERT OR IGNORE INTO server SELECT id, flags, keywords FROM hidden WHERE id = ?", "i", to);
	base_run(cache->headers,
		"INSERT OR IGNORE INTO server SELECT ?, flags, keywords FROM server WHERE id = ?", "ii", to,
		from);
	base_run(cache->headers,
		"DELETE FROM pending WHERE id = ? AND EXISTS (SELECT 1 FROM pending p WHERE p.id = ? AND"
		" p.operation = pending.operation AND p.field = pending.field)",
		"ii", from, to);
	cache->pending_rows -= changes(cache);
	base_run(cache->headers, "UPDATE pending SET id = ? WHERE id = ?", "ii", to, from);
	base_run(cache->headers, "DELETE FROM server WHERE id = ?", "i", from);
}

/* The server told of it before it told which one it is. */
static void
replace_by_arrived(StoreCache *cache, const RowBrief *provisional, const RowBrief *real)
{
	if (!real->hidden)
		base_run(cache->headers, "UPDATE message SET cid = ? WHERE id = ?", "ii", provisional->cid,
			real->id);
	else
		base_run(cache->headers, "UPDATE hidden SET cid = ? WHERE id = ?", "ii", provisional->cid,
			real->id);
	row_take_over(cache, provisional->id, real->id);
	row_remove(cache, provisional->id);
	row_renew(cache, real->id);
}

static void
change_id(StoreCache *cache, const RowBrief *row, RowId to)
{
	if (row->node != 0)
		node_add_row(cache, row->node, to);
	if (row->content != 0)
		node_add_row(cache, row->content, to);
	if (row->hidden)
		base_run(cache->headers, "UPDATE hidden SET id = ? WHERE id = ?", "ii", to, row->id);
	else
		base_run(cache->headers,
			"UPDATE message SET id = ?1, tid = nullif(coalesce(tid, id), ?1) WHERE id = ?2", "ii",
			to, row->id);
	if (row->node != 0)
		node_remove_row(cache, row->node, row->id);
	if (row->content != 0)
		node_remove_row(cache, row->content, row->id);
	base_run(cache->headers, "UPDATE pending SET id = ? WHERE id = ?", "ii", to, row->id);
	base_run(cache->headers, "UPDATE server SET id = ? WHERE id = ?", "ii", to, row->id);
}

void
row_become(StoreCache *cache, RowId provisional, RowId real)
{
	RowBrief row, arrived;

	if (row_find(cache, provisional, &row)) {
		if (row_find(cache, real, &arrived))
			replace_by_arrived(cache, &row, &arrived);
		else
			change_id(cache, &row, real);
	}
	base_run(cache->headers, "INSERT OR REPLACE INTO alias VALUES(?, ?)", "ii", provisional, real);
	base_run(cache->headers, "DELETE FROM provisional WHERE id = ?", "i", provisional);
	cache->provisional_rows -= changes(cache);
}

void
row_move(StoreCache *cache, RowId provisional, FolderId folder)
{
	RowId to = provisional_new(cache, folder);
	RowBrief row;

	if (!row_find(cache, provisional, &row))
		return;
	change_id(cache, &row, to);
	base_run(cache->headers,
		row.hidden ? "UPDATE hidden SET folder = ? WHERE id = ?"
			   : "UPDATE message SET folder = ? WHERE id = ?",
		"ii", (gint64)folder, to);
	base_run(cache->headers, "UPDATE provisional SET id = ? WHERE id = ?", "ii", to, provisional);
	base_run(cache->headers, "UPDATE provisional SET source = ? WHERE source = ?", "ii", to, provisional);
	base_run(cache->headers, "UPDATE moved SET new = ? WHERE new = ?", "ii", to, provisional);
	base_run(cache->headers, "INSERT OR REPLACE INTO alias VALUES(?, ?)", "ii", provisional, to);
}

/* ---- flags -------------------------------------------------------------------------- */

static void
write_flags(StoreCache *cache, const RowBrief *row, guint32 flags, const char *keywords)
{
	FolderCounts counts = {0};

	if (row->hidden) {
		base_run(cache->headers, "UPDATE hidden SET flags = ?, keywords = ? WHERE id = ?", "iti",
			(gint64)flags, keywords, row->id);
		return;
	}
	base_run(cache->headers,
		"UPDATE message SET flags = ?1, keywords = ?2 WHERE id = ?3 AND (flags <> ?1 OR keywords IS "
		"NOT ?2)",
		"iti", (gint64)flags, keywords, row->id);
	if (flags == row->flags)
		return;
	folder_counts_add(&counts, row->flags, -1);
	folder_counts_add(&counts, flags, 1);
	folder_counts_write(cache, row->folder, &counts);
}

void
row_set_server_flags(StoreCache *cache, const RowBrief *row, guint32 flags, const char *keywords)
{
	flags &= MESSAGE_SETTABLE;
	if (keywords != NULL && keywords[0] == '\0')
		keywords = NULL;
	if (cache->pending_rows > 0) {
		base_run(cache->headers, "UPDATE server SET flags = ?, keywords = ? WHERE id = ?", "iti",
			(gint64)flags, keywords, row->id);
		if (changes(cache) > 0) {
			row_renew(cache, row->id);
			return;
		}
	}
	write_flags(cache, row, flags, keywords);
}

void
row_renew(StoreCache *cache, RowId id)
{
	StoreBase *base = cache->headers;
	sqlite3_stmt *query = base_query(base, "SELECT flags, keywords FROM server WHERE id = ?", "i", id);
	g_autofree char *keywords = NULL;
	gboolean pending = FALSE;
	guint32 flags;
	RowBrief row;

	if (!base_step(base, query))
		return;
	flags = (guint32)sqlite3_column_int64(query, 0);
	keywords = base_column_text(query, 1);
	base_reset(query);
	query = base_query(base,
		"SELECT add_flags, remove_flags, add_keywords, remove_keywords FROM pending JOIN operation"
		" ON operation.id = pending.operation WHERE pending.id = ? AND field = ? ORDER BY "
		"pending.operation",
		"ii", id, (gint64)PENDING_FLAGS);
	while (base_step(base, query)) {
		char *changed = keywords_change(keywords, (const char *)sqlite3_column_text(query, 2),
			(const char *)sqlite3_column_text(query, 3));
		g_free(keywords);
		keywords = changed;
		flags = (flags & ~(guint32)sqlite3_column_int64(query, 1)) |
			(guint32)sqlite3_column_int64(query, 0);
		pending = TRUE;
	}
	if (!pending)
		base_run(base, "DELETE FROM server WHERE id = ?", "i", id);
	if (row_find(cache, id, &row))
		write_flags(cache, &row, flags & MESSAGE_SETTABLE, keywords);
}
