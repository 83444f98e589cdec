/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Match types and comparators: RFC 5228, 2.7; RFC 5231; RFC 4790, 9; RFC 5051; what variables take of a
 * match. */
#include "config.h"

#include "sieve-script.h"

#include <string.h>
#include <time.h>

static void
test_types(void)
{
	static const SieveTestRow rows[] = {
		{"header \"subject\" \"HELLO\"", TRUE},
		{"header :is \"subject\" \"hell\"", FALSE},
		{"header :contains \"subject\" \"ELL\"", TRUE},
		{"header :contains \"subject\" \"\"", TRUE},
		{"header :matches \"subject\" \"h*o\"", TRUE},
		{"header :matches \"subject\" \"h?o\"", FALSE},
		{"header [\"x\", \"Subject\"] [\"a\", \"hello\"]", TRUE},
		{"header :contains \"x\" \"\"", FALSE},
		{"not header \"subject\" \"x\"", TRUE},
	};

	sieve_check_tests(NULL, rows, G_N_ELEMENTS(rows), NULL);
}

/* RFC 5228, 2.7.3; RFC 5051. */
static void
test_comparators(void)
{
	static const SieveTestRow rows[] = {
		{"header :comparator \"i;octet\" \"subject\" \"äRGER straße ﬁne é\"", FALSE},
		{"header :comparator \"i;octet\" \"subject\" \"ÄRGER Straße ﬁne é\"", TRUE},
		{"header :comparator \"i;ascii-casemap\" \"subject\" \"Ärger sTRAßE ﬁne é\"", TRUE},
		{"header :comparator \"i;ascii-casemap\" \"subject\" \"ärger straße ﬁne é\"", FALSE},
		{"header :comparator \"i;unicode-casemap\" \"subject\" \"ärger straße ﬁne é\"", TRUE},
		{"header :comparator \"i;unicode-casemap\" \"subject\" \"a\xCC\x88rger straße ﬁne é\"", TRUE},
		/* RFC 5051, 2.3: the title case comes before what is decomposed. */
		{"header :comparator \"i;unicode-casemap\" \"subject\" \"ärger straße fine é\"", FALSE},
		{"header :comparator \"i;unicode-casemap\" :contains \"subject\" \"ÄRGER\"", TRUE},
		{"header :comparator \"i;unicode-casemap\" :matches \"subject\" \"?rger*\"", TRUE},
		{"header :comparator \"i;unicode-casemap\" :matches \"subject\" \"??rger*\"", FALSE},
		{"header :comparator \"i;unicode-casemap\" :matches \"subject\" \"*ﬁne ?\"", TRUE},
		{"header :comparator \"i;unicode-casemap\" :matches \"subject\" \"*?ne é\"", TRUE},
		{"header :comparator \"i;octet\" :matches \"subject\" \"??RGER*\"", TRUE},
		{"header :comparator \"i;unicode-casemap\" :matches \"subject\" \"*＊*\"", FALSE},
	};
	SieveCase how = {.message = "Subject: ÄRGER Straße ﬁne é\n\n"};

	sieve_check_tests("\"comparator-i;unicode-casemap\"", rows, G_N_ELEMENTS(rows), &how);
}

