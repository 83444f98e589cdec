/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/replay.h"

#include "engine/across.h"
#include "engine/folders.h"
#include "engine/mailbox.h"
#include "engine/places.h"
#include "engine/replay-join.h"
#include "imap/writer.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

/* A folder that is made anew more often than this while one operation runs is none to work in. */
#define RENUMBERED_MAX 3

/* ---- taking and settling ------------------------------------------------------------------ */

typedef struct {
	const char *account;
	gint64 above;       /* operations up to here were looked at in this run */
	GHashTable *unmade; /* rows (RowId) of those that have to wait */
	Operation *operation;
} Take;

/* Undone by another process a moment ago: not ours any more. */
static gboolean
claim(Journal *journal, const Operation *operation, gboolean *claimed, GError **error)
{
	g_autoptr(GError) failure = NULL;

	*claimed = journal_set_state(journal, operation->id, OPERATION_IN_FLIGHT, NULL, &failure);
	if (*claimed || fault_of(failure) == FAULT_REFUSED)
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&failure));
	return FALSE;
}

/*
 * Not yet: what comes before it is under way in another account, or it stands on a row
 * that such an operation has still to make.
 */
static gboolean
must_wait(Take *take, Journal *journal, Operation *operation)
{
	g_autoptr(Operation) before = operation->after ? journal_get(journal, operation->after) : NULL;
	g_autofree char *refusal = NULL;
	gboolean waits = !across_may_go(journal, operation, before, &refusal);

	if (refusal != NULL) {
		operation->state = OPERATION_ERROR;
		operation->error = g_steal_pointer(&refusal);
		return FALSE;
	}
	for (guint i = 0; !waits && i < operation->messages->len; i++) {
		const OperationMessage *message = operation->messages->pdata[i];
		waits = message->uid == 0 && g_hash_table_contains(take->unmade, &message->row);
	}
	for (guint i = 0; waits && i < operation->messages->len; i++) {
		const OperationMessage *message = operation->messages->pdata[i];
		if (message->new_row != 0)
			g_hash_table_add(
				take->unmade, g_memdup2(&message->new_row, sizeof(message->new_row)));
	}
	return waits;
}

static gboolean
take_next(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	Take *take = data;
	g_autoptr(GError) failure = NULL;

	(void)engine;
	while (take->operation == NULL) {
		g_autoptr(Operation) operation = journal_next(journal, take->account, take->above, &failure);
		gboolean claimed = FALSE;
		if (operation == NULL)
			break;
		take->above = operation->id;
		if (must_wait(take, journal, operation))
			continue;
		if (operation->state != OPERATION_ERROR && !claim(journal, operation, &claimed, error))
			return FALSE;
		if (claimed && operation->kind == OPERATION_APPEND)
			operation->content = journal_load_content(journal, operation->id);
		if (claimed || operation->state == OPERATION_ERROR)
			take->operation = g_steal_pointer(&operation);
	}
	if (failure == NULL)
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&failure));
	return FALSE;
}

static gboolean
settle_journal(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	if (!journal_save(journal, data, TRUE, error))
		return FALSE;
	across_wake(engine, journal, data);
	return TRUE;
}

static gboolean
settle_cache(EngineAccount *account, StoreCache *cache, gpointer data, GError **error)
{
	(void)account;
	return store_cache_settle(cache, data, error);
}

static void
post_settled(Worker *worker, const Operation *operation)
{
	EngineEvent *event = engine_event_new(EVENT_OPERATION, worker->account->key);

	event->operation = operation->id;
	event->group = operation->group;
	event->state = operation->state;
	event->words = g_strdup(operation->words);
	if (operation->state == OPERATION_ERROR)
		fault_set(&event->error, FAULT_REFUSED, "%s", operation->error);
	engine_post(worker->account->engine, event);
	engine_post_rows(worker->account, 0);
	engine_post_folders(worker->account);
}

