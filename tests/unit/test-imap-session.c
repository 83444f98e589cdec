/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What no real server does: answers that lie, break the grammar, or come when they should not. */
#include "config.h"

#include "imap-script.h"
#include "imap/writer.h"

/* ---- answers that break the rules ---- */

static const struct {
	const char *name;
	const char *said; /* in answer to NOOP */
	Fault fault;
} breaches[] = {
	{"unknown tag", "S P77 OK done", FAULT_PROTOCOL},
	{"no answer", "S P5 WHAT", FAULT_PROTOCOL},
	{"huge literal", "S * 1 FETCH (BODY[] {99999999999}", FAULT_LIMIT},
	{"closed", "X", FAULT_RETRY},
	{"silence", "S * OK Still here", FAULT_RETRY},
};

static void
test_breach_ends_the_session(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(breaches); i++) {
		g_auto(Line) line = {0};
		line_select(&line, (const char *const[]){"C P5 NOOP", breaches[i].said, NULL});
		imap_session_set_patience(line.session, 300);
		g_test_message("%s", breaches[i].name);
		g_assert_false(imap_session_noop(line.session, NULL, &line.error));
		assert_fault(&line, breaches[i].fault, NULL);
		g_assert_false(imap_session_is_alive(line.session));
		g_clear_error(&line.error);
		g_assert_false(imap_session_noop(line.session, NULL, &line.error));
		assert_fault(&line, breaches[i].fault, NULL);
	}
}

/* ---- answers that are damaged ---- */

#define COMPARE "expunged"

static const struct {
	const char *said;  /* in answer to NOOP */
	const char *event; /* NULL: none */
} damages[] = {
	{"S * 4294967296 EXISTS", COMPARE},
	{"S * -1 EXPUNGE", COMPARE},
	{"S * +2 EXPUNGE", COMPARE},
	{"S * 0 EXPUNGE", COMPARE},
	{"S * VANISHED 1:", COMPARE},
	{"S * VANISHED (EARLIER 1:2", COMPARE},
	{"S * 0 FETCH (UID 4)", NULL},
	{"S * 1 FETCH", NULL},
	{"S * 1 FETCH (UID -1 FLAGS (\\Seen))", NULL},
	{"S * 1 FETCH (UID 0 FLAGS (\\Seen))", NULL},
	{"S * 1 FETCH (UID 4 FLAGS ((", "flags"},
	{"S * 1 FETCH (UID 4 FLAGS (\\Seen ke\001y))", "flags"},
	{"S * LIST (\\Seen", NULL},
	{"S * STATUS INBOX (MESSAGES", NULL},
	{"S * SEARCH -4", NULL},
	{"S * NAMESPACE (", NULL},
	{"S * ID (", NULL},
	{"S * 7", NULL},
	{"S * ", NULL},
};

static void
test_damage_costs_only_itself(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(damages); i++) {
		g_auto(Line) line = {0};
		g_autoptr(ImapEvent) event = NULL;
		g_autofree char *words = NULL;
		line_select(&line, (const char *const[]){"C P5 NOOP", damages[i].said, "S P5 OK", "C P6 NOOP",
					   "S P6 OK", NULL});
		g_test_message("%s", damages[i].said);
		g_assert_true(imap_session_noop(line.session, NULL, &line.error));
		g_assert_true(imap_session_noop(line.session, NULL, &line.error));
		g_assert_true(imap_session_is_alive(line.session));
		/* Lists that nobody asked for are nobody's damage. */
		if (strstr(damages[i].said, "LIST") == NULL && strstr(damages[i].said, "STATUS") == NULL &&
			strstr(damages[i].said, "SEARCH") == NULL) {
			g_assert_cmpuint(imap_session_damaged(line.session), ==, 1);
			g_assert_cmpuint(imap_session_take_damage(line.session, &words), ==, 1);
			g_assert_nonnull(strstr(words, "cannot be understood"));
		}
		g_assert_cmpuint(imap_session_take_damage(line.session, NULL), ==, 0);
		event = imap_session_next_event(line.session);
		g_assert_cmpint(event != NULL, ==, damages[i].event != NULL);
		if (event != NULL && strcmp(damages[i].event, COMPARE) == 0) {
			g_assert_cmpint(event->kind, ==, IMAP_EVENT_EXPUNGED);
			g_assert_null(event->uids);
		} else if (event != NULL) {
			g_assert_cmpint(event->kind, ==, IMAP_EVENT_FLAGS);
			g_assert_cmpuint(event->uid, ==, 4);
		}
	}
}

