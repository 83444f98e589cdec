/* SPDX-License-Identifier: GPL-3.0-or-later */
/* folders.h - the folders of all accounts as trees, with counts. */
#pragma once

#include "ui/core.h"

extern const ViewClass folders_class;

View *folders_new(App *app);
/* Only folders with unread mail, or all. */
void folders_limit_unread(View *view, gboolean unread);
/* Before the folders of an account are read again, and after: rows borrow them. */
void folders_release(View *view);
void folders_rebuild(View *view);
/* The next (step 1) or previous (-1) folder with unread mail behind the given one. NULL: none; *folder is
 * borrowed. */
UiAccount *folders_step_unread(
	App *app, UiAccount *account, const char *folder, int step, const char **found);
/* folder-read.c: all in it read; over confirm-over messages it asks. */
void folder_mark_read(View *view, UiAccount *account, const StoreFolder *folder);
