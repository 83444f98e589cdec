/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * net-driver.c - net/ and smtp/ from the shell, for test-net.py.
 *
 *	net-driver hello  SCHEME SECURITY HOST PORT CA [HOST:PORT sha256:...]
 *	net-driver login  SECURITY HOST PORT CA USER MECHANISM
 *	net-driver send   SECURITY HOST PORT CA USER FROM TO... [-partial] [-notify] [-cancel-ms N]
 *[-dot-fails]
 *
 * login and send read the password from the first line of standard input, send
 * the message from the rest. DRIVER_MS: the deadline of TLS and greeting. A failure is "fault NAME" and the
 *message.
 */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/sasl.h"
#include "net/stream.h"
#include "smtp/session.h"
#include "util/fault.h"
#include "util/log.h"

static int
fail(const GError *error)
{
	printf("fault %s\n%s\n", fault_name(fault_of(error)), error->message);
	return 1;
}

static NetSecurity
security_of(const char *name)
{
	return strcmp(name, "tls") == 0 ? NET_TLS : strcmp(name, "starttls") == 0 ? NET_STARTTLS : NET_PLAIN;
}

static NetTarget
target_of(NetScheme scheme, char **words, NetTrust **trust)
{
	g_autoptr(NetRoots) roots = net_roots_new(words[3]);
	const char *ms = g_getenv("DRIVER_MS");

	*trust = net_trust_new(roots);
	return (NetTarget){.scheme = scheme,
		.security = security_of(words[0]),
		.host = words[1],
		.port = (guint16)atoi(words[2]),
		.trust = *trust,
		.tls_ms = ms ? (guint)atoi(ms) : 0,
		.greeting_ms = ms ? (guint)atoi(ms) : 0};
}

static int
hello(char **words)
{
	g_autoptr(NetTrust) trust = NULL;
	NetTarget target = target_of(strcmp(words[0], "imap") == 0 ? NET_IMAP : NET_SMTP, words + 1, &trust);
	g_autoptr(GError) error = NULL;
	g_autoptr(NetStream) stream = NULL;
	const GPtrArray *lines;

	if (words[5] != NULL && !net_trust_accept_line(trust, words[5], &error))
		return fail(error);
	stream = net_stream_open(&target, NULL, &error);
	if (stream == NULL)
		return fail(error);
	if (net_stream_tls(stream) != NULL)
		printf("%s\n", net_stream_tls(stream)->version);
	lines = net_stream_greeting(stream);
	for (guint i = 0; i < lines->len; i++)
		printf("%s\n", (const char *)g_ptr_array_index(lines, i));
	return 0;
}

static char *
read_line(NetStream *stream, GError **error)
{
	GString *line = g_string_new(NULL);
	char c;

	while (net_stream_read(stream, &c, 1, 10000, error) == 1 && c != '\n')
		g_string_append_c(line, c);
	return g_string_free(line, FALSE);
}

/* AUTHENTICATE with SASL-IR, as far as the tagged answer, which is printed. */
static int
authenticate(NetStream *stream, Sasl *sasl, const char *name, GError **error)
{
	g_autoptr(Secret) line = NULL;
	g_autofree char *command = NULL;

	if (!sasl_start(sasl, &line, error))
		return 1;
	command = g_strdup_printf(
		"t1 AUTHENTICATE %s%s%s\r\n", name, line ? " " : "", line ? secret_text(line) : "");
	if (!net_stream_write(stream, command, strlen(command), error))
		return 1;
	for (;;) {
		g_autofree char *said = g_strchomp(read_line(stream, error));

		if (*error != NULL || said[0] == '\0')
			return 1;
		if (g_str_has_prefix(said, "+")) {
			g_clear_pointer(&line, secret_free);
			if (!sasl_step(sasl, said[1] == ' ' ? said + 2 : said + 1, &line, error) ||
				!net_stream_write(stream, secret_text(line), secret_length(line), error) ||
				!net_stream_write(stream, "\r\n", 2, error))
				return 1;
		} else if (g_str_has_prefix(said, "t1 ")) {
			printf("%s\n", said);
			return g_str_has_prefix(said, "t1 OK") && sasl_finish(sasl, error) ? 0 : 1;
		}
	}
}

static SaslMechanism
mechanism_of(const char *name)
{
	for (int i = 0; i < SASL_COUNT; i++)
		if (strcmp(sasl_name((SaslMechanism)i), name) == 0)
			return (SaslMechanism)i;
	g_error("no mechanism %s", name);
}

static int
login(char **words, char *password)
{
	g_autoptr(NetTrust) trust = NULL;
	NetTarget target = target_of(NET_IMAP, words, &trust);
	g_autoptr(Secret) secret = secret_new(password, -1);
	SaslLogin who = {.user = words[4], .secret = secret, .host = words[1], .port = target.port};
	g_autoptr(GError) error = NULL;
	g_autoptr(Sasl) sasl = sasl_new(mechanism_of(words[5]), &who, &error);
	g_autoptr(NetStream) stream = sasl ? net_stream_open(&target, NULL, &error) : NULL;
	int status;

	if (stream == NULL)
		return fail(error);
	status = authenticate(stream, sasl, words[5], &error);
	return error ? fail(error) : status;
}

typedef struct {
	GPtrArray *to; /* of SmtpRecipient */
	SmtpMail mail;
	guint cancel_ms;
	gboolean dot_fails;
} Order;

