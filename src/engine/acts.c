/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/acts.h"

#include "engine/across.h"
#include "engine/worker.h"
#include "mime/header.h"
#include "store/key.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

/* An act on its way to the journaler: owns copies of all that EngineAct borrows. */
typedef struct {
	guint ticket;
	EngineAct act;
	char *account, *target, *target_account, *new_name, *add_keywords, *remove_keywords;
	RowId *rows;
} Request;

static void
request_free(gpointer data)
{
	Request *request = data;

	g_free(request->account);
	g_free(request->target);
	g_free(request->target_account);
	g_free(request->new_name);
	g_free(request->add_keywords);
	g_free(request->remove_keywords);
	g_free(request->rows);
	if (request->act.content != NULL)
		g_bytes_unref(request->act.content);
	g_free(request);
}

static Request *
request_new(guint ticket, const EngineAct *act)
{
	Request *request = g_new0(Request, 1);

	request->ticket = ticket;
	request->act = *act;
	request->act.account = request->account = g_strdup(act->account);
	request->act.target = request->target = g_strdup(act->target);
	request->act.target_account = request->target_account = g_strdup(act->target_account);
	request->act.new_name = request->new_name = g_strdup(act->new_name);
	request->act.add_keywords = request->add_keywords = g_strdup(act->add_keywords);
	request->act.remove_keywords = request->remove_keywords = g_strdup(act->remove_keywords);
	request->act.rows = request->rows = g_memdup2(act->rows, act->row_count * sizeof(*act->rows));
	if (act->content != NULL)
		g_bytes_ref(act->content);
	return request;
}

/* ---- building -------------------------------------------------------------------------- */

guint
acts_describe(StoreView *view, Operation *operation, const RowId *rows, gsize count)
{
	for (gsize i = 0; i < count; i++) {
		OperationMessage *message = operation_add_message(operation);
		if (!store_view_describe(view, rows[i], message))
			g_ptr_array_set_size(operation->messages, (int)operation->messages->len - 1);
	}
	return operation->messages->len;
}

StoreFolder *
acts_role_folder(StoreView *view, FolderRole role, GError **error)
{
	StoreFolder *folder = store_view_folder_by_role(view, role);

	if (folder == NULL)
		fault_set(error, FAULT_UNKNOWN,
			_("No folder is known for this. Make one, or name it in the configuration: roles = "
			  "%s=FOLDER"),
			folder_role_name(role));
	return folder;
}

static char *
words_of_flags(const Operation *operation, guint n)
{
	gboolean set = operation->remove_flags == 0;
	guint32 flag = set ? operation->add_flags : operation->add_flags == 0 ? operation->remove_flags : 0;

	switch (flag) {
	case MESSAGE_SEEN:
		return set ? g_strdup_printf(
				     P_("Marked %u message as read", "Marked %u messages as read", n), n)
			   : g_strdup_printf(
				     P_("Marked %u message as unread", "Marked %u messages as unread", n), n);
	case MESSAGE_FLAGGED:
		return set ? g_strdup_printf(P_("Flagged %u message", "Flagged %u messages", n), n)
			   : g_strdup_printf(
				     P_("Took the flag off %u message", "Took the flag off %u messages", n),
				     n);
	case MESSAGE_ANSWERED:
		return set ? g_strdup_printf(
				     P_("Marked %u message as answered", "Marked %u messages as answered", n),
				     n)
			   : g_strdup_printf(P_("Marked %u message as not answered",
						     "Marked %u messages as not answered", n),
				     n);
	case MESSAGE_JUNK:
		return set ? g_strdup_printf(
				     P_("Marked %u message as junk", "Marked %u messages as junk", n), n)
			   : g_strdup_printf(
				     P_("Marked %u message as not junk", "Marked %u messages as not junk", n),
				     n);
	default:
		break;
	}
	return g_strdup_printf(
		P_("Changed the flags of %u message", "Changed the flags of %u messages", n), n);
}

