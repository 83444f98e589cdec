/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/rules.h"

#include "store/journal-private.h"

#define DAY_S (24 * 60 * 60)
/* "Why is this here?" is asked of old mail too. */
#define KEEP_DAYS 365

/* ---- marks ---------------------------------------------------------------------- */

gboolean
rule_mark_is_done(const RuleMark *mark, guint32 uid)
{
	return uid <= mark->uid || (mark->high != 0 && uid >= mark->low && uid <= mark->high);
}

void
rule_mark_add(RuleMark *mark, guint32 low, guint32 high)
{
	if (low > high || high <= mark->uid)
		return;
	if (low <= mark->uid + 1) {
		mark->uid = high;
	} else if (mark->high == 0) {
		mark->low = low;
		mark->high = high;
	} else if (low <= mark->high + 1 && high + 1 >= mark->low) {
		mark->low = MIN(mark->low, low);
		mark->high = MAX(mark->high, high);
	}
	if (mark->high != 0 && mark->low <= mark->uid + 1) {
		mark->uid = MAX(mark->uid, mark->high);
		mark->low = mark->high = 0;
	}
}

gboolean
journal_rule_mark(Journal *journal, const char *account, const char *folder, RuleMark *mark)
{
	sqlite3_stmt *row = base_query(journal->base,
		"SELECT uidvalidity, uid, low, high FROM rule_mark WHERE account = ? AND folder = ?", "tt",
		account, folder);

	if (!base_step(journal->base, row))
		return FALSE;
	mark->uidvalidity = (guint32)sqlite3_column_int64(row, 0);
	mark->uid = (guint32)sqlite3_column_int64(row, 1);
	mark->low = (guint32)sqlite3_column_int64(row, 2);
	mark->high = (guint32)sqlite3_column_int64(row, 3);
	base_reset(row);
	return TRUE;
}

gboolean
journal_rule_set_mark(
	Journal *journal, const char *account, const char *folder, const RuleMark *mark, GError **error)
{
	if (!base_begin(journal->base, error))
		return FALSE;
	base_run(journal->base, "INSERT OR REPLACE INTO rule_mark VALUES(?, ?, ?, ?, ?, ?)", "ttiiii",
		account, folder, (gint64)mark->uidvalidity, (gint64)mark->uid, (gint64)mark->low,
		(gint64)mark->high);
	return journal_end(journal, error);
}

gboolean
journal_rule_drop_marks(Journal *journal, const char *account, const char *folder, GError **error)
{
	if (!base_begin(journal->base, error))
		return FALSE;
	base_run(journal->base, "DELETE FROM rule_mark WHERE account = ?1 AND (?2 IS NULL OR folder = ?2)",
		"tt", account, folder);
	return journal_end(journal, error);
}

/* ---- messages -------------------------------------------------------------------- */

guint64
rule_message(const HashKey *secret, const OperationMessage *message, const char *from, const char *subject)
{
	g_autofree char *text =
		message->key != 0 ? g_strdup_printf("%" G_GUINT64_FORMAT "\n%u", message->key, message->size)
				  : g_strdup_printf("%s\n%s\n%u\n%" G_GINT64_FORMAT, from ? from : "",
					    subject ? subject : "", message->size, message->received);
	guint64 hash = hash_string(secret, text);

	return hash != 0 ? hash : 1;
}

void
rule_log_free(RuleLog *log)
{
	if (log == NULL)
		return;
	g_free(log->rule);
	g_free(log->did);
	g_free(log->also);
	g_free(log->host);
	g_free(log);
}

gboolean
journal_rule_log_add(Journal *journal, const char *account, const RuleLog *log, GError **error)
{
	if (!base_begin(journal->base, error))
		return FALSE;
	base_run(journal->base,
		"INSERT INTO rule_log(account, message, received, made, rule, did, also, host, grp, failed)"
		" VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"tiiittttii", account, (gint64)log->message, log->received, log->made, log->rule, log->did,
		log->also, log->host, log->group, (gint64)log->failed);
	return journal_end(journal, error);
}

