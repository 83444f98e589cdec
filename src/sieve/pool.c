/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sieve/pool.h"

#include <string.h>

#define BLOCK_SIZE (8 * 1024)
#define ALIGNMENT (2 * sizeof(gpointer))

typedef struct Block Block;
struct Block {
	Block *before;
	gsize size; /* of data */
	gsize used;
};

typedef struct Owned Owned;
struct Owned {
	Owned *next;
	gpointer data;
	GDestroyNotify destroy;
};

struct SievePool {
	Block *block; /* the newest; NULL: none yet */
	gsize total;
	Owned *owned;
};

#define HEADER ((sizeof(Block) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT)

SievePool *
sieve_pool_new(void)
{
	return g_new0(SievePool, 1);
}

void
sieve_pool_free(SievePool *pool)
{
	if (pool == NULL)
		return;
	for (Owned *owned = pool->owned, *next; owned != NULL; owned = next) {
		next = owned->next;
		owned->destroy(owned->data);
		g_free(owned);
	}
	for (Block *block = pool->block, *before; block != NULL; block = before) {
		before = block->before;
		g_free(block);
	}
	g_free(pool);
}

static void
add_block(SievePool *pool, gsize size)
{
	Block *block = g_malloc(HEADER + size);

	block->before = pool->block;
	block->size = size;
	block->used = 0;
	pool->block = block;
}

gpointer
sieve_pool_take(SievePool *pool, gsize size)
{
	gsize rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	gpointer piece;

	g_assert(rounded >= size);
	if (pool->block == NULL || pool->block->size - pool->block->used < rounded)
		add_block(pool, MAX(rounded, BLOCK_SIZE));
	piece = (char *)pool->block + HEADER + pool->block->used;
	pool->block->used += rounded;
	pool->total += rounded;
	return piece;
}

gpointer
sieve_pool_zeroed(SievePool *pool, gsize count, gsize size)
{
	g_assert(size == 0 || count <= G_MAXSIZE / 2 / size);
	return memset(sieve_pool_take(pool, count * size), 0, count * size);
}

char *
sieve_pool_text(SievePool *pool, const char *text, gsize length)
{
	char *copy = sieve_pool_take(pool, length + 1);

	if (length > 0)
		memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

gpointer
sieve_pool_copy(SievePool *pool, gconstpointer data, gsize size)
{
	gpointer copy = sieve_pool_take(pool, size);

	if (size > 0)
		memcpy(copy, data, size);
	return copy;
}

void
sieve_pool_own(SievePool *pool, gpointer data, GDestroyNotify destroy)
{
	Owned *owned = g_new(Owned, 1);

	owned->next = pool->owned;
	owned->data = data;
	owned->destroy = destroy;
	pool->owned = owned;
}

gsize
sieve_pool_total(const SievePool *pool)
{
	return pool->total;
}

SievePoolMark
sieve_pool_mark(const SievePool *pool)
{
	return (SievePoolMark){
		.block = pool->block,
		.used = pool->block != NULL ? pool->block->used : 0,
		.total = pool->total,
	};
}

void
sieve_pool_release(SievePool *pool, SievePoolMark mark)
{
	/* The first block stays for the next time. */
	while (pool->block != mark.block && pool->block->before != NULL) {
		Block *before = pool->block->before;
		g_free(pool->block);
		pool->block = before;
	}
	if (pool->block != NULL)
		pool->block->used = pool->block == mark.block ? mark.used : 0;
	pool->total = mark.total;
}
