/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules.h - Sieve rules over the mail of an account: on arrival, on demand, and only looked at.
 *
 * The script of an account is $XDG_CONFIG_HOME/posthorn/ACCOUNT/rules.sieve
 * (includes beside it). What counts as arrival: a UID above the folder's mark in
 * posthorn.db, which is set to UIDNEXT - 1 when rules are switched on or the
 * UIDVALIDITY changes; so a first sync or a rebuilt cache runs nothing over old
 * mail. Every effect is a journal operation; those of one run are one group,
 * undone as one. The log says of each message which rule did what. (DESIGN 7)
 *
 * Where `rules = server`, nothing runs here on arrival; looking and running on
 * demand work all the same.
 *
 * Who does what: engine_rules_look() reads rows on the reader and answers by
 * EVENT_RULES. Nothing is done before engine_rules_apply(), on the journaler.
 */
#pragma once

#include "engine/engine.h"
#include "sieve/form.h"
#include "sieve/sieve.h"

/* ---- the script -------------------------------------------------------------- */

/* Its path; the caller's. */
char *rules_path(const Paths *paths, const char *account);
/* The text; "" where there is none. FAULT_LOCAL, FAULT_LIMIT; FAULT_INPUT: a NUL is in it. The caller's. */
char *rules_load(const Paths *paths, const char *account, GError **error);
/*
 * Write it (the old one is kept as rules.sieve~). was: the text that was edited; when the file
 * is another one by now nothing is written: FAULT_BUSY. NULL: whatever is there.
 */
gboolean rules_save(
	const Paths *paths, const char *account, const char *was, const char *text, GError **error);
/* Compile as it would run: includes from the folder beside it, programs as the configuration allows. */
SieveScript *rules_compile(
	const Paths *paths, const Config *config, const char *account, const char *text, GPtrArray **errors);

/* The same for a script in any file: included ones stand beside it, errors name it as path says. */
SieveScript *rules_compile_file(
	const Config *config, const char *path, const char *text, gssize length, GPtrArray **errors);

/* ---- looking: what would happen ---------------------------------------------------- */

/* Effects of one message, what a dry run lists. */
typedef struct {
	RowId row;
	gint64 date;          /* sent */
	char *from, *subject; /* decoded, not yet safe; may be NULL */
	guint rule;           /* index of the rule that acts on it; G_MAXUINT: none does */
	GArray *matches;      /* of SieveMatch: also those that came too late */
	GPtrArray *actions;   /* of SieveAction; never NULL */
	char *words;          /* "▸ Accounting, read"; translated, safe */
	char *error;          /* the script failed on it, or it cannot be judged: why; NULL */
	gboolean unknown;     /* a rule needs more than is here: fetch, and look again */
	gboolean nothing;     /* it is already as the rules would have it */
} RulesHit;

typedef struct {
	char *name;
	guint line;
	guint matched;  /* messages whose condition held */
	guint acted;    /* of these: it does something to them */
	guint taken;    /* of these: an earlier rule ended the script first */
	guint taken_by; /* the rule that took most of them; G_MAXUINT */
} RulesCount;

/* A folder that actions name and that does not exist. */
typedef struct {
	char *folder;
	gboolean create; /* the script makes it (:create); else these messages stay */
	guint messages;
} RulesFolder;

typedef struct RulesReport {
	char *account;
	FolderId folder;
	char *script;   /* the text that was run */
	guint messages; /* looked at */
	guint unknown;  /* of these: needs more than is here */
	guint failed;
	GPtrArray *hits;    /* of RulesHit: those that some rule matched, or that failed, in the order of the
			       folder */
	GPtrArray *rules;   /* of RulesCount, as sieve_script_rules() */
	GPtrArray *folders; /* of RulesFolder */
	gint64 took_us;
} RulesReport;

/* Without hits. */
RulesReport *rules_report_new(const char *account, FolderId folder, const char *script);
void rules_report_free(RulesReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RulesReport, rules_report_free)

typedef struct {
	const char *account;
	FolderId folder;
	const RowId *rows; /* these alone; NULL: the folder's newest `most` */
	gsize row_count;
	guint most;       /* 0: all */
	const char *text; /* a script not yet saved; NULL: the account's */
	gboolean fetch;   /* fetch what is missing first (not in a dry run that must be instant) */
} RulesLook;

/*
 * EVENT_RULES with rules = the report (the event's; steal it), or error. FAULT_INPUT:
 * the script does not compile: the words begin "file:line:column:". A cancelled ticket
 * (engine_forget) stops at the next message.
 */
