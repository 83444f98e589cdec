/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "account/causes.h"

#include <string.h>

#include "account/providers.h"
#include "util/fault.h"
#include "util/i18n.h"

/* What must hold for a row, beside its fault. */
typedef enum {
	WHEN_SMTP = 1 << 0,
	WHEN_TLS_PORT_465 = 1 << 1,
	WHEN_BRIDGE = 1 << 2,
	WHEN_LOOPBACK = 1 << 3,
	WHEN_IMAP_OFF = 1 << 4,     /* the provider has IMAP off until it is switched on */
	WHEN_ONLY_OAUTH = 1 << 5,   /* it takes no passwords */
	WHEN_APP_PASSWORD = 1 << 6, /* it takes app passwords, not the account's own */
	WHEN_HINT = 1 << 7,         /* the provider's row has words of its own */
	WHEN_OAUTH = 1 << 8,        /* this account logs in by a token */
} When;

typedef struct {
	Fault fault;
	guint when;        /* When, all must hold */
	const char *said;  /* must stand in the error, any case; NULL: any */
	const char *words; /* N_(), before the error's own; NULL: only those. %s: the provider */
	const char *next;  /* N_(); %s: the provider's link */
} Row;

/* The first row that holds counts. */
static const Row rows[] = {
	{FAULT_AUTH, WHEN_OAUTH, NULL, N_("The server refused the access token."),
		N_("Get a new token: run the token-command by hand and look at what it says. The token must "
		   "be allowed to use IMAP "
		   "and SMTP.")},
	{FAULT_AUTH, 0, "application-specific password",
		N_("The provider does not take your usual password from mail programs."),
		N_("Make an app password on the provider's site and give that in place of your usual "
		   "password.")},
	{FAULT_AUTH, WHEN_ONLY_OAUTH, NULL,
		N_("%s takes no passwords from mail programs any more (Microsoft ended them on 16 September "
		   "2024)."),
		N_("Log in with an access token: set auth = oauth2 and a token-command. IMAP may also have "
		   "to be switched on in the "
		   "web mail's settings.")},
	{FAULT_AUTH, WHEN_BRIDGE, NULL, N_("%s refused the login."),
		N_("Give the user name and the password that Bridge itself shows, not those of the web "
		   "site.")},
	{FAULT_AUTH, WHEN_IMAP_OFF | WHEN_APP_PASSWORD, NULL,
		N_("%s refused the login. It wants an app password, and IMAP switched on in the web mail's "
		   "settings."),
		N_("Switch IMAP on and make an app password at %s, then try again.")},
	{FAULT_AUTH, WHEN_APP_PASSWORD | WHEN_HINT, NULL,
		N_("%s refused the login. It does not take your usual password here."),
		N_("Make an app password at %s and give that.")},
	{FAULT_AUTH, WHEN_IMAP_OFF, NULL,
		N_("%s refused the login. If the password is right, IMAP is still switched off in the web "
		   "mail's settings."),
		N_("Switch IMAP on at %s, then try again.")},
	{FAULT_AUTH, WHEN_SMTP, NULL, NULL,
		N_("Check the user name for sending (smtp-user): some servers want another one than for "
		   "reading.")},
	{FAULT_AUTH, 0, NULL, NULL,
		N_("Check user name and password. Some servers want the whole address as user name, some the "
		   "part before the @, "
		   "some a password made for mail programs.")},
	{FAULT_TRUST, WHEN_BRIDGE, NULL,
		N_("Bridge runs on this machine with a certificate of its own making."),
		N_("Compare the fingerprint with the one that Bridge shows, then trust it for this "
		   "account.")},
	{FAULT_TRUST, WHEN_LOOPBACK, NULL, NULL,
		N_("A server on this machine often has a certificate of its own making: if it is yours, "
		   "trust it for this account.")},
	{FAULT_TRUST, 0, NULL, NULL,
		N_("Ask who runs the server for its SHA-256 fingerprint. Trust the certificate only where it "
		   "is the same: somebody "
		   "may sit in between.")},
	{FAULT_RETRY, WHEN_BRIDGE, NULL,
		N_("Nothing answers there: Bridge does not seem to run on this machine."),
		N_("Start Proton Mail Bridge and try again.")},
	{FAULT_RETRY, WHEN_TLS_PORT_465, NULL, NULL,
		N_("If other ports work, this network blocks port 465: try port 587 with smtp-security = "
		   "starttls.")},
	{FAULT_RETRY, 0, NULL, NULL,
		N_("Check the server's name and port and this machine's network, then try again.")},
	{FAULT_REFUSED, 0, "starttls", NULL,
		N_("Try security tls on port 993 for reading or 465 for sending.")},
	{FAULT_REFUSED, 0, "tls", NULL,
		N_("Check the port; where the server has STARTTLS there, set security to starttls.")},
	{FAULT_PROTOCOL, 0, NULL, NULL,
		N_("Check host and port; if they are right, tell who runs the server.")},
	{FAULT_INPUT, 0, NULL, NULL, N_("Correct what the message names, then try again.")},
};

