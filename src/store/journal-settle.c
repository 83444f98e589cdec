/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/journal-private.h"

gboolean
journal_save(Journal *journal, const Operation *operation, gboolean settle, GError **error)
{
	gboolean ok = TRUE;

	if (!journal_begin(journal, error))
		return FALSE;
	for (guint i = 0; ok && i < operation->messages->len; i++) {
		const OperationMessage *message = operation->messages->pdata[i];
		ok = journal_set_message(
			journal, operation->id, i, message->state, message->new_uid, message->new_row, error);
	}
	if (ok && settle)
		ok = journal_set_state(journal, operation->id, operation->state, operation->error, error);
	if (!ok) {
		journal_rollback(journal);
		return FALSE;
	}
	return journal_commit(journal, error);
}

gboolean
journal_find_row(Journal *journal, const char *account, RowId new_row, char **folder, guint32 *uidvalidity,
	guint32 *uid)
{
	sqlite3_stmt *row = base_query(journal->base,
		"SELECT op.target, op.target_uidvalidity, op_msg.new_uid FROM op_msg JOIN op ON op.id = "
		"op_msg.op"
		" WHERE op_msg.new_row = ? AND op_msg.new_row <> 0 AND op.account = ? AND op_msg.new_uid <> 0"
		" ORDER BY op.id DESC LIMIT 1",
		"it", new_row, account);

	if (!base_step(journal->base, row))
		return FALSE;
	*folder = base_column_text(row, 0);
	*uidvalidity = (guint32)sqlite3_column_int64(row, 1);
	*uid = (guint32)sqlite3_column_int64(row, 2);
	base_reset(row);
	return *folder != NULL;
}

/* ---- from one account to another ---------------------------------------------------- */

gboolean
journal_fetched(Journal *journal, gint64 id, GBytes *octets, GError **error)
{
	gint64 append;

	if (!journal_begin(journal, error))
		return FALSE;
	append = base_integer(journal->base, 0,
		"SELECT id FROM op WHERE grp = (SELECT grp FROM op WHERE id = ?1) AND after = ?1 AND kind = 4"
		" AND state IN (0, 1)",
		"i", id);
	if (append != 0) {
		base_run(journal->base, "INSERT OR REPLACE INTO op_content(op, octets) VALUES(?, ?)", "ib",
			append, g_bytes_get_data(octets, NULL), g_bytes_get_size(octets));
		base_run(journal->base, "UPDATE op_msg SET size = ? WHERE op = ?", "ii",
			(gint64)g_bytes_get_size(octets), append);
	}
	base_run(journal->base, "UPDATE op SET state = 2 WHERE id = ? AND state IN (0, 1)", "i", id);
	return journal_commit(journal, error);
}

guint
journal_count_failed(Journal *journal)
{
	return (guint)base_integer(journal->base, 0, "SELECT count(*) FROM op WHERE state = 3", "");
}

guint64
journal_waiting_octets(Journal *journal)
{
	return (guint64)base_integer(journal->base, 0,
		"SELECT sum(length(octets)) FROM op JOIN op AS b ON b.id = op.after AND b.state = 2"
		" JOIN op_content ON op_content.op = op.id WHERE op.kind = 4 AND op.state IN (0, 1)",
		"");
}

char **
journal_neighbours(Journal *journal, gint64 id)
{
	GPtrArray *accounts = g_ptr_array_new();
	sqlite3_stmt *row = base_query(journal->base,
		"SELECT DISTINCT o.account FROM op JOIN op AS o ON o.grp = op.grp WHERE op.id = ?"
		" AND (o.after = op.id OR o.id = op.after)",
		"i", id);

	while (base_step(journal->base, row))
		g_ptr_array_add(accounts, base_column_text(row, 0));
	g_ptr_array_add(accounts, NULL);
	return (char **)g_ptr_array_free(accounts, FALSE);
}

gboolean
journal_call_off(Journal *journal, gint64 append, GError **error)
{
	gboolean early;

	if (!journal_begin(journal, error))
		return FALSE;
	base_run(journal->base, "UPDATE op SET state = 4 WHERE id = ? AND state = 0", "i", append);
	early = sqlite3_changes(base_handle(journal->base)) == 1;
	if (early)
		base_run(journal->base,
			"UPDATE op SET state = 4 WHERE state = 0 AND grp = (SELECT grp FROM op WHERE id = ?1)"
			" AND (after = ?1 OR id = (SELECT after FROM op WHERE id = ?1))",
			"i", append);
	return journal_commit(journal, error) && early;
}
