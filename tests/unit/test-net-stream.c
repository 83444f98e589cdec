/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <dlfcn.h>
#include <glib/gstdio.h>
#include <netdb.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "net/deflate.h"
#include "net/stream.h"
#include "peer.h"
#include "util/dates.h"
#include "util/fault.h"

/* More than the buffers of both sides' sockets hold. */
#define TALK_CHUNKS 192
#define WRITTEN ((gsize)12 * 1024 * 1024)

static char *folder;
static NetRoots *roots;

static char *
pem_path(const char *file)
{
	return g_build_filename(folder, file, NULL);
}

/* A target on peer, times short. */
static NetTarget
target_of(NetScheme scheme, NetSecurity security, guint16 port, NetTrust *trust)
{
	return (NetTarget){
		.scheme = scheme,
		.security = security,
		.host = "127.0.0.1",
		.port = port,
		.trust = trust,
		.connect_ms = 5000,
		.tls_ms = 5000,
		.greeting_ms = 5000,
	};
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

/* ---- scripts ---- */

static void
serve_imap(Peer *peer)
{
	peer_say(peer, "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n");
	if (peer_expect(peer, "A001 CAPABILITY"))
		peer_say(peer, "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nA001 OK done\r\n");
}

/* Echo every line, until "end". */
static void
echo(Peer *peer)
{
	for (;;) {
		g_autofree char *line = peer_line(peer);
		if (line == NULL || strcmp(line, "end") == 0)
			return;
		peer_say(peer, line);
		peer_say(peer, "\r\n");
	}
}

static void
script_tls_echo(Peer *peer, gpointer user)
{
	g_autofree char *pem = pem_path(user);

	if (peer_tls(peer, pem, 0)) {
		serve_imap(peer);
		echo(peer);
	}
}

static void
starttls_until_ok(Peer *peer, const char *glued)
{
	peer_say(peer, "* OK [ALERT] from before TLS\r\n");
	peer_expect(peer, "A001 CAPABILITY");
	peer_say(peer, "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\nA001 OK done\r\n");
	if (peer_expect(peer, "A002 STARTTLS")) {
		g_autofree char *answer = g_strconcat("A002 OK begin\r\n", glued, NULL);
		peer_say(peer, answer);
	}
}

static void
script_starttls(Peer *peer, gpointer user)
{
	g_autofree char *pem = pem_path("good.pem");

	starttls_until_ok(peer, user);
	if (!peer_tls(peer, pem, 0))
		return;
	peer_expect(peer, "A003 CAPABILITY");
	peer_say(peer, "* CAPABILITY IMAP4rev1 AUTH=PLAIN INSIDE\r\nA003 OK done\r\n");
	echo(peer);
}

static void
script_say_and_hang(Peer *peer, gpointer user)
{
	peer_say(peer, user);
	peer_hang(peer);
}

static void
script_say_and_close(Peer *peer, gpointer user)
{
	peer_say(peer, user);
}

/* ---- names ---- */

/* Taken by libcurl in place of the C library's: names that are slow or not there, without a network. */
int
getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **result)
{
	static int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

	if (host != NULL && strcmp(host, "slow.test") == 0)
		g_usleep(2 * G_USEC_PER_SEC);
	if (host != NULL && g_str_has_suffix(host, ".test"))
		return EAI_NONAME;
	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	return real(host, service, hints, result);
}

/* ---- helpers of tests ---- */

static NetTrust *
trust_new(void)
{
	return net_trust_new(roots);
}

/* Open, which must fail. */
static GError *
open_fails(NetTarget *target, Cancel *cancel)
{
	GError *error = NULL;
	NetStream *stream = net_stream_open(target, cancel, &error);

	g_assert_null(stream);
	return error;
}

static void
read_exactly(NetStream *stream, const char *expected)
{
	g_autoptr(GString) got = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	char chunk[4096];

	while (got->len < strlen(expected)) {
		gssize count = net_stream_read(stream, chunk, sizeof(chunk), 5000, &error);
		g_assert_no_error(error);
		g_assert_cmpint(count, >, 0);
		g_string_append_len(got, chunk, count);
	}
	g_assert_cmpstr(got->str, ==, expected);
}

static void
write_text(NetStream *stream, const char *text)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(net_stream_write(stream, text, strlen(text), &error));
	g_assert_no_error(error);
}

static gboolean
has_line(const GPtrArray *lines, const char *part)
{
	for (guint i = 0; i < lines->len; i++)
		if (strstr(g_ptr_array_index(lines, i), part) != NULL)
			return TRUE;
	return FALSE;
}

/* ---- opening ---- */

