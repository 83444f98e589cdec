/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * probe.c - one server after the other; for each its candidates in turn. A
 * candidate that cannot be reached or has no TLS gives way to the next; the
 * first that can is settled on, and its login decides.
 */
#include "config.h"

#include "account/probe.h"

#include <string.h>

#include "account/providers.h"
#include "account/scout.h"
#include "imap/session.h"
#include "net/trace.h"
#include "smtp/session.h"
#include "store/types.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"

/* A guess is given less time than a server that somebody named. */
#define GUESS_MS 5000

typedef struct {
	const ProbeOptions *options;
	ProbeResult *result;
	Cancel *cancel;
	AccountConfig *account; /* with the candidate's server and user filled in */
	NetTrust *trust;
	AccountServer server;
	GPtrArray *scouted; /* of GError: why a candidate does not answer, NULL: it may; NULL: none was looked
			       at */
	/* the step under way */
	ProbeStep step;
	gint64 began_us;
	gboolean running;
} Probe;

/* ---- telling ------------------------------------------------------------------------ */

static char *
title_of(const Probe *probe)
{
	const HostPort *where = probe->server == SERVER_IMAP ? &probe->account->imap : &probe->account->smtp;
	g_autofree char *server = where->host != NULL ? server_format(where) : g_strdup("");

	switch (probe->step) {
	case STEP_CONNECT:
		return g_strdup_printf(_("Connect to %s"), server);
	case STEP_LOGIN:
		return g_strdup_printf(_("Log in as %s"), account_user(probe->account, probe->server));
	default:
		return g_strdup(_("Look at the folders"));
	}
}

static void
tell(Probe *probe, ProbeState state, const char *words)
{
	g_autofree char *title = title_of(probe);
	ProbeReport report = {
		.server = probe->server,
		.step = probe->step,
		.state = state,
		.title = title,
		.words = words,
		.ms = (guint)((dates_clock_us() - probe->began_us) / 1000),
	};

	if (probe->options->report != NULL)
		probe->options->report(&report, probe->options->user);
}

static void
begin_step(Probe *probe, ProbeStep step)
{
	probe->step = step;
	probe->began_us = dates_clock_us();
	probe->running = TRUE;
	tell(probe, STEP_RUNNING, NULL);
}

static void
end_step(Probe *probe, ProbeState state, const char *words)
{
	if (!probe->running)
		return;
	probe->running = FALSE;
	tell(probe, state, words);
}

static void
skip_steps(Probe *probe, ProbeStep from, ProbeStep to, const char *why)
{
	for (int step = from; step <= (int)to; step++) {
		probe->step = (ProbeStep)step;
		probe->began_us = dates_clock_us();
		tell(probe, STEP_SKIPPED, why);
	}
}

/* ---- connecting ------------------------------------------------------------------------ */

static char *
protection_words(const NetTls *tls)
{
	g_autoptr(GDateTime) until = NULL;
	g_autofree char *date = NULL;

	if (tls == NULL)
		return g_strdup(_("not encrypted (this machine only)"));
	if (tls->certificate == NULL)
		return g_strdup(tls->version);
	if (tls->accepted)
		return g_strdup_printf(_("%s, certificate accepted by hand"), tls->version);
	until = g_date_time_new_from_unix_utc(tls->certificate->not_after);
	date = until != NULL ? g_date_time_format(until, "%Y-%m-%d") : g_strdup("?");
	return g_strdup_printf(_("%s, certificate valid until %s"), tls->version, date);
}

static void
make_target(const Probe *probe, gboolean guess, NetTarget *target)
{
	account_target(probe->account, probe->server, probe->trust, target);
	if (guess) {
		target->connect_ms = GUESS_MS;
		target->tls_ms = GUESS_MS;
		target->greeting_ms = GUESS_MS;
	}
}

static char *
role_words(GPtrArray *folders)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < folders->len; i++) {
		const ImapFolder *folder = g_ptr_array_index(folders, i);
		if (folder->role == NULL || strstr(out->str, folder->role) != NULL)
			continue;
		if (out->len > 0)
			g_string_append(out, ", ");
		g_string_append(out, folder->role);
	}
	return g_string_free(out, FALSE);
}

static gboolean
look_at_folders(Probe *probe, ImapSession *session, GError **error)
{
	ImapList list = {0};
	g_autoptr(GPtrArray) folders = NULL;
	g_autofree char *words = NULL;

	begin_step(probe, STEP_FOLDERS);
	folders = imap_session_list(session, &list, NULL, probe->cancel, error);
	if (folders == NULL)
		return FALSE;
	probe->result->folders = folders->len;
	g_free(probe->result->roles);
	probe->result->roles = role_words(folders);
	words = g_strdup_printf(P_("%u folder; known: %s", "%u folders; known: %s", folders->len),
		folders->len, *probe->result->roles != '\0' ? probe->result->roles : "-");
	end_step(probe, STEP_OK, words);
	return TRUE;
}

