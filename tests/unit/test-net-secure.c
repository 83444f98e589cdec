/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TLS of our own on raw streams: from the first byte, and after a protocol's STARTTLS. */
#include "config.h"

#include <openssl/ssl.h>
#include <string.h>

#include "net-common.h"

/* Asks for nothing: "START" is answered by "GO" and what user adds, then TLS with good.pem. */
typedef struct {
	const char *pem;
	const char *glued; /* said right behind GO */
	int version;
} Script;

static void
script_echo(Peer *peer, gpointer user)
{
	(void)user;
	echo(peer);
}

static void
script_raw_tls_echo(Peer *peer, gpointer user)
{
	const Script *script = user;
	g_autofree char *pem = pem_path(script->pem);

	if (peer_tls(peer, pem, script->version))
		echo(peer);
}

static void
script_starttls(Peer *peer, gpointer user)
{
	const Script *script = user;
	g_autofree char *answer = g_strconcat("GO\r\n", script->glued, NULL);

	peer_say(peer, "hello\r\n");
	if (!peer_expect(peer, "START"))
		return;
	peer_say(peer, answer);
	script_raw_tls_echo(peer, user);
}

/* Up to and with the server's GO; whatever else came is counted in *early. */
static void
ask_for_tls(NetStream *stream, gsize *early)
{
	g_autoptr(GString) got = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	char byte;

	read_exactly(stream, "hello\r\n");
	g_assert_null(net_stream_tls(stream));
	write_text(stream, "START\r\n");
	while (strstr(got->str, "GO\r\n") == NULL) {
		g_assert_cmpint(net_stream_read(stream, &byte, 1, 5000, &error), ==, 1);
		g_string_append_c(got, byte);
	}
	*early = got->len - strlen("GO\r\n");
}

static NetStream *
open_raw(Peer *peer, NetSecurity security, NetTrust *trust, Cancel *cancel)
{
	NetTarget target = target_of(NET_RAW, security, peer_port(peer), trust);
	g_autoptr(GError) error = NULL;
	NetStream *stream;

	target.tls_ms = 3000;
	stream = net_stream_open(&target, cancel, &error);
	g_assert_no_error(error);
	return stream;
}

static void
test_plain(void)
{
	g_autoptr(Peer) peer = peer_start(script_echo, NULL);
	g_autoptr(NetStream) stream = open_raw(peer, NET_PLAIN, NULL, NULL);

	g_assert_null(net_stream_tls(stream));
	write_text(stream, "x\r\n");
	read_exactly(stream, "x\r\n");
}

static void
test_implicit(void)
{
	Script script = {.pem = "good.pem"};
	g_autoptr(Peer) peer = peer_start(script_raw_tls_echo, &script);
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(NetStream) stream = open_raw(peer, NET_TLS, trust, NULL);

	g_assert_cmpstr(net_stream_tls(stream)->version, ==, "TLSv1.3");
	g_assert_cmpstr(net_stream_tls(stream)->certificate->names, ==, "localhost, 127.0.0.1");
	g_assert_true(net_stream_is_confidential(stream));
	write_text(stream, "x\r\n");
	read_exactly(stream, "x\r\n");
	g_assert_cmpuint(net_stream_bytes_in(stream), ==, 3);
	g_assert_cmpuint(net_stream_bytes_out(stream), ==, 3);
}

