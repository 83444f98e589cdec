/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/folders.h"

#include <string.h>

#include "ui/core.h"
#include "ui/index.h"
#include "ui/pager.h"
#include "ui/tables.h"
#include "ui/text-view.h"
#include "util/dates.h"
#include "util/i18n.h"
#include "util/text.h"

typedef struct {
	UiAccount *account;
	const StoreFolder *folder; /* NULL: the account's own row. Borrowed from the account */
	guint depth;
	const char *name; /* last part; borrowed */
	gboolean has_children;
} FolderRow;

typedef struct {
	View view;
	List list;
	GArray *rows;       /* of FolderRow */
	GHashTable *folded; /* set of "account\nname" */
	gboolean unread_only, subscribed_only;
	char *selected; /* "account\nname" to stay on */
} FoldersView;

static char *
row_id(const FolderRow *row)
{
	return g_strconcat(row->account->key, "\n", row->folder ? row->folder->name : "", NULL);
}

static const FolderRow *
row_at(View *view, guint row)
{
	GArray *rows = ((FoldersView *)view)->rows;

	return row < rows->len ? &g_array_index(rows, FolderRow, row) : NULL;
}

/* ---- the tree ---------------------------------------------------------------------------- */

/* One account's folders by parent. Names are borrowed from them. */
typedef struct {
	GHashTable *by_name;  /* name -> StoreFolder */
	GHashTable *children; /* StoreFolder (NULL: top) -> GPtrArray of StoreFolder */
} Tree;

/* The nearest folder above that is listed; NULL: none. */
static const StoreFolder *
parent_of(const Tree *tree, const StoreFolder *folder)
{
	g_autofree char *name = g_strdup(folder->name);
	char *cut;

	while (folder->delimiter && (cut = strrchr(name, folder->delimiter))) {
		const StoreFolder *parent;

		*cut = '\0';
		parent = g_hash_table_lookup(tree->by_name, name);
		if (parent)
			return parent;
	}
	return NULL;
}

static void
tree_fill(Tree *tree, const UiAccount *account)
{
	tree->by_name = g_hash_table_new(g_str_hash, g_str_equal);
	tree->children =
		g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
	for (guint i = 0; i < account->folders->len; i++) {
		StoreFolder *folder = g_ptr_array_index(account->folders, i);

		g_hash_table_insert(tree->by_name, folder->name, folder);
	}
	for (guint i = 0; i < account->folders->len; i++) {
		StoreFolder *folder = g_ptr_array_index(account->folders, i);
		const StoreFolder *parent = parent_of(tree, folder);
		GPtrArray *list = g_hash_table_lookup(tree->children, parent);

		if (!list) {
			list = g_ptr_array_new();
			g_hash_table_insert(tree->children, (gpointer)parent, list);
		}
		g_ptr_array_add(list, folder);
	}
}

static gboolean
is_shown(const FoldersView *view, const StoreFolder *folder)
{
	if (view->unread_only)
		return folder->unread > 0;
	return !view->subscribed_only || folder->subscribed || folder->role != ROLE_NONE;
}

/* Push a level's folders so that the first comes off first. */
static void
push_level(const Tree *tree, GArray *stack, UiAccount *account, const FolderRow *parent)
{
	GPtrArray *list = g_hash_table_lookup(tree->children, parent ? parent->folder : NULL);

	for (guint i = list ? list->len : 0; i-- > 0;) {
		const StoreFolder *folder = g_ptr_array_index(list, i);
		FolderRow row = {.account = account, .folder = folder, .name = folder->name};

		row.depth = parent ? parent->depth + 1 : 0;
		row.has_children = g_hash_table_contains(tree->children, folder);
		if (parent)
			row.name += strlen(parent->folder->name) + 1;
		g_array_append_val(stack, row);
	}
}

/* Depth first, without recursion: names come from the server. */
static void
add_account(FoldersView *view, UiAccount *account)
{
	g_autoptr(GArray) stack = g_array_new(FALSE, TRUE, sizeof(FolderRow));
	FolderRow head = {.account = account};
	Tree tree;

	g_array_append_val(view->rows, head);
	tree_fill(&tree, account);
	push_level(&tree, stack, account, NULL);
	while (stack->len > 0) {
		FolderRow row = g_array_index(stack, FolderRow, stack->len - 1);
		g_autofree char *id = row_id(&row);

		g_array_set_size(stack, stack->len - 1);
		if (is_shown(view, row.folder))
			g_array_append_val(view->rows, row);
		if (row.has_children && (view->unread_only || !g_hash_table_contains(view->folded, id)))
			push_level(&tree, stack, account, &row);
	}
	g_hash_table_destroy(tree.children);
	g_hash_table_destroy(tree.by_name);
}

