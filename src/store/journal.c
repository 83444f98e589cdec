/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/journal.h"

#include <string.h>

#include "store/journal-private.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/paths.h"

/* 2020-01-01: what a journal counts its ids from that was begun anew. */
#define EPOCH_S G_GINT64_CONSTANT(1577836800)

#define OP_COLUMNS                                                                                           \
	"op.id, op.account, op.grp, op.after, op.kind, op.add_flags, op.remove_flags, op.add_keywords, "     \
	"op.remove_keywords, op.target, op.new_name, op.target_uidnext, op.target_uidvalidity, op.date, "    \
	"op.made, op.state, op.error, op.attempts, op.undoes, op.undone_by, op.words, "                      \
	"op.kind = 4 AND op.after <> 0 AND EXISTS (SELECT 1 FROM op AS b WHERE b.id = op.after AND b.state " \
	"<> 2) "

/* ---- opening ------------------------------------------------------------------ */

static gboolean
load_key(Journal *journal, GError **error)
{
	sqlite3_stmt *row;

	if (!base_begin(journal->base, error))
		return FALSE;
	row = base_query(journal->base, "SELECT value FROM value WHERE name = 'hash-key'", "");
	if (base_step(journal->base, row)) {
		if (sqlite3_column_bytes(row, 0) == (int)sizeof journal->key)
			memcpy(&journal->key, sqlite3_column_blob(row, 0), sizeof journal->key);
		base_reset(row);
	} else {
		hash_key_random(&journal->key);
		base_run(journal->base, "INSERT INTO value(name, value) VALUES('hash-key', ?)", "b",
			&journal->key, sizeof journal->key);
	}
	return base_commit(journal->base, error);
}

/*
 * The caches hold operations of the file that was lost: new ids must lie above
 * those. No journal made more than one a second ever since.
 */
static gboolean
skip_lost_ids(Journal *journal, GError **error)
{
	gint64 first = dates_now().seconds - EPOCH_S;

	if (!base_begin(journal->base, error))
		return FALSE;
	base_run(journal->base, "INSERT INTO sqlite_sequence(name, seq) VALUES('op', ?)", "i", MAX(first, 0));
	return base_commit(journal->base, error);
}

Journal *
journal_open(const char *path, char **warning, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *aside = NULL;
	g_autoptr(Journal) journal = NULL;
	BaseOutcome outcome = BASE_FOUND;
	StoreBase *base;

	if (warning != NULL)
		*warning = NULL;
	if (!paths_make_folder(folder, error))
		return NULL;
	base = base_open(path, &journal_base, &outcome, &aside, error);
	if (base == NULL)
		return NULL;
	journal = g_new0(Journal, 1);
	journal->base = base;
	journal->data_version = base_data_version(base);
	if (outcome == BASE_REBUILT && !skip_lost_ids(journal, error))
		return NULL;
	if (!load_key(journal, error))
		return NULL;
	if (aside != NULL && warning != NULL)
		*warning = g_strdup_printf(
			_("The journal was damaged and is kept as %s. What was not yet sent to the "
			  "server, drafts and the outbox may be lost; a new journal was begun."),
			aside);
	return g_steal_pointer(&journal);
}

void
journal_close(Journal *journal)
{
	if (journal == NULL)
		return;
	base_close(journal->base);
	g_free(journal);
}

const HashKey *
journal_hash_key(Journal *journal)
{
	return &journal->key;
}

gboolean
journal_begin(Journal *journal, GError **error)
{
	return base_begin(journal->base, error);
}

gboolean
journal_end(Journal *journal, GError **error)
{
	if (!base_commit(journal->base, error))
		return FALSE;
	journal->version++;
	if (sqlite3_get_autocommit(base_handle(journal->base)))
		base_checkpoint(journal->base, FALSE);
	return TRUE;
}

gboolean
journal_commit(Journal *journal, GError **error)
{
	return journal_end(journal, error);
}

void
journal_rollback(Journal *journal)
{
	base_rollback(journal->base);
}

/* ---- adding --------------------------------------------------------------------- */

static void
insert_message(Journal *journal, gint64 operation, guint n, const OperationMessage *message)
{
	base_run(journal->base,
		"INSERT INTO op_msg(op, n, row, folder, uidvalidity, uid, key, size, received, old_flags,"
		" old_keywords, state, new_uid, new_row) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"iiitiiiiiitiii", operation, (gint64)n, message->row, message->folder,
		(gint64)message->uidvalidity, (gint64)message->uid, (gint64)message->key,
		(gint64)message->size, message->received, (gint64)message->old_flags, message->old_keywords,
		(gint64)message->state, (gint64)message->new_uid, message->new_row);
}

