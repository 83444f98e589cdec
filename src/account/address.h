/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * address.h - mail addresses and servers as a user types them. Pure.
 */
#pragma once

#include <glib.h>

#include "account/conf.h"

/*
 * Split at the last @: local part (as written, quotes allowed) and domain in
 * lower case. FALSE with FAULT_INPUT, and words that say what is wrong. Both
 * (may be NULL) are the caller's. (RFC 5321, 4.1.2; RFC 6531)
 */
gboolean address_split(const char *address, char **local, char **domain, GError **error);

/*
 * "host", "host:port", "[::1]:993", "::1": port 0 where none is given. The
 * server's host is the caller's. FAULT_INPUT.
 */
gboolean server_parse(const char *text, HostPort *server, GError **error);
/* 993, 143, 465, 587. smtp: for sending. */
guint16 server_default_port(gboolean smtp, NetSecurity security);
/* "host:port", with brackets where needed. The caller's. */
char *server_format(const HostPort *server);
/* "tls", "starttls", "plain"; static. */
const char *security_name(NetSecurity security);
