/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first line is the label, the rest the text: the result is valid UTF-8 within the limit. */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "util/charset.h"
#include "util/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
	gsize label_length = end ? (gsize)(end - data) : 0;
	gsize start = end ? label_length + 1 : 0;
	g_autofree char *label = end ? g_strndup((const char *)data, label_length) : NULL;
	gsize length;
	gboolean guessed;
	g_autofree char *text =
		charset_to_utf8((const char *)data + start, size - start, label, &length, &guessed);
	g_assert(strlen(text) == length);
	g_assert(g_utf8_validate(text, (gssize)length, NULL));
	g_assert(length <= (size - start) * LIMIT_CHARSET_GROWTH);
	return 0;
}
