/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A table of data in columns. Most tables of mail are there for layout; one is
 * taken for data when it holds nothing but short cells of inline text, two
 * columns at least in two rows, and fits the width.
 */
#include "config.h"

#include "mime/html-page.h"
#include "util/text.h"

#include <string.h>

#define CELL_MAX 160 /* bytes */
#define COLUMNS_MAX 16
#define ROWS_MAX 1000
#define GAP 2

typedef struct {
	guint row, column;
	gboolean head;
	char *text;
	GArray *spans;
} Cell;

typedef struct {
	GPtrArray *cells; /* of Cell */
	int row;          /* -1: before the first */
	guint column;
	gboolean in_cell, head;
	guint depth;        /* of the table's element */
	GString *paragraph; /* the page's own, put aside */
	GArray *spans;
} Table;

static void
cell_free(gpointer data)
{
	Cell *cell = data;

	g_free(cell->text);
	g_array_unref(cell->spans);
	g_free(cell);
}

static void
end_cell(HtmlPage *page, Table *table)
{
	Cell *cell;

	if (!table->in_cell)
		return;
	html_drop(page, table->depth);
	html_trim(page);
	cell = g_new0(Cell, 1);
	cell->row = (guint)table->row;
	cell->column = table->column++;
	cell->head = table->head;
	cell->text = g_strdup(page->paragraph->str);
	cell->spans = page->spans;
	g_ptr_array_add(table->cells, cell);
	page->spans = g_array_new(FALSE, FALSE, sizeof(MimeSpan));
	g_string_truncate(page->paragraph, 0);
	table->in_cell = FALSE;
}

static void
begin_row(HtmlPage *page, Table *table)
{
	end_cell(page, table);
	table->row++;
	table->column = 0;
}

static gboolean
spans_several(HtmlPage *page, const char *name)
{
	const HtmlAttribute *attribute = html_attribute(&page->token, name);

	return attribute != NULL && attribute->value != NULL &&
	       !(attribute->value_length == 1 && attribute->value[0] <= '1');
}

static gboolean
begin_cell(HtmlPage *page, Table *table, HtmlTag tag)
{
	end_cell(page, table);
	if (table->row < 0)
		table->row = 0;
	if (table->column >= COLUMNS_MAX || table->row >= ROWS_MAX || spans_several(page, "colspan") ||
		spans_several(page, "rowspan"))
		return FALSE;
	table->in_cell = TRUE;
	table->head = tag == TAG_TH;
	html_push(page, tag);
	return TRUE;
}

static void
separate(HtmlPage *page)
{
	if (page->paragraph->len > 0 && page->paragraph->str[page->paragraph->len - 1] != ' ')
		g_string_append_c(page->paragraph, ' ');
}

static gboolean
take_start(HtmlPage *page, Table *table)
{
	HtmlTag tag = html_tag_of(page->token.text, page->token.length);

	switch (tag) {
	case TAG_TR:
		begin_row(page, table);
		return TRUE;
	case TAG_TD:
	case TAG_TH:
		return begin_cell(page, table, tag);
	case TAG_P:
	case TAG_DIV:
	case TAG_BR:
		separate(page);
		return TRUE;
	default:
		if (html_is_block(tag) || tag == TAG_SKIP || page->depth + 1 >= LIMIT_HTML_NESTING)
			return FALSE;
		html_handle(page);
		return TRUE;
	}
}

static void
take_end(HtmlPage *page, Table *table)
{
	switch (html_tag_of(page->token.text, page->token.length)) {
	case TAG_TD:
	case TAG_TH:
	case TAG_TR:
		end_cell(page, table);
		break;
	case TAG_P:
	case TAG_DIV:
		separate(page);
		break;
	case TAG_BR:
		separate(page);
		break;
	default:
		if (table->in_cell && page->depth > table->depth + 1)
			html_handle(page);
	}
}

static gboolean
take_text(HtmlPage *page, const Table *table)
{
	if (!table->in_cell) {
		for (gsize i = 0; i < page->token.length; i++)
			if (!g_ascii_isspace(page->token.text[i]))
				return FALSE;
		return TRUE;
	}
	if (page->token.length > CELL_MAX * 4)
		return FALSE;
	html_handle(page);
	return page->paragraph->len <= CELL_MAX && !page->hidden_open;
}

/* Read up to </table>; FALSE: not a table of data. */
static gboolean
read_table(HtmlPage *page, Table *table)
{
	for (;;) {
		gboolean fits = TRUE;
		switch (html_tokens_next(&page->tokens, &page->token)) {
		case HTML_END_OF_INPUT:
			return FALSE;
		case HTML_TEXT:
			fits = take_text(page, table);
			break;
		case HTML_START:
			fits = take_start(page, table);
			break;
		case HTML_END:
			if (html_tag_of(page->token.text, page->token.length) == TAG_TABLE) {
				end_cell(page, table);
				return TRUE;
			}
			take_end(page, table);
			break;
		}
		if (!fits || page->paragraph->len > CELL_MAX)
			return FALSE;
	}
}

/* --- Putting it out --- */

typedef struct {
	int width[COLUMNS_MAX];
	gboolean words[COLUMNS_MAX]; /* holds more than numbers */
	guint columns;
	guint full_rows; /* with two cells or more that hold text */
} Shape;

