/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What rules would do, before they do it. The engine looks; here its report is shown, rows are
 * left out, and only y (or w, for mail to come) makes anything of it. A rule that is not kept yet
 * is kept first, so that what was seen is what runs.
 */
#include "config.h"

#include "ui/rules.h"

#include <string.h>
#include <time.h>

#include "engine/rules.h"
#include "ui/core.h"
#include "ui/index.h"
#include "ui/pager.h"
#include "ui/rules-edit.h"
#include "ui/tables.h"
#include "util/dates.h"
#include "util/i18n.h"
#include "util/text.h"

/* The newest messages of a folder that are looked at. */
#define LOOKED_AT 10000

typedef struct {
	View view;
	List list;
	UiAccount *account;
	FolderId folder;
	char *folder_name;
	char *text, *was, *did; /* a script that is not kept yet; NULL */
	FormScript *script;     /* what runs */
	guint rule;             /* place in script; G_MAXUINT: all */
	GArray *rows;           /* of RowId; NULL: the newest */
	gboolean fresh;
	guint ticket;        /* the look is under way; 0 */
	RulesReport *report; /* NULL: not yet */
	GPtrArray *hits;     /* of RulesHit: those shown; borrowed from report */
	guint acting;        /* of these: something would be done */
} DryRunView;

/* ---- which rule did it ------------------------------------------------------------------------------ */

/* The place in the form of a rule of the report. */
static guint
form_place(const DryRunView *run, guint rule)
{
	const RulesCount *count =
		rule < run->report->rules->len ? g_ptr_array_index(run->report->rules, rule) : NULL;

	return count ? rules_at_line(run->script, count->line) : G_MAXUINT;
}

/* The match of a rule that is shown, the one that acts first; NULL: none. */
static const SieveMatch *
match_of(const DryRunView *run, const RulesHit *hit)
{
	const SieveMatch *found = NULL;

	for (guint i = 0; i < hit->matches->len; i++) {
		const SieveMatch *match = &g_array_index(hit->matches, SieveMatch, i);

		if (run->rule != G_MAXUINT && form_place(run, match->rule) != run->rule)
			continue;
		if (!found || (match->acted && !found->acted))
			found = match;
	}
	return found;
}

/* y would do something to it. */
static gboolean
acts(const DryRunView *run, const RulesHit *hit)
{
	const SieveMatch *match = match_of(run, hit);

	return match && match->acted && !hit->error && !hit->unknown && !hit->nothing;
}

static const char *
rule_name(const DryRunView *run, guint rule)
{
	const RulesCount *count =
		rule < run->report->rules->len ? g_ptr_array_index(run->report->rules, rule) : NULL;

	return count ? count->name : "";
}

/* ---- looking ------------------------------------------------------------------------------------------ */

static RulesHit *
hit_at(View *view, guint row)
{
	GPtrArray *hits = ((DryRunView *)view)->hits;

	return row < hits->len ? g_ptr_array_index(hits, row) : NULL;
}

static void
take_report(DryRunView *run, RulesReport *report)
{
	g_ptr_array_set_size(run->hits, 0);
	view_clear_marks(&run->view);
	g_clear_pointer(&run->report, rules_report_free);
	run->report = report;
	run->acting = 0;
	for (guint i = 0; i < report->hits->len; i++) {
		RulesHit *hit = g_ptr_array_index(report->hits, i);

		if (match_of(run, hit) || hit->error || hit->unknown)
			g_ptr_array_add(run->hits, hit);
	}
	list_set_count(&run->list, run->hits->len);
	for (guint i = 0; i < run->hits->len; i++)
		if (acts(run, g_ptr_array_index(run->hits, i))) {
			view_set_marked(&run->view, i, TRUE);
			run->acting++;
		}
}

static void
looked(App *app, View *view, const EngineEvent *event, gpointer data)
{
	DryRunView *run = (DryRunView *)view;

	(void)data;
	if (!run)
		return;
	run->ticket = 0;
	if (event->error)
		app_error(app, event->error);
	else if (event->rules)
		take_report(run, g_steal_pointer(&((EngineEvent *)event)->rules));
}