static void
test_tls_echo(void)
{
	g_autoptr(Peer) peer = peer_start(script_tls_echo, (gpointer) "good.pem");
	g_autoptr(NetTrust) trust = trust_new();
	NetTarget target = target_of(NET_IMAP, NET_TLS, peer_port(peer), trust);
	g_autoptr(GError) error = NULL;
	g_autoptr(NetStream) stream = net_stream_open(&target, NULL, &error);

	g_assert_no_error(error);
	g_assert_true(has_line(net_stream_greeting(stream), "* OK [CAPABILITY"));
	g_assert_true(has_line(net_stream_greeting(stream), "* CAPABILITY IMAP4rev1 AUTH=PLAIN"));
	g_assert_cmpstr(net_stream_tls(stream)->version, ==, "TLSv1.3");
	g_assert_cmpstr(net_stream_tls(stream)->certificate->names, ==, "localhost, 127.0.0.1");
	g_assert_cmpuint(strlen(net_stream_tls(stream)->certificate->fingerprint), ==, 64);
	g_assert_false(net_stream_tls(stream)->accepted);
	write_text(stream, "a1 hello\r\n");
	read_exactly(stream, "a1 hello\r\n");
	g_assert_cmpuint(net_stream_bytes_in(stream), ==, 10);
	g_assert_cmpuint(net_stream_bytes_out(stream), ==, 10);
}

static void
test_end_is_zero_then_stays(void)
{
	g_autoptr(Peer) peer = peer_start(script_tls_echo, (gpointer) "good.pem");
	g_autoptr(NetTrust) trust = trust_new();
	NetTarget target = target_of(NET_IMAP, NET_TLS, peer_port(peer), trust);
	g_autoptr(NetStream) stream = net_stream_open(&target, NULL, NULL);
	char byte[16];

	write_text(stream, "end\r\n");
	for (int i = 0; i < 2; i++)
		g_assert_cmpint(net_stream_read(stream, byte, sizeof(byte), 5000, NULL), <=, 0);
}

typedef struct {
	const char *pem;
	guint bad;
	const char *words;
} BadCertificate;

static const BadCertificate bad_certificates[] = {
	{"expired.pem", NET_BAD_EXPIRED, "expired on"},
	{"future.pem", NET_BAD_NOT_YET, "clock"},
	{"wrong.pem", NET_BAD_NAME, "it is for other.example, not for 127.0.0.1"},
	{"bare.pem", NET_BAD_NAME, "names no host at all"},
	{"self.pem", NET_BAD_SELF_SIGNED, "self-signed"},
};

static void
test_bad_certificate(gconstpointer user)
{
	const BadCertificate *bad = user;
	g_autoptr(Peer) peer = peer_start(script_tls_echo, (gpointer)bad->pem);
	g_autoptr(NetTrust) trust = trust_new();
	NetTarget target = target_of(NET_IMAP, NET_TLS, peer_port(peer), trust);
	g_autoptr(GError) error = open_fails(&target, NULL);
	g_autoptr(NetCertificate) refused = net_trust_refused(trust, "127.0.0.1", peer_port(peer));

	assert_fault(error, FAULT_TRUST, bad->words);
	g_assert_nonnull(refused);
	g_assert_cmpuint(refused->bad, ==, bad->bad);
	g_assert_nonnull(strstr(error->message, refused->fingerprint));
}

