/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * structure.h - from octets to a tree of parts, for message.c.
 */
#pragma once

#include "mime/part.h"

/* Called for what was wrong; code is static, "parts-limit", "nesting-limit", ... */
typedef void (*MimeStructureWarn)(void *user, const char *code);

/*
 * The finished tree of a message; parts refer to the octets by offset. One pass,
 * no recursion; past LIMIT_MIME_PARTS the rest is one opaque part, a multipart or
 * message nested deeper than LIMIT_MIME_NESTING is opaque. Never NULL.
 */
MimePart *mime_structure_parse(const char *data, gsize length, MimeStructureWarn warn, void *user);
