/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scan.h - count what a message holds before anything is built from it.
 *
 * One pass over the octets that allocates nothing: a message of 800k parts or
 * 15 MB of header fields is known as such in milliseconds.
 */
#pragma once

#include <glib.h>

typedef struct {
	gsize lines;
	gsize longest_line;       /* octets */
	gsize header_length;      /* of the first block, with its empty line */
	gsize header_fields;      /* lines of the first block that begin a field */
	gsize boundary_lines;     /* lines that begin with "--" and more, outside of the first block */
	gboolean nul;             /* holds NUL octets */
	gboolean bare_line_ends;  /* CR or LF alone */
	gboolean eight_bit;
} MimeScan;

void mime_scan(MimeScan *scan, const void *data, gsize length);

/* Depth of nested comments, or of open groups, in an address field; counts only, to max + 1. Never recursive. */
guint mime_scan_address_nesting(const char *raw, gsize length, guint max);
