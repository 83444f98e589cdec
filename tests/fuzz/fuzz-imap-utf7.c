/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What decodes encodes back to itself, and the other way round. */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "util/charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *input = g_strndup((const char *)data, size);
	g_autofree char *name = charset_from_imap_utf7(input);
	if (name) {
		g_autofree char *encoded = charset_to_imap_utf7(name);
		g_assert(g_utf8_validate(name, -1, NULL));
		g_assert(g_strcmp0(encoded, input) == 0);
	}
	g_autofree char *encoded = charset_to_imap_utf7(input);
	g_assert((encoded != NULL) == g_utf8_validate(input, -1, NULL));
	if (encoded) {
		g_autofree char *decoded = charset_from_imap_utf7(encoded);
		g_assert(g_str_is_ascii(encoded));
		g_assert(g_strcmp0(decoded, input) == 0);
	}
	return 0;
}
