/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations of the journal: applied, confirmed, taken back, in any order with what the server says. */
#include "config.h"

#include "store-mail.h"

typedef struct {
	Mail *mail;
	FolderId inbox, archive;
	RowId one, two; /* in INBOX: uid 1 unread, uid 2 seen */
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
	(void)data;
	fixture->mail = mail_new();
	fixture->inbox = mail_usual_folders(fixture->mail);
	fixture->archive = mail_folder(fixture->mail, "Archive");
	fixture->one = mail_put(fixture->mail, fixture->inbox, mail_message(1, 0, 1, "about", "a", NULL));
	fixture->two =
		mail_put(fixture->mail, fixture->inbox, mail_message(2, MESSAGE_SEEN, 2, "about", "b", "a"));
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
	(void)data;
	mail_free(fixture->mail);
}

static Operation *
new_operation(OperationKind kind, gint64 id, const char *target)
{
	Operation *operation = operation_new(kind, "test");

	operation->id = id;
	operation->target = g_strdup(target);
	return operation;
}

static Operation *
on_row(Fixture *fixture, OperationKind kind, gint64 id, RowId row, const char *target)
{
	Operation *operation = new_operation(kind, id, target);

	g_assert_true(store_view_describe(fixture->mail->view, row, operation_add_message(operation)));
	return operation;
}

static OperationMessage *
message_of(Operation *operation, guint index)
{
	return g_ptr_array_index(operation->messages, index);
}

static void
apply(Fixture *fixture, Operation *operation)
{
	g_autoptr(GError) error = NULL;

	store_cache_apply(fixture->mail->cache, operation, &error);
	g_assert_no_error(error);
}

static void
confirm(Fixture *fixture, Operation *operation, guint32 uid)
{
	g_autoptr(GError) error = NULL;

	store_cache_confirm(fixture->mail->cache, operation, 0, uid, &error);
	g_assert_no_error(error);
}

static void
revert(Fixture *fixture, Operation *operation, gboolean failed)
{
	g_autoptr(GError) error = NULL;

	store_cache_revert(fixture->mail->cache, operation, -1, failed, &error);
	g_assert_no_error(error);
}

static guint32
flags_of(Fixture *fixture, RowId id)
{
	g_autoptr(StoreRow) row = store_view_row(fixture->mail->view, id);

	g_assert_nonnull(row);
	return row->flags;
}

static void
server_flags(Fixture *fixture, guint32 uid, guint32 flags, const char *keywords)
{
	StoreFlagUpdate update = {uid, flags, keywords, 0};

	g_assert_true(store_cache_update_flags(fixture->mail->cache, fixture->inbox, &update, 1, NULL));
}

static Operation *
flag(Fixture *fixture, gint64 id, RowId row, guint32 add, guint32 remove)
{
	Operation *operation = on_row(fixture, OPERATION_FLAGS, id, row, NULL);

	operation->add_flags = add;
	operation->remove_flags = remove;
	apply(fixture, operation);
	return operation;
}

static Operation *
move(Fixture *fixture, gint64 id, RowId row, const char *target)
{
	Operation *operation = on_row(fixture, OPERATION_MOVE, id, row, target);

	apply(fixture, operation);
	return operation;
}

/* ---- flags ------------------------------------------------------------------------ */

static void
test_flags_show_at_once(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) operation = flag(fixture, 1, fixture->one, MESSAGE_SEEN | MESSAGE_FLAGGED, 0);

	(void)data;
	g_assert_cmpuint(
		flags_of(fixture, fixture->one), ==, MESSAGE_SEEN | MESSAGE_FLAGGED | MESSAGE_PENDING);
	mail_assert_counts(fixture->mail, "INBOX", 2, 0, 1);
	confirm(fixture, operation, 0);
	g_assert_cmpuint(flags_of(fixture, fixture->one), ==, MESSAGE_SEEN | MESSAGE_FLAGGED);
}

static void
test_flags_taken_back(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) operation = flag(fixture, 1, fixture->one, MESSAGE_FLAGGED, 0);

	(void)data;
	revert(fixture, operation, FALSE);
	g_assert_cmpuint(flags_of(fixture, fixture->one), ==, 0);
	mail_assert_counts(fixture->mail, "INBOX", 2, 1, 0);
}

