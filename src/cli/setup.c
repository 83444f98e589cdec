/* SPDX-License-Identifier: GPL-3.0-or-later */
/* setup.c - an account without a screen: all by options, nothing is asked. */
#include "config.h"

#include "cli/private.h"

#include <stdio.h>
#include <string.h>

#include "account/setup.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

typedef struct {
	char *title, *words;
	const char *server, *step, *state;
	guint ms;
} Step;

/* One source that was asked. */
typedef struct {
	DiscoverSource source;
	DiscoverState state;
	char *words;
	guint ms;
} Look;

typedef struct {
	Cli *cli;
	SetupChoices *choices;
	GPtrArray *looks; /* of Look */
	GPtrArray *steps; /* of Step: those that are over */
	ProbeResult result;
	Credentials *credentials;
	NetRoots *roots;
} Setup;

static void
step_free(gpointer data)
{
	Step *step = data;

	g_free(step->title);
	g_free(step->words);
	g_free(step);
}

static void
look_free(gpointer data)
{
	Look *look = data;

	g_free(look->words);
	g_free(look);
}

/* ---- what the options say ----------------------------------------------------------------- */

/* The first line of standard input, without its end. */
static Secret *
read_password(GError **error)
{
	char buffer[LIMIT_SECRET + 2];
	Secret *secret = NULL;

	/* No copy of it stays in a buffer of the library. */
	setvbuf(stdin, NULL, _IONBF, 0);
	if (fgets(buffer, sizeof(buffer), stdin) == NULL)
		buffer[0] = '\0';
	if (strlen(buffer) > LIMIT_SECRET)
		fault_set(error, FAULT_INPUT, _("The password on standard input is too long."));
	else if (buffer[strcspn(buffer, "\r\n")] = '\0', buffer[0] == '\0')
		fault_set(error, FAULT_INPUT,
			_("There is no password on standard input: its first line is empty."));
	else
		secret = secret_new(buffer, -1);
	secret_wipe(buffer, sizeof(buffer));
	return secret;
}

static Secret *
read_phrase(const char *path, GError **error)
{
	gsize length = 0;
	char *text = paths_read(path, LIMIT_SECRET, &length, error);
	Secret *secret = NULL;

	if (text == NULL)
		return NULL;
	if (strcspn(text, "\r\n") == 0)
		fault_set(error, FAULT_INPUT,
			_("%s: the first line is empty; the vault's phrase belongs there."), path);
	else
		secret = secret_new(text, (gssize)strcspn(text, "\r\n"));
	secret_wipe(text, length);
	g_free(text);
	return secret;
}

static gboolean
take_login(const Cli *cli, SetupChoices *choices, GError **error)
{
	int ways = cli->password_stdin + (cli->password_command != NULL) + (cli->token_command != NULL);

	if (ways != 1) {
		fault_set(error, FAULT_INPUT,
			_("posthorn setup needs exactly one of --password-stdin, --password-command and "
			  "--token-command"));
		return FALSE;
	}
	choices->login = cli->password_stdin     ? SETUP_PASSWORD
			 : cli->password_command ? SETUP_PASSWORD_COMMAND
						 : SETUP_TOKEN_COMMAND;
	choices->password_command = g_strdup(cli->password_command);
	choices->token_command = g_strdup(cli->token_command);
	if (cli->vault_phrase_file != NULL) {
		choices->place = PLACE_VAULT;
		choices->vault_phrase_file = g_strdup(cli->vault_phrase_file);
		choices->vault_phrase = read_phrase(cli->vault_phrase_file, error);
		if (choices->vault_phrase == NULL)
			return FALSE;
	}
	if (cli->password_stdin)
		choices->password = read_password(error);
	return !cli->password_stdin || choices->password != NULL;
}

static gboolean
take_choices(const Cli *cli, SetupChoices *choices, GError **error)
{
	choices->address = g_strdup(cli->address);
	choices->name = g_strdup(cli->name);
	choices->label = g_strdup(cli->label);
	choices->key = g_strdup(cli->account);
	choices->imap = g_strdup(cli->imap);
	choices->imap_security = g_strdup(cli->imap_security);
	choices->smtp = g_strdup(cli->smtp);
	choices->smtp_security = g_strdup(cli->smtp_security);
	choices->user = g_strdup(cli->user);
	choices->ca_file = g_strdup(cli->ca_file);
	choices->read_only = cli->read_only;
	return take_login(cli, choices, error);
}

/* ---- the search ------------------------------------------------------------------------------- */

static void
take_look(const DiscoverReport *report, gpointer user)
{
	Setup *setup = user;
	Look *look;

	if (report->state == DISCOVER_RUNNING)
		return;
	look = g_new0(Look, 1);
	look->source = report->source;
	look->state = report->state;
	look->words = g_strdup(report->words);
	look->ms = report->ms;
	g_ptr_array_add(setup->looks, look);
	if (!setup->cli->json)
		cli_print("%-9s %s: %s\n", discover_state_name(look->state),
			discover_source_words(look->source), look->words ? look->words : "");
}

