/* SPDX-License-Identifier: GPL-3.0-or-later */
/* act.c - acts through the journal: move, copy, flag, delete, undo, append, folder. */
#include "config.h"

#include "cli/private.h"

#include <string.h>

#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"

/* Do act on the account; the event of its commit, NULL with error. Only --wait needs a line. */
static EngineEvent *
commit(Cli *cli, const EngineAct *act, GError **error)
{
	gboolean across = act->target_account != NULL && strcmp(act->target_account, act->account) != 0;

	if (cli->engine == NULL && !cli_engine(cli, across ? NULL : act->account, FALSE, error))
		return NULL;
	return cli_wait(cli, engine_act(cli->engine, act));
}

static int
run(Cli *cli, const EngineAct *act)
{
	g_autoptr(GError) error = NULL;
	EngineEvent *event = commit(cli, act, &error);

	return event ? cli_end_act(cli, event) : cli_fail(cli, error);
}

/* On messages: the first `count` words. */
static int
run_on(Cli *cli, EngineAct *act, int count)
{
	g_autoptr(GError) error = NULL;
	const AccountConfig *account = NULL;
	g_autoptr(GArray) rows = cli_messages(cli, cli->words, count, &account, &error);

	if (rows == NULL)
		return cli_fail_input(cli, error);
	if (cli->to_account != NULL && cli_account_named(cli, cli->to_account, &error) == NULL)
		return cli_fail(cli, error);
	act->target_account = cli->to_account;
	act->account = account->key;
	act->rows = (const RowId *)rows->data;
	act->row_count = rows->len;
	return run(cli, act);
}

int
cli_move(Cli *cli)
{
	EngineAct act = {.kind = ACT_MOVE, .target = cli->words[cli->count - 1]};

	return run_on(cli, &act, cli->count - 1);
}

int
cli_copy(Cli *cli)
{
	EngineAct act = {.kind = ACT_COPY, .target = cli->words[cli->count - 1]};

	return run_on(cli, &act, cli->count - 1);
}

int
cli_delete(Cli *cli)
{
	EngineAct act = {.kind = ACT_DELETE};

	return run_on(cli, &act, cli->count);
}

/* ---- flag -------------------------------------------------------------------------------- */

/* An IMAP keyword is an atom (RFC 9051, 9); \Seen and its like have names of their own here. */
static gboolean
is_keyword(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if (!g_ascii_isgraph(*c) || strchr("(){%*\"\\]", *c) != NULL)
			return FALSE;
	return text[0] != '\0' && strlen(text) <= 255;
}

typedef struct {
	guint32 set, clear;
	GString *set_words, *clear_words;
} FlagChange;

static gboolean
take_change(FlagChange *change, const char *word, GError **error)
{
	guint32 flag = cli_flag_of(word + 1);
	GString *words = word[0] == '+' ? change->set_words : change->clear_words;

	if (flag == 0 && !is_keyword(word + 1)) {
		fault_set(error, FAULT_INPUT,
			_("%s: not a flag. Flags are seen, flagged, answered, draft, deleted, and keywords "
			  "such as $Label, "
			  "each behind + or -."),
			word);
		return FALSE;
	}
	if (flag == 0)
		g_string_append_printf(words, "%s%s", words->len > 0 ? " " : "", word + 1);
	else if (word[0] == '+')
		change->set |= flag;
	else
		change->clear |= flag;
	if (change->set & change->clear) {
		fault_set(
			error, FAULT_INPUT, _("%s: the same flag cannot be both set and cleared"), word + 1);
		return FALSE;
	}
	return TRUE;
}

static gboolean
is_change(const char *word)
{
	return word[0] == '+' || word[0] == '-';
}

