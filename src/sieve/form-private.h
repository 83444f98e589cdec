/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * form-private.h - what the files of form share: tokens, reading, writing.
 */
#pragma once

#include "sieve/form.h"

/* The method of notify (RFC 5435) that is this desktop. */
#define FORM_NOTIFY_METHOD "desktop:"

typedef enum {
	TOKEN_WORD,
	TOKEN_TAG,    /* text: with its colon, lower case */
	TOKEN_NUMBER, /* text: as it stands, "1M" */
	TOKEN_STRING, /* text: without quotes and escapes */
	TOKEN_MARK,   /* text: one of ( ) [ ] { } , ; */
	TOKEN_HASH,   /* a comment up to the end of its line; text: behind the # */
	TOKEN_COMMENT,
	TOKEN_BAD, /* nothing that Sieve knows; or a string or comment without its end: then the last one */
} FormTokenKind;

typedef struct {
	FormTokenKind kind;
	gsize start, end; /* octets; end: behind it (of a hash comment: at the line's end) */
	char *text;
} FormToken;

/* All tokens of text, in order; of FormToken, the caller's. */
GPtrArray *form_tokens(const char *text, gsize length);

/*
 * Fill in what a form can show of the rule's text. FALSE: it is hand-written; rule is as it was.
 * A rule that is off as webmail editors write it is not enabled.
 */
gboolean form_read(FormRule *rule);
/* Of a hand-written text: `if false # TEST` with one block behind it. *start, *end: what to replace by the
 * test to switch it on. */
gboolean form_read_off(const char *text, gsize *start, gsize *end);

/* The name between `# rule:[` and `]` of a hash comment's text; NULL: it is none. The caller's. */
char *form_rule_comment(const char *text);

/* Append a rule as a form writes it; eol: "\n" or "\r\n". */
void form_write_rule(GString *out, const FormRule *rule, const char *eol);
/* Add the names that a rule (as a form writes it) requires to a set of strings. */
void form_rule_requires(const FormRule *rule, GHashTable *names);
/* form_rule_check() without the name. */
gboolean form_parts_check(const FormRule *rule, GError **error);
/* Append a quoted string. */
void form_quote(GString *out, const char *value);
/* value with * ? \ escaped for :matches, and back. The caller's. */
char *form_glob_escape(const char *value);
char *form_glob_unescape(const char *pattern); /* NULL: it has wildcards */
