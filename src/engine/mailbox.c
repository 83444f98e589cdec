/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mailbox-private.h"

#include "engine/rules-arrival.h"
#include "imap/writer.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

/* The first screenful and some more. */
#define FIRST_ROWS 200

/* ---- the cache's side ---------------------------------------------------------------- */

typedef struct {
	FolderId id;
	const char *name;
	StoreFolder *folder;
} GetFolder;

static gboolean
get_folder(EngineAccount *account, StoreCache *cache, gpointer data, GError **error)
{
	GetFolder *get = data;

	(void)account;
	(void)error;
	get->folder =
		get->name ? store_cache_folder(cache, get->name) : store_cache_folder_by_id(cache, get->id);
	return TRUE;
}

StoreFolder *
mailbox_folder(Worker *worker, FolderId id, const char *name)
{
	GetFolder get = {.id = id, .name = name};

	return cache_call(worker->account, get_folder, &get, NULL) ? get.folder : NULL;
}

gboolean
mailbox_is_complete(const StoreFolder *folder)
{
	return folder->low_uid == 1;
}

/* The newest rows of a folder that was never read. */
static gboolean
fetch_first(Worker *worker, guint32 exists, GError **error)
{
	MailboxBatch *batch = mailbox_batch_new(worker->mailbox.id, FALSE);
	ImapFetch fetch = {.first = exists > FIRST_ROWS ? exists - FIRST_ROWS + 1 : 1, .last = exists};

	mailbox_batch_fetch(&fetch, batch);
	if (!imap_session_fetch(worker->session, &fetch, worker->cancel, error)) {
		mailbox_batch_free(batch);
		return FALSE;
	}
	if (exists <= FIRST_ROWS)
		batch->low = 1;
	return mailbox_batch_hand_over(worker, batch, error);
}

static gboolean
fetch_newer(Worker *worker, GError **error)
{
	MailboxBatch *batch = mailbox_batch_new(worker->mailbox.id, TRUE);
	g_autoptr(ImapSet) uids = imap_set_new_range(MAX(worker->mailbox.uidnext, 1), G_MAXUINT32);
	ImapFetch fetch = {.uids = uids};

	mailbox_batch_fetch(&fetch, batch);
	if (!imap_session_fetch(worker->session, &fetch, worker->cancel, error)) {
		mailbox_batch_free(batch);
		return FALSE;
	}
	/* All from the old UIDNEXT on are here. */
	batch->low = MAX(worker->mailbox.uidnext, 1);
	return mailbox_batch_hand_over(worker, batch, error);
}

/* ---- flags and what is gone ---------------------------------------------------------------- */

typedef struct {
	FolderId folder;
	GArray *updates; /* of StoreFlagUpdate; keywords owned by strings */
	GPtrArray *strings;
	GArray *gone; /* of UidRange */
	GArray *keep; /* of guint32, sorted; NULL: no comparison */
	guint32 keep_from;
} Changes;

static Changes *
changes_new(FolderId folder)
{
	Changes *changes = g_new0(Changes, 1);

	changes->folder = folder;
	changes->updates = g_array_new(FALSE, FALSE, sizeof(StoreFlagUpdate));
	changes->strings = g_ptr_array_new_with_free_func(g_free);
	changes->gone = g_array_new(FALSE, FALSE, sizeof(UidRange));
	return changes;
}

static void
changes_free(gpointer data)
{
	Changes *changes = data;

	g_array_unref(changes->updates);
	g_ptr_array_unref(changes->strings);
	g_array_unref(changes->gone);
	g_clear_pointer(&changes->keep, g_array_unref);
	g_free(changes);
}

static void
changes_add_flags(Changes *changes, guint32 uid, const ImapFlags *flags, guint64 modseq)
{
	char *keywords = NULL;
	StoreFlagUpdate update = {.uid = uid, .modseq = modseq};

	update.flags = mailbox_flags(flags, &keywords);
	if (keywords != NULL)
		g_ptr_array_add(changes->strings, keywords);
	update.keywords = keywords;
	g_array_append_val(changes->updates, update);
}

static void
changes_row(const ImapRow *row, gpointer user)
{
	Changes *changes = user;

	if (row->uid == 0 || !(row->has & IMAP_HAS_FLAGS))
		return;
	changes_add_flags(changes, row->uid, &row->flags, row->modseq);
	if (changes->keep != NULL)
		g_array_append_val(changes->keep, row->uid);
}

