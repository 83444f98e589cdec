/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/build.h"

#include "mime/crlf.h"
#include "mime/param.h"
#include "mime/wire.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

#include <gmime/gmime-encodings.h>
#include <string.h>

#define LINE_MAX_OCTETS 998

/* A part ready to be written: its header and its content. */
typedef struct {
	GString *header;
	GString *content;
	gboolean open; /* content is not encoded: a boundary could stand in it by chance */
} Entity;

static void
entity_free(gpointer data)
{
	Entity *entity = data;

	g_string_free(entity->header, TRUE);
	g_string_free(entity->content, TRUE);
	g_free(entity);
}

static Entity *
entity_new(void)
{
	Entity *entity = g_new0(Entity, 1);

	entity->header = g_string_new(NULL);
	entity->content = g_string_new(NULL);
	return entity;
}

/* --- Encoding --- */

typedef struct {
	gsize eight_bit; /* octets */
	gsize longest;   /* octets of a line */
	gboolean odd;    /* holds controls that no transport keeps */
} Facts;

static Facts
look_at(const char *data, gsize length)
{
	Facts facts = {0};
	gsize line = 0;

	for (gsize i = 0; i < length; i++) {
		guint8 c = (guint8)data[i];
		if (c >= 128)
			facts.eight_bit++;
		else if ((c < 32 && strchr("\t\n\r\f", c) == NULL) || c == 0)
			facts.odd = TRUE;
		line = c == '\n' ? 0 : line + 1;
		facts.longest = MAX(facts.longest, line);
	}
	return facts;
}

static void
encode(Entity *entity, GMimeContentEncoding kind, const char *data, gsize length)
{
	GMimeEncoding state;
	g_autofree char *out = NULL;
	gsize size;

	g_mime_encoding_init_encode(&state, kind);
	out = g_malloc(g_mime_encoding_outlen(&state, length) + 1);
	size = g_mime_encoding_flush(&state, data, length, out);
	mime_append_crlf(entity->content, out, size);
	wire_plain(entity->header, "Content-Transfer-Encoding", g_mime_content_encoding_to_string(kind));
}

/* Text with LF: as it is where that arrives whole, else the encoding that keeps it readable. */
static void
encode_text(Entity *entity, const char *text, gsize length, gboolean eight_bit)
{
	Facts facts = look_at(text, length);
	gboolean fits = facts.longest < LINE_MAX_OCTETS && !facts.odd;

	if (fits && (facts.eight_bit == 0 || eight_bit)) {
		entity->open = TRUE;
		wire_plain(entity->header, "Content-Transfer-Encoding", facts.eight_bit ? "8bit" : "7bit");
		mime_append_crlf(entity->content, text, length);
	} else if (facts.eight_bit > length / 3) {
		g_autoptr(GString) crlf = g_string_sized_new(length);
		mime_append_crlf(crlf, text, length);
		encode(entity, GMIME_CONTENT_ENCODING_BASE64, crlf->str, crlf->len);
	} else {
		encode(entity, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE, text, length);
	}
}

/* A message inside may not be encoded (RFC 2046, 5.2.1), unless it could not travel else. */
static void
encode_message(Entity *entity, const char *data, gsize length, gboolean eight_bit)
{
	Facts facts = look_at(data, length);

	if (facts.longest >= LINE_MAX_OCTETS || facts.odd || (facts.eight_bit > 0 && !eight_bit)) {
		encode(entity, GMIME_CONTENT_ENCODING_BASE64, data, length);
		return;
	}
	entity->open = TRUE;
	wire_plain(entity->header, "Content-Transfer-Encoding", facts.eight_bit ? "8bit" : "7bit");
	mime_append_crlf(entity->content, data, length);
}

/* --- Entities --- */

/* RFC 3676, 4.4: lines that begin with a blank or "From " get a blank in front. */
static char *
stuff(const char *body)
{
	GString *out = g_string_new(NULL);

	for (const char *p = body; *p;) {
		gsize length = strcspn(p, "\n");
		if (*p == ' ' || g_str_has_prefix(p, "From "))
			g_string_append_c(out, ' ');
		g_string_append_len(out, p, (gssize)(length + (p[length] == '\n')));
		p += length + (p[length] == '\n');
	}
	return g_string_free(out, FALSE);
}

static Entity *
body_entity(const MimeDraft *draft, const MimeBuildOptions *options, GError **error)
{
	g_autoptr(GPtrArray) params = mime_params_new();
	g_autofree char *text = draft->flowed ? stuff(draft->body) : g_strdup(draft->body);
	Entity *entity;
	gsize length = strlen(text);

	if (!g_utf8_validate(text, -1, NULL)) {
		fault_set(error, FAULT_INPUT,
			_("The text is not valid UTF-8. Save it as UTF-8 in the editor."));
		return NULL;
	}
	if (length > 0 && text[length - 1] != '\n') {
		char *ended = g_strconcat(text, "\n", NULL);
		g_free(text);
		text = ended;
		length++;
	}
	entity = entity_new();
	mime_params_add(params, "charset", 7, g_str_is_ascii(text) ? "us-ascii" : "utf-8",
		g_str_is_ascii(text) ? 8 : 5);
	if (draft->flowed)
		mime_params_add(params, "format", 6, "flowed", 6);
	wire_params(entity->header, "Content-Type", "text/plain", params, NULL);
	encode_text(entity, text, length, options->eight_bit);
	return entity;
}

