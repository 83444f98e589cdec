/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files and messages that are attached. Files are read by the writer; the composer is busy meanwhile.
 */
#include "config.h"

#include "ui/aside.h"
#include "ui/composer-state.h"
#include "ui/content.h"
#include "ui/index.h"
#include "util/i18n.h"

typedef struct {
	App *app;
	guint view_id;
	char *path;
	MimeAttachment *attachment;
	GError *error;
} Attach;

static void
attach_free(gpointer data)
{
	Attach *attach = data;

	g_free(attach->path);
	mime_attachment_free(attach->attachment);
	g_clear_error(&attach->error);
	g_free(attach);
}

static void
attach_run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	Attach *attach = data;

	(void)worker;
	(void)cancel;
	attach->attachment = compose_read_file(attach->path, &attach->error);
}

static void
attach_done(gpointer data)
{
	Attach *attach = data;
	ComposerView *composer = (ComposerView *)app_view(attach->app, attach->view_id);
	GPtrArray *attachments;

	if (!composer)
		return;
	composer->busy = FALSE;
	if (attach->attachment) {
		attachments = composer->composition->draft->attachments;
		g_ptr_array_add(attachments, g_steal_pointer(&attach->attachment));
		composer->changed = composer->written = TRUE;
		list_set_count(&composer->list, FIELD_COUNT + attachments->len);
		composer_keep(composer, FALSE, FALSE);
	} else {
		app_error(attach->app, attach->error);
	}
	composer_ready(composer);
}

static void
path_done(App *app, View *view, const char *text, gpointer data)
{
	ComposerView *composer = (ComposerView *)view;
	Attach *attach;

	(void)data;
	if (!view || !text || *text == '\0')
		return;
	attach = g_new0(Attach, 1);
	attach->app = app;
	attach->view_id = view->id;
	attach->path = paths_expand(text);
	composer->busy = TRUE;
	app_aside(app, ENGINE_WRITER, attach_run, attach_done, attach, attach_free, NULL);
}

static void
path_candidates(App *app, const char *text, gsize *start, GPtrArray *candidates, gpointer data)
{
	(void)app;
	(void)data;
	path_complete(text, start, candidates);
}

void
composer_attach_ask(ComposerView *composer, const char *path)
{
	PromptSpec spec = {.view = &composer->view,
		.label = _("Attach file (name, /path or ~/path):"),
		.history = "file",
		.complete = path_candidates,
		.done = path_done};

	if (path)
		path_done(composer->view.app, &composer->view, path, NULL);
	else
		app_prompt(composer->view.app, &spec);
}

/* ---- messages ---------------------------------------------------------------------------- */

void
composer_attach_messages(ComposerView *composer)
{
	App *app = composer->view.app;
	View *index = app_find(app, &index_class);
	UiAccount *account = NULL;
	g_autoptr(GArray) rows =
		index ? index->class->messages(index, view_mark_count(index) > 0, &account) : NULL;

	if (!rows || rows->len == 0 || !account) {
		app_say(app, "%s", _("No message is selected in the list."));
		return;
	}
	composer_attach_rows(composer, account, rows);
	app_say(app, P_("%u message attached.", "%u messages attached.", rows->len), rows->len);
}
