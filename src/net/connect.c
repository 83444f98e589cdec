/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * connect.c - from a target to the handover.
 *
 * libcurl runs on a CURLM of this stream's own, so that nothing is shared with
 * any other account. Its own time limits are only an outer bound; the phases
 * are told apart by what it calls and counted by our clock:
 *
 *	CONNECT --(TCP stands)--> TLS --(handshake done)--> GREETING   TLS
 *	CONNECT --> GREETING --(SSL_CTX callback)--> TLS --> GREETING   STARTTLS
 *	CONNECT --> GREETING                                           plain
 *	CONNECT --> (ours:) TLS                                        raw, see secure.c
 */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/stream-private.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/log.h"
#include "util/text.h"

/* libcurl's own bound on the whole way; ours are shorter. */
#define OUTER_BOUND_MS (60 * 1000)
/* The longest nap while connecting, should a wake-up of libcurl's be missed. */
#define NAP_MS 1000
/* Long greeting lines are cut at this size. */
#define CURL_BUFFER (256 * 1024L)

/* Both names of each scheme; the TLS of RAW is ours, see secure.c. */
static const struct {
	const char *clear;
	const char *tls;
} schemes[] = {
	[NET_IMAP] = {"imap", "imaps"},
	[NET_SMTP] = {"smtp", "smtps"},
	[NET_POP3] = {"pop3", "pop3s"},
	[NET_RAW] = {"telnet", "telnet"},
};

static gboolean
is_loopback_v4(const struct in_addr *address)
{
	return (ntohl(address->s_addr) >> 24) == 127;
}

gboolean
net_is_loopback(const char *host)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (host == NULL)
		return FALSE;
	if (inet_pton(AF_INET, host, &v4) == 1)
		return is_loopback_v4(&v4);
	if (inet_pton(AF_INET6, host, &v6) == 1)
		return IN6_IS_ADDR_LOOPBACK(&v6);
	return g_ascii_strcasecmp(host, "localhost") == 0;
}

void
net_stream_enter_phase(NetStream *stream, NetPhase phase)
{
	stream->phase = phase;
	stream->phase_end_us = dates_clock_us() + stream->phase_ms[phase] * G_GINT64_CONSTANT(1000);
}

/* CURLOPT_HEADERFUNCTION: one line that libcurl has eaten. */
static size_t
on_line(char *data, size_t size, size_t count, void *user)
{
	NetStream *stream = user;
	gsize length = size * count;
	gsize end = length;

	stream->lines_size += length;
	if (stream->lines_size > LIMIT_NET_GREETING || stream->lines->len >= LIMIT_NET_GREETING_LINES) {
		stream->flood = TRUE;
		return 0;
	}
	while (end > 0 && (data[end - 1] == '\n' || data[end - 1] == '\r'))
		end--;
	g_ptr_array_add(stream->lines, g_strndup(data, end));
	if (!stream->tls_began)
		stream->clear_lines = stream->lines->len;
	if (stream->trace != NULL)
		stream->trace(g_ptr_array_index(stream->lines, stream->lines->len - 1), stream->trace_user);
	return length;
}

/* CURLOPT_SSL_CTX_FUNCTION: TLS begins. */
static CURLcode
on_tls(CURL *easy, void *context, void *user)
{
	NetStream *stream = user;

	(void)easy;
	stream->tls_began = TRUE;
	net_trust_arm(&stream->verify, context);
	net_stream_enter_phase(stream, PHASE_TLS);
	return CURLE_OK;
}

