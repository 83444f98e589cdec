/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "ui/composer-state.h"
#include "ui/content.h"
#include "ui/pager.h"
#include "ui/tables.h"
#include "ui/text-view.h"
#include "util/i18n.h"
#include "util/text.h"

static ComposerView *
composer_of(View *view)
{
	return (ComposerView *)view;
}

static void
send_message(View *view, const CommandCall *call)
{
	(void)call;
	composer_send(composer_of(view));
}

static void
edit_body(View *view, const CommandCall *call)
{
	(void)call;
	composer_edit(composer_of(view));
}

static void
edit_to(View *view, const CommandCall *call)
{
	(void)call;
	composer_ask_field(composer_of(view), FIELD_TO, FALSE);
}

static void
edit_cc(View *view, const CommandCall *call)
{
	(void)call;
	composer_ask_field(composer_of(view), FIELD_CC, FALSE);
}

static void
edit_bcc(View *view, const CommandCall *call)
{
	(void)call;
	composer_ask_field(composer_of(view), FIELD_BCC, FALSE);
}

static void
edit_subject(View *view, const CommandCall *call)
{
	(void)call;
	composer_ask_field(composer_of(view), FIELD_SUBJECT, FALSE);
}

static void
edit_reply_to(View *view, const CommandCall *call)
{
	(void)call;
	composer_ask_field(composer_of(view), FIELD_REPLY_TO, FALSE);
}

/* ---- From -------------------------------------------------------------------------------- */

static void
add_identity(GPtrArray *out, const AccountConfig *config, const char *address)
{
	MimeAddress *mailbox;
	g_autofree char *text = NULL;

	if (!address || strchr(address, '*'))
		return;
	mailbox = mime_address_new(config->name, address);
	text = mime_format_address(mailbox);
	mime_address_free(mailbox);
	g_ptr_array_add(out, candidate_new(text, config->label, NULL, 0));
}

static void
complete_identity(App *app, const char *text, gsize *start, GPtrArray *candidates, gpointer data)
{
	(void)text;
	(void)data;
	*start = 0;
	for (guint i = 0; i < app->accounts->len; i++) {
		const AccountConfig *config = app_account_config(app, g_ptr_array_index(app->accounts, i));

		if (!config)
			continue;
		add_identity(candidates, config, config->address);
		for (guint k = 0; config->aliases && config->aliases[k]; k++)
			add_identity(candidates, config, config->aliases[k]);
	}
}

/* The account whose address it is; NULL: none's, the account stays. */
static UiAccount *
account_of_address(App *app, const char *address)
{
	for (guint i = 0; i < app->accounts->len; i++) {
		UiAccount *account = g_ptr_array_index(app->accounts, i);
		const AccountConfig *config = app_account_config(app, account);

		if (config && config->address && mime_address_same(config->address, address))
			return account;
		for (guint k = 0; config && config->aliases && config->aliases[k]; k++)
			if (mime_address_same(config->aliases[k], address))
				return account;
	}
	return NULL;
}

static void
from_done(App *app, View *view, const char *text, gpointer data)
{
	ComposerView *composer = (ComposerView *)view;
	g_autoptr(GPtrArray) list = text && *text ? mime_parse_addresses(text, -1, NULL) : NULL;
	const MimeAddress *first = list && list->len > 0 ? g_ptr_array_index(list, 0) : NULL;
	UiAccount *account;

	(void)data;
	if (!composer || !first)
		return;
	account = account_of_address(app, first->address);
	if (account && account != composer->account) {
		composer->account = account;
		g_free(composer->composition->account);
		composer->composition->account = g_strdup(account->key);
		app_say(app, _("Goes by the account %s now."), account->label);
	}
	g_ptr_array_unref(composer->composition->draft->from);
	composer->composition->draft->from = g_steal_pointer(&list);
	composer->changed = TRUE;
}

static void
edit_from(View *view, const CommandCall *call)
{
	g_autofree char *initial = composer_field_text(composer_of(view), FIELD_FROM);
	PromptSpec spec = {.view = view,
		.label = _("From (Tab walks):"),
		.initial = initial,
		.complete = complete_identity,
		.done = from_done};

	(void)call;
	app_prompt(view->app, &spec);
}

/* ---- attachments ----------------------------------------------------------------------------------------
 */

