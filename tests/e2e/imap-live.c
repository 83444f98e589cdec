/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * imap-live.c - src/imap against a real server; started by test-imap-session.py.
 *
 * The environment tells where the server is (LIVE_HOST, LIVE_IMAP, LIVE_IMAPS,
 * LIVE_CA, LIVE_USER, LIVE_PASSWORD). On standard output lines "> freeze" and
 * "> thaw" ask for what only the starter can do; it answers with a line on
 * standard input.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "imap/session.h"
#include "imap/writer.h"
#include "mime/part.h"
#include "net/stream.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/log.h"

static NetRoots *roots;

static const char *
setting(const char *name)
{
	const char *value = g_getenv(name);

	if (value == NULL)
		g_error("%s is not set: run test-imap-session.py", name);
	return value;
}

static void
ask(const char *what)
{
	char answer[64];

	fprintf(stderr, "> %s\n", what);
	fflush(stderr);
	if (fgets(answer, sizeof answer, stdin) == NULL)
		g_error("nobody answers");
}

static NetStream *
open_stream(NetSecurity security, GError **error)
{
	g_autoptr(NetTrust) trust = net_trust_new(roots);
	gboolean tls = security == NET_TLS;
	NetTarget target = {
		.scheme = NET_IMAP,
		.security = security,
		.host = setting("LIVE_HOST"),
		.port = (guint16)atoi(setting(tls ? "LIVE_IMAPS" : "LIVE_IMAP")),
		.trust = trust,
	};

	return net_stream_open(&target, NULL, error);
}

static const ImapIdField id[] = {{"name", "posthorn-test"}, {NULL, NULL}};

static gboolean
log_in(ImapSession *session, const char *password, GError **error)
{
	g_autoptr(Secret) secret = secret_new(password, -1);
	ImapLogin login = {
		.user = setting("LIVE_USER"),
		.secret = secret,
		.host = setting("LIVE_HOST"),
		.port = 993,
		.id = id,
	};

	return imap_session_login(session, &login, NULL, error);
}

static ImapSession *
connect_as(NetSecurity security)
{
	g_autoptr(GError) error = NULL;
	NetStream *stream = open_stream(security, &error);
	ImapSession *session;

	g_assert_no_error(error);
	session = imap_session_new(stream, "live");
	log_in(session, setting("LIVE_PASSWORD"), &error);
	g_assert_no_error(error);
	return session;
}

