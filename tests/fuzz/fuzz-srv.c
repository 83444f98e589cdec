/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-srv.c - a DNS answer from anybody. */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "net/srv.h"
#include "util/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GPtrArray) list = NULL;
	g_autoptr(GError) error = NULL;
	NetSrvResult result = net_srv_parse(data, size, "_sieve._tcp.example.org", &list, &error);

	if ((result == NET_SRV_FOUND) != (list != NULL) || (result == NET_SRV_FAILED) != (error != NULL))
		g_error("the result does not fit what came with it");
	for (guint i = 0; list != NULL && i < list->len; i++) {
		const NetSrv *srv = g_ptr_array_index(list, i);
		if (srv->port == 0 || srv->host[0] == '\0' || strpbrk(srv->host, " /?@\n") != NULL ||
			list->len > LIMIT_SRV_RECORDS)
			g_error("not a host to connect to");
		net_srv_is_within(srv->host, "example.org");
	}
	g_clear_pointer(&list, g_ptr_array_unref);
	g_clear_error(&error);
	result = net_mx_parse(data, size, "example.org", &list, &error);
	if ((result == NET_SRV_FOUND) != (list != NULL) || (result == NET_SRV_FAILED) != (error != NULL))
		g_error("the result of MX does not fit what came with it");
	for (guint i = 0; list != NULL && i < list->len; i++)
		if (((const NetSrv *)g_ptr_array_index(list, i))->host[0] == '\0')
			g_error("an MX without a host");
	return 0;
}
