/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cli.h - the subcommands: all that the screen does, for scripts.
 *
 * Standard output carries the answer (with --json one value and nothing else),
 * standard error the messages. Exit status: 0 done, 1 failed (said why), 2 wrong usage.
 */
#pragma once

#include "account/conf.h"
#include "util/paths.h"

/* One subcommand, for help, the manual page and shell completion. */
typedef struct {
	const char *name;      /* "list", "folder create" is one command "folder" with words of its own */
	const char *arguments; /* "FOLDER", "MESSAGE... FOLDER"; "" */
	const char *brief;     /* N_() */
	const char *detail;    /* N_(), more for the manual; may be NULL */
} CliCommand;

const CliCommand *cli_commands(gsize *count);
/* An option of the program, for the same purposes. */
typedef struct {
	const char *name;     /* "json" */
	const char *argument; /* NULL: none */
	const char *brief;    /* N_() */
	const char *commands; /* the subcommands that take it, separated by blanks; NULL: all */
} CliOption;

const CliOption *cli_options(gsize *count);

gboolean cli_is_command(const char *word);
/* argv[0] is the subcommand. */
int cli_run(int argc, char **argv, const Paths *paths);

/* Told of each command of the screen, view by view: see ui_commands_each(). */
typedef void (*CliScreenCommand)(
	const char *view, const char *name, const char *keys, const char *brief, gpointer user);
typedef void (*CliScreenCommands)(CliScreenCommand each, gpointer user);
/* The manual page in roff, from the tables of subcommands, options and settings, and the screen's (NULL: left
 * out). The caller's. */
char *cli_manual(CliScreenCommands screen_commands);
/* The subcommands with a line each, for --help. The caller's. */
char *cli_help(void);
/* The subcommand most like word; NULL: none is near. Static. */
const char *cli_nearest(const char *word);
/*
 * Open the log for the run: named, or $XDG_STATE_HOME/posthorn/log, which is gone without where it cannot be
 * written. categories: LogCategory beside the general one. FAULT_LOCAL: what was named cannot be opened.
 */
gboolean cli_open_log(const Paths *paths, const char *named, guint categories, GError **error);
