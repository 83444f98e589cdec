/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The session against a peer that says what a row of the test wants. A script
 * is text: "C: " lines are expected from the client (as a prefix), "S: " lines
 * are said ("||" in them ends a line), "close" ends the connection, "data" reads a message up to its dot,
 * "part" reads without waiting for the dot.
 */
#include "config.h"

#include <signal.h>
#include <string.h>

#include "peer.h"
#include "smtp/session.h"
#include "util/fault.h"

#define EHLO                                                                                                 \
	"S: 220 test\nC: EHLO \nS: 250 test\n"                                                               \
	"C: EHLO [127.0.0.1]\n"
#define OPEN                                                                                                 \
	EHLO "S: 250-test\nS: 250-PIPELINING\nS: 250-8BITMIME\nS: 250-DSN\nS: 250-SIZE 100000\nS: 250 AUTH " \
	     "PLAIN\n"
#define OPEN_BARE EHLO "S: 250 test\n"

typedef struct {
	const char *script;
	char *wrong;      /* what came in place of what was expected */
	GString *message; /* as it came, with its dot */
} Play;

static void
read_message(Peer *peer, Play *play, gboolean whole)
{
	do {
		g_autofree char *line = peer_line(peer);
		if (line == NULL)
			return;
		g_string_append_printf(play->message, "%s\n", line);
	} while (whole && !g_str_has_suffix(play->message->str, "\n.\n") &&
		 strcmp(play->message->str, ".\n") != 0);
}

static void
run_script(Peer *peer, gpointer user)
{
	Play *play = user;
	g_auto(GStrv) steps = g_strsplit(play->script, "\n", -1);

	for (char **step = steps; *step != NULL && play->wrong == NULL; step++) {
		if (g_str_has_prefix(*step, "S: ")) {
			g_autofree char *line = g_strconcat(*step + 3, "\r\n", NULL);
			for (char *bar = line; (bar = strstr(bar, "||")) != NULL;)
				memcpy(bar, "\r\n", 2);
			peer_say(peer, line);
		} else if (g_str_has_prefix(*step, "C: ")) {
			g_autofree char *line = peer_line(peer);
			if (line == NULL || !g_str_has_prefix(line, *step + 3))
				play->wrong = g_strdup_printf("%s, not %s", line ? line : "the end", *step);
		} else if (strcmp(*step, "data") == 0) {
			read_message(peer, play, TRUE);
		} else if (strcmp(*step, "part") == 0) {
			read_message(peer, play, FALSE);
		} else if (strcmp(*step, "close") == 0) {
			return;
		}
	}
	if (peer_expect(peer, "QUIT"))
		peer_say(peer, "221 bye\r\n");
}

static void
play_clear(Play *play)
{
	g_assert_cmpstr(play->wrong, ==, NULL);
	g_string_free(play->message, TRUE);
}

static SmtpSession *
open_session(Peer *peer, const SmtpLogin *login, Cancel *cancel, GError **error)
{
	NetTarget target = {
		.scheme = NET_SMTP, .security = NET_PLAIN, .host = "127.0.0.1", .port = peer_port(peer)};

	return smtp_session_open(&target, login, "test", cancel, error);
}

static void
assert_fault(const GError *error, Fault code, const char *words)
{
	g_assert_nonnull(error);
	g_test_message("%s: %s", fault_name(fault_of(error)), error->message);
	g_assert_cmpstr(fault_name(fault_of(error)), ==, fault_name(code));
	if (strstr(error->message, words) == NULL)
		g_error("\"%s\" does not say \"%s\"", error->message, words);
}

/* ---- login ---- */

typedef struct {
	const char *name;
	const char *script;
	SmtpKind kind;
	int fault; /* -1: logged in */
	const char *words;
} LoginRow;

