/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every list can do: move, mark, search.
 */
#include "config.h"

#include <string.h>

#include "ui/core.h"
#include "ui/tables.h"
#include "util/i18n.h"
#include "util/text.h"

static int
times(const CommandCall *call)
{
	return call->count > 0 ? (int)call->count : 1;
}

static void
entry_next(View *view, const CommandCall *call)
{
	list_move(view->list, times(call));
}

static void
entry_previous(View *view, const CommandCall *call)
{
	list_move(view->list, -times(call));
}

static void
page_next(View *view, const CommandCall *call)
{
	list_page(view->list, times(call));
}

static void
page_previous(View *view, const CommandCall *call)
{
	list_page(view->list, -times(call));
}

static void
half_next(View *view, const CommandCall *call)
{
	(void)call;
	list_scroll(view->list, (int)MAX(view->list->page / 2, 1));
}

static void
half_previous(View *view, const CommandCall *call)
{
	(void)call;
	list_scroll(view->list, -(int)MAX(view->list->page / 2, 1));
}

static void
line_next(View *view, const CommandCall *call)
{
	list_scroll(view->list, times(call));
}

static void
line_previous(View *view, const CommandCall *call)
{
	list_scroll(view->list, -times(call));
}

static void
entry_first(View *view, const CommandCall *call)
{
	(void)call;
	list_select(view->list, 0);
}

static void
entry_last(View *view, const CommandCall *call)
{
	(void)call;
	list_select(view->list, G_MAXUINT);
}

static void
screen_top(View *view, const CommandCall *call)
{
	(void)call;
	list_select(view->list, view->list->top);
}

static void
screen_middle(View *view, const CommandCall *call)
{
	guint shown = MIN(view->list->page, view->list->count - view->list->top);

	(void)call;
	list_select(view->list, view->list->top + shown / 2);
}

static void
entry_jump(View *view, const CommandCall *call)
{
	guint64 row = call->argument ? g_ascii_strtoull(call->argument, NULL, 10) : call->count;

	if (row < 1 || row > view->list->count)
		app_say(view->app, _("There are %u rows here."), view->list->count);
	else
		list_select(view->list, (guint)row - 1);
}

/* ---- marks ------------------------------------------------------------------------------- */

static gboolean
can_mark(View *view)
{
	if (!view->marked)
		app_say(view->app, "%s", _("Rows of this list are not marked."));
	return view->marked != NULL;
}

static void
mark(View *view, const CommandCall *call)
{
	if (!can_mark(view))
		return;
	for (int i = 0; i < times(call); i++) {
		guint row = view->list->selected;

		view_set_marked(view, row, !view_is_marked(view, row));
		list_move(view->list, 1);
	}
}

static void
mark_prefix(View *view, const CommandCall *call)
{
	(void)call;
	view->app->mark_prefix = TRUE;
}

static void
mark_range(View *view, const CommandCall *call)
{
	guint from, to = view->list->selected;

	(void)call;
	if (!can_mark(view))
		return;
	for (from = 0; from < view->list->count; from++)
		if (view->class->row_key(view, from) == view->last_mark)
			break;
	if (from == view->list->count) {
		app_say(view->app, "%s", _("The last mark is not in this list."));
		return;
	}
	for (guint row = MIN(from, to); row <= MAX(from, to); row++)
		view_set_marked(view, row, TRUE);
}

static void
mark_clear(View *view, const CommandCall *call)
{
	(void)call;
	view_clear_marks(view);
}

/* ---- search ------------------------------------------------------------------------------ */

static gboolean
row_matches(View *view, guint row, const char *folded)
{
	g_autofree char *text = view->class->row_text(view, row), *small = text_fold(text ? text : "");

	return strstr(small, folded) != NULL;
}

static void
search_again(View *view, gboolean up)
{
	g_autofree char *folded = text_fold(view->search);
	guint count = view->list->count, row = view->list->selected;

	for (guint i = 0; i < count; i++) {
		row = up ? (row + count - 1) % count : (row + 1) % count;
		if (!row_matches(view, row, folded))
			continue;
		if (up ? row >= view->list->selected : row <= view->list->selected)
			app_say(view->app, "%s",
				up ? _("Went on from the bottom.") : _("Went on from the top."));
		list_select(view->list, row);
		return;
	}
	app_say(view->app, _("\"%s\" is not in this list."), view->search);
}

static void
search_done(App *app, View *view, const char *text, gpointer data)
{
	(void)app;
	if (!view || !text || *text == '\0')
		return;
	g_free(view->search);
	view->search = g_strdup(text);
	view->search_up = GPOINTER_TO_INT(data);
	if (view->list->count > 0)
		search_again(view, view->search_up);
}