static void
test_half_a_search_is_none(void)
{
	g_auto(Line) line = {0};

	line_select(&line,
		(const char *const[]){"C P5 UID SEARCH", "S * ESEARCH (TAG \"P5\") UID ALL 1:4294967296",
			"S P5 OK done", "C P6 NOOP", "S P6 OK", NULL});
	g_assert_null(imap_session_search_message_id(line.session, "<a@b>", NULL, &line.error));
	assert_fault(&line, FAULT_PROTOCOL, "cannot be understood");
	g_clear_error(&line.error);
	g_assert_true(imap_session_noop(line.session, NULL, &line.error));
}

static void
test_list_goes_on_behind_a_damaged_folder(void)
{
	g_auto(Line) line = {0};
	g_autoptr(GPtrArray) folders = NULL;
	guint lost = 0;

	line_select(&line, (const char *const[]){"C P5 LIST", "S * LIST () \"/\" One",
				   "S * LIST () \"//\" Two", "S * LIST (\\x\001y \\Sent) \"/\" Three",
				   "S * LIST () \"/\" \"Four", "S P5 OK done", NULL});
	folders = imap_session_list(line.session, NULL, &lost, NULL, &line.error);
	g_assert_no_error(line.error);
	g_assert_cmpuint(folders->len, ==, 2);
	g_assert_cmpuint(lost, ==, 2);
	g_assert_cmpstr(((ImapFolder *)folders->pdata[1])->name, ==, "Three");
	g_assert_cmpstr(((ImapFolder *)folders->pdata[1])->role, ==, "sent");
}

static void
test_every_namespace_is_listed(void)
{
	g_auto(Line) line = {0};
	g_autoptr(GPtrArray) folders = NULL;

	line_select(&line,
		(const char *const[]){"C P5 LIST \"\" \"*\"",
			"S * NAMESPACE ((\"\" \"/\")) ((\"Users/\" \"/\")) ((\"Public.\" \".\"))",
			"S * LIST () \"/\" INBOX", "S P5 OK done", "C P6 LIST \"\" \"Users/*\"",
			"C P7 LIST \"\" \"Public.*\"", "S * LIST () \"/\" Users/bob", "S P6 OK done",
			"S * LIST () \".\" Public.news", "S * LIST () \"/\" INBOX", "S P7 OK done",
			"C P8 LIST \"\" \"*\"", "C P9 LIST \"\" \"Users/*\"", "C P10 LIST \"\" \"Public.*\"",
			"S P8 OK", "S P9 OK", "S * LIST () \".\" Public.news", "S P10 OK", NULL});
	folders = imap_session_list(line.session, NULL, NULL, NULL, &line.error);
	g_assert_no_error(line.error);
	g_assert_cmpuint(folders->len, ==, 3);
	g_assert_cmpstr(((ImapFolder *)folders->pdata[1])->name, ==, "Users/bob");
	g_assert_cmpint(((ImapFolder *)folders->pdata[2])->delimiter, ==, '.');
	/* Known by now: all in one turn. */
	g_clear_pointer(&folders, g_ptr_array_unref);
	folders = imap_session_list(line.session, NULL, NULL, NULL, &line.error);
	g_assert_no_error(line.error);
	g_assert_cmpuint(folders->len, ==, 1);
}

/* A changed message that could not be read would stay as it was for ever. */
static void
test_resync_with_a_damaged_row_is_none(void)
{
	static const char *const rows[] = {"S * 1 FETCH (UID 0 FLAGS () MODSEQ (9))",
		"S * VANISHED (EARLIER) 0", "S * 0 FETCH (UID 3 FLAGS ())"};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(Line) line = {0};
		g_auto(ImapSelected) selected = {0};
		ImapSelect how = {.uidvalidity = 7, .modseq = 5};
		line_select(&line, (const char *const[]){"C P5 SELECT", "S * OK [CLOSED]", "S * 3 EXISTS",
					   "S * OK [UIDVALIDITY 7]", "S * OK [HIGHESTMODSEQ 9]", rows[i],
					   "S P5 OK done", NULL});
		imap_session_select(line.session, "Other", &how, &selected, NULL, &line.error);
		g_assert_no_error(line.error);
		g_assert_false(selected.resynced);
		g_assert_cmpuint(imap_session_damaged(line.session), ==, 1);
	}
}

