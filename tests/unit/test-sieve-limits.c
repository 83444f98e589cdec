/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a script and a message cannot make a run take: steps, memory, actions; a run that fails keeps. */
#include "config.h"

#include "sieve-script.h"

#include "util/limits.h"

#include <string.h>
#include <time.h>

/* Ends, within seconds, in what begins with wanted. */
static void
check_ends(const char *name, const char *script, const SieveCase *how, const char *wanted)
{
	clock_t start = clock();
	g_autofree char *outcome = sieve_outcome(script, how);

	g_test_message("%s: %.80s, %d ms", name, outcome, (int)((clock() - start) * 1000 / CLOCKS_PER_SEC));
	if (!g_str_has_prefix(outcome, wanted))
		g_test_fail_printf("%s ends in %.200s", name, outcome);
	g_assert_cmpint(clock() - start, <, 20 * CLOCKS_PER_SEC);
}

/* A message of many parts: a loop in a loop in a loop runs over them. */
static char *
many_parts(guint count)
{
	GString *message = g_string_new("Content-Type: multipart/mixed; boundary=b\n\n");

	for (guint i = 0; i < count; i++)
		g_string_append(message, "--b\nContent-Type: text/plain\n\nabcdefgh\n");
	g_string_append(message, "--b--\n");
	return g_string_free(message, FALSE);
}

static void
test_loops_end_at_the_limit_of_steps(void)
{
	g_autofree char *message = many_parts(1000);
	g_autoptr(GString) script =
		g_string_new("require [\"foreverypart\", \"variables\", \"mime\"];\nforeverypart {\n");
	SieveCase how = {.message = message};

	for (guint i = 0; i < 2000; i++)
		g_string_append(script, "set \"x\" \"y\";\n");
	g_string_append(script, "}");
	check_ends("a loop of many commands", script->str, &how, "error limit");
}

static void
test_includes_end_at_the_limit_of_steps(void)
{
	/* Each includes the next ten times: 10 to the power of 9 in all. */
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
	SieveCase how = {.message = "A: b\n\n"};

	for (guint i = 1; i <= 9; i++) {
		GString *text = g_string_new("require \"include\";");
		for (guint n = 0; n < 10 && i < 9; n++)
			g_string_append_printf(text, "include \"s%u\";", i + 1);
		g_ptr_array_add(names, g_strdup_printf("s%u", i));
		g_ptr_array_add(texts, g_string_free(text, FALSE));
	}
	g_ptr_array_add(names, NULL);
	g_ptr_array_add(texts, NULL);
	how.names = (const char *const *)names->pdata;
	how.texts = (const char *const *)texts->pdata;
	check_ends("includes in includes",
		"require \"include\"; include \"s1\"; include \"s1\"; include \"s1\"; include \"s1\"; "
		"include "
		"\"s1\"; include \"s1\"; include \"s1\"; include \"s1\"; include \"s1\"; include \"s1\";",
		&how, "error limit 1: The script takes more than");
}

static void
test_includes_have_a_depth_and_a_number(void)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GString) flat = g_string_new("require \"include\";");
	g_autofree char *deep = NULL, *wide = NULL;
	SieveCase how = {NULL};

	for (guint i = 0; i < 200; i++) {
		g_ptr_array_add(names, g_strdup_printf("s%u", i));
		g_ptr_array_add(
			texts, i < 20 ? g_strdup_printf("require \"include\"; include \"s%u\";", i + 1)
				      : g_strdup("keep;"));
		if (i >= 20)
			g_string_append_printf(flat, "include \"s%u\";", i);
	}
	g_ptr_array_add(names, NULL);
	g_ptr_array_add(texts, NULL);
	how.names = (const char *const *)names->pdata;
	how.texts = (const char *const *)texts->pdata;
	deep = sieve_complaints("require \"include\"; include \"s0\";", -1, &how);
	wide = sieve_complaints(flat->str, -1, &how);
	g_assert_true(g_str_has_prefix(deep, "s9:1:20: Too many scripts are included: at most 10"));
	g_assert_nonnull(strstr(wide, "Too many scripts are included"));
}

static void
test_variables_have_a_size_and_a_number(void)
{
	g_autofree char *text = g_strnfill(LIMIT_SIEVE_VARIABLE, 'a');
	g_autofree char *script = g_strdup_printf(
		"require [\"variables\", \"fileinto\"]; set \"a\" \"%sä\"; set :length \"n\" \"${a}\"; "
		"set \"b\" \"%s\"; set :length \"m\" \"x${b}\"; fileinto \"${n}-${m}\";",
		text + 1, text);
	SieveScriptRow row = {script, "fileinto 4095-4097"};
	g_autoptr(GString) many = g_string_new("require \"variables\";");
	g_autofree char *words = NULL;

	/* Cut between characters; what is put together in a string may be longer. */
	sieve_check_rows(&row, 1, NULL);
	for (guint i = 0; i < LIMIT_SIEVE_VARIABLES + 1; i++)
		g_string_append_printf(many, "set \"v%u\" \"\";", i);
	words = sieve_complaints(many->str, -1, NULL);
	g_assert_nonnull(strstr(words, "A script may have at most 128 variables."));
}

