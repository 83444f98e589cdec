/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scroll.h - commands of views that show lines of text (view->scroll).
 */
#pragma once

#include "ui/command.h"

void scroll_line_next(View *view, const CommandCall *call);
void scroll_line_previous(View *view, const CommandCall *call);
void scroll_page_next(View *view, const CommandCall *call);
void scroll_page_previous(View *view, const CommandCall *call);
void scroll_half_next(View *view, const CommandCall *call);
void scroll_half_previous(View *view, const CommandCall *call);
void scroll_top(View *view, const CommandCall *call);
void scroll_bottom(View *view, const CommandCall *call);
gboolean scroll_at_end(const View *view);
/* Line becomes the first on the screen, as far as there are lines below. */
void scroll_to(View *view, guint line);
/* "38 %", or words for all. The caller's. */
char *scroll_place(const View *view);
