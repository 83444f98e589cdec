/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One walk over the lines. The stack holds the multiparts and messages that are
 * open; a line that begins with "--" is compared with the boundaries on it,
 * innermost first. A match closes everything above it.
 *
 *   begin_part   reads a header, makes the part, and opens what it contains
 *   close_to     ends the parts above a level of the stack at an offset
 */
#include "config.h"

#include "mime/structure.h"

#include "mime/header.h"
#include "mime/param.h"
#include "util/limits.h"

#include <string.h>

typedef struct {
	MimePart *part;
	const char
		*boundary; /* NULL: a message, whose end is that of what holds it. Borrowed from the part */
	gsize boundary_length;
	guint64 first_line; /* line number at which the body begins */
	gboolean closed;    /* the closing delimiter was seen */
} Level;

typedef struct {
	const char *data;
	gsize length;
	gsize offset;
	guint64 line; /* lines before offset */
	Level stack[LIMIT_MIME_NESTING + 1];
	guint depth;
	guint parts;
	MimePart *root;
	MimeStructureWarn warn;
	void *user;
} Walk;

/* The line at offset: its length with the line end. */
static gsize
line_at(const Walk *walk, gsize offset)
{
	const char *start = walk->data + offset;
	const char *end = memchr(start, '\n', walk->length - offset);

	return end ? (gsize)(end - start) + 1 : walk->length - offset;
}

static gsize
text_length(const char *line, gsize size)
{
	if (size > 0 && line[size - 1] == '\n')
		size--;
	while (size > 0 && (line[size - 1] == '\r' || line[size - 1] == ' ' || line[size - 1] == '\t'))
		size--;
	return size;
}

/* The level whose boundary this line is, or -1. */
static int
match_boundary(const Walk *walk, const char *line, gsize size, gboolean *closing)
{
	if (size < 3 || line[0] != '-' || line[1] != '-')
		return -1;
	size = text_length(line, size) - 2;
	line += 2;
	for (int i = (int)walk->depth - 1; i >= 0; i--) {
		const Level *level = &walk->stack[i];
		gsize length = level->boundary_length;
		if (level->boundary == NULL || level->closed || size < length ||
			memcmp(line, level->boundary, length) != 0)
			continue;
		*closing = size == length + 2 && line[length] == '-' && line[length + 1] == '-';
		if (size == length || *closing)
			return i;
	}
	return -1;
}

/* The header at offset ends at its empty line, a boundary, or the end. */
static gsize
header_length(Walk *walk, gsize start)
{
	gsize offset = start;

	while (offset < walk->length) {
		gsize size = line_at(walk, offset);
		const char *line = walk->data + offset;
		gboolean closing;
		if (match_boundary(walk, line, size, &closing) >= 0)
			break;
		offset += size;
		walk->line++;
		if (size == 1 || (size == 2 && line[0] == '\r'))
			break;
	}
	return offset - start;
}

/* --- Making a part --- */

static void
set_type(MimePart *part, const MimeField *field)
{
	g_autofree char *value = mime_split_params(field->value, (gssize)field->value_length, part->params);
	char *slash = strchr(value, '/');

	if (slash == NULL || slash == value || slash[1] == '\0' || !g_str_is_ascii(value))
		return;
	g_free(part->type);
	g_free(part->subtype);
	part->type = g_strndup(value, (gsize)(slash - value));
	part->subtype = g_strdup(slash + 1);
}

static void
set_text(char **to, const MimeField *field)
{
	if (*to == NULL)
		*to = mime_unfold(field->value, (gssize)field->value_length);
}

static void
set_disposition(MimePart *part, const MimeField *field)
{
	g_autofree char *value = NULL;

	if (part->disposition != NULL)
		return;
	value = mime_split_params(field->value, (gssize)field->value_length, part->disposition_params);
	mime_part_set_disposition(part, value);
}

