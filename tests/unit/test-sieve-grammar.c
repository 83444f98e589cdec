/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The grammar of RFC 5228, 2 and 8, and what is wrong with scripts: at its line and column, with what was
 * expected. */
#include "config.h"

#include "sieve-script.h"

#include "util/limits.h"

#include <string.h>
#include <time.h>

static void
test_tokens(void)
{
	static const SieveScriptRow rows[] = {
		{"", "keep"},
		{"\xEF\xBB\xBF# only a comment", "keep"},
		{"/* a * comment / **/ keep;", "keep"},
		{"KEEP;", "keep"},
		{"if TRUE { DisCard; }", "discard"},
		{"if size :OVER 1 { discard; }", "discard"},
		{"if size :over 0K { discard; }", "discard"},
		{"if size :under 1k { discard; }", "discard"},
		{"if size :under 8589934591G { discard; }", "discard"},
		{"if not size :over 1M {discard;}", "discard"},
		{"keep;\r\n#x\r\nstop;\r\n", "keep"},
		{"if\ntrue\n{discard\n;\n}", "discard"},
		{"if not\n#\nnot\ntrue{discard;}", "discard"},
	};

	sieve_check_rows(rows, G_N_ELEMENTS(rows), NULL);
}

/* RFC 5228, 2.4.2: quoted, multi-line with dots, escapes that are none. */
static void
test_strings(void)
{
	static const SieveScriptRow rows[] = {
		{"require \"fileinto\"; fileinto \"a\\\"b\\\\c\\d\";", "fileinto a\"b\\cd"},
		{"require [\"variables\", \"fileinto\"];\nset \"a\" text:\r\nx\r\n..y\r\n.z\r\n.\r\n;\n"
		 "if string :is \"${a}\" \"x\r\n.y\r\n.z\r\n\" { fileinto \"yes\"; }",
			"fileinto yes"},
		{"require [\"variables\", \"fileinto\"];\nset \"a\" TEXT: \t#\n..\n.\n;\n"
		 "if string :is \"${a}\" \".\n\" { fileinto \"yes\"; }",
			"fileinto yes"},
		{"require \"fileinto\"; fileinto \"Ärger/日本\";", "fileinto Ärger/日本"},
		{"require \"fileinto\"; fileinto \"inBox\";", "fileinto INBOX"},
	};

	sieve_check_rows(rows, G_N_ELEMENTS(rows), NULL);
}

static void
test_encoded_characters(void)
{
	static const SieveScriptRow rows[] = {
		{"require [\"fileinto\", \"encoded-character\"]; fileinto \"$${hex:24 24}\";",
			"fileinto $$$"},
		{"require [\"fileinto\", \"encoded-character\"]; fileinto \"${HEX: 40}-${unicode:\r\n 40 "
		 "00e4}\";",
			"fileinto @-@ä"},
		{"require [\"fileinto\", \"encoded-character\"]; fileinto "
		 "\"${hex:4041}${hex:}${hex:4g}${uni}\";",
			"fileinto ${hex:4041}${hex:}${hex:4g}${uni}"},
		{"require [\"fileinto\", \"encoded-character\"]; fileinto \"${hex:24}{hex:40}\";",
			"fileinto ${hex:40}"},
		{"require [\"fileinto\"]; fileinto \"${hex:40}\";", "fileinto ${hex:40}"},
	};
	static const SieveScriptRow bad[] = {
		{"require \"encoded-character\";\nredirect \"a${unicode:110000}@b\";",
			"2:10: There is no such Unicode character.\n2:10: \"a${unicode:110000}@b\" is no "
			"address."},
		{"require [\"encoded-character\", \"fileinto\"];\nfileinto \"${hex:ff}\";",
			"2:10: The string is not valid UTF-8."},
		{"require [\"encoded-character\", \"fileinto\"];\nfileinto \"${hex:0}\";",
			"2:10: The string holds a NUL octet."},
	};

	sieve_check_rows(rows, G_N_ELEMENTS(rows), NULL);
	sieve_check_complaints(bad, G_N_ELEMENTS(bad), NULL);
}

