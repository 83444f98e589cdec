/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * show.h - the text of a message as the pager shows it at a width.
 */
#pragma once

#include "mime/message.h"
#include "mime/text.h"

typedef struct {
	int width; /* cells; 0: 78 */
	MimePrefer prefer;
	gboolean no_reflow;    /* keep format=flowed lines as they are */
	gboolean no_wrap;      /* long lines stay whole (the ui scrolls sideways) */
	gboolean no_notes;     /* leave our own lines out */
	gboolean told;         /* leave out those that the caller tells: signed, HTML, remote pictures */
	gboolean no_link_list; /* leave the list of links of HTML out */
} MimeShowOptions;

/* A whole message. options may be NULL. Never NULL. The caller's. */
MimeText *mime_show_message(MimeMessage *message, const MimeShowOptions *options);

/* One part's octets, fetched by section. */
typedef struct {
	const MimePart *part;
	GBytes *octets; /* encoded as on the server; NULL: not here yet, a note says so */
} MimeShownPart;

/* The parts of mime_part_texts(root), in order, with what was fetched of them; root gives the notes. */
MimeText *mime_show_parts(
	MimePart *root, const MimeShownPart *parts, guint count, const MimeShowOptions *options);

/* Plain text already decoded (UTF-8), laid out the same way; flowed and delsp as in RFC 3676. */
MimeText *mime_show_plain(
	const char *text, gsize length, gboolean flowed, gboolean delsp, const MimeShowOptions *options);

/* What search indexes and replies quote: the shown parts as unwrapped paragraphs, no notes. UTF-8, safe. The
 * caller's. */
char *mime_plain_text(MimeMessage *message, MimePrefer prefer);
char *mime_plain_parts(const MimeShownPart *parts, guint count);
