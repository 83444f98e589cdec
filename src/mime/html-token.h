/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html-token.h - HTML cut into texts and tags, for html.c.
 *
 * Each byte is looked at a bounded number of times, whatever it holds: libxml2's
 * push parser was tried, and takes 25 s for one megabyte of attributes, or of
 * end tags that close nothing, growing with the square.
 */
#pragma once

#include <glib.h>

#define HTML_ATTRIBUTES_MAX 32

typedef enum { HTML_END_OF_INPUT, HTML_TEXT, HTML_START, HTML_END } HtmlTokenKind;

typedef struct {
	const char *name, *value; /* slices of the input; value NULL: none */
	gsize name_length, value_length;
} HtmlAttribute;

typedef struct {
	HtmlTokenKind kind;
	const char *text; /* of HTML_TEXT: raw, with its references. Of tags: the name */
	gsize length;
	gboolean self_closing;
	guint count; /* of attributes; more than fit are left out */
	HtmlAttribute attributes[HTML_ATTRIBUTES_MAX];
} HtmlToken;

/* A copy of the struct is a place to come back to. */
typedef struct {
	const char *p, *end;
	const char *raw_name; /* inside of script, style, ...: text up to its end tag; NULL: not */
	gsize raw_length;
	gboolean no_quote[2]; /* no closing " or ' is left */
} HtmlTokens;

void html_tokens_init(HtmlTokens *tokens, const char *html, gsize length);
/* The next token; slices borrow the input. */
HtmlTokenKind html_tokens_next(HtmlTokens *tokens, HtmlToken *token);

/* An attribute, or NULL. name in lower case. */
const HtmlAttribute *html_attribute(const HtmlToken *token, const char *name);

/* Character references. names caches what libxml2 knows of a name. */
typedef struct {
	GHashTable *names;
} HtmlEntities;

void html_entities_clear(HtmlEntities *entities);
/* Append text with its references resolved. */
void html_unescape(HtmlEntities *entities, GString *out, const char *text, gsize length);
/* The value of an attribute, resolved; NULL: no such attribute. The caller's. */
char *html_attribute_value(HtmlEntities *entities, const HtmlToken *token, const char *name);