/* ---- what is wrong, where, and what was expected ------------------------------------------ */

static void
test_syntax_errors(void)
{
	static const SieveScriptRow rows[] = {
		{"keep", "1:5: \";\" was expected after \"keep\"."},
		{"keep\ndiscard;", "1:5: \";\" was expected after \"keep\"."},
		{"\n  \"x\";", "2:3: A command was expected, not a string."},
		{"ä;", "1:1: \"ä\" has no place here.\n1:2: A command was expected, not \";\"."},
		{"\tkeep; }", "1:8: A command was expected, not \"}\"."},
		{"if true {\n keep;", "1:9: The block that begins here does not end: \"}\" was expected."},
		{"if { keep; }", "1:1: \"if\" expects a test."},
		{"if true;", "1:1: \"if\" expects a block: \"{\" ... \"}\"."},
		{"if anyof (true, { keep; }", "1:17: A test was expected, not \"{\"."},
		{"if anyof (true; { keep; }", "1:15: \",\" or \")\" was expected, not \";\"."},
		{"if header [\"a\" \"b\"] \"c\" { keep; }",
			"1:16: \",\" or \"]\" was expected, not a string."},
		{"if header [] \"c\" { keep; }", "1:12: A string was expected, not \"]\"."},
		{"if header \"a\" \"b { keep; }",
			"1:15: The string that begins here does not end: '\"' was expected."},
		{"/* x", "1:1: The comment that begins here does not end: \"*/\" was expected."},
		{"redirect text:\nx\n", "1:10: The text that begins here does not end: a line with a single "
					"\".\" was expected."},
		{"redirect text: x\na@b\n.\n;", "1:10: A line end was expected after \"text:\"."},
		{"if size :over 99999999999999999999 { keep; }", "1:15: The number is too large."},
		{"if size :over 9007199254740992M { keep; }", "1:15: The number is too large."},
		{"if size :over 10KB { keep; }", "1:15: A number may end in K, M or G and nothing else."},
	};

	sieve_check_complaints(rows, G_N_ELEMENTS(rows), NULL);
}