static gint64
insert_operation(Journal *journal, const Operation *operation, gint64 group, gint64 after)
{
	gint64 id;

	base_run(journal->base,
		"INSERT INTO op(account, grp, after, kind, add_flags, remove_flags, add_keywords, "
		"remove_keywords,"
		" target, new_name, date, made, state, error, undoes, words)"
		" VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"tiiiiittttiiitit", operation->account, group, after, (gint64)operation->kind,
		(gint64)operation->add_flags, (gint64)operation->remove_flags, operation->add_keywords,
		operation->remove_keywords, operation->target, operation->new_name, operation->date,
		operation->made, (gint64)operation->state, operation->error, operation->undoes,
		operation->words);
	id = sqlite3_last_insert_rowid(base_handle(journal->base));
	if (group == 0)
		base_run(journal->base, "UPDATE op SET grp = id WHERE id = ?", "i", id);
	if (operation->content != NULL)
		base_run(journal->base, "INSERT INTO op_content(op, octets) VALUES(?, ?)", "ib", id,
			g_bytes_get_data(operation->content, NULL), g_bytes_get_size(operation->content));
	for (guint n = 0; n < operation->messages->len; n++)
		insert_message(journal, id, n, g_ptr_array_index(operation->messages, n));
	return id;
}

gboolean
journal_add(Journal *journal, Operation **operations, gsize count, GError **error)
{
	g_autofree gint64 *ids = g_new0(gint64, count);
	gint64 new_group = 0;

	if (!base_begin(journal->base, error))
		return FALSE;
	for (gsize i = 0; i < count; i++) {
		gint64 after = operations[i]->after;
		gint64 group = operations[i]->group != 0 ? operations[i]->group : new_group;
		g_assert(after >= 0 || (gsize)-after <= i);
		ids[i] = insert_operation(journal, operations[i], group, after < 0 ? ids[-after - 1] : after);
		if (group == 0)
			new_group = ids[i];
	}
	if (!journal_end(journal, error))
		return FALSE;
	for (gsize i = 0; i < count; i++) {
		operations[i]->id = ids[i];
		if (operations[i]->group == 0)
			operations[i]->group = new_group;
		if (operations[i]->after < 0)
			operations[i]->after = ids[-operations[i]->after - 1];
	}
	return TRUE;
}

/* ---- reading --------------------------------------------------------------------- */

static Operation *
read_operation(sqlite3_stmt *row)
{
	g_autofree char *account = base_column_text(row, 1);
	Operation *operation = operation_new((OperationKind)sqlite3_column_int(row, 4), account);

	operation->id = sqlite3_column_int64(row, 0);
	operation->group = sqlite3_column_int64(row, 2);
	operation->after = sqlite3_column_int64(row, 3);
	operation->add_flags = (guint32)sqlite3_column_int64(row, 5);
	operation->remove_flags = (guint32)sqlite3_column_int64(row, 6);
	operation->add_keywords = base_column_text(row, 7);
	operation->remove_keywords = base_column_text(row, 8);
	operation->target = base_column_text(row, 9);
	operation->new_name = base_column_text(row, 10);
	operation->target_uidnext = (guint32)sqlite3_column_int64(row, 11);
	operation->target_uidvalidity = (guint32)sqlite3_column_int64(row, 12);
	operation->date = sqlite3_column_int64(row, 13);
	operation->made = sqlite3_column_int64(row, 14);
	operation->state = (OperationState)sqlite3_column_int(row, 15);
	operation->error = base_column_text(row, 16);
	operation->attempts = (guint)sqlite3_column_int(row, 17);
	operation->undoes = sqlite3_column_int64(row, 18);
	operation->undone_by = sqlite3_column_int64(row, 19);
	operation->words = base_column_text(row, 20);
	operation->head_only = sqlite3_column_int(row, 21);
	return operation;
}