/* A string of many variables would be gigabytes. */
static void
test_strings_end_at_the_limit_of_memory(void)
{
	g_autofree char *text = g_strnfill(LIMIT_SIEVE_VARIABLE, 'a');
	g_autoptr(GString) script = g_string_new(NULL);

	g_string_printf(script, "require \"variables\"; set \"a\" \"%s\"; set \"b\" \"", text);
	for (guint i = 0; i < 100000; i++)
		g_string_append(script, "${a}");
	g_string_append(script, "\";");
	check_ends("a string of variables", script->str, NULL,
		"error limit 1: The script takes more memory than 16 MiB.");
}

/* Doubling a variable again and again stays at its limit. */
static void
test_doubling_stays_small(void)
{
	g_autoptr(GString) script =
		g_string_new("require [\"variables\", \"fileinto\"]; set \"a\" \"xx\";\n");

	for (guint i = 0; i < 20000; i++)
		g_string_append(script, "set \"a\" \"${a}${a}${a}${a}\";");
	g_string_append(script, "set :length \"n\" \"${a}\"; fileinto \"${n}\";");
	check_ends("doubling", script->str, NULL, "fileinto 4096");
}

static void
test_actions_have_a_number(void)
{
	g_autoptr(GString) script = g_string_new("require \"fileinto\";");

	for (guint i = 0; i < 5000; i++)
		g_string_append_printf(script, "fileinto \"f%u\";", i);
	check_ends("many folders", script->str, NULL,
		"error limit 1: The script does more than 100 things to one message.");
}

static void
test_many_fields_and_addresses(void)
{
	g_autoptr(GString) message = g_string_new("To: ");
	g_autoptr(GString) script = g_string_new("require [\"relational\", \"comparator-i;ascii-numeric\", "
						 "\"variables\", \"mime\", \"fileinto\"];\n");
	SieveCase how = {NULL};

	for (guint i = 0; i < 10000; i++)
		g_string_append_printf(message, "%sa%u@example.org", i > 0 ? ",\n " : "", i);
	for (guint i = 0; i < 4900; i++)
		g_string_append_printf(message, "\nX-Field: %u", i);
	g_string_append(message, "\n\nText.\n");
	for (guint i = 0; i < 20; i++)
		g_string_append_printf(script,
			"if header :contains \"x-field\" [\"none%u\", \"other\"] { discard; }\n"
			"if address :localpart \"to\" \"none%u\" { discard; }\n",
			i, i);
	g_string_append(script,
		"set \"f\" \"x-field\";\n"
		"if header :count \"eq\" :comparator \"i;ascii-numeric\" \"${f}\" \"4900\" {\n"
		"if header :value \"eq\" :comparator \"i;ascii-numeric\" \"x-field\" \"4899\" {\n"
		"if header :mime :contains \"x-field\" \"4899\" { fileinto \"found\"; } } }");
	how.message = message->str;
	check_ends("many fields", script->str, &how, "fileinto found");
}

/* Each key against each address is work that is counted. */
static void
test_keys_times_values_are_counted(void)
{
	g_autoptr(GString) message = g_string_new("To: ");
	g_autoptr(GString) script = g_string_new("if address :contains \"to\" [");
	SieveCase how = {NULL};

	for (guint i = 0; i < 9000; i++)
		g_string_append_printf(message, "%sa%u@example.org", i > 0 ? ",\n " : "", i);
	g_string_append(message, "\n\nText.\n");
	for (guint i = 0; i < 50000; i++)
		g_string_append_printf(script, "%s\"none%u\"", i > 0 ? "," : "", i);
	g_string_append(script, "] { discard; }");
	how.message = message->str;
	check_ends("keys times values", script->str, &how, "error limit");
}

