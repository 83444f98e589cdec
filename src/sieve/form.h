/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * form.h - a script as a list of rules that a form can edit.
 *
 * Pure: text in, text out. A script is cut at its `# rule:[NAME]` comments, as
 * webmail editors write them (a rule that is switched off has `if false # ...`
 * with its condition in the comment). A rule whose text is one that a form
 * could have written becomes conditions and actions; any other is hand-written:
 * shown, moved, switched and deleted as a whole, its text never changed.
 *
 *	rules = form_parse(text, -1);
 *	rule = rules->pdata...; change it; form_rule_touch(rule);
 *	text = form_write(rules);     what was not touched is the same octet for octet
 */
#pragma once

#include <glib.h>

typedef enum {
	FORM_ALL, /* allof */
	FORM_ANY, /* anyof */
	FORM_ALWAYS,
} FormJoin;

typedef enum {
	FORM_FROM, /* address :all from */
	FORM_TO,   /* to or cc */
	FORM_LIST, /* header list-id */
	FORM_SUBJECT,
	FORM_PRIORITY, /* value "high", "normal", "low": written out as standard header tests */
	FORM_SIZE,     /* value "1M", verb over or under */
	FORM_AGE,      /* value in days; over or under. Sieve cannot reckon with dates, so it is a question to
			  the environment (RFC 5183): a server that does not know it takes mail for new */
	FORM_HEADER,   /* field: its name */
	FORM_BODY,
	FORM_SPAM,  /* value 1 to 10, over */
	FORM_KNOWN, /* the sender is somebody I wrote to (extlists) */
} FormSubject;

typedef enum {
	FORM_CONTAINS,
	FORM_IS,
	FORM_MATCHES, /* with * and ? */
	FORM_REGEX,
	FORM_DOMAIN, /* the domain is, or is below: addresses only */
	FORM_EXISTS, /* HEADER, LIST */
	FORM_OVER,   /* AGE, SPAM: at least; SIZE: more than */
	FORM_UNDER,
} FormVerb;

typedef struct {
	FormSubject subject;
	FormVerb verb;
	gboolean negated;
	char *field; /* FORM_HEADER; else NULL */
	char *value; /* UTF-8; NULL where the verb takes none */
} FormCondition;

typedef enum {
	FORM_MOVE, /* value: folder */
	FORM_COPY,
	FORM_FLAG,    /* value: "\\Flagged", ... */
	FORM_LABEL,   /* value: a keyword */
	FORM_READ,    /* \Seen */
	FORM_FORWARD, /* value: address; a copy stays here */
	FORM_NOTIFY,  /* value: text; NULL: subject and sender */
	FORM_TRASH,   /* discard: Posthorn moves to Trash */
	FORM_KEEP,
	FORM_STOP,
} FormActionKind;

typedef struct {
	FormActionKind kind;
	char *value;     /* NULL where the kind takes none */
	gboolean create; /* MOVE, COPY: make the folder where it is missing */
} FormAction;

typedef struct {
	char *name;
	gboolean enabled;
	gboolean hand_written; /* conditions and actions are empty: text alone */
	FormJoin join;
	GPtrArray *conditions; /* of FormCondition; never NULL */
	GPtrArray *actions;    /* of FormAction; never NULL */
	char *text; /* as it stood in the script, from the comment to the next rule; NULL: new or touched */
	guint line; /* of that text in the script; 0 */
} FormRule;

typedef struct {
	char *head;          /* `require` and the comments at the beginning, as they stand */
	GPtrArray *rules;    /* of FormRule; never NULL */
	GPtrArray *required; /* of char *: what the script requires; never NULL */
	char *text;          /* all of it, as it was */
} FormScript;

FormCondition *form_condition_new(FormSubject subject, FormVerb verb, const char *value);
FormCondition *form_condition_copy(const FormCondition *condition);
void form_condition_free(FormCondition *condition);
FormAction *form_action_new(FormActionKind kind, const char *value);
FormAction *form_action_copy(const FormAction *action);
void form_action_free(FormAction *action);
/* Enabled, FORM_ALL, no condition, no action. */
FormRule *form_rule_new(const char *name);
FormRule *form_rule_copy(const FormRule *rule);
void form_rule_free(FormRule *rule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FormRule, form_rule_free)
void form_script_free(FormScript *script);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FormScript, form_script_free)

/* Never fails: text that is no valid Sieve comes back as hand-written. The text ends at a NUL. Code before
 * the first named rule is a hand-written rule of its own. */
FormScript *form_parse(const char *text, gssize length);
/* A changed form rule is written anew; a hand-written one is only commented out or in. */
void form_rule_touch(FormRule *rule);
/* Switch on or off. FALSE with FAULT_REFUSED: a hand-written rule that cannot be commented out safely. */
gboolean form_rule_enable(FormRule *rule, gboolean enabled, GError **error);
/* The whole script, valid Sieve where its hand-written parts are; `require` names what is needed. The
 * caller's. */
char *form_write(const FormScript *script);
/* What a form cannot write: an empty name or value, a size that is none, ... FAULT_INPUT, in words. */
gboolean form_rule_check(const FormRule *rule, GError **error);

/* Can that be asked of it? */
gboolean form_takes(FormSubject subject, FormVerb verb);

/* One line for lists: "subject contains invoice or from is at books.example"; translated, safe. The caller's.
 */
char *form_conditions_words(const FormRule *rule);
/* "move to Accounting, mark read"; translated, safe. The caller's. */
char *form_actions_words(const FormRule *rule);
/* The same of one. The caller's. */
char *form_condition_words(const FormCondition *condition);
char *form_action_words(const FormAction *action);
/* What can be chosen; translated, static. */
const char *form_subject_words(FormSubject subject);
const char *form_verb_words(FormSubject subject, FormVerb verb);
const char *form_action_brief(FormActionKind kind);

/* Sieve text of one condition, for tests and previews. The caller's. */
char *form_condition_text(const FormCondition *condition);
/* Sieve text of a rule as it will stand in the script. The caller's. */
char *form_rule_text(const FormRule *rule);
