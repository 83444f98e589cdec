/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a form writes, run: it does what its words say. */
#include "config.h"

#include <string.h>

#include "mime/header.h"
#include "sieve-script.h"
#include "sieve/form.h"

/* A script with one rule of one condition that moves to Yes. The caller's. */
static char *
script_of(FormCondition *condition)
{
	g_autoptr(FormScript) script = form_parse("", -1);
	FormRule *rule = form_rule_new("x");

	g_ptr_array_add(rule->conditions, condition);
	g_ptr_array_add(rule->actions, form_action_new(FORM_READ, NULL));
	g_ptr_array_add(rule->actions, form_action_new(FORM_MOVE, "Yes"));
	g_ptr_array_add(script->rules, rule);
	return form_write(script);
}

static gboolean
holds(FormCondition *condition, const char *message, gint64 now)
{
	g_autofree char *text = script_of(condition);
	SieveCase how = {.message = message, .now = now};
	g_autofree char *outcome = sieve_outcome(text, &how);

	g_assert_true(strcmp(outcome, "keep") == 0 || strcmp(outcome, "fileinto Yes [\\Seen]") == 0);
	return outcome[0] == 'f';
}

/* Every pair of fields with every word: the first that says something decides, as for the index. */
static void
test_priority_is_that_of_the_index(void)
{
	static const char *const fields[] = {"X-Priority", "Importance", "Priority", "X-MSMail-Priority"};
	static const char *const words[] = {"1 (Highest)", "2", "3", "4(Low)", " 5 ", "10", "High", "highest",
		"normal", "LOW", "lowest", "urgent", "urgently", "non-urgent", ""};
	static const char *const values[] = {"high", "normal", "low"};

	for (gsize a = 0; a < G_N_ELEMENTS(fields); a++)
		for (gsize b = a + 1; b <= G_N_ELEMENTS(fields); b++)
			for (gsize n = 0; n < G_N_ELEMENTS(words) * G_N_ELEMENTS(words); n++) {
				const char *said[5] = {NULL}, *one = words[n % G_N_ELEMENTS(words)],
					   *other = words[n / G_N_ELEMENTS(words)];
				g_autofree char *message = NULL;
				MimePriority priority;

				if (b == G_N_ELEMENTS(fields) && n >= G_N_ELEMENTS(words))
					break;
				said[a] = one;
				said[b] = b < G_N_ELEMENTS(fields) ? other : NULL;
				message = g_strdup_printf("%s: %s\n%s: %s\nSubject: x\n\nx\n", fields[a], one,
					b < G_N_ELEMENTS(fields) ? fields[b] : "X-Other", other);
				priority = mime_priority(said[0], said[1], said[2], said[3]);
				for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
					FormCondition *condition =
						form_condition_new(FORM_PRIORITY, FORM_IS, values[i]);
					FormCondition *opposite = form_condition_copy(condition);
					gboolean is = strcmp(values[i], mime_priority_name(priority)) == 0;

					opposite->negated = TRUE;
					g_assert_cmpint(holds(condition, message, 0), ==, is);
					g_assert_cmpint(holds(opposite, message, 0), ==, !is);
				}
			}
}

static const char mail[] = "From: Bob <bob@news.b.example>\n"
			   "To: me@x.example\n"
			   "Subject: Invoice [7] *now*\n"
			   "List-Id: \"A list\" <dev.Lists.example>\n"
			   "Date: Sun, 01 Nov 2026 12:00:00 +0000\n"
			   "X-Spam-Status: Yes, score=9.0 required=5.0\n"
			   "X-Odd: a \"b\" \\c\n"
			   "\n"
			   "The sum is 12.\n";

/* 2026-11-11 13:00 UTC: ten days later. */
#define TEN_DAYS_LATER 1794402000

