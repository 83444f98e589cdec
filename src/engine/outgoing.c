/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outgoing.c - what is queued to be sent, and drafts: main's calls, done by the journaler.
 */
#include "config.h"

#include "engine/acts.h"
#include "engine/worker.h"
#include "mime/header.h"
#include "store/key.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

typedef struct {
	guint ticket;
	gint64 id;
	OutboxMessage *message;
	StoreDraft *draft;
} Request;

static void
request_free(gpointer data)
{
	Request *request = data;

	g_clear_pointer(&request->message, outbox_message_free);
	g_clear_pointer(&request->draft, store_draft_free);
	g_free(request);
}

static guint
post(Engine *engine, JournalFunc func, gint64 id, OutboxMessage *message, StoreDraft *draft)
{
	Request *request = g_new0(Request, 1);
	guint ticket = registry_next(engine->registry);

	request->ticket = ticket;
	request->id = id;
	request->message = message;
	request->draft = draft;
	journal_post(engine, func, request, request_free);
	return ticket;
}

static void
answer(Engine *engine, guint ticket, const char *account, gint64 id, const char *words, GError *error)
{
	EngineEvent *event = engine_event_new(EVENT_ACTED, account);

	event->ticket = ticket;
	event->outbox = id;
	event->words = g_strdup(error ? NULL : words);
	event->error = error;
	engine_post(engine, event);
}

static void
post_outbox(Engine *engine, const char *account, gint64 id, OutboxState state)
{
	EngineEvent *event = engine_event_new(EVENT_OUTBOX, account);

	event->outbox = id;
	event->outbox_state = state;
	engine_post(engine, event);
}

/* The sender here, or of the process that holds the account. */
static void
wake_sender(Engine *engine, const char *key)
{
	EngineAccount *account = engine_account(engine, key);

	if (account == NULL)
		return;
	worker_post(account->sender, WORK_OUTBOX);
	if (!engine_is_holder(account))
		cachewriter_wake(account);
}

/* ---- outbox ----------------------------------------------------------------------------- */

static gboolean
refuse_sending(Engine *engine, const char *key, GError **error)
{
	EngineAccount *account = engine_account(engine, key);

	if (account == NULL)
		fault_set(error, FAULT_UNKNOWN, _("There is no account \"%s\"."), key ? key : "");
	else if (account->config->smtp.host == NULL)
		fault_set(error, FAULT_INPUT,
			_("Account %s has no server for sending: set smtp = HOST:PORT in the configuration."),
			account->config->label);
	else
		return FALSE;
	return TRUE;
}

/* The draft of the same Message-ID: main may not have heard its number yet. */
static gint64
draft_number(Journal *journal, gint64 known, const char *message_id)
{
	g_autoptr(StoreDraft) draft =
		known == 0 && message_id != NULL ? draft_by_message_id(journal, message_id) : NULL;

	return draft != NULL ? draft->id : known;
}

static gboolean
send_task(Engine *engine, Journal *journal, gpointer data, GError **unused)
{
	Request *request = data;
	OutboxMessage *message = request->message;
	gboolean later = message->due > message->made;
	GError *error = NULL;

	(void)unused;
	message->draft = draft_number(journal, message->draft, message->message_id);
	if (!refuse_sending(engine, message->account, &error) && outbox_add(journal, message, &error)) {
		post_outbox(engine, message->account, message->id, OUTBOX_QUEUED);
		wake_sender(engine, message->account);
	}
	answer(engine, request->ticket, message->account, message->id,
		later ? _("Queued to be sent.") : _("Sending."), error);
	return TRUE;
}

guint
engine_send(Engine *engine, OutboxMessage *message)
{
	return post(engine, send_task, 0, message, NULL);
}

static gboolean
cancel_task(Engine *engine, Journal *journal, gpointer data, GError **unused)
{
	const Request *request = data;
	g_autoptr(OutboxMessage) message = outbox_get(journal, request->id);
	GError *error = NULL;

	(void)unused;
	if (message == NULL)
		fault_set(&error, FAULT_UNKNOWN, _("There is no such message in the outbox."));
	else if (outbox_cancel(journal, request->id, &error))
		post_outbox(engine, message->account, message->id, OUTBOX_CANCELED);
	answer(engine, request->ticket, message ? message->account : NULL, request->id,
		_("Taken back; it was not sent."), error);
	return TRUE;
}

guint
engine_outbox_cancel(Engine *engine, gint64 id)
{
	return post(engine, cancel_task, id, NULL, NULL);
}

static gboolean
retry_task(Engine *engine, Journal *journal, gpointer data, GError **unused)
{
	const Request *request = data;
	g_autoptr(OutboxMessage) message = outbox_get(journal, request->id);
	GError *error = NULL;

	(void)unused;
	if (message == NULL)
		fault_set(&error, FAULT_UNKNOWN, _("There is no such message in the outbox."));
	else if (outbox_retry(journal, request->id, g_get_real_time() / G_USEC_PER_SEC, &error)) {
		post_outbox(engine, message->account, message->id, OUTBOX_QUEUED);
		wake_sender(engine, message->account);
	}
	answer(engine, request->ticket, message ? message->account : NULL, request->id, _("Sending."), error);
	return TRUE;
}

