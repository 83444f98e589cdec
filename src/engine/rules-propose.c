/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules-propose.c - conditions that a message suggests, with how many others they would match. */
#include "config.h"

#include <string.h>

#include "engine/private.h"
#include "engine/rules.h"
#include "mime/header.h"
#include "util/fault.h"
#include "util/i18n.h"

#define STEM_LEAST 4 /* characters */

typedef struct {
	Engine *engine;
	guint ticket;
	Cancel *cancel;
	char *account;
	RowId row;
} Request;

static void
request_free(gpointer data)
{
	Request *request = data;

	cancel_unref(request->cancel);
	g_free(request->account);
	g_free(request);
}

void
rules_proposal_free(gpointer data)
{
	g_free(((RulesProposal *)data)->value);
	g_free(data);
}

FormCondition *
rules_proposal_condition(const RulesProposal *proposal)
{
	static const struct {
		FormSubject subject;
		FormVerb verb;
	} rows[] = {
		[PROPOSAL_LIST] = {FORM_LIST, FORM_IS},
		[PROPOSAL_SENDER] = {FORM_FROM, FORM_IS},
		[PROPOSAL_DOMAIN] = {FORM_FROM, FORM_DOMAIN},
		[PROPOSAL_SUBJECT] = {FORM_SUBJECT, FORM_CONTAINS},
		[PROPOSAL_PRIORITY] = {FORM_PRIORITY, FORM_IS},
	};

	return form_condition_new(rows[proposal->kind].subject, rows[proposal->kind].verb, proposal->value);
}

/* ---- the stem of a subject ------------------------------------------------------------------- */

static gboolean
has_digit(const char *word)
{
	for (const char *c = word; *c != '\0'; c = g_utf8_next_char(c))
		if (g_unichar_isdigit(g_utf8_get_char(c)))
			return TRUE;
	return FALSE;
}

/* The longest run of words without a digit; NULL: there is none worth a rule. */
char *
rules_subject_stem(const char *subject)
{
	g_autofree char *base = mime_base_subject(subject, NULL);
	g_auto(GStrv) words = g_strsplit(base, " ", -1);
	g_autoptr(GString) best = g_string_new(NULL);
	g_autoptr(GString) now = g_string_new(NULL);

	for (guint i = 0;; i++) {
		if (words[i] != NULL && !has_digit(words[i])) {
			g_string_append_printf(now, "%s%s", now->len > 0 ? " " : "", words[i]);
			continue;
		}
		if (now->len > best->len)
			g_string_assign(best, now->str);
		g_string_truncate(now, 0);
		if (words[i] == NULL)
			break;
	}
	while (best->len > 0 && strchr(" -:,#([", best->str[best->len - 1]) != NULL)
		g_string_truncate(best, best->len - 1);
	if (g_utf8_strlen(best->str, -1) < STEM_LEAST)
		return NULL;
	return g_string_free(g_steal_pointer(&best), FALSE);
}

/* ---- proposals --------------------------------------------------------------------------------- */

static void
propose(GPtrArray *proposals, StoreView *view, FolderId folder, ProposalKind kind, const char *value)
{
	static const StoreCountKind counts[] = {
		[PROPOSAL_LIST] = STORE_COUNT_LIST,
		[PROPOSAL_SENDER] = STORE_COUNT_SENDER,
		[PROPOSAL_DOMAIN] = STORE_COUNT_DOMAIN,
		[PROPOSAL_SUBJECT] = STORE_COUNT_SUBJECT,
		[PROPOSAL_PRIORITY] = STORE_COUNT_PRIORITY,
	};
	RulesProposal *proposal;

	if (value == NULL || value[0] == '\0')
		return;
	proposal = g_new0(RulesProposal, 1);
	proposal->kind = kind;
	proposal->value = g_strdup(value);
	store_view_count(view, folder, counts[kind], value, &proposal->here, &proposal->everywhere);
	g_ptr_array_add(proposals, proposal);
}

/* The narrowest that matches more than one; then those that match this one alone. */
static int
compare_proposals(gconstpointer a, gconstpointer b)
{
	const RulesProposal *left = *(RulesProposal *const *)a, *right = *(RulesProposal *const *)b;
	gboolean left_many = left->here > 1, right_many = right->here > 1;

	if (left_many != right_many)
		return right_many - left_many;
	if (left->here != right->here)
		return left->here < right->here ? -1 : 1;
	return (int)left->kind - (int)right->kind;
}

GPtrArray *
rules_proposals(StoreView *view, const StoreRow *row)
{
	GPtrArray *proposals = g_ptr_array_new_with_free_func(rules_proposal_free);
	FolderId folder = ROW_FOLDER(row->id);
	const char *at = row->from_address ? strrchr(row->from_address, '@') : NULL;
	g_autofree char *stem = row->subject ? rules_subject_stem(row->subject) : NULL;

	propose(proposals, view, folder, PROPOSAL_LIST, row->list_id);
	propose(proposals, view, folder, PROPOSAL_SENDER, row->from_address);
	propose(proposals, view, folder, PROPOSAL_DOMAIN, at ? at + 1 : NULL);
	propose(proposals, view, folder, PROPOSAL_SUBJECT, stem);
	propose(proposals, view, folder, PROPOSAL_PRIORITY,
		row->priority == PRIORITY_HIGH  ? "high"
		: row->priority == PRIORITY_LOW ? "low"
						: NULL);
	g_ptr_array_sort(proposals, compare_proposals);
	return proposals;
}

static void
propose_task(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	Request *request = data;
	StoreView *view = engine_worker_view(worker, request->account);
	g_autoptr(StoreRow) row = view ? store_view_row(view, request->row) : NULL;
	EngineEvent *event = engine_event_new(EVENT_PROPOSALS, request->account);

	event->ticket = request->ticket;
	event->row = request->row;
	if (row != NULL)
		event->proposals = rules_proposals(view, row);
	else
		fault_set(&event->error, FAULT_UNKNOWN, _("The message is not there any more."));
	registry_remove(request->engine->registry, request->ticket);
	if (cancel_is_triggered(cancel))
		engine_event_free(event);
	else
		engine_post(request->engine, event);
}

guint
engine_rules_propose(Engine *engine, const char *account, RowId row)
{
	Request *request = g_new0(Request, 1);
	guint ticket = registry_next(engine->registry);

	request->engine = engine;
	request->ticket = ticket;
	request->cancel = cancel_new();
	request->account = g_strdup(account);
	request->row = row;
	registry_add(engine->registry, ticket, request->cancel);
	engine_run(engine, ENGINE_READER, propose_task, NULL, request, request_free, request->cancel);
	return ticket;
}
