/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sieve/tree.h"

#include "util/i18n.h"
#include "util/text.h"

#include <string.h>

#define NUMBER_MAX ((guint64)G_MAXINT64)

void
sieve_lexer_init(
	SieveLexer *lexer, const char *text, gsize length, SievePool *pool, SieveComplaints *complaints)
{
	*lexer = (SieveLexer){.text = text, .length = length, .pool = pool, .complaints = complaints};
	lexer->seen = (SievePlace){.line = 1, .column = 1};
	if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		lexer->offset = lexer->seen.offset = 3;
}

/* The place of an offset; places are asked for in order, so each octet is counted once. */
static SievePlace
place_of(SieveLexer *lexer, gsize offset)
{
	SievePlace *seen = &lexer->seen;

	for (; seen->offset < offset; seen->offset++) {
		guchar c = (guchar)lexer->text[seen->offset];
		if (c == '\n') {
			seen->line++;
			seen->column = 1;
		} else if ((c & 0xC0) != 0x80) {
			seen->column++;
		}
	}
	return *seen;
}

static int
peek(const SieveLexer *lexer, gsize ahead)
{
	return lexer->offset + ahead < lexer->length ? (guchar)lexer->text[lexer->offset + ahead] : -1;
}

static gboolean
name_starts(int c)
{
	return c > 0 && (g_ascii_isalpha((char)c) || c == '_');
}

static gboolean
name_goes_on(int c)
{
	return c > 0 && (g_ascii_isalnum((char)c) || c == '_');
}

/* ---- blanks and comments -------------------------------------------------------- */

/* `# rule:[NAME]`, as webmail editors write it. */
static void
note_rule(SieveLexer *lexer, const char *comment, gsize length)
{
	static const char mark[] = "rule:[";
	const char *open, *close;

	while (length > 0 && (*comment == ' ' || *comment == '\t' || *comment == '#')) {
		comment++;
		length--;
	}
	if (length < strlen(mark) || g_ascii_strncasecmp(comment, mark, strlen(mark)) != 0)
		return;
	open = comment + strlen(mark);
	close = memrchr(open, ']', length - strlen(mark));
	if (close != NULL)
		lexer->rule = sieve_pool_text(lexer->pool, open, (gsize)(close - open));
}

static void
skip_line_comment(SieveLexer *lexer)
{
	const char *start = lexer->text + lexer->offset + 1;
	const char *end = memchr(start, '\n', lexer->length - lexer->offset - 1);

	if (end == NULL)
		end = lexer->text + lexer->length;
	note_rule(lexer, start, (gsize)(end - start));
	lexer->offset = (gsize)(end - lexer->text);
}

/* The end of a comment in what stands from start to end; NULL: it has none. Not by memmem(): sanitizers take
 * all that it is given as read, which makes many comments quadratic under them. */
static const char *
find_bracket_end(const char *start, const char *end)
{
	while ((start = memchr(start, '*', (gsize)(end - start))) != NULL) {
		start++;
		if (start < end && *start == '/')
			return start - 1;
	}
	return NULL;
}

static void
skip_bracket_comment(SieveLexer *lexer)
{
	SievePlace place = place_of(lexer, lexer->offset);
	const char *start = lexer->text + lexer->offset + 2;
	const char *end = find_bracket_end(start, lexer->text + lexer->length);

	if (end == NULL) {
		sieve_complain(lexer->complaints, &place,
			_("The comment that begins here does not end: \"*/\" was expected."));
		lexer->cut = TRUE;
		lexer->offset = lexer->length;
		return;
	}
	lexer->offset = (gsize)(end - lexer->text) + 2;
}

static void
skip_blanks(SieveLexer *lexer)
{
	for (;;) {
		int c = peek(lexer, 0);
		if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
			lexer->offset++;
		else if (c == '#')
			skip_line_comment(lexer);
		else if (c == '/' && peek(lexer, 1) == '*')
			skip_bracket_comment(lexer);
		else
			return;
	}
}

/* ---- strings ---------------------------------------------------------------------- */

