/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTTPS requests, against servers that redirect, flood, stall and lie. */
#include "config.h"

#include <string.h>

#include "net-common.h"
#include "net/http.h"
#include "util/dates.h"
#include "util/limits.h"

typedef struct {
	const char *pem; /* NULL: in the clear */
	char *says;      /* all of the answer; NULL: nothing, until the other side closes */
	gboolean flood;  /* then octets without end */
	gboolean deaf;   /* says it at once */
	GString *heard;  /* the head of the request, and its body */
	Peer *peer;
} Site;

/* The head, and as much of a body as it announces. */
static void
hear_request(Site *site, Peer *peer)
{
	gsize length = 0;

	for (;;) {
		g_autofree char *line = peer_line(peer);
		if (line == NULL || *line == '\0')
			break;
		g_string_append_printf(site->heard, "%s\n", line);
		if (g_ascii_strncasecmp(line, "Content-Length: ", 16) == 0)
			length = (gsize)g_ascii_strtoull(line + 16, NULL, 10);
	}
	while (length > 0) {
		char body[256];
		gsize got = peer_read(peer, body, MIN(length, sizeof(body)));
		if (got == 0)
			break;
		g_string_append_len(site->heard, body, (gssize)got);
		length -= got;
	}
}

static void
serve(Peer *peer, gpointer user)
{
	Site *site = user;
	static const char zeros[8192];
	g_autofree char *pem = site->pem ? pem_path(site->pem) : NULL;

	if (pem != NULL && !peer_tls(peer, pem, 0))
		return;
	if (!site->deaf)
		hear_request(site, peer);
	if (site->says == NULL) {
		peer_hang(peer);
		return;
	}
	peer_say(peer, site->says);
	for (guint i = 0; site->flood && i < 1024; i++)
		peer_send(peer, zeros, sizeof(zeros));
	peer_close(peer);
}

static Site *
site_start(Site like, const char *status, const char *more)
{
	Site *site = g_memdup2(&like, sizeof(like));

	site->heard = g_string_new(NULL);
	if (status != NULL)
		site->says = g_strdup_printf("HTTP/1.1 %s\r\nConnection: close\r\n%s", status, more);
	site->peer = peer_start(serve, site);
	return site;
}

static Site *
site_new(const char *pem, const char *status, const char *more)
{
	return site_start((Site){.pem = pem}, status, more);
}

static void
site_free(Site *site)
{
	peer_stop(site->peer);
	g_string_free(site->heard, TRUE);
	g_free(site->says);
	g_free(site);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Site, site_free)

static char *
url_of(const Site *site, const char *path)
{
	return g_strdup_printf("https://127.0.0.1:%u%s", peer_port(site->peer), path);
}

static Site *
redirect_to(const char *url)
{
	g_autofree char *more = g_strdup_printf("Location: %s\r\n\r\n", url);

	return site_new("good.pem", "302 Found", more);
}

/* Asked for with this request, whose trust is filled in. */
static GError *
ask(HttpRequest request, HttpAnswer *answer)
{
	g_autoptr(NetTrust) trust = trust_new();
	GError *error = NULL;

	request.trust = trust;
	g_assert_true(http_get(&request, answer, NULL, &error) == (error == NULL));
	return error;
}

static void
assert_fails(HttpRequest request, Fault code, const char *words)
{
	g_auto(HttpAnswer) answer = {0};
	g_autoptr(GError) error = ask(request, &answer);

	assert_fault(error, code, words);
	g_assert_null(answer.body);
	g_assert_null(answer.url);
}

