/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ManageSieve session against servers that do what Dovecot cannot be made to do. */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "net-common.h"
#include "sieve/manage.h"
#include "util/limits.h"
#include "util/log.h"

#define PASSWORD "correct horse"
/* NUL alice NUL the password. */
#define PLAIN_LINE "AGFsaWNlAGNvcnJlY3QgaG9yc2U="

/* What a server says. A line that was not to come is remembered in heard. */
typedef struct {
	const char *greeting;
	const char *starttls; /* the answer to STARTTLS; NULL: it is not read */
	const char *pem;      /* TLS from there on; NULL: none */
	const char *inside;   /* capabilities in TLS */
	const char *login;    /* the answer to AUTHENTICATE */
	const char *after;    /* the answer to CAPABILITY */
	const char *command;  /* the answer to whatever comes then */
	gboolean hangs;       /* at the end, in place of closing */
	GString *heard;       /* lines that came, "\n" behind each */
} Script;

static const char whole[] = "\"IMPLEMENTATION\" \"Test\"\r\n\"SIEVE\" \"fileinto Copy\"\r\n"
			    "\"SASL\" \"PLAIN\"\r\n\"STARTTLS\"\r\n\"VERSION\" \"1.0\"\r\nOK\r\n";

/* Read a line, and answer it. FALSE: the end. */
static gboolean
answer_line(Peer *peer, const Script *script, const char *answer)
{
	g_autofree char *line = answer ? peer_line(peer) : NULL;

	if (line == NULL)
		return FALSE;
	g_string_append_printf(script->heard, "%s\n", line);
	peer_say(peer, answer);
	return TRUE;
}

static void
serve(Peer *peer, gpointer user)
{
	const Script *script = user;
	g_autofree char *pem = script->pem ? pem_path(script->pem) : NULL;

	peer_say(peer, script->greeting);
	if (script->starttls != NULL && !answer_line(peer, script, script->starttls))
		return;
	if (pem != NULL) {
		if (!peer_tls(peer, pem, 0))
			return;
		peer_say(peer, script->inside);
	}
	if (script->login == NULL || !answer_line(peer, script, script->login) ||
		!answer_line(peer, script, script->after ? script->after : whole)) {
		if (script->hangs)
			peer_hang(peer);
		return;
	}
	while (answer_line(peer, script, script->command ? script->command : "OK\r\n"))
		;
}

static ManageSession *
open_session(Peer *peer, NetSecurity security, NetTrust *trust, GError **error)
{
	NetTarget target = target_of(NET_RAW, security, peer_port(peer), trust);
	g_autoptr(Secret) secret = secret_new(PASSWORD, -1);
	ManageLogin login = {.user = "alice", .kind = SASL_PASSWORD, .secret = secret};

	target.greeting_ms = 2000;
	target.tls_ms = 2000;
	target.stall_ms = 2000;
	return manage_session_open(&target, &login, "test", NULL, error);
}

/* Open, which must fail; what the server heard is in script. */
static GError *
open_refused(Script *script, NetSecurity security)
{
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(Peer) peer = NULL;
	GError *error = NULL;

	script->heard = g_string_new(NULL);
	peer = peer_start(serve, script);
	g_assert_null(open_session(peer, security, trust, &error));
	peer_wait(peer);
	return error;
}

/* Over plain TCP, logged in. */
static ManageSession *
open_plain(Peer *peer)
{
	g_autoptr(GError) error = NULL;
	ManageSession *session = open_session(peer, NET_PLAIN, NULL, &error);

	g_assert_no_error(error);
	return session;
}

static Script
plain_script(const char *command)
{
	return (Script){
		.greeting = whole, .login = "OK\r\n", .command = command, .heard = g_string_new(NULL)};
}

static void
assert_extensions(const ManageSession *session, const char *expected)
{
	g_autofree char *joined = g_strjoinv(" ", (char **)manage_session_extensions(session));

	g_assert_cmpstr(joined, ==, expected);
}

