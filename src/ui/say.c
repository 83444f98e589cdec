/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/core.h"

#include "util/i18n.h"
#include "util/log.h"
#include "util/text.h"

#define NOTES_KEPT 500
#define MESSAGE_US (8 * G_USEC_PER_SEC)

void
ui_note_free(UiNote *note)
{
	g_free(note->words);
	g_free(note);
}

static void
keep(App *app, const char *words, gboolean is_error)
{
	UiNote *note = g_new0(UiNote, 1);

	note->when = g_get_real_time() / G_USEC_PER_SEC;
	note->is_error = is_error;
	note->words = g_strdup(words);
	g_ptr_array_add(app->notes, note);
	if (app->notes->len > NOTES_KEPT)
		g_ptr_array_remove_index(app->notes, 0);
}

void
app_say_style(App *app, StyleId style, const char *words)
{
	g_autofree char *safe = text_safe(words, -1, TEXT_LINES | TEXT_MARKS);

	g_free(app->message);
	app->message = g_steal_pointer(&safe);
	app->message_style = style;
	app->message_until = style == STYLE_ERROR ? 0 : g_get_monotonic_time() + MESSAGE_US;
	app_dirty(app);
}

void
app_say(App *app, const char *format, ...)
{
	g_autofree char *words = NULL;
	va_list arguments;

	va_start(arguments, format);
	words = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	app_say_style(app, STYLE_MESSAGE, words);
}

void
app_warn(App *app, const char *format, ...)
{
	g_autofree char *words = NULL;
	va_list arguments;

	va_start(arguments, format);
	words = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	keep(app, words, FALSE);
	app_say_style(app, STYLE_WARNING, words);
}

void
app_error(App *app, const GError *error)
{
	const char *words = error ? error->message : _("Something failed without saying why.");

	if (error && g_error_matches(error, POSTHORN_FAULT, FAULT_CANCELED)) {
		app_say(app, "%s", words);
		return;
	}
	log_line(LOG_UI, "%s", words);
	keep(app, words, TRUE);
	app_say_style(app, STYLE_ERROR, words);
}

void
app_unsay(App *app)
{
	if (!app->message)
		return;
	g_clear_pointer(&app->message, g_free);
	app_dirty(app);
}
