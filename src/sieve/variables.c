/* SPDX-License-Identifier: GPL-3.0-or-later */
/* set and string (RFC 5229); :quoteregex (draft-ietf-sieve-regex), :encodeurl (RFC 5435, 6). */
#include "config.h"

#include "sieve/match.h"

#include "util/i18n.h"
#include "util/limits.h"
#include "util/regex.h"

#include <string.h>

/* ---- modifiers ------------------------------------------------------------------------- */

static void
change_case(GString *text, gsize length, gboolean upper)
{
	/* US-ASCII alone (RFC 5229, 4.1). */
	for (gsize i = 0; i < length && i < text->len; i++)
		text->str[i] = upper ? g_ascii_toupper(text->str[i]) : g_ascii_tolower(text->str[i]);
}

static void
quote_wildcards(GString *text)
{
	g_autoptr(GString) out = g_string_sized_new(text->len);

	for (gsize i = 0; i < text->len; i++) {
		if (strchr("*?\\", text->str[i]) != NULL)
			g_string_append_c(out, '\\');
		g_string_append_c(out, text->str[i]);
	}
	g_string_assign(text, out->str);
}

static void
modify(GString *text, SieveTag modifier)
{
	g_autofree char *changed = NULL;

	switch (modifier) {
	case SIEVE_TAG_LOWER:
	case SIEVE_TAG_UPPER:
		change_case(text, text->len, modifier == SIEVE_TAG_UPPER);
		break;
	case SIEVE_TAG_LOWERFIRST:
	case SIEVE_TAG_UPPERFIRST:
		change_case(text, 1, modifier == SIEVE_TAG_UPPERFIRST);
		break;
	case SIEVE_TAG_QUOTEWILDCARD:
		quote_wildcards(text);
		break;
	case SIEVE_TAG_QUOTEREGEX:
		changed = regex_quote(text->str, (gssize)text->len);
		g_string_assign(text, changed);
		break;
	case SIEVE_TAG_ENCODEURL:
		changed = g_uri_escape_string(text->str, NULL, FALSE);
		g_string_assign(text, changed);
		break;
	case SIEVE_TAG_LENGTH:
		g_string_printf(text, "%ld", g_utf8_strlen(text->str, (gssize)text->len));
		break;
	default:
		break;
	}
}

char *
sieve_modified(const SieveItem *item, const char *text, gsize length, gsize *out_length)
{
	/* From the highest precedence to the lowest. */
	static const SieveTag order[] = {SIEVE_TAG_LOWER, SIEVE_TAG_UPPER, SIEVE_TAG_LOWERFIRST,
		SIEVE_TAG_UPPERFIRST, SIEVE_TAG_QUOTEWILDCARD, SIEVE_TAG_QUOTEREGEX, SIEVE_TAG_ENCODEURL,
		SIEVE_TAG_LENGTH};
	GString *out = g_string_new_len(text, (gssize)length);

	for (gsize i = 0; i < G_N_ELEMENTS(order); i++)
		if (sieve_item_tag(item, order[i]) != NULL)
			modify(out, order[i]);
	*out_length = out->len;
	return g_string_free(out, FALSE);
}

/* ---- set ---------------------------------------------------------------------------------- */

gboolean
sieve_check_variable(SieveCompiler *compiler, SieveItem *item)
{
	const SieveString *name = sieve_item_string(item, 0);
	guint *index = sieve_pool_zeroed(compiler->pool, 1, sizeof *index);

	item->bound->data = index;
	if (!sieve_compiler_constant(compiler, name, _("The name of a variable")))
		return FALSE;
	*index = sieve_compiler_variable(compiler, name->text, name->length, &name->place);
	return *index != G_MAXUINT;
}

static SieveFlow
run_set(SieveRun *run, const SieveItem *item)
{
	const guint *index = item->bound->data;
	g_autofree char *changed = NULL;
	gsize length;
	const char *text = sieve_run_text(run, sieve_item_string(item, 1), &length);

	if (sieve_run_failed(run))
		return SIEVE_FLOW_FAIL;
	if (item->bound->tag_count > 0)
		text = changed = sieve_modified(item, text, length, &length);
	sieve_run_assign(run, *index, text, length);
	return SIEVE_FLOW_ON;
}

/* ---- string ----------------------------------------------------------------------------------- */

static gboolean
check_string(SieveCompiler *compiler, SieveItem *item)
{
	item->bound->data = sieve_matcher_new(compiler, item, item->bound->arguments[1]);
	return item->bound->data != NULL;
}

static gboolean
test_string(SieveRun *run, const SieveItem *item)
{
	SieveMatcher *matcher = item->bound->data;
	const SieveArgument *sources = item->bound->arguments[0];
	SieveValues values = sieve_values_new(run, sources->count);
	guint count = 0;

	for (guint i = 0; i < sources->count && i < values.count; i++) {
		gsize length;
		const char *text = sieve_run_text(run, &sources->strings[i], &length);
		/* An empty string counts for nothing (RFC 5229, 5). */
		if (length > 0 || !sieve_matcher_counts(matcher))
			sieve_values_set(&values, count++, text, length);
	}
	values.count = MIN(values.count, count);
	return !sieve_run_failed(run) && sieve_match(run, matcher, &values);
}

static const SieveRow rows[] = {
	{.name = "set",
		.extension = "variables",
		.signature = "ss",
		.accepts = SIEVE_TAGS_SET,
		.traits = SIEVE_QUIET,
		.check = sieve_check_variable,
		.run = run_set},
	{.name = "string",
		.extension = "variables",
		.signature = "SS",
		.accepts = SIEVE_TAGS_MATCH,
		.check = check_string,
		.test = test_string},
	{NULL},
};

static const SieveTagRow tags[] = {
	{"lower", SIEVE_TAG_LOWER, "variables", SIEVE_TAGS_SET, 0, 40},
	{"upper", SIEVE_TAG_UPPER, "variables", SIEVE_TAGS_SET, 0, 40},
	{"lowerfirst", SIEVE_TAG_LOWERFIRST, "variables", SIEVE_TAGS_SET, 0, 30},
	{"upperfirst", SIEVE_TAG_UPPERFIRST, "variables", SIEVE_TAGS_SET, 0, 30},
	{"quotewildcard", SIEVE_TAG_QUOTEWILDCARD, "variables", SIEVE_TAGS_SET, 0, 20},
	{"quoteregex", SIEVE_TAG_QUOTEREGEX, "regex", SIEVE_TAGS_SET, 0, 20},
	{"encodeurl", SIEVE_TAG_ENCODEURL, "enotify", SIEVE_TAGS_SET, 0, 15},
	{"length", SIEVE_TAG_LENGTH, "variables", SIEVE_TAGS_SET, 0, 10},
	{NULL},
};

const SieveModule sieve_module_variables = {.rows = rows, .tags = tags};
