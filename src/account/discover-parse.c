/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "account/address.h"
#include "account/discover.h"
#include "mime/autoconfig.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

/* A provider's words are shown up to here. */
#define WORDS_MAX 400

static void
copy_server(DiscoverServer *to, const DiscoverServer *from)
{
	*to = *from;
	to->server.host = g_strdup(from->server.host);
	to->user = g_strdup(from->user);
}

DiscoverResult *
discover_result_copy(const DiscoverResult *result)
{
	DiscoverResult *copy = g_memdup2(result, sizeof(*result));

	copy_server(&copy->imap, &result->imap);
	copy_server(&copy->smtp, &result->smtp);
	copy->why_not = g_strdup(result->why_not);
	copy->issuer = g_strdup(result->issuer);
	copy->help = g_strdup(result->help);
	copy->words = g_strdup(result->words);
	copy->origin = g_strdup(result->origin);
	return copy;
}

void
discover_result_free(DiscoverResult *result)
{
	if (result == NULL)
		return;
	g_free(result->imap.server.host);
	g_free(result->imap.user);
	g_free(result->smtp.server.host);
	g_free(result->smtp.user);
	g_free(result->why_not);
	g_free(result->issuer);
	g_free(result->help);
	g_free(result->words);
	g_free(result->origin);
	g_free(result);
}

/* ---- one document ---- */

typedef struct {
	const char *address;
	char *local, *domain;
} Person;

/* The placeholders filled in; NULL: one is left that is not known. */
static char *
fill(const char *text, const Person *person)
{
	const struct {
		const char *mark, *value;
	} marks[] = {{"%EMAILADDRESS%", person->address}, {"%EMAILLOCALPART%", person->local},
		{"%EMAILDOMAIN%", person->domain}};
	g_autoptr(GString) out = g_string_new(NULL);

	while (*text != '\0') {
		gsize i = 0;
		if (*text != '%') {
			g_string_append_c(out, *text++);
			continue;
		}
		while (i < G_N_ELEMENTS(marks) && !g_str_has_prefix(text, marks[i].mark))
			i++;
		if (i == G_N_ELEMENTS(marks))
			return NULL;
		g_string_append(out, marks[i].value);
		text += strlen(marks[i].mark);
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

/* A name to log in by: of one line, of a length that a server can want. */
static gboolean
is_user(const char *user)
{
	gsize length = strlen(user);

	if (length == 0 || length > 320)
		return FALSE;
	for (const char *p = user; *p != '\0'; p++)
		if ((guchar)*p < ' ' || *p == 0x7f)
			return FALSE;
	return TRUE;
}

/* FALSE: not to be used. */
static gboolean
take_server(const AutoconfigServer *said, const Person *person, DiscoverServer *server)
{
	g_autofree char *host = said->host != NULL ? fill(said->host, person) : NULL;
	g_autofree char *user = said->user != NULL ? fill(said->user, person) : g_strdup(person->address);
	HostPort taken = {0};

	if (said->security == AUTOCONFIG_PLAIN || said->port == 0 || host == NULL || user == NULL ||
		!is_user(user) || strchr(host, ':') != NULL || !server_parse(host, &taken, NULL))
		return FALSE;
	*server = (DiscoverServer){.security = said->security == AUTOCONFIG_TLS ? NET_TLS : NET_STARTTLS};
	server->server.host = taken.host;
	server->server.port = (guint16)said->port;
	server->user = g_steal_pointer(&user);
	return TRUE;
}

/* The first that can be used, TLS from the first byte before STARTTLS. */
static guint
choose(const GPtrArray *list, const char *type, const Person *person, DiscoverServer *server)
{
	static const AutoconfigSecurity order[] = {AUTOCONFIG_TLS, AUTOCONFIG_STARTTLS};

	for (gsize s = 0; s < G_N_ELEMENTS(order); s++)
		for (guint i = 0; i < list->len; i++) {
			const AutoconfigServer *said = g_ptr_array_index(list, i);
			if (said->security == order[s] && g_ascii_strcasecmp(said->type, type) == 0 &&
				take_server(said, person, server))
				return said->logins;
		}
	return 0;
}

static char *
safe_words(const char *text)
{
	return text != NULL && *text != '\0' ? text_safe(text, (gssize)strnlen(text, WORDS_MAX), TEXT_MARKS)
					     : NULL;
}

static DiscoverResult *
result_from(const Autoconfig *said, const Person *person)
{
	DiscoverResult *result = g_new0(DiscoverResult, 1);
	guint logins = choose(said->incoming, "imap", person, &result->imap);

	choose(said->outgoing, "smtp", person, &result->smtp);
	result->logins = ((logins & AUTOCONFIG_PASSWORD) != 0 ? LOGIN_PASSWORD : 0) |
			 ((logins & AUTOCONFIG_OAUTH2) != 0 ? LOGIN_OAUTH2 : 0);
	result->issuer = safe_words(said->issuer);
	result->words = safe_words(said->words);
	if (said->help != NULL && g_str_has_prefix(said->help, "https://"))
		result->help = safe_words(said->help);
	return result;
}

DiscoverResult *
discover_parse(const char *xml, gsize length, const char *address, GError **error)
{
	g_autoptr(Autoconfig) said = NULL;
	g_autoptr(DiscoverResult) result = NULL;
	Person person = {.address = address};

	if (!address_split(address, &person.local, &person.domain, error))
		return NULL;
	said = autoconfig_parse(xml, length, error);
	if (said != NULL)
		result = result_from(said, &person);
	g_free(person.local);
	g_free(person.domain);
	if (result != NULL && result->imap.server.host == NULL) {
		fault_set(error, FAULT_INPUT,
			_("The provider's description names no encrypted IMAP server that can be used."));
		return NULL;
	}
	return g_steal_pointer(&result);
}
