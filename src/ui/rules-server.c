/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rules on the server. Nothing is sent, and nothing here is replaced, before it was said what
 * is there now and yes was answered; what changed there since is shown line by line.
 */
#include "config.h"

#include "ui/rules.h"

#include <string.h>

#include "engine/rules.h"
#include "ui/core.h"
#include "ui/rules-diff.h"
#include "ui/rules-edit.h"
#include "ui/text-view.h"
#include "util/i18n.h"

/* What waits for an answer. */
typedef struct {
	UiAccount *account;
	char *text; /* the server's; NULL */
	char *here; /* ours, as it was compared */
	char *name;
} Asked;

static void
asked_free(gpointer data)
{
	Asked *asked = data;

	g_free(asked->text);
	g_free(asked->here);
	g_free(asked->name);
	g_free(asked);
}

static Asked *
asked_new(App *app, UiAccount *account, const RulesServer *server)
{
	Asked *asked = g_new0(Asked, 1);

	asked->account = account;
	asked->text = g_strdup(server->text);
	asked->name = g_strdup(server->name);
	asked->here = rules_load(app->paths, account->key, NULL);
	return asked;
}

static UiAccount *
account_of(App *app, const EngineEvent *event)
{
	return app_account(app, event->account);
}

static void
show(App *app, const char *title, const char *difference)
{
	g_autoptr(GBytes) octets = g_bytes_new(difference, strlen(difference));

	app_push(app, text_view_octets(app, title, octets, "UTF-8"));
}

/* ---- upload ---------------------------------------------------------------------------------------- */

static void uploaded(App *app, View *view, const EngineEvent *event, gpointer data);

static void
send_rules(App *app, View *view, UiAccount *account, gboolean overwrite)
{
	app_say(app, "%s", _("Sending the rules to the server."));
	app_expect(
		app, engine_rules_upload(app->engine, account->key, overwrite), view, uploaded, NULL, NULL);
}

static void
upload_confirmed(App *app, View *view, gunichar choice, gpointer data)
{
	const Asked *asked = data;

	(void)choice;
	send_rules(app, view, asked->account, FALSE);
}

static void
changed_answered(App *app, View *view, gunichar choice, gpointer data)
{
	const Asked *asked = data;
	g_autofree char *difference = NULL;

	if (choice == 'o') {
		send_rules(app, view, asked->account, TRUE);
	} else if (choice == 'v') {
		difference = rules_difference(asked->text ? asked->text : "", asked->here ? asked->here : "");
		show(app, _("From the server's rules (-) to those here (+)"), difference);
	} else {
		app_say(app, "%s", _("Nothing was done."));
	}
}

/* What is there is not what we put there, or is not what runs: nothing is done before an answer. */
static void
ask_changed(App *app, View *view, UiAccount *account, const RulesServer *server)
{
	g_autofree char *words =
		server->other
			? g_strdup_printf(
				  _("On %s another script is active, \"%s\"; it would be switched off.\n"
				    "n leave it  o send ours and let it run  v show the difference"),
				  server->server, server->other)
			: g_strdup_printf(_("The script \"%s\" on %s was changed by another program.\n"
					    "n leave it  o overwrite it  v show the difference"),
				  server->name ? server->name : "", server->server);

	app_choose(app, view, words, "nov", changed_answered, asked_new(app, account, server), asked_free);
}

/* Errors are said. FALSE: there is no answer to go on with. */
static gboolean
is_answer(App *app, const EngineEvent *event)
{
	if (event->error)
		app_error(app, event->error);
	return !event->error && event->rules_server && account_of(app, event);
}

/* Else they would run here as well. FALSE: said. */
static gboolean
leave_to_server(App *app, UiAccount *account)
{
	const AccountConfig *config = app_account_config(app, account);
	g_autofree char *section = g_strdup_printf("account %s", account->key);
	const ConfigEntry entry = {"rules", "server"};
	g_autoptr(GError) error = NULL;

	if (config && config->rules == RULES_SERVER)
		return TRUE;
	if (config_set(app->config, section, &entry, 1, &error))
		return TRUE;
	g_prefix_error(&error, "%s ", _("The server runs the rules now, and Posthorn does too:"));
	app_error(app, error);
	return FALSE;
}

