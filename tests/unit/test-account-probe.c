/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "account/probe.h"

#include <glib/gstdio.h>
#include <string.h>

#include "peer.h"
#include "util/fault.h"

typedef struct {
	GString *lines; /* "imap connect ok" and so on, one a step's end */
} Log;

static void
note(const ProbeReport *report, gpointer user)
{
	static const char *const steps[] = {"connect", "login", "folders"};
	static const char *const states[] = {"running", "ok", "failed", "passed-by", "skipped"};
	Log *log = user;

	g_assert_cmpint(strlen(report->title), >, 0);
	if (report->state == STEP_RUNNING) {
		g_assert_null(report->words);
		return;
	}
	g_string_append_printf(log->lines, "%s %s %s; ", report->server == SERVER_IMAP ? "imap" : "smtp",
		steps[report->step], states[report->state]);
}

static AccountConfig *
make_account(guint16 imap_port, guint16 smtp_port)
{
	AccountConfig *account = account_config_new("work");

	account->address = g_strdup("alice@corp.example");
	account->user = g_strdup("alice");
	account->imap.host = g_strdup("127.0.0.1");
	account->imap.port = imap_port;
	account->imap_security = NET_PLAIN;
	account->smtp.host = g_strdup("127.0.0.1");
	account->smtp.port = smtp_port;
	account->smtp_security = NET_PLAIN;
	return account;
}

/* Reads the tag of the next command that is name, answering what comes before it as fits. */
static char *
answer_until(Peer *peer, const char *name)
{
	for (;;) {
		g_autofree char *line = peer_line(peer);
		g_auto(GStrv) words = line != NULL ? g_strsplit(line, " ", 3) : NULL;
		if (words == NULL || words[0] == NULL || words[1] == NULL)
			return NULL;
		if (g_ascii_strcasecmp(words[1], name) == 0)
			return g_strdup(words[0]);
		if (g_ascii_strcasecmp(words[1], "CAPABILITY") == 0)
			peer_say(peer, "* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n");
		g_autofree char *done = g_strconcat(words[0], " OK done\r\n", NULL);
		peer_say(peer, done);
	}
}

static void
finish(Peer *peer, char *take_tag, const char *rest)
{
	g_autofree char *line = take_tag != NULL ? g_strconcat(take_tag, " ", rest, "\r\n", NULL) : NULL;

	if (line != NULL)
		peer_say(peer, line);
	g_free(take_tag);
}

static void
good_imap(Peer *peer, gpointer user)
{
	(void)user;
	peer_say(peer, "* OK ready\r\n");
	finish(peer, answer_until(peer, "AUTHENTICATE"), "OK [CAPABILITY IMAP4rev1 SPECIAL-USE] in");
	g_autofree char *tag = answer_until(peer, "LIST");
	peer_say(peer, "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\Sent) \"/\" Sent\r\n");
	finish(peer, g_steal_pointer(&tag), "OK done");
	g_free(answer_until(peer, "LOGOUT"));
}

static void
refusing_imap(Peer *peer, gpointer user)
{
	(void)user;
	peer_say(peer, "* OK ready\r\n");
	finish(peer, answer_until(peer, "AUTHENTICATE"), "NO [AUTHENTICATIONFAILED] go away");
	g_free(answer_until(peer, "LOGOUT"));
}

static void
good_smtp(Peer *peer, gpointer user)
{
	const char *answer = user;

	peer_say(peer, "220 ready\r\n");
	for (;;) {
		g_autofree char *line = peer_line(peer);
		if (line == NULL)
			return;
		if (g_str_has_prefix(line, "EHLO"))
			peer_say(peer, "250-here\r\n250 AUTH PLAIN\r\n");
		else if (g_str_has_prefix(line, "AUTH"))
			peer_say(peer, answer != NULL ? answer : "235 in\r\n");
		else if (g_str_has_prefix(line, "QUIT"))
			peer_say(peer, "221 bye\r\n");
		else
			peer_say(peer, "250 ok\r\n");
	}
}

typedef struct {
	AccountConfig *account;
	Log log;
	ProbeResult result;
	GError *error;
	gboolean good;
} Run;

