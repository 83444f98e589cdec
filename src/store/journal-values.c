/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal-values.c - of posthorn.db: people written to, small values, upkeep. */
#include "config.h"

#include <string.h>

#include "mime/header.h"
#include "store/journal-private.h"
#include "store/rules.h"
#include "util/text.h"

#define DAY_S (24 * 60 * 60)
#define KEEP_DAYS 90
/* A group stays whole while anything of it is under way: what comes after asks what came before. */
#define OLD_OPERATIONS                                                                                       \
	"SELECT id FROM op WHERE made < ? AND state IN (2, 4) AND NOT EXISTS"                                \
	" (SELECT 1 FROM op AS other WHERE other.grp = op.grp AND other.state IN (0, 1))"

void
journal_tidy(Journal *journal, gint64 now)
{
	gint64 before = now - KEEP_DAYS * DAY_S;

	if (!base_begin(journal->base, NULL))
		return;
	base_run(journal->base, "DELETE FROM op_msg WHERE op IN (" OLD_OPERATIONS ")", "i", before);
	base_run(journal->base, "DELETE FROM op_content WHERE op IN (" OLD_OPERATIONS ")", "i", before);
	base_run(journal->base, "DELETE FROM op WHERE id IN (" OLD_OPERATIONS ")", "i", before);
	/* What was sent and filed is in Sent: its octets can go at once. */
	base_run(journal->base,
		"DELETE FROM outbox_octets WHERE id IN (SELECT id FROM outbox WHERE (state = 3 AND filed) OR"
		" (state = 6 AND made < ?))",
		"i", before);
	base_run(journal->base, "DELETE FROM outbox WHERE made < ? AND ((state = 3 AND filed) OR state = 6)",
		"i", before);
	journal_rule_tidy(journal, now);
	if (journal_end(journal, NULL))
		base_checkpoint(journal->base, TRUE);
}

guint64
journal_version(Journal *journal)
{
	gint64 now = base_data_version(journal->base);

	if (now != journal->data_version) {
		journal->data_version = now;
		journal->version++;
	}
	return journal->version;
}

/* " alice example alice example org": each word has a blank before it. */
static char *
fold_words(const char *name, const char *address)
{
	g_autofree char *text = g_strconcat(name != NULL ? name : "", " ", address, NULL);
	g_autofree char *folded = text_fold(text);
	GString *words = g_string_new(NULL);
	gboolean in_word = FALSE;

	for (const char *p = folded; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		gboolean letter = g_unichar_isalnum(c) || g_unichar_ismark(c);
		if (letter && !in_word)
			g_string_append_c(words, ' ');
		if (letter)
			g_string_append_unichar(words, c);
		in_word = letter;
	}
	return g_string_free(words, FALSE);
}

gboolean
journal_wrote_to(Journal *journal, const char *name, const char *address, gint64 now, GError **error)
{
	g_autofree char *key = g_utf8_make_valid(address, -1);
	g_autofree char *folded_key = g_utf8_casefold(key, -1);
	g_autofree char *valid_name = name != NULL && *name != '\0' ? g_utf8_make_valid(name, -1) : NULL;
	g_autofree char *folded = fold_words(valid_name, key);

	if (!base_begin(journal->base, error))
		return FALSE;
	base_run(journal->base,
		"INSERT INTO person(address, written, name, folded, count, last) VALUES(?1, ?2, ?3, ?4, 1, "
		"?5)"
		" ON CONFLICT(address) DO UPDATE SET count = count + 1, last = max(last, ?5), written = ?2,"
		" name = coalesce(?3, name), folded = CASE WHEN ?3 IS NULL THEN folded ELSE ?4 END",
		"tttti", folded_key, key, valid_name, folded, now);
	return journal_end(journal, error);
}

GPtrArray *
journal_people(Journal *journal, const char *prefix, gsize limit)
{
	GPtrArray *people = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *valid = g_utf8_make_valid(prefix, -1);
	g_autofree char *wanted = fold_words(NULL, valid);
	sqlite3_stmt *row = base_query(journal->base,
		"SELECT name, written FROM person WHERE instr(folded, ?1) > 0 ORDER BY count DESC, last DESC "
		"LIMIT ?2",
		"ti", wanted, (gint64)MIN(limit, (gsize)G_MAXINT32));

	while (base_step(journal->base, row)) {
		g_autoptr(MimeAddress) person = mime_address_new(
			(const char *)sqlite3_column_text(row, 0), (const char *)sqlite3_column_text(row, 1));
		g_ptr_array_add(people, mime_format_address(person));
	}
	return people;
}

char *
journal_get_value(Journal *journal, const char *name)
{
	return base_text(journal->base, "SELECT value FROM value WHERE name = 'v-' || ?", "t", name);
}

gboolean
journal_set_value(Journal *journal, const char *name, const char *value, GError **error)
{
	if (!base_begin(journal->base, error))
		return FALSE;
	if (value == NULL)
		base_run(journal->base, "DELETE FROM value WHERE name = 'v-' || ?", "t", name);
	else
		base_run(journal->base,
			"INSERT INTO value(name, value) VALUES('v-' || ?1, ?2) ON CONFLICT(name) DO UPDATE "
			"SET value = ?2",
			"tt", name, value);
	return journal_end(journal, error);
}
