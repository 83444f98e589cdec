/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run.h - one run of a script over one message, as the rows see it.
 *
 * What lives for the whole run is in memory; what a command or test needs for
 * itself is in scratch, which is given back behind each. Steps and memory are
 * counted; a run that has failed goes no further, and its tests are false.
 */
#pragma once

#include "sieve/compile.h"
#include "util/fault.h"

/* One value of a test: octets, and once they were asked for the folded ones. */
typedef struct {
	const char *text;
	gsize length;
	const char *folded[2]; /* i;ascii-casemap, i;unicode-casemap; NULL: not yet */
	gsize folded_length[2];
} SieveValue;

typedef struct {
	SieveValue *items;
	guint count;
	SievePool *pool; /* where they, and what is folded, live */
} SieveValues;

#define SIEVE_CAPTURES 33 /* ${0} to ${32} */

typedef struct {
	char *text; /* NULL: empty */
	gsize length;
} SieveVariable;

/* A field, as it was asked for. */
typedef struct {
	SievePool *pool; /* where its values live */
	gboolean known, addresses_known;
	gboolean exists;
	SieveValues values;
	const GPtrArray *addresses; /* of MimeAddress; NULL: none */
	SieveValues parts[5];       /* by SIEVE_TAG_ALL to SIEVE_TAG_DETAIL */
	gboolean parts_known[5];
} SieveField;

/* A rule that changed the internal variable of flags. */
typedef struct {
	guint rule, line;
} SieveFlagRule;

struct SieveRun {
	const SieveScript *script;
	SieveHost *host;
	SieveResult *result;
	SievePool *memory, *scratch;
	gboolean tracing;
	gboolean looking; /* behind a stop: nothing may be done */

	guint depth;   /* of included scripts; 0: the main one */
	guint rule;    /* of the command of the main script that runs */
	guint line;    /* of the same */
	guint changes; /* actions and changes of flags so far */
	gboolean kept; /* the implicit keep is in force */
	guint redirects;
	guint8 *entered; /* by unit: it was included */
	const char *breaking;

	SieveVariable *variables;
	gsize variable_octets;
	char *captures[SIEVE_CAPTURES];
	gsize capture_lengths[SIEVE_CAPTURES];
	guint capture_count;

	SieveField *fields;   /* by slot */
	SieveField nothing;   /* what a run that has failed is answered */
	MimeMessage *message; /* the host's, or what a filter made of it; NULL: not asked for */
	gboolean filtered;    /* message is ours */
	MimePart *part;       /* of the loop; NULL: outside */
	GHashTable *texts;    /* MimePart -> GBytes: what body tests read of it; NULL: none yet */
	gsize text_octets;

	GPtrArray *flags;   /* of char *: the internal variable; NULL: as the message has them */
	GArray *flag_rules; /* of SieveFlagRule: who changed it; NULL: nobody */
	gint64 now;         /* -1: not asked for */
};

/* ---- failing, and counting ----------------------------------------------------------- */

void sieve_run_fail(SieveRun *run, Fault code, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Take error, which may be NULL. */
void sieve_run_fail_with(SieveRun *run, GError *error);
/* The host said SIEVE_MISSING; what: translated, "The whole message". */
void sieve_run_missing(SieveRun *run, const char *what);
gboolean sieve_run_failed(const SieveRun *run);
/* One step, and more for octets that are gone through. FALSE: the run has failed. */
gboolean sieve_run_charge(SieveRun *run, guint64 octets);
/* Room in one of the run's pools; NULL: the run has failed. */
gpointer sieve_run_take(SieveRun *run, SievePool *pool, gsize size);

/* A copy in scratch, NUL-terminated; "" when the run has failed. */
const char *sieve_run_copy(SieveRun *run, const char *text, gsize length);

/* ---- asking ----------------------------------------------------------------------------- */

/* A string with its variables; NUL-terminated, in scratch. Never NULL ("" when the run has failed). */
const char *sieve_run_text(SieveRun *run, const SieveString *string, gsize *length);
/* The field of a slot, or (until the test is over) of a name. Never NULL; borrowed from the run. */
SieveField *sieve_run_field(SieveRun *run, guint slot);
/* Without asking for its values, for sieve_run_addresses(). */
SieveField *sieve_run_field_known(SieveRun *run, guint slot);
SieveField *sieve_run_field_named(SieveRun *run, const char *name);
/* Slot, or where that is G_MAXUINT the name. */
SieveField *sieve_run_field_of(SieveRun *run, guint slot, const SieveString *name);
/* The values of the part of the addresses of a field. */
SieveValues *sieve_run_addresses(SieveRun *run, SieveField *field, const char *name, SieveTag part);
/* The same from octets: of the message that a filter made (SIEVE_HERE always), or of a header block; the
 * caller's. NULL: no such field. */
SieveAnswer sieve_message_header(SieveRun *run, const char *name, const GPtrArray **values);
SieveAnswer sieve_message_addresses(SieveRun *run, const char *name, const GPtrArray **addresses);
GPtrArray *sieve_block_values(const char *block, gsize length, const char *name);
GPtrArray *sieve_block_addresses(const char *block, gsize length, const char *name);
/* NULL: the run has failed. */
MimeMessage *sieve_run_message(SieveRun *run);
gint64 sieve_run_now(SieveRun *run);
int sieve_run_zone(SieveRun *run, gint64 when);

/* ---- values ------------------------------------------------------------------------------- */

/* The part (SIEVE_TAG_ALL to SIEVE_TAG_DETAIL) of an addr-spec; FALSE: it has none. In pool. */
gboolean sieve_address_part(
	SieveRun *run, SievePool *pool, const char *address, SieveTag part, SieveValue *value);
/* Room for count values in scratch. */
SieveValues sieve_values_new(SieveRun *run, guint count);
/* One value; text is borrowed. */
void sieve_values_set(SieveValues *values, guint n, const char *text, gsize length);

/* ---- doing ---------------------------------------------------------------------------------- */

/* A new action, attributed to the rule; NULL in a run that has failed, or where too many were made. */
SieveAction *sieve_run_act(SieveRun *run, SieveActionKind kind);
/* Assign; too long a value is cut (RFC 5229, 3). */
void sieve_run_assign(SieveRun *run, guint variable, const char *text, gsize length);
/* What the modifiers of an item (RFC 5229, 4.1) make of text. The caller's. */
char *sieve_modified(const SieveItem *item, const char *text, gsize length, gsize *out_length);
/* A row's check: argument 0 is the name of a variable; data: its index. */
gboolean sieve_check_variable(SieveCompiler *compiler, SieveItem *item);
/* The flags that an action takes along: those behind :flags, else the internal variable; NULL: unchanged. The
 * caller's. */
char **sieve_run_flags(SieveRun *run, const SieveItem *item);
/* Behind the last command: an action for each rule that changed flags which a keep will carry. */
void sieve_flags_finish(SieveRun *run);
void sieve_action_free(gpointer action);

SieveFlow sieve_run_block(SieveRun *run, SieveItem *const *items, guint count);
SieveFlow sieve_run_unit(SieveRun *run, const SieveUnit *unit);
gboolean sieve_run_test(SieveRun *run, const SieveItem *test);

/* For the trace: "header :contains \"subject\" \"x\""; safe, cut. The caller's. */
char *sieve_item_words(const SieveItem *item);
void sieve_run_trace(SieveRun *run, const SieveItem *item, const char *outcome);
