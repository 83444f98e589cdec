/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Control commands and the tests that join others (RFC 5228, 3 and 5); ihave and error (RFC 5463). */
#include "config.h"

#include "sieve/run.h"

#include "util/i18n.h"

#include <string.h>

static gboolean
check_require(SieveCompiler *compiler, SieveItem *item)
{
	const SieveArgument *names = item->bound->arguments[0];

	for (guint i = 0; i < names->count && !sieve_complaints_full(&compiler->complaints); i++) {
		g_autofree char *why = NULL;
		if (sieve_compiler_offers(compiler, names->strings[i].text, &why))
			sieve_compiler_require(compiler, names->strings[i].text);
		else
			sieve_compiler_complain(compiler, &names->strings[i].place, "%s", why);
	}
	return TRUE;
}

static SieveFlow
run_require(SieveRun *run, const SieveItem *item)
{
	(void)run;
	(void)item;
	return SIEVE_FLOW_ON;
}

static SieveFlow
run_stop(SieveRun *run, const SieveItem *item)
{
	(void)run;
	(void)item;
	return SIEVE_FLOW_STOP;
}

static SieveFlow
run_error(SieveRun *run, const SieveItem *item)
{
	sieve_run_fail(run, FAULT_INPUT, _("The script ends with an error: %s"),
		sieve_run_text(run, sieve_item_string(item, 0), NULL));
	return SIEVE_FLOW_FAIL;
}

/* ---- tests ----------------------------------------------------------------------------- */

static gboolean
test_true(SieveRun *run, const SieveItem *item)
{
	(void)run;
	(void)item;
	return TRUE;
}

static gboolean
test_false(SieveRun *run, const SieveItem *item)
{
	(void)run;
	(void)item;
	return FALSE;
}

static gboolean
check_not(SieveCompiler *compiler, SieveItem *item)
{
	static const SieveTruth inverse[] = {[SIEVE_TRUTH_OPEN] = SIEVE_TRUTH_OPEN,
		[SIEVE_TRUTH_NO] = SIEVE_TRUTH_YES,
		[SIEVE_TRUTH_YES] = SIEVE_TRUTH_NO};

	(void)compiler;
	item->bound->truth = inverse[item->tests[0]->bound->truth];
	return TRUE;
}

static gboolean
test_not(SieveRun *run, const SieveItem *item)
{
	return !sieve_run_test(run, item->tests[0]);
}

/* From left to right, no further than needed: what lies behind may not even be bound (RFC 5463). */
static gboolean
test_allof(SieveRun *run, const SieveItem *item)
{
	for (guint i = 0; i < item->test_count; i++)
		if (!sieve_run_test(run, item->tests[i]))
			return FALSE;
	return TRUE;
}

static gboolean
test_anyof(SieveRun *run, const SieveItem *item)
{
	for (guint i = 0; i < item->test_count && !sieve_run_failed(run); i++)
		if (sieve_run_test(run, item->tests[i]))
			return TRUE;
	return FALSE;
}

/* Known when the script is compiled; what is there counts as required from here on. */
static gboolean
check_ihave(SieveCompiler *compiler, SieveItem *item)
{
	const SieveArgument *names = item->bound->arguments[0];

	item->bound->truth = SIEVE_TRUTH_YES;
	for (guint i = 0; i < names->count; i++) {
		if (!sieve_compiler_constant(compiler, &names->strings[i], _("The name of an extension")))
			return FALSE;
		if (!sieve_compiler_offers(compiler, names->strings[i].text, NULL))
			item->bound->truth = SIEVE_TRUTH_NO;
	}
	for (guint i = 0; i < names->count && item->bound->truth == SIEVE_TRUTH_YES; i++)
		sieve_compiler_require(compiler, names->strings[i].text);
	return TRUE;
}

static gboolean
test_ihave(SieveRun *run, const SieveItem *item)
{
	(void)run;
	return item->bound->truth == SIEVE_TRUTH_YES;
}

static const SieveRow rows[] = {
	{.name = "require",
		.signature = "S",
		.traits = SIEVE_QUIET,
		.check = check_require,
		.run = run_require},
	/* Their branches are taken by sieve_run_block(). */
	{.name = "if", .signature = "tb"},
	{.name = "elsif", .signature = "tb"},
	{.name = "else", .signature = "b"},
	{.name = "stop", .signature = "", .run = run_stop},
	{.name = "error", .extension = "ihave", .signature = "s", .run = run_error},
	{.name = "true", .signature = "", .test = test_true},
	{.name = "false", .signature = "", .test = test_false},
	{.name = "not", .signature = "t", .check = check_not, .test = test_not},
	{.name = "allof", .signature = "T", .test = test_allof},
	{.name = "anyof", .signature = "T", .test = test_anyof},
	{.name = "ihave", .extension = "ihave", .signature = "S", .check = check_ihave, .test = test_ihave},
	{NULL},
};

const SieveModule sieve_module_control = {.rows = rows};
