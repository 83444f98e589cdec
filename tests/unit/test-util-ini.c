/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "util/ini.h"

#include <string.h>

#include "util/fault.h"
#include "util/limits.h"

static const char sample[] = "# Posthorn\n"
			     "theme = dark\n"
			     "\n"
			     "[account work]\n"
			     "label = Work\n"
			     "  name=Alice Example   \n"
			     "# tls | starttls | plain\n"
			     "imap-security\t=\ttls\n"
			     "password-command = pass show \"a b\" # not a comment = 1\n"
			     "trust = one\n"
			     "trust = two\n"
			     "empty =\n"
			     "\n"
			     "# the other one\n"
			     "[account home]\n"
			     "label = Home [at home]\n"
			     "#trust = no\n";

static Ini *
parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	Ini *ini = ini_parse("test.conf", text, strlen(text), &error);
	g_assert_no_error(error);
	g_assert_nonnull(ini);
	return ini;
}

static void
assert_written(const Ini *ini, const char *expected)
{
	gsize length;
	g_autofree char *text = ini_write(ini, &length);
	g_assert_cmpstr(text, ==, expected);
	g_assert_cmpuint(length, ==, strlen(expected));
}

static void
test_values(void)
{
	static const struct {
		const char *section, *key, *value;
	} rows[] = {
		{"", "theme", "dark"},
		{"account work", "label", "Work"},
		{"account work", "name", "Alice Example"},
		{"account work", "imap-security", "tls"},
		{"account work", "password-command", "pass show \"a b\" # not a comment = 1"},
		{"account work", "trust", "two"},
		{"account work", "empty", ""},
		{"account home", "label", "Home [at home]"},
		{"account home", "trust", NULL},
		{"account", "label", NULL},
		{"", "label", NULL},
	};
	g_autoptr(Ini) ini = parse(sample);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpstr(ini_get(ini, rows[i].section, rows[i].key), ==, rows[i].value);
	g_auto(GStrv) trust = ini_get_list(ini, "account work", "trust");
	g_assert_cmpuint(g_strv_length(trust), ==, 2);
	g_assert_cmpstr(trust[0], ==, "one");
	g_auto(GStrv) none = ini_get_list(ini, "account home", "trust");
	g_assert_cmpuint(g_strv_length(none), ==, 0);
}

static void
test_walk_in_order_with_lines(void)
{
	g_autoptr(Ini) ini = parse("a = 1\n[s  one]\n\nb = 2\n[ two\t]\n");
	static const IniLine expected[] = {
		{"", "a", "1", 1},
		{"s one", NULL, NULL, 2},
		{"s one", "b", "2", 4},
		{"two", NULL, NULL, 5},
	};
	gsize position = 0;
	IniLine line;
	for (gsize i = 0; i < G_N_ELEMENTS(expected); i++) {
		g_assert_true(ini_next(ini, &position, &line));
		g_assert_cmpstr(line.section, ==, expected[i].section);
		g_assert_cmpstr(line.key, ==, expected[i].key);
		g_assert_cmpstr(line.value, ==, expected[i].value);
		g_assert_cmpuint(line.line, ==, expected[i].line);
	}
	g_assert_false(ini_next(ini, &position, &line));
	g_assert_true(ini_has_section(ini, "two"));
	g_assert_true(ini_has_section(ini, ""));
	g_assert_false(ini_has_section(ini, "three"));
}

static void
test_unchanged_is_byte_for_byte(void)
{
	static const char *const rows[] = {
		"",
		"\n",
		"no = end",
		"crlf = 1\r\n[x]\r\ny = 2\r\n",
		"mixed = 1\n[x]\r\n\n\n   \ny=2",
		"\357\273\277[mark]\nx = 1\n",
		"\357\273\277",
		"  =\t= =\n",
		sample,
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(Ini) ini = ini_parse("x", rows[i], strlen(rows[i]), &error);
		if (ini)
			assert_written(ini, rows[i]);
		else
			g_assert_cmpstr(rows[i], ==, "  =\t= =\n");
	}
	g_autoptr(Ini) none = ini_parse("x", NULL, 0, NULL);
	assert_written(none, "");
}

