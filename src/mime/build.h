/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * build.h - a message built from a draft, and a draft read back from a message.
 *
 * Pure: date, Message-ID and boundary seed are given.
 */
#pragma once

#include "mime/header.h"
#include "mime/message.h"
#include "util/dates.h"

#include <glib.h>

typedef struct {
	char *name;    /* file name, UTF-8; NULL: none */
	char *type;    /* "application/pdf"; NULL: application/octet-stream. "message/rfc822": data is a whole
			  message */
	char *charset; /* of text; NULL: not said */
	GBytes *data;  /* decoded octets */
	gboolean is_inline;
	char *description; /* NULL: none */
	char *content_id;  /* NULL: none */
} MimeAttachment;

typedef struct {
	char *name, *value; /* value UTF-8, unfolded */
} MimeExtraField;

typedef struct {
	GPtrArray *from, *sender, *reply_to, *to, *cc, *bcc,
		*mail_followup_to; /* of MimeAddress; never NULL */
	char *subject;             /* UTF-8; NULL: no field */
	char *body;                /* UTF-8 with LF; never NULL */
	gboolean flowed;           /* body is format=flowed as it stands: soft breaks end in a blank */
	GPtrArray *attachments;    /* of MimeAttachment; never NULL */
	char *message_id;          /* without brackets; NULL: no field */
	char *in_reply_to;         /* without brackets; NULL */
	GPtrArray *references;     /* of char*, without brackets; never NULL */
	DateTime date;
	MimePriority priority;
	GPtrArray *extra; /* of MimeExtraField, in order; never NULL */
} MimeDraft;

MimeDraft *mime_draft_new(void);
/* Deep, but for the attachments' octets, which are shared. */
MimeDraft *mime_draft_copy(const MimeDraft *draft);
void mime_draft_free(MimeDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MimeDraft, mime_draft_free)
MimeAttachment *mime_draft_attach(MimeDraft *draft, const char *name, const char *type, GBytes *data);
void mime_attachment_free(MimeAttachment *attachment);
void mime_draft_add_extra(MimeDraft *draft, const char *name, const char *value);
void mime_extra_field_free(MimeExtraField *field);

typedef struct {
	gboolean eight_bit; /* the server takes 8BITMIME */
	gboolean utf8;      /* the server takes SMTPUTF8: headers may hold UTF-8 */
	gboolean keep_bcc;  /* for the copy in Sent or Drafts, never for SMTP */
	guint64 seed;       /* of the boundaries */
} MimeBuildOptions;

/*
 * The message: CRLF, lines of at most 998 octets (76 where encoded), 7-bit unless
 * told. FAULT_INPUT names the field when a value holds CR, LF or NUL, an
 * address cannot be written, or an own field is not one (RFC 5322, 2.2). The caller's.
 */
GBytes *mime_build(const MimeDraft *draft, const MimeBuildOptions *options, GError **error);
/* An address that is not ASCII is used: SMTPUTF8 (RFC 6531) is needed. IDN domains alone are turned into
 * A-labels. */
gboolean mime_draft_needs_utf8(const MimeDraft *draft);
/* addr-specs for RCPT TO: to, cc, bcc, each once, domains as A-labels. Of char*, free func set. */
GPtrArray *mime_draft_recipients(const MimeDraft *draft);
/* Whether an addr-spec can go on the wire; FAULT_INPUT says what is wrong with it. */
gboolean mime_address_check(const char *address, GError **error);

/* 128 random bits (given) at the domain of address: "0f3c...@example.org". The caller's. */
char *mime_new_message_id(const char *address, const guint8 random[16]);

/*
 * A draft from a message, to be edited again: body from its text, all else as
 * attachments. Building it again gives the same fields and texts. Bcc is kept.
 * Fields that are not known stay in extra, but for traces (Received,
 * Return-Path, DKIM-Signature, ...) and MIME's own. The caller's.
 */
MimeDraft *mime_draft_from_message(MimeMessage *message);

/*
 * The message to resend ("bounce", RFC 5322, 3.6.6): its octets as they are behind
 * Resent-From, -To, -Date, -Message-ID. Bcc lines are taken out. The caller's.
 */
GBytes *mime_resend(GBytes *message, const MimeAddress *from, const GPtrArray *to, DateTime date,
	const char *message_id, GError **error);
/* A message's octets for SMTP: CRLF everywhere, Bcc and Resent-Bcc taken out. The caller's. */
GBytes *mime_strip_bcc(GBytes *message);
