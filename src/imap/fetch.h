/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fetch.h - one FETCH response as an ImapRow. (RFC 9051, 7.5.2)
 *
 * Items that are not known are stepped over. A malformed BODYSTRUCTURE costs
 * only itself (IMAP_HAS_BAD_STRUCTURE), anything else malformed is
 * FAULT_PROTOCOL. Lenient: MODSEQ without parentheses, RFC822 and
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
 * holds afterwards is borrowed from the response and the parser.
 */
gboolean imap_row_parse(ImapRow *row, guint32 sequence, ImapParser *parser, GError **error);
/* The section of a row by name, or NULL. Borrowed. */
const ImapSection *imap_row_section(const ImapRow *row, const char *section);