static void
select_folder(ImapSession *session, const char *folder)
{
	g_autoptr(GError) error = NULL;
	g_auto(ImapSelected) selected = {0};

	imap_session_select(session, folder, NULL, &selected, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(selected.uidvalidity, !=, 0);
}

static guint32
append(ImapSession *session, const char *folder, const char *subject, gsize filling)
{
	g_autofree char *id_text = g_strdup_printf("<%s.%" G_GINT64_FORMAT "@x>", subject, dates_clock_us());
	g_autofree char *body = g_strnfill(filling, 'x');
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	ImapAppend what = {.mailbox = folder, .received = {1700000000, 60}};
	guint32 uidvalidity, uid;

	for (gsize i = 78; i + 2 < filling; i += 80)
		memcpy(body + i, "\r\n", 2);
	g_string_printf(
		text, "From: a@x.org\r\nSubject: %s\r\nMessage-ID: %s\r\n\r\n%s\r\n", subject, id_text, body);
	what.data = text->str;
	what.length = text->len;
	imap_session_append(session, &what, &uidvalidity, &uid, NULL, &error);
	g_assert_no_error(error);
	if (uid == 0) {
		g_autoptr(ImapSet) found = NULL;
		select_folder(session, folder);
		found = imap_session_search_message_id(session, id_text, NULL, &error);
		g_assert_no_error(error);
		uid = imap_set_last(found);
	}
	g_assert_cmpuint(uid, !=, 0);
	return uid;
}

/* A folder of its own, empty, for each test. */
static char *
fresh_folder(ImapSession *session)
{
	static int count;
	char *name = g_strdup_printf("Test%d", ++count);
	g_autoptr(GError) error = NULL;

	imap_session_delete(session, name, NULL, NULL);
	imap_session_create(session, name, NULL, NULL, &error);
	g_assert_no_error(error);
	return name;
}

/* ---- rows as they come ---- */

typedef struct {
	guint rows;
	guint32 last_uid;
	guint system;
	guint64 size;
	guint64 modseq;
	guint has;
	char *fields;
	char *body;
	gsize body_length;
	char *type;
} Got;

static void
got_clear(Got *got)
{
	g_free(got->fields);
	g_free(got->body);
	g_free(got->type);
	*got = (Got){0};
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Got, got_clear)

static void
take_row(const ImapRow *row, gpointer user)
{
	Got *got = user;

	got->rows++;
	got->last_uid = row->uid;
	got->system = row->flags.system & ~(guint)IMAP_FLAG_RECENT;
	got->size = row->size;
	got->modseq = row->modseq;
	got->has = row->has;
	if (row->has & IMAP_HAS_FIELDS) {
		g_free(got->fields);
		got->fields = g_strndup(row->fields.data ? row->fields.data : "", row->fields.length);
	}
	if (row->sections != NULL && row->sections->len > 0) {
		const ImapSection *section = &g_array_index(row->sections, ImapSection, 0);
		g_free(got->body);
		got->body = g_strndup(section->octets.data, section->octets.length);
		got->body_length = section->octets.length;
	}
	if (row->structure != NULL) {
		g_free(got->type);
		got->type = mime_part_type_name(row->structure);
	}
}

static void
fetch(ImapSession *session, const ImapFetch *what, Got *got)
{
	g_autoptr(GError) error = NULL;
	ImapFetch full = *what;

	full.row = take_row;
	full.user = got;
	imap_session_fetch(session, &full, NULL, &error);
	g_assert_no_error(error);
}

static ImapEvent *
wait_event(ImapSession *session, ImapEventKind kind)
{
	for (int i = 0; i < 20; i++) {
		g_autoptr(GError) error = NULL;
		ImapEvent *event;
		ImapIdle result;
		imap_session_idle(session, -1, 5000, &result, NULL, &error);
		g_assert_no_error(error);
		g_assert_cmpint(result, ==, IMAP_IDLE_NEWS);
		while ((event = imap_session_next_event(session)) != NULL) {
			if (event->kind == kind)
				return event;
			imap_event_free(event);
		}
	}
	g_assert_not_reached();
}

/* ---- the tests ---- */

static void
test_login_over_tls(void)
{
	g_autoptr(ImapSession) session = connect_as(NET_TLS);

	g_assert_true(imap_session_has(session, IMAP_CAP_IMAP4REV1));
	g_assert_nonnull(imap_session_greeting(session));
	g_assert_true(imap_session_noop(session, NULL, NULL));
	if (imap_session_has(session, IMAP_CAP_ID))
		g_assert_nonnull(imap_session_server_name(session));
	imap_session_logout(session, NULL);
	g_assert_false(imap_session_is_alive(session));
}

static void
test_login_over_starttls(void)
{
	g_autoptr(ImapSession) session = connect_as(NET_STARTTLS);

	g_assert_true(imap_session_noop(session, NULL, NULL));
}

static void
test_wrong_password(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ImapSession) session = imap_session_new(open_stream(NET_TLS, NULL), "live");

	g_assert_false(log_in(session, "not-the-password", &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_AUTH);
	g_assert_null(strstr(error->message, "not-the-password"));
	g_test_message("%s", error->message);
}

static const ImapFolder *
find_folder(const GPtrArray *folders, const char *name)
{
	for (guint i = 0; i < folders->len; i++) {
		const ImapFolder *folder = g_ptr_array_index(folders, i);
		if (strcmp(folder->name, name) == 0)
			return folder;
	}
	return NULL;
}

static void
test_list(void)
{
	g_autoptr(ImapSession) session = connect_as(NET_TLS);
	g_autofree char *raw = imap_name_raw("Entw\xc3\xbcrfe & \xe2\x82\xac");
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) folders = NULL;
	const ImapFolder *mine, *sent, *inbox;

	imap_session_delete(session, raw, NULL, NULL);
	g_assert_true(imap_session_create(session, raw, NULL, NULL, &error));
	g_assert_true(imap_session_subscribe(session, raw, TRUE, NULL, &error));
	append(session, raw, "counted", 10);
	folders = imap_session_list(session, &(ImapList){.status = TRUE}, NULL, NULL, &error);
	g_assert_no_error(error);
	mine = find_folder(folders, "Entw\xc3\xbcrfe & \xe2\x82\xac");
	sent = find_folder(folders, "Sent");
	inbox = find_folder(folders, "INBOX");
	g_assert_nonnull(mine);
	g_assert_cmpstr(mine->raw, ==, raw);
	g_assert_true(mine->subscribed);
	g_assert_true(mine->selectable);
	g_assert_cmpuint(mine->status.has & 0xf, ==, 0xf);
	g_assert_cmpuint(mine->status.messages, ==, 1);
	g_assert_cmpuint(mine->status.unseen, ==, 1);
	g_assert_cmpstr(sent->role, ==, "sent");
	g_assert_cmpstr(inbox->role, ==, "inbox");
	g_assert_true(imap_session_subscribe(session, raw, FALSE, NULL, &error));
	g_assert_true(imap_session_delete(session, raw, NULL, &error));
}

