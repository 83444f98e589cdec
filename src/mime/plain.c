/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text is made safe a slice of whole lines at a time, so that a large message
 * needs no second copy of itself. A line longer than PARAGRAPH_MAX is laid out in pieces.
 */
#include "config.h"

#include "mime/plain.h"

#include "mime/layout.h"
#include "util/text.h"

#include <stdio.h>
#include <string.h>

#define SLICE (64 * 1024)

typedef struct {
	MimeText *out;
	const PlainOptions *options;
	GString *paragraph; /* of flowed text, joined so far */
	GArray *spans;
	guint depth;        /* of the paragraph */
	gboolean continued; /* the next piece continues the last line */
	gboolean signature;
	gboolean diff;
	guint old_left, new_left; /* lines that a hunk still has */
} Plain;

/* --- Quotes --- */

/* "> > >> " with its blank: bytes, and depth. */
static gsize
quote_prefix(const char *line, gsize length, guint *depth)
{
	gsize i = 0;

	*depth = 0;
	while (i < length) {
		if (line[i] == '>') {
			(*depth)++;
			i++;
		} else if (*depth > 0 && line[i] == ' ' && i + 1 < length && line[i + 1] == '>') {
			i++;
		} else {
			break;
		}
	}
	if (*depth > 0 && i < length && line[i] == ' ')
		i++;
	return i;
}

/* --- Diffs --- */

static gboolean
starts(const char *line, gsize length, const char *prefix)
{
	gsize size = strlen(prefix);

	return length >= size && memcmp(line, prefix, size) == 0;
}

static gboolean
is_diff_head(const Plain *plain, const char *line, gsize length, const char *next, gsize next_length)
{
	static const char *const in_diff[] = {"+++ ", "--- ", "index ", "new file mode ",
		"deleted file mode ", "old mode ", "new mode ", "rename ", "copy ", "similarity index ",
		"dissimilarity index ", "Binary files ", "GIT binary"};

	if (starts(line, length, "diff --git ") ||
		(starts(line, length, "--- ") && starts(next, next_length, "+++ ")))
		return TRUE;
	for (gsize i = 0; plain->diff && i < G_N_ELEMENTS(in_diff); i++)
		if (starts(line, length, in_diff[i]))
			return TRUE;
	return FALSE;
}

/* "@@ -a,b +c,d @@" */
static gboolean
read_hunk(Plain *plain, const char *line, gsize length)
{
	char head[80];
	guint a, b, c;
	gsize size = MIN(length, sizeof head - 1);

	if (!plain->diff || !starts(line, length, "@@ -"))
		return FALSE;
	memcpy(head, line, size);
	head[size] = '\0';
	plain->old_left = plain->new_left = 1;
	if (sscanf(head, "@@ -%9u,%9u +%9u,%9u @@", &a, &b, &c, &plain->new_left) == 4)
		plain->old_left = b;
	else if (sscanf(head, "@@ -%9u,%9u +%9u @@", &a, &b, &c) == 3)
		plain->old_left = b;
	else if (sscanf(head, "@@ -%9u +%9u,%9u @@", &a, &c, &b) == 3)
		plain->new_left = b;
	else if (sscanf(head, "@@ -%9u +%9u @@", &a, &c) != 2)
		plain->old_left = plain->new_left = 0;
	return plain->old_left + plain->new_left > 0;
}

/* The kind of a line within a hunk; FALSE: the hunk is over. */
static gboolean
hunk_line(Plain *plain, const char *line, gsize length, MimeLineKind *kind)
{
	char c = length > 0 ? line[0] : ' ';

	*kind = MIME_LINE_PRE;
	if (c == '\\')
		return TRUE;
	if (c == '+' && plain->new_left > 0) {
		plain->new_left--;
		*kind = MIME_LINE_DIFF_ADD;
	} else if (c == '-' && plain->old_left > 0) {
		plain->old_left--;
		*kind = MIME_LINE_DIFF_DEL;
	} else if (c == ' ' && plain->old_left > 0 && plain->new_left > 0) {
		plain->old_left--;
		plain->new_left--;
	} else {
		plain->old_left = plain->new_left = 0;
		return FALSE;
	}
	return TRUE;
}

static MimeLineKind
kind_of(Plain *plain, const char *line, gsize length, const char *next, gsize next_length)
{
	MimeLineKind kind;

	if (plain->old_left + plain->new_left > 0 && hunk_line(plain, line, length, &kind))
		return kind;
	if (plain->signature)
		return MIME_LINE_SIGNATURE;
	if (is_diff_head(plain, line, length, next, next_length)) {
		plain->diff = TRUE;
		return MIME_LINE_DIFF_HEAD;
	}
	if (read_hunk(plain, line, length))
		return MIME_LINE_DIFF_HUNK;
	if (length == 3 && memcmp(line, "-- ", 3) == 0) {
		plain->signature = TRUE;
		return MIME_LINE_SIGNATURE;
	}
	return MIME_LINE_TEXT;
}

/* --- Lines --- */

static void
find_links(Plain *plain, const char *line, gsize length)
{
	gsize start = 0, size;

	g_array_set_size(plain->spans, 0);
	if (memmem(line, length, "://", 3) == NULL && memmem(line, length, "www.", 4) == NULL &&
		memmem(line, length, "mailto:", 7) == NULL)
		return;
	while (mime_url_find(line, length, &start, &size)) {
		MimeSpan span = {(guint32)start, (guint32)size, MIME_SPAN_LINK, 0};
		g_autofree char *url = g_strndup(line + start, size);
		if (g_ascii_strncasecmp(url, "www.", 4) == 0) {
			char *whole = g_strconcat("http://", url, NULL);
			g_free(url);
			url = whole;
		}
		span.link = (guint16)mime_text_add_link(plain->out, line + start, size, url);
		if (span.link == 0)
			return;
		g_array_append_val(plain->spans, span);
		start += size;
	}
}

