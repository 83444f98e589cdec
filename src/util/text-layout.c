/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The half of text.h that arranges safe text: columns, lines, folding, sizes. */
#include "config.h"

#include <string.h>

#include "util/limits.h"
#include "util/text.h"

/* Marks on one character that take part in folding; GLib sorts them in quadratic time. */
#define FOLD_MARKS 8

char *
text_column(const char *text, int cells, gboolean right, gboolean ascii)
{
	if (cells <= 0)
		return g_strdup("");
	int used;
	const char *ellipsis = "";
	gsize bytes = text_fit(text, -1, cells, &used);
	if (text[bytes]) {
		ellipsis = ascii ? "~" : "…";
		bytes = text_fit(text, (gssize)bytes, cells - 1, &used);
		used++;
	}
	gsize padding = (gsize)(cells - used);
	gsize tail = strlen(ellipsis);
	char *column = g_malloc(bytes + tail + padding + 1);
	char *at = column;
	if (right) {
		memset(at, ' ', padding);
		at += padding;
	}
	memcpy(at, text, bytes);
	at += bytes;
	memcpy(at, ellipsis, tail);
	at += tail;
	if (!right) {
		memset(at, ' ', padding);
		at += padding;
	}
	*at = '\0';
	return column;
}

/*
 * Where a line of at most fit bytes should end inside [at, end): behind the last
 * blank, or behind the last wide character (CJK has no blanks); fit when there
 * is neither.
 */
static gsize
break_point(const char *at, gsize fit)
{
	const char *best = NULL;
	for (const char *p = at; p < at + fit; p = g_utf8_next_char(p)) {
		if (*p == ' ' || ((guchar)*p >= 0x80 && text_char_cells(g_utf8_get_char(p)) == 2))
			best = g_utf8_next_char(p);
	}
	/* Leading blanks are indentation, no place to break. */
	if (!best || strspn(at, " ") >= (gsize)(best - at))
		return fit;
	/* A wide character keeps its marks. */
	while (best < at + fit && (guchar)*best >= 0x80 && text_char_cells(g_utf8_get_char(best)) == 0)
		best = g_utf8_next_char(best);
	return (gsize)(best - at);
}

static gsize
trimmed(const char *at, gsize length)
{
	while (length > 0 && at[length - 1] == ' ')
		length--;
	return length;
}

static void
wrap_paragraph(GPtrArray *lines, const char *at, const char *end, int cells)
{
	for (;;) {
		gsize fit = text_fit(at, end - at, cells, NULL);
		gsize rest = (gsize)(end - at) - fit;
		/* What follows is only blanks: the line is whole. */
		if (rest == 0 || strspn(at + fit, " ") >= rest) {
			g_ptr_array_add(lines, g_strndup(at, rest == 0 ? fit : trimmed(at, fit)));
			return;
		}
		gsize cut = at[fit] == ' ' ? fit : break_point(at, fit);
		/* Not even one character fits: take it all the same, to get on. */
		if (cut == 0)
			cut = text_fit(at, end - at, 2, NULL);
		g_ptr_array_add(lines, g_strndup(at, trimmed(at, cut)));
		at += cut;
		while (at < end && *at == ' ')
			at++;
		if (at == end)
			return;
	}
}

GPtrArray *
text_wrap(const char *text, int cells)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *valid = g_utf8_validate(text, -1, NULL) ? NULL : g_utf8_make_valid(text, -1);
	const char *at = valid ? valid : text;
	do {
		const char *end = at + strcspn(at, "\n");
		wrap_paragraph(lines, at, end, MAX(cells, 1));
		at = *end ? end + 1 : end;
	} while (*at);
	return lines;
}

/* Letters that Unicode does not take apart. */
static const struct {
	gunichar letter;
	const char *folded;
} letters[] = {
	{0xE6, "ae"},
	{0xF0, "d"},
	{0xF8, "o"},
	{0xFE, "th"},
	{0x111, "d"},
	{0x127, "h"},
	{0x131, "i"},
	{0x142, "l"},
	{0x153, "oe"},
};

static gboolean
is_accent(gunichar c)
{
	return (c >= 0x0300 && c <= 0x036F) || (c >= 0x0591 && c <= 0x05C7) || (c >= 0x064B && c <= 0x065F) ||
	       (c >= 0x1AB0 && c <= 0x1AFF) || (c >= 0x1DC0 && c <= 0x1DFF) || (c >= 0x20D0 && c <= 0x20FF) ||
	       (c >= 0xFE20 && c <= 0xFE2F);
}

static void
fold_char(GString *out, gunichar c)
{
	if (is_accent(c))
		return;
	for (gsize i = 0; c < 0x154 && i < G_N_ELEMENTS(letters); i++) {
		if (letters[i].letter == c) {
			g_string_append(out, letters[i].folded);
			return;
		}
	}
	g_string_append_unichar(out, c);
}

/* Valid text without the marks past FOLD_MARKS on one character. */
static char *
limit_marks(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	GString *out = g_string_sized_new(strlen(valid));
	guint marks = 0;
	for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);
		marks = g_unichar_combining_class(c) != 0 ? marks + 1 : 0;
		if (marks <= FOLD_MARKS)
			g_string_append_unichar(out, c);
	}
	return g_string_free(out, FALSE);
}

char *
text_fold(const char *text)
{
	if (g_str_is_ascii(text))
		return g_ascii_strdown(text, -1);
	g_autofree char *limited = limit_marks(text);
	g_autofree char *lower = g_utf8_casefold(limited, -1);
	g_autofree char *apart = g_utf8_normalize(lower, -1, G_NORMALIZE_ALL);
	GString *out = g_string_sized_new(strlen(apart));
	for (const char *at = apart; *at; at = g_utf8_next_char(at)) {
		if ((guchar)*at < 0x80)
			g_string_append_c(out, *at);
		else
			fold_char(out, g_utf8_get_char(at));
	}
	return g_string_free(out, FALSE);
}

char *
text_size(guint64 size_bytes)
{
	static const char units[] = "KMGTPE";
	if (size_bytes < 1024)
		return g_strdup_printf("%d", (int)size_bytes);
	guint unit = 0;
	while (unit + 1 < strlen(units) && size_bytes >> (10 * (unit + 2)) != 0)
		unit++;
	/* Tenths, rounded; the shift by ten less first keeps 64 bits enough. */
	guint64 part = unit > 0 ? size_bytes >> (10 * unit) : size_bytes;
	guint tenths = (guint)((part * 10 + 512) / 1024);
	if (tenths >= 10235 && unit + 1 < strlen(units)) {
		unit++;
		tenths = 10;
	}
	if (tenths < 100 && tenths % 10 != 0)
		return g_strdup_printf("%u.%u%c", tenths / 10, tenths % 10, units[unit]);
	return g_strdup_printf("%u%c", (tenths + 5) / 10, units[unit]);
}
