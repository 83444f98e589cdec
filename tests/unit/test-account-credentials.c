/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "account/credentials.h"

#include <glib/gstdio.h>
#include <string.h>

#include "account/vault.h"
#include "util/fault.h"

typedef struct {
	char *folder;
	char *count; /* a file to which the command adds a letter each time it runs */
	char *script;
	Paths paths;
	Credentials *credentials;
	AccountConfig *account;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer unused)
{
	(void)unused;
	fixture->folder = g_dir_make_tmp("posthorn-XXXXXX", NULL);
	fixture->count = g_build_filename(fixture->folder, "count", NULL);
	fixture->script = g_build_filename(fixture->folder, "script", NULL);
	fixture->paths.data = g_build_filename(fixture->folder, "data", NULL);
	fixture->credentials = credentials_new(&fixture->paths, NULL);
	fixture->account = account_config_new("work");
}

static void
tear_down(Fixture *fixture, gconstpointer unused)
{
	static const char *const names[] = {"count", "script", "data/vault", "data/vault.lock", "data"};

	(void)unused;
	credentials_free(fixture->credentials);
	account_config_free(fixture->account);
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(fixture->folder, names[i], NULL);
		if (g_unlink(path) != 0)
			g_rmdir(path);
	}
	g_rmdir(fixture->folder);
	g_free(fixture->paths.data);
	g_free(fixture->script);
	g_free(fixture->count);
	g_free(fixture->folder);
}

/* A program that counts its runs and then does as body says. */
static char **
make_command(Fixture *fixture, const char *body)
{
	g_autofree char *text = g_strdup_printf("printf x >> '%s'\n%s\n", fixture->count, body);

	g_assert_true(g_file_set_contents(fixture->script, text, -1, NULL));
	return g_strdupv((char *[]){(char *)"/bin/sh", fixture->script, NULL});
}

static gsize
runs(Fixture *fixture)
{
	g_autofree char *text = NULL;
	gsize length = 0;

	return g_file_get_contents(fixture->count, &text, &length, NULL) ? length : 0;
}

static void
assert_gets(Fixture *fixture, const char *text)
{
	g_autoptr(Secret) secret = NULL;
	g_autoptr(GError) error = NULL;
	CredentialsResult result =
		credentials_get(fixture->credentials, fixture->account, &secret, NULL, &error);

	g_assert_no_error(error);
	g_assert_cmpint(result, ==, CREDENTIALS_OK);
	g_assert_cmpstr(secret_text(secret), ==, text);
}

static void
assert_lacks(Fixture *fixture, CredentialsResult wanted, Fault fault)
{
	g_autoptr(Secret) secret = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(
		credentials_get(fixture->credentials, fixture->account, &secret, NULL, &error), ==, wanted);
	g_assert_null(secret);
	g_assert_cmpint(fault_of(error), ==, fault);
}

static void
test_the_command_runs_once_until_refused(Fixture *fixture, gconstpointer unused)
{
	(void)unused;
	fixture->account->password_command = make_command(fixture, "printf 'hunter2\\nrest\\n'");
	assert_gets(fixture, "hunter2");
	assert_gets(fixture, "hunter2");
	g_assert_cmpuint(runs(fixture), ==, 1);
	credentials_refused(fixture->credentials, "work");
	assert_gets(fixture, "hunter2");
	g_assert_cmpuint(runs(fixture), ==, 2);
}

static gpointer
get_in_thread(gpointer data)
{
	assert_gets(data, "hunter2");
	return NULL;
}

static void
test_workers_that_ask_together_run_it_once(Fixture *fixture, gconstpointer unused)
{
	GThread *threads[4];

	(void)unused;
	fixture->account->password_command = make_command(fixture, "sleep 0.2; echo hunter2");
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("get", get_in_thread, fixture);
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		g_thread_join(threads[i]);
	g_assert_cmpuint(runs(fixture), ==, 1);
}

static void
test_a_failing_or_silent_command(Fixture *fixture, gconstpointer unused)
{
	(void)unused;
	fixture->account->password_command = make_command(fixture, "exit 3");
	assert_lacks(fixture, CREDENTIALS_FAILED, FAULT_LOCAL);
	g_strfreev(fixture->account->password_command);
	fixture->account->password_command = make_command(fixture, "echo");
	assert_lacks(fixture, CREDENTIALS_FAILED, FAULT_LOCAL);
}

static void
test_a_given_password_goes_first_until_refused(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(Secret) typed = secret_new("typed", -1);

	(void)unused;
	assert_lacks(fixture, CREDENTIALS_NEED_PASSWORD, FAULT_AUTH);
	credentials_give(fixture->credentials, "work", typed);
	assert_gets(fixture, "typed");
	credentials_refused(fixture->credentials, "work");
	assert_lacks(fixture, CREDENTIALS_NEED_PASSWORD, FAULT_AUTH);
}

static void
test_oauth_without_a_command(Fixture *fixture, gconstpointer unused)
{
	(void)unused;
	fixture->account->auth = AUTH_OAUTH2;
	assert_lacks(fixture, CREDENTIALS_FAILED, FAULT_AUTH);
	fixture->account->token_command = make_command(fixture, "echo ya29");
	assert_gets(fixture, "ya29");
}

