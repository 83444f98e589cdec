/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session-idle.c - waiting for news. (RFC 9051, 6.3.13)
 *
 *	OFF -> SENT   start_idle(): "IDLE" is written
 *	SENT -> ON    take_continue(): "+" came
 *	ON -> OFF     imap_idle_end(): "DONE" goes out before the next command;
 *	              the tagged answer is dropped when it comes
 *	* -> OFF      idle_done(): the server ended or refused it
 */
#include "config.h"

#include "imap/session-private.h"

#define RENEW_US (24 * 60 * G_USEC_PER_SEC)
#define POLL_MS (2 * 60 * 1000)
/* How long one wait is at most: a clock that ran on through a suspend is noticed then. */
#define SLICE_MS (60 * 1000)
#define SLEPT_US (10 * G_USEC_PER_SEC)

static void
idle_done(ImapSession *session, Ticket *ticket, const ImapLine *line)
{
	/* The answer to an IDLE that was ended long ago says nothing about the one that is on. */
	if (GPOINTER_TO_UINT(ticket->state) != session->idle_count)
		return;
	/* One that the server ends at once is none: ask now and then instead. */
	if (session->idle != IDLE_OFF && dates_clock_us() - session->idle_since_us < G_USEC_PER_SEC)
		session->no_idle = TRUE;
	if (line->answer != IMAP_ANSWER_OK)
		session->no_idle = TRUE;
	session->idle = IDLE_OFF;
}

static const TicketKind idle_kind = {"IDLE", NULL, idle_done, NULL, TRUE};

static gboolean
start_idle(ImapSession *session, GError **error)
{
	g_autoptr(ImapCommand) command = imap_command_new("IDLE");
	Ticket *ticket;

	session->idle_count++;
	ticket = imap_ticket_new(session, &idle_kind, GUINT_TO_POINTER(session->idle_count));
	ticket->background = TRUE;
	session->continued = FALSE;
	if (!imap_send(session, ticket, command, error))
		return FALSE;
	session->idle = IDLE_SENT;
	session->idle_since_us = dates_clock_us();
	return TRUE;
}

static void
take_continue(ImapSession *session)
{
	if (session->idle == IDLE_SENT && session->continued)
		session->idle = IDLE_ON;
}

gboolean
imap_idle_end(ImapSession *session, GString *out, GError **error)
{
	/* DONE before "+" would be read as a command by some. */
	while (session->idle == IDLE_SENT) {
		take_continue(session);
		if (session->idle == IDLE_SENT && !imap_step(session, error))
			return FALSE;
	}
	if (session->idle == IDLE_ON)
		g_string_append(out, "DONE\r\n");
	session->idle = IDLE_OFF;
	return TRUE;
}

/* End the IDLE and ask: an answer within the patience shows that the line is alive. */
static gboolean
renew(ImapSession *session, GError **error)
{
	g_autoptr(ImapCommand) noop = imap_command_new("NOOP");

	session->idle_since_us = dates_clock_us();
	return imap_simple(session, "NOOP", noop, error);
}

/* Take what is there without waiting. FALSE: the line broke. */
static gboolean
take_pending(ImapSession *session, GError **error)
{
	GError *failure = NULL;

	for (;;) {
		if (!imap_reader_has_input(session->reader)) {
			switch (net_stream_wait(session->stream, -1, 0, &failure)) {
			case NET_WAIT_DATA:
				break;
			case NET_WAIT_FAILED:
				return imap_fail(session, failure, error);
			default:
				return TRUE;
			}
		}
		if (!imap_step(session, error))
			return FALSE;
		take_continue(session);
	}
}

/* How long to wait now: until the caller's end, the renewal, or one slice. */
static gint64
next_wait_ms(const ImapSession *session, gint64 end_us, gint64 now_us)
{
	gint64 wait_us = SLICE_MS * 1000;

	if (end_us >= 0)
		wait_us = MIN(wait_us, end_us - now_us);
	if (session->idle != IDLE_OFF)
		wait_us = MIN(wait_us, session->idle_since_us + RENEW_US - now_us);
	return MAX(wait_us, 0) / 1000 + 1;
}

static gboolean
can_idle(const ImapSession *session)
{
	return imap_session_has(session, IMAP_CAP_IDLE) && !session->no_idle;
}

/* Is it time to talk to the server? With IDLE rarely, without often. */
static gboolean
is_due(const ImapSession *session)
{
	gint64 since_us = dates_clock_us() - session->idle_since_us;

	if (session->idle != IDLE_OFF)
		return since_us >= RENEW_US;
	return !can_idle(session) && since_us >= (gint64)POLL_MS * 1000;
}

/* One wait. *result is set, and TRUE in *over, when the caller is to be told. */
static gboolean
wait_once(ImapSession *session, int wake_fd, gint64 end_us, ImapIdle *result, gboolean *over, GError **error)
{
	gint64 started_us = dates_clock_us(), now_us;
	gint64 wait_ms = next_wait_ms(session, end_us, started_us);
	GError *failure = NULL;

	*over = TRUE;
	switch (net_stream_wait(session->stream, wake_fd, wait_ms, &failure)) {
	case NET_WAIT_DATA:
		*over = FALSE;
		return TRUE;
	case NET_WAIT_WAKE:
		*result = IMAP_IDLE_WOKEN;
		return TRUE;
	case NET_WAIT_FAILED:
		return imap_fail(session, failure, error);
	case NET_WAIT_TIMEOUT:
		break;
	}
	now_us = dates_clock_us();
	*over = end_us >= 0 && now_us >= end_us;
	*result = IMAP_IDLE_TIMEOUT;
	/* The clock ran on much longer than was asked: the machine slept, and the line may be gone. */
	if (now_us - started_us - wait_ms * 1000 > SLEPT_US)
		return renew(session, error);
	return TRUE;
}

gboolean
imap_session_idle(
	ImapSession *session, int wake_fd, int timeout_ms, ImapIdle *result, Cancel *cancel, GError **error)
{
	gint64 end_us = timeout_ms < 0 ? -1 : dates_clock_us() + (gint64)timeout_ms * 1000;
	gboolean over = FALSE;

	if (!imap_begin(session, cancel, error))
		return FALSE;
	while (!over) {
		if (!take_pending(session, error))
			return FALSE;
		if (imap_session_has_events(session)) {
			*result = IMAP_IDLE_NEWS;
			return TRUE;
		}
		if (is_due(session)) {
			if (!renew(session, error))
				return FALSE;
			continue;
		}
		if (session->idle == IDLE_OFF && can_idle(session) && !start_idle(session, error))
			return FALSE;
		if (!wait_once(session, wake_fd, end_us, result, &over, error))
			return FALSE;
	}
	return TRUE;
}