static gboolean
try_imap(Probe *probe, gboolean guess, GError **error)
{
	static const ImapIdField id[] = {{"name", PACKAGE_NAME}, {"version", PACKAGE_VERSION}, {NULL, NULL}};
	g_autoptr(ImapSession) session = NULL;
	g_autofree char *protection = NULL;
	NetTarget target;
	NetStream *stream;
	ImapLogin login;

	make_target(probe, guess, &target);
	begin_step(probe, STEP_CONNECT);
	stream = net_stream_open(&target, probe->cancel, error);
	if (stream == NULL)
		return FALSE;
	protection = protection_words(net_stream_tls(stream));
	session = imap_session_new(stream, "setup");
	end_step(probe, STEP_OK, protection);
	if (probe->options->secret == NULL)
		return TRUE;
	begin_step(probe, STEP_LOGIN);
	login = (ImapLogin){.user = account_user(probe->account, SERVER_IMAP),
		.secret = probe->options->secret,
		.token = probe->account->auth == AUTH_OAUTH2,
		.host = target.host,
		.port = target.port,
		.id = id};
	if (!imap_session_login(session, &login, probe->cancel, error))
		return FALSE;
	end_step(probe, STEP_OK, imap_session_server_name(session));
	if (!look_at_folders(probe, session, error))
		return FALSE;
	imap_session_logout(session, NULL);
	return TRUE;
}

/* The greeting came: what follows is the login. */
static void
on_smtp_line(const char *line, gpointer user)
{
	Probe *probe = user;

	net_trace(LOG_SMTP, "setup", 'S', line, strlen(line));
	if (probe->step != STEP_CONNECT || probe->options->secret == NULL)
		return;
	end_step(probe, STEP_OK, NULL);
	begin_step(probe, STEP_LOGIN);
}

static gboolean
try_smtp(Probe *probe, gboolean guess, GError **error)
{
	g_autoptr(SmtpSession) session = NULL;
	g_autofree char *protection = NULL;
	NetTarget target;
	SmtpLogin login = {
		.kind = probe->account->auth == AUTH_OAUTH2 ? SMTP_TOKEN : SMTP_PASSWORD,
		.user = account_user(probe->account, SERVER_SMTP),
		.secret = probe->options->secret,
	};

	make_target(probe, guess, &target);
	/* With STARTTLS the first greeting stands before the encryption: then both steps end at once. */
	if (target.security != NET_STARTTLS) {
		target.trace = on_smtp_line;
		target.trace_user = probe;
	}
	begin_step(probe, STEP_CONNECT);
	session = smtp_session_open(
		&target, login.secret != NULL ? &login : NULL, "setup", probe->cancel, error);
	if (session == NULL)
		return FALSE;
	protection = protection_words(smtp_session_tls(session));
	if (probe->step == STEP_CONNECT) {
		end_step(probe, STEP_OK, protection);
		if (login.secret == NULL)
			return TRUE;
		begin_step(probe, STEP_LOGIN);
	}
	end_step(probe, STEP_OK, smtp_session_mechanism(session));
	return TRUE;
}

/* ---- candidates ------------------------------------------------------------------------- */

static void
use_candidate(Probe *probe, const ServerGuess *guess, const char *user)
{
	gboolean imap = probe->server == SERVER_IMAP;
	HostPort *where = imap ? &probe->account->imap : &probe->account->smtp;
	char **name = imap ? &probe->account->user : &probe->account->smtp_user;

	g_free(where->host);
	where->host = g_strdup(guess->server.host);
	where->port = guess->server.port;
	*(imap ? &probe->account->imap_security : &probe->account->smtp_security) = guess->security;
	g_free(*name);
	*name = g_strdup(user);
}

static void
add_candidate(GPtrArray *list, const HostPort *server, guint16 port, NetSecurity security, const char *user)
{
	ServerGuess *guess = g_new0(ServerGuess, 1);

	guess->server.host = g_strdup(server->host);
	guess->server.port = port;
	guess->security = security;
	guess->user = g_strdup(user);
	g_ptr_array_add(list, guess);
}

/* Networks block one port and not the other. Only for the usual ports, whose meaning is known. */
static void
add_other_port(GPtrArray *list, const HostPort *server, NetSecurity security, gboolean smtp, const char *user)
{
	NetSecurity other = security == NET_TLS ? NET_STARTTLS : NET_TLS;

	if (security != NET_PLAIN && server->port == server_default_port(smtp, security))
		add_candidate(list, server, server_default_port(smtp, other), other, user);
}

