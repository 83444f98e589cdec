/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules-redirect.h - a message sent on by a rule, without going round in circles. Pure. */
#pragma once

#include "store/outbox.h"

/*
 * For the outbox (not added yet): octets with a mark of our own in front, to address, from `own` (the
 * account's address). FAULT_REFUSED: it was sent on by this account before, came through too many
 * servers, answers by itself, or would come back. (RFC 5228, 10; RFC 3834)
 */
OutboxMessage *rules_redirect(const char *account, const char *own, const char *address, const char *subject,
	GBytes *octets, gint64 now, GError **error);
