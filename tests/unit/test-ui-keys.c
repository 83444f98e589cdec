/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/keys.h"

#include <glib.h>

typedef struct {
	const char *name, *back; /* back: how it is written; NULL: as name */
	Key key;                 /* 0: not a key */
} NameCase;

static const NameCase name_cases[] = {
	{"q", NULL, 'q'},
	{"Esc v", NULL, 'v' | KEY_AFTER_ESC},
	{"Esc-b", "Esc b", 'b' | KEY_AFTER_ESC},
	{"^B", NULL, 2},
	{"^b", "^B", 2},
	{"F1", NULL, K_F1},
	{"F24", NULL, K_F24},
	{"F25", NULL, 0},
	{"space", "Space", ' '},
	{"Semicolon", ";", ';'},
	{"Comma", ",", ','},
	{"Shift-Tab", NULL, K_SHIFT_TAB},
	{"PageDown", NULL, K_PAGE_DOWN},
	{"Esc Tab", NULL, K_TAB | KEY_AFTER_ESC},
	{"é", NULL, 0xe9},
	{"Esc [", NULL, 0},
	{"Esc O", NULL, 0},
	{"Esc Esc", NULL, 0},
	{"qq", NULL, 0},
	{"", NULL, 0},
	{"^", NULL, '^'},
};

static void
test_names(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(name_cases); i++) {
		Key key = key_parse(name_cases[i].name);
		g_autofree char *back = key ? key_words(key) : NULL;

		g_assert_cmphex(key, ==, name_cases[i].key);
		if (key)
			g_assert_cmpstr(
				back, ==, name_cases[i].back ? name_cases[i].back : name_cases[i].name);
	}
}

static void
test_lists(void)
{
	g_autoptr(GArray) keys = key_parse_list("Esc v; -; Space");
	g_autoptr(GArray) none = key_parse_list("");

	g_assert_cmpuint(keys->len, ==, 3);
	g_assert_cmphex(g_array_index(keys, Key, 1), ==, '-');
	g_assert_cmpuint(none->len, ==, 0);
	g_assert_null(key_parse_list("a; bb"));
}

/* What the reader makes of a row of raw keys, as words. */
static char *
read_all(const Key *raw, gsize count)
{
	g_autoptr(KeyReader) reader = key_reader_new();
	GString *out = g_string_new(NULL);

	for (gsize i = 0; i < count; i++) {
		KeyEvent event = key_reader_feed(reader, raw[i]);
		g_autofree char *name = event.kind == KEY_EVENT_KEY ? key_words(event.key) : NULL;

		switch (event.kind) {
		case KEY_EVENT_KEY:
			g_string_append_printf(out, "<%s>", name);
			break;
		case KEY_EVENT_PENDING:
			g_string_append(out, "<pending>");
			break;
		case KEY_EVENT_DROPPED:
			g_string_append(out, "<dropped>");
			break;
		case KEY_EVENT_PASTE:
			g_string_append_printf(out, "paste(%s)", event.text);
			break;
		case KEY_EVENT_REPORT:
			g_string_append_printf(out, "report(%s)", event.text);
			break;
		default:
			break;
		}
	}
	return g_string_free(out, FALSE);
}

typedef struct {
	Key raw[12];
	gsize count;
	const char *events;
} ReaderCase;

static const ReaderCase reader_cases[] = {
	{{'a', '\n', '\r', 127, 8}, 5, "<a><Enter><Enter><Backspace><Backspace>"},
	{{K_ESC, 'v', 'v'}, 3, "<pending><Esc v><v>"},
	{{K_ESC, K_ESC, 'v'}, 3, "<pending><dropped><v>"},
	{{K_ESC, 7, 'v'}, 3, "<pending><dropped><v>"},
	{{K_ESC, '[', '1', ';', '5', 'Q', 'd'}, 7, "<pending><dropped><d>"},
	{{K_PASTE_BEGIN, 'd', '\r', K_ESC, 'x', K_PASTE_END, 'q'}, 7, "paste(d\n\x1bx)<q>"},
	{{K_ESC, K_PASTE_BEGIN, 'd', K_PASTE_END}, 4, "<pending>paste(d)"},
	{{K_REPORT, '2', ';', '2', 'R', 'q'}, 6, "report(2;2R)<q>"},
	{{K_PASTE_END, 'q'}, 2, "<q>"},
};

static void
test_reader(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(reader_cases); i++) {
		g_autofree char *events = read_all(reader_cases[i].raw, reader_cases[i].count);

		g_assert_cmpstr(events, ==, reader_cases[i].events);
	}
}

static void
test_lone_esc(void)
{
	g_autoptr(KeyReader) reader = key_reader_new();

	g_assert_cmpint(key_reader_flush(reader).kind, ==, KEY_EVENT_NONE);
	key_reader_feed(reader, K_ESC);
	g_assert_true(key_reader_is_pending(reader));
	g_assert_cmphex(key_reader_flush(reader).key, ==, K_ESC);
	g_assert_false(key_reader_is_pending(reader));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ui/keys/names-are-read-and-written", test_names);
	g_test_add_func("/ui/keys/lists-of-names", test_lists);
	g_test_add_func("/ui/keys/the-reader-never-makes-commands-of-pastes-and-sequences", test_reader);
	g_test_add_func("/ui/keys/a-lone-esc-comes-by-flush-only", test_lone_esc);
	return g_test_run();
}
