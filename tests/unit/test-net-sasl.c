/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "net/sasl.h"
#include "net/saslprep.h"
#include "net/scram.h"
#include "util/fault.h"

#define BYTES(text) text, sizeof(text) - 1

static void
assert_fault(const GError *error, Fault code, const char *words)
{
	g_assert_nonnull(error);
	g_assert_cmpstr(fault_name(fault_of(error)), ==, fault_name(code));
	if (strstr(error->message, words) == NULL)
		g_error("\"%s\" does not say \"%s\"", error->message, words);
}

/* ---- SCRAM ---- */

typedef struct {
	const char *name;
	ScramHash hash;
	const char *nonce;
	const char *first;
	const char *server_first;
	const char *final;
	const char *server_final;
} Vector;

/* RFC 5802, 5, and RFC 7677, 3: user "user", password "pencil". */
static const Vector vectors[] = {
	{"sha-1", SCRAM_SHA_1, "fyko+d2lbbFgONRv9qkxdawL", "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
		"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
		"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
		"v=rmF9pqV8S7suAoZWja4dJRkFsKQ="},
	{"sha-256", SCRAM_SHA_256, "rOprNGfwEbeRWgbNEkqO", "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
		"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
		"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
		"p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
		"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="},
};

static Scram *
scram_of(const Vector *vector)
{
	g_autoptr(Secret) password = secret_new("pencil", -1);
	g_autoptr(GError) error = NULL;
	Scram *scram = scram_new(vector->hash, "user", password, vector->nonce, &error);

	g_assert_no_error(error);
	return scram;
}

static void
test_vector(gconstpointer user)
{
	const Vector *vector = user;
	g_autoptr(Scram) scram = scram_of(vector);
	g_autoptr(GError) error = NULL;
	g_autofree char *first = scram_first(scram);
	g_autofree char *final = scram_final(scram, vector->server_first, &error);

	g_assert_cmpstr(first, ==, vector->first);
	g_assert_no_error(error);
	g_assert_cmpstr(final, ==, vector->final);
	g_assert_false(scram_is_proved(scram));
	g_assert_true(scram_check(scram, vector->server_final, &error));
	g_assert_no_error(error);
	g_assert_true(scram_is_proved(scram));
}

static const char *const bad_firsts[] = {
	"",
	"x",
	"r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",    /* nothing of its own */
	"r=rOprNGfwEbeRWgbNEkqX123,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", /* another nonce */
	"r=rOprNGfwEbeRWgbNEkqO1,s=,i=4096",                           /* no salt */
	"r=rOprNGfwEbeRWgbNEkqO1,s=W22,i=4096",                        /* no base64 */
	"r=rOprNGfwEbeRWgbNEkqO1,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=0",
	"r=rOprNGfwEbeRWgbNEkqO1,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1",       /* cheap to guess from */
	"r=rOprNGfwEbeRWgbNEkqO1,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1000001", /* hours of work */
	"r=rOprNGfwEbeRWgbNEkqO1,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=-4096",
	"r=rOprNGfwEbeRWgbNEkqO1,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=99999999999999999999999",
	"r=rOprNGfwEbeRWgbNEkqO1,s=W22ZaJ0SNY7soEsUEjb6gQ==",
	"m=x,r=rOprNGfwEbeRWgbNEkqO1,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", /* an extension that must be known */
	"s=W22ZaJ0SNY7soEsUEjb6gQ==,r=rOprNGfwEbeRWgbNEkqO1,i=4096",
};

static void
test_bad_first(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(bad_firsts); i++) {
		g_autoptr(Scram) scram = scram_of(&vectors[1]);
		g_autoptr(GError) error = NULL;

		g_assert_null(scram_final(scram, bad_firsts[i], &error));
		assert_fault(error, FAULT_PROTOCOL, "SCRAM");
		g_clear_error(&error);
		/* A signature without an exchange proves nothing. */
		g_assert_false(scram_check(scram, vectors[1].server_final, &error));
		assert_fault(error, FAULT_PROTOCOL, "SCRAM");
	}
}

