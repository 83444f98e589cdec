/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/parts.h"

#include <string.h>

#include "ui/content.h"
#include "ui/core.h"
#include "ui/files.h"
#include "ui/pipe.h"
#include "ui/tables.h"
#include "ui/text-view.h"
#include "util/i18n.h"
#include "util/text.h"

typedef struct {
	View view;
	List list;
	UiAccount *account; /* NULL: octets */
	RowId row;
	GBytes *octets;
	Content *content; /* NULL: not here yet */
	guint ticket;
	char *folder; /* last saved into */
} PartsView;

static void load(PartsView *parts);

/* The first part that has something to show: what only holds others is no place to begin. */
static guint
first_leaf(const Content *content)
{
	for (guint i = 0; i < content->parts->len; i++)
		if (!((const ContentPart *)g_ptr_array_index(content->parts, i))->container)
			return i;
	return 0;
}

static void
structure_fetched(App *app, View *view, const EngineEvent *event, gpointer data)
{
	PartsView *parts = (PartsView *)view;

	(void)data;
	if (!parts)
		return;
	parts->ticket = 0;
	if (event->error)
		app_error(app, event->error);
	else
		load(parts);
}

static void
loaded(App *app, View *view, Content *content, gpointer data)
{
	PartsView *parts = (PartsView *)view;
	gboolean first;

	(void)data;
	if (!parts) {
		content_unref(content);
		return;
	}
	if (content->parts->len == 0 && parts->account && !content->error && content->missing) {
		parts->ticket = app_want(app, parts->account->key, parts->row, WANT_TEXT, NULL);
		app_expect(app, parts->ticket, view, structure_fetched, NULL, NULL);
		content_unref(content);
		return;
	}
	content_unref(parts->content);
	parts->content = content;
	if (content->error)
		app_error(app, content->error);
	first = parts->list.count == 0;
	list_set_count(&parts->list, content->parts->len);
	if (first)
		list_select(&parts->list, first_leaf(content));
}

static void
load(PartsView *parts)
{
	ContentWish wish = {.account = parts->account ? parts->account->key : NULL,
		.row = parts->row,
		.octets = parts->octets,
		.width = 78};

	content_load(parts->view.app, &parts->view, &wish, loaded, NULL, NULL);
}

View *
parts_new(App *app, UiAccount *account, RowId row, GBytes *octets)
{
	PartsView *parts = g_new0(PartsView, 1);
	const char *downloads = g_get_user_special_dir(G_USER_DIRECTORY_DOWNLOAD);

	view_init(&parts->view, &parts_class, app, &parts->list);
	parts->account = account;
	parts->row = row;
	parts->octets = octets ? g_bytes_ref(octets) : NULL;
	parts->folder = g_strdup(
		downloads && g_file_test(downloads, G_FILE_TEST_IS_DIR) ? downloads : g_get_home_dir());
	load(parts);
	return &parts->view;
}

static void
parts_free(View *view)
{
	PartsView *parts = (PartsView *)view;

	app_forget(view->app, parts->ticket);
	content_unref(parts->content);
	g_clear_pointer(&parts->octets, g_bytes_unref);
	g_free(parts->folder);
	g_free(parts);
}

static const ContentPart *
part_at(View *view, guint row)
{
	const Content *content = ((PartsView *)view)->content;

	return content && row < content->parts->len ? g_ptr_array_index(content->parts, row) : NULL;
}

static char *
parts_title(View *view, char **right)
{
	const Content *content = ((PartsView *)view)->content;
	guint count = view->list->count;

	*right = g_strdup_printf(P_("%u part", "%u parts", count), count);
	return g_strdup_printf(
		_("Parts of %s"), content && content->subject ? content->subject : _("the message"));
}