/* RFC 4790, 9.1: digits at the beginning; what begins with none is more than any number. */
static void
test_numbers(void)
{
	static const SieveTestRow rows[] = {
		{"string :comparator \"i;ascii-numeric\" \"007\" \"7\"", TRUE},
		{"string :comparator \"i;ascii-numeric\" \"7 apples\" \"7\"", TRUE},
		{"string :comparator \"i;ascii-numeric\" \"x\" \"y\"", TRUE},
		{"string :comparator \"i;ascii-numeric\" \"\" \"0\"", FALSE},
		{"string :value \"gt\" :comparator \"i;ascii-numeric\" \"10\" \"9\"", TRUE},
		{"string :value \"lt\" :comparator \"i;ascii-numeric\" \"9\" \"10\"", TRUE},
		{"string :value \"gt\" :comparator \"i;ascii-numeric\" \"x\" \"99999999999999999999999\"",
			TRUE},
		{"string :value \"gt\" :comparator \"i;ascii-numeric\" \"99999999999999999999998\" "
		 "\"99999999999999999999999\"",
			FALSE},
		{"string :value \"ge\" :comparator \"i;ascii-numeric\" \"000\" \"0\"", TRUE},
		{"string :value \"ne\" :comparator \"i;ascii-numeric\" \"1\" [\"1\", \"2\"]", TRUE},
		{"string :value \"eq\" \"a\" \"A\"", TRUE},
		{"string :value \"lt\" \"a\" \"B\"", TRUE},
		{"string :value \"lt\" :comparator \"i;octet\" \"a\" \"B\"", FALSE},
		{"string :value \"le\" \"ab\" \"abc\"", TRUE},
		{"string :count \"eq\" [\"a\", \"\", \"b\"] \"2\"", TRUE},
	};

	sieve_check_tests("\"variables\", \"relational\", \"comparator-i;ascii-numeric\"", rows,
		G_N_ELEMENTS(rows), NULL);
}

/* RFC 5228, 2.7.1: escapes, several stars, the ends. */
static void
test_wildcards(void)
{
	static const SieveTestRow rows[] = {
		{"string :matches \"\" \"\"", TRUE},
		{"string :matches \"\" \"*\"", TRUE},
		{"string :matches \"\" \"**\"", TRUE},
		{"string :matches \"\" \"?\"", FALSE},
		{"string :matches \"a\" \"?\"", TRUE},
		{"string :matches \"hidden\" \"h?l*\"", FALSE},
		{"string :matches \"abc\" \"a*c\"", TRUE},
		{"string :matches \"ac\" \"a*c\"", TRUE},
		{"string :matches \"a\" \"a*a\"", FALSE},
		{"string :matches \"aXbXc\" \"*X*\"", TRUE},
		{"string :matches \"aXbXc\" \"*X*X*X*\"", FALSE},
		{"string :matches \"abab\" \"*ab\"", TRUE},
		{"string :matches \"ababc\" \"*ab\"", FALSE},
		{"string :matches \"xay\" \"*?a?*\"", TRUE},
		{"string :matches \"ay\" \"*?a?*\"", FALSE},
		{"string :matches \"a*b\" \"a\\\\*b\"", TRUE},
		{"string :matches \"axb\" \"a\\\\*b\"", FALSE},
		{"string :matches \"a\\\\b\" \"a\\\\\\\\b\"", TRUE},
		{"string :matches \"a\\\\\" \"a\\\\\"", TRUE},
		{"string :matches \"axyb\" \"a??b\"", TRUE},
		{"string :matches \"axb\" \"a??b\"", FALSE},
		{"string :matches \"ÄB\" \"??b\"", TRUE},
		{"string :matches \"aab\" \"*a?\"", TRUE},
		{"string :matches \"aabb\" \"*a?\"", FALSE},
	};

	sieve_check_tests("\"variables\"", rows, G_N_ELEMENTS(rows), NULL);
}

/* RFC 5229, 3.2: as little as possible; the whole is ${0}; a test that fails changes nothing; not with :is.
 */
