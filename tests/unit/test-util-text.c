/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "util/text.h"

#include <locale.h>
#include <string.h>

#include "util/limits.h"

#define BAD "\357\277\275"

typedef struct {
	const char *text, *safe;
	TextFlags flags;
} SafeRow;

static void
check_safe(const SafeRow *rows, gsize count)
{
	for (gsize i = 0; i < count; i++) {
		g_autofree char *safe = text_safe(rows[i].text, -1, rows[i].flags);
		g_assert_cmpstr(safe, ==, rows[i].safe);
		g_autofree char *again = text_safe(safe, -1, rows[i].flags);
		g_assert_cmpstr(again, ==, rows[i].safe);
	}
}

static void
test_safe_controls(void)
{
	static const SafeRow rows[] = {
		{"", "", TEXT_LINE}, {"plain ASCII ~!", "plain ASCII ~!", TEXT_LINE},
		{"a\nb\tc", "a b c", TEXT_LINE}, {"a\r\nb", "a b", TEXT_LINE},
		{"a\r\nb\rc", "a\nb" BAD "c", TEXT_LINES}, {"\ttab", "        tab", TEXT_LINES},
		{"abc\ttab", "abc     tab", TEXT_LINES}, {"abcdefgh\ttab", "abcdefgh        tab", TEXT_LINES},
		{"漢字\tx", "漢字    x", TEXT_LINES}, {"a\n\tb", "a\n        b", TEXT_LINES},
		{"\033]0;evil\007", BAD "]0;evil" BAD, TEXT_LINE}, {"\033[2J", BAD "[2J", TEXT_LINES},
		{"\177", BAD, TEXT_LINE},
		{"\302\233"
		 "31m",
			BAD "31m", TEXT_LINE},        /* CSI as U+009B */
		{"\302\205", BAD, TEXT_LINES},        /* NEL */
		{"\342\200\250x", " x", TEXT_LINE},   /* U+2028 */
		{"\342\200\251x", "\nx", TEXT_LINES}, /* U+2029 */
	};
	check_safe(rows, G_N_ELEMENTS(rows));
}

static void
test_safe_invalid(void)
{
	static const SafeRow rows[] = {
		{"\233"
		 "31m",
			BAD "31m", TEXT_LINE},                                      /* a raw C1 octet */
		{"\377\376", BAD BAD, TEXT_LINE}, {"\300\200", BAD BAD, TEXT_LINE}, /* overlong NUL */
		{"\355\240\200", BAD BAD BAD, TEXT_LINE},                           /* a surrogate */
		{"\364\220\200\200", BAD BAD BAD BAD, TEXT_LINE},
		{"abc\342\202", "abc" BAD BAD, TEXT_LINE},                               /* cut */
		{"\342\202z", BAD BAD "z", TEXT_LINE}, {"\357\277\277", BAD, TEXT_LINE}, /* U+FFFF */
		{"\315\270", BAD, TEXT_LINE}, /* U+0378, unassigned */
	};
	check_safe(rows, G_N_ELEMENTS(rows));
}

static void
test_safe_hidden(void)
{
	static const SafeRow rows[] = {
		{"pay\342\200\213pal", "paypal", TEXT_LINE}, /* U+200B */
		{"pay\342\200\213pal", "pay" BAD "pal", TEXT_MARKS},
		{"\342\200\256gpj.exe", "gpj.exe", TEXT_LINE}, /* U+202E */
		{"\342\200\256gpj.exe", BAD "gpj.exe", TEXT_MARKS},
		{"\342\201\246x\342\201\251", "x", TEXT_LINE},
		{"\342\201\246x\342\201\251", BAD "x" BAD, TEXT_MARKS},
		{"a\342\200\216\342\200\217\330\234b", "a" BAD "b", TEXT_MARKS}, /* a run is one mark */
		{"\357\273\277x", "x", TEXT_LINE},                               /* BOM */
		{"\357\277\271a\357\277\273", "a", TEXT_LINE},                   /* interlinear */
		{"x\363\240\201\201\363\240\201\277", "x", TEXT_LINE},
		{"x\363\240\201\201\363\240\201\277", "x" BAD, TEXT_MARKS},
		{"so\302\255ft", "soft", TEXT_LINE},
		{"\342\240\200", "\342\240\200", TEXT_LINE}, /* braille blank */
		{"\342\240\200x", BAD "x", TEXT_MARKS},
		{"\343\205\244x", BAD "x", TEXT_MARKS},
		{"\357\276\240x", BAD "x", TEXT_MARKS},
		{"\341\205\237x", BAD "x", TEXT_MARKS},
	};
	check_safe(rows, G_N_ELEMENTS(rows));
}

