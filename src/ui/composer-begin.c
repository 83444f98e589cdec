/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a message comes to be written: new, an answer, a draft, one taken back.
 * The work is done on a worker; the composer stands there at once and waits.
 */
#include "config.h"

#include <string.h>

#include "ui/composer-state.h"
#include "ui/content.h"
#include "ui/index.h"
#include "util/i18n.h"
#include "util/text.h"

typedef struct Gather Gather;
static void gather_next(Gather *gather);

typedef struct {
	App *app;
	guint view_id;
	ComposeKind kind;
	AccountConfig *account;
	Preferences *preferences;
	RowId row;
	GBytes *octets;
	char *mailto;      /* URL or addresses */
	gboolean as_draft; /* the message itself, to go on with */
	char *message_id;  /* of a draft that may be ours */
	gint64 draft_id, outbox;
	gboolean fetched;
	Gather *attach; /* messages to attach when it stands; NULL */
	Composition *composition;
	GError *error;
} Begin;

static void
begin_free(gpointer data)
{
	Begin *begin = data;

	if (!begin)
		return;
	account_config_free(begin->account);
	if (begin->preferences)
		preferences_free(begin->preferences);
	g_clear_pointer(&begin->octets, g_bytes_unref);
	g_free(begin->mailto);
	g_free(begin->message_id);
	composition_free(begin->composition);
	g_clear_error(&begin->error);
	g_free(begin);
}

static void
box_free(gpointer data)
{
	begin_free(*(Begin **)data);
	g_free(data);
}

static EngineMessage *
load(EngineWorker *worker, Begin *begin)
{
	StoreView *view;

	if (begin->octets)
		return engine_message_from_octets(begin->octets);
	view = engine_worker_view(worker, begin->account->key);
	if (!view) {
		fault_set(&begin->error, FAULT_UNKNOWN, _("There is no cache for this account yet."));
		return NULL;
	}
	return engine_message_load(view, begin->row, &begin->error);
}

static void
run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	Begin *begin = *(Begin **)data;
	g_autoptr(EngineMessage) message = NULL;

	if (begin->mailto) {
		begin->composition = compose_mailto(
			begin->account, begin->preferences, begin->mailto, cancel, &begin->error);
		return;
	}
	if (begin->row || begin->octets) {
		message = load(worker, begin);
		if (!message)
			return;
	}
	if (begin->as_draft)
		begin->composition = compose_from_message(begin->account, message, &begin->error);
	else
		begin->composition = compose_begin(
			begin->account, begin->preferences, begin->kind, message, cancel, &begin->error);
}

static void start(Begin *begin);

static void
fetched(App *app, View *view, const EngineEvent *event, gpointer data)
{
	Begin **box = data, *begin = *box;

	if (event->error || !view) {
		if (event->error)
			app_error(app, event->error);
		if (view)
			app_close(app, view);
		return;
	}
	*box = NULL;
	start(begin);
}

/* The text or a part of it is not here: ask for it once, then try again. TRUE: asked. */
static gboolean
fetch(Begin **box, View *view)
{
	Begin *begin = *box;
	gboolean whole = begin->as_draft || begin->kind == COMPOSE_FORWARD_ATTACHED ||
			 begin->kind == COMPOSE_FORWARD || begin->kind == COMPOSE_RESEND;
	Begin **again;
	guint ticket;

	if (begin->composition || begin->fetched || !begin->row || fault_of(begin->error) != FAULT_UNKNOWN)
		return FALSE;
	*box = NULL;
	begin->fetched = TRUE;
	g_clear_error(&begin->error);
	ticket = app_want(begin->app, begin->account->key, begin->row, whole ? WANT_WHOLE : WANT_TEXT, NULL);
	again = g_new0(Begin *, 1);
	*again = begin;
	app_expect(begin->app, ticket, view, fetched, again, box_free);
	return TRUE;
}

static void
after_begin(ComposerView *composer, Begin *begin)
{
	App *app = composer->view.app;

	if (composer->composition->list_missing)
		app_say(app, "%s",
			_("This message names no mailing list: the answer goes to all, as with g."));
	if (begin->as_draft || begin->draft_id || begin->outbox) {
		composer->written = TRUE;
		return;
	}
	if (begin->attach)
		gather_next(g_steal_pointer(&begin->attach));
	if (composer->composition->draft->to->len == 0)
		composer_ask_field(composer, FIELD_TO, TRUE);
	else if (!composer->composition->draft->subject || composer->composition->draft->subject[0] == '\0')
		composer_ask_field(composer, FIELD_SUBJECT, TRUE);
	else
		composer_edit(composer);
}

