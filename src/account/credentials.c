/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * credentials.c - one lock guards the table; no source is asked while it is held.
 * Who asks a source marks the account's entry busy, others wait for its end with
 * an eye on their own cancel switch.
 */
#include "config.h"

#include "account/credentials.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

#include "account/keyring.h"
#include "account/vault.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/program.h"

#define NAP_MS 50
#define TOKEN_LIFE_US (5 * 60 * (gint64)G_USEC_PER_SEC)
/* Unlocking a keyring may ask the user. */
#define KEYRING_MS (120 * 1000)
#define KEYRING_CHECK_MS 5000

typedef struct {
	Secret *secret;    /* NULL: not known (any more) */
	gboolean given;    /* by the user, for this run */
	gint64 expires_us; /* dates_clock_us(); 0: never */
	gboolean busy;     /* some thread asks its source */
} Entry;

struct Credentials {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	char *vault;           /* path */
	char **phrase_command; /* argv or NULL */
	Secret *phrase;        /* NULL: not known */
	GHashTable *entries;   /* account key -> Entry */
};

static void
entry_free(gpointer data)
{
	Entry *entry = data;

	secret_free(entry->secret);
	g_free(entry);
}

Credentials *
credentials_new(const Paths *paths, char *const *phrase_command)
{
	Credentials *credentials = g_new0(Credentials, 1);

	pthread_mutex_init(&credentials->mutex, NULL);
	pthread_cond_init(&credentials->changed, NULL);
	credentials->vault = g_build_filename(paths->data, "vault", NULL);
	credentials->phrase_command = g_strdupv((char **)phrase_command);
	credentials->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
	return credentials;
}

void
credentials_free(Credentials *credentials)
{
	if (credentials == NULL)
		return;
	g_hash_table_unref(credentials->entries);
	secret_free(credentials->phrase);
	g_strfreev(credentials->phrase_command);
	g_free(credentials->vault);
	pthread_cond_destroy(&credentials->changed);
	pthread_mutex_destroy(&credentials->mutex);
	g_free(credentials);
}

/* ---- the table, with the lock held ------------------------------------------------ */

static Entry *
entry_of(Credentials *credentials, const char *account)
{
	Entry *entry = g_hash_table_lookup(credentials->entries, account);

	if (entry == NULL) {
		entry = g_new0(Entry, 1);
		g_hash_table_insert(credentials->entries, g_strdup(account), entry);
	}
	return entry;
}

static void
set_secret(Entry *entry, const Secret *secret, gboolean given, gboolean token)
{
	secret_free(entry->secret);
	entry->secret = secret_copy(secret);
	entry->given = given;
	entry->expires_us = token && !given ? dates_clock_us() + TOKEN_LIFE_US : 0;
}

static gboolean
is_fresh(const Entry *entry)
{
	return entry->secret != NULL && (entry->expires_us == 0 || dates_clock_us() < entry->expires_us);
}

static void
wait_a_little(Credentials *credentials)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += NAP_MS * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	(void)pthread_cond_timedwait(&credentials->changed, &credentials->mutex, &until);
}

/* ---- sources, without the lock ------------------------------------------------------ */

Secret *
credentials_run(char *const *argv, Cancel *cancel, GError **error)
{
	ProgramOptions options = {.output_limit = LIMIT_SECRET, .secret = TRUE};
	char *output = NULL;
	gsize length = 0;
	Secret *secret;

	if (!program_run(argv, &options, cancel, &output, &length, NULL, error))
		return NULL;
	secret = secret_new(output, (gssize)strcspn(output, "\r\n"));
	secret_wipe(output, length);
	g_free(output);
	if (secret_length(secret) > 0)
		return secret;
	secret_free(secret);
	fault_set(error, FAULT_LOCAL, _("%s printed nothing"), argv[0]);
	return NULL;
}

static Secret *
current_phrase(Credentials *credentials)
{
	Secret *phrase;

	pthread_mutex_lock(&credentials->mutex);
	phrase = secret_copy(credentials->phrase);
	pthread_mutex_unlock(&credentials->mutex);
	return phrase;
}

/* The phrase of the vault, from its command if need be; NULL without error: the user must be asked. */
static Secret *
find_phrase(Credentials *credentials, Cancel *cancel, GError **error)
{
	Secret *phrase = current_phrase(credentials);

	if (phrase != NULL || credentials->phrase_command == NULL)
		return phrase;
	phrase = credentials_run(credentials->phrase_command, cancel, error);
	if (phrase == NULL)
		g_prefix_error(error, "vault-phrase-command: ");
	else
		credentials_give_phrase(credentials, phrase);
	return phrase;
}

