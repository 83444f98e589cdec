/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reply.h - cut what an SMTP server sends into answers (RFC 5321, 4.2). Pure: no I/O.
 *
 *	smtp_reader_feed(reader, data, length);
 *	while (smtp_reader_next(reader, &reply, &error) == SMTP_READER_REPLY)
 *		handle(reply), smtp_reply_free(reply);
 *
 * Lines may end in LF alone. A line past LIMIT_SMTP_LINE or an answer past
 * LIMIT_SMTP_LINES is FAULT_LIMIT; what is no answer is FAULT_PROTOCOL.
 */
#pragma once

#include <glib.h>

typedef struct {
	int code;         /* 200 to 599 */
	char *enhanced;   /* "5.1.1" (RFC 3463), or NULL */
	GPtrArray *lines; /* of char *: text without code, CRLF; as sent, no NUL; the enhanced code stays in
			     it */
} SmtpReply;

void smtp_reply_free(SmtpReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpReply, smtp_reply_free)
/* All lines with their code, joined by blanks: "550 5.1.1 No such user". Not sanitised. The caller's. */
char *smtp_reply_text(const SmtpReply *reply);

typedef struct SmtpReader SmtpReader;

typedef enum { SMTP_READER_REPLY, SMTP_READER_MORE, SMTP_READER_BROKEN } SmtpReaderResult;

SmtpReader *smtp_reader_new(void);
void smtp_reader_free(SmtpReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpReader, smtp_reader_free)
void smtp_reader_feed(SmtpReader *reader, const char *data, gsize length);
/* The next whole answer, the caller's. SMTP_READER_BROKEN from then on always. */
SmtpReaderResult smtp_reader_next(SmtpReader *reader, SmtpReply **reply, GError **error);
/* Nothing is left in it, not even part of an answer. */
gboolean smtp_reader_is_empty(const SmtpReader *reader);
