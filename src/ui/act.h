/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * act.h - acts on messages: asked about where they are many or for good, drawn
 * at once, then handed to the engine.
 */
#pragma once

#include "ui/view.h"

/* The messages that a command is about; NULL with words said when there are none. The caller's. */
GArray *act_targets(View *view, const CommandCall *call, UiAccount **account);
/* MOVE, COPY (target: a folder), DELETE, ARCHIVE, JUNK. ask: in any case. */
void act_on_rows(View *view, UiAccount *account, const GArray *rows, EngineActKind kind, const char *target,
	gboolean ask);
/* MOVE or COPY to another account's folder. */
void act_to_account(View *view, UiAccount *account, const GArray *rows, EngineActKind kind,
	const char *target, const char *target_account);
void act_flags(View *view, UiAccount *account, const GArray *rows, guint add, guint remove,
	const char *add_keywords, const char *remove_keywords);
/* The same without words: a message was read. */
void act_seen(View *view, UiAccount *account, RowId row);