guint engine_rules_look(Engine *engine, const RulesLook *look);

/*
 * Do what report says, but for the rows in leave_out (may be NULL), as one group: EVENT_ACTED
 * with words "Rules: 211 moved, 3 flagged". Messages that changed meanwhile are judged again.
 */
guint engine_rules_apply(
	Engine *engine, const RulesReport *report, const RowId *leave_out, gsize leave_out_count);

/* ---- rule from this message --------------------------------------------------------- */

typedef enum {
	PROPOSAL_LIST, /* List-Id */
	PROPOSAL_SENDER,
	PROPOSAL_DOMAIN,  /* of the sender */
	PROPOSAL_SUBJECT, /* the stem: without Re:, numbers, dates */
	PROPOSAL_PRIORITY,
} ProposalKind;

typedef struct {
	ProposalKind kind;
	char *value;      /* UTF-8 */
	guint here;       /* messages of the folder that it would have matched */
	guint everywhere; /* in the account */
} RulesProposal;

void rules_proposal_free(gpointer proposal);
/* As the form has it; the caller's. */
FormCondition *rules_proposal_condition(const RulesProposal *proposal);
/* Of a decoded subject, what others of its kind have too; the caller's; NULL: too little. */
char *rules_subject_stem(const char *subject);
/* What a message suggests (of RulesProposal, the caller's); reads all rows: on the reader. */
GPtrArray *rules_proposals(StoreView *view, const StoreRow *row);
/* EVENT_PROPOSALS with proposals (of RulesProposal, best first: the narrowest that matches more than one). */
guint engine_rules_propose(Engine *engine, const char *account, RowId row);

/* ---- why is this here? ---------------------------------------------------------------- */

typedef struct {
	gint64 when;
	char *rule;   /* its name as it was then */
	char *did;    /* "moved to Accounting, read"; translated when it was written */
	char *also;   /* names of other rules that matched, ", " between; NULL */
	char *host;   /* the machine that it ran on, safe; NULL: not noted */
	gint64 group; /* for undo; 0: nothing to undo */
	gboolean undone;
} RulesWhy;

/* Newest first; of RulesWhy, the caller's; empty: no rule touched it. Any thread with a journal of its own.
 */
GPtrArray *rules_why(Journal *journal, StoreView *view, const char *account, RowId row);
void rules_why_free(RulesWhy *why);

/* ---- on the server ---------------------------------------------------------------------- */

typedef enum {
	UPLOAD_SAME,    /* what is there is what would be sent, and it is active */
	UPLOAD_NEW,     /* no such script there */
	UPLOAD_CHANGED, /* the script there is neither ours as last uploaded nor this one, or another one is
			   active: ask before */
	UPLOAD_READY,   /* it is ours as last uploaded */
} UploadState;

typedef struct RulesServer {
	UploadState state;
	GPtrArray *scripts; /* of ManageScript (sieve/manage.h) */
	char *name;         /* the script's name there */
	char *text;         /* what is there; NULL: none */
	char *lacks;        /* extensions that the script requires and the server lacks; NULL: none */
	char *other;        /* another script is active there, and would be switched off: ask before; NULL */
	char *words;        /* the server's warnings about the script, safe; NULL */
	char *server;       /* "sieve.example.org:4190, Dovecot Pigeonhole"; safe */
} RulesServer;

void rules_server_free(RulesServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RulesServer, rules_server_free)

/*
 * All four: a job of its own thread, stopped by engine_forget() or from the list of jobs,
 * and answered by EVENT_RULES_SERVER with rules_server, or error: those of
 * manage_session_open() and of the commands. FAULT_UNKNOWN also: the account has no ManageSieve
 * server, and none was found. A forgotten errand still answers, with FAULT_CANCELED. Any process
 * may ask, also one that does not hold the account.
 */
/* Only look. */
guint engine_rules_server(Engine *engine, const char *account);
/*
 * Check, put, activate the account's script. overwrite: also what is UPLOAD_CHANGED; without it
 * nothing is changed there, and rules_server says UPLOAD_CHANGED, without error. Done: UPLOAD_SAME.
 * FAULT_REFUSED: the server lacks extensions (lacks), or does not take the script (its words).
 */
guint engine_rules_upload(Engine *engine, const char *account, gboolean overwrite);
/* Fetch a script (NULL: the active one): its name and text. FAULT_UNKNOWN: there is none. */
guint engine_rules_fetch(Engine *engine, const char *account, const char *name);
/* name NULL: none. */
guint engine_rules_activate(Engine *engine, const char *account, const char *name);