static void
test_the_vault_asks_for_its_phrase(Fixture *fixture, gconstpointer unused)
{
	g_autofree char *path = g_build_filename(fixture->paths.data, "vault", NULL);
	g_autoptr(Secret) phrase = secret_new("phrase", -1);
	g_autoptr(Secret) wrong = secret_new("wrong", -1);
	g_autoptr(Secret) secret = secret_new("hunter2", -1);

	(void)unused;
	g_assert_true(vault_put(path, phrase, "work", secret, NULL));
	assert_lacks(fixture, CREDENTIALS_NEED_PHRASE, FAULT_AUTH);
	credentials_give_phrase(fixture->credentials, wrong);
	assert_lacks(fixture, CREDENTIALS_NEED_PHRASE, FAULT_AUTH);
	credentials_give_phrase(fixture->credentials, phrase);
	assert_gets(fixture, "hunter2");
	fixture->account->key[0] = 'W';
	assert_lacks(fixture, CREDENTIALS_NEED_PASSWORD, FAULT_AUTH);
}

static void
test_the_phrase_by_command(Fixture *fixture, gconstpointer unused)
{
	g_autofree char *path = g_build_filename(fixture->paths.data, "vault", NULL);
	g_auto(GStrv) command = make_command(fixture, "echo phrase");
	g_autoptr(Secret) phrase = secret_new("phrase", -1);
	g_autoptr(Secret) secret = secret_new("hunter2", -1);

	(void)unused;
	g_assert_true(vault_put(path, phrase, "work", secret, NULL));
	credentials_free(fixture->credentials);
	fixture->credentials = credentials_new(&fixture->paths, command);
	assert_gets(fixture, "hunter2");
	credentials_refused(fixture->credentials, "work");
	assert_gets(fixture, "hunter2");
	g_assert_cmpuint(runs(fixture), ==, 1);
}

static void
test_no_place_to_store(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(Secret) secret = secret_new("hunter2", -1);
	g_autoptr(GError) error = NULL;

	(void)unused;
	g_assert_false(credentials_can_store(fixture->credentials, PLACE_AUTO, NULL));
	g_assert_false(
		credentials_store(fixture->credentials, "work", secret, PLACE_AUTO, NULL, NULL, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_LOCAL);
	g_assert_nonnull(strstr(error->message, "password-command"));
	g_assert_nonnull(strstr(error->message, "vault-phrase"));
	assert_lacks(fixture, CREDENTIALS_NEED_PASSWORD, FAULT_AUTH);
}

static void
test_store_and_delete_in_the_vault(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(Secret) secret = secret_new("hunter2", -1);
	g_autoptr(Secret) phrase = secret_new("phrase", -1);
	CredentialsPlace place = PLACE_AUTO;

	(void)unused;
	credentials_give_phrase(fixture->credentials, phrase);
	g_assert_true(credentials_can_store(fixture->credentials, PLACE_AUTO, NULL));
	g_assert_false(credentials_can_store(fixture->credentials, PLACE_KEYRING, NULL));
	g_assert_true(
		credentials_store(fixture->credentials, "work", secret, PLACE_AUTO, &place, NULL, NULL));
	g_assert_cmpint(place, ==, PLACE_VAULT);
	credentials_refused(fixture->credentials, "work");
	assert_gets(fixture, "hunter2");
	g_assert_true(credentials_delete(fixture->credentials, "work", NULL, NULL));
	assert_lacks(fixture, CREDENTIALS_NEED_PASSWORD, FAULT_AUTH);
	g_assert_true(credentials_delete(fixture->credentials, "work", NULL, NULL));
}

static void
test_a_cancelled_command_ends_at_once(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(Cancel) cancel = cancel_new();
	g_autoptr(Secret) secret = NULL;
	g_autoptr(GError) error = NULL;
	gint64 began = g_get_monotonic_time();

	(void)unused;
	fixture->account->password_command = make_command(fixture, "sleep 20");
	cancel_trigger(cancel);
	g_assert_cmpint(credentials_get(fixture->credentials, fixture->account, &secret, cancel, &error), ==,
		CREDENTIALS_FAILED);
	g_assert_error(error, POSTHORN_FAULT, FAULT_CANCELED);
	g_assert_cmpint(g_get_monotonic_time() - began, <, 5 * G_USEC_PER_SEC);
}

#define ADD(path, test) g_test_add(path, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
	/* No keyring here: what is tested must not depend on the desktop it runs in. */
	g_unsetenv("DBUS_SESSION_BUS_ADDRESS");
	g_unsetenv("XDG_RUNTIME_DIR");
	g_test_init(&argc, &argv, NULL);
	ADD("/credentials/command", test_the_command_runs_once_until_refused);
	ADD("/credentials/together", test_workers_that_ask_together_run_it_once);
	ADD("/credentials/bad-command", test_a_failing_or_silent_command);
	ADD("/credentials/given", test_a_given_password_goes_first_until_refused);
	ADD("/credentials/oauth", test_oauth_without_a_command);
	ADD("/credentials/phrase", test_the_vault_asks_for_its_phrase);
	ADD("/credentials/phrase-command", test_the_phrase_by_command);
	ADD("/credentials/no-place", test_no_place_to_store);
	ADD("/credentials/store", test_store_and_delete_in_the_vault);
	ADD("/credentials/cancel", test_a_cancelled_command_ends_at_once);
	return g_test_run();
}
