/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A rule from a message: what could be asked of mail like this, and how much of it there is.
 * Enter, a folder, y: that is all; what was taken is seen as a dry run before anything is done.
 */
#include "config.h"

#include "ui/rules.h"

#include <string.h>

#include "engine/rules.h"
#include "ui/core.h"
#include "ui/rule-ask.h"
#include "ui/rules-edit.h"
#include "ui/tables.h"
#include "util/i18n.h"
#include "util/text.h"

typedef struct {
	View view;
	List list;
	UiAccount *account;
	RowId row;
	char *from, *subject; /* of the message; safe */
	guint ticket;         /* 0: here */
	GPtrArray *proposals; /* of RulesProposal; NULL: not yet */
} ProposalsView;

static const RulesProposal *
proposal_at(View *view, guint row)
{
	const GPtrArray *proposals = ((ProposalsView *)view)->proposals;

	return proposals && row < proposals->len ? g_ptr_array_index(proposals, row) : NULL;
}

static void
proposed(App *app, View *view, const EngineEvent *event, gpointer data)
{
	ProposalsView *view_of = (ProposalsView *)view;

	(void)data;
	if (!view_of)
		return;
	view_of->ticket = 0;
	if (event->error) {
		app_error(app, event->error);
		app_close(app, view);
		return;
	}
	view_of->proposals = g_steal_pointer(&((EngineEvent *)event)->proposals);
	list_set_count(&view_of->list, view_of->proposals ? view_of->proposals->len : 0);
}

void
proposals_open(App *app, UiAccount *account, RowId row)
{
	ProposalsView *proposals = g_new0(ProposalsView, 1);
	g_autoptr(StoreRow) known = account->view ? store_view_row(account->view, row) : NULL;

	view_init(&proposals->view, &proposals_class, app, &proposals->list);
	proposals->account = account;
	proposals->row = row;
	proposals->from = text_safe(known && known->from_name ? known->from_name
				    : known                   ? known->from_address
							      : "",
		-1, TEXT_MARKS);
	proposals->subject = text_safe(known ? known->subject : "", -1, TEXT_MARKS);
	app_push(app, &proposals->view);
	proposals->ticket = engine_rules_propose(app->engine, account->key, row);
	app_expect(app, proposals->ticket, &proposals->view, proposed, NULL, NULL);
}

static void
proposals_free(View *view)
{
	ProposalsView *proposals = (ProposalsView *)view;

	app_forget(view->app, proposals->ticket);
	if (proposals->proposals)
		g_ptr_array_unref(proposals->proposals);
	g_free(proposals->from);
	g_free(proposals->subject);
	g_free(proposals);
}

/* ---- drawing ---------------------------------------------------------------------------------------- */

static char *
proposals_title(View *view, char **right)
{
	ProposalsView *proposals = (ProposalsView *)view;

	*right = g_strdup(proposals->ticket ? _("counting; Esc stops") : _("nothing has been done yet"));
	return g_strdup_printf("%s %s %s", proposals->account->label, grid_glyph(view->app->grid, GLYPH_PATH),
		_("Rule from a message"));
}

#define COUNT_CELLS 12

static void
proposals_row(View *view, Grid *grid, Rect rect, guint row)
{
	const RulesProposal *proposal = proposal_at(view, row);
	FormCondition *condition = rules_proposal_condition(proposal);
	g_autofree char *words = form_condition_words(condition),
			*here = g_strdup_printf("%u", proposal->here),
			*everywhere = g_strdup_printf("%u", proposal->everywhere);
	gboolean marked = view_is_marked(view, row);
	int x = 3;

	grid_text(grid, rect, 0, 1, STYLE_GOOD, marked ? grid_glyph(grid, GLYPH_CHECK) : " ");
	x = grid_column(grid, rect, 0, x, rect.cols - x - 2 * COUNT_CELLS - 2, STYLE_NORMAL, words) + 1;
	x = grid_column_right(grid, rect, 0, x, COUNT_CELLS, STYLE_COUNT, here);
	grid_column_right(grid, rect, 0, x, COUNT_CELLS, STYLE_COUNT, everywhere);
	form_condition_free(condition);
}

static void
proposals_draw(View *view, Grid *grid, Rect rect, gboolean focused)
{
	ProposalsView *proposals = (ProposalsView *)view;
	Rect list = rect_rows(rect, 4, MAX(rect.rows - 4, 1));
	int x = rect.cols - 2 * COUNT_CELLS - 1;

	grid_column(grid, rect, 0, 1, rect.cols - 2, STYLE_DIM, proposals->from);
	grid_column(grid, rect, 1, 1, rect.cols - 2, STYLE_STRONG, proposals->subject);
	grid_text(grid, rect, 3, 1, STYLE_HEADING, _("Mail like this:"));
	x = grid_column_right(grid, rect, 3, x, COUNT_CELLS, STYLE_HEADING, _("here"));
	grid_column_right(grid, rect, 3, x, COUNT_CELLS, STYLE_HEADING, _("everywhere"));
	if (proposals->proposals && proposals->proposals->len == 0)
		view_draw_words(grid, list, 1, 1, STYLE_DIM,
			_("This message says nothing that a rule could go by. e opens an empty form."));
	view_draw_list(view, grid, list, focused);
}

