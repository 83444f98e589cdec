/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A batch from the server in one transaction: rows in order of uid, so that
 * they are appended leaf by leaf; what is here already only gets its flags.
 */
#include "config.h"

#include "store/cache-private.h"

#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"

#include <string.h>

void
store_intake_free(StoreIntake *intake)
{
	if (intake == NULL)
		return;
	g_free(intake->keywords);
	g_free(intake->header);
	g_free(intake->content_id);
	g_free(intake->labels);
	g_free(intake);
}

/* ---- one row ---------------------------------------------------------------------- */

/* The content of another row with the same EMAILID, or else the same Message-ID and size. */
static gint64
shared_cid(StoreCache *cache, guint64 content, guint64 node, guint32 size)
{
	NodeRef ref = {.kind = NODE_NONE};
	RowBrief row;

	if (content != 0)
		ref = node_find(cache, content);
	else if (node != 0)
		ref = node_find(cache, node);
	if (ref.kind != NODE_ROW || !row_find(cache, ref.value, &row))
		return 0;
	return content != 0 || row.size == size ? row.cid : 0;
}

static gint64
take_cid(StoreCache *cache, guint64 content, guint64 node, guint32 size)
{
	gint64 cid = shared_cid(cache, content, node, size);

	return cid != 0 ? cid : cache->next_cid++;
}

static void
bind_number(sqlite3_stmt *statement, int *i, gint64 value)
{
	if (value != 0)
		sqlite3_bind_int64(statement, (*i)++, value);
	else
		sqlite3_bind_null(statement, (*i)++);
}

static void
bind_text(sqlite3_stmt *statement, int *i, const char *text)
{
	sqlite3_bind_text(
		statement, (*i)++, text != NULL && text[0] != '\0' ? text : NULL, -1, SQLITE_STATIC);
}

static void
insert_row(StoreCache *cache, FolderId folder, RowId id, const StoreIntake *intake,
	const DecodedHeader *decoded, const ThreadPlace *place, guint64 content, gint64 cid)
{
	sqlite3_stmt *insert = base_query(cache->headers,
		"INSERT INTO message VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
		"?)",
		"");
	int i = 1;

	sqlite3_bind_int64(insert, i++, id);
	sqlite3_bind_int64(insert, i++, folder);
	bind_number(insert, &i, place->tid != id ? place->tid : 0);
	sqlite3_bind_int64(insert, i++, decoded->sent);
	sqlite3_bind_int64(insert, i++, intake->flags & MESSAGE_SETTABLE);
	bind_number(insert, &i, (gint64)decoded->node);
	bind_number(insert, &i, (gint64)place->up);
	sqlite3_bind_int64(insert, i++, intake->received);
	bind_number(insert, &i, decoded->person);
	bind_number(insert, &i, decoded->subject);
	bind_text(insert, &i, decoded->prefix);
	bind_number(insert, &i, decoded->recipients);
	bind_number(insert, &i, decoded->list);
	sqlite3_bind_int64(insert, i++, cid);
	sqlite3_bind_int64(insert, i++, intake->size);
	sqlite3_bind_int64(insert, i++, decoded->zone);
	sqlite3_bind_int64(insert, i++, decoded->look | (place->own_parent ? LOOK_OWN_PARENT : 0));
	bind_text(insert, &i, intake->keywords);
	bind_number(insert, &i, (gint64)content);
	bind_text(insert, &i, intake->labels);
	bind_number(insert, &i, decoded->fields);
	bind_text(insert, &i, decoded->message_id);
	base_step(cache->headers, insert);
}

void
intake_row(StoreCache *cache, FolderId folder, RowId id, const StoreIntake *intake, gboolean upwards)
{
	DecodedHeader decoded;
	ThreadPlace place;
	NodeRef found;
	guint64 content = intake->content_id != NULL ? decode_content(&cache->key, intake->content_id) : 0;
	gint64 cid;

	decode_header(cache, intake->header != NULL ? intake->header : "", intake->header_length,
		intake->received, &decoded);
	cid = take_cid(cache, content, decoded.node, intake->size);
	place = thread_place(cache, id, decoded.node, decoded.refs, decoded.n_refs, upwards);
	if (content != 0) {
		found = node_find(cache, content);
		node_put_row(cache, content, id, &found);
	}
	insert_row(cache, folder, id, intake, &decoded, &place, content, cid);
	decoded_header_clear(&decoded);
}

