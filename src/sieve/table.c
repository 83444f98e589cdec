/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sieve/table.h"

#include "util/fuzzy.h"

#include <string.h>

static const SieveModule *const modules[] = {&sieve_module_control, &sieve_module_header, &sieve_module_match,
	&sieve_module_file, &sieve_module_flags, &sieve_module_variables, &sieve_module_body,
	&sieve_module_date, &sieve_module_duplicate, &sieve_module_environment, &sieve_module_include,
	&sieve_module_lists, &sieve_module_mime, &sieve_module_notify, &sieve_module_programs,
	&sieve_module_remote, &sieve_module_spam};

/* Sorted: what `require` takes. */
static const char *const extensions[] = {"body", "comparator-i;ascii-casemap", "comparator-i;ascii-numeric",
	"comparator-i;octet", "comparator-i;unicode-casemap", "copy", "date", "duplicate",
	"encoded-character", "enotify", "envelope", "environment", "ereject", "extlists", "extracttext",
	"fileinto", "foreverypart", "ihave", "imap4flags", "include", "index", "mailbox", "mime", "regex",
	"reject", "relational", "spamtest", "spamtestplus", "special-use", "subaddress", "vacation",
	"vacation-seconds", "variables", "virustest", "vnd.dovecot.execute", "vnd.dovecot.filter",
	"vnd.dovecot.pipe", NULL};

const char *const *
sieve_extensions(void)
{
	return extensions;
}

gboolean
sieve_extension_is_remote(const char *name)
{
	return strcmp(name, "vacation") == 0 || strcmp(name, "vacation-seconds") == 0 ||
	       strcmp(name, "reject") == 0 || strcmp(name, "ereject") == 0;
}

gboolean
sieve_table_knows_extension(const char *name)
{
	return g_strv_contains(extensions, name);
}

const SieveRow *
sieve_table_find(const char *name, gboolean test)
{
	for (gsize i = 0; i < G_N_ELEMENTS(modules); i++)
		for (const SieveRow *row = modules[i]->rows; row != NULL && row->name != NULL; row++)
			if (strcmp(row->name, name) == 0 && test == (row->test != NULL))
				return row;
	return NULL;
}

const SieveTagRow *
sieve_table_find_tag(const char *name, guint families, gboolean *elsewhere)
{
	if (elsewhere != NULL)
		*elsewhere = FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(modules); i++)
		for (const SieveTagRow *row = modules[i]->tags; row != NULL && row->name != NULL; row++) {
			if (strcmp(row->name, name) != 0)
				continue;
			if (row->families & families)
				return row;
			if (elsewhere != NULL)
				*elsewhere = TRUE;
		}
	return NULL;
}

/* Keep the nearer of best and candidate. */
static void
nearer(const char *name, const char *candidate, const char **best, guint *distance)
{
	guint edits = fuzzy_distance(name, candidate);

	if (edits < *distance) {
		*distance = edits;
		*best = candidate;
	}
}

static guint
distance_allowed(const char *name)
{
	return (guint)MIN(strlen(name) / 3, 4) + 1;
}

const char *
sieve_table_nearest(const char *name, gboolean test)
{
	const char *best = NULL;
	guint distance = distance_allowed(name);

	for (gsize i = 0; i < G_N_ELEMENTS(modules); i++)
		for (const SieveRow *row = modules[i]->rows; row != NULL && row->name != NULL; row++)
			if (test == (row->test != NULL))
				nearer(name, row->name, &best, &distance);
	return best;
}

const char *
sieve_table_nearest_extension(const char *name)
{
	const char *best = NULL;
	guint distance = distance_allowed(name);

	for (gsize i = 0; extensions[i] != NULL; i++)
		nearer(name, extensions[i], &best, &distance);
	return best;
}

const SieveTagged *
sieve_item_tag(const SieveItem *item, SieveTag tag)
{
	for (guint i = 0; i < item->bound->tag_count; i++)
		if (item->bound->tags[i].tag == tag)
			return &item->bound->tags[i];
	return NULL;
}

const SieveString *
sieve_item_tag_string(const SieveItem *item, SieveTag tag)
{
	const SieveTagged *tagged = sieve_item_tag(item, tag);

	return tagged != NULL ? &tagged->argument->strings[0] : NULL;
}

const SieveString *
sieve_item_string(const SieveItem *item, guint n)
{
	const SieveArgument *argument = item->bound->arguments[n];

	return argument != NULL ? &argument->strings[0] : NULL;
}
