/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session.c - the engine of the session: commands out, responses in, tickets.
 *
 *	imap_send()   writes a command and queues its flight
 *	imap_step()   reads one response and hands it to who asked for it
 *	imap_await()  steps until a ticket's flights are answered
 *
 * There is one loop at a time: nothing here is reentered, callbacks cannot call
 * the session.
 */
#include "config.h"

#include "imap/session-private.h"

#include "net/trace.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

ImapSession *
imap_session_new(NetStream *stream, const char *label)
{
	ImapSession *session = g_new0(ImapSession, 1);

	session->stream = stream;
	session->label = g_strdup(label);
	session->reader = imap_reader_new(NULL);
	session->patience_ms = LIMIT_COMMAND_IDLE_MS;
	session->cap_words = g_string_new(NULL);
	session->challenge = g_string_new(NULL);
	session->prefix = g_strdup("");
	session->namespaces = g_ptr_array_new_with_free_func(g_free);
	session->map = imap_seqmap_new();
	session->fresh = TRUE;
	imap_row_init(&session->row);
	imap_caps_reset(session);
	imap_take_greeting(session);
	return session;
}

static void
ticket_free(Ticket *ticket)
{
	if (ticket->kind->free != NULL)
		ticket->kind->free(ticket->state);
	g_clear_error(&ticket->error);
	g_free(ticket);
}

void
imap_session_free(ImapSession *session)
{
	Ticket *ticket;

	if (session == NULL)
		return;
	net_stream_close(session->stream);
	g_queue_clear_full(&session->flights, g_free);
	while ((ticket = g_queue_pop_head(&session->tickets)) != NULL)
		ticket_free(ticket);
	imap_events_clear(session);
	imap_row_clear(&session->row);
	secret_free(session->masked);
	imap_seqmap_free(session->map);
	imap_reader_free(session->reader);
	g_clear_pointer(&session->mechanisms, g_ptr_array_unref);
	g_string_free(session->cap_words, TRUE);
	g_string_free(session->challenge, TRUE);
	g_clear_error(&session->failure);
	g_free(session->bye);
	g_free(session->damage);
	g_free(session->greeting);
	g_free(session->server_name);
	g_free(session->prefix);
	g_ptr_array_unref(session->namespaces);
	g_free(session->mailbox);
	g_free(session->label);
	g_free(session);
}

gboolean
imap_session_is_alive(const ImapSession *session)
{
	return session->failure == NULL;
}

void
imap_session_set_patience(ImapSession *session, guint ms)
{
	session->patience_ms = ms ? ms : LIMIT_COMMAND_IDLE_MS;
}

ImapCode
imap_session_code(const ImapSession *session)
{
	return session->code;
}

char *
imap_words(const ImapSession *session, ImapSlice text)
{
	g_autofree char *raw = g_strndup(text.data ? text.data : "", MIN(text.length, LIMIT_LOG_LINE));
	g_autofree char *masked = session->masked ? secret_mask(session->masked, raw) : g_strdup(raw);

	return text_safe(masked, -1, TEXT_LINE | TEXT_MARKS);
}

void
imap_trace(const ImapSession *session, char direction, const char *text, gsize length)
{
	g_autofree char *masked = NULL;

	if (!log_on(LOG_IMAP))
		return;
	/* In its words a server can repeat what it was told. */
	if (session->masked != NULL) {
		g_autofree char *raw = g_strndup(text, MIN(length, LIMIT_LOG_LINE));
		masked = secret_mask(session->masked, raw);
		text = masked;
		length = strlen(masked);
	}
	net_trace(LOG_IMAP, session->label, direction, text, MIN(length, LIMIT_LOG_LINE));
}

/* After a cancel nobody waits for what is in flight. */
static void
abandon_all(ImapSession *session)
{
	for (GList *item = session->tickets.head; item != NULL; item = item->next) {
		Ticket *ticket = item->data;
		ticket->abandoned = ticket->background = ticket->background || ticket->open > 0;
	}
	imap_fetch_bounds(session);
}

gboolean
imap_fail(ImapSession *session, GError *failure, GError **error)
{
	if (g_error_matches(failure, POSTHORN_FAULT, FAULT_CANCELED)) {
		abandon_all(session);
	} else if (session->failure == NULL) {
		session->failure = g_error_copy(failure);
		abandon_all(session);
	}
	g_propagate_error(error, failure);
	return FALSE;
}

