/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Texts and people are stored once. The map has all that are not settled yet,
 * so that none is stored twice, and what was looked up in the file since; two
 * texts of the same 64-bit keyed hash are taken for one.
 */
#include "config.h"

#include "store/cache-private.h"

#include <string.h>

static guint64
hash_parts(const StoreCache *cache, char kind, const char *a, const char *b)
{
	char small[512];
	gsize length_a = strlen(a), length_b = strlen(b), length = length_a + length_b + 2;
	char *joined = length <= sizeof small ? small : g_malloc(length);
	guint64 hash;

	joined[0] = kind;
	memcpy(joined + 1, a, length_a);
	joined[1 + length_a] = '\0';
	memcpy(joined + 2 + length_a, b, length_b);
	hash = hash_bytes(&cache->key, joined, length);
	if (joined != small)
		g_free(joined);
	return hash != 0 ? hash : 1;
}

guint64
intern_text_hash(const StoreCache *cache, TextKind kind, const char *text)
{
	return hash_parts(cache, (char)('a' + kind), text, "");
}

guint64
intern_person_hash(const StoreCache *cache, const char *name, const char *address)
{
	return hash_parts(cache, 'P', address, name != NULL ? name : "");
}

gint64
intern_text(StoreCache *cache, TextKind kind, const char *text)
{
	guint64 hash = intern_text_hash(cache, kind, text);
	gint64 *known = store_map_find(&cache->texts, hash);
	gint64 id = 0;

	if (known != NULL)
		return *known;
	if (cache->text_settled > 0 && store_filter_may_have(&cache->settled, hash))
		id = base_integer(
			cache->headers, 0, "SELECT id FROM text_hash WHERE h = ?", "i", (gint64)hash);
	if (id == 0) {
		id = cache->next_text++;
		base_run(cache->headers, "INSERT INTO text VALUES(?, ?, ?)", "iit", id, (gint64)kind, text);
	}
	store_map_put(&cache->texts, hash, id);
	return id;
}

gint64
intern_person(StoreCache *cache, const char *name, const char *address)
{
	guint64 hash;
	gint64 *known;
	gint64 id = 0;

	if (name != NULL && name[0] == '\0')
		name = NULL;
	hash = intern_person_hash(cache, name, address);
	known = store_map_find(&cache->persons, hash);
	if (known != NULL)
		return *known;
	if (cache->person_settled > 0 && store_filter_may_have(&cache->settled, hash))
		id = base_integer(
			cache->headers, 0, "SELECT id FROM person_hash WHERE h = ?", "i", (gint64)hash);
	if (id == 0) {
		id = cache->next_person++;
		base_run(cache->headers, "INSERT INTO person VALUES(?, ?, ?, 0)", "itt", id, name, address);
	}
	store_map_put(&cache->persons, hash, id);
	return id;
}
