/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text on its way into lines: blanks collapsed, made safe, spans noted, and the
 * paragraph wrapped when a block ends.
 */
#include "config.h"

#include "mime/html-page.h"

#include "util/i18n.h"
#include "util/text.h"

#include <string.h>

void
html_add_span(HtmlPage *page, MimeSpanKind kind, guint link, gsize start)
{
	MimeSpan span = {
		(guint32)start, (guint32)(page->paragraph->len - start), (guint16)kind, (guint16)link};

	if (span.length == 0)
		return;
	for (guint i = page->spans->len; i > 0 && i + 6 > page->spans->len; i--) {
		MimeSpan *last = &g_array_index(page->spans, MimeSpan, i - 1);
		if (last->kind == kind && last->link == link && last->start + last->length == start) {
			last->length += span.length;
			return;
		}
	}
	g_array_append_val(page->spans, span);
}

static void
add_style_spans(HtmlPage *page, gsize start)
{
	const HtmlElement *top = html_top(page);

	if (page->link != 0)
		html_add_span(page, MIME_SPAN_LINK, page->link, start);
	if (top->bold)
		html_add_span(page, MIME_SPAN_BOLD, 0, start);
	if (top->italic)
		html_add_span(page, MIME_SPAN_ITALIC, 0, start);
	if (top->underline)
		html_add_span(page, MIME_SPAN_UNDERLINE, 0, start);
	if (page->hidden_open)
		html_add_span(page, MIME_SPAN_HIDDEN, 0, start);
}

void
html_trim(HtmlPage *page)
{
	GString *paragraph = page->paragraph;
	gsize length = paragraph->len;

	while (length > 0 && paragraph->str[length - 1] == ' ')
		length--;
	if (length == paragraph->len)
		return;
	g_string_truncate(paragraph, length);
	for (guint i = page->spans->len; i > 0; i--) {
		MimeSpan *span = &g_array_index(page->spans, MimeSpan, i - 1);
		if (span->start >= paragraph->len)
			g_array_set_size(page->spans, i - 1);
		else if (span->start + span->length > paragraph->len)
			span->length = (guint32)paragraph->len - span->start;
	}
}

void
html_close_hidden(HtmlPage *page)
{
	if (page->hidden_open) {
		html_trim(page);
		g_string_append_c(page->paragraph, ']');
		page->hidden_open = FALSE;
	}
}

/* What stands before the lines of a paragraph: quote marks, indentation, the item's marker. */
static void
make_prefix(HtmlPage *page, GString *first, GString *rest)
{
	const HtmlElement *top = html_top(page);
	guint room = (guint)page->options->width / 3;

	for (guint i = 0; i < MIN(top->quotes, QUOTES_SHOWN); i++)
		g_string_append(first, "> ");
	g_string_append_printf(first, "%*s", (int)MIN(top->indent, room), "");
	g_string_assign(rest, first->str);
	if (page->marker != NULL) {
		gsize length = strlen(page->marker);
		if (first->len >= length && top->indent >= length && room >= length)
			g_string_truncate(first, first->len - length);
		g_string_append(first, page->marker);
		g_clear_pointer(&page->marker, g_free);
	}
}

void
html_emit(HtmlPage *page, MimeLineKind kind)
{
	const HtmlElement *top = html_top(page);
	g_autoptr(GString) first = g_string_new(NULL);
	g_autoptr(GString) rest = g_string_new(NULL);
	LayoutStyle style = {
		.kind = top->quotes > 0 ? MIME_LINE_QUOTE : kind,
		.depth = top->quotes,
		.width = page->plain ? 0 : page->options->width,
		.continues = page->continued,
	};

	if (page->gap && !page->continued)
		mime_text_gap(page->out, top->quotes);
	page->gap = FALSE;
	make_prefix(page, first, rest);
	style.first = first->str;
	style.rest = rest->str;
	mime_text_flow(page->out, &style, page->paragraph->str, page->paragraph->len,
		(const MimeSpan *)(void *)page->spans->data, page->spans->len);
	g_string_truncate(page->paragraph, 0);
	g_array_set_size(page->spans, 0);
	page->continued = FALSE;
}

/* [n] behind the text of a link, once. */
void
html_mark_link(HtmlPage *page)
{
	gsize start = page->paragraph->len;

	if (page->link == 0 || page->link_marked)
		return;
	html_close_hidden(page);
	g_string_append_printf(page->paragraph, "[%u]", page->link);
	html_add_span(page, MIME_SPAN_LINK, page->link, start);
	page->link_marked = TRUE;
}

void
html_flush(HtmlPage *page)
{
	html_close_hidden(page);
	if (!html_top(page)->pre)
		html_trim(page);
	if (page->paragraph->len > 0)
		html_mark_link(page);
	if (strspn(page->paragraph->str, " ") < page->paragraph->len) {
		html_emit(page, page->heading         ? MIME_LINE_HEADING
				: html_top(page)->pre ? MIME_LINE_PRE
						      : MIME_LINE_TEXT);
	} else {
		g_string_truncate(page->paragraph, 0);
		g_array_set_size(page->spans, 0);
	}
	page->continued = FALSE;
}