static char *
proposals_text(View *view, guint row)
{
	return g_strdup(proposal_at(view, row)->value);
}

static gint64
proposals_key(View *view, guint row)
{
	(void)view;
	return (gint64)row + 1;
}

static gboolean
proposals_stop(View *view, gboolean try)
{
	ProposalsView *proposals = (ProposalsView *)view;

	if (!proposals->ticket)
		return FALSE;
	if (!try)
		app_close(view->app, view);
	return TRUE;
}

const ViewClass proposals_class = {
	.name = "rule-proposals",
	.flags = VIEW_WHOLE,
	.tables = proposals_tables,
	.hints = "proposal-take mark proposal-form rules-view view-close",
	.free = proposals_free,
	.title = proposals_title,
	.draw = proposals_draw,
	.row = proposals_row,
	.row_text = proposals_text,
	.row_key = proposals_key,
	.stop = proposals_stop,
};

/* ---- commands -------------------------------------------------------------------------------------------
 */

/* What to call it: the list's first word, the sender, ... The caller's. */
static char *
name_of(const ProposalsView *proposals, const FormScript *script, const RulesProposal *proposal)
{
	g_autofree char *name = NULL;

	if (proposal && proposal->kind == PROPOSAL_LIST)
		name = g_strndup(proposal->value, strcspn(proposal->value, "."));
	else if (proposal && proposal->kind == PROPOSAL_SENDER && *proposals->from)
		name = g_strdup(proposals->from);
	else if (proposal && proposal->kind == PROPOSAL_PRIORITY)
		name = g_strdup_printf(_("priority %s"), proposal->value);
	else
		name = g_strdup(proposal ? proposal->value : _("New rule"));
	return rules_new_name(script, name);
}

/* The marked proposals, or the selected one, as a rule: all must hold. The caller's. */
static FormRule *
rule_of(ProposalsView *proposals, const FormScript *script)
{
	View *view = &proposals->view;
	const RulesProposal *first = NULL;
	g_autofree char *name = NULL;
	FormRule *rule = form_rule_new(NULL);

	for (guint i = 0; i < view->list->count; i++) {
		if (view_mark_count(view) > 0 ? !view_is_marked(view, i) : i != view->list->selected)
			continue;
		if (!first)
			first = proposal_at(view, i);
		g_ptr_array_add(rule->conditions, rules_proposal_condition(proposal_at(view, i)));
	}
	rule->name = name_of(proposals, script, first);
	return rule;
}

static void
folder_chosen(App *app, View *view, const char *folder, gboolean fresh, gpointer data)
{
	ProposalsView *proposals = (ProposalsView *)view;
	g_autoptr(FormScript) script = rules_read(app, proposals->account);
	g_autofree char *text = NULL, *did = NULL;
	DryRun run = {.account = proposals->account, .fresh = TRUE};
	FormRule *rule;
	FormAction *move;

	(void)data;
	if (!script)
		return;
	rule = rule_of(proposals, script);
	move = form_action_new(FORM_MOVE, folder);
	move->create = fresh;
	g_ptr_array_add(rule->actions, move);
	/* Else a later rule could file the same message a second time. */
	g_ptr_array_add(rule->actions, form_action_new(FORM_STOP, NULL));
	run.rule = script->rules->len;
	did = g_strdup_printf(_("rule %s"), rule->name);
	g_ptr_array_add(script->rules, rule);
	text = form_write(script);
	g_free(app->last_target);
	app->last_target = g_strdup(folder);
	run.text = text;
	run.was = script->text;
	run.did = did;
	dry_run_open(app, &run);
}

static void
proposal_take(View *view, const CommandCall *call)
{
	ProposalsView *proposals = (ProposalsView *)view;

	(void)call;
	rule_ask_folder(view, proposals->account, _("Move such mail to:"), view->app->last_target,
		folder_chosen, NULL, NULL);
}

static void
proposal_form(View *view, const CommandCall *call)
{
	ProposalsView *proposals = (ProposalsView *)view;
	g_autoptr(FormScript) script = rules_read(view->app, proposals->account);
	FormRule *rule;

	(void)call;
	if (!script)
		return;
	rule = rule_of(proposals, script);
	rule_form_open(view->app, proposals->account, script->text, G_MAXUINT, rule);
	form_rule_free(rule);
}

static const Command rows[] = {
	{.name = "proposal-take",
		.keys = "Enter",
		.hint = N_("to a folder"),
		.brief = N_("Move such mail to a folder: choose it, then see what would happen"),
		.needs = NEEDS_ENTRY,
		.overrides = TRUE,
		.run = proposal_take},
	{.name = "proposal-form",
		.keys = "e",
		.hint = N_("form"),
		.brief = N_("Make a rule of it in the form, with other actions"),
		.run = proposal_form},
	{.name = "view-close",
		.keys = "q; i; x",
		.hint = N_("back"),
		.brief = N_("Go back; nothing is done"),
		.run = view_close_command},
};

const CommandTable table_proposals = TABLE("rule-proposals", rows);
