/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * undo.c - a group of operations taken back.
 *
 * Nothing sent yet: the operations are called off, the hidden state comes back.
 * Else new operations, worked out from what is true now: flags only where they
 * are still as we set them, moves only where the message still is where we put
 * it. What was changed elsewhere since is counted and said.
 */
#include "config.h"

#include "engine/across.h"
#include "engine/acts.h"
#include "util/fault.h"
#include "util/i18n.h"

typedef struct {
	guint ticket;
	char *account; /* NULL: any */
	gint64 group;
	gboolean applied; /* it was waited for the cache already */
} Request;

typedef struct {
	Engine *engine;
	Journal *journal;
	const GPtrArray *old;  /* the group */
	StoreView *view;       /* of account */
	GPtrArray *operations; /* the new ones */
	const char *account;   /* of the operation that is taken back */
	gint64 group;
	gboolean newest; /* nothing stands on the group */
	guint back, elsewhere;
	guint called_off; /* of back: nothing had to be done for them */
	char *kept;       /* a folder that the act made, and that stays for the mail in it; NULL */
	GError *error;
} Undo;

static void
request_free(gpointer data)
{
	Request *request = data;

	g_free(request->account);
	g_free(request);
}

static Operation *
add_operation(Undo *undo, OperationKind kind)
{
	Operation *operation = operation_new(kind, undo->account);

	operation->undoes = undo->group;
	g_ptr_array_add(undo->operations, operation);
	return operation;
}

/* ---- each kind ---------------------------------------------------------------------------- */

/* One operation for each combination of bits to set and to clear. */
static Operation *
flags_operation(Undo *undo, guint from, guint32 add, guint32 remove, const Operation *old)
{
	Operation *operation;

	for (guint i = from; i < undo->operations->len; i++) {
		operation = undo->operations->pdata[i];
		if (operation->add_flags == add && operation->remove_flags == remove)
			return operation;
	}
	operation = add_operation(undo, OPERATION_FLAGS);
	operation->add_flags = add;
	operation->remove_flags = remove;
	operation->add_keywords = g_strdup(old->remove_keywords);
	operation->remove_keywords = g_strdup(old->add_keywords);
	return operation;
}

static void
undo_flags(Undo *undo, const Operation *old)
{
	guint from = undo->operations->len;

	for (guint i = 0; i < old->messages->len; i++) {
		const OperationMessage *message = old->messages->pdata[i];
		RowId now =
			store_view_current(undo->view, message->new_row ? message->new_row : message->row);
		g_autoptr(StoreRow) row = now ? store_view_row(undo->view, now) : NULL;
		guint32 added, removed, still_added, still_removed;
		if (row == NULL || message->state == OPERATION_ERROR) {
			undo->elsewhere++;
			continue;
		}
		added = old->add_flags & ~message->old_flags;
		removed = old->remove_flags & message->old_flags;
		still_added = added & row->flags;
		still_removed = removed & ~row->flags;
		if (still_added != added || still_removed != removed)
			undo->elsewhere++;
		else
			undo->back++;
		if (still_added == 0 && still_removed == 0 && old->add_keywords == NULL &&
			old->remove_keywords == NULL)
			continue;
		acts_describe(
			undo->view, flags_operation(undo, from, still_removed, still_added, old), &now, 1);
	}
}

/* Messages that still are in target go to a folder each came from. */
static void
undo_move(Undo *undo, const Operation *old)
{
	g_autoptr(StoreFolder) target = store_view_folder(undo->view, old->target);
	guint from = undo->operations->len;

	for (guint i = 0; i < old->messages->len; i++) {
		const OperationMessage *message = old->messages->pdata[i];
		RowId now = message->new_row ? store_view_current(undo->view, message->new_row) : 0;
		Operation *operation = NULL;
		if (now == 0 || target == NULL || ROW_FOLDER(now) != target->id ||
			message->state == OPERATION_ERROR) {
			undo->elsewhere++;
			continue;
		}
		for (guint o = from; o < undo->operations->len; o++)
			if (strcmp(((Operation *)undo->operations->pdata[o])->target, message->folder) == 0)
				operation = undo->operations->pdata[o];
		if (operation == NULL) {
			operation = add_operation(undo, OPERATION_MOVE);
			operation->target = g_strdup(message->folder);
		}
		undo->back += acts_describe(undo->view, operation, &now, 1) > 0;
	}
}