static void
look(DryRunView *run, gboolean fetch)
{
	RulesLook look = {.account = run->account->key,
		.folder = run->folder,
		.rows = run->rows ? (const RowId *)run->rows->data : NULL,
		.row_count = run->rows ? run->rows->len : 0,
		.most = LOOKED_AT,
		.text = run->text,
		.fetch = fetch};
	App *app = run->view.app;

	app_forget(app, run->ticket);
	run->ticket = engine_rules_look(app->engine, &look);
	app_expect(app, run->ticket, &run->view, looked, NULL, NULL);
}

/* The folder in view where it is of that account, else INBOX. */
static const StoreFolder *
folder_in_view(App *app, UiAccount *account)
{
	View *index = app_find(app, &index_class);
	const StoreFolder *folder = index && index_account(index) == account && index_folder_name(index)
					    ? account_folder(account, index_folder_name(index))
					    : NULL;

	return folder ? folder : account_folder(account, "INBOX");
}

void
dry_run_open(App *app, const DryRun *what)
{
	const StoreFolder *folder = folder_in_view(app, what->account);
	DryRunView *run;

	if (!app->engine || !folder) {
		app_say(app, "%s", _("No folder is here yet over which a rule could be tried."));
		return;
	}
	run = g_new0(DryRunView, 1);
	view_init(&run->view, &dry_run_class, app, &run->list);
	run->account = what->account;
	run->folder = folder->id;
	run->folder_name = g_strdup(folder->name);
	run->text = g_strdup(what->text);
	run->was = g_strdup(what->was);
	run->did = g_strdup(what->did);
	run->rule = what->rule;
	run->rows = what->rows ? g_array_ref(what->rows) : NULL;
	run->fresh = what->fresh;
	run->hits = g_ptr_array_new();
	run->script = what->text ? form_parse(what->text, -1) : rules_read(app, what->account);
	if (!run->script)
		run->script = form_parse("", -1);
	app_push(app, &run->view);
	look(run, FALSE);
}

static void
dry_run_free(View *view)
{
	DryRunView *run = (DryRunView *)view;

	app_forget(view->app, run->ticket);
	g_ptr_array_unref(run->hits);
	rules_report_free(run->report);
	form_script_free(run->script);
	if (run->rows)
		g_array_unref(run->rows);
	g_free(run->folder_name);
	g_free(run->text);
	g_free(run->was);
	g_free(run->did);
	g_free(run);
}

/* ---- what is said above and below the list ----------------------------------------------------------------
 */

static const FormRule *
the_rule(const DryRunView *run)
{
	return run->rule < run->script->rules->len ? g_ptr_array_index(run->script->rules, run->rule) : NULL;
}

static char *
sentence(const DryRunView *run)
{
	const FormRule *rule = the_rule(run);
	g_autofree char *name =
		rule ? g_strdup_printf(_("Rule \"%s\""), rule->name) : g_strdup(_("The rules"));

	if (!run->report)
		return g_strdup_printf(run->ticket ? _("%s: looking through %s; Esc stops")
						   : _("%s: not looked through %s; r looks again"),
			name, run->folder_name);
	if (run->rows)
		return g_strdup_printf(
			P_("%s would touch %u of %u message chosen in %s",
				"%s would touch %u of %u messages chosen in %s", run->report->messages),
			name, run->acting, run->report->messages, run->folder_name);
	return g_strdup_printf(
		P_("%s would touch %u of the last %u message in %s",
			"%s would touch %u of the last %u messages in %s", run->report->messages),
		name, run->acting, run->report->messages, run->folder_name);
}

static char *
dry_run_title(View *view, char **right)
{
	DryRunView *run = (DryRunView *)view;

	*right = g_strdup(_("nothing has been done yet"));
	return g_strdup_printf(
		"%s %s %s", run->account->label, grid_glyph(view->app->grid, GLYPH_PATH), _("Dry run"));
}

