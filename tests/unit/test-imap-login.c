/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logging in, and what goes out at once behind it, on servers that err and lie. */
#include "config.h"

#include "imap-script.h"

static void
test_logindisabled_sends_nothing(void)
{
	g_auto(Line) line = {0};

	line_open(&line, "IMAP4rev1 LOGINDISABLED", (const char *const[]){"C P1 NOOP", "S P1 OK", NULL});
	g_assert_false(line_login(&line, "sesame"));
	assert_fault(&line, FAULT_AUTH, NULL);
	/* The first line that the server sees is this one. */
	g_assert_true(imap_session_noop(line.session, NULL, NULL));
}

static void
test_login_command_when_no_mechanism_fits(void)
{
	g_auto(Line) line = {0};

	line_open(&line, "IMAP4rev1 AUTH=CRAM-MD5",
		(const char *const[]){"C P1 LOGIN \"ann\" \"se\\\"same\"", "S P1 OK in", "C P2 CAPABILITY",
			"S * CAPABILITY IMAP4rev1 IDLE", "S P2 OK", NULL});
	line_login(&line, "se\"same");
	g_assert_no_error(line.error);
	g_assert_true(imap_session_has(line.session, IMAP_CAP_IDLE));
}

static void
test_password_as_literal_waits_for_the_server(void)
{
	g_auto(Line) line = {0};

	line_open(&line, "IMAP4rev1",
		(const char *const[]){"C P1 LOGIN \"ann\" {5}", "S + go", "C p\xc3\xa4ss",
			"S P1 OK [CAPABILITY IMAP4rev1] in", NULL});
	line_login(&line, "p\xc3\xa4ss");
	g_assert_no_error(line.error);
}

static void
test_echoed_password_is_masked(void)
{
	g_auto(Line) line = {0};

	line_open(&line, "IMAP4rev1 AUTH=PLAIN SASL-IR",
		(const char *const[]){"C P1 AUTHENTICATE PLAIN",
			"S P1 NO [AUTHENTICATIONFAILED] no \x1b[31m sesame for ann", NULL});
	g_assert_false(line_login(&line, "sesame"));
	assert_fault(&line, FAULT_AUTH, "for ann");
	g_assert_null(strstr(line.error->message, "sesame"));
	g_assert_null(strchr(line.error->message, '\x1b'));
	g_assert_true(imap_session_is_alive(line.session));
}

/* Not only in the answer to the login. */
static void
test_password_echoed_later_is_masked(void)
{
	g_auto(Line) line = {0};

	line_open(&line, "IMAP4rev1 AUTH=PLAIN SASL-IR",
		(const char *const[]){"C P1 AUTHENTICATE PLAIN", "S P1 OK [CAPABILITY IMAP4rev1] in",
			"C P2 NOOP", "S P2 NO sesame is the password of ann", NULL});
	line_login(&line, "sesame");
	g_assert_no_error(line.error);
	g_assert_false(imap_session_noop(line.session, NULL, &line.error));
	assert_fault(&line, FAULT_REFUSED, "of ann");
	g_assert_null(strstr(line.error->message, "sesame"));
}

static void
test_server_that_is_down_is_no_wrong_password(void)
{
	g_auto(Line) line = {0};

	line_open(&line, "IMAP4rev1 AUTH=PLAIN SASL-IR",
		(const char *const[]){"C P1 AUTHENTICATE PLAIN", "S P1 NO [UNAVAILABLE] later", NULL});
	g_assert_false(line_login(&line, "sesame"));
	assert_fault(&line, FAULT_RETRY, "later");
}

static void
test_scram_refused_goes_on_with_plain(void)
{
	g_auto(Line) line = {0};

	line_open(&line, "IMAP4rev1 AUTH=SCRAM-SHA-1 AUTH=PLAIN SASL-IR",
		(const char *const[]){"C P1 AUTHENTICATE SCRAM-SHA-1", "S P1 NO no such form",
			"C P2 AUTHENTICATE PLAIN", "S P2 OK [CAPABILITY IMAP4rev1] in", NULL});
	line_login(&line, "sesame");
	g_assert_no_error(line.error);
}

/* A server that cannot prove that it knows the password is not the server. */
static void
test_scram_without_proof(void)
{
	g_auto(Line) line = {0};

	line_open(&line, "IMAP4rev1 AUTH=SCRAM-SHA-256 SASL-IR",
		(const char *const[]){
			"C P1 AUTHENTICATE SCRAM-SHA-256", "S P1 OK [CAPABILITY IMAP4rev1] in", NULL});
	g_assert_false(line_login(&line, "sesame"));
	assert_fault(&line, FAULT_PROTOCOL, NULL);
	g_assert_false(imap_session_is_alive(line.session));
}

static void
test_refused_token_says_why(void)
{
	g_autoptr(Secret) token = secret_new("ya29.token", -1);
	ImapLogin login = {.user = "ann", .secret = token, .token = TRUE, .host = "127.0.0.1", .port = 143};
	g_auto(Line) line = {0};

	line_open(&line, "IMAP4rev1 AUTH=XOAUTH2 SASL-IR",
		(const char *const[]){"C P1 AUTHENTICATE XOAUTH2 ", "S + eyJzdGF0dXMiOiI0MDEifQ==", "C ",
			"S P1 NO [AUTHENTICATIONFAILED] Invalid credentials", NULL});
	g_assert_false(imap_session_login(line.session, &login, NULL, &line.error));
	assert_fault(&line, FAULT_AUTH, "Invalid credentials");
	g_assert_nonnull(strstr(line.error->message, "401"));
	g_assert_true(imap_session_is_alive(line.session));
}

