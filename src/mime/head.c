/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/head.h"

#include "util/limits.h"

#include <stddef.h>
#include <string.h>

typedef enum { FIELD_ADDRESSES, FIELD_IDS, FIELD_URLS, FIELD_RAW } FieldKind;

/* What is kept raw until all fields are known. */
enum {
	RAW_SUBJECT,
	RAW_DATE,
	RAW_MESSAGE_ID,
	RAW_LIST_ID,
	RAW_X_PRIORITY,
	RAW_IMPORTANCE,
	RAW_PRIORITY,
	RAW_MSMAIL,
	RAW_POST,
	RAW_COUNT
};

static const struct {
	const char *name;
	FieldKind kind;
	gsize where; /* an offset in MimeHead, or a RAW_ index */
} rows[] = {
	{"From", FIELD_ADDRESSES, offsetof(MimeHead, from)},
	{"Sender", FIELD_ADDRESSES, offsetof(MimeHead, sender)},
	{"Reply-To", FIELD_ADDRESSES, offsetof(MimeHead, reply_to)},
	{"To", FIELD_ADDRESSES, offsetof(MimeHead, to)},
	{"Cc", FIELD_ADDRESSES, offsetof(MimeHead, cc)},
	{"Bcc", FIELD_ADDRESSES, offsetof(MimeHead, bcc)},
	{"Mail-Followup-To", FIELD_ADDRESSES, offsetof(MimeHead, mail_followup_to)},
	{"In-Reply-To", FIELD_IDS, offsetof(MimeHead, in_reply_to)},
	{"References", FIELD_IDS, offsetof(MimeHead, references)},
	{"List-Post", FIELD_URLS, offsetof(MimeHead, list_post)},
	{"List-Unsubscribe", FIELD_URLS, offsetof(MimeHead, list_unsubscribe)},
	{"Subject", FIELD_RAW, RAW_SUBJECT},
	{"Date", FIELD_RAW, RAW_DATE},
	{"Message-ID", FIELD_RAW, RAW_MESSAGE_ID},
	{"List-Id", FIELD_RAW, RAW_LIST_ID},
	{"X-Priority", FIELD_RAW, RAW_X_PRIORITY},
	{"Importance", FIELD_RAW, RAW_IMPORTANCE},
	{"Priority", FIELD_RAW, RAW_PRIORITY},
	{"X-MSMail-Priority", FIELD_RAW, RAW_MSMAIL},
	{"List-Unsubscribe-Post", FIELD_RAW, RAW_POST},
};

/* Move all of from behind to, up to a limit; frees from. */
static void
join(GPtrArray *to, GPtrArray *from, guint limit)
{
	guint room = to->len < limit ? limit - to->len : 0;

	if (from->len > room)
		g_ptr_array_set_size(from, (int)room);
	g_ptr_array_extend_and_steal(to, from);
}

static void
read_field(MimeHead *head, char *raw[], const MimeField *field, gsize row)
{
	gssize length = (gssize)field->value_length;
	GPtrArray **list = (GPtrArray **)(void *)((char *)head + rows[row].where);
	gboolean damaged = FALSE;

	switch (rows[row].kind) {
	case FIELD_ADDRESSES:
		if (list == &head->from)
			head->from_fields++;
		join(*list, mime_parse_addresses(field->value, length, &damaged), LIMIT_ADDRESSES);
		head->damaged |= damaged;
		break;
	case FIELD_IDS:
		join(*list, mime_parse_message_ids(field->value, length),
			LIMIT_REFERENCES_FIRST + LIMIT_REFERENCES_LAST);
		break;
	case FIELD_URLS:
		join(*list, mime_parse_list_urls(field->value, length), LIMIT_REFERENCES_LAST);
		break;
	case FIELD_RAW:
		if (raw[rows[row].where] == NULL)
			raw[rows[row].where] = mime_unfold(field->value, length);
	}
}