static void
forget_phrase(Credentials *credentials)
{
	pthread_mutex_lock(&credentials->mutex);
	g_clear_pointer(&credentials->phrase, secret_free);
	pthread_mutex_unlock(&credentials->mutex);
}

static CredentialsResult
need_password(const char *account, GError **error)
{
	fault_set(error, FAULT_AUTH,
		_("no password is known for account %s. Set password-command in its section of the "
		  "configuration, or "
		  "store the password: posthorn setup"),
		account);
	return CREDENTIALS_NEED_PASSWORD;
}

static CredentialsResult
get_from_vault(Credentials *credentials, const char *account, Secret **secret, Cancel *cancel, GError **error)
{
	g_autoptr(Secret) phrase = NULL;
	g_autoptr(GError) failure = NULL;

	if (!vault_exists(credentials->vault))
		return need_password(account, error);
	phrase = find_phrase(credentials, cancel, &failure);
	if (phrase == NULL && failure == NULL) {
		fault_set(error, FAULT_AUTH,
			_("the vault is locked: its phrase is needed for account %s (or set "
			  "vault-phrase-command)"),
			account);
		return CREDENTIALS_NEED_PHRASE;
	}
	if (phrase != NULL)
		*secret = vault_get(credentials->vault, phrase, account, &failure);
	if (*secret != NULL)
		return CREDENTIALS_OK;
	if (fault_of(failure) == FAULT_UNKNOWN)
		return need_password(account, error);
	if (phrase != NULL && fault_of(failure) == FAULT_AUTH) {
		forget_phrase(credentials);
		g_propagate_error(error, g_steal_pointer(&failure));
		return CREDENTIALS_NEED_PHRASE;
	}
	g_propagate_error(error, g_steal_pointer(&failure));
	return CREDENTIALS_FAILED;
}

static CredentialsResult
get_from_source(Credentials *credentials, const AccountConfig *account, Secret **secret, Cancel *cancel,
	GError **error)
{
	gboolean token = account->auth == AUTH_OAUTH2;
	char **command = token ? account->token_command : account->password_command;
	g_autoptr(GError) keyring_error = NULL;

	if (command != NULL) {
		*secret = credentials_run(command, cancel, error);
		if (*secret == NULL)
			g_prefix_error(error, "%s: ", token ? "token-command" : "password-command");
		return *secret != NULL ? CREDENTIALS_OK : CREDENTIALS_FAILED;
	}
	if (token) {
		fault_set(error, FAULT_AUTH, _("account %s has auth = oauth2, but no token-command"),
			account->key);
		return CREDENTIALS_FAILED;
	}
	if (keyring_is_possible() && keyring_get(account->key, secret, KEYRING_MS, cancel, &keyring_error) &&
		*secret != NULL)
		return CREDENTIALS_OK;
	/* A keyring that is merely absent is no reason to fail: there is the vault, or the user. */
	if (keyring_error != NULL && fault_of(keyring_error) != FAULT_LOCAL) {
		g_propagate_error(error, g_steal_pointer(&keyring_error));
		return CREDENTIALS_FAILED;
	}
	return get_from_vault(credentials, account->key, secret, cancel, error);
}

/* ---- public -------------------------------------------------------------------------- */

CredentialsResult
credentials_get(Credentials *credentials, const AccountConfig *account, Secret **secret, Cancel *cancel,
	GError **error)
{
	CredentialsResult result;
	Entry *entry;

	*secret = NULL;
	pthread_mutex_lock(&credentials->mutex);
	entry = entry_of(credentials, account->key);
	while (entry->busy && !is_fresh(entry)) {
		wait_a_little(credentials);
		if (cancel_check(cancel, error)) {
			pthread_mutex_unlock(&credentials->mutex);
			return CREDENTIALS_FAILED;
		}
	}
	if (is_fresh(entry)) {
		*secret = secret_copy(entry->secret);
		pthread_mutex_unlock(&credentials->mutex);
		return CREDENTIALS_OK;
	}
	entry->busy = TRUE;
	pthread_mutex_unlock(&credentials->mutex);

	result = get_from_source(credentials, account, secret, cancel, error);

	pthread_mutex_lock(&credentials->mutex);
	if (result == CREDENTIALS_OK)
		set_secret(entry, *secret, FALSE, account->auth == AUTH_OAUTH2);
	entry->busy = FALSE;
	pthread_cond_broadcast(&credentials->changed);
	pthread_mutex_unlock(&credentials->mutex);
	return result;
}

