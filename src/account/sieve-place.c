/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "account/sieve-place.h"

#include <string.h>

#include "account/address.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/log.h"
#include "util/text.h"

#define SERVICE "_sieve._tcp"

void
sieve_place_clear(SievePlace *place)
{
	g_clear_pointer(&place->server.host, g_free);
	g_clear_pointer(&place->stranger, g_free);
	place->server.port = 0;
	place->guessed = FALSE;
}

static void
set_server(SievePlace *place, const char *host, guint16 port)
{
	g_free(place->server.host);
	place->server.host = g_strdup(host);
	place->server.port = port;
}

/* The first that the user need not be asked about. */
static void
choose(const AccountConfig *account, const char *domain, const GPtrArray *list, SievePlace *place)
{
	for (guint i = 0; i < list->len && place->server.host == NULL; i++) {
		const NetSrv *srv = g_ptr_array_index(list, i);

		if (net_srv_is_within(srv->host, domain) ||
			g_ascii_strcasecmp(srv->host, account->imap.host) == 0)
			set_server(place, srv->host, srv->port);
		else if (place->stranger == NULL)
			place->stranger = g_strdup_printf("%s:%u", srv->host, srv->port);
	}
}

/* FALSE with error: nothing is to be tried. */
static gboolean
ask_dns(const AccountConfig *account, const NetResolver *resolver, Cancel *cancel, SievePlace *place,
	GError **error)
{
	const char *at = strrchr(account->address, '@');
	const char *domain = at ? at + 1 : account->address;
	g_autoptr(GPtrArray) list = NULL;
	g_autoptr(GError) failure = NULL;

	switch (net_srv_lookup(SERVICE, domain, resolver, cancel, &list, &failure)) {
	case NET_SRV_FOUND:
		choose(account, domain, list, place);
		return TRUE;
	case NET_SRV_NOT: {
		g_autofree char *shown = text_safe(domain, -1, TEXT_MARKS);
		fault_set(error, FAULT_UNKNOWN,
			_("%s says that it offers no ManageSieve: rules cannot run on its server. If it does "
			  "all the same, set sieve = host:port."),
			shown);
		return FALSE;
	}
	case NET_SRV_NONE:
		return TRUE;
	case NET_SRV_FAILED:
		break;
	}
	if (fault_of(failure) == FAULT_CANCELED) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return FALSE;
	}
	log_line(LOG_NET, "%s: %s", account->key, failure->message);
	return TRUE;
}

gboolean
sieve_place_find(const AccountConfig *account, const NetResolver *resolver, Cancel *cancel, SievePlace *place,
	GError **error)
{
	sieve_place_clear(place);
	if (account->sieve.host != NULL) {
		set_server(place, account->sieve.host, account->sieve.port);
		return TRUE;
	}
	if (!net_is_loopback(account->imap.host) && !ask_dns(account, resolver, cancel, place, error))
		return FALSE;
	if (place->server.host == NULL) {
		place->guessed = TRUE;
		set_server(place, account->imap.host, SIEVE_PORT);
	}
	return TRUE;
}
