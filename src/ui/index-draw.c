/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/index-state.h"

#include <string.h>
#include <time.h>

#include "mime/header.h"
#include "util/dates.h"
#include "util/i18n.h"
#include "util/text.h"

/* Date headings appear in panes of so many rows. */
#define HEADING_ROWS 35
/* Levels of a thread's tree that are drawn; deeper ones stand at this depth. */
#define TREE_LEVELS 8

static gboolean
matches_pattern(const char *pattern, const char *address)
{
	return strchr(pattern, '*') ? g_pattern_match_simple(pattern, address)
				    : mime_address_same(pattern, address);
}

gboolean
index_is_me(const IndexView *index, const char *address)
{
	const AccountConfig *config = app_account_config(index->view.app, index->account);

	if (!address)
		return FALSE;
	if (config && config->address && mime_address_same(config->address, address))
		return TRUE;
	for (guint i = 0; index->me && index->me[i]; i++)
		if (matches_pattern(index->me[i], address))
			return TRUE;
	return FALSE;
}

/* ---- one row ----------------------------------------------------------------------------- */

typedef struct {
	IndexView *index;
	Grid *grid;
	Rect rect;
	guint row, entry;
	const StoreRow *message;
	guint flags;
	StyleId style;  /* of the whole row, where no column has its own */
	gboolean plain; /* columns keep to that style */
} RowDraw;

static const char *
first_mark(const RowDraw *draw, StyleId *style)
{
	if (draw->flags & MESSAGE_SEEN)
		return " ";
	*style = STYLE_UNREAD;
	return grid_glyph(draw->grid, draw->flags & MESSAGE_RECENT ? GLYPH_BULLET : GLYPH_RING);
}

static const char *
state_mark(const RowDraw *draw, StyleId *style)
{
	guint flags = draw->flags;

	if (flags & MESSAGE_FAILED) {
		*style = STYLE_BAD;
		return "x";
	}
	if (flags & MESSAGE_PENDING) {
		*style = STYLE_PENDING;
		return grid_glyph(draw->grid, GLYPH_PENDING);
	}
	if (flags & MESSAGE_DELETED)
		return "D";
	if (flags & MESSAGE_DRAFT)
		return "d";
	if (flags & MESSAGE_ANSWERED)
		return "r";
	return flags & MESSAGE_FORWARDED ? "f" : " ";
}

static const char *
weight_mark(const RowDraw *draw, StyleId *style)
{
	*style = STYLE_FLAGGED;
	if (draw->flags & MESSAGE_FLAGGED)
		return "!";
	if (draw->message->priority == PRIORITY_HIGH)
		return "^";
	*style = STYLE_DIM;
	return draw->message->priority == PRIORITY_LOW ? "_" : " ";
}

static void
draw_marks(RowDraw *draw, int x)
{
	StyleId styles[4] = {draw->style, draw->style, draw->style, STYLE_MARKED};
	const char *marks[4];

	marks[0] = first_mark(draw, &styles[0]);
	marks[1] = state_mark(draw, &styles[1]);
	marks[2] = weight_mark(draw, &styles[2]);
	marks[3] = view_is_marked(&draw->index->view, draw->row) ? "*" : " ";
	for (int i = 0; i < 4; i++)
		grid_text(draw->grid, draw->rect, 0, x + i, styles[i], marks[i]);
}

/* Who a row is from; own mail says to whom. The caller's. */
static char *
sender(const RowDraw *draw)
{
	const StoreRow *message = draw->message;
	g_autoptr(GPtrArray) to = NULL;

	if (index_is_me(draw->index, message->from_address) && message->to) {
		const MimeAddress *first;
		g_autofree char *shown = NULL;

		to = mime_parse_addresses(message->to, -1, NULL);
		first = to->len > 0 ? g_ptr_array_index(to, 0) : NULL;
		if (!first)
			return g_strdup(_("you"));
		shown = mime_sender_display(first->name, first->address, FALSE);
		return g_strdup_printf(_("To %s"), shown);
	}
	return mime_sender_display(message->from_name, message->from_address ? message->from_address : "",
		message->several_from);
}

