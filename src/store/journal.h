/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * journal.h - posthorn.db: what must never be lost.
 *
 * Operations, outbox (outbox.h), drafts (drafts.h), people written to, the secret of the keyed hash.
 * synchronous=FULL: when a call returns TRUE its effect survives a power cut.
 * Owned by the journal-writer thread; several processes may have it open (each
 * writes with BEGIN IMMEDIATE). Never deleted by us: a file that is found damaged when it is
 * opened is set aside as posthorn.db.damaged-N, which is said, and a new one begun;
 * one found damaged later fails every call with FAULT_DAMAGED: close it, and open it again.
 * A newer schema is FAULT_NEWER; an older one is copied to posthorn.db.vN, then migrated.
 */
#pragma once

#include "store/operation.h"
#include "util/hash.h"

typedef struct Journal Journal;

/* path: $XDG_DATA_HOME/posthorn/posthorn.db; its folder is made. *warning (may be NULL; the caller's) says
 * that a damaged file was set aside. */
Journal *journal_open(const char *path, char **warning, GError **error);
void journal_close(Journal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Journal, journal_close)

/* The secret of the keyed hash, made with the file. Borrowed for the journal's life, safe to copy from any
 * thread. */
const HashKey *journal_hash_key(Journal *journal);

/*
 * Several calls as one: begin, changing calls, commit. Nothing is durable before
 * commit returns TRUE; after a failed call the others do nothing and commit
 * rolls all of it back, with the first error. Nests.
 */
gboolean journal_begin(Journal *journal, GError **error);
gboolean journal_commit(Journal *journal, GError **error);
/* In place of commit. */
void journal_rollback(Journal *journal);

/*
 * Commit operations, all or none; sets id (and group where 0: one new group for
 * all of this call). FAULT_LOCAL when the disk is full: nothing was done.
 */
gboolean journal_add(Journal *journal, Operation **operations, gsize count, GError **error);
/* Operations of the account above id, in order; unfinished_only leaves out done, failed, undone. GPtrArray of
 * Operation, without content. */
GPtrArray *journal_load(Journal *journal, const char *account, gint64 above_id, gboolean unfinished_only);
Operation *journal_get(Journal *journal, gint64 id);
/* The first unfinished operation of the account above id, without content; NULL with *error unset: there is
 * none. */
Operation *journal_next(Journal *journal, const char *account, gint64 above_id, GError **error);
/* Whether something is unfinished, and all of it is what rules do to messages by themselves and never went
 * out before. */
gboolean journal_only_rules_wait(Journal *journal, const char *account);
/* Ids of the account's unfinished operations, upwards; array of gint64, the caller's; NULL with error. */
GArray *journal_unfinished(Journal *journal, const char *account, GError **error);
GPtrArray *journal_group(Journal *journal, gint64 group);
/* The newest groups first, for the undo list: GPtrArray of Operation (the first of each group). account NULL:
 * all. */
GPtrArray *journal_recent(Journal *journal, const char *account, gsize limit);
/*
 * Newest group that can be undone: done or under way, undoes nothing, is not
 * undone, and neither expunged nor deleted a folder; 0: none. account NULL: all.
 */
gint64 journal_last_undoable(Journal *journal, const char *account);
GBytes *journal_load_content(Journal *journal, gint64 id);
/*
 * A FETCH brought the octets: the APPEND after it gets them in place of its header, and the FETCH is done, in
 * one commit. Was the APPEND called off meanwhile, nothing is kept.
 */
gboolean journal_fetched(Journal *journal, gint64 id, GBytes *octets, GError **error);
/* How many operations of all accounts failed, and are neither repeated nor forgotten. */
guint journal_count_failed(Journal *journal);
/* Octets that FETCH brought and that no APPEND has stored yet. */
guint64 journal_waiting_octets(Journal *journal);
/* Keys of the accounts of the operation before, and of those after this one. Ended by NULL, the caller's. */
char **journal_neighbours(Journal *journal, gint64 id);
/*
 * Call off an APPEND that was not sent, with the FETCH before and the REMOVE after it. FALSE with *error
 * unset: too late.
 */
gboolean journal_call_off(Journal *journal, gint64 append, GError **error);

/*
 * State of the operation as a whole; error_text may be NULL; content is dropped
 * once done. IN_FLIGHT counts an attempt. What was undone stays so: FAULT_REFUSED, also
 * when another process undid it a moment before. FAULT_UNKNOWN.
 */
gboolean journal_set_state(
	Journal *journal, gint64 id, OperationState state, const char *error_text, GError **error);
/* State of one message of it; new_uid 0 leaves it; row/new_row as in OperationMessage. */
gboolean journal_set_message(Journal *journal, gint64 id, guint index, OperationState state, guint32 new_uid,
	RowId new_row, GError **error);
/* All messages of operation as they stand (state, new_uid, new_row), in one commit; with settle its state and
 * error too. */
gboolean journal_save(Journal *journal, const Operation *operation, gboolean settle, GError **error);
/* The real place of a provisional row, from the operation that made it and was confirmed. FALSE: not known.
 * *folder is the caller's. */
gboolean journal_find_row(Journal *journal, const char *account, RowId new_row, char **folder,
	guint32 *uidvalidity, guint32 *uid);
/* Before a MOVE, COPY or APPEND is sent. */
gboolean journal_set_target(
	Journal *journal, gint64 id, guint32 uidvalidity, guint32 uidnext, GError **error);
/* Mark the operations of group as undone by group by (0: nothing had to be done on the server): pending ones
 * become OPERATION_UNDONE. */
gboolean journal_set_undone(Journal *journal, gint64 group, gint64 by, GError **error);
/* Finished ones older than 90 days go, with their like in the outbox; a checkpoint under the flock. */
void journal_tidy(Journal *journal, gint64 now);
/* Counter that grows with each commit of any connection, to notice another process's operations. */
guint64 journal_version(Journal *journal);

/* People written to: counts and last time. */
gboolean journal_wrote_to(
	Journal *journal, const char *name, const char *address, gint64 now, GError **error);
GPtrArray *journal_people(
	Journal *journal, const char *prefix, gsize limit); /* "Name <address>", most used first */
/* Small values kept for good: roles chosen, Sent filed by the server, ... */
char *journal_get_value(Journal *journal, const char *name);
gboolean journal_set_value(Journal *journal, const char *name, const char *value, GError **error);
