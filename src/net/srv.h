/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * srv.h - which hosts offer a service of a domain: DNS SRV records (RFC 2782, 6186, 8314, 5804),
 * and which take its mail: MX records (RFC 5321, 5; 7505).
 *
 * Whoever sits on the way can forge DNS: a host that is found here and lies
 * outside of the domain must be confirmed by the user before a password goes
 * there (RFC 6186, 6); see net_srv_is_within().
 */
#pragma once

#include <glib.h>

#include "util/cancel.h"

typedef struct {
	char *host;       /* lower case A-label, without a dot at its end */
	guint16 port;     /* of MX: 0 */
	guint16 priority; /* lowest first */
	guint16 weight;   /* among equals; highest first */
} NetSrv;

void net_srv_free(NetSrv *srv);

typedef enum {
	NET_SRV_FOUND,  /* *list holds at least one */
	NET_SRV_NONE,   /* there is no such record: nothing is said about the service */
	NET_SRV_NOT,    /* the target is ".": the service is not offered */
	NET_SRV_FAILED, /* error is set: FAULT_RETRY, FAULT_PROTOCOL, FAULT_CANCELED, FAULT_INPUT */
} NetSrvResult;

/*
 * Pure: the records that a DNS answer holds for name ("_sieve._tcp.example.org"),
 * aliases followed, in the order in which they are to be tried. Targets that are no
 * host names are left out; at most LIMIT_SRV_RECORDS. *list (of NetSrv, free
 * func set) is NULL unless FOUND.
 */
NetSrvResult net_srv_parse(
	const guint8 *answer, gsize length, const char *name, GPtrArray **list, GError **error);

/* Likewise: the MX records of the domain name. NOT: the domain takes no mail (RFC 7505). */
NetSrvResult net_mx_parse(
	const guint8 *answer, gsize length, const char *name, GPtrArray **list, GError **error);

/* A DNS server to ask in place of the system's. */
typedef struct {
	const char *address; /* IPv4, numeric */
	guint16 port;
} NetResolver;

/*
 * Ask DNS for service ("_sieve._tcp") of domain (UTF-8 or A-label), within
 * LIMIT_DNS_MS; for workers: it waits. resolver NULL: as the system is set up.
 */
NetSrvResult net_srv_lookup(const char *service, const char *domain, const NetResolver *resolver,
	Cancel *cancel, GPtrArray **list, GError **error);

/* Likewise, for the MX records of domain. */
NetSrvResult net_mx_lookup(
	const char *domain, const NetResolver *resolver, Cancel *cancel, GPtrArray **list, GError **error);

/* Is host domain itself, or below it? */
gboolean net_srv_is_within(const char *host, const char *domain);
