/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sieve/run.h"

#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

#include <string.h>

#define OCTETS_A_STEP 4096 /* what one step may go through */
#define TRACE_MAX 10000    /* lines */

/* ---- failing, and counting ------------------------------------------------------------- */

gboolean
sieve_run_failed(const SieveRun *run)
{
	return run->result->error != NULL;
}

void
sieve_run_fail_with(SieveRun *run, GError *error)
{
	if (sieve_run_failed(run)) {
		g_clear_error(&error);
		return;
	}
	if (error == NULL)
		fault_set(&error, FAULT_LOCAL, _("The rule could not be run."));
	run->result->error = error;
	run->result->error_line = run->line;
}

void
sieve_run_fail(SieveRun *run, Fault code, const char *format, ...)
{
	g_autofree char *words = NULL, *safe = NULL;
	GError *error = NULL;
	va_list args;

	va_start(args, format);
	words = g_strdup_vprintf(format, args);
	va_end(args);
	safe = text_safe(words, -1, TEXT_MARKS);
	fault_set(&error, code, "%s", safe);
	sieve_run_fail_with(run, error);
}

void
sieve_run_missing(SieveRun *run, const char *what)
{
	sieve_run_fail(run, FAULT_UNKNOWN, _("%s is not here yet."), what);
}

static gsize
memory_used(const SieveRun *run)
{
	return sieve_pool_total(run->memory) + sieve_pool_total(run->scratch) + run->variable_octets;
}

gboolean
sieve_run_charge(SieveRun *run, guint64 octets)
{
	guint64 steps = 1 + octets / OCTETS_A_STEP;

	if (sieve_run_failed(run))
		return FALSE;
	run->result->steps += (guint)MIN(steps, LIMIT_SIEVE_STEPS + 1);
	if (run->result->steps <= LIMIT_SIEVE_STEPS)
		return TRUE;
	run->result->steps = LIMIT_SIEVE_STEPS;
	sieve_run_fail(run, FAULT_LIMIT, _("The script takes more than %d steps."), LIMIT_SIEVE_STEPS);
	return FALSE;
}

gpointer
sieve_run_take(SieveRun *run, SievePool *pool, gsize size)
{
	if (sieve_run_failed(run))
		return NULL;
	if (size > LIMIT_SIEVE_MEMORY || memory_used(run) > LIMIT_SIEVE_MEMORY - size) {
		sieve_run_fail(run, FAULT_LIMIT, _("The script takes more memory than %d MiB."),
			LIMIT_SIEVE_MEMORY / (1024 * 1024));
		return NULL;
	}
	return sieve_pool_take(pool, size);
}

/* ---- commands ---------------------------------------------------------------------------- */

void
sieve_run_trace(SieveRun *run, const SieveItem *item, const char *outcome)
{
	g_autofree char *words = NULL;

	if (!run->tracing || run->result->trace->len >= TRACE_MAX)
		return;
	words = sieve_item_words(item);
	g_ptr_array_add(run->result->trace,
		outcome != NULL ? g_strdup_printf("%u: %s: %s", item->place.line, words, outcome)
				: g_strdup_printf("%u: %s", item->place.line, words));
}

gboolean
sieve_run_test(SieveRun *run, const SieveItem *test)
{
	SievePoolMark mark = sieve_pool_mark(run->scratch);
	gboolean holds = FALSE;

	if (!sieve_run_charge(run, 0))
		return FALSE;
	if (!(run->looking && (test->bound->row->traits & SIEVE_OUTWARD)))
		holds = test->bound->row->test(run, test) && !sieve_run_failed(run);
	sieve_pool_release(run->scratch, mark);
	if (run->tracing && !run->looking)
		sieve_run_trace(run, test, holds ? "yes" : "no");
	return holds;
}

