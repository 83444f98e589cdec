/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * autoconfig.h - what a provider's autoconfig document says (clientConfig 1.1).
 *
 * Pure. No document type, no entity but the five of XML, no network. What it
 * holds comes from anybody: values are as written there, their placeholders
 * not filled in; whoever uses them checks them.
 */
#pragma once

#include <glib.h>

typedef enum {
	AUTOCONFIG_PLAIN, /* or what is not known here */
	AUTOCONFIG_STARTTLS,
	AUTOCONFIG_TLS,
} AutoconfigSecurity;

typedef enum {
	AUTOCONFIG_PASSWORD = 1 << 0,
	AUTOCONFIG_OAUTH2 = 1 << 1,
} AutoconfigLogin;

typedef struct {
	char *type; /* "imap", "pop3", "smtp"; "" where it says none */
	char *host; /* NULL: none */
	guint port; /* 0: none, or out of range */
	AutoconfigSecurity security;
	char *user;   /* NULL: none */
	guint logins; /* AutoconfigLogin */
} AutoconfigServer;

typedef struct {
	GPtrArray *incoming, *outgoing; /* of AutoconfigServer, in their order */
	char *name;                     /* the provider's; NULL */
	char *help;                     /* URL of the page to switch access on, or of instructions; NULL */
	char *words;                    /* the first instruction of that page; NULL */
	char *issuer;                   /* of OAuth2; NULL */
} Autoconfig;

void autoconfig_free(Autoconfig *autoconfig);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Autoconfig, autoconfig_free)

/* FAULT_INPUT: malformed, another document, a document type; FAULT_LIMIT: LIMIT_AUTOCONFIG octets,
 * LIMIT_AUTOCONFIG_DEPTH, LIMIT_AUTOCONFIG_SERVERS. */
Autoconfig *autoconfig_parse(const char *xml, gsize length, GError **error);
