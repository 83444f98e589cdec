/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sending: what is worth a question is asked, then the message is durable in the
 * outbox; until it is due u takes it back.
 */
#include "config.h"

#include <time.h>

#include "ui/composer-state.h"
#include "ui/content.h"
#include "util/i18n.h"
#include "util/text.h"
#include "util/when.h"

/* Seconds counted down one by one on the message line. */
#define COUNTDOWN_MOST 120

/* ---- the countdown ----------------------------------------------------------------------- */

static gboolean
on_second(gpointer data)
{
	App *app = data;
	gint64 left = app->sending_due - time(NULL);

	if (!app->sending) {
		app->sending_source = 0;
		return G_SOURCE_REMOVE;
	}
	if (left <= 0) {
		app->sending_source = 0;
		app->sending = 0;
		app_say(app, "%s", _("Sending ..."));
		return G_SOURCE_REMOVE;
	}
	if (left <= COUNTDOWN_MOST)
		app_say(app, _("Leaves in %d s.  u takes it back"), (int)left);
	return G_SOURCE_CONTINUE;
}

typedef struct {
	gint64 due;
	gboolean later; /* at a time that was asked for */
} Sent;

static char *
due_words(gint64 due)
{
	return dates_format_long((DateTime){due, dates_now().offset_minutes});
}

static void
queued(App *app, View *view, const EngineEvent *event, gpointer data)
{
	const Sent *sent = data;
	ComposerView *composer = (ComposerView *)view;
	g_autofree char *when = due_words(sent->due);

	if (event->error) {
		app_error(app, event->error);
		if (composer)
			composer->busy = FALSE;
		return;
	}
	if (view)
		app_close(app, view);
	if (sent->later) {
		app_say(app, _("Leaves %s.  Esc o shows it, and takes it back"), when);
		return;
	}
	if (sent->due <= time(NULL)) {
		app_say(app, "%s", _("Sending ..."));
		return;
	}
	app->sending = event->outbox;
	app->sending_due = sent->due;
	if (sent->due > time(NULL) + COUNTDOWN_MOST)
		app_say(app, _("Leaves %s.  u takes it back"), when);
	if (!app->sending_source)
		app->sending_source = g_timeout_add(1000, on_second, app);
	on_second(app);
}

static void
hand_over(App *app, View *view, OutboxMessage *message, gboolean later)
{
	Sent *sent = g_new0(Sent, 1);

	*sent = (Sent){message->due, later};
	app_expect(app, engine_send(app->engine, message), view, queued, sent, g_free);
}

/* ---- a message --------------------------------------------------------------------------- */

static void
take_message(ComposerView *composer, OutboxMessage *message, guint warnings)
{
	(void)warnings;
	composer->busy = TRUE;
	composer->changed = FALSE;
	/* Its draft may have got its number meanwhile. */
	message->draft = composer->composition->draft_id;
	hand_over(composer->view.app, &composer->view, message, composer->due != 0);
}

static void
confirmed(App *app, View *view, gunichar choice, gpointer data)
{
	(void)app;
	(void)choice;
	(void)data;
	if (view)
		composer_build((ComposerView *)view, take_message);
}

typedef struct {
	ComposeWarning warning;
	const char *words; /* N_() */
} WarningWords;

static const WarningWords warning_words[] = {
	{COMPOSE_NO_SUBJECT, N_("The subject is empty.")},
	{COMPOSE_NO_ATTACHMENT, N_("The text speaks of an attachment, and there is none.")},
	{COMPOSE_MANY_RECIPIENTS, N_("It goes to more than ten recipients.")},
	{COMPOSE_EMPTY, N_("There is no text.")},
	{COMPOSE_ELSEWHERE, N_("It goes where Reply-To says, not to the sender.")},
};

/* It could be sent: what is worth a question is asked. */
static void
consider(ComposerView *composer, OutboxMessage *message, guint warnings)
{
	App *app = composer->view.app;
	g_autoptr(Preferences) preferences = config_preferences(app->config, composer->account->key, NULL);
	GString *words = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(warning_words); i++)
		if (warnings & warning_words[i].warning)
			g_string_append_printf(words, "%s\n", _(warning_words[i].words));
	if (words->len == 0 && (preferences->undo_send_ms > 0 || composer->due)) {
		take_message(composer, message, warnings);
	} else {
		outbox_message_free(message);
		g_string_append(words, _("Send it? y/n"));
		app_confirm(app, &composer->view, words->str, confirmed, NULL, NULL);
	}
	g_string_free(words, TRUE);
}