static void
put(Plain *plain, LayoutStyle *style, const char *line, gsize length)
{
	find_links(plain, line, length);
	mime_text_flow(plain->out, style, line, length, (const MimeSpan *)(void *)plain->spans->data,
		plain->spans->len);
}

/* A line as it stands; wrapped lines repeat its quote marks. */
static void
put_fixed(
	Plain *plain, const char *line, gsize length, const char *next, gsize next_length, gboolean continues)
{
	LayoutStyle style = {.width = plain->options->width, .continues = continues};
	g_autofree char *prefix = NULL;
	gsize size = quote_prefix(line, length, &style.depth);

	if (style.depth == 0) {
		style.kind = continues ? MIME_LINE_TEXT : kind_of(plain, line, length, next, next_length);
		put(plain, &style, line, length);
		return;
	}
	style.kind = MIME_LINE_QUOTE;
	prefix = g_strndup(line, style.width > 0 ? MIN(size, (gsize)style.width / 2) : size);
	style.first = style.rest = prefix;
	put(plain, &style, line + size, length - size);
}

/* --- format=flowed --- */

static void
end_paragraph(Plain *plain, gboolean to_be_continued)
{
	LayoutStyle style = {
		.kind = plain->depth ? MIME_LINE_QUOTE : MIME_LINE_TEXT,
		.depth = plain->depth,
		.width = plain->options->width,
		.continues = plain->continued,
	};
	guint shown = plain->options->width > 0 ? MIN(plain->depth, (guint)plain->options->width / 4)
						: plain->depth;
	g_autoptr(GString) prefix = g_string_new(NULL);

	for (guint i = 0; i < shown; i++)
		g_string_append(prefix, "> ");
	style.first = style.rest = prefix->str;
	put(plain, &style, plain->paragraph->str, plain->paragraph->len);
	g_string_truncate(plain->paragraph, 0);
	plain->continued = to_be_continued;
}

/* RFC 3676, 4: quote depth, then stuffing, then a blank at the end that says "goes on". */
static void
put_flowed(Plain *plain, const char *line, gsize length)
{
	gboolean soft, open = plain->paragraph->len > 0 || plain->continued;
	guint depth = 0;

	while (depth < length && line[depth] == '>')
		depth++;
	line += depth;
	length -= depth;
	if (length > 0 && line[0] == ' ') {
		line++;
		length--;
	}
	soft = length > 0 && line[length - 1] == ' ';
	if (length == 3 && memcmp(line, "-- ", 3) == 0) {
		if (open)
			end_paragraph(plain, FALSE);
		plain->depth = depth;
		if (depth == 0) {
			put_fixed(plain, line, length, "", 0, FALSE);
		} else {
			g_string_append_len(plain->paragraph, line, (gssize)length);
			end_paragraph(plain, FALSE);
		}
		return;
	}
	if (open && depth != plain->depth)
		end_paragraph(plain, FALSE);
	if (plain->signature && depth == 0) {
		put_fixed(plain, line, length, "", 0, FALSE);
		return;
	}
	plain->depth = depth;
	if (soft && plain->options->delsp)
		length--;
	g_string_append_len(plain->paragraph, line, (gssize)length);
	if (!soft)
		end_paragraph(plain, FALSE);
	else if (plain->paragraph->len >= PARAGRAPH_MAX)
		end_paragraph(plain, TRUE);
}

/* --- Slices --- */

static gsize
char_boundary(const char *text, gsize at)
{
	for (gsize back = 0; back < 4; back++)
		if (((guint8)text[at - back] & 0xc0) != 0x80)
			return at - back;
	return at;
}

static void
put_line(Plain *plain, const char *line, gsize length, const char *next, gsize next_length)
{
	if (plain->options->flowed) {
		put_flowed(plain, line, length);
		return;
	}
	for (gboolean continues = FALSE;; continues = TRUE) {
		gsize size = length > PARAGRAPH_MAX ? char_boundary(line, PARAGRAPH_MAX) : length;
		put_fixed(plain, line, size, next, next_length, continues);
		line += size;
		length -= size;
		if (length == 0)
			return;
	}
}

/* All lines of a safe slice. */
static void
put_slice(Plain *plain, const char *text, gsize length)
{
	const char *p = text, *end = text + length;

	while (p < end && !mime_text_full(plain->out)) {
		const char *stop = memchr(p, '\n', (gsize)(end - p));
		const char *next = stop ? stop + 1 : end;
		put_line(plain, p, (gsize)((stop ? stop : end) - p), next, (gsize)(end - next));
		p = next;
	}
}

void
mime_plain_layout(MimeText *out, const char *text, gsize length, const PlainOptions *options)
{
	Plain plain = {
		.out = out,
		.options = options,
		.paragraph = g_string_new(NULL),
		.spans = g_array_new(FALSE, FALSE, sizeof(MimeSpan)),
	};
	g_autoptr(GString) safe = g_string_sized_new(SLICE + 16);

	while (length > 0 && !mime_text_full(out)) {
		gsize size = length;
		if (length > SLICE) {
			const char *stop = memrchr(text, '\n', SLICE);
			size = stop ? (gsize)(stop - text) + 1 : char_boundary(text, SLICE);
		}
		g_string_truncate(safe, 0);
		text_safe_append(safe, text, (gssize)size, TEXT_LINES);
		put_slice(&plain, safe->str, safe->len);
		text += size;
		length -= size;
	}
	if (plain.paragraph->len > 0 || plain.continued)
		end_paragraph(&plain, FALSE);
	g_string_free(plain.paragraph, TRUE);
	g_array_unref(plain.spans);
}
