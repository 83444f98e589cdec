/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * discover-sources.c - what each source is asked, and what its answer is worth.
 *
 * The names that DNS and XML give are only written down here; no name or
 * password goes to any of them.
 */
#include "config.h"

#include <string.h>

#include "account/address.h"
#include "account/discover-private.h"
#include "account/scout.h"
#include "net/http.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

#define ISPDB_URL "https://live.thunderbird.net/autoconfig/v1.1/"
#define REDIRECTS 3
/* An MX's host is looked at up to so many labels above it. */
#define MX_STEPS 2
#define GUESS_MS 5000

static void
set_server(DiscoverServer *server, const char *host, guint16 port, NetSecurity security, const char *user)
{
	server->server.host = g_strdup(host);
	server->server.port = port;
	server->security = security;
	server->user = g_strdup(user);
}

/* Nobody vouches for a host in another domain that DNS alone named. */
static void
judge_hosts(DiscoverResult *result, const char *domain)
{
	const char *hosts[] = {result->imap.server.host, result->smtp.server.host};

	result->sure = TRUE;
	for (gsize i = 0; i < G_N_ELEMENTS(hosts) && result->sure; i++) {
		g_autofree char *ascii = hosts[i] != NULL ? g_hostname_to_ascii(hosts[i]) : NULL;
		if (hosts[i] == NULL || (ascii != NULL && net_srv_is_within(ascii, domain)))
			continue;
		result->sure = FALSE;
		result->why_not =
			g_strdup_printf(_("%s lies outside of %s, and only DNS says that it is its server"),
				hosts[i], domain);
	}
}

/* ---- SRV ---- */

typedef struct {
	const char *service;
	NetSecurity security;
} Service;

/* FALSE: DNS failed. */
static gboolean
ask_service(DiscoverTask *task, const Service *service, const char *user, DiscoverServer *server,
	gboolean *refused)
{
	g_autoptr(GPtrArray) list = NULL;
	const NetSrv *first;

	switch (net_srv_lookup(
		service->service, task->domain, task->options->resolver, task->stop, &list, &task->error)) {
	case NET_SRV_FOUND:
		task->reached = TRUE;
		first = g_ptr_array_index(list, 0);
		set_server(server, first->host, first->port, service->security, user);
		return TRUE;
	case NET_SRV_NOT:
		*refused = TRUE;
		task->reached = TRUE;
		return TRUE;
	case NET_SRV_NONE:
		task->reached = TRUE;
		return TRUE;
	default:
		return FALSE;
	}
}

/* Both services of a kind, implicit TLS first. *refused: the domain says that it has neither. FALSE: DNS
 * failed. */
static gboolean
ask_kind(DiscoverTask *task, const Service *services, DiscoverServer *server, gboolean *refused)
{
	guint refusals = 0;

	for (gsize i = 0; i < 2 && server->server.host == NULL; i++) {
		gboolean not_there = FALSE;
		if (!ask_service(task, &services[i], task->options->address, server, &not_there))
			return FALSE;
		refusals += not_there;
	}
	*refused = refusals > 0 && server->server.host == NULL;
	return TRUE;
}

static void
ask_srv(DiscoverTask *task)
{
	static const Service imap[] = {{"_imaps._tcp", NET_TLS}, {"_imap._tcp", NET_STARTTLS}};
	static const Service smtp[] = {{"_submissions._tcp", NET_TLS}, {"_submission._tcp", NET_STARTTLS}};
	g_autoptr(DiscoverResult) result = g_new0(DiscoverResult, 1);
	gboolean no_sending = FALSE;

	if (!ask_kind(task, imap, &result->imap, &task->not_offered) || result->imap.server.host == NULL)
		return;
	/* Without an answer to this one the first is worth something still. */
	if (!ask_kind(task, smtp, &result->smtp, &no_sending))
		g_clear_error(&task->error);
	judge_hosts(result, task->domain);
	result->origin = g_strdup_printf(
		"%s.%s", imap[result->imap.security == NET_TLS ? 0 : 1].service, task->domain);
	task->result = g_steal_pointer(&result);
}

/* ---- XML ---- */

/* Was that an answer of somebody's, though not one to be used? */
static gboolean
was_reached(const GError *error)
{
	return fault_of(error) != FAULT_RETRY && fault_of(error) != FAULT_CANCELED &&
	       fault_of(error) != FAULT_LOCAL;
}

