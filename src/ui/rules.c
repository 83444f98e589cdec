/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The list of rules. What it shows is what is in the file; every change is written at once
 * and can be taken back. The counts come later, from the reader.
 */
#include "config.h"

#include "ui/rules.h"

#include <string.h>

#include "engine/rules.h"
#include "ui/core.h"
#include "ui/index.h"
#include "ui/rules-edit.h"
#include "ui/tables.h"
#include "util/i18n.h"
#include "util/text.h"

/* Messages that the counts are taken over. */
#define COUNTED 1000

typedef struct {
	View view;
	List list;
	UiAccount *account;
	FormScript *script; /* never NULL */
	char *fault;        /* it does not compile; NULL */
	guint ticket;       /* counts are on their way; 0 */
	RulesReport *report;
	guint *matched, *taken; /* by rule; NULL: not known */
} RulesView;

static FormRule *
rule_at(RulesView *rules, guint row)
{
	return row < rules->script->rules->len ? g_ptr_array_index(rules->script->rules, row) : NULL;
}

static FormRule *
selected(View *view)
{
	return rule_at((RulesView *)view, view->list->selected);
}

/* ---- counts --------------------------------------------------------------------------------------- */

static void
forget_counts(RulesView *rules)
{
	app_forget(rules->view.app, rules->ticket);
	rules->ticket = 0;
	g_clear_pointer(&rules->report, rules_report_free);
	g_clear_pointer(&rules->matched, g_free);
	g_clear_pointer(&rules->taken, g_free);
}

static void
add_counts(RulesView *rules)
{
	const RulesReport *report = rules->report;

	rules->matched = g_new0(guint, rules->script->rules->len + 1);
	rules->taken = g_new0(guint, rules->script->rules->len + 1);
	for (guint i = 0; i < report->rules->len; i++) {
		const RulesCount *count = g_ptr_array_index(report->rules, i);
		guint at = rules_at_line(rules->script, count->line);

		if (at == G_MAXUINT)
			continue;
		rules->matched[at] += count->matched;
		rules->taken[at] += count->taken;
	}
}

static void
counted(App *app, View *view, const EngineEvent *event, gpointer data)
{
	RulesView *rules = (RulesView *)view;

	(void)data;
	if (!rules)
		return;
	rules->ticket = 0;
	if (event->error) {
		app_error(app, event->error);
		return;
	}
	rules->report = g_steal_pointer(&((EngineEvent *)event)->rules);
	/* Counts of another text than the one shown say nothing. */
	if (rules->report && strcmp(rules->report->script, rules->script->text) == 0)
		add_counts(rules);
}

static void
count(RulesView *rules)
{
	App *app = rules->view.app;
	const StoreFolder *inbox = account_folder(rules->account, "INBOX");
	RulesLook look = {.account = rules->account->key, .most = COUNTED};

	forget_counts(rules);
	if (!app->engine || !inbox || rules->fault || rules->script->rules->len == 0)
		return;
	look.folder = inbox->id;
	rules->ticket = engine_rules_look(app->engine, &look);
	app_expect(app, rules->ticket, &rules->view, counted, NULL, NULL);
}

/* ---- the list ----------------------------------------------------------------------------------------- */

void
rules_reload(View *view)
{
	RulesView *rules = (RulesView *)view;
	FormScript *script = rules_read(view->app, rules->account);
	g_autoptr(GPtrArray) faults = NULL;

	if (!script)
		return;
	form_script_free(rules->script);
	rules->script = script;
	faults = rules_faults(view->app, rules->account, script->text);
	g_free(rules->fault);
	rules->fault = faults ? sieve_error_words(g_ptr_array_index(faults, 0)) : NULL;
	list_set_count(&rules->list, script->rules->len);
	count(rules);
	app_dirty(view->app);
}

void
rules_select(View *view, const char *name)
{
	RulesView *rules = (RulesView *)view;

	for (guint i = 0; i < rules->script->rules->len; i++)
		if (g_strcmp0(rule_at(rules, i)->name, name) == 0)
			list_select(&rules->list, i);
}

void
rules_open(App *app, UiAccount *account)
{
	View *open = app_find(app, &rules_class);
	RulesView *rules;

	if (open)
		app_close(app, open);
	rules = g_new0(RulesView, 1);
	view_init(&rules->view, &rules_class, app, &rules->list);
	rules->account = account;
	rules->script = form_parse("", -1);
	app_push(app, &rules->view);
	rules_reload(&rules->view);
}

