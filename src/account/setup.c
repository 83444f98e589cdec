/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * setup.c - one table says which choice is which setting; checking, the account
 * for the test and the lines of the file all come from it.
 */
#include "config.h"

#include "account/setup.h"

#include <stddef.h>
#include <string.h>

#include "account/address.h"
#include "account/settings.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/paths.h"

/* In the order in which they are checked and written. */
static const struct {
	const char *setting;
	gsize offset; /* of a char * */
	SetupField field;
} texts[] = {
	{"label", offsetof(SetupChoices, label), SETUP_FIELD_KEY},
	{"name", offsetof(SetupChoices, name), SETUP_FIELD_NAME},
	{"address", offsetof(SetupChoices, address), SETUP_FIELD_ADDRESS},
	{"imap", offsetof(SetupChoices, imap), SETUP_FIELD_IMAP},
	{"imap-security", offsetof(SetupChoices, imap_security), SETUP_FIELD_IMAP},
	{"smtp", offsetof(SetupChoices, smtp), SETUP_FIELD_SMTP},
	{"smtp-security", offsetof(SetupChoices, smtp_security), SETUP_FIELD_SMTP},
	{"user", offsetof(SetupChoices, user), SETUP_FIELD_USER},
	{"smtp-user", offsetof(SetupChoices, smtp_user), SETUP_FIELD_USER},
	{"password-command", offsetof(SetupChoices, password_command), SETUP_FIELD_PASSWORD},
	{"token-command", offsetof(SetupChoices, token_command), SETUP_FIELD_PASSWORD},
	{"ca-file", offsetof(SetupChoices, ca_file), SETUP_FIELD_CA_FILE},
};

static char **
text_at(const SetupChoices *choices, gsize i)
{
	return (char **)((char *)choices + texts[i].offset);
}

/* As given, or NULL where it was not or does not count. */
static const char *
given(const SetupChoices *choices, gsize i)
{
	const char *text = *text_at(choices, i);
	gboolean sends = g_str_has_prefix(texts[i].setting, "smtp");

	if (text == NULL || *text == '\0' || (sends && choices->receive_only))
		return NULL;
	if (strcmp(texts[i].setting, "password-command") == 0 && choices->login != SETUP_PASSWORD_COMMAND)
		return NULL;
	if (strcmp(texts[i].setting, "token-command") == 0 && choices->login != SETUP_TOKEN_COMMAND)
		return NULL;
	return text;
}

/* As it stands in the file. */
static char *
written(const SetupChoices *choices, gsize i)
{
	const char *text = given(choices, i);

	if (text == NULL)
		return NULL;
	if (strcmp(texts[i].setting, "ca-file") == 0) {
		g_autofree char *expanded = paths_expand(text);
		return g_canonicalize_filename(expanded, NULL);
	}
	return g_strdup(text);
}

SetupChoices *
setup_choices_new(void)
{
	SetupChoices *choices = g_new0(SetupChoices, 1);

	choices->trust = g_ptr_array_new_with_free_func(g_free);
	return choices;
}

SetupChoices *
setup_choices_copy(const SetupChoices *choices)
{
	SetupChoices *copy = g_memdup2(choices, sizeof *choices);

	copy->key = g_strdup(choices->key);
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		*text_at(copy, i) = g_strdup(*text_at(choices, i));
	copy->password = secret_copy(choices->password);
	copy->vault_phrase = secret_copy(choices->vault_phrase);
	copy->vault_phrase_file = g_strdup(choices->vault_phrase_file);
	copy->trust = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < choices->trust->len; i++)
		g_ptr_array_add(copy->trust, g_strdup(g_ptr_array_index(choices->trust, i)));
	copy->found = choices->found != NULL ? discover_result_copy(choices->found) : NULL;
	return copy;
}

void
setup_choices_free(SetupChoices *choices)
{
	if (choices == NULL)
		return;
	g_free(choices->key);
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(*text_at(choices, i));
	secret_free(choices->password);
	secret_free(choices->vault_phrase);
	g_free(choices->vault_phrase_file);
	g_ptr_array_unref(choices->trust);
	discover_result_free(choices->found);
	g_free(choices);
}

/* ---- checking ---------------------------------------------------------------------------- */

static gboolean
refuse(SetupField *field, SetupField which, GError **error, const char *words)
{
	if (field != NULL)
		*field = which;
	if (words != NULL)
		fault_set(error, FAULT_INPUT, "%s", words);
	return FALSE;
}

