/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "ui/act.h"
#include "ui/index-state.h"
#include "ui/pager.h"
#include "ui/tables.h"
#include "util/i18n.h"

static void
message_open(View *view, const CommandCall *call)
{
	(void)call;
	pager_open_index(view->app, view);
}

/* ---- search: the store finds, n walks ---------------------------------------------------- */

typedef struct {
	App *app;
	guint view_id;
	char *account;
	FolderId folder;
	StoreOrderSpec spec;
	StoreOrder *order;
	gboolean up, marks, unmarks, act_delete;
} Search;

static void
search_free(gpointer data)
{
	Search *search = data;

	if (search->order)
		store_order_free(search->order);
	g_free(search->spec.words);
	g_free(search->account);
	g_free(search);
}

static void
search_run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	Search *search = data;
	StoreView *view = engine_worker_view(worker, search->account);

	if (view)
		search->order = store_view_order(view, search->folder, &search->spec, cancel);
}

static void
walk_found(IndexView *index, gboolean up)
{
	gint64 length = index->order ? (gint64)index->order->length : 0;
	gint64 at = index->list.count > 0 ? index_entry(index, index->list.selected) : 0;

	for (gint64 i = 1; i <= length; i++) {
		gint64 entry = ((at + (up ? -i : i)) % length + length) % length;
		RowId id = index->order->entries[entry].id;
		guint root;

		if (!g_hash_table_contains(index->found, &id))
			continue;
		root = index_root(index, (guint)entry);
		if (index_is_folded(index, root) && root != entry) {
			index_fold(index, root, FALSE);
			index_refresh(index);
		}
		index_select_row(&index->view, id);
		if (up ? entry >= at : entry <= at)
			app_say(index->view.app, "%s",
				up ? _("Went on from the bottom.") : _("Went on from the top."));
		return;
	}
	app_say(index->view.app, _("\"%s\" is in no sender and no subject here."), index->view.search);
}

static void
keep_found(IndexView *index, const StoreOrder *order)
{
	if (index->found)
		g_hash_table_destroy(index->found);
	index->found = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	for (gsize i = 0; i < order->length; i++)
		g_hash_table_add(index->found, g_memdup2(&order->entries[i].id, sizeof(RowId)));
}

static void
mark_found(IndexView *index, const StoreOrder *order, gboolean marked)
{
	for (gsize i = 0; i < order->length; i++)
		if (marked)
			g_hash_table_add(index->view.marked, g_memdup2(&order->entries[i].id, sizeof(RowId)));
		else
			g_hash_table_remove(index->view.marked, &order->entries[i].id);
	app_say(index->view.app,
		P_("%u message is marked.", "%u messages are marked.", view_mark_count(&index->view)),
		view_mark_count(&index->view));
}

static void
delete_found(IndexView *index, const StoreOrder *order)
{
	g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(RowId));

	for (gsize i = 0; i < order->length; i++)
		g_array_append_val(rows, order->entries[i].id);
	if (rows->len == 0)
		app_say(index->view.app, "%s", _("No message fits."));
	else
		act_on_rows(&index->view, index->account, rows, ACT_DELETE, NULL, TRUE);
}

static void
search_done(gpointer data)
{
	Search *search = data;
	View *view = app_view(search->app, search->view_id);
	IndexView *index = (IndexView *)view;

	if (!view)
		return;
	g_clear_pointer(&index->searching, cancel_unref);
	if (!search->order)
		return;
	if (search->act_delete) {
		delete_found(index, search->order);
	} else if (search->marks || search->unmarks) {
		mark_found(index, search->order, search->marks);
	} else {
		keep_found(index, search->order);
		walk_found(index, search->up);
	}
}

static Search *
search_new(IndexView *index, const char *words)
{
	Search *search = g_new0(Search, 1);

	search->app = index->view.app;
	search->view_id = index->view.id;
	search->account = g_strdup(index->account->key);
	search->folder = index->folder;
	search->spec = index->spec;
	search->spec.threads = FALSE;
	search->spec.elsewhere = FALSE;
	search->spec.words = g_strdup(words);
	return search;
}