static void
done(gpointer data)
{
	Begin **box = data, *begin = *box;
	App *app = begin->app;
	View *view = app_view(app, begin->view_id);
	ComposerView *composer = (ComposerView *)view;
	UiAccount *account;

	if (!view || fetch(box, view))
		return;
	if (!begin->composition) {
		app_error(app, begin->error);
		app_close(app, view);
		return;
	}
	composer->composition = g_steal_pointer(&begin->composition);
	composer->busy = FALSE;
	/* Where one only looks, not even "replied" is set. */
	if (begin->row && app_is_read_only(app, composer->account, ROW_FOLDER(begin->row)))
		composer->composition->answers = composer->composition->forwards = 0;
	account = app_account(app, composer->composition->account);
	if (account)
		composer->account = account;
	composer->changed = FALSE;
	list_set_count(&composer->list, FIELD_COUNT + composer->composition->draft->attachments->len);
	list_select(&composer->list, FIELD_TO);
	if (begin->error)
		app_error(app, begin->error);
	after_begin(composer, begin);
	composer_ready(composer);
}

static void
start(Begin *begin)
{
	Begin **box = g_new0(Begin *, 1);

	*box = begin;
	engine_run(begin->app->engine, ENGINE_WRITER, run, done, box, box_free, NULL);
}

/* A composer that waits, and the work for it. */
static Begin *
begin_new(App *app, UiAccount *account, ComposeKind kind)
{
	Begin *begin = g_new0(Begin, 1);
	ComposerView *composer = composer_open(app, account, NULL);

	begin->app = app;
	begin->view_id = composer->view.id;
	begin->kind = kind;
	begin->account = account_config_copy(app_account_config(app, account));
	begin->preferences = config_preferences(app->config, account->key, NULL);
	return begin;
}

static UiAccount *
writing_account(App *app)
{
	View *index = app_find(app, &index_class);
	UiAccount *account = index ? index_account(index) : NULL;

	if (!account && app->accounts->len > 0)
		account = g_ptr_array_index(app->accounts, 0);
	if (!account || !app->engine)
		app_say(app, "%s", _("There is no account yet. :account-setup makes one."));
	return app->engine ? account : NULL;
}

void
composer_new_message(App *app, const char *to)
{
	UiAccount *account = writing_account(app);
	Begin *begin;

	if (!account)
		return;
	begin = begin_new(app, account, COMPOSE_NEW);
	begin->mailto = g_strdup(to);
	start(begin);
}

void
composer_mailto(App *app, const char *url)
{
	composer_new_message(app, url);
}

void
composer_begin(App *app, View *view, UiAccount *account, RowId row, GBytes *octets, ComposeKind kind)
{
	Begin *begin;

	(void)view;
	if (!account)
		account = writing_account(app);
	if (!account || !app->engine)
		return;
	begin = begin_new(app, account, kind);
	begin->row = row;
	begin->octets = octets ? g_bytes_ref(octets) : NULL;
	start(begin);
}

/* ---- drafts and what was taken back: from the journal first ------------------------------ */

static void
journal_run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	Begin *begin = *(Begin **)data;
	Journal *journal = engine_worker_journal(worker);

	(void)cancel;
	if (begin->outbox) {
		OutboxMessage *message = outbox_get(journal, begin->outbox);

		if (message)
			begin->composition = compose_from_outbox(message, &begin->error);
		else
			fault_set(&begin->error, FAULT_UNKNOWN,
				_("This message is not in the outbox any more."));
		outbox_message_free(message);
	} else {
		StoreDraft *draft = begin->draft_id ? draft_get(journal, begin->draft_id)
						    : draft_by_message_id(journal, begin->message_id);

		if (draft)
			begin->composition = compose_from_draft(draft, &begin->error);
		store_draft_free(draft);
	}
}

static void
journal_done(gpointer data)
{
	Begin **box = data, *begin = *box;

	if (begin->composition || begin->error || !begin->row) {
		if (!begin->composition && !begin->error)
			fault_set(&begin->error, FAULT_UNKNOWN, _("This draft is not here any more."));
		done(box);
		return;
	}
	/* A draft that another program wrote. */
	*box = NULL;
	begin->as_draft = TRUE;
	start(begin);
}