static void
rebuild(FoldersView *view)
{
	App *app = view->view.app;

	g_array_set_size(view->rows, 0);
	for (guint a = 0; a < app->accounts->len; a++)
		add_account(view, g_ptr_array_index(app->accounts, a));
	view->list.count = view->rows->len;
	for (guint i = 0; i < view->rows->len; i++) {
		g_autofree char *id = row_id(&g_array_index(view->rows, FolderRow, i));

		if (g_strcmp0(id, view->selected) == 0)
			list_select(&view->list, i);
	}
	list_set_count(&view->list, view->rows->len);
}

static void
remember(FoldersView *view)
{
	const FolderRow *row = row_at(&view->view, view->list.selected);

	if (!row)
		return;
	g_free(view->selected);
	view->selected = row_id(row);
}

static void
select_first_folder(FoldersView *view)
{
	const FolderRow *row = row_at(&view->view, view->list.selected);

	if (row && !row->folder && view->list.selected == 0 && view->list.selected + 1 < view->list.count)
		list_move(&view->list, 1);
}

View *
folders_new(App *app)
{
	FoldersView *view = g_new0(FoldersView, 1);

	view_init(&view->view, &folders_class, app, &view->list);
	view->rows = g_array_new(FALSE, TRUE, sizeof(FolderRow));
	view->folded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	rebuild(view);
	select_first_folder(view);
	return &view->view;
}

void
folders_release(View *view)
{
	FoldersView *folders = (FoldersView *)view;

	remember(folders);
	g_array_set_size(folders->rows, 0);
}

void
folders_rebuild(View *view)
{
	FoldersView *folders = (FoldersView *)view;

	rebuild(folders);
	select_first_folder(folders);
}

void
folders_limit_unread(View *view, gboolean unread)
{
	FoldersView *folders = (FoldersView *)view;

	remember(folders);
	folders->unread_only = unread;
	rebuild(folders);
	select_first_folder(folders);
}

UiAccount *
folders_step_unread(App *app, UiAccount *account, const char *folder, int step, const char **found)
{
	g_autoptr(GArray) rows = g_array_new(FALSE, TRUE, sizeof(FolderRow));
	gint64 at = -1;

	for (guint a = 0; a < app->accounts->len; a++) {
		UiAccount *one = g_ptr_array_index(app->accounts, a);

		for (guint i = 0; i < one->folders->len; i++) {
			FolderRow row = {.account = one, .folder = g_ptr_array_index(one->folders, i)};

			if (one == account && g_strcmp0(row.folder->name, folder) == 0)
				at = rows->len;
			g_array_append_val(rows, row);
		}
	}
	for (gint64 i = 1; i < (gint64)rows->len; i++) {
		gint64 n = ((at + i * step) % (gint64)rows->len + (gint64)rows->len) % (gint64)rows->len;
		const FolderRow *row = &g_array_index(rows, FolderRow, n);

		if (n == at || row->folder->unread == 0 || !row->folder->selectable ||
			row->folder->role == ROLE_JUNK || row->folder->role == ROLE_TRASH)
			continue;
		*found = row->folder->name;
		return row->account;
	}
	return NULL;
}

/* ---- the class --------------------------------------------------------------------------- */

static void
folders_free(View *view)
{
	FoldersView *folders = (FoldersView *)view;

	g_array_free(folders->rows, TRUE);
	g_hash_table_destroy(folders->folded);
	g_free(folders->selected);
	g_free(folders);
}

static char *
folders_title(View *view, char **right)
{
	FoldersView *folders = (FoldersView *)view;
	guint unread = 0;

	for (guint i = 0; i < folders->rows->len; i++) {
		const FolderRow *row = &g_array_index(folders->rows, FolderRow, i);

		if (row->folder && row->folder->role != ROLE_JUNK && row->folder->role != ROLE_TRASH)
			unread += row->folder->unread;
	}
	*right = g_strdup_printf(_("%u unread"), unread);
	return g_strdup(folders->unread_only       ? _("Folders with unread mail")
			: folders->subscribed_only ? _("Subscribed folders")
						   : _("Folders"));
}

