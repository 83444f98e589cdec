/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trust.c - roots, accepted fingerprints, and the check in the handshake.
 *
 * The check takes the place of OpenSSL's whole verification (set by
 * SSL_CTX_set_cert_verify_callback): it runs the chain to its end past every
 * error, only to name all that is wrong at once, and passes none of them.
 * libcurl's own name check is off: it would take the common name, and refuse
 * what the user accepted.
 */
#include "config.h"

#include "net/trust.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <string.h>

#include "net/certificate.h"
#include "net/trust-private.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

#define FINGERPRINT_DIGITS 64
/* Room for several records; see take_over() in connect.c. */
#define READ_AHEAD_BYTES (64 * 1024)

struct NetRoots {
	gint references;      /* atomic */
	char *ca_file;        /* NULL: the system's */
	pthread_mutex_t lock; /* of store */
	X509_STORE *store;    /* NULL until loaded */
};

struct NetTrust {
	gint references; /* atomic */
	NetRoots *roots;
	pthread_mutex_t lock; /* of both tables */
	GHashTable *accepted; /* "host:port FINGERPRINT" */
	GHashTable *refused;  /* "host:port" to NetCertificate */
};

NetRoots *
net_roots_new(const char *ca_file)
{
	NetRoots *roots = g_new0(NetRoots, 1);

	roots->references = 1;
	roots->ca_file = g_strdup(ca_file);
	pthread_mutex_init(&roots->lock, NULL);
	return roots;
}

NetRoots *
net_roots_ref(NetRoots *roots)
{
	g_atomic_int_inc(&roots->references);
	return roots;
}

void
net_roots_unref(NetRoots *roots)
{
	if (roots == NULL || !g_atomic_int_dec_and_test(&roots->references))
		return;
	X509_STORE_free(roots->store);
	pthread_mutex_destroy(&roots->lock);
	g_free(roots->ca_file);
	g_free(roots);
}

/* TRUE for a folder with names such as 1a2b3c4d.0, as c_rehash makes them. */
static gboolean
is_hashed_folder(const char *path)
{
	g_autoptr(GDir) dir = path ? g_dir_open(path, 0, NULL) : NULL;
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		if (strspn(name, "0123456789abcdef") == 8 && name[8] == '.' && g_ascii_isdigit(name[9]))
			return TRUE;
	}
	return FALSE;
}

static gboolean
load_bundle(X509_STORE *store, const char *path)
{
	gboolean loaded = path != NULL && g_file_test(path, G_FILE_TEST_IS_REGULAR) &&
			  X509_STORE_load_file(store, path);

	ERR_clear_error();
	return loaded;
}

static gboolean
load_folder(X509_STORE *store, const char *path)
{
	return is_hashed_folder(path) && X509_STORE_load_path(store, path);
}

static gboolean
load_system(X509_STORE *store)
{
	const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
	const char *own_folder = g_getenv(X509_get_default_cert_dir_env());
	const char *own_bundle = g_getenv(X509_get_default_cert_file_env());
	const char *const folders[] = {curl->capath, X509_get_default_cert_dir(), "/etc/ssl/certs"};
	const char *const bundles[] = {curl->cainfo, X509_get_default_cert_file(),
		"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
		"/usr/local/share/certs/ca-root-nss.crt", "/etc/ssl/ca-bundle.pem"};

	if (own_folder != NULL || own_bundle != NULL) {
		gboolean folder = load_folder(store, own_folder);
		return load_bundle(store, own_bundle) || folder;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(folders); i++)
		if (load_folder(store, folders[i]))
			return TRUE;
	for (gsize i = 0; i < G_N_ELEMENTS(bundles); i++)
		if (load_bundle(store, bundles[i]))
			return TRUE;
	return FALSE;
}

static gboolean
load_ca_file(X509_STORE *store, const char *path, GError **error)
{
	g_autofree char *shown = text_safe(path, -1, TEXT_MARKS);
	FILE *file = fopen(path, "re");

	if (file == NULL) {
		fault_set(error, FAULT_LOCAL,
			_("Cannot read the certificates of ca-file %s: %s. Correct the path in the "
			  "configuration."),
			shown, g_strerror(errno));
		return FALSE;
	}
	fclose(file);
	if (!load_bundle(store, path)) {
		fault_set(error, FAULT_INPUT,
			_("The ca-file %s holds no certificate in PEM form (BEGIN CERTIFICATE)."), shown);
		return FALSE;
	}
	/* A server's own certificate, or an intermediate one, may stand in it as the root. */
	X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
	return TRUE;
}

