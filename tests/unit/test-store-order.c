/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders, limits and searches: by hand, and the first window against the whole. */
#include "config.h"

#include "store-mail.h"

static StoreIntake *
message(guint32 uid, const char *from, const char *to, const char *subject, guint day, guint32 size)
{
	StoreIntake *intake = g_new0(StoreIntake, 1);

	intake->uid = uid;
	intake->size = size;
	intake->received = 1767225600 + (gint64)(60 - uid) * 60; /* not in the order of Date */
	intake->header =
		g_strdup_printf("From: %s\r\nTo: %s\r\nSubject: %s\r\nDate: %u Dec 2025 12:00:00 +0000\r\n"
				"%sMessage-ID: <m%u@x>\r\n\r\n",
			from, to, subject, day,
			uid == 2   ? "X-Priority: 1\r\n"
			: uid == 3 ? "X-Priority: 5\r\n"
				   : "",
			uid);
	intake->header_length = strlen(intake->header);
	return intake;
}

static FolderId
fill(Mail *mail)
{
	FolderId inbox = mail_usual_folders(mail);

	mail_put(mail, inbox, message(1, "Zoe <z@example.org>", "b@x", "Re: banana bread", 4, 400));
	mail_put(mail, inbox, message(2, "=?utf-8?q?=C3=84nne?= <ae@example.org>", "a@x", "apple", 3, 100));
	mail_put(mail, inbox, message(3, "bob@example.net", "c@x", "[list] Cherry invoice", 2, 300));
	mail_put(mail, inbox,
		message(4, "Zoe <z@example.org>", "A@x", "=?utf-8?b?5pel5pys6Kqe44Gu5Lu25ZCN?=", 1, 200));
	return inbox;
}

typedef struct {
	const char *name;
	SortKey key;
	gboolean descending;
	const char *order;
} SortCase;

static const SortCase sorts[] = {
	{"date", SORT_DATE, FALSE, "4 3 2 1"},
	{"date-down", SORT_DATE, TRUE, "1 2 3 4"},
	{"received", SORT_RECEIVED, FALSE, "4 3 2 1"},
	{"received-down", SORT_RECEIVED, TRUE, "1 2 3 4"},
	{"from", SORT_FROM, FALSE, "2 3 1 4"},
	{"to", SORT_TO, FALSE, "2 4 1 3"},
	{"subject", SORT_SUBJECT, FALSE, "2 1 3 4"},
	{"subject-down", SORT_SUBJECT, TRUE, "4 3 1 2"},
	{"size", SORT_SIZE, FALSE, "2 4 3 1"},
	{"priority", SORT_PRIORITY, TRUE, "2 4 1 3"},
};

static void
test_sort(gconstpointer data)
{
	const SortCase *one = data;
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = fill(mail);
	StoreOrderSpec spec = {.key = one->key, .descending = one->descending};

	mail_assert_order(mail, inbox, &spec, one->order);
}

typedef struct {
	const char *name;
	const char *words;
	const char *order;
} WordCase;

static const WordCase words[] = {
	{"beginning", "ban", "1"},
	{"whole", "apple", "2"},
	{"case", "BANANA", "1"},
	{"sender", "zoe", "4 1"},
	{"accent", "anne", "2"},
	{"accent-given", "Änne", "2"},
	{"both", "zoe bread", "1"},
	{"subject-and-sender", "bob cherry", "3"},
	{"not-both", "bob banana", ""},
	{"inside-a-word", "anana", "1"},
	{"address", "example.net", "3"},
	{"part-of-address", "@example.org", "4 2 1"},
	{"before-the-subject", "[list]", "3"},
	{"before-and-in-the-subject", "list cherry", "3"},
	{"answers", "re: banana", "1"},
	{"only-from", "from:zoe", "4 1"},
	{"only-subject", "subject:zoe", ""},
	{"only-subject-before-it", "subject:list", "3"},
	{"only-from-not-before-the-subject", "from:list", ""},
	{"from-and-subject", "from:zoe subject:bread", "1"},
	{"japanese", "本語", "4"},
	{"quotes", "\"*", ""},
	{"operator", "NOT", ""},
	{"percent", "%", ""},
	{"blanks", "  ", "4 3 2 1"},
	{"invalid", "\xff", ""},
};

