/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/filter.h"

#include <string.h>

#define BITS_PER_KEY 10
#define PROBES 5

void
store_filter_init(StoreFilter *filter, gsize capacity)
{
	gsize bits = 1024;

	store_filter_clear(filter);
	while (bits < capacity * BITS_PER_KEY)
		bits *= 2;
	filter->bits = g_new0(guint64, bits / 64);
	filter->mask = bits - 1;
	filter->capacity = bits / BITS_PER_KEY;
}

void
store_filter_clear(StoreFilter *filter)
{
	g_free(filter->bits);
	memset(filter, 0, sizeof *filter);
}

/* The nth bit of a key: an arithmetic row from one half, in steps of the other. */
static inline gsize
place(const StoreFilter *filter, guint64 key, guint n)
{
	return (gsize)((key >> 32) + n * ((key & G_MAXUINT32) | 1)) & filter->mask;
}

void
store_filter_add(StoreFilter *filter, guint64 key)
{
	if (filter->bits == NULL)
		return;
	for (guint n = 0; n < PROBES; n++)
		filter->bits[place(filter, key, n) / 64] |= 1ull << (place(filter, key, n) % 64);
	filter->keys++;
}

gboolean
store_filter_may_have(const StoreFilter *filter, guint64 key)
{
	for (guint n = 0; filter->bits != NULL && n < PROBES; n++)
		if (!(filter->bits[place(filter, key, n) / 64] & 1ull << (place(filter, key, n) % 64)))
			return FALSE;
	return TRUE;
}
