/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One rule as a form: its name, how its conditions are joined, conditions, actions; below them
 * the Sieve text that will be written. Nothing is written before y.
 */
#include "config.h"

#include "ui/rules.h"

#include <string.h>

#include "ui/core.h"
#include "ui/index.h"
#include "ui/rule-ask.h"
#include "ui/rules-edit.h"
#include "ui/tables.h"
#include "util/i18n.h"
#include "util/text.h"

typedef enum {
	LINE_NAME,
	LINE_JOIN,
	LINE_CONDITION,
	LINE_NO_CONDITION,
	LINE_ACTION,
	LINE_NO_ACTION
} LineKind;

typedef struct {
	View view;
	List list;
	UiAccount *account;
	char *was; /* the script's text that this is part of */
	guint at;  /* place of the rule in it; beyond its rules: a new one */
	FormRule *rule;
	gboolean changed;
	gboolean unnamed; /* a new one that got no name of its own yet */
} FormView;

/* ---- rows ------------------------------------------------------------------------------------------ */

static guint
condition_rows(const FormView *form)
{
	return form->rule->join == FORM_ALWAYS ? 0 : MAX(form->rule->conditions->len, 1);
}

static guint
row_count(const FormView *form)
{
	return 2 + condition_rows(form) + MAX(form->rule->actions->len, 1);
}

/* What a row is; *at: which condition or action. */
static LineKind
line_at(const FormView *form, guint row, guint *at)
{
	*at = 0;
	if (row < 2)
		return row == 0 ? LINE_NAME : LINE_JOIN;
	row -= 2;
	if (row < condition_rows(form)) {
		*at = row;
		return form->rule->conditions->len > 0 ? LINE_CONDITION : LINE_NO_CONDITION;
	}
	*at = row - condition_rows(form);
	return form->rule->actions->len > 0 ? LINE_ACTION : LINE_NO_ACTION;
}

static guint
row_of(const FormView *form, LineKind kind, guint at)
{
	return 2 + at + (kind == LINE_ACTION ? condition_rows(form) : 0);
}

static void
changed(FormView *form)
{
	form->changed = TRUE;
	list_set_count(&form->list, row_count(form));
	app_dirty(form->view.app);
}

void
rule_form_open(App *app, UiAccount *account, const char *was, guint at, const FormRule *rule)
{
	FormView *form = g_new0(FormView, 1);

	view_init(&form->view, &rule_form_class, app, &form->list);
	form->account = account;
	form->was = g_strdup(was);
	form->at = at;
	form->rule = form_rule_copy(rule);
	form_rule_touch(form->rule);
	form->unnamed = at == G_MAXUINT && rule->conditions->len == 0;
	list_set_page(&form->list, 100);
	list_set_count(&form->list, row_count(form));
	list_select(&form->list, 2);
	app_push(app, &form->view);
}

static void
form_free(View *view)
{
	FormView *form = (FormView *)view;

	g_free(form->was);
	form_rule_free(form->rule);
	g_free(form);
}

/* ---- drawing ------------------------------------------------------------------------------------------ */

static char *
form_title(View *view, char **right)
{
	FormView *form = (FormView *)view;

	*right = g_strdup(form->changed ? _("not kept yet") : "");
	return g_strdup_printf(
		"%s %s %s", form->account->label, grid_glyph(view->app->grid, GLYPH_PATH), _("Rule"));
}

static const char *
join_words(FormJoin join)
{
	return join == FORM_ALL   ? _("all of these hold")
	       : join == FORM_ANY ? _("any of these holds")
				  : _("always, for every message");
}

static char *
line_words(const FormView *form, LineKind kind, guint at)
{
	switch (kind) {
	case LINE_NAME:
		return text_safe(form->rule->name, -1, TEXT_MARKS);
	case LINE_JOIN:
		return g_strdup(join_words(form->rule->join));
	case LINE_CONDITION:
		return form_condition_words(g_ptr_array_index(form->rule->conditions, at));
	case LINE_ACTION:
		return form_action_words(g_ptr_array_index(form->rule->actions, at));
	case LINE_NO_CONDITION:
		return g_strdup(_("no condition yet: Enter or C adds one"));
	default:
		return g_strdup(_("no action yet: Enter or A adds one"));
	}
}

