/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html-page.h - the state of laying out a page, for html.c and html-table.c.
 */
#pragma once

#include "mime/html-style.h"
#include "mime/html-token.h"
#include "mime/html.h"
#include "mime/layout.h"
#include "util/limits.h"

typedef enum {
	TAG_OTHER, /* inline, means nothing here */
	TAG_A,
	TAG_B,
	TAG_BLOCKQUOTE,
	TAG_BR,
	TAG_DD,
	TAG_DIV,
	TAG_DT,
	TAG_FONT,
	TAG_HEADING,
	TAG_HR,
	TAG_I,
	TAG_IMG,
	TAG_LI,
	TAG_LIST,
	TAG_ORDERED,
	TAG_P,
	TAG_PRE,
	TAG_SKIP,
	TAG_TABLE,
	TAG_TD,
	TAG_TH,
	TAG_TR,
	TAG_U,
	TAG_VOID,
} HtmlTag;

/* An open element. All but tag and name are what it inherits or changes for what is inside. */
typedef struct {
	HtmlTag tag;
	guint32 name;     /* hash of the tag's name: two of TAG_OTHER differ by it */
	gboolean gone;    /* display:none and the like, for all that is inside */
	gboolean hidden;  /* gone, or in the colour of what is behind it */
	gboolean skipped; /* not to be read: scripts, styles */
	gboolean pre, bold, italic, underline;
	int color, background;
	guint quotes; /* depth */
	guint indent; /* cells */
	int counter;  /* of an ordered list, the next number; < 0: unordered */
} HtmlElement;

typedef struct {
	MimeText *out;
	const MimeHtmlOptions *options;
	gboolean plain; /* mime_html_plain(): no marks, no wrapping */
	HtmlTokens tokens;
	HtmlToken token;
	HtmlEntities entities;
	HtmlElement stack[LIMIT_HTML_NESTING + 1]; /* [0] is the page itself */
	guint depth;                               /* of the innermost open element */
	guint overflow;                            /* elements open past the limit */

	GString *scratch;   /* a text with its references resolved */
	GString *paragraph; /* safe text that waits for its end */
	GArray *spans;      /* of MimeSpan, in paragraph */
	gboolean gap;       /* an empty line before what comes next */
	gboolean continued; /* the paragraph continues the last line */
	gboolean heading;
	gboolean hidden_open; /* "[hidden: " stands open in the paragraph */
	gboolean pre_start;   /* a line end right behind <pre> does not count */
	char *marker;         /* of a list item, not yet put out */

	char *link_target;    /* of the open <a>; NULL: none */
	guint link;           /* its number once it has text, else 0 */
	gboolean link_marked; /* [n] stands behind its text already */
	GString *link_label;
} HtmlPage;

static inline HtmlElement *
html_top(HtmlPage *page)
{
	return &page->stack[page->depth];
}

HtmlTag html_tag_of(const char *name, gsize length);
guint32 html_name_hash(const char *name, gsize length);
/* Whether a tag begins a block of its own. */
gboolean html_is_block(HtmlTag tag);

/* The paragraph becomes lines, if there is something in it. */
void html_flush(HtmlPage *page);
/* The paragraph becomes lines of a kind, whatever is in it. */
void html_emit(HtmlPage *page, MimeLineKind kind);
/* Open an element of a tag inside the innermost one, with the style of page->token. */
void html_push(HtmlPage *page, HtmlTag tag);
/* Close elements down to a depth without ending paragraphs. */
void html_drop(HtmlPage *page, guint depth);
/* A span from start to the paragraph's end. */
void html_add_span(HtmlPage *page, MimeSpanKind kind, guint link, gsize start);
/* The bracket of "[hidden: " closes, if it is open. */
void html_close_hidden(HtmlPage *page);
/* The open link gets its number with its first text. */
void html_begin_link_text(HtmlPage *page, const char *text, gsize length);
/* [n] behind the text of a link, once. */
void html_mark_link(HtmlPage *page);
/* Text with its references resolved: blanks become one, the rest is made safe. */
void html_append_collapsed(HtmlPage *page, const char *text, gsize length);
/* Something a reader would see, not only joiners and blanks as newsletters hide by the hundred. */
gboolean html_is_visible(const char *text, gsize length);
/* A text token. */
void html_add_text(HtmlPage *page, const char *raw, gsize length);
/* Any token but tables' own. */
void html_handle(HtmlPage *page);
/* Put the paragraph's blanks at its end away. */
void html_trim(HtmlPage *page);

/*
 * At a <table> start tag (page->token): lay a small table of data out in columns
 * and go on behind it. FALSE: it is none; nothing has changed. A try ends at the
 * next <table>, so that all tries together read the input once.
 */
gboolean html_table(HtmlPage *page);