typedef struct {
	App *app;
	guint view_id;
	Composition *composition; /* borrowed: the composer is busy meanwhile, and waits for us */
	char *path;
	GError *error;
} Attach;

static void
attach_free(gpointer data)
{
	Attach *attach = data;

	g_free(attach->path);
	g_clear_error(&attach->error);
	g_free(attach);
}

static void
attach_run(EngineWorker *worker, gpointer data, Cancel *cancel)
{
	Attach *attach = data;

	(void)worker;
	(void)cancel;
	compose_attach_file(attach->composition, attach->path, &attach->error);
}

static void
attach_done(gpointer data)
{
	Attach *attach = data;
	ComposerView *composer = (ComposerView *)app_view(attach->app, attach->view_id);

	if (!composer)
		return;
	composer->busy = FALSE;
	if (attach->error) {
		app_error(attach->app, attach->error);
		return;
	}
	composer->changed = composer->written = TRUE;
	list_set_count(&composer->list, FIELD_COUNT + composer->composition->draft->attachments->len);
	composer_keep(composer, FALSE, FALSE);
	composer_ready(composer);
}

static void
attach(ComposerView *composer, const char *path)
{
	Attach *task = g_new0(Attach, 1);

	task->app = composer->view.app;
	task->view_id = composer->view.id;
	task->composition = composer->composition;
	task->path = paths_expand(path);
	composer->busy = TRUE;
	engine_run(task->app->engine, ENGINE_READER, attach_run, attach_done, task, attach_free, NULL);
}

static void
path_candidates(App *app, const char *text, gsize *start, GPtrArray *candidates, gpointer data)
{
	(void)app;
	(void)data;
	path_complete(text, start, candidates);
}

static void
path_done(App *app, View *view, const char *text, gpointer data)
{
	g_autofree char *path = text ? paths_expand(text) : NULL;

	(void)data;
	if (!view || !path || *path == '\0')
		return;
	if (g_file_test(path, G_FILE_TEST_IS_DIR))
		app_say(app, "%s", _("That is a folder. Tab shows the files in it."));
	else
		attach((ComposerView *)view, path);
}

static void
attach_file(View *view, const CommandCall *call)
{
	PromptSpec spec = {.view = view,
		.label = _("Attach file (name, /path or ~/path):"),
		.history = "file",
		.live = FALSE,
		.complete = path_candidates,
		.done = path_done};

	if (call->argument)
		path_done(view->app, view, call->argument, NULL);
	else
		app_prompt(view->app, &spec);
}

/* The selected attachment; NULL: said. */
static MimeAttachment *
selected_attachment(View *view)
{
	GPtrArray *attachments = composer_of(view)->composition->draft->attachments;
	guint row = view->list->selected;

	if (row >= FIELD_COUNT && row - FIELD_COUNT < attachments->len)
		return g_ptr_array_index(attachments, row - FIELD_COUNT);
	app_say(view->app, "%s",
		attachments->len > 0 ? _("Select an attachment first: they stand below the subject.")
				     : _("Nothing is attached. a attaches a file."));
	return NULL;
}

static void
attachment_remove(View *view, const CommandCall *call)
{
	ComposerView *composer = composer_of(view);

	(void)call;
	if (!selected_attachment(view))
		return;
	g_ptr_array_remove_index(
		composer->composition->draft->attachments, view->list->selected - FIELD_COUNT);
	list_set_count(&composer->list, FIELD_COUNT + composer->composition->draft->attachments->len);
	composer->changed = TRUE;
	app_say(view->app, "%s", _("Not attached any more. The file itself is untouched."));
}

typedef struct {
	guint row;
	gboolean name;
} Describe;

static void
describe_done(App *app, View *view, const char *text, gpointer data)
{
	const Describe *describe = data;
	ComposerView *composer = (ComposerView *)view;
	GPtrArray *attachments = composer ? composer->composition->draft->attachments : NULL;
	MimeAttachment *attachment;
	char **field;

	(void)app;
	if (!composer || !text || describe->row >= attachments->len || (describe->name && *text == '\0'))
		return;
	attachment = g_ptr_array_index(attachments, describe->row);
	field = describe->name ? &attachment->name : &attachment->description;
	g_free(*field);
	*field = *text ? g_strdup(text) : NULL;
	composer->changed = TRUE;
}

