/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * send.c - one mail transaction.
 *
 *	MAIL, RCPT... --> all accepted? --> DATA --> message --> before_dot() --> "." --> answer
 *
 * With PIPELINING the envelope goes out at once. DATA goes with it only where
 * no answer to a RCPT can change what follows: with one recipient, or when
 * those refused are left out anyway. (A server that says 354 though no
 * recipient was accepted would have to be given a message: it is left alone.)
 *
 * Before the final dot nothing may be left unread: an answer too many would be
 * taken for the answer to the dot.
 */
#include "config.h"

#include <string.h>

#include "smtp/address.h"
#include "smtp/dots.h"
#include "smtp/session-private.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

/* Of the message, worked on at once. */
#define CHUNK (64 * 1024)

/* A mail as it goes into commands. */
typedef struct {
	const SmtpMail *mail;
	char *from;
	GPtrArray *to; /* of char * */
	gboolean utf8; /* SMTPUTF8 is needed */
	SmtpShape shape;
} Envelope;

static void
envelope_clear(Envelope *envelope)
{
	g_free(envelope->from);
	if (envelope->to != NULL)
		g_ptr_array_unref(envelope->to);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Envelope, envelope_clear)

static void
answer_clear(SmtpAnswer *answer)
{
	g_free(answer->enhanced);
	g_free(answer->text);
	memset(answer, 0, sizeof(*answer));
}

static void
answer_set(const SmtpSession *session, SmtpAnswer *answer, const SmtpReply *reply)
{
	answer_clear(answer);
	answer->code = reply->code;
	answer->enhanced = g_strdup(reply->enhanced);
	answer->text = smtp_words(session, reply);
}

gboolean
smtp_answer_is_good(const SmtpAnswer *answer)
{
	return answer->code / 10 == 25;
}

void
smtp_result_clear(SmtpResult *result)
{
	answer_clear(&result->last);
	for (gsize i = 0; i < result->recipient_count; i++)
		answer_clear(&result->recipients[i]);
	g_free(result->recipients);
	memset(result, 0, sizeof(*result));
}

/* ---- before a byte is sent ---- */

static gboolean
check_addresses(const SmtpMail *mail, Envelope *envelope, GError **error)
{
	if (mail->recipient_count == 0 || mail->recipient_count > LIMIT_SMTP_RECIPIENTS) {
		fault_set(error, FAULT_INPUT,
			mail->recipient_count ? _("The message has too many recipients.")
					      : _("The message has no recipient."));
		return FALSE;
	}
	envelope->from =
		mail->from[0] == '\0' ? g_strdup("") : smtp_address_wire(mail->from, &envelope->utf8, error);
	if (envelope->from == NULL)
		return FALSE;
	envelope->to = g_ptr_array_new_with_free_func(g_free);
	for (gsize i = 0; i < mail->recipient_count; i++) {
		char *to = smtp_address_wire(mail->recipients[i].address, &envelope->utf8, error);
		if (to == NULL)
			return FALSE;
		g_ptr_array_add(envelope->to, to);
	}
	return TRUE;
}

static gboolean
check_size(const SmtpSession *session, const SmtpShape *shape, GError **error)
{
	g_autofree char *size = NULL;
	g_autofree char *limit = NULL;

	if (session->size_limit == 0 || shape->size <= session->size_limit)
		return TRUE;
	size = text_size(shape->size);
	limit = text_size(session->size_limit);
	fault_set(error, FAULT_REFUSED,
		_("The message is too large for the server: %s, and it takes at most %s. Send attachments "
		  "separately, or smaller. Nothing was sent."),
		size, limit);
	return FALSE;
}

