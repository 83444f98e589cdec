/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Building and keeping: a copy of the message goes to the writer, which reads nothing of the screen's.
 * Attachments may be large; encoding them takes its time there.
 */
#include "config.h"

#include <glib/gstdio.h>

#include "ui/aside.h"
#include "ui/composer-state.h"
#include "util/i18n.h"

/* ---- a message that could be sent -------------------------------------------------------- */

typedef struct {
	App *app;
	guint view_id;
	Composition *copy;
	AccountConfig *account;
	Preferences *preferences;
	ComposerBuilt done;
	gint64 due; /* 0: as the settings say */
	guint warnings;
	OutboxMessage *message;
	GError *error;
} Build;

static void
build_free(gpointer data)
{
	Build *build = data;

	composition_free(build->copy);
	account_config_free(build->account);
	preferences_free(build->preferences);
	outbox_message_free(build->message);
	g_clear_error(&build->error);
	g_free(build);
}

static void
build_run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	Build *build = data;

	(void)worker;
	(void)cancel;
	build->warnings = compose_warnings(build->copy);
	build->message =
		compose_finish(build->copy, build->account, build->preferences, FALSE, &build->error);
	if (build->message && build->due)
		build->message->due = build->due;
}

static void
build_done(gpointer data)
{
	Build *build = data;
	ComposerView *composer = (ComposerView *)app_view(build->app, build->view_id);

	if (!composer)
		return;
	composer->busy = FALSE;
	if (build->message) {
		build->done(composer, g_steal_pointer(&build->message), build->warnings);
	} else {
		app_error(build->app, build->error);
	}
	/* A question that came up meanwhile is not answered by keys that were typed before it stood there. */
	if (build->app->prompt)
		g_array_set_size(composer->typed, 0);
	else
		composer_ready(composer);
}

void
composer_build(ComposerView *composer, ComposerBuilt done)
{
	App *app = composer->view.app;
	Build *build = g_new0(Build, 1);

	build->app = app;
	build->view_id = composer->view.id;
	build->copy = composition_copy(composer->composition);
	build->account = account_config_copy(app_account_config(app, composer->account));
	build->preferences = config_preferences(app->config, composer->account->key, NULL);
	build->due = composer->due;
	build->done = done;
	composer->busy = TRUE;
	app_aside(app, ENGINE_WRITER, build_run, build_done, build, build_free, NULL);
}

/* ---- drafts ------------------------------------------------------------------------------ */

typedef struct {
	App *app;
	guint view_id;
	Composition *copy;
	guint revision;
	gboolean postponed, close;
	char *file; /* the editor's: removed when the draft is durable; NULL */
	StoreDraft *draft;
	GError *error;
} Keep;

static void
keep_free(gpointer data)
{
	Keep *keep = data;

	composition_free(keep->copy);
	g_free(keep->file);
	store_draft_free(keep->draft);
	g_clear_error(&keep->error);
	g_free(keep);
}

static void
box_free(gpointer data)
{
	Keep **box = data;

	if (*box)
		keep_free(*box);
	g_free(box);
}

static void
keep_failed(const Keep *keep, ComposerView *composer, const GError *error)
{
	app_error(keep->app, error);
	if (keep->file)
		app_warn(keep->app, _("The text is in %s."), keep->file);
	if (!composer)
		return;
	composer->changed = TRUE;
	if (keep->close)
		composer->closing = composer->busy = FALSE;
	if (composer->dropping && composer->keeps == 0)
		composer_drop(composer);
}

static void
kept(App *app, View *view, const EngineEvent *event, gpointer data)
{
	const Keep *keep = *(Keep **)data;
	ComposerView *composer = (ComposerView *)view;

	if (composer)
		composer->keeps--;
	if (event->error) {
		keep_failed(keep, composer, event->error);
		return;
	}
	if (keep->file)
		g_unlink(keep->file);
	if (!composer)
		return;
	if (composer->composition && event->outbox)
		composer->composition->draft_id = event->outbox;
	if (composer->dropping && composer->keeps == 0) {
		composer_drop(composer);
	} else if (keep->close) {
		app_say(app, "%s", _("Kept as a draft. R goes on with it."));
		app_close(app, view);
	}
}

static void
keep_run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	Keep *keep = *(Keep **)data;

	(void)worker;
	(void)cancel;
	keep->draft = compose_to_draft(keep->copy, keep->postponed, &keep->error);
}

static void
keep_done(gpointer data)
{
	Keep **box = data, *keep = *box, **again;
	View *view = app_view(keep->app, keep->view_id);
	ComposerView *composer = (ComposerView *)view;

	/* At the end a newer one may have overtaken it. */
	if (composer && keep->revision < composer->saved)
		return;
	if (!keep->draft) {
		if (composer)
			composer->keeps--;
		keep_failed(keep, composer, keep->error);
		return;
	}
	*box = NULL;
	again = g_new0(Keep *, 1);
	*again = keep;
	app_expect(keep->app, engine_draft_save(keep->app->engine, g_steal_pointer(&keep->draft)), view, kept,
		again, box_free);
}

void
composer_keep(ComposerView *composer, gboolean postponed, gboolean close)
{
	App *app = composer->view.app;
	Keep **box, *keep;

	if (!composer->composition || !app->engine || composer->closing)
		return;
	keep = g_new0(Keep, 1);
	keep->app = app;
	keep->view_id = composer->view.id;
	keep->copy = composition_copy(composer->composition);
	keep->revision = ++composer->revision;
	keep->postponed = postponed;
	keep->close = close;
	keep->file = g_steal_pointer(&composer->file);
	composer->changed = FALSE;
	composer->closing = close;
	composer->busy = composer->busy || close;
	composer->keeps++;
	box = g_new0(Keep *, 1);
	*box = keep;
	app_aside(app, ENGINE_WRITER, keep_run, keep_done, box, box_free, NULL);
}

void
composer_drop(ComposerView *composer)
{
	App *app = composer->view.app;

	/* What is on its way to the journal is waited for, or it would stay there. */
	composer->dropping = TRUE;
	if (composer->keeps > 0) {
		composer->busy = TRUE;
		return;
	}
	if (composer->composition->draft_id && app->engine)
		engine_draft_remove(app->engine, composer->composition->draft_id);
	app_close(app, &composer->view);
}

/* ---- the end ----------------------------------------------------------------------------- */

static gboolean
wait_for(App *app, guint ticket)
{
	gint64 deadline = g_get_monotonic_time() + 2 * G_USEC_PER_SEC;
	EngineEvent *event;

	while (g_get_monotonic_time() < deadline) {
		gboolean mine;

		event = queue_pop(engine_events(app->engine), 100);
		if (!event)
			continue;
		mine = event->ticket == ticket;
		app_handle_event(app, event);
		if (mine)
			return TRUE;
	}
	return FALSE;
}

/* Nobody presses keys any more: here it is built at once. */
void
composer_save_all(App *app)
{
	for (guint i = 0; app->engine && i < app->stack->len; i++) {
		ComposerView *composer = g_ptr_array_index(app->stack, i);
		StoreDraft *draft;

		if (composer->view.class != &composer_class || !composer->composition || composer->dropping ||
			(!composer->changed && composer->keeps == 0))
			continue;
		composer->saved = ++composer->revision;
		draft = compose_to_draft(composer->composition, FALSE, NULL);
		if (draft)
			wait_for(app, engine_draft_save(app->engine, draft));
	}
}
