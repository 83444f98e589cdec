/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * http.c - each hop is a transfer of its own.
 *
 * Redirects are followed here and not by libcurl: each new URL passes the same
 * checks as the first, and each host's certificate is checked for that host.
 * One deadline holds for all hops.
 */
#include "config.h"

#include "net/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "net/stream-private.h"
#include "net/trust-private.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/log.h"
#include "util/text.h"

/* The longest nap, should a wake-up of libcurl's be missed. */
#define NAP_MS 100
#define BODY_FIRST 4096

typedef struct {
	const HttpRequest *request;
	Cancel *cancel;
	gint64 end_us;
	gsize limit;
	CURL *easy;
	CURLM *multi;
	CURLU *url;
	struct curl_slist *fields;
	char *host; /* A-label or address, without brackets */
	gboolean tls;
	NetVerify verify;
	char *body; /* NUL-terminated from the first octet on; room octets */
	gsize length, room;
	gsize head; /* octets of header fields */
	gboolean too_large;
	gboolean refused_address;
	char words[CURL_ERROR_SIZE];
} Hop;

/* ---- addresses ---- */

static gboolean
is_private_v4(guint32 address)
{
	static const struct {
		guint32 net;
		guint bits;
	} ranges[] = {
		{0x00000000, 8},  /* this network, unspecified */
		{0x0a000000, 8},  /* RFC 1918 */
		{0x64400000, 10}, /* RFC 6598: carriers' */
		{0x7f000000, 8},  /* loopback */
		{0xa9fe0000, 16}, /* link-local */
		{0xac100000, 12}, /* RFC 1918 */
		{0xc0000000, 24}, /* RFC 6890 */
		{0xc0a80000, 16}, /* RFC 1918 */
		{0xc6120000, 15}, /* RFC 2544 */
		{0xe0000000, 3},  /* multicast, reserved, broadcast */
	};

	for (gsize i = 0; i < G_N_ELEMENTS(ranges); i++)
		if ((address ^ ranges[i].net) >> (32 - ranges[i].bits) == 0)
			return TRUE;
	return FALSE;
}

static guint32
tail_v4(const struct in6_addr *address, gsize at)
{
	const guint8 *octets = address->s6_addr + at;

	return (guint32)octets[0] << 24 | (guint32)octets[1] << 16 | (guint32)octets[2] << 8 | octets[3];
}

static gboolean
is_private_v6(const struct in6_addr *address)
{
	static const guint8 nat64[12] = {0x00, 0x64, 0xff, 0x9b};
	const guint8 *octets = address->s6_addr;

	if (IN6_IS_ADDR_V4MAPPED(address) || memcmp(octets, nat64, sizeof(nat64)) == 0)
		return is_private_v4(tail_v4(address, 12));
	if (octets[0] == 0x20 && octets[1] == 0x02) /* 6to4 */
		return is_private_v4(tail_v4(address, 2));
	/* Of the rest only 2000::/3 is given out; fc00::/7, fe80::/10, ff00::/8, ::1, :: and ::a.b.c.d are
	 * not. */
	return (octets[0] & 0xe0) != 0x20;
}

gboolean
http_is_private(const char *address)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (inet_pton(AF_INET, address, &v4) == 1)
		return is_private_v4(ntohl(v4.s_addr));
	return inet_pton(AF_INET6, address, &v6) == 1 && is_private_v6(&v6);
}

