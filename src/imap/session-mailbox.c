/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session-mailbox.c - selecting a mailbox, and news about it.
 *
 * A SELECT may be sent behind other commands: what comes before it is the first
 * flight belongs to the mailbox before. From then on the old one is left
 * (begin_select); with QRESYNC its last news still come until [CLOSED], and are
 * dropped.
 */
#include "config.h"

#include "imap/results.h"
#include "imap/session-private.h"

#include "util/fault.h"
#include "util/i18n.h"

typedef struct {
	char *mailbox;
	gboolean examine;
	guint32 uidvalidity; /* that modseq belongs to; 0: no resync was asked */
	ImapRowFunc changed;
	gpointer user;
	gboolean begun;
	gboolean wait_closed; /* news until [CLOSED] are the old mailbox's */
	gboolean rows_lost;   /* rows came before UIDVALIDITY was told, or damaged */
	gboolean refused_bad;
	ImapSelected selected;
} Select;

void
imap_selected_clear(ImapSelected *selected)
{
	g_clear_pointer(&selected->vanished, imap_set_free);
	imap_flags_clear(&selected->permanent);
	g_clear_pointer(&selected->mailbox_id, g_free);
}

static void
selected_init(ImapSelected *selected)
{
	*selected = (ImapSelected){.vanished = imap_set_new()};
	imap_flags_init(&selected->permanent);
}

static void
select_free(gpointer data)
{
	Select *state = data;

	imap_selected_clear(&state->selected);
	g_free(state->mailbox);
	g_free(state);
}

void
imap_mailbox_left(ImapSession *session)
{
	g_clear_pointer(&session->mailbox, g_free);
	session->exists = 0;
	session->uidvalidity = 0;
	session->read_only = FALSE;
	imap_seqmap_clear(session->map);
	imap_events_leave(session);
}

static void
begin_select(ImapSession *session, Select *state)
{
	state->begun = TRUE;
	state->wait_closed = session->mailbox != NULL && session->qresync;
	imap_mailbox_left(session);
}

/* "* OK [UIDVALIDITY 3]" and its like. A malformed one counts as not told. */
static void
select_code(ImapSession *session, Select *state, const ImapLine *line)
{
	ImapSelected *selected = &state->selected;

	switch (line->code) {
	case IMAP_CODE_CLOSED:
		state->wait_closed = FALSE;
		break;
	case IMAP_CODE_UIDVALIDITY:
		imap_code_number(line, &selected->uidvalidity);
		session->uidvalidity = selected->uidvalidity;
		break;
	case IMAP_CODE_UIDNEXT:
		imap_code_number(line, &selected->uidnext);
		break;
	case IMAP_CODE_HIGHESTMODSEQ:
		imap_code_modseq(line, &selected->highestmodseq);
		break;
	case IMAP_CODE_NOMODSEQ:
		selected->highestmodseq = 0;
		break;
	case IMAP_CODE_PERMANENTFLAGS:
		imap_code_flags(line, &selected->permanent);
		break;
	case IMAP_CODE_UIDNOTSTICKY:
		selected->uid_not_sticky = TRUE;
		break;
	case IMAP_CODE_READ_ONLY:
		selected->read_only = TRUE;
		break;
	case IMAP_CODE_MAILBOXID:
		g_clear_pointer(&selected->mailbox_id, g_free);
		imap_code_word(line, &selected->mailbox_id);
		break;
	default:
		break;
	}
}

/* A row that changed since. It counts only for the mailbox that was known: same UIDVALIDITY, told before. */
static void
select_row(ImapSession *session, Ticket *ticket, Select *state)
{
	const ImapRow *row = &session->row;

	if (row->uid == 0 || (row->has & IMAP_HAS_FLAGS) == 0)
		return;
	if (state->uidvalidity == 0 || state->selected.uidvalidity != state->uidvalidity) {
		state->rows_lost = TRUE;
		return;
	}
	if (state->changed != NULL && !ticket->abandoned)
		state->changed(row, state->user);
}

static Take
select_data(ImapSession *session, Ticket *ticket, const ImapLine *line, ImapParser *parser, GError **error)
{
	Flight *first = g_queue_peek_head(&session->flights);
	Select *state = ticket->state;
	g_autoptr(ImapSet) gone = NULL;
	gboolean earlier;

	if (first == NULL || first->ticket != ticket)
		return TAKE_NO;
	if (!state->begun)
		begin_select(session, state);
	if (line->kind == IMAP_LINE_STATUS) {
		select_code(session, state, line);
		return TAKE_YES;
	}
	switch (line->data) {
	case IMAP_DATA_EXISTS:
		if (!state->wait_closed)
			state->selected.exists = session->exists = line->number;
		return TAKE_YES;
	case IMAP_DATA_FETCH:
		if (!state->wait_closed)
			select_row(session, ticket, state);
		return TAKE_YES;
	case IMAP_DATA_VANISHED:
		if (!imap_vanished_parse(parser, &earlier, &gone, error))
			return TAKE_BROKEN;
		if (!state->wait_closed)
			imap_set_add_set(state->selected.vanished, gone);
		return TAKE_YES;
	case IMAP_DATA_FLAGS:
	case IMAP_DATA_RECENT:
	case IMAP_DATA_EXPUNGE:
		return TAKE_YES;
	default:
		return TAKE_NO;
	}
}

