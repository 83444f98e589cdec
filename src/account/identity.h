/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * identity.h - who I am in an account: addresses that are me, and what I sign with.
 */
#pragma once

#include "account/conf.h"
#include "util/cancel.h"

/* Is address (addr-spec, any case) the account's own or one of its aliases (with * as a wildcard)? */
gboolean identity_is_me(const AccountConfig *account, const char *address);
/*
 * The signature without its "-- " line, with \n line ends, "" for none. A command is run
 * (then this waits: a worker's business). A missing ~/.signature is "" where it is the default; else
 * FAULT_LOCAL. Text that is not UTF-8 is made so. The caller's.
 */
char *identity_signature(const AccountConfig *account, Cancel *cancel, GError **error);