char *
acts_words(const Operation *operation)
{
	guint n = operation->messages->len;
	g_autofree char *target = text_safe(operation->target ? operation->target : "", -1, TEXT_MARKS);
	g_autofree char *to = text_safe(operation->new_name ? operation->new_name : "", -1, TEXT_MARKS);

	switch (operation->kind) {
	case OPERATION_FLAGS:
		return words_of_flags(operation, n);
	case OPERATION_MOVE:
		return g_strdup_printf(P_("Moved %u message to %s", "Moved %u messages to %s", n), n, target);
	case OPERATION_COPY:
		return g_strdup_printf(
			P_("Copied %u message to %s", "Copied %u messages to %s", n), n, target);
	case OPERATION_EXPUNGE:
		return g_strdup_printf(
			P_("Deleted %u message for good", "Deleted %u messages for good", n), n);
	case OPERATION_APPEND:
		return g_strdup_printf(_("Stored a message in %s"), target);
	case OPERATION_FOLDER_CREATE:
		return g_strdup_printf(_("Made folder %s"), target);
	case OPERATION_FOLDER_RENAME:
		return g_strdup_printf(_("Renamed folder %s to %s"), target, to);
	case OPERATION_FOLDER_DELETE:
		return g_strdup_printf(_("Deleted folder %s"), target);
	case OPERATION_FOLDER_SUBSCRIBE:
		return g_strdup_printf(_("Subscribed to %s"), target);
	case OPERATION_FOLDER_UNSUBSCRIBE:
		return g_strdup_printf(_("Unsubscribed from %s"), target);
	case OPERATION_FETCH:
	case OPERATION_REMOVE:
		break; /* across_words() says it */
	}
	return g_strdup("");
}

void
acts_wake_owners(Engine *engine, const GPtrArray *operations)
{
	g_autoptr(GHashTable) woken = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < operations->len; i++) {
		EngineAccount *owner =
			engine_account(engine, ((const Operation *)operations->pdata[i])->account);
		if (owner != NULL && g_hash_table_add(woken, owner))
			cachewriter_wake(owner);
	}
}

void
acts_commit(Engine *engine, Journal *journal, guint ticket, const char *account, GPtrArray *operations,
	const char *words, guint count, GError *error)
{
	g_autoptr(GError) failure = error;
	gint64 group = 0;
	Operation *first;

	for (guint i = 0; i < operations->len; i++) {
		Operation *operation = operations->pdata[i];
		if (operation->words == NULL)
			operation->words = acts_words(operation);
		operation->made = g_get_real_time() / G_USEC_PER_SEC;
	}
	if (operations->len > 0 && failure == NULL &&
		journal_add(journal, (Operation **)operations->pdata, operations->len, &failure)) {
		first = operations->pdata[0];
		group = first->group;
		if (words == NULL)
			words = first->words;
		acts_wake_owners(engine, operations);
	}
	engine_post_acted(engine, ticket, account, group, count, words, failure);
	g_ptr_array_unref(operations);
}

/* ---- each kind ----------------------------------------------------------------------------- */

static Operation *
new_operation(GPtrArray *operations, OperationKind kind, const EngineAct *act)
{
	Operation *operation = operation_new(kind, act->account);

	g_ptr_array_add(operations, operation);
	return operation;
}

static void
need_messages(const Operation *operation, GError **error)
{
	if (operation->messages->len == 0 && error != NULL && *error == NULL)
		fault_set(error, FAULT_UNKNOWN, _("The message is not there any more."));
}

static void
build_flags(StoreView *view, const EngineAct *act, GPtrArray *operations, GError **error)
{
	Operation *operation = new_operation(operations, OPERATION_FLAGS, act);

	operation->add_flags = act->add_flags & MESSAGE_SETTABLE;
	operation->remove_flags = act->remove_flags & MESSAGE_SETTABLE;
	operation->add_keywords = g_strdup(act->add_keywords);
	operation->remove_keywords = g_strdup(act->remove_keywords);
	acts_describe(view, operation, act->rows, act->row_count);
	need_messages(operation, error);
}