static const char *
line_label(LineKind kind, guint at)
{
	if (kind == LINE_NAME)
		return _("Name");
	if (kind == LINE_JOIN)
		return _("When");
	return at == 0 && (kind == LINE_ACTION || kind == LINE_NO_ACTION) ? _("Then") : "";
}

#define LABEL_CELLS 8

static void
form_row(View *view, Grid *grid, Rect rect, guint row)
{
	FormView *form = (FormView *)view;
	guint at;
	LineKind kind = line_at(form, row, &at);
	g_autofree char *words = line_words(form, kind, at);
	int x = grid_column(grid, rect, 0, 1, LABEL_CELLS, STYLE_FIELD_NAME, line_label(kind, at)) + 1;
	StyleId style = kind == LINE_NO_CONDITION || kind == LINE_NO_ACTION ? STYLE_DIM
			: kind == LINE_NAME                                 ? STYLE_STRONG
									    : STYLE_NORMAL;

	if (kind == LINE_CONDITION && at > 0)
		grid_column_right(grid, rect, 0, 1, LABEL_CELLS, STYLE_DIM,
			form->rule->join == FORM_ANY ? _("or") : _("and"));
	grid_column(grid, rect, 0, x, rect.cols - x - 1, style, words);
}

/* What is missing, or the text that will be written. */
static void
draw_preview(const FormView *form, Grid *grid, Rect rect)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;

	grid_repeat(grid, rect, 0, 0, rect.cols, STYLE_RULE, GLYPH_HORIZONTAL);
	if (!form_rule_check(form->rule, &error)) {
		view_draw_words(grid, rect, 1, 1, STYLE_WARNING, error->message);
		return;
	}
	text = form_rule_text(form->rule);
	g_strdelimit(text, "\t", ' ');
	view_draw_words(grid, rect, 1, 1, STYLE_DIM, text);
}

static void
form_draw(View *view, Grid *grid, Rect rect, gboolean focused)
{
	FormView *form = (FormView *)view;
	int rows = MIN((int)row_count(form), MAX(rect.rows - 4, rect.rows / 2));

	view_draw_list(view, grid, rect_rows(rect, 0, rows), focused);
	if (rect.rows - rows > 2)
		draw_preview(form, grid, rect_rows(rect, rows + 1, rect.rows - rows - 1));
}

static char *
form_row_text(View *view, guint row)
{
	guint at;
	LineKind kind = line_at((FormView *)view, row, &at);

	return line_words((FormView *)view, kind, at);
}

const ViewClass rule_form_class = {
	.name = "rule-form",
	.flags = VIEW_WHOLE,
	.tables = rule_form_tables,
	.hints = "form-keep form-try form-edit condition-add action-add form-close form-negate form-remove",
	.free = form_free,
	.title = form_title,
	.draw = form_draw,
	.row = form_row,
	.row_text = form_row_text,
};

/* ---- what the user chose --------------------------------------------------------------------------------
 */

/* A new rule is called after what it looks for, until it is given a name. */
static void
take_name(FormView *form, const char *value)
{
	g_autoptr(FormScript) script = form_parse(form->was, -1);

	g_free(form->rule->name);
	form->rule->name = rules_new_name(script, value);
	form->unnamed = FALSE;
}

static void
condition_chosen(App *app, View *view, FormCondition *condition, guint at)
{
	FormView *form = (FormView *)view;
	GPtrArray *conditions = form->rule->conditions;

	(void)app;
	if (form->rule->join == FORM_ALWAYS)
		form->rule->join = FORM_ALL;
	if (at < conditions->len) {
		form_condition_free(conditions->pdata[at]);
		conditions->pdata[at] = condition;
	} else {
		at = conditions->len;
		g_ptr_array_add(conditions, condition);
	}
	if (form->unnamed && condition->value)
		take_name(form, condition->value);
	changed(form);
	list_select(&form->list, row_of(form, LINE_CONDITION, at));
}

