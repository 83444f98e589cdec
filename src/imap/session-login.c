/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session-login.c - greeting, capabilities, authentication, and what follows it.
 *
 *	CAPABILITY   only where the greeting told none
 *	AUTHENTICATE, or LOGIN
 *	CAPABILITY   only where the answer told none
 *	ID, ENABLE, NAMESPACE   sent, not awaited
 */
#include "config.h"

#include "imap/results.h"
#include "imap/session-private.h"

#include "net/sasl.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

#define CAPS_MAX (16 * 1024)

#define BIT(cap) (G_GUINT64_CONSTANT(1) << (cap))

static const struct {
	const char *name;
	ImapCap cap;
	guint64 implies;
} caps[] = {
	{"APPENDLIMIT", IMAP_CAP_APPENDLIMIT, 0},
	{"BINARY", IMAP_CAP_BINARY, 0},
	{"CHILDREN", IMAP_CAP_CHILDREN, 0},
	{"COMPRESS=DEFLATE", IMAP_CAP_COMPRESS_DEFLATE, 0},
	{"CONDSTORE", IMAP_CAP_CONDSTORE, 0},
	{"CREATE-SPECIAL-USE", IMAP_CAP_CREATE_SPECIAL_USE, 0},
	{"ENABLE", IMAP_CAP_ENABLE, 0},
	{"ESEARCH", IMAP_CAP_ESEARCH, 0},
	{"ID", IMAP_CAP_ID, 0},
	{"IDLE", IMAP_CAP_IDLE, 0},
	{"IMAP4rev1", IMAP_CAP_IMAP4REV1, 0},
	{"IMAP4rev2", IMAP_CAP_IMAP4REV2,
		BIT(IMAP_CAP_ENABLE) | BIT(IMAP_CAP_ESEARCH) | BIT(IMAP_CAP_IDLE) |
			BIT(IMAP_CAP_LIST_EXTENDED) | BIT(IMAP_CAP_LIST_STATUS) |
			BIT(IMAP_CAP_LITERAL_MINUS) | BIT(IMAP_CAP_MOVE) | BIT(IMAP_CAP_NAMESPACE) |
			BIT(IMAP_CAP_SASL_IR) | BIT(IMAP_CAP_SPECIAL_USE) | BIT(IMAP_CAP_STATUS_SIZE) |
			BIT(IMAP_CAP_UIDPLUS) | BIT(IMAP_CAP_UNSELECT) | BIT(IMAP_CAP_CHILDREN)},
	{"LIST-EXTENDED", IMAP_CAP_LIST_EXTENDED, 0},
	{"LIST-STATUS", IMAP_CAP_LIST_STATUS, 0},
	{"LITERAL-", IMAP_CAP_LITERAL_MINUS, 0},
	{"LITERAL+", IMAP_CAP_LITERAL_PLUS, 0},
	{"LOGINDISABLED", IMAP_CAP_LOGINDISABLED, 0},
	{"MOVE", IMAP_CAP_MOVE, 0},
	{"MULTIAPPEND", IMAP_CAP_MULTIAPPEND, 0},
	{"NAMESPACE", IMAP_CAP_NAMESPACE, 0},
	{"NOTIFY", IMAP_CAP_NOTIFY, 0},
	{"OBJECTID", IMAP_CAP_OBJECTID, 0},
	{"PREVIEW", IMAP_CAP_PREVIEW, 0},
	{"QRESYNC", IMAP_CAP_QRESYNC, BIT(IMAP_CAP_CONDSTORE) | BIT(IMAP_CAP_ENABLE)},
	{"SASL-IR", IMAP_CAP_SASL_IR, 0},
	{"SORT", IMAP_CAP_SORT, 0},
	{"SPECIAL-USE", IMAP_CAP_SPECIAL_USE, 0},
	{"STATUS=SIZE", IMAP_CAP_STATUS_SIZE, 0},
	{"THREAD=REFS", IMAP_CAP_THREAD_REFS, 0},
	{"THREAD=REFERENCES", IMAP_CAP_THREAD_REFERENCES, 0},
	{"UIDPLUS", IMAP_CAP_UIDPLUS, 0},
	{"UNSELECT", IMAP_CAP_UNSELECT, 0},
	{"XLIST", IMAP_CAP_XLIST, 0},
	{"X-GM-EXT-1", IMAP_CAP_X_GM_EXT_1, 0},
};

