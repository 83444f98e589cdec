/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Words in subject or sender. The index knows words and their beginnings, over
 * distinct texts; what it cannot know (CJK, parts of words, punctuation), and
 * what is not in it yet, is looked for in the folded text itself. The result is
 * a mask of words for each text and person that holds any; rows are then tested
 * by two look-ups.
 */
#include "config.h"

#include "store/view-private.h"

#include "store/map.h"
#include "util/text.h"

#include <string.h>

#define MAX_WORDS 32
#define CANCEL_EVERY 1024

struct SearchWords {
	gint64 all; /* the mask of all words */
	StoreMap subjects, people;
	char **folded;                    /* the words, in the order of their bits */
	gint64 only_subject, only_person; /* those behind "subject:" and "from:" */
};

/* ---- what FTS is asked ------------------------------------------------------------ */

char *
search_expression(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	g_autoptr(GString) out = g_string_new(NULL);
	gboolean inside = FALSE;

	for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		gboolean is_part = g_unichar_isalnum(c) || g_unichar_ismark(c);
		if (is_part && !inside)
			g_string_append(out, out->len > 0 ? " AND \"" : "\"");
		if (!is_part && inside)
			g_string_append_c(out, '"');
		if (is_part)
			g_string_append_unichar(out, c);
		inside = is_part;
	}
	if (inside)
		g_string_append(out, "\"*");
	return out->len > 0 ? g_string_free(g_steal_pointer(&out), FALSE) : NULL;
}

/* A word that the index can find by its beginning. */
static gboolean
is_indexable(const char *word)
{
	for (const char *p = word; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		/* From the CJK radicals on, words are not separated. */
		if (!g_unichar_isalnum(c) || (c >= 0x2e80 && c < 0xfb00) || c >= 0x1b000 ||
			(c >= 0x0e00 && c < 0x1100))
			return FALSE;
	}
	return TRUE;
}

/* ---- marking ------------------------------------------------------------------------- */

static void
mark(StoreMap *map, gint64 id, gint64 bit)
{
	gint64 *known = store_map_find(map, (guint64)id);

	store_map_put(map, (guint64)id, known != NULL ? *known | bit : bit);
}

static gsize
mark_indexed(StoreBase *base, const char *sql, const char *expression, StoreMap *map, gint64 bit)
{
	sqlite3_stmt *rows = base_query(base, sql, "t", expression);
	gsize found = 0;

	while (base_step(base, rows)) {
		mark(map, sqlite3_column_int64(rows, 0), bit);
		found++;
	}
	return found;
}

static gboolean
is_ascii(const char *text)
{
	while (*text != '\0' && (guchar)*text < 0x80)
		text++;
	return *text == '\0';
}

/* word is folded. */
static gboolean
holds(const char *text, const char *word)
{
	g_autofree char *folded = NULL;

	if (is_ascii(text))
		return strcasestr(text, word) != NULL;
	folded = text_fold(text);
	return strstr(folded, word) != NULL;
}

/* Look through all texts behind number after. FALSE: cancelled. */
static gboolean
mark_scanned(StoreBase *base, const char *sql, gint64 after, const char *word, StoreMap *map, gint64 bit,
	Cancel *cancel)
{
	sqlite3_stmt *rows = base_query(base, sql, "i", after);
	guint count = 0;

	while (base_step(base, rows)) {
		if (++count % CANCEL_EVERY == 0 && cancel_is_triggered(cancel)) {
			base_reset(rows);
			return FALSE;
		}
		if (holds((const char *)sqlite3_column_text(rows, 1), word))
			mark(map, sqlite3_column_int64(rows, 0), bit);
	}
	return TRUE;
}

static gboolean
scan_all(StoreBase *base, SearchWords *words, gint64 texts_after, gint64 people_after, const char *word,
	gint64 bit, Cancel *cancel)
{
	return mark_scanned(base, "SELECT id, text FROM text WHERE id > ? AND kind = 0", texts_after, word,
		       &words->subjects, bit, cancel) &&
	       mark_scanned(base, "SELECT id, coalesce(name, '') || ' ' || address FROM person WHERE id > ?",
		       people_after, word, &words->people, bit, cancel);
}

