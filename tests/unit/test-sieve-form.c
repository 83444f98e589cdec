/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sieve/form.h"

#include <string.h>

#include "util/fault.h"

static FormRule *
rule_at(const FormScript *script, guint i)
{
	g_assert_cmpuint(i, <, script->rules->len);
	return g_ptr_array_index(script->rules, i);
}

static FormScript *
script_of(FormRule *rule)
{
	FormScript *script = form_parse("", -1);

	g_ptr_array_add(script->rules, rule);
	return script;
}

static const char webmail[] =
	"require [\"fileinto\",\"imap4flags\"];\n"
	"# rule:[Lists]\n"
	"if anyof (header :contains \"list-id\" \"dev.example\", address :all :is \"from\" "
	"\"bob@example.org\")\n"
	"{\n"
	"\taddflag \"\\\\Seen\";\n"
	"\tfileinto \"Lists/dev\";\n"
	"\tstop;\n"
	"}\n"
	"# rule:[Old]\n"
	"if false # allof (header :contains \"subject\" \"x\", not size :over 2M)\n"
	"{\n"
	"\tdiscard;\n"
	"}\n";

static void
test_webmail_rules_become_conditions(void)
{
	g_autoptr(FormScript) script = form_parse(webmail, -1);
	const FormRule *lists = rule_at(script, 0), *old = rule_at(script, 1);
	g_autofree char *if_words = form_conditions_words(lists), *then_words = form_actions_words(lists);
	g_autofree char *old_words = form_conditions_words(old);

	g_assert_cmpuint(script->rules->len, ==, 2);
	g_assert_cmpstr(lists->name, ==, "Lists");
	g_assert_true(lists->enabled && !lists->hand_written);
	g_assert_cmpuint(lists->line, ==, 2);
	g_assert_cmpint(lists->join, ==, FORM_ANY);
	g_assert_cmpstr(if_words, ==, "list contains dev.example  or  from is bob@example.org");
	g_assert_cmpstr(then_words, ==, "move to Lists/dev, mark read, stop");
	g_assert_true(!old->enabled && !old->hand_written);
	g_assert_cmpstr(old_words, ==, "subject contains x  and  size is not over 2M");
}

static void
test_untouched_text_stays(void)
{
	static const char *const texts[] = {
		webmail,
		"",
		"keep;",
		"\r\n\r\n# nothing\r\n",
		"require \"fileinto\";\r\n# rule:[a]\r\nif true { fileinto \"x\"; }",
		"# rule:[broken]\nif header \"x",
		"require [\"vacation\", \"regex\"];\n# rule:[away]\nvacation \"gone\";\n# rule:[b]\nif "
		"true\n{\n\tkeep;\n}\n",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(FormScript) script = form_parse(texts[i], -1);
		g_autofree char *text = form_write(script);

		g_assert_cmpstr(text, ==, texts[i]);
	}
}

static void
test_hand_written_survives_its_neighbours(void)
{
	static const char hand[] = "# rule:[Away]  \n\n  vacation :days 7\n\t\"gone\"; # till Monday\n\n";
	g_autofree char *text = g_strconcat(
		"require [\"vacation\"]; # for Away\n", hand, "# rule:[b]\nif true\n{\n\tkeep;\n}\n", NULL);
	g_autoptr(FormScript) script = form_parse(text, -1);
	g_autofree char *written = NULL;
	FormRule *other = rule_at(script, 1);

	g_assert_true(rule_at(script, 0)->hand_written);
	g_ptr_array_add(other->actions, form_action_new(FORM_MOVE, "New"));
	form_rule_touch(other);
	/* The other way round, too. */
	g_ptr_array_insert(script->rules, 0, g_ptr_array_steal_index(script->rules, 1));
	written = form_write(script);
	g_assert_nonnull(strstr(written, hand));
	g_assert_true(g_str_has_prefix(written, "require [\"fileinto\", \"vacation\"]; # for Away\n"));
	g_assert_cmpint(strstr(written, "rule:[b]") - written, <, strstr(written, "rule:[Away]") - written);
}

static void
test_comment_inside_is_no_rule(void)
{
	g_autoptr(FormScript) script =
		form_parse("# rule:[one]\n"
			   "if header :is \"subject\" \"a\n# rule:[two]\n\" { keep; }\n"
			   "/*\n# rule:[three]\n*/\n"
			   "if true {\n# rule:[four]\nkeep;\n}\n"
			   "fileinto text:\n# rule:[five]\n.\n;\n",
			-1);

	g_assert_cmpuint(script->rules->len, ==, 1);
	g_assert_true(rule_at(script, 0)->hand_written);
}

