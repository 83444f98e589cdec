/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "util/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

#define ACCOUNT_KEY_MAX 32
/* Tries of "name (n)". */
#define NAMES_MAX 9999
/* An extension longer than this, dot included, is no extension. */
#define EXTENSION_MAX 20

/* What the user can do about it; "" when the reason says it all. */
static const char *
remedy(int reason)
{
	switch (reason) {
	case ENOSPC:
	case EDQUOT:
		return _(" Free some space there, then try again.");
	case EACCES:
	case EPERM:
		return _(" Check who owns it and its permissions.");
	case EROFS:
		return _(" Choose a place that can be written.");
	case EMFILE:
	case ENFILE:
		return _(" Too many files are open: close some programs.");
	default:
		return "";
	}
}

/* format has one %s, for path. */
static void
set_errno(GError **error, const char *format, const char *path, int reason)
{
	g_autofree char *shown = text_safe(path, -1, TEXT_MARKS);
	g_autofree char *what = g_strdup_printf(format, shown);
	fault_set(error, reason == ENOENT ? FAULT_UNKNOWN : FAULT_LOCAL, "%s: %s.%s", what,
		g_strerror(reason), remedy(reason));
}

static char *
base_folder(const char *variable, const char *fallback)
{
	const char *value = g_getenv(variable);
	/* The XDG specification: a relative path is to be ignored. */
	if (value && g_path_is_absolute(value))
		return g_build_filename(value, PACKAGE, NULL);
	g_autofree char *home = paths_expand("~");
	return g_build_filename(home, fallback, PACKAGE, NULL);
}

Paths *
paths_new(void)
{
	Paths *paths = g_new0(Paths, 1);
	paths->config = base_folder("XDG_CONFIG_HOME", ".config");
	paths->cache = base_folder("XDG_CACHE_HOME", ".cache");
	paths->data = base_folder("XDG_DATA_HOME", ".local/share");
	paths->state = base_folder("XDG_STATE_HOME", ".local/state");
	const char *runtime = g_getenv("XDG_RUNTIME_DIR");
	if (runtime && g_path_is_absolute(runtime))
		paths->runtime = g_build_filename(runtime, PACKAGE, NULL);
	else
		paths->runtime = g_build_filename(paths->data, "run", NULL);
	return paths;
}

void
paths_free(Paths *paths)
{
	if (!paths)
		return;
	g_free(paths->config);
	g_free(paths->cache);
	g_free(paths->data);
	g_free(paths->state);
	g_free(paths->runtime);
	g_free(paths);
}

/* folder exists: it must be a directory, ours, and no link. */
static gboolean
check_folder(const char *folder, GError **error)
{
	struct stat status;
	if (lstat(folder, &status) != 0) {
		set_errno(error, _("Cannot look at the folder %s"), folder, errno);
		return FALSE;
	}
	g_autofree char *shown = text_safe(folder, -1, TEXT_MARKS);
	if (S_ISLNK(status.st_mode))
		fault_set(error, FAULT_LOCAL,
			_("%s is a symbolic link, which is not safe here. Replace it by a folder."), shown);
	else if (!S_ISDIR(status.st_mode))
		fault_set(error, FAULT_LOCAL, _("%s is not a folder. Move it away."), shown);
	else if (status.st_uid != geteuid())
		fault_set(error, FAULT_LOCAL,
			_("The folder %s belongs to somebody else. Move it away, or change its owner."),
			shown);
	else
		return TRUE;
	return FALSE;
}

/* Create the parents that are missing; one that exists may be anything that leads on. */
static gboolean
make_parents(char *folder, GError **error)
{
	for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		int reason = mkdir(folder, 0700) == 0 ? 0 : errno;
		if (reason != 0 && access(folder, F_OK) != 0) {
			set_errno(error, _("Cannot create the folder %s"), folder, reason);
			return FALSE;
		}
		*slash = '/';
	}
	return TRUE;
}

