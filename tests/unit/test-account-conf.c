/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "account/conf.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/fault.h"

#define WORK                                                                                                 \
	"[account work]\n"                                                                                   \
	"address = alice@example.org\n"                                                                      \
	"imap = imap.example.org\n"

typedef struct {
	char *folder, *path;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer unused)
{
	(void)unused;
	fixture->folder = g_dir_make_tmp("posthorn-XXXXXX", NULL);
	fixture->path = g_build_filename(fixture->folder, "posthorn.conf", NULL);
}

static void
tear_down(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(GDir) folder = g_dir_open(fixture->folder, 0, NULL);
	const char *name;

	(void)unused;
	while ((name = g_dir_read_name(folder)) != NULL) {
		g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
		g_unlink(path);
	}
	g_rmdir(fixture->folder);
	g_free(fixture->path);
	g_free(fixture->folder);
}

static void
write_text(Fixture *fixture, const char *text)
{
	g_assert_true(g_file_set_contents(fixture->path, text, -1, NULL));
}

static char *
read_text(Fixture *fixture)
{
	char *text = NULL;

	g_assert_true(g_file_get_contents(fixture->path, &text, NULL, NULL));
	return text;
}

static Config *
load(Fixture *fixture, const char *text)
{
	g_autoptr(GError) error = NULL;
	Config *config;

	if (text != NULL)
		write_text(fixture, text);
	config = config_load(fixture->path, &error);
	g_assert_no_error(error);
	return config;
}

static void
test_no_file_is_an_empty_configuration(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(Config) config = load(fixture, NULL);

	(void)unused;
	g_assert_cmpuint(config_accounts(config)->len, ==, 0);
	g_assert_cmpuint(config_program(config)->confirm_over, ==, 25);
}

static void
test_an_account_is_completed(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(Config) config =
		load(fixture, WORK "smtp = mail.example.org\nsmtp-security = starttls\n"
				   "user = alice\nca-file = ca.pem\n[account home]\n"
				   "address = b@example.org\nimap = localhost\nimap-security = plain\n");
	const AccountConfig *work = config_account(config, "work");
	const AccountConfig *home = config_account(config, "home");
	g_autofree char *ca_file = g_build_filename(fixture->folder, "ca.pem", NULL);
	g_autoptr(AccountConfig) copy = account_config_copy(work);

	(void)unused;
	g_assert_cmpuint(work->imap.port, ==, 993);
	g_assert_cmpuint(work->smtp.port, ==, 587);
	g_assert_cmpstr(work->label, ==, "work");
	g_assert_cmpstr(work->smtp_user, ==, "alice");
	g_assert_cmpstr(work->ca_file, ==, ca_file);
	g_assert_cmpuint(home->imap.port, ==, 143);
	g_assert_cmpstr(home->user, ==, "b@example.org");
	g_assert_null(home->smtp.host);
	g_assert_null(config_account(config, "other"));
	g_assert_cmpstr(copy->smtp.host, ==, "mail.example.org");
	g_assert_cmpstr(copy->key, ==, "work");
}

static void
test_errors_name_line_key_and_remedy(Fixture *fixture, gconstpointer unused)
{
	static const struct {
		const char *text, *place, *words;
	} rows[] = {
		{WORK "adress = x\n", ":4: ", "did you mean address?"},
		{WORK "imap-security = ssl\n", ":4: imap-security: ", "tls, starttls or plain"},
		{WORK "imap-security = plain\n", ":1: ", "localhost"},
		{WORK "imap = a:1\n", ":4: ", "first in line 3"},
		{WORK "theme = dark\n", ":4: ", "[posthorn]"},
		{"[posthorn]\nconfirm-over = many\n", ":2: ", "0 to 1000000"},
		{"[posthorn]\npassword = x\n", ":2: ", "unknown setting"},
		{"[account]\n", ":1: ", "[account NAME]"},
		{"[account Work Mail]\n", ":1: ", "a-z"},
		{"[acount work]\nimap = x\n", ":1: ", "unknown section"},
		{"label = x\n", ":1: ", "[posthorn]"},
		{"[account a]\naddress = a@b.c\n", ":1: ", "imap = "},
		{"[account a]\nimap = x\n", ":1: ", "address = "},
		{WORK "auth = oauth2\n", ":1: ", "token-command"},
		{WORK "what is this\n", ":4: ", ""},
		{WORK "adress = x\nuser = a\nuser = b\n", ":4: ", "1 more problem"},
		{"[folder x]\nimap = x\n", ":2: ", "[account NAME]"},
	};

	(void)unused;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *place = g_strconcat(fixture->path, rows[i].place, NULL);
		write_text(fixture, rows[i].text);
		g_assert_null(config_load(fixture->path, &error));
		g_assert_error(error, POSTHORN_FAULT, FAULT_INPUT);
		g_assert_true(g_str_has_prefix(error->message, place));
		g_assert_nonnull(strstr(error->message, rows[i].words));
	}
}