static void
test_failed_shows_until_forgotten(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) operation = flag(fixture, 1, fixture->one, MESSAGE_FLAGGED, 0);

	(void)data;
	revert(fixture, operation, TRUE);
	g_assert_cmpuint(flags_of(fixture, fixture->one), ==, MESSAGE_FAILED);
	g_assert_true(store_cache_forget(fixture->mail->cache, operation, NULL));
	g_assert_cmpuint(flags_of(fixture, fixture->one), ==, 0);
}

static void
test_server_changes_beneath_what_is_pending(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) operation = flag(fixture, 1, fixture->one, MESSAGE_FLAGGED, 0);
	g_autoptr(StoreRow) row = NULL;

	(void)data;
	server_flags(fixture, 1, MESSAGE_ANSWERED, "$Label1");
	g_assert_cmpuint(
		flags_of(fixture, fixture->one), ==, MESSAGE_FLAGGED | MESSAGE_ANSWERED | MESSAGE_PENDING);
	revert(fixture, operation, FALSE);
	row = store_view_row(fixture->mail->view, fixture->one);
	g_assert_cmpuint(row->flags, ==, MESSAGE_ANSWERED);
	g_assert_cmpstr(row->keywords, ==, "$Label1");
}

static void
test_one_of_two_taken_back(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) first = flag(fixture, 1, fixture->one, MESSAGE_FLAGGED, 0);
	g_autoptr(Operation) second = flag(fixture, 2, fixture->one, MESSAGE_SEEN, 0);

	(void)data;
	revert(fixture, first, FALSE);
	g_assert_cmpuint(flags_of(fixture, fixture->one), ==, MESSAGE_SEEN | MESSAGE_PENDING);
	confirm(fixture, second, 0);
	g_assert_cmpuint(flags_of(fixture, fixture->one), ==, MESSAGE_SEEN);
}

static void
test_later_operation_wins(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) first = flag(fixture, 1, fixture->one, MESSAGE_FLAGGED, 0);
	g_autoptr(Operation) second = flag(fixture, 2, fixture->one, 0, MESSAGE_FLAGGED);

	(void)data;
	g_assert_cmpuint(flags_of(fixture, fixture->one), ==, MESSAGE_PENDING);
	confirm(fixture, first, 0);
	g_assert_cmpuint(flags_of(fixture, fixture->one), ==, MESSAGE_PENDING);
	revert(fixture, second, FALSE);
	g_assert_cmpuint(flags_of(fixture, fixture->one), ==, MESSAGE_FLAGGED);
}

static void
test_keywords(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) operation = on_row(fixture, OPERATION_FLAGS, 1, fixture->one, NULL);
	g_autoptr(StoreRow) row = NULL;

	(void)data;
	server_flags(fixture, 1, 0, "work todo");
	operation->add_keywords = g_strdup("later");
	operation->remove_keywords = g_strdup("TODO");
	apply(fixture, operation);
	confirm(fixture, operation, 0);
	row = store_view_row(fixture->mail->view, fixture->one);
	g_assert_cmpstr(row->keywords, ==, "work later");
}

static void
test_applied_twice_is_once(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) flags = flag(fixture, 1, fixture->one, MESSAGE_SEEN, 0);
	g_autoptr(Operation) moved = move(fixture, 2, fixture->two, "Archive");
	RowId made = message_of(moved, 0)->new_row;

	(void)data;
	message_of(moved, 0)->new_row = 0;
	apply(fixture, flags);
	apply(fixture, moved);
	g_assert_cmpint(message_of(moved, 0)->new_row, ==, made);
	mail_assert_counts(fixture->mail, "INBOX", 1, 0, 0);
	mail_assert_counts(fixture->mail, "Archive", 1, 0, 0);
	g_assert_cmpint(store_cache_applied(fixture->mail->cache), ==, 2);
	mail_reopen(fixture->mail);
	g_assert_cmpint(store_cache_applied(fixture->mail->cache), ==, 2);
	apply(fixture, moved);
	mail_assert_counts(fixture->mail, "Archive", 1, 0, 0);
}

