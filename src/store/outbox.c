/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/outbox.h"

#include <string.h>

#include "store/journal-private.h"
#include "util/fault.h"
#include "util/i18n.h"

#define COLUMNS                                                                                              \
	"id, account, state, sender, recipients, subject, message_id, made, due, attempts, error, result, "  \
	"owner, answers, forwards, draft, filed, dsn "

/* The states stand as numbers in the statements and in an index. */
G_STATIC_ASSERT(OUTBOX_QUEUED == 0 && OUTBOX_SENDING == 1 && OUTBOX_DOT == 2 && OUTBOX_SENT == 3);
G_STATIC_ASSERT(OUTBOX_FAILED == 4 && OUTBOX_UNCERTAIN == 5 && OUTBOX_CANCELED == 6);

const char *
outbox_state_name(OutboxState state)
{
	static const char *const names[] = {
		"queued", "sending", "dot", "sent", "failed", "uncertain", "canceled"};

	return (gsize)state < G_N_ELEMENTS(names) ? names[state] : "";
}

OutboxMessage *
outbox_message_new(void)
{
	OutboxMessage *message = g_new0(OutboxMessage, 1);

	message->recipients = g_ptr_array_new_with_free_func(g_free);
	return message;
}

void
outbox_message_free(OutboxMessage *message)
{
	if (message == NULL)
		return;
	g_free(message->account);
	g_free(message->sender);
	g_ptr_array_unref(message->recipients);
	g_clear_pointer(&message->message, g_bytes_unref);
	g_clear_pointer(&message->copy, g_bytes_unref);
	g_free(message->subject);
	g_free(message->message_id);
	g_free(message->error);
	g_free(message->result);
	g_free(message->owner);
	g_free(message);
}

/* Addresses for the envelope hold no line ends (mime_address_check): one a line. */
static char *
join_recipients(const GPtrArray *recipients)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < recipients->len; i++) {
		if (i > 0)
			g_string_append_c(out, '\n');
		g_string_append(out, g_ptr_array_index(recipients, i));
	}
	return g_string_free(out, FALSE);
}

static gboolean
check_recipients(const OutboxMessage *message, GError **error)
{
	gboolean good = message->recipients->len > 0 && message->message != NULL;

	for (guint i = 0; i < message->recipients->len && good; i++) {
		const char *address = g_ptr_array_index(message->recipients, i);
		good = *address != '\0' && strpbrk(address, "\r\n") == NULL;
	}
	if (!good)
		fault_set(
			error, FAULT_INPUT, _("the message has no recipient, or one that is not an address"));
	return good;
}

gboolean
outbox_add(Journal *journal, OutboxMessage *message, GError **error)
{
	g_autofree char *recipients = join_recipients(message->recipients);
	gconstpointer copy = message->copy != NULL ? g_bytes_get_data(message->copy, NULL) : NULL;
	gint64 id;

	if (!check_recipients(message, error) || !base_begin(journal->base, error))
		return FALSE;
	base_run(journal->base,
		"INSERT INTO outbox(account, state, sender, recipients, subject, message_id, made, due, "
		"answers,"
		" forwards, draft, dsn) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"tittttiiiiii", message->account, (gint64)message->state, message->sender, recipients,
		message->subject, message->message_id, message->made, message->due, message->answers,
		message->forwards, message->draft, (gint64)message->dsn);
	id = sqlite3_last_insert_rowid(base_handle(journal->base));
	base_run(journal->base, "INSERT INTO outbox_octets(id, message, copy) VALUES(?, ?, ?)", "ibb", id,
		g_bytes_get_data(message->message, NULL), g_bytes_get_size(message->message), copy,
		message->copy != NULL ? g_bytes_get_size(message->copy) : (gsize)0);
	if (!journal_end(journal, error))
		return FALSE;
	message->id = id;
	return TRUE;
}

static OutboxMessage *
read_row(sqlite3_stmt *row)
{
	OutboxMessage *message = outbox_message_new();
	g_autofree char *recipients = base_column_text(row, 4);
	g_auto(GStrv) addresses = g_strsplit(recipients != NULL ? recipients : "", "\n", -1);

	for (gsize i = 0; addresses[i] != NULL; i++)
		g_ptr_array_add(message->recipients, g_strdup(addresses[i]));
	message->id = sqlite3_column_int64(row, 0);
	message->account = base_column_text(row, 1);
	message->state = (OutboxState)sqlite3_column_int(row, 2);
	message->sender = base_column_text(row, 3);
	message->subject = base_column_text(row, 5);
	message->message_id = base_column_text(row, 6);
	message->made = sqlite3_column_int64(row, 7);
	message->due = sqlite3_column_int64(row, 8);
	message->attempts = (guint)sqlite3_column_int(row, 9);
	message->error = base_column_text(row, 10);
	message->result = base_column_text(row, 11);
	message->owner = base_column_text(row, 12);
	message->answers = sqlite3_column_int64(row, 13);
	message->forwards = sqlite3_column_int64(row, 14);
	message->draft = sqlite3_column_int64(row, 15);
	message->filed = sqlite3_column_int(row, 16) != 0;
	message->dsn = sqlite3_column_int(row, 17) != 0;
	return message;
}

static void
read_octets(Journal *journal, OutboxMessage *message)
{
	sqlite3_stmt *row = base_query(
		journal->base, "SELECT message, copy FROM outbox_octets WHERE id = ?", "i", message->id);

	if (!base_step(journal->base, row))
		return;
	message->message = base_column_bytes(row, 0);
	message->copy = base_column_bytes(row, 1);
	base_reset(row);
}

