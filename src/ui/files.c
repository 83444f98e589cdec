/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/files.h"

#include <string.h>

#include "ui/aside.h"
#include "util/charset.h"

typedef struct {
	App *app;
	guint view_id;
	char *folder, *name; /* to be written */
	gboolean make_folder;
	gboolean text;
	gsize limit;
	char *path;     /* read from, or written to */
	GBytes *octets; /* read, or to be written */
	GError *error;
	FileWritten written;
	FileRead read;
	gpointer data;
	GDestroyNotify free_data;
} FileTask;

static void
task_free(gpointer data)
{
	FileTask *task = data;

	if (task->free_data)
		task->free_data(task->data);
	g_free(task->folder);
	g_free(task->name);
	g_free(task->path);
	g_clear_pointer(&task->octets, g_bytes_unref);
	g_clear_error(&task->error);
	g_free(task);
}

static FileTask *
task_new(App *app, View *view, gpointer data, GDestroyNotify free_data)
{
	FileTask *task = g_new0(FileTask, 1);

	task->app = app;
	task->view_id = view ? view->id : 0;
	task->data = data;
	task->free_data = free_data;
	return task;
}

static View *
task_view(const FileTask *task)
{
	return task->view_id ? app_view(task->app, task->view_id) : NULL;
}

/* ---- writing ----------------------------------------------------------------------------- */

static void
write_run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	FileTask *task = data;
	gsize length;
	const void *octets = g_bytes_get_data(task->octets, &length);

	(void)worker;
	(void)cancel;
	if (!task->make_folder || paths_make_folder(task->folder, &task->error))
		task->path = paths_write_new(task->folder, task->name, octets, length, &task->error);
}

static void
write_done(gpointer data)
{
	FileTask *task = data;

	task->written(task->app, task_view(task), task->path, task->error, task->data);
}

static void
write_file(FileTask *task, const char *folder, const char *name, GBytes *octets, FileWritten done)
{
	task->folder = g_strdup(folder);
	task->name = g_strdup(name);
	task->octets = g_bytes_ref(octets);
	task->written = done;
	app_aside(task->app, ENGINE_WRITER, write_run, write_done, task, task_free, NULL);
}

void
file_write_new(App *app, View *view, const char *folder, const char *name, GBytes *octets, FileWritten done,
	gpointer data, GDestroyNotify free_data)
{
	write_file(task_new(app, view, data, free_data), folder, name, octets, done);
}

void
file_write_private(App *app, View *view, const char *folder, const char *name, GBytes *octets,
	FileWritten done, gpointer data, GDestroyNotify free_data)
{
	FileTask *task = task_new(app, view, data, free_data);

	task->make_folder = TRUE;
	write_file(task, folder, name, octets, done);
}

/* ---- reading ----------------------------------------------------------------------------- */

static void
read_run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	FileTask *task = data;
	gsize length;
	char *octets = paths_read(task->path, task->limit, &length, &task->error), *text;

	(void)worker;
	(void)cancel;
	if (octets && task->text) {
		text = charset_to_utf8(octets, length, NULL, NULL, NULL);
		g_free(octets);
		octets = text;
		length = strlen(text);
	}
	if (octets)
		task->octets = g_bytes_new_take(octets, length);
}

static void
read_done(gpointer data)
{
	FileTask *task = data;

	task->read(task->app, task_view(task), task->octets, task->error, task->data);
}

void
file_read(App *app, View *view, const char *path, gsize limit, gboolean text, FileRead done, gpointer data,
	GDestroyNotify free_data)
{
	FileTask *task = task_new(app, view, data, free_data);

	task->path = g_strdup(path);
	task->limit = limit;
	task->text = text;
	task->read = done;
	app_aside(app, ENGINE_WRITER, read_run, read_done, task, task_free, NULL);
}
