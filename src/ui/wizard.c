/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/wizard.h"

#include <glib-unix.h>
#include <string.h>

#include "ui/core.h"
#include "ui/help.h"
#include "ui/index.h"
#include "ui/question.h"
#include "ui/tables.h"
#include "ui/wizard-steps.h"
#include "ui/wizard-work.h"
#include "util/i18n.h"
#include "util/text.h"

#define LABEL_CELLS 15
#define FIELD_MOST 60

typedef enum {
	WIZARD_ADDRESS,
	WIZARD_NAME,
	WIZARD_PASSWORD,
	/* After ^E only. */
	WIZARD_COMMAND,
	WIZARD_IMAP,
	WIZARD_IMAP_SECURITY,
	WIZARD_SMTP,
	WIZARD_SMTP_SECURITY,
	WIZARD_USER,
	WIZARD_READ_ONLY,
	/* When the vault must keep the password. */
	WIZARD_PHRASE,
	WIZARD_FIELDS,
} WizardField;

typedef struct {
	const char *label; /* N_() */
	const char *hint;  /* N_() */
	gboolean secret;
} FieldWords;

static const FieldWords field_words[WIZARD_FIELDS] = {
	[WIZARD_ADDRESS] = {N_("Mail address"), N_("alice@example.org"), FALSE},
	[WIZARD_NAME] = {N_("Your name"), N_("as others will see it"), FALSE},
	[WIZARD_PASSWORD] = {N_("Password"), N_("kept in the keyring or encrypted, never in the settings"),
		TRUE},
	[WIZARD_COMMAND] = {N_("or a command"), N_("that prints the password, such as: pass show mail"),
		FALSE},
	[WIZARD_IMAP] = {N_("IMAP server"), N_("host:port; empty: looked for"), FALSE},
	[WIZARD_IMAP_SECURITY] = {N_("protected by"), N_("tls, starttls; plain on this machine only"), FALSE},
	[WIZARD_SMTP] = {N_("SMTP server"), N_("host:port; empty: looked for"), FALSE},
	[WIZARD_SMTP_SECURITY] = {N_("protected by"), N_("tls, starttls; plain on this machine only"), FALSE},
	[WIZARD_USER] = {N_("Login name"), N_("where it is not the address"), FALSE},
	[WIZARD_READ_ONLY] = {N_("Read-only"),
		N_("yes: nothing changes on the server, not even what is read"), FALSE},
	[WIZARD_PHRASE] = {N_("Vault phrase"),
		N_("no keyring here: a phrase of your own encrypts the password"), TRUE},
};

typedef struct {
	View view;
	Line *fields[WIZARD_FIELDS];
	gboolean advanced, phrase, show_password;
	WizardField at;
	WizardWork *work; /* NULL: nothing runs */
	guint work_source;
	GPtrArray *steps;      /* of WizardStep */
	GPtrArray *trust;      /* of char *: accepted by the word */
	DiscoverResult *found; /* what the search found, or the user agreed to; NULL */
	char *found_for;       /* the address that it is of */
	gboolean searching;    /* the search runs ... */
	gboolean some;         /* ... and has found something */
	char *failure, *next, *link;
} WizardView;

View *
wizard_new(App *app)
{
	WizardView *wizard = g_new0(WizardView, 1);
	const char *name = g_get_real_name();

	view_init(&wizard->view, &wizard_class, app, NULL);
	for (guint i = 0; i < WIZARD_FIELDS; i++)
		wizard->fields[i] = line_new(NULL);
	if (name && g_utf8_validate(name, -1, NULL) && strcmp(name, "Unknown") != 0 &&
		strcmp(name, "root") != 0)
		line_set(wizard->fields[WIZARD_NAME], name);
	wizard->steps = wizard_steps_new();
	wizard->trust = g_ptr_array_new_with_free_func(g_free);
	return &wizard->view;
}

static void
stop_work(WizardView *wizard)
{
	if (wizard->work_source)
		g_source_remove(wizard->work_source);
	wizard->work_source = 0;
	g_clear_pointer(&wizard->work, wizard_work_free);
}

