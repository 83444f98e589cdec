/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/composer-state.h"
#include "util/i18n.h"

typedef struct {
	ComposerField field;
	gboolean next;
} Asked;

static void
complete_address(App *app, const char *text, gsize *start, GPtrArray *candidates, gpointer data)
{
	g_autoptr(GPtrArray) people = NULL;

	(void)data;
	for (guint i = 0; i < app->accounts->len && text[*start]; i++) {
		UiAccount *account = g_ptr_array_index(app->accounts, i);

		people = account->view ? store_view_people(account->view, text + *start, 50) : NULL;
		for (guint k = 0; people && k < people->len; k++)
			g_ptr_array_add(
				candidates, candidate_new(g_ptr_array_index(people, k), NULL, NULL, 0));
		g_clear_pointer(&people, g_ptr_array_unref);
	}
}

void
composer_set_field(ComposerView *composer, ComposerField field, const char *text)
{
	GPtrArray **addresses = composer_addresses(composer, field);
	gboolean damaged = FALSE;

	composer->changed = TRUE;
	if (!addresses) {
		g_free(composer->composition->draft->subject);
		composer->composition->draft->subject = g_strdup(text);
		return;
	}
	g_ptr_array_unref(*addresses);
	*addresses = mime_parse_addresses(text, -1, &damaged);
	for (guint i = 0; i < (*addresses)->len; i++) {
		const MimeAddress *address = g_ptr_array_index(*addresses, i);
		g_autoptr(GError) error = NULL;

		if (!address->group && !mime_address_check(address->address, &error))
			app_error(composer->view.app, error);
	}
}

static void
field_done(App *app, View *view, const char *text, gpointer data)
{
	const Asked *asked = data;
	ComposerView *composer = (ComposerView *)view;

	if (!composer || !text)
		return;
	composer_set_field(composer, asked->field, text);
	if (!asked->next)
		return;
	if (asked->field == FIELD_TO && !composer->composition->draft->subject)
		composer_ask_field(composer, FIELD_SUBJECT, TRUE);
	else if (asked->field == FIELD_TO && composer->composition->draft->subject[0] == '\0')
		composer_ask_field(composer, FIELD_SUBJECT, TRUE);
	else
		composer_edit(composer);
	(void)app;
}

void
composer_ask_field(ComposerView *composer, ComposerField field, gboolean next)
{
	static const char *const labels[FIELD_COUNT] = {
		N_("From:"), N_("To:"), N_("Cc:"), N_("Bcc:"), N_("Reply-To:"), N_("Subject:")};
	g_autofree char *initial = composer_field_text(composer, field);
	gboolean address = field != FIELD_SUBJECT;
	Asked *asked = g_new0(Asked, 1);
	PromptSpec spec = {.view = &composer->view,
		.label = _(labels[field]),
		.initial = initial,
		.history = address ? "address" : "subject",
		.separators = address ? "," : NULL,
		.complete = address ? complete_address : NULL,
		.done = field_done,
		.data = asked,
		.free_data = g_free};

	*asked = (Asked){field, next};
	list_select(&composer->list, field);
	app_prompt(composer->view.app, &spec);
}
