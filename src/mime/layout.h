/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * layout.h - lines put into a MimeText, for show.c and html.c.
 */
#pragma once

#include "mime/text.h"

/* A longer paragraph is broken here; spans are looked through once a line. */
#define PARAGRAPH_MAX (16 * 1024)
/* Marks of quoting before a line of HTML, at most. */
#define QUOTES_SHOWN 10

typedef struct {
	MimeLineKind kind;
	guint depth;
	int width;          /* cells, prefix included; 0: never wrapped */
	const char *first;  /* before the first line; safe; NULL: nothing */
	const char *rest;   /* before the following ones; NULL: nothing */
	gboolean continues; /* the first line continues the one before it */
} LayoutStyle;

MimeText *mime_text_new(void);
/* Wrap safe UTF-8 without line ends into lines. spans (sorted by start) refer to chars. An empty text gives
 * one line. */
void mime_text_flow(MimeText *text, const LayoutStyle *style, const char *chars, gsize length,
	const MimeSpan *spans, guint count);
/* An empty line, unless the last line is empty or there is none. depth: of the quote that follows. */
void mime_text_gap(MimeText *text, guint depth);
/* A line of ours, wrapped; chars need not be safe. */
void mime_text_note(MimeText *text, int width, const char *chars);
/* Add a link; its number from 1, or 0 past LIMIT_LINKS. Neither string need be safe. */
guint mime_text_add_link(MimeText *text, const char *label, gsize label_length, const char *target);
/* The text of a link, known only when its element ends. */
void mime_text_relabel(MimeText *text, guint number, const char *label, gsize length);
/* Take back links and pictures counted since (a try that failed). */
void mime_text_rewind(MimeText *text, guint links, guint images);
/* The links not yet listed, as lines. */
void mime_text_list_links(MimeText *text, int width);
void mime_text_count_image(MimeText *text);
void mime_text_set_html(MimeText *text);
/* Find the folds; at the end, once. */
void mime_text_finish(MimeText *text);
/* Past LIMIT_TEXT_LINES: nothing more is taken. */
gboolean mime_text_full(const MimeText *text);

/* Length of the URL that begins at text, or 0: http, https, ftp, mailto, www. */
gsize mime_url_length(const char *text, gsize length);
/* The next URL at or after *start; FALSE: none. */
gboolean mime_url_find(const char *text, gsize length, gsize *start, gsize *size);
