/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line is kept as it was read, its end included; what it means is kept beside. */
#include "config.h"

#include "util/ini.h"

#include <string.h>

#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

#define BYTE_ORDER_MARK "\357\273\277"
#define BLANKS " \t"

typedef enum {
	LINE_BLANK,
	LINE_COMMENT,
	LINE_SECTION,
	LINE_KEY,
} LineKind;

typedef struct {
	LineKind kind;
	char *raw; /* as in the file, line end included */
	gsize length;
	char *key;        /* LINE_KEY */
	char *value;      /* LINE_KEY */
	gsize value_at;   /* LINE_KEY: where value starts in raw */
	char *section;    /* LINE_SECTION: the name */
	const char *home; /* the section it stands in: section of a line above, or "" */
} Line;

struct Ini {
	GPtrArray *lines; /* of Line */
	gboolean marked;  /* a byte order mark stands before them */
	gsize size;       /* bytes of all lines, and the mark */
	const char *end;  /* the line end to write: that of the first line */
};

static void
line_free(gpointer data)
{
	Line *line = data;
	g_free(line->raw);
	g_free(line->key);
	g_free(line->value);
	g_free(line->section);
	g_free(line);
}

static Line *
line_at(const Ini *ini, gsize index)
{
	return ini->lines->pdata[index];
}

/* --- what may stand where --- */

static gboolean
has_controls(const char *text)
{
	for (; *text; text++) {
		guchar c = (guchar)*text;
		gboolean upper = c == 0xC2 && (guchar)text[1] >= 0x80 && (guchar)text[1] < 0xA0;
		if ((c < 0x20 && c != '\t') || c == 0x7F || upper)
			return TRUE;
	}
	return FALSE;
}

static gboolean
is_trimmed(const char *text)
{
	gsize length = strlen(text);
	return length == 0 || (!strchr(BLANKS, text[0]) && !strchr(BLANKS, text[length - 1]));
}

static gboolean
is_value(const char *text)
{
	return g_utf8_validate(text, -1, NULL) && !has_controls(text) && is_trimmed(text);
}

static gboolean
is_key(const char *text)
{
	return *text && is_value(text) && !strchr(text, '=') && *text != '[' && *text != '#' &&
	       !g_str_has_prefix(text, BYTE_ORDER_MARK);
}

static gboolean
is_section(const char *text)
{
	return is_value(text) && !strpbrk(text, "[]\t") && !strstr(text, "  ");
}

/* --- reading --- */

/* A copy of length bytes without the blanks around them. */
static char *
trimmed(const char *text, gsize length)
{
	while (length > 0 && strchr(BLANKS, text[length - 1]))
		length--;
	gsize start = 0;
	while (start < length && strchr(BLANKS, text[start]))
		start++;
	return g_strndup(text + start, length - start);
}

/* A name with its runs of blanks made one blank. */
static char *
section_name(const char *text, gsize length)
{
	char *name = trimmed(text, length);
	char *to = name;
	for (const char *from = name; *from; from++) {
		gboolean blank = *from == ' ' || *from == '\t';
		if (!blank || (from[1] != ' ' && from[1] != '\t'))
			*to++ = blank ? ' ' : *from;
	}
	*to = '\0';
	return name;
}

/* NULL when text, of one line, opens a section; else what is wrong with it. */
static const char *
read_section(Line *line, const char *text)
{
	const char *close = strchr(text, ']');
	if (!close)
		return N_("the section has no closing ]");
	if (close[1 + strspn(close + 1, BLANKS)])
		return N_("nothing may follow the ] of a section");
	line->kind = LINE_SECTION;
	line->section = section_name(text + 1, (gsize)(close - text - 1));
	if (!*line->section)
		return N_("the section has no name");
	return is_section(line->section) ? NULL : N_("the name of a section has no brackets");
}