static void
wizard_free(View *view)
{
	WizardView *wizard = (WizardView *)view;

	stop_work(wizard);
	for (guint i = 0; i < WIZARD_FIELDS; i++)
		line_free(wizard->fields[i]);
	g_ptr_array_unref(wizard->steps);
	g_ptr_array_unref(wizard->trust);
	discover_result_free(wizard->found);
	g_free(wizard->found_for);
	g_free(wizard->failure);
	g_free(wizard->next);
	g_free(wizard->link);
	g_free(wizard);
}

/* ---- what was typed ---------------------------------------------------------------------- */

static gboolean
is_shown(const WizardView *wizard, WizardField field)
{
	if (field == WIZARD_PHRASE)
		return wizard->phrase;
	return field <= WIZARD_PASSWORD || wizard->advanced;
}

static char *
typed(const WizardView *wizard, WizardField field)
{
	g_autofree char *text = g_strdup(line_text(wizard->fields[field]));

	g_strstrip(text);
	return *text ? g_steal_pointer(&text) : NULL;
}

static SetupChoices *
choices_of(const WizardView *wizard)
{
	SetupChoices *choices = setup_choices_new();
	g_autofree char *read_only = typed(wizard, WIZARD_READ_ONLY);

	choices->address = typed(wizard, WIZARD_ADDRESS);
	choices->name = typed(wizard, WIZARD_NAME);
	choices->imap = typed(wizard, WIZARD_IMAP);
	choices->imap_security = typed(wizard, WIZARD_IMAP_SECURITY);
	choices->smtp = typed(wizard, WIZARD_SMTP);
	choices->smtp_security = typed(wizard, WIZARD_SMTP_SECURITY);
	choices->user = typed(wizard, WIZARD_USER);
	choices->password_command = typed(wizard, WIZARD_COMMAND);
	choices->login = choices->password_command ? SETUP_PASSWORD_COMMAND : SETUP_PASSWORD;
	if (!choices->password_command && *line_text(wizard->fields[WIZARD_PASSWORD]))
		choices->password = secret_new(line_text(wizard->fields[WIZARD_PASSWORD]), -1);
	if (*line_text(wizard->fields[WIZARD_PHRASE])) {
		choices->vault_phrase = secret_new(line_text(wizard->fields[WIZARD_PHRASE]), -1);
		choices->place = PLACE_AUTO;
	}
	choices->read_only = read_only && g_ascii_tolower(read_only[0]) == 'y';
	for (guint i = 0; i < wizard->trust->len; i++)
		g_ptr_array_add(choices->trust, g_strdup(g_ptr_array_index(wizard->trust, i)));
	if (wizard->found && !choices->imap && g_strcmp0(wizard->found_for, choices->address) == 0)
		setup_take_servers(choices, wizard->found);
	return choices;
}

static WizardField
field_to_mend(SetupField field)
{
	switch (field) {
	case SETUP_FIELD_NAME:
		return WIZARD_NAME;
	case SETUP_FIELD_IMAP:
		return WIZARD_IMAP;
	case SETUP_FIELD_SMTP:
		return WIZARD_SMTP;
	case SETUP_FIELD_USER:
		return WIZARD_USER;
	case SETUP_FIELD_PASSWORD:
		return WIZARD_PASSWORD;
	case SETUP_FIELD_PLACE:
		return WIZARD_PHRASE;
	default:
		return WIZARD_ADDRESS;
	}
}

static void
clear_result(WizardView *wizard)
{
	g_clear_pointer(&wizard->failure, g_free);
	g_clear_pointer(&wizard->next, g_free);
	g_clear_pointer(&wizard->link, g_free);
}

static void
go_to(WizardView *wizard, WizardField field)
{
	if (field == WIZARD_PHRASE)
		wizard->phrase = TRUE;
	else if (field > WIZARD_PASSWORD)
		wizard->advanced = TRUE;
	wizard->at = field;
}

/* ---- the work -------------------------------------------------------------------------------------------
 */

static void begin_work(WizardView *wizard, gboolean test);

static void
trust_answered(App *app, View *view, const char *text, gpointer data)
{
	WizardView *wizard = (WizardView *)view;

	if (!wizard)
		return;
	if (!text || strcmp(text, "trust") != 0) {
		app_say(app, "%s", _("Not trusted: the word is \"trust\", written out."));
		return;
	}
	g_ptr_array_add(wizard->trust, g_strdup(data));
	begin_work(wizard, TRUE);
}

