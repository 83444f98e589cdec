/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "smtp/address.h"

#include <string.h>

#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

/* RFC 5321, 4.5.3.1, with room for what is seen. */
#define LOCAL_MAX 128
#define ADDRESS_MAX 320

static gboolean
is_atom(guchar c)
{
	return g_ascii_isalnum(c) || c >= 0x80 || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* Dot-string. Dots in odd places occur and do no harm: they are let through. */
static gboolean
is_dot_string(const char *text, gsize length)
{
	for (gsize i = 0; i < length; i++)
		if (!is_atom((guchar)text[i]) && text[i] != '.')
			return FALSE;
	return length > 0;
}

static gboolean
is_quoted_string(const char *text, gsize length)
{
	if (length < 2 || text[0] != '"' || text[length - 1] != '"')
		return FALSE;
	for (gsize i = 1; i < length - 1; i++) {
		if ((guchar)text[i] < ' ' || strchr("\x7f\"<>", text[i]) != NULL)
			return FALSE;
		if (text[i] == '\\' &&
			(++i >= length - 1 || (guchar)text[i] < ' ' || strchr("\x7f<>", text[i]) != NULL))
			return FALSE;
	}
	return TRUE;
}

static gboolean
is_literal(const char *domain)
{
	gsize length = strlen(domain);

	return length > 2 && domain[0] == '[' && domain[length - 1] == ']' &&
	       strspn(domain + 1, G_CSET_A_2_Z G_CSET_a_2_z "0123456789.:-") == length - 2;
}

static gboolean
is_host(const char *domain)
{
	gsize length = strlen(domain);

	return length > 0 && length <= 253 && domain[0] != '.' && domain[0] != '-' &&
	       strstr(domain, "..") == NULL &&
	       strspn(domain, G_CSET_A_2_Z G_CSET_a_2_z "0123456789.-_") == length;
}

static gboolean
is_ascii(const char *text, gsize length)
{
	for (gsize i = 0; i < length; i++)
		if (text[i] & 0x80)
			return FALSE;
	return TRUE;
}

char *
smtp_address_wire(const char *address, gboolean *utf8, GError **error)
{
	const char *at = strrchr(address, '@');
	gsize local = at ? (gsize)(at - address) : 0;
	const char *domain = at ? at + 1 : "";
	g_autofree char *ascii = NULL;
	g_autofree char *shown = NULL;

	if (local > 0 && local <= LOCAL_MAX && strlen(address) <= ADDRESS_MAX &&
		g_utf8_validate(address, -1, NULL) &&
		(is_dot_string(address, local) || is_quoted_string(address, local))) {
		ascii = is_ascii(domain, strlen(domain)) ? g_strdup(domain) : g_hostname_to_ascii(domain);
		if (ascii != NULL && (is_literal(ascii) || is_host(ascii))) {
			if (is_ascii(address, local))
				return g_strdup_printf("%.*s@%s", (int)local, address, ascii);
			*utf8 = TRUE;
			return g_strdup(address);
		}
	}
	shown = text_safe(address, -1, TEXT_MARKS);
	fault_set(error, FAULT_INPUT, _("\"%s\" is no mail address that can be sent to."), shown);
	return NULL;
}

char *
smtp_xtext(const char *text)
{
	GString *out = g_string_new(NULL);

	for (; *text != '\0'; text++) {
		guchar c = (guchar)*text;
		if (c > ' ' && c < 0x7f && c != '+' && c != '=')
			g_string_append_c(out, (char)c);
		else
			g_string_append_printf(out, "+%02X", c);
	}
	return g_string_free(out, FALSE);
}
