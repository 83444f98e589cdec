/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * redirect.c - let an unpacked Dovecot find its own parts where they lie.
 *
 * Dovecot has the paths of its modules and of doveconf compiled in. Preloaded
 * into the test servers, and into nothing else, this turns those paths into
 * UNPACKED "/usr/lib/dovecot/..." and UNPACKED "/usr/bin/doveconf".
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

static const char *const moved[] = {"/usr/lib/dovecot", "/usr/bin/doveconf"};

static const char *
redirected(const char *path, char *buffer)
{
	for (size_t i = 0; path != NULL && i < sizeof moved / sizeof *moved; i++) {
		if (strncmp(path, moved[i], strlen(moved[i])) == 0) {
			snprintf(buffer, PATH_SIZE, "%s%s", UNPACKED, path);
			return buffer;
		}
	}
	return path;
}

DIR *
opendir(const char *path)
{
	char buffer[PATH_SIZE];
	DIR *(*real)(const char *) = dlsym(RTLD_NEXT, "opendir");
	return real(redirected(path, buffer));
}

void *
dlopen(const char *path, int mode)
{
	char buffer[PATH_SIZE];
	void *(*real)(const char *, int) = dlsym(RTLD_NEXT, "dlopen");
	return real(redirected(path, buffer), mode);
}

int
stat(const char *restrict path, struct stat *restrict result)
{
	char buffer[PATH_SIZE];
	int (*real)(const char *, struct stat *) = dlsym(RTLD_NEXT, "stat");
	return real(redirected(path, buffer), result);
}

int
execv(const char *path, char *const argv[])
{
	char buffer[PATH_SIZE];
	int (*real)(const char *, char *const[]) = dlsym(RTLD_NEXT, "execv");
	return real(redirected(path, buffer), argv);
}

int
execvp(const char *path, char *const argv[])
{
	char buffer[PATH_SIZE];
	int (*real)(const char *, char *const[]) = dlsym(RTLD_NEXT, "execvp");
	return real(redirected(path, buffer), argv);
}
