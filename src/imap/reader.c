/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reader.c - two states, LINE and LITERAL.
 *
 *	LINE     bytes up to LF go to text; a line that ends in "{n}" leads to
 *	         LITERAL (take_line), any other ends the response
 *	LITERAL  n octets go to the shared blob, or from LONG_LITERAL on to memory
 *	         of their own, into which imap_reader_space() lets the caller
 *	         receive directly; then LINE again (take_literal)
 *
 * Literals are not looked for in lines that end in free text ("* OK ... {5}"):
 * there a server's words could hang the connection.
 */
#include "config.h"

#include "imap/reader.h"

#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"

#define INPUT_SIZE (128 * 1024)
#define LONG_LITERAL (32 * 1024)

typedef struct {
	gsize at;    /* in text */
	gsize total; /* as announced */
	gsize received;
	gsize offset;   /* in blob, when own is NULL */
	char *own;      /* a long literal's memory */
	gsize capacity; /* of own */
	gboolean dropped;
} Pending;

struct ImapReader {
	ImapReaderLimits limits;
	gsize literal_bound;
	gboolean drop;

	char *input;
	gsize input_size;
	gsize start; /* of what was not looked at */
	gsize end;

	GString *text;
	gsize piece;      /* where the current line starts in text */
	GArray *pending;  /* of Pending: the literals of this response */
	GByteArray *blob; /* octets of short literals */
	GArray *literals; /* of ImapLiteral: what is handed out */
	gsize literal_sum;
	gboolean in_literal;
	gboolean done; /* a response was handed out: begin anew */
	gboolean broken;
	Fault fault;
	const char *fault_words; /* untranslated, static */
};

static void
clear_pending(gpointer item)
{
	g_free(((Pending *)item)->own);
}

ImapReader *
imap_reader_new(const ImapReaderLimits *limits)
{
	ImapReader *reader = g_new0(ImapReader, 1);

	if (limits != NULL)
		reader->limits = *limits;
	if (reader->limits.line == 0)
		reader->limits.line = LIMIT_IMAP_LINE;
	if (reader->limits.streaming == 0)
		reader->limits.streaming = LIMIT_IMAP_STREAMING_LINE;
	if (reader->limits.literal == 0)
		reader->limits.literal = LIMIT_IMAP_LITERAL;
	reader->literal_bound = reader->limits.literal;
	reader->input_size = INPUT_SIZE;
	reader->input = g_malloc(reader->input_size);
	reader->text = g_string_new(NULL);
	reader->pending = g_array_new(FALSE, FALSE, sizeof(Pending));
	g_array_set_clear_func(reader->pending, clear_pending);
	reader->blob = g_byte_array_new();
	reader->literals = g_array_new(FALSE, FALSE, sizeof(ImapLiteral));
	return reader;
}

void
imap_reader_free(ImapReader *reader)
{
	if (reader == NULL)
		return;
	g_free(reader->input);
	g_string_free(reader->text, TRUE);
	g_array_unref(reader->pending);
	g_byte_array_unref(reader->blob);
	g_array_unref(reader->literals);
	g_free(reader);
}

static Pending *
current(const ImapReader *reader)
{
	return &g_array_index(reader->pending, Pending, reader->pending->len - 1);
}

/* Make room in a long literal for at least one more octet, doubling what was received. */
static void
grow_own(Pending *literal)
{
	if (literal->capacity > literal->received)
		return;
	literal->capacity = MIN(literal->total, MAX(literal->capacity * 2, 2 * LONG_LITERAL));
	literal->own = g_realloc(literal->own, literal->capacity);
}

static gboolean
receives_directly(const ImapReader *reader)
{
	return reader->in_literal && reader->start == reader->end && current(reader)->total >= LONG_LITERAL &&
	       !current(reader)->dropped && current(reader)->received < current(reader)->total;
}

char *
imap_reader_space(ImapReader *reader, gsize *size)
{
	if (receives_directly(reader)) {
		Pending *literal = current(reader);
		grow_own(literal);
		*size = literal->capacity - literal->received;
		return literal->own + literal->received;
	}
	if (reader->start > 0) {
		memmove(reader->input, reader->input + reader->start, reader->end - reader->start);
		reader->end -= reader->start;
		reader->start = 0;
	}
	/* Full only where more is fed than was looked at. */
	if (reader->end == reader->input_size) {
		reader->input_size *= 2;
		reader->input = g_realloc(reader->input, reader->input_size);
	}
	*size = reader->input_size - reader->end;
	return reader->input + reader->end;
}