static void
draw_account(View *view, Grid *grid, Rect rect, const FolderRow *row, guint n)
{
	static const char *const words[] = {
		[LINK_OFF] = N_("offline"),
		[LINK_GUEST] = N_("elsewhere"),
		[LINK_CONNECTING] = "...",
		[LINK_ONLINE] = "",
		[LINK_WAITING] = N_("offline"),
		[LINK_NEEDS_USER] = N_("needs you"),
	};
	const char *state = words[row->account->link];
	g_autofree char *label = text_safe(row->account->label, -1, TEXT_MARKS);

	(void)view;
	(void)n;
	grid_column(grid, rect, 0, 1, rect.cols - 12, STYLE_HEADING, label);
	grid_column_right(grid, rect, 0, rect.cols - 11, 10, STYLE_DIM, *state ? _(state) : "");
}

static void
folders_row(View *view, Grid *grid, Rect rect, guint n)
{
	const FolderRow *row = row_at(view, n);
	View *index = app_find(view->app, &index_class);
	gboolean open = index && row->folder && index_account(index) == row->account &&
			g_strcmp0(index_folder_name(index), row->folder->name) == 0;
	gboolean pane = rect.cols < 40;
	g_autofree char *name = NULL, *id = NULL, *count = NULL;
	int x = 1 + (int)row->depth * 2, right = pane ? 6 : 18;
	StyleId style;

	if (!row->folder) {
		draw_account(view, grid, rect, row, n);
		return;
	}
	id = row_id(row);
	name = text_safe(row->name, -1, TEXT_MARKS);
	style = !row->folder->selectable ? STYLE_DIM : row->folder->unread > 0 ? STYLE_UNREAD : STYLE_NORMAL;
	if (row->has_children && g_hash_table_contains(((FoldersView *)view)->folded, id))
		grid_text(grid, rect, 0, x, STYLE_TREE, grid_glyph(grid, GLYPH_OPEN));
	else if (open)
		grid_text(grid, rect, 0, x, STYLE_COUNT, grid_glyph(grid, GLYPH_FOLDED));
	if (row->folder->pending)
		grid_text(grid, rect, 0, 0, STYLE_PENDING, grid_glyph(grid, GLYPH_PENDING));
	grid_column(grid, rect, 0, x + 2, rect.cols - x - 2 - right, style, name);
	count = row->folder->unread > 0 ? g_strdup_printf("%u", row->folder->unread) : g_strdup("");
	grid_column_right(grid, rect, 0, rect.cols - right, pane ? 5 : 7, STYLE_COUNT, count);
	if (pane)
		return;
	g_free(count);
	count = g_strdup_printf("%u", row->folder->total);
	grid_column_right(grid, rect, 0, rect.cols - 10, 9, STYLE_DIM, count);
}

static char *
folders_text(View *view, guint n)
{
	const FolderRow *row = row_at(view, n);

	return g_strdup(row->folder ? row->folder->name : row->account->label);
}

static guint
folders_has(View *view)
{
	const FolderRow *row = row_at(view, view->list->selected);
	const AccountConfig *config = row ? app_account_config(view->app, row->account) : NULL;
	guint has = row && row->folder ? NEEDS_FOLDER : 0;

	if (config && !config->read_only)
		has |= NEEDS_WRITABLE;
	return has;
}

const ViewClass folders_class = {
	.name = "folders",
	.tables = folders_tables,
	.hints = "folder-select folder-create folder-rename folder-delete folder-subscribe folder-info "
		 "folders-close",
	.free = folders_free,
	.title = folders_title,
	.row = folders_row,
	.row_text = folders_text,
	.has = folders_has,
};

/* ---- commands ---------------------------------------------------------------------------- */

static void
folder_select(View *view, const CommandCall *call)
{
	App *app = view->app;
	const FolderRow *row = row_at(view, view->list->selected);
	View *index = app_find(app, &index_class);

	(void)call;
	if (!row->folder->selectable) {
		app_say(app, "%s", _("This folder only holds other folders."));
		return;
	}
	while (app_top(app) && app_top(app)->class == &pager_class)
		app_close(app, app_top(app));
	if (!index) {
		index = index_new(app);
		app_push(app, index);
	}
	index_open(index, row->account, row->folder->name);
	app->in_folders = FALSE;
}

static void
act_on_folder(View *view, UiAccount *account, EngineActKind kind, const char *name, const char *new_name)
{
	EngineAct act = {.kind = kind, .account = account->key, .target = name, .new_name = new_name};

	app_act(view->app, view, &act);
}

typedef struct {
	UiAccount *account;
	char *name;
} FolderName;

static void
folder_name_free(gpointer data)
{
	FolderName *name = data;

	g_free(name->name);
	g_free(name);
}

static FolderName *
folder_name_new(const FolderRow *row)
{
	FolderName *name = g_new0(FolderName, 1);

	name->account = row->account;
	name->name = g_strdup(row->folder ? row->folder->name : NULL);
	return name;
}