OutboxMessage *
outbox_get(Journal *journal, gint64 id)
{
	sqlite3_stmt *row = base_query(journal->base, "SELECT " COLUMNS "FROM outbox WHERE id = ?", "i", id);
	OutboxMessage *message;

	if (!base_step(journal->base, row))
		return NULL;
	message = read_row(row);
	base_reset(row);
	read_octets(journal, message);
	return message;
}

GPtrArray *
outbox_list(Journal *journal, const char *account, gboolean unfinished_only)
{
	GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)outbox_message_free);
	sqlite3_stmt *row = base_query(journal->base,
		"SELECT " COLUMNS
		"FROM outbox WHERE (?1 IS NULL OR account = ?1) AND (?2 = 0 OR state NOT IN (3, 6))"
		" ORDER BY id",
		"ti", account, (gint64)unfinished_only);

	while (base_step(journal->base, row))
		g_ptr_array_add(list, read_row(row));
	return list;
}

OutboxMessage *
outbox_take(Journal *journal, const char *account, const char *owner, gint64 now, gint64 *next_due)
{
	gint64 id = 0;

	if (next_due != NULL)
		*next_due = 0;
	if (!base_begin(journal->base, NULL))
		return NULL;
	id = base_integer(journal->base, 0,
		"SELECT id FROM outbox WHERE account = ? AND state = 0 AND state NOT IN (3, 6) AND due <= ?"
		" ORDER BY due, id LIMIT 1",
		"ti", account, now);
	if (id != 0)
		base_run(journal->base, "UPDATE outbox SET state = 1, owner = ? WHERE id = ?", "ti", owner,
			id);
	if (next_due != NULL)
		*next_due = base_integer(journal->base, 0,
			"SELECT min(due) FROM outbox WHERE account = ? AND state = 0 AND state NOT IN (3, 6)",
			"t", account);
	if (!journal_end(journal, NULL) || id == 0)
		return NULL;
	return outbox_get(journal, id);
}

/* After an UPDATE that names the states it may start from: nothing changed means another state. */
static gboolean
finish_change(Journal *journal, gint64 id, GError **error)
{
	gboolean changed = sqlite3_changes(base_handle(journal->base)) > 0;
	OutboxState state;

	if (base_failed(journal->base, NULL) || changed)
		return journal_end(journal, error);
	state = (OutboxState)base_integer(
		journal->base, -1, "SELECT state FROM outbox WHERE id = ?", "i", id);
	(void)base_commit(journal->base, NULL);
	if ((int)state < 0)
		fault_set(error, FAULT_UNKNOWN, _("there is no message %" G_GINT64_FORMAT " in the outbox"),
			id);
	else if (state == OUTBOX_SENDING || state == OUTBOX_DOT)
		fault_set(error, FAULT_REFUSED,
			_("sending has begun: the message cannot be taken back any more"));
	else if (state == OUTBOX_SENT)
		fault_set(error, FAULT_REFUSED, _("the message was sent already"));
	else
		fault_set(error, FAULT_REFUSED,
			_("message %" G_GINT64_FORMAT " of the outbox is in the state \"%s\""), id,
			outbox_state_name(state));
	return FALSE;
}

gboolean
outbox_set_state(Journal *journal, gint64 id, OutboxState state, const char *words, GError **error)
{
	if (!base_begin(journal->base, error))
		return FALSE;
	/* What was sent or canceled stays so. */
	base_run(journal->base,
		"UPDATE outbox SET state = ?2, result = CASE WHEN ?2 = 3 THEN ?3 ELSE result END,"
		" error = CASE WHEN ?2 = 3 THEN NULL WHEN ?3 IS NULL THEN error ELSE ?3 END,"
		" owner = CASE WHEN ?2 IN (1, 2) THEN owner ELSE NULL END WHERE id = ?1 AND state NOT IN (3, "
		"6)",
		"iit", id, (gint64)state, words);
	return finish_change(journal, id, error);
}

gboolean
outbox_postpone(Journal *journal, gint64 id, gint64 due, const char *words, GError **error)
{
	if (!base_begin(journal->base, error))
		return FALSE;
	base_run(journal->base,
		"UPDATE outbox SET state = 0, due = ?2, error = ?3, owner = NULL, attempts = attempts + 1"
		" WHERE id = ?1 AND state IN (0, 1, 2)",
		"iit", id, due, words);
	return finish_change(journal, id, error);
}

gboolean
outbox_retry(Journal *journal, gint64 id, gint64 now, GError **error)
{
	if (!base_begin(journal->base, error))
		return FALSE;
	base_run(journal->base, "UPDATE outbox SET state = 0, due = ? WHERE id = ? AND state IN (0, 4, 5)",
		"ii", now, id);
	return finish_change(journal, id, error);
}

gboolean
outbox_cancel(Journal *journal, gint64 id, GError **error)
{
	if (!base_begin(journal->base, error))
		return FALSE;
	base_run(journal->base, "UPDATE outbox SET state = 6 WHERE id = ? AND state IN (0, 4, 5)", "i", id);
	return finish_change(journal, id, error);
}

gboolean
outbox_set_filed(Journal *journal, gint64 id, GError **error)
{
	if (!base_begin(journal->base, error))
		return FALSE;
	base_run(journal->base, "UPDATE outbox SET filed = 1 WHERE id = ?", "i", id);
	return finish_change(journal, id, error);
}

gboolean
outbox_recover(Journal *journal, const char *account, GError **error)
{
	if (!base_begin(journal->base, error))
		return FALSE;
	base_run(journal->base, "UPDATE outbox SET state = 0, owner = NULL WHERE account = ? AND state = 1",
		"t", account);
	base_run(journal->base, "UPDATE outbox SET state = 5, owner = NULL WHERE account = ? AND state = 2",
		"t", account);
	return journal_end(journal, error);
}