static void
read_raw(MimeHead *head, char *raw[])
{
	if (raw[RAW_SUBJECT] != NULL)
		head->subject = mime_decode_text(raw[RAW_SUBJECT], -1);
	if (raw[RAW_DATE] != NULL)
		head->dated = dates_parse_mail(raw[RAW_DATE], &head->date);
	if (raw[RAW_MESSAGE_ID] != NULL)
		head->message_id = mime_parse_message_id(raw[RAW_MESSAGE_ID], -1);
	if (raw[RAW_LIST_ID] != NULL)
		head->list_id = mime_parse_list_id(raw[RAW_LIST_ID], -1, &head->list_name);
	head->priority =
		mime_priority(raw[RAW_X_PRIORITY], raw[RAW_IMPORTANCE], raw[RAW_PRIORITY], raw[RAW_MSMAIL]);
	head->list_unsubscribe_one_click =
		raw[RAW_POST] != NULL && g_ascii_strcasecmp(raw[RAW_POST], "List-Unsubscribe=One-Click") == 0;
}

MimeHead *
mime_head_parse(const char *block, gsize length)
{
	MimeHead *head = g_new0(MimeHead, 1);
	char *raw[RAW_COUNT] = {NULL};
	MimeFields fields;
	MimeField field;

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		GPtrArray **list = (GPtrArray **)(void *)((char *)head + rows[i].where);
		if (rows[i].kind == FIELD_ADDRESSES)
			*list = mime_addresses_new();
		else if (rows[i].kind != FIELD_RAW)
			*list = g_ptr_array_new_with_free_func(g_free);
	}
	mime_fields_init(&fields, block, length);
	while (mime_fields_next(&fields, &field))
		for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
			if (mime_field_is(&field, rows[i].name)) {
				read_field(head, raw, &field, i);
				break;
			}
	read_raw(head, raw);
	head->damaged |= fields.damaged;
	head->limited = fields.limited;
	for (gsize i = 0; i < RAW_COUNT; i++)
		g_free(raw[i]);
	return head;
}

void
mime_head_free(MimeHead *head)
{
	if (head == NULL)
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (rows[i].kind != FIELD_RAW)
			g_ptr_array_unref(*(GPtrArray **)(void *)((char *)head + rows[i].where));
	g_free(head->subject);
	g_free(head->message_id);
	g_free(head->list_id);
	g_free(head->list_name);
	g_free(head);
}

const MimeAddress *
mime_head_from(const MimeHead *head)
{
	for (guint i = 0; i < head->from->len; i++) {
		const MimeAddress *address = g_ptr_array_index(head->from, i);
		if (*address->address)
			return address;
	}
	return head->from->len > 0 ? g_ptr_array_index(head->from, 0) : NULL;
}

/* One is the other's, or both lie under the same name of two labels: mail.example.org, example.org. */
static gboolean
same_house(const char *one, const char *other)
{
	const char *domain = strrchr(one, '@'), *wanted = strrchr(other, '@');
	gsize length, wanted_length;

	if (domain == NULL || wanted == NULL)
		return FALSE;
	length = strlen(++domain);
	wanted_length = strlen(++wanted);
	if (length < wanted_length)
		return length > 0 && wanted[wanted_length - length - 1] == '.' && strchr(domain, '.') &&
		       g_ascii_strcasecmp(wanted + wanted_length - length, domain) == 0;
	return g_ascii_strcasecmp(domain + length - wanted_length, wanted) == 0 &&
	       (length == wanted_length ||
		       (domain[length - wanted_length - 1] == '.' && strchr(wanted, '.') != NULL));
}

const MimeAddress *
mime_head_answers_elsewhere(const MimeHead *head)
{
	const MimeAddress *from = mime_head_from(head);

	if (from == NULL || head->list_id != NULL || head->list_post->len > 0)
		return NULL;
	for (guint i = 0; i < head->reply_to->len; i++) {
		const MimeAddress *address = g_ptr_array_index(head->reply_to, i);

		if (*address->address != '\0' && !same_house(address->address, from->address))
			return address;
	}
	return NULL;
}
