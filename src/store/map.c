/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/map.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 256

/* Row ids are not spread by themselves. */
static inline gsize
slot_of(const StoreMap *map, guint64 key)
{
	return (gsize)((key * 0x9e3779b97f4a7c15u) >> 20) & map->mask;
}

void
store_map_clear(StoreMap *map)
{
	g_free(map->entries);
	memset(map, 0, sizeof *map);
}

gint64 *
store_map_find(const StoreMap *map, guint64 key)
{
	if (map->entries == NULL)
		return NULL;
	for (gsize i = slot_of(map, key);; i = (i + 1) & map->mask) {
		if (map->entries[i].key == key)
			return &map->entries[i].value;
		if (map->entries[i].key == 0)
			return NULL;
	}
}

static void
insert(StoreMap *map, guint64 key, gint64 value)
{
	gsize i = slot_of(map, key);

	while (map->entries[i].key != 0)
		i = (i + 1) & map->mask;
	map->entries[i].key = key;
	map->entries[i].value = value;
}

static void
resize(StoreMap *map, gsize new_size)
{
	StoreMapEntry *old = map->entries;
	gsize size = old != NULL ? map->mask + 1 : 0;

	map->mask = new_size - 1;
	map->entries = g_new0(StoreMapEntry, map->mask + 1);
	for (gsize i = 0; i < size; i++)
		if (old[i].key != 0)
			insert(map, old[i].key, old[i].value);
	g_free(old);
}

void
store_map_reserve(StoreMap *map, gsize entries)
{
	gsize size = map->entries != NULL ? map->mask + 1 : FIRST_SIZE;

	while (size * 3 < entries * 4)
		size *= 2;
	if (map->entries == NULL || size > map->mask + 1)
		resize(map, size);
}

void
store_map_put(StoreMap *map, guint64 key, gint64 value)
{
	gint64 *found = store_map_find(map, key);

	g_assert(key != 0);
	if (found != NULL) {
		*found = value;
		return;
	}
	if (map->entries == NULL || map->used * 4 >= (map->mask + 1) * 3)
		resize(map, map->entries != NULL ? (map->mask + 1) * 2 : FIRST_SIZE);
	insert(map, key, value);
	map->used++;
}

void
store_map_remove(StoreMap *map, guint64 key)
{
	gint64 *found = store_map_find(map, key);
	gsize hole, i, home;

	if (found == NULL)
		return;
	hole = (gsize)((StoreMapEntry *)((char *)found - G_STRUCT_OFFSET(StoreMapEntry, value)) -
		       map->entries);
	for (i = (hole + 1) & map->mask; map->entries[i].key != 0; i = (i + 1) & map->mask) {
		home = slot_of(map, map->entries[i].key);
		if (((i - home) & map->mask) < ((i - hole) & map->mask))
			continue; /* it would stand before its home */
		map->entries[hole] = map->entries[i];
		hole = i;
	}
	map->entries[hole].key = 0;
	map->used--;
}

static int
compare(const void *a, const void *b)
{
	gint64 left = (gint64)((const StoreMapEntry *)a)->key;
	gint64 right = (gint64)((const StoreMapEntry *)b)->key;

	return (left > right) - (left < right);
}

StoreMapEntry *
store_map_take_sorted(StoreMap *map, gsize *used)
{
	StoreMapEntry *entries = map->entries;
	gsize n = 0;

	for (gsize i = 0; entries != NULL && i <= map->mask; i++)
		if (entries[i].key != 0)
			entries[n++] = entries[i];
	if (n > 0)
		qsort(entries, n, sizeof *entries, compare);
	*used = n;
	memset(map, 0, sizeof *map);
	return entries;
}
