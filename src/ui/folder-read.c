/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/act.h"
#include "ui/aside.h"
#include "ui/folders.h"
#include "util/i18n.h"
#include "util/text.h"

typedef struct {
	App *app;
	guint view_id;
	UiAccount *account;
	FolderId folder;
	char *name;
	GArray *rows; /* of RowId: unread */
} FolderRead;

static void
folder_read_free(gpointer data)
{
	FolderRead *read = data;

	g_array_unref(read->rows);
	g_free(read->name);
	g_free(read);
}

static void
read_run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	FolderRead *read = data;
	StoreOrderSpec spec = {.key = SORT_RECEIVED, .unread_only = TRUE};
	StoreView *view = engine_worker_view(worker, read->account->key);
	StoreOrder *order = view ? store_view_order(view, read->folder, &spec, cancel) : NULL;

	for (gsize i = 0; order && i < order->length; i++)
		g_array_append_val(read->rows, order->entries[i].id);
	if (order)
		store_order_free(order);
}

static void
mark(App *app, View *view, const FolderRead *read)
{
	(void)app;
	act_flags(view, read->account, read->rows, MESSAGE_SEEN, 0, NULL, NULL);
}

static void
confirmed(App *app, View *view, gunichar choice, gpointer data)
{
	(void)choice;
	if (view)
		mark(app, view, data);
}

static void
read_done(gpointer data)
{
	FolderRead *read = data, *asked;
	App *app = read->app;
	View *view = app_view(app, read->view_id);
	guint over = config_program(app->config)->confirm_over, count = read->rows->len;
	g_autofree char *safe = text_safe(read->name, -1, TEXT_MARKS), *words = NULL;

	if (!view)
		return;
	if (count == 0) {
		app_say(app, _("Nothing is unread in %s."), safe);
	} else if (over == 0 || count <= over) {
		mark(app, view, read);
	} else {
		words = g_strdup_printf(P_("Mark %u message in %s as read? y/n",
						"Mark %u messages in %s as read? y/n", count),
			count, safe);
		asked = g_memdup2(read, sizeof *read);
		asked->name = g_strdup(read->name);
		g_array_ref(asked->rows);
		app_confirm(app, view, words, confirmed, asked, folder_read_free);
	}
}

void
folder_mark_read(View *view, UiAccount *account, const StoreFolder *folder)
{
	FolderRead *read = g_new0(FolderRead, 1);

	read->app = view->app;
	read->view_id = view->id;
	read->account = account;
	read->folder = folder->id;
	read->name = g_strdup(folder->name);
	read->rows = g_array_new(FALSE, FALSE, sizeof(RowId));
	app_aside(view->app, ENGINE_READER, read_run, read_done, read, folder_read_free, NULL);
}