static void
test_unknown_folder(void)
{
	g_autoptr(ImapSession) session = connect_as(NET_TLS);
	g_auto(ImapSelected) selected = {0};
	g_autoptr(GError) error = NULL;

	g_assert_false(imap_session_select(session, "No such folder", NULL, &selected, NULL, &error));
	g_test_message("%s", error->message);
	g_assert_null(imap_session_selected(session));
	g_assert_true(imap_session_is_alive(session));
	if (imap_session_code(session) == IMAP_CODE_NONEXISTENT)
		g_assert_error(error, POSTHORN_FAULT, FAULT_UNKNOWN);
}

static void
test_append_and_fetch(void)
{
	static const char *const whole[] = {"", NULL};
	static const char *const first[] = {"TEXT", NULL};
	const guint all = IMAP_FETCH_FLAGS | IMAP_FETCH_DATE | IMAP_FETCH_SIZE | IMAP_FETCH_MODSEQ |
			  IMAP_FETCH_STRUCTURE | IMAP_FETCH_IDS;
	g_autoptr(ImapSession) session = connect_as(NET_TLS);
	g_autofree char *folder = fresh_folder(session);
	guint32 uid = append(session, folder, "hello", 500000);
	g_autoptr(ImapSet) uids = imap_set_new_range(uid, uid);
	g_auto(Got) got = {0};
	guint64 size;

	select_folder(session, folder);
	fetch(session, &(ImapFetch){.uids = uids, .items = all, .fields = "FROM SUBJECT"}, &got);
	g_assert_cmpuint(got.rows, ==, 1);
	g_assert_cmpuint(got.last_uid, ==, uid);
	g_assert_cmpuint(got.has & IMAP_HAS_DATE, !=, 0);
	g_assert_nonnull(strstr(got.fields, "Subject: hello\r\n"));
	g_assert_cmpstr(got.type, ==, "text/plain");
	size = got.size;
	got_clear(&got);
	fetch(session, &(ImapFetch){.uids = uids, .sections = whole, .size = size}, &got);
	g_assert_cmpuint(got.body_length, ==, size);
	got_clear(&got);
	fetch(session, &(ImapFetch){.uids = uids, .sections = first, .octets = 5}, &got);
	g_assert_cmpstr(got.body, ==, "xxxxx");
	got_clear(&got);
	/* by number, and one that is not there */
	fetch(session, &(ImapFetch){.first = 1, .last = 0, .items = IMAP_FETCH_FLAGS}, &got);
	g_assert_cmpuint(got.rows, ==, 1);
	imap_set_clear(uids);
	imap_set_add(uids, uid + 100);
	got_clear(&got);
	fetch(session, &(ImapFetch){.uids = uids, .items = IMAP_FETCH_FLAGS}, &got);
	g_assert_cmpuint(got.rows, ==, 0);
}

