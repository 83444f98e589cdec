/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/across.h"

#include <string.h>

#include "engine/acts.h"
#include "engine/mailbox.h"
#include "engine/places.h"
#include "mime/header.h"
#include "store/key.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

/* ---- the header that stands for the octets ------------------------------------------ */

static void
add_field(GString *block, const char *name, const char *value)
{
	g_autofree char *line = NULL;

	if (value == NULL || *value == '\0')
		return;
	line = text_safe(value, -1, TEXT_MARKS);
	g_string_append_printf(block, "%s: %s\r\n", name, line);
}

/* What the list shows, in place of a header that was not fetched whole. */
static GBytes *
head_of_row(StoreView *view, const StoreRow *row)
{
	GString *block = g_string_new(NULL);
	g_autofree char *ident = store_view_message_id(view, row->id);
	RowId parent = store_view_parent(view, row->id);
	g_autofree char *above = parent ? store_view_message_id(view, parent) : NULL;
	g_autofree char *date =
		dates_format_mail((DateTime){.seconds = row->sent, .offset_minutes = row->sent_offset});
	g_autofree char *fields = store_view_fields(view, row->id);
	g_autoptr(MimeAddress) from =
		row->from_address ? mime_address_new(row->from_name, row->from_address) : NULL;
	g_autofree char *sender = from ? mime_format_address(from) : NULL;

	add_field(block, "From", sender);
	add_field(block, "To", row->to);
	add_field(block, "Subject", row->subject);
	add_field(block, "Date", date);
	add_field(block, "Message-ID", ident);
	add_field(block, "In-Reply-To", above);
	add_field(block, "List-Id", row->list_id);
	if (fields != NULL)
		g_string_append(block, fields);
	if (block->len > 0 && block->str[block->len - 1] != '\n')
		g_string_append(block, "\r\n");
	g_string_append(block, "\r\n");
	return g_string_free_to_bytes(block);
}

static GBytes *
head_of(StoreView *view, RowId id)
{
	g_autoptr(StoreRow) row = store_view_row(view, id);
	g_autoptr(GBytes) whole = row ? store_view_part(view, row->cid, "") : NULL;
	GBytes *header = row && !whole ? store_view_part(view, row->cid, "HEADER") : NULL;
	const char *data, *end;
	gsize length;

	if (header != NULL || row == NULL)
		return header;
	if (whole == NULL)
		return head_of_row(view, row);
	data = g_bytes_get_data(whole, &length);
	end = g_strstr_len(data, (gssize)length, "\r\n\r\n");
	return g_bytes_new_from_bytes(whole, 0, end ? (gsize)(end - data) + 4 : length);
}

/* ---- building ----------------------------------------------------------------------------- */

/* The next step of the message whose last step was given to operations. */
static void
add_step(GPtrArray *operations, Operation *take_operation)
{
	take_operation->after = -(gint64)operations->len;
	g_ptr_array_add(operations, take_operation);
}

static Operation *
make_append(const Across *across, const OperationMessage *source, GBytes *head)
{
	Operation *append = operation_new(OPERATION_APPEND, across->target_account);
	OperationMessage *message = operation_add_message(append);

	append->undoes = across->undoes;
	append->target = g_strdup(across->target);
	append->content = g_bytes_ref(head);
	append->head_only = TRUE;
	append->add_flags = source->old_flags & MESSAGE_SETTABLE & ~MESSAGE_DELETED;
	append->add_keywords = g_strdup(source->old_keywords);
	append->date = source->received;
	message->folder = g_strdup(across->target);
	message->size = source->size;
	message->received = source->received;
	message->key = source->key;
	return append;
}