static void
read_messages(Journal *journal, Operation *operation)
{
	sqlite3_stmt *row = base_query(journal->base,
		"SELECT row, folder, uidvalidity, uid, key, size, received, old_flags, old_keywords, state, "
		"new_uid,"
		" new_row FROM op_msg WHERE op = ? ORDER BY n",
		"i", operation->id);

	while (base_step(journal->base, row)) {
		OperationMessage *message = operation_add_message(operation);
		message->row = sqlite3_column_int64(row, 0);
		message->folder = base_column_text(row, 1);
		message->uidvalidity = (guint32)sqlite3_column_int64(row, 2);
		message->uid = (guint32)sqlite3_column_int64(row, 3);
		message->key = (guint64)sqlite3_column_int64(row, 4);
		message->size = (guint32)sqlite3_column_int64(row, 5);
		message->received = sqlite3_column_int64(row, 6);
		message->old_flags = (guint32)sqlite3_column_int64(row, 7);
		message->old_keywords = base_column_text(row, 8);
		message->state = (OperationState)sqlite3_column_int(row, 9);
		message->new_uid = (guint32)sqlite3_column_int64(row, 10);
		message->new_row = sqlite3_column_int64(row, 11);
	}
}

/* All rows of a query of OP_COLUMNS, in one state of the file. */
static GPtrArray *
collect(Journal *journal, sqlite3_stmt *row)
{
	GPtrArray *operations = g_ptr_array_new_with_free_func((GDestroyNotify)operation_free);

	while (base_step(journal->base, row))
		g_ptr_array_add(operations, read_operation(row));
	for (guint i = 0; i < operations->len; i++)
		read_messages(journal, g_ptr_array_index(operations, i));
	base_release(journal->base);
	return operations;
}

GPtrArray *
journal_load(Journal *journal, const char *account, gint64 above_id, gboolean unfinished_only)
{
	base_snapshot(journal->base);
	if (unfinished_only)
		return collect(journal,
			base_query(journal->base,
				"SELECT " OP_COLUMNS
				"FROM op WHERE account = ? AND id > ? AND state IN (0, 1) ORDER BY id",
				"ti", account, above_id));
	return collect(
		journal, base_query(journal->base,
				 "SELECT " OP_COLUMNS "FROM op WHERE account = ? AND id > ? ORDER BY id",
				 "ti", account, above_id));
}

gboolean
journal_only_rules_wait(Journal *journal, const char *account)
{
	return base_integer(journal->base, 0,
		       "SELECT min(undoes = ? AND kind IN (?, ?, ?) AND state = 0) FROM op"
		       " WHERE account = ? AND state IN (0, 1)",
		       "iiiit", (gint64)OPERATION_AUTOMATIC, (gint64)OPERATION_FLAGS, (gint64)OPERATION_MOVE,
		       (gint64)OPERATION_COPY, account) != 0;
}

Operation *
journal_get(Journal *journal, gint64 id)
{
	g_autoptr(GPtrArray) found = NULL;

	base_snapshot(journal->base);
	found = collect(
		journal, base_query(journal->base, "SELECT " OP_COLUMNS "FROM op WHERE id = ?", "i", id));
	return found->len > 0 ? g_ptr_array_steal_index(found, 0) : NULL;
}

Operation *
journal_next(Journal *journal, const char *account, gint64 above_id, GError **error)
{
	g_autoptr(GPtrArray) found = NULL;

	base_snapshot(journal->base);
	found = collect(journal,
		base_query(journal->base,
			"SELECT " OP_COLUMNS
			"FROM op WHERE account = ? AND id > ? AND state IN (0, 1) ORDER BY id LIMIT 1",
			"ti", account, above_id));
	if (base_failed(journal->base, error) || found->len == 0)
		return NULL;
	return g_ptr_array_steal_index(found, 0);
}

GArray *
journal_unfinished(Journal *journal, const char *account, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	sqlite3_stmt *row = base_query(journal->base,
		"SELECT id FROM op WHERE account = ? AND state IN (0, 1) ORDER BY id", "t", account);

	while (base_step(journal->base, row)) {
		gint64 id = sqlite3_column_int64(row, 0);
		g_array_append_val(ids, id);
	}
	return base_failed(journal->base, error) ? NULL : g_steal_pointer(&ids);
}

GPtrArray *
journal_group(Journal *journal, gint64 group)
{
	base_snapshot(journal->base);
	return collect(
		journal, base_query(journal->base, "SELECT " OP_COLUMNS "FROM op WHERE grp = ? ORDER BY id",
				 "i", group));
}

GPtrArray *
journal_recent(Journal *journal, const char *account, gsize limit)
{
	/* The first of a group has the group's number as its id. */
	base_snapshot(journal->base);
	return collect(journal,
		base_query(journal->base,
			"SELECT " OP_COLUMNS
			"FROM op WHERE id = grp AND (?1 IS NULL OR account = ?1) ORDER BY id DESC LIMIT ?2",
			"ti", account, (gint64)MIN(limit, (gsize)G_MAXINT32)));
}

