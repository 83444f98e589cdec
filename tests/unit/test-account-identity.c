/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "account/identity.h"

#include <glib/gstdio.h>

#include "account/link.h"
#include "util/fault.h"

static AccountConfig *
make_account(const char *signature)
{
	static const char *const aliases[] = {"al@example.net", "*@Shop.example", NULL};
	AccountConfig *account = account_config_new("work");

	account->address = g_strdup("Alice@example.org");
	account->aliases = g_strdupv((char **)aliases);
	g_free(account->signature);
	account->signature = g_strdup(signature);
	return account;
}

static void
test_who_is_me(void)
{
	static const struct {
		const char *address;
		gboolean me;
	} rows[] = {{"alice@EXAMPLE.org", TRUE}, {"AL@example.net", TRUE}, {"orders@shop.example", TRUE},
		{"x@shop.example.evil", FALSE}, {"bob@example.org", FALSE}, {"", FALSE},
		{"\xff@shop.example", FALSE}};
	g_autoptr(AccountConfig) account = make_account("");

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(identity_is_me(account, rows[i].address), ==, rows[i].me);
}

static void
assert_signature(const char *setting, const char *wanted)
{
	g_autoptr(AccountConfig) account = make_account(setting);
	g_autoptr(GError) error = NULL;
	g_autofree char *text = identity_signature(account, NULL, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(text, ==, wanted);
}

static void
test_signatures(void)
{
	g_autofree char *folder = g_dir_make_tmp("posthorn-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "signature", NULL);

	g_assert_true(g_file_set_contents(path, "Alice\nExample\xff \x1b[31m\n\n", -1, NULL));
	assert_signature("Alice Example", "Alice Example");
	assert_signature("", "");
	assert_signature(path, "Alice\nExample\xef\xbf\xbd \xef\xbf\xbd[31m");
	assert_signature("command: printf 'a\\nb\\n'", "a\nb");
	g_unlink(path);
	g_rmdir(folder);
}

static void
test_only_the_usual_file_may_be_missing(void)
{
	g_autoptr(AccountConfig) account = make_account("/nowhere/signature");
	g_autoptr(AccountConfig) broken = make_account("command: /nowhere/program");
	g_autoptr(GError) error = NULL;

	g_setenv("HOME", "/nowhere", TRUE);
	assert_signature("~/.signature", "");
	g_assert_null(identity_signature(account, NULL, &error));
	g_assert_nonnull(error);
	g_clear_error(&error);
	g_assert_null(identity_signature(broken, NULL, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_LOCAL);
}

static void
test_targets(void)
{
	g_autoptr(AccountConfig) account = make_account("");
	g_autoptr(NetRoots) roots = net_roots_new(NULL);
	g_autoptr(NetTrust) trust = NULL;
	g_autoptr(GError) error = NULL;
	NetTarget target;

	account->smtp.host = g_strdup("mail.example.org");
	account->smtp.port = 587;
	account->smtp_security = NET_STARTTLS;
	trust = account_trust(account, roots, &error);
	g_assert_no_error(error);
	account_target(account, SERVER_SMTP, trust, &target);
	g_assert_cmpint(target.scheme, ==, NET_SMTP);
	g_assert_cmpint(target.security, ==, NET_STARTTLS);
	g_assert_cmpstr(target.host, ==, "mail.example.org");
	g_assert_cmpstr(account_user(account, SERVER_SMTP), ==, "Alice@example.org");
	account->user = g_strdup("alice");
	g_assert_cmpstr(account_user(account, SERVER_SMTP), ==, "alice");
	account->smtp_user = g_strdup("sender");
	g_assert_cmpstr(account_user(account, SERVER_SMTP), ==, "sender");
	g_assert_cmpstr(account_user(account, SERVER_IMAP), ==, "alice");
	g_ptr_array_add(account->trust, g_strdup("nonsense"));
	g_assert_null(account_trust(account, roots, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_INPUT);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/identity/me", test_who_is_me);
	g_test_add_func("/identity/signatures", test_signatures);
	g_test_add_func("/identity/missing", test_only_the_usual_file_may_be_missing);
	g_test_add_func("/link/targets", test_targets);
	return g_test_run();
}
