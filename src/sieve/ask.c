/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run asks: its strings, and through the host its message. */
#include "config.h"

#include "sieve/run.h"

#include "util/i18n.h"

#include <string.h>

#define NAMED_OCTETS (16 * 4096) /* what asking for a field by a name that varies counts for */

/* ---- strings ------------------------------------------------------------------------------ */

static void
piece_text(const SieveRun *run, const SievePiece *piece, const char **text, gsize *length)
{
	*text = piece->text;
	*length = piece->length;
	if (piece->kind == SIEVE_PIECE_VARIABLE) {
		*text = run->variables[piece->index].text;
		*length = run->variables[piece->index].length;
	} else if (piece->kind == SIEVE_PIECE_MATCH) {
		gboolean there = piece->index < run->capture_count;
		*text = there ? run->captures[piece->index] : NULL;
		*length = there ? run->capture_lengths[piece->index] : 0;
	}
}

const char *
sieve_run_text(SieveRun *run, const SieveString *string, gsize *length)
{
	gsize total = 0, size;
	const char *text;
	char *out, *end;

	if (string->pieces == NULL) {
		if (length != NULL)
			*length = string->length;
		return string->text;
	}
	for (guint i = 0; i < string->piece_count; i++) {
		piece_text(run, &string->pieces[i], &text, &size);
		total += size;
	}
	if (length != NULL)
		*length = 0;
	if (!sieve_run_charge(run, total) || (out = sieve_run_take(run, run->scratch, total + 1)) == NULL)
		return "";
	end = out;
	for (guint i = 0; i < string->piece_count; i++) {
		piece_text(run, &string->pieces[i], &text, &size);
		if (size > 0)
			memcpy(end, text, size);
		end += size;
	}
	*end = '\0';
	if (length != NULL)
		*length = total;
	return out;
}