static void
test_accepted_certificate(gconstpointer user)
{
	const BadCertificate *bad = user;
	g_autoptr(Peer) peer = peer_start(script_tls_echo, (gpointer)bad->pem);
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(NetTrust) other = trust_new();
	NetTarget target = target_of(NET_IMAP, NET_TLS, peer_port(peer), trust);
	g_autofree char *path = pem_path(bad->pem);
	g_autofree char *line = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(NetStream) stream = NULL;
	g_autoptr(NetCertificate) refused = NULL;
	g_autoptr(Peer) first = peer_start(script_tls_echo, (gpointer)bad->pem);
	NetTarget first_target = target_of(NET_IMAP, NET_TLS, peer_port(first), other);
	g_autoptr(GError) first_error = open_fails(&first_target, NULL);

	assert_fault(first_error, FAULT_TRUST, "");
	refused = net_trust_refused(other, "127.0.0.1", peer_port(first));
	line = g_strdup_printf("127.0.0.1:%u sha256:%s", peer_port(peer), refused->fingerprint);
	g_assert_true(net_trust_accept_line(trust, line, &error));
	g_assert_no_error(error);
	stream = net_stream_open(&target, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(net_stream_tls(stream)->accepted);
	g_assert_null(net_trust_refused(trust, "127.0.0.1", peer_port(peer)));
	write_text(stream, "x\r\n");
	read_exactly(stream, "x\r\n");
}

static void
test_accepted_for_another_port(void)
{
	g_autoptr(Peer) peer = peer_start(script_tls_echo, (gpointer) "self.pem");
	g_autoptr(Peer) again = peer_start(script_tls_echo, (gpointer) "self.pem");
	g_autoptr(NetTrust) trust = trust_new();
	NetTarget target = target_of(NET_IMAP, NET_TLS, peer_port(peer), trust);
	NetTarget target_again = target_of(NET_IMAP, NET_TLS, peer_port(again), trust);
	g_autoptr(GError) error = open_fails(&target, NULL);
	g_autoptr(NetCertificate) refused = net_trust_refused(trust, "127.0.0.1", peer_port(peer));
	g_autoptr(GError) error_again = NULL;

	g_assert_true(net_trust_accept(trust, "127.0.0.1", peer_port(peer), refused->fingerprint, NULL));
	error_again = open_fails(&target_again, NULL);
	assert_fault(error_again, FAULT_TRUST, "self-signed");
}

static void
test_unknown_issuer(void)
{
	g_autoptr(Peer) peer = peer_start(script_tls_echo, (gpointer) "good.pem");
	g_autofree char *self = pem_path("self.pem");
	g_autoptr(NetRoots) others = net_roots_new(self);
	g_autoptr(NetTrust) trust = net_trust_new(others);
	NetTarget target = target_of(NET_IMAP, NET_TLS, peer_port(peer), trust);
	g_autoptr(GError) error = open_fails(&target, NULL);

	assert_fault(error, FAULT_TRUST, "issuer is not among");
}

static void
test_self_signed_in_ca_file(void)
{
	g_autoptr(Peer) peer = peer_start(script_tls_echo, (gpointer) "self.pem");
	g_autofree char *self = pem_path("self.pem");
	g_autoptr(NetRoots) others = net_roots_new(self);
	g_autoptr(NetTrust) trust = net_trust_new(others);
	NetTarget target = target_of(NET_IMAP, NET_TLS, peer_port(peer), trust);
	g_autoptr(GError) error = NULL;
	g_autoptr(NetStream) stream = net_stream_open(&target, NULL, &error);

	g_assert_no_error(error);
	g_assert_false(net_stream_tls(stream)->accepted);
}

static void
script_old_tls(Peer *peer, gpointer user)
{
	g_autofree char *pem = pem_path("good.pem");

	(void)user;
	peer_tls(peer, pem, TLS1_1_VERSION);
}

static void
test_old_tls_refused(void)
{
	g_autoptr(Peer) peer = peer_start(script_old_tls, NULL);
	g_autoptr(NetTrust) trust = trust_new();
	NetTarget target = target_of(NET_IMAP, NET_TLS, peer_port(peer), trust);
	g_autoptr(GError) error = open_fails(&target, NULL);

	assert_fault(error, FAULT_REFUSED, "");
}

static void
test_starttls(void)
{
	g_autoptr(Peer) peer = peer_start(script_starttls, (gpointer) "");
	g_autoptr(NetTrust) trust = trust_new();
	NetTarget target = target_of(NET_IMAP, NET_STARTTLS, peer_port(peer), trust);
	g_autoptr(GError) error = NULL;
	g_autoptr(NetStream) stream = net_stream_open(&target, NULL, &error);

	g_assert_no_error(error);
	g_assert_nonnull(net_stream_tls(stream));
	/* What was said in the clear counts for nothing. */
	g_assert_false(has_line(net_stream_greeting(stream), "from before TLS"));
	g_assert_false(has_line(net_stream_greeting(stream), "LOGINDISABLED"));
	g_assert_true(has_line(net_stream_greeting(stream), "INSIDE"));
	write_text(stream, "x\r\n");
	read_exactly(stream, "x\r\n");
}

static void
test_starttls_injection(gconstpointer user)
{
	g_autoptr(Peer) peer = peer_start(script_starttls, (gpointer)user);
	g_autoptr(NetTrust) trust = trust_new();
	NetTarget target = target_of(NET_IMAP, NET_STARTTLS, peer_port(peer), trust);
	g_autoptr(GError) error = open_fails(&target, NULL);

	assert_fault(error, FAULT_PROTOCOL, "STARTTLS");
}

typedef struct {
	const char *name;
	NetScheme scheme;
	NetSecurity security;
	const char *greeting;
	gboolean hangs;
	Fault fault;
	const char *words;
} BadGreeting;

static const BadGreeting bad_greetings[] = {
	{"preauth", NET_IMAP, NET_STARTTLS,
		"* PREAUTH welcome\r\n* CAPABILITY IMAP4rev1 STARTTLS\r\nA001 OK done\r\n", TRUE,
		FAULT_PROTOCOL, "PREAUTH"},
	{"no-starttls", NET_IMAP, NET_STARTTLS, "* OK hi\r\n* CAPABILITY IMAP4rev1\r\nA001 OK done\r\n", TRUE,
		FAULT_REFUSED, "STARTTLS"},
	{"starttls-no", NET_IMAP, NET_STARTTLS,
		"* OK hi\r\n* CAPABILITY IMAP4rev1 STARTTLS\r\nA001 OK done\r\nA002 NO not today\r\n", TRUE,
		FAULT_REFUSED, "or refused it"},
	{"bye", NET_IMAP, NET_PLAIN, "* BYE too many \033[31mconnections\r\n", FALSE, FAULT_RETRY,
		"too many \357\277\275[31mconnections"},
	{"smtp-421", NET_SMTP, NET_PLAIN, "421 4.3.2 shutting down\r\n", FALSE, FAULT_RETRY, "shutting down"},
	{"smtp-554", NET_SMTP, NET_PLAIN, "554 no SMTP here\r\n", FALSE, FAULT_REFUSED, "no SMTP here"},
	{"http", NET_IMAP, NET_PLAIN, "HTTP/1.1 400 Bad Request\r\n\r\n", FALSE, FAULT_REFUSED, "IMAP"},
	{"plain-for-tls", NET_IMAP, NET_TLS, "* OK hi\r\n", TRUE, FAULT_REFUSED, "does not speak TLS"},
	{"closed", NET_IMAP, NET_PLAIN, "", FALSE, FAULT_RETRY, "closed"},
	{"half-line", NET_IMAP, NET_PLAIN, "* OK hal", FALSE, FAULT_RETRY, ""},
};

static void
test_bad_greeting(gconstpointer user)
{
	const BadGreeting *bad = user;
	g_autoptr(Peer) peer =
		peer_start(bad->hangs ? script_say_and_hang : script_say_and_close, (gpointer)bad->greeting);
	g_autoptr(NetTrust) trust = trust_new();
	NetTarget target = target_of(bad->scheme, bad->security, peer_port(peer), trust);
	g_autoptr(GError) error = open_fails(&target, NULL);

	assert_fault(error, bad->fault, bad->words);
	for (const char *c = error->message; *c != '\0'; c++)
		g_assert_true((guchar)*c >= ' ' || *c == '\n');
}

static void
script_flood(Peer *peer, gpointer user)
{
	g_autoptr(GString) line = g_string_new("* OK ");

	(void)user;
	for (int i = 0; i < 200; i++)
		g_string_append(line, "much ado ");
	g_string_append(line, "\r\n");
	for (int i = 0; i < 100000 && !g_test_failed(); i++)
		peer_send(peer, line->str, line->len);
}

static void
script_flood_without_lines(Peer *peer, gpointer user)
{
	g_autofree char *chunk = g_strnfill(65536, 'x');

	(void)user;
	for (int i = 0; i < 20000; i++)
		peer_send(peer, chunk, 65536);
}

static void
test_flood(gconstpointer user)
{
	g_autoptr(Peer) peer = peer_start(user ? script_flood_without_lines : script_flood, NULL);
	NetTarget target = target_of(NET_IMAP, NET_PLAIN, peer_port(peer), NULL);
	gint64 start = g_get_monotonic_time();
	g_autoptr(GError) error = NULL;

	target.greeting_ms = 1500;
	error = open_fails(&target, NULL);
	assert_fault(error, FAULT_LIMIT, "without end");
	g_assert_cmpint(g_get_monotonic_time() - start, <, 4 * G_USEC_PER_SEC);
}

static void
script_hang(Peer *peer, gpointer user)
{
	(void)user;
	peer_hang(peer);
}

static void
test_phase_deadline(gconstpointer user)
{
	NetSecurity security = (NetSecurity)GPOINTER_TO_INT(user);
	g_autoptr(Peer) peer = peer_start(script_hang, NULL);
	g_autoptr(NetTrust) trust = trust_new();
	NetTarget target = target_of(NET_IMAP, security, peer_port(peer), trust);
	gint64 start = g_get_monotonic_time();
	g_autoptr(GError) error = NULL;

	target.tls_ms = security == NET_TLS ? 300 : 30000;
	target.greeting_ms = security == NET_TLS ? 30000 : 300;
	error = open_fails(&target, NULL);
	assert_fault(error, FAULT_RETRY,
		security == NET_TLS        ? "TLS handshake"
		: security == NET_STARTTLS ? "said nothing"
					   : "greeting");
	g_assert_cmpint(g_get_monotonic_time() - start, <, 2 * G_USEC_PER_SEC);
}

static void
test_refused_port(void)
{
	NetTarget target = target_of(NET_IMAP, NET_PLAIN, peer_closed_port(), NULL);
	g_autoptr(GError) error = open_fails(&target, NULL);

	assert_fault(error, FAULT_RETRY, "refuses connections on port");
}

typedef struct {
	const char *host;
	guint16 port;
	NetSecurity security;
	const char *words;
} BadTarget;

static const BadTarget bad_targets[] = {
	{"", 993, NET_TLS, "not the name"},
	{"a b", 993, NET_TLS, "not the name"},
	{"evil\r\nQUIT", 993, NET_TLS, "not the name"},
	{"host/path", 993, NET_TLS, "not the name"},
	{"user@host", 993, NET_TLS, "not the name"},
	{"host:993", 993, NET_TLS, "not the name"},
	{"host\033]0;x", 993, NET_TLS, "not the name"},
	{"imap.example.org", 0, NET_TLS, "No port"},
	{"imap.example.org", 143, NET_PLAIN, "without encryption"},
	{"192.0.2.1", 143, NET_PLAIN, "without encryption"},
	{"127.0.0.1.example.org", 143, NET_PLAIN, "without encryption"},
};

static void
test_bad_targets(void)
{
	g_autoptr(NetTrust) trust = trust_new();

	for (gsize i = 0; i < G_N_ELEMENTS(bad_targets); i++) {
		NetTarget target = target_of(NET_IMAP, bad_targets[i].security, bad_targets[i].port, trust);
		g_autoptr(GError) error = NULL;

		target.host = bad_targets[i].host;
		error = open_fails(&target, NULL);
		assert_fault(error, FAULT_INPUT, bad_targets[i].words);
	}
}

static void
test_ca_file_faults(void)
{
	g_autoptr(NetRoots) missing = net_roots_new("/nonexistent/ca.pem");
	g_autofree char *path = pem_path("empty.pem");
	g_autoptr(NetRoots) empty = net_roots_new(path);
	g_autoptr(GError) error = NULL;

	g_assert_true(g_file_set_contents(path, "not a certificate\n", -1, NULL));
	g_assert_false(net_roots_load(missing, &error));
	assert_fault(error, FAULT_LOCAL, "/nonexistent/ca.pem");
	g_clear_error(&error);
	g_assert_false(net_roots_load(empty, &error));
	assert_fault(error, FAULT_INPUT, "holds no certificate");
}

static void
test_accept_lines(void)
{
	static const struct {
		const char *line;
		gboolean good;
	} rows[] = {
		{"h.example:993 sha256:0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef",
			TRUE},
		{"h.example:993   SHA256:01:23456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef ",
			TRUE},
		{"[::1]:993 sha256:0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef", TRUE},
		{"h.example:993 sha256:0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcde",
			FALSE},
		{"h.example:99999 sha256:0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef",
			FALSE},
		{"h.example sha256:0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef", FALSE},
		{"h.example:993", FALSE},
		{"", FALSE},
	};
	g_autoptr(NetTrust) trust = trust_new();

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_true(net_trust_accept_line(trust, rows[i].line, &error) == rows[i].good);
		if (!rows[i].good)
			assert_fault(error, FAULT_INPUT, "HOST:PORT");
	}
}

