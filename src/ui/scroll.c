/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/scroll.h"

#include "ui/core.h"
#include "util/i18n.h"

/* Lines kept when paging. */
#define OVERLAP 1

static guint
last_top(const View *view)
{
	const List *scroll = view->scroll;

	return scroll->count > MAX(scroll->page, 1) ? scroll->count - MAX(scroll->page, 1) : 0;
}

static void
move(View *view, gint64 lines)
{
	gint64 top = (gint64)view->scroll->top + lines;

	view->scroll->top = (guint)CLAMP(top, 0, (gint64)last_top(view));
}

void
scroll_to(View *view, guint line)
{
	view->scroll->top = MIN(line, last_top(view));
}

gboolean
scroll_at_end(const View *view)
{
	return view->scroll->top >= last_top(view);
}

void
scroll_line_next(View *view, const CommandCall *call)
{
	move(view, call->count ? call->count : 1);
}

void
scroll_line_previous(View *view, const CommandCall *call)
{
	move(view, -(gint64)(call->count ? call->count : 1));
}

void
scroll_page_next(View *view, const CommandCall *call)
{
	(void)call;
	move(view, MAX((gint64)view->scroll->page - OVERLAP, 1));
}

void
scroll_page_previous(View *view, const CommandCall *call)
{
	(void)call;
	move(view, -MAX((gint64)view->scroll->page - OVERLAP, 1));
}

void
scroll_half_next(View *view, const CommandCall *call)
{
	(void)call;
	move(view, MAX(view->scroll->page / 2, 1));
}

void
scroll_half_previous(View *view, const CommandCall *call)
{
	(void)call;
	move(view, -(gint64)MAX(view->scroll->page / 2, 1));
}

void
scroll_top(View *view, const CommandCall *call)
{
	(void)call;
	view->scroll->top = 0;
}

void
scroll_bottom(View *view, const CommandCall *call)
{
	(void)call;
	view->scroll->top = last_top(view);
}

char *
scroll_place(const View *view)
{
	const List *scroll = view->scroll;

	if (scroll->count <= MAX(scroll->page, 1))
		return g_strdup(_("all"));
	return g_strdup_printf("%u %%",
		(guint)((guint64)MIN(scroll->top + scroll->page, scroll->count) * 100 / scroll->count));
}
