/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keyring.h - the desktop's keyring by libsecret; for workers, all calls wait.
 *
 * Without libsecret at build, or without a session bus, every call fails at once
 * with FAULT_LOCAL. Only credentials.c uses it.
 */
#pragma once

#include <glib.h>

#include "util/cancel.h"
#include "util/secret.h"

/* Built in, and a session bus is there. Cheap. */
gboolean keyring_is_possible(void);
/* *secret NULL with TRUE: the keyring works and holds none. FAULT_LOCAL, FAULT_RETRY (no answer in time),
 * FAULT_CANCELED. */
gboolean keyring_get(const char *account, Secret **secret, guint timeout_ms, Cancel *cancel, GError **error);
gboolean keyring_put(
	const char *account, const Secret *secret, guint timeout_ms, Cancel *cancel, GError **error);
gboolean keyring_delete(const char *account, guint timeout_ms, Cancel *cancel, GError **error);