static void
rules_free(View *view)
{
	RulesView *rules = (RulesView *)view;

	forget_counts(rules);
	form_script_free(rules->script);
	g_free(rules->fault);
	g_free(rules);
}

static char *
rules_title(View *view, char **right)
{
	RulesView *rules = (RulesView *)view;
	guint count = rules->script->rules->len;

	if (rules->ticket)
		*right = g_strdup(_("counting; Esc stops"));
	else if (rules->matched)
		*right = g_strdup_printf(P_("%u rule, counted over the last %u in INBOX",
						 "%u rules, counted over the last %u in INBOX", count),
			count, rules->report->messages);
	else
		*right = g_strdup_printf(P_("%u rule", "%u rules", count), count);
	return g_strdup_printf(
		"%s %s %s", rules->account->label, grid_glyph(view->app->grid, GLYPH_PATH), _("Rules"));
}

static char *
count_words(const RulesView *rules, const FormRule *rule, guint row, gboolean wide)
{
	if (!rule->enabled)
		return g_strdup("");
	if (!rules->matched)
		return g_strdup(rules->ticket ? "..." : "");
	if (wide && rules->taken[row] > 0)
		return g_strdup_printf(_("%u, %u taken earlier"), rules->matched[row], rules->taken[row]);
	return g_strdup_printf("%u", rules->matched[row]);
}

static void
rules_row(View *view, Grid *grid, Rect rect, guint row)
{
	RulesView *rules = (RulesView *)view;
	const FormRule *rule = rule_at(rules, row);
	gboolean wide = rect.cols >= 120;
	StyleId style = rule->enabled ? STYLE_NORMAL : STYLE_DIM;
	g_autofree char *name = text_safe(rule->name, -1, TEXT_MARKS), *when = form_conditions_words(rule),
			*then = form_actions_words(rule), *count = count_words(rules, rule, row, wide),
			*number = g_strdup_printf("%u", row + 1);
	int x, counts = wide ? 22 : 5, rest;

	x = grid_column_right(grid, rect, 0, 0, 3, STYLE_DIM, number) + 1;
	x = grid_column(grid, rect, 0, x, 4, rule->enabled ? STYLE_GOOD : STYLE_DIM,
		rule->enabled ? _("on") : _("off"));
	x = grid_column(grid, rect, 0, x, CLAMP(rect.cols / 5, 10, 30),
		    rule->enabled ? STYLE_STRONG : STYLE_DIM, name) +
	    1;
	rest = MAX(rect.cols - x - counts - 3, 8);
	x = grid_column(grid, rect, 0, x, rest * 11 / 20, style, when) + 1;
	x = grid_column(grid, rect, 0, x, rest - rest * 11 / 20, style, then) + 1;
	grid_column_right(grid, rect, 0, x, rect.cols - x - 1, STYLE_COUNT, count);
}

static void
rules_draw(View *view, Grid *grid, Rect rect, gboolean focused)
{
	RulesView *rules = (RulesView *)view;
	int y = 0;

	if (rules->fault) {
		y = view_draw_words(grid, rect, 0, 1, STYLE_ERROR, rules->fault);
		y = view_draw_words(grid, rect, y, 1, STYLE_WARNING,
			_("Until that is mended no rule runs. e opens the text at that place."));
	}
	view_draw_list(view, grid, rect_rows(rect, y, MAX(rect.rows - y, 1)), focused);
}

static char *
rules_text(View *view, guint row)
{
	const FormRule *rule = rule_at((RulesView *)view, row);
	g_autofree char *when = form_conditions_words(rule), *then = form_actions_words(rule);

	return g_strdup_printf("%s %s %s", rule->name, when, then);
}

static gboolean
rules_stop(View *view, gboolean try)
{
	RulesView *rules = (RulesView *)view;

	if (!rules->ticket)
		return FALSE;
	if (!try)
		forget_counts(rules);
	return TRUE;
}

