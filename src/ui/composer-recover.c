/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The editor's files: how they are called, and what an end without notice left behind. Until a text is
 * durable as a draft it lies in such a file.
 */
#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ui/aside.h"
#include "ui/composer-state.h"
#include "util/charset.h"
#include "util/i18n.h"

char *
composer_folder(App *app)
{
	return g_build_filename(app->paths->data, "compose", NULL);
}

/* As it stands in a file's name. */
static char
id_character(char c)
{
	return g_ascii_isalnum(c) ? c : '_';
}

/* Characters of the Message-ID that tell drafts apart. */
#define ID_SHOWN 12

char *
composer_file_name(const Composition *composition)
{
	const char *id = composition->draft->message_id ? composition->draft->message_id : "";
	GString *name = g_string_new(NULL);

	g_string_printf(name, "%d-", (int)getpid());
	for (const char *p = id; *p && p < id + ID_SHOWN; p++)
		g_string_append_c(name, id_character(*p));
	g_string_append(name, ".txt");
	return g_string_free(name, FALSE);
}

/* The beginning of the Message-ID in a file's name, and whether its writer still lives. The caller's; NULL:
 * not one of ours. */
static char *
owner_of(const char *name, gboolean *alive)
{
	char *end = NULL;
	long pid = strtol(name, &end, 10);

	*alive = pid > 0 && (kill((pid_t)pid, 0) == 0 || errno == EPERM) && pid != (long)getpid();
	if (pid <= 0 || *end != '-')
		return NULL;
	return g_strndup(end + 1, MIN(strcspn(end + 1, "."), ID_SHOWN));
}

/* The newest draft whose Message-ID begins like that; NULL: none. */
static StoreDraft *
draft_of(Journal *journal, const char *begin)
{
	g_autoptr(GPtrArray) drafts = draft_list(journal, NULL);

	for (guint i = 0; i < drafts->len; i++) {
		const StoreDraft *draft = g_ptr_array_index(drafts, i);
		const char *id = draft->message_id ? draft->message_id : "";
		gsize at = 0;

		while (begin[at] && id[at] && begin[at] == id_character(id[at]))
			at++;
		if (begin[at] == '\0' && at > 0)
			return draft_by_message_id(journal, id);
	}
	return NULL;
}

typedef struct {
	App *app;
	char *path, *id; /* id: how the Message-ID begins */
	char *body;
	StoreDraft *draft; /* with the text, to be saved */
} Recovery;

static void
recovery_free(gpointer data)
{
	Recovery *recovery = data;

	g_free(recovery->path);
	g_free(recovery->id);
	g_free(recovery->body);
	store_draft_free(recovery->draft);
	g_free(recovery);
}

static void
recovery_run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	Recovery *recovery = data;
	Journal *journal = engine_worker_journal(worker);
	StoreDraft *draft = draft_of(journal, recovery->id);
	Composition *composition = draft ? compose_from_draft(draft, NULL) : NULL;

	(void)cancel;
	if (composition) {
		g_free(composition->draft->body);
		composition->draft->body = g_steal_pointer(&recovery->body);
		recovery->draft = compose_to_draft(composition, FALSE, NULL);
	}
	composition_free(composition);
	store_draft_free(draft);
}

static void
recovery_kept(App *app, View *view, const EngineEvent *event, gpointer data)
{
	(void)view;
	if (event->error) {
		app_error(app, event->error);
		return;
	}
	g_unlink(data);
	app_warn(app, "%s", _("A text that an editor left behind was kept as a draft. R shows the drafts."));
}

static void
recovery_done(gpointer data)
{
	Recovery *recovery = data;
	App *app = recovery->app;

	if (!recovery->draft) {
		app_warn(app, _("An editor left a text behind, and its draft is gone: %s"), recovery->path);
		return;
	}
	app_expect(app, engine_draft_save(app->engine, g_steal_pointer(&recovery->draft)), NULL,
		recovery_kept, g_strdup(recovery->path), g_free);
}

/* The files of runs that are no more, with their texts. */
typedef struct {
	App *app;
	char *folder;
	GPtrArray *found; /* of Recovery */
} Search;

static void
search_free(gpointer data)
{
	Search *search = data;

	g_free(search->folder);
	g_ptr_array_unref(search->found);
	g_free(search);
}

static void
read_file(Search *search, const char *name)
{
	gboolean alive;
	g_autofree char *id = owner_of(name, &alive), *path = NULL, *data = NULL;
	gsize length;
	Recovery *recovery;

	if (!id || alive)
		return;
	path = g_build_filename(search->folder, name, NULL);
	data = paths_read(path, COMPOSER_TEXT_LIMIT, &length, NULL);
	if (!data)
		return;
	recovery = g_new0(Recovery, 1);
	recovery->app = search->app;
	recovery->path = g_steal_pointer(&path);
	recovery->id = g_steal_pointer(&id);
	recovery->body = charset_to_utf8(data, length, NULL, NULL, NULL);
	g_ptr_array_add(search->found, recovery);
}

static void
search_run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	Search *search = data;
	g_autoptr(GDir) dir = g_dir_open(search->folder, 0, NULL);
	const char *name;

	(void)worker;
	while (dir && !cancel_is_triggered(cancel) && (name = g_dir_read_name(dir)))
		read_file(search, name);
}

static void
search_done(gpointer data)
{
	Search *search = data;

	while (search->found->len > 0)
		engine_run(search->app->engine, ENGINE_JOURNAL, recovery_run, recovery_done,
			g_ptr_array_steal_index(search->found, search->found->len - 1), recovery_free, NULL);
}

void
composer_recover(App *app)
{
	Search *search = g_new0(Search, 1);

	search->app = app;
	search->folder = composer_folder(app);
	search->found = g_ptr_array_new_with_free_func(recovery_free);
	app_aside(app, ENGINE_WRITER, search_run, search_done, search, search_free, NULL);
}