static void
ask_trust(WizardView *wizard, const WorkMessage *message)
{
	PromptSpec spec = {.view = &wizard->view,
		.label = _("Type trust to trust it:"),
		.words = message->certificate,
		.done = trust_answered,
		.data = g_strdup(message->trust),
		.free_data = g_free};

	app_prompt(wizard->view.app, &spec);
}

static void
take_look(WizardView *wizard, const WorkMessage *message)
{
	static const ProbeState states[] = {
		[DISCOVER_RUNNING] = STEP_RUNNING,
		[DISCOVER_FOUND] = STEP_OK,
		[DISCOVER_NOTHING] = STEP_PASSED_BY,
		[DISCOVER_FAILED] = STEP_PASSED_BY,
		[DISCOVER_LATE] = STEP_PASSED_BY,
		[DISCOVER_PASSED_BY] = STEP_SKIPPED,
	};

	wizard->searching = TRUE;
	wizard->some |= message->look == DISCOVER_FOUND;
	wizard_steps_take(wizard->steps, states[message->look], message->title, message->words, message->ms);
}

static void
know_found(WizardView *wizard, const DiscoverResult *found)
{
	discover_result_free(wizard->found);
	wizard->found = found ? discover_result_copy(found) : NULL;
	g_free(wizard->found_for);
	wizard->found_for = typed(wizard, WIZARD_ADDRESS);
}

static void
servers_answered(App *app, View *view, const char *text, gpointer data)
{
	WizardView *wizard = (WizardView *)view;

	if (!wizard)
		return;
	if (!text || strcmp(text, "yes") != 0) {
		app_say(app, "%s", _("Nothing was sent. ^E names the servers by hand."));
		return;
	}
	know_found(wizard, data);
	begin_work(wizard, TRUE);
}

static void
ask_servers(WizardView *wizard, const WorkMessage *message)
{
	PromptSpec spec = {.view = &wizard->view,
		.label = _("Type yes to go on with these servers:"),
		.words = message->error->message,
		.done = servers_answered,
		.data = discover_result_copy(message->found),
		.free_data = (GDestroyNotify)discover_result_free};

	app_prompt(wizard->view.app, &spec);
}

static void
fail(WizardView *wizard, const WorkMessage *message)
{
	clear_result(wizard);
	wizard->failure = g_strdup(message->words ? message->words : message->error->message);
	wizard->next = g_strdup(message->next);
	wizard->link = g_strdup(message->link);
	if (message->kind == WORK_WRITTEN && !wizard->phrase) {
		/* It was only the keeping that failed: the vault can. */
		g_free(wizard->failure);
		wizard->failure =
			g_strdup(_("All is well with the servers. There is no keyring here to keep the "
				   "password: type a phrase "
				   "of your own, which encrypts it; it is asked for once at each start."));
		go_to(wizard, WIZARD_PHRASE);
	} else if (fault_of(message->error) == FAULT_AUTH)
		go_to(wizard, WIZARD_PASSWORD);
	if (message->trust)
		ask_trust(wizard, message);
	else if (message->found) {
		/* Why stands above the question. */
		g_free(wizard->failure);
		wizard->failure = g_strdup(_("Nobody vouches for these servers: nothing was sent to them."));
		ask_servers(wizard, message);
	}
}

static void
finished(WizardView *wizard, const char *key)
{
	App *app = wizard->view.app;
	UiAccount *account;
	View *index;
	SetupChoices *choices;

	config_reload_if_changed(app->config, NULL, NULL);
	app_load_accounts(app);
	if (!app_start_engine(app))
		return;
	choices = choices_of(wizard);
	question_know(app, key, choices->password, choices->vault_phrase);
	setup_choices_free(choices);
	engine_start(app->engine);
	account = app_account(app, key);
	index = app_find(app, &index_class);
	if (!index && account) {
		index = index_new(app);
		g_ptr_array_insert(app->stack, 0, index);
	}
	if (index && account)
		index_open(index, account, "INBOX");
	app_load_folders(app, account);
	app_close(app, &wizard->view);
	app_say(app, "%s", _("The account is set up. Mail is on its way."));
}