/* What the message needs, against what the server has. */
static gboolean
check_needs(const SmtpSession *session, Envelope *envelope, GError **error)
{
	const SmtpShape *shape = &envelope->shape;

	if (shape->has_nul) {
		fault_set(error, FAULT_INPUT,
			_("The message holds NUL octets, which mail cannot carry; nothing was sent."));
		return FALSE;
	}
	if (envelope->utf8 && !(session->caps & SMTP_CAP_SMTPUTF8)) {
		fault_set(error, FAULT_REFUSED,
			_("The server cannot send to or from addresses with international letters before the "
			  "@ "
			  "(SMTPUTF8); nothing was sent."));
		return FALSE;
	}
	if (shape->has_8bit && !(session->caps & SMTP_CAP_8BITMIME)) {
		fault_set(error, FAULT_REFUSED,
			_("The message holds 8-bit text, which the server does not take (8BITMIME); nothing "
			  "was sent."));
		return FALSE;
	}
	if (shape->has_8bit_headers && shape->headers_are_utf8 && (session->caps & SMTP_CAP_SMTPUTF8))
		envelope->utf8 = TRUE;
	return check_size(session, shape, error);
}

/* ---- the envelope ---- */

static gboolean
wants_dsn(const SmtpMail *mail)
{
	gboolean wants = mail->returns != SMTP_RETURN_ANY || mail->envid != NULL;

	for (gsize i = 0; i < mail->recipient_count; i++)
		wants = wants || mail->recipients[i].notify != 0;
	return wants;
}

static void
add_mail(const SmtpSession *session, const Envelope *envelope, NetText *text)
{
	const SmtpMail *mail = envelope->mail;

	net_text_addf(text, "MAIL FROM:<%s>", envelope->from);
	if (session->caps & SMTP_CAP_SIZE)
		net_text_addf(text, " SIZE=%" G_GUINT64_FORMAT, envelope->shape.size);
	if (envelope->shape.has_8bit)
		net_text_add(text, " BODY=8BITMIME");
	if (envelope->utf8)
		net_text_add(text, " SMTPUTF8");
	if (session->caps & SMTP_CAP_DSN) {
		if (mail->returns != SMTP_RETURN_ANY)
			net_text_add(text, mail->returns == SMTP_RETURN_FULL ? " RET=FULL" : " RET=HDRS");
		if (mail->envid != NULL) {
			g_autofree char *envid = smtp_xtext(mail->envid);
			net_text_addf(text, " ENVID=%s", envid);
		}
	}
	net_text_add(text, "\r\n");
}

static void
add_notify(guint notify, NetText *text)
{
	static const struct {
		guint bit;
		const char *word;
	} words[] = {{SMTP_NOTIFY_SUCCESS, "SUCCESS"}, {SMTP_NOTIFY_FAILURE, "FAILURE"},
		{SMTP_NOTIFY_DELAY, "DELAY"}};
	const char *before = " NOTIFY=";

	if (notify & SMTP_NOTIFY_NEVER) {
		net_text_add(text, " NOTIFY=NEVER");
		return;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		if (notify & words[i].bit) {
			net_text_addf(text, "%s%s", before, words[i].word);
			before = ",";
		}
	}
}

static void
add_rcpt(const SmtpSession *session, const Envelope *envelope, guint index, NetText *text)
{
	const SmtpRecipient *recipient = &envelope->mail->recipients[index];

	net_text_addf(text, "RCPT TO:<%s>", (const char *)g_ptr_array_index(envelope->to, index));
	if (session->caps & SMTP_CAP_DSN) {
		add_notify(recipient->notify, text);
		if (recipient->orcpt != NULL && g_str_is_ascii(recipient->orcpt)) {
			g_autofree char *orcpt = smtp_xtext(recipient->orcpt);
			net_text_addf(text, " ORCPT=rfc822;%s", orcpt);
		}
	}
	net_text_add(text, "\r\n");
}

static void
hear_recipient(SmtpSession *session, const SmtpReply *reply, guint index, SmtpResult *result)
{
	answer_set(session, &result->recipients[index], reply);
	if (!smtp_answer_is_good(&result->recipients[index]))
		result->refused_some = TRUE;
}

