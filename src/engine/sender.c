/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sender.c - the SMTP connection: takes what is due from the outbox, one message after the other.
 *
 * queued -> sending -> (before the final dot, durable) dot -> sent | failed | uncertain; 4xx and a broken
 * line before the dot: queued again, later: a line that broke soon, as with IMAP; what the server
 * put off in so many words not before minutes. Nothing is sent twice by itself.
 */
#include "config.h"

#include <poll.h>
#include <unistd.h>

#include "account/causes.h"
#include "account/link.h"
#include "engine/acts.h"
#include "engine/connect.h"
#include "mime/header.h"
#include "smtp/session.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

/* Between tries, where the server said no: 1, 2, 4 ... 60 minutes. Where the line failed: 1, 2, 4 ...
 * LIMIT_BACKOFF_MAX_S seconds. */
#define RETRY_FIRST_S 60
#define RETRY_MAX_S 3600
/* The session is kept this long for the next message. */
#define LINGER_MS 5000

typedef struct {
	Worker *worker;
	OutboxMessage *message;
	Job *job;
	gint64 next_due;
	const char *words;
	OutboxState state;
	gint64 due;
	gboolean answered; /* what failed is the server's own word */
} Sending;

/* ---- the journal's side ------------------------------------------------------------------ */

static gboolean
take_task(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	Sending *sending = data;
	g_autofree char *owner = g_strdup_printf("%s:%d", g_get_host_name(), (int)getpid());

	(void)engine;
	(void)error;
	sending->message = outbox_take(journal, sending->worker->account->key, owner,
		g_get_real_time() / G_USEC_PER_SEC, &sending->next_due);
	return TRUE;
}

static gboolean
dot_task(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	const Sending *sending = data;

	(void)engine;
	return outbox_set_state(journal, sending->message->id, OUTBOX_DOT, NULL, error);
}

/* Automatic, so nothing that u takes back. */
static void
mark_answered(Engine *engine, Journal *journal, const char *account, RowId row, guint32 flag)
{
	StoreView *view = journaler_view(engine, account);
	g_autoptr(Operation) operation = operation_new(OPERATION_FLAGS, account);
	RowId now = view ? store_view_current(view, row) : 0;
	Operation *one[1] = {operation};

	if (now == 0 || acts_describe(view, operation, &now, 1) == 0)
		return;
	operation->add_flags = flag;
	operation->undoes = OPERATION_AUTOMATIC;
	operation->made = g_get_real_time() / G_USEC_PER_SEC;
	operation->words = acts_words(operation);
	if (journal_add(journal, one, 1, NULL))
		cachewriter_wake(engine_account(engine, account));
}

static gboolean
sent_task(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	const Sending *sending = data;
	const OutboxMessage *message = sending->message;
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;

	if (!outbox_set_state(journal, message->id, OUTBOX_SENT, sending->words, error))
		return FALSE;
	for (guint i = 0; i < message->recipients->len; i++)
		journal_wrote_to(journal, NULL, message->recipients->pdata[i], now, NULL);
	if (message->answers != 0)
		mark_answered(engine, journal, message->account, message->answers, MESSAGE_ANSWERED);
	if (message->forwards != 0)
		mark_answered(engine, journal, message->account, message->forwards, MESSAGE_FORWARDED);
	if (message->draft != 0)
		outgoing_drop_draft(engine, journal, message->draft, NULL);
	return TRUE;
}

static gboolean
state_task(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	const Sending *sending = data;

	(void)engine;
	if (sending->state == OUTBOX_QUEUED)
		return outbox_postpone(journal, sending->message->id, sending->due, sending->words, error);
	return outbox_set_state(journal, sending->message->id, sending->state, sending->words, error);
}

/* The server's own words are in the job and the outbox. */
static char *
sent_words(const OutboxMessage *message)
{
	g_autofree char *subject = text_safe(message->subject ? message->subject : "", -1, TEXT_MARKS);

	return *subject ? g_strdup_printf(_("Sent \"%s\"."), subject) : g_strdup(_("Sent."));
}

static void
post_state(Sending *sending, const GError *failure)
{
	EngineEvent *event = engine_event_new(EVENT_OUTBOX, sending->worker->account->key);

	event->outbox = sending->message->id;
	event->outbox_state = sending->state;
	event->words =
		sending->state == OUTBOX_SENT ? sent_words(sending->message) : g_strdup(sending->words);
	event->until = sending->state == OUTBOX_QUEUED ? sending->due : 0;
	event->error = failure ? g_error_copy(failure) : NULL;
	engine_post(sending->worker->account->engine, event);
}

/* ---- outcomes --------------------------------------------------------------------------------- */