static void
search_start(IndexView *index, Search *search)
{
	if (index->searching) {
		cancel_trigger(index->searching);
		cancel_unref(index->searching);
	}
	index->searching = cancel_new();
	engine_run(index->view.app->engine, ENGINE_READER, search_run, search_done, search, search_free,
		index->searching);
}

static void
search_asked(App *app, View *view, const char *text, gpointer data)
{
	IndexView *index = (IndexView *)view;
	Search *search;

	(void)app;
	if (!view || !text || *text == '\0')
		return;
	g_free(view->search);
	view->search = g_strdup(text);
	view->search_up = GPOINTER_TO_INT(data);
	search = search_new(index, text);
	search->up = view->search_up;
	search_start(index, search);
}

static void
ask_search(View *view, const CommandCall *call, gboolean up)
{
	PromptSpec spec = {.view = view,
		.label = up ? _("Search sender and subject upwards:") : _("Search sender and subject:"),
		.history = "search",
		.done = search_asked,
		.data = GINT_TO_POINTER(up)};

	if (call->argument)
		search_asked(view->app, view, call->argument, GINT_TO_POINTER(up));
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
	if (((IndexView *)view)->found)
		walk_found((IndexView *)view, view->search_up);
}

static void
search_opposite(View *view, const CommandCall *call)
{
	(void)call;
	if (((IndexView *)view)->found)
		walk_found((IndexView *)view, !view->search_up);
}

static void
search_clear(View *view, const CommandCall *call)
{
	(void)call;
	g_clear_pointer(&((IndexView *)view)->found, g_hash_table_destroy);
	g_clear_pointer(&view->search, g_free);
}

/* ---- limit ------------------------------------------------------------------------------------------------
 */

static void
found_in_bodies(App *app, View *view, const EngineEvent *event, gpointer data)
{
	IndexView *index = (IndexView *)view;
	guint count = event->rows ? event->rows->len : 0;

	(void)data;
	if (!view)
		return;
	index->only_ticket = 0;
	if (event->error) {
		app_error(app, event->error);
		return;
	}
	g_clear_pointer(&index->only, g_hash_table_destroy);
	index->only = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	for (guint i = 0; i < count; i++)
		g_hash_table_add(
			index->only, g_memdup2(&g_array_index(event->rows, RowId, i), sizeof(RowId)));
	index_refresh(index);
	index_load(index);
	app_say(app, P_("The server found %u message.", "The server found %u messages.", count), count);
}

/* "body:word" or mutt's "~b word": the text; NULL: neither. */
static const char *
body_words(const char *words)
{
	static const char *const prefixes[] = {"body:", "~b ", "text:", "~B "};

	for (gsize i = 0; words && i < G_N_ELEMENTS(prefixes); i++)
		if (g_str_has_prefix(words, prefixes[i]) && words[strlen(prefixes[i])] != '\0')
			return words + strlen(prefixes[i]);
	return NULL;
}

/* TRUE: the limit is one for the server, which was asked. */
static gboolean
limit_bodies(IndexView *index, const char *words)
{
	App *app = index->view.app;
	const char *text = body_words(words);

	if (index->only_ticket)
		app_forget(app, index->only_ticket);
	index->only_ticket = 0;
	g_clear_pointer(&index->only, g_hash_table_destroy);
	g_clear_pointer(&index->only_words, g_free);
	if (!text || !app->engine)
		return FALSE;
	g_clear_pointer(&index->spec.words, g_free);
	index->only_words = g_strdup(words);
	index->only_ticket = engine_search(app->engine, index->account->key, index->folder, text);
	app_expect(app, index->only_ticket, &index->view, found_in_bodies, NULL, NULL);
	app_say(app, "%s", _("Bodies are searched by the server …"));
	return TRUE;
}

static void
set_limit(IndexView *index, const char *words)
{
	gboolean all = !words || *words == '\0' || strcmp(words, ".") == 0 || strcmp(words, "all") == 0;

	if (limit_bodies(index, words))
		return;
	g_free(index->spec.words);
	index->spec.words = all ? NULL : g_strdup(words);
	if (all) {
		index->spec.unread_only = FALSE;
		index->spec.thread = 0;
	}
	index_reorder(index);
}

static void
limit_asked(App *app, View *view, const char *text, gpointer data)
{
	(void)app;
	(void)data;
	if (view && text)
		set_limit((IndexView *)view, text);
}

