/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which rules touched a message, as the log has it; undo and the rule from there. */
#include "config.h"

#include "ui/rules.h"

#include <time.h>

#include "engine/rules.h"
#include "ui/core.h"
#include "ui/rules-edit.h"
#include "ui/tables.h"
#include "util/dates.h"
#include "util/i18n.h"
#include "util/text.h"

typedef struct {
	View view;
	List list;
	UiAccount *account;
	RowId row;
	char *subject;   /* safe */
	GPtrArray *whys; /* of RulesWhy; NULL: not read yet */
} WhyView;

typedef struct {
	App *app;
	guint view_id;
	char *account;
	RowId row;
	GPtrArray *whys;
} Read;

static void
read_free(gpointer data)
{
	Read *read = data;

	if (read->whys)
		g_ptr_array_unref(read->whys);
	g_free(read->account);
	g_free(read);
}

static void
read_run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	Read *read = data;
	StoreView *view = engine_worker_view(worker, read->account);

	(void)cancel;
	read->whys = view ? rules_why(engine_worker_journal(worker), view, read->account, read->row) : NULL;
}

static void
read_done(gpointer data)
{
	Read *read = data;
	WhyView *why = (WhyView *)app_view(read->app, read->view_id);

	if (!why || !read->whys)
		return;
	if (why->whys)
		g_ptr_array_unref(why->whys);
	why->whys = g_steal_pointer(&read->whys);
	list_set_count(&why->list, why->whys->len);
}

static void
reload(WhyView *why)
{
	Read *read = g_new0(Read, 1);

	read->app = why->view.app;
	read->view_id = why->view.id;
	read->account = g_strdup(why->account->key);
	read->row = why->row;
	engine_run(why->view.app->engine, ENGINE_JOURNAL, read_run, read_done, read, read_free, NULL);
}

void
why_open(App *app, UiAccount *account, RowId row)
{
	WhyView *why = g_new0(WhyView, 1);
	g_autoptr(StoreRow) known = account->view ? store_view_row(account->view, row) : NULL;

	view_init(&why->view, &why_class, app, &why->list);
	why->account = account;
	why->row = row;
	why->subject = text_safe(known ? known->subject : "", -1, TEXT_MARKS);
	app_push(app, &why->view);
	reload(why);
}

static void
why_free(View *view)
{
	WhyView *why = (WhyView *)view;

	if (why->whys)
		g_ptr_array_unref(why->whys);
	g_free(why->subject);
	g_free(why);
}

static const RulesWhy *
why_at(View *view, guint row)
{
	const GPtrArray *whys = ((WhyView *)view)->whys;

	return whys && row < whys->len ? g_ptr_array_index(whys, row) : NULL;
}

/* ---- drawing ------------------------------------------------------------------------------------------ */

static char *
why_title(View *view, char **right)
{
	WhyView *why = (WhyView *)view;

	*right = g_strdup("");
	return g_strdup_printf("%s %s %s", why->account->label, grid_glyph(view->app->grid, GLYPH_PATH),
		_("Why is this here?"));
}

static void
why_row(View *view, Grid *grid, Rect rect, guint row)
{
	const RulesWhy *why = why_at(view, row);
	g_autofree char *when = dates_format_short(why->when, time(NULL)),
			*rule = text_safe(why->rule, -1, TEXT_MARKS),
			*did = text_safe(why->did, -1, TEXT_MARKS);
	int x = grid_column(grid, rect, 0, 1, 12, STYLE_DATE, when) + 1;

	x = grid_column(grid, rect, 0, x, MIN(28, rect.cols / 3), STYLE_STRONG, rule) + 1;
	if (why->undone)
		grid_column_right(grid, rect, 0, rect.cols - 13, 12, STYLE_DIM, _("taken back"));
	grid_column(grid, rect, 0, x, rect.cols - x - (why->undone ? 14 : 1), STYLE_NORMAL, did);
}

static void
draw_more(const RulesWhy *why, Grid *grid, Rect rect)
{
	g_autoptr(GString) out = g_string_new(NULL);

	if (why->also && *why->also)
		g_string_append_printf(out, _("Also matched: %s.\n"), why->also);
	else
		g_string_append(out, _("No other rule matched.\n"));
	if (why->host)
		g_string_append_printf(out, _("It ran on %s.\n"), why->host);
	view_draw_words(grid, rect, 0, 1, STYLE_DIM, out->str);
}

