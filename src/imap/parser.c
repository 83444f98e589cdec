/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "imap/parser.h"

#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"

void
imap_parser_init(ImapParser *parser, const ImapResponse *response)
{
	*parser = (ImapParser){
		.start = response->text,
		.at = response->text,
		.end = response->text + response->length,
		.literals = response->literals,
		.literal_count = response->literal_count,
	};
	parser->scratch = &parser->own_scratch;
}

void
imap_parser_init_slice(ImapParser *parser, ImapSlice text)
{
	ImapResponse response = {.text = text.data ? text.data : "", .length = text.length};

	imap_parser_init(parser, &response);
}

void
imap_parser_clear(ImapParser *parser)
{
	g_clear_pointer(&parser->own_scratch, g_string_chunk_free);
}

gboolean
imap_parser_fail(const ImapParser *parser, const char *what, GError **error)
{
	fault_set(error, FAULT_PROTOCOL,
		_("The server's %s answer cannot be understood (at octet %u of %u)."), what,
		(guint)(parser->at - parser->start), (guint)(parser->end - parser->start));
	return FALSE;
}

void
imap_skip_blanks(ImapParser *parser)
{
	while (parser->at < parser->end && *parser->at == ' ')
		parser->at++;
}

void
imap_parser_rewind(ImapParser *parser, const ImapParser *saved)
{
	parser->at = saved->at;
	parser->literal_next = saved->literal_next;
}

gboolean
imap_parser_at_end(ImapParser *parser)
{
	imap_skip_blanks(parser);
	return parser->at == parser->end;
}

gboolean
imap_peek_char(ImapParser *parser, char c)
{
	imap_skip_blanks(parser);
	return parser->at < parser->end && *parser->at == c;
}

gboolean
imap_take_char(ImapParser *parser, char c)
{
	if (!imap_peek_char(parser, c))
		return FALSE;
	parser->at++;
	return TRUE;
}

static gboolean
is_atom_char(char c)
{
	return (guchar)c > ' ' && (guchar)c != 0x7f && c != '(' && c != ')' && c != '"';
}

gboolean
imap_take_atom(ImapParser *parser, ImapSlice *atom)
{
	imap_skip_blanks(parser);
	atom->data = parser->at;
	while (parser->at < parser->end && is_atom_char(*parser->at))
		parser->at++;
	atom->length = (gsize)(parser->at - atom->data);
	return atom->length > 0;
}

gboolean
imap_slice_is(ImapSlice slice, const char *word)
{
	return slice.data != NULL && slice.length == strlen(word) &&
	       (slice.length == 0 || ((slice.data[0] ^ word[0]) & ~0x20) == 0) &&
	       g_ascii_strncasecmp(slice.data, word, slice.length) == 0;
}

char *
imap_slice_dup(ImapSlice slice)
{
	char *text;

	if (slice.data == NULL)
		return NULL;
	text = g_malloc(slice.length + 1);
	for (gsize i = 0; i < slice.length; i++)
		text[i] = slice.data[i] ? slice.data[i] : ' ';
	text[slice.length] = '\0';
	return text;
}

gboolean
imap_take_word(ImapParser *parser, const char *word)
{
	ImapParser saved = *parser;
	ImapSlice atom;

	if (imap_take_atom(parser, &atom) && imap_slice_is(atom, word))
		return TRUE;
	parser->at = saved.at;
	return FALSE;
}

/* The octets of the literal whose "{n}" stands here. */
static gboolean
take_literal(ImapParser *parser, ImapSlice *string)
{
	const char *p = parser->at;

	while (p < parser->end && *p != '}')
		p++;
	/* Past those in what was stepped over. */
	while (parser->literal_next < parser->literal_count &&
		parser->literals[parser->literal_next].at <= (gsize)(p - parser->start))
		parser->literal_next++;
	if (p == parser->end || parser->literal_next >= parser->literal_count ||
		parser->literals[parser->literal_next].at != (gsize)(p + 1 - parser->start))
		return FALSE;
	*string = parser->literals[parser->literal_next++].octets;
	if (string->data == NULL) {
		parser->dropped = TRUE;
		string->length = 0;
	}
	parser->at = p + 1;
	return TRUE;
}