gboolean
imap_begin(ImapSession *session, Cancel *cancel, GError **error)
{
	if (session->failure != NULL) {
		g_propagate_error(error, g_error_copy(session->failure));
		return FALSE;
	}
	net_stream_set_cancel(session->stream, cancel);
	if (!cancel_check(cancel, error))
		return TRUE;
	abandon_all(session);
	return FALSE;
}

/* ---- out ---- */

Ticket *
imap_ticket_new(ImapSession *session, const TicketKind *kind, gpointer state)
{
	Ticket *ticket = g_new0(Ticket, 1);

	ticket->id = ++session->last_ticket;
	ticket->kind = kind;
	ticket->state = state;
	g_queue_push_tail(&session->tickets, ticket);
	return ticket;
}

gboolean
imap_write(ImapSession *session, const char *data, gsize length, GError **error)
{
	GError *failure = NULL;

	if (net_stream_write(session->stream, data, length, &failure))
		return TRUE;
	/* Part of a line may have gone out: even a canceled write ends the session. */
	if (session->failure == NULL)
		session->failure = g_error_copy(failure);
	return imap_fail(session, failure, error);
}

gboolean
imap_await_continue(ImapSession *session, Ticket *ticket, gboolean *go, GError **error)
{
	session->continued = FALSE;
	while (!session->continued && ticket->open > 0) {
		if (!imap_step(session, error))
			return FALSE;
	}
	*go = session->continued;
	return TRUE;
}

/* A command on its way out: what is to be written next, and how it looks in the log. */
typedef struct {
	GString *wire; /* sized beforehand: a secret must not be left in memory that it grew out of */
	GString *shown;
	gboolean secret;
} Out;

