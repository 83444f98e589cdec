/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "ui/aside.h"
#include "ui/index.h"
#include "ui/links.h"
#include "ui/pager-state.h"
#include "ui/scroll.h"
#include "ui/tables.h"
#include "util/i18n.h"
#include "util/text.h"

static View *
index_of(View *view)
{
	View *index = app_view(view->app, ((PagerView *)view)->index_id);

	return index && index->class == &index_class ? index : NULL;
}

static void
step(View *view, int rows)
{
	View *index = index_of(view);

	if (!index)
		app_say(view->app, "%s", _("This message stands alone."));
	else if (index_step(index, rows))
		pager_follow(view);
	else
		app_say(view->app, "%s",
			rows > 0 ? _("This is the last message.") : _("This is the first message."));
}

static void
message_next(View *view, const CommandCall *call)
{
	step(view, call->count ? (int)call->count : 1);
}

static void
message_previous(View *view, const CommandCall *call)
{
	step(view, call->count ? -(int)call->count : -1);
}

static void
page_next(View *view, const CommandCall *call)
{
	if (scroll_at_end(view))
		step(view, 1);
	else
		scroll_page_next(view, call);
}

static void
line_next(View *view, const CommandCall *call)
{
	if (scroll_at_end(view))
		app_say(view->app, "%s", _("This is the end. Space goes on to the next message."));
	else
		scroll_line_next(view, call);
}

static void
message_jump(View *view, const CommandCall *call)
{
	View *index = index_of(view);
	guint64 number = call->argument ? g_ascii_strtoull(call->argument, NULL, 10) : call->count;
	guint count = 0, at = index ? index_position(index, &count) : 0;

	if (!index || number < 1 || number > count)
		app_say(view->app, _("There are %u messages here."), count);
	else
		step(view, (int)((gint64)number - at));
}

/* ---- quotes, headers, ways to show ------------------------------------------------------- */

static void
quotes_toggle(View *view, const CommandCall *call)
{
	PagerView *pager = (PagerView *)view;
	gboolean folded = FALSE;

	(void)call;
	if (mime_text_quotes(pager_text(view))->len == 0) {
		app_say(view->app, "%s", _("There is no quoted text in this message."));
		return;
	}
	for (guint i = 0; i < pager->lines->len && !folded; i++)
		folded = g_array_index(pager->lines, PagerLine, i).kind == PAGER_FOLD;
	pager->all_quotes = folded;
	pager->no_quotes = !folded;
	pager_lay_out(pager);
}

static void
quote_skip(View *view, const CommandCall *call)
{
	PagerView *pager = (PagerView *)view;
	const MimeText *text = pager_text(view);
	gboolean quoted = FALSE;

	(void)call;
	for (guint i = pager->scroll.top; i < pager->lines->len; i++) {
		const PagerLine *line = &g_array_index(pager->lines, PagerLine, i);
		gboolean is_quote =
			line->kind == PAGER_FOLD ||
			(line->kind == PAGER_TEXT && mime_text_line(text, line->n)->kind == MIME_LINE_QUOTE);

		if (quoted && !is_quote && i > pager->scroll.top) {
			scroll_to(view, i);
			return;
		}
		quoted = quoted || is_quote;
	}
	app_say(view->app, "%s", _("No more quoted text below."));
}

static void
headers_skip(View *view, const CommandCall *call)
{
	PagerView *pager = (PagerView *)view;

	(void)call;
	for (guint i = 0; i < pager->lines->len; i++)
		if (g_array_index(pager->lines, PagerLine, i).kind == PAGER_RULE) {
			scroll_to(view, i + 1);
			return;
		}
}

static void
headers_toggle(View *view, const CommandCall *call)
{
	PagerView *pager = (PagerView *)view;

	(void)call;
	pager->full_headers = !pager->full_headers;
	scroll_to(view, 0);
	pager_lay_out(pager);
}

static void
alternative_toggle(View *view, const CommandCall *call)
{
	PagerView *pager = (PagerView *)view;

	(void)call;
	pager->html = !pager->html;
	pager_reload(pager);
	app_say(view->app, "%s", pager->html ? _("The HTML part, as text.") : _("The plain part."));
}

static void
wrap_toggle(View *view, const CommandCall *call)
{
	PagerView *pager = (PagerView *)view;

	(void)call;
	pager->no_reflow = !pager->no_reflow;
	pager_reload(pager);
	app_say(view->app, "%s",
		pager->no_reflow ? _("Lines as they were sent.") : _("Paragraphs reflowed."));
}

