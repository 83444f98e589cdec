/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/header.h"

#include "util/limits.h"

#include <string.h>

void
mime_fields_init(MimeFields *fields, const char *block, gsize length)
{
	memset(fields, 0, sizeof *fields);
	fields->block = block;
	fields->length = length;
}

/* The offset behind the line that begins at offset. */
static gsize
line_after(const MimeFields *fields, gsize offset)
{
	const char *end = memchr(fields->block + offset, '\n', fields->length - offset);

	return end ? (gsize)(end - fields->block) + 1 : fields->length;
}

/* Length of a line's text, its end taken off. */
static gsize
chomp(const char *line, gsize length)
{
	if (length > 0 && line[length - 1] == '\n')
		length--;
	if (length > 0 && line[length - 1] == '\r')
		length--;
	return length;
}

/* The end of the header was not reached within the limits: find the body without looking at fields. */
static gboolean
skip_to_body(MimeFields *fields)
{
	fields->limited = TRUE;
	while (fields->offset < fields->length) {
		gsize next = line_after(fields, fields->offset);
		gboolean empty = chomp(fields->block + fields->offset, next - fields->offset) == 0;
		fields->offset = next;
		if (empty)
			break;
	}
	return FALSE;
}

/* Split "Name: value"; FALSE: no field. */
static gboolean
split_field(const char *line, gsize length, MimeField *field)
{
	gsize name = 0;
	gsize colon;

	while (name < length && line[name] > 32 && line[name] < 127 && line[name] != ':')
		name++;
	for (colon = name; colon < length && (line[colon] == ' ' || line[colon] == '\t'); colon++)
		;
	if (name == 0 || colon >= length || line[colon] != ':')
		return FALSE;
	field->name = line;
	field->name_length = name;
	field->value = line + colon + 1;
	field->value_length = length - colon - 1;
	return TRUE;
}

gboolean
mime_fields_next(MimeFields *fields, MimeField *field)
{
	while (fields->offset < fields->length) {
		gsize start = fields->offset;
		const char *line = fields->block + start;
		gsize next = line_after(fields, start);
		gsize length;

		if (chomp(line, next - start) == 0) {
			fields->offset = next;
			return FALSE;
		}
		if (start >= LIMIT_HEADER_BLOCK || fields->count >= LIMIT_HEADER_FIELDS)
			return skip_to_body(fields);
		while (next < fields->length && (fields->block[next] == ' ' || fields->block[next] == '\t'))
			next = line_after(fields, next);
		fields->offset = next;
		fields->count++;
		length = chomp(line, next - start);
		if (length > LIMIT_HEADER_FIELD) {
			length = LIMIT_HEADER_FIELD;
			fields->limited = TRUE;
		}
		if (split_field(line, length, field))
			return TRUE;
		/* The line that mbox files put before a message is no damage. */
		if (start > 0 || length < 5 || memcmp(line, "From ", 5) != 0)
			fields->damaged = TRUE;
	}
	return FALSE;
}

gboolean
mime_field_is(const MimeField *field, const char *name)
{
	return strlen(name) == field->name_length &&
	       g_ascii_strncasecmp(field->name, name, field->name_length) == 0;
}

char *
mime_fields_find(const char *block, gsize length, const char *name)
{
	MimeFields fields;
	MimeField field;

	mime_fields_init(&fields, block, length);
	while (mime_fields_next(&fields, &field))
		if (mime_field_is(&field, name))
			return mime_unfold(field.value, (gssize)field.value_length);
	return NULL;
}

char *
mime_unfold(const char *raw, gssize length)
{
	gsize size = length < 0 ? strlen(raw) : (gsize)length;
	const char *end = raw + size;
	char *out = g_malloc(size + 1);
	char *to = out;

	while (raw < end && (*raw == ' ' || *raw == '\t' || *raw == '\r' || *raw == '\n'))
		raw++;
	while (raw < end) {
		gsize fold = raw[0] == '\n' ? 1 : raw[0] == '\r' && raw + 1 < end && raw[1] == '\n' ? 2 : 0;
		if (fold > 0 && raw + fold < end && (raw[fold] == ' ' || raw[fold] == '\t')) {
			raw += fold;
			continue;
		}
		*to++ = *raw == '\0' || *raw == '\r' || *raw == '\n' ? ' ' : *raw;
		raw++;
	}
	while (to > out && (to[-1] == ' ' || to[-1] == '\t'))
		to--;
	*to = '\0';
	return out;
}
