/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/content.h"

#include "engine/mailbox.h"
#include "engine/structure.h"
#include "engine/waits.h"
#include "imap/writer.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

/* In advance: so many messages of a folder, so many a FETCH. */
#define AHEAD_MESSAGES 200
#define AHEAD_BATCH 20
/* Of the likely text sections, octets taken with the structure. */
#define LIKELY_OCTETS (64 * 1024)
/* A job is shown for what is larger. */
#define JOB_OCTETS (64 * 1024)

typedef struct {
	gint64 cid;
	char *section;
	GBytes *data;
	gboolean attachment; /* with section "STRUCTURE" */
} Part;

static void
part_free(gpointer data)
{
	Part *part = data;

	g_free(part->section);
	g_bytes_unref(part->data);
	g_free(part);
}

static gboolean
store_parts(EngineAccount *account, StoreCache *cache, gpointer data, GError **error)
{
	GPtrArray *parts = data;

	(void)account;
	for (guint i = 0; i < parts->len; i++) {
		const Part *part = parts->pdata[i];
		gsize length;
		gconstpointer octets = g_bytes_get_data(part->data, &length);
		if (!store_cache_put_part(cache, part->cid, part->section, octets, length, error))
			return FALSE;
		if (strcmp(part->section, "STRUCTURE") == 0 &&
			!store_cache_set_attachment(cache, part->cid, part->attachment, error))
			return FALSE;
	}
	return TRUE;
}

/* ---- one fetch of content --------------------------------------------------------------- */

typedef struct {
	Worker *worker;
	GHashTable *cids; /* uid -> cid */
	GPtrArray *parts; /* of Part */
	gboolean gone;    /* nothing came for the message */
	guint64 cut;      /* sections cut at so many octets are kept only when shorter */
	Job *job;
	MimePart *structure;
	gboolean size_differs;
	guint64 expected; /* RFC822.SIZE, 0: several messages */
} Collect;

static void
collect_add(Collect *collect, gint64 cid, const char *section, gconstpointer data, gsize length)
{
	Part *part = g_new0(Part, 1);

	part->cid = cid;
	part->section = g_strdup(section);
	part->data = g_bytes_new(data, length);
	g_ptr_array_add(collect->parts, part);
}

static void
collect_structure(Collect *collect, gint64 cid, const ImapRow *row)
{
	Part *part = g_new0(Part, 1);

	part->cid = cid;
	part->section = g_strdup("STRUCTURE");
	part->data = structure_write(row->structure);
	part->attachment = mime_part_has_attachment(row->structure);
	g_ptr_array_add(collect->parts, part);
}

static void
collect_row(const ImapRow *row, gpointer user)
{
	Collect *collect = user;
	gint64 *cid = g_hash_table_lookup(collect->cids, GUINT_TO_POINTER(row->uid));

	if (cid == NULL)
		return;
	collect->gone = FALSE;
	if ((row->has & IMAP_HAS_STRUCTURE) && row->structure != NULL) {
		collect_structure(collect, *cid, row);
		g_clear_pointer(&collect->structure, mime_part_free);
		collect->structure = row->structure;
		((ImapRow *)row)->structure = NULL;
	}
	for (guint i = 0; row->sections != NULL && i < row->sections->len; i++) {
		const ImapSection *section = &g_array_index(row->sections, ImapSection, i);
		if (section->octets.data == NULL)
			continue;
		if (collect->cut != 0 && section->octets.length >= collect->cut)
			continue;
		if (section->section[0] == '\0' && collect->expected != 0 &&
			section->octets.length != collect->expected)
			collect->size_differs = TRUE;
		collect_add(collect, *cid, section->section, section->octets.data, section->octets.length);
	}
}

static void
collect_progress(guint64 received, guint64 total, gpointer user)
{
	Collect *collect = user;

	job_progress(collect->job, (gint64)received, (gint64)total);
}

static void
collect_init(Collect *collect, Worker *worker)
{
	collect->worker = worker;
	collect->cids = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	collect->parts = g_ptr_array_new_with_free_func(part_free);
	collect->gone = TRUE;
}

static void
collect_clear(Collect *collect)
{
	g_hash_table_unref(collect->cids);
	g_ptr_array_unref(collect->parts);
	g_clear_pointer(&collect->structure, mime_part_free);
}

