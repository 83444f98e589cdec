/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What can be done with the message, or the marked messages, at hand: in the
 * index and in the pager.
 */
#include "config.h"

#include "ui/act.h"
#include "ui/clipboard.h"
#include "ui/composer.h"
#include "ui/content.h"
#include "ui/core.h"
#include "ui/index.h"
#include "ui/message-acts.h"
#include "ui/pager.h"
#include "ui/parts.h"
#include "ui/pipe.h"
#include "ui/raw-edit.h"
#include "ui/rules.h"
#include "ui/tables.h"
#include "ui/text-view.h"
#include "util/i18n.h"
#include "util/text.h"

static GBytes *
file_octets(View *view)
{
	return view->class == &pager_class ? pager_octets(view) : NULL;
}

/* The one message: *row 0 with octets for one from a file. FALSE: said. */
static gboolean
the_message(View *view, const CommandCall *call, UiAccount **account, RowId *row)
{
	g_autoptr(GArray) rows = NULL;

	*row = 0;
	*account = NULL;
	if (file_octets(view))
		return TRUE;
	rows = act_targets(view, call, account);
	if (rows)
		*row = g_array_index(rows, RowId, 0);
	return rows != NULL;
}

/* ---- answering -------------------------------------------------------------------------------------------
 */

static void
begin(View *view, const CommandCall *call, ComposeKind kind)
{
	UiAccount *account;
	RowId row;

	if (the_message(view, call, &account, &row))
		composer_begin(view->app, view, account, row, file_octets(view), kind);
}

static void
reply(View *view, const CommandCall *call)
{
	begin(view, call, COMPOSE_REPLY);
}

static void
reply_all(View *view, const CommandCall *call)
{
	begin(view, call, COMPOSE_REPLY_ALL);
}

static void
reply_list(View *view, const CommandCall *call)
{
	begin(view, call, COMPOSE_REPLY_LIST);
}

static void
forward_marked(View *view, const CommandCall *call)
{
	UiAccount *account;
	g_autoptr(GArray) rows = act_targets(view, call, &account);

	if (rows)
		composer_forward_rows(view->app, view, account, rows);
}

static void
forward(View *view, const CommandCall *call)
{
	if (call->marked)
		forward_marked(view, call);
	else
		begin(view, call, COMPOSE_FORWARD);
}

static void
forward_attached(View *view, const CommandCall *call)
{
	if (call->marked)
		forward_marked(view, call);
	else
		begin(view, call, COMPOSE_FORWARD_ATTACHED);
}

static void
resend(View *view, const CommandCall *call)
{
	begin(view, call, COMPOSE_RESEND);
}

static void
rule_from_message(View *view, const CommandCall *call)
{
	UiAccount *account;
	RowId row;

	if (the_message(view, call, &account, &row) && account)
		proposals_open(view->app, account, row);
	else if (file_octets(view))
		app_say(view->app, "%s", _("This message is a file: no rule can see mail like it."));
}

static void
message_why(View *view, const CommandCall *call)
{
	UiAccount *account;
	RowId row;

	if (the_message(view, call, &account, &row) && account)
		why_open(view->app, account, row);
	else if (file_octets(view))
		app_say(view->app, "%s", _("This message is a file: no rule has touched it."));
}

static void
bounce(View *view, const CommandCall *call)
{
	UiAccount *account;
	RowId row;
	g_autoptr(StoreRow) known = NULL;

	if (!the_message(view, call, &account, &row))
		return;
	known = account && account->view ? store_view_row(account->view, row) : NULL;
	composer_bounce(view->app, view, account, row, file_octets(view), known ? known->subject : NULL);
}

static void
draft_recall(View *view, const CommandCall *call)
{
	View *index = app_find(view->app, &index_class);
	gboolean in_drafts = index && index_role(index) == ROLE_DRAFTS;
	UiAccount *account = NULL;
	RowId row = 0;

	if (in_drafts && !the_message(view, call, &account, &row))
		return;
	composer_recall(view->app, view, account, row);
}

/* ---- going about ------------------------------------------------------------------------- */

static void
go(View *view, IndexWhat what, int step, const char *none)
{
	View *index = app_find(view->app, &index_class);

	if (!index || !index_find(index, what, step))
		app_say(view->app, "%s", none);
	else if (view->class == &pager_class)
		pager_follow(view);
}