static void
start_journal(Begin *begin)
{
	Begin **box = g_new0(Begin *, 1);

	*box = begin;
	engine_run(begin->app->engine, ENGINE_JOURNAL, journal_run, journal_done, box, box_free, NULL);
}

void
composer_recall(App *app, View *view, UiAccount *account, RowId row)
{
	Begin *begin;

	(void)view;
	if (!row) {
		if (app->engine)
			app_push(app, drafts_new(app));
		return;
	}
	begin = begin_new(app, account, COMPOSE_NEW);
	begin->row = row;
	begin->message_id = account->view ? store_view_message_id(account->view, row) : NULL;
	if (begin->message_id) {
		start_journal(begin);
		return;
	}
	begin->as_draft = TRUE;
	start(begin);
}

void
composer_open_draft(App *app, UiAccount *account, gint64 draft)
{
	Begin *begin = begin_new(app, account, COMPOSE_NEW);

	begin->draft_id = draft;
	start_journal(begin);
}

static void
canceled(App *app, View *view, const EngineEvent *event, gpointer data)
{
	gint64 *id = data;
	UiAccount *account = writing_account(app);
	Begin *begin;

	(void)view;
	if (event->error) {
		app_error(app, event->error);
		return;
	}
	if (app->sending == *id)
		app->sending = 0;
	if (!account)
		return;
	begin = begin_new(app, account, COMPOSE_NEW);
	begin->outbox = *id;
	app_say(app, "%s", _("Taken back: it has not left."));
	start_journal(begin);
}

void
composer_from_outbox(App *app, gint64 outbox)
{
	app_expect(app, engine_outbox_cancel(app->engine, outbox), NULL, canceled,
		g_memdup2(&outbox, sizeof outbox), g_free);
}

void
composer_take_back(App *app)
{
	composer_from_outbox(app, app->sending);
}

/* ---- several messages attached ----------------------------------------------------------- */

struct Gather {
	App *app;
	guint view_id;
	UiAccount *account;
	GArray *rows;
	guint next;
};

static void
gather_free(gpointer data)
{
	Gather *gather = *(Gather **)data;

	if (gather) {
		g_array_unref(gather->rows);
		g_free(gather);
	}
	g_free(data);
}

static void
gathered(App *app, View *view, GBytes *octets, const GError *error, gpointer data)
{
	Gather **box = data, *gather = *box;
	ComposerView *composer = (ComposerView *)view;
	g_autofree char *name = NULL;

	if (!octets || !composer || !composer->composition) {
		if (error)
			app_error(app, error);
		return;
	}
	*box = NULL;
	name = g_strdup_printf(_("message-%u.eml"), gather->next + 1);
	mime_draft_attach(composer->composition->draft, name, "message/rfc822", octets);
	composer->changed = composer->written = TRUE;
	gather->next++;
	gather_next(gather);
}

static void
gather_next(Gather *gather)
{
	Gather **box = g_new0(Gather *, 1);

	*box = gather;
	if (gather->next >= gather->rows->len) {
		gather_free(box);
		return;
	}
	content_part(gather->app, app_view(gather->app, gather->view_id), gather->account->key,
		g_array_index(gather->rows, RowId, gather->next), NULL, NULL, gathered, box, gather_free);
}

static Gather *
gather_new(App *app, guint view_id, UiAccount *account, const GArray *rows)
{
	Gather *gather = g_new0(Gather, 1);

	gather->app = app;
	gather->view_id = view_id;
	gather->account = account;
	gather->rows = g_array_ref((GArray *)rows);
	return gather;
}

void
composer_attach_rows(ComposerView *composer, UiAccount *account, const GArray *rows)
{
	gather_next(gather_new(composer->view.app, composer->view.id, account, rows));
}

void
composer_forward_rows(App *app, View *view, UiAccount *account, const GArray *rows)
{
	Begin *begin;

	if (rows->len == 1) {
		composer_begin(
			app, view, account, g_array_index(rows, RowId, 0), NULL, COMPOSE_FORWARD_ATTACHED);
		return;
	}
	begin = begin_new(app, account, COMPOSE_NEW);
	begin->attach = gather_new(app, begin->view_id, account, rows);
	start(begin);
}
