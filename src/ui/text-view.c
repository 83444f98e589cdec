/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/text-view.h"

#include <string.h>

#include "ui/aside.h"
#include "ui/core.h"
#include "ui/scroll.h"
#include "ui/tables.h"
#include "util/charset.h"
#include "util/i18n.h"
#include "util/text.h"

/* What is shown of a raw message; more is for a pipe. */
#define LINES_MOST 200000
#define OCTETS_MOST ((gsize)16 * 1024 * 1024)
/* Of one line: a screen is not that wide. */
#define LINE_MOST 8192

typedef struct {
	View view;
	List scroll;
	char *title;
	char *text;       /* safe, to be wrapped; NULL: lines stand as they are */
	GPtrArray *lines; /* of char *; replaced whole, for a worker may search it. NULL: not ready */
} TextView;

static void
take_lines(TextView *text, GPtrArray *lines)
{
	g_clear_pointer(&text->lines, g_ptr_array_unref);
	text->lines = lines;
	text->scroll.count = lines->len;
	scroll_to(&text->view, text->scroll.top);
}

static void
lay_out(TextView *text)
{
	int cells = MAX(text->view.pane.cols - 3, 20);
	GPtrArray *lines;

	if (!text->text)
		return;
	lines = text_wrap(text->text, MIN(cells, 100));
	take_lines(text, lines);
}

static TextView *
text_new(App *app, const char *title)
{
	TextView *text = g_new0(TextView, 1);

	view_init(&text->view, &text_class, app, NULL);
	text->view.scroll = &text->scroll;
	text->view.pane = (Rect){0, 0, 20, grid_rect(app->grid).cols};
	text->title = g_strdup(title);
	return text;
}

View *
text_view_new(App *app, const char *title, const char *words)
{
	TextView *text = text_new(app, title);

	text->text = text_safe(words, -1, TEXT_LINES | TEXT_MARKS);
	lay_out(text);
	return &text->view;
}

/* ---- octets, on a worker ----------------------------------------------------------------- */

typedef struct {
	App *app;
	guint view_id;
	GBytes *octets;
	char *charset;
	GPtrArray *lines;
} Prepare;

static void
prepare_free(gpointer data)
{
	Prepare *prepare = data;

	g_bytes_unref(prepare->octets);
	g_free(prepare->charset);
	g_clear_pointer(&prepare->lines, g_ptr_array_unref);
	g_free(prepare);
}

static void
prepare_run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	Prepare *prepare = data;
	gsize length;
	const char *octets = g_bytes_get_data(prepare->octets, &length);
	g_autofree char *utf8 =
		charset_to_utf8(octets ? octets : "", MIN(length, OCTETS_MOST), prepare->charset, NULL, NULL);
	g_autofree char *safe = text_safe(utf8, -1, TEXT_LINES | TEXT_MARKS);

	(void)worker;
	(void)cancel;
	prepare->lines = g_ptr_array_new_with_free_func(g_free);
	for (const char *line = safe; *line && prepare->lines->len < LINES_MOST;) {
		const char *end = strchrnul(line, '\n');
		gsize most = MIN((gsize)(end - line), LINE_MOST);

		/* Not within a character. */
		while (most > 0 && line + most < end && ((guchar)line[most] & 0xc0) == 0x80)
			most--;
		g_ptr_array_add(prepare->lines, g_strndup(line, most));
		line = *end ? end + 1 : end;
	}
}

static void
prepare_done(gpointer data)
{
	Prepare *prepare = data;
	TextView *text = (TextView *)app_view(prepare->app, prepare->view_id);

	if (text)
		take_lines(text, g_steal_pointer(&prepare->lines));
}

View *
text_view_octets(App *app, const char *title, GBytes *octets, const char *charset)
{
	TextView *text = text_new(app, title);
	Prepare *prepare = g_new0(Prepare, 1);

	prepare->app = app;
	prepare->view_id = text->view.id;
	prepare->octets = g_bytes_ref(octets);
	prepare->charset = g_strdup(charset);
	app_aside(app, ENGINE_READER, prepare_run, prepare_done, prepare, prepare_free, NULL);
	return &text->view;
}

static void
text_free(View *view)
{
	TextView *text = (TextView *)view;

	g_clear_pointer(&text->lines, g_ptr_array_unref);
	g_free(text->title);
	g_free(text->text);
	g_free(text);
}

static char *
text_title(View *view, char **right)
{
	*right = scroll_place(view);
	return g_strdup(((TextView *)view)->title);
}