static void
test_bad_final(void)
{
	static const struct {
		const char *text;
		Fault fault;
		const char *words;
	} rows[] = {
		{"v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", FAULT_PROTOCOL, "could not prove"},
		{"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", FAULT_PROTOCOL, "could not prove"},
		{"v=", FAULT_PROTOCOL, "could not prove"},
		{"", FAULT_PROTOCOL, "SCRAM"},
		{"e=invalid-proof", FAULT_AUTH, "invalid-proof"},
		{"e=\033[31mred", FAULT_AUTH, "\357\277\275[31mred"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Scram) scram = scram_of(&vectors[1]);
		g_autofree char *final = scram_final(scram, vectors[1].server_first, NULL);
		g_autoptr(GError) error = NULL;

		g_assert_nonnull(final);
		g_assert_false(scram_check(scram, rows[i].text, &error));
		assert_fault(error, rows[i].fault, rows[i].words);
		g_assert_false(scram_is_proved(scram));
	}
}

static void
test_name_is_escaped(void)
{
	g_autoptr(Secret) password = secret_new("x", -1);
	g_autoptr(Scram) scram = scram_new(SCRAM_SHA_1, "a,b=c", password, "N", NULL);
	g_autofree char *first = scram_first(scram);

	g_assert_cmpstr(first, ==, "n,,n=a=2Cb=3Dc,r=N");
}

static void
test_nonces_differ(void)
{
	g_autoptr(Secret) password = secret_new("x", -1);
	g_autoptr(Scram) one = scram_new(SCRAM_SHA_1, "u", password, NULL, NULL);
	g_autoptr(Scram) two = scram_new(SCRAM_SHA_1, "u", password, NULL, NULL);
	g_autofree char *first = scram_first(one);
	g_autofree char *second = scram_first(two);

	g_assert_cmpstr(first, !=, second);
	g_assert_cmpuint(strlen(first), ==, strlen("n,,n=u,r=") + 24);
}

/* RFC 4013, 3, and a few of RFC 3454's rules. NULL: prohibited. */
static const struct {
	const char *text;
	const char *prepared;
} preparations[] = {
	{"I\302\255X", "IX"},
	{"user", "user"},
	{"USER", "USER"},
	{"\302\252", "a"},
	{"\342\205\250", "IX"},
	{"\007", NULL},
	{"\330\2471", NULL},
	{"\330\2471\330\250", "\330\2471\330\250"},
	{"a\330\247", NULL},
	{"a\302\240b", "a b"},
	{"e\314\201", "\303\251"},
	{"\342\200\256x", NULL},
	{"\357\277\276", NULL},
	{"\356\200\200", NULL},
	{"\303\244\303\266\303\274 \342\202\254", "\303\244\303\266\303\274 \342\202\254"},
	{"", ""},
	{"\377", NULL},
	{"\n", NULL},
};

static void
test_saslprep(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(preparations); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(Secret) prepared =
			saslprep(preparations[i].text, strlen(preparations[i].text), &error);

		if (preparations[i].prepared == NULL) {
			g_assert_null(prepared);
			assert_fault(error, FAULT_INPUT, "");
		} else {
			g_assert_no_error(error);
			g_assert_cmpstr(secret_text(prepared), ==, preparations[i].prepared);
		}
	}
}

/* ---- choice ---- */

