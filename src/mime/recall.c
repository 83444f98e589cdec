/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages that exist already: edited again, sent again, made ready for SMTP.
 */
#include "config.h"

#include "mime/build.h"
#include "mime/crlf.h"
#include "mime/wire.h"

#include <string.h>

void
mime_append_crlf(GString *out, const char *text, gsize length)
{
	const char *end = text + length;

	while (text < end) {
		const char *stop = text;
		while (stop < end && *stop != '\r' && *stop != '\n')
			stop++;
		g_string_append_len(out, text, stop - text);
		if (stop == end)
			return;
		g_string_append(out, "\r\n");
		text = stop + (*stop == '\r' && stop + 1 < end && stop[1] == '\n' ? 2 : 1);
	}
}

/* --- A draft from a message --- */

/* Fields that the draft has places for, that transport or lists wrote, or that other programs take for
 * commands. */
static gboolean
is_left_out(const char *name)
{
	static const char *const prefixes[] = {"ARC-", "Content-", "DKIM-", "List-", "Resent-", "X-Mozilla-",
		"X-Spam-", "X-MS-Exchange-", "X-Google-", "X-Received", "X-GM-"};
	static const char *const names[] = {"Attach", "Authentication-Results", "Bcc", "Cc", "Date",
		"Delivered-To", "DomainKey-Signature", "Errors-To", "Fcc", "From", "Importance",
		"In-Reply-To", "Mail-Followup-To", "Message-ID", "MIME-Version", "Pgp", "Precedence",
		"Priority", "Received", "Received-SPF", "References", "Reply-To", "Return-Path", "Sender",
		"Status", "Subject", "To", "User-Agent", "X-Mailer", "X-MSMail-Priority", "X-Original-To",
		"X-Priority", "X-Status"};

	for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++)
		if (g_ascii_strncasecmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return TRUE;
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_ascii_strcasecmp(name, names[i]) == 0)
			return TRUE;
	return FALSE;
}

static void
take_extra(MimeDraft *draft, MimeMessage *message)
{
	gsize length;
	const char *block = mime_message_header(message, &length);
	MimeFields fields;
	MimeField field;

	mime_fields_init(&fields, block, length);
	while (mime_fields_next(&fields, &field)) {
		g_autofree char *name = g_strndup(field.name, field.name_length);
		g_autofree char *value = NULL;
		if (is_left_out(name) || strlen(name) > 76)
			continue;
		value = mime_decode_text(field.value, (gssize)field.value_length);
		mime_draft_add_extra(draft, name, value);
	}
}

static GPtrArray *
copy_ids(const GPtrArray *ids)
{
	GPtrArray *copy = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < ids->len; i++)
		g_ptr_array_add(copy, g_strdup(g_ptr_array_index(ids, i)));
	return copy;
}

static void
replace_list(GPtrArray **to, const GPtrArray *from)
{
	g_ptr_array_unref(*to);
	*to = mime_addresses_copy(from);
}

static void
take_head(MimeDraft *draft, const MimeHead *head)
{
	replace_list(&draft->from, head->from);
	replace_list(&draft->sender, head->sender);
	replace_list(&draft->reply_to, head->reply_to);
	replace_list(&draft->to, head->to);
	replace_list(&draft->cc, head->cc);
	replace_list(&draft->bcc, head->bcc);
	replace_list(&draft->mail_followup_to, head->mail_followup_to);
	draft->subject = g_strdup(head->subject);
	draft->message_id =
		head->message_id && wire_is_id(head->message_id) ? g_strdup(head->message_id) : NULL;
	draft->in_reply_to =
		head->in_reply_to->len ? g_strdup(g_ptr_array_index(head->in_reply_to, 0)) : NULL;
	g_ptr_array_unref(draft->references);
	draft->references = copy_ids(head->references);
	draft->date = head->date;
	draft->priority = head->priority;
}

/* Take the stuffing of format=flowed off (RFC 3676, 4.4). */
static char *
unstuff(const char *text, gsize length)
{
	GString *out = g_string_sized_new(length);
	const char *end = text + length;

	while (text < end) {
		const char *stop = memchr(text, '\n', (gsize)(end - text));
		stop = stop ? stop + 1 : end;
		if (*text == ' ')
			text++;
		g_string_append_len(out, text, stop - text);
		text = stop;
	}
	return g_string_free(out, FALSE);
}

/* NUL cannot be kept in a string. */
static void
drop_nul(char *text, gsize length)
{
	for (gsize i = 0; i < length; i++)
		if (text[i] == '\0')
			text[i] = ' ';
}

static void
take_body(MimeDraft *draft, MimeMessage *message, const MimePart *part)
{
	const char *format = mime_part_param(part, "format");
	gsize length;
	char *text = mime_message_text(message, part, &length);

	drop_nul(text, length);
	draft->flowed = format != NULL && g_ascii_strcasecmp(format, "flowed") == 0;
	g_free(draft->body);
	draft->body = draft->flowed ? unstuff(text, length) : g_steal_pointer(&text);
	g_free(text);
}