/* ---- move and copy ------------------------------------------------------------------- */

static void
test_move_stands_in_its_target(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) operation = move(fixture, 1, fixture->one, "Archive");
	RowId made = message_of(operation, 0)->new_row;
	g_autoptr(StoreRow) row = store_view_row(fixture->mail->view, fixture->one);

	(void)data;
	g_assert_true(ROW_IS_PROVISIONAL(made));
	g_assert_cmpint(row->id, ==, made);
	g_assert_cmpstr(row->folder_name, ==, "Archive");
	g_assert_cmpuint(row->flags, ==, MESSAGE_PENDING);
	mail_assert_counts(fixture->mail, "INBOX", 1, 0, 0);
	mail_assert_counts(fixture->mail, "Archive", 1, 1, 0);
	mail_assert_threads(fixture->mail, fixture->archive, "p");
}

static void
test_move_confirmed(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) operation = move(fixture, 1, fixture->one, "Archive");
	g_autoptr(StoreRow) row = NULL;
	FolderId folder;
	guint32 uid;

	(void)data;
	confirm(fixture, operation, 77);
	row = store_view_row(fixture->mail->view, fixture->one);
	g_assert_cmpint(row->id, ==, ROW_ID(fixture->archive, 77));
	g_assert_cmpuint(row->flags, ==, 0);
	g_assert_cmpint(
		store_view_current(fixture->mail->view, message_of(operation, 0)->new_row), ==, row->id);
	g_assert_true(store_cache_refind(fixture->mail->cache, message_of(operation, 0), &folder, &uid));
	g_assert_cmpint(folder, ==, fixture->archive);
	g_assert_cmpuint(uid, ==, 77);
}

static void
test_moved_content_is_kept(Fixture *fixture, gconstpointer data)
{
	g_autoptr(StoreRow) before = store_view_row(fixture->mail->view, fixture->one), after = NULL;
	g_autoptr(Operation) operation = NULL;

	(void)data;
	operation = move(fixture, 1, fixture->one, "Archive");
	/* The server tells of the copy before it says which one it is. */
	mail_put(fixture->mail, fixture->archive, mail_message(1, 0, 1, "about", "a", NULL));
	confirm(fixture, operation, 1);
	after = store_view_row(fixture->mail->view, ROW_ID(fixture->archive, 1));
	g_assert_cmpint(before->cid, ==, after->cid);
	mail_assert_counts(fixture->mail, "Archive", 1, 1, 0);
}

static void
test_move_taken_back(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) operation = move(fixture, 1, fixture->one, "Archive");
	g_autoptr(StoreRow) row = NULL;

	(void)data;
	revert(fixture, operation, FALSE);
	row = store_view_row(fixture->mail->view, fixture->one);
	g_assert_cmpint(row->id, ==, fixture->one);
	g_assert_null(store_view_row(fixture->mail->view, message_of(operation, 0)->new_row));
	mail_assert_counts(fixture->mail, "INBOX", 2, 1, 0);
	mail_assert_counts(fixture->mail, "Archive", 0, 0, 0);
	mail_assert_threads(fixture->mail, fixture->inbox, "1 2[1]");
}

static void
test_server_changes_the_source_of_a_move(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) operation = move(fixture, 1, fixture->one, "Archive");

	(void)data;
	server_flags(fixture, 1, MESSAGE_FLAGGED, NULL);
	mail_assert_counts(fixture->mail, "INBOX", 1, 0, 0);
	revert(fixture, operation, FALSE);
	g_assert_cmpuint(flags_of(fixture, fixture->one), ==, MESSAGE_FLAGGED);
	mail_assert_counts(fixture->mail, "INBOX", 2, 1, 1);
}

static void
test_hidden_source_still_counts_as_here(Fixture *fixture, gconstpointer data)
{
	G_GNUC_UNUSED g_autoptr(Operation) operation = move(fixture, 1, fixture->one, "Archive");
	g_autoptr(GArray) uids = store_cache_uids(fixture->mail->cache, fixture->inbox, 1, G_MAXUINT32);

	(void)data;
	g_assert_cmpuint(uids->len, ==, 2);
	mail_put(fixture->mail, fixture->inbox, mail_message(1, 0, 1, "about", "a", NULL));
	mail_assert_counts(fixture->mail, "INBOX", 1, 0, 0);
}