static void
test_conditions_hold(void)
{
	static const struct {
		FormCondition condition;
		gboolean holds;
	} rows[] = {
		{{FORM_FROM, FORM_DOMAIN, FALSE, NULL, "b.example"}, TRUE},
		{{FORM_FROM, FORM_DOMAIN, FALSE, NULL, "news.b.example"}, TRUE},
		{{FORM_FROM, FORM_DOMAIN, FALSE, NULL, "s.b.example"}, FALSE},
		{{FORM_FROM, FORM_IS, FALSE, NULL, "BOB@news.b.example"}, TRUE},
		{{FORM_TO, FORM_CONTAINS, FALSE, NULL, "me@"}, TRUE},
		{{FORM_LIST, FORM_IS, FALSE, NULL, "dev.lists.example"}, TRUE},
		{{FORM_LIST, FORM_IS, FALSE, NULL, "lists.example"}, FALSE},
		{{FORM_LIST, FORM_IS, FALSE, NULL, "d*"}, FALSE},
		{{FORM_LIST, FORM_EXISTS, FALSE, NULL, NULL}, TRUE},
		{{FORM_SUBJECT, FORM_CONTAINS, FALSE, NULL, "*NOW*"}, TRUE},
		{{FORM_SUBJECT, FORM_CONTAINS, TRUE, NULL, "invoice"}, FALSE},
		{{FORM_SUBJECT, FORM_MATCHES, FALSE, NULL, "invoice*"}, TRUE},
		{{FORM_SUBJECT, FORM_REGEX, FALSE, NULL, "\\[[0-9]\\]"}, TRUE},
		{{FORM_HEADER, FORM_IS, FALSE, "X-Odd", "a \"b\" \\c"}, TRUE},
		{{FORM_HEADER, FORM_EXISTS, FALSE, "X-None", NULL}, FALSE},
		{{FORM_BODY, FORM_CONTAINS, FALSE, NULL, "sum is"}, TRUE},
		{{FORM_SIZE, FORM_OVER, FALSE, NULL, "1K"}, FALSE},
		{{FORM_SIZE, FORM_UNDER, FALSE, NULL, "1K"}, TRUE},
		{{FORM_AGE, FORM_OVER, FALSE, NULL, "10"}, TRUE},
		{{FORM_AGE, FORM_OVER, FALSE, NULL, "11"}, FALSE},
		{{FORM_AGE, FORM_UNDER, FALSE, NULL, "11"}, TRUE},
		{{FORM_AGE, FORM_UNDER, TRUE, NULL, "11"}, FALSE},
		{{FORM_SPAM, FORM_OVER, FALSE, NULL, "5"}, TRUE},
		{{FORM_KNOWN, FORM_EXISTS, FALSE, NULL, NULL}, FALSE},
		{{FORM_KNOWN, FORM_EXISTS, TRUE, NULL, NULL}, TRUE},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("row %" G_GSIZE_FORMAT, i);
		g_assert_cmpint(holds(form_condition_copy(&rows[i].condition), mail, TEN_DAYS_LATER), ==,
			rows[i].holds);
	}
}

static void
test_actions_are_done(void)
{
	static const struct {
		FormAction action;
		const char *outcome;
	} rows[] = {
		{{FORM_MOVE, "A \"b\"/Ä", TRUE}, "fileinto A \"b\"/Ä create"},
		{{FORM_COPY, "C", FALSE}, "fileinto C copy; keep"},
		{{FORM_FLAG, "\\Flagged", FALSE}, "flags [\\Flagged]; keep [\\Flagged]"},
		{{FORM_LABEL, "todo", FALSE}, "flags [todo]; keep [todo]"},
		{{FORM_READ, NULL, FALSE}, "flags [\\Seen]; keep [\\Seen]"},
		{{FORM_FORWARD, "a@b.example", FALSE}, "redirect a@b.example copy; keep"},
		{{FORM_TRASH, NULL, FALSE}, "discard"},
		{{FORM_KEEP, NULL, FALSE}, "keep"},
		{{FORM_STOP, NULL, FALSE}, "keep"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(FormScript) script = form_parse("", -1);
		FormRule *rule = form_rule_new("x");
		g_autofree char *text = NULL, *outcome = NULL;
		SieveCase how = {0};

		rule->join = FORM_ALWAYS;
		g_ptr_array_add(rule->actions, form_action_copy(&rows[i].action));
		g_ptr_array_add(script->rules, rule);
		text = form_write(script);
		outcome = sieve_outcome(text, &how);
		g_assert_cmpstr(outcome, ==, rows[i].outcome);
	}
}

static void
test_a_rule_that_is_off_compiles_and_does_nothing(void)
{
	g_autoptr(FormScript) script =
		form_parse("require \"regex\";\n# rule:[hand]\nif header :regex \"subject\" \"x\" "
			   "{\n\tdiscard;\n}\n# rule:[form]\nif body :text :contains \"a\" { discard; }\n",
			-1);
	g_autofree char *text = NULL, *outcome = NULL;
	SieveCase how = {.message = mail};

	for (guint i = 0; i < script->rules->len; i++)
		g_assert_true(form_rule_enable(g_ptr_array_index(script->rules, i), FALSE, NULL));
	text = form_write(script);
	outcome = sieve_outcome(text, &how);
	g_assert_cmpstr(outcome, ==, "keep");
	g_assert_null(strstr(text, "require"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sieve/form-run/priority-is-that-of-the-index", test_priority_is_that_of_the_index);
	g_test_add_func("/sieve/form-run/conditions-hold", test_conditions_hold);
	g_test_add_func("/sieve/form-run/actions-are-done", test_actions_are_done);
	g_test_add_func("/sieve/form-run/a-rule-that-is-off-compiles-and-does-nothing",
		test_a_rule_that_is_off_compiles_and_does_nothing);
	return g_test_run();
}
