/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/message.h"

#include "mime/decode.h"
#include "mime/structure.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

#include <string.h>

struct MimeMessage {
	GBytes *octets;
	const char *data;
	gsize length;
	MimePart *root;
	MimeHead *head;
	GPtrArray *warnings; /* of MimeWarning */
};

static void
warning_free(gpointer data)
{
	MimeWarning *warning = data;

	g_free(warning->text);
	g_free(warning);
}

static void
add_warning(MimeMessage *message, const char *code, char *take_text)
{
	MimeWarning *warning;

	for (guint i = 0; i < message->warnings->len; i++) {
		const MimeWarning *known = g_ptr_array_index(message->warnings, i);
		if (strcmp(known->code, code) == 0 && strcmp(known->text, take_text) == 0) {
			g_free(take_text);
			return;
		}
	}
	if (message->warnings->len >= LIMIT_WARNINGS) {
		g_free(take_text);
		return;
	}
	warning = g_new0(MimeWarning, 1);
	warning->code = code;
	warning->text = take_text;
	g_ptr_array_add(message->warnings, warning);
}

void
mime_message_warn(MimeMessage *message, const char *code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_warning(message, code, g_strdup_vprintf(format, args));
	va_end(args);
}

/* What the structure found wrong, in words. */
static void
structure_warning(void *user, const char *code)
{
	static const struct {
		const char *code, *text;
	} rows[] = {
		{"parts-limit", N_("The message has too many parts; the rest is shown as one attachment.")},
		{"nesting-limit",
			N_("The message is nested too deeply; what lies deeper is shown as one attachment.")},
		{"header-limit", N_("The message's header is too long; the rest of it was left out.")},
		{"header-damaged",
			N_("The message's header has lines that are no header fields; they were left out.")},
		{"boundary-missing", N_("The message says that it has parts, but none were found; it is "
					"shown as plain text.")},
		{"truncated", N_("The message ends before its last part is complete.")},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (strcmp(rows[i].code, code) == 0)
			add_warning(user, code, g_strdup(_(rows[i].text)));
}

static void
head_warnings(MimeMessage *message)
{
	const MimeHead *head = message->head;

	if (head->from_fields > 1 || head->from->len > 1)
		mime_message_warn(message, "several-from",
			_("The message names several senders; the address is shown instead of the name."));
	if (head->from_fields == 0)
		mime_message_warn(message, "no-from", _("The message does not say who sent it."));
	if (head->damaged)
		structure_warning(message, "header-damaged");
}

MimeMessage *
mime_message_parse(GBytes *octets)
{
	MimeMessage *message = g_new0(MimeMessage, 1);

	message->octets = g_bytes_ref(octets);
	message->data = g_bytes_get_data(octets, &message->length);
	if (message->data == NULL)
		message->data = "";
	message->warnings = g_ptr_array_new_with_free_func(warning_free);
	message->root = mime_structure_parse(message->data, message->length, structure_warning, message);
	message->head = mime_head_parse(message->data, message->root->header_length);
	head_warnings(message);
	return message;
}

MimeMessage *
mime_message_parse_data(const void *data, gsize length)
{
	g_autoptr(GBytes) octets = g_bytes_new(data, length);

	return mime_message_parse(octets);
}

void
mime_message_free(MimeMessage *message)
{
	if (message == NULL)
		return;
	g_bytes_unref(message->octets);
	mime_part_free(message->root);
	mime_head_free(message->head);
	g_ptr_array_unref(message->warnings);
	g_free(message);
}

MimePart *
mime_message_root(MimeMessage *message)
{
	return message->root;
}

const MimeHead *
mime_message_head(MimeMessage *message)
{
	return message->head;
}

GBytes *
mime_message_octets(MimeMessage *message)
{
	return message->octets;
}

const char *
mime_message_header(MimeMessage *message, gsize *length)
{
	*length = message->root->header_length;
	return message->data;
}

char *
mime_message_field(MimeMessage *message, const char *name)
{
	return mime_fields_find(message->data, message->root->header_length, name);
}

static GBytes *
slice(MimeMessage *message, gsize start, gsize length)
{
	start = MIN(start, message->length);
	return g_bytes_new_from_bytes(message->octets, start, MIN(length, message->length - start));
}

GBytes *
mime_message_part_octets(MimeMessage *message, const MimePart *part)
{
	return slice(message, part->body_start, part->body_length);
}

GBytes *
mime_message_part_header(MimeMessage *message, const MimePart *part)
{
	return slice(message, part->header_start, part->header_length);
}

static void
warn_of_part(MimeMessage *message, const char *code, const char *text, const MimePart *part)
{
	g_autofree char *name = text_safe(part->filename ? part->filename : part->section, -1, TEXT_MARKS);

	add_warning(message, code, g_strdup_printf(text, name));
}

GBytes *
mime_message_decode(MimeMessage *message, const MimePart *part)
{
	g_autoptr(GBytes) octets = mime_message_part_octets(message, part);
	gboolean damaged;
	GBytes *decoded;
	gsize length;
	const void *data;

	if (part->encoding == MIME_ENCODING_7BIT)
		return g_steal_pointer(&octets);
	data = g_bytes_get_data(octets, &length);
	decoded = mime_decode_body(data, length, part->encoding, &damaged);
	if (part->encoding == MIME_ENCODING_UNKNOWN)
		warn_of_part(message, "encoding-unknown",
			_("Part %s is encoded in a way that is not known here; it is left as it came."),
			part);
	else if (damaged)
		warn_of_part(message, "encoding-damaged",
			_("The encoding of part %s is broken; what could be read of it is shown."), part);
	return decoded;
}

char *
mime_message_text(MimeMessage *message, const MimePart *part, gsize *length)
{
	g_autoptr(GBytes) octets = mime_message_part_octets(message, part);
	gboolean guessed;
	gsize size;
	const void *data = g_bytes_get_data(octets, &size);
	char *text = mime_text_body(data ? data : "", size, part, length, &guessed);

	if (guessed)
		warn_of_part(message, "charset-guessed",
			_("Part %s is not in the character set it names; another one was guessed."), part);
	return text;
}

const GPtrArray *
mime_message_warnings(MimeMessage *message)
{
	return message->warnings;
}