static void
run_probe(Run *run, guint16 imap_port, guint16 smtp_port, const char *password, Cancel *cancel)
{
	g_autoptr(Secret) secret = password != NULL ? secret_new(password, -1) : NULL;
	g_autoptr(NetRoots) roots = net_roots_new(NULL);
	ProbeOptions options = {.secret = secret, .roots = roots, .report = note, .user = &run->log};

	run->account = make_account(imap_port, smtp_port);
	run->log.lines = g_string_new(NULL);
	options.account = run->account;
	run->good = probe_run(&options, &run->result, cancel, &run->error);
	g_assert_cmpint(run->good, ==, run->error == NULL);
	g_assert_cmpint(run->good, ==, run->result.cause == NULL);
}

static void
run_clear(Run *run)
{
	account_config_free(run->account);
	g_string_free(run->log.lines, TRUE);
	probe_result_clear(&run->result);
	g_clear_error(&run->error);
}

static void
test_all_is_well(void)
{
	g_autoptr(Peer) imap = peer_start(good_imap, NULL);
	g_autoptr(Peer) smtp = peer_start(good_smtp, NULL);
	Run run = {0};

	run_probe(&run, peer_port(imap), peer_port(smtp), "hunter2", NULL);
	g_assert_no_error(run.error);
	g_assert_cmpstr(run.log.lines->str, ==,
		"imap connect ok; imap login ok; imap folders ok; smtp connect ok; smtp login ok; ");
	g_assert_cmpuint(run.result.folders, ==, 2);
	g_assert_cmpstr(run.result.roles, ==, "inbox, sent");
	g_assert_cmpstr(run.result.imap_user, ==, "alice");
	g_assert_cmpuint(run.result.smtp.port, ==, peer_port(smtp));
	run_clear(&run);
}

static void
test_a_refused_password(void)
{
	g_autoptr(Peer) imap = peer_start(refusing_imap, NULL);
	Run run = {0};

	run_probe(&run, peer_port(imap), 1, "wrong-one", NULL);
	g_assert_error(run.error, POSTHORN_FAULT, FAULT_AUTH);
	g_assert_cmpstr(run.log.lines->str, ==, "imap connect ok; imap login failed; imap folders skipped; ");
	g_assert_cmpint(run.result.failed, ==, SERVER_IMAP);
	g_assert_nonnull(strstr(run.result.cause->words, "go away"));
	g_assert_null(strstr(run.result.cause->words, "wrong-one"));
	run_clear(&run);
}

static void
test_a_closed_port(void)
{
	Run run = {0};

	run_probe(&run, peer_closed_port(), 1, "x", NULL);
	g_assert_error(run.error, POSTHORN_FAULT, FAULT_RETRY);
	g_assert_cmpstr(
		run.log.lines->str, ==, "imap connect failed; imap login skipped; imap folders skipped; ");
	run_clear(&run);
}

static void
test_smtp_refuses(void)
{
	g_autoptr(Peer) imap = peer_start(good_imap, NULL);
	g_autoptr(Peer) smtp = peer_start(good_smtp, (gpointer) "535 5.7.8 not you\r\n");
	Run run = {0};

	run_probe(&run, peer_port(imap), peer_port(smtp), "x", NULL);
	g_assert_error(run.error, POSTHORN_FAULT, FAULT_AUTH);
	g_assert_true(g_str_has_suffix(run.log.lines->str, "smtp connect ok; smtp login failed; "));
	g_assert_true(run.result.imap_ok);
	g_assert_cmpint(run.result.failed, ==, SERVER_SMTP);
	run_clear(&run);
}

static void
test_without_a_secret_nothing_is_logged_in(void)
{
	g_autoptr(Peer) imap = peer_start(good_imap, NULL);
	g_autoptr(Peer) smtp = peer_start(good_smtp, NULL);
	Run run = {0};

	run_probe(&run, peer_port(imap), peer_port(smtp), NULL, NULL);
	g_assert_no_error(run.error);
	g_assert_cmpstr(run.log.lines->str, ==, "imap connect ok; smtp connect ok; ");
	run_clear(&run);
}

static void
test_cancel(void)
{
	g_autoptr(Cancel) cancel = cancel_new();
	Run run = {0};

	cancel_trigger(cancel);
	run_probe(&run, peer_closed_port(), 1, "x", cancel);
	g_assert_error(run.error, POSTHORN_FAULT, FAULT_CANCELED);
	run_clear(&run);
}

