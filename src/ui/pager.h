/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pager.h - one message.
 *
 * Its text is laid out on the reader's thread; here are only lines. What
 * Posthorn itself says stands in a box below that no mail text reaches.
 */
#pragma once

#include "mime/text.h"
#include "ui/view.h"

extern const ViewClass pager_class;

/* The message selected in the index. */
void pager_open_index(App *app, View *index);
/* A message in a file. */
void pager_open_file(App *app, const char *path);
/* A message that is octets (a preview). */
void pager_open_octets(App *app, const char *title, GBytes *octets);
/* Show what is selected in the index now; closes where there is nothing. */
void pager_follow(View *view);

/* When view is a pager whose text could not be had: ask for it again. */
void pager_retry(View *view);

/* What is shown, for links, parts and replies. */
UiAccount *pager_account(View *view);   /* NULL: from a file */
RowId pager_row(View *view);            /* 0: from a file */
GBytes *pager_octets(View *view);       /* of a file; NULL: from the store */
const MimeText *pager_text(View *view); /* NULL: not here yet */
