/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-autoconfig.c - a description of servers from anybody, as far as the servers that are taken from it. */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "account/discover.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const DiscoverServer *server)
{
	if (server->server.host == NULL)
		return;
	if (server->security == NET_PLAIN || server->server.port == 0 || server->server.host[0] == '-' ||
		server->user == NULL || strpbrk(server->server.host, " /?@:%\n") != NULL)
		g_error("not a server to log in to");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(DiscoverResult) result =
		discover_parse((const char *)data, size, "alice+x@example.org", &error);

	if ((result == NULL) != (error != NULL))
		g_error("the result does not fit what came with it");
	if (result == NULL)
		return 0;
	if (result->imap.server.host == NULL)
		g_error("nothing usable");
	check(&result->imap);
	check(&result->smtp);
	return 0;
}