const ViewClass rules_class = {
	.name = "rules",
	.flags = VIEW_WHOLE,
	.tables = rules_tables,
	.hints = "rule-edit rule-create rule-on-off rule-delete rule-text rule-try rules-upload view-close",
	.free = rules_free,
	.title = rules_title,
	.draw = rules_draw,
	.row = rules_row,
	.row_text = rules_text,
	.stop = rules_stop,
	.empty = N_("No rules yet. C makes one; I on a message proposes one from it."),
};

/* ---- commands -------------------------------------------------------------------------------------- */

/* Write what the script is now. */
static gboolean
keep(RulesView *rules, const char *did)
{
	g_autofree char *was = g_strdup(rules->script->text), *text = form_write(rules->script);
	gboolean kept = rules_keep(rules->view.app, rules->account, was, text, did);

	/* The list shows the file in either case. */
	if (!kept)
		rules_reload(&rules->view);
	return kept;
}

static void
rule_edit(View *view, const CommandCall *call)
{
	RulesView *rules = (RulesView *)view;
	const FormRule *rule = selected(view);

	(void)call;
	if (!rule)
		return;
	if (rule->hand_written) {
		app_say(view->app, "%s",
			_("This rule is hand-written: no form can show it. Its text is opened."));
		rules_text_edit(view->app, view, rules->account, rule->line);
		return;
	}
	rule_form_open(view->app, rules->account, rules->script->text, view->list->selected, rule);
}

static void
rule_create(View *view, const CommandCall *call)
{
	RulesView *rules = (RulesView *)view;
	g_autofree char *name =
		rules_new_name(rules->script, call->argument ? call->argument : _("New rule"));
	g_autoptr(FormRule) rule = form_rule_new(name);

	rule_form_open(view->app, rules->account, rules->script->text, G_MAXUINT, rule);
}

/* Line of the first fault, "file:LINE:column: ..."; 0. */
static guint
fault_line(const RulesView *rules)
{
	g_auto(GStrv) parts = rules->fault ? g_strsplit(rules->fault, ":", 3) : NULL;

	return parts && parts[0] && parts[1] ? (guint)g_ascii_strtoull(parts[1], NULL, 10) : 0;
}

static void
rule_text(View *view, const CommandCall *call)
{
	RulesView *rules = (RulesView *)view;
	const FormRule *rule = selected(view);
	guint line = fault_line(rules);

	(void)call;
	rules_text_edit(view->app, view, rules->account, line ? line : rule ? rule->line : 1);
}

static void
rule_on_off(View *view, const CommandCall *call)
{
	RulesView *rules = (RulesView *)view;
	FormRule *rule = selected(view);
	g_autoptr(GError) error = NULL;
	g_autofree char *did = NULL;
	gboolean enabled;

	(void)call;
	if (!rule)
		return;
	enabled = !rule->enabled;
	if (!form_rule_enable(rule, enabled, &error)) {
		app_error(view->app, error);
		return;
	}
	did = g_strdup_printf(enabled ? _("rule %s switched on") : _("rule %s switched off"), rule->name);
	if (keep(rules, did))
		app_say(view->app, enabled ? _("On.  u takes it back") : _("Off.  u takes it back"));
}

static void
rule_delete(View *view, const CommandCall *call)
{
	RulesView *rules = (RulesView *)view;
	guint at = view->list->selected;
	g_autofree char *did = NULL, *name = NULL;

	(void)call;
	if (!selected(view))
		return;
	name = g_strdup(selected(view)->name);
	did = g_strdup_printf(_("rule %s deleted"), name);
	g_ptr_array_remove_index(rules->script->rules, at);
	if (keep(rules, did))
		app_say(view->app, _("Rule \"%s\" deleted.  u takes it back"), name);
}

static void
move(View *view, int step)
{
	RulesView *rules = (RulesView *)view;
	guint at = view->list->selected, to = at + (guint)step;
	g_autofree char *did = NULL;

	if (!selected(view) || to >= rules->script->rules->len) {
		app_say(view->app, "%s", _("It is at the end of the list already."));
		return;
	}
	did = g_strdup_printf(_("order of rule %s"), selected(view)->name);
	g_ptr_array_insert(rules->script->rules, (int)to, g_ptr_array_steal_index(rules->script->rules, at));
	if (!keep(rules, did))
		return;
	list_select(view->list, to);
	app_say(view->app, "%s", _("Moved: earlier rules act first.  u takes it back"));
}

static void
entry_up(View *view, const CommandCall *call)
{
	(void)call;
	move(view, -1);
}

