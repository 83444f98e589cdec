/* SPDX-License-Identifier: GPL-3.0-or-later */
/* setup-search.c - setup's use of discovery: when it is asked, and what becomes of its answer. */
#include "config.h"

#include "account/address.h"
#include "account/setup.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

static gboolean
is_given(const char *text)
{
	return text != NULL && *text != '\0';
}

/* Does the source know how the user is called there? DNS and guesses do not: the test tries both forms. */
static gboolean
knows_user(const DiscoverResult *found)
{
	return found->source != SOURCE_SRV && found->source != SOURCE_GUESS;
}

static void
fill(const DiscoverServer *server, gboolean with_user, char **host, char **security, char **user)
{
	if (is_given(*host) || server->server.host == NULL)
		return;
	g_free(*host);
	*host = server_format(&server->server);
	g_free(*security);
	*security = g_strdup(security_name(server->security));
	if (with_user && !is_given(*user)) {
		g_free(*user);
		*user = g_strdup(server->user);
	}
}

void
setup_take_servers(SetupChoices *choices, const DiscoverResult *found)
{
	DiscoverResult *copy = discover_result_copy(found);
	gboolean typed = is_given(choices->user);

	fill(&found->imap, knows_user(found), &choices->imap, &choices->imap_security, &choices->user);
	/* Who typed a name means it for both. */
	if (!choices->receive_only)
		fill(&found->smtp, knows_user(found) && !typed, &choices->smtp, &choices->smtp_security,
			&choices->smtp_user);
	discover_result_free(choices->found);
	choices->found = copy;
}

char *
setup_found_words(const DiscoverResult *found)
{
	const char *trust = found->sure ? _("vouched for") : found->why_not;

	if (found->origin == NULL)
		return g_strdup_printf("%s: %s", discover_source_words(found->source), trust);
	return g_strdup_printf("%s (%s): %s", discover_source_words(found->source), found->origin, trust);
}

/* The best; where it knows of no server for sending, one that a sure source names. */
static DiscoverResult *
choose(const GPtrArray *results)
{
	DiscoverResult *best;

	if (results->len == 0)
		return NULL;
	best = discover_result_copy(g_ptr_array_index(results, 0));
	for (guint i = 1; i < results->len && best->smtp.server.host == NULL; i++) {
		const DiscoverResult *other = g_ptr_array_index(results, i);
		if (!other->sure || other->smtp.server.host == NULL)
			continue;
		best->smtp = other->smtp;
		best->smtp.server.host = g_strdup(other->smtp.server.host);
		best->smtp.user = g_strdup(other->smtp.user);
	}
	return best;
}

/* Nobody vouches for the hosts: the words for the question. */
static void
ask(const DiscoverResult *found, GError **error)
{
	g_autofree char *imap = server_format(&found->imap.server);
	g_autofree char *smtp = found->smtp.server.host != NULL ? server_format(&found->smtp.server) : NULL;
	g_autofree char *servers = smtp != NULL ? g_strdup_printf("%s, %s", imap, smtp) : g_strdup(imap);
	g_autofree char *named = found->provider != NULL
					 ? g_strdup_printf("%s: %s", found->provider->name, servers)
					 : g_strdup(servers);

	fault_set(error, FAULT_TRUST,
		_("Found: %s. But %s. Whoever can forge DNS can name any host: send your password there only "
		  "if you know that this is your provider.%s%s"),
		named, found->why_not, found->words != NULL ? "\n" : "",
		found->words != NULL ? found->words : "");
}

gboolean
setup_discover(SetupChoices *choices, const SetupSearch *search, Cancel *cancel, GError **error)
{
	DiscoverOptions options = {
		.address = choices->address,
		.send_address = search->send_address,
		.roots = search->roots,
		.report = search->report,
		.user = search->user,
		.enough = search->enough,
	};
	g_autoptr(GPtrArray) results = NULL;
	g_autoptr(DiscoverResult) found = NULL;
	gboolean offline = FALSE;

	if (is_given(choices->imap) || setup_provider(choices) != NULL)
		return TRUE;
	results = discover_run(&options, &offline, cancel, error);
	if (results == NULL)
		return FALSE;
	found = choose(results);
	if (found == NULL && offline && !cancel_is_triggered(search->enough)) {
		fault_set(error, FAULT_RETRY,
			_("This machine seems to be offline: no DNS server, no web server and no mail server "
			  "answered. Connect it, then try again."));
		return FALSE;
	}
	if (found == NULL)
		return TRUE;
	if (found->sure || search->trust_servers) {
		setup_take_servers(choices, found);
		return TRUE;
	}
	ask(found, error);
	discover_result_free(choices->found);
	choices->found = g_steal_pointer(&found);
	return FALSE;
}
