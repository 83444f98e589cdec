/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * content.h - bodies: what the user opened, by part where it is large, and some in advance.
 *
 * A message up to CONTENT_SMALL octets is fetched whole, in one turn. A larger one: structure, header
 * and the likely text in one turn; what the structure then shows to be missing in a second.
 */
#pragma once

#include "engine/worker.h"

#define CONTENT_SMALL (256 * 1024)

/*
 * Bring what work asks for into the store, on this connection, and answer it. FALSE: the
 * connection is over (work was not answered and may be tried again).
 */
gboolean content_want(Worker *worker, Work *work, GError **error);
/* One section of several messages of the folder that is selected, in one turn, into the store. rows: of
 * StoreRow. */
gboolean content_fetch(Worker *worker, const GPtrArray *rows, const char *section, GError **error);
/* A SEARCH by the server; answered. FALSE: as content_want(). */
gboolean content_search(Worker *worker, Work *work, GError **error);
/* Is it here already? Then work is answered. */
gboolean content_is_here(Worker *worker, Work *work);
/*
 * Bodies of the newest messages of a folder that are not here, one small batch. *more: there is more to do.
 * Obeys the account's `fetch` setting; stops when worker->work holds something.
 */
gboolean content_ahead(Worker *worker, FolderId folder, gboolean *more, GError **error);
