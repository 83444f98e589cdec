/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tokens with their places (RFC 5228, section 8.1). Comments are tokens here, for
 * rules are cut at them; a string that holds what looks like one is a string.
 */
#include "config.h"

#include <string.h>

#include "sieve/form-private.h"

typedef struct {
	const char *text;
	gsize length, at;
	GPtrArray *tokens;
} Cutter;

static void
token_free(gpointer data)
{
	FormToken *token = data;

	g_free(token->text);
	g_free(token);
}

static void
add(Cutter *cutter, FormTokenKind kind, gsize start, char *text)
{
	FormToken *token = g_new0(FormToken, 1);

	*token = (FormToken){kind, start, cutter->at, text};
	g_ptr_array_add(cutter->tokens, token);
}

static void
add_bad(Cutter *cutter, gsize start)
{
	cutter->at = cutter->length;
	add(cutter, TOKEN_BAD, start, g_strdup(""));
}

static gboolean
begins(const Cutter *cutter, const char *with)
{
	gsize length = strlen(with);

	return cutter->length - cutter->at >= length &&
	       g_ascii_strncasecmp(cutter->text + cutter->at, with, length) == 0;
}

static gsize
line_end(const Cutter *cutter, gsize from)
{
	const char *end = memchr(cutter->text + from, '\n', cutter->length - from);
	gsize at = end ? (gsize)(end - cutter->text) : cutter->length;

	return at > from && cutter->text[at - 1] == '\r' ? at - 1 : at;
}

static void
cut_string(Cutter *cutter)
{
	gsize start = cutter->at++;
	g_autoptr(GString) value = g_string_new(NULL);

	while (cutter->at < cutter->length && cutter->text[cutter->at] != '"') {
		if (cutter->text[cutter->at] == '\\' && cutter->at + 1 < cutter->length)
			cutter->at++;
		g_string_append_c(value, cutter->text[cutter->at++]);
	}
	if (cutter->at >= cutter->length) {
		add_bad(cutter, start);
		return;
	}
	cutter->at++;
	add(cutter, TOKEN_STRING, start, g_strdup(value->str));
}

/* "text:" to the line that is a dot alone. FALSE: it is no such string. */
static gboolean
cut_multiline(Cutter *cutter)
{
	gsize start = cutter->at, at = start + 5, end;
	g_autoptr(GString) value = g_string_new(NULL);

	while (at < cutter->length && (cutter->text[at] == ' ' || cutter->text[at] == '\t'))
		at++;
	if (at < cutter->length && cutter->text[at] == '#')
		at = line_end(cutter, at);
	if (at >= cutter->length || (cutter->text[at] != '\n' && cutter->text[at] != '\r'))
		return FALSE;
	for (;;) {
		const char *newline = memchr(cutter->text + at, '\n', cutter->length - at);

		if (!newline) {
			add_bad(cutter, start);
			return TRUE;
		}
		at = (gsize)(newline - cutter->text) + 1;
		end = line_end(cutter, at);
		if (end - at == 1 && cutter->text[at] == '.')
			break;
		if (at < end && cutter->text[at] == '.')
			at++;
		g_string_append_len(value, cutter->text + at, (gssize)(end - at));
		g_string_append_c(value, '\n');
	}
	cutter->at = end;
	add(cutter, TOKEN_STRING, start, g_strdup(value->str));
	return TRUE;
}

static void
cut_comment(Cutter *cutter)
{
	gsize start = cutter->at;
	const char *end = g_strstr_len(cutter->text + start + 2, (gssize)(cutter->length - start - 2), "*/");

	if (!end) {
		add_bad(cutter, start);
		return;
	}
	cutter->at = (gsize)(end - cutter->text) + 2;
	add(cutter, TOKEN_COMMENT, start, g_strdup(""));
}

static void
cut_hash(Cutter *cutter)
{
	gsize start = cutter->at, end = line_end(cutter, start);

	cutter->at = end;
	add(cutter, TOKEN_HASH, start, g_strndup(cutter->text + start + 1, end - start - 1));
}

static gsize
word_end(const Cutter *cutter, gsize at)
{
	while (at < cutter->length && (g_ascii_isalnum(cutter->text[at]) || cutter->text[at] == '_'))
		at++;
	return at;
}

static void
cut_word(Cutter *cutter, FormTokenKind kind)
{
	gsize start = cutter->at;
	g_autofree char *text = NULL;

	cutter->at = word_end(cutter, start + (kind == TOKEN_TAG));
	text = g_strndup(cutter->text + start, cutter->at - start);
	if (kind == TOKEN_TAG && cutter->at == start + 1)
		add(cutter, TOKEN_BAD, start, g_strdup(""));
	else
		add(cutter, kind, start,
			kind == TOKEN_TAG ? g_ascii_strdown(text, -1) : g_steal_pointer(&text));
}

static void
cut_one(Cutter *cutter)
{
	char c = cutter->text[cutter->at];

	if (c == '"') {
		cut_string(cutter);
	} else if (c == '#') {
		cut_hash(cutter);
	} else if (begins(cutter, "/*")) {
		cut_comment(cutter);
	} else if (begins(cutter, "text:") && cut_multiline(cutter)) {
		return;
	} else if (g_ascii_isalpha(c) || c == '_') {
		cut_word(cutter, TOKEN_WORD);
	} else if (g_ascii_isdigit(c)) {
		cut_word(cutter, TOKEN_NUMBER);
	} else if (c == ':') {
		cut_word(cutter, TOKEN_TAG);
	} else if (c != '\0' && strchr("()[]{},;", c)) {
		cutter->at++;
		add(cutter, TOKEN_MARK, cutter->at - 1, g_strndup(&c, 1));
	} else {
		cutter->at++;
		add(cutter, TOKEN_BAD, cutter->at - 1, g_strdup(""));
	}
}

GPtrArray *
form_tokens(const char *text, gsize length)
{
	Cutter cutter = {text, length, 0, g_ptr_array_new_with_free_func(token_free)};

	while (cutter.at < length) {
		if (g_ascii_isspace(text[cutter.at]))
			cutter.at++;
		else
			cut_one(&cutter);
	}
	return cutter.tokens;
}

char *
form_rule_comment(const char *text)
{
	const char *name, *end;

	text += strspn(text, " \t");
	if (!g_str_has_prefix(text, "rule:["))
		return NULL;
	name = text + strlen("rule:[");
	end = strrchr(name, ']');
	return end ? g_strndup(name, (gsize)(end - name)) : NULL;
}