static void
changes_add_gone(Changes *changes, const ImapSet *set)
{
	for (guint i = 0; set != NULL && i < imap_set_ranges(set); i++) {
		ImapRange range = imap_set_range(set, i);
		UidRange gone = {range.first, range.last};
		g_array_append_val(changes->gone, gone);
	}
}

static int
compare_uids(gconstpointer a, gconstpointer b)
{
	guint32 left = *(const guint32 *)a, right = *(const guint32 *)b;

	return (left > right) - (left < right);
}

static gboolean
changes_store(EngineAccount *account, StoreCache *cache, gpointer data, GError **error)
{
	Changes *changes = data;

	if (changes->gone->len > 0 &&
		!store_cache_expunge(cache, changes->folder, (const UidRange *)changes->gone->data,
			changes->gone->len, error))
		return FALSE;
	if (changes->keep != NULL) {
		g_array_sort(changes->keep, compare_uids);
		if (!store_cache_keep_only(cache, changes->folder, changes->keep_from,
			    (const guint32 *)changes->keep->data, changes->keep->len, error))
			return FALSE;
	}
	if (changes->updates->len > 0 &&
		!store_cache_update_flags(cache, changes->folder,
			(const StoreFlagUpdate *)changes->updates->data, changes->updates->len, error))
		return FALSE;
	engine_post_rows(account, changes->folder);
	engine_post_folders(account);
	return TRUE;
}

static gboolean
changes_hand_over(Worker *worker, Changes *changes, GError **error)
{
	if (changes->updates->len == 0 && changes->gone->len == 0 && changes->keep == NULL) {
		changes_free(changes);
		return TRUE;
	}
	if (cache_post_bulk(worker->account, changes_store, changes, changes_free))
		return TRUE;
	fault_set(error, FAULT_CANCELED, _("Posthorn is ending."));
	return FALSE;
}

/* ---- coming up to date ------------------------------------------------------------------------ */

/* What is known by count and by the server's word: nothing can be missing. */
static gboolean
is_unchanged(Worker *worker, const StoreFolder *folder, const ImapSelected *selected)
{
	return selected->highestmodseq != 0 && selected->highestmodseq == folder->modseq &&
	       selected->uidnext == folder->uidnext &&
	       imap_session_exists(worker->session) == folder->server_messages;
}

/* Every UID from low on, by one ESEARCH or SEARCH. */
ImapSet *
mailbox_search_range(Worker *worker, guint32 low, guint32 high, Cancel *cancel, GError **error)
{
	g_autoptr(ImapCommand) keys = imap_command_new("");
	g_autofree char *range =
		high ? g_strdup_printf("UID %u:%u", low, high) : g_strdup_printf("UID %u:*", low);

	imap_command_raw(keys, range);
	return imap_session_search(worker->session, keys, cancel, error);
}

static gboolean
compare_uids_only(Worker *worker, Changes *changes, const StoreFolder *folder, GError **error)
{
	g_autoptr(ImapSet) set = mailbox_search_range(worker, folder->low_uid, 0, worker->cancel, error);

	if (set == NULL)
		return FALSE;
	/* At most what SELECT counted: a hostile range cannot grow this. */
	if (imap_set_count(set) > (guint64)imap_session_exists(worker->session) + 1) {
		fault_set(error, FAULT_PROTOCOL, _("The server lists more messages than it says there are."));
		return FALSE;
	}
	changes->keep = g_array_new(FALSE, FALSE, sizeof(guint32));
	changes->keep_from = folder->low_uid;
	for (guint i = 0; i < imap_set_ranges(set); i++) {
		ImapRange range = imap_set_range(set, i);
		for (guint64 uid = range.first; uid <= range.last; uid++) {
			guint32 value = (guint32)uid;
			g_array_append_val(changes->keep, value);
		}
	}
	return TRUE;
}

/* Of what is here, also what our own operations put there since the last sync. */
static ImapSet *
known_uids(const StoreFolder *folder)
{
	return imap_set_new_range(MAX(folder->low_uid, 1), MAX(MAX(folder->uidnext, 2) - 1, folder->top_uid));
}

