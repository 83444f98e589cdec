/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An operation is applied once: its row in operation says so. A message that
 * is not here yet is awaited: intake applies the operation when it comes, so
 * that a cache that was thrown away converges too.
 *
 * alias follows one message through its ids (a provisional row got its uid);
 * moved leads from a message to where a move put it. What is shown is found by
 * both, moved first.
 */
#include "config.h"

#include "store/cache-private.h"

#include "util/fault.h"

#include <string.h>

#define FOLLOW_STEPS 64

typedef struct {
	StoreCache *cache;
	OperationKind kind;
	gint64 operation;
	FolderId target; /* 0: none, or not known here */
} Applying;

static int
changes(StoreCache *cache)
{
	return sqlite3_changes(base_handle(cache->headers));
}

/* ---- where a message is ------------------------------------------------------------ */

/* To the visible row; where there is none, the hidden one. */
static RowId
follow(StoreCache *cache, RowId id)
{
	RowBrief row;
	RowId next;

	for (int i = 0; i < FOLLOW_STEPS; i++) {
		gboolean here = row_find(cache, id, &row);
		if (here && !row.hidden)
			return id;
		next = base_integer(cache->headers, 0, "SELECT new FROM moved WHERE old = ?", "i", id);
		if (next == 0)
			next = base_integer(
				cache->headers, 0, "SELECT new FROM alias WHERE old = ?", "i", id);
		if (next == 0)
			return here ? id : 0;
		id = next;
	}
	return 0;
}

static gboolean
is_message(StoreCache *cache, RowId id, const OperationMessage *message)
{
	RowBrief row;

	if (id == 0 || !row_find(cache, id, &row))
		return FALSE;
	return message->key == 0 || row.node == message->key;
}

/* By folder, uidvalidity and uid; 0: the folder is not as it was. */
static RowId
id_by_uid(StoreCache *cache, const OperationMessage *message)
{
	FolderId folder = message->folder != NULL ? folder_find(cache, message->folder) : 0;

	if (folder == 0 || message->uid == 0)
		return 0;
	if (base_integer(cache->headers, 0, "SELECT uidvalidity FROM folder WHERE id = ?", "i",
		    (gint64)folder) != (gint64)message->uidvalidity)
		return 0;
	return ROW_ID(folder, message->uid);
}

RowId
apply_locate(StoreCache *cache, const OperationMessage *message)
{
	RowId id = message->row != 0 ? follow(cache, message->row) : 0;

	if (is_message(cache, id, message))
		return id;
	id = id_by_uid(cache, message);
	id = id != 0 ? follow(cache, id) : 0;
	return is_message(cache, id, message) ? id : 0;
}

/* The row itself, hidden or not, by what it became; not where it was moved. */
static RowId
follow_identity(StoreCache *cache, RowId id)
{
	RowBrief row;

	for (int i = 0; id != 0 && i < FOLLOW_STEPS; i++) {
		if (row_find(cache, id, &row))
			return id;
		id = base_integer(cache->headers, 0, "SELECT new FROM alias WHERE old = ?", "i", id);
	}
	return 0;
}

static RowId
find_by_key(StoreCache *cache, const OperationMessage *message)
{
	FolderId folder = message->folder != NULL ? folder_find(cache, message->folder) : 0;
	RowId found = 0;
	sqlite3_stmt *rows;

	if (folder == 0 || message->key == 0)
		return 0;
	settle_nodes(cache, NULL);
	rows = base_query(cache->headers,
		"SELECT mid.id, coalesce(m.size, h.size) FROM mid LEFT JOIN message m ON m.id = mid.id"
		" LEFT JOIN hidden h ON h.id = mid.id WHERE mid.h = ? AND mid.id BETWEEN ? AND ?",
		"iii", (gint64)message->key, ROW_ID(folder, 1), ROW_ID_PROVISIONAL(folder, 0) - 1);
	while (base_step(cache->headers, rows)) {
		if (message->size != 0 && sqlite3_column_int64(rows, 1) != (gint64)message->size)
			continue;
		if (found != 0) {
			base_reset(rows);
			return 0;
		}
		found = sqlite3_column_int64(rows, 0);
	}
	return found;
}

