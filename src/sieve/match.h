/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match.h - match types and comparators (RFC 5228, 2.7; RFC 5231; RFC 4790; RFC 5051).
 *
 * A matcher is made once for a test: its constant keys are folded, cut at their
 * wildcards or compiled beforehand. Values are folded once however many tests
 * look at them.
 */
#pragma once

#include "sieve/run.h"

typedef enum {
	SIEVE_COLLATION_CASEMAP,
	SIEVE_COLLATION_UNICODE,
	SIEVE_COLLATION_OCTET,
	SIEVE_COLLATION_NUMERIC,
} SieveCollation;

typedef struct SieveMatcher SieveMatcher;

/* Reads the item's tags. NULL: it complained. */
SieveMatcher *sieve_matcher_new(SieveCompiler *compiler, const SieveItem *item, const SieveArgument *keys);
/* Match variables are not set (RFC 5173, 6). */
void sieve_matcher_forget(SieveMatcher *matcher);
gboolean sieve_matcher_counts(const SieveMatcher *matcher);

/* Does any value match any key? Several lists count as one for :count. */
gboolean sieve_match(SieveRun *run, const SieveMatcher *matcher, SieveValues *values);
/* The same over lists one by one: begin, add each until TRUE, else end. */
typedef struct {
	guint count;
} SieveMatching;
gboolean sieve_match_add(
	SieveRun *run, const SieveMatcher *matcher, SieveMatching *matching, SieveValues *values);
gboolean sieve_match_end(SieveRun *run, const SieveMatcher *matcher, const SieveMatching *matching);

/* Folded text of i;ascii-casemap, of i;unicode-casemap (RFC 5051): in pool. */
char *sieve_fold_ascii(SievePool *pool, const char *text, gsize length, gsize *folded_length);
char *sieve_fold_unicode(SievePool *pool, const char *text, gsize length, gsize *folded_length);
/* For each octet of sieve_fold_unicode(), and for its end, the octet of text where its character began. */
const guint32 *sieve_fold_origins(SievePool *pool, const char *text, gsize length);
