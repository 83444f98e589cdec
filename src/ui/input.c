/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The life of a key: screen_read() - key reader - prompt, or the focused view's
 * own key function, or its keymap - needs checked - run.
 */
#include "config.h"

#include "ui/core.h"

#include "util/i18n.h"

static gboolean
something_runs(App *app)
{
	View *view = app_focus(app);

	if (app->prompt)
		return TRUE;
	if (view && (view->class->flags & VIEW_TEXT))
		return TRUE;
	return view && view->class->stop && view->class->stop(view, TRUE);
}

static void
cancel_all(App *app)
{
	View *view = app_focus(app);

	app->count = 0;
	app->mark_prefix = FALSE;
	if (view && view->class->stop && view->class->stop(view, FALSE))
		return;
	app_unsay(app);
	app_dirty(app);
}

void
app_run(App *app, View *view, const Command *command, const CommandCall *call)
{
	const char *refusal = command_refusal(command, view_has(view));

	app_unsay(app);
	app_dirty(app);
	if (refusal) {
		app_say(app, "%s", refusal);
		return;
	}
	if (call->marked && !command->on_marked) {
		app_say(app, _("%s does not act on marked rows."), command->name);
		return;
	}
	command->run(view, call);
}

gboolean
app_run_named(App *app, const char *name, const char *argument)
{
	View *view = app_focus(app);
	const Command *command = view ? keymap_named(view->keymap, name) : NULL;
	CommandCall call = {.argument = argument};

	if (!command)
		return FALSE;
	app_run(app, view, command, &call);
	return TRUE;
}

static const Command *
jump_command(View *view)
{
	const Command *command = keymap_named(view->keymap, "message-jump");

	return command || !view->list ? command : keymap_named(view->keymap, "entry-jump");
}

/* Digits before a command make its count. TRUE: taken. */
static gboolean
take_digit(App *app, View *view, Key key)
{
	if (key < '0' || key > '9' || (key == '0' && app->count == 0) || !jump_command(view))
		return FALSE;
	app->count = MIN(app->count * 10 + (key - '0'), 99999999);
	app_dirty(app);
	return TRUE;
}

/* Keys of mutt whose act does not exist here, and what to do instead. */
static const struct {
	Key key;
	const char *words; /* N_() */
} empty_keys[] = {
	{'x', N_("Nothing is unsaved here: q quits, u takes back.")},
	{K_CTRL('U'), N_("u takes back what was done, U lists it.")},
};

static void
unbound(App *app, Key key)
{
	g_autofree char *name = key_words(key);

	app->mark_prefix = FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(empty_keys); i++)
		if (empty_keys[i].key == key) {
			app_say(app, "%s", _(empty_keys[i].words));
			return;
		}
	app_say(app, _("%s means nothing here. ? shows what does."), name);
}

void
app_press(App *app, Key key)
{
	View *view = app_focus(app);
	const Command *command;
	CommandCall call = {.key = key};

	if (app->prompt) {
		prompt_key(app, key);
		return;
	}
	if (!view)
		return;
	if (view->class->key && view->class->key(view, key)) {
		app_dirty(app);
		return;
	}
	if (key == K_ESC) {
		cancel_all(app);
		return;
	}
	if (take_digit(app, view, key))
		return;
	command = keymap_find(view->keymap, key);
	if (app->count > 0 && key == K_ENTER && jump_command(view))
		command = jump_command(view);
	if (!command) {
		app->count = 0;
		unbound(app, key);
		return;
	}
	call.count = app->count;
	call.marked = app->mark_prefix;
	app->count = 0;
	app->mark_prefix = FALSE;
	app_run(app, view, command, &call);
}

static gboolean
on_esc_alone(gpointer data)
{
	App *app = data;
	KeyEvent event;

	app->esc_source = 0;
	event = key_reader_flush(app->reader);
	if (event.kind == KEY_EVENT_KEY)
		app_press(app, event.key);
	return G_SOURCE_REMOVE;
}

