/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "imap/sets.h"
#include "util/fault.h"

/* What a set looks like after it was written by hand; NULL: no set. */
static const struct {
	const char *text;
	guint32 star;
	const char *normal;
	guint64 count;
} parsed[] = {
	{"1", 0, "1", 1},
	{"4,7:9", 0, "4,7:9", 4},
	{"9:7,4", 0, "4,7:9", 4},
	{"1:3,2:5,6", 0, "1:6", 6},
	{"5,5,5", 0, "5", 1},
	{"1:4294967295", 0, "1:4294967295", 4294967295u},
	{"4294967295,4294967294", 0, "4294967294:4294967295", 2},
	{"300:*", 310, "300:310", 11},
	{"*", 7, "7", 1},
	{"*:3", 7, "3:7", 5},
	{"300:*", 0, NULL, 0},
	{"0", 0, NULL, 0},
	{"0:4", 0, NULL, 0},
	{"1:0", 0, NULL, 0},
	{"4294967296", 0, NULL, 0},
	{"99999999999999999999999999", 0, NULL, 0},
	{"-1", 0, NULL, 0},
	{"+1", 0, NULL, 0},
	{"1,", 0, NULL, 0},
	{",1", 0, NULL, 0},
	{"1,,2", 0, NULL, 0},
	{"1:", 0, NULL, 0},
	{"1:2:3", 0, NULL, 0},
	{"1 ", 0, NULL, 0},
	{"", 0, NULL, 0},
	{"a", 0, NULL, 0},
};

static void
test_parse(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(parsed); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(ImapSet) set = imap_set_parse(parsed[i].text, -1, parsed[i].star, &error);
		g_autofree char *text = NULL;
		g_test_message("%s", parsed[i].text);
		if (parsed[i].normal == NULL) {
			g_assert_null(set);
			g_assert_error(error, POSTHORN_FAULT, FAULT_PROTOCOL);
			continue;
		}
		g_assert_no_error(error);
		text = imap_set_string(set);
		g_assert_cmpstr(text, ==, parsed[i].normal);
		g_assert_cmpuint(imap_set_count(set), ==, parsed[i].count);
	}
}

static ImapSet *
set_of(const char *text)
{
	return *text ? imap_set_parse(text, -1, 0, NULL) : imap_set_new();
}

static void
assert_set(const ImapSet *set, const char *expected)
{
	g_autofree char *text = imap_set_string(set);

	g_assert_cmpstr(text, ==, expected);
}

static const struct {
	const char *a, *b, *both, *without, *joined;
} algebra[] = {
	{"1:10", "3:4,8:20", "3:4,8:10", "1:2,5:7", "1:20"},
	{"1:10", "", "", "1:10", "1:10"},
	{"", "1:10", "", "", "1:10"},
	{"5", "5", "5", "", "5"},
	{"1,3,5,7", "2,4,6", "", "1,3,5,7", "1:7"},
	{"1:4294967295", "7", "7", "1:6,8:4294967295", "1:4294967295"},
	{"7", "1:4294967295", "7", "", "1:4294967295"},
	{"1:3,7:9", "3:7", "3,7", "1:2,8:9", "1:9"},
	{"10:20", "10:20", "10:20", "", "10:20"},
	{"10:20", "5:10", "10", "11:20", "5:20"},
	{"10:20", "20:25", "20", "10:19", "10:25"},
	{"2,4,6:8,100:200", "1:4,7,150:300", "2,4,7,150:200", "6,8,100:149", "1:4,6:8,100:300"},
};

static void
test_algebra(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(algebra); i++) {
		g_autoptr(ImapSet) b = set_of(algebra[i].b);
		g_autoptr(ImapSet) both = set_of(algebra[i].a);
		g_autoptr(ImapSet) without = set_of(algebra[i].a);
		g_autoptr(ImapSet) joined = set_of(algebra[i].a);
		imap_set_clip(both, b);
		assert_set(both, algebra[i].both);
		imap_set_remove_set(without, b);
		assert_set(without, algebra[i].without);
		imap_set_add_set(joined, b);
		assert_set(joined, algebra[i].joined);
	}
}