RowId
store_cache_renumbered(StoreCache *cache, const OperationMessage *message)
{
	RowId found;

	if (!cache_begin(cache, NULL))
		return 0;
	found = find_by_key(cache, message);
	if (found != 0 && found != message->row)
		base_run(cache->headers, "INSERT OR REPLACE INTO alias VALUES(?, ?)", "ii", message->row,
			found);
	return cache_commit(cache, NULL) ? found : 0;
}

gboolean
store_cache_refind(StoreCache *cache, const OperationMessage *message, FolderId *folder, guint32 *uid)
{
	RowId id = message->row != 0 ? follow_identity(cache, message->row) : 0;

	if (!is_message(cache, id, message) || ROW_IS_PROVISIONAL(id))
		id = follow_identity(cache, id_by_uid(cache, message));
	if (!is_message(cache, id, message) || ROW_IS_PROVISIONAL(id))
		id = message->row != 0 ? follow(cache, message->row) : 0;
	if (!is_message(cache, id, message) || ROW_IS_PROVISIONAL(id))
		id = find_by_key(cache, message);
	if (id == 0)
		return FALSE;
	*folder = ROW_FOLDER(id);
	*uid = ROW_UID(id);
	return TRUE;
}

/* ---- one message -------------------------------------------------------------------- */

static void
apply_flags(const Applying *applying, const RowBrief *row, gint place)
{
	StoreBase *base = applying->cache->headers;

	base_run(base, "INSERT OR IGNORE INTO pending VALUES(?, ?, ?, ?)", "iiii", row->id,
		applying->operation, (gint64)PENDING_FLAGS, (gint64)place);
	if (changes(applying->cache) == 0)
		return;
	applying->cache->pending_rows++;
	base_run(base,
		"INSERT OR IGNORE INTO server SELECT id, flags, keywords FROM message WHERE id = ?1"
		" UNION ALL SELECT id, flags, keywords FROM hidden WHERE id = ?1",
		"i", row->id);
	row_renew(applying->cache, row->id);
}

/* What is asked of the source is asked of its copy: the server does it before it copies. */
static void
share_pending(StoreCache *cache, RowId from, RowId to)
{
	if (cache->pending_rows == 0)
		return;
	base_run(cache->headers,
		"INSERT OR IGNORE INTO pending SELECT ?, operation, field, place FROM pending WHERE id = ? "
		"AND field = ?",
		"iii", to, from, (gint64)PENDING_FLAGS);
	cache->pending_rows += changes(cache);
	base_run(cache->headers,
		"INSERT OR IGNORE INTO server SELECT ?, flags, keywords FROM server WHERE id = ?", "ii", to,
		from);
}

/* The provisional row; 0: none was made. */
static RowId
apply_copy(const Applying *applying, const RowBrief *row, gint place)
{
	RowId copy;

	if (applying->target == 0)
		return 0;
	copy = row_copy(applying->cache, row, applying->target, applying->operation, place);
	share_pending(applying->cache, row->id, copy);
	return copy;
}

static RowId
apply_move(const Applying *applying, const RowBrief *row, gint place)
{
	RowId copy;

	if (row->hidden || applying->target == row->folder)
		return 0;
	copy = apply_copy(applying, row, place);
	if (copy == 0)
		return 0;
	row_hide(applying->cache, row, applying->operation, place);
	base_run(applying->cache->headers, "INSERT OR REPLACE INTO moved VALUES(?, ?)", "ii", row->id, copy);
	return copy;
}

static RowId
apply_one(const Applying *applying, RowId id, gint place)
{
	RowBrief row;

	if (!row_find(applying->cache, id, &row))
		return 0;
	switch (applying->kind) {
	case OPERATION_FLAGS:
		apply_flags(applying, &row, place);
		return 0;
	case OPERATION_MOVE:
		return apply_move(applying, &row, place);
	case OPERATION_COPY:
		return apply_copy(applying, &row, place);
	case OPERATION_EXPUNGE:
	case OPERATION_REMOVE:
		if (!row.hidden)
			row_hide(applying->cache, &row, applying->operation, place);
		return 0;
	default:
		return 0;
	}
}

