/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/index.h"

#include <string.h>

#include "ui/index-state.h"
#include "ui/tables.h"
#include "util/i18n.h"

/* Entries read at once for the first picture. */
#define FIRST_ENTRIES 300
/* An order is not read again sooner than this after the last, nor than ten times what that took. */
#define LOAD_GAP_US (150 * 1000)
#define LOAD_GAP_TIMES 10

/* ---- the order, on the reader's thread --------------------------------------------------- */

typedef struct {
	App *app;
	guint view_id;
	char *account;
	FolderId folder;
	StoreOrderSpec *spec;
	StoreOrder *order;
	gint64 took_us;
} Load;

static void
load_free(gpointer data)
{
	Load *load = data;

	if (load->order)
		store_order_free(load->order);
	store_order_spec_free(load->spec);
	g_free(load->account);
	g_free(load);
}

static void
load_run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	Load *load = data;
	StoreView *view = engine_worker_view(worker, load->account);
	gint64 start = g_get_monotonic_time();

	if (view)
		load->order = store_view_order(view, load->folder, load->spec, cancel);
	load->took_us = g_get_monotonic_time() - start;
}

static void
load_done(gpointer data)
{
	Load *load = data;
	View *view = app_view(load->app, load->view_id);
	IndexView *index = (IndexView *)view;

	if (!view)
		return;
	g_clear_pointer(&index->loading, cancel_unref);
	index->load_took_us = load->took_us;
	index->loaded_at = g_get_monotonic_time();
	if (load->order) {
		index_settle_overlay(index);
		index->stale = TRUE;
		index_take_order(index, g_steal_pointer(&load->order));
	}
	if (index->load_again)
		index_load_soon(index);
	app_dirty(load->app);
}

static void
stop_loading(IndexView *index)
{
	if (index->loading) {
		cancel_trigger(index->loading);
		g_clear_pointer(&index->loading, cancel_unref);
	}
	if (index->load_source)
		g_source_remove(index->load_source);
	index->load_source = 0;
}

void
index_load(IndexView *index)
{
	App *app = index->view.app;
	Load *load;

	if (!index->account || !index->folder || !app->engine)
		return;
	if (index->loading) {
		index->load_again = TRUE;
		return;
	}
	index->load_again = FALSE;
	load = g_new0(Load, 1);
	load->app = app;
	load->view_id = index->view.id;
	load->account = g_strdup(index->account->key);
	load->folder = index->folder;
	load->spec = store_order_spec_copy(&index->spec);
	index->loading = cancel_new();
	engine_run(app->engine, ENGINE_READER, load_run, load_done, load, load_free, index->loading);
}

static gboolean
on_load(gpointer data)
{
	IndexView *index = data;

	index->load_source = 0;
	index_load(index);
	return G_SOURCE_REMOVE;
}

void
index_load_soon(IndexView *index)
{
	gint64 gap = MAX(LOAD_GAP_US, index->load_took_us * LOAD_GAP_TIMES);
	gint64 left = index->loaded_at + gap - g_get_monotonic_time();

	if (index->load_source)
		return;
	if (left <= 0 || index->loaded_at == 0)
		index_load(index);
	else
		index->load_source = g_timeout_add((guint)(left / 1000) + 1, on_load, index);
}

/* ---- opening ----------------------------------------------------------------------------- */

/* The first window, straight from the store. */
static void
read_first(IndexView *index)
{
	StoreOrder *order = NULL;

	if (index->account->view && index->folder)
		order = store_view_first(index->account->view, index->folder, &index->spec, FIRST_ENTRIES);
	if (!order)
		return;
	index_take_order(index, order);
	if (!order->complete)
		index_load(index);
}

void
index_reorder(IndexView *index)
{
	stop_loading(index);
	index->loaded_at = 0;
	index->stale = TRUE;
	if (index->spec.words || index->spec.unread_only || index->spec.flagged_only || index->spec.thread)
		index_load(index); /* a limit is no window: the reader does it */
	else
		read_first(index);
	app_dirty(index->view.app);
}

