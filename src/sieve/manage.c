/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * manage.c - a ManageSieve connection: greeting, TLS, login, saying and hearing, end.
 *
 *	open --> greeting --(STARTTLS)--> TLS --> greeting again --> AUTHENTICATE --> CAPABILITY
 *
 * What the server can do is forgotten at each step and asked anew: what was said
 * before TLS could have been said by anyone, and many servers offer more after
 * the login.
 */
#include "config.h"

#include "sieve/manage.h"

#include <string.h>

#include "sieve/manage-private.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

#define READ_CHUNK (16 * 1024)
/* A server's words are quoted up to here. */
#define WORDS_MAX 2000
/* A line that comes octet by octet is waited for this many times as long as for one octet. */
#define DRIP 10

void
manage_answer_clear(ManageAnswer *answer)
{
	g_clear_pointer(&answer->data, g_ptr_array_unref);
	g_clear_pointer(&answer->end, manage_line_free);
}

/* ---- saying and hearing ---- */

gboolean
manage_say(ManageSession *session, const NetText *text, GError **error)
{
	GError *failure = NULL;

	net_trace(LOG_SIEVE, session->label, 'C', text->shown->str, text->shown->len);
	if (net_stream_write(session->stream, text->wire->str, text->wire->len, &failure))
		return TRUE;
	session->dead = TRUE;
	g_propagate_error(error, failure);
	return FALSE;
}

static gboolean
say_word(ManageSession *session, const char *word, GError **error)
{
	g_auto(NetText) text = {0};

	net_text_init(&text);
	net_text_addf(&text, "%s\r\n", word);
	return manage_say(session, &text, error);
}

static void
log_heard(const ManageSession *session, const ManageLine *line)
{
	g_autofree char *shown = NULL;
	g_autofree char *masked = NULL;

	if (!log_on(LOG_SIEVE))
		return;
	shown = manage_line_shown(line);
	masked = secret_mask(session->secret, shown);
	net_trace(LOG_SIEVE, session->label, 'S', masked, strlen(masked));
}

ManageLine *
manage_hear_line(ManageSession *session, guint timeout_ms, GError **error)
{
	gint64 end_us = dates_clock_us() + (gint64)timeout_ms * DRIP * 1000;
	ManageLine *line = NULL;
	char chunk[READ_CHUNK];

	for (;;) {
		guint left_ms = (guint)CLAMP((end_us - dates_clock_us()) / 1000, 1, timeout_ms);
		gssize got;

		switch (manage_reader_next(session->reader, &line, error)) {
		case MANAGE_READER_LINE:
			log_heard(session, line);
			session->dead |= line->kind == MANAGE_BYE;
			return line;
		case MANAGE_READER_BROKEN:
			session->dead = TRUE;
			return NULL;
		case MANAGE_READER_MORE:
			break;
		}
		got = net_stream_read(session->stream, chunk, sizeof(chunk), left_ms, error);
		if (got > 0) {
			manage_reader_feed(session->reader, chunk, (gsize)got);
			continue;
		}
		session->dead = TRUE;
		if (got == 0)
			fault_set(error, FAULT_RETRY, _("%s closed the connection."), session->server);
		return NULL;
	}
}

static gboolean
hear_any(ManageSession *session, ManageAnswer *answer, guint timeout_ms, GError **error)
{
	manage_answer_clear(answer);
	answer->data = g_ptr_array_new_with_free_func((GDestroyNotify)manage_line_free);
	for (;;) {
		ManageLine *line = manage_hear_line(session, timeout_ms, error);

		if (line == NULL)
			return FALSE;
		if (line->kind != MANAGE_DATA) {
			answer->end = line;
			return TRUE;
		}
		g_ptr_array_add(answer->data, line);
		if (answer->data->len > LIMIT_MANAGE_LINES) {
			session->dead = TRUE;
			fault_set(error, FAULT_LIMIT, _("The answer of %s has too many lines."),
				session->server);
			return FALSE;
		}
	}
}