static int
run_flags(Cli *cli, FlagChange *change, int messages)
{
	EngineAct act = {.kind = ACT_FLAGS};
	g_autoptr(GError) error = NULL;

	for (int i = messages; i < cli->count; i++) {
		if (!is_change(cli->words[i]))
			return cli_usage(cli,
				_("%s: messages come first, then the flags, each behind + or -"),
				cli->words[i]);
		if (!take_change(change, cli->words[i], &error))
			return cli_usage(cli, "%s", error->message);
	}
	act.add_flags = change->set;
	act.remove_flags = change->clear;
	act.add_keywords = change->set_words->len ? change->set_words->str : NULL;
	act.remove_keywords = change->clear_words->len ? change->clear_words->str : NULL;
	return run_on(cli, &act, messages);
}

int
cli_flag(Cli *cli)
{
	FlagChange change = {.set_words = g_string_new(NULL), .clear_words = g_string_new(NULL)};
	int messages = 0;
	int status;

	while (messages < cli->count && !is_change(cli->words[messages]))
		messages++;
	if (messages == 0 || messages == cli->count)
		status = cli_usage(
			cli, _("usage: posthorn %s %s"), "flag", "MESSAGE... +seen -flagged +$Label");
	else
		status = run_flags(cli, &change, messages);
	g_string_free(change.set_words, TRUE);
	g_string_free(change.clear_words, TRUE);
	return status;
}

/* ---- undo ------------------------------------------------------------------------------------ */

/* The group that is meant: of the operation named, or the newest that can be taken back. 0 with error. */
static gint64
find_group(Journal *journal, const char *word, const char *account, char **owner, GError **error)
{
	gint64 id = 0;
	g_autoptr(Operation) operation = NULL;

	if (word != NULL && !g_ascii_string_to_signed(word, 10, 1, G_MAXINT64, &id, NULL)) {
		fault_set(error, FAULT_INPUT,
			_("%s: an operation is a number, as posthorn journal prints it"), word);
		return 0;
	}
	if (word == NULL)
		id = journal_last_undoable(journal, account);
	operation = id ? journal_get(journal, id) : NULL;
	if (operation == NULL) {
		fault_set(error, FAULT_UNKNOWN,
			word ? _("There is no such operation.") : _("There is nothing to take back."));
		return 0;
	}
	*owner = g_strdup(operation->account);
	return operation->group;
}

/* Has the group operations of more accounts than one? */
static gboolean
spans_accounts(Journal *journal, gint64 group)
{
	g_autoptr(GPtrArray) operations = journal_group(journal, group);

	for (guint i = 1; i < operations->len; i++)
		if (strcmp(((Operation *)operations->pdata[i])->account,
			    ((Operation *)operations->pdata[0])->account) != 0)
			return TRUE;
	return FALSE;
}

/* Nothing had to be done on the server: there is no operation to wait for. */
static int
say_called_off(Cli *cli, const EngineEvent *event, gint64 group)
{
	if (cli->json) {
		g_autoptr(Json) json = cli_json();
		json_begin_object(json, NULL);
		json_int(json, "operation", group);
		json_string(json, "state", operation_state_name(OPERATION_UNDONE));
		json_int(json, "count", event->count);
		json_string(json, "words", event->words);
		json_end_object(json);
	} else {
		cli_print("%s\n", event->words ? event->words : "");
	}
	return CLI_DONE;
}

int
cli_undo(Cli *cli)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *owner = NULL;
	Journal *journal = cli_journal(cli, &error);
	g_autoptr(EngineEvent) event = NULL;
	gint64 group;

	if (cli->account != NULL && cli_account_named(cli, cli->account, &error) == NULL)
		return cli_fail(cli, error);
	group = journal ? find_group(journal, cli->count ? cli->words[0] : NULL, cli->account, &owner, &error)
			: 0;
	if (group == 0)
		return cli_fail_input(cli, error);
	if (cli_account_named(cli, owner, &error) == NULL ||
		!cli_engine(cli, spans_accounts(journal, group) ? NULL : owner, FALSE, &error))
		return cli_fail(cli, error);
	event = cli_wait(cli, engine_undo(cli->engine, owner, group));
	if (event->error == NULL && event->group == 0)
		return say_called_off(cli, event, group);
	return cli_end_act(cli, g_steal_pointer(&event));
}

