/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server says, as the writer takes it and a reader sees it. */
#include "config.h"

#include "store-mail.h"

#include "util/fault.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static StoreIntake *
raw_message(guint32 uid, const char *header)
{
	StoreIntake *intake = g_new0(StoreIntake, 1);

	intake->uid = uid;
	intake->received = 1767225600;
	intake->size = 500;
	intake->header = g_strdup(header);
	intake->header_length = strlen(header);
	return intake;
}

static StoreRow *
row_of(Mail *mail, const char *header)
{
	FolderId inbox = mail_usual_folders(mail);

	return store_view_row(mail->view, mail_put(mail, inbox, raw_message(1, header)));
}

/* ---- header fields to rows -------------------------------------------------------- */

static void
test_row_has_what_the_header_says(void)
{
	g_autoptr(Mail) mail = mail_new();
	g_autoptr(StoreRow) row = row_of(mail,
		"From: =?utf-8?q?J=C3=BCrgen?= <j@example.org>\r\nTo: a@example.org, Bea <b@example.org>\r\n"
		"Subject: Re: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nDate: Thu, 01 Jan 2026 02:00:00 +0200\r\n"
		"Message-ID: <one@example.org>\r\nList-Id: Talk <Talk.Example.org>\r\nX-Priority: 1\r\n"
		"Content-Type: multipart/mixed; boundary=x\r\n\r\n");
	g_autofree char *id = store_view_message_id(mail->view, row->id);

	g_assert_cmpstr(row->from_name, ==, "Jürgen");
	g_assert_cmpstr(row->from_address, ==, "j@example.org");
	g_assert_cmpstr(row->to, ==, "a@example.org, Bea <b@example.org>");
	g_assert_cmpstr(row->subject, ==, "Re: Grüße");
	g_assert_cmpint(row->sent, ==, 1767225600);
	g_assert_cmpint(row->sent_offset, ==, 120);
	g_assert_cmpstr(row->list_id, ==, "talk.example.org");
	g_assert_cmpint(row->priority, ==, PRIORITY_HIGH);
	g_assert_true(row->attachment);
	g_assert_false(row->several_from);
	g_assert_cmpstr(row->folder_name, ==, "INBOX");
	g_assert_cmpstr(id, ==, "<one@example.org>");
}

static void
test_other_fields_are_kept(void)
{
	g_autoptr(Mail) mail = mail_new();
	g_autoptr(StoreRow) row = row_of(mail,
		"From: a@x\r\nDate: Thu, 01 Jan 2026 02:00:00 +0200\r\n"
		"Cc: a@x,\r\n b@x\r\nX-Other: no\r\nCONTENT-TYPE: text/html; charset=x\r\n"
		"list-post: <mailto:l@x>\r\nlist-id: Talk <l.x>\r\nX-PRIORITY: 1 (Highest)\r\n\r\n");
	g_autofree char *fields = store_view_fields(mail->view, row->id);

	g_assert_cmpstr(fields, ==,
		"Cc: a@x,\r\n b@x\r\nList-Post: <mailto:l@x>\r\nList-Id: Talk <l.x>\r\n"
		"X-Priority: 1 (Highest)\r\nContent-Type: text/html\r\n");
}

static void
test_what_the_row_cannot_say_is_kept(void)
{
	g_autoptr(Mail) mail = mail_new();
	g_autoptr(StoreMail) several = NULL;
	g_autoptr(StoreRow) row = row_of(mail, "From: a@x, b@x\r\nDate: never\r\n\r\n");
	RowId bare = mail_put(mail, ROW_FOLDER(row->id), raw_message(2, "From: a@x\r\n\r\n"));
	g_autoptr(GPtrArray) all = store_view_mails(mail->view, ROW_FOLDER(row->id), 0, 10);
	g_autoptr(GPtrArray) below = store_view_mails(mail->view, ROW_FOLDER(row->id), bare, 10);

	several = store_view_mail(mail->view, row->id);
	g_assert_cmpstr(several->fields, ==, "From: a@x, b@x\r\nDate: never\r\n");
	g_assert_cmpuint(all->len, ==, 2);
	g_assert_cmpint(((StoreMail *)all->pdata[0])->row->id, ==, bare);
	g_assert_cmpstr(((StoreMail *)all->pdata[0])->fields, ==, "Date: \r\n");
	g_assert_cmpuint(below->len, ==, 1);
	g_assert_cmpint(((StoreMail *)below->pdata[0])->row->id, ==, row->id);
}

