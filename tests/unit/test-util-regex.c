/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "util/regex.h"

#include "util/fault.h"
#include "util/limits.h"

#include <string.h>

/* "start-end,start-end,..." of the whole and the groups; "no", "limit"; or the error's code. The caller's. */
static char *
search(const char *pattern, RegexFlags flags, const char *subject)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Regex) regex = regex_compile(pattern, -1, flags, NULL, &error);
	GString *out = g_string_new(NULL);
	RegexSpan spans[4];
	RegexResult result;

	if (regex == NULL) {
		g_string_assign(out, fault_name(fault_of(error)));
		return g_string_free(out, FALSE);
	}
	result = regex_match(regex, subject, strlen(subject), 0, spans, G_N_ELEMENTS(spans));
	if (result != REGEX_YES)
		g_string_assign(out, result == REGEX_NO ? "no" : "limit");
	for (guint i = 0; result == REGEX_YES && i <= MIN(regex_groups(regex), 3); i++)
		if (spans[i].start == G_MAXSIZE)
			g_string_append(out, i > 0 ? ",-" : "-");
		else
			g_string_append_printf(
				out, "%s%d-%d", i > 0 ? "," : "", (int)spans[i].start, (int)spans[i].end);
	return g_string_free(out, FALSE);
}

typedef struct {
	const char *pattern, *subject, *found;
} Row;

static void
check_rows(const Row *rows, gsize count, RegexFlags flags)
{
	for (gsize i = 0; i < count; i++) {
		g_autofree char *found = search(rows[i].pattern, flags, rows[i].subject);
		if (strcmp(found, rows[i].found) != 0)
			g_test_message("%s on %s", rows[i].pattern, rows[i].subject);
		g_assert_cmpstr(found, ==, rows[i].found);
	}
}

/* POSIX.1-2017, 9.3.5 and 9.4. */
static void
test_posix(void)
{
	static const Row rows[] = {
		{"b+", "abbc", "1-3"},
		{"a(b|c)*d", "xabcbd", "1-6,4-5"},
		{"^abc$", "abc", "0-3"},
		{"^abc$", "abc\n", "no"},
		{"a.c", "a\nc", "0-3"},
		{"[]a]+", "x]a", "1-3"},
		{"[^]a]", "]ab", "2-3"},
		{"[\\n]", "\\", "0-1"},
		{"[\\]b", "\\b", "0-2"},
		{"[[:digit:]]{2,3}", "a1234", "1-4"},
		{"[[.-.]]", "a-b", "1-2"},
		{"[[=a=]b]+", "xab", "1-3"},
		{"[a-]+", "b-a", "1-3"},
		{"a{,2}b", "aab", "0-3"},
		{"a{b", "a{b", "0-3"},
		{"{1}", "{1}", "0-3"},
		{"a+?b", "b", "0-1"},
		{"a**", "aa", "0-2"},
		{"(a|b)+?$", "ab", "0-2,1-2"},
		{"\\.\\*\\-", ".*-", "0-3"},
		{"(a)\\1", "aa", "0-2,0-1"},
		{"\\<in\\>", "pin in", "4-6"},
		{"a)", "a)", "0-2"},
		{"(x)?a", "a", "0-1,-"},
		{"ü+", "xüü", "1-5"},
		{"^[^ü]$", "é", "0-2"},
		{"x{32768}", "x", "input"},
		{"x{3,2}", "x", "input"},
		{"*a", "a", "input"},
		{"(?:a)", "a", "input"},
		{"(?i)a", "A", "input"},
		{"a(*ACCEPT)", "a", "input"},
		{"\\d", "1", "input"},
		{"\\Qa", "Qa", "input"},
		{"(a", "a", "input"},
		{"[a", "a", "input"},
		{"[[:nope:]]", "a", "input"},
		{"[z-a]", "a", "input"},
		{"a\\", "a", "input"},
	};

	check_rows(rows, G_N_ELEMENTS(rows), REGEX_POSIX);
}

static void
test_perl(void)
{
	static const Row rows[] = {
		{"\\d+", "a12", "1-3"},
		{"a+?", "aaa", "0-1"},
		{"(?i)A", "a", "0-1"},
		{"[\\]b]+", "x]b", "1-3"},
		{"$", "a\n", "2-2"},
		{"(", "a", "input"},
		{"\\C", "a", "input"},
	};

	check_rows(rows, G_N_ELEMENTS(rows), 0);
}

static void
test_caseless_is_unicode(void)
{
	static const Row rows[] = {{"ÄRGER", "ärger", "0-6"}, {"straße", "STRASSE", "no"}};

	check_rows(rows, G_N_ELEMENTS(rows), REGEX_POSIX | REGEX_CASELESS);
}