/* User "tim", secret "tanstaaf": "\0tim\0tanstaaf" is AHRpbQB0YW5zdGFhZg==. */
static const LoginRow logins[] = {
	{"plain", EHLO "S: 250-t\nS: 250 AUTH LOGIN PLAIN\nC: AUTH PLAIN AHRpbQB0YW5zdGFhZg==\nS: 235 ok\n",
		SMTP_PASSWORD, -1, NULL},
	{"login",
		EHLO "S: 250-t\nS: 250 AUTH LOGIN\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: dGlt\nS: 334 "
		     "UGFzc3dvcmQ6\n"
		     "C: dGFuc3RhYWY=\nS: 235 ok\n",
		SMTP_PASSWORD, -1, NULL},
	{"old-form", EHLO "S: 250-t\nS: 250 AUTH=PLAIN\nC: AUTH PLAIN AHRpbQB0YW5zdGFhZg==\nS: 235 ok\n",
		SMTP_PASSWORD, -1, NULL},
	{"refused", EHLO "S: 250-t\nS: 250 AUTH PLAIN\nC: AUTH PLAIN \nS: 535 5.7.8 bad\033[1m tanstaaf\n",
		SMTP_PASSWORD, FAULT_AUTH, "535 5.7.8 bad\357\277\275[1m ***"},
	{"echoes-base64",
		EHLO "S: 250-t\nS: 250 AUTH PLAIN\nC: AUTH PLAIN \nS: 535 AHRpbQB0YW5zdGFhZg== is wrong\n",
		SMTP_PASSWORD, FAULT_AUTH, "is wrong"},
	{"busy", EHLO "S: 250-t\nS: 250 AUTH PLAIN\nC: AUTH PLAIN \nS: 454 4.7.0 later\n", SMTP_PASSWORD,
		FAULT_RETRY, "later"},
	{"not-offered", EHLO "S: 250-t\nS: 250 SIZE 10\n", SMTP_PASSWORD, FAULT_AUTH, "no way to log in"},
	{"weak-only", EHLO "S: 250-t\nS: 250 AUTH CRAM-MD5 NTLM\n", SMTP_PASSWORD, FAULT_AUTH,
		"CRAM-MD5 NTLM"},
	{"next-mechanism",
		EHLO "S: 250-t\nS: 250 AUTH SCRAM-SHA-1 PLAIN\nC: AUTH SCRAM-SHA-1 \nS: 504 5.5.4 unknown\n"
		     "C: AUTH PLAIN AHRpbQB0YW5zdGFhZg==\nS: 235 ok\n",
		SMTP_PASSWORD, -1, NULL},
	{"scram-not-for-this-user",
		EHLO "S: 250-t\nS: 250 AUTH SCRAM-SHA-1 SCRAM-SHA-256 PLAIN\nC: AUTH SCRAM-SHA-256 \nS: 535 "
		     "5.7.8 no\n"
		     "C: AUTH PLAIN AHRpbQB0YW5zdGFhZg==\nS: 235 ok\n",
		SMTP_PASSWORD, -1, NULL},
	{"scram-unproved", EHLO "S: 250-t\nS: 250 AUTH SCRAM-SHA-256\nC: AUTH SCRAM-SHA-256 \nS: 235 ok\n",
		SMTP_PASSWORD, FAULT_PROTOCOL, "without proving"},
	{"scram-nonsense",
		EHLO "S: 250-t\nS: 250 AUTH SCRAM-SHA-256\nC: AUTH SCRAM-SHA-256 \nS: 334 cj0x\nC: *\nS: 501 "
		     "off\n",
		SMTP_PASSWORD, FAULT_PROTOCOL, "SCRAM"},
	{"xoauth2",
		EHLO "S: 250-t\nS: 250 AUTH PLAIN XOAUTH2\n"
		     "C: AUTH XOAUTH2 dXNlcj10aW0BYXV0aD1CZWFyZXIgdGFuc3RhYWYBAQ==\nS: 235 ok\n",
		SMTP_TOKEN, -1, NULL},
	{"xoauth2-expired",
		EHLO "S: 250-t\nS: 250 AUTH XOAUTH2\nC: AUTH XOAUTH2 \nS: 334 eyJzdGF0dXMiOiI0MDEifQ==\nC: \n"
		     "S: 535 5.7.8 no\n",
		SMTP_TOKEN, FAULT_AUTH, "{\"status\":\"401\"}"},
	{"endless-challenge", EHLO "S: 250-t\nS: 250 AUTH PLAIN\nC: AUTH PLAIN \nS: 334 \nC: *\nS: 501 off\n",
		SMTP_PASSWORD, FAULT_PROTOCOL, "PLAIN"},
	{"no-ehlo", "S: 220 t\nC: EHLO \nS: 250 t\nC: EHLO \nS: 502 no\n", SMTP_PASSWORD, FAULT_REFUSED,
		"502 no"},
	{"garbage", EHLO "S: what?\n", SMTP_PASSWORD, FAULT_PROTOCOL, "does not speak SMTP"},
	{"closes", EHLO "close", SMTP_PASSWORD, FAULT_RETRY, "closed"},
	{"closing", EHLO "S: 421 4.3.2 bye\nclose", SMTP_PASSWORD, FAULT_RETRY, "421 4.3.2 bye"},
};