static gboolean
load_locked(NetRoots *roots, GError **error)
{
	X509_STORE *store = X509_STORE_new();
	gboolean loaded;

	g_assert(store != NULL);
	if (roots->ca_file != NULL) {
		loaded = load_ca_file(store, roots->ca_file, error);
	} else {
		loaded = load_system(store);
		if (!loaded)
			fault_set(error, FAULT_LOCAL,
				_("No root certificates were found on this system, so that no server can be "
				  "trusted. Install the package ca-certificates, or set ca-file."));
	}
	if (loaded)
		roots->store = store;
	else
		X509_STORE_free(store);
	return loaded;
}

gboolean
net_roots_load(NetRoots *roots, GError **error)
{
	gboolean loaded;

	pthread_mutex_lock(&roots->lock);
	loaded = roots->store != NULL || load_locked(roots, error);
	pthread_mutex_unlock(&roots->lock);
	return loaded;
}

NetTrust *
net_trust_new(NetRoots *roots)
{
	NetTrust *trust = g_new0(NetTrust, 1);

	trust->references = 1;
	trust->roots = net_roots_ref(roots);
	pthread_mutex_init(&trust->lock, NULL);
	trust->accepted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	trust->refused =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)net_certificate_free);
	return trust;
}

NetTrust *
net_trust_ref(NetTrust *trust)
{
	g_atomic_int_inc(&trust->references);
	return trust;
}

void
net_trust_unref(NetTrust *trust)
{
	if (trust == NULL || !g_atomic_int_dec_and_test(&trust->references))
		return;
	net_roots_unref(trust->roots);
	g_hash_table_unref(trust->accepted);
	g_hash_table_unref(trust->refused);
	pthread_mutex_destroy(&trust->lock);
	g_free(trust);
}

gboolean
net_trust_load(NetTrust *trust, GError **error)
{
	return net_roots_load(trust->roots, error);
}

char *
net_host_ascii(const char *host)
{
	g_autofree char *ascii = NULL;
	gsize length;

	if (host == NULL || host[0] == '\0' || strlen(host) > 1024)
		return NULL;
	if (g_hostname_is_ip_address(host))
		return strchr(host, '%') ? NULL : g_ascii_strdown(host, -1);
	ascii = g_hostname_to_ascii(host);
	if (ascii == NULL)
		return NULL;
	length = strlen(ascii);
	if (length > 0 && ascii[length - 1] == '.')
		ascii[--length] = '\0';
	if (length == 0 || length > 253 || ascii[0] == '.' || ascii[0] == '-' || strstr(ascii, ".."))
		return NULL;
	for (const char *c = ascii; *c != '\0'; c++)
		if (!g_ascii_isalnum(*c) && strchr("-._", *c) == NULL)
			return NULL;
	return g_ascii_strdown(ascii, -1);
}

/* NULL when host is none. */
static char *
key_of(const char *host, guint16 port, const char *fingerprint)
{
	g_autofree char *ascii = net_host_ascii(host);

	if (ascii == NULL)
		return NULL;
	return fingerprint ? g_strdup_printf("%s:%u %s", ascii, port, fingerprint)
			   : g_strdup_printf("%s:%u", ascii, port);
}

/* NULL when malformed. */
static char *
fingerprint_digits(const char *text)
{
	g_autoptr(GString) digits = g_string_new(NULL);

	if (g_ascii_strncasecmp(text, "sha256:", 7) == 0)
		text += 7;
	for (; *text != '\0'; text++) {
		if (g_ascii_isxdigit(*text))
			g_string_append_c(digits, g_ascii_toupper(*text));
		else if (*text != ':')
			return NULL;
	}
	if (digits->len != FINGERPRINT_DIGITS)
		return NULL;
	return g_string_free(g_steal_pointer(&digits), FALSE);
}

gboolean
net_trust_accept(NetTrust *trust, const char *host, guint16 port, const char *fingerprint, GError **error)
{
	g_autofree char *digits = fingerprint_digits(fingerprint);
	g_autofree char *key = digits && port ? key_of(host, port, digits) : NULL;

	if (key == NULL) {
		fault_set(error, FAULT_INPUT,
			_("A trusted certificate is written as HOST:PORT sha256: and 64 hexadecimal "
			  "digits."));
		return FALSE;
	}
	pthread_mutex_lock(&trust->lock);
	g_hash_table_add(trust->accepted, g_steal_pointer(&key));
	pthread_mutex_unlock(&trust->lock);
	return TRUE;
}

gboolean
net_trust_accept_line(NetTrust *trust, const char *line, GError **error)
{
	g_auto(GStrv) words = g_strsplit_set(line, " \t", 2);
	char *colon = words[0] ? strrchr(words[0], ':') : NULL;
	const char *host = words[0];
	guint64 port = 0;
	char *bracket;

	if (colon != NULL && words[1] != NULL) {
		*colon = '\0';
		if (!g_ascii_string_to_unsigned(colon + 1, 10, 1, G_MAXUINT16, &port, NULL))
			port = 0;
		if (host[0] == '[' && (bracket = strchr(host, ']')) != NULL) {
			*bracket = '\0';
			host++;
		}
		return net_trust_accept(trust, host, (guint16)port, g_strstrip(words[1]), error);
	}
	return net_trust_accept(trust, "", 0, "", error);
}