static void
action_chosen(App *app, View *view, FormAction *action, guint at)
{
	FormView *form = (FormView *)view;
	GPtrArray *actions = form->rule->actions;

	(void)app;
	if (at < actions->len) {
		form_action_free(actions->pdata[at]);
		actions->pdata[at] = action;
	} else {
		at = actions->len;
		g_ptr_array_add(actions, action);
	}
	changed(form);
	list_select(&form->list, row_of(form, LINE_ACTION, at));
}

static void
name_done(App *app, View *view, const char *text, gpointer data)
{
	FormView *form = (FormView *)view;

	(void)data;
	if (!view || !text)
		return;
	if (*text == '\0' || strchr(text, ']')) {
		app_say(app, "%s", _("A rule needs a name of one line, without the sign ]."));
		return;
	}
	g_free(form->rule->name);
	form->rule->name = g_strdup(text);
	form->unnamed = FALSE;
	changed(form);
}

/* ---- commands
 * ----------------------------------------------------------------------------------------------- */

static void
next_join(FormView *form)
{
	form->rule->join = form->rule->join == FORM_ALL   ? FORM_ANY
			   : form->rule->join == FORM_ANY ? FORM_ALWAYS
							  : FORM_ALL;
	changed(form);
}

static void
form_edit(View *view, const CommandCall *call)
{
	FormView *form = (FormView *)view;
	guint at;
	LineKind kind = line_at(form, view->list->selected, &at);
	PromptSpec spec = {.view = view,
		.label = _("Name of the rule:"),
		.initial = form->rule->name,
		.done = name_done};

	(void)call;
	switch (kind) {
	case LINE_NAME:
		app_prompt(view->app, &spec);
		break;
	case LINE_JOIN:
		next_join(form);
		break;
	case LINE_CONDITION:
		rule_ask_condition(view, g_ptr_array_index(form->rule->conditions, at), at, condition_chosen);
		break;
	case LINE_NO_CONDITION:
		rule_ask_condition(view, NULL, G_MAXUINT, condition_chosen);
		break;
	case LINE_ACTION:
		rule_ask_action(
			view, form->account, g_ptr_array_index(form->rule->actions, at), at, action_chosen);
		break;
	case LINE_NO_ACTION:
		rule_ask_action(view, form->account, NULL, G_MAXUINT, action_chosen);
		break;
	}
}

static void
condition_add(View *view, const CommandCall *call)
{
	(void)call;
	rule_ask_condition(view, NULL, G_MAXUINT, condition_chosen);
}

static void
action_add(View *view, const CommandCall *call)
{
	(void)call;
	rule_ask_action(view, ((FormView *)view)->account, NULL, G_MAXUINT, action_chosen);
}

static void
form_negate(View *view, const CommandCall *call)
{
	FormView *form = (FormView *)view;
	guint at;
	LineKind kind = line_at(form, view->list->selected, &at);
	FormCondition *condition;

	(void)call;
	if (kind == LINE_JOIN) {
		next_join(form);
		return;
	}
	if (kind != LINE_CONDITION) {
		app_say(view->app, "%s", _("Only a condition can be turned into its opposite."));
		return;
	}
	condition = g_ptr_array_index(form->rule->conditions, at);
	condition->negated = !condition->negated;
	changed(form);
}

static void
form_remove(View *view, const CommandCall *call)
{
	FormView *form = (FormView *)view;
	guint at;
	LineKind kind = line_at(form, view->list->selected, &at);

	(void)call;
	if (kind == LINE_CONDITION)
		g_ptr_array_remove_index(form->rule->conditions, at);
	else if (kind == LINE_ACTION)
		g_ptr_array_remove_index(form->rule->actions, at);
	else {
		app_say(view->app, "%s", _("Conditions and actions can be taken out, nothing else."));
		return;
	}
	changed(form);
}