static void
parts_row(View *view, Grid *grid, Rect rect, guint row)
{
	const ContentPart *part = part_at(view, row);
	g_autofree char *size = text_size(part->size);
	int types = MIN(28, rect.cols / 3), x = 1;

	x = grid_text(grid, rect, 0, x, STYLE_MARKED, view_is_marked(view, row) ? "*" : " ");
	x = grid_print(grid, rect, 0, x, STYLE_COUNT, "%3u ", row + 1) + (int)MIN(part->depth, 12) * 2;
	x = grid_text(grid, rect, 0, x, STYLE_DIM, part->attachment ? "@ " : "  ");
	x = grid_column(grid, rect, 0, x, rect.cols - x - types - 9,
		    part->container ? STYLE_DIM : STYLE_NORMAL, part->words) +
	    1;
	/* Without a name, the type has stood in its place. */
	x = grid_column(grid, rect, 0, x, types, STYLE_DIM,
		    g_strcmp0(part->words, part->type) == 0 ? "" : part->type) +
	    1;
	grid_column_right(grid, rect, 0, x, 5, STYLE_DIM, part->container ? "" : size);
}

static char *
parts_text(View *view, guint row)
{
	const ContentPart *part = part_at(view, row);

	return g_strconcat(part->words, " ", part->type, NULL);
}

static gint64
parts_key(View *view, guint row)
{
	(void)view;
	return row;
}

static gboolean
parts_stop(View *view, gboolean try)
{
	PartsView *parts = (PartsView *)view;

	if (!parts->ticket)
		return FALSE;
	if (!try) {
		app_forget(view->app, parts->ticket);
		parts->ticket = 0;
	}
	return TRUE;
}

const ViewClass parts_class = {
	.name = "parts",
	.tables = parts_tables,
	.hints = "part-view part-save part-open part-pipe mark view-close",
	.free = parts_free,
	.title = parts_title,
	.row = parts_row,
	.row_text = parts_text,
	.row_key = parts_key,
	.stop = parts_stop,
	.empty = N_("The parts are being fetched ..."),
};

/* ---- commands ---------------------------------------------------------------------------- */

typedef struct {
	char *name, *type, *charset;
	char *folder;  /* to save into */
	gboolean text; /* show as text whatever it is */
} PartAct;

static void
part_act_free(gpointer data)
{
	PartAct *act = data;

	g_free(act->name);
	g_free(act->type);
	g_free(act->charset);
	g_free(act->folder);
	g_free(act);
}

static PartAct *
part_act_new(const ContentPart *part)
{
	PartAct *act = g_new0(PartAct, 1);

	act->name = g_strdup(part->name);
	act->type = g_strdup(part->type);
	act->charset = g_strdup(part->charset);
	return act;
}

static void
with_part(View *view, const ContentPart *part, PartDone done, PartAct *act)
{
	PartsView *parts = (PartsView *)view;

	/* A container at the root is the message itself. */
	content_part(view->app, view, parts->account ? parts->account->key : NULL, parts->row, parts->octets,
		part->section, done, act, part_act_free);
}

static void
show_part(App *app, View *view, GBytes *octets, const GError *error, gpointer data)
{
	const PartAct *act = data;

	(void)view;
	if (octets)
		app_push(app, text_view_octets(app, act->name, octets, act->charset));
	else
		app_error(app, error);
}

static gboolean
is_text(const ContentPart *part)
{
	return g_str_has_prefix(part->type, "text/") || g_str_has_prefix(part->type, "message/");
}

/* ---- opening outside --------------------------------------------------------------------------------------
 */

static gboolean
looks_dangerous(const char *name)
{
	static const char *const endings[] = {".desktop", ".sh", ".exe", ".bat", ".cmd", ".js", ".jar", ".py",
		".pl", ".run", ".appimage", ".scr", ".vbs", ".ps1", ".com", ".msi", ".lnk", ".html", ".htm",
		".svg"};
	g_autofree char *small = g_ascii_strdown(name, -1);

	for (guint i = 0; i < G_N_ELEMENTS(endings); i++)
		if (g_str_has_suffix(small, endings[i]))
			return TRUE;
	return FALSE;
}

static void
part_written(App *app, View *view, const char *path, const GError *error, gpointer data)
{
	const char *name = data;
	g_auto(GStrv) argv = NULL;

	(void)view;
	if (!path) {
		app_error(app, error);
		return;
	}
	argv = config_opener(app->config);
	if (app_open_with(app, argv, path))
		app_say(app, _("%s given to %s."), name, argv[0]);
}

static void
open_part(App *app, View *view, GBytes *octets, const GError *error, gpointer data)
{
	const PartAct *act = data;
	g_autofree char *folder = app_private_folder(app);

	if (octets)
		file_write_private(
			app, view, folder, act->name, octets, part_written, g_strdup(act->name), g_free);
	else
		app_error(app, error);
}