void
intake_note(StoreCache *cache, RowId first, RowId last, gsize count)
{
	cache->unsettled += count;
	if (cache->unsettled == count && count <= CACHE_SMALL_BATCH) {
		settle_nodes(cache, NULL);
		settle_texts(cache, NULL);
		settle_words(cache, NULL);
		return;
	}
	settle_learn(cache);
	base_run(cache->headers,
		"INSERT INTO unsettled VALUES(?1, ?2) ON CONFLICT(first) DO UPDATE SET last = max(last, ?2)",
		"ii", first, last);
	if (cache->unsettled < CACHE_SETTLE_ROWS && cache->nodes.used < CACHE_SETTLE_ENTRIES &&
		cache->texts.used < CACHE_SETTLE_ENTRIES)
		return;
	settle_nodes(cache, NULL);
	settle_texts(cache, NULL);
}

/* ---- a batch -------------------------------------------------------------------------- */

typedef struct {
	StoreCache *cache;
	FolderId folder;
	guint32 uidvalidity, low_uid;
	RowId newest;         /* real row here before the batch; 0: none */
	GHashTable *here;     /* uids of the batch's range that are here; NULL: none */
	gboolean provisional; /* the folder has provisional rows */
	GArray *fresh;        /* of the caller; may be NULL */
	FolderCounts counts;
	RowId first, last; /* rows inserted */
	gsize inserted;
	gboolean lacking; /* a row could not be copied */
} Batch;

static gint
compare_uids(gconstpointer a, gconstpointer b)
{
	guint32 left = (*(StoreIntake *const *)a)->uid, right = (*(StoreIntake *const *)b)->uid;

	return (left > right) - (left < right);
}

static void
find_here(Batch *batch, const char *sql, guint32 low, guint32 high)
{
	sqlite3_stmt *rows = base_query(
		batch->cache->headers, sql, "ii", ROW_ID(batch->folder, low), ROW_ID(batch->folder, high));

	while (base_step(batch->cache->headers, rows)) {
		guint32 uid = ROW_UID(sqlite3_column_int64(rows, 0));
		if (batch->here == NULL)
			batch->here = g_hash_table_new(NULL, NULL);
		g_hash_table_add(batch->here, GUINT_TO_POINTER(uid));
	}
}

static gboolean
prepare_batch(Batch *batch, guint32 low, guint32 high, GError **error)
{
	StoreBase *base = batch->cache->headers;
	sqlite3_stmt *query = base_query(
		base, "SELECT uidvalidity, low_uid FROM folder WHERE id = ?", "i", (gint64)batch->folder);

	if (!base_step(base, query)) {
		if (!base_failed(base, error))
			fault_set(error, FAULT_UNKNOWN, _("The folder is no longer there."));
		return FALSE;
	}
	batch->uidvalidity = (guint32)sqlite3_column_int64(query, 0);
	batch->low_uid = (guint32)sqlite3_column_int64(query, 1);
	base_reset(query);
	batch->newest = base_integer(base, 0, "SELECT max(id) FROM message WHERE id BETWEEN ? AND ?", "ii",
		ROW_ID(batch->folder, 0), ROW_ID_PROVISIONAL(batch->folder, 0) - 1);
	find_here(batch, "SELECT id FROM message WHERE id BETWEEN ? AND ?", low, high);
	if (batch->cache->hidden_rows > 0)
		find_here(batch, "SELECT id FROM hidden WHERE id BETWEEN ? AND ?", low, high);
	batch->provisional = batch->cache->provisional_rows > 0 &&
			     base_integer(base, 0, "SELECT 1 FROM provisional WHERE folder = ? LIMIT 1", "i",
				     (gint64)batch->folder) != 0;
	return TRUE;
}

/* The row with the content of an intake. FALSE: there is none. */
static gboolean
find_content(StoreCache *cache, const StoreIntake *intake, RowBrief *row)
{
	NodeRef ref = {.kind = NODE_NONE};

	if (intake->content_id != NULL)
		ref = node_find(cache, decode_content(&cache->key, intake->content_id));
	return ref.kind == NODE_ROW && row_find(cache, ref.value, row);
}

/* A provisional row that this message is: same id and size, and newer than what was there when it was made.
 */
static RowId
match_provisional(Batch *batch, const StoreIntake *intake, guint64 node)
{
	if (node == 0)
		return 0;
	return base_integer(batch->cache->headers, 0,
		"SELECT p.id FROM provisional p LEFT JOIN message m ON m.id = p.id LEFT JOIN hidden h ON "
		"h.id = p.id"
		" WHERE p.folder = ? AND p.floor <= ? AND coalesce(m.node, h.node) = ? AND coalesce(m.size, "
		"h.size) = ?"
		" ORDER BY p.id LIMIT 1",
		"iiii", (gint64)batch->folder, (gint64)intake->uid, (gint64)node, (gint64)intake->size);
}

static void
update_known(Batch *batch, RowId id, const StoreIntake *intake)
{
	RowBrief row;

	if (row_find(batch->cache, id, &row))
		row_set_server_flags(batch->cache, &row, intake->flags, intake->keywords);
}

