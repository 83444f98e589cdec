/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * files.h - files of any size, read and written off the main thread.
 */
#pragma once

#include "ui/core.h"

/* In the main thread; view is NULL when it was closed meanwhile. path: where it lies; NULL with error. */
typedef void (*FileWritten)(App *app, View *view, const char *path, const GError *error, gpointer data);
/* octets: NULL with error. */
typedef void (*FileRead)(App *app, View *view, GBytes *octets, const GError *error, gpointer data);

/* A new file in folder by paths_write_new(); view may be NULL. */
void file_write_new(App *app, View *view, const char *folder, const char *name, GBytes *octets,
	FileWritten done, gpointer data, GDestroyNotify free_data);
/* The same in a folder that is made, 0700, where it is missing. */
void file_write_private(App *app, View *view, const char *folder, const char *name, GBytes *octets,
	FileWritten done, gpointer data, GDestroyNotify free_data);
/* text: what is read is converted to UTF-8, of the charset that it seems to have. */
void file_read(App *app, View *view, const char *path, gsize limit, gboolean text, FileRead done,
	gpointer data, GDestroyNotify free_data);