static void
test_login(gconstpointer user)
{
	const LoginRow *row = user;
	Play play = {.script = row->script, .message = g_string_new(NULL)};
	g_autoptr(Secret) secret = secret_new("tanstaaf", -1);
	SmtpLogin login = {.kind = row->kind, .user = "tim", .secret = secret};
	g_autoptr(Peer) peer = peer_start(run_script, &play);
	g_autoptr(GError) error = NULL;
	g_autoptr(SmtpSession) session = open_session(peer, &login, NULL, &error);

	if (row->fault < 0) {
		g_assert_no_error(error);
		g_assert_true(smtp_session_is_alive(session));
	} else {
		g_assert_null(session);
		assert_fault(error, (Fault)row->fault, row->words);
		g_assert_null(strstr(error->message, "tanstaaf"));
		g_assert_null(strstr(error->message, "YW5zdGFhZg"));
	}
	g_clear_pointer(&session, smtp_session_close);
	peer_wait(peer);
	play_clear(&play);
}

/* ---- sending ---- */

static const SmtpRecipient two[] = {{.address = "a@example.org"}, {.address = "b@example.org"}};

typedef struct {
	const char *name;
	const char *script;
	gsize recipients;
	gboolean partial;
	SmtpOutcome outcome;
	int fault;         /* -1: none */
	const char *words; /* of the error */
	int first, second; /* codes of the recipients */
	gboolean alive;
	const char *message;
} SendRow;

#define MAIL "C: MAIL FROM:<me@example.org> SIZE=21\n"
#define TO_A "C: RCPT TO:<a@example.org>\n"
#define TO_B "C: RCPT TO:<b@example.org>\n"
#define GOOD "S: 250 2.1.0 ok\n"
#define WIRE "Subject: x\n\n..body\n.\n"

