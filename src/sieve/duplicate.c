/* SPDX-License-Identifier: GPL-3.0-or-later */
/* duplicate (RFC 7352). */
#include "config.h"

#include "sieve/run.h"

#include "util/i18n.h"

#define SECONDS_DEFAULT (7 * 24 * 60 * 60)

static gboolean
check_duplicate(SieveCompiler *compiler, SieveItem *item)
{
	const SieveTagged *field = sieve_item_tag(item, SIEVE_TAG_HEADER);
	guint slot;

	if (sieve_item_tag(item, SIEVE_TAG_UNIQUEID) != NULL)
		return TRUE;
	if (field != NULL) {
		item->bound->data = (gpointer)sieve_compiler_slots(compiler, field->argument);
		return TRUE;
	}
	slot = sieve_compiler_slot(compiler, "message-id");
	item->bound->data = sieve_pool_copy(compiler->pool, &slot, sizeof slot);
	return TRUE;
}

/* What tells the message from others; NULL: nothing. */
static const char *
unique_id(SieveRun *run, const SieveItem *item)
{
	const SieveString *given = sieve_item_tag_string(item, SIEVE_TAG_UNIQUEID);
	const guint *slot = item->bound->data;
	SieveField *field;

	if (given != NULL)
		return sieve_run_text(run, given, NULL);
	field = sieve_run_field_of(run, *slot, sieve_item_tag_string(item, SIEVE_TAG_HEADER));
	if (field->values.count == 0)
		return NULL;
	return sieve_run_copy(run, field->values.items[0].text, field->values.items[0].length);
}

static gboolean
test_duplicate(SieveRun *run, const SieveItem *item)
{
	const SieveHostClass *class = run->host->class;
	const SieveString *handle = sieve_item_tag_string(item, SIEVE_TAG_HANDLE);
	const SieveTagged *seconds = sieve_item_tag(item, SIEVE_TAG_SECONDS);
	const char *id = unique_id(run, item);

	if (id == NULL || *id == '\0' || class->seen == NULL || sieve_run_failed(run))
		return FALSE;
	return class->seen(run->host, handle != NULL ? sieve_run_text(run, handle, NULL) : NULL, id,
		seconds != NULL ? seconds->argument->number : SECONDS_DEFAULT,
		sieve_item_tag(item, SIEVE_TAG_LAST) != NULL);
}

static const SieveRow rows[] = {
	{.name = "duplicate",
		.extension = "duplicate",
		.signature = "",
		.accepts = SIEVE_TAGS_DUPLICATE,
		.traits = SIEVE_OUTWARD,
		.check = check_duplicate,
		.test = test_duplicate},
	{NULL},
};

static const SieveTagRow tags[] = {
	{"handle", SIEVE_TAG_HANDLE, NULL, SIEVE_TAGS_DUPLICATE, 's', 0},
	{"header", SIEVE_TAG_HEADER, NULL, SIEVE_TAGS_DUPLICATE, 's', 80},
	{"uniqueid", SIEVE_TAG_UNIQUEID, NULL, SIEVE_TAGS_DUPLICATE, 's', 80},
	{"seconds", SIEVE_TAG_SECONDS, NULL, SIEVE_TAGS_DUPLICATE, 'n', 0},
	{"last", SIEVE_TAG_LAST, NULL, SIEVE_TAGS_DUPLICATE, 0, 0},
	{NULL},
};

const SieveModule sieve_module_duplicate = {.rows = rows, .tags = tags};