/* The server that was named, else guesses; where only the one for reading was named, that host first. */
static GPtrArray *
list_candidates(const Probe *probe, GError **error)
{
	const AccountConfig *wanted = probe->options->account;
	gboolean smtp = probe->server == SERVER_SMTP;
	const HostPort *named = smtp ? &wanted->smtp : &wanted->imap;
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)server_guess_free);
	g_autoptr(GPtrArray) guesses = NULL;

	if (named->host != NULL) {
		add_candidate(list, named, named->port, smtp ? wanted->smtp_security : wanted->imap_security,
			wanted->address);
		if (probe->options->found)
			add_other_port(list, named, smtp ? wanted->smtp_security : wanted->imap_security,
				smtp, wanted->address);
		return g_steal_pointer(&list);
	}
	if (smtp && wanted->imap.host != NULL && providers_find(wanted->address) == NULL) {
		add_candidate(list, &wanted->imap, 465, NET_TLS, wanted->address);
		add_candidate(list, &wanted->imap, 587, NET_STARTTLS, wanted->address);
	}
	guesses = providers_guess(wanted->address, smtp, error);
	if (guesses == NULL)
		return NULL;
	g_ptr_array_extend_and_steal(list, g_steal_pointer(&guesses));
	return g_steal_pointer(&list);
}

/* Which names to log in by: the one given alone, else the guess, and where that is the address, its local
 * part. */
static GPtrArray *
list_users(const Probe *probe, const ServerGuess *guess)
{
	const AccountConfig *wanted = probe->options->account;
	const char *given =
		probe->server == SERVER_SMTP && wanted->smtp_user != NULL ? wanted->smtp_user : wanted->user;
	GPtrArray *users = g_ptr_array_new_with_free_func(g_free);
	char *local = NULL;

	if (given == NULL && probe->server == SERVER_SMTP && probe->result->imap_user != NULL &&
		providers_find(wanted->address) == NULL)
		given = probe->result->imap_user;
	g_ptr_array_add(users, g_strdup(given != NULL ? given : guess->user));
	if (given == NULL && g_strcmp0(guess->user, wanted->address) == 0 && wanted->auth == AUTH_PASSWORD &&
		providers_find(wanted->address) == NULL && address_split(wanted->address, &local, NULL, NULL))
		g_ptr_array_add(users, local);
	return users;
}

static gboolean
try_users(Probe *probe, const ServerGuess *guess, gboolean is_guess, GError **error)
{
	g_autoptr(GPtrArray) users = list_users(probe, guess);

	for (guint i = 0; i < users->len; i++) {
		g_autoptr(GError) failure = NULL;
		gboolean last = i + 1 == users->len;
		use_candidate(probe, guess, g_ptr_array_index(users, i));
		if (probe->server == SERVER_IMAP ? try_imap(probe, is_guess, &failure)
						 : try_smtp(probe, is_guess, &failure))
			return TRUE;
		if (last || fault_of(failure) != FAULT_AUTH || probe->options->secret == NULL) {
			g_propagate_error(error, g_steal_pointer(&failure));
			return FALSE;
		}
		end_step(probe, STEP_PASSED_BY, failure->message);
	}
	return FALSE;
}

/* Could another candidate be the one? Not after the user must act, nor when told to stop. */
static gboolean
gives_way(const GError *failure)
{
	Fault fault = fault_of(failure);

	return fault == FAULT_RETRY || fault == FAULT_REFUSED || fault == FAULT_PROTOCOL ||
	       fault == FAULT_TRUST;
}

/* Of several failures the one worth telling: a certificate says more than a name that was not found. */
static void
keep_better(GError **kept, GError *take_failure)
{
	if (*kept == NULL || (fault_of(*kept) == FAULT_RETRY && fault_of(take_failure) != FAULT_RETRY)) {
		g_clear_error(kept);
		*kept = take_failure;
	} else {
		g_error_free(take_failure);
	}
}

/* Several: look which answer, all at once, so that guesses cost seconds and not minutes. */
static gboolean
scout_candidates(Probe *probe, GPtrArray *candidates, GError **error)
{
	g_autofree NetTarget *targets = g_new0(NetTarget, candidates->len);

	g_clear_pointer(&probe->scouted, g_ptr_array_unref);
	if (candidates->len < 2)
		return TRUE;
	for (guint i = 0; i < candidates->len; i++) {
		const ServerGuess *guess = g_ptr_array_index(candidates, i);
		targets[i] = (NetTarget){
			.scheme = probe->server == SERVER_IMAP ? NET_IMAP : NET_SMTP,
			.security = guess->security,
			.host = guess->server.host,
			.port = guess->server.port,
			.trust = probe->trust,
			.connect_ms = GUESS_MS,
			.tls_ms = GUESS_MS,
			.greeting_ms = GUESS_MS,
		};
	}
	probe->scouted = scout_servers(targets, candidates->len, probe->cancel, error);
	return probe->scouted != NULL;
}

