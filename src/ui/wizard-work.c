/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/wizard-work.h"

#include "net/trust.h"
#include "util/i18n.h"

struct WizardWork {
	GThread *thread;
	Queue *messages;
	Cancel *cancel;
	Cancel *enough;
	/* From here on of the thread alone. */
	SetupChoices *choices;
	char *config_path;
	const Paths *paths; /* never changed by anyone */
	gboolean test;
};

void
work_message_free(WorkMessage *message)
{
	if (!message)
		return;
	g_free(message->title);
	g_free(message->words);
	g_free(message->next);
	g_free(message->link);
	g_free(message->trust);
	g_free(message->certificate);
	g_free(message->key);
	setup_choices_free(message->choices);
	discover_result_free(message->found);
	g_clear_error(&message->error);
	g_free(message);
}

static void
report(const ProbeReport *probe, gpointer user)
{
	WizardWork *work = user;
	WorkMessage *message = g_new0(WorkMessage, 1);

	message->kind = WORK_STEP;
	message->state = probe->state;
	message->step = probe->step;
	message->server = probe->server;
	message->title = g_strdup(probe->title);
	message->words = g_strdup(probe->words);
	message->ms = probe->ms;
	queue_push_now(work->messages, message);
}

static void
add_certificate(WorkMessage *message, const NetCertificate *certificate)
{
	g_autofree char *reason = net_certificate_reason(certificate);

	message->trust = g_strdup_printf(
		"%s:%u sha256:%s", certificate->host, certificate->port, certificate->fingerprint);
	message->certificate = g_strdup_printf(
		_("The certificate of %s:%u is not trusted: %s\nFor       %s\nMade by   %s\nSHA-256   %s\n"
		  "Trust it only if you know this fingerprint, from the server's owner for example."),
		certificate->host, certificate->port, reason,
		certificate->names && *certificate->names ? certificate->names : certificate->subject,
		certificate->issuer, certificate->fingerprint);
}

static void
report_look(const DiscoverReport *look, gpointer user)
{
	WizardWork *work = user;
	WorkMessage *message = g_new0(WorkMessage, 1);

	message->kind = WORK_LOOK;
	message->look = look->state;
	message->title = g_strdup(discover_source_words(look->source));
	message->words = g_strdup(look->words);
	message->ms = look->ms;
	queue_push_now(work->messages, message);
}

/* FALSE: it failed, and that was told. */
static gboolean
run_search(WizardWork *work)
{
	WorkMessage *message = g_new0(WorkMessage, 1);
	NetRoots *roots = net_roots_new(NULL);
	SetupSearch search = {.roots = roots, .report = report_look, .user = work, .enough = work->enough};
	gboolean ok = setup_discover(work->choices, &search, work->cancel, &message->error);

	message->kind = ok ? WORK_FOUND : WORK_TESTED;
	if (work->choices->found)
		message->found = discover_result_copy(work->choices->found);
	net_roots_unref(roots);
	queue_push_now(work->messages, message);
	return ok;
}

/* FALSE: it failed, and that was told. */
static gboolean
run_test(WizardWork *work, const Config *config)
{
	WorkMessage *message = g_new0(WorkMessage, 1);
	g_auto(ProbeResult) result = {0};
	AccountConfig *account = setup_account(work->choices, config, &message->error);
	NetRoots *roots = net_roots_new(work->choices->ca_file);
	gboolean ok = FALSE;

	message->kind = WORK_TESTED;
	if (account)
		ok = setup_test(
			work->choices, account, roots, report, work, &result, work->cancel, &message->error);
	if (ok)
		message->choices = setup_choices_copy(work->choices);
	else if (result.cause) {
		message->words = g_strdup(result.cause->words);
		message->next = g_strdup(result.cause->next);
		message->link = g_strdup(result.cause->link);
	}
	if (!ok && result.certificate)
		add_certificate(message, result.certificate);
	account_config_free(account);
	net_roots_unref(roots);
	queue_push_now(work->messages, message);
	return ok;
}

static void
write_account(WizardWork *work, Config *config)
{
	WorkMessage *message = g_new0(WorkMessage, 1);
	Credentials *credentials = credentials_new(work->paths, config_program(config)->vault_phrase_command);

	message->kind = WORK_WRITTEN;
	setup_finish(work->choices, config, credentials, &message->key, NULL, work->cancel, &message->error);
	credentials_free(credentials);
	queue_push_now(work->messages, message);
}

static gpointer
work_run(gpointer data)
{
	WizardWork *work = data;
	g_autoptr(GError) error = NULL;
	Config *config = config_load(work->config_path, &error);

	if (!config) {
		WorkMessage *message = g_new0(WorkMessage, 1);

		message->kind = WORK_TESTED;
		message->error = g_steal_pointer(&error);
		queue_push_now(work->messages, message);
		return NULL;
	}
	if (!work->test || (run_search(work) && run_test(work, config)))
		write_account(work, config);
	config_free(config);
	return NULL;
}

WizardWork *
wizard_work_start(const SetupChoices *choices, const char *config_path, const Paths *paths, gboolean test)
{
	WizardWork *work = g_new0(WizardWork, 1);

	work->messages = queue_new(0, (GDestroyNotify)work_message_free);
	work->cancel = cancel_new();
	work->enough = cancel_new();
	work->choices = setup_choices_copy(choices);
	work->config_path = g_strdup(config_path);
	work->paths = paths;
	work->test = test;
	work->thread = g_thread_new("setup", work_run, work);
	return work;
}

void
wizard_work_enough(WizardWork *work)
{
	cancel_trigger(work->enough);
}

Queue *
wizard_work_messages(WizardWork *work)
{
	return work->messages;
}

void
wizard_work_free(WizardWork *work)
{
	if (!work)
		return;
	cancel_trigger(work->cancel);
	g_thread_join(work->thread);
	cancel_unref(work->cancel);
	cancel_unref(work->enough);
	queue_free(work->messages);
	setup_choices_free(work->choices);
	g_free(work->config_path);
	g_free(work);
}
