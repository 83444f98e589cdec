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
		html_mark_link(page);
	}
	page->link = 0;
	g_clear_pointer(&page->link_target, g_free);
	g_string_truncate(page->link_label, 0);
}

/* What the end of a block leaves behind it. */
static gboolean
has_margin(HtmlTag tag)
{
	return tag == TAG_P || tag == TAG_HEADING || tag == TAG_PRE || tag == TAG_BLOCKQUOTE ||
	       tag == TAG_TABLE;
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
	g_autofree char *start =
		tag == TAG_ORDERED ? html_attribute_value(&page->entities, &page->token, "start") : NULL;

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
	if (html_top(page)->hidden || alt == NULL || !html_is_visible(alt, strlen(alt)) || is_tiny(page))
		return;
	html_close_hidden(page);
	html_begin_link_text(page, "", 0);
	start = page->paragraph->len;
	if (page->link_target != NULL && page->link_label->len == 0)
		g_string_append(page->link_label, alt);
	g_string_append_c(page->paragraph, '[');
	g_strchomp(alt);
	html_append_collapsed(page, alt, strlen(alt));
	g_string_append_c(page->paragraph, ']');
	html_add_span(page, MIME_SPAN_IMAGE, 0, start);
	if (page->link != 0)
		html_add_span(page, MIME_SPAN_LINK, page->link, start);
}

static void
put_rule(HtmlPage *page)
{
	g_autofree char *dashes = NULL;
	int width = page->options->width - 2 * (int)MIN(html_top(page)->quotes, QUOTES_SHOWN);

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
		html_add_text(page, page->token.text, page->token.length);
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
	while (!mime_text_full(page->out) &&
		html_tokens_next(&page->tokens, &page->token) != HTML_END_OF_INPUT) {
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
