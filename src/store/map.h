/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * map.h - from a 64-bit key to a 64-bit value, 16 bytes an entry.
 *
 * Open addressing; for keys that are keyed hashes or our own numbers already.
 * Key 0 cannot be stored.
 */
#pragma once

#include <glib.h>

typedef struct {
	guint64 key; /* 0: free */
	gint64 value;
} StoreMapEntry;

typedef struct {
	StoreMapEntry *entries; /* NULL while nothing was put in */
	gsize mask;             /* their number - 1 */
	gsize used;
} StoreMap;

/* On the stack or in a struct, zeroed. */
void store_map_clear(StoreMap *map);
/* Make room for that many in all, so that putting them moves nothing. */
void store_map_reserve(StoreMap *map, gsize entries);
/* Borrowed until the next put, remove or clear; NULL: none. */
gint64 *store_map_find(const StoreMap *map, guint64 key);
void store_map_put(StoreMap *map, guint64 key, gint64 value);
void store_map_remove(StoreMap *map, guint64 key);
/*
 * The entries packed and sorted by key as a signed number, used of them; the
 * map is empty afterwards. The caller's (g_free).
 */
StoreMapEntry *store_map_take_sorted(StoreMap *map, gsize *used);