static ImapSlice
unescape(ImapParser *parser, const char *from, gsize length)
{
	g_autofree char *plain = g_malloc(length);
	gsize used = 0;

	for (gsize i = 0; i < length; i++) {
		if (from[i] == '\\' && i + 1 < length)
			i++;
		plain[used++] = from[i];
	}
	if (*parser->scratch == NULL)
		*parser->scratch = g_string_chunk_new(1024);
	return (ImapSlice){g_string_chunk_insert_len(*parser->scratch, plain, (gssize)used), used};
}

static gboolean
take_quoted(ImapParser *parser, ImapSlice *string)
{
	const char *from = parser->at + 1;
	gboolean escapes = FALSE;

	for (const char *p = from; p < parser->end; p++) {
		if (*p == '\\') {
			escapes = TRUE;
			p++;
		} else if (*p == '"') {
			parser->at = p + 1;
			*string = (ImapSlice){from, (gsize)(p - from)};
			if (escapes)
				*string = unescape(parser, from, string->length);
			return TRUE;
		}
	}
	return FALSE;
}

gboolean
imap_take_string(ImapParser *parser, ImapSlice *string)
{
	imap_skip_blanks(parser);
	if (parser->at == parser->end)
		return FALSE;
	if (*parser->at == '"')
		return take_quoted(parser, string);
	if (*parser->at == '{' ||
		(*parser->at == '~' && parser->at + 1 < parser->end && parser->at[1] == '{'))
		return take_literal(parser, string);
	return FALSE;
}

gboolean
imap_take_nstring(ImapParser *parser, ImapSlice *string)
{
	if (imap_take_word(parser, "NIL")) {
		*string = (ImapSlice){NULL, 0};
		return TRUE;
	}
	return imap_take_string(parser, string);
}

gboolean
imap_take_astring(ImapParser *parser, ImapSlice *string)
{
	return imap_take_string(parser, string) || imap_take_atom(parser, string);
}

/* Digits; *value sticks at 2^63 - 1, *over says that it did. */
static gboolean
take_digits(ImapParser *parser, guint64 *value, gboolean *over)
{
	const char *from;

	imap_skip_blanks(parser);
	*value = 0;
	*over = FALSE;
	for (from = parser->at; parser->at < parser->end && g_ascii_isdigit(*parser->at); parser->at++) {
		guint digit = (guint)(*parser->at - '0');
		*over = *over || *value > ((guint64)G_MAXINT64 - digit) / 10;
		*value = *over ? G_MAXINT64 : *value * 10 + digit;
	}
	return parser->at > from;
}

gboolean
imap_take_number63(ImapParser *parser, guint64 *number)
{
	gboolean over;

	return take_digits(parser, number, &over) && !over;
}

gboolean
imap_take_size(ImapParser *parser, guint64 *size)
{
	gboolean over;

	return take_digits(parser, size, &over);
}

gboolean
imap_take_number(ImapParser *parser, guint32 *number)
{
	guint64 value;

	if (!imap_take_number63(parser, &value) || value > G_MAXUINT32)
		return FALSE;
	*number = (guint32)value;
	return TRUE;
}

gboolean
imap_take_nz_number(ImapParser *parser, guint32 *number)
{
	return imap_take_number(parser, number) && *number != 0;
}

static const struct {
	ImapFlag flag;
	const char *name;
} flag_names[] = {
	{IMAP_FLAG_SEEN, "\\Seen"},
	{IMAP_FLAG_ANSWERED, "\\Answered"},
	{IMAP_FLAG_FLAGGED, "\\Flagged"},
	{IMAP_FLAG_DELETED, "\\Deleted"},
	{IMAP_FLAG_DRAFT, "\\Draft"},
	{IMAP_FLAG_RECENT, "\\Recent"},
	{IMAP_FLAG_ANY, "\\*"},
};

