/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * structure.c - recursive descent, bounded by LIMIT_MIME_NESTING: below that the
 * value is stepped over by imap_skip_value(), which does not recurse.
 */
#include "config.h"

#include "imap/structure.h"

#include "mime/header.h"
#include "mime/part.h"
#include "util/limits.h"

typedef struct {
	ImapParser *parser;
	guint depth;
	guint parts;
} Walk;

static MimePart *take_body(Walk *walk);

static gboolean
take_text(Walk *walk, char **text)
{
	ImapSlice slice;

	*text = NULL;
	if (!imap_take_nstring(walk->parser, &slice))
		return FALSE;
	*text = imap_slice_dup(slice);
	return TRUE;
}

/* A number, or NIL for one. */
static gboolean
take_count(Walk *walk, guint64 *count)
{
	*count = 0;
	return imap_take_word(walk->parser, "NIL") || imap_take_size(walk->parser, count);
}

/* Step over what stands before the ")" of a list, and over that. */
static gboolean
skip_to_end(Walk *walk)
{
	while (!imap_take_char(walk->parser, ')')) {
		if (!imap_skip_value(walk->parser))
			return FALSE;
	}
	return TRUE;
}

typedef void (*AddParam)(MimePart *part, const char *name, const char *value);

/* "(" name value ... ")" or NIL; pairs without a value are dropped. */
static gboolean
take_params(Walk *walk, MimePart *part, AddParam add)
{
	ImapSlice ignored;

	if (!imap_take_char(walk->parser, '('))
		return imap_take_nstring(walk->parser, &ignored);
	while (!imap_take_char(walk->parser, ')')) {
		g_autofree char *name = NULL;
		g_autofree char *value = NULL;
		if (!take_text(walk, &name) || !take_text(walk, &value))
			return FALSE;
		if (name != NULL && value != NULL &&
			part->params->len + part->disposition_params->len < 2 * LIMIT_RFC2231_SECTIONS)
			add(part, name, value);
	}
	return TRUE;
}

static gboolean
take_disposition(Walk *walk, MimePart *part)
{
	g_autofree char *name = NULL;

	if (!imap_peek_char(walk->parser, '('))
		return imap_skip_value(walk->parser);
	imap_take_char(walk->parser, '(');
	if (!take_text(walk, &name))
		return FALSE;
	if (name != NULL)
		mime_part_set_disposition(part, name);
	if (!imap_peek_char(walk->parser, ')') && !take_params(walk, part, mime_part_add_disposition_param))
		return FALSE;
	return skip_to_end(walk);
}

/* A string, or a list of which the first counts (languages). */
static gboolean
take_text_or_list(Walk *walk, char **text)
{
	g_clear_pointer(text, g_free);
	if (!imap_peek_char(walk->parser, '('))
		return take_text(walk, text);
	imap_take_char(walk->parser, '(');
	while (!imap_take_char(walk->parser, ')')) {
		g_autofree char *one = NULL;
		if (!take_text(walk, &one))
			return FALSE;
		if (*text == NULL)
			*text = g_steal_pointer(&one);
	}
	return TRUE;
}

/* disposition, language, location, extensions: each may be missing; then the ")" of the body. */
static gboolean
take_tail(Walk *walk, MimePart *part)
{
	if (imap_peek_char(walk->parser, ')'))
		return imap_take_char(walk->parser, ')');
	if (!take_disposition(walk, part))
		return FALSE;
	if (!imap_peek_char(walk->parser, ')') && !take_text_or_list(walk, &part->language))
		return FALSE;
	if (!imap_peek_char(walk->parser, ')')) {
		g_clear_pointer(&part->location, g_free);
		if (!take_text_or_list(walk, &part->location))
			return FALSE;
	}
	return skip_to_end(walk);
}

/* Take one child, or step over it past a limit. */
static gboolean
take_child(Walk *walk, MimePart *part)
{
	MimePart *child;

	if (walk->depth >= LIMIT_MIME_NESTING || walk->parts >= LIMIT_MIME_PARTS) {
		part->opaque = TRUE;
		return imap_skip_value(walk->parser);
	}
	child = take_body(walk);
	if (child == NULL)
		return FALSE;
	mime_part_add_child(part, child);
	return TRUE;
}

/* Behind "(", at the first child. */
static MimePart *
take_multipart(Walk *walk)
{
	g_autoptr(MimePart) part = mime_part_new("multipart", "mixed");
	g_autofree char *subtype = NULL;

	while (imap_peek_char(walk->parser, '(')) {
		if (!take_child(walk, part))
			return NULL;
	}
	if (!take_text(walk, &subtype))
		return NULL;
	if (subtype != NULL && *subtype != '\0') {
		g_free(part->subtype);
		part->subtype = g_ascii_strdown(subtype, -1);
	}
	if (imap_take_char(walk->parser, ')'))
		return g_steal_pointer(&part);
	if (!take_params(walk, part, mime_part_add_param) || !take_tail(walk, part))
		return NULL;
	return g_steal_pointer(&part);
}

