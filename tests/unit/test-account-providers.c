/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "account/providers.h"

#include <string.h>

#include "util/fault.h"

static void
test_addresses(void)
{
	static const struct {
		const char *address, *local, *domain; /* local NULL: refused */
	} rows[] = {
		{"alice@Example.ORG", "alice", "example.org"},
		{"a.b+c@x", "a.b+c", "x"},
		{"\"odd @ name\"@example.org", "\"odd @ name\"", "example.org"},
		{"\"a\\\"b\"@example.org", "\"a\\\"b\"", "example.org"},
		{"müller@bücher.example", "müller", "bücher.example"},
		{"x@[127.0.0.1]", "x", "[127.0.0.1]"},
		{"x@[IPv6:::1]", "x", "[ipv6:::1]"},
		{"alice", NULL, NULL},
		{"@example.org", NULL, NULL},
		{"alice@", NULL, NULL},
		{"", NULL, NULL},
		{"a b@example.org", NULL, NULL},
		{".a@example.org", NULL, NULL},
		{"a..b@example.org", NULL, NULL},
		{"a@example..org", NULL, NULL},
		{"a@.example.org", NULL, NULL},
		{"a@example.org.", NULL, NULL},
		{"a@-x.org", NULL, NULL},
		{"a@b@example.org", NULL, NULL},
		{"\"\"@example.org", NULL, NULL},
		{"\"a\"b\"@example.org", NULL, NULL},
		{"\"a\\\"@example.org", NULL, NULL},
		{"a@exa mple.org", NULL, NULL},
		{"a@example.org\r\nRCPT TO:<x>", NULL, NULL},
		{"a\x01@example.org", NULL, NULL},
		{"a\xff@example.org", NULL, NULL},
		{"a\xe2\x80\xae@example.org", NULL, NULL},
		{"a@[no address]", NULL, NULL},
		{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.org", NULL, NULL},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *local = NULL;
		g_autofree char *domain = NULL;
		g_autoptr(GError) error = NULL;
		gboolean good = address_split(rows[i].address, &local, &domain, &error);
		g_assert_cmpstr(local, ==, rows[i].local);
		g_assert_cmpstr(domain, ==, rows[i].domain);
		g_assert_cmpint(good, ==, rows[i].local != NULL);
		if (!good)
			g_assert_error(error, POSTHORN_FAULT, FAULT_INPUT);
	}
}

static void
test_servers(void)
{
	static const struct {
		const char *text, *host;
		guint16 port;
		const char *back;
	} rows[] = {
		{"imap.example.org:993", "imap.example.org", 993, "imap.example.org:993"},
		{" Imap.Example.org ", "imap.example.org", 0, "imap.example.org:0"},
		{"127.0.0.1:1143", "127.0.0.1", 1143, "127.0.0.1:1143"},
		{"[::1]:993", "::1", 993, "[::1]:993"},
		{"::1", "::1", 0, "[::1]:0"},
		{"fe80::1", "fe80::1", 0, "[fe80::1]:0"},
		{"bücher.example:65535", "bücher.example", 65535, "bücher.example:65535"},
		{"localhost:1", "localhost", 1, "localhost:1"},
		{"host:", NULL, 0, NULL},
		{"host:0", NULL, 0, NULL},
		{"host:65536", NULL, 0, NULL},
		{"host:99999999999", NULL, 0, NULL},
		{"host:+1", NULL, 0, NULL},
		{"host:0993", NULL, 0, NULL},
		{":993", NULL, 0, NULL},
		{"", NULL, 0, NULL},
		{"[::1", NULL, 0, NULL},
		{"[::1]x", NULL, 0, NULL},
		{"[host]:1", NULL, 0, NULL},
		{"ho st:1", NULL, 0, NULL},
		{"user@host:1", NULL, 0, NULL},
		{"imaps://host", NULL, 0, NULL},
		{"host/path", NULL, 0, NULL},
		{"host\r\n:1", NULL, 0, NULL},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		HostPort server = {NULL, 0};
		g_autoptr(GError) error = NULL;
		gboolean good = server_parse(rows[i].text, &server, &error);
		g_assert_cmpint(good, ==, rows[i].host != NULL);
		g_assert_cmpstr(server.host, ==, rows[i].host);
		g_assert_cmpuint(server.port, ==, rows[i].port);
		if (good) {
			g_autofree char *back = server_format(&server);
			g_assert_cmpstr(back, ==, rows[i].back);
		}
		g_free(server.host);
	}
}

static void
test_every_row_guesses_well(void)
{
	gsize count;
	const Provider *providers = providers_all(&count);

	for (gsize i = 0; i < count; i++) {
		const Provider *row = &providers[i];
		g_auto(GStrv) domains = g_strsplit(row->domains, " ", -1);
		g_assert_cmpint(row->logins, !=, 0);
		g_assert_cmpint(row->imap_security, !=, NET_PLAIN);
		g_assert_cmpint(row->smtp_security, !=, NET_PLAIN);
		g_assert_true(row->help == NULL || g_str_has_prefix(row->help, "https://"));
		for (gsize d = 0; domains[d] != NULL; d++) {
			g_autofree char *address = g_strconcat("alice@", domains[d][0] == '*' ? "x" : "",
				domains[d] + (domains[d][0] == '*'), NULL);
			g_autoptr(GPtrArray) imap = providers_guess(address, FALSE, NULL);
			g_autoptr(GPtrArray) smtp = providers_guess(address, TRUE, NULL);
			HostPort again = {NULL, 0};
			g_autofree char *text = NULL;
			/* A domain stands in one row only, and in lower case. */
			g_assert_true(providers_find(address) == row);
			g_assert_cmpuint(imap->len, ==, 1);
			g_assert_cmpuint(smtp->len, ==, 1);
			text = server_format(&((ServerGuess *)g_ptr_array_index(imap, 0))->server);
			g_assert_true(server_parse(text, &again, NULL));
			g_assert_null(strchr(again.host, '%'));
			g_free(again.host);
		}
	}
}

static void
test_lookup(void)
{
	static const struct {
		const char *address, *name;
	} rows[] = {
		{"a@gmail.com", "Gmail"},
		{"a@GMail.Com", "Gmail"},
		{"a@contoso.onmicrosoft.com", "Microsoft 365"},
		{"a@onmicrosoft.com", NULL},
		{"a@evilonmicrosoft.com", NULL},
		{"a@notgmail.com", NULL},
		{"a@mail.com.evil.example", NULL},
		{"a@gmail.com@evil.example", NULL},
		{"gmail.com", NULL},
		{NULL, NULL},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const Provider *row = providers_find(rows[i].address);
		g_assert_cmpstr(row != NULL ? row->name : NULL, ==, rows[i].name);
	}
}

static void
test_user_names(void)
{
	g_autoptr(GPtrArray) imap = providers_guess("Alice@icloud.com", FALSE, NULL);
	g_autoptr(GPtrArray) smtp = providers_guess("Alice@icloud.com", TRUE, NULL);

	g_assert_cmpstr(((ServerGuess *)g_ptr_array_index(imap, 0))->user, ==, "Alice");
	g_assert_cmpstr(((ServerGuess *)g_ptr_array_index(smtp, 0))->user, ==, "Alice@icloud.com");
}

static void
test_guesses_for_the_unknown_are_tls_first_and_never_plain(void)
{
	static const char *const wanted[] = {"imap.corp.example:993 0", "mail.corp.example:993 0",
		"corp.example:993 0", "imap.corp.example:143 1", "mail.corp.example:143 1",
		"corp.example:143 1"};
	g_autoptr(GPtrArray) guesses = providers_guess("bob@corp.example", FALSE, NULL);
	g_autoptr(GPtrArray) smtp = providers_guess("bob@corp.example", TRUE, NULL);

	g_assert_cmpuint(guesses->len, ==, G_N_ELEMENTS(wanted));
	for (guint i = 0; i < guesses->len; i++) {
		const ServerGuess *guess = g_ptr_array_index(guesses, i);
		g_autofree char *server = server_format(&guess->server);
		g_autofree char *line = g_strdup_printf("%s %d", server, guess->security);
		g_assert_cmpstr(line, ==, wanted[i]);
	}
	g_assert_cmpuint(((ServerGuess *)g_ptr_array_index(smtp, 0))->server.port, ==, 465);
	g_assert_cmpuint(((ServerGuess *)g_ptr_array_index(smtp, 3))->server.port, ==, 587);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/address/split", test_addresses);
	g_test_add_func("/address/server", test_servers);
	g_test_add_func("/providers/rows", test_every_row_guesses_well);
	g_test_add_func("/providers/lookup", test_lookup);
	g_test_add_func("/providers/users", test_user_names);
	g_test_add_func("/providers/guesses", test_guesses_for_the_unknown_are_tls_first_and_never_plain);
	return g_test_run();
}
