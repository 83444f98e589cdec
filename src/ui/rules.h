/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules.h - the rules of an account on the screen: their list, and what opens from it.
 */
#pragma once

#include "sieve/form.h"
#include "ui/view.h"

extern const ViewClass rules_class;
extern const ViewClass rule_form_class;
extern const ViewClass dry_run_class;
extern const ViewClass proposals_class;
extern const ViewClass why_class;

/* Opens the list, or comes back to it. */
void rules_open(App *app, UiAccount *account);
/* Read again. */
void rules_reload(View *view);
/* Select the rule of that name. */
void rules_select(View *view, const char *name);

/* ---- the form (rule-form.c) --------------------------------------------------------------------- */

/*
 * A rule as a form. was: the script's text that rule is part of; at: its place in there, beyond the last
 * one for a new rule. rule is copied.
 */
void rule_form_open(App *app, UiAccount *account, const char *was, guint at, const FormRule *rule);

/* ---- the text (rules-text.c) ---------------------------------------------------------------------- */

/* The whole script in the editor, at a line where the editor can; checked on return. */
void rules_text_edit(App *app, View *view, UiAccount *account, guint line);

/* ---- dry run (dry-run.c) ---------------------------------------------------------------------------- */

typedef struct {
	UiAccount *account;
	const char *text; /* a script not yet kept; NULL: the account's */
	const char *was;  /* what text takes the place of */
	const char *did;  /* words for undo, when text is kept; NULL without text */
	guint rule;       /* place of the rule it is about; G_MAXUINT: all */
	GArray *rows;     /* these messages; NULL: the newest of the folder in view */
	gboolean fresh;   /* a new rule: closing asks nothing, y closes all that led here */
} DryRun;

void dry_run_open(App *app, const DryRun *run);

/* ---- a rule from a message, and why it is where it is ---------------------------------------------------
 */

void proposals_open(App *app, UiAccount *account, RowId row);
void why_open(App *app, UiAccount *account, RowId row);

/* ---- the server (rules-server.c) ------------------------------------------------------------------------
 */

void rules_server_upload(App *app, View *view, UiAccount *account);
void rules_server_fetch(App *app, View *view, UiAccount *account);
