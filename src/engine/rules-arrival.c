/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/rules-arrival.h"

#include "engine/rules-run.h"
#include "engine/rules-script.h"
#include "engine/worker.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

/* Judged and committed at once. */
#define BATCH_MAX 2000

struct RulesArrival {
	EngineAccount *account;
	RulesScript *script;
	StoreView *view;
	GHashTable *marks;    /* folder name -> RuleMark: as in the journal */
	gboolean all_dropped; /* no mark of any folder is left */
};

RulesArrival *
rules_arrival_new(EngineAccount *account)
{
	RulesArrival *arrival = g_new0(RulesArrival, 1);

	arrival->account = account;
	arrival->script = rules_script_new(account);
	arrival->marks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return arrival;
}

void
rules_arrival_free(RulesArrival *arrival)
{
	if (arrival == NULL)
		return;
	rules_script_free(arrival->script);
	g_clear_pointer(&arrival->view, store_view_close);
	g_hash_table_unref(arrival->marks);
	g_free(arrival);
}

static StoreView *
view_of(RulesArrival *arrival)
{
	if (arrival->view != NULL)
		store_view_version(arrival->view);
	else
		arrival->view = engine_open_view(arrival->account);
	return arrival->view;
}

/* ---- marks ---------------------------------------------------------------------------- */

typedef struct {
	const char *account, *folder;
	RuleMark mark;
	gboolean found;
} MarkTask;

static gboolean
load_mark(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	MarkTask *task = data;

	(void)engine;
	(void)error;
	task->found = journal_rule_mark(journal, task->account, task->folder, &task->mark);
	return TRUE;
}

static gboolean
save_mark(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	const MarkTask *task = data;

	(void)engine;
	return journal_rule_set_mark(journal, task->account, task->folder, &task->mark, error);
}

static gboolean
drop_marks(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	const MarkTask *task = data;

	(void)engine;
	return journal_rule_drop_marks(journal, task->account, task->folder, error);
}

/* Borrowed; NULL: none. */
static RuleMark *
mark_of(RulesArrival *arrival, const char *folder)
{
	RuleMark *mark = g_hash_table_lookup(arrival->marks, folder);
	MarkTask task = {.account = arrival->account->key, .folder = folder};

	if (mark != NULL)
		return mark;
	if (!journal_call(arrival->account->engine, load_mark, &task, NULL) || !task.found)
		return NULL;
	mark = g_memdup2(&task.mark, sizeof task.mark);
	g_hash_table_insert(arrival->marks, g_strdup(folder), mark);
	return mark;
}

static void
set_mark(RulesArrival *arrival, const char *folder, const RuleMark *mark)
{
	MarkTask task = {.account = arrival->account->key, .folder = folder, .mark = *mark};

	arrival->all_dropped = FALSE;
	if (journal_call(arrival->account->engine, save_mark, &task, NULL))
		g_hash_table_insert(arrival->marks, g_strdup(folder), g_memdup2(mark, sizeof *mark));
}

/* Rules do not run: what comes from now on is old mail once they do again. */
static void
forget_marks(RulesArrival *arrival, const char *folder)
{
	MarkTask task = {.account = arrival->account->key, .folder = folder};

	if (folder == NULL && arrival->all_dropped)
		return;
	if (folder != NULL && mark_of(arrival, folder) == NULL)
		return;
	if (!journal_call(arrival->account->engine, drop_marks, &task, NULL))
		return;
	if (folder == NULL)
		g_hash_table_remove_all(arrival->marks);
	else
		g_hash_table_remove(arrival->marks, folder);
	arrival->all_dropped = folder == NULL;
}

/* NULL: nothing runs over that folder now. */
static const SieveScript *
script_for(RulesArrival *arrival, const char *folder)
{
	g_autoptr(GError) error = NULL;
	RunRules runs = rules_script_runs(arrival->script, folder);
	const SieveScript *script;

	if (!rules_script_is_on(arrival->script)) {
		forget_marks(arrival, NULL);
		return NULL;
	}
	if (runs != RUN_RULES_ARRIVAL && runs != RUN_RULES_BOTH) {
		forget_marks(arrival, folder);
		return NULL;
	}
	script = rules_script_get(arrival->script, &error);
	if (error != NULL)
		engine_post_note(arrival->account->engine, arrival->account->key, NULL, error);
	else if (script == NULL && !rules_script_is_broken(arrival->script))
		forget_marks(arrival, NULL);
	return script;
}

