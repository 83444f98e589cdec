/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "util/queue.h"

#include <poll.h>
#include <pthread.h>

#define PRODUCERS 3
#define CONSUMERS 2
#define MESSAGES 4000 /* of each producer */

static gboolean
is_readable(Queue *queue, int timeout_ms)
{
	struct pollfd wait = {.fd = queue_fd(queue), .events = POLLIN};
	return poll(&wait, 1, timeout_ms) == 1 && (wait.revents & POLLIN);
}

static int
pop_int(Queue *queue)
{
	return GPOINTER_TO_INT(queue_pop(queue, 0));
}

static void
test_first_in_first_out(void)
{
	g_autoptr(Queue) queue = queue_new(0, NULL);
	for (int i = 1; i <= 100; i++)
		g_assert_true(queue_push(queue, GINT_TO_POINTER(i)));
	g_assert_cmpuint(queue_length(queue), ==, 100);
	for (int i = 1; i <= 100; i++)
		g_assert_cmpint(pop_int(queue), ==, i);
	g_assert_null(queue_pop(queue, 0));
}

/* Growth must keep the order wherever the ring's start is. */
static void
test_order_survives_growth_at_any_start(void)
{
	for (int start = 0; start < 40; start++) {
		g_autoptr(Queue) queue = queue_new(0, NULL);
		for (int i = 0; i < start; i++) {
			queue_push(queue, GINT_TO_POINTER(1));
			g_assert_cmpint(pop_int(queue), ==, 1);
		}
		for (int i = 1; i <= 70; i++)
			queue_push(queue, GINT_TO_POINTER(i));
		for (int i = 1; i <= 70; i++)
			g_assert_cmpint(pop_int(queue), ==, i);
	}
}

static void
test_front_goes_before_all(void)
{
	g_autoptr(Queue) queue = queue_new(1, NULL);
	queue_push(queue, GINT_TO_POINTER(1));
	for (int i = 2; i <= 40; i++)
		g_assert_true(queue_push_front(queue, GINT_TO_POINTER(i)));
	for (int i = 40; i >= 1; i--)
		g_assert_cmpint(pop_int(queue), ==, i);
}

static void
test_push_now_ignores_the_capacity(void)
{
	g_autoptr(Queue) queue = queue_new(1, NULL);
	g_assert_true(queue_push_now(queue, GINT_TO_POINTER(1)));
	g_assert_true(queue_push_now(queue, GINT_TO_POINTER(2)));
	g_assert_cmpuint(queue_length(queue), ==, 2);
}

static void
test_fd_is_readable_only_with_messages(void)
{
	g_autoptr(Queue) queue = queue_new(0, NULL);
	g_assert_false(is_readable(queue, 0));
	queue_push(queue, GINT_TO_POINTER(1));
	queue_push(queue, GINT_TO_POINTER(2));
	g_assert_true(is_readable(queue, 0));
	queue_pop(queue, 0);
	g_assert_true(is_readable(queue, 0));
	queue_pop(queue, 0);
	g_assert_false(is_readable(queue, 0));
}

static void
test_closed_is_readable_and_drains(void)
{
	g_autoptr(Queue) queue = queue_new(0, NULL);
	queue_push(queue, GINT_TO_POINTER(1));
	queue_close(queue);
	g_assert_true(queue_is_closed(queue));
	g_assert_cmpint(pop_int(queue), ==, 1);
	g_assert_true(is_readable(queue, 0));
	g_assert_null(queue_pop(queue, -1));
}

static void
count_free(gpointer message)
{
	(*(int *)message)++;
}

static void
test_refused_and_left_messages_are_freed(void)
{
	int refused = 0;
	int left = 0;
	Queue *queue = queue_new(0, count_free);
	queue_push(queue, &left);
	queue_close(queue);
	g_assert_false(queue_push(queue, &refused));
	g_assert_false(queue_push_now(queue, &refused));
	g_assert_false(queue_push_front(queue, &refused));
	g_assert_cmpint(refused, ==, 3);
	queue_free(queue);
	g_assert_cmpint(left, ==, 1);
}

static void
test_pop_times_out(void)
{
	g_autoptr(Queue) queue = queue_new(0, NULL);
	gint64 start = g_get_monotonic_time();
	g_assert_null(queue_pop(queue, 30));
	g_assert_cmpint(g_get_monotonic_time() - start, >=, 30000);
}

static void *
pop_for_ever(void *data)
{
	return queue_pop(data, -1);
}

static void
test_close_wakes_a_waiting_pop(void)
{
	g_autoptr(Queue) queue = queue_new(0, NULL);
	pthread_t thread;
	void *got;
	g_assert_cmpint(pthread_create(&thread, NULL, pop_for_ever, queue), ==, 0);
	queue_close(queue);
	pthread_join(thread, &got);
	g_assert_null(got);
}

static void *
push_one(void *data)
{
	return GINT_TO_POINTER(queue_push(data, GINT_TO_POINTER(2)) ? 1 : 2);
}

