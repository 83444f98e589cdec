/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session.h - one SMTP submission connection, for one worker thread (RFC 5321, 6409, 4954).
 *
 *	session = smtp_session_open(&target, &login, "work", cancel, &error);
 *	switch (smtp_session_send(session, &mail, cancel, &result, &error))
 *	...
 *	smtp_session_close(session);
 *
 * Whatever a server says reaches messages and results made safe, cut, and
 * without the secret. The protocol log (category smtp) holds commands and
 * answers, never a secret, never the message.
 *
 * A state is known at every end. Until the final dot nothing was sent; a
 * broken line, a deadline or a cancel after it leave it uncertain.
 */
#pragma once

#include <glib.h>

#include "net/stream.h"
#include "util/cancel.h"
#include "util/secret.h"

typedef enum { SMTP_PASSWORD, SMTP_TOKEN, SMTP_CERTIFICATE } SmtpKind;

/* Borrowed by smtp_session_open(); nothing of it is kept but a wiped-on-close copy of secret, for masking. */
typedef struct {
	SmtpKind kind;
	const char *user;
	const Secret *secret; /* password or OAuth 2 access token */
	gboolean *answered;   /* may be NULL; set to TRUE where the server itself said no, not the line */
} SmtpLogin;

typedef struct SmtpSession SmtpSession;

/*
 * Connect (target's scheme is NET_SMTP), greet, log in. login NULL: no login.
 * label: for the log; copied. Errors: those of net_stream_open(); FAULT_AUTH
 * (refused, or nothing usable offered: then nothing was sent); FAULT_RETRY
 * (busy, late, cut); FAULT_PROTOCOL.
 */
SmtpSession *smtp_session_open(
	const NetTarget *target, const SmtpLogin *login, const char *label, Cancel *cancel, GError **error);
/* QUIT, within LIMIT_LOGOUT_MS; cancel is not obeyed any more. NULL is fine. */
void smtp_session_close(SmtpSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpSession, smtp_session_close)
/* FALSE: nothing more can be sent on it. */
gboolean smtp_session_is_alive(const SmtpSession *session);

typedef enum {
	SMTP_CAP_8BITMIME = 1 << 0,
	SMTP_CAP_SMTPUTF8 = 1 << 1,
	SMTP_CAP_PIPELINING = 1 << 2,
	SMTP_CAP_DSN = 1 << 3,
	SMTP_CAP_SIZE = 1 << 4,
	SMTP_CAP_ENHANCED = 1 << 5,
} SmtpCap;
guint smtp_session_caps(const SmtpSession *session);
/* The largest message taken, octets; 0: not said. */
guint64 smtp_session_size_limit(const SmtpSession *session);
/* The mechanism used for login, static; NULL: none. */
const char *smtp_session_mechanism(const SmtpSession *session);
const NetTls *smtp_session_tls(const SmtpSession *session);

/* When a delivery status notification is wanted (RFC 3461); 0 leaves it to the servers. */
typedef enum {
	SMTP_NOTIFY_NEVER = 1 << 0, /* alone */
	SMTP_NOTIFY_SUCCESS = 1 << 1,
	SMTP_NOTIFY_FAILURE = 1 << 2,
	SMTP_NOTIFY_DELAY = 1 << 3,
} SmtpNotify;

typedef enum { SMTP_RETURN_ANY, SMTP_RETURN_HEADERS, SMTP_RETURN_FULL } SmtpReturn;

typedef struct {
	const char *address; /* addr-spec, UTF-8 */
	guint notify;        /* SmtpNotify */
	const char *orcpt;   /* the address it was first sent to, NULL: not said */
} SmtpRecipient;

/* One message and its envelope. Borrowed. */
typedef struct {
	const char *from; /* addr-spec; "" is the empty return path */
	const SmtpRecipient *recipients;
	gsize recipient_count;
	const char *data; /* the message, any line ends; Bcc is gone from it already */
	gsize length;
	gboolean partial;   /* send to those accepted when others are refused */
	SmtpReturn returns; /* DSN: what a notification quotes */
	const char *envid;  /* DSN: printable ASCII, NULL: none */
	/*
	 * Called when all but the final dot is out: make durable that it is about
	 * to go. FALSE (with its error set) ends the connection instead, and nothing was sent.
	 */
	gboolean (*before_dot)(gpointer user, GError **error);
	/* Octets of the message handed to the line, of total. */
	void (*progress)(guint64 done, guint64 total, gpointer user);
	gpointer user; /* of both; either may be NULL */
} SmtpMail;

/* What a server answered; text safe, cut, without the secret. */
typedef struct {
	int code;       /* 0: no answer came */
	char *enhanced; /* "5.1.1" or NULL */
	char *text;     /* "550 5.1.1 No such user", or NULL */
} SmtpAnswer;

typedef struct {
	SmtpAnswer last;        /* to the step that decided: MAIL, DATA, or the final dot */
	SmtpAnswer *recipients; /* one each, in the order given; accepted: code 250 to 259 */
	gsize recipient_count;
	gboolean refused_some; /* a recipient was refused */
	gboolean dsn_ignored;  /* a notification was asked for; the server does not know DSN */
} SmtpResult;

/* Zero-initialise before the first use. */
void smtp_result_clear(SmtpResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SmtpResult, smtp_result_clear)
gboolean smtp_answer_is_good(const SmtpAnswer *answer);

typedef enum {
	SMTP_SENT,      /* the server took it, for all recipients or (partial) those accepted: see result */
	SMTP_NOT_SENT,  /* nobody gets it; error says whether trying again can help */
	SMTP_UNCERTAIN, /* the line died after the final dot; error is FAULT_UNCERTAIN */
} SmtpOutcome;

/*
 * Send one message. result is cleared first. Errors with SMTP_NOT_SENT:
 * FAULT_RETRY (4xx, line), FAULT_REFUSED (5xx; too large; 8-bit or
 * international addresses that the server cannot carry), FAULT_AUTH (530),
 * FAULT_INPUT (an address, a NUL in the message), FAULT_CANCELED, FAULT_PROTOCOL,
 * and what before_dot set. While the session is alive, the next message can follow.
 */
SmtpOutcome smtp_session_send(
	SmtpSession *session, const SmtpMail *mail, Cancel *cancel, SmtpResult *result, GError **error);