void
imap_reader_received(ImapReader *reader, gsize length)
{
	if (receives_directly(reader))
		current(reader)->received += length;
	else
		reader->end += length;
}

void
imap_reader_feed(ImapReader *reader, const char *data, gsize length)
{
	while (length > 0) {
		gsize size;
		char *space = imap_reader_space(reader, &size);
		size = MIN(size, length);
		memcpy(space, data, size);
		imap_reader_received(reader, size);
		data += size;
		length -= size;
	}
}

static ImapReaderResult
broken(ImapReader *reader, Fault fault, const char *words)
{
	reader->broken = TRUE;
	reader->fault = fault;
	reader->fault_words = words;
	return IMAP_READER_BROKEN;
}

/* What names a response that may be long. */
static gboolean
is_streaming(const GString *text)
{
	static const char *const names[] = {
		"* LIST ", "* LSUB ", "* SEARCH", "* ESEARCH", "* SORT", "* THREAD", "* VANISHED "};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		if (g_ascii_strncasecmp(text->str, names[i], strlen(names[i])) == 0)
			return TRUE;
	}
	return FALSE;
}

/* The response ends in text for people, in which nothing counts. */
static gboolean
is_free_text(const GString *text)
{
	static const char *const names[] = {"* OK", "* NO", "* BAD", "* BYE", "* PREAUTH"};

	if (text->len < 2 || text->str[0] != '*' || text->str[1] != ' ')
		return TRUE;
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		gsize length = strlen(names[i]);
		if (g_ascii_strncasecmp(text->str, names[i], length) == 0 &&
			(text->len == length || text->str[length] == ' '))
			return TRUE;
	}
	return FALSE;
}

typedef enum { MARK_NONE, MARK_LITERAL, MARK_HUGE } Mark;

/* Does the line end in "{n}"? (A "+" is for clients only, but harmless.) */
static Mark
literal_mark(const ImapReader *reader, gsize *total)
{
	const char *line = reader->text->str + reader->piece;
	gsize at = reader->text->len - reader->piece;
	gsize digits;
	guint64 value = 0;

	if (at < 3 || line[at - 1] != '}')
		return MARK_NONE;
	at--;
	if (line[at - 1] == '+' || line[at - 1] == '-')
		at--;
	digits = at;
	while (at > 0 && g_ascii_isdigit(line[at - 1]))
		at--;
	if (at == digits || at == 0 || line[at - 1] != '{' || is_free_text(reader->text))
		return MARK_NONE;
	for (gsize i = at; i < digits; i++) {
		value = value * 10 + (guint)(line[i] - '0');
		if (value > G_MAXINT64 / 16)
			return MARK_HUGE;
	}
	*total = value;
	return value > reader->limits.literal - reader->literal_sum ? MARK_HUGE : MARK_LITERAL;
}

static void
begin_response(ImapReader *reader)
{
	g_string_truncate(reader->text, 0);
	g_array_set_size(reader->pending, 0);
	g_byte_array_set_size(reader->blob, 0);
	reader->piece = 0;
	reader->literal_sum = 0;
	reader->done = FALSE;
	/* One long response is not a reason to keep its memory. */
	if (reader->text->allocated_len > 4 * INPUT_SIZE) {
		g_string_free(reader->text, TRUE);
		reader->text = g_string_new(NULL);
	}
}

static void
begin_literal(ImapReader *reader, gsize total)
{
	Pending literal = {.at = reader->text->len, .total = total, .offset = reader->blob->len};

	literal.dropped = total > reader->literal_bound || (reader->drop && total >= LONG_LITERAL);
	reader->literal_sum += total;
	reader->in_literal = TRUE;
	g_array_append_val(reader->pending, literal);
}