/* What a copy or an append made goes to Trash. */
static void
undo_copy(Undo *undo, const Operation *old)
{
	g_autoptr(StoreFolder) trash = acts_role_folder(undo->view, ROLE_TRASH, &undo->error);
	g_autoptr(StoreFolder) target = store_view_folder(undo->view, old->target);
	Operation *operation;

	if (trash == NULL)
		return;
	operation = add_operation(undo, OPERATION_MOVE);
	operation->target = g_strdup(trash->name);
	for (guint i = 0; i < old->messages->len; i++) {
		const OperationMessage *message = old->messages->pdata[i];
		RowId now = message->new_row ? store_view_current(undo->view, message->new_row) : 0;
		if (now != 0 && target != NULL && ROW_FOLDER(now) == target->id &&
			acts_describe(undo->view, operation, &now, 1) > 0)
			undo->back++;
		else
			undo->elsewhere++;
	}
}

static void
undo_across_back(Undo *undo, const Operation *append, const Operation *fetch)
{
	const OperationMessage *message = append->messages->pdata[0], *source = fetch->messages->pdata[0];
	StoreView *home = journaler_view(undo->engine, fetch->account);
	g_autoptr(StoreFolder) target = store_view_folder(undo->view, append->target);
	g_autoptr(StoreFolder) folder = home ? store_view_folder(home, source->folder) : NULL;
	RowId now = message->new_row ? store_view_current(undo->view, message->new_row) : 0;
	Across across = {
		.account = append->account,
		.view = undo->view,
		.target_account = fetch->account,
		.target = source->folder,
		.move = TRUE,
		.undoes = undo->group,
	};

	if (now != 0 && target != NULL && ROW_FOLDER(now) == target->id && folder != NULL &&
		folder->selectable && across_add(&across, now, undo->operations))
		undo->back++;
	else
		undo->elsewhere++;
}

/* What was not sent yet is called off; a copy goes to Trash; what was moved is moved back the same way. */
static void
undo_across(Undo *undo, const Operation *append)
{
	const Operation *fetch, *remove;
	gboolean early = undo->newest && append->state == OPERATION_PENDING &&
			 journal_call_off(undo->journal, append->id, &undo->error);

	across_find(undo->old, append, &fetch, &remove);
	if (early) {
		undo->back++;
		undo->called_off++;
	} else if (fetch == NULL || append->messages->len == 0) {
		undo->elsewhere++;
	} else if (remove != NULL && remove->state != OPERATION_ERROR) {
		undo_across_back(undo, append, fetch);
	} else {
		undo_copy(undo, append);
	}
}

