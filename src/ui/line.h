/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * line.h - one line of text being written: mutt's editor keys.
 *
 * Pure. The text is valid UTF-8 without controls; the cursor stands between
 * whole characters (a character with its combining marks).
 */
#pragma once

#include "ui/keys.h"

typedef struct Line Line;

Line *line_new(const char *text);
/* The text is wiped. */
void line_free(Line *line);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Line, line_free)

const char *line_text(const Line *line); /* borrowed until the next change */
gsize line_cursor(const Line *line);     /* bytes */
/* The cursor goes to the end. */
void line_set(Line *line, const char *text);
/* At the cursor; line ends become blanks, other controls go. */
void line_insert(Line *line, const char *text);
/* Replace bytes from start up to the cursor. */
void line_replace(Line *line, gsize start, const char *text);
/* Start of the word left of the cursor; words end at any of separators. */
gsize line_word(const Line *line, const char *separators);

typedef enum {
	LINE_IGNORED, /* not a key of the editor */
	LINE_MOVED,
	LINE_CHANGED,
} LineResult;

LineResult line_key(Line *line, Key key);