static gboolean
before_dot(gpointer user, GError **error)
{
	const Order *order = user;

	if (order->dot_fails) {
		fault_set(error, FAULT_LOCAL, "the disk is full");
		return FALSE;
	}
	printf("dot\n");
	return TRUE;
}

static void
read_order(char **words, Order *order)
{
	gboolean notify = FALSE;

	order->to = g_ptr_array_new_with_free_func(g_free);
	order->mail.from = *words++;
	for (; *words != NULL; words++) {
		if (strcmp(*words, "-partial") == 0) {
			order->mail.partial = TRUE;
		} else if (strcmp(*words, "-notify") == 0) {
			notify = TRUE;
			order->mail.returns = SMTP_RETURN_HEADERS;
			order->mail.envid = "one+two";
		} else if (strcmp(*words, "-dot-fails") == 0) {
			order->dot_fails = TRUE;
		} else if (strcmp(*words, "-cancel-ms") == 0) {
			order->cancel_ms = (guint)atoi(*++words);
		} else {
			SmtpRecipient *recipient = g_new0(SmtpRecipient, 1);
			recipient->address = *words;
			g_ptr_array_add(order->to, recipient);
		}
	}
	order->mail.recipient_count = order->to->len;
	order->mail.before_dot = before_dot;
	order->mail.user = order;
	for (guint i = 0; i < order->to->len; i++)
		((SmtpRecipient *)g_ptr_array_index(order->to, i))->notify =
			notify ? SMTP_NOTIFY_SUCCESS | SMTP_NOTIFY_FAILURE : 0;
}

static void *
cancel_later(void *user)
{
	Cancel *cancel = user;

	g_usleep(G_GUINT64_CONSTANT(1000) * (guint)atoi(g_getenv("CANCEL_MS")));
	cancel_trigger(cancel);
	cancel_unref(cancel);
	return NULL;
}

static int
deliver(SmtpSession *session, Order *order, Cancel *cancel)
{
	static const char *const outcomes[] = {"sent", "not-sent", "uncertain"};
	g_autofree SmtpRecipient *recipients = g_new0(SmtpRecipient, order->to->len);
	g_auto(SmtpResult) result = {0};
	g_autoptr(GError) error = NULL;
	SmtpOutcome outcome;

	for (guint i = 0; i < order->to->len; i++)
		recipients[i] = *(SmtpRecipient *)g_ptr_array_index(order->to, i);
	order->mail.recipients = recipients;
	outcome = smtp_session_send(session, &order->mail, cancel, &result, &error);
	printf("%s\n", outcomes[outcome]);
	printf("last %d %s\n", result.last.code, result.last.text ? result.last.text : "");
	for (gsize i = 0; i < result.recipient_count; i++)
		printf("to %s %d %s\n", recipients[i].address, result.recipients[i].code,
			result.recipients[i].enhanced ? result.recipients[i].enhanced : "-");
	printf("alive %d\n", smtp_session_is_alive(session));
	return error ? fail(error) : 0;
}

static int
send_mail(char **words, char *password, const char *message, gsize length)
{
	g_autoptr(NetTrust) trust = NULL;
	NetTarget target = target_of(NET_SMTP, words, &trust);
	g_autoptr(Secret) secret = secret_new(password, -1);
	SmtpLogin who = {.kind = SMTP_PASSWORD, .user = words[4], .secret = secret};
	g_autoptr(GError) error = NULL;
	g_autoptr(SmtpSession) session = smtp_session_open(&target, &who, "driver", NULL, &error);
	g_autoptr(Cancel) cancel = cancel_new();
	Order order = {.mail = {.data = message, .length = length}};
	GThread *thread = NULL;
	int status;

	if (session == NULL)
		return fail(error);
	printf("by %s\n", smtp_session_mechanism(session));
	read_order(words + 5, &order);
	if (order.cancel_ms > 0) {
		g_autofree char *ms = g_strdup_printf("%u", order.cancel_ms);
		g_setenv("CANCEL_MS", ms, TRUE);
		thread = g_thread_new("cancel", cancel_later, cancel_ref(cancel));
	}
	status = deliver(session, &order, cancel);
	if (thread != NULL)
		g_thread_join(thread);
	g_ptr_array_unref(order.to);
	return status;
}

static GString *
read_input(void)
{
	GString *input = g_string_new(NULL);
	char chunk[65536];
	gssize got;

	while ((got = read(0, chunk, sizeof(chunk))) > 0)
		g_string_append_len(input, chunk, got);
	return input;
}

int
main(int argc, char **argv)
{
	g_autoptr(GString) input = NULL;
	const char *log = g_getenv("DRIVER_LOG");
	char *end;

	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (log != NULL)
		g_assert(log_open(log, LOG_SMTP | LOG_NET | LOG_GENERAL, NULL));
	if (argc >= 7 && strcmp(argv[1], "hello") == 0)
		return hello(argv + 2);
	input = read_input();
	end = memchr(input->str, '\n', input->len);
	if (end == NULL)
		return 2;
	*end = '\0';
	if (argc == 8 && strcmp(argv[1], "login") == 0)
		return login(argv + 2, input->str);
	if (argc >= 9 && strcmp(argv[1], "send") == 0)
		return send_mail(argv + 2, input->str, end + 1, (gsize)(input->str + input->len - end - 1));
	return 2;
}
