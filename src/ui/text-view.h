/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text-view.h - lines of words to read: addresses in full, the raw message, a job's details.
 */
#pragma once

#include "ui/view.h"

extern const ViewClass text_class;

/* text passes text_safe() here; raw: line by line as it stands, wide lines are cut; else wrapped. */
View *text_view_new(App *app, const char *title, const char *text, gboolean raw);
/* With more to say (a job that goes on). */
void text_view_set(View *view, const char *text);
