/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "account/settings.h"

#include <string.h>

#include "account/conf.h"
#include "util/fault.h"

typedef struct {
	const char *name, *value;
	gboolean good;
} Row;

/* A struct of each home, with its defaults. */
typedef struct {
	ProgramConfig program;
	AccountConfig account;
	Preferences preferences;
} Homes;

static gpointer
base_of(Homes *homes, const Setting *setting)
{
	switch (setting->home) {
	case HOME_PROGRAM:
		return &homes->program;
	case HOME_ACCOUNT:
		return &homes->account;
	default:
		return &homes->preferences;
	}
}

static void
homes_init(Homes *homes)
{
	memset(homes, 0, sizeof *homes);
	settings_set_defaults(HOME_PROGRAM, &homes->program);
	settings_set_defaults(HOME_ACCOUNT, &homes->account);
	settings_set_defaults(HOME_PREFERENCES, &homes->preferences);
}

static void
homes_clear(Homes *homes)
{
	settings_clear(HOME_PROGRAM, &homes->program);
	settings_clear(HOME_ACCOUNT, &homes->account);
	settings_clear(HOME_PREFERENCES, &homes->preferences);
}

static gboolean
parse(Homes *homes, const char *name, const char *value, GError **error)
{
	const Setting *setting = settings_find(name);

	g_assert_nonnull(setting);
	return setting_parse(setting, value, "/conf", base_of(homes, setting), error);
}

static void
test_every_row_is_whole(void)
{
	gsize count;
	const Setting *settings = settings_all(&count);

	for (gsize i = 0; i < count; i++) {
		g_autofree char *allowed = setting_allowed(&settings[i]);
		g_assert_nonnull(settings[i].brief);
		g_assert_cmpint(settings[i].scopes, !=, 0);
		g_assert_cmpint(strlen(allowed), >, 0);
		g_assert_true(settings_find(settings[i].name) == &settings[i]);
		g_assert_true((settings[i].type == SETTING_ENUM || settings[i].type == SETTING_SORT) ==
			      (settings[i].allowed != NULL));
	}
}

static void
test_defaults(void)
{
	Homes homes;

	homes_init(&homes);
	g_assert_cmpuint(homes.program.confirm_over, ==, 25);
	g_assert_cmpint(homes.program.escape_delay_ms, ==, 600);
	g_assert_cmpuint(homes.program.cache_size, ==, G_GUINT64_CONSTANT(2) << 30);
	g_assert_cmpint(homes.account.imap_security, ==, NET_TLS);
	g_assert_cmpint(homes.account.fetch.kind, ==, FETCH_TEXT);
	g_assert_cmpint(homes.account.fetch.age_s, ==, 90 * 86400);
	g_assert_cmpuint(homes.account.trust->len, ==, 0);
	g_assert_false(homes.account.read_only);
	g_assert_cmpint(homes.preferences.undo_send_ms, ==, 10000);
	g_assert_cmpint(homes.preferences.sort.key, ==, SORT_DATE);
	g_assert_true(homes.preferences.sort.descending);
	g_assert_true(homes.preferences.threads);
	g_assert_cmpstr(homes.preferences.quote_prefix, ==, "> ");
	g_assert_cmpuint(g_strv_length(homes.preferences.headers), ==, 5);
	homes_clear(&homes);
}

