/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * manage.h - one ManageSieve connection, for one worker thread (RFC 5804).
 *
 * Over a stream of NET_RAW: this protocol's greeting and STARTTLS are ours.
 * After STARTTLS the capabilities that came before count for nothing. Without
 * TLS nothing is sent but to loopback. Whatever a server says reaches messages
 * made safe, cut, and without the secret. Script names go quoted and escaped;
 * those that cannot be names (RFC 5804, 1.6) go nowhere. A referral is told, and
 * never followed. After a failure that is no NO of the server the session is
 * over: every further call is FAULT_RETRY.
 *
 * Errors: those of net_stream_open(); FAULT_AUTH; FAULT_REFUSED (NO; the
 * server's words); FAULT_RETRY (TRYLATER, BYE, cut, late); FAULT_PROTOCOL;
 * FAULT_LIMIT (QUOTA, or an answer or a script too long); FAULT_INPUT (a script's
 * name); FAULT_UNKNOWN (NONEXISTENT).
 */
#pragma once

#include <glib.h>

#include "net/sasl.h"
#include "net/stream.h"
#include "util/cancel.h"

typedef struct ManageSession ManageSession;

typedef struct {
	const char *user;
	SaslKind kind;
	const Secret *secret;
} ManageLogin;

/* target's scheme is set here; security NET_TLS: TLS from the first byte, NET_STARTTLS: required. Its
 * greeting_ms and stall_ms bound each answer of the login and of commands. label: for the protocol log
 * (category sieve). */
ManageSession *manage_session_open(
	const NetTarget *target, const ManageLogin *login, const char *label, Cancel *cancel, GError **error);
/* LOGOUT, within LIMIT_LOGOUT_MS. NULL is fine. */
void manage_session_close(ManageSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ManageSession, manage_session_close)

/* Sieve extensions that the server offers, lower case, sorted, NULL-terminated; borrowed. */
const char *const *manage_session_extensions(const ManageSession *session);
/* Which of requires (NULL-terminated) it lacks, "a, b"; NULL: none. The caller's. */
char *manage_session_lacks(const ManageSession *session, const char *const *requires);
const char *manage_session_implementation(const ManageSession *session); /* safe; NULL */
const char *manage_session_mechanism(const ManageSession *session);      /* used for login, static */
const NetTls *manage_session_tls(const ManageSession *session);

typedef struct {
	char *name; /* UTF-8, as it came */
	gboolean active;
} ManageScript;

/* Of ManageScript, free func set. */
GPtrArray *manage_session_list(ManageSession *session, Cancel *cancel, GError **error);
/* The text, at most LIMIT_SIEVE_SCRIPT; FAULT_UNKNOWN: NONEXISTENT. The caller's. */
char *manage_session_get(ManageSession *session, const char *name, Cancel *cancel, GError **error);
/* Is there room (HAVESPACE)? */
gboolean manage_session_have_space(
	ManageSession *session, const char *name, gsize octets, Cancel *cancel, GError **error);
/* Ask the server what it thinks of it. *words (the caller's, may be NULL): its warnings, safe. A server
 * without VERSION "1.0" has no CHECKSCRIPT: TRUE. */
gboolean manage_session_check(
	ManageSession *session, const char *text, char **words, Cancel *cancel, GError **error);
gboolean manage_session_put(ManageSession *session, const char *name, const char *text, char **words,
	Cancel *cancel, GError **error);
/* name NULL: none is active. */
gboolean manage_session_activate(ManageSession *session, const char *name, Cancel *cancel, GError **error);
gboolean manage_session_delete(ManageSession *session, const char *name, Cancel *cancel, GError **error);
