/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * filing.h - the copy of a sent message in Sent: once, whoever files it.
 *
 * Many servers file it themselves. So Sent is searched for the Message-ID, again
 * 3 s later, and only then the copy is appended, through the journal.
 */
#pragma once

#include "engine/worker.h"

/*
 * Look after what was sent and is not filed. worker->file_at_us is set when to look again, or 0. FALSE: the
 * connection is over.
 */
gboolean filing_run(Worker *worker, GError **error);
