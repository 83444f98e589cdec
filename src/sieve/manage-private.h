/* SPDX-License-Identifier: GPL-3.0-or-later */
/* manage-private.h - what the files of a ManageSieve session share. */
#pragma once

#include "net/trace.h"
#include "sieve/manage-answer.h"
#include "sieve/manage.h"

struct ManageSession {
	NetStream *stream;
	ManageReader *reader;
	char *label;
	char *server;      /* "host:port", for words */
	Secret *secret;    /* for masking; may be NULL */
	guint greeting_ms; /* greeting, STARTTLS, each step of the login */
	guint command_ms;
	gboolean dead;
	/* What the server said of itself; from inside TLS where there is any. */
	GPtrArray *extensions; /* of char *, lower case, sorted, NULL-terminated */
	GPtrArray *mechanisms; /* of char *, NULL-terminated */
	char *implementation;  /* safe; NULL */
	gboolean starttls;
	gboolean version_1;    /* VERSION "1.0": CHECKSCRIPT, RENAMESCRIPT, NOOP */
	const char *mechanism; /* used */
};

/* One answer: the lines before its end, and the end. */
typedef struct {
	GPtrArray *data; /* of ManageLine */
	ManageLine *end;
} ManageAnswer;

void manage_answer_clear(ManageAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ManageAnswer, manage_answer_clear)

/* Send text; log its shown form. FALSE: the session is dead, or was canceled before the first octet. */
gboolean manage_say(ManageSession *session, const NetText *text, GError **error);
/* One line, within timeout_ms from the last octet that came. NULL: the session is dead. The caller's. */
ManageLine *manage_hear_line(ManageSession *session, guint timeout_ms, GError **error);
/* A whole answer, of any end but BYE, which is an error. */
gboolean manage_hear(ManageSession *session, ManageAnswer *answer, GError **error);
/* A NO or BYE as an error. prefix: what was refused, translated. */
void manage_refusal(const ManageSession *session, const ManageLine *line, const char *prefix, GError **error);
/* The server's words: safe, cut, without the secret; "" where it said none. The caller's. */
char *manage_words(const ManageSession *session, const char *words);