/* Without QRESYNC: changed flags since, or all flags; then which are left. */
static gboolean
catch_up(Worker *worker, Changes *changes, const StoreFolder *folder, const ImapSelected *selected,
	GError **error)
{
	g_autoptr(ImapSet) known = known_uids(folder);
	gboolean condstore = folder->modseq != 0 && selected->highestmodseq != 0 &&
			     imap_session_has(worker->session, IMAP_CAP_CONDSTORE);
	ImapFetch fetch = {.uids = known,
		.items = IMAP_FETCH_FLAGS | IMAP_FETCH_MODSEQ,
		.changed_since = condstore ? folder->modseq : 0,
		.row = changes_row,
		.user = changes};

	if (is_unchanged(worker, folder, selected))
		return TRUE;
	if (!condstore) {
		guint damaged = imap_session_damaged(worker->session);
		changes->keep = g_array_new(FALSE, FALSE, sizeof(guint32));
		changes->keep_from = folder->low_uid;
		if (!imap_session_fetch(worker->session, &fetch, worker->cancel, error))
			return FALSE;
		if (imap_session_damaged(worker->session) == damaged)
			return TRUE;
		/* A message whose row was damaged is not gone. */
		g_clear_pointer(&changes->keep, g_array_unref);
		return compare_uids_only(worker, changes, folder, error);
	}
	if (!imap_session_fetch(worker->session, &fetch, worker->cancel, error))
		return FALSE;
	return compare_uids_only(worker, changes, folder, error);
}

typedef struct {
	FolderId folder;
	guint32 uidvalidity, uidnext, exists;
	guint64 modseq;
	gboolean complete;
	FolderId now; /* the folder's id from here on */
} Mark;

static gboolean
mark_selected(EngineAccount *account, StoreCache *cache, gpointer data, GError **error)
{
	Mark *mark = data;

	if (!store_cache_selected(
		    cache, mark->folder, mark->uidvalidity, mark->uidnext, mark->exists, &mark->now, error))
		return FALSE;
	rules_arrival_selected(account, cache, mark->now, mark->uidvalidity, mark->uidnext);
	return TRUE;
}

static gboolean
mark_synced(EngineAccount *account, StoreCache *cache, gpointer data, GError **error)
{
	const Mark *mark = data;

	if (!store_cache_synced(cache, mark->folder, mark->modseq, mark->uidnext, mark->complete,
		    g_get_real_time() / G_USEC_PER_SEC, error))
		return FALSE;
	engine_post_folders(account);
	return TRUE;
}

gboolean
mailbox_post_synced(Worker *worker, guint64 modseq, guint32 uidnext, gboolean complete, GError **error)
{
	Mark *mark = g_new0(Mark, 1);

	mark->folder = worker->mailbox.id;
	mark->modseq = modseq;
	mark->uidnext = uidnext;
	mark->complete = complete;
	if (cache_post_bulk(worker->account, mark_synced, mark, g_free))
		return TRUE;
	fault_set(error, FAULT_CANCELED, _("Posthorn is ending."));
	return FALSE;
}

/* One connection alone: each SELECT numbers the messages anew. */
static gboolean
reads_unnumbered(const Worker *worker)
{
	return worker->kind == WORKER_FETCH || worker->account->engine->batch;
}

static void
say_unnumbered(Worker *worker, const StoreFolder *folder)
{
	g_autofree char *name = text_safe(folder->name, -1, TEXT_MARKS);
	g_autofree char *words = g_strdup_printf(
		_("The server gives the messages of folder \"%s\" no lasting numbers (UIDVALIDITY): it is "
		  "read anew each time, and nothing in it can be changed."),
		name);

	engine_post_note(worker->account->engine, worker->account->key, words, NULL);
}

static gboolean
select_folder(Worker *worker, StoreFolder *folder, ImapSelected *selected, Changes *changes, GError **error)
{
	g_autoptr(ImapSet) known = known_uids(folder);
	ImapSelect options = {
		.examine = worker->account->config->read_only,
		.uidvalidity = folder->uidvalidity,
		.modseq = folder->low_uid ? folder->modseq : 0,
		.known = known,
		.changed = changes_row,
		.user = changes,
	};
	Mark mark = {.folder = folder->id};

	worker->mailbox.id = 0;
	if (!imap_session_select(worker->session, folder->raw, &options, selected, worker->cancel, error)) {
		g_autofree char *refused = text_safe(folder->name, -1, TEXT_MARKS);
		if (imap_session_is_alive(worker->session))
			g_prefix_error(error, _("Folder \"%s\": "), refused);
		return FALSE;
	}
	if (selected->uid_not_sticky)
		selected->uidvalidity = 0;
	if (selected->uidvalidity == 0 && !reads_unnumbered(worker))
		return TRUE;
	mark.uidvalidity = selected->uidvalidity;
	mark.uidnext = selected->uidnext;
	mark.exists = imap_session_exists(worker->session);
	if (!cache_call(worker->account, mark_selected, &mark, error))
		return FALSE;
	if (selected->uidvalidity == 0)
		say_unnumbered(worker, folder);
	if (mark.now != folder->id) {
		if (worker->open_folder == folder->id)
			worker->open_folder = mark.now;
		folder->id = mark.now;
		folder->low_uid = 0;
		folder->uidnext = 0;
		folder->modseq = 0;
	}
	worker->mailbox.id = folder->id;
	worker->mailbox.unnumbered = selected->uidvalidity == 0;
	g_free(worker->mailbox.name);
	worker->mailbox.name = g_strdup(folder->name);
	g_free(worker->mailbox.raw);
	worker->mailbox.raw = g_strdup(folder->raw);
	worker->mailbox.uidvalidity = selected->uidvalidity;
	worker->mailbox.read_only = selected->read_only;
	worker->mailbox.uidnext = folder->low_uid ? MAX(folder->uidnext, 1) : 1;
	return TRUE;
}

