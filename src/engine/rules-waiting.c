/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules-waiting.c - a batch of waiting messages of one folder: what each needs is found out, fetched
 * for all at once, found out again; what must be done once is claimed one by one; then all is
 * gathered and committed together with the end of the waiting.
 */
#include "config.h"

#include "engine/rules-waiting.h"

#include <string.h>

#include "engine/content.h"
#include "engine/mailbox.h"
#include "engine/rules-claim.h"
#include "engine/rules-run.h"
#include "engine/rules-script.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

#define BATCH 50
/* Octets fetched whole in one turn. */
#define FETCH_OCTETS (16 * 1024 * 1024)
/* Header, then the whole, and once more because a program's answer decides anew. */
#define FETCH_ROUNDS 3
/* After so many tries in vain it waits no more, and that is said. */
#define TRIES 5

typedef struct {
	RuleWait *wait;  /* borrowed */
	StoreMail *mail; /* NULL: gone; it waits no more */
	RulesOnce once;
	char *why;
	gboolean fetched_whole;
	gboolean claimed; /* on the server, by this machine */
	gboolean open;    /* undecided */
} Item;

typedef struct {
	Worker *worker;
	RulesScript *script;
	const SieveScript *compiled; /* NULL: none */
	StoreView *view;
	StoreFolder *folder;
	GPtrArray *waits; /* of RuleWait */
	GArray *items;    /* of Item */
	RulesRun *run;
	gint64 group;
	gboolean any;
} Batch;

/* ---- the journal ------------------------------------------------------------------------- */

static gboolean
load_waiting(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	Batch *batch = data;

	(void)engine;
	(void)error;
	batch->waits = journal_rule_waiting(journal, batch->worker->account->key, BATCH);
	return TRUE;
}

static gboolean
commit(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	Batch *batch = data;
	const char *key = batch->worker->account->key;

	(void)engine;
	if (!journal_begin(journal, error))
		return FALSE;
	if (batch->run != NULL && !rules_run_commit(batch->run, journal, &batch->group, error)) {
		journal_rollback(journal);
		return FALSE;
	}
	for (guint i = 0; i < batch->items->len; i++) {
		const Item *item = &g_array_index(batch->items, Item, i);
		if (item->open && item->wait->tries < TRIES)
			journal_rule_try(journal, key, item->wait, NULL);
		else
			journal_rule_waited(journal, key, item->wait, NULL);
	}
	return journal_commit(journal, error);
}

/* ---- what a message needs -------------------------------------------------------------------- */

static RulesRun *
new_run(Batch *batch)
{
	RulesRunOptions options = {.account = batch->worker->account,
		.view = batch->view,
		.script = batch->compiled,
		.config = rules_script_config(batch->script),
		.undoes = OPERATION_AUTOMATIC,
		.look_behind = TRUE};

	return rules_run_new(&options);
}

static gboolean
fetch_some(Batch *batch, GPtrArray *rows, const char *section, GError **error)
{
	gboolean ok = rows->len == 0 || content_fetch(batch->worker, rows, section, error);

	g_ptr_array_set_size(rows, 0);
	return ok;
}

/* Header or whole, of all that lack it. *more: something was fetched. */
static gboolean
fetch_needs(Batch *batch, gboolean *more, GError **error)
{
	g_autoptr(RulesRun) probe = new_run(batch);
	g_autoptr(GPtrArray) headers = g_ptr_array_new();
	g_autoptr(GPtrArray) wholes = g_ptr_array_new();
	guint64 octets = 0;

	*more = FALSE;
	for (guint i = 0; i < batch->items->len; i++) {
		Item *item = &g_array_index(batch->items, Item, i);
		if (item->mail == NULL || !item->open)
			continue;
		item->open = rules_run_probe(probe, item->mail) == RULES_WAITS;
		if (!item->open || rules_run_wants(probe) == RULES_WANT_CLAIM)
			continue;
		*more = TRUE;
		if (rules_run_wants(probe) == RULES_WANT_HEADER) {
			g_ptr_array_add(headers, item->mail->row);
			continue;
		}
		g_ptr_array_add(wholes, item->mail->row);
		octets += item->mail->row->size;
		if (octets > FETCH_OCTETS && !fetch_some(batch, wholes, "", error))
			return FALSE;
		octets = wholes->len > 0 ? octets : 0;
	}
	return fetch_some(batch, headers, "HEADER", error) && fetch_some(batch, wholes, "", error);
}

/* For redirect, pipe, and what a program reads: claimed, and the whole is here. */
static gboolean
claim(Batch *batch, Item *item, GError **error)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new();
	Claimed claimed;

	if (!rules_claim(batch->worker, batch->script, ROW_UID(item->mail->row->id),
		    rules_run_message(batch->run, item->mail), item->mail->row->received, &claimed,
		    &item->why, error))
		return FALSE;
	item->once = claimed == CLAIM_OURS ? RULES_ONCE_OURS : RULES_ONCE_REFUSED;
	item->claimed = claimed == CLAIM_OURS;
	batch->any |= item->claimed;
	if (claimed != CLAIM_OURS)
		return TRUE;
	g_ptr_array_add(rows, item->mail->row);
	return fetch_some(batch, rows, "", error);
}

static gboolean
take(Batch *batch, Item *item, GError **error)
{
	RulesTaken taken = rules_run_take(batch->run, item->mail, RULES_ONCE_WAITS, NULL);

	if (taken == RULES_WAITS && rules_run_wants(batch->run) == RULES_WANT_CLAIM) {
		if (!claim(batch, item, error))
			return FALSE;
		taken = rules_run_take(batch->run, item->mail, item->once, item->why);
	}
	item->open = taken == RULES_WAITS;
	return TRUE;
}

