/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * First all that the program is to get is gathered, then it runs on a thread of its own, which also
 * puts the input together.
 */
#include "config.h"

#include "ui/pipe.h"

#include <string.h>

#include "ui/aside.h"
#include "ui/content.h"
#include "ui/core.h"
#include "ui/text-view.h"
#include "util/charset.h"
#include "util/i18n.h"
#include "util/program.h"
#include "util/text.h"

/* Text for paper and for programs has lines of this many cells. */
#define TEXT_COLUMNS 78

typedef struct {
	App *app;
	guint view_id;
	UiAccount *account;
	GArray *rows;        /* messages of the store; NULL: octets */
	GBytes *octets;      /* a message in a file, or a part */
	gboolean as_text;    /* messages as they are shown */
	gboolean wanted;     /* the text of the next row was asked for */
	char *charset;       /* of a part that is text; NULL: as it is */
	guint next;          /* row to fetch */
	GPtrArray *messages; /* of GBytes */
	GPtrArray *contents; /* of Content: as_text */
	char **argv;
	char *output, *errors;
	gsize output_length;
	GError *error;
} Pipe;

static void
pipe_free(gpointer data)
{
	Pipe *pipe = data;

	if (!pipe)
		return;
	if (pipe->rows)
		g_array_unref(pipe->rows);
	g_clear_pointer(&pipe->octets, g_bytes_unref);
	g_free(pipe->charset);
	g_ptr_array_unref(pipe->messages);
	g_ptr_array_unref(pipe->contents);
	g_strfreev(pipe->argv);
	g_free(pipe->output);
	g_free(pipe->errors);
	g_clear_error(&pipe->error);
	g_free(pipe);
}

static void
box_free(gpointer data)
{
	Pipe **box = data;

	pipe_free(*box);
	g_free(box);
}

static Pipe **
box_new(Pipe *pipe)
{
	Pipe **box = g_new0(Pipe *, 1);

	*box = pipe;
	return box;
}

static Pipe *
pipe_new(View *view, UiAccount *account, const GArray *rows, GBytes *octets)
{
	Pipe *pipe = g_new0(Pipe, 1);

	pipe->app = view->app;
	pipe->view_id = view->id;
	pipe->account = account;
	pipe->rows = rows ? g_array_ref((GArray *)rows) : NULL;
	pipe->octets = octets ? g_bytes_ref(octets) : NULL;
	pipe->messages = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	pipe->contents = g_ptr_array_new_with_free_func((GDestroyNotify)content_unref);
	return pipe;
}

/* ---- on the program's thread ------------------------------------------------------------- */

static void
append_mbox(GString *out, const char *data, gsize length)
{
	const char *line = data, *end = data + length;

	g_string_append(out, "From posthorn@localhost Thu Jan  1 00:00:00 1970\n");
	while (line < end) {
		const char *stop = memchr(line, '\n', (gsize)(end - line));
		gsize size = (gsize)((stop ? stop : end) - line), bare = size, marks = 0;

		while (bare > 0 && line[bare - 1] == '\r')
			bare--;
		while (marks < bare && line[marks] == '>')
			marks++;
		if (bare - marks >= 5 && memcmp(line + marks, "From ", 5) == 0)
			g_string_append_c(out, '>');
		g_string_append_len(out, line, (gssize)bare);
		g_string_append_c(out, '\n');
		line = stop ? stop + 1 : end;
	}
	g_string_append_c(out, '\n');
}

static void
append_shown(GString *out, const Content *content)
{
	g_autofree char *text = content->text ? mime_text_string(content->text) : NULL;

	/* A page for each. */
	if (out->len > 0)
		g_string_append_c(out, '\f');
	for (guint i = 0; i < content->fields->len; i++) {
		const ContentField *field = g_ptr_array_index(content->fields, i);

		g_string_append_printf(out, "%s: %s\n", field->name, field->value);
	}
	g_string_append_printf(out, "\n%s", text ? text : "");
}

