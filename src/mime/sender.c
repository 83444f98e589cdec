/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/header.h"
#include "util/text.h"

#include <string.h>

/* Top-level domains that make a word of a name look like a host; and all of two letters. */
static const char *const tops[] = {
	"com", "org", "net", "edu", "gov", "mil", "info", "biz", "example", "test"};

static gboolean
is_top(const char *label)
{
	if (strlen(label) == 2 && g_ascii_islower(label[0]) && g_ascii_islower(label[1]))
		return TRUE;
	for (gsize i = 0; i < G_N_ELEMENTS(tops); i++)
		if (g_ascii_strcasecmp(label, tops[i]) == 0)
			return TRUE;
	return FALSE;
}

/* "mybank.com" in a name whose address is of another domain. */
static gboolean
claims_host(const char *word, const char *address)
{
	const char *dot = strrchr(word, '.');
	const char *domain = strrchr(address, '@');
	gsize length = strlen(word), size;

	if (dot == NULL || dot - word < 3 || !is_top(dot + 1))
		return FALSE;
	if (domain == NULL)
		return TRUE;
	if ((gsize)(domain - address) == length && g_ascii_strncasecmp(word, address, length) == 0)
		return FALSE;
	size = strlen(++domain);
	if (size < length || g_ascii_strcasecmp(domain + size - length, word) != 0)
		return TRUE;
	return size > length && domain[size - length - 1] != '.';
}

static gboolean
deceives(const char *name, const char *address)
{
	g_auto(GStrv) words = NULL;

	/* '@', its full-width and its small form. */
	if (strchr(name, '@') != NULL || strstr(name, "\357\274\240") != NULL ||
		strstr(name, "\357\271\253") != NULL)
		return TRUE;
	if (strchr(name, '.') == NULL)
		return FALSE;
	words = g_strsplit_set(name, " \t,;:()<>[]\"'/", 64);
	for (guint i = 0; words[i] != NULL; i++)
		if (claims_host(words[i], address))
			return TRUE;
	return FALSE;
}

char *
mime_sender_display(const char *name, const char *address, gboolean several)
{
	if (address == NULL || *address == '\0')
		return text_safe(name ? name : "", -1, TEXT_MARKS);
	if (name == NULL || *name == '\0' || several || deceives(name, address))
		return mime_address_display(address);
	return text_safe(name, -1, TEXT_MARKS);
}

char *
mime_address_display(const char *address)
{
	const char *at = strrchr(address, '@');
	g_autofree char *local = NULL, *domain = NULL;

	if (at == NULL)
		return text_safe(address, -1, TEXT_MARKS);
	local = text_safe(address, at - address, TEXT_MARKS);
	domain = mime_domain_display(at + 1);
	return g_strconcat(local, "@", domain, NULL);
}

enum { SET_LATIN = 1, SET_HAN = 2, SET_KANA = 4, SET_HANGUL = 8, SET_BOPOMOFO = 16, SET_OTHER = 32 };

static int
set_of(GUnicodeScript script)
{
	switch (script) {
	case G_UNICODE_SCRIPT_COMMON:
	case G_UNICODE_SCRIPT_INHERITED:
		return 0;
	case G_UNICODE_SCRIPT_LATIN:
		return SET_LATIN;
	case G_UNICODE_SCRIPT_HAN:
		return SET_HAN;
	case G_UNICODE_SCRIPT_HIRAGANA:
	case G_UNICODE_SCRIPT_KATAKANA:
		return SET_KANA;
	case G_UNICODE_SCRIPT_HANGUL:
		return SET_HANGUL;
	case G_UNICODE_SCRIPT_BOPOMOFO:
		return SET_BOPOMOFO;
	default:
		return SET_OTHER;
	}
}

/* A label of one script; Chinese, Japanese and Korean may bring Latin (UTS 39, highly restrictive). */
static gboolean
label_is_plain(const char *label, const char *end)
{
	/* Cyrillic letters that look like Latin ones: a label of these alone could be read as Latin. */
	static const char *const look_alikes = "асеорхуѕіјԁԛԝһӏв";
	GUnicodeScript other = G_UNICODE_SCRIPT_COMMON;
	gboolean alike = TRUE;
	int sets = 0;

	for (const char *p = label; p < end; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		GUnicodeScript script = g_unichar_get_script(c);
		int set = set_of(script);
		if (!g_unichar_isgraph(c))
			return FALSE;
		sets |= set;
		if (set == SET_OTHER) {
			if (other != G_UNICODE_SCRIPT_COMMON && other != script)
				return FALSE;
			other = script;
		}
		if (set != 0 && g_utf8_strchr(look_alikes, -1, c) == NULL)
			alike = FALSE;
	}
	if (sets & SET_OTHER)
		return sets == SET_OTHER && !(alike && other == G_UNICODE_SCRIPT_CYRILLIC);
	return (sets & ~(SET_LATIN | SET_HAN | SET_KANA)) == 0 ||
	       (sets & ~(SET_LATIN | SET_HAN | SET_HANGUL)) == 0 ||
	       (sets & ~(SET_LATIN | SET_HAN | SET_BOPOMOFO)) == 0;
}

static gboolean
domain_is_plain(const char *domain)
{
	while (*domain) {
		gsize length = strcspn(domain, ".");
		if (!label_is_plain(domain, domain + length))
			return FALSE;
		domain += length;
		if (*domain == '.')
			domain++;
	}
	return TRUE;
}

char *
mime_domain_display(const char *domain)
{
	g_autofree char *unicode = NULL, *ascii = NULL;

	if (g_str_is_ascii(domain) && strstr(domain, "xn--") == NULL && strstr(domain, "XN--") == NULL)
		return text_safe(domain, -1, TEXT_MARKS);
	if (!g_utf8_validate(domain, -1, NULL))
		return text_safe(domain, -1, TEXT_MARKS);
	unicode = g_hostname_to_unicode(domain);
	if (unicode != NULL && domain_is_plain(unicode))
		return text_safe(unicode, -1, TEXT_MARKS);
	ascii = g_hostname_to_ascii(domain);
	return text_safe(ascii ? ascii : domain, -1, TEXT_MARKS);
}
