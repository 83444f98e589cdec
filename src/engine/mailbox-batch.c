/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mailbox-private.h"

#include "engine/rules-arrival.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"

/* While a folder is filled who shows it hears of it this often, microseconds. */
#define BULK_TELL_US (100 * 1000)
/* Header octets are kept in blocks of this size. */
#define OCTETS_BLOCK (64 * 1024)

#define NEWS_ITEMS (IMAP_FETCH_FLAGS | IMAP_FETCH_DATE | IMAP_FETCH_SIZE | IMAP_FETCH_MODSEQ | IMAP_FETCH_IDS)

/* All that list, threads, rules and the query language need: later would mean reading all headers again. */
static const char header_fields[] =
	"From To Cc Reply-To Subject Date Message-ID In-Reply-To References List-Id List-Unsubscribe "
	"List-Unsubscribe-Post List-Post X-Priority Importance Priority X-MSMail-Priority Auto-Submitted "
	"Authentication-Results Content-Type Sender Bcc Mail-Followup-To Delivered-To X-Original-To "
	"Precedence "
	"Thread-Topic Thread-Index X-Label X-Spam-Status X-Spam-Score X-Spam-Flag";

/* Its header is the batch's. */
static void
intake_free(gpointer data)
{
	StoreIntake *intake = data;

	intake->header = NULL;
	store_intake_free(intake);
}

MailboxBatch *
mailbox_batch_new(FolderId folder, gboolean news)
{
	MailboxBatch *batch = g_new0(MailboxBatch, 1);

	batch->folder = folder;
	batch->news = news;
	batch->intakes = g_ptr_array_new_with_free_func(intake_free);
	batch->octets = g_string_chunk_new(OCTETS_BLOCK);
	return batch;
}

void
mailbox_batch_free(gpointer data)
{
	MailboxBatch *batch = data;

	g_ptr_array_unref(batch->intakes);
	g_string_chunk_free(batch->octets);
	g_free(batch);
}

static char *
content_id_of(const ImapRow *row)
{
	if (row->has & IMAP_HAS_GM_MSGID)
		return g_strdup_printf("%" G_GUINT64_FORMAT, row->gm_msgid);
	return row->has & IMAP_HAS_EMAILID ? g_strdup(row->email_id) : NULL;
}

static void
set_header(MailboxBatch *batch, StoreIntake *intake, const ImapRow *row)
{
	intake->header = g_string_chunk_insert_len(
		batch->octets, row->fields.data ? row->fields.data : "", (gssize)row->fields.length);
	intake->header_length = row->fields.length;
}

static void
batch_row(const ImapRow *row, gpointer user)
{
	MailboxBatch *batch = user;
	StoreIntake *intake;

	if (row->uid == 0)
		return;
	intake = g_new0(StoreIntake, 1);
	intake->uid = row->uid;
	intake->flags = mailbox_flags(&row->flags, &intake->keywords);
	intake->received = row->received.seconds;
	intake->size = (guint32)MIN(row->size, G_MAXUINT32);
	intake->modseq = row->modseq;
	if (row->has & IMAP_HAS_FIELDS)
		set_header(batch, intake, row);
	intake->content_id = content_id_of(row);
	batch->top = MAX(batch->top, row->uid);
	if (batch->low == 0 || row->uid < batch->low)
		batch->low = row->uid;
	g_ptr_array_add(batch->intakes, intake);
}

/* Whoever reads the rows again needs not do so for each of many batches a second. */
void
mailbox_tell_rows(EngineAccount *account, FolderId folder, gboolean bulk)
{
	gint64 now = dates_clock_us();

	if (bulk && now - account->bulk_told_us < BULK_TELL_US)
		return;
	if (bulk)
		account->bulk_told_us = now;
	engine_post_rows(account, folder);
	engine_post_folders(account);
}

