/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings-manual.c - the table of settings as a section of posthorn(1). */
#include "config.h"

#include "account/settings.h"

#include "util/i18n.h"

/* Text that roff shows as it stands. */
static void
append_text(GString *out, const char *text)
{
	if (*text == '.' || *text == '\'')
		g_string_append(out, "\\&");
	for (; *text != '\0'; text++) {
		if (*text == '\\')
			g_string_append(out, "\\e");
		else if (*text == '-')
			g_string_append(out, "\\-");
		else
			g_string_append_c(out, *text);
	}
}

static void
append_setting(GString *out, const Setting *setting)
{
	g_autofree char *allowed = setting_allowed(setting);

	g_string_append(out, ".TP\n.B ");
	append_text(out, setting->name);
	g_string_append_c(out, '\n');
	append_text(out, _(setting->brief));
	g_string_append(out, ".\n");
	if (setting->detail != NULL) {
		append_text(out, _(setting->detail));
		g_string_append_c(out, '\n');
	}
	append_text(out, _("Allowed:"));
	g_string_append_c(out, ' ');
	append_text(out, allowed);
	g_string_append(out, ".\n");
	if (setting->fallback == NULL)
		return;
	append_text(out, _("Default:"));
	g_string_append(out, "\n.BR ");
	g_string_append_c(out, '"');
	for (const char *p = setting->fallback; *p != '\0'; p++) {
		if (*p == '"')
			g_string_append(out, "\\(dq");
		else
			append_text(out, (char[]){*p, '\0'});
	}
	g_string_append(out, "\" .\n");
}

static void
append_scope(GString *out, const char *title, guint scopes)
{
	gsize count;
	const Setting *settings = settings_all(&count);

	g_string_append(out, ".SS \"");
	append_text(out, title);
	g_string_append(out, "\"\n");
	for (gsize i = 0; i < count; i++)
		if (settings[i].scopes == scopes)
			append_setting(out, &settings[i]);
}

char *
settings_manual(void)
{
	GString *out = g_string_new(".SH SETTINGS\n");

	append_scope(out, _("In [account NAME]"), SCOPE_ACCOUNT);
	append_scope(out, _("In [posthorn]"), SCOPE_PROGRAM);
	append_scope(out, _("In [posthorn], and nearer in [account NAME]"), SCOPE_PROGRAM | SCOPE_ACCOUNT);
	append_scope(out, _("In [posthorn], and nearer in [account NAME] and [folder NAME]"),
		SCOPE_PROGRAM | SCOPE_ACCOUNT | SCOPE_FOLDER);
	return g_string_free(out, FALSE);
}
