/* SPDX-License-Identifier: GPL-3.0-or-later */
/* valid_ext_list (RFC 6134); the match type :list is in match.c. */
#include "config.h"

#include "sieve/run.h"

gboolean
sieve_list_is_addrbook(const char *list)
{
	return g_ascii_strcasecmp(list, ":addrbook:default") == 0 ||
	       g_ascii_strcasecmp(list, "urn:ietf:params:sieve:addrbook:default") == 0;
}

static gboolean
test_valid(SieveRun *run, const SieveItem *item)
{
	const SieveHostClass *class = run->host->class;
	const SieveArgument *names = item->bound->arguments[0];

	for (guint i = 0; i < names->count; i++) {
		gboolean known = FALSE;
		if (class->listed != NULL)
			class->listed(run->host, sieve_run_text(run, &names->strings[i], NULL), "", &known);
		if (!known)
			return FALSE;
	}
	return TRUE;
}

static const SieveRow rows[] = {
	{.name = "valid_ext_list", .extension = "extlists", .signature = "S", .test = test_valid},
	{NULL},
};

const SieveModule sieve_module_lists = {.rows = rows};
