/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * links.h - the links of a message with their whole targets; opening asks.
 */
#pragma once

#include "ui/view.h"

extern const ViewClass links_class;

/* The list of a pager's links. */
View *links_new(View *pager);
/* A prompt that numbers them. */
void links_choose(View *pager);
