/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text-view.h - lines of words to read: addresses in full, the raw message, a job's details.
 */
#pragma once

#include "ui/view.h"

extern const ViewClass text_class;

/* Short words of ours, wrapped. They pass text_safe() here. */
View *text_view_new(App *app, const char *title, const char *text);
/*
 * Octets of any size, line by line as they stand, wide lines cut; made ready on a worker. charset:
 * as the message says; NULL: what it seems to be.
 */
View *text_view_octets(App *app, const char *title, GBytes *octets, const char *charset);