gboolean
across_add(const Across *across, RowId row, GPtrArray *operations)
{
	g_autoptr(Operation) fetch = operation_new(OPERATION_FETCH, across->account);
	g_autoptr(GBytes) head = NULL;
	Operation *append, *remove;

	if (acts_describe(across->view, fetch, &row, 1) == 0)
		return FALSE;
	head = head_of(across->view, row);
	if (head == NULL)
		return FALSE;
	fetch->undoes = across->undoes;
	append = make_append(across, fetch->messages->pdata[0], head);
	remove = across->move ? operation_copy(fetch) : NULL;
	g_ptr_array_add(operations, g_steal_pointer(&fetch));
	add_step(operations, append);
	if (remove != NULL) {
		remove->kind = OPERATION_REMOVE;
		add_step(operations, remove);
	}
	return TRUE;
}

char *
across_words(const Across *across, guint count)
{
	g_autofree char *target = text_safe(across->target, -1, TEXT_MARKS);
	g_autofree char *to = g_strdup_printf("%s: %s", across->target_account, target);

	return across->move
		       ? g_strdup_printf(
				 P_("Moved %u message to %s", "Moved %u messages to %s", count), count, to)
		       : g_strdup_printf(
				 P_("Copied %u message to %s", "Copied %u messages to %s", count), count, to);
}

void
across_find(
	const GPtrArray *group, const Operation *append, const Operation **fetch, const Operation **remove)
{
	*fetch = *remove = NULL;
	for (guint i = 0; i < group->len; i++) {
		const Operation *operation = group->pdata[i];
		if (operation->id == append->after)
			*fetch = operation;
		else if (operation->after == append->id && operation->kind == OPERATION_REMOVE)
			*remove = operation;
	}
}

GPtrArray *
across_steps(const GPtrArray *group, const Operation *operation)
{
	GPtrArray *steps = g_ptr_array_new();
	const Operation *first = operation;

	for (gboolean more = TRUE; more;) {
		more = FALSE;
		for (guint i = 0; !more && i < group->len; i++) {
			const Operation *other = group->pdata[i];
			more = first->after != 0 && other->id == first->after;
			first = more ? other : first;
		}
	}
	for (guint i = 0; i < group->len; i++) {
		Operation *other = group->pdata[i];
		if (other->id == first->id ||
			(steps->len > 0 && other->after == ((Operation *)steps->pdata[steps->len - 1])->id))
			g_ptr_array_add(steps, other);
	}
	return steps;
}

gboolean
across_is_append(const Operation *operation)
{
	return operation->kind == OPERATION_APPEND && operation->after != 0;
}

/* ---- one after the other -------------------------------------------------------------------- */

void
across_wake(Engine *engine, Journal *journal, const Operation *operation)
{
	g_auto(GStrv) accounts = NULL;

	if (operation->after == 0 && operation->kind != OPERATION_FETCH)
		return;
	accounts = journal_neighbours(journal, operation->id);
	for (guint i = 0; accounts[i] != NULL; i++) {
		EngineAccount *account = engine_account(engine, accounts[i]);
		if (account != NULL && strcmp(accounts[i], operation->account) != 0)
			cachewriter_wake(account);
	}
}

static gboolean
is_placed(const Operation *append)
{
	return append->messages->len > 0 &&
	       ((const OperationMessage *)append->messages->pdata[0])->new_uid != 0;
}

gboolean
across_may_go(Journal *journal, const Operation *operation, const Operation *before, char **refusal)
{
	*refusal = NULL;
	if (before != NULL && (before->state == OPERATION_PENDING || before->state == OPERATION_IN_FLIGHT))
		return FALSE;
	if (operation->after != 0 && operation->kind == OPERATION_REMOVE &&
		(before == NULL || (before->state == OPERATION_DONE && !is_placed(before))))
		*refusal = g_strdup(_("It cannot be proved that the copy is in the other account, so the "
				      "message is kept here too."));
	else if (before != NULL && before->state != OPERATION_DONE)
		*refusal = g_strdup(_("What had to be done before it failed."));
	if (*refusal != NULL)
		return FALSE;
	return operation->kind != OPERATION_FETCH || journal_waiting_octets(journal) < LIMIT_ACROSS_OCTETS;
}

/* ---- the octets ---------------------------------------------------------------------------------- */

typedef struct {
	gint64 operation;
	guint32 uid;
	GBytes *octets;
} Fetched;

