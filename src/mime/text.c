/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All characters lie in one buffer, each line ended by NUL; lines, spans and
 * folds are arrays beside it. A million lines are three allocations.
 */
#include "config.h"

#include "mime/layout.h"

#include "mime/link.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

#include <string.h>

struct MimeText {
	GString *chars;
	GArray *lines; /* of MimeLine */
	GArray *spans; /* of MimeSpan */
	GPtrArray *links;
	GArray *folds; /* of MimeFold */
	guint listed;  /* links that stand in a list already */
	guint remote_images;
	gboolean html;
	gboolean full;
};

MimeText *
mime_text_new(void)
{
	MimeText *text = g_new0(MimeText, 1);

	text->chars = g_string_new(NULL);
	text->lines = g_array_new(FALSE, FALSE, sizeof(MimeLine));
	text->spans = g_array_new(FALSE, FALSE, sizeof(MimeSpan));
	text->links = g_ptr_array_new_with_free_func((GDestroyNotify)mime_link_free);
	text->folds = g_array_new(FALSE, FALSE, sizeof(MimeFold));
	return text;
}

void
mime_text_free(MimeText *text)
{
	if (text == NULL)
		return;
	g_string_free(text->chars, TRUE);
	g_array_unref(text->lines);
	g_array_unref(text->spans);
	g_ptr_array_unref(text->links);
	g_array_unref(text->folds);
	g_free(text);
}

guint
mime_text_count(const MimeText *text)
{
	return text->lines->len;
}

const MimeLine *
mime_text_line(const MimeText *text, guint n)
{
	return n < text->lines->len ? &g_array_index(text->lines, MimeLine, n) : NULL;
}

const char *
mime_text_chars(const MimeText *text, guint n)
{
	const MimeLine *line = mime_text_line(text, n);

	return line ? text->chars->str + line->offset : NULL;
}

const MimeSpan *
mime_text_spans(const MimeText *text, guint n)
{
	const MimeLine *line = mime_text_line(text, n);

	return line && line->spans ? &g_array_index(text->spans, MimeSpan, line->first_span) : NULL;
}

const GPtrArray *
mime_text_links(const MimeText *text)
{
	return text->links;
}

const GArray *
mime_text_quotes(const MimeText *text)
{
	return text->folds;
}

gboolean
mime_text_is_html(const MimeText *text)
{
	return text->html;
}

void
mime_text_set_html(MimeText *text)
{
	text->html = TRUE;
}

guint
mime_text_remote_images(const MimeText *text)
{
	return text->remote_images;
}

char *
mime_text_string(const MimeText *text)
{
	GString *out = g_string_sized_new(text->chars->len + 1);

	for (guint i = 0; i < text->lines->len; i++) {
		const MimeLine *line = mime_text_line(text, i);
		g_string_append_len(out, text->chars->str + line->offset, line->length);
		g_string_append_c(out, '\n');
	}
	return g_string_free(out, FALSE);
}

/* --- Filling --- */

gboolean
mime_text_full(const MimeText *text)
{
	return text->full;
}

/* The part of the spans that lies in [from, to) of the paragraph goes to the line. */
static void
add_spans(MimeText *text, MimeLine *line, gsize prefix, gsize from, gsize to, const MimeSpan *spans,
	guint count)
{
	line->first_span = text->spans->len;
	for (guint i = 0; i < count && spans[i].start < to && line->spans < G_MAXUINT16; i++) {
		gsize start = MAX(spans[i].start, from);
		gsize end = MIN((gsize)spans[i].start + spans[i].length, to);
		MimeSpan span = spans[i];
		if (start >= end)
			continue;
		span.start = (guint32)(start - from + prefix);
		span.length = (guint32)(end - start);
		g_array_append_val(text->spans, span);
		line->spans++;
	}
}

/* How many bytes go on one line, and how many are used up with the blanks behind them. */
static gsize
break_line(const char *p, gsize length, int cells, gsize *used)
{
	gsize fit, cut;

	for (fit = 0; fit < length && fit < (gsize)cells && (guint8)p[fit] < 0x80; fit++)
		;
	if (fit < length && fit < (gsize)cells)
		fit = text_fit(p, (gssize)length, cells, NULL);
	if (fit == 0)
		fit = (gsize)(g_utf8_next_char(p) - p);
	if (fit >= length) {
		*used = length;
		return length;
	}
	for (cut = fit; cut > 0 && p[cut] != ' '; cut--)
		;
	if (cut < fit && (guint8)p[fit] >= 0x80 && text_char_cells(g_utf8_get_char(p + fit)) == 2)
		cut = fit; /* scripts without blanks break anywhere */
	if (cut == 0) {
		*used = fit;
		return fit;
	}
	*used = cut;
	while (*used < length && p[*used] == ' ')
		(*used)++;
	while (cut > 0 && p[cut - 1] == ' ')
		cut--;
	return cut;
}

