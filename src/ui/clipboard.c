/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/clipboard.h"

#include <string.h>

#include "ui/act.h"
#include "ui/content.h"
#include "ui/core.h"
#include "ui/links.h"
#include "ui/pager.h"
#include "util/i18n.h"
#include "util/text.h"

typedef struct {
	UiAccount *account;
	RowId row;
	GBytes *octets; /* of a message in a file; NULL */
	gunichar what;
} Copy;

static void
copy_free(gpointer data)
{
	Copy *copy = data;

	g_clear_pointer(&copy->octets, g_bytes_unref);
	g_free(copy);
}

void
clipboard_copy_words(App *app, const char *words)
{
	g_autofree char *line = NULL;

	if (!words || *words == '\0') {
		app_say(app, "%s", _("There is nothing of that to copy."));
		return;
	}
	if (!screen_clipboard(app->screen, words)) {
		app_warn(app, "%s",
			_("This is too long for the clipboard of a terminal; | gives it to a program."));
		return;
	}
	line = g_strndup(words, strcspn(words, "\n"));
	app_say(app, _("Given to the terminal's clipboard: %s"), line);
}

static void
loaded(App *app, View *view, Content *content, gpointer data)
{
	Copy *copy = data;
	g_autofree char *text = NULL;
	const ContentField *field = content->fields->len > 0 ? g_ptr_array_index(content->fields, 0) : NULL;

	(void)view;
	if (content->error)
		app_error(app, content->error);
	else if (copy->what == 'a')
		clipboard_copy_words(app, content->from_address);
	else if (copy->what == 's')
		clipboard_copy_words(app, content->subject);
	else if (copy->what == 'i')
		clipboard_copy_words(app, field ? field->value : NULL);
	else if (content->text)
		clipboard_copy_words(app, text = mime_text_string(content->text));
	else
		app_say(app, "%s", _("The text is not here yet: Enter fetches it."));
	content_unref(content);
	copy_free(copy);
}

static void
chosen(App *app, View *view, gunichar choice, gpointer data)
{
	static const char *const names[] = {"message-id", NULL};
	const Copy *from = data;
	ContentWish wish = {.account = from->account ? from->account->key : NULL,
		.row = from->row,
		.octets = from->octets,
		.width = 78,
		.headers = (char **)names};
	Copy *copy;

	if (!view || choice == 'q')
		return;
	if (choice == 'l') {
		app_push(app, links_new(view));
		app_say(app, "%s", _("Esc y copies the selected link."));
		return;
	}
	copy = g_memdup2(from, sizeof *from);
	copy->what = choice;
	if (copy->octets)
		g_bytes_ref(copy->octets);
	content_load(app, view, &wish, loaded, copy, NULL);
}

void
clipboard_copy_message(View *view, const CommandCall *call)
{
	gboolean pager = view->class == &pager_class;
	GBytes *octets = pager ? pager_octets(view) : NULL;
	Copy *copy = g_new0(Copy, 1);
	g_autoptr(GArray) rows = octets ? NULL : act_targets(view, call, &copy->account);

	if (rows)
		copy->row = g_array_index(rows, RowId, 0);
	copy->octets = octets ? g_bytes_ref(octets) : NULL;
	if (!rows && !octets)
		copy_free(copy);
	else
		app_choose(view->app, view,
			pager ? _("Copy what? a address  s subject  i Message-ID  t text  l link")
			      : _("Copy what? a address  s subject  i Message-ID  t text"),
			pager ? "astliq" : "astiq", chosen, copy, copy_free);
}