/* text is the line without its end. NULL, or what is wrong with it. */
static const char *
read_line(Line *line, const char *text)
{
	const char *start = text + strspn(text, BLANKS);
	if (has_controls(text))
		return N_("the line has a control character");
	/* It would vanish, were this ever the first line. */
	if (g_str_has_prefix(text, BYTE_ORDER_MARK))
		return N_("a byte order mark stands at the start of the file only");
	if (!*start)
		line->kind = LINE_BLANK;
	else if (*start == '#')
		line->kind = LINE_COMMENT;
	else if (*start == '[')
		return read_section(line, start);
	else {
		const char *equals = strchr(start, '=');
		if (!equals)
			return N_(
				"this is neither a [section] nor \"name = value\"; a comment starts with #");
		line->kind = LINE_KEY;
		line->key = trimmed(start, (gsize)(equals - start));
		if (!*line->key)
			return N_("there is no name before the =");
		const char *value = equals + 1 + strspn(equals + 1, BLANKS);
		line->value = trimmed(value, strlen(value));
		line->value_at = (gsize)(value - text);
	}
	return NULL;
}

/* Put the line of length bytes at data, its end included, behind the others. NULL, or what is wrong with it.
 */
static const char *
take_line(Ini *ini, const char *data, gsize length)
{
	Line *line = g_new0(Line, 1);
	line->raw = g_strndup(data, length);
	line->length = length;
	g_ptr_array_add(ini->lines, line);
	ini->size += length;
	if (memchr(data, '\0', length) || !g_utf8_validate(data, (gssize)length, NULL))
		return N_("the line is not UTF-8 text");
	gsize end = length;
	if (end > 0 && data[end - 1] == '\n')
		end--;
	if (end > 0 && end < length && data[end - 1] == '\r')
		end--;
	if (ini->lines->len == 1 && length - end == 2)
		ini->end = "\r\n";
	g_autofree char *text = g_strndup(data, end);
	return read_line(line, text);
}

/* Say which section each line stands in. */
static void
assign_homes(Ini *ini)
{
	const char *home = "";
	for (gsize i = 0; i < ini->lines->len; i++) {
		Line *line = line_at(ini, i);
		if (line->kind == LINE_SECTION)
			home = line->section;
		line->home = home;
	}
}

static gboolean
set_too_big(GError **error)
{
	g_autofree char *size = text_size(LIMIT_CONFIG_FILE);
	fault_set(error, FAULT_LIMIT, _("The configuration is too big: at most %s is read."), size);
	return FALSE;
}

Ini *
ini_parse(const char *name, const char *data, gsize length, GError **error)
{
	if (length > LIMIT_CONFIG_FILE) {
		set_too_big(error);
		return NULL;
	}
	g_autoptr(Ini) ini = g_new0(Ini, 1);
	ini->lines = g_ptr_array_new_with_free_func(line_free);
	ini->end = "\n";
	gsize mark = strlen(BYTE_ORDER_MARK);
	ini->marked = length >= mark && memcmp(data, BYTE_ORDER_MARK, mark) == 0;
	ini->size = ini->marked ? mark : 0;
	for (gsize at = ini->size; at < length;) {
		const char *newline = memchr(data + at, '\n', length - at);
		gsize next = newline ? (gsize)(newline - data) + 1 : length;
		const char *wrong = take_line(ini, data + at, next - at);
		if (wrong) {
			g_autofree char *shown = text_safe(name, -1, TEXT_MARKS);
			fault_set(error, FAULT_INPUT, "%s:%u: %s.", shown, ini->lines->len, _(wrong));
			return NULL;
		}
		at = next;
	}
	assign_homes(ini);
	return g_steal_pointer(&ini);
}

void
ini_free(Ini *ini)
{
	if (!ini)
		return;
	g_ptr_array_unref(ini->lines);
	g_free(ini);
}

char *
ini_write(const Ini *ini, gsize *length)
{
	GString *out = g_string_sized_new(ini->size + 1);
	if (ini->marked)
		g_string_append(out, BYTE_ORDER_MARK);
	for (gsize i = 0; i < ini->lines->len; i++)
		g_string_append_len(out, line_at(ini, i)->raw, (gssize)line_at(ini, i)->length);
	if (length)
		*length = out->len;
	return g_string_free(out, FALSE);
}