static void
test_a_page_is_fetched(void)
{
	g_autoptr(Site) site =
		site_new("good.pem", "200 OK", "Content-Type: Text/XML; charset=utf-8\r\n\r\n<a/>");
	g_autofree char *url = url_of(site, "/x?y=z#part");
	g_auto(HttpAnswer) answer = {0};
	g_autoptr(GError) error = ask((HttpRequest){.url = url, .accept = "text/xml"}, &answer);

	g_assert_no_error(error);
	g_assert_cmpint(answer.status, ==, 200);
	g_assert_cmpstr(answer.type, ==, "text/xml");
	g_assert_cmpstr(answer.body, ==, "<a/>");
	g_assert_cmpuint(answer.length, ==, 4);
	peer_wait(site->peer);
	g_assert_nonnull(strstr(site->heard->str, "GET /x?y=z HTTP/1.1\n"));
	g_assert_nonnull(strstr(site->heard->str, "Accept: text/xml\n"));
	g_assert_null(strstr(site->heard->str, "Cookie"));
	g_assert_null(strstr(site->heard->str, "Authorization"));
}

static void
test_any_status_is_an_answer(void)
{
	g_autoptr(Site) site = site_new("good.pem", "404 Not Found", "\r\nno");
	g_autofree char *url = url_of(site, "/");
	g_auto(HttpAnswer) answer = {0};
	g_autoptr(GError) error = ask((HttpRequest){.url = url}, &answer);

	g_assert_no_error(error);
	g_assert_cmpint(answer.status, ==, 404);
	g_assert_null(answer.type);
}

static void
test_a_form_is_posted_and_its_answer_kept_secret(void)
{
	static const char *const pairs[] = {"code", "a b&c=\xc3\xa4", "grant", "x", NULL};
	g_autoptr(Site) site = site_new("good.pem", "200 OK", "\r\ntoken");
	g_autofree char *url = url_of(site, "/token");
	g_autofree char *form = http_form(pairs);
	g_auto(HttpAnswer) answer = {0};
	g_autoptr(GError) error =
		ask((HttpRequest){.url = url, .form = form, .form_is_secret = TRUE}, &answer);

	g_assert_no_error(error);
	g_assert_null(answer.body);
	g_assert_cmpstr(secret_text(answer.secret), ==, "token");
	peer_wait(site->peer);
	g_assert_nonnull(strstr(site->heard->str, "POST /token HTTP/1.1\n"));
	g_assert_nonnull(strstr(site->heard->str, "application/x-www-form-urlencoded\n"));
	g_assert_true(g_str_has_suffix(site->heard->str, "code=a%20b%26c%3D%C3%A4&grant=x"));
}

static void
test_what_is_no_https_url_is_refused(void)
{
	static const char *const urls[] = {"", "example.org", "http://example.org/", "ftp://example.org/",
		"file:///etc/passwd", "https://", "https://-x.example.org/", "https://a:b@example.org/",
		"https://example.org/a b", "https://example.org/\r\nHost: x", "https://example.org:0/",
		"http://127.0.0.1/"};

	for (gsize i = 0; i < G_N_ELEMENTS(urls); i++)
		assert_fails((HttpRequest){.url = urls[i], .redirects = 3}, FAULT_INPUT, "https");
}

static void
test_http_to_this_machine_only_where_allowed(void)
{
	g_autoptr(Site) site = site_new(NULL, "200 OK", "\r\nhi");
	g_autofree char *url = g_strdup_printf("http://127.0.0.1:%u/", peer_port(site->peer));
	g_auto(HttpAnswer) answer = {0};
	g_autoptr(GError) error = NULL;

	assert_fails(
		(HttpRequest){.url = "http://example.org/", .loopback_clear = TRUE}, FAULT_INPUT, "https");
	error = ask((HttpRequest){.url = url, .loopback_clear = TRUE}, &answer);
	g_assert_no_error(error);
	g_assert_cmpstr(answer.body, ==, "hi");
}

