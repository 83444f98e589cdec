/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * manage-answer.c - lines of a ManageSieve server.
 *
 * Two steps. The first only finds the end of a line: it knows quoted strings
 * and literals, remembers how far it came, and so looks at each octet once
 * however small the pieces. The second takes the whole line apart.
 */
#include "config.h"

#include "sieve/manage-answer.h"

#include <string.h>

#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"

/* Quoted strings may have this many octets (RFC 5804, 4). */
#define QUOTED_MAX 1024
/* In the log a longer string is shown by its size. */
#define SHOWN_MAX 500

struct ManageReader {
	GString *bytes;   /* fed; the line being looked at begins at at */
	gsize at;         /* where it begins */
	gsize seen;       /* looked at, from the start of bytes */
	gsize literals;   /* octets of its literals */
	gboolean quoted;  /* inside a quoted string */
	gboolean escaped; /* behind its backslash */
	GError *broken;
};

void
manage_line_free(ManageLine *line)
{
	if (line == NULL)
		return;
	g_free(line->first);
	g_free(line->second);
	g_free(line->name);
	g_free(line->argument);
	g_free(line->words);
	g_free(line);
}

static void
show(GString *out, const char *text)
{
	if (text == NULL)
		return;
	if (out->len > 0)
		g_string_append_c(out, ' ');
	if (strlen(text) > SHOWN_MAX || strchr(text, '\n') != NULL)
		g_string_append_printf(out, "{%" G_GSIZE_FORMAT "}", strlen(text));
	else
		g_string_append_printf(out, "\"%s\"", text);
}

char *
manage_line_shown(const ManageLine *line)
{
	static const char *const kinds[] = {"", "OK", "NO", "BYE"};
	GString *out = g_string_new(kinds[line->kind]);

	if (line->name != NULL) {
		g_string_append_printf(out, " (%s", line->name);
		show(out, line->argument);
		g_string_append_c(out, ')');
	}
	show(out, line->first);
	if (line->is_active)
		g_string_append(out, " ACTIVE");
	else
		show(out, line->second);
	/* A server's complaint about a script has several lines, and belongs into the log. */
	if (line->words != NULL)
		g_string_append_printf(out, " %s", line->words);
	return g_string_free(out, FALSE);
}

ManageReader *
manage_reader_new(void)
{
	ManageReader *reader = g_new0(ManageReader, 1);

	reader->bytes = g_string_new(NULL);
	return reader;
}

void
manage_reader_free(ManageReader *reader)
{
	if (reader == NULL)
		return;
	g_string_free(reader->bytes, TRUE);
	g_clear_error(&reader->broken);
	g_free(reader);
}

void
manage_reader_feed(ManageReader *reader, const char *data, gsize length)
{
	if (reader->at > 0) {
		g_string_erase(reader->bytes, 0, (gssize)reader->at);
		reader->seen -= reader->at;
		reader->at = 0;
	}
	g_string_append_len(reader->bytes, data, (gssize)length);
}

gsize
manage_reader_left(const ManageReader *reader)
{
	return reader->bytes->len - reader->at;
}

static gboolean
refuse(ManageReader *reader, Fault fault, const char *words)
{
	if (reader->broken == NULL)
		fault_set(&reader->broken, fault, "%s", words);
	return FALSE;
}

/* ---- first step: where does the line end? ---- */

/*
 * "{12}" or "{12+}" that ends at end (its CRLF taken off): the size, or -1 where there is
 * none. Past the limit: G_MAXINT64.
 */
static gint64
literal_size(const char *start, const char *end)
{
	const char *at = end;
	gint64 size = 0;

	if (at == start || *--at != '}')
		return -1;
	if (at > start && at[-1] == '+')
		at--;
	end = at;
	while (at > start && g_ascii_isdigit(at[-1]))
		at--;
	if (at == end || at == start || at[-1] != '{')
		return -1;
	for (; at < end; at++) {
		size = size * 10 + (*at - '0');
		if (size > LIMIT_SIEVE_SCRIPT)
			return G_MAXINT64;
	}
	return size;
}

/* A line feed outside of strings, at seen. TRUE: the line ends here; else a literal follows, or it is broken.
 */
static gboolean
end_line(ManageReader *reader)
{
	const char *start = reader->bytes->str + reader->at;
	const char *end = reader->bytes->str + reader->seen;
	gint64 size;

	if (end > start && end[-1] == '\r')
		end--;
	size = literal_size(start, end);
	reader->seen++;
	if (size < 0)
		return TRUE;
	if (size == G_MAXINT64 || reader->literals + (gsize)size > LIMIT_SIEVE_SCRIPT)
		return refuse(reader, FAULT_LIMIT, _("The ManageSieve server sends more than is taken."));
	reader->literals += (gsize)size;
	/* Beyond what is here: it is looked at no more until that has come. */
	reader->seen += (gsize)size;
	return FALSE;
}

