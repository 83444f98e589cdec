/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/waits.h"

#include <pthread.h>

#include "util/i18n.h"

typedef struct {
	EngineEventKind kind;
	guint ticket;
	Job *job;
} Wait;

/* A pthread mutex, not a GMutex: ThreadSanitizer cannot see the latter. */
struct Waits {
	pthread_mutex_t mutex;
	GArray *list; /* of Wait: few */
};

Waits *
waits_new(void)
{
	Waits *waits = g_new0(Waits, 1);

	pthread_mutex_init(&waits->mutex, NULL);
	waits->list = g_array_new(FALSE, FALSE, sizeof(Wait));
	return waits;
}

void
waits_free(Waits *waits)
{
	if (waits == NULL)
		return;
	for (guint i = 0; i < waits->list->len; i++)
		job_end(g_array_index(waits->list, Wait, i).job, NULL, NULL);
	g_array_unref(waits->list);
	pthread_mutex_destroy(&waits->mutex);
	g_free(waits);
}

static void
add(Engine *engine, EngineEventKind kind, guint ticket, Job *job)
{
	const Wait wait = {kind, ticket, job};

	/* Told first: once it is in the list another thread may end it. */
	job_wait(job, 0, _("waits for the line"));
	pthread_mutex_lock(&engine->waits->mutex);
	g_array_append_val(engine->waits->list, wait);
	pthread_mutex_unlock(&engine->waits->mutex);
}

/* By the number of the ticket, or (ticket 0) of the job. */
static Wait
take(Engine *engine, guint ticket, guint job)
{
	Waits *waits = engine->waits;
	Wait found = {0};

	pthread_mutex_lock(&waits->mutex);
	for (guint i = 0; i < waits->list->len && found.job == NULL; i++) {
		const Wait *wait = &g_array_index(waits->list, Wait, i);
		if (ticket != 0 ? wait->ticket != ticket : wait->job->job->id != job)
			continue;
		found = *wait;
		g_array_remove_index(waits->list, i);
	}
	pthread_mutex_unlock(&waits->mutex);
	return found;
}

void
waits_begin(
	Engine *engine, EngineEventKind kind, const char *account, guint ticket, char *title, Cancel *cancel)
{
	add(engine, kind, ticket, job_new_waiting(engine, account, title, cancel));
}

Job *
waits_take(Engine *engine, guint ticket)
{
	return ticket != 0 ? take(engine, ticket, 0).job : NULL;
}

void
waits_put_back(Engine *engine, EngineEventKind kind, guint ticket, Job *job)
{
	if (job != NULL)
		add(engine, kind, ticket, job);
}

void
waits_forget(Engine *engine, guint ticket)
{
	job_end(waits_take(engine, ticket), NULL, NULL);
}

gboolean
waits_cancel(Engine *engine, guint job)
{
	Wait wait = take(engine, 0, job);
	EngineEvent *event;

	if (wait.job == NULL)
		return FALSE;
	event = engine_event_new(wait.kind, wait.job->job->account);
	event->ticket = wait.ticket;
	cancel_trigger(wait.job->cancel);
	cancel_check(wait.job->cancel, &event->error);
	job_end(wait.job, NULL, event->error);
	registry_remove(engine->registry, wait.ticket);
	engine_post(engine, event);
	return TRUE;
}
