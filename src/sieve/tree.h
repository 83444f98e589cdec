/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tree.h - a script as its grammar sees it: commands, tests and arguments (RFC 5228, 8).
 *
 * Nothing is known here of what a command means. The parser goes on after an
 * error at the next command; nesting is bounded by LIMIT_SIEVE_NESTING.
 */
#pragma once

#include "sieve/pool.h"
#include "sieve/sieve.h"

/* Counted from 1; offset in octets from 0. */
typedef struct {
	guint line, column;
	gsize offset;
} SievePlace;

/* ---- tokens ------------------------------------------------------------------ */

typedef enum {
	SIEVE_TOKEN_END,
	SIEVE_TOKEN_NAME,   /* text: as written */
	SIEVE_TOKEN_TAG,    /* text: without the colon */
	SIEVE_TOKEN_NUMBER, /* number */
	SIEVE_TOKEN_STRING, /* text: quotes, backslashes and dots taken off */
	SIEVE_TOKEN_MARK,   /* mark: one of ; , ( ) [ ] { } */
} SieveTokenKind;

typedef struct {
	SieveTokenKind kind;
	SievePlace place, end;
	const char *text;
	gsize length;
	guint64 number;
	char mark;
} SieveToken;

typedef struct SieveComplaints SieveComplaints;
typedef struct {
	const char *text;
	gsize length, offset;
	SievePool *pool;
	SieveComplaints *complaints;
	SievePlace seen; /* the last place that was counted */
	/* The name in the last comment `# rule:[NAME]`; NULL: none since it was taken. */
	const char *rule;
	gboolean cut; /* the text ended within a string or comment; that was said */
} SieveLexer;

/* A byte order mark is stepped over. All strings live in the pool. */
void sieve_lexer_init(
	SieveLexer *lexer, const char *text, gsize length, SievePool *pool, SieveComplaints *complaints);
/* What is no token is complained of and left out. After the end: END for ever. */
SieveToken sieve_lexer_next(SieveLexer *lexer);
/* "a string", "“fileinto”", "the end of the script"; translated, safe. The caller's. */
char *sieve_token_words(const SieveToken *token);

/* ---- the tree ------------------------------------------------------------------ */

/* What a string is made of, when it holds ${...} (RFC 5229). */
typedef enum { SIEVE_PIECE_TEXT, SIEVE_PIECE_VARIABLE, SIEVE_PIECE_MATCH } SievePieceKind;
typedef struct {
	SievePieceKind kind;
	const char *text; /* TEXT */
	gsize length;
	guint index; /* of the variable, or of the match */
} SievePiece;

typedef struct {
	const char *text; /* NUL-terminated, and no NUL inside */
	gsize length;
	SievePlace place;
	const SievePiece *pieces; /* NULL: text is constant */
	guint piece_count;
} SieveString;

typedef enum { SIEVE_ARGUMENT_NUMBER, SIEVE_ARGUMENT_STRINGS, SIEVE_ARGUMENT_TAG } SieveArgumentKind;

typedef struct {
	SieveArgumentKind kind;
	SievePlace place;
	guint64 number;
	const char *tag;      /* lower case, without the colon */
	SieveString *strings; /* at least one */
	guint count;
	gboolean list; /* written in brackets */
} SieveArgument;

typedef struct SieveRow SieveRow;
typedef struct SieveItem SieveItem;
typedef struct SieveBound SieveBound;

/* A command or a test. */
struct SieveItem {
	const char *name; /* lower case */
	SievePlace place;
	gsize end; /* offset behind its last octet */
	SieveArgument *arguments;
	guint argument_count;
	SieveItem **tests;
	guint test_count;
	gboolean test_list; /* written in parentheses */
	SieveItem **block;
	guint block_count;
	gboolean has_block;
	gboolean broken;   /* not read to its end; that was said */
	const char *rule;  /* of the comment before it; NULL */
	SieveBound *bound; /* what the compiler made of it (table.h) */
};

typedef struct {
	SieveItem **commands;
	guint count;
} SieveTree;

/* Errors go to complaints; what could be read is in the tree, which lives in pool. */
SieveTree *sieve_parse(const char *text, gsize length, SievePool *pool, SieveComplaints *complaints);

/* ---- complaints ------------------------------------------------------------------ */

/* Collects what is wrong, up to LIMIT_SIEVE_ERRORS. */
struct SieveComplaints {
	const char *file;
	GPtrArray *errors; /* of SieveError */
};

/* The words are made safe here. */
void sieve_complain(SieveComplaints *complaints, const SievePlace *place, const char *format, ...)
	G_GNUC_PRINTF(3, 4);
/* No more is taken. */
gboolean sieve_complaints_full(const SieveComplaints *complaints);