static void
test_code_without_a_name_is_a_rule(void)
{
	g_autoptr(FormScript) script =
		form_parse("# mine\nrequire \"fileinto\";\n\nif size :over 1M { fileinto \"Big\"; stop; }\n# "
			   "rule:[b]\nif true\n{\n\tkeep;\n}\n",
			-1);
	g_autofree char *text = NULL;

	g_assert_cmpuint(script->rules->len, ==, 2);
	g_assert_cmpuint(rule_at(script, 0)->line, ==, 3);
	g_assert_false(rule_at(script, 0)->hand_written);
	/* Moved behind a named one it needs a name, or it would belong to that one. */
	g_ptr_array_add(script->rules, g_ptr_array_steal_index(script->rules, 0));
	text = form_write(script);
	form_script_free(g_steal_pointer(&script));
	script = form_parse(text, -1);
	g_assert_cmpuint(script->rules->len, ==, 2);
	g_assert_cmpstr(rule_at(script, 0)->name, ==, "b");
	g_assert_cmpuint(rule_at(script, 1)->actions->len, ==, 2);
}

/* Each kind of condition and action, as it is written. */
static const struct {
	FormCondition condition;
	const char *text, *words;
} conditions[] = {
	{{FORM_FROM, FORM_CONTAINS, FALSE, NULL, "bob"}, "address :all :contains \"from\" \"bob\"",
		"from contains bob"},
	{{FORM_FROM, FORM_DOMAIN, FALSE, NULL, "b.example"},
		"address :domain :matches \"from\" [\"b.example\", \"*.b.example\"]", "from is at b.example"},
	{{FORM_TO, FORM_IS, TRUE, NULL, "me@x.example"},
		"not address :all :is [\"to\", \"cc\"] \"me@x.example\"", "to or cc is not me@x.example"},
	{{FORM_LIST, FORM_IS, FALSE, NULL, "dev.*.example"},
		"header :matches \"list-id\" [\"dev.\\\\*.example\", \"*<dev.\\\\*.example>*\"]",
		"list is dev.*.example"},
	{{FORM_LIST, FORM_EXISTS, FALSE, NULL, NULL}, "exists \"list-id\"", "list is there"},
	{{FORM_SUBJECT, FORM_MATCHES, FALSE, NULL, "a \"b\" \\* *"},
		"header :matches \"subject\" \"a \\\"b\\\" \\\\* *\"", "subject looks like a \"b\" \\* *"},
	{{FORM_SIZE, FORM_OVER, FALSE, NULL, "500K"}, "size :over 500K", "size is over 500K"},
	{{FORM_AGE, FORM_OVER, FALSE, NULL, "30"},
		"environment :value \"ge\" :comparator \"i;ascii-numeric\" \"vnd.posthorn.age\" \"30\"",
		"30 days old or older"},
	{{FORM_HEADER, FORM_REGEX, FALSE, "X-Mailer", "^foo"}, "header :regex \"X-Mailer\" \"^foo\"",
		"X-Mailer fits the expression ^foo"},
	{{FORM_HEADER, FORM_EXISTS, TRUE, "X-A", NULL}, "not exists \"X-A\"", "X-A is not there"},
	{{FORM_BODY, FORM_CONTAINS, FALSE, NULL, "Grüße"}, "body :text :contains \"Grüße\"",
		"text contains Grüße"},
	{{FORM_SPAM, FORM_OVER, FALSE, NULL, "7"},
		"spamtest :value \"ge\" :comparator \"i;ascii-numeric\" \"7\"", "spam score at least 7"},
	{{FORM_KNOWN, FORM_EXISTS, TRUE, NULL, NULL}, "not address :list \"from\" \":addrbook:default\"",
		"sender is nobody you wrote to"},
};

