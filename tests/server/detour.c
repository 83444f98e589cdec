/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * detour.c - let a program live in a network of a test's own making.
 *
 * Preloaded into the program under test: its names, its questions to DNS and
 * its connections are answered from the file $DETOUR, and never from the
 * network:
 *
 *	dns PORT                  whom DNS is asked at, on 127.0.0.1; without it no DNS server answers
 *	host NAME ADDRESS         what a name resolves to; any other does not exist
 *	port ADDRESS PORT LOCAL   a connection there goes to 127.0.0.1:LOCAL
 *
 * Connections to loopback are left alone, all others refused. What is asked for
 * is added to $DETOUR.log.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { LINE_SIZE = 512 };

static void
note(const char *what, const char *name)
{
	char path[LINE_SIZE];
	FILE *file;

	snprintf(path, sizeof path, "%s.log", getenv("DETOUR"));
	file = fopen(path, "ae");
	if (file == NULL)
		return;
	fprintf(file, "%s %s\n", what, name);
	fclose(file);
}

/* What follows "first second " in the file. */
static int
find(const char *first, const char *second, char *value)
{
	FILE *file = fopen(getenv("DETOUR"), "re");
	char line[LINE_SIZE];
	char start[LINE_SIZE];
	int found = 0;

	snprintf(start, sizeof start, "%s %s%s", first, second, *second ? " " : "");
	while (file != NULL && !found && fgets(line, sizeof line, file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		found = strncasecmp(line, start, strlen(start)) == 0;
		if (found)
			strcpy(value, line + strlen(start));
	}
	if (file != NULL)
		fclose(file);
	return found;
}

int
getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result)
{
	int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
		dlsym(RTLD_NEXT, "getaddrinfo");
	struct in6_addr number;
	char value[LINE_SIZE];

	if (node == NULL || strcmp(node, "localhost") == 0 || inet_pton(AF_INET, node, &number) == 1 ||
		inet_pton(AF_INET6, node, &number) == 1)
		return real(node, service, hints, result);
	note("host", node);
	return find("host", node, value) ? real(value, service, hints, result) : EAI_NONAME;
}

int
connect(int fd, const struct sockaddr *address, socklen_t size)
{
	int (*real)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "connect");
	struct sockaddr_in v4;
	char place[LINE_SIZE];
	char value[LINE_SIZE];
	size_t length;

	if (address->sa_family == AF_UNIX)
		return real(fd, address, size);
	if (address->sa_family == AF_INET6) {
		if (IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)address)->sin6_addr))
			return real(fd, address, size);
		errno = ENETUNREACH;
		return -1;
	}
	memcpy(&v4, address, sizeof v4);
	if (ntohl(v4.sin_addr.s_addr) >> 24 == 127)
		return real(fd, address, size);
	inet_ntop(AF_INET, &v4.sin_addr, place, sizeof place);
	length = strlen(place);
	snprintf(place + length, sizeof place - length, " %u", ntohs(v4.sin_port));
	note("connect", place);
	if (!find("port", place, value)) {
		errno = ECONNREFUSED;
		return -1;
	}
	v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	v4.sin_port = htons((unsigned short)atoi(value));
	return real(fd, (const struct sockaddr *)&v4, sizeof v4);
}

int
res_nquery(res_state state, const char *name, int class, int type, unsigned char *answer, int size)
{
	int (*real)(res_state, const char *, int, int, unsigned char *, int) = dlsym(RTLD_NEXT, "res_nquery");
	char value[LINE_SIZE];

	note("dns", name);
	if (!find("dns", "", value)) {
		state->res_h_errno = TRY_AGAIN;
		return -1;
	}
	state->nscount = 1;
	memset(&state->nsaddr_list[0], 0, sizeof state->nsaddr_list[0]);
	state->nsaddr_list[0].sin_family = AF_INET;
	state->nsaddr_list[0].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	state->nsaddr_list[0].sin_port = htons((unsigned short)atoi(value));
	return real(state, name, class, type, answer, size);
}
