/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/text-view.h"

#include <string.h>

#include "ui/core.h"
#include "ui/scroll.h"
#include "ui/tables.h"
#include "util/i18n.h"
#include "util/text.h"

/* Lines shown of a raw message; more is for a pipe. */
#define LINES_MOST 200000

typedef struct {
	View view;
	List scroll;
	char *title;
	char *text; /* safe */
	gboolean raw;
	GPtrArray *lines; /* of char * */
} TextView;

static void
lay_out(TextView *text)
{
	int cells = MAX(text->view.pane.cols - 3, 20);
	const char *line = text->text;

	g_ptr_array_set_size(text->lines, 0);
	while (*line && text->lines->len < LINES_MOST) {
		const char *end = strchrnul(line, '\n');
		g_autofree char *one = g_strndup(line, (gsize)(end - line));
		g_autoptr(GPtrArray) rows = text->raw ? NULL : text_wrap(one, MIN(cells, 100));

		for (guint i = 0; rows && i < rows->len; i++)
			g_ptr_array_add(text->lines, g_strdup(g_ptr_array_index(rows, i)));
		if (!rows || rows->len == 0)
			g_ptr_array_add(text->lines, g_steal_pointer(&one));
		line = *end ? end + 1 : end;
	}
	text->scroll.count = text->lines->len;
	scroll_to(&text->view, text->scroll.top);
}

View *
text_view_new(App *app, const char *title, const char *words, gboolean raw)
{
	TextView *text = g_new0(TextView, 1);

	view_init(&text->view, &text_class, app, NULL);
	text->view.scroll = &text->scroll;
	text->view.pane = (Rect){0, 0, 20, grid_rect(app->grid).cols};
	text->title = g_strdup(title);
	text->raw = raw;
	text->lines = g_ptr_array_new_with_free_func(g_free);
	text_view_set(&text->view, words);
	return &text->view;
}

void
text_view_set(View *view, const char *words)
{
	TextView *text = (TextView *)view;

	g_free(text->text);
	text->text = text_safe(words, -1, TEXT_LINES | TEXT_MARKS);
	lay_out(text);
}

static void
text_free(View *view)
{
	TextView *text = (TextView *)view;

	g_ptr_array_unref(text->lines);
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
	for (int y = 0; y < rect.rows && text->scroll.top + (guint)y < text->lines->len; y++)
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

static void
find(TextView *text, guint from)
{
	g_autofree char *folded = text_fold(text->view.search);

	for (guint i = 0; i < text->lines->len; i++) {
		guint at = (from + i) % text->lines->len;
		g_autofree char *small = text_fold(g_ptr_array_index(text->lines, at));

		if (!strstr(small, folded))
			continue;
		scroll_to(&text->view, at);
		return;
	}
	app_say(text->view.app, _("\"%s\" is not in this text."), text->view.search);
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
	find((TextView *)view, view->scroll->top);
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
	find((TextView *)view, view->scroll->top + 1);
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