static void
undo_folder(Undo *undo, const Operation *old)
{
	g_autoptr(StoreFolder) folder =
		store_view_folder(undo->view, old->new_name ? old->new_name : old->target);
	Operation *operation;

	if (old->kind == OPERATION_FOLDER_DELETE) {
		fault_set(&undo->error, FAULT_REFUSED,
			_("A folder that was deleted on the server cannot be brought back."));
		return;
	}
	if (folder == NULL) {
		undo->elsewhere++;
		return;
	}
	/* Together with what was put there, which leaves it only now: the folder stays. */
	if (old->kind == OPERATION_FOLDER_CREATE && folder->total > 0 &&
		undo->operations->len + undo->called_off > 0) {
		g_free(undo->kept);
		undo->kept = g_strdup(folder->name);
		return;
	}
	if (old->kind == OPERATION_FOLDER_CREATE && folder->total > 0) {
		fault_set(&undo->error, FAULT_REFUSED, _("The folder holds mail by now: it is kept."));
		return;
	}
	operation =
		add_operation(undo, old->kind == OPERATION_FOLDER_CREATE      ? OPERATION_FOLDER_DELETE
				    : old->kind == OPERATION_FOLDER_RENAME    ? OPERATION_FOLDER_RENAME
				    : old->kind == OPERATION_FOLDER_SUBSCRIBE ? OPERATION_FOLDER_UNSUBSCRIBE
									      : OPERATION_FOLDER_SUBSCRIBE);
	operation->target = g_strdup(folder->name);
	if (old->kind == OPERATION_FOLDER_RENAME)
		operation->new_name = g_strdup(old->target);
	undo->back++;
}

static void
undo_one(Undo *undo, const Operation *old)
{
	if (old->state == OPERATION_UNDONE || old->state == OPERATION_ERROR)
		return;
	undo->account = old->account;
	undo->view = journaler_view(undo->engine, old->account);
	if (undo->view == NULL)
		return;
	switch (old->kind) {
	case OPERATION_FLAGS:
		undo_flags(undo, old);
		break;
	case OPERATION_MOVE:
		undo_move(undo, old);
		break;
	case OPERATION_COPY:
		undo_copy(undo, old);
		break;
	case OPERATION_APPEND:
		if (across_is_append(old))
			undo_across(undo, old);
		else
			undo_copy(undo, old);
		break;
	case OPERATION_FETCH:
	case OPERATION_REMOVE:
		break; /* with its APPEND */
	case OPERATION_EXPUNGE:
		fault_set(
			&undo->error, FAULT_REFUSED, _("What was deleted for good cannot be brought back."));
		break;
	default:
		undo_folder(undo, old);
		break;
	}
}

/* ---- called off -------------------------------------------------------------------------------- */

static gboolean
all_pending(GPtrArray *group)
{
	for (guint i = 0; i < group->len; i++) {
		const Operation *operation = group->pdata[i];
		/* A FETCH changes nothing on the server. */
		if (operation->state != OPERATION_PENDING && operation->kind != OPERATION_FETCH)
			return FALSE;
	}
	return TRUE;
}

/* Later operations may stand on these rows: then only a new operation is safe. */
static gboolean
is_newest(Journal *journal, GPtrArray *group)
{
	const Operation *last = group->pdata[group->len - 1];

	for (guint i = 0; i < group->len; i++) {
		const Operation *operation = group->pdata[i];
		g_autoptr(GError) error = NULL;
		g_autoptr(Operation) later = journal_next(journal, operation->account, last->id, &error);
		if (later != NULL || error != NULL)
			return FALSE;
	}
	return TRUE;
}

/*
 * In one transaction, so that nobody sends it meanwhile; FALSE with *error unset: it is too late
 * for that. The cache, here or the holder's, then follows the journal, also after a kill.
 */
static gboolean
call_off(Engine *engine, Journal *journal, gint64 group, guint *count, GError **error)
{
	g_autoptr(GPtrArray) operations = NULL;
	gboolean ok;

	*count = 0;
	if (!journal_begin(journal, error))
		return FALSE;
	operations = journal_group(journal, group);
	ok = operations->len > 0 && all_pending(operations) && is_newest(journal, operations) &&
	     journal_set_undone(journal, group, 0, error);
	if (!ok) {
		journal_rollback(journal);
		return FALSE;
	}
	if (!journal_commit(journal, error))
		return FALSE;
	for (guint i = 0; i < operations->len; i++) {
		const Operation *operation = operations->pdata[i];
		if (operation->after == 0)
			*count += MAX(1, operation->messages->len);
	}
	acts_wake_owners(engine, operations);
	return TRUE;
}

/* ---- the task -------------------------------------------------------------------------------------- */