static void
test_empty_header(void)
{
	g_autoptr(Mail) mail = mail_new();
	g_autoptr(StoreRow) row = row_of(mail, "\r\n");

	g_assert_null(row->from_address);
	g_assert_null(row->subject);
	g_assert_cmpint(row->sent, ==, row->received);
	g_assert_cmpint(row->thread, ==, row->id);
}

typedef struct {
	const char *name;
	const char *date;
	gint64 sent;
} DateCase;

static const DateCase dates[] = {
	{"before-1970", "Thu, 01 Jan 1960 00:00:00 +0000", 1767225600},
	{"after-arrival", "Thu, 01 Jan 2032 00:00:00 +0000", 1767225600},
	{"a-day-fast", "Thu, 01 Jan 2026 23:00:00 +0000", 1767308400},
	{"no-date", "yesterday", 1767225600},
};

static void
test_sent(gconstpointer data)
{
	const DateCase *one = data;
	g_autoptr(Mail) mail = mail_new();
	g_autofree char *header = g_strdup_printf("Date: %s\r\n\r\n", one->date);
	g_autoptr(StoreRow) row = row_of(mail, header);

	g_assert_cmpint(row->sent, ==, one->sent);
}

static void
test_two_from_fields_are_several(void)
{
	g_autoptr(Mail) mail = mail_new();
	g_autoptr(StoreRow) row = row_of(mail, "From: a@example.org\r\nFrom: b@example.org\r\n\r\n");

	g_assert_true(row->several_from);
	g_assert_cmpstr(row->from_address, ==, "a@example.org");
}

static void
test_long_recipients_are_cut_at_a_character(void)
{
	g_autoptr(Mail) mail = mail_new();
	g_autoptr(GString) header = g_string_new("To: ");
	g_autoptr(StoreRow) row = NULL;

	for (int i = 0; i < 40; i++)
		g_string_append_printf(header, "=?utf-8?q?=C3=BC=C3=BC=C3=BC?= <a%d@example.org>, ", i);
	g_string_append(header, "\r\n\r\n");
	row = row_of(mail, header->str);
	g_assert_cmpuint(strlen(row->to), <=, 200);
	g_assert_cmpuint(strlen(row->to), >, 190);
	g_assert_true(g_utf8_validate(row->to, -1, NULL));
}

static void
test_hostile_headers_are_taken(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	g_autofree char *noise = g_malloc(70000);
	GPtrArray *batch = mail_batch();
	StoreFolder *folder;

	for (guint n = 1; n <= 60; n++) {
		static const char *const starts[] = {
			"From: ", "To: ", "Subject: ", "References: <", "Message-ID: <", "Date: "};
		g_autoptr(GString) header = g_string_new(starts[n % G_N_ELEMENTS(starts)]);
		gsize length = (gsize)g_test_rand_int_range(0, n % 7 == 0 ? 70000 : 300);
		for (gsize i = 0; i < length; i++)
			noise[i] = (char)g_test_rand_int_range(1, 256);
		g_string_append_len(header, noise, (gssize)length);
		g_string_append(header, "\r\n\r\n");
		g_ptr_array_add(batch, raw_message(n, header->str));
	}
	mail_take(mail, inbox, batch);
	folder = store_view_folder(mail->view, "INBOX");
	g_assert_cmpuint(folder->total, ==, 60);
	store_folder_free(folder);
	for (guint n = 1; n <= 60; n++) {
		g_autoptr(StoreRow) row = store_view_row(mail->view, ROW_ID(inbox, n));
		g_assert_true(row->subject == NULL || g_utf8_validate(row->subject, -1, NULL));
		g_assert_true(row->from_name == NULL || g_utf8_validate(row->from_name, -1, NULL));
	}
}

/* ---- folders ------------------------------------------------------------------------ */