/* Rows that stand in target already are left out. */
static void
build_transfer(StoreView *view, const EngineAct *act, OperationKind kind, const char *target,
	GPtrArray *operations, GError **error)
{
	Operation *operation = new_operation(operations, kind, act);
	g_autoptr(StoreFolder) folder = store_view_folder(view, target);
	g_autofree char *name = NULL;

	if (folder == NULL || !folder->selectable) {
		name = text_safe(target, -1, TEXT_MARKS);
		fault_set(error, FAULT_UNKNOWN,
			_("There is no folder \"%s\". It can be made first: folder-create."), name);
		return;
	}
	operation->target = g_strdup(folder->name);
	acts_describe(view, operation, act->rows, act->row_count);
	for (guint i = operation->messages->len; kind == OPERATION_MOVE && i > 0; i--) {
		const OperationMessage *message = operation->messages->pdata[i - 1];
		if (strcmp(message->folder, folder->name) == 0)
			g_ptr_array_remove_index(operation->messages, i - 1);
	}
	if (operation->messages->len == 0 && act->row_count > 0 && error != NULL && *error == NULL)
		fault_set(error, FAULT_INPUT, _("There is nothing to move: it is in %s already, or gone."),
			operation->target);
}

/* To another account: an operation for each step of each message. */
static void
build_across(Engine *engine, StoreView *view, const EngineAct *act, GPtrArray *operations, GError **error)
{
	StoreView *target_view = journaler_view(engine, act->target_account);
	g_autoptr(StoreFolder) folder = target_view ? store_view_folder(target_view, act->target) : NULL;
	Across across = {.account = act->account,
		.view = view,
		.target_account = act->target_account,
		.move = act->kind == ACT_MOVE};
	g_autofree char *name = text_safe(act->target, -1, TEXT_MARKS);
	g_autofree char *words = NULL;
	guint count = 0;

	if (folder == NULL || !folder->selectable) {
		fault_set(error, FAULT_UNKNOWN, _("There is no folder \"%s\" in account %s."), name,
			act->target_account);
		return;
	}
	across.target = folder->name;
	for (gsize i = 0; i < act->row_count; i++)
		count += across_add(&across, act->rows[i], operations);
	words = across_words(&across, count);
	for (guint i = 0; i < operations->len; i++)
		((Operation *)operations->pdata[i])->words = g_strdup(words);
	if (count == 0)
		fault_set(error, FAULT_UNKNOWN, _("The message is not there any more."));
}

static void
build_to_role(StoreView *view, const EngineAct *act, FolderRole role, GPtrArray *operations, GError **error)
{
	g_autoptr(StoreFolder) folder = acts_role_folder(view, role, error);

	if (folder != NULL)
		build_transfer(view, act, OPERATION_MOVE, folder->name, operations, error);
}

/* To Trash; what is in Trash goes for good. */
static void
build_delete(StoreView *view, const EngineAct *act, GPtrArray *operations, GError **error)
{
	g_autoptr(StoreFolder) trash = acts_role_folder(view, ROLE_TRASH, error);
	g_autoptr(GArray) there = g_array_new(FALSE, FALSE, sizeof(RowId));
	g_autoptr(GArray) elsewhere = g_array_new(FALSE, FALSE, sizeof(RowId));
	EngineAct part = *act;

	if (trash == NULL)
		return;
	for (gsize i = 0; i < act->row_count; i++)
		g_array_append_val(ROW_FOLDER(act->rows[i]) == trash->id ? there : elsewhere, act->rows[i]);
	if (elsewhere->len > 0) {
		part.rows = (const RowId *)elsewhere->data;
		part.row_count = elsewhere->len;
		build_transfer(view, &part, OPERATION_MOVE, trash->name, operations, error);
	}
	if (there->len > 0) {
		Operation *operation = new_operation(operations, OPERATION_EXPUNGE, act);
		acts_describe(view, operation, (const RowId *)there->data, there->len);
		need_messages(operation, error);
	}
}

