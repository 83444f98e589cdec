/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/html-token.h"

#include "mime/words.h"

#include <libxml/HTMLparser.h>
#include <string.h>

/* Looking a name up takes a walk over a table: so many different ones are looked up. */
#define NAMES_MAX 1000
#define NAME_LENGTH_MAX 16

void
html_tokens_init(HtmlTokens *tokens, const char *html, gsize length)
{
	memset(tokens, 0, sizeof *tokens);
	tokens->p = html;
	tokens->end = html + length;
}

/* Elements whose content is not markup. */
static gboolean
is_raw(const HtmlToken *token)
{
	static const char *const names[] = {
		"script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (strlen(names[i]) == token->length &&
			g_ascii_strncasecmp(names[i], token->text, token->length) == 0)
			return TRUE;
	return FALSE;
}

static gboolean
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* A quoted value; p behind the quote. Without a closing quote it ends at '>'. */
static const char *
quoted(HtmlTokens *tokens, const char *p, char quote, HtmlAttribute *attribute)
{
	gboolean *none = &tokens->no_quote[quote == '\''];
	const char *stop = *none ? NULL : memchr(p, quote, (gsize)(tokens->end - p));

	attribute->value = p;
	if (stop == NULL) {
		*none = TRUE;
		while (p < tokens->end && *p != '>')
			p++;
		attribute->value_length = (gsize)(p - attribute->value);
		return p;
	}
	attribute->value_length = (gsize)(stop - p);
	return stop + 1;
}

static const char *
read_attribute(HtmlTokens *tokens, const char *p, HtmlToken *token)
{
	HtmlAttribute attribute = {.name = p};
	const char *end = tokens->end, *q;

	if (*p == '=')
		p++;
	while (p < end && !is_space(*p) && *p != '=' && *p != '>' && *p != '/')
		p++;
	attribute.name_length = (gsize)(p - attribute.name);
	for (q = p; q < end && is_space(*q); q++)
		;
	if (q < end && *q == '=') {
		for (p = q + 1; p < end && is_space(*p); p++)
			;
		if (p < end && (*p == '"' || *p == '\'')) {
			p = quoted(tokens, p + 1, *p, &attribute);
		} else {
			attribute.value = p;
			while (p < end && !is_space(*p) && *p != '>')
				p++;
			attribute.value_length = (gsize)(p - attribute.value);
		}
	}
	if (token->count < HTML_ATTRIBUTES_MAX)
		token->attributes[token->count++] = attribute;
	return p;
}

/* p at the name. */
static void
read_tag(HtmlTokens *tokens, const char *p, HtmlToken *token)
{
	token->text = p;
	while (p < tokens->end && !is_space(*p) && *p != '/' && *p != '>')
		p++;
	token->length = (gsize)(p - token->text);
	while (p < tokens->end && *p != '>') {
		if (is_space(*p)) {
			p++;
		} else if (*p == '/') {
			token->self_closing = p + 1 < tokens->end && p[1] == '>';
			p++;
		} else {
			p = read_attribute(tokens, p, token);
		}
	}
	tokens->p = p < tokens->end ? p + 1 : p;
	if (token->kind == HTML_START && is_raw(token)) {
		tokens->raw_name = token->text;
		tokens->raw_length = token->length;
	}
}

/* "<!", "<?": comment, doctype, processing instruction. */
static void
skip_declaration(HtmlTokens *tokens)
{
	const char *p = tokens->p, *end = tokens->end, *stop;

	if (end - p >= 4 && memcmp(p, "<!--", 4) == 0) {
		p += 4;
		if (p < end && *p == '>')
			stop = p - 2; /* "<!-->" */
		else
			stop = memmem(p, (gsize)(end - p), "-->", 3);
		tokens->p = stop ? stop + 3 : end;
		return;
	}
	stop = memchr(p, '>', (gsize)(end - p));
	tokens->p = stop ? stop + 1 : end;
}

/* Up to "</name", which is left to be read. */
static void
read_raw(HtmlTokens *tokens, HtmlToken *token)
{
	const char *p = tokens->p;

	token->kind = HTML_TEXT;
	token->text = p;
	while ((p = memchr(p, '<', (gsize)(tokens->end - p))) != NULL) {
		if ((gsize)(tokens->end - p) > tokens->raw_length + 2 && p[1] == '/' &&
			g_ascii_strncasecmp(p + 2, tokens->raw_name, tokens->raw_length) == 0)
			break;
		p++;
	}
	tokens->p = p ? p : tokens->end;
	token->length = (gsize)(tokens->p - token->text);
	tokens->raw_name = NULL;
}

static void
read_text(HtmlTokens *tokens, HtmlToken *token)
{
	const char *p = tokens->p;

	token->kind = HTML_TEXT;
	token->text = p;
	while (p < tokens->end && (p = memchr(p, '<', (gsize)(tokens->end - p))) != NULL) {
		char next = p + 1 < tokens->end ? p[1] : '\0';
		if (p > token->text && (g_ascii_isalpha(next) || next == '!' || next == '?' || next == '/'))
			break;
		p++;
	}
	tokens->p = p ? p : tokens->end;
	token->length = (gsize)(tokens->p - token->text);
}

