/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules.c - `rules`: its verbs; running over a folder, and why a message is where it is. */
#include "config.h"

#include "cli/private.h"

#include <string.h>

#include "engine/rules.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

static const struct {
	const char *name;
	const char *arguments;
	int (*run)(Cli *cli);
	int least, most; /* words behind the verb; most -1: any number */
} verbs[] = {
	{"check", "SCRIPT", cli_rules_check, 1, 1},
	{"test", "SCRIPT FILE.eml... [--envelope-from A] [--envelope-to A] [--now TIME]", cli_rules_test, 2,
		-1},
	{"run", "[--dry-run] FOLDER", cli_rules_run, 1, 1},
	{"why", "MESSAGE", cli_rules_why, 1, 1},
	{"upload", "[--overwrite]", cli_rules_upload, 0, 0},
	{"fetch", "[NAME]", cli_rules_fetch, 0, 1},
	{"list", "", cli_rules_list, 0, 0},
	{"activate", "NAME|none", cli_rules_activate, 1, 1},
};

static int
say_verbs(Cli *cli)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
		g_string_append_printf(names, "%s%s", i > 0 ? "|" : "", verbs[i].name);
	return cli_usage(cli, _("usage: posthorn %s %s"), "rules", names->str);
}

int
cli_rules(Cli *cli)
{
	for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++) {
		int words = cli->count - 1;
		if (strcmp(verbs[i].name, cli->words[0]) != 0)
			continue;
		if (words < verbs[i].least || (verbs[i].most >= 0 && words > verbs[i].most))
			return cli_usage(
				cli, "usage: posthorn rules %s %s", verbs[i].name, verbs[i].arguments);
		return verbs[i].run(cli);
	}
	return say_verbs(cli);
}

/* ---- run ------------------------------------------------------------------------------- */

static void
json_hit(Json *json, const RulesReport *report, const RulesHit *hit)
{
	g_autofree char *id = cli_message_id(report->account, hit->row);
	const RulesCount *rule = hit->rule < report->rules->len ? report->rules->pdata[hit->rule] : NULL;

	json_begin_object(json, NULL);
	json_string(json, "id", id);
	cli_json_time(json, "date", hit->date);
	json_string(json, "from", hit->from);
	json_string(json, "subject", hit->subject);
	json_string(json, "rule", rule ? rule->name : NULL);
	json_string(json, "words", hit->words);
	json_bool(json, "nothing", hit->nothing);
	json_bool(json, "unknown", hit->unknown);
	json_string(json, "error", hit->error);
	cli_json_actions(json, hit->actions);
	json_end_object(json);
}

static void
json_counts(Json *json, const RulesReport *report)
{
	json_begin_array(json, "rules");
	for (guint i = 0; i < report->rules->len; i++) {
		const RulesCount *count = report->rules->pdata[i];
		const RulesCount *by =
			count->taken_by < report->rules->len ? report->rules->pdata[count->taken_by] : NULL;
		json_begin_object(json, NULL);
		json_string(json, "name", count->name);
		json_int(json, "line", count->line);
		json_int(json, "matched", count->matched);
		json_int(json, "acted", count->acted);
		json_int(json, "taken", count->taken);
		json_string(json, "taken_by", by ? by->name : NULL);
		json_end_object(json);
	}
	json_end_array(json);
	json_begin_array(json, "folders");
	for (guint i = 0; i < report->folders->len; i++) {
		const RulesFolder *folder = report->folders->pdata[i];
		json_begin_object(json, NULL);
		json_string(json, "folder", folder->folder);
		json_bool(json, "create", folder->create);
		json_int(json, "messages", folder->messages);
		json_end_object(json);
	}
	json_end_array(json);
}

static void
json_report(const RulesReport *report)
{
	g_autoptr(Json) json = cli_json();

	json_begin_object(json, NULL);
	json_int(json, "messages", report->messages);
	json_int(json, "unknown", report->unknown);
	json_int(json, "failed", report->failed);
	json_int(json, "took_us", report->took_us);
	json_counts(json, report);
	json_begin_array(json, "hits");
	for (guint i = 0; i < report->hits->len; i++)
		json_hit(json, report, report->hits->pdata[i]);
	json_end_array(json);
	json_end_object(json);
}

static void
print_counts(const RulesReport *report)
{
	for (guint i = 0; i < report->rules->len; i++) {
		const RulesCount *count = report->rules->pdata[i];
		const RulesCount *by =
			count->taken_by < report->rules->len ? report->rules->pdata[count->taken_by] : NULL;
		cli_print(_("%s: %u matched, %u acted on"), count->name, count->matched, count->acted);
		if (by != NULL)
			cli_print(_("; %u taken before, most by %s"), count->taken, by->name);
		cli_print("\n");
	}
	for (guint i = 0; i < report->folders->len; i++) {
		const RulesFolder *folder = report->folders->pdata[i];
		cli_print(folder->create
				  ? P_("folder %s is made, for %u message\n",
					    "folder %s is made, for %u messages\n", folder->messages)
				  : P_("there is no folder %s: %u message stays\n",
					    "there is no folder %s: %u messages stay\n", folder->messages),
			folder->folder, folder->messages);
	}
}