static char *
undo_words(const Operation *first, const char *kept, guint back, guint elsewhere)
{
	g_autofree char *what = g_strdup(first->words ? first->words : "");

	if (elsewhere == 0 && kept)
		return g_strdup_printf(_("Taken back: %s. The folder %s stays."), what, kept);
	if (elsewhere == 0)
		return g_strdup_printf(_("Taken back: %s"), what);
	return g_strdup_printf(P_("Taken back: %s. %u of %u was changed elsewhere since.",
				       "Taken back: %s. %u of %u were changed elsewhere since.", elsewhere),
		what, elsewhere, back + elsewhere);
}

static void
drop_empty(GPtrArray *operations)
{
	for (guint i = operations->len; i > 0; i--) {
		const Operation *operation = operations->pdata[i - 1];
		if (operation_is_on_messages(operation) && operation->messages->len == 0)
			g_ptr_array_remove_index(operations, i - 1);
	}
}

/* One whose rows are not known yet: the cache has still to apply it. NULL: none. */
static const Operation *
find_unapplied(const GPtrArray *group)
{
	for (guint i = 0; i < group->len; i++) {
		const Operation *operation = group->pdata[i];
		gboolean open =
			operation->state == OPERATION_PENDING || operation->state == OPERATION_IN_FLIGHT;
		if (!open || (operation->kind != OPERATION_MOVE && operation->kind != OPERATION_COPY &&
				     operation->kind != OPERATION_APPEND))
			continue;
		for (guint m = 0; m < operation->messages->len; m++)
			if (((OperationMessage *)operation->messages->pdata[m])->new_row == 0)
				return operation;
	}
	return NULL;
}

static void
undo_by_operations(Engine *engine, Journal *journal, guint ticket, GPtrArray *group)
{
	const Operation *first = group->pdata[0];
	Undo undo = {.engine = engine,
		.journal = journal,
		.old = group,
		.group = first->group,
		.newest = is_newest(journal, group)};
	g_autofree char *words = NULL;

	undo.operations = g_ptr_array_new_with_free_func((GDestroyNotify)operation_free);
	for (guint i = group->len; i > 0; i--) {
		undo_one(&undo, group->pdata[i - 1]);
		/* Before others come that count those before them. */
		drop_empty(undo.operations);
	}
	if (undo.called_off > 0)
		acts_wake_owners(engine, group);
	if (undo.operations->len == 0 && undo.called_off == 0 && undo.error == NULL)
		fault_set(&undo.error, FAULT_REFUSED,
			_("There is nothing left to take back: it was changed elsewhere since."));
	words = undo_words(first, undo.kept, undo.back, undo.elsewhere);
	g_free(undo.kept);
	for (guint i = 0; i < undo.operations->len; i++)
		((Operation *)undo.operations->pdata[i])->words = g_strdup(words);
	acts_commit(engine, journal, ticket, first->account, undo.operations, words, undo.back, undo.error);
}

static gboolean undo_task(Engine *engine, Journal *journal, gpointer data, GError **unused);

static void
undo_group(Engine *engine, Journal *journal, const Request *request, GPtrArray *group)
{
	const Operation *first = group->pdata[0];
	const Operation *unapplied = find_unapplied(group);
	EngineAccount *owner = unapplied ? engine_account(engine, unapplied->account) : NULL;
	g_autofree char *words = NULL;
	GError *error = NULL;
	guint count = 0;

	if (call_off(engine, journal, first->group, &count, &error)) {
		words = undo_words(first, NULL, count, 0);
	} else if (error == NULL && !request->applied && owner != NULL) {
		Request *later = g_memdup2(request, sizeof(*request));
		later->account = g_strdup(request->account);
		later->group = first->group;
		later->applied = TRUE;
		cachewriter_wake_then(owner, undo_task, later, request_free);
		return;
	} else if (error == NULL) {
		undo_by_operations(engine, journal, request->ticket, group);
		return;
	}
	acts_commit(engine, journal, request->ticket, first->account,
		g_ptr_array_new_with_free_func((GDestroyNotify)operation_free), words, count, error);
}

