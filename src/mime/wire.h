/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire.h - header fields written for the wire: encoded, folded, checked; for build.c.
 *
 * Each appends "Name: value" CRLF. Values are UTF-8. FALSE with FAULT_INPUT,
 * naming the field, when one cannot be written.
 */
#pragma once

#include "mime/part.h"

#include <glib.h>

/* Unstructured text; RFC 2047 where it is not ASCII, unless utf8 (RFC 6532). */
gboolean wire_text(GString *out, const char *name, const char *value, gboolean utf8, GError **error);
/* Nothing for an empty list. of MimeAddress; groups are flattened. */
gboolean wire_addresses(GString *out, const char *name, const GPtrArray *list, gboolean utf8, GError **error);
/* Message-IDs (char*, without brackets); those that cannot stand in a field are left out. */
void wire_ids(GString *out, const char *name, const GPtrArray *ids);
/* A line as it is; value is ours. */
void wire_plain(GString *out, const char *name, const char *value);
/* "Name: value; a=b": value is ours, params are of MimeParam, their values from outside (RFC 2231). */
gboolean wire_params(
	GString *out, const char *name, const char *value, const GPtrArray *params, GError **error);

/* No CR, LF, NUL, valid UTF-8. */
gboolean wire_check(const char *name, const char *value, GError **error);
/* Whether text can stand between '<' and '>' as a Message-ID. */
gboolean wire_is_id(const char *id);
/* local@domain with the domain as A-labels; NULL: it has none. The caller's. */
char *wire_address(const char *address);