static void
create_done(App *app, View *view, const char *text, gpointer data)
{
	FolderName *name = data;

	(void)app;
	if (view && text && *text)
		act_on_folder(view, name->account, ACT_FOLDER_CREATE, text, NULL);
}

static void
folder_create(View *view, const CommandCall *call)
{
	const FolderRow *row = row_at(view, view->list->selected);
	g_autofree char *initial = NULL;
	PromptSpec spec = {
		.view = view, .label = _("New folder:"), .done = create_done, .free_data = folder_name_free};

	if (!row)
		return;
	if (call->argument) {
		act_on_folder(view, row->account, ACT_FOLDER_CREATE, call->argument, NULL);
		return;
	}
	if (row->folder && row->has_children)
		initial = g_strdup_printf("%s%c", row->folder->name, row->folder->delimiter);
	spec.initial = initial;
	spec.data = folder_name_new(row);
	app_prompt(view->app, &spec);
}

static void
rename_done(App *app, View *view, const char *text, gpointer data)
{
	FolderName *name = data;

	(void)app;
	if (view && text && *text && strcmp(text, name->name) != 0)
		act_on_folder(view, name->account, ACT_FOLDER_RENAME, name->name, text);
}

static void
folder_rename(View *view, const CommandCall *call)
{
	const FolderRow *row = row_at(view, view->list->selected);
	PromptSpec spec = {.view = view,
		.label = _("Rename to:"),
		.initial = row->folder->name,
		.done = rename_done,
		.free_data = folder_name_free};

	(void)call;
	if (row->folder->role == ROLE_INBOX) {
		app_say(view->app, "%s", _("INBOX cannot be renamed."));
		return;
	}
	spec.data = folder_name_new(row);
	app_prompt(view->app, &spec);
}

static void
delete_empty(App *app, View *view, gunichar choice, gpointer data)
{
	FolderName *name = data;

	(void)app;
	(void)choice;
	if (view)
		act_on_folder(view, name->account, ACT_FOLDER_DELETE, name->name, NULL);
}

static void
delete_typed(App *app, View *view, const char *text, gpointer data)
{
	FolderName *name = data;

	if (!view || !text)
		return;
	if (strcmp(text, name->name) != 0) {
		app_say(app, "%s", _("That was not its name: nothing was deleted."));
		return;
	}
	act_on_folder(view, name->account, ACT_FOLDER_DELETE, name->name, NULL);
}

static void
folder_delete(View *view, const CommandCall *call)
{
	const FolderRow *row = row_at(view, view->list->selected);
	g_autofree char *safe = text_safe(row->folder->name, -1, TEXT_MARKS), *words = NULL;
	PromptSpec spec = {.view = view, .done = delete_typed, .free_data = folder_name_free};

	(void)call;
	if (row->folder->role == ROLE_INBOX) {
		app_say(view->app, "%s", _("INBOX cannot be deleted."));
		return;
	}
	if (row->folder->total == 0 && row->folder->server_messages == 0) {
		words = g_strdup_printf(_("Delete the empty folder %s? y/n"), safe);
		app_confirm(view->app, view, words, delete_empty, folder_name_new(row), folder_name_free);
		return;
	}
	words = g_strdup_printf(
		P_("The folder %s holds %u message. Deleting it deletes that too, and cannot be undone.",
			"The folder %s holds %u messages. Deleting it deletes them too, and cannot be "
			"undone.",
			row->folder->total),
		safe, row->folder->total);
	spec.words = words;
	spec.label = _("Type its name to delete it:");
	spec.data = folder_name_new(row);
	app_prompt(view->app, &spec);
}

static void
folder_subscribe(View *view, const CommandCall *call)
{
	const FolderRow *row = row_at(view, view->list->selected);

	(void)call;
	act_on_folder(view, row->account,
		row->folder->subscribed ? ACT_FOLDER_UNSUBSCRIBE : ACT_FOLDER_SUBSCRIBE, row->folder->name,
		NULL);
}

static void
folders_subscribed(View *view, const CommandCall *call)
{
	FoldersView *folders = (FoldersView *)view;

	(void)call;
	remember(folders);
	folders->subscribed_only = !folders->subscribed_only;
	rebuild(folders);
}

static void
folder_read(View *view, const CommandCall *call)
{
	const FolderRow *row = row_at(view, view->list->selected);

	(void)call;
	folder_mark_read(view, row->account, row->folder);
}