/* Some done, some not: the operation failed, with the messages telling which. */
static gboolean
settle(Worker *worker, Operation *operation, const GError *failure, GError **error)
{
	gboolean all = TRUE;

	for (guint i = 0; i < operation->messages->len; i++) {
		OperationMessage *message = operation->messages->pdata[i];
		if (message->state == OPERATION_DONE)
			continue;
		message->state = OPERATION_ERROR;
		all = FALSE;
	}
	if (failure != NULL)
		all = FALSE;
	operation->state = all ? OPERATION_DONE : OPERATION_ERROR;
	if (!all) {
		g_free(operation->error);
		operation->error =
			g_strdup(failure ? failure->message
					 : _("Some of the messages are not on the server any more."));
	}
	/* The cache first: killed in between, the operation is replayed, finds itself done, and is settled
	 * again. */
	if (!cache_call(worker->account, settle_cache, operation, error) ||
		!journal_call(worker->account->engine, settle_journal, operation, error))
		return FALSE;
	post_settled(worker, operation);
	return TRUE;
}

/* ---- messages of one folder ------------------------------------------------------------------ */

static void
set_done(Operation *operation, const Place *places, FolderId folder)
{
	for (guint i = 0; i < operation->messages->len; i++)
		if (places[i].folder == folder)
			((OperationMessage *)operation->messages->pdata[i])->state = OPERATION_DONE;
}

static gboolean
check_writable(Worker *worker, GError **error)
{
	g_autofree char *name = NULL;

	if (!worker->mailbox.read_only)
		return TRUE;
	name = text_safe(worker->mailbox.name, -1, TEXT_MARKS);
	fault_set(error, FAULT_REFUSED, _("The server lets folder \"%s\" be read only."), name);
	return FALSE;
}

static gboolean
store_flags(Worker *worker, const ImapSet *uids, ImapStoreMode mode, guint32 flags, const char *keywords,
	GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new();
	g_auto(GStrv) words = g_strsplit(keywords ? keywords : "", " ", -1);
	ImapStore store = {.uids = uids, .mode = mode};

	store.system = mailbox_system_flags(flags, list);
	for (guint i = 0; words[i] != NULL; i++)
		if (words[i][0] != '\0')
			g_ptr_array_add(list, words[i]);
	if (store.system == 0 && list->len == 0)
		return TRUE;
	g_ptr_array_add(list, NULL);
	store.keywords = (const char *const *)list->pdata;
	return imap_session_store(worker->session, &store, NULL, worker->cancel, error);
}

static gboolean
replay_flags(Worker *worker, Operation *operation, const ImapSet *uids, GError **error)
{
	return store_flags(
		       worker, uids, IMAP_STORE_ADD, operation->add_flags, operation->add_keywords, error) &&
	       store_flags(worker, uids, IMAP_STORE_REMOVE, operation->remove_flags,
		       operation->remove_keywords, error);
}

/* Never a bare EXPUNGE: it would take others' \Deleted with it. Without UIDPLUS the mark is all. */
static gboolean
replay_expunge(Worker *worker, const ImapSet *uids, GError **error)
{
	if (!store_flags(worker, uids, IMAP_STORE_ADD, MESSAGE_DELETED, NULL, error))
		return FALSE;
	return !imap_session_has(worker->session, IMAP_CAP_UIDPLUS) ||
	       imap_session_expunge(worker->session, uids, worker->cancel, error);
}

/* ---- to a target ------------------------------------------------------------------------------- */

typedef struct {
	gint64 id;
	guint32 uidvalidity, uidnext;
} Target;

static gboolean
note_target(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	const Target *target = data;

	(void)engine;
	return journal_set_target(journal, target->id, target->uidvalidity, target->uidnext, error);
}

static StoreFolder *
target_folder(Worker *worker, const Operation *operation, GError **error)
{
	g_autofree char *name = NULL;
	StoreFolder *folder = mailbox_folder(worker, 0, operation->target);

	if (folder == NULL) {
		name = text_safe(operation->target, -1, TEXT_MARKS);
		fault_set(error, FAULT_UNKNOWN, _("There is no folder \"%s\"."), name);
	}
	return folder;
}