gboolean
ini_next(const Ini *ini, gsize *position, IniLine *line)
{
	while (*position < ini->lines->len) {
		const Line *found = line_at(ini, (*position)++);
		if (found->kind != LINE_KEY && found->kind != LINE_SECTION)
			continue;
		line->section = found->home;
		line->key = found->key;
		line->value = found->value;
		line->line = (guint)*position;
		return TRUE;
	}
	return FALSE;
}

static gboolean
is_key_of(const Line *line, const char *section, const char *key)
{
	return line->kind == LINE_KEY && strcmp(line->key, key) == 0 && strcmp(line->home, section) == 0;
}

const char *
ini_get(const Ini *ini, const char *section, const char *key)
{
	for (gsize i = ini->lines->len; i > 0; i--) {
		if (is_key_of(line_at(ini, i - 1), section, key))
			return line_at(ini, i - 1)->value;
	}
	return NULL;
}

char **
ini_get_list(const Ini *ini, const char *section, const char *key)
{
	GPtrArray *values = g_ptr_array_new();
	for (gsize i = 0; i < ini->lines->len; i++) {
		if (is_key_of(line_at(ini, i), section, key))
			g_ptr_array_add(values, g_strdup(line_at(ini, i)->value));
	}
	g_ptr_array_add(values, NULL);
	return (char **)g_ptr_array_free(values, FALSE);
}

gboolean
ini_has_section(const Ini *ini, const char *section)
{
	if (!*section)
		return TRUE;
	for (gsize i = 0; i < ini->lines->len; i++) {
		const Line *line = line_at(ini, i);
		if (line->kind == LINE_SECTION && strcmp(line->section, section) == 0)
			return TRUE;
	}
	return FALSE;
}

/* --- changing --- */

/* Whether these may be written, and extra bytes still have room. */
static gboolean
check(const Ini *ini, const char *section, const char *key, const char *value, gsize extra, GError **error)
{
	const char *bad = !is_section(section) ? section : key && !is_key(key) ? key : NULL;
	if (!bad && value && !is_value(value))
		bad = value;
	if (bad) {
		g_autofree char *shown = text_safe(bad, -1, TEXT_MARKS);
		fault_set(error, FAULT_INPUT, _("\"%s\" cannot stand in the configuration file."), shown);
		return FALSE;
	}
	/* The ends of this line and of the last one, and a blank line with its own. */
	return ini->size + extra + 8 <= LIMIT_CONFIG_FILE || set_too_big(error);
}

/* A line end for the last line, where that has none. */
static void
close_last_line(Ini *ini)
{
	if (ini->lines->len == 0)
		return;
	Line *last = line_at(ini, ini->lines->len - 1);
	if (last->raw[last->length - 1] == '\n')
		return;
	char *raw = g_strconcat(last->raw, ini->end, NULL);
	g_free(last->raw);
	last->raw = raw;
	last->length = strlen(raw);
	ini->size += strlen(ini->end);
}

/* Insert text, a line without its end, so that it becomes line index. */
static void
insert_line(Ini *ini, gsize index, const char *text)
{
	if (index == ini->lines->len)
		close_last_line(ini);
	Line *line = g_new0(Line, 1);
	line->raw = g_strconcat(text, ini->end, NULL);
	line->length = strlen(line->raw);
	ini->size += line->length;
	g_assert(!read_line(line, text));
	g_ptr_array_insert(ini->lines, (gint)index, line);
	assign_homes(ini);
}

static void
remove_line(Ini *ini, gsize index)
{
	ini->size -= line_at(ini, index)->length;
	g_ptr_array_remove_index(ini->lines, (guint)index);
}

static void
open_section(Ini *ini, const char *section)
{
	if (ini->lines->len > 0 && line_at(ini, ini->lines->len - 1)->kind != LINE_BLANK)
		insert_line(ini, ini->lines->len, "");
	g_autofree char *text = g_strdup_printf("[%s]", section);
	insert_line(ini, ini->lines->len, text);
}

gboolean
ini_add_section(Ini *ini, const char *section, GError **error)
{
	if (ini_has_section(ini, section))
		return TRUE;
	if (!check(ini, section, NULL, NULL, strlen(section) + 2, error))
		return FALSE;
	open_section(ini, section);
	return TRUE;
}