/* ---- TLS: what the paper on STARTTLS tries ---- */

static void
test_starttls(void)
{
	Script script = {
		.greeting = "\"SIEVE\" \"clear\"\r\n\"SASL\" \"X-CLEAR\"\r\n\"STARTTLS\"\r\nOK\r\n",
		.starttls = "OK \"begin\"\r\n",
		.pem = "good.pem",
		.inside = "\"SIEVE\" \"inside\"\r\n\"SASL\" \"PLAIN\"\r\nOK\r\n",
		.login = "OK\r\n",
		.after = "\"IMPLEMENTATION\" \"After\033[31m\"\r\n\"SIEVE\" \"Vacation after\"\r\nOK\r\n",
		.heard = g_string_new(NULL),
	};
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(Peer) peer = peer_start(serve, &script);
	g_autoptr(GError) error = NULL;
	ManageSession *session = open_session(peer, NET_STARTTLS, trust, &error);

	g_assert_no_error(error);
	assert_extensions(session, "after vacation");
	g_assert_cmpstr(manage_session_implementation(session), ==, "After\357\277\275[31m");
	g_assert_cmpstr(manage_session_mechanism(session), ==, "PLAIN");
	g_assert_cmpstr(manage_session_tls(session)->version, ==, "TLSv1.3");
	manage_session_close(session);
	peer_wait(peer);
	g_assert_cmpstr(script.heard->str, ==,
		"STARTTLS\nAUTHENTICATE \"PLAIN\" \"" PLAIN_LINE "\"\nCAPABILITY\nLOGOUT\n");
	g_string_free(script.heard, TRUE);
}

static void
script_implicit(Peer *peer, gpointer user)
{
	Script *script = user;
	g_autofree char *pem = pem_path("good.pem");

	if (peer_tls(peer, pem, 0))
		serve(peer, script);
}

static void
test_implicit_tls(void)
{
	Script script = plain_script(NULL);
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(Peer) peer = peer_start(script_implicit, &script);
	g_autoptr(GError) error = NULL;
	ManageSession *session = open_session(peer, NET_TLS, trust, &error);

	g_assert_no_error(error);
	g_assert_nonnull(manage_session_tls(session));
	manage_session_close(session);
	peer_wait(peer);
	g_string_free(script.heard, TRUE);
}

typedef struct {
	const char *name;
	Script script;
	Fault fault;
	const char *words;
	const char *heard; /* all that was said to it */
} Refusal;

#define UNKNOWN_MECHANISMS "\"SASL\" \"NTLM CRAM-MD5 ANONYMOUS X-NEW\"\r\nOK\r\n"

