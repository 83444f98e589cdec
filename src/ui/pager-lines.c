/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/pager-state.h"

#include <string.h>

#include "mime/header.h"
#include "util/dates.h"
#include "util/i18n.h"
#include "util/text.h"

/* The widest text; longer lines are hard to read. */
#define TEXT_MOST 100
/* Rows of one header field, and of our box, unless all headers are asked for. */
#define FIELD_ROWS 3
#define BOX_ROWS 6
/* A warning has so many of them. */
#define WARNING_ROWS 2
#define LABEL_CELLS 9
/* The longest name that others are lined up with, when all headers are shown. */
#define LABEL_MOST 20
/* Where text begins. */
#define TEXT_X 1

int
pager_text_width(const PagerView *pager)
{
	/* A line of 78 fits a terminal of 80. */
	return CLAMP(pager->view.pane.cols - TEXT_X, 20,
		pager->text_width > 0 ? MAX(pager->text_width, 20) : TEXT_MOST);
}

static void
add_line(PagerView *pager, PagerLineKind kind, guint n)
{
	PagerLine line = {kind, n};

	g_array_append_val(pager->lines, line);
}

static void
head_free(gpointer data)
{
	PagerHead *head = data;

	g_free(head->label);
	g_free(head->text);
	g_free(head);
}

static void
add_head(PagerView *pager, PagerLineKind kind, const char *label, const char *text)
{
	PagerHead *head = g_new0(PagerHead, 1);

	head->label = g_strdup(label);
	head->text = g_strdup(text);
	add_line(pager, kind, pager->head->len);
	g_ptr_array_add(pager->head, head);
}

static int
label_cells(const PagerView *pager, const char *label)
{
	return MAX(label ? text_cells(label, -1) + 1 : 0, pager->label_cells);
}

/* All names that are not very long have their values below each other. */
static void
measure_labels(PagerView *pager, const GPtrArray *fields)
{
	pager->label_cells = LABEL_CELLS;
	for (guint i = 0; fields && i < fields->len; i++) {
		int cells = text_cells(((const ContentField *)g_ptr_array_index(fields, i))->name, -1);

		if (cells <= LABEL_MOST)
			pager->label_cells = MAX(pager->label_cells, cells + 1);
	}
}

static void
add_field(PagerView *pager, const char *name, const char *value)
{
	int label = label_cells(pager, name);
	g_autoptr(GPtrArray) rows = text_wrap(value, MAX(pager->view.pane.cols - label - 2, 10));
	guint most = pager->full_headers ? rows->len : MIN(rows->len, FIELD_ROWS);

	for (guint i = 0; i < most; i++) {
		const char *row = g_ptr_array_index(rows, i);
		g_autofree char *cut =
			i + 1 == most && most < rows->len ? g_strconcat(row, " ...", NULL) : g_strdup(row);

		add_head(pager, PAGER_FIELD, i == 0 ? name : NULL, cut);
	}
}

static void
add_known_fields(PagerView *pager)
{
	const StoreRow *row = pager->known;
	g_autofree char *from = NULL, *to = NULL, *subject = NULL, *date = NULL;
	g_autofree char *name = NULL;

	if (!row)
		return;
	name = mime_sender_display(
		row->from_name, row->from_address ? row->from_address : "", row->several_from);
	from = row->from_address && g_strcmp0(name, row->from_address) != 0
		       ? g_strdup_printf("%s <%s>", name, row->from_address)
		       : g_strdup(name);
	date = dates_format_long((DateTime){row->sent, row->sent_offset});
	to = row->to ? text_safe(row->to, -1, TEXT_MARKS) : NULL;
	subject = text_safe(row->subject ? row->subject : _("(no subject)"), -1, TEXT_MARKS);
	g_free(name);
	name = text_safe(from, -1, TEXT_MARKS);
	add_field(pager, _("From"), name);
	if (to)
		add_field(pager, _("To"), to);
	add_field(pager, _("Date"), date);
	add_field(pager, _("Subject"), subject);
}

static const char *
priority_words(MimePriority priority)
{
	return priority == MIME_PRIORITY_HIGH  ? _("high priority")
	       : priority == MIME_PRIORITY_LOW ? _("low priority")
					       : NULL;
}