static void
test_an_unreadable_file_is_said(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;

	(void)unused;
	g_assert_cmpint(g_mkdir(fixture->path, 0700), ==, 0);
	g_assert_null(config_load(fixture->path, &error));
	g_assert_nonnull(error);
	g_assert_nonnull(strstr(error->message, fixture->path));
	g_rmdir(fixture->path);
}

static void
test_what_is_nearer_wins(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(Config) config = load(fixture,
		"[posthorn]\nsort = date\nthreads = no\nforward = ask\n" WORK
		"sort = -size\nforward = attached\n"
		"[folder lists]\nmatch = lists/*\nmatch = News Letters\nthreads = yes\nsort = from\n"
		"[folder Sent]\nsort = to\n");
	static const struct {
		const char *account, *folder;
		SortKey key;
		gboolean descending, threads;
		ForwardStyle forward;
	} rows[] = {
		{NULL, NULL, SORT_DATE, FALSE, FALSE, FORWARD_ASK},
		{"work", "INBOX", SORT_SIZE, TRUE, FALSE, FORWARD_ATTACHED},
		{"work", "lists/a", SORT_FROM, FALSE, TRUE, FORWARD_ATTACHED},
		{"work", "News Letters", SORT_FROM, FALSE, TRUE, FORWARD_ATTACHED},
		{"work", "Sent", SORT_TO, FALSE, FALSE, FORWARD_ATTACHED},
		{"other", "lists", SORT_DATE, FALSE, FALSE, FORWARD_ASK},
	};

	(void)unused;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Preferences) preferences =
			config_preferences(config, rows[i].account, rows[i].folder);
		g_assert_cmpint(preferences->sort.key, ==, rows[i].key);
		g_assert_cmpint(preferences->sort.descending, ==, rows[i].descending);
		g_assert_cmpint(preferences->threads, ==, rows[i].threads);
		g_assert_cmpint(preferences->forward, ==, rows[i].forward);
	}
}

static void
test_a_changed_file_is_taken_over(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(Config) config = load(fixture, WORK);
	gboolean changed = TRUE;

	(void)unused;
	g_assert_true(config_reload_if_changed(config, &changed, NULL));
	g_assert_false(changed);
	write_text(fixture, WORK "label = New\n");
	g_assert_true(config_reload_if_changed(config, &changed, NULL));
	g_assert_true(changed);
	g_assert_cmpstr(config_account(config, "work")->label, ==, "New");
}

static void
test_a_bad_edit_keeps_the_old_values_and_is_said_once(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(Config) config = load(fixture, WORK "label = Old\n");
	g_autoptr(GError) error = NULL;
	gboolean changed = TRUE;

	(void)unused;
	write_text(fixture, WORK "label = New\nlabl = x\n");
	g_assert_false(config_reload_if_changed(config, &changed, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_INPUT);
	g_assert_nonnull(strstr(error->message, ":5: "));
	g_assert_false(changed);
	g_assert_cmpstr(config_account(config, "work")->label, ==, "Old");
	g_assert_true(config_reload_if_changed(config, &changed, NULL));
	g_assert_false(changed);
	write_text(fixture, WORK "label = Better\n");
	g_assert_true(config_reload_if_changed(config, &changed, NULL));
	g_assert_cmpstr(config_account(config, "work")->label, ==, "Better");
}

static void
test_only_the_lines_concerned_change(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(Config) config =
		load(fixture, "# mine\n[posthorn]\n  theme=dark\n\n# work\n" WORK "label = Old\n# end");
	ConfigEntry entries[] = {{"theme", "light"}};
	ConfigEntry remove[] = {{"label", NULL}};
	gboolean changed = TRUE;
	g_autofree char *text = NULL;

	(void)unused;
	g_assert_true(config_set(config, "posthorn", entries, 1, NULL));
	g_assert_cmpint(config_program(config)->theme, ==, THEME_LIGHT);
	g_assert_true(config_set(config, "account work", remove, 1, NULL));
	g_assert_cmpstr(config_account(config, "work")->label, ==, "work");
	text = read_text(fixture);
	g_assert_cmpstr(text, ==, "# mine\n[posthorn]\n  theme=light\n\n# work\n" WORK "# end");
	/* Our own change is no news. */
	g_assert_true(config_reload_if_changed(config, &changed, NULL));
	g_assert_false(changed);
}

static void
test_quotes_keep_blanks(Fixture *fixture, gconstpointer unused)
{
	static const char *const values[] = {"> ", " ", "\"", "\"x\"", "plain", "a \"b\" c", ""};
	g_autoptr(Config) config = load(fixture, WORK);

	(void)unused;
	for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
		ConfigEntry entry = {"quote-prefix", values[i]};
		g_autoptr(Preferences) preferences = NULL;
		g_assert_true(config_set(config, "account work", &entry, 1, NULL));
		preferences = config_preferences(config, "work", NULL);
		g_assert_cmpstr(preferences->quote_prefix, ==, values[i]);
	}
}