static void
quoted_string(SieveLexer *lexer, SieveToken *token)
{
	const char *start = lexer->text + lexer->offset + 1, *end = lexer->text + lexer->length, *p;
	char *out;
	gsize length = 0;

	for (p = start; p < end && *p != '"'; p++)
		if (*p == '\\' && p + 1 < end)
			p++;
	if (p >= end) {
		sieve_complain(lexer->complaints, &token->place,
			_("The string that begins here does not end: '\"' was expected."));
		lexer->cut = TRUE;
	}
	end = p;
	out = sieve_pool_take(lexer->pool, (gsize)(end - start) + 1);
	for (p = start; p < end; p++) {
		if (*p == '\\' && p + 1 < end)
			p++;
		out[length++] = *p;
	}
	out[length] = '\0';
	token->kind = SIEVE_TOKEN_STRING;
	token->text = out;
	token->length = length;
	lexer->offset = MIN((gsize)(end - lexer->text) + 1, lexer->length);
}

/* The offset of the first line of a text: after blanks and a comment. What else stands there is complained
 * of. */
static gsize
text_begins(SieveLexer *lexer, const SievePlace *place)
{
	gsize at = lexer->offset + strlen("text:");
	const char *end;

	while (at < lexer->length && (lexer->text[at] == ' ' || lexer->text[at] == '\t'))
		at++;
	end = memchr(lexer->text + at, '\n', lexer->length - at);
	if (at < lexer->length && strchr("#\r\n", lexer->text[at]) == NULL)
		sieve_complain(lexer->complaints, place, _("A line end was expected after \"text:\"."));
	return end != NULL ? (gsize)(end - lexer->text) + 1 : lexer->length;
}

/* A line of a text, without its end; *next: the offset behind it. */
static gsize
text_line(const SieveLexer *lexer, gsize at, gsize *next)
{
	const char *line = lexer->text + at;
	const char *end = memchr(line, '\n', lexer->length - at);
	gsize length = end != NULL ? (gsize)(end - line) : lexer->length - at;

	*next = at + length + (end != NULL);
	return length > 0 && line[length - 1] == '\r' ? length - 1 : length;
}

/* text: up to a line that is a dot; a line that begins with two has one too many. */
static void
multi_line(SieveLexer *lexer, SieveToken *token)
{
	gsize start = text_begins(lexer, &token->place), end, next = start, length = 0;
	char *out;

	token->kind = SIEVE_TOKEN_STRING;
	token->text = "";
	for (end = start; end < lexer->length; end = next)
		if (text_line(lexer, end, &next) == 1 && lexer->text[end] == '.')
			break;
	if (end >= lexer->length) {
		sieve_complain(lexer->complaints, &token->place,
			_("The text that begins here does not end: a line with a single \".\" was "
			  "expected."));
		lexer->cut = TRUE;
		lexer->offset = lexer->length;
		return;
	}
	lexer->offset = next;
	out = sieve_pool_take(lexer->pool, end - start + 1);
	for (gsize at = start; at < end; at = next) {
		gsize size = text_line(lexer, at, &next);
		gsize dot = size > 1 && lexer->text[at] == '.' && lexer->text[at + 1] == '.';
		memcpy(out + length, lexer->text + at + dot, next - at - dot);
		length += next - at - dot;
	}
	out[length] = '\0';
	token->text = out;
	token->length = length;
}

/* ---- the others --------------------------------------------------------------------- */

static void
number(SieveLexer *lexer, SieveToken *token)
{
	guint64 value = 0;
	guint shift = 0;
	gboolean large = FALSE;

	for (; g_ascii_isdigit((char)MAX(peek(lexer, 0), 0)); lexer->offset++) {
		guint digit = (guint)(peek(lexer, 0) - '0');
		large = large || value > (NUMBER_MAX - digit) / 10;
		value = large ? 0 : value * 10 + digit;
	}
	switch (peek(lexer, 0)) {
	case 'k':
	case 'K':
		shift = 10;
		break;
	case 'm':
	case 'M':
		shift = 20;
		break;
	case 'g':
	case 'G':
		shift = 30;
		break;
	}
	if (shift > 0)
		lexer->offset++;
	if (large || value > NUMBER_MAX >> shift)
		sieve_complain(lexer->complaints, &token->place, _("The number is too large."));
	else
		token->number = value << shift;
	token->kind = SIEVE_TOKEN_NUMBER;
	if (name_goes_on(peek(lexer, 0))) {
		sieve_complain(lexer->complaints, &token->place,
			_("A number may end in K, M or G and nothing else."));
		while (name_goes_on(peek(lexer, 0)))
			lexer->offset++;
	}
}

