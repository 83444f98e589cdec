/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scram.h - the client's side of SCRAM (RFC 5802, 7677), without channel binding. Pure.
 *
 * Neither side shows the password; both prove that they know it. Texts are
 * those of the RFC, not base64.
 */
#pragma once

#include <glib.h>

#include "util/secret.h"

typedef enum { SCRAM_SHA_1, SCRAM_SHA_256 } ScramHash;

typedef struct Scram Scram;

/* nonce NULL: a random one. FAULT_INPUT: user or password cannot be prepared. */
Scram *scram_new(ScramHash hash, const char *user, const Secret *password, const char *nonce, GError **error);
/* Wipes keys and password. */
void scram_free(Scram *scram);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scram, scram_free)

/* client-first-message. The caller's. */
char *scram_first(const Scram *scram);
/* client-final-message for the server-first-message. NULL with FAULT_PROTOCOL. The caller's. */
char *scram_final(Scram *scram, const char *server_first, GError **error);
/* Check the server-final-message. FALSE with FAULT_AUTH (its "e=") or FAULT_PROTOCOL. */
gboolean scram_check(Scram *scram, const char *server_final, GError **error);
/* The server has proved that it knows the password. */
gboolean scram_is_proved(const Scram *scram);

/* Decode base64 strictly: alphabet, padding, whole quadruples. NULL when malformed. NUL-terminated; the
 * caller's. */
guchar *scram_base64(const char *text, gsize *length);
