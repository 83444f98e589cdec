/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * control.c - the holder's socket. One epoll descriptor stands for the listening
 * socket and all clients, so that the owner polls a single one.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account/control-private.h"
#include "util/fault.h"
#include "util/i18n.h"

#define CLIENTS_MAX 32
#define LINE_BYTES 256

typedef struct {
	guint64 serial; /* of the event, never used twice; 0 is the listening socket */
	int fd;
	gsize length;
	char line[LINE_BYTES];
} Client;

struct ControlServer {
	struct sockaddr_un address;
	int listener;
	int epoll;
	guint64 next_serial;
	GPtrArray *clients; /* of Client */
};

void
control_request_free(ControlRequest *request)
{
	if (request == NULL)
		return;
	g_free(request->part);
	g_free(request);
}

/* Section numbers and their names only: "1.2.MIME". */
static gboolean
is_part(const char *text)
{
	return *text != '\0' && strlen(text) < 128 &&
	       strspn(text, "0123456789.ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(text);
}

ControlRequest *
control_parse(const char *line, gsize length)
{
	g_autofree char *text = g_strndup(line, length);
	g_auto(GStrv) words = g_strsplit(text, " ", 4);
	guint count = g_strv_length(words);
	g_autoptr(ControlRequest) request = g_new0(ControlRequest, 1);

	if (strlen(text) != length || count == 0)
		return NULL;
	if (strcmp(text, "wake") == 0 || strcmp(text, "sync") == 0) {
		request->verb = text[0] == 'w' ? CONTROL_WAKE : CONTROL_SYNC;
		return g_steal_pointer(&request);
	}
	if (strcmp(words[0], "fetch") != 0 || count < 2 || count > 3)
		return NULL;
	request->verb = CONTROL_FETCH;
	if (!g_ascii_string_to_signed(words[1], 10, 1, G_MAXINT64, &request->id, NULL))
		return NULL;
	if (count == 3 && !is_part(words[2]))
		return NULL;
	request->part = g_strdup(words[2]);
	return g_steal_pointer(&request);
}

static gboolean
watch(ControlServer *server, int fd, guint64 serial)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = serial};

	return epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static void
client_free(gpointer data)
{
	Client *client = data;

	close(client->fd);
	g_free(client);
}

static gboolean
start_listening(ControlServer *server)
{
	/* The lock is held: what lies here is of a process that died. */
	(void)unlink(server->address.sun_path);
	server->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	server->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (server->listener < 0 || server->epoll < 0)
		return FALSE;
	/* The mode of the descriptor becomes that of the socket's file: there is no moment with another. */
	return fchmod(server->listener, 0600) == 0 &&
	       bind(server->listener, (struct sockaddr *)&server->address, sizeof server->address) == 0 &&
	       listen(server->listener, CLIENTS_MAX) == 0 && watch(server, server->listener, 0);
}

ControlServer *
control_server_new(const Paths *paths, const char *account, GError **error)
{
	g_autoptr(ControlServer) server = g_new0(ControlServer, 1);

	server->listener = -1;
	server->epoll = -1;
	server->next_serial = 1;
	server->clients = g_ptr_array_new_with_free_func(client_free);
	if (!paths_make_folder(paths->runtime, error) ||
		!control_address(paths, account, &server->address, error)) {
		server->address.sun_path[0] = '\0';
		return NULL;
	}
	if (!start_listening(server)) {
		fault_set(error, FAULT_LOCAL, _("cannot listen on %s: %s"), server->address.sun_path,
			g_strerror(errno));
		return NULL;
	}
	return g_steal_pointer(&server);
}

void
control_server_free(ControlServer *server)
{
	if (server == NULL)
		return;
	if (server->listener >= 0) {
		if (server->address.sun_path[0] != '\0')
			(void)unlink(server->address.sun_path);
		close(server->listener);
	}
	g_ptr_array_unref(server->clients);
	if (server->epoll >= 0)
		close(server->epoll);
	g_free(server);
}

int
control_server_fd(const ControlServer *server)
{
	return server->epoll;
}

static Client *
find_client(ControlServer *server, guint64 serial)
{
	for (guint i = 0; i < server->clients->len; i++) {
		Client *client = g_ptr_array_index(server->clients, i);
		if (client->serial == serial)
			return client;
	}
	return NULL;
}

static void
accept_one(ControlServer *server)
{
	int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	Client *client;

	if (fd < 0)
		return;
	if (server->clients->len >= CLIENTS_MAX || !control_is_own_peer(fd) ||
		!watch(server, fd, server->next_serial)) {
		close(fd);
		return;
	}
	client = g_new0(Client, 1);
	client->serial = server->next_serial++;
	client->fd = fd;
	g_ptr_array_add(server->clients, client);
}

static void
answer(ControlServer *server, Client *client, gboolean ok)
{
	const char *line = ok ? "ok\n" : "no\n";

	/* A client that does not read its three bytes is let go. */
	if (send(client->fd, line, 3, MSG_NOSIGNAL | MSG_DONTWAIT) != 3)
		g_ptr_array_remove(server->clients, client);
}

/* The next whole line of what the client said, as a request. */
static ControlRequest *
take_line(ControlServer *server, Client *client)
{
	guint64 serial = client->serial;

	while (client != NULL) {
		char *newline = memchr(client->line, '\n', client->length);
		ControlRequest *request;
		gsize line;
		if (newline == NULL)
			return NULL;
		line = (gsize)(newline - client->line);
		request = control_parse(client->line, line);
		client->length -= line + 1;
		memmove(client->line, newline + 1, client->length);
		if (request != NULL) {
			request->client = serial;
			return request;
		}
		answer(server, client, FALSE);
		client = find_client(server, serial);
	}
	return NULL;
}

static ControlRequest *
read_client(ControlServer *server, Client *client)
{
	gssize got = recv(client->fd, client->line + client->length, sizeof client->line - client->length, 0);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return NULL;
	if (got <= 0) {
		g_ptr_array_remove(server->clients, client);
		return NULL;
	}
	client->length += (gsize)got;
	if (client->length == sizeof client->line && memchr(client->line, '\n', client->length) == NULL) {
		g_ptr_array_remove(server->clients, client);
		return NULL;
	}
	return take_line(server, client);
}

ControlRequest *
control_server_next(ControlServer *server)
{
	struct epoll_event event;
	guint events = 0;

	/* Lines that came together with one that was returned before. */
	for (guint i = server->clients->len; i-- > 0;) {
		ControlRequest *request = take_line(server, g_ptr_array_index(server->clients, i));
		if (request != NULL)
			return request;
		i = MIN(i, server->clients->len);
	}
	/* Bounded: where accept() fails for want of descriptors its event stays. */
	while (events++ < 2 * CLIENTS_MAX && epoll_wait(server->epoll, &event, 1, 0) == 1) {
		Client *client = find_client(server, event.data.u64);
		ControlRequest *request = NULL;
		if (event.data.u64 == 0)
			accept_one(server);
		else if (client != NULL)
			request = read_client(server, client);
		if (request != NULL)
			return request;
	}
	return NULL;
}

void
control_server_answer(ControlServer *server, ControlRequest *request, gboolean ok)
{
	Client *client = find_client(server, request->client);

	if (client != NULL)
		answer(server, client, ok);
	control_request_free(request);
}