/* Against a plain array of booleans. */
static void
test_random_agrees(void)
{
	enum { SIZE = 40 };
	GRand *random = g_rand_new_with_seed(7);

	for (int round = 0; round < 2000; round++) {
		gboolean plain[SIZE + 2] = {FALSE};
		g_autoptr(ImapSet) set = imap_set_new();
		guint64 count = 0;
		for (int step = 0; step < 12; step++) {
			guint32 first = (guint32)g_rand_int_range(random, 0, SIZE);
			guint32 last = (guint32)g_rand_int_range(random, 0, SIZE);
			gboolean add = g_rand_boolean(random);
			g_autoptr(ImapSet) cut = imap_set_new_range(first, last);
			if (add)
				imap_set_add_range(set, first, last);
			else
				imap_set_remove_set(set, cut);
			for (guint32 i = MAX(MIN(first, last), 1); i <= MAX(first, last); i++)
				plain[i] = add;
		}
		for (guint32 i = 0; i <= SIZE; i++) {
			g_assert_cmpint(imap_set_contains(set, i), ==, plain[i]);
			count += plain[i];
		}
		g_assert_cmpuint(imap_set_count(set), ==, count);
		for (guint i = 1; i < imap_set_ranges(set); i++)
			g_assert_cmpuint(
				imap_set_range(set, i - 1).last + 1, <, imap_set_range(set, i).first);
	}
	g_rand_free(random);
}

static void
test_new_uids_in_any_order(void)
{
	const guint32 uids[] = {9, 3, 4, 0, 9, 5, 1};
	g_autoptr(ImapSet) set = imap_set_new_uids(uids, G_N_ELEMENTS(uids));

	assert_set(set, "1,3:5,9");
}

static const struct {
	const char *set;
	guint32 count;
	gboolean lowest;
	const char *taken, *left;
} takes[] = {
	{"1:10", 3, FALSE, "8:10", "1:7"},
	{"1:10", 3, TRUE, "1:3", "4:10"},
	{"1,5,9:11", 4, FALSE, "5,9:11", "1"},
	{"1,5,9:11", 3, TRUE, "1,5,9", "10:11"},
	{"1,5,9:11", 5, FALSE, "1,5,9:11", ""},
	{"1,5,9:11", 50, TRUE, "1,5,9:11", ""},
	{"1,5", 0, TRUE, "", "1,5"},
	{"", 5, TRUE, "", ""},
	{"1:4294967295", 4294967295u, TRUE, "1:4294967295", ""},
	{"1:4294967295", 2, FALSE, "4294967294:4294967295", "1:4294967293"},
};

static void
test_take(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(takes); i++) {
		g_autoptr(ImapSet) set = set_of(takes[i].set);
		g_autoptr(ImapSet) taken = imap_set_take(set, takes[i].count, takes[i].lowest);
		assert_set(taken, takes[i].taken);
		assert_set(set, takes[i].left);
	}
}

static void
test_take_bytes_keeps_every_member(void)
{
	g_autoptr(ImapSet) set = imap_set_new();
	g_autoptr(ImapSet) all = NULL;
	g_autoptr(ImapSet) seen = imap_set_new();

	for (guint32 i = 1; i < 3000; i++)
		imap_set_add_range(set, i * 7, i * 7 + i % 3);
	all = imap_set_copy(set);
	while (!imap_set_is_empty(set)) {
		g_autoptr(ImapSet) piece = imap_set_take_bytes(set, 100);
		g_autofree char *text = imap_set_string(piece);
		g_assert_cmpuint(strlen(text), <=, 100);
		g_assert_cmpuint(strlen(text), >, 0);
		imap_set_add_set(seen, piece);
	}
	imap_set_remove_set(all, seen);
	g_assert_true(imap_set_is_empty(all));
	g_assert_cmpuint(imap_set_last(seen), ==, 2999 * 7 + 2);
}

static void
test_clip_range(void)
{
	static const struct {
		const char *set;
		guint32 first, last;
		const char *expected;
	} rows[] = {
		{"1:100", 5, 7, "5:7"},
		{"1:3,8:9,20:30", 9, 21, "9,20:21"},
		{"1:3", 4, 10, ""},
		{"8:9", 1, 7, ""},
		{"1:3,8:9", 4, 7, ""},
		{"1:4294967295", 4294967295u, 4294967295u, "4294967295"},
		{"1:3", 3, 1, ""},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(ImapSet) set = set_of(rows[i].set);
		imap_set_clip_range(set, rows[i].first, rows[i].last);
		assert_set(set, rows[i].expected);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/imap/sets/parse", test_parse);
	g_test_add_func("/imap/sets/algebra", test_algebra);
	g_test_add_func("/imap/sets/random-agrees", test_random_agrees);
	g_test_add_func("/imap/sets/new-uids-in-any-order", test_new_uids_in_any_order);
	g_test_add_func("/imap/sets/take", test_take);
	g_test_add_func("/imap/sets/take-bytes-keeps-every-member", test_take_bytes_keeps_every_member);
	g_test_add_func("/imap/sets/clip-range", test_clip_range);
	return g_test_run();
}