/* Every text into the account, by the rules of its setting. */
static gboolean
fill_account(const SetupChoices *choices, AccountConfig *account, SetupField *field, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *value = written(choices, i);
		if (value != NULL &&
			!setting_parse(settings_find(texts[i].setting), value, NULL, account, error))
			return refuse(field, texts[i].field, error, NULL);
	}
	for (guint i = 0; i < choices->trust->len; i++)
		if (!setting_parse(settings_find("trust"), g_ptr_array_index(choices->trust, i), NULL,
			    account, error))
			return refuse(field, SETUP_FIELD_NONE, error, NULL);
	account->read_only = choices->read_only;
	account->auth = choices->login == SETUP_TOKEN_COMMAND ? AUTH_OAUTH2 : AUTH_PASSWORD;
	return TRUE;
}

static gboolean
check_server(const HostPort *server, NetSecurity security)
{
	return server->host == NULL || security != NET_PLAIN || net_is_loopback(server->host);
}

static gboolean
check_key(const SetupChoices *choices, const Config *config, SetupField *field, GError **error)
{
	if (choices->key == NULL || *choices->key == '\0')
		return TRUE;
	if (!paths_is_account_key(choices->key))
		return refuse(field, SETUP_FIELD_KEY, error,
			_("the name of an account has 1 to 32 of a-z, 0-9, - and _, and begins with a letter "
			  "or digit"));
	if (config_account(config, choices->key) != NULL)
		return refuse(field, SETUP_FIELD_KEY, error, _("there is an account of this name already"));
	return TRUE;
}

static gboolean
check_login(const SetupChoices *choices, SetupField *field, GError **error)
{
	const char *empty = NULL;

	if (choices->login == SETUP_PASSWORD &&
		(choices->password == NULL || secret_length(choices->password) == 0))
		empty = _("the password is missing");
	else if (choices->login == SETUP_PASSWORD_COMMAND &&
		 (choices->password_command == NULL || *choices->password_command == '\0'))
		empty = _("the program that prints the password is missing");
	else if (choices->login == SETUP_TOKEN_COMMAND &&
		 (choices->token_command == NULL || *choices->token_command == '\0'))
		empty = _("the program that prints an access token is missing");
	return empty == NULL ? TRUE : refuse(field, SETUP_FIELD_PASSWORD, error, empty);
}

gboolean
setup_check(const SetupChoices *choices, const Config *config, SetupField *field, GError **error)
{
	AccountConfig *account;
	gboolean good;

	if (field != NULL)
		*field = SETUP_FIELD_NONE;
	if (choices->address == NULL || *choices->address == '\0')
		return refuse(field, SETUP_FIELD_ADDRESS, error, _("the mail address is missing"));
	if (!check_key(choices, config, field, error))
		return FALSE;
	account = account_config_new("-");
	good = fill_account(choices, account, field, error);
	if (good && !check_server(&account->imap, account->imap_security))
		good = refuse(field, SETUP_FIELD_IMAP, error,
			_("plain is allowed for this machine only (localhost); use tls or starttls"));
	if (good && !check_server(&account->smtp, account->smtp_security))
		good = refuse(field, SETUP_FIELD_SMTP, error,
			_("plain is allowed for this machine only (localhost); use tls or starttls"));
	account_config_free(account);
	return good && check_login(choices, field, error);
}

const Provider *
setup_provider(const SetupChoices *choices)
{
	return providers_find(choices->address);
}

/* A named server without a port or security gets those that belong together. */
static void
complete_server(HostPort *server, NetSecurity *security, const char *said, gboolean smtp)
{
	if (server->host == NULL)
		return;
	if (said == NULL || *said == '\0')
		*security = server->port == 143 || server->port == 587 || server->port == 25 ? NET_STARTTLS
											     : NET_TLS;
	if (server->port == 0)
		server->port = server_default_port(smtp, *security);
}

AccountConfig *
setup_account(const SetupChoices *choices, const Config *config, GError **error)
{
	g_autofree char *key =
		choices->key != NULL && *choices->key != '\0'
			? g_strdup(choices->key)
			: config_free_key(config, choices->address != NULL ? choices->address : "");
	g_autoptr(AccountConfig) account = account_config_new(key);

	if (!fill_account(choices, account, NULL, error))
		return NULL;
	complete_server(&account->imap, &account->imap_security, choices->imap_security, FALSE);
	complete_server(&account->smtp, &account->smtp_security, choices->smtp_security, TRUE);
	if (account->label == NULL)
		account->label = g_strdup(key);
	return g_steal_pointer(&account);
}

