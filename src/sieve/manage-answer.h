/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * manage-answer.h - cut what a ManageSieve server sends into lines (RFC 5804, 4). Pure: no I/O.
 *
 *	manage_reader_feed(reader, data, length);
 *	while (manage_reader_next(reader, &line, &error) == MANAGE_READER_LINE)
 *		handle(line), manage_line_free(line);
 *
 * A line with its literals is one: capability, script of a list, challenge,
 * script, or the end of an answer (OK, NO, BYE). Lines may end in LF alone. A
 * line past LIMIT_MANAGE_LINE, a literal past LIMIT_SIEVE_SCRIPT are
 * FAULT_LIMIT; what is no answer, NUL octets included, is FAULT_PROTOCOL.
 */
#pragma once

#include <glib.h>

typedef enum {
	MANAGE_DATA, /* first, second */
	MANAGE_OK,
	MANAGE_NO,
	MANAGE_BYE,
} ManageKind;

/* Response codes (RFC 5804, 1.3); what stands behind "/" is in name only. */
typedef enum {
	MANAGE_CODE_NONE,
	MANAGE_CODE_AUTH_TOO_WEAK,
	MANAGE_CODE_ENCRYPT_NEEDED,
	MANAGE_CODE_QUOTA,
	MANAGE_CODE_SASL,     /* argument: the last challenge, base64 */
	MANAGE_CODE_REFERRAL, /* argument: sieve:// URL */
	MANAGE_CODE_TRANSITION_NEEDED,
	MANAGE_CODE_TRYLATER,
	MANAGE_CODE_ACTIVE,
	MANAGE_CODE_NONEXISTENT,
	MANAGE_CODE_ALREADYEXISTS,
	MANAGE_CODE_TAG,
	MANAGE_CODE_WARNINGS,
	MANAGE_CODE_OTHER,
} ManageCode;

/* Text is as sent, without NUL, not sanitised. */
typedef struct {
	ManageKind kind;
	/* DATA: a string, and what may stand behind it. */
	char *first;
	char *second;       /* NULL: none */
	gboolean is_active; /* second was the word ACTIVE, not a string */
	/* The end of an answer. */
	ManageCode code;
	char *name;     /* of the code, "QUOTA/MAXSIZE"; NULL: none */
	char *argument; /* the code's; NULL: none */
	char *words;    /* for people; NULL: none */
} ManageLine;

void manage_line_free(ManageLine *line);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ManageLine, manage_line_free)
/* For the protocol log: scripts only by their size. Not sanitised. The caller's. */
char *manage_line_shown(const ManageLine *line);

typedef struct ManageReader ManageReader;

typedef enum { MANAGE_READER_LINE, MANAGE_READER_MORE, MANAGE_READER_BROKEN } ManageReaderResult;

ManageReader *manage_reader_new(void);
void manage_reader_free(ManageReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ManageReader, manage_reader_free)
void manage_reader_feed(ManageReader *reader, const char *data, gsize length);
/* The next whole line, the caller's. MANAGE_READER_BROKEN from then on always. */
ManageReaderResult manage_reader_next(ManageReader *reader, ManageLine **line, GError **error);
/* Octets fed that are in no line as yet. */
gsize manage_reader_left(const ManageReader *reader);

/* ---- the other direction ---- */

/* May a script be called so (RFC 5804, 1.6)? FAULT_INPUT: empty, too long, not UTF-8, controls, line ends. */
gboolean manage_name_check(const char *name, GError **error);
/* text as a string of the protocol: in quotes, or as a literal where it is long or holds line ends. */
void manage_append_string(GString *out, const char *text);