void
rules_arrival_selected(
	EngineAccount *account, StoreCache *cache, FolderId id, guint32 uidvalidity, guint32 uidnext)
{
	RulesArrival *arrival = account->arrival;
	g_autoptr(StoreFolder) folder = store_cache_folder_by_id(cache, id);
	const RuleMark *mark;
	RuleMark begin = {.uidvalidity = uidvalidity};

	if (folder == NULL || uidnext == 0 || script_for(arrival, folder->name) == NULL)
		return;
	/* What came since the folder was last in step here came after the rules were switched on, as far as
	 * anybody here can tell. */
	begin.uid = (folder->uidnext != 0 ? folder->uidnext : uidnext) - 1;
	mark = mark_of(arrival, folder->name);
	if (mark == NULL || mark->uidvalidity != uidvalidity)
		set_mark(arrival, folder->name, &begin);
}

/* ---- judging ----------------------------------------------------------------------------- */

typedef struct {
	RulesArrival *arrival;
	const StoreFolder *folder;
	RulesRun *run;
	GPtrArray *mails; /* of StoreMail, oldest first */
	gboolean *done;   /* beside mails: was done before */
	RuleMark mark;
	gint64 group;
	gboolean waits;
} Judge;

static void
add_mail(Judge *judge, RowId row)
{
	StoreMail *mail = store_view_mail(judge->arrival->view, row);

	if (mail == NULL)
		return;
	if (ROW_FOLDER(mail->row->id) != judge->folder->id || ROW_UID(mail->row->id) == 0)
		store_mail_free(mail);
	else
		g_ptr_array_add(judge->mails, mail);
}

/* What came while the script did not compile is caught up with: it was never judged. */
static guint32
catch_up(Judge *judge, guint32 low)
{
	RowId below = ROW_ID(judge->folder->id, low);
	guint32 first = judge->mark.uid + 1;
	g_autoptr(GPtrArray) earlier = NULL;

	if (judge->mark.high != 0 || first >= low || judge->folder->low_uid == 0 ||
		judge->folder->low_uid > first)
		return low;
	earlier = store_view_mails(judge->arrival->view, judge->folder->id, below, BATCH_MAX);
	for (guint i = earlier->len; i > 0; i--) {
		const StoreMail *mail = earlier->pdata[i - 1];
		if (ROW_UID(mail->row->id) >= first)
			add_mail(judge, mail->row->id);
	}
	return first;
}

static gboolean
find_done(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	Judge *judge = data;

	(void)engine;
	(void)error;
	for (guint i = 0; i < judge->mails->len; i++) {
		const StoreMail *mail = judge->mails->pdata[i];
		judge->done[i] = journal_rule_was_done(journal, judge->arrival->account->key,
			rules_run_message(judge->run, mail), mail->row->received);
	}
	return TRUE;
}

static gboolean
commit(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	Judge *judge = data;
	const char *key = judge->arrival->account->key;

	(void)engine;
	if (!journal_begin(journal, error))
		return FALSE;
	if (!rules_run_commit(judge->run, journal, &judge->group, error) ||
		!journal_rule_set_mark(journal, key, judge->folder->name, &judge->mark, error)) {
		journal_rollback(journal);
		return FALSE;
	}
	return journal_commit(journal, error);
}

static void
take_all(Judge *judge)
{
	for (guint i = 0; i < judge->mails->len; i++) {
		const StoreMail *mail = judge->mails->pdata[i];
		if (judge->done[i] || rules_run_take(judge->run, mail, RULES_ONCE_WAITS, NULL) != RULES_WAITS)
			continue;
		judge->waits = TRUE;
		rules_run_wait(
			judge->run, judge->folder->name, judge->mark.uidvalidity, ROW_UID(mail->row->id));
	}
}