/* The candidate's turn: by what was found before where that was a failure. */
static gboolean
try_candidate(Probe *probe, GPtrArray *candidates, guint i, GError **error)
{
	const ServerGuess *guess = g_ptr_array_index(candidates, i);
	const GError *known = probe->scouted != NULL ? g_ptr_array_index(probe->scouted, i) : NULL;

	if (known == NULL)
		return try_users(probe, guess, candidates->len > 1, error);
	use_candidate(probe, guess, guess->user);
	begin_step(probe, STEP_CONNECT);
	g_propagate_error(error, g_error_copy(known));
	return FALSE;
}

static gboolean
try_server(Probe *probe, AccountServer server, GError **error)
{
	g_autoptr(GPtrArray) candidates = NULL;
	g_autoptr(GError) kept = NULL;

	probe->server = server;
	candidates = list_candidates(probe, error);
	if (candidates == NULL || !scout_candidates(probe, candidates, error))
		return FALSE;
	for (guint i = 0; i < candidates->len; i++) {
		const ServerGuess *guess = g_ptr_array_index(candidates, i);
		GError *failure = NULL;
		gboolean last = i + 1 == candidates->len;
		gboolean settled;
		if (try_candidate(probe, candidates, i, &failure))
			return TRUE;
		/* A login that failed was refused by the right server. */
		settled = last || probe->step != STEP_CONNECT || !gives_way(failure);
		end_step(probe, settled ? STEP_FAILED : STEP_PASSED_BY, failure->message);
		if (fault_of(failure) == FAULT_TRUST && probe->result->certificate == NULL)
			probe->result->certificate =
				net_trust_refused(probe->trust, guess->server.host, guess->server.port);
		if (settled && !gives_way(failure)) {
			g_propagate_error(error, failure);
			return FALSE;
		}
		keep_better(&kept, failure);
		if (settled)
			break;
	}
	if (kept != NULL)
		g_propagate_error(error, g_steal_pointer(&kept));
	else
		fault_set(
			error, FAULT_INPUT, _("the servers cannot be guessed from this address; name them"));
	return FALSE;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static void
keep_found(Probe *probe)
{
	gboolean imap = probe->server == SERVER_IMAP;
	const HostPort *where = imap ? &probe->account->imap : &probe->account->smtp;
	HostPort *found = imap ? &probe->result->imap : &probe->result->smtp;

	found->host = g_strdup(where->host);
	found->port = where->port;
	*(imap ? &probe->result->imap_security : &probe->result->smtp_security) =
		imap ? probe->account->imap_security : probe->account->smtp_security;
	*(imap ? &probe->result->imap_user : &probe->result->smtp_user) =
		g_strdup(account_user(probe->account, probe->server));
	*(imap ? &probe->result->imap_ok : &probe->result->smtp_ok) = TRUE;
}

static gboolean
run(Probe *probe, GError **error)
{
	static const AccountServer servers[] = {SERVER_IMAP, SERVER_SMTP};

	for (gsize i = 0; i < (probe->options->imap_only ? 1 : G_N_ELEMENTS(servers)); i++) {
		if (!try_server(probe, servers[i], error)) {
			ProbeStep last = servers[i] == SERVER_IMAP ? STEP_FOLDERS : STEP_LOGIN;
			skip_steps(probe, (ProbeStep)(probe->step + 1), last, NULL);
			return FALSE;
		}
		keep_found(probe);
	}
	return TRUE;
}

gboolean
probe_run(const ProbeOptions *options, ProbeResult *result, Cancel *cancel, GError **error)
{
	Probe probe = {.options = options, .result = result, .cancel = cancel};
	GError *failure = NULL;
	gboolean good = FALSE;

	probe.account = account_config_copy(options->account);
	probe.trust = account_trust(options->account, options->roots, &failure);
	if (probe.trust != NULL)
		good = run(&probe, &failure);
	if (!good) {
		result->failed = probe.server;
		result->cause = cause_of(failure, probe.account, probe.server);
		g_propagate_error(error, failure);
	}
	g_clear_pointer(&probe.scouted, g_ptr_array_unref);
	g_clear_pointer(&probe.trust, net_trust_unref);
	account_config_free(probe.account);
	return good;
}

void
probe_result_clear(ProbeResult *result)
{
	g_free(result->imap.host);
	g_free(result->smtp.host);
	g_free(result->imap_user);
	g_free(result->smtp_user);
	g_free(result->roles);
	g_clear_pointer(&result->certificate, net_certificate_free);
	g_clear_pointer(&result->cause, cause_free);
	memset(result, 0, sizeof *result);
}