static void
test_match_variables(void)
{
	static const SieveScriptRow rows[] = {
		{"if string :matches \"aXbXcXd\" \"*X*X*\" { fileinto \"${0}|${1}|${2}|${3}|${4}\"; }",
			"fileinto aXbXcXd|a|b|cXd|"},
		{"if string :matches \"abcd\" \"?*?\" { fileinto \"${1}|${2}|${3}\"; }", "fileinto a|bc|d"},
		{"if string :matches \"one\" \"o*\" { if string :matches \"x\" \"y*\" {} fileinto \"${1}\"; "
		 "}",
			"fileinto ne"},
		{"if string :matches \"one\" \"o*\" { if string :is \"x\" \"x\" {} fileinto \"${1}\"; }",
			"fileinto ne"},
		{"if string :matches \"One\" \"o*\" { if string :matches \"x\" \"x\" { fileinto "
		 "\"${0}${1}.\"; } }",
			"fileinto x."},
		{"if header :matches :comparator \"i;unicode-casemap\" \"subject\" \"*ä?GE*\" "
		 "{ fileinto \"${1}|${2}|${3}\"; }",
			"fileinto Über-|R|R!"},
		{"if string :regex \"key=value x\" \"([a-z]+)=([a-z]+)(z)?\" { fileinto "
		 "\"${0}|${1}|${2}|${3}|\"; }",
			"fileinto key=value|key|value||"},
		{"if anyof (string :matches \"ab\" \"b*\", string :matches \"ab\" \"a*\", string :matches "
		 "\"ac\" "
		 "\"a*\") { fileinto \"${1}\"; }",
			"fileinto b"},
		{"if address :matches :domain \"from\" \"*.*\" { fileinto \"${2}\"; }", "fileinto org"},
		{"if string :matches \"a\" \"${none}?\" { fileinto \"${1}\"; }", "fileinto a"},
		{"set \"k\" \"A*\"; if string :matches \"abc\" \"${k}c\" { fileinto \"${1}\"; }",
			"fileinto b"},
		{"set \"k\" \"b+\"; if string :regex \"abbc\" \"a(${k})\" { fileinto \"${1}\"; }",
			"fileinto bb"},
		{"fileinto \"x${1}\";", "fileinto x"},
	};
	SieveCase how = {.message = "From: a@example.org\nSubject: Über-ÄRGER!\n\n"};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *script = g_strdup_printf("require [\"variables\", \"fileinto\", \"regex\", "
							  "\"comparator-i;unicode-casemap\"];\n%s",
			rows[i].script);
		SieveScriptRow row = {script, rows[i].outcome};
		sieve_check_rows(&row, 1, &how);
	}
}

/* draft-ietf-sieve-regex, 2: extended regular expressions; case by the comparator. */
static void
test_regex(void)
{
	static const SieveTestRow rows[] = {
		{"header :regex \"subject\" \"^hel+o$\"", TRUE},
		{"header :regex :comparator \"i;octet\" \"subject\" \"^hel+o$\"", FALSE},
		{"header :regex \"subject\" [\"^x\", \"l{2}\"]", TRUE},
		{"header :regex \"subject\" \"[[:digit:]]\"", FALSE},
		{"address :regex :domain \"from\" \"^example\\\\.(org|net)$\"", TRUE},
	};
	static const SieveScriptRow bad[] = {
		{"require \"regex\"; if header :regex \"a\" [\"b\", \"c(\"] { keep; }",
			"1:45: The regular expression is wrong: \"(\" without \")\"."},
		{"if header :regex \"a\" \"b\" { keep; }", "1:11: \":regex\" needs: require \"regex\";"},
		{"require \"regex\"; if header :regex \"a\" \"\\\\d\" { keep; }",
			"1:39: The regular expression is wrong: a backslash before a letter that means "
			"nothing in "
			"POSIX syntax; a digit is [0-9]."},
	};
	static const SieveScriptRow at_run[] = {
		{"require [\"regex\", \"variables\"]; set \"x\" \"(\"; if header :regex \"subject\" \"${x}\" "
		 "{}",
			"error input 1: The regular expression is wrong: \"(\" without \")\"."},
	};

	sieve_check_tests("\"regex\"", rows, G_N_ELEMENTS(rows), NULL);
	sieve_check_complaints(bad, G_N_ELEMENTS(bad), NULL);
	sieve_check_rows(at_run, G_N_ELEMENTS(at_run), NULL);
}

