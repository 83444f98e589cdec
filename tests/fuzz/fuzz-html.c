/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTML to text: lines fit, are safe, and links are numbered. */
#include "config.h"

#include <locale.h>
#include <stdint.h>
#include <string.h>

#include "mime/html.h"
#include "util/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	MimeHtmlOptions options = {.width = size % 2 ? 20 : 78};
	g_autoptr(MimeText) text = NULL;
	g_autofree char *plain = NULL;

	setlocale(LC_CTYPE, "C.UTF-8");
	text = mime_html_layout((const char *)data, size, &options);
	for (guint i = 0; i < mime_text_count(text); i++) {
		const MimeLine *line = mime_text_line(text, i);
		const char *chars = mime_text_chars(text, i);
		g_autofree char *safe = text_safe(chars, -1, TEXT_LINE);
		g_assert(strcmp(safe, chars) == 0);
		g_assert(text_cells(chars, -1) <= options.width);
		for (guint n = 0; n < line->spans; n++) {
			const MimeSpan *span = &mime_text_spans(text, i)[n];
			g_assert(span->start + span->length <= line->length);
			g_assert(span->kind != MIME_SPAN_LINK || span->link <= mime_text_links(text)->len);
		}
	}
	for (guint i = 0; i < mime_text_links(text)->len; i++)
		g_assert(((MimeLink *)g_ptr_array_index(mime_text_links(text), i))->number == i + 1);
	plain = mime_html_plain((const char *)data, size);
	g_assert(g_utf8_validate(plain, -1, NULL));
	return 0;
}