typedef struct {
	guint row;
} Chosen;

static void
open_confirmed(App *app, View *view, gunichar choice, gpointer data)
{
	const ContentPart *part = view ? part_at(view, ((Chosen *)data)->row) : NULL;

	(void)app;
	(void)choice;
	if (part)
		with_part(view, part, open_part, part_act_new(part));
}

static void
ask_open(View *view, const ContentPart *part)
{
	g_auto(GStrv) argv = config_opener(view->app->config);
	g_autofree char *words = g_strdup_printf(_("%sOpen %s with %s? y/n"),
		looks_dangerous(part->name) ? _("Careful: this kind of file can run programs.\n") : "",
		part->name, argv[0]);
	Chosen *chosen = g_new0(Chosen, 1);

	chosen->row = view->list->selected;
	app_confirm(view->app, view, words, open_confirmed, chosen, g_free);
}

static void
part_open(View *view, const CommandCall *call)
{
	(void)call;
	ask_open(view, part_at(view, view->list->selected));
}

static void
part_view(View *view, const CommandCall *call)
{
	const ContentPart *part = part_at(view, view->list->selected);

	(void)call;
	if (part->container && !is_text(part))
		app_say(view->app, "%s", _("This only holds the parts below it."));
	else if (is_text(part))
		with_part(view, part, show_part, part_act_new(part));
	else
		ask_open(view, part);
}

static void
part_text(View *view, const CommandCall *call)
{
	const ContentPart *part = part_at(view, view->list->selected);

	(void)call;
	with_part(view, part, show_part, part_act_new(part));
}

static void
charset_done(App *app, View *view, const char *text, gpointer data)
{
	const ContentPart *part = view ? part_at(view, ((Chosen *)data)->row) : NULL;
	PartAct *act;

	(void)app;
	if (!part || !text || *text == '\0')
		return;
	act = part_act_new(part);
	g_free(act->charset);
	act->charset = g_strdup(text);
	with_part(view, part, show_part, act);
}

static void
part_type(View *view, const CommandCall *call)
{
	const ContentPart *part = part_at(view, view->list->selected);
	Chosen *chosen = g_new0(Chosen, 1);
	PromptSpec spec = {.view = view,
		.label = _("Show as text of the charset:"),
		.initial = part->charset ? part->charset : "utf-8",
		.history = "charset",
		.done = charset_done,
		.data = chosen,
		.free_data = g_free};

	(void)call;
	chosen->row = view->list->selected;
	app_prompt(view->app, &spec);
}

/* ---- saving ------------------------------------------------------------------------------ */

static void
part_saved(App *app, View *view, const char *path, const GError *error, gpointer data)
{
	(void)view;
	(void)data;
	if (path)
		app_say(app, _("Saved as %s."), path);
	else
		app_error(app, error);
}

static void
save_part(App *app, View *view, GBytes *octets, const GError *error, gpointer data)
{
	const PartAct *act = data;

	if (octets)
		file_write_new(app, view, act->folder, act->name, octets, part_saved, NULL, NULL);
	else
		app_error(app, error);
}

static void
save_one(View *view, guint row, const char *folder, const char *name)
{
	const ContentPart *part = part_at(view, row);
	PartAct *act = part_act_new(part);

	act->folder = g_strdup(folder);
	if (name && *name) {
		g_free(act->name);
		act->name = paths_safe_name(name);
	}
	with_part(view, part, save_part, act);
}

/* A folder, or a folder and a name. */
static void
save_done(App *app, View *view, const char *text, gpointer data)
{
	PartsView *parts = (PartsView *)view;
	gboolean marked = GPOINTER_TO_INT(data);
	g_autofree char *path = NULL, *folder = NULL, *name = NULL;

	if (!view || !text || *text == '\0' || !parts->content)
		return;
	path = paths_expand(text);
	if (marked || g_file_test(path, G_FILE_TEST_IS_DIR)) {
		folder = g_strdup(path);
	} else {
		folder = g_path_get_dirname(path);
		name = g_path_get_basename(path);
	}
	if (!g_file_test(folder, G_FILE_TEST_IS_DIR)) {
		app_warn(app, _("There is no folder %s."), folder);
		return;
	}
	g_free(parts->folder);
	parts->folder = g_strdup(folder);
	if (!marked) {
		save_one(view, view->list->selected, folder, name);
		return;
	}
	for (guint row = 0; row < view->list->count; row++)
		if (view_is_marked(view, row) && !part_at(view, row)->container)
			save_one(view, row, folder, NULL);
}