/* CURLOPT_OPENSOCKETFUNCTION of plain text: whatever the name resolved to, it stays on this machine. */
static curl_socket_t
open_loopback_only(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
	gboolean loopback = FALSE;

	(void)user;
	(void)purpose;
	if (address->family == AF_INET)
		loopback = is_loopback_v4(&((struct sockaddr_in *)&address->addr)->sin_addr);
	else if (address->family == AF_INET6)
		loopback = IN6_IS_ADDR_LOOPBACK(&((struct sockaddr_in6 *)&address->addr)->sin6_addr);
	if (!loopback)
		return CURL_SOCKET_BAD;
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static gboolean
check_target(const NetTarget *target, const char *ascii, GError **error)
{
	g_autofree char *shown = text_safe(target->host ? target->host : "", -1, TEXT_MARKS);

	if (ascii == NULL) {
		fault_set(error, FAULT_INPUT, _("\"%s\" is not the name or address of a server."), shown);
		return FALSE;
	}
	if (target->port == 0) {
		fault_set(error, FAULT_INPUT, _("No port is given for %s."), shown);
		return FALSE;
	}
	if (target->security == NET_PLAIN && !net_is_loopback(ascii)) {
		fault_set(error, FAULT_INPUT,
			_("A connection to %s without encryption is refused: it would show the password and "
			  "all "
			  "mail to everyone on the way. Set tls or starttls; plain is for this machine "
			  "only."),
			shown);
		return FALSE;
	}
	return TRUE;
}

static char *
ehlo_path(const char *ehlo)
{
	if (ehlo == NULL || ehlo[0] == '\0' ||
		strspn(ehlo, G_CSET_a_2_z G_CSET_A_2_Z "0123456789-._:[]") != strlen(ehlo))
		ehlo = "[127.0.0.1]";
	return g_strconcat("/", ehlo, NULL);
}

static gboolean
make_url(NetStream *stream, const NetTarget *target)
{
	const char *scheme =
		target->security == NET_TLS ? schemes[target->scheme].tls : schemes[target->scheme].clear;
	g_autofree char *host =
		strchr(stream->host, ':') ? g_strdup_printf("[%s]", stream->host) : g_strdup(stream->host);
	g_autofree char *port = g_strdup_printf("%u", stream->port);
	g_autofree char *path = target->scheme == NET_SMTP ? ehlo_path(target->ehlo) : g_strdup("/");

	stream->url = curl_url();
	return stream->url != NULL && curl_url_set(stream->url, CURLUPART_SCHEME, scheme, 0) == CURLUE_OK &&
	       curl_url_set(stream->url, CURLUPART_HOST, host, 0) == CURLUE_OK &&
	       curl_url_set(stream->url, CURLUPART_PORT, port, 0) == CURLUE_OK &&
	       curl_url_set(stream->url, CURLUPART_PATH, path, CURLU_URLENCODE) == CURLUE_OK &&
	       curl_easy_setopt(stream->easy, CURLOPT_PROTOCOLS_STR, scheme) == CURLE_OK;
}

void
net_curl_secure(CURL *easy, curl_ssl_ctx_callback arm, void *user)
{
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, 0L);
	curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L); /* by net/trust */
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, arm);
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, user);
}

static void
set_security(NetStream *stream)
{
	CURL *easy = stream->easy;

	curl_easy_setopt(easy, CURLOPT_USE_SSL,
		stream->security == NET_PLAIN || stream->scheme == NET_RAW ? CURLUSESSL_NONE
									   : CURLUSESSL_ALL);
	if (stream->loopback)
		curl_easy_setopt(easy, CURLOPT_PROXY, "");
	if (stream->security == NET_PLAIN) {
		curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_loopback_only);
		return;
	}
	net_curl_secure(easy, on_tls, stream);
}

static gboolean
set_up(NetStream *stream, const NetTarget *target)
{
	CURL *easy = curl_easy_init();

	stream->easy = easy;
	stream->multi = curl_multi_init();
	if (easy == NULL || stream->multi == NULL || !make_url(stream, target))
		return FALSE;
	curl_easy_setopt(easy, CURLOPT_CURLU, stream->url);
	curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* else an abort in DNS waits */
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, CURL_BUFFER);
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
	curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
		(long)MAX(OUTER_BOUND_MS, (guint64)stream->phase_ms[PHASE_CONNECT] +
						  stream->phase_ms[PHASE_TLS] +
						  2 * (guint64)stream->phase_ms[PHASE_GREETING]));
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, stream->words);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_line);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, stream);
	set_security(stream);
	return curl_multi_add_handle(stream->multi, easy) == CURLM_OK;
}