void
imap_caps_reset(ImapSession *session)
{
	session->caps = 0;
	session->caps_fresh = FALSE;
	g_string_truncate(session->cap_words, 0);
	g_clear_pointer(&session->mechanisms, g_ptr_array_unref);
	session->mechanisms = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(session->mechanisms, NULL);
}

static void
add_cap(ImapSlice word, gpointer user)
{
	ImapSession *session = user;

	if (session->cap_words->len + word.length > CAPS_MAX)
		return;
	if (session->cap_words->len > 0)
		g_string_append_c(session->cap_words, ' ');
	text_safe_append(session->cap_words, word.data, (gssize)word.length, TEXT_LINE | TEXT_MARKS);
	if (word.length > 5 && g_ascii_strncasecmp(word.data, "AUTH=", 5) == 0)
		g_ptr_array_insert(session->mechanisms, (int)session->mechanisms->len - 1,
			g_strndup(word.data + 5, word.length - 5));
	for (gsize i = 0; i < G_N_ELEMENTS(caps); i++) {
		if (imap_slice_is(word, caps[i].name))
			session->caps |= BIT(caps[i].cap) | caps[i].implies;
	}
	/* "APPENDLIMIT=1000" */
	if (word.length > 12 && g_ascii_strncasecmp(word.data, "APPENDLIMIT=", 12) == 0)
		session->caps |= BIT(IMAP_CAP_APPENDLIMIT);
}

void
imap_caps_add(ImapSession *session, ImapParser *parser)
{
	imap_words_parse(parser, add_cap, session);
	session->caps_fresh = TRUE;
}

gboolean
imap_session_has(const ImapSession *session, ImapCap cap)
{
	return (session->caps & BIT(cap)) != 0;
}

const char *
imap_session_capabilities(const ImapSession *session)
{
	return session->cap_words->str;
}

const char *
imap_session_greeting(const ImapSession *session)
{
	return session->greeting;
}

const char *
imap_session_server_name(const ImapSession *session)
{
	return session->server_name;
}

const char *
imap_session_prefix(const ImapSession *session)
{
	return session->prefix;
}

char
imap_session_delimiter(const ImapSession *session)
{
	return session->delimiter;
}

/* ---- greeting ---- */

static void
take_greeting_line(ImapSession *session, const char *text)
{
	g_auto(ImapParser) parser;
	ImapLine line;

	imap_parser_init_slice(&parser, (ImapSlice){text, strlen(text)});
	if (!imap_line_parse(&parser, &line, NULL))
		return;
	if (line.kind == IMAP_LINE_STATUS && session->greeting == NULL) {
		session->greeting = imap_words(session, line.text);
		session->preauth = line.answer == IMAP_ANSWER_PREAUTH;
	}
	if (line.code == IMAP_CODE_ALERT) {
		g_autofree char *words = imap_words(session, line.text);
		imap_event_text(session, IMAP_EVENT_ALERT, words);
	}
	if (line.code == IMAP_CODE_CAPABILITY) {
		g_auto(ImapParser) words;
		imap_parser_init_slice(&words, line.code_args);
		imap_caps_reset(session);
		imap_caps_add(session, &words);
	} else if (line.kind == IMAP_LINE_DATA && line.data == IMAP_DATA_CAPABILITY) {
		imap_caps_reset(session);
		imap_caps_add(session, &parser);
	}
}

/* What libcurl read before the stream was ours. Nothing in it breaks the session: the worst is "not known".
 */
void
imap_take_greeting(ImapSession *session)
{
	const GPtrArray *lines = net_stream_greeting(session->stream);

	for (guint i = 0; lines != NULL && i < lines->len; i++)
		take_greeting_line(session, g_ptr_array_index(lines, i));
}

/* ---- authentication ---- */