/* Take a line out of the input. RESPONSE: the response is whole; MORE: go on, or feed. */
static ImapReaderResult
take_line(ImapReader *reader)
{
	const char *from = reader->input + reader->start;
	gsize there = reader->end - reader->start;
	const char *lf = memchr(from, '\n', there);
	gsize length = lf ? (gsize)(lf - from) : there;
	gsize total;

	g_string_append_len(reader->text, from, length);
	reader->start += length + (lf ? 1 : 0);
	if (reader->text->len > reader->limits.line &&
		(reader->text->len > reader->limits.streaming || !is_streaming(reader->text)))
		return broken(reader, FAULT_LIMIT, N_("The server sent a line that is too long."));
	if (lf == NULL)
		return IMAP_READER_MORE;
	if (reader->text->len > reader->piece && reader->text->str[reader->text->len - 1] == '\r')
		g_string_truncate(reader->text, reader->text->len - 1);
	switch (literal_mark(reader, &total)) {
	case MARK_NONE:
		return IMAP_READER_RESPONSE;
	case MARK_HUGE:
		return broken(reader, FAULT_LIMIT, N_("The server announced more data than is accepted."));
	case MARK_LITERAL:
		break;
	}
	begin_literal(reader, total);
	return IMAP_READER_MORE;
}

/* Move octets from the input to the literal; TRUE when it is whole. */
static gboolean
take_literal(ImapReader *reader)
{
	Pending *literal = current(reader);
	gsize length = MIN(reader->end - reader->start, literal->total - literal->received);

	if (!literal->dropped && literal->total < LONG_LITERAL) {
		g_byte_array_append(reader->blob, (const guint8 *)reader->input + reader->start, length);
	} else if (!literal->dropped) {
		for (gsize left = length, from = reader->start; left > 0;) {
			gsize part;
			grow_own(literal);
			part = MIN(left, literal->capacity - literal->received);
			memcpy(literal->own + literal->received, reader->input + from, part);
			literal->received += part;
			from += part;
			left -= part;
		}
	}
	if (literal->dropped || literal->total < LONG_LITERAL)
		literal->received += length;
	reader->start += length;
	if (literal->received < literal->total)
		return FALSE;
	reader->in_literal = FALSE;
	reader->piece = reader->text->len;
	return TRUE;
}

static void
hand_out(ImapReader *reader, ImapResponse *response)
{
	g_array_set_size(reader->literals, 0);
	for (guint i = 0; i < reader->pending->len; i++) {
		const Pending *from = &g_array_index(reader->pending, Pending, i);
		ImapLiteral literal = {.at = from->at, .octets.length = from->total};
		if (from->own != NULL)
			literal.octets.data = from->own;
		else if (!from->dropped)
			literal.octets.data =
				from->total ? (const char *)reader->blob->data + from->offset : "";
		g_array_append_val(reader->literals, literal);
	}
	response->text = reader->text->str;
	response->length = reader->text->len;
	response->literals = (const ImapLiteral *)(gconstpointer)reader->literals->data;
	response->literal_count = reader->literals->len;
	reader->done = TRUE;
}

ImapReaderResult
imap_reader_next(ImapReader *reader, ImapResponse *response, GError **error)
{
	ImapReaderResult result = IMAP_READER_MORE;

	if (reader->done)
		begin_response(reader);
	while (!reader->broken) {
		if (reader->in_literal) {
			if (!take_literal(reader))
				return IMAP_READER_MORE;
			continue;
		}
		if (reader->start == reader->end)
			return IMAP_READER_MORE;
		result = take_line(reader);
		if (result == IMAP_READER_RESPONSE) {
			hand_out(reader, response);
			return result;
		}
	}
	fault_set(error, reader->fault, "%s", _(reader->fault_words));
	return IMAP_READER_BROKEN;
}

char *
imap_reader_take_input(ImapReader *reader, gsize *length)
{
	char *input;

	*length = reader->end - reader->start;
	input = g_memdup2(reader->input + reader->start, *length);
	reader->start = reader->end = 0;
	return input;
}

gboolean
imap_reader_has_input(const ImapReader *reader)
{
	return reader->start < reader->end;
}

void
imap_reader_bound_literal(ImapReader *reader, gsize bytes)
{
	reader->literal_bound = bytes == 0 ? reader->limits.literal : MIN(bytes, reader->limits.literal);
}

void
imap_reader_drop(ImapReader *reader, gboolean on)
{
	reader->drop = on;
}

gboolean
imap_reader_progress(const ImapReader *reader, guint64 *received, guint64 *total)
{
	if (!reader->in_literal)
		return FALSE;
	*received = current(reader)->received;
	*total = current(reader)->total;
	return TRUE;
}
