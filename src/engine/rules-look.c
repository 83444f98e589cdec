/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules-look.c - a dry run, on the reader: a page of rows, then the script over each. Where headers or
 * bodies are missing and may be fetched, a connection brings them and the look is taken again.
 */
#include "config.h"

#include <string.h>

#include "engine/content.h"
#include "engine/mailbox.h"
#include "engine/rules-run.h"
#include "engine/rules-script.h"
#include "engine/rules-waiting.h"
#include "engine/worker.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"

#define PAGE 500
/* Header, then whole. */
#define FETCH_ROUNDS 2

typedef struct {
	Engine *engine;
	guint ticket;
	Cancel *cancel;
	char *account, *text;
	FolderId folder;
	GArray *rows; /* NULL: of the folder */
	guint most;
	guint fetches;            /* rounds left */
	GArray *headers, *wholes; /* of RowId: to be fetched */
} Look;

static void
look_free(gpointer data)
{
	Look *look = data;

	cancel_unref(look->cancel);
	g_free(look->account);
	g_free(look->text);
	g_clear_pointer(&look->rows, g_array_unref);
	g_array_unref(look->headers);
	g_array_unref(look->wholes);
	g_free(look);
}

/* ---- one message ----------------------------------------------------------------------- */

typedef struct {
	Look *look;
	RulesReport *report;
	RulesRun *run;
	const SieveScript *script;
	const GPtrArray *folders;
	guint *taken_by; /* rules x rules: how often the second took from the first */
} Looking;

static void
count_matches(Looking *looking, const SieveResult *result)
{
	guint rules = looking->report->rules->len, last = G_MAXUINT;

	for (guint i = 0; i < result->matches->len; i++) {
		const SieveMatch *match = &g_array_index(result->matches, SieveMatch, i);
		RulesCount *count;
		if (match->rule >= rules)
			continue;
		count = looking->report->rules->pdata[match->rule];
		count->matched++;
		count->acted += match->acted;
		if (match->effective) {
			last = match->rule;
			continue;
		}
		count->taken++;
		if (last < rules)
			looking->taken_by[(gsize)match->rule * rules + last]++;
	}
}

static void
settle_counts(Looking *looking)
{
	guint rules = looking->report->rules->len;

	for (guint i = 0; i < rules; i++) {
		RulesCount *count = looking->report->rules->pdata[i];
		guint most = 0;
		for (guint by = 0; by < rules; by++)
			if (looking->taken_by[(gsize)i * rules + by] > most) {
				most = looking->taken_by[(gsize)i * rules + by];
				count->taken_by = by;
			}
	}
}

static void
count_folder(Looking *looking, const SieveAction *action)
{
	GPtrArray *folders = looking->report->folders;
	RulesFolder *folder;

	if (action->kind != SIEVE_FILEINTO || !rules_place(action, looking->folders).missing)
		return;
	for (guint i = 0; i < folders->len; i++) {
		folder = folders->pdata[i];
		if (strcmp(folder->folder, action->folder) == 0 && folder->create == action->create) {
			folder->messages++;
			return;
		}
	}
	folder = g_new0(RulesFolder, 1);
	folder->folder = g_strdup(action->folder);
	folder->create = action->create;
	folder->messages = 1;
	g_ptr_array_add(folders, folder);
}

static void
note_missing(Looking *looking, RulesHit *hit)
{
	RulesWants wants = rules_run_wants(looking->run);

	hit->unknown = TRUE;
	looking->report->unknown++;
	if (wants == RULES_WANT_CLAIM)
		return;
	g_array_append_val(
		wants == RULES_WANT_WHOLE ? looking->look->wholes : looking->look->headers, hit->row);
}

static RulesHit *
hit_new(const StoreMail *mail)
{
	RulesHit *hit = g_new0(RulesHit, 1);

	hit->row = mail->row->id;
	hit->date = mail->row->sent;
	hit->from = g_strdup(mail->row->from_name ? mail->row->from_name : mail->row->from_address);
	hit->subject = g_strdup(mail->row->subject);
	hit->rule = G_MAXUINT;
	return hit;
}

