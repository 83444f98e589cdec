/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What only a server can do: vacation (RFC 5230, RFC 6131), reject and ereject (RFC 5429). */
#include "config.h"

#include "sieve/run.h"

#include "util/i18n.h"

static SieveFlow
run_remote(SieveRun *run, const SieveItem *item)
{
	sieve_run_fail(run, FAULT_REFUSED,
		_("\"%s\" can only be done by a server: upload the rules, or take it out."), item->name);
	return SIEVE_FLOW_FAIL;
}

static const SieveRow rows[] = {
	{.name = "vacation",
		.extension = "vacation|vacation-seconds",
		.signature = "s",
		.accepts = SIEVE_TAGS_VACATION,
		.run = run_remote},
	{.name = "reject", .extension = "reject", .signature = "s", .run = run_remote},
	{.name = "ereject", .extension = "ereject", .signature = "s", .run = run_remote},
	{NULL},
};

static const SieveTagRow tags[] = {
	{"days", SIEVE_TAG_DAYS, NULL, SIEVE_TAGS_VACATION, 'n', 70},
	{"seconds", SIEVE_TAG_SECONDS, "vacation-seconds", SIEVE_TAGS_VACATION, 'n', 70},
	{"subject", SIEVE_TAG_SUBJECT, NULL, SIEVE_TAGS_VACATION, 's', 0},
	{"from", SIEVE_TAG_FROM, NULL, SIEVE_TAGS_VACATION, 's', 0},
	{"addresses", SIEVE_TAG_ADDRESSES, NULL, SIEVE_TAGS_VACATION, 'S', 0},
	{"mime", SIEVE_TAG_MIME, NULL, SIEVE_TAGS_VACATION, 0, 0},
	{"handle", SIEVE_TAG_HANDLE, NULL, SIEVE_TAGS_VACATION, 's', 0},
	{NULL},
};

const SieveModule sieve_module_remote = {.rows = rows, .tags = tags};
