/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/decode.h"

#include "mime/words.h"
#include "util/charset.h"

#include <gmime/gmime-encodings.h>
#include <gmime/gmime.h>
#include <string.h>

MimeEncoding
mime_encoding_parse(const char *name)
{
	static const struct {
		const char *name;
		MimeEncoding encoding;
	} rows[] = {
		{"", MIME_ENCODING_7BIT},
		{"7bit", MIME_ENCODING_7BIT},
		{"8bit", MIME_ENCODING_7BIT},
		{"7-bit", MIME_ENCODING_7BIT},
		{"8-bit", MIME_ENCODING_7BIT},
		{"binary", MIME_ENCODING_7BIT},
		{"base64", MIME_ENCODING_BASE64},
		{"quoted-printable", MIME_ENCODING_QUOTED_PRINTABLE},
		{"x-uuencode", MIME_ENCODING_UUENCODE},
		{"uuencode", MIME_ENCODING_UUENCODE},
		{"x-uue", MIME_ENCODING_UUENCODE},
	};
	gsize length;

	if (name == NULL)
		return MIME_ENCODING_7BIT;
	for (name += strspn(name, " \t\""); *name == '('; name += strspn(name, " \t"))
		name += strcspn(name, ")") + (strchr(name, ')') != NULL);
	length = strcspn(name, " \t;(\"");
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (strlen(rows[i].name) == length && g_ascii_strncasecmp(name, rows[i].name, length) == 0)
			return rows[i].encoding;
	return MIME_ENCODING_UNKNOWN;
}

/* --- Is it whole? --- */

static gboolean
base64_damaged(const guint8 *p, gsize length)
{
	gsize digits = 0, pads = 0;

	for (gsize i = 0; i < length; i++) {
		guint8 c = p[i];
		if (g_ascii_isalnum(c) || c == '+' || c == '/') {
			if (pads > 0)
				return TRUE;
			digits++;
		} else if (c == '=') {
			pads++;
		} else if (!g_ascii_isspace(c)) {
			return TRUE;
		}
	}
	return pads > 2 || (digits + pads) % 4 != 0;
}

static gboolean
quoted_damaged(const guint8 *p, gsize length)
{
	const guint8 *end = p + length;

	while ((p = memchr(p, '=', (gsize)(end - p))) != NULL) {
		gsize left = (gsize)(end - p);
		gsize blank = 1;
		if (left >= 3 && mime_hex((char)p[1]) >= 0 && mime_hex((char)p[2]) >= 0) {
			p += 3;
			continue;
		}
		while (blank < left && (p[blank] == ' ' || p[blank] == '\t' || p[blank] == '\r'))
			blank++;
		if (blank < left && p[blank] != '\n')
			return TRUE;
		p += blank;
	}
	return FALSE;
}

static gboolean
is_damaged(const void *data, gsize length, MimeEncoding encoding)
{
	switch (encoding) {
	case MIME_ENCODING_BASE64:
		return base64_damaged(data, length);
	case MIME_ENCODING_QUOTED_PRINTABLE:
		return quoted_damaged(data, length);
	case MIME_ENCODING_UUENCODE:
		return g_strstr_len(data, (gssize)length, "\nend") == NULL;
	case MIME_ENCODING_UNKNOWN:
		return TRUE;
	default:
		return FALSE;
	}
}

/* --- Decoding --- */

/* Behind the "begin 644 name" line, or the start. */
static gsize
skip_uu_begin(const char *data, gsize length)
{
	const char *p = data, *end = data + length;

	while (p < end) {
		const char *stop = memchr(p, '\n', (gsize)(end - p));
		gsize size = stop ? (gsize)(stop - p) + 1 : (gsize)(end - p);
		if (size > 6 && memcmp(p, "begin ", 6) == 0)
			return (gsize)(p + size - data);
		p += size;
	}
	return 0;
}

