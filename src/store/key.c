/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/key.h"

#include "store/ids.h"

#include <string.h>

guint64
store_message_key(const HashKey *key, const char *message_id)
{
	g_autofree char *id = message_id != NULL ? store_ids_first(message_id, strlen(message_id)) : NULL;

	return id != NULL ? store_ids_hash(key, id, strlen(id)) : 0;
}
