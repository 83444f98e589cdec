/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/replay-join.h"

#include <string.h>

gboolean
replay_may_join(const Operation *operation)
{
	return operation->kind == OPERATION_MOVE && operation->undoes == OPERATION_AUTOMATIC &&
	       operation->target_uidnext == 0 && operation->state != OPERATION_ERROR;
}

static void
touch(GHashTable *rows, const Operation *operation)
{
	for (guint i = 0; i < operation->messages->len; i++) {
		const OperationMessage *message = operation->messages->pdata[i];
		g_hash_table_add(rows, (gpointer)&message->row);
		if (message->new_row != 0)
			g_hash_table_add(rows, (gpointer)&message->new_row);
	}
}

static gboolean
touches(GHashTable *rows, const Operation *operation)
{
	for (guint i = 0; i < operation->messages->len; i++) {
		const OperationMessage *message = operation->messages->pdata[i];
		if (g_hash_table_contains(rows, &message->row) ||
			g_hash_table_contains(rows, &message->new_row))
			return TRUE;
	}
	return FALSE;
}

GPtrArray *
replay_choose(const Operation *first, GPtrArray *waiting)
{
	GPtrArray *chosen = g_ptr_array_new_with_free_func((GDestroyNotify)operation_free);
	g_autoptr(GHashTable) rows = g_hash_table_new(g_int64_hash, g_int64_equal);

	/* A message moved on by a later operation must have arrived first. */
	touch(rows, first);
	for (guint i = 0; i < waiting->len; i++) {
		Operation *operation = waiting->pdata[i];
		if (!operation_is_on_messages(operation) && operation->kind != OPERATION_APPEND)
			break;
		if (replay_may_join(operation) && operation->state == OPERATION_PENDING &&
			operation->after == 0 && strcmp(operation->target, first->target) == 0 &&
			!touches(rows, operation)) {
			g_ptr_array_add(chosen, operation);
			waiting->pdata[i] = NULL;
		}
		touch(rows, operation);
	}
	return chosen;
}

static void
add_messages(Operation *merged, const Operation *operation)
{
	g_autoptr(Operation) copy = operation_copy(operation);

	while (copy->messages->len > 0)
		g_ptr_array_add(merged->messages, g_ptr_array_steal_index(copy->messages, 0));
}

Operation *
replay_merge(const Operation *first, const GPtrArray *others)
{
	Operation *merged = operation_copy(first);

	for (guint i = 0; i < others->len; i++)
		add_messages(merged, others->pdata[i]);
	return merged;
}

static guint
take_back(const Operation *merged, guint from, Operation *operation)
{
	operation->target_uidnext = merged->target_uidnext;
	operation->target_uidvalidity = merged->target_uidvalidity;
	for (guint i = 0; i < operation->messages->len; i++) {
		const OperationMessage *message = merged->messages->pdata[from + i];
		OperationMessage *own = operation->messages->pdata[i];
		own->state = message->state;
		own->new_uid = message->new_uid;
	}
	return from + operation->messages->len;
}

void
replay_split(const Operation *merged, Operation *first, GPtrArray *others)
{
	guint from = take_back(merged, 0, first);

	for (guint i = 0; i < others->len; i++)
		from = take_back(merged, from, others->pdata[i]);
}
