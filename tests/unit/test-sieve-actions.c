/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes of a script: actions, flags, rules and which of them held, the trace. */
#include "config.h"

#include "sieve-script.h"

#include <string.h>

/* RFC 5228, 2.10 and 4. */
static void
test_actions(void)
{
	static const SieveScriptRow rows[] = {
		{"", "keep"},
		{"keep;", "keep"},
		{"keep; keep;", "keep"},
		{"discard;", "discard"},
		{"discard; keep;", "discard; keep"},
		{"stop; discard;", "keep"},
		{"if true { stop; } discard;", "keep"},
		{"redirect \"a@example.org\";", "redirect a@example.org"},
		{"redirect \"Name <a@example.org>\";", "redirect a@example.org"},
		{"redirect \"a@example.org\"; redirect \"A@EXAMPLE.org\"; keep;",
			"redirect a@example.org; keep"},
		{"if false { discard; } elsif true { keep; } else { stop; }", "keep"},
		{"if false { } elsif false { } else { discard; }", "discard"},
	};

	sieve_check_rows(rows, G_N_ELEMENTS(rows), NULL);
}

/* RFC 5228, 4.1; RFC 3894; RFC 5490; RFC 8579. */
static void
test_fileinto(void)
{
	static const SieveScriptRow rows[] = {
		{"fileinto \"A\";", "fileinto A"},
		{"fileinto \"A\"; keep;", "fileinto A; keep"},
		{"fileinto \"A\"; fileinto \"B\"; fileinto \"A\";", "fileinto A; fileinto B"},
		{"fileinto \"inbox\";", "fileinto INBOX"},
		{"fileinto :copy \"A\";", "fileinto A copy; keep"},
		{"fileinto :copy \"A\"; fileinto \"A\";", "fileinto A"},
		{"fileinto :copy \"A\"; discard;", "fileinto A copy; discard"},
		{"redirect :copy \"a@b.example\";", "redirect a@b.example copy; keep"},
		{"fileinto :create \"A/B\";", "fileinto A/B create"},
		{"fileinto :specialuse \"\\\\Archive\" :create \"Old\";", "fileinto Old \\Archive create"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *script = g_strdup_printf(
			"require [\"fileinto\", \"copy\", \"mailbox\", \"special-use\"]; %s", rows[i].script);
		SieveScriptRow row = {script, rows[i].outcome};
		sieve_check_rows(&row, 1, NULL);
	}
}

static void
test_a_folder_that_cannot_be_is_an_error_at_run_time_too(void)
{
	static const SieveScriptRow rows[] = {
		{"require [\"fileinto\", \"variables\"];\nset \"x\" \"\";\nfileinto \"${x}\";",
			"error input 3: \"\" cannot be the name of a folder."},
		{"require [\"fileinto\", \"variables\"];\nset \"x\" \"a\nb\";\nfileinto \"${x}\";",
			"error input 4: \"a b\" cannot be the name of a folder."},
		{"require [\"variables\"];\nset \"x\" \"nobody\";\nredirect \"${x}\";",
			"error input 3: \"nobody\" is no address to send to."},
		{"require [\"variables\"];\nset \"x\" \"a@b\nBcc: c@d\";\nredirect \"${x}\";",
			"error input 4: \"a@b Bcc: c@d\" is no address to send to."},
	};

	sieve_check_rows(rows, G_N_ELEMENTS(rows), NULL);
}

static void
test_at_most_five_redirects(void)
{
	static const SieveScriptRow rows[] = {
		{"redirect \"a@x\"; redirect \"b@x\"; redirect \"c@x\"; redirect \"d@x\"; redirect \"e@x\";",
			"redirect a@x; redirect b@x; redirect c@x; redirect d@x; redirect e@x"},
		{"redirect \"a@x\"; redirect \"b@x\"; redirect \"c@x\"; redirect \"d@x\"; redirect \"e@x\"; "
		 "redirect \"f@x\";",
			"error limit 1: The script sends the message on more than 5 times."},
	};

	sieve_check_rows(rows, G_N_ELEMENTS(rows), NULL);
}

/* RFC 5232; the internal variable begins with what the message has (RFC 6785, 4.1). */
static void
test_flags(void)
{
	static const char *const has[] = {"\\Answered", "$Work", "\\Recent", NULL};
	static const SieveScriptRow rows[] = {
		{"", "keep"},
		{"addflag \"\\\\seen\";", "flags [\\Answered $Work \\Seen]; keep [\\Answered $Work \\Seen]"},
		{"addflag \"\\\\answered\";", "keep"},
		{"addflag \"x\"; removeflag \"X\";", "keep"},
		{"setflag \"\";", "flags []; keep []"},
		{"removeflag [\"$work\", \"none\"];", "flags [\\Answered]; keep [\\Answered]"},
		{"setflag [\"a b\", \"B\", \"c\"];", "flags [a b c]; keep [a b c]"},
		{"addflag [\"\\\\Bogus\", \"a(b\", \"a]\", \"ä\", \"\\\\Recent\"];", "keep"},
		{"setflag \"a\"; fileinto \"F\"; setflag \"b\"; fileinto \"G\";",
			"fileinto F [a]; fileinto G [b]"},
		{"fileinto :flags \"\\\\Flagged x\" \"F\"; keep;", "fileinto F [\\Flagged x]; keep"},
		{"keep :flags \"y\"; addflag \"z\";", "keep [y]"},
		{"addflag \"z\"; keep;", "keep [\\Answered $Work z]"},
		{"addflag \"v\" \"a\"; addflag \"v\" [\"b\", \"A\"]; keep :flags \"${v}\";", "keep [a b]"},
		{"setflag \"v\" \"a b\"; removeflag \"v\" \"b\"; keep :flags \"${v} c\";", "keep [a c]"},
		{"addflag \"z\"; discard;", "discard"},
	};
	static const SieveTestRow tests[] = {
		{"hasflag \"\\\\answered\"", TRUE},
		{"hasflag \"\\\\Recent\"", FALSE},
		{"hasflag [\"x\", \"$work\"]", TRUE},
		{"hasflag :contains \"ork\"", TRUE},
		{"hasflag :matches \"$*\"", TRUE},
		{"hasflag :count \"eq\" \"2\"", TRUE},
		{"hasflag \"v\" \"x\"", FALSE},
	};
	static const SieveScriptRow bad[] = {
		{"require \"imap4flags\"; addflag \"v\" \"x\";",
			"1:31: A variable of flags needs: require \"variables\";"},
		{"require [\"imap4flags\", \"variables\"]; addflag \"a b\" \"x\";",
			"1:46: \"a b\" is no name of a variable."},
	};
	SieveCase how = {.flags = has};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *script = g_strdup_printf(
			"require [\"imap4flags\", \"fileinto\", \"variables\"]; %s", rows[i].script);
		SieveScriptRow row = {script, rows[i].outcome};
		sieve_check_rows(&row, 1, &how);
	}
	sieve_check_tests("\"imap4flags\", \"variables\", \"relational\"", tests, G_N_ELEMENTS(tests), &how);
	sieve_check_complaints(bad, G_N_ELEMENTS(bad), NULL);
}

