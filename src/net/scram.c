/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scram.c - see scram.h; the names of values are those of RFC 5802, 3.
 */
#include "config.h"

#include "net/scram.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "net/saslprep.h"
#include "util/fault.h"
#include "util/hash.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

#define NONCE_BYTES 18
/* Fewer would make it cheap for a false server to guess the password from the proof. */
#define ITERATIONS_MIN 1000
/* base64 of "n,,": no channel binding, none wanted. */
#define GS2_HEADER "n,,"
#define GS2_HEADER_BASE64 "biws"

struct Scram {
	const EVP_MD *hash;
	int size; /* of the hash's output, bytes */
	char *first_bare;
	char *nonce; /* the client's */
	Secret *password;
	guint8 server_signature[EVP_MAX_MD_SIZE];
	gboolean answered; /* server_signature is set */
	gboolean proved;
};

static char *
escape_name(const char *name)
{
	GString *escaped = g_string_new(NULL);

	for (; *name != '\0'; name++) {
		if (*name == ',')
			g_string_append(escaped, "=2C");
		else if (*name == '=')
			g_string_append(escaped, "=3D");
		else
			g_string_append_c(escaped, *name);
	}
	return g_string_free(escaped, FALSE);
}

Scram *
scram_new(ScramHash hash, const char *user, const Secret *password, const char *nonce, GError **error)
{
	g_autoptr(Secret) name = saslprep(user, strlen(user), error);
	g_autoptr(Secret) prepared =
		name ? saslprep(secret_text(password), secret_length(password), error) : NULL;
	g_autofree char *escaped = NULL;
	guint8 random[NONCE_BYTES];
	Scram *scram;

	if (prepared == NULL)
		return NULL;
	scram = g_new0(Scram, 1);
	scram->hash = hash == SCRAM_SHA_256 ? EVP_sha256() : EVP_sha1();
	scram->size = EVP_MD_get_size(scram->hash);
	hash_random(random, sizeof(random));
	scram->nonce = nonce ? g_strdup(nonce) : g_base64_encode(random, sizeof(random));
	escaped = escape_name(secret_text(name));
	scram->first_bare = g_strdup_printf("n=%s,r=%s", escaped, scram->nonce);
	scram->password = g_steal_pointer(&prepared);
	return scram;
}

void
scram_free(Scram *scram)
{
	if (scram == NULL)
		return;
	g_free(scram->first_bare);
	g_free(scram->nonce);
	secret_free(scram->password);
	secret_wipe(scram, sizeof(*scram));
	g_free(scram);
}

char *
scram_first(const Scram *scram)
{
	return g_strconcat(GS2_HEADER, scram->first_bare, NULL);
}

guchar *
scram_base64(const char *text, gsize *length)
{
	static const char alphabet[] = G_CSET_A_2_Z G_CSET_a_2_z "0123456789+/";
	gsize total = strlen(text);
	gsize letters = strspn(text, alphabet);
	gsize padding = total - letters;

	if (total % 4 != 0 || padding > 2 || strspn(text + letters, "=") != padding)
		return NULL;
	if (total == 0) {
		*length = 0;
		return g_malloc0(1);
	}
	return g_base64_decode(text, length);
}

static gboolean
refuse(GError **error, const char *why)
{
	fault_set(error, FAULT_PROTOCOL,
		_("The server broke the rules of SCRAM while logging in (%s); the login was given up."), why);
	return FALSE;
}

/* What server-first-message says. */
typedef struct {
	const char *nonce; /* both */
	guchar *salt;
	gsize salt_length;
	guint64 iterations;
} ServerFirst;

/* fields are cut at commas, borrowed by first. */
static gboolean
parse_first(const Scram *scram, char **fields, ServerFirst *first, GError **error)
{
	gsize own = strlen(scram->nonce);

	if (g_strv_length(fields) < 3 || !g_str_has_prefix(fields[0], "r=") ||
		!g_str_has_prefix(fields[1], "s=") || !g_str_has_prefix(fields[2], "i="))
		return refuse(error, _("malformed message"));
	first->nonce = fields[0] + 2;
	if (strncmp(first->nonce, scram->nonce, own) != 0 || first->nonce[own] == '\0')
		return refuse(error, _("wrong nonce"));
	first->salt = scram_base64(fields[1] + 2, &first->salt_length);
	if (first->salt == NULL || first->salt_length == 0)
		return refuse(error, _("malformed salt"));
	if (!g_ascii_string_to_unsigned(
		    fields[2] + 2, 10, ITERATIONS_MIN, LIMIT_SCRAM_ITERATIONS, &first->iterations, NULL))
		return refuse(error, _("iterations out of bounds"));
	return TRUE;
}

