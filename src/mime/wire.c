/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/wire.h"

#include "mime/build.h"
#include "mime/param.h"
#include "util/fault.h"
#include "util/i18n.h"

#include <string.h>

#define LINE 76
#define WORD_CHARS 60 /* of text in an encoded-word */
#define WORD_FRAME 12 /* "=?UTF-8?B?" and "?=" */
#define QUOTED_CHARS 60
#define HARD_LINE 900

gboolean
wire_check(const char *name, const char *value, GError **error)
{
	if (value == NULL)
		return TRUE;
	if (strpbrk(value, "\r\n") != NULL) {
		fault_set(error, FAULT_INPUT,
			_("The field %s holds a line end, which would begin another field. Take it out."),
			name);
		return FALSE;
	}
	if (!g_utf8_validate(value, -1, NULL)) {
		fault_set(error, FAULT_INPUT, _("The field %s is not valid UTF-8. Write it again."), name);
		return FALSE;
	}
	return TRUE;
}

/* --- Folding --- */

typedef struct {
	GString *out;
	gsize column;
	gboolean used; /* something stands behind the name */
} Line;

static Line
begin(GString *out, const char *name)
{
	Line line = {out, strlen(name) + 1, FALSE};

	g_string_append_printf(out, "%s:", name);
	return line;
}

/* A blank and the token, on a new line where it does not fit. */
static void
put(Line *line, const char *token, gsize length)
{
	if (line->used && line->column + 1 + length > LINE) {
		g_string_append(line->out, "\r\n");
		line->column = 0;
	}
	line->used = TRUE;
	g_string_append_c(line->out, ' ');
	g_string_append_len(line->out, token, (gssize)length);
	line->column += 1 + length;
}

static void
finish(Line *line)
{
	g_string_append(line->out, "\r\n");
}

/* --- Encoded-words (RFC 2047) --- */

static gboolean
is_plain(const char *text, gsize length)
{
	for (gsize i = 0; i < length; i++)
		if ((guint8)text[i] >= 127 || ((guint8)text[i] < 32 && text[i] != '\t'))
			return FALSE;
	return g_strstr_len(text, (gssize)length, "=?") == NULL;
}

static gboolean
is_word_char(char c)
{
	return g_ascii_isalnum(c) || strchr("!*+-/", c) != NULL;
}

/* Bytes of one character, as Q needs them. */
static gsize
q_size(const char *p, gsize bytes)
{
	return bytes == 1 && (is_word_char(*p) || *p == ' ') ? 1 : 3 * bytes;
}

static void
append_q(GString *word, const char *p, gsize bytes)
{
	for (gsize i = 0; i < bytes; i++) {
		if (is_word_char(p[i]))
			g_string_append_c(word, p[i]);
		else if (p[i] == ' ')
			g_string_append_c(word, '_');
		else
			g_string_append_printf(word, "=%02X", (guint8)p[i]);
	}
}

/* As many whole characters as one word takes. */
static gsize
word_fit(const char *p, gsize length, gboolean quoted, gsize chars)
{
	gsize used = 0, size = 0;

	while (used < length) {
		gsize bytes = (gsize)(g_utf8_next_char(p + used) - (p + used));
		size += quoted ? q_size(p + used, bytes) : bytes;
		if (size > (quoted ? chars : chars / 4 * 3) && used > 0)
			break;
		used += bytes;
	}
	return MIN(used, length);
}

/* text as encoded-words, one token each. */
static void
put_encoded(Line *line, const char *text, gsize length)
{
	gsize q = 0;
	gboolean quoted;

	for (gsize i = 0; i < length; i++)
		q += is_word_char(text[i]) || text[i] == ' ' ? 1 : 3;
	quoted = q <= length * 4 / 3 + 12;
	while (length > 0) {
		gsize room = LINE - WORD_FRAME - 1 > line->column ? LINE - WORD_FRAME - 1 - line->column : 0;
		gsize used =
			word_fit(text, length, quoted, line->used ? WORD_CHARS : CLAMP(room, 20, WORD_CHARS));
		g_autoptr(GString) word = g_string_new(quoted ? "=?UTF-8?Q?" : "=?UTF-8?B?");
		if (quoted) {
			append_q(word, text, used);
		} else {
			g_autofree char *base64 = g_base64_encode((const guchar *)text, used);
			g_string_append(word, base64);
		}
		g_string_append(word, "?=");
		put(line, word->str, word->len);
		text += used;
		length -= used;
	}
}

