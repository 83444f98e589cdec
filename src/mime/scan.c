/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/scan.h"

#include <string.h>

/* Facts of single octets, counted a line at a time. */
static void
scan_octets(MimeScan *scan, const guint8 *line, gsize length)
{
	guint8 all = 0;

	for (gsize i = 0; i < length; i++)
		all |= line[i];
	if (all & 0x80)
		scan->eight_bit = TRUE;
	if (!scan->nul && memchr(line, '\0', length) != NULL)
		scan->nul = TRUE;
	if (!scan->bare_line_ends && length > 0) {
		const guint8 *cr = memchr(line, '\r', length);
		gboolean ended = line[length - 1] == '\n';
		if (cr == NULL ? ended : cr + 1 == line + length || cr[1] != '\n')
			scan->bare_line_ends = TRUE;
	}
}

void
mime_scan(MimeScan *scan, const void *data, gsize length)
{
	const guint8 *p = data, *end = p + length;
	gboolean head = TRUE;

	memset(scan, 0, sizeof *scan);
	while (p < end) {
		const guint8 *stop = memchr(p, '\n', (gsize)(end - p));
		gsize size = stop ? (gsize)(stop - p) + 1 : (gsize)(end - p);
		scan->lines++;
		scan->longest_line = MAX(scan->longest_line, size);
		scan_octets(scan, p, size);
		if (head) {
			scan->header_length += size;
			if (p[0] == '\n' || (p[0] == '\r' && size == 2))
				head = FALSE;
			else if (p[0] != ' ' && p[0] != '\t')
				scan->header_fields++;
		} else if (size > 3 && p[0] == '-' && p[1] == '-') {
			scan->boundary_lines++;
		}
		p += size;
	}
}

guint
mime_scan_address_nesting(const char *raw, gsize length, guint max)
{
	guint depth = 0, deepest = 0, groups = 0;
	gboolean quoted = FALSE;

	for (gsize i = 0; i < length && deepest <= max; i++) {
		char c = raw[i];
		if (c == '\\')
			i++;
		else if (c == '"' && depth == 0)
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (c == '(')
			depth++;
		else if (c == ')' && depth > 0)
			depth--;
		else if (c == ':' && depth == 0)
			groups++;
		else if (c == ';' && depth == 0 && groups > 0)
			groups--;
		deepest = MAX(deepest, MAX(depth, groups));
	}
	return MIN(deepest, max + 1);
}