/* ---- canceling ---- */

static void *
trigger_soon(void *user)
{
	g_usleep(100 * 1000);
	cancel_trigger(user);
	return NULL;
}

static void
test_cancel_open(gconstpointer user)
{
	NetSecurity security = (NetSecurity)GPOINTER_TO_INT(user);
	g_autoptr(Peer) peer = peer_start(script_hang, NULL);
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(Cancel) cancel = cancel_new();
	NetTarget target = target_of(NET_IMAP, security, peer_port(peer), trust);
	gint64 start = g_get_monotonic_time();
	GThread *thread = g_thread_new("trigger", trigger_soon, cancel);
	g_autoptr(GError) error = open_fails(&target, cancel);

	g_thread_join(thread);
	assert_fault(error, FAULT_CANCELED, "");
	g_assert_cmpint(g_get_monotonic_time() - start, <, G_USEC_PER_SEC);
}

static void
test_unknown_host(void)
{
	g_autoptr(NetTrust) trust = trust_new();
	NetTarget target = target_of(NET_IMAP, NET_TLS, 993, trust);
	g_autoptr(GError) error = NULL;

	target.host = "nowhere.test";
	error = open_fails(&target, NULL);
	assert_fault(error, FAULT_RETRY, "nowhere.test was not found");
}