/* Cut at single blanks; further blanks belong to the word behind them. of char*. */
static GPtrArray *
split_words(const char *text)
{
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

	while (*text) {
		gsize blanks = strspn(text, " ");
		gsize length = blanks + strcspn(text + blanks, " ");
		g_ptr_array_add(words, g_strndup(text, length));
		text += length;
		if (*text == ' ')
			text++;
	}
	return words;
}

static gboolean
needs_encoding(const char *word, gboolean utf8)
{
	gsize length = strlen(word);

	return length >= HARD_LINE || !(utf8 || is_plain(word, length));
}

/* Words of plain text; from the first to the last that needs it they are encoded together. */
static void
put_text(Line *line, const char *text, gboolean utf8)
{
	g_autoptr(GPtrArray) words = split_words(text);
	g_autoptr(GString) encoded = g_string_new(NULL);
	guint first = words->len, last = 0;

	for (guint i = 0; i < words->len; i++)
		if (needs_encoding(g_ptr_array_index(words, i), utf8)) {
			first = MIN(first, i);
			last = i;
		}
	for (guint i = 0; i < words->len; i++) {
		const char *word = g_ptr_array_index(words, i);
		if (i < first || i > last) {
			put(line, word, strlen(word));
			continue;
		}
		g_string_append_printf(encoded, "%s%s", i > first ? " " : "", word);
		if (i == last)
			put_encoded(line, encoded->str, encoded->len);
	}
}

gboolean
wire_text(GString *out, const char *name, const char *value, gboolean utf8, GError **error)
{
	Line line;
	g_autofree char *trimmed = NULL;

	if (!wire_check(name, value, error))
		return FALSE;
	trimmed = g_strstrip(g_strdup(value));
	line = begin(out, name);
	put_text(&line, trimmed, utf8);
	finish(&line);
	return TRUE;
}

void
wire_plain(GString *out, const char *name, const char *value)
{
	g_string_append_printf(out, "%s: %s\r\n", name, value);
}

/* --- Addresses --- */

char *
wire_address(const char *address)
{
	const char *at = strrchr(address, '@');
	g_autofree char *domain =
		at && at[1] != '[' && !g_str_is_ascii(at + 1) ? g_hostname_to_ascii(at + 1) : NULL;

	if (at == NULL || domain == NULL)
		return at == NULL ? NULL : g_strdup(address);
	return g_strdup_printf("%.*s@%s", (int)(at - address), address, domain);
}

static gboolean
is_atoms(const char *name)
{
	for (; *name; name++)
		if (!g_ascii_isalnum(*name) && strchr("!#$%&'*+-/=?^_`{|}~ ", *name) == NULL)
			return FALSE;
	return TRUE;
}

static void
put_name(Line *line, const char *name, gboolean utf8)
{
	g_autoptr(GString) quoted = NULL;
	gsize length = strlen(name);
	gboolean plain = is_plain(name, length) && strchr(name, '\t') == NULL;

	if (plain && is_atoms(name) && strstr(name, "  ") == NULL && name[0] != ' ' && length < HARD_LINE) {
		put_text(line, name, utf8);
		return;
	}
	if (!(plain || utf8) || length > QUOTED_CHARS) {
		put_encoded(line, name, length);
		return;
	}
	quoted = g_string_new("\"");
	for (; *name; name++) {
		if (*name == '"' || *name == '\\')
			g_string_append_c(quoted, '\\');
		g_string_append_c(quoted, *name);
	}
	g_string_append_c(quoted, '"');
	put(line, quoted->str, quoted->len);
}

static gboolean
put_address(Line *line, const char *field, const MimeAddress *address, gboolean utf8, gboolean more,
	GError **error)
{
	g_autofree char *spec = NULL;
	g_autofree char *token = NULL;

	if (!wire_check(field, address->name, error) || !mime_address_check(address->address, error)) {
		g_prefix_error(error, "%s: ", field);
		return FALSE;
	}
	spec = utf8 ? g_strdup(address->address) : wire_address(address->address);
	if (!utf8 && !g_str_is_ascii(spec)) {
		fault_set(error, FAULT_INPUT,
			_("%s: the address %s needs a server that takes UTF-8 in addresses (SMTPUTF8)."),
			field, spec);
		return FALSE;
	}
	if (address->name != NULL && *address->name)
		put_name(line, address->name, utf8);
	token = address->name && *address->name ? g_strconcat("<", spec, ">", more ? "," : NULL, NULL)
						: g_strconcat(spec, more ? "," : NULL, NULL);
	put(line, token, strlen(token));
	return TRUE;
}