/* CURLOPT_OPENSOCKETFUNCTION: whatever the name resolved to. */
static curl_socket_t
open_public_only(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
	Hop *hop = user;
	gboolean allowed = FALSE;

	(void)purpose;
	if (address->family == AF_INET)
		allowed = !is_private_v4(ntohl(((struct sockaddr_in *)&address->addr)->sin_addr.s_addr));
	else if (address->family == AF_INET6)
		allowed = !is_private_v6(&((struct sockaddr_in6 *)&address->addr)->sin6_addr);
	if (!allowed) {
		hop->refused_address = TRUE;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---- one hop ---- */

static size_t
on_body(char *data, size_t size, size_t count, void *user)
{
	Hop *hop = user;
	gsize length = size * count;

	if (length > hop->limit - hop->length) {
		hop->too_large = TRUE;
		return 0;
	}
	if (hop->room - hop->length <= length) {
		gsize room = MAX(BODY_FIRST, 2 * (hop->length + length));
		char *body = g_malloc(room);
		if (hop->body != NULL) {
			memcpy(body, hop->body, hop->length);
			secret_wipe(hop->body, hop->length);
			g_free(hop->body);
		}
		hop->body = body;
		hop->room = room;
	}
	memcpy(hop->body + hop->length, data, length);
	hop->length += length;
	hop->body[hop->length] = '\0';
	return length;
}

static size_t
on_head(char *data, size_t size, size_t count, void *user)
{
	Hop *hop = user;

	(void)data;
	hop->head += size * count;
	if (hop->head > LIMIT_HTTP_HEAD) {
		hop->too_large = TRUE;
		return 0;
	}
	return size * count;
}

static CURLcode
on_tls(CURL *easy, void *context, void *user)
{
	(void)easy;
	net_trust_arm(user, context);
	return CURLE_OK;
}

static char *
url_part(CURLU *url, CURLUPart part)
{
	char *theirs = NULL;
	char *ours = NULL;

	if (curl_url_get(url, part, &theirs, 0) == CURLUE_OK)
		ours = g_strdup(theirs);
	curl_free(theirs);
	return ours;
}

static gboolean
is_clean(const char *url)
{
	for (const char *p = url; *p != '\0'; p++)
		if ((guchar)*p <= ' ' || *p == 0x7f)
			return FALSE;
	return TRUE;
}

/* TRUE: hop->url, host and tls are set. */
static gboolean
take_url(Hop *hop, const char *text)
{
	g_autofree char *scheme = NULL;
	g_autofree char *host = NULL;
	g_autofree char *user = NULL;
	g_autofree char *password = NULL;
	g_autofree char *port = NULL;
	guint64 number = 443;
	gsize length;

	hop->url = curl_url();
	if (!is_clean(text) || curl_url_set(hop->url, CURLUPART_URL, text, 0) != CURLUE_OK)
		return FALSE;
	scheme = url_part(hop->url, CURLUPART_SCHEME);
	host = url_part(hop->url, CURLUPART_HOST);
	user = url_part(hop->url, CURLUPART_USER);
	password = url_part(hop->url, CURLUPART_PASSWORD);
	port = url_part(hop->url, CURLUPART_PORT);
	if (scheme == NULL || host == NULL || user != NULL || password != NULL || host[0] == '-')
		return FALSE;
	length = strlen(host);
	if (host[0] == '[' && host[length - 1] == ']') {
		host[length - 1] = '\0';
		memmove(host, host + 1, length - 1);
	}
	hop->tls = strcmp(scheme, "https") == 0;
	hop->host = net_host_ascii(host);
	if (hop->host == NULL ||
		(port != NULL && !g_ascii_string_to_unsigned(port, 10, 1, 65535, &number, NULL)))
		return FALSE;
	if (!hop->tls &&
		!(strcmp(scheme, "http") == 0 && hop->request->loopback_clear && net_is_loopback(hop->host)))
		return FALSE;
	hop->verify = (NetVerify){.trust = hop->request->trust, .host = hop->host, .port = (guint16)number};
	curl_url_set(hop->url, CURLUPART_FRAGMENT, NULL, 0);
	return strchr(hop->host, ':') != NULL ||
	       curl_url_set(hop->url, CURLUPART_HOST, hop->host, 0) == CURLUE_OK;
}

static void
set_fields(Hop *hop)
{
	const HttpRequest *request = hop->request;

	if (request->accept != NULL) {
		g_autofree char *accept = g_strconcat("Accept: ", request->accept, NULL);
		hop->fields = curl_slist_append(hop->fields, accept);
	}
	if (request->form != NULL) {
		/* Else a server that does not know of it costs a second. */
		hop->fields = curl_slist_append(hop->fields, "Expect:");
		curl_easy_setopt(hop->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(request->form));
		curl_easy_setopt(hop->easy, CURLOPT_POSTFIELDS, request->form);
	} else {
		curl_easy_setopt(hop->easy, CURLOPT_HTTPGET, 1L);
	}
	curl_easy_setopt(hop->easy, CURLOPT_HTTPHEADER, hop->fields);
}

static gboolean
set_up(Hop *hop)
{
	CURL *easy = curl_easy_init();

	hop->easy = easy;
	hop->multi = curl_multi_init();
	if (easy == NULL || hop->multi == NULL)
		return FALSE;
	curl_easy_setopt(easy, CURLOPT_CURLU, hop->url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, hop->tls ? "https" : "http");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* else an abort in DNS waits */
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, PACKAGE_NAME);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, hop->words);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, hop);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_head);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, hop);
	if (net_is_loopback(hop->host) || hop->request->public_only)
		curl_easy_setopt(easy, CURLOPT_PROXY, "");
	if (hop->request->public_only) {
		curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_public_only);
		curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, hop);
	}
	if (hop->tls)
		net_curl_secure(easy, on_tls, &hop->verify);
	set_fields(hop);
	return curl_multi_add_handle(hop->multi, easy) == CURLM_OK;
}