static void
test_push_waits_while_full(void)
{
	g_autoptr(Queue) queue = queue_new(1, NULL);
	pthread_t thread;
	void *got;
	queue_push(queue, GINT_TO_POINTER(1));
	g_assert_cmpint(pthread_create(&thread, NULL, push_one, queue), ==, 0);
	g_assert_cmpint(GPOINTER_TO_INT(queue_pop(queue, -1)), ==, 1);
	g_assert_cmpint(GPOINTER_TO_INT(queue_pop(queue, -1)), ==, 2);
	pthread_join(thread, &got);
	g_assert_cmpint(GPOINTER_TO_INT(got), ==, 1);
}

static void
test_close_wakes_a_waiting_push(void)
{
	g_autoptr(Queue) queue = queue_new(1, NULL);
	pthread_t thread;
	void *got;
	queue_push(queue, GINT_TO_POINTER(1));
	g_assert_cmpint(pthread_create(&thread, NULL, push_one, queue), ==, 0);
	queue_close(queue);
	pthread_join(thread, &got);
	g_assert_cmpint(GPOINTER_TO_INT(got), ==, 2);
	g_assert_cmpuint(queue_length(queue), ==, 1);
}

typedef struct {
	int producer, number;
} Message;

typedef struct {
	Queue *queue;
	int producer;
	int taken[PRODUCERS]; /* messages of each producer that a consumer saw */
} Worker;

static void *
produce(void *data)
{
	Worker *worker = data;
	for (int i = 1; i <= MESSAGES; i++) {
		Message *message = g_new(Message, 1);
		*message = (Message){worker->producer, i};
		g_assert_true(queue_push(worker->queue, message));
	}
	return NULL;
}

/* Each producer's messages come in its order, at every consumer. */
static void *
consume(void *data)
{
	Worker *worker = data;
	int last[PRODUCERS] = {0};
	for (;;) {
		Message *message = queue_pop(worker->queue, worker->producer == 0 ? -1 : 1);
		if (!message && queue_is_closed(worker->queue) && queue_length(worker->queue) == 0)
			return NULL;
		if (!message)
			continue;
		g_assert_cmpint(message->number, >, last[message->producer]);
		last[message->producer] = message->number;
		worker->taken[message->producer]++;
		g_free(message);
	}
}

static void
run_workers(gsize capacity)
{
	g_autoptr(Queue) queue = queue_new(capacity, g_free);
	pthread_t threads[PRODUCERS + CONSUMERS];
	Worker workers[PRODUCERS + CONSUMERS];
	for (int i = 0; i < PRODUCERS + CONSUMERS; i++) {
		gboolean producer = i < PRODUCERS;
		workers[i] = (Worker){.queue = queue, .producer = producer ? i : i - PRODUCERS};
		g_assert_cmpint(
			pthread_create(&threads[i], NULL, producer ? produce : consume, &workers[i]), ==, 0);
	}
	for (int i = 0; i < PRODUCERS; i++)
		pthread_join(threads[i], NULL);
	queue_close(queue);
	for (int i = PRODUCERS; i < PRODUCERS + CONSUMERS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < PRODUCERS; i++) {
		int taken = 0;
		for (int j = PRODUCERS; j < PRODUCERS + CONSUMERS; j++)
			taken += workers[j].taken[i];
		g_assert_cmpint(taken, ==, MESSAGES);
	}
}

static void
test_many_threads_bounded(void)
{
	run_workers(3);
}

static void
test_many_threads_unbounded(void)
{
	run_workers(0);
}

/* As the screen does it: poll, then take without waiting. Nothing may stay behind unseen. */
static void
test_poll_sees_every_message(void)
{
	g_autoptr(Queue) queue = queue_new(4, g_free);
	Worker worker = {.queue = queue};
	pthread_t thread;
	g_assert_cmpint(pthread_create(&thread, NULL, produce, &worker), ==, 0);
	for (int taken = 0; taken < MESSAGES; taken++) {
		g_assert_true(is_readable(queue, 10000));
		g_autofree Message *message = queue_pop(queue, 0);
		g_assert_nonnull(message);
		g_assert_cmpint(message->number, ==, taken + 1);
	}
	pthread_join(thread, NULL);
	g_assert_false(is_readable(queue, 0));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/queue/first-in-first-out", test_first_in_first_out);
	g_test_add_func("/queue/order-survives-growth-at-any-start", test_order_survives_growth_at_any_start);
	g_test_add_func("/queue/front-goes-before-all", test_front_goes_before_all);
	g_test_add_func("/queue/push-now-ignores-the-capacity", test_push_now_ignores_the_capacity);
	g_test_add_func("/queue/fd-is-readable-only-with-messages", test_fd_is_readable_only_with_messages);
	g_test_add_func("/queue/closed-is-readable-and-drains", test_closed_is_readable_and_drains);
	g_test_add_func(
		"/queue/refused-and-left-messages-are-freed", test_refused_and_left_messages_are_freed);
	g_test_add_func("/queue/pop-times-out", test_pop_times_out);
	g_test_add_func("/queue/close-wakes-a-waiting-pop", test_close_wakes_a_waiting_pop);
	g_test_add_func("/queue/push-waits-while-full", test_push_waits_while_full);
	g_test_add_func("/queue/close-wakes-a-waiting-push", test_close_wakes_a_waiting_push);
	g_test_add_func("/queue/many-threads-bounded", test_many_threads_bounded);
	g_test_add_func("/queue/many-threads-unbounded", test_many_threads_unbounded);
	g_test_add_func("/queue/poll-sees-every-message", test_poll_sees_every_message);
	return g_test_run();
}
