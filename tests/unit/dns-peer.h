/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dns-peer.h - DNS answers of our own making, and a server on loopback that gives them. */
#pragma once

#include <glib.h>

typedef struct {
	GByteArray *bytes;
	guint answers;
} DnsAnswer;

/* To a question for the SRV records of name. code: 0 good, 3 no such name. */
DnsAnswer dns_answer_new(guint id, guint code, const char *name);
void dns_add_srv(
	DnsAnswer *answer, const char *owner, guint priority, guint weight, guint port, const char *target);
void dns_add_mx(DnsAnswer *answer, const char *owner, guint preference, const char *target);
void dns_add_cname(DnsAnswer *answer, const char *owner, const char *target);
void dns_answer_free(DnsAnswer *answer);

/* Answers every question for name with one record, or with code. */
typedef struct {
	const char *name;
	const char *target; /* "." : not offered */
	guint target_port;
	guint code;
	gboolean silent;
	/* Set by dns_server_start(): */
	guint16 port;
	int socket;
	gint stop; /* atomic */
	GThread *thread;
} DnsServer;

void dns_server_start(DnsServer *server);
void dns_server_stop(DnsServer *server);