static void
ask_search(View *view, const CommandCall *call, gboolean up)
{
	PromptSpec spec = {.view = view,
		.label = up ? _("Search upwards:") : _("Search:"),
		.history = "search",
		.done = search_done,
		.data = GINT_TO_POINTER(up)};

	if (!view->class->row_text)
		app_say(view->app, "%s", _("This list cannot be searched."));
	else if (call->argument)
		search_done(view->app, view, call->argument, GINT_TO_POINTER(up));
	else
		app_prompt(view->app, &spec);
}

static void
search(View *view, const CommandCall *call)
{
	ask_search(view, call, FALSE);
}

static void
search_reverse(View *view, const CommandCall *call)
{
	ask_search(view, call, TRUE);
}

static void
search_next(View *view, const CommandCall *call)
{
	(void)call;
	search_again(view, view->search_up);
}

static void
search_opposite(View *view, const CommandCall *call)
{
	(void)call;
	search_again(view, !view->search_up);
}

static const Command rows[] = {
	{.name = "entry-next",
		.keys = "j; Down",
		.hint = N_("next"),
		.brief = N_("Go to the next row"),
		.run = entry_next},
	{.name = "entry-previous",
		.keys = "k; Up",
		.hint = N_("previous"),
		.brief = N_("Go to the previous row"),
		.run = entry_previous},
	{.name = "entry-next-any",
		.keys = "J",
		.brief = N_("Go to the next row, whatever it is"),
		.run = entry_next},
	{.name = "entry-previous-any",
		.keys = "K",
		.brief = N_("Go to the previous row, whatever it is"),
		.run = entry_previous},
	{.name = "page-next", .keys = "z; PageDown", .brief = N_("Go on by a screen"), .run = page_next},
	{.name = "page-previous",
		.keys = "Z; PageUp",
		.brief = N_("Go back by a screen"),
		.run = page_previous},
	{.name = "half-next", .keys = "]", .brief = N_("Scroll on by half a screen"), .run = half_next},
	{.name = "half-previous",
		.keys = "[",
		.brief = N_("Scroll back by half a screen"),
		.run = half_previous},
	{.name = "line-next", .keys = ">", .brief = N_("Scroll on by a row"), .run = line_next},
	{.name = "line-previous", .keys = "<", .brief = N_("Scroll back by a row"), .run = line_previous},
	{.name = "entry-first", .keys = "=; Home", .brief = N_("Go to the first row"), .run = entry_first},
	{.name = "entry-last", .keys = "*; End", .brief = N_("Go to the last row"), .run = entry_last},
	{.name = "screen-top",
		.keys = "H",
		.brief = N_("Go to the first row on the screen"),
		.needs = NEEDS_ENTRY,
		.run = screen_top},
	{.name = "screen-middle",
		.keys = "M",
		.brief = N_("Go to the middle of the screen"),
		.needs = NEEDS_ENTRY,
		.run = screen_middle},
	{.name = "entry-jump",
		.keys = "",
		.brief = N_("Go to a row by its number: type it, then Enter"),
		.argument = ARGUMENT_NUMBER,
		.run = entry_jump},
	{.name = "mark",
		.keys = "t",
		.hint = N_("mark"),
		.brief = N_("Mark the row, or take its mark away"),
		.needs = NEEDS_ENTRY,
		.run = mark},
	{.name = "mark-prefix",
		.keys = "Semicolon",
		.hint = N_("the marked"),
		.brief = N_("Let the next command act on all that is marked"),
		.needs = NEEDS_MARKS,
		.run = mark_prefix},
	{.name = "mark-range",
		.keys = "+",
		.brief = N_("Mark all from the last mark to here"),
		.needs = NEEDS_MARKS,
		.run = mark_range},
	{.name = "mark-clear",
		.keys = "Esc Semicolon",
		.hint = N_("unmark"),
		.brief = N_("Take all marks away"),
		.needs = NEEDS_MARKS,
		.on_marked = TRUE,
		.run = mark_clear},
	{.name = "search",
		.keys = "/",
		.hint = N_("search"),
		.brief = N_("Search: jumps, hides nothing"),
		.argument = ARGUMENT_TEXT,
		.run = search},
	{.name = "search-reverse",
		.keys = "Esc /",
		.brief = N_("Search upwards"),
		.argument = ARGUMENT_TEXT,
		.run = search_reverse},
	{.name = "search-next",
		.keys = "n",
		.brief = N_("Go to the next row found"),
		.needs = NEEDS_SEARCH | NEEDS_ENTRY,
		.run = search_next},
	{.name = "search-opposite",
		.keys = "Esc N",
		.brief = N_("Go to the row found before"),
		.needs = NEEDS_SEARCH | NEEDS_ENTRY,
		.run = search_opposite},
};

const CommandTable table_list = TABLE("list", rows);