static int
draw_rule(const FormRule *rule, Grid *grid, Rect rect, int y)
{
	g_autofree char *when = form_conditions_words(rule), *then = form_actions_words(rule);

	grid_text(grid, rect, y, 2, STYLE_FIELD_NAME, _("if"));
	y = view_draw_words(grid, rect_rows(rect, 0, MIN(y + 2, rect.rows)), y, 9, STYLE_NORMAL, when);
	y = MIN(y, rect.rows);
	grid_text(grid, rect, y, 2, STYLE_FIELD_NAME, _("then"));
	return view_draw_words(grid, rect, y, 9, STYLE_NORMAL, then);
}

/* What each rule does, one line each. */
static int
draw_rules(const DryRunView *run, Grid *grid, Rect rect, int y)
{
	for (guint i = 0; run->report && i < run->report->rules->len && y < rect.rows; i++) {
		const RulesCount *count = g_ptr_array_index(run->report->rules, i);
		g_autofree char *name = text_safe(count->name, -1, TEXT_MARKS);
		g_autofree char *words = NULL;

		if (count->matched == 0)
			continue;
		words = count->taken > 0
				? g_strdup_printf(_("%u, of these %u taken earlier by \"%s\""),
					  count->matched, count->taken, rule_name(run, count->taken_by))
				: g_strdup_printf("%u", count->matched);
		grid_column(grid, rect, y, 2, MIN(30, rect.cols / 3), STYLE_NORMAL, name);
		grid_column(grid, rect, y++, MIN(30, rect.cols / 3) + 3,
			rect.cols - MIN(30, rect.cols / 3) - 4, STYLE_DIM, words);
	}
	return y;
}

static void
add_part(GString *out, const char *words)
{
	g_string_append_printf(out, "%s%s", out->len > 0 ? " \302\267 " : "", words);
}

static void
add_taken(const DryRunView *run, GString *out)
{
	for (guint i = 0; i < run->report->rules->len; i++) {
		const RulesCount *count = g_ptr_array_index(run->report->rules, i);
		g_autofree char *words = NULL;

		if (count->taken == 0 || run->rule == G_MAXUINT || form_place(run, i) != run->rule)
			continue;
		words = g_strdup_printf(
			P_("%u is taken by \"%s\" first", "%u are taken by \"%s\" first", count->taken),
			count->taken, rule_name(run, count->taken_by));
		add_part(out, words);
	}
}

/* Folders that the rule names. */
static void
add_folders(const DryRunView *run, GString *out)
{
	const FormRule *rule = the_rule(run);
	guint missing = run->report->folders->len;

	for (guint i = 0; i < missing; i++) {
		const RulesFolder *folder = g_ptr_array_index(run->report->folders, i);
		g_autofree char *words =
			folder->create
				? g_strdup_printf(_("folder %s will be made"), folder->folder)
				: g_strdup_printf(P_("folder %s does not exist: %u message stays here",
							  "folder %s does not exist: %u messages stay here",
							  folder->messages),
					  folder->folder, folder->messages);

		add_part(out, words);
	}
	for (guint i = 0; rule && missing == 0 && i < rule->actions->len; i++) {
		const FormAction *action = g_ptr_array_index(rule->actions, i);
		g_autofree char *words = NULL;

		if (action->kind != FORM_MOVE && action->kind != FORM_COPY)
			continue;
		words = g_strdup_printf(account_folder(run->account, action->value)
						? _("folder %s exists")
						: _("folder %s will be made"),
			action->value);
		add_part(out, words);
	}
}