static void
select_done(ImapSession *session, Ticket *ticket, const ImapLine *line)
{
	Select *state = ticket->state;
	ImapSelected *selected = &state->selected;

	if (!state->begun)
		begin_select(session, state);
	state->refused_bad = line->answer == IMAP_ANSWER_BAD;
	if (line->answer != IMAP_ANSWER_OK) {
		imap_mailbox_left(session);
		return;
	}
	select_code(session, state, line);
	selected->read_only = selected->read_only || state->examine;
	selected->resynced = session->qresync && state->uidvalidity != 0 && !state->rows_lost &&
			     selected->uidvalidity == state->uidvalidity && selected->highestmodseq != 0;
	if (!selected->resynced)
		imap_set_clear(selected->vanished);
	session->mailbox = g_strdup(state->mailbox);
	session->read_only = selected->read_only;
}

static const TicketKind select_kind = {"SELECT", select_data, select_done, select_free, FALSE};

/* " (QRESYNC (uidvalidity modseq known))" */
static void
add_resync(ImapCommand *command, const ImapSelect *options)
{
	imap_command_rawf(command, " (QRESYNC (%u %" G_GUINT64_FORMAT, options->uidvalidity, options->modseq);
	if (options->known != NULL && !imap_set_is_empty(options->known)) {
		g_autofree char *known = imap_set_string(options->known);
		/* A set too long for a line: its span; what vanished in the gaps is told in vain. */
		if (strlen(known) > IMAP_SET_BYTES)
			imap_command_rawf(command, " %u:%u", imap_set_first(options->known),
				imap_set_last(options->known));
		else
			imap_command_rawf(command, " %s", known);
	}
	imap_command_raw(command, "))");
}

/* One SELECT. *bad: the server does not understand its parameters. */
static gboolean
select_once(ImapSession *session, const char *mailbox, const ImapSelect *options, gboolean resync,
	gboolean parameters, ImapSelected *selected, gboolean *bad, GError **error)
{
	g_autoptr(ImapCommand) command = imap_command_new(options->examine ? "EXAMINE " : "SELECT ");
	Select *state = g_new0(Select, 1);
	Ticket *ticket;
	gboolean ok;

	state->mailbox = g_strdup(mailbox);
	state->examine = options->examine;
	state->uidvalidity = resync ? options->uidvalidity : 0;
	state->changed = options->changed;
	state->user = options->user;
	selected_init(&state->selected);
	imap_command_mailbox(command, mailbox);
	if (resync)
		add_resync(command, options);
	else if (parameters && !session->qresync_asked && imap_session_has(session, IMAP_CAP_CONDSTORE))
		imap_command_raw(command, " (CONDSTORE)");
	ticket = imap_ticket_new(session, &select_kind, state);
	ok = imap_send(session, ticket, command, error) && imap_await(session, ticket, error);
	*bad = ticket->open == 0 && state->refused_bad;
	if (ok) {
		*selected = state->selected;
		selected_init(&state->selected);
	}
	imap_finish(session, ticket);
	return ok;
}

gboolean
imap_session_select(ImapSession *session, const char *mailbox, const ImapSelect *options,
	ImapSelected *selected, Cancel *cancel, GError **error)
{
	static const ImapSelect none = {0};
	const ImapSelect *how = options ? options : &none;
	gboolean resync, bad;
	GError *refused = NULL;

	if (!imap_begin(session, cancel, error))
		return FALSE;
	resync = session->qresync_asked && how->modseq != 0 && how->uidvalidity != 0;
	if (select_once(session, mailbox, how, resync, TRUE, selected, &bad, &refused))
		return TRUE;
	/* Offered, but not understood: ENABLE was refused, or the server errs. */
	if (bad && session->failure == NULL && (resync || imap_session_has(session, IMAP_CAP_CONDSTORE))) {
		g_clear_error(&refused);
		if (select_once(session, mailbox, how, FALSE, FALSE, selected, &bad, &refused))
			return TRUE;
	}
	g_propagate_error(error, refused);
	return FALSE;
}

