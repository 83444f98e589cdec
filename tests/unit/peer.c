/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A script that waits longer than this for the other side has failed. */
#define PATIENCE_MS 20000

struct Peer {
	PeerScript script;
	gpointer user;
	pthread_t thread;
	gboolean joined;
	int listener;
	int socket;  /* of the script's thread */
	int stop[2]; /* readable from peer_stop() on */
	guint16 port;
	SSL_CTX *context;
	SSL *ssl;
	gboolean failed;
	GString *in;
};

static int
listen_somewhere(guint16 *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_assert_cmpint(listener, >=, 0);
	g_assert_cmpint(bind(listener, (struct sockaddr *)&address, sizeof(address)), ==, 0);
	g_assert_cmpint(listen(listener, 4), ==, 0);
	g_assert_cmpint(getsockname(listener, (struct sockaddr *)&address, &length), ==, 0);
	*port = ntohs(address.sin_port);
	return listener;
}

guint16
peer_closed_port(void)
{
	guint16 port;

	close(listen_somewhere(&port));
	return port;
}

/* FALSE: stopped, or too late. */
static gboolean
wait_for(Peer *peer, int fd, short events)
{
	struct pollfd fds[2] = {{.fd = fd, .events = events}, {.fd = peer->stop[0], .events = POLLIN}};
	int ready;

	do
		ready = poll(fds, 2, PATIENCE_MS);
	while (ready < 0 && errno == EINTR);
	if (ready <= 0 || fds[1].revents != 0)
		peer->failed = TRUE;
	return !peer->failed;
}