typedef struct {
	ImapAnswer answer;
	gboolean told_caps; /* in the tagged answer or just before it */
} Auth;

static void
auth_done(ImapSession *session, Ticket *ticket, const ImapLine *line)
{
	Auth *auth = ticket->state;

	auth->answer = line->answer;
	auth->told_caps = session->caps_fresh;
}

static const TicketKind auth_kind = {.what = "the login", .done = auth_done, .free = g_free};

/* What became of one attempt. */
typedef enum {
	TRIED_OK,
	TRIED_REFUSED,     /* the password is wrong */
	TRIED_UNHEARD,     /* refused before the password was proved */
	TRIED_UNSUPPORTED, /* the mechanism */
	TRIED_BROKEN
} Tried;

/* A response of the mechanism, by a line of its own. */
static gboolean
send_response(ImapSession *session, const Secret *line, GError **error)
{
	/* One write: the line must not be copied around. */
	gsize length = secret_length(line);
	char *wire = g_malloc(length + 2);
	gboolean ok;

	memcpy(wire, secret_text(line), length);
	memcpy(wire + length, "\r\n", 2);
	imap_trace(session, 'C', "***", 3);
	ok = imap_write(session, wire, length + 2, error);
	secret_wipe(wire, length + 2);
	g_free(wire);
	return ok;
}

/* Answer challenges until the command is answered. *own receives the mechanism's objection, which ended it.
 */
static gboolean
exchange(ImapSession *session, Ticket *ticket, Sasl *sasl, Secret **first, GError **own, GError **error)
{
	for (;;) {
		g_autoptr(Secret) line = NULL;
		gboolean go;
		if (!imap_await_continue(session, ticket, &go, error))
			return FALSE;
		if (!go)
			return TRUE;
		if (*first != NULL)
			line = g_steal_pointer(first);
		else if (*own == NULL && !sasl_step(sasl, session->challenge->str, &line, own))
			line = secret_new("*", 1);
		else if (line == NULL)
			line = secret_new("*", 1);
		if (!send_response(session, line, error))
			return FALSE;
	}
}

static gboolean
start_authenticate(
	ImapSession *session, Ticket *ticket, SaslMechanism mechanism, Secret **first, GError **error)
{
	g_autoptr(ImapCommand) command = imap_command_new("AUTHENTICATE ");

	imap_command_raw(command, sasl_name(mechanism));
	if (*first != NULL && imap_session_has(session, IMAP_CAP_SASL_IR)) {
		imap_command_raw(command, " ");
		imap_command_secret_raw(command, *first);
		g_clear_pointer(first, secret_free);
	} else if (*first != NULL && secret_length(*first) == 1 && *secret_text(*first) == '=') {
		/* Only as an initial response an empty one is "=". */
		secret_free(*first);
		*first = secret_new("", 0);
	}
	return imap_send(session, ticket, command, error);
}

/* The error that a refused login is: the fault is AUTH unless the server says that it is down. */
static void
auth_error(const ImapSession *session, const Ticket *ticket, const Sasl *sasl, GError **error)
{
	const char *more = sasl ? sasl_server_error(sasl) : NULL;
	Fault fault = fault_of(ticket->error) == FAULT_RETRY ? FAULT_RETRY : FAULT_AUTH;

	if (more != NULL) {
		g_autofree char *words = imap_words(session, (ImapSlice){more, strlen(more)});
		fault_set(error, fault, "%s (%s)", ticket->error->message, words);
	} else {
		fault_set(error, fault, "%s", ticket->error->message);
	}
}

