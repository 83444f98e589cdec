/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sets.c - sorted, disjoint, non-adjacent ranges in one array. Set algebra walks
 * two such arrays side by side and writes a third.
 */
#include "config.h"

#include "imap/sets.h"

#include "util/fault.h"
#include "util/i18n.h"

struct ImapSet {
	GArray *ranges; /* of ImapRange */
};

#define RANGE(set, i) g_array_index((set)->ranges, ImapRange, i)

ImapSet *
imap_set_new(void)
{
	ImapSet *set = g_new0(ImapSet, 1);

	set->ranges = g_array_new(FALSE, FALSE, sizeof(ImapRange));
	return set;
}

ImapSet *
imap_set_new_range(guint32 first, guint32 last)
{
	ImapSet *set = imap_set_new();

	imap_set_add_range(set, first, last);
	return set;
}

static int
compare_ranges(gconstpointer a, gconstpointer b)
{
	const ImapRange *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

/* Sort ranges that lie in any order, and join those that touch. */
static void
normalise(GArray *ranges)
{
	guint kept = 0;

	g_array_sort(ranges, compare_ranges);
	for (guint i = 0; i < ranges->len; i++) {
		ImapRange next = g_array_index(ranges, ImapRange, i);
		ImapRange *end = kept ? &g_array_index(ranges, ImapRange, kept - 1) : NULL;
		if (end != NULL && (guint64)end->last + 1 >= next.first) {
			end->last = MAX(end->last, next.last);
			continue;
		}
		g_array_index(ranges, ImapRange, kept++) = next;
	}
	g_array_set_size(ranges, kept);
}

ImapSet *
imap_set_new_uids(const guint32 *uids, gsize count)
{
	ImapSet *set = imap_set_new();
	gboolean rising = TRUE;

	for (gsize i = 0; i < count; i++) {
		ImapRange range = {uids[i], uids[i]};
		ImapRange *end = set->ranges->len ? &RANGE(set, set->ranges->len - 1) : NULL;
		if (uids[i] == 0)
			continue;
		if (end != NULL && uids[i] - 1 == end->last) {
			end->last = uids[i];
			continue;
		}
		rising = rising && (end == NULL || uids[i] > end->last);
		g_array_append_val(set->ranges, range);
	}
	if (!rising)
		normalise(set->ranges);
	return set;
}

ImapSet *
imap_set_copy(const ImapSet *set)
{
	ImapSet *copy = imap_set_new();

	g_array_append_vals(copy->ranges, set->ranges->data, set->ranges->len);
	return copy;
}

void
imap_set_free(ImapSet *set)
{
	if (set == NULL)
		return;
	g_array_unref(set->ranges);
	g_free(set);
}

/* A number of a set at *at; "*" is star. 0: none. */
static guint32
parse_number(const char **at, const char *end, guint32 star)
{
	guint64 value = 0;
	const char *p = *at;

	if (p < end && *p == '*') {
		*at = p + 1;
		return star;
	}
	while (p < end && g_ascii_isdigit(*p)) {
		value = value * 10 + (guint)(*p++ - '0');
		if (value > G_MAXUINT32)
			return 0;
	}
	*at = p;
	return (guint32)value;
}

static ImapSet *
not_a_set(ImapSet *set, GError **error)
{
	imap_set_free(set);
	fault_set(error, FAULT_PROTOCOL, _("The server sent a message set that is none."));
	return NULL;
}

ImapSet *
imap_set_parse(const char *text, gssize length, guint32 star, GError **error)
{
	const char *end = text + (length < 0 ? (gssize)strlen(text) : length);
	ImapSet *set = imap_set_new();

	for (const char *p = text;;) {
		ImapRange range;
		range.first = range.last = parse_number(&p, end, star);
		if (p < end && *p == ':') {
			p++;
			range.last = parse_number(&p, end, star);
		}
		if (range.first == 0 || range.last == 0)
			return not_a_set(set, error);
		if (range.first > range.last)
			range = (ImapRange){range.last, range.first};
		g_array_append_val(set->ranges, range);
		if (p == end)
			break;
		if (*p++ != ',')
			return not_a_set(set, error);
	}
	normalise(set->ranges);
	return set;
}

void
imap_set_append_string(const ImapSet *set, GString *out)
{
	for (guint i = 0; i < set->ranges->len; i++) {
		const ImapRange *range = &RANGE(set, i);
		if (i > 0)
			g_string_append_c(out, ',');
		g_string_append_printf(out, "%u", range->first);
		if (range->last > range->first)
			g_string_append_printf(out, ":%u", range->last);
	}
}

char *
imap_set_string(const ImapSet *set)
{
	GString *out = g_string_new(NULL);

	imap_set_append_string(set, out);
	return g_string_free(out, FALSE);
}

/* The index of the first range whose last is >= value. */
static guint
find(const ImapSet *set, guint32 value)
{
	guint low = 0, high = set->ranges->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;
		if (RANGE(set, middle).last < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void
imap_set_add(ImapSet *set, guint32 value)
{
	imap_set_add_range(set, value, value);
}

void
imap_set_add_range(ImapSet *set, guint32 first, guint32 last)
{
	ImapRange range = {MIN(first, last), MAX(first, last)};
	guint at, stop;

	range.first = MAX(range.first, 1);
	if (range.last == 0)
		return;
	/* Neighbours that touch are taken in. */
	at = find(set, range.first - 1 ? range.first - 1 : 1);
	for (stop = at; stop < set->ranges->len && RANGE(set, stop).first <= (guint64)range.last + 1;
		stop++) {
		range.first = MIN(range.first, RANGE(set, stop).first);
		range.last = MAX(range.last, RANGE(set, stop).last);
	}
	if (stop == at) {
		g_array_insert_val(set->ranges, at, range);
		return;
	}
	RANGE(set, at) = range;
	if (stop > at + 1)
		g_array_remove_range(set->ranges, at + 1, stop - at - 1);
}

void
imap_set_add_set(ImapSet *set, const ImapSet *other)
{
	if (other->ranges->len <= 16) {
		for (guint i = 0; i < other->ranges->len; i++)
			imap_set_add_range(set, RANGE(other, i).first, RANGE(other, i).last);
		return;
	}
	g_array_append_vals(set->ranges, other->ranges->data, other->ranges->len);
	normalise(set->ranges);
}

void
imap_set_remove_set(ImapSet *set, const ImapSet *other)
{
	GArray *out = g_array_new(FALSE, FALSE, sizeof(ImapRange));
	guint j = 0;

	for (guint i = 0; i < set->ranges->len; i++) {
		ImapRange left = RANGE(set, i);
		gboolean gone = FALSE;
		while (j < other->ranges->len && RANGE(other, j).last < left.first)
			j++;
		for (guint k = j; k < other->ranges->len && RANGE(other, k).first <= left.last; k++) {
			ImapRange cut = RANGE(other, k);
			if (cut.first > left.first) {
				ImapRange before = {left.first, cut.first - 1};
				g_array_append_val(out, before);
			}
			if (cut.last >= left.last) {
				gone = TRUE;
				break;
			}
			left.first = cut.last + 1;
			j = k;
		}
		if (!gone)
			g_array_append_val(out, left);
	}
	g_array_unref(set->ranges);
	set->ranges = out;
}

void
imap_set_clip_range(ImapSet *set, guint32 first, guint32 last)
{
	guint at = find(set, first), stop;

	if (first > last) {
		g_array_set_size(set->ranges, 0);
		return;
	}
	stop = find(set, last);
	if (stop < set->ranges->len && RANGE(set, stop).first <= last)
		stop++;
	g_array_set_size(set->ranges, stop);
	if (at > 0)
		g_array_remove_range(set->ranges, 0, at);
	if (set->ranges->len == 0)
		return;
	RANGE(set, 0).first = MAX(RANGE(set, 0).first, first);
	RANGE(set, set->ranges->len - 1).last = MIN(RANGE(set, set->ranges->len - 1).last, last);
}

void
imap_set_clip(ImapSet *set, const ImapSet *other)
{
	GArray *out = g_array_new(FALSE, FALSE, sizeof(ImapRange));
	guint i = 0, j = 0;

	while (i < set->ranges->len && j < other->ranges->len) {
		ImapRange a = RANGE(set, i), b = RANGE(other, j);
		ImapRange both = {MAX(a.first, b.first), MIN(a.last, b.last)};
		if (both.first <= both.last)
			g_array_append_val(out, both);
		if (a.last <= b.last)
			i++;
		if (b.last <= a.last)
			j++;
	}
	g_array_unref(set->ranges);
	set->ranges = out;
}

void
imap_set_clear(ImapSet *set)
{
	g_array_set_size(set->ranges, 0);
}

gboolean
imap_set_contains(const ImapSet *set, guint32 value)
{
	guint at = find(set, value);

	return value != 0 && at < set->ranges->len && RANGE(set, at).first <= value;
}

gboolean
imap_set_is_empty(const ImapSet *set)
{
	return set->ranges->len == 0;
}

guint64
imap_set_count(const ImapSet *set)
{
	guint64 count = 0;

	for (guint i = 0; i < set->ranges->len; i++)
		count += (guint64)RANGE(set, i).last - RANGE(set, i).first + 1;
	return count;
}

guint
imap_set_ranges(const ImapSet *set)
{
	return set->ranges->len;
}

ImapRange
imap_set_range(const ImapSet *set, guint index)
{
	g_assert(index < set->ranges->len);
	return RANGE(set, index);
}

guint32
imap_set_first(const ImapSet *set)
{
	return set->ranges->len ? RANGE(set, 0).first : 0;
}

guint32
imap_set_last(const ImapSet *set)
{
	return set->ranges->len ? RANGE(set, set->ranges->len - 1).last : 0;
}

/* Where the cut lies that leaves count members on the taken side: the first (lowest) or last member taken. */
static guint32
cut_point(const ImapSet *set, guint32 count, gboolean lowest)
{
	guint n = set->ranges->len;

	for (guint i = 0; i < n; i++) {
		const ImapRange *range = &RANGE(set, lowest ? i : n - 1 - i);
		guint32 more = range->last - range->first; /* members beside the first counted */
		if (count <= more)
			return lowest ? range->first + (count - 1) : range->last - (count - 1);
		count -= more + 1;
		if (count == 0)
			return lowest ? range->last : range->first;
	}
	return 0;
}

ImapSet *
imap_set_take(ImapSet *set, guint32 count, gboolean lowest)
{
	ImapSet *taken = imap_set_copy(set);
	guint32 cut;

	if (count == 0) {
		imap_set_clear(taken);
		return taken;
	}
	cut = cut_point(set, count, lowest);
	if (cut == 0) {
		imap_set_clear(set);
		return taken;
	}
	imap_set_clip_range(taken, lowest ? 1 : cut, lowest ? cut : G_MAXUINT32);
	imap_set_remove_set(set, taken);
	return taken;
}

static guint
digits(guint32 value)
{
	guint n = 1;

	for (; value >= 10; value /= 10)
		n++;
	return n;
}

ImapSet *
imap_set_take_bytes(ImapSet *set, gsize bytes)
{
	ImapSet *taken = imap_set_new();
	gsize used = 0;
	guint n;

	for (n = 0; n < set->ranges->len; n++) {
		const ImapRange *range = &RANGE(set, n);
		gsize more = digits(range->first) + 1;
		if (range->last > range->first)
			more += digits(range->last) + 1;
		if (n > 0 && used + more > bytes)
			break;
		used += more;
	}
	g_array_append_vals(taken->ranges, set->ranges->data, n);
	if (n > 0)
		g_array_remove_range(set->ranges, 0, n);
	return taken;
}
