/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sasl.h - logging in: the client's side of SASL mechanisms. Pure: no I/O.
 *
 *	mechanism = sasl_choose(offered, SASL_PASSWORD, confidential, 0, &error);
 *	sasl = sasl_new(mechanism, &login, &error);
 *	sasl_start(sasl, &line, &error);      initial response, base64, or NULL
 *	while the server sends a challenge
 *		sasl_step(sasl, challenge, &line, &error);  send line
 *	at the server's OK:
 *		sasl_finish(sasl, &error);
 *
 * Challenges come and responses go in base64, as IMAP (RFC 9051, 6.2.2) and
 * SMTP (RFC 4954) have them, without CRLF. Mechanisms: SCRAM-SHA-256 (RFC 7677),
 * SCRAM-SHA-1 (RFC 5802), PLAIN (RFC 4616), LOGIN, OAUTHBEARER (RFC 7628),
 * XOAUTH2, EXTERNAL (RFC 4422). Nothing weaker: no CRAM-MD5, NTLM, ANONYMOUS.
 */
#pragma once

#include <glib.h>

#include "util/secret.h"

typedef enum {
	SASL_NONE = -1,
	SASL_SCRAM_SHA_256, /* strongest first */
	SASL_SCRAM_SHA_1,
	SASL_PLAIN,
	SASL_LOGIN,
	SASL_OAUTHBEARER,
	SASL_XOAUTH2,
	SASL_EXTERNAL,
	SASL_COUNT,
} SaslMechanism;

typedef enum {
	SASL_PASSWORD,
	SASL_TOKEN,       /* an OAuth 2 access token */
	SASL_CERTIFICATE, /* the TLS client certificate */
} SaslKind;

/* The registered name, static; NULL for SASL_NONE. */
const char *sasl_name(SaslMechanism mechanism);

/*
 * The strongest of the names that a server offers (NULL-terminated, any case)
 * for this kind of credentials. Without confidential (TLS, or loopback) only
 * those that do not show the secret. skip: bits 1 << SaslMechanism, tried
 * before. SASL_NONE with FAULT_AUTH, which names what was offered.
 */
SaslMechanism sasl_choose(
	const char *const *offered, SaslKind kind, gboolean confidential, guint skip, GError **error);

/* Borrowed by sasl_new(), copied. */
typedef struct {
	const char *user;
	const Secret *secret; /* password or token; may be NULL for SASL_EXTERNAL */
	const char *host;     /* OAUTHBEARER says them; may be NULL */
	guint16 port;
} SaslLogin;

typedef struct Sasl Sasl;

/* FAULT_INPUT: a user name or password that the mechanism cannot carry. */
Sasl *sasl_new(SaslMechanism mechanism, const SaslLogin *login, GError **error);
/* Wipes all that was secret. */
void sasl_free(Sasl *sasl);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sasl, sasl_free)

/*
 * The initial response: *line receives base64 ("=" for an empty one), or NULL
 * where the server must speak first (LOGIN). Without SASL-IR keep it: it is
 * what answers the first, empty challenge. (RFC 4959)
 */
gboolean sasl_start(Sasl *sasl, Secret **line, GError **error);
/*
 * Answer a challenge ("" for an empty one). *line receives what to send, ""
 * for an empty response. FALSE: FAULT_AUTH or FAULT_PROTOCOL (not base64, a
 * server that does not know the password, wrong nonce, iterations out of
 * bounds, one challenge too many): cancel the exchange by "*".
 */
gboolean sasl_step(Sasl *sasl, const char *challenge, Secret **line, GError **error);
/* The server said OK. FALSE with FAULT_PROTOCOL: it did not prove that it knows the password where the
 * mechanism asks that (SCRAM). */
gboolean sasl_finish(Sasl *sasl, GError **error);
/* What an OAuth server said in place of a challenge: its JSON, sanitised; NULL: nothing. Borrowed. */
const char *sasl_server_error(const Sasl *sasl);
/*
 * Of a refused login: the server has had what it needs to know that the
 * password is wrong. FALSE: it refused a mechanism's first words, as servers do
 * that offer SCRAM to all and keep some passwords in another form; then the
 * next mechanism may be tried, without those of sasl_alike(). (Every failed
 * attempt is punished by delays and locks: there must be no needless one.)
 */
gboolean sasl_is_conclusive(const Sasl *sasl);
/* Bits 1 << SaslMechanism of those that fail for the same reason, mechanism's own included. */
guint sasl_alike(SaslMechanism mechanism);
