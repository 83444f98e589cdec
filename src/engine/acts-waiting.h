/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * acts-waiting.h - acts that no line carries now, as jobs: what waits can be seen and taken back.
 *
 * Belongs to the sync connection's thread, and lives while it is off line: the
 * replay has jobs of its own.
 */
#pragma once

#include "engine/private.h"

typedef struct ActsWaiting ActsWaiting;

ActsWaiting *acts_waiting_new(EngineAccount *account);
/* What the journal has under way now, one job a group, at most 50; until: time of the next try, 0: nobody
 * knows. */
void acts_waiting_update(ActsWaiting *waiting, gint64 until);
/* The jobs leave the list. NULL is fine. */
void acts_waiting_free(ActsWaiting *waiting);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ActsWaiting, acts_waiting_free)