static void
json_server(Json *json, const char *name, const DiscoverServer *server)
{
	g_autofree char *text = server->server.host ? server_format(&server->server) : NULL;

	json_string(json, name, text);
}

static void
json_search(Json *json, const Setup *setup)
{
	const DiscoverResult *found = setup->choices->found;

	json_begin_array(json, "search");
	for (guint i = 0; i < setup->looks->len; i++) {
		const Look *look = setup->looks->pdata[i];
		json_begin_object(json, NULL);
		json_string(json, "source", discover_source_name(look->source));
		json_string(json, "state", discover_state_name(look->state));
		json_string(json, "words", look->words);
		json_int(json, "ms", look->ms);
		json_end_object(json);
	}
	json_end_array(json);
	if (found == NULL)
		return;
	json_begin_object(json, "found");
	json_string(json, "source", discover_source_name(found->source));
	json_string(json, "origin", found->origin);
	json_bool(json, "sure", found->sure);
	json_string(json, "why_not", found->why_not);
	json_server(json, "imap", &found->imap);
	json_server(json, "smtp", &found->smtp);
	json_string(json, "words", found->words);
	json_string(json, "help", found->help);
	json_end_object(json);
}

static void
write_search(Json *json, gpointer user)
{
	json_search(json, user);
}

/* Where it came from and how far it can be trusted. */
static void
say_found(const Setup *setup)
{
	const DiscoverResult *found = setup->choices->found;
	g_autofree char *words = found != NULL ? setup_found_words(found) : NULL;

	if (words == NULL || setup->cli->json)
		return;
	cli_print(_("Taken from %s\n"), words);
	if (found->words != NULL)
		cli_print("%s\n", found->words);
	if (found->help != NULL)
		cli_print("%s\n", found->help);
}

static gboolean
find_servers(Setup *setup, GError **error)
{
	SetupSearch search = {
		.roots = setup->roots,
		.trust_servers = setup->cli->trust_servers,
		.send_address = setup->cli->send_address,
		.report = take_look,
		.user = setup,
	};
	g_autoptr(GError) failure = NULL;

	if (setup_discover(setup->choices, &search, NULL, &failure)) {
		say_found(setup);
		return TRUE;
	}
	if (fault_of(failure) == FAULT_TRUST)
		fault_set(error, FAULT_TRUST,
			_("%s\nIf it is, give --trust-servers, or name them with --imap and "
			  "--smtp."),
			failure->message);
	else
		g_propagate_error(error, g_steal_pointer(&failure));
	return FALSE;
}

/* ---- the test --------------------------------------------------------------------------------- */

static void
take_report(const ProbeReport *report, gpointer user)
{
	static const char *const steps[] = {"connect", "login", "folders"};
	static const char *const states[] = {"running", "ok", "failed", "passed-by", "skipped"};
	Setup *setup = user;
	Step *step;

	if (report->state == STEP_RUNNING)
		return;
	step = g_new0(Step, 1);
	step->title = g_strdup(report->title);
	step->words = g_strdup(report->words);
	step->server = report->server == SERVER_SMTP ? "smtp" : "imap";
	step->step = steps[report->step];
	step->state = states[report->state];
	step->ms = report->ms;
	g_ptr_array_add(setup->steps, step);
	if (!setup->cli->json)
		cli_print("%-9s %s%s%s\n", step->state, step->title, step->words ? ": " : "",
			step->words ? step->words : "");
}

static void
json_steps(Json *json, const Setup *setup)
{
	json_begin_array(json, "steps");
	for (guint i = 0; i < setup->steps->len; i++) {
		const Step *step = setup->steps->pdata[i];
		json_begin_object(json, NULL);
		json_string(json, "server", step->server);
		json_string(json, "step", step->step);
		json_string(json, "state", step->state);
		json_string(json, "title", step->title);
		json_string(json, "words", step->words);
		json_int(json, "ms", step->ms);
		json_end_object(json);
	}
	json_end_array(json);
}

static void
write_failure(Json *json, gpointer user)
{
	const Setup *setup = user;
	const ProbeResult *result = &setup->result;

	json_string(json, "server", result->failed == SERVER_SMTP ? "smtp" : "imap");
	json_string(json, "next", result->cause ? result->cause->next : NULL);
	json_string(json, "link", result->cause ? result->cause->link : NULL);
	if (result->certificate != NULL) {
		g_autofree char *fingerprint = g_strconcat("sha256:", result->certificate->fingerprint, NULL);
		json_string(json, "fingerprint", fingerprint);
	}
	json_search(json, setup);
	json_steps(json, setup);
}

/* In plain words, with the one next thing to do. */
static int
fail_test(Setup *setup, const GError *error)
{
	const Cause *cause = setup->result.cause;
	g_autoptr(GError) told = NULL;

	if (cause == NULL)
		return cli_fail_more(setup->cli, error, write_failure, setup);
	fault_set(&told, fault_of(error), "%s%s%s%s%s", cause->words, cause->next ? "\n" : "",
		cause->next ? cause->next : "", cause->link ? "\n" : "", cause->link ? cause->link : "");
	return cli_fail_more(setup->cli, told, write_failure, setup);
}

