/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/rules-edit.h"

#include <string.h>

#include "engine/rules.h"
#include "ui/core.h"
#include "ui/rules.h"
#include "util/i18n.h"

/* One change that can be taken back. */
typedef struct {
	UiAccount *account;
	char *before, *after;
	char *did;
} Before;

/* As many changes can be taken back. */
#define BEFORE_KEPT 50

void
rules_before_free(gpointer data)
{
	Before *before = data;

	g_free(before->before);
	g_free(before->after);
	g_free(before->did);
	g_free(before);
}

FormScript *
rules_read(App *app, UiAccount *account)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = rules_load(app->paths, account->key, &error);

	if (!text) {
		app_error(app, error);
		return NULL;
	}
	return form_parse(text, -1);
}

GPtrArray *
rules_faults(App *app, UiAccount *account, const char *text)
{
	GPtrArray *faults = NULL;
	SieveScript *script = rules_compile(app->paths, app->config, account->key, text, &faults);

	if (!script)
		return faults;
	sieve_script_free(script);
	if (faults)
		g_ptr_array_unref(faults);
	return NULL;
}

static void
tell_view(App *app)
{
	View *view = app_find(app, &rules_class);

	if (view)
		rules_reload(view);
}

gboolean
rules_keep_checked(App *app, UiAccount *account, const char *was, const char *text, const char *did)
{
	g_autoptr(GError) error = NULL;
	Before *before;

	if (!rules_save(app->paths, account->key, was, text, &error)) {
		if (g_error_matches(error, POSTHORN_FAULT, FAULT_BUSY))
			g_prefix_error(&error, "%s ",
				_("The rules were changed elsewhere meanwhile; nothing was written."));
		app_error(app, error);
		tell_view(app);
		return FALSE;
	}
	before = g_new0(Before, 1);
	*before = (Before){account, g_strdup(was), g_strdup(text), g_strdup(did)};
	g_ptr_array_add(app->rules_before, before);
	if (app->rules_before->len > BEFORE_KEPT)
		g_ptr_array_remove_index(app->rules_before, 0);
	tell_view(app);
	return TRUE;
}

gboolean
rules_keep(App *app, UiAccount *account, const char *was, const char *text, const char *did)
{
	g_autoptr(GPtrArray) faults = rules_faults(app, account, text), before = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree char *words = NULL;

	if (!faults)
		return rules_keep_checked(app, account, was, text, did);
	/* What was broken before may be changed all the same: piece by piece it becomes whole. */
	before = rules_faults(app, account, was);
	if (before)
		return rules_keep_checked(app, account, was, text, did);
	words = sieve_error_words(g_ptr_array_index(faults, 0));
	fault_set(&error, FAULT_INPUT, _("Nothing was written: %s"), words);
	app_error(app, error);
	return FALSE;
}

void
rules_take_back(App *app, UiAccount *account)
{
	g_autoptr(GError) error = NULL;

	for (guint i = app->rules_before->len; i-- > 0;) {
		const Before *last = g_ptr_array_index(app->rules_before, i);

		if (last->account != account)
			continue;
		if (rules_save(app->paths, account->key, last->after, last->before, &error)) {
			app_say(app, _("Taken back: %s."), last->did);
			g_ptr_array_remove_index(app->rules_before, i);
		} else {
			app_error(app, error);
		}
		tell_view(app);
		return;
	}
	app_say(app, "%s",
		_("No rule was changed since the start. The file before the last change is rules.sieve~."));
}

guint
rules_at_line(const FormScript *script, guint line)
{
	guint found = G_MAXUINT;

	for (guint i = 0; i < script->rules->len; i++) {
		const FormRule *rule = g_ptr_array_index(script->rules, i);

		if (rule->line <= line)
			found = i;
	}
	return found;
}

static gboolean
is_taken(const FormScript *script, const char *name)
{
	for (guint i = 0; i < script->rules->len; i++)
		if (g_strcmp0(((const FormRule *)g_ptr_array_index(script->rules, i))->name, name) == 0)
			return TRUE;
	return FALSE;
}

char *
rules_new_name(const FormScript *script, const char *wanted)
{
	g_autofree char *plain = g_strdelimit(g_strdup(wanted), "[]\r\n\t", ' ');
	char *name = g_strdup(g_strstrip(plain));

	for (guint n = 2; is_taken(script, name); n++) {
		g_free(name);
		name = g_strdup_printf("%s %u", plain, n);
	}
	return name;
}
