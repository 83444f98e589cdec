/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net-common.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

static char *folder;
static NetRoots *roots;

char *
pem_path(const char *file)
{
	return g_build_filename(folder, file, NULL);
}

NetTarget
target_of(NetScheme scheme, NetSecurity security, guint16 port, NetTrust *trust)
{
	return (NetTarget){
		.scheme = scheme,
		.security = security,
		.host = "127.0.0.1",
		.port = port,
		.trust = trust,
		.connect_ms = 5000,
		.tls_ms = 5000,
		.greeting_ms = 5000,
	};
}

void
assert_fault(const GError *error, Fault code, const char *words)
{
	g_assert_nonnull(error);
	g_test_message("%s: %s", fault_name(fault_of(error)), error->message);
	g_assert_cmpstr(fault_name(fault_of(error)), ==, fault_name(code));
	if (strstr(error->message, words) == NULL)
		g_error("\"%s\" does not say \"%s\"", error->message, words);
}

void
serve_imap(Peer *peer)
{
	peer_say(peer, "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n");
	if (peer_expect(peer, "A001 CAPABILITY"))
		peer_say(peer, "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nA001 OK done\r\n");
}

void
echo(Peer *peer)
{
	for (;;) {
		g_autofree char *line = peer_line(peer);
		if (line == NULL || strcmp(line, "end") == 0)
			return;
		peer_say(peer, line);
		peer_say(peer, "\r\n");
	}
}

void
script_tls_echo(Peer *peer, gpointer user)
{
	g_autofree char *pem = pem_path(user);

	if (peer_tls(peer, pem, 0)) {
		serve_imap(peer);
		echo(peer);
	}
}

NetTrust *
trust_new(void)
{
	return net_trust_new(roots);
}

GError *
open_fails(NetTarget *target, Cancel *cancel)
{
	GError *error = NULL;
	NetStream *stream = net_stream_open(target, cancel, &error);

	g_assert_null(stream);
	return error;
}

void
read_exactly(NetStream *stream, const char *expected)
{
	g_autoptr(GString) got = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	char chunk[4096];

	while (got->len < strlen(expected)) {
		gssize count = net_stream_read(stream, chunk, sizeof(chunk), 5000, &error);
		g_assert_no_error(error);
		g_assert_cmpint(count, >, 0);
		g_string_append_len(got, chunk, count);
	}
	g_assert_cmpstr(got->str, ==, expected);
}

void
write_text(NetStream *stream, const char *text)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(net_stream_write(stream, text, strlen(text), &error));
	g_assert_no_error(error);
}

void *
trigger_soon(void *user)
{
	g_usleep(100 * 1000);
	cancel_trigger(user);
	return NULL;
}

NetStream *
open_echo(Peer *peer, NetTrust *trust, Cancel *cancel)
{
	NetTarget target = target_of(NET_IMAP, NET_TLS, peer_port(peer), trust);
	GError *error = NULL;
	NetStream *stream = net_stream_open(&target, cancel, &error);

	g_assert_no_error(error);
	return stream;
}

static void
remove_folder(void)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = pem_path(name);
		g_unlink(path);
	}
	g_rmdir(folder);
}

int
run_tests(void)
{
	int result = g_test_run();

	g_clear_pointer(&roots, net_roots_unref);
	remove_folder();
	g_clear_pointer(&folder, g_free);
	return result;
}

void
init_tests(int *argc, char ***argv)
{
	g_autofree char *ca = NULL;

	signal(SIGPIPE, SIG_IGN);
	/* What this machine is set to must not matter. */
	g_unsetenv("SSL_CERT_FILE");
	g_unsetenv("SSL_CERT_DIR");
	g_unsetenv("all_proxy");
	g_unsetenv("ALL_PROXY");
	g_test_init(argc, argv, NULL);
	folder = g_dir_make_tmp("posthorn-net-XXXXXX", NULL);
	peer_make_certificates(folder);
	ca = pem_path("ca.pem");
	roots = net_roots_new(ca);
}
