/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lock.c - the lock itself, and who asks its holder. The listening side is
 * control.c.
 */
#include "config.h"

#include "account/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "account/control-private.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"

#define NAP_MS 50

struct AccountLock {
	int fd;
};

/* Who holds it, for words: the process that wrote its number last; 0: unknown. */
static long
holder_of(int fd)
{
	char text[24] = "";
	gssize length = pread(fd, text, sizeof text - 1, 0);

	return length > 0 ? strtol(text, NULL, 10) : 0;
}

static gboolean
note_holder(int fd)
{
	g_autofree char *text = g_strdup_printf("%ld\n", (long)getpid());
	gssize length = (gssize)strlen(text);

	/* Only for words: the lock holds also where the disk is full. */
	return ftruncate(fd, 0) == 0 && pwrite(fd, text, (gsize)length, 0) == length;
}

/* Sleep for at most ms, or less when cancelled. */
static gboolean
nap(Cancel *cancel, guint ms, GError **error)
{
	struct pollfd poll_fd = {.fd = cancel_fd(cancel), .events = POLLIN};

	(void)poll(&poll_fd, 1, (int)ms);
	return !cancel_check(cancel, error);
}

static gboolean
wait_for_lock(int fd, const char *account, guint wait_ms, Cancel *cancel, GError **error)
{
	gint64 deadline = dates_clock_us() + (gint64)wait_ms * 1000;

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK) {
			fault_set(error, FAULT_LOCAL, _("the lock of account %s cannot be taken: %s"),
				account, g_strerror(errno));
			return FALSE;
		}
		if (dates_clock_us() >= deadline) {
			fault_set(error, FAULT_BUSY,
				_("account %s is connected by another Posthorn (process %ld)"), account,
				holder_of(fd));
			return FALSE;
		}
		if (!nap(cancel, NAP_MS, error))
			return FALSE;
	}
	return TRUE;
}

AccountLock *
account_lock_take(const Paths *paths, const char *account, guint wait_ms, Cancel *cancel, GError **error)
{
	g_autofree char *folder = g_build_filename(paths->data, account, NULL);
	g_autofree char *path = g_build_filename(folder, "lock", NULL);
	AccountLock *lock;
	int fd;

	g_return_val_if_fail(paths_is_account_key(account), NULL);
	if (!paths_make_folder(folder, error))
		return NULL;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		fault_set(error, FAULT_LOCAL, _("cannot open %s: %s"), path, g_strerror(errno));
		return NULL;
	}
	if (!wait_for_lock(fd, account, wait_ms, cancel, error)) {
		close(fd);
		return NULL;
	}
	(void)note_holder(fd);
	lock = g_new(AccountLock, 1);
	lock->fd = fd;
	return lock;
}

void
account_lock_free(AccountLock *lock)
{
	if (lock == NULL)
		return;
	/* The file stays: removing it would let two hold "the" lock. */
	close(lock->fd);
	g_free(lock);
}

gboolean
control_address(const Paths *paths, const char *account, struct sockaddr_un *address, GError **error)
{
	g_autofree char *name = g_strconcat(account, ".sock", NULL);
	g_autofree char *path = g_build_filename(paths->runtime, name, NULL);

	memset(address, 0, sizeof *address);
	address->sun_family = AF_UNIX;
	if (g_strlcpy(address->sun_path, path, sizeof address->sun_path) >= sizeof address->sun_path) {
		fault_set(error, FAULT_LOCAL,
			_("the path %s is too long for a socket; set XDG_RUNTIME_DIR to a shorter one"),
			path);
		return FALSE;
	}
	return TRUE;
}

gboolean
control_is_own_peer(int fd)
{
	struct ucred peer = {0};
	socklen_t length = sizeof peer;

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.uid == geteuid();
}

static int
connect_to_holder(const Paths *paths, const char *account, GError **error)
{
	struct sockaddr_un address;
	int fd;

	if (!control_address(paths, account, &address, error))
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
		control_is_own_peer(fd))
		return fd;
	fault_set(error, FAULT_UNKNOWN, _("no other Posthorn answers for account %s"), account);
	if (fd >= 0)
		close(fd);
	return -1;
}

static char *
request_line(ControlVerb verb, gint64 id, const char *part)
{
	if (verb == CONTROL_WAKE)
		return g_strdup("wake\n");
	if (verb == CONTROL_SYNC)
		return g_strdup("sync\n");
	return g_strdup_printf(
		"fetch %" G_GINT64_FORMAT "%s%s\n", id, part != NULL ? " " : "", part != NULL ? part : "");
}

/* Wait for the answer's line; FALSE with error. */
static gboolean
read_answer(int fd, const char *account, guint timeout_ms, Cancel *cancel, gboolean *ok, GError **error)
{
	gint64 deadline = dates_clock_us() + (gint64)timeout_ms * 1000;
	char line[8];
	gsize length = 0;

	while (length < sizeof line && memchr(line, '\n', length) == NULL) {
		struct pollfd fds[] = {
			{.fd = fd, .events = POLLIN}, {.fd = cancel_fd(cancel), .events = POLLIN}};
		gint64 left_ms = (deadline - dates_clock_us() + 999) / 1000;
		gssize got;
		if (cancel_check(cancel, error))
			return FALSE;
		if (left_ms <= 0) {
			fault_set(error, FAULT_RETRY,
				_("the Posthorn that connects account %s did not answer in time"), account);
			return FALSE;
		}
		if (poll(fds, 2, (int)MIN(left_ms, G_MAXINT)) <= 0 || fds[0].revents == 0)
			continue;
		got = recv(fd, line + length, sizeof line - length, 0);
		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (got <= 0) {
			fault_set(error, FAULT_UNKNOWN, _("the Posthorn that connected account %s has ended"),
				account);
			return FALSE;
		}
		length += (gsize)got;
	}
	*ok = length == 3 && memcmp(line, "ok\n", 3) == 0;
	return TRUE;
}

gboolean
control_ask(const Paths *paths, const char *account, ControlVerb verb, gint64 id, const char *part,
	guint timeout_ms, Cancel *cancel, GError **error)
{
	g_autofree char *line = request_line(verb, id, part);
	gsize length = strlen(line);
	gboolean ok = FALSE;
	gboolean answered;
	int fd = connect_to_holder(paths, account, error);

	if (fd < 0)
		return FALSE;
	/* A line fits into the socket's buffer: a short write means that the peer is gone. */
	if (send(fd, line, length, MSG_NOSIGNAL) == (gssize)length) {
		answered = read_answer(fd, account, timeout_ms, cancel, &ok, error);
	} else {
		answered = FALSE;
		fault_set(
			error, FAULT_UNKNOWN, _("the Posthorn that connected account %s has ended"), account);
	}
	close(fd);
	if (answered && !ok)
		fault_set(error, FAULT_REFUSED, _("the Posthorn that connects account %s could not do it"),
			account);
	return answered && ok;
}