static void
describe(View *view, gboolean name)
{
	const MimeAttachment *attachment = selected_attachment(view);
	Describe *what;
	PromptSpec spec = {.view = view,
		.label = name ? _("Name:") : _("Description:"),
		.done = describe_done,
		.free_data = g_free};

	if (!attachment)
		return;
	what = g_new0(Describe, 1);
	*what = (Describe){view->list->selected - FIELD_COUNT, name};
	spec.initial = name ? attachment->name : attachment->description;
	spec.data = what;
	app_prompt(view->app, &spec);
}

static void
attachment_describe(View *view, const CommandCall *call)
{
	(void)call;
	describe(view, FALSE);
}

static void
attachment_rename(View *view, const CommandCall *call)
{
	(void)call;
	describe(view, TRUE);
}

static void
attachment_inline(View *view, const CommandCall *call)
{
	MimeAttachment *attachment = selected_attachment(view);

	(void)call;
	if (!attachment)
		return;
	attachment->is_inline = !attachment->is_inline;
	composer_of(view)->changed = TRUE;
}

static void
field_edit(View *view, const CommandCall *call)
{
	guint row = view->list->selected;
	const MimeAttachment *attachment;
	gsize length = 0;
	const char *data;

	if (row == FIELD_FROM) {
		edit_from(view, call);
		return;
	}
	if (row < FIELD_COUNT) {
		composer_ask_field(composer_of(view), (ComposerField)row, FALSE);
		return;
	}
	attachment = selected_attachment(view);
	if (!attachment || !attachment->data)
		return;
	data = g_bytes_get_data(attachment->data, &length);
	if (attachment->type && g_str_has_prefix(attachment->type, "text/") &&
		g_utf8_validate(data, (gssize)length, NULL)) {
		g_autofree char *text = g_strndup(data, length);

		app_push(view->app,
			text_view_new(view->app, attachment->name ? attachment->name : "", text, TRUE));
	} else {
		app_say(view->app, "%s", _("This attachment is not text: it can only be sent."));
	}
}

/* ---- the rest ---------------------------------------------------------------------------- */

static void
preview(View *view, const CommandCall *call)
{
	ComposerView *composer = composer_of(view);
	g_autoptr(Preferences) preferences =
		config_preferences(view->app->config, composer->account->key, NULL);
	g_autoptr(GError) error = NULL;
	OutboxMessage *message = compose_finish(composer->composition,
		app_account_config(view->app, composer->account), preferences, FALSE, &error);

	(void)call;
	if (!message) {
		app_error(view->app, error);
		return;
	}
	pager_open_octets(view->app, _("As the recipients will see it"), message->message);
	outbox_message_free(message);
}

static void
priority_chosen(App *app, View *view, gunichar choice, gpointer data)
{
	ComposerView *composer = (ComposerView *)view;

	(void)app;
	(void)data;
	if (!composer)
		return;
	composer->composition->draft->priority = choice == 'h'   ? MIME_PRIORITY_HIGH
						 : choice == 'l' ? MIME_PRIORITY_LOW
								 : MIME_PRIORITY_NORMAL;
	composer->changed = TRUE;
}

static void
priority(View *view, const CommandCall *call)
{
	(void)call;
	app_choose(
		view->app, view, _("Priority: n normal  h high  l low"), "nhl", priority_chosen, NULL, NULL);
}

static void
delivery_report(View *view, const CommandCall *call)
{
	Composition *composition = composer_of(view)->composition;

	(void)call;
	composition->delivery_report = !composition->delivery_report;
	composer_of(view)->changed = TRUE;
	app_say(view->app, "%s",
		composition->delivery_report ? _("The server is asked to report delivery.")
					     : _("No delivery report."));
}

static void
keep_draft(View *view, const CommandCall *call)
{
	(void)call;
	composer_keep(composer_of(view), TRUE, TRUE);
}

static void
throw_away(ComposerView *composer)
{
	App *app = composer->view.app;

	if (composer->composition->draft_id && app->engine)
		engine_draft_remove(app->engine, composer->composition->draft_id);
	app_close(app, &composer->view);
}

static void
leave_chosen(App *app, View *view, gunichar choice, gpointer data)
{
	(void)app;
	(void)data;
	if (view && choice == 'k')
		composer_keep((ComposerView *)view, TRUE, TRUE);
	else if (view && choice == 't')
		throw_away((ComposerView *)view);
}

