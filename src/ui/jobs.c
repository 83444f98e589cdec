/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <time.h>

#include "ui/core.h"
#include "ui/lists.h"
#include "ui/question.h"
#include "ui/tables.h"
#include "ui/text-view.h"
#include "util/i18n.h"
#include "util/text.h"

/* Questions stand first, then jobs, the newest on top. */
typedef struct {
	View view;
	List list;
} JobsView;

static guint
row_count(App *app)
{
	return app->questions->len + app->jobs->len;
}

View *
jobs_new(App *app)
{
	JobsView *jobs = g_new0(JobsView, 1);

	view_init(&jobs->view, &jobs_class, app, &jobs->list);
	list_set_count(&jobs->list, row_count(app));
	return &jobs->view;
}

static void
jobs_free(View *view)
{
	g_free(view);
}

static const EngineEvent *
question_at(View *view, guint row)
{
	GPtrArray *questions = view->app->questions;

	return row < questions->len ? g_ptr_array_index(questions, row) : NULL;
}

static const EngineJob *
job_at(View *view, guint row)
{
	App *app = view->app;
	guint n = row - app->questions->len;

	if (row < app->questions->len || n >= app->jobs->len)
		return NULL;
	return g_ptr_array_index(app->jobs, app->jobs->len - 1 - n);
}

static char *
jobs_title(View *view, char **right)
{
	guint counts[JOB_CANCELED + 1] = {0};
	App *app = view->app;

	for (guint i = 0; i < app->jobs->len; i++)
		counts[((const EngineJob *)g_ptr_array_index(app->jobs, i))->state]++;
	list_set_count(view->list, row_count(app));
	*right = g_strdup_printf(_("%u running %s %u waiting %s %u done"), counts[JOB_RUNNING],
		grid_glyph(app->grid, GLYPH_DOT), counts[JOB_WAITING], grid_glyph(app->grid, GLYPH_DOT),
		counts[JOB_DONE]);
	return g_strdup(_("Jobs"));
}

typedef struct {
	Glyph glyph;
	StyleId style;
} StateLook;

static const StateLook looks[] = {
	[JOB_WAITING] = {GLYPH_WAIT, STYLE_PENDING},
	[JOB_RUNNING] = {GLYPH_WORK, STYLE_BAR},
	[JOB_DONE] = {GLYPH_CHECK, STYLE_GOOD},
	[JOB_FAILED] = {GLYPH_CROSS, STYLE_BAD},
	[JOB_CANCELED] = {GLYPH_DOT, STYLE_DIM},
};

