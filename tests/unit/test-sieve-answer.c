/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of a ManageSieve server, whole and in pieces of every size; strings for it. */
#include "config.h"

#include <string.h>

#include "sieve/manage-answer.h"
#include "util/fault.h"
#include "util/limits.h"

/* All that is in input, fed in pieces: "first|second|A" for data, "KIND name argument words" for ends. */
static char *
read_all(const char *input, gsize length, gsize piece, Fault *fault)
{
	g_autoptr(ManageReader) reader = manage_reader_new();
	g_autoptr(GString) out = g_string_new(NULL);

	*fault = FAULT_LOCAL;
	for (gsize at = 0; at < length; at += piece) {
		ManageLine *line = NULL;
		g_autoptr(GError) error = NULL;

		manage_reader_feed(reader, input + at, MIN(piece, length - at));
		while (manage_reader_next(reader, &line, &error) == MANAGE_READER_LINE) {
			if (line->kind == MANAGE_DATA)
				g_string_append_printf(out, "[%s|%s|%d]", line->first,
					line->second ? line->second : "-", line->is_active);
			else
				g_string_append_printf(out, "[%d %d %s %s %s]", line->kind, line->code,
					line->name ? line->name : "-", line->argument ? line->argument : "-",
					line->words ? line->words : "-");
			manage_line_free(line);
		}
		if (error != NULL) {
			*fault = fault_of(error);
			g_string_append(out, "!");
			break;
		}
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

typedef struct {
	const char *name;
	const char *input;
	const char *expected;
} Row;

static const Row rows[] = {
	{"capability", "\"SIEVE\" \"fileinto copy\"\r\n\"STARTTLS\"\r\nOK\r\n",
		"[SIEVE|fileinto copy|0][STARTTLS|-|0][1 0 - - -]"},
	{"list", "\"a\" ACTIVE\r\n\"b\"\r\n\"c\" active\r\n", "[a|ACTIVE|1][b|-|0][c|active|1]"},
	{"the-word-active-in-quotes", "\"a\" \"ACTIVE\"\r\n", "[a|ACTIVE|0]"},
	{"quotes", "\"a\\\"b\\\\c\"\r\n", "[a\"b\\c|-|0]"},
	{"literal", "{5}\r\na\"b{9\r\nok\r\n", "[a\"b{9|-|0][1 0 - - -]"},
	{"literal-with-lines", "{8}\r\na\r\nb\r\nc!\r\nOK \"x\"\r\n", "[a\r\nb\r\nc!|-|0][1 0 - - x]"},
	{"literal-plus", "{2+}\r\nab\r\n", "[ab|-|0]"},
	{"literal-empty", "{0}\r\n\r\nOK\r\n", "[|-|0][1 0 - - -]"},
	{"two-literals", "{1}\r\na {1}\r\nb\r\n", "[a|b|0]"},
	/* "{9}" as the contents of a literal is no literal. */
	{"literal-of-braces", "{5}\r\n{9}\r\n\r\nOK\r\n", "[{9}\r\n|-|0][1 0 - - -]"},
	{"line-feed-alone", "\"a\"\nOK\n", "[a|-|0][1 0 - - -]"},
	{"braces-in-quotes", "\"a{5}\"\r\nOK\r\n", "[a{5}|-|0][1 0 - - -]"},
	{"words-are-a-literal", "NO {3}\r\nx\ny\r\n", "[2 0 - - x\ny]"},
	{"bye", "BYE \"too many\"\r\n", "[3 0 - - too many]"},
	{"any-case", "no (tryLater) \"x\"\r\n", "[2 7 tryLater - x]"},
	{"quota", "NO (QUOTA/MAXSIZE) \"big\"\r\n", "[2 3 QUOTA/MAXSIZE - big]"},
	{"sasl", "OK (SASL \"djE=\")\r\n", "[1 4 SASL djE= -]"},
	{"referral", "BYE (REFERRAL \"sieve://h\") \"go\"\r\n", "[3 5 REFERRAL sieve://h go]"},
	{"code-unknown", "OK (X-NEW 12 (\"a\" (b)) \"c\") \"x\"\r\n", "[1 13 X-NEW a x]"},
	{"code-with-literal", "OK (TAG {3}\r\na)b) \"x\"\r\n", "[1 11 TAG a)b x]"},
	{"codes",
		"NO (AUTH-TOO-WEAK)\r\nNO (ENCRYPT-NEEDED)\r\nNO (TRANSITION-NEEDED)\r\nNO (ACTIVE)\r\n"
		"NO (NONEXISTENT)\r\nNO (ALREADYEXISTS)\r\nOK (WARNINGS) \"w\"\r\n",
		"[2 1 AUTH-TOO-WEAK - -][2 2 ENCRYPT-NEEDED - -][2 6 TRANSITION-NEEDED - -][2 8 ACTIVE - -]"
		"[2 9 NONEXISTENT - -][2 10 ALREADYEXISTS - -][1 12 WARNINGS - w]"},
	{"a-name-that-only-begins-so", "NO (QUOTAS)\r\n", "[2 13 QUOTAS - -]"},
	/* Broken. */
	{"http", "HTTP/1.1 400 Bad Request\r\n", "!"},
	{"imap", "* OK hello\r\n", "!"},
	{"unterminated", "OK \"abc\r\nOK\r\n", "!"},
	{"unterminated-code", "OK (X \"abc\"\r\n", "!"},
	{"words-without-quotes", "OK done\r\n", "!"},
	{"empty-line", "\r\n", "!"},
	{"negative", "{-1}\r\nOK\r\n", "!"},
	{"good-before-bad", "\"a\"\r\nxyz\r\n\"b\"\r\n", "[a|-|0]!"},
};

static void
test_row(gconstpointer user)
{
	const Row *row = user;
	gsize length = strlen(row->input);
	Fault fault;
	g_autofree char *whole = read_all(row->input, length, length, &fault);

	g_assert_cmpstr(whole, ==, row->expected);
	if (g_str_has_suffix(whole, "!"))
		g_assert_cmpint(fault, ==, FAULT_PROTOCOL);
	for (gsize piece = 1; piece < length; piece++) {
		g_autofree char *pieces = read_all(row->input, length, piece, &fault);
		g_assert_cmpstr(pieces, ==, whole);
	}
}

static void
test_nul_is_refused(void)
{
	static const char input[] = "\"a\0b\"\r\n";
	Fault fault;
	g_autofree char *whole = read_all(input, sizeof(input) - 1, 3, &fault);

	g_assert_cmpstr(whole, ==, "!");
	g_assert_cmpint(fault, ==, FAULT_PROTOCOL);
}

static void
test_broken_stays_broken(void)
{
	g_autoptr(ManageReader) reader = manage_reader_new();
	ManageLine *line;

	manage_reader_feed(reader, "what?\r\nOK\r\n", 11);
	g_assert_cmpint(manage_reader_next(reader, &line, NULL), ==, MANAGE_READER_BROKEN);
	g_assert_cmpint(manage_reader_next(reader, &line, NULL), ==, MANAGE_READER_BROKEN);
	manage_reader_feed(reader, "OK\r\n", 4);
	g_assert_cmpint(manage_reader_next(reader, &line, NULL), ==, MANAGE_READER_BROKEN);
}

static void
test_limits(void)
{
	g_autofree char *huge = g_strdup_printf("{%d}\r\n", LIMIT_SIEVE_SCRIPT + 1);
	g_autofree char *half = g_strnfill(LIMIT_SIEVE_SCRIPT / 2 + 1, 'x');
	g_autofree char *twice = g_strdup_printf(
		"{%d}\r\n%s {%d}\r\n", LIMIT_SIEVE_SCRIPT / 2 + 1, half, LIMIT_SIEVE_SCRIPT / 2 + 1);
	g_autofree char *line = g_strnfill(LIMIT_MANAGE_LINE + 10, 'x');
	const char *const inputs[] = {huge, twice, line, "{99999999999999999999999999}\r\n"};

	for (gsize i = 0; i < G_N_ELEMENTS(inputs); i++) {
		Fault fault;
		g_autofree char *got = read_all(inputs[i], strlen(inputs[i]), 65536, &fault);
		g_assert_cmpstr(got, ==, "!");
		g_assert_cmpint(fault, ==, FAULT_LIMIT);
	}
}

static void
test_largest_script_passes(void)
{
	g_autofree char *text = g_strnfill(LIMIT_SIEVE_SCRIPT, 'x');
	g_autofree char *wire = g_strdup_printf("{%d}\r\n%s\r\nOK\r\n", LIMIT_SIEVE_SCRIPT, text);
	g_autoptr(ManageReader) reader = manage_reader_new();
	g_autoptr(ManageLine) line = NULL;

	manage_reader_feed(reader, wire, strlen(wire));
	g_assert_cmpint(manage_reader_next(reader, &line, NULL), ==, MANAGE_READER_LINE);
	g_assert_cmpstr(line->first, ==, text);
	g_assert_cmpuint(manage_reader_left(reader), ==, 4);
}

static void
test_shown_without_scripts(void)
{
	g_autoptr(ManageReader) reader = manage_reader_new();
	g_autoptr(ManageLine) script = NULL;
	g_autoptr(ManageLine) name = NULL;
	g_autofree char *shown_script = NULL;
	g_autofree char *shown_name = NULL;
	const char *input = "{6}\r\nkeep;\n\r\n\"main\" ACTIVE\r\n";

	manage_reader_feed(reader, input, strlen(input));
	manage_reader_next(reader, &script, NULL);
	manage_reader_next(reader, &name, NULL);
	shown_script = manage_line_shown(script);
	shown_name = manage_line_shown(name);
	g_assert_cmpstr(shown_script, ==, "{6}");
	g_assert_cmpstr(shown_name, ==, "\"main\" ACTIVE");
}

/* What is written is read back as the same. */
static void
test_strings_there_and_back(void)
{
	g_autofree char *longest = g_strnfill(1025, 'x');
	const char *const texts[] = {
		"", "main", "a\"b", "back\\slash", "J\303\266rg", "two\r\nlines", longest};

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GString) wire = g_string_new(NULL);
		g_autoptr(ManageReader) reader = manage_reader_new();
		g_autoptr(ManageLine) line = NULL;

		manage_append_string(wire, texts[i]);
		g_string_append(wire, "\r\n");
		manage_reader_feed(reader, wire->str, wire->len);
		g_assert_cmpint(manage_reader_next(reader, &line, NULL), ==, MANAGE_READER_LINE);
		g_assert_cmpstr(line->first, ==, texts[i]);
	}
}