void
apply_awaited(StoreCache *cache, FolderId folder, guint32 uidvalidity, guint32 uid)
{
	g_autofree char *name =
		base_text(cache->headers, "SELECT name FROM folder WHERE id = ?", "i", (gint64)folder);
	g_autofree char *target = NULL;
	Applying applying = {.cache = cache};
	sqlite3_stmt *query;
	gint place;

	for (;;) {
		query = base_query(cache->headers,
			"SELECT a.operation, a.place, o.kind, o.target FROM awaited a JOIN operation o ON "
			"o.id = a.operation"
			" WHERE a.folder = ? AND a.uidvalidity = ? AND a.uid = ? ORDER BY a.operation LIMIT "
			"1",
			"tii", name, (gint64)uidvalidity, (gint64)uid);
		if (!base_step(cache->headers, query))
			return;
		applying.operation = sqlite3_column_int64(query, 0);
		place = sqlite3_column_int(query, 1);
		applying.kind = (OperationKind)sqlite3_column_int(query, 2);
		g_free(target);
		target = base_column_text(query, 3);
		base_reset(query);
		applying.target = folder_find(cache, target);
		apply_one(&applying, follow(cache, ROW_ID(folder, uid)), place);
		base_run(cache->headers, "DELETE FROM awaited WHERE operation = ? AND place = ?", "ii",
			applying.operation, (gint64)place);
		cache->awaited_rows--;
	}
}

/* ---- whole operations ------------------------------------------------------------------ */

static void
await(StoreCache *cache, const Operation *operation, gint place, const OperationMessage *message)
{
	if (message->folder == NULL || message->uid == 0 || operation->kind == OPERATION_FETCH)
		return;
	base_run(cache->headers, "INSERT OR IGNORE INTO awaited VALUES(?, ?, ?, ?, ?)", "tiiii",
		message->folder, (gint64)message->uidvalidity, (gint64)message->uid, operation->id,
		(gint64)place);
	cache->awaited_rows += changes(cache);
}

static void
apply_messages(StoreCache *cache, Operation *operation)
{
	Applying applying = {.cache = cache,
		.kind = operation->kind,
		.operation = operation->id,
		.target = folder_find(cache, operation->target)};

	for (guint i = 0; i < operation->messages->len; i++) {
		OperationMessage *message = g_ptr_array_index(operation->messages, i);
		RowId id, made;

		if (message->state == OPERATION_DONE || message->state == OPERATION_ERROR ||
			message->state == OPERATION_UNDONE)
			continue;
		id = apply_locate(cache, message);
		if (id == 0) {
			await(cache, operation, (gint)i, message);
			continue;
		}
		made = apply_one(&applying, id, (gint)i);
		if (made != 0)
			message->new_row = made;
	}
}

/* Up to and with the empty line. */
static gsize
header_length(const char *data, gsize length)
{
	for (gsize i = 0; i + 1 < length; i++)
		if (data[i] == '\n' && (data[i + 1] == '\n' || (data[i + 1] == '\r' && i + 2 < length &&
								       data[i + 2] == '\n')))
			return i + 1;
	return length;
}

/* Returns the content to be kept; 0: no row was made. */
static void
append_intake(const Operation *operation, StoreIntake *intake)
{
	const OperationMessage *message =
		operation->messages->len > 0 ? g_ptr_array_index(operation->messages, 0) : NULL;
	gsize length;

	intake->flags = operation->add_flags;
	intake->keywords = operation->add_keywords;
	intake->header = (char *)g_bytes_get_data(operation->content, &length);
	intake->header_length = header_length(intake->header, length);
	intake->size = operation->head_only && message ? message->size : (guint32)MIN(length, G_MAXUINT32);
	intake->received = operation->date != 0 ? operation->date : operation->made;
}