static void
print_report(const RulesReport *report)
{
	for (guint i = 0; i < report->hits->len; i++) {
		const RulesHit *hit = report->hits->pdata[i];
		const char *what = hit->error ? hit->error : hit->nothing ? _("as it is") : hit->words;
		g_autofree char *from = text_safe(hit->from, -1, TEXT_MARKS);
		g_autofree char *subject = text_safe(hit->subject, -1, TEXT_MARKS);
		g_autofree char *left = text_column(from, 20, FALSE, FALSE);
		g_autofree char *middle = text_column(subject, 34, FALSE, FALSE);
		cli_print("%s  %s  %s\n", left, middle, what ? what : "");
	}
	cli_print(P_("%u message looked at.\n", "%u messages looked at.\n", report->messages),
		report->messages);
	if (report->unknown > 0)
		cli_print(
			P_("%u needs more than is here.\n", "%u need more than is here.\n", report->unknown),
			report->unknown);
	print_counts(report);
}

static EngineEvent *
look(Cli *cli, const AccountConfig *account, FolderId folder)
{
	RulesLook wanted = {.account = account->key, .folder = folder, .fetch = !cli->dry_run};

	return cli_wait(cli, engine_rules_look(cli->engine, &wanted));
}

static int
say_failed(const RulesReport *report)
{
	for (guint i = 0; i < report->hits->len; i++) {
		const RulesHit *hit = report->hits->pdata[i];
		if (hit->error != NULL && !hit->unknown)
			cli_say("%s: %s", hit->subject ? hit->subject : "", hit->error);
	}
	return report->failed > 0 ? CLI_FAILED : CLI_DONE;
}

static int
run_over(Cli *cli, const AccountConfig *account, FolderId folder)
{
	g_autoptr(EngineEvent) event = look(cli, account, folder);
	int failed, status;

	if (event->error != NULL)
		return cli_fail(cli, event->error);
	if (cli->dry_run) {
		if (cli->json)
			json_report(event->rules);
		else
			print_report(event->rules);
		return CLI_DONE;
	}
	failed = say_failed(event->rules);
	status = cli_end_act(cli, cli_wait(cli, engine_rules_apply(cli->engine, event->rules, NULL, 0)));
	return status != CLI_DONE ? status : failed;
}

int
cli_rules_run(Cli *cli)
{
	int status = CLI_DONE;
	const AccountConfig *account = cli_account(cli, &status);
	g_autoptr(GError) error = NULL;
	g_autoptr(StoreFolder) folder = NULL;
	StoreView *view;

	if (account == NULL)
		return status;
	view = cli_view(cli, account->key, &error);
	if (view == NULL)
		return cli_fail(cli, error);
	folder = store_view_folder(view, cli->words[1]);
	if (folder == NULL) {
		fault_set(&error, FAULT_UNKNOWN, _("There is no folder \"%s\"."), cli->words[1]);
		return cli_fail(cli, error);
	}
	if (!cli_engine(cli, account->key, cli->dry_run, &error))
		return cli_fail(cli, error);
	return run_over(cli, account, folder->id);
}

/* ---- why -------------------------------------------------------------------------------- */

static void
json_why(const GPtrArray *all)
{
	g_autoptr(Json) json = cli_json();

	json_begin_array(json, NULL);
	for (guint i = 0; i < all->len; i++) {
		const RulesWhy *why = all->pdata[i];
		json_begin_object(json, NULL);
		cli_json_time(json, "when", why->when);
		json_string(json, "rule", why->rule);
		json_string(json, "did", why->did);
		json_string(json, "also", why->also);
		json_string(json, "host", why->host);
		if (why->group != 0)
			json_int(json, "operation", why->group);
		else
			json_null(json, "operation");
		json_bool(json, "undone", why->undone);
		json_end_object(json);
	}
	json_end_array(json);
}

static void
print_why(const GPtrArray *all)
{
	if (all->len == 0)
		cli_print(_("No rule touched this message.\n"));
	for (guint i = 0; i < all->len; i++) {
		const RulesWhy *why = all->pdata[i];
		g_autofree char *when = dates_format_long((DateTime){.seconds = why->when});
		cli_print("%s  %s: %s%s\n", when, why->rule && why->rule[0] ? why->rule : _("rules"),
			why->did, why->undone ? _(" (taken back)") : "");
		if (why->also != NULL)
			cli_print(_("    also matched: %s\n"), why->also);
	}
}

int
cli_rules_why(Cli *cli)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) all = NULL;
	CliMessage message;
	Journal *journal;
	StoreView *view;

	if (!cli_message(cli, cli->words[1], &message, &error))
		return cli_fail_input(cli, error);
	view = cli_view(cli, message.account->key, &error);
	journal = view ? cli_journal(cli, &error) : NULL;
	if (journal == NULL)
		return cli_fail(cli, error);
	all = rules_why(journal, view, message.account->key, message.row);
	if (cli->json)
		json_why(all);
	else
		print_why(all);
	return CLI_DONE;
}