static void
test_what_is_allowed(void)
{
	static const Row rows[] = {
		{"imap-security", "starttls", TRUE},
		{"imap-security", "STARTTLS", FALSE},
		{"imap-security", "ssl", FALSE},
		{"read-only", "yes", TRUE},
		{"read-only", "true", FALSE},
		{"confirm-over", "0", TRUE},
		{"confirm-over", "-1", FALSE},
		{"confirm-over", "1000001", FALSE},
		{"confirm-over", "99999999999999999999999", FALSE},
		{"confirm-over", "12x", FALSE},
		{"confirm-over", "", FALSE},
		{"undo-send", "10s", TRUE},
		{"undo-send", "0", TRUE},
		{"undo-send", "10", FALSE},
		{"undo-send", "never", FALSE},
		{"undo-send", "2d", FALSE},
		{"mark-read-after", "never", TRUE},
		{"mark-read-after", "1500ms", TRUE},
		{"cache-size", "500M", TRUE},
		{"cache-size", "500", FALSE},
		{"cache-size", "99999999T", FALSE},
		{"fetch", "headers", TRUE},
		{"fetch", "headers 3d", FALSE},
		{"fetch", "all", TRUE},
		{"fetch", "text  12w", TRUE},
		{"fetch", "text 12", FALSE},
		{"fetch", "everything", FALSE},
		{"sort", "-received", TRUE},
		{"sort", "size", TRUE},
		{"sort", "--size", FALSE},
		{"sort", "-", FALSE},
		{"address", "alice@example.org", TRUE},
		{"address", "alice", FALSE},
		{"imap", "imap.example.org:993", TRUE},
		{"imap", "imap.example.org", TRUE},
		{"imap", "imap.example.org:0", FALSE},
		{"imap", "imaps://imap.example.org", FALSE},
		{"trust", "h:993 sha256:0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef",
			TRUE},
		{"trust", "h sha256:0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef", FALSE},
		{"trust", "h:993 0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef", FALSE},
		{"trust", "h:993 sha256:12", FALSE},
		{"roles", "sent=Gesendet, archive = Archive/Old", TRUE},
		{"roles", "sent=A, sent=B", FALSE},
		{"roles", "inbox=X", FALSE},
		{"roles", "spam=X", FALSE},
		{"roles", "sent", FALSE},
		{"password-command", "pass 'show me'", TRUE},
		{"password-command", "pass 'show", FALSE},
		{"label", "a\xc3(", FALSE},
		{"label", "a\x1b[31m", FALSE},
		{"label", "", TRUE},
		{"rules-program", "classify python3 'a b.py' --fast", TRUE},
		{"rules-program", "classify", FALSE},
		{"rules-program", "Classify x", FALSE},
		{"rules-program", "classify 'x", FALSE},
		{"run-rules", "daily", TRUE},
		{"run-rules", "weekly", FALSE},
		{"theme", "dark", TRUE},
		{"theme", "solarized", FALSE},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		Homes homes;
		g_autoptr(GError) error = NULL;
		homes_init(&homes);
		g_assert_cmpint(parse(&homes, rows[i].name, rows[i].value, &error), ==, rows[i].good);
		if (!rows[i].good) {
			g_assert_error(error, POSTHORN_FAULT, FAULT_INPUT);
			g_assert_true(g_str_has_prefix(error->message, rows[i].name));
		}
		homes_clear(&homes);
	}
}

static void
test_values_arrive_in_their_fields(void)
{
	Homes homes;

	homes_init(&homes);
	g_assert_true(parse(&homes, "imap", "[::1]:1143", NULL));
	g_assert_cmpstr(homes.account.imap.host, ==, "::1");
	g_assert_cmpuint(homes.account.imap.port, ==, 1143);
	g_assert_true(parse(&homes, "imap", "Mail.Example.org", NULL));
	g_assert_cmpstr(homes.account.imap.host, ==, "mail.example.org");
	g_assert_cmpuint(homes.account.imap.port, ==, 0);
	g_assert_true(parse(&homes, "smtp-security", "plain", NULL));
	g_assert_cmpint(homes.account.smtp_security, ==, NET_PLAIN);
	g_assert_true(parse(&homes, "password-command", "pass show 'mail box'", NULL));
	g_assert_cmpstr(homes.account.password_command[2], ==, "mail box");
	g_assert_true(parse(&homes, "ca-file", "ca.pem", NULL));
	g_assert_cmpstr(homes.account.ca_file, ==, "/conf/ca.pem");
	g_assert_true(parse(&homes, "ca-file", "/etc/ca.pem", NULL));
	g_assert_cmpstr(homes.account.ca_file, ==, "/etc/ca.pem");
	g_assert_true(parse(&homes, "aliases", "a@b.c, *@d.e", NULL));
	g_assert_cmpstr(homes.account.aliases[1], ==, "*@d.e");
	g_assert_true(parse(&homes, "roles", "sent=Gesendete Objekte, trash=Müll", NULL));
	g_assert_cmpstr(homes.account.roles[ROLE_SENT], ==, "Gesendete Objekte");
	g_assert_cmpstr(homes.account.roles[ROLE_TRASH], ==, "Müll");
	g_assert_null(homes.account.roles[ROLE_DRAFTS]);
	g_assert_true(parse(&homes, "quote-prefix", "\"| \"", NULL));
	g_assert_cmpstr(homes.preferences.quote_prefix, ==, "| ");
	g_assert_true(parse(&homes, "headers", "From X-Spam", NULL));
	g_assert_cmpstr(homes.preferences.headers[1], ==, "x-spam");
	g_assert_true(parse(&homes, "mark-read-after", "2m", NULL));
	g_assert_cmpint(homes.preferences.mark_read_after_ms, ==, 120000);
	g_assert_true(parse(&homes, "fetch", "all 2y", NULL));
	g_assert_cmpint(homes.account.fetch.age_s, ==, 2 * 365 * 86400);
	homes_clear(&homes);
}