static gint64
apply_append(StoreCache *cache, Operation *operation)
{
	FolderId folder = folder_find(cache, operation->target);
	StoreIntake intake = {0};
	FolderCounts counts = {0};
	RowId id;

	if (folder == 0 || operation->content == NULL)
		return 0;
	append_intake(operation, &intake);
	id = provisional_new(cache, folder);
	intake_row(cache, folder, id, &intake, TRUE);
	intake_note(cache, id, id, 1);
	provisional_add(cache, id, operation->id, 0, 0);
	folder_counts_add(&counts, intake.flags, 1);
	folder_counts_write(cache, folder, &counts);
	if (operation->messages->len > 0)
		((OperationMessage *)g_ptr_array_index(operation->messages, 0))->new_row = id;
	return operation->head_only
		       ? 0
		       : base_integer(cache->headers, 0, "SELECT cid FROM message WHERE id = ?", "i", id);
}

/* The octets of a row that was made by its header alone. Returns the content to be kept; 0: none. */
static gint64
complete_append(StoreCache *cache, const Operation *operation)
{
	RowId id = base_integer(cache->headers, 0,
		"SELECT id FROM provisional WHERE operation = ? AND place = 0", "i", operation->id);
	StoreIntake intake = {0};
	RowBrief row;

	if (operation->content == NULL || operation->head_only || !row_find(cache, id, &row) ||
		base_integer(cache->bodies, 0, "SELECT 1 FROM part WHERE cid = ? AND section = ''", "i",
			row.cid) != 0)
		return 0;
	append_intake(operation, &intake);
	base_run(cache->headers, "UPDATE message SET size = ? WHERE id = ?", "ii", (gint64)intake.size, id);
	base_run(cache->headers, "UPDATE hidden SET size = ? WHERE id = ?", "ii", (gint64)intake.size, id);
	return row.cid;
}

/* Applied before: only the rows that it made are told again. */
static void
recall(StoreCache *cache, Operation *operation)
{
	for (guint i = 0; i < operation->messages->len; i++) {
		OperationMessage *message = g_ptr_array_index(operation->messages, i);
		gint64 made = base_integer(cache->headers, 0,
			"SELECT id FROM provisional WHERE operation = ? AND place = ?", "ii", operation->id,
			(gint64)i);
		if (made != 0)
			message->new_row = made;
	}
}

gboolean
store_cache_apply(StoreCache *cache, Operation *operation, GError **error)
{
	gint64 keep = 0;

	if (!cache_begin(cache, error))
		return FALSE;
	base_run(cache->headers, "INSERT OR IGNORE INTO operation VALUES(?, ?, ?, ?, ?, ?, ?, 0)", "iiiittt",
		operation->id, (gint64)operation->kind, (gint64)(operation->add_flags & MESSAGE_SETTABLE),
		(gint64)(operation->remove_flags & MESSAGE_SETTABLE), operation->add_keywords,
		operation->remove_keywords, operation->target);
	if (changes(cache) == 0) {
		recall(cache, operation);
		if (operation->kind == OPERATION_APPEND)
			keep = complete_append(cache, operation);
	} else if (operation_is_on_messages(operation)) {
		apply_messages(cache, operation);
	} else if (operation->kind == OPERATION_APPEND) {
		keep = apply_append(cache, operation);
	} else {
		folder_operation_apply(cache, operation);
	}
	cache->applied = MAX(cache->applied, operation->id);
	if (!cache_commit(cache, error))
		return FALSE;
	if (keep != 0)
		/* For reading offline; the octets themselves are safe in the journal. */
		store_cache_put_part(cache, keep, "", g_bytes_get_data(operation->content, NULL),
			g_bytes_get_size(operation->content), NULL);
	return TRUE;
}

GArray *
store_cache_unsettled(StoreCache *cache)
{
	GArray *ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	sqlite3_stmt *rows =
		base_query(cache->headers, "SELECT id FROM operation WHERE finished = 0 ORDER BY id", "");

	while (base_step(cache->headers, rows)) {
		gint64 id = sqlite3_column_int64(rows, 0);
		g_array_append_val(ids, id);
	}
	return ids;
}
