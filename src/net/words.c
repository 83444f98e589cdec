/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words.c - what went wrong with a connection, put so that the user knows what to do.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "net/stream-private.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

/* A server's words are quoted up to here. */
#define QUOTE_MAX 300

static const char *
scheme_name(const NetStream *stream)
{
	static const char *const names[] = {
		[NET_IMAP] = "IMAP", [NET_SMTP] = "SMTP", [NET_POP3] = "POP3", [NET_RAW] = "TCP"};

	return names[stream->scheme];
}

/* TRUE when line refuses the connection; *busy: for now only. */
static gboolean
is_refusal(const NetStream *stream, const char *line, gboolean *busy)
{
	switch (stream->scheme) {
	case NET_IMAP:
		*busy = TRUE;
		return g_ascii_strncasecmp(line, "* BYE", 5) == 0;
	case NET_SMTP:
		*busy = line[0] == '4';
		return (line[0] == '4' || line[0] == '5') && g_ascii_isdigit(line[1]) &&
		       g_ascii_isdigit(line[2]) && (line[3] == ' ' || line[3] == '-');
	case NET_POP3:
		*busy = TRUE;
		return strncmp(line, "-ERR", 4) == 0;
	default:
		return FALSE;
	}
}

static gboolean
said_preauth(const NetStream *stream)
{
	return stream->scheme == NET_IMAP && stream->lines->len > 0 &&
	       g_ascii_strncasecmp(g_ptr_array_index(stream->lines, 0), "* PREAUTH", 9) == 0;
}

/* The server's last refusal, safe and in quotes; NULL when it said none. */
static char *
refusal_words(const NetStream *stream, gboolean *busy)
{
	for (guint i = stream->lines->len; i > 0; i--) {
		const char *line = g_ptr_array_index(stream->lines, i - 1);
		if (is_refusal(stream, line, busy))
			return text_safe(line, (gssize)MIN(strlen(line), QUOTE_MAX), TEXT_MARKS);
	}
	return NULL;
}

static void
trust_words(const NetStream *stream, GError **error)
{
	const NetCertificate *seen = stream->verify.seen;
	g_autofree char *reason = net_certificate_reason(seen);

	fault_set(error, FAULT_TRUST,
		_("The certificate of %s:%u is not trusted: %s.\n"
		  "Subject: %s\nIssuer: %s\nSHA-256: %s\n"
		  "If you expect this very certificate, accept it by the line \"trust = %s:%u sha256:%s\" in "
		  "the "
		  "account; if not, do not log in here, and ask who runs the server."),
		stream->host, stream->port, reason, seen->subject, seen->issuer, seen->fingerprint,
		stream->host, stream->port, seen->fingerprint);
}

static void
socket_words(const NetStream *stream, int code, GError **error)
{
	switch (code) {
	case ECONNREFUSED:
		fault_set(error, FAULT_RETRY,
			_("%s refuses connections on port %u: no server is listening there. Check the port, "
			  "or try "
			  "again when the server is back."),
			stream->host, stream->port);
		break;
	case ENETUNREACH:
	case ENETDOWN:
	case EADDRNOTAVAIL:
		fault_set(error, FAULT_RETRY,
			_("There is no network to reach %s. Check this machine's connection."), stream->host);
		break;
	case 0:
		fault_set(error, FAULT_RETRY, _("%s:%u cannot be reached."), stream->host, stream->port);
		break;
	default:
		fault_set(error, FAULT_RETRY, _("%s:%u cannot be reached: %s."), stream->host, stream->port,
			g_strerror(code));
	}
}

/* OpenSSL's words for a first answer that is no TLS. */
static gboolean
is_other_protocol(const char *detail)
{
	return strstr(detail, "wrong version number") || strstr(detail, "packet length too long") ||
	       strstr(detail, "http request");
}