/* The target's UIDNEXT is durable before anything goes out. */
static gboolean
prepare_target(Worker *worker, Operation *operation, const StoreFolder *folder, GError **error)
{
	ImapStatus status = {0};
	Target target = {.id = operation->id};

	if (!imap_session_status(worker->session, folder->raw, &status, worker->cancel, error))
		return FALSE;
	target.uidvalidity = operation->target_uidvalidity = status.uidvalidity;
	target.uidnext = operation->target_uidnext = MAX(status.uidnext, 1);
	return journal_call(worker->account->engine, note_target, &target, error);
}

/* By COPYUID. */
static void
take_pairs(Operation *operation, const Place *places, FolderId folder, const ImapCopied *copied)
{
	for (guint p = 0; p < copied->pairs->len; p++) {
		const ImapUidPair *pair = &g_array_index(copied->pairs, ImapUidPair, p);
		for (guint i = 0; i < operation->messages->len; i++) {
			OperationMessage *message = operation->messages->pdata[i];
			if (places[i].folder != folder || places[i].uid != pair->from)
				continue;
			message->new_uid = pair->to;
			message->state = OPERATION_DONE;
		}
	}
}

static guint
count_open(const Operation *operation, const Place *places, FolderId folder)
{
	guint count = 0;

	for (guint i = 0; i < operation->messages->len; i++)
		if ((folder == 0 || places[i].folder == folder) &&
			((OperationMessage *)operation->messages->pdata[i])->state != OPERATION_DONE)
			count++;
	return count;
}

/* Select a folder to change something in it, or to look what arrived there. */
static gboolean
open_numbered(Worker *worker, FolderId folder, GError **error)
{
	if (!mailbox_open(worker, folder, error))
		return FALSE;
	if (worker->mailbox.id != 0 && !worker->mailbox.unnumbered)
		return TRUE;
	fault_set(error, FAULT_REFUSED,
		_("The server gives the messages of this folder no lasting numbers, so nothing in it can be "
		  "changed."));
	return FALSE;
}

/* What stands in the target already: by its key among what came after the noted UIDNEXT. */
static gboolean
find_in_target(Worker *worker, Operation *operation, StoreFolder *target, GError **error)
{
	if (!open_numbered(worker, target->id, error))
		return FALSE;
	target->id = worker->mailbox.id;
	return places_find_arrived(worker, operation, target->id, error);
}

static gboolean
delete_source(
	Worker *worker, Operation *operation, const Place *places, const StoreFolder *source, GError **error)
{
	g_autoptr(ImapSet) uids = imap_set_new();

	for (guint i = 0; i < operation->messages->len; i++)
		if (places[i].folder == source->id &&
			((OperationMessage *)operation->messages->pdata[i])->state == OPERATION_DONE)
			imap_set_add(uids, places[i].uid);
	if (imap_set_is_empty(uids))
		return TRUE;
	if (!open_numbered(worker, source->id, error))
		return FALSE;
	/* Made anew meanwhile: these numbers are other messages'. */
	return worker->mailbox.uidvalidity != source->uidvalidity || replay_expunge(worker, uids, error);
}

/* COPYUID is only the server's word: what it names must be new in the target, and there. */
static gboolean
prove_copies(
	Worker *worker, Operation *operation, StoreFolder *target, const ImapCopied *copied, GError **error)
{
	g_autoptr(ImapSet) told = imap_set_new();
	g_autoptr(ImapSet) there = NULL;
	g_autoptr(ImapCommand) keys = imap_command_new("UID ");

	for (guint p = 0; p < copied->pairs->len; p++)
		imap_set_add(told, g_array_index(copied->pairs, ImapUidPair, p).to);
	if (imap_set_is_empty(told))
		return TRUE;
	if (!open_numbered(worker, target->id, error))
		return FALSE;
	target->id = worker->mailbox.id;
	imap_command_set(keys, told);
	there = imap_session_search(worker->session, keys, worker->cancel, error);
	if (there == NULL)
		return FALSE;
	for (guint i = 0; i < operation->messages->len; i++) {
		OperationMessage *message = operation->messages->pdata[i];
		if (message->state != OPERATION_DONE || !imap_set_contains(told, message->new_uid) ||
			(message->new_uid >= operation->target_uidnext &&
				imap_set_contains(there, message->new_uid)))
			continue;
		message->state = OPERATION_IN_FLIGHT;
		message->new_uid = 0;
	}
	return TRUE;
}