static void
test_source_expunged_while_moving(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) operation = move(fixture, 1, fixture->one, "Archive");
	UidRange gone = {1, 1};

	(void)data;
	g_assert_true(store_cache_expunge(fixture->mail->cache, fixture->inbox, &gone, 1, NULL));
	mail_assert_counts(fixture->mail, "INBOX", 1, 0, 0);
	confirm(fixture, operation, 5);
	mail_assert_counts(fixture->mail, "Archive", 1, 1, 0);
}

static void
test_move_found_by_intake(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) operation = move(fixture, 1, fixture->one, "Archive");
	StoreIntake *message = mail_message(9, MESSAGE_SEEN, 1, "about", "a", NULL);

	(void)data;
	message->size = 1001;
	mail_put(fixture->mail, fixture->archive, message);
	g_assert_cmpint(
		store_view_current(fixture->mail->view, fixture->one), ==, ROW_ID(fixture->archive, 9));
	mail_assert_counts(fixture->mail, "Archive", 1, 0, 0);
	confirm(fixture, operation, 9);
	g_assert_cmpuint(flags_of(fixture, fixture->one), ==, MESSAGE_SEEN);
	mail_assert_counts(fixture->mail, "INBOX", 1, 0, 0);
}

static void
test_move_without_a_uid_waits_for_it(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) operation = move(fixture, 1, fixture->one, "Archive");
	StoreIntake *message = mail_message(9, 0, 1, "about", "a", NULL);

	(void)data;
	confirm(fixture, operation, 0);
	g_assert_cmpuint(flags_of(fixture, fixture->one), ==, MESSAGE_PENDING);
	message->size = 1001;
	mail_put(fixture->mail, fixture->archive, message);
	g_assert_cmpint(
		store_view_current(fixture->mail->view, fixture->one), ==, ROW_ID(fixture->archive, 9));
	mail_assert_counts(fixture->mail, "Archive", 1, 1, 0);
}

static void
test_older_copy_in_the_target_is_not_taken_for_it(Fixture *fixture, gconstpointer data)
{
	StoreIntake *older = mail_message(3, 0, 1, "about", "a", NULL);
	g_autoptr(Operation) operation = NULL;

	(void)data;
	g_assert_true(store_cache_set_status(fixture->mail->cache, fixture->archive, 1, 1, 4, 1, 0, NULL));
	operation = move(fixture, 1, fixture->one, "Archive");
	older->size = 1001;
	mail_put(fixture->mail, fixture->archive, older);
	g_assert_true(ROW_IS_PROVISIONAL(store_view_current(fixture->mail->view, fixture->one)));
}

static void
test_moved_on_before_the_first_is_confirmed(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) first = move(fixture, 1, fixture->one, "Archive");
	g_autoptr(Operation) second = move(fixture, 2, message_of(first, 0)->new_row, "Sent");
	FolderId sent = mail_folder(fixture->mail, "Sent"), folder;
	guint32 uid;

	(void)data;
	mail_assert_counts(fixture->mail, "Archive", 0, 0, 0);
	confirm(fixture, first, 5);
	/* Where the second one finds it on the server. */
	g_assert_true(store_cache_refind(fixture->mail->cache, message_of(second, 0), &folder, &uid));
	g_assert_cmpint(folder, ==, fixture->archive);
	g_assert_cmpuint(uid, ==, 5);
	g_assert_cmpint(ROW_FOLDER(store_view_current(fixture->mail->view, fixture->one)), ==, sent);
	confirm(fixture, second, 6);
	g_assert_cmpint(store_view_current(fixture->mail->view, fixture->one), ==, ROW_ID(sent, 6));
	mail_assert_counts(fixture->mail, "Archive", 0, 0, 0);
}