static void
test_words(gconstpointer data)
{
	const WordCase *one = data;
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = fill(mail);
	StoreOrderSpec spec = {.key = SORT_DATE, .words = (char *)one->words};

	mail_assert_order(mail, inbox, &spec, one->order);
}

/* In a bulk sync the index is not written yet. */
static void
test_words_before_they_are_indexed(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	GPtrArray *batch = mail_batch();
	StoreOrderSpec spec = {.key = SORT_DATE, .words = (char *)"needle"};

	for (guint32 uid = 1; uid <= 400; uid++)
		g_ptr_array_add(batch, mail_message(uid, 0, 1, uid == 77 ? "a Needle" : "hay", NULL, NULL));
	mail_take(mail, inbox, batch);
	mail_assert_order(mail, inbox, &spec, "77");
	g_assert_true(store_cache_settle_bulk(mail->cache, NULL));
	mail_assert_order(mail, inbox, &spec, "77");
}

static void
test_limits(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	StoreOrderSpec unread = {.key = SORT_DATE, .unread_only = TRUE};
	StoreOrderSpec flagged = {.key = SORT_DATE, .flagged_only = TRUE};
	StoreOrderSpec both = {.key = SORT_DATE, .unread_only = TRUE, .flagged_only = TRUE};

	mail_put(mail, inbox, mail_message(1, 0, 1, "about", NULL, NULL));
	mail_put(mail, inbox, mail_message(2, MESSAGE_SEEN | MESSAGE_FLAGGED, 2, "about", NULL, NULL));
	mail_put(mail, inbox, mail_message(3, MESSAGE_FLAGGED, 3, "about", NULL, NULL));
	mail_assert_order(mail, inbox, &unread, "1 3");
	mail_assert_order(mail, inbox, &flagged, "2 3");
	mail_assert_order(mail, inbox, &both, "3");
}

static void
test_a_limit_shows_whole_threads(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	StoreOrderSpec spec = {.key = SORT_DATE, .threads = TRUE, .unread_only = TRUE};
	g_autoptr(StoreOrder) order = NULL;

	mail_put(mail, inbox, mail_message(1, MESSAGE_SEEN, 1, "about", "a", NULL));
	mail_put(mail, inbox, mail_message(2, 0, 2, "about", "b", "a"));
	mail_put(mail, inbox, mail_message(3, MESSAGE_SEEN, 3, "other", "c", NULL));
	mail_assert_order(mail, inbox, &spec, "1 2[1]");
	order = store_view_order(mail->view, inbox, &spec, NULL);
	g_assert_cmpuint(order->entries[0].matched, ==, 0);
	g_assert_cmpuint(order->entries[1].matched, ==, 1);
	g_assert_cmpuint(order->entries[0].thread_rows, ==, 2);
	g_assert_cmpuint(order->entries[1].thread_rows, ==, 0);
}

static void
test_one_thread(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	g_autoptr(StoreRow) row = NULL;
	StoreOrderSpec spec = {.key = SORT_DATE};

	mail_put(mail, inbox, mail_message(1, 0, 1, "about", "a", NULL));
	mail_put(mail, inbox, mail_message(2, 0, 2, "about", "b", "a"));
	mail_put(mail, inbox, mail_message(3, 0, 3, "other", "c", NULL));
	row = store_view_row(mail->view, ROW_ID(inbox, 2));
	spec.thread = row->thread;
	mail_assert_order(mail, inbox, &spec, "1 2");
	spec.threads = TRUE;
	mail_assert_order(mail, inbox, &spec, "1 2[1]");
}

static void
test_cancelled(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = fill(mail);
	StoreOrderSpec spec = {.key = SORT_DATE};
	g_autoptr(Cancel) cancel = cancel_new();

	cancel_trigger(cancel);
	g_assert_null(store_view_order(mail->view, inbox, &spec, cancel));
}

static void
test_unknown_folder_is_empty(void)
{
	g_autoptr(Mail) mail = mail_new();
	StoreOrderSpec spec = {.key = SORT_DATE};

	mail_assert_order(mail, 12345, &spec, "");
}

/* ---- the first window is the beginning of the whole ---------------------------------- */