static char *
summary(const DryRunView *run)
{
	GString *out = g_string_new(NULL);
	guint marked = view_mark_count(&run->view);
	g_autofree char *words = NULL;

	if (!run->report)
		return g_string_free(out, FALSE);
	words = marked == run->acting
			? g_strdup_printf(P_("%u would be changed", "%u would be changed", marked), marked)
			: g_strdup_printf(
				  _("%u would be changed, %u left out"), marked, run->acting - marked);
	add_part(out, words);
	add_taken(run, out);
	if (run->report->unknown > 0) {
		g_autofree char *unknown = g_strdup_printf(
			P_("%u cannot be judged before it is fetched: G",
				"%u cannot be judged before they are fetched: G", run->report->unknown),
			run->report->unknown);

		add_part(out, unknown);
	}
	if (run->report->failed > 0) {
		g_autofree char *failed =
			g_strdup_printf(P_("on %u the rules fail: it stays",
						"on %u the rules fail: they stay", run->report->failed),
				run->report->failed);

		add_part(out, failed);
	}
	add_folders(run, out);
	return g_string_free(out, FALSE);
}

/* ---- the list
 * -------------------------------------------------------------------------------------------------- */

static char *
hit_words(const DryRunView *run, const RulesHit *hit)
{
	const SieveMatch *match = match_of(run, hit);

	if (hit->error)
		return text_safe(hit->error, -1, TEXT_MARKS);
	if (hit->unknown)
		return g_strdup(_("not known before it is fetched"));
	if (match && !match->effective)
		return g_strdup_printf(_("taken earlier by rule \"%s\""), rule_name(run, hit->rule));
	if (hit->nothing)
		return g_strdup(_("is so already"));
	return g_strdup(hit->words ? hit->words : "");
}

static void
dry_run_row(View *view, Grid *grid, Rect rect, guint row)
{
	DryRunView *run = (DryRunView *)view;
	const RulesHit *hit = hit_at(view, row);
	gboolean marked = view_is_marked(view, row), acting = acts(run, hit);
	g_autofree char *date = dates_format_short(hit->date, time(NULL)),
			*from = text_safe(hit->from, -1, TEXT_MARKS),
			*subject = text_safe(hit->subject, -1, TEXT_MARKS), *plain = hit_words(run, hit),
			*words = text_safe(plain, -1, TEXT_MARKS);
	int what = MAX(rect.cols * 2 / 5 - 4, 16), x;

	x = grid_text(grid, rect, 0, 1, marked ? STYLE_GOOD : STYLE_DIM,
		marked   ? grid_glyph(grid, GLYPH_CHECK)
		: acting ? "-"
			 : " ");
	x = grid_column(grid, rect, 0, 3, 10, STYLE_DATE, date) + 1;
	x = grid_column(grid, rect, 0, x, MIN(22, rect.cols / 5), STYLE_NORMAL, from) + 1;
	x = grid_column(
		    grid, rect, 0, x, rect.cols - x - what - 2, acting ? STYLE_NORMAL : STYLE_DIM, subject) +
	    1;
	grid_column(grid, rect, 0, x, rect.cols - x - 1, acting && marked ? STYLE_STRONG : STYLE_DIM,
		acting && !marked ? _("left out") : words);
}

static void
dry_run_draw(View *view, Grid *grid, Rect rect, gboolean focused)
{
	DryRunView *run = (DryRunView *)view;
	const FormRule *rule = the_rule(run);
	g_autofree char *words = sentence(run), *below = summary(run),
			*safe = text_safe(below, -1, TEXT_MARKS), *above = text_safe(words, -1, TEXT_MARKS);
	g_autoptr(GPtrArray) lines = text_wrap(safe, MAX(rect.cols - 4, 20));
	int y = 1, bottom = MIN((int)lines->len, 3);
	Rect head = rect_rows(rect, 0, MAX(rect.rows / 2, 1));

	y = view_draw_words(grid, rect, 0, 1, STYLE_STRONG, above);
	y = rule ? draw_rule(rule, grid, head, y) : draw_rules(run, grid, head, y);
	y = MIN(y + 1, rect.rows - bottom - 1);
	view_draw_list(view, grid, rect_rows(rect, y, MAX(rect.rows - y - bottom, 1)), focused);
	for (int i = 0; i < bottom; i++)
		grid_text(grid, rect, rect.rows - bottom + i, 2, STYLE_NOTE,
			g_ptr_array_index(lines, (guint)i));
}

