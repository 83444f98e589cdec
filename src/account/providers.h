/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * providers.h - what is known of mail providers, as one table; and guesses for the rest.
 *
 * Pure: no network.
 */
#pragma once

#include <glib.h>

#include "account/address.h"
#include "account/conf.h"

typedef enum {
	USER_FULL,  /* the whole address */
	USER_LOCAL, /* the part before the @ */
} ProviderUser;

/* How one can log in (bits). */
typedef enum {
	LOGIN_PASSWORD = 1 << 0,     /* the account's own password */
	LOGIN_APP_PASSWORD = 1 << 1, /* one made for this program on the provider's site */
	LOGIN_OAUTH2 = 1 << 2,
} ProviderLogin;

typedef enum {
	QUIRK_IMAP_OFF = 1 << 0,   /* IMAP is off until switched on in the web settings */
	QUIRK_NO_SASL_IR = 1 << 1, /* breaks on an initial response */
	QUIRK_ID_FIRST = 1 << 2,   /* wants ID before SELECT */
	QUIRK_BRIDGE = 1 << 3,     /* a program on this machine, with a certificate of its own */
	QUIRK_FILES_SENT = 1 << 4, /* the server itself puts what is sent into Sent */
} ProviderQuirk;

typedef struct {
	const char *name;    /* "Gmail" */
	const char *domains; /* blank-separated, lower case; "*.x" stands for all below x; "%" in hosts for
				the domain */
	const char *imap_host;
	guint16 imap_port;
	NetSecurity imap_security;
	const char *smtp_host;
	guint16 smtp_port;
	NetSecurity smtp_security;
	ProviderUser imap_user, smtp_user;
	guint logins;     /* ProviderLogin */
	guint quirks;     /* ProviderQuirk */
	const char *help; /* URL where the app password is made or IMAP switched on; NULL */
	const char *hint; /* N_(): what the user must know before typing a password; NULL */
	const char *mx;   /* where it takes mail for its customers' domains: as domains; NULL: not known */
} Provider;

const Provider *providers_all(gsize *count);
/* By the domain of an address (any case); NULL: none known. */
const Provider *providers_find(const char *address);
/* By the host of an MX record (any case) of a domain that is not its own; NULL: none known. */
const Provider *providers_find_mx(const char *host);

typedef struct {
	HostPort server;
	NetSecurity security;
	char *user;
} ServerGuess;

void server_guess_free(ServerGuess *guess);
/* The row's server for an address, the user in the form that it wants; NULL: not an address. The caller's. */
ServerGuess *providers_server(const Provider *row, const char *address, gboolean smtp);
/*
 * Where to look for an address's servers, best first, never without TLS: the
 * provider's row alone where known; else imap./mail./the domain itself, implicit
 * TLS (993, 465) for each before STARTTLS (143, 587). smtp: for sending. GPtrArray of ServerGuess,
 * the caller's; NULL with FAULT_INPUT for a bad address.
 */
GPtrArray *providers_guess(const char *address, gboolean smtp, GError **error);
