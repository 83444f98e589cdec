/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "account/setup.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "util/fault.h"

typedef struct {
	char *folder, *path;
	Paths paths;
	Config *config;
	Credentials *credentials;
	SetupChoices *choices;
} Fixture;

static void
set_text(char **field, const char *text)
{
	g_free(*field);
	*field = g_strdup(text);
}

static void
set_up(Fixture *fixture, gconstpointer unused)
{
	(void)unused;
	fixture->folder = g_dir_make_tmp("posthorn-XXXXXX", NULL);
	fixture->path = g_build_filename(fixture->folder, "posthorn.conf", NULL);
	fixture->paths.data = g_build_filename(fixture->folder, "data", NULL);
	fixture->config = config_load(fixture->path, NULL);
	fixture->credentials = credentials_new(&fixture->paths, NULL);
	fixture->choices = setup_choices_new();
	set_text(&fixture->choices->address, "alice@corp.example");
	set_text(&fixture->choices->name, "Alice Example");
	set_text(&fixture->choices->imap, "mx.corp.example");
	set_text(&fixture->choices->smtp, "mx.corp.example:587");
	fixture->choices->password = secret_new("hunter2", -1);
}

static void
tear_down(Fixture *fixture, gconstpointer unused)
{
	static const char *const names[] = {"posthorn.conf", "data/vault", "data/vault.lock", "data"};

	(void)unused;
	setup_choices_free(fixture->choices);
	credentials_free(fixture->credentials);
	config_free(fixture->config);
	g_chmod(fixture->folder, 0700);
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(fixture->folder, names[i], NULL);
		if (g_unlink(path) != 0)
			g_rmdir(path);
	}
	g_rmdir(fixture->folder);
	g_free(fixture->paths.data);
	g_free(fixture->path);
	g_free(fixture->folder);
}

