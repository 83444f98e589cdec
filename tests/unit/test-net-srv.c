/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DNS SRV: answers taken apart, and asked for from a server of our own. */
#include "config.h"

#include <string.h>

#include "dns-peer.h"
#include "net/srv.h"
#include "util/fault.h"
#include "util/limits.h"

#define NAME "_sieve._tcp.example.org"

/* "host:port host:port", or the result's name. */
static char *
words_of(NetSrvResult result, const GPtrArray *list)
{
	static const char *const names[] = {"", "none", "not", "failed"};
	GString *words = g_string_new(names[result]);

	for (guint i = 0; list != NULL && i < list->len; i++) {
		const NetSrv *srv = g_ptr_array_index(list, i);
		g_string_append_printf(words, "%s%s:%u", i ? " " : "", srv->host, srv->port);
	}
	return g_string_free(words, FALSE);
}

static char *
parse(const DnsAnswer *answer)
{
	g_autoptr(GPtrArray) list = NULL;
	g_autoptr(GError) error = NULL;
	NetSrvResult result = net_srv_parse(answer->bytes->data, answer->bytes->len, NAME, &list, &error);

	g_assert_true((result == NET_SRV_FAILED) == (error != NULL));
	return words_of(result, list);
}

static void
assert_parsed(DnsAnswer *answer, const char *expected)
{
	g_autofree char *words = parse(answer);

	g_assert_cmpstr(words, ==, expected);
	dns_answer_free(answer);
}

/* ---- the parser ---- */

static void
test_order(void)
{
	DnsAnswer answer = dns_answer_new(1, 0, NAME);

	dns_add_srv(&answer, NAME, 20, 99, 4190, "last.example.org");
	dns_add_srv(&answer, NAME, 10, 5, 4191, "second.example.org");
	dns_add_srv(&answer, NAME, 10, 50, 4192, "First.Example.ORG");
	assert_parsed(&answer, "first.example.org:4192 second.example.org:4191 last.example.org:4190");
}

static void
test_nothing_and_not_offered(void)
{
	DnsAnswer none = dns_answer_new(1, 0, NAME);
	DnsAnswer unknown = dns_answer_new(1, 3, NAME);
	DnsAnswer fails = dns_answer_new(1, 2, NAME);
	DnsAnswer dot = dns_answer_new(1, 0, NAME);

	dns_add_srv(&dot, NAME, 0, 0, 0, ".");
	assert_parsed(&none, "none");
	assert_parsed(&unknown, "none");
	assert_parsed(&fails, "failed");
	assert_parsed(&dot, "not");
}

static void
test_alias_is_followed(void)
{
	DnsAnswer answer = dns_answer_new(1, 0, NAME);

	dns_add_cname(&answer, NAME, "_sieve._tcp.host.example");
	dns_add_srv(&answer, "_sieve._tcp.host.example", 0, 0, 4190, "sieve.host.example");
	assert_parsed(&answer, "sieve.host.example:4190");
}

static void
test_aliases_in_a_circle_end(void)
{
	DnsAnswer answer = dns_answer_new(1, 0, NAME);

	dns_add_cname(&answer, NAME, "_sieve._tcp.host.example");
	dns_add_cname(&answer, "_sieve._tcp.host.example", NAME);
	dns_add_cname(&answer, NAME, NAME);
	assert_parsed(&answer, "none");
}

static void
test_what_was_not_asked_for_is_left_out(void)
{
	DnsAnswer answer = dns_answer_new(1, 0, NAME);

	dns_add_srv(&answer, "_sieve._tcp.evil.example", 0, 0, 4190, "evil.example");
	dns_add_srv(&answer, NAME, 0, 0, 4190, "a b.example.org");
	dns_add_srv(&answer, NAME, 0, 0, 4190, "user@example.org");
	dns_add_srv(&answer, NAME, 0, 0, 0, "no-port.example.org");
	assert_parsed(&answer, "none");
}

