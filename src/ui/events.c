/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the engine says: jobs, links, questions, answers to tickets; then each
 * view hears it.
 */
#include "config.h"

#include "ui/core.h"

#include "ui/question.h"
#include "util/i18n.h"

#define JOBS_KEPT 100

typedef struct {
	guint view_id;
	AppAnswer answer;
	gpointer data;
	GDestroyNotify free_data;
} Waiting;

static void
waiting_free(gpointer data)
{
	Waiting *waiting = data;

	if (waiting->free_data)
		waiting->free_data(waiting->data);
	g_free(waiting);
}

void
app_expect(App *app, guint ticket, View *view, AppAnswer answer, gpointer data, GDestroyNotify free_data)
{
	Waiting *waiting = g_new0(Waiting, 1);

	if (!app->waiting)
		app->waiting = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, waiting_free);
	*waiting = (Waiting){view ? view->id : 0, answer, data, free_data};
	g_hash_table_insert(app->waiting, GUINT_TO_POINTER(ticket), waiting);
}

guint
app_want(App *app, const char *account, RowId row, EngineWant want, const char *section)
{
	UiAccount *known = app_account(app, account);
	g_autoptr(StoreRow) about = known && known->view ? store_view_row(known->view, row) : NULL;

	return engine_want(app->engine, account, row, want, section, about ? about->subject : NULL);
}

void
app_forget(App *app, guint ticket)
{
	if (app->waiting && ticket)
		g_hash_table_remove(app->waiting, GUINT_TO_POINTER(ticket));
	if (app->engine && ticket)
		engine_forget(app->engine, ticket);
}

static gboolean
answer(App *app, const EngineEvent *event)
{
	gpointer key = GUINT_TO_POINTER(event->ticket);
	Waiting *waiting;
	gpointer stolen = NULL;

	if (!event->ticket || !app->waiting || !g_hash_table_steal_extended(app->waiting, key, NULL, &stolen))
		return FALSE;
	waiting = stolen;
	waiting->answer(app, waiting->view_id ? app_view(app, waiting->view_id) : NULL, event, waiting->data);
	waiting_free(waiting);
	return TRUE;
}

/* ---- jobs -------------------------------------------------------------------------------- */

static void
keep_job(App *app, const EngineJob *job)
{
	for (guint i = 0; i < app->jobs->len; i++) {
		const EngineJob *old = g_ptr_array_index(app->jobs, i);

		if (old->id != job->id)
			continue;
		if ((job->act || job->passing) && job->state == JOB_DONE) {
			g_ptr_array_remove_index(app->jobs, i);
			return;
		}
		engine_job_free(app->jobs->pdata[i]);
		app->jobs->pdata[i] = engine_job_copy(job);
		return;
	}
	g_ptr_array_add(app->jobs, engine_job_copy(job));
	for (guint i = 0; i < app->jobs->len && app->jobs->len > JOBS_KEPT; i++) {
		const EngineJob *old = g_ptr_array_index(app->jobs, i);

		if (old->state != JOB_DONE && old->state != JOB_CANCELED)
			continue;
		g_ptr_array_remove_index(app->jobs, i);
		break;
	}
}

/* Why there is no line is said once, not at each try. */
static void
say_trouble(App *app, UiAccount *account)
{
	if (account->link == LINK_ONLINE)
		g_clear_pointer(&account->trouble, g_free);
	if (account->link != LINK_WAITING || !account->link_words ||
		g_strcmp0(account->link_words, account->trouble) == 0)
		return;
	g_free(account->trouble);
	account->trouble = g_strdup(account->link_words);
	app_warn(app, _("%s Posthorn works on with what is here and tries again."), account->trouble);
}

static void
note_link(App *app, const EngineEvent *event)
{
	UiAccount *account = app_account(app, event->account);

	if (!account)
		return;
	account->link = event->link;
	account->link_until = event->until;
	g_free(account->link_words);
	account->link_words = g_strdup(event->words);
	say_trouble(app, account);
	if (event->error && event->link != LINK_ONLINE)
		app_error(app, event->error);
}

static void
note_words(App *app, const EngineEvent *event)
{
	if (event->error)
		app_error(app, event->error);
	else if (event->words)
		app_say(app, "%s", event->words);
}

void
app_acted(App *app, View *view, const EngineEvent *event, gpointer data)
{
	gboolean is_final = GPOINTER_TO_INT(data);

	(void)view;
	if (event->error) {
		app_error(app, event->error);
		return;
	}
	app->last_is_final = is_final;
	if (!is_final && event->group) {
		UiAct done = {event->group, event->count, g_get_monotonic_time()};

		g_array_append_val(app->acts, done);
	}
	if (event->words && !is_final && event->group)
		app_say(app, _("%s  u undoes"), event->words);
	else if (event->words)
		app_say(app, "%s", event->words);
}

guint
app_act(App *app, View *view, const EngineAct *act)
{
	guint ticket = engine_act(app->engine, act);

	/* What the journal cannot take back is not said to be undoable. */
	app_expect(app, ticket, view, app_acted, GINT_TO_POINTER(act->kind == ACT_FOLDER_DELETE), NULL);
	return ticket;
}

static void
outbox_event(App *app, const EngineEvent *event)
{
	if (event->outbox == app->sending && event->outbox_state != OUTBOX_QUEUED)
		app->sending = 0;
	switch (event->outbox_state) {
	case OUTBOX_SENT:
		app_say(app, "%s", event->words ? event->words : _("Sent."));
		break;
	case OUTBOX_FAILED:
	case OUTBOX_UNCERTAIN:
		if (event->error)
			app_error(app, event->error);
		else
			app_warn(app, _("%s  Esc o shows the outbox."),
				event->words ? event->words : _("Not sent."));
		break;
	default:
		break;
	}
}

/* FALSE: seen, and drawn in its own time. */
static void
take_event(App *app, EngineEvent *event)
{
	switch (event->kind) {
	case EVENT_FOLDERS:
	case EVENT_ROWS:
	case EVENT_NEW_MAIL: {
		UiAccount *account = app_account(app, event->account);

		/* Counts changed with the rows. A flood of events reads them once a picture. */
		if (account)
			account->stale = TRUE;
		break;
	}
	case EVENT_JOB:
		if (event->job)
			keep_job(app, event->job);
		break;
	case EVENT_LINK:
		note_link(app, event);
		break;
	case EVENT_NOTE:
		note_words(app, event);
		break;
	case EVENT_OUTBOX:
		outbox_event(app, event);
		break;
	default:
		break;
	}
}

static void
tell_views(App *app, const EngineEvent *event)
{
	/* A view may close itself, or others, while it hears. */
	for (guint i = app->stack->len; i-- > 0;) {
		View *view = i < app->stack->len ? g_ptr_array_index(app->stack, i) : NULL;

		if (view && view->class->event)
			view->class->event(view, event);
	}
	if (app->folders && app->folders->class->event)
		app->folders->class->event(app->folders, event);
}

void
app_handle_event(App *app, EngineEvent *event)
{
	gboolean at_once = event->ticket != 0 || event->kind == EVENT_NEW_MAIL || event->kind == EVENT_TASK;

	if (engine_event_dispatch(app->engine, event)) {
		engine_event_free(event);
		app_dirty(app);
		return;
	}
	take_event(app, event);
	answer(app, event);
	tell_views(app, event);
	if (event->kind == EVENT_QUESTION)
		question_take(app, event);
	else
		engine_event_free(event);
	if (at_once)
		app_dirty(app);
	else
		app_dirty_later(app);
}
