/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hash.h - SipHash-2-4, keyed, so that foreign strings cannot be chosen to collide.
 */
#pragma once

#include <glib.h>

typedef struct {
	guint8 bytes[16];
} HashKey;

/* From the system's random source. */
void hash_key_random(HashKey *key);
guint64 hash_bytes(const HashKey *key, const void *data, gsize length);
guint64 hash_string(const HashKey *key, const char *text);
/* length random bytes from the system. */
void hash_random(void *data, gsize length);
