/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests on fields: header, address, exists, size, envelope (RFC 5228, 5);
 * subaddress (RFC 5233), :index and :last (RFC 5260, 6). With :mime they ask a
 * part in place of the message: mime.c.
 */
#include "config.h"

#include "sieve/match.h"
#include "sieve/mime-part.h"

#include "util/i18n.h"

#include <string.h>

/* ---- what header, address and date have in common ---------------------------------------- */

gboolean
sieve_read_index(SieveCompiler *compiler, const SieveItem *item, SieveIndex *index)
{
	const SieveTagged *tagged = sieve_item_tag(item, SIEVE_TAG_INDEX);
	const SieveTagged *last = sieve_item_tag(item, SIEVE_TAG_LAST);

	*index = (SieveIndex){.number = tagged != NULL ? tagged->argument->number : 0, .last = last != NULL};
	if (tagged == NULL && last != NULL) {
		sieve_compiler_complain(compiler, &last->place, _("\":last\" needs \":index\"."));
		return FALSE;
	}
	if (tagged != NULL && index->number == 0) {
		sieve_compiler_complain(compiler, &tagged->argument->place, _("\":index\" counts from 1."));
		return FALSE;
	}
	return TRUE;
}

gboolean
sieve_index_of(const SieveIndex *index, guint count, guint *place)
{
	if (index->number == 0 || index->number > count)
		return FALSE;
	*place = index->last ? count - (guint)index->number : (guint)index->number - 1;
	return TRUE;
}

/* The values that :index leaves. */
static SieveValues
indexed(const SieveIndex *index, const SieveValues *values)
{
	SieveValues left = *values;
	guint place;

	if (index->number == 0)
		return left;
	left.count = sieve_index_of(index, values->count, &place);
	if (left.count > 0)
		left.items = &values->items[place];
	return left;
}

typedef struct {
	SieveMatcher *matcher;
	const SieveArgument *names;
	const guint *slots;
	SieveIndex index;
	SieveTag part;             /* of addresses */
	const SieveMimeTest *mime; /* NULL: the message itself */
} FieldTest;

static SieveTag
address_part(const SieveItem *item)
{
	for (guint i = 0; i < item->bound->tag_count; i++)
		if (item->bound->tags[i].tag >= SIEVE_TAG_ALL && item->bound->tags[i].tag <= SIEVE_TAG_DETAIL)
			return item->bound->tags[i].tag;
	return SIEVE_TAG_ALL;
}

static gboolean
check_fields(SieveCompiler *compiler, SieveItem *item)
{
	FieldTest *test = sieve_pool_zeroed(compiler->pool, 1, sizeof *test);
	gboolean good;

	item->bound->data = test;
	test->names = item->bound->arguments[0];
	test->part = address_part(item);
	good = sieve_mime_read(compiler, item, &test->mime) && sieve_read_index(compiler, item, &test->index);
	/* With :mime it is the body that is needed, whatever the names. */
	if (test->mime == NULL)
		test->slots = sieve_compiler_slots(compiler, test->names);
	if (item->bound->arguments[1] == NULL)
		return good; /* exists */
	test->matcher = sieve_matcher_new(compiler, item, item->bound->arguments[1]);
	return good && test->matcher != NULL;
}

/* Fields that hold addresses; address tests no others (RFC 5228, 5.1). */
static gboolean
check_address(SieveCompiler *compiler, SieveItem *item)
{
	static const char *const fields[] = {"apparently-to", "approved", "bcc", "cc", "delivered-to",
		"disposition-notification-to", "envelope-to", "errors-to", "from", "mail-followup-to",
		"mail-reply-to", "reply-to", "resent-bcc", "resent-cc", "resent-from", "resent-reply-to",
		"resent-sender", "resent-to", "return-path", "return-receipt-to", "sender", "to",
		"x-envelope-from", "x-envelope-to", "x-original-to", NULL};
	const SieveArgument *names = item->bound->arguments[0];
	gboolean good = TRUE;

	for (guint i = 0; i < names->count; i++) {
		const SieveString *name = &names->strings[i];
		g_autofree char *lower = g_ascii_strdown(name->text, -1);
		if (name->pieces != NULL || g_strv_contains(fields, lower))
			continue;
		sieve_compiler_complain(compiler, &name->place,
			_("\"address\" looks at fields that hold addresses, and \"%.60s\" is none; "
			  "\"header\" looks at any."),
			name->text);
		good = FALSE;
	}
	return good && check_fields(compiler, item);
}

/* ---- header ---------------------------------------------------------------------------------- */

