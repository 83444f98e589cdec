/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sieve/run.h"

#include "util/i18n.h"
#include "util/limits.h"

#include <string.h>

#define ACTIONS_MAX 100 /* of one run; Sieve has no loop that needs more */

const char *
sieve_action_name(SieveActionKind kind)
{
	static const char *const names[] = {
		[SIEVE_KEEP] = "keep",
		[SIEVE_FILEINTO] = "fileinto",
		[SIEVE_DISCARD] = "discard",
		[SIEVE_REDIRECT] = "redirect",
		[SIEVE_NOTIFY] = "notify",
		[SIEVE_PIPE] = "pipe",
		[SIEVE_FLAGS] = "flags",
	};

	return names[kind];
}

void
sieve_action_free(gpointer data)
{
	SieveAction *action = data;

	if (action == NULL)
		return;
	g_free(action->folder);
	g_free(action->special_use);
	g_free(action->address);
	g_strfreev(action->flags);
	g_free(action->method);
	g_free(action->text);
	g_strfreev(action->options);
	g_free(action->program);
	g_strfreev(action->arguments);
	g_free(action);
}

SieveAction *
sieve_run_act(SieveRun *run, SieveActionKind kind)
{
	SieveAction *action;

	if (sieve_run_failed(run))
		return NULL;
	if (run->result->actions->len >= ACTIONS_MAX) {
		sieve_run_fail(run, FAULT_LIMIT, _("The script does more than %d things to one message."),
			ACTIONS_MAX);
		return NULL;
	}
	action = g_new0(SieveAction, 1);
	action->kind = kind;
	action->rule = run->rule;
	action->line = run->line;
	g_ptr_array_add(run->result->actions, action);
	run->changes++;
	return action;
}

void
sieve_run_assign(SieveRun *run, guint variable, const char *text, gsize length)
{
	SieveVariable *it = &run->variables[variable];

	if (length > LIMIT_SIEVE_VARIABLE) {
		length = LIMIT_SIEVE_VARIABLE;
		while (length > 0 && ((guchar)text[length] & 0xC0) == 0x80)
			length--;
	}
	run->variable_octets = run->variable_octets - it->length + length;
	g_free(it->text);
	it->text = length > 0 ? g_strndup(text, length) : NULL;
	it->length = length;
}