static void
settle(Sending *sending, OutboxState state, const char *words, const GError *failure)
{
	g_autoptr(GError) error = NULL;
	Engine *engine = sending->worker->account->engine;

	sending->state = state;
	sending->words = words;
	journal_call(engine, state == OUTBOX_SENT ? sent_task : state_task, sending, &error);
	if (error != NULL)
		engine_post_note(engine, sending->worker->account->key, NULL, error);
	post_state(sending, failure);
	if (state == OUTBOX_SENT) {
		sending->job->job->server_words = words ? text_safe(words, -1, TEXT_MARKS) : NULL;
		words = _("Accepted by the server.");
	}
	job_end(sending->job, words, failure);
	sending->job = NULL;
	if (state == OUTBOX_SENT)
		worker_post(sending->worker->account->sync, WORK_FILE_SENT);
}

/* Seconds until the next try. */
static gint64
pause_after(const Sending *sending, const GError *failure)
{
	guint tries = MIN(sending->message->attempts, 16);

	if (fault_of(failure) == FAULT_RETRY && !sending->answered)
		return MIN((gint64)1 << tries, LIMIT_BACKOFF_MAX_S);
	return MIN((gint64)RETRY_FIRST_S << tries, RETRY_MAX_S);
}

static void
settle_failure(Sending *sending, const GError *failure)
{
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;

	switch (fault_of(failure)) {
	case FAULT_REFUSED:
	case FAULT_INPUT:
	case FAULT_LIMIT:
		settle(sending, OUTBOX_FAILED, failure->message, failure);
		return;
	case FAULT_AUTH:
	case FAULT_TRUST:
		/* As soon as the user has answered. */
		sending->due = now;
		break;
	default:
		sending->due = now + pause_after(sending, failure);
		break;
	}
	settle(sending, OUTBOX_QUEUED, failure->message, failure);
}

/* What each refused recipient was told. */
static char *
refusals(const Sending *sending, const SmtpResult *result, const GError *failure)
{
	GString *words = g_string_new(failure->message);

	for (gsize i = 0; i < result->recipient_count && i < sending->message->recipients->len; i++) {
		const SmtpAnswer *answer = &result->recipients[i];
		g_autofree char *address = NULL;
		if (answer->code == 0 || smtp_answer_is_good(answer))
			continue;
		address = text_safe(sending->message->recipients->pdata[i], -1, TEXT_MARKS);
		g_string_append_printf(words, "\n%s: %s", address, answer->text ? answer->text : "");
	}
	return g_string_free(words, FALSE);
}

/* ---- one message ---------------------------------------------------------------------------------- */

static gboolean
before_dot(gpointer user, GError **error)
{
	Sending *sending = user;

	return journal_call(sending->worker->account->engine, dot_task, sending, error);
}

static void
progress(guint64 done, guint64 total, gpointer user)
{
	Sending *sending = user;

	job_progress(sending->job, (gint64)done, (gint64)total);
}

static SmtpSession *
open_session(Sending *sending, GError **error)
{
	EngineAccount *account = sending->worker->account;
	Cancel *cancel = sending->job->cancel;
	g_autoptr(Secret) secret = NULL;
	NetTarget target = {0};
	SmtpLogin login = {.kind = account->config->auth == AUTH_OAUTH2 ? SMTP_TOKEN : SMTP_PASSWORD,
		.answered = &sending->answered};
	SmtpSession *session;
	CredentialsResult known =
		credentials_get(account->engine->credentials, account->config, &secret, cancel, error);

	sending->worker->needs_phrase = known == CREDENTIALS_NEED_PHRASE;
	if (known != CREDENTIALS_OK)
		return NULL;
	account_target(account->config, SERVER_SMTP, account->trust, &target);
	login.user = account_user(account->config, SERVER_SMTP);
	login.secret = secret;
	session = smtp_session_open(&target, &login, account->key, cancel, error);
	if (session == NULL && error != NULL && *error != NULL && fault_of(*error) == FAULT_AUTH)
		credentials_refused(account->engine->credentials, account->key);
	return session;
}

static SmtpOutcome
transfer(Sending *sending, SmtpSession *session, SmtpResult *result, GError **error)
{
	const OutboxMessage *message = sending->message;
	g_autofree SmtpRecipient *recipients = g_new0(SmtpRecipient, message->recipients->len);
	SmtpMail mail = {
		.from = message->sender,
		.recipients = recipients,
		.recipient_count = message->recipients->len,
		.returns = SMTP_RETURN_HEADERS,
		.before_dot = before_dot,
		.progress = progress,
		.user = sending,
	};

	for (guint i = 0; i < message->recipients->len; i++) {
		recipients[i].address = message->recipients->pdata[i];
		if (message->dsn)
			recipients[i].notify = SMTP_NOTIFY_SUCCESS | SMTP_NOTIFY_FAILURE | SMTP_NOTIFY_DELAY;
	}
	mail.data = g_bytes_get_data(message->message, &mail.length);
	return smtp_session_send(session, &mail, sending->job->cancel, result, error);
}

