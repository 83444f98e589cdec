/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Modified UTF-7 of charset.h (RFC 3501, 5.1.3). A name has one form only:
 * what does not encode back to itself is malformed. Else two folders could show
 * the same name, and a command would go to the wrong one.
 */
#include "config.h"

#include <string.h>

#include "util/charset.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

static gboolean
is_direct(char c)
{
	return c >= 0x20 && c < 0x7F;
}

typedef struct {
	GString *out;
	guint32 bits; /* not yet written, right-aligned */
	guint count;  /* of them */
} Encoder;

static void
encode_unit(Encoder *encoder, guint unit)
{
	encoder->bits = encoder->bits << 16 | unit;
	encoder->count += 16;
	while (encoder->count >= 6) {
		encoder->count -= 6;
		g_string_append_c(encoder->out, digits[encoder->bits >> encoder->count & 63]);
	}
	encoder->bits &= (1u << encoder->count) - 1;
}

/* The characters from name on that cannot stand for themselves. Returns the place behind them. */
static const char *
encode_run(GString *out, const char *name)
{
	Encoder encoder = {.out = out};
	g_string_append_c(out, '&');
	while (*name && !is_direct(*name)) {
		gunichar c = g_utf8_get_char(name);
		if (c >= 0x10000) {
			encode_unit(&encoder, 0xD800 + ((c - 0x10000) >> 10));
			encode_unit(&encoder, 0xDC00 + ((c - 0x10000) & 0x3FF));
		} else {
			encode_unit(&encoder, c);
		}
		name = g_utf8_next_char(name);
	}
	if (encoder.count > 0)
		g_string_append_c(out, digits[encoder.bits << (6 - encoder.count) & 63]);
	g_string_append_c(out, '-');
	return name;
}

char *
charset_to_imap_utf7(const char *name)
{
	if (!g_utf8_validate(name, -1, NULL))
		return NULL;
	GString *out = g_string_sized_new(strlen(name) + 16);
	while (*name) {
		if (!is_direct(*name)) {
			name = encode_run(out, name);
			continue;
		}
		g_string_append_c(out, *name);
		if (*name == '&')
			g_string_append_c(out, '-');
		name++;
	}
	return g_string_free(out, FALSE);
}

/* One unit of UTF-16; *high is a surrogate that waits for its other half. FALSE when they do not fit. */
static gboolean
decode_unit(GString *out, guint unit, guint *high)
{
	gboolean low = (unit & 0xFC00) == 0xDC00;
	if (low != (*high != 0))
		return FALSE;
	if ((unit & 0xFC00) == 0xD800) {
		*high = unit;
		return TRUE;
	}
	gunichar c = low ? 0x10000 + ((*high & 0x3FF) << 10) + (unit & 0x3FF) : unit;
	*high = 0;
	if (c == 0)
		return FALSE;
	g_string_append_unichar(out, c);
	return TRUE;
}

/* The base64 from at on. Returns the place behind its "-"; NULL when it is malformed. */
static const char *
decode_run(GString *out, const char *at)
{
	guint32 bits = 0;
	guint count = 0;
	guint high = 0;
	for (; *at && *at != '-'; at++) {
		const char *digit = strchr(digits, *at);
		if (!digit)
			return NULL;
		bits = bits << 6 | (guint32)(digit - digits);
		count += 6;
		if (count < 16)
			continue;
		count -= 16;
		if (!decode_unit(out, bits >> count & 0xFFFF, &high))
			return NULL;
		bits &= (1u << count) - 1;
	}
	return *at == '-' && high == 0 ? at + 1 : NULL;
}

char *
charset_from_imap_utf7(const char *name)
{
	g_autoptr(GString) out = g_string_sized_new(strlen(name));
	const char *at = name;
	while (at && *at) {
		if (*at != '&') {
			g_string_append_c(out, *at++);
		} else if (at[1] == '-') {
			g_string_append_c(out, '&');
			at += 2;
		} else {
			at = decode_run(out, at + 1);
		}
	}
	if (!at)
		return NULL;
	g_autofree char *again = charset_to_imap_utf7(out->str);
	if (g_strcmp0(again, name) != 0)
		return NULL;
	return g_strdup(out->str);
}