static gboolean
test_header(SieveRun *run, const SieveItem *item)
{
	const FieldTest *test = item->bound->data;
	SieveMatching matching = {.count = 0};

	if (test->mime != NULL)
		return sieve_mime_header(run, test->mime, test->names, &test->index, test->matcher);
	if (!sieve_run_charge(run, (guint64)test->names->count * 64))
		return FALSE;
	for (guint i = 0; i < test->names->count; i++) {
		SieveField *field = sieve_run_field_of(run, test->slots[i], &test->names->strings[i]);
		SieveValues values = indexed(&test->index, &field->values);
		if (sieve_run_failed(run))
			return FALSE;
		if (sieve_match_add(run, test->matcher, &matching, &values))
			return TRUE;
	}
	return sieve_match_end(run, test->matcher, &matching);
}

/* ---- address ----------------------------------------------------------------------------------- */

/* The part of each address, in scratch. */
SieveValues
sieve_address_values(SieveRun *run, const GPtrArray *addresses, SieveTag part)
{
	SieveValues values = sieve_values_new(run, addresses != NULL ? addresses->len : 0);
	guint count = 0;

	for (guint i = 0; i < values.count; i++) {
		const MimeAddress *address = g_ptr_array_index(addresses, i);
		if (*address->address != '\0' &&
			sieve_address_part(run, run->scratch, address->address, part, &values.items[count]))
			count++;
	}
	values.count = MIN(count, values.count);
	return values;
}

/* Of the field with that index alone: the host joins the addresses of all. */
static gboolean
match_indexed(SieveRun *run, const FieldTest *test, const SieveField *field, SieveMatching *matching)
{
	SieveValues one = indexed(&test->index, &field->values), values;
	g_autoptr(GPtrArray) addresses = NULL;

	if (one.count == 0)
		return FALSE;
	addresses = mime_parse_addresses(one.items[0].text, (gssize)one.items[0].length, NULL);
	values = sieve_address_values(run, addresses, test->part);
	return sieve_match_add(run, test->matcher, matching, &values);
}

static gboolean
test_address(SieveRun *run, const SieveItem *item)
{
	const FieldTest *test = item->bound->data;
	SieveMatching matching = {.count = 0};

	if (test->mime != NULL)
		return sieve_mime_address(
			run, test->mime, test->names, &test->index, test->part, test->matcher);
	if (!sieve_run_charge(run, (guint64)test->names->count * 64))
		return FALSE;
	for (guint i = 0; i < test->names->count; i++) {
		const SieveString *string = &test->names->strings[i];
		gboolean fixed = test->slots[i] != G_MAXUINT;
		const char *name = fixed ? string->text : sieve_run_text(run, string, NULL);
		gboolean holds;
		if (test->index.number > 0) {
			SieveField *field = sieve_run_field_of(run, test->slots[i], string);
			holds = match_indexed(run, test, field, &matching);
		} else {
			SieveField *field = fixed ? sieve_run_field_known(run, test->slots[i])
						  : sieve_run_field_named(run, name);
			SieveValues *values = sieve_run_addresses(run, field, name, test->part);
			holds = !sieve_run_failed(run) &&
				sieve_match_add(run, test->matcher, &matching, values);
		}
		if (holds || sieve_run_failed(run))
			return holds;
	}
	return sieve_match_end(run, test->matcher, &matching);
}

/* ---- exists, size ---------------------------------------------------------------------------------- */

static gboolean
test_exists(SieveRun *run, const SieveItem *item)
{
	const FieldTest *test = item->bound->data;

	if (test->mime != NULL)
		return sieve_mime_exists(run, test->mime, test->names);
	if (!sieve_run_charge(run, (guint64)test->names->count * 64))
		return FALSE;
	for (guint i = 0; i < test->names->count; i++)
		if (!sieve_run_field_of(run, test->slots[i], &test->names->strings[i])->exists)
			return FALSE;
	return TRUE;
}

static gboolean
check_size(SieveCompiler *compiler, SieveItem *item)
{
	if (item->bound->tag_count == 1)
		return TRUE;
	sieve_compiler_complain(compiler, &item->place, _("\"size\" expects \":over\" or \":under\"."));
	return FALSE;
}

static gboolean
test_size(SieveRun *run, const SieveItem *item)
{
	const SieveHostClass *class = run->host->class;
	guint64 limit = item->bound->arguments[0]->number, size = 0;

	if (class->size == NULL || class->size(run->host, &size) == SIEVE_MISSING) {
		sieve_run_missing(run, _("The message's size"));
		return FALSE;
	}
	return item->bound->tags[0].tag == SIEVE_TAG_OVER ? size > limit : size < limit;
}

/* ---- envelope ---------------------------------------------------------------------------------------- */

