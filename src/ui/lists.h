/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lists.h - plain lists: jobs, outbox, what can be undone, errors. */
#pragma once

#include "ui/view.h"

extern const ViewClass jobs_class;
extern const ViewClass outbox_class;
extern const ViewClass undo_class;
extern const ViewClass errors_class;

View *jobs_new(App *app);
View *outbox_new(App *app);
View *undo_new(App *app);
View *errors_new(App *app);