static gboolean
collect_store(Collect *collect, GError **error)
{
	return collect->parts->len == 0 ||
	       cache_call(collect->worker->account, store_parts, collect->parts, error);
}

static gboolean
collect_fetch(Collect *collect, const ImapSet *uids, guint items, const char *const *sections, guint64 octets,
	guint64 size, Cancel *cancel, GError **error)
{
	ImapFetch fetch = {
		.uids = uids,
		.items = items,
		.sections = sections,
		.octets = octets,
		.size = size,
		.row = collect_row,
		.progress = collect->job ? collect_progress : NULL,
		.user = collect,
	};

	collect->cut = octets;
	return imap_session_fetch(collect->worker->session, &fetch, cancel, error);
}

/* ---- what the user waits for ------------------------------------------------------------------ */

static gboolean
has_part(StoreView *view, gint64 cid, const char *section)
{
	g_autoptr(GBytes) bytes = store_view_part(view, cid, section);

	return bytes != NULL;
}

/* All texts that would be shown are here. */
static gboolean
has_text(StoreView *view, gint64 cid)
{
	g_autoptr(GBytes) data = NULL;
	g_autoptr(MimePart) root = NULL;
	g_autoptr(GPtrArray) texts = NULL;

	if (has_part(view, cid, ""))
		return TRUE;
	data = store_view_part(view, cid, "STRUCTURE");
	root = data ? structure_read(data) : NULL;
	if (root == NULL || !has_part(view, cid, "HEADER"))
		return FALSE;
	texts = mime_part_texts(root, MIME_PREFER_PLAIN);
	for (guint i = 0; i < texts->len; i++)
		if (!has_part(view, cid, ((MimePart *)texts->pdata[i])->section))
			return FALSE;
	return TRUE;
}

static gboolean
is_here(StoreView *view, const StoreRow *row, EngineWant want, const char *section)
{
	if (has_part(view, row->cid, ""))
		return TRUE;
	if (want == WANT_PART)
		return has_part(view, row->cid, section);
	return want == WANT_TEXT && has_text(view, row->cid);
}

gboolean
content_is_here(Worker *worker, Work *work)
{
	StoreView *view = worker_view(worker);
	g_autoptr(StoreRow) row = view ? store_view_row(view, work->row) : NULL;

	if (row == NULL || !is_here(view, row, work->want, work->section))
		return FALSE;
	worker_finish(worker, work, NULL, NULL);
	return TRUE;
}

static gboolean
fetch_texts(Worker *worker, Collect *collect, const ImapSet *uids, const StoreRow *row, Cancel *cancel,
	GError **error)
{
	g_autoptr(GPtrArray) sections = g_ptr_array_new();
	g_autoptr(GPtrArray) texts = mime_part_texts(collect->structure, MIME_PREFER_PLAIN);
	StoreView *view = worker_view(worker);

	for (guint i = 0; i < texts->len; i++) {
		const MimePart *part = texts->pdata[i];
		if (!has_part(view, row->cid, part->section))
			g_ptr_array_add(sections, part->section);
	}
	if (!has_part(view, row->cid, "HEADER"))
		g_ptr_array_add(sections, (char *)"HEADER");
	if (sections->len == 0)
		return TRUE;
	g_ptr_array_add(sections, NULL);
	g_ptr_array_set_size(collect->parts, 0);
	return collect_fetch(
		       collect, uids, 0, (const char *const *)sections->pdata, 0, row->size, cancel, error) &&
	       collect_store(collect, error);
}

static gboolean
fetch_large_text(Worker *worker, Collect *collect, const ImapSet *uids, const StoreRow *row, Cancel *cancel,
	GError **error)
{
	static const char *const likely[] = {"HEADER", "1", "1.1", NULL};

	if (!collect_fetch(
		    collect, uids, IMAP_FETCH_STRUCTURE, likely, LIKELY_OCTETS, row->size, cancel, error) ||
		!collect_store(collect, error))
		return FALSE;
	if (collect->structure == NULL) {
		static const char *const whole[] = {"", NULL};
		g_ptr_array_set_size(collect->parts, 0);
		return collect_fetch(collect, uids, 0, whole, 0, row->size, cancel, error) &&
		       collect_store(collect, error);
	}
	return fetch_texts(worker, collect, uids, row, cancel, error);
}