static char *
dry_run_text(View *view, guint row)
{
	const RulesHit *hit = hit_at(view, row);

	return g_strdup_printf("%s %s %s", hit->from ? hit->from : "", hit->subject ? hit->subject : "",
		hit->words ? hit->words : "");
}

static gint64
dry_run_key(View *view, guint row)
{
	const RulesHit *hit = hit_at(view, row);

	return hit ? hit->row : 0;
}

static gboolean
dry_run_stop(View *view, gboolean try)
{
	DryRunView *run = (DryRunView *)view;

	if (!run->ticket)
		return FALSE;
	if (!try) {
		app_forget(view->app, run->ticket);
		run->ticket = 0;
		app_dirty(view->app);
	}
	return TRUE;
}

const ViewClass dry_run_class = {
	.name = "dry-run",
	.flags = VIEW_WHOLE,
	.tables = dry_run_tables,
	.hints = "run-apply run-keep run-leave-out run-edit view-close run-open run-again",
	.free = dry_run_free,
	.title = dry_run_title,
	.draw = dry_run_draw,
	.row = dry_run_row,
	.row_text = dry_run_text,
	.row_key = dry_run_key,
	.stop = dry_run_stop,
};

/* ---- commands
 * ---------------------------------------------------------------------------------------------------- */

/* The rule is kept where it was not; TRUE: it is. */
static gboolean
keep(DryRunView *run)
{
	if (!run->text)
		return TRUE;
	if (!rules_keep(run->view.app, run->account, run->was, run->text, run->did))
		return FALSE;
	g_clear_pointer(&run->text, g_free);
	return TRUE;
}

/* This view, and where a new rule began. */
static void
close_all(DryRunView *run)
{
	static const ViewClass *const classes[] = {&rule_form_class, &proposals_class};
	App *app = run->view.app;
	gboolean fresh = run->fresh;

	app_close(app, &run->view);
	for (gsize i = 0; fresh && i < G_N_ELEMENTS(classes); i++) {
		View *view = app_find(app, classes[i]);

		if (view)
			app_close(app, view);
	}
}

/* Of RowId: what the report has and y must not touch. */
static GArray *
left_out(DryRunView *run)
{
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(RowId));

	for (guint i = 0; i < run->report->hits->len; i++) {
		const RulesHit *hit = g_ptr_array_index(run->report->hits, i);

		if (!g_hash_table_contains(run->view.marked, &hit->row))
			g_array_append_val(rows, hit->row);
	}
	return rows;
}

/* data: the name of a rule that was kept with it; NULL. */
static void
applied(App *app, View *view, const EngineEvent *event, gpointer data)
{
	const char *name = data;

	app_acted(app, view, event, GINT_TO_POINTER(FALSE));
	if (name && !event->error && event->words)
		app_say(app, _("%s  u undoes; rule \"%s\" is kept: Esc R"), event->words, name);
	else if (name && event->error)
		app_warn(app, _("The rule \"%s\" is kept, but nothing was done: %s"), name,
			event->error->message);
}

static void
run_apply(View *view, const CommandCall *call)
{
	DryRunView *run = (DryRunView *)view;
	App *app = view->app;
	g_autoptr(GArray) rows = NULL;
	gboolean is_new = run->text != NULL;

	(void)call;
	if (!run->report) {
		app_say(app, "%s", _("What it would do is not known yet."));
		return;
	}
	if (!keep(run))
		return;
	if (view_mark_count(view) == 0) {
		app_say(app, "%s",
			is_new ? _("Kept for new mail; nothing here is left for it to do.")
			       : _("Nothing here is left for it to do."));
		close_all(run);
		return;
	}
	rows = left_out(run);
	app_expect(app, engine_rules_apply(app->engine, run->report, (const RowId *)rows->data, rows->len),
		NULL, applied, is_new && the_rule(run) ? g_strdup(the_rule(run)->name) : NULL, g_free);
	close_all(run);
}

