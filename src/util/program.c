/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The program leads a session of its own, without our terminal, so that it can
 * neither stop for input nor draw over the screen, and can be killed with all
 * that it started. It is over when its first process ends: others that still
 * hold the pipes are not waited for. The group is killed while that process is
 * a zombie, so that its number cannot be somebody else's yet.
 */
#include "config.h"

#include "util/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/secret.h"
#include "util/text.h"

/* Standard error kept, bytes; the rest is read and dropped. */
#define ERRORS_MAX (64 * 1024)
/* How much of its first line goes into a message, in cells. */
#define ERROR_LINE_CELLS 200
/* Where the end of a process cannot be polled for, it is looked for this often. */
#define LOOK_MS 20

extern char **environ;

typedef struct {
	char *data;
	gsize length, size;
	gsize limit;
	gboolean passed; /* more than limit came */
} Buffer;

typedef struct {
	const ProgramOptions *options;
	pid_t pid;
	int process;      /* pidfd, or -1 */
	int in, out, err; /* our ends of the pipes; -1 when closed */
	gsize written;
	Buffer output, errors;
	gint64 deadline_us;
	gboolean ended; /* the first process is a zombie, or gone */
	gboolean gone;  /* somebody else reaped it, or SIGCHLD is ignored: its number means nothing now */
} Run;

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* A realloc() would leave a copy behind, which may be a password. */
static void
buffer_append(Buffer *buffer, const char *data, gsize length)
{
	gsize taken = MIN(length, buffer->limit - buffer->length);
	if (taken < length)
		buffer->passed = TRUE;
	if (buffer->length + taken + 1 > buffer->size) {
		gsize size = MAX(buffer->size * 2, buffer->length + taken + 1);
		char *larger = g_malloc(size);
		if (buffer->length > 0)
			memcpy(larger, buffer->data, buffer->length);
		secret_wipe(buffer->data, buffer->length);
		g_free(buffer->data);
		buffer->data = larger;
		buffer->size = size;
	}
	memcpy(buffer->data + buffer->length, data, taken);
	buffer->length += taken;
	buffer->data[buffer->length] = '\0';
}

static void
buffer_clear(Buffer *buffer)
{
	secret_wipe(buffer->data, buffer->length);
	g_clear_pointer(&buffer->data, g_free);
}

/* A pipe whose ends are past standard error, so that dup2() to 0..2 cannot hit them. */
static gboolean
make_pipe(int ends[2])
{
	int low[2];
	if (pipe2(low, O_CLOEXEC) != 0)
		return FALSE;
	for (int i = 0; i < 2; i++)
		ends[i] = fcntl(low[i], F_DUPFD_CLOEXEC, 3);
	int reason = errno;
	close(low[0]);
	close(low[1]);
	if (ends[0] >= 0 && ends[1] >= 0)
		return TRUE;
	close_fd(&ends[0]);
	close_fd(&ends[1]);
	errno = reason;
	return FALSE;
}

static void
set_attributes(posix_spawnattr_t *attributes)
{
	static const int defaults[] = {SIGPIPE, SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGCHLD, SIGALRM, SIGUSR1,
		SIGUSR2, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH, SIGCONT};
	sigset_t signals;
	sigemptyset(&signals);
	posix_spawnattr_setsigmask(attributes, &signals);
	for (gsize i = 0; i < G_N_ELEMENTS(defaults); i++)
		sigaddset(&signals, defaults[i]);
	posix_spawnattr_setsigdefault(attributes, &signals);
	short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
#ifdef POSIX_SPAWN_SETSID
	flags |= POSIX_SPAWN_SETSID;
#else
	flags |= POSIX_SPAWN_SETPGROUP;
	posix_spawnattr_setpgroup(attributes, 0);
#endif
	posix_spawnattr_setflags(attributes, flags);
}