static void
test_a_redirect_is_followed_and_counted(void)
{
	g_autoptr(Site) last = site_new("good.pem", "200 OK", "\r\nthere");
	g_autofree char *there = url_of(last, "/there");
	g_autoptr(Site) first = redirect_to(there);
	g_autofree char *url = url_of(first, "/");
	g_autoptr(Site) again = redirect_to("/elsewhere");
	g_autofree char *once = url_of(again, "/");
	g_auto(HttpAnswer) answer = {0};
	g_autoptr(GError) error = ask((HttpRequest){.url = url, .redirects = 1}, &answer);

	g_assert_no_error(error);
	g_assert_cmpstr(answer.body, ==, "there");
	g_assert_cmpstr(answer.url, ==, there);
	assert_fails((HttpRequest){.url = once}, FAULT_REFUSED, "not followed");
}

static void
test_redirects_to_other_schemes_are_refused(void)
{
	static const char *const urls[] = {"http://127.0.0.1:1/", "ftp://127.0.0.1/x", "file:///etc/passwd",
		"gopher://127.0.0.1:1/", "https://user:word@127.0.0.1/", "https://-h.example/"};

	for (gsize i = 0; i < G_N_ELEMENTS(urls); i++) {
		g_autoptr(Site) site = redirect_to(urls[i]);
		g_autofree char *url = url_of(site, "/");
		assert_fails((HttpRequest){.url = url, .redirects = 5}, FAULT_REFUSED, "not");
	}
}

static void
test_a_form_is_never_sent_on(void)
{
	g_autoptr(Site) last = site_new("good.pem", "200 OK", "\r\nthere");
	g_autofree char *there = url_of(last, "/");
	g_autoptr(Site) first = redirect_to(there);
	g_autofree char *url = url_of(first, "/");

	assert_fails((HttpRequest){.url = url, .form = "a=b", .redirects = 5}, FAULT_REFUSED, "not followed");
	g_assert_cmpuint(last->heard->len, ==, 0);
}

static void
test_private_addresses_are_refused_after_resolution(void)
{
	g_autoptr(Site) site = site_new("good.pem", "200 OK", "\r\nhi");
	g_autofree char *number = url_of(site, "/");
	g_autofree char *name = g_strdup_printf("https://localhost:%u/", peer_port(site->peer));

	assert_fails((HttpRequest){.url = number, .public_only = TRUE}, FAULT_REFUSED, "private");
	assert_fails((HttpRequest){.url = name, .public_only = TRUE}, FAULT_REFUSED, "private");
	g_assert_cmpuint(site->heard->len, ==, 0);
}

static void
test_which_addresses_are_private(void)
{
	static const char *const private[] = {"127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255",
		"192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
		"::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:10.0.0.1",
		"::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1"};
	static const char *const public[] = {"9.9.9.9", "172.32.0.1", "172.15.0.1", "100.128.0.1",
		"193.0.0.1", "2620:fe::fe", "::ffff:9.9.9.9", "64:ff9b::909:909"};

	for (gsize i = 0; i < G_N_ELEMENTS(private); i++)
		if (!http_is_private(private[i]))
			g_error("%s", private[i]);
	for (gsize i = 0; i < G_N_ELEMENTS(public); i++)
		if (http_is_private(public[i]))
			g_error("%s", public[i]);
}

static void
test_a_huge_body_is_refused_without_its_length(void)
{
	g_autoptr(Site) site = site_start((Site){.pem = "good.pem", .flood = TRUE}, "200 OK", "\r\n");
	g_autoptr(Site) exact = site_new("good.pem", "200 OK", "\r\n12345");
	g_autofree char *url = url_of(site, "/");
	g_autofree char *fits = url_of(exact, "/");
	g_auto(HttpAnswer) answer = {0};
	g_autoptr(GError) error = NULL;

	assert_fails((HttpRequest){.url = url}, FAULT_LIMIT, "more than");
	error = ask((HttpRequest){.url = fits, .limit = 5}, &answer);
	g_assert_no_error(error);
	g_assert_cmpstr(answer.body, ==, "12345");
}

