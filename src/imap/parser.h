/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parser.h - tokens of an IMAP response (RFC 9051, 9).
 *
 * A cursor over one response. Each function takes a token and returns TRUE, or
 * returns FALSE and says nothing: who parses a whole response turns that into
 * one error with imap_parser_fail(). Slices are borrowed from the response, or
 * from the parser where a quoted string had escapes: they live until
 * imap_parser_clear(). A copy of the struct saves a place for imap_parser_rewind();
 * it is never cleared.
 *
 * Lenient where servers are known to err: several blanks for one, blanks before
 * ")" and at the end (Exchange, Domino), any byte but blanks, parentheses,
 * quotes and controls in an atom (Gmail's "\*" and "[Gmail]" labels, keywords
 * with brackets from Courier), 8-bit octets in quoted strings.
 */
#pragma once

#include "imap/reader.h"

typedef struct {
	const char *start;
	const char *at;
	const char *end;
	const ImapLiteral *literals;
	guint literal_count;
	guint literal_next;
	GStringChunk **scratch; /* shared by copies; unescaped strings */
	GStringChunk *own_scratch;
	gboolean dropped; /* a literal was met whose octets are not there; it reads as NIL */
} ImapParser;

/* response is borrowed until clear. */
void imap_parser_init(ImapParser *parser, const ImapResponse *response);
/* Over text without literals. */
void imap_parser_init_slice(ImapParser *parser, ImapSlice text);
void imap_parser_clear(ImapParser *parser);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ImapParser, imap_parser_clear)
/* Set FAULT_PROTOCOL, naming what and the place; always FALSE. what: "FETCH". */
gboolean imap_parser_fail(const ImapParser *parser, const char *what, GError **error);

void imap_parser_rewind(ImapParser *parser, const ImapParser *saved);

gboolean imap_parser_at_end(ImapParser *parser);
void imap_skip_blanks(ImapParser *parser);
/* Skip blanks, then take c if it comes next. */
gboolean imap_take_char(ImapParser *parser, char c);
gboolean imap_peek_char(ImapParser *parser, char c);
/* Take word, any case, if a whole atom equals it. */
gboolean imap_take_word(ImapParser *parser, const char *word);

gboolean imap_take_atom(ImapParser *parser, ImapSlice *atom);
gboolean imap_take_string(ImapParser *parser, ImapSlice *string);
/* NIL: data NULL. */
gboolean imap_take_nstring(ImapParser *parser, ImapSlice *string);
gboolean imap_take_astring(ImapParser *parser, ImapSlice *string);
/* Digits only, up to G_MAXUINT32; larger is FALSE. */
gboolean imap_take_number(ImapParser *parser, guint32 *number);
/* The same, not 0. */
gboolean imap_take_nz_number(ImapParser *parser, guint32 *number);
/* Up to 2^63 - 1; larger is FALSE. */
gboolean imap_take_number63(ImapParser *parser, guint64 *number);
/* The same, but larger ones become 2^63 - 1. */
gboolean imap_take_size(ImapParser *parser, guint64 *size);
/*
 * "(" flags ")"; flags must be initialised, and is emptied first. A flag that is
 * malformed (a control character in a keyword) is left out, *damaged (may be
 * NULL) set, and the list goes on. FALSE: there is no list, or it does not end.
 */
gboolean imap_take_flags(ImapParser *parser, ImapFlags *flags, gboolean *damaged);
/* "4,7:9"; a new set. */
gboolean imap_take_set(ImapParser *parser, ImapSet **set);
/* Any value: atom, string, or a list nested at most LIMIT_IMAP_NESTING deep. */
gboolean imap_skip_value(ImapParser *parser);
/*
 * Step over what no other function takes, to the blank or ")" behind it: past
 * lists, strings and literals as far as they close, any octet counting as text
 * where they do not. FALSE: nothing was stepped over, or a list does not end.
 */
gboolean imap_skip_damaged(ImapParser *parser);
/* What is left, as it stands. */
ImapSlice imap_rest(ImapParser *parser);

gboolean imap_slice_is(ImapSlice slice, const char *word); /* any case */
char *imap_slice_dup(ImapSlice slice);                     /* NULL for NIL; NULs become blanks */

void imap_flags_init(ImapFlags *flags);
void imap_flags_clear(ImapFlags *flags);
/* "\Seen" as a bit, a keyword as a string. FALSE: past LIMIT_KEYWORDS_MESSAGE, left out. */
gboolean imap_flags_add(ImapFlags *flags, ImapSlice flag);
/* The name of one bit: "\\Seen". Static. */
const char *imap_flag_name(ImapFlag flag);