static void
test_capabilities_from_before_login_do_not_count(void)
{
	g_auto(Line) line = {0};

	line_open(&line, "IMAP4rev1 AUTH=PLAIN SASL-IR MOVE",
		(const char *const[]){"C P1 AUTHENTICATE PLAIN", "S P1 OK in", "C P2 CAPABILITY",
			"S * CAPABILITY IMAP4rev1 UIDPLUS", "S P2 OK", NULL});
	g_assert_true(line_login(&line, "sesame"));
	g_assert_false(imap_session_has(line.session, IMAP_CAP_MOVE));
	g_assert_true(imap_session_has(line.session, IMAP_CAP_UIDPLUS));
}

/* ID, ENABLE, NAMESPACE, LIST and SELECT stand in one turn of the line: nothing is answered between. */
static void
test_start_costs_one_turn(void)
{
	static const char *const script[] = {
		"C P1 AUTHENTICATE PLAIN ",
		"S P1 OK [CAPABILITY " ALL_CAPS "] in",
		"C P2 ENABLE QRESYNC",
		"C P3 NAMESPACE",
		"C P4 LIST \"\" \"*\" RETURN (SUBSCRIBED CHILDREN SPECIAL-USE STATUS (MESSAGES UNSEEN "
		"UIDNEXT UIDVALIDITY "
		"HIGHESTMODSEQ))",
		"C P5 SELECT \"INBOX\" (QRESYNC (9 70 1:30))",
		"S * ENABLED QRESYNC",
		"S P2 OK",
		"S P3 OK",
		"S * LIST (\\Subscribed) \"/\" INBOX",
		"S * STATUS INBOX (MESSAGES 3)",
		"S P4 OK",
		"S * 3 EXISTS",
		"S * OK [UIDVALIDITY 9] x",
		"S * OK [HIGHESTMODSEQ 77] x",
		"S * VANISHED (EARLIER) 4:29",
		"S P5 OK done",
		NULL,
	};
	g_autoptr(ImapSet) known = imap_set_new_range(1, 30);
	g_autoptr(GPtrArray) folders = NULL;
	g_auto(ImapSelected) box = {0};
	g_auto(Line) line = {0};
	ImapTicket list;

	line_open(&line, ALL_CAPS, script);
	g_assert_true(line_login(&line, "sesame"));
	list = imap_session_list_start(line.session, &(ImapList){.status = TRUE}, NULL, NULL);
	imap_session_select(line.session, "INBOX",
		&(ImapSelect){.uidvalidity = 9, .modseq = 70, .known = known}, &box, NULL, &line.error);
	g_assert_no_error(line.error);
	g_assert_true(box.resynced);
	g_assert_cmpuint(imap_set_count(box.vanished), ==, 26);
	folders = imap_session_list_finish(line.session, list, NULL, NULL, NULL);
	g_assert_cmpuint(folders->len, ==, 1);
	g_assert_cmpuint(((ImapFolder *)folders->pdata[0])->status.messages, ==, 3);
}

static void
test_select_that_is_not_understood_is_said_plainly(void)
{
	static const char *const script[] = {
		"C P1 AUTHENTICATE PLAIN ",
		"S P1 OK [CAPABILITY IMAP4rev1 QRESYNC] in",
		"C P2 ENABLE QRESYNC",
		"C P3 SELECT \"INBOX\" (QRESYNC (9 70))",
		"S P2 BAD what",
		"S P3 BAD what",
		"C P4 SELECT \"INBOX\"",
		"S * 3 EXISTS",
		"S * OK [UIDVALIDITY 9] x",
		"S P4 OK done",
		NULL,
	};
	g_auto(ImapSelected) box = {0};
	g_auto(Line) line = {0};

	line_open(&line, "IMAP4rev1 AUTH=PLAIN SASL-IR", script);
	g_assert_true(line_login(&line, "sesame"));
	imap_session_select(line.session, "INBOX", &(ImapSelect){.uidvalidity = 9, .modseq = 70}, &box, NULL,
		&line.error);
	g_assert_no_error(line.error);
	g_assert_false(box.resynced);
	g_assert_false(imap_session_qresync(line.session));
}

static const struct {
	const char *path;
	void (*run)(void);
} tests[] = {
	{"/imap/login/logindisabled-sends-nothing", test_logindisabled_sends_nothing},
	{"/imap/login/login-command-when-no-mechanism-fits", test_login_command_when_no_mechanism_fits},
	{"/imap/login/password-as-literal-waits-for-the-server",
		test_password_as_literal_waits_for_the_server},
	{"/imap/login/echoed-password-is-masked", test_echoed_password_is_masked},
	{"/imap/login/password-echoed-later-is-masked", test_password_echoed_later_is_masked},
	{"/imap/login/server-that-is-down-is-no-wrong-password",
		test_server_that_is_down_is_no_wrong_password},
	{"/imap/login/scram-refused-goes-on-with-plain", test_scram_refused_goes_on_with_plain},
	{"/imap/login/scram-without-proof", test_scram_without_proof},
	{"/imap/login/refused-token-says-why", test_refused_token_says_why},
	{"/imap/login/capabilities-from-before-login-do-not-count",
		test_capabilities_from_before_login_do_not_count},
	{"/imap/login/start-costs-one-turn", test_start_costs_one_turn},
	{"/imap/login/select-that-is-not-understood-is-said-plainly",
		test_select_that_is_not_understood_is_said_plainly},
};

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add_func(tests[i].path, tests[i].run);
	return g_test_run();
}