/* For each level 1..depth: another row of the thread follows at that level. */
static void
tree_continues(const IndexView *index, guint entry, guint depth, gboolean *follows)
{
	const StoreOrder *order = index->order;
	guint least = depth + 1;

	memset(follows, 0, sizeof(gboolean) * 256);
	for (gsize i = entry + 1; i < order->length && order->entries[i].thread_rows == 0 && least > 1; i++)
		if (order->entries[i].depth < least) {
			least = order->entries[i].depth;
			follows[least] = TRUE;
		}
}

static int
draw_tree(RowDraw *draw, Rect cell)
{
	const StoreOrderEntry *entry = &draw->index->order->entries[draw->entry];
	gboolean follows[256];
	guint depth = entry->depth, from;
	int x = 0;

	if (!draw->index->spec.threads)
		return 0;
	if (entry->thread_rows > 1 && index_is_folded(draw->index, draw->entry))
		return grid_print(draw->grid, cell, 0, 0, STYLE_COUNT, "%u%s ", entry->thread_rows,
			grid_glyph(draw->grid, GLYPH_OPEN));
	if (depth == 0)
		return 0;
	tree_continues(draw->index, draw->entry, depth, follows);
	from = depth > TREE_LEVELS ? depth - TREE_LEVELS + 1 : 1;
	for (guint level = from; level < depth; level++) {
		grid_text(draw->grid, cell, 0, x, STYLE_TREE,
			follows[level] ? grid_glyph(draw->grid, GLYPH_VERTICAL) : " ");
		x += 2;
	}
	x = grid_text(draw->grid, cell, 0, x, STYLE_TREE,
		grid_glyph(draw->grid, follows[depth] ? GLYPH_TEE_RIGHT : GLYPH_CORNER));
	return x + 1;
}

static gboolean
repeats_subject(const RowDraw *draw)
{
	const StoreRow *above;
	g_autofree char *mine = NULL, *other = NULL;

	if (draw->row == 0 || draw->index->order->entries[draw->entry].thread_rows > 0 ||
		!draw->index->spec.threads)
		return FALSE;
	above = index_row(draw->index, draw->row - 1);
	if (!above)
		return FALSE;
	mine = mime_base_subject(draw->message->subject ? draw->message->subject : "", NULL);
	other = mime_base_subject(above->subject ? above->subject : "", NULL);
	return strcmp(mine, other) == 0;
}

static void
draw_subject(RowDraw *draw, Rect cell)
{
	const char *subject = draw->message->subject;
	g_autofree char *safe = text_safe(subject && *subject ? subject : _("(no subject)"), -1, TEXT_MARKS);
	StyleId style = draw->style;
	int x = draw_tree(draw, cell);

	if (!draw->plain && draw->style == STYLE_NORMAL && repeats_subject(draw))
		style = STYLE_DIM;
	grid_column(draw->grid, cell, 0, x, cell.cols - x, style, safe);
}

/* Keywords that a person gave: those that begin with $ are between programs. */
static char *
own_keywords(const char *keywords)
{
	g_auto(GStrv) words = g_strsplit(keywords ? keywords : "", " ", -1);
	g_autoptr(GString) out = g_string_new(NULL);

	for (guint i = 0; words[i] != NULL; i++)
		if (words[i][0] != '\0' && words[i][0] != '$')
			g_string_append_printf(out, "%s%s", out->len > 0 ? " " : "", words[i]);
	return out->len > 0 ? g_string_free(g_steal_pointer(&out), FALSE) : NULL;
}

/* Labels, or for a row from elsewhere its folder. The caller's; NULL: none. */
static char *
label_text(const StoreRow *message)
{
	if (message->flags & MESSAGE_FOREIGN)
		return g_strdup(message->folder_name);
	return own_keywords(message->keywords);
}

static void
draw_label(RowDraw *draw, Rect cell)
{
	g_autofree char *label = label_text(draw->message);
	g_autofree char *safe = label ? text_safe(label, -1, TEXT_MARKS) : NULL;

	grid_column(draw->grid, cell, 0, 0, cell.cols, STYLE_DIM, safe);
}