static void
entry_down(View *view, const CommandCall *call)
{
	(void)call;
	move(view, 1);
}

static void
try(View *view, guint rule)
{
	RulesView *rules = (RulesView *)view;
	View *index = app_find(view->app, &index_class);
	UiAccount *account = NULL;
	/* Marks count where they are of this account. */
	GArray *rows =
		index && view_mark_count(index) > 0 ? index_class.messages(index, TRUE, &account) : NULL;
	DryRun run = {
		.account = rules->account, .rule = rule, .rows = account == rules->account ? rows : NULL};

	dry_run_open(view->app, &run);
	if (rows)
		g_array_unref(rows);
}

static void
rule_try(View *view, const CommandCall *call)
{
	const FormRule *rule = selected(view);

	(void)call;
	if (rule && !rule->enabled)
		app_say(view->app, "%s", _("This rule is off. Space switches it on."));
	else if (rule)
		try(view, view->list->selected);
}

static void
rules_try(View *view, const CommandCall *call)
{
	(void)call;
	try(view, G_MAXUINT);
}

static void
rules_upload(View *view, const CommandCall *call)
{
	(void)call;
	rules_server_upload(view->app, view, ((RulesView *)view)->account);
}

static void
rules_fetch(View *view, const CommandCall *call)
{
	(void)call;
	rules_server_fetch(view->app, view, ((RulesView *)view)->account);
}

static void
rules_undo(View *view, const CommandCall *call)
{
	(void)call;
	rules_take_back(view->app, ((RulesView *)view)->account);
}

static const Command rows[] = {
	{.name = "rule-edit",
		.keys = "Enter",
		.hint = N_("edit"),
		.brief = N_("Change the rule in a form"),
		.needs = NEEDS_ENTRY,
		.overrides = TRUE,
		.run = rule_edit},
	{.name = "rule-create",
		.keys = "C",
		.hint = N_("new"),
		.brief = N_("Make a rule"),
		.argument = ARGUMENT_TEXT,
		.run = rule_create},
	{.name = "rule-on-off",
		.keys = "Space",
		.hint = N_("on, off"),
		.brief = N_("Switch the rule on or off"),
		.needs = NEEDS_ENTRY,
		.run = rule_on_off},
	{.name = "rule-delete",
		.keys = "d",
		.hint = N_("delete"),
		.brief = N_("Delete the rule; u takes it back"),
		.needs = NEEDS_ENTRY,
		.run = rule_delete},
	{.name = "rule-text",
		.keys = "e",
		.hint = N_("text"),
		.brief = N_("Write the rules as Sieve text in the editor; checked on return"),
		.run = rule_text},
	{.name = "rule-try",
		.keys = "T",
		.hint = N_("dry run"),
		.brief = N_("See what the rule would do in this folder, or to marked messages"),
		.needs = NEEDS_ENTRY,
		.run = rule_try},
	{.name = "rules-try",
		.keys = "Esc t",
		.hint = N_("all"),
		.brief = N_("See what all rules together would do"),
		.needs = NEEDS_ENTRY,
		.run = rules_try},
	{.name = "entry-up",
		.keys = "Esc k",
		.hint = N_("up"),
		.brief = N_("Let the rule act earlier"),
		.needs = NEEDS_ENTRY,
		.run = entry_up},
	{.name = "entry-down",
		.keys = "Esc j",
		.hint = N_("down"),
		.brief = N_("Let the rule act later"),
		.needs = NEEDS_ENTRY,
		.run = entry_down},
	{.name = "rules-upload",
		.keys = "w",
		.hint = N_("upload"),
		.brief = N_("Let the server run the rules; asks"),
		.run = rules_upload},
	{.name = "rules-fetch",
		.keys = "G",
		.hint = N_("fetch"),
		.brief = N_("Get the rules that are on the server; asks"),
		.overrides = TRUE,
		.run = rules_fetch},
	{.name = "rules-undo",
		.keys = "u",
		.hint = N_("undo"),
		.brief = N_("Take back the last change of the rules"),
		.overrides = TRUE,
		.run = rules_undo},
	{.name = "view-close",
		.keys = "q; i; x",
		.hint = N_("back"),
		.brief = N_("Go back"),
		.run = view_close_command},
};

const CommandTable table_rules = TABLE("rules", rows);
