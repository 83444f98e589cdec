/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders that the server numbers anew: ids of before mean nothing else. */
#include "config.h"

#include "store-mail.h"

static void
test_old_id_names_no_message_of_a_folder_made_anew(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail), now;
	g_autoptr(StoreFolder) folder = NULL;
	g_autoptr(StoreRow) row = NULL;

	mail_put(mail, inbox, mail_message(1, 0, 1, "old", "a", NULL));
	g_assert_true(store_cache_selected(mail->cache, inbox, 2, 2, 1, &now, NULL));
	mail_put(mail, now, mail_message(1, 0, 1, "new", "b", NULL));
	g_assert_null(store_view_row(mail->view, ROW_ID(inbox, 1)));
	row = store_view_row(mail->view, ROW_ID(now, 1));
	g_assert_cmpstr(row->subject, ==, "new");
	folder = store_view_folder(mail->view, "INBOX");
	g_assert_cmpint(folder->id, ==, now);
	g_assert_cmpuint(folder->total, ==, 1);
	/* Nor does a folder that comes later. */
	g_assert_cmpint(mail_folder(mail, "Archive"), !=, inbox);
	g_assert_true(store_cache_check(mail->cache, NULL));
}

/* The same message is found by its id and size, and then the old id means it. */
static void
test_message_of_a_folder_made_anew_is_found_by_its_key(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail), now;
	StoreIntake *again = mail_message(7, 0, 1, "same", "a", NULL);
	OperationMessage message = {0};
	g_autoptr(StoreRow) row = NULL;

	mail_put(mail, inbox, mail_message(1, 0, 1, "same", "a", NULL));
	g_assert_true(store_view_describe(mail->view, ROW_ID(inbox, 1), &message));
	g_assert_true(store_cache_selected(mail->cache, inbox, 2, 2, 1, &now, NULL));
	g_assert_cmpint(store_cache_renumbered(mail->cache, &message), ==, 0);
	again->size = message.size;
	mail_put(mail, now, again);
	g_assert_cmpint(store_cache_renumbered(mail->cache, &message), ==, ROW_ID(now, 7));
	row = store_view_row(mail->view, ROW_ID(inbox, 1));
	g_assert_cmpint(row->id, ==, ROW_ID(now, 7));
	g_free(message.folder);
	g_free(message.old_keywords);
}

static void
test_folder_without_uidvalidity_is_kept_until_it_is_selected_again(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail), first, second;
	g_autoptr(StoreFolder) folder = NULL;

	g_assert_true(store_cache_selected(mail->cache, inbox, 0, 2, 1, &first, NULL));
	mail_put(mail, first, mail_message(1, 0, 1, "about", "a", NULL));
	g_assert_true(store_cache_selected(mail->cache, first, 0, 2, 1, &second, NULL));
	g_assert_cmpint(second, !=, first);
	g_assert_null(store_view_row(mail->view, ROW_ID(first, 1)));
	mail_put(mail, second, mail_message(1, 0, 1, "other", "b", NULL));
	g_assert_true(store_cache_drop_unnumbered(mail->cache, NULL));
	g_assert_null(store_view_row(mail->view, ROW_ID(second, 1)));
	folder = store_view_folder(mail->view, "INBOX");
	g_assert_cmpuint(folder->low_uid, ==, 0);
	g_assert_true(store_cache_check(mail->cache, NULL));
}

/* What was moved here waits in a folder that is numbered anew meanwhile. */
static void
test_moved_row_follows_its_renumbered_folder(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail), before = mail_folder(mail, "Archive"), now;
	g_autoptr(Operation) operation = operation_new(OPERATION_MOVE, "test");
	OperationMessage *message = operation_add_message(operation);
	RowId one = mail_put(mail, inbox, mail_message(1, 0, 1, "about", "a", NULL)), row;

	operation->id = 1;
	operation->target = g_strdup("Archive");
	g_assert_true(store_view_describe(mail->view, one, message));
	g_assert_true(store_cache_apply(mail->cache, operation, NULL));
	now = mail_select(mail, "Archive", 2);
	g_assert_cmpint(now, !=, before);
	row = store_view_current(mail->view, message->new_row);
	g_assert_cmpint(ROW_FOLDER(row), ==, now);
	mail_assert_counts(mail, "Archive", 1, 1, 0);
	mail_check(mail);
	g_assert_true(store_cache_confirm(mail->cache, operation, -1, 60, NULL));
	g_assert_cmpint(store_view_current(mail->view, message->new_row), ==, ROW_ID(now, 60));
	mail_check(mail);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store/renumbered/old-id-names-no-message-of-a-folder-made-anew",
		test_old_id_names_no_message_of_a_folder_made_anew);
	g_test_add_func("/store/renumbered/message-of-a-folder-made-anew-is-found-by-its-key",
		test_message_of_a_folder_made_anew_is_found_by_its_key);
	g_test_add_func("/store/renumbered/folder-without-uidvalidity-is-kept-until-it-is-selected-again",
		test_folder_without_uidvalidity_is_kept_until_it_is_selected_again);
	g_test_add_func("/store/renumbered/moved-row-follows-its-folder",
		test_moved_row_follows_its_renumbered_folder);
	return g_test_run();
}