static void
name(SieveLexer *lexer, SieveToken *token, SieveTokenKind kind)
{
	gsize start = lexer->offset;

	while (name_goes_on(peek(lexer, 0)))
		lexer->offset++;
	token->kind = kind;
	token->length = lexer->offset - start;
	token->text = sieve_pool_text(lexer->pool, lexer->text + start, token->length);
}

/* What is no token; all of a run of such octets at once. */
static void
skip_stray(SieveLexer *lexer)
{
	SievePlace place = place_of(lexer, lexer->offset);
	gsize start = lexer->offset;
	g_autofree char *seen = NULL;

	do
		lexer->offset++;
	while (lexer->offset < lexer->length && lexer->offset - start < 20 &&
		(guchar)lexer->text[lexer->offset] > ' ' && !g_ascii_isalnum(lexer->text[lexer->offset]) &&
		strchr("_:\"#/;,()[]{}", lexer->text[lexer->offset]) == NULL);
	/* To the end of a character; of octets that are none as many at a time. */
	while (lexer->offset < lexer->length && lexer->offset - start < 30 &&
		((guchar)lexer->text[lexer->offset] & 0xC0) == 0x80)
		lexer->offset++;
	seen = text_safe(lexer->text + start, (gssize)(lexer->offset - start), TEXT_MARKS);
	sieve_complain(lexer->complaints, &place, _("\"%s\" has no place here."), seen);
}

static gboolean
one_token(SieveLexer *lexer, SieveToken *token)
{
	int c = peek(lexer, 0);

	if (c == '"')
		quoted_string(lexer, token);
	else if (g_ascii_isdigit((char)c))
		number(lexer, token);
	else if (lexer->length - lexer->offset >= strlen("text:") &&
		 g_ascii_strncasecmp(lexer->text + lexer->offset, "text:", strlen("text:")) == 0)
		multi_line(lexer, token);
	else if (name_starts(c))
		name(lexer, token, SIEVE_TOKEN_NAME);
	else if (c == ':' && name_starts(peek(lexer, 1))) {
		lexer->offset++;
		name(lexer, token, SIEVE_TOKEN_TAG);
	} else if (c != '\0' && strchr(";,()[]{}", c) != NULL) {
		token->kind = SIEVE_TOKEN_MARK;
		token->mark = (char)c;
		lexer->offset++;
	} else {
		return FALSE;
	}
	return TRUE;
}

SieveToken
sieve_lexer_next(SieveLexer *lexer)
{
	SieveToken token = {.kind = SIEVE_TOKEN_END};

	for (;;) {
		skip_blanks(lexer);
		token.place = place_of(lexer, lexer->offset);
		if (lexer->offset >= lexer->length || sieve_complaints_full(lexer->complaints))
			break;
		if (one_token(lexer, &token))
			break;
		skip_stray(lexer);
	}
	token.end = place_of(lexer, lexer->offset);
	return token;
}

char *
sieve_token_words(const SieveToken *token)
{
	g_autofree char *safe = NULL;

	switch (token->kind) {
	case SIEVE_TOKEN_END:
		return g_strdup(_("the end of the script"));
	case SIEVE_TOKEN_NUMBER:
		return g_strdup(_("a number"));
	case SIEVE_TOKEN_STRING:
		return g_strdup(_("a string"));
	case SIEVE_TOKEN_MARK:
		return g_strdup_printf("\"%c\"", token->mark);
	case SIEVE_TOKEN_NAME:
	case SIEVE_TOKEN_TAG:
		break;
	}
	safe = text_safe(token->text, (gssize)MIN(token->length, 40), TEXT_MARKS);
	return g_strdup_printf("\"%s%s\"", token->kind == SIEVE_TOKEN_TAG ? ":" : "", safe);
}
