/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules-waiting.h - messages whose rules need more than arrived with them, on the sync connection: fetch,
 * claim, do; and rules once a day.
 */
#pragma once

#include "engine/worker.h"

/* All that waits. *made (may be NULL): there are new operations. FALSE: the connection is over. */
gboolean rules_waiting_run(Worker *worker, gboolean *made, GError **error);
/* Folders whose run-rules say daily and whose day is over. FALSE: as above. */
gboolean rules_daily_run(Worker *worker, gboolean *made, GError **error);
/* Headers and whole octets of rows, into the store. */
gboolean rules_fetch(Worker *worker, const GArray *headers, const GArray *wholes, GError **error);