static SieveFlow
run_command(SieveRun *run, const SieveItem *item)
{
	SievePoolMark mark = sieve_pool_mark(run->scratch);
	SieveFlow flow = SIEVE_FLOW_FAIL;

	if (sieve_run_charge(run, 0)) {
		sieve_run_trace(run, item, NULL);
		flow = item->bound->row->run(run, item);
	}
	sieve_pool_release(run->scratch, mark);
	return sieve_run_failed(run) ? SIEVE_FLOW_FAIL : flow;
}

static gboolean
is_branch(const SieveItem *item)
{
	return strcmp(item->name, "elsif") == 0 || strcmp(item->name, "else") == 0;
}

/* The branch of the if at items[at] that holds; NULL: none. *next: the item behind them all. */
static const SieveItem *
find_branch(SieveRun *run, SieveItem *const *items, guint count, guint at, guint *next)
{
	const SieveItem *found = NULL;
	guint i = at;

	do {
		const SieveItem *item = items[i];
		if (run->depth == 0)
			run->line = item->place.line;
		if (found == NULL && !sieve_run_failed(run) &&
			(strcmp(item->name, "else") == 0 || sieve_run_test(run, item->tests[0])))
			found = item;
	} while (++i < count && is_branch(items[i]));
	*next = i;
	return sieve_run_failed(run) ? NULL : found;
}

SieveFlow
sieve_run_block(SieveRun *run, SieveItem *const *items, guint count)
{
	SieveFlow flow = SIEVE_FLOW_ON;
	guint next;

	for (guint i = 0; i < count && flow == SIEVE_FLOW_ON; i = next) {
		next = i + 1;
		if (run->depth == 0)
			run->line = items[i]->place.line;
		if (strcmp(items[i]->name, "if") == 0) {
			const SieveItem *branch = find_branch(run, items, count, i, &next);
			if (branch != NULL)
				flow = sieve_run_block(run, branch->block, branch->block_count);
		} else {
			flow = run_command(run, items[i]);
		}
	}
	return sieve_run_failed(run) ? SIEVE_FLOW_FAIL : flow;
}

SieveFlow
sieve_run_unit(SieveRun *run, const SieveUnit *unit)
{
	for (guint i = 0; i < unit->locals->len; i++)
		sieve_run_assign(run, g_array_index(unit->locals, guint, i), "", 0);
	return sieve_run_block(run, unit->commands, unit->count);
}

/* ---- rules ----------------------------------------------------------------------------------- */

static void
note_match(SieveRun *run, guint line, guint changes_before)
{
	SieveMatch match = {.rule = run->rule,
		.line = line,
		.effective = !run->looking,
		.acted = !run->looking && run->changes > changes_before};

	/* The commands of one run are one match. */
	if (run->result->matches->len > 0) {
		SieveMatch *last =
			&g_array_index(run->result->matches, SieveMatch, run->result->matches->len - 1);
		if (last->rule == run->rule) {
			last->acted = last->acted || match.acted;
			return;
		}
	}
	g_array_append_val(run->result->matches, match);
}

/* An if of the main script, with all that follows it. */
static SieveFlow
run_rule(SieveRun *run, guint at, guint *next)
{
	const SieveUnit *unit = run->script->main;
	guint changes = run->changes;
	const SieveItem *branch = find_branch(run, unit->commands, unit->count, at, next);
	SieveFlow flow = SIEVE_FLOW_ON;

	if (branch == NULL)
		return flow;
	if (!run->looking)
		flow = sieve_run_block(run, branch->block, branch->block_count);
	note_match(run, branch->place.line, changes);
	return flow;
}

static SieveFlow
run_single(SieveRun *run, const SieveItem *item)
{
	guint changes = run->changes;
	SieveFlow flow = SIEVE_FLOW_ON;

	if (!run->looking || (item->bound->row->traits & SIEVE_QUIET))
		flow = run_command(run, item);
	note_match(run, item->place.line, changes);
	return flow;
}

/*
 * The main script; after its end by a stop the rules behind are only tested. What they
 * lack to be judged is no error of the run: it is over.
 */