static void
reset(IndexView *index)
{
	stop_loading(index);
	g_clear_pointer(&index->order, store_order_free);
	g_clear_pointer(&index->visible, g_free);
	g_clear_pointer(&index->preferences, preferences_free);
	g_clear_pointer(&index->found, g_hash_table_destroy);
	g_clear_pointer(&index->spec.words, g_free);
	g_clear_pointer(&index->only, g_hash_table_destroy);
	g_clear_pointer(&index->only_words, g_free);
	g_hash_table_remove_all(index->folded);
	g_hash_table_remove_all(index->overlay);
	view_clear_marks(&index->view);
	index_forget_rows(index);
	index->visible_count = 0;
	index->list = (List){.page = index->list.page};
	index->loaded_at = 0;
	index->fold_new = FALSE;
	index->folder = 0;
	index->role = ROLE_NONE;
}

static void
use_preferences(IndexView *index)
{
	const Preferences *preferences = index->preferences;

	index->spec = (StoreOrderSpec){
		.key = preferences->sort.key,
		.descending = preferences->sort.descending,
		.threads = preferences->threads,
		.elsewhere = preferences->own_replies,
	};
}

static void
find_folder(IndexView *index)
{
	const StoreFolder *folder = account_folder(index->account, index->folder_name);

	if (!folder)
		return;
	index->folder = folder->id;
	index->role = folder->role;
}

void
index_open(View *view, UiAccount *account, const char *name)
{
	IndexView *index = (IndexView *)view;
	const AccountConfig *config = app_account_config(view->app, account);
	char *folder_name = g_strdup(name);

	reset(index);
	g_free(index->folder_name);
	index->folder_name = folder_name;
	index->account = account;
	g_strfreev(index->me);
	index->me = config && config->aliases ? g_strdupv(config->aliases) : g_new0(char *, 1);
	index->preferences = config_preferences(view->app->config, account->key, name);
	use_preferences(index);
	find_folder(index);
	read_first(index);
	if (index->order && !index->spec.descending && !index->spec.threads)
		list_select(&index->list, G_MAXUINT);
	if (view->app->engine)
		engine_open_folder(view->app->engine, account->key, index->folder);
	app_dirty(view->app);
}

View *
index_new(App *app)
{
	IndexView *index = g_new0(IndexView, 1);
	const char *folder = app->options->folder;
	UiAccount *account = g_ptr_array_index(app->accounts, 0);

	view_init(&index->view, &index_class, app, &index->list);
	index->folded = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	index->rows =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)store_row_free);
	index->overlay = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	index->columns = columns_parse(COLUMNS_DEFAULT, NULL);
	index_open(&index->view, account, folder ? folder : "INBOX");
	return &index->view;
}

static void
index_free(View *view)
{
	IndexView *index = (IndexView *)view;

	reset(index);
	if (index->searching) {
		cancel_trigger(index->searching);
		cancel_unref(index->searching);
	}
	g_hash_table_destroy(index->folded);
	g_hash_table_destroy(index->rows);
	g_hash_table_destroy(index->overlay);
	g_array_free(index->columns, TRUE);
	g_free(index->folder_name);
	g_strfreev(index->me);
	g_free(index);
}

/* ---- what others ask ------------------------------------------------------------------------------------
 */

UiAccount *
index_account(View *view)
{
	return ((IndexView *)view)->account;
}

const char *
index_folder_name(View *view)
{
	return ((IndexView *)view)->folder_name;
}

FolderRole
index_role(View *view)
{
	return ((IndexView *)view)->role;
}

FolderId
index_folder(View *view)
{
	return ((IndexView *)view)->folder;
}

const StoreRow *
index_selected(View *view)
{
	return index_row((IndexView *)view, ((IndexView *)view)->list.selected);
}

/* Own answers that stand in a thread from another folder are rows, but no messages of this one. */
guint
index_position(View *view, guint *count)
{
	IndexView *index = (IndexView *)view;
	guint at = 0;

	*count = 0;
	for (guint row = 0; index->order && row < index->list.count; row++) {
		*count += !index->order->entries[index_entry(index, row)].foreign;
		if (row == index->list.selected)
			at = *count;
	}
	return MAX(at, MIN(*count, 1));
}

gboolean
index_step(View *view, int rows)
{
	IndexView *index = (IndexView *)view;
	guint before = index->list.selected;

	list_move(&index->list, rows);
	return index->list.selected != before;
}

gboolean
index_select_row(View *view, RowId id)
{
	IndexView *index = (IndexView *)view;
	guint row = index_find_id(index, id);

	if (row == G_MAXUINT)
		return FALSE;
	list_select(&index->list, row);
	return TRUE;
}

