/* SPDX-License-Identifier: GPL-3.0-or-later */
/* date and currentdate (RFC 5260). */
#include "config.h"

#include "sieve/mime-part.h"

#include "util/dates.h"
#include "util/i18n.h"

#include <string.h>

#define DAY_SECONDS (24 * 60 * 60)
#define JULIAN_OF_1970 40587 /* the modified Julian day of 1970-01-01 */

typedef enum { ZONE_LOCAL, ZONE_ORIGINAL, ZONE_GIVEN } ZoneKind;

typedef struct {
	SieveMatcher *matcher;
	const guint *slots; /* of the one field; NULL: currentdate */
	SieveIndex index;
	ZoneKind zone;
	int minutes; /* of a zone that is given */
} DateTest;

/* ---- compiling ---------------------------------------------------------------------------- */

/* "+0130" in minutes. */
static gboolean
parse_zone(const char *text, int *minutes)
{
	int hours, rest;

	if (strlen(text) != 5 || (text[0] != '+' && text[0] != '-') || strspn(text + 1, "0123456789") != 4)
		return FALSE;
	hours = (text[1] - '0') * 10 + text[2] - '0';
	rest = (text[3] - '0') * 10 + text[4] - '0';
	if (hours > 23 || rest > 59)
		return FALSE;
	*minutes = (hours * 60 + rest) * (text[0] == '-' ? -1 : 1);
	return TRUE;
}

static gboolean
read_zone(SieveCompiler *compiler, const SieveItem *item, DateTest *test)
{
	const SieveString *zone = sieve_item_tag_string(item, SIEVE_TAG_ZONE);

	if (sieve_item_tag(item, SIEVE_TAG_ORIGINALZONE) != NULL)
		test->zone = ZONE_ORIGINAL;
	if (zone == NULL)
		return TRUE;
	test->zone = ZONE_GIVEN;
	if (zone->pieces != NULL || parse_zone(zone->text, &test->minutes))
		return TRUE;
	sieve_compiler_complain(compiler, &zone->place,
		_("A time zone is written as \"+0100\"; \"%.60s\" is none."), zone->text);
	return FALSE;
}

static gboolean
check_part(SieveCompiler *compiler, const SieveString *part)
{
	static const char *const names[] = {"year", "month", "day", "date", "julian", "hour", "minute",
		"second", "time", "iso8601", "std11", "zone", "weekday", NULL};
	g_autofree char *lower = g_ascii_strdown(part->text, -1);

	if (part->pieces != NULL || g_strv_contains(names, lower))
		return TRUE;
	sieve_compiler_complain(compiler, &part->place, _("\"%.60s\" is no part of a date."), part->text);
	return FALSE;
}

static gboolean
check_date(SieveCompiler *compiler, SieveItem *item)
{
	DateTest *test = sieve_pool_zeroed(compiler->pool, 1, sizeof *test);
	gboolean current = strcmp(item->name, "currentdate") == 0;
	gboolean good;

	item->bound->data = test;
	good = read_zone(compiler, item, test) && sieve_read_index(compiler, item, &test->index);
	if (current)
		compiler->script->needs |= SIEVE_NEEDS_CLOCK;
	else
		test->slots = sieve_compiler_slots(compiler, item->bound->arguments[0]);
	good = check_part(compiler, sieve_item_string(item, current ? 0 : 1)) && good;
	test->matcher = sieve_matcher_new(compiler, item, item->bound->arguments[current ? 1 : 2]);
	return good && test->matcher != NULL;
}

/* ---- running --------------------------------------------------------------------------------- */

/* A part of a date, as RFC 5260, 4.2 writes it; FALSE: there is no such part, or no such date. */
static gboolean
part_of(DateTime date, const char *part, char *out, gsize size)
{
	gint64 local = date.seconds + date.offset_minutes * 60;
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(local);
	static const struct {
		const char *part, *format;
	} rows[] = {{"year", "%Y"}, {"month", "%m"}, {"day", "%d"}, {"date", "%Y-%m-%d"}, {"hour", "%H"},
		{"minute", "%M"}, {"second", "%S"}, {"time", "%H:%M:%S"}};
	g_autofree char *text = NULL;
	gint64 day;

	if (time == NULL)
		return FALSE;
	day = (local >= 0 ? local : local - DAY_SECONDS + 1) / DAY_SECONDS;
	for (gsize i = 0; i < G_N_ELEMENTS(rows) && text == NULL; i++)
		if (g_ascii_strcasecmp(part, rows[i].part) == 0)
			text = g_date_time_format(time, rows[i].format);
	if (text != NULL)
		g_strlcpy(out, text, size);
	else if (g_ascii_strcasecmp(part, "julian") == 0)
		g_snprintf(out, size, "%" G_GINT64_FORMAT, day + JULIAN_OF_1970);
	else if (g_ascii_strcasecmp(part, "weekday") == 0)
		g_snprintf(out, size, "%d", g_date_time_get_day_of_week(time) % 7);
	else if (g_ascii_strcasecmp(part, "zone") == 0)
		g_snprintf(out, size, "%c%02d%02d", date.offset_minutes < 0 ? '-' : '+',
			ABS(date.offset_minutes) / 60, ABS(date.offset_minutes) % 60);
	else if (g_ascii_strcasecmp(part, "iso8601") == 0)
		g_strlcpy(out, text = dates_format_rfc3339(date), size);
	else if (g_ascii_strcasecmp(part, "std11") == 0)
		g_strlcpy(out, text = dates_format_mail(date), size);
	else
		return FALSE;
	return TRUE;
}

