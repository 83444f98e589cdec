/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fetch.h - one FETCH response as an ImapRow. (RFC 9051, 7.5.2)
 *
 * Items that are not known are stepped over, and one that is malformed costs
 * only itself: a flag or keyword is left out of FLAGS, RFC822.SIZE is 0, a
 * section is NIL, BODYSTRUCTURE is IMAP_HAS_BAD_STRUCTURE, other items are not
 * told; without its UID nothing of a row can be used. Lenient: MODSEQ without parentheses, RFC822 and
 * RFC822.HEADER for BODY[] and BODY[HEADER], quoted field names within
 * BODY[HEADER.FIELDS (...)] (Exchange, Domino), INTERNALDATE that is no date
 * (left out).
 */
#pragma once

#include "imap/parser.h"

/* A row is reused from response to response. */
void imap_row_init(ImapRow *row);
void imap_row_clear(ImapRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ImapRow, imap_row_clear)

/*
 * parser stands behind "* n FETCH"; sequence is n. row is emptied first; what it
 * holds afterwards is borrowed from the response and the parser. FALSE with
 * FAULT_PROTOCOL, naming the first damage: row holds what could be read (uid 0
 * and nothing else where the UID itself was malformed).
 */
gboolean imap_row_parse(ImapRow *row, guint32 sequence, ImapParser *parser, GError **error);
/* The section of a row by name, or NULL. Borrowed. */
const ImapSection *imap_row_section(const ImapRow *row, const char *section);
