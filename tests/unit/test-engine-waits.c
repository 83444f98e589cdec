/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/waits.h"
#include "util/fault.h"

/* As much of an engine as jobs need. */
typedef struct {
	Engine engine;
	Cancel *cancel;
	guint ticket;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer unused)
{
	(void)unused;
	fixture->engine.events = queue_new(0, (GDestroyNotify)engine_event_free);
	fixture->engine.registry = registry_new();
	fixture->engine.waits = waits_new();
	fixture->cancel = cancel_new();
	fixture->ticket = registry_next(fixture->engine.registry);
	registry_add(fixture->engine.registry, fixture->ticket, fixture->cancel);
	waits_begin(&fixture->engine, EVENT_CONTENT, "work", fixture->ticket, g_strdup("message \"A\""),
		fixture->cancel);
}

static void
tear_down(Fixture *fixture, gconstpointer unused)
{
	(void)unused;
	waits_free(fixture->engine.waits);
	registry_free(fixture->engine.registry);
	queue_free(fixture->engine.events);
	cancel_unref(fixture->cancel);
}

static EngineEvent *
next(Fixture *fixture, EngineEventKind kind)
{
	EngineEvent *event = queue_pop(fixture->engine.events, 0);

	g_assert_nonnull(event);
	g_assert_cmpint(event->kind, ==, kind);
	return event;
}

/* The next thing told is the job in this state; its number. */
static guint
told(Fixture *fixture, EngineJobState state)
{
	g_autoptr(EngineEvent) event = next(fixture, EVENT_JOB);

	g_assert_cmpint(event->job->state, ==, state);
	return event->job->id;
}

static void
test_it_is_a_waiting_job_at_once(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(EngineEvent) event = next(fixture, EVENT_JOB);

	(void)unused;
	g_assert_cmpint(event->job->state, ==, JOB_WAITING);
	g_assert_cmpstr(event->job->title, ==, "message \"A\"");
	g_assert_cmpstr(event->job->detail, ==, "waits for the line");
	g_assert_true(event->job->passing);
	g_assert_null(queue_pop(fixture->engine.events, 0));
}

static void
test_canceled_it_is_over_at_once_and_who_asked_hears_of_it(Fixture *fixture, gconstpointer unused)
{
	guint job = told(fixture, JOB_WAITING);
	g_autoptr(EngineEvent) event = NULL;

	(void)unused;
	g_assert_true(waits_cancel(&fixture->engine, job));
	g_assert_true(cancel_is_triggered(fixture->cancel));
	g_assert_cmpuint(told(fixture, JOB_CANCELED), ==, job);
	event = next(fixture, EVENT_CONTENT);
	g_assert_cmpuint(event->ticket, ==, fixture->ticket);
	g_assert_cmpint(fault_of(event->error), ==, FAULT_CANCELED);
	g_assert_false(registry_remove(fixture->engine.registry, fixture->ticket));
	g_assert_null(waits_take(&fixture->engine, fixture->ticket));
	g_assert_false(waits_cancel(&fixture->engine, job));
}

static void
test_what_a_connection_took_is_not_ended_by_main(Fixture *fixture, gconstpointer unused)
{
	guint id = told(fixture, JOB_WAITING);
	Job *job = waits_take(&fixture->engine, fixture->ticket);

	(void)unused;
	g_assert_nonnull(job);
	g_assert_false(waits_cancel(&fixture->engine, id));
	g_assert_false(cancel_is_triggered(fixture->cancel));
	job_begin(job);
	told(fixture, JOB_RUNNING);
	job_end(job, NULL, NULL);
	told(fixture, JOB_DONE);
}

static void
test_put_back_it_waits_again(Fixture *fixture, gconstpointer unused)
{
	guint id = told(fixture, JOB_WAITING);
	Job *job = waits_take(&fixture->engine, fixture->ticket);

	(void)unused;
	job_begin(job);
	told(fixture, JOB_RUNNING);
	waits_put_back(&fixture->engine, EVENT_CONTENT, fixture->ticket, job);
	g_assert_cmpuint(told(fixture, JOB_WAITING), ==, id);
	g_assert_true(waits_cancel(&fixture->engine, id));
}

static void
test_forgotten_it_leaves_the_list_without_an_answer(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(EngineEvent) event = NULL;

	(void)unused;
	told(fixture, JOB_WAITING);
	waits_forget(&fixture->engine, fixture->ticket);
	event = next(fixture, EVENT_JOB);
	g_assert_cmpint(event->job->state, ==, JOB_DONE);
	g_assert_true(event->job->passing);
	g_assert_null(queue_pop(fixture->engine.events, 0));
}

#define ADD(name, function) g_test_add(name, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("/waits/at-once", test_it_is_a_waiting_job_at_once);
	ADD("/waits/canceled", test_canceled_it_is_over_at_once_and_who_asked_hears_of_it);
	ADD("/waits/taken", test_what_a_connection_took_is_not_ended_by_main);
	ADD("/waits/put-back", test_put_back_it_waits_again);
	ADD("/waits/forgotten", test_forgotten_it_leaves_the_list_without_an_answer);
	return g_test_run();
}
