/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "util/hash.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

void
hash_random(void *data, gsize length)
{
	guint8 *at = data;
	while (length > 0) {
		ssize_t got = getrandom(at, length, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			g_error("getrandom: %s", g_strerror(errno));
		at += got;
		length -= (gsize)got;
	}
}

void
hash_key_random(HashKey *key)
{
	hash_random(key->bytes, sizeof key->bytes);
}

static guint64
load_le(const guint8 *bytes, gsize count)
{
	guint64 value = 0;
	for (gsize i = 0; i < count; i++)
		value |= (guint64)bytes[i] << (8 * i);
	return value;
}

static inline guint64
rotate(guint64 value, int bits)
{
	return value << bits | value >> (64 - bits);
}

static inline void
rounds(guint64 v[4], int count)
{
	while (count-- > 0) {
		v[0] += v[1];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[0] = rotate(v[0], 32);
		v[2] += v[3];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] += v[3];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[2] += v[1];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[2] = rotate(v[2], 32);
	}
}

static inline void
absorb(guint64 v[4], guint64 word)
{
	v[3] ^= word;
	rounds(v, 2);
	v[0] ^= word;
}

guint64
hash_bytes(const HashKey *key, const void *data, gsize length)
{
	const guint8 *at = data;
	guint64 k0 = load_le(key->bytes, 8);
	guint64 k1 = load_le(key->bytes + 8, 8);
	guint64 v[4] = {
		k0 ^ G_GUINT64_CONSTANT(0x736f6d6570736575),
		k1 ^ G_GUINT64_CONSTANT(0x646f72616e646f6d),
		k0 ^ G_GUINT64_CONSTANT(0x6c7967656e657261),
		k1 ^ G_GUINT64_CONSTANT(0x7465646279746573),
	};
	gsize left = length;
	for (; left >= 8; left -= 8, at += 8) {
		guint64 word;
		memcpy(&word, at, sizeof word);
		absorb(v, GUINT64_FROM_LE(word));
	}
	absorb(v, load_le(at, left) | (guint64)(length & 0xff) << 56);
	v[2] ^= 0xff;
	rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

guint64
hash_string(const HashKey *key, const char *text)
{
	return hash_bytes(key, text, strlen(text));
}