static void
test_flag_then_move_then_both_taken_back(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) flags = flag(fixture, 1, fixture->one, MESSAGE_FLAGGED, 0);
	g_autoptr(Operation) moved = move(fixture, 2, fixture->one, "Archive");
	g_autoptr(Operation) seen = flag(fixture, 3, message_of(moved, 0)->new_row, MESSAGE_SEEN, 0);

	(void)data;
	mail_assert_counts(fixture->mail, "Archive", 1, 0, 1);
	revert(fixture, moved, FALSE);
	g_assert_cmpuint(
		flags_of(fixture, fixture->one), ==, MESSAGE_FLAGGED | MESSAGE_SEEN | MESSAGE_PENDING);
	revert(fixture, flags, FALSE);
	confirm(fixture, seen, 0);
	g_assert_cmpuint(flags_of(fixture, fixture->one), ==, MESSAGE_SEEN);
	mail_assert_counts(fixture->mail, "INBOX", 2, 0, 0);
}

static void
test_flag_then_move_both_confirmed(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) flags = flag(fixture, 1, fixture->one, MESSAGE_FLAGGED, 0);
	g_autoptr(Operation) moved = move(fixture, 2, fixture->one, "Archive");

	(void)data;
	confirm(fixture, flags, 0);
	confirm(fixture, moved, 8);
	g_assert_cmpuint(flags_of(fixture, fixture->one), ==, MESSAGE_FLAGGED);
	mail_assert_counts(fixture->mail, "Archive", 1, 1, 1);
}

static void
test_copy(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) operation = on_row(fixture, OPERATION_COPY, 1, fixture->two, "Archive");

	(void)data;
	apply(fixture, operation);
	mail_assert_counts(fixture->mail, "INBOX", 2, 1, 0);
	mail_assert_counts(fixture->mail, "Archive", 1, 0, 0);
	revert(fixture, operation, TRUE);
	mail_assert_counts(fixture->mail, "Archive", 0, 0, 0);
	g_assert_cmpuint(flags_of(fixture, fixture->two), ==, MESSAGE_SEEN | MESSAGE_FAILED);
	g_assert_true(store_cache_forget(fixture->mail->cache, operation, NULL));
}

static void
test_expunge(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) first = on_row(fixture, OPERATION_EXPUNGE, 1, fixture->one, NULL);
	g_autoptr(Operation) second = on_row(fixture, OPERATION_EXPUNGE, 2, fixture->two, NULL);

	(void)data;
	apply(fixture, first);
	apply(fixture, second);
	g_assert_null(store_view_row(fixture->mail->view, fixture->one));
	revert(fixture, first, FALSE);
	confirm(fixture, second, 0);
	mail_assert_counts(fixture->mail, "INBOX", 1, 1, 0);
	mail_assert_threads(fixture->mail, fixture->inbox, "1");
}

static void
test_append(Fixture *fixture, gconstpointer data)
{
	static const char text[] = "From: me@x.org\r\nSubject: draft\r\nMessage-ID: <d@x>\r\n\r\nBody\r\n";
	g_autoptr(Operation) operation = new_operation(OPERATION_APPEND, 1, "Sent");
	g_autoptr(StoreRow) row = NULL;
	g_autoptr(GBytes) body = NULL;

	(void)data;
	operation->content = g_bytes_new_static(text, sizeof text - 1);
	operation->add_flags = MESSAGE_SEEN;
	operation_add_message(operation);
	apply(fixture, operation);
	row = store_view_row(fixture->mail->view, message_of(operation, 0)->new_row);
	g_assert_cmpstr(row->subject, ==, "draft");
	body = store_view_part(fixture->mail->view, row->cid, "");
	g_assert_cmpmem(g_bytes_get_data(body, NULL), g_bytes_get_size(body), text, sizeof text - 1);
	mail_assert_counts(fixture->mail, "Sent", 1, 0, 0);
	confirm(fixture, operation, 3);
	g_assert_cmpint(store_view_current(fixture->mail->view, row->id), ==,
		ROW_ID(mail_folder(fixture->mail, "Sent"), 3));
}

/* ---- a cache that was thrown away -------------------------------------------------------- */