static void
test_plain_text_to_others_is_refused(void)
{
	g_autoptr(AccountConfig) account = make_account(143, 25);
	g_autoptr(NetRoots) roots = net_roots_new(NULL);
	ProbeOptions options = {.account = account, .roots = roots};
	g_auto(ProbeResult) result = {0};
	g_autoptr(GError) error = NULL;

	g_free(account->imap.host);
	account->imap.host = g_strdup("192.0.2.1");
	g_assert_false(probe_run(&options, &result, NULL, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_INPUT);
}

/* ---- looking for servers --------------------------------------------------------------- */

static void
test_an_unknown_domain_is_passed_by_quickly(void)
{
	AccountConfig *account = account_config_new("work");
	g_autoptr(NetRoots) roots = net_roots_new(NULL);
	Log log = {g_string_new(NULL)};
	ProbeOptions options = {.account = account, .roots = roots, .report = note, .user = &log};
	g_auto(ProbeResult) result = {0};
	g_autoptr(GError) error = NULL;
	gint64 began = g_get_monotonic_time();

	account->address = g_strdup("alice@nowhere.invalid");
	g_assert_false(probe_run(&options, &result, NULL, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_RETRY);
	g_assert_cmpstr(log.lines->str, ==,
		"imap connect passed-by; imap connect passed-by; imap connect passed-by; imap connect "
		"passed-by; "
		"imap connect passed-by; imap connect failed; imap login skipped; imap folders skipped; ");
	g_assert_cmpint(g_get_monotonic_time() - began, <, 8 * G_USEC_PER_SEC);
	g_string_free(log.lines, TRUE);
	account_config_free(account);
}

typedef struct {
	char *pem;
} Tls;

static void
tls_imap(Peer *peer, gpointer user)
{
	const Tls *tls = user;

	if (peer_tls(peer, tls->pem, 0))
		good_imap(peer, NULL);
}

static AccountConfig *
make_tls_account(const Peer *peer)
{
	AccountConfig *account = make_account(peer_port(peer), 1);

	account->imap_security = NET_TLS;
	return account;
}

/* Refused with the certificate to ask about; and after yes it is the one that passes. */
static void
test_a_certificate_is_asked_about(void)
{
	g_autofree char *folder = g_dir_make_tmp("posthorn-XXXXXX", NULL);
	g_autoptr(NetRoots) roots = net_roots_new(NULL);
	g_autoptr(Secret) secret = secret_new("x", -1);
	g_autofree char *line = NULL;
	Tls tls = {g_build_filename(folder, "self.pem", NULL)};
	g_autofree char *ca_file = g_build_filename(folder, "ca.pem", NULL);
	static const char *const made[] = {"ca", "good", "expired", "future", "wrong", "bare", "self"};

	peer_make_certificates(folder);
	for (int round = 0; round < 2; round++) {
		g_autoptr(Peer) peer = peer_start(tls_imap, &tls);
		g_autoptr(AccountConfig) account = make_tls_account(peer);
		ProbeOptions options = {
			.account = account, .roots = roots, .secret = secret, .imap_only = TRUE};
		g_auto(ProbeResult) result = {0};
		g_autoptr(GError) error = NULL;
		account->ca_file = g_strdup(ca_file);
		if (round == 1)
			g_ptr_array_add(account->trust,
				g_strdup_printf("127.0.0.1:%u sha256:%s", peer_port(peer), line));
		g_assert_cmpint(probe_run(&options, &result, NULL, &error), ==, round == 1);
		if (round == 1)
			continue;
		g_assert_error(error, POSTHORN_FAULT, FAULT_TRUST);
		g_assert_nonnull(result.certificate);
		g_assert_cmpuint(strlen(result.certificate->fingerprint), ==, 64);
		line = g_strdup(result.certificate->fingerprint);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(made); i++) {
		g_autofree char *path = g_strdup_printf("%s/%s.pem", folder, made[i]);
		g_unlink(path);
	}
	g_rmdir(folder);
	g_free(tls.pem);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_true(net_check(NULL));
	g_test_add_func("/probe/good", test_all_is_well);
	g_test_add_func("/probe/password", test_a_refused_password);
	g_test_add_func("/probe/closed", test_a_closed_port);
	g_test_add_func("/probe/smtp", test_smtp_refuses);
	g_test_add_func("/probe/no-secret", test_without_a_secret_nothing_is_logged_in);
	g_test_add_func("/probe/cancel", test_cancel);
	g_test_add_func("/probe/plain", test_plain_text_to_others_is_refused);
	g_test_add_func("/probe/unknown-domain", test_an_unknown_domain_is_passed_by_quickly);
	g_test_add_func("/probe/certificate", test_a_certificate_is_asked_about);
	return g_test_run();
}