gboolean
paths_make_folder(const char *folder, GError **error)
{
	g_autofree char *path = g_strdup(folder);
	for (gsize length = strlen(path); length > 1 && path[length - 1] == '/'; length--)
		path[length - 1] = '\0';
	if (*path == '\0') {
		fault_set(error, FAULT_INPUT, _("A folder without a name cannot be created."));
		return FALSE;
	}
	if (mkdir(path, 0700) == 0)
		return TRUE;
	if (errno == ENOENT) {
		if (!make_parents(path, error))
			return FALSE;
		if (mkdir(path, 0700) == 0)
			return TRUE;
	}
	if (errno == EEXIST)
		return check_folder(path, error);
	set_errno(error, _("Cannot create the folder %s"), path, errno);
	return FALSE;
}

gboolean
paths_is_account_key(const char *key)
{
	gsize length = strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_-");
	return length > 0 && length <= ACCOUNT_KEY_MAX && key[length] == '\0' && *key != '_' && *key != '-';
}

/* Cut name to LIMIT_FILE_NAME bytes at a character, before its extension. */
static void
shorten(GString *name)
{
	if (name->len <= LIMIT_FILE_NAME)
		return;
	const char *dot = strrchr(name->str, '.');
	gsize extension = dot ? name->len - (gsize)(dot - name->str) : 0;
	if (extension > EXTENSION_MAX)
		extension = 0;
	gsize end = name->len - extension;
	gsize start = LIMIT_FILE_NAME - extension;
	while (start > 0 && ((guchar)name->str[start] & 0xC0) == 0x80)
		start--;
	g_string_erase(name, (gssize)start, (gssize)(end - start));
}

char *
paths_safe_name(const char *name)
{
	g_autofree char *lines = g_strdelimit(g_strdup(name), "\r\n\t", '_');
	g_autofree char *safe = text_safe(lines, -1, TEXT_MARKS);
	for (gsize length = strlen(safe); length > 0 && strchr("/\\", safe[length - 1]); length--)
		safe[length - 1] = '\0';
	const char *last = safe + strlen(safe);
	while (last > safe && !strchr("/\\", last[-1]))
		last--;
	last += strspn(last, ".-~ ");
	GString *result = g_string_sized_new(strlen(last) + 1);
	for (const char *at = last; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);
		g_string_append_unichar(result, c == 0xFFFD ? '_' : c);
	}
	shorten(result);
	while (result->len > 0 && result->str[result->len - 1] == ' ')
		g_string_truncate(result, result->len - 1);
	if (result->len == 0)
		g_string_assign(result, "unnamed");
	return g_string_free(result, FALSE);
}

static gboolean
write_all(int fd, const char *data, gsize length)
{
	while (length > 0) {
		ssize_t done = write(fd, data, length);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return FALSE;
		data += done;
		length -= (gsize)done;
	}
	return TRUE;
}

/* Write, make durable and close. FALSE with errno; fd is closed all the same. */
static gboolean
write_and_close(int fd, const void *data, gsize length)
{
	gboolean good = write_all(fd, data, length) && fsync(fd) == 0;
	int reason = errno;
	if (close(fd) != 0 && good) {
		good = FALSE;
		reason = errno;
	}
	errno = reason;
	return good;
}

/* "name (n).ext"; n 0 is name itself. */
static char *
numbered_path(const char *folder, const char *name, int n)
{
	if (n == 0)
		return g_build_filename(folder, name, NULL);
	const char *dot = strrchr(name, '.');
	if (!dot || dot == name || strlen(dot) > EXTENSION_MAX)
		dot = name + strlen(name);
	g_autofree char *numbered = g_strdup_printf("%.*s (%d)%s", (int)(dot - name), name, n, dot);
	return g_build_filename(folder, numbered, NULL);
}

char *
paths_write_new(const char *folder, const char *name, const void *data, gsize length, GError **error)
{
	g_autofree char *safe = paths_safe_name(name);
	for (int n = 0; n <= NAMES_MAX; n++) {
		g_autofree char *path = numbered_path(folder, safe, n);
		int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (fd < 0 && errno == EEXIST)
			continue;
		if (fd < 0) {
			set_errno(error, _("Cannot create the file %s"), path, errno);
			return NULL;
		}
		if (write_and_close(fd, data, length))
			return g_steal_pointer(&path);
		int reason = errno;
		unlink(path);
		set_errno(error, _("Cannot write the file %s"), path, reason);
		return NULL;
	}
	g_autofree char *shown = text_safe(folder, -1, TEXT_MARKS);
	fault_set(error, FAULT_LOCAL, _("Too many files named %s are in %s. Choose another folder."), safe,
		shown);
	return NULL;
}