static void
take_attachment(MimeDraft *draft, MimeMessage *message, const MimePart *part)
{
	gboolean whole = part->opaque || mime_part_is(part, "message", NULL);
	g_autoptr(GBytes) data = whole && part->encoding == MIME_ENCODING_7BIT
					 ? mime_message_part_octets(message, part)
					 : mime_message_decode(message, part);
	g_autofree char *type = mime_part_type_name(part);
	MimeAttachment *attachment = mime_draft_attach(draft, part->filename, type, data);
	const char *charset = mime_part_param(part, "charset");

	attachment->charset = mime_part_is(part, "text", NULL) ? g_strdup(charset) : NULL;
	attachment->is_inline = part->disposition != NULL && strcmp(part->disposition, "inline") == 0;
	attachment->description = g_strdup(part->description);
	attachment->content_id =
		part->content_id && wire_is_id(part->content_id) ? g_strdup(part->content_id) : NULL;
}

static int
by_place(gconstpointer a, gconstpointer b)
{
	const MimePart *x = *(MimePart *const *)a, *y = *(MimePart *const *)b;

	return x->body_start < y->body_start ? -1 : x->body_start > y->body_start;
}

MimeDraft *
mime_draft_from_message(MimeMessage *message)
{
	MimeDraft *draft = mime_draft_new();
	MimePart *root = mime_message_root(message);
	g_autoptr(GPtrArray) texts = mime_part_texts(root, MIME_PREFER_PLAIN);
	g_autoptr(GPtrArray) others = mime_part_attachments(root);
	guint first = 0;

	take_head(draft, mime_message_head(message));
	take_extra(draft, message);
	if (texts->len > 0 && mime_part_is(g_ptr_array_index(texts, 0), "text", "plain")) {
		take_body(draft, message, g_ptr_array_index(texts, 0));
		first = 1;
	}
	for (guint i = first; i < texts->len; i++)
		g_ptr_array_add(others, g_ptr_array_index(texts, i));
	g_ptr_array_sort(others, by_place);
	for (guint i = 0; i < others->len; i++)
		take_attachment(draft, message, g_ptr_array_index(others, i));
	return draft;
}

/* --- As it is, but for some fields --- */

/* No limit holds here: a Bcc anywhere must not get out. */
static gboolean
is_bcc(const char *line, gsize length)
{
	static const char *const names[] = {"bcc", "resent-bcc"};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		gsize size = strlen(names[i]);
		if (length <= size || g_ascii_strncasecmp(line, names[i], size) != 0)
			continue;
		while (size < length && (line[size] == ' ' || line[size] == '\t'))
			size++;
		if (size < length && line[size] == ':')
			return TRUE;
	}
	return FALSE;
}

/* The message behind what out holds, without Bcc, CRLF everywhere. */
static void
append_without_bcc(GString *out, GBytes *message)
{
	gsize length;
	const char *p = g_bytes_get_data(message, &length), *end = p ? p + length : NULL;
	gboolean dropped = FALSE;

	while (p < end) {
		gsize size = 0;
		while (p + size < end && p[size] != '\n' && p[size] != '\r')
			size++;
		if (size == 0)
			break;
		if (*p != ' ' && *p != '\t')
			dropped = is_bcc(p, size);
		if (p + size < end && p[size] == '\r')
			size++;
		if (p + size < end && p[size] == '\n')
			size++;
		if (!dropped)
			mime_append_crlf(out, p, size);
		p += size;
	}
	if (p < end)
		mime_append_crlf(out, p, (gsize)(end - p));
}

GBytes *
mime_strip_bcc(GBytes *message)
{
	GString *out = g_string_sized_new(g_bytes_get_size(message) + 64);

	append_without_bcc(out, message);
	return g_string_free_to_bytes(out);
}

GBytes *
mime_resend(GBytes *message, const MimeAddress *from, const GPtrArray *to, DateTime date,
	const char *message_id, GError **error)
{
	g_autoptr(GString) out = g_string_sized_new(g_bytes_get_size(message) + 512);
	g_autoptr(GPtrArray) sender = g_ptr_array_new();
	g_autoptr(GPtrArray) ids = g_ptr_array_new();
	g_autofree char *written = dates_format_mail(date);

	g_ptr_array_add(sender, (gpointer)from);
	g_ptr_array_add(ids, (gpointer)message_id);
	if (!wire_addresses(out, "Resent-From", sender, FALSE, error) ||
		!wire_addresses(out, "Resent-To", to, FALSE, error))
		return NULL;
	wire_plain(out, "Resent-Date", written);
	wire_ids(out, "Resent-Message-ID", ids);
	append_without_bcc(out, message);
	return g_string_free_to_bytes(g_steal_pointer(&out));
}