static char *
date_text(const IndexView *index, gint64 sent)
{
	const char *format = index->preferences ? index->preferences->date_format : NULL;
	g_autoptr(GDateTime) date = NULL;
	g_autofree char *text = NULL;

	if (format && *format && strcmp(format, "auto") != 0)
		date = g_date_time_new_from_unix_local(sent);
	text = date ? g_date_time_format(date, format) : NULL;
	return text ? text_safe(text, -1, TEXT_MARKS) : dates_format_short(sent, time(NULL));
}

static void
draw_column(RowDraw *draw, const Column *column)
{
	Rect cell = rect_columns(draw->rect, column->x, column->cells);
	const StoreRow *message = draw->message;
	g_autofree char *text = NULL;

	switch (column->kind) {
	case COLUMN_MARKS:
		draw_marks(draw, column->x);
		break;
	case COLUMN_DATE:
		text = date_text(draw->index, message->sent);
		grid_column(draw->grid, cell, 0, 0, cell.cols, draw->plain ? draw->style : STYLE_DATE, text);
		break;
	case COLUMN_FROM:
		text = sender(draw);
		grid_column(draw->grid, cell, 0, 0, cell.cols, draw->style, text);
		break;
	case COLUMN_SUBJECT:
		draw_subject(draw, cell);
		break;
	case COLUMN_SIZE:
		text = text_size(message->size);
		grid_column_right(draw->grid, cell, 0, 0, cell.cols, STYLE_DIM, text);
		break;
	case COLUMN_ATTACH:
		grid_text(draw->grid, cell, 0, 0, STYLE_DIM, message->attachment ? "@" : " ");
		break;
	case COLUMN_LABEL:
		draw_label(draw, cell);
		break;
	case COLUMN_NUMBER:
		text = g_strdup_printf("%u", draw->row + 1);
		grid_column_right(draw->grid, cell, 0, 0, cell.cols, STYLE_DIM, text);
		break;
	default:
		break;
	}
}

/* A folded thread is unread while anything in it is. */
static gboolean
hides_unread(const RowDraw *draw)
{
	const StoreOrder *order = draw->index->order;
	guint end = draw->entry + order->entries[draw->entry].thread_rows;

	if (!index_is_folded(draw->index, draw->entry))
		return FALSE;
	for (guint i = draw->entry + 1; i < end && i < order->length; i++)
		if (!(order->entries[i].flags & MESSAGE_SEEN) && !order->entries[i].foreign)
			return TRUE;
	return FALSE;
}

static void
choose_style(RowDraw *draw)
{
	draw->style = STYLE_NORMAL;
	if (hides_unread(draw))
		draw->flags &= ~(guint)MESSAGE_SEEN;
	if (draw->flags & MESSAGE_FOREIGN) {
		draw->style = STYLE_FOREIGN;
		draw->plain = TRUE;
	} else if (!(draw->flags & MESSAGE_SEEN)) {
		draw->style = STYLE_UNREAD;
	}
	if (draw->index->found && g_hash_table_contains(draw->index->found, &draw->message->id))
		draw->style = STYLE_HEADING;
}

static void
draw_row(IndexView *index, Grid *grid, Rect rect, guint row)
{
	RowDraw draw = {
		.index = index, .grid = grid, .rect = rect, .row = row, .entry = index_entry(index, row)};

	draw.message = index_row(index, row);
	if (!draw.message) {
		grid_text(grid, rect, 0, 5, STYLE_DIM, _("(gone)"));
		return;
	}
	draw.flags = index_flags(&index->view, draw.message);
	choose_style(&draw);
	for (guint i = 0; i < index->columns->len; i++) {
		const Column *column = &g_array_index(index->columns, Column, i);

		if (column->cells > 0)
			draw_column(&draw, column);
	}
}

/* ---- the list ---------------------------------------------------------------------------- */

static gboolean
has_headings(const IndexView *index, Rect rect)
{
	return rect.rows >= HEADING_ROWS && !index->spec.threads &&
	       (index->spec.key == SORT_DATE || index->spec.key == SORT_RECEIVED);
}