static void
test_awaits_what_is_not_here(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) flags = new_operation(OPERATION_FLAGS, 1, NULL),
			     moved = new_operation(OPERATION_MOVE, 2, "Archive");
	Operation *operations[] = {flags, moved};

	(void)data;
	flags->add_flags = MESSAGE_FLAGGED;
	for (int i = 0; i < 2; i++) {
		OperationMessage *message = operation_add_message(operations[i]);
		message->row = ROW_ID(fixture->inbox + 5, 50);
		message->folder = g_strdup("INBOX");
		message->uidvalidity = 1;
		message->uid = 50;
		apply(fixture, operations[i]);
	}
	mail_reopen(fixture->mail);
	mail_put(fixture->mail, fixture->inbox, mail_message(50, 0, 5, "about", "x", NULL));
	mail_assert_counts(fixture->mail, "INBOX", 2, 1, 0);
	mail_assert_counts(fixture->mail, "Archive", 1, 1, 1);
	confirm(fixture, flags, 0);
	confirm(fixture, moved, 60);
	g_assert_cmpuint(flags_of(fixture, ROW_ID(fixture->archive, 60)), ==, MESSAGE_FLAGGED);
}

static void
test_uidvalidity_parks_and_refinds(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) operation = flag(fixture, 1, fixture->one, MESSAGE_FLAGGED, 0);
	StoreIntake *again = mail_message(40, 0, 1, "about", "a", NULL);
	FolderId folder;
	guint32 uid;

	(void)data;
	fixture->inbox = mail_select(fixture->mail, "INBOX", 2);
	g_assert_false(store_cache_refind(fixture->mail->cache, message_of(operation, 0), &folder, &uid));
	again->size = 1001;
	mail_put(fixture->mail, fixture->inbox, again);
	/* Another message under the uid it had. */
	mail_put(fixture->mail, fixture->inbox, mail_message(1, 0, 1, "other", "z", NULL));
	g_assert_true(store_cache_refind(fixture->mail->cache, message_of(operation, 0), &folder, &uid));
	g_assert_cmpuint(uid, ==, 40);
	g_assert_cmpuint(flags_of(fixture, ROW_ID(fixture->inbox, 1)), ==, 0);
}

static void
test_two_matches_are_none(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) operation = flag(fixture, 1, fixture->one, MESSAGE_FLAGGED, 0);
	FolderId folder;
	guint32 uid;

	(void)data;
	fixture->inbox = mail_select(fixture->mail, "INBOX", 2);
	for (guint32 i = 40; i < 42; i++) {
		StoreIntake *again = mail_message(i, 0, 1, "about", "a", NULL);
		again->size = 1001;
		mail_put(fixture->mail, fixture->inbox, again);
	}
	g_assert_false(store_cache_refind(fixture->mail->cache, message_of(operation, 0), &folder, &uid));
}

/* ---- folders ------------------------------------------------------------------------------- */

static const char *const server_list[] = {"INBOX:inbox", "Archive:archive", "Sent:sent", "Trash:trash", NULL};

static void
test_folder_created(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) operation = new_operation(OPERATION_FOLDER_CREATE, 1, "Neu/Über");
	g_autoptr(StoreFolder) folder = NULL;

	(void)data;
	apply(fixture, operation);
	mail_set_folders(fixture->mail, server_list);
	folder = store_view_folder(fixture->mail->view, "Neu/Über");
	g_assert_true(folder->pending);
	g_assert_cmpstr(folder->raw, ==, "Neu/&ANw-ber");
	revert(fixture, operation, FALSE);
	g_assert_null(store_view_folder(fixture->mail->view, "Neu/Über"));
}

static void
test_folder_renamed_with_its_children(Fixture *fixture, gconstpointer data)
{
	static const char *const before[] = {"INBOX:inbox", "A", "A/b", "Ab", NULL};
	static const char *const after[] = {"INBOX:inbox", "C", "C/b", "Ab", NULL};
	g_autoptr(Operation) operation = new_operation(OPERATION_FOLDER_RENAME, 1, "A");
	FolderId a, b;

	(void)data;
	operation->new_name = g_strdup("C");
	mail_set_folders(fixture->mail, before);
	a = mail_folder(fixture->mail, "A");
	b = mail_folder(fixture->mail, "A/b");
	apply(fixture, operation);
	g_assert_cmpint(mail_folder(fixture->mail, "C"), ==, a);
	g_assert_cmpint(mail_folder(fixture->mail, "C/b"), ==, b);
	g_assert_cmpint(mail_folder(fixture->mail, "Ab"), !=, 0);
	/* The server does not know yet. */
	mail_set_folders(fixture->mail, before);
	g_assert_null(store_view_folder(fixture->mail->view, "A"));
	confirm(fixture, operation, 0);
	mail_set_folders(fixture->mail, after);
	g_assert_cmpint(mail_folder(fixture->mail, "C/b"), ==, b);
	g_assert_cmpint(mail_folder(fixture->mail, "C"), ==, a);
}

