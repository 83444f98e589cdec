/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/filing.h"

#include "engine/folders.h"
#include "engine/mailbox.h"
#include "engine/private.h"
#include "mime/header.h"
#include "store/key.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"

#define LOOK_AGAIN_US (3 * G_USEC_PER_SEC)

typedef struct {
	EngineAccount *account;
	GPtrArray *messages; /* of OutboxMessage, without octets */
	const OutboxMessage *message;
	const char *target;
} Filing;

static gboolean
list_task(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	Filing *filing = data;

	(void)engine;
	(void)error;
	filing->messages = outbox_list(journal, filing->account->key, FALSE);
	for (guint i = filing->messages->len; i > 0; i--) {
		const OutboxMessage *message = filing->messages->pdata[i - 1];
		if (message->state != OUTBOX_SENT || message->filed)
			g_ptr_array_remove_index(filing->messages, i - 1);
	}
	return TRUE;
}

static gboolean
filed_task(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	const Filing *filing = data;

	(void)engine;
	return outbox_set_filed(journal, filing->message->id, error);
}

/* The copy and the note that it is queued, in one commit. */
static gboolean
append_task(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	const Filing *filing = data;
	g_autoptr(OutboxMessage) message = outbox_get(journal, filing->message->id);
	GBytes *octets = message ? (message->copy ? message->copy : message->message) : NULL;
	g_autoptr(Operation) operation = operation_new(OPERATION_APPEND, filing->account->key);
	Operation *one[1] = {operation};
	OperationMessage *described;

	if (octets == NULL)
		return outbox_set_filed(journal, filing->message->id, error);
	operation->target = g_strdup(filing->target);
	operation->content = g_bytes_ref(octets);
	operation->add_flags = MESSAGE_SEEN;
	operation->date = operation->made = g_get_real_time() / G_USEC_PER_SEC;
	operation->undoes = OPERATION_AUTOMATIC;
	operation->words = g_strdup(_("Kept a copy of a sent message"));
	described = operation_add_message(operation);
	described->folder = g_strdup(filing->target);
	described->size = (guint32)MIN(g_bytes_get_size(octets), G_MAXUINT32);
	described->received = operation->date;
	described->key = store_message_key(&engine->hash_key, message->message_id);
	if (!journal_begin(journal, error))
		return FALSE;
	if (!journal_add(journal, one, 1, error) || !outbox_set_filed(journal, message->id, error)) {
		journal_rollback(journal);
		return FALSE;
	}
	return journal_commit(journal, error);
}

/* Where the copy belongs. The caller's; NULL: nowhere. */
static StoreFolder *
target_of(Worker *worker, const OutboxMessage *message)
{
	StoreView *view = worker_view(worker);
	StoreFolder *folder = NULL;

	if (view == NULL)
		return NULL;
	if (worker->account->sent_copy == SENT_COPY_HERE && message->answers != 0)
		folder = store_view_folder_by_id(view, ROW_FOLDER(message->answers));
	return folder ? folder : store_view_folder_by_role(view, ROLE_SENT);
}

/* *found: it is there. */
static gboolean
look(Worker *worker, const StoreFolder *folder, const OutboxMessage *message, gboolean *found, GError **error)
{
	g_autofree char *id = g_strdup_printf("<%s>", message->message_id);
	g_autoptr(ImapSet) set = NULL;

	if (!mailbox_open(worker, folder->id, error))
		return FALSE;
	set = imap_session_search_message_id(worker->session, id, worker->cancel, error);
	*found = set != NULL && !imap_set_is_empty(set);
	return set != NULL;
}

static gboolean
file_one(Worker *worker, Filing *filing, GError **error)
{
	g_autoptr(StoreFolder) folder = target_of(worker, filing->message);
	gint64 key = filing->message->id;
	gint64 *first;
	gboolean found = FALSE;

	/* An account that was never synced knows no folders yet. */
	if (folder == NULL && !worker->list_known) {
		if (!folders_refresh(worker, FALSE, error))
			return FALSE;
		folder = target_of(worker, filing->message);
	}
	if (folder == NULL) {
		engine_post_note(worker->account->engine, worker->account->key,
			_("No folder for sent mail is known, so no copy is kept. Name it in the "
			  "configuration: roles = "
			  "sent=FOLDER"),
			NULL);
		return journal_call(worker->account->engine, filed_task, filing, error);
	}
	filing->target = folder->name;
	if (!look(worker, folder, filing->message, &found, error))
		return FALSE;
	if (found || worker->account->config->read_only) {
		g_hash_table_remove(worker->looked, &key);
		return journal_call(worker->account->engine, filed_task, filing, error);
	}
	first = g_hash_table_lookup(worker->looked, &key);
	if (first == NULL) {
		gint64 now = dates_clock_us();
		g_hash_table_insert(
			worker->looked, g_memdup2(&key, sizeof(key)), g_memdup2(&now, sizeof(now)));
		worker->file_at_us = now + LOOK_AGAIN_US;
		return TRUE;
	}
	if (dates_clock_us() < *first + LOOK_AGAIN_US) {
		worker->file_at_us = *first + LOOK_AGAIN_US;
		return TRUE;
	}
	g_hash_table_remove(worker->looked, &key);
	if (!journal_call(worker->account->engine, append_task, filing, error))
		return FALSE;
	cachewriter_wake(worker->account);
	return TRUE;
}

gboolean
filing_run(Worker *worker, GError **error)
{
	Filing filing = {.account = worker->account};
	gboolean ok;

	worker->file_at_us = 0;
	ok = journal_call(worker->account->engine, list_task, &filing, error);
	for (guint i = 0; ok && i < filing.messages->len; i++) {
		filing.message = filing.messages->pdata[i];
		ok = filing.message->message_id == NULL || file_one(worker, &filing, error);
	}
	g_clear_pointer(&filing.messages, g_ptr_array_unref);
	return ok;
}
