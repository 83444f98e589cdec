/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptions of servers taken apart, and what is found without asking anybody. */
#include "config.h"

#include <string.h>

#include "account/discover.h"
#include "util/fault.h"
#include "util/limits.h"

#define HEAD "<clientConfig version=\"1.1\"><emailProvider id=\"example.org\">"
#define FOOT "</emailProvider></clientConfig>"
#define SERVER(way, type, host, port, socket, user)                                                          \
	"<" way " type=\"" type "\"><hostname>" host "</hostname><port>" port "</port><socketType>" socket   \
	"</socketType><username>" user                                                                       \
	"</username><authentication>password-cleartext</authentication></" way ">"
#define IMAP(host, port, socket) SERVER("incomingServer", "imap", host, port, socket, "%EMAILADDRESS%")
#define SMTP(host, port, socket) SERVER("outgoingServer", "smtp", host, port, socket, "%EMAILADDRESS%")
#define GOOD IMAP("imap.example.org", "993", "SSL")

/* "tls imap.example.org 993 user, starttls ..." , or the fault's name. */
static char *
read_document(const char *xml, const char *address)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(DiscoverResult) result = discover_parse(xml, strlen(xml), address, &error);
	const DiscoverServer *servers[2];
	GString *words = g_string_new(NULL);

	g_assert_true((result == NULL) == (error != NULL));
	if (result == NULL) {
		g_string_append(words, fault_name(fault_of(error)));
		return g_string_free(words, FALSE);
	}
	servers[0] = &result->imap;
	servers[1] = &result->smtp;
	for (gsize i = 0; i < 2; i++)
		if (servers[i]->server.host != NULL)
			g_string_append_printf(words, "%s%s %s %u %s", i ? ", " : "",
				servers[i]->security == NET_TLS ? "tls" : "starttls", servers[i]->server.host,
				servers[i]->server.port, servers[i]->user);
	return g_string_free(words, FALSE);
}

static void
assert_reads(const char *xml, const char *expected)
{
	g_autofree char *words = read_document(xml, "alice+x@example.org");

	g_assert_cmpstr(words, ==, expected);
}

static void
test_tls_goes_before_starttls_and_placeholders_are_filled(void)
{
	assert_reads(HEAD IMAP("mail.example.org", "143", "STARTTLS")
			     GOOD SMTP("%EMAILDOMAIN%", "587", "STARTTLS") FOOT,
		"tls imap.example.org 993 alice+x@example.org, starttls example.org 587 alice+x@example.org");
	assert_reads(HEAD SERVER("incomingServer", "imap", "a.example.org", "993", "SSL",
			     "%EMAILLOCALPART%.%EMAILDOMAIN%") FOOT,
		"tls a.example.org 993 alice+x.example.org");
}

static void
test_what_cannot_be_used_is_left_out(void)
{
	static const char *const servers[] = {
		IMAP("imap.example.org", "143", "plain"),
		IMAP("-oProxy.example.org", "993", "SSL"),
		IMAP("imap example.org", "993", "SSL"),
		IMAP("imap.example.org:993", "993", "SSL"),
		IMAP("imap.example.org/x", "993", "SSL"),
		IMAP("user@imap.example.org", "993", "SSL"),
		IMAP("%SOMETHING%.example.org", "993", "SSL"),
		IMAP("", "993", "SSL"),
		IMAP("imap.example.org", "0", "SSL"),
		IMAP("imap.example.org", "65536", "SSL"),
		IMAP("imap.example.org", "-1", "SSL"),
		IMAP("imap.example.org", "993x", "SSL"),
		IMAP("imap.example.org", "993", "nothing"),
		SERVER("incomingServer", "pop3", "pop.example.org", "995", "SSL", "x"),
		SERVER("incomingServer", "imap", "imap.example.org", "993", "SSL", "a&#10;b"),
		SERVER("incomingServer", "imap", "imap.example.org", "993", "SSL", "%REALNAME%"),
	};

	for (gsize i = 0; i < G_N_ELEMENTS(servers); i++) {
		g_autofree char *alone = g_strconcat(HEAD, servers[i], FOOT, NULL);
		g_autofree char *before = g_strconcat(HEAD, servers[i], GOOD, FOOT, NULL);
		g_test_message("%s", servers[i]);
		assert_reads(alone, "input");
		assert_reads(before, "tls imap.example.org 993 alice+x@example.org");
	}
}

static void
test_what_is_no_such_document_is_refused(void)
{
	static const char *const documents[] = {"", "hello", "<html><body>x</body></html>", HEAD, HEAD GOOD,
		HEAD GOOD "</emailProvider>", HEAD FOOT, HEAD GOOD FOOT "<more/>", HEAD "<a></b>" FOOT,
		HEAD "&unknown;" GOOD FOOT, "<clientConfig a=1>" GOOD "</clientConfig>"};

	for (gsize i = 0; i < G_N_ELEMENTS(documents); i++) {
		g_test_message("%s", documents[i]);
		assert_reads(documents[i], "input");
	}
}

static void
test_document_types_and_entities_are_refused(void)
{
	assert_reads("<!DOCTYPE clientConfig>" HEAD GOOD FOOT, "input");
	assert_reads("<!DOCTYPE c SYSTEM \"file:///etc/passwd\">" HEAD GOOD FOOT, "input");
	assert_reads("<!DOCTYPE c [<!ENTITY h SYSTEM \"file:///etc/passwd\">]>" HEAD IMAP("&h;", "993", "SSL")
			     FOOT,
		"input");
	assert_reads("<!DOCTYPE c [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>" HEAD
		     "&b;" GOOD FOOT,
		"input");
}