static const Refusal starttls_refusals[] = {
	{"not-offered", {.greeting = "\"SASL\" \"PLAIN\"\r\nOK\r\n", .starttls = ""}, FAULT_REFUSED,
		"does not offer encryption", ""},
	{"no", {.greeting = whole, .starttls = "NO \"not today\"\r\n", .login = ""}, FAULT_REFUSED,
		"not today", "STARTTLS\n"},
	{"bye", {.greeting = whole, .starttls = "BYE \"ends\"\r\n", .login = ""}, FAULT_RETRY, "ends",
		"STARTTLS\n"},
	{"bye-to-another",
		{.greeting = whole,
			.starttls = "BYE (REFERRAL \"sieve://evil.example\") \"go\"\r\n",
			.login = ""},
		FAULT_REFUSED, "sieve://evil.example, which is not followed", "STARTTLS\n"},
	{"dropped", {.greeting = whole, .starttls = ""}, FAULT_RETRY, "closed the connection", "STARTTLS\n"},
	{"silent", {.greeting = whole, .starttls = "", .hangs = TRUE}, FAULT_RETRY, "has not answered",
		"STARTTLS\n"},
	{"glued-line", {.greeting = whole, .starttls = "OK\r\nOK \"forged\"\r\n", .pem = "good.pem"},
		FAULT_PROTOCOL, "STARTTLS", "STARTTLS\n"},
	{"glued-capabilities",
		{.greeting = whole, .starttls = "OK\r\n\"SASL\" \"PLAIN\"\r\nOK\r\n", .pem = "good.pem"},
		FAULT_PROTOCOL, "STARTTLS", "STARTTLS\n"},
	{"glued-octet", {.greeting = whole, .starttls = "OK\r\n\"", .pem = "good.pem"}, FAULT_PROTOCOL,
		"STARTTLS", "STARTTLS\n"},
	{"in-the-clear", {.greeting = whole, .starttls = "OK\r\n", .login = ""}, FAULT_RETRY, "TLS",
		"STARTTLS\n"},
	{"self-signed", {.greeting = whole, .starttls = "OK\r\n", .pem = "self.pem", .inside = whole},
		FAULT_TRUST, "self-signed", "STARTTLS\n"},
	{"expired", {.greeting = whole, .starttls = "OK\r\n", .pem = "expired.pem", .inside = whole},
		FAULT_TRUST, "expired on", "STARTTLS\n"},
	{"wrong-name", {.greeting = whole, .starttls = "OK\r\n", .pem = "wrong.pem", .inside = whole},
		FAULT_TRUST, "other.example", "STARTTLS\n"},
	{"no-mechanism-inside",
		{.greeting = whole,
			.starttls = "OK\r\n",
			.pem = "good.pem",
			.inside = "\"SIEVE\" \"x\"\r\nOK\r\n",
			.login = ""},
		FAULT_AUTH, "", "STARTTLS\n"},
	{"unknown-mechanisms",
		{.greeting = whole,
			.starttls = "OK\r\n",
			.pem = "good.pem",
			.inside = UNKNOWN_MECHANISMS,
			.login = ""},
		FAULT_AUTH, "NTLM", "STARTTLS\n"},
	{"no-inside",
		{.greeting = whole,
			.starttls = "OK\r\n",
			.pem = "good.pem",
			.inside = "NO \"busy\"\r\n",
			.login = ""},
		FAULT_REFUSED, "busy", "STARTTLS\n"},
};

static const Refusal greeting_refusals[] = {
	{"no", {.greeting = "NO \"go\033[2J away\"\r\n"}, FAULT_REFUSED, "go\357\277\275[2J away", ""},
	{"bye", {.greeting = "BYE (TRYLATER) \"too many\"\r\n"}, FAULT_RETRY, "too many", ""},
	{"imap", {.greeting = "* OK IMAP4rev1\r\n"}, FAULT_PROTOCOL, "does not speak ManageSieve", ""},
	{"closed", {.greeting = ""}, FAULT_RETRY, "closed", ""},
	{"half", {.greeting = "\"SIEVE\" \"fi"}, FAULT_RETRY, "closed", ""},
	{"silent", {.greeting = "", .starttls = "", .hangs = TRUE}, FAULT_RETRY, "has not answered", ""},
};

static const Refusal login_refusals[] = {
	{"wrong-password", {.greeting = whole, .login = "NO \"wrong\"\r\n"}, FAULT_AUTH, "wrong", NULL},
	{"try-later", {.greeting = whole, .login = "NO (TRYLATER) \"later\"\r\n"}, FAULT_RETRY, "later",
		NULL},
	{"bye", {.greeting = whole, .login = "BYE \"enough\"\r\n"}, FAULT_RETRY, "enough", NULL},
	{"referral", {.greeting = whole, .login = "BYE (REFERRAL \"sieve://evil.example\")\r\n"},
		FAULT_REFUSED, "sieve://evil.example", NULL},
	{"encrypt-needed", {.greeting = whole, .login = "NO (ENCRYPT-NEEDED) \"tls\"\r\n"}, FAULT_REFUSED,
		"sieve-security", NULL},
	{"transition-needed", {.greeting = whole, .login = "NO (TRANSITION-NEEDED) \"x\"\r\n"}, FAULT_AUTH,
		"another way", NULL},
	{"too-weak", {.greeting = whole, .login = "NO (AUTH-TOO-WEAK) \"weak\"\r\n"}, FAULT_AUTH, "weak",
		NULL},
	{"says-the-password", {.greeting = whole, .login = "NO \"not " PASSWORD " " PLAIN_LINE "\"\r\n"},
		FAULT_AUTH, "not ***", NULL},
	{"proves-nothing", {.greeting = whole, .login = "OK (SASL \"dj1mb3JnZWQ=\") \"in\"\r\n"},
		FAULT_PROTOCOL, "", NULL},
};

