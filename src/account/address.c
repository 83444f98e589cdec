/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "account/address.h"

#include <string.h>

#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

#define LOCAL_BYTES 64
#define DOMAIN_BYTES 255

/* In words, whatever was typed: safe, and not longer than a line. */
static char *
quoted(const char *text)
{
	g_autofree char *safe = text_safe(text, strnlen(text, 80), TEXT_MARKS);
	return g_strdup_printf("\"%s\"", safe);
}

static gboolean
refuse(GError **error, const char *text, const char *why)
{
	g_autofree char *shown = quoted(text);
	/* TRANSLATORS: "alice" is not a mail address: it has no @ */
	fault_set(error, FAULT_INPUT, _("%s is not a mail address: %s"), shown, why);
	return FALSE;
}

static gboolean
is_label_char(gunichar c)
{
	return c < 0x80 ? g_ascii_isalnum((char)c) || c == '-' || c == '_'
			: g_unichar_isalnum(c) || g_unichar_ismark(c);
}

/* Labels of letters, digits and hyphens, of any script; a closing dot is not allowed. */
static gboolean
is_host_name(const char *host)
{
	gsize length = strlen(host);
	gboolean at_start = TRUE;

	if (length == 0 || length > DOMAIN_BYTES || !g_utf8_validate(host, (gssize)length, NULL))
		return FALSE;
	for (const char *p = host; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		if (c == '.' ? at_start : !is_label_char(c) || (at_start && c == '-'))
			return FALSE;
		at_start = c == '.';
	}
	return !at_start;
}

static gboolean
is_local_part(const char *local)
{
	gsize length = strlen(local);
	gboolean in_quotes = local[0] == '"';

	if (length == 0 || length > LOCAL_BYTES || !g_utf8_validate(local, (gssize)length, NULL))
		return FALSE;
	if (in_quotes && (length < 3 || local[length - 1] != '"'))
		return FALSE;
	if (!in_quotes && (local[0] == '.' || local[length - 1] == '.' || strstr(local, "..") != NULL))
		return FALSE;
	for (gsize i = in_quotes ? 1 : 0; i < length - (in_quotes ? 1 : 0); i++) {
		guchar c = (guchar)local[i];
		if (c < 0x20 || c == 0x7f)
			return FALSE;
		if (!in_quotes && strchr(" ()<>[]:;@\\,\"", c) != NULL)
			return FALSE;
		if (in_quotes && c == '"')
			return FALSE;
		if (in_quotes && c == '\\' && (++i >= length - 1 || (guchar)local[i] < 0x20))
			return FALSE;
	}
	return TRUE;
}

static gboolean
has_invisible(const char *text)
{
	for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		if (g_unichar_iscntrl(c) || g_unichar_type(c) == G_UNICODE_FORMAT ||
			(c >= 0x80 && g_unichar_isspace(c)))
			return TRUE;
	}
	return FALSE;
}

static gboolean
is_address_literal(const char *domain)
{
	gsize length = strlen(domain);
	g_autofree char *inside = NULL;

	if (length < 3 || domain[0] != '[' || domain[length - 1] != ']')
		return FALSE;
	inside = g_strndup(domain + 1, length - 2);
	return g_hostname_is_ip_address(g_ascii_strncasecmp(inside, "IPv6:", 5) == 0 ? inside + 5 : inside);
}

gboolean
address_split(const char *address, char **local, char **domain, GError **error)
{
	const char *at;
	g_autofree char *before = NULL;
	g_autofree char *after = NULL;

	if (!g_utf8_validate(address, -1, NULL))
		return refuse(error, address, _("it is not UTF-8"));
	if (has_invisible(address))
		return refuse(error, address, _("it holds an invisible character"));
	at = strrchr(address, '@');
	if (at == NULL)
		return refuse(error, address, _("it has no @"));
	before = g_strndup(address, (gsize)(at - address));
	after = g_utf8_strdown(at + 1, -1);
	if (!is_local_part(before))
		return refuse(error, address,
			_("the part before the @ is missing, or has characters that need quotes"));
	if (!is_host_name(after) && !is_address_literal(after))
		return refuse(error, address, _("what follows the @ is not the name of a domain"));
	if (local != NULL)
		*local = g_steal_pointer(&before);
	if (domain != NULL)
		*domain = g_steal_pointer(&after);
	return TRUE;
}

static gboolean
parse_port(const char *text, guint16 *port)
{
	guint64 value;

	if (text[0] == '0' || strspn(text, "0123456789") != strlen(text) || strlen(text) > 5)
		return FALSE;
	value = g_ascii_strtoull(text, NULL, 10);
	if (value == 0 || value > 65535)
		return FALSE;
	*port = (guint16)value;
	return TRUE;
}

/* Cut text into host and port text (NULL: none), both borrowed from the changed copy. */
static gboolean
cut_port(char *text, const char **host, const char **port)
{
	char *colon;

	*port = NULL;
	*host = text;
	if (text[0] == '[') {
		char *end = strchr(text, ']');
		if (end == NULL || (end[1] != '\0' && end[1] != ':'))
			return FALSE;
		*port = end[1] == ':' ? end + 2 : NULL;
		*end = '\0';
		*host = text + 1;
		return strchr(*host, ':') != NULL;
	}
	colon = strchr(text, ':');
	if (colon == NULL || strchr(colon + 1, ':') != NULL)
		return TRUE; /* none, or a bare IPv6 address */
	*colon = '\0';
	*port = colon + 1;
	return TRUE;
}

gboolean
server_parse(const char *text, HostPort *server, GError **error)
{
	g_autofree char *copy = g_strstrip(g_strdup(text));
	const char *host = NULL;
	const char *port_text = NULL;
	guint16 port = 0;

	if (cut_port(copy, &host, &port_text) && (is_host_name(host) || g_hostname_is_ip_address(host)) &&
		(port_text == NULL || parse_port(port_text, &port))) {
		server->host = g_utf8_strdown(host, -1);
		server->port = port;
		return TRUE;
	}
	g_autofree char *shown = quoted(text);
	fault_set(error, FAULT_INPUT,
		_("%s is not a server: write host or host:port, such as imap.example.org:993"), shown);
	return FALSE;
}

guint16
server_default_port(gboolean smtp, NetSecurity security)
{
	if (smtp)
		return security == NET_TLS ? 465 : 587;
	return security == NET_TLS ? 993 : 143;
}

char *
server_format(const HostPort *server)
{
	const char *host = server->host != NULL ? server->host : "";

	if (strchr(host, ':') != NULL)
		return g_strdup_printf("[%s]:%u", host, server->port);
	return g_strdup_printf("%s:%u", host, server->port);
}

const char *
security_name(NetSecurity security)
{
	static const char *const names[] = {"tls", "starttls", "plain"};
	return names[security];
}