static void
limit(View *view, const CommandCall *call)
{
	IndexView *index = (IndexView *)view;
	PromptSpec spec = {.view = view,
		.label = _("Show only (words, from:, subject:, body:word; empty: all):"),
		.initial = index->only_words ? index->only_words : index->spec.words,
		.history = "search",
		.done = limit_asked};

	if (call->argument)
		set_limit(index, call->argument);
	else
		app_prompt(view->app, &spec);
}

static void
limit_show(View *view, const CommandCall *call)
{
	IndexView *index = (IndexView *)view;

	(void)call;
	if (index->only)
		app_say(view->app, _("Shown: what the server found for \"%s\"."), index->only_words);
	else if (index->spec.words)
		app_say(view->app, _("Shown: \"%s\" in sender or subject."), index->spec.words);
	else if (index->spec.unread_only)
		app_say(view->app, "%s", _("Shown: unread messages."));
	else if (index->spec.thread)
		app_say(view->app, "%s", _("Shown: one thread."));
	else
		app_say(view->app, "%s", _("All messages are shown."));
}

static void
limit_thread(View *view, const CommandCall *call)
{
	IndexView *index = (IndexView *)view;
	const StoreRow *row = index_selected(view);

	(void)call;
	if (index->spec.thread || !row || row->thread == 0) {
		index->spec.thread = 0;
	} else {
		index->spec.thread = row->thread;
		index->spec.threads = TRUE;
	}
	index_reorder(index);
}

static void
limit_unread(View *view, const CommandCall *call)
{
	IndexView *index = (IndexView *)view;

	(void)call;
	index->spec.unread_only = !index->spec.unread_only;
	index_reorder(index);
}

/* ---- order ------------------------------------------------------------------------------- */

typedef struct {
	gunichar letter;
	SortKey key;
	gboolean descending; /* when chosen: what one expects of it */
} SortChoice;

static const SortChoice sort_choices[] = {
	{'d', SORT_DATE, TRUE},
	{'r', SORT_RECEIVED, TRUE},
	{'f', SORT_FROM, FALSE},
	{'o', SORT_TO, FALSE},
	{'s', SORT_SUBJECT, FALSE},
	{'z', SORT_SIZE, TRUE},
	{'p', SORT_PRIORITY, TRUE},
};

static void
sort_chosen(App *app, View *view, gunichar choice, gpointer data)
{
	IndexView *index = (IndexView *)view;
	gboolean reverse = GPOINTER_TO_INT(data);

	(void)app;
	if (!view)
		return;
	if (choice == 't')
		index->spec.threads = !index->spec.threads;
	for (guint i = 0; i < G_N_ELEMENTS(sort_choices); i++)
		if (sort_choices[i].letter == choice) {
			index->spec.key = sort_choices[i].key;
			index->spec.descending = sort_choices[i].descending != reverse;
			index->spec.threads = index->spec.threads && choice == 'd';
		}
	index_reorder(index);
}

static void
ask_sort(View *view, gboolean reverse)
{
	app_choose(view->app, view,
		reverse ? _("Reversed: d date r received f from o to s subject z size p priority t threads")
			: _("Sort: d date r received f from o to s subject z size p priority t threads"),
		"drfoszpt", sort_chosen, GINT_TO_POINTER(reverse), NULL);
}

static void
sort(View *view, const CommandCall *call)
{
	(void)call;
	ask_sort(view, FALSE);
}

static void
sort_reverse(View *view, const CommandCall *call)
{
	(void)call;
	ask_sort(view, TRUE);
}

static void
threads_toggle(View *view, const CommandCall *call)
{
	IndexView *index = (IndexView *)view;

	(void)call;
	index->spec.threads = !index->spec.threads;
	index_reorder(index);
	app_say(view->app, "%s", index->spec.threads ? _("In threads.") : _("Flat."));
}

static void
fold(View *view, const CommandCall *call)
{
	IndexView *index = (IndexView *)view;
	guint root = index_root(index, index_entry(index, index->list.selected));

	(void)call;
	if (index->order->entries[root].thread_rows < 2) {
		app_say(view->app, "%s", _("This message stands alone."));
		return;
	}
	index_fold(index, root, !index_is_folded(index, root));
	index_refresh(index);
}

