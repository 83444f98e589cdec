/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wait.c - the engine as the command line uses it: started, asked, waited for.
 *
 * What an operation has come to is read from the journal, by a connection of our
 * own: whoever carries it to the server, this process or another, it is said there.
 */
#include "config.h"

#include "cli/private.h"

#include "util/fault.h"
#include "util/i18n.h"

/* How long a start may take: a large cache that was damaged is looked through. */
#define START_MS (60 * 1000)
#define POLL_MS 200
/* How long another Posthorn may take for what is waited for here. */
#define HOLDER_MS (5 * 60 * 1000)
#define FILED_MS (30 * 1000)

/* ---- events ------------------------------------------------------------------------ */

static void
say_note(Cli *cli, const EngineEvent *event)
{
	(void)cli;
	if (event->error != NULL)
		cli_say("%s", event->error->message);
	else if (event->words != NULL)
		cli_say("%s", event->words);
}

/* The next event, after what it asks for by itself was done; NULL: none came in time. */
static EngineEvent *
next_event(Cli *cli, int timeout_ms)
{
	EngineEvent *event = queue_pop(engine_events(cli->engine), timeout_ms);

	if (event == NULL)
		return NULL;
	if (!engine_event_dispatch(cli->engine, event)) {
		if (event->kind == EVENT_NOTE)
			say_note(cli, event);
		else if (event->kind == EVENT_JOB && cli->job != NULL)
			cli->job(event->job, cli->job_user);
	}
	return event;
}

EngineEvent *
cli_wait(Cli *cli, guint ticket)
{
	EngineEvent *event;

	while ((event = next_event(cli, -1)) != NULL && event->ticket != ticket)
		engine_event_free(event);
	return event;
}

EngineEvent *
cli_wait_some(Cli *cli, guint ticket, int ms)
{
	gint64 until = g_get_monotonic_time() + (gint64)ms * 1000;

	while (TRUE) {
		int left = (int)MAX(0, (until - g_get_monotonic_time()) / 1000);
		EngineEvent *event = next_event(cli, left);
		if (event == NULL || (ticket != 0 && event->ticket == ticket))
			return event;
		engine_event_free(event);
		if (left == 0)
			return NULL;
	}
}

/* ---- the start ------------------------------------------------------------------------ */

/* Whose accounts these are is known, or why nobody's. */
static gboolean
wait_start(Cli *cli, guint accounts, GError **error)
{
	g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GError) trouble = NULL;
	gint64 until = g_get_monotonic_time() + (gint64)START_MS * 1000;

	while (g_hash_table_size(known) < accounts && g_get_monotonic_time() < until) {
		g_autoptr(EngineEvent) event = queue_pop(engine_events(cli->engine), POLL_MS);
		if (event == NULL || event->account == NULL)
			continue;
		if (event->kind == EVENT_NOTE) {
			if (event->error != NULL && trouble == NULL)
				trouble = g_error_copy(event->error);
			else
				say_note(cli, event);
		}
		if (event->kind == EVENT_FOLDERS || (event->kind == EVENT_LINK && event->link == LINK_GUEST))
			g_hash_table_add(known, g_strdup(event->account));
		/* Neither ours nor another's: the disk. */
		if (event->kind == EVENT_LINK && event->link == LINK_GUEST && trouble != NULL) {
			g_propagate_error(error, g_steal_pointer(&trouble));
			return FALSE;
		}
	}
	if (trouble != NULL)
		cli_say("%s", trouble->message);
	return TRUE;
}

gboolean
cli_engine(Cli *cli, const char *account, gboolean offline, GError **error)
{
	EngineOptions options = {
		.config = cli->config,
		.paths = cli->paths,
		.offline = offline,
		.batch = TRUE,
		.account = account,
	};
	g_autofree char *warning = NULL;

	cli->engine = engine_new(&options, &warning, error);
	if (warning != NULL)
		cli_say("%s", warning);
	if (cli->engine == NULL)
		return FALSE;
	engine_start(cli->engine);
	return wait_start(cli, account ? 1 : config_accounts(cli->config)->len, error);
}

Journal *
cli_journal(Cli *cli, GError **error)
{
	g_autofree char *path = g_build_filename(cli->paths->data, "posthorn.db", NULL);
	g_autofree char *warning = NULL;

	if (cli->journal == NULL)
		cli->journal = journal_open(path, &warning, error);
	if (warning != NULL)
		cli_say("%s", warning);
	return cli->journal;
}

/* ---- operations ------------------------------------------------------------------------- */