static void
test_conditions_come_back(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(conditions); i++) {
		g_autofree char *text = form_condition_text(&conditions[i].condition);
		g_autofree char *words = form_condition_words(&conditions[i].condition);
		g_autofree char *whole = g_strdup_printf("# rule:[x]\nif %s {\n\tkeep;\n}\n", text);
		g_autoptr(FormScript) script = form_parse(whole, -1);
		const FormCondition *found;

		g_assert_cmpstr(text, ==, conditions[i].text);
		g_assert_cmpstr(words, ==, conditions[i].words);
		g_assert_cmpuint(rule_at(script, 0)->conditions->len, ==, 1);
		found = g_ptr_array_index(rule_at(script, 0)->conditions, 0);
		g_assert_cmpint(found->subject, ==, conditions[i].condition.subject);
		g_assert_cmpint(found->verb, ==, conditions[i].condition.verb);
		g_assert_cmpint(found->negated, ==, conditions[i].condition.negated);
		g_assert_cmpstr(found->field, ==, conditions[i].condition.field);
		g_assert_cmpstr(found->value, ==, conditions[i].condition.value);
	}
}

static void
test_priority_comes_back(void)
{
	static const char *const values[] = {"high", "normal", "low"};

	for (gsize i = 0; i < 2 * G_N_ELEMENTS(values); i++) {
		FormRule *rule = form_rule_new("p");
		FormCondition *condition = form_condition_new(FORM_PRIORITY, FORM_IS, values[i / 2]);
		g_autoptr(FormScript) script = script_of(rule), again = NULL;
		g_autofree char *text = NULL;
		const FormCondition *found;

		condition->negated = i % 2;
		g_ptr_array_add(rule->conditions, condition);
		g_ptr_array_add(rule->actions, form_action_new(FORM_MOVE, "Urgent"));
		rule->enabled = i < 3;
		text = form_write(script);
		g_assert_null(strstr(text, "regex"));
		again = form_parse(text, -1);
		g_assert_cmpuint(rule_at(again, 0)->conditions->len, ==, 1);
		found = g_ptr_array_index(rule_at(again, 0)->conditions, 0);
		g_assert_cmpint(found->subject, ==, FORM_PRIORITY);
		g_assert_cmpint(found->negated, ==, condition->negated);
		g_assert_cmpstr(found->value, ==, values[i / 2]);
	}
}

static void
test_lists_are_alternatives(void)
{
	g_autoptr(FormScript) any = form_parse(
		"# rule:[a]\nif header :contains [\"subject\", \"x-a\"] [\"1\", \"2\"] { keep; }", -1);
	g_autoptr(FormScript) none =
		form_parse("# rule:[a]\nif not header :contains \"subject\" [\"1\", \"2\"] { keep; }", -1);
	g_autoptr(FormScript) mixed = form_parse(
		"# rule:[a]\nif allof (size :over 1K, header :contains \"subject\" [\"1\", \"2\"]) { keep; }",
		-1);

	g_assert_cmpint(rule_at(any, 0)->join, ==, FORM_ANY);
	g_assert_cmpuint(rule_at(any, 0)->conditions->len, ==, 4);
	g_assert_cmpint(rule_at(none, 0)->join, ==, FORM_ALL);
	g_assert_cmpuint(rule_at(none, 0)->conditions->len, ==, 2);
	g_assert_true(rule_at(mixed, 0)->hand_written);
}

static void
test_what_a_form_cannot_say_is_hand_written(void)
{
	static const char *const rules[] = {
		"if header :is :comparator \"i;octet\" \"subject\" \"x\" { keep; }",
		"if true { fileinto \"a\"; addflag \"\\\\Seen\"; }", /* the flag does not go with it */
		"if true { stop; keep; }",
		"if true { redirect \"a@b.example\"; }", /* nothing stays here */
		"if true { keep; } else { discard; }",
		"if true { keep; } # why",
		"if true { setflag \"x\"; }",
		"if exists [\"a\", \"b\"] { keep; }",
		"if envelope \"from\" \"a\" { keep; }",
		"if header :contains \"subject\" \"\" { keep; }",
		"if header :contains \"subject\" \"a\nb\" { keep; }",
		"if true { }",
		"if allof (true, size :over 1K) { keep; }",
		"if size :over 9999999G { keep; }",
		"if environment \"name\" \"Dovecot\" { keep; }",
		"if true { notify \"mailto:a@b.example\"; }",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
		g_autofree char *text = g_strconcat("# rule:[x]\n", rules[i], NULL);
		g_autoptr(FormScript) script = form_parse(text, -1);

		g_assert_true(rule_at(script, 0)->hand_written);
		g_assert_true(rule_at(script, 0)->enabled);
	}
}