/* A literal that the bound forbids is stepped over; the session goes on. */
static void
test_bound(void)
{
	static const char *const whole[] = {"", NULL};
	g_autoptr(ImapSession) session = connect_as(NET_TLS);
	g_autofree char *folder = fresh_folder(session);
	guint32 uid = append(session, folder, "large", 500000);
	g_autoptr(ImapSet) uids = imap_set_new_range(uid, uid);
	g_auto(Got) got = {0};

	select_folder(session, folder);
	fetch(session, &(ImapFetch){.uids = uids, .sections = whole, .size = 1000}, &got);
	g_assert_cmpuint(got.rows, ==, 1);
	g_assert_cmpuint(got.has & IMAP_HAS_DROPPED, !=, 0);
	g_assert_null(got.body);
	g_assert_true(imap_session_noop(session, NULL, NULL));
}

static void
test_pipelined_fetches(void)
{
	g_autoptr(ImapSession) session = connect_as(NET_TLS);
	g_autofree char *folder = fresh_folder(session);
	g_auto(Got) a = {0};
	g_auto(Got) b = {0};
	ImapTicket one, two;
	ImapFetch first = {.first = 1, .last = 3, .fields = "SUBJECT", .row = take_row, .user = &a};
	ImapFetch second = {.first = 4, .last = 5, .fields = "SUBJECT", .row = take_row, .user = &b};

	for (int i = 0; i < 5; i++)
		append(session, folder, "many", 10);
	select_folder(session, folder);
	one = imap_session_fetch_start(session, &first, NULL, NULL);
	two = imap_session_fetch_start(session, &second, NULL, NULL);
	g_assert_true(imap_session_wait(session, two, NULL, NULL));
	g_assert_true(imap_session_wait(session, one, NULL, NULL));
	g_assert_cmpuint(a.rows, ==, 3);
	g_assert_cmpuint(b.rows, ==, 2);
}

static void
add_flag(ImapSession *session, ImapSet *uids, guint flag)
{
	ImapStore what = {.uids = uids, .system = flag};

	g_assert_true(imap_session_store(session, &what, NULL, NULL, NULL));
}

static void
test_store(void)
{
	static const char *const keywords[] = {"$Label1", NULL};
	g_autoptr(ImapSession) session = connect_as(NET_TLS);
	g_autofree char *folder = fresh_folder(session);
	guint32 uid = append(session, folder, "flagged", 10);
	g_autoptr(ImapSet) uids = imap_set_new_range(uid, uid);
	g_autoptr(ImapSet) modified = NULL;
	ImapStore add = {.uids = uids, .system = IMAP_FLAG_SEEN | IMAP_FLAG_FLAGGED, .keywords = keywords};
	g_auto(Got) got = {0};
	guint64 before;

	select_folder(session, folder);
	fetch(session, &(ImapFetch){.uids = uids, .items = IMAP_FETCH_FLAGS | IMAP_FETCH_MODSEQ}, &got);
	before = got.modseq;
	g_assert_true(imap_session_store(session, &add, NULL, NULL, NULL));
	g_assert_true(imap_session_store(session,
		&(ImapStore){.uids = uids, .mode = IMAP_STORE_REMOVE, .system = IMAP_FLAG_SEEN}, NULL, NULL,
		NULL));
	fetch(session, &(ImapFetch){.uids = uids, .items = IMAP_FETCH_FLAGS}, &got);
	g_assert_cmpuint(got.system, ==, IMAP_FLAG_FLAGGED);
	if (!imap_session_has(session, IMAP_CAP_CONDSTORE))
		return;
	/* Changed since: the server refuses, and says which. */
	imap_session_store(session,
		&(ImapStore){.uids = uids, .system = IMAP_FLAG_DELETED, .unchanged_since = before}, &modified,
		NULL, NULL);
	g_assert_nonnull(modified);
	g_assert_true(imap_set_contains(modified, uid));
}