/* RFC 5228, 2.7.4; RFC 5233. */
static void
test_address_parts(void)
{
	static const SieveTestRow rows[] = {
		{"address \"from\" \"ken+sieve@example.org\"", TRUE},
		{"address :localpart \"from\" \"ken+sieve\"", TRUE},
		{"address :domain \"from\" \"EXAMPLE.org\"", TRUE},
		{"address :user \"from\" \"ken\"", TRUE},
		{"address :detail \"from\" \"sieve\"", TRUE},
		{"address :detail \"to\" \"\"", TRUE},
		{"address :detail :contains \"cc\" \"\"", FALSE},
		{"address :localpart \"to\" \"a b\"", TRUE},
		{"address :all \"to\" \"\\\"a b\\\"@example.org\"", TRUE},
		{"address :contains \"from\" \"Ken\"", TRUE},
		{"address :contains \"from\" \"Display\"", FALSE},
		{"address :domain :count \"eq\" \"to\" \"2\"", TRUE},
		{"envelope \"from\" \"\"", TRUE},
		{"envelope :domain \"from\" \"\"", TRUE},
		{"envelope :localpart :is \"to\" \"me\"", TRUE},
	};
	SieveCase how = {.message = "From: Display <ken+sieve@example.org>\n"
				    "To: \"a b\"@example.org, x+@example.org\nCc: plain@example.org\n\n",
		.from = "",
		.to = "me@example.com"};

	sieve_check_tests("\"subaddress\", \"envelope\", \"relational\"", rows, G_N_ELEMENTS(rows), &how);
}

static void
test_an_unknown_envelope_matches_nothing(void)
{
	static const SieveTestRow rows[] = {{"envelope :contains \"from\" \"\"", FALSE},
		{"envelope :contains [\"from\", \"to\"] \"\"", FALSE}};
	static const SieveTestRow fields[] = {
		{"envelope \"from\" \"a@b.example\"", TRUE}, {"envelope \"to\" \"c@d.example\"", TRUE}};
	SieveCase how = {.message = "Return-Path: <a@b.example>\nDelivered-To: c@d.example\n\n"};

	sieve_check_tests("\"envelope\"", rows, G_N_ELEMENTS(rows), NULL);
	sieve_check_tests("\"envelope\"", fields, G_N_ELEMENTS(fields), &how);
}

/* RFC 5260, 6. */
static void
test_index(void)
{
	static const SieveTestRow rows[] = {
		{"header :index 2 \"x\" \"two\"", TRUE},
		{"header :index 1 :last \"x\" \"three\"", TRUE},
		{"header :index 3 :last \"x\" \"one\"", TRUE},
		{"header :index 4 \"x\" \"three\"", FALSE},
		{"header :index 2 \"x\" \"one\"", FALSE},
		{"address :index 2 \"to\" \"c@example.org\"", TRUE},
		{"address :index 1 :last \"to\" \"a@example.org\"", FALSE},
	};
	static const SieveScriptRow bad[] = {
		{"require \"index\"; if header :last \"x\" \"y\" { keep; }",
			"1:28: \":last\" needs \":index\"."},
		{"require \"index\"; if header :index 0 \"x\" \"y\" { keep; }",
			"1:35: \":index\" counts from 1."},
	};
	SieveCase how = {
		.message =
			"X: one\nX: two\nX: three\nTo: a@example.org, b@example.org\nTo: c@example.org\n\n"};

	sieve_check_tests("\"index\"", rows, G_N_ELEMENTS(rows), &how);
	sieve_check_complaints(bad, G_N_ELEMENTS(bad), NULL);
}

/* RFC 5228, 5.9: neither over nor under where it is just as large; headers count. */
static void
test_size(void)
{
	static const SieveTestRow rows[] = {{"size :over 10", FALSE}, {"size :under 10", FALSE},
		{"size :over 9", TRUE}, {"size :under 11", TRUE}, {"size :under 1K", TRUE}};
	SieveCase how = {.message = "A: b\n\n1234"};

	sieve_check_tests(NULL, rows, G_N_ELEMENTS(rows), &how);
}

/* ---- hostile subjects and patterns ------------------------------------------------------------ */

static char *
long_subject(char c, gsize length)
{
	g_autofree char *run = g_strnfill(length, c);
	GString *message = g_string_new("Subject: ");

	/* Within the limit of one field. */
	g_string_append(message, run);
	g_string_append(message, "\n\nText.\n");
	return g_string_free(message, FALSE);
}

