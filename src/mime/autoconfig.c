/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * autoconfig.c - libxml2's SAX push parser, without a tree.
 *
 * The text of an element counts from its start tag to its end tag; what stands
 * around children is never asked for.
 */
#include "config.h"

#include "mime/autoconfig.h"

#include <libxml/parser.h>
#include <string.h>

#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"

#define CHUNK 4096

typedef struct {
	Autoconfig *found;
	AutoconfigServer *server; /* the one that is open; of found */
	GString *text;
	guint depth;
	gboolean in_oauth;
	gboolean enable; /* help is that of <enable>, which goes before <documentation> */
	gboolean foreign, declared, too_much;
	xmlParserCtxtPtr context;
} Reading;

static void
server_free(gpointer data)
{
	AutoconfigServer *server = data;

	g_free(server->type);
	g_free(server->host);
	g_free(server->user);
	g_free(server);
}

void
autoconfig_free(Autoconfig *autoconfig)
{
	if (autoconfig == NULL)
		return;
	g_ptr_array_unref(autoconfig->incoming);
	g_ptr_array_unref(autoconfig->outgoing);
	g_free(autoconfig->name);
	g_free(autoconfig->help);
	g_free(autoconfig->words);
	g_free(autoconfig->issuer);
	g_free(autoconfig);
}

static gboolean
is(const xmlChar *name, const char *wanted)
{
	return strcmp((const char *)name, wanted) == 0;
}

/* The value of an attribute; "" for none. The caller's. */
static char *
attribute(const xmlChar **attributes, int count, const char *name)
{
	for (int i = 0; i < count; i++, attributes += 5)
		if (is(attributes[0], name))
			return g_strndup((const char *)attributes[3], (gsize)(attributes[4] - attributes[3]));
	return g_strdup("");
}

static void
stop(Reading *reading, gboolean *why)
{
	*why = TRUE;
	xmlStopParser(reading->context);
}

static void
begin_server(Reading *reading, GPtrArray *list, char *take_type)
{
	AutoconfigServer *server = g_new0(AutoconfigServer, 1);

	server->type = take_type;
	g_ptr_array_add(list, server);
	reading->server = server;
	if (list->len > LIMIT_AUTOCONFIG_SERVERS)
		stop(reading, &reading->too_much);
}

static void
take_help(Reading *reading, char *take_url, gboolean enable)
{
	if (*take_url == '\0' || (reading->found->help != NULL && (!enable || reading->enable))) {
		g_free(take_url);
		return;
	}
	g_free(reading->found->help);
	reading->found->help = take_url;
	reading->enable = enable;
}

static void
on_start(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int spaces,
	const xmlChar **space_list, int count, int defaulted, const xmlChar **attributes)
{
	Reading *reading = user;

	(void)prefix, (void)uri, (void)spaces, (void)space_list, (void)defaulted;
	g_string_truncate(reading->text, 0);
	if (reading->depth == 0 && !is(name, "clientConfig")) {
		stop(reading, &reading->foreign);
		return;
	}
	if (++reading->depth > LIMIT_AUTOCONFIG_DEPTH)
		stop(reading, &reading->too_much);
	else if (is(name, "incomingServer"))
		begin_server(reading, reading->found->incoming, attribute(attributes, count, "type"));
	else if (is(name, "outgoingServer"))
		begin_server(reading, reading->found->outgoing, attribute(attributes, count, "type"));
	else if (is(name, "oAuth2"))
		reading->in_oauth = TRUE;
	else if (is(name, "enable"))
		take_help(reading, attribute(attributes, count, "visiturl"), TRUE);
	else if (is(name, "documentation"))
		take_help(reading, attribute(attributes, count, "url"), FALSE);
}

/* Set *field unless it is set. */
static void
keep(char **field, const char *text)
{
	if (*field == NULL && *text != '\0')
		*field = g_strdup(text);
}

static AutoconfigSecurity
security_of(const char *text)
{
	if (g_ascii_strcasecmp(text, "SSL") == 0)
		return AUTOCONFIG_TLS;
	return g_ascii_strcasecmp(text, "STARTTLS") == 0 ? AUTOCONFIG_STARTTLS : AUTOCONFIG_PLAIN;
}