static void
leave(View *view, const CommandCall *call)
{
	ComposerView *composer = composer_of(view);

	(void)call;
	if (!composer->written && !composer->changed)
		throw_away(composer);
	else
		app_choose(view->app, view,
			_("Leave this message: k keep it as a draft  t throw it away  s stay"), "kts",
			leave_chosen, NULL, NULL);
}

static void
text_scroll(View *view, int rows)
{
	ComposerView *composer = composer_of(view);

	composer->scroll = (guint)MAX((int)composer->scroll + rows, 0);
}

static void
text_next(View *view, const CommandCall *call)
{
	(void)call;
	text_scroll(view, MAX(view->pane.rows / 2, 1));
}

static void
text_previous(View *view, const CommandCall *call)
{
	(void)call;
	text_scroll(view, -MAX(view->pane.rows / 2, 1));
}

static const Command rows[] = {
	{.name = "send",
		.keys = "y",
		.hint = N_("send"),
		.brief = N_("Send; for a while u takes it back"),
		.needs = NEEDS_SENDING,
		.overrides = TRUE,
		.run = send_message},
	{.name = "edit-body",
		.keys = "e",
		.hint = N_("edit"),
		.brief = N_("Write the text in the editor"),
		.run = edit_body},
	{.name = "edit-to",
		.keys = "t",
		.hint = N_("to"),
		.brief = N_("Change the recipients"),
		.overrides = TRUE,
		.run = edit_to},
	{.name = "edit-cc",
		.keys = "c",
		.hint = N_("cc"),
		.brief = N_("Change who gets a copy"),
		.overrides = TRUE,
		.run = edit_cc},
	{.name = "edit-bcc",
		.keys = "b",
		.hint = N_("bcc"),
		.brief = N_("Change who gets a hidden copy"),
		.run = edit_bcc},
	{.name = "edit-subject",
		.keys = "s",
		.hint = N_("subject"),
		.brief = N_("Change the subject"),
		.run = edit_subject},
	{.name = "edit-reply-to",
		.keys = "r",
		.hint = N_("reply-to"),
		.brief = N_("Change where answers go"),
		.run = edit_reply_to},
	{.name = "edit-from",
		.keys = "Esc f",
		.hint = N_("from"),
		.brief = N_("Change the sender and its account"),
		.run = edit_from},
	{.name = "field-edit",
		.keys = "Enter",
		.hint = N_("change"),
		.brief = N_("Change the selected field, or show the attachment"),
		.needs = NEEDS_ENTRY,
		.run = field_edit},
	{.name = "attach-file",
		.keys = "a",
		.hint = N_("attach"),
		.brief = N_("Attach a file"),
		.argument = ARGUMENT_TEXT,
		.run = attach_file},
	{.name = "attachment-remove",
		.keys = "D",
		.hint = N_("detach"),
		.brief = N_("Take the attachment out"),
		.run = attachment_remove},
	{.name = "attachment-describe",
		.keys = "d",
		.brief = N_("Describe the attachment"),
		.run = attachment_describe},
	{.name = "attachment-rename",
		.keys = "^O; R",
		.brief = N_("Give the attachment another name"),
		.run = attachment_rename},
	{.name = "attachment-inline",
		.keys = "^D",
		.brief = N_("Show the attachment in the text, or beside it"),
		.run = attachment_inline},
	{.name = "preview",
		.keys = "v",
		.hint = N_("preview"),
		.brief = N_("Show it as the recipients will see it"),
		.run = preview},
	{.name = "priority",
		.keys = "Esc p",
		.hint = N_("priority"),
		.brief = N_("Choose the priority"),
		.run = priority},
	{.name = "delivery-report",
		.keys = "Esc n",
		.hint = N_("report"),
		.brief = N_("Ask for a report of delivery, or not"),
		.run = delivery_report},
	{.name = "text-next", .keys = "Space", .brief = N_("Scroll the text on"), .run = text_next},
	{.name = "text-previous", .keys = "-", .brief = N_("Scroll the text back"), .run = text_previous},
	{.name = "draft-save",
		.keys = "P",
		.hint = N_("draft"),
		.brief = N_("Keep it as a draft, also on the server, and leave"),
		.run = keep_draft},
	{.name = "view-close",
		.keys = "q",
		.hint = N_("leave"),
		.brief = N_("Leave: keep, throw away or stay"),
		.run = leave},
};

const CommandTable table_compose = TABLE("composer", rows);
