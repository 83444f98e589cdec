/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules-test.c - `rules check` and `rules test`: a script by itself, and over messages from files. */
#include "config.h"

#include "cli/private.h"

#include <string.h>

#include "engine/rules.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

/* ---- a bad script --------------------------------------------------------------------- */

static void
json_complaint(Json *json, const SieveError *complaint)
{
	json_string(json, "file", complaint->file);
	json_int(json, "line", complaint->line);
	json_int(json, "column", complaint->column);
	json_string(json, "message", complaint->message);
}

/* The first is the error, all stand in "errors". */
static int
fail_script(Cli *cli, const GPtrArray *complaints)
{
	for (guint i = 0; i < complaints->len; i++) {
		g_autofree char *words = sieve_error_words(complaints->pdata[i]);
		cli_say("%s", words);
	}
	if (cli->json) {
		g_autoptr(Json) json = cli_json();
		json_begin_object(json, NULL);
		json_begin_object(json, "error");
		json_string(json, "code", "script");
		json_complaint(json, complaints->pdata[0]);
		json_begin_array(json, "errors");
		for (guint i = 0; i < complaints->len; i++) {
			json_begin_object(json, NULL);
			json_complaint(json, complaints->pdata[i]);
			json_end_object(json);
		}
		json_end_array(json);
		json_end_object(json);
		json_end_object(json);
	}
	return CLI_FAILED;
}

/* NULL: said, *status is the exit status. */
static SieveScript *
load_script(Cli *cli, int *status)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) complaints = NULL;
	gsize length;
	g_autofree char *text = paths_read(cli->words[1], LIMIT_SIEVE_SCRIPT, &length, &error);
	SieveScript *script;

	if (text == NULL) {
		*status = cli_fail(cli, error);
		return NULL;
	}
	script = rules_compile_file(cli->config, cli->words[1], text, (gssize)length, &complaints);
	if (script == NULL)
		*status = fail_script(cli, complaints);
	return script;
}

int
cli_rules_check(Cli *cli)
{
	int status = CLI_DONE;
	g_autoptr(SieveScript) script = load_script(cli, &status);
	const GPtrArray *rules;

	if (script == NULL)
		return status;
	rules = sieve_script_rules(script);
	if (cli->json) {
		g_autoptr(Json) json = cli_json();
		json_begin_object(json, NULL);
		json_string(json, "file", cli->words[1]);
		json_begin_array(json, "requires");
		for (const char *const *name = sieve_script_requires(script); *name != NULL; name++)
			json_string(json, NULL, *name);
		json_end_array(json);
		json_begin_array(json, "rules");
		for (guint i = 0; i < rules->len; i++) {
			const SieveRule *rule = rules->pdata[i];
			json_begin_object(json, NULL);
			json_string(json, "name", rule->name);
			json_int(json, "line", rule->line);
			json_end_object(json);
		}
		json_end_array(json);
		json_end_object(json);
	} else {
		cli_print(P_("%s: good, %u rule\n", "%s: good, %u rules\n", rules->len), cli->words[1],
			rules->len);
	}
	return CLI_DONE;
}

/* ---- actions ----------------------------------------------------------------------------- */

static void
json_flags(Json *json, char *const *flags)
{
	json_begin_array(json, "flags");
	for (; flags != NULL && *flags != NULL; flags++)
		json_string(json, NULL, *flags);
	json_end_array(json);
}

static void
json_words(Json *json, const char *name, char *const *words)
{
	json_begin_array(json, name);
	for (; words != NULL && *words != NULL; words++)
		json_string(json, NULL, *words);
	json_end_array(json);
}

static void
json_action(Json *json, const SieveAction *action)
{
	json_begin_object(json, NULL);
	json_string(json, "action", sieve_action_name(action->kind));
	switch (action->kind) {
	case SIEVE_FILEINTO:
		json_string(json, "folder", action->folder);
		if (action->special_use != NULL)
			json_string(json, "special_use", action->special_use);
		json_bool(json, "copy", action->copy);
		json_bool(json, "create", action->create);
		json_flags(json, action->flags);
		break;
	case SIEVE_KEEP:
	case SIEVE_FLAGS:
		json_flags(json, action->flags);
		break;
	case SIEVE_REDIRECT:
		json_string(json, "address", action->address);
		json_bool(json, "copy", action->copy);
		break;
	case SIEVE_NOTIFY:
		json_string(json, "method", action->method);
		json_string(json, "text", action->text);
		json_int(json, "importance", action->importance);
		break;
	case SIEVE_PIPE:
		json_string(json, "program", action->program);
		json_words(json, "arguments", action->arguments);
		json_bool(json, "copy", action->copy);
		json_bool(json, "try", action->try);
		break;
	case SIEVE_DISCARD:
		break;
	}
	json_end_object(json);
}

