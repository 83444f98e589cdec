/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One pass over the bytes. Runs of printable ASCII, which is nearly all there
 * is, are copied whole; everything else is decoded, looked up in one table of
 * ranges, and put out character by character.
 */
#include "config.h"

#include "util/text.h"

#include <string.h>
#include <wchar.h>

#include "util/limits.h"

#define REPLACEMENT 0xFFFD
#define TAB_COLUMNS 8

typedef enum {
	KIND_PLAIN,
	KIND_BAD,      /* never shown: U+FFFD */
	KIND_BREAK,    /* as \n */
	KIND_HIDDEN,   /* dropped, or with TEXT_MARKS marked */
	KIND_BLANK,    /* looks like nothing: with TEXT_MARKS marked */
	KIND_SELECTOR, /* always dropped */
	KIND_JOINER,   /* ZWNJ, ZWJ */
	KIND_EMOJI,
	KIND_TONE, /* a skin tone */
} Kind;

static const struct {
	gunichar first, last;
	Kind kind;
} ranges[] = {
	{0x0000, 0x001F, KIND_BAD},
	{0x007F, 0x009F, KIND_BAD},
	{0x00AD, 0x00AD, KIND_HIDDEN}, /* soft hyphen: terminals disagree about it */
	{0x034F, 0x034F, KIND_HIDDEN},
	{0x061C, 0x061C, KIND_HIDDEN},
	{0x115F, 0x1160, KIND_BLANK},
	{0x17B4, 0x17B5, KIND_HIDDEN},
	{0x180B, 0x180D, KIND_SELECTOR},
	{0x180E, 0x180E, KIND_HIDDEN},
	{0x180F, 0x180F, KIND_SELECTOR},
	{0x200B, 0x200B, KIND_HIDDEN},
	{0x200C, 0x200D, KIND_JOINER},
	{0x200E, 0x200F, KIND_HIDDEN},
	{0x2028, 0x2029, KIND_BREAK},
	{0x202A, 0x202E, KIND_HIDDEN},
	{0x2060, 0x206F, KIND_HIDDEN},
	{0x2190, 0x21FF, KIND_EMOJI},
	{0x2300, 0x23FF, KIND_EMOJI},
	{0x2600, 0x27BF, KIND_EMOJI},
	{0x2800, 0x2800, KIND_BLANK},
	{0x2B00, 0x2BFF, KIND_EMOJI},
	{0x3164, 0x3164, KIND_BLANK},
	{0xFE00, 0xFE0F, KIND_SELECTOR},
	{0xFEFF, 0xFEFF, KIND_HIDDEN},
	{0xFFA0, 0xFFA0, KIND_BLANK},
	{0xFFF0, 0xFFFB, KIND_HIDDEN},
	{0x1BCA0, 0x1BCA3, KIND_HIDDEN},
	{0x1D173, 0x1D17A, KIND_HIDDEN},
	{0x1F000, 0x1F3FA, KIND_EMOJI},
	{0x1F3FB, 0x1F3FF, KIND_TONE},
	{0x1F400, 0x1FAFF, KIND_EMOJI},
	{0xE0000, 0xE00FF, KIND_HIDDEN},
	{0xE0100, 0xE01EF, KIND_SELECTOR},
	{0xE01F0, 0xE0FFF, KIND_HIDDEN},
};

static Kind
kind_of(gunichar c)
{
	gsize low = 0;
	gsize high = G_N_ELEMENTS(ranges);
	while (low < high) {
		gsize middle = (low + high) / 2;
		if (c > ranges[middle].last)
			low = middle + 1;
		else if (c < ranges[middle].first)
			high = middle;
		else
			return ranges[middle].kind;
	}
	return KIND_PLAIN;
}

gboolean
text_is_hidden(gunichar c)
{
	switch (kind_of(c)) {
	case KIND_BAD:
	case KIND_BREAK:
	case KIND_HIDDEN:
	case KIND_JOINER:
	case KIND_SELECTOR:
		return TRUE;
	case KIND_PLAIN:
	case KIND_BLANK:
	case KIND_EMOJI:
	case KIND_TONE:
		break;
	}
	return FALSE;
}

