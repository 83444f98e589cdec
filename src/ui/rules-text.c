/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rules as text in the user's editor. What comes back is checked before it is
 * written; what is wrong is shown at its place, and the text is not lost whatever
 * is answered: until it is written, or dropped on purpose, it stays in a file.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>

#include "engine/rules.h"
#include "ui/core.h"
#include "ui/rules-edit.h"
#include "ui/rules.h"
#include "util/i18n.h"
#include "util/text.h"

/* Faults shown at once, and cells of the offending line. */
#define FAULTS_SHOWN 3
#define LINE_CELLS 66

typedef struct {
	App *app;
	UiAccount *account;
	guint view_id;
	char *was;  /* what was edited */
	char *path; /* the editor's file */
	char *text; /* as it came back; NULL: in the editor */
	guint line;
	gboolean settled; /* written, dropped, or in the editor again */
} Edit;

static void start(Edit *edit);

static void
edit_free(gpointer data)
{
	Edit *edit = data;

	if (!edit->settled && edit->text)
		app_warn(edit->app, _("Nothing was written. The text is in %s."), edit->path);
	g_free(edit->was);
	g_free(edit->path);
	g_free(edit->text);
	g_free(edit);
}

static Edit *
edit_next(Edit *edit)
{
	Edit *next = g_memdup2(edit, sizeof *edit);

	next->was = g_strdup(edit->was);
	next->path = g_strdup(edit->path);
	next->text = NULL;
	next->settled = FALSE;
	edit->settled = TRUE;
	return next;
}

/* ---- what is wrong ---------------------------------------------------------------------------- */

/* The line with a caret under the column, cut to what is seen around it. */
static void
append_place(GString *out, const char *text, const SieveError *fault)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autofree char *line = NULL;
	glong length, at, from;
	const char *start, *caret;

	if (fault->line == 0 || fault->line > g_strv_length(lines))
		return;
	line = text_safe(lines[fault->line - 1], -1, TEXT_MARKS);
	length = g_utf8_strlen(line, -1);
	at = CLAMP((glong)fault->column - 1, 0, length);
	from = at > LINE_CELLS / 2 ? at - LINE_CELLS / 2 : 0;
	start = g_utf8_offset_to_pointer(line, from);
	caret = g_utf8_offset_to_pointer(line, at);
	g_string_append_printf(
		out, "%5u | %.*s\n", fault->line, (int)text_fit(start, -1, LINE_CELLS, NULL), start);
	g_string_append_printf(out, "      | %*s^\n", text_cells(start, caret - start), "");
}

static char *
faults_words(const char *text, const GPtrArray *faults)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < faults->len && i < FAULTS_SHOWN; i++) {
		const SieveError *fault = g_ptr_array_index(faults, i);
		g_autofree char *words = sieve_error_words(fault);

		g_string_append_printf(out, "%s\n", words);
		append_place(out, text, fault);
	}
	if (faults->len > FAULTS_SHOWN)
		g_string_append_printf(out,
			P_("... and %u more\n", "... and %u more\n", faults->len - FAULTS_SHOWN),
			faults->len - FAULTS_SHOWN);
	g_string_append(out, _("e edit again   k keep, with that rule switched off   d drop the changes"));
	return g_string_free(out, FALSE);
}

/* ---- what to do about it ------------------------------------------------------------------------ */

/* Switch off the rules in which faults stand. FALSE: none could be. */
static gboolean
switch_off(FormScript *script, const GPtrArray *faults, GString *names)
{
	gboolean done = FALSE;

	for (guint i = 0; i < faults->len; i++) {
		const SieveError *fault = g_ptr_array_index(faults, i);
		guint at = rules_at_line(script, fault->line);
		FormRule *rule = at != G_MAXUINT ? g_ptr_array_index(script->rules, at) : NULL;

		if (!rule || !rule->enabled || !form_rule_enable(rule, FALSE, NULL))
			continue;
		g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", rule->name);
		done = TRUE;
	}
	return done;
}

/* The text with what does not compile switched off; NULL: that does not help. The caller's. */
static char *
without_faults(Edit *edit, GString *names)
{
	g_autofree char *text = g_strdup(edit->text);
	gboolean again = TRUE;

	while (again) {
		g_autoptr(GPtrArray) faults = rules_faults(edit->app, edit->account, text);
		g_autoptr(FormScript) script = form_parse(text, -1);

		if (!faults)
			return g_steal_pointer(&text);
		again = switch_off(script, faults, names);
		g_free(text);
		text = form_write(script);
	}
	return NULL;
}

