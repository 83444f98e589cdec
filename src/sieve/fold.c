/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sieve/match.h"

#include <string.h>

/* The longest that one character becomes (U+FDFA), in UTF-8. */
#define DECOMPOSED_MAX 18

char *
sieve_fold_ascii(SievePool *pool, const char *text, gsize length, gsize *folded_length)
{
	char *out = sieve_pool_take(pool, length + 1);

	for (gsize i = 0; i < length; i++) {
		char c = text[i];
		out[i] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
	}
	out[length] = '\0';
	*folded_length = length;
	return out;
}

/*
 * RFC 5051, 2.3: each character to its title case, then decomposed. origins (may
 * be NULL): for each octet where its character began. What is no UTF-8 stays.
 */
static void
fold_unicode(GString *out, GArray *origins, const char *text, gsize length)
{
	const char *end = text + length;

	for (const char *p = text, *next; p < end; p = next) {
		gunichar c = g_utf8_get_char_validated(p, end - p), parts[DECOMPOSED_MAX];
		guint32 origin = (guint32)(p - text);
		gsize count;
		if (c == (gunichar)-1 || c == (gunichar)-2) {
			g_string_append_c(out, *p);
			next = p + 1;
		} else if (c < 0x80) {
			g_string_append_c(out, g_ascii_toupper((char)c));
			next = p + 1;
		} else {
			count = g_unichar_fully_decompose(
				g_unichar_totitle(c), TRUE, parts, G_N_ELEMENTS(parts));
			for (gsize i = 0; i < MIN(count, G_N_ELEMENTS(parts)); i++)
				g_string_append_unichar(out, parts[i]);
			next = g_utf8_next_char(p);
		}
		while (origins != NULL && origins->len < out->len)
			g_array_append_val(origins, origin);
	}
}

char *
sieve_fold_unicode(SievePool *pool, const char *text, gsize length, gsize *folded_length)
{
	g_autoptr(GString) out = g_string_sized_new(length);

	fold_unicode(out, NULL, text, length);
	*folded_length = out->len;
	return sieve_pool_text(pool, out->str, out->len);
}

const guint32 *
sieve_fold_origins(SievePool *pool, const char *text, gsize length)
{
	g_autoptr(GString) out = g_string_sized_new(length);
	g_autoptr(GArray) origins = g_array_sized_new(FALSE, FALSE, sizeof(guint32), (guint)length + 1);
	guint32 end = (guint32)length;

	fold_unicode(out, origins, text, length);
	g_array_append_val(origins, end);
	return sieve_pool_copy(pool, origins->data, origins->len * sizeof(guint32));
}