static void
test_folder_ids_are_not_reused(void)
{
	g_autoptr(Mail) mail = mail_new();
	static const char *const one[] = {"INBOX:inbox", "A", NULL};
	static const char *const two[] = {"INBOX:inbox", NULL};
	FolderId before;

	mail_set_folders(mail, one);
	before = mail_folder(mail, "A");
	mail_select(mail, "A", 1);
	mail_put(mail, before, mail_message(1, 0, 1, "about", "a", NULL));
	mail_set_folders(mail, two);
	g_assert_null(store_view_folder(mail->view, "A"));
	g_assert_null(store_view_row(mail->view, ROW_ID(before, 1)));
	mail_set_folders(mail, one);
	g_assert_cmpint(mail_folder(mail, "A"), !=, before);
}

static void
test_inbox_in_any_case(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	g_autoptr(StoreFolder) folder = store_view_folder(mail->view, "inBox");

	g_assert_cmpint(folder->id, ==, inbox);
	g_assert_null(store_view_folder(mail->view, "archive"));
}

static void
test_roles_come_first(void)
{
	g_autoptr(Mail) mail = mail_new();
	static const char *const names[] = {"zebra", "Trash:trash", "apple", "INBOX:inbox", NULL};
	static const char *const expected[] = {"INBOX", "Trash", "apple", "zebra"};
	g_autoptr(GPtrArray) folders = NULL;

	mail_set_folders(mail, names);
	folders = store_view_folders(mail->view);
	g_assert_cmpuint(folders->len, ==, 4);
	for (guint i = 0; i < 4; i++)
		g_assert_cmpstr(((StoreFolder *)g_ptr_array_index(folders, i))->name, ==, expected[i]);
}

static void
test_total_before_the_first_sync_is_the_servers(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);

	g_assert_true(store_cache_set_status(mail->cache, inbox, 500, 20, 501, 1, 0, NULL));
	mail_put(mail, inbox, mail_message(500, 0, 1, "about", "a", NULL));
	mail_assert_counts(mail, "INBOX", 500, 20, 0);
	g_assert_true(store_cache_synced(mail->cache, inbox, 0, 501, TRUE, 1, NULL));
	mail_assert_counts(mail, "INBOX", 1, 1, 0);
}

static void
test_synced_with_zeros_leaves_what_is_known(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	g_autoptr(StoreFolder) folder = NULL;

	g_assert_true(store_cache_synced(mail->cache, inbox, 77, 501, FALSE, 1, NULL));
	g_assert_true(store_cache_synced(mail->cache, inbox, 0, 0, TRUE, 2, NULL));
	folder = store_cache_folder_by_id(mail->cache, inbox);
	g_assert_cmpuint(folder->modseq, ==, 77);
	g_assert_cmpuint(folder->uidnext, ==, 501);
	g_assert_cmpuint(folder->low_uid, ==, 1);
}

/* ---- intake ---------------------------------------------------------------------------- */

static void
test_counts_follow(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	StoreFlagUpdate updates[] = {{1, MESSAGE_SEEN | MESSAGE_FLAGGED, NULL, 0}, {9, 0, NULL, 0}};
	UidRange gone = {2, G_MAXUINT32};

	mail_put(mail, inbox, mail_message(1, 0, 1, "about", "a", NULL));
	mail_put(mail, inbox, mail_message(2, MESSAGE_FLAGGED, 1, "about", "b", NULL));
	mail_assert_counts(mail, "INBOX", 2, 2, 1);
	g_assert_true(store_cache_update_flags(mail->cache, inbox, updates, 2, NULL));
	mail_assert_counts(mail, "INBOX", 2, 1, 2);
	g_assert_true(store_cache_expunge(mail->cache, inbox, &gone, 1, NULL));
	mail_assert_counts(mail, "INBOX", 1, 0, 1);
}

static void
test_a_known_uid_only_gets_its_flags(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	g_autoptr(StoreRow) row = NULL;

	mail_put(mail, inbox, mail_message(1, 0, 1, "first", "a", NULL));
	mail_put(mail, inbox, mail_message(1, MESSAGE_SEEN, 1, "second", "b", NULL));
	row = store_view_row(mail->view, ROW_ID(inbox, 1));
	g_assert_cmpstr(row->subject, ==, "first");
	g_assert_cmpuint(row->flags, ==, MESSAGE_SEEN);
	mail_assert_counts(mail, "INBOX", 1, 0, 0);
}