static void
assert_refused(Fixture *fixture, SetupField wanted)
{
	SetupField field = SETUP_FIELD_NONE;
	g_autoptr(GError) error = NULL;

	g_assert_false(setup_check(fixture->choices, fixture->config, &field, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_INPUT);
	g_assert_cmpint(field, ==, wanted);
}

static void
test_each_field_is_checked(Fixture *fixture, gconstpointer unused)
{
	static const struct {
		gsize offset;
		const char *value;
		SetupField field;
	} rows[] = {
		{offsetof(SetupChoices, address), "alice", SETUP_FIELD_ADDRESS},
		{offsetof(SetupChoices, address), "", SETUP_FIELD_ADDRESS},
		{offsetof(SetupChoices, key), "Work Mail", SETUP_FIELD_KEY},
		{offsetof(SetupChoices, imap), "imaps://x", SETUP_FIELD_IMAP},
		{offsetof(SetupChoices, imap_security), "ssl", SETUP_FIELD_IMAP},
		{offsetof(SetupChoices, imap_security), "plain", SETUP_FIELD_IMAP},
		{offsetof(SetupChoices, smtp_security), "plain", SETUP_FIELD_SMTP},
		{offsetof(SetupChoices, smtp), "x:0", SETUP_FIELD_SMTP},
		{offsetof(SetupChoices, name), "a\nb", SETUP_FIELD_NAME},
	};

	(void)unused;
	g_assert_true(setup_check(fixture->choices, fixture->config, NULL, NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		char **text = (char **)((char *)fixture->choices + rows[i].offset);
		g_autofree char *before = g_strdup(*text);
		set_text(text, rows[i].value);
		assert_refused(fixture, rows[i].field);
		set_text(text, before);
	}
	g_clear_pointer(&fixture->choices->password, secret_free);
	assert_refused(fixture, SETUP_FIELD_PASSWORD);
	fixture->choices->login = SETUP_PASSWORD_COMMAND;
	assert_refused(fixture, SETUP_FIELD_PASSWORD);
	set_text(&fixture->choices->password_command, "pass 'show");
	assert_refused(fixture, SETUP_FIELD_PASSWORD);
	set_text(&fixture->choices->password_command, "pass show");
	g_assert_true(setup_check(fixture->choices, fixture->config, NULL, NULL));
}

static void
test_ports_and_security_go_together(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(AccountConfig) account = setup_account(fixture->choices, fixture->config, NULL);

	(void)unused;
	g_assert_cmpstr(account->key, ==, "corp");
	g_assert_cmpuint(account->imap.port, ==, 993);
	g_assert_cmpint(account->imap_security, ==, NET_TLS);
	g_assert_cmpuint(account->smtp.port, ==, 587);
	g_assert_cmpint(account->smtp_security, ==, NET_STARTTLS);
}

static void
test_finish_writes_account_and_secret(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *key = NULL;
	g_autofree char *text = NULL;
	g_autoptr(Secret) secret = NULL;
	CredentialsPlace place = PLACE_AUTO;
	struct stat status;

	(void)unused;
	fixture->choices->vault_phrase = secret_new("phrase", -1);
	set_text(&fixture->choices->user, "alice");
	set_text(&fixture->choices->smtp_user, "alice");
	fixture->choices->read_only = TRUE;
	g_assert_true(setup_finish(
		fixture->choices, fixture->config, fixture->credentials, &key, &place, NULL, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(key, ==, "corp");
	g_assert_cmpint(place, ==, PLACE_VAULT);
	g_assert_true(g_file_get_contents(fixture->path, &text, NULL, NULL));
	g_assert_cmpstr(text, ==,
		"[account corp]\nname = Alice Example\naddress = alice@corp.example\nimap = "
		"mx.corp.example:993\n"
		"imap-security = tls\nsmtp = mx.corp.example:587\nsmtp-security = starttls\nuser = "
		"alice\nread-only = yes\n");
	g_assert_cmpint(g_stat(fixture->path, &status), ==, 0);
	g_assert_cmpuint(status.st_mode & 0777, ==, 0600);
	credentials_refused(fixture->credentials, key);
	g_assert_cmpint(credentials_get(fixture->credentials, config_account(fixture->config, key), &secret,
				NULL, NULL),
		==, CREDENTIALS_OK);
	g_assert_cmpstr(secret_text(secret), ==, "hunter2");
	g_assert_null(strstr(text, "hunter2"));
}

static void
test_a_phrase_from_a_file_is_found_again(Fixture *fixture, gconstpointer unused)
{
	(void)unused;
	fixture->choices->vault_phrase = secret_new("phrase", -1);
	set_text(&fixture->choices->vault_phrase_file, "/tmp/my phrase");
	g_assert_true(setup_finish(
		fixture->choices, fixture->config, fixture->credentials, NULL, NULL, NULL, NULL));
	g_assert_cmpstr(config_program(fixture->config)->vault_phrase_command[0], ==, "cat");
	g_assert_cmpstr(config_program(fixture->config)->vault_phrase_command[1], ==, "/tmp/my phrase");
}

static void
test_no_place_for_the_password_leaves_nothing(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;

	(void)unused;
	g_assert_false(setup_finish(
		fixture->choices, fixture->config, fixture->credentials, NULL, NULL, NULL, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_LOCAL);
	g_assert_false(g_file_test(fixture->path, G_FILE_TEST_EXISTS));
}

/* The file cannot be written: the secret is taken back. */
static void
test_nothing_is_stored_half(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Secret) secret = NULL;
	AccountConfig *account = account_config_new("corp");

	(void)unused;
	fixture->choices->vault_phrase = secret_new("phrase", -1);
	g_assert_true(g_file_set_contents(fixture->path, "[broken\n", -1, NULL));
	g_assert_false(setup_finish(
		fixture->choices, fixture->config, fixture->credentials, NULL, NULL, NULL, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_INPUT);
	g_assert_cmpint(credentials_get(fixture->credentials, account, &secret, NULL, NULL), ==,
		CREDENTIALS_NEED_PASSWORD);
	account_config_free(account);
}

static void
test_a_command_needs_no_place(Fixture *fixture, gconstpointer unused)
{
	(void)unused;
	fixture->choices->login = SETUP_PASSWORD_COMMAND;
	set_text(&fixture->choices->password_command, "pass show 'my mail'");
	fixture->choices->receive_only = TRUE;
	g_assert_true(setup_finish(
		fixture->choices, fixture->config, fixture->credentials, NULL, NULL, NULL, NULL));
	g_assert_cmpstr(config_account(fixture->config, "corp")->password_command[2], ==, "my mail");
	g_assert_null(config_account(fixture->config, "corp")->smtp.host);
}

static void
test_guesses_fill_what_is_missing(Fixture *fixture, gconstpointer unused)
{
	SetupChoices *choices = fixture->choices;

	(void)unused;
	set_text(&choices->address, "Bob@icloud.com");
	set_text(&choices->imap, NULL);
	set_text(&choices->smtp, "");
	g_assert_cmpstr(setup_provider(choices)->name, ==, "iCloud");
	g_assert_true(setup_guess(choices, NULL));
	g_assert_cmpstr(choices->imap, ==, "imap.mail.me.com:993");
	g_assert_cmpstr(choices->user, ==, "Bob");
	g_assert_cmpstr(choices->smtp, ==, "smtp.mail.me.com:587");
	g_assert_cmpstr(choices->smtp_security, ==, "starttls");
	g_assert_cmpstr(choices->smtp_user, ==, "Bob@icloud.com");
}

static void
test_copies_are_apart(Fixture *fixture, gconstpointer unused)
{
	SetupChoices *copy;

	(void)unused;
	g_ptr_array_add(fixture->choices->trust, g_strdup("x"));
	copy = setup_choices_copy(fixture->choices);
	g_ptr_array_set_size(fixture->choices->trust, 0);
	set_text(&fixture->choices->imap, "other");
	g_assert_cmpstr(copy->imap, ==, "mx.corp.example");
	g_assert_cmpuint(copy->trust->len, ==, 1);
	g_assert_cmpstr(secret_text(copy->password), ==, "hunter2");
	setup_choices_free(copy);
}

/* ---- causes ------------------------------------------------------------------------------ */

static void
test_causes(void)
{
	static const struct {
		const char *address;
		AuthKind auth;
		AccountServer server;
		guint16 smtp_port;
		Fault fault;
		const char *message, *words, *next;
	} rows[] = {
		{"a@gmail.com", AUTH_PASSWORD, SERVER_IMAP, 0, FAULT_AUTH, "Invalid credentials", "Gmail",
			"apppasswords"},
		{"a@gmail.com", AUTH_OAUTH2, SERVER_IMAP, 0, FAULT_AUTH, "Invalid credentials", "token",
			"token-command"},
		{"a@hotmail.com", AUTH_PASSWORD, SERVER_IMAP, 0, FAULT_AUTH, "LOGIN failed.", "2024",
			"oauth2"},
		{"a@gmx.net", AUTH_PASSWORD, SERVER_IMAP, 0, FAULT_AUTH, "no", "switched off",
			"hilfe.gmx.net"},
		{"a@t-online.de", AUTH_PASSWORD, SERVER_IMAP, 0, FAULT_AUTH, "no", "T-Online",
			"app password"},
		{"a@proton.me", AUTH_PASSWORD, SERVER_IMAP, 0, FAULT_RETRY, "refused", "Bridge", "Start"},
		{"a@proton.me", AUTH_PASSWORD, SERVER_IMAP, 0, FAULT_TRUST, "self-signed", "Bridge",
			"fingerprint"},
		{"a@corp.example", AUTH_PASSWORD, SERVER_IMAP, 0, FAULT_AUTH, "the words", "the words",
			"user name"},
		{"a@corp.example", AUTH_PASSWORD, SERVER_SMTP, 465, FAULT_RETRY, "late", "late", "587"},
		{"a@corp.example", AUTH_PASSWORD, SERVER_SMTP, 587, FAULT_RETRY, "late", "late", "network"},
		{"a@corp.example", AUTH_PASSWORD, SERVER_IMAP, 0, FAULT_REFUSED, "does not speak TLS", "TLS",
			"starttls"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(AccountConfig) account = account_config_new("a");
		g_autoptr(GError) error = NULL;
		g_autoptr(Cause) cause = NULL;
		account->address = g_strdup(rows[i].address);
		account->auth = rows[i].auth;
		account->smtp.port = rows[i].smtp_port;
		fault_set(&error, rows[i].fault, "%s", rows[i].message);
		cause = cause_of(error, account, rows[i].server);
		g_assert_nonnull(strstr(cause->words, rows[i].words));
		g_assert_nonnull(strstr(cause->words, rows[i].message));
		g_assert_nonnull(strstr(cause->next, rows[i].next));
		g_assert_null(strstr(cause->words, "%s"));
		g_assert_null(strstr(cause->next, "%s"));
	}
}

static void
test_a_cause_needs_no_account(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Cause) cause = NULL;

	fault_set(&error, FAULT_LOCAL, "disk full");
	cause = cause_of(error, NULL, SERVER_IMAP);
	g_assert_cmpstr(cause->words, ==, "disk full");
	g_assert_null(cause->next);
}

#define ADD(path, test) g_test_add(path, Fixture, NULL, set_up, test, tear_down)

/* Servers found by source, of which the user is called user. */
static DiscoverResult *
found_by(DiscoverSource source, const char *user)
{
	DiscoverResult *found = g_new0(DiscoverResult, 1);

	found->source = source;
	found->sure = TRUE;
	found->imap.server = (HostPort){g_strdup("imap.corp.example"), 993};
	found->imap.user = g_strdup(user);
	found->smtp.server = (HostPort){g_strdup("smtp.corp.example"), 587};
	found->smtp.security = NET_STARTTLS;
	found->smtp.user = g_strdup(user);
	return found;
}

static void
test_found_servers_are_filled_in(void)
{
	g_autoptr(SetupChoices) choices = setup_choices_new();
	g_autoptr(SetupChoices) by_dns = setup_choices_new();
	g_autoptr(DiscoverResult) found = found_by(SOURCE_PROVIDER, "al");
	g_autoptr(DiscoverResult) srv = found_by(SOURCE_SRV, "alice@corp.example");

	setup_take_servers(choices, found);
	g_assert_cmpstr(choices->imap, ==, "imap.corp.example:993");
	g_assert_cmpstr(choices->imap_security, ==, "tls");
	g_assert_cmpstr(choices->smtp, ==, "smtp.corp.example:587");
	g_assert_cmpstr(choices->smtp_security, ==, "starttls");
	g_assert_cmpstr(choices->user, ==, "al");
	g_assert_cmpstr(choices->smtp_user, ==, "al");
	/* DNS does not know how the user is called: the test tries both forms. */
	setup_take_servers(by_dns, srv);
	g_assert_cmpstr(by_dns->imap, ==, "imap.corp.example:993");
	g_assert_null(by_dns->user);
}

static void
test_found_servers_replace_nothing_that_was_typed(void)
{
	g_autoptr(SetupChoices) choices = setup_choices_new();
	g_autoptr(SetupChoices) receiving = setup_choices_new();
	g_autoptr(DiscoverResult) found = found_by(SOURCE_PROVIDER, "al");

	set_text(&choices->user, "typed");
	set_text(&choices->smtp, "mine.corp.example:465");
	receiving->receive_only = TRUE;
	setup_take_servers(choices, found);
	setup_take_servers(receiving, found);
	g_assert_cmpstr(choices->imap, ==, "imap.corp.example:993");
	g_assert_cmpstr(choices->user, ==, "typed");
	g_assert_cmpstr(choices->smtp, ==, "mine.corp.example:465");
	g_assert_null(choices->smtp_user);
	g_assert_null(receiving->smtp);
}

static void
test_servers_given_or_known_are_not_looked_for(void)
{
	g_autoptr(SetupChoices) given = setup_choices_new();
	g_autoptr(SetupChoices) known = setup_choices_new();
	SetupSearch search = {0};

	set_text(&given->address, "alice@corp.example");
	set_text(&given->imap, "imap.corp.example");
	set_text(&known->address, "alice@gmail.com");
	g_assert_true(setup_discover(given, &search, NULL, NULL));
	g_assert_true(setup_discover(known, &search, NULL, NULL));
	g_assert_null(given->found);
	g_assert_null(known->found);
}

int
main(int argc, char **argv)
{
	g_unsetenv("DBUS_SESSION_BUS_ADDRESS");
	g_unsetenv("XDG_RUNTIME_DIR");
	g_test_init(&argc, &argv, NULL);
	ADD("/setup/fields", test_each_field_is_checked);
	ADD("/setup/ports", test_ports_and_security_go_together);
	ADD("/setup/finish", test_finish_writes_account_and_secret);
	ADD("/setup/phrase-file", test_a_phrase_from_a_file_is_found_again);
	ADD("/setup/no-place", test_no_place_for_the_password_leaves_nothing);
	ADD("/setup/half", test_nothing_is_stored_half);
	ADD("/setup/command", test_a_command_needs_no_place);
	ADD("/setup/guess", test_guesses_fill_what_is_missing);
	ADD("/setup/copy", test_copies_are_apart);
	g_test_add_func("/search/filled-in", test_found_servers_are_filled_in);
	g_test_add_func("/search/typed-stays", test_found_servers_replace_nothing_that_was_typed);
	g_test_add_func("/search/not-needed", test_servers_given_or_known_are_not_looked_for);
	g_test_add_func("/causes/rows", test_causes);
	g_test_add_func("/causes/no-account", test_a_cause_needs_no_account);
	return g_test_run();
}
