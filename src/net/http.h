/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * http.h - one HTTPS request, on a worker (RFC 9110), by libcurl's plain transfer.
 *
 * https only (http to loopback alone, and only where the caller says so), no
 * cookies, no credentials of the URL's, no netrc, limits on size and time of our
 * own. Redirects: https only, counted, none with a body to send. Where the URL
 * comes from a message or an unauthenticated source, addresses that are
 * private, loopback or link-local are refused after the name was resolved; then
 * no proxy is used either, for a proxy would resolve it.
 */
#pragma once

#include <glib.h>

#include "net/trust.h"
#include "util/cancel.h"
#include "util/secret.h"

typedef struct {
	const char *url;
	const char *form;        /* body of a POST, application/x-www-form-urlencoded; NULL: GET */
	gboolean form_is_secret; /* wiped where it was copied, never logged */
	const char *accept;      /* NULL: any */
	guint redirects;         /* at most; always 0 with a form */
	gboolean public_only;    /* refuse private addresses */
	gboolean loopback_clear; /* http is allowed to loopback (tests, a bridge on this machine) */
	gsize limit;             /* octets of the answer; 0: LIMIT_HTTP_BODY */
	guint timeout_ms;        /* for all of it; 0: LIMIT_HTTP_MS */
	NetTrust *trust;         /* roots; required for https */
} HttpRequest;

typedef struct {
	int status;
	char *type;     /* media type without parameters, lower case; NULL */
	char *url;      /* after redirects */
	Secret *secret; /* the body where form_is_secret; else NULL */
	char *body;     /* NUL-terminated, raw; NULL where secret */
	gsize length;
} HttpAnswer;

void http_answer_clear(HttpAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HttpAnswer, http_answer_clear)

/*
 * TRUE: an answer came, of whatever status. FAULT_INPUT (no https URL, control characters, a host that
 * begins with "-"), FAULT_RETRY, FAULT_TRUST, FAULT_REFUSED (private address, a redirect that must not be),
 * FAULT_LIMIT, FAULT_CANCELED (within 100 ms). answer is cleared first, so it must be zeroed once.
 */
gboolean http_get(const HttpRequest *request, HttpAnswer *answer, Cancel *cancel, GError **error);
/* "a=1&b=%C3%A4" of NULL-terminated name, value pairs. The caller's. */
char *http_form(const char *const *pairs);
/* Does address literal text lie in a private, loopback, link-local, multicast or unspecified range (v4, v6,
 * mapped)? */
gboolean http_is_private(const char *address);