static void
test_safe_scripts(void)
{
	static const SafeRow rows[] = {
		{"Grüße, Ærøskøbing", "Grüße, Ærøskøbing", TEXT_MARKS},
		{"日本語の件名", "日本語の件名", TEXT_MARKS},
		{"שלום", "שלום", TEXT_MARKS},
		{"السلام عليكم", "السلام عليكم", TEXT_MARKS},
		{"می\342\200\214شود", "می\342\200\214شود", TEXT_MARKS}, /* Persian with ZWNJ */
		{"क्\342\200\215ष", "क्\342\200\215ष", TEXT_MARKS},       /* Hindi with ZWJ */
		{"pay\342\200\215pal", "paypal", TEXT_LINE},
		{"pay\342\200\214pal", "pay" BAD "pal", TEXT_MARKS},
		{"\342\200\215x", BAD "x", TEXT_MARKS},
		{"é e\314\201", "é e\314\201", TEXT_LINE},
	};
	check_safe(rows, G_N_ELEMENTS(rows));
}

static void
test_safe_emoji(void)
{
	static const SafeRow rows[] = {
		{"❤\357\270\217", "❤", TEXT_MARKS},
		{"👍\360\237\217\275", "👍", TEXT_MARKS},
		{"\360\237\217\275", "\360\237\217\275", TEXT_MARKS}, /* alone it is a picture */
		{"👩\342\200\215💻", "👩💻", TEXT_MARKS},
		{"👩\360\237\217\275\342\200\215❤\357\270\217\342\200\215👨", "👩❤👨", TEXT_MARKS},
		{"🇩🇪", "🇩🇪", TEXT_MARKS},
	};
	check_safe(rows, G_N_ELEMENTS(rows));
}

static void
test_safe_limits_combining_marks(void)
{
	g_autoptr(GString) zalgo = g_string_new("a");
	for (int i = 0; i < 1000; i++)
		g_string_append(zalgo, "\314\201");
	g_string_append(zalgo, "b\314\201");
	g_autofree char *safe = text_safe(zalgo->str, (gssize)zalgo->len, TEXT_LINE);
	g_assert_cmpuint(strlen(safe), ==, 1 + 2 * LIMIT_COMBINING_CELL + 1 + 2);
	g_assert_cmpint(text_cells(safe, -1), ==, 2);
}

/* A mark with no character of its own would land on the neighbour's cell. */
static void
test_safe_mark_needs_a_base(void)
{
	static const SafeRow rows[] = {
		{"\314\201x", BAD "x", TEXT_LINE},
		{"a\n\314\201x", "a\n" BAD "x", TEXT_LINES},
	};
	check_safe(rows, G_N_ELEMENTS(rows));
}

static void
test_safe_takes_nul_and_null(void)
{
	g_autofree char *nul = text_safe("a\0b", 3, TEXT_LINE);
	g_assert_cmpstr(nul, ==, "a" BAD "b");
	g_autofree char *null = text_safe(NULL, -1, TEXT_LINE);
	g_assert_cmpstr(null, ==, "");
	g_autoptr(GString) out = g_string_new("x: ");
	text_safe_append(out, "y\033z", 2, TEXT_LINE);
	g_assert_cmpstr(out->str, ==, "x: y" BAD);
}

/* Whatever the octets, and wherever they are cut: valid, without controls, and stable. */
static void
test_safe_any_octets(void)
{
	static const TextFlags flags[] = {TEXT_LINE, TEXT_LINES, TEXT_MARKS, TEXT_LINES | TEXT_MARKS};
	guchar data[48];
	guint32 seed = 20261120;
	for (int round = 0; round < 4000; round++) {
		for (gsize i = 0; i < sizeof data; i++) {
			seed = seed * 1664525 + 1013904223;
			data[i] = (guchar)(seed >> 24);
		}
		TextFlags flag = flags[round % 4];
		g_autofree char *safe = text_safe((char *)data, sizeof data, flag);
		g_assert_true(g_utf8_validate(safe, -1, NULL));
		for (const char *at = safe; *at; at = g_utf8_next_char(at)) {
			gunichar c = g_utf8_get_char(at);
			g_assert_true(!g_unichar_iscntrl(c) || (c == '\n' && (flag & TEXT_LINES)));
		}
		g_autofree char *again = text_safe(safe, -1, flag);
		g_assert_cmpstr(again, ==, safe);
	}
}

