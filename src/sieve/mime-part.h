/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mime-part.h - :index, and the tests that look at a part of the message (RFC 5260, 6; RFC 5703, 4).
 */
#pragma once

#include "sieve/match.h"

/* ---- :index, :last ------------------------------------------------------------------------ */

typedef struct {
	guint64 number; /* from 1; 0: no :index */
	gboolean last;  /* counted from the end */
} SieveIndex;

gboolean sieve_read_index(SieveCompiler *compiler, const SieveItem *item, SieveIndex *index);
/* Which of count; FALSE: there is no such one. */
gboolean sieve_index_of(const SieveIndex *index, guint count, guint *place);
/* The part of each address that has one; in scratch. */
SieveValues sieve_address_values(SieveRun *run, const GPtrArray *addresses, SieveTag part);

/* ---- :mime ----------------------------------------------------------------------------------- */

typedef struct {
	gboolean any_child;
	SieveTag option; /* SIEVE_TAG_MIME: none; else TYPE, SUBTYPE, CONTENTTYPE, PARAM */
	const SieveArgument *params;
} SieveMimeTest;

/* *test NULL: no :mime there. FALSE: it complained. */
gboolean sieve_mime_read(SieveCompiler *compiler, const SieveItem *item, const SieveMimeTest **test);
gboolean sieve_mime_header(SieveRun *run, const SieveMimeTest *test, const SieveArgument *names,
	const SieveIndex *index, const SieveMatcher *matcher);
gboolean sieve_mime_address(SieveRun *run, const SieveMimeTest *test, const SieveArgument *names,
	const SieveIndex *index, SieveTag part, const SieveMatcher *matcher);
gboolean sieve_mime_exists(SieveRun *run, const SieveMimeTest *test, const SieveArgument *names);

/* The words of a text part, without marks where it is HTML; of others nothing. The caller's. */
GBytes *sieve_part_text(MimeMessage *message, const MimePart *part);
/* What `body :content` looks at: decoded, text as UTF-8; of a message its header, of a multipart what is
 * around its parts. The caller's. */
GBytes *sieve_part_content(MimeMessage *message, const MimePart *part);
