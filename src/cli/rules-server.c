/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules-server.c - `posthorn rules upload|fetch|list|activate`: scripts on the ManageSieve server.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/private.h"
#include "engine/rules.h"
#include "sieve/manage.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

/* "none" of `activate`. */
#define NONE "none"

/* Ready to ask the server; NULL after a message. *status is then the exit status. */
static const AccountConfig *
prepare(Cli *cli, int *status)
{
	const AccountConfig *account = cli_account(cli, status);
	g_autoptr(GError) error = NULL;

	if (account == NULL || cli_engine(cli, account->key, FALSE, &error))
		return account;
	*status = cli_fail(cli, error);
	return NULL;
}

/* The answer to a ticket; NULL after a message. */
static EngineEvent *
answer(Cli *cli, guint ticket)
{
	g_autoptr(EngineEvent) event = cli_wait(cli, ticket);

	if (event->error == NULL)
		return g_steal_pointer(&event);
	cli_fail(cli, event->error);
	return NULL;
}

/* ---- upload ------------------------------------------------------------------------ */

static const char *
state_name(UploadState state)
{
	static const char *const names[] = {
		[UPLOAD_SAME] = "same",
		[UPLOAD_NEW] = "new",
		[UPLOAD_CHANGED] = "changed",
		[UPLOAD_READY] = "ready",
	};

	return names[state];
}

static void
write_server(Json *json, gpointer user)
{
	const RulesServer *server = user;

	json_string(json, "state", state_name(server->state));
	json_string(json, "name", server->name);
	json_string(json, "server", server->server);
	json_string(json, "other", server->other);
	json_string(json, "lacks", server->lacks);
	json_string(json, "warnings", server->words);
}

/* It is for the user to say that what is there may go. */
static void
set_changed(const RulesServer *server, GError **error)
{
	if (server->other != NULL) {
		g_autofree char *other = text_safe(server->other, -1, TEXT_MARKS);
		fault_set(error, FAULT_REFUSED,
			_("The script \"%s\" is active on %s, and would be switched off. Look at it with "
			  "rules "
			  "fetch; upload with --overwrite if that is right."),
			other, server->server);
	} else {
		fault_set(error, FAULT_REFUSED,
			_("The script \"%s\" on %s was changed by somebody else. Look at it with rules fetch "
			  "%s; upload with --overwrite if it may be replaced."),
			server->name, server->server, server->name);
	}
}

static int
say_uploaded(Cli *cli, const AccountConfig *account, RulesServer *server)
{
	if (cli->json) {
		g_autoptr(Json) json = cli_json();
		json_begin_object(json, NULL);
		write_server(json, server);
		json_end_object(json);
		return CLI_DONE;
	}
	cli_print(_("The rules are on %s, and active.\n"), server->server);
	if (server->words != NULL)
		cli_print(_("It warns: %s\n"), server->words);
	if (account->rules != RULES_SERVER)
		cli_print(_("Set rules = server, so that they do not run here as well.\n"));
	return CLI_DONE;
}

int
cli_rules_upload(Cli *cli)
{
	int status;
	const AccountConfig *account = prepare(cli, &status);
	g_autoptr(EngineEvent) event = NULL;
	g_autoptr(GError) error = NULL;

	if (account == NULL)
		return status;
	event = cli_wait(cli, engine_rules_upload(cli->engine, account->key, cli->overwrite));
	if (event->error != NULL)
		return cli_fail_more(cli, event->error, event->rules_server->server ? write_server : NULL,
			event->rules_server);
	if (event->rules_server->state == UPLOAD_SAME)
		return say_uploaded(cli, account, event->rules_server);
	set_changed(event->rules_server, &error);
	return cli_fail_more(cli, error, write_server, event->rules_server);
}

/* ---- what is there --------------------------------------------------------------------- */

static gboolean
is_active(const RulesServer *server, const char *name)
{
	for (guint i = 0; i < server->scripts->len; i++) {
		const ManageScript *script = server->scripts->pdata[i];
		if (script->active && strcmp(script->name, name) == 0)
			return TRUE;
	}
	return FALSE;
}

/* A terminal is given nothing raw; a file gets what is there. */
static void
print_script(const char *text)
{
	if (isatty(STDOUT_FILENO))
		cli_print("%s", text);
	else
		fwrite(text, 1, strlen(text), stdout);
}

int
cli_rules_fetch(Cli *cli)
{
	int status;
	const AccountConfig *account = prepare(cli, &status);
	g_autoptr(EngineEvent) event = NULL;
	const RulesServer *server;

	if (account == NULL)
		return status;
	event = answer(
		cli, engine_rules_fetch(cli->engine, account->key, cli->count > 1 ? cli->words[1] : NULL));
	if (event == NULL)
		return CLI_FAILED;
	server = event->rules_server;
	if (cli->json) {
		g_autoptr(Json) json = cli_json();
		json_begin_object(json, NULL);
		json_string(json, "name", server->name);
		json_bool(json, "active", is_active(server, server->name));
		json_string(json, "text", server->text);
		json_end_object(json);
	} else {
		print_script(server->text);
	}
	return CLI_DONE;
}

static void
write_script(Json *json, const ManageScript *script)
{
	json_begin_object(json, NULL);
	json_string(json, "name", script->name);
	json_bool(json, "active", script->active);
	json_end_object(json);
}

/* The list, as it is now. */
static int
say_list(Cli *cli, const RulesServer *server)
{
	g_autoptr(Json) json = cli->json ? cli_json() : NULL;

	if (json != NULL)
		json_begin_array(json, NULL);
	for (guint i = 0; i < server->scripts->len; i++) {
		const ManageScript *script = server->scripts->pdata[i];
		if (json != NULL) {
			write_script(json, script);
		} else {
			g_autofree char *name = text_safe(script->name, -1, TEXT_MARKS);
			cli_print("%s%s\n", name, script->active ? _(" (active)") : "");
		}
	}
	if (json != NULL)
		json_end_array(json);
	return CLI_DONE;
}

int
cli_rules_list(Cli *cli)
{
	int status;
	const AccountConfig *account = prepare(cli, &status);
	g_autoptr(EngineEvent) event = NULL;

	if (account == NULL)
		return status;
	event = answer(cli, engine_rules_server(cli->engine, account->key));
	return event ? say_list(cli, event->rules_server) : CLI_FAILED;
}

int
cli_rules_activate(Cli *cli)
{
	int status;
	const AccountConfig *account = prepare(cli, &status);
	g_autoptr(EngineEvent) event = NULL;
	const char *name;

	if (account == NULL)
		return status;
	name = strcmp(cli->words[1], NONE) == 0 ? NULL : cli->words[1];
	event = answer(cli, engine_rules_activate(cli->engine, account->key, name));
	return event ? say_list(cli, event->rules_server) : CLI_FAILED;
}
