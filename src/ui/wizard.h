/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wizard.h - a form that sets up an account, tests it live, and says what to do where it fails. */
#pragma once

#include "ui/view.h"

extern const ViewClass wizard_class;

View *wizard_new(App *app);