static gboolean
fetch_row(Worker *worker, Collect *collect, const StoreRow *row, const Work *work, Cancel *cancel,
	GError **error)
{
	guint32 uid = ROW_UID(row->id);
	g_autoptr(ImapSet) uids = imap_set_new_uids(&uid, 1);
	const char *one[] = {work->section, NULL};
	static const char *const whole[] = {"", NULL};

	g_hash_table_insert(collect->cids, GUINT_TO_POINTER(uid), g_memdup2(&row->cid, sizeof(row->cid)));
	collect->expected = row->size;
	if (work->want == WANT_TEXT && row->size > CONTENT_SMALL)
		return fetch_large_text(worker, collect, uids, row, cancel, error);
	if (work->want == WANT_PART && row->size > CONTENT_SMALL)
		return collect_fetch(collect, uids, 0, one, 0, row->size, cancel, error) &&
		       collect_store(collect, error);
	if (!collect_fetch(collect, uids, IMAP_FETCH_STRUCTURE, whole, 0, row->size, cancel, error))
		return FALSE;
	/* A structure past all limits brought no row at all: the octets alone may come. */
	if (collect->gone && !collect_fetch(collect, uids, 0, whole, 0, row->size, cancel, error))
		return FALSE;
	if (collect->size_differs) {
		/* Once more; the second answer stands, and the pager says that the sizes differ. */
		g_ptr_array_set_size(collect->parts, 0);
		if (!collect_fetch(collect, uids, IMAP_FETCH_STRUCTURE, whole, 0, row->size, cancel, error))
			return FALSE;
	}
	return collect_store(collect, error);
}

static Job *
want_job(Worker *worker, const Work *work, const StoreRow *row, Cancel *cancel)
{
	g_autofree char *subject = NULL;
	Job *job;

	if (row->size < JOB_OCTETS)
		return NULL;
	job = waits_take(worker->account->engine, work->ticket);
	if (job != NULL) {
		job->job->bytes = TRUE;
		job_begin(job);
		return job;
	}
	subject = text_safe(row->subject ? row->subject : "", -1, TEXT_MARKS);
	job = job_new(worker->account->engine, worker->account->key,
		g_strdup_printf(_("message \"%s\""), subject), cancel);
	job->job->bytes = TRUE;
	return job;
}

typedef struct {
	OperationMessage message;
	RowId row; /* 0: not found, or not the only one */
} Renumbered;

static gboolean
find_renumbered(EngineAccount *account, StoreCache *cache, gpointer data, GError **error)
{
	Renumbered *asked = data;

	(void)account;
	(void)error;
	asked->row = store_cache_renumbered(cache, &asked->message);
	return TRUE;
}

static void
renumbered_clear(Renumbered *asked)
{
	g_free(asked->message.folder);
	g_free(asked->message.old_keywords);
}

static void
set_gone(GError **error)
{
	fault_set(error, FAULT_UNKNOWN, _("The message is not on the server any more."));
}

/*
 * Open the folder of row. Where the server numbered it anew, *row becomes the one row of it that has its key;
 * NULL: there is none.
 */
static gboolean
open_row(Worker *worker, StoreRow **row, GError **error)
{
	FolderId folder = ROW_FOLDER((*row)->id);
	StoreView *view = worker_view(worker);
	Renumbered asked = {0};

	if (view != NULL)
		store_view_describe(view, (*row)->id, &asked.message);
	if (!mailbox_open(worker, folder, error)) {
		renumbered_clear(&asked);
		return FALSE;
	}
	if (worker->mailbox.id != folder) {
		g_clear_pointer(row, store_row_free);
		if (worker->mailbox.id != 0 && cache_call(worker->account, find_renumbered, &asked, NULL) &&
			asked.row != 0)
			*row = store_view_row(worker_view(worker), asked.row);
	}
	renumbered_clear(&asked);
	return TRUE;
}

