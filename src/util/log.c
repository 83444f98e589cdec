/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A line is one write() to a descriptor in append mode, so that two programs
 * with the same log do not mix their lines. Before turning the file over it is
 * looked up again: the other one may have done so already.
 */
#include "config.h"

#include "util/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

#define ROTATE_AT (4 * 1024 * 1024)

static const struct {
	const char *name;
	LogCategory category;
} names[] = {
	{"general", LOG_GENERAL},
	{"imap", LOG_IMAP},
	{"smtp", LOG_SMTP},
	{"net", LOG_NET},
	{"store", LOG_STORE},
	{"engine", LOG_ENGINE},
	{"ui", LOG_UI},
	{"sieve", LOG_SIEVE},
};

static struct {
	pthread_mutex_t mutex;
	char *path;
	int fd;
	gboolean regular; /* a file that can be turned over */
	gint categories;  /* atomic: asked for without the mutex; 0 when closed */
} state = {.mutex = PTHREAD_MUTEX_INITIALIZER, .fd = -1};

static int
open_file(const char *path)
{
	/* Names in /dev are links into /proc. */
	int follow = g_str_has_prefix(path, "/dev/") ? 0 : O_NOFOLLOW;
	return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | follow, 0600);
}

/* Take fd over as the log. */
static void
use_file(int fd)
{
	struct stat status;
	state.fd = fd;
	state.regular = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
	if (state.regular && (status.st_mode & 0077))
		(void)fchmod(fd, 0600);
}

gboolean
log_open(const char *path, guint categories, GError **error)
{
	if (!path)
		return TRUE;
	int fd = open_file(path);
	if (fd < 0) {
		int reason = errno;
		g_autofree char *shown = text_safe(path, -1, TEXT_MARKS);
		fault_set(error, FAULT_LOCAL,
			_("Cannot open the log %s: %s. Choose another file with --log."), shown,
			g_strerror(reason));
		return FALSE;
	}
	pthread_mutex_lock(&state.mutex);
	if (state.fd >= 0)
		close(state.fd);
	g_free(state.path);
	state.path = g_strdup(path);
	use_file(fd);
	pthread_mutex_unlock(&state.mutex);
	g_atomic_int_set(&state.categories, (gint)(categories | LOG_GENERAL));
	return TRUE;
}

void
log_close(void)
{
	g_atomic_int_set(&state.categories, 0);
	pthread_mutex_lock(&state.mutex);
	if (state.fd >= 0)
		close(state.fd);
	state.fd = -1;
	g_clear_pointer(&state.path, g_free);
	pthread_mutex_unlock(&state.mutex);
}

gboolean
log_on(LogCategory category)
{
	return (g_atomic_int_get(&state.categories) & (gint)category) != 0;
}

guint
log_category(const char *name)
{
	guint all = 0;
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(name, names[i].name) == 0)
			return names[i].category;
		all |= names[i].category;
	}
	return strcmp(name, "all") == 0 ? all : 0;
}

static const char *
name_of(LogCategory category)
{
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		if (names[i].category == category)
			return names[i].name;
	}
	return "?";
}

/* The file has grown to its limit: go on with a new one. */
static void
rotate(void)
{
	struct stat ours;
	struct stat named;
	if (!state.regular || fstat(state.fd, &ours) != 0 || ours.st_size < ROTATE_AT)
		return;
	gboolean same =
		stat(state.path, &named) == 0 && named.st_dev == ours.st_dev && named.st_ino == ours.st_ino;
	g_autofree char *old = g_strconcat(state.path, ".old", NULL);
	if (same && rename(state.path, old) != 0)
		return;
	int fd = open_file(state.path);
	if (fd < 0)
		return;
	close(state.fd);
	use_file(fd);
}

static void
append_stamp(GString *line)
{
	struct timespec now;
	struct tm tm = {0};
	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	g_string_append_printf(line, "%04d-%02d-%02d %02d:%02d:%02d.%03ld ", tm.tm_year + 1900, tm.tm_mon + 1,
		tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, now.tv_nsec / 1000000);
}

/* text sanitised and cut, at the end of line. */
static void
append_text(GString *line, const char *text)
{
	gsize length = strlen(text);
	gsize taken = MIN(length, LIMIT_LOG_LINE);
	while (taken < length && taken > 0 && ((guchar)text[taken] & 0xC0) == 0x80)
		taken--;
	gsize end = line->len + LIMIT_LOG_LINE;
	text_safe_append(line, text, (gssize)taken, TEXT_MARKS);
	if (line->len > end) {
		while (((guchar)line->str[end] & 0xC0) == 0x80)
			end--;
		g_string_truncate(line, end);
		taken = 0;
	}
	if (taken < length)
		g_string_append_printf(line, "... (%" G_GSIZE_FORMAT " bytes)", length);
}

void
log_line(LogCategory category, const char *format, ...)
{
	if (!log_on(category))
		return;
	va_list args;
	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	g_autoptr(GString) line = g_string_sized_new(128);
	append_stamp(line);
	g_string_append_printf(line, "%s ", name_of(category));
	append_text(line, text);
	g_string_append_c(line, '\n');
	pthread_mutex_lock(&state.mutex);
	if (state.fd >= 0) {
		rotate();
		/* A full disk must not stop mail: the line is lost. */
		if (write(state.fd, line->str, line->len) < 0)
			errno = 0;
	}
	pthread_mutex_unlock(&state.mutex);
}
