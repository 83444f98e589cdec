/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mailbox-fill.c - the older rows of a folder, batch by batch downwards.
 *
 * Where the server names contents (EMAILID, X-GM-MSGID) and the account has other
 * mail, the ids come first, and headers only for those that are not here: one
 * FETCH more a batch, behind the ids of the batches that are under way.
 */
#include "config.h"

#include "engine/mailbox-private.h"

#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

#define BATCH_ROWS 500
/*
 * Batches asked for at once. Dovecot takes four commands, and answers all of them when the last is done: it
 * idles until we have read that, unless more wait behind them. A line that was not found to be fast gets
 * fewer: what the user does meanwhile goes out behind them.
 */
#define DEPTH_FIRST 4
#define DEPTH 12
/* Octets of headers a second under which a line counts as slow; what is too little to tell; and how many
 * batches, or how much time, make one look: four answers come at once. */
#define SLOW_LINE (11 * 1024 * 1024 / 4)
#define SLOW_LEAST (64 * 1024)
#define LOOK_BATCHES 4
#define LOOK_US G_USEC_PER_SEC

typedef struct {
	Worker *worker;
	Job *job;
	ImapSet *left; /* UIDs still to fetch */
	ImapTicket tickets[DEPTH];
	MailboxBatch *batches[DEPTH];
	guint done, total;
	guint32 high;    /* what the next batch reaches up to */
	gboolean by_ids; /* contents are named, and some may be here */
	guint depth;
	gint64 looked_us; /* when the line's speed was last looked at; 0: not yet */
	guint looked;     /* batches since */
	guint64 octets;   /* of them */
	gboolean slow;    /* compress as soon as nothing is in flight */
} Fill;

static gboolean
fill_start(Fill *fill, guint slot, GError **error)
{
	g_autoptr(ImapSet) part = imap_set_take(fill->left, BATCH_ROWS, FALSE);
	ImapFetch fetch = {.uids = part};

	if (imap_set_is_empty(part))
		return TRUE;
	fill->batches[slot] = mailbox_batch_new(fill->worker->mailbox.id, FALSE);
	fill->batches[slot]->bulk = TRUE;
	if (fill->by_ids)
		mailbox_batch_fetch_ids(&fetch, fill->batches[slot]);
	else
		mailbox_batch_fetch(&fetch, fill->batches[slot]);
	fill->tickets[slot] =
		imap_session_fetch_start(fill->worker->session, &fetch, fill->job->cancel, error);
	if (fill->tickets[slot] == 0) {
		g_clear_pointer(&fill->batches[slot], mailbox_batch_free);
		return FALSE;
	}
	/* Down to the lowest asked for, even where that one is gone meanwhile; all: down to 1. */
	fill->batches[slot]->low = imap_set_is_empty(fill->left) ? 1 : imap_set_first(part);
	/* Without a gap to the one above, unless that one could not be taken whole. */
	fill->batches[slot]->high = fill->high;
	fill->high = fill->batches[slot]->low - 1;
	return TRUE;
}

/*
 * The line's speed. Compressing makes headers six times smaller, and costs
 * more than it saves on a fast line.
 */
static void
measure(Fill *fill, const MailboxBatch *batch)
{
	gint64 now = dates_clock_us();

	for (guint i = 0; fill->looked_us != 0 && i < batch->intakes->len; i++)
		fill->octets += ((StoreIntake *)batch->intakes->pdata[i])->header_length;
	fill->looked++;
	if (fill->looked_us != 0 && now - fill->looked_us < LOOK_US && fill->looked < LOOK_BATCHES)
		return;
	if (fill->octets > SLOW_LEAST &&
		fill->octets * G_USEC_PER_SEC / (guint64)MAX(now - fill->looked_us, 1) >= SLOW_LINE)
		fill->depth = DEPTH;
	else if (fill->octets > SLOW_LEAST && !fill->worker->compressed &&
		 imap_session_has(fill->worker->session, IMAP_CAP_COMPRESS_DEFLATE))
		fill->slow = TRUE;
	fill->looked_us = now;
	fill->looked = 0;
	fill->octets = 0;
}

static gboolean
turn_on_compression(Fill *fill, GError **error)
{
	fill->slow = FALSE;
	fill->worker->compressed = TRUE;
	return imap_session_compress(fill->worker->session, fill->job->cancel, error);
}

static gboolean
fill_finish(Fill *fill, guint slot, GError **error)
{
	MailboxBatch *batch = fill->batches[slot];

	if (fill->tickets[slot] == 0)
		return TRUE;
	fill->batches[slot] = NULL;
	if (!imap_session_wait(fill->worker->session, fill->tickets[slot], fill->job->cancel, error)) {
		mailbox_batch_free(batch);
		fill->tickets[slot] = 0;
		return FALSE;
	}
	fill->tickets[slot] = 0;
	if (fill->by_ids && !mailbox_batch_complete(fill->worker, batch, fill->job->cancel, error)) {
		mailbox_batch_free(batch);
		return FALSE;
	}
	measure(fill, batch);
	fill->done += batch->intakes->len;
	job_progress(fill->job, fill->done, fill->total);
	return mailbox_batch_hand_over(fill->worker, batch, error);
}

