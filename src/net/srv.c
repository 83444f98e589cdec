/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * srv.c - the parser of DNS answers, and the question.
 *
 * The C library asks (res_nquery): it knows /etc/resolv.conf, EDNS and TCP. It
 * cannot be stopped, so it does so in a thread of its own, which is left behind
 * when nobody waits any more: what both share is counted.
 */
#include "config.h"

#include "net/srv.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <string.h>

#include "net/trust-private.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

/* RFC 1035, 3.2 and 4.1. */
#define HEADER_SIZE 12
#define CLASS_IN 1
#define TYPE_CNAME 5
#define TYPE_MX 15
#define TYPE_SRV 33
#define RCODE_OK 0
#define RCODE_NO_NAME 3
#define FLAG_ANSWER 0x8000
#define FLAG_CUT 0x0200
#define NAME_MAX_OCTETS 255
/* A name may jump that often. */
#define JUMPS_MAX 64
#define ANSWER_MAX (64 * 1024)

void
net_srv_free(NetSrv *srv)
{
	if (srv == NULL)
		return;
	g_free(srv->host);
	g_free(srv);
}

/* ---- the parser ---- */

typedef struct {
	const guint8 *data;
	gsize length;
	gsize at;
} Message;

static gboolean
take_number(Message *message, guint *number)
{
	if (message->length - message->at < 2)
		return FALSE;
	*number = (guint)message->data[message->at] << 8 | message->data[message->at + 1];
	message->at += 2;
	return TRUE;
}

static gboolean
skip(Message *message, gsize count)
{
	if (message->length - message->at < count)
		return FALSE;
	message->at += count;
	return TRUE;
}

/* One label into name, lower case; what cannot stand in a host's name becomes '?'. */
static void
add_label(GString *name, const guint8 *label, gsize length)
{
	if (name->len > 0)
		g_string_append_c(name, '.');
	for (gsize i = 0; i < length; i++) {
		char c = g_ascii_tolower((char)label[i]);
		g_string_append_c(name, g_ascii_isalnum(c) || c == '-' || c == '_' ? c : '?');
	}
}

/* A name, its jumps followed; "" is the root. */
static gboolean
take_name(Message *message, GString *name)
{
	gsize at = message->at;
	gboolean jumped = FALSE;

	g_string_truncate(name, 0);
	for (guint jumps = 0; at < message->length && name->len <= NAME_MAX_OCTETS;) {
		guint8 size = message->data[at];

		if (size >= 0xc0) {
			if (message->length - at < 2 || ++jumps > JUMPS_MAX)
				return FALSE;
			if (!jumped)
				message->at = at + 2;
			jumped = TRUE;
			at = (gsize)(size & 0x3f) << 8 | message->data[at + 1];
			continue;
		}
		if (size > 63 || message->length - at < (gsize)size + 1)
			return FALSE;
		if (size == 0) {
			if (!jumped)
				message->at = at + 1;
			return TRUE;
		}
		add_label(name, message->data + at + 1, size);
		at += (gsize)size + 1;
	}
	return FALSE;
}

typedef struct {
	guint type;
	GString *owner;
	GString *target;
	char *wanted; /* the name asked for, or what it is an alias of */
	GPtrArray *list;
	gboolean nothing; /* a target was "." */
} Reading;

/* What a record says, but for its host, which is reading's target. */
static void
add_host(Reading *reading, guint priority, guint weight, guint port)
{
	NetSrv *srv;

	if (reading->target->len == 0) {
		reading->nothing = TRUE;
		return;
	}
	if (reading->list->len >= LIMIT_SRV_RECORDS)
		return;
	srv = g_new0(NetSrv, 1);
	srv->host = net_host_ascii(reading->target->str);
	srv->port = (guint16)port;
	srv->priority = (guint16)priority;
	srv->weight = (guint16)weight;
	if (srv->host != NULL)
		g_ptr_array_add(reading->list, srv);
	else
		net_srv_free(srv);
}

/* The data of one SRV record, that ends at end. */
static gboolean
take_srv(Message *message, gsize end, Reading *reading)
{
	guint priority, weight, port;

	if (!take_number(message, &priority) || !take_number(message, &weight) ||
		!take_number(message, &port) || !take_name(message, reading->target) || message->at > end)
		return FALSE;
	if (port != 0 || reading->target->len == 0)
		add_host(reading, priority, weight, port);
	return TRUE;
}

/* Likewise of an MX record. */
static gboolean
take_mx(Message *message, gsize end, Reading *reading)
{
	guint preference;

	if (!take_number(message, &preference) || !take_name(message, reading->target) || message->at > end)
		return FALSE;
	add_host(reading, preference, 0, 0);
	return TRUE;
}

