/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "util/json.h"

#include <string.h>

#include "util/text.h"

/* Bytes gathered before they are written out. */
#define FLUSH_AT 8192

struct Json {
	JsonWrite write;
	gpointer user;
	GString *pending;
	GString *open;  /* the containers around the next value, '{' or '[' each */
	gboolean first; /* the next value is the first of its container */
	gboolean used;  /* something was written */
};

Json *
json_new(JsonWrite write, gpointer user)
{
	Json *json = g_new0(Json, 1);
	json->write = write;
	json->user = user;
	json->pending = g_string_sized_new(FLUSH_AT + 512);
	json->open = g_string_new(NULL);
	json->first = TRUE;
	return json;
}

static void
flush(Json *json)
{
	if (json->pending->len > 0)
		json->write(json->pending->str, json->pending->len, json->user);
	g_string_truncate(json->pending, 0);
}

void
json_free(Json *json)
{
	if (!json)
		return;
	g_assert(json->open->len == 0);
	if (json->used)
		g_string_append_c(json->pending, '\n');
	flush(json);
	g_string_free(json->pending, TRUE);
	g_string_free(json->open, TRUE);
	g_free(json);
}

static void
append_unit(GString *out, guint unit)
{
	g_string_append_printf(out, "\\u%04x", unit);
}

static void
append_escaped(GString *out, gunichar c)
{
	static const char short_from[] = "\"\\\b\f\n\r\t";
	static const char short_to[] = "\"\\bfnrt";
	const char *hit = c < 0x80 && c != 0 ? strchr(short_from, (int)c) : NULL;
	if (hit) {
		g_string_append_c(out, '\\');
		g_string_append_c(out, short_to[hit - short_from]);
	} else if (c >= 0x10000 && text_is_hidden(c)) {
		append_unit(out, 0xD800 + ((c - 0x10000) >> 10));
		append_unit(out, 0xDC00 + ((c - 0x10000) & 0x3FF));
	} else if (text_is_hidden(c)) {
		append_unit(out, c);
	} else {
		g_string_append_unichar(out, c);
	}
}

static void
append_string(Json *json, const char *text)
{
	GString *out = json->pending;
	const char *end = text + strlen(text);
	g_string_append_c(out, '"');
	while (text < end) {
		const char *start = text;
		while (text < end && *text >= 0x20 && *text < 0x7F && *text != '"' && *text != '\\')
			text++;
		g_string_append_len(out, start, text - start);
		if (text == end)
			break;
		gunichar c = g_utf8_get_char_validated(text, end - text);
		gboolean valid = c != (gunichar)-1 && c != (gunichar)-2;
		append_escaped(out, valid ? c : 0xFFFD);
		text = valid ? g_utf8_next_char(text) : text + 1;
		if (out->len >= FLUSH_AT)
			flush(json);
	}
	g_string_append_c(out, '"');
}

/* What stands before a value: the comma, and its name inside an object. */
static void
begin_value(Json *json, const char *name)
{
	gboolean inside = json->open->len > 0;
	gboolean object = inside && json->open->str[json->open->len - 1] == '{';
	g_assert(object == (name != NULL));
	g_assert(inside || !json->used);
	if (!json->first)
		g_string_append_c(json->pending, ',');
	json->first = FALSE;
	json->used = TRUE;
	if (object) {
		append_string(json, name);
		g_string_append_c(json->pending, ':');
	}
	if (json->pending->len >= FLUSH_AT)
		flush(json);
}

static void
begin_container(Json *json, const char *name, char opening)
{
	begin_value(json, name);
	g_string_append_c(json->pending, opening);
	g_string_append_c(json->open, opening);
	json->first = TRUE;
}

static void
end_container(Json *json, char opening, char closing)
{
	g_assert(json->open->len > 0 && json->open->str[json->open->len - 1] == opening);
	g_string_truncate(json->open, json->open->len - 1);
	g_string_append_c(json->pending, closing);
	json->first = FALSE;
}

void
json_begin_object(Json *json, const char *name)
{
	begin_container(json, name, '{');
}

void
json_end_object(Json *json)
{
	end_container(json, '{', '}');
}

void
json_begin_array(Json *json, const char *name)
{
	begin_container(json, name, '[');
}

void
json_end_array(Json *json)
{
	end_container(json, '[', ']');
}

void
json_string(Json *json, const char *name, const char *value)
{
	if (!value) {
		json_null(json, name);
		return;
	}
	begin_value(json, name);
	append_string(json, value);
}

void
json_int(Json *json, const char *name, gint64 value)
{
	begin_value(json, name);
	g_string_append_printf(json->pending, "%" G_GINT64_FORMAT, value);
}

void
json_bool(Json *json, const char *name, gboolean value)
{
	begin_value(json, name);
	g_string_append(json->pending, value ? "true" : "false");
}

void
json_null(Json *json, const char *name)
{
	begin_value(json, name);
	g_string_append(json->pending, "null");
}
