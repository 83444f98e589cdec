/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules-daily.c - rules that look at a message's age, over all of a folder once a day.
 *
 * By what is here: nothing is fetched, and what must be done once is left to
 * the rules on arrival. What a run does is one group, undone as one.
 */
#include "config.h"

#include "engine/rules-run.h"
#include "engine/rules-script.h"
#include "engine/rules-waiting.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

#define DAY_S (24 * 60 * 60)
#define PAGE 500

typedef struct {
	Worker *worker;
	const StoreFolder *folder;
	RulesRun *run;
	gint64 now, ran, group;
} Daily;

static gboolean
load_ran(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	Daily *daily = data;

	(void)engine;
	(void)error;
	daily->ran = journal_rule_ran(journal, daily->worker->account->key, daily->folder->name);
	return TRUE;
}

static gboolean
commit(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	Daily *daily = data;

	(void)engine;
	if (!journal_begin(journal, error))
		return FALSE;
	if (!rules_run_commit(daily->run, journal, &daily->group, error) ||
		!journal_rule_set_ran(
			journal, daily->worker->account->key, daily->folder->name, daily->now, error)) {
		journal_rollback(journal);
		return FALSE;
	}
	return journal_commit(journal, error);
}

/* FALSE: stopped, by the user or because something else waits; it runs again later. */
static gboolean
take_all(Daily *daily, StoreView *view, Job *job)
{
	RowId below = 0;
	guint done = 0;

	for (;;) {
		g_autoptr(GPtrArray) mails = store_view_mails(view, daily->folder->id, below, PAGE);
		if (mails->len == 0)
			return TRUE;
		for (guint i = 0; i < mails->len; i++)
			rules_run_take(daily->run, mails->pdata[i], RULES_ONCE_WAITS, NULL);
		below = ((StoreMail *)mails->pdata[mails->len - 1])->row->id;
		done += mails->len;
		job_progress(job, done, daily->folder->total);
		if (cancel_is_triggered(job->cancel) || worker_is_stopping(daily->worker))
			return FALSE;
	}
}

static gboolean
run_folder(Daily *daily, const SieveScript *script, gboolean *made, GError **error)
{
	EngineAccount *account = daily->worker->account;
	RulesRunOptions options = {.account = account,
		.view = worker_view(daily->worker),
		.script = script,
		.undoes = OPERATION_AUTOMATIC,
		.now = daily->now,
		.again = TRUE,
		.look_behind = TRUE};
	g_autoptr(RulesRun) run = rules_run_new(&options);
	g_autofree char *name = text_safe(daily->folder->name, -1, TEXT_MARKS);
	g_autofree char *words = NULL;
	g_autoptr(GError) failure = NULL;
	Job *job = job_new(
		account->engine, account->key, g_strdup_printf(_("rules of the day over %s"), name), NULL);

	daily->run = run;
	if (!take_all(daily, options.view, job)) {
		fault_set(&failure, FAULT_CANCELED, _("Stopped."));
		job_end(job, NULL, failure);
		return TRUE;
	}
	words = rules_run_words(run);
	if (!journal_call(account->engine, commit, daily, &failure)) {
		job_end(job, NULL, failure);
		g_propagate_error(error, g_steal_pointer(&failure));
		return FALSE;
	}
	job_end(job, words, NULL);
	if (daily->group != 0) {
		*made = TRUE;
		cachewriter_wake(account);
		engine_post_note(account->engine, account->key, words, NULL);
	}
	return TRUE;
}

static gboolean
is_daily(Worker *worker, const StoreFolder *folder)
{
	RunRules runs = rules_script_runs(worker->rules, folder->name);

	return folder->selectable && !folder->pending && folder->low_uid == 1 && folder->total > 0 &&
	       (runs == RUN_RULES_DAILY || runs == RUN_RULES_BOTH);
}

gboolean
rules_daily_run(Worker *worker, gboolean *made, GError **error)
{
	StoreView *view = worker_view(worker);
	g_autoptr(GPtrArray) folders = view ? store_view_folders(view) : NULL;

	for (guint i = 0; folders != NULL && i < folders->len && !worker_is_stopping(worker); i++) {
		Daily daily = {.worker = worker,
			.folder = folders->pdata[i],
			.now = g_get_real_time() / G_USEC_PER_SEC};
		const SieveScript *script;
		if (!is_daily(worker, daily.folder) || !rules_script_is_on(worker->rules))
			continue;
		script = rules_script_get(worker->rules, NULL);
		if (script == NULL || !journal_call(worker->account->engine, load_ran, &daily, NULL))
			continue;
		/* A clock that was set back must not put it off for years. */
		if (daily.ran <= daily.now && daily.now - daily.ran < DAY_S)
			continue;
		if (!run_folder(&daily, script, made, error))
			return FALSE;
	}
	return TRUE;
}
