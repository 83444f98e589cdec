/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ids.h - Message-IDs of a header field, as keyed hashes.
 *
 * Says what mime/header.h says of the same field; a field of plain ids, as
 * nearly all are, is read without a copy of any.
 */
#pragma once

#include "util/hash.h"
#include "util/limits.h"

#define STORE_IDS_MAX (LIMIT_REFERENCES_FIRST + LIMIT_REFERENCES_LAST)

/*
 * The ids of In-Reply-To or References, each once: the first most of them
 * (0: the first LIMIT_REFERENCES_FIRST and the last LIMIT_REFERENCES_LAST).
 * Returns their number.
 */
guint store_ids_parse(
	const HashKey *key, const char *raw, gsize length, guint most, guint64 nodes[STORE_IDS_MAX]);
/* The id of Message-ID, without brackets; NULL: none. The caller's. */
char *store_ids_first(const char *raw, gsize length);
/* Hash of an id without brackets; never 0. */
guint64 store_ids_hash(const HashKey *key, const char *id, gsize length);
