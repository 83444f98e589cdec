/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * head.h - the fields of a message that a reader, a reply and JSON need, decoded at once.
 */
#pragma once

#include "mime/header.h"
#include "util/dates.h"

typedef struct {
	char *subject; /* decoded; NULL: no such field */
	/* Of MimeAddress; never NULL. Several fields of a name are joined. */
	GPtrArray *from, *sender, *reply_to, *to, *cc, *bcc, *mail_followup_to;
	guint from_fields; /* From fields met: more than one is suspicious */
	DateTime date;
	gboolean dated;         /* date was read */
	char *message_id;       /* without brackets; NULL: none */
	GPtrArray *in_reply_to; /* of char*, never NULL */
	GPtrArray *references;  /* of char*, never NULL */
	char *list_id, *list_name;
	GPtrArray *list_post, *list_unsubscribe; /* URLs; never NULL. "NO" of List-Post is left out */
	gboolean list_unsubscribe_one_click;     /* RFC 8058 */
	MimePriority priority;
	gboolean damaged; /* lines that are no fields, bad addresses */
	gboolean limited;
} MimeHead;

MimeHead *mime_head_parse(const char *block, gsize length);
void mime_head_free(MimeHead *head);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MimeHead, mime_head_free)

/* The From that a list shows: the first with an address; NULL: none. Borrowed. */
const MimeAddress *mime_head_from(const MimeHead *head);
/*
 * Where an answer would go instead of the sender: an address of Reply-To at another domain than From, in a
 * message that is of no mailing list. NULL: answers go to the sender's domain. Borrowed.
 */
const MimeAddress *mime_head_answers_elsewhere(const MimeHead *head);
