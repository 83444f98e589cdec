/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules-run.h - a script over messages, one after the other; what it wants done is gathered and becomes
 * durable at once: operations, log, ids seen, what waits.
 */
#pragma once

#include "engine/private.h"
#include "engine/rules-effects.h"
#include "engine/rules-host.h"
#include "store/outbox.h"
#include "store/rules.h"

/* What must be done once over several machines: redirect, notify, pipe, and running programs. */
typedef enum {
	RULES_ONCE_WAITS,   /* it has to be claimed first: the message waits */
	RULES_ONCE_REFUSED, /* it was not to be had: done without, and said */
	RULES_ONCE_OURS,
} RulesOnce;

typedef enum {
	RULES_NOTHING, /* as it is already */
	RULES_TAKEN,   /* gathered */
	RULES_WAITS,   /* more is needed: see rules_run_wants() */
	RULES_FAILED,  /* the script, or a folder: why is in the log; the message stays */
} RulesTaken;

/* Why a message waits. */
typedef enum {
	RULES_WANT_HEADER,
	RULES_WANT_WHOLE,
	RULES_WANT_CLAIM,
} RulesWants;

typedef struct RulesRun RulesRun;

typedef struct {
	EngineAccount *account;
	Journal *journal; /* on the journaler; NULL: asked there */
	StoreView *view;
	const SieveScript *script; /* borrowed */
	const Config *config;      /* of this thread; for programs; NULL: none run */
	gint64 undoes;             /* of the operations */
	gint64 now;                /* 0: the clock's */
	gboolean look_behind;
	gboolean again; /* over mail that may have been judged before: nothing is copied twice */
} RulesRunOptions;

RulesRun *rules_run_new(const RulesRunOptions *options);
void rules_run_free(RulesRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RulesRun, rules_run_free)

/*
 * Only judge: result (zeroed before; the caller clears it) and the plan, the caller's; NULL with error.
 * Either way result is filled.
 */
RulesPlan *rules_run_judge(
	RulesRun *run, const StoreMail *mail, guint omit, SieveResult *result, GError **error);
/* The same, and rules_run_wants() where error is FAULT_UNKNOWN. */
RulesPlan *rules_run_look(RulesRun *run, const StoreMail *mail, SieveResult *result, GError **error);
/* Of StoreFolder, as they were when the run began; borrowed. */
const GPtrArray *rules_run_folders(const RulesRun *run);
/* Judge and gather. why: for ONCE_REFUSED, in words; else NULL. */
RulesTaken rules_run_take(RulesRun *run, const StoreMail *mail, RulesOnce once, const char *why);
/* Only what would come of it; nothing is gathered. */
RulesTaken rules_run_probe(RulesRun *run, const StoreMail *mail);
/* Of the last message, which waits. */
RulesWants rules_run_wants(const RulesRun *run);
/* With what is gathered: it waits, it waits no more. */
void rules_run_wait(RulesRun *run, const char *folder, guint32 uidvalidity, guint32 uid);
/* The name of a message for log and claims. */
guint64 rules_run_message(const RulesRun *run, const StoreMail *mail);
/* Messages that something is done to. */
guint rules_run_count(const RulesRun *run);
/* "Rules: 211 moved"; the caller's. */
char *rules_run_words(const RulesRun *run);
/* The first failure in words; borrowed; NULL: none. */
const char *rules_run_failure(const RulesRun *run);
/*
 * Write all that was gathered, inside a transaction of the journal; *group (may be NULL) 0: no
 * operation. Only once.
 */
gboolean rules_run_commit(RulesRun *run, Journal *journal, gint64 *group, GError **error);
/* Notifications of what was committed, now. */
void rules_run_notify(RulesRun *run, Cancel *cancel);