static gint64
indexed_up_to(StoreBase *base, const char *name)
{
	return base_integer(base, 0, "SELECT value FROM meta WHERE name = ?", "t", name);
}

static gboolean
find_word(StoreBase *base, SearchWords *words, const char *word, gint64 bit, Cancel *cancel)
{
	g_autofree char *expression = NULL;
	gsize found = 0, before;

	if (!is_indexable(word))
		return scan_all(base, words, 0, 0, word, bit, cancel);
	expression = g_strconcat("\"", word, "\"*", NULL);
	before = words->subjects.used + words->people.used;
	found += mark_indexed(base, "SELECT rowid FROM text_words WHERE text_words MATCH ?", expression,
		&words->subjects, bit);
	found += mark_indexed(base, "SELECT rowid FROM person_words WHERE person_words MATCH ?", expression,
		&words->people, bit);
	if (!scan_all(base, words, indexed_up_to(base, "text_indexed"), indexed_up_to(base, "person_indexed"),
		    word, bit, cancel))
		return FALSE;
	if (found > 0 || words->subjects.used + words->people.used > before)
		return TRUE;
	/* No word begins so: perhaps one has it inside. */
	return scan_all(base, words, 0, 0, word, bit, cancel);
}

/* The word behind "from:" or "subject:", which is looked for there only. */
static const char *
words_place(SearchWords *words, const char *part, gint64 bit)
{
	static const char from[] = "from:", subject[] = "subject:";

	if (g_str_has_prefix(part, from) && part[strlen(from)] != '\0') {
		words->only_person |= bit;
		return part + strlen(from);
	}
	if (g_str_has_prefix(part, subject) && part[strlen(subject)] != '\0') {
		words->only_subject |= bit;
		return part + strlen(subject);
	}
	return part;
}

SearchWords *
search_words_new(StoreBase *headers, const char *text, Cancel *cancel)
{
	g_autofree char *valid = text != NULL ? g_utf8_make_valid(text, -1) : NULL;
	g_autofree char *folded = valid != NULL ? text_fold(valid) : NULL;
	g_auto(GStrv) parts = folded != NULL ? g_strsplit_set(folded, " \t", -1) : NULL;
	g_autoptr(SearchWords) words = g_new0(SearchWords, 1);
	g_autoptr(GStrvBuilder) kept = g_strv_builder_new();
	gint64 bit = 1;

	for (guint i = 0; parts != NULL && parts[i] != NULL && bit < 1ll << MAX_WORDS; i++) {
		const char *word;

		if (parts[i][0] == '\0')
			continue;
		word = words_place(words, parts[i], bit);
		words->all |= bit;
		g_strv_builder_add(kept, word);
		if (!find_word(headers, words, word, bit, cancel))
			break;
		bit <<= 1;
	}
	words->folded = g_strv_builder_end(kept);
	return words->all != 0 ? g_steal_pointer(&words) : NULL;
}

void
search_words_free(SearchWords *words)
{
	if (words == NULL)
		return;
	store_map_clear(&words->subjects);
	store_map_clear(&words->people);
	g_strfreev(words->folded);
	g_free(words);
}

gboolean
search_words_match(const SearchWords *words, gint64 subject, gint64 person, const char *prefix)
{
	const gint64 *in_subject = subject != 0 ? store_map_find(&words->subjects, (guint64)subject) : NULL;
	const gint64 *in_person = person != 0 ? store_map_find(&words->people, (guint64)person) : NULL;
	gint64 mask = (in_subject != NULL ? *in_subject & ~words->only_person : 0) |
		      (in_person != NULL ? *in_person & ~words->only_subject : 0);
	gint64 missing = words->all & ~mask & ~words->only_person;

	/* "Re: " and "[PATCH 0/2] " stand apart from the text they share. */
	for (guint i = 0; prefix != NULL && missing != 0 && words->folded[i] != NULL; i++)
		if (missing & (1ll << i) && holds(prefix, words->folded[i]))
			mask |= 1ll << i;
	return (mask & words->all) == words->all;
}