static const SendRow sends[] = {
	{"one-turn", OPEN MAIL TO_A "C: DATA\n" GOOD GOOD "S: 354 go\ndata\nS: 250 2.0.0 queued\n", 1, FALSE,
		SMTP_SENT, -1, NULL, 250, 0, TRUE, WIRE},
	{"two-recipients", OPEN MAIL TO_A TO_B GOOD GOOD GOOD "C: DATA\nS: 354 go\ndata\nS: 250 queued\n", 2,
		FALSE, SMTP_SENT, -1, NULL, 250, 250, TRUE, WIRE},
	{"no-pipelining",
		OPEN_BARE "C: MAIL FROM:<me@example.org>\n" GOOD TO_A GOOD TO_B
			  "S: 251 forwarded\nC: DATA\nS: 354 "
			  "go\ndata\nS: 250 ok\n",
		2, FALSE, SMTP_SENT, -1, NULL, 250, 251, TRUE, WIRE},
	{"one-refused", OPEN MAIL TO_A TO_B GOOD GOOD "S: 550 5.1.1 no such user\nC: RSET\nS: 250 ok\n", 2,
		FALSE, SMTP_NOT_SENT, FAULT_REFUSED, "recipient b@example.org: \"550 5.1.1 no such user\"",
		250, 550, TRUE, ""},
	{"one-later", OPEN MAIL TO_A TO_B GOOD GOOD "S: 451 4.7.1 greylisted\nC: RSET\nS: 250 ok\n", 2, FALSE,
		SMTP_NOT_SENT, FAULT_RETRY, "greylisted", 250, 451, TRUE, ""},
	{"both-refused", OPEN MAIL TO_A TO_B GOOD "S: 450 later\nS: 550 never\nC: RSET\nS: 250 ok\n", 2,
		FALSE, SMTP_NOT_SENT, FAULT_REFUSED, "a@example.org (and 1 more)", 450, 550, TRUE, ""},
	{"partial",
		OPEN MAIL TO_A TO_B "C: DATA\n" GOOD "S: 550 no\n" GOOD "S: 354 go\ndata\nS: 250 queued\n", 2,
		TRUE, SMTP_SENT, -1, NULL, 550, 250, TRUE, WIRE},
	{"partial-none",
		OPEN MAIL TO_A TO_B "C: DATA\n" GOOD
				    "S: 550 no\nS: 550 no\nS: 554 no valid recipients\nC: RSET\nS: 250 "
				    "ok\n",
		2, TRUE, SMTP_NOT_SENT, FAULT_REFUSED, "550 no", 550, 550, TRUE, ""},
	/* A server that asks for data though nobody may get it is given none. */
	{"data-for-nobody", OPEN MAIL TO_A "C: DATA\n" GOOD "S: 550 no\nS: 354 go\npart", 1, FALSE,
		SMTP_NOT_SENT, FAULT_REFUSED, "550 no", 550, 0, FALSE, ""},
	{"sender-refused",
		OPEN MAIL TO_A "C: DATA\nS: 553 5.7.1 not yours\nS: 503 x\nS: 503 x\nC: RSET\nS: 250 ok\n", 1,
		FALSE, SMTP_NOT_SENT, FAULT_REFUSED, "not yours", 503, 0, TRUE, ""},
	{"login-needed",
		OPEN MAIL TO_A "C: DATA\nS: 530 5.7.0 log in\nS: 503 x\nS: 503 x\nC: RSET\nS: 250 ok\n", 1,
		FALSE, SMTP_NOT_SENT, FAULT_AUTH, "log in", 503, 0, TRUE, ""},
	{"data-refused", OPEN MAIL TO_A "C: DATA\n" GOOD GOOD "S: 451 later\nC: RSET\nS: 250 ok\n", 1, FALSE,
		SMTP_NOT_SENT, FAULT_RETRY, "451 later", 250, 0, TRUE, ""},
	{"message-refused", OPEN MAIL TO_A "C: DATA\n" GOOD GOOD "S: 354 go\ndata\nS: 554 5.7.1 spam\n", 1,
		FALSE, SMTP_NOT_SENT, FAULT_REFUSED, "554 5.7.1 spam", 250, 0, TRUE, WIRE},
	{"message-later", OPEN MAIL TO_A "C: DATA\n" GOOD GOOD "S: 354 go\ndata\nS: 452 full\n", 1, FALSE,
		SMTP_NOT_SENT, FAULT_RETRY, "452 full", 250, 0, TRUE, WIRE},
	{"dies-after-dot", OPEN MAIL TO_A "C: DATA\n" GOOD GOOD "S: 354 go\ndata\nclose", 1, FALSE,
		SMTP_UNCERTAIN, FAULT_UNCERTAIN, "closed", 250, 0, FALSE, WIRE},
	{"nonsense-after-dot", OPEN MAIL TO_A "C: DATA\n" GOOD GOOD "S: 354 go\ndata\nS: hm\n", 1, FALSE,
		SMTP_UNCERTAIN, FAULT_UNCERTAIN, "does not speak SMTP", 250, 0, FALSE, WIRE},
	{"half-answer-after-dot", OPEN MAIL TO_A "C: DATA\n" GOOD GOOD "S: 354 go\ndata\nS: 250-ok\nclose", 1,
		FALSE, SMTP_UNCERTAIN, FAULT_UNCERTAIN, "closed", 250, 0, FALSE, WIRE},
	{"closing-after-dot", OPEN MAIL TO_A "C: DATA\n" GOOD GOOD "S: 354 go\ndata\nS: 421 4.3.2 bye\nclose",
		1, FALSE, SMTP_NOT_SENT, FAULT_RETRY, "421 4.3.2 bye", 250, 0, FALSE, WIRE},
	{"dies-in-envelope", OPEN MAIL TO_A "C: DATA\n" GOOD "close", 1, FALSE, SMTP_NOT_SENT, FAULT_RETRY,
		"closed", 0, 0, FALSE, ""},
	{"closing-in-envelope", OPEN MAIL TO_A "C: DATA\nS: 421 4.7.0 too much\nclose", 1, FALSE,
		SMTP_NOT_SENT, FAULT_RETRY, "421 4.7.0 too much", 0, 0, FALSE, ""},
	/* One answer too many would be taken for the answer to the dot. */
	{"answer-too-many", OPEN MAIL TO_A "C: DATA\n" GOOD GOOD "S: 354 go||250 queued\npart", 1, FALSE,
		SMTP_NOT_SENT, FAULT_PROTOCOL, "before it had the whole message", 250, 0, FALSE, NULL},
	{"early-refusal", OPEN MAIL TO_A "C: DATA\n" GOOD GOOD "S: 354 go||552 5.3.4 too big\npart", 1, FALSE,
		SMTP_NOT_SENT, FAULT_REFUSED, "552 5.3.4 too big", 250, 0, FALSE, NULL},
};