/* To Archive; at Gmail, which has none, to All Mail. */
static void
build_archive(StoreView *view, const EngineAct *act, GPtrArray *operations, GError **error)
{
	g_autoptr(StoreFolder) archive = store_view_folder_by_role(view, ROLE_ARCHIVE);
	g_autoptr(StoreFolder) all = store_view_folder_by_role(view, ROLE_ALL);

	build_to_role(view, act, archive == NULL && all != NULL ? ROLE_ALL : ROLE_ARCHIVE, operations, error);
}

/* To Junk with $Junk; what is in Junk back to INBOX without. */
static void
build_junk(StoreView *view, const EngineAct *act, GPtrArray *operations, GError **error)
{
	g_autoptr(StoreFolder) junk = acts_role_folder(view, ROLE_JUNK, error);
	gboolean back;
	EngineAct flags = *act;

	if (junk == NULL || act->row_count == 0)
		return;
	back = ROW_FOLDER(act->rows[0]) == junk->id;
	flags.add_flags = back ? 0 : MESSAGE_JUNK;
	flags.remove_flags = back ? MESSAGE_JUNK : 0;
	flags.add_keywords = back ? "$NotJunk" : NULL;
	flags.remove_keywords = back ? NULL : "$NotJunk";
	build_flags(view, &flags, operations, error);
	build_transfer(view, act, OPERATION_MOVE, back ? "INBOX" : junk->name, operations, error);
	if (operations->len == 2) {
		Operation *move = operations->pdata[1];
		((Operation *)operations->pdata[0])->words = acts_words(move);
	}
}

static void
build_append(Engine *engine, StoreView *view, const EngineAct *act, GPtrArray *operations, GError **error)
{
	Operation *operation = new_operation(operations, OPERATION_APPEND, act);
	g_autoptr(StoreFolder) folder = view ? store_view_folder(view, act->target) : NULL;
	OperationMessage *message;
	gsize length;
	const char *data = g_bytes_get_data(act->content, &length);
	g_autofree char *field = mime_fields_find(data, length, "Message-ID");
	g_autofree char *name = NULL;

	if (folder == NULL || !folder->selectable) {
		name = text_safe(act->target, -1, TEXT_MARKS);
		fault_set(error, FAULT_UNKNOWN, _("There is no folder \"%s\"."), name);
		return;
	}
	operation->target = g_strdup(folder->name);
	operation->content = g_bytes_ref(act->content);
	operation->add_flags = act->add_flags & MESSAGE_SETTABLE;
	operation->date = act->date ? act->date : g_get_real_time() / G_USEC_PER_SEC;
	message = operation_add_message(operation);
	message->folder = g_strdup(folder->name);
	message->size = (guint32)MIN(length, G_MAXUINT32);
	message->received = operation->date;
	message->key = store_message_key(&engine->hash_key, field);
}

static void
build_folder(StoreView *view, const EngineAct *act, GPtrArray *operations, GError **error)
{
	static const OperationKind kinds[] = {
		[ACT_FOLDER_CREATE] = OPERATION_FOLDER_CREATE,
		[ACT_FOLDER_RENAME] = OPERATION_FOLDER_RENAME,
		[ACT_FOLDER_DELETE] = OPERATION_FOLDER_DELETE,
		[ACT_FOLDER_SUBSCRIBE] = OPERATION_FOLDER_SUBSCRIBE,
		[ACT_FOLDER_UNSUBSCRIBE] = OPERATION_FOLDER_UNSUBSCRIBE,
	};
	g_autoptr(StoreFolder) folder = view ? store_view_folder(view, act->target) : NULL;
	g_autoptr(StoreFolder) other = view && act->new_name ? store_view_folder(view, act->new_name) : NULL;
	g_autofree char *name = text_safe(act->target, -1, TEXT_MARKS);
	Operation *operation;

	if (act->target[0] == '\0' ||
		(act->kind == ACT_FOLDER_RENAME && (act->new_name == NULL || !act->new_name[0])))
		fault_set(error, FAULT_INPUT, _("A folder needs a name."));
	else if (act->kind == ACT_FOLDER_CREATE && folder != NULL)
		fault_set(error, FAULT_INPUT, _("There is a folder \"%s\" already."), name);
	else if (other != NULL)
		fault_set(error, FAULT_INPUT, _("There is a folder of the new name already."));
	else if (act->kind != ACT_FOLDER_CREATE && folder == NULL)
		fault_set(error, FAULT_UNKNOWN, _("There is no folder \"%s\"."), name);
	else if (folder != NULL && folder->role == ROLE_INBOX &&
		 (act->kind == ACT_FOLDER_DELETE || act->kind == ACT_FOLDER_RENAME))
		fault_set(error, FAULT_INPUT, _("INBOX can be neither deleted nor renamed."));
	else {
		operation = new_operation(operations, kinds[act->kind], act);
		operation->target = g_strdup(folder ? folder->name : act->target);
		operation->new_name = g_strdup(act->new_name);
	}
}

