/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The outbox and the undo list: both are read from the journal by its own
 * thread, and read again when the engine says that something changed.
 */
#include "config.h"

#include <time.h>

#include "ui/composer.h"
#include "ui/core.h"
#include "ui/lists.h"
#include "ui/tables.h"
#include "ui/text-view.h"
#include "util/dates.h"
#include "util/i18n.h"
#include "util/text.h"

#define OPERATIONS_SHOWN 500

typedef struct {
	View view;
	List list;
	GPtrArray *rows; /* of OutboxMessage or Operation; never NULL */
} JournalView;

typedef struct {
	App *app;
	guint view_id;
	gboolean outbox;
	GPtrArray *rows;
} Read;

static void
read_free(gpointer data)
{
	Read *read = data;

	if (read->rows)
		g_ptr_array_unref(read->rows);
	g_free(read);
}

static void
read_run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	Read *read = data;
	Journal *journal = engine_worker_journal(worker);

	(void)cancel;
	read->rows = read->outbox ? outbox_list(journal, NULL, TRUE)
				  : journal_recent(journal, NULL, OPERATIONS_SHOWN);
}

static void
read_done(gpointer data)
{
	Read *read = data;
	JournalView *list = (JournalView *)app_view(read->app, read->view_id);

	if (!list || !read->rows)
		return;
	g_ptr_array_unref(list->rows);
	list->rows = g_steal_pointer(&read->rows);
	list_set_count(&list->list, list->rows->len);
}

static void
reload(View *view)
{
	Read *read = g_new0(Read, 1);

	read->app = view->app;
	read->view_id = view->id;
	read->outbox = view->class == &outbox_class;
	engine_run(view->app->engine, ENGINE_JOURNAL, read_run, read_done, read, read_free, NULL);
}

static View *
journal_view_new(App *app, const ViewClass *class)
{
	JournalView *list = g_new0(JournalView, 1);

	view_init(&list->view, class, app, &list->list);
	list->rows = g_ptr_array_new();
	reload(&list->view);
	return &list->view;
}

View *
outbox_new(App *app)
{
	return journal_view_new(app, &outbox_class);
}

View *
undo_new(App *app)
{
	return journal_view_new(app, &undo_class);
}

static void
journal_view_free(View *view)
{
	g_ptr_array_unref(((JournalView *)view)->rows);
	g_free(view);
}

static gpointer
row_at(View *view, guint row)
{
	GPtrArray *rows = ((JournalView *)view)->rows;

	return row < rows->len ? g_ptr_array_index(rows, row) : NULL;
}

static void
journal_event(View *view, const EngineEvent *event)
{
	if (event->kind == EVENT_ACTED || event->kind == EVENT_OPERATION || event->kind == EVENT_OUTBOX)
		reload(view);
}

/* ---- outbox ------------------------------------------------------------------------------ */

static char *
outbox_title(View *view, char **right)
{
	guint count = view->list->count;

	*right = g_strdup_printf(P_("%u message on its way", "%u messages on their way", count), count);
	return g_strdup(_("Outbox"));
}

static char *
outbox_words(const OutboxMessage *message)
{
	gint64 left = message->due - time(NULL);

	switch (message->state) {
	case OUTBOX_QUEUED:
		if (message->error)
			return g_strdup_printf(
				_("tries again in %d s: %s"), (int)MAX(left, 0), message->error);
		return left > 0 ? g_strdup_printf(_("leaves in %d s"), (int)left)
				: g_strdup(_("waits for the line"));
	case OUTBOX_SENDING:
	case OUTBOX_DOT:
		return g_strdup(_("is being sent"));
	case OUTBOX_UNCERTAIN:
		return g_strdup(_("may or may not have left: the line broke at the end. y sends it again"));
	case OUTBOX_FAILED:
		return g_strdup_printf(_("not sent: %s"), message->error ? message->error : "");
	default:
		return g_strdup(outbox_state_name(message->state));
	}
}