static void
add_fields(PagerView *pager)
{
	const GPtrArray *fields = NULL;

	if (pager->content)
		fields = pager->full_headers ? pager->content->all_fields : pager->content->fields;
	measure_labels(pager, fields);
	if (!fields || fields->len == 0) {
		add_known_fields(pager);
		return;
	}
	for (guint i = 0; i < fields->len; i++) {
		const ContentField *field = g_ptr_array_index(fields, i);
		guint first = pager->head->len;

		add_field(pager, field->name, field->value);
		if (pager->head->len > first && g_strcmp0(field->name, _("Subject")) == 0)
			((PagerHead *)g_ptr_array_index(pager->head, first))->right =
				priority_words(pager->content->priority);
	}
}

static gboolean
is_folded(const PagerView *pager, guint lines)
{
	if (pager->no_quotes || pager->all_quotes)
		return pager->no_quotes;
	return pager->fold_quotes > 0 && lines > pager->fold_quotes;
}

static void
add_text(PagerView *pager)
{
	const MimeText *text = pager->content->text;
	const GArray *runs = mime_text_quotes(text);
	guint count = mime_text_count(text), at = 0;

	for (guint n = 0; n < count; n++) {
		const MimeFold *run = at < runs->len ? &g_array_index(runs, MimeFold, at) : NULL;

		if (!run || n != run->first) {
			add_line(pager, PAGER_TEXT, n);
			continue;
		}
		if (is_folded(pager, run->count)) {
			add_line(pager, PAGER_FOLD, at);
			n += run->count - 1;
		} else
			add_line(pager, PAGER_TEXT, n);
		at++;
	}
}

static void
add_words(PagerView *pager, const char *words)
{
	g_auto(GStrv) lines = g_strsplit(words, "\n", -1);

	for (guint i = 0; lines[i]; i++) {
		g_autofree char *safe = text_safe(lines[i], -1, TEXT_MARKS);
		g_autoptr(GPtrArray) rows = text_wrap(safe, pager_text_width(pager));

		for (guint k = 0; k < rows->len; k++)
			add_head(pager, PAGER_WORDS, NULL, g_ptr_array_index(rows, k));
	}
}

/* "2 attachments   1 reminder.pdf 212K   2 terms.txt 4K" */
static char *
attachment_words(const Content *content)
{
	GString *out = g_string_new(NULL);
	guint number = 0;

	g_string_append_printf(
		out, P_("%u attachment", "%u attachments", content->attachments), content->attachments);
	for (guint i = 0; i < content->parts->len; i++) {
		const ContentPart *part = g_ptr_array_index(content->parts, i);
		g_autofree char *size = NULL;

		if (!part->attachment)
			continue;
		size = text_size(part->size);
		g_string_append_printf(out, "   %u %s  %s", ++number, part->words, size);
	}
	return g_string_free(out, FALSE);
}

static void
add_boxed(PagerView *pager, const char *words, guint most)
{
	g_autoptr(GPtrArray) rows = text_wrap(words, MAX(pager->view.pane.cols - 3, 20));

	for (guint i = 0; i < MIN(rows->len, most) && pager->box->len < BOX_ROWS; i++)
		g_ptr_array_add(pager->box, i + 1 == most && most < rows->len
						    ? g_strconcat(rows->pdata[i], " ...", NULL)
						    : g_strdup(rows->pdata[i]));
}

/* Warnings first: they are never crowded out. */
static void
fill_box(PagerView *pager)
{
	const Content *content = pager->content;

	g_ptr_array_set_size(pager->box, 0);
	pager->box_warnings = 0;
	if (!content)
		return;
	for (guint i = 0; i < content->warnings->len; i++)
		add_boxed(pager, g_ptr_array_index(content->warnings, i), WARNING_ROWS);
	pager->box_warnings = pager->box->len;
	if (content->attachments > 0 && pager->box->len < BOX_ROWS)
		g_ptr_array_add(pager->box, attachment_words(content));
	for (guint i = 0; i < content->notes->len; i++)
		add_boxed(pager, g_ptr_array_index(content->notes, i), 1);
}

void
pager_lay_out(PagerView *pager)
{
	if (!pager->lines) {
		pager->lines = g_array_new(FALSE, FALSE, sizeof(PagerLine));
		pager->head = g_ptr_array_new_with_free_func(head_free);
		pager->box = g_ptr_array_new_with_free_func(g_free);
	}
	g_array_set_size(pager->lines, 0);
	g_ptr_array_set_size(pager->head, 0);
	add_fields(pager);
	add_line(pager, PAGER_RULE, 0);
	if (pager->content && pager->content->text)
		add_text(pager);
	else if (pager->failure)
		add_words(pager, pager->failure);
	fill_box(pager);
	pager->scroll.count = pager->lines->len;
	pager->scroll.top = MIN(pager->scroll.top,
		pager->scroll.count > pager->scroll.page ? pager->scroll.count - pager->scroll.page : 0);
}

