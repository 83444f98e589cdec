/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parts.h - the MIME tree of a message: look at parts, save, open and pipe them. */
#pragma once

#include "ui/view.h"

extern const ViewClass parts_class;

/* Of a row of the store, or (account NULL) of octets. */
View *parts_new(App *app, UiAccount *account, RowId row, GBytes *octets);