static void *
run(void *user)
{
	Peer *peer = user;

	if (wait_for(peer, peer->listener, POLLIN)) {
		peer->socket = accept4(peer->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		g_assert_cmpint(peer->socket, >=, 0);
		peer->script(peer, peer->user);
		peer_close(peer);
	}
	return NULL;
}

Peer *
peer_start(PeerScript script, gpointer user)
{
	Peer *peer = g_new0(Peer, 1);

	peer->script = script;
	peer->user = user;
	peer->socket = -1;
	peer->in = g_string_new(NULL);
	peer->listener = listen_somewhere(&peer->port);
	g_assert_cmpint(pipe(peer->stop), ==, 0);
	g_assert_cmpint(pthread_create(&peer->thread, NULL, run, peer), ==, 0);
	return peer;
}

void
peer_stop(Peer *peer)
{
	if (peer == NULL)
		return;
	g_assert_cmpint(write(peer->stop[1], "", 1), ==, 1);
	peer_wait(peer);
	close(peer->listener);
	close(peer->stop[0]);
	close(peer->stop[1]);
	g_string_free(peer->in, TRUE);
	g_free(peer);
}

void
peer_wait(Peer *peer)
{
	if (!peer->joined)
		pthread_join(peer->thread, NULL);
	peer->joined = TRUE;
}

guint16
peer_port(const Peer *peer)
{
	return peer->port;
}

void
peer_close(Peer *peer)
{
	SSL_free(peer->ssl);
	SSL_CTX_free(peer->context);
	peer->ssl = NULL;
	peer->context = NULL;
	if (peer->socket >= 0)
		close(peer->socket);
	peer->socket = -1;
	peer->failed = TRUE;
}

/* After a result of SSL that is no success: wait for what it wants. */
static gboolean
wait_ssl(Peer *peer, int result)
{
	switch (SSL_get_error(peer->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		return wait_for(peer, peer->socket, POLLIN);
	case SSL_ERROR_WANT_WRITE:
		return wait_for(peer, peer->socket, POLLOUT);
	default:
		ERR_clear_error();
		peer->failed = TRUE;
		return FALSE;
	}
}

void
peer_send(Peer *peer, const void *data, gsize length)
{
	const char *at = data;

	while (length > 0 && !peer->failed) {
		gssize sent = peer->ssl ? SSL_write(peer->ssl, at, (int)MIN(length, 16384))
					: send(peer->socket, at, length, MSG_NOSIGNAL);
		if (sent > 0) {
			at += sent;
			length -= (gsize)sent;
		} else if (peer->ssl) {
			wait_ssl(peer, (int)sent);
		} else if (errno == EAGAIN) {
			wait_for(peer, peer->socket, POLLOUT);
		} else {
			peer->failed = TRUE;
		}
	}
}

void
peer_say(Peer *peer, const char *text)
{
	peer_send(peer, text, strlen(text));
}

static gsize
receive(Peer *peer, void *buffer, gsize size)
{
	while (!peer->failed) {
		gssize got = peer->ssl ? SSL_read(peer->ssl, buffer, (int)size)
				       : recv(peer->socket, buffer, size, 0);
		if (got > 0)
			return (gsize)got;
		if (peer->ssl)
			wait_ssl(peer, (int)got);
		else if (got < 0 && errno == EAGAIN)
			wait_for(peer, peer->socket, POLLIN);
		else
			peer->failed = TRUE;
	}
	return 0;
}

gsize
peer_read(Peer *peer, void *buffer, gsize size)
{
	gsize count = MIN(size, peer->in->len);

	if (count == 0)
		return receive(peer, buffer, size);
	memcpy(buffer, peer->in->str, count);
	g_string_erase(peer->in, 0, (gssize)count);
	return count;
}

char *
peer_line(Peer *peer)
{
	char chunk[4096];
	char *end;

	while ((end = strstr(peer->in->str, "\r\n")) == NULL) {
		gsize got = receive(peer, chunk, sizeof(chunk));
		if (got == 0)
			return NULL;
		g_string_append_len(peer->in, chunk, (gssize)got);
	}
	char *line = g_strndup(peer->in->str, (gsize)(end - peer->in->str));
	g_string_erase(peer->in, 0, end + 2 - peer->in->str);
	return line;
}

gboolean
peer_expect(Peer *peer, const char *prefix)
{
	g_autofree char *line = peer_line(peer);

	return line != NULL && g_str_has_prefix(line, prefix);
}

gboolean
peer_tls(Peer *peer, const char *pem, int version)
{
	int result;

	if (peer->failed)
		return FALSE;
	peer->context = SSL_CTX_new(TLS_server_method());
	if (version != 0) {
		SSL_CTX_set_security_level(peer->context, 0);
		SSL_CTX_set_min_proto_version(peer->context, version);
		SSL_CTX_set_max_proto_version(peer->context, version);
	}
	g_assert_true(SSL_CTX_use_certificate_chain_file(peer->context, pem));
	g_assert_true(SSL_CTX_use_PrivateKey_file(peer->context, pem, SSL_FILETYPE_PEM));
	peer->ssl = SSL_new(peer->context);
	SSL_set_mode(peer->ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_set_fd(peer->ssl, peer->socket);
	while ((result = SSL_accept(peer->ssl)) != 1)
		if (!wait_ssl(peer, result))
			return FALSE;
	return TRUE;
}

void
peer_hang(Peer *peer)
{
	char byte[512];

	while (peer_read(peer, byte, sizeof(byte)) > 0)
		;
}

void
peer_sleep(Peer *peer)
{
	struct pollfd stop = {.fd = peer->stop[0], .events = POLLIN};

	while (poll(&stop, 1, PATIENCE_MS) < 0 && errno == EINTR)
		;
	peer->failed = TRUE;
}

void
peer_small_buffer(Peer *peer)
{
	int size = 16 * 1024;

	setsockopt(peer->socket, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

typedef struct {
	const char *file;
	const char *name;         /* common name */
	const char *alternatives; /* subject alternative names, NULL: none */
	int from_days;
	int until_days;
	gboolean self; /* self-signed */
} Kind;

static const Kind kinds[] = {
	{"good.pem", "Good", "DNS:localhost,IP:127.0.0.1", -2, 30, FALSE},
	{"expired.pem", "Expired", "DNS:localhost,IP:127.0.0.1", -30, -2, FALSE},
	{"future.pem", "Future", "DNS:localhost,IP:127.0.0.1", 2, 30, FALSE},
	{"wrong.pem", "Wrong", "DNS:other.example", -2, 30, FALSE},
	{"bare.pem", "127.0.0.1", NULL, -2, 30, FALSE},
	{"self.pem", "Self", "DNS:localhost,IP:127.0.0.1", -2, 30, TRUE},
};

static void
add_extension(X509 *x509, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&context, issuer, x509, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	g_assert_nonnull(extension);
	X509_add_ext(x509, extension, -1);
	X509_EXTENSION_free(extension);
}

static X509 *
make_certificate(const Kind *kind, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key, gboolean authority)
{
	X509 *x509 = X509_new();
	X509_NAME *name = X509_get_subject_name(x509);

	X509_set_version(x509, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x509), g_random_int_range(1, G_MAXINT));
	X509_gmtime_adj(X509_getm_notBefore(x509), kind->from_days * 86400L);
	X509_gmtime_adj(X509_getm_notAfter(x509), kind->until_days * 86400L);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const guchar *)kind->name, -1, -1, 0);
	X509_set_issuer_name(x509, issuer ? X509_get_subject_name(issuer) : name);
	X509_set_pubkey(x509, key);
	add_extension(x509, issuer ? issuer : x509, NID_basic_constraints,
		authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
	add_extension(x509, issuer ? issuer : x509, NID_subject_key_identifier, "hash");
	if (kind->alternatives != NULL)
		add_extension(x509, issuer ? issuer : x509, NID_subject_alt_name, kind->alternatives);
	g_assert_cmpint(X509_sign(x509, issuer_key, EVP_sha256()), >, 0);
	return x509;
}

static void
save(const char *folder, const char *file, X509 *x509, EVP_PKEY *key)
{
	g_autofree char *path = g_build_filename(folder, file, NULL);
	FILE *out = fopen(path, "we");

	g_assert_nonnull(out);
	PEM_write_X509(out, x509);
	if (key != NULL)
		PEM_write_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL);
	fclose(out);
}

void
peer_make_certificates(const char *folder)
{
	static const Kind root = {"ca.pem", "Test authority", NULL, -30, 60, TRUE};
	EVP_PKEY *root_key = EVP_EC_gen("P-256");
	X509 *root_x509 = make_certificate(&root, root_key, NULL, root_key, TRUE);

	save(folder, root.file, root_x509, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		EVP_PKEY *key = EVP_EC_gen("P-256");
		X509 *x509 = kinds[i].self ? make_certificate(&kinds[i], key, NULL, key, FALSE)
					   : make_certificate(&kinds[i], key, root_x509, root_key, FALSE);
		save(folder, kinds[i].file, x509, key);
		X509_free(x509);
		EVP_PKEY_free(key);
	}
	X509_free(root_x509);
	EVP_PKEY_free(root_key);
}
