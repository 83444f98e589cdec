/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the ManageSieve server is: the setting, DNS, the IMAP server. */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "account/link.h"
#include "account/sieve-place.h"
#include "dns-peer.h"
#include "util/fault.h"

#define NAME "_sieve._tcp.example.org"

typedef struct {
	const char *name;
	const char *imap;
	const char *target; /* of DNS; NULL: no such name */
	const char *expected;
	const char *stranger;
	gboolean guessed;
} Row;

static const Row rows[] = {
	{"below-the-domain", "mail.example.org", "rules.example.org", "rules.example.org:4191", NULL, FALSE},
	{"the-domain-itself", "mail.example.org", "example.org", "example.org:4191", NULL, FALSE},
	{"the-imap-server-elsewhere", "imap.host.example", "IMAP.host.example", "imap.host.example:4191",
		NULL, FALSE},
	{"a-stranger", "mail.example.org", "sieve.evil.example", "mail.example.org:4190",
		"sieve.evil.example:4191", TRUE},
	{"a-look-alike", "mail.example.org", "evilexample.org", "mail.example.org:4190",
		"evilexample.org:4191", TRUE},
	{"not-in-dns", "mail.example.org", NULL, "mail.example.org:4190", NULL, TRUE},
	{"on-this-machine", "127.0.0.1", "rules.example.org", "127.0.0.1:4190", NULL, TRUE},
};

static AccountConfig *
account_of(const char *imap)
{
	AccountConfig *account = account_config_new("work");

	account->address = g_strdup("alice@example.org");
	account->imap.host = g_strdup(imap);
	account->imap.port = 993;
	return account;
}

static gboolean
find(const AccountConfig *account, const char *target, SievePlace *place, GError **error)
{
	DnsServer server = {.name = NAME, .target = target, .target_port = 4191, .code = target ? 0 : 3};
	NetResolver resolver = {.address = "127.0.0.1"};
	gboolean found;

	dns_server_start(&server);
	resolver.port = server.port;
	found = sieve_place_find(account, &resolver, NULL, place, error);
	dns_server_stop(&server);
	return found;
}

static void
test_row(gconstpointer user)
{
	const Row *row = user;
	g_autoptr(AccountConfig) account = account_of(row->imap);
	g_auto(SievePlace) place = {0};
	g_autoptr(GError) error = NULL;
	g_autofree char *have = NULL;

	g_assert_true(find(account, row->target, &place, &error));
	g_assert_no_error(error);
	have = g_strdup_printf("%s:%u", place.server.host, place.server.port);
	g_assert_cmpstr(have, ==, row->expected);
	g_assert_cmpstr(place.stranger, ==, row->stranger);
	g_assert_true(place.guessed == row->guessed);
}

static void
test_not_offered(void)
{
	g_autoptr(AccountConfig) account = account_of("mail.example.org");
	g_auto(SievePlace) place = {0};
	g_autoptr(GError) error = NULL;

	g_assert_false(find(account, ".", &place, &error));
	g_assert_cmpint(fault_of(error), ==, FAULT_UNKNOWN);
	g_assert_nonnull(strstr(error->message, "offers no ManageSieve"));
}

static void
test_setting_goes_before_dns(void)
{
	g_autoptr(AccountConfig) account = account_of("mail.example.org");
	g_auto(SievePlace) place = {0};

	account->sieve.host = g_strdup("elsewhere.example");
	account->sieve.port = 2000;
	g_assert_true(find(account, ".", &place, NULL));
	g_assert_cmpstr(place.server.host, ==, "elsewhere.example");
	g_assert_cmpuint(place.server.port, ==, 2000);
	g_assert_false(place.guessed);
}

static Config *
config_of(const char *lines, GError **error)
{
	g_autofree char *folder = g_dir_make_tmp("posthorn-sieve-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "posthorn.conf", NULL);
	g_autofree char *text = g_strdup_printf(
		"[account work]\naddress = alice@example.org\nimap = imap.example.org\n%s\n", lines);
	Config *config;

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	config = config_load(path, error);
	g_unlink(path);
	g_rmdir(folder);
	return config;
}

static void
test_settings(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config =
		config_of("sieve = sieve.example.org\nrules = server\nrules-host = desk", &error);
	g_autoptr(Config) plain = config_of("", NULL);
	const AccountConfig *account;
	NetTarget target;

	g_assert_no_error(error);
	account = config_account(config, "work");
	account_target(account, SERVER_SIEVE, NULL, &target);
	g_assert_cmpstr(target.host, ==, "sieve.example.org");
	g_assert_cmpuint(target.port, ==, SIEVE_PORT);
	g_assert_cmpint(target.scheme, ==, NET_RAW);
	g_assert_cmpint(target.security, ==, NET_STARTTLS);
	g_assert_cmpint(account->rules, ==, RULES_SERVER);
	g_assert_cmpstr(account->rules_host, ==, "desk");
	g_assert_cmpint(config_account(plain, "work")->rules, ==, RULES_CLIENT);
	g_assert_null(config_account(plain, "work")->sieve.host);
}

static void
test_plain_to_another_machine_is_refused(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) none = NULL;
	g_autoptr(Config) config =
		config_of("sieve = sieve.example.org:4190\nsieve-security = plain", &error);
	G_GNUC_UNUSED g_autoptr(Config) here =
		config_of("sieve = 127.0.0.1:4190\nsieve-security = plain", &none);

	g_assert_null(config);
	g_assert_nonnull(strstr(error->message, "sieve-security = plain is allowed for this machine only"));
	g_assert_no_error(none);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/account/sieve/%s", rows[i].name);
		g_test_add_data_func(path, &rows[i], test_row);
	}
	g_test_add_func("/account/sieve/not-offered", test_not_offered);
	g_test_add_func("/account/sieve/setting", test_setting_goes_before_dns);
	g_test_add_func("/account/sieve/settings", test_settings);
	g_test_add_func("/account/sieve/plain", test_plain_to_another_machine_is_refused);
	return g_test_run();
}
