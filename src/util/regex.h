/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * regex.h - regular expressions over UTF-8 whose cost is bounded.
 *
 * Patterns are those of PCRE2, or POSIX extended ones (as Sieve's :regex has
 * them). A match takes a counted number of steps and of memory; past them it is
 * an error, never a long wait. A compiled pattern is never changed and may be
 * used by several threads at once.
 */
#pragma once

#include <glib.h>

typedef enum {
	REGEX_POSIX = 1 << 0,    /* extended regular expressions (POSIX.1, 9.4), with \w \s \b \< \> and back
				    references as the C library has them */
	REGEX_CASELESS = 1 << 1, /* by Unicode */
} RegexFlags;

typedef struct Regex Regex;

/*
 * pattern: UTF-8, length -1: NUL-terminated. NULL with FAULT_INPUT: what is wrong
 * with it, translated, and *offset (may be NULL) the octet where; FAULT_LIMIT: longer than
 * LIMIT_REGEX_PATTERN, or too large once compiled. "." matches every character,
 * "$" only the very end.
 */
Regex *regex_compile(const char *pattern, gssize length, RegexFlags flags, gsize *offset, GError **error);
void regex_free(Regex *regex);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Regex, regex_free)
/* Groups in parentheses, without the whole. */
guint regex_groups(const Regex *regex);

/* Octets [start, end) of the subject; a group that took no part: both are G_MAXSIZE. */
typedef struct {
	gsize start, end;
} RegexSpan;

typedef enum {
	REGEX_NO,
	REGEX_YES,
	REGEX_LIMIT, /* more than that many steps, or too much memory */
} RegexResult;

/*
 * Search subject. spans (may be NULL) receives the whole and the groups, span_count at
 * most, the rest as if it took no part. steps: at most that many; 0: LIMIT_REGEX_STEPS. Octets that are no
 * UTF-8 match nothing.
 */
RegexResult regex_match(const Regex *regex, const char *subject, gsize length, guint steps, RegexSpan *spans,
	guint span_count);
/* The same in words for those who have no use for three answers; FALSE with FAULT_LIMIT or without an error.
 */
gboolean regex_matches(const Regex *regex, const char *subject, gssize length, GError **error);

/* text as a pattern that matches it and nothing else, in either syntax. The caller's. */
char *regex_quote(const char *text, gssize length);

/*
 * A POSIX pattern in PCRE2's syntax, for regex.c. NULL with FAULT_INPUT and *offset. The caller's.
 */
char *regex_from_posix(const char *pattern, gsize length, gsize *offset, GError **error);
