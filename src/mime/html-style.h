/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html-style.h - what an element's attributes say about being seen, for html.c.
 */
#pragma once

#include "mime/html-token.h"

#define HTML_COLOR_UNKNOWN (-1)

typedef struct {
	gboolean hidden; /* display:none, visibility:hidden, no size, no opacity, the attribute */
	gboolean pre;    /* white-space: pre, pre-wrap */
	gboolean bold;
	int color;      /* 0xrrggbb of the text, HTML_COLOR_UNKNOWN: not said or not understood */
	int background; /* the same behind it */
	gboolean sets_color, sets_background;
} HtmlStyle;

void html_style_read(HtmlStyle *style, const HtmlToken *token);