static void
test_fresh_names_new_rows_once(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	g_autoptr(GArray) fresh = g_array_new(FALSE, FALSE, sizeof(gint64));

	for (int i = 0; i < 2; i++) {
		g_autoptr(GPtrArray) batch = mail_batch();
		g_ptr_array_add(batch, mail_message(1, MESSAGE_SEEN, 1, "about", "a", NULL));
		g_assert_true(store_cache_intake(mail->cache, inbox, batch, 1, 1, fresh, NULL));
	}
	g_assert_cmpuint(fresh->len, ==, 1);
	g_assert_cmpint(g_array_index(fresh, gint64, 0), ==, ROW_ID(inbox, 1));
}

static void
assert_low_uid(Mail *mail, guint32 expected)
{
	g_autoptr(StoreFolder) folder = store_view_folder(mail->view, "INBOX");

	g_assert_cmpuint(folder->low_uid, ==, expected);
}

static void
test_low_uid_goes_down_without_gaps(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	g_autoptr(GPtrArray) none = mail_batch();

	g_assert_true(store_cache_intake(mail->cache, inbox, none, 900, 1000, NULL, NULL));
	assert_low_uid(mail, 900);
	g_assert_true(store_cache_intake(mail->cache, inbox, none, 100, 200, NULL, NULL));
	assert_low_uid(mail, 900);
	g_assert_true(store_cache_intake(mail->cache, inbox, none, 1001, 1010, NULL, NULL));
	assert_low_uid(mail, 900);
	g_assert_true(store_cache_intake(mail->cache, inbox, none, 800, 899, NULL, NULL));
	assert_low_uid(mail, 800);
}

static void
test_keep_only(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	const guint32 uids[] = {2, 4, 77};
	g_autoptr(GArray) left = NULL;

	for (guint32 uid = 1; uid <= 5; uid++)
		mail_put(mail, inbox, mail_message(uid, 0, 1, "about", NULL, NULL));
	g_assert_true(store_cache_keep_only(mail->cache, inbox, 2, uids, 3, NULL));
	left = store_cache_uids(mail->cache, inbox, 1, G_MAXUINT32);
	g_assert_cmpuint(left->len, ==, 3);
	g_assert_cmpuint(g_array_index(left, guint32, 0), ==, 1);
	g_assert_cmpuint(g_array_index(left, guint32, 1), ==, 2);
	g_assert_cmpuint(g_array_index(left, guint32, 2), ==, 4);
}

static void
test_uidvalidity_drops_the_rows(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail), now;

	mail_put(mail, inbox, mail_message(1, 0, 1, "about", "a", NULL));
	g_assert_true(store_cache_selected(mail->cache, inbox, 1, 2, 1, &now, NULL));
	g_assert_cmpint(now, ==, inbox);
	g_assert_true(store_cache_selected(mail->cache, inbox, 2, 2, 1, &now, NULL));
	g_assert_cmpint(now, !=, inbox);
	g_assert_null(store_view_row(mail->view, ROW_ID(inbox, 1)));
}

static void
test_recent_is_what_came_since_it_was_left(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail), archive = mail_folder(mail, "Archive");
	g_autoptr(StoreRow) old = NULL, young = NULL, later = NULL;

	mail_put(mail, inbox, mail_message(1, 0, 1, "about", "a", NULL));
	g_assert_true(store_cache_set_opened(mail->cache, inbox, 100, NULL));
	g_assert_true(store_cache_set_opened(mail->cache, archive, 200, NULL));
	mail_put(mail, inbox, mail_message(2, 0, 1, "about", "b", NULL));
	g_assert_true(store_cache_set_opened(mail->cache, inbox, 300, NULL));
	old = store_view_row(mail->view, ROW_ID(inbox, 1));
	young = store_view_row(mail->view, ROW_ID(inbox, 2));
	g_assert_cmpuint(old->flags & MESSAGE_RECENT, ==, 0);
	g_assert_cmpuint(young->flags & MESSAGE_RECENT, !=, 0);
	g_assert_true(store_cache_set_opened(mail->cache, archive, 400, NULL));
	later = store_view_row(mail->view, ROW_ID(inbox, 2));
	g_assert_cmpuint(later->flags & MESSAGE_RECENT, ==, 0);
}

/* ---- content ------------------------------------------------------------------------------ */

