/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules-claim.h - what must be done once, though several machines run the same rules.
 *
 * The claim is UID STORE (UNCHANGEDSINCE m) +FLAGS.SILENT ($PosthornFiltered ...):
 * the server lets one win. Beside it stands a keyword of this machine, so that after a kill
 * we know whether it was us; it is taken off once all is durable here. (DESIGN 7)
 */
#pragma once

#include "engine/rules-script.h"
#include "engine/worker.h"
#include "store/rules.h"

typedef enum {
	CLAIM_OURS,
	CLAIM_OTHERS,  /* another machine does it */
	CLAIM_REFUSED, /* why says what is missing */
} Claimed;

/*
 * In the folder that is selected. message, received: as the journal names it. *why: translated,
 * the caller's. FALSE: the connection is over.
 */
gboolean rules_claim(Worker *worker, RulesScript *script, guint32 uid, guint64 message, gint64 received,
	Claimed *claimed, char **why, GError **error);
/* The keyword of this machine goes; best effort. uids: of the selected folder. */
gboolean rules_claim_tidy(Worker *worker, const ImapSet *uids, GError **error);