static guint
conditions(const AccountConfig *account, const Provider *provider, AccountServer server)
{
	const HostPort *where = account == NULL         ? NULL
				: server == SERVER_SMTP ? &account->smtp
							: &account->imap;
	guint when = server == SERVER_SMTP ? WHEN_SMTP : 0;

	if (where != NULL && where->host != NULL && net_is_loopback(where->host))
		when |= WHEN_LOOPBACK;
	if (where != NULL && server == SERVER_SMTP && where->port == 465)
		when |= WHEN_TLS_PORT_465;
	if (account != NULL && account->auth == AUTH_OAUTH2)
		when |= WHEN_OAUTH;
	if (provider == NULL)
		return when;
	if (provider->quirks & QUIRK_BRIDGE)
		when |= WHEN_BRIDGE;
	if (provider->quirks & QUIRK_IMAP_OFF && provider->help != NULL)
		when |= WHEN_IMAP_OFF;
	if (provider->logins == LOGIN_OAUTH2)
		when |= WHEN_ONLY_OAUTH;
	if (provider->logins & LOGIN_APP_PASSWORD && !(provider->logins & LOGIN_PASSWORD) &&
		provider->help != NULL)
		when |= WHEN_APP_PASSWORD;
	if (provider->hint != NULL)
		when |= WHEN_HINT;
	return when;
}

static gboolean
says(const GError *error, const char *words)
{
	g_autofree char *folded = NULL;

	if (words == NULL)
		return TRUE;
	folded = g_utf8_casefold(error->message, -1);
	return strstr(folded, words) != NULL;
}

static const Row *
find_row(const GError *error, guint when)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (rows[i].fault == fault_of(error) && (rows[i].when & ~when) == 0 &&
			says(error, rows[i].said))
			return &rows[i];
	return NULL;
}

/* text with its "%s", if it has one, filled in. */
static char *
fill(const char *text, const char *value)
{
	const char *mark = strstr(text, "%s");

	if (mark == NULL)
		return g_strdup(text);
	return g_strdup_printf("%.*s%s%s", (int)(mark - text), text, value != NULL ? value : "", mark + 2);
}

Cause *
cause_of(const GError *error, const AccountConfig *account, AccountServer server)
{
	const Provider *provider = account != NULL ? providers_find(account->address) : NULL;
	const Row *row = find_row(error, conditions(account, provider, server));
	Cause *cause = g_new0(Cause, 1);

	if (row != NULL && row->words != NULL) {
		g_autofree char *words = fill(_(row->words), provider != NULL ? provider->name : NULL);
		cause->words = g_strconcat(words, "\n", error->message, NULL);
	} else {
		cause->words = g_strdup(error->message);
	}
	if (row != NULL)
		cause->next = fill(_(row->next), provider != NULL ? provider->help : NULL);
	if (provider != NULL && fault_of(error) == FAULT_AUTH)
		cause->link = g_strdup(provider->help);
	return cause;
}

void
cause_free(Cause *cause)
{
	if (cause == NULL)
		return;
	g_free(cause->words);
	g_free(cause->next);
	g_free(cause->link);
	g_free(cause);
}
