/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/composer.h"

#include <string.h>

#include "ui/composer-state.h"
#include "ui/index.h"
#include "ui/tables.h"
#include "util/i18n.h"
#include "util/text.h"

#define LABEL_CELLS 10

static const char *const field_labels[FIELD_COUNT] = {
	[FIELD_FROM] = N_("From"),
	[FIELD_TO] = N_("To"),
	[FIELD_CC] = N_("Cc"),
	[FIELD_BCC] = N_("Bcc"),
	[FIELD_REPLY_TO] = N_("Reply-To"),
	[FIELD_SUBJECT] = N_("Subject"),
};

GPtrArray **
composer_addresses(ComposerView *composer, ComposerField field)
{
	MimeDraft *draft = composer->composition->draft;

	switch (field) {
	case FIELD_FROM:
		return &draft->from;
	case FIELD_TO:
		return &draft->to;
	case FIELD_CC:
		return &draft->cc;
	case FIELD_BCC:
		return &draft->bcc;
	case FIELD_REPLY_TO:
		return &draft->reply_to;
	default:
		return NULL;
	}
}

char *
composer_field_text(ComposerView *composer, ComposerField field)
{
	GPtrArray **addresses = composer_addresses(composer, field);
	const char *subject = composer->composition->draft->subject;

	return addresses ? mime_format_addresses(*addresses) : g_strdup(subject ? subject : "");
}

static void
count_rows(ComposerView *composer)
{
	list_set_count(&composer->list,
		composer->composition ? FIELD_COUNT + composer->composition->draft->attachments->len : 0);
}

ComposerView *
composer_open(App *app, UiAccount *account, Composition *composition)
{
	ComposerView *composer = g_new0(ComposerView, 1);

	view_init(&composer->view, &composer_class, app, &composer->list);
	composer->account = account;
	composer->composition = composition;
	composer->busy = composition == NULL;
	composer->typed = g_array_new(FALSE, FALSE, sizeof(Key));
	list_set_page(&composer->list, 100);
	count_rows(composer);
	list_select(&composer->list, FIELD_TO);
	app_push(app, &composer->view);
	return composer;
}

static void
composer_free(View *view)
{
	ComposerView *composer = (ComposerView *)view;

	composition_free(composer->composition);
	g_free(composer->file);
	g_array_free(composer->typed, TRUE);
	g_free(composer);
}

/* ---- drawing ----------------------------------------------------------------------------- */

static char *
composer_title(View *view, char **right)
{
	ComposerView *composer = (ComposerView *)view;
	/* Kept is what the journal has: written here and committed, or taken up from there. */
	gboolean kept =
		!composer->changed && composer->keeps == 0 && (composer->revision > 0 || composer->written);
	const char *state = kept ? _("kept as draft") : _("not kept yet");
	g_autofree char *size = NULL;
	guint64 bytes = 0;

	if (!composer->composition) {
		*right = g_strdup("");
		return g_strdup(_("A new message"));
	}
	bytes = strlen(composer->composition->draft->body);
	for (guint i = 0; i < composer->composition->draft->attachments->len; i++) {
		const MimeAttachment *attachment =
			g_ptr_array_index(composer->composition->draft->attachments, i);

		bytes += attachment->data ? g_bytes_get_size(attachment->data) : 0;
	}
	size = text_size(bytes);
	*right = bytes == 0 ? g_strdup(state)
			    : g_strdup_printf(bytes < 1000 ? _("%s bytes %s %s") : "%s %s %s", size,
				      grid_glyph(view->app->grid, GLYPH_DOT), state);
	return g_strdup_printf(
		"%s %s %s", composer->account->label, grid_glyph(view->app->grid, GLYPH_PATH), _("write"));
}

static void
draw_field(ComposerView *composer, Grid *grid, Rect row, ComposerField field)
{
	g_autofree char *text = composer_field_text(composer, field), *safe = text_safe(text, -1, TEXT_MARKS);

	grid_column(grid, row, 0, 1, LABEL_CELLS, STYLE_FIELD_NAME, _(field_labels[field]));
	grid_column(grid, row, 0, 1 + LABEL_CELLS, row.cols - LABEL_CELLS - 2,
		field == FIELD_SUBJECT ? STYLE_STRONG : STYLE_NORMAL, safe);
}

static void
draw_attachment(ComposerView *composer, Grid *grid, Rect row, guint n)
{
	const MimeAttachment *attachment = g_ptr_array_index(composer->composition->draft->attachments, n);
	g_autofree char *size = text_size(attachment->data ? g_bytes_get_size(attachment->data) : 0);
	g_autofree char *name =
		text_safe(attachment->name ? attachment->name : _("(no name)"), -1, TEXT_MARKS);
	g_autofree char *type = text_safe(attachment->type ? attachment->type : "", -1, TEXT_MARKS);
	g_autofree char *words = attachment->description ? text_safe(attachment->description, -1, TEXT_MARKS)
							 : g_strdup(attachment->is_inline ? _("inline") : "");
	int x = grid_column(grid, row, 0, 1, LABEL_CELLS, STYLE_FIELD_NAME, n == 0 ? _("Attached") : "");

	x = grid_print(grid, row, 0, x, STYLE_COUNT, "%u ", n + 1);
	x = grid_column(grid, row, 0, x, MIN(36, row.cols / 2), STYLE_NORMAL, name) + 1;
	x = grid_column_right(grid, row, 0, x, 5, STYLE_DIM, size) + 2;
	x = grid_column(grid, row, 0, x, MIN(24, MAX(row.cols - x - 1, 0)), STYLE_DIM, type) + 1;
	grid_column(grid, row, 0, x, row.cols - x - 1, STYLE_DIM, words);
}