static void
test_trust_is_a_list(void)
{
	Homes homes;
	const char *line = "h:993 sha256:0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef";

	homes_init(&homes);
	g_assert_true(parse(&homes, "trust", line, NULL));
	g_assert_true(parse(&homes, "trust", line, NULL));
	g_assert_cmpuint(homes.account.trust->len, ==, 2);
	homes_clear(&homes);
}

static void
test_a_refused_value_leaves_the_old_one(void)
{
	Homes homes;

	homes_init(&homes);
	g_assert_true(parse(&homes, "roles", "sent=A", NULL));
	g_assert_false(parse(&homes, "roles", "drafts=B, sent", NULL));
	g_assert_cmpstr(homes.account.roles[ROLE_SENT], ==, "A");
	g_assert_null(homes.account.roles[ROLE_DRAFTS]);
	g_assert_false(parse(&homes, "imap-security", "x", NULL));
	g_assert_cmpint(homes.account.imap_security, ==, NET_TLS);
	homes_clear(&homes);
}

static void
test_copies_are_whole_and_apart(void)
{
	Homes homes, copy;

	homes_init(&homes);
	g_assert_true(parse(&homes, "roles", "sent=A", NULL));
	g_assert_true(parse(&homes, "imap", "a:1", NULL));
	g_assert_true(parse(&homes, "fetch", "headers", NULL));
	memset(&copy, 0, sizeof copy);
	settings_copy(HOME_ACCOUNT, &copy.account, &homes.account);
	settings_copy(HOME_PROGRAM, &copy.program, &homes.program);
	settings_copy(HOME_PREFERENCES, &copy.preferences, &homes.preferences);
	homes_clear(&homes);
	g_assert_cmpstr(copy.account.roles[ROLE_SENT], ==, "A");
	g_assert_cmpuint(copy.account.imap.port, ==, 1);
	g_assert_cmpint(copy.account.fetch.kind, ==, FETCH_HEADERS);
	g_assert_cmpstr(copy.preferences.attribution, ==, "On %d, %n wrote:");
	homes_clear(&copy);
}

static void
test_nearest_name(void)
{
	static const struct {
		const char *wrong, *right;
		guint scopes;
	} rows[] = {
		{"adress", "address", SCOPE_ACCOUNT},
		{"imap_security", "imap-security", SCOPE_ACCOUNT},
		{"IMAP", "imap", SCOPE_ACCOUNT},
		{"pasword-comand", "password-command", SCOPE_ACCOUNT},
		{"thraeds", "threads", SCOPE_FOLDER},
		{"xyzzy-frobnicate", NULL, SCOPE_ACCOUNT},
		{"", NULL, SCOPE_FOLDER},
		{"a-name-that-is-much-longer-than-any-setting-has-ever-been", NULL, SCOPE_ACCOUNT},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpstr(settings_nearest(rows[i].wrong, rows[i].scopes), ==, rows[i].right);
}

/* Each row stands there once, and no text of ours is taken for a macro. */
static void
test_the_manual_has_every_row(void)
{
	g_autofree char *manual = settings_manual();
	g_auto(GStrv) lines = g_strsplit(manual, "\n", -1);
	gsize count, entries = 0;

	(void)settings_all(&count);
	for (gsize i = 0; lines[i] != NULL; i++) {
		entries += g_str_has_prefix(lines[i], ".TP");
		g_assert_true(lines[i][0] != '.' || g_str_has_prefix(lines[i], ".TP") ||
			      g_str_has_prefix(lines[i], ".B ") || g_str_has_prefix(lines[i], ".BR ") ||
			      g_str_has_prefix(lines[i], ".S"));
	}
	g_assert_cmpuint(entries, ==, count);
	g_assert_nonnull(strstr(manual, "\n.B imap\\-security\n"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/settings/rows", test_every_row_is_whole);
	g_test_add_func("/settings/defaults", test_defaults);
	g_test_add_func("/settings/allowed", test_what_is_allowed);
	g_test_add_func("/settings/fields", test_values_arrive_in_their_fields);
	g_test_add_func("/settings/trust", test_trust_is_a_list);
	g_test_add_func("/settings/refused", test_a_refused_value_leaves_the_old_one);
	g_test_add_func("/settings/copy", test_copies_are_whole_and_apart);
	g_test_add_func("/settings/nearest", test_nearest_name);
	g_test_add_func("/settings/manual", test_the_manual_has_every_row);
	return g_test_run();
}
