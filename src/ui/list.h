/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * list.h - where one stands in a list: rows, the selected one, the first on screen.
 *
 * Pure numbers. selected < count unless count is 0; the selected row is always on the screen.
 */
#pragma once

#include <glib.h>

typedef struct {
	guint count;
	guint selected;
	guint top;  /* first row on the screen */
	guint page; /* rows that fit; set by who draws; at least 1 */
} List;

void list_set_count(List *list, guint count);
void list_set_page(List *list, guint page);
/* Select a row; too large is the last. */
void list_select(List *list, guint row);
/* Up or down by rows, stopping at the ends. */
void list_move(List *list, int rows);
/* The screen moves, the selection only where it would leave it. */
void list_scroll(List *list, int rows);
/* A screenful on or back, the selection moves with it. */
void list_page(List *list, int pages);
/* Rows came or went: select row, and keep it where the eye is (line counts from the top of the screen). */
void list_keep(List *list, guint row, guint line);
