/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stream.h - a byte stream to a mail server, for one worker thread.
 *
 * Looks blocking; all waiting happens in one poll() on the socket, the cancel
 * switch, a wake descriptor and a deadline of our own clock, so that a job can
 * be cancelled at once and a dead line is noticed. DNS, proxies, TCP, TLS,
 * greeting, capabilities and STARTTLS are libcurl's (CURLOPT_CONNECT_ONLY);
 * what is handed over is encrypted and not logged in.
 *
 * A stream belongs to one thread. After a failed read, write or wait it is
 * broken: every further call fails the same way, only close is left; but what
 * came in before a write failed can still be read. (A canceled
 * read or wait alone is no failure of the stream: see net_stream_set_cancel().)
 *
 * Errors, with words for the user that name host, port, cause and remedy:
 * FAULT_RETRY (host not found, refused, unreachable, no answer in time, closed,
 * the server said that it is busy), FAULT_TRUST (certificate; see
 * net_trust_refused()), FAULT_REFUSED (no STARTTLS offered, the server does not
 * speak TLS or this protocol on this port), FAULT_PROTOCOL (broke the rules of
 * STARTTLS), FAULT_LIMIT (greeting flood), FAULT_INPUT (bad host, port, or
 * plain text to another machine), FAULT_LOCAL, FAULT_CANCELED.
 */
#pragma once

#include <glib.h>

#include "net/trust.h"
#include "util/cancel.h"

typedef enum {
	NET_IMAP,
	NET_SMTP,
	NET_POP3,
	NET_RAW, /* bytes from the first on: no greeting is read. NET_STARTTLS: in the clear until
		    net_stream_start_tls() */
} NetScheme;

typedef enum {
	NET_TLS,      /* from the first byte */
	NET_STARTTLS, /* required, never optional */
	NET_PLAIN,    /* refused for any host but loopback */
} NetSecurity;

/* Called for each line that the server said before the handover (without CRLF, not sanitised), and never with
 * a secret. */
typedef void (*NetTrace)(const char *line, gpointer user);

/* What to connect to. Borrowed by net_stream_open() only; trust is referenced. Times in ms, 0 takes limits.h.
 */
typedef struct {
	NetScheme scheme;
	NetSecurity security;
	const char *host; /* name (UTF-8 or A-label) or address, IPv6 without brackets */
	guint16 port;
	NetTrust *trust;   /* may be NULL for NET_PLAIN only */
	const char *ehlo;  /* SMTP: the name to greet with; NULL: [127.0.0.1] */
	guint connect_ms;  /* DNS and TCP; LIMIT_CONNECT_MS */
	guint tls_ms;      /* handshake; LIMIT_TLS_MS */
	guint greeting_ms; /* greeting and capabilities; LIMIT_GREETING_MS */
	guint stall_ms;    /* a write makes no progress; LIMIT_DATA_STALL_MS */
	NetTrace trace;    /* may be NULL */
	gpointer trace_user;
} NetTarget;

typedef struct NetStream NetStream;

/* The program's needs of the libraries: libcurl 7.87 with TLS by OpenSSL and asynchronous DNS. Call once,
 * first, from main(). FAULT_LOCAL names what is missing. */
gboolean net_check(GError **error);
/* "libcurl 7.88.1, OpenSSL 3.0.22, zlib 1.2.13", for --version and doctor. The caller's. */
char *net_versions(void);

/* TRUE for localhost, 127.0.0.0/8 and ::1: the only hosts that NET_PLAIN is allowed for. */
gboolean net_is_loopback(const char *host);

/* Connect, as far as the handover. cancel may be NULL; it is referenced and obeyed by every later call too.
 */
NetStream *net_stream_open(const NetTarget *target, Cancel *cancel, GError **error);
/*
 * From now on obey cancel (referenced; may be NULL) in place of the one before:
 * a connection outlives the jobs that use it. FAULT_CANCELED from
 * net_stream_read() and net_stream_wait() leaves the stream whole; from
 * net_stream_write() it breaks it, because part of data may have gone out.
 */