static void
test_meaning_errors(void)
{
	static const SieveScriptRow rows[] = {
		{"require \"fileinot\";",
			"1:9: There is no extension \"fileinot\" here; was \"fileinto\" meant?"},
		{"require \"elbonia\";", "1:9: There is no extension \"elbonia\" here."},
		{"fileinto \"x\";", "1:1: \"fileinto\" needs: require \"fileinto\";"},
		{"keep; require \"copy\";", "1:7: \"require\" must stand before all other commands."},
		{"if true { require \"copy\"; }", "1:11: \"require\" must stand before all other commands."},
		{"kep;", "1:1: There is no command \"kep\"; was \"keep\" meant?"},
		{"frobnicate;", "1:1: There is no command \"frobnicate\"."},
		{"if heder \"a\" \"b\" { keep; }", "1:4: There is no test \"heder\"; was \"header\" meant?"},
		{"header \"a\" \"b\";", "1:1: \"header\" is a test; a command was expected."},
		{"if keep { stop; }", "1:4: \"keep\" is a command; a test was expected."},
		{"elsif true { keep; }", "1:1: \"elsif\" must follow the block of an \"if\" or \"elsif\"."},
		{"if true { keep; } stop; else { stop; }",
			"1:25: \"else\" must follow the block of an \"if\" or \"elsif\"."},
		{"if true { } else { } else { }",
			"1:22: \"else\" must follow the block of an \"if\" or \"elsif\"."},
		{"redirect;", "1:1: \"redirect\" lacks an argument; it takes a string."},
		{"if header \"a\" { keep; }",
			"1:4: \"header\" lacks an argument; it takes a string or a list of "
			"strings, then a string or a list of strings."},
		{"redirect 5;", "1:10: \"redirect\" expects a string here, not a number."},
		{"redirect [\"a@b\"];", "1:10: \"redirect\" expects a string here, not a list of strings."},
		{"redirect \"a@b\" \"c@d\";", "1:16: \"redirect\" takes no further argument."},
		{"redirect \"not an address\";", "1:10: \"not an address\" is no address."},
		{"redirect \"a@b, c@d\";", "1:10: \"a@b, c@d\" is no address."},
		{"keep \"x\";", "1:6: \"keep\" takes no further argument."},
		{"keep :copy;", "1:6: \"keep\" does not take \":copy\"."},
		{"keep :nonsense;", "1:6: \"keep\" does not know \":nonsense\"."},
		{"redirect :copy \"a@b\";", "1:10: \":copy\" needs: require \"copy\";"},
		{"keep { }", "1:1: \"keep\" takes no block."},
		{"keep true;", "1:6: \"keep\" takes no test; is a \";\" missing?"},
		{"if not (true) { keep; }", "1:4: \"not\" expects one test, not a list."},
		{"if anyof true { keep; }", "1:4: \"anyof\" expects tests in parentheses."},
		{"if header :is :contains \"a\" \"b\" { keep; }",
			"1:15: \":is\" and \":contains\" exclude each other."},
		{"if header :is :is \"a\" \"b\" { keep; }", "1:15: \":is\" stands here twice."},
		{"if header \"a\" :is \"b\" { keep; }",
			"1:15: \":is\" must stand before the other arguments."},
		{"if header :comparator \"a\" \"b\" { keep; }",
			"1:4: \"header\" lacks an argument; it takes a string or a list of strings, then a "
			"string or "
			"a list of strings."},
		{"if header :comparator \"i;x\" \"a\" \"b\" { keep; }",
			"1:23: There is no comparator \"i;x\" here."},
		{"if header :comparator \"i;ascii-numeric\" \"a\" \"b\" { keep; }",
			"1:23: \"i;ascii-numeric\" needs: require \"comparator-i;ascii-numeric\";"},
		{"require \"comparator-i;ascii-numeric\";\n"
		 "if header :comparator \"i;ascii-numeric\" :contains \"a\" \"b\" { keep; }",
			"2:41: \"i;ascii-numeric\" compares whole numbers; it cannot be used with "
			"\":contains\"."},
		{"if header \"a b\" \"c\" { keep; }", "1:11: \"a b\" is no name of a header field."},
		{"if size 5 { keep; }", "1:4: \"size\" expects \":over\" or \":under\"."},
		{"if size :over :under 5 { keep; }", "1:15: \":over\" and \":under\" exclude each other."},
		{"if size :over \"5\" { keep; }", "1:15: \"size\" expects a number here, not a string."},
		{"require \"fileinto\"; fileinto \"\";", "1:30: \"\" cannot be the name of a folder."},
	};

	sieve_check_complaints(rows, G_N_ELEMENTS(rows), NULL);
}

static void
test_several_errors_come_in_one_pass(void)
{
	g_autofree char *words = sieve_complaints("require \"nope\";\n"
						  "if heder \"a\" \"b\" { keep }\n"
						  "elsif header [1] \"x\" { stop; }\n"
						  "else { frob; }\n"
						  "kep;\n",
		-1, NULL);

	g_assert_cmpstr(words, ==,
		"1:9: There is no extension \"nope\" here.\n"
		"2:4: There is no test \"heder\"; was \"header\" meant?\n"
		"2:24: \";\" was expected after \"keep\".\n"
		"3:15: A string was expected, not a number.\n"
		"4:8: There is no command \"frob\".\n"
		"5:1: There is no command \"kep\"; was \"keep\" meant?");
}

static void
test_errors_are_at_most_fifty(void)
{
	g_autoptr(GString) script = g_string_new(NULL);
	g_autoptr(GPtrArray) errors = NULL;

	for (guint i = 0; i < 1000; i++)
		g_string_append(script, "x; } \"\n;\" @@ ");
	g_assert_null(sieve_compile(script->str, -1, NULL, &errors));
	g_assert_cmpuint(errors->len, ==, LIMIT_SIEVE_ERRORS);
}

/* A column is a character; a tab is one; CRLF ends a line. */
static void
test_columns_count_characters(void)
{
	g_autofree char *words = sieve_complaints("\r\n\t/* äöü 日本 */ kep;", -1, NULL);

	g_assert_cmpstr(words, ==, "2:15: There is no command \"kep\"; was \"keep\" meant?");
}