/* Where the envelope has come to. */
typedef struct {
	SmtpAnswer mail;
	SmtpAnswer data; /* code 0: DATA was not sent as yet */
} Progress;

static gboolean
hear_into(SmtpSession *session, SmtpAnswer *answer, GError **error)
{
	g_autoptr(SmtpReply) reply = smtp_hear(session, LIMIT_COMMAND_IDLE_MS, error);

	if (reply != NULL)
		answer_set(session, answer, reply);
	return reply != NULL;
}

static gboolean
say_envelope_at_once(SmtpSession *session, const Envelope *envelope, SmtpResult *result, Progress *progress,
	GError **error)
{
	gboolean with_data = envelope->to->len == 1 || envelope->mail->partial;
	g_auto(NetText) text = {0};

	net_text_init(&text);
	add_mail(session, envelope, &text);
	for (guint i = 0; i < envelope->to->len; i++)
		add_rcpt(session, envelope, i, &text);
	if (with_data)
		net_text_add(&text, "DATA\r\n");
	if (!smtp_say(session, &text, error) || !hear_into(session, &progress->mail, error))
		return FALSE;
	for (guint i = 0; i < envelope->to->len; i++) {
		g_autoptr(SmtpReply) reply = smtp_hear(session, LIMIT_COMMAND_IDLE_MS, error);
		if (reply == NULL)
			return FALSE;
		hear_recipient(session, reply, i, result);
	}
	return !with_data || hear_into(session, &progress->data, error);
}

static gboolean
say_envelope_one_by_one(SmtpSession *session, const Envelope *envelope, SmtpResult *result,
	Progress *progress, GError **error)
{
	for (guint i = 0; i <= envelope->to->len; i++) {
		g_autoptr(SmtpReply) reply = NULL;
		g_auto(NetText) text = {0};

		net_text_init(&text);
		if (i == 0)
			add_mail(session, envelope, &text);
		else
			add_rcpt(session, envelope, i - 1, &text);
		if (!smtp_say(session, &text, error) ||
			(reply = smtp_hear(session, LIMIT_COMMAND_IDLE_MS, error)) == NULL)
			return FALSE;
		if (i > 0)
			hear_recipient(session, reply, i - 1, result);
		else
			answer_set(session, &progress->mail, reply);
		if (!smtp_answer_is_good(&progress->mail) || session->dead)
			break;
	}
	return TRUE;
}

static Fault
fault_of_answer(const SmtpAnswer *answer)
{
	if (answer->code / 100 == 4)
		return FAULT_RETRY;
	if (answer->code == 530 || answer->code == 535)
		return FAULT_AUTH;
	return answer->code / 100 == 5 ? FAULT_REFUSED : FAULT_PROTOCOL;
}

/* The answer to one step was no: result->last and error. */
static void
refused_step(const SmtpAnswer *answer, const char *words, SmtpResult *result, GError **error)
{
	answer_clear(&result->last);
	result->last = (SmtpAnswer){
		.code = answer->code, .enhanced = g_strdup(answer->enhanced), .text = g_strdup(answer->text)};
	fault_set(error, fault_of_answer(answer), words, answer->text ? answer->text : "");
}

static void
refused_recipients(const SmtpMail *mail, SmtpResult *result, GError **error)
{
	const SmtpAnswer *first = NULL;
	g_autofree char *address = NULL;
	g_autofree char *others = NULL;
	Fault fault = FAULT_RETRY;
	guint count = 0;

	for (gsize i = 0; i < result->recipient_count; i++) {
		const SmtpAnswer *answer = &result->recipients[i];
		if (smtp_answer_is_good(answer))
			continue;
		count++;
		if (first == NULL) {
			first = answer;
			address = text_safe(mail->recipients[i].address, -1, TEXT_MARKS);
		}
		if (fault_of_answer(answer) != FAULT_RETRY && fault != FAULT_AUTH)
			fault = fault_of_answer(answer);
	}
	answer_clear(&result->last);
	result->last = (SmtpAnswer){
		.code = first->code, .enhanced = g_strdup(first->enhanced), .text = g_strdup(first->text)};
	others = count > 1 ? g_strdup_printf(P_(" (and %u more)", " (and %u more)", count - 1), count - 1)
			   : g_strdup("");
	fault_set(error, fault,
		_("The server refuses the recipient %s%s: \"%s\" Nothing was sent to anybody."), address,
		others, first->text ? first->text : "");
}

