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