static void
test_choice(void)
{
	static const struct {
		const char *offered;
		SaslKind kind;
		gboolean confidential;
		guint skip;
		SaslMechanism chosen;
		const char *words;
	} rows[] = {
		{"PLAIN LOGIN SCRAM-SHA-1 SCRAM-SHA-256", SASL_PASSWORD, TRUE, 0, SASL_SCRAM_SHA_256, NULL},
		{"plain login scram-sha-1", SASL_PASSWORD, TRUE, 0, SASL_SCRAM_SHA_1, NULL},
		{"LOGIN PLAIN", SASL_PASSWORD, TRUE, 0, SASL_PLAIN, NULL},
		{"LOGIN", SASL_PASSWORD, TRUE, 0, SASL_LOGIN, NULL},
		{"LOGIN PLAIN", SASL_PASSWORD, TRUE, 1 << SASL_PLAIN, SASL_LOGIN, NULL},
		{"PLAIN SCRAM-SHA-1", SASL_PASSWORD, FALSE, 0, SASL_SCRAM_SHA_1, NULL},
		{"PLAIN LOGIN", SASL_PASSWORD, FALSE, 0, SASL_NONE, "not encrypted"},
		{"CRAM-MD5 NTLM ANONYMOUS DIGEST-MD5", SASL_PASSWORD, TRUE, 0, SASL_NONE, "CRAM-MD5 NTLM"},
		{"SCRAM-SHA-256-PLUS", SASL_PASSWORD, TRUE, 0, SASL_NONE, "None of the ways"},
		{"XOAUTH2", SASL_PASSWORD, TRUE, 0, SASL_NONE, "auth = oauth2"},
		{"PLAIN XOAUTH2 OAUTHBEARER", SASL_TOKEN, TRUE, 0, SASL_OAUTHBEARER, NULL},
		{"PLAIN XOAUTH2", SASL_TOKEN, TRUE, 0, SASL_XOAUTH2, NULL},
		{"XOAUTH2", SASL_TOKEN, FALSE, 0, SASL_NONE, "not encrypted"},
		{"PLAIN", SASL_TOKEN, TRUE, 0, SASL_NONE, "auth = password"},
		{"PLAIN EXTERNAL", SASL_CERTIFICATE, TRUE, 0, SASL_EXTERNAL, NULL},
		{"", SASL_PASSWORD, TRUE, 0, SASL_NONE, "no way to log in"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(GStrv) offered = g_strsplit(rows[i].offered, " ", -1);
		g_autoptr(GError) error = NULL;
		SaslMechanism chosen = sasl_choose((const char *const *)offered, rows[i].kind,
			rows[i].confidential, rows[i].skip, &error);

		g_assert_cmpint(chosen, ==, rows[i].chosen);
		if (rows[i].words != NULL)
			assert_fault(error, FAULT_AUTH, rows[i].words);
	}
}

/* ---- exchanges ---- */

static Sasl *
sasl_of(SaslMechanism mechanism, const char *user, const char *secret, GError **error)
{
	g_autoptr(Secret) copy = secret_new(secret, -1);
	SaslLogin login = {.user = user, .secret = copy, .host = "imap.example.org", .port = 993};

	return sasl_new(mechanism, &login, error);
}

static void
assert_line(const Secret *line, const char *plain, gsize length)
{
	g_autofree char *encoded = g_base64_encode((const guchar *)plain, length);

	g_assert_nonnull(line);
	g_assert_cmpstr(secret_text(line), ==, encoded);
}

static void
test_first_lines(void)
{
	static const struct {
		SaslMechanism mechanism;
		const char *plain;
		gsize length;
	} rows[] = {
		{SASL_PLAIN, BYTES("\0tim\0tanstaaf")},
		{SASL_XOAUTH2, BYTES("user=tim\001auth=Bearer tanstaaf\001\001")},
		{SASL_OAUTHBEARER, BYTES("n,a=tim,\001host=imap.example.org\001port=993\001auth=Bearer "
					 "tanstaaf\001\001")},
		{SASL_EXTERNAL, BYTES("tim")},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Sasl) sasl = sasl_of(rows[i].mechanism, "tim", "tanstaaf", NULL);
		g_autoptr(Secret) line = NULL;

		g_assert_true(sasl_start(sasl, &line, NULL));
		assert_line(line, rows[i].plain, rows[i].length);
		g_assert_true(sasl_finish(sasl, NULL));
	}
}

static void
test_login(void)
{
	g_autoptr(Sasl) sasl = sasl_of(SASL_LOGIN, "tim", "tanstaaf", NULL);
	g_autoptr(Secret) none = NULL;
	g_autoptr(Secret) user = NULL;
	g_autoptr(Secret) password = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(sasl_start(sasl, &none, NULL));
	g_assert_null(none);
	g_assert_true(sasl_step(sasl, "VXNlcm5hbWU6", &user, NULL));
	assert_line(user, "tim", 3);
	g_assert_true(sasl_step(sasl, "Password:", &password, NULL));
	assert_line(password, "tanstaaf", 8);
	g_clear_pointer(&none, secret_free);
	g_assert_false(sasl_step(sasl, "", &none, &error));
	assert_fault(error, FAULT_PROTOCOL, "LOGIN");
}

static void
test_plain_takes_no_challenge(void)
{
	g_autoptr(Sasl) sasl = sasl_of(SASL_PLAIN, "tim", "tanstaaf", NULL);
	g_autoptr(Secret) line = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_false(sasl_step(sasl, "", &line, &error));
	assert_fault(error, FAULT_PROTOCOL, "PLAIN");
}

