/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How an operation ends for each of its messages: confirmed, or taken back. */
#include "config.h"

#include "store/cache-private.h"

#define KEEP_OPERATIONS 10000

static int
changes(StoreCache *cache)
{
	return sqlite3_changes(base_handle(cache->headers));
}

static GArray *
pending_ids(StoreCache *cache, gint64 operation, gint place)
{
	GArray *ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	sqlite3_stmt *rows = base_query(cache->headers,
		"SELECT id FROM pending WHERE operation = ? AND place = ? AND field = ?", "iii", operation,
		(gint64)place, (gint64)PENDING_FLAGS);

	while (base_step(cache->headers, rows)) {
		gint64 id = sqlite3_column_int64(rows, 0);
		g_array_append_val(ids, id);
	}
	return ids;
}

/* The server has it: what it keeps is what we asked for. */
static void
change_server_value(StoreCache *cache, RowId id, const Operation *operation)
{
	g_autofree char *old = base_text(cache->headers, "SELECT keywords FROM server WHERE id = ?", "i", id);
	g_autofree char *keywords = keywords_change(old, operation->add_keywords, operation->remove_keywords);

	base_run(cache->headers, "UPDATE server SET flags = (flags & ~?) | ?, keywords = ? WHERE id = ?",
		"iiti", (gint64)operation->remove_flags, (gint64)(operation->add_flags & MESSAGE_SETTABLE),
		keywords, id);
}

static void
mark_failed(StoreCache *cache, RowId id, gint64 operation, gint place)
{
	RowBrief row;

	if (id == 0 || !row_find(cache, id, &row))
		return;
	base_run(cache->headers, "INSERT OR IGNORE INTO pending VALUES(?, ?, ?, ?)", "iiii", id, operation,
		(gint64)PENDING_FAILED, (gint64)place);
	cache->pending_rows += changes(cache);
}

static void
end_flags(StoreCache *cache, const Operation *operation, gint place, gboolean confirmed, gboolean failed)
{
	g_autoptr(GArray) ids = pending_ids(cache, operation->id, place);

	for (guint i = 0; i < ids->len; i++) {
		gint64 id = g_array_index(ids, gint64, i);
		if (confirmed)
			change_server_value(cache, id, operation);
		base_run(cache->headers, "DELETE FROM pending WHERE id = ? AND operation = ? AND field = ?",
			"iii", id, operation->id, (gint64)PENDING_FLAGS);
		cache->pending_rows -= changes(cache);
		row_renew(cache, id);
		if (failed)
			mark_failed(cache, id, operation->id, place);
	}
}

static RowId
provisional_of(StoreCache *cache, gint64 operation, gint place)
{
	return base_integer(cache->headers, 0, "SELECT id FROM provisional WHERE operation = ? AND place = ?",
		"ii", operation, (gint64)place);
}

static RowId
hidden_of(StoreCache *cache, gint64 operation, gint place)
{
	return base_integer(cache->headers, 0, "SELECT id FROM hidden WHERE operation = ? AND place = ?",
		"ii", operation, (gint64)place);
}

static void
stop_awaiting(StoreCache *cache, gint64 operation, gint place)
{
	if (cache->awaited_rows == 0)
		return;
	base_run(cache->headers, "DELETE FROM awaited WHERE operation = ? AND place = ?", "ii", operation,
		(gint64)place);
	cache->awaited_rows -= changes(cache);
}

static void
finish(StoreCache *cache, gint64 operation, gint index)
{
	if (index >= 0 &&
		base_integer(cache->headers, 0,
			"SELECT EXISTS(SELECT 1 FROM pending WHERE operation = ?1 AND field = ?2) OR"
			" EXISTS(SELECT 1 FROM hidden WHERE operation = ?1) OR"
			" EXISTS(SELECT 1 FROM provisional WHERE operation = ?1 AND confirmed = 0) OR"
			" EXISTS(SELECT 1 FROM awaited WHERE operation = ?1)",
			"ii", operation, (gint64)PENDING_FLAGS) != 0)
		return;
	base_run(cache->headers, "UPDATE operation SET finished = 1 WHERE id = ?", "i", operation);
	base_run(cache->headers, "DELETE FROM operation WHERE finished = 1 AND id < ?", "i",
		cache->applied - KEEP_OPERATIONS);
}

/* All places of an operation, or one. */
static void
range_of(const Operation *operation, gint index, gint *first, gint *last)
{
	gint count = MAX((gint)operation->messages->len, 1);

	*first = index >= 0 ? index : 0;
	*last = index >= 0 ? index : count - 1;
}

/* ---- confirmed ------------------------------------------------------------------ */

/* A folder that was never selected: the uid that is told is one of this numbering. */
static void
note_numbering(StoreCache *cache, FolderId folder, guint32 uidvalidity)
{
	if (uidvalidity != 0)
		base_run(cache->headers, "UPDATE folder SET uidvalidity = ? WHERE id = ? AND uidvalidity = 0",
			"ii", (gint64)uidvalidity, (gint64)folder);
}