static void
unread_next(View *view, const CommandCall *call)
{
	(void)call;
	go(view, INDEX_UNREAD, 1,
		_("No other unread message here. } opens the next folder with unread mail."));
}

static void
unread_previous(View *view, const CommandCall *call)
{
	(void)call;
	go(view, INDEX_UNREAD, -1,
		_("No other unread message here. { opens the previous folder with unread mail."));
}

static void
thread_next(View *view, const CommandCall *call)
{
	(void)call;
	go(view, INDEX_THREAD, 1, _("This is the last thread."));
}

static void
thread_previous(View *view, const CommandCall *call)
{
	(void)call;
	go(view, INDEX_THREAD, -1, _("This is the first thread."));
}

static void
subthread_next(View *view, const CommandCall *call)
{
	(void)call;
	go(view, INDEX_SUBTHREAD, 1, _("No more below."));
}

static void
subthread_previous(View *view, const CommandCall *call)
{
	(void)call;
	go(view, INDEX_SUBTHREAD, -1, _("No more above."));
}

static void
thread_parent(View *view, const CommandCall *call)
{
	View *index = app_find(view->app, &index_class);
	UiAccount *account;
	RowId row, parent;

	if (!the_message(view, call, &account, &row) || !account || !account->view)
		return;
	parent = store_view_parent(account->view, row);
	if (!parent || !index || !index_select_row(index, parent))
		app_say(view->app, "%s", _("The message that this one answers is not in this list."));
	else if (view->class == &pager_class)
		pager_follow(view);
}

/* ---- looking into it --------------------------------------------------------------------- */

static void
parts_view(View *view, const CommandCall *call)
{
	UiAccount *account;
	RowId row;

	if (the_message(view, call, &account, &row))
		app_push(view->app, parts_new(view->app, account, row, file_octets(view)));
}

static void
show_raw(App *app, View *view, GBytes *octets, const GError *error, gpointer data)
{
	(void)view;
	(void)data;
	if (octets)
		app_push(app, text_view_octets(app, _("The message as it came"), octets, "utf-8"));
	else
		app_error(app, error);
}

static void
raw_view(View *view, const CommandCall *call)
{
	UiAccount *account;
	RowId row;

	if (the_message(view, call, &account, &row))
		content_part(view->app, view, account ? account->key : NULL, row, file_octets(view), NULL,
			show_raw, NULL, NULL);
}

static void
show_addresses(App *app, View *view, Content *content, gpointer data)
{
	GString *out = g_string_new(NULL);

	(void)view;
	(void)data;
	for (guint i = 0; i < content->fields->len; i++) {
		const ContentField *field = g_ptr_array_index(content->fields, i);
		g_auto(GStrv) addresses = g_strsplit(field->value, ">, ", -1);

		g_string_append_printf(out, "%s\n", field->name);
		for (guint k = 0; addresses[k]; k++)
			g_string_append_printf(out, "    %s%s\n", addresses[k], addresses[k + 1] ? ">" : "");
	}
	if (content->error)
		app_error(app, content->error);
	else if (out->len == 0)
		app_say(app, "%s", _("The headers of this message are not here yet. Enter fetches it."));
	else
		app_push(app, text_view_new(app, _("Addresses"), out->str));
	g_string_free(out, TRUE);
	content_unref(content);
}

static void
address_show(View *view, const CommandCall *call)
{
	static const char *const names[] = {"from", "sender", "reply-to", "to", "cc", "bcc", "delivered-to",
		"x-original-to", "list-id", NULL};
	UiAccount *account;
	ContentWish wish = {.width = 78, .headers = (char **)names};

	if (!the_message(view, call, &account, &wish.row))
		return;
	wish.account = account ? account->key : NULL;
	wish.octets = file_octets(view);
	content_load(view->app, view, &wish, show_addresses, NULL, NULL);
}

static void
pipe_message(View *view, const CommandCall *call)
{
	UiAccount *account = NULL;
	g_autoptr(GArray) rows = file_octets(view) ? NULL : act_targets(view, call, &account);

	if (rows || file_octets(view))
		pipe_messages(view, account, rows, file_octets(view), call->argument);
}

static void
print(View *view, const CommandCall *call)
{
	UiAccount *account = NULL;
	GBytes *octets = file_octets(view);
	g_autoptr(GArray) rows = octets ? NULL : act_targets(view, call, &account);
	g_autoptr(StoreRow) known = NULL;

	if (!rows && !octets)
		return;
	if (rows && account->view)
		known = store_view_row(account->view, g_array_index(rows, RowId, 0));
	print_messages(view, account, rows, octets, known ? known->subject : NULL);
}

