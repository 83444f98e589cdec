/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/pager.h"

#include <string.h>

#include "ui/act.h"
#include "ui/files.h"
#include "ui/index.h"
#include "ui/pager-state.h"
#include "ui/scroll.h"
#include "ui/tables.h"
#include "util/i18n.h"
#include "util/text.h"

/* The largest file shown. */
#define FILE_LIMIT ((gsize)512 * 1024 * 1024)

static View *
index_of(PagerView *pager)
{
	View *index = app_view(pager->view.app, pager->index_id);

	return index && index->class == &index_class ? index : NULL;
}

/* ---- loading ----------------------------------------------------------------------------- */

static void
stop(PagerView *pager)
{
	if (pager->loading) {
		cancel_trigger(pager->loading);
		g_clear_pointer(&pager->loading, cancel_unref);
	}
	if (pager->ticket)
		app_forget(pager->view.app, pager->ticket);
	pager->ticket = 0;
	if (pager->read_source)
		g_source_remove(pager->read_source);
	pager->read_source = 0;
}

static void
mark_read(PagerView *pager)
{
	if (!pager->known || (pager->known->flags & MESSAGE_SEEN) ||
		app_is_read_only(pager->view.app, pager->account, ROW_FOLDER(pager->row)))
		return;
	pager->known->flags |= MESSAGE_SEEN;
	act_seen(&pager->view, pager->account, pager->row);
}

static gboolean
on_read(gpointer data)
{
	PagerView *pager = data;

	pager->read_source = 0;
	mark_read(pager);
	return G_SOURCE_REMOVE;
}

static void
plan_read(PagerView *pager)
{
	g_autoptr(Preferences) preferences = NULL;

	if (!pager->account || !pager->known || pager->read_source)
		return;
	preferences =
		config_preferences(pager->view.app->config, pager->account->key, pager->known->folder_name);
	if (preferences->mark_read_after_ms == 0)
		mark_read(pager);
	else if (preferences->mark_read_after_ms > 0)
		pager->read_source =
			g_timeout_add((guint)MIN(preferences->mark_read_after_ms, G_MAXINT), on_read, pager);
}

static void
fetched(App *app, View *view, const EngineEvent *event, gpointer data)
{
	PagerView *pager = (PagerView *)view;

	(void)app;
	(void)data;
	if (!view)
		return;
	pager->ticket = 0;
	if (event->error) {
		g_free(pager->failure);
		pager->failure = g_strdup_printf(
			_("The text is not here, and could not be fetched:\n%s\n\n$ tries again."),
			event->error->message);
		pager_lay_out(pager);
		return;
	}
	pager_reload(pager);
}

static void
take_content(PagerView *pager, Content *content)
{
	content_unref(pager->content);
	pager->content = content;
	pager->laid_out = pager_text_width(pager);
	pager_lay_out(pager);
}

static void
loaded(App *app, View *view, Content *content, gpointer data)
{
	PagerView *pager = (PagerView *)view;

	(void)data;
	if (!view) {
		content_unref(content);
		return;
	}
	g_clear_pointer(&pager->loading, cancel_unref);
	g_clear_pointer(&pager->failure, g_free);
	if (content->missing && pager->account && app->engine && !content->error) {
		pager->ticket = app_want(app, pager->account->key, pager->row, WANT_TEXT, NULL);
		app_expect(app, pager->ticket, view, fetched, NULL, NULL);
		content_unref(content);
		return;
	}
	if (content->error)
		pager->failure = g_strdup(content->error->message);
	else if (!content->text)
		pager->failure = g_strdup(_("This message has no text to show. v shows its parts."));
	take_content(pager, content);
	if (content->text)
		plan_read(pager);
	app_dirty(app);
}

void
pager_reload(PagerView *pager)
{
	App *app = pager->view.app;
	g_autoptr(Preferences) preferences =
		config_preferences(app->config, pager->account ? pager->account->key : NULL, NULL);
	ContentWish wish = {
		.account = pager->account ? pager->account->key : NULL,
		.row = pager->row,
		.octets = pager->file,
		.width = pager_text_width(pager),
		.html = pager->html,
		.no_reflow = pager->no_reflow || !preferences->reflow,
		.headers = preferences->headers,
	};

	pager->fold_quotes = preferences->fold_quotes;
	if (pager->loading) {
		cancel_trigger(pager->loading);
		cancel_unref(pager->loading);
	}
	pager->loading = cancel_new();
	content_load(app, &pager->view, &wish, loaded, NULL, pager->loading);
}

static void
show(PagerView *pager, UiAccount *account, const StoreRow *row)
{
	stop(pager);
	g_clear_pointer(&pager->content, content_unref);
	g_clear_pointer(&pager->failure, g_free);
	g_clear_pointer(&pager->known, store_row_free);
	pager->account = account;
	pager->row = row->id;
	pager->known = store_row_copy(row);
	pager->scroll.top = 0;
	pager->opened_at = g_get_monotonic_time();
	pager->all_quotes = pager->no_quotes = FALSE;
	pager_lay_out(pager);
	pager_reload(pager);
	app_dirty(pager->view.app);
}

static PagerView *
pager_new(App *app)
{
	PagerView *pager = g_new0(PagerView, 1);
	g_autoptr(Preferences) preferences = config_preferences(app->config, NULL, NULL);

	view_init(&pager->view, &pager_class, app, NULL);
	pager->view.scroll = &pager->scroll;
	pager->view.pane = (Rect){0, 0, 20, grid_rect(app->grid).cols};
	pager->html = preferences->prefer == PREFER_HTML;
	pager->text_width = (int)MIN(preferences->text_width, 1000);
	pager_lay_out(pager);
	return pager;
}

