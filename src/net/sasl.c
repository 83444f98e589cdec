/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sasl.c - the mechanisms but SCRAM (scram.c), their choice, and base64 around all.
 */
#include "config.h"

#include "net/sasl.h"

#include <string.h>

#include "net/scram.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

/* A server's offer is quoted up to here. */
#define OFFER_SHOWN 200
/* What a server says in place of a challenge is kept up to here. */
#define SERVER_ERROR_MAX 1000

struct Sasl {
	SaslMechanism mechanism;
	char *user;
	Secret *secret; /* may be NULL for EXTERNAL */
	char *host;
	guint16 port;
	Scram *scram;
	guint step; /* challenges answered */
	char *server_error;
};

/* Makes the initial response, plain; NULL with *error unset: none. */
typedef Secret *(*SaslBegin)(Sasl *sasl);
/* Answers a decoded challenge, plain; NULL with *error set. */
typedef Secret *(*SaslAnswer)(Sasl *sasl, const char *challenge, GError **error);

typedef struct {
	const char *name;
	SaslKind kind;
	gboolean shows; /* the secret reaches the server */
	SaslBegin begin;
	SaslAnswer answer;
} Mechanism;

static Secret *begin_scram(Sasl *sasl);
static Secret *answer_scram(Sasl *sasl, const char *challenge, GError **error);
static Secret *begin_plain(Sasl *sasl);
static Secret *answer_nothing(Sasl *sasl, const char *challenge, GError **error);
static Secret *answer_login(Sasl *sasl, const char *challenge, GError **error);
static Secret *begin_oauthbearer(Sasl *sasl);
static Secret *begin_xoauth2(Sasl *sasl);
static Secret *answer_oauth(Sasl *sasl, const char *challenge, GError **error);
static Secret *begin_external(Sasl *sasl);

/* In the order of SaslMechanism: strongest first. */
static const Mechanism mechanisms[SASL_COUNT] = {
	[SASL_SCRAM_SHA_256] = {"SCRAM-SHA-256", SASL_PASSWORD, FALSE, begin_scram, answer_scram},
	[SASL_SCRAM_SHA_1] = {"SCRAM-SHA-1", SASL_PASSWORD, FALSE, begin_scram, answer_scram},
	[SASL_PLAIN] = {"PLAIN", SASL_PASSWORD, TRUE, begin_plain, answer_nothing},
	[SASL_LOGIN] = {"LOGIN", SASL_PASSWORD, TRUE, NULL, answer_login},
	[SASL_OAUTHBEARER] = {"OAUTHBEARER", SASL_TOKEN, TRUE, begin_oauthbearer, answer_oauth},
	[SASL_XOAUTH2] = {"XOAUTH2", SASL_TOKEN, TRUE, begin_xoauth2, answer_oauth},
	[SASL_EXTERNAL] = {"EXTERNAL", SASL_CERTIFICATE, FALSE, begin_external, answer_nothing},
};

const char *
sasl_name(SaslMechanism mechanism)
{
	return mechanism >= 0 && mechanism < SASL_COUNT ? mechanisms[mechanism].name : NULL;
}

static gboolean
is_offered(const char *const *offered, const char *name)
{
	for (; offered != NULL && *offered != NULL; offered++)
		if (g_ascii_strcasecmp(*offered, name) == 0)
			return TRUE;
	return FALSE;
}

static void
no_mechanism(const char *const *offered, SaslKind kind, gboolean hidden_only, GError **error)
{
	g_autofree char *list = offered ? g_strjoinv(" ", (char **)offered) : g_strdup("");
	g_autofree char *shown = text_safe(list, (gssize)MIN(strlen(list), OFFER_SHOWN), TEXT_MARKS);

	if (shown[0] == '\0')
		fault_set(error, FAULT_AUTH, _("The server offers no way to log in here; nothing was sent."));
	else if (hidden_only)
		fault_set(error, FAULT_AUTH,
			_("The server wants the password in the clear (%s), and the connection is not "
			  "encrypted; "
			  "nothing was sent. Set tls or starttls."),
			shown);
	else if (kind == SASL_TOKEN)
		fault_set(error, FAULT_AUTH,
			_("The server does not take OAuth 2 tokens; it offers: %s. Set auth = password."),
			shown);
	else if (kind == SASL_CERTIFICATE)
		fault_set(error, FAULT_AUTH,
			_("The server does not take a client certificate; it offers: %s."), shown);
	else if (is_offered(offered, "XOAUTH2") || is_offered(offered, "OAUTHBEARER"))
		fault_set(error, FAULT_AUTH,
			_("The server takes no password here, only OAuth 2; it offers: %s. Set auth = "
			  "oauth2."),
			shown);
	else
		fault_set(error, FAULT_AUTH,
			_("None of the ways to log in that the server offers can be used: %s."), shown);
}

