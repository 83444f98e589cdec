/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "util/hash.h"

#include <string.h>

/* The key 00 01 .. 0f of the reference implementation. */
static HashKey
reference_key(void)
{
	HashKey key;
	for (gsize i = 0; i < sizeof key.bytes; i++)
		key.bytes[i] = (guint8)i;
	return key;
}

/* Appendix A of the SipHash paper, and the reference's vectors for 0, 1, 7, 8 and 63 octets. */
static void
test_reference_vectors(void)
{
	static const struct {
		gsize length;
		guint64 hash;
	} rows[] = {
		{0, G_GUINT64_CONSTANT(0x726fdb47dd0e0e31)},
		{1, G_GUINT64_CONSTANT(0x74f839c593dc67fd)},
		{7, G_GUINT64_CONSTANT(0xab0200f58b01d137)},
		{8, G_GUINT64_CONSTANT(0x93f5f5799a932462)},
		{15, G_GUINT64_CONSTANT(0xa129ca6149be45e5)},
		{63, G_GUINT64_CONSTANT(0x958a324ceb064572)},
	};
	HashKey key = reference_key();
	guint8 data[64];
	for (gsize i = 0; i < sizeof data; i++)
		data[i] = (guint8)i;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmphex(hash_bytes(&key, data, rows[i].length), ==, rows[i].hash);
}

static void
test_string_is_its_bytes(void)
{
	HashKey key = reference_key();
	g_assert_cmphex(hash_string(&key, "<a@b>"), ==, hash_bytes(&key, "<a@b>", 5));
	g_assert_cmphex(hash_string(&key, "<a@b>"), !=, hash_string(&key, "<a@c>"));
}

static void
test_random_keys_differ(void)
{
	HashKey one = {{0}};
	HashKey other = {{0}};
	hash_key_random(&one);
	hash_key_random(&other);
	g_assert_cmpint(memcmp(one.bytes, other.bytes, sizeof one.bytes), !=, 0);
	g_assert_cmphex(hash_string(&one, "x"), !=, hash_string(&other, "x"));
}

static void
test_random_fills_to_the_end(void)
{
	/* 32 zero octets at the end by chance: once in 2^256. */
	guint8 data[1000] = {0};
	static const guint8 zero[32];
	hash_random(data, sizeof data);
	g_assert_cmpint(memcmp(data + sizeof data - sizeof zero, zero, sizeof zero), !=, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/hash/reference-vectors", test_reference_vectors);
	g_test_add_func("/hash/string-is-its-bytes", test_string_is_its_bytes);
	g_test_add_func("/hash/random-keys-differ", test_random_keys_differ);
	g_test_add_func("/hash/random-fills-to-the-end", test_random_fills_to_the_end);
	return g_test_run();
}
