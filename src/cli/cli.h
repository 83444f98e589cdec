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
