/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table.h - what commands, tests and tags mean: a row each. An extension is a file with rows.
 *
 * The compiler binds each item to its row: it finds the tags among the families
 * that the row accepts, puts the others where the signature says, and then calls
 * the row's check, which may prepare what the run needs.
 */
#pragma once

#include "sieve/tree.h"

typedef struct SieveCompiler SieveCompiler;
typedef struct SieveRun SieveRun;

/* What comes after a command. */
typedef enum {
	SIEVE_FLOW_ON,
	SIEVE_FLOW_STOP,
	SIEVE_FLOW_RETURN, /* from an included script */
	SIEVE_FLOW_BREAK,  /* from the loop run->breaking */
	SIEVE_FLOW_FAIL,   /* run->result->error is set */
} SieveFlow;

typedef enum {
	SIEVE_QUIET = 1 << 0,   /* changes nothing but variables: it may run where nothing may be done */
	SIEVE_OUTWARD = 1 << 1, /* a test that does something: false where nothing may be done */
	SIEVE_CONTROL = 1 << 2, /* require, if, elsif, else, include: the compiler's own */
} SieveTraits;

struct SieveRow {
	const char *name;
	const char *extension; /* NULL: the base. "a|b": either */
	/*
	 * Arguments in order: s string, S string list, n number, t one test, T a list of tests, b block;
	 * "?" before a letter: may be left out.
	 */
	const char *signature;
	guint accepts; /* families of tags */
	guint traits;
	/* Complains, and then gives FALSE. NULL: nothing more to check. */
	gboolean (*check)(SieveCompiler *compiler, SieveItem *item);
	/* One of both. */
	SieveFlow (*run)(SieveRun *run, const SieveItem *item);
	gboolean (*test)(SieveRun *run, const SieveItem *item); /* FALSE also when run failed */
};

/* Families of tags, as rows accept them. */
enum {
	SIEVE_TAGS_MATCH = 1 << 0,   /* :is ... and :comparator */
	SIEVE_TAGS_ADDRESS = 1 << 1, /* :all ... */
	SIEVE_TAGS_COPY = 1 << 2,
	SIEVE_TAGS_FLAGS = 1 << 3,
	SIEVE_TAGS_FILE = 1 << 4,  /* :create, :specialuse */
	SIEVE_TAGS_INDEX = 1 << 5, /* :index, :last */
	SIEVE_TAGS_ZONE = 1 << 6,
	SIEVE_TAGS_MIME = 1 << 7,   /* :mime, :anychild */
	SIEVE_TAGS_OPTION = 1 << 8, /* :type, :subtype, :contenttype, :param */
	SIEVE_TAGS_BODY = 1 << 9,
	SIEVE_TAGS_SET = 1 << 10,
	SIEVE_TAGS_SIZE = 1 << 11,
	SIEVE_TAGS_LOOP = 1 << 12,
	SIEVE_TAGS_INCLUDE = 1 << 13,
	SIEVE_TAGS_NOTIFY = 1 << 14,
	SIEVE_TAGS_DUPLICATE = 1 << 15,
	SIEVE_TAGS_VACATION = 1 << 16,
	SIEVE_TAGS_PERCENT = 1 << 17,
	SIEVE_TAGS_EXECUTE = 1 << 18,
	SIEVE_TAGS_PIPE = 1 << 19,
	SIEVE_TAGS_FIRST = 1 << 20,
	SIEVE_TAGS_LIST = 1 << 21, /* :list of redirect */
	SIEVE_TAGS_ORIGINAL_ZONE = 1 << 22,
};