static void
test_slow_dns(gconstpointer user)
{
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(Cancel) cancel = cancel_new();
	NetTarget target = target_of(NET_IMAP, NET_TLS, 993, trust);
	gint64 start = g_get_monotonic_time();
	GThread *thread = user ? g_thread_new("trigger", trigger_soon, cancel) : NULL;
	g_autoptr(GError) error = NULL;

	target.host = "slow.test";
	target.connect_ms = user ? 10000 : 100;
	error = open_fails(&target, cancel);
	if (thread != NULL)
		g_thread_join(thread);
	assert_fault(error, user ? FAULT_CANCELED : FAULT_RETRY, user ? "" : "did not answer within");
	g_assert_cmpint(g_get_monotonic_time() - start, <, G_USEC_PER_SEC);
}

static NetStream *
open_echo(Peer *peer, NetTrust *trust, Cancel *cancel)
{
	NetTarget target = target_of(NET_IMAP, NET_TLS, peer_port(peer), trust);
	GError *error = NULL;
	NetStream *stream = net_stream_open(&target, cancel, &error);

	g_assert_no_error(error);
	return stream;
}

static void
test_canceled_read_leaves_stream_whole(void)
{
	g_autoptr(Peer) peer = peer_start(script_tls_echo, (gpointer) "good.pem");
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(NetStream) stream = open_echo(peer, trust, NULL);
	g_autoptr(Cancel) cancel = cancel_new();
	g_autoptr(GError) error = NULL;
	GThread *thread = g_thread_new("trigger", trigger_soon, cancel);
	char byte[16];

	net_stream_set_cancel(stream, cancel);
	g_assert_cmpint(net_stream_read(stream, byte, sizeof(byte), 10000, &error), ==, -1);
	g_thread_join(thread);
	assert_fault(error, FAULT_CANCELED, "");
	net_stream_set_cancel(stream, NULL);
	write_text(stream, "still\r\n");
	read_exactly(stream, "still\r\n");
}

static void
test_late_read_breaks(void)
{
	g_autoptr(Peer) peer = peer_start(script_tls_echo, (gpointer) "good.pem");
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(NetStream) stream = open_echo(peer, trust, NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) again = NULL;
	char byte[16];

	g_assert_cmpint(net_stream_read(stream, byte, sizeof(byte), 50, &error), ==, -1);
	assert_fault(error, FAULT_RETRY, "has not answered");
	g_assert_false(net_stream_write(stream, "x", 1, &again));
	assert_fault(again, FAULT_RETRY, "has not answered");
}