static void
tls_words(const NetStream *stream, GError **error)
{
	g_autofree char *detail = text_safe(stream->words, -1, TEXT_MARKS);
	const char *name = scheme_name(stream);

	if (stream->scheme == NET_RAW && is_other_protocol(detail)) {
		fault_set(error, FAULT_REFUSED,
			_("%s does not speak TLS on port %u. Where it offers STARTTLS there, set the "
			  "security of this server to starttls."),
			stream->host, stream->port);
	} else if (is_other_protocol(detail)) {
		fault_set(error, FAULT_REFUSED,
			_("%s does not speak TLS on port %u. Where it offers STARTTLS there, set %s security "
			  "to "
			  "starttls; else use its TLS port (IMAP 993, SMTP 465)."),
			stream->host, stream->port, name);
	} else if (strstr(detail, "protocol version") || strstr(detail, "unsupported protocol")) {
		fault_set(error, FAULT_REFUSED,
			_("%s:%u speaks only versions of TLS that are no longer safe (older than 1.2). Its "
			  "operator "
			  "must update it."),
			stream->host, stream->port);
	} else if (strstr(detail, "reset by peer") || strstr(detail, "SYSCALL") ||
		   strstr(detail, "unexpected eof") || strstr(detail, "ECONNRESET")) {
		fault_set(error, FAULT_RETRY, _("%s:%u closed the connection while TLS was being set up."),
			stream->host, stream->port);
	} else {
		fault_set(error, FAULT_REFUSED, _("No TLS connection to %s:%u could be made: %s"),
			stream->host, stream->port, detail[0] ? detail : _("the handshake failed"));
	}
}

void
net_words_injected(const NetStream *stream, GError **error)
{
	fault_set(error, FAULT_PROTOCOL,
		_("%s:%u broke the rules of STARTTLS: it sent data that belongs to neither side of "
		  "it. The "
		  "connection was given up: someone may sit in between. Use the TLS port where there "
		  "is one."),
		stream->host, stream->port);
}

/* The server spoke, but not as its protocol has it. */
static void
reply_words(const NetStream *stream, GError **error)
{
	const char *name = scheme_name(stream);

	if (said_preauth(stream) && !stream->tls_began && stream->security == NET_STARTTLS)
		fault_set(error, FAULT_PROTOCOL,
			_("%s:%u claims to be logged in before encryption began (PREAUTH). This is refused: "
			  "someone may "
			  "sit in between. Use the TLS port (993)."),
			stream->host, stream->port);
	else if (stream->security == NET_STARTTLS && stream->lines->len > 1)
		net_words_injected(stream, error);
	else
		fault_set(error, FAULT_REFUSED,
			_("What answers on %s:%u does not speak %s. Check host and port."), stream->host,
			stream->port, name);
}

static void
starttls_words(const NetStream *stream, GError **error)
{
	if (said_preauth(stream))
		reply_words(stream, error);
	else
		fault_set(error, FAULT_REFUSED,
			_("%s:%u does not offer encryption by STARTTLS, or refused it; nothing was sent. Use "
			  "its TLS "
			  "port (IMAP 993, SMTP 465), or ask who runs it."),
			stream->host, stream->port);
}

/* TRUE when the first line said is none of the protocol's. */
static gboolean
is_stranger(const NetStream *stream)
{
	const char *line;

	if (stream->lines->len == 0 || stream->tls_began != (stream->security == NET_TLS))
		return FALSE;
	line = g_ptr_array_index(stream->lines, 0);
	switch (stream->scheme) {
	case NET_IMAP:
		return !g_str_has_prefix(line, "* ");
	case NET_SMTP:
		return !g_ascii_isdigit(line[0]);
	case NET_POP3:
		return line[0] != '+' && line[0] != '-';
	default:
		return FALSE;
	}
}

static void
closed_words(const NetStream *stream, GError **error)
{
	if (is_stranger(stream))
		reply_words(stream, error);
	else if (stream->phase == PHASE_TLS)
		fault_set(error, FAULT_RETRY, _("%s:%u closed the connection while TLS was being set up."),
			stream->host, stream->port);
	else
		fault_set(error, FAULT_RETRY,
			_("%s:%u closed the connection before it had introduced itself."), stream->host,
			stream->port);
}