static gboolean
is_number(const char *text)
{
	return strspn(text, "0123456789.,%+- $") + strcspn(text, "0123456789.,%+- $") == strlen(text) &&
	       strpbrk(text, "0123456789") != NULL && strlen(text) < 20 &&
	       strspn(text, "0123456789.,%+- $") > 0;
}

static void
measure(Shape *shape, const GPtrArray *cells)
{
	guint filled = 0, row = 0;

	memset(shape, 0, sizeof *shape);
	for (guint i = 0; i < cells->len; i++) {
		const Cell *cell = g_ptr_array_index(cells, i);
		shape->columns = MAX(shape->columns, cell->column + 1);
		shape->width[cell->column] = MAX(shape->width[cell->column], text_cells(cell->text, -1));
		shape->words[cell->column] |= !cell->head && *cell->text && !is_number(cell->text);
		if (cell->row != row)
			filled = 0;
		row = cell->row;
		if (*cell->text && ++filled == 2)
			shape->full_rows++;
	}
}

static int
total_width(const Shape *shape)
{
	int total = 0;

	for (guint i = 0; i < shape->columns; i++)
		total += shape->width[i] + (shape->width[i] > 0 ? GAP : 0);
	return total - GAP;
}

static void
pad(GString *out, int cells)
{
	for (; cells > 0; cells--)
		g_string_append_c(out, ' ');
}

static void
put_cell(HtmlPage *page, const Shape *shape, const Cell *cell)
{
	GString *line = page->paragraph;
	int free_cells = shape->width[cell->column] - text_cells(cell->text, -1);
	gboolean right = !shape->words[cell->column];
	guint32 start;

	if (shape->width[cell->column] == 0)
		return;
	if (cell->column > 0 && line->len > 0)
		pad(line, GAP);
	if (right)
		pad(line, free_cells);
	start = (guint32)line->len;
	for (guint i = 0; i < cell->spans->len; i++) {
		MimeSpan span = g_array_index(cell->spans, MimeSpan, i);
		span.start += start;
		g_array_append_val(page->spans, span);
	}
	g_string_append(line, cell->text);
	if (!right)
		pad(line, free_cells);
}

static void
put_table(HtmlPage *page, const Table *table, const Shape *shape)
{
	page->gap = TRUE;
	for (guint i = 0; i < table->cells->len;) {
		guint row = ((Cell *)g_ptr_array_index(table->cells, i))->row;
		for (; i < table->cells->len; i++) {
			const Cell *cell = g_ptr_array_index(table->cells, i);
			if (cell->row != row)
				break;
			put_cell(page, shape, cell);
		}
		html_trim(page);
		html_emit(page, MIME_LINE_PRE);
	}
	page->gap = TRUE;
}

static gboolean
is_presentation(HtmlPage *page)
{
	const HtmlAttribute *role = html_attribute(&page->token, "role");

	return role != NULL && role->value != NULL && role->value_length == strlen("presentation") &&
	       g_ascii_strncasecmp(role->value, "presentation", role->value_length) == 0;
}

static gboolean
try_table(HtmlPage *page, Table *table)
{
	const HtmlElement *top = html_top(page);
	int room = page->options->width - 2 * (int)top->quotes - (int)top->indent;
	Shape shape;

	if (!read_table(page, table))
		return FALSE;
	measure(&shape, table->cells);
	if (shape.columns < 2 || shape.full_rows < 2 || total_width(&shape) > room)
		return FALSE;
	html_drop(page, table->depth - 1);
	/* What stood before the table comes before it. */
	g_string_free(page->paragraph, TRUE);
	g_array_unref(page->spans);
	page->paragraph = g_steal_pointer(&table->paragraph);
	page->spans = g_steal_pointer(&table->spans);
	html_flush(page);
	put_table(page, table, &shape);
	return TRUE;
}

gboolean
html_table(HtmlPage *page)
{
	const HtmlElement *top = html_top(page);
	Table table = {.row = -1, .paragraph = page->paragraph, .spans = page->spans};
	HtmlTokens tokens = page->tokens;
	guint depth = page->depth, links = mime_text_links(page->out)->len;
	guint images = mime_text_remote_images(page->out);
	HtmlToken token;
	gboolean done;

	if (top->hidden || top->skipped || top->pre || page->link_target != NULL || page->hidden_open ||
		page->overflow > 0 || is_presentation(page))
		return FALSE;
	token = page->token;
	table.cells = g_ptr_array_new_with_free_func(cell_free);
	page->paragraph = g_string_new(NULL);
	page->spans = g_array_new(FALSE, FALSE, sizeof(MimeSpan));
	html_push(page, TAG_TABLE);
	table.depth = page->depth;
	done = try_table(page, &table);
	if (!done) {
		html_drop(page, depth);
		g_string_free(page->paragraph, TRUE);
		g_array_unref(page->spans);
		page->paragraph = table.paragraph;
		page->spans = table.spans;
		page->tokens = tokens;
		page->token = token;
		page->overflow = 0;
		page->hidden_open = FALSE;
		mime_text_rewind(page->out, links, images);
	}
	g_ptr_array_unref(table.cells);
	return done;
}
