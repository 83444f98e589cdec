/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seqmap.c - runs of consecutive sequence numbers, sorted. A run is at most
 * RUN_MAX long, so that an expunge moves little memory, and neighbours are not
 * joined: batches of rising numbers, newest batch first, make one run each.
 */
#include "config.h"

#include "imap/seqmap.h"

#include <string.h>

#define RUN_MAX 4096
#define RUNS_MAX 16384

typedef struct {
	guint32 first; /* sequence number of uids[0] */
	GArray *uids;  /* of guint32 */
} Run;

struct ImapSeqMap {
	GArray *runs; /* of Run */
};

#define RUN(map, i) (&g_array_index((map)->runs, Run, i))

static void
run_clear(gpointer item)
{
	g_array_unref(((Run *)item)->uids);
}

ImapSeqMap *
imap_seqmap_new(void)
{
	ImapSeqMap *map = g_new0(ImapSeqMap, 1);

	map->runs = g_array_new(FALSE, FALSE, sizeof(Run));
	g_array_set_clear_func(map->runs, run_clear);
	return map;
}

void
imap_seqmap_free(ImapSeqMap *map)
{
	if (map == NULL)
		return;
	g_array_unref(map->runs);
	g_free(map);
}

void
imap_seqmap_clear(ImapSeqMap *map)
{
	g_array_set_size(map->runs, 0);
}

/* The number of runs that begin at or before sequence. */
static guint
runs_upto(const ImapSeqMap *map, guint32 sequence)
{
	guint low = 0, high = map->runs->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;
		if (RUN(map, middle)->first <= sequence)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void
imap_seqmap_put(ImapSeqMap *map, guint32 sequence, guint32 uid)
{
	guint after = runs_upto(map, sequence);
	Run *run = after ? RUN(map, after - 1) : NULL;
	guint32 offset = run ? sequence - run->first : 0;
	Run fresh;

	if (run != NULL && offset < run->uids->len) {
		g_array_index(run->uids, guint32, offset) = uid;
		return;
	}
	if (run != NULL && offset == run->uids->len && offset < RUN_MAX) {
		g_array_append_val(run->uids, uid);
		return;
	}
	if (map->runs->len >= RUNS_MAX)
		imap_seqmap_clear(map);
	fresh = (Run){sequence, g_array_new(FALSE, FALSE, sizeof(guint32))};
	g_array_append_val(fresh.uids, uid);
	g_array_insert_val(map->runs, MIN(after, map->runs->len), fresh);
}

guint32
imap_seqmap_uid(const ImapSeqMap *map, guint32 sequence)
{
	guint after = runs_upto(map, sequence);
	const Run *run = after ? RUN(map, after - 1) : NULL;

	if (run == NULL || sequence - run->first >= run->uids->len)
		return 0;
	return g_array_index(run->uids, guint32, sequence - run->first);
}

guint32
imap_seqmap_expunge(ImapSeqMap *map, guint32 sequence)
{
	guint32 uid = imap_seqmap_uid(map, sequence);
	guint after = runs_upto(map, sequence);

	for (guint i = after; i < map->runs->len; i++)
		RUN(map, i)->first--;
	if (uid == 0)
		return 0;
	g_array_remove_index(RUN(map, after - 1)->uids, sequence - RUN(map, after - 1)->first);
	if (RUN(map, after - 1)->uids->len == 0)
		g_array_remove_index(map->runs, after - 1);
	return uid;
}
