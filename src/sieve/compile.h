/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compile.h - what the checks of rows may ask of the compiler, and what it makes.
 */
#pragma once

#include "sieve/table.h"

/* One script text: the main one, or one that is included. */
typedef struct {
	const char *file;
	guint number; /* 0: the main one */
	SieveItem **commands;
	guint count;
	GArray *locals; /* of guint: its variables, empty whenever it begins */
} SieveUnit;

struct SieveScript {
	SievePool *pool;
	SieveUnit *main;
	GPtrArray *units;    /* of SieveUnit, by number */
	GPtrArray *rules;    /* of SieveRule */
	guint *rule_of;      /* by command of main: its rule; G_MAXUINT: none (require) */
	GPtrArray *fields;   /* of char *: lower case, by slot */
	GPtrArray *sorted;   /* of char *, NULL at the end: the same */
	GPtrArray *requires; /* of char *, NULL at the end, sorted */
	guint needs;
	guint variable_count;
	gboolean captures; /* some string holds a match variable */
};

/* What the compilers of all units of a script share. */
typedef struct {
	SieveScript *script;
	const SieveOptions *options;
	GPtrArray *errors;
	gsize octets;          /* of all texts so far */
	GHashTable *units;     /* key -> SieveUnit */
	GHashTable *globals;   /* name -> index + 1 */
	GHashTable *slots;     /* field -> slot + 1 */
	GHashTable *requires;  /* name -> itself */
	GHashTable *variables; /* "unit name" -> index + 1; kept while the script is compiled */
} SieveShared;

struct SieveCompiler {
	SieveShared *shared;
	SieveScript *script;
	SievePool *pool;
	SieveComplaints complaints;
	SieveUnit *unit;
	GHashTable *required; /* name -> itself; and what ihave found */
	GHashTable *names;    /* variable -> index + 1 */
	GHashTable *global;   /* names of those that `global` declared */
	const SieveCompiler *includer;
	const char *key;      /* of the unit, as in shared->units; NULL: main */
	guint depth;          /* of includes */
	GPtrArray *loops;     /* of const char *: names of the foreverypart loops around; "" */
	gboolean others_seen; /* a command that is no require */
};

void sieve_compiler_complain(SieveCompiler *compiler, const SievePlace *place, const char *format, ...)
	G_GNUC_PRINTF(3, 4);
gboolean sieve_compiler_requires(const SieveCompiler *compiler, const char *extension);
/* Take name as required. */
void sieve_compiler_require(SieveCompiler *compiler, const char *extension);
/* Can it be required here; *why (the caller's, may be NULL) says what to do where it cannot. */
gboolean sieve_compiler_offers(const SieveCompiler *compiler, const char *extension, char **why);

/* The slot of a field's name, in any case. */
guint sieve_compiler_slot(SieveCompiler *compiler, const char *field);
/* The slots of all names that are constant; those that are not give G_MAXUINT. Complains of what is no field
 * name. */
const guint *sieve_compiler_slots(SieveCompiler *compiler, const SieveArgument *names);

/* Encoded characters, then variables. Once for each string. */
void sieve_compiler_string(SieveCompiler *compiler, SieveString *string);
/* Complains where it holds a variable. what: translated, "The name of a comparator". */
gboolean sieve_compiler_constant(SieveCompiler *compiler, const SieveString *string, const char *what);
/* The index of a variable that a name stands for; G_MAXUINT with a complaint. */
guint sieve_compiler_variable(
	SieveCompiler *compiler, const char *name, gsize length, const SievePlace *place);
/* Is it an identifier of RFC 5228, 8.1? */
gboolean sieve_is_name(const char *text, gsize length);

/* Bind commands and all that is in them. top: outside of all blocks. */
void sieve_compiler_block(SieveCompiler *compiler, SieveItem **items, guint count, gboolean top);
/* FALSE: the item cannot be run; that was said. */
gboolean sieve_compiler_bind(SieveCompiler *compiler, SieveItem *item, gboolean test);
/* The unit of that name, compiled once; NULL with a complaint, or without one when optional. */
SieveUnit *sieve_compiler_include(SieveCompiler *compiler, const SieveString *name, gboolean global,
	gboolean optional, const SievePlace *place);