static gboolean
try_account(Setup *setup, GError **error)
{
	g_autoptr(AccountConfig) account = setup_account(setup->choices, setup->cli->config, error);

	if (account == NULL)
		return FALSE;
	return setup_test(
		setup->choices, account, setup->roots, take_report, setup, &setup->result, NULL, error);
}

/* ---- the end ------------------------------------------------------------------------------------ */

static const char *
place_name(const SetupChoices *choices, CredentialsPlace place)
{
	if (choices->login == SETUP_PASSWORD_COMMAND)
		return "password-command";
	if (choices->login == SETUP_TOKEN_COMMAND)
		return "token-command";
	return place == PLACE_VAULT ? "vault" : "keyring";
}

static void
say_done(const Setup *setup, const char *key, const char *place)
{
	const AccountConfig *account = config_account(setup->cli->config, key);
	g_autofree char *imap = server_format(&account->imap);
	g_autofree char *smtp = account->smtp.host ? server_format(&account->smtp) : NULL;
	g_autoptr(Json) json = NULL;

	if (!setup->cli->json) {
		cli_print(_("Account %s is set up in %s.\n"), key, config_path(setup->cli->config));
		return;
	}
	json = cli_json();
	json_begin_object(json, NULL);
	json_string(json, "account", key);
	json_string(json, "address", account->address);
	json_string(json, "imap", imap);
	json_string(json, "imap_security", security_name(account->imap_security));
	json_string(json, "smtp", smtp);
	json_string(json, "smtp_security", smtp ? security_name(account->smtp_security) : NULL);
	json_string(json, "user", account->user ? account->user : account->address);
	json_string(json, "password", place);
	json_bool(json, "read_only", account->read_only);
	json_bool(json, "tested", !setup->cli->no_test);
	json_search(json, setup);
	json_steps(json, setup);
	json_end_object(json);
}

/* There is a place for the password before the servers are asked. */
static gboolean
check_place(Setup *setup, GError **error)
{
	SetupChoices *choices = setup->choices;

	if (choices->login != SETUP_PASSWORD)
		return TRUE;
	if (choices->vault_phrase != NULL)
		credentials_give_phrase(setup->credentials, choices->vault_phrase);
	if (credentials_can_store(setup->credentials, choices->place, NULL))
		return TRUE;
	fault_set(error, FAULT_LOCAL,
		_("There is nowhere to keep the password: no keyring is running. Give a phrase for the vault "
		  "with "
		  "--vault-phrase-file FILE, or a program that prints the password with "
		  "--password-command."));
	return FALSE;
}

static const AccountConfig *
same_address(const Cli *cli)
{
	GPtrArray *accounts = config_accounts(cli->config);

	for (guint i = 0; i < accounts->len; i++) {
		const AccountConfig *account = accounts->pdata[i];
		if (cli->account == NULL && account->address != NULL &&
			g_ascii_strcasecmp(account->address, cli->address) == 0)
			return account;
	}
	return NULL;
}

static int
set_up(Setup *setup)
{
	Cli *cli = setup->cli;
	const AccountConfig *same = same_address(cli);
	CredentialsPlace place = PLACE_AUTO;
	g_autoptr(GError) error = NULL;
	g_autofree char *key = NULL;

	if (same != NULL) {
		fault_set(&error, FAULT_INPUT,
			_("Account %s has this address already, in %s. Name the new one with --account to "
			  "have two."),
			same->key, config_path(cli->config));
		return cli_fail(cli, error);
	}
	if (!setup_check(setup->choices, cli->config, NULL, &error))
		return cli_usage(cli, "%s", error->message);
	if (!check_place(setup, &error))
		return cli_fail(cli, error);
	if (!cli->no_test && !find_servers(setup, &error))
		return cli_fail_more(cli, error, write_search, setup);
	if (cli->no_test ? !setup_guess(setup->choices, &error) : !try_account(setup, &error))
		return cli->no_test ? cli_fail(cli, error) : fail_test(setup, error);
	if (!setup_finish(setup->choices, cli->config, setup->credentials, &key, &place, NULL, &error))
		return cli_fail(cli, error);
	say_done(setup, key, place_name(setup->choices, place));
	return CLI_DONE;
}

int
cli_setup(Cli *cli)
{
	g_autoptr(SetupChoices) choices = setup_choices_new();
	g_autoptr(GPtrArray) looks = g_ptr_array_new_with_free_func(look_free);
	g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func(step_free);
	g_autoptr(Credentials) credentials =
		credentials_new(cli->paths, config_program(cli->config)->vault_phrase_command);
	g_autoptr(NetRoots) roots = net_roots_new(NULL);
	g_autoptr(GError) error = NULL;
	Setup setup = {.cli = cli,
		.choices = choices,
		.looks = looks,
		.steps = steps,
		.credentials = credentials,
		.roots = roots};
	int status;

	if (cli->address == NULL)
		return cli_usage(
			cli, _("posthorn setup needs --address; on a terminal posthorn alone asks for all"));
	if (!take_choices(cli, choices, &error))
		return cli_fail_input(cli, error);
	status = set_up(&setup);
	probe_result_clear(&setup.result);
	return status;
}
