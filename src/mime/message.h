/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * message.h - a whole message, read from its octets without copying them.
 *
 * Never fails: whatever the octets are, there is a root part. What was wrong is
 * in the warnings. One message belongs to one thread.
 */
#pragma once

#include "mime/head.h"
#include "mime/part.h"

#include <glib.h>

typedef struct MimeMessage MimeMessage;

/* Takes a reference to octets. CRLF or LF. */
MimeMessage *mime_message_parse(GBytes *octets);
/* The same from a copy of data. */
MimeMessage *mime_message_parse_data(const void *data, gsize length);
void mime_message_free(MimeMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MimeMessage, mime_message_free)

/* All borrowed from the message. */
MimePart *mime_message_root(MimeMessage *message);
const MimeHead *mime_message_head(MimeMessage *message);
GBytes *mime_message_octets(MimeMessage *message);
/* The header block with its empty line. */
const char *mime_message_header(MimeMessage *message, gsize *length);
/* The first field of that name, unfolded, not decoded; NULL: none. The caller's. */
char *mime_message_field(MimeMessage *message, const char *name);

/* A part's octets: as they lie in the message; with the encoding taken off; a part's header block. The
 * caller's. */
GBytes *mime_message_part_octets(MimeMessage *message, const MimePart *part);
GBytes *mime_message_decode(MimeMessage *message, const MimePart *part);
GBytes *mime_message_part_header(MimeMessage *message, const MimePart *part);
/* A text part as UTF-8 with LF; see mime_text_body(). The caller's. */
char *mime_message_text(MimeMessage *message, const MimePart *part, gsize *length);

typedef struct {
	const char *code; /* for JSON, untranslated: "parts-limit", "nesting-limit", "header-limit",
			     "header-damaged", "encoding-damaged", "charset-guessed", "truncated",
			     "several-from", ... */
	char *text;       /* for people: translated, safe */
} MimeWarning;

/* Of MimeWarning, in the order found, each code at most once a part; grows as parts are decoded. Borrowed. */
const GPtrArray *mime_message_warnings(MimeMessage *message);
/* Add one, e.g. "size-differs" by who fetched it. code is static. */
void mime_message_warn(MimeMessage *message, const char *code, const char *format, ...) G_GNUC_PRINTF(3, 4);
