/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules-server.c - an account's rules on its ManageSieve server.
 *
 * Each errand is a job with a thread and a connection of its own: they are rare,
 * and none of the account's other connections speaks this protocol. Our script
 * there has one name; of what was last uploaded a hash is kept in posthorn.db, so
 * that a script which somebody else changed is told from one that is only old.
 */
#include "config.h"

#include "engine/rules.h"

#include <string.h>

#include "account/link.h"
#include "account/sieve-place.h"
#include "engine/private.h"
#include "sieve/form.h"
#include "sieve/manage.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

/* What our script is called on every server. */
#define SCRIPT_NAME "posthorn"

typedef enum { ERRAND_LOOK, ERRAND_UPLOAD, ERRAND_FETCH, ERRAND_ACTIVATE } ErrandKind;

typedef struct {
	Engine *engine;
	EngineAccount *account;
	guint ticket;
	ErrandKind kind;
	gboolean overwrite;
	char *name; /* FETCH, ACTIVATE; may be NULL */
	Cancel *cancel;
	char *script; /* the account's, lines ended by CRLF */
	RulesServer *server;
	GError *error;
} Errand;

void
rules_server_free(RulesServer *server)
{
	if (server == NULL)
		return;
	g_clear_pointer(&server->scripts, g_ptr_array_unref);
	g_free(server->name);
	g_free(server->text);
	g_free(server->lacks);
	g_free(server->other);
	g_free(server->words);
	g_free(server->server);
	g_free(server);
}

static void
errand_free(gpointer data)
{
	Errand *errand = data;

	g_free(errand->name);
	g_free(errand->script);
	rules_server_free(errand->server);
	g_clear_error(&errand->error);
	cancel_unref(errand->cancel);
	g_free(errand);
}

/* ---- texts -------------------------------------------------------------------------- */

/* Lines ended by CRLF, as Sieve has them (RFC 5228, 2.2). */
static char *
with_crlf(const char *text)
{
	GString *out = g_string_sized_new(strlen(text) + 64);

	for (; *text != '\0'; text++) {
		if (*text == '\n' && (out->len == 0 || out->str[out->len - 1] != '\r'))
			g_string_append_c(out, '\r');
		g_string_append_c(out, *text);
	}
	return g_string_free(out, FALSE);
}

static char *
hash_of(const char *text)
{
	g_autofree char *same = with_crlf(text);

	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, same, -1);
}

static gboolean
is_same(const char *one, const char *other)
{
	g_autofree char *a = hash_of(one);
	g_autofree char *b = hash_of(other);

	return strcmp(a, b) == 0;
}

/* What was last uploaded, kept in the journal. */
typedef struct {
	char *key;
	char *hash;
} Uploaded;

static gboolean
get_uploaded(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	Uploaded *uploaded = data;

	(void)engine;
	(void)error;
	uploaded->hash = journal_get_value(journal, uploaded->key);
	return TRUE;
}

static gboolean
set_uploaded(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	const Uploaded *uploaded = data;

	(void)engine;
	return journal_set_value(journal, uploaded->key, uploaded->hash, error);
}

static gboolean
remember(Errand *errand, const char *text, GError **error)
{
	g_autofree char *key = g_strconcat("rules-uploaded/", errand->account->key, NULL);
	g_autofree char *hash = hash_of(text);
	Uploaded uploaded = {.key = key, .hash = hash};

	return journal_call(errand->engine, set_uploaded, &uploaded, error);
}

static gboolean
is_as_uploaded(Errand *errand, const char *text)
{
	g_autofree char *key = g_strconcat("rules-uploaded/", errand->account->key, NULL);
	g_autofree char *hash = hash_of(text);
	Uploaded uploaded = {.key = key};
	gboolean same;

	journal_call(errand->engine, get_uploaded, &uploaded, NULL);
	same = g_strcmp0(uploaded.hash, hash) == 0;
	g_free(uploaded.hash);
	return same;
}

/* ---- the connection ------------------------------------------------------------------------ */

/* Put what failed into words of which rules are the subject. */
static void
explain(const SievePlace *place, const char *address, GError *failure, GError **error)
{
	g_autofree char *shown = text_safe(address, -1, TEXT_MARKS);
	Fault fault = fault_of(failure);

	if (place->guessed && fault == FAULT_RETRY) {
		fault_set(error, FAULT_UNKNOWN,
			_("No ManageSieve server is known for %s: sieve is not set, DNS led to none, and its "
			  "IMAP "
			  "server does not speak it. %s"),
			shown, failure->message);
		if (place->stranger != NULL)
			g_prefix_error(error,
				_("DNS names %s, which lies in another domain: if that is right, set sieve = "
				  "%s. "),
				place->stranger, place->stranger);
	} else if (fault == FAULT_AUTH) {
		fault_set(error, fault, "%s %s", failure->message,
			_("This is about rules only: mail has a login of its own."));
	} else {
		fault_set(error, fault, "%s", failure->message);
	}
	g_error_free(failure);
}