static void
put_together(const Pipe *pipe, GString *out)
{
	gsize length = 0;
	const char *octets;

	for (guint i = 0; i < pipe->contents->len; i++)
		append_shown(out, g_ptr_array_index(pipe->contents, i));
	for (guint i = 0; i < pipe->messages->len; i++) {
		octets = g_bytes_get_data(g_ptr_array_index(pipe->messages, i), &length);
		if (pipe->messages->len > 1) {
			append_mbox(out, octets, length);
		} else if (pipe->charset) {
			g_autofree char *text = charset_to_utf8(
				octets, length, *pipe->charset ? pipe->charset : NULL, NULL, NULL);

			text_safe_append(out, text, -1, TEXT_LINES);
		} else {
			g_string_append_len(out, octets, (gssize)length);
		}
	}
}

static const GError *
run(gpointer data, Cancel *cancel)
{
	Pipe *pipe = data;
	GString *input = g_string_new(NULL);
	ProgramOptions options;

	put_together(pipe, input);
	options = (ProgramOptions){.input = input->str, .input_length = input->len};
	program_run(pipe->argv, &options, cancel, &pipe->output, &pipe->output_length, &pipe->errors,
		&pipe->error);
	g_string_free(input, TRUE);
	return pipe->error;
}

/* ---- running ----------------------------------------------------------------------------- */

static void
ran(gpointer data)
{
	Pipe *pipe = data;
	App *app = pipe->app;
	g_autofree char *name = text_safe(pipe->argv[0], -1, TEXT_MARKS);

	if (pipe->error && fault_of(pipe->error) == FAULT_CANCELED) {
		app_say(app, _("%s was stopped."), name);
	} else if (pipe->error) {
		app_error(app, pipe->error);
	} else if (pipe->output_length > 0 || (pipe->errors && *pipe->errors)) {
		g_autofree char *text = g_strconcat(pipe->output ? pipe->output : "", pipe->errors, NULL);
		g_autofree char *title = g_strdup_printf(_("What %s says"), name);
		g_autoptr(GBytes) octets = g_bytes_new(text, strlen(text));

		app_push(app, text_view_octets(app, title, octets, "utf-8"));
	} else {
		app_say(app, _("%s took it."), name);
	}
}

static void
start(Pipe *pipe)
{
	g_autofree char *name = text_safe(pipe->argv[0], -1, TEXT_MARKS);
	g_autofree char *title = g_strdup_printf(_("program %s"), name);

	app_say(pipe->app, _("%s works. B shows it, and d there stops it."), name);
	app_aside_job(pipe->app, title, run, ran, pipe, pipe_free);
}

/* ---- gathering --------------------------------------------------------------------------- */

static void gather(Pipe *pipe);

static void
got_octets(App *app, View *view, GBytes *octets, const GError *error, gpointer data)
{
	Pipe **box = data, *pipe = *box;

	(void)view;
	if (!octets) {
		app_error(app, error);
		return;
	}
	*box = NULL;
	g_ptr_array_add(pipe->messages, g_bytes_ref(octets));
	pipe->next++;
	gather(pipe);
}

static void
text_fetched(App *app, View *view, const EngineEvent *event, gpointer data)
{
	Pipe **box = data, *pipe = *box;

	(void)view;
	if (event->error) {
		app_error(app, event->error);
		return;
	}
	*box = NULL;
	gather(pipe);
}

static void
got_content(App *app, View *view, Content *content, gpointer data)
{
	Pipe *pipe = data;

	if (content->missing && !pipe->wanted && pipe->account && app->engine && !content->error) {
		guint ticket = app_want(app, pipe->account->key, g_array_index(pipe->rows, RowId, pipe->next),
			WANT_TEXT, NULL);

		pipe->wanted = TRUE;
		app_expect(app, ticket, view, text_fetched, box_new(pipe), box_free);
		content_unref(content);
		return;
	}
	if (content->error || !content->text) {
		if (content->error)
			app_error(app, content->error);
		else
			app_say(app, "%s", _("This message has no text."));
		content_unref(content);
		pipe_free(pipe);
		return;
	}
	g_ptr_array_add(pipe->contents, content);
	pipe->next++;
	pipe->wanted = FALSE;
	gather(pipe);
}

