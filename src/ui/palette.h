/* SPDX-License-Identifier: GPL-3.0-or-later */
/* palette.h - one line for every command by its name, with its meaning, keys and arguments completed. */
#pragma once

#include "ui/view.h"

void palette_open(App *app, View *view);