/* 0 or an errno. in -1: /dev/null. */
static int
spawn(pid_t *pid, char *const *argv, int in, int out, int err)
{
	posix_spawnattr_t attributes;
	posix_spawn_file_actions_t actions;
	posix_spawnattr_init(&attributes);
	set_attributes(&attributes);
	posix_spawn_file_actions_init(&actions);
	if (in >= 0)
		posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	else
		posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
	/* Our own descriptors close on exec; a library's may not. */
	posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
#endif
	int reason = posix_spawnp(pid, argv[0], &actions, &attributes, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return reason;
}

static void
set_nonblocking(int fd)
{
	(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static int
open_process(pid_t pid)
{
#ifdef SYS_pidfd_open
	return (int)syscall(SYS_pidfd_open, pid, 0);
#else
	(void)pid;
	return -1;
#endif
}

/* 0 or an errno. */
static int
start(Run *run, char *const *argv)
{
	int in[2] = {-1, -1};
	int out[2] = {-1, -1};
	int err[2] = {-1, -1};
	gboolean piped = (!run->options->input || make_pipe(in)) && make_pipe(out) && make_pipe(err);
	int reason = piped ? spawn(&run->pid, argv, in[0], out[1], err[1]) : errno;
	close_fd(&in[0]);
	close_fd(&out[1]);
	close_fd(&err[1]);
	if (reason != 0) {
		close_fd(&in[1]);
		close_fd(&out[0]);
		close_fd(&err[0]);
		return reason;
	}
	run->in = in[1];
	run->out = out[0];
	run->err = err[0];
	if (run->in >= 0)
		set_nonblocking(run->in);
	set_nonblocking(run->out);
	set_nonblocking(run->err);
	run->process = open_process(run->pid);
	return 0;
}

/* write() without SIGPIPE, whatever the program does about that signal. */
static ssize_t
write_quietly(int fd, const char *data, gsize length)
{
	sigset_t pipe_signal;
	sigset_t before;
	sigset_t pending;
	sigemptyset(&pipe_signal);
	sigaddset(&pipe_signal, SIGPIPE);
	sigpending(&pending);
	pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
	ssize_t done = write(fd, data, length);
	int reason = errno;
	if (done < 0 && reason == EPIPE && !sigismember(&pending, SIGPIPE)) {
		struct timespec now = {0};
		while (sigtimedwait(&pipe_signal, NULL, &now) < 0 && errno == EINTR)
			;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = reason;
	return done;
}

static void
feed_input(Run *run)
{
	gsize left = run->options->input_length - run->written;
	ssize_t done = left > 0 ? write_quietly(run->in, run->options->input + run->written, left) : 0;
	if (done > 0)
		run->written += (gsize)done;
	gboolean again = done < 0 && (errno == EAGAIN || errno == EINTR);
	/* A program that does not want its input is not an error. */
	if (run->written == run->options->input_length || (done < 0 && !again))
		close_fd(&run->in);
}

/* One read. FALSE when there is nothing now, or never again. */
static gboolean
take_output(int *fd, Buffer *buffer)
{
	char chunk[16384];
	ssize_t got = *fd >= 0 ? read(*fd, chunk, sizeof chunk) : -1;
	if (got > 0) {
		buffer_append(buffer, chunk, (gsize)got);
		secret_wipe(chunk, (gsize)got);
		return TRUE;
	}
	if (*fd >= 0 && (got == 0 || (errno != EAGAIN && errno != EINTR)))
		close_fd(fd);
	return FALSE;
}

static void
look_for_end(Run *run)
{
	siginfo_t info = {0};
	int result;
	do {
		result = waitid(P_PID, (id_t)run->pid, &info, WEXITED | WNOHANG | WNOWAIT);
	} while (result != 0 && errno == EINTR);
	run->gone = result != 0;
	run->ended = run->gone || info.si_pid == run->pid;
}

/* Why the program must be stopped now: TRUE with error set. */
static gboolean
must_stop(Run *run, const char *name, Cancel *cancel, GError **error)
{
	if (cancel_check(cancel, error))
		return TRUE;
	if (run->output.passed) {
		g_autofree char *size = text_size(run->output.limit);
		fault_set(error, FAULT_LIMIT, _("%s was stopped: it wrote more than %s."), name, size);
		return TRUE;
	}
	if (dates_clock_us() < run->deadline_us)
		return FALSE;
	guint timeout_ms = run->options->timeout_ms ? run->options->timeout_ms : LIMIT_PROGRAM_MS;
	fault_set(error, FAULT_RETRY, _("%s was stopped: it was not done after %u.%u seconds."), name,
		timeout_ms / 1000, timeout_ms % 1000 / 100);
	return TRUE;
}

static void
wait_and_move(Run *run, const Cancel *cancel)
{
	struct pollfd waits[] = {
		{.fd = run->in, .events = POLLOUT},
		{.fd = run->out, .events = POLLIN},
		{.fd = run->err, .events = POLLIN},
		{.fd = cancel_fd(cancel), .events = POLLIN},
		{.fd = run->process, .events = POLLIN},
	};
	gint64 left_ms = CLAMP((run->deadline_us - dates_clock_us() + 999) / 1000, 0, G_MAXINT);
	if (run->process < 0)
		left_ms = MIN(left_ms, LOOK_MS);
	if (poll(waits, G_N_ELEMENTS(waits), (int)left_ms) < 0)
		return;
	if (waits[0].revents)
		feed_input(run);
	if (waits[1].revents)
		take_output(&run->out, &run->output);
	if (waits[2].revents)
		take_output(&run->err, &run->errors);
	if (waits[4].revents || run->process < 0)
		look_for_end(run);
}

/* Kill all that is left of the group, take what it had written, and reap. Returns the status of waitpid(). */
static int
finish(Run *run)
{
	int status = 0;
	if (!run->gone)
		kill(-run->pid, SIGKILL);
	while (!run->output.passed && take_output(&run->out, &run->output))
		;
	while (!run->errors.passed && take_output(&run->err, &run->errors))
		;
	while (waitpid(run->pid, &status, 0) < 0) {
		if (errno != EINTR)
			break;
	}
	close_fd(&run->in);
	close_fd(&run->out);
	close_fd(&run->err);
	close_fd(&run->process);
	return status;
}

/* The first line of standard error, to end a message with; "" when there is none. */
static char *
first_line(const Buffer *errors)
{
	const char *at = errors->data + strspn(errors->data, " \t\r\n");
	g_autofree char *safe = text_safe(at, (gssize)strcspn(at, "\r\n"), TEXT_MARKS);
	gsize length = text_fit(safe, -1, ERROR_LINE_CELLS, NULL);
	return length > 0 ? g_strdup_printf(": %.*s", (int)length, safe) : g_strdup(".");
}

static gboolean
judge(const Run *run, const char *name, int status, GError **error)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return TRUE;
	g_autofree char *line = first_line(&run->errors);
	if (WIFEXITED(status))
		fault_set(error, FAULT_LOCAL, _("%s failed with exit status %d%s"), name, WEXITSTATUS(status),
			line);
	else
		fault_set(error, FAULT_LOCAL, _("%s was ended by signal %d (%s)%s"), name, WTERMSIG(status),
			g_strsignal(WTERMSIG(status)), line);
	return FALSE;
}

static gboolean
run_to_end(Run *run, const char *name, Cancel *cancel, GError **error)
{
	gboolean stopped = FALSE;
	while (!run->ended && !stopped) {
		wait_and_move(run, cancel);
		stopped = !run->ended && must_stop(run, name, cancel, error);
	}
	int status = finish(run);
	if (stopped)
		return FALSE;
	if (run->output.passed) {
		must_stop(run, name, NULL, error);
		return FALSE;
	}
	return judge(run, name, status, error);
}

static void
set_start_fault(GError **error, const char *name, int reason)
{
	if (reason == ENOENT)
		fault_set(error, FAULT_LOCAL,
			_("The program %s was not found. Install it, or correct the command."), name);
	else
		fault_set(error, FAULT_LOCAL, _("The program %s cannot be started: %s."), name,
			g_strerror(reason));
}

gboolean
program_run(char *const *argv, const ProgramOptions *options, Cancel *cancel, char **output,
	gsize *output_length, char **errors, GError **error)
{
	static const ProgramOptions none;
	Run run = {.options = options ? options : &none, .process = -1, .in = -1, .out = -1, .err = -1};
	run.output.limit = run.options->output_limit ? run.options->output_limit : LIMIT_PROGRAM_OUTPUT;
	run.errors.limit = ERRORS_MAX;
	buffer_append(&run.output, "", 0);
	buffer_append(&run.errors, "", 0);
	run.deadline_us =
		dates_clock_us() +
		(gint64)(run.options->timeout_ms ? run.options->timeout_ms : LIMIT_PROGRAM_MS) * 1000;
	g_autofree char *name = text_safe(argv[0], -1, TEXT_MARKS);
	gboolean good = !cancel_check(cancel, error);
	if (good) {
		int reason = start(&run, argv);
		if (reason != 0)
			set_start_fault(error, name, reason);
		good = reason == 0 && run_to_end(&run, name, cancel, error);
	}
	if (output_length)
		*output_length = good ? run.output.length : 0;
	if (output)
		*output = good ? g_steal_pointer(&run.output.data) : NULL;
	if (errors)
		*errors = g_steal_pointer(&run.errors.data);
	if (run.output.data)
		buffer_clear(&run.output);
	if (run.errors.data)
		buffer_clear(&run.errors);
	return good;
}
