/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules-arrival.h - rules over mail as it comes in, on the cache writer: in the same step as the
 * intake, before anybody is told of the rows.
 *
 * Arrival is a UID above the folder's mark. What can be judged by what the
 * intake brought becomes operations at once; what needs more, or must be claimed,
 * waits in the journal for the sync connection (rules-waiting.h).
 */
#pragma once

#include "engine/private.h"

RulesArrival *rules_arrival_new(EngineAccount *account);
void rules_arrival_free(RulesArrival *arrival);

/* A folder was selected: where rules run and it has no mark yet, or another UIDVALIDITY, all that is here of
 * it is old mail, and where nothing is here all that is there. uidnext 0: not told. */
void rules_arrival_selected(
	EngineAccount *account, StoreCache *cache, FolderId folder, guint32 uidvalidity, guint32 uidnext);
/*
 * A batch of a folder (as it was before, NULL: gone) was taken in: all from low to top is here
 * now. fresh: of RowId, what was not here before; those that rules moved on are taken out of it.
 * news: it came just now, above all that was known.
 */
void rules_arrival_intake(EngineAccount *account, StoreCache *cache, const StoreFolder *before, guint32 low,
	guint32 top, GArray *fresh, gboolean news);