static void
send_on(Sending *sending, SmtpSession *session)
{
	g_auto(SmtpResult) result = {0};
	g_autoptr(GError) failure = NULL;
	g_autofree char *words = NULL;

	switch (transfer(sending, session, &result, &failure)) {
	case SMTP_SENT:
		settle(sending, OUTBOX_SENT, result.last.text, NULL);
		break;
	case SMTP_UNCERTAIN:
		words = g_strdup_printf(
			_("The line broke after the message was handed over: nobody knows whether it was "
			  "taken. Look for the answer before it is sent again. %s"),
			failure->message);
		settle(sending, OUTBOX_UNCERTAIN, words, failure);
		break;
	case SMTP_NOT_SENT:
		sending->answered = result.last.code != 0;
		if (result.refused_some && fault_of(failure) == FAULT_REFUSED) {
			words = refusals(sending, &result, failure);
			settle(sending, OUTBOX_FAILED, words, failure);
		} else {
			settle_failure(sending, failure);
		}
		break;
	}
}

static char *
job_title(const OutboxMessage *message)
{
	g_autofree char *subject = text_safe(message->subject ? message->subject : "", -1, TEXT_MARKS);

	return g_strdup_printf(_("sending \"%s\""), subject);
}

/* Returns FALSE when the user must act first; the message waits in the outbox. */
static gboolean
send_one(Sending *sending, SmtpSession **session)
{
	Worker *worker = sending->worker;
	const AccountConfig *config = worker->account->config;
	g_autoptr(GError) failure = NULL;
	gboolean user;

	sending->job =
		job_new(worker->account->engine, worker->account->key, job_title(sending->message), NULL);
	sending->state = OUTBOX_SENDING;
	post_state(sending, NULL);
	if (*session != NULL && !smtp_session_is_alive(*session))
		g_clear_pointer(session, smtp_session_close);
	if (*session == NULL)
		*session = open_session(sending, &failure);
	if (*session != NULL) {
		send_on(sending, *session);
		return TRUE;
	}
	settle_failure(sending, failure);
	user = fault_of(failure) == FAULT_AUTH || fault_of(failure) == FAULT_TRUST;
	if (user)
		connect_ask(worker, failure, config->smtp.port, config->smtp.host);
	return !user;
}

/* ---- the loop ------------------------------------------------------------------------------------------ */

static void
drain(Worker *worker)
{
	Work *work;

	while ((work = queue_pop(worker->work, 0)) != NULL)
		work_free(work);
}

/* Until told, the next is due, or the end. */
static void
wait_until(Worker *worker, gint64 due)
{
	struct pollfd fds[2] = {{.fd = worker->wake_fd, .events = POLLIN},
		{.fd = cancel_fd(worker->cancel), .events = POLLIN}};
	gint64 left = due ? MAX(0, due - g_get_real_time() / G_USEC_PER_SEC) * 1000 : -1;

	/* Clocks jump: look at least once a minute. */
	poll(fds, G_N_ELEMENTS(fds), left < 0 ? -1 : (int)MIN(left + 50, 60 * 1000));
	connect_control(worker);
	drain(worker);
}

/* The question is open: only an answer or RECONNECT goes on. */
static void
wait_for_user(Worker *worker)
{
	struct pollfd fds[2] = {{.fd = queue_fd(worker->control), .events = POLLIN},
		{.fd = cancel_fd(worker->cancel), .events = POLLIN}};

	while (!worker_is_stopping(worker) && !connect_control(worker))
		poll(fds, G_N_ELEMENTS(fds), -1);
}

static void
linger(Worker *worker, SmtpSession **session)
{
	struct pollfd fds[2] = {{.fd = worker->wake_fd, .events = POLLIN},
		{.fd = cancel_fd(worker->cancel), .events = POLLIN}};

	if (*session == NULL ||
		poll(fds, G_N_ELEMENTS(fds), worker->account->engine->batch ? 0 : LINGER_MS) > 0)
		return;
	g_clear_pointer(session, smtp_session_close);
}

void
worker_run_sender(Worker *worker)
{
	SmtpSession *session = NULL;

	if (!worker_wait_start(worker) || worker->account->engine->offline)
		return;
	/* On the command line only what is asked for leaves. */
	if (worker->account->engine->batch)
		wait_until(worker, 0);
	while (!worker_is_stopping(worker)) {
		Sending sending = {.worker = worker};
		gboolean go = TRUE;
		if (!journal_call(worker->account->engine, take_task, &sending, NULL))
			break;
		if (sending.message == NULL) {
			linger(worker, &session);
			wait_until(worker, sending.next_due);
			continue;
		}
		go = send_one(&sending, &session);
		outbox_message_free(sending.message);
		if (!go)
			wait_for_user(worker);
	}
	smtp_session_close(session);
}
