/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * acts.h - from what a user wants to operations: pure over views, on the journaler.
 */
#pragma once

#include "engine/private.h"

/* Describe rows into operation; unknown ones are left out. Returns how many are in. */
guint acts_describe(StoreView *view, Operation *operation, const RowId *rows, gsize count);
/* The folder of a role, or NULL with FAULT_UNKNOWN that names the setting. The caller's. */
StoreFolder *acts_role_folder(StoreView *view, FolderRole role, GError **error);
/* "Moved 3 messages to Archive", ...; translated, safe. The caller's. */
char *acts_words(const Operation *operation);
/*
 * Commit operations as one group (taken over), have them applied, and tell main by
 * ticket. words NULL: those of the first. With an empty list: words or error alone.
 */
void acts_commit(Engine *engine, Journal *journal, guint ticket, const char *account, GPtrArray *operations,
	const char *words, guint count, GError *error);
/* The caches of all accounts of these operations look at the journal. */
void acts_wake_owners(Engine *engine, const GPtrArray *operations);
/* A draft is sent or thrown away: its row here and its copy in Drafts go. (outgoing.c) */
gboolean outgoing_drop_draft(Engine *engine, Journal *journal, gint64 id, GError **error);
