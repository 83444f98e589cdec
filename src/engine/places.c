/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/places.h"

typedef struct {
	const Operation *operation;
	Place *places;
} Resolve;

static gboolean
resolve_in_cache(EngineAccount *account, StoreCache *cache, gpointer data, GError **error)
{
	Resolve *resolve = data;
	const Operation *operation = resolve->operation;

	(void)account;
	(void)error;
	for (guint i = 0; i < operation->messages->len; i++) {
		const OperationMessage *message = operation->messages->pdata[i];
		g_autoptr(StoreFolder) folder = store_cache_folder(cache, message->folder);
		Place *place = &resolve->places[i];
		if (message->uid != 0 && folder != NULL && folder->uidvalidity == message->uidvalidity) {
			place->folder = folder->id;
			place->uid = message->uid;
		} else if (place->uid == 0 && operation->kind != OPERATION_EXPUNGE &&
			   operation->kind != OPERATION_REMOVE) {
			/* What is gone for good must be the very message: never by likeness. */
			if (!store_cache_refind(cache, message, &place->folder, &place->uid))
				place->folder = 0;
		}
	}
	return TRUE;
}

/* Rows that were provisional when the operation was made: where an earlier operation put them. */
static gboolean
resolve_in_journal(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	Resolve *resolve = data;
	const Operation *operation = resolve->operation;

	(void)error;
	for (guint i = 0; i < operation->messages->len; i++) {
		const OperationMessage *message = operation->messages->pdata[i];
		StoreView *view = journaler_view(engine, operation->account);
		g_autofree char *name = NULL;
		guint32 uidvalidity = 0, uid = 0;
		g_autoptr(StoreFolder) folder = NULL;
		if (message->uid != 0 || view == NULL ||
			!journal_find_row(
				journal, operation->account, message->row, &name, &uidvalidity, &uid))
			continue;
		folder = store_view_folder(view, name);
		if (folder == NULL || (uidvalidity != 0 && folder->uidvalidity != uidvalidity))
			continue;
		resolve->places[i].folder = folder->id;
		resolve->places[i].uid = uid;
	}
	return TRUE;
}

gboolean
places_resolve(Worker *worker, const Operation *operation, Place *places, GError **error)
{
	Resolve resolve = {.operation = operation, .places = places};

	return journal_call(worker->account->engine, resolve_in_journal, &resolve, error) &&
	       cache_call(worker->account, resolve_in_cache, &resolve, error);
}

typedef struct {
	Operation *operation;
	FolderId target;
} Arrived;

/*
 * By what the provisional row itself became, not by where the message is now: a
 * later operation may have moved it on already, here.
 */
static gboolean
find_arrived(EngineAccount *account, StoreCache *cache, gpointer data, GError **error)
{
	const Arrived *arrived = data;

	(void)account;
	(void)error;
	for (guint i = 0; i < arrived->operation->messages->len; i++) {
		OperationMessage *message = arrived->operation->messages->pdata[i];
		RowId real = message->new_row ? store_cache_became(cache, message->new_row) : 0;
		if (message->state == OPERATION_DONE || real == 0 || ROW_FOLDER(real) != arrived->target)
			continue;
		message->new_uid = ROW_UID(real);
		message->state = OPERATION_DONE;
	}
	return TRUE;
}

gboolean
places_find_arrived(Worker *worker, Operation *operation, FolderId target, GError **error)
{
	Arrived arrived = {.operation = operation, .target = target};

	return cache_call(worker->account, find_arrived, &arrived, error);
}
