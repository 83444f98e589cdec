/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules.h - what the rules remember, in posthorn.db: how far each folder was judged, what was done to which
 * message, what waits for more than headers, what was claimed, what was seen before.
 *
 * Changes nest in journal_begin() and journal_commit(): operations, log and marks
 * of one batch become durable together, so that a kill between them neither does
 * anything twice nor loses any of it. (DESIGN 7)
 */
#pragma once

#include "store/journal.h"

/* ---- marks ---------------------------------------------------------------------- */

/*
 * What of a folder was judged on arrival: every uid up to `uid`, and low to high
 * above it (a folder is read newest first), until both meet.
 */
typedef struct {
	guint32 uidvalidity;
	guint32 uid;
	guint32 low, high; /* 0: nothing above */
} RuleMark;

gboolean rule_mark_is_done(const RuleMark *mark, guint32 uid);
/* All from low to high was judged. A range that touches neither end is not remembered. */
void rule_mark_add(RuleMark *mark, guint32 low, guint32 high);

/* FALSE: rules never ran in this folder. */
gboolean journal_rule_mark(Journal *journal, const char *account, const char *folder, RuleMark *mark);
gboolean journal_rule_set_mark(
	Journal *journal, const char *account, const char *folder, const RuleMark *mark, GError **error);
/* Rules do not run there any more: what comes meanwhile is not caught up with. folder NULL: all of the
 * account. */
gboolean journal_rule_drop_marks(Journal *journal, const char *account, const char *folder, GError **error);

/* ---- messages -------------------------------------------------------------------- */

/*
 * Names a message for the log and the claims, wherever it is moved to and whether
 * or not the cache was made anew: by its Message-ID (key: store_message_key) and size; without one by
 * what else is known. Never 0.
 */
guint64 rule_message(
	const HashKey *secret, const OperationMessage *message, const char *from, const char *subject);

/* One rule's work on one message. */
typedef struct {
	gint64 id; /* set when read */
	guint64 message;
	gint64 received; /* INTERNALDATE: the same message delivered twice is two */
	gint64 made;
	char *rule;      /* its name as it was then */
	char *did;       /* translated when it was written, safe */
	char *also;      /* names of other rules that matched; NULL */
	char *host;      /* the machine that it ran on, safe; NULL: not noted */
	gint64 group;    /* of its operations; 0: none */
	gboolean failed; /* did says why nothing was done */
} RuleLog;

void rule_log_free(RuleLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RuleLog, rule_log_free)

gboolean journal_rule_log_add(Journal *journal, const char *account, const RuleLog *log, GError **error);
/* Newest first; of RuleLog, the caller's. */
GPtrArray *journal_rule_log(Journal *journal, const char *account, guint64 message);
/* Was anything done to this very delivery of it? */
gboolean journal_rule_was_done(Journal *journal, const char *account, guint64 message, gint64 received);
/* Was the group taken back? */
gboolean journal_rule_is_undone(Journal *journal, gint64 group);

/* ---- waiting ---------------------------------------------------------------------- */

/* An arrived message whose rules need more than is here: headers, octets, a claim. */
typedef struct {
	char *folder;
	guint32 uidvalidity, uid;
	guint tries;
} RuleWait;

void rule_wait_free(RuleWait *wait);

gboolean journal_rule_wait(Journal *journal, const char *account, const char *folder, guint32 uidvalidity,
	guint32 uid, GError **error);
/* Of RuleWait, oldest first; the caller's. */
GPtrArray *journal_rule_waiting(Journal *journal, const char *account, gsize limit);
/* One more try; durable. */
gboolean journal_rule_try(Journal *journal, const char *account, const RuleWait *wait, GError **error);
gboolean journal_rule_waited(Journal *journal, const char *account, const RuleWait *wait, GError **error);

/* ---- once over several machines ----------------------------------------------------- */

typedef enum {
	RULE_CLAIM_NONE,
	RULE_CLAIM_ASKED, /* about to be, or being, asked of the server */
	RULE_CLAIM_OURS,  /* what must be done once is ours to do */
	RULE_CLAIM_BEGUN, /* a program was begun: after a crash it is not run again */
	RULE_CLAIM_DONE,  /* and was done, or left */
} RuleClaim;

RuleClaim journal_rule_claim(Journal *journal, const char *account, guint64 message, gint64 received);
gboolean journal_rule_set_claim(Journal *journal, const char *account, guint64 message, gint64 received,
	RuleClaim claim, gint64 now, GError **error);

/* ---- seen before (RFC 7352) ----------------------------------------------------------- */

/* handle may be NULL. Is id known at now? */
gboolean journal_rule_seen(
	Journal *journal, const char *account, const char *handle, const char *id, gint64 now);
/* Known from now on for that long; last: the time begins anew at each sight, else at the first. */
gboolean journal_rule_see(Journal *journal, const char *account, const char *handle, const char *id,
	gint64 now, guint64 seconds, gboolean last, GError **error);

/* Addresses that were written to, case folded: a set of char *, the caller's. */
GHashTable *journal_rule_people(Journal *journal);

/* ---- once a day ------------------------------------------------------------------------- */

/* When the rules of a folder last ran on schedule; 0: never. */
gint64 journal_rule_ran(Journal *journal, const char *account, const char *folder);
gboolean journal_rule_set_ran(
	Journal *journal, const char *account, const char *folder, gint64 now, GError **error);

/* Part of journal_tidy(): what is over a year old, and ids that are forgotten. */
void journal_rule_tidy(Journal *journal, gint64 now);