static void
confirm_one(StoreCache *cache, const Operation *operation, gint place, guint32 new_uid)
{
	RowId hidden = hidden_of(cache, operation->id, place);
	RowId provisional = provisional_of(cache, operation->id, place);

	stop_awaiting(cache, operation->id, place);
	if (operation->kind == OPERATION_FLAGS)
		end_flags(cache, operation, place, TRUE, FALSE);
	if (provisional != 0 && new_uid != 0) {
		note_numbering(cache, ROW_FOLDER(provisional), operation->target_uidvalidity);
		row_become(cache, provisional, ROW_ID(ROW_FOLDER(provisional), new_uid));
	} else if (provisional != 0) {
		base_run(cache->headers, "UPDATE provisional SET confirmed = 1 WHERE id = ?", "i",
			provisional);
	}
	if (hidden != 0)
		row_remove(cache, hidden);
}

gboolean
store_cache_confirm(
	StoreCache *cache, const Operation *operation, gint index, guint32 new_uid, GError **error)
{
	gint first, last;

	if (!cache_begin(cache, error))
		return FALSE;
	range_of(operation, index, &first, &last);
	for (gint i = first; i <= last; i++) {
		guint32 uid = new_uid;
		if (uid == 0 && i < (gint)operation->messages->len)
			uid = ((OperationMessage *)g_ptr_array_index(operation->messages, (guint)i))->new_uid;
		confirm_one(cache, operation, i, uid);
	}
	if (!operation_is_on_messages(operation) && operation->kind != OPERATION_APPEND)
		folder_operation_finish(cache, operation, FALSE);
	finish(cache, operation->id, index);
	return cache_commit(cache, error);
}

/* ---- taken back -------------------------------------------------------------------- */

/* Which row shows that it failed; 0: none is left. */
static RowId
revert_one(StoreCache *cache, const Operation *operation, gint place)
{
	RowId provisional = provisional_of(cache, operation->id, place);
	RowId back = row_unhide(cache, operation->id, place);

	stop_awaiting(cache, operation->id, place);
	if (provisional != 0) {
		/* What was asked of it since is asked of the one that is back. */
		if (back != 0)
			row_take_over(cache, provisional, back);
		row_remove(cache, provisional);
	}
	if (back == 0)
		return 0;
	base_run(cache->headers, "DELETE FROM moved WHERE old = ?", "i", back);
	row_renew(cache, back);
	return back;
}

static void
revert_place(StoreCache *cache, const Operation *operation, gint place, gboolean failed)
{
	const OperationMessage *message = place < (gint)operation->messages->len
						  ? g_ptr_array_index(operation->messages, (guint)place)
						  : NULL;
	RowId shown;

	if (operation->kind == OPERATION_FLAGS) {
		stop_awaiting(cache, operation->id, place);
		end_flags(cache, operation, place, FALSE, failed);
		return;
	}
	shown = revert_one(cache, operation, place);
	if (shown == 0 && message != NULL)
		shown = apply_locate(cache, message);
	if (failed)
		mark_failed(cache, shown, operation->id, place);
}

gboolean
store_cache_revert(StoreCache *cache, const Operation *operation, gint index, gboolean failed, GError **error)
{
	gint first, last;

	if (!cache_begin(cache, error))
		return FALSE;
	range_of(operation, index, &first, &last);
	for (gint i = first; i <= last; i++)
		revert_place(cache, operation, i, failed);
	if (!operation_is_on_messages(operation) && operation->kind != OPERATION_APPEND)
		folder_operation_finish(cache, operation, TRUE);
	finish(cache, operation->id, index);
	return cache_commit(cache, error);
}

gboolean
store_cache_settle(StoreCache *cache, const Operation *operation, GError **error)
{
	gboolean failed = operation->state == OPERATION_ERROR, ok = TRUE;
	gint count = (gint)operation->messages->len;

	if (!cache_begin(cache, error))
		return FALSE;
	/* An operation on no message is settled as a whole: place -1. */
	for (gint i = count > 0 ? 0 : -1; ok && i < count; i++) {
		const OperationMessage *message = i >= 0 ? g_ptr_array_index(operation->messages, i) : NULL;
		if ((message ? message->state : operation->state) == OPERATION_DONE)
			ok = store_cache_confirm(cache, operation, i, message ? message->new_uid : 0, NULL);
		else
			ok = store_cache_revert(cache, operation, i, failed, NULL);
	}
	return cache_commit(cache, error);
}

gboolean
store_cache_forget(StoreCache *cache, const Operation *operation, GError **error)
{
	if (!cache_begin(cache, error))
		return FALSE;
	base_run(cache->headers, "DELETE FROM pending WHERE operation = ? AND field = ?", "ii", operation->id,
		(gint64)PENDING_FAILED);
	cache->pending_rows -= changes(cache);
	return cache_commit(cache, error);
}

gboolean
store_cache_shows(StoreCache *cache, RowId id)
{
	RowBrief row;

	return row_find(cache, id, &row) && !row.hidden;
}
