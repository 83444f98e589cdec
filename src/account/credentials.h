/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * credentials.h - where an account's password or token comes from.
 *
 * In this order: what the user gave for this run; password-command or
 * token-command; the desktop's keyring (libsecret, where built in and running);
 * the vault. Never the configuration. What was got once is kept in memory for
 * the run (a token for five minutes), until credentials_refused().
 *
 * One object a process, safe from any thread. get, store and delete wait: they
 * are for workers, and obey their Cancel. Two workers that ask for the same account at once
 * run its command once. Nobody here prompts.
 */
#pragma once

#include "account/conf.h"
#include "util/cancel.h"
#include "util/paths.h"
#include "util/secret.h"

typedef struct Credentials Credentials;

/* phrase_command: vault-phrase-command, may be NULL; both arguments are copied. */
Credentials *credentials_new(const Paths *paths, char *const *phrase_command);
/* Wipes all. Nobody may be waiting in it any more. */
void credentials_free(Credentials *credentials);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Credentials, credentials_free)

typedef enum {
	CREDENTIALS_OK,
	CREDENTIALS_NEED_PASSWORD, /* none is known: ask the user (credentials_give) */
	CREDENTIALS_NEED_PHRASE,   /* the vault is locked, or the phrase was wrong: ask
				      (credentials_give_phrase) */
	CREDENTIALS_FAILED,        /* the command failed, the keyring is broken, canceled, ... */
} CredentialsResult;

/*
 * The account's password, or access token where auth = oauth2. *secret is the
 * caller's. Unless OK, error is set too: FAULT_AUTH for the two needs (with
 * words for batch use: what is missing, and how to give it), else as
 * program_run() and vault_get().
 */
CredentialsResult credentials_get(Credentials *credentials, const AccountConfig *account, Secret **secret,
	Cancel *cancel, GError **error);
/* Run a password-command, token-command or vault-phrase-command: the first line of what it prints. As
 * program_run(). */
Secret *credentials_run(char *const *argv, Cancel *cancel, GError **error);
/* The server refused it: forget it, so that the next get asks its source (and for a typed one the user)
 * again. */
void credentials_refused(Credentials *credentials, const char *account);
/* For this run only; copied. */
void credentials_give(Credentials *credentials, const char *account, const Secret *secret);
void credentials_give_phrase(Credentials *credentials, const Secret *phrase);

typedef enum {
	PLACE_AUTO, /* the keyring, else the vault */
	PLACE_KEYRING,
	PLACE_VAULT,
} CredentialsPlace;

/* Can it be kept there? PLACE_AUTO: anywhere, without asking the user. Waits for the keyring at most 5 s. */
gboolean credentials_can_store(Credentials *credentials, CredentialsPlace place, Cancel *cancel);
/*
 * Keep the password for good. *place (may be NULL) receives where it went. FAULT_AUTH
 * where the vault has no phrase to work with or it is wrong; FAULT_LOCAL names both remedies when there is
 * neither keyring nor phrase.
 */
gboolean credentials_store(Credentials *credentials, const char *account, const Secret *secret,
	CredentialsPlace where, CredentialsPlace *place, Cancel *cancel, GError **error);
/* Forget it everywhere (keyring; vault where a phrase is known). TRUE when nothing was there. */
gboolean credentials_delete(Credentials *credentials, const char *account, Cancel *cancel, GError **error);
