/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/mailto.h"

#include "mime/words.h"
#include "util/charset.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

#include <string.h>

typedef struct {
	GPtrArray *to, *cc;
	char *subject, *in_reply_to;
	GString *body;
	GString *refused; /* names, for people */
} Mailto;

/* Percent-encoding off; NULL with error: NUL, or a line end where none belongs. UTF-8, LF. */
static char *
decode(const char *text, gsize length, gboolean lines, GError **error)
{
	g_autoptr(GString) octets = g_string_sized_new(length);
	GString *out;
	g_autofree char *utf8 = NULL;
	gsize size;

	for (gsize i = 0; i < length; i++) {
		int c = (guint8)text[i];
		if (c == '%' && i + 2 < length && mime_hex(text[i + 1]) >= 0 && mime_hex(text[i + 2]) >= 0) {
			c = mime_hex(text[i + 1]) * 16 + mime_hex(text[i + 2]);
			i += 2;
		}
		if (c == 0 || (!lines && (c == '\r' || c == '\n'))) {
			fault_set(error, FAULT_INPUT,
				_("The mailto: link hides a line end or a NUL in a field; it was not "
				  "followed."));
			return NULL;
		}
		g_string_append_c(octets, (char)c);
	}
	utf8 = charset_to_utf8(octets->str, octets->len, "utf-8", &size, NULL);
	out = g_string_sized_new(size);
	for (gsize i = 0; i < size; i++)
		if (utf8[i] != '\r')
			g_string_append_c(out, utf8[i]);
		else if (i + 1 == size || utf8[i + 1] != '\n')
			g_string_append_c(out, '\n');
	return g_string_free(out, FALSE);
}

static void
move_addresses(GPtrArray *to, const char *text)
{
	GPtrArray *list = mime_parse_addresses(text, -1, NULL);

	for (guint i = list->len; i > 0; i--)
		if (*((MimeAddress *)g_ptr_array_index(list, i - 1))->address == '\0')
			g_ptr_array_remove_index(list, i - 1);
	g_ptr_array_extend_and_steal(to, list);
}

/* The path: addr-specs between raw commas. An encoded comma belongs to its address. */
static gboolean
take_path(Mailto *self, const char *path, gsize length, GError **error)
{
	while (length > 0 && self->to->len < LIMIT_ADDRESSES) {
		const char *comma = memchr(path, ',', length);
		gsize size = comma ? (gsize)(comma - path) : length;
		g_autofree char *text = decode(path, size, FALSE, error);
		g_autoptr(GPtrArray) list = NULL;
		if (text == NULL)
			return FALSE;
		list = mime_parse_addresses(text, -1, NULL);
		if (list->len > 1) {
			fault_set(error, FAULT_INPUT,
				_("The mailto: link hides several recipients in one; it was not followed."));
			return FALSE;
		}
		move_addresses(self->to, text);
		path += size + (comma != NULL);
		length -= size + (comma != NULL);
	}
	return TRUE;
}

static void
refuse(Mailto *self, const char *name)
{
	g_autofree char *safe = text_safe(name, (gssize)strnlen(name, 40), TEXT_MARKS);

	if (self->refused->len > 200)
		return;
	if (self->refused->len > 0)
		g_string_append(self->refused, ", ");
	g_string_append(self->refused, safe);
}

static gboolean
take_field(Mailto *self, const char *field, gsize length, GError **error)
{
	const char *equal = memchr(field, '=', length);
	gsize name_length = equal ? (gsize)(equal - field) : length;
	g_autofree char *name = decode(field, name_length, FALSE, error);
	g_autofree char *value = NULL;

	if (name == NULL)
		return FALSE;
	if (equal == NULL)
		return TRUE;
	value = decode(equal + 1, length - name_length - 1, g_ascii_strcasecmp(name, "body") == 0, error);
	if (value == NULL)
		return FALSE;
	if (g_ascii_strcasecmp(name, "to") == 0) {
		move_addresses(self->to, value);
	} else if (g_ascii_strcasecmp(name, "cc") == 0) {
		move_addresses(self->cc, value);
	} else if (g_ascii_strcasecmp(name, "subject") == 0) {
		g_free(self->subject);
		self->subject = mime_decode_text(value, -1);
	} else if (g_ascii_strcasecmp(name, "body") == 0) {
		if (self->body->len > 0)
			g_string_append_c(self->body, '\n');
		g_string_append(self->body, value);
	} else if (g_ascii_strcasecmp(name, "in-reply-to") == 0) {
		g_free(self->in_reply_to);
		self->in_reply_to = mime_parse_message_id(value, -1);
	} else {
		refuse(self, name);
	}
	return TRUE;
}

static gboolean
parse(Mailto *self, const char *url, GError **error)
{
	const char *p = url + strlen("mailto:");
	gsize path = strcspn(p, "?#");

	if (!take_path(self, p, path, error))
		return FALSE;
	p += path;
	if (*p != '?')
		return TRUE;
	for (p++; *p != '\0' && *p != '#';) {
		gsize length = strcspn(p, "&#");
		if (g_str_has_prefix(p, "amp;")) { /* copied out of HTML */
			p += 4;
			continue;
		}
		if (length > 0 && !take_field(self, p, length, error))
			return FALSE;
		p += length + (p[length] == '&');
	}
	return TRUE;
}

static void
give(Mailto *self, MimeDraft *draft)
{
	g_ptr_array_extend_and_steal(draft->to, g_steal_pointer(&self->to));
	g_ptr_array_extend_and_steal(draft->cc, g_steal_pointer(&self->cc));
	if (self->subject != NULL) {
		g_free(draft->subject);
		draft->subject = g_steal_pointer(&self->subject);
	}
	if (self->in_reply_to != NULL) {
		g_free(draft->in_reply_to);
		draft->in_reply_to = g_steal_pointer(&self->in_reply_to);
	}
	if (self->body->len > 0) {
		g_free(draft->body);
		draft->body = g_strdup(self->body->str);
	}
}

gboolean
mime_mailto_parse(const char *url, MimeDraft *draft, char **refused, GError **error)
{
	Mailto self = {0};
	gboolean good;

	if (refused != NULL)
		*refused = NULL;
	if (g_ascii_strncasecmp(url, "mailto:", strlen("mailto:")) != 0 || strlen(url) > LIMIT_HEADER_FIELD) {
		fault_set(error, FAULT_INPUT, _("This is not a mailto: link, or it is too long."));
		return FALSE;
	}
	self.to = mime_addresses_new();
	self.cc = mime_addresses_new();
	self.body = g_string_new(NULL);
	self.refused = g_string_new(NULL);
	good = parse(&self, url, error);
	if (good)
		give(&self, draft);
	if (good && refused != NULL && self.refused->len > 0)
		*refused = g_strdup_printf(
			_("The link also asked for: %s. A link may not set that; it was left out."),
			self.refused->str);
	if (self.to != NULL)
		g_ptr_array_unref(self.to);
	if (self.cc != NULL)
		g_ptr_array_unref(self.cc);
	g_free(self.subject);
	g_free(self.in_reply_to);
	g_string_free(self.body, TRUE);
	g_string_free(self.refused, TRUE);
	return good;
}