guint
pager_search(const Content *content, const GArray *lines, const char *folded, guint from, gboolean up,
	const Cancel *cancel)
{
	for (guint i = from; content->text && i < lines->len && !cancel_is_triggered(cancel);
		i += up ? -1 : 1) {
		const PagerLine *line = &g_array_index(lines, PagerLine, i);
		g_autofree char *small = NULL;

		if (line->kind != PAGER_TEXT)
			continue;
		small = text_fold(mime_text_chars(content->text, line->n));
		if (strstr(small, folded))
			return i;
	}
	return G_MAXUINT;
}

/* ---- drawing ----------------------------------------------------------------------------- */

static StyleId
line_style(const MimeLine *line)
{
	switch ((MimeLineKind)line->kind) {
	case MIME_LINE_QUOTE:
		return line->depth <= 1 ? STYLE_QUOTE_1 : line->depth == 2 ? STYLE_QUOTE_2 : STYLE_QUOTE_3;
	case MIME_LINE_SIGNATURE:
		return STYLE_SIGNATURE;
	case MIME_LINE_HEADING:
		return STYLE_HEADING;
	case MIME_LINE_DIFF_HEAD:
		return STYLE_DIFF_HEAD;
	case MIME_LINE_DIFF_HUNK:
		return STYLE_DIFF_HUNK;
	case MIME_LINE_DIFF_ADD:
		return STYLE_DIFF_ADD;
	case MIME_LINE_DIFF_DEL:
		return STYLE_DIFF_DEL;
	case MIME_LINE_LINK:
		return STYLE_LINK;
	case MIME_LINE_NOTE:
		return STYLE_NOTE;
	default:
		return STYLE_NORMAL;
	}
}

static StyleId
span_style(const MimeSpan *span, StyleId base, guint *flags)
{
	*flags = 0;
	switch ((MimeSpanKind)span->kind) {
	case MIME_SPAN_LINK:
		return STYLE_LINK;
	case MIME_SPAN_BOLD:
		*flags = CELL_BOLD;
		return base;
	case MIME_SPAN_ITALIC:
		*flags = CELL_ITALIC;
		return base;
	case MIME_SPAN_UNDERLINE:
		*flags = CELL_UNDERLINE;
		return base;
	case MIME_SPAN_IMAGE:
		return STYLE_DIM;
	default:
		return STYLE_HIDDEN;
	}
}

/* Cells of the line that a search found get another style. */
static void
draw_matches(Grid *grid, Rect row, int x, const char *chars, const char *folded)
{
	for (const char *at = chars; *at; at = g_utf8_next_char(at)) {
		g_autofree char *rest = text_fold(at);
		const char *end = at;
		int from, cells;

		if (!g_str_has_prefix(rest, folded))
			continue;
		/* The shortest piece that folds to at least what was looked for. */
		while (*end) {
			g_autofree char *piece = NULL, *small = NULL;

			end = g_utf8_next_char(end);
			piece = g_strndup(at, (gsize)(end - at));
			small = text_fold(piece);
			if (strlen(small) >= strlen(folded))
				break;
		}
		from = text_cells(chars, at - chars);
		cells = text_cells(at, end - at);
		grid_restyle(grid, rect_columns(row, x + from, cells), STYLE_MATCH);
	}
}

static void
draw_text_line(PagerView *pager, Grid *grid, Rect row, guint n, const char *folded)
{
	const MimeText *text = pager->content->text;
	const MimeLine *line = mime_text_line(text, n);
	const MimeSpan *spans = mime_text_spans(text, n);
	const char *chars = mime_text_chars(text, n);
	StyleId base = line_style(line);
	gsize length = strlen(chars), at = 0;
	/* Text of the mail never begins left of this; our own notes do. */
	int x = line->kind == MIME_LINE_NOTE ? 0 : TEXT_X;

	for (guint i = 0; i < line->spans; i++) {
		const MimeSpan *span = &spans[i];
		gsize start = MIN((gsize)span->start, length), end = MIN(start + span->length, length);
		guint flags;
		StyleId style = span_style(span, base, &flags);

		if (start < at)
			continue;
		x = grid_text_flags(grid, row, 0, x, base, 0, chars + at, (gssize)(start - at));
		x = grid_text_flags(grid, row, 0, x, style, flags, chars + start, (gssize)(end - start));
		at = end;
	}
	grid_text_flags(grid, row, 0, x, base, 0, chars + at, (gssize)(length - at));
	if (folded)
		draw_matches(grid, row, TEXT_X, chars, folded);
}