static void
move(View *view, int step)
{
	FormView *form = (FormView *)view;
	guint at, to;
	LineKind kind = line_at(form, view->list->selected, &at);
	GPtrArray *parts = kind == LINE_CONDITION ? form->rule->conditions
			   : kind == LINE_ACTION  ? form->rule->actions
						  : NULL;

	to = at + (guint)step;
	if (!parts || to >= parts->len)
		return;
	g_ptr_array_insert(parts, (int)to, g_ptr_array_steal_index(parts, at));
	changed(form);
	list_move(view->list, step);
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

/* The whole script with this rule in it; *at: its place. NULL: said what is missing. The caller's. */
static char *
whole_text(FormView *form, guint *at)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(FormScript) script = NULL;
	FormRule *rule;

	if (!form_rule_check(form->rule, &error)) {
		app_error(form->view.app, error);
		return NULL;
	}
	script = form_parse(form->was, -1);
	rule = form_rule_copy(form->rule);
	*at = MIN(form->at, script->rules->len);
	if (*at < script->rules->len) {
		form_rule_free(script->rules->pdata[*at]);
		script->rules->pdata[*at] = rule;
	} else {
		g_ptr_array_add(script->rules, rule);
	}
	return form_write(script);
}

static void
form_keep(View *view, const CommandCall *call)
{
	FormView *form = (FormView *)view;
	App *app = view->app;
	UiAccount *account = form->account;
	guint at;
	g_autofree char *text = whole_text(form, &at), *did = NULL, *name = g_strdup(form->rule->name);
	View *rules;

	(void)call;
	if (!text)
		return;
	did = g_strdup_printf(_("rule %s"), name);
	if (!rules_keep(app, account, form->was, text, did))
		return;
	app_close(app, view);
	rules = app_find(app, &rules_class);
	if (rules)
		rules_select(rules, name);
	app_say(app, _("Rule \"%s\" kept, for mail to come.  T shows what it would do here"), name);
}

static void
form_try(View *view, const CommandCall *call)
{
	FormView *form = (FormView *)view;
	guint at;
	g_autofree char *text = whole_text(form, &at), *did = NULL;
	DryRun run = {.account = form->account, .was = form->was};

	(void)call;
	if (!text)
		return;
	did = g_strdup_printf(_("rule %s"), form->rule->name);
	run.text = text;
	run.did = did;
	run.rule = at;
	run.fresh = TRUE;
	dry_run_open(view->app, &run);
}

static void
close_confirmed(App *app, View *view, gunichar choice, gpointer data)
{
	(void)data;
	(void)choice;
	if (view)
		app_close(app, view);
}

static void
form_close(View *view, const CommandCall *call)
{
	FormView *form = (FormView *)view;

	(void)call;
	if (form->changed)
		app_confirm(view->app, view, _("Leave without keeping the changes of this rule? y/n"),
			close_confirmed, NULL, NULL);
	else
		app_close(view->app, view);
}

static const Command rows[] = {
	{.name = "form-keep",
		.keys = "y",
		.hint = N_("keep"),
		.brief = N_("Keep the rule, for mail that comes from now on"),
		.overrides = TRUE,
		.run = form_keep},
	{.name = "form-try",
		.keys = "T",
		.hint = N_("dry run"),
		.brief = N_("See what the rule would do in this folder, before it is kept"),
		.run = form_try},
	{.name = "form-edit",
		.keys = "Enter",
		.hint = N_("change"),
		.brief = N_("Change this line"),
		.overrides = TRUE,
		.run = form_edit},
	{.name = "condition-add",
		.keys = "C",
		.hint = N_("condition"),
		.brief = N_("Add a condition"),
		.run = condition_add},
	{.name = "action-add",
		.keys = "A",
		.hint = N_("action"),
		.brief = N_("Add an action"),
		.run = action_add},
	{.name = "form-negate",
		.keys = "Space",
		.hint = N_("not"),
		.brief = N_("Turn the condition into its opposite; on When: all, any, always"),
		.run = form_negate},
	{.name = "form-remove",
		.keys = "d",
		.hint = N_("take out"),
		.brief = N_("Take this condition or action out"),
		.run = form_remove},
	{.name = "entry-up", .keys = "Esc k", .brief = N_("Move this line up"), .run = entry_up},
	{.name = "entry-down", .keys = "Esc j", .brief = N_("Move this line down"), .run = entry_down},
	{.name = "form-close",
		.keys = "q; i; x",
		.hint = N_("leave"),
		.brief = N_("Leave the form; asks when something was changed"),
		.run = form_close},
};

const CommandTable table_rule_form = TABLE("rule-form", rows);
