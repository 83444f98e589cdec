/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session-change.c - COPY, MOVE, UID EXPUNGE, APPEND, and SEARCH.
 */
#include "config.h"

#include "imap/results.h"
#include "imap/session-private.h"

#include "util/fault.h"
#include "util/i18n.h"

/* Octets of an APPEND that are written between two looks at the progress. */
#define APPEND_CHUNK (64 * 1024)

static void
set_free(gpointer set)
{
	imap_set_free(set);
}

/* ---- what goes away ---- */

/* A command of ours ended that took unmapped messages away: they were gone, or not known which. Takes gone.
 */
static void
tell_removed(ImapSession *session, ImapSet *gone, gboolean sure)
{
	if (session->unmapped > 0)
		imap_event_expunged(session, sure ? gone : NULL);
	if (session->unmapped == 0 || !sure)
		imap_set_free(gone);
	session->unmapped = 0;
}

/* ---- COPY and MOVE ---- */

void
imap_copied_clear(ImapCopied *copied)
{
	g_clear_pointer(&copied->pairs, g_array_unref);
}

typedef struct {
	ImapSet *uids;
	ImapCopied copied;
} Copy;

static void
copy_free(gpointer data)
{
	Copy *copy = data;

	imap_set_free(copy->uids);
	imap_copied_clear(&copy->copied);
	g_free(copy);
}

static void
take_copyuid(Copy *copy, const ImapLine *line)
{
	guint32 uidvalidity;

	if (line->code != IMAP_CODE_COPYUID)
		return;
	if (imap_code_copyuid(line, copy->uids, &uidvalidity, copy->copied.pairs))
		copy->copied.uidvalidity = uidvalidity;
}

/* MOVE tells COPYUID in an untagged OK, before the expunges (RFC 6851, 4.3). */
static Take
copy_data(ImapSession *session, Ticket *ticket, const ImapLine *line, ImapParser *parser, GError **error)
{
	(void)session;
	(void)parser;
	(void)error;
	if (line->kind != IMAP_LINE_STATUS || line->code != IMAP_CODE_COPYUID)
		return TAKE_NO;
	take_copyuid(ticket->state, line);
	return TAKE_YES;
}

static void
copy_done(ImapSession *session, Ticket *ticket, const ImapLine *line)
{
	(void)session;
	take_copyuid(ticket->state, line);
}

static void
move_done(ImapSession *session, Ticket *ticket, const ImapLine *line)
{
	Copy *copy = ticket->state;
	ImapSet *gone;

	take_copyuid(copy, line);
	if (ticket->open > 0)
		return;
	gone = imap_set_new();
	for (guint i = 0; i < copy->copied.pairs->len; i++)
		imap_set_add(gone, g_array_index(copy->copied.pairs, ImapUidPair, i).from);
	tell_removed(session, gone, session->unmapped <= imap_set_count(gone));
}

static const TicketKind copy_kind = {"COPY", copy_data, copy_done, copy_free, FALSE};
static const TicketKind move_kind = {"MOVE", copy_data, move_done, copy_free, FALSE};

/* What is known of the copies is told even when a later piece failed. */
static gboolean
copy_or_move(ImapSession *session, const TicketKind *kind, const char *words, const ImapSet *uids,
	const char *mailbox, ImapCopied *copied, GError **error)
{
	g_autoptr(ImapCommand) behind = imap_command_new(" ");
	Copy *copy = g_new0(Copy, 1);
	Ticket *ticket;
	gboolean ok;

	imap_command_mailbox(behind, mailbox);
	copy->uids = imap_set_copy(uids);
	copy->copied.pairs = g_array_new(FALSE, FALSE, sizeof(ImapUidPair));
	ticket = imap_ticket_new(session, kind, copy);
	ok = imap_send_pieces(session, ticket, words, uids, behind, error) &&
	     imap_await(session, ticket, error);
	copied->uidvalidity = copy->copied.uidvalidity;
	copied->pairs = g_array_copy(copy->copied.pairs);
	imap_finish(session, ticket);
	return ok;
}

gboolean
imap_session_copy(ImapSession *session, const ImapSet *uids, const char *mailbox, ImapCopied *copied,
	Cancel *cancel, GError **error)
{
	*copied = (ImapCopied){0};
	if (imap_begin(session, cancel, error))
		return copy_or_move(session, &copy_kind, "UID COPY ", uids, mailbox, copied, error);
	copied->pairs = g_array_new(FALSE, FALSE, sizeof(ImapUidPair));
	return FALSE;
}

gboolean
imap_session_move(ImapSession *session, const ImapSet *uids, const char *mailbox, ImapCopied *copied,
	Cancel *cancel, GError **error)
{
	*copied = (ImapCopied){0};
	if (imap_begin(session, cancel, error)) {
		if (imap_session_has(session, IMAP_CAP_MOVE))
			return copy_or_move(session, &move_kind, "UID MOVE ", uids, mailbox, copied, error);
		fault_set(error, FAULT_REFUSED, _("The server does not offer MOVE."));
	}
	copied->pairs = g_array_new(FALSE, FALSE, sizeof(ImapUidPair));
	return FALSE;
}

static void
expunge_done(ImapSession *session, Ticket *ticket, const ImapLine *line)
{
	ImapSet *asked;

	(void)line;
	if (ticket->open > 0)
		return;
	/* Those that are not marked as deleted stay: sure is only who saw all go. */
	asked = imap_set_copy(ticket->state);
	tell_removed(session, asked, session->unmapped == imap_set_count(asked));
}

static const TicketKind expunge_kind = {"EXPUNGE", NULL, expunge_done, set_free, FALSE};