/* ---- rules ----------------------------------------------------------------------------------- */

static char *
rules_of(const char *text)
{
	g_autoptr(SieveScript) script = sieve_compile(text, -1, NULL, NULL);
	const GPtrArray *rules = sieve_script_rules(script);
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < rules->len; i++) {
		const SieveRule *rule = g_ptr_array_index(rules, i);
		g_string_append_printf(
			out, "%s%s%s@%u", i > 0 ? ", " : "", rule->name, rule->named ? "!" : "", rule->line);
	}
	return g_string_free(out, FALSE);
}

static void
test_rules_are_named_by_their_comments(void)
{
	g_autofree char *rules = rules_of("require \"fileinto\";\n"
					  "# rule:[Books and [more]]\n"
					  "if true { keep; }\n"
					  "elsif false { stop; }\n"
					  "# a comment\n"
					  "keep; keep;\n"
					  "if false { keep; } else { stop; }\n"
					  "#rule:[Off]\n"
					  "if false # true\n"
					  "{ stop; }\n"
					  "# rule:[]\n"
					  "if true { # rule:[not one]\n keep; }\n"
					  "keep;\n# rule:[Last]\nkeep; stop;\n");

	g_assert_cmpstr(rules, ==,
		"Books and [more]!@3, line 6@6, line 7@7, Off!@9, line 12@12, line 14@14, Last!@16");
}

