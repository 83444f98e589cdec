/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "account/link.h"

NetTrust *
account_trust(const AccountConfig *account, NetRoots *system, GError **error)
{
	g_autoptr(NetRoots) own = account->ca_file != NULL ? net_roots_new(account->ca_file) : NULL;
	g_autoptr(NetTrust) trust = net_trust_new(own != NULL ? own : system);

	for (guint i = 0; i < account->trust->len; i++)
		if (!net_trust_accept_line(trust, g_ptr_array_index(account->trust, i), error))
			return NULL;
	return g_steal_pointer(&trust);
}

void
account_target(const AccountConfig *account, AccountServer server, NetTrust *trust, NetTarget *target)
{
	const struct {
		NetScheme scheme;
		NetSecurity security;
		const HostPort *where;
	} servers[] = {
		[SERVER_IMAP] = {NET_IMAP, account->imap_security, &account->imap},
		[SERVER_SMTP] = {NET_SMTP, account->smtp_security, &account->smtp},
		[SERVER_SIEVE] = {NET_RAW, account->sieve_security, &account->sieve},
	};

	*target = (NetTarget){
		.scheme = servers[server].scheme,
		.security = servers[server].security,
		.host = servers[server].where->host,
		.port = servers[server].where->port,
		.trust = trust,
	};
}

const char *
account_user(const AccountConfig *account, AccountServer server)
{
	if (server == SERVER_SMTP && account->smtp_user != NULL)
		return account->smtp_user;
	return account->user != NULL ? account->user : account->address;
}
