/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/operation.h"

const char *
operation_kind_name(OperationKind kind)
{
	static const char *const names[] = {"flags", "move", "copy", "expunge", "append", "folder-create",
		"folder-rename", "folder-delete", "folder-subscribe", "folder-unsubscribe", "fetch",
		"remove"};

	return (gsize)kind < G_N_ELEMENTS(names) ? names[kind] : "";
}

const char *
operation_state_name(OperationState state)
{
	static const char *const names[] = {"pending", "in-flight", "done", "failed", "undone"};

	return (gsize)state < G_N_ELEMENTS(names) ? names[state] : "";
}

static void
message_free(gpointer data)
{
	OperationMessage *message = data;

	g_free(message->folder);
	g_free(message->old_keywords);
	g_free(message);
}

Operation *
operation_new(OperationKind kind, const char *account)
{
	Operation *operation = g_new0(Operation, 1);

	operation->kind = kind;
	operation->account = g_strdup(account);
	operation->messages = g_ptr_array_new_with_free_func(message_free);
	return operation;
}

OperationMessage *
operation_add_message(Operation *operation)
{
	OperationMessage *message = g_new0(OperationMessage, 1);

	g_ptr_array_add(operation->messages, message);
	return message;
}

Operation *
operation_copy(const Operation *operation)
{
	Operation *copy = g_memdup2(operation, sizeof *operation);

	copy->account = g_strdup(operation->account);
	copy->add_keywords = g_strdup(operation->add_keywords);
	copy->remove_keywords = g_strdup(operation->remove_keywords);
	copy->target = g_strdup(operation->target);
	copy->new_name = g_strdup(operation->new_name);
	copy->content = operation->content != NULL ? g_bytes_ref(operation->content) : NULL;
	copy->error = g_strdup(operation->error);
	copy->words = g_strdup(operation->words);
	copy->messages = g_ptr_array_new_full(operation->messages->len, message_free);
	for (guint i = 0; i < operation->messages->len; i++) {
		const OperationMessage *from = g_ptr_array_index(operation->messages, i);
		OperationMessage *message = operation_add_message(copy);
		*message = *from;
		message->folder = g_strdup(from->folder);
		message->old_keywords = g_strdup(from->old_keywords);
	}
	return copy;
}

void
operation_free(Operation *operation)
{
	if (operation == NULL)
		return;
	g_free(operation->account);
	g_free(operation->add_keywords);
	g_free(operation->remove_keywords);
	g_free(operation->target);
	g_free(operation->new_name);
	g_clear_pointer(&operation->content, g_bytes_unref);
	g_free(operation->error);
	g_free(operation->words);
	g_ptr_array_unref(operation->messages);
	g_free(operation);
}

gboolean
operation_is_on_messages(const Operation *operation)
{
	return operation->kind <= OPERATION_EXPUNGE || operation->kind == OPERATION_FETCH ||
	       operation->kind == OPERATION_REMOVE;
}