const char *
imap_session_selected(const ImapSession *session)
{
	return session->mailbox;
}

guint32
imap_session_exists(const ImapSession *session)
{
	return session->exists;
}

gboolean
imap_session_qresync(const ImapSession *session)
{
	return session->qresync;
}

/* CLOSE expunges, unless the mailbox is read only: make it so first. */
static gboolean
leave_by_close(ImapSession *session, GError **error)
{
	g_autoptr(ImapCommand) close = imap_command_new("CLOSE");

	if (!session->read_only) {
		g_autofree char *mailbox = g_strdup(session->mailbox);
		g_auto(ImapSelected) selected = {0};
		ImapSelect how = {.examine = TRUE};
		gboolean bad;
		if (!select_once(session, mailbox, &how, FALSE, FALSE, &selected, &bad, error))
			return FALSE;
		/* A server that lets EXAMINE write would expunge. */
		if (!session->read_only)
			return TRUE;
	}
	return imap_simple(session, "CLOSE", close, error);
}

gboolean
imap_session_unselect(ImapSession *session, Cancel *cancel, GError **error)
{
	g_autoptr(ImapCommand) unselect = imap_command_new("UNSELECT");
	gboolean ok;

	if (!imap_begin(session, cancel, error))
		return FALSE;
	if (session->mailbox == NULL)
		return TRUE;
	if (imap_session_has(session, IMAP_CAP_UNSELECT))
		ok = imap_simple(session, "UNSELECT", unselect, error);
	else
		ok = leave_by_close(session, error);
	if (ok)
		imap_mailbox_left(session);
	return ok;
}

/* ---- news ---- */

static void
news_expunge(ImapSession *session, guint32 sequence)
{
	guint32 uid = imap_seqmap_expunge(session->map, sequence);

	if (session->exists > 0)
		session->exists--;
	if (uid == 0 && imap_is_removing(session))
		session->unmapped++;
	else
		imap_event_expunged(session, uid ? imap_set_new_range(uid, uid) : NULL);
}

static gboolean
news_vanished(ImapSession *session, ImapParser *parser, GError **error)
{
	gboolean earlier;
	ImapSet *gone;
	guint64 count;

	if (!imap_vanished_parse(parser, &earlier, &gone, error))
		return FALSE;
	count = imap_set_count(gone);
	if (!earlier)
		session->exists -= (guint32)MIN(count, session->exists);
	imap_event_expunged(session, gone);
	return TRUE;
}

static void
news_fetch(ImapSession *session)
{
	const ImapRow *row = &session->row;
	guint32 uid = row->uid ? row->uid : imap_seqmap_uid(session->map, row->sequence);

	if (row->has & IMAP_HAS_FLAGS)
		imap_event_flags(session, row, uid);
}

void
imap_mailbox_code(ImapSession *session, const ImapLine *line)
{
	guint32 uidvalidity;

	if (session->mailbox == NULL)
		return;
	if (line->code == IMAP_CODE_UIDVALIDITY && imap_code_number(line, &uidvalidity) &&
		uidvalidity != session->uidvalidity)
		imap_event_text(session, IMAP_EVENT_UIDVALIDITY, NULL);
	if (line->code != IMAP_CODE_CLOSED)
		return;
	imap_mailbox_left(session);
	imap_event_text(session, IMAP_EVENT_UIDVALIDITY, NULL);
}

void
imap_mailbox_damaged(ImapSession *session, ImapData data)
{
	Flight *first = g_queue_peek_head(&session->flights);

	if (first != NULL && first->ticket->kind == &select_kind)
		((Select *)first->ticket->state)->rows_lost = TRUE;
	if (session->mailbox == NULL ||
		(data != IMAP_DATA_EXISTS && data != IMAP_DATA_EXPUNGE && data != IMAP_DATA_VANISHED))
		return;
	/* Every number may have moved. */
	imap_seqmap_clear(session->map);
	imap_event_expunged(session, NULL);
}

gboolean
imap_mailbox_news(ImapSession *session, const ImapLine *line, ImapParser *parser, GError **error)
{
	/* Between mailboxes there is no news. */
	if (session->mailbox == NULL)
		return TRUE;
	switch (line->data) {
	case IMAP_DATA_EXISTS:
		session->exists = line->number;
		imap_event_exists(session, line->number);
		return TRUE;
	case IMAP_DATA_EXPUNGE:
		news_expunge(session, line->number);
		return TRUE;
	case IMAP_DATA_VANISHED:
		return news_vanished(session, parser, error);
	case IMAP_DATA_FETCH:
		news_fetch(session);
		return TRUE;
	default:
		return TRUE;
	}
}