void net_stream_set_cancel(NetStream *stream, Cancel *cancel);
/* Close the socket at once: LOGOUT or QUIT is the caller's business before. NULL is fine. */
void net_stream_close(NetStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetStream, net_stream_close)

/*
 * The lines libcurl consumed: greeting, capabilities, and what came between;
 * raw bytes without CRLF. With STARTTLS only those from inside TLS: what was
 * said before counts for nothing. IMAP: libcurl's tags are A001, A002...: use
 * others. The first bytes read afterwards may be the rest of a line that
 * libcurl began to eat: skip to the first line that starts with "* ", "+ " or
 * a tag of yours. Borrowed, of char *.
 */
const GPtrArray *net_stream_greeting(const NetStream *stream);

/*
 * Read what there is, waiting for at least one byte. timeout_ms from now, 0
 * takes LIMIT_DATA_STALL_MS. >0 bytes; 0: the server closed the connection; -1
 * with error set: FAULT_RETRY, FAULT_PROTOCOL (bad compressed data), FAULT_CANCELED.
 */
gssize net_stream_read(NetStream *stream, void *buffer, gsize size, guint timeout_ms, GError **error);
/*
 * Write all of data. While the server does not take it, what the server says
 * meanwhile is read into memory (to be returned by net_stream_read()), so that
 * both sides never wait for each other. FAULT_RETRY when nothing could be
 * written for stall_ms.
 */
gboolean net_stream_write(NetStream *stream, const void *data, gsize length, GError **error);

typedef enum {
	NET_WAIT_DATA,    /* net_stream_read() will not wait (bytes, end or error) */
	NET_WAIT_WAKE,    /* wake_fd is readable */
	NET_WAIT_TIMEOUT, /* time is over, or the machine slept meanwhile: try the line */
	NET_WAIT_FAILED,  /* error set: FAULT_CANCELED */
} NetWait;

/* Wait for data or for wake_fd (-1: none), as in IDLE. timeout_ms: 0 only looks, -1 has no end. Data goes
 * before wake. */
NetWait net_stream_wait(NetStream *stream, int wake_fd, gint64 timeout_ms, GError **error);

/*
 * Everything from here on is DEFLATE both ways (RFC 4978). Call after the
 * server's OK; early is what was read behind that line, which is compressed
 * already (NULL when nothing).
 */
gboolean net_stream_start_compress(NetStream *stream, const void *early, gsize early_length, GError **error);
gboolean net_stream_is_compressed(const NetStream *stream);

/*
 * NET_RAW with NET_STARTTLS only: the server's OK to STARTTLS was read; TLS from here
 * on, verified as that of every stream, within tls_ms. early: octets that were read
 * behind that OK; any, also those that are only on their way, end the connection with
 * FAULT_PROTOCOL (SECURITY 3). FALSE: the stream is broken.
 */
gboolean net_stream_start_tls(NetStream *stream, gsize early, GError **error);

/* What protects the line. Borrowed; NULL for NET_PLAIN, and before net_stream_start_tls(). */
typedef struct {
	const char *version; /* "TLSv1.3" */
	const char *cipher;
	gboolean accepted; /* by fingerprint only */
	NetCertificate *certificate;
} NetTls;
const NetTls *net_stream_tls(const NetStream *stream);
/* TLS, or a loopback host: a password may be sent as it is. */
gboolean net_stream_is_confidential(const NetStream *stream);

const char *net_stream_host(const NetStream *stream);
guint16 net_stream_port(const NetStream *stream);
/* Bytes after the handover as they went over the line (compressed, without TLS framing). */
guint64 net_stream_bytes_in(const NetStream *stream);
guint64 net_stream_bytes_out(const NetStream *stream);