/* ---- waiting ---- */

static void
test_wait(void)
{
	g_autoptr(Peer) peer = peer_start(script_tls_echo, (gpointer) "good.pem");
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(Cancel) cancel = cancel_new();
	g_autoptr(NetStream) stream = open_echo(peer, trust, cancel);
	g_autoptr(GError) error = NULL;
	int wake = eventfd(0, EFD_CLOEXEC);

	g_assert_cmpint(net_stream_wait(stream, wake, 0, &error), ==, NET_WAIT_TIMEOUT);
	g_assert_cmpint(net_stream_wait(stream, wake, 20, &error), ==, NET_WAIT_TIMEOUT);
	g_assert_cmpint(write(wake, &(guint64){1}, 8), ==, 8);
	g_assert_cmpint(net_stream_wait(stream, wake, -1, &error), ==, NET_WAIT_WAKE);
	write_text(stream, "data\r\n");
	g_assert_cmpint(net_stream_wait(stream, -1, 5000, &error), ==, NET_WAIT_DATA);
	/* Data goes before wake, and asking again changes nothing. */
	g_assert_cmpint(net_stream_wait(stream, wake, -1, &error), ==, NET_WAIT_DATA);
	read_exactly(stream, "data\r\n");
	g_assert_no_error(error);
	cancel_trigger(cancel);
	g_assert_cmpint(net_stream_wait(stream, -1, -1, &error), ==, NET_WAIT_FAILED);
	assert_fault(error, FAULT_CANCELED, "");
	close(wake);
}

/* One TLS record read in small pieces: the rest is in OpenSSL, where poll() does not see it. */
static void
test_wait_knows_buffered_tls(void)
{
	g_autoptr(Peer) peer = peer_start(script_tls_echo, (gpointer) "good.pem");
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(NetStream) stream = open_echo(peer, trust, NULL);
	g_autofree char *line = g_strnfill(10000, 'x');
	g_autofree char *wire = g_strconcat(line, "\r\n", NULL);
	gsize total = 0;
	char piece[7];

	write_text(stream, wire);
	while (total < strlen(wire)) {
		gssize got;
		g_assert_cmpint(net_stream_wait(stream, -1, 5000, NULL), ==, NET_WAIT_DATA);
		got = net_stream_read(stream, piece, sizeof(piece), 5000, NULL);
		g_assert_cmpint(got, >, 0);
		total += (gsize)got;
	}
	g_assert_cmpuint(total, ==, strlen(wire));
}

/* ---- writing ---- */

/* Says more than any buffer holds before it reads: a writer that does not read meanwhile waits for ever. */
static void
script_talk_first(Peer *peer, gpointer user)
{
	g_autofree char *pem = pem_path("good.pem");
	g_autofree char *chunk = g_strnfill(65536, 'y');
	char buffer[65536];
	gsize total = 0;
	gsize *received = user;

	peer_small_buffer(peer);
	if (!peer_tls(peer, pem, 0))
		return;
	serve_imap(peer);
	for (int i = 0; i < TALK_CHUNKS; i++)
		peer_send(peer, chunk, 65536);
	while (total < WRITTEN) {
		gsize got = peer_read(peer, buffer, sizeof(buffer));
		if (got == 0)
			break;
		total += got;
	}
	*received = total;
	peer_say(peer, "done");
}

static void
test_write_against_talker(void)
{
	gsize received = 0;
	g_autoptr(Peer) peer = peer_start(script_talk_first, &received);
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(NetStream) stream = open_echo(peer, trust, NULL);
	g_autofree char *data = g_strnfill(WRITTEN, 'x');
	g_autoptr(GError) error = NULL;
	char buffer[65536];
	gsize total = 0;
	gsize expected = TALK_CHUNKS * 65536 + 4;

	g_assert_true(net_stream_write(stream, data, WRITTEN, &error));
	g_assert_no_error(error);
	while (total < expected) {
		gssize got = net_stream_read(stream, buffer, sizeof(buffer), 5000, &error);
		g_assert_no_error(error);
		g_assert_cmpint(got, >, 0);
		total += (gsize)got;
		if (total == expected)
			g_assert_cmpint(memcmp(buffer + got - 4, "done", (gsize)MIN(got, 4)), ==, 0);
	}
	peer_wait(peer);
	g_assert_cmpuint(received, ==, WRITTEN);
}

static void
script_never_reads(Peer *peer, gpointer user)
{
	g_autofree char *pem = pem_path("good.pem");

	(void)user;
	if (peer_tls(peer, pem, 0)) {
		serve_imap(peer);
		peer_sleep(peer);
	}
}

