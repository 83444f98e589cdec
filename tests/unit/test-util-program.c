/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "util/program.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "util/fault.h"

static void
test_split(void)
{
	static const struct {
		const char *command, *words; /* joined with | */
	} rows[] = {
		{"pass show mail/example", "pass|show|mail/example"},
		{"  a\t b\n", "a|b"},
		{"a 'b c' \"d e\"", "a|b c|d e"},
		{"a'b'\"c\"d", "abcd"},
		{"a '' \"\"", "a||"},
		{"a \\' \\\\ \\ x", "a|'|\\| x"},
		{"'a\\b'", "a\\b"},
		{"\"a\\b \\\" \\\\ \\$x\"", "a\\b \" \\ $x"},
		{"a $HOME `id` $(id) *; | > &", "a|$HOME|`id`|$(id)|*;|||>|&"},
		{"~/bin/x ~/y ~ a~/b '~/c' ~bob",
			"/home/alice/bin/x|/home/alice/y|/home/alice|a~/b|~/c|~bob"},
	};
	g_setenv("HOME", "/home/alice", TRUE);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_auto(GStrv) words = program_split(rows[i].command, &error);
		g_assert_no_error(error);
		g_autofree char *joined = g_strjoinv("|", words);
		g_assert_cmpstr(joined, ==, rows[i].words);
	}
}

static void
test_split_refuses(void)
{
	static const char *const rows[] = {"", "   ", "a 'b", "a \"b", "a \\", "\"a\\\"", "''", "'' x"};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(program_split(rows[i], &error));
		g_assert_error(error, POSTHORN_FAULT, FAULT_INPUT);
	}
}

typedef struct {
	char *output, *errors;
	gsize length;
	GError *error;
	gboolean good;
	double seconds;
} Result;

