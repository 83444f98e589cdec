/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sieve/glob.h"

#include <string.h>

/* Between two stars. */
typedef struct {
	const char *text; /* where one is set, any octet stands for "?" */
	const char *any;  /* as long as text: 1 for a "?"; NULL: there is none */
	gsize length;
	guint any_count;
} Piece;

struct SieveGlob {
	Piece *pieces;
	guint count; /* stars and one */
	guint wildcards;
};

/* ---- reading a pattern ------------------------------------------------------------ */

typedef struct {
	SievePool *pool;
	SieveFold fold;
	GString *literal;    /* not yet folded */
	GString *text, *any; /* of the piece */
	guint any_count;
	GArray *pieces;
} Reader;

static void
end_literal(Reader *reader)
{
	gsize length = reader->literal->len;
	const char *folded = reader->literal->str;

	if (reader->fold != NULL)
		folded = reader->fold(reader->pool, folded, length, &length);
	g_string_append_len(reader->text, folded, (gssize)length);
	for (gsize i = 0; i < length; i++)
		g_string_append_c(reader->any, '\0');
	g_string_truncate(reader->literal, 0);
}

static void
end_piece(Reader *reader)
{
	Piece piece = {.length = 0};

	end_literal(reader);
	piece.length = reader->text->len;
	piece.any_count = reader->any_count;
	piece.text = sieve_pool_text(reader->pool, reader->text->str, piece.length);
	if (piece.any_count > 0)
		piece.any = sieve_pool_text(reader->pool, reader->any->str, piece.length);
	g_array_append_val(reader->pieces, piece);
	g_string_truncate(reader->text, 0);
	g_string_truncate(reader->any, 0);
	reader->any_count = 0;
}

SieveGlob *
sieve_glob_new(SievePool *pool, const char *pattern, gsize length, SieveFold fold)
{
	g_autoptr(GString) literal = g_string_new(NULL), text = g_string_new(NULL), any = g_string_new(NULL);
	g_autoptr(GArray) pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
	SieveGlob *glob = sieve_pool_zeroed(pool, 1, sizeof *glob);
	Reader reader = {
		.pool = pool, .fold = fold, .literal = literal, .text = text, .any = any, .pieces = pieces};

	for (gsize i = 0; i < length; i++) {
		if (pattern[i] == '*') {
			end_piece(&reader);
			glob->wildcards++;
		} else if (pattern[i] == '?') {
			end_literal(&reader);
			g_string_append_c(text, '?');
			g_string_append_c(any, 1);
			reader.any_count++;
			glob->wildcards++;
		} else {
			if (pattern[i] == '\\' && i + 1 < length)
				i++;
			g_string_append_c(literal, pattern[i]);
		}
	}
	end_piece(&reader);
	glob->count = pieces->len;
	glob->pieces = sieve_pool_copy(pool, pieces->data, pieces->len * sizeof(Piece));
	return glob;
}

guint
sieve_glob_wildcards(const SieveGlob *glob)
{
	return glob->wildcards;
}

/* ---- matching ------------------------------------------------------------------------- */

typedef struct {
	SieveGlobSubject *subject;
	SieveSpan *spans; /* where the next goes */
	guint left;       /* room */
} Matching;

/* Does a character begin at the place? */
static gboolean
is_start(const SieveGlobSubject *subject, gsize at)
{
	return subject->origin == NULL || at == 0 || subject->origin[at] != subject->origin[at - 1];
}

static gsize
character_end(const SieveGlobSubject *subject, gsize at)
{
	gsize end = at + 1;

	while (end < subject->length && !is_start(subject, end))
		end++;
	return end;
}

static gsize
character_start(const SieveGlobSubject *subject, gsize end)
{
	gsize start = end - 1;

	while (start > 0 && !is_start(subject, start))
		start--;
	return start;
}

static void
note_span(Matching *matching, gsize start, gsize end)
{
	if (matching->left == 0)
		return;
	*matching->spans++ = (SieveSpan){start, end};
	matching->left--;
}

