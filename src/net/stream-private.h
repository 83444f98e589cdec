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

/* Put libcurl's failure to connect into words; code may be CURLE_OK for a phase that ran out of time. */
void net_words_connect(const NetStream *stream, CURLcode code, GError **error);
/* A phase took longer than allowed. */
void net_words_late(const NetStream *stream, GError **error);
/* The established connection failed in curl_easy_recv() or curl_easy_send(). */
void net_words_lost(const NetStream *stream, CURLcode code, GError **error);