/* TRUE: the work is over. */
static gboolean
take_message(WizardView *wizard, const WorkMessage *message)
{
	switch (message->kind) {
	case WORK_LOOK:
		take_look(wizard, message);
		return FALSE;
	case WORK_FOUND:
		wizard->searching = FALSE;
		if (message->found)
			know_found(wizard, message->found);
		return FALSE;
	case WORK_STEP:
		wizard_steps_take(wizard->steps, message->state, message->title, message->words, message->ms);
		return FALSE;
	case WORK_TESTED:
		if (!message->error)
			return FALSE;
		fail(wizard, message);
		return TRUE;
	default:
		if (message->error)
			fail(wizard, message);
		else
			finished(wizard, message->key);
		return TRUE;
	}
}

static gboolean
on_work(gint fd, GIOCondition condition, gpointer data)
{
	WizardView *wizard = data;
	WorkMessage *message;
	gboolean over = FALSE;

	(void)fd;
	(void)condition;
	app_dirty(wizard->view.app);
	while (!over && (message = queue_pop(wizard_work_messages(wizard->work), 0))) {
		over = take_message(wizard, message);
		work_message_free(message);
	}
	if (!over)
		return G_SOURCE_CONTINUE;
	wizard->work_source = 0;
	g_clear_pointer(&wizard->work, wizard_work_free);
	return G_SOURCE_REMOVE;
}

static void
begin_work(WizardView *wizard, gboolean test)
{
	App *app = wizard->view.app;
	SetupChoices *choices = choices_of(wizard);
	g_autoptr(GError) error = NULL;
	SetupField field = SETUP_FIELD_NONE;

	clear_result(wizard);
	if (!setup_check(choices, app->config, &field, &error)) {
		g_ptr_array_set_size(wizard->steps, 0);
		wizard->failure = g_strdup(error->message);
		go_to(wizard, field_to_mend(field));
		setup_choices_free(choices);
		return;
	}
	stop_work(wizard);
	g_ptr_array_set_size(wizard->steps, 0);
	wizard->searching = wizard->some = FALSE;
	wizard->work = wizard_work_start(choices, config_path(app->config), app->paths, test);
	wizard->work_source =
		g_unix_fd_add(queue_fd(wizard_work_messages(wizard->work)), G_IO_IN, on_work, wizard);
	setup_choices_free(choices);
	app_dirty(app);
}

/* ---- drawing ----------------------------------------------------------------------------- */

static char *
wizard_title(View *view, char **right)
{
	WizardView *wizard = (WizardView *)view;

	*right = g_strdup(!wizard->work ? ""
			  : wizard->searching && wizard->some
				  ? _("looking for servers: Esc takes what is there")
			  : wizard->searching ? _("looking for servers")
					      : _("testing"));
	return g_strdup(_("Set up a mail account"));
}

static void
draw_field(WizardView *wizard, Grid *grid, Rect row, WizardField field, gboolean focused)
{
	const Line *line = wizard->fields[field];
	const char *text = line_text(line);
	int room = CLAMP(row.cols - LABEL_CELLS - 4, 10, FIELD_MOST), x = LABEL_CELLS + 3, cursor;
	g_autoptr(GString) dots = g_string_new(NULL);
	gsize at = line_cursor(line);

	if (field_words[field].secret && !wizard->show_password) {
		glong count = g_utf8_strlen(text, -1), before = g_utf8_strlen(text, (gssize)at);

		for (glong i = 0; i < count; i++)
			g_string_append(dots, grid_glyph(grid, GLYPH_MASK));
		at = (gsize)(g_utf8_offset_to_pointer(dots->str, before) - dots->str);
		text = dots->str;
	}
	grid_text(grid, row, 0, 3, field == wizard->at ? STYLE_STRONG : STYLE_FIELD_NAME,
		_(field_words[field].label));
	/* What is written before the cursor scrolls away to the left where it is too long. */
	cursor = text_cells(text, (gssize)at);
	while (cursor >= room && at > 0) {
		const char *next = g_utf8_next_char(text);

		at -= (gsize)(next - text);
		text = next;
		cursor = text_cells(text, (gssize)at);
	}
	grid_column(grid, row, 0, x, room, STYLE_FIELD, text);
	if (*line_text(line) == '\0')
		grid_column(grid, row, 0, x, room, STYLE_DIM, _(field_words[field].hint));
	if (*line_text(line) == '\0')
		for (int i = 0; i < room && row.x + x + i < row.x + row.cols; i++)
			grid_row(grid, row.y)[row.x + x + i].flags |= CELL_UNDERLINE;
	if (focused && field == wizard->at)
		app_cursor(wizard->view.app, row.y, row.x + x + cursor, TRUE);
}