static gboolean
nothing_before_dot(gpointer user, GError **error)
{
	guint *count = user;

	(void)error;
	(*count)++;
	return TRUE;
}

static void
test_send(gconstpointer user)
{
	const SendRow *row = user;
	Play play = {.script = row->script, .message = g_string_new(NULL)};
	g_autoptr(Peer) peer = peer_start(run_script, &play);
	g_autoptr(GError) error = NULL;
	g_autoptr(SmtpSession) session = open_session(peer, NULL, NULL, &error);
	guint dots = 0;
	SmtpMail mail = {.from = "me@example.org",
		.recipients = two,
		.recipient_count = row->recipients,
		.data = "Subject: x\n\n.body",
		.length = 17,
		.partial = row->partial,
		.before_dot = nothing_before_dot,
		.user = &dots};
	g_auto(SmtpResult) result = {0};

	g_assert_no_error(error);
	g_assert_cmpint(smtp_session_send(session, &mail, NULL, &result, &error), ==, row->outcome);
	if (row->fault < 0)
		g_assert_no_error(error);
	else
		assert_fault(error, (Fault)row->fault, row->words);
	g_assert_cmpint(result.recipients[0].code, ==, row->first);
	if (row->recipients > 1)
		g_assert_cmpint(result.recipients[1].code, ==, row->second);
	g_assert_true(smtp_session_is_alive(session) == row->alive);
	g_assert_cmpuint(dots, ==, row->message != NULL && row->message[0] != '\0');
	g_clear_pointer(&session, smtp_session_close);
	peer_wait(peer);
	if (row->message != NULL)
		g_assert_cmpstr(play.message->str, ==, row->message);
	play_clear(&play);
}

static gboolean
refuse_dot(gpointer user, GError **error)
{
	(void)user;
	fault_set(error, FAULT_LOCAL, "disk full");
	return FALSE;
}

static gboolean
cancel_at_dot(gpointer user, GError **error)
{
	(void)error;
	cancel_trigger(user);
	return TRUE;
}

static void
test_before_dot_refuses(void)
{
	Play play = {.script = OPEN MAIL TO_A "C: DATA\n" GOOD GOOD "S: 354 go\ndata",
		.message = g_string_new(NULL)};
	g_autoptr(Peer) peer = peer_start(run_script, &play);
	g_autoptr(SmtpSession) session = open_session(peer, NULL, NULL, NULL);
	SmtpMail mail = {.from = "me@example.org",
		.recipients = two,
		.recipient_count = 1,
		.data = "Subject: x\n\n.body",
		.length = 17,
		.before_dot = refuse_dot};
	g_auto(SmtpResult) result = {0};
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(smtp_session_send(session, &mail, NULL, &result, &error), ==, SMTP_NOT_SENT);
	assert_fault(error, FAULT_LOCAL, "disk full");
	g_assert_false(smtp_session_is_alive(session));
	g_clear_pointer(&session, smtp_session_close);
	peer_wait(peer);
	/* All of it but the dot. */
	g_assert_cmpstr(play.message->str, ==, "Subject: x\n\n..body\n");
	play_clear(&play);
}