static void
test_an_invalid_change_is_not_written(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(Config) config = load(fixture, WORK);
	static const ConfigEntry bad[] = {{"imap-security", "plain"}, {"imap", NULL}, {"labl", "x"},
		{"label", "a\nb = c"}, {"theme", "dark"}};
	g_autofree char *text = NULL;

	(void)unused;
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_false(config_set(config, "account work", &bad[i], 1, &error));
		g_assert_error(error, POSTHORN_FAULT, FAULT_INPUT);
	}
	text = read_text(fixture);
	g_assert_cmpstr(text, ==, WORK);
	g_assert_cmpstr(config_account(config, "work")->imap.host, ==, "imap.example.org");
}

static void
test_links_are_followed_and_the_mode_is_kept(Fixture *fixture, gconstpointer unused)
{
	g_autofree char *target = g_build_filename(fixture->folder, "dotfiles.conf", NULL);
	g_autofree char *middle = g_build_filename(fixture->folder, "middle.conf", NULL);
	g_autoptr(Config) config = NULL;
	ConfigEntry entry = {"label", "Linked"};
	g_autofree char *text = NULL;
	struct stat status;

	(void)unused;
	g_assert_true(g_file_set_contents(target, WORK, -1, NULL));
	g_assert_cmpint(g_chmod(target, 0640), ==, 0);
	g_assert_cmpint(symlink("dotfiles.conf", middle), ==, 0);
	g_assert_cmpint(symlink(middle, fixture->path), ==, 0);
	config = load(fixture, NULL);
	g_assert_true(config_set(config, "account work", &entry, 1, NULL));
	g_assert_cmpint(g_lstat(fixture->path, &status), ==, 0);
	g_assert_true(S_ISLNK(status.st_mode));
	g_assert_cmpint(g_lstat(middle, &status), ==, 0);
	g_assert_true(S_ISLNK(status.st_mode));
	g_assert_cmpint(g_lstat(target, &status), ==, 0);
	g_assert_cmpuint(status.st_mode & 0777, ==, 0640);
	g_assert_true(g_file_get_contents(target, &text, NULL, NULL));
	g_assert_nonnull(strstr(text, "label = Linked\n"));
}