static void
test_last_words_are_told(void)
{
	g_auto(Line) line = {0};
	g_autoptr(ImapEvent) event = NULL;

	line_select(&line, (const char *const[]){"C P5 NOOP", "S * BYE going down", "X", NULL});
	g_assert_false(imap_session_noop(line.session, NULL, &line.error));
	assert_fault(&line, FAULT_RETRY, "going down");
	event = imap_session_next_event(line.session);
	g_assert_cmpint(event->kind, ==, IMAP_EVENT_BYE);
	g_assert_cmpstr(event->text, ==, "going down");
}

typedef struct {
	guint rows;
	guint32 uid;
	guint has;
} Rows;

static void
count_row(const ImapRow *row, gpointer user)
{
	Rows *rows = user;

	rows->rows++;
	rows->uid = row->uid;
	rows->has = row->has;
}

/* Only a message that was asked, with what was asked, is an answer; the rest is news. */
static void
test_rows_nobody_asked_for(void)
{
	static const char *const script[] = {
		"C P5 UID FETCH 7 (UID FLAGS BODY.PEEK[1])",
		"S * 2 FETCH (UID 8 FLAGS (\\Seen) BODY[1] \"forged\")",
		"S * 1 FETCH (UID 7 FLAGS (\\Deleted))",
		"S * 1 FETCH (FLAGS () BODY[1] \"no uid\")",
		"S * 1 FETCH (UID 7 FLAGS () BODY[1] \"right\")",
		"S P5 OK",
		NULL,
	};
	g_autoptr(ImapSet) uids = imap_set_new_range(7, 7);
	g_auto(Line) line = {0};
	Rows rows = {0};
	guint news = 0;
	ImapEvent *event;

	line_select(&line, script);
	imap_session_fetch(line.session,
		&(ImapFetch){.uids = uids,
			.items = IMAP_FETCH_FLAGS,
			.sections = (const char *const[]){"1", NULL},
			.row = count_row,
			.user = &rows},
		NULL, &line.error);
	g_assert_no_error(line.error);
	g_assert_cmpuint(rows.rows, ==, 1);
	g_assert_cmpuint(rows.uid, ==, 7);
	while ((event = imap_session_next_event(line.session)) != NULL) {
		g_assert_cmpint(event->kind, ==, IMAP_EVENT_FLAGS);
		news++;
		imap_event_free(event);
	}
	g_assert_cmpuint(news, ==, 3);
}

/* Numbers that would need much memory if somebody believed them. */
static void
test_hostile_numbers_cost_nothing(void)
{
	static const char *const script[] = {
		"C P5 NOOP",
		"S * 4294967295 EXISTS",
		"S * VANISHED 1:4294967295",
		"S * 4294967295 EXISTS",
		"S * 4294967295 FETCH (UID 5 FLAGS ())",
		"S P5 OK",
		"C P6 UID SEARCH RETURN (ALL) ALL",
		"S * ESEARCH (TAG \"P6\") UID ALL 1:4294967295",
		"S P6 OK",
		NULL,
	};
	g_autoptr(ImapCommand) keys = imap_command_new("ALL");
	g_autoptr(ImapSet) found = NULL;
	g_auto(Line) line = {0};

	line_select(&line, script);
	g_assert_true(imap_session_noop(line.session, NULL, &line.error));
	g_assert_cmpuint(imap_session_exists(line.session), ==, G_MAXUINT32);
	found = imap_session_search(line.session, keys, NULL, &line.error);
	g_assert_no_error(line.error);
	g_assert_cmpuint(imap_set_count(found), ==, G_MAXUINT32);
}

static void
test_flood_of_news_is_one_event(void)
{
	g_autoptr(GString) flood = g_string_new("S * OK x");
	g_auto(Line) line = {0};
	ImapEvent *event;
	guint events = 0;
	gboolean compare_all = FALSE;

	for (int i = 0; i < 50000; i++)
		g_string_append(flood, "\r\n* 1 FETCH (UID 5 FLAGS ())");
	line_select(&line, (const char *const[]){"C P5 NOOP", flood->str, "S P5 OK", NULL});
	g_assert_true(imap_session_noop(line.session, NULL, &line.error));
	while ((event = imap_session_next_event(line.session)) != NULL) {
		events++;
		compare_all = compare_all || (event->kind == IMAP_EVENT_EXPUNGED && event->uids == NULL);
		imap_event_free(event);
	}
	g_assert_true(compare_all);
	g_assert_cmpuint(events, <, 25000);
}