OperationState
cli_group_state(Journal *journal, gint64 group, char **words)
{
	g_autoptr(GPtrArray) operations = journal_group(journal, group);
	guint count[OPERATION_UNDONE + 1] = {0};

	for (guint i = 0; i < operations->len; i++) {
		const Operation *operation = operations->pdata[i];
		count[operation->state]++;
		if (operation->state == OPERATION_ERROR && words != NULL && *words == NULL)
			*words = g_strdup(operation->error ? operation->error : _("The server refused it."));
	}
	if (count[OPERATION_IN_FLIGHT] > 0)
		return OPERATION_IN_FLIGHT;
	if (count[OPERATION_PENDING] > 0)
		return OPERATION_PENDING;
	if (count[OPERATION_ERROR] > 0)
		return OPERATION_ERROR;
	return count[OPERATION_DONE] > 0 ? OPERATION_DONE : OPERATION_UNDONE;
}

static gboolean
is_settled(OperationState state)
{
	return state == OPERATION_DONE || state == OPERATION_ERROR || state == OPERATION_UNDONE;
}

/* Carry the account's part of the journal to its server; wait until that is over, or the group settled. */
static gboolean
replay_account(
	Cli *cli, Journal *journal, const char *account, gint64 group, EngineSyncStats *stats, GError **error)
{
	guint ticket = engine_replay(cli->engine, account);
	g_autoptr(EngineEvent) event = NULL;

	while (event == NULL && (group == 0 || !is_settled(cli_group_state(journal, group, NULL))))
		event = cli_wait_some(cli, ticket, POLL_MS);
	if (event != NULL && stats != NULL) {
		stats->replayed += event->stats.replayed;
		stats->failed += event->stats.failed;
	}
	if (event == NULL || event->error == NULL)
		return TRUE;
	g_propagate_error(error, g_error_copy(event->error));
	return FALSE;
}

static gboolean
is_open(const Operation *operation)
{
	return !is_settled(operation->state);
}

/* Accounts with an operation of the group that is under way; each once. The caller's. */
static GPtrArray *
open_accounts(Journal *journal, gint64 group, guint *open)
{
	g_autoptr(GPtrArray) operations = journal_group(journal, group);
	GPtrArray *accounts = g_ptr_array_new_with_free_func(g_free);

	*open = 0;
	for (guint i = 0; i < operations->len; i++) {
		const Operation *operation = operations->pdata[i];
		if (!is_open(operation))
			continue;
		++*open;
		if (!g_ptr_array_find_with_equal_func(accounts, operation->account, g_str_equal, NULL))
			g_ptr_array_add(accounts, g_strdup(operation->account));
	}
	return accounts;
}

/*
 * Wait until the group is settled, here or by whoever holds its accounts. What follows in another account
 * can go only then: so around again, as long as that brings anything on.
 */
static gboolean
wait_settled(Cli *cli, Journal *journal, gint64 group, GError **error)
{
	gint64 until = g_get_monotonic_time() + (gint64)HOLDER_MS * 1000;
	guint before = G_MAXUINT, open;

	while (TRUE) {
		g_autoptr(GPtrArray) accounts = open_accounts(journal, group, &open);
		gboolean ours = TRUE;
		for (guint i = 0; i < accounts->len; i++) {
			g_autoptr(GError) failure = NULL;
			ours = ours && engine_holds(cli->engine, accounts->pdata[i]);
			if (replay_account(cli, journal, accounts->pdata[i], group, NULL, &failure) ||
				is_settled(cli_group_state(journal, group, NULL)))
				continue;
			g_propagate_prefixed_error(error, g_steal_pointer(&failure), "%s ",
				_("It is kept in the journal, but the server has not done it yet:"));
			return FALSE;
		}
		if (open == 0 || (ours && open >= before) || (!ours && g_get_monotonic_time() > until))
			return TRUE;
		if (!ours)
			engine_event_free(cli_wait_some(cli, 0, POLL_MS));
		before = open;
	}
}

gboolean
cli_wait_group(Cli *cli, gint64 group, OperationState *state, GError **error)
{
	Journal *journal = cli_journal(cli, error);
	g_autofree char *words = NULL;
	gboolean ok;

	*state = OPERATION_PENDING;
	if (journal == NULL)
		return FALSE;
	ok = wait_settled(cli, journal, group, error);
	*state = cli_group_state(journal, group, &words);
	if (!ok)
		return FALSE;
	if (*state == OPERATION_ERROR)
		fault_set(error, FAULT_REFUSED, "%s", words);
	else if (*state != OPERATION_DONE && *state != OPERATION_UNDONE)
		fault_set(error, FAULT_RETRY,
			_("It is kept in the journal, but the server has not done it yet."));
	else
		return TRUE;
	return FALSE;
}

/* Has the account an operation that only waited for another account? */
static gboolean
has_follower(Journal *journal, const char *account, guint *open)
{
	g_autoptr(GPtrArray) waiting = journal_load(journal, account, 0, TRUE);
	gboolean found = FALSE;

	*open += waiting->len;
	for (guint i = 0; i < waiting->len; i++) {
		const Operation *operation = waiting->pdata[i];
		found = found || operation->after != 0 || operation->kind == OPERATION_FETCH;
	}
	return found;
}

