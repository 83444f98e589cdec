/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "util/fuzzy.h"

#include <string.h>

static void
test_matches(void)
{
	static const struct {
		const char *typed, *candidate;
		gboolean matches;
	} rows[] = {
		{"", "anything", TRUE},
		{"  ", "anything", TRUE},
		{"mvtr", "move-to-trash", TRUE},
		{"MvTr", "move-to-trash", TRUE},
		{"mvtr", "Move-To-Trash", TRUE},
		{"trmv", "move-to-trash", FALSE},
		{"tr mv", "move-to-trash", TRUE},
		{"tr mx", "move-to-trash", FALSE},
		{"movee", "move", FALSE},
		{"muller", "Hans Müller", TRUE},
		{"müller", "Hans Muller", TRUE},
		{"mu\314\210ller", "Hans Müller", TRUE},
		{"日語", "日本語", TRUE},
		{"한", "한글", TRUE},
		{"하", "한글", FALSE},
		{"x", "", FALSE},
		{"a", "\377a", TRUE},
		{"\377", "b", FALSE},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Fuzzy) fuzzy = fuzzy_new(rows[i].typed);
		g_assert_cmpint(fuzzy_score(fuzzy, rows[i].candidate) != FUZZY_NONE, ==, rows[i].matches);
	}
}

static void
test_better_first(void)
{
	static const struct {
		const char *typed, *better, *worse;
	} rows[] = {
		{"move", "move", "move-to-trash"},   /* the whole */
		{"move", "move-to-trash", "remove"}, /* the beginning */
		{"tt", "to-trash", "attach"},        /* beginnings of words */
		{"arc", "archive", "a-r-c"},         /* in a row */
		{"ab", "a-b", "axxb"},
		{"ad", "axd", "axxxd"},                 /* a short gap */
		{"in", "inbox", "inbox-and-much-more"}, /* a short candidate */
		{"fb", "fooBar", "foobar"},             /* a capital */
		{"al ex", "alice@example.org", "alexander@test.org"},
		{"inbox", "INBOX", "Archive/old-inbox"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Fuzzy) fuzzy = fuzzy_new(rows[i].typed);
		g_assert_cmpint(fuzzy_score(fuzzy, rows[i].better), >, fuzzy_score(fuzzy, rows[i].worse));
		g_assert_cmpint(fuzzy_score(fuzzy, rows[i].worse), !=, FUZZY_NONE);
	}
}

/* candidate, with what was matched in upper case. */
static void
test_places(void)
{
	static const struct {
		const char *typed, *candidate, *marked;
	} rows[] = {
		{"mtt", "move-to-trash", "Move-To-Trash"},
		{"move", "remove mover", "remove MOVEr"},
		{"arc", "a-r-archive", "a-r-ARChive"},
		{"tr mo", "move-to-trash", "MOve-to-TRash"},
		{"ls", "müllers", "mülLerS"},
		{"", "abc", "abc"},
		{"x", "abc", "abc"},
	};
	g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(gsize));
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Fuzzy) fuzzy = fuzzy_new(rows[i].typed);
		g_autofree char *marked = g_strdup(rows[i].candidate);
		int score = fuzzy_match(fuzzy, marked, places);
		g_assert_cmpint(score, ==, fuzzy_score(fuzzy, rows[i].candidate));
		for (guint j = 0; j < places->len; j++) {
			char *at = marked + g_array_index(places, gsize, j);
			*at = g_ascii_toupper(*at);
		}
		g_assert_cmpstr(marked, ==, rows[i].marked);
	}
}

/* Of any two strings: the places are ascending, as many as letters, and the letters themselves. */
static void
test_places_spell_what_was_typed(void)
{
	g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(gsize));
	guint32 seed = 42;
	guint matched = 0;
	for (int round = 0; round < 5000; round++) {
		char typed[6];
		char candidate[24];
		for (gsize i = 0; i < sizeof candidate; i++) {
			seed = seed * 1664525 + 1013904223;
			candidate[i] = "abcAB-"[(seed >> 24) % 6];
			if (i < sizeof typed)
				typed[i] = "abc"[(seed >> 16) % 3];
		}
		typed[1 + seed % 5] = '\0';
		candidate[sizeof candidate - 1] = '\0';
		g_autoptr(Fuzzy) fuzzy = fuzzy_new(typed);
		if (fuzzy_match(fuzzy, candidate, places) == FUZZY_NONE)
			continue;
		matched++;
		g_assert_cmpuint(places->len, ==, strlen(typed));
		for (guint i = 0; i < places->len; i++) {
			gsize place = g_array_index(places, gsize, i);
			g_assert_cmpint(g_ascii_tolower(candidate[place]), ==, typed[i]);
			g_assert_true(i == 0 || place > g_array_index(places, gsize, i - 1));
		}
	}
	g_assert_cmpuint(matched, >, 1000);
}

static void
test_long_texts_are_cut(void)
{
	g_autofree char *typed = g_strnfill(1000, 'a');
	g_autofree char *candidate = g_strnfill(100000, 'a');
	g_autofree char *late = g_strconcat(candidate, "b", NULL);
	g_autoptr(Fuzzy) fuzzy = fuzzy_new(typed);
	g_autoptr(Fuzzy) end = fuzzy_new("b");
	g_assert_cmpint(fuzzy_score(fuzzy, candidate), !=, FUZZY_NONE);
	g_assert_cmpint(fuzzy_score(end, late), ==, FUZZY_NONE);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fuzzy/matches", test_matches);
	g_test_add_func("/fuzzy/better-first", test_better_first);
	g_test_add_func("/fuzzy/places", test_places);
	g_test_add_func("/fuzzy/places-spell-what-was-typed", test_places_spell_what_was_typed);
	g_test_add_func("/fuzzy/long-texts-are-cut", test_long_texts_are_cut);
	return g_test_run();
}