static void
why_draw(View *view, Grid *grid, Rect rect, gboolean focused)
{
	WhyView *why = (WhyView *)view;
	const RulesWhy *at = why_at(view, view->list->selected);
	int rows = CLAMP((int)view->list->count, 1, MAX(rect.rows - 6, 1));

	grid_column(grid, rect, 0, 1, rect.cols - 2, STYLE_STRONG, why->subject);
	if (why->whys && why->whys->len == 0) {
		view_draw_words(grid, rect, 2, 1, STYLE_DIM,
			_("No rule has touched this message here. What a server's own rules did is not "
			  "known.\n"
			  "I on the message makes a rule from it; Esc R lists the rules."));
		return;
	}
	view_draw_list(view, grid, rect_rows(rect, 2, rows), focused);
	if (at)
		draw_more(at, grid, rect_rows(rect, 3 + rows, MAX(rect.rows - rows - 3, 0)));
}

static char *
why_text(View *view, guint row)
{
	return g_strdup_printf("%s %s", why_at(view, row)->rule, why_at(view, row)->did);
}

static void
why_event(View *view, const EngineEvent *event)
{
	if (event->kind == EVENT_ACTED || event->kind == EVENT_OPERATION)
		reload((WhyView *)view);
}

const ViewClass why_class = {
	.name = "why",
	.flags = VIEW_WHOLE,
	.tables = why_tables,
	.hints = "why-undo why-edit rules-view view-close",
	.free = why_free,
	.title = why_title,
	.draw = why_draw,
	.row = why_row,
	.row_text = why_text,
	.event = why_event,
};

/* ---- commands ------------------------------------------------------------------------------------------ */

static void
undone(App *app, View *view, const EngineEvent *event, gpointer data)
{
	(void)data;
	if (event->error)
		app_error(app, event->error);
	else if (event->words)
		app_say(app, "%s", event->words);
	if (view)
		reload((WhyView *)view);
}

static void
undo_group(App *app, View *view, gint64 group)
{
	WhyView *why = (WhyView *)view;

	app_expect(app, engine_undo(app->engine, why->account->key, group), view, undone, NULL, NULL);
}

static void
undo_confirmed(App *app, View *view, gunichar choice, gpointer data)
{
	(void)choice;
	if (view)
		undo_group(app, view, *(gint64 *)data);
}

static void
why_undo(View *view, const CommandCall *call)
{
	const RulesWhy *why = why_at(view, view->list->selected);

	(void)call;
	if (!why)
		return;
	if (why->undone || why->group == 0) {
		app_say(view->app, "%s",
			why->undone ? _("This was taken back already.")
				    : _("There is nothing here that could be taken back."));
		return;
	}
	app_confirm(view->app, view, _("Take back what this run of the rules did, on all its messages? y/n"),
		undo_confirmed, g_memdup2(&why->group, sizeof why->group), g_free);
}

static void
why_edit(View *view, const CommandCall *call)
{
	const RulesWhy *why = why_at(view, view->list->selected);
	App *app = view->app;
	g_autofree char *name = why ? g_strdup(why->rule) : NULL;

	(void)call;
	rules_open(app, ((WhyView *)view)->account);
	if (name)
		rules_select(app_find(app, &rules_class), name);
}

static const Command rows[] = {
	{.name = "why-undo",
		.keys = "u",
		.hint = N_("undo"),
		.brief = N_("Take back what that run of the rules did; asks"),
		.needs = NEEDS_ENTRY,
		.overrides = TRUE,
		.run = why_undo},
	{.name = "why-edit",
		.keys = "Enter; e",
		.hint = N_("edit"),
		.brief = N_("Go to the rule"),
		.needs = NEEDS_ENTRY,
		.overrides = TRUE,
		.run = why_edit},
	{.name = "view-close",
		.keys = "q; i; x",
		.hint = N_("back"),
		.brief = N_("Go back"),
		.run = view_close_command},
};

const CommandTable table_why = TABLE("why", rows);