static void
result_clear(Result *result)
{
	g_free(result->output);
	g_free(result->errors);
	g_clear_error(&result->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Result, result_clear)

static Result
run_argv(const char *const *argv, const ProgramOptions *options, Cancel *cancel)
{
	Result result = {0};
	gint64 start = g_get_monotonic_time();
	result.good = program_run((char *const *)argv, options, cancel, &result.output, &result.length,
		&result.errors, &result.error);
	result.seconds = (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
	g_assert_cmpint(result.good, ==, result.error == NULL);
	g_assert_cmpint(result.good, ==, result.output != NULL);
	return result;
}

/* The tests use a shell to make children that misbehave; program_run() itself never does. */
static Result
run(const char *script, const ProgramOptions *options, Cancel *cancel)
{
	const char *const argv[] = {"/bin/sh", "-c", script, NULL};
	return run_argv(argv, options, cancel);
}

static void
test_output_and_errors(void)
{
	g_auto(Result) result = run("printf 'a\\0b'; echo oops >&2", NULL, NULL);
	g_assert_true(result.good);
	g_assert_cmpmem(result.output, result.length, "a\0b", 3);
	g_assert_cmpstr(result.errors, ==, "oops\n");
}

static void
test_no_results_wanted(void)
{
	const char *const argv[] = {"/bin/sh", "-c", "echo x; echo y >&2", NULL};
	g_assert_true(program_run((char *const *)argv, NULL, NULL, NULL, NULL, NULL, NULL));
}

static void
test_arguments_are_not_expanded(void)
{
	const char *const argv[] = {"printf", "%s|", "$HOME", "*", "`id`", "a b", NULL};
	g_auto(Result) result = run_argv(argv, NULL, NULL);
	g_assert_cmpstr(result.output, ==, "$HOME|*|`id`|a b|");
}

static void
test_input(void)
{
	g_autofree char *big = g_strnfill(1000000, 'x');
	ProgramOptions options = {.input = big, .input_length = 1000000};
	g_auto(Result) result = run("cat", &options, NULL);
	g_assert_true(result.good);
	g_assert_cmpuint(result.length, ==, 1000000);
	g_assert_cmpstr(result.output, ==, big);
}

static void
test_empty_input_is_the_end(void)
{
	ProgramOptions options = {.input = "", .input_length = 0};
	g_auto(Result) piped = run("cat; echo done", &options, NULL);
	g_assert_cmpstr(piped.output, ==, "done\n");
	g_auto(Result) none = run("cat; echo done", NULL, NULL);
	g_assert_cmpstr(none.output, ==, "done\n");
}

/* With SIGPIPE at its default this would kill the test. */
static void
test_unread_input_is_no_error(void)
{
	g_autofree char *big = g_strnfill(1000000, 'x');
	ProgramOptions options = {.input = big, .input_length = 1000000};
	g_auto(Result) result = run("exec <&-; echo done; sleep 0.1", &options, NULL);
	g_assert_true(result.good);
	g_assert_cmpstr(result.output, ==, "done\n");
}

static void
test_exit_status(void)
{
	g_auto(Result) result = run("echo 'bad\033[31m thing' >&2; echo more >&2; exit 3", NULL, NULL);
	g_assert_error(result.error, POSTHORN_FAULT, FAULT_LOCAL);
	g_assert_cmpstr(
		result.error->message, ==, "/bin/sh failed with exit status 3: bad\357\277\275[31m thing");
	g_assert_cmpstr(result.errors, ==, "bad\033[31m thing\nmore\n");
}

static void
test_signal(void)
{
	g_auto(Result) result = run("kill -9 $$", NULL, NULL);
	g_assert_error(result.error, POSTHORN_FAULT, FAULT_LOCAL);
	g_assert_nonnull(strstr(result.error->message, "signal 9"));
}

static void
test_cannot_start(void)
{
	static const char *const names[] = {
		"/nonexistent/program", "no-such-program-at-all", "/etc/passwd", "/"};
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		const char *const argv[] = {names[i], NULL};
		g_auto(Result) result = run_argv(argv, NULL, NULL);
		g_assert_error(result.error, POSTHORN_FAULT, FAULT_LOCAL);
		g_assert_nonnull(strstr(result.error->message, names[i]));
	}
}

static void
test_hanging_child_times_out(void)
{
	ProgramOptions options = {.timeout_ms = 200};
	g_auto(Result) result = run("trap '' TERM HUP INT; sleep 60 & wait; sleep 60", &options, NULL);
	g_assert_error(result.error, POSTHORN_FAULT, FAULT_RETRY);
	g_assert_cmpfloat(result.seconds, >=, 0.2);
	g_assert_cmpfloat(result.seconds, <, 20);
}

static void
test_flood_is_stopped(void)
{
	ProgramOptions options = {.output_limit = 100000, .timeout_ms = 20000};
	g_auto(Result) result = run("exec cat /dev/zero", &options, NULL);
	g_assert_error(result.error, POSTHORN_FAULT, FAULT_LIMIT);
}

static void
test_output_at_the_limit_is_kept(void)
{
	ProgramOptions options = {.output_limit = 6};
	g_auto(Result) exact = run("printf 123456", &options, NULL);
	g_assert_true(exact.good);
	g_assert_cmpstr(exact.output, ==, "123456");
	g_auto(Result) over = run("printf 1234567", &options, NULL);
	g_assert_error(over.error, POSTHORN_FAULT, FAULT_LIMIT);
}

static void
test_flood_of_errors_is_dropped(void)
{
	g_auto(Result) result = run("head -c 3000000 /dev/zero | tr '\\0' e >&2; echo done", NULL, NULL);
	g_assert_true(result.good);
	g_assert_cmpstr(result.output, ==, "done\n");
	g_assert_cmpuint(strlen(result.errors), ==, 64 * 1024);
}

static gboolean
is_alive(pid_t pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)pid);
	g_autofree char *stat = NULL;
	if (!g_file_get_contents(path, &stat, NULL, NULL))
		return FALSE;
	const char *state = strrchr(stat, ')');
	return state && state[2] != 'Z' && state[2] != 'X';
}

/* A child in the group that keeps the pipe open is neither waited for nor left behind. */
static void
test_child_that_keeps_the_pipe(void)
{
	g_auto(Result) result = run("sleep 60 & echo $!", NULL, NULL);
	g_assert_true(result.good);
	g_assert_cmpfloat(result.seconds, <, 20);
	pid_t pid = (pid_t)g_ascii_strtoll(result.output, NULL, 10);
	g_assert_cmpint(pid, >, 1);
	for (int i = 0; i < 1000 && is_alive(pid); i++)
		g_usleep(10000);
	g_assert_false(is_alive(pid));
}