static gboolean
entry_fits(IndexView *index, guint entry, IndexWhat what)
{
	const StoreOrderEntry *at = &index->order->entries[entry];
	const Overlay *overlay = g_hash_table_lookup(index->overlay, &at->id);
	guint flags = at->flags;

	if (what == INDEX_THREAD)
		return at->thread_rows > 0;
	if (what == INDEX_SUBTHREAD)
		return at->depth <= 1;
	if (overlay)
		flags = (flags & ~overlay->remove_flags) | overlay->add_flags;
	return !(flags & MESSAGE_SEEN) && !at->foreign;
}

/* Open what hides entry, and select it. */
static void
show_entry(IndexView *index, guint entry)
{
	guint root = index_root(index, entry);
	RowId id = index->order->entries[entry].id;

	if (index_is_folded(index, root) && root != entry) {
		index_fold(index, root, FALSE);
		index_refresh(index);
	}
	index_select_row(&index->view, id);
}

gboolean
index_find(View *view, IndexWhat what, int step)
{
	IndexView *index = (IndexView *)view;
	gint64 length = index->order ? (gint64)index->order->length : 0, at;

	if (index->list.count == 0)
		return FALSE;
	at = index_entry(index, index->list.selected);
	for (gint64 i = 1; i < length; i++) {
		gint64 entry = at + i * step;

		if (entry < 0 || entry >= length) {
			if (what != INDEX_UNREAD)
				return FALSE;
			entry = (entry % length + length) % length;
		}
		if (!entry_fits(index, (guint)entry, what))
			continue;
		show_entry(index, (guint)entry);
		return TRUE;
	}
	return FALSE;
}

GArray *
index_thread_rows(View *view, gboolean below_only)
{
	IndexView *index = (IndexView *)view;
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(RowId));
	guint entry, root, end;

	if (!index->order || index->list.count == 0)
		return rows;
	entry = index_entry(index, index->list.selected);
	root = index->spec.threads ? index_root(index, entry) : entry;
	end = MIN(root + MAX(index->order->entries[root].thread_rows, 1), (guint)index->order->length);
	for (guint i = below_only ? entry : root; i < end; i++) {
		const StoreOrderEntry *at = &index->order->entries[i];

		if (below_only && i > entry && at->depth <= index->order->entries[entry].depth)
			break;
		if (!at->foreign)
			g_array_append_val(rows, at->id);
	}
	return rows;
}

/* ---- the class --------------------------------------------------------------------------- */

static char *
index_title(View *view, char **right)
{
	IndexView *index = (IndexView *)view;
	const StoreFolder *folder =
		index->account ? account_folder_by_id(index->account, index->folder) : NULL;
	const char *path = grid_glyph(view->app->grid, GLYPH_PATH),
		   *dot = grid_glyph(view->app->grid, GLYPH_DOT);
	GString *words = g_string_new(NULL);

	if (!index->account)
		return g_string_free(words, FALSE);
	if (index->only || index->spec.words || index->spec.unread_only || index->spec.thread)
		g_string_append_printf(words,
			P_("%'u of %'u message", "%'u of %'u messages",
				folder ? folder->total : index->list.count),
			index->list.count, folder ? folder->total : index->list.count);
	else if (folder)
		g_string_append_printf(
			words, P_("%'u message", "%'u messages", folder->total), folder->total);
	if (folder && folder->unread > 0)
		g_string_append_printf(words, " %s %u %s", dot, folder->unread, _("unread"));
	if (view_mark_count(view) > 0)
		g_string_append_printf(words, " %s %u %s", dot, view_mark_count(view), _("marked"));
	if (app_looks_only(view->app, index->account, index->folder))
		g_string_append_printf(words, " %s %s", dot, _("read-only"));
	*right = g_string_free(words, FALSE);
	words = g_string_new(NULL);
	g_string_append_printf(words, "%s %s %s", index->account->label, path, index->folder_name);
	if (index->only)
		g_string_append_printf(words, " %s %s", path, index->only_words);
	if (index->spec.words)
		g_string_append_printf(words, " %s %s", path, index->spec.words);
	else if (index->spec.unread_only)
		g_string_append_printf(words, " %s %s", path, _("unread"));
	else if (index->spec.thread)
		g_string_append_printf(words, " %s %s", path, _("one thread"));
	return g_string_free(words, FALSE);
}