/* --- Text --- */

/* The link gets its number with its first text. */
void
html_begin_link_text(HtmlPage *page, const char *text, gsize length)
{
	if (page->link_target == NULL || page->plain)
		return;
	if (page->link == 0)
		page->link = mime_text_add_link(page->out, "", 0, page->link_target);
	if (page->link_label->len < 1000)
		g_string_append_len(page->link_label, text, (gssize)length);
}

static void
begin_hidden(HtmlPage *page)
{
	gsize start = page->paragraph->len;

	if (page->hidden_open)
		return;
	page->hidden_open = TRUE;
	g_string_append(page->paragraph, _("[hidden: "));
	html_add_span(page, MIME_SPAN_HIDDEN, 0, start);
}

/* Blanks of a text in one; no-break blanks stay. */
void
html_append_collapsed(HtmlPage *page, const char *text, gsize length)
{
	GString *to = page->paragraph;

	for (gsize i = 0; i < length; i++) {
		if (strchr(" \t\n\r\f", text[i]) == NULL || text[i] == '\0') {
			gsize start = i;
			while (i + 1 < length && text[i + 1] != '\0' &&
				strchr(" \t\n\r\f", text[i + 1]) == NULL)
				i++;
			text_safe_append(to, text + start, (gssize)(i + 1 - start), TEXT_LINE);
		} else if (to->len > 0 && to->str[to->len - 1] != ' ') {
			g_string_append_c(to, ' ');
		}
	}
}

/* U+00A0 to blanks that do not collapse, in place. */
static gsize
free_blanks(char *text, gsize length)
{
	char *to, *from = memmem(text, length, "\302\240", 2), *end = text + length;

	if (from == NULL)
		return length;
	for (to = from; from < end; from++) {
		if (end - from >= 2 && from[0] == '\302' && from[1] == '\240') {
			*to++ = ' ';
			from++;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	return (gsize)(to - text);
}

static gboolean
is_blank(const char *text, gsize length)
{
	for (gsize i = 0; i < length; i++)
		if (strchr(" \t\n\r\f", text[i]) == NULL || text[i] == '\0')
			return FALSE;
	return TRUE;
}

/* Something a reader would see, not only joiners and blanks as newsletters hide by the hundred. */
gboolean
html_is_visible(const char *text, gsize length)
{
	g_autofree char *safe = text_safe(text, (gssize)length, TEXT_LINE);

	for (const char *p = safe; *p; p = g_utf8_next_char(p))
		if (g_unichar_isgraph(g_utf8_get_char(p)) && !g_unichar_ismark(g_utf8_get_char(p)))
			return TRUE;
	return FALSE;
}

static void
add_collapsed(HtmlPage *page, const char *text, gsize length)
{
	gsize start = page->paragraph->len;

	html_append_collapsed(page, text, length);
	page->paragraph->len =
		start + free_blanks(page->paragraph->str + start, page->paragraph->len - start);
	add_style_spans(page, start);
	if (page->paragraph->len > PARAGRAPH_MAX) {
		html_emit(page, page->heading ? MIME_LINE_HEADING : MIME_LINE_TEXT);
		page->continued = TRUE;
	}
}

/* Preformatted: each line end ends a line. */
static void
add_pre(HtmlPage *page, const char *text, gsize length)
{
	const char *end = text + length;

	if (page->pre_start && length > 0 && *text == '\n')
		text++;
	page->pre_start = FALSE;
	while (text < end) {
		const char *stop = memchr(text, '\n', (gsize)(end - text));
		gsize size = (gsize)((stop ? stop : end) - text), start = page->paragraph->len;
		if (stop == NULL && size > PARAGRAPH_MAX) {
			for (size = PARAGRAPH_MAX;
				size > PARAGRAPH_MAX - 4 && ((guint8)text[size] & 0xc0) == 0x80; size--)
				;
			stop = text + size - 1;
		}
		text_safe_append(page->paragraph, text, (gssize)size, TEXT_LINES);
		add_style_spans(page, start);
		text += size + (stop && *stop == '\n');
		if (stop != NULL)
			html_emit(page, MIME_LINE_PRE);
	}
}

void
html_add_text(HtmlPage *page, const char *raw, gsize length)
{
	const HtmlElement *top = html_top(page);
	GString *text = page->scratch;

	if (top->skipped || mime_text_full(page->out))
		return;
	g_string_truncate(text, 0);
	html_unescape(&page->entities, text, raw, length);
	if (top->hidden) {
		if (page->plain || !html_is_visible(text->str, text->len))
			return;
		begin_hidden(page);
	} else {
		html_close_hidden(page);
	}
	if (!is_blank(text->str, text->len))
		html_begin_link_text(page, text->str, text->len);
	if (top->pre && !top->hidden)
		add_pre(page, text->str, text->len);
	else
		add_collapsed(page, text->str, text->len);
}
