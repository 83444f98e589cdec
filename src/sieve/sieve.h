/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sieve.h - the Sieve language (RFC 5228): a script is compiled once, then run over messages.
 *
 * Pure: no I/O, no clock of its own. What a script wants to know of a message
 * or of the world it asks through SieveHost; what it wants done comes back as a
 * list of actions, and nothing was done. A compiled script is never changed
 * and may be run by several threads at once; each run has a host of its own.
 *
 *	script = sieve_compile(text, -1, &options, &errors);
 *	if (script == NULL)
 *		... errors: each with file, line, column
 *	if (sieve_run(script, &host, NULL, &result))
 *		... result.actions
 *	sieve_result_clear(&result);
 *
 * Limits (util/limits.h): size of a script, nesting, steps and memory of a run,
 * variables, redirects, include depth. Matching takes linear time, :regex a
 * bounded number of steps. A run that fails keeps the message: its only action
 * is keep, and error says where and why.
 *
 * Extensions: sieve_extensions(). vacation (RFC 5230), reject and ereject
 * (RFC 5429) compile, and fail at run time: only a server can do them. The
 * same for editheader's absence: it is not known at all.
 */
#pragma once

#include <glib.h>

#include "mime/message.h"
#include "sieve/host.h"

/* ---- extensions ------------------------------------------------------------- */

/* Every capability name that `require` takes, sorted, NULL-terminated; static. */
const char *const *sieve_extensions(void);
/* Those that run on a server only ("vacation", "reject", "ereject"). */
gboolean sieve_extension_is_remote(const char *name);

/*
 * An item of environment (RFC 5183) of our own: the age of a message in whole days, for rules that clean up.
 * Sieve cannot reckon with dates. A server does not know it, so that such a test never holds there, where a
 * message has just come.
 */
#define SIEVE_ENVIRONMENT_AGE "vnd.posthorn.age"

/* ---- compiling ---------------------------------------------------------------- */

typedef struct SieveScript SieveScript;

/* One complaint. Positions count from 1; column counts characters, a tab is one. */
typedef struct {
	char *file; /* as given in the options, or the included script's name */
	guint line, column;
	char *message; /* translated, safe: what is wrong, and what was expected */
} SieveError;

void sieve_error_free(SieveError *error);
/* "file:line:column: message"; the caller's. */
char *sieve_error_words(const SieveError *error);

typedef struct {
	const char *file; /* the name in errors; NULL: "script" */
	/*
	 * The text of an included script (RFC 6609), or NULL with error: unknown, or an include that
	 * must not be. The caller's (ours to free). NULL: includes are refused.
	 */
	char *(*include)(const char *name, gboolean global, gpointer user, GError **error);
	gpointer user;
	/* Programs that execute, filter and pipe may name; NULL-terminated; NULL: none, and their `require`
	 * is an error that says how to allow them. */
	const char *const *programs;
} SieveOptions;

/*
 * Compile text (UTF-8, CRLF or LF; length -1: NUL-terminated). NULL: *errors
 * (of SieveError, free func set, the caller's) holds at least one; after an
 * error the compiler goes on at the next command, so that several come in one
 * pass, at most LIMIT_SIEVE_ERRORS. options may be NULL.
 */
SieveScript *sieve_compile(const char *text, gssize length, const SieveOptions *options, GPtrArray **errors);
void sieve_script_free(SieveScript *script);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SieveScript, sieve_script_free)

/* The names in its `require`s and those of what it includes, NULL-terminated, sorted; borrowed. */
const char *const *sieve_script_requires(const SieveScript *script);