static void
test_actions_know_their_rule_and_line(void)
{
	static const char text[] = "require [\"fileinto\", \"imap4flags\"];\n"
				   "if true {\n  fileinto \"A\";\n}\n"
				   "addflag \"x\";\nkeep;\n";
	g_autoptr(SieveScript) script = sieve_compile(text, -1, NULL, NULL);
	g_autoptr(GBytes) octets = g_bytes_new_static("A: b\n\n", 6);
	SieveOctets from = {.octets = octets};
	SieveHost *host = sieve_host_from_octets(&from);
	g_auto(SieveResult) result = {NULL};
	const SieveAction *first, *second;

	g_assert_true(sieve_run(script, host, NULL, &result));
	g_assert_cmpuint(result.actions->len, ==, 2);
	first = g_ptr_array_index(result.actions, 0);
	second = g_ptr_array_index(result.actions, 1);
	g_assert_cmpuint(first->rule, ==, 0);
	g_assert_cmpuint(first->line, ==, 3);
	g_assert_cmpuint(second->rule, ==, 1);
	g_assert_cmpuint(second->line, ==, 6);
	sieve_host_free(host);
}

static void
test_the_implicit_keep_is_of_no_rule(void)
{
	g_autoptr(SieveScript) script = sieve_compile("if true { }", -1, NULL, NULL);
	g_autoptr(GBytes) octets = g_bytes_new_static("A: b\n\n", 6);
	SieveOctets from = {.octets = octets};
	SieveHost *host = sieve_host_from_octets(&from);
	g_auto(SieveResult) result = {NULL};

	g_assert_true(sieve_run(script, host, NULL, &result));
	g_assert_cmpuint(((SieveAction *)g_ptr_array_index(result.actions, 0))->rule, ==, G_MAXUINT);
	sieve_host_free(host);
}