static void *
trigger_soon(void *user)
{
	g_usleep(100 * 1000);
	cancel_trigger(user);
	return NULL;
}

/* Once the dot may be out, a cancel leaves it uncertain; before, nothing was sent. */
static void
test_cancel(gconstpointer user)
{
	gboolean at_dot = user != NULL;
	Play play = {.script = at_dot ? OPEN MAIL TO_A "C: DATA\n" GOOD GOOD "S: 354 go\ndata\n"
				      : OPEN MAIL TO_A "C: DATA\n" GOOD GOOD,
		.message = g_string_new(NULL)};
	g_autoptr(Peer) peer = peer_start(run_script, &play);
	g_autoptr(SmtpSession) session = open_session(peer, NULL, NULL, NULL);
	g_autoptr(Cancel) cancel = cancel_new();
	SmtpMail mail = {.from = "me@example.org",
		.recipients = two,
		.recipient_count = 1,
		.data = "Subject: x\n\n.body",
		.length = 17,
		.before_dot = at_dot ? cancel_at_dot : NULL,
		.user = cancel};
	GThread *thread = at_dot ? NULL : g_thread_new("trigger", trigger_soon, cancel);
	g_auto(SmtpResult) result = {0};
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(smtp_session_send(session, &mail, cancel, &result, &error), ==,
		at_dot ? SMTP_UNCERTAIN : SMTP_NOT_SENT);
	assert_fault(error, at_dot ? FAULT_UNCERTAIN : FAULT_CANCELED, "");
	if (thread != NULL)
		g_thread_join(thread);
	g_assert_false(smtp_session_is_alive(session));
	g_clear_pointer(&session, smtp_session_close);
	peer_wait(peer);
	play_clear(&play);
}

static void
test_two_mails_on_one_line(void)
{
	Play play = {.script = OPEN MAIL TO_A
		     "C: DATA\n" GOOD "S: 550 no\nS: 503 x\nC: RSET\nS: 250 ok\n" MAIL TO_A
		     "C: DATA\n" GOOD GOOD "S: 354 go\ndata\nS: 250 ok\nC: QUIT\nS: 221 bye\n",
		.message = g_string_new(NULL)};
	g_autoptr(Peer) peer = peer_start(run_script, &play);
	g_autoptr(SmtpSession) session = open_session(peer, NULL, NULL, NULL);
	SmtpMail mail = {.from = "me@example.org",
		.recipients = two,
		.recipient_count = 1,
		.data = "Subject: x\n\n.body",
		.length = 17};
	g_auto(SmtpResult) result = {0};

	g_assert_cmpint(smtp_session_send(session, &mail, NULL, &result, NULL), ==, SMTP_NOT_SENT);
	g_assert_cmpint(smtp_session_send(session, &mail, NULL, &result, NULL), ==, SMTP_SENT);
	g_clear_pointer(&session, smtp_session_close);
	peer_wait(peer);
	g_assert_cmpstr(play.message->str, ==, WIRE);
	play_clear(&play);
}

typedef struct {
	const char *name;
	const char *ehlo; /* lines of the server */
	const char *from;
	SmtpRecipient to;
	const char *data;
	Fault fault;
	const char *words;
} NeedRow;

