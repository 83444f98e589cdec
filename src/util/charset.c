/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "util/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "util/limits.h"

/* A label longer than this is no charset. */
#define LABEL_MAX 63
#define REPLACEMENT "\357\277\275"
#define FALLBACK "WINDOWS-1252"

/*
 * Labels without their punctuation, in lower case and in order, and the name
 * for iconv. As all other readers do, what is often mislabelled is read as its
 * superset: ISO-8859-1 as windows-1252, GB2312 as GB18030, and so on.
 */
static const struct {
	const char *label, *name;
} charsets[] = {
	{"646", "US-ASCII"},
	{"ansix341968", "US-ASCII"},
	{"arabic", "ISO-8859-6"},
	{"ascii", "US-ASCII"},
	{"asmo708", "ISO-8859-6"},
	{"big5", "BIG5"},
	{"big5hkscs", "BIG5-HKSCS"},
	{"chinese", "GB18030"},
	{"cn", "GB18030"},
	{"cnbig5", "BIG5"},
	{"cngb", "GB18030"},
	{"cp1250", "WINDOWS-1250"},
	{"cp1251", "WINDOWS-1251"},
	{"cp1252", "WINDOWS-1252"},
	{"cp1253", "WINDOWS-1253"},
	{"cp1254", "WINDOWS-1254"},
	{"cp1255", "WINDOWS-1255"},
	{"cp1256", "WINDOWS-1256"},
	{"cp1257", "WINDOWS-1257"},
	{"cp1258", "WINDOWS-1258"},
	{"cp437", "IBM437"},
	{"cp819", "WINDOWS-1252"},
	{"cp850", "IBM850"},
	{"cp852", "IBM852"},
	{"cp855", "IBM855"},
	{"cp857", "IBM857"},
	{"cp858", "IBM850"},
	{"cp866", "IBM866"},
	{"cp874", "CP874"},
	{"cp932", "CP932"},
	{"cp936", "GB18030"},
	{"cp949", "CP949"},
	{"cp950", "BIG5"},
	{"csascii", "US-ASCII"},
	{"csbig5", "BIG5"},
	{"cseuckr", "CP949"},
	{"cseucpkdfmtjapanese", "EUC-JP"},
	{"csgb2312", "GB18030"},
	{"csiso2022jp", "ISO-2022-JP"},
	{"csiso2022kr", "ISO-2022-KR"},
	{"csisolatin1", "WINDOWS-1252"},
	{"csisolatin2", "ISO-8859-2"},
	{"csisolatin5", "WINDOWS-1254"},
	{"csisolatinarabic", "ISO-8859-6"},
	{"csisolatincyrillic", "ISO-8859-5"},
	{"csisolatingreek", "ISO-8859-7"},
	{"csisolatinhebrew", "ISO-8859-8"},
	{"cskoi8r", "KOI8-R"},
	{"csksc56011987", "CP949"},
	{"csmacintosh", "MACINTOSH"},
	{"csshiftjis", "CP932"},
	{"csutf8", "UTF-8"},
	{"cswindows31j", "CP932"},
	{"cyrillic", "ISO-8859-5"},
	{"ecma114", "ISO-8859-6"},
	{"ecma118", "ISO-8859-7"},
	{"elot928", "ISO-8859-7"},
	{"euccn", "GB18030"},
	{"eucjp", "EUC-JP"},
	{"euckr", "CP949"},
	{"euctw", "EUC-TW"},
	{"gb18030", "GB18030"},
	{"gb2312", "GB18030"},
	{"gb231280", "GB18030"},
	{"gbk", "GB18030"},
	{"greek", "ISO-8859-7"},
	{"greek8", "ISO-8859-7"},
	{"hebrew", "ISO-8859-8"},
	{"hzgb2312", "HZ"},
	{"ibm437", "IBM437"},
	{"ibm850", "IBM850"},
	{"ibm852", "IBM852"},
	{"ibm855", "IBM855"},
	{"ibm857", "IBM857"},
	{"ibm866", "IBM866"},
	{"iso10646utf8", "UTF-8"},
	{"iso2022cn", "ISO-2022-CN"},
	{"iso2022jp", "ISO-2022-JP"},
	{"iso2022jp1", "ISO-2022-JP-2"},
	{"iso2022jp2", "ISO-2022-JP-2"},
	{"iso2022kr", "ISO-2022-KR"},
	{"iso646us", "US-ASCII"},
	{"iso88591", "WINDOWS-1252"},
	{"iso885910", "ISO-8859-10"},
	{"iso885911", "CP874"},
	{"iso885911987", "WINDOWS-1252"},
	{"iso885913", "ISO-8859-13"},
	{"iso885914", "ISO-8859-14"},
	{"iso885915", "ISO-8859-15"},
	{"iso885916", "ISO-8859-16"},
	{"iso88592", "ISO-8859-2"},
	{"iso885921987", "ISO-8859-2"},
	{"iso88593", "ISO-8859-3"},
	{"iso885931988", "ISO-8859-3"},
	{"iso88594", "ISO-8859-4"},
	{"iso885941988", "ISO-8859-4"},
	{"iso88595", "ISO-8859-5"},
	{"iso885951988", "ISO-8859-5"},
	{"iso88596", "ISO-8859-6"},
	{"iso885961987", "ISO-8859-6"},
	{"iso88596e", "ISO-8859-6"},
	{"iso88596i", "ISO-8859-6"},
	{"iso88597", "ISO-8859-7"},
	{"iso885971987", "ISO-8859-7"},
	{"iso88598", "ISO-8859-8"},
	{"iso885981988", "ISO-8859-8"},
	{"iso88598e", "ISO-8859-8"},
	{"iso88598i", "ISO-8859-8"},
	{"iso88599", "WINDOWS-1254"},
	{"iso885991989", "WINDOWS-1254"},
	{"isoir100", "WINDOWS-1252"},
	{"isoir101", "ISO-8859-2"},
	{"johab", "JOHAB"},
	{"koi8", "KOI8-R"},
	{"koi8r", "KOI8-R"},
	{"koi8ru", "KOI8-U"},
	{"koi8t", "KOI8-T"},
	{"koi8u", "KOI8-U"},
	{"korean", "CP949"},
	{"ksc5601", "CP949"},
	{"ksc56011987", "CP949"},
	{"ksc56011989", "CP949"},
	{"l1", "WINDOWS-1252"},
	{"l2", "ISO-8859-2"},
	{"latin1", "WINDOWS-1252"},
	{"latin10", "ISO-8859-16"},
	{"latin2", "ISO-8859-2"},
	{"latin3", "ISO-8859-3"},
	{"latin4", "ISO-8859-4"},
	{"latin5", "WINDOWS-1254"},
	{"latin6", "ISO-8859-10"},
	{"latin7", "ISO-8859-13"},
	{"latin8", "ISO-8859-14"},
	{"latin9", "ISO-8859-15"},
	{"mac", "MACINTOSH"},
	{"maccyrillic", "MAC-CYRILLIC"},
	{"macintosh", "MACINTOSH"},
	{"macroman", "MACINTOSH"},
	{"ms932", "CP932"},
	{"ms936", "GB18030"},
	{"mskanji", "CP932"},
	{"shiftjis", "CP932"},
	{"sjis", "CP932"},
	{"tis620", "CP874"},
	{"unicode11utf7", "UTF-7"},
	{"unicode11utf8", "UTF-8"},
	{"usascii", "US-ASCII"},
	{"utf16", "UTF-16"},
	{"utf16be", "UTF-16BE"},
	{"utf16le", "UTF-16LE"},
	{"utf32", "UTF-32"},
	{"utf32be", "UTF-32BE"},
	{"utf32le", "UTF-32LE"},
	{"utf7", "UTF-7"},
	{"utf8", "UTF-8"},
	{"utf8mb4", "UTF-8"},
	{"viscii", "VISCII"},
	{"win1250", "WINDOWS-1250"},
	{"win1251", "WINDOWS-1251"},
	{"win1252", "WINDOWS-1252"},
	{"windows1250", "WINDOWS-1250"},
	{"windows1251", "WINDOWS-1251"},
	{"windows1252", "WINDOWS-1252"},
	{"windows1253", "WINDOWS-1253"},
	{"windows1254", "WINDOWS-1254"},
	{"windows1255", "WINDOWS-1255"},
	{"windows1256", "WINDOWS-1256"},
	{"windows1257", "WINDOWS-1257"},
	{"windows1258", "WINDOWS-1258"},
	{"windows31j", "CP932"},
	{"windows874", "CP874"},
	{"windows932", "CP932"},
	{"windows936", "GB18030"},
	{"windows949", "CP949"},
	{"windows950", "BIG5"},
};

