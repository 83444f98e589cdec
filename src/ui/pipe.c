/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/pipe.h"

#include <string.h>

#include "ui/content.h"
#include "ui/core.h"
#include "ui/text-view.h"
#include "util/i18n.h"
#include "util/program.h"

typedef struct {
	App *app;
	guint view_id;
	UiAccount *account;
	GArray *rows; /* NULL: octets */
	guint next;   /* row to fetch */
	GByteArray *input;
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
	g_byte_array_unref(pipe->input);
	g_strfreev(pipe->argv);
	g_free(pipe->output);
	g_free(pipe->errors);
	g_clear_error(&pipe->error);
	g_free(pipe);
}

static void
run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	Pipe *pipe = data;
	ProgramOptions options = {.input = (const char *)pipe->input->data, .input_length = pipe->input->len};

	(void)worker;
	program_run(pipe->argv, &options, cancel, &pipe->output, &pipe->output_length, &pipe->errors,
		&pipe->error);
}

static void
ran(gpointer data)
{
	Pipe *pipe = data;
	App *app = pipe->app;

	if (pipe->error)
		app_error(app, pipe->error);
	else if (pipe->output_length > 0 || (pipe->errors && *pipe->errors)) {
		g_autofree char *text = g_strconcat(pipe->output ? pipe->output : "", pipe->errors, NULL);
		g_autofree char *title = g_strdup_printf(_("What %s says"), pipe->argv[0]);

		app_push(app, text_view_new(app, title, text, TRUE));
	} else {
		app_say(app, _("%s took it."), pipe->argv[0]);
	}
}

static void
start(Pipe *pipe)
{
	if (pipe->app->engine) {
		engine_run(pipe->app->engine, ENGINE_READER, run, ran, pipe, pipe_free, NULL);
		return;
	}
	run(NULL, pipe, NULL);
	ran(pipe);
	pipe_free(pipe);
}

/* ---- gathering --------------------------------------------------------------------------- */

static void
append_mbox(GByteArray *out, const char *data, gsize length)
{
	static const char from[] = "From posthorn@localhost Thu Jan  1 00:00:00 1970\n";
	const char *line = data, *end = data + length;

	g_byte_array_append(out, (const guint8 *)from, (guint)strlen(from));
	while (line < end) {
		const char *stop = memchr(line, '\n', (gsize)(end - line));
		gsize size = (gsize)((stop ? stop : end) - line), bare = size;

		while (bare > 0 && line[bare - 1] == '\r')
			bare--;
		if (bare >= 5 && strncmp(line + strspn(line, ">"), "From ", 5) == 0)
			g_byte_array_append(out, (const guint8 *)">", 1);
		g_byte_array_append(out, (const guint8 *)line, (guint)bare);
		g_byte_array_append(out, (const guint8 *)"\n", 1);
		line = stop ? stop + 1 : end;
	}
	g_byte_array_append(out, (const guint8 *)"\n", 1);
}

static void gather(Pipe *pipe);

static void
gathered(App *app, View *view, GBytes *octets, const GError *error, gpointer data)
{
	Pipe **box = data, *pipe = *box;
	gsize length = 0;
	const char *bytes = octets ? g_bytes_get_data(octets, &length) : NULL;

	(void)view;
	if (!bytes) {
		app_error(app, error);
		return;
	}
	*box = NULL;
	if (pipe->rows->len > 1)
		append_mbox(pipe->input, bytes, length);
	else
		g_byte_array_append(pipe->input, (const guint8 *)bytes, (guint)length);
	pipe->next++;
	gather(pipe);
}

static void
box_free(gpointer data)
{
	Pipe **box = data;

	pipe_free(*box);
	g_free(box);
}

static void
gather(Pipe *pipe)
{
	Pipe **box;

	if (!pipe->rows || pipe->next >= pipe->rows->len) {
		start(pipe);
		return;
	}
	box = g_new0(Pipe *, 1);
	*box = pipe;
	content_part(pipe->app, app_view(pipe->app, pipe->view_id), pipe->account->key,
		g_array_index(pipe->rows, RowId, pipe->next), NULL, NULL, gathered, box, box_free);
}

static void
asked(App *app, View *view, const char *text, gpointer data)
{
	Pipe **box = data, *pipe = *box;
	g_autoptr(GError) error = NULL;

	(void)view;
	if (!text || *text == '\0')
		return;
	pipe->argv = program_split(text, &error);
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
	Pipe **box = g_new0(Pipe *, 1);
	PromptSpec spec = {.view = view,
		.label = pipe->rows && pipe->rows->len > 1 ? _("Give the marked messages to:")
							   : _("Give it to the program:"),
		.history = "program",
		.done = asked,
		.data = box,
		.free_data = box_free};

	*box = pipe;
	if (!command) {
		app_prompt(view->app, &spec);
		return;
	}
	asked(view->app, view, command, box);
	box_free(box);
}

static Pipe *
pipe_new(View *view)
{
	Pipe *pipe = g_new0(Pipe, 1);

	pipe->app = view->app;
	pipe->view_id = view->id;
	pipe->input = g_byte_array_new();
	return pipe;
}

void
pipe_messages(View *view, UiAccount *account, const GArray *rows, GBytes *octets, const char *command)
{
	Pipe *pipe = pipe_new(view);

	pipe->account = account;
	pipe->rows = rows ? g_array_ref((GArray *)rows) : NULL;
	if (octets)
		g_byte_array_append(
			pipe->input, g_bytes_get_data(octets, NULL), (guint)g_bytes_get_size(octets));
	ask(view, pipe, command);
}

void
pipe_octets(View *view, GBytes *octets)
{
	Pipe *pipe = pipe_new(view);

	g_byte_array_append(pipe->input, g_bytes_get_data(octets, NULL), (guint)g_bytes_get_size(octets));
	ask(view, pipe, NULL);
}