/* ---- the test ------------------------------------------------------------------------------- */

static void
replace(char **text, char *take_value)
{
	g_free(*text);
	*text = take_value;
}

/* What was found, into the choices; users only where they are not what goes without saying. */
static void
take_found(SetupChoices *choices, const ProbeResult *result)
{
	if (result->imap_ok) {
		replace(&choices->imap, server_format(&result->imap));
		replace(&choices->imap_security, g_strdup(security_name(result->imap_security)));
		replace(&choices->user, g_strdup(result->imap_user));
	}
	if (result->smtp_ok) {
		replace(&choices->smtp, server_format(&result->smtp));
		replace(&choices->smtp_security, g_strdup(security_name(result->smtp_security)));
		replace(&choices->smtp_user, g_strdup(result->smtp_user));
	}
}

static Secret *
obtain_secret(const SetupChoices *choices, const AccountConfig *account, Cancel *cancel, GError **error)
{
	if (choices->login == SETUP_PASSWORD)
		return secret_copy(choices->password);
	return credentials_run(
		choices->login == SETUP_TOKEN_COMMAND ? account->token_command : account->password_command,
		cancel, error);
}

/* What the search knows beyond the table of causes. */
static void
add_found(const DiscoverResult *found, const GError *failure, Cause *cause)
{
	const char *next = NULL;

	if (fault_of(failure) == FAULT_AUTH)
		next = found->words;
	else if (fault_of(failure) == FAULT_RETRY)
		next = _("Others were reached just now: this network may block the ports of mail (993, 465, "
			 "587), or "
			 "the server is down. Try another network, or later.");
	if (next != NULL) {
		g_free(cause->next);
		cause->next = g_strdup(next);
	}
	if (fault_of(failure) == FAULT_AUTH && cause->link == NULL)
		cause->link = g_strdup(found->help);
}

gboolean
setup_test(SetupChoices *choices, const AccountConfig *account, NetRoots *roots, ProbeFunc report,
	gpointer user, ProbeResult *result, Cancel *cancel, GError **error)
{
	g_autoptr(Secret) secret = NULL;
	ProbeOptions options = {
		.account = account,
		.roots = roots,
		.report = report,
		.user = user,
		.imap_only = choices->receive_only,
		.found = choices->found != NULL,
	};
	GError *failure = NULL;
	gboolean good = FALSE;

	secret = obtain_secret(choices, account, cancel, &failure);
	if (secret == NULL) {
		result->cause = cause_of(failure, account, SERVER_IMAP);
		g_propagate_error(error, failure);
		return FALSE;
	}
	options.secret = secret;
	good = probe_run(&options, result, cancel, &failure);
	take_found(choices, result);
	if (!good && choices->found != NULL && result->cause != NULL)
		add_found(choices->found, failure, result->cause);
	if (!good)
		g_propagate_error(error, failure);
	return good;
}

static gboolean
guess_one(SetupChoices *choices, gboolean smtp, GError **error)
{
	char **server = smtp ? &choices->smtp : &choices->imap;
	char **security = smtp ? &choices->smtp_security : &choices->imap_security;
	char **user = smtp ? &choices->smtp_user : &choices->user;
	g_autoptr(GPtrArray) guesses = NULL;
	const ServerGuess *guess;

	if (*server != NULL && **server != '\0')
		return TRUE;
	guesses = providers_guess(choices->address, smtp, error);
	if (guesses == NULL)
		return FALSE;
	if (guesses->len == 0) {
		fault_set(
			error, FAULT_INPUT, _("the servers cannot be guessed from this address; name them"));
		return FALSE;
	}
	guess = g_ptr_array_index(guesses, 0);
	replace(server, server_format(&guess->server));
	replace(security, g_strdup(security_name(guess->security)));
	if (*user == NULL || **user == '\0')
		replace(user, g_strdup(guess->user));
	return TRUE;
}

gboolean
setup_guess(SetupChoices *choices, GError **error)
{
	return guess_one(choices, FALSE, error) && (choices->receive_only || guess_one(choices, TRUE, error));
}

/* ---- the end ----------------------------------------------------------------------------------- */

static void
add_entry(GArray *entries, const char *name, char *take_value)
{
	ConfigEntry entry = {name, take_value};

	if (take_value != NULL)
		g_array_append_val(entries, entry);
}

static void
clear_entry(gpointer data)
{
	g_free((char *)((ConfigEntry *)data)->value);
}