/* What is small goes on as a job that waits: main may end it at any time. */
static gboolean
fetch_wanted(Worker *worker, Work *work, const StoreRow *row, Collect *collect, GError **error)
{
	Cancel *cancel = work->cancel ? work->cancel : worker->cancel;
	gboolean ok;

	if (cancel_check(work->cancel, error))
		return FALSE;
	collect->job = want_job(worker, work, row, cancel);
	ok = fetch_row(worker, collect, row, work, cancel, error);
	/* Another connection heard of it first: this one's view of the mailbox is older. */
	if (ok && collect->gone)
		ok = imap_session_noop(worker->session, cancel, error) && mailbox_news(worker, error) &&
		     fetch_row(worker, collect, row, work, cancel, error);
	return ok;
}

/* FALSE: as content_want; *answer: what to tell who asked. */
static gboolean
want_row(Worker *worker, Work *work, StoreRow **row, GError **answer, GError **error)
{
	Collect collect = {0};
	g_autoptr(GError) failure = NULL;
	gboolean ok;

	if (ROW_UID((*row)->id) == 0) {
		fault_set(answer, FAULT_RETRY,
			_("The server does not have this message yet; it can be read when the operation on "
			  "it is done."));
		return TRUE;
	}
	collect_init(&collect, worker);
	ok = open_row(worker, row, &failure) &&
	     (*row == NULL || fetch_wanted(worker, work, *row, &collect, &failure));
	if (ok || imap_session_is_alive(worker->session) || cancel_is_triggered(work->cancel))
		job_end(collect.job, NULL, failure);
	else
		waits_put_back(worker->account->engine, EVENT_CONTENT, work->ticket, collect.job);
	if (ok && collect.gone)
		set_gone(answer);
	collect_clear(&collect);
	if (ok)
		return TRUE;
	if (imap_session_is_alive(worker->session) && !worker_is_stopping(worker)) {
		g_propagate_error(answer, g_steal_pointer(&failure));
		return TRUE;
	}
	if (fault_of(failure) == FAULT_LIMIT || fault_of(failure) == FAULT_PROTOCOL)
		g_propagate_error(answer, g_error_copy(failure));
	g_propagate_error(error, g_steal_pointer(&failure));
	return FALSE;
}

gboolean
content_want(Worker *worker, Work *work, GError **error)
{
	StoreView *view = worker_view(worker);
	g_autoptr(StoreRow) row = view ? store_view_row(view, work->row) : NULL;
	g_autoptr(GError) answer = NULL;
	gboolean ok = TRUE;

	if (cancel_check(work->cancel, &answer)) {
		worker_finish(worker, work, NULL, answer);
		return TRUE;
	}
	if (row == NULL)
		set_gone(&answer);
	else if (!is_here(view, row, work->want, work->section))
		ok = want_row(worker, work, &row, &answer, error);
	if (ok || answer != NULL)
		worker_finish(worker, work, NULL, answer);
	return ok;
}

/* ---- searched by the server -------------------------------------------------------------------------- */

static GArray *
rows_of_set(Worker *worker, FolderId folder, const ImapSet *set)
{
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(RowId));
	guint64 most = imap_session_exists(worker->session);

	for (guint i = 0; i < imap_set_ranges(set) && rows->len < most; i++) {
		ImapRange range = imap_set_range(set, i);
		for (guint64 uid = range.first; uid <= range.last && rows->len < most; uid++) {
			RowId row = ROW_ID(folder, uid);
			g_array_append_val(rows, row);
		}
	}
	return rows;
}

/* Not by every connection: see mailbox_open(). */
static gboolean
is_selected(const Worker *worker, GError **error)
{
	if (worker->mailbox.id != 0)
		return TRUE;
	fault_set(error, FAULT_REFUSED,
		_("The server gives the messages of this folder no lasting numbers; open it to read it."));
	return FALSE;
}

