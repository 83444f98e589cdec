/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stream-private.h - the stream's inside, shared by connect.c, stream.c and words.c. */
#pragma once

#include <curl/curl.h>

#include "net/deflate.h"
#include "net/stream.h"
#include "net/trust-private.h"

/* How far the way to the handover has come. */
typedef enum {
	PHASE_CONNECT, /* DNS, TCP, proxy */
	PHASE_TLS,
	PHASE_GREETING, /* and capabilities, and STARTTLS */
	PHASE_COUNT,
} NetPhase;

/* What a step without waiting can say besides a number of bytes. */
#define STEP_END 0
#define STEP_AGAIN (-1)
#define STEP_FAILED (-2)

typedef struct NetSecure NetSecure;

struct NetStream {
	CURLM *multi;
	CURL *easy;
	CURLU *url;
	curl_socket_t socket;
	Cancel *cancel; /* may be NULL */

	NetScheme scheme;
	NetSecurity security;
	char *host; /* A-label or address */
	guint16 port;
	gboolean loopback;
	guint stall_ms;
	NetVerify verify;
	NetTls tls; /* certificate borrowed from verify */

	/* Until the handover. */
	NetPhase phase;
	gint64 phase_end_us; /* dates_clock_us() */
	guint phase_ms[PHASE_COUNT];
	GPtrArray *lines;
	gsize lines_size;
	gboolean flood;    /* more lines than LIMIT_NET_GREETING */
	guint clear_lines; /* said before TLS */
	gboolean tls_began;
	NetTrace trace;
	gpointer trace_user;
	char words[CURL_ERROR_SIZE]; /* libcurl's, of its last failure */

	/* After it. */
	NetSecure *secure; /* NET_RAW: TLS of our own; NULL: none as yet */
	GByteArray *ahead; /* off the wire while a write waited or before COMPRESS; raw */
	gsize ahead_at;
	GByteArray *ready; /* taken by net_stream_wait(), plain */
	gsize ready_at;
	NetDeflate *deflate; /* NULL: not compressed */
	gboolean ended;      /* the server closed */
	GError *broken;      /* the first failure */
	guint64 bytes_in;
	guint64 bytes_out;
};

/* ---- connect.c ---- */

/* TLS of version 1.2 or newer, verified by what arm does with the context and by nothing else. */
void net_curl_secure(CURL *easy, curl_ssl_ctx_callback arm, void *user);

/* A phase begins; its deadline runs from now. */
void net_stream_enter_phase(NetStream *stream, NetPhase phase);

/* ---- stream.c ---- */

typedef enum { POLL_SOCKET, POLL_WAKE, POLL_LATE, POLL_SLEPT, POLL_CANCELED } PollResult;

/* Remember the first failure (taken over): from now on all calls fail with it. */
void net_stream_break(NetStream *stream, GError *failure);
/* The one place where a stream waits. end_us: dates_clock_us(), -1 for ever. *events: what the socket has. */
PollResult net_stream_poll(NetStream *stream, short wanted, int wake_fd, gint64 end_us, short *events);
/* Off the socket as libcurl gives it, without waiting: bytes, or a STEP_. */
gssize net_wire_read(NetStream *stream, void *buffer, gsize size);
/* All of data, onto the socket. FALSE: the stream is broken. */
gboolean net_wire_write(NetStream *stream, const guint8 *data, gsize length);

/* ---- secure.c ---- */

/* The handshake. FALSE with error, and the stream is broken. */
gboolean net_secure_begin(NetStream *stream, GError **error);
/* Plain bytes without waiting, or a STEP_. */
gssize net_secure_read(NetStream *stream, void *buffer, gsize size);
/* FALSE: the stream is broken. */
gboolean net_secure_write(NetStream *stream, const guint8 *data, gsize length);
/* Say goodbye as far as the socket takes it, and free. */
void net_secure_end(NetStream *stream);

/* ---- words.c ---- */

/* Put libcurl's failure to connect into words; code may be CURLE_OK for a phase that ran out of time. */
void net_words_connect(const NetStream *stream, CURLcode code, GError **error);
/* Somebody spoke where STARTTLS wants silence. */
void net_words_injected(const NetStream *stream, GError **error);
/* A phase took longer than allowed. */
void net_words_late(const NetStream *stream, GError **error);
/* The established connection failed in curl_easy_recv() or curl_easy_send(). */
void net_words_lost(const NetStream *stream, CURLcode code, GError **error);