/* What is found out before anything is sent. */
static const NeedRow needs[] = {
	{"too-large", "S: 250-t\nS: 250 SIZE 10\n", "me@example.org", {.address = "a@example.org"},
		"Subject: x\n\nbody", FAULT_REFUSED, "too large"},
	{"8bit", "S: 250 t\n", "me@example.org", {.address = "a@example.org"}, "Subject: x\n\nb\303\266dy",
		FAULT_REFUSED, "8BITMIME"},
	{"international", "S: 250-t\nS: 250 8BITMIME\n", "me@example.org",
		{.address = "j\303\266rg@example.org"}, "Subject: x\n\nbody", FAULT_REFUSED, "SMTPUTF8"},
	{"injection", "S: 250 t\n", "me@example.org", {.address = "a@example.org>\r\nDATA\r\n"},
		"Subject: x\n\nbody", FAULT_INPUT, "no mail address"},
	{"bad-sender", "S: 250 t\n", "me", {.address = "a@example.org"}, "Subject: x\n\nbody", FAULT_INPUT,
		"no mail address"},
};

static void
test_needs(gconstpointer user)
{
	const NeedRow *row = user;
	g_autofree char *script = g_strconcat(EHLO, row->ehlo, "C: QUIT\nS: 221 bye\n", NULL);
	Play play = {.script = script, .message = g_string_new(NULL)};
	g_autoptr(Peer) peer = peer_start(run_script, &play);
	g_autoptr(SmtpSession) session = open_session(peer, NULL, NULL, NULL);
	SmtpMail mail = {.from = row->from,
		.recipients = &row->to,
		.recipient_count = 1,
		.data = row->data,
		.length = strlen(row->data)};
	g_auto(SmtpResult) result = {0};
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(smtp_session_send(session, &mail, NULL, &result, &error), ==, SMTP_NOT_SENT);
	assert_fault(error, row->fault, row->words);
	g_assert_true(smtp_session_is_alive(session));
	g_clear_pointer(&session, smtp_session_close);
	peer_wait(peer);
	play_clear(&play);
}

static void
test_parameters(void)
{
	Play play = {.script = EHLO "S: 250-t\nS: 250-DSN\nS: 250-8BITMIME\nS: 250 SMTPUTF8\n"
				    "C: MAIL FROM:<> BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+2Bb\nS: 250 ok\n"
				    "C: RCPT TO:<j\303\266rg@example.org> NOTIFY=SUCCESS,DELAY "
				    "ORCPT=rfc822;old@example.org\nS: 250 ok\n"
				    "C: DATA\nS: 354 go\ndata\nS: 250 ok\n",
		.message = g_string_new(NULL)};
	g_autoptr(Peer) peer = peer_start(run_script, &play);
	g_autoptr(SmtpSession) session = open_session(peer, NULL, NULL, NULL);
	SmtpRecipient to = {.address = "j\303\266rg@example.org",
		.notify = SMTP_NOTIFY_SUCCESS | SMTP_NOTIFY_DELAY,
		.orcpt = "old@example.org"};
	SmtpMail mail = {.from = "",
		.recipients = &to,
		.recipient_count = 1,
		.data = "Subject: \303\266\n\nbody",
		.length = 17,
		.returns = SMTP_RETURN_HEADERS,
		.envid = "a+b"};
	g_auto(SmtpResult) result = {0};
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(smtp_session_send(session, &mail, NULL, &result, &error), ==, SMTP_SENT);
	g_assert_false(result.dsn_ignored);
	g_clear_pointer(&session, smtp_session_close);
	peer_wait(peer);
	play_clear(&play);
}

int
main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(logins); i++) {
		g_autofree char *path = g_strdup_printf("/smtp/login/%s", logins[i].name);
		g_test_add_data_func(path, &logins[i], test_login);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(sends); i++) {
		g_autofree char *path = g_strdup_printf("/smtp/send/%s", sends[i].name);
		g_test_add_data_func(path, &sends[i], test_send);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(needs); i++) {
		g_autofree char *path = g_strdup_printf("/smtp/needs/%s", needs[i].name);
		g_test_add_data_func(path, &needs[i], test_needs);
	}
	g_test_add_func("/smtp/before-dot", test_before_dot_refuses);
	g_test_add_data_func("/smtp/cancel/before", NULL, test_cancel);
	g_test_add_data_func("/smtp/cancel/after", "", test_cancel);
	g_test_add_func("/smtp/again", test_two_mails_on_one_line);
	g_test_add_func("/smtp/parameters", test_parameters);
	return g_test_run();
}