guint
engine_outbox_retry(Engine *engine, gint64 id)
{
	return post(engine, retry_task, id, NULL, NULL);
}

/* ---- drafts --------------------------------------------------------------------------------- */

/*
 * A postponed draft also lies in Drafts: the new copy first, the old one - which we
 * put there, in its last revision - goes after it.
 */
static void
append_draft(Engine *engine, Journal *journal, const StoreDraft *draft, GError **error)
{
	StoreView *view = journaler_view(engine, draft->account);
	g_autoptr(StoreFolder) folder = view ? store_view_folder_by_role(view, ROLE_DRAFTS) : NULL;
	g_autoptr(Operation) append = NULL;
	g_autoptr(GArray) old = NULL;
	g_autoptr(Operation) remove = NULL;
	OperationMessage *message;
	Operation *both[2];

	if (folder == NULL)
		return;
	old = store_view_by_message_id(view, folder->id, draft->message_id);
	append = operation_new(OPERATION_APPEND, draft->account);
	append->target = g_strdup(folder->name);
	append->content = g_bytes_ref(draft->message);
	append->add_flags = MESSAGE_DRAFT | MESSAGE_SEEN;
	append->date = append->made = draft->saved;
	append->undoes = OPERATION_AUTOMATIC;
	append->words = g_strdup(_("Kept a draft"));
	message = operation_add_message(append);
	message->folder = g_strdup(folder->name);
	message->size = (guint32)MIN(g_bytes_get_size(draft->message), G_MAXUINT32);
	message->received = draft->saved;
	message->key = store_message_key(&engine->hash_key, draft->message_id);
	both[0] = append;
	if (!journal_add(journal, both, 1, error))
		return;
	remove = operation_new(OPERATION_EXPUNGE, draft->account);
	remove->group = append->group;
	remove->after = append->id;
	remove->made = draft->saved;
	remove->undoes = OPERATION_AUTOMATIC;
	remove->words = g_strdup(_("Removed the draft's older copy"));
	both[0] = remove;
	if (old != NULL && acts_describe(view, remove, (const RowId *)old->data, old->len) > 0)
		journal_add(journal, both, 1, error);
	cachewriter_wake(engine_account(engine, draft->account));
}

static gboolean
is_writable(Engine *engine, const char *key)
{
	const EngineAccount *account = engine_account(engine, key);

	return account != NULL && !account->config->read_only;
}

static gboolean
draft_task(Engine *engine, Journal *journal, gpointer data, GError **unused)
{
	Request *request = data;
	StoreDraft *draft = request->draft;
	GError *error = NULL;

	(void)unused;
	draft->id = draft_number(journal, draft->id, draft->message_id);
	if (draft_save(journal, draft, &error) && draft->postponed && is_writable(engine, draft->account))
		append_draft(engine, journal, draft, &error);
	answer(engine, request->ticket, draft->account, draft->id, _("The draft is kept."), error);
	return TRUE;
}

guint
engine_draft_save(Engine *engine, StoreDraft *draft)
{
	return post(engine, draft_task, 0, NULL, draft);
}

static gboolean
remove_task(Engine *engine, Journal *journal, gpointer data, GError **unused)
{
	const Request *request = data;
	GError *error = NULL;

	(void)unused;
	outgoing_drop_draft(engine, journal, request->id, &error);
	answer(engine, request->ticket, NULL, request->id, _("The draft was thrown away."), error);
	return TRUE;
}

guint
engine_draft_remove(Engine *engine, gint64 id)
{
	return post(engine, remove_task, id, NULL, NULL);
}

gboolean
outgoing_drop_draft(Engine *engine, Journal *journal, gint64 id, GError **error)
{
	g_autoptr(StoreDraft) draft = draft_get(journal, id);
	StoreView *view = draft ? journaler_view(engine, draft->account) : NULL;
	g_autoptr(StoreFolder) folder = view ? store_view_folder_by_role(view, ROLE_DRAFTS) : NULL;
	g_autoptr(GArray) rows =
		folder ? store_view_by_message_id(view, folder->id, draft->message_id) : NULL;
	g_autoptr(Operation) remove = NULL;
	Operation *one[1];

	if (draft == NULL)
		return TRUE;
	if (draft->postponed && rows != NULL && is_writable(engine, draft->account)) {
		remove = one[0] = operation_new(OPERATION_EXPUNGE, draft->account);
		remove->made = g_get_real_time() / G_USEC_PER_SEC;
		remove->undoes = OPERATION_AUTOMATIC;
		remove->words = g_strdup(_("Removed a draft"));
		if (acts_describe(view, remove, (const RowId *)rows->data, rows->len) > 0 &&
			journal_add(journal, one, 1, error))
			cachewriter_wake(engine_account(engine, draft->account));
	}
	return draft_remove(journal, id, error);
}
