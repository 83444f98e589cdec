/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fields of header blocks, and parts as text. */
#include "config.h"

#include "sieve/mime-part.h"

#include "mime/html.h"

#include <string.h>

/* ---- fields -------------------------------------------------------------------------------- */

static void
append_value(GPtrArray *values, const MimeField *field)
{
	g_ptr_array_add(values, mime_decode_text(field->value, (gssize)field->value_length));
}

GPtrArray *
sieve_block_values(const char *block, gsize length, const char *name)
{
	GPtrArray *values = NULL;
	MimeFields fields;
	MimeField field;

	mime_fields_init(&fields, block, length);
	while (mime_fields_next(&fields, &field)) {
		if (!mime_field_is(&field, name))
			continue;
		if (values == NULL)
			values = g_ptr_array_new_with_free_func(g_free);
		append_value(values, &field);
	}
	return values;
}

GPtrArray *
sieve_block_addresses(const char *block, gsize length, const char *name)
{
	GPtrArray *addresses = NULL;
	MimeFields fields;
	MimeField field;

	mime_fields_init(&fields, block, length);
	while (mime_fields_next(&fields, &field)) {
		g_autoptr(GPtrArray) some = NULL;
		if (!mime_field_is(&field, name))
			continue;
		some = mime_parse_addresses(field.value, (gssize)field.value_length, NULL);
		if (addresses == NULL)
			addresses = g_steal_pointer(&some);
		else
			g_ptr_array_extend_and_steal(addresses, g_steal_pointer(&some));
	}
	return addresses;
}

SieveAnswer
sieve_message_header(SieveRun *run, const char *name, const GPtrArray **values)
{
	gsize length;
	const char *block = mime_message_header(run->message, &length);
	GPtrArray *found = sieve_run_charge(run, length * 4) ? sieve_block_values(block, length, name) : NULL;

	if (found != NULL)
		sieve_pool_own(run->memory, found, (GDestroyNotify)g_ptr_array_unref);
	*values = found;
	return SIEVE_HERE;
}

SieveAnswer
sieve_message_addresses(SieveRun *run, const char *name, const GPtrArray **addresses)
{
	gsize length;
	const char *block = mime_message_header(run->message, &length);
	GPtrArray *found =
		sieve_run_charge(run, length * 4) ? sieve_block_addresses(block, length, name) : NULL;

	if (found != NULL)
		sieve_pool_own(run->memory, found, (GDestroyNotify)g_ptr_array_unref);
	*addresses = found;
	return SIEVE_HERE;
}

/* ---- parts ------------------------------------------------------------------------------------ */

static GBytes *
text_content(MimeMessage *message, const MimePart *part)
{
	gsize length;
	char *text = mime_message_text(message, part, &length);

	return g_bytes_new_take(text, length);
}

/* What stands before the first boundary and behind the last (RFC 5173, 5.2). */
static GBytes *
around_parts(MimeMessage *message, const MimePart *part)
{
	g_autoptr(GBytes) body = mime_message_part_octets(message, part);
	gsize length;
	const char *text = g_bytes_get_data(body, &length);
	const MimePart *first, *last;
	gsize start, end;
	GString *out;

	if (part->children->len == 0)
		return g_steal_pointer(&body);
	first = g_ptr_array_index(part->children, 0);
	last = g_ptr_array_index(part->children, part->children->len - 1);
	start = MIN(first->header_start - MIN(part->body_start, first->header_start), length);
	end = MIN(last->body_start + last->body_length -
			  MIN(part->body_start, last->body_start + last->body_length),
		length);
	/* The boundary line before the first part is not text. */
	while (start > 0 && text[start - 1] == '\n')
		start--;
	while (start > 0 && text[start - 1] != '\n')
		start--;
	out = g_string_new_len(text, (gssize)start);
	while (end < length && (text[end] == '\r' || text[end] == '\n'))
		end++;
	while (end < length && text[end] != '\n')
		end++;
	g_string_append_len(out, text + end, (gssize)(length - end));
	return g_string_free_to_bytes(out);
}

GBytes *
sieve_part_content(MimeMessage *message, const MimePart *part)
{
	if (mime_part_is(part, "multipart", NULL))
		return around_parts(message, part);
	if (mime_part_is(part, "message", "rfc822") && part->children->len > 0)
		return mime_message_part_header(message, g_ptr_array_index(part->children, 0));
	if (mime_part_is(part, "text", NULL))
		return text_content(message, part);
	return mime_message_decode(message, part);
}

GBytes *
sieve_part_text(MimeMessage *message, const MimePart *part)
{
	g_autoptr(GBytes) content = NULL;
	gsize length;
	const char *html;
	char *plain;

	if (!mime_part_is(part, "text", NULL))
		return g_bytes_new_static("", 0);
	content = text_content(message, part);
	if (!mime_part_is(part, "text", "html"))
		return g_steal_pointer(&content);
	html = g_bytes_get_data(content, &length);
	plain = mime_html_plain(html != NULL ? html : "", length);
	return g_bytes_new_take(plain, strlen(plain));
}
