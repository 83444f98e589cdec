/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Charset names never reach iconv as they stand in the mail: the words' octets
 * are taken out here and converted by util/charset, which has the allow list.
 */
#include "config.h"

#include "mime/words.h"

#include "mime/header.h"
#include "util/charset.h"
#include "util/limits.h"

#include <string.h>

#define CHARSET_MAX 64
/* An encoded "?" is "=3F", but some mailers forget: look this much further. */
#define STRAY_QUESTION_MAX 1000

typedef struct {
	const char *charset;
	gsize charset_length;
	char encoding; /* 'B' or 'Q' */
	const char *text;
	gsize text_length;
	gsize length; /* of the whole word */
} Word;

static gboolean
word_parse(const char *p, const char *end, Word *word)
{
	const char *start = p, *mark, *stop;

	if (end - p < 8 || p[0] != '=' || p[1] != '?')
		return FALSE;
	p += 2;
	for (mark = p; mark<end && * mark> 32 && *mark != '?' && mark - p <= CHARSET_MAX; mark++)
		;
	if (mark == p || end - mark < 3 || mark[0] != '?' || mark[2] != '?')
		return FALSE;
	word->charset = p;
	word->charset_length = (gsize)(mark - p);
	word->encoding = g_ascii_toupper(mark[1]);
	if (word->encoding != 'B' && word->encoding != 'Q')
		return FALSE;
	p = mark + 3;
	stop = memchr(p, '?', (gsize)(end - p));
	if (stop == NULL)
		return FALSE;
	for (mark = stop; mark < end - 1 && mark - stop < STRAY_QUESTION_MAX; mark++)
		if (mark[0] == '?' && mark[1] == '=')
			break;
	if (mark >= end - 1 || mark[0] != '?' || mark[1] != '=')
		return FALSE;
	word->text = p;
	word->text_length = (gsize)(mark - p);
	word->length = (gsize)(mark + 2 - start);
	return TRUE;
}

gsize
mime_word_length(const char *text, const char *end)
{
	Word word;

	return word_parse(text, end, &word) ? word.length : 0;
}

int
mime_hex(char c)
{
	return g_ascii_isxdigit(c) ? g_ascii_xdigit_value(c) : -1;
}

static void
decode_q(GString *out, const char *p, gsize length)
{
	for (gsize i = 0; i < length; i++) {
		if (p[i] == '_') {
			g_string_append_c(out, ' ');
		} else if (p[i] == '=' && i + 2 < length && mime_hex(p[i + 1]) >= 0 &&
			   mime_hex(p[i + 2]) >= 0) {
			g_string_append_c(out, (char)(mime_hex(p[i + 1]) * 16 + mime_hex(p[i + 2])));
			i += 2;
		} else {
			g_string_append_c(out, p[i]);
		}
	}
}

/* Six bits a character, 0xff for what does not belong, 0xfe for '='. */
static void
base64_table(guint8 table[256])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	memset(table, 0xff, 256);
	for (guint i = 0; i < 64; i++)
		table[(guint8)digits[i]] = (guint8)i;
	table['='] = 0xfe;
}

gsize
mime_base64_decode(const char *text, gsize length, char *out)
{
	guint8 table[256];
	guint bits = 0, count = 0;
	char *to = out;

	base64_table(table);
	for (gsize i = 0; i < length; i++) {
		guint8 value = table[(guint8)text[i]];
		if (value == 0xfe)
			count = bits = 0;
		if (value > 63)
			continue;
		bits = (bits << 6 | value) & 0xffff;
		count += 6;
		if (count >= 8) {
			count -= 8;
			*to++ = (char)(bits >> count & 0xff);
		}
	}
	return (gsize)(to - out);
}

static void
decode_b(GString *out, const char *text, gsize length)
{
	gsize start = out->len;

	g_string_set_size(out, start + length);
	g_string_truncate(out, start + mime_base64_decode(text, length, out->str + start));
}

void
mime_append_clean(GString *out, const char *text, gsize length)
{
	gsize start = 0;

	for (gsize i = 0; i < length; i++) {
		if (text[i] != '\r' && text[i] != '\n' && text[i] != '\0')
			continue;
		g_string_append_len(out, text + start, (gssize)(i - start));
		g_string_append(out, "\357\277\275");
		start = i + 1;
	}
	g_string_append_len(out, text + start, (gssize)(length - start));
}

/* Octets of adjacent words in one charset, waiting to be converted together. */
typedef struct {
	GString *out;
	GString *octets;
	char charset[CHARSET_MAX + 2];
} Decoder;

static void
flush_words(Decoder *decoder)
{
	gsize length;
	g_autofree char *text = NULL;

	if (decoder->octets->len == 0)
		return;
	text = charset_to_utf8(decoder->octets->str, decoder->octets->len, decoder->charset, &length, NULL);
	mime_append_clean(decoder->out, text, length);
	g_string_truncate(decoder->octets, 0);
}

static void
add_word(Decoder *decoder, const Word *word)
{
	char charset[CHARSET_MAX + 2];
	char *language;

	memcpy(charset, word->charset, word->charset_length);
	charset[word->charset_length] = '\0';
	language = strchr(charset, '*');
	if (language != NULL)
		*language = '\0';
	if (g_ascii_strcasecmp(charset, decoder->charset) != 0) {
		flush_words(decoder);
		memcpy(decoder->charset, charset, sizeof charset);
	}
	if (word->encoding == 'B')
		decode_b(decoder->octets, word->text, word->text_length);
	else
		decode_q(decoder->octets, word->text, word->text_length);
}

static void
add_plain(Decoder *decoder, const char *text, gsize length)
{
	flush_words(decoder);
	if (g_utf8_validate_len(text, length, NULL)) {
		g_string_append_len(decoder->out, text, (gssize)length);
	} else {
		gsize size;
		g_autofree char *guess = charset_to_utf8(text, length, NULL, &size, NULL);
		mime_append_clean(decoder->out, guess, size);
	}
}

static gboolean
all_blank(const char *text, const char *end)
{
	while (text < end && (*text == ' ' || *text == '\t'))
		text++;
	return text == end;
}

static char *
decode_words(const char *text, gsize length)
{
	const char *end = text + length, *plain = text, *p = text;
	Decoder decoder = {.out = g_string_sized_new(length), .octets = g_string_new(NULL)};
	gboolean after_word = FALSE;

	for (int tries = 0; tries < LIMIT_ENCODED_WORDS && p < end; tries++) {
		Word word;
		const char *start = g_strstr_len(p, end - p, "=?");
		if (start == NULL)
			break;
		if (!word_parse(start, end, &word)) {
			p = start + 2;
			continue;
		}
		if (start > plain && !(after_word && all_blank(plain, start)))
			add_plain(&decoder, plain, (gsize)(start - plain));
		add_word(&decoder, &word);
		plain = p = start + word.length;
		after_word = TRUE;
	}
	add_plain(&decoder, plain, (gsize)(end - plain));
	g_string_free(decoder.octets, TRUE);
	return g_string_free(decoder.out, FALSE);
}

char *
mime_decode_text(const char *raw, gssize length)
{
	char *text = mime_unfold(raw, length);
	gsize size = strlen(text);
	char *decoded;

	if (g_strstr_len(text, (gssize)size, "=?") != NULL)
		decoded = decode_words(text, size);
	else if (g_utf8_validate_len(text, size, NULL))
		return text;
	else
		decoded = charset_to_utf8(text, size, NULL, NULL, NULL);
	g_free(text);
	return decoded;
}