/* The character at at < end, *used its bytes; a bad byte is one U+FFFD, *bad. */
static inline gunichar
decode(const char *at, const char *end, gsize *used)
{
	if ((guchar)*at < 0x80) {
		*used = 1;
		return (guchar)*at;
	}
	gunichar c = g_utf8_get_char_validated(at, end - at);
	if (c == (gunichar)-1 || c == (gunichar)-2) {
		*used = 1;
		return REPLACEMENT;
	}
	*used = (gsize)g_utf8_skip[(guchar)*at];
	return c;
}

/* wcwidth(), or what GLib knows where the locale's wcwidth() is blind; -1: not printable. */
static int
width_of(gunichar c)
{
	int cells = wcwidth((wchar_t)c);
	if (cells >= 0 || c < 0xA0)
		return cells;
	gboolean blind = wcwidth(0x4E00) != 2;
	if (!blind || !g_unichar_isdefined(c))
		return -1;
	if (g_unichar_iszerowidth(c))
		return 0;
	return g_unichar_iswide(c) ? 2 : 1;
}

int
text_char_cells(gunichar c)
{
	if (c >= 0x20 && c < 0x7F)
		return 1;
	int cells = c == 0 ? 1 : width_of(c);
	return cells < 0 ? 1 : MIN(cells, 2);
}

typedef struct {
	GString *out;
	TextFlags flags;
	gunichar joiner; /* one that waits for what it joins to; 0: none */
	gsize column;    /* cells since the start of the line */
	guint marks;     /* zero-width characters on the last cell */
	gunichar base;   /* the last character put out; 0 at the start of a line */
	gboolean emoji;  /* base is an emoji */
	gboolean hidden; /* base is the mark of something hidden */
} Safe;

static void put_hidden(Safe *safe);

/* Whether a joiner beside c shapes letters (Arabic, Indic, ...), rather than hiding between them. */
static gboolean
joins(gunichar c)
{
	if (!g_unichar_isalpha(c) && !g_unichar_ismark(c))
		return FALSE;
	switch (g_unichar_get_script(c)) {
	case G_UNICODE_SCRIPT_LATIN:
	case G_UNICODE_SCRIPT_GREEK:
	case G_UNICODE_SCRIPT_CYRILLIC:
	case G_UNICODE_SCRIPT_HAN:
	case G_UNICODE_SCRIPT_HANGUL:
	case G_UNICODE_SCRIPT_HIRAGANA:
	case G_UNICODE_SCRIPT_KATAKANA:
	case G_UNICODE_SCRIPT_COMMON:
		return FALSE;
	default:
		return TRUE;
	}
}

/* next (0: none) comes out now: a joiner that waits goes before it, or hides. */
static void
settle_joiner(Safe *safe, gunichar next)
{
	gunichar joiner = safe->joiner;
	safe->joiner = 0;
	if (joiner && next && joins(next)) {
		g_string_append_unichar(safe->out, joiner);
		safe->marks++;
	} else if (joiner) {
		put_hidden(safe);
	}
}

static void
put(Safe *safe, gunichar c, int cells)
{
	settle_joiner(safe, c);
	g_string_append_unichar(safe->out, c);
	safe->column += (gsize)cells;
	safe->marks = 0;
	safe->base = c;
	safe->emoji = FALSE;
	safe->hidden = FALSE;
}

static void
put_break(Safe *safe)
{
	if (!(safe->flags & TEXT_LINES)) {
		put(safe, ' ', 1);
		return;
	}
	settle_joiner(safe, 0);
	g_string_append_c(safe->out, '\n');
	safe->column = 0;
	safe->marks = 0;
	safe->base = 0;
	safe->emoji = FALSE;
	safe->hidden = FALSE;
}

static void
put_tab(Safe *safe)
{
	do {
		put(safe, ' ', 1);
	} while ((safe->flags & TEXT_LINES) && safe->column % TAB_COLUMNS != 0);
}

/* A run of hidden characters is one mark. */
static void
put_hidden(Safe *safe)
{
	if (!(safe->flags & TEXT_MARKS) || safe->hidden)
		return;
	safe->joiner = 0;
	put(safe, REPLACEMENT, 1);
	safe->hidden = TRUE;
}