static void
path_candidates(App *app, const char *text, gsize *start, GPtrArray *candidates, gpointer data)
{
	(void)app;
	(void)data;
	path_complete(text, start, candidates);
}

static void
part_save(View *view, const CommandCall *call)
{
	PartsView *parts = (PartsView *)view;
	const ContentPart *part = part_at(view, view->list->selected);
	g_autofree char *initial = call->marked ? g_strdup_printf("%s/", parts->folder)
						: g_build_filename(parts->folder, part->name, NULL);
	PromptSpec spec = {.view = view,
		.label = call->marked ? _("Save the marked parts into:") : _("Save as:"),
		.initial = initial,
		.complete = path_candidates,
		.done = save_done,
		.data = GINT_TO_POINTER(call->marked)};

	if (call->argument)
		save_done(view->app, view, call->argument, GINT_TO_POINTER(call->marked));
	else
		app_prompt(view->app, &spec);
}

static void
pipe_part(App *app, View *view, GBytes *octets, const GError *error, gpointer data)
{
	(void)data;
	if (!octets)
		app_error(app, error);
	else if (view)
		pipe_octets(view, octets);
}

static void
part_pipe(View *view, const CommandCall *call)
{
	const ContentPart *part = part_at(view, view->list->selected);

	(void)call;
	with_part(view, part, pipe_part, part_act_new(part));
}

static void
print_part(App *app, View *view, GBytes *octets, const GError *error, gpointer data)
{
	const PartAct *act = data;
	gboolean text = g_str_has_prefix(act->type, "text/");

	if (!octets)
		app_error(app, error);
	else if (view)
		print_octets(view, act->name, octets, !text ? NULL : act->charset ? act->charset : "");
}

static void
part_print(View *view, const CommandCall *call)
{
	const ContentPart *part = part_at(view, view->list->selected);

	(void)call;
	if (part->container && !is_text(part))
		app_say(view->app, "%s", _("This only holds the parts below it."));
	else
		with_part(view, part, print_part, part_act_new(part));
}

static const Command rows[] = {
	{.name = "part-view",
		.keys = "Enter",
		.hint = N_("view"),
		.brief = N_("Show the part here, or ask to open it"),
		.needs = NEEDS_ENTRY,
		.run = part_view},
	{.name = "part-save",
		.keys = "s",
		.hint = N_("save"),
		.brief = N_("Save the part; never overwrites"),
		.needs = NEEDS_ENTRY,
		.on_marked = TRUE,
		.argument = ARGUMENT_TEXT,
		.run = part_save},
	{.name = "part-open",
		.keys = "m",
		.hint = N_("open outside"),
		.brief = N_("Open the part with another program; asks"),
		.needs = NEEDS_ENTRY,
		.overrides = TRUE,
		.run = part_open},
	{.name = "part-text",
		.keys = "T",
		.hint = N_("as text"),
		.brief = N_("Show the part as text, whatever it is"),
		.needs = NEEDS_ENTRY,
		.run = part_text},
	{.name = "part-type",
		.keys = "^E",
		.brief = N_("Show the part as text of another charset"),
		.needs = NEEDS_ENTRY,
		.run = part_type},
	{.name = "part-pipe",
		.keys = "|",
		.hint = N_("pipe"),
		.brief = N_("Give the part to a program"),
		.needs = NEEDS_ENTRY,
		.run = part_pipe},
	{.name = "part-print",
		.keys = "p",
		.hint = N_("print"),
		.brief = N_("Print the part; asks"),
		.needs = NEEDS_ENTRY,
		.run = part_print},
	{.name = "view-close",
		.keys = "q; i; x; v",
		.hint = N_("back"),
		.brief = N_("Go back"),
		.run = view_close_command},
};

const CommandTable table_parts = TABLE("parts", rows);