static void
out_clear(Out *out)
{
	if (out->secret)
		secret_wipe(out->wire->str, out->wire->len);
	g_string_free(out->wire, TRUE);
	g_string_free(out->shown, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Out, out_clear)

static void
out_add(Out *out, const char *text)
{
	g_string_append(out->wire, text);
	g_string_append(out->shown, text);
}

static gboolean
out_flush(ImapSession *session, Out *out, GError **error)
{
	gboolean ok;

	imap_trace(session, 'C', out->shown->str, out->shown->len);
	ok = imap_write(session, out->wire->str, out->wire->len, error);
	if (out->secret)
		secret_wipe(out->wire->str, out->wire->len);
	g_string_truncate(out->wire, 0);
	g_string_truncate(out->shown, 0);
	return ok;
}

static void
out_add_piece(Out *out, const ImapPiece *piece)
{
	out->secret = out->secret || piece->secret;
	g_string_append_len(out->wire, piece->bytes->str, (gssize)piece->bytes->len);
	if (piece->secret)
		g_string_append(out->shown, "***");
	else if (piece->literal)
		g_string_append_printf(out->shown, "<%u octets>", (guint)piece->bytes->len);
	else
		g_string_append_len(out->shown, piece->bytes->str, (gssize)piece->bytes->len);
}

static gboolean
literal_goes_at_once(const ImapSession *session, gsize length)
{
	return imap_session_has(session, IMAP_CAP_LITERAL_PLUS) ||
	       (imap_session_has(session, IMAP_CAP_LITERAL_MINUS) && length <= 4096);
}

/* "{n}" of a literal; where the server has to be asked, ask. *refused: it answered NO in place of "+". */
static gboolean
out_announce(ImapSession *session, Ticket *ticket, Out *out, gsize length, gboolean *refused, GError **error)
{
	gboolean at_once = literal_goes_at_once(session, length), go;
	GError *failure = NULL;
	char mark[32];

	g_snprintf(mark, sizeof mark, "{%" G_GSIZE_FORMAT "%s}\r\n", length, at_once ? "+" : "");
	out_add(out, mark);
	if (at_once)
		return TRUE;
	if (!out_flush(session, out, error))
		return FALSE;
	if (imap_await_continue(session, ticket, &go, &failure)) {
		*refused = !go;
		return TRUE;
	}
	/* The server waits for octets that will not come. */
	if (session->failure == NULL)
		session->failure = g_error_copy(failure);
	return imap_fail(session, failure, error);
}

static gsize
wire_size(const ImapCommand *command)
{
	gsize size = 64;

	for (guint i = 0; i < imap_command_pieces(command); i++)
		size += imap_command_piece(command, i)->bytes->len + 32;
	return size;
}

static Flight *
flight_new(ImapSession *session, Ticket *ticket)
{
	Flight *flight = g_new0(Flight, 1);

	/* libcurl's tags are A001 and on. */
	g_snprintf(flight->tag, sizeof flight->tag, "P%u", (guint)(++session->last_tag % 100000000));
	flight->ticket = ticket;
	return flight;
}

/* Tag and pieces, all but the end of the line. */
static gboolean
send_open(ImapSession *session, Ticket *ticket, const ImapCommand *command, Out *out, gboolean *refused,
	GError **error)
{
	Flight *flight;

	if (!imap_idle_end(session, out->wire, error))
		return FALSE;
	g_string_append(out->shown, out->wire->str);
	flight = flight_new(session, ticket);
	ticket->open++;
	g_queue_push_tail(&session->flights, flight);
	imap_fetch_bounds(session);
	out_add(out, flight->tag);
	out_add(out, " ");
	for (guint i = 0; i < imap_command_pieces(command) && !*refused; i++) {
		const ImapPiece *piece = imap_command_piece(command, i);
		if (piece->literal && !out_announce(session, ticket, out, piece->bytes->len, refused, error))
			return FALSE;
		if (!*refused)
			out_add_piece(out, piece);
	}
	return TRUE;
}

gboolean
imap_send(ImapSession *session, Ticket *ticket, const ImapCommand *command, GError **error)
{
	g_auto(Out) out = {g_string_sized_new(wire_size(command)), g_string_new(NULL), FALSE};
	gboolean refused = FALSE;

	if (!send_open(session, ticket, command, &out, &refused, error))
		return FALSE;
	if (refused)
		return TRUE;
	out_add(&out, "\r\n");
	return out_flush(session, &out, error);
}

gboolean
imap_send_pieces(ImapSession *session, Ticket *ticket, const char *words, const ImapSet *uids,
	const ImapCommand *behind, GError **error)
{
	g_autoptr(ImapSet) left = imap_set_copy(uids);

	while (!imap_set_is_empty(left)) {
		g_autoptr(ImapSet) piece = imap_set_take_bytes(left, IMAP_SET_BYTES);
		g_autoptr(ImapCommand) command = imap_command_new(words);
		imap_command_set(command, piece);
		if (behind != NULL)
			imap_command_append(command, behind);
		if (!imap_send(session, ticket, command, error))
			return FALSE;
	}
	return TRUE;
}

gboolean
imap_send_announcing(ImapSession *session, Ticket *ticket, const ImapCommand *command, gsize length,
	gboolean *refused, GError **error)
{
	g_auto(Out) out = {g_string_sized_new(wire_size(command)), g_string_new(NULL), FALSE};

	*refused = FALSE;
	if (!send_open(session, ticket, command, &out, refused, error))
		return FALSE;
	if (!*refused && !out_announce(session, ticket, &out, length, refused, error))
		return FALSE;
	return *refused || out.wire->len == 0 || out_flush(session, &out, error);
}

/* ---- in ---- */

/* Read until a response is whole. */
static gboolean
read_response(ImapSession *session, ImapResponse *response, GError **error)
{
	GError *failure = NULL;

	for (;;) {
		ImapReaderResult result = imap_reader_next(session->reader, response, &failure);
		gssize got;
		gsize size;
		char *space;
		if (result == IMAP_READER_RESPONSE)
			return TRUE;
		if (result == IMAP_READER_BROKEN)
			return imap_fail(session, failure, error);
		imap_fetch_progress(session);
		space = imap_reader_space(session->reader, &size);
		got = net_stream_read(session->stream, space, size, session->patience_ms, &failure);
		if (got > 0) {
			imap_reader_received(session->reader, (gsize)got);
			continue;
		}
		if (got == 0 && session->bye != NULL && *session->bye != '\0')
			fault_set(&failure, FAULT_RETRY, _("The server closed the connection and said: %s"),
				session->bye);
		else if (got == 0)
			fault_set(&failure, FAULT_RETRY, _("The server closed the connection."));
		return imap_fail(session, failure, error);
	}
}

/* The error that a NO or BAD is. */
static GError *
refusal(const ImapSession *session, const char *what, const ImapLine *line)
{
	static const struct {
		ImapCode code;
		Fault fault;
	} faults[] = {
		{IMAP_CODE_UNAVAILABLE, FAULT_RETRY},
		{IMAP_CODE_INUSE, FAULT_RETRY},
		{IMAP_CODE_SERVERBUG, FAULT_RETRY},
		{IMAP_CODE_LIMIT, FAULT_RETRY},
		{IMAP_CODE_NONEXISTENT, FAULT_UNKNOWN},
		{IMAP_CODE_TRYCREATE, FAULT_UNKNOWN},
		{IMAP_CODE_AUTHENTICATIONFAILED, FAULT_AUTH},
		{IMAP_CODE_EXPIRED, FAULT_AUTH},
	};
	g_autofree char *words = imap_words(session, line->text);
	GError *error = NULL;
	Fault fault = FAULT_REFUSED;

	for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
		if (faults[i].code == line->code)
			fault = faults[i].fault;
	}
	if (*words == '\0')
		fault_set(&error, fault, _("The server refused %s and gave no reason."), what);
	else
		fault_set(&error, fault, _("The server refused %s and said: %s"), what, words);
	return error;
}

