/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The editor, and what is kept. Order at the end of the editor: its file is read,
 * the draft goes to the journal, and only when that is durable the file goes.
 */
#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ui/composer-state.h"
#include "util/charset.h"
#include "util/i18n.h"
#include "util/text.h"

/* The largest text taken from the editor. */
#define BODY_LIMIT ((gsize)32 * 1024 * 1024)

/* ---- drafts ------------------------------------------------------------------------------ */

typedef struct {
	char *file; /* removed when the draft is durable; NULL */
} Kept;

static void
kept_free(gpointer data)
{
	Kept *kept = data;

	g_free(kept->file);
	g_free(kept);
}

static void
kept(App *app, View *view, const EngineEvent *event, gpointer data)
{
	const Kept *waited = data;
	ComposerView *composer = (ComposerView *)view;

	if (event->error) {
		app_error(app, event->error);
		if (waited->file)
			app_warn(app, _("The text is in %s."), waited->file);
		if (composer) {
			composer->changed = TRUE;
			composer->closing = FALSE;
		}
		return;
	}
	if (waited->file)
		g_unlink(waited->file);
	if (!composer)
		return;
	if (composer->composition && event->outbox)
		composer->composition->draft_id = event->outbox;
	if (composer->closing) {
		app_say(app, "%s", _("Kept as a draft. R goes on with it."));
		app_close(app, view);
	}
}

void
composer_keep(ComposerView *composer, gboolean postponed, gboolean close)
{
	App *app = composer->view.app;
	g_autoptr(GError) error = NULL;
	StoreDraft *draft;
	Kept *waited;

	if (!composer->composition || !app->engine)
		return;
	draft = compose_to_draft(composer->composition, postponed, &error);
	if (!draft) {
		app_error(app, error);
		return;
	}
	composer->changed = FALSE;
	composer->closing = close;
	waited = g_new0(Kept, 1);
	waited->file = g_steal_pointer(&composer->file);
	app_expect(app, engine_draft_save(app->engine, draft), &composer->view, kept, waited, kept_free);
}

/* ---- the editor -------------------------------------------------------------------------- */

static char *
editor_folder(App *app)
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

/* Short, for editors show it: who wrote it, and how the draft's Message-ID begins. */
static char *
file_name(const Composition *composition)
{
	const char *id = composition->draft->message_id ? composition->draft->message_id : "";
	GString *name = g_string_new(NULL);

	g_string_printf(name, "%d-", (int)getpid());
	for (const char *p = id; *p && p < id + ID_SHOWN; p++)
		g_string_append_c(name, id_character(*p));
	g_string_append(name, ".txt");
	return g_string_free(name, FALSE);
}

static void
take_text(ComposerView *composer, const char *path)
{
	App *app = composer->view.app;
	g_autoptr(GError) error = NULL;
	gsize length;
	g_autofree char *data = paths_read(path, BODY_LIMIT, &length, &error);
	char *body;

	if (!data) {
		app_error(app, error);
		app_warn(app, _("The text is still in %s."), path);
		return;
	}
	body = charset_to_utf8(data, length, NULL, NULL, NULL);
	composer->changed = composer->changed || g_strcmp0(body, composer->composition->draft->body) != 0;
	g_free(composer->composition->draft->body);
	composer->composition->draft->body = body;
	composer->composition->draft->flowed = FALSE;
	composer->written = TRUE;
	composer->scroll = 0;
	g_free(composer->file);
	composer->file = g_strdup(path);
	composer_keep(composer, FALSE, FALSE);
}

static void
edited(App *app, View *view, int status, gpointer data)
{
	const char *path = data;
	ComposerView *composer = (ComposerView *)view;

	if (!composer) {
		app_warn(app, _("The text is in %s."), path);
		return;
	}
	composer->busy = FALSE;
	take_text(composer, path);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		app_warn(app, "%s", _("The editor ended with an error; its text was taken all the same."));
}

void
composer_edit(ComposerView *composer)
{
	App *app = composer->view.app;
	g_auto(GStrv) editor = config_editor(app->config);
	g_autofree char *folder = editor_folder(app), *name = file_name(composer->composition), *path = NULL;
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	const char *body = composer->composition->draft->body;

	/* Recipients and subject are kept before anything else can go wrong. */
	composer_keep(composer, FALSE, FALSE);
	if (paths_make_folder(folder, &error))
		path = paths_write_new(folder, name, body, strlen(body), &error);
	if (!path) {
		app_error(app, error);
		return;
	}
	for (guint i = 0; editor[i]; i++)
		g_ptr_array_add(argv, editor[i]);
	g_ptr_array_add(argv, path);
	g_ptr_array_add(argv, NULL);
	if (app_run_program(app, &composer->view, (char *const *)argv->pdata, edited, g_strdup(path), g_free))
		composer->busy = TRUE;
	else
		g_unlink(path);
}