static char *
server_text(const HostPort *server)
{
	return server->host != NULL ? server_format(server) : NULL;
}

static char *
unless_same(const char *value, const char *other)
{
	return value != NULL && *value != '\0' && g_strcmp0(value, other) != 0 ? g_strdup(value) : NULL;
}

/* The lines of the account's section; what has its default is left out. */
static GArray *
entries_of(const SetupChoices *choices, const AccountConfig *account)
{
	GArray *entries = g_array_new(FALSE, FALSE, sizeof(ConfigEntry));
	const char *user = choices->user != NULL && *choices->user != '\0' ? choices->user : account->address;
	gboolean sends = account->smtp.host != NULL;

	g_array_set_clear_func(entries, clear_entry);
	add_entry(entries, "label", unless_same(choices->label, account->key));
	add_entry(entries, "name", unless_same(choices->name, NULL));
	add_entry(entries, "address", g_strdup(account->address));
	add_entry(entries, "imap", server_text(&account->imap));
	add_entry(entries, "imap-security", g_strdup(security_name(account->imap_security)));
	add_entry(entries, "smtp", server_text(&account->smtp));
	add_entry(entries, "smtp-security", sends ? g_strdup(security_name(account->smtp_security)) : NULL);
	add_entry(entries, "user", unless_same(user, account->address));
	add_entry(entries, "smtp-user", sends ? unless_same(choices->smtp_user, user) : NULL);
	if (choices->login == SETUP_PASSWORD_COMMAND)
		add_entry(entries, "password-command", g_strdup(choices->password_command));
	if (choices->login == SETUP_TOKEN_COMMAND) {
		add_entry(entries, "auth", g_strdup("oauth2"));
		add_entry(entries, "token-command", g_strdup(choices->token_command));
	}
	add_entry(entries, "ca-file", g_strdup(account->ca_file));
	for (guint i = 0; i < choices->trust->len; i++)
		add_entry(entries, "trust", g_strdup(g_ptr_array_index(choices->trust, i)));
	if (choices->read_only)
		add_entry(entries, "read-only", g_strdup("yes"));
	return entries;
}

/* Whoever gave the phrase by a file wants it taken from there the next time too. */
static gboolean
keep_phrase_file(const SetupChoices *choices, Config *config, GError **error)
{
	g_autofree char *path = NULL;
	g_autofree char *quoted = NULL;
	g_autofree char *command = NULL;
	ConfigEntry entry = {"vault-phrase-command", NULL};

	if (choices->vault_phrase_file == NULL || config_program(config)->vault_phrase_command != NULL)
		return TRUE;
	path = g_canonicalize_filename(choices->vault_phrase_file, NULL);
	quoted = g_shell_quote(path);
	command = g_strconcat("cat ", quoted, NULL);
	entry.value = command;
	return config_set(config, "posthorn", &entry, 1, error);
}

static gboolean
write_account(const SetupChoices *choices, Config *config, const AccountConfig *account,
	CredentialsPlace place, GError **error)
{
	g_autoptr(GArray) entries = entries_of(choices, account);

	if (choices->login == SETUP_PASSWORD && place == PLACE_VAULT &&
		!keep_phrase_file(choices, config, error))
		return FALSE;
	return config_add_account(
		config, account->key, (const ConfigEntry *)(gpointer)entries->data, entries->len, error);
}

gboolean
setup_finish(const SetupChoices *choices, Config *config, Credentials *credentials, char **key,
	CredentialsPlace *place, Cancel *cancel, GError **error)
{
	g_autoptr(AccountConfig) account = NULL;
	CredentialsPlace went = PLACE_AUTO;
	gboolean stored = choices->login == SETUP_PASSWORD;

	if (!setup_check(choices, config, NULL, error))
		return FALSE;
	account = setup_account(choices, config, error);
	if (account == NULL)
		return FALSE;
	if (account->imap.host == NULL) {
		fault_set(error, FAULT_INPUT, _("the server for reading mail is missing"));
		return FALSE;
	}
	if (stored && choices->vault_phrase != NULL)
		credentials_give_phrase(credentials, choices->vault_phrase);
	if (stored && !credentials_store(credentials, account->key, choices->password, choices->place, &went,
			      cancel, error))
		return FALSE;
	if (!write_account(choices, config, account, went, error)) {
		if (stored)
			(void)credentials_delete(credentials, account->key, NULL, NULL);
		return FALSE;
	}
	if (key != NULL)
		*key = g_strdup(account->key);
	if (place != NULL)
		*place = went;
	return TRUE;
}