/* MOVE, or COPY and then, once each copy is proved, the source. */
static gboolean
transfer(Worker *worker, Operation *operation, const Place *places, const StoreFolder *source,
	StoreFolder *target, const ImapSet *uids, GError **error)
{
	gboolean move = operation->kind == OPERATION_MOVE;
	gboolean native = move && imap_session_has(worker->session, IMAP_CAP_MOVE);
	g_auto(ImapCopied) copied = {0};
	gboolean ok;

	ok = native ? imap_session_move(worker->session, uids, target->raw, &copied, worker->cancel, error)
		    : imap_session_copy(worker->session, uids, target->raw, &copied, worker->cancel, error);
	if (!ok)
		return FALSE;
	take_pairs(operation, places, source->id, &copied);
	if (move && !native && !prove_copies(worker, operation, target, &copied, error))
		return FALSE;
	if (count_open(operation, places, source->id) > 0 &&
		!find_in_target(worker, operation, target, error))
		return FALSE;
	return !move || native || delete_source(worker, operation, places, source, error);
}

/* ---- dispatch ------------------------------------------------------------------------------------ */

/*
 * Another connection may have heard of a message first, as the one that watches does of what rules
 * move at once; to this one it does not exist before a NOOP, and a command on it is answered OK.
 */
static gboolean
hear_of(Worker *worker, const ImapSet *uids, GError **error)
{
	return imap_set_last(uids) < worker->mailbox.uidnext ||
	       imap_session_noop(worker->session, worker->cancel, error);
}

/* *renumbered: the folder was made anew since the places were looked up; nothing was done. */
static gboolean
replay_in_folder(Worker *worker, Operation *operation, const Place *places, const StoreFolder *source,
	StoreFolder *target, gboolean *renumbered, GError **error)
{
	g_autoptr(ImapSet) uids = imap_set_new();

	for (guint i = 0; i < operation->messages->len; i++)
		if (places[i].folder == source->id &&
			((OperationMessage *)operation->messages->pdata[i])->state != OPERATION_DONE)
			imap_set_add(uids, places[i].uid);
	if (imap_set_is_empty(uids))
		return TRUE;
	if (!open_numbered(worker, source->id, error))
		return FALSE;
	*renumbered = worker->mailbox.uidvalidity != source->uidvalidity;
	if (*renumbered)
		return TRUE;
	if (operation->kind != OPERATION_COPY && !check_writable(worker, error))
		return FALSE;
	if (!hear_of(worker, uids, error))
		return FALSE;
	if (target != NULL)
		return transfer(worker, operation, places, source, target, uids, error);
	if (!(operation->kind == OPERATION_FLAGS ? replay_flags(worker, operation, uids, error)
						 : replay_expunge(worker, uids, error)))
		return FALSE;
	set_done(operation, places, source->id);
	return TRUE;
}

/*
 * An interrupted MOVE or COPY: what arrived is done. A fallback move whose copy
 * is there still has to delete its source.
 */