/* ---- search ----------------------------------------------------------------------------------------------
 */

typedef struct {
	App *app;
	guint view_id;
	Content *content;
	GArray *lines; /* of PagerLine, as they stood */
	char *words;
	guint from, found; /* found: G_MAXUINT: nowhere */
	gboolean up, again, wrapped;
} Find;

static void
find_free(gpointer data)
{
	Find *find = data;

	content_unref(find->content);
	g_array_unref(find->lines);
	g_free(find->words);
	g_free(find);
}

static void
find_run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	Find *find = data;
	g_autofree char *folded = text_fold(find->words);

	(void)worker;
	find->found = pager_search(find->content, find->lines, folded, find->from, find->up, cancel);
	if (find->found != G_MAXUINT || find->up)
		return;
	find->found = pager_search(find->content, find->lines, folded, 0, FALSE, cancel);
	find->wrapped = find->found != G_MAXUINT;
}

static void
find_done(gpointer data)
{
	Find *find = data;
	View *view = app_view(find->app, find->view_id);
	PagerView *pager = (PagerView *)view;

	/* Another message, or laid out anew: its lines are others. */
	if (!view || pager->content != find->content || pager->lines->len != find->lines->len)
		return;
	if (find->wrapped && find->again)
		app_say(find->app, "%s", _("Went on from the top."));
	if (find->found == G_MAXUINT)
		app_say(find->app, _("\"%s\" is not in this message."), find->words);
	else
		scroll_to(view, find->found);
}

/* On the reader: a text may have very many lines. */
static void
look_for(View *view, gboolean up, gboolean again)
{
	PagerView *pager = (PagerView *)view;
	guint from = pager->scroll.top;
	Find *find;

	if (!pager->content)
		return;
	if (again)
		from = up ? (from == 0 ? 0 : from - 1) : from + 1;
	find = g_new0(Find, 1);
	find->app = view->app;
	find->view_id = view->id;
	find->content = content_ref(pager->content);
	find->lines = g_array_copy(pager->lines);
	find->words = g_strdup(view->search);
	find->from = from;
	find->up = up;
	find->again = again;
	app_aside(view->app, ENGINE_READER, find_run, find_done, find, find_free, NULL);
}

static void
search_done(App *app, View *view, const char *words, gpointer data)
{
	(void)app;
	if (!view || !words || *words == '\0')
		return;
	g_free(view->search);
	view->search = g_strdup(words);
	view->search_up = GPOINTER_TO_INT(data);
	((PagerView *)view)->no_highlight = FALSE;
	look_for(view, view->search_up, FALSE);
}

static void
ask_search(View *view, const CommandCall *call, gboolean up)
{
	PromptSpec spec = {.view = view,
		.label = up ? _("Search upwards:") : _("Search:"),
		.history = "search",
		.done = search_done,
		.data = GINT_TO_POINTER(up)};

	if (call->argument)
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
	look_for(view, view->search_up, TRUE);
}

static void
search_opposite(View *view, const CommandCall *call)
{
	(void)call;
	look_for(view, !view->search_up, TRUE);
}

static void
search_highlight(View *view, const CommandCall *call)
{
	(void)call;
	((PagerView *)view)->no_highlight = !((PagerView *)view)->no_highlight;
}

/* ---- links and going back ---------------------------------------------------------------------------------
 */

static void
link_choose(View *view, const CommandCall *call)
{
	(void)call;
	links_choose(view);
}

static void
links(View *view, const CommandCall *call)
{
	(void)call;
	app_push(view->app, links_new(view));
}

static void
quit(View *view, const CommandCall *call)
{
	(void)call;
	if (app_find(view->app, &index_class))
		while (app_top(view->app) && app_top(view->app)->class != &index_class)
			app_close(view->app, app_top(view->app));
	else
		app_quit(view->app);
	app_run_named(view->app, "quit", NULL);
}

