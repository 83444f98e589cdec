/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trust-private.h - trust as the handshake uses it; inside net/ only. */
#pragma once

#include <openssl/ssl.h>

#include "net/trust.h"

/* One handshake: what it is about, and what came of it. Belongs to the stream. */
typedef struct {
	NetTrust *trust;  /* borrowed */
	const char *host; /* A-label or address, borrowed */
	guint16 port;
	NetCertificate *seen; /* the server's, once it was shown; owned */
	gboolean passed;
	gboolean accepted; /* passed by fingerprint only */
} NetVerify;

/* Give a connection's context the roots and the check. The roots must be loaded. verify outlives context. */
void net_trust_arm(NetVerify *verify, SSL_CTX *context);
gboolean net_trust_load(NetTrust *trust, GError **error);

/* host in lower case as an A-label, without a dot at its end; NULL when it is no host name or address. The
 * caller's. */
char *net_host_ascii(const char *host);