static void
assert_mx(DnsAnswer *answer, const char *expected)
{
	g_autoptr(GPtrArray) list = NULL;
	g_autoptr(GError) error = NULL;
	NetSrvResult result =
		net_mx_parse(answer->bytes->data, answer->bytes->len, "example.org", &list, &error);
	g_autofree char *words = words_of(result, list);

	g_assert_cmpstr(words, ==, expected);
	dns_answer_free(answer);
}

static void
test_mx_by_preference(void)
{
	DnsAnswer answer = dns_answer_new(1, 0, "example.org");
	DnsAnswer takes_none = dns_answer_new(1, 0, "example.org");
	DnsAnswer other_type = dns_answer_new(1, 0, "example.org");

	dns_add_mx(&answer, "example.org", 20, "backup.example.net");
	dns_add_mx(&answer, "example.org", 5, "Mail.Example.NET");
	dns_add_mx(&answer, "evil.example", 1, "evil.example");
	dns_add_mx(&takes_none, "example.org", 0, ".");
	dns_add_srv(&other_type, "example.org", 0, 0, 25, "mail.example.net");
	assert_mx(&answer, "mail.example.net:0 backup.example.net:0");
	assert_mx(&takes_none, "not");
	assert_mx(&other_type, "none");
}

static void
test_compressed_names(void)
{
	DnsAnswer answer = dns_answer_new(1, 0, NAME);
	/* The owner points to the question, the target ends in its "example.org". */
	static const guint8 record[] = {0xc0, 12, 0, 33, 0, 1, 0, 0, 0, 60, 0, 14, 0, 0, 0, 0, 0x10, 0x5e, 5,
		's', 'i', 'e', 'v', 'e', 0xc0, 24};

	g_byte_array_append(answer.bytes, record, sizeof(record));
	answer.bytes->data[7] = 1;
	assert_parsed(&answer, "sieve.example.org:4190");
}

static void
test_name_that_points_to_itself(void)
{
	DnsAnswer answer = dns_answer_new(1, 0, NAME);
	guint8 loop[] = {0xc0, (guint8)answer.bytes->len};

	g_byte_array_append(answer.bytes, loop, sizeof(loop));
	answer.bytes->data[7] = 1;
	assert_parsed(&answer, "failed");
}

/* Cut anywhere it is damaged; only the whole gives servers. */
static void
test_cut_at_every_octet(void)
{
	DnsAnswer answer = dns_answer_new(1, 0, NAME);
	guint whole;

	dns_add_srv(&answer, NAME, 0, 0, 4190, "sieve.example.org");
	whole = answer.bytes->len;
	for (guint length = 0; length < whole; length++) {
		g_autofree char *words = NULL;
		answer.bytes->len = length;
		words = parse(&answer);
		g_assert_cmpstr(words, ==, "failed");
	}
	answer.bytes->len = whole;
	assert_parsed(&answer, "sieve.example.org:4190");
}

static void
test_many_are_limited(void)
{
	DnsAnswer answer = dns_answer_new(1, 0, NAME);
	g_autoptr(GPtrArray) list = NULL;

	for (int i = 0; i < 200; i++)
		dns_add_srv(&answer, NAME, 0, 0, 4190, "sieve.example.org");
	g_assert_cmpint(
		net_srv_parse(answer.bytes->data, answer.bytes->len, NAME, &list, NULL), ==, NET_SRV_FOUND);
	g_assert_cmpuint(list->len, ==, LIMIT_SRV_RECORDS);
	dns_answer_free(&answer);
}

