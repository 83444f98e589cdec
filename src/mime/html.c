/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tokens in, lines out. The stack of open elements holds what each passes on to
 * its inside; text gathers in one paragraph until a block begins or ends:
 *
 *   open_element / close_element   keep the stack, and flush at blocks
 *   add_text                       the paragraph grows, blanks collapsed, spans noted
 *   html_flush                     the paragraph is wrapped into lines
 */
#include "config.h"

#include "mime/html-page.h"

#include "mime/text.h"
#include "util/i18n.h"
#include "util/text.h"

#include <string.h>

#define LEAST_WIDTH 20
#define QUOTES_SHOWN 10

/* --- Paragraphs --- */

static void
add_span(HtmlPage *page, MimeSpanKind kind, guint link, gsize start)
{
	MimeSpan span = {(guint32)start, (guint32)(page->paragraph->len - start), (guint16)kind, (guint16)link};

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
		add_span(page, MIME_SPAN_LINK, page->link, start);
	if (top->bold)
		add_span(page, MIME_SPAN_BOLD, 0, start);
	if (top->italic)
		add_span(page, MIME_SPAN_ITALIC, 0, start);
	if (top->underline)
		add_span(page, MIME_SPAN_UNDERLINE, 0, start);
	if (page->hidden_open)
		add_span(page, MIME_SPAN_HIDDEN, 0, start);
}

void
html_trim(HtmlPage *page)
{
	GString *paragraph = page->paragraph;

	while (paragraph->len > 0 && paragraph->str[paragraph->len - 1] == ' ')
		g_string_truncate(paragraph, paragraph->len - 1);
	for (guint i = page->spans->len; i > 0; i--) {
		MimeSpan *span = &g_array_index(page->spans, MimeSpan, i - 1);
		if (span->start >= paragraph->len)
			g_array_set_size(page->spans, i - 1);
		else if (span->start + span->length > paragraph->len)
			span->length = (guint32)paragraph->len - span->start;
	}
}

static void
close_hidden(HtmlPage *page)
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
static void
mark_link(HtmlPage *page)
{
	gsize start = page->paragraph->len;

	if (page->link == 0 || page->link_marked)
		return;
	close_hidden(page);
	g_string_append_printf(page->paragraph, "[%u]", page->link);
	add_span(page, MIME_SPAN_LINK, page->link, start);
	page->link_marked = TRUE;
}

void
html_flush(HtmlPage *page)
{
	close_hidden(page);
	if (!html_top(page)->pre)
		html_trim(page);
	if (page->paragraph->len > 0)
		mark_link(page);
	if (strspn(page->paragraph->str, " ") < page->paragraph->len) {
		html_emit(page, page->heading ? MIME_LINE_HEADING : html_top(page)->pre ? MIME_LINE_PRE : MIME_LINE_TEXT);
	} else {
		g_string_truncate(page->paragraph, 0);
		g_array_set_size(page->spans, 0);
	}
	page->continued = FALSE;
}

/* --- Text --- */

/* The link gets its number with its first text. */
static void
begin_link_text(HtmlPage *page, const char *text, gsize length)
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
	add_span(page, MIME_SPAN_HIDDEN, 0, start);
}

