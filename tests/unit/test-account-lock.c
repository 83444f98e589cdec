/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "account/lock.h"

#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account/control-private.h"
#include "util/fault.h"

typedef struct {
	char *folder;
	Paths paths;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer unused)
{
	(void)unused;
	fixture->folder = g_dir_make_tmp("posthorn-XXXXXX", NULL);
	fixture->paths.data = g_build_filename(fixture->folder, "data", NULL);
	fixture->paths.runtime = g_build_filename(fixture->folder, "run", NULL);
}

static void
remove_all(const char *path)
{
	g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
	const char *name;

	while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
		g_autofree char *inside = g_build_filename(path, name, NULL);
		if (g_unlink(inside) != 0)
			remove_all(inside);
	}
	g_rmdir(path);
}

static void
tear_down(Fixture *fixture, gconstpointer unused)
{
	(void)unused;
	remove_all(fixture->folder);
	g_free(fixture->paths.data);
	g_free(fixture->paths.runtime);
	g_free(fixture->folder);
}

static void
test_one_holder(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *pid = g_strdup_printf("%ld", (long)getpid());
	AccountLock *lock = account_lock_take(&fixture->paths, "work", 0, NULL, &error);
	g_autoptr(AccountLock) other = account_lock_take(&fixture->paths, "home", 0, NULL, NULL);

	(void)unused;
	g_assert_no_error(error);
	g_assert_nonnull(other);
	g_assert_null(account_lock_take(&fixture->paths, "work", 100, NULL, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_BUSY);
	g_assert_nonnull(strstr(error->message, pid));
	account_lock_free(lock);
	lock = account_lock_take(&fixture->paths, "work", 0, NULL, NULL);
	g_assert_nonnull(lock);
	account_lock_free(lock);
}

static void
test_a_killed_holder_lets_go(Fixture *fixture, gconstpointer unused)
{
	int fds[2];
	char byte;
	pid_t child;
	g_autoptr(AccountLock) lock = NULL;

	(void)unused;
	g_assert_cmpint(pipe(fds), ==, 0);
	child = fork();
	if (child == 0) {
		AccountLock *held = account_lock_take(&fixture->paths, "work", 0, NULL, NULL);
		(void)!write(fds[1], held != NULL ? "y" : "n", 1);
		pause();
		_exit(0);
	}
	g_assert_cmpint(read(fds[0], &byte, 1), ==, 1);
	g_assert_cmpint(byte, ==, 'y');
	g_assert_null(account_lock_take(&fixture->paths, "work", 0, NULL, NULL));
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	lock = account_lock_take(&fixture->paths, "work", 1000, NULL, NULL);
	g_assert_nonnull(lock);
	close(fds[0]);
	close(fds[1]);
}

static void
test_waiting_can_be_cancelled(Fixture *fixture, gconstpointer unused)
{
	AccountLock *lock = account_lock_take(&fixture->paths, "work", 0, NULL, NULL);
	g_autoptr(Cancel) cancel = cancel_new();
	g_autoptr(GError) error = NULL;

	(void)unused;
	cancel_trigger(cancel);
	g_assert_null(account_lock_take(&fixture->paths, "work", 60000, cancel, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_CANCELED);
	account_lock_free(lock);
}

static void
test_requests(void)
{
	static const struct {
		const char *line;
		int verb; /* -1: refused */
		gint64 id;
		const char *part;
	} rows[] = {
		{"wake", CONTROL_WAKE, 0, NULL},
		{"sync", CONTROL_SYNC, 0, NULL},
		{"fetch 12", CONTROL_FETCH, 12, NULL},
		{"fetch 9223372036854775807 1.2.MIME", CONTROL_FETCH, G_MAXINT64, "1.2.MIME"},
		{"fetch 9223372036854775808", -1, 0, NULL},
		{"fetch -1", -1, 0, NULL},
		{"fetch 0", -1, 0, NULL},
		{"fetch 1 ../x", -1, 0, NULL},
		{"fetch 1 1 1", -1, 0, NULL},
		{"fetch", -1, 0, NULL},
		{"fetch  1", -1, 0, NULL},
		{"wake up", -1, 0, NULL},
		{"WAKE", -1, 0, NULL},
		{"", -1, 0, NULL},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(ControlRequest) request = control_parse(rows[i].line, strlen(rows[i].line));
		g_assert_cmpint(request != NULL ? (int)request->verb : -1, ==, rows[i].verb);
		if (request == NULL)
			continue;
		g_assert_cmpint(request->id, ==, rows[i].id);
		g_assert_cmpstr(request->part, ==, rows[i].part);
	}
}

/* Serve, in a thread, until as many requests as given are answered: the n-th by the n-th letter, y or n. */
typedef struct {
	ControlServer *server;
	const char *answers;
	char verbs[16];
} Service;

static gpointer
serve(gpointer data)
{
	Service *service = data;

	for (gsize i = 0; service->answers[i] != '\0';) {
		struct pollfd fd = {.fd = control_server_fd(service->server), .events = POLLIN};
		ControlRequest *request;
		g_assert_cmpint(poll(&fd, 1, 10000), ==, 1);
		while ((request = control_server_next(service->server)) != NULL) {
			service->verbs[i] = "wsf"[request->verb];
			control_server_answer(service->server, request, service->answers[i++] == 'y');
		}
	}
	return NULL;
}

static void
test_ask_and_answer(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ControlServer) server = control_server_new(&fixture->paths, "work", &error);
	Service service = {.server = server, .answers = "yny"};
	GThread *thread;

	(void)unused;
	g_assert_no_error(error);
	thread = g_thread_new("serve", serve, &service);
	g_assert_true(control_ask(&fixture->paths, "work", CONTROL_WAKE, 0, NULL, 5000, NULL, NULL));
	g_assert_false(control_ask(&fixture->paths, "work", CONTROL_SYNC, 0, NULL, 5000, NULL, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_REFUSED);
	g_assert_true(control_ask(&fixture->paths, "work", CONTROL_FETCH, 7, "1.2", 5000, NULL, NULL));
	g_thread_join(thread);
	g_assert_cmpstr(service.verbs, ==, "wsf");
}

static void
test_nobody_there_and_no_answer(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Cancel) cancel = cancel_new();
	ControlServer *server;

	(void)unused;
	g_assert_false(control_ask(&fixture->paths, "work", CONTROL_WAKE, 0, NULL, 100, NULL, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_UNKNOWN);
	g_clear_error(&error);
	server = control_server_new(&fixture->paths, "work", NULL);
	g_assert_false(control_ask(&fixture->paths, "work", CONTROL_WAKE, 0, NULL, 100, NULL, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_RETRY);
	g_clear_error(&error);
	cancel_trigger(cancel);
	g_assert_false(control_ask(&fixture->paths, "work", CONTROL_WAKE, 0, NULL, 60000, cancel, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_CANCELED);
	g_clear_error(&error);
	control_server_free(server);
	g_assert_false(control_ask(&fixture->paths, "work", CONTROL_WAKE, 0, NULL, 100, NULL, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_UNKNOWN);
}

static int
connect_raw(Fixture *fixture)
{
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	g_assert_true(control_address(&fixture->paths, "work", &address, NULL));
	g_assert_cmpint(connect(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
	return fd;
}

static void
test_a_rude_client_is_let_go(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(ControlServer) server = control_server_new(&fixture->paths, "work", NULL);
	g_autofree char *flood = g_strnfill(4000, 'x');
	char answer[16] = "";
	ControlRequest *request;
	int rude = connect_raw(fixture);
	int slow = connect_raw(fixture);

	(void)unused;
	g_assert_cmpint(send(rude, flood, 4000, MSG_NOSIGNAL), ==, 4000);
	g_assert_cmpint(send(slow, "nonsense\nwa", 11, 0), ==, 11);
	g_assert_null(control_server_next(server));
	g_assert_cmpint(recv(slow, answer, sizeof answer, 0), ==, 3);
	g_assert_cmpstr(answer, ==, "no\n");
	/* Two requests in one piece, the first cut in two. */
	g_assert_cmpint(send(slow, "ke\nsync\n", 8, 0), ==, 8);
	request = control_server_next(server);
	g_assert_cmpint(request->verb, ==, CONTROL_WAKE);
	control_server_answer(server, request, TRUE);
	request = control_server_next(server);
	g_assert_cmpint(request->verb, ==, CONTROL_SYNC);
	g_assert_cmpint(recv(rude, answer, sizeof answer, 0), <=, 0);
	close(rude);
	close(slow);
	/* Its asker is gone: no harm. */
	g_assert_null(control_server_next(server));
	control_server_answer(server, request, TRUE);
}

static void
test_the_socket_is_private(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(ControlServer) server = NULL;
	g_autofree char *path = g_build_filename(fixture->paths.runtime, "work.sock", NULL);
	struct stat status;

	(void)unused;
	/* One that a killed process left is replaced. */
	g_assert_cmpint(g_mkdir_with_parents(fixture->paths.runtime, 0700), ==, 0);
	g_assert_true(g_file_set_contents(path, "old", -1, NULL));
	server = control_server_new(&fixture->paths, "work", NULL);
	g_assert_nonnull(server);
	g_assert_cmpint(g_stat(path, &status), ==, 0);
	g_assert_true(S_ISSOCK(status.st_mode));
	g_assert_cmpuint(status.st_mode & 0777, ==, 0600);
}

#define ADD(path, test) g_test_add(path, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("/lock/one-holder", test_one_holder);
	ADD("/lock/killed", test_a_killed_holder_lets_go);
	ADD("/lock/cancel", test_waiting_can_be_cancelled);
	g_test_add_func("/control/requests", test_requests);
	ADD("/control/ask", test_ask_and_answer);
	ADD("/control/silence", test_nobody_there_and_no_answer);
	ADD("/control/rude", test_a_rude_client_is_let_go);
	ADD("/control/private", test_the_socket_is_private);
	return g_test_run();
}