static Flight *
flight_by_tag(const ImapSession *session, ImapSlice tag)
{
	for (GList *item = session->flights.head; item != NULL; item = item->next) {
		Flight *flight = item->data;
		if (tag.length == strlen(flight->tag) && memcmp(tag.data, flight->tag, tag.length) == 0)
			return flight;
	}
	return NULL;
}

static gboolean
take_tagged(ImapSession *session, const ImapLine *line, GError **error)
{
	Flight *flight = flight_by_tag(session, line->tag);
	GError *failure = NULL;
	Ticket *ticket;

	if (flight == NULL) {
		fault_set(&failure, FAULT_PROTOCOL, _("The server answered a command that was not given."));
		return imap_fail(session, failure, error);
	}
	ticket = flight->ticket;
	g_queue_remove(&session->flights, flight);
	g_free(flight);
	ticket->open--;
	if (line->code != IMAP_CODE_NONE)
		ticket->code = line->code;
	ticket->bad = ticket->bad || line->answer == IMAP_ANSWER_BAD;
	if (ticket->kind->done != NULL)
		ticket->kind->done(session, ticket, line);
	if (line->answer != IMAP_ANSWER_OK && !ticket->kind->optional && ticket->error == NULL)
		ticket->error = refusal(session, ticket->kind->what, line);
	if (ticket->open == 0 && ticket->background) {
		g_queue_remove(&session->tickets, ticket);
		ticket_free(ticket);
	}
	imap_fetch_bounds(session);
	return TRUE;
}

/* Codes and words that mean the same wherever they come. */
static void
take_status_words(ImapSession *session, const ImapLine *line)
{
	if (line->code == IMAP_CODE_ALERT || line->code == IMAP_CODE_WEBALERT) {
		g_autofree char *words = imap_words(session, line->text);
		imap_event_text(session, IMAP_EVENT_ALERT, words);
	} else if (line->code == IMAP_CODE_CAPABILITY) {
		g_auto(ImapParser) words;
		imap_parser_init_slice(&words, line->code_args);
		imap_caps_reset(session);
		imap_caps_add(session, &words);
	}
	if (line->answer == IMAP_ANSWER_BYE) {
		g_free(session->bye);
		session->bye = imap_words(session, line->text);
		imap_event_text(session, IMAP_EVENT_BYE, session->bye);
	}
}

/* Offer data to the tickets in the order of their commands. */
static Take
offer(ImapSession *session, const ImapLine *line, ImapParser *parser, GError **error)
{
	for (GList *item = session->flights.head; item != NULL; item = item->next) {
		Ticket *ticket = ((Flight *)item->data)->ticket;
		Take take;
		if (ticket->kind->data == NULL)
			continue;
		take = ticket->kind->data(session, ticket, line, parser, error);
		if (take != TAKE_NO)
			return take;
	}
	return TAKE_NO;
}

/* FALSE: the response is damaged. */
static gboolean
take_data(ImapSession *session, const ImapLine *line, ImapParser *parser, GError **error)
{
	GError *damage = NULL;

	switch (line->data) {
	case IMAP_DATA_CAPABILITY:
		imap_caps_reset(session);
		imap_caps_add(session, parser);
		return TRUE;
	case IMAP_DATA_ENABLED:
		imap_take_enabled(session, parser);
		return TRUE;
	case IMAP_DATA_ID:
		return imap_take_id(session, parser, error);
	case IMAP_DATA_NAMESPACE:
		return imap_take_namespace(session, parser, error);
	case IMAP_DATA_FETCH:
		/* What could be read of a damaged one counts. */
		if (!imap_row_parse(&session->row, line->number, parser, &damage))
			imap_damage(session, line->data, damage);
		if (!session->qresync && session->row.uid != 0 && line->number <= session->exists)
			imap_seqmap_put(session->map, line->number, session->row.uid);
		break;
	case IMAP_DATA_UNKNOWN:
		return TRUE;
	default:
		break;
	}
	switch (offer(session, line, parser, error)) {
	case TAKE_YES:
		return TRUE;
	case TAKE_BROKEN:
		return FALSE;
	case TAKE_NO:
		break;
	}
	return imap_mailbox_news(session, line, parser, error);
}