static char *
progress_words(const EngineJob *job)
{
	g_autofree char *done = NULL, *total = NULL;

	if (job->act && job->state == JOB_WAITING)
		return g_strdup(_("d takes it back"));
	if (job->act && time(NULL) - job->started >= 2)
		return g_strdup(_("waits; d takes it back"));
	if (job->state != JOB_RUNNING || job->total <= 0)
		return g_strdup(job->detail ? job->detail : "");
	if (!job->bytes)
		return g_strdup_printf(_("%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT), job->done, job->total);
	done = text_size((guint64)MAX(job->done, 0));
	total = text_size((guint64)job->total);
	return g_strdup_printf(_("%s of %s"), done, total);
}

static char *
age_words(const EngineJob *job)
{
	gint64 now = time(NULL);

	if (job->state == JOB_WAITING && job->until > now)
		return g_strdup_printf(_("again in %d s"), (int)(job->until - now));
	if ((job->state != JOB_RUNNING && job->state != JOB_WAITING) || job->started <= 0)
		return g_strdup("");
	return g_strdup_printf(_("%d s"), (int)MAX(now - job->started, 0));
}

static void
jobs_row(View *view, Grid *grid, Rect rect, guint row)
{
	const EngineEvent *question = question_at(view, row);
	const EngineJob *job = job_at(view, row);
	g_autofree char *title = NULL, *detail = NULL, *words = NULL, *age = NULL;
	int x, age_cells,
		bar = rect.cols >= 100 && job && job->state == JOB_RUNNING && job->total > 0 ? 16 : 0;

	if (question) {
		g_autofree char *brief = question_brief(question->question);

		x = grid_text(grid, rect, 0, 2, STYLE_WARNING, "?") + 1;
		grid_column(grid, rect, 0, x, rect.cols - x - 1, STYLE_WARNING, brief);
		return;
	}
	if (!job)
		return;
	title = text_safe(job->title ? job->title : "", -1, TEXT_MARKS);
	words = progress_words(job);
	detail = text_safe(words, -1, TEXT_MARKS);
	age = age_words(job);
	age_cells = text_cells(age, -1) + 1;
	x = grid_text(grid, rect, 0, 2, looks[job->state].style, grid_glyph(grid, looks[job->state].glyph)) +
	    1;
	x = grid_column(grid, rect, 0, x, 10, STYLE_DIM, job->account) + 1;
	x = grid_column(grid, rect, 0, x, MIN(34, rect.cols * 2 / 5), STYLE_NORMAL, title) + 2;
	x = grid_column(grid, rect, 0, x, rect.cols - x - age_cells - 1 - (bar ? bar + 1 : 0), STYLE_DIM,
		    detail) +
	    1;
	if (bar)
		x = grid_bar(grid, rect, 0, x, bar, job->done, job->total) + 1;
	grid_text(grid, rect, 0, rect.cols - age_cells, STYLE_DIM, age);
}

static char *
jobs_text(View *view, guint row)
{
	const EngineJob *job = job_at(view, row);

	return g_strdup_printf(
		"%s %s", job && job->title ? job->title : "", job && job->detail ? job->detail : "");
}

static void
jobs_event(View *view, const EngineEvent *event)
{
	if (event->kind == EVENT_JOB || event->kind == EVENT_QUESTION)
		list_set_count(view->list, row_count(view->app));
}

const ViewClass jobs_class = {
	.name = "jobs",
	.tables = jobs_tables,
	.hints = "job-details job-cancel job-retry outbox-view view-close",
	.free = jobs_free,
	.title = jobs_title,
	.row = jobs_row,
	.row_text = jobs_text,
	.event = jobs_event,
	.empty = N_("Nothing goes on in the background."),
};

static void
append(GString *out, const char *label, const char *words)
{
	if (words && *words)
		g_string_append_printf(out, "%s%s%s\n\n", label, *label ? "\n    " : "", words);
}

static void
job_details(View *view, const CommandCall *call)
{
	const EngineEvent *question = question_at(view, view->list->selected);
	const EngineJob *job = job_at(view, view->list->selected);
	g_autoptr(GString) out = g_string_new(NULL);

	(void)call;
	if (question) {
		question_ask(view->app, question->question);
		return;
	}
	if (!job)
		return;
	append(out, "", job->title);
	append(out, _("What happened"), job->detail);
	append(out, _("The server said"), job->server_words);
	append(out, _("What to do"), job->next_step);
	app_push(view->app, text_view_new(view->app, _("Job"), out->str));
}

static void
taken_back(App *app, View *view, const EngineEvent *event, gpointer data)
{
	(void)view;
	(void)data;
	if (event->error)
		app_error(app, event->error);
	else if (event->words)
		app_say(app, "%s", event->words);
}

static void
job_cancel(View *view, const CommandCall *call)
{
	const EngineJob *job = job_at(view, view->list->selected);

	(void)call;
	/* Whether the server has it already nobody knows: undo works out what is to be done. */
	if (job && job->act)
		app_expect(view->app, engine_undo(view->app->engine, job->account, job->act), view,
			taken_back, NULL, NULL);
	else if (job && (job->state == JOB_RUNNING || job->state == JOB_WAITING))
		engine_job_cancel(view->app->engine, job->id);
	else
		app_say(view->app, "%s", _("This is over already."));
}

static void
job_retry(View *view, const CommandCall *call)
{
	const EngineJob *job = job_at(view, view->list->selected);

	(void)call;
	if (!job)
		return;
	engine_job_retry(view->app->engine, job->id);
	app_say(view->app, "%s", _("Tried again."));
}

static const Command rows[] = {
	{.name = "job-details",
		.keys = "Enter",
		.hint = N_("why"),
		.brief = N_("Show the server's words and the next step"),
		.needs = NEEDS_ENTRY,
		.run = job_details},
	{.name = "job-cancel",
		.keys = "d",
		.hint = N_("cancel"),
		.brief = N_("Stop this job; an act that waits for the server is taken back"),
		.needs = NEEDS_ENTRY,
		.run = job_cancel},
	{.name = "job-retry",
		.keys = "r",
		.hint = N_("retry"),
		.brief = N_("Try again now"),
		.needs = NEEDS_ENTRY,
		.run = job_retry},
	{.name = "view-close",
		.keys = "q; i; x",
		.hint = N_("back"),
		.brief = N_("Go back"),
		.run = view_close_command},
};

const CommandTable table_jobs = TABLE("jobs", rows);