/* ---- bad input -------------------------------------------------------------------------------- */

static void
test_deep_nesting_is_refused(void)
{
	static const char *const parts[][2] = {
		{"if true { ", "}"}, {"if not ", ""}, {"if anyof (", ")"}, {"if allof (not ", ")"}};

	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
		g_autoptr(GString) script = g_string_new(NULL);
		g_autofree char *words = NULL;
		const char *again = i == 0 ? parts[i][0] : parts[i][0] + strlen("if ");
		g_string_append(script, parts[i][0]);
		for (guint n = 0; n < 10000; n++)
			g_string_append(script, again);
		g_string_append(script, i == 0 ? "" : "true");
		for (guint n = 0; n < 10001; n++)
			g_string_append(script, parts[i][1]);
		g_string_append(script, i == 0 ? " kep;" : "{ stop; } kep;");
		words = sieve_complaints(script->str, -1, NULL);
		g_assert_nonnull(strstr(words, "nested too deeply here; at most 64 levels are read."));
		/* What stands behind it is read all the same. */
		g_assert_nonnull(strstr(words, "There is no command \"kep\""));
	}
}

static void
test_nesting_up_to_the_limit_is_read(void)
{
	g_autoptr(GString) script = g_string_new("if ");
	g_autofree char *outcome = NULL;

	for (guint i = 0; i < LIMIT_SIEVE_NESTING - 1; i++)
		g_string_append(script, "not ");
	g_string_append(script, "true { discard; }");
	outcome = sieve_outcome(script->str, NULL);
	g_assert_cmpstr(outcome, ==, LIMIT_SIEVE_NESTING % 2 ? "discard" : "keep");
}

static void
test_a_script_of_10_mb_is_refused(void)
{
	g_autofree char *text = g_strnfill(10 * 1000 * 1000, ' ');
	g_autofree char *words = sieve_complaints(text, -1, NULL);

	g_assert_cmpstr(words, ==, "1:1: The script is too long: 10000000 octets, at most 1048576 are read.");
}

/* The longest script, made of what costs most, compiles in a moment. */
static void
test_the_longest_scripts_are_read_quickly(void)
{
	static const char *const parts[] = {"keep;", "if true{}", "redirect text:\n.\n;", "\"", "${", "[\"",
		"stop;#\n", "kep;", "if heder;", "if header\"a\"\"*\"{}", "}", "text:", "/**/", "\xFF"};

	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
		g_autoptr(GString) script = g_string_new(NULL);
		g_autofree char *words = NULL;
		clock_t start = clock();
		while (script->len + strlen(parts[i]) <= LIMIT_SIEVE_SCRIPT)
			g_string_append(script, parts[i]);
		words = sieve_complaints(script->str, (gssize)script->len, NULL);
		g_test_message("%s: %d ms", parts[i], (int)((clock() - start) * 1000 / CLOCKS_PER_SEC));
		/* Quadratic work would take minutes. */
		g_assert_cmpint(clock() - start, <, 20 * CLOCKS_PER_SEC);
	}
}

static void
test_octets_that_are_no_text(void)
{
	g_autofree char *nul = sieve_complaints("redirect \"a\0b\";", 15, NULL);
	g_autofree char *bad = sieve_complaints("redirect \"a\xC3\";", -1, NULL);
	g_autofree char *outside = sieve_complaints("keep;\0\0 keep;", 13, NULL);
	g_autofree char *control = sieve_complaints("\x1B[31m;", -1, NULL);

	g_assert_true(g_str_has_prefix(nul, "1:10: The string holds a NUL octet."));
	g_assert_true(g_str_has_prefix(bad, "1:10: The string is not valid UTF-8."));
	g_assert_true(g_str_has_prefix(outside, "1:6: "));
	g_assert_null(strchr(control, '\x1B'));
}

