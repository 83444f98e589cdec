/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * setup.h - the logic of the wizard, without a screen.
 *
 *	choices = setup_choices_new();
 *	choices->address = ...                      typed, or from options
 *	setup_check(choices, config, &field, &error)    as often as one likes
 *	provider = setup_provider(choices)          hint and link to show
 *	setup_discover(choices, ...)                on a worker: servers not given are looked for
 *	probe by setup_test()                       on a worker
 *	setup_finish(...)                           on a worker: stores the secret, writes the file
 *
 * Nothing is stored before setup_finish(), and nothing is left half stored by it.
 */
#pragma once

#include "account/conf.h"
#include "account/credentials.h"
#include "account/discover.h"
#include "account/probe.h"
#include "account/providers.h"

typedef enum {
	SETUP_PASSWORD, /* choices->password, kept in keyring or vault */
	SETUP_PASSWORD_COMMAND,
	SETUP_TOKEN_COMMAND, /* auth = oauth2 */
} SetupLogin;

/* All as typed; NULL or "": not given. Strings are owned. */
typedef struct {
	char *key; /* NULL: made from the address */
	char *label;
	char *address;
	char *name;          /* NULL: the login's full name */
	char *imap;          /* "host[:port]"; NULL: found */
	char *imap_security; /* "tls", "starttls", "plain"; NULL: found */
	char *smtp;
	char *smtp_security;
	char *user;
	char *smtp_user;
	char *ca_file; /* relative to the working directory; written as absolute */
	SetupLogin login;
	Secret *password;
	char *password_command;
	char *token_command;
	CredentialsPlace place;
	Secret *vault_phrase;    /* NULL: vault-phrase-command, or none */
	char *vault_phrase_file; /* where the phrase was read from: kept as vault-phrase-command where none is
				    set; NULL: typed */
	GPtrArray *trust;        /* char *, lines of `trust` that the user agreed to; never NULL */
	gboolean read_only;
	gboolean receive_only; /* no SMTP */
	DiscoverResult *found; /* what setup_discover() found for this address; NULL */
} SetupChoices;

typedef enum {
	SETUP_FIELD_NONE,
	SETUP_FIELD_KEY,
	SETUP_FIELD_ADDRESS,
	SETUP_FIELD_NAME,
	SETUP_FIELD_IMAP,
	SETUP_FIELD_SMTP,
	SETUP_FIELD_USER,
	SETUP_FIELD_CA_FILE,
	SETUP_FIELD_PASSWORD,
	SETUP_FIELD_PLACE,
} SetupField;

SetupChoices *setup_choices_new(void);
SetupChoices *setup_choices_copy(const SetupChoices *choices); /* for a worker */
void setup_choices_free(SetupChoices *choices);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SetupChoices, setup_choices_free)

/* FALSE with FAULT_INPUT and the field (may be NULL) that must be mended. No network. */
gboolean setup_check(const SetupChoices *choices, const Config *config, SetupField *field, GError **error);
/* The provider's row, or NULL. */
const Provider *setup_provider(const SetupChoices *choices);
/* The account as it would be; servers not given have no host unless the provider is known. The caller's. */
AccountConfig *setup_account(const SetupChoices *choices, const Config *config, GError **error);

typedef struct {
	NetRoots *roots;        /* the system's */
	gboolean trust_servers; /* also those that nobody vouches for */
	gboolean send_address;  /* the user said yes: to the provider's site, not the domain alone */
	DiscoverFunc report;    /* may be NULL */
	gpointer user;
	Cancel *enough; /* as of DiscoverOptions; may be NULL */
} SetupSearch;

/*
 * Look for the servers, on a worker, where none is given and the provider is
 * not known by its domain; choices->found says what was found, and the servers
 * are filled in. Nothing found is no failure: the test says what the usual names
 * answer. FAULT_TRUST: nobody vouches for what was found, nothing is filled in
 * before setup_take_servers() after the user's yes. FAULT_RETRY: offline.
 * FAULT_INPUT, FAULT_CANCELED.
 */
gboolean setup_discover(SetupChoices *choices, const SetupSearch *search, Cancel *cancel, GError **error);
/* Fill in, where not given, the servers of found; choices->found becomes a copy. */
void setup_take_servers(SetupChoices *choices, const DiscoverResult *found);
/* "the provider's own description (https://...): vouched for". The caller's. */
char *setup_found_words(const DiscoverResult *found);

/*
 * The live test, on a worker (choices: a copy of its own). Gets the secret by
 * running the command where one was chosen. Fills servers and users that were
 * not given into choices on success. As probe_run().
 */
gboolean setup_test(SetupChoices *choices, const AccountConfig *account, NetRoots *roots, ProbeFunc report,
	gpointer user, ProbeResult *result, Cancel *cancel, GError **error);
/* Without a test: fill in the first guess. FAULT_INPUT. */
gboolean setup_guess(SetupChoices *choices, GError **error);

/*
 * Keep the secret, then write [account KEY]; where writing fails the secret is
 * taken back. Waits (keyring, scrypt): a worker's business; config is
 * a Config of the caller's own thread. *key (may be NULL) is the caller's. *place (may be NULL): where the
 * password went.
 */
gboolean setup_finish(const SetupChoices *choices, Config *config, Credentials *credentials, char **key,
	CredentialsPlace *place, Cancel *cancel, GError **error);
