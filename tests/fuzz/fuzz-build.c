/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A draft read from any message is built into one that reads the same again, in lines that any server takes.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "mime/build.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_wire(GBytes *octets)
{
	gsize size, line = 0;
	const char *text = g_bytes_get_data(octets, &size);

	for (gsize i = 0; i < size; i++) {
		g_assert((guint8)text[i] < 128);
		g_assert(text[i] != '\n' || (i > 0 && text[i - 1] == '\r'));
		g_assert(text[i] != '\r' || (i + 1 < size && text[i + 1] == '\n'));
		line = text[i] == '\n' ? 0 : line + 1;
		g_assert(line <= 999);
	}
}

/* Values that only a careless reader would let pass come back refused, never written. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const MimeBuildOptions options = {.keep_bcc = TRUE, .seed = 1};
	g_autoptr(MimeMessage) message = mime_message_parse_data(data, size);
	g_autoptr(MimeDraft) draft = mime_draft_from_message(message);
	g_autoptr(GBytes) first = NULL, second = NULL;
	g_autoptr(MimeMessage) again = NULL;
	g_autoptr(MimeDraft) back = NULL;

	first = mime_build(draft, &options, NULL);
	if (first == NULL)
		return 0;
	check_wire(first);
	again = mime_message_parse(first);
	back = mime_draft_from_message(again);
	g_assert(back->attachments->len == draft->attachments->len);
	for (guint i = 0; i < back->attachments->len; i++) {
		const MimeAttachment *a = g_ptr_array_index(draft->attachments, i),
				     *b = g_ptr_array_index(back->attachments, i);
		if (g_strcmp0(a->type, "message/rfc822") != 0)
			g_assert(g_bytes_equal(a->data, b->data));
	}
	second = mime_build(back, &options, NULL);
	g_assert(second != NULL);
	check_wire(second);
	return 0;
}
