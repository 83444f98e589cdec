/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * style.h - what things look like: one table of styles, for every theme.
 *
 * Code draws with a StyleId; only this table knows attributes and colours. State
 * is never said by colour alone.
 */
#pragma once

#include <glib.h>

typedef enum {
	STYLE_NORMAL,
	STYLE_TITLE,
	STYLE_TITLE_STRONG,
	STYLE_HINT,
	STYLE_HINT_KEY,
	STYLE_MESSAGE,
	STYLE_ERROR,
	STYLE_WARNING,
	STYLE_RULE,
	STYLE_DIM,
	STYLE_STRONG,
	STYLE_HEADING,
	STYLE_UNREAD,
	STYLE_FLAGGED,
	STYLE_PENDING,
	STYLE_MARKED,
	STYLE_FOREIGN,
	STYLE_TREE,
	STYLE_DATE,
	STYLE_COUNT,
	STYLE_FIELD_NAME,
	STYLE_FIELD,
	STYLE_QUOTE_1,
	STYLE_QUOTE_2,
	STYLE_QUOTE_3,
	STYLE_SIGNATURE,
	STYLE_LINK,
	STYLE_HIDDEN,
	STYLE_DIFF_HEAD,
	STYLE_DIFF_HUNK,
	STYLE_DIFF_ADD,
	STYLE_DIFF_DEL,
	STYLE_NOTE,
	STYLE_MATCH,
	STYLE_GOOD,
	STYLE_BAD,
	STYLE_BAR,
	STYLE_SELECTED, /* lends its background to the selected row */
	STYLE_COUNT_OF,
} StyleId;

typedef enum {
	LOOK_BOLD = 1 << 0,
	LOOK_DIM = 1 << 1,
	LOOK_ITALIC = 1 << 2,
	LOOK_UNDERLINE = 1 << 3,
	LOOK_REVERSE = 1 << 4,
} StyleLook;

/* Colours: -1 is the terminal's own. */
typedef struct {
	gint16 ink, paper;
} StyleColours;

typedef struct {
	const char *name;         /* for themes in the configuration; never translated */
	guint look;               /* StyleLook, wherever there are colours */
	guint mono;               /* StyleLook without colours */
	StyleColours dark, light; /* of 256 */
	StyleColours few;         /* of 8 */
	const char *brief;        /* N_() */
} Style;

const Style *style_get(StyleId id);
