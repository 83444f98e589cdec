/* SPDX-License-Identifier: GPL-3.0-or-later */
/* environment (RFC 5183). */
#include "config.h"

#include "sieve/match.h"

#include <string.h>

#include "util/dates.h"

#define DAY_SECONDS (24 * 60 * 60)

typedef struct {
	SieveMatcher *matcher;
	guint date; /* the slot of the Date field where the item is the age of the message; else G_MAXUINT */
} EnvironmentTest;

static gboolean
check_environment(SieveCompiler *compiler, SieveItem *item)
{
	EnvironmentTest *test = sieve_pool_zeroed(compiler->pool, 1, sizeof *test);
	const SieveString *name = sieve_item_string(item, 0);

	item->bound->data = test;
	test->date = G_MAXUINT;
	if (name->pieces == NULL && g_ascii_strcasecmp(name->text, SIEVE_ENVIRONMENT_AGE) == 0) {
		test->date = sieve_compiler_slot(compiler, "date");
		compiler->script->needs |= SIEVE_NEEDS_CLOCK;
	}
	test->matcher = sieve_matcher_new(compiler, item, item->bound->arguments[1]);
	return test->matcher != NULL;
}

/* Whole days since it was written, or since it came where it claims to be of later. NULL: not known. The
 * caller's. */
static char *
age_in_days(SieveRun *run, guint slot)
{
	const SieveHostClass *class = run->host->class;
	const SieveField *field = sieve_run_field(run, slot);
	gint64 arrived = class->arrived != NULL ? class->arrived(run->host) : 0;
	DateTime date = {.seconds = arrived};

	if (field->values.count > 0)
		dates_parse_mail(
			sieve_run_copy(run, field->values.items[0].text, field->values.items[0].length),
			&date);
	if (arrived > 0 && date.seconds > arrived)
		date.seconds = arrived;
	if (date.seconds == 0 || sieve_run_failed(run))
		return NULL;
	return g_strdup_printf("%" G_GINT64_FORMAT, MAX(sieve_run_now(run) - date.seconds, 0) / DAY_SECONDS);
}

/* What the host does not say. */
static const char *
known_here(const char *name)
{
	static const struct {
		const char *name, *value;
	} rows[] = {
		{"location", "MUA"},
		{"name", "Posthorn"},
		{"phase", "post"},
		{"version", PACKAGE_VERSION},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return rows[i].value;
	return NULL;
}

static gboolean
test_environment(SieveRun *run, const SieveItem *item)
{
	const SieveHostClass *class = run->host->class;
	g_autofree char *name = g_ascii_strdown(sieve_run_text(run, sieve_item_string(item, 0), NULL), -1);
	const EnvironmentTest *test = item->bound->data;
	g_autofree char *age = test->date != G_MAXUINT ? age_in_days(run, test->date) : NULL;
	const char *value = age != NULL                  ? age
			    : class->environment != NULL ? class->environment(run->host, name)
							 : NULL;
	SieveValues values;

	if (value == NULL)
		value = known_here(name);
	/* An unknown item never matches. */
	values = sieve_values_new(run, value != NULL);
	if (value != NULL)
		sieve_values_set(&values, 0, value, strlen(value));
	return !sieve_run_failed(run) && sieve_match(run, test->matcher, &values);
}

static const SieveRow rows[] = {
	{.name = "environment",
		.extension = "environment",
		.signature = "sS",
		.accepts = SIEVE_TAGS_MATCH,
		.check = check_environment,
		.test = test_environment},
	{NULL},
};

const SieveModule sieve_module_environment = {.rows = rows};