/* Complains of a name that is no part of an envelope; a variable may hold any. */
static gboolean
check_envelope(SieveCompiler *compiler, SieveItem *item)
{
	FieldTest *test = sieve_pool_zeroed(compiler->pool, 1, sizeof *test);
	gboolean good = TRUE;

	item->bound->data = test;
	test->names = item->bound->arguments[0];
	test->part = address_part(item);
	for (guint i = 0; i < test->names->count; i++) {
		const SieveString *name = &test->names->strings[i];
		if (name->pieces != NULL || g_ascii_strcasecmp(name->text, "from") == 0 ||
			g_ascii_strcasecmp(name->text, "to") == 0)
			continue;
		sieve_compiler_complain(compiler, &name->place,
			_("\"from\" or \"to\" was expected, not \"%.60s\"."), name->text);
		good = FALSE;
	}
	test->matcher = sieve_matcher_new(compiler, item, item->bound->arguments[1]);
	return good && test->matcher != NULL;
}

static gboolean
test_envelope(SieveRun *run, const SieveItem *item)
{
	const SieveHostClass *class = run->host->class;
	const FieldTest *test = item->bound->data;
	SieveMatching matching = {.count = 0};

	for (guint i = 0; i < test->names->count; i++) {
		const char *name = sieve_run_text(run, &test->names->strings[i], NULL), *address = NULL;
		gboolean from = g_ascii_strcasecmp(name, "from") == 0;
		SieveValues values = sieve_values_new(run, 1);
		if (class->envelope == NULL || (!from && g_ascii_strcasecmp(name, "to") != 0))
			continue;
		if (class->envelope(run->host, from ? SIEVE_ENVELOPE_FROM : SIEVE_ENVELOPE_TO, &address) ==
			SIEVE_MISSING) {
			sieve_run_missing(run, _("The envelope"));
			return FALSE;
		}
		/* The null path is the empty string, whatever part is asked for. */
		if (address == NULL || sieve_run_failed(run))
			continue;
		if (*address == '\0')
			sieve_values_set(&values, 0, "", 0);
		else if (!sieve_address_part(run, run->scratch, address, test->part, &values.items[0]))
			continue;
		if (sieve_match_add(run, test->matcher, &matching, &values))
			return TRUE;
	}
	return sieve_match_end(run, test->matcher, &matching);
}

#define FIELD_TAGS (SIEVE_TAGS_MATCH | SIEVE_TAGS_INDEX | SIEVE_TAGS_MIME)

static const SieveRow rows[] = {
	{.name = "header",
		.signature = "SS",
		.accepts = FIELD_TAGS | SIEVE_TAGS_OPTION,
		.check = check_fields,
		.test = test_header},
	{.name = "address",
		.signature = "SS",
		.accepts = FIELD_TAGS | SIEVE_TAGS_ADDRESS,
		.check = check_address,
		.test = test_address},
	{.name = "exists",
		.signature = "S",
		.accepts = SIEVE_TAGS_MIME,
		.check = check_fields,
		.test = test_exists},
	{.name = "size",
		.signature = "n",
		.accepts = SIEVE_TAGS_SIZE,
		.check = check_size,
		.test = test_size},
	{.name = "envelope",
		.extension = "envelope",
		.signature = "SS",
		.accepts = SIEVE_TAGS_MATCH | SIEVE_TAGS_ADDRESS,
		.check = check_envelope,
		.test = test_envelope},
	{NULL},
};

static const SieveTagRow tags[] = {
	{"all", SIEVE_TAG_ALL, NULL, SIEVE_TAGS_ADDRESS, 0, 2},
	{"localpart", SIEVE_TAG_LOCALPART, NULL, SIEVE_TAGS_ADDRESS, 0, 2},
	{"domain", SIEVE_TAG_DOMAIN, NULL, SIEVE_TAGS_ADDRESS, 0, 2},
	{"user", SIEVE_TAG_USER, "subaddress", SIEVE_TAGS_ADDRESS, 0, 2},
	{"detail", SIEVE_TAG_DETAIL, "subaddress", SIEVE_TAGS_ADDRESS, 0, 2},
	{"over", SIEVE_TAG_OVER, NULL, SIEVE_TAGS_SIZE, 0, 3},
	{"under", SIEVE_TAG_UNDER, NULL, SIEVE_TAGS_SIZE, 0, 3},
	{"index", SIEVE_TAG_INDEX, "index", SIEVE_TAGS_INDEX, 'n', 0},
	{"last", SIEVE_TAG_LAST, "index", SIEVE_TAGS_INDEX, 0, 0},
	{NULL},
};

const SieveModule sieve_module_header = {.rows = rows, .tags = tags};