static void
test_errors_name_the_line(void)
{
	static const struct {
		const char *text;
		gssize length;
		const char *message;
	} rows[] = {
		{"a = 1\nb\n", -1, "test.conf:2: this is neither"},
		{"[a\n", -1, "test.conf:1: the section has no closing"},
		{"\n\n[a] b\n", -1, "test.conf:3: nothing may follow"},
		{"[]\n", -1, "test.conf:1: the section has no name"},
		{"[ \t ]\n", -1, "test.conf:1: the section has no name"},
		{"[a[b]\n", -1, "test.conf:1: the name of a section"},
		{"[a]]\n", -1, "test.conf:1: nothing may follow"},
		{"a = 1\n = 2\n", -1, "test.conf:2: there is no name"},
		{"a = \377\n", -1, "test.conf:1: the line is not UTF-8"},
		{"a = \0\n", 6, "test.conf:1: the line is not UTF-8"},
		{"a = 1\nb = \033[31m\n", -1, "test.conf:2: the line has a control"},
		{"a = \302\233\n", -1, "test.conf:1: the line has a control"},
		{"a = 1\rb = 2\n", -1, "test.conf:1: the line has a control"},
		{"# \001\n", -1, "test.conf:1: the line has a control"},
		{"a = 1\n\357\273\277b = 1\n", -1, "test.conf:2: a byte order mark"},
		{"\357\273\277\357\273\277b = 1\n", -1, "test.conf:1: a byte order mark"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		gsize length = rows[i].length < 0 ? strlen(rows[i].text) : (gsize)rows[i].length;
		g_assert_null(ini_parse("test.conf", rows[i].text, length, &error));
		g_assert_error(error, POSTHORN_FAULT, FAULT_INPUT);
		g_assert_true(g_str_has_prefix(error->message, rows[i].message));
	}
}

static void
test_limit(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) full = NULL;
	g_autofree char *text = g_strnfill(LIMIT_CONFIG_FILE + 1, '#');
	g_assert_null(ini_parse("x", text, LIMIT_CONFIG_FILE + 1, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_LIMIT);
	g_autoptr(Ini) ini = ini_parse("x", text, LIMIT_CONFIG_FILE, NULL);
	g_assert_nonnull(ini);
	g_assert_false(ini_set(ini, "a", "b", "c", &full));
	g_assert_error(full, POSTHORN_FAULT, FAULT_LIMIT);
}

typedef enum { SET, ADD, REMOVE, REMOVE_SECTION, ADD_SECTION } Action;

typedef struct {
	const char *before;
	Action action;
	const char *section, *key, *value;
	const char *after;
} Change;

static void
apply(Ini *ini, const Change *change)
{
	g_autoptr(GError) error = NULL;
	switch (change->action) {
	case SET:
		ini_set(ini, change->section, change->key, change->value, &error);
		break;
	case ADD:
		ini_add(ini, change->section, change->key, change->value, &error);
		break;
	case REMOVE:
		ini_remove(ini, change->section, change->key, change->value);
		break;
	case REMOVE_SECTION:
		ini_remove_section(ini, change->section);
		break;
	case ADD_SECTION:
		ini_add_section(ini, change->section, &error);
		break;
	}
	g_assert_no_error(error);
}

static void
test_changes(void)
{
	static const Change rows[] = {
		/* A changed line keeps its form. */
		{"[a]\n  x  =  1  \ny = 2\n", SET, "a", "x", "new", "[a]\n  x  =  new\ny = 2\n"},
		{"[a]\nx=1\n", SET, "a", "x", "new", "[a]\nx=new\n"},
		{"[a]\nx=\n", SET, "a", "x", "new", "[a]\nx= new\n"},
		{"[a]\nx = 1\r\n", SET, "a", "x", "", "[a]\nx = \r\n"},
		{"[a]\nx = 1", SET, "a", "x", "2", "[a]\nx = 2"},
		{"[a]\n x = 1 \n", SET, "a", "x", "1", "[a]\n x = 1 \n"},
		/* A list becomes one value, in its first place. */
		{"[a]\nx = 1\n#\nx = 2\ny = 3\nx = 4\n", SET, "a", "x", "5", "[a]\nx = 5\n#\ny = 3\n"},
		{"[a]\nx = 1\n[b]\nx = 2\n[a]\nx = 3\n", SET, "a", "x", "4", "[a]\nx = 4\n[b]\nx = 2\n[a]\n"},
		/* New lines go to the end of the section. */
		{"[a]\nx = 1\n\n# about b\n[b]\ny = 2\n", ADD, "a", "z", "3",
			"[a]\nx = 1\nz = 3\n\n# about b\n[b]\ny = 2\n"},
		{"[a]\nx = 1\n", ADD, "a", "x", "2", "[a]\nx = 1\nx = 2\n"},
		{"[a]\n# nothing yet\n[b]\n", SET, "a", "x", "1", "[a]\nx = 1\n# nothing yet\n[b]\n"},
		{"[a]\nx = 1", ADD, "a", "y", "2", "[a]\nx = 1\ny = 2\n"},
		{"[a]\r\nx = 1", ADD, "a", "y", "2", "[a]\r\nx = 1\r\ny = 2\r\n"},
		{"[a]\n[b]\n[a]\n", ADD, "a", "x", "1", "[a]\n[b]\n[a]\nx = 1\n"},
		{"[a]\nx = 1\n", ADD, "a", "e", "", "[a]\nx = 1\ne =\n"},
		/* Before the first section. */
		{"# top\n[a]\n", ADD, "", "x", "1", "x = 1\n# top\n[a]\n"},
		{"\357\273\277[a]\n", ADD, "", "x", "1", "\357\273\277x = 1\n[a]\n"},
		/* A new section goes to the end of the file. */
		{"", SET, "a b", "x", "1", "[a b]\nx = 1\n"},
		{"[a]\nx = 1", SET, "b", "y", "2", "[a]\nx = 1\n\n[b]\ny = 2\n"},
		{"[a]\n\n", ADD_SECTION, "b", NULL, NULL, "[a]\n\n[b]\n"},
		{"[a]\n", ADD_SECTION, "a", NULL, NULL, "[a]\n"},
		/* Removing. */
		{"[a]\nx = 1\n# c\nx = 2\ny = 3\n", REMOVE, "a", "x", NULL, "[a]\n# c\ny = 3\n"},
		{"[a]\nx = 1\nx = 2\nx = 1\n", REMOVE, "a", "x", "1", "[a]\nx = 2\n"},
		{"[a]\nx = 1\n", REMOVE, "b", "x", NULL, "[a]\nx = 1\n"},
		{"# top\n[a]\nx = 1\n# c\n\n# about b\n[b]\n", REMOVE_SECTION, "a", NULL, NULL,
			"# top\n# about b\n[b]\n"},
		{"[a]\n[b]\nx = 1\n# last\n", REMOVE_SECTION, "b", NULL, NULL, "[a]\n"},
		{"[a]\nx = 1\n[b]\n[a]\ny = 2\n", REMOVE_SECTION, "a", NULL, NULL, "[b]\n"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Ini) ini = parse(rows[i].before);
		apply(ini, &rows[i]);
		assert_written(ini, rows[i].after);
		/* The model agrees with what a new reading finds. */
		g_autoptr(Ini) again = parse(rows[i].after);
		gsize position = 0;
		gsize position_again = 0;
		IniLine line;
		IniLine line_again;
		while (ini_next(ini, &position, &line)) {
			g_assert_true(ini_next(again, &position_again, &line_again));
			g_assert_cmpstr(line.section, ==, line_again.section);
			g_assert_cmpstr(line.key, ==, line_again.key);
			g_assert_cmpstr(line.value, ==, line_again.value);
			g_assert_cmpuint(line.line, ==, line_again.line);
		}
		g_assert_false(ini_next(again, &position_again, &line_again));
	}
}

static void
test_refuses_what_would_not_come_back(void)
{
	static const struct {
		const char *section, *key, *value;
	} rows[] = {
		{"a", "x", "1\ny = 2"},
		{"a", "x", "1\r"},
		{"a", "x", " 1"},
		{"a", "x", "1\t"},
		{"a", "x", "\377"},
		{"a", "x", "\033[31m"},
		{"a", "", "1"},
		{"a", "x=y", "1"},
		{"a", "#x", "1"},
		{"", "\357\273\277x", "1"},
		{"a", "[x", "1"},
		{"a", " x", "1"},
		{"a", "x\n", "1"},
		{"a]\n[b", "x", "1"},
		{"a  b", "x", "1"},
		{"a\tb", "x", "1"},
		{" a", "x", "1"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Ini) ini = parse("[a]\nz = 1\n");
		g_autoptr(GError) set_error = NULL;
		g_autoptr(GError) add_error = NULL;
		g_assert_false(ini_set(ini, rows[i].section, rows[i].key, rows[i].value, &set_error));
		g_assert_error(set_error, POSTHORN_FAULT, FAULT_INPUT);
		g_assert_false(ini_add(ini, rows[i].section, rows[i].key, rows[i].value, &add_error));
		g_assert_error(add_error, POSTHORN_FAULT, FAULT_INPUT);
		assert_written(ini, "[a]\nz = 1\n");
	}
}

/* What a walk hands out may be given to a change. */
static void
test_borrowed_arguments(void)
{
	g_autoptr(Ini) ini = parse("[a]\nx = 1\nx = 2\n[b]\ny = 3\n[a]\nx = 1\n");
	gsize position = 2;
	IniLine line;
	g_assert_true(ini_next(ini, &position, &line));
	g_assert_true(ini_set(ini, line.section, line.key, line.value, NULL));
	assert_written(ini, "[a]\nx = 2\n[b]\ny = 3\n[a]\n");
	position = 1;
	g_assert_true(ini_next(ini, &position, &line));
	g_assert_cmpuint(ini_remove(ini, line.section, line.key, line.value), ==, 1);
	position = 0;
	g_assert_true(ini_next(ini, &position, &line));
	g_assert_true(ini_remove_section(ini, line.section));
	assert_written(ini, "[b]\ny = 3\n");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ini/values", test_values);
	g_test_add_func("/ini/walk-in-order-with-lines", test_walk_in_order_with_lines);
	g_test_add_func("/ini/unchanged-is-byte-for-byte", test_unchanged_is_byte_for_byte);
	g_test_add_func("/ini/errors-name-the-line", test_errors_name_the_line);
	g_test_add_func("/ini/limit", test_limit);
	g_test_add_func("/ini/changes", test_changes);
	g_test_add_func("/ini/refuses-what-would-not-come-back", test_refuses_what_would_not_come_back);
	g_test_add_func("/ini/borrowed-arguments", test_borrowed_arguments);
	return g_test_run();
}