void
pager_open_index(App *app, View *index)
{
	const StoreRow *row = index_selected(index);
	PagerView *pager;

	if (!row)
		return;
	pager = pager_new(app);
	pager->index_id = index->id;
	app_push(app, &pager->view);
	show(pager, index_account(index), row);
}

static void
file_was_read(App *app, View *view, GBytes *octets, const GError *error, gpointer data)
{
	PagerView *pager = (PagerView *)view;

	(void)data;
	if (error)
		app_error(app, error);
	if (!pager)
		return;
	if (octets) {
		pager->file = g_bytes_ref(octets);
		pager_reload(pager);
		return;
	}
	pager->failure = g_strdup(error->message);
	pager_lay_out(pager);
}

void
pager_open_file(App *app, const char *path)
{
	g_autofree char *expanded = paths_expand(path);
	PagerView *pager = pager_new(app);

	pager->path = g_strdup(path);
	app_push(app, &pager->view);
	file_read(app, &pager->view, expanded, FILE_LIMIT, FALSE, file_was_read, NULL, NULL);
}

void
pager_open_octets(App *app, const char *title, GBytes *octets)
{
	PagerView *pager = pager_new(app);

	pager->path = g_strdup(title);
	pager->file = g_bytes_ref(octets);
	app_push(app, &pager->view);
	pager_reload(pager);
}

void
pager_follow(View *view)
{
	PagerView *pager = (PagerView *)view;
	View *index = index_of(pager);
	const StoreRow *row = index ? index_selected(index) : NULL;

	if (!row) {
		app_close(view->app, view);
		return;
	}
	if (row->id != pager->row)
		show(pager, index_account(index), row);
}

void
pager_retry(View *view)
{
	PagerView *pager = (PagerView *)view;

	if (view->class != &pager_class || !pager->account || !pager->failure || pager->ticket)
		return;
	g_clear_pointer(&pager->failure, g_free);
	pager->opened_at = g_get_monotonic_time();
	pager_lay_out(pager);
	pager_reload(pager);
}

UiAccount *
pager_account(View *view)
{
	return ((PagerView *)view)->account;
}

RowId
pager_row(View *view)
{
	return ((PagerView *)view)->row;
}

GBytes *
pager_octets(View *view)
{
	return ((PagerView *)view)->file;
}

const MimeText *
pager_text(View *view)
{
	PagerView *pager = (PagerView *)view;

	return pager->content ? pager->content->text : NULL;
}

/* ---- the class ------------------------------------------------------------------------------------------
 */

static void
pager_free(View *view)
{
	PagerView *pager = (PagerView *)view;

	stop(pager);
	content_unref(pager->content);
	store_row_free(pager->known);
	g_clear_pointer(&pager->file, g_bytes_unref);
	g_array_free(pager->lines, TRUE);
	g_ptr_array_unref(pager->head);
	g_ptr_array_unref(pager->box);
	g_free(pager->failure);
	g_free(pager->path);
	g_free(pager);
}

static char *
pager_title(View *view, char **right)
{
	PagerView *pager = (PagerView *)view;
	const char *path = grid_glyph(view->app->grid, GLYPH_PATH),
		   *dot = grid_glyph(view->app->grid, GLYPH_DOT);
	g_autofree char *place = scroll_place(view);
	const char *subject = pager->content ? pager->content->subject
			      : pager->known ? pager->known->subject
					     : NULL;
	View *index = index_of(pager);
	guint count, at;

	if (!index) {
		*right = g_strdup(place);
		return g_strdup(pager->path ? pager->path : subject);
	}
	at = index_position(index, &count);
	*right = g_strdup_printf(_("message %u of %u %s %s"), at, count, dot, place);
	return g_strdup_printf("%s %s %s %s %s", pager->account->label, path, index_folder_name(index), path,
		subject && *subject ? subject : _("(no subject)"));
}

static guint
pager_has(View *view)
{
	PagerView *pager = (PagerView *)view;
	const AccountConfig *config = app_account_config(view->app, pager->account);
	guint has = pager->known || pager->file ? NEEDS_MESSAGE : 0;

	if (pager->account)
		has |= NEEDS_FOLDER;
	if (pager->account && !app_is_read_only(view->app, pager->account, ROW_FOLDER(pager->row)))
		has |= NEEDS_WRITABLE;
	if (config && config->smtp.host)
		has |= NEEDS_SENDING;
	if (pager->content && pager->content->text) {
		has |= NEEDS_TEXT;
		if (mime_text_links(pager->content->text)->len > 0)
			has |= NEEDS_LINKS;
	}
	return has;
}

static void
pager_resized(View *view)
{
	PagerView *pager = (PagerView *)view;

	pager_lay_out(pager);
	if (pager->content && pager->laid_out != pager_text_width(pager))
		pager_reload(pager);
}

static gboolean
pager_stop(View *view, gboolean try)
{
	PagerView *pager = (PagerView *)view;

	if (!pager->ticket)
		return FALSE;
	if (!try) {
		stop(pager);
		pager->failure = g_strdup(_("Stopped. The text is not here.\n\n$ fetches it."));
		pager_lay_out(pager);
	}
	return TRUE;
}

static GArray *
pager_messages(View *view, gboolean marked, UiAccount **account)
{
	PagerView *pager = (PagerView *)view;
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(RowId));

	(void)marked;
	*account = pager->account;
	if (pager->account)
		g_array_append_val(rows, pager->row);
	return rows;
}

const ViewClass pager_class = {
	.name = "pager",
	.tables = pager_tables,
	.hints = "page-next message-next reply reply-all delete parts-view link-choose view-close",
	.free = pager_free,
	.title = pager_title,
	.draw = pager_draw,
	.has = pager_has,
	.resized = pager_resized,
	.stop = pager_stop,
	.messages = pager_messages,
};
