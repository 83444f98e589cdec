/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/raw-edit.h"

#include <glib/gstdio.h>
#include <string.h>

#include "ui/act.h"
#include "ui/aside.h"
#include "ui/content.h"
#include "ui/core.h"
#include "ui/files.h"
#include "util/i18n.h"

/* The largest message that is edited. */
#define EDIT_LIMIT ((gsize)64 * 1024 * 1024)

typedef struct {
	App *app;
	guint view_id;
	UiAccount *account;
	RowId row;
	guint flags;
	gint64 received;
	char *folder; /* where it lies */
	char *path;   /* the editor's file */
	GBytes *before, *after;
} RawEdit;

static void
raw_edit_free(gpointer data)
{
	RawEdit *edit = data;

	if (edit->path)
		g_unlink(edit->path);
	g_free(edit->folder);
	g_free(edit->path);
	g_clear_pointer(&edit->before, g_bytes_unref);
	g_clear_pointer(&edit->after, g_bytes_unref);
	g_free(edit);
}

/* Handed on from one step to the next: what is left in the box is freed. */
static void
box_free(gpointer data)
{
	RawEdit **box = data;

	if (*box)
		raw_edit_free(*box);
	g_free(box);
}

static RawEdit **
box_new(RawEdit **from)
{
	RawEdit **box = g_new0(RawEdit *, 1);

	*box = g_steal_pointer(from);
	return box;
}

/* Lines end in LF (crlf FALSE) or in CRLF. */
static GBytes *
with_line_ends(GBytes *octets, gboolean crlf)
{
	gsize length;
	const char *data = g_bytes_get_data(octets, &length);
	GByteArray *out = g_byte_array_sized_new((guint)MIN(length + length / 32, EDIT_LIMIT));

	for (const char *line = data, *end = data + length; line < end;) {
		const char *stop = memchr(line, '\n', (gsize)(end - line));
		gsize size = (gsize)((stop ? stop : end) - line);

		if (stop && size > 0 && line[size - 1] == '\r')
			size--;
		g_byte_array_append(out, (const guint8 *)line, (guint)size);
		if (stop)
			g_byte_array_append(out, (const guint8 *)"\r\n" + !crlf, 1 + (guint)crlf);
		line = stop ? stop + 1 : end;
	}
	return g_byte_array_free_to_bytes(out);
}

/* ---- afterwards -------------------------------------------------------------------------- */

static void
appended(App *app, View *view, const EngineEvent *event, gpointer data)
{
	const RawEdit *edit = *(RawEdit **)data;
	g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(RowId));

	if (event->error) {
		app_error(app, event->error);
		return;
	}
	if (event->group) {
		UiAct done = {event->group, 1, g_get_monotonic_time()};

		g_array_append_val(app->acts, done);
	}
	/* Only now: the new one is durable. */
	g_array_append_val(rows, edit->row);
	view = view ? view : app_top(app);
	if (view)
		act_on_rows(view, edit->account, rows, ACT_DELETE, NULL, FALSE);
}

static void
compare_run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	RawEdit *edit = *(RawEdit **)data;
	GBytes *octets = with_line_ends(edit->after, TRUE);

	(void)worker;
	(void)cancel;
	g_bytes_unref(edit->after);
	edit->after = octets;
}

static void
compare_done(gpointer data)
{
	RawEdit **box = data, *edit = *box;
	App *app = edit->app;
	EngineAct act = {.kind = ACT_APPEND,
		.account = edit->account->key,
		.target = edit->folder,
		.add_flags = edit->flags & (MESSAGE_SEEN | MESSAGE_ANSWERED | MESSAGE_FLAGGED),
		.content = edit->after,
		.date = edit->received};

	if (g_bytes_equal(edit->before, edit->after)) {
		app_say(app, "%s", _("Nothing was changed."));
	} else if (g_bytes_get_size(edit->after) < 3) {
		app_say(app, "%s", _("The file is empty: the message stays as it is."));
	} else {
		guint ticket = engine_act(app->engine, &act);

		app_expect(app, ticket, app_view(app, edit->view_id), appended, box_new(box), box_free);
	}
}

static void
file_was_read(App *app, View *view, GBytes *octets, const GError *error, gpointer data)
{
	RawEdit **box = data;

	(void)view;
	if (!octets) {
		app_error(app, error);
		return;
	}
	(*box)->after = g_bytes_ref(octets);
	app_aside(app, ENGINE_WRITER, compare_run, compare_done, box_new(box), box_free, NULL);
}

static void
edited(App *app, View *view, int status, gpointer data)
{
	RawEdit **box;

	if (status != 0) {
		app_warn(app, "%s", _("The editor ended with an error: the message stays as it is."));
		return;
	}
	box = box_new(data);
	file_read(app, view, (*box)->path, EDIT_LIMIT, FALSE, file_was_read, box, box_free);
}