/* Where the servers come from, how far that can be trusted, and what the provider says. */
static int
draw_found(WizardView *wizard, Grid *grid, Rect rect, int y)
{
	const DiscoverResult *found = wizard->found;
	g_autofree char *words = setup_found_words(found);
	g_autofree char *line = g_strdup_printf(_("Servers from %s"), words);

	y = view_draw_words(grid, rect, y, 3, found->sure ? STYLE_GOOD : STYLE_NOTE, line);
	if (found->words && !wizard->failure)
		y = view_draw_words(grid, rect, y, 3, STYLE_NOTE, found->words);
	if (found->help && !wizard->failure)
		grid_text(grid, rect, y++, 3, STYLE_LINK, found->help);
	return y;
}

static int
draw_provider(WizardView *wizard, Grid *grid, Rect rect, int y)
{
	SetupChoices *choices = choices_of(wizard);
	const Provider *provider =
		choices->address && strchr(choices->address, '@') ? setup_provider(choices) : NULL;

	if (provider) {
		grid_print(grid, rect, y++, 3, STYLE_GOOD, _("%s: servers known"), provider->name);
		if (provider->hint && !wizard->failure)
			y = view_draw_words(grid, rect, y, 3, STYLE_NOTE, _(provider->hint));
		if (provider->help && !wizard->failure)
			grid_text(grid, rect, y++, 3, STYLE_LINK, provider->help);
	}
	if (!provider && wizard->found && choices->found)
		y = draw_found(wizard, grid, rect, y);
	setup_choices_free(choices);
	return y;
}

static void
draw_failure(WizardView *wizard, Grid *grid, Rect rect, int y)
{
	y = view_draw_words(grid, rect, y, 3, STYLE_ERROR, wizard->failure);
	if (wizard->next)
		y = view_draw_words(grid, rect, y, 3, STYLE_NORMAL, wizard->next);
	if (wizard->link)
		view_draw_words(grid, rect, y, 3, STYLE_LINK, wizard->link);
}

static void
wizard_draw(View *view, Grid *grid, Rect rect, gboolean focused)
{
	WizardView *wizard = (WizardView *)view;
	int y = 1;

	for (guint i = 0; i < WIZARD_FIELDS; i++)
		if (is_shown(wizard, (WizardField)i))
			draw_field(
				wizard, grid, rect_row(rect, y++), (WizardField)i, focused && !wizard->work);
	y = draw_provider(wizard, grid, rect, y + 1);
	y = wizard_steps_draw(
		wizard->steps, grid, rect, y + (wizard->steps->len > 0), wizard->failure != NULL);
	if (wizard->failure)
		draw_failure(wizard, grid, rect, y + 1);
	else if (wizard->steps->len == 0 && rect.rows - y > 4)
		view_draw_words(grid, rect, y + 1, 3, STYLE_DIM,
			_("Enter looks for the servers and tests them, step by step. Nothing is changed "
			  "there and nothing is "
			  "sent. Without an account, \"contrib/quickstart --demo\" in Posthorn's source "
			  "folder opens a mailbox of "
			  "samples on this machine."));
}

/* ---- keys -------------------------------------------------------------------------------- */

static void
step_field(WizardView *wizard, int step)
{
	int at = (int)wizard->at;

	do
		at = (at + step + WIZARD_FIELDS) % WIZARD_FIELDS;
	while (!is_shown(wizard, (WizardField)at));
	wizard->at = (WizardField)at;
}

static gboolean
wizard_key(View *view, Key key)
{
	WizardView *wizard = (WizardView *)view;

	/* Its own commands come first; ^E and ^V mean other things in a line. */
	if (keymap_find(view->keymap, key) || wizard->work)
		return FALSE;
	if (key == K_ESC) {
		app_run_named(view->app, "step-back", NULL);
		return TRUE;
	}
	return line_key(wizard->fields[wizard->at], key) != LINE_IGNORED;
}

static gboolean
wizard_paste(View *view, const char *text)
{
	WizardView *wizard = (WizardView *)view;
	g_autofree char *bare = g_strdup(text);

	line_insert(wizard->fields[wizard->at], g_strstrip(bare));
	secret_wipe(bare, strlen(bare));
	return TRUE;
}

