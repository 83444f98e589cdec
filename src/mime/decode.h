/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decode.h - transfer encodings off, and text to UTF-8, for single bodies.
 */
#pragma once

#include "mime/part.h"

#include <glib.h>

/*
 * Take an encoding off. *damaged (may be NULL): it was broken somewhere
 * (characters that do not belong, cut short); what can be read is there. The
 * result never exceeds the input. The caller's.
 */
GBytes *mime_decode_body(const void *data, gsize length, MimeEncoding encoding, gboolean *damaged);

/* Names of the encodings, by Content-Transfer-Encoding's value (blanks and comments around it allowed). */
MimeEncoding mime_encoding_parse(const char *name);

/*
 * A text part's encoded octets, as fetched by section, to UTF-8 with LF line
 * ends: encoding and charset by the part. *guessed (may be NULL): the charset was
 * missing, unknown or a lie. Not safe for a terminal yet. The caller's, *out_length its length.
 */
char *mime_text_body(
	const void *data, gsize length, const MimePart *part, gsize *out_length, gboolean *guessed);

/* SHA-256 in lower-case hexadecimal. The caller's. */
char *mime_sha256(GBytes *octets);

/* "GMime 3.2.13": the library found at run time. The caller's. */
char *mime_versions(void);