static void
take_field(MimePart *part, const MimeField *field, gboolean *typed)
{
	g_autofree char *raw = NULL;

	if (field->name_length < 10 || g_ascii_strncasecmp(field->name, "Content-", 8) != 0)
		return;
	if (mime_field_is(field, "Content-Type")) {
		if (!*typed)
			set_type(part, field);
		*typed = TRUE;
	} else if (mime_field_is(field, "Content-Disposition")) {
		set_disposition(part, field);
	} else if (mime_field_is(field, "Content-Transfer-Encoding") && part->encoding_name == NULL) {
		raw = mime_unfold(field->value, (gssize)field->value_length);
		mime_part_set_encoding(part, raw);
	} else if (mime_field_is(field, "Content-ID") && part->content_id == NULL) {
		raw = mime_unfold(field->value, (gssize)field->value_length);
		mime_part_set_content_id(part, raw);
	} else if (mime_field_is(field, "Content-Description") && part->description == NULL) {
		raw = mime_unfold(field->value, (gssize)field->value_length);
		mime_part_set_description(part, raw);
	} else if (mime_field_is(field, "Content-Language")) {
		set_text(&part->language, field);
	} else if (mime_field_is(field, "Content-Location")) {
		set_text(&part->location, field);
	}
}

static MimePart *
read_part(Walk *walk, gsize start, gsize size, const MimePart *parent)
{
	gboolean digest = parent != NULL && mime_part_is(parent, "multipart", "digest");
	MimePart *part = mime_part_new(digest ? "message" : "text", digest ? "rfc822" : "plain");
	MimeFields fields;
	MimeField field;
	gboolean typed = FALSE;

	mime_fields_init(&fields, walk->data + start, size);
	while (mime_fields_next(&fields, &field))
		take_field(part, &field, &typed);
	if (fields.limited)
		walk->warn(walk->user, "header-limit");
	if (fields.damaged)
		walk->warn(walk->user, "header-damaged");
	part->header_start = start;
	part->header_length = size;
	part->body_start = start + size;
	return part;
}

static MimeEnvelope *
read_envelope(const char *block, gsize length)
{
	MimeEnvelope *envelope = g_new0(MimeEnvelope, 1);
	MimeFields fields;
	MimeField field;

	mime_fields_init(&fields, block, length);
	while (mime_fields_next(&fields, &field)) {
		gssize size = (gssize)field.value_length;
		if (mime_field_is(&field, "Subject") && envelope->subject == NULL) {
			envelope->subject = mime_decode_text(field.value, size);
		} else if (mime_field_is(&field, "From") && envelope->from == NULL) {
			envelope->from = mime_parse_addresses(field.value, size, NULL);
		} else if (mime_field_is(&field, "Message-ID") && envelope->message_id == NULL) {
			envelope->message_id = mime_parse_message_id(field.value, size);
		} else if (mime_field_is(&field, "Date") && !envelope->dated) {
			g_autofree char *date = mime_unfold(field.value, size);
			envelope->dated = dates_parse_mail(date, &envelope->date);
		}
	}
	if (envelope->from == NULL)
		envelope->from = mime_addresses_new();
	return envelope;
}

/* --- The walk --- */

static void
set_end(MimePart *part, gsize end, guint64 lines)
{
	part->body_length = end > part->body_start ? end - part->body_start : 0;
	part->size_octets = part->body_length;
	if (mime_part_is(part, "text", NULL) || mime_part_is(part, "message", "rfc822"))
		part->lines = lines;
}

/* A multipart in which no boundary was found: what it holds is shown as text. */
static void
make_plain(Walk *walk, MimePart *part)
{
	g_free(part->type);
	g_free(part->subtype);
	part->type = g_strdup("text");
	part->subtype = g_strdup("plain");
	walk->warn(walk->user, "boundary-missing");
}

/* End every part above level; the line end before a boundary belongs to the boundary. */
static void
close_to(Walk *walk, guint level, gsize end)
{
	gboolean at_line = end > 0 && walk->data[end - 1] == '\n';

	while (walk->depth > level) {
		Level *top = &walk->stack[--walk->depth];
		MimePart *part = top->part;
		gsize stop = end;
		if (walk->offset < walk->length && at_line) {
			stop--;
			if (stop > 0 && walk->data[stop - 1] == '\r')
				stop--;
		}
		if (top->boundary != NULL && !top->closed && part->children->len > 0)
			walk->warn(walk->user, "truncated");
		if (mime_part_is(part, "multipart", NULL) && part->children->len == 0 && !part->opaque)
			make_plain(walk, part);
		set_end(part, stop, stop > part->body_start ? walk->line - top->first_line : 0);
	}
}

