/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Header blocks and the values of single fields: no line end and no NUL comes out decoded. */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "mime/head.h"
#include "util/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const char *text)
{
	g_assert(g_utf8_validate(text, -1, NULL));
	g_assert(strpbrk(text, "\r\n") == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	g_autoptr(MimeHead) head = mime_head_parse(text, size);
	g_autofree char *decoded = mime_decode_text(text, (gssize)size);
	g_autofree char *name = NULL;
	g_autofree char *list = mime_parse_list_id(text, (gssize)size, &name);
	g_autoptr(GPtrArray) ids = mime_parse_message_ids(text, (gssize)size);
	g_autoptr(GPtrArray) urls = mime_parse_list_urls(text, (gssize)size);
	g_autofree char *base = mime_base_subject(decoded, NULL);
	g_autofree char *again = mime_base_subject(base, NULL);
	g_autofree char *domain = mime_domain_display(decoded);
	MimeFields fields;
	MimeField field;

	check(decoded);
	check(base);
	g_assert(strcmp(base, again) == 0);
	g_assert(list == NULL || *list);
	g_assert(g_utf8_validate(domain, -1, NULL));
	g_assert(ids->len <= LIMIT_REFERENCES_FIRST + LIMIT_REFERENCES_LAST);
	g_assert(urls->len <= LIMIT_REFERENCES_LAST);
	if (head->subject != NULL)
		check(head->subject);
	mime_fields_init(&fields, text, size);
	while (mime_fields_next(&fields, &field)) {
		g_assert(field.name_length > 0);
		g_assert(field.value + field.value_length <= text + size);
	}
	g_assert(fields.offset <= size);
	return 0;
}