static gboolean
batch_store(EngineAccount *account, StoreCache *cache, gpointer data, GError **error)
{
	MailboxBatch *batch = data;
	g_autoptr(GArray) fresh = g_array_new(FALSE, FALSE, sizeof(RowId));
	g_autoptr(StoreFolder) before = store_cache_folder_by_id(cache, batch->folder);

	if (!store_cache_intake(cache, batch->folder, batch->intakes, batch->low, batch->high, fresh, error))
		return FALSE;
	/* Rules before anybody hears of it: what they move is never seen here. */
	if (batch->intakes->len > 0)
		rules_arrival_intake(account, cache, before, batch->low, batch->top, fresh, batch->news);
	mailbox_tell_rows(account, batch->folder, batch->bulk);
	if (batch->news && fresh->len > 0) {
		EngineEvent *event = engine_event_new(EVENT_NEW_MAIL, account->key);
		event->folder = batch->folder;
		event->rows = g_steal_pointer(&fresh);
		event->count = event->rows->len;
		engine_post(account->engine, event);
	}
	return TRUE;
}

gboolean
mailbox_batch_hand_over(Worker *worker, MailboxBatch *batch, GError **error)
{
	/* Also an empty one tells how far down all is here. */
	if (batch->intakes->len == 0 && batch->low == 0) {
		mailbox_batch_free(batch);
		return TRUE;
	}
	worker->mailbox.uidnext = MAX(worker->mailbox.uidnext, batch->top + 1);
	worker->fetched += batch->intakes->len;
	if (cache_post_bulk(worker->account, batch_store, batch, mailbox_batch_free))
		return TRUE;
	fault_set(error, FAULT_CANCELED, _("Posthorn is ending."));
	return FALSE;
}

void
mailbox_batch_fetch(ImapFetch *fetch, MailboxBatch *batch)
{
	fetch->items = NEWS_ITEMS;
	fetch->fields = header_fields;
	fetch->row = batch_row;
	fetch->user = batch;
}

/* ---- headers of contents that the account lacks ----------------------------------------- */

void
mailbox_batch_fetch_ids(ImapFetch *fetch, MailboxBatch *batch)
{
	fetch->items = NEWS_ITEMS;
	fetch->row = batch_row;
	fetch->user = batch;
}

static gboolean
know(EngineAccount *account, StoreCache *cache, gpointer data, GError **error)
{
	(void)account;
	(void)error;
	store_cache_know(cache, data);
	return TRUE;
}

typedef struct {
	MailboxBatch *batch;
	GHashTable *lacking; /* uid -> StoreIntake */
} Completing;

static void
header_row(const ImapRow *row, gpointer user)
{
	Completing *completing = user;
	StoreIntake *intake = g_hash_table_lookup(completing->lacking, GUINT_TO_POINTER(row->uid));

	if (intake != NULL && intake->header == NULL)
		set_header(completing->batch, intake, row);
}

gboolean
mailbox_batch_complete(Worker *worker, MailboxBatch *batch, Cancel *cancel, GError **error)
{
	g_autoptr(GHashTable) lacking = g_hash_table_new(NULL, NULL);
	g_autoptr(ImapSet) uids = imap_set_new();
	Completing completing = {batch, lacking};
	ImapFetch fetch = {.uids = uids, .fields = header_fields, .row = header_row, .user = &completing};

	if (!cache_call(worker->account, know, batch->intakes, error))
		return FALSE;
	for (guint i = 0; i < batch->intakes->len; i++) {
		StoreIntake *intake = batch->intakes->pdata[i];
		if (intake->known)
			continue;
		imap_set_add(uids, intake->uid);
		g_hash_table_insert(lacking, GUINT_TO_POINTER(intake->uid), intake);
	}
	if (!imap_set_is_empty(uids) && !imap_session_fetch(worker->session, &fetch, cancel, error))
		return FALSE;
	/* Gone in between. */
	for (guint i = batch->intakes->len; i-- > 0;) {
		const StoreIntake *intake = batch->intakes->pdata[i];
		if (!intake->known && intake->header == NULL)
			g_ptr_array_remove_index(batch->intakes, i);
	}
	return TRUE;
}