SaslMechanism
sasl_choose(const char *const *offered, SaslKind kind, gboolean confidential, guint skip, GError **error)
{
	gboolean hidden_only = FALSE;

	for (int i = 0; i < SASL_COUNT; i++) {
		if (mechanisms[i].kind != kind || (skip & (1u << i)) ||
			!is_offered(offered, mechanisms[i].name))
			continue;
		if (!mechanisms[i].shows || confidential)
			return (SaslMechanism)i;
		hidden_only = TRUE;
	}
	no_mechanism(offered, kind, hidden_only, error);
	return SASL_NONE;
}

/* Bytes that end a field of the mechanism's message. */
static gboolean
check_login(SaslMechanism mechanism, const SaslLogin *login, GError **error)
{
	gboolean bad = FALSE;

	g_assert(login->secret != NULL || mechanism == SASL_EXTERNAL);
	if (login->secret != NULL)
		bad = memchr(secret_text(login->secret), '\0', secret_length(login->secret)) != NULL;
	if (mechanisms[mechanism].kind == SASL_TOKEN && !bad) {
		for (const char *c = secret_text(login->secret); *c != '\0'; c++)
			bad = bad || (guchar)*c <= ' ' || (guchar)*c >= 0x7f;
		bad = bad || secret_length(login->secret) == 0 || strchr(login->user, 1) != NULL;
	}
	if (bad)
		fault_set(error, FAULT_INPUT,
			mechanisms[mechanism].kind == SASL_TOKEN
				? _("The access token is empty or holds characters that cannot stand in one.")
				: _("The password holds a NUL character; it cannot be sent."));
	return !bad;
}

Sasl *
sasl_new(SaslMechanism mechanism, const SaslLogin *login, GError **error)
{
	g_autoptr(Sasl) sasl = g_new0(Sasl, 1);

	g_assert(mechanism >= 0 && mechanism < SASL_COUNT && login->user != NULL);
	if (!check_login(mechanism, login, error))
		return NULL;
	sasl->mechanism = mechanism;
	sasl->user = g_strdup(login->user);
	sasl->secret = secret_copy(login->secret);
	sasl->host = g_strdup(login->host);
	sasl->port = login->port;
	if (mechanism == SASL_SCRAM_SHA_256 || mechanism == SASL_SCRAM_SHA_1) {
		sasl->scram = scram_new(mechanism == SASL_SCRAM_SHA_256 ? SCRAM_SHA_256 : SCRAM_SHA_1,
			sasl->user, sasl->secret, NULL, error);
		if (sasl->scram == NULL)
			return NULL;
	}
	return g_steal_pointer(&sasl);
}

void
sasl_free(Sasl *sasl)
{
	if (sasl == NULL)
		return;
	scram_free(sasl->scram);
	secret_free(sasl->secret);
	g_free(sasl->user);
	g_free(sasl->host);
	g_free(sasl->server_error);
	g_free(sasl);
}

/* One secret out of pieces, NULL-terminated. */
static Secret *
join(const void *first, gsize first_length, const Secret *second, const char *third)
{
	gsize length = first_length + secret_length(second) + strlen(third);
	char *bytes = g_malloc(length + 1);
	Secret *joined;

	memcpy(bytes, first, first_length);
	memcpy(bytes + first_length, secret_text(second), secret_length(second));
	memcpy(bytes + first_length + secret_length(second), third, strlen(third));
	joined = secret_new(bytes, (gssize)length);
	secret_wipe(bytes, length);
	g_free(bytes);
	return joined;
}

static Secret *
begin_scram(Sasl *sasl)
{
	return secret_new_take(scram_first(sasl->scram));
}

static Secret *
answer_scram(Sasl *sasl, const char *challenge, GError **error)
{
	char *final;

	switch (sasl->step) {
	case 0:
		final = scram_final(sasl->scram, challenge, error);
		return final ? secret_new_take(final) : NULL;
	case 1:
		return scram_check(sasl->scram, challenge, error) ? secret_new("", 0) : NULL;
	default:
		return answer_nothing(sasl, challenge, error);
	}
}

static Secret *
begin_plain(Sasl *sasl)
{
	g_autoptr(GString) head = g_string_new(NULL);

	g_string_append_c(head, '\0');
	g_string_append(head, sasl->user);
	g_string_append_c(head, '\0');
	return join(head->str, head->len, sasl->secret, "");
}