static void
test_within(void)
{
	static const struct {
		const char *host, *domain;
		gboolean within;
	} rows[] = {
		{"example.org", "example.org", TRUE},
		{"sieve.example.org", "Example.ORG", TRUE},
		{"a.b.example.org", "example.org.", TRUE},
		{"evilexample.org", "example.org", FALSE},
		{"example.org.evil.example", "example.org", FALSE},
		{"org", "example.org", FALSE},
		{"sieve.xn--bcher-kva.example", "b\303\274cher.example", TRUE},
		{"x", "", FALSE},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_true(net_srv_is_within(rows[i].host, rows[i].domain) == rows[i].within);
}

/* ---- the question ---- */

static void
test_lookup(gconstpointer user)
{
	DnsServer server = {.name = NAME,
		.target = "sieve.example.org",
		.target_port = 4190,
		.code = GPOINTER_TO_UINT(user)};
	NetResolver resolver = {.address = "127.0.0.1"};
	g_autoptr(GPtrArray) list = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree char *words = NULL;

	dns_server_start(&server);
	resolver.port = server.port;
	words = words_of(net_srv_lookup("_sieve._tcp", "example.org", &resolver, NULL, &list, &error), NULL);
	dns_server_stop(&server);
	g_assert_cmpstr(words, ==, server.code == 0 ? "" : server.code == 3 ? "none" : "failed");
	g_assert_true((error != NULL) == (server.code == 2));
	if (server.code == 0)
		g_assert_cmpstr(((NetSrv *)g_ptr_array_index(list, 0))->host, ==, "sieve.example.org");
}

static void *
trigger_soon(void *user)
{
	g_usleep(100 * 1000);
	cancel_trigger(user);
	return NULL;
}

static void
test_canceled(void)
{
	DnsServer server = {.name = NAME, .silent = TRUE};
	NetResolver resolver = {.address = "127.0.0.1"};
	g_autoptr(Cancel) cancel = cancel_new();
	g_autoptr(GPtrArray) list = NULL;
	g_autoptr(GError) error = NULL;
	gint64 start = g_get_monotonic_time();
	GThread *thread;

	dns_server_start(&server);
	resolver.port = server.port;
	thread = g_thread_new("trigger", trigger_soon, cancel);
	g_assert_cmpint(net_srv_lookup("_sieve._tcp", "example.org", &resolver, cancel, &list, &error), ==,
		NET_SRV_FAILED);
	g_thread_join(thread);
	g_assert_cmpint(fault_of(error), ==, FAULT_CANCELED);
	g_assert_cmpint(g_get_monotonic_time() - start, <, G_USEC_PER_SEC);
	dns_server_stop(&server);
}

static void
test_bad_domain(void)
{
	static const char *const domains[] = {"", "a b", "192.0.2.1", "x/y", "a\r\nb"};

	for (gsize i = 0; i < G_N_ELEMENTS(domains); i++) {
		g_autoptr(GPtrArray) list = NULL;
		g_autoptr(GError) error = NULL;
		g_assert_cmpint(net_srv_lookup("_sieve._tcp", domains[i], NULL, NULL, &list, &error), ==,
			NET_SRV_FAILED);
		g_assert_cmpint(fault_of(error), ==, FAULT_INPUT);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/net/srv/order", test_order);
	g_test_add_func("/net/srv/nothing", test_nothing_and_not_offered);
	g_test_add_func("/net/srv/alias", test_alias_is_followed);
	g_test_add_func("/net/srv/not-asked-for", test_what_was_not_asked_for_is_left_out);
	g_test_add_func("/net/srv/aliases-in-a-circle", test_aliases_in_a_circle_end);
	g_test_add_func("/net/srv/mx-by-preference", test_mx_by_preference);
	g_test_add_func("/net/srv/compressed", test_compressed_names);
	g_test_add_func("/net/srv/loop", test_name_that_points_to_itself);
	g_test_add_func("/net/srv/cut", test_cut_at_every_octet);
	g_test_add_func("/net/srv/many", test_many_are_limited);
	g_test_add_func("/net/srv/within", test_within);
	g_test_add_data_func("/net/srv/lookup/found", GUINT_TO_POINTER(0), test_lookup);
	g_test_add_data_func("/net/srv/lookup/no-name", GUINT_TO_POINTER(3), test_lookup);
	g_test_add_data_func("/net/srv/lookup/fails", GUINT_TO_POINTER(2), test_lookup);
	g_test_add_func("/net/srv/lookup/canceled", test_canceled);
	g_test_add_func("/net/srv/lookup/domain", test_bad_domain);
	return g_test_run();
}
