/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * private.h - what the files of cli/ share.
 */
#pragma once

#include "cli/cli.h"
#include "engine/engine.h"
#include "store/view.h"
#include "util/json.h"

#define CLI_DONE 0
#define CLI_FAILED 1
#define CLI_USAGE 2

/* One run of one subcommand. */
typedef struct {
	const Paths *paths;
	Config *config;
	/* Options. */
	gboolean json;
	char *account; /* --account; NULL */
	char *log;
	char *debug;
	int width;
	gboolean wait;
	gboolean threads;
	int limit; /* 0: all */
	int from;
	char *to;
	char *to_account;
	char *file;
	gboolean queue;
	gboolean overwrite;
	gboolean raw;
	/* rules */
	gboolean dry_run;
	char *envelope_from, *envelope_to, *now;
	/* setup */
	char *address, *name, *imap, *imap_security, *smtp, *smtp_security, *user, *ca_file,
		*password_command, *token_command, *vault_phrase_file, *label;
	gboolean password_stdin, no_test, read_only, trust_servers, send_address;
	/* Arguments behind the subcommand. */
	char **words;
	int count;

	GHashTable *views;                                /* account key -> StoreView */
	Engine *engine;                                   /* NULL until cli_engine() */
	Journal *journal;                                 /* NULL until cli_journal() */
	void (*job)(const EngineJob *job, gpointer user); /* told of jobs while waiting; may be NULL */
	gpointer job_user;
} Cli;

/* ---- saying (cli.c) -------------------------------------------------------------- */

/* Say an error the way that was asked for: JSON on standard output, else words on standard error. Returns
 * CLI_FAILED. */
