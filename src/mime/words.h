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

/* The value of a hexadecimal digit, or -1. */
int mime_hex(char c);