static void
test_a_huge_head_is_refused(void)
{
	g_autofree char *long_value = g_strnfill(1000, 'x');
	g_autoptr(GString) head = g_string_new(NULL);
	g_autoptr(Site) site = NULL;
	g_autofree char *url = NULL;

	for (guint i = 0; i < LIMIT_HTTP_HEAD / 1000 + 1; i++)
		g_string_append_printf(head, "X-%u: %s\r\n", i, long_value);
	g_string_append(head, "\r\nbody");
	site = site_new("good.pem", "200 OK", head->str);
	url = url_of(site, "/");
	assert_fails((HttpRequest){.url = url}, FAULT_LIMIT, "more than");
}

static void
test_a_server_that_stalls_is_given_up_in_time(void)
{
	g_autoptr(Site) site = site_new("good.pem", NULL, NULL);
	g_autofree char *url = url_of(site, "/");
	gint64 began_us = dates_clock_us();

	assert_fails((HttpRequest){.url = url, .timeout_ms = 300}, FAULT_RETRY, "in time");
	g_assert_cmpint(dates_clock_us() - began_us, <, 3000 * 1000);
}

static void
test_canceling_ends_it_at_once(void)
{
	g_autoptr(Site) site = site_new("good.pem", NULL, NULL);
	g_autofree char *url = url_of(site, "/");
	g_autoptr(Cancel) cancel = cancel_new();
	g_autoptr(NetTrust) trust = trust_new();
	HttpRequest request = {.url = url, .trust = trust};
	g_auto(HttpAnswer) answer = {0};
	g_autoptr(GError) error = NULL;
	GThread *thread = g_thread_new("cancel", trigger_soon, cancel);
	gint64 began_us = dates_clock_us();

	g_assert_false(http_get(&request, &answer, cancel, &error));
	g_thread_join(thread);
	assert_fault(error, FAULT_CANCELED, "");
	g_assert_cmpint(dates_clock_us() - began_us, <, 2000 * 1000);
}

static void
test_certificates_are_checked(void)
{
	static const char *const pems[] = {"expired.pem", "wrong.pem", "self.pem", "bare.pem"};

	for (gsize i = 0; i < G_N_ELEMENTS(pems); i++) {
		g_autoptr(Site) site = site_new(pems[i], "200 OK", "\r\nhi");
		g_autofree char *url = url_of(site, "/");
		assert_fails((HttpRequest){.url = url}, FAULT_TRUST, "certificate");
		g_assert_cmpuint(site->heard->len, ==, 0);
	}
}

static void
test_what_speaks_no_tls_is_refused(void)
{
	g_autoptr(Site) site = site_start((Site){.deaf = TRUE}, "200 OK", "\r\nhi");
	g_autofree char *url = url_of(site, "/");

	assert_fails((HttpRequest){.url = url, .timeout_ms = 3000}, FAULT_REFUSED, "TLS");
}

static void
test_where_nobody_listens_it_can_be_tried_again(void)
{
	g_autofree char *url = g_strdup_printf("https://127.0.0.1:%u/", peer_closed_port());

	assert_fails((HttpRequest){.url = url}, FAULT_RETRY, "cannot be reached");
}

int
main(int argc, char **argv)
{
	init_tests(&argc, &argv);
#define ADD(name) g_test_add_func("/net/http/" #name, test_##name)
	ADD(a_page_is_fetched);
	ADD(any_status_is_an_answer);
	ADD(a_form_is_posted_and_its_answer_kept_secret);
	ADD(what_is_no_https_url_is_refused);
	ADD(http_to_this_machine_only_where_allowed);
	ADD(a_redirect_is_followed_and_counted);
	ADD(redirects_to_other_schemes_are_refused);
	ADD(a_form_is_never_sent_on);
	ADD(private_addresses_are_refused_after_resolution);
	ADD(which_addresses_are_private);
	ADD(a_huge_body_is_refused_without_its_length);
	ADD(a_huge_head_is_refused);
	ADD(a_server_that_stalls_is_given_up_in_time);
	ADD(canceling_ends_it_at_once);
	ADD(certificates_are_checked);
	ADD(what_speaks_no_tls_is_refused);
	ADD(where_nobody_listens_it_can_be_tried_again);
	return run_tests();
}
