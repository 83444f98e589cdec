/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stream.c - bytes after the handover.
 *
 * On the way in a byte passes
 *
 *	socket, TLS --> ahead --> inflate --> ready --> caller
 *
 * ahead is used only when something was read while a write waited; ready only
 * when net_stream_wait() had to look. OpenSSL and zlib hold bytes that poll()
 * cannot see: so poll() is entered only after all three said that they have
 * none. (TLS is libcurl's; that of NET_RAW is ours, in secure.c.)
 */
#include "config.h"

#include "net/stream.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "net/stream-private.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"

/* One look at the socket; a TLS record is no longer. */
#define CHUNK (16 * 1024)
/* The longest nap: then it is looked whether the machine slept. */
#define NAP_MS (10 * 1000)
/* What the socket is given at once. */
#define WRITE_CHUNK (64 * 1024)

void
net_stream_set_cancel(NetStream *stream, Cancel *cancel)
{
	Cancel *before = stream->cancel;

	stream->cancel = cancel ? cancel_ref(cancel) : NULL;
	cancel_unref(before);
}

const GPtrArray *
net_stream_greeting(const NetStream *stream)
{
	return stream->lines;
}

void
net_stream_break(NetStream *stream, GError *failure)
{
	g_assert(stream->broken == NULL);
	stream->broken = failure;
}

static gboolean
is_broken(const NetStream *stream, GError **error)
{
	if (stream->broken == NULL)
		return FALSE;
	if (error != NULL)
		*error = g_error_copy(stream->broken);
	return TRUE;
}

static void
break_late(NetStream *stream, guint timeout_ms)
{
	GError *failure = NULL;

	fault_set(&failure, FAULT_RETRY, _("%s has not answered for %u s."), stream->host,
		MAX(1, timeout_ms / 1000));
	net_stream_break(stream, failure);
}

gssize
net_wire_read(NetStream *stream, void *buffer, gsize size)
{
	size_t got = 0;
	CURLcode code;

	if (stream->broken != NULL)
		return STEP_FAILED;
	if (stream->ended)
		return STEP_END;
	code = curl_easy_recv(stream->easy, buffer, size, &got);
	if (code == CURLE_AGAIN)
		return STEP_AGAIN;
	if (code != CURLE_OK) {
		GError *failure = NULL;
		net_words_lost(stream, code, &failure);
		net_stream_break(stream, failure);
		return STEP_FAILED;
	}
	stream->ended = got == 0;
	return (gssize)got;
}

/* The line's bytes, without waiting, or a STEP_. */
static gssize
receive(NetStream *stream, void *buffer, gsize size)
{
	gssize got =
		stream->secure ? net_secure_read(stream, buffer, size) : net_wire_read(stream, buffer, size);

	if (got > 0)
		stream->bytes_in += (gsize)got;
	return got;
}

/* Move what stands at *at of queue into buffer; an emptied queue gives its memory back. */
static gsize
unqueue(GByteArray **queue, gsize *at, void *buffer, gsize size)
{
	gsize count = MIN(size, (*queue)->len - *at);

	if (count == 0)
		return 0;
	memcpy(buffer, (*queue)->data + *at, count);
	*at += count;
	if (*at == (*queue)->len) {
		g_byte_array_unref(*queue);
		*queue = g_byte_array_new();
		*at = 0;
	}
	return count;
}

static gssize
receive_raw(NetStream *stream, void *buffer, gsize size)
{
	gsize count = unqueue(&stream->ahead, &stream->ahead_at, buffer, size);

	return count > 0 ? (gssize)count : receive(stream, buffer, size);
}

/* Take from the compressed bytes in ahead, which is refilled from the wire. */
static gssize
receive_deflated(NetStream *stream, void *buffer, gsize size)
{
	for (;;) {
		guint8 chunk[CHUNK];
		gsize used = 0;
		gssize got = net_deflate_unpack(stream->deflate, stream->ahead->data + stream->ahead_at,
			stream->ahead->len - stream->ahead_at, &used, buffer, size);

		stream->ahead_at += used;
		if (got > 0)
			return got;
		if (got < 0) {
			GError *failure = NULL;
			fault_set(&failure, FAULT_PROTOCOL,
				_("What %s sends is not properly compressed; the connection is given up."),
				stream->host);
			net_stream_break(stream, failure);
			return STEP_FAILED;
		}
		g_byte_array_set_size(stream->ahead, 0);
		stream->ahead_at = 0;
		got = receive(stream, chunk, sizeof(chunk));
		if (got <= 0)
			return got;
		g_byte_array_append(stream->ahead, chunk, (guint)got);
	}
}

/* Plain bytes without waiting, or a STEP_. */
static gssize
take(NetStream *stream, void *buffer, gsize size)
{
	gsize count = unqueue(&stream->ready, &stream->ready_at, buffer, size);

	if (count > 0)
		return (gssize)count;
	return stream->deflate ? receive_deflated(stream, buffer, size) : receive_raw(stream, buffer, size);
}

/* How far the clock that goes on in suspend is before the one that does not. */
static gint64
slept_us(void)
{
	return dates_clock_us() - g_get_monotonic_time();
}

PollResult
net_stream_poll(NetStream *stream, short wanted, int wake_fd, gint64 end_us, short *events)
{
	gint64 before_us = slept_us();

	for (;;) {
		struct pollfd fds[3] = {
			{.fd = stream->socket, .events = wanted},
			{.fd = cancel_fd(stream->cancel), .events = POLLIN},
			{.fd = wake_fd, .events = POLLIN},
		};
		gint64 left_ms = NAP_MS;

		if (end_us >= 0)
			left_ms = CLAMP((end_us - dates_clock_us() + 999) / 1000, 0, NAP_MS);
		if (poll(fds, G_N_ELEMENTS(fds), (int)left_ms) < 0 && errno != EINTR)
			g_error("poll: %s", g_strerror(errno));
		if (cancel_is_triggered(stream->cancel))
			return POLL_CANCELED;
		if (fds[0].revents != 0) {
			*events = fds[0].revents;
			return POLL_SOCKET;
		}
		if (fds[2].revents != 0)
			return POLL_WAKE;
		if (end_us >= 0 && dates_clock_us() >= end_us)
			return POLL_LATE;
		if (slept_us() - before_us > LIMIT_SLEPT_MS * G_GINT64_CONSTANT(1000))
			return POLL_SLEPT;
	}
}

gssize
net_stream_read(NetStream *stream, void *buffer, gsize size, guint timeout_ms, GError **error)
{
	gint64 end_us;
	short events;

	if (timeout_ms == 0)
		timeout_ms = LIMIT_DATA_STALL_MS;
	end_us = dates_clock_us() + timeout_ms * G_GINT64_CONSTANT(1000);
	for (;;) {
		gssize got;

		if (cancel_check(stream->cancel, error))
			return -1;
		got = take(stream, buffer, size);
		if (got == STEP_FAILED) {
			is_broken(stream, error);
			return -1;
		}
		if (got != STEP_AGAIN)
			return got;
		if (net_stream_poll(stream, POLLIN, -1, end_us, &events) == POLL_LATE)
			break_late(stream, timeout_ms);
	}
}

NetWait
net_stream_wait(NetStream *stream, int wake_fd, gint64 timeout_ms, GError **error)
{
	gint64 end_us = timeout_ms < 0 ? -1 : dates_clock_us() + timeout_ms * 1000;
	guint8 chunk[CHUNK];
	short events;

	if (stream->ready->len > 0)
		return cancel_check(stream->cancel, error) ? NET_WAIT_FAILED : NET_WAIT_DATA;
	for (;;) {
		gssize got;

		if (cancel_check(stream->cancel, error))
			return NET_WAIT_FAILED;
		got = take(stream, chunk, sizeof(chunk));
		if (got > 0)
			g_byte_array_append(stream->ready, chunk, (guint)got);
		if (got != STEP_AGAIN)
			return NET_WAIT_DATA;
		switch (net_stream_poll(stream, POLLIN, wake_fd, end_us, &events)) {
		case POLL_WAKE:
			return NET_WAIT_WAKE;
		case POLL_LATE:
		case POLL_SLEPT:
			return NET_WAIT_TIMEOUT;
		case POLL_SOCKET:
		case POLL_CANCELED:
			break;
		}
	}
}

/* Take what the server says while it does not listen; it may be waiting for us to do so. */
static void
drain(NetStream *stream)
{
	guint8 chunk[CHUNK];
	gssize got;

	while (stream->ahead->len - stream->ahead_at < LIMIT_NET_AHEAD &&
		(got = receive(stream, chunk, sizeof(chunk))) > 0)
		g_byte_array_append(stream->ahead, chunk, (guint)got);
}

/* Wait until the socket takes more. FALSE: broken. */
static gboolean
wait_to_write(NetStream *stream, gint64 *end_us)
{
	gboolean full = stream->ahead->len - stream->ahead_at >= LIMIT_NET_AHEAD || stream->ended;
	short events = 0;
	GError *failure = NULL;

	switch (net_stream_poll(stream, full ? POLLOUT : POLLOUT | POLLIN, -1, *end_us, &events)) {
	case POLL_CANCELED:
		cancel_check(stream->cancel, &failure);
		net_stream_break(stream, failure);
		return FALSE;
	case POLL_LATE:
		break_late(stream, stream->stall_ms);
		return FALSE;
	default:
		if (!full && (events & POLLIN))
			drain(stream);
		return stream->broken == NULL;
	}
}

/* The same bytes are offered again after CURLE_AGAIN, as OpenSSL asks. */
gboolean
net_wire_write(NetStream *stream, const guint8 *data, gsize length)
{
	gint64 stall_us = stream->stall_ms * G_GINT64_CONSTANT(1000);
	gint64 end_us = dates_clock_us() + stall_us;

	while (length > 0 && stream->broken == NULL) {
		size_t sent = 0;
		CURLcode code = curl_easy_send(stream->easy, data, MIN(length, WRITE_CHUNK), &sent);

		if (code == CURLE_OK && sent > 0) {
			data += sent;
			length -= sent;
			end_us = dates_clock_us() + stall_us;
		} else if (code == CURLE_AGAIN || code == CURLE_OK) {
			wait_to_write(stream, &end_us);
		} else {
			GError *failure = NULL;
			net_words_lost(stream, code, &failure);
			/* It may have said why, before it closed. */
			drain(stream);
			if (stream->broken == NULL)
				net_stream_break(stream, failure);
			else
				g_error_free(failure);
		}
		if (length > 0 && stream->broken == NULL && cancel_is_triggered(stream->cancel)) {
			GError *failure = NULL;
			cancel_check(stream->cancel, &failure);
			net_stream_break(stream, failure);
		}
	}
	return stream->broken == NULL;
}

static gboolean
write_line(NetStream *stream, const guint8 *data, gsize length, GError **error)
{
	if (stream->secure ? net_secure_write(stream, data, length) : net_wire_write(stream, data, length))
		stream->bytes_out += length;
	return !is_broken(stream, error);
}

gboolean
net_stream_write(NetStream *stream, const void *data, gsize length, GError **error)
{
	const guint8 *at = data;

	/* Before the first byte a cancel leaves the stream whole. */
	if (is_broken(stream, error) || cancel_check(stream->cancel, error))
		return FALSE;
	if (stream->deflate == NULL)
		return write_line(stream, at, length, error);
	while (length > 0) {
		g_autoptr(GByteArray) packed = g_byte_array_new();
		gsize part = MIN(length, WRITE_CHUNK * 4);

		net_deflate_pack(stream->deflate, at, part, packed);
		if (!write_line(stream, packed->data, packed->len, error))
			return FALSE;
		at += part;
		length -= part;
	}
	return TRUE;
}

gboolean
net_stream_start_compress(NetStream *stream, const void *early, gsize early_length, GError **error)
{
	GByteArray *raw;

	if (is_broken(stream, error))
		return FALSE;
	g_assert(stream->deflate == NULL);
	/* In the order read: early, then what net_stream_wait() took, then what a write took. */
	raw = g_byte_array_new();
	g_byte_array_append(raw, early, (guint)early_length);
	g_byte_array_append(
		raw, stream->ready->data + stream->ready_at, stream->ready->len - (guint)stream->ready_at);
	g_byte_array_append(
		raw, stream->ahead->data + stream->ahead_at, stream->ahead->len - (guint)stream->ahead_at);
	g_byte_array_set_size(stream->ready, 0);
	stream->ready_at = 0;
	g_byte_array_unref(stream->ahead);
	stream->ahead = raw;
	stream->ahead_at = 0;
	stream->deflate = net_deflate_new();
	return TRUE;
}

gboolean
net_stream_is_compressed(const NetStream *stream)
{
	return stream->deflate != NULL;
}

static gboolean
is_encrypted(const NetStream *stream)
{
	return stream->scheme == NET_RAW ? stream->secure != NULL : stream->security != NET_PLAIN;
}

const NetTls *
net_stream_tls(const NetStream *stream)
{
	return is_encrypted(stream) ? &stream->tls : NULL;
}

gboolean
net_stream_is_confidential(const NetStream *stream)
{
	return is_encrypted(stream) || stream->loopback;
}

const char *
net_stream_host(const NetStream *stream)
{
	return stream->host;
}

guint16
net_stream_port(const NetStream *stream)
{
	return stream->port;
}

guint64
net_stream_bytes_in(const NetStream *stream)
{
	return stream->bytes_in;
}

guint64
net_stream_bytes_out(const NetStream *stream)
{
	return stream->bytes_out;
}