static void
uploaded(App *app, View *view, const EngineEvent *event, gpointer data)
{
	const RulesServer *server = event->rules_server;
	UiAccount *account = account_of(app, event);

	(void)data;
	if (!is_answer(app, event))
		return;
	if (server->state == UPLOAD_CHANGED)
		ask_changed(app, view, account, server);
	else if (!leave_to_server(app, account))
		return;
	else if (server->words)
		app_warn(app, _("%s runs the rules from now on (rules = server). It remarks: %s"),
			server->server, server->words);
	else
		app_say(app, _("%s runs the rules from now on (rules = server)."), server->server);
}

static void
server_known(App *app, View *view, const EngineEvent *event, gpointer data)
{
	const RulesServer *server = event->rules_server;
	UiAccount *account = account_of(app, event);
	g_autofree char *words = NULL;

	(void)data;
	if (!is_answer(app, event))
		return;
	if (server->lacks) {
		app_warn(app,
			_("These rules cannot run on %s, which does not know %s. They go on running here."),
			server->server, server->lacks);
	} else if (server->state == UPLOAD_SAME) {
		app_say(app, _("The same rules are active on %s already."), server->server);
	} else if (server->state == UPLOAD_CHANGED) {
		ask_changed(app, view, account, server);
	} else {
		words = g_strdup_printf(_("The rules go to %s.\nSend them, and let the server run them? y/n"),
			server->server);
		app_confirm(app, view, words, upload_confirmed, asked_new(app, account, server), asked_free);
	}
}

void
rules_server_upload(App *app, View *view, UiAccount *account)
{
	if (!app->engine)
		return;
	app_say(app, "%s", _("Asking the server about its rules."));
	app_expect(app, engine_rules_server(app->engine, account->key), view, server_known, NULL, NULL);
}

/* ---- fetch ------------------------------------------------------------------------------------------- */

static void
take_it(App *app, View *view, gunichar choice, gpointer data)
{
	const Asked *asked = data;
	g_autofree char *difference = NULL;

	(void)view;
	if (choice == 'y') {
		if (rules_keep(app, asked->account, asked->here, asked->text, _("the server's rules")))
			app_say(app, "%s", _("The rules here are those of the server now.  u takes it back"));
	} else if (choice == 'v') {
		difference = rules_difference(asked->here ? asked->here : "", asked->text);
		show(app, _("From the rules here (-) to the server's (+)"), difference);
	} else {
		app_say(app, "%s", _("Nothing was done."));
	}
}

static void
fetched(App *app, View *view, const EngineEvent *event, gpointer data)
{
	const RulesServer *server = event->rules_server;
	UiAccount *account = account_of(app, event);
	g_autofree char *words = NULL;
	Asked *asked;

	(void)data;
	if (!is_answer(app, event))
		return;
	if (!server->text) {
		app_say(app, _("There is no active script on %s."), server->server);
		return;
	}
	asked = asked_new(app, account, server);
	if (g_strcmp0(asked->here, asked->text) == 0) {
		app_say(app, _("The rules on %s are the same as here."), server->server);
		asked_free(asked);
		return;
	}
	words = g_strdup_printf(_("Take the script \"%s\" of %s in place of the rules here?\nn no  y yes (u "
				  "takes it back)  v show the difference"),
		server->name ? server->name : "", server->server);
	app_choose(app, view, words, "nyv", take_it, asked, asked_free);
}

void
rules_server_fetch(App *app, View *view, UiAccount *account)
{
	if (!app->engine)
		return;
	app_say(app, "%s", _("Asking the server for its rules."));
	app_expect(app, engine_rules_fetch(app->engine, account->key, NULL), view, fetched, NULL, NULL);
}
