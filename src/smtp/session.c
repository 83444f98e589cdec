/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session.c - the connection: greeting, login, saying and hearing, end.
 *
 * libcurl has read the greeting, and the answer to its own EHLO; ours is asked
 * again, because what was said before TLS does not count, and what libcurl kept
 * of a long answer may be cut.
 */
#include "config.h"

#include "smtp/session.h"

#include <stdarg.h>
#include <string.h>

#include "net/sasl.h"
#include "smtp/session-private.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

#define READ_CHUNK 4096
/* A server's words are quoted up to here. */
#define WORDS_MAX 500
/* AUTH with its initial response must fit in one command line (RFC 4954, 4.1). */
#define AUTH_LINE_MAX 12288

static void
trace_line(const char *line, gpointer user)
{
	net_trace(LOG_SMTP, user, 'S', line, strlen(line));
}

gboolean
smtp_say(SmtpSession *session, const NetText *text, GError **error)
{
	g_autoptr(GError) failure = NULL;

	net_trace(LOG_SMTP, session->label, 'C', text->shown->str, text->shown->len);
	if (net_stream_write(session->stream, text->wire->str, text->wire->len, &failure))
		return TRUE;
	session->dead = TRUE;
	g_propagate_error(error, g_steal_pointer(&failure));
	return FALSE;
}

gboolean
smtp_sayf(SmtpSession *session, GError **error, const char *format, ...)
{
	g_auto(NetText) text = {0};
	g_autofree char *words = NULL;
	va_list list;

	net_text_init(&text);
	va_start(list, format);
	words = g_strdup_vprintf(format, list);
	va_end(list);
	net_text_add(&text, words);
	net_text_add(&text, "\r\n");
	return smtp_say(session, &text, error);
}

static void
log_reply(const SmtpSession *session, const SmtpReply *reply)
{
	g_autofree char *words = NULL;
	g_autofree char *masked = NULL;

	if (!log_on(LOG_SMTP))
		return;
	words = smtp_reply_text(reply);
	masked = secret_mask(session->secret, words);
	net_trace(LOG_SMTP, session->label, 'S', masked, strlen(masked));
}

SmtpReply *
smtp_hear_any(SmtpSession *session, guint timeout_ms, GError **error)
{
	gint64 end_us = dates_clock_us() + timeout_ms * G_GINT64_CONSTANT(1000);
	SmtpReply *reply = NULL;

	for (;;) {
		char chunk[READ_CHUNK];
		gint64 left_ms;
		gssize got;

		switch (smtp_reader_next(session->reader, &reply, error)) {
		case SMTP_READER_REPLY:
			log_reply(session, reply);
			/* It closes after this one (RFC 5321, 3.8). */
			if (reply->code == 421)
				session->dead = TRUE;
			return reply;
		case SMTP_READER_BROKEN:
			session->dead = TRUE;
			return NULL;
		case SMTP_READER_MORE:
			break;
		}
		left_ms = MAX(1, (end_us - dates_clock_us()) / 1000);
		got = net_stream_read(session->stream, chunk, sizeof(chunk), (guint)left_ms, error);
		if (got <= 0) {
			session->dead = TRUE;
			if (got == 0)
				fault_set(error, FAULT_RETRY, _("%s closed the connection."),
					net_stream_host(session->stream));
			return NULL;
		}
		smtp_reader_feed(session->reader, chunk, (gsize)got);
	}
}

SmtpReply *
smtp_hear(SmtpSession *session, guint timeout_ms, GError **error)
{
	SmtpReply *reply = smtp_hear_any(session, timeout_ms, error);

	if (reply != NULL && reply->code == 421) {
		smtp_refusal(session, reply, _("The SMTP server closes the connection:"), error);
		g_clear_pointer(&reply, smtp_reply_free);
	}
	return reply;
}

SmtpReply *
smtp_hear_now(SmtpSession *session)
{
	if (smtp_reader_is_empty(session->reader) &&
		net_stream_wait(session->stream, -1, 0, NULL) != NET_WAIT_DATA)
		return NULL;
	return smtp_hear_any(session, LIMIT_LOGOUT_MS, NULL);
}

char *
smtp_words(const SmtpSession *session, const SmtpReply *reply)
{
	g_autofree char *raw = smtp_reply_text(reply);
	g_autofree char *masked = secret_mask(session->secret, raw);

	return text_safe(masked, (gssize)MIN(strlen(masked), WORDS_MAX), TEXT_MARKS);
}

void
smtp_refusal(SmtpSession *session, const SmtpReply *reply, const char *prefix, GError **error)
{
	g_autofree char *words = smtp_words(session, reply);
	Fault fault = FAULT_REFUSED;

	if (reply->code < 500)
		fault = reply->code >= 400 ? FAULT_RETRY : FAULT_PROTOCOL;
	else if (reply->code == 530 || reply->code == 535)
		fault = FAULT_AUTH;
	session->answered = TRUE;
	fault_set(error, fault, "%s \"%s\"", prefix, words);
}

/* ---- EHLO ---- */