static void
mac(const Scram *scram, const guint8 *key, const char *text, guint8 *out)
{
	g_assert(HMAC(scram->hash, key, scram->size, (const guint8 *)text, strlen(text), out, NULL) != NULL);
}

/* Works out ClientProof, and keeps ServerSignature. */
static void
prove(Scram *scram, const ServerFirst *first, const char *auth_message, guint8 *proof)
{
	guint8 salted[EVP_MAX_MD_SIZE];
	guint8 client_key[EVP_MAX_MD_SIZE];
	guint8 stored_key[EVP_MAX_MD_SIZE];
	guint8 server_key[EVP_MAX_MD_SIZE];

	g_assert(PKCS5_PBKDF2_HMAC(secret_text(scram->password), (int)secret_length(scram->password),
			 first->salt, (int)first->salt_length, (int)first->iterations, scram->hash,
			 scram->size, salted) == 1);
	mac(scram, salted, "Client Key", client_key);
	g_assert(EVP_Digest(client_key, (size_t)scram->size, stored_key, NULL, scram->hash, NULL) == 1);
	mac(scram, stored_key, auth_message, proof);
	for (int i = 0; i < scram->size; i++)
		proof[i] ^= client_key[i];
	mac(scram, salted, "Server Key", server_key);
	mac(scram, server_key, auth_message, scram->server_signature);
	scram->answered = TRUE;
	secret_wipe(salted, sizeof(salted));
	secret_wipe(client_key, sizeof(client_key));
	secret_wipe(stored_key, sizeof(stored_key));
	secret_wipe(server_key, sizeof(server_key));
}

char *
scram_final(Scram *scram, const char *server_first, GError **error)
{
	g_auto(GStrv) fields = g_strsplit(server_first, ",", 5);
	ServerFirst first = {0};
	char *result = NULL;

	if (parse_first(scram, fields, &first, error)) {
		guint8 proof[EVP_MAX_MD_SIZE];
		g_autofree char *without_proof = g_strdup_printf("c=" GS2_HEADER_BASE64 ",r=%s", first.nonce);
		g_autofree char *auth_message =
			g_strjoin(",", scram->first_bare, server_first, without_proof, NULL);
		g_autofree char *proof_base64 = NULL;

		prove(scram, &first, auth_message, proof);
		proof_base64 = g_base64_encode(proof, (gsize)scram->size);
		result = g_strdup_printf("%s,p=%s", without_proof, proof_base64);
		secret_wipe(proof, sizeof(proof));
	}
	g_free(first.salt);
	return result;
}

gboolean
scram_check(Scram *scram, const char *server_final, GError **error)
{
	g_auto(GStrv) fields = g_strsplit(server_final, ",", 2);
	g_autofree guchar *signature = NULL;
	gsize length = 0;

	if (!scram->answered || fields[0] == NULL)
		return refuse(error, _("malformed message"));
	if (g_str_has_prefix(fields[0], "e=")) {
		g_autofree char *shown =
			text_safe(fields[0] + 2, (gssize)MIN(strlen(fields[0] + 2), 200), TEXT_MARKS);
		fault_set(error, FAULT_AUTH, _("The server refused the login: %s."), shown);
		return FALSE;
	}
	if (!g_str_has_prefix(fields[0], "v="))
		return refuse(error, _("malformed message"));
	signature = scram_base64(fields[0] + 2, &length);
	if (signature == NULL || length != (gsize)scram->size ||
		CRYPTO_memcmp(signature, scram->server_signature, length) != 0) {
		fault_set(error, FAULT_PROTOCOL,
			_("The server could not prove that it knows the password: someone may sit in "
			  "between. The "
			  "login was given up; the password was not shown."));
		return FALSE;
	}
	scram->proved = TRUE;
	return TRUE;
}

gboolean
scram_is_proved(const Scram *scram)
{
	return scram->proved;
}
