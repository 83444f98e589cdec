/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules-apply.c - what a look found is done, on the journaler: each message is judged again as it is now. */
#include "config.h"

#include <string.h>

#include "engine/rules-run.h"
#include "engine/rules-script.h"
#include "engine/worker.h"
#include "util/fault.h"
#include "util/i18n.h"

typedef struct {
	guint ticket;
	char *account, *text;
	GArray *rows; /* of RowId */
} Request;

static void
request_free(gpointer data)
{
	Request *request = data;

	g_free(request->account);
	g_free(request->text);
	g_array_unref(request->rows);
	g_free(request);
}

typedef struct {
	Engine *engine;
	EngineAccount *account;
	Journal *journal;
	StoreView *view;
	const Request *request;
	gboolean saved; /* the text is the account's script: what waits will find it */
	gboolean waits;
	guint count, unknown;
	gint64 group;
	char *words;
} Apply;

static guint32
uidvalidity_of(StoreView *view, RowId row)
{
	g_autoptr(StoreFolder) folder = store_view_folder_by_id(view, ROW_FOLDER(row));

	return folder ? folder->uidvalidity : 0;
}

/* What must be done once is claimed by the sync connection. */
static void
take(Apply *apply, RulesRun *run, const StoreMail *mail)
{
	if (rules_run_take(run, mail, RULES_ONCE_WAITS, NULL) != RULES_WAITS)
		return;
	if (rules_run_wants(run) != RULES_WANT_CLAIM) {
		apply->unknown++;
	} else if (apply->saved && ROW_UID(mail->row->id) != 0) {
		rules_run_wait(run, mail->row->folder_name, uidvalidity_of(apply->view, mail->row->id),
			ROW_UID(mail->row->id));
		apply->waits = TRUE;
	} else {
		rules_run_take(run, mail, RULES_ONCE_REFUSED,
			_("forwarding, notifications and programs need the script to be saved first"));
	}
}

static gboolean
run_apply(Apply *apply, const SieveScript *script, GError **error)
{
	RulesRunOptions options = {.account = apply->account,
		.journal = apply->journal,
		.view = apply->view,
		.script = script,
		.again = TRUE,
		.look_behind = TRUE};
	g_autoptr(RulesRun) run = rules_run_new(&options);

	for (guint i = 0; i < apply->request->rows->len; i++) {
		g_autoptr(StoreMail) mail =
			store_view_mail(apply->view, g_array_index(apply->request->rows, RowId, i));
		if (mail != NULL)
			take(apply, run, mail);
	}
	apply->count = rules_run_count(run);
	apply->words = rules_run_words(run);
	if (!rules_run_commit(run, apply->journal, &apply->group, error))
		return FALSE;
	if (rules_run_failure(run) != NULL && apply->count == 0 && !apply->waits) {
		fault_set(error, FAULT_REFUSED, "%s", rules_run_failure(run));
		return FALSE;
	}
	return TRUE;
}

static SieveScript *
compile(Apply *apply, GError **error)
{
	const Paths *paths = apply->engine->paths;
	g_autofree char *path = g_build_filename(paths->config, "posthorn.conf", NULL);
	g_autoptr(Config) config = config_load(path, NULL);
	g_autofree char *now = rules_load(paths, apply->request->account, NULL);
	GPtrArray *errors = NULL;
	SieveScript *script =
		rules_compile(paths, config, apply->request->account, apply->request->text, &errors);

	if (script == NULL)
		rules_set_errors(errors, error);
	apply->saved = g_strcmp0(now, apply->request->text) == 0;
	return script;
}

static gboolean
may_act(const Apply *apply, GError **error)
{
	if (apply->account == NULL || apply->view == NULL)
		fault_set(
			error, FAULT_UNKNOWN, _("This account was never synced: posthorn sync fetches it."));
	else if (apply->account->config->read_only)
		fault_set(error, FAULT_REFUSED, _("Account %s is read-only: nothing is changed."),
			apply->account->config->label);
	else
		return TRUE;
	return FALSE;
}

static gboolean
apply_task(Engine *engine, Journal *journal, gpointer data, GError **unused)
{
	const Request *request = data;
	Apply apply = {.engine = engine,
		.account = engine_account(engine, request->account),
		.journal = journal,
		.view = journaler_view(engine, request->account),
		.request = request};
	g_autoptr(GError) error = NULL;
	g_autoptr(SieveScript) script = may_act(&apply, &error) ? compile(&apply, &error) : NULL;

	(void)unused;
	if (script != NULL && run_apply(&apply, script, &error)) {
		if (apply.group != 0)
			cachewriter_wake(apply.account);
		if (apply.waits)
			worker_post(apply.account->sync, WORK_RULES);
	}
	engine_post_acted(
		engine, request->ticket, request->account, apply.group, apply.count, apply.words, error);
	g_free(apply.words);
	return TRUE;
}

guint
engine_rules_apply(Engine *engine, const RulesReport *report, const RowId *leave_out, gsize leave_out_count)
{
	Request *request = g_new0(Request, 1);
	guint ticket = registry_next(engine->registry);
	g_autoptr(GHashTable) left = g_hash_table_new(g_int64_hash, g_int64_equal);

	for (gsize i = 0; i < leave_out_count; i++)
		g_hash_table_add(left, (gpointer)&leave_out[i]);
	request->ticket = ticket;
	request->account = g_strdup(report->account);
	request->text = g_strdup(report->script);
	request->rows = g_array_new(FALSE, FALSE, sizeof(RowId));
	for (guint i = 0; i < report->hits->len; i++) {
		const RulesHit *hit = report->hits->pdata[i];
		if (!g_hash_table_contains(left, &hit->row))
			g_array_append_val(request->rows, hit->row);
	}
	journal_post(engine, apply_task, request, request_free);
	return ticket;
}