static gboolean
take_record(Message *message, Reading *reading)
{
	guint type, class, size;
	gsize end;

	if (!take_name(message, reading->owner) || !take_number(message, &type) ||
		!take_number(message, &class) || !skip(message, 4) || !take_number(message, &size) ||
		message->length - message->at < size)
		return FALSE;
	end = message->at + size;
	if (class == CLASS_IN && strcmp(reading->owner->str, reading->wanted) == 0) {
		if (type == reading->type && type == TYPE_SRV && !take_srv(message, end, reading))
			return FALSE;
		if (type == reading->type && type == TYPE_MX && !take_mx(message, end, reading))
			return FALSE;
		if (type == TYPE_CNAME) {
			if (!take_name(message, reading->target))
				return FALSE;
			g_free(reading->wanted);
			reading->wanted = g_strdup(reading->target->str);
		}
	}
	message->at = end;
	return TRUE;
}

static int
compare(gconstpointer a, gconstpointer b)
{
	const NetSrv *one = *(NetSrv *const *)a;
	const NetSrv *other = *(NetSrv *const *)b;

	if (one->priority != other->priority)
		return one->priority < other->priority ? -1 : 1;
	return one->weight == other->weight ? 0 : one->weight > other->weight ? -1 : 1;
}

/* FALSE: damaged. *code: what the server says of the question. */
static gboolean
take_answer(Message *message, Reading *reading, guint *code)
{
	guint id, flags, questions, answers, unused;

	if (!take_number(message, &id) || !take_number(message, &flags) ||
		!take_number(message, &questions) || !take_number(message, &answers) ||
		!take_number(message, &unused) || !take_number(message, &unused))
		return FALSE;
	*code = flags & 0x0f;
	if ((flags & FLAG_ANSWER) == 0 || (flags & FLAG_CUT) != 0)
		return FALSE;
	if (*code != RCODE_OK)
		return TRUE;
	for (; questions > 0; questions--)
		if (!take_name(message, reading->owner) || !skip(message, 4))
			return FALSE;
	for (; answers > 0; answers--)
		if (!take_record(message, reading))
			return FALSE;
	return TRUE;
}

static NetSrvResult
parse(const guint8 *answer, gsize length, guint type, const char *name, GPtrArray **list, GError **error)
{
	Message message = {.data = answer, .length = length};
	Reading reading = {
		.type = type,
		.owner = g_string_new(NULL),
		.target = g_string_new(NULL),
		.wanted = g_ascii_strdown(name, -1),
		.list = g_ptr_array_new_with_free_func((GDestroyNotify)net_srv_free),
	};
	NetSrvResult result = NET_SRV_NONE;
	guint code = RCODE_OK;

	*list = NULL;
	if (!take_answer(&message, &reading, &code)) {
		result = NET_SRV_FAILED;
		fault_set(error, FAULT_PROTOCOL, _("The DNS server's answer for %s is damaged."), name);
	} else if (code != RCODE_OK && code != RCODE_NO_NAME) {
		result = NET_SRV_FAILED;
		fault_set(error, FAULT_RETRY, _("The DNS server could not answer for %s (code %u)."), name,
			code);
	} else if (reading.list->len > 0) {
		result = NET_SRV_FOUND;
		g_ptr_array_sort(reading.list, compare);
		*list = g_ptr_array_ref(reading.list);
	} else if (reading.nothing) {
		result = NET_SRV_NOT;
	}
	g_string_free(reading.owner, TRUE);
	g_string_free(reading.target, TRUE);
	g_ptr_array_unref(reading.list);
	g_free(reading.wanted);
	return result;
}

NetSrvResult
net_srv_parse(const guint8 *answer, gsize length, const char *name, GPtrArray **list, GError **error)
{
	return parse(answer, length, TYPE_SRV, name, list, error);
}

NetSrvResult
net_mx_parse(const guint8 *answer, gsize length, const char *name, GPtrArray **list, GError **error)
{
	return parse(answer, length, TYPE_MX, name, list, error);
}

/* ---- the question ---- */

/* Shared by who waits and who asks; each holds one reference. */
typedef struct {
	gint references; /* atomic */
	guint type;
	char *name;
	gboolean own;
	struct sockaddr_in server; /* where own */
	Cancel *done;              /* triggered at the end; what stands below is the asker's until then */
	guint8 *answer;
	int length; /* -1: none came */
	gboolean no_records;
} Question;