static Tried
judge(ImapSession *session, Ticket *ticket, Sasl *sasl, GError **own, GError **error)
{
	const Auth *auth = ticket->state;

	session->code = ticket->code;
	if (*own != NULL) {
		/* A server that says OK to "*" lies; one that says NO did as it should. */
		if (auth->answer == IMAP_ANSWER_OK)
			imap_fail(session, g_steal_pointer(own), error);
		else
			g_propagate_error(error, g_steal_pointer(own));
		return TRIED_BROKEN;
	}
	if (auth->answer == IMAP_ANSWER_OK && sasl != NULL && !sasl_finish(sasl, own)) {
		imap_fail(session, g_steal_pointer(own), error);
		return TRIED_BROKEN;
	}
	if (auth->answer == IMAP_ANSWER_OK)
		return TRIED_OK;
	auth_error(session, ticket, sasl, error);
	if (fault_of(ticket->error) == FAULT_RETRY)
		return TRIED_BROKEN;
	if (auth->answer == IMAP_ANSWER_BAD)
		return TRIED_UNSUPPORTED;
	return sasl != NULL && !sasl_is_conclusive(sasl) ? TRIED_UNHEARD : TRIED_REFUSED;
}

static Tried
try_mechanism(ImapSession *session, const ImapLogin *login, SaslMechanism mechanism, GError **error)
{
	SaslLogin who = {login->user, login->secret, login->host, login->port};
	g_autoptr(Sasl) sasl = sasl_new(mechanism, &who, error);
	g_autoptr(Secret) first = NULL;
	g_autoptr(GError) own = NULL;
	GError *failure = NULL;
	Tried tried = TRIED_BROKEN;
	Ticket *ticket;

	if (sasl == NULL || !sasl_start(sasl, &first, error))
		return TRIED_BROKEN;
	ticket = imap_ticket_new(session, &auth_kind, g_new0(Auth, 1));
	session->caps_fresh = FALSE;
	if (start_authenticate(session, ticket, mechanism, &first, &failure) &&
		exchange(session, ticket, sasl, &first, &own, &failure)) {
		tried = judge(session, ticket, sasl, &own, error);
	} else {
		/* In the middle of an exchange nothing else can be said on this line. */
		if (session->failure == NULL)
			session->failure = g_error_copy(failure);
		g_propagate_error(error, failure);
	}
	imap_finish(session, ticket);
	return tried;
}

static Tried
try_login_command(ImapSession *session, const ImapLogin *login, GError **error)
{
	g_autoptr(ImapCommand) command = imap_command_new("LOGIN ");
	g_autoptr(GError) own = NULL;
	GError *failure = NULL;
	Tried tried = TRIED_BROKEN;
	Ticket *ticket;

	imap_command_string(command, login->user);
	imap_command_raw(command, " ");
	imap_command_secret(command, login->secret);
	ticket = imap_ticket_new(session, &auth_kind, g_new0(Auth, 1));
	session->caps_fresh = FALSE;
	if (!imap_send(session, ticket, command, &failure)) {
		if (session->failure == NULL)
			session->failure = g_error_copy(failure);
		g_propagate_error(error, failure);
	} else if (!imap_await(session, ticket, &failure) && ticket->open > 0) {
		if (session->failure == NULL)
			session->failure = g_error_copy(failure);
		g_propagate_error(error, failure);
	} else {
		/* imap_await() took the ticket's error; judge() words it anew. */
		ticket->error = failure;
		tried = judge(session, ticket, NULL, &own, error);
	}
	imap_finish(session, ticket);
	return tried;
}

static gboolean
may_use_login_command(const ImapSession *session, const ImapLogin *login)
{
	return !login->token && !login->external && login->secret != NULL &&
	       !imap_session_has(session, IMAP_CAP_LOGINDISABLED) &&
	       net_stream_is_confidential(session->stream);
}

/*
 * The strongest mechanism first. Where one is not supported after all, or a
 * server that offers SCRAM keeps the password in another form (it says NO at
 * once), the next is tried; a password that is known to be wrong is the end.
 */