static void
folder_info(View *view, const CommandCall *call)
{
	const FolderRow *row = row_at(view, view->list->selected);
	const StoreFolder *folder = row->folder;
	g_autofree char *synced =
		folder->synced ? dates_format_long((DateTime){folder->synced, dates_now().offset_minutes})
			       : g_strdup(_("not yet"));
	g_autofree char *text =
		g_strdup_printf(_("%s\n\nMessages    %u\nUnread      %u\nFlagged     %u\nOn server   "
				  "%u\nSubscribed  %s\nRole        %s\nLast sync   %s\n"),
			folder->name, folder->total, folder->unread, folder->flagged, folder->server_messages,
			folder->subscribed ? _("yes") : _("no"),
			*folder_role_name(folder->role) ? folder_role_name(folder->role) : "-", synced);

	(void)call;
	app_push(view->app, text_view_new(view->app, _("Folder"), text));
}

static void
folder_next(View *view, const CommandCall *call)
{
	FoldersView *folders = (FoldersView *)view;

	(void)call;
	for (guint i = 1; i <= folders->rows->len; i++) {
		guint n = (view->list->selected + i) % folders->rows->len;
		const FolderRow *row = row_at(view, n);

		if (!row->folder || row->folder->unread == 0)
			continue;
		list_select(view->list, n);
		return;
	}
	app_say(view->app, "%s", _("No folder has unread mail."));
}

static void
fold(View *view, const CommandCall *call)
{
	FoldersView *folders = (FoldersView *)view;
	const FolderRow *row = row_at(view, view->list->selected);
	char *id = row_id(row);

	(void)call;
	if (!row->has_children) {
		app_say(view->app, "%s", _("No folders stand below this one."));
		g_free(id);
		return;
	}
	remember(folders);
	if (!g_hash_table_remove(folders->folded, id))
		g_hash_table_add(folders->folded, id);
	else
		g_free(id);
	rebuild(folders);
}

static void
folders_close(View *view, const CommandCall *call)
{
	(void)call;
	view->app->in_folders = FALSE;
}

static const Command rows[] = {
	{.name = "folder-select",
		.keys = "Enter; Space",
		.hint = N_("open"),
		.brief = N_("Open the folder"),
		.needs = NEEDS_ENTRY | NEEDS_FOLDER,
		.run = folder_select},
	{.name = "folder-create",
		.keys = "C",
		.hint = N_("new"),
		.brief = N_("Make a folder; a/b makes a subfolder"),
		.needs = NEEDS_ENTRY | NEEDS_WRITABLE,
		.argument = ARGUMENT_TEXT,
		.run = folder_create},
	{.name = "folder-rename",
		.keys = "r",
		.hint = N_("rename"),
		.brief = N_("Rename the folder"),
		.needs = NEEDS_FOLDER | NEEDS_WRITABLE,
		.run = folder_rename},
	{.name = "folder-delete",
		.keys = "d",
		.hint = N_("delete"),
		.brief = N_("Delete the folder; asks"),
		.needs = NEEDS_FOLDER | NEEDS_WRITABLE,
		.run = folder_delete},
	{.name = "folder-subscribe",
		.keys = "s",
		.hint = N_("subscribe"),
		.brief = N_("Subscribe, or end the subscription"),
		.needs = NEEDS_FOLDER | NEEDS_WRITABLE,
		.run = folder_subscribe},
	{.name = "folder-read",
		.keys = "^R",
		.brief = N_("Mark all in the folder as read; asks where it is much"),
		.needs = NEEDS_FOLDER | NEEDS_WRITABLE,
		.run = folder_read},
	{.name = "folders-subscribed",
		.keys = "T",
		.brief = N_("Show subscribed folders only, or all"),
		.run = folders_subscribed},
	{.name = "folder-info",
		.keys = "@",
		.hint = N_("info"),
		.brief = N_("Show counts, role and last sync"),
		.needs = NEEDS_FOLDER,
		.run = folder_info},
	{.name = "folder-next",
		.keys = "Tab",
		.hint = N_("unread"),
		.brief = N_("Go to the next folder with unread mail"),
		.needs = NEEDS_ENTRY,
		.run = folder_next},
	{.name = "fold",
		.keys = "Esc v; -",
		.hint = N_("fold"),
		.brief = N_("Fold or unfold the folders below"),
		.needs = NEEDS_FOLDER,
		.run = fold},
	{.name = "folders-close",
		.keys = "q; i; x",
		.hint = N_("back"),
		.brief = N_("Go back to the messages"),
		.run = folders_close},
};

const CommandTable table_folders = TABLE("folders", rows);