static void
run_keep(View *view, const CommandCall *call)
{
	DryRunView *run = (DryRunView *)view;
	App *app = view->app;

	(void)call;
	if (!run->text) {
		app_say(app, "%s", _("It is kept already, and acts on mail that comes from now on."));
		return;
	}
	if (!keep(run))
		return;
	app_say(app, "%s", _("Kept: it acts on mail that comes from now on. Nothing here was touched."));
	close_all(run);
}

static void
run_leave_out(View *view, const CommandCall *call)
{
	DryRunView *run = (DryRunView *)view;
	guint row = view->list->selected;

	(void)call;
	if (!hit_at(view, row))
		return;
	if (acts(run, hit_at(view, row)))
		view_set_marked(view, row, !view_is_marked(view, row));
	else
		app_say(view->app, "%s", _("Nothing would be done to this one."));
	list_move(view->list, 1);
}

static void
run_open(View *view, const CommandCall *call)
{
	const RulesHit *hit = hit_at(view, view->list->selected);
	View *index = app_find(view->app, &index_class);

	(void)call;
	if (hit && index && index_account(index) == ((DryRunView *)view)->account &&
		index_select_row(index, hit->row))
		pager_open_index(view->app, index);
	else
		app_say(view->app, "%s",
			_("This message is not in the list below; open its folder to read it."));
}

static void
run_edit(View *view, const CommandCall *call)
{
	DryRunView *run = (DryRunView *)view;
	App *app = view->app;
	const FormRule *rule = the_rule(run);

	(void)call;
	if (!rule || rule->hand_written) {
		UiAccount *account = run->account;
		guint line = rule ? rule->line : 1;

		app_close(app, view);
		rules_text_edit(app, app_top(app), account, line);
		return;
	}
	if (!app_find(app, &rule_form_class))
		rule_form_open(app, run->account, run->was ? run->was : run->script->text, run->rule, rule);
	app_close(app, view);
}

static void
run_again(View *view, const CommandCall *call)
{
	(void)call;
	look((DryRunView *)view, FALSE);
}

static void
run_fetch(View *view, const CommandCall *call)
{
	(void)call;
	look((DryRunView *)view, TRUE);
	app_say(view->app, "%s", _("Fetching what the rules need to know. Esc stops."));
}

static const Command rows[] = {
	{.name = "run-apply",
		.keys = "y",
		.hint = N_("apply, these and new"),
		.brief = N_("Do this now, and keep the rule for new mail; u takes it back"),
		.overrides = TRUE,
		.run = run_apply},
	{.name = "run-keep",
		.keys = "w",
		.hint = N_("new mail only"),
		.brief = N_("Keep the rule for mail to come; touch nothing here"),
		.run = run_keep},
	{.name = "run-leave-out",
		.keys = "t",
		.hint = N_("leave out"),
		.brief = N_("Leave this message as it is; again: not"),
		.needs = NEEDS_ENTRY,
		.overrides = TRUE,
		.run = run_leave_out},
	{.name = "run-open",
		.keys = "Enter",
		.hint = N_("read"),
		.brief = N_("Open the message"),
		.needs = NEEDS_ENTRY,
		.overrides = TRUE,
		.run = run_open},
	{.name = "run-edit",
		.keys = "e",
		.hint = N_("edit"),
		.brief = N_("Change the rule"),
		.run = run_edit},
	{.name = "run-again", .keys = "r", .hint = N_("again"), .brief = N_("Look again"), .run = run_again},
	{.name = "run-fetch",
		.keys = "G",
		.hint = N_("fetch"),
		.brief = N_("Fetch what the rules need to know of these messages, and look again"),
		.overrides = TRUE,
		.run = run_fetch},
	{.name = "view-close",
		.keys = "q; i; x",
		.hint = N_("leave"),
		.brief = N_("Leave; nothing is done"),
		.run = view_close_command},
};

const CommandTable table_dry_run = TABLE("dry-run", rows);