static void
run_main(SieveRun *run, gboolean look_behind)
{
	const SieveUnit *unit = run->script->main;
	guint next;

	for (guint i = 0; i < unit->count; i = next) {
		const SieveItem *item = unit->commands[i];
		SieveFlow flow = SIEVE_FLOW_ON;
		next = i + 1;
		run->line = item->place.line;
		run->rule = run->script->rule_of[i];
		if (run->rule == G_MAXUINT)
			continue;
		if (strcmp(item->name, "if") == 0)
			flow = run_rule(run, i, &next);
		else
			flow = run_single(run, item);
		if (run->looking) {
			g_clear_error(&run->result->error);
			run->result->error_line = 0;
			if (run->result->steps >= LIMIT_SIEVE_STEPS)
				return;
		} else if (sieve_run_failed(run)) {
			return;
		} else if (flow != SIEVE_FLOW_ON) {
			if (!look_behind)
				return;
			run->looking = TRUE;
		}
	}
}

/* ---- the whole ----------------------------------------------------------------------------------- */

static void
run_begin(SieveRun *run)
{
	const SieveScript *script = run->script;

	run->memory = sieve_pool_new();
	run->scratch = sieve_pool_new();
	run->fields = sieve_pool_zeroed(run->memory, script->fields->len, sizeof *run->fields);
	run->variables = sieve_pool_zeroed(run->memory, script->variable_count, sizeof *run->variables);
	run->entered = sieve_pool_zeroed(run->memory, script->units->len, 1);
	run->kept = TRUE;
	run->now = -1;
}

static void
run_end(SieveRun *run)
{
	for (guint i = 0; i < run->script->variable_count; i++)
		g_free(run->variables[i].text);
	for (guint i = 0; i < run->capture_count; i++)
		g_free(run->captures[i]);
	g_clear_pointer(&run->flags, g_ptr_array_unref);
	g_clear_pointer(&run->flag_rules, g_array_unref);
	g_clear_pointer(&run->texts, g_hash_table_unref);
	if (run->filtered)
		mime_message_free(run->message);
	sieve_pool_free(run->memory);
	sieve_pool_free(run->scratch);
}

/* The implicit keep (RFC 5228, 2.10.2), and what flags were changed for it. */
static void
finish_actions(SieveRun *run)
{
	SieveResult *result = run->result;

	run->rule = G_MAXUINT;
	run->line = 0;
	if (sieve_run_failed(run)) {
		g_ptr_array_set_size(result->actions, 0);
		g_array_set_size(result->matches, 0);
		run->kept = TRUE;
		g_clear_pointer(&run->flags, g_ptr_array_unref);
	}
	sieve_flags_finish(run);
	if (run->kept) {
		SieveAction *keep = g_new0(SieveAction, 1);
		keep->kind = SIEVE_KEEP;
		keep->rule = G_MAXUINT;
		keep->flags = sieve_run_flags(run, NULL);
		g_ptr_array_add(result->actions, keep);
	}
}

gboolean
sieve_run(const SieveScript *script, SieveHost *host, const SieveRunOptions *options, SieveResult *result)
{
	SieveRun run = {.script = script, .host = host, .result = result};

	*result = (SieveResult){
		.actions = g_ptr_array_new_with_free_func(sieve_action_free),
		.matches = g_array_new(FALSE, FALSE, sizeof(SieveMatch)),
	};
	run.tracing = options != NULL && options->trace;
	if (run.tracing)
		result->trace = g_ptr_array_new_with_free_func(g_free);
	run_begin(&run);
	run_main(&run, options != NULL && options->look_behind);
	finish_actions(&run);
	run_end(&run);
	return result->error == NULL;
}

void
sieve_result_clear(SieveResult *result)
{
	g_clear_pointer(&result->actions, g_ptr_array_unref);
	g_clear_pointer(&result->matches, g_array_unref);
	g_clear_pointer(&result->trace, g_ptr_array_unref);
	g_clear_error(&result->error);
}