static void
test_oauth_error(gconstpointer user)
{
	SaslMechanism mechanism = (SaslMechanism)GPOINTER_TO_INT(user);
	g_autoptr(Sasl) sasl = sasl_of(mechanism, "tim", "token", NULL);
	static const char json[] = "{\"status\":\"400\",\"scope\":\"https://mail.example/\033\"}";
	g_autofree char *challenge = g_base64_encode((const guchar *)json, strlen(json));
	g_autoptr(Secret) line = NULL;
	g_autoptr(Secret) again = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(sasl_step(sasl, challenge, &line, NULL));
	g_assert_cmpstr(secret_text(line), ==, mechanism == SASL_OAUTHBEARER ? "AQ==" : "");
	g_assert_cmpstr(sasl_server_error(sasl), ==,
		"{\"status\":\"400\",\"scope\":\"https://mail.example/\357\277\275\"}");
	g_assert_false(sasl_step(sasl, challenge, &again, &error));
	assert_fault(error, FAULT_PROTOCOL, "");
}

static void
test_scram_must_be_proved(void)
{
	g_autoptr(Sasl) sasl = sasl_of(SASL_SCRAM_SHA_256, "tim", "tanstaaf", NULL);
	g_autoptr(Secret) line = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(sasl_start(sasl, &line, NULL));
	g_assert_nonnull(line);
	g_assert_false(sasl_finish(sasl, &error));
	assert_fault(error, FAULT_PROTOCOL, "without proving");
}

static void
test_bad_challenges(void)
{
	static const char *const rows[] = {
		"?", "AAA", "A===", "====", "AA=A", "QQ==QQ==", "AAAA\r\n", "cj0A"};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Sasl) sasl = sasl_of(SASL_SCRAM_SHA_1, "tim", "tanstaaf", NULL);
		g_autoptr(Secret) line = NULL;
		g_autoptr(GError) error = NULL;

		g_assert_false(sasl_step(sasl, rows[i], &line, &error));
		assert_fault(error, FAULT_PROTOCOL, "");
		g_assert_null(line);
	}
}

static void
test_bad_credentials(void)
{
	static const struct {
		SaslMechanism mechanism;
		const char *user;
		const char *secret;
		gssize length;
	} rows[] = {
		{SASL_PLAIN, "tim", "a\0b", 3},
		{SASL_XOAUTH2, "tim", "tok\001en", -1},
		{SASL_XOAUTH2, "tim", "", -1},
		{SASL_XOAUTH2, "tim\001", "token", -1},
		{SASL_OAUTHBEARER, "tim", "tok en", -1},
		{SASL_OAUTHBEARER, "tim", "token\n", -1},
		{SASL_SCRAM_SHA_1, "tim", "\377", -1},
		{SASL_SCRAM_SHA_1, "\033", "x", -1},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Secret) secret = secret_new(rows[i].secret, rows[i].length);
		SaslLogin login = {.user = rows[i].user, .secret = secret};
		g_autoptr(GError) error = NULL;

		g_assert_null(sasl_new(rows[i].mechanism, &login, &error));
		assert_fault(error, FAULT_INPUT, "");
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(vectors); i++) {
		g_autofree char *path = g_strdup_printf("/net/scram/vector/%s", vectors[i].name);
		g_test_add_data_func(path, &vectors[i], test_vector);
	}
	g_test_add_func("/net/scram/bad-first", test_bad_first);
	g_test_add_func("/net/scram/bad-final", test_bad_final);
	g_test_add_func("/net/scram/name", test_name_is_escaped);
	g_test_add_func("/net/scram/nonce", test_nonces_differ);
	g_test_add_func("/net/saslprep", test_saslprep);
	g_test_add_func("/net/sasl/choice", test_choice);
	g_test_add_func("/net/sasl/first-lines", test_first_lines);
	g_test_add_func("/net/sasl/login", test_login);
	g_test_add_func("/net/sasl/plain", test_plain_takes_no_challenge);
	g_test_add_data_func("/net/sasl/xoauth2-error", GINT_TO_POINTER(SASL_XOAUTH2), test_oauth_error);
	g_test_add_data_func(
		"/net/sasl/oauthbearer-error", GINT_TO_POINTER(SASL_OAUTHBEARER), test_oauth_error);
	g_test_add_func("/net/sasl/scram-proof", test_scram_must_be_proved);
	g_test_add_func("/net/sasl/bad-challenges", test_bad_challenges);
	g_test_add_func("/net/sasl/bad-credentials", test_bad_credentials);
	return g_test_run();
}