/* Whatever stands in the script: a message is short, whole text, and its cut between characters. */
static void
test_messages_are_short(void)
{
	for (gsize length = 400; length < 600; length++) {
		g_autofree char *octets = g_strnfill(length, '\x80');
		g_autofree char *letters = g_strnfill(length, 'a');
		g_autoptr(GString) script = g_string_new(octets);
		g_autofree char *words = NULL;
		g_auto(GStrv) lines = NULL;
		g_string_append_printf(script, " %s; if header :%s \"a\" \"b\" {} require \"%sä\";", letters,
			letters, letters);
		words = sieve_complaints(script->str, -1, NULL);
		g_assert_true(g_utf8_validate(words, -1, NULL));
		lines = g_strsplit(words, "\n", -1);
		for (guint i = 0; lines[i] != NULL; i++)
			g_assert_cmpuint(strlen(lines[i]), <, 600);
	}
}

static void
test_what_a_script_requires_and_asks_for(void)
{
	static const char text[] = "require [\"variables\", \"fileinto\"];\n"
				   "if header :is [\"Subject\", \"X-b\"] \"x\" { keep; }\n"
				   "if exists \"subject\" { stop; }\n";
	g_autoptr(SieveScript) script = sieve_compile(text, -1, NULL, NULL);
	g_autofree char *required = g_strjoinv(" ", (char **)sieve_script_requires(script));
	g_autofree char *fields = g_strjoinv(" ", (char **)sieve_script_fields(script));

	g_assert_cmpstr(required, ==, "fileinto variables");
	g_assert_cmpstr(fields, ==, "subject x-b");
	g_assert_cmpuint(sieve_script_needs(script), ==, 0);
}

static void
test_what_a_script_needs(void)
{
	static const struct {
		const char *script;
		guint needs;
	} rows[] = {
		{"require \"body\"; if body \"x\" { keep; }", SIEVE_NEEDS_BODY},
		{"redirect \"a@b\";", SIEVE_NEEDS_ONCE},
		{"require \"date\"; if currentdate \"year\" \"2026\" { keep; }", SIEVE_NEEDS_CLOCK},
		{"require \"variables\"; set \"a\" \"b\"; if header \"${a}\" \"2026\" { keep; }",
			SIEVE_NEEDS_ANY_HEADER},
		{"require [\"foreverypart\"]; foreverypart { }", SIEVE_NEEDS_BODY},
		{"require [\"mime\"]; if header :mime \"a\" \"b\" { keep; }", SIEVE_NEEDS_BODY},
		{"require [\"enotify\"]; notify \"desktop:\";", SIEVE_NEEDS_ONCE},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(SieveScript) script = sieve_compile(rows[i].script, -1, NULL, NULL);
		g_assert_nonnull(script);
		g_assert_cmpuint(sieve_script_needs(script), ==, rows[i].needs);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/grammar/tokens", test_tokens);
	g_test_add_func("/grammar/strings", test_strings);
	g_test_add_func("/grammar/encoded characters", test_encoded_characters);
	g_test_add_func("/errors/of syntax", test_syntax_errors);
	g_test_add_func("/errors/of meaning", test_meaning_errors);
	g_test_add_func("/errors/several come in one pass", test_several_errors_come_in_one_pass);
	g_test_add_func("/errors/at most fifty", test_errors_are_at_most_fifty);
	g_test_add_func("/errors/columns count characters", test_columns_count_characters);
	g_test_add_func("/bad input/deep nesting is refused", test_deep_nesting_is_refused);
	g_test_add_func("/bad input/nesting up to the limit is read", test_nesting_up_to_the_limit_is_read);
	g_test_add_func("/bad input/a script of 10 MB is refused", test_a_script_of_10_mb_is_refused);
	g_test_add_func(
		"/bad input/the longest scripts are read quickly", test_the_longest_scripts_are_read_quickly);
	g_test_add_func("/bad input/octets that are no text", test_octets_that_are_no_text);
	g_test_add_func("/errors/messages are short", test_messages_are_short);
	g_test_add_func("/script/what it requires and asks for", test_what_a_script_requires_and_asks_for);
	g_test_add_func("/script/what it needs", test_what_a_script_needs);
	return g_test_run();
}
