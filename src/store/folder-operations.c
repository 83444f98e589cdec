/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Folders made, renamed, deleted, subscribed here. folder_pending keeps what
 * each was before; until it is gone, the server's list leaves the folder alone.
 */
#include "config.h"

#include "store/cache-private.h"

#include "util/charset.h"

#include <string.h>

static void
note_pending(StoreCache *cache, gint64 folder, const Operation *operation, const char *before)
{
	base_run(cache->headers, "INSERT OR IGNORE INTO folder_pending VALUES(?, ?, ?, ?)", "iiit", folder,
		operation->id, (gint64)operation->kind, before);
}

static void
set_name(StoreCache *cache, gint64 folder, const char *name)
{
	base_run(cache->headers, "UPDATE folder SET name = ? WHERE id = ?", "ti", name, folder);
}

static void
create(StoreCache *cache, const Operation *operation)
{
	g_autofree char *raw = charset_to_imap_utf7(operation->target);
	StoreFolder folder = {.name = operation->target, .raw = raw, .selectable = TRUE, .subscribed = TRUE};

	if (folder_find(cache, operation->target) != 0)
		return;
	folder.delimiter = (char)base_integer(
		cache->headers, '/', "SELECT delimiter FROM folder WHERE delimiter <> 0 LIMIT 1", "");
	note_pending(cache, folder_add(cache, &folder), operation, NULL);
}

/* With all below it. */
static void
rename_tree(StoreCache *cache, const Operation *operation)
{
	StoreBase *base = cache->headers;
	gsize length = strlen(operation->target);
	sqlite3_stmt *rows = base_query(base,
		"SELECT id, name FROM folder WHERE hidden = 0 AND (name = ?1 OR (delimiter <> 0 AND"
		" substr(name, 1, length(?1) + 1) = ?1 || char(delimiter)))",
		"t", operation->target);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));

	while (base_step(base, rows)) {
		gint64 id = sqlite3_column_int64(rows, 0);
		g_array_append_val(ids, id);
		g_ptr_array_add(names, base_column_text(rows, 1));
	}
	for (guint i = 0; i < ids->len; i++) {
		const char *old = g_ptr_array_index(names, i);
		g_autofree char *name = g_strconcat(operation->new_name, old + length, NULL);
		note_pending(cache, g_array_index(ids, gint64, i), operation, old);
		set_name(cache, g_array_index(ids, gint64, i), name);
	}
}

static void
subscribe(StoreCache *cache, FolderId folder, const Operation *operation)
{
	gint64 before = base_integer(
		cache->headers, 0, "SELECT subscribed FROM folder WHERE id = ?", "i", (gint64)folder);

	note_pending(cache, folder, operation, before ? "1" : "0");
	base_run(cache->headers, "UPDATE folder SET subscribed = ? WHERE id = ?", "ii",
		(gint64)(operation->kind == OPERATION_FOLDER_SUBSCRIBE), (gint64)folder);
}

void
folder_operation_apply(StoreCache *cache, const Operation *operation)
{
	FolderId folder = folder_find(cache, operation->target);

	if (operation->kind == OPERATION_FOLDER_CREATE) {
		create(cache, operation);
		return;
	}
	if (folder == 0)
		return;
	switch (operation->kind) {
	case OPERATION_FOLDER_RENAME:
		if (operation->new_name != NULL)
			rename_tree(cache, operation);
		break;
	case OPERATION_FOLDER_DELETE:
		note_pending(cache, folder, operation, NULL);
		base_run(cache->headers, "UPDATE folder SET hidden = 1 WHERE id = ?", "i", (gint64)folder);
		break;
	case OPERATION_FOLDER_SUBSCRIBE:
	case OPERATION_FOLDER_UNSUBSCRIBE:
		subscribe(cache, folder, operation);
		break;
	default:
		break;
	}
}

/* ---- the end --------------------------------------------------------------------- */

static void
take_back(StoreCache *cache, gint64 folder, OperationKind kind, const char *before)
{
	switch (kind) {
	case OPERATION_FOLDER_CREATE:
		folder_remove(cache, (FolderId)folder);
		break;
	case OPERATION_FOLDER_RENAME:
		set_name(cache, folder, before);
		break;
	case OPERATION_FOLDER_DELETE:
		base_run(cache->headers, "UPDATE folder SET hidden = 0 WHERE id = ?", "i", folder);
		break;
	default:
		base_run(cache->headers, "UPDATE folder SET subscribed = ? WHERE id = ?", "ii",
			(gint64)(before != NULL && before[0] == '1'), folder);
		break;
	}
}

static void
make_final(StoreCache *cache, gint64 folder, OperationKind kind)
{
	g_autofree char *name = NULL;
	g_autofree char *raw = NULL;

	if (kind == OPERATION_FOLDER_DELETE)
		folder_remove(cache, (FolderId)folder);
	if (kind != OPERATION_FOLDER_RENAME)
		return;
	/* Until the next list says how it is spelled. */
	name = base_text(cache->headers, "SELECT name FROM folder WHERE id = ?", "i", folder);
	raw = name != NULL ? charset_to_imap_utf7(name) : NULL;
	base_run(cache->headers, "UPDATE folder SET raw = ? WHERE id = ?", "ti", raw, folder);
}

void
folder_operation_finish(StoreCache *cache, const Operation *operation, gboolean revert)
{
	StoreBase *base = cache->headers;
	g_autofree char *before = NULL;
	sqlite3_stmt *query;
	gint64 folder;

	for (;;) {
		query = base_query(base,
			"SELECT folder, old_name FROM folder_pending WHERE operation = ? LIMIT 1", "i",
			operation->id);
		if (!base_step(base, query))
			return;
		folder = sqlite3_column_int64(query, 0);
		g_free(before);
		before = base_column_text(query, 1);
		base_reset(query);
		base_run(base, "DELETE FROM folder_pending WHERE folder = ? AND operation = ?", "ii", folder,
			operation->id);
		if (revert)
			take_back(cache, folder, operation->kind, before);
		else
			make_final(cache, folder, operation->kind);
	}
}