static void
describe(RulesServer *server, const SievePlace *place, const ManageSession *session)
{
	const char *what = manage_session_implementation(session);
	g_autofree char *host = text_safe(place->server.host, -1, TEXT_MARKS);

	server->server =
		g_strdup_printf("%s:%u%s%s", host, place->server.port, what ? ", " : "", what ? what : "");
}

static ManageSession *
open_session(Errand *errand, GError **error)
{
	EngineAccount *account = errand->account;
	const AccountConfig *config = account->config;
	g_auto(SievePlace) place = {0};
	g_autoptr(Secret) secret = NULL;
	NetTarget target = {0};
	ManageLogin login = {.kind = config->auth == AUTH_OAUTH2 ? SASL_TOKEN : SASL_PASSWORD};
	GError *failure = NULL;
	ManageSession *session;

	if (!sieve_place_find(config, NULL, errand->cancel, &place, error) ||
		credentials_get(errand->engine->credentials, config, &secret, errand->cancel, error) !=
			CREDENTIALS_OK)
		return NULL;
	account_target(config, SERVER_SIEVE, account->trust, &target);
	target.host = place.server.host;
	target.port = place.server.port;
	login.user = account_user(config, SERVER_SIEVE);
	login.secret = secret;
	session = manage_session_open(&target, &login, account->key, errand->cancel, &failure);
	if (session == NULL)
		explain(&place, config->address, failure, error);
	else
		describe(errand->server, &place, session);
	return session;
}

/* ---- the errands --------------------------------------------------------------------------------- */

/* How what is there stands to what is here. */
static UploadState
judge(Errand *errand, gboolean active)
{
	const RulesServer *server = errand->server;
	UploadState state = UPLOAD_CHANGED;

	if (server->text == NULL)
		state = UPLOAD_NEW;
	else if (is_same(server->text, errand->script))
		state = active ? UPLOAD_SAME : UPLOAD_READY;
	else if (is_as_uploaded(errand, server->text))
		state = UPLOAD_READY;
	return server->other != NULL && state != UPLOAD_SAME ? UPLOAD_CHANGED : state;
}

/* What scripts are there, and ours among them. */
static gboolean
look(Errand *errand, ManageSession *session, GError **error)
{
	RulesServer *server = errand->server;
	g_autoptr(FormScript) form = form_parse(errand->script, -1);
	g_autoptr(GPtrArray) required = g_ptr_array_new();
	gboolean present = FALSE, active = FALSE;

	g_clear_pointer(&server->scripts, g_ptr_array_unref);
	g_clear_pointer(&server->other, g_free);
	g_clear_pointer(&server->text, g_free);
	g_clear_pointer(&server->lacks, g_free);
	server->scripts = manage_session_list(session, errand->cancel, error);
	if (server->scripts == NULL)
		return FALSE;
	for (guint i = 0; i < server->scripts->len; i++) {
		const ManageScript *script = server->scripts->pdata[i];
		if (strcmp(script->name, SCRIPT_NAME) == 0) {
			present = TRUE;
			active = script->active;
		} else if (script->active && server->other == NULL) {
			server->other = g_strdup(script->name);
		}
	}
	if (present) {
		server->text = manage_session_get(session, SCRIPT_NAME, errand->cancel, error);
		if (server->text == NULL)
			return FALSE;
	}
	g_ptr_array_extend(required, form->required, NULL, NULL);
	g_ptr_array_add(required, NULL);
	server->lacks = manage_session_lacks(session, (const char *const *)required->pdata);
	server->state = judge(errand, active);
	return TRUE;
}

static gboolean
may_change(const Errand *errand, GError **error)
{
	if (!errand->account->config->read_only)
		return TRUE;
	fault_set(error, FAULT_REFUSED, _("The account is read-only: nothing is changed on its server."));
	return FALSE;
}

static gboolean
upload(Errand *errand, ManageSession *session, GError **error)
{
	RulesServer *server = errand->server;
	Cancel *cancel = errand->cancel;
	g_autofree char *warnings = NULL;

	if (server->state == UPLOAD_SAME)
		return remember(errand, errand->script, error);
	if (server->lacks != NULL) {
		fault_set(error, FAULT_REFUSED,
			_("%s cannot run these rules; it lacks: %s. Change them, or let them run here (rules "
			  "= "
			  "client)."),
			server->server, server->lacks);
		return FALSE;
	}
	/* To be asked about: nothing was changed. */
	if (server->state == UPLOAD_CHANGED && !errand->overwrite)
		return TRUE;
	if (!manage_session_have_space(session, SCRIPT_NAME, strlen(errand->script), cancel, error) ||
		!manage_session_check(session, errand->script, &server->words, cancel, error) ||
		!manage_session_put(session, SCRIPT_NAME, errand->script, &warnings, cancel, error) ||
		!remember(errand, errand->script, error) ||
		!manage_session_activate(session, SCRIPT_NAME, cancel, error))
		return FALSE;
	if (server->words == NULL)
		server->words = g_steal_pointer(&warnings);
	return look(errand, session, error);
}