static void
fold_all(View *view, const CommandCall *call)
{
	IndexView *index = (IndexView *)view;

	(void)call;
	index_fold_all(index, !(index->fold_new || g_hash_table_size(index->folded) > 0));
	index_refresh(index);
}

/* ---- marks ------------------------------------------------------------------------------- */

static void
pattern_asked(App *app, View *view, const char *text, gpointer data)
{
	Search *search;

	(void)app;
	if (!view || !text || *text == '\0')
		return;
	search = search_new((IndexView *)view, text);
	search->marks = GPOINTER_TO_INT(data) == 1;
	search->unmarks = GPOINTER_TO_INT(data) == 2;
	search->act_delete = GPOINTER_TO_INT(data) == 3;
	search_start((IndexView *)view, search);
}

static void
ask_pattern(View *view, const CommandCall *call, const char *label, int what)
{
	PromptSpec spec = {.view = view,
		.label = label,
		.history = "search",
		.done = pattern_asked,
		.data = GINT_TO_POINTER(what)};

	if (call->argument)
		pattern_asked(view->app, view, call->argument, GINT_TO_POINTER(what));
	else
		app_prompt(view->app, &spec);
}

static void
mark_pattern(View *view, const CommandCall *call)
{
	ask_pattern(view, call, _("Mark all with (words in sender or subject):"), 1);
}

static void
unmark_pattern(View *view, const CommandCall *call)
{
	ask_pattern(view, call, _("Unmark all with (words in sender or subject):"), 2);
}

static void
delete_pattern(View *view, const CommandCall *call)
{
	ask_pattern(view, call, _("Delete all with (words in sender or subject):"), 3);
}

static void
mark_thread(View *view, const CommandCall *call)
{
	g_autoptr(GArray) rows = index_thread_rows(view, FALSE);
	gboolean marked = view_is_marked(view, view->list->selected);

	(void)call;
	for (guint i = 0; i < rows->len; i++)
		if (marked)
			g_hash_table_remove(view->marked, &g_array_index(rows, RowId, i));
		else
			g_hash_table_add(
				view->marked, g_memdup2(&g_array_index(rows, RowId, i), sizeof(RowId)));
}

/* ---- going on ---------------------------------------------------------------------------- */

static void
folder_inbox(View *view, const CommandCall *call)
{
	(void)call;
	index_open(view, index_account(view), "INBOX");
}

static void
quit_chosen(App *app, View *view, gunichar choice, gpointer data)
{
	(void)view;
	(void)data;
	if (choice == 'y')
		app_quit(app);
}

static void
quit(View *view, const CommandCall *call)
{
	App *app = view->app;

	(void)call;
	if (app->sending)
		app_choose(app, view,
			_("A message still waits to leave; it leaves when Posthorn is started again. Quit? "
			  "y/n"),
			"ny", quit_chosen, NULL, NULL);
	else
		app_quit(app);
}

static void
readonly_toggle(View *view, const CommandCall *call)
{
	App *app = view->app;
	UiAccount *account = index_account(view);
	FolderId folder = index_folder(view);
	const AccountConfig *config = account ? app_account_config(app, account) : NULL;
	gboolean on;

	(void)call;
	if (!config || config->read_only) {
		app_say(app, "%s",
			_("The whole account is read-only: read-only = yes in the configuration."));
		return;
	}
	on = !app_looks_only(app, account, folder);
	app_set_looks_only(app, account, folder, on);
	app_say(app, "%s",
		on ? _("Only looked at: nothing is changed here, not even what is read. % again ends that.")
		   : _("Changes are made again."));
}