static NetStream *
stream_new(const NetTarget *target, char *ascii, Cancel *cancel)
{
	NetStream *stream = g_new0(NetStream, 1);

	stream->socket = CURL_SOCKET_BAD;
	stream->cancel = cancel ? cancel_ref(cancel) : NULL;
	stream->scheme = target->scheme;
	stream->security = target->security;
	stream->host = ascii;
	stream->port = target->port;
	stream->loopback = net_is_loopback(ascii);
	stream->stall_ms = target->stall_ms ? target->stall_ms : LIMIT_DATA_STALL_MS;
	stream->phase_ms[PHASE_CONNECT] = target->connect_ms ? target->connect_ms : LIMIT_CONNECT_MS;
	stream->phase_ms[PHASE_TLS] = target->tls_ms ? target->tls_ms : LIMIT_TLS_MS;
	stream->phase_ms[PHASE_GREETING] = target->greeting_ms ? target->greeting_ms : LIMIT_GREETING_MS;
	stream->verify.trust = target->trust ? net_trust_ref(target->trust) : NULL;
	stream->verify.host = stream->host;
	stream->verify.port = stream->port;
	stream->trace = target->trace;
	stream->trace_user = target->trace_user;
	stream->lines = g_ptr_array_new_with_free_func(g_free);
	stream->ahead = g_byte_array_new();
	stream->ready = g_byte_array_new();
	return stream;
}

/* Look whether libcurl has come further. */
static void
follow_phase(NetStream *stream)
{
	curl_off_t connected = 0;
	curl_off_t encrypted = 0;

	curl_easy_getinfo(stream->easy, CURLINFO_CONNECT_TIME_T, &connected);
	curl_easy_getinfo(stream->easy, CURLINFO_APPCONNECT_TIME_T, &encrypted);
	if (stream->phase == PHASE_CONNECT && connected > 0)
		net_stream_enter_phase(stream, stream->security == NET_TLS && stream->scheme != NET_RAW
						       ? PHASE_TLS
						       : PHASE_GREETING);
	else if (stream->phase == PHASE_TLS && encrypted > 0)
		net_stream_enter_phase(stream, PHASE_GREETING);
}

/* TRUE when libcurl has finished with *code. */
static gboolean
is_done(NetStream *stream, CURLcode *code)
{
	int left;
	CURLMsg *message = curl_multi_info_read(stream->multi, &left);

	if (message == NULL || message->msg != CURLMSG_DONE)
		return FALSE;
	*code = message->data.result;
	return TRUE;
}

static gboolean
run_to_handover(NetStream *stream, GError **error)
{
	CURLcode code = CURLE_OK;
	int running;

	net_stream_enter_phase(stream, PHASE_CONNECT);
	for (;;) {
		struct curl_waitfd wake = {.fd = cancel_fd(stream->cancel), .events = CURL_WAIT_POLLIN};
		gint64 left_us;

		if (cancel_check(stream->cancel, error))
			return FALSE;
		if (curl_multi_perform(stream->multi, &running) != CURLM_OK) {
			net_words_connect(stream, CURLE_FAILED_INIT, error);
			return FALSE;
		}
		if (is_done(stream, &code)) {
			if (code != CURLE_OK)
				net_words_connect(stream, code, error);
			return code == CURLE_OK;
		}
		follow_phase(stream);
		left_us = stream->phase_end_us - dates_clock_us();
		if (left_us <= 0) {
			net_words_late(stream, error);
			return FALSE;
		}
		curl_multi_poll(stream->multi, &wake, wake.fd >= 0 ? 1 : 0,
			(int)CLAMP(left_us / 1000 + 1, 1, NAP_MS), NULL);
	}
}