gboolean
imap_is_removing(const ImapSession *session)
{
	for (GList *item = session->flights.head; item != NULL; item = item->next) {
		const TicketKind *kind = ((Flight *)item->data)->ticket->kind;
		if (kind == &move_kind || kind == &expunge_kind)
			return TRUE;
	}
	return FALSE;
}

gboolean
imap_session_expunge(ImapSession *session, const ImapSet *uids, Cancel *cancel, GError **error)
{
	Ticket *ticket;
	gboolean ok;

	if (!imap_begin(session, cancel, error))
		return FALSE;
	if (!imap_session_has(session, IMAP_CAP_UIDPLUS)) {
		fault_set(error, FAULT_REFUSED,
			_("The server cannot remove single messages (no UIDPLUS): they stay marked as "
			  "deleted."));
		return FALSE;
	}
	ticket = imap_ticket_new(session, &expunge_kind, imap_set_copy(uids));
	ok = imap_send_pieces(session, ticket, "UID EXPUNGE ", uids, NULL, error) &&
	     imap_await(session, ticket, error);
	imap_finish(session, ticket);
	return ok;
}

/* ---- APPEND ---- */

typedef struct {
	guint32 uidvalidity;
	guint32 uid;
} Appended;

static void
append_done(ImapSession *session, Ticket *ticket, const ImapLine *line)
{
	Appended *appended = ticket->state;

	(void)session;
	if (line->code == IMAP_CODE_APPENDUID &&
		!imap_code_appenduid(line, &appended->uidvalidity, &appended->uid))
		*appended = (Appended){0};
}

static const TicketKind append_kind = {"APPEND", NULL, append_done, g_free, FALSE};

static gboolean
write_octets(ImapSession *session, const ImapAppend *append, GError **error)
{
	for (gsize at = 0; at < append->length;) {
		gsize part = MIN(append->length - at, APPEND_CHUNK);
		if (!imap_write(session, append->data + at, part, error))
			return FALSE;
		at += part;
		if (append->progress != NULL)
			append->progress(at, append->length, append->user);
	}
	return imap_write(session, "\r\n", 2, error);
}

static ImapCommand *
append_command(const ImapAppend *append)
{
	ImapCommand *command = imap_command_new("APPEND ");

	imap_command_mailbox(command, append->mailbox);
	imap_command_raw(command, " ");
	if (append->system != 0 || append->keywords != NULL) {
		imap_command_flags(command, append->system, append->keywords);
		imap_command_raw(command, " ");
	}
	if (append->received.seconds != 0) {
		g_autofree char *date = dates_format_imap(append->received);
		imap_command_rawf(command, "\"%s\" ", date);
	}
	return command;
}

gboolean
imap_session_append(ImapSession *session, const ImapAppend *append, guint32 *uidvalidity, guint32 *uid,
	Cancel *cancel, GError **error)
{
	g_autoptr(ImapCommand) command = NULL;
	gboolean refused = FALSE, ok;
	Appended *appended;
	Ticket *ticket;

	*uidvalidity = *uid = 0;
	if (!imap_begin(session, cancel, error))
		return FALSE;
	command = append_command(append);
	appended = g_new0(Appended, 1);
	ticket = imap_ticket_new(session, &append_kind, appended);
	ok = imap_send_announcing(session, ticket, command, append->length, &refused, error) &&
	     (refused || write_octets(session, append, error)) && imap_await(session, ticket, error);
	*uidvalidity = appended->uidvalidity;
	*uid = appended->uid;
	imap_finish(session, ticket);
	return ok;
}

/* ---- SEARCH ---- */

static Take
search_data(ImapSession *session, Ticket *ticket, const ImapLine *line, ImapParser *parser, GError **error)
{
	gboolean ok;

	(void)session;
	if (line->kind != IMAP_LINE_DATA)
		return TAKE_NO;
	if (line->data == IMAP_DATA_SEARCH)
		ok = imap_search_parse(parser, ticket->state, error);
	else if (line->data == IMAP_DATA_ESEARCH)
		ok = imap_esearch_parse(parser, ticket->state, error);
	else
		return TAKE_NO;
	if (ok)
		return TAKE_YES;
	/* Half a list of what is there would be taken for the whole. */
	if (ticket->error == NULL)
		ticket->error = g_error_copy(*error);
	return TAKE_BROKEN;
}

static const TicketKind search_kind = {"SEARCH", search_data, NULL, set_free, FALSE};

ImapSet *
imap_session_search(ImapSession *session, const ImapCommand *keys, Cancel *cancel, GError **error)
{
	g_autoptr(ImapCommand) command = imap_command_new("UID SEARCH ");
	ImapSet *found = NULL;
	Ticket *ticket;

	if (!imap_begin(session, cancel, error))
		return NULL;
	if (imap_session_has(session, IMAP_CAP_ESEARCH))
		imap_command_raw(command, "RETURN (ALL) ");
	if (imap_command_is_8bit(keys))
		imap_command_raw(command, "CHARSET UTF-8 ");
	imap_command_append(command, keys);
	ticket = imap_ticket_new(session, &search_kind, imap_set_new());
	if (imap_send(session, ticket, command, error) && imap_await(session, ticket, error))
		found = imap_set_copy(ticket->state);
	imap_finish(session, ticket);
	return found;
}

ImapSet *
imap_session_search_message_id(ImapSession *session, const char *message_id, Cancel *cancel, GError **error)
{
	g_autoptr(ImapCommand) keys = imap_command_new("HEADER Message-ID ");

	imap_command_string(keys, message_id);
	return imap_session_search(session, keys, cancel, error);
}

gboolean
imap_session_noop(ImapSession *session, Cancel *cancel, GError **error)
{
	g_autoptr(ImapCommand) command = imap_command_new("NOOP");

	return imap_begin(session, cancel, error) && imap_simple(session, "NOOP", command, error);
}