static void
take_octets(const ImapRow *row, gpointer user)
{
	Fetched *fetched = user;

	for (guint i = 0; row->uid == fetched->uid && row->sections != NULL && i < row->sections->len; i++) {
		const ImapSection *section = &g_array_index(row->sections, ImapSection, i);
		if (section->section[0] != '\0' || section->octets.data == NULL)
			continue;
		g_clear_pointer(&fetched->octets, g_bytes_unref);
		fetched->octets = g_bytes_new(section->octets.data, section->octets.length);
	}
}

/* Read before, and whole. Without a Message-ID nothing proves that the row still is this message. */
static GBytes *
octets_here(Worker *worker, const OperationMessage *message)
{
	StoreView *view = message->key != 0 ? worker_view(worker) : NULL;
	GBytes *octets = view ? store_view_whole(view, message->row) : NULL;

	if (octets != NULL && g_bytes_get_size(octets) != message->size)
		g_clear_pointer(&octets, g_bytes_unref);
	return octets;
}

static gboolean
octets_from_server(Worker *worker, const Operation *operation, Fetched *fetched, GError **error)
{
	static const char *const whole[] = {"", NULL};
	const OperationMessage *message = operation->messages->pdata[0];
	Place place = {0};
	g_autoptr(ImapSet) uids = NULL;
	ImapFetch fetch = {.sections = whole, .size = message->size, .row = take_octets, .user = fetched};

	if (!places_resolve(worker, operation, &place, error))
		return FALSE;
	if (place.folder != 0) {
		fetched->uid = place.uid;
		uids = imap_set_new_uids(&place.uid, 1);
		fetch.uids = uids;
		if (!mailbox_open(worker, place.folder, error))
			return FALSE;
		/* Made anew meanwhile: the number may be another message's, which only its key would show. */
		if ((message->key != 0 || message->uidvalidity == worker->mailbox.uidvalidity) &&
			!imap_session_fetch(worker->session, &fetch, worker->cancel, error))
			return FALSE;
	}
	if (fetched->octets == NULL || g_bytes_get_size(fetched->octets) == 0) {
		fault_set(error, FAULT_UNKNOWN, _("The message is not on the server any more."));
		return FALSE;
	}
	return TRUE;
}

/* The very message, and nothing that a server cannot store. */
static gboolean
check_octets(const Engine *engine, const OperationMessage *message, GBytes *octets, GError **error)
{
	gsize length;
	const char *data = g_bytes_get_data(octets, &length);
	g_autofree char *field = mime_fields_find(data, length, "Message-ID");

	if (message->key != 0 && store_message_key(&engine->hash_key, field) != message->key) {
		fault_set(error, FAULT_REFUSED, _("The server gave another message than the one asked for."));
		return FALSE;
	}
	if (memchr(data, '\0', length) != NULL) {
		fault_set(error, FAULT_REFUSED,
			_("The message holds NUL octets, which no mail server stores."));
		return FALSE;
	}
	return TRUE;
}

static gboolean
keep_octets(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	const Fetched *fetched = data;

	(void)engine;
	return journal_fetched(journal, fetched->operation, fetched->octets, error);
}

gboolean
across_fetch(Worker *worker, Operation *operation, GError **error)
{
	OperationMessage *message = operation->messages->pdata[0];
	Engine *engine = worker->account->engine;
	Fetched fetched = {.operation = operation->id};
	gboolean ok = TRUE;

	fetched.octets = octets_here(worker, message);
	if (fetched.octets == NULL || !check_octets(engine, message, fetched.octets, NULL)) {
		g_clear_pointer(&fetched.octets, g_bytes_unref);
		ok = octets_from_server(worker, operation, &fetched, error) &&
		     check_octets(engine, message, fetched.octets, error);
	}
	ok = ok && journal_call(engine, keep_octets, &fetched, error);
	if (ok)
		message->state = OPERATION_DONE;
	g_clear_pointer(&fetched.octets, g_bytes_unref);
	return ok;
}