static void
test_copy_move_expunge(void)
{
	g_autoptr(ImapSession) session = connect_as(NET_TLS);
	g_autofree char *from = fresh_folder(session);
	g_autofree char *to = fresh_folder(session);
	g_autoptr(ImapSet) uids = imap_set_new();
	g_autoptr(GError) error = NULL;
	g_auto(ImapCopied) copied = {0};
	g_auto(ImapCopied) moved = {0};
	gboolean uidplus = imap_session_has(session, IMAP_CAP_UIDPLUS);
	ImapStatus status;

	for (int i = 0; i < 3; i++)
		imap_set_add(uids, append(session, from, "wanderer", 10));
	select_folder(session, from);
	g_assert_true(imap_session_copy(session, uids, to, &copied, NULL, &error));
	/* A server that does not announce UIDPLUS may tell the copies all the same. */
	if (uidplus)
		g_assert_cmpuint(copied.pairs->len, ==, 3);
	if (imap_session_has(session, IMAP_CAP_MOVE)) {
		g_autoptr(ImapEvent) event = NULL;
		g_assert_true(imap_session_move(session, uids, to, &moved, NULL, &error));
		if (uidplus)
			g_assert_cmpuint(moved.pairs->len, ==, 3);
		event = wait_event(session, IMAP_EVENT_EXPUNGED);
		g_assert_nonnull(event->uids);
		g_assert_cmpuint(imap_set_count(event->uids), ==, 3);
	} else {
		g_assert_false(imap_session_move(session, uids, to, &moved, NULL, NULL));
		add_flag(session, uids, IMAP_FLAG_DELETED);
		g_assert_cmpint(imap_session_expunge(session, uids, NULL, NULL), ==, uidplus);
	}
	g_assert_true(imap_session_status(session, to, &status, NULL, &error));
	g_assert_cmpuint(status.messages, ==, imap_session_has(session, IMAP_CAP_MOVE) ? 6 : 3);
}