/* Over the end of a row that is longer. */
static void
draw_right(Grid *grid, Rect row, const char *words)
{
	int cells = text_cells(words, -1) + 2;

	grid_text(grid, row, 0, row.cols - cells - 1, STYLE_NORMAL, "  ");
	grid_text(grid, row, 0, row.cols - cells + 1, STYLE_FLAGGED, words);
}

static void
draw_line(PagerView *pager, Grid *grid, Rect row, const PagerLine *line, const char *folded)
{
	const PagerHead *head;
	const MimeFold *fold;

	switch (line->kind) {
	case PAGER_FIELD:
		head = g_ptr_array_index(pager->head, line->n);
		if (head->label)
			grid_text(grid, row, 0, 1, STYLE_FIELD_NAME, head->label);
		grid_text(grid, row, 0, 1 + label_cells(pager, head->label), STYLE_NORMAL, head->text);
		if (head->right)
			draw_right(grid, row, head->right);
		break;
	case PAGER_RULE:
		grid_repeat(grid, row, 0, 1, row.cols - 2, STYLE_RULE, GLYPH_HORIZONTAL);
		break;
	case PAGER_TEXT:
		draw_text_line(pager, grid, row, line->n, folded);
		break;
	case PAGER_FOLD:
		fold = &g_array_index(mime_text_quotes(pager->content->text), MimeFold, line->n);
		grid_text(grid, row, 0, 1, STYLE_NOTE, grid_glyph(grid, GLYPH_FOLDED));
		grid_print(grid, row, 0, 3, STYLE_NOTE,
			P_("%u quoted line (T unfolds)", "%u quoted lines (T unfolds)", fold->count),
			fold->count);
		break;
	case PAGER_WORDS:
		head = g_ptr_array_index(pager->head, line->n);
		grid_text(grid, row, 0, 1, STYLE_NOTE, head->text);
		break;
	}
}

/* Returns its rows. In a low window only the warnings stay. */
static int
draw_box(PagerView *pager, Grid *grid, Rect rect)
{
	guint count = rect.rows < (int)pager->box->len + 5 ? pager->box_warnings : pager->box->len;
	int rows = count > 0 ? (int)count + 1 : 0;
	Rect box;

	if (rows == 0 || rect.rows < rows + 1)
		return 0;
	box = rect_rows(rect, rect.rows - rows, rows);
	grid_repeat(grid, box, 0, 1, box.cols - 2, STYLE_RULE, GLYPH_HORIZONTAL);
	for (guint i = 0; i < count; i++)
		grid_column(grid, box, (int)i + 1, 1, box.cols - 2,
			i < pager->box_warnings ? STYLE_WARNING : STYLE_NOTE,
			g_ptr_array_index(pager->box, i));
	return rows;
}

void
pager_draw(View *view, Grid *grid, Rect rect, gboolean focused)
{
	PagerView *pager = (PagerView *)view;
	g_autofree char *folded = view->search && !pager->no_highlight ? text_fold(view->search) : NULL;
	Rect text = rect;
	gint64 waited = g_get_monotonic_time() - pager->opened_at;

	text.rows -= draw_box(pager, grid, rect);
	pager->scroll.page = (guint)MAX(text.rows, 1);
	for (int y = 0; y < text.rows && pager->scroll.top + (guint)y < pager->lines->len; y++)
		draw_line(pager, grid, rect_row(text, y),
			&g_array_index(pager->lines, PagerLine, pager->scroll.top + (guint)y), folded);
	if (!pager->content && !pager->failure && waited > G_USEC_PER_SEC / 5)
		grid_text(grid, text, (int)pager->lines->len, 1, STYLE_DIM,
			_("Fetching the message ...  ^G stops"));
	if (focused)
		app_cursor(view->app, text.y, text.x, FALSE);
}
