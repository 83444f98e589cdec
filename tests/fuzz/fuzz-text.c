/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text_safe() and the layout: the result is valid, has no controls, passes unchanged, and fits. */
#include "config.h"

#include <locale.h>
#include <stdint.h>
#include <string.h>

#include "util/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_safe(const char *safe, TextFlags flags)
{
	g_assert(g_utf8_validate(safe, -1, NULL));
	for (const char *at = safe; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);
		g_assert(!g_unichar_iscntrl(c) || (c == '\n' && (flags & TEXT_LINES)));
	}
	g_autofree char *again = text_safe(safe, -1, flags);
	g_assert(strcmp(again, safe) == 0);
}

static void
check_layout(const char *text, int cells)
{
	g_autofree char *column = text_column(text, cells, cells & 1, cells & 2);
	g_autoptr(GPtrArray) lines = text_wrap(text, cells);
	g_assert(text_cells(column, -1) == cells);
	for (guint i = 0; i < lines->len; i++)
		g_assert(text_cells(lines->pdata[i], -1) <= MAX(cells, 2));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const TextFlags flags[] = {TEXT_LINE, TEXT_LINES, TEXT_MARKS, TEXT_LINES | TEXT_MARKS};
	setlocale(LC_CTYPE, "C.UTF-8");
	for (gsize i = 0; i < G_N_ELEMENTS(flags); i++) {
		g_autofree char *safe = text_safe((const char *)data, (gssize)size, flags[i]);
		check_safe(safe, flags[i]);
		check_layout(safe, size > 0 ? data[0] % 40 + 1 : 1);
	}
	g_autofree char *raw = g_strndup((const char *)data, size);
	g_autofree char *folded = text_fold(raw);
	g_assert(g_utf8_validate(folded, -1, NULL));
	g_autoptr(GPtrArray) lines = text_wrap(raw, 7);
	g_assert(lines->len > 0);
	g_assert(text_cells(raw, -1) >= 0);
	return 0;
}
