/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seqmap.h - which UID stands at which sequence number, as far as it was told.
 *
 * Needed where expunges come as sequence numbers (no QRESYNC). Filled from FETCH
 * responses in any order; memory grows with what was told, not with numbers.
 */
#pragma once

#include <glib.h>

typedef struct ImapSeqMap ImapSeqMap;

ImapSeqMap *imap_seqmap_new(void);
void imap_seqmap_free(ImapSeqMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapSeqMap, imap_seqmap_free)

/* sequence is 1 or more. Past a limit on scattered numbers the map forgets all. */
void imap_seqmap_put(ImapSeqMap *map, guint32 sequence, guint32 uid);
/* 0: not told. */
guint32 imap_seqmap_uid(const ImapSeqMap *map, guint32 sequence);
/* The message at sequence is gone, those behind it move down. Returns its UID, 0 when not told. */
guint32 imap_seqmap_expunge(ImapSeqMap *map, guint32 sequence);
void imap_seqmap_clear(ImapSeqMap *map);