static void
check_refusal(const Refusal *refusal, NetSecurity security)
{
	Script script = refusal->script;
	g_autoptr(GError) error = open_refused(&script, security);

	assert_fault(error, refusal->fault, refusal->words);
	g_assert_null(strstr(error->message, PASSWORD));
	/* Whatever a server says, the password went to none that is not to have it. */
	if (refusal->heard != NULL)
		g_assert_cmpstr(script.heard->str, ==, refusal->heard);
	g_string_free(script.heard, TRUE);
}

static void
test_starttls_refusal(gconstpointer user)
{
	check_refusal(user, NET_STARTTLS);
}

static void
test_plain_refusal(gconstpointer user)
{
	check_refusal(user, NET_PLAIN);
}

/* ---- commands ---- */

static void
test_extensions(void)
{
	Script script = plain_script(NULL);
	g_autoptr(Peer) peer = peer_start(serve, &script);
	g_autoptr(ManageSession) session = open_plain(peer);
	const char *const all[] = {"COPY", "comparator-i;octet", "fileinto", NULL};
	const char *const some[] = {"copy", "regex", "vacation", NULL};
	g_autofree char *none = manage_session_lacks(session, all);
	g_autofree char *lacks = manage_session_lacks(session, some);

	assert_extensions(session, "copy fileinto");
	g_assert_null(none);
	g_assert_cmpstr(lacks, ==, "regex, vacation");
	g_clear_pointer(&session, manage_session_close);
	peer_wait(peer);
	g_string_free(script.heard, TRUE);
}

static void
test_list(void)
{
	Script script = plain_script("\"a\"\r\n{4}\r\nb\r\n\"\r\n\"c \\\"d\\\"\" ACTIVE\r\nOK \"done\"\r\n");
	g_autoptr(Peer) peer = peer_start(serve, &script);
	g_autoptr(ManageSession) session = open_plain(peer);
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) list = manage_session_list(session, NULL, &error);
	static const struct {
		const char *name;
		gboolean active;
	} expected[] = {{"a", FALSE}, {"b\r\n\"", FALSE}, {"c \"d\"", TRUE}};

	g_assert_no_error(error);
	g_assert_cmpuint(list->len, ==, G_N_ELEMENTS(expected));
	for (guint i = 0; i < list->len; i++) {
		const ManageScript *one = g_ptr_array_index(list, i);
		g_assert_cmpstr(one->name, ==, expected[i].name);
		g_assert_true(one->active == expected[i].active);
	}
	g_clear_pointer(&session, manage_session_close);
	peer_wait(peer);
	g_string_free(script.heard, TRUE);
}