/* Where path leads by one link, or path itself; NULL when it leads to another link. */
static char *
follow_link(const char *path, GError **error)
{
	g_autoptr(GError) reason = NULL;
	g_autofree char *link = g_file_read_link(path, &reason);
	if (!link)
		return g_strdup(path);
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *target =
		g_path_is_absolute(link) ? g_strdup(link) : g_build_filename(folder, link, NULL);
	if (!g_file_test(target, G_FILE_TEST_IS_SYMLINK))
		return g_steal_pointer(&target);
	g_autofree char *shown = text_safe(path, -1, TEXT_MARKS);
	fault_set(error, FAULT_LOCAL, _("%s is a link to another link. Let it point to the file itself."),
		shown);
	return NULL;
}

/* The mode that a new file at path gets; FALSE when what is there is no file. */
static gboolean
mode_for(const char *path, mode_t *mode, GError **error)
{
	struct stat status;
	*mode = 0600;
	if (lstat(path, &status) != 0)
		return TRUE;
	*mode = status.st_mode & 0777;
	if (S_ISREG(status.st_mode))
		return TRUE;
	g_autofree char *shown = text_safe(path, -1, TEXT_MARKS);
	fault_set(error, FAULT_LOCAL, _("%s is not a regular file. Move it away."), shown);
	return FALSE;
}

/* The rename is durable only when its folder is; a file system that cannot do this has no better. */
static void
sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	(void)fsync(fd);
	close(fd);
}

gboolean
paths_replace(const char *path, const void *data, gsize length, GError **error)
{
	mode_t mode;
	g_autofree char *target = follow_link(path, error);
	if (!target || !mode_for(target, &mode, error))
		return FALSE;
	g_autofree char *folder = g_path_get_dirname(target);
	g_autofree char *temporary = g_build_filename(folder, ".posthorn-XXXXXX", NULL);
	int fd = g_mkstemp_full(temporary, O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0) {
		set_errno(error, _("Cannot create a file in the folder %s"), folder, errno);
		return FALSE;
	}
	gboolean good = fchmod(fd, mode) == 0;
	int reason = errno;
	if (!write_and_close(fd, data, length) && good) {
		good = FALSE;
		reason = errno;
	}
	if (good && rename(temporary, target) != 0) {
		good = FALSE;
		reason = errno;
	}
	if (!good) {
		unlink(temporary);
		set_errno(error, _("Cannot write the file %s"), target, reason);
		return FALSE;
	}
	sync_folder(folder);
	return TRUE;
}

/* Read to the end, or to one byte past limit. NULL with errno. */
static GString *
read_all(int fd, gsize limit)
{
	GString *out = g_string_new(NULL);
	char buffer[16384];
	while (out->len <= limit) {
		ssize_t got = read(fd, buffer, MIN(sizeof buffer, limit - out->len + 1));
		if (got == 0)
			break;
		if (got > 0) {
			g_string_append_len(out, buffer, got);
		} else if (errno != EINTR) {
			int reason = errno;
			g_string_free(out, TRUE);
			errno = reason;
			return NULL;
		}
	}
	return out;
}

char *
paths_read(const char *path, gsize limit, gsize *length, GError **error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		set_errno(error, _("Cannot open the file %s"), path, errno);
		return NULL;
	}
	g_autoptr(GString) out = read_all(fd, limit);
	int reason = errno;
	close(fd);
	if (!out) {
		set_errno(error, _("Cannot read the file %s"), path, reason);
		return NULL;
	}
	if (out->len > limit) {
		g_autofree char *shown = text_safe(path, -1, TEXT_MARKS);
		g_autofree char *size = text_size(limit);
		fault_set(error, FAULT_LIMIT, _("The file %s is too big: at most %s is read."), shown, size);
		return NULL;
	}
	if (length)
		*length = out->len;
	return g_string_free(g_steal_pointer(&out), FALSE);
}

char *
paths_expand(const char *path)
{
	if (path[0] != '~' || (path[1] != '\0' && path[1] != '/'))
		return g_strdup(path);
	const char *home = g_getenv("HOME");
	if (!home || !*home)
		home = g_get_home_dir();
	return path[1] == '\0' ? g_strdup(home) : g_build_filename(home, path + 2, NULL);
}