/* Blanks of a text in one; no-break blanks stay. */
static void
append_collapsed(HtmlPage *page, const char *text, gsize length)
{
	GString *to = page->paragraph;

	for (gsize i = 0; i < length; i++) {
		if (strchr(" \t\n\r\f", text[i]) == NULL || text[i] == '\0') {
			gsize start = i;
			while (i + 1 < length && text[i + 1] != '\0' && strchr(" \t\n\r\f", text[i + 1]) == NULL)
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
static gboolean
is_visible(const char *text, gsize length)
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

	append_collapsed(page, text, length);
	page->paragraph->len = start + free_blanks(page->paragraph->str + start, page->paragraph->len - start);
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
			for (size = PARAGRAPH_MAX; size > PARAGRAPH_MAX - 4 && ((guint8)text[size] & 0xc0) == 0x80; size--)
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

static void
add_text(HtmlPage *page, const char *raw, gsize length)
{
	const HtmlElement *top = html_top(page);
	GString *text = page->scratch;

	if (top->skipped || mime_text_full(page->out))
		return;
	g_string_truncate(text, 0);
	html_unescape(&page->entities, text, raw, length);
	if (top->hidden) {
		if (page->plain || !is_visible(text->str, text->len))
			return;
		begin_hidden(page);
	} else {
		close_hidden(page);
	}
	if (!is_blank(text->str, text->len))
		begin_link_text(page, text->str, text->len);
	if (top->pre && !top->hidden)
		add_pre(page, text->str, text->len);
	else
		add_collapsed(page, text->str, text->len);
}

/* --- Elements --- */

static void
apply_style(HtmlPage *page)
{
	HtmlElement *top = html_top(page);
	HtmlStyle style;

	if (page->token.count == 0)
		return;
	html_style_read(&style, &page->token);
	if (style.sets_color)
		top->color = style.color;
	if (style.sets_background)
		top->background = style.background;
	top->gone |= style.hidden;
	top->hidden = top->gone || (top->color != HTML_COLOR_UNKNOWN && top->color == top->background);
	top->pre |= style.pre;
	top->bold |= style.bold;
}

void
html_push(HtmlPage *page, HtmlTag tag)
{
	HtmlElement *top;

	page->depth++;
	top = html_top(page);
	*top = page->stack[page->depth - 1];
	top->tag = tag;
	top->name = html_name_hash(page->token.text, page->token.length);
	if (tag == TAG_TH)
		top->bold = TRUE;
	apply_style(page);
}

static void
end_link(HtmlPage *page)
{
	if (page->link != 0) {
		mime_text_relabel(page->out, page->link, page->link_label->str, page->link_label->len);
		mark_link(page);
	}
	page->link = 0;
	g_clear_pointer(&page->link_target, g_free);
	g_string_truncate(page->link_label, 0);
}

/* What the end of a block leaves behind it. */
static gboolean
has_margin(HtmlTag tag)
{
	return tag == TAG_P || tag == TAG_HEADING || tag == TAG_PRE || tag == TAG_BLOCKQUOTE || tag == TAG_TABLE;
}

static void
pop(HtmlPage *page)
{
	HtmlTag tag = html_top(page)->tag;

	if (tag == TAG_A)
		end_link(page);
	if (html_is_block(tag) && !html_top(page)->skipped)
		html_flush(page);
	if (tag == TAG_LI)
		g_clear_pointer(&page->marker, g_free);
	if (tag == TAG_HEADING)
		page->heading = FALSE;
	page->depth--;
	if (has_margin(tag))
		page->gap = TRUE;
	if ((tag == TAG_LIST || tag == TAG_ORDERED) && html_top(page)->indent == 0)
		page->gap = TRUE;
}

void
html_drop(HtmlPage *page, guint depth)
{
	for (; page->depth > depth; page->depth--)
		if (html_top(page)->tag == TAG_A)
			end_link(page);
}

/* Pop up to and with the innermost element of tag, looking no further than barrier allows. */
static gboolean
close_up_to(HtmlPage *page, HtmlTag tag, guint32 name, gboolean (*barrier)(HtmlTag))
{
	guint i;

	for (i = page->depth; i > 0; i--) {
		const HtmlElement *element = &page->stack[i];
		if (element->tag == tag && (name == 0 || element->name == name))
			break;
		if (barrier(element->tag))
			return FALSE;
	}
	if (i == 0)
		return FALSE;
	while (page->depth >= i)
		pop(page);
	return TRUE;
}

static gboolean
is_cell_or_table(HtmlTag tag)
{
	return tag == TAG_TD || tag == TAG_TH || tag == TAG_TABLE;
}

static gboolean
is_table(HtmlTag tag)
{
	return tag == TAG_TABLE;
}

static gboolean
is_list_or_cell(HtmlTag tag)
{
	return tag == TAG_LIST || tag == TAG_ORDERED || is_cell_or_table(tag);
}

static gboolean
no_barrier(HtmlTag tag)
{
	(void)tag;
	return FALSE;
}

/* A block ends an open paragraph, but not beyond another block. */
static gboolean
is_other_block(HtmlTag tag)
{
	return html_is_block(tag) && tag != TAG_P && tag != TAG_HEADING;
}

/* Elements whose end tag may be left out. */
static void
close_implied(HtmlPage *page, HtmlTag tag)
{
	if (html_is_block(tag) && tag != TAG_TR && tag != TAG_TD && tag != TAG_TH)
		close_up_to(page, TAG_P, 0, is_other_block);
	switch (tag) {
	case TAG_LI:
		close_up_to(page, TAG_LI, 0, is_list_or_cell);
		break;
	case TAG_DT:
	case TAG_DD:
		if (!close_up_to(page, TAG_DT, 0, is_list_or_cell))
			close_up_to(page, TAG_DD, 0, is_list_or_cell);
		break;
	case TAG_TR:
		close_up_to(page, TAG_TR, 0, is_table);
		break;
	case TAG_TD:
	case TAG_TH:
		if (!close_up_to(page, TAG_TD, 0, is_table))
			close_up_to(page, TAG_TH, 0, is_table);
		break;
	case TAG_A:
		close_up_to(page, TAG_A, 0, is_cell_or_table);
		break;
	default:
		break;
	}
}

static void
begin_link(HtmlPage *page)
{
	g_autofree char *href = html_attribute_value(&page->entities, &page->token, "href");
	char *to;

	if (href == NULL)
		return;
	to = href;
	for (const char *p = href; *p; p++)
		if (*p != '\n' && *p != '\r' && *p != '\t')
			*to++ = *p;
	*to = '\0';
	g_strstrip(href);
	if (*href == '\0' || *href == '#')
		return;
	g_free(page->link_target);
	page->link_target = g_steal_pointer(&href);
	page->link = 0;
	page->link_marked = FALSE;
	g_string_truncate(page->link_label, 0);
}

static void
begin_item(HtmlPage *page)
{
	HtmlElement *list = NULL;

	for (guint i = page->depth - 1; i > 0 && list == NULL; i--)
		if (page->stack[i].tag == TAG_LIST || page->stack[i].tag == TAG_ORDERED)
			list = &page->stack[i];
	g_free(page->marker);
	if (list != NULL && list->tag == TAG_ORDERED && list->counter < G_MAXINT)
		page->marker = g_strdup_printf("%d. ", list->counter++);
	else
		page->marker = g_strdup("* ");
	if (list == NULL)
		html_top(page)->indent += 2;
}

static void
begin_list(HtmlPage *page, HtmlTag tag)
{
	HtmlElement *top = html_top(page);
	g_autofree char *start = tag == TAG_ORDERED ? html_attribute_value(&page->entities, &page->token, "start") : NULL;

	if (top->indent == 0)
		page->gap = TRUE;
	top->indent += tag == TAG_ORDERED ? 4 : 2;
	top->counter = start ? (int)CLAMP(g_ascii_strtoll(start, NULL, 10), 0, 1000000) : 1;
}

/* What the tag itself means for its inside. */
static void
apply_tag(HtmlPage *page, HtmlTag tag)
{
	HtmlElement *top = html_top(page);

	switch (tag) {
	case TAG_A:
		begin_link(page);
		break;
	case TAG_B:
		top->bold = TRUE;
		break;
	case TAG_I:
		top->italic = TRUE;
		break;
	case TAG_U:
		top->underline = TRUE;
		break;
	case TAG_HEADING:
		page->heading = TRUE;
		break;
	case TAG_BLOCKQUOTE:
		top->quotes++;
		top->indent = 0;
		break;
	case TAG_PRE:
		top->pre = page->pre_start = TRUE;
		break;
	case TAG_SKIP:
		top->skipped = TRUE;
		break;
	case TAG_DD:
		top->indent += 4;
		break;
	case TAG_LI:
		begin_item(page);
		break;
	case TAG_LIST:
	case TAG_ORDERED:
		begin_list(page, tag);
		break;
	default:
		break;
	}
	if (has_margin(tag))
		page->gap = TRUE;
}

static gboolean
is_remote(const char *url)
{
	return g_ascii_strncasecmp(url, "http:", 5) == 0 || g_ascii_strncasecmp(url, "https:", 6) == 0 ||
		(url[0] == '/' && url[1] == '/');
}

/* A picture of at most two pixels is there to be fetched, not seen. */
static gboolean
is_tiny(HtmlPage *page)
{
	g_autofree char *width = html_attribute_value(&page->entities, &page->token, "width");
	g_autofree char *height = html_attribute_value(&page->entities, &page->token, "height");

	return (width && *width && g_ascii_strtoull(width, NULL, 10) <= 2 && strchr(width, '%') == NULL) ||
		(height && *height && g_ascii_strtoull(height, NULL, 10) <= 2 && strchr(height, '%') == NULL);
}

static void
put_image(HtmlPage *page)
{
	g_autofree char *source = html_attribute_value(&page->entities, &page->token, "src");
	g_autofree char *alt = html_attribute_value(&page->entities, &page->token, "alt");
	gsize start;

	if (html_top(page)->skipped)
		return;
	if (source != NULL && is_remote(g_strstrip(source)))
		mime_text_count_image(page->out);
	if (html_top(page)->hidden || alt == NULL || !is_visible(alt, strlen(alt)) || is_tiny(page))
		return;
	close_hidden(page);
	begin_link_text(page, "", 0);
	start = page->paragraph->len;
	if (page->link_target != NULL && page->link_label->len == 0)
		g_string_append(page->link_label, alt);
	g_string_append_c(page->paragraph, '[');
	append_collapsed(page, alt, strlen(alt));
	html_trim(page);
	g_string_append_c(page->paragraph, ']');
	add_span(page, MIME_SPAN_IMAGE, 0, start);
	if (page->link != 0)
		add_span(page, MIME_SPAN_LINK, page->link, start);
}

static void
put_rule(HtmlPage *page)
{
	g_autofree char *dashes = NULL;
	int width = page->options->width - 4 * (int)MIN(html_top(page)->quotes, QUOTES_SHOWN);

	html_flush(page);
	if (html_top(page)->hidden || html_top(page)->skipped)
		return;
	dashes = g_strnfill((gsize)CLAMP(width, 3, 72), '-');
	g_string_append(page->paragraph, dashes);
	html_emit(page, MIME_LINE_TEXT);
}

static void
line_break(HtmlPage *page)
{
	if (html_top(page)->skipped)
		return;
	if (html_top(page)->pre)
		html_emit(page, MIME_LINE_PRE);
	else if (page->paragraph->len > 0)
		html_flush(page);
	else
		page->gap = TRUE;
}

/* Elements without an inside. */
static gboolean
handle_void(HtmlPage *page, HtmlTag tag)
{
	switch (tag) {
	case TAG_BR:
		line_break(page);
		return TRUE;
	case TAG_HR:
		close_implied(page, tag);
		put_rule(page);
		return TRUE;
	case TAG_IMG:
		put_image(page);
		return TRUE;
	case TAG_VOID:
		return TRUE;
	default:
		return FALSE;
	}
}

static void
count_background(HtmlPage *page)
{
	const HtmlAttribute *background = html_attribute(&page->token, "background");

	if (background != NULL && background->value != NULL && background->value_length > 6 &&
		g_ascii_strncasecmp(background->value, "http", 4) == 0)
		mime_text_count_image(page->out);
}

static void
open_element(HtmlPage *page)
{
	HtmlTag tag = html_tag_of(page->token.text, page->token.length);

	count_background(page);
	if (handle_void(page, tag))
		return;
	if (page->overflow > 0 || page->depth >= LIMIT_HTML_NESTING) {
		page->overflow++;
		return;
	}
	close_implied(page, tag);
	if (html_is_block(tag) && !html_top(page)->skipped)
		html_flush(page);
	html_push(page, tag);
	apply_tag(page, tag);
	if (page->token.self_closing && tag == TAG_A)
		pop(page);
}

static void
close_element(HtmlPage *page)
{
	HtmlTag tag = html_tag_of(page->token.text, page->token.length);
	guint32 name = html_name_hash(page->token.text, page->token.length);

	if (page->overflow > 0) {
		page->overflow--;
		return;
	}
	if (tag == TAG_BR)
		line_break(page);
	else if (tag == TAG_TABLE)
		close_up_to(page, tag, name, no_barrier);
	else if (tag == TAG_TR || tag == TAG_TD || tag == TAG_TH)
		close_up_to(page, tag, name, is_table);
	else
		close_up_to(page, tag, name, is_cell_or_table);
}

void
html_handle(HtmlPage *page)
{
	switch (page->token.kind) {
	case HTML_TEXT:
		add_text(page, page->token.text, page->token.length);
		break;
	case HTML_START:
		open_element(page);
		break;
	case HTML_END:
		close_element(page);
		break;
	case HTML_END_OF_INPUT:
		break;
	}
}

static void
layout(HtmlPage *page, const char *html, gsize length)
{
	gboolean cut = length > LIMIT_HTML;

	html_tokens_init(&page->tokens, html, cut ? LIMIT_HTML : length);
	page->scratch = g_string_new(NULL);
	page->paragraph = g_string_new(NULL);
	page->link_label = g_string_new(NULL);
	page->spans = g_array_new(FALSE, FALSE, sizeof(MimeSpan));
	page->stack[0].background = 0xffffff;
	page->stack[0].color = 0;
	while (!mime_text_full(page->out) && html_tokens_next(&page->tokens, &page->token) != HTML_END_OF_INPUT) {
		if (page->token.kind == HTML_START && page->depth + 2 < LIMIT_HTML_NESTING &&
			html_tag_of(page->token.text, page->token.length) == TAG_TABLE && html_table(page))
			continue;
		html_handle(page);
	}
	while (page->depth > 0)
		pop(page);
	html_flush(page);
	if (cut && !page->plain)
		mime_text_note(page->out, page->options->width, _("The page is too long to be shown whole."));
	g_string_free(page->scratch, TRUE);
	g_string_free(page->paragraph, TRUE);
	g_string_free(page->link_label, TRUE);
	g_array_unref(page->spans);
	g_free(page->marker);
	g_free(page->link_target);
	html_entities_clear(&page->entities);
}

void
mime_html_layout_into(MimeText *out, const char *html, gsize length, const MimeHtmlOptions *options)
{
	MimeHtmlOptions checked = *options;
	HtmlPage *page = g_new0(HtmlPage, 1);

	checked.width = MAX(checked.width, LEAST_WIDTH);
	page->out = out;
	page->options = &checked;
	layout(page, html, length);
	g_free(page);
	if (!checked.no_link_list)
		mime_text_list_links(out, checked.width);
}

MimeText *
mime_html_layout(const char *html, gsize length, const MimeHtmlOptions *options)
{
	MimeText *out = mime_text_new();

	mime_html_layout_into(out, html, length, options);
	mime_text_finish(out);
	return out;
}

char *
mime_html_plain(const char *html, gsize length)
{
	MimeHtmlOptions options = {.width = 10000};
	g_autoptr(MimeText) out = mime_text_new();
	HtmlPage *page = g_new0(HtmlPage, 1);

	page->out = out;
	page->options = &options;
	page->plain = TRUE;
	layout(page, html, length);
	g_free(page);
	return mime_text_string(out);
}