gboolean
mailbox_open(Worker *worker, FolderId id, GError **error)
{
	g_autoptr(StoreFolder) folder = NULL;
	g_auto(ImapSelected) selected = {0};
	Changes *changes;
	guint32 exists;
	gboolean first, complete;

	if (worker->mailbox.id == id && imap_session_selected(worker->session) != NULL)
		return mailbox_news(worker, error);
	folder = mailbox_folder(worker, id, NULL);
	if (folder == NULL || !folder->selectable) {
		fault_set(error, FAULT_UNKNOWN, _("That folder is not there any more."));
		return FALSE;
	}
	changes = changes_new(id);
	if (!select_folder(worker, folder, &selected, changes, error)) {
		changes_free(changes);
		return FALSE;
	}
	if (worker->mailbox.id == 0) {
		changes_free(changes);
		return TRUE;
	}
	changes->folder = folder->id;
	exists = imap_session_exists(worker->session);
	first = folder->low_uid == 0;
	if (!first && selected.resynced)
		changes_add_gone(changes, selected.vanished);
	else if (!first && !catch_up(worker, changes, folder, &selected, error)) {
		changes_free(changes);
		return FALSE;
	}
	if (!changes_hand_over(worker, changes, error))
		return FALSE;
	if (first && exists > 0 && !fetch_first(worker, exists, error))
		return FALSE;
	if (!first && (selected.uidnext == 0 || selected.uidnext > folder->uidnext) && exists > 0 &&
		!fetch_newer(worker, error))
		return FALSE;
	complete = mailbox_is_complete(folder) || exists == 0 || (first && exists <= FIRST_ROWS);
	worker->mailbox.uidnext = MAX(worker->mailbox.uidnext, selected.uidnext);
	if (first || is_unchanged(worker, folder, &selected) == FALSE)
		return mailbox_post_synced(
			worker, selected.highestmodseq, worker->mailbox.uidnext, complete, error);
	return TRUE;
}

gboolean
mailbox_news(Worker *worker, GError **error)
{
	Changes *changes = changes_new(worker->mailbox.id);
	gboolean more = FALSE, compare = FALSE, again = FALSE;
	ImapEvent *event;
	FolderId id = worker->mailbox.id;

	while ((event = imap_session_next_event(worker->session)) != NULL) {
		switch (event->kind) {
		case IMAP_EVENT_EXISTS:
			more = TRUE;
			engine_note_news(worker->account);
			break;
		case IMAP_EVENT_EXPUNGED:
			if (event->uids != NULL)
				changes_add_gone(changes, event->uids);
			else
				compare = TRUE;
			break;
		case IMAP_EVENT_FLAGS:
			if (event->uid != 0)
				changes_add_flags(changes, event->uid, &event->flags, event->modseq);
			break;
		case IMAP_EVENT_ALERT:
			engine_post_note(worker->account->engine, worker->account->key, event->text, NULL);
			break;
		case IMAP_EVENT_UIDVALIDITY:
			again = TRUE;
			break;
		case IMAP_EVENT_BYE:
			break;
		}
		imap_event_free(event);
	}
	if (id == 0) {
		changes_free(changes);
		return TRUE;
	}
	if (!changes_hand_over(worker, changes, error))
		return FALSE;
	if (compare || again) {
		worker->mailbox.id = 0;
		return mailbox_open(worker, id, error);
	}
	return !more || fetch_newer(worker, error);
}