static Secret *
answer_nothing(Sasl *sasl, const char *challenge, GError **error)
{
	(void)challenge;
	fault_set(error, FAULT_PROTOCOL,
		_("The server asks for more than the login by %s has; the login was given up."),
		sasl_name(sasl->mechanism));
	return NULL;
}

/* Its prompts ("Username:") are in any language: they are counted, not read. */
static Secret *
answer_login(Sasl *sasl, const char *challenge, GError **error)
{
	if (sasl->step == 0)
		return secret_new(sasl->user, -1);
	if (sasl->step == 1)
		return secret_copy(sasl->secret);
	return answer_nothing(sasl, challenge, error);
}

static Secret *
begin_oauthbearer(Sasl *sasl)
{
	g_autoptr(GString) head = g_string_new("n,a=");

	for (const char *c = sasl->user; *c != '\0'; c++) {
		if (*c == ',' || *c == '=')
			g_string_append(head, *c == ',' ? "=2C" : "=3D");
		else
			g_string_append_c(head, *c);
	}
	g_string_append(head, ",\001");
	if (sasl->host != NULL)
		g_string_append_printf(head, "host=%s\001port=%u\001", sasl->host, sasl->port);
	g_string_append(head, "auth=Bearer ");
	return join(head->str, head->len, sasl->secret, "\001\001");
}

static Secret *
begin_xoauth2(Sasl *sasl)
{
	g_autofree char *head = g_strdup_printf("user=%s\001auth=Bearer ", sasl->user);

	return join(head, strlen(head), sasl->secret, "\001\001");
}

/* A challenge is the server's error; it is acknowledged, and the failure follows. (RFC 7628, 3.2.3) */
static Secret *
answer_oauth(Sasl *sasl, const char *challenge, GError **error)
{
	if (sasl->step > 0)
		return answer_nothing(sasl, challenge, error);
	sasl->server_error =
		text_safe(challenge, (gssize)MIN(strlen(challenge), SERVER_ERROR_MAX), TEXT_MARKS);
	return secret_new(sasl->mechanism == SASL_OAUTHBEARER ? "\001" : "", -1);
}

static Secret *
begin_external(Sasl *sasl)
{
	return secret_new(sasl->user, -1);
}

static Secret *
encode(const Secret *plain)
{
	return secret_new_take(g_base64_encode((const guchar *)secret_text(plain), secret_length(plain)));
}

gboolean
sasl_start(Sasl *sasl, Secret **line, GError **error)
{
	g_autoptr(Secret) plain = NULL;

	(void)error;
	*line = NULL;
	if (mechanisms[sasl->mechanism].begin == NULL)
		return TRUE;
	plain = mechanisms[sasl->mechanism].begin(sasl);
	*line = secret_length(plain) == 0 ? secret_new("=", -1) : encode(plain);
	return TRUE;
}

gboolean
sasl_step(Sasl *sasl, const char *challenge, Secret **line, GError **error)
{
	g_autofree guchar *decoded = NULL;
	g_autoptr(Secret) plain = NULL;
	gsize length = 0;

	*line = NULL;
	if (strlen(challenge) <= LIMIT_SASL_CHALLENGE)
		decoded = scram_base64(challenge, &length);
	/* LOGIN's prompts are not read: some servers do not encode them. */
	if (decoded == NULL && sasl->mechanism == SASL_LOGIN)
		decoded = g_malloc0(1);
	if (decoded == NULL || memchr(decoded, '\0', length) != NULL) {
		fault_set(error, FAULT_PROTOCOL,
			_("The server sent an unreadable challenge; the login was given up."));
		return FALSE;
	}
	plain = mechanisms[sasl->mechanism].answer(sasl, (const char *)decoded, error);
	if (plain == NULL)
		return FALSE;
	sasl->step++;
	*line = encode(plain);
	return TRUE;
}

gboolean
sasl_finish(Sasl *sasl, GError **error)
{
	if (sasl->scram == NULL || scram_is_proved(sasl->scram))
		return TRUE;
	fault_set(error, FAULT_PROTOCOL,
		_("The server accepted the login without proving that it knows the password: someone may sit "
		  "in "
		  "between. The connection was given up; the password was not shown."));
	return FALSE;
}

const char *
sasl_server_error(const Sasl *sasl)
{
	return sasl->server_error;
}

gboolean
sasl_is_conclusive(const Sasl *sasl)
{
	return sasl->scram == NULL || sasl->step > 0;
}

guint
sasl_alike(SaslMechanism mechanism)
{
	if (mechanism == SASL_SCRAM_SHA_256 || mechanism == SASL_SCRAM_SHA_1)
		return 1u << SASL_SCRAM_SHA_256 | 1u << SASL_SCRAM_SHA_1;
	return 1u << mechanism;
}