static gint64
cid_of(Mail *mail, RowId id)
{
	g_autoptr(StoreRow) row = store_view_row(mail->view, id);

	return row->cid;
}

static void
test_same_id_and_size_is_the_same_content(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail), archive = mail_folder(mail, "Archive");
	RowId one = mail_put(mail, inbox, mail_message(5, 0, 1, "about", "a", NULL));
	RowId same = mail_put(mail, archive, mail_message(5, 0, 1, "about", "a", NULL));
	RowId other = mail_put(mail, archive, mail_message(6, 0, 1, "about", "a", NULL));

	g_assert_cmpint(cid_of(mail, one), ==, cid_of(mail, same));
	g_assert_cmpint(cid_of(mail, one), !=, cid_of(mail, other));
}

static void
test_content_id_is_the_same_content(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail), archive = mail_folder(mail, "Archive");
	StoreIntake *one = mail_message(5, 0, 1, "about", NULL, NULL),
		    *two = mail_message(9, 0, 1, "about", NULL, NULL);
	RowId first, second;

	one->content_id = g_strdup("1278455344230334865");
	two->content_id = g_strdup("1278455344230334865");
	first = mail_put(mail, inbox, one);
	second = mail_put(mail, archive, two);
	g_assert_cmpint(cid_of(mail, first), ==, cid_of(mail, second));
}

static StoreIntake *
named_content(guint32 uid, const char *id, const char *header_id)
{
	StoreIntake *intake = mail_message(uid, 0, 1, "about", header_id ? header_id : "none", NULL);

	intake->content_id = g_strdup(id);
	if (header_id == NULL) {
		g_clear_pointer(&intake->header, g_free);
		intake->header_length = 0;
	}
	return intake;
}

static void
test_known_content_needs_no_header(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail), archive = mail_folder(mail, "Archive");
	g_autoptr(GPtrArray) batch = mail_batch();
	g_autoptr(StoreRow) source = NULL, copy = NULL;
	g_autoptr(StoreFolder) folder = NULL;
	StoreIntake *known = named_content(7, "M1", NULL), *strange = named_content(8, "M2", NULL);

	g_assert_false(store_cache_has_others(mail->cache, archive));
	mail_put(mail, inbox, named_content(1, "M1", "a"));
	g_assert_true(store_cache_has_others(mail->cache, archive));
	known->flags = MESSAGE_FLAGGED;
	known->size = 4711;
	g_ptr_array_add(batch, known);
	g_ptr_array_add(batch, strange);
	store_cache_know(mail->cache, batch);
	g_assert_true(known->known);
	g_assert_false(strange->known);
	g_assert_true(store_cache_intake(mail->cache, archive, batch, 1, 0, NULL, NULL));
	source = store_view_row(mail->view, ROW_ID(inbox, 1));
	copy = store_view_row(mail->view, ROW_ID(archive, 7));
	g_assert_cmpstr(copy->subject, ==, source->subject);
	g_assert_cmpint(copy->cid, ==, source->cid);
	g_assert_cmpint(copy->thread, ==, source->thread);
	g_assert_cmpuint(copy->flags, ==, MESSAGE_FLAGGED);
	g_assert_cmpuint(copy->size, ==, 4711);
	/* What could not be copied is left out, and still to be fetched. */
	g_assert_null(store_view_row(mail->view, ROW_ID(archive, 8)));
	folder = store_view_folder(mail->view, "Archive");
	g_assert_cmpuint(folder->low_uid, ==, 0);
	g_assert_cmpuint(folder->total, ==, 1);
	g_assert_true(store_cache_check(mail->cache, NULL));
}

static void
test_parts(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	RowId id = mail_put(mail, inbox, mail_message(1, 0, 1, "about", "a", NULL));
	gint64 cid = cid_of(mail, id);
	g_autoptr(GBytes) part = NULL;
	UidRange gone = {1, 1};

	g_assert_null(store_view_part(mail->view, cid, "1"));
	g_assert_true(store_cache_put_part(mail->cache, cid, "1", "old", 3, NULL));
	g_assert_true(store_cache_put_part(mail->cache, cid, "1", "a\0b", 3, NULL));
	part = store_view_part(mail->view, cid, "1");
	g_assert_cmpmem(g_bytes_get_data(part, NULL), g_bytes_get_size(part), "a\0b", 3);
	g_assert_null(store_view_part(mail->view, cid, "2"));
	g_assert_true(store_cache_expunge(mail->cache, inbox, &gone, 1, NULL));
	g_assert_true(store_cache_trim(mail->cache, G_MAXUINT64, NULL));
	g_assert_null(store_view_part(mail->view, cid, "1"));
}