static gint64
index_key(View *view, guint row)
{
	return index_row_id((IndexView *)view, row);
}

static guint
index_has(View *view)
{
	IndexView *index = (IndexView *)view;
	const AccountConfig *config = app_account_config(view->app, index->account);
	guint has = 0;

	if (index->list.count > 0)
		has |= NEEDS_MESSAGE;
	if (!app_is_read_only(view->app, index->account, index->folder))
		has |= NEEDS_WRITABLE;
	if (config && config->smtp.host)
		has |= NEEDS_SENDING;
	if (index->spec.threads)
		has |= NEEDS_THREADS;
	if (index->folder)
		has |= NEEDS_FOLDER;
	return has;
}

static GArray *
index_messages(View *view, gboolean marked, UiAccount **account)
{
	IndexView *index = (IndexView *)view;
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(RowId));

	*account = index->account;
	if (!marked) {
		RowId id = index_row_id(index, index->list.selected);

		if (id)
			g_array_append_val(rows, id);
		return rows;
	}
	/* In the order of the list: marked messages are piped as they stand. */
	for (gsize i = 0; index->order && i < index->order->length; i++)
		if (g_hash_table_contains(view->marked, &index->order->entries[i].id))
			g_array_append_val(rows, index->order->entries[i].id);
	return rows;
}

static void
settle(IndexView *index, const EngineEvent *event)
{
	GHashTableIter iter;
	gpointer value;
	gboolean mine = FALSE;

	g_hash_table_iter_init(&iter, index->overlay);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		Overlay *overlay = value;

		if (overlay->ticket != event->ticket)
			continue;
		mine = TRUE;
		if (event->error)
			g_hash_table_iter_remove(&iter);
		else
			overlay->settled = TRUE;
	}
	if (!mine)
		return;
	index->stale = TRUE;
	if (event->error)
		index_refresh(index);
	index_load_soon(index);
}

/* A cache that was made anew has other folder ids. */
static gboolean
is_known(const IndexView *index)
{
	const StoreFolder *folder = account_folder(index->account, index->folder_name);

	return index->folder && (!folder || folder->id == index->folder);
}

static void
take_folder(IndexView *index)
{
	find_folder(index);
	if (!index->folder)
		return;
	index_forget_rows(index);
	g_hash_table_remove_all(index->overlay);
	engine_open_folder(index->view.app->engine, index->account->key, index->folder);
	index_reorder(index);
}

static void
index_event(View *view, const EngineEvent *event)
{
	IndexView *index = (IndexView *)view;
	gboolean mine = index->account && g_strcmp0(event->account, index->account->key) == 0;

	switch (event->kind) {
	case EVENT_FOLDERS:
		if (mine)
			app_refresh_folders(view->app);
		if (mine && !is_known(index))
			take_folder(index);
		break;
	case EVENT_ROWS:
	case EVENT_NEW_MAIL:
		/* Own replies elsewhere may stand in our threads. */
		if (!mine || (event->folder && event->folder != index->folder && !index->spec.elsewhere))
			break;
		index->stale = TRUE;
		if (!index->account->view)
			app_load_folders(view->app, index->account);
		if (!index->order && index->folder)
			read_first(index);
		else
			index_load_soon(index);
		break;
	case EVENT_ACTED:
		settle(index, event);
		break;
	case EVENT_OPERATION:
		if (mine)
			index->stale = TRUE;
		break;
	default:
		break;
	}
}

static gboolean
index_stop(View *view, gboolean try)
{
	IndexView *index = (IndexView *)view;

	if (!index->searching)
		return FALSE;
	if (!try) {
		cancel_trigger(index->searching);
		g_clear_pointer(&index->searching, cancel_unref);
		app_say(view->app, "%s", _("The search was stopped."));
	}
	return TRUE;
}

const ViewClass index_class = {
	.name = "index",
	.tables = index_tables,
	.hints = "message-open reply reply-all mail-compose delete archive move limit",
	.free = index_free,
	.title = index_title,
	.draw = index_draw,
	.row_key = index_key,
	.has = index_has,
	.event = index_event,
	.stop = index_stop,
	.messages = index_messages,
};
