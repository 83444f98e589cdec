/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session-private.h - what the files of the session share; nobody else includes it.
 *
 * A Ticket is one thing asked for, and owns what comes back; it has one Flight
 * for each command sent for it. Flights stand in a queue in the order sent.
 * Untagged data are offered to their tickets in that order, and what nobody
 * takes is news about the mailbox (session-mailbox.c).
 */
#pragma once

#include "imap/fetch.h"
#include "imap/folders.h"
#include "imap/response.h"
#include "imap/seqmap.h"
#include "imap/session.h"
#include "imap/writer.h"
#include "net/stream.h"

/* Sets of commands are split so that a line stays below what servers take (RFC 7162, 4: 8192). */
#define IMAP_SET_BYTES 7000

typedef enum {
	TAKE_NO, /* not mine */
	TAKE_YES,
	TAKE_BROKEN, /* mine, but damaged; error set */
} Take;

typedef struct Ticket Ticket;

typedef struct {
	const char *what; /* the command, for errors: "SELECT" */
	/* An untagged response; a FETCH is already parsed in session->row. NULL: none is mine. */
	Take (*data)(ImapSession *session, Ticket *ticket, const ImapLine *line, ImapParser *parser,
		GError **error);
	/* The tagged answer of one of its flights; may be NULL. */
	void (*done)(ImapSession *session, Ticket *ticket, const ImapLine *line);
	void (*free)(gpointer state);
	gboolean optional; /* NO and BAD are no error */
} TicketKind;

struct Ticket {
	ImapTicket id;
	const TicketKind *kind;
	gpointer state;
	guint open;          /* flights not answered */
	gboolean background; /* nobody will wait for it: freed when answered */
	gboolean abandoned;
	gboolean bad;  /* one answer was BAD */
	ImapCode code; /* of the last answer with one */
	GError *error; /* the first failure */
};

typedef struct {
	char tag[12];
	Ticket *ticket;
} Flight;

typedef enum {
	IDLE_OFF,
	IDLE_SENT, /* "+" has not come */
	IDLE_ON,
} IdleState;

struct ImapSession {
	NetStream *stream;
	char *label;
	ImapReader *reader;
	guint patience_ms;
	GError *failure; /* why it is dead; NULL: alive */
	char *bye;       /* the server's last words, safe; NULL */

	guint64 caps; /* 1 << ImapCap */
	GString *cap_words;
	GPtrArray *mechanisms; /* of char*: AUTH=..., NULL-terminated */
	gboolean caps_fresh;   /* told since the last reset */
	gboolean preauth;
	gboolean logged_in;
	gboolean logging_in;
	Secret *masked; /* from the login on: kept out of errors and log, whenever the server repeats it */
	char *greeting;
	char *server_name; /* by ID */
	char *prefix;
	char delimiter;
	GPtrArray *namespaces; /* of char*: prefixes of the others */
	gboolean qresync;      /* ENABLED QRESYNC was told */
	gboolean qresync_asked;
	gboolean no_idle;    /* IDLE was refused */
	gboolean plain_list; /* LIST with RETURN was not understood */

	guint64 last_tag;
	guint64 last_ticket;
	gboolean fresh; /* nothing read yet: rests of what libcurl read may come */
	GQueue flights; /* of Flight*, in the order sent */
	GQueue tickets; /* of Ticket* */
	ImapCode code;
	gboolean continued; /* a "+" came */
	GString *challenge; /* behind it */

	char *mailbox; /* selected, raw; NULL: none */
	gboolean read_only;
	guint32 exists;
	guint32 uidvalidity;
	ImapSeqMap *map;
	guint unmapped; /* messages that a MOVE or EXPUNGE in flight took away, by numbers that the map lacks
			 */
	ImapRow row;    /* the FETCH response at hand */
	GQueue events;  /* of ImapEvent* */
	guint damaged;  /* untagged responses that were left out, in whole or in part */
	guint damage_told; /* of them, by imap_session_take_damage() */
	char *damage;      /* about the first that was not told; NULL */

	IdleState idle;
	gint64 idle_since_us; /* without IDLE: since the last NOOP */
	guint idle_count;
};

/* ---- session.c ---- */

/* Each public call begins here: alive, not canceled, and cancel is in charge from now on. */
gboolean imap_begin(ImapSession *session, Cancel *cancel, GError **error);
/* A new ticket; state is freed by kind->free. It lives until imap_finish(), or is freed by itself when in the
 * background. */
