/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sieve-place.h - where an account's ManageSieve server is.
 *
 * The setting `sieve`; else what DNS says of the address's domain (_sieve._tcp,
 * RFC 5804, 1.8), where that host lies in the domain or is the IMAP server that
 * the user has; else the IMAP server, port 4190.
 */
#pragma once

#include "account/conf.h"
#include "net/srv.h"
#include "util/cancel.h"

#define SIEVE_PORT 4190

typedef struct {
	HostPort server;
	gboolean guessed; /* neither set nor named by DNS */
	char *stranger; /* "host:port" that DNS names, and that is not used because it lies elsewhere; NULL */
} SievePlace;

void sieve_place_clear(SievePlace *place);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SievePlace, sieve_place_clear)

/*
 * For workers: it may ask DNS (not where IMAP goes to this machine: a bridge or a
 * tunnel is what is meant then). resolver NULL: the system's. place is cleared
 * first. FAULT_UNKNOWN: the domain says that it has none; FAULT_CANCELED. That DNS
 * cannot be asked is no error: the IMAP server is tried then.
 */
gboolean sieve_place_find(const AccountConfig *account, const NetResolver *resolver, Cancel *cancel,
	SievePlace *place, GError **error);
