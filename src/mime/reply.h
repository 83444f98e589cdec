/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reply.h - replies and forwards: who, what subject, what text.
 */
#pragma once

#include "mime/build.h"

typedef enum {
	MIME_REPLY_SENDER,
	MIME_REPLY_ALL,
	MIME_REPLY_LIST, /* falls back to all when the message names no list */
} MimeReplyKind;

/*
 * Set to, cc, subject, in_reply_to and references of draft from the head of the
 * message it answers. own: addr-specs of the user (char*, may be NULL), left out
 * unless nobody would remain; a reply to an own message goes to whom that went.
 */
void mime_reply_fill(MimeDraft *draft, const MimeHead *head, MimeReplyKind kind, const GPtrArray *own);
/* The message names a list one can write to. */
gboolean mime_reply_has_list(const MimeHead *head);
/* Reply-To is unlike From: worth a question for reply to all. */
gboolean mime_reply_to_differs(const MimeHead *head);
/* References and In-Reply-To alone (RFC 5322, 3.6.4). */
void mime_reply_thread(MimeDraft *draft, const MimeHead *head);

/* "Re: " or "Fwd: " (prefix with its blank) before the subject, once. subject may be NULL. The caller's. */
char *mime_reply_subject(const char *subject, const char *prefix);

/*
 * Each line behind prefix ("> "); lines that are quotes already get prefix without
 * its blank; whole paragraphs (lines of more than 100 cells) are broken. The
 * signature is cut off when told. The caller's.
 */
char *mime_reply_quote(const char *text, const char *prefix, gboolean cut_signature);
/* The same, for a format=flowed reply: long paragraphs broken softly at width. The caller's. */
char *mime_reply_flow(const char *text, int width);

/* "On Fri 20 Nov 2026 09:12, Ada Byron wrote:"; translated. The caller's. */
char *mime_reply_attribution(const MimeHead *head);
/* A forwarded message inline: a line, From, Date, Subject, To, Cc, the text, a line. The caller's. */
char *mime_forward_text(const MimeHead *head, const char *text);