static gboolean
dispatch(ImapSession *session, const ImapLine *line, ImapParser *parser, GError **error)
{
	GError *failure = NULL;

	switch (line->kind) {
	case IMAP_LINE_CONTINUE:
		session->continued = TRUE;
		g_string_truncate(session->challenge, 0);
		g_string_append_len(session->challenge, line->text.data, (gssize)line->text.length);
		return TRUE;
	case IMAP_LINE_TAGGED:
		take_status_words(session, line);
		return take_tagged(session, line, error);
	case IMAP_LINE_STATUS:
		take_status_words(session, line);
		if (offer(session, line, parser, &failure) == TAKE_NO)
			imap_mailbox_code(session, line);
		return TRUE;
	case IMAP_LINE_DATA:
		break;
	}
	if (!take_data(session, line, parser, &failure))
		imap_damage(session, line->data, failure);
	return TRUE;
}

/* Before the first response the rest of a line may come that libcurl began to read. */
static gboolean
is_leftover(ImapSession *session, const ImapResponse *response)
{
	ImapSlice tag = {response->text, strcspn(response->text, " ")};

	if (!session->fresh)
		return FALSE;
	if (g_str_has_prefix(response->text, "* ") || g_str_has_prefix(response->text, "+ ") ||
		flight_by_tag(session, tag) != NULL)
		session->fresh = FALSE;
	return session->fresh;
}

gboolean
imap_step(ImapSession *session, GError **error)
{
	g_auto(ImapParser) parser = {0};
	ImapResponse response;
	GError *failure = NULL;
	ImapLine line;

	if (!read_response(session, &response, error))
		return FALSE;
	if (is_leftover(session, &response))
		return TRUE;
	if (session->logging_in && response.text[0] == '+')
		imap_trace(session, 'S', "+ ***", 5);
	else
		imap_trace(session, 'S', response.text, response.length);
	imap_parser_init(&parser, &response);
	if (!imap_line_parse(&parser, &line, &failure)) {
		if (line.kind != IMAP_LINE_DATA)
			return imap_fail(session, failure, error);
		imap_damage(session, line.data, failure);
		return TRUE;
	}
	return dispatch(session, &line, &parser, error);
}

/* ---- tickets ---- */

gboolean
imap_await(ImapSession *session, Ticket *ticket, GError **error)
{
	while (ticket->open > 0) {
		if (!imap_step(session, error))
			return FALSE;
	}
	session->code = ticket->code;
	if (ticket->error == NULL)
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&ticket->error));
	return FALSE;
}

void
imap_finish(ImapSession *session, Ticket *ticket)
{
	if (ticket->open > 0) {
		ticket->background = TRUE;
		ticket->abandoned = TRUE;
		imap_fetch_bounds(session);
		return;
	}
	g_queue_remove(&session->tickets, ticket);
	ticket_free(ticket);
}

Ticket *
imap_ticket_by_id(const ImapSession *session, ImapTicket id)
{
	for (GList *item = session->tickets.head; item != NULL; item = item->next) {
		Ticket *ticket = item->data;
		if (ticket->id == id && !ticket->background)
			return ticket;
	}
	return NULL;
}

gboolean
imap_session_wait(ImapSession *session, ImapTicket id, Cancel *cancel, GError **error)
{
	Ticket *ticket = imap_ticket_by_id(session, id);
	gboolean ok;

	if (!imap_begin(session, cancel, error))
		return FALSE;
	if (ticket == NULL) {
		fault_set(error, FAULT_CANCELED, _("Canceled."));
		return FALSE;
	}
	ok = imap_await(session, ticket, error);
	imap_finish(session, ticket);
	return ok;
}

void
imap_session_forget(ImapSession *session, ImapTicket id)
{
	Ticket *ticket = imap_ticket_by_id(session, id);

	if (ticket != NULL)
		imap_finish(session, ticket);
}

gboolean
imap_simple(ImapSession *session, const char *what, const ImapCommand *command, GError **error)
{
	TicketKind *kind = g_new0(TicketKind, 1);
	Ticket *ticket;
	gboolean ok;

	kind->what = what;
	kind->free = g_free;
	ticket = imap_ticket_new(session, kind, kind);
	ok = imap_send(session, ticket, command, error) && imap_await(session, ticket, error);
	imap_finish(session, ticket);
	return ok;
}
