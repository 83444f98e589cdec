/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/links.h"

#include <string.h>

#include "mime/text.h"
#include "ui/clipboard.h"
#include "ui/composer.h"
#include "ui/core.h"
#include "ui/pager.h"
#include "ui/tables.h"
#include "util/fuzzy.h"
#include "util/i18n.h"
#include "util/text.h"

typedef struct {
	guint number;
	char *text, *target, *host, *warning;
	gboolean openable;
} Link;

typedef struct {
	View view;
	List list;
	GPtrArray *links; /* of Link */
} LinksView;

static void
link_free(gpointer data)
{
	Link *link = data;

	g_free(link->text);
	g_free(link->target);
	g_free(link->host);
	g_free(link->warning);
	g_free(link);
}

static Link *
link_copy(const MimeLink *from)
{
	Link *link = g_new0(Link, 1);

	*link = (Link){from->number, g_strdup(from->text), g_strdup(from->target), g_strdup(from->host),
		g_strdup(from->warning), from->openable};
	return link;
}

static GPtrArray *
links_of(View *pager)
{
	GPtrArray *links = g_ptr_array_new_with_free_func(link_free);
	const MimeText *text = pager_text(pager);
	const GPtrArray *from = text ? mime_text_links(text) : NULL;

	for (guint i = 0; from && i < from->len; i++)
		g_ptr_array_add(links, link_copy(g_ptr_array_index(from, i)));
	return links;
}

/* ---- opening ----------------------------------------------------------------------------- */

static void
open_chosen(App *app, View *view, gunichar choice, gpointer data)
{
	const Link *link = data;
	g_auto(GStrv) argv = NULL;

	(void)view;
	if (choice != 'y')
		return;
	if (g_ascii_strncasecmp(link->target, "mailto:", 7) == 0) {
		composer_mailto(app, link->target);
		return;
	}
	argv = config_browser(app->config);
	if (app_open_with(app, argv, link->target))
		app_say(app, _("Given to %s."), argv[0]);
}

/* The text says no more than the target. */
static gboolean
is_bare(const Link *link)
{
	return !link->text || *link->text == '\0' || strcmp(link->text, link->target) == 0;
}

static void
ask_open(View *view, const Link *link)
{
	App *app = view->app;
	gboolean mail = g_ascii_strncasecmp(link->target, "mailto:", 7) == 0;
	GString *words = g_string_new(NULL);
	MimeLink copy = {link->number, link->text, link->target, link->host, link->openable, link->warning};

	if (!link->openable) {
		app_warn(app, _("Only http, https and mailto links are opened, and this one is none: %s"),
			link->target);
		g_string_free(words, TRUE);
		return;
	}
	if (is_bare(link))
		g_string_append_printf(words, _("Link %u:"), link->number);
	else
		g_string_append_printf(words, _("Link %u: %s"), link->number, link->text);
	g_string_append_printf(words, "\n%s", link->target);
	if (link->host && !mail)
		g_string_append_printf(words, _("\nIt goes to the host %s."), link->host);
	if (link->warning)
		g_string_append_printf(words, "\n%s", link->warning);
	if (mail)
		g_string_append_printf(words, "\n%s", _("Write to this address? y/n"));
	else
		g_string_append_printf(words, "\n%s %s",
			_("The page may tell the sender that you read this."), _("Open it? y/n"));
	/* The whole target has been shown: Enter says yes, unless something is wrong with it. */
	app_choose(
		app, view, words->str, link->warning ? "ny" : "yn", open_chosen, link_copy(&copy), link_free);
	g_string_free(words, TRUE);
}

/* ---- choosing by number -----------------------------------------------------------------------------------
 */

static void
candidates(App *app, const char *text, gsize *start, GPtrArray *out, gpointer data)
{
	GPtrArray *links = data;
	g_autoptr(Fuzzy) fuzzy = fuzzy_new(text);
	guint64 number = g_ascii_strtoull(text, NULL, 10);

	(void)app;
	*start = 0;
	for (guint i = 0; i < links->len; i++) {
		const Link *link = g_ptr_array_index(links, i);
		g_autofree char *words =
			g_strdup_printf("%u  %s", link->number, is_bare(link) ? link->target : link->text);
		int score = fuzzy_score(fuzzy, words);

		if (number == link->number)
			score = G_MAXINT;
		if (score != FUZZY_NONE)
			g_ptr_array_add(out, candidate_new(words, is_bare(link) ? NULL : link->target, NULL,
						     *text ? score : 0));
	}
}

