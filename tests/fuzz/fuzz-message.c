/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole message: every part lies within it and is decoded, and what is shown fits and is safe. */
#include "config.h"

#include <locale.h>
#include <stdint.h>
#include <string.h>

#include "mime/show.h"
#include "util/limits.h"
#include "util/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_text(MimeText *text, int width)
{
	for (guint i = 0; i < mime_text_count(text); i++) {
		const MimeLine *line = mime_text_line(text, i);
		const char *chars = mime_text_chars(text, i);
		g_assert(strlen(chars) == line->length);
		g_assert(text_cells(chars, -1) <= width);
		g_autofree char *safe = text_safe(chars, -1, TEXT_LINE);
		g_assert(strcmp(safe, chars) == 0);
		for (guint n = 0; n < line->spans; n++)
			g_assert(mime_text_spans(text, i)[n].start + mime_text_spans(text, i)[n].length <=
				 line->length);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(MimeMessage) message = mime_message_parse_data(data, size);
	MimePart *root = mime_message_root(message);
	guint count = 0;

	setlocale(LC_CTYPE, "C.UTF-8");
	for (MimePart *part = root; part != NULL; part = mime_part_next(root, part)) {
		g_autoptr(GBytes) decoded = mime_message_decode(message, part);
		g_autofree char *name = mime_part_save_name(part);
		g_assert(*name != '\0');
		g_assert(part->header_start + part->header_length <= size);
		g_assert(part->body_start + part->body_length <= size);
		g_assert(g_bytes_get_size(decoded) <= part->body_length);
		g_assert(mime_part_find(root, part->section) != NULL);
		count++;
	}
	g_assert(count <= LIMIT_MIME_PARTS + 2);
	for (int width = 20; width <= 78; width += 58) {
		MimeShowOptions options = {
			.width = width, .prefer = width == 20 ? MIME_PREFER_HTML : MIME_PREFER_PLAIN};
		g_autoptr(MimeText) text = mime_show_message(message, &options);
		check_text(text, width);
	}
	g_free(mime_plain_text(message, MIME_PREFER_PLAIN));
	g_ptr_array_unref(mime_part_attachments(root));
	return 0;
}