Ticket *imap_ticket_new(ImapSession *session, const TicketKind *kind, gpointer state);
/* One that somebody waits for; NULL: none, or abandoned by a cancel. */
Ticket *imap_ticket_by_id(const ImapSession *session, ImapTicket id);
/* Send a command for it. FALSE with error: the session is dead, or canceled. */
gboolean imap_send(ImapSession *session, Ticket *ticket, const ImapCommand *command, GError **error);
/*
 * Send a command for each piece of uids that fits a line: words, the piece,
 * behind (may be NULL).
 */
gboolean imap_send_pieces(ImapSession *session, Ticket *ticket, const char *words, const ImapSet *uids,
	const ImapCommand *behind, GError **error);
/*
 * The same for a command that ends in a literal of length octets, which the
 * caller writes, and CRLF. *refused: the server answered in place of "+".
 */
gboolean imap_send_announcing(ImapSession *session, Ticket *ticket, const ImapCommand *command, gsize length,
	gboolean *refused, GError **error);
/* Read until every command of ticket is answered. FALSE with the error of the line, or of the ticket. */
gboolean imap_await(ImapSession *session, Ticket *ticket, GError **error);
/* Free a ticket: at once when it is answered, else when it will be. */
void imap_finish(ImapSession *session, Ticket *ticket);
/* Send one command, await it, finish: for those with nothing to bring back. */
gboolean imap_simple(ImapSession *session, const char *what, const ImapCommand *command, GError **error);
/* Read and dispatch one response. */
gboolean imap_step(ImapSession *session, GError **error);
/* Write octets as they are. */
gboolean imap_write(ImapSession *session, const char *data, gsize length, GError **error);
/* Read until "+" comes or ticket is answered; TRUE with *go telling which. */
gboolean imap_await_continue(ImapSession *session, Ticket *ticket, gboolean *go, GError **error);
/* The session is over for this reason (taken), unless it is a cancel; always FALSE. */
gboolean imap_fail(ImapSession *session, GError *failure, GError **error);
/* A slice of the server's words: masked, safe. The caller's. */
char *imap_words(const ImapSession *session, ImapSlice text);
/* Log what we say, when the log is on. */
void imap_trace(const ImapSession *session, char direction, const char *text, gsize length);

/* ---- session-login.c ---- */
void imap_take_greeting(ImapSession *session);
void imap_caps_reset(ImapSession *session);
void imap_caps_add(ImapSession *session, ImapParser *parser);
gboolean imap_take_id(ImapSession *session, ImapParser *parser, GError **error);
void imap_take_enabled(ImapSession *session, ImapParser *parser);
gboolean imap_take_namespace(ImapSession *session, ImapParser *parser, GError **error);

/* ---- session-mailbox.c ---- */

/* EXISTS, EXPUNGE, VANISHED, FETCH that no ticket took. */
gboolean imap_mailbox_news(ImapSession *session, const ImapLine *line, ImapParser *parser, GError **error);
/* A code that no ticket took: the mailbox may have changed under us. */
void imap_mailbox_code(ImapSession *session, const ImapLine *line);
/* A response of this kind was lost: what it would have told is to be found by comparing. */
void imap_mailbox_damaged(ImapSession *session, ImapData data);
/* Forget the selected mailbox. */
void imap_mailbox_left(ImapSession *session);

/* ---- session-change.c ---- */

/* A MOVE or EXPUNGE of ours is in flight: it knows which UIDs go. */
gboolean imap_is_removing(const ImapSession *session);

/* ---- session-events.c ---- */
/* An untagged response is damaged, and the rest goes on. failure is taken over. */
void imap_damage(ImapSession *session, ImapData data, GError *failure);
void imap_event_exists(ImapSession *session, guint32 count);
/* Takes uids; NULL: not known which. */
void imap_event_expunged(ImapSession *session, ImapSet *uids);
void imap_event_flags(ImapSession *session, const ImapRow *row, guint32 uid);
void imap_event_text(ImapSession *session, ImapEventKind kind, const char *text);
void imap_events_clear(ImapSession *session);
void imap_events_leave(ImapSession *session);

/* ---- session-fetch.c ---- */

/* Set what the reader drops by the FETCHes in flight. */
void imap_fetch_bounds(ImapSession *session);
void imap_fetch_progress(ImapSession *session);

/* ---- session-idle.c ---- */

/* End an IDLE that is on: "DONE" is added to out, behind which the next command goes. */
gboolean imap_idle_end(ImapSession *session, GString *out, GError **error);
