/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * link.h - from an account's settings to what net/ connects to.
 */
#pragma once

#include "account/conf.h"
#include "net/stream.h"
#include "net/trust.h"

typedef enum {
	SERVER_IMAP,
	SERVER_SMTP,
	SERVER_SIEVE, /* host and port may be unset: see sieve-place.h */
} AccountServer;

/*
 * The account's trust: its ca-file, or system (shared by all accounts), and its
 * trust lines. A reference, the caller's; NULL with FAULT_INPUT for a bad line.
 */
NetTrust *account_trust(const AccountConfig *account, NetRoots *system, GError **error);
/* Fill target (host is borrowed from account, trust from the caller); trace and times are left 0. */
void account_target(const AccountConfig *account, AccountServer server, NetTrust *trust, NetTarget *target);
/* Login name for the server; borrowed from account. */
const char *account_user(const AccountConfig *account, AccountServer server);