/* NULL with task->error, or without one where there is no such document. */
static DiscoverResult *
fetch(DiscoverTask *task, const char *url)
{
	g_autoptr(NetTrust) trust = net_trust_new(task->options->roots);
	HttpRequest request = {
		.url = url,
		.accept = "application/xml, text/xml",
		.redirects = REDIRECTS,
		.public_only = TRUE,
		.limit = LIMIT_AUTOCONFIG,
		.timeout_ms = LIMIT_DISCOVER_MS,
		.trust = trust,
	};
	g_auto(HttpAnswer) answer = {0};
	DiscoverResult *result;

	g_clear_error(&task->error);
	if (!http_get(&request, &answer, task->stop, &task->error)) {
		task->reached |= was_reached(task->error);
		return NULL;
	}
	task->reached = TRUE;
	if (answer.status != 200) {
		if (answer.status / 100 == 5)
			fault_set(&task->error, FAULT_RETRY, _("the server has a fault (%d)"), answer.status);
		return NULL;
	}
	/* A site that answers anything with its front page has no document either. */
	if (answer.type != NULL && strcmp(answer.type, "text/html") == 0)
		return NULL;
	result = discover_parse(answer.body, answer.length, task->options->address, &task->error);
	if (result != NULL)
		result->origin = text_safe(answer.url, -1, TEXT_MARKS);
	return result;
}

static void
ask_provider(DiscoverTask *task, const char *host_prefix, const char *path)
{
	g_autofree char *address = g_uri_escape_string(task->options->address, NULL, FALSE);
	g_autofree char *url = g_strdup_printf("https://%s%s%s%s%s", host_prefix, task->domain, path,
		task->options->send_address ? "?emailaddress=" : "",
		task->options->send_address ? address : "");

	task->result = fetch(task, url);
	if (task->result != NULL)
		task->result->sure = TRUE;
}

static DiscoverResult *
fetch_ispdb(DiscoverTask *task, const char *domain)
{
	const char *base = task->options->ispdb != NULL ? task->options->ispdb : ISPDB_URL;
	g_autofree char *url = g_strconcat(base, domain, NULL);

	return fetch(task, url);
}

static void
ask_ispdb(DiscoverTask *task)
{
	task->result = fetch_ispdb(task, task->domain);
	if (task->result != NULL)
		task->result->sure = TRUE;
}

/* ---- MX ---- */

/* Do as many people share it as share a country's "co" or "com"? */
static gboolean
is_shared_suffix(const char *domain)
{
	static const char *const seconds[] = {"ac", "co", "com", "edu", "gov", "ne", "net", "or", "org"};
	const char *dot = strchr(domain, '.');
	gsize length = dot != NULL ? (gsize)(dot - domain) : 0;

	if (dot == NULL)
		return TRUE;
	if (strlen(dot + 1) != 2)
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(seconds); i++)
		if (strlen(seconds[i]) == length && strncmp(domain, seconds[i], length) == 0)
			return TRUE;
	return FALSE;
}

/* The domains above the MX's host, each asked for its own document and that of the database. */
static void
ask_above(DiscoverTask *task, const char *host)
{
	const char *above = strchr(host, '.');

	for (guint i = 0; i < MX_STEPS && above != NULL && task->result == NULL; i++) {
		const char *domain = above + 1;
		g_autofree char *url = g_strdup_printf("https://autoconfig.%s/mail/config-v1.1.xml", domain);
		above = strchr(domain, '.');
		if (is_shared_suffix(domain) || strcmp(domain, task->domain) == 0)
			continue;
		task->result = fetch_ispdb(task, domain);
		if (task->result == NULL && !cancel_is_triggered(task->stop))
			task->result = fetch(task, url);
	}
}

static void
ask_mx(DiscoverTask *task)
{
	g_autoptr(GPtrArray) list = NULL;
	const Provider *row;
	const NetSrv *first;

	switch (net_mx_lookup(task->domain, task->options->resolver, task->stop, &list, &task->error)) {
	case NET_SRV_FOUND:
		break;
	case NET_SRV_FAILED:
		return;
	default:
		task->reached = TRUE;
		return;
	}
	task->reached = TRUE;
	first = g_ptr_array_index(list, 0);
	row = providers_find_mx(first->host);
	if (row != NULL)
		task->result = discover_from_row(row, task->options->address);
	else
		ask_above(task, first->host);
	if (task->result == NULL)
		return;
	g_free(task->result->origin);
	task->result->origin = g_strdup(first->host);
	judge_hosts(task->result, task->domain);
}

