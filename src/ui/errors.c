/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <time.h>

#include "ui/core.h"
#include "ui/lists.h"
#include "ui/tables.h"
#include "ui/text-view.h"
#include "util/dates.h"
#include "util/i18n.h"
#include "util/text.h"

typedef struct {
	View view;
	List list;
} ErrorsView;

View *
errors_new(App *app)
{
	ErrorsView *errors = g_new0(ErrorsView, 1);

	view_init(&errors->view, &errors_class, app, &errors->list);
	list_set_count(&errors->list, app->notes->len);
	return &errors->view;
}

static void
errors_free(View *view)
{
	g_free(view);
}

/* Newest first. */
static const UiNote *
note_at(View *view, guint row)
{
	GPtrArray *notes = view->app->notes;

	return row < notes->len ? g_ptr_array_index(notes, notes->len - 1 - row) : NULL;
}

static char *
errors_title(View *view, char **right)
{
	guint count = view->app->notes->len;

	list_set_count(view->list, count);
	*right = g_strdup_printf(P_("%u of this run", "%u of this run", count), count);
	return g_strdup(_("Errors and warnings"));
}

static void
errors_row(View *view, Grid *grid, Rect rect, guint row)
{
	const UiNote *note = note_at(view, row);
	g_autofree char *when = note ? dates_format_short(note->when, time(NULL)) : NULL;
	g_autofree char *safe = note ? text_safe(note->words, -1, TEXT_MARKS) : NULL;
	int x;

	if (!note)
		return;
	x = grid_column(grid, rect, 0, 1, 12, STYLE_DATE, when) + 1;
	x = grid_text(grid, rect, 0, x, note->is_error ? STYLE_BAD : STYLE_WARNING,
		    grid_glyph(grid, note->is_error ? GLYPH_CROSS : GLYPH_DOT)) +
	    1;
	grid_column(grid, rect, 0, x, rect.cols - x - 1, STYLE_NORMAL, safe);
}

static char *
errors_text(View *view, guint row)
{
	const UiNote *note = note_at(view, row);

	return g_strdup(note ? note->words : "");
}

const ViewClass errors_class = {
	.name = "errors",
	.tables = errors_tables,
	.hints = "error-show search view-close",
	.free = errors_free,
	.title = errors_title,
	.row = errors_row,
	.row_text = errors_text,
	.empty = N_("Nothing went wrong so far."),
};

static void
error_show(View *view, const CommandCall *call)
{
	const UiNote *note = note_at(view, view->list->selected);

	(void)call;
	if (note)
		app_push(view->app, text_view_new(view->app, _("Error"), note->words));
}

static const Command rows[] = {
	{.name = "error-show",
		.keys = "Enter",
		.hint = N_("read"),
		.brief = N_("Show all of it"),
		.needs = NEEDS_ENTRY,
		.run = error_show},
	{.name = "view-close",
		.keys = "q; i; x",
		.hint = N_("back"),
		.brief = N_("Go back"),
		.run = view_close_command},
};

const CommandTable table_errors = TABLE("errors", rows);