static void
take_one(Batch *batch, const StoreIntake *intake)
{
	RowId id = ROW_ID(batch->folder, intake->uid);
	RowId provisional = 0;
	RowBrief source;

	if (batch->here != NULL && g_hash_table_contains(batch->here, GUINT_TO_POINTER(intake->uid))) {
		update_known(batch, id, intake);
		return;
	}
	if (intake->header == NULL && !find_content(batch->cache, intake, &source)) {
		batch->lacking = TRUE;
		return;
	}
	if (batch->provisional)
		provisional = match_provisional(batch, intake,
			intake->header == NULL ? source.node
					       : decode_header_node(&batch->cache->key, intake->header,
							 intake->header_length));
	if (provisional != 0) {
		row_become(batch->cache, provisional, id);
		update_known(batch, id, intake);
		return;
	}
	if (intake->header == NULL)
		row_copy_arrived(batch->cache, &source, id, intake);
	else
		intake_row(batch->cache, batch->folder, id, intake, id > batch->newest && batch->newest != 0);
	folder_counts_add(&batch->counts, intake->flags, 1);
	if (batch->inserted++ == 0)
		batch->first = id;
	batch->last = id;
	if (batch->fresh != NULL)
		g_array_append_val(batch->fresh, id);
}

/* All from low to high is here now: how far down does that reach without a gap? */
static void
note_range(Batch *batch, guint32 low, guint32 high)
{
	if (low == 0 || batch->lacking || (batch->low_uid != 0 && low >= batch->low_uid))
		return;
	if (batch->low_uid != 0 && high != 0 && high < batch->low_uid - 1)
		return;
	base_run(batch->cache->headers, "UPDATE folder SET low_uid = ? WHERE id = ?", "ii", (gint64)low,
		(gint64)batch->folder);
}

static void
take_batch(Batch *batch, GPtrArray *sorted)
{
	guint32 previous = 0;

	for (guint i = 0; i < sorted->len; i++) {
		const StoreIntake *intake = g_ptr_array_index(sorted, i);
		if (intake->uid == 0 || intake->uid == previous)
			continue;
		previous = intake->uid;
		take_one(batch, intake);
	}
	folder_counts_write(batch->cache, batch->folder, &batch->counts);
	if (batch->inserted > 0)
		intake_note(batch->cache, batch->first, batch->last, batch->inserted);
	if (batch->cache->awaited_rows == 0)
		return;
	for (guint i = 0; i < sorted->len; i++) {
		const StoreIntake *intake = g_ptr_array_index(sorted, i);
		apply_awaited(batch->cache, batch->folder, batch->uidvalidity, intake->uid);
	}
}

void
store_cache_know(StoreCache *cache, GPtrArray *intakes)
{
	RowBrief row;

	for (guint i = 0; i < intakes->len; i++) {
		StoreIntake *intake = g_ptr_array_index(intakes, i);
		intake->known = find_content(cache, intake, &row);
	}
}

gboolean
store_cache_has_others(StoreCache *cache, FolderId folder)
{
	return base_integer(cache->headers, 0,
		       "SELECT EXISTS(SELECT 1 FROM message WHERE id < ?) OR EXISTS(SELECT 1 FROM message "
		       "WHERE "
		       "id >= ?)",
		       "ii", ROW_ID(folder, 0), ROW_ID(folder + 1, 0)) != 0;
}

gboolean
store_cache_intake(StoreCache *cache, FolderId folder, GPtrArray *intakes, guint32 low, guint32 high,
	GArray *fresh, GError **error)
{
	g_autoptr(GPtrArray) sorted = g_ptr_array_sized_new(intakes->len + 1);
	Batch batch = {.cache = cache, .folder = folder, .fresh = fresh};
	guint fresh_before = fresh != NULL ? fresh->len : 0;
	guint32 first = 0, last = 0;
	gboolean done, in_order = TRUE;

	for (guint i = 0; i < intakes->len; i++) {
		gpointer intake = g_ptr_array_index(intakes, i);
		in_order = in_order && (i == 0 || compare_uids(&intakes->pdata[i - 1], &intake) <= 0);
		g_ptr_array_add(sorted, intake);
	}
	if (!in_order)
		g_ptr_array_sort(sorted, compare_uids);
	if (sorted->len > 0) {
		first = ((StoreIntake *)g_ptr_array_index(sorted, 0))->uid;
		last = ((StoreIntake *)g_ptr_array_index(sorted, sorted->len - 1))->uid;
	}
	if (!cache_begin(cache, error))
		return FALSE;
	if (!prepare_batch(&batch, first, last, error)) {
		cache_abort(cache);
		return FALSE;
	}
	take_batch(&batch, sorted);
	note_range(&batch, low, high);
	done = cache_commit(cache, error);
	if (!done && fresh != NULL)
		g_array_set_size(fresh, fresh_before);
	g_clear_pointer(&batch.here, g_hash_table_unref);
	return done;
}