static void
test_search(void)
{
	g_autoptr(ImapSession) session = connect_as(NET_TLS);
	g_autofree char *folder = fresh_folder(session);
	guint32 uid = append(session, folder, "needle", 10);
	g_autoptr(ImapCommand) keys = imap_command_new("SUBJECT ");
	g_autoptr(ImapCommand) foreign = imap_command_new("NOT SUBJECT ");
	g_autoptr(ImapSet) found = NULL;
	g_autoptr(ImapSet) other = NULL;
	g_autoptr(GError) error = NULL;

	append(session, folder, "hay", 10);
	select_folder(session, folder);
	imap_command_string(keys, "needle");
	imap_command_string(foreign, "n\xc3\xa4h");
	found = imap_session_search(session, keys, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(imap_set_count(found), ==, 1);
	g_assert_true(imap_set_contains(found, uid));
	other = imap_session_search(session, foreign, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(imap_set_count(other), ==, 2);
}

static void
test_resync(void)
{
	g_autoptr(ImapSession) session = connect_as(NET_TLS);
	g_autoptr(ImapSession) other = connect_as(NET_TLS);
	g_autofree char *folder = fresh_folder(session);
	g_autoptr(ImapSet) known = imap_set_new();
	g_autoptr(ImapSet) gone = NULL;
	g_autoptr(ImapSet) flagged = NULL;
	g_autoptr(GError) error = NULL;
	g_auto(ImapSelected) before = {0};
	g_auto(ImapSelected) after = {0};
	g_auto(Got) got = {0};
	ImapSelect options = {.changed = take_row, .user = &got};

	for (int i = 0; i < 5; i++)
		imap_set_add(known, append(session, folder, "old", 10));
	g_assert_true(imap_session_select(session, folder, NULL, &before, NULL, &error));
	g_assert_cmpuint(before.exists, ==, 5);
	g_assert_true(imap_session_unselect(session, NULL, &error));
	gone = imap_set_new_range(imap_set_first(known), imap_set_first(known));
	flagged = imap_set_new_range(imap_set_last(known), imap_set_last(known));
	select_folder(other, folder);
	add_flag(other, gone, IMAP_FLAG_DELETED);
	g_assert_true(imap_session_expunge(other, gone, NULL, &error));
	add_flag(other, flagged, IMAP_FLAG_FLAGGED);
	options.uidvalidity = before.uidvalidity;
	options.modseq = before.highestmodseq;
	options.known = known;
	g_assert_true(imap_session_select(session, folder, &options, &after, NULL, &error));
	g_assert_cmpuint(after.exists, ==, 4);
	g_assert_cmpint(after.resynced, ==, imap_session_qresync(session));
	if (!after.resynced)
		return;
	g_assert_true(imap_set_contains(after.vanished, imap_set_first(known)));
	g_assert_cmpuint(got.rows, ==, 1);
	g_assert_cmpuint(got.last_uid, ==, imap_set_last(known));
	g_assert_cmpuint(got.system, ==, IMAP_FLAG_FLAGGED);
}

static void
test_resync_of_another_mailbox_is_none(void)
{
	g_autoptr(ImapSession) session = connect_as(NET_TLS);
	g_autofree char *folder = fresh_folder(session);
	g_autoptr(GError) error = NULL;
	g_auto(ImapSelected) selected = {0};
	g_auto(Got) got = {0};
	ImapSelect options = {.uidvalidity = 7, .modseq = 1, .changed = take_row, .user = &got};

	append(session, folder, "x", 10);
	g_assert_true(imap_session_select(session, folder, &options, &selected, NULL, &error));
	g_assert_false(selected.resynced);
	g_assert_true(imap_set_is_empty(selected.vanished));
	g_assert_cmpuint(got.rows, ==, 0);
}

static void
test_push(void)
{
	g_autoptr(ImapSession) session = connect_as(NET_TLS);
	g_autoptr(ImapSession) other = connect_as(NET_TLS);
	g_autofree char *folder = fresh_folder(session);
	g_autoptr(ImapEvent) flags = NULL;
	g_autoptr(ImapEvent) exists = NULL;
	g_autoptr(ImapSet) uids = NULL;
	g_auto(Got) got = {0};
	gint64 began;
	guint32 uid;
	ImapIdle result;

	select_folder(session, folder);
	g_assert_true(imap_session_idle(session, -1, 100, &result, NULL, NULL));
	g_assert_cmpint(result, ==, IMAP_IDLE_TIMEOUT);
	began = dates_clock_us();
	uid = append(other, folder, "news", 10);
	exists = wait_event(session, IMAP_EVENT_EXISTS);
	g_assert_cmpuint(exists->count, ==, 1);
	g_assert_cmpint(dates_clock_us() - began, <, 2 * G_USEC_PER_SEC);
	uids = imap_set_new_range(uid, uid);
	fetch(session, &(ImapFetch){.uids = uids, .fields = "SUBJECT"}, &got);
	g_assert_cmpuint(got.rows, ==, 1);
	select_folder(other, folder);
	add_flag(other, uids, IMAP_FLAG_FLAGGED);
	flags = wait_event(session, IMAP_EVENT_FLAGS);
	g_assert_cmpuint(flags->uid, ==, uid);
	g_assert_cmpuint(flags->flags.system & IMAP_FLAG_FLAGGED, !=, 0);
}

/* Sequence numbers become UIDs where the server does not speak VANISHED. */
static void
test_expunge_elsewhere(void)
{
	g_autoptr(ImapSession) session = connect_as(NET_TLS);
	g_autoptr(ImapSession) other = connect_as(NET_TLS);
	g_autofree char *folder = fresh_folder(session);
	g_autoptr(ImapEvent) event = NULL;
	g_autoptr(ImapSet) gone = NULL;
	g_auto(Got) got = {0};
	guint32 uids[4];

	for (int i = 0; i < 4; i++)
		uids[i] = append(session, folder, "x", 10);
	select_folder(session, folder);
	fetch(session, &(ImapFetch){.first = 1, .items = IMAP_FETCH_FLAGS}, &got);
	g_assert_cmpuint(got.rows, ==, 4);
	select_folder(other, folder);
	gone = imap_set_new_uids(uids + 1, 2);
	add_flag(other, gone, IMAP_FLAG_DELETED);
	g_assert_true(imap_session_expunge(other, gone, NULL, NULL));
	event = wait_event(session, IMAP_EVENT_EXPUNGED);
	g_assert_nonnull(event->uids);
	g_assert_true(imap_set_contains(event->uids, uids[1]));
	g_assert_false(imap_set_contains(event->uids, uids[0]));
	g_assert_cmpuint(imap_session_exists(session), ==, 2);
}

static void
test_wake(void)
{
	g_autoptr(ImapSession) session = connect_as(NET_TLS);
	int fd = eventfd(1, EFD_CLOEXEC);
	ImapIdle result;

	select_folder(session, "INBOX");
	g_assert_true(imap_session_idle(session, fd, -1, &result, NULL, NULL));
	g_assert_cmpint(result, ==, IMAP_IDLE_WOKEN);
	g_assert_true(imap_session_noop(session, NULL, NULL));
	close(fd);
}

static void
test_compress(void)
{
	static const char *const whole[] = {"", NULL};
	g_autoptr(ImapSession) session = connect_as(NET_TLS);
	g_autofree char *folder = fresh_folder(session);
	guint32 uid = append(session, folder, "pressed", 300000);
	g_autoptr(ImapSet) uids = imap_set_new_range(uid, uid);
	g_autoptr(GError) error = NULL;
	g_auto(Got) got = {0};

	if (!imap_session_has(session, IMAP_CAP_COMPRESS_DEFLATE)) {
		g_assert_false(imap_session_compress(session, NULL, &error));
		g_assert_error(error, POSTHORN_FAULT, FAULT_REFUSED);
		return;
	}
	imap_session_compress(session, NULL, &error);
	g_assert_no_error(error);
	select_folder(session, folder);
	fetch(session, &(ImapFetch){.uids = uids, .sections = whole}, &got);
	g_assert_cmpuint(got.body_length, >=, 300000);
	append(session, folder, "again", 100000);
}

static gpointer
trigger_soon(gpointer cancel)
{
	g_usleep(200 * 1000);
	cancel_trigger(cancel);
	return NULL;
}

static void
test_cancel_within_100_ms(void)
{
	g_autoptr(ImapSession) session = connect_as(NET_TLS);
	g_autoptr(Cancel) cancel = cancel_new();
	g_autoptr(GError) error = NULL;
	GThread *thread;
	ImapIdle result;
	gint64 began;

	select_folder(session, "INBOX");
	thread = g_thread_new("trigger", trigger_soon, cancel);
	began = dates_clock_us();
	g_assert_false(imap_session_idle(session, -1, -1, &result, cancel, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_CANCELED);
	g_assert_cmpint(dates_clock_us() - began, <, (200 + 100) * 1000);
	g_thread_join(thread);
	/* The session goes on with the next job. */
	g_assert_true(imap_session_noop(session, NULL, NULL));
}

static void
test_canceled_fetch(void)
{
	static const char *const whole[] = {"", NULL};
	g_autoptr(ImapSession) session = connect_as(NET_TLS);
	g_autofree char *folder = fresh_folder(session);
	guint32 uid = append(session, folder, "heavy", 4000000);
	g_autoptr(ImapSet) uids = imap_set_new_range(uid, uid);
	g_autoptr(Cancel) cancel = cancel_new();
	g_autoptr(GError) error = NULL;
	g_auto(Got) got = {0};
	g_auto(Got) later = {0};
	ImapFetch what = {.uids = uids, .sections = whole, .row = take_row, .user = &got};
	ImapTicket ticket;

	select_folder(session, folder);
	ticket = imap_session_fetch_start(session, &what, NULL, NULL);
	ask("freeze");
	{
		GThread *thread = g_thread_new("trigger", trigger_soon, cancel);
		gint64 began = dates_clock_us();
		gboolean ok = imap_session_wait(session, ticket, cancel, &error);
		/* What was under way already may be all there. */
		if (!ok) {
			g_assert_error(error, POSTHORN_FAULT, FAULT_CANCELED);
			g_assert_cmpint(dates_clock_us() - began, <, (200 + 100) * 1000);
		}
		g_thread_join(thread);
		ask("thaw");
		fetch(session, &(ImapFetch){.uids = uids, .fields = "SUBJECT"}, &later);
		g_assert_cmpuint(later.rows, ==, 1);
		g_assert_cmpuint(got.rows, ==, ok ? 1 : 0);
	}
}

static void
test_server_that_hangs_is_noticed(void)
{
	g_autoptr(ImapSession) session = connect_as(NET_TLS);
	g_autoptr(GError) error = NULL;
	gint64 began;

	select_folder(session, "INBOX");
	imap_session_set_patience(session, 500);
	ask("freeze");
	began = dates_clock_us();
	g_assert_false(imap_session_noop(session, NULL, &error));
	ask("thaw");
	g_assert_error(error, POSTHORN_FAULT, FAULT_RETRY);
	g_assert_cmpint(dates_clock_us() - began, <, 2 * G_USEC_PER_SEC);
	g_assert_false(imap_session_is_alive(session));
	g_test_message("%s", error->message);
}

/* After the login: LIST, SELECT in one turn, the rows in the next. */
static void
test_pipelined_start(void)
{
	g_autoptr(ImapSession) session = connect_as(NET_TLS);
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) folders = NULL;
	g_auto(ImapSelected) selected = {0};
	ImapTicket list = imap_session_list_start(session, &(ImapList){.status = TRUE}, NULL, &error);

	g_assert_true(imap_session_select(session, "INBOX", NULL, &selected, NULL, &error));
	folders = imap_session_list_finish(session, list, NULL, NULL, &error);
	g_assert_no_error(error);
	g_assert_nonnull(find_folder(folders, "INBOX"));
	g_assert_cmpint(imap_session_qresync(session), ==, imap_session_has(session, IMAP_CAP_QRESYNC));
}

static const struct {
	const char *path;
	void (*run)(void);
} tests[] = {
	{"/imap/live/login-over-tls", test_login_over_tls},
	{"/imap/live/login-over-starttls", test_login_over_starttls},
	{"/imap/live/wrong-password", test_wrong_password},
	{"/imap/live/list", test_list},
	{"/imap/live/unknown-folder", test_unknown_folder},
	{"/imap/live/append-and-fetch", test_append_and_fetch},
	{"/imap/live/bound", test_bound},
	{"/imap/live/pipelined-fetches", test_pipelined_fetches},
	{"/imap/live/store", test_store},
	{"/imap/live/copy-move-expunge", test_copy_move_expunge},
	{"/imap/live/search", test_search},
	{"/imap/live/resync", test_resync},
	{"/imap/live/resync-of-another-mailbox-is-none", test_resync_of_another_mailbox_is_none},
	{"/imap/live/push", test_push},
	{"/imap/live/expunge-elsewhere", test_expunge_elsewhere},
	{"/imap/live/wake", test_wake},
	{"/imap/live/compress", test_compress},
	{"/imap/live/cancel-within-100-ms", test_cancel_within_100_ms},
	{"/imap/live/canceled-fetch-leaves-the-session-usable", test_canceled_fetch},
	{"/imap/live/server-that-hangs-is-noticed", test_server_that_hangs_is_noticed},
	{"/imap/live/pipelined-start", test_pipelined_start},
};

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	roots = net_roots_new(setting("LIVE_CA"));
	if (g_getenv("LIVE_LOG") != NULL)
		log_open(g_getenv("LIVE_LOG"), LOG_IMAP | LOG_NET, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add_func(tests[i].path, tests[i].run);
	return g_test_run();
}
