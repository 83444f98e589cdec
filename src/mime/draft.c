/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/build.h"

#include "mime/wire.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

#include <string.h>

#define LOCAL_MAX 255
#define DOMAIN_MAX 255

void
mime_attachment_free(MimeAttachment *attachment)
{
	if (attachment == NULL)
		return;
	g_free(attachment->name);
	g_free(attachment->type);
	g_free(attachment->charset);
	g_free(attachment->description);
	g_free(attachment->content_id);
	if (attachment->data != NULL)
		g_bytes_unref(attachment->data);
	g_free(attachment);
}

void
mime_extra_field_free(MimeExtraField *field)
{
	if (field == NULL)
		return;
	g_free(field->name);
	g_free(field->value);
	g_free(field);
}

MimeDraft *
mime_draft_new(void)
{
	MimeDraft *draft = g_new0(MimeDraft, 1);

	draft->from = mime_addresses_new();
	draft->sender = mime_addresses_new();
	draft->reply_to = mime_addresses_new();
	draft->to = mime_addresses_new();
	draft->cc = mime_addresses_new();
	draft->bcc = mime_addresses_new();
	draft->mail_followup_to = mime_addresses_new();
	draft->body = g_strdup("");
	draft->attachments = g_ptr_array_new_with_free_func((GDestroyNotify)mime_attachment_free);
	draft->references = g_ptr_array_new_with_free_func(g_free);
	draft->extra = g_ptr_array_new_with_free_func((GDestroyNotify)mime_extra_field_free);
	return draft;
}

static MimeAttachment *
attachment_copy(const MimeAttachment *from)
{
	MimeAttachment *attachment = g_new0(MimeAttachment, 1);

	*attachment = (MimeAttachment){
		.name = g_strdup(from->name),
		.type = g_strdup(from->type),
		.charset = g_strdup(from->charset),
		.data = from->data ? g_bytes_ref(from->data) : NULL,
		.is_inline = from->is_inline,
		.description = g_strdup(from->description),
		.content_id = g_strdup(from->content_id),
	};
	return attachment;
}

MimeDraft *
mime_draft_copy(const MimeDraft *from)
{
	MimeDraft *draft = g_new0(MimeDraft, 1);

	*draft = *from;
	draft->from = mime_addresses_copy(from->from);
	draft->sender = mime_addresses_copy(from->sender);
	draft->reply_to = mime_addresses_copy(from->reply_to);
	draft->to = mime_addresses_copy(from->to);
	draft->cc = mime_addresses_copy(from->cc);
	draft->bcc = mime_addresses_copy(from->bcc);
	draft->mail_followup_to = mime_addresses_copy(from->mail_followup_to);
	draft->subject = g_strdup(from->subject);
	draft->body = g_strdup(from->body);
	draft->message_id = g_strdup(from->message_id);
	draft->in_reply_to = g_strdup(from->in_reply_to);
	draft->attachments = g_ptr_array_new_with_free_func((GDestroyNotify)mime_attachment_free);
	for (guint i = 0; i < from->attachments->len; i++)
		g_ptr_array_add(draft->attachments, attachment_copy(from->attachments->pdata[i]));
	draft->references = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < from->references->len; i++)
		g_ptr_array_add(draft->references, g_strdup(from->references->pdata[i]));
	draft->extra = g_ptr_array_new_with_free_func((GDestroyNotify)mime_extra_field_free);
	for (guint i = 0; i < from->extra->len; i++) {
		const MimeExtraField *field = from->extra->pdata[i];
		mime_draft_add_extra(draft, field->name, field->value);
	}
	return draft;
}

void
mime_draft_free(MimeDraft *draft)
{
	if (draft == NULL)
		return;
	g_ptr_array_unref(draft->from);
	g_ptr_array_unref(draft->sender);
	g_ptr_array_unref(draft->reply_to);
	g_ptr_array_unref(draft->to);
	g_ptr_array_unref(draft->cc);
	g_ptr_array_unref(draft->bcc);
	g_ptr_array_unref(draft->mail_followup_to);
	g_ptr_array_unref(draft->attachments);
	g_ptr_array_unref(draft->references);
	g_ptr_array_unref(draft->extra);
	g_free(draft->subject);
	g_free(draft->body);
	g_free(draft->message_id);
	g_free(draft->in_reply_to);
	g_free(draft);
}

MimeAttachment *
mime_draft_attach(MimeDraft *draft, const char *name, const char *type, GBytes *data)
{
	MimeAttachment *attachment = g_new0(MimeAttachment, 1);

	attachment->name = g_strdup(name);
	attachment->type = g_strdup(type);
	attachment->data = g_bytes_ref(data);
	g_ptr_array_add(draft->attachments, attachment);
	return attachment;
}

