/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Address lists: each entry has an address, nothing holds a line end, what is shown is valid. */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "mime/header.h"
#include "util/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gboolean damaged;
	g_autoptr(GPtrArray) list = mime_parse_addresses((const char *)data, (gssize)size, &damaged);
	g_autofree char *text = mime_format_addresses(list);

	g_assert(list->len <= LIMIT_ADDRESSES);
	g_assert(g_utf8_validate(text, -1, NULL));
	for (guint i = 0; i < list->len; i++) {
		const MimeAddress *address = g_ptr_array_index(list, i);
		g_assert(address->address != NULL && strpbrk(address->address, "\r\n") == NULL);
		g_assert(address->name == NULL || (*address->name && strpbrk(address->name, "\r\n") == NULL));
		g_autofree char *shown = mime_sender_display(address->name, address->address, size & 1);
		g_assert(g_utf8_validate(shown, -1, NULL));
		g_assert(mime_address_same(address->address, address->address));
	}
	return 0;
}
