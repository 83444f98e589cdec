/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "util/cancel.h"

#include <poll.h>
#include <pthread.h>

#include "util/fault.h"

static gboolean
is_readable(int fd, int timeout_ms)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	return poll(&wait, 1, timeout_ms) == 1 && (wait.revents & POLLIN);
}

static void
test_new_is_quiet(void)
{
	g_autoptr(Cancel) cancel = cancel_new();
	g_autoptr(GError) error = NULL;
	g_assert_false(cancel_is_triggered(cancel));
	g_assert_false(cancel_check(cancel, &error));
	g_assert_no_error(error);
	g_assert_false(is_readable(cancel_fd(cancel), 0));
}

static void
test_trigger_stays(void)
{
	g_autoptr(Cancel) cancel = cancel_new();
	g_autoptr(GError) error = NULL;
	cancel_trigger(cancel);
	cancel_trigger(cancel);
	g_assert_true(is_readable(cancel_fd(cancel), 0));
	g_assert_true(is_readable(cancel_fd(cancel), 0));
	g_assert_true(cancel_check(cancel, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_CANCELED);
}

static void
test_null_is_never_triggered(void)
{
	g_assert_false(cancel_is_triggered(NULL));
	g_assert_false(cancel_check(NULL, NULL));
	g_assert_cmpint(cancel_fd(NULL), ==, -1);
	cancel_unref(NULL);
}

static void *
trigger_and_drop(void *data)
{
	Cancel *cancel = data;
	cancel_trigger(cancel);
	cancel_unref(cancel);
	return NULL;
}

static void
test_another_thread_wakes_a_poll(void)
{
	for (int i = 0; i < 50; i++) {
		Cancel *cancel = cancel_new();
		pthread_t thread;
		g_assert_cmpint(pthread_create(&thread, NULL, trigger_and_drop, cancel_ref(cancel)), ==, 0);
		g_assert_true(is_readable(cancel_fd(cancel), 10000));
		g_assert_true(cancel_is_triggered(cancel));
		cancel_unref(cancel);
		pthread_join(thread, NULL);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cancel/new-is-quiet", test_new_is_quiet);
	g_test_add_func("/cancel/trigger-stays", test_trigger_stays);
	g_test_add_func("/cancel/null-is-never-triggered", test_null_is_never_triggered);
	g_test_add_func("/cancel/another-thread-wakes-a-poll", test_another_thread_wakes_a_poll);
	return g_test_run();
}