static void
test_accounts_come_and_go(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(Config) config = load(fixture, NULL);
	ConfigEntry entries[] = {{"address", "a@b.example"}, {"imap", "h:993"}, {"label", NULL}};
	g_autoptr(GError) error = NULL;
	struct stat status;

	(void)unused;
	g_assert_true(config_add_account(config, "work", entries, 3, NULL));
	g_assert_cmpint(g_stat(fixture->path, &status), ==, 0);
	g_assert_cmpuint(status.st_mode & 0777, ==, 0600);
	g_assert_false(config_add_account(config, "work", entries, 3, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_INPUT);
	g_clear_error(&error);
	g_assert_true(config_append(config, "account work", "trust",
		"h:993 sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", NULL));
	g_assert_true(config_append(config, "account work", "trust",
		"h:993 sha256:1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", NULL));
	g_assert_cmpuint(config_account(config, "work")->trust->len, ==, 2);
	g_assert_true(config_remove_account(config, "work", NULL));
	g_assert_cmpuint(config_accounts(config)->len, ==, 0);
	g_assert_false(config_remove_account(config, "work", &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_UNKNOWN);
}

static void
test_what_others_wrote_meanwhile_stays(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(Config) config = load(fixture, WORK);
	ConfigEntry entry = {"label", "Mine"};
	g_autofree char *text = NULL;

	(void)unused;
	write_text(fixture, WORK "name = Theirs\n");
	g_assert_true(config_set(config, "account work", &entry, 1, NULL));
	g_assert_cmpstr(config_account(config, "work")->name, ==, "Theirs");
	text = read_text(fixture);
	g_assert_nonnull(strstr(text, "name = Theirs\n"));
}

static void
test_two_writers_lose_nothing(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(Config) config = load(fixture, WORK);
	pid_t child = fork();

	(void)unused;
	for (guint i = 0; i < 20; i++) {
		g_autofree char *key = g_strdup_printf("%s%u", child == 0 ? "c" : "p", i);
		ConfigEntry entries[] = {{"address", "a@b.example"}, {"imap", "h"}};
		gboolean good = config_add_account(config, key, entries, 2, NULL);
		if (child == 0 && !good)
			_exit(1);
		g_assert_true(good);
	}
	if (child == 0)
		_exit(0);
	waitpid(child, NULL, 0);
	g_assert_true(config_reload_if_changed(config, NULL, NULL));
	g_assert_cmpuint(config_accounts(config)->len, ==, 41);
}

static void
test_a_full_disk_keeps_the_file(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(Config) config = load(fixture, WORK);
	g_autofree char *text = NULL;
	pid_t child = fork();
	int status = 0;

	(void)unused;
	if (child == 0) {
		struct rlimit limit = {16, 16};
		ConfigEntry entry = {"label", "New"};
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		if (config_set(config, "account work", &entry, 1, NULL))
			_exit(1);
		_exit(strcmp(config_account(config, "work")->label, "work") == 0 ? 0 : 2);
	}
	waitpid(child, &status, 0);
	g_assert_cmpint(WEXITSTATUS(status), ==, 0);
	text = read_text(fixture);
	g_assert_cmpstr(text, ==, WORK);
}

static void
test_keys_for_addresses(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(Config) config = load(fixture, WORK "[account example]\naddress = a@b.c\nimap = h\n");
	static const char *const rows[][2] = {{"a@Mail.corp.test", "corp"}, {"a@example.org", "example-2"},
		{"a@shop.example.co.uk", "example-2"}, {"a@localhost", "localhost"}, {"a@bücher.de", "bcher"},
		{"a@例え.jp", "mail"}, {"a@[127.0.0.1]", "0"}, {"", "mail"},
		{"a@averyveryveryveryverylongdomainlabelindeed.org", "averyveryveryveryverylongdom"}};

	(void)unused;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *key = config_free_key(config, rows[i][0]);
		g_assert_cmpstr(key, ==, rows[i][1]);
	}
}

static void
test_programs(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(Config) config = load(fixture, "[posthorn]\nbrowser = w3m -o 'a b'\n");
	g_auto(GStrv) editor = NULL;
	g_auto(GStrv) browser = config_browser(config);
	g_auto(GStrv) opener = config_opener(config);

	(void)unused;
	g_setenv("VISUAL", "ed -x", TRUE);
	g_setenv("EDITOR", "wrong", TRUE);
	editor = config_editor(config);
	g_assert_cmpstr(editor[0], ==, "ed");
	g_assert_cmpstr(editor[1], ==, "-x");
	g_assert_cmpstr(browser[2], ==, "a b");
	g_assert_cmpstr(opener[0], ==, "xdg-open");
	g_unsetenv("VISUAL");
	g_strfreev(editor);
	editor = config_editor(config);
	g_assert_cmpstr(editor[0], ==, "wrong");
}

#define ADD(path, test) g_test_add(path, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("/conf/empty", test_no_file_is_an_empty_configuration);
	ADD("/conf/account", test_an_account_is_completed);
	ADD("/conf/errors", test_errors_name_line_key_and_remedy);
	ADD("/conf/unreadable", test_an_unreadable_file_is_said);
	ADD("/conf/nearer", test_what_is_nearer_wins);
	ADD("/conf/reload", test_a_changed_file_is_taken_over);
	ADD("/conf/bad-edit", test_a_bad_edit_keeps_the_old_values_and_is_said_once);
	ADD("/conf/lines", test_only_the_lines_concerned_change);
	ADD("/conf/quotes", test_quotes_keep_blanks);
	ADD("/conf/invalid", test_an_invalid_change_is_not_written);
	ADD("/conf/links", test_links_are_followed_and_the_mode_is_kept);
	ADD("/conf/accounts", test_accounts_come_and_go);
	ADD("/conf/meanwhile", test_what_others_wrote_meanwhile_stays);
	ADD("/conf/two-writers", test_two_writers_lose_nothing);
	ADD("/conf/full-disk", test_a_full_disk_keeps_the_file);
	ADD("/conf/keys", test_keys_for_addresses);
	ADD("/conf/programs", test_programs);
	return g_test_run();
}