/* Ask for what there is room for, from slot on. */
static gboolean
fill_ahead(Fill *fill, guint slot, GError **error)
{
	for (guint i = 0; i < fill->depth; i++) {
		guint at = (slot + i) % DEPTH;
		if (fill->tickets[at] == 0 && !fill_start(fill, at, error))
			return FALSE;
	}
	return TRUE;
}

/* Several in flight, the oldest waited for. Ends early, cleanly, when other work waits. */
static gboolean
fill_run(Fill *fill, gboolean *interrupted, GError **error)
{
	guint slot = 0;

	if (!fill_ahead(fill, 0, error))
		return FALSE;
	while (fill->tickets[slot] != 0) {
		gboolean stop;
		if (!fill_finish(fill, slot, error))
			return FALSE;
		slot = (slot + 1) % DEPTH;
		stop = queue_length(fill->worker->work) > 0;
		if (fill->slow && fill->tickets[slot] == 0 && !turn_on_compression(fill, error))
			return FALSE;
		if (!stop && !fill->slow && !fill_ahead(fill, slot, error))
			return FALSE;
	}
	*interrupted = !imap_set_is_empty(fill->left);
	return TRUE;
}

static gboolean
tell_last(EngineAccount *account, StoreCache *cache, gpointer data, GError **error)
{
	(void)cache;
	(void)error;
	mailbox_tell_rows(account, (FolderId)GPOINTER_TO_UINT(data), FALSE);
	return TRUE;
}

static gboolean
settle_bulk(EngineAccount *account, StoreCache *cache, gpointer data, GError **error)
{
	(void)account;
	(void)data;
	return store_cache_settle_bulk(cache, error);
}

typedef struct {
	FolderId folder;
	gboolean others;
} Others;

static gboolean
find_others(EngineAccount *account, StoreCache *cache, gpointer data, GError **error)
{
	Others *others = data;

	(void)account;
	(void)error;
	others->others = store_cache_has_others(cache, others->folder);
	return TRUE;
}

/* The server names contents, and some of them may be here, in another folder. */
static gboolean
goes_by_ids(Worker *worker)
{
	Others others = {.folder = worker->mailbox.id};

	if (!imap_session_has(worker->session, IMAP_CAP_OBJECTID) &&
		!imap_session_has(worker->session, IMAP_CAP_X_GM_EXT_1))
		return FALSE;
	return cache_call(worker->account, find_others, &others, NULL) && others.others;
}

/* All that was asked for is in the cache. */
static gboolean
is_filled(Worker *worker)
{
	g_autoptr(StoreFolder) folder = mailbox_folder(worker, worker->mailbox.id, NULL);

	return folder != NULL && mailbox_is_complete(folder);
}

static void
fill_clear(Fill *fill)
{
	/* What is still in flight after a failure must not find the batch that is gone. */
	for (guint i = 0; i < G_N_ELEMENTS(fill->batches); i++) {
		imap_session_forget(fill->worker->session, fill->tickets[i]);
		g_clear_pointer(&fill->batches[i], mailbox_batch_free);
	}
	imap_set_free(fill->left);
}

gboolean
mailbox_fill(Worker *worker, GError **error)
{
	g_autoptr(StoreFolder) folder = mailbox_folder(worker, worker->mailbox.id, NULL);
	g_autofree char *name = NULL;
	Fill fill = {.worker = worker, .depth = DEPTH_FIRST};
	gboolean ok, interrupted = FALSE;
	g_autoptr(GError) failure = NULL;

	if (folder == NULL || mailbox_is_complete(folder) || folder->low_uid == 0)
		return TRUE;
	name = text_safe(folder->name, -1, TEXT_MARKS);
	fill.job = job_new(worker->account->engine, worker->account->key,
		g_strdup_printf(_("headers of %s"), name), NULL);
	fill.left = mailbox_search_range(worker, 1, folder->low_uid - 1, fill.job->cancel, &failure);
	if (fill.left == NULL) {
		job_end(fill.job, NULL, failure);
		g_propagate_error(error, g_steal_pointer(&failure));
		return FALSE;
	}
	/* "1:9" on an empty range answers the last message: clip. */
	imap_set_clip_range(fill.left, 1, folder->low_uid - 1);
	fill.total = (guint)MIN(imap_set_count(fill.left), (guint64)imap_session_exists(worker->session));
	if (fill.total == 0) {
		fill_clear(&fill);
		job_end(fill.job, NULL, NULL);
		return mailbox_post_synced(worker, 0, 0, TRUE, error);
	}
	fill.high = folder->low_uid - 1;
	fill.by_ids = goes_by_ids(worker);
	ok = fill_run(&fill, &interrupted, &failure);
	fill_clear(&fill);
	cache_post_bulk(worker->account, tell_last, GUINT_TO_POINTER(folder->id), NULL);
	job_end(fill.job, interrupted ? _("goes on after what is asked for") : NULL, failure);
	/* A content that was here when its header was left out, and gone when it came: once more. */
	if (ok && !interrupted && (!fill.by_ids || is_filled(worker)))
		ok = mailbox_post_synced(worker, 0, 0, TRUE, &failure) &&
		     cache_post_bulk(worker->account, settle_bulk, NULL, NULL);
	if (failure != NULL)
		g_propagate_error(error, g_steal_pointer(&failure));
	return ok;
}