static gboolean
is_across(const EngineAct *act)
{
	return act->target_account != NULL && strcmp(act->target_account, act->account) != 0;
}

static void
build(Engine *engine, StoreView *view, const EngineAct *act, GPtrArray *operations, GError **error)
{
	if (is_across(act)) {
		build_across(engine, view, act, operations, error);
		return;
	}
	switch (act->kind) {
	case ACT_FLAGS:
		build_flags(view, act, operations, error);
		break;
	case ACT_MOVE:
		build_transfer(view, act, OPERATION_MOVE, act->target, operations, error);
		break;
	case ACT_COPY:
		build_transfer(view, act, OPERATION_COPY, act->target, operations, error);
		break;
	case ACT_DELETE:
		build_delete(view, act, operations, error);
		break;
	case ACT_ARCHIVE:
		build_archive(view, act, operations, error);
		break;
	case ACT_JUNK:
		build_junk(view, act, operations, error);
		break;
	case ACT_APPEND:
		build_append(engine, view, act, operations, error);
		break;
	default:
		build_folder(view, act, operations, error);
		break;
	}
}

static gboolean
refuse(Engine *engine, const EngineAct *act, GError **error)
{
	const EngineAccount *account = engine_account(engine, act->account);
	const EngineAccount *target = is_across(act) ? engine_account(engine, act->target_account) : NULL;
	const EngineAccount *changed = account;

	/* A copy to another account only reads here. */
	if (target != NULL && (act->kind == ACT_COPY || target->config->read_only))
		changed = target;
	if (account == NULL || (is_across(act) && target == NULL))
		fault_set(error, FAULT_UNKNOWN, _("There is no account \"%s\"."),
			account != NULL        ? act->target_account
			: act->account != NULL ? act->account
					       : "");
	else if (is_across(act) && act->kind != ACT_MOVE && act->kind != ACT_COPY)
		fault_set(error, FAULT_INPUT, _("Only a move or a copy can go to another account."));
	else if (changed->config->read_only)
		fault_set(error, FAULT_REFUSED,
			_("Account %s is read-only: nothing is changed. The setting read-only = no allows "
			  "it."),
			changed->config->label);
	else
		return FALSE;
	return TRUE;
}

static gboolean
act_task(Engine *engine, Journal *journal, gpointer data, GError **unused)
{
	Request *request = data;
	const EngineAct *act = &request->act;
	GPtrArray *operations = g_ptr_array_new_with_free_func((GDestroyNotify)operation_free);
	StoreView *view = journaler_view(engine, act->account);
	GError *error = NULL;
	guint count = 0;

	(void)unused;
	if (!refuse(engine, act, &error)) {
		if (view == NULL)
			fault_set(&error, FAULT_UNKNOWN,
				_("This account was never synced: posthorn sync fetches it."));
		else
			build(engine, view, act, operations, &error);
	}
	/* What only follows is the same messages once more. */
	for (guint i = 0; i < operations->len; i++)
		if (((Operation *)operations->pdata[i])->after == 0)
			count += ((Operation *)operations->pdata[i])->messages->len;
	acts_commit(engine, journal, request->ticket, act->account, operations, NULL, count, error);
	return TRUE;
}

guint
engine_act(Engine *engine, const EngineAct *act)
{
	guint ticket = registry_next(engine->registry);

	journal_post(engine, act_task, request_new(ticket, act), request_free);
	return ticket;
}
