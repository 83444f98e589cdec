/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * secret.h - a password or token: wiped on release, kept out of swap where the system allows.
 */
#pragma once

#include <glib.h>

typedef struct Secret Secret;

/* A copy of length bytes (-1: NUL-terminated). */
Secret *secret_new(const char *data, gssize length);
/* Takes data over: copies it, wipes and frees it. */
Secret *secret_new_take(char *data);
Secret *secret_copy(const Secret *secret);
void secret_free(Secret *secret);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Secret, secret_free)
/* NUL-terminated, borrowed. */
const char *secret_text(const Secret *secret);
gsize secret_length(const Secret *secret);
/* Wipe length bytes so that the compiler cannot leave it out. */
void secret_wipe(void *data, gsize length);
/* Wipe and free a NUL-terminated string; NULL is fine. */
void secret_wipe_string(char *text);
/* text with every occurrence of the secret and of its base64 replaced by "***". The caller's. (SECURITY 9) */
char *secret_mask(const Secret *secret, const char *text);
