/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * saslprep.h - one form for every way to type a name or password (RFC 4013). Pure.
 */
#pragma once

#include <glib.h>

#include "util/secret.h"

/*
 * text (length bytes, valid UTF-8 without NUL) mapped, normalised (NFKC) and
 * checked. NULL with FAULT_INPUT when it holds what is prohibited. Characters
 * that GLib's Unicode does not know yet pass. The caller's.
 */
Secret *saslprep(const char *text, gsize length, GError **error);