gboolean
wire_addresses(GString *out, const char *name, const GPtrArray *list, gboolean utf8, GError **error)
{
	Line line;
	guint last = list->len;

	for (guint i = 0; i < list->len; i++)
		if (*((MimeAddress *)g_ptr_array_index(list, i))->address)
			last = i;
	if (last == list->len)
		return TRUE;
	line = begin(out, name);
	for (guint i = 0; i <= last; i++) {
		const MimeAddress *address = g_ptr_array_index(list, i);
		if (*address->address && !put_address(&line, name, address, utf8, i < last, error))
			return FALSE;
	}
	finish(&line);
	return TRUE;
}

gboolean
wire_is_id(const char *id)
{
	gsize length = strlen(id);

	if (length == 0 || length > HARD_LINE)
		return FALSE;
	for (gsize i = 0; i < length; i++)
		if ((guint8)id[i] <= 32 || (guint8)id[i] >= 127 || id[i] == '<' || id[i] == '>')
			return FALSE;
	return TRUE;
}

void
wire_ids(GString *out, const char *name, const GPtrArray *ids)
{
	Line line = {out, 0, FALSE};

	for (guint i = 0; i < ids->len; i++) {
		const char *id = g_ptr_array_index(ids, i);
		g_autofree char *token = g_strconcat("<", id, ">", NULL);
		if (!wire_is_id(id))
			continue;
		if (line.column == 0)
			line = begin(out, name);
		put(&line, token, strlen(token));
	}
	if (line.column > 0)
		finish(&line);
}

/* --- Parameters (RFC 2231) --- */

#define SECTION 48 /* characters of a value in one section */

static gboolean
is_token(const char *value)
{
	if (*value == '\0')
		return FALSE;
	for (; *value; value++)
		if (!g_ascii_isalnum(*value) && strchr("!#$&+-.^_`{|}~", *value) == NULL)
			return FALSE;
	return TRUE;
}

static void
put_param(Line *line, const char *text)
{
	g_string_append_c(line->out, ';');
	line->column++;
	put(line, text, strlen(text));
}

static void
put_extended(Line *line, const char *name, const char *value)
{
	g_autoptr(GString) percent = g_string_new("UTF-8''");
	gsize start = 0;

	for (const char *p = value; *p; p++) {
		if (g_ascii_isalnum(*p) || strchr("!#$&+-.^_`{|}~", *p) != NULL)
			g_string_append_c(percent, *p);
		else
			g_string_append_printf(percent, "%%%02X", (guint8)*p);
	}
	if (percent->len <= SECTION + 7) {
		g_autofree char *text = g_strconcat(name, "*=", percent->str, NULL);
		put_param(line, text);
		return;
	}
	for (guint section = 0; start < percent->len; section++) {
		gsize size = MIN(SECTION, percent->len - start);
		g_autofree char *text = NULL;
		/* A "%XX" is not cut. */
		while (start + size < percent->len && size > 2 &&
			(percent->str[start + size - 1] == '%' || percent->str[start + size - 2] == '%'))
			size--;
		text = g_strdup_printf("%s*%u*=%.*s", name, section, (int)size, percent->str + start);
		put_param(line, text);
		start += size;
	}
}

static void
put_one_param(Line *line, const char *name, const char *value)
{
	g_autoptr(GString) text = NULL;

	if (!is_plain(value, strlen(value)) || strlen(value) > SECTION || strpbrk(value, "\"\\\t") != NULL) {
		put_extended(line, name, value);
		return;
	}
	text = g_string_new(NULL);
	if (is_token(value))
		g_string_append_printf(text, "%s=%s", name, value);
	else
		g_string_append_printf(text, "%s=\"%s\"", name, value);
	put_param(line, text->str);
}

gboolean
wire_params(GString *out, const char *name, const char *value, const GPtrArray *params, GError **error)
{
	Line line = begin(out, name);

	put(&line, value, strlen(value));
	for (guint i = 0; i < params->len; i++) {
		const MimeParam *param = g_ptr_array_index(params, i);
		if (!wire_check(name, param->value, error))
			return FALSE;
		put_one_param(&line, param->name, param->value);
	}
	finish(&line);
	return TRUE;
}
