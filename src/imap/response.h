/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * response.h - what kind of response a line is, and its status and response code.
 */
#pragma once

#include "imap/parser.h"

typedef enum {
	IMAP_LINE_CONTINUE, /* "+ text" */
	IMAP_LINE_TAGGED,   /* "tag OK [code] text" */
	IMAP_LINE_STATUS,   /* "* OK [code] text" */
	IMAP_LINE_DATA,     /* "* 12 FETCH (...)", "* LIST ..." */
} ImapLineKind;

typedef enum {
	IMAP_ANSWER_NONE,
	IMAP_ANSWER_OK,
	IMAP_ANSWER_NO,
	IMAP_ANSWER_BAD,
	IMAP_ANSWER_BYE,
	IMAP_ANSWER_PREAUTH,
} ImapAnswer;

typedef enum {
	IMAP_DATA_UNKNOWN,
	IMAP_DATA_CAPABILITY,
	IMAP_DATA_ENABLED,
	IMAP_DATA_ESEARCH,
	IMAP_DATA_EXISTS,
	IMAP_DATA_EXPUNGE,
	IMAP_DATA_FETCH,
	IMAP_DATA_FLAGS,
	IMAP_DATA_ID,
	IMAP_DATA_LIST,
	IMAP_DATA_LSUB,
	IMAP_DATA_NAMESPACE,
	IMAP_DATA_RECENT,
	IMAP_DATA_SEARCH,
	IMAP_DATA_STATUS,
	IMAP_DATA_VANISHED,
} ImapData;

/* Slices are borrowed from the response. */
typedef struct {
	ImapLineKind kind;
	ImapSlice tag;       /* TAGGED */
	ImapAnswer answer;   /* TAGGED, STATUS */
	ImapCode code;       /* TAGGED, STATUS */
	ImapSlice code_args; /* what stands behind the code's name, within the brackets */
	ImapSlice text;      /* words for people; CONTINUE: all behind "+ " */
	ImapData data;       /* DATA */
	guint32 number;      /* DATA: of EXISTS, EXPUNGE, FETCH, RECENT */
} ImapLine;

/*
 * Classify the response under parser, which is left behind the name of a DATA
 * line, where its own parser goes on. FALSE with FAULT_PROTOCOL: broken, unless
 * line->kind is DATA: then this one is damaged (a number with a sign, or larger
 * than 32 bits; message number 0), and line->data is what it was to be.
 */
gboolean imap_line_parse(ImapParser *parser, ImapLine *line, GError **error);

/* Arguments of codes; FALSE when malformed (a server's slip that costs only this code). */
gboolean imap_code_number(const ImapLine *line, guint32 *number); /* UIDNEXT UIDVALIDITY UNSEEN */
gboolean imap_code_modseq(const ImapLine *line, guint64 *modseq); /* HIGHESTMODSEQ */
gboolean imap_code_flags(const ImapLine *line, ImapFlags *flags); /* PERMANENTFLAGS; flags initialised */
gboolean imap_code_set(const ImapLine *line, ImapSet **set);      /* MODIFIED */
gboolean imap_code_word(const ImapLine *line, char **word);       /* MAILBOXID "(F12)" -> "F12" */
gboolean imap_code_appenduid(const ImapLine *line, guint32 *uidvalidity, guint32 *uid);
/*
 * COPYUID: pairs (of ImapUidPair) receives those whose source is in asked, in
 * the server's order. FALSE also when the two sets differ in number.
 */
gboolean imap_code_copyuid(const ImapLine *line, const ImapSet *asked, guint32 *uidvalidity, GArray *pairs);