static void
written(App *app, View *view, const char *path, const GError *error, gpointer data)
{
	RawEdit **box = data;
	g_auto(GStrv) editor = config_editor(app->config);
	g_autoptr(GPtrArray) argv = g_ptr_array_new();

	if (!path) {
		app_error(app, error);
		return;
	}
	(*box)->path = g_strdup(path);
	for (guint i = 0; editor[i]; i++)
		g_ptr_array_add(argv, editor[i]);
	g_ptr_array_add(argv, (*box)->path);
	g_ptr_array_add(argv, NULL);
	app_run_program(app, view, (char *const *)argv->pdata, edited, box_new(box), box_free);
}

static void
lines_run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	RawEdit *edit = *(RawEdit **)data;
	GBytes *crlf = with_line_ends(edit->before, TRUE);

	(void)worker;
	(void)cancel;
	edit->after = with_line_ends(crlf, FALSE);
	g_bytes_unref(edit->before);
	edit->before = crlf;
}

static void
lines_done(gpointer data)
{
	RawEdit **box = data, **next;
	App *app = (*box)->app;
	g_autofree char *folder = app_private_folder(app);
	g_autoptr(GBytes) octets = g_steal_pointer(&(*box)->after);

	next = box_new(box);
	file_write_private(
		app, app_view(app, (*next)->view_id), folder, "message.eml", octets, written, next, box_free);
}

static void
got_octets(App *app, View *view, GBytes *octets, const GError *error, gpointer data)
{
	RawEdit **box = data;

	(void)view;
	if (!octets) {
		app_error(app, error);
		return;
	}
	if (g_bytes_get_size(octets) > EDIT_LIMIT) {
		app_warn(app, "%s", _("This message is too large to be edited."));
		return;
	}
	(*box)->before = g_bytes_ref(octets);
	app_aside(app, ENGINE_WRITER, lines_run, lines_done, box_new(box), box_free, NULL);
}

void
raw_edit(View *view, UiAccount *account, RowId row)
{
	g_autoptr(StoreRow) known = account->view ? store_view_row(account->view, row) : NULL;
	const StoreFolder *folder = account_folder_by_id(account, ROW_FOLDER(row));
	RawEdit *edit;

	if (!known || !folder) {
		app_say(view->app, "%s", _("There is no message here."));
		return;
	}
	edit = g_new0(RawEdit, 1);
	edit->app = view->app;
	edit->view_id = view->id;
	edit->account = account;
	edit->row = row;
	edit->flags = known->flags;
	edit->received = known->received;
	edit->folder = g_strdup(folder->name);
	content_part(view->app, view, account->key, row, NULL, NULL, got_octets, box_new(&edit), box_free);
}

/* ---- the browser ------------------------------------------------------------------------- */

typedef struct {
	UiAccount *account;
	RowId row;
	GBytes *octets;
	char *section;
} Browse;

static void
browse_free(gpointer data)
{
	Browse *browse = data;

	g_clear_pointer(&browse->octets, g_bytes_unref);
	g_free(browse->section);
	g_free(browse);
}

static void
page_written(App *app, View *view, const char *path, const GError *error, gpointer data)
{
	g_auto(GStrv) argv = config_browser(app->config);

	(void)view;
	(void)data;
	if (!path)
		app_error(app, error);
	else if (app_open_with(app, argv, path))
		app_say(app, _("Given to %s."), argv[0]);
}

static void
got_page(App *app, View *view, GBytes *octets, const GError *error, gpointer data)
{
	g_autofree char *folder = app_private_folder(app);

	(void)data;
	if (octets)
		file_write_private(app, view, folder, "message.html", octets, page_written, NULL, NULL);
	else
		app_error(app, error);
}

static void
browse_confirmed(App *app, View *view, gunichar choice, gpointer data)
{
	const Browse *browse = data;

	(void)choice;
	content_part(app, view, browse->account ? browse->account->key : NULL, browse->row, browse->octets,
		browse->section, got_page, NULL, NULL);
}

static void
find_page(App *app, View *view, Content *content, gpointer data)
{
	Browse *browse = data;
	g_auto(GStrv) argv = config_browser(app->config);
	g_autofree char *words = NULL;

	for (guint i = 0; i < content->parts->len && !browse->section; i++) {
		const ContentPart *part = g_ptr_array_index(content->parts, i);

		if (g_ascii_strcasecmp(part->type, "text/html") == 0 && !part->attachment)
			browse->section = g_strdup(part->section);
	}
	if (content->error)
		app_error(app, content->error);
	else if (!browse->section)
		app_say(app, "%s", _("This message has no HTML part."));
	if (!browse->section || !view) {
		browse_free(browse);
	} else {
		words = g_strdup_printf(_("The page may tell the sender that you read this.\n"
					  "Open it with %s? y/n"),
			argv[0]);
		app_confirm(app, view, words, browse_confirmed, browse, browse_free);
	}
	content_unref(content);
}

void
browser_show(View *view, UiAccount *account, RowId row, GBytes *octets)
{
	Browse *browse = g_new0(Browse, 1);
	ContentWish wish = {
		.account = account ? account->key : NULL, .row = row, .octets = octets, .width = 78};

	browse->account = account;
	browse->row = row;
	browse->octets = octets ? g_bytes_ref(octets) : NULL;
	content_load(view->app, view, &wish, find_page, browse, NULL);
}