/* ---- what went wrong ---- */

static void
transfer_words(const Hop *hop, CURLcode code, GError **error)
{
	g_autofree char *detail = text_safe(hop->words, -1, TEXT_MARKS);

	if (hop->too_large) {
		fault_set(error, FAULT_LIMIT, _("%s sent more than is taken from there."), hop->host);
	} else if (hop->refused_address) {
		fault_set(error, FAULT_REFUSED,
			_("%s leads to a private address; nothing was asked for there."), hop->host);
	} else if (hop->verify.seen != NULL && !hop->verify.passed) {
		g_autofree char *reason = net_certificate_reason(hop->verify.seen);
		fault_set(error, FAULT_TRUST, _("The certificate of %s is not trusted: %s."), hop->host,
			reason);
	} else if (code == CURLE_COULDNT_RESOLVE_HOST) {
		fault_set(error, FAULT_RETRY, _("There is no host %s, or DNS did not answer."), hop->host);
	} else if (code == CURLE_COULDNT_CONNECT) {
		fault_set(error, FAULT_RETRY, _("%s cannot be reached."), hop->host);
	} else if (code == CURLE_SSL_CONNECT_ERROR) {
		fault_set(error, FAULT_REFUSED, _("No TLS connection to %s could be made: %s"), hop->host,
			detail);
	} else {
		fault_set(error, FAULT_RETRY, _("%s gave no answer: %s"), hop->host,
			detail[0] != '\0' ? detail : curl_easy_strerror(code));
	}
}

/* FALSE with error. */
static gboolean
run(Hop *hop, GError **error)
{
	for (;;) {
		struct curl_waitfd wake = {.fd = cancel_fd(hop->cancel), .events = CURL_WAIT_POLLIN};
		int running, left;
		CURLMsg *message;
		gint64 left_us;

		if (cancel_check(hop->cancel, error))
			return FALSE;
		if (curl_multi_perform(hop->multi, &running) != CURLM_OK) {
			transfer_words(hop, CURLE_FAILED_INIT, error);
			return FALSE;
		}
		message = curl_multi_info_read(hop->multi, &left);
		if (message != NULL && message->msg == CURLMSG_DONE) {
			if (message->data.result != CURLE_OK)
				transfer_words(hop, message->data.result, error);
			return message->data.result == CURLE_OK;
		}
		left_us = hop->end_us - dates_clock_us();
		if (left_us <= 0) {
			fault_set(error, FAULT_RETRY, _("%s did not answer in time."), hop->host);
			return FALSE;
		}
		curl_multi_poll(hop->multi, &wake, wake.fd >= 0 ? 1 : 0,
			(int)CLAMP(left_us / 1000 + 1, 1, NAP_MS), NULL);
	}
}

/* ---- the answer ---- */

static char *
media_type(CURL *easy)
{
	const char *theirs = NULL;
	g_autofree char *bare = NULL;

	curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &theirs);
	if (theirs == NULL)
		return NULL;
	bare = g_strndup(theirs, strcspn(theirs, "; \t"));
	return g_ascii_strdown(bare, -1);
}

static void
take_answer(Hop *hop, HttpAnswer *answer)
{
	char *body = hop->body != NULL ? g_steal_pointer(&hop->body) : g_strdup("");

	answer->type = media_type(hop->easy);
	answer->url = url_part(hop->url, CURLUPART_URL);
	answer->length = hop->length;
	if (hop->request->form_is_secret) {
		answer->secret = secret_new(body, (gssize)hop->length);
		secret_wipe(body, hop->length);
		g_free(body);
	} else {
		answer->body = body;
	}
}