GPtrArray *
journal_rule_log(Journal *journal, const char *account, guint64 message)
{
	GPtrArray *logs = g_ptr_array_new_with_free_func((GDestroyNotify)rule_log_free);
	sqlite3_stmt *row = base_query(journal->base,
		"SELECT id, received, made, rule, did, also, host, grp, failed FROM rule_log"
		" WHERE account = ? AND message = ? ORDER BY id DESC",
		"ti", account, (gint64)message);

	while (base_step(journal->base, row)) {
		RuleLog *log = g_new0(RuleLog, 1);
		log->id = sqlite3_column_int64(row, 0);
		log->message = message;
		log->received = sqlite3_column_int64(row, 1);
		log->made = sqlite3_column_int64(row, 2);
		log->rule = base_column_text(row, 3);
		log->did = base_column_text(row, 4);
		log->also = base_column_text(row, 5);
		log->host = base_column_text(row, 6);
		log->group = sqlite3_column_int64(row, 7);
		log->failed = sqlite3_column_int(row, 8) != 0;
		g_ptr_array_add(logs, log);
	}
	return logs;
}

gboolean
journal_rule_was_done(Journal *journal, const char *account, guint64 message, gint64 received)
{
	return base_integer(journal->base, 0,
		       "SELECT 1 FROM rule_log WHERE account = ? AND message = ? AND received = ? LIMIT 1",
		       "tii", account, (gint64)message, received) != 0;
}

gboolean
journal_rule_is_undone(Journal *journal, gint64 group)
{
	return group != 0 && base_integer(journal->base, 0,
				     "SELECT 1 FROM op WHERE (grp = ?1 AND (undone_by <> 0 OR state = 4))"
				     " OR (undoes = ?1 AND undoes <> 0) LIMIT 1",
				     "i", group) != 0;
}

/* ---- waiting ---------------------------------------------------------------------- */

void
rule_wait_free(RuleWait *wait)
{
	if (wait == NULL)
		return;
	g_free(wait->folder);
	g_free(wait);
}

gboolean
journal_rule_wait(Journal *journal, const char *account, const char *folder, guint32 uidvalidity, guint32 uid,
	GError **error)
{
	if (!base_begin(journal->base, error))
		return FALSE;
	base_run(journal->base,
		"INSERT OR IGNORE INTO rule_wait(account, folder, uidvalidity, uid) VALUES(?, ?, ?, ?)",
		"ttii", account, folder, (gint64)uidvalidity, (gint64)uid);
	return journal_end(journal, error);
}

GPtrArray *
journal_rule_waiting(Journal *journal, const char *account, gsize limit)
{
	GPtrArray *waiting = g_ptr_array_new_with_free_func((GDestroyNotify)rule_wait_free);
	sqlite3_stmt *row = base_query(journal->base,
		"SELECT folder, uidvalidity, uid, tries FROM rule_wait WHERE account = ? ORDER BY id LIMIT ?",
		"ti", account, (gint64)MIN(limit, (gsize)G_MAXINT32));

	while (base_step(journal->base, row)) {
		RuleWait *wait = g_new0(RuleWait, 1);
		wait->folder = base_column_text(row, 0);
		wait->uidvalidity = (guint32)sqlite3_column_int64(row, 1);
		wait->uid = (guint32)sqlite3_column_int64(row, 2);
		wait->tries = (guint)sqlite3_column_int64(row, 3);
		g_ptr_array_add(waiting, wait);
	}
	return waiting;
}

static gboolean
change_wait(Journal *journal, const char *sql, const char *account, const RuleWait *wait, GError **error)
{
	if (!base_begin(journal->base, error))
		return FALSE;
	base_run(journal->base, sql, "ttii", account, wait->folder, (gint64)wait->uidvalidity,
		(gint64)wait->uid);
	return journal_end(journal, error);
}