static void
look_at(Looking *looking, const StoreMail *mail)
{
	g_auto(SieveResult) result = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(RulesPlan) plan = rules_run_look(looking->run, mail, &result, &error);
	RulesHit *hit;

	looking->report->messages++;
	count_matches(looking, &result);
	if (result.matches->len == 0 && error == NULL && rules_plan_is_empty(plan))
		return;
	hit = hit_new(mail);
	for (guint i = 0; i < result.actions->len; i++)
		count_folder(looking, result.actions->pdata[i]);
	if (plan == NULL && fault_of(error) == FAULT_UNKNOWN) {
		note_missing(looking, hit);
	} else if (plan == NULL) {
		looking->report->failed++;
	} else {
		hit->words = rules_plan_words(plan, FALSE);
		hit->nothing = rules_plan_is_empty(plan);
		hit->rule = plan->rule;
	}
	hit->error = error ? g_strdup(error->message) : NULL;
	hit->matches = g_steal_pointer(&result.matches);
	hit->actions = g_steal_pointer(&result.actions);
	g_ptr_array_add(looking->report->hits, hit);
}

/* ---- all of them --------------------------------------------------------------------------- */

static void
look_at_rows(Looking *looking, StoreView *view)
{
	const Look *look = looking->look;

	for (guint i = 0; i < look->rows->len && !cancel_is_triggered(look->cancel); i++) {
		g_autoptr(StoreMail) mail = store_view_mail(view, g_array_index(look->rows, RowId, i));
		if (mail != NULL)
			look_at(looking, mail);
	}
}

static void
look_at_folder(Looking *looking, StoreView *view)
{
	const Look *look = looking->look;
	guint left = look->most ? look->most : G_MAXUINT;
	RowId below = 0;

	while (left > 0 && !cancel_is_triggered(look->cancel)) {
		g_autoptr(GPtrArray) mails =
			store_view_mails(view, look->folder, below, MIN(left, (guint)PAGE));
		if (mails->len == 0)
			return;
		for (guint i = 0; i < mails->len && !cancel_is_triggered(look->cancel); i++)
			look_at(looking, mails->pdata[i]);
		below = ((StoreMail *)mails->pdata[mails->len - 1])->row->id;
		left -= mails->len;
	}
}

static int
compare_hits(gconstpointer a, gconstpointer b)
{
	const RulesHit *left = *(RulesHit *const *)a, *right = *(RulesHit *const *)b;

	return (left->date < right->date) - (left->date > right->date);
}

static RulesReport *
take_look(Look *look, StoreView *view, const SieveScript *script)
{
	RulesRunOptions options = {.account = engine_account(look->engine, look->account),
		.view = view,
		.script = script,
		.look_behind = TRUE};
	g_autoptr(RulesRun) run = rules_run_new(&options);
	const GPtrArray *rules = sieve_script_rules(script);
	RulesReport *report = rules_report_new(look->account, look->folder, look->text);
	Looking looking = {.look = look,
		.report = report,
		.run = run,
		.script = script,
		.folders = rules_run_folders(run),
		.taken_by = g_new0(guint, (gsize)rules->len * rules->len + 1)};
	gint64 began = dates_clock_us();

	for (guint i = 0; i < rules->len; i++) {
		const SieveRule *rule = rules->pdata[i];
		RulesCount *count = g_new0(RulesCount, 1);
		count->name = g_strdup(rule->name);
		count->line = rule->line;
		count->taken_by = G_MAXUINT;
		g_ptr_array_add(report->rules, count);
	}
	if (look->rows != NULL)
		look_at_rows(&looking, view);
	else
		look_at_folder(&looking, view);
	settle_counts(&looking);
	g_ptr_array_sort(report->hits, compare_hits);
	report->took_us = dates_clock_us() - began;
	g_free(looking.taken_by);
	return report;
}

/* Any thread's own: it is needed for the names of programs only. */
static SieveScript *
compile(const Look *look, GError **error)
{
	const Paths *paths = look->engine->paths;
	g_autofree char *path = g_build_filename(paths->config, "posthorn.conf", NULL);
	g_autoptr(Config) config = config_load(path, NULL);
	GPtrArray *errors = NULL;
	SieveScript *script = rules_compile(paths, config, look->account, look->text, &errors);

	if (script == NULL)
		rules_set_errors(errors, error);
	return script;
}

static void
answer(const Look *look, RulesReport *report, GError *error)
{
	EngineEvent *event;

	registry_remove(look->engine->registry, look->ticket);
	if (cancel_is_triggered(look->cancel)) {
		rules_report_free(report);
		g_clear_error(&error);
		return;
	}
	event = engine_event_new(EVENT_RULES, look->account);
	event->ticket = look->ticket;
	event->folder = look->folder;
	event->rules = report;
	event->error = error;
	engine_post(look->engine, event);
}