static void
test_cells(void)
{
	static const struct {
		const char *text;
		int cells;
	} rows[] = {
		{"", 0},
		{"abc", 3},
		{"Müller", 6},
		{"日本", 4},
		{"e\314\201", 1},
		{"👍", 2},
		{"…", 1},
		{"가", 2},
		{"שלום", 4},
		{"می\342\200\214شود", 5},
		{BAD, 1},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(text_cells(rows[i].text, -1), ==, rows[i].cells);
	g_assert_cmpint(text_char_cells('\n'), ==, 1);
	g_assert_cmpint(text_char_cells(0), ==, 1);
	g_assert_cmpint(text_char_cells(0x9B), ==, 1);
	g_assert_cmpint(text_char_cells(0x10FFFF), ==, 1);
	g_assert_cmpint(text_cells("日本", 3), ==, 2);
}

static void
test_fit(void)
{
	static const struct {
		const char *text;
		int cells;
		gsize bytes;
		int used;
	} rows[] = {
		{"abc", 2, 2, 2},
		{"abc", 5, 3, 3},
		{"abc", 0, 0, 0},
		{"日本", 3, 3, 2},
		{"日本", 1, 0, 0},
		{"e\314\201x", 1, 3, 1}, /* the mark comes along */
		{"\377\377", 1, 1, 1},
		{"\342\202", 9, 2, 2},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		int used;
		g_assert_cmpuint(text_fit(rows[i].text, -1, rows[i].cells, &used), ==, rows[i].bytes);
		g_assert_cmpint(used, ==, rows[i].used);
	}
}

static void
test_column(void)
{
	static const struct {
		const char *text;
		int cells;
		gboolean right, ascii;
		const char *column;
	} rows[] = {
		{"abc", 5, FALSE, FALSE, "abc  "},
		{"abc", 5, TRUE, FALSE, "  abc"},
		{"abc", 3, FALSE, FALSE, "abc"},
		{"abcd", 3, FALSE, FALSE, "ab…"},
		{"abcd", 3, FALSE, TRUE, "ab~"},
		{"abcd", 1, FALSE, FALSE, "…"},
		{"abcd", 0, FALSE, FALSE, ""},
		{"abcd", -1, FALSE, FALSE, ""},
		{"日本語", 6, FALSE, FALSE, "日本語"},
		{"日本語", 5, FALSE, FALSE, "日本…"},
		{"日本語", 4, FALSE, FALSE, "日… "},
		{"日本語", 4, TRUE, FALSE, " 日…"},
		{"e\314\201e\314\201", 2, FALSE, FALSE, "e\314\201e\314\201"},
		{"", 2, FALSE, FALSE, "  "},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *column =
			text_column(rows[i].text, rows[i].cells, rows[i].right, rows[i].ascii);
		g_assert_cmpstr(column, ==, rows[i].column);
	}
}

static void
test_wrap(void)
{
	static const struct {
		const char *text;
		int cells;
		const char *lines; /* joined with | */
	} rows[] = {
		{"", 10, ""},
		{"one two three", 8, "one two|three"},
		{"one two three", 7, "one two|three"},
		{"one two three", 6, "one|two|three"},
		{"one  two", 5, "one|two"},
		{"unbreakable", 4, "unbr|eaka|ble"},
		{"to unbreakable", 4, "to|unbr|eaka|ble"},
		{"a\nb\n", 10, "a|b"},
		{"a\n\nb", 10, "a||b"},
		{"\n", 10, ""},
		{"  indented text here", 12, "  indented|text here"},
		{"      longword", 8, "      lo|ngword"},
		{"ends in blanks    ", 14, "ends in blanks"},
		{"日本語の文", 6, "日本語|の文"},
		{"日本語の文", 5, "日本|語の|文"},
		{"日本", 1, "日|本"},
		{"か\343\202\231き", 2, "か\343\202\231|き"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GPtrArray) lines = text_wrap(rows[i].text, rows[i].cells);
		g_ptr_array_add(lines, NULL);
		g_autofree char *joined = g_strjoinv("|", (char **)lines->pdata);
		g_assert_cmpstr(joined, ==, rows[i].lines);
	}
}

static void
test_fold(void)
{
	static const struct {
		const char *text, *folded;
	} rows[] = {
		{"Hello World", "hello world"},
		{"Müller", "muller"},
		{"MU\314\210LLER", "muller"},
		{"Straße", "strasse"},
		{"ÆRØ Łódź", "aero lodz"},
		{"İstanbul", "istanbul"},
		{"ΣΊΣΥΦΟΣ", "σισυφοσ"},
		{"ﬁne", "fine"},
		{"a\377b", "a" BAD "b"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *folded = text_fold(rows[i].text);
		g_assert_cmpstr(folded, ==, rows[i].folded);
	}
	g_autofree char *one = text_fold("ガ");
	g_autofree char *other = text_fold("カ");
	g_assert_cmpstr(one, !=, other);
}

/* GLib sorts a run of marks in quadratic time: half a million would take minutes. */
static void
test_fold_many_marks(void)
{
	g_autoptr(GString) text = g_string_new("a");
	for (int i = 0; i < 250000; i++)
		g_string_append(text, "\314\200\314\226"); /* classes 230 and 220 */
	gint64 start = g_get_monotonic_time();
	g_autofree char *folded = text_fold(text->str);
	g_assert_cmpstr(folded, ==, "a");
	g_assert_cmpint(g_get_monotonic_time() - start, <, 20 * G_USEC_PER_SEC);
}

static void
test_size(void)
{
	static const struct {
		guint64 bytes;
		const char *text;
	} rows[] = {
		{0, "0"},
		{812, "812"},
		{1023, "1023"},
		{1024, "1K"},
		{1536, "1.5K"},
		{12 * 1024 + 300, "12K"},
		{1023 * 1024, "1023K"},
		{1024 * 1024 - 1, "1M"},
		{4300000, "4.1M"},
		{G_GUINT64_CONSTANT(2147483648), "2G"},
		{G_MAXUINT64, "16E"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = text_size(rows[i].bytes);
		g_assert_cmpstr(text, ==, rows[i].text);
	}
	for (guint64 bytes = 1; bytes < G_MAXUINT64 / 3; bytes *= 3) {
		g_autofree char *text = text_size(bytes);
		g_assert_cmpuint(strlen(text), <=, 5);
	}
}

/* A locale whose wcwidth() is blind: GLib's tables stand in, with the same results. */
static void
test_without_locale(gconstpointer data)
{
	void (*const *test)(void) = data;
	setlocale(LC_CTYPE, "C");
	(*test)();
	setlocale(LC_CTYPE, "C.UTF-8");
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*test)(void);
		gboolean again; /* also without a UTF-8 locale */
	} rows[] = {
		{"/text/safe-controls", test_safe_controls, TRUE},
		{"/text/safe-invalid", test_safe_invalid, TRUE},
		{"/text/safe-hidden", test_safe_hidden, TRUE},
		{"/text/safe-scripts", test_safe_scripts, TRUE},
		{"/text/safe-emoji", test_safe_emoji, TRUE},
		{"/text/safe-limits-combining-marks", test_safe_limits_combining_marks, TRUE},
		{"/text/safe-mark-needs-a-base", test_safe_mark_needs_a_base, TRUE},
		{"/text/safe-takes-nul-and-null", test_safe_takes_nul_and_null, FALSE},
		{"/text/safe-any-octets", test_safe_any_octets, TRUE},
		{"/text/cells", test_cells, TRUE},
		{"/text/fit", test_fit, TRUE},
		{"/text/column", test_column, TRUE},
		{"/text/wrap", test_wrap, TRUE},
		{"/text/fold", test_fold, FALSE},
		{"/text/fold-many-marks", test_fold_many_marks, FALSE},
		{"/text/size", test_size, FALSE},
	};
	g_test_init(&argc, &argv, NULL);
	g_assert_nonnull(setlocale(LC_CTYPE, "C.UTF-8"));
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_add_func(rows[i].path, rows[i].test);
		if (!rows[i].again)
			continue;
		g_autofree char *path = g_strconcat(rows[i].path, "-without-locale", NULL);
		g_test_add_data_func(path, &rows[i].test, test_without_locale);
	}
	return g_test_run();
}
