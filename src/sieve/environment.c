/* SPDX-License-Identifier: GPL-3.0-or-later */
/* environment (RFC 5183). */
#include "config.h"

#include "sieve/match.h"

#include <string.h>

static gboolean
check_environment(SieveCompiler *compiler, SieveItem *item)
{
	item->bound->data = sieve_matcher_new(compiler, item, item->bound->arguments[1]);
	return item->bound->data != NULL;
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
	const char *value = class->environment != NULL ? class->environment(run->host, name) : NULL;
	SieveValues values;

	if (value == NULL)
		value = known_here(name);
	/* An unknown item never matches. */
	values = sieve_values_new(run, value != NULL);
	if (value != NULL)
		sieve_values_set(&values, 0, value, strlen(value));
	return !sieve_run_failed(run) && sieve_match(run, item->bound->data, &values);
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