static guint
login_of(const char *text)
{
	if (g_ascii_strcasecmp(text, "OAuth2") == 0)
		return AUTOCONFIG_OAUTH2;
	return g_str_has_prefix(text, "password-") || strcmp(text, "plain") == 0 ? AUTOCONFIG_PASSWORD : 0;
}

static void
end_in_server(AutoconfigServer *server, const xmlChar *name, const char *text)
{
	guint64 port;

	if (is(name, "hostname"))
		keep(&server->host, text);
	else if (is(name, "username"))
		keep(&server->user, text);
	else if (is(name, "socketType"))
		server->security = security_of(text);
	else if (is(name, "authentication"))
		server->logins |= login_of(text);
	else if (is(name, "port") && g_ascii_string_to_unsigned(text, 10, 1, G_MAXUINT16, &port, NULL))
		server->port = (guint)port;
}

static void
on_end(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	Reading *reading = user;
	const char *text = g_strstrip(reading->text->str);

	(void)prefix, (void)uri;
	reading->depth--;
	if (is(name, "incomingServer") || is(name, "outgoingServer"))
		reading->server = NULL;
	else if (is(name, "oAuth2"))
		reading->in_oauth = FALSE;
	else if (reading->server != NULL)
		end_in_server(reading->server, name, text);
	else if (reading->in_oauth && is(name, "issuer"))
		keep(&reading->found->issuer, text);
	else if (is(name, "displayName"))
		keep(&reading->found->name, text);
	else if (is(name, "instruction"))
		keep(&reading->found->words, text);
	g_string_truncate(reading->text, 0);
}

static void
on_text(void *user, const xmlChar *text, int length)
{
	g_string_append_len(((Reading *)user)->text, (const char *)text, length);
}

static void
on_document_type(void *user, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	Reading *reading = user;

	(void)name, (void)external, (void)system;
	stop(reading, &reading->declared);
}

static void
on_error(void *user, const char *format, ...)
{
	(void)user, (void)format;
}

/* TRUE: well-formed. */
static gboolean
walk(Reading *reading, const char *xml, gsize length)
{
	xmlSAXHandler handler = {
		.initialized = XML_SAX2_MAGIC,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.cdataBlock = on_text,
		.internalSubset = on_document_type,
		.error = on_error,
		.warning = on_error,
	};
	gboolean good;

	reading->context = xmlCreatePushParserCtxt(&handler, reading, NULL, 0, NULL);
	g_assert(reading->context != NULL);
	xmlCtxtUseOptions(reading->context, XML_PARSE_NONET);
	for (gsize at = 0; at < length; at += CHUNK)
		if (xmlParseChunk(reading->context, xml + at, (int)MIN(CHUNK, length - at), 0) != 0)
			break;
	good = xmlParseChunk(reading->context, NULL, 0, 1) == 0 && reading->context->wellFormed;
	if (reading->context->myDoc != NULL)
		xmlFreeDoc(reading->context->myDoc);
	reading->context->myDoc = NULL;
	xmlFreeParserCtxt(reading->context);
	return good;
}

Autoconfig *
autoconfig_parse(const char *xml, gsize length, GError **error)
{
	g_autoptr(Autoconfig) found = g_new0(Autoconfig, 1);
	Reading reading = {.found = found, .text = g_string_new(NULL)};
	gboolean good;

	found->incoming = g_ptr_array_new_with_free_func(server_free);
	found->outgoing = g_ptr_array_new_with_free_func(server_free);
	reading.too_much = length > LIMIT_AUTOCONFIG;
	good = !reading.too_much && walk(&reading, xml, length);
	g_string_free(reading.text, TRUE);
	if (reading.too_much)
		fault_set(error, FAULT_LIMIT, _("The provider's description of its servers is too large."));
	else if (reading.declared)
		fault_set(error, FAULT_INPUT,
			_("The provider's description of its servers declares a document type; that is not "
			  "read."));
	else if (!good || reading.foreign)
		fault_set(error, FAULT_INPUT,
			_("What the provider's site sent is no description of mail servers."));
	else
		return g_steal_pointer(&found);
	return NULL;
}
