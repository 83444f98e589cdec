/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <time.h>

#include "ui/composer.h"
#include "ui/core.h"
#include "ui/tables.h"
#include "util/dates.h"
#include "util/i18n.h"
#include "util/text.h"

typedef struct {
	View view;
	List list;
	GPtrArray *drafts; /* of StoreDraft; never NULL */
} DraftsView;

typedef struct {
	App *app;
	guint view_id;
	GPtrArray *drafts;
} Read;

static void
read_free(gpointer data)
{
	Read *read = data;

	if (read->drafts)
		g_ptr_array_unref(read->drafts);
	g_free(read);
}

static void
read_run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	(void)cancel;
	((Read *)data)->drafts = draft_list(engine_worker_journal(worker), NULL);
}

static void
read_done(gpointer data)
{
	Read *read = data;
	DraftsView *drafts = (DraftsView *)app_view(read->app, read->view_id);

	if (!drafts || !read->drafts)
		return;
	g_ptr_array_unref(drafts->drafts);
	drafts->drafts = g_steal_pointer(&read->drafts);
	list_set_count(&drafts->list, drafts->drafts->len);
}

static void
reload(View *view)
{
	Read *read = g_new0(Read, 1);

	read->app = view->app;
	read->view_id = view->id;
	engine_run(view->app->engine, ENGINE_JOURNAL, read_run, read_done, read, read_free, NULL);
}

View *
drafts_new(App *app)
{
	DraftsView *drafts = g_new0(DraftsView, 1);

	view_init(&drafts->view, &drafts_class, app, &drafts->list);
	drafts->drafts = g_ptr_array_new();
	reload(&drafts->view);
	return &drafts->view;
}

static void
drafts_free(View *view)
{
	g_ptr_array_unref(((DraftsView *)view)->drafts);
	g_free(view);
}

static const StoreDraft *
draft_at(View *view, guint row)
{
	return g_ptr_array_index(((DraftsView *)view)->drafts, row);
}

static char *
drafts_title(View *view, char **right)
{
	guint count = view->list->count;

	*right = g_strdup_printf(P_("%u draft", "%u drafts", count), count);
	return g_strdup(_("Drafts kept here"));
}

static void
drafts_row(View *view, Grid *grid, Rect rect, guint row)
{
	const StoreDraft *draft = draft_at(view, row);
	g_autofree char *when = dates_format_short(draft->saved, time(NULL));
	g_autofree char *subject = text_safe(
		draft->subject && *draft->subject ? draft->subject : _("(no subject)"), -1, TEXT_MARKS);
	int x = grid_column(grid, rect, 0, 1, 12, STYLE_DATE, when) + 1;

	x = grid_column(grid, rect, 0, x, 12, STYLE_DIM, draft->account) + 1;
	grid_column(grid, rect, 0, x, rect.cols - x - 1, STYLE_NORMAL, subject);
}

static char *
drafts_text(View *view, guint row)
{
	const StoreDraft *draft = draft_at(view, row);

	return g_strdup(draft->subject ? draft->subject : "");
}

const ViewClass drafts_class = {
	.name = "drafts",
	.tables = drafts_tables,
	.hints = "draft-open draft-delete view-close",
	.free = drafts_free,
	.title = drafts_title,
	.row = drafts_row,
	.row_text = drafts_text,
	.empty = N_("No draft is kept here. Drafts of other programs are in the folder Drafts: R there goes "
		    "on with them."),
};

static void
draft_open(View *view, const CommandCall *call)
{
	const StoreDraft *draft = draft_at(view, view->list->selected);
	App *app = view->app;
	UiAccount *account = app_account(app, draft->account);
	gint64 id = draft->id;

	(void)call;
	if (!account && app->accounts->len > 0)
		account = g_ptr_array_index(app->accounts, 0);
	app_close(app, view);
	composer_open_draft(app, account, id);
}

static void
deleted(App *app, View *view, const EngineEvent *event, gpointer data)
{
	(void)data;
	if (event->error)
		app_error(app, event->error);
	else
		app_say(app, "%s", _("The draft was thrown away."));
	if (view)
		reload(view);
}

static void
delete_confirmed(App *app, View *view, gunichar choice, gpointer data)
{
	gint64 *id = data;

	(void)choice;
	app_expect(app, engine_draft_remove(app->engine, *id), view, deleted, NULL, NULL);
}

static void
draft_delete(View *view, const CommandCall *call)
{
	const StoreDraft *draft = draft_at(view, view->list->selected);
	g_autofree char *subject = text_safe(draft->subject ? draft->subject : "", -1, TEXT_MARKS);
	g_autofree char *words = g_strdup_printf(_("Throw the draft \"%s\" away? y/n"), subject);

	(void)call;
	app_confirm(
		view->app, view, words, delete_confirmed, g_memdup2(&draft->id, sizeof draft->id), g_free);
}

static const Command rows[] = {
	{.name = "draft-open",
		.keys = "Enter; e",
		.hint = N_("go on"),
		.brief = N_("Go on with the draft"),
		.needs = NEEDS_ENTRY,
		.run = draft_open},
	{.name = "draft-delete",
		.keys = "d",
		.hint = N_("throw away"),
		.brief = N_("Throw the draft away; asks"),
		.needs = NEEDS_ENTRY,
		.run = draft_delete},
	{.name = "view-close",
		.keys = "q; i; x",
		.hint = N_("back"),
		.brief = N_("Go back"),
		.run = view_close_command},
};

const CommandTable table_drafts = TABLE("drafts", rows);