const char *
sieve_run_copy(SieveRun *run, const char *text, gsize length)
{
	char *copy = sieve_run_take(run, run->scratch, length + 1);

	if (copy == NULL)
		return "";
	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

/* ---- values ---------------------------------------------------------------------------------- */

static SieveValues
values_in(SieveRun *run, SievePool *pool, guint count)
{
	SieveValues values = {.pool = pool};
	gsize size = MAX(count, 1) * sizeof(SieveValue);

	values.items = sieve_run_take(run, pool, size);
	if (values.items != NULL)
		memset(values.items, 0, size);
	values.count = values.items != NULL ? count : 0;
	return values;
}

SieveValues
sieve_values_new(SieveRun *run, guint count)
{
	return values_in(run, run->scratch, count);
}

void
sieve_values_set(SieveValues *values, guint n, const char *text, gsize length)
{
	if (n < values->count)
		values->items[n] = (SieveValue){.text = text, .length = length};
}

/* ---- fields ------------------------------------------------------------------------------------ */

/* The message that a filter made answers in place of the host. */
static SieveAnswer
host_header(SieveRun *run, const char *name, const GPtrArray **values)
{
	const SieveHostClass *class = run->host->class;

	*values = NULL;
	if (run->filtered)
		return sieve_message_header(run, name, values);
	return class->header != NULL ? class->header(run->host, name, values) : SIEVE_HERE;
}

static SieveAnswer
host_addresses(SieveRun *run, const char *name, const GPtrArray **addresses)
{
	const SieveHostClass *class = run->host->class;

	*addresses = NULL;
	if (run->filtered)
		return sieve_message_addresses(run, name, addresses);
	return class->addresses != NULL ? class->addresses(run->host, name, addresses) : SIEVE_HERE;
}

static void
missing_field(SieveRun *run, const char *name)
{
	g_autofree char *words = g_strdup_printf(_("The field \"%.60s\""), name);

	sieve_run_missing(run, words);
}

/* Blanks around a value do not count (RFC 5228, 5.7). */
static void
set_stripped(SieveValues *values, guint n, const char *text)
{
	gsize length;

	while (*text == ' ' || *text == '\t')
		text++;
	length = strlen(text);
	while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
		length--;
	sieve_values_set(values, n, text, length);
}

static void
know(SieveRun *run, SieveField *field, const char *name)
{
	const GPtrArray *values;

	if (field->known)
		return;
	field->known = TRUE;
	if (host_header(run, name, &values) == SIEVE_MISSING) {
		missing_field(run, name);
		return;
	}
	field->exists = values != NULL;
	if (values == NULL)
		return;
	field->values = values_in(run, field->pool, values->len);
	for (guint i = 0; i < values->len; i++)
		set_stripped(&field->values, i, g_ptr_array_index(values, i));
}

SieveField *
sieve_run_field_known(SieveRun *run, guint slot)
{
	run->fields[slot].pool = run->memory;
	return &run->fields[slot];
}

SieveField *
sieve_run_field(SieveRun *run, guint slot)
{
	SieveField *field = sieve_run_field_known(run, slot);

	know(run, field, g_ptr_array_index(run->script->fields, slot));
	return field;
}

SieveField *
sieve_run_field_named(SieveRun *run, const char *name)
{
	g_autofree char *lower = g_ascii_strdown(name, -1);
	SieveField *field = sieve_run_take(run, run->scratch, sizeof *field);

	if (field == NULL || !sieve_run_charge(run, NAMED_OCTETS + strlen(name)))
		return &run->nothing;
	*field = (SieveField){.pool = run->scratch};
	know(run, field, lower);
	return field;
}

SieveField *
sieve_run_field_of(SieveRun *run, guint slot, const SieveString *name)
{
	return slot != G_MAXUINT ? sieve_run_field(run, slot)
				 : sieve_run_field_named(run, sieve_run_text(run, name, NULL));
}

/* ---- addresses ------------------------------------------------------------------------------------ */

/* The local part without its quotes (RFC 5228, 2.7.4 compares what they mean). */
static void
unquoted(SieveRun *run, SievePool *pool, const char *text, gsize length, SieveValue *value)
{
	char *out;

	*value = (SieveValue){.text = text, .length = length};
	if (length < 2 || text[0] != '"' || text[length - 1] != '"' ||
		(out = sieve_run_take(run, pool, length)) == NULL)
		return;
	value->text = out;
	for (gsize i = 1; i + 1 < length; i++) {
		if (text[i] == '\\' && i + 2 < length)
			i++;
		*out++ = text[i];
	}
	*out = '\0';
	value->length = (gsize)(out - value->text);
}

gboolean
sieve_address_part(SieveRun *run, SievePool *pool, const char *address, SieveTag part, SieveValue *value)
{
	const char *at = strrchr(address, '@'), *plus;
	gsize local = at != NULL ? (gsize)(at - address) : strlen(address);

	switch (part) {
	case SIEVE_TAG_DOMAIN:
		if (at == NULL)
			return FALSE;
		*value = (SieveValue){.text = at + 1, .length = strlen(at + 1)};
		return TRUE;
	case SIEVE_TAG_LOCALPART:
		unquoted(run, pool, address, local, value);
		return TRUE;
	case SIEVE_TAG_USER:
	case SIEVE_TAG_DETAIL:
		unquoted(run, pool, address, local, value);
		plus = memchr(value->text, '+', value->length);
		if (part == SIEVE_TAG_USER) {
			if (plus != NULL)
				value->length = (gsize)(plus - value->text);
			return TRUE;
		}
		if (plus == NULL)
			return FALSE;
		value->length -= (gsize)(plus + 1 - value->text);
		value->text = plus + 1;
		return TRUE;
	default:
		*value = (SieveValue){.text = address, .length = strlen(address)};
		return TRUE;
	}
}

SieveValues *
sieve_run_addresses(SieveRun *run, SieveField *field, const char *name, SieveTag part)
{
	guint index = (guint)part - SIEVE_TAG_ALL;
	SieveValues *values = &field->parts[index];
	guint count = 0;

	if (!field->addresses_known) {
		g_autofree char *lower = g_ascii_strdown(name, -1);
		field->addresses_known = TRUE;
		if (host_addresses(run, lower, &field->addresses) == SIEVE_MISSING)
			missing_field(run, name);
	}
	if (field->parts_known[index] || sieve_run_failed(run))
		return values;
	field->parts_known[index] = TRUE;
	*values = values_in(run, field->pool, field->addresses != NULL ? field->addresses->len : 0);
	for (guint i = 0; i < values->count; i++) {
		const MimeAddress *address = g_ptr_array_index(field->addresses, i);
		if (*address->address != '\0' &&
			sieve_address_part(run, field->pool, address->address, part, &values->items[count]))
			count++;
	}
	values->count = count;
	return values;
}

/* ---- the rest --------------------------------------------------------------------------------------- */

MimeMessage *
sieve_run_message(SieveRun *run)
{
	const SieveHostClass *class = run->host->class;

	if (run->message != NULL || sieve_run_failed(run))
		return run->message;
	if (class->whole == NULL || class->whole(run->host, &run->message) == SIEVE_MISSING ||
		run->message == NULL) {
		run->message = NULL;
		sieve_run_missing(run, _("The whole message"));
	}
	return run->message;
}

gint64
sieve_run_now(SieveRun *run)
{
	if (run->now < 0)
		run->now = run->host->class->now != NULL ? run->host->class->now(run->host) : 0;
	return run->now;
}

int
sieve_run_zone(SieveRun *run, gint64 when)
{
	return run->host->class->zone != NULL ? run->host->class->zone(run->host, when) : 0;
}