static void
test_copyuid_that_lies(void)
{
	static const char *const lies[] = {
		"S P5 OK [COPYUID 3 1:9 1:9] done",
		"S P5 OK [COPYUID 3 8 1] done",
		"S P5 OK [COPYUID 3 7 1:2] done",
		"S P5 OK [COPYUID x] done",
		"S P5 OK done",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(lies); i++) {
		g_autoptr(ImapSet) uids = imap_set_new_range(7, 7);
		g_auto(ImapCopied) copied = {0};
		g_auto(Line) line = {0};
		line_select(&line, (const char *const[]){"C P5 UID COPY 7 \"x\"", lies[i], NULL});
		g_assert_true(imap_session_copy(line.session, uids, "x", &copied, NULL, &line.error));
		g_assert_cmpuint(copied.pairs->len, ==, 0);
	}
}

static void
test_refusal_carries_words_and_code(void)
{
	static const struct {
		const char *answer;
		Fault fault;
		ImapCode code;
	} rows[] = {
		{"S P5 NO [OVERQUOTA] full", FAULT_REFUSED, IMAP_CODE_OVERQUOTA},
		{"S P5 NO [TRYCREATE] nowhere", FAULT_UNKNOWN, IMAP_CODE_TRYCREATE},
		{"S P5 NO [INUSE] busy", FAULT_RETRY, IMAP_CODE_INUSE},
		{"S P5 NO", FAULT_REFUSED, IMAP_CODE_NONE},
		{"S P5 BAD what", FAULT_REFUSED, IMAP_CODE_NONE},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(Line) line = {0};
		line_select(&line, (const char *const[]){"C P5 CREATE \"x\"", rows[i].answer, NULL});
		g_assert_false(imap_session_create(line.session, "x", NULL, NULL, &line.error));
		assert_fault(&line, rows[i].fault, NULL);
		g_assert_cmpint(imap_session_code(line.session), ==, rows[i].code);
		g_assert_true(imap_session_is_alive(line.session));
	}
}

/* ---- IDLE ---- */

/* News end the wait at once; DONE goes out together with the next command. */
static void
test_idle_is_ended_by_the_next_command(void)
{
	static const char *const script[] = {
		"C P5 IDLE",
		"S + idling",
		"S * OK Still here",
		"S * 4 EXISTS",
		"C DONE",
		"C P6 NOOP",
		"S P5 OK",
		"S P6 OK",
		NULL,
	};
	g_autoptr(ImapEvent) event = NULL;
	g_auto(Line) line = {0};
	ImapIdle result;

	line_select(&line, script);
	g_assert_true(imap_session_idle(line.session, -1, 5000, &result, NULL, &line.error));
	g_assert_cmpint(result, ==, IMAP_IDLE_NEWS);
	event = imap_session_next_event(line.session);
	g_assert_cmpint(event->kind, ==, IMAP_EVENT_EXISTS);
	g_assert_cmpuint(event->count, ==, 4);
	imap_session_noop(line.session, NULL, &line.error);
	g_assert_no_error(line.error);
}

static void
test_idle_refused_asks_now_and_then(void)
{
	static const char *const script[] = {
		"C P5 IDLE",
		"S P5 BAD no",
		"C P6 NOOP",
		"S * 4 EXISTS",
		"S P6 OK",
		NULL,
	};
	g_auto(Line) line = {0};
	ImapIdle result;

	line_select(&line, script);
	g_assert_true(imap_session_idle(line.session, -1, 300, &result, NULL, &line.error));
	g_assert_cmpint(result, ==, IMAP_IDLE_TIMEOUT);
	imap_session_noop(line.session, NULL, &line.error);
	g_assert_no_error(line.error);
	g_assert_true(imap_session_has_events(line.session));
}

static void
test_line_that_breaks_while_idle_is_noticed(void)
{
	g_auto(Line) line = {0};
	ImapIdle result;

	line_select(&line, (const char *const[]){"C P5 IDLE", "S + idling", "X", NULL});
	g_assert_false(imap_session_idle(line.session, -1, 5000, &result, NULL, &line.error));
	assert_fault(&line, FAULT_RETRY, NULL);
}