static void
keep_off(Edit *edit)
{
	g_autoptr(GString) names = g_string_new(NULL);
	g_autofree char *text = without_faults(edit, names);

	if (!text) {
		app_warn(edit->app,
			_("The fault stands outside of a rule that could be switched off; nothing was "
			  "written. The text is in %s."),
			edit->path);
		edit->settled = TRUE;
		return;
	}
	if (!rules_keep_checked(edit->app, edit->account, edit->was, text, _("the text of the rules")))
		return;
	edit->settled = TRUE;
	g_unlink(edit->path);
	app_warn(edit->app, _("Kept, and switched off until mended: %s.  u takes it back"), names->str);
}

static void
answered(App *app, View *view, gunichar choice, gpointer data)
{
	Edit *edit = data;

	(void)view;
	if (choice == 'e') {
		start(edit_next(edit));
	} else if (choice == 'k') {
		keep_off(edit);
	} else {
		edit->settled = TRUE;
		g_unlink(edit->path);
		app_say(app, "%s", _("Dropped; the rules are as they were."));
	}
}

static void
take(Edit *edit)
{
	App *app = edit->app;
	g_autoptr(GPtrArray) faults = NULL;
	g_autofree char *words = NULL;

	if (strcmp(edit->text, edit->was) == 0) {
		edit->settled = TRUE;
		g_unlink(edit->path);
		app_say(app, "%s", _("Nothing was changed."));
		edit_free(edit);
		return;
	}
	faults = rules_faults(app, edit->account, edit->text);
	if (!faults) {
		if (rules_keep_checked(
			    app, edit->account, edit->was, edit->text, _("the text of the rules"))) {
			edit->settled = TRUE;
			g_unlink(edit->path);
			app_say(app, "%s", _("The rules are kept.  u takes it back"));
		}
		edit_free(edit);
		return;
	}
	edit->line = ((const SieveError *)g_ptr_array_index(faults, 0))->line;
	words = faults_words(edit->text, faults);
	app_choose(app, app_view(app, edit->view_id), words, "ekd", answered, edit, edit_free);
}

/* ---- the editor ---------------------------------------------------------------------------------- */

static void
edited(App *app, View *view, int status, gpointer data)
{
	Edit *edit = edit_next(data);
	g_autoptr(GError) error = NULL;
	gsize length;

	(void)view;
	edit->text = paths_read(edit->path, LIMIT_SIEVE_SCRIPT, &length, &error);
	if (!edit->text || strlen(edit->text) != length || !g_utf8_validate(edit->text, -1, NULL)) {
		if (error)
			app_error(app, error);
		app_warn(app, _("This is no text that could be a script. It is in %s."), edit->path);
		edit->settled = TRUE;
		edit_free(edit);
		return;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		app_warn(app, "%s", _("The editor ended with an error; its text was taken all the same."));
	take(edit);
}

/* Does the editor take "+LINE"? */
static gboolean
takes_line(const char *editor)
{
	static const char *const names[] = {"vi", "vim", "nvim", "nano", "emacs", "emacsclient", "micro",
		"kak", "joe", "jed", "mg", "pico", NULL};
	g_autofree char *base = g_path_get_basename(editor);

	return g_strv_contains(names, base);
}

static void
start(Edit *edit)
{
	App *app = edit->app;
	g_auto(GStrv) editor = config_editor(app->config);
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autofree char *place = g_strdup_printf("+%u", MAX(edit->line, 1));

	for (guint i = 0; editor[i]; i++)
		g_ptr_array_add(argv, editor[i]);
	if (takes_line(editor[0]))
		g_ptr_array_add(argv, place);
	g_ptr_array_add(argv, edit->path);
	g_ptr_array_add(argv, NULL);
	app_run_program(
		app, app_view(app, edit->view_id), (char *const *)argv->pdata, edited, edit, edit_free);
}

void
rules_text_edit(App *app, View *view, UiAccount *account, guint line)
{
	g_autofree char *folder = g_build_filename(app->paths->data, "rules", NULL);
	g_autofree char *name = g_strdup_printf("%s.sieve", account->key);
	g_autoptr(GError) error = NULL;
	char *was = rules_load(app->paths, account->key, &error), *path = NULL;
	Edit *edit;

	if (was && paths_make_folder(folder, &error))
		path = paths_write_new(folder, name, was, strlen(was), &error);
	if (!path) {
		app_error(app, error);
		g_free(was);
		return;
	}
	edit = g_new0(Edit, 1);
	*edit = (Edit){app, account, view->id, was, path, NULL, line, FALSE};
	start(edit);
}
