/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets: what was parsed is written and parsed again; algebra keeps its laws. Two sets, a blank between. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "imap/sets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(gboolean holds)
{
	if (!holds)
		abort();
}

static void
check_form(const ImapSet *set)
{
	g_autofree char *text = imap_set_string(set);
	g_autoptr(ImapSet) again =
		imap_set_is_empty(set) ? imap_set_new() : imap_set_parse(text, -1, 0, NULL);

	check(again != NULL && imap_set_count(again) == imap_set_count(set) &&
		imap_set_ranges(again) == imap_set_ranges(set));
	for (guint i = 1; i < imap_set_ranges(set); i++)
		check(imap_set_range(set, i - 1).last < imap_set_range(set, i).first - 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *blank = size ? memchr(data, ' ', size) : NULL;
	gsize first = blank ? (gsize)(blank - (const char *)data) : size;
	g_autoptr(ImapSet) a = imap_set_parse((const char *)data, (gssize)first, 4000000000u, NULL);
	g_autoptr(ImapSet) b = blank ? imap_set_parse(blank + 1, (gssize)(size - first - 1), 0, NULL) : NULL;
	g_autoptr(ImapSet) both = NULL;
	g_autoptr(ImapSet) without = NULL;
	g_autoptr(ImapSet) taken = NULL;

	if (a == NULL)
		return 0;
	check_form(a);
	if (b == NULL)
		b = imap_set_new_range(7, 4000);
	both = imap_set_copy(a);
	imap_set_clip(both, b);
	without = imap_set_copy(a);
	imap_set_remove_set(without, b);
	check_form(both);
	check_form(without);
	check(imap_set_count(both) + imap_set_count(without) == imap_set_count(a));
	imap_set_add_set(without, both);
	check(imap_set_count(without) == imap_set_count(a) && imap_set_ranges(without) == imap_set_ranges(a));
	taken = imap_set_take(without, 5, (size & 1) != 0);
	check(imap_set_count(taken) == MIN(5, imap_set_count(a)));
	check_form(without);
	return 0;
}
