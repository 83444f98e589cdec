/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * paths.h - where files live (XDG base directories), and safe ways to make them.
 *
 * Directories are made 0700, files 0600; a symbolic link in place of a
 * directory of our own is refused. Errors are FAULT_LOCAL with the reason and,
 * where there is one, a remedy; FAULT_UNKNOWN when the file or its folder does
 * not exist.
 */
#pragma once

#include <glib.h>

typedef struct {
	char *config;  /* $XDG_CONFIG_HOME/posthorn */
	char *cache;   /* $XDG_CACHE_HOME/posthorn */
	char *data;    /* $XDG_DATA_HOME/posthorn */
	char *state;   /* $XDG_STATE_HOME/posthorn */
	char *runtime; /* $XDG_RUNTIME_DIR/posthorn, or data/run where that is unset */
} Paths;

/* Read from the environment; nothing is created. */
Paths *paths_new(void);
void paths_free(Paths *paths);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Paths, paths_free)

/*
 * Create folder with its parents, 0700 each that is new. One that exists must be
 * a directory that belongs to the user, and no link.
 */
gboolean paths_make_folder(const char *folder, GError **error);
/* [a-z0-9][a-z0-9_-]{0,31} */
gboolean paths_is_account_key(const char *key);
/*
 * The last component made safe for saving: no separators, controls or hidden
 * characters, no leading ".", "-", "~" or blank, at most LIMIT_FILE_NAME bytes
 * with the extension kept, never empty. The caller's.
 */
char *paths_safe_name(const char *name);
/*
 * Write a new file in folder under paths_safe_name(name), or "name (1).ext" and so on where it
 * exists (O_EXCL, O_NOFOLLOW, 0600; fsync). What cannot be written whole is
 * removed again. Returns the path used, the caller's.
 */
char *paths_write_new(const char *folder, const char *name, const void *data, gsize length, GError **error);
/*
 * Replace path in one step: temporary file, fsync, rename; the mode is 0600 or
 * that of the old file. Follows one symbolic link, which stays; a link to a link
 * is refused, as is what is no regular file.
 */
gboolean paths_replace(const char *path, const void *data, gsize length, GError **error);
/* Read a whole file of at most limit bytes; a longer one is FAULT_LIMIT. The caller's, NUL-terminated. */
char *paths_read(const char *path, gsize limit, gsize *length, GError **error);
/* "~" and "~/x" expanded. The caller's. */
char *paths_expand(const char *path);