gboolean
content_search(Worker *worker, Work *work, GError **error)
{
	g_autoptr(ImapCommand) keys = imap_command_new("TEXT ");
	Engine *engine = worker->account->engine;
	Job *job = NULL;
	g_autoptr(GError) failure = NULL;
	g_autoptr(ImapSet) set = NULL;

	imap_command_string(keys, work->section);
	if (!cancel_check(work->cancel, &failure) && mailbox_open(worker, work->folder_id, &failure) &&
		is_selected(worker, &failure) && !cancel_check(work->cancel, &failure)) {
		job = waits_take(engine, work->ticket);
		job_begin(job);
		set = imap_session_search(worker->session, keys, work->cancel, &failure);
	}
	if (set != NULL || imap_session_is_alive(worker->session) || cancel_is_triggered(work->cancel))
		job_end(job, NULL, failure);
	else
		waits_put_back(engine, EVENT_FOUND, work->ticket, job);
	if (set != NULL)
		work->found = rows_of_set(worker, worker->mailbox.id, set);
	if (set != NULL || imap_session_is_alive(worker->session)) {
		worker_finish(worker, work, NULL, failure);
		return TRUE;
	}
	g_propagate_error(error, g_steal_pointer(&failure));
	return FALSE;
}

/* ---- in advance ----------------------------------------------------------------------------------- */

static gboolean
is_wanted_ahead(const FetchSetting *setting, const StoreRow *row, gint64 now)
{
	if (setting->age_s >= 0 && row->received < now - setting->age_s)
		return FALSE;
	return ROW_UID(row->id) != 0 && !(row->flags & MESSAGE_FOREIGN) &&
	       (setting->kind == FETCH_ALL || row->size <= CONTENT_SMALL);
}

/* The next few newest rows without content. */
static GPtrArray *
rows_ahead(Worker *worker, FolderId folder)
{
	const FetchSetting *setting = &worker->account->config->fetch;
	StoreView *view = worker_view(worker);
	StoreOrderSpec spec = {.key = SORT_RECEIVED, .descending = TRUE};
	g_autoptr(StoreOrder) order = view ? store_view_first(view, folder, &spec, AHEAD_MESSAGES) : NULL;
	GPtrArray *wanted = g_ptr_array_new_with_free_func((GDestroyNotify)store_row_free);
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;

	for (gsize i = 0;
		order != NULL && i < MIN(order->length, AHEAD_MESSAGES) && wanted->len < AHEAD_BATCH; i++) {
		StoreRow *row = store_view_row(view, order->entries[i].id);
		if (row != NULL && is_wanted_ahead(setting, row, now) && !has_part(view, row->cid, ""))
			g_ptr_array_add(wanted, row);
		else
			store_row_free(row);
	}
	return wanted;
}

static gboolean
collect_rows(Collect *collect, const GPtrArray *rows, const char *section, guint items, GError **error)
{
	g_autoptr(ImapSet) uids = imap_set_new();
	const char *sections[] = {section, NULL};

	for (guint i = 0; i < rows->len; i++) {
		const StoreRow *row = rows->pdata[i];
		imap_set_add(uids, ROW_UID(row->id));
		g_hash_table_insert(collect->cids, GUINT_TO_POINTER(ROW_UID(row->id)),
			g_memdup2(&row->cid, sizeof(row->cid)));
	}
	return collect_fetch(collect, uids, items, sections, 0, 0, collect->worker->cancel, error) &&
	       collect_store(collect, error);
}

gboolean
content_fetch(Worker *worker, const GPtrArray *rows, const char *section, GError **error)
{
	Collect collect = {0};
	gboolean ok;

	collect_init(&collect, worker);
	ok = collect_rows(&collect, rows, section, 0, error);
	collect_clear(&collect);
	return ok;
}

gboolean
content_ahead(Worker *worker, FolderId folder, gboolean *more, GError **error)
{
	g_autoptr(GPtrArray) rows = NULL;
	Collect collect = {0};
	gboolean ok;

	*more = FALSE;
	if (worker->account->config->fetch.kind == FETCH_HEADERS)
		return TRUE;
	rows = rows_ahead(worker, folder);
	if (rows->len == 0)
		return TRUE;
	if (!mailbox_open(worker, folder, error))
		return FALSE;
	/* Read anew, or not by this connection. */
	if (worker->mailbox.id != folder)
		return TRUE;
	collect_init(&collect, worker);
	ok = collect_rows(&collect, rows, "", IMAP_FETCH_STRUCTURE, error);
	/* Where nothing came there is nothing more to get either. */
	*more = ok && collect.parts->len > 0;
	if (ok && collect.parts->len > 0)
		engine_post_rows(worker->account, folder);
	collect_clear(&collect);
	return ok;
}