static gboolean
undo_task(Engine *engine, Journal *journal, gpointer data, GError **unused)
{
	const Request *request = data;
	gint64 group = request->group ? request->group : journal_last_undoable(journal, request->account);
	g_autoptr(GPtrArray) operations = group ? journal_group(journal, group) : NULL;
	GError *error = NULL;

	(void)unused;
	if (operations != NULL && operations->len > 0 &&
		engine_account(engine, ((Operation *)operations->pdata[0])->account) != NULL) {
		undo_group(engine, journal, request, operations);
		return TRUE;
	}
	fault_set(&error, FAULT_UNKNOWN,
		group && request->group ? _("There is no such operation.")
					: _("There is nothing to take back."));
	engine_post_acted(engine, request->ticket, request->account, 0, 0, NULL, error);
	g_error_free(error);
	return TRUE;
}

guint
engine_undo(Engine *engine, const char *account, gint64 group)
{
	Request *request = g_new0(Request, 1);
	guint ticket = registry_next(engine->registry);

	request->ticket = ticket;
	request->account = g_strdup(account);
	request->group = group;
	journal_post(engine, undo_task, request, request_free);
	return ticket;
}

/* ---- failed operations --------------------------------------------------------------------------------- */

static gboolean
forget_in_cache(EngineAccount *account, StoreCache *cache, gpointer data, GError **error)
{
	if (!store_cache_forget(cache, data, error))
		return FALSE;
	engine_post_rows(account, 0);
	return TRUE;
}

/* A failed one, with the steps before and after it that failed with it. FALSE with error. */
static gboolean
forget_steps(Engine *engine, Journal *journal, const GPtrArray *steps, GError **error)
{
	if (!journal_begin(journal, error))
		return FALSE;
	for (guint i = 0; i < steps->len; i++) {
		const Operation *step = steps->pdata[i];
		if (step->state == OPERATION_ERROR &&
			!journal_set_state(journal, step->id, OPERATION_UNDONE, step->error, error)) {
			journal_rollback(journal);
			return FALSE;
		}
	}
	if (!journal_commit(journal, error))
		return FALSE;
	for (guint i = 0; i < steps->len; i++) {
		const Operation *step = steps->pdata[i];
		EngineAccount *account = engine_account(engine, step->account);
		if (step->state == OPERATION_ERROR && account != NULL)
			cache_post(account, forget_in_cache, operation_copy(step),
				(GDestroyNotify)operation_free);
	}
	return TRUE;
}

/* The failed operation of this number in its group; NULL with error. */
static Operation *
find_failed(Engine *engine, const GPtrArray *group, gint64 id, GError **error)
{
	for (guint i = 0; group != NULL && i < group->len; i++) {
		Operation *operation = group->pdata[i];
		if (operation->id == id && operation->state == OPERATION_ERROR &&
			engine_account(engine, operation->account) != NULL)
			return operation;
	}
	fault_set(error, FAULT_UNKNOWN, _("There is no failed operation of this number."));
	return NULL;
}

static GPtrArray *
load_group_of(Journal *journal, gint64 id)
{
	g_autoptr(Operation) operation = journal_get(journal, id);

	return operation ? journal_group(journal, operation->group) : NULL;
}

static gboolean
forget_task(Engine *engine, Journal *journal, gpointer data, GError **unused)
{
	const Request *request = data;
	g_autoptr(GPtrArray) group = load_group_of(journal, request->group);
	g_autoptr(GError) error = NULL;
	Operation *operation = find_failed(engine, group, request->group, &error);
	g_autoptr(GPtrArray) steps = operation ? across_steps(group, operation) : NULL;

	(void)unused;
	if (steps != NULL)
		forget_steps(engine, journal, steps, &error);
	engine_post_acted(engine, request->ticket, NULL, 0, 0,
		error ? NULL : _("Forgotten; the server's state stands."), error);
	return TRUE;
}

