/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rule-ask.h - ask for a condition or an action, step by step, in prompts with everything to choose from.
 */
#pragma once

#include "sieve/form.h"
#include "ui/view.h"

/* condition is the receiver's; at as given to the question. Only called while view is there. */
typedef void (*RuleCondition)(App *app, View *view, FormCondition *condition, guint at);
typedef void (*RuleAction)(App *app, View *view, FormAction *action, guint at);

/* old: what is changed (copied), offered first in each step; NULL: a new one. */
void rule_ask_condition(View *view, const FormCondition *old, guint at, RuleCondition chosen);
void rule_ask_action(View *view, UiAccount *account, const FormAction *old, guint at, RuleAction chosen);

/* folder is one of the account's, or with fresh one to be made. */
typedef void (*RuleFolder)(App *app, View *view, const char *folder, gboolean fresh, gpointer data);
/* A folder of this account, or a new one; first (may be NULL) is offered first. */
void rule_ask_folder(View *view, UiAccount *account, const char *label, const char *first, RuleFolder chosen,
	gpointer data, GDestroyNotify free_data);