static gboolean
match_date(SieveRun *run, const SieveItem *item, DateTime date, SieveMatching *matching)
{
	const DateTest *test = item->bound->data;
	const SieveString *zone = sieve_item_tag_string(item, SIEVE_TAG_ZONE);
	const char *part = sieve_run_text(run, sieve_item_string(item, test->slots != NULL), NULL);
	SieveValues values;
	char text[64];
	int minutes = test->minutes;

	if (test->zone == ZONE_GIVEN && zone->pieces != NULL &&
		!parse_zone(sieve_run_text(run, zone, NULL), &minutes))
		return FALSE;
	if (test->zone == ZONE_GIVEN)
		date.offset_minutes = (gint16)minutes;
	else if (test->zone == ZONE_LOCAL)
		date.offset_minutes = (gint16)sieve_run_zone(run, date.seconds);
	if (!part_of(date, part, text, sizeof text))
		return FALSE;
	values = sieve_values_new(run, 1);
	sieve_values_set(&values, 0, text, strlen(text));
	return sieve_match_add(run, test->matcher, matching, &values);
}

/* The date of a field, which may stand behind what a last ";" ends, as in Received. */
static gboolean
field_date(SieveRun *run, const SieveValue *value, DateTime *date)
{
	const char *text = sieve_run_copy(run, value->text, value->length);
	const char *last = strrchr(text, ';');

	if (!sieve_run_charge(run, value->length * 4))
		return FALSE;
	return dates_parse_mail(last != NULL ? last + 1 : text, date);
}

static gboolean
test_date(SieveRun *run, const SieveItem *item)
{
	const DateTest *test = item->bound->data;
	const SieveHostClass *class = run->host->class;
	const SieveString *name = sieve_item_string(item, 0);
	SieveField *field = sieve_run_field_of(run, test->slots[0], name);
	SieveMatching matching = {.count = 0};
	DateTime date = {0};
	guint from = 0, to = field->values.count;

	if (test->index.number > 0) {
		if (!sieve_index_of(&test->index, to, &from))
			return sieve_match_end(run, test->matcher, &matching);
		to = from + 1;
	}
	for (guint i = from; i < to && !sieve_run_failed(run); i++)
		if (field_date(run, &field->values.items[i], &date) && match_date(run, item, date, &matching))
			return TRUE;
	if (!field->exists && g_ascii_strcasecmp(name->text, "received") == 0 && class->arrived != NULL) {
		date.seconds = class->arrived(run->host);
		date.offset_minutes = (gint16)sieve_run_zone(run, date.seconds);
		if (date.seconds > 0 && match_date(run, item, date, &matching))
			return TRUE;
	}
	return !sieve_run_failed(run) && sieve_match_end(run, test->matcher, &matching);
}

static gboolean
test_currentdate(SieveRun *run, const SieveItem *item)
{
	const DateTest *test = item->bound->data;
	SieveMatching matching = {.count = 0};
	DateTime date = {.seconds = sieve_run_now(run)};

	return match_date(run, item, date, &matching) || sieve_match_end(run, test->matcher, &matching);
}

static const SieveRow rows[] = {
	{.name = "date",
		.extension = "date",
		.signature = "ssS",
		.accepts = SIEVE_TAGS_MATCH | SIEVE_TAGS_INDEX | SIEVE_TAGS_ZONE | SIEVE_TAGS_ORIGINAL_ZONE,
		.check = check_date,
		.test = test_date},
	{.name = "currentdate",
		.extension = "date",
		.signature = "sS",
		.accepts = SIEVE_TAGS_MATCH | SIEVE_TAGS_ZONE,
		.check = check_date,
		.test = test_currentdate},
	{NULL},
};

static const SieveTagRow tags[] = {
	{"zone", SIEVE_TAG_ZONE, NULL, SIEVE_TAGS_ZONE, 's', 50},
	{"originalzone", SIEVE_TAG_ORIGINALZONE, NULL, SIEVE_TAGS_ORIGINAL_ZONE, 0, 50},
	{NULL},
};

const SieveModule sieve_module_date = {.rows = rows, .tags = tags};