/* What stands besides the fields, in words. The caller's; NULL: nothing. */
static char *
state_words(const ComposerView *composer)
{
	GString *out = g_string_new(NULL);
	const Composition *composition = composer->composition;

	if (composition->draft->priority == MIME_PRIORITY_HIGH)
		g_string_append(out, _("high priority  "));
	else if (composition->draft->priority == MIME_PRIORITY_LOW)
		g_string_append(out, _("low priority  "));
	if (composition->delivery_report)
		g_string_append(out, _("delivery report asked for  "));
	if (composition->answers)
		g_string_append(out, _("an answer"));
	else if (composition->forwards)
		g_string_append(out, _("forwarded"));
	return g_string_free(out, FALSE);
}

/* Only what can be seen is looked at, whatever the text's size. */
static void
draw_body(ComposerView *composer, Grid *grid, Rect rect)
{
	const char *body = composer->composition->draft->body, *line;
	gsize most = (gsize)MAX(rect.rows, 1) * (gsize)MAX(rect.cols, 20) * 4;
	int y = 0;

	if (body[0] == '\0')
		view_draw_words(grid, rect, 0, 1, STYLE_DIM, _("No text yet: e opens the editor."));
	composer->scroll = MIN(composer->scroll, strlen(body));
	for (line = body + composer->scroll; *line && y < rect.rows;) {
		const char *end = strchrnul(line, '\n');
		g_autofree char *safe = text_safe(line, (gssize)MIN((gsize)(end - line), most), TEXT_LINES);
		g_autoptr(GPtrArray) rows = text_wrap(safe, MAX(rect.cols - 1, 20));
		StyleId style = safe[0] == '>' ? STYLE_QUOTE_1 : STYLE_NORMAL;

		for (guint k = 0; k < MAX(rows->len, 1) && y < rect.rows; k++, y++)
			if (k < rows->len)
				grid_text(grid, rect, y, 1, style, g_ptr_array_index(rows, k));
		line = *end ? end + 1 : end;
	}
}

static void
draw_row(ComposerView *composer, Grid *grid, Rect row, guint n, gboolean focused)
{
	if (n < FIELD_COUNT)
		draw_field(composer, grid, row, (ComposerField)n);
	else
		draw_attachment(composer, grid, row, n - FIELD_COUNT);
	if (n == composer->list.selected) {
		grid_flag(grid, row, CELL_SELECTED);
		if (focused)
			app_cursor(composer->view.app, row.y, row.x, FALSE);
	}
}

static void
composer_draw(View *view, Grid *grid, Rect rect, gboolean focused)
{
	ComposerView *composer = (ComposerView *)view;
	g_autofree char *state = NULL;
	guint most = (guint)MAX(rect.rows / 2, 1);
	int y = 0;

	if (!composer->composition) {
		view_draw_words(grid, rect, 1, 2, STYLE_DIM, _("Preparing the message ..."));
		return;
	}
	count_rows(composer);
	list_set_page(&composer->list, MAX(most, FIELD_COUNT));
	for (guint n = composer->list.top; n < composer->list.count && y < (int)composer->list.page; n++)
		draw_row(composer, grid, rect_row(rect, y++), n, focused);
	state = state_words(composer);
	if (*state)
		grid_text(grid, rect, y++, 1 + LABEL_CELLS, STYLE_NOTE, state);
	grid_repeat(grid, rect, y, 1, rect.cols - 2, STYLE_RULE, GLYPH_HORIZONTAL);
	draw_body(composer, grid, rect_rows(rect, y + 1, rect.rows - y - 1));
}

/* Keys kept while a worker has the message. */
#define TYPED_MOST 1000

static gboolean
composer_key(View *view, Key key)
{
	ComposerView *composer = (ComposerView *)view;

	if (!composer->busy || key == K_F1 || key == K_CTRL('L') || key == K_CTRL('Z'))
		return FALSE;
	if (composer->typed->len < TYPED_MOST)
		g_array_append_val(composer->typed, key);
	return TRUE;
}

void
composer_ready(ComposerView *composer)
{
	App *app = composer->view.app;
	guint id = composer->view.id;
	g_autoptr(GArray) typed = g_array_copy(composer->typed);

	g_array_set_size(composer->typed, 0);
	for (guint i = 0; i < typed->len; i++) {
		View *view = app_view(app, id);
		Key key = g_array_index(typed, Key, i);

		if (!view || app_top(app) != view || app->foreground)
			break;
		/* A command among them may have made it busy again: then the rest waits on. */
		app_press(app, key);
	}
}

static guint
composer_has(View *view)
{
	const AccountConfig *config = app_account_config(view->app, ((ComposerView *)view)->account);

	return config && config->smtp.host ? NEEDS_SENDING : 0;
}

const ViewClass composer_class = {
	.name = "composer",
	.flags = VIEW_WHOLE,
	.tables = compose_tables,
	.hints = "send edit-body edit-to edit-subject attach-file preview draft-save view-close",
	.free = composer_free,
	.title = composer_title,
	.draw = composer_draw,
	.key = composer_key,
	.has = composer_has,
};
