/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/param.h"

#include "mime/header.h"
#include "mime/words.h"
#include "util/charset.h"
#include "util/limits.h"

#include <string.h>

static void
param_free(gpointer data)
{
	MimeParam *param = data;

	g_free(param->name);
	g_free(param->value);
	g_free(param);
}

GPtrArray *
mime_params_new(void)
{
	return g_ptr_array_new_with_free_func(param_free);
}

void
mime_params_add(GPtrArray *params, const char *name, gsize name_length, const char *value, gsize value_length)
{
	MimeParam *param;

	if (params->len >= LIMIT_MIME_PARAMS || name_length == 0)
		return;
	param = g_new0(MimeParam, 1);
	param->name = g_ascii_strdown(name, (gssize)name_length);
	param->value = g_strndup(value, value_length);
	g_ptr_array_add(params, param);
}

const char *
mime_params_get(const GPtrArray *params, const char *name)
{
	for (guint i = 0; i < params->len; i++) {
		const MimeParam *param = g_ptr_array_index(params, i);
		if (strcmp(param->name, name) == 0)
			return param->value;
	}
	return NULL;
}

/* --- Splitting --- */

/* Behind blanks and comments (nested ones counted, never recursive). */
static const char *
skip_cfws(const char *p)
{
	guint depth = 0;

	for (; *p; p++) {
		if (*p == '(')
			depth++;
		else if (*p == ')' && depth > 0)
			depth--;
		else if (*p == '\\' && depth > 0 && p[1])
			p++;
		else if (depth == 0 && *p != ' ' && *p != '\t')
			break;
	}
	return p;
}

/* A quoted value, p behind its quote. Only \" and \\ are escapes: Windows paths are found here. */
static const char *
quoted_value(const char *p, GString *value)
{
	for (; *p && *p != '"'; p++) {
		if (*p == '\\' && (p[1] == '"' || p[1] == '\\'))
			p++;
		g_string_append_c(value, *p);
	}
	return *p ? p + 1 : p;
}

/* Up to ';': unquoted values with blanks in them are common enough. */
static const char *
bare_value(const char *p, GString *value)
{
	gsize length = strcspn(p, ";");
	const char *comment = memchr(p, '(', length);
	gsize used = comment && comment > p && comment[-1] == ' ' ? (gsize)(comment - p) : length;

	while (used > 0 && (p[used - 1] == ' ' || p[used - 1] == '\t'))
		used--;
	g_string_append_len(value, p, (gssize)used);
	return p + length;
}

char *
mime_split_params(const char *raw, gssize length, GPtrArray *params)
{
	g_autofree char *text = mime_unfold(raw, length);
	g_autoptr(GString) buffer = g_string_new(NULL);
	const char *p = skip_cfws(text);
	gsize size = strcspn(p, "; \t(");
	char *value = g_ascii_strdown(p, (gssize)size);

	p += size;
	for (;;) {
		const char *name;
		gsize name_length;
		p += strcspn(p, ";");
		if (*p == '\0')
			return value;
		name = p = skip_cfws(p + 1);
		name_length = strcspn(p, "=; \t(");
		p = skip_cfws(p + name_length);
		if (*p != '=')
			continue;
		p = skip_cfws(p + 1);
		g_string_truncate(buffer, 0);
		p = *p == '"' ? quoted_value(p + 1, buffer) : bare_value(p, buffer);
		mime_params_add(params, name, name_length, buffer->str, buffer->len);
	}
}

/* --- RFC 2231 --- */

/* One name's raw pieces. */
typedef struct {
	char *name;        /* without the stars */
	const char *plain; /* name=value; NULL: none */
	const char *sections[LIMIT_RFC2231_SECTIONS];
	gboolean encoded[LIMIT_RFC2231_SECTIONS];
	guint count;
} Pieces;

