/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-address.c - any text as an address, as a server, and as a request to the holder of an account. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "account/control-private.h"
#include "account/providers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
as_address(const char *text)
{
	g_autofree char *local = NULL;
	g_autofree char *domain = NULL;
	g_autoptr(GPtrArray) guesses = NULL;

	if (!address_split(text, &local, &domain, NULL))
		return;
	/* What passes can stand in a protocol line. */
	if (strpbrk(text, "\r\n") != NULL || *local == '\0' || *domain == '\0')
		abort();
	(void)providers_find(text);
	guesses = providers_guess(text, TRUE, NULL);
	if (guesses == NULL)
		abort();
}

static void
as_server(const char *text)
{
	HostPort server = {NULL, 0};
	HostPort again = {NULL, 0};
	g_autofree char *back = NULL;

	if (!server_parse(text, &server, NULL))
		return;
	if (server.port == 0)
		server.port = 993;
	back = server_format(&server);
	if (!server_parse(back, &again, NULL) || strcmp(server.host, again.host) != 0 ||
		server.port != again.port)
		abort();
	g_free(server.host);
	g_free(again.host);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);

	as_address(text);
	as_server(text);
	control_request_free(control_parse((const char *)data, size));
	return 0;
}