static void
check_quick(const char *test, const char *message, const char *wanted)
{
	g_autofree char *script = g_strdup_printf("require [\"regex\", \"variables\", "
						  "\"comparator-i;unicode-casemap\", \"body\"];\n"
						  "if %s { discard; }\nset \"x\" \"${1}\";\n",
		test);
	SieveCase how = {.message = message};
	clock_t start = clock();
	g_autofree char *outcome = sieve_outcome(script, &how);

	g_test_message("%.60s: %s, %d ms", test, outcome, (int)((clock() - start) * 1000 / CLOCKS_PER_SEC));
	if (!g_str_has_prefix(outcome, wanted))
		g_test_fail_printf("%s gives %s", test, outcome);
	g_assert_cmpint(clock() - start, <, 20 * CLOCKS_PER_SEC);
}

static void
test_wildcards_are_linear(void)
{
	g_autofree char *message = long_subject('a', 250 * 1024);
	g_autofree char *run = g_strnfill(100 * 1024, 'a');
	g_autofree char *question = g_strdup_printf("header :matches \"subject\" \"*%s?%sb*\"", run, run);
	g_autofree char *literal = g_strdup_printf("header :matches \"subject\" \"*%sb*%sb*\"", run, run);
	g_autoptr(GString) stars = g_string_new("header :matches \"subject\" \"");
	g_autoptr(GString) body = g_string_new("Subject: x\n\n");

	for (guint i = 0; i < 50000; i++)
		g_string_append(stars, "*a");
	g_string_append(stars, "*b\"");
	while (body->len < 1024 * 1024)
		g_string_append(body, "aaaaaaaaaaaaaaaa");
	check_quick("header :matches \"subject\" \"*a*a*a*a*b\"", message, "keep");
	check_quick("header :matches \"subject\" \"*a*a*a*a*\"", message, "discard");
	check_quick("header :matches :comparator \"i;unicode-casemap\" \"subject\" \"*a?a*a?a*b\"", message,
		"keep");
	check_quick(stars->str, message, "keep");
	check_quick(literal, message, "keep");
	check_quick(question, message, "error limit");
	check_quick("body :matches \"*a*a*a*a*b\"", body->str, "keep");
	check_quick("body :raw :contains \"aaaaaaaab\"", body->str, "keep");
}

static void
test_regexes_end_at_a_limit(void)
{
	g_autofree char *message = long_subject('a', 250 * 1024);

	check_quick("header :regex \"subject\" \"^(a+)+$b\"", message, "error limit");
	check_quick("header :regex \"subject\" \"^((a+)+[^a])+$\"", message, "error limit");
	check_quick("header :regex \"subject\" \"^(a|aa)*c?$\"", message, "error limit");
	check_quick("header :regex \"subject\" \"a$\"", message, "discard");
}

/* Many bad expressions share what one run may take. */
static void
test_many_regexes_share_a_limit(void)
{
	static const char message[] = "Subject: aaaaaaaaaaaaaaaaaaaaaaaaa!\n\n";
	g_autoptr(GString) test = g_string_new("header :regex \"subject\" [");

	for (guint i = 0; i < 1000; i++)
		g_string_append_printf(test, "\"^(a|aa)+%u?$\", ", i);
	g_string_append(test, "\"x\"]");
	check_quick("header :regex \"subject\" \"^(a|aa)+0?$\"", message, "keep");
	check_quick(test->str, message, "error limit");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/match/types", test_types);
	g_test_add_func("/match/comparators", test_comparators);
	g_test_add_func("/match/numbers", test_numbers);
	g_test_add_func("/match/wildcards", test_wildcards);
	g_test_add_func("/match/variables take the shortest", test_match_variables);
	g_test_add_func("/match/regex", test_regex);
	g_test_add_func("/match/address parts", test_address_parts);
	g_test_add_func(
		"/match/an unknown envelope matches nothing", test_an_unknown_envelope_matches_nothing);
	g_test_add_func("/match/index", test_index);
	g_test_add_func("/match/size", test_size);
	g_test_add_func("/match/wildcards are linear", test_wildcards_are_linear);
	g_test_add_func("/match/regexes end at a limit", test_regexes_end_at_a_limit);
	g_test_add_func("/match/many regexes share a limit", test_many_regexes_share_a_limit);
	return g_test_run();
}