static void
test_write_stalls(void)
{
	g_autoptr(Peer) peer = peer_start(script_never_reads, NULL);
	g_autoptr(NetTrust) trust = trust_new();
	NetTarget target = target_of(NET_IMAP, NET_TLS, peer_port(peer), trust);
	g_autoptr(NetStream) stream = NULL;
	g_autofree char *data = g_strnfill(16 * 1024 * 1024, 'x');
	g_autoptr(GError) error = NULL;

	target.stall_ms = 200;
	stream = net_stream_open(&target, NULL, NULL);
	g_assert_nonnull(stream);
	g_assert_false(net_stream_write(stream, data, 16 * 1024 * 1024, &error));
	assert_fault(error, FAULT_RETRY, "has not answered");
}

static void
test_write_canceled(void)
{
	g_autoptr(Peer) peer = peer_start(script_never_reads, NULL);
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(Cancel) cancel = cancel_new();
	g_autoptr(NetStream) stream = open_echo(peer, trust, cancel);
	g_autofree char *data = g_strnfill(16 * 1024 * 1024, 'x');
	GThread *thread = g_thread_new("trigger", trigger_soon, cancel);
	gint64 start = g_get_monotonic_time();
	g_autoptr(GError) error = NULL;

	g_assert_false(net_stream_write(stream, data, 16 * 1024 * 1024, &error));
	g_thread_join(thread);
	assert_fault(error, FAULT_CANCELED, "");
	g_assert_cmpint(g_get_monotonic_time() - start, <, G_USEC_PER_SEC);
	/* Part of it may have gone out: the stream is over. */
	net_stream_set_cancel(stream, NULL);
	g_assert_false(net_stream_write(stream, "x", 1, NULL));
}

/* ---- compression ---- */

static void
script_compressed_echo(Peer *peer, gpointer user)
{
	g_autofree char *pem = pem_path("good.pem");
	g_autoptr(NetDeflate) pipes = net_deflate_new();
	guint8 raw[4096];
	char plain[4096];
	g_autoptr(GByteArray) out = g_byte_array_new();

	if (!peer_tls(peer, pem, 0))
		return;
	serve_imap(peer);
	peer_expect(peer, "c COMPRESS DEFLATE");
	/* The OK and the first compressed bytes in one record. */
	g_byte_array_append(out, (const guint8 *)"c OK\r\n", 6);
	net_deflate_pack(pipes, "early\r\n", 7, out);
	peer_send(peer, out->data, out->len);
	for (;;) {
		gsize got = peer_read(peer, raw, sizeof(raw));
		gsize at = 0;

		while (at < got) {
			gsize used = 0;
			gssize made =
				net_deflate_unpack(pipes, raw + at, got - at, &used, plain, sizeof(plain));
			at += used;
			if (made <= 0)
				break;
			g_byte_array_set_size(out, 0);
			net_deflate_pack(pipes, plain, (gsize)made, out);
			peer_send(peer, out->data, out->len);
		}
		if (got == 0)
			return;
		if (user != NULL)
			peer_say(peer, user);
	}
}

static NetStream *
open_compressed(Peer *peer, NetTrust *trust)
{
	NetStream *stream = open_echo(peer, trust, NULL);
	g_autoptr(GError) error = NULL;
	char buffer[256];
	gsize total = 0;

	write_text(stream, "c COMPRESS DEFLATE\r\n");
	while (total < 7) {
		gssize got = net_stream_read(stream, buffer + total, sizeof(buffer) - total, 5000, &error);
		g_assert_no_error(error);
		total += (gsize)got;
	}
	g_assert_cmpint(memcmp(buffer, "c OK\r\n", 6), ==, 0);
	g_assert_true(net_stream_start_compress(stream, buffer + 6, total - 6, &error));
	g_assert_true(net_stream_is_compressed(stream));
	return stream;
}

static void
test_compress(void)
{
	g_autoptr(Peer) peer = peer_start(script_compressed_echo, NULL);
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(NetStream) stream = open_compressed(peer, trust);
	g_autofree char *line = g_strnfill(200000, 'z');
	guint64 before;

	read_exactly(stream, "early\r\n");
	before = net_stream_bytes_out(stream);
	write_text(stream, line);
	read_exactly(stream, line);
	g_assert_cmpuint(net_stream_bytes_out(stream) - before, <, 2000);
	g_assert_cmpint(net_stream_wait(stream, -1, 0, NULL), ==, NET_WAIT_TIMEOUT);
	write_text(stream, "x");
	g_assert_cmpint(net_stream_wait(stream, -1, 5000, NULL), ==, NET_WAIT_DATA);
	read_exactly(stream, "x");
}

static void
test_compress_damaged(void)
{
	g_autoptr(Peer) peer = peer_start(script_compressed_echo, (gpointer) "\xff\xff\xff\xff\xff\xff");
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(NetStream) stream = open_compressed(peer, trust);
	g_autoptr(GError) error = NULL;
	char buffer[256];

	read_exactly(stream, "early\r\n");
	write_text(stream, "x");
	while (net_stream_read(stream, buffer, sizeof(buffer), 5000, &error) > 0)
		;
	assert_fault(error, FAULT_PROTOCOL, "compressed");
}