static gboolean
any_accepted(const SmtpResult *result)
{
	for (gsize i = 0; i < result->recipient_count; i++)
		if (smtp_answer_is_good(&result->recipients[i]))
			return TRUE;
	return FALSE;
}

/* Leave a transaction that will not be completed. */
static void
give_up(SmtpSession *session, const Progress *progress)
{
	/* After a 354 only a message could follow. */
	if (progress->data.code / 100 == 3)
		session->dead = TRUE;
	if (!session->dead && smtp_sayf(session, NULL, "RSET"))
		smtp_reply_free(smtp_hear(session, LIMIT_GREETING_MS, NULL));
}

/* As far as the 354. */
static gboolean
open_data(SmtpSession *session, const Envelope *envelope, SmtpResult *result, Progress *progress,
	GError **error)
{
	gboolean said = session->caps & SMTP_CAP_PIPELINING
				? say_envelope_at_once(session, envelope, result, progress, error)
				: say_envelope_one_by_one(session, envelope, result, progress, error);

	if (!said)
		return FALSE;
	if (!smtp_answer_is_good(&progress->mail)) {
		refused_step(&progress->mail,
			_("The server does not take mail from this sender: \"%s\" Nothing was sent."), result,
			error);
		return FALSE;
	}
	if (result->refused_some && (!envelope->mail->partial || !any_accepted(result))) {
		refused_recipients(envelope->mail, result, error);
		return FALSE;
	}
	if (progress->data.code == 0 &&
		(!smtp_sayf(session, error, "DATA") || !hear_into(session, &progress->data, error)))
		return FALSE;
	if (progress->data.code != 354) {
		refused_step(&progress->data,
			_("The server does not take the message: \"%s\" Nothing was sent."), result, error);
		return FALSE;
	}
	return TRUE;
}

/* ---- the message ---- */

/* Writing broke off, or an answer came too early: what it says counts. */
static void
early_answer(SmtpSession *session, SmtpResult *result, GError **failure)
{
	g_autoptr(SmtpReply) reply = smtp_hear_now(session);
	SmtpAnswer answer = {0};

	session->dead = TRUE;
	if (reply != NULL && reply->code >= 400) {
		g_clear_error(failure);
		answer_set(session, &answer, reply);
		refused_step(&answer, _("The server does not take the message: \"%s\" Nothing was sent."),
			result, failure);
		answer_clear(&answer);
	} else if (*failure == NULL) {
		fault_set(failure, FAULT_PROTOCOL,
			_("The server answered before it had the whole message; nothing was sent."));
	}
}

static gboolean
write_chunk(SmtpSession *session, const GString *wire, SmtpResult *result, GError **error)
{
	GError *failure = NULL;

	if (net_stream_write(session->stream, wire->str, wire->len, &failure))
		return TRUE;
	if (fault_of(failure) != FAULT_CANCELED)
		early_answer(session, result, &failure);
	session->dead = TRUE;
	g_propagate_error(error, failure);
	return FALSE;
}

