/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is read is written octet for octet. Rules that a form shows, worded anew,
 * are read back as the same; rules that are switched off and on again keep
 * their text.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "sieve/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_words(const FormRule *rule)
{
	g_autofree char *conditions = form_conditions_words(rule), *actions = form_actions_words(rule);

	g_assert(conditions && g_utf8_validate(conditions, -1, NULL));
	g_assert(actions && g_utf8_validate(actions, -1, NULL));
}

static void
touch_all(const FormScript *script)
{
	for (guint i = 0; i < script->rules->len; i++) {
		FormRule *rule = g_ptr_array_index(script->rules, i);

		check_words(rule);
		form_rule_touch(rule);
	}
}

static void
check_same(const FormScript *a, const FormScript *b)
{
	g_assert_cmpuint(a->rules->len, ==, b->rules->len);
	for (guint i = 0; i < a->rules->len; i++) {
		const FormRule *one = g_ptr_array_index(a->rules, i), *other = g_ptr_array_index(b->rules, i);

		g_assert_cmpint(one->hand_written, ==, other->hand_written);
		g_assert_cmpint(one->enabled, ==, other->enabled);
		g_assert_cmpuint(one->conditions->len, ==, other->conditions->len);
		g_assert_cmpint(one->join == FORM_ALWAYS, ==, other->join == FORM_ALWAYS);
	}
}

static void
check_worded(const char *text)
{
	g_autoptr(FormScript) script = form_parse(text, -1), again = NULL;
	g_autofree char *written = NULL, *twice = NULL;

	touch_all(script);
	written = form_write(script);
	again = form_parse(written, -1);
	check_same(script, again);
	touch_all(again);
	twice = form_write(again);
	g_assert_cmpstr(written, ==, twice);
}

static void
check_switched(const char *text)
{
	g_autoptr(FormScript) script = form_parse(text, -1), again = NULL;
	g_autofree char *off = NULL;

	for (guint i = 0; i < script->rules->len; i++) {
		FormRule *rule = g_ptr_array_index(script->rules, i);
		g_autofree char *before = g_strdup(rule->text);
		gboolean was_on = rule->enabled && rule->hand_written;

		if (!form_rule_enable(rule, FALSE, NULL))
			continue;
		if (!was_on)
			continue;
		g_assert(form_rule_enable(rule, TRUE, NULL));
		g_assert(g_str_has_suffix(rule->text, before));
		g_assert(form_rule_enable(rule, FALSE, NULL));
	}
	off = form_write(script);
	again = form_parse(off, -1);
	for (guint i = 0; i < again->rules->len && again->rules->len == script->rules->len; i++) {
		const FormRule *one = g_ptr_array_index(script->rules, i),
			       *other = g_ptr_array_index(again->rules, i);

		g_assert(one->enabled || !other->enabled);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size), *same = NULL;
	g_autoptr(FormScript) script = form_parse((const char *)data, (gssize)size);

	same = form_write(script);
	g_assert_cmpstr(same, ==, text);
	check_worded(text);
	check_switched(text);
	return 0;
}
