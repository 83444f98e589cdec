/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/private.h"
#include "engine/rules.h"
#include "util/dates.h"
#include "util/i18n.h"
#include "util/text.h"

/* Main hears of a job's progress this often, microseconds. */
#define JOB_TELL_US (100 * 1000)

EngineJob *
engine_job_copy(const EngineJob *job)
{
	EngineJob *copy = g_memdup2(job, sizeof(*job));

	copy->account = g_strdup(job->account);
	copy->title = g_strdup(job->title);
	copy->detail = g_strdup(job->detail);
	copy->server_words = g_strdup(job->server_words);
	copy->next_step = g_strdup(job->next_step);
	return copy;
}

void
engine_job_free(EngineJob *job)
{
	if (job == NULL)
		return;
	g_free(job->account);
	g_free(job->title);
	g_free(job->detail);
	g_free(job->server_words);
	g_free(job->next_step);
	g_free(job);
}

static void
question_free(EngineQuestion *question)
{
	if (question == NULL)
		return;
	g_free(question->account);
	g_free(question->host);
	g_free(question->fingerprint);
	g_free(question->words);
	g_free(question);
}

EngineEvent *
engine_event_new(EngineEventKind kind, const char *account)
{
	EngineEvent *event = g_new0(EngineEvent, 1);

	event->kind = kind;
	event->account = g_strdup(account);
	return event;
}

void
engine_event_free(EngineEvent *event)
{
	if (event == NULL)
		return;
	g_free(event->account);
	g_free(event->words);
	g_clear_pointer(&event->rows, g_array_unref);
	g_clear_error(&event->error);
	engine_job_free(event->job);
	question_free(event->question);
	rules_server_free(event->rules_server);
	reader_drop_task(event->task);
	rules_report_free(event->rules);
	g_clear_pointer(&event->proposals, g_ptr_array_unref);
	g_free(event);
}

void
engine_post(Engine *engine, EngineEvent *event)
{
	queue_push_now(engine->events, event);
}

void
engine_post_folders(EngineAccount *account)
{
	engine_post(account->engine, engine_event_new(EVENT_FOLDERS, account->key));
}

void
engine_post_rows(EngineAccount *account, FolderId folder)
{
	EngineEvent *event = engine_event_new(EVENT_ROWS, account->key);

	event->folder = folder;
	engine_post(account->engine, event);
}

void
engine_post_note(Engine *engine, const char *account, const char *words, const GError *error)
{
	EngineEvent *event = engine_event_new(EVENT_NOTE, account);

	event->words = g_strdup(words ? words : error ? error->message : NULL);
	event->error = error ? g_error_copy(error) : NULL;
	engine_post(engine, event);
}

void
engine_post_acted(Engine *engine, guint ticket, const char *account, gint64 group, guint count,
	const char *words, const GError *error)
{
	EngineEvent *event = engine_event_new(EVENT_ACTED, account);

	event->ticket = ticket;
	event->group = group;
	event->count = count;
	event->words = g_strdup(words);
	event->error = error ? g_error_copy(error) : NULL;
	engine_post(engine, event);
}

/* ---- jobs ------------------------------------------------------------------------- */

static void
job_tell(Job *job)
{
	EngineEvent *event = engine_event_new(EVENT_JOB, job->job->account);

	event->job = engine_job_copy(job->job);
	job->told_us = g_get_monotonic_time();
	engine_post(job->engine, event);
}

static Job *
begin(Engine *engine, const char *account, char *title, Cancel *cancel)
{
	Job *job = g_new0(Job, 1);

	job->engine = engine;
	job->cancel = cancel ? cancel_ref(cancel) : cancel_new();
	job->job = g_new0(EngineJob, 1);
	job->job->id = registry_next(engine->registry);
	job->job->account = g_strdup(account);
	job->job->title = title;
	job->job->state = JOB_RUNNING;
	job->job->started = g_get_real_time() / G_USEC_PER_SEC;
	registry_add(engine->registry, job->job->id, job->cancel);
	return job;
}

Job *
job_new(Engine *engine, const char *account, char *title, Cancel *cancel)
{
	Job *job = begin(engine, account, title, cancel);

	job_tell(job);
	return job;
}

Job *
job_new_waiting(Engine *engine, const char *account, char *title, Cancel *cancel)
{
	Job *job = begin(engine, account, title, cancel);

	job->job->state = JOB_WAITING;
	job->job->passing = TRUE;
	return job;
}

Job *
job_new_act(Engine *engine, const char *account, char *title, gint64 group)
{
	Job *job = begin(engine, account, title, NULL);

	job->job->act = group;
	job_tell(job);
	return job;
}

void
job_begin(Job *job)
{
	if (job == NULL)
		return;
	job->job->state = JOB_RUNNING;
	job->job->passing = FALSE;
	g_clear_pointer(&job->job->detail, g_free);
	job_tell(job);
}

void
job_progress(Job *job, gint64 done, gint64 total)
{
	if (job == NULL)
		return;
	job->job->done = done;
	job->job->total = total;
	job->job->state = JOB_RUNNING;
	if (g_get_monotonic_time() - job->told_us >= JOB_TELL_US)
		job_tell(job);
}

void
job_wait(Job *job, gint64 until, const char *detail)
{
	if (job == NULL)
		return;
	job->job->state = JOB_WAITING;
	job->job->until = until;
	g_free(job->job->detail);
	job->job->detail = g_strdup(detail);
	job_tell(job);
}

/* What the user can do about a fault; the words of a particular server are account/causes' business. */
static const char *
next_step(Fault fault)
{
	switch (fault) {
	case FAULT_AUTH:
		return N_("Give the right password: Enter opens the question.");
	case FAULT_TRUST:
		return N_("Look at the certificate: Enter opens the question.");
	case FAULT_RETRY:
		return N_("It is tried again by itself; r tries now.");
	case FAULT_LOCAL:
		return N_("Make room on the disk or mend the permissions, then r tries again.");
	default:
		return NULL;
	}
}

void
job_end(Job *job, const char *detail, const GError *error)
{
	const char *step;

	if (job == NULL)
		return;
	job->job->until = 0;
	g_free(job->job->detail);
	job->job->detail = g_strdup(error ? error->message : detail);
	if (error == NULL) {
		job->job->state = JOB_DONE;
		if (job->job->total > 0)
			job->job->done = job->job->total;
	} else if (fault_of(error) == FAULT_CANCELED) {
		job->job->state = JOB_CANCELED;
	} else {
		job->job->state = JOB_FAILED;
		job->job->fault = fault_of(error);
		step = job->once ? NULL : next_step(job->job->fault);
		job->job->next_step = step ? g_strdup(_(step)) : NULL;
	}
	job_tell(job);
	registry_remove(job->engine->registry, job->job->id);
	engine_job_free(job->job);
	cancel_unref(job->cancel);
	g_free(job);
}