static void
test_trim_spares_what_is_unread(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	gint64 read =
		cid_of(mail, mail_put(mail, inbox, mail_message(1, MESSAGE_SEEN, 1, "about", "a", NULL)));
	gint64 unread = cid_of(mail, mail_put(mail, inbox, mail_message(2, 0, 1, "about", "b", NULL)));
	g_autofree char *octets = g_malloc0(10000);
	g_autoptr(GBytes) kept = NULL;

	g_assert_true(store_cache_put_part(mail->cache, read, "", octets, 10000, NULL));
	g_assert_true(store_cache_put_part(mail->cache, unread, "", octets, 10000, NULL));
	g_assert_true(store_cache_trim(mail->cache, 15000, NULL));
	g_assert_null(store_view_part(mail->view, read, ""));
	kept = store_view_part(mail->view, unread, "");
	g_assert_nonnull(kept);
}

static void
test_attachment_as_the_structure_says(void)
{
	g_autoptr(Mail) mail = mail_new();
	g_autoptr(StoreRow) before = row_of(mail, "Content-Type: multipart/mixed\r\n\r\n");
	g_autoptr(StoreRow) after = NULL;

	g_assert_true(store_cache_set_attachment(mail->cache, before->cid, FALSE, NULL));
	after = store_view_row(mail->view, before->id);
	g_assert_true(before->attachment);
	g_assert_false(after->attachment);
}

/* ---- finding ------------------------------------------------------------------------------- */

static void
test_by_message_id(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail), archive = mail_folder(mail, "Archive");
	g_autoptr(GArray) all = NULL, one = NULL, none = NULL;

	mail_put(mail, inbox, mail_message(1, 0, 1, "about", "a@x", NULL));
	mail_put(mail, archive, mail_message(2, 0, 1, "about", "a@x", NULL));
	all = store_view_by_message_id(mail->view, 0, "<a@x>");
	one = store_view_by_message_id(mail->view, archive, "a@x");
	none = store_view_by_message_id(mail->view, 0, "<b@x>");
	g_assert_cmpuint(all->len, ==, 2);
	g_assert_cmpuint(one->len, ==, 1);
	g_assert_cmpint(g_array_index(one, RowId, 0), ==, ROW_ID(archive, 2));
	g_assert_cmpuint(none->len, ==, 0);
}

static void
test_people(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	g_autoptr(GPtrArray) byname = NULL, byaddress = NULL, most = NULL, none = NULL;

	mail_put(mail, inbox, raw_message(1, "From: Rosa Blum <rosa@example.org>\r\n\r\n"));
	mail_put(mail, inbox, raw_message(2, "From: Robert <rob@example.net>\r\n\r\n"));
	mail_put(mail, inbox, raw_message(3, "From: Robert <rob@example.net>\r\n\r\n"));
	byname = store_view_people(mail->view, "blu", 10);
	byaddress = store_view_people(mail->view, "rosa@ex", 10);
	most = store_view_people(mail->view, "ro", 10);
	none = store_view_people(mail->view, "\"* xyz NEAR(", 10);
	g_assert_cmpuint(byname->len, ==, 1);
	g_assert_cmpstr(g_ptr_array_index(byname, 0), ==, "Rosa Blum <rosa@example.org>");
	g_assert_cmpuint(byaddress->len, ==, 1);
	g_assert_cmpuint(most->len, ==, 2);
	g_assert_cmpstr(g_ptr_array_index(most, 0), ==, "Robert <rob@example.net>");
	g_assert_cmpuint(none->len, ==, 0);
}

