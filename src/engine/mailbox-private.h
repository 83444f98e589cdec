/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mailbox-private.h - what mailbox.c, mailbox-batch.c and mailbox-fill.c share. */
#pragma once

#include "engine/mailbox.h"

/* Rows on their way from a FETCH to the cache writer. */
typedef struct {
	FolderId folder;
	guint32 low, high; /* all from low to high is in it; high 0: not told */
	GPtrArray *intakes;
	GStringChunk *octets; /* of the headers */
	gboolean news;        /* fresh rows are told as new mail */
	gboolean bulk;        /* one of many: not each is told */
	guint32 top;          /* highest uid in it */
} MailboxBatch;

MailboxBatch *mailbox_batch_new(FolderId folder, gboolean news);
void mailbox_batch_free(gpointer data);
/* Ask for flags, dates and the header fields; each row goes into batch. */
void mailbox_batch_fetch(ImapFetch *fetch, MailboxBatch *batch);
/* The same without header fields, for servers that name contents; then the headers of those whose content the
 * account lacks: the others will be copied. (DESIGN 6) */
void mailbox_batch_fetch_ids(ImapFetch *fetch, MailboxBatch *batch);
gboolean mailbox_batch_complete(Worker *worker, MailboxBatch *batch, Cancel *cancel, GError **error);
/* To the cache writer, which owns it from here on, also where this fails; waits while many are ahead. */
gboolean mailbox_batch_hand_over(Worker *worker, MailboxBatch *batch, GError **error);
/* On the cache writer's thread: rows of folder have changed; one of many batches (bulk) is not always told.
 */
void mailbox_tell_rows(EngineAccount *account, FolderId folder, gboolean bulk);

/* Every UID from low to high (0: no end), by one ESEARCH or SEARCH; NULL: failed. */
ImapSet *mailbox_search_range(Worker *worker, guint32 low, guint32 high, Cancel *cancel, GError **error);
/* What of the selected folder is in the cache behind all that was handed over. */
gboolean mailbox_post_synced(
	Worker *worker, guint64 modseq, guint32 uidnext, gboolean complete, GError **error);