gboolean
journal_rule_try(Journal *journal, const char *account, const RuleWait *wait, GError **error)
{
	return change_wait(journal,
		"UPDATE rule_wait SET tries = tries + 1"
		" WHERE account = ? AND folder = ? AND uidvalidity = ? AND uid = ?",
		account, wait, error);
}

gboolean
journal_rule_waited(Journal *journal, const char *account, const RuleWait *wait, GError **error)
{
	return change_wait(journal,
		"DELETE FROM rule_wait WHERE account = ? AND folder = ? AND uidvalidity = ? AND uid = ?",
		account, wait, error);
}

/* ---- once over several machines ----------------------------------------------------- */

RuleClaim
journal_rule_claim(Journal *journal, const char *account, guint64 message, gint64 received)
{
	return (RuleClaim)base_integer(journal->base, RULE_CLAIM_NONE,
		"SELECT state FROM rule_claim WHERE account = ? AND message = ? AND received = ?", "tii",
		account, (gint64)message, received);
}

gboolean
journal_rule_set_claim(Journal *journal, const char *account, guint64 message, gint64 received,
	RuleClaim claim, gint64 now, GError **error)
{
	if (!base_begin(journal->base, error))
		return FALSE;
	base_run(journal->base, "INSERT OR REPLACE INTO rule_claim VALUES(?, ?, ?, ?, ?)", "tiiii", account,
		(gint64)message, received, (gint64)claim, now);
	return journal_end(journal, error);
}

/* ---- seen before ------------------------------------------------------------------------ */

gboolean
journal_rule_seen(Journal *journal, const char *account, const char *handle, const char *id, gint64 now)
{
	return base_integer(journal->base, 0,
		       "SELECT 1 FROM rule_seen WHERE account = ? AND handle = ? AND id = ? AND until > ?",
		       "ttti", account, handle ? handle : "", id, now) != 0;
}

gboolean
journal_rule_see(Journal *journal, const char *account, const char *handle, const char *id, gint64 now,
	guint64 seconds, gboolean last, GError **error)
{
	gint64 until = now + (gint64)MIN(seconds, (guint64)KEEP_DAYS * DAY_S);

	if (!base_begin(journal->base, error))
		return FALSE;
	base_run(journal->base,
		"INSERT INTO rule_seen VALUES(?1, ?2, ?3, ?4) ON CONFLICT(account, handle, id)"
		" DO UPDATE SET until = ?4 WHERE ?6 OR until <= ?5",
		"tttiii", account, handle ? handle : "", id, until, now, (gint64)last);
	return journal_end(journal, error);
}

GHashTable *
journal_rule_people(Journal *journal)
{
	GHashTable *people = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	sqlite3_stmt *row = base_query(journal->base, "SELECT address FROM person", "");

	while (base_step(journal->base, row))
		g_hash_table_add(people, base_column_text(row, 0));
	return people;
}

/* ---- once a day ------------------------------------------------------------------------- */

gint64
journal_rule_ran(Journal *journal, const char *account, const char *folder)
{
	return base_integer(journal->base, 0, "SELECT at FROM rule_ran WHERE account = ? AND folder = ?",
		"tt", account, folder);
}

gboolean
journal_rule_set_ran(Journal *journal, const char *account, const char *folder, gint64 now, GError **error)
{
	if (!base_begin(journal->base, error))
		return FALSE;
	base_run(journal->base, "INSERT OR REPLACE INTO rule_ran VALUES(?, ?, ?)", "tti", account, folder,
		now);
	return journal_end(journal, error);
}

void
journal_rule_tidy(Journal *journal, gint64 now)
{
	gint64 before = now - (gint64)KEEP_DAYS * DAY_S;

	base_run(journal->base, "DELETE FROM rule_log WHERE made < ?", "i", before);
	base_run(journal->base, "DELETE FROM rule_claim WHERE made < ?", "i", before);
	base_run(journal->base, "DELETE FROM rule_seen WHERE until < ?", "i", now);
}
