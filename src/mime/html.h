/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html.h - HTML to laid-out text.
 *
 * No DOM, no network, no files, no style sheets but the style attribute; the
 * first LIMIT_HTML bytes, LIMIT_HTML_NESTING elements deep (counted, never
 * recursive), in time linear in the input. Links become [n] and a list at the end, remote pictures are
 * counted and never loaded, hidden text is marked.
 */
#pragma once

#include "mime/text.h"

typedef struct {
	int width;             /* cells; at least 20 */
	gboolean no_link_list; /* leave the list of links at the end out */
} MimeHtmlOptions;

/* html is UTF-8 (charset already taken off; a meta charset is ignored). Never NULL. The caller's. */
MimeText *mime_html_layout(const char *html, gsize length, const MimeHtmlOptions *options);
/* The same, behind what out holds already; mime_text_finish() is left to the caller (show.c). */
void mime_html_layout_into(MimeText *out, const char *html, gsize length, const MimeHtmlOptions *options);
/* For the index and replies: the text without layout marks, links or notes, paragraphs unwrapped. Safe UTF-8,
 * the caller's. */
char *mime_html_plain(const char *html, gsize length);