/* One that left the group cannot be killed, but is not waited for either. */
static void
test_daemon_that_keeps_the_pipe(void)
{
	g_auto(Result) result = run("setsid sleep 25 & sleep 0.1; echo done", NULL, NULL);
	g_assert_true(result.good);
	g_assert_cmpstr(result.output, ==, "done\n");
	g_assert_cmpfloat(result.seconds, <, 20);
}

static void *
cancel_soon(void *data)
{
	g_usleep(100000);
	cancel_trigger(data);
	return NULL;
}

static void
test_cancel_from_another_thread(void)
{
	g_autoptr(Cancel) cancel = cancel_new();
	pthread_t thread;
	g_assert_cmpint(pthread_create(&thread, NULL, cancel_soon, cancel), ==, 0);
	g_auto(Result) result = run("sleep 60", NULL, cancel);
	pthread_join(thread, NULL);
	g_assert_error(result.error, POSTHORN_FAULT, FAULT_CANCELED);
	g_assert_cmpfloat(result.seconds, <, 20);
}

static void
test_cancelled_before(void)
{
	g_autoptr(Cancel) cancel = cancel_new();
	cancel_trigger(cancel);
	g_auto(Result) result = run("sleep 60", NULL, cancel);
	g_assert_error(result.error, POSTHORN_FAULT, FAULT_CANCELED);
}

static void
test_descriptors_do_not_leak(void)
{
	int leak = dup(STDOUT_FILENO);
	g_autofree char *script = g_strdup_printf("(: >&%d) 2>/dev/null && echo leaked || echo closed", leak);
	g_auto(Result) result = run(script, NULL, NULL);
	close(leak);
	g_assert_cmpstr(result.output, ==, "closed\n");
}

static void
test_signals_are_default_in_the_child(void)
{
	sigset_t all;
	sigset_t before;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	g_auto(Result) result = run("kill -TERM $$; echo survived", NULL, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	g_assert_error(result.error, POSTHORN_FAULT, FAULT_LOCAL);
}

static void *
run_many(void *data)
{
	(void)data;
	for (int i = 0; i < 10; i++) {
		g_auto(Result) result = run("echo $PPID", NULL, NULL);
		g_assert_true(result.good);
		g_assert_cmpint(g_ascii_strtoll(result.output, NULL, 10), ==, getpid());
	}
	return NULL;
}

static void
test_from_several_threads(void)
{
	pthread_t threads[3];
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		g_assert_cmpint(pthread_create(&threads[i], NULL, run_many, NULL), ==, 0);
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		pthread_join(threads[i], NULL);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	signal(SIGPIPE, SIG_DFL);
	g_test_add_func("/program/split", test_split);
	g_test_add_func("/program/split-refuses", test_split_refuses);
	g_test_add_func("/program/output-and-errors", test_output_and_errors);
	g_test_add_func("/program/no-results-wanted", test_no_results_wanted);
	g_test_add_func("/program/arguments-are-not-expanded", test_arguments_are_not_expanded);
	g_test_add_func("/program/input", test_input);
	g_test_add_func("/program/empty-input-is-the-end", test_empty_input_is_the_end);
	g_test_add_func("/program/unread-input-is-no-error", test_unread_input_is_no_error);
	g_test_add_func("/program/exit-status", test_exit_status);
	g_test_add_func("/program/signal", test_signal);
	g_test_add_func("/program/cannot-start", test_cannot_start);
	g_test_add_func("/program/hanging-child-times-out", test_hanging_child_times_out);
	g_test_add_func("/program/flood-is-stopped", test_flood_is_stopped);
	g_test_add_func("/program/output-at-the-limit-is-kept", test_output_at_the_limit_is_kept);
	g_test_add_func("/program/flood-of-errors-is-dropped", test_flood_of_errors_is_dropped);
	g_test_add_func("/program/child-that-keeps-the-pipe", test_child_that_keeps_the_pipe);
	g_test_add_func("/program/daemon-that-keeps-the-pipe", test_daemon_that_keeps_the_pipe);
	g_test_add_func("/program/cancel-from-another-thread", test_cancel_from_another_thread);
	g_test_add_func("/program/cancelled-before", test_cancelled_before);
	g_test_add_func("/program/descriptors-do-not-leak", test_descriptors_do_not_leak);
	g_test_add_func("/program/signals-are-default-in-the-child", test_signals_are_default_in_the_child);
	g_test_add_func("/program/from-several-threads", test_from_several_threads);
	return g_test_run();
}
