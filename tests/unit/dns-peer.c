/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dns-peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
dns_put_number(DnsAnswer *answer, guint number)
{
	guint8 two[2] = {(guint8)(number >> 8), (guint8)number};

	g_byte_array_append(answer->bytes, two, 2);
}

static void
dns_put_name(DnsAnswer *answer, const char *name)
{
	g_auto(GStrv) labels = g_strsplit(name, ".", -1);

	for (char **label = labels; *label != NULL; label++) {
		guint8 size = (guint8)strlen(*label);
		if (size == 0)
			continue;
		g_byte_array_append(answer->bytes, &size, 1);
		g_byte_array_append(answer->bytes, (const guint8 *)*label, size);
	}
	g_byte_array_append(answer->bytes, (const guint8 *)"", 1);
}

DnsAnswer
dns_answer_new(guint id, guint code, const char *name)
{
	DnsAnswer answer = {.bytes = g_byte_array_new()};

	dns_put_number(&answer, id);
	dns_put_number(&answer, 0x8180 | code);
	dns_put_number(&answer, 1);
	dns_put_number(&answer, 0);
	dns_put_number(&answer, 0);
	dns_put_number(&answer, 0);
	dns_put_name(&answer, name);
	dns_put_number(&answer, 33);
	dns_put_number(&answer, 1);
	return answer;
}

/* Up to the data, whose size is set when it is known. */
static guint
dns_begin_record(DnsAnswer *answer, const char *owner, guint type)
{
	dns_put_name(answer, owner);
	dns_put_number(answer, type);
	dns_put_number(answer, 1);
	dns_put_number(answer, 0);
	dns_put_number(answer, 60);
	dns_put_number(answer, 0);
	answer->bytes->data[7] = (guint8)++answer->answers;
	return answer->bytes->len;
}

static void
dns_end_record(DnsAnswer *answer, guint start)
{
	guint size = answer->bytes->len - start;

	answer->bytes->data[start - 2] = (guint8)(size >> 8);
	answer->bytes->data[start - 1] = (guint8)size;
}

void
dns_add_srv(
	DnsAnswer *answer, const char *owner, guint priority, guint weight, guint port, const char *target)
{
	guint start = dns_begin_record(answer, owner, 33);

	dns_put_number(answer, priority);
	dns_put_number(answer, weight);
	dns_put_number(answer, port);
	dns_put_name(answer, target);
	dns_end_record(answer, start);
}

void
dns_add_mx(DnsAnswer *answer, const char *owner, guint preference, const char *target)
{
	guint start = dns_begin_record(answer, owner, 15);

	dns_put_number(answer, preference);
	dns_put_name(answer, target);
	dns_end_record(answer, start);
}

void
dns_add_cname(DnsAnswer *answer, const char *owner, const char *target)
{
	guint start = dns_begin_record(answer, owner, 5);

	dns_put_name(answer, target);
	dns_end_record(answer, start);
}

void
dns_answer_free(DnsAnswer *answer)
{
	g_byte_array_unref(answer->bytes);
}

static gpointer
serve(gpointer data)
{
	DnsServer *server = data;

	while (!g_atomic_int_get(&server->stop)) {
		struct pollfd fd = {.fd = server->socket, .events = POLLIN};
		struct sockaddr_in from;
		socklen_t from_size = sizeof(from);
		guint8 question[512];
		DnsAnswer answer;
		gssize got;

		if (poll(&fd, 1, 20) <= 0)
			continue;
		got = recvfrom(
			server->socket, question, sizeof(question), 0, (struct sockaddr *)&from, &from_size);
		if (got < 12 || server->silent)
			continue;
		answer = dns_answer_new((guint)question[0] << 8 | question[1], server->code, server->name);
		if (server->code == 0)
			dns_add_srv(&answer, server->name, 0, 0, server->target_port, server->target);
		sendto(server->socket, answer.bytes->data, answer.bytes->len, 0, (struct sockaddr *)&from,
			from_size);
		dns_answer_free(&answer);
	}
	return NULL;
}

void
dns_server_start(DnsServer *server)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);

	server->socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(bind(server->socket, (struct sockaddr *)&address, size), ==, 0);
	g_assert_cmpint(getsockname(server->socket, (struct sockaddr *)&address, &size), ==, 0);
	server->port = ntohs(address.sin_port);
	server->thread = g_thread_new("dns server", serve, server);
}

void
dns_server_stop(DnsServer *server)
{
	g_atomic_int_set(&server->stop, TRUE);
	g_thread_join(server->thread);
	close(server->socket);
}
