/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stream after the handover: reading, waiting, writing, compression. */
#include "config.h"

#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "net-common.h"
#include "net/deflate.h"

/* More than the buffers of both sides' sockets hold. */
#define TALK_CHUNKS 192
#define WRITTEN ((gsize)12 * 1024 * 1024)

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

int
main(int argc, char **argv)
{
	init_tests(&argc, &argv);
	g_test_add_func("/net/stream/end", test_end_is_zero_then_stays);
	g_test_add_func("/net/stream/read/canceled", test_canceled_read_leaves_stream_whole);
	g_test_add_func("/net/stream/read/late", test_late_read_breaks);
	g_test_add_func("/net/stream/wait", test_wait);
	g_test_add_func("/net/stream/wait/buffered", test_wait_knows_buffered_tls);
	g_test_add_func("/net/stream/write/talker", test_write_against_talker);
	g_test_add_func("/net/stream/write/stalls", test_write_stalls);
	g_test_add_func("/net/stream/write/canceled", test_write_canceled);
	g_test_add_func("/net/stream/compress", test_compress);
	g_test_add_func("/net/stream/compress/damaged", test_compress_damaged);
	return run_tests();
}