/* ---- a batch ----------------------------------------------------------------------------------- */

static void
item_clear(gpointer data)
{
	Item *item = data;

	store_mail_free(item->mail);
	g_free(item->why);
}

/* Those of the first one's folder. Their rows, where they still are. */
static void
collect_items(Batch *batch)
{
	const RuleWait *first = batch->waits->pdata[0];

	batch->folder = mailbox_folder(batch->worker, 0, first->folder);
	for (guint i = 0; i < batch->waits->len; i++) {
		RuleWait *wait = batch->waits->pdata[i];
		Item item = {.wait = wait, .open = TRUE};
		RowId row = batch->folder ? ROW_ID(batch->folder->id, wait->uid) : 0;
		if (strcmp(wait->folder, first->folder) != 0)
			continue;
		if (row != 0 && batch->view != NULL && batch->folder->uidvalidity == wait->uidvalidity)
			item.mail = store_view_mail(batch->view, row);
		if (item.mail != NULL && item.mail->row->id != row)
			g_clear_pointer(&item.mail, store_mail_free);
		item.open = item.mail != NULL;
		g_array_append_val(batch->items, item);
	}
}

static gboolean
tidy_claims(Batch *batch, GError **error)
{
	g_autoptr(ImapSet) uids = imap_set_new();

	for (guint i = 0; i < batch->items->len; i++) {
		const Item *item = &g_array_index(batch->items, Item, i);
		if (item->claimed)
			imap_set_add(uids, ROW_UID(item->mail->row->id));
	}
	return imap_set_is_empty(uids) || rules_claim_tidy(batch->worker, uids, error);
}

static gboolean
work_through(Batch *batch, GError **error)
{
	gboolean more = TRUE;

	if (batch->folder == NULL || batch->compiled == NULL)
		return TRUE;
	if (!mailbox_open(batch->worker, batch->folder->id, error))
		return FALSE;
	for (guint round = 0; more && round < FETCH_ROUNDS; round++)
		if (!fetch_needs(batch, &more, error))
			return FALSE;
	batch->run = new_run(batch);
	for (guint i = 0; i < batch->items->len; i++) {
		Item *item = &g_array_index(batch->items, Item, i);
		if (item->mail != NULL && !take(batch, item, error))
			return FALSE;
	}
	return TRUE;
}

static void
tell(Batch *batch)
{
	EngineAccount *account = batch->worker->account;
	const char *failure = batch->run ? rules_run_failure(batch->run) : NULL;
	g_autoptr(GError) error = NULL;

	if (failure == NULL)
		return;
	fault_set(&error, FAULT_INPUT, _("Rules: %s"), failure);
	engine_post_note(account->engine, account->key, NULL, error);
}

static Job *
job_for(Batch *batch)
{
	g_autofree char *name = batch->folder ? text_safe(batch->folder->name, -1, TEXT_MARKS) : g_strdup("");

	return job_new(batch->worker->account->engine, batch->worker->account->key,
		g_strdup_printf(_("rules over new mail of %s"), name), NULL);
}

/* Nothing can be done without a script: it stays for when there is one again, unless there is none at all. */
static gboolean
run_batch(Batch *batch, GError **error)
{
	g_autoptr(GError) failure = NULL;
	Job *job;
	gboolean ok;

	batch->items = g_array_new(FALSE, FALSE, sizeof(Item));
	g_array_set_clear_func(batch->items, item_clear);
	batch->view = worker_view(batch->worker);
	collect_items(batch);
	job = job_for(batch);
	ok = work_through(batch, &failure) &&
	     journal_call(batch->worker->account->engine, commit, batch, &failure);
	if (ok && batch->group != 0)
		cachewriter_wake(batch->worker->account);
	if (ok && batch->any)
		ok = tidy_claims(batch, &failure);
	if (ok && batch->run != NULL)
		rules_run_notify(batch->run, batch->worker->cancel);
	tell(batch);
	job_end(job, NULL, failure);
	if (failure != NULL)
		g_propagate_error(error, g_steal_pointer(&failure));
	return ok;
}

static void
batch_clear(Batch *batch)
{
	g_clear_pointer(&batch->run, rules_run_free);
	g_clear_pointer(&batch->items, g_array_unref);
	g_clear_pointer(&batch->waits, g_ptr_array_unref);
	g_clear_pointer(&batch->folder, store_folder_free);
}

/* A refusal of the server concerns this batch; it is tried again with the next. */
static gboolean
is_over(Worker *worker, const GError *error)
{
	return fault_of(error) == FAULT_RETRY || fault_of(error) == FAULT_CANCELED ||
	       !imap_session_is_alive(worker->session);
}

gboolean
rules_waiting_run(Worker *worker, gboolean *made, GError **error)
{
	gboolean again = TRUE;

	while (again && !worker_is_stopping(worker)) {
		Batch batch = {.worker = worker, .script = worker->rules};
		g_autoptr(GError) failure = NULL;
		gboolean ok, over = FALSE;
		batch.compiled = rules_script_get(worker->rules, NULL);
		if (rules_script_is_broken(worker->rules))
			return TRUE;
		if (!journal_call(worker->account->engine, load_waiting, &batch, error))
			return FALSE;
		if (batch.waits->len == 0) {
			batch_clear(&batch);
			return TRUE;
		}
		ok = run_batch(&batch, &failure);
		if (made != NULL)
			*made |= batch.group != 0;
		for (guint i = 0; ok && again && i < batch.items->len; i++)
			again = !g_array_index(batch.items, Item, i).open;
		over = !ok && is_over(worker, failure);
		batch_clear(&batch);
		if (over) {
			g_propagate_error(error, g_steal_pointer(&failure));
			return FALSE;
		}
		again &= ok;
	}
	return TRUE;
}
