/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/rules-redirect.h"

#include <string.h>

#include "mime/build.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

/* As Pigeonhole writes it: both know the other's. */
#define MARK "X-Sieve-Redirected-From"

typedef struct {
	const char *own;
	guint hops;
	gboolean ours;  /* it has our mark already */
	gboolean reply; /* an answer that no person wrote */
} Traces;

static gboolean
names(const MimeField *field, const char *address)
{
	g_autoptr(GPtrArray) list = mime_parse_addresses(field->value, (gssize)field->value_length, NULL);

	for (guint i = 0; i < list->len; i++)
		if (mime_address_same(((MimeAddress *)list->pdata[i])->address, address))
			return TRUE;
	return FALSE;
}

static void
read_traces(GBytes *octets, Traces *traces)
{
	gsize length;
	const char *data = g_bytes_get_data(octets, &length);
	MimeFields fields;
	MimeField field;

	mime_fields_init(&fields, data, length);
	while (mime_fields_next(&fields, &field)) {
		if (mime_field_is(&field, "Received"))
			traces->hops++;
		else if (mime_field_is(&field, MARK) || mime_field_is(&field, "X-Loop"))
			traces->ours |= names(&field, traces->own);
		else if (mime_field_is(&field, "Auto-Submitted")) {
			g_autofree char *value = mime_unfold(field.value, (gssize)field.value_length);
			traces->reply |= g_ascii_strncasecmp(value, "auto-replied", 12) == 0;
		}
	}
	traces->hops += fields.limited ? LIMIT_SIEVE_HOPS : 0;
}

static gboolean
may_go(const char *own, const char *address, GBytes *octets, GError **error)
{
	Traces traces = {.own = own};
	g_autofree char *safe = text_safe(address, -1, TEXT_MARKS);

	if (!mime_address_check(address, error))
		return FALSE;
	read_traces(octets, &traces);
	if (mime_address_same(own, address))
		fault_set(error, FAULT_REFUSED, _("%s is this account itself: it would come back"), safe);
	else if (traces.ours)
		fault_set(error, FAULT_REFUSED,
			_("it was sent on from here before: it goes round in a circle"));
	else if (traces.hops >= LIMIT_SIEVE_HOPS)
		fault_set(error, FAULT_REFUSED, _("it came through %d servers: it goes round in a circle"),
			LIMIT_SIEVE_HOPS);
	else if (traces.reply)
		fault_set(error, FAULT_REFUSED, _("it is an automatic answer"));
	else
		return TRUE;
	return FALSE;
}

static GBytes *
mark(const char *own, GBytes *octets)
{
	gsize length;
	const char *data = g_bytes_get_data(octets, &length);
	GByteArray *out = g_byte_array_sized_new((guint)length + 128);
	g_autofree char *line = g_strdup_printf(MARK ": %s\r\n", own);

	g_byte_array_append(out, (const guint8 *)line, (guint)strlen(line));
	g_byte_array_append(out, (const guint8 *)data, (guint)length);
	return g_byte_array_free_to_bytes(out);
}

OutboxMessage *
rules_redirect(const char *account, const char *own, const char *address, const char *subject, GBytes *octets,
	gint64 now, GError **error)
{
	OutboxMessage *message;
	g_autofree char *field = NULL;
	gsize length;
	const char *data = g_bytes_get_data(octets, &length);

	if (length >= G_MAXINT32 || !may_go(own, address, octets, error))
		return NULL;
	field = mime_fields_find(data, length, "Message-ID");
	message = outbox_message_new();
	message->account = g_strdup(account);
	message->sender = g_strdup(own);
	g_ptr_array_add(message->recipients, g_strdup(address));
	message->message = mark(own, octets);
	message->subject = g_strdup(subject);
	message->message_id = field ? mime_parse_message_id(field, -1) : NULL;
	message->made = message->due = now;
	return message;
}
