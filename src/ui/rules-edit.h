/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules-edit.h - an account's rules read, changed, checked, kept, and taken back.
 *
 * What changes rules on the screen goes through here: nothing is written that
 * does not compile, nothing over what another program wrote meanwhile, and the
 * text before each change of this run is kept for undo.
 */
#pragma once

#include "sieve/form.h"
#include "ui/view.h"

/* The script as it stands; NULL with words said. The caller's. */
FormScript *rules_read(App *app, UiAccount *account);
/* What does not compile in text: of SieveError, the caller's; NULL: nothing. */
GPtrArray *rules_faults(App *app, UiAccount *account, const char *text);
/*
 * Write text in place of was. did: what was done, for undo ("rule Lists deleted"; translated).
 * FALSE with words said: it does not compile, the file is another one by now, ...
 */
gboolean rules_keep(App *app, UiAccount *account, const char *was, const char *text, const char *did);
/* The same without the check: the text is known to compile. */
gboolean rules_keep_checked(App *app, UiAccount *account, const char *was, const char *text, const char *did);
/* Take back the last change of this run; says what came back, or why nothing. */
void rules_take_back(App *app, UiAccount *account);
void rules_before_free(gpointer before);

/* The rule of script in which line stands; G_MAXUINT: none. */
guint rules_at_line(const FormScript *script, guint line);
/* A name that no rule has yet: "dev", "dev 2". The caller's. */
char *rules_new_name(const FormScript *script, const char *wanted);
