/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way to the handover: names, phases, TLS, trust, STARTTLS, greetings. */
#include "config.h"

#include <dlfcn.h>
#include <glib/gstdio.h>
#include <netdb.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "net-common.h"

/* ---- scripts ---- */

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

	assert_fault(error, FAULT_TRUST, "self-signed");
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

/* ---- roots of the system, and threads ---- */

static GError *
open_with(NetRoots *system_roots)
{
	g_autoptr(Peer) peer = peer_start(script_tls_echo, (gpointer) "good.pem");
	g_autoptr(NetTrust) trust = net_trust_new(system_roots);
	NetTarget target = target_of(NET_IMAP, NET_TLS, peer_port(peer), trust);
	GError *error = NULL;
	g_autoptr(NetStream) stream = net_stream_open(&target, NULL, &error);

	g_assert_true((stream == NULL) == (error != NULL));
	return error;
}

static void
test_system_bundle(void)
{
	g_autoptr(NetRoots) good = net_roots_new(NULL);
	g_autoptr(NetRoots) none = net_roots_new(NULL);
	g_autofree char *ca = pem_path("ca.pem");
	g_autoptr(GError) error = NULL;

	g_setenv("SSL_CERT_FILE", ca, TRUE);
	g_assert_no_error(open_with(good));
	g_setenv("SSL_CERT_FILE", "/nonexistent", TRUE);
	g_assert_false(net_roots_load(none, &error));
	g_unsetenv("SSL_CERT_FILE");
	assert_fault(error, FAULT_LOCAL, "ca-certificates");
}

/* The usual case: a folder of files named by the hash of their subject. */
static void
test_system_folder(void)
{
	g_autoptr(NetRoots) good = net_roots_new(NULL);
	g_autofree char *ca = pem_path("ca.pem");
	g_autofree char *hashed = pem_path("hashed");
	g_autofree char *link = NULL;
	FILE *file = fopen(ca, "re");
	X509 *x509 = PEM_read_X509(file, NULL, NULL, NULL);

	fclose(file);
	link = g_strdup_printf("%s/%08lx.0", hashed, X509_subject_name_hash(x509));
	X509_free(x509);
	g_assert_cmpint(g_mkdir(hashed, 0700), ==, 0);
	g_assert_cmpint(symlink(ca, link), ==, 0);
	g_setenv("SSL_CERT_DIR", hashed, TRUE);
	g_assert_no_error(open_with(good));
	g_unsetenv("SSL_CERT_DIR");
	g_unlink(link);
	g_rmdir(hashed);
}

static void *
open_in_thread(void *user)
{
	g_autoptr(Peer) peer = peer_start(script_tls_echo, (gpointer) "good.pem");
	g_autoptr(NetStream) stream = open_echo(peer, user, NULL);

	write_text(stream, "x\r\n");
	read_exactly(stream, "x\r\n");
	return NULL;
}

/* Roots not loaded as yet, one trust, several workers at once. */
static void
test_threads_share_trust(void)
{
	g_autofree char *ca = pem_path("ca.pem");
	g_autoptr(NetRoots) fresh = net_roots_new(ca);
	g_autoptr(NetTrust) trust = net_trust_new(fresh);
	pthread_t threads[6];

	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		g_assert_cmpint(pthread_create(&threads[i], NULL, open_in_thread, trust), ==, 0);
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		pthread_join(threads[i], NULL);
}

/* ---- proxies ---- */

static void
script_proxy(Peer *peer, gpointer user)
{
	g_autofree char *pem = pem_path("good.pem");

	(void)user;
	if (!peer_expect(peer, "CONNECT far.test:993 HTTP/1."))
		return;
	for (;;) {
		g_autofree char *line = peer_line(peer);
		if (line == NULL || line[0] == '\0')
			break;
	}
	peer_say(peer, "HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n");
	if (peer_tls(peer, pem, 0)) {
		serve_imap(peer);
		echo(peer);
	}
}

static NetStream *
open_by_proxy(NetTrust *trust, GError **error)
{
	g_autoptr(Peer) peer = peer_start(script_proxy, NULL);
	NetTarget target = target_of(NET_IMAP, NET_TLS, 993, trust);
	g_autofree char *proxy = g_strdup_printf("http://127.0.0.1:%u", peer_port(peer));
	NetStream *stream;

	target.host = "far.test";
	g_setenv("all_proxy", proxy, TRUE);
	stream = net_stream_open(&target, NULL, error);
	g_unsetenv("all_proxy");
	return stream;
}