static void
test_switching_hand_written(void)
{
	static const char text[] = "# rule:[x]\nif envelope \"from\" \"a\" {\n\n\tkeep; # so\n}\n";
	g_autoptr(FormScript) script = form_parse(text, -1), again = NULL, last = NULL;
	g_autofree char *off = NULL, *on = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(form_rule_enable(rule_at(script, 0), FALSE, &error));
	off = form_write(script);
	g_assert_cmpstr(
		off, ==, "# rule:[x]\n#off: if envelope \"from\" \"a\" {\n\n#off: \tkeep; # so\n#off: }\n");
	again = form_parse(off, -1);
	g_assert_false(rule_at(again, 0)->enabled);
	g_assert_true(form_rule_enable(rule_at(again, 0), TRUE, &error));
	on = form_write(again);
	g_assert_cmpstr(on, ==, text);
	/* As webmail does it. */
	last = form_parse("# rule:[x]\nif false # envelope \"from\" \"a\"\n{\n\tkeep;\n}\n", -1);
	g_assert_true(rule_at(last, 0)->hand_written);
	g_assert_false(rule_at(last, 0)->enabled);
	g_assert_true(form_rule_enable(rule_at(last, 0), TRUE, &error));
	g_assert_cmpstr(
		rule_at(last, 0)->text, ==, "# rule:[x]\nif envelope \"from\" \"a\"\n{\n\tkeep;\n}\n");
}

