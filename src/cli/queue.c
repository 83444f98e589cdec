/* SPDX-License-Identifier: GPL-3.0-or-later */
/* queue.c - what waits: the journal's operations and the outbox. */
#include "config.h"

#include "cli/private.h"

#include <string.h>

#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

/* The words behind `journal` and `outbox`: none, or retry|drop ID. */
typedef struct {
	gboolean retry, drop;
	gint64 id;
} Verb;

static gboolean
read_verb(Cli *cli, const char *command, Verb *verb, int *status)
{
	if (cli->count == 0)
		return TRUE;
	verb->retry = strcmp(cli->words[0], "retry") == 0;
	verb->drop = strcmp(cli->words[0], "drop") == 0;
	if (cli->count == 2 && (verb->retry || verb->drop) &&
		g_ascii_string_to_signed(cli->words[1], 10, 1, G_MAXINT64, &verb->id, NULL))
		return TRUE;
	*status = cli_usage(cli, _("usage: posthorn %s %s"), command, "[retry|drop ID]");
	return FALSE;
}

/* Of all accounts, or of that which --account names. Of const AccountConfig, borrowed. */
static GPtrArray *
accounts_meant(Cli *cli, GError **error)
{
	g_autoptr(GPtrArray) meant = g_ptr_array_new();
	GPtrArray *all = config_accounts(cli->config);
	const AccountConfig *one = NULL;

	if (cli->account != NULL) {
		one = cli_account_named(cli, cli->account, error);
		if (one == NULL)
			return NULL;
	}
	for (guint i = 0; i < all->len; i++)
		if (one == NULL || one == all->pdata[i])
			g_ptr_array_add(meant, all->pdata[i]);
	return g_steal_pointer(&meant);
}

/* ---- the journal ------------------------------------------------------------------------- */

static void
json_operation(Json *json, const Operation *operation)
{
	json_begin_object(json, NULL);
	json_int(json, "operation", operation->id);
	json_int(json, "group", operation->group);
	json_string(json, "account", operation->account);
	json_string(json, "kind", operation_kind_name(operation->kind));
	json_string(json, "state", operation_state_name(operation->state));
	cli_json_time(json, "made", operation->made);
	json_int(json, "messages", operation->messages->len);
	json_string(json, "target", operation->target);
	json_int(json, "attempts", operation->attempts);
	json_string(json, "message", operation->error);
	json_string(json, "words", operation->words);
	json_end_object(json);
}

static void
print_operation(const Operation *operation)
{
	g_autofree char *made = dates_format_short(operation->made, g_get_real_time() / G_USEC_PER_SEC);
	g_autofree char *when = text_column(made, 10, FALSE, FALSE);

	cli_print("%6" G_GINT64_FORMAT " %-10s %s %s\n", operation->id,
		operation_state_name(operation->state), when,
		operation->words ? operation->words : operation_kind_name(operation->kind));
	if (operation->error != NULL)
		cli_print("       %s\n", operation->error);
}

static gboolean
is_open(const Operation *operation)
{
	return operation->state == OPERATION_PENDING || operation->state == OPERATION_IN_FLIGHT ||
	       operation->state == OPERATION_ERROR;
}

static int
list_journal(Cli *cli)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) accounts = accounts_meant(cli, &error);
	Journal *journal = accounts ? cli_journal(cli, &error) : NULL;
	g_autoptr(Json) json = NULL;

	if (journal == NULL)
		return cli_fail(cli, error);
	json = cli->json ? cli_json() : NULL;
	if (json != NULL)
		json_begin_array(json, NULL);
	for (guint a = 0; a < accounts->len; a++) {
		g_autoptr(GPtrArray) operations =
			journal_load(journal, ((AccountConfig *)accounts->pdata[a])->key, 0, FALSE);
		for (guint i = 0; i < operations->len; i++) {
			const Operation *operation = operations->pdata[i];
			if (!is_open(operation))
				continue;
			if (json != NULL)
				json_operation(json, operation);
			else
				print_operation(operation);
		}
	}
	if (json != NULL)
		json_end_array(json);
	return CLI_DONE;
}

static int
say_dropped(Cli *cli, const EngineEvent *event, gint64 id, const char *state)
{
	if (cli->json) {
		g_autoptr(Json) json = cli_json();
		json_begin_object(json, NULL);
		json_int(json, "operation", id);
		json_string(json, "state", state);
		json_end_object(json);
	} else {
		cli_print("%s\n", event->words ? event->words : "");
	}
	return CLI_DONE;
}