/* The index behind the last line of section that says something; it is there. */
static gsize
end_of_section(const Ini *ini, const char *section)
{
	for (gsize i = ini->lines->len; i > 0; i--) {
		const Line *line = line_at(ini, i - 1);
		if ((line->kind == LINE_KEY || line->kind == LINE_SECTION) &&
			strcmp(line->home, section) == 0)
			return i;
	}
	return 0;
}

gboolean
ini_add(Ini *ini, const char *section, const char *key, const char *value, GError **error)
{
	gsize extra = strlen(section) + strlen(key) + strlen(value) + 5;
	if (!check(ini, section, key, value, extra, error))
		return FALSE;
	if (!ini_has_section(ini, section))
		open_section(ini, section);
	g_autofree char *text = g_strdup_printf(*value ? "%s = %s" : "%s =%s", key, value);
	insert_line(ini, end_of_section(ini, section), text);
	return TRUE;
}

/* Give a line another value, the rest of it as it is. */
static void
change_line(Ini *ini, Line *line, const char *value)
{
	gsize end = line->length;
	while (end > 0 && (line->raw[end - 1] == '\n' || line->raw[end - 1] == '\r'))
		end--;
	gboolean joined = line->raw[line->value_at - 1] == '=' && !*line->value;
	char *raw = g_strdup_printf("%.*s%s%s%s", (int)line->value_at, line->raw, joined && *value ? " " : "",
		value, line->raw + end);
	ini->size -= line->length;
	g_free(line->raw);
	g_free(line->value);
	line->value_at += joined && *value;
	line->raw = raw;
	line->length = strlen(raw);
	line->value = g_strdup(value);
	ini->size += line->length;
}

/* Remove the lines of key behind line first. */
static void
remove_further(Ini *ini, gsize first)
{
	const Line *kept = line_at(ini, first);
	for (gsize i = ini->lines->len - 1; i > first; i--) {
		if (is_key_of(line_at(ini, i), kept->home, kept->key))
			remove_line(ini, i);
	}
}

gboolean
ini_set(Ini *ini, const char *section, const char *key, const char *value, GError **error)
{
	gsize first = 0;
	while (first < ini->lines->len && !is_key_of(line_at(ini, first), section, key))
		first++;
	if (first == ini->lines->len)
		return ini_add(ini, section, key, value, error);
	if (!check(ini, section, key, value, strlen(value), error))
		return FALSE;
	if (strcmp(line_at(ini, first)->value, value) != 0)
		change_line(ini, line_at(ini, first), value);
	remove_further(ini, first);
	return TRUE;
}

guint
ini_remove(Ini *ini, const char *section, const char *key, const char *value)
{
	/* They may be borrowed from the lines that go. */
	g_autofree char *own_section = g_strdup(section);
	g_autofree char *own_key = g_strdup(key);
	g_autofree char *own_value = g_strdup(value);
	guint removed = 0;
	for (gsize i = ini->lines->len; i > 0; i--) {
		const Line *line = line_at(ini, i - 1);
		if (is_key_of(line, own_section, own_key) &&
			(!value || strcmp(line->value, own_value) == 0)) {
			remove_line(ini, i - 1);
			removed++;
		}
	}
	return removed;
}

/* Remove the place of a section that opens at line start. */
static void
remove_place(Ini *ini, gsize start)
{
	gsize end = start + 1;
	while (end < ini->lines->len && line_at(ini, end)->kind != LINE_SECTION)
		end++;
	if (end < ini->lines->len) {
		while (end > start + 1 && line_at(ini, end - 1)->kind == LINE_COMMENT)
			end--;
	}
	while (end > start)
		remove_line(ini, --end);
}

gboolean
ini_remove_section(Ini *ini, const char *section)
{
	g_autofree char *own_section = g_strdup(section);
	gboolean found = FALSE;
	for (gsize i = ini->lines->len; i > 0; i--) {
		const Line *line = line_at(ini, i - 1);
		if (line->kind == LINE_SECTION && strcmp(line->section, own_section) == 0) {
			remove_place(ini, i - 1);
			found = TRUE;
		}
	}
	assign_homes(ini);
	return found;
}
