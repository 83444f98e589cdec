/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sieve-script.h - scripts, and what comes of them, in words.
 */
#pragma once

#include "sieve/sieve.h"

/* What a script runs over; all may be NULL or 0. */
typedef struct {
	const char *message;                     /* NULL: a short one; lines end in LF */
	gsize length;                            /* of message; 0: NUL-terminated */
	const char *from, *to;                   /* the envelope */
	const char *const *known;                /* in :addrbook:default */
	const char *const *flags;                /* that it has */
	const char *const *names, *const *texts; /* scripts that can be included */
	const char *const *folders;              /* that exist; NULL: all */
	const char *const *programs;
	gboolean look_behind;
	gint64 now;
} SieveCase;

/*
 * Its actions with "; " between: "fileinto INBOX.a copy create [\\Seen]", "keep",
 * "redirect a@b.example", or "error CODE LINE: WORDS". A script that does not compile fails the test. The
 * caller's.
 */
char *sieve_outcome(const char *script, const SieveCase *how);
/* The rules that held: "0!@3 1@7": rule, "!" when it acted, "-" when it came too late, line. The caller's. */
char *sieve_matched(const char *script, const SieveCase *how);
/* The trace, a line each. The caller's. */
char *sieve_traced(const char *script, const SieveCase *how);
/* "line:column: words", a line each; "" when it compiles. The caller's. */
char *sieve_complaints(const char *script, gssize length, const SieveCase *how);

/* Rows of scripts with what comes of them. */
typedef struct {
	const char *script, *outcome;
} SieveScriptRow;
void sieve_check_rows(const SieveScriptRow *rows, gsize count, const SieveCase *how);
/* One test each: TRUE or FALSE; required is put before it ("\"a\", \"b\""; NULL: nothing). */
typedef struct {
	const char *test;
	gboolean holds;
} SieveTestRow;
void sieve_check_tests(const char *required, const SieveTestRow *rows, gsize count, const SieveCase *how);
/* Scripts that do not compile, with the first complaint, whole. */
void sieve_check_complaints(const SieveScriptRow *rows, gsize count, const SieveCase *how);