static void
test_size_depth_and_number_are_limited(void)
{
	g_autofree char *space = g_strnfill(LIMIT_AUTOCONFIG, ' ');
	g_autofree char *large = g_strconcat(HEAD, GOOD, space, FOOT, NULL);
	g_autoptr(GString) deep = g_string_new(HEAD GOOD);
	g_autoptr(GString) many = g_string_new(HEAD);

	for (guint i = 0; i < LIMIT_AUTOCONFIG_DEPTH; i++)
		g_string_append(deep, "<a>");
	for (guint i = 0; i < LIMIT_AUTOCONFIG_DEPTH; i++)
		g_string_append(deep, "</a>");
	g_string_append(deep, FOOT);
	for (guint i = 0; i <= LIMIT_AUTOCONFIG_SERVERS; i++)
		g_string_append(many, GOOD);
	g_string_append(many, FOOT);
	assert_reads(large, "limit");
	assert_reads(deep->str, "limit");
	assert_reads(many->str, "limit");
}

static void
test_help_and_words_are_kept_and_made_safe(void)
{
	static const char xml[] = HEAD GOOD
		"<documentation url=\"https://example.org/doc\"/>"
		"<enable visiturl=\"https://example.org/on\"><instruction>Switch &lt;IMAP&gt; on\xe2\x80\xae."
		"</instruction></enable></emailProvider>"
		"<oAuth2><issuer>login.example.org</issuer></oAuth2></clientConfig>";
	static const char clear[] = HEAD GOOD "<documentation url=\"http://example.org/doc\"/>" FOOT;
	g_autoptr(DiscoverResult) result = discover_parse(xml, strlen(xml), "a@example.org", NULL);
	g_autoptr(DiscoverResult) other = discover_parse(clear, strlen(clear), "a@example.org", NULL);

	g_assert_cmpstr(result->help, ==, "https://example.org/on");
	g_assert_true(g_str_has_prefix(result->words, "Switch <IMAP> on"));
	g_assert_null(strstr(result->words, "\xe2\x80\xae"));
	g_assert_cmpstr(result->issuer, ==, "login.example.org");
	g_assert_cmpuint(result->logins, ==, LOGIN_PASSWORD);
	g_assert_null(other->help);
}

/* ---- without a network ---- */

static void
count_report(const DiscoverReport *report, gpointer user)
{
	guint *counts = user;

	counts[report->state]++;
}

static void
test_a_known_provider_is_found_without_asking_anybody(void)
{
	guint counts[DISCOVER_PASSED_BY + 1] = {0};
	DiscoverOptions options = {.address = "Alice@GMAIL.com", .report = count_report, .user = counts};
	gboolean offline = TRUE;
	g_autoptr(GPtrArray) results = discover_run(&options, &offline, NULL, NULL);
	const DiscoverResult *result;

	g_assert_cmpuint(results->len, ==, 1);
	result = g_ptr_array_index(results, 0);
	g_assert_cmpint(result->source, ==, SOURCE_TABLE);
	g_assert_true(result->sure);
	g_assert_cmpstr(result->imap.server.host, ==, "imap.gmail.com");
	g_assert_cmpstr(result->smtp.server.host, ==, "smtp.gmail.com");
	g_assert_false(offline);
	g_assert_cmpuint(counts[DISCOVER_FOUND], ==, 1);
	g_assert_cmpuint(counts[DISCOVER_RUNNING], ==, 0);
}

static void
test_what_is_no_address_is_refused(void)
{
	static const char *const addresses[] = {"alice", "alice@", "@example.org", "a@b@example.org", ""};

	for (gsize i = 0; i < G_N_ELEMENTS(addresses); i++) {
		g_autoptr(GError) error = NULL;
		DiscoverOptions options = {.address = addresses[i]};
		g_assert_null(discover_run(&options, NULL, NULL, &error));
		g_assert_cmpint(fault_of(error), ==, FAULT_INPUT);
	}
}

static void
test_an_address_literal_has_nothing_to_be_found(void)
{
	DiscoverOptions options = {.address = "alice@[127.0.0.1]"};
	g_autoptr(GPtrArray) results = discover_run(&options, NULL, NULL, NULL);

	g_assert_cmpuint(results->len, ==, 0);
}

static void
test_mx_hosts_lead_to_their_providers(void)
{
	static const struct {
		const char *host, *name;
	} rows[] = {
		{"aspmx.l.google.com", "Gmail"},
		{"ALT1.ASPMX.L.GOOGLE.COM", "Gmail"},
		{"aspmx2.googlemail.com", "Gmail"},
		{"example-org.mail.protection.outlook.com", "Microsoft 365"},
		{"in1-smtp.messagingengine.com", "Fastmail"},
		{"mx01.mail.icloud.com", "iCloud"},
		{"aspmx1.migadu.com", "Migadu"},
		{"mxext1.mailbox.org", "mailbox.org"},
		{"mx.zoho.eu", "Zoho"},
		{"google.com.example.org", NULL},
		{"evilgoogle.com", NULL},
		{"mail.example.org", NULL},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const Provider *row = providers_find_mx(rows[i].host);
		g_assert_cmpstr(row != NULL ? row->name : NULL, ==, rows[i].name);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/account/discover/" #name, test_##name)
	ADD(tls_goes_before_starttls_and_placeholders_are_filled);
	ADD(what_cannot_be_used_is_left_out);
	ADD(what_is_no_such_document_is_refused);
	ADD(document_types_and_entities_are_refused);
	ADD(size_depth_and_number_are_limited);
	ADD(help_and_words_are_kept_and_made_safe);
	ADD(a_known_provider_is_found_without_asking_anybody);
	ADD(what_is_no_address_is_refused);
	ADD(an_address_literal_has_nothing_to_be_found);
	ADD(mx_hosts_lead_to_their_providers);
	return g_test_run();
}