static void
edit_raw(View *view, const CommandCall *call)
{
	View *index = app_find(view->app, &index_class);
	UiAccount *account;
	RowId row;

	if (!the_message(view, call, &account, &row))
		return;
	if (!row)
		app_say(view->app, "%s", _("This message is a file: any editor opens it."));
	else if (index && index_role(index) == ROLE_DRAFTS)
		composer_recall(view->app, view, account, row);
	else
		raw_edit(view, account, row);
}

static void
browser_open(View *view, const CommandCall *call)
{
	UiAccount *account;
	RowId row;

	if (the_message(view, call, &account, &row))
		browser_show(view, account, row, file_octets(view));
}

#define ON_MESSAGE .needs = NEEDS_MESSAGE
#define CHANGES .needs = NEEDS_MESSAGE | NEEDS_WRITABLE | NEEDS_FOLDER, .on_marked = TRUE

static const Command rows[] = {
	{.name = "reply",
		.keys = "r",
		.hint = N_("reply"),
		.brief = N_("Answer the sender"),
		ON_MESSAGE,
		.run = reply},
	{.name = "reply-all",
		.keys = "g",
		.hint = N_("all"),
		.brief = N_("Answer the sender and all recipients"),
		ON_MESSAGE,
		.run = reply_all},
	{.name = "reply-list",
		.keys = "L",
		.hint = N_("list"),
		.brief = N_("Answer to the mailing list"),
		ON_MESSAGE,
		.run = reply_list},
	{.name = "forward",
		.keys = "f",
		.hint = N_("forward"),
		.brief = N_("Forward, the text quoted"),
		ON_MESSAGE,
		.on_marked = TRUE,
		.run = forward},
	{.name = "forward-attached",
		.keys = "Esc f",
		.hint = N_("attached"),
		.brief = N_("Forward as an attachment"),
		ON_MESSAGE,
		.on_marked = TRUE,
		.run = forward_attached},
	{.name = "bounce",
		.keys = "b",
		.hint = N_("bounce"),
		.brief = N_("Send the message on as it is; asks"),
		ON_MESSAGE,
		.run = bounce},
	{.name = "rule-from-message",
		.keys = "I",
		.hint = N_("rule"),
		.brief = N_("Make a rule from this message: proposals, each with what it would match"),
		ON_MESSAGE,
		.run = rule_from_message},
	{.name = "message-why",
		.keys = "Esc I",
		.hint = N_("why here"),
		.brief = N_("Say which rule moved this message, and when"),
		ON_MESSAGE,
		.run = message_why},
	{.name = "resend",
		.keys = "Esc e",
		.hint = N_("resend"),
		.brief = N_("Take this message as template of a new one"),
		ON_MESSAGE,
		.run = resend},
	{.name = "draft-recall",
		.keys = "R",
		.hint = N_("drafts"),
		.brief = N_("Go on with a draft"),
		.needs = NEEDS_ACCOUNT,
		.run = draft_recall},
	{.name = "delete",
		.keys = "d",
		.hint = N_("delete"),
		.brief = N_("Delete: to Trash; in Trash for good, and asks"),
		CHANGES,
		.run = message_delete_message},
	{.name = "delete-thread",
		.keys = "^D",
		.brief = N_("Delete the whole thread"),
		CHANGES,
		.run = message_delete_thread},
	{.name = "delete-subthread",
		.keys = "Esc d",
		.hint = N_("delete below"),
		.brief = N_("Delete this message and all below it"),
		CHANGES,
		.run = message_delete_subthread},
	{.name = "archive",
		.keys = "A",
		.hint = N_("archive"),
		.brief = N_("Move to the archive"),
		CHANGES,
		.run = message_archive},
	{.name = "move",
		.keys = "s",
		.hint = N_("move"),
		.brief = N_("Move to a folder"),
		CHANGES,
		.argument = ARGUMENT_FOLDER,
		.run = message_move_message},
	{.name = "copy",
		.keys = "C",
		.hint = N_("copy"),
		.brief = N_("Copy to a folder"),
		CHANGES,
		.argument = ARGUMENT_FOLDER,
		.run = message_copy_message},
	{.name = "junk-toggle",
		.keys = "Esc J",
		.hint = N_("junk"),
		.brief = N_("Move to Junk, or back from there"),
		CHANGES,
		.run = message_junk_toggle},
	{.name = "flag-toggle",
		.keys = "F",
		.hint = N_("flag"),
		.brief = N_("Flag, or take the flag away"),
		CHANGES,
		.run = message_flag_toggle},
	{.name = "unread-toggle",
		.keys = "N",
		.hint = N_("unread"),
		.brief = N_("Mark as unread, or as read"),
		CHANGES,
		.run = message_unread_toggle},
	{.name = "flag-set",
		.keys = "w",
		.brief = N_("Set a flag; asks which"),
		CHANGES,
		.run = message_flag_set},
	{.name = "flag-clear",
		.keys = "W",
		.brief = N_("Clear a flag; asks which"),
		CHANGES,
		.run = message_flag_clear},
	{.name = "label-edit",
		.keys = "Y",
		.brief = N_("Add and remove labels: +work -todo"),
		CHANGES,
		.run = message_label_edit},
	{.name = "thread-read",
		.keys = "^R",
		.brief = N_("Mark the whole thread as read"),
		CHANGES,
		.run = message_thread_read},
	{.name = "subthread-read",
		.keys = "Esc r",
		.hint = N_("read below"),
		.brief = N_("Mark this message and all below it as read"),
		CHANGES,
		.run = message_subthread_read},
	{.name = "unread-next",
		.keys = "Tab",
		.hint = N_("unread"),
		.brief = N_("Go to the next unread message"),
		ON_MESSAGE,
		.run = unread_next},
	{.name = "unread-previous",
		.keys = "Esc Tab",
		.hint = N_("unread up"),
		.brief = N_("Go to the previous unread message"),
		ON_MESSAGE,
		.run = unread_previous},
	{.name = "thread-next",
		.keys = "^N",
		.brief = N_("Go to the next thread"),
		ON_MESSAGE,
		.run = thread_next},
	{.name = "thread-previous",
		.keys = "^P",
		.brief = N_("Go to the previous thread"),
		ON_MESSAGE,
		.run = thread_previous},
	{.name = "subthread-next",
		.keys = "Esc n",
		.hint = N_("branch"),
		.brief = N_("Go to the next branch of the thread"),
		ON_MESSAGE,
		.run = subthread_next},
	{.name = "subthread-previous",
		.keys = "Esc p",
		.hint = N_("branch up"),
		.brief = N_("Go to the previous branch of the thread"),
		ON_MESSAGE,
		.run = subthread_previous},
	{.name = "thread-parent",
		.keys = "P",
		.brief = N_("Go to the message that this one answers"),
		ON_MESSAGE,
		.run = thread_parent},
	{.name = "parts-view",
		.keys = "v",
		.hint = N_("parts"),
		.brief = N_("List the parts and attachments"),
		ON_MESSAGE,
		.run = parts_view},
	{.name = "raw-view",
		.keys = "Esc h",
		.hint = N_("raw"),
		.brief = N_("Show the message as it came"),
		ON_MESSAGE,
		.run = raw_view},
	{.name = "raw-edit",
		.keys = "e",
		.brief = N_("Edit the message as it came; the old one goes to Trash"),
		.needs = NEEDS_MESSAGE | NEEDS_WRITABLE,
		.run = edit_raw},
	{.name = "browser-open",
		.keys = "^V",
		.brief = N_("Show the HTML part in the browser; asks"),
		ON_MESSAGE,
		.run = browser_open},
	{.name = "clipboard-copy",
		.keys = "Esc y",
		.hint = N_("copy"),
		.brief = N_("Copy address, subject, Message-ID or text to the terminal's clipboard"),
		ON_MESSAGE,
		.run = clipboard_copy_message},
	{.name = "address-show",
		.keys = "@",
		.brief = N_("Show all addresses in full"),
		ON_MESSAGE,
		.run = address_show},
	{.name = "pipe",
		.keys = "|",
		.hint = N_("pipe"),
		.brief = N_("Give the message to a program, or with - before it the text; marked ones as one "
			    "mbox"),
		ON_MESSAGE,
		.on_marked = TRUE,
		.argument = ARGUMENT_TEXT,
		.run = pipe_message},
	{.name = "print",
		.keys = "p",
		.hint = N_("print"),
		.brief = N_("Print the message as it is shown; asks"),
		ON_MESSAGE,
		.on_marked = TRUE,
		.run = print},
};

const CommandTable table_message = TABLE("message", rows);
