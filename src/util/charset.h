/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * charset.h - any labelled text to UTF-8, by iconv.
 *
 * Names from mail pass an allow list and are mapped to names that iconv knows:
 * nothing from a message reaches iconv_open() as it stands.
 */
#pragma once

#include <glib.h>

/* The iconv name for a label ("utf8", "ISO_8859-1", "ks_c_5601-1987", ...), or NULL when not allowed. Static.
 */
const char *charset_map(const char *label);
/*
 * Convert. A bad sequence becomes U+FFFD and one byte (of UTF-16 and UTF-32 one
 * unit) is stepped over; so does NUL. Output is limited to LIMIT_CHARSET_GROWTH
 * times the input. label NULL, unknown or a lie: UTF-8 if valid, else
 * windows-1252; *guessed (may be NULL) says that this happened. A lie is: 8-bit
 * text labelled US-ASCII; valid UTF-8 that the label cannot decode; text
 * labelled UTF-8 with more runs of bad bytes than characters past ASCII. UTF-7 only
 * when labelled so. The result is the caller's, valid UTF-8 and NUL-terminated,
 * *out_length (may be NULL) its length.
 */
char *charset_to_utf8(
	const char *data, gsize length, const char *label, gsize *out_length, gboolean *guessed);

/*
 * Modified UTF-7 of IMAP mailbox names (RFC 3501, 5.1.3), to and from UTF-8.
 * NULL when the input is malformed: invalid UTF-8; octets above 0x7E, controls,
 * bad base64, and any form but the canonical one, so that a name that was
 * decoded always encodes to what the server sent. The caller's.
 */
char *charset_from_imap_utf7(const char *name);
char *charset_to_imap_utf7(const char *name);
