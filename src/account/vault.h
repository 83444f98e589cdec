/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vault.h - passwords in one encrypted file, where there is no keyring.
 *
 * AES-256-GCM under a key that scrypt makes of the user's phrase; the parameters
 * stand in the header, which is authenticated with the rest. The file is 0600,
 * replaced in one step, and never holds a name or a password in clear. Every
 * call derives the key anew (about a quarter of a second): call on a worker.
 *
 *	"PHVAULT" version:1 log2(N):1 r:1 p:1 0:1 salt:16 nonce:12 | ciphertext | tag:16
 *	inside: entries  name length:2 name  secret length:4 secret   (big-endian)
 */
#pragma once

#include <glib.h>

#include "util/secret.h"

gboolean vault_exists(const char *path);
/*
 * The secret kept under name. FAULT_UNKNOWN: none of that name, or no vault;
 * FAULT_AUTH: the phrase is wrong (or the file was changed: nobody can tell
 * these apart); FAULT_DAMAGED: not a vault, cut short, or absurd parameters; FAULT_NEWER.
 */
Secret *vault_get(const char *path, const Secret *phrase, const char *name, GError **error);
/*
 * Keep secret under name, or with secret NULL forget name. Makes the vault when
 * missing; the phrase must be that of the vault (FAULT_AUTH), and not empty
 * (FAULT_INPUT). Under flock of FILE.lock. On failure the old file stays.
 */
gboolean vault_put(
	const char *path, const Secret *phrase, const char *name, const Secret *secret, GError **error);
/* Is this the phrase of the vault? Errors as vault_get(). */
gboolean vault_check(const char *path, const Secret *phrase, GError **error);

/* ---- the file's octets, for tests ---- */

/* Seal payload; log_n 0 takes the default (15). NULL with FAULT_LOCAL. The caller's. */
GBytes *vault_seal(const Secret *phrase, const Secret *payload, guint log_n, GError **error);
/* Errors as vault_get(). */
Secret *vault_unseal(const guint8 *data, gsize length, const Secret *phrase, GError **error);
/* Check the header alone: FAULT_DAMAGED, FAULT_NEWER. */
gboolean vault_check_header(const guint8 *data, gsize length, GError **error);
/* Look an entry up in an unsealed payload: its secret, or NULL with FAULT_UNKNOWN or FAULT_DAMAGED. */
Secret *vault_find(const Secret *payload, const char *name, GError **error);
