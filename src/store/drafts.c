/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/journal-private.h"
#include "store/outbox.h"
#include "util/fault.h"
#include "util/i18n.h"

#define COLUMNS                                                                                              \
	"id, account, message_id, server_uid, server_uidvalidity, revision, saved, postponed, subject, "     \
	"state "

void
store_draft_free(StoreDraft *draft)
{
	if (draft == NULL)
		return;
	g_free(draft->account);
	g_free(draft->message_id);
	g_free(draft->subject);
	g_free(draft->state);
	g_clear_pointer(&draft->message, g_bytes_unref);
	g_free(draft);
}

/* A new row, or the old one with new values; 0 where the statement failed. */
static gint64
write_row(Journal *journal, const StoreDraft *draft)
{
	gint64 id = draft->id;

	if (id != 0)
		base_run(journal->base,
			"UPDATE draft SET account = ?, message_id = ?, server_uid = ?, server_uidvalidity = "
			"?, revision = ?,"
			" saved = ?, postponed = ?, subject = ?, state = ? WHERE id = ?",
			"ttiiiiitti", draft->account, draft->message_id, (gint64)draft->server_uid,
			(gint64)draft->server_uidvalidity, (gint64)draft->revision + 1, draft->saved,
			(gint64)draft->postponed, draft->subject, draft->state, id);
	/* Removed meanwhile by another process: what is written here must not be lost for that. */
	if (id != 0 && sqlite3_changes(base_handle(journal->base)) > 0)
		return id;
	base_run(journal->base,
		"INSERT INTO draft(account, message_id, server_uid, server_uidvalidity, revision, saved, "
		"postponed,"
		" subject, state) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"ttiiiiitt", draft->account, draft->message_id, (gint64)draft->server_uid,
		(gint64)draft->server_uidvalidity, (gint64)draft->revision + 1, draft->saved,
		(gint64)draft->postponed, draft->subject, draft->state);
	return sqlite3_last_insert_rowid(base_handle(journal->base));
}

gboolean
draft_save(Journal *journal, StoreDraft *draft, GError **error)
{
	gint64 id;

	g_return_val_if_fail(draft->message != NULL && draft->message_id != NULL, FALSE);
	if (!base_begin(journal->base, error))
		return FALSE;
	id = write_row(journal, draft);
	base_run(journal->base, "INSERT OR REPLACE INTO draft_octets(id, message) VALUES(?, ?)", "ib", id,
		g_bytes_get_data(draft->message, NULL), g_bytes_get_size(draft->message));
	if (!journal_end(journal, error))
		return FALSE;
	draft->id = id;
	draft->revision++;
	return TRUE;
}

static StoreDraft *
read_row(sqlite3_stmt *row)
{
	StoreDraft *draft = g_new0(StoreDraft, 1);

	draft->id = sqlite3_column_int64(row, 0);
	draft->account = base_column_text(row, 1);
	draft->message_id = base_column_text(row, 2);
	draft->server_uid = (guint32)sqlite3_column_int64(row, 3);
	draft->server_uidvalidity = (guint32)sqlite3_column_int64(row, 4);
	draft->revision = (guint)sqlite3_column_int(row, 5);
	draft->saved = sqlite3_column_int64(row, 6);
	draft->postponed = sqlite3_column_int(row, 7) != 0;
	draft->subject = base_column_text(row, 8);
	draft->state = base_column_text(row, 9);
	return draft;
}

/* The first row of the query, with its octets. */
static StoreDraft *
take_one(Journal *journal, sqlite3_stmt *row)
{
	StoreDraft *draft;

	if (!base_step(journal->base, row))
		return NULL;
	draft = read_row(row);
	base_reset(row);
	row = base_query(journal->base, "SELECT message FROM draft_octets WHERE id = ?", "i", draft->id);
	if (base_step(journal->base, row)) {
		draft->message = base_column_bytes(row, 0);
		base_reset(row);
	}
	return draft;
}

StoreDraft *
draft_get(Journal *journal, gint64 id)
{
	return take_one(
		journal, base_query(journal->base, "SELECT " COLUMNS "FROM draft WHERE id = ?", "i", id));
}

StoreDraft *
draft_by_message_id(Journal *journal, const char *message_id)
{
	return take_one(journal, base_query(journal->base,
					 "SELECT " COLUMNS "FROM draft WHERE message_id = ? ORDER BY id DESC",
					 "t", message_id));
}

GPtrArray *
draft_list(Journal *journal, const char *account)
{
	GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)store_draft_free);
	sqlite3_stmt *row = base_query(journal->base,
		"SELECT " COLUMNS
		"FROM draft WHERE (?1 IS NULL OR account = ?1) ORDER BY saved DESC, id DESC",
		"t", account);

	while (base_step(journal->base, row))
		g_ptr_array_add(list, read_row(row));
	return list;
}

gboolean
draft_remove(Journal *journal, gint64 id, GError **error)
{
	gboolean known;

	if (!base_begin(journal->base, error))
		return FALSE;
	base_run(journal->base, "DELETE FROM draft_octets WHERE id = ?", "i", id);
	base_run(journal->base, "DELETE FROM draft WHERE id = ?", "i", id);
	known = sqlite3_changes(base_handle(journal->base)) > 0;
	if (!journal_end(journal, error))
		return FALSE;
	if (!known)
		fault_set(error, FAULT_UNKNOWN, _("there is no draft %" G_GINT64_FORMAT), id);
	return known;
}
