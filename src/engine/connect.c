/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/connect.h"

#include "account/causes.h"
#include "account/link.h"
#include "net/stream.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/hash.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/log.h"

/* How soon an act made without a line stands among the jobs. */
#define ACTS_LOOK_MS 1000

static void
post_link(Worker *worker, EngineLink link, gint64 until, const char *words)
{
	EngineEvent *event;

	if (worker->kind != WORKER_SYNC)
		return;
	g_atomic_int_set(&worker->account->on_line, link == LINK_ONLINE);
	event = engine_event_new(EVENT_LINK, worker->account->key);
	event->link = link;
	event->until = until;
	event->words = g_strdup(words);
	engine_post(worker->account->engine, event);
}

void
connect_drop(Worker *worker)
{
	if (worker->session != NULL && imap_session_is_alive(worker->session) && worker_is_stopping(worker))
		imap_session_logout(worker->session, NULL);
	g_clear_pointer(&worker->session, imap_session_free);
	worker->mailbox.id = 0;
	worker->list_known = FALSE;
	worker->compressed = FALSE;
}

static gboolean
login(Worker *worker, ImapSession *session, const Secret *secret, GError **error)
{
	static const ImapIdField id[] = {{"name", PACKAGE_NAME}, {"version", PACKAGE_VERSION}, {NULL, NULL}};
	const AccountConfig *config = worker->account->config;
	ImapLogin login = {
		.user = account_user(config, SERVER_IMAP),
		.secret = secret,
		.token = config->auth == AUTH_OAUTH2,
		.host = config->imap.host,
		.port = config->imap.port,
		.id = id,
	};

	return imap_session_login(session, &login, worker->cancel, error);
}

static gboolean
connect_once(Worker *worker, GError **error)
{
	EngineAccount *account = worker->account;
	g_autoptr(Secret) secret = NULL;
	g_autoptr(ImapSession) session = NULL;
	NetTarget target = {0};
	NetStream *stream;
	CredentialsResult known = credentials_get(
		account->engine->credentials, account->config, &secret, worker->cancel, error);

	worker->needs_phrase = known == CREDENTIALS_NEED_PHRASE;
	if (known != CREDENTIALS_OK)
		return FALSE;
	account_target(account->config, SERVER_IMAP, account->trust, &target);
	stream = net_stream_open(&target, worker->cancel, error);
	if (stream == NULL)
		return FALSE;
	session = imap_session_new(stream, account->key);
	if (!login(worker, session, secret, error)) {
		if (error != NULL && *error != NULL && fault_of(*error) == FAULT_AUTH)
			credentials_refused(account->engine->credentials, account->key);
		return FALSE;
	}
	worker->session = g_steal_pointer(&session);
	return TRUE;
}

/* Not more than LIMIT_LOGINS_PER_MINUTE: how long to wait, microseconds. */
static gint64
login_pause(Worker *worker)
{
	gint64 oldest = worker->logins[0];
	gint64 next = oldest ? oldest + 60 * G_USEC_PER_SEC : 0;

	return MAX(0, next - dates_clock_us());
}

static void
note_login(Worker *worker)
{
	G_STATIC_ASSERT(G_N_ELEMENTS(worker->logins) == LIMIT_LOGINS_PER_MINUTE);
	memmove(worker->logins, worker->logins + 1, sizeof(worker->logins) - sizeof(worker->logins[0]));
	worker->logins[G_N_ELEMENTS(worker->logins) - 1] = dates_clock_us();
}

gboolean
connect_try(Worker *worker, GError **error)
{
	gint64 pause = login_pause(worker);

	connect_drop(worker);
	if (pause > 0) {
		fault_set(error, FAULT_RETRY,
			_("Three logins within a minute were not enough; waiting a little."));
		return FALSE;
	}
	post_link(worker, LINK_CONNECTING, 0, NULL);
	note_login(worker);
	if (!connect_once(worker, error))
		return FALSE;
	worker->failures = 0;
	post_link(worker, LINK_ONLINE, 0, imap_session_server_name(worker->session));
	return TRUE;
}

/* ---- questions ------------------------------------------------------------------------- */

void
connect_ask(Worker *worker, const GError *fault, guint16 port, const char *host)
{
	Engine *engine = worker->account->engine;
	g_autoptr(NetCertificate) certificate = NULL;
	EngineQuestion *question;
	EngineEvent *event;

	if (worker->question != 0 || engine->batch)
		return;
	question = g_new0(EngineQuestion, 1);
	question->id = worker->question = registry_next(engine->registry);
	question->kind = fault_of(fault) == FAULT_TRUST ? QUESTION_TRUST
			 : worker->needs_phrase         ? QUESTION_PHRASE
							: QUESTION_PASSWORD;
	question->account = g_strdup(worker->account->key);
	question->host = g_strdup(host);
	question->port = port;
	question->words = g_strdup(fault->message);
	if (question->kind == QUESTION_TRUST) {
		certificate = net_trust_refused(worker->account->trust, host, port);
		if (certificate != NULL)
			question->fingerprint = g_strconcat("sha256:", certificate->fingerprint, NULL);
	}
	event = engine_event_new(EVENT_QUESTION, worker->account->key);
	event->question = question;
	engine_post(engine, event);
}