static void
test_folder_deleted_and_back(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) operation = new_operation(OPERATION_FOLDER_DELETE, 1, "INBOX");

	(void)data;
	apply(fixture, operation);
	g_assert_null(store_view_folder(fixture->mail->view, "INBOX"));
	mail_set_folders(fixture->mail, server_list);
	g_assert_null(store_view_folder(fixture->mail->view, "INBOX"));
	revert(fixture, operation, FALSE);
	mail_assert_counts(fixture->mail, "INBOX", 2, 1, 0);
}

static void
test_folder_deleted_for_good(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) operation = new_operation(OPERATION_FOLDER_DELETE, 1, "INBOX");

	(void)data;
	apply(fixture, operation);
	confirm(fixture, operation, 0);
	g_assert_null(store_view_row(fixture->mail->view, fixture->one));
}

static void
test_folder_subscribed(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Operation) operation = new_operation(OPERATION_FOLDER_UNSUBSCRIBE, 1, "Archive");
	g_autoptr(StoreFolder) off = NULL, on = NULL;

	(void)data;
	apply(fixture, operation);
	mail_set_folders(fixture->mail, server_list);
	off = store_view_folder(fixture->mail->view, "Archive");
	g_assert_false(off->subscribed);
	revert(fixture, operation, FALSE);
	on = store_view_folder(fixture->mail->view, "Archive");
	g_assert_true(on->subscribed);
}

/* ---- anything in any order -------------------------------------------------------------------- */

#define STEPS 400

static void
random_apply(Fixture *fixture, GPtrArray *open, gint64 id)
{
	static const char *const targets[] = {"INBOX", "Archive", "Sent", "Trash"};
	static const OperationKind kinds[] = {
		OPERATION_FLAGS, OPERATION_MOVE, OPERATION_COPY, OPERATION_EXPUNGE};
	FolderId from = mail_folder(fixture->mail, targets[g_test_rand_int_range(0, 4)]);
	StoreOrderSpec spec = {.key = SORT_DATE};
	g_autoptr(StoreOrder) order = store_view_order(fixture->mail->view, from, &spec, NULL);
	Operation *operation =
		new_operation(kinds[g_test_rand_int_range(0, 4)], id, targets[g_test_rand_int_range(0, 4)]);

	operation->add_flags = (guint32)g_test_rand_int_range(0, 8);
	operation->remove_flags = (guint32)g_test_rand_int_range(0, 8) & ~operation->add_flags;
	for (gsize i = 0; i < order->length && i < 3; i++)
		store_view_describe(
			fixture->mail->view, order->entries[i].id, operation_add_message(operation));
	if (operation->messages->len == 0) {
		operation_free(operation);
		return;
	}
	apply(fixture, operation);
	g_ptr_array_add(open, operation);
}

static void
random_end(Fixture *fixture, GPtrArray *open, guint32 *uid)
{
	guint at = (guint)g_test_rand_int_range(0, (gint)open->len);
	Operation *operation = g_ptr_array_index(open, at);
	gboolean good = g_test_rand_bit();

	if (good)
		for (guint i = 0; i < operation->messages->len; i++)
			g_assert_true(store_cache_confirm(fixture->mail->cache, operation, (gint)i,
				operation->kind == OPERATION_FLAGS || g_test_rand_int_range(0, 4) == 0
					? 0
					: (*uid)++,
				NULL));
	else
		revert(fixture, operation, g_test_rand_bit());
	g_ptr_array_remove_index(open, at);
}