GBytes *
mime_decode_body(const void *data, gsize length, MimeEncoding encoding, gboolean *damaged)
{
	static const GMimeContentEncoding known[] = {
		[MIME_ENCODING_QUOTED_PRINTABLE] = GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE,
		[MIME_ENCODING_UUENCODE] = GMIME_CONTENT_ENCODING_UUENCODE,
	};
	GMimeEncoding state;
	gsize skip = 0, size;
	char *out;

	if (damaged != NULL)
		*damaged = is_damaged(data, length, encoding);
	if (length == 0 || encoding == MIME_ENCODING_7BIT || encoding == MIME_ENCODING_UNKNOWN)
		return g_bytes_new(data, length);
	if (encoding == MIME_ENCODING_UUENCODE)
		skip = skip_uu_begin(data, length);
	if (encoding == MIME_ENCODING_BASE64) {
		out = g_malloc(length / 4 * 3 + 4);
		return g_bytes_new_take(out, mime_base64_decode(data, length, out));
	}
	g_mime_encoding_init_decode(&state, known[encoding]);
	out = g_malloc(g_mime_encoding_outlen(&state, length - skip) + 1);
	size = g_mime_encoding_flush(&state, (const char *)data + skip, length - skip, out);
	return g_bytes_new_take(out, size);
}

/* The charset a page names for itself in its first bytes: <meta charset=x>, or content="text/html;
 * charset=x". */
static char *
meta_charset(const char *html, gsize length)
{
	g_autofree char *head = g_ascii_strdown(html, (gssize)MIN(length, 2048));
	const char *meta = head, *found;
	gsize size;

	while ((meta = strstr(meta, "<meta")) != NULL) {
		gsize tag = strcspn(meta, ">");
		found = g_strstr_len(meta, (gssize)tag, "charset");
		if (found != NULL) {
			found += strlen("charset");
			found += strspn(found, " =\"'");
			size = strcspn(found, " \"'>;/");
			return size > 0 && size < 64 ? g_strndup(found, size) : NULL;
		}
		meta += tag;
	}
	return NULL;
}

static gboolean
is_ascii(const char *text, gsize length)
{
	for (gsize i = 0; i < length; i++)
		if ((guchar)text[i] >= 0x80)
			return FALSE;
	return TRUE;
}

/* CRLF and lone CR to LF, in place. */
static gsize
to_lf(char *text, gsize length)
{
	char *to, *from = memchr(text, '\r', length), *end = text + length;

	if (from == NULL)
		return length;
	for (to = from; from < end; from++) {
		if (*from != '\r')
			*to++ = *from;
		else if (from + 1 == end || from[1] != '\n')
			*to++ = '\n';
	}
	*to = '\0';
	return (gsize)(to - text);
}

char *
mime_text_body(const void *data, gsize length, const MimePart *part, gsize *out_length, gboolean *guessed)
{
	g_autoptr(GBytes) octets = mime_decode_body(data, length, part->encoding, NULL);
	gsize size, converted;
	const char *raw = g_bytes_get_data(octets, &size);
	const char *charset = mime_part_param(part, "charset");
	g_autofree char *meta = NULL;
	gboolean guess = FALSE;
	char *text;

	if ((charset == NULL || *charset == '\0') && mime_part_is(part, "text", "html") && size > 0)
		charset = meta = meta_charset(raw, size);
	text = charset_to_utf8(
		raw ? raw : "", size, charset && *charset ? charset : NULL, &converted, &guess);
	if (converted >= 3 && memcmp(text, "\357\273\277", 3) == 0)
		memmove(text, text + 3, (converted -= 3) + 1);
	converted = to_lf(text, converted);
	if (out_length != NULL)
		*out_length = converted;
	/* Without a label ASCII is what it has to be. (RFC 2046, 4.1.2) */
	if (guessed != NULL)
		*guessed = guess && (charset != NULL || !is_ascii(raw, size));
	return text;
}

char *
mime_sha256(GBytes *octets)
{
	return g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, octets);
}

char *
mime_versions(void)
{
	return g_strdup_printf(
		"GMime %u.%u.%u", gmime_major_version, gmime_minor_version, gmime_micro_version);
}