static const char *
look_up(const char *key)
{
	gsize low = 0;
	gsize high = G_N_ELEMENTS(charsets);
	while (low < high) {
		gsize middle = (low + high) / 2;
		int order = strcmp(key, charsets[middle].label);
		if (order == 0)
			return charsets[middle].name;
		if (order > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* label in lower case without punctuation, in key; FALSE when it has what no name has. */
static gboolean
make_key(const char *label, char key[LABEL_MAX + 1])
{
	gsize length = 0;
	label += strspn(label, " \t\"'");
	/* RFC 2231, 5: charset*language. */
	gsize end = strcspn(label, "*");
	while (end > 0 && strchr(" \t\"'", label[end - 1]))
		end--;
	for (gsize i = 0; i < end; i++) {
		if (g_ascii_isalnum(label[i])) {
			if (length == LABEL_MAX)
				return FALSE;
			key[length++] = g_ascii_tolower(label[i]);
		} else if (!strchr("-_.: ()", label[i])) {
			return FALSE;
		}
	}
	key[length] = '\0';
	return length > 0;
}

const char *
charset_map(const char *label)
{
	char key[LABEL_MAX + 1];
	if (!label || !make_key(label, key))
		return NULL;
	const char *name = look_up(key);
	/* x-sjis, x-gbk, x-mac-roman ... */
	if (!name && key[0] == 'x')
		name = look_up(key + 1);
	return name;
}

/* Whether the octets of ASCII mean ASCII in it. */
static gboolean
holds_ascii(const char *name)
{
	static const char *const others[] = {"UTF-7", "UTF-16", "UTF-32", "ISO-2022-", "HZ"};
	for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
		if (g_str_has_prefix(name, others[i]))
			return FALSE;
	}
	return TRUE;
}

static gboolean
is_ascii(const char *data, gsize length)
{
	for (gsize i = 0; i < length; i++) {
		if ((guchar)data[i] >= 0x80 || data[i] == '\0')
			return FALSE;
	}
	return TRUE;
}

/* The bytes of the well-formed UTF-8 character at at, not NUL; 0 when there is none. */
static gsize
utf8_step(const char *at, const char *end)
{
	if (*at == '\0')
		return 0;
	if ((guchar)*at < 0x80)
		return 1;
	gunichar c = g_utf8_get_char_validated(at, end - at);
	if (c == (gunichar)-1 || c == (gunichar)-2)
		return 0;
	return (gsize)g_utf8_skip[(guchar)*at];
}

/*
 * A copy with U+FFFD for each NUL and bad byte. Runs of bad bytes are counted in
 * *bad, and in *good the characters past ASCII.
 */
static GString *
repair_utf8(const char *data, gsize length, gsize *good, gsize *bad)
{
	GString *out = g_string_sized_new(length + 1);
	const char *at = data;
	const char *end = data + length;
	gboolean in_run = FALSE;
	while (at < end) {
		gsize step = utf8_step(at, end);
		if (step > 0)
			g_string_append_len(out, at, (gssize)step);
		else
			g_string_append(out, REPLACEMENT);
		*good += step > 1;
		*bad += step == 0 && *at != '\0' && !in_run;
		in_run = step == 0;
		at += MAX(step, 1);
	}
	return out;
}

/* Bytes to step over after a bad sequence: one code unit. */
static gsize
unit_of(const char *name)
{
	if (g_str_has_prefix(name, "UTF-16"))
		return 2;
	return g_str_has_prefix(name, "UTF-32") ? 4 : 1;
}

/* UTF-16 and -32 without a byte order mark: the one that makes the first character ASCII, else big-endian
 * (RFC 2781, 4.3). */
static const char *
with_order(const char *name, const char *data, gsize length)
{
	gboolean wide = strcmp(name, "UTF-32") == 0;
	if (!wide && strcmp(name, "UTF-16") != 0)
		return name;
	if (length < unit_of(name))
		return name;
	const guchar *octets = (const guchar *)data;
	gboolean mark = (octets[0] == 0xFF && octets[1] == 0xFE) ||
			(octets[0] == 0xFE && octets[1] == 0xFF) ||
			(wide && octets[0] == 0 && octets[1] == 0 && octets[2] == 0xFE && octets[3] == 0xFF);
	if (mark)
		return name;
	gboolean little = octets[0] != 0 && octets[1] == 0;
	if (wide)
		return little ? "UTF-32LE" : "UTF-32BE";
	return little ? "UTF-16LE" : "UTF-16BE";
}

typedef struct {
	iconv_t descriptor;
	char *in;
	gsize left;
	gsize unit;
	gsize limit; /* bytes of output */
	gsize bad;   /* sequences that were replaced */
	GString *out;
} Conversion;

static void
replace_unit(Conversion *conversion)
{
	gsize step = MIN(conversion->unit, conversion->left);
	g_string_append(conversion->out, REPLACEMENT);
	conversion->in += step;
	conversion->left -= step;
	conversion->bad++;
}

/* Feed what is left, or with in NULL flush the state. FALSE when nothing more will come. */
static gboolean
convert_some(Conversion *conversion, char **in)
{
	char buffer[4096];
	char *to = buffer;
	gsize room = sizeof buffer;
	gsize before = conversion->left;
	gsize result = iconv(conversion->descriptor, in, &conversion->left, &to, &room);
	int reason = result == (gsize)-1 ? errno : 0;
	g_string_append_len(conversion->out, buffer, to - buffer);
	if (conversion->out->len > conversion->limit)
		return FALSE;
	if (!in)
		return reason == E2BIG && to > buffer;
	switch (reason) {
	case 0:
		return FALSE;
	case E2BIG:
		/* A descriptor that neither reads nor writes would turn for ever. */
		return to > buffer || conversion->left < before;
	case EINVAL:
		conversion->unit = conversion->left;
		replace_unit(conversion);
		return FALSE;
	default:
		replace_unit(conversion);
		return conversion->left > 0;
	}
}

/* NULL when iconv does not know name. */
static GString *
convert(const char *name, const char *data, gsize length, gsize *bad)
{
	iconv_t descriptor = iconv_open("UTF-8", with_order(name, data, length));
	if (descriptor == (iconv_t)-1)
		return NULL;
	Conversion conversion = {
		.descriptor = descriptor,
		.in = (char *)data,
		.left = length,
		.unit = unit_of(name),
		.limit = length * LIMIT_CHARSET_GROWTH,
		.out = g_string_sized_new(length + length / 2 + 16),
	};
	while (convert_some(&conversion, &conversion.in))
		;
	while (convert_some(&conversion, NULL))
		;
	iconv_close(descriptor);
	if (conversion.out->len > conversion.limit) {
		gsize end = conversion.limit;
		while (end > 0 && ((guchar)conversion.out->str[end] & 0xC0) == 0x80)
			end--;
		g_string_truncate(conversion.out, end);
	}
	*bad = conversion.bad;
	return conversion.out;
}

/* iconv passes NUL, which would hide what follows from those who read to it. */
static GString *
without_nul(GString *text)
{
	if (!memchr(text->str, '\0', text->len))
		return text;
	gsize good = 0;
	gsize bad = 0;
	GString *clean = repair_utf8(text->str, text->len, &good, &bad);
	g_string_free(text, TRUE);
	return clean;
}

/* Text of a charset that is not UTF-8; NULL when iconv does not know it, or when the label was a lie. */
static GString *
by_label(const char *name, const char *data, gsize length)
{
	gsize bad = 0;
	if (strcmp(name, "US-ASCII") == 0)
		return NULL;
	GString *out = convert(name, data, length, &bad);
	if (out && bad > 0 && holds_ascii(name) && g_utf8_validate(data, (gssize)length, NULL)) {
		g_string_free(out, TRUE);
		return NULL;
	}
	return out;
}

/* UTF-8, with bad bytes replaced while they are the fewer; else windows-1252. */
static GString *
by_guess(const char *data, gsize length, gboolean labelled_utf8, gboolean *guessed)
{
	gsize good = 0;
	gsize bad = 0;
	GString *out = repair_utf8(data, length, &good, &bad);
	gboolean accept = labelled_utf8 ? bad == 0 || good >= bad : bad == 0;
	*guessed = !(labelled_utf8 && accept);
	if (accept)
		return out;
	GString *fallback = convert(FALLBACK, data, length, &bad);
	if (!fallback)
		return out;
	g_string_free(out, TRUE);
	return fallback;
}

char *
charset_to_utf8(const char *data, gsize length, const char *label, gsize *out_length, gboolean *guessed)
{
	const char *name = charset_map(label);
	gboolean guess = FALSE;
	GString *out = NULL;
	if (is_ascii(data, length) && (!name || holds_ascii(name))) {
		out = g_string_new_len(data, (gssize)length);
		guess = !name;
	} else if (name && strcmp(name, "UTF-8") != 0) {
		out = by_label(name, data, length);
	}
	if (!out)
		out = by_guess(data, length, name && strcmp(name, "UTF-8") == 0, &guess);
	out = without_nul(out);
	if (out_length)
		*out_length = out->len;
	if (guessed)
		*guessed = guess;
	return g_string_free(out, FALSE);
}