static void
question_unref(Question *question)
{
	if (!g_atomic_int_dec_and_test(&question->references))
		return;
	cancel_unref(question->done);
	g_free(question->name);
	g_free(question->answer);
	g_free(question);
}

static void
ask(Question *question)
{
	struct __res_state state;

	memset(&state, 0, sizeof(state));
	question->length = -1;
	if (res_ninit(&state) != 0)
		return;
	state.retrans = 2;
	state.retry = 2;
	if (question->own) {
		state.nscount = 1;
		state.nsaddr_list[0] = question->server;
	}
	question->length = res_nquery(
		&state, question->name, CLASS_IN, (int)question->type, question->answer, ANSWER_MAX);
	question->no_records = state.res_h_errno == HOST_NOT_FOUND || state.res_h_errno == NO_DATA;
	res_nclose(&state);
}

static gpointer
ask_in_thread(gpointer data)
{
	Question *question = data;

	ask(question);
	cancel_trigger(question->done);
	question_unref(question);
	return NULL;
}

/* FALSE with error: canceled, or too late. */
static gboolean
wait_for(const Question *question, Cancel *cancel, GError **error)
{
	gint64 end_us = dates_clock_us() + LIMIT_DNS_MS * G_GINT64_CONSTANT(1000);

	while (!cancel_is_triggered(question->done)) {
		struct pollfd fds[2] = {{.fd = cancel_fd(question->done), .events = POLLIN},
			{.fd = cancel_fd(cancel), .events = POLLIN}};
		gint64 left_ms = (end_us - dates_clock_us()) / 1000;

		if (cancel_check(cancel, error))
			return FALSE;
		if (left_ms <= 0) {
			fault_set(error, FAULT_RETRY, _("DNS did not answer for %s."), question->name);
			return FALSE;
		}
		poll(fds, G_N_ELEMENTS(fds), (int)left_ms);
	}
	return TRUE;
}

static NetSrvResult
conclude(const Question *question, GPtrArray **list, GError **error)
{
	if (question->length >= 0)
		return parse(question->answer, (gsize)MIN(question->length, ANSWER_MAX), question->type,
			question->name, list, error);
	if (question->no_records)
		return NET_SRV_NONE;
	fault_set(error, FAULT_RETRY, _("DNS did not answer for %s."), question->name);
	return NET_SRV_FAILED;
}

/* prefix: what stands before the domain in the name that is asked for. */
static NetSrvResult
look_up(guint type, const char *prefix, const char *domain, const NetResolver *resolver, Cancel *cancel,
	GPtrArray **list, GError **error)
{
	g_autofree char *ascii = net_host_ascii(domain);
	NetSrvResult result = NET_SRV_FAILED;
	Question *question;

	*list = NULL;
	if (ascii == NULL || g_hostname_is_ip_address(ascii)) {
		g_autofree char *shown = text_safe(domain, -1, TEXT_MARKS);
		fault_set(error, FAULT_INPUT, _("\"%s\" is not the name of a domain."), shown);
		return NET_SRV_FAILED;
	}
	question = g_new0(Question, 1);
	question->references = 1;
	question->type = type;
	question->name = g_strconcat(prefix, ascii, NULL);
	question->answer = g_malloc(ANSWER_MAX);
	question->done = cancel_new();
	if (resolver != NULL) {
		question->own = TRUE;
		question->server.sin_family = AF_INET;
		question->server.sin_port = htons(resolver->port);
		inet_pton(AF_INET, resolver->address, &question->server.sin_addr);
	}
	g_atomic_int_inc(&question->references);
	g_thread_unref(g_thread_new("dns", ask_in_thread, question));
	if (wait_for(question, cancel, error))
		result = conclude(question, list, error);
	question_unref(question);
	return result;
}

NetSrvResult
net_srv_lookup(const char *service, const char *domain, const NetResolver *resolver, Cancel *cancel,
	GPtrArray **list, GError **error)
{
	g_autofree char *prefix = g_strconcat(service, ".", NULL);

	return look_up(TYPE_SRV, prefix, domain, resolver, cancel, list, error);
}

NetSrvResult
net_mx_lookup(
	const char *domain, const NetResolver *resolver, Cancel *cancel, GPtrArray **list, GError **error)
{
	return look_up(TYPE_MX, "", domain, resolver, cancel, list, error);
}

gboolean
net_srv_is_within(const char *host, const char *domain)
{
	g_autofree char *ascii = net_host_ascii(domain);
	gsize length = ascii ? strlen(ascii) : 0;
	gsize all = strlen(host);

	return length > 0 && all >= length && g_ascii_strcasecmp(host + all - length, ascii) == 0 &&
	       (all == length || host[all - length - 1] == '.');
}