static void
add_line(MimeText *text, const LayoutStyle *style, const char *prefix, const char *chars, gsize from,
	gsize size, gboolean wrapped, const MimeSpan *spans, guint count)
{
	gsize prefix_length = prefix ? strlen(prefix) : 0;
	MimeLine line = {
		.offset = (guint32)text->chars->len,
		.length = (guint32)(prefix_length + size),
		.kind = (guint8)style->kind,
		.depth = (guint8)MIN(style->depth, 255),
		.wrapped = wrapped,
	};

	if (text->lines->len >= LIMIT_TEXT_LINES || text->chars->len > G_MAXUINT32 / 2) {
		text->full = TRUE;
		return;
	}
	if (size == 0 && prefix != NULL) {
		while (prefix_length > 0 && prefix[prefix_length - 1] == ' ')
			prefix_length--;
		line.length = (guint32)prefix_length;
	}
	if (prefix != NULL)
		g_string_append_len(text->chars, prefix, (gssize)prefix_length);
	g_string_append_len(text->chars, chars + from, (gssize)size);
	g_string_append_c(text->chars, '\0');
	if (count > 0)
		add_spans(text, &line, prefix_length, from, from + size, spans, count);
	g_array_append_val(text->lines, line);
}

void
mime_text_flow(MimeText *text, const LayoutStyle *style, const char *chars, gsize length,
	const MimeSpan *spans, guint count)
{
	const char *prefix = style->first;
	gboolean wrapped = style->continues;
	gsize from = 0;

	do {
		int cells = style->width - (prefix ? text_cells(prefix, -1) : 0);
		gsize used = length - from, size = used;
		if (style->width > 0)
			size = break_line(chars + from, length - from, MAX(cells, 2), &used);
		add_line(text, style, prefix, chars, from, size, wrapped, spans, count);
		from += used;
		prefix = style->rest;
		wrapped = TRUE;
		while (count > 0 && (gsize)spans->start + spans->length <= from) {
			spans++;
			count--;
		}
	} while (from < length && !text->full);
}

void
mime_text_gap(MimeText *text, guint depth)
{
	LayoutStyle style = {.kind = MIME_LINE_TEXT};
	const MimeLine *last;
	g_autoptr(GString) prefix = g_string_new(NULL);

	if (text->lines->len == 0)
		return;
	last = &g_array_index(text->lines, MimeLine, text->lines->len - 1);
	if (strspn(text->chars->str + last->offset, "> ") >= last->length)
		return;
	style.depth = MIN(depth, last->depth);
	if (style.depth > 0)
		style.kind = MIME_LINE_QUOTE;
	for (guint i = 0; i < MIN(style.depth, QUOTES_SHOWN); i++)
		g_string_append(prefix, "> ");
	style.first = prefix->str;
	mime_text_flow(text, &style, "", 0, NULL, 0);
}

void
mime_text_note(MimeText *text, int width, const char *chars)
{
	LayoutStyle style = {.kind = MIME_LINE_NOTE, .width = width};
	g_autofree char *safe = text_safe(chars, -1, TEXT_MARKS);

	mime_text_flow(text, &style, safe, strlen(safe), NULL, 0);
}

guint
mime_text_add_link(MimeText *text, const char *label, gsize label_length, const char *target)
{
	if (text->links->len >= LIMIT_LINKS)
		return 0;
	g_ptr_array_add(text->links, mime_link_new(text->links->len + 1, label, label_length, target));
	return text->links->len;
}

void
mime_text_relabel(MimeText *text, guint number, const char *label, gsize length)
{
	MimeLink *old = g_ptr_array_index(text->links, number - 1);
	MimeLink *link;

	g_assert(number <= text->links->len);
	link = mime_link_new(number, label, length, old->target);
	mime_link_free(old);
	g_ptr_array_index(text->links, number - 1) = link;
}

void
mime_text_rewind(MimeText *text, guint links, guint images)
{
	if (text->links->len > links)
		g_ptr_array_set_size(text->links, (int)links);
	text->remote_images = images;
}

void
mime_text_list_links(MimeText *text, int width)
{
	if (text->listed < text->links->len)
		mime_text_gap(text, 0);
	for (; text->listed < text->links->len; text->listed++) {
		const MimeLink *link = g_ptr_array_index(text->links, text->listed);
		g_autofree char *number = g_strdup_printf("[%u] ", link->number);
		g_autofree char *blank = g_strnfill(strlen(number), ' ');
		LayoutStyle style = {.kind = MIME_LINE_LINK, .width = width, .first = number, .rest = blank};
		MimeSpan span = {0, (guint32)strlen(link->target), MIME_SPAN_LINK, (guint16)link->number};
		mime_text_flow(text, &style, link->target, span.length, &span, 1);
		if (link->warning != NULL) {
			style.kind = MIME_LINE_NOTE;
			style.first = blank;
			mime_text_flow(text, &style, link->warning, strlen(link->warning), NULL, 0);
		}
	}
}

void
mime_text_count_image(MimeText *text)
{
	text->remote_images++;
}

void
mime_text_finish(MimeText *text)
{
	guint first = 0;

	for (guint i = 0; i <= text->lines->len; i++) {
		if (i < text->lines->len && mime_text_line(text, i)->kind == MIME_LINE_QUOTE)
			continue;
		if (i > first) {
			MimeFold fold = {first, i - first};
			g_array_append_val(text->folds, fold);
		}
		first = i + 1;
	}
}