/* ---- append ------------------------------------------------------------------------------------- */

/* With CRLF, as a server wants it. (RFC 9051, 6.3.12) */
static GBytes *
read_message(const char *path, GError **error)
{
	gsize length = 0;
	g_autofree char *octets = paths_read(path, LIMIT_IMAP_LITERAL, &length, error);
	GString *lines;

	if (octets == NULL)
		return NULL;
	if (length == 0 || memchr(octets, '\0', length) != NULL) {
		fault_set(error, FAULT_INPUT,
			length ? _("%s: this holds NUL octets, which no mail server stores")
			       : _("%s: the file is empty"),
			path);
		return NULL;
	}
	lines = g_string_sized_new(length + length / 32);
	for (gsize i = 0; i < length; i++) {
		if (octets[i] == '\n' && (i == 0 || octets[i - 1] != '\r'))
			g_string_append_c(lines, '\r');
		g_string_append_c(lines, octets[i]);
	}
	return g_string_free_to_bytes(lines);
}

/* All files are read before the first is stored. */
static GPtrArray *
read_messages(Cli *cli, GError **error)
{
	g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

	for (int i = 1; i < cli->count; i++) {
		GBytes *octets = read_message(cli->words[i], error);
		if (octets == NULL)
			return NULL;
		g_ptr_array_add(messages, octets);
	}
	return g_steal_pointer(&messages);
}

int
cli_append(Cli *cli)
{
	g_autoptr(GError) error = NULL;
	int status = CLI_DONE;
	const AccountConfig *account = cli_account(cli, &status);
	g_autoptr(GPtrArray) messages = NULL;
	g_autoptr(EngineEvent) event = NULL;

	if (account == NULL)
		return status;
	messages = read_messages(cli, &error);
	if (messages == NULL)
		return cli_fail(cli, error);
	for (guint i = 0; i < messages->len; i++) {
		EngineAct act = {
			.kind = ACT_APPEND,
			.account = account->key,
			.target = cli->words[0],
			.content = messages->pdata[i],
		};
		g_clear_pointer(&event, engine_event_free);
		event = commit(cli, &act, &error);
		if (event == NULL)
			return cli_fail(cli, error);
		if (event->error != NULL)
			break;
	}
	/* The journal goes in order: what is done with the last is done with all. */
	return cli_end_act(cli, g_steal_pointer(&event));
}

/* ---- folder ---------------------------------------------------------------------------------------- */

int
cli_folder(Cli *cli)
{
	static const struct {
		const char *word;
		EngineActKind kind;
		int count;
	} verbs[] = {
		{"create", ACT_FOLDER_CREATE, 2},
		{"rename", ACT_FOLDER_RENAME, 3},
		{"delete", ACT_FOLDER_DELETE, 2},
		{"subscribe", ACT_FOLDER_SUBSCRIBE, 2},
		{"unsubscribe", ACT_FOLDER_UNSUBSCRIBE, 2},
	};
	int status = CLI_DONE;
	const AccountConfig *account;
	EngineAct act = {.target = cli->words[1], .new_name = cli->count > 2 ? cli->words[2] : NULL};
	gsize i = 0;

	while (i < G_N_ELEMENTS(verbs) && strcmp(verbs[i].word, cli->words[0]) != 0)
		i++;
	if (i == G_N_ELEMENTS(verbs) || cli->count != verbs[i].count)
		return cli_usage(cli, _("usage: posthorn %s %s"), "folder",
			"create|rename|delete|subscribe|unsubscribe NAME [NEW]");
	account = cli_account(cli, &status);
	if (account == NULL)
		return status;
	act.kind = verbs[i].kind;
	act.account = account->key;
	return run(cli, &act);
}
