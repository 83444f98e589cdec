/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The editor, and the speller. Order at its end: the file is read, the draft goes to the journal, and
 * only when that is durable the file goes. Reading and writing is the writer's; the composer is busy
 * meanwhile.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>

#include "ui/composer-state.h"
#include "ui/files.h"
#include "util/i18n.h"
#include "util/text.h"

typedef struct {
	gboolean headers; /* the fields stand above the text */
	char **argv;
	char *path;
	int status; /* of the program */
} Edit;

static void
edit_free(gpointer data)
{
	Edit *edit = data;

	g_strfreev(edit->argv);
	g_free(edit->path);
	g_free(edit);
}

static Edit *
edit_copy(const Edit *from)
{
	Edit *edit = g_memdup2(from, sizeof *from);

	edit->argv = g_strdupv(from->argv);
	edit->path = g_strdup(from->path);
	return edit;
}

/* ---- fields above the text --------------------------------------------------------------- */

static const struct {
	ComposerField field;
	const char *name; /* never translated: it is what mail has */
} field_names[] = {
	{FIELD_FROM, "From"},
	{FIELD_TO, "To"},
	{FIELD_CC, "Cc"},
	{FIELD_BCC, "Bcc"},
	{FIELD_REPLY_TO, "Reply-To"},
	{FIELD_SUBJECT, "Subject"},
};

static char *
with_headers(ComposerView *composer)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(field_names); i++) {
		g_autofree char *value = composer_field_text(composer, field_names[i].field);

		g_string_append_printf(out, "%s: %s\n", field_names[i].name, value);
	}
	g_string_append_printf(out, "\n%s", composer->composition->draft->body);
	return g_string_free(out, FALSE);
}

/* One field, unfolded. What is none of ours is named in unknown. */
static void
take_field(ComposerView *composer, const char *line, GString *unknown)
{
	const char *colon = strchr(line, ':');
	g_autofree char *value = colon ? g_strstrip(g_strdup(colon + 1)) : NULL;

	for (guint i = 0; colon && i < G_N_ELEMENTS(field_names); i++) {
		gsize length = strlen(field_names[i].name);

		if ((gsize)(colon - line) == length &&
			g_ascii_strncasecmp(line, field_names[i].name, length) == 0) {
			composer_set_field(composer, field_names[i].field, value);
			return;
		}
	}
	g_string_append_printf(unknown, "%s%s", unknown->len > 0 ? ", " : "", line);
}

/* Take the fields off the top; returns the text behind them. */
static const char *
take_headers(ComposerView *composer, const char *text)
{
	g_autoptr(GString) line = g_string_new(NULL);
	g_autoptr(GString) unknown = g_string_new(NULL);
	g_autofree char *safe = NULL;

	while (*text && *text != '\n') {
		const char *end = strchrnul(text, '\n');

		if ((*text == ' ' || *text == '\t') && line->len > 0) {
			g_string_append_len(line, text, end - text);
		} else {
			if (line->len > 0)
				take_field(composer, line->str, unknown);
			g_string_truncate(line, 0);
			g_string_append_len(line, text, end - text);
		}
		text = *end ? end + 1 : end;
	}
	if (line->len > 0)
		take_field(composer, line->str, unknown);
	safe = text_safe(unknown->str, -1, TEXT_MARKS);
	if (*safe)
		app_warn(composer->view.app, _("Not a field that can be written here: %s"), safe);
	return *text == '\n' ? text + 1 : text;
}

/* ---- afterwards -------------------------------------------------------------------------- */

static void
take_text(App *app, View *view, GBytes *octets, const GError *error, gpointer data)
{
	const Edit *edit = data;
	ComposerView *composer = (ComposerView *)view;
	gsize length = 0;
	const char *text = octets ? g_bytes_get_data(octets, &length) : NULL;
	MimeDraft *draft;

	if (!composer || error) {
		if (error)
			app_error(app, error);
		app_warn(app, _("The text is in %s."), edit->path);
		if (composer)
			composer->busy = FALSE;
		return;
	}
	composer->busy = FALSE;
	draft = composer->composition->draft;
	text = text ? text : "";
	if (edit->headers)
		text = take_headers(composer, text);
	composer->changed = composer->changed || strcmp(text, draft->body) != 0;
	g_free(draft->body);
	draft->body = g_strdup(text);
	draft->flowed = FALSE;
	composer->written = TRUE;
	composer->scroll = 0;
	g_free(composer->file);
	composer->file = g_strdup(edit->path);
	composer_keep(composer, FALSE, FALSE);
	if (!WIFEXITED(edit->status) || WEXITSTATUS(edit->status) != 0)
		app_warn(app, "%s", _("The editor ended with an error; its text was taken all the same."));
	composer_ready(composer);
}

static void
edited(App *app, View *view, int status, gpointer data)
{
	Edit *edit = edit_copy(data);

	edit->status = status;
	file_read(app, view, edit->path, COMPOSER_TEXT_LIMIT, TRUE, take_text, edit, edit_free);
}

static void
written(App *app, View *view, const char *path, const GError *error, gpointer data)
{
	Edit *edit = edit_copy(data);
	ComposerView *composer = (ComposerView *)view;
	g_autoptr(GPtrArray) argv = g_ptr_array_new();

	if (!composer || !path) {
		if (error)
			app_error(app, error);
		if (composer)
			composer->busy = FALSE;
		edit_free(edit);
		return;
	}
	edit->path = g_strdup(path);
	for (guint i = 0; edit->argv[i]; i++)
		g_ptr_array_add(argv, edit->argv[i]);
	g_ptr_array_add(argv, edit->path);
	g_ptr_array_add(argv, NULL);
	if (app_run_program(app, view, (char *const *)argv->pdata, edited, edit_copy(edit), edit_free))
		composer->busy = TRUE;
	else {
		composer->busy = FALSE;
		g_unlink(path);
	}
	edit_free(edit);
}

/* argv is taken. */
static void
start(ComposerView *composer, char **argv, gboolean headers)
{
	App *app = composer->view.app;
	g_autofree char *folder = composer_folder(app), *name = composer_file_name(composer->composition);
	g_autoptr(GBytes) octets = NULL;
	Edit *edit = g_new0(Edit, 1);
	char *text = headers ? with_headers(composer) : g_strdup(composer->composition->draft->body);

	edit->argv = argv;
	edit->headers = headers;
	octets = g_bytes_new_take(text, strlen(text));
	/* Recipients and subject are kept before anything else can go wrong. */
	composer_keep(composer, FALSE, FALSE);
	composer->busy = TRUE;
	file_write_private(app, &composer->view, folder, name, octets, written, edit, edit_free);
}

void
composer_edit(ComposerView *composer)
{
	start(composer, config_editor(composer->view.app->config), FALSE);
}

void
composer_edit_headers(ComposerView *composer)
{
	start(composer, config_editor(composer->view.app->config), TRUE);
}

void
composer_spell(ComposerView *composer)
{
	char **argv = config_speller(composer->view.app->config);

	if (argv)
		start(composer, argv, FALSE);
	else
		app_warn(composer->view.app, "%s",
			_("No program for spelling is installed: aspell, hunspell or ispell. "
			  "spell-command = PROGRAM in the configuration names another one."));
}
