/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text.h - laid-out text: lines that a pager draws as they are.
 *
 * Every line passed text_safe() and is at most the asked width in cells.
 */
#pragma once

#include <glib.h>

typedef enum {
	MIME_LINE_TEXT,
	MIME_LINE_QUOTE, /* depth says how deep */
	MIME_LINE_SIGNATURE,
	MIME_LINE_HEADING,
	MIME_LINE_PRE,
	MIME_LINE_DIFF_HEAD,
	MIME_LINE_DIFF_HUNK,
	MIME_LINE_DIFF_ADD,
	MIME_LINE_DIFF_DEL,
	MIME_LINE_LINK, /* of the list of links at the end */
	MIME_LINE_NOTE, /* ours, not the message's: drawn where message text cannot imitate it */
} MimeLineKind;

typedef enum {
	MIME_SPAN_LINK,
	MIME_SPAN_BOLD,
	MIME_SPAN_ITALIC,
	MIME_SPAN_UNDERLINE,
	MIME_SPAN_IMAGE,  /* [alt] */
	MIME_SPAN_HIDDEN, /* text that HTML tried to hide; shown between marks */
} MimeSpanKind;

typedef struct {
	guint32 start, length; /* bytes within the line */
	guint16 kind;          /* MimeSpanKind */
	guint16 link;          /* number from 1, for MIME_SPAN_LINK; else 0 */
} MimeSpan;

typedef struct {
	guint32 offset, length; /* in the text's buffer */
	guint32 first_span;
	guint16 spans;
	guint8 kind;      /* MimeLineKind */
	guint8 depth;     /* of quoting, 0 none */
	gboolean wrapped; /* continues the line before it: joined when text is copied or searched */
} MimeLine;

typedef struct {
	guint number; /* from 1 */
	char *text;   /* what the message shows for it, safe */
	char *target; /* whole, safe with marks */
	char *host;   /* of the target for display, A-labels where scripts are mixed; NULL: not http(s) or
			 mailto */
	gboolean openable; /* http, https or mailto */
	char *warning;     /* translated, when the text names another host than the target does; else NULL */
} MimeLink;

/* A run of quoted lines. */
typedef struct {
	guint first, count; /* lines */
} MimeFold;

typedef struct MimeText MimeText;

void mime_text_free(MimeText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MimeText, mime_text_free)

guint mime_text_count(const MimeText *text);
/* Line n from 0; NULL past the end. Borrowed. */
const MimeLine *mime_text_line(const MimeText *text, guint n);
/* Its characters, NUL-terminated. Borrowed. */
const char *mime_text_chars(const MimeText *text, guint n);
/* Its spans, line->spans of them. Borrowed. */
const MimeSpan *mime_text_spans(const MimeText *text, guint n);
const GPtrArray *mime_text_links(const MimeText *text); /* of MimeLink */
const GArray *mime_text_quotes(const MimeText *text);   /* of MimeFold, in order */
/* Pictures on other hosts that were not loaded. */
guint mime_text_remote_images(const MimeText *text);
/* It was, or holds, a page of HTML. */
gboolean mime_text_is_html(const MimeText *text);
/* All lines, each with a line end. The caller's. */
char *mime_text_string(const MimeText *text);
