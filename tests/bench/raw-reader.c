/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * raw-reader.c - the floor of every figure about the line: sends commands over
 * TLS and throws away what comes, looking no further than where answers end.
 *
 *	raw-reader PORT USER PASSWORD [wait] <COMMANDS
 *
 * One command a line, without tag. All are sent at once behind the login, so
 * that the server never waits for us; with "wait" each only when the one before
 * was answered. Prints one line of JSON: seconds from the start of the program,
 * seconds from the end of the login, octets read and written from there.
 * The certificate is not looked at: this reads private servers on loopback.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 8192

typedef struct {
	SSL *ssl;
	char buffer[256 * 1024];
	int used;
	int length;
	unsigned long long read_bytes;
	unsigned long long written_bytes;
} Link;

static double
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void
die(const char *what)
{
	fprintf(stderr, "raw-reader: %s\n", what);
	exit(1);
}

static void
link_connect(Link *link, int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	int one = 1, descriptor = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (context == NULL || descriptor < 0 ||
		connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0)
		die("cannot connect");
	setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	link->ssl = SSL_new(context);
	if (link->ssl == NULL || SSL_set_fd(link->ssl, descriptor) != 1 || SSL_connect(link->ssl) != 1)
		die("no TLS");
}

static void
link_write(Link *link, const char *data, size_t length)
{
	if (length > 0 && SSL_write(link->ssl, data, (int)length) != (int)length)
		die("cannot write");
	link->written_bytes += length;
}

static void
link_fill(Link *link)
{
	link->length = SSL_read(link->ssl, link->buffer, sizeof link->buffer);
	link->used = 0;
	if (link->length <= 0)
		die("the server closed the connection");
	link->read_bytes += (unsigned long long)link->length;
}

static void
link_skip(Link *link, unsigned long long octets)
{
	while (octets > 0) {
		int here = link->length - link->used;
		if ((unsigned long long)here >= octets) {
			link->used += (int)octets;
			return;
		}
		octets -= (unsigned long long)here;
		link_fill(link);
	}
}

/* One line without its end, cut at the size of line. Returns its length. */
static size_t
link_line(Link *link, char *line)
{
	size_t length = 0;

	for (;;) {
		char *from = link->buffer + link->used;
		size_t left = (size_t)(link->length - link->used);
		char *end = memchr(from, '\n', left);
		size_t piece = end ? (size_t)(end - from) : left;
		size_t room = LINE_MAX_BYTES - 1 - length;
		memcpy(line + length, from, piece < room ? piece : room);
		length += piece < room ? piece : room;
		link->used += (int)piece + (end != NULL);
		if (end != NULL)
			break;
		link_fill(link);
	}
	if (length > 0 && line[length - 1] == '\r')
		length--;
	line[length] = '\0';
	return length;
}

/* Read until the answer to the command with this tag, over all literals. */
static void
link_await(Link *link, const char *tag)
{
	char line[LINE_MAX_BYTES];

	for (;;) {
		size_t length = link_line(link, line);
		if (length > 0 && line[length - 1] == '}') {
			char *brace = strrchr(line, '{');
			if (brace != NULL)
				link_skip(link, strtoull(brace + 1, NULL, 10));
		} else if (strncmp(line, tag, strlen(tag)) == 0 && line[strlen(tag)] == ' ') {
			if (strncmp(line + strlen(tag), " OK", 3) != 0)
				die(line);
			return;
		}
	}
}

static void
run_commands(Link *link, int wait)
{
	static char command[256 * 1024];
	char tag[16] = "";
	int number = 0;

	while (fgets(command, sizeof command, stdin) != NULL) {
		size_t length = strcspn(command, "\r\n");
		snprintf(tag, sizeof tag, "r%d", ++number);
		link_write(link, tag, strlen(tag));
		link_write(link, " ", 1);
		command[length] = '\0';
		link_write(link, command, length);
		link_write(link, "\r\n", 2);
		if (wait)
			link_await(link, tag);
	}
	if (number > 0 && !wait)
		link_await(link, tag);
}

int
main(int argc, char **argv)
{
	static Link link;
	char login[512], line[LINE_MAX_BYTES];
	double start = now(), ready;

	if (argc < 4)
		die("usage: raw-reader PORT USER PASSWORD [wait] <COMMANDS");
	link_connect(&link, atoi(argv[1]));
	link_line(&link, line);
	snprintf(login, sizeof login, "r0 LOGIN \"%s\" \"%s\"\r\n", argv[2], argv[3]);
	link_write(&link, login, strlen(login));
	link_await(&link, "r0");
	link.read_bytes = link.written_bytes = 0;
	ready = now();
	run_commands(&link, argc > 4 && strcmp(argv[4], "wait") == 0);
	printf("{\"seconds\": %.4f, \"after_login\": %.4f, \"read\": %llu, \"written\": %llu}\n",
		now() - start, now() - ready, link.read_bytes, link.written_bytes);
	return 0;
}