static void
test_a_stranger_has_the_name_of_somebody_known(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);

	mail_put(mail, inbox, raw_message(1, "From: Rosa Blum <rosa@example.org>\r\n\r\n"));
	mail_put(mail, inbox, raw_message(2, "From: Rosa Blum <rosa@example.org>\r\n\r\n"));
	mail_put(mail, inbox, raw_message(3, "From: rosa blum <rosa@freemail.example>\r\n\r\n"));
	mail_put(mail, inbox, raw_message(4, "From: Robert <rob@example.net>\r\n\r\n"));
	mail_put(mail, inbox, raw_message(5, "From: Robert <rob@example.net>\r\n\r\n"));
	g_assert_true(store_view_is_stranger(mail->view, "rosa blum", "rosa@freemail.example"));
	g_assert_true(store_view_is_stranger(mail->view, "Rosa Blum", "nobody@example.net"));
	g_assert_false(store_view_is_stranger(mail->view, "Rosa Blum", "Rosa@EXAMPLE.org"));
	g_assert_false(store_view_is_stranger(mail->view, "Robert", "robert@example.com"));
	g_assert_false(store_view_is_stranger(mail->view, "Rosa \"* NEAR(", "x@example.com"));
	g_assert_false(store_view_is_stranger(mail->view, NULL, NULL));
	mail_put(mail, inbox, raw_message(6, "From: Rosa Blum <rosa@freemail.example>\r\n\r\n"));
	g_assert_false(store_view_is_stranger(mail->view, "Rosa Blum", "rosa@freemail.example"));
}

static void
test_version_changes_with_each_commit(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	guint64 before = store_view_version(mail->view);

	g_assert_cmpuint(store_view_version(mail->view), ==, before);
	mail_put(mail, inbox, mail_message(1, 0, 1, "about", "a", NULL));
	g_assert_cmpuint(store_view_version(mail->view), !=, before);
}

static void
test_another_key_makes_it_anew(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	gboolean rebuilt = FALSE;

	mail_put(mail, inbox, mail_message(1, 0, 1, "about", "a", NULL));
	mail_close(mail);
	mail->key.bytes[0]++;
	mail->cache = store_cache_open(mail->folder, &mail->key, &rebuilt, NULL);
	g_assert_true(rebuilt);
	g_assert_null(store_cache_folder(mail->cache, "INBOX"));
}

/* ---- kill -9 --------------------------------------------------------------------------------- */

static void
put_bulk(StoreCache *cache, FolderId folder, guint32 from, guint32 to)
{
	g_autoptr(GPtrArray) batch = mail_batch();

	for (guint32 n = from; n <= to; n++) {
		g_autofree char *id = g_strdup_printf("m%u", n);
		g_autofree char *up = n % 3 ? g_strdup_printf("r%u m%u", n / 9, n > 5 ? n - 5 : 1) : NULL;
		g_autofree char *subject = g_strdup_printf("Re: subject %u", n / 3);
		g_ptr_array_add(batch, mail_message(n, n % 2, 1 + n % 28, subject, id, up));
	}
	g_assert_true(store_cache_intake(cache, folder, batch, from, to, NULL, NULL));
}

/* The child dies in a bulk intake, before anything of it is settled. */
static void
test_killed_in_bulk(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	StoreOrderSpec spec = {.key = SORT_DATE, .threads = TRUE};
	g_autofree char *before = NULL, *after = NULL;
	int status;
	pid_t child;

	mail_close(mail);
	child = fork();
	if (child == 0) {
		StoreCache *cache = store_cache_open(mail->folder, &mail->key, NULL, NULL);
		put_bulk(cache, inbox, 2001, 3000);
		put_bulk(cache, inbox, 1001, 2000);
		_exit(0); /* as good as a kill: nothing is closed or settled */
	}
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	mail->view = store_view_open(mail->folder, NULL);
	{
		g_autoptr(StoreOrder) order = store_view_order(mail->view, inbox, &spec, NULL);
		g_autoptr(GArray) found = store_view_by_message_id(mail->view, 0, "m1500");
		g_assert_cmpuint(order->length, ==, 2000);
		g_assert_cmpuint(found->len, ==, 1);
		before = mail_order_text(order, TRUE);
	}
	mail_close(mail);
	mail_open(mail);
	mail_check(mail);
	g_autoptr(StoreOrder) order = store_view_order(mail->view, inbox, &spec, NULL);
	after = mail_order_text(order, TRUE);
	g_assert_cmpstr(before, ==, after);
	put_bulk(mail->cache, inbox, 1, 1000);
}