static void
test_starttls(gconstpointer user)
{
	Script script = {.pem = "good.pem", .version = GPOINTER_TO_INT(user)};
	g_autoptr(Peer) peer = peer_start(script_starttls, &script);
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(NetStream) stream = open_raw(peer, NET_STARTTLS, trust, NULL);
	g_autoptr(GError) error = NULL;
	gsize early;

	ask_for_tls(stream, &early);
	g_assert_true(net_stream_start_tls(stream, early, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(net_stream_tls(stream)->version, ==, user ? "TLSv1.2" : "TLSv1.3");
	g_assert_false(net_stream_tls(stream)->accepted);
	write_text(stream, "x\r\n");
	read_exactly(stream, "x\r\n");
	write_text(stream, "end\r\n");
	g_assert_cmpint(net_stream_read(stream, (char[8]){0}, 8, 5000, NULL), <=, 0);
}

/* More than the buffers of sockets and TLS hold, both ways. */
static void
test_much(void)
{
	Script script = {.pem = "good.pem"};
	g_autoptr(Peer) peer = peer_start(script_raw_tls_echo, &script);
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(NetStream) stream = open_raw(peer, NET_TLS, trust, NULL);
	g_autofree char *line = g_strnfill(100 * 1000, 'x');
	g_autoptr(GString) all = g_string_new(NULL);

	for (int i = 0; i < 60; i++)
		g_string_append_printf(all, "%d %s\r\n", i, line);
	write_text(stream, all->str);
	read_exactly(stream, all->str);
}

/* One TLS record read in small pieces: the rest is in OpenSSL, where poll() does not see it. */
static void
test_wait_knows_what_openssl_holds(void)
{
	Script script = {.pem = "good.pem"};
	g_autoptr(Peer) peer = peer_start(script_raw_tls_echo, &script);
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(NetStream) stream = open_raw(peer, NET_TLS, trust, NULL);
	char piece[7];

	write_text(stream, "0123456789abcdef\r\n");
	for (gsize total = 0; total < 18;) {
		gssize got;
		g_assert_cmpint(net_stream_wait(stream, -1, 5000, NULL), ==, NET_WAIT_DATA);
		got = net_stream_read(stream, piece, sizeof(piece), 5000, NULL);
		g_assert_cmpint(got, >, 0);
		total += (gsize)got;
	}
	g_assert_cmpint(net_stream_wait(stream, -1, 0, NULL), ==, NET_WAIT_TIMEOUT);
}

static void
test_glued_data_aborts(gconstpointer user)
{
	Script script = {.pem = "good.pem", .glued = user};
	g_autoptr(Peer) peer = peer_start(script_starttls, &script);
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(NetStream) stream = open_raw(peer, NET_STARTTLS, trust, NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) again = NULL;
	gsize early;

	ask_for_tls(stream, &early);
	g_assert_false(net_stream_start_tls(stream, early, &error));
	assert_fault(error, FAULT_PROTOCOL, "STARTTLS");
	g_assert_null(net_stream_tls(stream));
	g_assert_false(net_stream_write(stream, "secret", 6, &again));
	assert_fault(again, FAULT_PROTOCOL, "STARTTLS");
}

/* The reader had it already. */
static void
test_early_octets_abort(void)
{
	Script script = {.pem = "good.pem"};
	g_autoptr(Peer) peer = peer_start(script_starttls, &script);
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(NetStream) stream = open_raw(peer, NET_STARTTLS, trust, NULL);
	g_autoptr(GError) error = NULL;
	gsize early;

	ask_for_tls(stream, &early);
	g_assert_false(net_stream_start_tls(stream, 1, &error));
	assert_fault(error, FAULT_PROTOCOL, "STARTTLS");
}

typedef struct {
	const char *pem;
	const char *words;
	guint bad;
} BadCertificate;

static const BadCertificate bad_certificates[] = {
	{"expired.pem", "expired on", NET_BAD_EXPIRED},
	{"wrong.pem", "it is for other.example, not for 127.0.0.1", NET_BAD_NAME},
	{"self.pem", "self-signed", NET_BAD_SELF_SIGNED},
};

/* One attempt with a certificate that is not good. */
static GError *
try_certificate(const BadCertificate *bad, NetSecurity security, NetTrust *trust, guint16 *port)
{
	Script script = {.pem = bad->pem};
	g_autoptr(Peer) peer =
		peer_start(security == NET_TLS ? script_raw_tls_echo : script_starttls, &script);
	NetTarget target = target_of(NET_RAW, security, peer_port(peer), trust);
	GError *error = NULL;
	g_autoptr(NetStream) stream = net_stream_open(&target, NULL, &error);
	gsize early;

	*port = peer_port(peer);
	if (security == NET_TLS) {
		g_assert_null(stream);
		return error;
	}
	ask_for_tls(stream, &early);
	g_assert_false(net_stream_start_tls(stream, early, &error));
	g_assert_false(net_stream_write(stream, "secret", 6, NULL));
	return error;
}

static void
test_bad_certificate(gconstpointer user)
{
	const BadCertificate *bad = user;

	for (int security = NET_TLS; security <= NET_STARTTLS; security++) {
		g_autoptr(NetTrust) trust = trust_new();
		guint16 port;
		g_autoptr(GError) error = try_certificate(bad, (NetSecurity)security, trust, &port);
		g_autoptr(NetCertificate) refused = net_trust_refused(trust, "127.0.0.1", port);

		assert_fault(error, FAULT_TRUST, bad->words);
		g_assert_cmpuint(refused->bad, ==, bad->bad);
	}
}

static void
test_accepted_certificate(void)
{
	Script script = {.pem = "self.pem"};
	g_autoptr(Peer) peer = peer_start(script_starttls, &script);
	g_autoptr(NetTrust) other = trust_new();
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) refusal = NULL;
	g_autoptr(NetStream) stream = NULL;
	g_autoptr(NetCertificate) refused = NULL;
	guint16 port;
	gsize early;

	refusal = try_certificate(&bad_certificates[2], NET_STARTTLS, other, &port);
	refused = net_trust_refused(other, "127.0.0.1", port);
	g_assert_true(net_trust_accept(trust, "127.0.0.1", peer_port(peer), refused->fingerprint, NULL));
	stream = open_raw(peer, NET_STARTTLS, trust, NULL);
	ask_for_tls(stream, &early);
	g_assert_true(net_stream_start_tls(stream, early, &error));
	g_assert_true(net_stream_tls(stream)->accepted);
}

static void
test_old_tls_refused(void)
{
	Script script = {.pem = "good.pem", .version = TLS1_1_VERSION};
	g_autoptr(Peer) peer = peer_start(script_starttls, &script);
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(NetStream) stream = open_raw(peer, NET_STARTTLS, trust, NULL);
	g_autoptr(GError) error = NULL;
	gsize early;

	ask_for_tls(stream, &early);
	g_assert_false(net_stream_start_tls(stream, early, &error));
	assert_fault(error, FAULT_REFUSED, "older than 1.2");
}

/* ---- servers that stop ---- */

static void
script_go_and_hang(Peer *peer, gpointer user)
{
	(void)user;
	peer_say(peer, "hello\r\n");
	if (peer_expect(peer, "START")) {
		peer_say(peer, "GO\r\n");
		peer_hang(peer);
	}
}

static void
script_go_and_close(Peer *peer, gpointer user)
{
	char byte;

	(void)user;
	peer_say(peer, "hello\r\n");
	if (peer_expect(peer, "START")) {
		peer_say(peer, "GO\r\n");
		/* The handshake has begun. */
		peer_read(peer, &byte, 1);
	}
}

static void
script_talk_in_the_clear(Peer *peer, gpointer user)
{
	(void)user;
	peer_say(peer, "* OK hello\r\n");
	peer_hang(peer);
}

static void
test_late(void)
{
	g_autoptr(Peer) peer = peer_start(script_go_and_hang, NULL);
	g_autoptr(NetTrust) trust = trust_new();
	NetTarget target = target_of(NET_RAW, NET_STARTTLS, peer_port(peer), trust);
	g_autoptr(GError) error = NULL;
	g_autoptr(NetStream) stream = NULL;
	gsize early;

	target.tls_ms = 200;
	stream = net_stream_open(&target, NULL, &error);
	ask_for_tls(stream, &early);
	g_assert_false(net_stream_start_tls(stream, early, &error));
	assert_fault(error, FAULT_RETRY, "TLS handshake");
}

static void
test_cut(void)
{
	g_autoptr(Peer) peer = peer_start(script_go_and_close, NULL);
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(NetStream) stream = open_raw(peer, NET_STARTTLS, trust, NULL);
	g_autoptr(GError) error = NULL;
	gsize early;

	ask_for_tls(stream, &early);
	g_assert_false(net_stream_start_tls(stream, early, &error));
	assert_fault(error, FAULT_RETRY, "while TLS was being set up");
}

static void
test_cancel(void)
{
	g_autoptr(Peer) peer = peer_start(script_go_and_hang, NULL);
	g_autoptr(NetTrust) trust = trust_new();
	g_autoptr(Cancel) cancel = cancel_new();
	g_autoptr(NetStream) stream = open_raw(peer, NET_STARTTLS, trust, cancel);
	gint64 start = g_get_monotonic_time();
	g_autoptr(GError) error = NULL;
	GThread *thread;
	gsize early;

	ask_for_tls(stream, &early);
	thread = g_thread_new("trigger", trigger_soon, cancel);
	g_assert_false(net_stream_start_tls(stream, early, &error));
	g_thread_join(thread);
	assert_fault(error, FAULT_CANCELED, "");
	g_assert_cmpint(g_get_monotonic_time() - start, <, G_USEC_PER_SEC);
}

static void
test_clear_where_tls_is_asked(void)
{
	g_autoptr(Peer) peer = peer_start(script_talk_in_the_clear, NULL);
	g_autoptr(NetTrust) trust = trust_new();
	NetTarget target = target_of(NET_RAW, NET_TLS, peer_port(peer), trust);
	g_autoptr(GError) error = open_fails(&target, NULL);

	assert_fault(error, FAULT_REFUSED, "does not speak TLS");
}

static void
test_plain_to_another_machine(void)
{
	NetTarget target = target_of(NET_RAW, NET_PLAIN, 4190, NULL);
	g_autoptr(GError) error = NULL;

	target.host = "192.0.2.1";
	error = open_fails(&target, NULL);
	assert_fault(error, FAULT_INPUT, "without encryption");
}

int
main(int argc, char **argv)
{
	init_tests(&argc, &argv);
	g_test_add_func("/net/secure/plain", test_plain);
	g_test_add_func("/net/secure/implicit", test_implicit);
	g_test_add_data_func("/net/secure/starttls/1.3", NULL, test_starttls);
	g_test_add_data_func("/net/secure/starttls/1.2", GINT_TO_POINTER(TLS1_2_VERSION), test_starttls);
	g_test_add_func("/net/secure/much", test_much);
	g_test_add_func("/net/secure/wait", test_wait_knows_what_openssl_holds);
	g_test_add_data_func("/net/secure/glued/line", "OK forged\r\n", test_glued_data_aborts);
	g_test_add_data_func("/net/secure/glued/octet", "x", test_glued_data_aborts);
	g_test_add_func("/net/secure/early", test_early_octets_abort);
	for (gsize i = 0; i < G_N_ELEMENTS(bad_certificates); i++) {
		g_autofree char *path =
			g_strdup_printf("/net/secure/certificate/%s", bad_certificates[i].pem);
		g_test_add_data_func(path, &bad_certificates[i], test_bad_certificate);
	}
	g_test_add_func("/net/secure/accepted", test_accepted_certificate);
	g_test_add_func("/net/secure/old-tls", test_old_tls_refused);
	g_test_add_func("/net/secure/late", test_late);
	g_test_add_func("/net/secure/cut", test_cut);
	g_test_add_func("/net/secure/cancel", test_cancel);
	g_test_add_func("/net/secure/clear", test_clear_where_tls_is_asked);
	g_test_add_func("/net/secure/plain-elsewhere", test_plain_to_another_machine);
	return run_tests();
}
