/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay-join.h - moves of rules to one folder go out as one command.
 *
 * A burst of mail is judged in several batches, each with its own operations. Where
 * nothing that waits between them touches the same messages, they are carried
 * out together; each is settled by itself. Pure over the journal.
 */
#pragma once

#include "store/journal.h"

/* Only what rules do by themselves, and what never went out before, is joined. */
gboolean replay_may_join(const Operation *operation);
/* Of the unfinished operations behind `first`, in order: those that can go with it (GPtrArray of Operation,
 * moved out of waiting; the caller's). */
GPtrArray *replay_choose(const Operation *first, GPtrArray *waiting);
/* Messages of others behind those of first; the caller's. */
Operation *replay_merge(const Operation *first, const GPtrArray *others);
/* How it ended, back into first and others. */
void replay_split(const Operation *merged, Operation *first, GPtrArray *others);