static void
outbox_row(View *view, Grid *grid, Rect rect, guint row)
{
	const OutboxMessage *message = row_at(view, row);
	g_autofree char *subject =
		text_safe(message->subject ? message->subject : _("(no subject)"), -1, TEXT_MARKS);
	g_autofree char *words = outbox_words(message), *safe = text_safe(words, -1, TEXT_MARKS);
	g_autofree char *to = message->recipients->len > 0
				      ? text_safe(g_ptr_array_index(message->recipients, 0), -1, TEXT_MARKS)
				      : g_strdup("");
	gboolean bad = message->state == OUTBOX_FAILED || message->state == OUTBOX_UNCERTAIN;
	int x = grid_text(grid, rect, 0, 1, bad ? STYLE_BAD : STYLE_PENDING,
			grid_glyph(grid, bad ? GLYPH_CROSS : GLYPH_WAIT)) +
		1;

	x = grid_column(grid, rect, 0, x, MIN(24, rect.cols / 4), STYLE_NORMAL, to) + 1;
	x = grid_column(grid, rect, 0, x, MIN(30, rect.cols / 3), STYLE_STRONG, subject) + 1;
	grid_column(grid, rect, 0, x, rect.cols - x - 1, STYLE_DIM, safe);
}

static char *
outbox_text(View *view, guint row)
{
	const OutboxMessage *message = row_at(view, row);

	return g_strdup(message->subject ? message->subject : "");
}

const ViewClass outbox_class = {
	.name = "outbox",
	.tables = outbox_tables,
	.hints = "outbox-edit outbox-send-now outbox-cancel outbox-details view-close",
	.free = journal_view_free,
	.title = outbox_title,
	.row = outbox_row,
	.row_text = outbox_text,
	.event = journal_event,
	.empty = N_("No message waits to be sent."),
};

static void
said(App *app, View *view, const EngineEvent *event, gpointer data)
{
	(void)data;
	if (event->error)
		app_error(app, event->error);
	else if (event->words)
		app_say(app, "%s", event->words);
	if (view)
		reload(view);
}

static void
outbox_edit(View *view, const CommandCall *call)
{
	const OutboxMessage *message = row_at(view, view->list->selected);

	(void)call;
	composer_from_outbox(view->app, message->id);
}

static void
send_again(App *app, View *view, gunichar choice, gpointer data)
{
	gint64 *id = data;

	(void)choice;
	app_expect(app, engine_outbox_retry(app->engine, *id), view, said, NULL, NULL);
}

static void
outbox_send_now(View *view, const CommandCall *call)
{
	const OutboxMessage *message = row_at(view, view->list->selected);
	g_autofree char *subject = text_safe(message->subject ? message->subject : "", -1, TEXT_MARKS);
	g_autofree char *words = g_strdup_printf(_("Send \"%s\" now? y/n"), subject);

	(void)call;
	app_confirm(view->app, view, words, send_again, g_memdup2(&message->id, sizeof message->id), g_free);
}

static void
outbox_cancel_message(View *view, const CommandCall *call)
{
	const OutboxMessage *message = row_at(view, view->list->selected);

	(void)call;
	app_expect(view->app, engine_outbox_cancel(view->app->engine, message->id), view, said, NULL, NULL);
}

static void
outbox_details(View *view, const CommandCall *call)
{
	const OutboxMessage *message = row_at(view, view->list->selected);
	g_autoptr(GString) out = g_string_new(message->subject ? message->subject : "");
	g_autofree char *words = outbox_words(message);

	(void)call;
	g_string_append(out, "\n\n");
	for (guint i = 0; i < message->recipients->len; i++)
		g_string_append_printf(
			out, "    %s\n", (const char *)g_ptr_array_index(message->recipients, i));
	g_string_append_printf(out, "\n%s\n", words);
	if (message->error)
		g_string_append_printf(out, "\n%s\n    %s\n", _("The server said"), message->error);
	app_push(view->app, text_view_new(view->app, _("A message on its way"), out->str));
}

static const Command outbox_rows[] = {
	{.name = "outbox-edit",
		.keys = "Enter; e",
		.hint = N_("edit"),
		.brief = N_("Take it back into the composer"),
		.needs = NEEDS_ENTRY,
		.run = outbox_edit},
	{.name = "outbox-send-now",
		.keys = "y",
		.hint = N_("send now"),
		.brief = N_("Send it now; asks"),
		.needs = NEEDS_ENTRY,
		.overrides = TRUE,
		.run = outbox_send_now},
	{.name = "outbox-cancel",
		.keys = "d",
		.hint = N_("cancel"),
		.brief = N_("Do not send it: it goes back to the drafts"),
		.needs = NEEDS_ENTRY,
		.run = outbox_cancel_message},
	{.name = "outbox-details",
		.keys = "@",
		.hint = N_("details"),
		.brief = N_("Show recipients and the server's words"),
		.needs = NEEDS_ENTRY,
		.run = outbox_details},
	{.name = "view-close",
		.keys = "q; i; x",
		.hint = N_("back"),
		.brief = N_("Go back"),
		.run = view_close_command},
};