gint64
journal_last_undoable(Journal *journal, const char *account)
{
	return base_integer(journal->base, 0,
		"SELECT grp FROM op WHERE undoes = 0 AND undone_by = 0 AND state IN (0, 1, 2) AND kind NOT "
		"IN (3, 7)"
		" AND (?1 IS NULL OR account = ?1)"
		" AND NOT EXISTS (SELECT 1 FROM op AS taken WHERE taken.undoes = op.grp AND taken.undoes <> "
		"0)"
		" ORDER BY id DESC LIMIT 1",
		"t", account);
}

GBytes *
journal_load_content(Journal *journal, gint64 id)
{
	GBytes *content = NULL;
	sqlite3_stmt *row = base_query(journal->base, "SELECT octets FROM op_content WHERE op = ?", "i", id);

	if (base_step(journal->base, row)) {
		content = base_column_bytes(row, 0);
		base_reset(row);
	}
	return content;
}

/* ---- states ------------------------------------------------------------------------ */

G_STATIC_ASSERT(
	OPERATION_PENDING == 0 && OPERATION_IN_FLIGHT == 1 && OPERATION_DONE == 2 && OPERATION_UNDONE == 4);
G_STATIC_ASSERT(OPERATION_EXPUNGE == 3 && OPERATION_APPEND == 4 && OPERATION_FOLDER_DELETE == 7);

static gboolean
may_become(Journal *journal, gint64 id, OperationState state, GError **error)
{
	gint64 now = base_integer(journal->base, -1, "SELECT state FROM op WHERE id = ?", "i", id);

	if (base_failed(journal->base, error))
		return FALSE;
	if (now < 0)
		fault_set(error, FAULT_UNKNOWN, _("there is no operation %" G_GINT64_FORMAT), id);
	else if (now == OPERATION_UNDONE && state != OPERATION_UNDONE)
		fault_set(error, FAULT_REFUSED, _("operation %" G_GINT64_FORMAT " was undone"), id);
	else
		return TRUE;
	return FALSE;
}

gboolean
journal_set_state(Journal *journal, gint64 id, OperationState state, const char *error_text, GError **error)
{
	if (!base_begin(journal->base, error))
		return FALSE;
	if (!may_become(journal, id, state, error)) {
		/* Nothing was changed; what an outer journal_begin() holds goes on. */
		(void)base_commit(journal->base, NULL);
		return FALSE;
	}
	base_run(journal->base,
		"UPDATE op SET state = ?2, error = ?3, attempts = attempts + (?2 = 1) WHERE id = ?1", "iit",
		id, (gint64)state, error_text);
	if (state == OPERATION_DONE)
		base_run(journal->base, "DELETE FROM op_content WHERE op = ?", "i", id);
	return journal_end(journal, error);
}

gboolean
journal_set_message(Journal *journal, gint64 id, guint index, OperationState state, guint32 new_uid,
	RowId new_row, GError **error)
{
	if (!base_begin(journal->base, error))
		return FALSE;
	base_run(journal->base,
		"UPDATE op_msg SET state = ?1, new_uid = CASE WHEN ?2 <> 0 THEN ?2 ELSE new_uid END,"
		" new_row = CASE WHEN ?3 <> 0 THEN ?3 ELSE new_row END WHERE op = ?4 AND n = ?5",
		"iiiii", (gint64)state, (gint64)new_uid, new_row, id, (gint64)index);
	return journal_end(journal, error);
}

gboolean
journal_set_target(Journal *journal, gint64 id, guint32 uidvalidity, guint32 uidnext, GError **error)
{
	if (!base_begin(journal->base, error))
		return FALSE;
	base_run(journal->base, "UPDATE op SET target_uidvalidity = ?, target_uidnext = ? WHERE id = ?",
		"iii", (gint64)uidvalidity, (gint64)uidnext, id);
	return journal_end(journal, error);
}

gboolean
journal_set_undone(Journal *journal, gint64 group, gint64 by, GError **error)
{
	if (!base_begin(journal->base, error))
		return FALSE;
	base_run(journal->base, "UPDATE op SET state = 4 WHERE grp = ? AND state = 0", "i", group);
	/* Undone without an operation of its own: by itself, so that it is not found again. */
	base_run(journal->base, "UPDATE op SET undone_by = ? WHERE grp = ?", "ii", by != 0 ? by : group,
		group);
	return journal_end(journal, error);
}
