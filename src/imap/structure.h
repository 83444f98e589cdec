/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * structure.h - BODYSTRUCTURE to the tree of mime/part.h. (RFC 9051, 7.5.2)
 */
#pragma once

#include "imap/parser.h"

/*
 * Take a body at the parser. NULL where it is malformed; parts past LIMIT_MIME_NESTING or LIMIT_MIME_PARTS
 * are left out and their parent is opaque. Finished (mime_part_finish), the caller's.
 *
 * Lenient: NIL for a size, a number of lines or an encoding (Exchange, iCloud),
 * NIL for a type, missing or surplus fields at the end, an empty string for a
 * parameter list (Domino).
 */
MimePart *imap_structure_parse(ImapParser *parser);
