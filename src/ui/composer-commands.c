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
edit_with_headers(View *view, const CommandCall *call)
{
	(void)call;
	composer_edit_headers(composer_of(view));
}

static void
spell_check(View *view, const CommandCall *call)
{
	(void)call;
	composer_spell(composer_of(view));
}

static void
send_later(View *view, const CommandCall *call)
{
	composer_send_later(composer_of(view), call->argument);
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

static void
attach_file(View *view, const CommandCall *call)
{
	composer_attach_ask(composer_of(view), call->argument);
}

static void
attach_message(View *view, const CommandCall *call)
{
	(void)call;
	composer_attach_messages(composer_of(view));
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

typedef enum {
	DESCRIBE_NAME,
	DESCRIBE_TYPE,
	DESCRIBE_WORDS,
} DescribeWhat;

typedef struct {
	guint row;
	DescribeWhat what;
} Describe;

static char **
described(MimeAttachment *attachment, DescribeWhat what)
{
	return what == DESCRIBE_NAME   ? &attachment->name
	       : what == DESCRIBE_TYPE ? &attachment->type
				       : &attachment->description;
}

/* "image/png": two tokens (RFC 2045, 5.1). */
static gboolean
is_type(const char *text)
{
	const char *slash = strchr(text, '/');

	if (!slash || slash == text || slash[1] == '\0')
		return FALSE;
	for (const char *p = text; *p; p++)
		if (p != slash && !g_ascii_isalnum(*p) && !strchr("!#$&-^_.+", *p))
			return FALSE;
	return TRUE;
}

static void
describe_done(App *app, View *view, const char *text, gpointer data)
{
	const Describe *describe = data;
	ComposerView *composer = (ComposerView *)view;
	GPtrArray *attachments = composer ? composer->composition->draft->attachments : NULL;
	char **field;

	if (!composer || !text || describe->row >= attachments->len ||
		(describe->what != DESCRIBE_WORDS && *text == '\0'))
		return;
	if (describe->what == DESCRIBE_TYPE && !is_type(text)) {
		app_warn(app, "%s", _("A type is two words with / between, as image/png."));
		return;
	}
	field = described(g_ptr_array_index(attachments, describe->row), describe->what);
	g_free(*field);
	*field = *text ? g_strdup(text) : NULL;
	composer->changed = TRUE;
}

static void
describe(View *view, DescribeWhat what, const char *label)
{
	MimeAttachment *attachment = selected_attachment(view);
	Describe *data;
	PromptSpec spec = {.view = view, .label = label, .done = describe_done, .free_data = g_free};

	if (!attachment)
		return;
	data = g_new0(Describe, 1);
	*data = (Describe){view->list->selected - FIELD_COUNT, what};
	spec.initial = *described(attachment, what);
	spec.data = data;
	app_prompt(view->app, &spec);
}

static void
attachment_type(View *view, const CommandCall *call)
{
	(void)call;
	describe(view, DESCRIBE_TYPE, _("Type:"));
}

static void
attachment_describe(View *view, const CommandCall *call)
{
	(void)call;
	describe(view, DESCRIBE_WORDS, _("Description:"));
}

static void
attachment_rename(View *view, const CommandCall *call)
{
	(void)call;
	describe(view, DESCRIBE_NAME, _("Name:"));
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
	if (attachment->type && g_str_has_prefix(attachment->type, "text/"))
		app_push(view->app, text_view_octets(view->app, attachment->name ? attachment->name : "",
					    attachment->data, attachment->charset));
	else
		app_say(view->app, "%s", _("This attachment is not text: it can only be sent."));
}

/* ---- the rest ---------------------------------------------------------------------------- */

static void
show_preview(ComposerView *composer, OutboxMessage *message, guint warnings)
{
	(void)warnings;
	pager_open_octets(composer->view.app, _("As the recipients will see it"), message->message);
	outbox_message_free(message);
}

static void
preview(View *view, const CommandCall *call)
{
	(void)call;
	composer_build(composer_of(view), show_preview);
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
leave_chosen(App *app, View *view, gunichar choice, gpointer data)
{
	(void)app;
	(void)data;
	if (view && choice == 'k')
		composer_keep((ComposerView *)view, TRUE, TRUE);
	else if (view && choice == 't')
		composer_drop((ComposerView *)view);
}

static void
leave(View *view, const CommandCall *call)
{
	ComposerView *composer = composer_of(view);

	(void)call;
	if (!composer->written && !composer->changed)
		composer_drop(composer);
	else
		app_choose(view->app, view,
			_("Leave this message: k keep it as a draft  t throw it away  s stay"), "kts",
			leave_chosen, NULL, NULL);
}

/* By source lines: a place in the text stays one, however it is wrapped. */
static void
text_scroll(View *view, int lines)
{
	ComposerView *composer = composer_of(view);
	const char *body = composer->composition->draft->body, *at = body + composer->scroll;

	for (; lines > 0; lines--) {
		const char *end = strchr(at, '\n');

		if (!end || end[1] == '\0')
			break;
		at = end + 1;
	}
	for (; lines < 0 && at > body; lines++) {
		at--;
		while (at > body && at[-1] != '\n')
			at--;
	}
	composer->scroll = (gsize)(at - body);
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
	{.name = "send-later",
		.keys = "Y",
		.hint = N_("send later"),
		.brief = N_("Send at a later time; asks when"),
		.needs = NEEDS_SENDING,
		.argument = ARGUMENT_TEXT,
		.run = send_later},
	{.name = "edit-body",
		.keys = "e",
		.hint = N_("edit"),
		.brief = N_("Write the text in the editor"),
		.run = edit_body},
	{.name = "edit-with-headers",
		.keys = "E",
		.brief = N_("Write the text with the header fields above it"),
		.overrides = TRUE,
		.run = edit_with_headers},
	{.name = "spell-check",
		.keys = "i",
		.hint = N_("spelling"),
		.brief = N_("Check the spelling"),
		.run = spell_check},
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
	{.name = "attach-message",
		.keys = "A",
		.brief = N_("Attach the messages marked in the list, or the selected one"),
		.run = attach_message},
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
	{.name = "attachment-type",
		.keys = "^T",
		.brief = N_("Say what type the attachment has"),
		.overrides = TRUE,
		.run = attachment_type},
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