static void
text_draw(View *view, Grid *grid, Rect rect, gboolean focused)
{
	TextView *text = (TextView *)view;

	text->scroll.page = (guint)MAX(rect.rows, 1);
	if (!text->lines)
		view_draw_words(grid, rect, 1, 2, STYLE_DIM, _("One moment ..."));
	for (int y = 0; text->lines && y < rect.rows && text->scroll.top + (guint)y < text->lines->len; y++)
		grid_text(grid, rect, y, 1, STYLE_NORMAL,
			g_ptr_array_index(text->lines, text->scroll.top + (guint)y));
	if (focused)
		app_cursor(view->app, rect.y, rect.x, FALSE);
}

static void
text_resized(View *view)
{
	lay_out((TextView *)view);
}

const ViewClass text_class = {
	.name = "text",
	.tables = text_tables,
	.hints = "text-page-next text-search view-close",
	.free = text_free,
	.title = text_title,
	.draw = text_draw,
	.resized = text_resized,
};

/* ---- commands ---------------------------------------------------------------------------- */

typedef struct {
	App *app;
	guint view_id;
	GPtrArray *lines;
	char *words;
	guint from, found; /* found: G_MAXUINT: nowhere */
} Find;

static void
find_free(gpointer data)
{
	Find *find = data;

	g_ptr_array_unref(find->lines);
	g_free(find->words);
	g_free(find);
}

static void
find_run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	Find *find = data;
	g_autofree char *folded = text_fold(find->words);

	(void)worker;
	for (guint i = 0; i < find->lines->len && !cancel_is_triggered(cancel); i++) {
		guint at = (find->from + i) % find->lines->len;
		g_autofree char *small = text_fold(g_ptr_array_index(find->lines, at));

		if (!strstr(small, folded))
			continue;
		find->found = at;
		return;
	}
}

static void
find_done(gpointer data)
{
	Find *find = data;
	View *view = app_view(find->app, find->view_id);

	if (!view)
		return;
	if (find->found == G_MAXUINT)
		app_say(find->app, _("\"%s\" is not in this text."), find->words);
	else
		scroll_to(view, find->found);
}

/* On a worker: there may be very many lines. */
static void
look_for(TextView *text, guint from)
{
	Find *find;

	if (!text->lines)
		return;
	find = g_new0(Find, 1);
	find->app = text->view.app;
	find->view_id = text->view.id;
	find->lines = g_ptr_array_ref(text->lines);
	find->words = g_strdup(text->view.search);
	find->from = from;
	find->found = G_MAXUINT;
	app_aside(find->app, ENGINE_READER, find_run, find_done, find, find_free, NULL);
}

static void
search_done(App *app, View *view, const char *words, gpointer data)
{
	(void)app;
	(void)data;
	if (!view || !words || *words == '\0')
		return;
	g_free(view->search);
	view->search = g_strdup(words);
	look_for((TextView *)view, view->scroll->top);
}

static void
text_search(View *view, const CommandCall *call)
{
	PromptSpec spec = {.view = view, .label = _("Search:"), .history = "search", .done = search_done};

	if (call->argument)
		search_done(view->app, view, call->argument, NULL);
	else
		app_prompt(view->app, &spec);
}

static void
text_search_next(View *view, const CommandCall *call)
{
	(void)call;
	look_for((TextView *)view, view->scroll->top + 1);
}

static const Command rows[] = {
	{.name = "text-page-next",
		.keys = "Space; z; PageDown",
		.hint = N_("page"),
		.brief = N_("Go on by a page"),
		.run = scroll_page_next},
	{.name = "text-page-previous",
		.keys = "-; Z; PageUp",
		.brief = N_("Go back by a page"),
		.run = scroll_page_previous},
	{.name = "text-line-next",
		.keys = "j; Down; Enter",
		.brief = N_("Go on by a line"),
		.run = scroll_line_next},
	{.name = "text-line-previous",
		.keys = "k; Up; Backspace",
		.brief = N_("Go back by a line"),
		.run = scroll_line_previous},
	{.name = "text-half-next", .keys = "]", .brief = N_("Go on by half a page"), .run = scroll_half_next},
	{.name = "text-half-previous",
		.keys = "[",
		.brief = N_("Go back by half a page"),
		.run = scroll_half_previous},
	{.name = "text-top", .keys = "^; =; Home", .brief = N_("Go to the top"), .run = scroll_top},
	{.name = "text-bottom", .keys = "*; End", .brief = N_("Go to the bottom"), .run = scroll_bottom},
	{.name = "text-search",
		.keys = "/",
		.hint = N_("search"),
		.brief = N_("Search this text"),
		.argument = ARGUMENT_TEXT,
		.run = text_search},
	{.name = "text-search-next",
		.keys = "n",
		.brief = N_("Go to the next place found"),
		.needs = NEEDS_SEARCH,
		.run = text_search_next},
	{.name = "view-close",
		.keys = "q; i; x",
		.hint = N_("back"),
		.brief = N_("Go back"),
		.run = view_close_command},
};

const CommandTable table_text = TABLE("text", rows);
