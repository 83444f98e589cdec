/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/rules-diff.h"

#include <glib.h>
#include <string.h>

static void
test_changes_stand_at_their_place(void)
{
	static const struct {
		const char *a, *b, *difference;
	} rows[] = {
		{"", "", ""},
		{"a\nb\nc\n", "a\nb\nc\n", "  a\n  b\n  c\n"},
		{"a\r\nb\r\n", "a\nb\n", "  a\n  b\n"},
		{"a\nb\nc", "a\nx\nc", "  a\n- b\n+ x\n  c\n"},
		{"a\nc", "a\nb\nc", "  a\n+ b\n  c\n"},
		{"a\nb\nc", "c", "- a\n- b\n  c\n"},
		{"x\ny\nz", "y\nz\nx", "- x\n  y\n  z\n+ x\n"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *difference = rules_difference(rows[i].a, rows[i].b);

		g_assert_cmpstr(difference, ==, rows[i].difference);
	}
}

static void
test_long_scripts_are_shown_whole(void)
{
	g_autoptr(GString) a = g_string_new(NULL), b = g_string_new(NULL);
	g_autofree char *difference = NULL;
	g_auto(GStrv) lines = NULL;

	for (guint i = 0; i < 3000; i++) {
		g_string_append_printf(a, "%u\n", i);
		g_string_append_printf(b, "%u\n", i + 5000);
	}
	difference = rules_difference(a->str, b->str);
	lines = g_strsplit(difference, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, 6001);
	g_assert_cmpstr(lines[0], ==, "- 0");
	g_assert_cmpstr(lines[3000], ==, "+ 5000");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ui/rules-diff/changes-stand-at-their-place", test_changes_stand_at_their_place);
	g_test_add_func("/ui/rules-diff/long-scripts-are-shown-whole", test_long_scripts_are_shown_whole);
	return g_test_run();
}