/* The proxy resolves the name; the certificate must be the far host's; its own words are no greeting. */
static void
test_proxy(void)
{
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(NetStream) stream = open_by_proxy(trust, &error);
	g_autoptr(NetCertificate) refused = net_trust_refused(trust, "far.test", 993);

	g_assert_null(stream);
	assert_fault(error, FAULT_TRUST, "not for far.test");
	g_clear_error(&error);
	g_assert_true(net_trust_accept(trust, "far.test", 993, refused->fingerprint, NULL));
	stream = open_by_proxy(trust, &error);
	g_assert_no_error(error);
	g_assert_false(has_line(net_stream_greeting(stream), "HTTP"));
	g_assert_false(has_line(net_stream_greeting(stream), "X-Proxy"));
	g_assert_true(has_line(net_stream_greeting(stream), "* CAPABILITY"));
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
add_rows(void)
{
	static const char *const glued[] = {
		"* OK [ALERT] forged\r\n", "x", "A003 OK x\r\n* CAPABILITY AUTH=ANONYMOUS\r\n"};

	for (gsize i = 0; i < G_N_ELEMENTS(bad_certificates); i++) {
		g_autofree char *refused =
			g_strdup_printf("/net/connect/certificate/%s", bad_certificates[i].pem);
		g_autofree char *accepted =
			g_strdup_printf("/net/connect/accepted/%s", bad_certificates[i].pem);
		g_test_add_data_func(refused, &bad_certificates[i], test_bad_certificate);
		g_test_add_data_func(accepted, &bad_certificates[i], test_accepted_certificate);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(glued); i++) {
		g_autofree char *path = g_strdup_printf("/net/connect/starttls/glued-%u", (guint)i);
		g_test_add_data_func(path, glued[i], test_starttls_injection);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(bad_greetings); i++) {
		g_autofree char *path = g_strdup_printf("/net/connect/greeting/%s", bad_greetings[i].name);
		g_test_add_data_func(path, &bad_greetings[i], test_bad_greeting);
	}
	for (int security = NET_TLS; security <= NET_PLAIN; security++) {
		g_autofree char *late = g_strdup_printf("/net/connect/late/%d", security);
		g_autofree char *cancel = g_strdup_printf("/net/connect/cancel/%d", security);
		g_test_add_data_func(late, GINT_TO_POINTER(security), test_phase_deadline);
		g_test_add_data_func(cancel, GINT_TO_POINTER(security), test_cancel_open);
	}
}

int
main(int argc, char **argv)
{
	init_tests(&argc, &argv);
	g_test_add_func("/net/check", test_libraries_will_do);
	g_test_add_func("/net/loopback", test_loopback_names);
	g_test_add_func("/net/trust/ca-file", test_ca_file_faults);
	g_test_add_func("/net/trust/lines", test_accept_lines);
	g_test_add_func("/net/trust/other-port", test_accepted_for_another_port);
	g_test_add_func("/net/trust/unknown-issuer", test_unknown_issuer);
	g_test_add_func("/net/trust/self-signed-in-ca-file", test_self_signed_in_ca_file);
	g_test_add_func("/net/trust/system-bundle", test_system_bundle);
	g_test_add_func("/net/trust/system-folder", test_system_folder);
	g_test_add_func("/net/trust/threads", test_threads_share_trust);
	g_test_add_func("/net/connect/bad-targets", test_bad_targets);
	g_test_add_func("/net/connect/refused-port", test_refused_port);
	g_test_add_func("/net/connect/dns/unknown", test_unknown_host);
	g_test_add_data_func("/net/connect/dns/late", NULL, test_slow_dns);
	g_test_add_data_func("/net/connect/dns/canceled", "", test_slow_dns);
	g_test_add_func("/net/connect/tls", test_tls_echo);
	g_test_add_func("/net/connect/old-tls", test_old_tls_refused);
	g_test_add_func("/net/connect/starttls/good", test_starttls);
	add_rows();
	g_test_add_data_func("/net/connect/flood/lines", NULL, test_flood);
	g_test_add_data_func("/net/connect/flood/no-lines", "", test_flood);
	g_test_add_func("/net/connect/proxy", test_proxy);
	return run_tests();
}