static void
tell(Judge *judge)
{
	EngineAccount *account = judge->arrival->account;
	const char *failure = rules_run_failure(judge->run);
	g_autoptr(GError) error = NULL;

	if (judge->waits)
		worker_post(account->sync, WORK_RULES);
	if (failure == NULL)
		return;
	fault_set(&error, FAULT_INPUT, _("Rules: %s"), failure);
	engine_post_note(account->engine, account->key, NULL, error);
}

static gboolean
run_judge(Judge *judge, const SieveScript *script, guint32 low, guint32 high)
{
	EngineAccount *account = judge->arrival->account;
	RulesRunOptions options = {.account = account,
		.view = judge->arrival->view,
		.script = script,
		.undoes = OPERATION_AUTOMATIC,
		.look_behind = TRUE};
	g_autofree gboolean *done = g_new0(gboolean, judge->mails->len + 1);
	g_autoptr(RulesRun) run = rules_run_new(&options);
	g_autoptr(GError) error = NULL;

	judge->run = run;
	judge->done = done;
	if (judge->mails->len > 0 && !journal_call(account->engine, find_done, judge, NULL))
		return FALSE;
	take_all(judge);
	rule_mark_add(&judge->mark, low, high);
	if (!journal_call(account->engine, commit, judge, &error)) {
		engine_post_note(account->engine, account->key, NULL, error);
		return FALSE;
	}
	g_hash_table_insert(judge->arrival->marks, g_strdup(judge->folder->name),
		g_memdup2(&judge->mark, sizeof judge->mark));
	tell(judge);
	return judge->group != 0;
}

/* Where no mark stands yet: news came after all that was known, all else is old mail. */
static void
begin_mark(Judge *judge, guint32 low, guint32 high, gboolean news)
{
	judge->mark = (RuleMark){.uidvalidity = judge->folder->uidvalidity, .uid = news ? low - 1 : high};
	set_mark(judge->arrival, judge->folder->name, &judge->mark);
}

static gboolean
judge(RulesArrival *arrival, const StoreFolder *folder, guint32 low, guint32 high, const GArray *fresh,
	gboolean news)
{
	const SieveScript *script = script_for(arrival, folder->name);
	g_autoptr(GPtrArray) mails = g_ptr_array_new_with_free_func((GDestroyNotify)store_mail_free);
	Judge now = {.arrival = arrival, .folder = folder, .mails = mails};
	const RuleMark *mark;

	if (script == NULL || low == 0 || high < low || view_of(arrival) == NULL)
		return FALSE;
	mark = mark_of(arrival, folder->name);
	if (mark != NULL && mark->uidvalidity == folder->uidvalidity)
		now.mark = *mark;
	else
		begin_mark(&now, low, high, news);
	if (high <= now.mark.uid)
		return FALSE;
	low = catch_up(&now, low);
	for (guint i = 0; i < fresh->len; i++) {
		RowId row = g_array_index(fresh, RowId, i);
		if (!rule_mark_is_done(&now.mark, ROW_UID(row)))
			add_mail(&now, row);
	}
	return run_judge(&now, script, low, high);
}

/* Those of rows that still stand where they were. */
static void
keep_shown(StoreCache *cache, GArray *rows)
{
	guint kept = 0;

	for (guint i = 0; i < rows->len; i++) {
		RowId row = g_array_index(rows, RowId, i);
		if (store_cache_shows(cache, row))
			g_array_index(rows, RowId, kept++) = row;
	}
	g_array_set_size(rows, kept);
}

void
rules_arrival_intake(EngineAccount *account, StoreCache *cache, const StoreFolder *before, guint32 low,
	guint32 top, GArray *fresh, gboolean news)
{
	g_autoptr(StoreFolder) folder = before ? store_cache_folder_by_id(cache, before->id) : NULL;

	if (folder == NULL)
		return;
	/* UIDs up to what was here before are of messages that are gone. */
	if (before->low_uid > low && before->low_uid - 1 > top)
		top = before->low_uid - 1;
	if (!judge(account->arrival, folder, low, top, fresh, news))
		return;
	engine_note_news(account);
	cachewriter_apply_now(account);
	keep_shown(cache, fresh);
}