/* At once after DONE: libcurl could drop the connection else. */
static gboolean
take_over(NetStream *stream, GError **error)
{
	struct curl_tlssessioninfo *session = NULL;
	guint8 first[4096];
	size_t got = 0;
	CURLcode code = curl_easy_recv(stream->easy, first, sizeof(first), &got);

	if (code == CURLE_OK && got == 0)
		stream->ended = TRUE;
	else if (code == CURLE_OK)
		g_byte_array_append(stream->ahead, first, (guint)got);
	stream->bytes_in += got;
	if ((code != CURLE_OK && code != CURLE_AGAIN) ||
		curl_easy_getinfo(stream->easy, CURLINFO_ACTIVESOCKET, &stream->socket) != CURLE_OK ||
		stream->socket == CURL_SOCKET_BAD) {
		net_words_lost(stream, code, error);
		return FALSE;
	}
	if (stream->security == NET_PLAIN || stream->scheme == NET_RAW)
		return TRUE;
	curl_easy_getinfo(stream->easy, CURLINFO_TLS_SSL_PTR, &session);
	if (!stream->verify.passed || session == NULL || session->internals == NULL) {
		fault_set(error, FAULT_PROTOCOL,
			_("The connection to %s is not encrypted as asked for; it was closed."),
			stream->host);
		return FALSE;
	}
	/* Several records a read, not two reads a record. Not before: libcurl polls for what is held then. */
	SSL_set_read_ahead(session->internals, 1);
	stream->tls.version = SSL_get_version(session->internals);
	stream->tls.cipher = SSL_get_cipher_name(session->internals);
	stream->tls.accepted = stream->verify.accepted;
	stream->tls.certificate = stream->verify.seen;
	/* What was said before TLS could have been said by anyone. */
	if (stream->clear_lines > 0)
		g_ptr_array_remove_range(stream->lines, 0, MIN(stream->clear_lines, stream->lines->len));
	return TRUE;
}

NetStream *
net_stream_open(const NetTarget *target, Cancel *cancel, GError **error)
{
	g_autofree char *ascii = net_host_ascii(target->host);
	g_autoptr(NetStream) stream = NULL;

	if (cancel_check(cancel, error) || !check_target(target, ascii, error))
		return NULL;
	g_assert(target->security == NET_PLAIN || target->trust != NULL);
	if (target->security != NET_PLAIN && !net_trust_load(target->trust, error))
		return NULL;
	stream = stream_new(target, g_steal_pointer(&ascii), cancel);
	if (!set_up(stream, target)) {
		net_words_connect(stream, CURLE_FAILED_INIT, error);
		return NULL;
	}
	if (!run_to_handover(stream, error) || !take_over(stream, error)) {
		log_line(LOG_NET, "%s:%u: not connected (%s)", stream->host, stream->port, stream->words);
		return NULL;
	}
	if (stream->scheme == NET_RAW && stream->security == NET_TLS && !net_secure_begin(stream, error))
		return NULL;
	log_line(LOG_NET, "%s:%u: connected, %s %s", stream->host, stream->port,
		stream->tls.version ? stream->tls.version : "no TLS",
		stream->tls.cipher ? stream->tls.cipher : "");
	return g_steal_pointer(&stream);
}

void
net_stream_close(NetStream *stream)
{
	if (stream == NULL)
		return;
	net_secure_end(stream);
	if (stream->easy != NULL && stream->multi != NULL)
		curl_multi_remove_handle(stream->multi, stream->easy);
	curl_easy_cleanup(stream->easy);
	curl_multi_cleanup(stream->multi);
	curl_url_cleanup(stream->url);
	net_deflate_free(stream->deflate);
	g_byte_array_unref(stream->ahead);
	g_byte_array_unref(stream->ready);
	g_ptr_array_unref(stream->lines);
	net_certificate_free(stream->verify.seen);
	net_trust_unref(stream->verify.trust);
	cancel_unref(stream->cancel);
	g_clear_error(&stream->broken);
	g_free(stream->host);
	g_free(stream);
}