/* Returns TRUE when the answer was to the open question and helps. */
static gboolean
take_answer(Worker *worker, Work *work)
{
	const AccountConfig *config = worker->account->config;
	const HostPort *server = worker->kind == WORKER_SENDER ? &config->smtp : &config->imap;
	g_autoptr(NetCertificate) certificate = NULL;

	if (worker->question == 0 || work->question != worker->question)
		return FALSE;
	worker->question = 0;
	if (!work->yes)
		return FALSE;
	if (work->secret != NULL && worker->needs_phrase) {
		credentials_give_phrase(worker->account->engine->credentials, work->secret);
		return TRUE;
	}
	if (work->secret != NULL) {
		credentials_give(worker->account->engine->credentials, worker->account->key, work->secret);
		return TRUE;
	}
	certificate = net_trust_refused(worker->account->trust, server->host, server->port);
	return certificate != NULL && net_trust_accept(worker->account->trust, server->host, server->port,
					      certificate->fingerprint, NULL);
}

static gboolean
control_one(Worker *worker, Work *work)
{
	gboolean go = FALSE;

	switch (work->kind) {
	case WORK_START:
		worker->started = TRUE;
		break;
	case WORK_RECONNECT:
		worker->failures = 0;
		worker->refused = 0;
		worker->question = 0;
		memset(worker->logins, 0, sizeof(worker->logins));
		go = TRUE;
		break;
	case WORK_ANSWER:
		go = take_answer(worker, work);
		break;
	default:
		break;
	}
	work_free(work);
	return go;
}

gboolean
connect_control(Worker *worker)
{
	gboolean go = FALSE;
	Work *work;

	while ((work = queue_pop(worker->control, 0)) != NULL)
		go |= control_one(worker, work);
	return go;
}

/* ---- waiting ----------------------------------------------------------------------------- */

static gint64
backoff_ms(Worker *worker)
{
	gint64 seconds = 1;
	guint32 jitter;

	for (guint i = 0; i < worker->failures && seconds < LIMIT_BACKOFF_MAX_S; i++)
		seconds *= 2;
	worker->failures++;
	seconds = MIN(seconds, LIMIT_BACKOFF_MAX_S);
	hash_random(&jitter, sizeof(jitter));
	/* From three quarters to five quarters. */
	return MAX(seconds * 750 + seconds * 500 * (jitter % 1024) / 1024, login_pause(worker) / 1000);
}

gboolean
connect_wait(Worker *worker, const GError *fault)
{
	const AccountConfig *config = worker->account->config;
	Fault code = fault_of(fault);
	gboolean user = code == FAULT_AUTH || code == FAULT_TRUST;
	gint64 wait_ms = user ? -1 : backoff_ms(worker);
	gint64 until_us = g_get_monotonic_time() + wait_ms * 1000;
	gint64 until = user ? 0 : g_get_real_time() / G_USEC_PER_SEC + wait_ms / 1000;
	g_autoptr(Cause) cause = cause_of(fault, config, SERVER_IMAP);

	connect_drop(worker);
	log_line(LOG_ENGINE, "%s: %s", config->key, fault->message);
	post_link(worker, user ? LINK_NEEDS_USER : LINK_WAITING, until, cause->words);
	if (user && worker->kind == WORKER_SYNC)
		connect_ask(worker, fault, config->imap.port, config->imap.host);
	if (worker->kind == WORKER_SYNC && worker->acts == NULL)
		worker->acts = acts_waiting_new(worker->account);
	while (!worker_is_stopping(worker)) {
		int left = wait_ms < 0 ? -1 : (int)MAX(0, (until_us - g_get_monotonic_time()) / 1000);
		Work *work;
		if (worker->acts != NULL)
			acts_waiting_update(worker->acts, until);
		work = queue_pop(worker->control, worker->acts == NULL ? left
						  : left < 0           ? ACTS_LOOK_MS
								       : MIN(left, ACTS_LOOK_MS));
		if (work != NULL && control_one(worker, work))
			return TRUE;
		if (work == NULL && left >= 0 && left <= ACTS_LOOK_MS)
			return !worker_is_stopping(worker);
	}
	return FALSE;
}
