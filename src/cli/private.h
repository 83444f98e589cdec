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
	char *account;    /* --account; NULL */
	char *log;
	char *debug;
	int width;
	gboolean wait;
	gboolean threads;
	int limit;        /* 0: all */
	int from;
	char *to;
	char *file;
	gboolean queue;
	gboolean raw;
	/* setup */
	char *address, *name, *imap, *imap_security, *smtp, *smtp_security, *user, *ca_file, *password_command,
		*token_command, *vault_phrase_file, *label;
	gboolean password_stdin, no_test, read_only;
	/* Arguments behind the subcommand. */
	char **words;
	int count;

	Engine *engine;   /* NULL until cli_engine() */
} Cli;

/* Say an error the way that was asked for: JSON on standard output, else words on standard error. Returns CLI_FAILED. */
int cli_fail(Cli *cli, const GError *error);
/* The same for wrong usage; returns CLI_USAGE. */
int cli_usage(Cli *cli, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* A line on standard output, sanitised. */
void cli_print(const char *format, ...) G_GNUC_PRINTF(1, 2);
Json *cli_json(void);

/* The account that --account names, or the only one; NULL after a message. *status is then the exit status. */
const AccountConfig *cli_account(Cli *cli, int *status);
/* Its cache; NULL after a message. The caller's. */
StoreView *cli_view(Cli *cli, const AccountConfig *account, int *status);

/* A MESSAGE argument: account and row. FALSE with error. */
typedef struct {
	const AccountConfig *account; /* borrowed */
	RowId row;
} CliMessage;
gboolean cli_message(Cli *cli, const char *word, CliMessage *message, GError **error);
/* "work.8589934593"; the caller's. */
char *cli_message_id(const char *account, RowId row);

/* Start an engine for batch use on account, and wait until it is known whether it is ours. NULL after a message. */
Engine *cli_engine(Cli *cli, const AccountConfig *account);
/* The event that answers ticket; others are dropped (notes are printed). The caller's. */
EngineEvent *cli_wait(Cli *cli, guint ticket);
/* Wait for an operation group to end on the server. Returns the exit status; *state its state. */
int cli_wait_group(Cli *cli, const AccountConfig *account, gint64 group, OperationState *state);

/* The fields of a row, inside an object that is open. */
void cli_json_row(Json *json, const char *account, const StoreRow *row, RowId parent);
void cli_json_addresses(Json *json, const char *name, const GPtrArray *addresses);
void cli_json_flags(Json *json, guint32 flags, const char *keywords);
/* RFC 3339 in UTC; 0: null. */
void cli_json_time(Json *json, const char *name, gint64 seconds);

/* The subcommands. */
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
int cli_journal(Cli *cli);
int cli_outbox(Cli *cli);
int cli_send(Cli *cli);