/* TRUE: a whole line stands from at to seen. */
static gboolean
find_end(ManageReader *reader)
{
	while (reader->seen < reader->bytes->len && reader->broken == NULL) {
		char c = reader->bytes->str[reader->seen];

		if (reader->seen - reader->at - reader->literals > LIMIT_MANAGE_LINE)
			return refuse(reader, FAULT_LIMIT,
				_("A line of the ManageSieve server's answer is too long."));
		if (c == '\n') {
			if (reader->quoted)
				return refuse(reader, FAULT_PROTOCOL,
					_("A string of the ManageSieve server's answer does not end."));
			if (end_line(reader))
				return TRUE;
			continue;
		}
		if (reader->escaped)
			reader->escaped = FALSE;
		else if (c == '"')
			reader->quoted = !reader->quoted;
		else if (c == '\\' && reader->quoted)
			reader->escaped = TRUE;
		reader->seen++;
	}
	return FALSE;
}

/* ---- second step: what does it say? ---- */

typedef struct {
	const char *at;
	const char *end; /* CRLF taken off */
} Cursor;

static gboolean
skip_blank(Cursor *cursor)
{
	const char *before = cursor->at;

	while (cursor->at < cursor->end && *cursor->at == ' ')
		cursor->at++;
	return cursor->at > before;
}

static gboolean
is_at(const Cursor *cursor, char c)
{
	return cursor->at < cursor->end && *cursor->at == c;
}

static char *
take_quoted(Cursor *cursor)
{
	GString *text = g_string_new(NULL);

	for (cursor->at++; cursor->at < cursor->end && *cursor->at != '"'; cursor->at++) {
		if (*cursor->at == '\\' && cursor->at + 1 < cursor->end)
			cursor->at++;
		g_string_append_c(text, *cursor->at);
	}
	if (!is_at(cursor, '"'))
		return g_string_free(text, TRUE);
	cursor->at++;
	return g_string_free(text, FALSE);
}

static char *
take_literal(Cursor *cursor)
{
	const char *feed = memchr(cursor->at, '\n', (gsize)(cursor->end - cursor->at));
	const char *head = feed;
	char *text;
	gint64 size;

	if (feed == NULL)
		return NULL;
	if (head[-1] == '\r')
		head--;
	size = literal_size(cursor->at, head);
	if (size < 0 || size > cursor->end - feed - 1)
		return NULL;
	text = g_strndup(feed + 1, (gsize)size);
	cursor->at = feed + 1 + size;
	return text;
}

/* The caller's; NULL: there is none. */
static char *
take_string(Cursor *cursor)
{
	if (is_at(cursor, '"'))
		return take_quoted(cursor);
	return is_at(cursor, '{') ? take_literal(cursor) : NULL;
}

/* Letters up to a blank, parenthesis or quote; the caller's. */
static char *
take_atom(Cursor *cursor)
{
	const char *start = cursor->at;

	while (cursor->at < cursor->end && strchr(" ()\"{}\\", *cursor->at) == NULL)
		cursor->at++;
	return g_strndup(start, (gsize)(cursor->at - start));
}

static ManageCode
code_of(const char *name)
{
	static const struct {
		const char *name;
		ManageCode code;
	} codes[] = {
		{"AUTH-TOO-WEAK", MANAGE_CODE_AUTH_TOO_WEAK},
		{"ENCRYPT-NEEDED", MANAGE_CODE_ENCRYPT_NEEDED},
		{"QUOTA", MANAGE_CODE_QUOTA},
		{"SASL", MANAGE_CODE_SASL},
		{"REFERRAL", MANAGE_CODE_REFERRAL},
		{"TRANSITION-NEEDED", MANAGE_CODE_TRANSITION_NEEDED},
		{"TRYLATER", MANAGE_CODE_TRYLATER},
		{"ACTIVE", MANAGE_CODE_ACTIVE},
		{"NONEXISTENT", MANAGE_CODE_NONEXISTENT},
		{"ALREADYEXISTS", MANAGE_CODE_ALREADYEXISTS},
		{"TAG", MANAGE_CODE_TAG},
		{"WARNINGS", MANAGE_CODE_WARNINGS},
	};
	gsize length = strcspn(name, "/");

	for (gsize i = 0; i < G_N_ELEMENTS(codes); i++)
		if (strlen(codes[i].name) == length && g_ascii_strncasecmp(name, codes[i].name, length) == 0)
			return codes[i].code;
	return MANAGE_CODE_OTHER;
}

