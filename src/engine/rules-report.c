/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules-report.c - what a look found, as a value; and what the log says of one message. */
#include "config.h"

#include "engine/rules.h"
#include "store/rules.h"

static void
hit_free(gpointer data)
{
	RulesHit *hit = data;

	g_free(hit->from);
	g_free(hit->subject);
	g_clear_pointer(&hit->matches, g_array_unref);
	g_clear_pointer(&hit->actions, g_ptr_array_unref);
	g_free(hit->words);
	g_free(hit->error);
	g_free(hit);
}

static void
count_free(gpointer data)
{
	g_free(((RulesCount *)data)->name);
	g_free(data);
}

static void
folder_free(gpointer data)
{
	g_free(((RulesFolder *)data)->folder);
	g_free(data);
}

RulesReport *
rules_report_new(const char *account, FolderId folder, const char *script)
{
	RulesReport *report = g_new0(RulesReport, 1);

	report->account = g_strdup(account);
	report->folder = folder;
	report->script = g_strdup(script);
	report->hits = g_ptr_array_new_with_free_func(hit_free);
	report->rules = g_ptr_array_new_with_free_func(count_free);
	report->folders = g_ptr_array_new_with_free_func(folder_free);
	return report;
}

void
rules_report_free(RulesReport *report)
{
	if (report == NULL)
		return;
	g_free(report->account);
	g_free(report->script);
	g_ptr_array_unref(report->hits);
	g_ptr_array_unref(report->rules);
	g_ptr_array_unref(report->folders);
	g_free(report);
}

/* ---- why is this here? -------------------------------------------------------------------- */

void
rules_why_free(RulesWhy *why)
{
	if (why == NULL)
		return;
	g_free(why->rule);
	g_free(why->did);
	g_free(why->also);
	g_free(why->host);
	g_free(why);
}

GPtrArray *
rules_why(Journal *journal, StoreView *view, const char *account, RowId row)
{
	GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify)rules_why_free);
	g_autoptr(StoreMail) mail = store_view_mail(view, row);
	g_autoptr(GPtrArray) logs = NULL;
	OperationMessage message = {0};

	if (mail == NULL)
		return found;
	message.key = mail->key;
	message.size = mail->row->size;
	message.received = mail->row->received;
	logs = journal_rule_log(journal, account,
		rule_message(
			journal_hash_key(journal), &message, mail->row->from_address, mail->row->subject));
	for (guint i = 0; i < logs->len; i++) {
		RuleLog *log = logs->pdata[i];
		RulesWhy *why = g_new0(RulesWhy, 1);
		why->when = log->made;
		why->rule = g_steal_pointer(&log->rule);
		why->did = g_steal_pointer(&log->did);
		why->also = g_steal_pointer(&log->also);
		why->host = g_steal_pointer(&log->host);
		why->group = log->group;
		why->undone = journal_rule_is_undone(journal, log->group);
		g_ptr_array_add(found, why);
	}
	return found;
}
