/* SPDX-License-Identifier: GPL-3.0-or-later */
/* certificate.h - the maker of NetCertificate; inside net/ only. */
#pragma once

#include <openssl/x509.h>

#include "net/trust.h"

/* The caller's; bad is 0 as yet. */
NetCertificate *net_certificate_new(X509 *x509, const char *host, guint16 port);
