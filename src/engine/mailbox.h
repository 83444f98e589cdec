/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mailbox.h - one folder between a connection and the cache.
 *
 * Newest first: the first rows after one small FETCH, then what is older in
 * batches, pipelined several deep, each committed with its range. What is known
 * comes up to date by QRESYNC, else CONDSTORE, else by comparing flags and UIDs.
 */
#pragma once

#include "engine/worker.h"

/* Flags of the wire to those of the store; *keywords: others, blank-separated, NULL: none. The caller's. */
guint32 mailbox_flags(const ImapFlags *flags, char **keywords);
/* MessageFlags as IMAP system flags, and those that are keywords there appended to keywords (char*, static).
 */
guint mailbox_system_flags(guint32 flags, GPtrArray *keywords);

/* A folder's row in the cache, behind all that was handed over before. The caller's; NULL: unknown. */
StoreFolder *mailbox_folder(Worker *worker, FolderId id, const char *name);

/*
 * Select folder on this connection, and bring what is known of it up to date, and what is
 * newer, and, the first time, the newest rows. Selected already: only the news.
 *
 * worker->mailbox.id is the folder's id afterwards: another one than folder where the server
 * numbered it anew, or 0 where this connection does not read it. The latter concerns folders
 * without UIDVALIDITY, or with UIDNOTSTICKY: what is known of such a folder holds for one
 * SELECT on one connection, so only one reads it (fetch, when the user opens it; in batch
 * sync), all of it, anew each time, and nothing can be changed there. (SECURITY 17)
 */
gboolean mailbox_open(Worker *worker, FolderId folder, GError **error);
/* Apply what the server said unasked about the selected mailbox. */
gboolean mailbox_news(Worker *worker, GError **error);
/*
 * Fetch the headers that are still missing, newest first, into the folder that is selected.
 * Stops early with TRUE when something else waits in worker->work.
 */
gboolean mailbox_fill(Worker *worker, GError **error);
/* How many messages the folder still lacks: 0 when all are here. */
gboolean mailbox_is_complete(const StoreFolder *folder);