static void
test_get(void)
{
	Script script = plain_script("{7}\r\nkeep;\r\n\r\nOK\r\n");
	g_autoptr(Peer) peer = peer_start(serve, &script);
	g_autoptr(ManageSession) session = open_plain(peer);
	g_autoptr(GError) error = NULL;
	g_autofree char *text = manage_session_get(session, "a \"b\\", NULL, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(text, ==, "keep;\r\n");
	g_assert_nonnull(strstr(script.heard->str, "GETSCRIPT \"a \\\"b\\\\\"\n"));
	g_clear_pointer(&session, manage_session_close);
	peer_wait(peer);
	g_string_free(script.heard, TRUE);
}

/* A name cannot become a second command. */
static void
test_name_with_line_end_is_refused(void)
{
	Script script = plain_script(NULL);
	g_autoptr(Peer) peer = peer_start(serve, &script);
	g_autoptr(ManageSession) session = open_plain(peer);
	g_autoptr(GError) error = NULL;

	g_assert_false(manage_session_delete(session, "a\"\r\nDELETESCRIPT \"main", NULL, &error));
	assert_fault(error, FAULT_INPUT, "line ends");
	g_clear_pointer(&session, manage_session_close);
	peer_wait(peer);
	g_assert_null(strstr(script.heard->str, "DELETESCRIPT"));
	g_string_free(script.heard, TRUE);
}

/* The peer answers each line that comes; a literal's text comes as one, and is answered for the command. */
static void
script_put(Peer *peer, gpointer user)
{
	Script *script = user;

	peer_say(peer, whole);
	answer_line(peer, script, "OK\r\n");
	answer_line(peer, script, whole);
	answer_line(peer, script, "");
	answer_line(peer, script, "");
	answer_line(peer, script, script->command);
	while (answer_line(peer, script, "OK\r\n"))
		;
}

static void
test_put_with_warnings(void)
{
	Script script = plain_script("OK (WARNINGS) \"line 1: \033x\"\r\n");
	g_autoptr(Peer) peer = peer_start(script_put, &script);
	g_autoptr(ManageSession) session = open_plain(peer);
	g_autoptr(GError) error = NULL;
	g_autofree char *words = NULL;

	g_assert_true(manage_session_put(session, "J\303\266rg", "keep;\r\n", &words, NULL, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(words, ==, "line 1: \357\277\275x");
	g_clear_pointer(&session, manage_session_close);
	peer_wait(peer);
	g_assert_nonnull(strstr(script.heard->str, "PUTSCRIPT \"J\303\266rg\" {7+}\nkeep;\n\nLOGOUT"));
	g_string_free(script.heard, TRUE);
}

static void
test_put_is_refused_with_words(void)
{
	Script script = plain_script("NO {22}\r\nline 2: unknown test\r\n\r\n");
	g_autoptr(Peer) peer = peer_start(script_put, &script);
	g_autoptr(ManageSession) session = open_plain(peer);
	g_autoptr(GError) error = NULL;

	g_assert_false(manage_session_put(session, "main", "kep;\r\n", NULL, NULL, &error));
	assert_fault(error, FAULT_REFUSED, "line 2: unknown test");
	g_clear_pointer(&session, manage_session_close);
	peer_wait(peer);
	g_string_free(script.heard, TRUE);
}

typedef struct {
	const char *answer;
	Fault fault;
} CommandRow;

static const CommandRow command_rows[] = {
	{"NO (QUOTA/MAXSCRIPTS) \"full\"\r\n", FAULT_LIMIT},
	{"NO (NONEXISTENT) \"none\"\r\n", FAULT_UNKNOWN},
	{"NO (ACTIVE) \"it is active\"\r\n", FAULT_REFUSED},
	{"NO (ALREADYEXISTS)\r\n", FAULT_REFUSED},
	{"NO (TRYLATER) \"later\"\r\n", FAULT_RETRY},
	{"NO \"no\"\r\n", FAULT_REFUSED},
	{"BYE \"ends\"\r\n", FAULT_RETRY},
	{"what?\r\n", FAULT_PROTOCOL},
};

static void
test_command_faults(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(command_rows); i++) {
		Script script = plain_script(command_rows[i].answer);
		g_autoptr(Peer) peer = peer_start(serve, &script);
		g_autoptr(ManageSession) session = open_plain(peer);
		g_autoptr(GError) error = NULL;
		g_autoptr(GError) again = NULL;

		g_assert_false(manage_session_have_space(session, "main", 99, NULL, &error));
		assert_fault(error, command_rows[i].fault, "");
		/* After a NO it goes on, after anything else it does not. */
		g_assert_false(manage_session_activate(session, NULL, NULL, &again));
		assert_fault(again,
			g_str_has_prefix(command_rows[i].answer, "NO") ? command_rows[i].fault : FAULT_RETRY,
			"");
		g_clear_pointer(&session, manage_session_close);
		peer_wait(peer);
		g_assert_nonnull(strstr(script.heard->str, "HAVESPACE \"main\" 99\n"));
		g_string_free(script.heard, TRUE);
	}
}

static void
test_none_is_activated_by_an_empty_name(void)
{
	Script script = plain_script(NULL);
	g_autoptr(Peer) peer = peer_start(serve, &script);
	g_autoptr(ManageSession) session = open_plain(peer);
	g_autoptr(GError) error = NULL;

	g_assert_true(manage_session_activate(session, NULL, NULL, &error));
	g_assert_false(manage_session_activate(session, "", NULL, &error));
	g_clear_pointer(&session, manage_session_close);
	peer_wait(peer);
	g_assert_nonnull(strstr(script.heard->str, "SETACTIVE \"\"\nLOGOUT\n"));
	g_string_free(script.heard, TRUE);
}

/* A server of before RFC 5804 is not asked what it does not know. */
static void
test_check_needs_version(void)
{
	Script script = {.greeting = "\"SASL\" \"PLAIN\"\r\nOK\r\n",
		.login = "OK\r\n",
		.after = "\"SIEVE\" \"x\"\r\nOK\r\n",
		.heard = g_string_new(NULL)};
	g_autoptr(Peer) peer = peer_start(serve, &script);
	g_autoptr(ManageSession) session = open_plain(peer);
	g_autoptr(GError) error = NULL;

	g_assert_true(manage_session_check(session, "keep;", NULL, NULL, &error));
	g_clear_pointer(&session, manage_session_close);
	peer_wait(peer);
	g_assert_null(strstr(script.heard->str, "CHECKSCRIPT"));
	g_string_free(script.heard, TRUE);
}

static void
test_too_large_is_not_sent(void)
{
	Script script = plain_script(NULL);
	g_autoptr(Peer) peer = peer_start(serve, &script);
	g_autoptr(ManageSession) session = open_plain(peer);
	g_autofree char *text = g_strnfill(LIMIT_SIEVE_SCRIPT + 1, '#');
	g_autoptr(GError) error = NULL;

	g_assert_false(manage_session_put(session, "main", text, NULL, NULL, &error));
	assert_fault(error, FAULT_LIMIT, "larger than");
	g_clear_pointer(&session, manage_session_close);
	peer_wait(peer);
	g_assert_null(strstr(script.heard->str, "PUTSCRIPT"));
	g_string_free(script.heard, TRUE);
}

static void
script_silent_command(Peer *peer, gpointer user)
{
	Script *script = user;

	peer_say(peer, whole);
	answer_line(peer, script, "OK\r\n");
	answer_line(peer, script, whole);
	peer_hang(peer);
}

static void
test_cancel_ends_the_session(void)
{
	Script script = plain_script(NULL);
	g_autoptr(Peer) peer = peer_start(script_silent_command, &script);
	g_autoptr(ManageSession) session = open_plain(peer);
	g_autoptr(Cancel) cancel = cancel_new();
	GThread *thread = g_thread_new("trigger", trigger_soon, cancel);
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) again = NULL;

	g_assert_null(manage_session_list(session, cancel, &error));
	g_thread_join(thread);
	assert_fault(error, FAULT_CANCELED, "");
	g_assert_null(manage_session_list(session, NULL, &again));
	assert_fault(again, FAULT_RETRY, "gone");
	g_clear_pointer(&session, manage_session_close);
	peer_wait(peer);
	g_string_free(script.heard, TRUE);
}

static void
test_late_command(void)
{
	Script script = plain_script(NULL);
	g_autoptr(Peer) peer = peer_start(script_silent_command, &script);
	g_autoptr(ManageSession) session = open_plain(peer);
	g_autoptr(GError) error = NULL;

	g_assert_null(manage_session_list(session, NULL, &error));
	assert_fault(error, FAULT_RETRY, "has not answered");
	g_clear_pointer(&session, manage_session_close);
	peer_wait(peer);
	g_string_free(script.heard, TRUE);
}

static void
script_flood(Peer *peer, gpointer user)
{
	g_autofree char *lines = g_strnfill(LIMIT_MANAGE_LINES * 2 * 4, '"');

	(void)user;
	for (gsize i = 0; i + 4 <= strlen(lines); i += 4)
		memcpy(lines + i, "\"\"\r\n", 4);
	peer_say(peer, lines);
	peer_hang(peer);
}

static void
test_flood(void)
{
	g_autoptr(Peer) peer = peer_start(script_flood, NULL);
	g_autoptr(GError) error = NULL;

	g_assert_null(open_session(peer, NET_PLAIN, NULL, &error));
	assert_fault(error, FAULT_LIMIT, "too many lines");
}

/* ---- the log ---- */

static void
test_log_has_no_secret(void)
{
	g_autofree char *path = pem_path("log");
	g_autofree char *log = NULL;
	Script script = plain_script("NO \"" PASSWORD "\"\r\n");
	g_autoptr(Peer) peer = peer_start(script_put, &script);
	ManageSession *session;

	g_assert_true(log_open(path, LOG_SIEVE, NULL));
	session = open_plain(peer);
	g_assert_false(manage_session_put(session, "main", "# private\r\n", NULL, NULL, NULL));
	manage_session_close(session);
	peer_wait(peer);
	log_close();
	g_assert_true(g_file_get_contents(path, &log, NULL, NULL));
	g_assert_nonnull(strstr(log, "test C: AUTHENTICATE \"PLAIN\" \"***\""));
	g_assert_nonnull(strstr(log, "test S: NO ***"));
	g_assert_nonnull(strstr(log, "PUTSCRIPT \"main\" {11+}"));
	g_assert_null(strstr(log, PASSWORD));
	g_assert_null(strstr(log, PLAIN_LINE));
	g_assert_null(strstr(log, "private"));
	g_string_free(script.heard, TRUE);
}

static void
add_refusals(const char *prefix, const Refusal *refusals, gsize count, GTestDataFunc function)
{
	for (gsize i = 0; i < count; i++) {
		g_autofree char *path = g_strdup_printf("/sieve/manage/%s/%s", prefix, refusals[i].name);
		g_test_add_data_func(path, &refusals[i], function);
	}
}

int
main(int argc, char **argv)
{
	init_tests(&argc, &argv);
	g_test_add_func("/sieve/manage/starttls/good", test_starttls);
	g_test_add_func("/sieve/manage/implicit", test_implicit_tls);
	add_refusals("starttls", starttls_refusals, G_N_ELEMENTS(starttls_refusals), test_starttls_refusal);
	add_refusals("greeting", greeting_refusals, G_N_ELEMENTS(greeting_refusals), test_plain_refusal);
	add_refusals("login", login_refusals, G_N_ELEMENTS(login_refusals), test_plain_refusal);
	g_test_add_func("/sieve/manage/extensions", test_extensions);
	g_test_add_func("/sieve/manage/list", test_list);
	g_test_add_func("/sieve/manage/get", test_get);
	g_test_add_func("/sieve/manage/name", test_name_with_line_end_is_refused);
	g_test_add_func("/sieve/manage/put/warnings", test_put_with_warnings);
	g_test_add_func("/sieve/manage/put/refused", test_put_is_refused_with_words);
	g_test_add_func("/sieve/manage/put/too-large", test_too_large_is_not_sent);
	g_test_add_func("/sieve/manage/faults", test_command_faults);
	g_test_add_func("/sieve/manage/none-active", test_none_is_activated_by_an_empty_name);
	g_test_add_func("/sieve/manage/old-server", test_check_needs_version);
	g_test_add_func("/sieve/manage/cancel", test_cancel_ends_the_session);
	g_test_add_func("/sieve/manage/late", test_late_command);
	g_test_add_func("/sieve/manage/flood", test_flood);
	g_test_add_func("/sieve/manage/log", test_log_has_no_secret);
	return run_tests();
}