/* "(NAME argument ...)"; of the arguments the first string is kept, the rest passed over. */
static gboolean
take_code(Cursor *cursor, ManageLine *line)
{
	guint depth = 1;

	cursor->at++;
	line->name = take_atom(cursor);
	line->code = code_of(line->name);
	while (depth > 0 && cursor->at < cursor->end) {
		g_autofree char *string = NULL;
		if (is_at(cursor, '"') || is_at(cursor, '{')) {
			string = take_string(cursor);
			if (string == NULL)
				return FALSE;
			if (line->argument == NULL)
				line->argument = g_steal_pointer(&string);
			continue;
		}
		if (*cursor->at == '(')
			depth++;
		else if (*cursor->at == ')')
			depth--;
		cursor->at++;
	}
	return depth == 0;
}

static gboolean
take_status(Cursor *cursor, ManageLine *line)
{
	static const char *const kinds[] = {[MANAGE_OK] = "OK", [MANAGE_NO] = "NO", [MANAGE_BYE] = "BYE"};
	g_autofree char *word = take_atom(cursor);

	for (guint kind = MANAGE_OK; kind <= MANAGE_BYE; kind++)
		if (g_ascii_strcasecmp(word, kinds[kind]) == 0)
			line->kind = kind;
	if (line->kind == MANAGE_DATA)
		return FALSE;
	skip_blank(cursor);
	if (is_at(cursor, '(') && !take_code(cursor, line))
		return FALSE;
	skip_blank(cursor);
	if (cursor->at < cursor->end) {
		line->words = take_string(cursor);
		return line->words != NULL;
	}
	return TRUE;
}

static gboolean
take_data(Cursor *cursor, ManageLine *line)
{
	line->first = take_string(cursor);
	if (line->first == NULL)
		return FALSE;
	if (!skip_blank(cursor) || cursor->at == cursor->end)
		return cursor->at == cursor->end;
	if (is_at(cursor, '"') || is_at(cursor, '{')) {
		line->second = take_string(cursor);
		return line->second != NULL;
	}
	line->second = take_atom(cursor);
	line->is_active = g_ascii_strcasecmp(line->second, "ACTIVE") == 0;
	return TRUE;
}

static ManageReaderResult
fail(ManageReader *reader, GError **error)
{
	refuse(reader, FAULT_PROTOCOL, _("What answers does not speak ManageSieve. Check host and port."));
	if (error != NULL)
		*error = g_error_copy(reader->broken);
	return MANAGE_READER_BROKEN;
}

ManageReaderResult
manage_reader_next(ManageReader *reader, ManageLine **line, GError **error)
{
	g_autoptr(ManageLine) taken = NULL;
	Cursor cursor;
	gboolean good;

	*line = NULL;
	if (reader->broken != NULL)
		return fail(reader, error);
	if (!find_end(reader))
		return reader->broken ? fail(reader, error) : MANAGE_READER_MORE;
	cursor.at = reader->bytes->str + reader->at;
	cursor.end = reader->bytes->str + reader->seen - 1;
	if (cursor.end > cursor.at && cursor.end[-1] == '\r')
		cursor.end--;
	taken = g_new0(ManageLine, 1);
	good = memchr(cursor.at, '\0', reader->seen - reader->at) == NULL &&
	       (is_at(&cursor, '"') || is_at(&cursor, '{') ? take_data(&cursor, taken)
							   : take_status(&cursor, taken));
	reader->at = reader->seen;
	reader->literals = 0;
	if (!good)
		return fail(reader, error);
	*line = g_steal_pointer(&taken);
	return MANAGE_READER_LINE;
}

/* ---- the other direction ---- */

gboolean
manage_name_check(const char *name, GError **error)
{
	const char *what = NULL;

	if (name[0] == '\0')
		what = _("A script needs a name.");
	else if (strlen(name) > LIMIT_MANAGE_NAME)
		what = _("The script's name is too long.");
	else if (!g_utf8_validate(name, -1, NULL))
		what = _("The script's name is not UTF-8.");
	for (const char *c = name; what == NULL && *c != '\0'; c = g_utf8_next_char(c)) {
		gunichar one = g_utf8_get_char(c);
		if (one < 0x20 || (one >= 0x7f && one < 0xa0) || one == 0x2028 || one == 0x2029)
			what = _("A script's name cannot hold line ends or control characters.");
	}
	if (what != NULL)
		fault_set(error, FAULT_INPUT, "%s", what);
	return what == NULL;
}

void
manage_append_string(GString *out, const char *text)
{
	gsize length = strlen(text);

	if (length > QUOTED_MAX || strpbrk(text, "\r\n") != NULL) {
		g_string_append_printf(out, "{%" G_GSIZE_FORMAT "+}\r\n", length);
		g_string_append_len(out, text, (gssize)length);
		return;
	}
	g_string_append_c(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *text);
	}
	g_string_append_c(out, '"');
}