static void
push(Walk *walk, MimePart *part, const char *boundary)
{
	Level *level = &walk->stack[walk->depth++];

	level->part = part;
	level->boundary = boundary;
	level->boundary_length = boundary ? strlen(boundary) : 0;
	level->first_line = walk->line;
	level->closed = FALSE;
}

/* The raw boundary parameter; it is not decoded, and blanks at its end do not count. */
static const char *
boundary_of(const MimePart *part)
{
	MimeParam *found = NULL;

	for (guint i = 0; i < part->params->len && found == NULL; i++) {
		MimeParam *param = g_ptr_array_index(part->params, i);
		if (strcmp(param->name, "boundary") == 0)
			found = param;
	}
	if (found == NULL)
		return NULL;
	g_strchomp(found->value);
	return *found->value ? found->value : NULL;
}

static gboolean
holds_message(const MimePart *part)
{
	return (mime_part_is(part, "message", "rfc822") || mime_part_is(part, "message", "global")) &&
	       part->encoding == MIME_ENCODING_7BIT;
}

/* Read a header at offset and open the part; the messages inside it too. */
static void
begin_part(Walk *walk)
{
	for (;;) {
		MimePart *parent = walk->depth ? walk->stack[walk->depth - 1].part : NULL;
		gsize start = walk->offset;
		gsize size = header_length(walk, start);
		MimePart *part = read_part(walk, start, size, parent);
		gboolean room = walk->depth + 1 < LIMIT_MIME_NESTING && walk->parts < LIMIT_MIME_PARTS;
		const char *boundary = boundary_of(part);
		walk->offset = start + size;
		walk->parts++;
		if (parent == NULL)
			walk->root = part;
		else
			mime_part_add_child(parent, part);
		if (parent != NULL && mime_part_is(parent, "message", NULL))
			mime_part_take_envelope(parent, read_envelope(walk->data + start, size));
		if (mime_part_is(part, "multipart", NULL) && boundary != NULL && room) {
			push(walk, part, boundary);
			return;
		}
		if (mime_part_is(part, "multipart", NULL) && boundary == NULL)
			make_plain(walk, part);
		push(walk, part, NULL);
		if (!mime_part_is(part, "multipart", NULL) && !holds_message(part))
			return;
		if (!room) {
			part->opaque = TRUE;
			walk->warn(walk->user,
				walk->parts >= LIMIT_MIME_PARTS ? "parts-limit" : "nesting-limit");
			return;
		}
	}
}

/* The parts are used up: all that follows is one part. */
static void
rest_is_opaque(Walk *walk)
{
	MimePart *part = mime_part_new("application", "octet-stream");

	part->opaque = TRUE;
	part->header_start = part->body_start = walk->offset;
	mime_part_add_child(walk->stack[walk->depth - 1].part, part);
	walk->offset = walk->length;
	part->body_length = part->size_octets = walk->length - part->body_start;
	walk->warn(walk->user, "parts-limit");
}

static void
at_boundary(Walk *walk, guint level, gsize size, gboolean closing)
{
	close_to(walk, level + 1, walk->offset);
	walk->offset += size;
	walk->line++;
	if (closing)
		walk->stack[level].closed = TRUE;
	else if (walk->parts >= LIMIT_MIME_PARTS)
		rest_is_opaque(walk);
	else
		begin_part(walk);
}

MimePart *
mime_structure_parse(const char *data, gsize length, MimeStructureWarn warn, void *user)
{
	Walk *walk = g_new0(Walk, 1);
	MimePart *root;

	walk->data = data;
	walk->length = length;
	walk->warn = warn;
	walk->user = user;
	begin_part(walk);
	while (walk->offset < walk->length) {
		gsize size = line_at(walk, walk->offset);
		gboolean closing = FALSE;
		int level = match_boundary(walk, data + walk->offset, size, &closing);
		if (level >= 0) {
			at_boundary(walk, (guint)level, size, closing);
			continue;
		}
		walk->offset += size;
		walk->line++;
	}
	close_to(walk, 0, walk->length);
	root = walk->root;
	g_free(walk);
	mime_part_finish(root);
	return root;
}