/* Days since some Sunday, of the local day of a time; -1: unknown. */
static gint64
local_day(gint64 seconds)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(seconds);
	GDate date;

	if (!time)
		return -1;
	g_date_set_dmy(&date, (GDateDay)g_date_time_get_day_of_month(time),
		(GDateMonth)g_date_time_get_month(time), (GDateYear)g_date_time_get_year(time));
	return g_date_get_julian(&date);
}

static const char *
heading_of(gint64 seconds, gint64 now)
{
	gint64 age = local_day(now) - local_day(seconds);

	if (age < 0)
		return _("To come");
	if (age == 0)
		return _("Today");
	if (age == 1)
		return _("Yesterday");
	if (age < 7)
		return _("Last seven days");
	if (age < 31)
		return _("Last month");
	return age < 366 ? _("Last year") : _("Older");
}

/* What nobody on the screen has. */
static guint
empty_columns(IndexView *index, guint count)
{
	for (guint row = index->list.top; row < index->list.top + count && row < index->list.count; row++) {
		const StoreRow *message = index_row(index, row);
		g_autofree char *label = message ? label_text(message) : NULL;

		if (label)
			return 0;
	}
	return COLUMN_BIT(COLUMN_LABEL);
}

/* Draw rows from the top; returns how many fitted. *seen: the selected one was among them. */
static guint
draw_rows(IndexView *index, Grid *grid, Rect rect, gboolean focused, gboolean headings, gboolean *seen)
{
	const char *last = NULL;
	gint64 now = time(NULL);
	guint row = index->list.top;
	int y = 0;

	*seen = FALSE;
	for (; y < rect.rows && row < index->list.count; row++) {
		const StoreRow *message = headings ? index_row(index, row) : NULL;
		const char *heading = message ? heading_of(message->sent, now) : NULL;
		Rect line;

		if (heading && heading != last && y + 1 < rect.rows)
			grid_text(grid, rect, y++, 5, STYLE_HEADING, heading);
		last = heading ? heading : last;
		line = rect_row(rect, y++);
		draw_row(index, grid, line, row);
		if (row != index->list.selected)
			continue;
		*seen = TRUE;
		if (focused)
			app_cursor(index->view.app, line.y, line.x, FALSE);
		grid_flag(grid, line, focused ? CELL_SELECTED : CELL_BOLD | CELL_UNDERLINE);
	}
	return row - index->list.top;
}

static void
draw_empty(IndexView *index, Grid *grid, Rect rect)
{
	const char *words = _("This folder is empty.");

	if (!index->folder || (!index->order && !index->spec.words))
		words = _("The first messages come as soon as the server has sent them.");
	else if (index->loading)
		words = _("Looking ...");
	else if (index->spec.words || index->spec.unread_only)
		words = _("No message fits the limit. l and an empty line clear it.");
	view_draw_words(grid, rect, 1, 2, STYLE_DIM, words);
}

void
index_draw(View *view, Grid *grid, Rect rect, gboolean focused)
{
	IndexView *index = (IndexView *)view;
	gboolean headings = has_headings(index, rect), seen = FALSE;
	guint fitted;

	list_set_page(&index->list, (guint)MAX(rect.rows, 1));
	if (index->list.count == 0) {
		draw_empty(index, grid, rect);
		return;
	}
	index_need_rows(index, index->list.top > 0 ? index->list.top - 1 : 0, (guint)rect.rows + 2);
	columns_layout(index->columns, rect.cols, empty_columns(index, (guint)rect.rows));
	for (int tries = 0; tries < 8; tries++) {
		fitted = draw_rows(index, grid, rect, focused, headings, &seen);
		if (seen || index->list.selected < index->list.top)
			break;
		/* Headings pushed the selected row out: begin lower. */
		index->list.top += index->list.selected - (index->list.top + fitted) + 1;
		grid_fill(grid, rect, STYLE_NORMAL);
	}
	if (headings)
		index->list.page = MAX(fitted, 1);
}