static void
fill_at_random(Mail *mail, FolderId folder, guint32 count, const char *label)
{
	GPtrArray *batch = mail_batch();

	for (guint32 uid = 1; uid <= count; uid++) {
		g_autofree char *id = g_strdup_printf("%s%u", label, uid);
		g_autofree char *up = g_strdup_printf("i%d", g_test_rand_int_range(1, (gint)count + 1));
		g_ptr_array_add(batch,
			mail_message(uid, uid % 5 ? MESSAGE_SEEN : 0, (guint)g_test_rand_int_range(1, 31),
				"about", id, g_test_rand_bit() ? up : NULL));
	}
	mail_take(mail, folder, batch);
}

static void
assert_is_beginning(const StoreOrder *first, const StoreOrder *whole, gsize count)
{
	g_assert_cmpuint(first->length, >=, MIN(count, whole->length));
	g_assert_cmpuint(first->length, <=, whole->length);
	g_assert_true(first->complete == (first->length == whole->length));
	for (gsize i = 0; i < first->length; i++) {
		g_assert_cmpint(first->entries[i].id, ==, whole->entries[i].id);
		g_assert_cmpuint(first->entries[i].depth, ==, whole->entries[i].depth);
		g_assert_cmpuint(first->entries[i].thread_rows, ==, whole->entries[i].thread_rows);
		g_assert_cmpuint(first->entries[i].flags, ==, whole->entries[i].flags);
		g_assert_cmpuint(first->entries[i].foreign, ==, whole->entries[i].foreign);
		g_assert_cmpuint(first->entries[i].matched, ==, whole->entries[i].matched);
	}
}

static void
test_first_is_the_beginning(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);

	fill_at_random(mail, inbox, 700, "i");
	fill_at_random(mail, mail_folder(mail, "Sent"), 120, "s");
	for (guint bits = 0; bits < 16; bits++) {
		StoreOrderSpec spec = {.key = bits & 1 ? SORT_RECEIVED : SORT_DATE,
			.descending = (bits & 2) != 0,
			.threads = (bits & 4) != 0,
			.elsewhere = (bits & 8) != 0};
		g_autoptr(StoreOrder) whole = store_view_order(mail->view, inbox, &spec, NULL);
		static const gsize counts[] = {1, 2, 50, 300, 700, 5000};
		for (gsize i = 0; i < G_N_ELEMENTS(counts); i++) {
			g_autoptr(StoreOrder) first = store_view_first(mail->view, inbox, &spec, counts[i]);
			assert_is_beginning(first, whole, counts[i]);
		}
	}
}

static void
test_rows_come_in_the_order_asked(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = fill(mail);
	const RowId ids[] = {ROW_ID(inbox, 3), ROW_ID(inbox, 99), ROW_ID(inbox, 1)};
	g_autoptr(GPtrArray) rows = store_view_rows(mail->view, ids, 3);

	g_assert_cmpuint(rows->len, ==, 3);
	g_assert_cmpstr(((StoreRow *)g_ptr_array_index(rows, 0))->subject, ==, "[list] Cherry invoice");
	g_assert_null(g_ptr_array_index(rows, 1));
	g_assert_cmpstr(((StoreRow *)g_ptr_array_index(rows, 2))->subject, ==, "Re: banana bread");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(sorts); i++) {
		g_autofree char *path = g_strconcat("/store/order/sort/", sorts[i].name, NULL);
		g_test_add_data_func(path, &sorts[i], test_sort);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		g_autofree char *path = g_strconcat("/store/order/words/", words[i].name, NULL);
		g_test_add_data_func(path, &words[i], test_words);
	}
	g_test_add_func("/store/order/words-unsettled", test_words_before_they_are_indexed);
	g_test_add_func("/store/order/limits", test_limits);
	g_test_add_func("/store/order/limit-threads", test_a_limit_shows_whole_threads);
	g_test_add_func("/store/order/one-thread", test_one_thread);
	g_test_add_func("/store/order/cancelled", test_cancelled);
	g_test_add_func("/store/order/unknown-folder", test_unknown_folder_is_empty);
	g_test_add_func("/store/order/first", test_first_is_the_beginning);
	g_test_add_func("/store/order/rows", test_rows_come_in_the_order_asked);
	return g_test_run();
}