gboolean
manage_hear(ManageSession *session, ManageAnswer *answer, GError **error)
{
	if (!hear_any(session, answer, session->command_ms, error))
		return FALSE;
	if (answer->end->kind != MANAGE_BYE)
		return TRUE;
	manage_refusal(session, answer->end, _("The ManageSieve server closes the connection:"), error);
	return FALSE;
}

char *
manage_words(const ManageSession *session, const char *words)
{
	g_autofree char *masked = secret_mask(session->secret, words ? words : "");
	char *safe = text_safe(masked, (gssize)MIN(strlen(masked), WORDS_MAX), TEXT_LINES | TEXT_MARKS);

	return g_strchomp(safe);
}

/* ---- refusals ---- */

/* What a response code adds to the server's words, and the fault it stands for. */
static const struct {
	ManageCode code;
	Fault fault;
	const char *advice;
} codes[] = {
	{MANAGE_CODE_ENCRYPT_NEEDED, FAULT_REFUSED,
		N_("It wants encryption: set sieve-security to starttls or tls.")},
	{MANAGE_CODE_AUTH_TOO_WEAK, FAULT_AUTH, N_("It does not take this way of logging in.")},
	{MANAGE_CODE_TRANSITION_NEEDED, FAULT_AUTH,
		N_("The password must be set or used once in another way before it can be used here; ask who "
		   "runs the server.")},
	{MANAGE_CODE_QUOTA, FAULT_LIMIT,
		N_("There is no room for it there: delete scripts that are not needed.")},
	{MANAGE_CODE_TRYLATER, FAULT_RETRY, NULL},
	{MANAGE_CODE_NONEXISTENT, FAULT_UNKNOWN, NULL},
};

void
manage_refusal(const ManageSession *session, const ManageLine *line, const char *prefix, GError **error)
{
	g_autofree char *words = manage_words(session, line->words);
	g_autoptr(GString) all = g_string_new(prefix);
	Fault fault = line->kind == MANAGE_BYE ? FAULT_RETRY : FAULT_REFUSED;

	if (words[0] != '\0')
		g_string_append_printf(all, " \"%s\"", words);
	else if (line->name == NULL)
		g_string_append_printf(all, " %s", _("it does not say why."));
	for (gsize i = 0; i < G_N_ELEMENTS(codes); i++) {
		if (codes[i].code != line->code)
			continue;
		fault = codes[i].fault;
		if (codes[i].advice != NULL)
			g_string_append_printf(all, " %s", _(codes[i].advice));
	}
	if (line->code == MANAGE_CODE_REFERRAL) {
		/* Never followed: the password would go wherever the server says. (SECURITY 4) */
		g_autofree char *where = manage_words(session, line->argument);
		fault = FAULT_REFUSED;
		g_string_append_c(all, ' ');
		g_string_append_printf(all,
			_("It points to %s, which is not followed by itself: if that is right, set sieve to "
			  "it."),
			where);
	}
	fault_set(error, fault, "%s", all->str);
}

/* ---- what the server can do ---- */

static void
forget(ManageSession *session)
{
	g_ptr_array_set_size(session->extensions, 0);
	g_ptr_array_set_size(session->mechanisms, 0);
	g_clear_pointer(&session->implementation, g_free);
	session->starttls = FALSE;
	session->version_1 = FALSE;
}

static void
add_words(GPtrArray *list, const char *words, gboolean lower)
{
	g_auto(GStrv) each = g_strsplit_set(words ? words : "", " \t\r\n", -1);

	for (char **word = each; *word != NULL; word++)
		if (**word != '\0')
			g_ptr_array_add(list, lower ? g_ascii_strdown(*word, -1) : g_strdup(*word));
}