static void
test_mailbox_that_changes_under_us(void)
{
	static const char *const news[] = {"S * OK [UIDVALIDITY 10] new", "S * OK [CLOSED] gone"};

	for (gsize i = 0; i < G_N_ELEMENTS(news); i++) {
		g_autoptr(ImapEvent) event = NULL;
		g_auto(Line) line = {0};
		line_select(&line, (const char *const[]){"C P5 NOOP", "S * OK [UIDVALIDITY 9] old", news[i],
					   "S P5 OK", NULL});
		g_assert_true(imap_session_noop(line.session, NULL, &line.error));
		event = imap_session_next_event(line.session);
		g_assert_cmpint(event->kind, ==, IMAP_EVENT_UIDVALIDITY);
		g_assert_false(imap_session_has_events(line.session));
	}
}

static void
test_alert_reaches_the_user_safely(void)
{
	g_autoptr(ImapEvent) event = NULL;
	g_auto(Line) line = {0};

	line_select(&line,
		(const char *const[]){"C P5 NOOP", "S * OK [ALERT] quota \x1b]0;x\x07 low", "S P5 OK", NULL});
	g_assert_true(imap_session_noop(line.session, NULL, &line.error));
	event = imap_session_next_event(line.session);
	g_assert_cmpint(event->kind, ==, IMAP_EVENT_ALERT);
	g_assert_null(strchr(event->text, '\x1b'));
	g_assert_nonnull(strstr(event->text, "quota"));
}

/* ---- APPEND ---- */

static void
test_append_that_is_refused_before_its_octets(void)
{
	static const char *const script[] = {
		"C P1 LOGIN",
		"S P1 OK [CAPABILITY IMAP4rev1] in",
		"C P2 APPEND \"x\" (\\Seen) {5}",
		"S P2 NO [TRYCREATE] no such mailbox",
		"C P3 NOOP",
		"S P3 OK",
		NULL,
	};
	g_auto(Line) line = {0};
	guint32 uidvalidity, uid;

	line_open(&line, "IMAP4rev1", script);
	g_assert_true(line_login(&line, "sesame"));
	g_assert_false(imap_session_append(line.session,
		&(ImapAppend){.mailbox = "x", .data = "12345", .length = 5, .system = IMAP_FLAG_SEEN},
		&uidvalidity, &uid, NULL, &line.error));
	assert_fault(&line, FAULT_UNKNOWN, "no such mailbox");
	g_assert_true(imap_session_noop(line.session, NULL, NULL));
}

static void
test_append_tells_where_it_went(void)
{
	static const char *const script[] = {
		"C P5 APPEND \"x\" {5+}",
		"C 12345",
		"S P5 OK [APPENDUID 3 99] done",
		NULL,
	};
	g_auto(Line) line = {0};
	guint32 uidvalidity, uid;

	line_select(&line, script);
	imap_session_append(line.session, &(ImapAppend){.mailbox = "x", .data = "12345", .length = 5},
		&uidvalidity, &uid, NULL, &line.error);
	g_assert_no_error(line.error);
	g_assert_cmpuint(uidvalidity, ==, 3);
	g_assert_cmpuint(uid, ==, 99);
}

/* ---- folders ---- */

static void
test_list_without_extensions(void)
{
	static const char *const script[] = {
		"C P1 LOGIN",
		"S P1 OK [CAPABILITY IMAP4rev1] in",
		"C P2 LIST \"\" \"*\"",
		"C P3 LSUB \"\" \"*\"",
		"S * LIST (\\Noselect) \"/\" a",
		"S * LIST () \"/\" {3}\r\na/b",
		"S * LIST () \"/\" a/b",
		"S P2 OK",
		"S * LSUB () \"/\" a/b",
		"S * LSUB () \"/\" gone",
		"S P3 OK",
		"C P4 STATUS \"a/b\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)",
		"S * STATUS a/b (MESSAGES 7)",
		"S P4 NO half of it",
		NULL,
	};
	g_autoptr(GPtrArray) folders = NULL;
	g_auto(Line) line = {0};
	const ImapFolder *folder;

	line_open(&line, "IMAP4rev1", script);
	g_assert_true(line_login(&line, "sesame"));
	folders = imap_session_list(line.session, &(ImapList){.status = TRUE}, NULL, NULL, &line.error);
	g_assert_no_error(line.error);
	g_assert_cmpuint(folders->len, ==, 2);
	folder = g_ptr_array_index(folders, 0);
	g_assert_false(folder->selectable);
	folder = g_ptr_array_index(folders, 1);
	g_assert_cmpstr(folder->raw, ==, "a/b");
	g_assert_true(folder->subscribed);
	g_assert_cmpuint(folder->status.messages, ==, 7);
}