/* "rule, ! acted, - too late @ line of the branch". */
static void
test_which_rules_held(void)
{
	static const struct {
		const char *script, *plain, *behind;
	} rows[] = {
		{"if true { keep; }\nif false { keep; }\nif true { }", "0!@1 2@3", "0!@1 2@3"},
		{"if false { }\nelsif true { discard; }", "0!@2", "0!@2"},
		{"if false { }\nelse { stop; }", "0@2", "0@2"},
		{"if true { stop; }\nif true { discard; }\nif false { }\nif true { }", "0@1",
			"0@1 1-@2 3-@4"},
		{"keep; discard;", "0!@1", "0!@1"},
		{"stop;\nif header \"subject\" \"hello\" { }\nkeep;", "0@1", "0@1 1-@2 2-@3"},
		{"require \"variables\";\nif true { stop; }\nset \"x\" \"1\";\nif string \"${x}\" \"1\" { }",
			"0@2", "0@2 1-@3 2-@4"},
		{"require \"imap4flags\";\nif true { addflag \"x\"; }\nif true { addflag \"x\"; }\nif true { "
		 "stop; }\n"
		 "addflag \"y\";\nif hasflag \"y\" { }",
			"0!@2 1@3 2@4", "0!@2 1@3 2@4 3-@5"},
		{"require \"include\";\nif true { return; }\nif true { }", "0@2", "0@2 1-@3"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		SieveCase behind = {.look_behind = TRUE};
		g_autofree char *plain = sieve_matched(rows[i].script, NULL);
		g_autofree char *looked = sieve_matched(rows[i].script, &behind);
		g_assert_cmpstr(plain, ==, rows[i].plain);
		g_assert_cmpstr(looked, ==, rows[i].behind);
	}
}

/* Looking at rules behind a stop does nothing: no action, no flag, no program, no note of a duplicate, no
 * failure. */
static void
test_looking_behind_changes_nothing(void)
{
	static const char *const programs[] = {"true", NULL};
	static const SieveScriptRow rows[] = {
		{"require [\"fileinto\", \"imap4flags\", \"duplicate\", \"vnd.dovecot.execute\", "
		 "\"vacation\", "
		 "\"regex\", \"variables\"];\n"
		 "if true { fileinto \"A\"; stop; }\naddflag \"x\"; discard;\n"
		 "if duplicate { }\nif execute \"true\" { redirect \"a@b\"; }\nif true { vacation \"x\"; }\n"
		 "set \"x\" \"(\"; if header :regex \"subject\" \"${x}\" { }\nvacation \"y\";",
			"fileinto A"},
	};
	SieveCase how = {.look_behind = TRUE, .programs = programs};
	g_autofree char *held = sieve_matched(rows[0].script, &how);

	sieve_check_rows(rows, G_N_ELEMENTS(rows), &how);
	g_assert_cmpstr(held, ==, "0!@2 1-@3 4-@6 5-@7 7-@8");
}

static void
test_the_trace(void)
{
	g_autofree char *trace = sieve_traced("if anyof (header :contains \"subject\" [\"x\", \"ell\"],\n"
					      "          true) {\n  keep;\n}\n"
					      "if size :over 1M { stop; }\n",
		NULL);

	g_assert_cmpstr(trace, ==,
		"1: header :contains \"subject\" [\"x\", \"ell\"]: yes\n"
		"1: anyof: yes\n"
		"3: keep\n"
		"5: size :over 1048576: no");
}

/* How many of 200 runs, each over a message of its own, end in the folder of its subject. */
static gpointer
sieve_run_often(gpointer script)
{
	guint good = 0;

	for (guint i = 0; i < 200; i++) {
		g_autofree char *message = g_strdup_printf("Subject: s%u-%p\n\n", i, (void *)&good);
		g_autofree char *wanted = g_strdup_printf("s%u-%p", i, (void *)&good);
		g_autoptr(GBytes) octets = g_bytes_new(message, strlen(message));
		SieveOctets from = {.octets = octets};
		SieveHost *host = sieve_host_from_octets(&from);
		g_auto(SieveResult) result = {NULL};
		sieve_run(script, host, NULL, &result);
		good += strcmp(((SieveAction *)g_ptr_array_index(result.actions, 0))->folder, wanted) == 0;
		sieve_host_free(host);
	}
	return GUINT_TO_POINTER(good);
}

static void
test_a_script_serves_many_threads(void)
{
	g_autoptr(SieveScript) script = sieve_compile("require [\"variables\", \"fileinto\"];"
						      "if header :matches \"subject\" \"*\" { set \"x\" "
						      "\"${1}\"; }"
						      "fileinto \"${x}\";",
		-1, NULL, NULL);
	GThread *threads[4];

	for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("run", sieve_run_often, script);
	for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
		g_assert_cmpuint(GPOINTER_TO_UINT(g_thread_join(threads[i])), ==, 200);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/actions/base", test_actions);
	g_test_add_func("/actions/fileinto", test_fileinto);
	g_test_add_func("/actions/a folder that cannot be is an error at run time too",
		test_a_folder_that_cannot_be_is_an_error_at_run_time_too);
	g_test_add_func("/actions/at most five redirects", test_at_most_five_redirects);
	g_test_add_func("/actions/flags", test_flags);
	g_test_add_func("/rules/named by their comments", test_rules_are_named_by_their_comments);
	g_test_add_func("/rules/actions know theirs, and the line", test_actions_know_their_rule_and_line);
	g_test_add_func("/rules/the implicit keep is of none", test_the_implicit_keep_is_of_no_rule);
	g_test_add_func("/rules/which held", test_which_rules_held);
	g_test_add_func("/rules/looking behind a stop changes nothing", test_looking_behind_changes_nothing);
	g_test_add_func("/run/the trace", test_the_trace);
	g_test_add_func("/run/a script serves many threads", test_a_script_serves_many_threads);
	return g_test_run();
}
