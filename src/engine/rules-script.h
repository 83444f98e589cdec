/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules-script.h - an account's script, compiled, for one thread: read again when a file changed.
 *
 * Threads share no configuration: each has a Config of its own here.
 */
#pragma once

#include "engine/private.h"
#include "engine/rules.h"

typedef struct RulesScript RulesScript;

/* For one thread; nothing is read yet. */
RulesScript *rules_script_new(EngineAccount *account);
void rules_script_free(RulesScript *script);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RulesScript, rules_script_free)

/*
 * As it stands now; borrowed until the next call. NULL: there is none, or, with error, it
 * does not compile ("file:line:column: ..."; told once for each change of the files, then NULL alone).
 */
const SieveScript *rules_script_get(RulesScript *script, GError **error);
/* There is a script, but it does not compile. */
gboolean rules_script_is_broken(const RulesScript *script);
/* This account's rules run here, not on the server, and not nowhere. */
gboolean rules_script_is_on(RulesScript *script);
/* This thread's configuration, up to date; NULL: it cannot be read. Borrowed until the next call. */
const Config *rules_script_config(RulesScript *script);
/* FAULT_INPUT with the first error's place, and how many more there are. Takes errors. */
void rules_set_errors(GPtrArray *errors, GError **error);
/* Whether and when rules run here over a folder: RUN_RULES_NO, _ARRIVAL, _DAILY or _BOTH; never _AUTO. */
RunRules rules_script_runs(RulesScript *script, const char *folder);
/* The machine that does what must be done once (rules-host); the caller's; NULL: who claims it first. */
char *rules_script_host(RulesScript *script);