static const struct {
	const char *keyword;
	SmtpCap cap;
} capabilities[] = {
	{"8BITMIME", SMTP_CAP_8BITMIME},
	{"SMTPUTF8", SMTP_CAP_SMTPUTF8},
	{"PIPELINING", SMTP_CAP_PIPELINING},
	{"DSN", SMTP_CAP_DSN},
	{"SIZE", SMTP_CAP_SIZE},
	{"ENHANCEDSTATUSCODES", SMTP_CAP_ENHANCED},
};

static void
learn_mechanisms(SmtpSession *session, char **words)
{
	for (; *words != NULL; words++)
		if (**words != '\0')
			g_ptr_array_add(session->mechanisms, g_strdup(*words));
}

static void
learn_line(SmtpSession *session, const char *line)
{
	g_auto(GStrv) words = g_strsplit(line, " ", -1);

	if (words[0] == NULL)
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(capabilities); i++)
		if (g_ascii_strcasecmp(words[0], capabilities[i].keyword) == 0)
			session->caps |= capabilities[i].cap;
	if (g_ascii_strcasecmp(words[0], "SIZE") == 0 && words[1] != NULL &&
		!g_ascii_string_to_unsigned(words[1], 10, 0, G_MAXINT64, &session->size_limit, NULL))
		session->size_limit = 0;
	if (g_ascii_strcasecmp(words[0], "AUTH") == 0)
		learn_mechanisms(session, words + 1);
	/* "AUTH=LOGIN PLAIN", of servers before the standard. */
	if (g_ascii_strncasecmp(words[0], "AUTH=", 5) == 0) {
		g_ptr_array_add(session->mechanisms, g_strdup(words[0] + 5));
		learn_mechanisms(session, words + 1);
	}
}

static gboolean
greet(SmtpSession *session, const char *ehlo, GError **error)
{
	g_autoptr(SmtpReply) reply = NULL;

	if (ehlo == NULL || strpbrk(ehlo, " \r\n<>") != NULL)
		ehlo = "[127.0.0.1]";
	if (!smtp_sayf(session, error, "EHLO %s", ehlo))
		return FALSE;
	reply = smtp_hear(session, LIMIT_GREETING_MS, error);
	if (reply == NULL)
		return FALSE;
	if (reply->code / 100 != 2) {
		smtp_refusal(session, reply, _("The SMTP server refuses to talk:"), error);
		return FALSE;
	}
	for (guint i = 1; i < reply->lines->len; i++)
		learn_line(session, g_ptr_array_index(reply->lines, i));
	g_ptr_array_add(session->mechanisms, NULL);
	return TRUE;
}

/* ---- AUTH ---- */

typedef enum { LOGIN_DONE, LOGIN_NEXT, LOGIN_FAILED } LoginResult;

/* Answer a 334. FALSE: the exchange was called off by "*", error set. */
static gboolean
answer_challenge(SmtpSession *session, Sasl *sasl, const SmtpReply *reply, Secret **initial, GError **error)
{
	const char *challenge = g_ptr_array_index(reply->lines, 0);
	g_autoptr(Secret) line = NULL;
	g_auto(NetText) text = {0};

	if (*initial != NULL) {
		/* The initial response did not fit into the command: it answers the first challenge. */
		line = g_steal_pointer(initial);
		if (strcmp(secret_text(line), "=") == 0)
			g_clear_pointer(&line, secret_free);
	} else if (!sasl_step(sasl, challenge, &line, error)) {
		g_autoptr(SmtpReply) end = NULL;
		if (smtp_sayf(session, NULL, "*"))
			end = smtp_hear(session, LIMIT_GREETING_MS, NULL);
		return FALSE;
	}
	net_text_init(&text);
	if (line != NULL)
		net_text_add_secret(&text, line);
	net_text_add(&text, "\r\n");
	return smtp_say(session, &text, error);
}

static gboolean
say_auth(SmtpSession *session, SaslMechanism mechanism, Secret **initial, GError **error)
{
	g_auto(NetText) text = {0};

	net_text_init(&text);
	net_text_addf(&text, "AUTH %s", sasl_name(mechanism));
	if (*initial != NULL && secret_length(*initial) + text.wire->len < AUTH_LINE_MAX) {
		net_text_add(&text, " ");
		net_text_add_secret(&text, *initial);
		g_clear_pointer(initial, secret_free);
	}
	net_text_add(&text, "\r\n");
	return smtp_say(session, &text, error);
}

/* Codes that speak of the mechanism, not of the user. */
static gboolean
is_about_mechanism(int code)
{
	return code == 504 || code == 534 || code == 500 || code == 502;
}

static void
login_words(SmtpSession *session, const Sasl *sasl, const SmtpReply *reply, GError **error)
{
	g_autofree char *words = smtp_words(session, reply);
	const char *more = sasl_server_error(sasl);

	session->answered = TRUE;
	if (reply->code / 100 == 4)
		fault_set(error, FAULT_RETRY, _("The SMTP server cannot log in for now: \"%s\""), words);
	else if (more != NULL)
		fault_set(error, FAULT_AUTH, _("The SMTP server refuses the access token: \"%s\" %s"), words,
			more);
	else
		fault_set(error, FAULT_AUTH,
			_("The SMTP server refuses the login: \"%s\" Check user name and password."), words);
}