static void
test_list_that_is_not_understood_is_asked_plainly(void)
{
	static const char *const script[] = {
		"C P1 LOGIN",
		"S P1 OK [CAPABILITY IMAP4rev1 LIST-EXTENDED] in",
		"C P2 LIST \"\" \"*\" RETURN (SUBSCRIBED CHILDREN)",
		"S P2 BAD what",
		"C P3 LIST \"\" \"*\"",
		"C P4 LSUB \"\" \"*\"",
		"S * LIST () \"/\" INBOX",
		"S P3 OK",
		"S P4 OK",
		NULL,
	};
	g_autoptr(GPtrArray) folders = NULL;
	g_auto(Line) line = {0};

	line_open(&line, "IMAP4rev1", script);
	g_assert_true(line_login(&line, "sesame"));
	folders = imap_session_list(line.session, NULL, NULL, NULL, &line.error);
	g_assert_no_error(line.error);
	g_assert_cmpuint(folders->len, ==, 1);
}

/* CLOSE expunges, but not where the mailbox was opened by EXAMINE. */
static void
test_leaving_without_unselect_expunges_nothing(void)
{
	static const char *const script[] = {
		"C P1 LOGIN",
		"S P1 OK [CAPABILITY IMAP4rev1] in",
		"C P2 SELECT \"x\"",
		"S * 1 EXISTS",
		"S P2 OK [READ-WRITE] done",
		"C P3 EXAMINE \"x\"",
		"S * 1 EXISTS",
		"S P3 OK [READ-ONLY] done",
		"C P4 CLOSE",
		"S P4 OK",
		NULL,
	};
	g_auto(ImapSelected) box = {0};
	g_auto(Line) line = {0};

	line_open(&line, "IMAP4rev1", script);
	g_assert_true(line_login(&line, "sesame"));
	g_assert_true(imap_session_select(line.session, "x", NULL, &box, NULL, NULL));
	g_assert_cmpuint(box.uidvalidity, ==, 0);
	imap_session_unselect(line.session, NULL, &line.error);
	g_assert_no_error(line.error);
	g_assert_null(imap_session_selected(line.session));
}

static const struct {
	const char *path;
	void (*run)(void);
} tests[] = {
	{"/imap/session/mailbox-that-changes-under-us", test_mailbox_that_changes_under_us},
	{"/imap/session/breach-ends-the-session", test_breach_ends_the_session},
	{"/imap/session/damage-costs-only-itself", test_damage_costs_only_itself},
	{"/imap/session/half-a-search-is-none", test_half_a_search_is_none},
	{"/imap/session/list-goes-on-behind-a-damaged-folder", test_list_goes_on_behind_a_damaged_folder},
	{"/imap/session/every-namespace-is-listed", test_every_namespace_is_listed},
	{"/imap/session/resync-with-a-damaged-row-is-none", test_resync_with_a_damaged_row_is_none},
	{"/imap/session/last-words-are-told", test_last_words_are_told},
	{"/imap/session/rows-nobody-asked-for", test_rows_nobody_asked_for},
	{"/imap/session/hostile-numbers-cost-nothing", test_hostile_numbers_cost_nothing},
	{"/imap/session/flood-of-news-is-one-event", test_flood_of_news_is_one_event},
	{"/imap/session/copyuid-that-lies", test_copyuid_that_lies},
	{"/imap/session/refusal-carries-words-and-code", test_refusal_carries_words_and_code},
	{"/imap/session/idle-is-ended-by-the-next-command", test_idle_is_ended_by_the_next_command},
	{"/imap/session/idle-refused-asks-now-and-then", test_idle_refused_asks_now_and_then},
	{"/imap/session/line-that-breaks-while-idle-is-noticed", test_line_that_breaks_while_idle_is_noticed},
	{"/imap/session/alert-reaches-the-user-safely", test_alert_reaches_the_user_safely},
	{"/imap/session/append-that-is-refused-before-its-octets",
		test_append_that_is_refused_before_its_octets},
	{"/imap/session/append-tells-where-it-went", test_append_tells_where_it_went},
	{"/imap/session/list-without-extensions", test_list_without_extensions},
	{"/imap/session/list-that-is-not-understood-is-asked-plainly",
		test_list_that_is_not_understood_is_asked_plainly},
	{"/imap/session/leaving-without-unselect-expunges-nothing",
		test_leaving_without_unselect_expunges_nothing},
};

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add_func(tests[i].path, tests[i].run);
	return g_test_run();
}
