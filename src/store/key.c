/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/key.h"

#include "mime/header.h"

guint64
store_message_key(const HashKey *key, const char *message_id)
{
	g_autofree char *id = message_id ? mime_parse_message_id(message_id, -1) : NULL;

	if (id == NULL || id[0] == '\0')
		return 0;
	return hash_string(key, id);
}