static const Command rows[] = {
	{.name = "message-open",
		.keys = "Enter; Space",
		.hint = N_("read"),
		.brief = N_("Read the message"),
		.needs = NEEDS_MESSAGE,
		.run = message_open},
	{.name = "search",
		.keys = "/",
		.hint = N_("search"),
		.brief = N_("Search sender and subject: jumps, hides nothing"),
		.needs = NEEDS_FOLDER,
		.argument = ARGUMENT_TEXT,
		.overrides = TRUE,
		.run = search},
	{.name = "search-reverse",
		.keys = "Esc /",
		.brief = N_("Search sender and subject upwards"),
		.needs = NEEDS_FOLDER,
		.argument = ARGUMENT_TEXT,
		.overrides = TRUE,
		.run = search_reverse},
	{.name = "search-next",
		.keys = "n",
		.brief = N_("Go to the next message found"),
		.needs = NEEDS_SEARCH,
		.overrides = TRUE,
		.run = search_next},
	{.name = "search-opposite",
		.keys = "Esc N",
		.brief = N_("Go to the message found before"),
		.needs = NEEDS_SEARCH,
		.overrides = TRUE,
		.run = search_opposite},
	{.name = "search-clear",
		.keys = "",
		.brief = N_("Forget what was searched for"),
		.needs = NEEDS_SEARCH,
		.run = search_clear},
	{.name = "limit",
		.keys = "l",
		.hint = N_("limit"),
		.brief = N_("Show only messages with these words"),
		.needs = NEEDS_FOLDER,
		.argument = ARGUMENT_TEXT,
		.run = limit},
	{.name = "limit-show",
		.keys = "Esc l",
		.hint = N_("limit?"),
		.brief = N_("Say what is shown"),
		.run = limit_show},
	{.name = "limit-thread",
		.keys = "Esc z",
		.hint = N_("thread"),
		.brief = N_("Show only this thread; again: all"),
		.needs = NEEDS_FOLDER,
		.run = limit_thread},
	{.name = "limit-unread",
		.keys = "Esc u",
		.hint = N_("unread"),
		.brief = N_("Show only unread messages; again: all"),
		.needs = NEEDS_FOLDER,
		.run = limit_unread},
	{.name = "sort",
		.keys = "o",
		.hint = N_("sort"),
		.brief = N_("Choose the order"),
		.needs = NEEDS_FOLDER,
		.run = sort},
	{.name = "sort-reverse",
		.keys = "O",
		.brief = N_("Choose the order, the other way round"),
		.needs = NEEDS_FOLDER,
		.run = sort_reverse},
	{.name = "threads-toggle",
		.keys = "Esc T",
		.hint = N_("threads"),
		.brief = N_("Show threads, or a flat list"),
		.needs = NEEDS_FOLDER,
		.run = threads_toggle},
	{.name = "fold",
		.keys = "Esc v; -",
		.hint = N_("fold"),
		.brief = N_("Fold or unfold the thread"),
		.needs = NEEDS_THREADS | NEEDS_ENTRY,
		.run = fold},
	{.name = "fold-all",
		.keys = "Esc V; _",
		.hint = N_("fold all"),
		.brief = N_("Fold or unfold all threads"),
		.needs = NEEDS_THREADS,
		.run = fold_all},
	{.name = "mark-pattern",
		.keys = "T",
		.brief = N_("Mark all messages with these words"),
		.needs = NEEDS_FOLDER,
		.argument = ARGUMENT_TEXT,
		.run = mark_pattern},
	{.name = "unmark-pattern",
		.keys = "^T",
		.brief = N_("Unmark all messages with these words"),
		.needs = NEEDS_FOLDER | NEEDS_MARKS,
		.argument = ARGUMENT_TEXT,
		.run = unmark_pattern},
	{.name = "mark-thread",
		.keys = "Esc t",
		.hint = N_("mark all"),
		.brief = N_("Mark the whole thread"),
		.needs = NEEDS_ENTRY,
		.run = mark_thread},
	{.name = "delete-pattern",
		.keys = "D",
		.brief = N_("Delete all messages with these words; asks with their count"),
		.needs = NEEDS_FOLDER | NEEDS_WRITABLE,
		.argument = ARGUMENT_TEXT,
		.run = delete_pattern},
	{.name = "folder-inbox",
		.keys = "i",
		.hint = N_("INBOX"),
		.brief = N_("Open INBOX of this account"),
		.needs = NEEDS_ACCOUNT,
		.run = folder_inbox},
	{.name = "readonly-toggle",
		.keys = "%",
		.hint = N_("look only"),
		.brief = N_("Only look: change nothing here, not even what is read; again: as before"),
		.needs = NEEDS_FOLDER,
		.run = readonly_toggle},
	{.name = "quit", .keys = "q", .hint = N_("quit"), .brief = N_("Leave Posthorn"), .run = quit},
};

const CommandTable table_index = TABLE("index", rows);