void
net_words_connect(const NetStream *stream, CURLcode code, GError **error)
{
	gboolean busy = FALSE;
	g_autofree char *refusal = refusal_words(stream, &busy);
	long os_error = 0;

	if (stream->verify.seen != NULL && !stream->verify.passed) {
		trust_words(stream, error);
		return;
	}
	if (stream->flood || strstr(stream->words, "Too large response headers") != NULL) {
		fault_set(error, FAULT_LIMIT,
			_("%s:%u sends a greeting without end; the connection was given up."), stream->host,
			stream->port);
		return;
	}
	if (refusal != NULL && code != CURLE_USE_SSL_FAILED) {
		fault_set(error, busy ? FAULT_RETRY : FAULT_REFUSED,
			_("%s turned the connection away: \"%s\""), stream->host, refusal);
		return;
	}
	if (stream->easy != NULL)
		curl_easy_getinfo(stream->easy, CURLINFO_OS_ERRNO, &os_error);
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
		fault_set(error, FAULT_RETRY,
			_("The host %s was not found. Check its name, and this machine's network."),
			stream->host);
		break;
	case CURLE_COULDNT_RESOLVE_PROXY:
		fault_set(
			error, FAULT_RETRY, _("The proxy set in the environment (ALL_PROXY) was not found."));
		break;
	case CURLE_COULDNT_CONNECT:
		socket_words(stream, (int)os_error, error);
		break;
	case CURLE_OPERATION_TIMEDOUT:
		net_words_late(stream, error);
		break;
	case CURLE_USE_SSL_FAILED:
		starttls_words(stream, error);
		break;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CIPHER:
		tls_words(stream, error);
		break;
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_REMOTE_ACCESS_DENIED:
	case CURLE_LOGIN_DENIED:
		reply_words(stream, error);
		break;
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_GOT_NOTHING:
		closed_words(stream, error);
		break;
	case CURLE_OUT_OF_MEMORY:
	case CURLE_FAILED_INIT:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_NOT_BUILT_IN:
		fault_set(error, FAULT_LOCAL, _("libcurl on this machine cannot make %s connections (%s)."),
			scheme_name(stream), curl_easy_strerror(code));
		break;
	default:
		fault_set(error, FAULT_RETRY, _("The connection to %s:%u failed: %s."), stream->host,
			stream->port, curl_easy_strerror(code));
	}
}

void
net_words_late(const NetStream *stream, GError **error)
{
	guint seconds = MAX(1, stream->phase_ms[stream->phase] / 1000);

	switch (stream->phase) {
	case PHASE_CONNECT:
		fault_set(error, FAULT_RETRY,
			_("%s:%u did not answer within %u s. Check host, port and this machine's "
			  "network; a "
			  "firewall may be in the way."),
			stream->host, stream->port, seconds);
		break;
	case PHASE_TLS:
		fault_set(error, FAULT_RETRY,
			_("%s:%u accepted the connection but did not complete the TLS handshake within %u "
			  "seconds. Is "
			  "it a port for STARTTLS?"),
			stream->host, stream->port, seconds);
		break;
	default:
		if (is_stranger(stream))
			reply_words(stream, error);
		else if (stream->security == NET_STARTTLS && stream->lines->len == 0)
			fault_set(error, FAULT_RETRY,
				_("%s:%u accepted the connection but said nothing for %u s. A port "
				  "that speaks "
				  "TLS at once (IMAP 993, SMTP 465) needs security tls in place of "
				  "starttls."),
				stream->host, stream->port, seconds);
		else
			fault_set(error, FAULT_RETRY,
				_("%s:%u accepted the connection but did not complete its greeting within %u "
				  "seconds."),
				stream->host, stream->port, seconds);
	}
}

void
net_words_lost(const NetStream *stream, CURLcode code, GError **error)
{
	long os_error = 0;

	curl_easy_getinfo(stream->easy, CURLINFO_OS_ERRNO, &os_error);
	if (os_error == ECONNRESET || os_error == EPIPE || code == CURLE_GOT_NOTHING ||
		strstr(stream->words, "reset by peer") || strstr(stream->words, "unexpected eof"))
		fault_set(error, FAULT_RETRY, _("%s cut the connection."), stream->host);
	else if (os_error == ETIMEDOUT || os_error == EHOSTUNREACH || os_error == ENETUNREACH)
		fault_set(error, FAULT_RETRY, _("The connection to %s was lost: %s."), stream->host,
			g_strerror((int)os_error));
	else
		fault_set(error, FAULT_RETRY, _("The connection to %s was lost."), stream->host);
}
