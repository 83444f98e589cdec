/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * raw-edit.h - a message's own octets in the editor, and in the browser.
 */
#pragma once

#include "ui/view.h"

/*
 * The whole message in the editor. When it was changed, the new one is put into the same folder and the
 * old one goes to Trash: both can be undone.
 */
void raw_edit(View *view, UiAccount *account, RowId row);
/* The HTML part of a message in the browser; asks. octets: of a message in a file; NULL. */
void browser_show(View *view, UiAccount *account, RowId row, GBytes *octets);