static gboolean
authenticate(ImapSession *session, const ImapLogin *login, GError **error)
{
	SaslKind kind = login->external ? SASL_CERTIFICATE : login->token ? SASL_TOKEN : SASL_PASSWORD;
	g_autoptr(GError) last = NULL;
	guint skip = 0;

	for (;;) {
		g_autoptr(GError) none = NULL;
		GError *refused = NULL;
		Tried tried;
		SaslMechanism mechanism = sasl_choose((const char *const *)session->mechanisms->pdata, kind,
			net_stream_is_confidential(session->stream), skip, &none);
		if (mechanism == SASL_NONE) {
			if (skip == 0 && may_use_login_command(session, login))
				return try_login_command(session, login, error) == TRIED_OK;
			g_propagate_error(error, last ? g_steal_pointer(&last) : g_steal_pointer(&none));
			return FALSE;
		}
		tried = try_mechanism(session, login, mechanism, &refused);
		if (tried == TRIED_OK)
			return TRUE;
		if (tried == TRIED_BROKEN || tried == TRIED_REFUSED) {
			g_propagate_error(error, refused);
			return FALSE;
		}
		g_clear_error(&last);
		last = refused;
		skip |= tried == TRIED_UNHEARD ? sasl_alike(mechanism) : 1u << mechanism;
	}
}

static gboolean
ask_capabilities(ImapSession *session, GError **error)
{
	g_autoptr(ImapCommand) command = imap_command_new("CAPABILITY");

	return imap_simple(session, "CAPABILITY", command, error);
}

/* ---- after login ---- */

static const TicketKind quiet_kind = {.what = "a question", .optional = TRUE};

/* Send a command whose answer nobody waits for. */
static gboolean
send_quietly(ImapSession *session, const ImapCommand *command, GError **error)
{
	Ticket *ticket = imap_ticket_new(session, &quiet_kind, NULL);

	ticket->background = TRUE;
	return imap_send(session, ticket, command, error);
}

static gboolean
send_id(ImapSession *session, const ImapIdField *id, GError **error)
{
	g_autoptr(ImapCommand) command = imap_command_new("ID (");

	for (guint i = 0; id[i].name != NULL; i++) {
		imap_command_raw(command, i ? " " : "");
		imap_command_string(command, id[i].name);
		imap_command_raw(command, " ");
		imap_command_string(command, id[i].value);
	}
	imap_command_raw(command, ")");
	return send_quietly(session, command, error);
}

