/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words.h - encoded-words (RFC 2047), for the modules of this folder.
 */
#pragma once

#include <glib.h>

/*
 * Length of the encoded-word that begins at text ("=?charset?B?...?="), or 0.
 * Looks at a bounded number of bytes past the next '?'.
 */
gsize mime_word_length(const char *text, const char *end);

/* Append UTF-8 with CR, LF and NUL as U+FFFD. */
void mime_append_clean(GString *out, const char *text, gsize length);

/*
 * Decode base64 into out, which has room for three quarters of length; the bytes
 * put out. Lenient: what does not belong is passed over, padding may lack, and
 * more may follow behind it (each octet is put out as soon as it is whole).
 */
gsize mime_base64_decode(const char *text, gsize length, char *out);

/* The value of a hexadecimal digit, or -1. */
int mime_hex(char c);
