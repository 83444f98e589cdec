/* SPDX-License-Identifier: GPL-3.0-or-later */
/* key.h - the keyed hash that names a message by its Message-ID. */
#pragma once

#include "util/hash.h"

/* message_id: the raw field value, with or without <>; NULL or without an id: 0. */
guint64 store_message_key(const HashKey *key, const char *message_id);
