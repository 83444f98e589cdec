/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sets.h - sets of UIDs or sequence numbers, kept as sorted ranges.
 *
 * Every operation costs what the ranges cost, never what they span: a hostile
 * "1:4294967295" is one range. No function here expands a range; who iterates
 * clips first to what is known (imap_set_clip). (RFC 9051, sequence-set)
 */
#pragma once

#include <glib.h>

typedef struct ImapSet ImapSet;

typedef struct {
	guint32 first;
	guint32 last; /* >= first; both belong to the range */
} ImapRange;

ImapSet *imap_set_new(void);
ImapSet *imap_set_new_range(guint32 first, guint32 last);
/* uids in any order, duplicates allowed, 0 is skipped. */
ImapSet *imap_set_new_uids(const guint32 *uids, gsize count);
ImapSet *imap_set_copy(const ImapSet *set);
void imap_set_free(ImapSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapSet, imap_set_free)

/*
 * "4,7:9,300:*" (length -1: NUL-terminated). star is what "*" stands for; 0: a
 * "*" is an error. Ranges may be turned round and overlap. NULL with
 * FAULT_PROTOCOL when it is not a set (0 and numbers past 32 bits are not).
 */
ImapSet *imap_set_parse(const char *text, gssize length, guint32 star, GError **error);
/* Compact, "" when empty. The caller's. */
char *imap_set_string(const ImapSet *set);
void imap_set_append_string(const ImapSet *set, GString *out);

/* 0 is never a member: adding it does nothing. Appending in rising order is fast, other orders cost a search.
 */
void imap_set_add(ImapSet *set, guint32 value);
void imap_set_add_range(ImapSet *set, guint32 first, guint32 last);
void imap_set_add_set(ImapSet *set, const ImapSet *other);
void imap_set_remove_set(ImapSet *set, const ImapSet *other);
/* Only members within first..last stay. */
void imap_set_clip_range(ImapSet *set, guint32 first, guint32 last);
/* Only members that are in other too stay. */
void imap_set_clip(ImapSet *set, const ImapSet *other);
void imap_set_clear(ImapSet *set);

gboolean imap_set_contains(const ImapSet *set, guint32 value);
gboolean imap_set_is_empty(const ImapSet *set);
/* Members, which may exceed 32 bits in no case, and the number of ranges. */
guint64 imap_set_count(const ImapSet *set);
guint imap_set_ranges(const ImapSet *set);
/* The index-th range, index < imap_set_ranges(). */
ImapRange imap_set_range(const ImapSet *set, guint index);
guint32 imap_set_first(const ImapSet *set); /* 0: empty */
guint32 imap_set_last(const ImapSet *set);  /* 0: empty */
/*
 * Cut off the count highest (or, with lowest, the lowest) members and return
 * them; set keeps the rest. Batches newest first.
 */
ImapSet *imap_set_take(ImapSet *set, guint32 count, gboolean lowest);
/* Cut off the lowest ranges whose text fits in bytes, at least one range; set keeps the rest. For long
 * command lines. */
ImapSet *imap_set_take_bytes(ImapSet *set, gsize bytes);