static void
test_odd_line_ends_are_not_commented_out(void)
{
	g_autoptr(FormScript) script =
		form_parse("# rule:[x]\nif envelope \"from\" \"a\" { #\rdiscard;\n }\n", -1);
	g_autoptr(GError) error = NULL;

	g_assert_false(form_rule_enable(rule_at(script, 0), FALSE, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_REFUSED);
	g_assert_true(rule_at(script, 0)->enabled);
}

static void
test_require_follows(void)
{
	g_autoptr(FormScript) script = form_parse(webmail, -1), commented = NULL;
	g_autofree char *one = NULL, *two = NULL, *three = NULL;
	FormRule *rule = form_rule_copy(rule_at(script, 0));
	g_autoptr(FormRule) kept = NULL;

	g_ptr_array_add(rule->conditions, form_condition_new(FORM_BODY, FORM_CONTAINS, "x"));
	form_rule_touch(rule);
	kept = form_rule_copy(rule);
	g_ptr_array_add(script->rules, rule);
	one = form_write(script);
	g_assert_true(g_str_has_prefix(one, "require [\"body\", \"fileinto\", \"imap4flags\"];\n"));
	g_ptr_array_remove_index(script->rules, 2);
	g_ptr_array_remove_index(script->rules, 0);
	two = form_write(script);
	g_assert_null(strstr(two, "require"));
	/* A comment inside is hand-written: it stays. */
	commented = form_parse("require [ # mine\n\"vacation\"];\n# rule:[v]\nvacation \"x\";\n", -1);
	g_ptr_array_add(commented->rules, form_rule_copy(kept));
	three = form_write(commented);
	g_assert_true(g_str_has_prefix(three, "require [ # mine\n\"vacation\"];\nrequire [\"body\""));
}

static void
test_line_ends_are_kept(void)
{
	g_autoptr(FormScript) script =
		form_parse("require \"fileinto\";\r\n# rule:[a]\r\nif true\r\n{\r\n\tkeep;\r\n}", -1);
	FormRule *rule = form_rule_new("b");
	g_autofree char *text = NULL;

	rule->join = FORM_ALWAYS;
	g_ptr_array_add(rule->actions, form_action_new(FORM_STOP, NULL));
	g_ptr_array_add(script->rules, rule);
	text = form_write(script);
	for (const char *p = text; (p = strchr(p, '\n')); p++)
		g_assert_true(p > text && p[-1] == '\r');
}

static void
test_bad_rules_are_refused(void)
{
	static const struct {
		FormCondition condition;
		FormAction action;
	} rows[] = {
		{{FORM_SUBJECT, FORM_CONTAINS, FALSE, NULL, ""}, {FORM_KEEP, NULL, FALSE}},
		{{FORM_SUBJECT, FORM_CONTAINS, FALSE, NULL, "a\nb"}, {FORM_KEEP, NULL, FALSE}},
		{{FORM_SUBJECT, FORM_DOMAIN, FALSE, NULL, "a"}, {FORM_KEEP, NULL, FALSE}},
		{{FORM_SIZE, FORM_OVER, FALSE, NULL, "big"}, {FORM_KEEP, NULL, FALSE}},
		{{FORM_SIZE, FORM_OVER, FALSE, NULL, "3G"}, {FORM_KEEP, NULL, FALSE}},
		{{FORM_SPAM, FORM_OVER, FALSE, NULL, "11"}, {FORM_KEEP, NULL, FALSE}},
		{{FORM_AGE, FORM_OVER, FALSE, NULL, "-1"}, {FORM_KEEP, NULL, FALSE}},
		{{FORM_PRIORITY, FORM_IS, FALSE, NULL, "urgent"}, {FORM_KEEP, NULL, FALSE}},
		{{FORM_HEADER, FORM_IS, FALSE, "X: y", "a"}, {FORM_KEEP, NULL, FALSE}},
		{{FORM_SUBJECT, FORM_IS, FALSE, NULL, "a"}, {FORM_MOVE, NULL, FALSE}},
		{{FORM_SUBJECT, FORM_IS, FALSE, NULL, "a"}, {FORM_LABEL, "two words", FALSE}},
		{{FORM_SUBJECT, FORM_IS, FALSE, NULL, "a"}, {FORM_FORWARD, "nobody", FALSE}},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(FormRule) rule = form_rule_new("x");
		g_autoptr(GError) error = NULL;

		g_ptr_array_add(rule->conditions, form_condition_copy(&rows[i].condition));
		g_ptr_array_add(rule->actions, form_action_copy(&rows[i].action));
		g_assert_false(form_rule_check(rule, &error));
		g_assert_error(error, POSTHORN_FAULT, FAULT_INPUT);
	}
}

static void
test_hostile_text_becomes_words_safely(void)
{
	g_autoptr(FormScript) script =
		form_parse("# rule:[\033[31mred]\nif header :is \"subject\" \"\xe2\x80\xae%s%n\" { keep; "
			   "}\n# rule:[\xff]\n\xff\n# rule:[]\nkeep;",
			-1);

	g_assert_cmpuint(script->rules->len, ==, 3);
	for (guint i = 0; i < script->rules->len; i++) {
		g_autofree char *words = form_conditions_words(rule_at(script, i));

		g_assert_true(g_utf8_validate(words, -1, NULL));
		g_assert_null(strstr(words, "\xe2\x80\xae"));
	}
}

static void
test_deep_nesting_is_linear(void)
{
	g_autofree char *open = g_strnfill(400000, '{');
	g_autofree char *text = g_strconcat("# rule:[x]\nif true ", open, NULL);
	g_autoptr(FormScript) script = form_parse(text, -1);

	g_assert_true(rule_at(script, 0)->hand_written);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sieve/form/webmail-rules-become-conditions", test_webmail_rules_become_conditions);
	g_test_add_func("/sieve/form/untouched-text-stays", test_untouched_text_stays);
	g_test_add_func("/sieve/form/hand-written-survives-its-neighbours",
		test_hand_written_survives_its_neighbours);
	g_test_add_func("/sieve/form/comment-inside-is-no-rule", test_comment_inside_is_no_rule);
	g_test_add_func("/sieve/form/code-without-a-name-is-a-rule", test_code_without_a_name_is_a_rule);
	g_test_add_func("/sieve/form/conditions-come-back", test_conditions_come_back);
	g_test_add_func("/sieve/form/priority-comes-back", test_priority_comes_back);
	g_test_add_func("/sieve/form/lists-are-alternatives", test_lists_are_alternatives);
	g_test_add_func("/sieve/form/what-a-form-cannot-say-is-hand-written",
		test_what_a_form_cannot_say_is_hand_written);
	g_test_add_func("/sieve/form/switching-hand-written", test_switching_hand_written);
	g_test_add_func(
		"/sieve/form/odd-line-ends-are-not-commented-out", test_odd_line_ends_are_not_commented_out);
	g_test_add_func("/sieve/form/require-follows", test_require_follows);
	g_test_add_func("/sieve/form/line-ends-are-kept", test_line_ends_are_kept);
	g_test_add_func("/sieve/form/bad-rules-are-refused", test_bad_rules_are_refused);
	g_test_add_func(
		"/sieve/form/hostile-text-becomes-words-safely", test_hostile_text_becomes_words_safely);
	g_test_add_func("/sieve/form/deep-nesting-is-linear", test_deep_nesting_is_linear);
	return g_test_run();
}