typedef enum {
	SIEVE_TAG_IS,
	SIEVE_TAG_CONTAINS,
	SIEVE_TAG_MATCHES,
	SIEVE_TAG_REGEX,
	SIEVE_TAG_COUNT,
	SIEVE_TAG_VALUE,
	SIEVE_TAG_LIST,
	SIEVE_TAG_COMPARATOR,
	SIEVE_TAG_ALL,
	SIEVE_TAG_LOCALPART,
	SIEVE_TAG_DOMAIN,
	SIEVE_TAG_USER,
	SIEVE_TAG_DETAIL,
	SIEVE_TAG_OVER,
	SIEVE_TAG_UNDER,
	SIEVE_TAG_COPY,
	SIEVE_TAG_CREATE,
	SIEVE_TAG_SPECIALUSE,
	SIEVE_TAG_FLAGS,
	SIEVE_TAG_INDEX,
	SIEVE_TAG_LAST,
	SIEVE_TAG_ZONE,
	SIEVE_TAG_ORIGINALZONE,
	SIEVE_TAG_RAW,
	SIEVE_TAG_CONTENT,
	SIEVE_TAG_TEXT,
	SIEVE_TAG_MIME,
	SIEVE_TAG_ANYCHILD,
	SIEVE_TAG_TYPE,
	SIEVE_TAG_SUBTYPE,
	SIEVE_TAG_CONTENTTYPE,
	SIEVE_TAG_PARAM,
	SIEVE_TAG_NAME,
	SIEVE_TAG_FIRST,
	SIEVE_TAG_LOWER,
	SIEVE_TAG_UPPER,
	SIEVE_TAG_LOWERFIRST,
	SIEVE_TAG_UPPERFIRST,
	SIEVE_TAG_QUOTEWILDCARD,
	SIEVE_TAG_QUOTEREGEX,
	SIEVE_TAG_ENCODEURL,
	SIEVE_TAG_LENGTH,
	SIEVE_TAG_PERSONAL,
	SIEVE_TAG_GLOBAL,
	SIEVE_TAG_ONCE,
	SIEVE_TAG_OPTIONAL,
	SIEVE_TAG_FROM,
	SIEVE_TAG_IMPORTANCE,
	SIEVE_TAG_OPTIONS,
	SIEVE_TAG_MESSAGE,
	SIEVE_TAG_HANDLE,
	SIEVE_TAG_HEADER,
	SIEVE_TAG_UNIQUEID,
	SIEVE_TAG_SECONDS,
	SIEVE_TAG_DAYS,
	SIEVE_TAG_SUBJECT,
	SIEVE_TAG_ADDRESSES,
	SIEVE_TAG_PERCENT,
	SIEVE_TAG_INPUT,
	SIEVE_TAG_PIPE,
	SIEVE_TAG_OUTPUT,
	SIEVE_TAG_TRY,
} SieveTag;

typedef struct {
	const char *name; /* without the colon */
	SieveTag tag;
	const char *extension; /* NULL: that of the item */
	guint families;
	char argument; /* s, S, n; 0: none */
	guint group;   /* of these one at most; 0: no such group */
} SieveTagRow;

typedef struct {
	const SieveRow *rows;    /* the last has no name; may be NULL */
	const SieveTagRow *tags; /* the last has no name; may be NULL */
} SieveModule;

extern const SieveModule sieve_module_body, sieve_module_control, sieve_module_date, sieve_module_duplicate,
	sieve_module_environment, sieve_module_file, sieve_module_flags, sieve_module_header,
	sieve_module_include, sieve_module_lists, sieve_module_match, sieve_module_mime, sieve_module_notify,
	sieve_module_programs, sieve_module_remote, sieve_module_spam, sieve_module_variables;

/* ---- what an item is bound to ------------------------------------------------------- */

#define SIEVE_POSITIONAL_MAX 4

typedef struct {
	SieveTag tag;
	SievePlace place;
	const SieveTagRow *row;
	const SieveArgument *argument; /* NULL where it takes none */
} SieveTagged;

/* Whether a test is known before any message is. */
typedef enum { SIEVE_TRUTH_OPEN, SIEVE_TRUTH_NO, SIEVE_TRUTH_YES } SieveTruth;

struct SieveBound {
	const SieveRow *row;
	const SieveArgument *arguments[SIEVE_POSITIONAL_MAX]; /* by signature; NULL: left out */
	SieveTagged *tags;
	guint tag_count;
	gpointer data; /* by the row's check */
	SieveTruth truth;
};

/* The tag, or NULL. */
const SieveTagged *sieve_item_tag(const SieveItem *item, SieveTag tag);
/* The one string or number behind a tag; NULL: the tag is not there. */
const SieveString *sieve_item_tag_string(const SieveItem *item, SieveTag tag);
/* Argument number n of the signature, the first string of it; NULL: left out. */
const SieveString *sieve_item_string(const SieveItem *item, guint n);

/* ---- looking up --------------------------------------------------------------------------- */

const SieveRow *sieve_table_find(const char *name, gboolean test);
/* Among the families; *elsewhere (may be NULL): there is such a tag, but not for these. */
const SieveTagRow *sieve_table_find_tag(const char *name, guint families, gboolean *elsewhere);
/* The name that was meant; NULL: none is near. Static. */
const char *sieve_table_nearest(const char *name, gboolean test);
const char *sieve_table_nearest_extension(const char *name);
gboolean sieve_table_knows_extension(const char *name);
