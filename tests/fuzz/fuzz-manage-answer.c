/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-manage-answer.c - a hostile ManageSieve server; the first byte is the size of the pieces. */
#include "config.h"

#include <stdint.h>

#include "sieve/manage-answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(ManageReader) reader = manage_reader_new();
	gsize step = size > 0 ? (gsize)data[0] + 1 : 1;

	for (gsize at = 1; at < size; at += step) {
		ManageLine *line = NULL;

		manage_reader_feed(reader, (const char *)data + at, MIN(step, size - at));
		while (manage_reader_next(reader, &line, NULL) == MANAGE_READER_LINE) {
			g_autoptr(GString) again = g_string_new(NULL);

			g_free(manage_line_shown(line));
			if (line->first != NULL) {
				manage_name_check(line->first, NULL);
				manage_append_string(again, line->first);
			}
			manage_line_free(line);
		}
		if (manage_reader_left(reader) > size)
			g_error("more is left than was fed");
	}
	return 0;
}
