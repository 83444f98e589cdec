/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * filter.h - a Bloom filter: which keys are surely not in a table.
 *
 * For keys that are keyed hashes: their bits are as good as random. Keys cannot
 * be taken out; an empty filter knows nothing.
 */
#pragma once

#include <glib.h>

typedef struct {
	guint64 *bits; /* NULL: empty */
	gsize mask;    /* number of bits - 1 */
	gsize keys, capacity;
} StoreFilter;

/* Room for capacity keys: about 1 in 100 that are not there passes then. Forgets what it had. */
void store_filter_init(StoreFilter *filter, gsize capacity);
void store_filter_clear(StoreFilter *filter);
/* Nothing while it is empty. */
void store_filter_add(StoreFilter *filter, guint64 key);
/* FALSE: it was never added. TRUE: it may have been, or the filter is empty. */
gboolean store_filter_may_have(const StoreFilter *filter, guint64 key);
