/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * app.h - the screen: what main() calls.
 */
#pragma once

#include "account/conf.h"
#include "engine/engine.h"

typedef struct {
	Config *config;
	const Paths *paths;
	gboolean offline;
	const char *folder; /* opened first; NULL: INBOX of the first account */
	const char *file;   /* a message to show; NULL */
	const char *mailto; /* a mailto: URL to write to; NULL */
} UiOptions;

/* Runs until the user quits. Returns the exit status: 0, or 1 when there is no terminal (said on standard
 * error). */
int ui_run(const UiOptions *options);

/* One command of one view, for the manual page and completions; words are untranslated but for brief. */
typedef void (*UiCommandEach)(
	const char *view, const char *name, const char *keys, const char *brief, gpointer user);
/* All commands in the order of the manual: view by view, each once. */
void ui_commands_each(UiCommandEach each, gpointer user);
