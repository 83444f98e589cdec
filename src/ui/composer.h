/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * composer.h - a message being written.
 *
 * The text is written in the user's editor, which gets the terminal. Before and
 * after it the message is kept as a draft in the journal; the editor's file
 * lies in the data folder until that is durable, so that nothing that was typed is
 * lost by whatever dies.
 */
#pragma once

#include "engine/compose.h"
#include "ui/view.h"

extern const ViewClass composer_class;
extern const ViewClass drafts_class;

/* to: addresses or NULL. */
void composer_new_message(App *app, const char *to);
void composer_mailto(App *app, const char *url);
/* Answer, forward or take as a template a message of the store, or (row 0) octets. */
void composer_begin(App *app, View *view, UiAccount *account, RowId row, GBytes *octets, ComposeKind kind);
/* Several messages attached to a new one. */
void composer_forward_rows(App *app, View *view, UiAccount *account, const GArray *rows);
void composer_bounce(App *app, View *view, UiAccount *account, RowId row, GBytes *octets, const char *words);
/* Take up a draft: the one of this row in Drafts (0: from the list). */
void composer_recall(App *app, View *view, UiAccount *account, RowId row);
/* A message of the outbox back into the composer. */
void composer_from_outbox(App *app, gint64 outbox);
/* The message that waits to leave comes back. */
void composer_take_back(App *app);
/* At the start: texts that an editor left behind when all died. */
void composer_recover(App *app);
/* At the end: every open message is kept as a draft. */
void composer_save_all(App *app);
View *drafts_new(App *app);
/* Go on with a draft of the journal. */
void composer_open_draft(App *app, UiAccount *account, gint64 draft);