/* *skip gets what need not be tried any more. */
static LoginResult
log_in_by(SmtpSession *session, SaslMechanism mechanism, const SmtpLogin *login, guint *skip, GError **error)
{
	SaslLogin who = {.user = login->user,
		.secret = login->secret,
		.host = net_stream_host(session->stream),
		.port = net_stream_port(session->stream)};
	g_autoptr(Sasl) sasl = sasl_new(mechanism, &who, error);
	g_autoptr(Secret) initial = NULL;

	*skip |= 1u << mechanism;
	if (sasl == NULL || !sasl_start(sasl, &initial, error) ||
		!say_auth(session, mechanism, &initial, error))
		return LOGIN_FAILED;
	for (;;) {
		g_autoptr(SmtpReply) reply = smtp_hear(session, LIMIT_GREETING_MS, error);

		if (reply == NULL)
			return LOGIN_FAILED;
		if (reply->code == 334) {
			if (!answer_challenge(session, sasl, reply, &initial, error))
				return LOGIN_FAILED;
		} else if (reply->code / 100 == 2) {
			session->mechanism = sasl_name(mechanism);
			return sasl_finish(sasl, error) ? LOGIN_DONE : LOGIN_FAILED;
		} else {
			login_words(session, sasl, reply, error);
			if (reply->code == 535 && !sasl_is_conclusive(sasl))
				*skip |= sasl_alike(mechanism);
			else if (!is_about_mechanism(reply->code))
				return LOGIN_FAILED;
			return LOGIN_NEXT;
		}
	}
}

static gboolean
log_in(SmtpSession *session, const SmtpLogin *login, GError **error)
{
	static const SaslKind kinds[] = {SASL_PASSWORD, SASL_TOKEN, SASL_CERTIFICATE};
	g_autoptr(GError) failure = NULL;
	guint skip = 0;

	for (;;) {
		g_autoptr(GError) none = NULL;
		SaslMechanism mechanism = sasl_choose((const char *const *)session->mechanisms->pdata,
			kinds[login->kind], net_stream_is_confidential(session->stream), skip, &none);
		LoginResult result;

		if (mechanism == SASL_NONE) {
			g_propagate_error(
				error, failure ? g_steal_pointer(&failure) : g_steal_pointer(&none));
			return FALSE;
		}
		g_clear_error(&failure);
		result = log_in_by(session, mechanism, login, &skip, &failure);
		if (result == LOGIN_DONE)
			return TRUE;
		if (result == LOGIN_FAILED || session->dead) {
			g_propagate_error(error, g_steal_pointer(&failure));
			return FALSE;
		}
	}
}

/* ---- the session ---- */

SmtpSession *
smtp_session_open(
	const NetTarget *target, const SmtpLogin *login, const char *label, Cancel *cancel, GError **error)
{
	NetTarget traced = *target;
	SmtpSession *session = g_new0(SmtpSession, 1);
	gboolean ready = FALSE;

	g_assert(target->scheme == NET_SMTP);
	session->label = g_strdup(label);
	session->reader = smtp_reader_new();
	session->mechanisms = g_ptr_array_new_with_free_func(g_free);
	if (traced.trace == NULL) {
		traced.trace = trace_line;
		traced.trace_user = session->label;
	}
	session->stream = net_stream_open(&traced, cancel, error);
	if (session->stream == NULL) {
		session->dead = TRUE;
	} else {
		session->secret = login ? secret_copy(login->secret) : NULL;
		ready = greet(session, target->ehlo, error) &&
			(login == NULL || log_in(session, login, error));
	}
	if (login != NULL && login->answered != NULL)
		*login->answered = !ready && session->answered;
	if (!ready)
		g_clear_pointer(&session, smtp_session_close);
	return session;
}

void
smtp_session_close(SmtpSession *session)
{
	if (session == NULL)
		return;
	if (!session->dead) {
		net_stream_set_cancel(session->stream, NULL);
		if (smtp_sayf(session, NULL, "QUIT"))
			smtp_reply_free(smtp_hear(session, LIMIT_LOGOUT_MS, NULL));
	}
	net_stream_close(session->stream);
	smtp_reader_free(session->reader);
	g_ptr_array_unref(session->mechanisms);
	secret_free(session->secret);
	g_free(session->label);
	g_free(session);
}

gboolean
smtp_session_is_alive(const SmtpSession *session)
{
	return !session->dead;
}

guint
smtp_session_caps(const SmtpSession *session)
{
	return session->caps;
}

guint64
smtp_session_size_limit(const SmtpSession *session)
{
	return session->size_limit;
}

const char *
smtp_session_mechanism(const SmtpSession *session)
{
	return session->mechanism;
}

const NetTls *
smtp_session_tls(const SmtpSession *session)
{
	return net_stream_tls(session->stream);
}