static gboolean
wizard_stop(View *view, gboolean try)
{
	WizardView *wizard = (WizardView *)view;

	if (!wizard->work)
		return FALSE;
	if (!try && wizard->searching && wizard->some) {
		wizard->searching = FALSE;
		wizard_work_enough(wizard->work);
	} else if (!try) {
		stop_work(wizard);
		clear_result(wizard);
		wizard->failure = g_strdup(_("Stopped. Enter tries again."));
	}
	return TRUE;
}

const ViewClass wizard_class = {
	.name = "wizard",
	.flags = VIEW_WHOLE | VIEW_TEXT,
	.tables = wizard_tables,
	.hints = "step-next field-next servers-edit password-show step-back",
	.free = wizard_free,
	.title = wizard_title,
	.draw = wizard_draw,
	.key = wizard_key,
	.paste = wizard_paste,
	.stop = wizard_stop,
};

static void
field_next(View *view, const CommandCall *call)
{
	(void)call;
	step_field((WizardView *)view, 1);
}

static void
field_previous(View *view, const CommandCall *call)
{
	(void)call;
	step_field((WizardView *)view, -1);
}

static gboolean
is_empty(const WizardView *wizard, WizardField field)
{
	return *line_text(wizard->fields[field]) == '\0';
}

static void
step_next(View *view, const CommandCall *call)
{
	WizardView *wizard = (WizardView *)view;

	(void)call;
	if (wizard->work)
		return;
	/* Enter walks through what must be filled in, then it tests. */
	if (wizard->at == WIZARD_ADDRESS && is_empty(wizard, WIZARD_NAME))
		wizard->at = WIZARD_NAME;
	else if (wizard->at < WIZARD_PASSWORD && is_empty(wizard, WIZARD_PASSWORD) &&
		 is_empty(wizard, WIZARD_COMMAND))
		wizard->at = WIZARD_PASSWORD;
	else
		begin_work(wizard, TRUE);
}

static void
step_back(View *view, const CommandCall *call)
{
	(void)call;
	if (wizard_stop(view, TRUE))
		wizard_stop(view, FALSE);
	else
		app_close(view->app, view);
}

static void
servers_edit(View *view, const CommandCall *call)
{
	WizardView *wizard = (WizardView *)view;

	(void)call;
	wizard->advanced = !wizard->advanced;
	wizard->at = wizard->advanced ? WIZARD_IMAP : WIZARD_ADDRESS;
}

static void
password_show(View *view, const CommandCall *call)
{
	(void)call;
	((WizardView *)view)->show_password = !((WizardView *)view)->show_password;
}

static void
redraw(View *view, const CommandCall *call)
{
	(void)call;
	screen_redraw(view->app->screen);
}

static void
help(View *view, const CommandCall *call)
{
	(void)call;
	app_push(view->app, help_new(view->app, view));
}

static const Command rows[] = {
	{.name = "help",
		.keys = "F1",
		.hint = N_("help"),
		.brief = N_("Show the keys of this view"),
		.run = help},
	{.name = "step-next",
		.keys = "Enter",
		.hint = N_("go on, test"),
		.brief = N_("Go to the next field; then test, and test again"),
		.run = step_next},
	{.name = "field-next",
		.keys = "Tab; Down",
		.hint = N_("next field"),
		.brief = N_("Go to the next field"),
		.run = field_next},
	{.name = "field-previous",
		.keys = "Shift-Tab; Up",
		.brief = N_("Go to the previous field"),
		.run = field_previous},
	{.name = "servers-edit",
		.keys = "^E",
		.hint = N_("servers"),
		.brief = N_("Show or hide servers, login name and more"),
		.run = servers_edit},
	{.name = "password-show",
		.keys = "^V",
		.hint = N_("show password"),
		.brief = N_("Show or hide what is typed as password"),
		.run = password_show},
	{.name = "step-back",
		.keys = "^G; ^C",
		.hint = N_("leave"),
		.brief = N_("Stop the test; leave"),
		.run = step_back},
	{.name = "redraw", .keys = "^L", .brief = N_("Draw the screen anew"), .run = redraw},
};

const CommandTable table_wizard = TABLE("wizard", rows);