/* What a run may ask the host for; known before any message is fetched. */
typedef enum {
	SIEVE_NEEDS_ANY_HEADER = 1 << 0, /* a field whose name is not fixed in the script */
	SIEVE_NEEDS_BODY = 1 << 1,       /* body, foreverypart, mime: the whole message */
	SIEVE_NEEDS_PROGRAMS = 1 << 2,   /* execute, filter, pipe: the whole message goes to a program */
	SIEVE_NEEDS_ONCE = 1 << 3,  /* redirect, notify, execute, filter, pipe: must not be done twice over
				       several machines */
	SIEVE_NEEDS_CLOCK = 1 << 4, /* currentdate: the same message may match later */
} SieveNeeds;
guint sieve_script_needs(const SieveScript *script);
/* Fields that the tests name, lower case, each once, sorted, NULL-terminated; borrowed. */
const char *const *sieve_script_fields(const SieveScript *script);

/*
 * The rules of a script: each top-level if (with its elsif and else) is one,
 * and each top-level run of other commands between them. Named by the comment
 * `# rule:[NAME]` before it (as webmail editors write it), else "line N".
 */
typedef struct {
	char *name;
	guint line;     /* of its first command */
	gboolean named; /* by a comment */
} SieveRule;
/* Of SieveRule, in order; borrowed. */
const GPtrArray *sieve_script_rules(const SieveScript *script);

/* ---- running -------------------------------------------------------------------- */

typedef enum {
	SIEVE_KEEP,     /* flags */
	SIEVE_FILEINTO, /* folder, special_use, copy, create, flags */
	SIEVE_DISCARD,
	SIEVE_REDIRECT, /* address, copy */
	SIEVE_NOTIFY,   /* method, text, importance, address (from), options */
	SIEVE_PIPE,     /* program, arguments, copy, try */
	SIEVE_FLAGS, /* no action of its own on the message: the flags that a keep at the end carries differ
			from those it came with */
} SieveActionKind;

/* "keep", "fileinto", ...; untranslated, static. */
const char *sieve_action_name(SieveActionKind kind);

typedef struct {
	SieveActionKind kind;
	guint rule;        /* index into sieve_script_rules(); G_MAXUINT: the implicit keep */
	guint line;        /* in the script */
	char *folder;      /* UTF-8, as the script names it (INBOX in any case is "INBOX") */
	char *special_use; /* "\\Archive" (RFC 8579); NULL */
	char *address;     /* addr-spec */
	gboolean copy;     /* RFC 3894: the implicit keep stays */
	gboolean create;   /* RFC 5490 */
	char **flags;      /* all flags the message is to have, as IMAP spells them; NULL: those it has */
	char *method;      /* NOTIFY: URI or name; NULL: the default */
	char *text;        /* NOTIFY: what to say; NULL */
	guint importance;  /* NOTIFY: 1 high, 2, 3 low */
	char **options;    /* NOTIFY; NULL */
	char *program;
	char **arguments; /* PIPE; NULL */
	gboolean try;     /* PIPE :try */
} SieveAction;

/* A rule whose condition held (in a rule without one: it was reached). */
typedef struct {
	guint rule;
	guint line;         /* of the branch that held */
	gboolean effective; /* FALSE: a stop before it had ended the script; it would have matched */
	gboolean acted;     /* effective, and an action or a change of flags came of it */
} SieveMatch;

typedef struct {
	GPtrArray
		*actions; /* of SieveAction, never empty: the implicit keep stands last when it is in force */
	GArray *matches;  /* of SieveMatch, by rule */
	GPtrArray *trace; /* of char *: "3: header :contains \"subject\" \"x\": yes"; NULL unless asked for */
	guint steps;
	GError *error; /* the run failed: FAULT_LIMIT, FAULT_REFUSED (only a server can do that),
			  FAULT_UNKNOWN (not known here yet: fetch and run again), ...; actions is one keep */
	guint error_line;
} SieveResult;

typedef struct {
	gboolean trace;
	gboolean look_behind; /* after a stop go on to test later rules, without their actions, for
				 `effective` */
} SieveRunOptions;

/*
 * Run script over the message that host knows. options may be NULL. TRUE, or FALSE
 * with result->error set. result is filled in either case; zeroed before.
 */
gboolean sieve_run(
	const SieveScript *script, SieveHost *host, const SieveRunOptions *options, SieveResult *result);
void sieve_result_clear(SieveResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SieveResult, sieve_result_clear)