/* Split "filename*1*" in place; FALSE: the section is no number below the limit. */
static gboolean
split_name(char *name, int *section, gboolean *encoded)
{
	char *star = strchr(name, '*');
	char *end;
	guint64 number;

	*section = -1;
	*encoded = FALSE;
	if (star == NULL)
		return TRUE;
	*star++ = '\0';
	if (*star == '\0') {
		*section = 0;
		*encoded = TRUE;
		return TRUE;
	}
	if (!g_ascii_isdigit(*star))
		return FALSE;
	number = g_ascii_strtoull(star, &end, 10);
	if (number >= LIMIT_RFC2231_SECTIONS || (*end != '\0' && strcmp(end, "*") != 0))
		return FALSE;
	*section = (int)number;
	*encoded = *end == '*';
	return TRUE;
}

static void
append_percent(GString *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '%' && mime_hex(text[1]) >= 0 && mime_hex(text[2]) >= 0) {
			g_string_append_c(out, (char)(mime_hex(text[1]) * 16 + mime_hex(text[2])));
			text += 2;
		} else {
			g_string_append_c(out, *text);
		}
	}
}

/* Join the sections; all is octets of one charset, which the first names: charset'language'text. */
static char *
join_sections(const Pieces *pieces)
{
	g_autoptr(GString) octets = g_string_new(NULL);
	g_autofree char *charset = NULL, *text = NULL;
	GString *clean;
	gsize length;

	for (guint i = 0; i < pieces->count && pieces->sections[i] != NULL; i++) {
		const char *value = pieces->sections[i];
		const char *quote = i == 0 && pieces->encoded[0] ? strchr(value, '\'') : NULL;
		const char *second = quote ? strchr(quote + 1, '\'') : NULL;
		if (second != NULL) {
			charset = g_strndup(value, (gsize)(quote - value));
			value = second + 1;
		}
		if (pieces->encoded[i])
			append_percent(octets, value);
		else
			g_string_append(octets, value);
	}
	if (charset == NULL && strstr(octets->str, "=?") != NULL)
		return mime_decode_text(octets->str, (gssize)octets->len);
	text = charset_to_utf8(octets->str, octets->len, charset && *charset ? charset : NULL, &length, NULL);
	clean = g_string_sized_new(length);
	mime_append_clean(clean, text, length);
	return g_string_free(clean, FALSE);
}

static void
pieces_free(gpointer data)
{
	Pieces *pieces = data;

	g_free(pieces->name);
	g_free(pieces);
}

static Pieces *
pieces_of(GPtrArray *list, GHashTable *names, const char *name)
{
	Pieces *pieces = g_hash_table_lookup(names, name);

	if (pieces == NULL) {
		pieces = g_new0(Pieces, 1);
		pieces->name = g_strdup(name);
		g_ptr_array_add(list, pieces);
		g_hash_table_insert(names, pieces->name, pieces);
	}
	return pieces;
}

gboolean
mime_params_decode(GPtrArray *params)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(pieces_free);
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GPtrArray) decoded = g_ptr_array_new();
	gboolean whole = TRUE;

	for (guint i = 0; i < params->len; i++) {
		MimeParam *param = g_ptr_array_index(params, i);
		g_autofree char *name = g_strdup(param->name);
		gboolean encoded;
		int section;
		Pieces *pieces;
		if (!split_name(name, &section, &encoded)) {
			whole = FALSE;
			continue;
		}
		pieces = pieces_of(list, names, name);
		if (section < 0) {
			if (pieces->plain == NULL)
				pieces->plain = param->value;
		} else if (pieces->sections[section] == NULL) {
			pieces->sections[section] = param->value;
			pieces->encoded[section] = encoded;
			pieces->count = MAX(pieces->count, (guint)section + 1);
		}
	}
	for (guint i = 0; i < list->len; i++) {
		Pieces *pieces = g_ptr_array_index(list, i);
		MimeParam *param;
		if (pieces->sections[0] == NULL && pieces->plain == NULL) {
			whole = FALSE;
			continue;
		}
		param = g_new0(MimeParam, 1);
		param->name = g_strdup(pieces->name);
		param->value =
			pieces->sections[0] ? join_sections(pieces) : mime_decode_text(pieces->plain, -1);
		g_ptr_array_add(decoded, param);
	}
	g_ptr_array_set_size(params, 0);
	for (guint i = 0; i < decoded->len; i++)
		g_ptr_array_add(params, g_ptr_array_index(decoded, i));
	return whole;
}
