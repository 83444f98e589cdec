/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/help.h"

#include <string.h>

#include "ui/core.h"
#include "ui/tables.h"
#include "util/i18n.h"

typedef struct {
	const char *heading; /* NULL: a command */
	const Command *command;
	char *keys;
} HelpRow;

typedef struct {
	View view;
	List list;
	GPtrArray *rows; /* of HelpRow */
	guint about_id;
	const char *about; /* name of its class */
} HelpView;

static void
row_free(gpointer data)
{
	HelpRow *row = data;

	g_free(row->keys);
	g_free(row);
}

static void
add_heading(HelpView *help, const char *heading)
{
	HelpRow *row = g_new0(HelpRow, 1);

	row->heading = heading;
	g_ptr_array_add(help->rows, row);
}

/* Commands with keys first, then those that only have names. */
static void
add_table(HelpView *help, View *about, const CommandTable *table, gboolean with_keys)
{
	for (gsize i = 0; i < table->count; i++) {
		const Command *command = &table->rows[i];
		g_autofree char *keys = NULL;
		HelpRow *row;

		if (keymap_named(about->keymap, command->name) != command)
			continue;
		keys = keymap_keys(about->keymap, command, FALSE);
		if ((*keys != '\0') != with_keys)
			continue;
		row = g_new0(HelpRow, 1);
		row->command = command;
		row->keys = g_steal_pointer(&keys);
		g_ptr_array_add(help->rows, row);
	}
}

static const char *
heading_of(const CommandTable *table)
{
	for (const ViewTables *view = view_tables; view->view; view++)
		if (view->own == table)
			return view->view;
	return table->name;
}

View *
help_new(App *app, View *about)
{
	HelpView *help = g_new0(HelpView, 1);
	guint count = 0;

	view_init(&help->view, &help_class, app, &help->list);
	help->rows = g_ptr_array_new_with_free_func(row_free);
	help->about_id = about->id;
	help->about = about->class->name;
	while (about->class->tables[count])
		count++;
	while (count-- > 0) {
		add_heading(help, heading_of(about->class->tables[count]));
		add_table(help, about, about->class->tables[count], TRUE);
		add_table(help, about, about->class->tables[count], FALSE);
	}
	list_set_count(&help->list, help->rows->len);
	return &help->view;
}

static void
help_free(View *view)
{
	g_ptr_array_unref(((HelpView *)view)->rows);
	g_free(view);
}

static char *
help_title(View *view, char **right)
{
	*right = g_strdup(_("/ searches  Enter runs"));
	return g_strdup_printf(_("Keys: %s"), ((HelpView *)view)->about);
}

static void
help_row(View *view, Grid *grid, Rect rect, guint n)
{
	const HelpRow *row = g_ptr_array_index(((HelpView *)view)->rows, n);
	/* What a command does comes first; its name where there is room for both. */
	int x = 2, names = rect.cols >= 100 ? 24 : 0;

	if (row->heading) {
		grid_text(grid, rect, 0, 1, STYLE_HEADING, _(row->heading));
		return;
	}
	x = grid_column(grid, rect, 0, x, 16, STYLE_HINT_KEY, *row->keys ? row->keys : ":") + 1;
	if (names)
		x = grid_column(grid, rect, 0, x, names, STYLE_DIM, row->command->name) + 1;
	grid_column(grid, rect, 0, x, rect.cols - x - 1, STYLE_NORMAL, _(row->command->brief));
}

static char *
help_text(View *view, guint n)
{
	const HelpRow *row = g_ptr_array_index(((HelpView *)view)->rows, n);

	if (row->heading)
		return g_strdup(_(row->heading));
	return g_strconcat(row->keys, " ", row->command->name, " ", _(row->command->brief), NULL);
}

const ViewClass help_class = {
	.name = "help",
	.flags = VIEW_WHOLE,
	.tables = help_tables,
	.hints = "help-run search search-next view-close",
	.free = help_free,
	.title = help_title,
	.row = help_row,
	.row_text = help_text,
};

static void
help_run(View *view, const CommandCall *call)
{
	HelpView *help = (HelpView *)view;
	const HelpRow *row = g_ptr_array_index(help->rows, view->list->selected);
	View *about = app_view(view->app, help->about_id);
	CommandCall named = {0};

	(void)call;
	if (!row->command || !about)
		return;
	app_close(view->app, view);
	app_run(view->app, about, row->command, &named);
}

static const Command rows[] = {
	{.name = "help-run",
		.keys = "Enter",
		.hint = N_("run"),
		.brief = N_("Run the selected command"),
		.needs = NEEDS_ENTRY,
		.run = help_run},
	{.name = "view-close",
		.keys = "q; i; x",
		.hint = N_("back"),
		.brief = N_("Go back"),
		.run = view_close_command},
};

const CommandTable table_help = TABLE("help", rows);