/* The same mail in one go and with a kill in between ends in the same threads. */
static void
test_after_a_kill_threads_are_the_same(void)
{
	g_autoptr(Mail) one = mail_new(), two = mail_new();
	FolderId in_one = mail_usual_folders(one), in_two = mail_usual_folders(two);
	StoreOrderSpec spec = {.key = SORT_DATE, .threads = TRUE};
	g_autoptr(StoreOrder) first = NULL, second = NULL;
	g_autofree char *text_one = NULL, *text_two = NULL;

	put_bulk(one->cache, in_one, 1001, 2000);
	put_bulk(one->cache, in_one, 1, 1000);
	put_bulk(two->cache, in_two, 1001, 2000);
	/* What is in memory is lost with the process: opening again reads it anew. */
	mail_reopen(two);
	put_bulk(two->cache, in_two, 1, 1000);
	first = store_view_order(one->view, in_one, &spec, NULL);
	second = store_view_order(two->view, in_two, &spec, NULL);
	text_one = mail_order_text(first, TRUE);
	text_two = mail_order_text(second, TRUE);
	g_assert_cmpstr(text_one, ==, text_two);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store/cache/row", test_row_has_what_the_header_says);
	g_test_add_func("/store/cache/other-fields", test_other_fields_are_kept);
	g_test_add_func("/store/cache/fields-beside", test_what_the_row_cannot_say_is_kept);
	g_test_add_func("/store/cache/empty-header", test_empty_header);
	for (gsize i = 0; i < G_N_ELEMENTS(dates); i++) {
		g_autofree char *path = g_strconcat("/store/cache/sent/", dates[i].name, NULL);
		g_test_add_data_func(path, &dates[i], test_sent);
	}
	g_test_add_func("/store/cache/several-from", test_two_from_fields_are_several);
	g_test_add_func("/store/cache/long-recipients", test_long_recipients_are_cut_at_a_character);
	g_test_add_func("/store/cache/hostile", test_hostile_headers_are_taken);
	g_test_add_func("/store/cache/folder-ids", test_folder_ids_are_not_reused);
	g_test_add_func("/store/cache/inbox", test_inbox_in_any_case);
	g_test_add_func("/store/cache/folder-order", test_roles_come_first);
	g_test_add_func("/store/cache/server-total", test_total_before_the_first_sync_is_the_servers);
	g_test_add_func("/store/cache/synced-zeros", test_synced_with_zeros_leaves_what_is_known);
	g_test_add_func("/store/cache/counts", test_counts_follow);
	g_test_add_func("/store/cache/known-uid", test_a_known_uid_only_gets_its_flags);
	g_test_add_func("/store/cache/fresh", test_fresh_names_new_rows_once);
	g_test_add_func("/store/cache/low-uid", test_low_uid_goes_down_without_gaps);
	g_test_add_func("/store/cache/keep-only", test_keep_only);
	g_test_add_func("/store/cache/uidvalidity", test_uidvalidity_drops_the_rows);
	g_test_add_func("/store/cache/recent", test_recent_is_what_came_since_it_was_left);
	g_test_add_func("/store/cache/shared-content", test_same_id_and_size_is_the_same_content);
	g_test_add_func("/store/cache/content-id", test_content_id_is_the_same_content);
	g_test_add_func("/store/cache/known-content-needs-no-header", test_known_content_needs_no_header);
	g_test_add_func("/store/cache/parts", test_parts);
	g_test_add_func("/store/cache/trim", test_trim_spares_what_is_unread);
	g_test_add_func("/store/cache/attachment", test_attachment_as_the_structure_says);
	g_test_add_func("/store/cache/by-message-id", test_by_message_id);
	g_test_add_func("/store/cache/people", test_people);
	g_test_add_func("/store/cache/stranger", test_a_stranger_has_the_name_of_somebody_known);
	g_test_add_func("/store/cache/version", test_version_changes_with_each_commit);
	g_test_add_func("/store/cache/other-key", test_another_key_makes_it_anew);
	g_test_add_func("/store/cache/killed-in-bulk", test_killed_in_bulk);
	g_test_add_func("/store/cache/same-after-kill", test_after_a_kill_threads_are_the_same);
	return g_test_run();
}