static void
test_messages_of_odd_octets(void)
{
	static const char message[] =
		"Subject: a\0b \xFF\xC3\nTo: \xFF\xFE@\x80\nX: \x1B[31m\n\n\0\xFF body \0 end";
	static const SieveTestRow rows[] = {
		{"header :contains \"subject\" \"b\"", TRUE},
		{"header :matches \"subject\" \"a*\"", TRUE},
		{"header :regex \"subject\" \"^a.*b\"", TRUE},
		{"body :raw :contains \"end\"", TRUE},
		{"body :raw :matches \"*body*end\"", TRUE},
		{"body :raw :contains \"\xEF\xBF\xBE\"", FALSE},
		{"header :comparator \"i;unicode-casemap\" :contains \"subject\" \"A\"", TRUE},
	};
	SieveCase how = {.message = message, .length = sizeof message - 1};

	sieve_check_tests(
		"\"regex\", \"body\", \"comparator-i;unicode-casemap\"", rows, G_N_ELEMENTS(rows), &how);
}

/* The only action of a run that failed is keep, whatever came before. */
static void
test_a_run_that_fails_keeps(void)
{
	static const SieveScriptRow rows[] = {
		{"require [\"ihave\", \"fileinto\", \"imap4flags\"];\n"
		 "addflag \"x\"; fileinto \"A\";\nredirect \"a@b\";\nerror \"stop\";",
			"error input 4: The script ends with an error: stop"},
		{"require [\"ihave\"];\nif true {\n  if not allof (true, false) {\n    error \"a\x1B"
		 "b\";\n  }\n}",
			"error input 4: The script ends with an error: a\xEF\xBF\xBD"
			"b"},
	};

	sieve_check_rows(rows, G_N_ELEMENTS(rows), NULL);
}

/* ---- a host that has not all of it ----------------------------------------------------------------- */

static SieveAnswer
missing_header(SieveHost *host, const char *name, const GPtrArray **values)
{
	static char text[] = "hello";
	static gpointer items[] = {text};
	static const GPtrArray known = {items, 1};

	(void)host;
	if (strcmp(name, "subject") != 0)
		return SIEVE_MISSING;
	*values = &known;
	return SIEVE_HERE;
}

static void
check_missing(const char *text, const char *wanted)
{
	static const SieveHostClass class = {.header = missing_header};
	SieveHost host = {&class};
	SieveRunOptions options = {.look_behind = TRUE};
	g_autoptr(SieveScript) script = sieve_compile(text, -1, NULL, NULL);
	g_auto(SieveResult) result = {NULL};

	g_assert_nonnull(script);
	sieve_run(script, &host, &options, &result);
	if (wanted == NULL) {
		g_assert_no_error(result.error);
		return;
	}
	g_assert_nonnull(result.error);
	g_assert_cmpstr(result.error->message, ==, wanted);
	g_assert_cmpint(((SieveAction *)g_ptr_array_index(result.actions, 0))->kind, ==, SIEVE_KEEP);
}

static void
test_what_is_not_here_is_said(void)
{
	check_missing("if header \"x-other\" \"a\" { discard; }", "The field \"x-other\" is not here yet.");
	check_missing("if size :over 1 { discard; }", "The message's size is not here yet.");
	check_missing("require \"body\"; if body :contains \"a\" { discard; }",
		"The whole message is not here yet.");
	check_missing("if header \"subject\" \"hello\" { stop; } if exists \"x-other\" { discard; }", NULL);
	check_missing("if anyof (header \"subject\" \"hello\", exists \"x-other\") { discard; }", NULL);
	check_missing("if not exists \"x-other\" { discard; }", "The field \"x-other\" is not here yet.");
	check_missing(
		"require [\"envelope\", \"mailbox\", \"duplicate\", \"environment\", \"spamtest\", \"date\"];"
		"if anyof (envelope \"from\" \"a\", mailboxexists \"a\", duplicate :uniqueid \"x\", "
		"environment \"host\" \"x\", spamtest \"9\", currentdate \"year\" \"2026\") { discard; }",
		NULL);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/limits/loops end at that of steps", test_loops_end_at_the_limit_of_steps);
	g_test_add_func("/limits/includes end at that of steps", test_includes_end_at_the_limit_of_steps);
	g_test_add_func(
		"/limits/includes have a depth and a number", test_includes_have_a_depth_and_a_number);
	g_test_add_func(
		"/limits/variables have a size and a number", test_variables_have_a_size_and_a_number);
	g_test_add_func("/limits/strings end at that of memory", test_strings_end_at_the_limit_of_memory);
	g_test_add_func("/limits/doubling stays small", test_doubling_stays_small);
	g_test_add_func("/limits/actions have a number", test_actions_have_a_number);
	g_test_add_func("/limits/many fields and addresses", test_many_fields_and_addresses);
	g_test_add_func("/limits/keys times values are counted", test_keys_times_values_are_counted);
	g_test_add_func("/run/messages of odd octets", test_messages_of_odd_octets);
	g_test_add_func("/run/one that fails keeps", test_a_run_that_fails_keeps);
	g_test_add_func("/run/what is not here is said", test_what_is_not_here_is_said);
	return g_test_run();
}