/* *next: where it is redirected to, which is the caller's; NULL: answer is filled. FALSE with error. */
static gboolean
hop_result(Hop *hop, guint left, HttpAnswer *answer, char **next, GError **error)
{
	const char *location = NULL;
	long status = 0;

	curl_easy_getinfo(hop->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(hop->easy, CURLINFO_REDIRECT_URL, &location);
	log_line(LOG_NET, "%s: HTTP %ld, %" G_GSIZE_FORMAT " octets", hop->host, status, hop->length);
	answer->status = (int)status;
	if (status / 100 == 3 && location != NULL) {
		if (left > 0) {
			*next = g_strdup(location);
			return TRUE;
		}
		fault_set(error, FAULT_REFUSED,
			_("%s points to another place, and on from there is not followed."), hop->host);
		return FALSE;
	}
	take_answer(hop, answer);
	return TRUE;
}

static void
hop_clear(Hop *hop)
{
	if (hop->easy != NULL && hop->multi != NULL)
		curl_multi_remove_handle(hop->multi, hop->easy);
	curl_easy_cleanup(hop->easy);
	curl_multi_cleanup(hop->multi);
	curl_url_cleanup(hop->url);
	curl_slist_free_all(hop->fields);
	net_certificate_free(hop->verify.seen);
	if (hop->body != NULL)
		secret_wipe(hop->body, hop->length);
	g_free(hop->body);
	g_free(hop->host);
}

static gboolean
one_hop(Hop *hop, const char *url, gboolean first, guint left, HttpAnswer *answer, char **next,
	GError **error)
{
	if (!take_url(hop, url)) {
		g_autofree char *shown = text_safe(url, (gssize)strnlen(url, 200), TEXT_MARKS);
		if (first)
			fault_set(error, FAULT_INPUT, _("\"%s\" is no address of a page by https."), shown);
		else
			fault_set(error, FAULT_REFUSED,
				_("It points to \"%s\", which is not followed: not https."), shown);
		return FALSE;
	}
	g_assert(!hop->tls || hop->request->trust != NULL);
	if (hop->tls && !net_trust_load(hop->request->trust, error))
		return FALSE;
	if (!set_up(hop)) {
		transfer_words(hop, CURLE_FAILED_INIT, error);
		return FALSE;
	}
	return run(hop, error) && hop_result(hop, left, answer, next, error);
}

gboolean
http_get(const HttpRequest *request, HttpAnswer *answer, Cancel *cancel, GError **error)
{
	gint64 end_us = dates_clock_us() +
			(request->timeout_ms ? request->timeout_ms : LIMIT_HTTP_MS) * G_GINT64_CONSTANT(1000);
	guint left = request->form != NULL ? 0 : request->redirects;
	g_autofree char *url = g_strdup(request->url);

	http_answer_clear(answer);
	for (gboolean first = TRUE;; first = FALSE, left--) {
		g_autofree char *next = NULL;
		Hop hop = {.request = request,
			.cancel = cancel,
			.end_us = end_us,
			.limit = request->limit ? request->limit : LIMIT_HTTP_BODY};
		gboolean good = one_hop(&hop, url, first, left, answer, &next, error);

		hop_clear(&hop);
		if (!good)
			http_answer_clear(answer);
		if (!good || next == NULL)
			return good;
		g_free(url);
		url = g_steal_pointer(&next);
	}
}

void
http_answer_clear(HttpAnswer *answer)
{
	g_free(answer->type);
	g_free(answer->url);
	g_free(answer->body);
	secret_free(answer->secret);
	memset(answer, 0, sizeof(*answer));
}

char *
http_form(const char *const *pairs)
{
	GString *out = g_string_new(NULL);

	for (; pairs[0] != NULL && pairs[1] != NULL; pairs += 2) {
		if (out->len > 0)
			g_string_append_c(out, '&');
		g_string_append_uri_escaped(out, pairs[0], NULL, FALSE);
		g_string_append_c(out, '=');
		g_string_append_uri_escaped(out, pairs[1], NULL, FALSE);
	}
	return g_string_free(out, FALSE);
}