static void
random_server(Fixture *fixture, guint32 *uid)
{
	FolderId folders[] = {fixture->inbox, fixture->archive};
	FolderId folder = folders[g_test_rand_int_range(0, 2)];
	g_autofree char *id = g_strdup_printf("m%d", g_test_rand_int_range(0, 40));
	g_autofree char *up = g_strdup_printf("m%d", g_test_rand_int_range(0, 40));
	StoreFlagUpdate update = {(guint32)g_test_rand_int_range(1, (gint)*uid),
		(guint32)g_test_rand_int_range(0, 16), NULL, 0};
	UidRange gone = {update.uid, update.uid + 1};

	switch (g_test_rand_int_range(0, 4)) {
	case 0:
		g_assert_true(store_cache_expunge(fixture->mail->cache, folder, &gone, 1, NULL));
		break;
	case 1:
		g_assert_true(store_cache_update_flags(fixture->mail->cache, folder, &update, 1, NULL));
		break;
	default:
		mail_put(fixture->mail, folder,
			mail_message((*uid)++, update.flags, 1, "a", id, g_test_rand_bit() ? up : NULL));
		break;
	}
}

static void
test_anything_keeps_the_books(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GPtrArray) open = g_ptr_array_new_with_free_func((GDestroyNotify)operation_free);
	guint32 uid = 100;

	(void)data;
	for (gint64 step = 1; step <= STEPS; step++) {
		int what = g_test_rand_int_range(0, 10);
		if (what < 4)
			random_server(fixture, &uid);
		else if (what < 8)
			random_apply(fixture, open, step);
		else if (open->len > 0)
			random_end(fixture, open, &uid);
		if (step % 20 == 0)
			mail_check(fixture->mail);
		if (step % 90 == 0)
			mail_reopen(fixture->mail);
	}
	while (open->len > 0)
		random_end(fixture, open, &uid);
}

typedef void (*TestFunction)(Fixture *fixture, gconstpointer data);

static const struct {
	const char *path;
	TestFunction run;
} tests[] = {
	{"flags/at-once", test_flags_show_at_once},
	{"flags/taken-back", test_flags_taken_back},
	{"flags/failed", test_failed_shows_until_forgotten},
	{"flags/server-beneath", test_server_changes_beneath_what_is_pending},
	{"flags/one-of-two", test_one_of_two_taken_back},
	{"flags/later-wins", test_later_operation_wins},
	{"flags/keywords", test_keywords},
	{"twice", test_applied_twice_is_once},
	{"move/at-once", test_move_stands_in_its_target},
	{"move/confirmed", test_move_confirmed},
	{"move/content", test_moved_content_is_kept},
	{"move/taken-back", test_move_taken_back},
	{"move/source-changed", test_server_changes_the_source_of_a_move},
	{"move/source-here", test_hidden_source_still_counts_as_here},
	{"move/source-expunged", test_source_expunged_while_moving},
	{"move/found-by-intake", test_move_found_by_intake},
	{"move/no-uid", test_move_without_a_uid_waits_for_it},
	{"move/older-copy", test_older_copy_in_the_target_is_not_taken_for_it},
	{"move/twice", test_moved_on_before_the_first_is_confirmed},
	{"move/with-flags-back", test_flag_then_move_then_both_taken_back},
	{"move/with-flags", test_flag_then_move_both_confirmed},
	{"copy", test_copy},
	{"expunge", test_expunge},
	{"append", test_append},
	{"awaited", test_awaits_what_is_not_here},
	{"refind/uidvalidity", test_uidvalidity_parks_and_refinds},
	{"refind/two", test_two_matches_are_none},
	{"folder/create", test_folder_created},
	{"folder/rename", test_folder_renamed_with_its_children},
	{"folder/delete-back", test_folder_deleted_and_back},
	{"folder/delete", test_folder_deleted_for_good},
	{"folder/subscribe", test_folder_subscribed},
	{"anything", test_anything_keeps_the_books},
};

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *path = g_strconcat("/store/operations/", tests[i].path, NULL);
		g_test_add(path, Fixture, NULL, set_up, tests[i].run, tear_down);
	}
	return g_test_run();
}