static void
pending(App *app)
{
	gint64 delay = config_program(app->config)->escape_delay_ms;

	app_dirty(app);
	if (!something_runs(app))
		return;
	if (app->prompt || (app_focus(app) && (app_focus(app)->class->flags & VIEW_TEXT)))
		delay = MIN(delay, 200); /* few keys follow Esc there, and people wait for it to close */
	app->esc_source = g_timeout_add((guint)CLAMP(delay, 1, 10000), on_esc_alone, app);
}

static void
pasted(App *app, const char *text)
{
	View *view = app_focus(app);

	if (app->prompt)
		prompt_paste(app, text);
	else if (view && view->class->paste && view->class->paste(view, text))
		app_dirty(app);
	else
		app_say(app, "%s",
			_("Pasted text goes into fields only, never to commands. : or m opens one."));
}

void
app_feed(App *app, Key raw)
{
	KeyEvent event;

	if (app->esc_source) {
		g_source_remove(app->esc_source);
		app->esc_source = 0;
	}
	event = key_reader_feed(app->reader, raw);
	switch (event.kind) {
	case KEY_EVENT_KEY:
		app->touched = TRUE;
		app_press(app, event.key);
		break;
	case KEY_EVENT_PENDING:
		pending(app);
		break;
	case KEY_EVENT_DROPPED:
		cancel_all(app);
		if (app->prompt)
			prompt_key(app, K_ESC);
		break;
	case KEY_EVENT_PASTE:
		pasted(app, event.text);
		break;
	case KEY_EVENT_REPORT:
		if (screen_report(app->screen, event.text))
			app_dirty(app);
		break;
	default:
		break;
	}
}

/* ---- the line of keys -------------------------------------------------------------------- */

static void
add_hint(GPtrArray *hints, const char *keys, const char *words)
{
	g_ptr_array_add(hints, g_strdup_printf("%s\t%s", keys, words));
}

/* What can follow Esc. */
static void
esc_hints(View *view, GPtrArray *hints)
{
	g_autoptr(GArray) keys = keymap_after_esc(view->keymap);

	add_hint(hints, "Esc", _("then"));
	/* The view's own come first. */
	for (guint i = keys->len; i-- > 0;) {
		Key key = g_array_index(keys, Key, i);
		const Command *command = keymap_find(view->keymap, key | KEY_AFTER_ESC);
		g_autofree char *name = key_words(key);

		if (command->hint && !command_refusal(command, view_has(view)))
			add_hint(hints, name, _(command->hint));
	}
	add_hint(hints, "Esc", _("drops it"));
}

static void
marked_hints(View *view, GPtrArray *hints)
{
	static const char *const acts[] = {"delete", "archive", "move", "copy", "unread-toggle",
		"flag-toggle", "part-save", "pipe", "forward", "mark-clear"};
	guint count = view_mark_count(view);
	g_autofree char *words = g_strdup_printf(_("on %u marked:"), count);

	add_hint(hints, "", words);
	for (guint i = 0; i < G_N_ELEMENTS(acts); i++) {
		const Command *command = keymap_named(view->keymap, acts[i]);
		g_autofree char *keys = command ? keymap_keys(view->keymap, command, TRUE) : NULL;

		if (command && command->on_marked && *keys)
			add_hint(hints, keys, command->hint ? _(command->hint) : command->name);
	}
	add_hint(hints, "Esc", _("leaves"));
}

GPtrArray *
app_hints(App *app)
{
	View *view = app_focus(app);
	GPtrArray *hints = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) names = NULL;

	if (!view)
		return hints;
	if (key_reader_is_pending(app->reader)) {
		esc_hints(view, hints);
		return hints;
	}
	if (app->mark_prefix) {
		marked_hints(view, hints);
		return hints;
	}
	names = g_strsplit(view->class->hints ? view->class->hints : "", " ", -1);
	for (guint i = 0; names[i]; i++) {
		const Command *command = keymap_named(view->keymap, names[i]);
		g_autofree char *keys = command ? keymap_keys(view->keymap, command, TRUE) : NULL;

		/* Always right for what is selected: what would be refused is not offered. */
		if (command && *keys && !command_refusal(command, view_has(view)))
			add_hint(hints, keys, command->hint ? _(command->hint) : command->name);
	}
	if (view->class->flags & VIEW_TEXT)
		add_hint(hints, "F1", _("help"));
	else
		add_hint(hints, "?", _("help"));
	return hints;
}