static gboolean
fetch(Errand *errand, ManageSession *session, GError **error)
{
	RulesServer *server = errand->server;

	for (guint i = 0; i < server->scripts->len && errand->name == NULL; i++) {
		const ManageScript *script = server->scripts->pdata[i];
		if (script->active)
			errand->name = g_strdup(script->name);
	}
	if (errand->name == NULL) {
		fault_set(error, FAULT_UNKNOWN, _("No script is active on %s."), server->server);
		return FALSE;
	}
	g_free(server->name);
	server->name = g_strdup(errand->name);
	g_free(server->text);
	server->text = manage_session_get(session, errand->name, errand->cancel, error);
	return server->text != NULL;
}

static gboolean
run_with(Errand *errand, ManageSession *session, GError **error)
{
	if (!look(errand, session, error))
		return FALSE;
	switch (errand->kind) {
	case ERRAND_LOOK:
		return TRUE;
	case ERRAND_UPLOAD:
		return upload(errand, session, error);
	case ERRAND_FETCH:
		return fetch(errand, session, error);
	case ERRAND_ACTIVATE:
		return manage_session_activate(session, errand->name, errand->cancel, error) &&
		       look(errand, session, error);
	}
	return FALSE;
}

/* The account's script; "" where there is none. */
static gboolean
load(Errand *errand, GError **error)
{
	const Paths *paths = errand->engine->paths;
	g_autofree char *text = rules_load(paths, errand->account->key, error);

	if (text == NULL)
		return FALSE;
	if (errand->kind == ERRAND_UPLOAD && *text == '\0') {
		g_autofree char *path = rules_path(paths, errand->account->key);
		fault_set(error, FAULT_INPUT, _("There are no rules to upload: %s is empty."), path);
		return FALSE;
	}
	errand->script = with_crlf(text);
	return TRUE;
}

static gboolean
run_errand(Errand *errand, GError **error)
{
	gboolean changes = errand->kind == ERRAND_UPLOAD || errand->kind == ERRAND_ACTIVATE;
	g_autoptr(ManageSession) session = NULL;

	if (errand->engine->offline) {
		fault_set(error, FAULT_RETRY, _("Posthorn is offline."));
		return FALSE;
	}
	if ((changes && !may_change(errand, error)) || !load(errand, error))
		return FALSE;
	session = open_session(errand, error);
	return session != NULL && run_with(errand, session, error);
}

static const GError *
run(gpointer data, Cancel *cancel)
{
	Errand *errand = data;
	EngineEvent *event = engine_event_new(EVENT_RULES_SERVER, errand->account->key);

	(void)cancel;
	errand->server = g_new0(RulesServer, 1);
	errand->server->name = g_strdup(SCRIPT_NAME);
	run_errand(errand, &errand->error);
	registry_remove(errand->engine->registry, errand->ticket);
	event->ticket = errand->ticket;
	event->error = errand->error ? g_error_copy(errand->error) : NULL;
	event->rules_server = g_steal_pointer(&errand->server);
	engine_post(errand->engine, event);
	return errand->error;
}

/* ---- main's calls ------------------------------------------------------------------------------------ */

static guint
start(Engine *engine, const char *key, ErrandKind kind, const char *name, gboolean overwrite)
{
	static const char *const titles[] = {
		[ERRAND_LOOK] = N_("rules on the server"),
		[ERRAND_UPLOAD] = N_("uploading the rules"),
		[ERRAND_FETCH] = N_("fetching rules from the server"),
		[ERRAND_ACTIVATE] = N_("switching rules on the server"),
	};
	EngineAccount *account = engine_account(engine, key);
	guint ticket = registry_next(engine->registry);
	Errand *errand;

	if (account == NULL) {
		EngineEvent *event = engine_event_new(EVENT_RULES_SERVER, key);
		event->ticket = ticket;
		fault_set(&event->error, FAULT_UNKNOWN, _("There is no such account."));
		engine_post(engine, event);
		return ticket;
	}
	errand = g_new0(Errand, 1);
	errand->engine = engine;
	errand->account = account;
	errand->ticket = ticket;
	errand->kind = kind;
	errand->name = g_strdup(name);
	errand->overwrite = overwrite;
	errand->cancel = cancel_new();
	registry_add(engine->registry, ticket, errand->cancel);
	engine_run_job_for(engine, key, _(titles[kind]), errand->cancel, run, NULL, errand, errand_free);
	return ticket;
}

guint
engine_rules_server(Engine *engine, const char *account)
{
	return start(engine, account, ERRAND_LOOK, NULL, FALSE);
}

guint
engine_rules_upload(Engine *engine, const char *account, gboolean overwrite)
{
	return start(engine, account, ERRAND_UPLOAD, NULL, overwrite);
}

guint
engine_rules_fetch(Engine *engine, const char *account, const char *name)
{
	return start(engine, account, ERRAND_FETCH, name, FALSE);
}

guint
engine_rules_activate(Engine *engine, const char *account, const char *name)
{
	return start(engine, account, ERRAND_ACTIVATE, name, FALSE);
}
