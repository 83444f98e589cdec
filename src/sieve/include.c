/* SPDX-License-Identifier: GPL-3.0-or-later */
/* include, return, global (RFC 6609). */
#include "config.h"

#include "sieve/run.h"

#include "util/i18n.h"

typedef struct {
	SieveUnit *unit; /* NULL: an optional one that is not there */
	gboolean once;
} Include;

static gboolean
check_include(SieveCompiler *compiler, SieveItem *item)
{
	Include *include = sieve_pool_zeroed(compiler->pool, 1, sizeof *include);
	const SieveString *name = sieve_item_string(item, 0);
	guint before = compiler->complaints.errors->len;

	item->bound->data = include;
	if (!sieve_compiler_constant(compiler, name, _("The name of an included script")))
		return FALSE;
	include->once = sieve_item_tag(item, SIEVE_TAG_ONCE) != NULL;
	include->unit = sieve_compiler_include(compiler, name, sieve_item_tag(item, SIEVE_TAG_GLOBAL) != NULL,
		sieve_item_tag(item, SIEVE_TAG_OPTIONAL) != NULL, &item->place);
	return compiler->complaints.errors->len == before;
}

static SieveFlow
run_include(SieveRun *run, const SieveItem *item)
{
	const Include *include = item->bound->data;
	SieveFlow flow;

	if (include->unit == NULL || (include->once && run->entered[include->unit->number]))
		return SIEVE_FLOW_ON;
	run->entered[include->unit->number] = 1;
	run->depth++;
	flow = sieve_run_unit(run, include->unit);
	run->depth--;
	return flow == SIEVE_FLOW_RETURN ? SIEVE_FLOW_ON : flow;
}

static SieveFlow
run_return(SieveRun *run, const SieveItem *item)
{
	(void)run;
	(void)item;
	return SIEVE_FLOW_RETURN;
}

static gboolean
check_global(SieveCompiler *compiler, SieveItem *item)
{
	const SieveArgument *names = item->bound->arguments[0];

	for (guint i = 0; i < names->count; i++) {
		const SieveString *name = &names->strings[i];
		g_autofree char *lower = g_ascii_strdown(name->text, -1);
		if (!sieve_compiler_constant(compiler, name, _("The name of a variable")))
			return FALSE;
		if (g_hash_table_contains(compiler->names, lower)) {
			sieve_compiler_complain(compiler, &name->place,
				_("\"%.60s\" was used before it was declared global."), name->text);
			return FALSE;
		}
		g_hash_table_add(compiler->global, g_steal_pointer(&lower));
		if (sieve_compiler_variable(compiler, name->text, name->length, &name->place) == G_MAXUINT)
			return FALSE;
	}
	return TRUE;
}

static SieveFlow
run_global(SieveRun *run, const SieveItem *item)
{
	(void)run;
	(void)item;
	return SIEVE_FLOW_ON;
}

static const SieveRow rows[] = {
	{.name = "include",
		.extension = "include",
		.signature = "s",
		.accepts = SIEVE_TAGS_INCLUDE,
		.check = check_include,
		.run = run_include},
	{.name = "return", .extension = "include", .signature = "", .run = run_return},
	{.name = "global",
		.extension = "include",
		.signature = "S",
		.traits = SIEVE_QUIET,
		.check = check_global,
		.run = run_global},
	{NULL},
};

static const SieveTagRow tags[] = {
	{"personal", SIEVE_TAG_PERSONAL, NULL, SIEVE_TAGS_INCLUDE, 0, 60},
	{"global", SIEVE_TAG_GLOBAL, NULL, SIEVE_TAGS_INCLUDE, 0, 60},
	{"once", SIEVE_TAG_ONCE, NULL, SIEVE_TAGS_INCLUDE, 0, 0},
	{"optional", SIEVE_TAG_OPTIONAL, NULL, SIEVE_TAGS_INCLUDE, 0, 0},
	{NULL},
};

const SieveModule sieve_module_include = {.rows = rows, .tags = tags};
