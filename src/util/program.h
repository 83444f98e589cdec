/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * program.h - run another program: by argv, never through a shell.
 */
#pragma once

#include <glib.h>

#include "util/cancel.h"

typedef struct {
	const char *input; /* given on standard input; NULL: /dev/null */
	gsize input_length;
	gsize output_limit; /* bytes of standard output kept; more ends the program; 0: LIMIT_PROGRAM_OUTPUT
			     */
	guint timeout_ms;   /* 0: LIMIT_PROGRAM_MS */
	gboolean secret;    /* the output is wiped wherever it was buffered, never logged */
} ProgramOptions;

/* Split as a shell would: quotes and backslashes, no expansion but a leading "~/". FAULT_INPUT when
 * unbalanced or empty. */
char **program_split(const char *command, GError **error); /* g_strfreev */
/*
 * Run and wait, in a worker thread. The program leads a session of its own, has
 * no terminal, and is over when its first process ends; what that started and
 * left in its group is then killed. *output and *errors (may be NULL) are the
 * caller's, NUL-terminated and raw: text_safe() before they are shown. On
 * failure *output is NULL and *errors what there was (at most 64 KiB). options
 * may be NULL. FALSE with FAULT_LOCAL (cannot start, exit status,
 * signal: the message names the program and its first line of standard error),
 * FAULT_RETRY (timeout), FAULT_LIMIT, FAULT_CANCELED; the program is then dead.
 */
gboolean program_run(char *const *argv, const ProgramOptions *options, Cancel *cancel, char **output,
	gsize *output_length, char **errors, GError **error);
