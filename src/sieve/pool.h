/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pool.h - memory that is given up at once: of a script, or of a run.
 *
 * No piece is freed alone; sieve_pool_release() gives back what was taken since a
 * mark. What needs more than free() is handed over with sieve_pool_own().
 */
#pragma once

#include <glib.h>

typedef struct SievePool SievePool;

/* Where a pool stood; of one pool only. */
typedef struct {
	gpointer block;
	gsize used;
	gsize total;
} SievePoolMark;

SievePool *sieve_pool_new(void);
void sieve_pool_free(SievePool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SievePool, sieve_pool_free)

/* Never NULL, aligned for anything; not zeroed. size 0 is allowed. */
gpointer sieve_pool_take(SievePool *pool, gsize size);
/* The same, zeroed. */
gpointer sieve_pool_zeroed(SievePool *pool, gsize count, gsize size);
/* A copy of length octets with a NUL behind it. */
char *sieve_pool_text(SievePool *pool, const char *text, gsize length);
gpointer sieve_pool_copy(SievePool *pool, gconstpointer data, gsize size);
/* destroy(data) when the pool is freed; a release does not do it. */
void sieve_pool_own(SievePool *pool, gpointer data, GDestroyNotify destroy);
/* Octets taken and not released. */
gsize sieve_pool_total(const SievePool *pool);

SievePoolMark sieve_pool_mark(const SievePool *pool);
void sieve_pool_release(SievePool *pool, SievePoolMark mark);