/* ---- fields ------------------------------------------------------------------------------ */

typedef struct {
	ComposerField field;
	gboolean next;
} Asked;

static void
complete_address(App *app, const char *text, gsize *start, GPtrArray *candidates, gpointer data)
{
	g_autoptr(GPtrArray) people = NULL;

	(void)data;
	for (guint i = 0; i < app->accounts->len && text[*start]; i++) {
		UiAccount *account = g_ptr_array_index(app->accounts, i);

		people = account->view ? store_view_people(account->view, text + *start, 50) : NULL;
		for (guint k = 0; people && k < people->len; k++)
			g_ptr_array_add(
				candidates, candidate_new(g_ptr_array_index(people, k), NULL, NULL, 0));
		g_clear_pointer(&people, g_ptr_array_unref);
	}
}

static void
set_field(ComposerView *composer, ComposerField field, const char *text)
{
	GPtrArray **addresses = composer_addresses(composer, field);
	gboolean damaged = FALSE;

	composer->changed = TRUE;
	if (!addresses) {
		g_free(composer->composition->draft->subject);
		composer->composition->draft->subject = g_strdup(text);
		return;
	}
	g_ptr_array_unref(*addresses);
	*addresses = mime_parse_addresses(text, -1, &damaged);
	for (guint i = 0; i < (*addresses)->len; i++) {
		const MimeAddress *address = g_ptr_array_index(*addresses, i);
		g_autoptr(GError) error = NULL;

		if (!address->group && !mime_address_check(address->address, &error))
			app_error(composer->view.app, error);
	}
}

static void
field_done(App *app, View *view, const char *text, gpointer data)
{
	const Asked *asked = data;
	ComposerView *composer = (ComposerView *)view;

	if (!composer || !text)
		return;
	set_field(composer, asked->field, text);
	if (!asked->next)
		return;
	if (asked->field == FIELD_TO && !composer->composition->draft->subject)
		composer_ask_field(composer, FIELD_SUBJECT, TRUE);
	else if (asked->field == FIELD_TO && composer->composition->draft->subject[0] == '\0')
		composer_ask_field(composer, FIELD_SUBJECT, TRUE);
	else
		composer_edit(composer);
	(void)app;
}

void
composer_ask_field(ComposerView *composer, ComposerField field, gboolean next)
{
	static const char *const labels[FIELD_COUNT] = {
		N_("From:"), N_("To:"), N_("Cc:"), N_("Bcc:"), N_("Reply-To:"), N_("Subject:")};
	g_autofree char *initial = composer_field_text(composer, field);
	gboolean address = field != FIELD_SUBJECT;
	Asked *asked = g_new0(Asked, 1);
	PromptSpec spec = {.view = &composer->view,
		.label = _(labels[field]),
		.initial = initial,
		.history = address ? "address" : "subject",
		.separators = address ? "," : NULL,
		.complete = address ? complete_address : NULL,
		.done = field_done,
		.data = asked,
		.free_data = g_free};

	*asked = (Asked){field, next};
	list_select(&composer->list, field);
	app_prompt(composer->view.app, &spec);
}

/* ---- what an end without notice left behind ---------------------------------------------- */

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

static void
recover(App *app, const char *folder, const char *name)
{
	gboolean alive;
	g_autofree char *id = owner_of(name, &alive), *data = NULL;
	gsize length;
	Recovery *recovery;

	if (!id || alive)
		return;
	recovery = g_new0(Recovery, 1);
	recovery->app = app;
	recovery->path = g_build_filename(folder, name, NULL);
	recovery->id = g_steal_pointer(&id);
	data = paths_read(recovery->path, BODY_LIMIT, &length, NULL);
	if (!data) {
		recovery_free(recovery);
		return;
	}
	recovery->body = charset_to_utf8(data, length, NULL, NULL, NULL);
	engine_run(app->engine, ENGINE_JOURNAL, recovery_run, recovery_done, recovery, recovery_free, NULL);
}

void
composer_recover(App *app)
{
	g_autofree char *folder = editor_folder(app);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		recover(app, folder, name);
}

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

void
composer_save_all(App *app)
{
	for (guint i = 0; app->engine && i < app->stack->len; i++) {
		ComposerView *composer = g_ptr_array_index(app->stack, i);
		StoreDraft *draft;

		if (composer->view.class != &composer_class || !composer->composition || !composer->changed)
			continue;
		draft = compose_to_draft(composer->composition, FALSE, NULL);
		if (draft)
			wait_for(app, engine_draft_save(app->engine, draft));
	}
}