static void
chosen(App *app, View *view, const char *text, gpointer data)
{
	GPtrArray *links = data;
	guint64 number = text ? g_ascii_strtoull(text, NULL, 10) : 0;

	(void)app;
	for (guint i = 0; view && i < links->len; i++) {
		const Link *link = g_ptr_array_index(links, i);

		if (link->number == number)
			ask_open(view, link);
	}
}

void
links_choose(View *pager)
{
	GPtrArray *links = links_of(pager);
	PromptSpec spec = {.view = pager,
		.label = _("Link:"),
		.live = TRUE,
		.pick = TRUE,
		.complete = candidates,
		.done = chosen,
		.data = links,
		.free_data = (GDestroyNotify)g_ptr_array_unref};

	app_prompt(pager->app, &spec);
}

/* ---- the list ---------------------------------------------------------------------------- */

View *
links_new(View *pager)
{
	LinksView *view = g_new0(LinksView, 1);

	view_init(&view->view, &links_class, pager->app, &view->list);
	view->links = links_of(pager);
	list_set_count(&view->list, view->links->len);
	return &view->view;
}

static void
links_free(View *view)
{
	g_ptr_array_unref(((LinksView *)view)->links);
	g_free(view);
}

static char *
links_title(View *view, char **right)
{
	guint count = view->list->count;

	*right = g_strdup_printf(P_("%u link", "%u links", count), count);
	return g_strdup(_("Links"));
}

static void
links_row(View *view, Grid *grid, Rect rect, guint row)
{
	const Link *link = g_ptr_array_index(((LinksView *)view)->links, row);
	int x = grid_print(grid, rect, 0, 1, STYLE_COUNT, "%3u ", link->number);

	x++;
	if (!is_bare(link))
		x = grid_column(grid, rect, 0, x, MIN(24, rect.cols / 3), STYLE_NORMAL, link->text) + 1;
	if (link->warning)
		x = grid_text(grid, rect, 0, x, STYLE_WARNING, "! ");
	grid_column(grid, rect, 0, x, rect.cols - x - 1, STYLE_LINK, link->target);
}

static char *
links_text(View *view, guint row)
{
	const Link *link = g_ptr_array_index(((LinksView *)view)->links, row);

	return g_strconcat(link->text ? link->text : "", " ", link->target, NULL);
}

const ViewClass links_class = {
	.name = "links",
	.tables = links_tables,
	.hints = "link-open search view-close",
	.free = links_free,
	.title = links_title,
	.row = links_row,
	.row_text = links_text,
	.empty = N_("There are no links in this message."),
};

static void
link_open(View *view, const CommandCall *call)
{
	(void)call;
	ask_open(view, g_ptr_array_index(((LinksView *)view)->links, view->list->selected));
}

static void
link_copy_target(View *view, const CommandCall *call)
{
	const Link *link = g_ptr_array_index(((LinksView *)view)->links, view->list->selected);

	(void)call;
	clipboard_copy_words(view->app, link->target);
}

static const Command rows[] = {
	{.name = "link-open",
		.keys = "Enter",
		.hint = N_("see, open"),
		.brief = N_("Show the whole target, then ask to open it"),
		.needs = NEEDS_ENTRY,
		.run = link_open},
	{.name = "clipboard-copy",
		.keys = "Esc y",
		.hint = N_("copy"),
		.brief = N_("Copy the link's target to the terminal's clipboard"),
		.needs = NEEDS_ENTRY,
		.run = link_copy_target},
	{.name = "view-close",
		.keys = "q",
		.hint = N_("back"),
		.brief = N_("Go back"),
		.run = view_close_command},
};

const CommandTable table_links = TABLE("links", rows);