/* "type/subtype" of tokens only. */
static gboolean
is_type(const char *type)
{
	const char *slash = strchr(type, '/');

	if (slash == NULL || slash == type || slash[1] == '\0' || strlen(type) > 128)
		return FALSE;
	for (const char *p = type; *p; p++)
		if (p != slash && !g_ascii_isalnum(*p) && strchr("!#$&^_.+-", *p) == NULL)
			return FALSE;
	return TRUE;
}

static gboolean
write_disposition(Entity *entity, const MimeAttachment *attachment, GError **error)
{
	g_autoptr(GPtrArray) params = mime_params_new();
	const char *name = attachment->name;

	if (name != NULL && *name)
		mime_params_add(params, "filename", 8, name, strlen(name));
	if (!wire_params(entity->header, "Content-Disposition",
		    attachment->is_inline ? "inline" : "attachment", params, error))
		return FALSE;
	if (attachment->description != NULL &&
		!wire_text(entity->header, "Content-Description", attachment->description, FALSE, error))
		return FALSE;
	if (attachment->content_id != NULL) {
		if (!wire_is_id(attachment->content_id)) {
			fault_set(error, FAULT_INPUT, _("The field %s is not one identifier without blanks."),
				"Content-ID");
			return FALSE;
		}
		g_string_append_printf(entity->header, "Content-ID: <%s>\r\n", attachment->content_id);
	}
	return TRUE;
}

static gboolean
fill_attachment(
	Entity *entity, const MimeAttachment *attachment, const MimeBuildOptions *options, GError **error)
{
	g_autoptr(GPtrArray) params = mime_params_new();
	const char *type =
		attachment->type && is_type(attachment->type) ? attachment->type : "application/octet-stream";
	gsize length;
	const char *data = g_bytes_get_data(attachment->data, &length);

	if (g_ascii_strncasecmp(type, "multipart/", 10) == 0)
		type = "application/octet-stream";
	if (attachment->charset != NULL && *attachment->charset)
		mime_params_add(params, "charset", 7, attachment->charset, strlen(attachment->charset));
	if (attachment->name != NULL && *attachment->name)
		mime_params_add(params, "name", 4, attachment->name, strlen(attachment->name));
	if (!wire_params(entity->header, "Content-Type", type, params, error) ||
		!write_disposition(entity, attachment, error))
		return FALSE;
	if (g_ascii_strcasecmp(type, "message/rfc822") == 0)
		encode_message(entity, data ? data : "", length, options->eight_bit);
	else
		encode(entity, GMIME_CONTENT_ENCODING_BASE64, data ? data : "", length);
	return TRUE;
}

static gboolean
make_entities(const MimeDraft *draft, const MimeBuildOptions *options, GPtrArray *entities, GError **error)
{
	Entity *body = body_entity(draft, options, error);

	if (body == NULL)
		return FALSE;
	g_ptr_array_add(entities, body);
	for (guint i = 0; i < draft->attachments->len; i++) {
		Entity *entity = entity_new();
		g_ptr_array_add(entities, entity);
		if (!fill_attachment(entity, g_ptr_array_index(draft->attachments, i), options, error))
			return FALSE;
	}
	return TRUE;
}

/* --- The header --- */

/* Fields that have a place of their own in the draft, or that only transport writes. */
static gboolean
is_own_field(const char *name)
{
	static const char *const names[] = {"Bcc", "Cc", "Date", "From", "In-Reply-To", "Mail-Followup-To",
		"Message-ID", "MIME-Version", "Received", "References", "Reply-To", "Return-Path", "Sender",
		"Subject", "To"};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_ascii_strcasecmp(name, names[i]) == 0)
			return TRUE;
	return g_ascii_strncasecmp(name, "Content-", 8) == 0 || g_ascii_strncasecmp(name, "Resent-", 7) == 0;
}

static gboolean
check_name(const char *name, GError **error)
{
	gsize length = strlen(name);
	gboolean good = length > 0 && length <= 76;

	for (gsize i = 0; i < length; i++)
		good &= (guint8)name[i] > 32 && (guint8)name[i] < 127 && name[i] != ':';
	if (good && !is_own_field(name))
		return TRUE;
	if (good) {
		fault_set(error, FAULT_INPUT,
			_("The field %s cannot be set by hand here; it has a place of its own."), name);
	} else {
		g_autofree char *safe = text_safe(name, -1, TEXT_MARKS);
		fault_set(error, FAULT_INPUT,
			_("\"%s\" is not the name of a header field: it is made of letters, digits and "
			  "hyphens."),
			safe);
	}
	return FALSE;
}

static gboolean
write_extra(GString *out, const MimeDraft *draft, gboolean utf8, GError **error)
{
	for (guint i = 0; i < draft->extra->len; i++) {
		const MimeExtraField *field = g_ptr_array_index(draft->extra, i);
		if (!check_name(field->name, error) ||
			!wire_text(out, field->name, field->value, utf8, error))
			return FALSE;
	}
	return TRUE;
}