/* Nested repeats over 1 MiB end at the limit, or at once where it is plain that nothing can match. */
static void
test_nested_repeats_are_bounded(void)
{
	static const char *const patterns[] = {"^(a+)+$", "^(a|a)*$", "^(a*)*$", "(a+)+b", "^(.*a){20}$",
		"(x+x+)+y", "^(([a-z])+.)+[A-Z]([a-z])+$"};
	g_autoptr(GString) subject = g_string_new(NULL);

	while (subject->len < 1024 * 1024)
		g_string_append_c(subject, 'a');
	g_string_append_c(subject, '!');
	for (gsize i = 0; i < G_N_ELEMENTS(patterns); i++) {
		g_autoptr(Regex) regex = regex_compile(patterns[i], -1, REGEX_POSIX, NULL, NULL);
		gint64 start = g_get_monotonic_time();
		RegexResult result = regex_match(regex, subject->str, subject->len, 0, NULL, 0);
		g_assert_cmpint(result, !=, REGEX_YES);
		g_test_message("%s: %s after %d ms", patterns[i], result == REGEX_NO ? "no" : "limit",
			(int)((g_get_monotonic_time() - start) / 1000));
	}
	g_autoptr(Regex) nested = regex_compile("^(a+)+$", -1, REGEX_POSIX, NULL, NULL);
	g_autoptr(GError) error = NULL;
	g_assert_cmpint(regex_match(nested, subject->str, subject->len, 0, NULL, 0), ==, REGEX_LIMIT);
	g_assert_false(regex_matches(nested, subject->str, -1, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_LIMIT);
}

/* Few steps are enough for a plain pattern on a long text, and too few for a bad one on a short text. */
static void
test_steps_are_counted(void)
{
	g_autoptr(Regex) nested = regex_compile("^(a+)+$", -1, REGEX_POSIX, NULL, NULL);
	g_autoptr(Regex) plain = regex_compile("invoice [0-9]+", -1, REGEX_POSIX, NULL, NULL);

	g_assert_cmpint(regex_match(nested, "aaaaaaaaaaaaaaaaaaaaaaaa!", 25, 1000, NULL, 0), ==, REGEX_LIMIT);
	g_assert_cmpint(regex_match(plain, "Your invoice 17", 15, 1000, NULL, 0), ==, REGEX_YES);
}

static void
test_patterns_are_bounded(void)
{
	g_autofree char *longest = g_strnfill(LIMIT_REGEX_PATTERN + 1, 'a');
	g_autofree char *deep = g_strnfill(LIMIT_REGEX_NESTING + 2, '(');
	g_autofree char *repeats = g_strnfill(LIMIT_REGEX_PATTERN, '*');
	g_autoptr(GString) closed = g_string_new(deep);
	static const char large[] = "((((a{255}){255}){255}){255})";
	g_autofree char *first = search(longest, REGEX_POSIX, "a"), *second = NULL, *third = NULL,
			*fourth = NULL;

	for (guint i = 0; i < LIMIT_REGEX_NESTING + 2; i++)
		g_string_append_c(closed, ')');
	second = search(closed->str, REGEX_POSIX, "a");
	third = search(large, REGEX_POSIX, "a");
	repeats[0] = 'a';
	fourth = search(repeats, REGEX_POSIX, "a");
	g_assert_cmpstr(first, ==, "limit");
	g_assert_cmpstr(second, ==, "input");
	g_assert_cmpstr(third, ==, "limit");
	g_assert_true(strcmp(fourth, "input") == 0 || strcmp(fourth, "limit") == 0);
}

static void
test_octets_that_are_no_text_match_nothing(void)
{
	g_autoptr(Regex) regex = regex_compile("a.c", -1, REGEX_POSIX, NULL, NULL);

	g_assert_cmpint(regex_match(regex, "a\xFF\x63", 3, 0, NULL, 0), ==, REGEX_NO);
	g_assert_cmpint(regex_match(regex, "\xFF\xC3 abc\xC3", 7, 0, NULL, 0), ==, REGEX_YES);
	g_assert_null(regex_compile("a\xFF", 2, REGEX_POSIX, NULL, NULL));
	g_assert_null(regex_compile("a\0b", 3, REGEX_POSIX, NULL, NULL));
}

static void
test_errors_have_a_place(void)
{
	gsize offset = 0;

	g_assert_null(regex_compile("abc\\d", -1, REGEX_POSIX, &offset, NULL));
	g_assert_cmpuint(offset, ==, 3);
}

static void
test_a_quoted_text_matches_itself(void)
{
	static const char text[] = "a.b*c[d](e){2}|^$\\+?";
	g_autofree char *pattern = regex_quote(text, -1);
	g_autofree char *posix = search(pattern, REGEX_POSIX, text), *perl = search(pattern, 0, text);

	g_assert_cmpstr(posix, ==, "0-20");
	g_assert_cmpstr(perl, ==, "0-20");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/regex/POSIX syntax", test_posix);
	g_test_add_func("/regex/Perl syntax", test_perl);
	g_test_add_func("/regex/caseless by Unicode", test_caseless_is_unicode);
	g_test_add_func("/regex/nested repeats are bounded", test_nested_repeats_are_bounded);
	g_test_add_func("/regex/steps are counted", test_steps_are_counted);
	g_test_add_func("/regex/patterns are bounded", test_patterns_are_bounded);
	g_test_add_func(
		"/regex/octets that are no text match nothing", test_octets_that_are_no_text_match_nothing);
	g_test_add_func("/regex/errors have a place", test_errors_have_a_place);
	g_test_add_func("/regex/a quoted text matches itself", test_a_quoted_text_matches_itself);
	return g_test_run();
}