/* All but the dot. */
static gboolean
write_message(SmtpSession *session, const SmtpMail *mail, SmtpResult *result, GError **error)
{
	g_autoptr(GString) wire = g_string_sized_new(CHUNK + CHUNK / 8);
	SmtpDots dots = {0};
	gsize done = 0;

	do {
		gsize part = MIN(mail->length - done, CHUNK);

		g_string_truncate(wire, 0);
		smtp_dots_add(&dots, mail->data + done, part, wire);
		done += part;
		if (done == mail->length)
			smtp_dots_end(&dots, wire);
		if (!write_chunk(session, wire, result, error))
			return FALSE;
		if (mail->progress != NULL)
			mail->progress(done, mail->length, mail->user);
	} while (done < mail->length);
	return TRUE;
}

/* From the 354 to where only the dot is left. FALSE: the session is dead, and nothing was sent. */
static gboolean
bring_to_dot(SmtpSession *session, const SmtpMail *mail, Cancel *cancel, SmtpResult *result, GError **error)
{
	GError *failure = NULL;

	net_trace(LOG_SMTP, session->label, 'C', "(message)", strlen("(message)"));
	if (!write_message(session, mail, result, error))
		return FALSE;
	session->dead = TRUE; /* unless all goes well from here on */
	if (cancel_check(cancel, error))
		return FALSE;
	if (!smtp_reader_is_empty(session->reader) ||
		net_stream_wait(session->stream, -1, 0, NULL) == NET_WAIT_DATA) {
		early_answer(session, result, &failure);
		g_propagate_error(error, failure);
		return FALSE;
	}
	if (mail->before_dot != NULL && !mail->before_dot(mail->user, error))
		return FALSE;
	session->dead = FALSE;
	return TRUE;
}

static SmtpOutcome
uncertain(SmtpSession *session, const GError *cause, GError **error)
{
	session->dead = TRUE;
	fault_set(error, FAULT_UNCERTAIN,
		_("The message was handed to %s, but no answer came: %s It may have been sent or not; look "
		  "whether it "
		  "arrived before sending it again."),
		net_stream_host(session->stream), cause ? cause->message : "");
	return SMTP_UNCERTAIN;
}

static SmtpOutcome
say_dot(SmtpSession *session, SmtpResult *result, GError **error)
{
	g_autoptr(GError) failure = NULL;
	g_autoptr(SmtpReply) reply = NULL;

	if (smtp_sayf(session, &failure, "."))
		reply = smtp_hear_any(session, LIMIT_AFTER_DOT_MS, &failure);
	if (reply == NULL)
		return uncertain(session, failure, error);
	answer_set(session, &result->last, reply);
	if (reply->code / 100 == 2)
		return SMTP_SENT;
	if (reply->code / 100 == 3)
		return uncertain(session, NULL, error);
	smtp_refusal(session, reply, _("The server refuses the message; nothing was sent:"), error);
	return SMTP_NOT_SENT;
}

static void
progress_clear(Progress *progress)
{
	answer_clear(&progress->mail);
	answer_clear(&progress->data);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Progress, progress_clear)

SmtpOutcome
smtp_session_send(
	SmtpSession *session, const SmtpMail *mail, Cancel *cancel, SmtpResult *result, GError **error)
{
	g_auto(Envelope) envelope = {.mail = mail};
	g_auto(Progress) progress = {0};

	smtp_result_clear(result);
	g_assert(!session->dead);
	if (cancel_check(cancel, error) || !check_addresses(mail, &envelope, error))
		return SMTP_NOT_SENT;
	smtp_shape(mail->data, mail->length, &envelope.shape);
	if (!check_needs(session, &envelope, error))
		return SMTP_NOT_SENT;
	result->recipients = g_new0(SmtpAnswer, mail->recipient_count);
	result->recipient_count = mail->recipient_count;
	result->dsn_ignored = wants_dsn(mail) && !(session->caps & SMTP_CAP_DSN);
	net_stream_set_cancel(session->stream, cancel);
	if (!open_data(session, &envelope, result, &progress, error)) {
		give_up(session, &progress);
		return SMTP_NOT_SENT;
	}
	if (!bring_to_dot(session, mail, cancel, result, error))
		return SMTP_NOT_SENT;
	return say_dot(session, result, error);
}