/* ---- guesses ---- */

static gboolean
guess_one(DiscoverTask *task, gboolean smtp, DiscoverServer *server)
{
	g_autoptr(GPtrArray) guesses = providers_guess(task->address, smtp, &task->error);
	g_autoptr(NetTrust) trust = net_trust_new(task->options->roots);
	g_autoptr(GPtrArray) failures = NULL;
	g_autofree NetTarget *targets = g_new0(NetTarget, guesses != NULL ? guesses->len : 0);

	for (guint i = 0; guesses != NULL && i < guesses->len; i++) {
		const ServerGuess *guess = g_ptr_array_index(guesses, i);
		targets[i] = (NetTarget){.scheme = smtp ? NET_SMTP : NET_IMAP,
			.security = guess->security,
			.host = guess->server.host,
			.port = guess->server.port,
			.trust = trust,
			.connect_ms = GUESS_MS,
			.tls_ms = GUESS_MS,
			.greeting_ms = GUESS_MS};
	}
	if (guesses != NULL && guesses->len > 0)
		failures = scout_servers(targets, guesses->len, task->stop, &task->error);
	for (guint i = 0; failures != NULL && i < failures->len; i++) {
		const ServerGuess *guess = g_ptr_array_index(guesses, i);
		const GError *failure = g_ptr_array_index(failures, i);
		if (failure == NULL) {
			set_server(server, guess->server.host, guess->server.port, guess->security,
				task->options->address);
			return TRUE;
		}
		task->reached |= was_reached(failure);
	}
	return FALSE;
}

static void
ask_guess(DiscoverTask *task)
{
	g_autoptr(DiscoverResult) result = g_new0(DiscoverResult, 1);

	if (!guess_one(task, FALSE, &result->imap))
		return;
	task->reached = TRUE;
	guess_one(task, TRUE, &result->smtp);
	g_clear_error(&task->error);
	result->sure = TRUE;
	task->result = g_steal_pointer(&result);
}

/* ---- all ---- */

static void
take_row_server(const Provider *row, const char *address, gboolean smtp, DiscoverServer *server)
{
	ServerGuess *guess = providers_server(row, address, smtp);

	if (guess == NULL)
		return;
	server->server = guess->server;
	server->security = guess->security;
	server->user = guess->user;
	g_free(guess);
}

DiscoverResult *
discover_from_row(const Provider *row, const char *address)
{
	g_autoptr(DiscoverResult) result = g_new0(DiscoverResult, 1);

	result->provider = row;
	result->sure = TRUE;
	result->logins = row->logins;
	result->help = g_strdup(row->help);
	result->words = row->hint != NULL ? g_strdup(_(row->hint)) : NULL;
	take_row_server(row, address, FALSE, &result->imap);
	take_row_server(row, address, TRUE, &result->smtp);
	return result->imap.server.host != NULL ? g_steal_pointer(&result) : NULL;
}

void
discover_ask(DiscoverTask *task, DiscoverAsk what)
{
	static const DiscoverSource sources[] = {
		[ASK_SRV] = SOURCE_SRV,
		[ASK_AUTOCONFIG] = SOURCE_PROVIDER,
		[ASK_WELL_KNOWN] = SOURCE_PROVIDER,
		[ASK_ISPDB] = SOURCE_ISPDB,
		[ASK_MX] = SOURCE_MX,
		[ASK_GUESS] = SOURCE_GUESS,
	};

	switch (what) {
	case ASK_SRV:
		ask_srv(task);
		break;
	case ASK_AUTOCONFIG:
		ask_provider(task, "autoconfig.", "/mail/config-v1.1.xml");
		break;
	case ASK_WELL_KNOWN:
		ask_provider(task, "", "/.well-known/autoconfig/mail/config-v1.1.xml");
		break;
	case ASK_ISPDB:
		ask_ispdb(task);
		break;
	case ASK_MX:
		ask_mx(task);
		break;
	default:
		ask_guess(task);
	}
	if (task->result != NULL)
		task->result->source = sources[what];
}