static void
gather_text(Pipe *pipe)
{
	View *view = app_view(pipe->app, pipe->view_id);
	g_autoptr(Preferences) preferences =
		config_preferences(pipe->app->config, pipe->account ? pipe->account->key : NULL, NULL);
	ContentWish wish = {.account = pipe->account ? pipe->account->key : NULL,
		.row = pipe->rows ? g_array_index(pipe->rows, RowId, pipe->next) : 0,
		.octets = pipe->rows ? NULL : pipe->octets,
		.width = TEXT_COLUMNS,
		.html = preferences->prefer == PREFER_HTML,
		.no_reflow = !preferences->reflow,
		.headers = preferences->headers};

	if (view)
		content_load(pipe->app, view, &wish, got_content, pipe, NULL);
	else
		pipe_free(pipe);
}

static void
gather(Pipe *pipe)
{
	if (pipe->next >= (pipe->rows ? pipe->rows->len : 1)) {
		start(pipe);
	} else if (pipe->as_text) {
		gather_text(pipe);
	} else if (pipe->rows) {
		content_part(pipe->app, app_view(pipe->app, pipe->view_id), pipe->account->key,
			g_array_index(pipe->rows, RowId, pipe->next), NULL, NULL, got_octets, box_new(pipe),
			box_free);
	} else {
		g_ptr_array_add(pipe->messages, g_bytes_ref(pipe->octets));
		start(pipe);
	}
}

/* ---- asking for the program -------------------------------------------------------------- */

static void
asked(App *app, View *view, const char *text, gpointer data)
{
	Pipe **box = data, *pipe = *box;
	g_autoptr(GError) error = NULL;

	(void)view;
	if (!text || *text == '\0')
		return;
	pipe->as_text = *text == '-';
	pipe->argv = program_split(pipe->as_text ? text + 1 : text, &error);
	if (!pipe->argv) {
		app_error(app, error);
		return;
	}
	*box = NULL;
	gather(pipe);
}

static void
ask(View *view, Pipe *pipe, const char *command)
{
	Pipe **box = box_new(pipe);
	PromptSpec spec = {.view = view,
		.label = pipe->rows && pipe->rows->len > 1 ? _("Give the marked messages to:")
							   : _("Give it to the program:"),
		.history = "program",
		.done = asked,
		.data = box,
		.free_data = box_free};

	if (!command) {
		app_prompt(view->app, &spec);
		return;
	}
	asked(view->app, view, command, box);
	box_free(box);
}

void
pipe_messages(View *view, UiAccount *account, const GArray *rows, GBytes *octets, const char *command)
{
	ask(view, pipe_new(view, account, rows, octets), command);
}

void
pipe_octets(View *view, GBytes *octets)
{
	ask(view, pipe_new(view, NULL, NULL, octets), NULL);
}

/* ---- printing ---------------------------------------------------------------------------- */

static void
print_confirmed(App *app, View *view, gunichar choice, gpointer data)
{
	Pipe **box = data, *pipe = *box;

	(void)app;
	(void)choice;
	if (!view)
		return;
	*box = NULL;
	gather(pipe);
}

/* Takes pipe. what: what is printed, for the question. */
static void
ask_print(View *view, Pipe *pipe, const char *what)
{
	g_autofree char *command = NULL, *safe = NULL, *words = NULL;

	pipe->argv = config_printer(view->app->config);
	command = g_strjoinv(" ", pipe->argv);
	safe = text_safe(command, -1, TEXT_MARKS);
	words = g_strdup_printf(_("Print %s with \"%s\"? y/n"), what, safe);
	app_confirm(view->app, view, words, print_confirmed, box_new(pipe), box_free);
}

void
print_messages(View *view, UiAccount *account, const GArray *rows, GBytes *octets, const char *subject)
{
	Pipe *pipe = pipe_new(view, account, rows, octets);
	guint count = rows ? rows->len : 1;
	g_autofree char *safe = text_safe(subject ? subject : _("(no subject)"), -1, TEXT_MARKS);
	g_autofree char *what = count > 1 ? g_strdup_printf(P_("%u message", "%u messages", count), count)
					  : g_strdup_printf(_("\"%s\""), safe);

	pipe->as_text = TRUE;
	ask_print(view, pipe, what);
}

void
print_octets(View *view, const char *name, GBytes *octets, const char *charset)
{
	Pipe *pipe = pipe_new(view, NULL, NULL, octets);

	pipe->charset = g_strdup(charset);
	ask_print(view, pipe, name);
}
