/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * secure.c - TLS of our own, for streams that libcurl knows only as raw TCP.
 *
 * OpenSSL works on two pieces of memory; what is to go out and what has come in
 * passes them by the stream's own reading, writing and waiting, so that
 * deadlines and cancelling are the same as for all streams:
 *
 *	caller --> SSL_write --> outgoing --> net_wire_write()
 *	caller <-- SSL_read  <-- incoming <-- net_wire_read()
 *
 * What a read makes OpenSSL say by itself (the answer to a key update) waits in
 * outgoing for the next write: it has no hurry, and its order is kept.
 */
#include "config.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>

#include "net/stream-private.h"
#include "util/dates.h"
#include "util/fault.h"

/* One look at the socket; a TLS record is no longer. */
#define CHUNK (16 * 1024)

struct NetSecure {
	SSL_CTX *context;
	SSL *ssl;
	BIO *incoming; /* the ssl's */
	BIO *outgoing; /* likewise */
	gboolean established;
};

static NetSecure *
secure_new(NetStream *stream)
{
	NetSecure *secure = g_new0(NetSecure, 1);

	secure->context = SSL_CTX_new(TLS_client_method());
	g_assert(secure->context != NULL);
	SSL_CTX_set_min_proto_version(secure->context, TLS1_2_VERSION);
	SSL_CTX_set_session_cache_mode(secure->context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_options(secure->context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
	net_trust_arm(&stream->verify, secure->context);
	secure->ssl = SSL_new(secure->context);
	secure->incoming = BIO_new(BIO_s_mem());
	secure->outgoing = BIO_new(BIO_s_mem());
	g_assert(secure->ssl != NULL && secure->incoming != NULL && secure->outgoing != NULL);
	/* Empty means: not yet, not the end. */
	BIO_set_mem_eof_return(secure->incoming, -1);
	BIO_set_mem_eof_return(secure->outgoing, -1);
	SSL_set_bio(secure->ssl, secure->incoming, secure->outgoing);
	SSL_set_connect_state(secure->ssl);
	if (!g_hostname_is_ip_address(stream->host))
		SSL_set_tlsext_host_name(secure->ssl, stream->host);
	return secure;
}

static void
secure_free(NetSecure *secure)
{
	SSL_free(secure->ssl);
	SSL_CTX_free(secure->context);
	g_free(secure);
}

/* What OpenSSL wants said, onto the socket. */
static gboolean
flush(NetStream *stream)
{
	char *data = NULL;
	long length = BIO_get_mem_data(stream->secure->outgoing, &data);
	g_autofree guint8 *packed = length > 0 ? g_memdup2(data, (gsize)length) : NULL;

	if (packed == NULL)
		return TRUE;
	(void)BIO_reset(stream->secure->outgoing);
	return net_wire_write(stream, packed, (gsize)length);
}

/* One more piece off the socket: bytes, or a STEP_. */
static gssize
feed(NetStream *stream)
{
	guint8 chunk[CHUNK];
	gssize got = net_wire_read(stream, chunk, sizeof(chunk));

	if (got > 0)
		BIO_write(stream->secure->incoming, chunk, (int)got);
	return got;
}

/* ---- the handshake ---- */

/* As libcurl leaves its words, for net_words_connect(). */
static void
note_words(NetStream *stream)
{
	unsigned long code = ERR_peek_error();

	stream->words[0] = '\0';
	if (code != 0)
		ERR_error_string_n(code, stream->words, sizeof(stream->words));
	ERR_clear_error();
}

/* Wait for more of the server's side. FALSE with failure. */
static gboolean
hear_more(NetStream *stream, GError **failure)
{
	for (;;) {
		gssize got = feed(stream);
		short events;

		if (got > 0)
			return TRUE;
		if (got == STEP_END || got == STEP_FAILED) {
			net_words_connect(stream, CURLE_RECV_ERROR, failure);
			return FALSE;
		}
		switch (net_stream_poll(stream, POLLIN, -1, stream->phase_end_us, &events)) {
		case POLL_CANCELED:
			cancel_check(stream->cancel, failure);
			return FALSE;
		case POLL_LATE:
			net_words_late(stream, failure);
			return FALSE;
		default:
			break;
		}
	}
}

static gboolean
shake_hands(NetStream *stream, GError **failure)
{
	for (;;) {
		int result, why;

		ERR_clear_error();
		result = SSL_connect(stream->secure->ssl);
		why = SSL_get_error(stream->secure->ssl, result);
		if (result != 1 && why != SSL_ERROR_WANT_READ) {
			note_words(stream);
			/* Its alert; what the line makes of it does not matter any more. */
			flush(stream);
			net_words_connect(stream, CURLE_SSL_CONNECT_ERROR, failure);
			return FALSE;
		}
		if (!flush(stream)) {
			g_propagate_error(failure, g_error_copy(stream->broken));
			return FALSE;
		}
		if (result == 1)
			return TRUE;
		if (!hear_more(stream, failure))
			return FALSE;
	}
}

gboolean
net_secure_begin(NetStream *stream, GError **error)
{
	GError *failure = NULL;
	NetSecure *secure = secure_new(stream);

	stream->secure = secure;
	stream->tls_began = TRUE;
	net_stream_enter_phase(stream, PHASE_TLS);
	/* A server that speaks before the handshake does not speak TLS: OpenSSL will say so. */
	BIO_write(secure->incoming, stream->ahead->data, (int)stream->ahead->len);
	g_byte_array_set_size(stream->ahead, 0);
	if (shake_hands(stream, &failure) && stream->verify.passed) {
		secure->established = TRUE;
		stream->tls.version = SSL_get_version(secure->ssl);
		stream->tls.cipher = SSL_get_cipher_name(secure->ssl);
		stream->tls.accepted = stream->verify.accepted;
		stream->tls.certificate = stream->verify.seen;
		return TRUE;
	}
	if (failure == NULL)
		net_words_connect(stream, CURLE_SSL_CONNECT_ERROR, &failure);
	stream->secure = NULL;
	secure_free(secure);
	if (stream->broken == NULL)
		net_stream_break(stream, g_error_copy(failure));
	g_propagate_error(error, failure);
	return FALSE;
}

gboolean
net_stream_start_tls(NetStream *stream, gsize early, GError **error)
{
	GError *failure = NULL;
	guint8 byte;
	gssize got;

	g_assert(stream->scheme == NET_RAW && stream->security == NET_STARTTLS && stream->secure == NULL);
	if (stream->broken != NULL) {
		g_propagate_error(error, g_error_copy(stream->broken));
		return FALSE;
	}
	got = early > 0 || stream->ahead->len > 0 || stream->ready->len > 0
		      ? 1
		      : net_wire_read(stream, &byte, sizeof(byte));
	if (got == STEP_AGAIN)
		return net_secure_begin(stream, error);
	net_stream_enter_phase(stream, PHASE_TLS);
	if (got > 0)
		net_words_injected(stream, &failure);
	else
		net_words_connect(stream, CURLE_RECV_ERROR, &failure);
	if (stream->broken == NULL)
		net_stream_break(stream, g_error_copy(failure));
	g_propagate_error(error, failure);
	return FALSE;
}

/* ---- after it ---- */

gssize
net_secure_read(NetStream *stream, void *buffer, gsize size)
{
	/* A write of the handshake waits: what comes meanwhile is for SSL_connect(). */
	if (!stream->secure->established) {
		feed(stream);
		return STEP_AGAIN;
	}
	for (;;) {
		GError *failure = NULL;
		gssize more;
		int got;

		ERR_clear_error();
		got = SSL_read(stream->secure->ssl, buffer, (int)MIN(size, G_MAXINT));
		if (got > 0)
			return got;
		switch (SSL_get_error(stream->secure->ssl, got)) {
		case SSL_ERROR_ZERO_RETURN:
			stream->ended = TRUE;
			return STEP_END;
		case SSL_ERROR_WANT_READ:
			more = feed(stream);
			if (more <= 0)
				return more;
			break;
		default:
			note_words(stream);
			if (stream->broken == NULL) {
				net_words_lost(stream, CURLE_RECV_ERROR, &failure);
				net_stream_break(stream, failure);
			}
			return STEP_FAILED;
		}
	}
}

gboolean
net_secure_write(NetStream *stream, const guint8 *data, gsize length)
{
	while (length > 0) {
		int sent;

		ERR_clear_error();
		sent = SSL_write(stream->secure->ssl, data, (int)MIN(length, CHUNK));
		if (sent <= 0) {
			GError *failure = NULL;
			note_words(stream);
			net_words_lost(stream, CURLE_SEND_ERROR, &failure);
			net_stream_break(stream, failure);
			return FALSE;
		}
		if (!flush(stream))
			return FALSE;
		data += sent;
		length -= (gsize)sent;
	}
	return TRUE;
}

void
net_secure_end(NetStream *stream)
{
	NetSecure *secure = stream->secure;
	char *data = NULL;
	size_t sent;
	long length;

	if (secure == NULL)
		return;
	if (stream->broken == NULL && SSL_shutdown(secure->ssl) >= 0) {
		length = BIO_get_mem_data(secure->outgoing, &data);
		if (length > 0)
			curl_easy_send(stream->easy, data, (size_t)length, &sent);
	}
	ERR_clear_error();
	stream->secure = NULL;
	secure_free(secure);
}
