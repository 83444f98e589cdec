/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session-private.h - what session.c and send.c share. */
#pragma once

#include "net/trace.h"
#include "smtp/reply.h"
#include "smtp/session.h"

struct SmtpSession {
	NetStream *stream;
	SmtpReader *reader;
	char *label;
	Secret *secret; /* for masking; may be NULL */
	guint caps;     /* SmtpCap */
	guint64 size_limit;
	GPtrArray *mechanisms; /* of char *, NULL-terminated */
	const char *mechanism; /* used */
	gboolean dead;
	gboolean answered; /* the server itself said no */
};

/* Send text; log its shown form. FALSE: the session is dead, or was canceled before the first byte. */
gboolean smtp_say(SmtpSession *session, const NetText *text, GError **error);
/* printf-formed, CRLF added, nothing secret. */
gboolean smtp_sayf(SmtpSession *session, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);
/*
 * Wait for one answer at most timeout_ms. NULL: the session is dead; FAULT_RETRY
 * (late, cut, 421), FAULT_PROTOCOL, FAULT_LIMIT, FAULT_CANCELED. The caller's.
 */
SmtpReply *smtp_hear(SmtpSession *session, guint timeout_ms, GError **error);
/* The same, but 421 is an answer as any other; the session is dead then. */
SmtpReply *smtp_hear_any(SmtpSession *session, guint timeout_ms, GError **error);
/* An answer that came without being asked for, NULL: none as yet. */
SmtpReply *smtp_hear_now(SmtpSession *session);
/* The reply's words for people: safe, cut, masked. The caller's. */
char *smtp_words(const SmtpSession *session, const SmtpReply *reply);
/* Sets error by the code: 4xx FAULT_RETRY, 530 and 535 FAULT_AUTH, else FAULT_REFUSED. prefix: what was
 * refused. */
void smtp_refusal(SmtpSession *session, const SmtpReply *reply, const char *prefix, GError **error);
