/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reader.h - cut a server's byte stream into whole IMAP responses.
 *
 * Pure: no I/O, no clock. Bytes are received straight into the reader's memory
 * (a long literal into the place where it stays), then taken as responses:
 *
 *	space = imap_reader_space(reader, &size);
 *	imap_reader_received(reader, read(fd, space, size));
 *	while ((result = imap_reader_next(reader, &response, &error)) == IMAP_READER_RESPONSE)
 *		handle(&response);
 *
 * Memory grows with what was received, never with what was announced.
 */
#pragma once

#include "imap/types.h"

typedef struct ImapReader ImapReader;

/* Sizes in bytes; 0 takes the default. Exceeding one is FAULT_LIMIT. */
typedef struct {
	gsize line;      /* a response without its literals; LIMIT_IMAP_LINE */
	gsize streaming; /* the same of LIST, SEARCH, VANISHED and their like; LIMIT_IMAP_STREAMING_LINE */
	gsize literal;   /* all literals of a response together; LIMIT_IMAP_LITERAL */
} ImapReaderLimits;

/* A literal: stands in the response's text at offset at, right behind its "{length}". */
typedef struct {
	gsize at;
	ImapSlice octets; /* data NULL where it was dropped (imap_reader_drop, imap_reader_bound_literal) */
} ImapLiteral;

/* One response, the last CRLF and the CRLFs before literals left out. Borrowed until the next call of
 * imap_reader_next. */
typedef struct {
	const char *text; /* NUL-terminated too; may hold NULs */
	gsize length;
	const ImapLiteral *literals;
	guint literal_count;
} ImapResponse;

typedef enum {
	IMAP_READER_RESPONSE,
	IMAP_READER_MORE,   /* more bytes are needed */
	IMAP_READER_BROKEN, /* FAULT_PROTOCOL or FAULT_LIMIT; from then on always */
} ImapReaderResult;

/* limits is copied and may be NULL. */
ImapReader *imap_reader_new(const ImapReaderLimits *limits);
void imap_reader_free(ImapReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapReader, imap_reader_free)

/* Where the next bytes go, at least one; valid until any other call. Call imap_reader_next() until it wants
 * more before. */
char *imap_reader_space(ImapReader *reader, gsize *size);
/* length bytes, at most the size told, were written there. */
void imap_reader_received(ImapReader *reader, gsize length);
/* Copy bytes in, for those who have them elsewhere. */
void imap_reader_feed(ImapReader *reader, const char *data, gsize length);

ImapReaderResult imap_reader_next(ImapReader *reader, ImapResponse *response, GError **error);

/* Take out the bytes that imap_reader_next() has not looked at, for one who reads on in another way. The
 * caller's. */
char *imap_reader_take_input(ImapReader *reader, gsize *length);
/* Bytes are waiting that imap_reader_next() has not looked at. */
gboolean imap_reader_has_input(const ImapReader *reader);
/* Drop literals of more than so many octets from now on; 0: none. */
void imap_reader_bound_literal(ImapReader *reader, gsize bytes);
/* While on, octets of long literals are counted and thrown away. */
void imap_reader_drop(ImapReader *reader, gboolean on);
/* TRUE inside a literal: how much of it is there. */
gboolean imap_reader_progress(const ImapReader *reader, guint64 *received, guint64 *total);