static int
compare_words(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
learn(ManageSession *session, const GPtrArray *lines)
{
	forget(session);
	for (guint i = 0; i < lines->len; i++) {
		const ManageLine *line = g_ptr_array_index(lines, i);
		if (g_ascii_strcasecmp(line->first, "SIEVE") == 0)
			add_words(session->extensions, line->second, TRUE);
		else if (g_ascii_strcasecmp(line->first, "SASL") == 0)
			add_words(session->mechanisms, line->second, FALSE);
		else if (g_ascii_strcasecmp(line->first, "STARTTLS") == 0)
			session->starttls = TRUE;
		else if (g_ascii_strcasecmp(line->first, "VERSION") == 0)
			session->version_1 = line->second != NULL && g_str_has_prefix(line->second, "1");
		else if (g_ascii_strcasecmp(line->first, "IMPLEMENTATION") == 0 &&
			 session->implementation == NULL && line->second != NULL)
			session->implementation = text_safe(line->second, -1, TEXT_MARKS);
	}
	g_ptr_array_sort(session->extensions, compare_words);
	g_ptr_array_add(session->extensions, NULL);
	g_ptr_array_add(session->mechanisms, NULL);
}

/* Capabilities, said by the server by itself or asked for. */
static gboolean
hear_capabilities(ManageSession *session, GError **error)
{
	g_auto(ManageAnswer) answer = {0};

	if (!hear_any(session, &answer, session->greeting_ms, error))
		return FALSE;
	if (answer.end->kind != MANAGE_OK) {
		manage_refusal(
			session, answer.end, _("The ManageSieve server turned the connection away:"), error);
		return FALSE;
	}
	learn(session, answer.data);
	return TRUE;
}

static gboolean
start_tls(ManageSession *session, GError **error)
{
	g_auto(ManageAnswer) answer = {0};

	if (!session->starttls) {
		fault_set(error, FAULT_REFUSED,
			_("%s does not offer encryption by STARTTLS; nothing was sent. Set sieve-security to "
			  "tls where it has a TLS port, or ask who runs it."),
			session->server);
		return FALSE;
	}
	if (!say_word(session, "STARTTLS", error) || !hear_any(session, &answer, session->greeting_ms, error))
		return FALSE;
	if (answer.end->kind != MANAGE_OK) {
		manage_refusal(session, answer.end,
			_("The ManageSieve server refuses to begin encryption; nothing was sent:"), error);
		return FALSE;
	}
	forget(session);
	if (!net_stream_start_tls(session->stream, manage_reader_left(session->reader), error)) {
		session->dead = TRUE;
		return FALSE;
	}
	/* It says them again by itself (RFC 5804, 2.2). */
	return hear_capabilities(session, error);
}

/* ---- login ---- */

typedef enum { LOGIN_DONE, LOGIN_NEXT, LOGIN_FAILED } LoginResult;

/* A string that is secret, in quotes or as a literal. */
static void
add_secret_string(NetText *text, const Secret *secret)
{
	/* Base64 has nothing that wants escaping; one line of quotes holds 1024 octets. */
	if (secret_length(secret) > 1024) {
		net_text_addf(text, "{%" G_GSIZE_FORMAT "+}\r\n", secret_length(secret));
		net_text_add_secret(text, secret);
	} else {
		net_text_add(text, "\"");
		net_text_add_secret(text, secret);
		net_text_add(text, "\"");
	}
}

static gboolean
say_authenticate(ManageSession *session, SaslMechanism mechanism, const Secret *initial, GError **error)
{
	g_auto(NetText) text = {0};

	net_text_init(&text);
	net_text_addf(&text, "AUTHENTICATE \"%s\"", sasl_name(mechanism));
	if (initial != NULL) {
		net_text_add(&text, " ");
		/* "=" is how IMAP writes an empty one. */
		if (strcmp(secret_text(initial), "=") == 0)
			net_text_add(&text, "\"\"");
		else
			add_secret_string(&text, initial);
	}
	net_text_add(&text, "\r\n");
	return manage_say(session, &text, error);
}

static gboolean
answer_challenge(ManageSession *session, Sasl *sasl, const char *challenge, GError **error)
{
	g_autoptr(Secret) response = NULL;
	g_auto(NetText) text = {0};

	if (!sasl_step(sasl, challenge, &response, error)) {
		/* Call it off; what it says to that is not of interest. */
		g_auto(ManageAnswer) end = {0};
		if (say_word(session, "\"*\"", NULL))
			hear_any(session, &end, session->greeting_ms, NULL);
		return FALSE;
	}
	net_text_init(&text);
	add_secret_string(&text, response);
	net_text_add(&text, "\r\n");
	return manage_say(session, &text, error);
}

/* OK: the server's last challenge may stand in it, and it must have proved itself. */
static LoginResult
end_login(const ManageLine *line, Sasl *sasl, GError **error)
{
	g_autoptr(Secret) nothing = NULL;

	if (line->code == MANAGE_CODE_SASL && line->argument != NULL && line->argument[0] != '\0' &&
		!sasl_step(sasl, line->argument, &nothing, error))
		return LOGIN_FAILED;
	return sasl_finish(sasl, error) ? LOGIN_DONE : LOGIN_FAILED;
}

/* NO or BYE. */
static LoginResult
refused_login(const ManageSession *session, const Sasl *sasl, const ManageLine *line, GError **error)
{
	GError *failure = NULL;
	const char *more = sasl_server_error(sasl);

	manage_refusal(session, line, _("The ManageSieve server refuses the login:"), &failure);
	if (line->kind == MANAGE_NO && failure->code == FAULT_REFUSED && line->code == MANAGE_CODE_NONE)
		failure->code = FAULT_AUTH;
	if (more != NULL)
		fault_set(error, (Fault)failure->code, "%s %s", failure->message, more);
	else
		fault_set(error, (Fault)failure->code, "%s", failure->message);
	g_error_free(failure);
	if (line->kind == MANAGE_BYE)
		return LOGIN_FAILED;
	return line->code == MANAGE_CODE_AUTH_TOO_WEAK || !sasl_is_conclusive(sasl) ? LOGIN_NEXT
										    : LOGIN_FAILED;
}

/* One mechanism. */
static LoginResult
log_in_by(ManageSession *session, SaslMechanism mechanism, const ManageLogin *login, GError **error)
{
	SaslLogin who = {.user = login->user,
		.secret = login->secret,
		.host = net_stream_host(session->stream),
		.port = net_stream_port(session->stream)};
	g_autoptr(Sasl) sasl = sasl_new(mechanism, &who, error);
	g_autoptr(Secret) initial = NULL;

	if (sasl == NULL || !sasl_start(sasl, &initial, error) ||
		!say_authenticate(session, mechanism, initial, error))
		return LOGIN_FAILED;
	for (;;) {
		g_autoptr(ManageLine) line = manage_hear_line(session, session->greeting_ms, error);

		if (line == NULL)
			return LOGIN_FAILED;
		if (line->kind == MANAGE_OK)
			return end_login(line, sasl, error);
		if (line->kind != MANAGE_DATA)
			return refused_login(session, sasl, line, error);
		if (!answer_challenge(session, sasl, line->first, error))
			return LOGIN_FAILED;
	}
}

static gboolean
log_in(ManageSession *session, const ManageLogin *login, GError **error)
{
	GError *failure = NULL;
	guint skip = 0;

	for (;;) {
		GError *none = NULL;
		SaslMechanism mechanism = sasl_choose((const char *const *)session->mechanisms->pdata,
			login->kind, net_stream_is_confidential(session->stream), skip, &none);

		if (mechanism == SASL_NONE) {
			/* What the last one was told says more than that none is left. */
			g_propagate_error(error, failure ? failure : none);
			if (failure != NULL)
				g_error_free(none);
			return FALSE;
		}
		g_clear_error(&failure);
		switch (log_in_by(session, mechanism, login, &failure)) {
		case LOGIN_DONE:
			session->mechanism = sasl_name(mechanism);
			return TRUE;
		case LOGIN_NEXT:
			skip |= sasl_alike(mechanism);
			break;
		case LOGIN_FAILED:
			g_propagate_error(error, failure);
			return FALSE;
		}
	}
}

/* ---- the session ---- */

static gboolean
introduce(ManageSession *session, const NetTarget *target, const ManageLogin *login, GError **error)
{
	if (!hear_capabilities(session, error) ||
		(target->security == NET_STARTTLS && !start_tls(session, error)))
		return FALSE;
	/* From here on it goes into what the server says. */
	session->secret = secret_copy(login->secret);
	return log_in(session, login, error) && say_word(session, "CAPABILITY", error) &&
	       hear_capabilities(session, error);
}

ManageSession *
manage_session_open(
	const NetTarget *target, const ManageLogin *login, const char *label, Cancel *cancel, GError **error)
{
	NetTarget raw = *target;
	g_autoptr(ManageSession) session = g_new0(ManageSession, 1);

	raw.scheme = NET_RAW;
	session->label = g_strdup(label);
	session->server = g_strdup_printf("%s:%u", target->host, target->port);
	session->greeting_ms = target->greeting_ms ? target->greeting_ms : LIMIT_GREETING_MS;
	session->command_ms = target->stall_ms ? target->stall_ms : LIMIT_COMMAND_IDLE_MS;
	session->reader = manage_reader_new();
	session->extensions = g_ptr_array_new_with_free_func(g_free);
	session->mechanisms = g_ptr_array_new_with_free_func(g_free);
	session->stream = net_stream_open(&raw, cancel, error);
	if (session->stream == NULL || !introduce(session, &raw, login, error)) {
		/* Nothing more is said to it. */
		session->dead = TRUE;
		return NULL;
	}
	return g_steal_pointer(&session);
}

void
manage_session_close(ManageSession *session)
{
	g_auto(ManageAnswer) answer = {0};

	if (session == NULL)
		return;
	if (!session->dead) {
		net_stream_set_cancel(session->stream, NULL);
		if (say_word(session, "LOGOUT", NULL))
			hear_any(session, &answer, LIMIT_LOGOUT_MS, NULL);
	}
	net_stream_close(session->stream);
	manage_reader_free(session->reader);
	g_ptr_array_unref(session->extensions);
	g_ptr_array_unref(session->mechanisms);
	secret_free(session->secret);
	g_free(session->implementation);
	g_free(session->server);
	g_free(session->label);
	g_free(session);
}

const char *const *
manage_session_extensions(const ManageSession *session)
{
	return (const char *const *)session->extensions->pdata;
}

char *
manage_session_lacks(const ManageSession *session, const char *const *requires)
{
	const char *const *offered = manage_session_extensions(session);
	g_autoptr(GPtrArray) lacking = g_ptr_array_new();

	for (; *requires != NULL; requires ++) {
		g_autofree char *lower = g_ascii_strdown(*requires, -1);
		/* Every server has these two (RFC 5228, 2.7.3). */
		if (g_strv_contains(offered, lower) || strcmp(lower, "comparator-i;octet") == 0 ||
			strcmp(lower, "comparator-i;ascii-casemap") == 0)
			continue;
		g_ptr_array_add(lacking, (gpointer) * requires);
	}
	g_ptr_array_add(lacking, NULL);
	return lacking->len > 1 ? g_strjoinv(", ", (char **)lacking->pdata) : NULL;
}

const char *
manage_session_implementation(const ManageSession *session)
{
	return session->implementation;
}

const char *
manage_session_mechanism(const ManageSession *session)
{
	return session->mechanism;
}

const NetTls *
manage_session_tls(const ManageSession *session)
{
	return net_stream_tls(session->stream);
}
