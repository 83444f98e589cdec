/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * param.h - "value; name=value" fields, for the modules of this folder.
 */
#pragma once

#include "mime/part.h"

/*
 * Split a Content-Type or Content-Disposition field: the value before the first
 * ';' (lower case, blanks and comments taken off; the caller's), and its raw
 * parameters into params. At most LIMIT_MIME_PARAMS. Lenient: missing quotes, stray ';'.
 */
char *mime_split_params(const char *raw, gssize length, GPtrArray *params);
void mime_params_add(
	GPtrArray *params, const char *name, gsize name_length, const char *value, gsize value_length);
/* The value of a name, or NULL. Borrowed. */
const char *mime_params_get(const GPtrArray *params, const char *name);