void
mime_draft_add_extra(MimeDraft *draft, const char *name, const char *value)
{
	MimeExtraField *field = g_new0(MimeExtraField, 1);

	field->name = g_strdup(name);
	field->value = g_strdup(value);
	g_ptr_array_add(draft->extra, field);
}

/* --- Addresses for the wire --- */

static gboolean
refuse(const char *address, const char *why, GError **error)
{
	g_autofree char *safe = text_safe(address, -1, TEXT_MARKS);

	/* TRANSLATORS: the address, then what is wrong with it */
	fault_set(error, FAULT_INPUT, _("The address \"%s\" cannot be written: %s."), safe, why);
	return FALSE;
}

static gboolean
quoted_local_is_good(const char *local, gsize length)
{
	for (gsize i = 1; i + 1 < length; i++) {
		if (local[i] == '\\' && i + 2 < length)
			i++;
		else if (local[i] == '"')
			return FALSE;
	}
	return length >= 2 && local[length - 1] == '"';
}

static gboolean
local_is_good(const char *local, gsize length)
{
	if (length == 0 || length > LOCAL_MAX)
		return FALSE;
	if (local[0] == '"')
		return quoted_local_is_good(local, length);
	for (gsize i = 0; i < length; i++)
		if ((guint8)local[i] <= 32 || local[i] == 127 || strchr("()<>[]:;@\\,\"", local[i]) != NULL)
			return FALSE;
	return TRUE;
}

static gboolean
domain_is_good(const char *domain)
{
	gsize length = strlen(domain);

	if (length == 0 || length > DOMAIN_MAX || domain[0] == '.' || domain[0] == '-')
		return FALSE;
	if (domain[0] == '[')
		return domain[length - 1] == ']' &&
		       strspn(domain + 1, "0123456789abcdefABCDEF.:IPv") == length - 2;
	for (gsize i = 0; i < length; i++)
		if ((guint8)domain[i] < 128 && !g_ascii_isalnum(domain[i]) &&
			strchr("-._", domain[i]) == NULL)
			return FALSE;
	return strstr(domain, "..") == NULL && (g_str_is_ascii(domain) || g_hostname_is_non_ascii(domain));
}

gboolean
mime_address_check(const char *address, GError **error)
{
	const char *at = strrchr(address, '@');

	if (*address == '\0')
		return refuse(address, _("it is empty"), error);
	if (!g_utf8_validate(address, -1, NULL))
		return refuse(address, _("it is not valid UTF-8"), error);
	for (const char *p = address; *p; p++)
		if ((guint8)*p < 32 || *p == 127)
			return refuse(address, _("it holds a control character"), error);
	if (at == NULL)
		return refuse(address, _("it has no @"), error);
	if (!local_is_good(address, (gsize)(at - address)))
		return refuse(address, _("what stands before the @ is not a mailbox name"), error);
	if (!domain_is_good(at + 1))
		return refuse(address, _("what stands behind the @ is not a domain"), error);
	return TRUE;
}

static gboolean
list_needs_utf8(const GPtrArray *list)
{
	for (guint i = 0; i < list->len; i++) {
		const MimeAddress *address = g_ptr_array_index(list, i);
		g_autofree char *spec = wire_address(address->address);
		if (spec != NULL && !g_str_is_ascii(spec))
			return TRUE;
	}
	return FALSE;
}

gboolean
mime_draft_needs_utf8(const MimeDraft *draft)
{
	const GPtrArray *const lists[] = {draft->from, draft->sender, draft->reply_to, draft->to, draft->cc,
		draft->bcc, draft->mail_followup_to};

	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
		if (list_needs_utf8(lists[i]))
			return TRUE;
	return FALSE;
}

GPtrArray *
mime_draft_recipients(const MimeDraft *draft)
{
	const GPtrArray *const lists[] = {draft->to, draft->cc, draft->bcc};
	GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (gsize l = 0; l < G_N_ELEMENTS(lists); l++)
		for (guint i = 0; i < lists[l]->len; i++) {
			const MimeAddress *address = g_ptr_array_index(lists[l], i);
			g_autofree char *spec = wire_address(address->address);
			if (spec == NULL && *address->address)
				spec = g_strdup(address->address);
			if (spec != NULL && g_hash_table_add(seen, g_ascii_strdown(spec, -1)))
				g_ptr_array_add(out, g_steal_pointer(&spec));
		}
	return out;
}

char *
mime_new_message_id(const char *address, const guint8 random[16])
{
	g_autofree char *spec = address ? wire_address(address) : NULL;
	const char *at = spec ? strrchr(spec, '@') : NULL;
	GString *id = g_string_new(NULL);

	for (int i = 0; i < 16; i++)
		g_string_append_printf(id, "%02x", random[i]);
	g_string_append_printf(
		id, "@%s", at && domain_is_good(at + 1) && at[1] != '[' ? at + 1 : "localhost.invalid");
	return g_string_free(id, FALSE);
}