static void
put_mark(Safe *safe, gunichar c)
{
	settle_joiner(safe, safe->marks + 1 < LIMIT_COMBINING_CELL ? c : 0);
	if (safe->base == 0) {
		/* It would sit on what is left of this text. */
		put(safe, REPLACEMENT, 1);
	} else if (safe->marks < LIMIT_COMBINING_CELL) {
		g_string_append_unichar(safe->out, c);
		safe->marks++;
		safe->hidden = FALSE;
	}
}

static void
put_plain(Safe *safe, gunichar c, gboolean emoji)
{
	int cells = width_of(c);
	if (cells < 0) {
		put(safe, REPLACEMENT, 1);
	} else if (cells == 0) {
		put_mark(safe, c);
	} else {
		put(safe, c, cells);
		safe->emoji = emoji;
	}
}

static void
put_joiner(Safe *safe, gunichar c)
{
	if (safe->emoji)
		return;
	if (!safe->joiner && joins(safe->base) && safe->marks < LIMIT_COMBINING_CELL)
		safe->joiner = c;
	else
		put_hidden(safe);
}

static void
put_kind(Safe *safe, gunichar c)
{
	Kind kind = kind_of(c);
	switch (kind) {
	case KIND_PLAIN:
	case KIND_EMOJI:
		put_plain(safe, c, kind == KIND_EMOJI);
		break;
	case KIND_TONE:
		if (!safe->emoji)
			put_plain(safe, c, TRUE);
		break;
	case KIND_BLANK:
		if (safe->flags & TEXT_MARKS)
			put_hidden(safe);
		else
			put_plain(safe, c, FALSE);
		break;
	case KIND_BREAK:
		put_break(safe);
		break;
	case KIND_HIDDEN:
		put_hidden(safe);
		break;
	case KIND_JOINER:
		put_joiner(safe, c);
		break;
	case KIND_SELECTOR:
		break;
	case KIND_BAD:
		put(safe, REPLACEMENT, 1);
		break;
	}
}

static inline gboolean
is_printable(char c)
{
	return c >= 0x20 && c < 0x7F;
}

static const char *
put_ascii(Safe *safe, const char *at, const char *end)
{
	const char *start = at;
	settle_joiner(safe, 0);
	while (at < end && is_printable(*at))
		at++;
	g_string_append_len(safe->out, start, at - start);
	safe->column += (gsize)(at - start);
	safe->marks = 0;
	safe->base = (guchar)at[-1];
	safe->emoji = FALSE;
	safe->hidden = FALSE;
	return at;
}

/* One character that is not printable ASCII. Returns the place behind it. */
static const char *
put_other(Safe *safe, const char *at, const char *end)
{
	if (*at == '\r' && at + 1 < end && at[1] == '\n')
		at++;
	if (*at == '\n' || *at == '\t') {
		if (*at == '\n')
			put_break(safe);
		else
			put_tab(safe);
		return at + 1;
	}
	gsize used;
	put_kind(safe, decode(at, end, &used));
	return at + used;
}

void
text_safe_append(GString *out, const char *text, gssize length, TextFlags flags)
{
	if (!text)
		return;
	Safe safe = {.out = out, .flags = flags};
	const char *at = text;
	const char *end = text + (length < 0 ? strlen(text) : (gsize)length);
	while (at < end)
		at = is_printable(*at) ? put_ascii(&safe, at, end) : put_other(&safe, at, end);
	settle_joiner(&safe, 0);
}

char *
text_safe(const char *text, gssize length, TextFlags flags)
{
	gsize size = !text ? 0 : length < 0 ? strlen(text) : (gsize)length;
	GString *out = g_string_sized_new(size + 1);
	text_safe_append(out, text, (gssize)size, flags);
	return g_string_free(out, FALSE);
}

int
text_cells(const char *text, gssize length)
{
	int used;
	(void)text_fit(text, length, G_MAXINT - 2, &used);
	return used;
}

gsize
text_fit(const char *text, gssize length, int cells, int *used)
{
	const char *at = text;
	const char *end = text + (length < 0 ? strlen(text) : (gsize)length);
	int sum = 0;
	while (at < end) {
		gsize bytes = 1;
		int wide = 1;
		if (!is_printable(*at))
			wide = text_char_cells(decode(at, end, &bytes));
		if (wide > cells - sum)
			break;
		sum += wide;
		at += bytes;
	}
	if (used)
		*used = sum;
	return (gsize)(at - text);
}