/* An address list of ENVELOPE; into may be NULL. Groups (no domain) are left out. */
static gboolean
take_addresses(Walk *walk, GPtrArray *into)
{
	if (!imap_take_char(walk->parser, '('))
		return imap_skip_value(walk->parser);
	while (!imap_take_char(walk->parser, ')')) {
		g_autofree char *name = NULL;
		g_autofree char *route = NULL;
		g_autofree char *local = NULL;
		g_autofree char *domain = NULL;
		if (!imap_take_char(walk->parser, '(') || !take_text(walk, &name) ||
			!take_text(walk, &route) || !take_text(walk, &local) || !take_text(walk, &domain) ||
			!imap_take_char(walk->parser, ')'))
			return FALSE;
		if (into != NULL && local != NULL && domain != NULL && into->len < LIMIT_ADDRESSES) {
			g_autofree char *address = g_strconcat(local, "@", domain, NULL);
			g_autofree char *decoded = name ? mime_decode_text(name, -1) : NULL;
			g_ptr_array_add(into, mime_address_new(decoded, address));
		}
	}
	return TRUE;
}

/* ENVELOPE: date subject from sender reply-to to cc bcc in-reply-to message-id. */
static gboolean
take_envelope(Walk *walk, MimePart *part)
{
	g_autofree char *date = NULL;
	g_autofree char *subject = NULL;
	g_autofree char *in_reply_to = NULL;
	g_autofree char *message_id = NULL;
	MimeEnvelope *envelope;
	gboolean ok;

	if (!imap_take_char(walk->parser, '('))
		return imap_skip_value(walk->parser);
	envelope = g_new0(MimeEnvelope, 1);
	envelope->from = mime_addresses_new();
	mime_part_take_envelope(part, envelope);
	ok = take_text(walk, &date) && take_text(walk, &subject) && take_addresses(walk, envelope->from);
	for (int i = 0; ok && i < 5; i++)
		ok = take_addresses(walk, NULL);
	if (!ok || !take_text(walk, &in_reply_to) || !take_text(walk, &message_id) ||
		!imap_take_char(walk->parser, ')'))
		return FALSE;
	envelope->subject = subject ? mime_decode_text(subject, -1) : NULL;
	envelope->message_id = message_id ? mime_parse_message_id(message_id, -1) : NULL;
	envelope->dated = date != NULL && dates_parse_mail(date, &envelope->date);
	return TRUE;
}

/* What message/rfc822 has beside: ENVELOPE, the body inside, lines. */
static gboolean
take_message(Walk *walk, MimePart *part)
{
	return take_envelope(walk, part) && take_child(walk, part) && take_count(walk, &part->lines);
}

/* The seven fields that every single part has, type and subtype taken. */
static gboolean
take_basics(Walk *walk, MimePart *part)
{
	g_autofree char *id = NULL;
	g_autofree char *description = NULL;
	g_autofree char *encoding = NULL;

	if (!take_params(walk, part, mime_part_add_param) || !take_text(walk, &id) ||
		!take_text(walk, &description) || !take_text(walk, &encoding) ||
		!take_count(walk, &part->size_octets))
		return FALSE;
	if (id != NULL)
		mime_part_set_content_id(part, id);
	if (description != NULL)
		mime_part_set_description(part, description);
	if (encoding != NULL)
		mime_part_set_encoding(part, encoding);
	return TRUE;
}

static MimePart *
take_single(Walk *walk)
{
	g_autofree char *type = NULL;
	g_autofree char *subtype = NULL;
	g_autoptr(MimePart) part = NULL;
	ImapSlice md5;

	if (!take_text(walk, &type) || !take_text(walk, &subtype))
		return NULL;
	part = mime_part_new(
		type && *type ? type : "application", subtype && *subtype ? subtype : "octet-stream");
	if (!take_basics(walk, part))
		return NULL;
	/* Exchange says message/rfc822 without an envelope for damaged ones. */
	if (mime_part_is(part, "message", NULL) && imap_peek_char(walk->parser, '(')) {
		if (!take_message(walk, part))
			return NULL;
	} else if (mime_part_is(part, "text", NULL) && !imap_peek_char(walk->parser, ')')) {
		if (!take_count(walk, &part->lines))
			return NULL;
	}
	if (imap_take_char(walk->parser, ')'))
		return g_steal_pointer(&part);
	if (!imap_take_nstring(walk->parser, &md5) || !take_tail(walk, part))
		return NULL;
	return g_steal_pointer(&part);
}

static MimePart *
take_body(Walk *walk)
{
	MimePart *part;

	if (!imap_take_char(walk->parser, '('))
		return NULL;
	walk->parts++;
	walk->depth++;
	part = imap_peek_char(walk->parser, '(') ? take_multipart(walk) : take_single(walk);
	walk->depth--;
	return part;
}

MimePart *
imap_structure_parse(ImapParser *parser)
{
	Walk walk = {.parser = parser};
	MimePart *root = take_body(&walk);

	if (root != NULL)
		mime_part_finish(root);
	return root;
}