static void
test_names(void)
{
	g_autofree char *longest = g_strnfill(LIMIT_MANAGE_NAME, 'x');
	g_autofree char *longer = g_strnfill(LIMIT_MANAGE_NAME + 1, 'x');
	const char *const good[] = {"main", "a b", "\"", "J\303\266rg", "\346\227\245", longest};
	const char *const bad[] = {
		"", "a\nb", "a\rb", "\033[31m", "\177", "\302\205", "\342\200\250", "\303", longer};

	for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
		g_assert_true(manage_name_check(good[i], NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_false(manage_name_check(bad[i], &error));
		g_assert_cmpint(fault_of(error), ==, FAULT_INPUT);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/sieve/answer/%s", rows[i].name);
		g_test_add_data_func(path, &rows[i], test_row);
	}
	g_test_add_func("/sieve/answer/nul", test_nul_is_refused);
	g_test_add_func("/sieve/answer/broken", test_broken_stays_broken);
	g_test_add_func("/sieve/answer/limits", test_limits);
	g_test_add_func("/sieve/answer/largest", test_largest_script_passes);
	g_test_add_func("/sieve/answer/shown", test_shown_without_scripts);
	g_test_add_func("/sieve/answer/strings", test_strings_there_and_back);
	g_test_add_func("/sieve/answer/names", test_names);
	return g_test_run();
}