void
credentials_refused(Credentials *credentials, const char *account)
{
	Entry *entry;

	pthread_mutex_lock(&credentials->mutex);
	entry = entry_of(credentials, account);
	g_clear_pointer(&entry->secret, secret_free);
	entry->given = FALSE;
	pthread_mutex_unlock(&credentials->mutex);
}

void
credentials_give(Credentials *credentials, const char *account, const Secret *secret)
{
	pthread_mutex_lock(&credentials->mutex);
	set_secret(entry_of(credentials, account), secret, TRUE, FALSE);
	pthread_cond_broadcast(&credentials->changed);
	pthread_mutex_unlock(&credentials->mutex);
}

void
credentials_give_phrase(Credentials *credentials, const Secret *phrase)
{
	pthread_mutex_lock(&credentials->mutex);
	secret_free(credentials->phrase);
	credentials->phrase = secret_copy(phrase);
	pthread_mutex_unlock(&credentials->mutex);
}

static gboolean
has_working_keyring(Cancel *cancel)
{
	g_autoptr(Secret) secret = NULL;

	return keyring_is_possible() && keyring_get("-", &secret, KEYRING_CHECK_MS, cancel, NULL);
}

gboolean
credentials_can_store(Credentials *credentials, CredentialsPlace place, Cancel *cancel)
{
	g_autoptr(Secret) phrase = NULL;

	if (place != PLACE_VAULT && has_working_keyring(cancel))
		return TRUE;
	if (place == PLACE_KEYRING)
		return FALSE;
	phrase = find_phrase(credentials, cancel, NULL);
	return phrase != NULL;
}

static gboolean
store_in_vault(Credentials *credentials, const char *account, const Secret *secret, CredentialsPlace where,
	Cancel *cancel, GError **error)
{
	g_autoptr(GError) failure = NULL;
	g_autoptr(Secret) phrase = find_phrase(credentials, cancel, &failure);

	if (phrase != NULL)
		return vault_put(credentials->vault, phrase, account, secret, error);
	if (failure != NULL)
		g_propagate_error(error, g_steal_pointer(&failure));
	else if (where == PLACE_VAULT)
		fault_set(error, FAULT_AUTH, _("the vault needs a phrase to keep the password under"));
	else
		fault_set(error, FAULT_LOCAL,
			_("there is no place to keep the password: no keyring is running here, and the vault "
			  "has no "
			  "phrase. Give a phrase (--vault-phrase-file, or vault-phrase-command in the "
			  "configuration), or "
			  "a password-command in place of the password"));
	return FALSE;
}

gboolean
credentials_store(Credentials *credentials, const char *account, const Secret *secret, CredentialsPlace where,
	CredentialsPlace *place, Cancel *cancel, GError **error)
{
	CredentialsPlace went = PLACE_VAULT;
	gboolean stored = FALSE;

	if (where == PLACE_KEYRING || (where == PLACE_AUTO && keyring_is_possible())) {
		stored = keyring_put(
			account, secret, KEYRING_MS, cancel, where == PLACE_KEYRING ? error : NULL);
		went = PLACE_KEYRING;
	}
	if (!stored && cancel_is_triggered(cancel)) {
		if (error == NULL || *error == NULL)
			cancel_check(cancel, error);
		return FALSE;
	}
	if (!stored && where != PLACE_KEYRING) {
		stored = store_in_vault(credentials, account, secret, where, cancel, error);
		went = PLACE_VAULT;
	}
	if (stored && place != NULL)
		*place = went;
	if (stored)
		credentials_give(credentials, account, secret);
	return stored;
}

gboolean
credentials_delete(Credentials *credentials, const char *account, Cancel *cancel, GError **error)
{
	g_autoptr(Secret) phrase = NULL;

	credentials_refused(credentials, account);
	if (keyring_is_possible() && !keyring_delete(account, KEYRING_MS, cancel, NULL) &&
		cancel_check(cancel, error))
		return FALSE;
	if (!vault_exists(credentials->vault))
		return TRUE;
	phrase = find_phrase(credentials, cancel, error);
	return phrase == NULL || vault_put(credentials->vault, phrase, account, NULL, error);
}
