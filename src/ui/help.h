/* SPDX-License-Identifier: GPL-3.0-or-later */
/* help.h - the keys of a view, made from its tables; searchable, and Enter runs. */
#pragma once

#include "ui/view.h"

extern const ViewClass help_class;

View *help_new(App *app, View *about);