void
cli_json_actions(Json *json, const GPtrArray *actions)
{
	json_begin_array(json, "actions");
	for (guint i = 0; i < actions->len; i++)
		json_action(json, actions->pdata[i]);
	json_end_array(json);
}

static void
print_action(const SieveAction *action)
{
	const char *what = action->kind == SIEVE_FILEINTO   ? action->folder
			   : action->kind == SIEVE_REDIRECT ? action->address
			   : action->kind == SIEVE_PIPE     ? action->program
			   : action->kind == SIEVE_NOTIFY   ? action->text
							    : NULL;
	g_autofree char *flags = action->flags ? g_strjoinv(" ", action->flags) : NULL;

	cli_print("  %s%s%s%s%s%s%s\n", sieve_action_name(action->kind), what ? " " : "", what ? what : "",
		action->copy ? " :copy" : "", flags && flags[0] ? " (" : "", flags ? flags : "",
		flags && flags[0] ? ")" : "");
}

/* ---- test ----------------------------------------------------------------------------------- */

typedef struct {
	Cli *cli;
	const SieveScript *script;
	gint64 now;
	Json *json; /* NULL: as text */
	gboolean failed;
} Testing;

static void
say_result(Testing *testing, const char *file, const SieveResult *result)
{
	Json *json = testing->json;

	if (json == NULL) {
		cli_print("%s\n", file);
		for (guint i = 0; i < result->actions->len; i++)
			print_action(result->actions->pdata[i]);
		for (guint i = 0; result->trace != NULL && i < result->trace->len; i++)
			cli_print("    %s\n", (char *)result->trace->pdata[i]);
		return;
	}
	json_begin_object(json, NULL);
	json_string(json, "file", file);
	cli_json_actions(json, result->actions);
	json_begin_array(json, "trace");
	for (guint i = 0; result->trace != NULL && i < result->trace->len; i++)
		json_string(json, NULL, result->trace->pdata[i]);
	json_end_array(json);
	if (result->error != NULL) {
		json_begin_object(json, "error");
		json_string(json, "code", fault_name(fault_of(result->error)));
		json_string(json, "file", testing->cli->words[1]);
		json_int(json, "line", result->error_line);
		json_string(json, "message", result->error->message);
		json_end_object(json);
	}
	json_end_object(json);
}

static void
test_file(Testing *testing, const char *file, GBytes *octets)
{
	const Cli *cli = testing->cli;
	SieveOctets message = {
		.octets = octets, .from = cli->envelope_from, .to = cli->envelope_to, .now = testing->now};
	SieveRunOptions options = {.trace = TRUE};
	SieveHost *host = sieve_host_from_octets(&message);
	g_auto(SieveResult) result = {0};

	if (!sieve_run(testing->script, host, &options, &result)) {
		testing->failed = TRUE;
		cli_say("%s:%u: %s", cli->words[1], result.error_line, result.error->message);
	}
	say_result(testing, file, &result);
	sieve_host_free(host);
}

/* All are read before anything is printed: an error is one value. */
static GPtrArray *
read_messages(Cli *cli, GError **error)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

	for (int i = 2; i < cli->count; i++) {
		gsize length;
		char *octets = paths_read(cli->words[i], LIMIT_IMAP_LITERAL, &length, error);
		if (octets == NULL)
			return NULL;
		g_ptr_array_add(all, g_bytes_new_take(octets, length));
	}
	return g_steal_pointer(&all);
}

int
cli_rules_test(Cli *cli)
{
	Testing testing = {.cli = cli};
	int status = CLI_DONE;
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) messages = NULL;
	g_autoptr(SieveScript) script = NULL;
	g_autoptr(Json) json = NULL;
	DateTime now;

	if (cli->now != NULL && !dates_parse_mail(cli->now, &now))
		return cli_usage(
			cli, _("--now %s: not a time; write it as 2026-11-20T09:12:00+01:00"), cli->now);
	testing.now = cli->now ? now.seconds : 0;
	script = load_script(cli, &status);
	if (script == NULL)
		return status;
	messages = read_messages(cli, &error);
	if (messages == NULL)
		return cli_fail(cli, error);
	testing.script = script;
	testing.json = json = cli->json ? cli_json() : NULL;
	if (json != NULL)
		json_begin_array(json, NULL);
	for (guint i = 0; i < messages->len; i++)
		test_file(&testing, cli->words[i + 2], messages->pdata[i]);
	if (json != NULL)
		json_end_array(json);
	return testing.failed ? CLI_FAILED : CLI_DONE;
}
