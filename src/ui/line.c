/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/line.h"

#include <string.h>

#include "util/secret.h"
#include "util/text.h"

struct Line {
	GString *text;
	gsize cursor;
	gboolean verbatim; /* ^V: the next key is text */
};

Line *
line_new(const char *text)
{
	Line *line = g_new0(Line, 1);

	line->text = g_string_sized_new(512); /* a password is not left behind by growing */
	line_insert(line, text ? text : "");
	return line;
}

void
line_free(Line *line)
{
	if (!line)
		return;
	secret_wipe(line->text->str, line->text->allocated_len);
	g_string_free(line->text, TRUE);
	g_free(line);
}

const char *
line_text(const Line *line)
{
	return line->text->str;
}

gsize
line_cursor(const Line *line)
{
	return line->cursor;
}

void
line_set(Line *line, const char *text)
{
	g_string_truncate(line->text, 0);
	line->cursor = 0;
	line_insert(line, text);
}

void
line_insert(Line *line, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);

	for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		char bytes[8];
		int length;

		if (c == '\n' || c == '\t')
			c = ' ';
		if (c < 0x20 || (c >= 0x7f && c < 0xa0))
			continue;
		length = g_unichar_to_utf8(c, bytes);
		g_string_insert_len(line->text, (gssize)line->cursor, bytes, length);
		line->cursor += (gsize)length;
	}
	secret_wipe(valid, strlen(valid));
}

void
line_replace(Line *line, gsize start, const char *text)
{
	g_string_erase(line->text, (gssize)start, (gssize)(line->cursor - start));
	line->cursor = start;
	line_insert(line, text);
}

/* A step over one character with its combining marks. */
static gsize
left_of(const Line *line, gsize at)
{
	const char *text = line->text->str, *p = text + at;

	do {
		if (p == text)
			return 0;
		p = g_utf8_prev_char(p);
	} while (p > text && text_char_cells(g_utf8_get_char(p)) == 0);
	return (gsize)(p - text);
}

static gsize
right_of(const Line *line, gsize at)
{
	const char *p = line->text->str + at;

	if (*p == '\0')
		return at;
	do
		p = g_utf8_next_char(p);
	while (*p && text_char_cells(g_utf8_get_char(p)) == 0);
	return (gsize)(p - line->text->str);
}

static gboolean
is_blank_at(const Line *line, gsize at)
{
	return g_unichar_isspace(g_utf8_get_char(line->text->str + at));
}

static gsize
word_left(const Line *line)
{
	gsize at = line->cursor;

	while (at > 0 && is_blank_at(line, left_of(line, at)))
		at = left_of(line, at);
	while (at > 0 && !is_blank_at(line, left_of(line, at)))
		at = left_of(line, at);
	return at;
}

static gsize
word_right(const Line *line)
{
	gsize at = line->cursor;

	while (at < line->text->len && is_blank_at(line, at))
		at = right_of(line, at);
	while (at < line->text->len && !is_blank_at(line, at))
		at = right_of(line, at);
	return at;
}

gsize
line_word(const Line *line, const char *separators)
{
	gsize at = line->cursor;

	while (at > 0 && !strchr(separators, line->text->str[at - 1]))
		at--;
	while (at < line->cursor && line->text->str[at] == ' ')
		at++;
	return at;
}

static LineResult
move_to(Line *line, gsize at)
{
	line->cursor = at;
	return LINE_MOVED;
}

static LineResult
erase(Line *line, gsize from, gsize to)
{
	if (from == to)
		return LINE_MOVED;
	g_string_erase(line->text, (gssize)from, (gssize)(to - from));
	line->cursor = from;
	return LINE_CHANGED;
}

static LineResult
insert_key(Line *line, Key key)
{
	char bytes[8] = "";

	if (key < 0x20 || key >= 0x110000)
		return LINE_IGNORED;
	bytes[g_unichar_to_utf8(key, bytes)] = '\0';
	line_insert(line, bytes);
	return LINE_CHANGED;
}

LineResult
line_key(Line *line, Key key)
{
	gsize end = line->text->len, at = line->cursor;

	if (line->verbatim) {
		line->verbatim = FALSE;
		return insert_key(line, key & ~KEY_AFTER_ESC);
	}
	switch (key) {
	case K_CTRL('A'):
	case K_HOME:
		return move_to(line, 0);
	case K_CTRL('E'):
	case K_END:
		return move_to(line, end);
	case K_CTRL('B'):
	case K_LEFT:
		return move_to(line, left_of(line, at));
	case K_CTRL('F'):
	case K_RIGHT:
		return move_to(line, right_of(line, at));
	case 'b' | KEY_AFTER_ESC:
		return move_to(line, word_left(line));
	case 'f' | KEY_AFTER_ESC:
		return move_to(line, word_right(line));
	case 'd' | KEY_AFTER_ESC:
		return erase(line, at, word_right(line));
	case K_BACKSPACE:
		return erase(line, left_of(line, at), at);
	case K_CTRL('D'):
	case K_DELETE:
		return erase(line, at, right_of(line, at));
	case K_CTRL('K'):
		return erase(line, at, end);
	case K_CTRL('U'):
		return erase(line, 0, at);
	case K_CTRL('W'):
		return erase(line, word_left(line), at);
	case K_CTRL('V'):
		line->verbatim = TRUE;
		return LINE_MOVED;
	default:
		return insert_key(line, key);
	}
}