static void
test_loopback_names(void)
{
	static const struct {
		const char *host;
		gboolean loopback;
	} rows[] = {
		{"localhost", TRUE},
		{"LOCALHOST", TRUE},
		{"127.0.0.1", TRUE},
		{"127.255.0.3", TRUE},
		{"::1", TRUE},
		{"128.0.0.1", FALSE},
		{"localhost.example.org", FALSE},
		{"127.0.0.1.example.org", FALSE},
		{"::2", FALSE},
		{"", FALSE},
		{NULL, FALSE},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_true(net_is_loopback(rows[i].host) == rows[i].loopback);
}

static void
test_libraries_will_do(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *versions = net_versions();

	g_assert_true(net_check(&error));
	g_assert_no_error(error);
	g_assert_nonnull(strstr(versions, "libcurl 7.") ? versions : strstr(versions, "libcurl 8."));
	g_assert_nonnull(strstr(versions, "OpenSSL"));
}

static void
remove_folder(void)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = pem_path(name);
		g_unlink(path);
	}
	g_rmdir(folder);
}

static void
add_rows(void)
{
	static const char *const glued[] = {
		"* OK [ALERT] forged\r\n", "x", "A003 OK x\r\n* CAPABILITY AUTH=ANONYMOUS\r\n"};

	for (gsize i = 0; i < G_N_ELEMENTS(bad_certificates); i++) {
		g_autofree char *refused =
			g_strdup_printf("/net/stream/certificate/%s", bad_certificates[i].pem);
		g_autofree char *accepted =
			g_strdup_printf("/net/stream/accepted/%s", bad_certificates[i].pem);
		g_test_add_data_func(refused, &bad_certificates[i], test_bad_certificate);
		g_test_add_data_func(accepted, &bad_certificates[i], test_accepted_certificate);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(glued); i++) {
		g_autofree char *path = g_strdup_printf("/net/stream/starttls/glued-%u", (guint)i);
		g_test_add_data_func(path, glued[i], test_starttls_injection);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(bad_greetings); i++) {
		g_autofree char *path = g_strdup_printf("/net/stream/greeting/%s", bad_greetings[i].name);
		g_test_add_data_func(path, &bad_greetings[i], test_bad_greeting);
	}
	for (int security = NET_TLS; security <= NET_PLAIN; security++) {
		g_autofree char *late = g_strdup_printf("/net/stream/late/%d", security);
		g_autofree char *cancel = g_strdup_printf("/net/stream/cancel/%d", security);
		g_test_add_data_func(late, GINT_TO_POINTER(security), test_phase_deadline);
		g_test_add_data_func(cancel, GINT_TO_POINTER(security), test_cancel_open);
	}
}

int
main(int argc, char **argv)
{
	g_autofree char *ca = NULL;
	int result;

	signal(SIGPIPE, SIG_IGN);
	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("posthorn-net-XXXXXX", NULL);
	peer_make_certificates(folder);
	ca = pem_path("ca.pem");
	roots = net_roots_new(ca);

	g_test_add_func("/net/check", test_libraries_will_do);
	g_test_add_func("/net/loopback", test_loopback_names);
	g_test_add_func("/net/trust/ca-file", test_ca_file_faults);
	g_test_add_func("/net/trust/lines", test_accept_lines);
	g_test_add_func("/net/trust/other-port", test_accepted_for_another_port);
	g_test_add_func("/net/trust/unknown-issuer", test_unknown_issuer);
	g_test_add_func("/net/trust/self-signed-in-ca-file", test_self_signed_in_ca_file);
	g_test_add_func("/net/stream/bad-targets", test_bad_targets);
	g_test_add_func("/net/stream/refused-port", test_refused_port);
	g_test_add_func("/net/stream/dns/unknown", test_unknown_host);
	g_test_add_data_func("/net/stream/dns/late", NULL, test_slow_dns);
	g_test_add_data_func("/net/stream/dns/canceled", "", test_slow_dns);
	g_test_add_func("/net/stream/tls", test_tls_echo);
	g_test_add_func("/net/stream/end", test_end_is_zero_then_stays);
	g_test_add_func("/net/stream/old-tls", test_old_tls_refused);
	g_test_add_func("/net/stream/starttls/good", test_starttls);
	add_rows();
	g_test_add_data_func("/net/stream/flood/lines", NULL, test_flood);
	g_test_add_data_func("/net/stream/flood/no-lines", "", test_flood);
	g_test_add_func("/net/stream/read/canceled", test_canceled_read_leaves_stream_whole);
	g_test_add_func("/net/stream/read/late", test_late_read_breaks);
	g_test_add_func("/net/stream/wait", test_wait);
	g_test_add_func("/net/stream/wait/buffered", test_wait_knows_buffered_tls);
	g_test_add_func("/net/stream/write/talker", test_write_against_talker);
	g_test_add_func("/net/stream/write/stalls", test_write_stalls);
	g_test_add_func("/net/stream/write/canceled", test_write_canceled);
	g_test_add_func("/net/stream/compress", test_compress);
	g_test_add_func("/net/stream/compress/damaged", test_compress_damaged);
	result = g_test_run();
	net_roots_unref(roots);
	remove_folder();
	g_free(folder);
	return result;
}