static void
write_priority(GString *out, MimePriority priority)
{
	if (priority == MIME_PRIORITY_NORMAL)
		return;
	wire_plain(out, "X-Priority", priority == MIME_PRIORITY_HIGH ? "1" : "5");
	wire_plain(out, "Importance", priority == MIME_PRIORITY_HIGH ? "high" : "low");
}

static gboolean
write_ids(GString *out, const MimeDraft *draft, GError **error)
{
	g_autoptr(GPtrArray) one = g_ptr_array_new();
	g_autoptr(GPtrArray) references = g_ptr_array_new();

	if (draft->message_id != NULL) {
		if (!wire_is_id(draft->message_id)) {
			fault_set(error, FAULT_INPUT, _("The field %s is not one identifier without blanks."),
				"Message-ID");
			return FALSE;
		}
		g_string_append_printf(out, "Message-ID: <%s>\r\n", draft->message_id);
	}
	if (draft->in_reply_to != NULL) {
		g_ptr_array_add(one, draft->in_reply_to);
		wire_ids(out, "In-Reply-To", one);
	}
	for (guint i = 0; i < draft->references->len; i++)
		if (i < LIMIT_REFERENCES_FIRST || i + LIMIT_REFERENCES_LAST >= draft->references->len)
			g_ptr_array_add(references, g_ptr_array_index(draft->references, i));
	wire_ids(out, "References", references);
	return TRUE;
}

static gboolean
write_header(GString *out, const MimeDraft *draft, const MimeBuildOptions *options, GError **error)
{
	const struct {
		const char *name;
		const GPtrArray *list;
	} lists[] = {
		{"From", draft->from},
		{"Sender", draft->sender},
		{"Reply-To", draft->reply_to},
		{"To", draft->to},
		{"Cc", draft->cc},
		{"Bcc", options->keep_bcc ? draft->bcc : NULL},
		{"Mail-Followup-To", draft->mail_followup_to},
	};
	g_autofree char *date = dates_format_mail(draft->date);

	wire_plain(out, "Date", date);
	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
		if (lists[i].list != NULL &&
			!wire_addresses(out, lists[i].name, lists[i].list, options->utf8, error))
			return FALSE;
	if (!write_ids(out, draft, error))
		return FALSE;
	if (draft->subject != NULL && !wire_text(out, "Subject", draft->subject, options->utf8, error))
		return FALSE;
	write_priority(out, draft->priority);
	if (!write_extra(out, draft, options->utf8, error))
		return FALSE;
	wire_plain(out, "MIME-Version", "1.0");
	return TRUE;
}

/* --- The message --- */

static gboolean
occurs(const GPtrArray *entities, const char *boundary)
{
	for (guint i = 0; i < entities->len; i++) {
		const Entity *entity = g_ptr_array_index(entities, i);
		if (entity->open && memmem(entity->content->str, entity->content->len, boundary,
					    strlen(boundary)) != NULL)
			return TRUE;
	}
	return FALSE;
}

/* "=_" cannot stand in quoted-printable or base64. */
static char *
make_boundary(const GPtrArray *entities, guint64 seed)
{
	for (guint64 n = 0;; n++) {
		guint64 words[2] = {GUINT64_TO_LE(seed), GUINT64_TO_LE(n)};
		g_autofree char *sum =
			g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)words, sizeof words);
		char *boundary = g_strdup_printf("=_%.24s", sum);
		if (!occurs(entities, boundary))
			return boundary;
		g_free(boundary);
	}
}

static void
write_multipart(GString *out, const GPtrArray *entities, guint64 seed)
{
	g_autofree char *boundary = make_boundary(entities, seed);

	g_string_append_printf(out, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n", boundary);
	for (guint i = 0; i < entities->len; i++) {
		const Entity *entity = g_ptr_array_index(entities, i);
		g_string_append_printf(out, "--%s\r\n", boundary);
		g_string_append_len(out, entity->header->str, (gssize)entity->header->len);
		g_string_append(out, "\r\n");
		g_string_append_len(out, entity->content->str, (gssize)entity->content->len);
		g_string_append(out, "\r\n");
	}
	g_string_append_printf(out, "--%s--\r\n", boundary);
}

GBytes *
mime_build(const MimeDraft *draft, const MimeBuildOptions *options, GError **error)
{
	g_autoptr(GPtrArray) entities = g_ptr_array_new_with_free_func(entity_free);
	g_autoptr(GString) out = g_string_new(NULL);
	const Entity *only;

	if (!write_header(out, draft, options, error) || !make_entities(draft, options, entities, error))
		return NULL;
	if (entities->len > 1) {
		write_multipart(out, entities, options->seed);
	} else {
		only = g_ptr_array_index(entities, 0);
		g_string_append_len(out, only->header->str, (gssize)only->header->len);
		g_string_append(out, "\r\n");
		g_string_append_len(out, only->content->str, (gssize)only->content->len);
	}
	return g_string_free_to_bytes(g_steal_pointer(&out));
}
