/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json.h - a streaming JSON writer: values go out as they come.
 *
 *	Json *json = json_new(stdout_write, NULL);
 *	json_begin_object(json, NULL);
 *	json_string(json, "subject", subject);
 *	json_end_object(json);
 *	json_free(json);
 *
 * name is the member's name inside an object, NULL inside an array or at the
 * top. Strings are made valid UTF-8 (bad bytes become U+FFFD); controls are
 * escaped, as are DEL, C1, bidi and zero-width characters, so that the output is safe on a terminal.
 */
#pragma once

#include <glib.h>

typedef struct Json Json;
typedef void (*JsonWrite)(const char *data, gsize length, gpointer user);

Json *json_new(JsonWrite write, gpointer user);
/* Ends with a newline; every object and array must be closed. */
void json_free(Json *json);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Json, json_free)

void json_begin_object(Json *json, const char *name);
void json_end_object(Json *json);
void json_begin_array(Json *json, const char *name);
void json_end_array(Json *json);
void json_string(Json *json, const char *name, const char *value); /* NULL value: null */
void json_int(Json *json, const char *name, gint64 value);
void json_bool(Json *json, const char *name, gboolean value);
void json_null(Json *json, const char *name);
