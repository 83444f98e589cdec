/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text.h - text from outside made safe, and measured in terminal cells.
 *
 * text_safe() is the one sanitiser: every string from mail, servers, files,
 * programs or certificates passes it after all decoding, before the screen,
 * standard output, standard error or a log. (SECURITY: display)
 */
#pragma once

#include <glib.h>

typedef enum {
	TEXT_LINE = 0,       /* one line: \n and \t become a blank */
	TEXT_LINES = 1 << 0, /* \n stays, \t is expanded to 8 columns */
	TEXT_MARKS = 1 << 1, /* headers, names, links: bidi controls, zero-width and blank look-alikes become
				a visible mark */
} TextFlags;

/*
 * Valid UTF-8 that a terminal can be given. Invalid bytes, C0, DEL, C1 (also as
 * U+0080..9F) and what wcwidth() cannot measure become U+FFFD; \r\n is \n. Bidi
 * controls, U+FEFF, zero-width characters, soft hyphens, tags and interlinear
 * marks are dropped, or with TEXT_MARKS a run of them is shown as one U+FFFD;
 * VS16 and skin tones and ZWJ between emoji are dropped, ZWJ/ZWNJ between
 * letters that they shape stay (not Latin, Greek, Cyrillic, CJK); at most
 * LIMIT_COMBINING_CELL combining marks a cell, and none without a character
 * under it. length -1: NUL-terminated; text NULL: "". Safe text passes
 * unchanged. The result is the caller's.
 */
char *text_safe(const char *text, gssize length, TextFlags flags);
/* The same, appended to out. */
void text_safe_append(GString *out, const char *text, gssize length, TextFlags flags);

/* Cells of one character: 0, 1 or 2. Controls count 1 (their replacement). By wcwidth(). */
int text_char_cells(gunichar c);
/* Controls, line separators, bidi controls, zero-width characters, selectors, tags: what a reader cannot see.
 */
gboolean text_is_hidden(gunichar c);

/*
 * The functions below take safe text, and survive any other.
 *
 * Cells of UTF-8; length -1: NUL-terminated.
 */
int text_cells(const char *text, gssize length);
/* Bytes of the longest prefix (whole characters with their combining marks) that fits in cells; *used
 * receives its cells. */
gsize text_fit(const char *text, gssize length, int cells, int *used);
/*
 * Exactly cells wide: cut with an ellipsis ("…", or "~" when ascii) or padded
 * with blanks; right: padded on the left. The result is the caller's.
 */
char *text_column(const char *text, int cells, gboolean right, gboolean ascii);
/*
 * Break into lines of at most cells, at blanks (or behind wide characters) where
 * possible; a word longer than a line is cut. \n ends a line; a last \n adds none.
 */
GPtrArray *text_wrap(const char *text, int cells); /* of char*, free func set */

/* Case and accents folded, for searching: "Müller" -> "muller", "ß" -> "ss", "Ø" -> "o". The result is the
 * caller's. */
char *text_fold(const char *text);
/* 812, 12K, 4.1M, 2G (1024). The result is the caller's; plain ASCII, at most 5 cells. */
char *text_size(guint64 size_bytes);