/* Does the piece match at the place? *end: where it ends. */
static gboolean
piece_at(Matching *matching, const Piece *piece, gsize at, gsize *end, gboolean note)
{
	SieveGlobSubject *subject = matching->subject;

	if (piece->any == NULL) {
		*end = at + piece->length;
		return piece->length <= subject->length - at &&
		       memcmp(subject->text + at, piece->text, piece->length) == 0;
	}
	for (gsize i = 0; i < piece->length; i++) {
		gsize next = at + 1;
		if (at >= subject->length)
			return FALSE;
		if (piece->any[i]) {
			if (!is_start(subject, at))
				return FALSE;
			next = character_end(subject, at);
			if (note)
				note_span(matching, at, next);
		} else if (subject->text[at] != piece->text[i]) {
			subject->work -= MIN(subject->work, i);
			return FALSE;
		}
		at = next;
	}
	subject->work -= MIN(subject->work, piece->length);
	*end = at;
	return TRUE;
}

/* Where a piece that ends the subject begins, not before floor. FALSE: it does not match there. */
static gboolean
piece_at_end(const SieveGlobSubject *subject, const Piece *piece, gsize floor, gsize *start)
{
	gsize at = subject->length;

	if (piece->any == NULL) {
		if (piece->length > at - floor)
			return FALSE;
		*start = at - piece->length;
		return memcmp(subject->text + *start, piece->text, piece->length) == 0;
	}
	for (gsize i = piece->length; i-- > 0;) {
		if (at <= floor)
			return FALSE;
		if (piece->any[i]) {
			if (at < subject->length && !is_start(subject, at))
				return FALSE;
			at = character_start(subject, at);
		} else if (subject->text[--at] != piece->text[i]) {
			return FALSE;
		}
	}
	*start = at;
	return at >= floor;
}

/* The first place from `from` on where the piece matches. */
static SieveGlobResult
find_piece(Matching *matching, const Piece *piece, gsize from, gsize *start)
{
	SieveGlobSubject *subject = matching->subject;
	gsize end;

	if (piece->any == NULL) {
		const char *found =
			memmem(subject->text + from, subject->length - from, piece->text, piece->length);
		if (found == NULL)
			return SIEVE_GLOB_NO;
		*start = (gsize)(found - subject->text);
		return SIEVE_GLOB_YES;
	}
	for (; from < subject->length; from++) {
		if (subject->work == 0)
			return SIEVE_GLOB_LIMIT;
		subject->work--;
		if (piece_at(matching, piece, from, &end, FALSE)) {
			*start = from;
			return SIEVE_GLOB_YES;
		}
	}
	return SIEVE_GLOB_NO;
}

SieveGlobResult
sieve_glob_match(const SieveGlob *glob, SieveGlobSubject *subject, SieveSpan *spans, guint span_count)
{
	Matching matching = {.subject = subject, .spans = spans, .left = spans != NULL ? span_count : 0};
	const Piece *last = &glob->pieces[glob->count - 1];
	gsize at = 0, start, end;

	if (!piece_at(&matching, &glob->pieces[0], 0, &at, TRUE))
		return SIEVE_GLOB_NO;
	if (glob->count == 1)
		return at == subject->length ? SIEVE_GLOB_YES : SIEVE_GLOB_NO;
	for (guint i = 1; i + 1 < glob->count; i++) {
		SieveGlobResult result = find_piece(&matching, &glob->pieces[i], at, &start);
		if (result != SIEVE_GLOB_YES)
			return result;
		note_span(&matching, at, start);
		piece_at(&matching, &glob->pieces[i], start, &at, TRUE);
	}
	if (!piece_at_end(subject, last, at, &start))
		return SIEVE_GLOB_NO;
	note_span(&matching, at, start);
	piece_at(&matching, last, start, &end, TRUE);
	return SIEVE_GLOB_YES;
}