HtmlTokenKind
html_tokens_next(HtmlTokens *tokens, HtmlToken *token)
{
	token->count = 0;
	token->self_closing = FALSE;
	while (tokens->p < tokens->end) {
		const char *p = tokens->p;
		char next = p + 1 < tokens->end ? p[1] : '\0';
		if (tokens->raw_name != NULL) {
			read_raw(tokens, token);
			return token->kind;
		}
		if (*p == '<' && g_ascii_isalpha(next)) {
			token->kind = HTML_START;
			read_tag(tokens, p + 1, token);
			return token->kind;
		}
		if (*p == '<' && next == '/' && p + 2 < tokens->end && g_ascii_isalpha(p[2])) {
			token->kind = HTML_END;
			read_tag(tokens, p + 2, token);
			return token->kind;
		}
		if (*p == '<' && (next == '!' || next == '?' || next == '/')) {
			skip_declaration(tokens);
			continue;
		}
		read_text(tokens, token);
		return token->kind;
	}
	token->kind = HTML_END_OF_INPUT;
	return token->kind;
}

const HtmlAttribute *
html_attribute(const HtmlToken *token, const char *name)
{
	gsize length = strlen(name);

	for (guint i = 0; i < token->count; i++)
		if (token->attributes[i].name_length == length &&
			g_ascii_strncasecmp(token->attributes[i].name, name, length) == 0)
			return &token->attributes[i];
	return NULL;
}

/* --- Character references --- */

void
html_entities_clear(HtmlEntities *entities)
{
	g_clear_pointer(&entities->names, g_hash_table_unref);
}

static gunichar
named(HtmlEntities *entities, const char *name)
{
	const htmlEntityDesc *entity;
	gpointer known;

	if (entities->names == NULL)
		entities->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (g_hash_table_lookup_extended(entities->names, name, NULL, &known))
		return GPOINTER_TO_UINT(known);
	if (g_hash_table_size(entities->names) >= NAMES_MAX)
		return 0;
	entity = htmlEntityLookup((const xmlChar *)name);
	g_hash_table_insert(entities->names, g_strdup(name), GUINT_TO_POINTER(entity ? entity->value : 0));
	return entity ? entity->value : 0;
}

/* What windows-1252 has at 0x80: pages write &#150; and mean a dash. */
static gunichar
from_number(gunichar c)
{
	static const guint16 windows[] = {0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
		0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019,
		0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd,
		0x017e, 0x0178};

	if (c >= 0x80 && c < 0xa0)
		return windows[c - 0x80];
	return c != 0 && g_unichar_validate(c) ? c : 0xfffd;
}

/* "#233;" or "#xe9;", p behind '&'; the bytes used, or 0. */
static gsize
numeric(const char *p, gsize length, gunichar *c)
{
	gboolean hex = length > 1 && (p[1] == 'x' || p[1] == 'X');
	gsize i = hex ? 2 : 1, first = i;
	guint32 value = 0;

	for (; i < length; i++) {
		int digit = mime_hex(p[i]);
		if (digit < 0 || (!hex && digit > 9))
			break;
		if (value < 0x110000)
			value = value * (hex ? 16 : 10) + (guint32)digit;
	}
	if (i == first)
		return 0;
	*c = from_number(MIN(value, 0x110000));
	return i < length && p[i] == ';' ? i + 1 : i;
}

/* p behind '&'; the bytes used, or 0. */
static gsize
reference(HtmlEntities *entities, const char *p, gsize length, gunichar *c)
{
	char name[NAME_LENGTH_MAX + 1];
	gsize i;

	if (length > 1 && *p == '#')
		return numeric(p, length, c);
	for (i = 0; i < length && i < NAME_LENGTH_MAX && g_ascii_isalnum(p[i]); i++)
		name[i] = p[i];
	name[i] = '\0';
	if (i < 2 || (*c = named(entities, name)) == 0)
		return 0;
	return i < length && p[i] == ';' ? i + 1 : i;
}

void
html_unescape(HtmlEntities *entities, GString *out, const char *text, gsize length)
{
	const char *end = text + length, *amp;

	while ((amp = memchr(text, '&', (gsize)(end - text))) != NULL) {
		gunichar c = 0;
		gsize used = reference(entities, amp + 1, (gsize)(end - amp - 1), &c);
		g_string_append_len(out, text, amp - text);
		if (used > 0)
			g_string_append_unichar(out, c);
		else
			g_string_append_c(out, '&');
		text = amp + 1 + used;
	}
	g_string_append_len(out, text, end - text);
}

char *
html_attribute_value(HtmlEntities *entities, const HtmlToken *token, const char *name)
{
	const HtmlAttribute *attribute = html_attribute(token, name);
	GString *value;

	if (attribute == NULL)
		return NULL;
	value = g_string_new(NULL);
	if (attribute->value != NULL)
		html_unescape(entities, value, attribute->value, attribute->value_length);
	return g_string_free(value, FALSE);
}