void
composer_send(ComposerView *composer)
{
	composer->due = 0;
	composer_build(composer, consider);
}

static void
later_asked(App *app, View *view, const char *text, gpointer data)
{
	ComposerView *composer = (ComposerView *)view;
	g_autoptr(GError) error = NULL;

	(void)data;
	if (!view || !text || *text == '\0')
		return;
	composer->due = when_parse(text, time(NULL), &error);
	if (composer->due)
		composer_build(composer, consider);
	else
		app_error(app, error);
}

void
composer_send_later(ComposerView *composer, const char *when)
{
	PromptSpec spec = {.view = &composer->view,
		.label = _("Send at (18:30, tomorrow 9:00, mon, 2h, 2026-12-24):"),
		.history = "when",
		.done = later_asked};

	if (when)
		later_asked(composer->view.app, &composer->view, when, NULL);
	else
		app_prompt(composer->view.app, &spec);
}

/* ---- sending on as it is ----------------------------------------------------------------- */

typedef struct {
	UiAccount *account;
	RowId row;
	GBytes *octets;
	char *subject, *to;
} Bounce;

static void
bounce_free(gpointer data)
{
	Bounce *bounce = data;

	if (bounce->octets)
		g_bytes_unref(bounce->octets);
	g_free(bounce->subject);
	g_free(bounce->to);
	g_free(bounce);
}

static Bounce *
bounce_copy(const Bounce *from)
{
	Bounce *bounce = g_new0(Bounce, 1);

	*bounce = *from;
	bounce->octets = from->octets ? g_bytes_ref(from->octets) : NULL;
	bounce->subject = g_strdup(from->subject);
	bounce->to = g_strdup(from->to);
	return bounce;
}

static void
bounce_octets(App *app, View *view, GBytes *octets, const GError *error, gpointer data)
{
	const Bounce *bounce = data;
	const AccountConfig *account = app_account_config(app, bounce->account);
	g_autoptr(GError) failure = NULL;
	OutboxMessage *message = octets ? compose_bounce(account, octets, bounce->to, &failure) : NULL;

	(void)view;
	if (!message)
		app_error(app, octets ? failure : error);
	else
		hand_over(app, NULL, message, FALSE);
}

static void
bounce_confirmed(App *app, View *view, gunichar choice, gpointer data)
{
	const Bounce *bounce = data;

	(void)choice;
	content_part(app, view, bounce->account->key, bounce->row, bounce->octets, NULL, bounce_octets,
		bounce_copy(bounce), bounce_free);
}

static void
bounce_to(App *app, View *view, const char *text, gpointer data)
{
	Bounce *bounce = data;
	g_autofree char *words = NULL, *safe = NULL, *subject = NULL;

	if (!text || *text == '\0')
		return;
	g_free(bounce->to);
	bounce->to = g_strdup(text);
	safe = text_safe(text, -1, TEXT_MARKS);
	subject = text_safe(bounce->subject ? bounce->subject : "", -1, TEXT_MARKS);
	words = g_strdup_printf(_("Send \"%s\" on to %s as it is? y/n"), subject, safe);
	app_confirm(app, view, words, bounce_confirmed, bounce_copy(bounce), bounce_free);
}

static void
complete_people(App *app, const char *text, gsize *start, GPtrArray *candidates, gpointer data)
{
	const Bounce *bounce = data;
	g_autoptr(GPtrArray) people = NULL;

	(void)app;
	if (bounce->account->view && text[*start])
		people = store_view_people(bounce->account->view, text + *start, 50);
	for (guint i = 0; people && i < people->len; i++)
		g_ptr_array_add(candidates, candidate_new(g_ptr_array_index(people, i), NULL, NULL, 0));
}

void
composer_bounce(App *app, View *view, UiAccount *account, RowId row, GBytes *octets, const char *subject)
{
	Bounce *bounce = g_new0(Bounce, 1);
	PromptSpec spec = {.view = view,
		.label = _("Send on to:"),
		.history = "address",
		.separators = ",",
		.complete = complete_people,
		.done = bounce_to,
		.data = bounce,
		.free_data = bounce_free};

	if (!account && app->accounts->len > 0)
		account = g_ptr_array_index(app->accounts, 0);
	*bounce = (Bounce){account, row, octets ? g_bytes_ref(octets) : NULL, g_strdup(subject), NULL};
	if (!account || !app->engine) {
		bounce_free(bounce);
		app_say(app, "%s", _("There is no account yet. :account-setup makes one."));
		return;
	}
	app_prompt(app, &spec);
}