const char *
imap_flag_name(ImapFlag flag)
{
	for (gsize i = 0; i < G_N_ELEMENTS(flag_names); i++) {
		if (flag_names[i].flag == flag)
			return flag_names[i].name;
	}
	return NULL;
}

void
imap_flags_init(ImapFlags *flags)
{
	flags->system = 0;
	flags->keywords = g_ptr_array_new_with_free_func(g_free);
}

void
imap_flags_clear(ImapFlags *flags)
{
	g_clear_pointer(&flags->keywords, g_ptr_array_unref);
	flags->system = 0;
}

gboolean
imap_flags_add(ImapFlags *flags, ImapSlice flag)
{
	for (gsize i = 0; flag.data[0] == '\\' && i < G_N_ELEMENTS(flag_names); i++) {
		if (imap_slice_is(flag, flag_names[i].name)) {
			flags->system |= flag_names[i].flag;
			return TRUE;
		}
	}
	if (flags->keywords->len >= LIMIT_KEYWORDS_MESSAGE)
		return FALSE;
	g_ptr_array_add(flags->keywords, imap_slice_dup(flag));
	return TRUE;
}

static gboolean
ends_token(const ImapParser *parser)
{
	return parser->at == parser->end || *parser->at == ' ' || *parser->at == ')';
}

gboolean
imap_take_flags(ImapParser *parser, ImapFlags *flags, gboolean *damaged)
{
	gboolean bad = FALSE;
	ImapSlice flag;

	flags->system = 0;
	g_ptr_array_set_size(flags->keywords, 0);
	if (!imap_take_char(parser, '('))
		return FALSE;
	while (!imap_take_char(parser, ')')) {
		ImapParser saved = *parser;
		if (imap_take_atom(parser, &flag) && ends_token(parser)) {
			imap_flags_add(flags, flag);
			continue;
		}
		bad = TRUE;
		imap_parser_rewind(parser, &saved);
		if (!imap_skip_damaged(parser))
			return FALSE;
	}
	if (damaged != NULL)
		*damaged = bad;
	return TRUE;
}

gboolean
imap_take_set(ImapParser *parser, ImapSet **set)
{
	ImapSlice text;

	if (!imap_take_atom(parser, &text))
		return FALSE;
	*set = imap_set_parse(text.data, (gssize)text.length, 0, NULL);
	return *set != NULL;
}

gboolean
imap_skip_value(ImapParser *parser)
{
	ImapSlice token;
	guint depth = 0;

	do {
		if (imap_take_char(parser, '(')) {
			if (++depth > LIMIT_IMAP_NESTING)
				return FALSE;
		} else if (depth > 0 && imap_take_char(parser, ')')) {
			depth--;
		} else if (!imap_take_astring(parser, &token)) {
			return FALSE;
		}
	} while (depth > 0);
	return TRUE;
}

/* Behind the string that begins at p, or p + 1 where it does not end. */
static const char *
behind_string(const char *p, const char *end)
{
	for (const char *q = p + 1; q < end; q++) {
		if (*q == '\\')
			q++;
		else if (*q == '"')
			return q + 1;
	}
	return p + 1;
}

gboolean
imap_skip_damaged(ImapParser *parser)
{
	gboolean strings = TRUE;
	const char *from;
	guint depth = 0;

	imap_skip_blanks(parser);
	from = parser->at;
	while (parser->at < parser->end) {
		char c = *parser->at;
		if (depth == 0 && (c == ' ' || c == ')'))
			break;
		depth += c == '(' ? 1 : c == ')' ? -1 : 0;
		if (c == '"' && strings) {
			const char *behind = behind_string(parser->at, parser->end);
			/* One that does not end leaves none that does behind it. */
			strings = behind > parser->at + 1;
			parser->at = behind;
		} else {
			parser->at++;
		}
	}
	return parser->at > from && depth == 0;
}

ImapSlice
imap_rest(ImapParser *parser)
{
	imap_skip_blanks(parser);
	return (ImapSlice){parser->at, (gsize)(parser->end - parser->at)};
}
