/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * glob.h - the wildcards of `:matches` (RFC 5228, 2.7.1), in linear time.
 *
 * A pattern is cut at its stars. The first piece must stand at the beginning, the
 * last at the end, each other one where it is found first behind the one before:
 * there is nothing to go back for. So each star takes as little as possible
 * (RFC 5229, 3.2).
 */
#pragma once

#include "sieve/pool.h"

typedef struct SieveGlob SieveGlob;

/* Folds the letters of a pattern as its subjects are folded; what it returns is in pool. NULL: as they are.
 */
typedef char *(*SieveFold)(SievePool *pool, const char *text, gsize length, gsize *folded_length);

/* "\\" takes the meaning of "*", "?" and "\\". In pool. */
SieveGlob *sieve_glob_new(SievePool *pool, const char *pattern, gsize length, SieveFold fold);
/* How many "*" and "?". */
guint sieve_glob_wildcards(const SieveGlob *glob);

typedef struct {
	gsize start, end;
} SieveSpan;

typedef enum { SIEVE_GLOB_NO, SIEVE_GLOB_YES, SIEVE_GLOB_LIMIT } SieveGlobResult;

typedef struct {
	const char *text;
	gsize length;
	/* Of each octet of text (and of its end) the octet it came from, where one "?" takes all that
	 * came from one character; NULL: a "?" takes an octet. */
	const guint32 *origin;
	guint64 work; /* octets that may be looked at; goes down. Only "?" can need many */
} SieveGlobSubject;

/* spans (may be NULL): what each wildcard took, in order, span_count at most, in octets of text. */
SieveGlobResult sieve_glob_match(
	const SieveGlob *glob, SieveGlobSubject *subject, SieveSpan *spans, guint span_count);