int cli_fail(Cli *cli, const GError *error);
/* The same, with more members: more is called inside the object "error" that is open; may be NULL. */
int cli_fail_more(Cli *cli, const GError *error, void (*more)(Json *json, gpointer user), gpointer user);
/* The same for wrong usage; returns CLI_USAGE. */
int cli_usage(Cli *cli, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* On standard output, sanitised; lines end where the format says so. */
void cli_print(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* A line on standard error, sanitised. */
void cli_say(const char *format, ...) G_GNUC_PRINTF(1, 2);
Json *cli_json(void);
/* Cells of a line: --width, else the terminal's, else otherwise. */
int cli_width(const Cli *cli, int otherwise);

/* ---- accounts and messages (common.c) ---------------------------------------------- */

/* The account that --account names, or the only one; NULL after a message. *status is then the exit status.
 */
const AccountConfig *cli_account(Cli *cli, int *status);
/* Of this key; NULL: FAULT_UNKNOWN, with the names that there are. */
const AccountConfig *cli_account_named(Cli *cli, const char *key, GError **error);
/* Its cache. Borrowed; NULL with FAULT_UNKNOWN where it was never synced. */
StoreView *cli_view(Cli *cli, const char *account, GError **error);

/* A MESSAGE argument: account and row. */
typedef struct {
	const AccountConfig *account; /* borrowed */
	RowId row;
} CliMessage;
/* FAULT_UNKNOWN: no such message, folder or account. FAULT_INPUT: no account was named, and there are
 * several. */
gboolean cli_message(Cli *cli, const char *word, CliMessage *message, GError **error);
/* words[0] to words[count - 1], each message once, all of one account. Array of RowId, the caller's; NULL
 * with error. */
GArray *cli_messages(Cli *cli, char **words, int count, const AccountConfig **account, GError **error);
/* "work.8589934593"; the caller's. */
char *cli_message_id(const char *account, RowId row);
/* FAULT_INPUT is wrong usage, all else failed. */
int cli_fail_input(Cli *cli, const GError *error);

/* ---- the engine, and waiting for it (wait.c) ------------------------------------------ */

/*
 * Start an engine for batch use and wait until it is known of each account whether it
 * is ours. account NULL: all. offline: connects to nothing. FALSE with error.
 */
gboolean cli_engine(Cli *cli, const char *account, gboolean offline, GError **error);
/* The event that answers ticket; others are dropped (notes are printed). The caller's. */
EngineEvent *cli_wait(Cli *cli, guint ticket);
/* Drop events for ms milliseconds, or until one of this ticket came (NULL: none did). The caller's. */
EngineEvent *cli_wait_some(Cli *cli, guint ticket, int ms);
/* The journal as the command line reads it itself. Borrowed; NULL with error. */
Journal *cli_journal(Cli *cli, GError **error);
/* State of a group as a whole; words (may be NULL; the caller's) of the failure. */
OperationState cli_group_state(Journal *journal, gint64 group, char **words);
/*
 * --wait: carry the journal to the server until the group is settled there. FALSE with
 * error: it failed, or waits on. *state is its state in any case.
 */
gboolean cli_wait_group(Cli *cli, gint64 group, OperationState *state, GError **error);
/*
 * What waited for another account and may go on now, in the accounts of the engine, until
 * nothing can. Counts are added to stats (may be NULL). FALSE with error: a line broke.
 */
gboolean cli_carry_on(Cli *cli, EngineSyncStats *stats, GError **error);
/*
 * Wait until a message of the outbox was tried once more (attempts: how often it was before), and its copy is
 * in Sent. The message, the caller's; NULL: gone.
 */
OutboxMessage *cli_wait_outbox(Cli *cli, const char *account, gint64 id, guint attempts);
/* The end of `send` and `outbox retry`: wait, say how it went. Returns the exit status. */
int cli_end_sending(Cli *cli, const char *account, gint64 id, guint attempts);
/* The end of acting: event (taken over) answered the act; says it, with --wait after waiting. Returns the
 * exit status. */
int cli_end_act(Cli *cli, EngineEvent *event);

/* ---- JSON (json.c) ----------------------------------------------------------------------- */

/* The fields of a row, as one object of an array; parent 0: none. */
void cli_json_row(Json *json, const char *account, const StoreRow *row, guint depth, RowId parent);
/* An array of {name, address}. */
void cli_json_addresses(Json *json, const char *name, const GPtrArray *addresses);
void cli_json_flags(Json *json, guint32 flags, const char *keywords);
/* RFC 3339 in UTC; 0: null. */
void cli_json_time(Json *json, const char *name, gint64 seconds);
/* "actions", of SieveAction. (rules-test.c) */
void cli_json_actions(Json *json, const GPtrArray *actions);
/* Array of strings. */
void cli_json_strings(Json *json, const char *name, const GPtrArray *strings);
/* "+seen", "$Label" without the sign: the bit, or 0 and it is a keyword. */
guint32 cli_flag_of(const char *name);

/* ---- the subcommands ------------------------------------------------------------------------ */

int cli_setup(Cli *cli);
int cli_sync(Cli *cli);
int cli_folders(Cli *cli);
int cli_list(Cli *cli);
int cli_show(Cli *cli);
int cli_save(Cli *cli);
int cli_move(Cli *cli);
int cli_copy(Cli *cli);
int cli_flag(Cli *cli);
int cli_delete(Cli *cli);
int cli_undo(Cli *cli);
int cli_append(Cli *cli);
int cli_folder(Cli *cli);
int cli_journal_command(Cli *cli);
int cli_outbox(Cli *cli);
int cli_send(Cli *cli);
int cli_rules(Cli *cli);
/* Verbs of `rules`; words[0] is the verb. */
int cli_rules_check(Cli *cli);
int cli_rules_test(Cli *cli);
int cli_rules_run(Cli *cli);
int cli_rules_why(Cli *cli);
int cli_rules_upload(Cli *cli);
int cli_rules_fetch(Cli *cli);
int cli_rules_list(Cli *cli);
int cli_rules_activate(Cli *cli);