const CommandTable table_outbox = TABLE("outbox", outbox_rows);

/* ---- what was done ----------------------------------------------------------------------- */

static char *
undo_title(View *view, char **right)
{
	guint count = view->list->count;

	*right = g_strdup_printf(P_("%u act", "%u acts", count), count);
	return g_strdup(_("What was done"));
}

typedef struct {
	const char *words; /* N_() */
	StyleId style;
} OperationLook;

static const OperationLook operation_looks[] = {
	[OPERATION_PENDING] = {N_("waits"), STYLE_PENDING},
	[OPERATION_IN_FLIGHT] = {N_("under way"), STYLE_PENDING},
	[OPERATION_DONE] = {N_("done"), STYLE_GOOD},
	[OPERATION_ERROR] = {N_("failed"), STYLE_BAD},
	[OPERATION_UNDONE] = {N_("undone"), STYLE_DIM},
};

static void
undo_row(View *view, Grid *grid, Rect rect, guint row)
{
	const Operation *operation = row_at(view, row);
	g_autofree char *when = dates_format_short(operation->made, time(NULL));
	g_autofree char *words = text_safe(
		operation->words ? operation->words : operation_kind_name(operation->kind), -1, TEXT_MARKS);
	g_autofree char *error = operation->error ? text_safe(operation->error, -1, TEXT_MARKS) : NULL;
	const OperationLook *look = &operation_looks[operation->state];
	int x = grid_column(grid, rect, 0, 1, 12, STYLE_DATE, when) + 1;

	x = grid_column(grid, rect, 0, x, 10, look->style, _(look->words)) + 1;
	x = grid_column(grid, rect, 0, x, error ? MIN(36, rect.cols / 2) : rect.cols - x - 1, STYLE_NORMAL,
		    words) +
	    1;
	if (error)
		grid_column(grid, rect, 0, x, rect.cols - x - 1, STYLE_BAD, error);
}

static char *
undo_text(View *view, guint row)
{
	const Operation *operation = row_at(view, row);

	return g_strdup(operation->words ? operation->words : "");
}

const ViewClass undo_class = {
	.name = "undo-list",
	.tables = undo_tables,
	.hints = "operation-undo operation-retry operation-forget view-close",
	.free = journal_view_free,
	.title = undo_title,
	.row = undo_row,
	.row_text = undo_text,
	.event = journal_event,
	.empty = N_("Nothing was done yet."),
};

static void
operation_undo(View *view, const CommandCall *call)
{
	const Operation *operation = row_at(view, view->list->selected);

	(void)call;
	app_expect(view->app, engine_undo(view->app->engine, operation->account, operation->group), view,
		said, NULL, NULL);
}

static void
operation_retry(View *view, const CommandCall *call)
{
	const Operation *operation = row_at(view, view->list->selected);

	(void)call;
	if (operation->state == OPERATION_ERROR)
		app_expect(view->app, engine_operation_retry(view->app->engine, operation->id), view, said,
			NULL, NULL);
	else
		app_say(view->app, "%s", _("This one did not fail."));
}

static void
operation_forget(View *view, const CommandCall *call)
{
	const Operation *operation = row_at(view, view->list->selected);

	(void)call;
	if (operation->state == OPERATION_ERROR)
		app_expect(view->app, engine_operation_forget(view->app->engine, operation->id), view, said,
			NULL, NULL);
	else
		app_say(view->app, "%s",
			_("Only a failed act can be forgotten: what the server has then stands."));
}

static const Command undo_rows[] = {
	{.name = "operation-undo",
		.keys = "u; Enter",
		.hint = N_("undo"),
		.brief = N_("Take this act back"),
		.needs = NEEDS_ENTRY,
		.overrides = TRUE,
		.run = operation_undo},
	{.name = "operation-retry",
		.keys = "r",
		.hint = N_("retry"),
		.brief = N_("Try a failed act again"),
		.needs = NEEDS_ENTRY,
		.run = operation_retry},
	{.name = "operation-forget",
		.keys = "d",
		.hint = N_("forget"),
		.brief = N_("Forget a failed act: the server's state stands"),
		.needs = NEEDS_ENTRY,
		.run = operation_forget},
	{.name = "view-close",
		.keys = "q; i; x",
		.hint = N_("back"),
		.brief = N_("Go back"),
		.run = view_close_command},
};

const CommandTable table_undo = TABLE("undo-list", undo_rows);
