/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules-effects.h - from what a script wants of a message to operations of the journal. Pure.
 *
 *	plan = rules_plan(mail, result, folders, &error);      of one message
 *	rules_effects_add(effects, plan, view, row);           many of them
 *	operations = rules_effects_take(effects, ...);         few, batched by what they do
 */
#pragma once

#include "engine/engine.h"
#include "sieve/sieve.h"

typedef struct {
	OperationKind kind; /* FLAGS, COPY, MOVE */
	char *target;       /* COPY, MOVE: the folder's name as the store has it */
	gboolean create;    /* it has to be made first */
	guint32 add_flags, remove_flags;
	char *add_keywords, *remove_keywords; /* NULL: none */
} RulesStep;

typedef struct {
	GPtrArray *steps; /* of RulesStep; a MOVE is the last */
	GPtrArray *once;  /* of const SieveAction (the result's): REDIRECT, NOTIFY, PIPE */
	guint rule;       /* that does the most; G_MAXUINT: none */
} RulesPlan;

typedef enum {
	RULES_OMIT_ONCE = 1 << 0,
	RULES_OMIT_COPIES = 1 << 1,
} RulesOmit;

/* The folder that an action names: NULL where there is none and it is not made. */
typedef struct {
	const char *name; /* as it is in the store, or as the script wants it made; NULL */
	gboolean missing; /* it is not there */
} RulesPlace;

RulesPlace rules_place(const SieveAction *action, const GPtrArray *folders);

/*
 * NULL with FAULT_UNKNOWN: a folder that is not there (its line is told); nothing is to be
 * done then. A message that stands in a folder already, or has the flags, needs no step.
 * omit: RULES_OMIT_ONCE: as if redirect, notify and pipe had not been there: then the message
 * stays. RULES_OMIT_COPIES: they were made before.
 */
RulesPlan *rules_plan(const StoreMail *mail, const SieveResult *result, const GPtrArray *folders, guint omit,
	GError **error);
void rules_plan_free(RulesPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RulesPlan, rules_plan_free)
gboolean rules_plan_is_empty(const RulesPlan *plan);
/* "▸ Accounting, read", or once done "moved to Accounting, read"; translated, safe. The caller's. */
char *rules_plan_words(const RulesPlan *plan, gboolean done);
/* Names of all rules that matched but one, ", " between; NULL: none. The caller's. */
char *rules_others(const SieveScript *script, const SieveResult *result, guint rule);
const char *rules_name(const SieveScript *script, guint rule);

/* ---- many messages ---------------------------------------------------------------- */

typedef struct RulesEffects RulesEffects;

/* undoes: as Operation's. */
RulesEffects *rules_effects_new(const char *account, gint64 undoes);
void rules_effects_free(RulesEffects *effects);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RulesEffects, rules_effects_free)
/* FALSE: the row is gone. */
gboolean rules_effects_add(RulesEffects *effects, const RulesPlan *plan, StoreView *view, RowId row);
/* Operations in order, for one journal_add(); the first has the words of all. The caller's. */
GPtrArray *rules_effects_take(RulesEffects *effects);
/* "Rules: 211 moved, 3 flagged"; the caller's. */
char *rules_effects_words(const RulesEffects *effects);
guint rules_effects_messages(const RulesEffects *effects);