static gboolean
resume_transfer(
	Worker *worker, Operation *operation, const Place *places, StoreFolder *target, GError **error)
{
	if (!find_in_target(worker, operation, target, error))
		return FALSE;
	if (operation->kind != OPERATION_MOVE)
		return TRUE;
	for (guint i = 0; i < operation->messages->len; i++) {
		g_autoptr(StoreFolder) source = NULL;
		const OperationMessage *message = operation->messages->pdata[i];
		if (message->state != OPERATION_DONE || places[i].folder == 0)
			continue;
		source = mailbox_folder(worker, places[i].folder, NULL);
		if (source != NULL && !delete_source(worker, operation, places, source, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
replay_where_they_are(Worker *worker, Operation *operation, gboolean *renumbered, GError **error)
{
	g_autofree Place *places = g_new0(Place, operation->messages->len);
	g_autoptr(StoreFolder) target = NULL;
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

	if (!places_resolve(worker, operation, places, error))
		return FALSE;
	if (operation->kind == OPERATION_MOVE || operation->kind == OPERATION_COPY) {
		target = target_folder(worker, operation, error);
		if (target == NULL)
			return FALSE;
		if (operation->target_uidnext != 0 &&
			!resume_transfer(worker, operation, places, target, error))
			return FALSE;
		if (count_open(operation, places, 0) > 0 && !prepare_target(worker, operation, target, error))
			return FALSE;
	}
	for (guint i = 0; i < operation->messages->len && !*renumbered; i++) {
		g_autoptr(StoreFolder) source = NULL;
		if (places[i].folder == 0 || !g_hash_table_add(seen, GINT_TO_POINTER(places[i].folder)))
			continue;
		source = mailbox_folder(worker, places[i].folder, NULL);
		if (source != NULL &&
			!replay_in_folder(worker, operation, places, source, target, renumbered, error))
			return FALSE;
	}
	return TRUE;
}

/* All of the selected folder, so that its messages can be found again by their keys. */
static gboolean
read_anew(Worker *worker, GError **error)
{
	g_autoptr(StoreFolder) folder = NULL;

	do {
		g_clear_pointer(&folder, store_folder_free);
		if (!mailbox_fill(worker, error))
			return FALSE;
		folder = mailbox_folder(worker, worker->mailbox.id, NULL);
	} while (folder != NULL && folder->low_uid > 1 && !worker_is_stopping(worker));
	return TRUE;
}

/* A folder that was made anew has other numbers for the same messages: looked up again. */
static gboolean
replay_messages(Worker *worker, Operation *operation, GError **error)
{
	for (guint round = 0; round < RENUMBERED_MAX; round++) {
		gboolean renumbered = FALSE;
		if (!replay_where_they_are(worker, operation, &renumbered, error))
			return FALSE;
		if (!renumbered)
			return TRUE;
		if (!read_anew(worker, error))
			return FALSE;
	}
	fault_set(error, FAULT_PROTOCOL, _("The server numbers the messages of the folder anew each time."));
	return FALSE;
}

/* To be deleted elsewhere, it must be seen here: the server's word alone is no proof. */
static gboolean
prove_append(
	Worker *worker, const Operation *operation, const StoreFolder *target, guint32 uid, GError **error)
{
	g_autoptr(ImapSet) told = imap_set_new_uids(&uid, 1);
	g_autoptr(ImapSet) there = NULL;
	g_autoptr(ImapCommand) keys = imap_command_new("UID ");

	if (!mailbox_open(worker, target->id, error))
		return FALSE;
	imap_command_set(keys, told);
	there = imap_session_search(worker->session, keys, worker->cancel, error);
	if (there == NULL)
		return FALSE;
	if (uid >= operation->target_uidnext && imap_set_contains(there, uid))
		return TRUE;
	fault_set(error, FAULT_REFUSED, _("The server took the message, but it is not in the folder."));
	return FALSE;
}

static gboolean
replay_append(Worker *worker, Operation *operation, GError **error)
{
	g_autoptr(StoreFolder) target = target_folder(worker, operation, error);
	OperationMessage *message = operation->messages->len ? operation->messages->pdata[0] : NULL;
	g_autoptr(GPtrArray) keywords = g_ptr_array_new();
	g_auto(GStrv) words = g_strsplit(operation->add_keywords ? operation->add_keywords : "", " ", -1);
	ImapAppend append = {0};
	guint32 uidvalidity = 0, uid = 0;

	if (target == NULL)
		return FALSE;
	if (operation->content == NULL) {
		fault_set(
			error, FAULT_UNKNOWN, _("The message to be stored is not in the journal any more."));
		return FALSE;
	}
	if (operation->target_uidnext != 0 && !find_in_target(worker, operation, target, error))
		return FALSE;
	if (message == NULL)
		message = operation_add_message(operation);
	if (message->state == OPERATION_DONE)
		return TRUE;
	if (!prepare_target(worker, operation, target, error))
		return FALSE;
	append.mailbox = target->raw;
	append.data = g_bytes_get_data(operation->content, &append.length);
	append.system = mailbox_system_flags(operation->add_flags, keywords);
	for (guint i = 0; words[i] != NULL; i++)
		if (words[i][0] != '\0')
			g_ptr_array_add(keywords, words[i]);
	g_ptr_array_add(keywords, NULL);
	append.keywords = (const char *const *)keywords->pdata;
	append.received.seconds = operation->date;
	if (!imap_session_append(worker->session, &append, &uidvalidity, &uid, worker->cancel, error))
		return FALSE;
	if (uid == 0 && message->key != 0) {
		/* A yes is not a proof. */
		if (!find_in_target(worker, operation, target, error))
			return FALSE;
		if (message->state == OPERATION_DONE)
			return TRUE;
		fault_set(
			error, FAULT_REFUSED, _("The server took the message, but it is not in the folder."));
		return FALSE;
	}
	if (uid != 0 && across_is_append(operation) && !prove_append(worker, operation, target, uid, error))
		return FALSE;
	message->state = OPERATION_DONE;
	message->new_uid = uid;
	return uid != 0 || find_in_target(worker, operation, target, error);
}

/* ---- folders ------------------------------------------------------------------------------------------ */

static gboolean
create_folder(Worker *worker, const Operation *operation, GError **error)
{
	char delimiter = imap_session_delimiter(worker->session);
	g_autofree char *raw = imap_name_raw(operation->target);
	g_autoptr(GError) failure = NULL;

	(void)delimiter;
	if (!imap_session_create(worker->session, raw, NULL, worker->cancel, &failure) &&
		imap_session_code(worker->session) != IMAP_CODE_ALREADYEXISTS) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return FALSE;
	}
	return imap_session_subscribe(worker->session, raw, TRUE, worker->cancel, error);
}

static gboolean
replay_folder(Worker *worker, Operation *operation, GError **error)
{
	g_autofree char *raw = imap_name_raw(operation->target);
	g_autofree char *to = operation->new_name ? imap_name_raw(operation->new_name) : NULL;
	gboolean on = operation->kind == OPERATION_FOLDER_SUBSCRIBE;
	gboolean ok;

	if (worker->mailbox.raw != NULL && strcmp(worker->mailbox.raw, raw) == 0) {
		/* A selected mailbox cannot go. */
		imap_session_unselect(worker->session, worker->cancel, NULL);
		worker->mailbox.id = 0;
	}
	switch (operation->kind) {
	case OPERATION_FOLDER_CREATE:
		ok = create_folder(worker, operation, error);
		break;
	case OPERATION_FOLDER_RENAME:
		ok = imap_session_rename(worker->session, raw, to, worker->cancel, error);
		break;
	case OPERATION_FOLDER_DELETE:
		ok = imap_session_delete(worker->session, raw, worker->cancel, error) ||
		     imap_session_code(worker->session) == IMAP_CODE_NONEXISTENT;
		break;
	default:
		ok = imap_session_subscribe(worker->session, raw, on, worker->cancel, error);
		break;
	}
	return ok;
}

static gboolean
replay_one(Worker *worker, Operation *operation, GError **error)
{
	if (operation->kind == OPERATION_FETCH)
		return across_fetch(worker, operation, error);
	if (operation_is_on_messages(operation))
		return replay_messages(worker, operation, error);
	if (operation->kind == OPERATION_APPEND)
		return replay_append(worker, operation, error);
	return replay_folder(worker, operation, error);
}

/* These leave the operation as it is, to be tried on the next connection: the line, or our own disk. */
static gboolean
is_over(Worker *worker, const GError *error)
{
	switch (fault_of(error)) {
	case FAULT_RETRY:
	case FAULT_CANCELED:
	case FAULT_LOCAL:
	case FAULT_DAMAGED:
	case FAULT_BUSY:
		return TRUE;
	default:
		return !imap_session_is_alive(worker->session);
	}
}

/* Shown while it is on its way. */
static Job *
job_for(Worker *worker, const Operation *operation)
{
	return job_new_act(worker->account->engine, worker->account->key,
		g_strdup(operation->words ? operation->words : _("a change")), operation->group);
}

/* ---- several as one ---------------------------------------------------------------------------------- */

typedef struct {
	const Operation *first;
	GPtrArray *others; /* of Operation */
} Join;

static gboolean
take_others(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	Join *join = data;
	g_autoptr(GPtrArray) waiting = journal_load(journal, join->first->account, join->first->id, TRUE);

	(void)engine;
	join->others = replay_choose(join->first, waiting);
	for (guint i = join->others->len; i > 0; i--) {
		gboolean claimed;
		if (!claim(journal, join->others->pdata[i - 1], &claimed, error))
			return FALSE;
		if (!claimed)
			g_ptr_array_remove_index(join->others, i - 1);
	}
	return TRUE;
}

/* Durable for each before any goes out: after a break each finds by itself what arrived. */
static gboolean
prepare_others(Worker *worker, GPtrArray *others, GError **error)
{
	g_autoptr(StoreFolder) folder = NULL;
	Operation *first;

	if (others->len == 0)
		return TRUE;
	first = others->pdata[0];
	folder = target_folder(worker, first, error);
	if (folder == NULL || !prepare_target(worker, first, folder, error))
		return FALSE;
	for (guint i = 1; i < others->len; i++) {
		Target target = {.id = ((Operation *)others->pdata[i])->id,
			.uidvalidity = first->target_uidvalidity,
			.uidnext = first->target_uidnext};
		if (!journal_call(worker->account->engine, note_target, &target, error))
			return FALSE;
	}
	return TRUE;
}

/* With what of rules waits behind it for the same folder. *others are to be settled like it. */
static gboolean
replay_joined(Worker *worker, Operation *operation, GPtrArray **others, GError **error)
{
	Join join = {.first = operation};
	g_autoptr(Operation) merged = NULL;
	gboolean ok = journal_call(worker->account->engine, take_others, &join, error);

	*others = join.others;
	if (ok && *others != NULL)
		for (guint i = 0; ok && i < (*others)->len; i++)
			ok = cachewriter_apply(worker->account, (*others)->pdata[i], error);
	if (!ok || !prepare_others(worker, *others, error))
		return FALSE;
	merged = replay_merge(operation, *others);
	ok = replay_one(worker, merged, error);
	replay_split(merged, operation, *others);
	return ok;
}

gboolean
replay_run(Worker *worker, guint *replayed, guint *failed, GError **error)
{
	g_autoptr(GHashTable) unmade = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	Take take = {.account = worker->account->key, .unmade = unmade};
	gboolean folders = FALSE;

	while (!worker_is_stopping(worker)) {
		g_autoptr(GError) failure = NULL;
		g_autoptr(Operation) operation = NULL;
		g_autoptr(GPtrArray) others = NULL;
		gboolean ok = TRUE;
		Job *job;
		if (!journal_call(worker->account->engine, take_next, &take, error))
			return FALSE;
		operation = g_steal_pointer(&take.operation);
		if (operation == NULL)
			break;
		/* What another process has just written may be met before its call. */
		if (!cachewriter_apply(worker->account, operation, error))
			return FALSE;
		job = job_for(worker, operation);
		if (operation->state == OPERATION_ERROR)
			fault_set(&failure, FAULT_REFUSED, "%s", operation->error);
		else if (replay_may_join(operation))
			ok = replay_joined(worker, operation, &others, &failure);
		else
			ok = replay_one(worker, operation, &failure);
		if (!ok && is_over(worker, failure)) {
			job_end(job, NULL, NULL);
			g_propagate_error(error, g_steal_pointer(&failure));
			return FALSE;
		}
		/* How it ended, the journal says. */
		job_end(job, NULL, NULL);
		folders |= !operation_is_on_messages(operation) && operation->kind != OPERATION_APPEND;
		if (!settle(worker, operation, failure, error))
			return FALSE;
		*replayed += operation->state == OPERATION_DONE;
		*failed += operation->state == OPERATION_ERROR;
		for (guint i = 0; others != NULL && i < others->len; i++) {
			Operation *other = others->pdata[i];
			if (!settle(worker, other, failure, error))
				return FALSE;
			*replayed += other->state == OPERATION_DONE;
			*failed += other->state == OPERATION_ERROR;
		}
	}
	return !folders || folders_refresh(worker, FALSE, error);
}
