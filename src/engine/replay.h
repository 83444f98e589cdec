/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay.h - the journal carried to the server, one operation after the other, idempotently.
 *
 * Before a MOVE, COPY or APPEND goes out the target's UIDNEXT is noted; after a
 * break the target is brought up to date first, and what stands there already
 * is not done again. A source is deleted only after COPYUID, or after the copy was found.
 */
#pragma once

#include "engine/worker.h"

/*
 * All unfinished operations in order. FALSE: the connection is over, the rest stays pending. An
 * operation that the server refuses is failed, its effect taken back, and counted.
 */
gboolean replay_run(Worker *worker, guint *replayed, guint *failed, GError **error);
