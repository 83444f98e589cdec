/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "account/scout.h"

#include "util/fault.h"
#include "util/queue.h"

#define LOOK_MS 50

typedef struct {
	const NetTarget *target;
	Cancel *stop;
	Queue *results;
	GThread *thread;
	gboolean done; /* of the caller's thread: its result was taken from the queue */
	GError *error;
} Scout;

static gpointer
go(gpointer data)
{
	Scout *scout = data;

	net_stream_close(net_stream_open(scout->target, scout->stop, &scout->error));
	queue_push_now(scout->results, scout);
	return NULL;
}

/* The most wanted one of which more is not to be waited for: every one before it failed. */
static gboolean
is_decided(const Scout *scouts, gsize count)
{
	for (gsize i = 0; i < count; i++) {
		if (!scouts[i].done)
			return FALSE;
		if (scouts[i].error == NULL)
			return TRUE;
	}
	return TRUE;
}

static void
wait_for(Scout *scouts, gsize count, Queue *results, Cancel *cancel)
{
	while (!is_decided(scouts, count) && !cancel_is_triggered(cancel)) {
		Scout *scout = queue_pop(results, LOOK_MS);
		if (scout != NULL)
			scout->done = TRUE;
	}
}

static void
error_free(gpointer error)
{
	if (error != NULL)
		g_error_free(error);
}

GPtrArray *
scout_servers(const NetTarget *targets, gsize count, Cancel *cancel, GError **error)
{
	g_autofree Scout *scouts = g_new0(Scout, count);
	g_autoptr(Cancel) stop = cancel_new();
	g_autoptr(Queue) results = queue_new(0, NULL);
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(error_free);

	for (gsize i = 0; i < count; i++) {
		scouts[i] = (Scout){.target = &targets[i], .stop = stop, .results = results};
		scouts[i].thread = g_thread_new("scout", go, &scouts[i]);
	}
	wait_for(scouts, count, results, cancel);
	cancel_trigger(stop);
	for (gsize i = 0; i < count; i++) {
		g_thread_join(scouts[i].thread);
		if (scouts[i].error != NULL && fault_of(scouts[i].error) == FAULT_CANCELED)
			g_clear_error(&scouts[i].error);
		g_ptr_array_add(errors, scouts[i].error);
	}
	return cancel_check(cancel, error) ? NULL : g_steal_pointer(&errors);
}
