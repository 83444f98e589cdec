/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scout.h - which of several servers answer: all are tried at once. For probe.c.
 */
#pragma once

#include <glib.h>

#include "net/stream.h"
#include "util/cancel.h"

/*
 * Connect to each of targets (no login), each in a thread of its own, until the
 * most wanted that answers is known: the first in order is the most wanted. An
 * array as long as targets, free func set, of GError: why it does not answer;
 * NULL where it does, or where nobody needs to know any more. NULL with
 * FAULT_CANCELED. What a target borrows must outlive the call.
 */
GPtrArray *scout_servers(const NetTarget *targets, gsize count, Cancel *cancel, GError **error);
