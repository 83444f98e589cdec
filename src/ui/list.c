/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/list.h"

static guint
page_of(const List *list)
{
	return MAX(list->page, 1);
}

/* The last sensible top: a full screen of rows below it, where there are as many. */
static guint
last_top(const List *list)
{
	return list->count > page_of(list) ? list->count - page_of(list) : 0;
}

static void
show_selected(List *list)
{
	if (list->selected < list->top)
		list->top = list->selected;
	else if (list->selected >= list->top + page_of(list))
		list->top = list->selected - page_of(list) + 1;
	list->top = MIN(list->top, last_top(list));
}

void
list_set_count(List *list, guint count)
{
	list->count = count;
	if (list->selected >= count)
		list->selected = count > 0 ? count - 1 : 0;
	show_selected(list);
}

void
list_set_page(List *list, guint page)
{
	list->page = MAX(page, 1);
	show_selected(list);
}

void
list_select(List *list, guint row)
{
	list->selected = list->count == 0 ? 0 : MIN(row, list->count - 1);
	show_selected(list);
}

void
list_move(List *list, int rows)
{
	gint64 row = (gint64)list->selected + rows;

	list_select(list, row < 0 ? 0 : (guint)row);
}

void
list_scroll(List *list, int rows)
{
	gint64 top = CLAMP((gint64)list->top + rows, 0, (gint64)last_top(list));

	list->top = (guint)top;
	if (list->selected < list->top)
		list->selected = list->top;
	else if (list->selected >= list->top + page_of(list))
		list->selected = list->top + page_of(list) - 1;
}

void
list_page(List *list, int pages)
{
	guint line = list->selected - list->top;
	gint64 rows = (gint64)pages * page_of(list);
	gint64 top = (gint64)list->top + rows;

	if (top < 0 || top > (gint64)last_top(list)) {
		/* The last screen: the selection goes to the end of the list instead. */
		gint64 row = CLAMP((gint64)list->selected + rows, 0, (gint64)list->count - 1);

		list->top = top < 0 ? 0 : last_top(list);
		list_select(list, row < 0 ? 0 : (guint)row);
		return;
	}
	list->top = (guint)top;
	list_select(list, list->top + line);
}

void
list_keep(List *list, guint row, guint line)
{
	list->selected = list->count == 0 ? 0 : MIN(row, list->count - 1);
	list->top = list->selected > line ? list->selected - line : 0;
	show_selected(list);
}