static const Command rows[] = {
	{.name = "page-next",
		.keys = "Space; z; PageDown",
		.hint = N_("page"),
		.brief = N_("Go on by a page; at the end: the next message"),
		.run = page_next},
	{.name = "page-previous",
		.keys = "-; Z; PageUp",
		.brief = N_("Go back by a page"),
		.run = scroll_page_previous},
	{.name = "line-next", .keys = "Enter; Down", .brief = N_("Go on by a line"), .run = line_next},
	{.name = "line-previous",
		.keys = "Backspace; Up",
		.brief = N_("Go back by a line"),
		.run = scroll_line_previous},
	{.name = "message-next",
		.keys = "j",
		.hint = N_("next"),
		.brief = N_("Go to the next message"),
		.run = message_next},
	{.name = "message-previous",
		.keys = "k",
		.hint = N_("previous"),
		.brief = N_("Go to the previous message"),
		.run = message_previous},
	{.name = "entry-next-any", .keys = "J", .brief = N_("Go to the next message"), .run = message_next},
	{.name = "entry-previous-any",
		.keys = "K",
		.brief = N_("Go to the previous message"),
		.run = message_previous},
	{.name = "half-next", .keys = "]", .brief = N_("Go on by half a page"), .run = scroll_half_next},
	{.name = "half-previous",
		.keys = "[",
		.brief = N_("Go back by half a page"),
		.run = scroll_half_previous},
	{.name = "text-top", .keys = "^; Home", .brief = N_("Go to the top"), .run = scroll_top},
	{.name = "text-bottom", .keys = "End", .brief = N_("Go to the bottom"), .run = scroll_bottom},
	{.name = "message-jump",
		.keys = "",
		.brief = N_("Go to a message by its number: type it, then Enter"),
		.argument = ARGUMENT_NUMBER,
		.run = message_jump},
	{.name = "quotes-toggle",
		.keys = "T",
		.hint = N_("quotes"),
		.brief = N_("Fold or unfold all quoted text"),
		.needs = NEEDS_TEXT,
		.run = quotes_toggle},
	{.name = "quote-skip",
		.keys = "S",
		.brief = N_("Skip quoted text"),
		.needs = NEEDS_TEXT,
		.run = quote_skip},
	{.name = "headers-skip", .keys = "H", .brief = N_("Skip the headers"), .run = headers_skip},
	{.name = "headers-toggle",
		.keys = "h",
		.hint = N_("headers"),
		.brief = N_("Show all headers, or the chosen ones"),
		.run = headers_toggle},
	{.name = "alternative-toggle",
		.keys = "Esc A",
		.hint = N_("html"),
		.brief = N_("Show the plain part or the HTML part"),
		.needs = NEEDS_TEXT,
		.run = alternative_toggle},
	{.name = "wrap-toggle",
		.keys = "Esc W",
		.hint = N_("wrap"),
		.brief = N_("Reflow paragraphs, or show lines as sent"),
		.needs = NEEDS_TEXT,
		.run = wrap_toggle},
	{.name = "search",
		.keys = "/",
		.hint = N_("search"),
		.brief = N_("Search this message"),
		.needs = NEEDS_TEXT,
		.argument = ARGUMENT_TEXT,
		.run = search},
	{.name = "search-reverse",
		.keys = "Esc /",
		.brief = N_("Search this message upwards"),
		.needs = NEEDS_TEXT,
		.argument = ARGUMENT_TEXT,
		.run = search_reverse},
	{.name = "search-next",
		.keys = "n",
		.brief = N_("Go to the next place found"),
		.needs = NEEDS_SEARCH | NEEDS_TEXT,
		.run = search_next},
	{.name = "search-opposite",
		.keys = "Esc N",
		.brief = N_("Go to the place found before"),
		.needs = NEEDS_SEARCH | NEEDS_TEXT,
		.run = search_opposite},
	{.name = "search-highlight",
		.keys = "\\",
		.brief = N_("Show or hide what the search found"),
		.needs = NEEDS_SEARCH,
		.run = search_highlight},
	{.name = "link-choose",
		.keys = "l",
		.hint = N_("links"),
		.brief = N_("Choose a link, see its target, open it"),
		.needs = NEEDS_LINKS,
		.run = link_choose},
	{.name = "links",
		.keys = "^B",
		.hint = N_("links"),
		.brief = N_("List the links with their whole targets"),
		.needs = NEEDS_LINKS,
		.run = links},
	{.name = "view-close",
		.keys = "q; i; x",
		.hint = N_("back"),
		.brief = N_("Go back"),
		.run = view_close_command},
	{.name = "quit", .keys = "Q", .brief = N_("Leave Posthorn"), .run = quit},
};

const CommandTable table_pager = TABLE("pager", rows);