static int
change_journal(Cli *cli, const Verb *verb)
{
	g_autoptr(GError) error = NULL;
	Journal *journal = cli_journal(cli, &error);
	g_autoptr(Operation) operation = journal ? journal_get(journal, verb->id) : NULL;
	g_autoptr(EngineEvent) event = NULL;

	if (journal != NULL && operation == NULL)
		fault_set(&error, FAULT_UNKNOWN, _("There is no such operation."));
	else if (operation != NULL && operation->state != OPERATION_ERROR)
		fault_set(&error, FAULT_REFUSED,
			_("Operation %" G_GINT64_FORMAT
			  " has not failed. What is under way is taken back by posthorn undo."),
			verb->id);
	if (error != NULL || !cli_engine(cli, operation->account, FALSE, &error))
		return cli_fail(cli, error);
	event = cli_wait(cli, verb->retry ? engine_operation_retry(cli->engine, verb->id)
					  : engine_operation_forget(cli->engine, verb->id));
	if (verb->retry)
		return cli_end_act(cli, g_steal_pointer(&event));
	if (event->error != NULL)
		return cli_fail(cli, event->error);
	return say_dropped(cli, event, verb->id, operation_state_name(OPERATION_UNDONE));
}

int
cli_journal_command(Cli *cli)
{
	Verb verb = {0};
	int status = CLI_DONE;

	if (!read_verb(cli, "journal", &verb, &status))
		return status;
	return verb.id ? change_journal(cli, &verb) : list_journal(cli);
}

/* ---- the outbox ------------------------------------------------------------------------------ */

static void
json_message(Json *json, const OutboxMessage *message)
{
	json_begin_object(json, NULL);
	json_int(json, "operation", message->id);
	json_string(json, "account", message->account);
	json_string(json, "state", outbox_state_name(message->state));
	json_string(json, "subject", message->subject);
	json_string(json, "from", message->sender);
	cli_json_strings(json, "to", message->recipients);
	json_string(json, "message_id", message->message_id);
	cli_json_time(json, "made", message->made);
	cli_json_time(json, "due", message->due);
	json_int(json, "attempts", message->attempts);
	json_string(json, "message", message->error);
	json_end_object(json);
}

static void
print_waiting(const OutboxMessage *message)
{
	g_autofree char *made = dates_format_short(message->made, g_get_real_time() / G_USEC_PER_SEC);
	g_autofree char *when = text_column(made, 10, FALSE, FALSE);
	const char *first = message->recipients->len ? message->recipients->pdata[0] : "";
	g_autofree char *subject = text_safe(message->subject ? message->subject : "", -1, TEXT_MARKS);

	cli_print("%6" G_GINT64_FORMAT " %-10s %s %s  %s\n", message->id, outbox_state_name(message->state),
		when, first, subject);
	if (message->error != NULL)
		cli_print("       %s\n", message->error);
}

static int
list_outbox(Cli *cli)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) accounts = accounts_meant(cli, &error);
	Journal *journal = accounts ? cli_journal(cli, &error) : NULL;
	g_autoptr(Json) json = NULL;

	if (journal == NULL)
		return cli_fail(cli, error);
	json = cli->json ? cli_json() : NULL;
	if (json != NULL)
		json_begin_array(json, NULL);
	for (guint a = 0; a < accounts->len; a++) {
		g_autoptr(GPtrArray) messages =
			outbox_list(journal, ((AccountConfig *)accounts->pdata[a])->key, TRUE);
		for (guint i = 0; i < messages->len; i++) {
			if (json != NULL)
				json_message(json, messages->pdata[i]);
			else
				print_waiting(messages->pdata[i]);
		}
	}
	if (json != NULL)
		json_end_array(json);
	return CLI_DONE;
}

static int
change_outbox(Cli *cli, const Verb *verb)
{
	g_autoptr(GError) error = NULL;
	Journal *journal = cli_journal(cli, &error);
	g_autoptr(OutboxMessage) message = journal ? outbox_get(journal, verb->id) : NULL;
	g_autoptr(EngineEvent) event = NULL;

	if (journal != NULL && message == NULL)
		fault_set(&error, FAULT_UNKNOWN, _("There is no such message in the outbox."));
	if (error != NULL || cli_account_named(cli, message->account, &error) == NULL ||
		!cli_engine(cli, message->account, FALSE, &error))
		return cli_fail(cli, error);
	event = cli_wait(cli, verb->retry ? engine_outbox_retry(cli->engine, verb->id)
					  : engine_outbox_cancel(cli->engine, verb->id));
	if (event->error != NULL)
		return cli_fail(cli, event->error);
	if (verb->retry)
		return cli_end_sending(cli, message->account, verb->id, message->attempts);
	return say_dropped(cli, event, verb->id, outbox_state_name(OUTBOX_CANCELED));
}

int
cli_outbox(Cli *cli)
{
	Verb verb = {0};
	int status = CLI_DONE;

	if (!read_verb(cli, "outbox", &verb, &status))
		return status;
	return verb.id ? change_outbox(cli, &verb) : list_outbox(cli);
}