static void look_again(gpointer data);

/* A connection brings what is missing. */
static gboolean
have_fetched(Look *look)
{
	EngineAccount *account = engine_account(look->engine, look->account);

	if (look->fetches == 0 || look->headers->len + look->wholes->len == 0 || !engine_is_holder(account) ||
		look->engine->offline || cancel_is_triggered(look->cancel))
		return FALSE;
	look->fetches--;
	worker_post_rows(account->sync, look->headers, look->wholes, look_again, look);
	look->headers = g_array_new(FALSE, FALSE, sizeof(RowId));
	look->wholes = g_array_new(FALSE, FALSE, sizeof(RowId));
	return TRUE;
}

static void
look_task(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	Look **slot = data;
	Look *look = *slot;
	StoreView *view = engine_worker_view(worker, look->account);
	g_autoptr(SieveScript) script = NULL;
	g_autoptr(GError) error = NULL;
	RulesReport *report = NULL;

	(void)cancel;
	if (look->text == NULL)
		look->text = rules_load(look->engine->paths, look->account, &error);
	if (look->text != NULL)
		script = compile(look, &error);
	if (view == NULL && error == NULL)
		fault_set(
			&error, FAULT_UNKNOWN, _("This account was never synced: posthorn sync fetches it."));
	if (script != NULL && error == NULL)
		report = take_look(look, view, script);
	if (report != NULL && have_fetched(look)) {
		rules_report_free(report);
		*slot = NULL; /* it comes back */
		return;
	}
	answer(look, report, g_steal_pointer(&error));
}

static void
slot_free(gpointer data)
{
	Look **slot = data;

	if (*slot != NULL)
		look_free(*slot);
	g_free(slot);
}

static void
post(Look *look)
{
	Look **slot = g_new0(Look *, 1);

	*slot = look;
	engine_run(look->engine, ENGINE_READER, look_task, NULL, slot, slot_free, look->cancel);
}

static void
look_again(gpointer data)
{
	Look *look = data;

	if (g_atomic_int_get(&look->engine->stopping))
		look_free(look);
	else
		post(look);
}

guint
engine_rules_look(Engine *engine, const RulesLook *wanted)
{
	Look *look = g_new0(Look, 1);
	guint ticket = registry_next(engine->registry);

	look->engine = engine;
	look->ticket = ticket;
	look->cancel = cancel_new();
	look->account = g_strdup(wanted->account);
	look->text = g_strdup(wanted->text);
	look->folder = wanted->folder;
	look->most = wanted->most;
	look->fetches = wanted->fetch ? FETCH_ROUNDS : 0;
	look->headers = g_array_new(FALSE, FALSE, sizeof(RowId));
	look->wholes = g_array_new(FALSE, FALSE, sizeof(RowId));
	if (wanted->rows != NULL) {
		look->rows = g_array_new(FALSE, FALSE, sizeof(RowId));
		g_array_append_vals(look->rows, wanted->rows, (guint)wanted->row_count);
	}
	registry_add(engine->registry, look->ticket, look->cancel);
	post(look);
	return ticket;
}

/* ---- on a connection ------------------------------------------------------------------------- */

static gboolean
fetch_rows(Worker *worker, const GArray *rows, const char *section, GError **error)
{
	StoreView *view = worker_view(worker);

	for (guint i = 0; view != NULL && i < rows->len;) {
		g_autoptr(GPtrArray) batch = g_ptr_array_new_with_free_func((GDestroyNotify)store_row_free);
		FolderId folder = ROW_FOLDER(g_array_index(rows, RowId, i));
		for (; i < rows->len && batch->len < 50; i++) {
			StoreRow *row = store_view_row(view, g_array_index(rows, RowId, i));
			if (row != NULL && ROW_FOLDER(row->id) == folder && ROW_UID(row->id) != 0)
				g_ptr_array_add(batch, row);
			else
				store_row_free(row);
		}
		if (batch->len > 0 && (!mailbox_open(worker, folder, error) ||
					      !content_fetch(worker, batch, section, error)))
			return FALSE;
	}
	return TRUE;
}

gboolean
rules_fetch(Worker *worker, const GArray *headers, const GArray *wholes, GError **error)
{
	return fetch_rows(worker, headers, "HEADER", error) && fetch_rows(worker, wholes, "", error);
}