gboolean
cli_carry_on(Cli *cli, EngineSyncStats *stats, GError **error)
{
	Journal *journal = cli_journal(cli, error);
	GPtrArray *accounts = config_accounts(cli->config);
	guint before = G_MAXUINT, open = 0;

	for (gboolean more = journal != NULL; more; before = open) {
		more = FALSE;
		open = 0;
		for (guint i = 0; i < accounts->len; i++) {
			const char *key = ((const AccountConfig *)accounts->pdata[i])->key;
			if (!engine_holds(cli->engine, key) || !has_follower(journal, key, &open))
				continue;
			more = TRUE;
			if (!replay_account(cli, journal, key, 0, stats, error))
				return FALSE;
		}
		more = more && open < before;
	}
	return journal != NULL;
}

typedef struct {
	gint64 operation;
	const char *state;
} Outcome;

static void
write_outcome(Json *json, gpointer user)
{
	const Outcome *outcome = user;

	json_int(json, "operation", outcome->operation);
	json_string(json, "state", outcome->state);
}

int
cli_end_act(Cli *cli, EngineEvent *take_event)
{
	g_autoptr(EngineEvent) event = take_event;
	g_autoptr(GError) error = NULL;
	OperationState state = OPERATION_PENDING;
	Outcome outcome = {.operation = event->group};
	Journal *journal;

	if (event->error != NULL)
		return cli_fail(cli, event->error);
	if (cli->wait && !cli_wait_group(cli, event->group, &state, &error)) {
		outcome.state = operation_state_name(state);
		return cli_fail_more(cli, error, write_outcome, &outcome);
	}
	journal = cli->wait ? NULL : cli_journal(cli, NULL);
	if (journal != NULL)
		state = cli_group_state(journal, event->group, NULL);
	outcome.state = operation_state_name(state);
	if (cli->json) {
		g_autoptr(Json) json = cli_json();
		json_begin_object(json, NULL);
		write_outcome(json, &outcome);
		json_int(json, "count", event->count);
		json_string(json, "words", event->words);
		json_end_object(json);
	} else {
		cli_print("%s\n", event->words ? event->words : "");
	}
	return CLI_DONE;
}

/* ---- the outbox -------------------------------------------------------------------------- */

/* As it stands, without octets. */
static OutboxMessage *
look_up(Journal *journal, const char *account, gint64 id)
{
	g_autoptr(GPtrArray) list = outbox_list(journal, account, TRUE);

	for (guint i = 0; i < list->len; i++) {
		OutboxMessage *message = list->pdata[i];
		if (message->id == id)
			return g_ptr_array_steal_index(list, i);
	}
	return outbox_get(journal, id);
}

/* Tried once more than before, and it waits again: that is the answer. */
static gboolean
is_answered(const OutboxMessage *message, guint attempts)
{
	switch (message->state) {
	case OUTBOX_QUEUED:
		return message->attempts > attempts;
	case OUTBOX_SENDING:
	case OUTBOX_DOT:
		return FALSE;
	default:
		return TRUE;
	}
}

/* The copy in Sent: looked for, made, and on the server. */
static void
wait_filed(Cli *cli, Journal *journal, const OutboxMessage *message)
{
	gint64 until = g_get_monotonic_time() + (gint64)FILED_MS * 1000;
	gboolean filed = message->filed;
	guint ticket;

	if (!engine_holds(cli->engine, message->account))
		return;
	while (!filed && g_get_monotonic_time() < until) {
		g_autoptr(OutboxMessage) now = NULL;

		engine_event_free(cli_wait_some(cli, 0, POLL_MS));
		now = outbox_get(journal, message->id);
		filed = now == NULL || now->filed;
	}
	ticket = engine_replay(cli->engine, message->account);
	engine_event_free(cli_wait(cli, ticket));
}

OutboxMessage *
cli_wait_outbox(Cli *cli, const char *account, gint64 id, guint attempts)
{
	Journal *journal = cli_journal(cli, NULL);
	gint64 until = g_get_monotonic_time() + (gint64)HOLDER_MS * 1000;
	g_autoptr(OutboxMessage) message = NULL;

	while (journal != NULL) {
		g_autoptr(EngineEvent) event = NULL;
		g_clear_pointer(&message, outbox_message_free);
		message = look_up(journal, account, id);
		if (message == NULL || is_answered(message, attempts))
			break;
		if (!engine_holds(cli->engine, account) && g_get_monotonic_time() > until)
			break;
		event = cli_wait_some(cli, 0, POLL_MS);
	}
	if (message != NULL && message->state == OUTBOX_SENT)
		wait_filed(cli, journal, message);
	return g_steal_pointer(&message);
}