NetCertificate *
net_trust_refused(NetTrust *trust, const char *host, guint16 port)
{
	g_autofree char *key = key_of(host, port, NULL);
	NetCertificate *found = NULL;

	if (key == NULL)
		return NULL;
	pthread_mutex_lock(&trust->lock);
	found = g_hash_table_lookup(trust->refused, key);
	if (found != NULL)
		found = net_certificate_copy(found);
	pthread_mutex_unlock(&trust->lock);
	return found;
}

static guint
bad_of(int code, int depth)
{
	switch (code) {
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
		return NET_BAD_SELF_SIGNED;
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		return NET_BAD_ISSUER;
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return depth == 0 ? NET_BAD_EXPIRED : NET_BAD_OTHER;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return depth == 0 ? NET_BAD_NOT_YET : NET_BAD_OTHER;
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		return NET_BAD_NAME;
	default:
		return NET_BAD_OTHER;
	}
}

/* Called for each step of the chain; notes what is wrong and goes on, see the top. */
static int
note_step(int good, X509_STORE_CTX *context)
{
	NetCertificate *certificate = X509_STORE_CTX_get_app_data(context);
	int code = X509_STORE_CTX_get_error(context);
	int depth = X509_STORE_CTX_get_error_depth(context);
	guint bad;

	if (good)
		return 1;
	bad = bad_of(code, depth);
	certificate->bad |= bad;
	if (bad == NET_BAD_OTHER && certificate->other == NULL)
		certificate->other = depth == 0 ? g_strdup(X509_verify_cert_error_string(code))
						: g_strdup_printf(_("in its chain: %s"),
							  X509_verify_cert_error_string(code));
	return 1;
}

static void
set_name(X509_STORE_CTX *context, const char *host)
{
	X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(context);

	X509_VERIFY_PARAM_set_hostflags(
		parameters, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (g_hostname_is_ip_address(host)) {
		X509_VERIFY_PARAM_set1_host(parameters, NULL, 0);
		X509_VERIFY_PARAM_set1_ip_asc(parameters, host);
	} else {
		X509_VERIFY_PARAM_set1_host(parameters, host, 0);
	}
}

/* Keep the outcome where the question to the user finds it. */
static gboolean
conclude(NetVerify *verify, gboolean chain_done)
{
	NetCertificate *seen = verify->seen;
	g_autofree char *place = key_of(verify->host, verify->port, NULL);
	g_autofree char *pin = key_of(verify->host, verify->port, seen->fingerprint);
	NetTrust *trust = verify->trust;

	if (!chain_done)
		seen->bad |= NET_BAD_OTHER;
	pthread_mutex_lock(&trust->lock);
	verify->accepted = seen->bad != 0 && g_hash_table_contains(trust->accepted, pin);
	verify->passed = seen->bad == 0 || verify->accepted;
	if (verify->passed)
		g_hash_table_remove(trust->refused, place);
	else
		g_hash_table_replace(trust->refused, g_steal_pointer(&place), net_certificate_copy(seen));
	pthread_mutex_unlock(&trust->lock);
	return verify->passed;
}

static int
check_certificate(X509_STORE_CTX *context, void *user)
{
	NetVerify *verify = user;
	X509 *leaf = X509_STORE_CTX_get0_cert(context);
	gboolean done;

	verify->passed = FALSE;
	if (leaf == NULL)
		return 0;
	g_clear_pointer(&verify->seen, net_certificate_free);
	verify->seen = net_certificate_new(leaf, verify->host, verify->port);
	X509_STORE_CTX_set_app_data(context, verify->seen);
	X509_STORE_CTX_set_verify_cb(context, note_step);
	set_name(context, verify->host);
	done = X509_verify_cert(context) == 1;
	if (!conclude(verify, done)) {
		if (X509_STORE_CTX_get_error(context) == X509_V_OK)
			X509_STORE_CTX_set_error(context, X509_V_ERR_APPLICATION_VERIFICATION);
		return 0;
	}
	/* Left in the queue they would be taken for errors of the handshake. */
	ERR_clear_error();
	X509_STORE_CTX_set_error(context, X509_V_OK);
	return 1;
}

void
net_trust_arm(NetVerify *verify, SSL_CTX *context)
{
	NetRoots *roots = verify->trust->roots;

	pthread_mutex_lock(&roots->lock);
	SSL_CTX_set1_cert_store(context, roots->store);
	pthread_mutex_unlock(&roots->lock);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(context, check_certificate, verify);
	SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_default_read_buffer_len(context, READ_AHEAD_BYTES);
}