/* The same once more, on what is there now. */
static void
repeat(Journal *journal, StoreView *view, const Operation *old, GPtrArray *operations, GError **error)
{
	Operation *again = operation_copy(old);

	again->id = again->group = 0;
	again->state = OPERATION_PENDING;
	again->target_uidnext = again->attempts = 0;
	g_clear_pointer(&again->error, g_free);
	g_ptr_array_set_size(again->messages, 0);
	if (again->kind == OPERATION_APPEND)
		again->content = journal_load_content(journal, old->id);
	for (guint i = 0; i < old->messages->len; i++) {
		const OperationMessage *message = old->messages->pdata[i];
		if (message->state == OPERATION_ERROR && operation_is_on_messages(old))
			acts_describe(view, again, &message->row, 1);
	}
	g_ptr_array_add(operations, again);
	if (operation_is_on_messages(again) && again->messages->len == 0)
		fault_set(error, FAULT_UNKNOWN, _("The message is not there any more."));
}

/* From the first step, unless only the last one is missing. */
static void
repeat_across(StoreView *view, const GPtrArray *steps, GPtrArray *operations, GError **error)
{
	const Operation *fetch = steps->pdata[0], *append = steps->pdata[1];
	const OperationMessage *source = fetch->messages->pdata[0];
	Across across = {
		.account = fetch->account,
		.view = view,
		.target_account = append->account,
		.target = append->target,
		.move = steps->len > 2,
		.undoes = fetch->undoes,
	};

	if (!across_add(&across, source->row, operations))
		fault_set(error, FAULT_UNKNOWN, _("The message is not there any more."));
	for (guint i = 0; i < operations->len; i++)
		((Operation *)operations->pdata[i])->words = g_strdup(fetch->words);
}

/* New operations of the same kind on what is there now. */
static gboolean
retry_task(Engine *engine, Journal *journal, gpointer data, GError **unused)
{
	const Request *request = data;
	g_autoptr(GPtrArray) group = load_group_of(journal, request->group);
	GPtrArray *operations = g_ptr_array_new_with_free_func((GDestroyNotify)operation_free);
	GError *error = NULL;
	const Operation *old = find_failed(engine, group, request->group, &error);
	g_autoptr(GPtrArray) steps = old ? across_steps(group, old) : NULL;
	const Operation *first = steps ? steps->pdata[0] : NULL;
	StoreView *view = first ? journaler_view(engine, first->account) : NULL;
	guint count;

	(void)unused;
	if (first != NULL && view == NULL)
		fault_set(&error, FAULT_UNKNOWN, _("The message is not there any more."));
	else if (first != NULL && steps->len > 1 &&
		 ((const Operation *)steps->pdata[1])->state != OPERATION_DONE)
		repeat_across(view, steps, operations, &error);
	else if (first != NULL)
		repeat(journal, view, old, operations, &error);
	if (error == NULL)
		forget_steps(engine, journal, steps, &error);
	count = operations->len > 0 ? ((Operation *)operations->pdata[0])->messages->len : 0;
	acts_commit(
		engine, journal, request->ticket, old ? old->account : NULL, operations, NULL, count, error);
	return TRUE;
}

static guint
post_on_operation(Engine *engine, gint64 operation, JournalFunc func)
{
	Request *request = g_new0(Request, 1);
	guint ticket = registry_next(engine->registry);

	request->ticket = ticket;
	request->group = operation;
	journal_post(engine, func, request, request_free);
	return ticket;
}

guint
engine_operation_retry(Engine *engine, gint64 operation)
{
	return post_on_operation(engine, operation, retry_task);
}

guint
engine_operation_forget(Engine *engine, gint64 operation)
{
	return post_on_operation(engine, operation, forget_task);
}
