/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * across.h - messages moved and copied from one account to another.
 *
 * No server can do it, so each message takes three operations of one group,
 * each in the journal of its own account and each after the one before:
 *
 *	FETCH   (source)  brings the whole octets into the journal
 *	APPEND  (target)  stores them, with flags, keywords and internal date
 *	REMOVE  (source)  expunges the original; a copy has none
 *
 *	FETCH ---octets and done, one commit---> APPEND ---proved there---> REMOVE
 *
 * All three are committed before anything is said and shown at once: until the
 * octets are here the APPEND holds the header alone (Operation.head_only), which is
 * enough for its row. REMOVE goes out only after the APPEND is done and it is
 * known where the message is: by APPENDUID, seen there, or by its Message-ID.
 * Killed anywhere, each goes on where it was; an APPEND that may have gone out is
 * looked for first. What fails makes those after it fail, and the original is back.
 */
#pragma once

#include "engine/worker.h"

/* From where to where. */
typedef struct {
	const char *account; /* keys */
	StoreView *view;     /* of account; borrowed */
	const char *target_account;
	const char *target; /* folder, UTF-8 */
	gboolean move;      /* else copy */
	gint64 undoes;      /* group that this takes back; 0 */
} Across;

/* Append the operations of one row to operations; for one call of journal_add. FALSE: the row is gone. */
gboolean across_add(const Across *across, RowId row, GPtrArray *operations);
/* Words for all of a group: "Moved 3 messages to work: Archive". The caller's. */
char *across_words(const Across *across, guint count);
/* The three of one message in a group, by its APPEND; borrowed from group, NULL where there is none. */
void across_find(
	const GPtrArray *group, const Operation *append, const Operation **fetch, const Operation **remove);
/* Operation, and those before and after it, in order: all steps of one message; where it has none, it alone.
 * Borrowed from group, which holds operation. */
GPtrArray *across_steps(const GPtrArray *group, const Operation *operation);
/* operation is an APPEND of another account's message. */
gboolean across_is_append(const Operation *operation);

/* ---- on the journaler ---- */

/* Operations of other accounts may go on now that this one is settled. */
void across_wake(Engine *engine, Journal *journal, const Operation *operation);
/*
 * May operation be sent now? Its predecessor before (NULL: it has none any more) is settled or not.
 * FALSE: not yet; with *refusal (the caller's) never, for that reason.
 */
gboolean across_may_go(Journal *journal, const Operation *operation, const Operation *before, char **refusal);

/* ---- on the sync connection ---- */

/* Carry out a FETCH: from the cache where the whole message is there, else from the server. */
gboolean across_fetch(Worker *worker, Operation *operation, GError **error);
