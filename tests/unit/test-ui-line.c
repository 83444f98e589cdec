/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/line.h"

#include <glib.h>
#include <locale.h>

typedef struct {
	const char *before; /* | is the cursor */
	Key key;
	const char *after;
} LineCase;

static const LineCase cases[] = {
	{"ab|", 'c', "abc|"},
	{"a|b", 0x65e5, "a日|b"},
	{"one two|", K_CTRL('W'), "one |"},
	{"one two  |", K_CTRL('W'), "one |"},
	{"one| two", K_CTRL('K'), "one|"},
	{"one| two", K_CTRL('U'), "| two"},
	{"one| two", K_CTRL('A'), "|one two"},
	{"one| two", K_CTRL('E'), "one two|"},
	{"one| two", 'f' | KEY_AFTER_ESC, "one two|"},
	{"one two|", 'b' | KEY_AFTER_ESC, "one |two"},
	{"|one two", 'd' | KEY_AFTER_ESC, "| two"},
	{"a|b", K_BACKSPACE, "|b"},
	{"|ab", K_BACKSPACE, "|ab"},
	{"a|b", K_CTRL('D'), "a|"},
	{"ab|", K_DELETE, "ab|"},
	{"e\xcc\x81|", K_LEFT, "|e\xcc\x81"},
	{"e\xcc\x81|", K_BACKSPACE, "|"},
	{"|e\xcc\x81x", K_RIGHT, "e\xcc\x81|x"},
	{"a|", K_CTRL('C'), "a|"},
	{"a|", 'z' | KEY_AFTER_ESC, "a|"},
};

static void
test_keys(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_auto(GStrv) halves = g_strsplit(cases[i].before, "|", 2);
		g_autofree char *whole = g_strconcat(halves[0], halves[1], NULL);
		g_autoptr(Line) line = line_new(whole);
		GString *after;

		while (line_cursor(line) > strlen(halves[0]))
			line_key(line, K_LEFT);
		line_key(line, cases[i].key);
		after = g_string_new(line_text(line));
		g_string_insert_c(after, (gssize)line_cursor(line), '|');
		g_assert_cmpstr(after->str, ==, cases[i].after);
		g_string_free(after, TRUE);
	}
}

static void
test_paste(void)
{
	g_autoptr(Line) line = line_new("");

	line_insert(line, "a\nb\x1b[31mc\xff");
	g_assert_cmpstr(line_text(line), ==, "a b[31mc\xef\xbf\xbd");
}

static void
test_words(void)
{
	g_autoptr(Line) line = line_new("ada@example.org, bob");

	g_assert_cmpuint(line_word(line, ","), ==, 17);
	line_replace(line, line_word(line, ","), "Bob <bob@example.org>");
	g_assert_cmpstr(line_text(line), ==, "ada@example.org, Bob <bob@example.org>");
}

static void
test_verbatim(void)
{
	g_autoptr(Line) line = line_new("");

	line_key(line, K_CTRL('V'));
	g_assert_cmpint(line_key(line, K_CTRL('C')), ==, LINE_IGNORED);
	g_assert_cmpint(line_key(line, 'x'), ==, LINE_CHANGED);
	g_assert_cmpstr(line_text(line), ==, "x");
}

int
main(int argc, char **argv)
{
	setlocale(LC_ALL, "C.UTF-8");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ui/line/keys", test_keys);
	g_test_add_func("/ui/line/pasted-controls-go", test_paste);
	g_test_add_func("/ui/line/completion-replaces-a-word", test_words);
	g_test_add_func("/ui/line/verbatim-takes-characters-only", test_verbatim);
	return g_test_run();
}
