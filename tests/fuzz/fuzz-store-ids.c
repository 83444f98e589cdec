/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The short way through Message-IDs says what the full parser says. */
#include "config.h"

#include "mime/header.h"
#include "store/ids.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	HashKey key = {{1}};
	guint64 nodes[STORE_IDS_MAX];
	g_autofree char *raw = g_strndup((const char *)data, size);
	gsize length = strlen(raw);
	g_autoptr(GPtrArray) ids = mime_parse_message_ids(raw, (gssize)length);
	g_autofree char *first = mime_parse_message_id(raw, (gssize)length);
	g_autofree char *ours = store_ids_first(raw, length);
	guint n = store_ids_parse(&key, raw, length, 0, nodes);

	g_assert_cmpuint(n, <=, STORE_IDS_MAX);
	g_assert_cmpstr(ours, ==, first != NULL && first[0] != '\0' ? first : NULL);
	g_assert_cmpuint(n, ==, ids->len);
	for (guint i = 0; i < n; i++) {
		const char *id = g_ptr_array_index(ids, i);
		g_assert_cmpuint(nodes[i], ==, store_ids_hash(&key, id, strlen(id)));
	}
	return 0;
}