/* 163.com and its like let nobody select a mailbox who did not say ID before. */
static gboolean
introduce(ImapSession *session, const ImapLogin *login, GError **error)
{
	if (login->id != NULL && imap_session_has(session, IMAP_CAP_ID) &&
		!send_id(session, login->id, error))
		return FALSE;
	if (imap_session_has(session, IMAP_CAP_QRESYNC)) {
		g_autoptr(ImapCommand) enable = imap_command_new("ENABLE QRESYNC");
		session->qresync_asked = TRUE;
		if (!send_quietly(session, enable, error))
			return FALSE;
	}
	if (imap_session_has(session, IMAP_CAP_NAMESPACE)) {
		g_autoptr(ImapCommand) namespace = imap_command_new("NAMESPACE");
		if (!send_quietly(session, namespace, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
log_in(ImapSession *session, const ImapLogin *login, GError **error)
{
	/* In a greeting libcurl asked for the capabilities; a PREAUTH one may not have told them. */
	if (!session->caps_fresh && !ask_capabilities(session, error))
		return FALSE;
	/* Whose mail that would be is not known: under TLS it is no service but a trap. */
	if (session->preauth && net_stream_tls(session->stream) != NULL && !login->external) {
		fault_set(error, FAULT_PROTOCOL,
			_("The server claims that nobody has to log in (PREAUTH). This is refused: it may be "
			  "somebody else's mail."));
		return FALSE;
	}
	if (session->preauth)
		return TRUE;
	if (!authenticate(session, login, error))
		return FALSE;
	/* What was offered before does not count any more. */
	if (!session->caps_fresh) {
		imap_caps_reset(session);
		return ask_capabilities(session, error);
	}
	return TRUE;
}

gboolean
imap_session_login(ImapSession *session, const ImapLogin *login, Cancel *cancel, GError **error)
{
	guint patience_ms = session->patience_ms;
	gboolean ok;

	if (!imap_begin(session, cancel, error))
		return FALSE;
	secret_free(session->masked);
	session->masked = secret_copy(login->secret);
	session->logging_in = TRUE;
	session->patience_ms = MIN(patience_ms, LIMIT_GREETING_MS);
	ok = log_in(session, login, error);
	session->logged_in = ok;
	ok = ok && introduce(session, login, error);
	session->patience_ms = patience_ms;
	session->logging_in = FALSE;
	return ok;
}

void
imap_take_enabled(ImapSession *session, ImapParser *parser)
{
	ImapSlice word;

	while (imap_take_atom(parser, &word)) {
		if (session->qresync_asked && imap_slice_is(word, "QRESYNC"))
			session->qresync = TRUE;
	}
}

static void
take_id_field(const char *name, const char *value, gpointer user)
{
	GString *out = user;

	if (out->len > 0 && g_ascii_strcasecmp(name, "version") != 0)
		return;
	if (g_ascii_strcasecmp(name, "name") != 0 && g_ascii_strcasecmp(name, "version") != 0)
		return;
	if (out->len > 0)
		g_string_append_c(out, ' ');
	text_safe_append(out, value, (gssize)MIN(strlen(value), 200), TEXT_LINE | TEXT_MARKS);
}

gboolean
imap_take_id(ImapSession *session, ImapParser *parser, GError **error)
{
	g_autoptr(GString) name = g_string_new(NULL);

	if (!imap_id_parse(parser, take_id_field, name, error))
		return FALSE;
	g_free(session->server_name);
	session->server_name = name->len ? g_strdup(name->str) : NULL;
	return TRUE;
}

gboolean
imap_take_namespace(ImapSession *session, ImapParser *parser, GError **error)
{
	g_autoptr(GPtrArray) others = g_ptr_array_new_with_free_func(g_free);
	char *prefix;

	if (!imap_namespace_parse(parser, &prefix, &session->delimiter, others, error))
		return FALSE;
	g_ptr_array_unref(session->namespaces);
	session->namespaces = g_steal_pointer(&others);
	g_free(session->prefix);
	session->prefix = prefix;
	return TRUE;
}

/* ---- compression and the end ---- */

/* Wait for everything in flight, IDLE included. */
static gboolean
settle(ImapSession *session, GError **error)
{
	g_autoptr(ImapCommand) noop = imap_command_new("NOOP");

	if (session->idle == IDLE_OFF && g_queue_is_empty(&session->flights))
		return TRUE;
	if (!imap_simple(session, "NOOP", noop, error))
		return FALSE;
	while (!g_queue_is_empty(&session->flights)) {
		if (!imap_step(session, error))
			return FALSE;
	}
	return TRUE;
}

gboolean
imap_session_compress(ImapSession *session, Cancel *cancel, GError **error)
{
	g_autoptr(ImapCommand) command = imap_command_new("COMPRESS DEFLATE");
	g_autofree char *early = NULL;
	GError *failure = NULL;
	gsize length;

	if (!imap_begin(session, cancel, error))
		return FALSE;
	if (net_stream_is_compressed(session->stream))
		return TRUE;
	if (!imap_session_has(session, IMAP_CAP_COMPRESS_DEFLATE)) {
		fault_set(error, FAULT_REFUSED, _("The server does not offer compression."));
		return FALSE;
	}
	if (!settle(session, error))
		return FALSE;
	if (!imap_simple(session, "COMPRESS", command, &failure)) {
		/* Canceled before the answer: whether the next octet is compressed is not known. */
		if (fault_of(failure) == FAULT_CANCELED && session->failure == NULL)
			session->failure = g_error_copy(failure);
		g_propagate_error(error, failure);
		return FALSE;
	}
	early = imap_reader_take_input(session->reader, &length);
	return net_stream_start_compress(session->stream, early, length, &failure) ||
	       imap_fail(session, failure, error);
}

void
imap_session_logout(ImapSession *session, Cancel *cancel)
{
	g_autoptr(ImapCommand) command = imap_command_new("LOGOUT");
	GError *failure = NULL;

	session->patience_ms = LIMIT_LOGOUT_MS;
	if (imap_begin(session, cancel, NULL))
		imap_simple(session, "LOGOUT", command, NULL);
	fault_set(&failure, FAULT_RETRY, _("The connection was closed."));
	imap_fail(session, failure, NULL);
}
