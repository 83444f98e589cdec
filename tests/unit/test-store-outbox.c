/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/outbox.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store-scratch.h"
#include "util/fault.h"

static OutboxMessage *
make_message(const char *account, gint64 due)
{
	OutboxMessage *message = outbox_message_new();

	message->account = g_strdup(account);
	message->sender = g_strdup("alice@example.org");
	g_ptr_array_add(message->recipients, g_strdup("bob@example.org"));
	g_ptr_array_add(message->recipients, g_strdup("\"odd name\"@example.org"));
	message->message = g_bytes_new_static("To: bob\r\n\r\nhi", 13);
	message->subject = g_strdup("hi");
	message->message_id = g_strdup("<1@example.org>");
	message->made = 100;
	message->due = due;
	message->answers = ROW_ID(1, 2);
	message->dsn = TRUE;
	return message;
}

static gint64
add_message(Journal *journal, const char *account, gint64 due)
{
	g_autoptr(OutboxMessage) message = make_message(account, due);
	g_autoptr(GError) error = NULL;

	g_assert_true(outbox_add(journal, message, &error));
	g_assert_no_error(error);
	return message->id;
}

static OutboxState
state_of(Journal *journal, gint64 id)
{
	g_autoptr(OutboxMessage) message = outbox_get(journal, id);

	return message->state;
}

static void
test_what_is_added_comes_back_whole(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	g_autoptr(OutboxMessage) message = make_message("work", 110);
	g_autoptr(OutboxMessage) back = NULL;

	message->copy = g_bytes_new_static("Bcc: eve\r\n\r\nhi", 14);
	g_assert_true(outbox_add(scratch->journal, message, NULL));
	scratch_reopen(scratch);
	back = outbox_get(scratch->journal, message->id);
	g_assert_cmpstr(back->account, ==, "work");
	g_assert_cmpstr(back->sender, ==, "alice@example.org");
	g_assert_cmpuint(back->recipients->len, ==, 2);
	g_assert_cmpstr(g_ptr_array_index(back->recipients, 1), ==, "\"odd name\"@example.org");
	g_assert_true(g_bytes_equal(back->message, message->message));
	g_assert_true(g_bytes_equal(back->copy, message->copy));
	g_assert_cmpint(back->due, ==, 110);
	g_assert_cmpint(back->answers, ==, ROW_ID(1, 2));
	g_assert_true(back->dsn);
	g_assert_false(back->filed);
}

static void
test_a_line_end_in_a_recipient_is_refused(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	g_autoptr(OutboxMessage) message = make_message("work", 0);
	g_autoptr(OutboxMessage) nobody = make_message("work", 0);
	g_autoptr(GError) error = NULL;

	g_ptr_array_add(message->recipients, g_strdup("x@y\nRCPT TO:<z@y>"));
	g_assert_false(outbox_add(scratch->journal, message, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_INPUT);
	g_ptr_array_set_size(nobody->recipients, 0);
	g_assert_false(outbox_add(scratch->journal, nobody, NULL));
}

static void
test_only_what_is_due_is_taken_and_once(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	gint64 later = add_message(scratch->journal, "work", 200);
	gint64 due = add_message(scratch->journal, "work", 100);
	gint64 next = -1;
	g_autoptr(OutboxMessage) taken = outbox_take(scratch->journal, "work", "host:1", 150, &next);

	g_assert_cmpint(taken->id, ==, due);
	g_assert_cmpint(taken->state, ==, OUTBOX_SENDING);
	g_assert_cmpstr(taken->owner, ==, "host:1");
	g_assert_nonnull(taken->message);
	g_assert_cmpint(next, ==, 200);
	g_assert_null(outbox_take(scratch->journal, "work", "host:2", 150, &next));
	g_assert_null(outbox_take(scratch->journal, "home", "host:2", 500, &next));
	g_assert_cmpint(next, ==, 0);
	g_assert_cmpint(state_of(scratch->journal, later), ==, OUTBOX_QUEUED);
}

static void
test_what_is_being_sent_cannot_be_canceled(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	gint64 id = add_message(scratch->journal, "work", 0);
	g_autoptr(GError) error = NULL;
	g_autoptr(OutboxMessage) taken = outbox_take(scratch->journal, "work", "host:1", 1, NULL);

	g_assert_nonnull(taken);
	g_assert_false(outbox_cancel(scratch->journal, id, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_REFUSED);
}

static void
test_what_was_canceled_is_not_sent(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	gint64 id = add_message(scratch->journal, "work", 0);

	g_assert_true(outbox_cancel(scratch->journal, id, NULL));
	g_assert_null(outbox_take(scratch->journal, "work", "host:1", 1, NULL));
	g_assert_false(outbox_retry(scratch->journal, id, 1, NULL));
	g_assert_false(outbox_set_state(scratch->journal, id, OUTBOX_SENDING, NULL, NULL));
	g_assert_cmpint(state_of(scratch->journal, id), ==, OUTBOX_CANCELED);
}

static void
test_sent_stays_sent(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	gint64 id = add_message(scratch->journal, "work", 0);
	g_autoptr(OutboxMessage) back = NULL;

	g_assert_true(outbox_set_state(scratch->journal, id, OUTBOX_SENT, "250 ok", NULL));
	g_assert_false(outbox_retry(scratch->journal, id, 1, NULL));
	g_assert_false(outbox_postpone(scratch->journal, id, 1, "x", NULL));
	g_assert_true(outbox_set_filed(scratch->journal, id, NULL));
	back = outbox_get(scratch->journal, id);
	g_assert_cmpint(back->state, ==, OUTBOX_SENT);
	g_assert_cmpstr(back->result, ==, "250 ok");
	g_assert_null(back->error);
	g_assert_true(back->filed);
}

static void
test_after_a_crash_only_the_dot_is_uncertain(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	gint64 queued = add_message(scratch->journal, "work", 900);
	gint64 sending = add_message(scratch->journal, "work", 0);
	gint64 dot = add_message(scratch->journal, "work", 0);
	gint64 other = add_message(scratch->journal, "home", 0);

	g_assert_true(outbox_set_state(scratch->journal, sending, OUTBOX_SENDING, NULL, NULL));
	g_assert_true(outbox_set_state(scratch->journal, dot, OUTBOX_DOT, NULL, NULL));
	g_assert_true(outbox_set_state(scratch->journal, other, OUTBOX_DOT, NULL, NULL));
	scratch_reopen(scratch);
	g_assert_true(outbox_recover(scratch->journal, "work", NULL));
	g_assert_cmpint(state_of(scratch->journal, queued), ==, OUTBOX_QUEUED);
	g_assert_cmpint(state_of(scratch->journal, sending), ==, OUTBOX_QUEUED);
	g_assert_cmpint(state_of(scratch->journal, dot), ==, OUTBOX_UNCERTAIN);
	g_assert_cmpint(state_of(scratch->journal, other), ==, OUTBOX_DOT);
	/* Never by itself, only when asked for. */
	g_assert_true(outbox_retry(scratch->journal, dot, 5, NULL));
	g_assert_cmpint(state_of(scratch->journal, dot), ==, OUTBOX_QUEUED);
}

static void
test_postponed_counts_attempts(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	gint64 id = add_message(scratch->journal, "work", 0);
	g_autoptr(OutboxMessage) back = NULL;

	g_assert_true(outbox_set_state(scratch->journal, id, OUTBOX_SENDING, NULL, NULL));
	g_assert_true(outbox_postpone(scratch->journal, id, 300, "451 later", NULL));
	back = outbox_get(scratch->journal, id);
	g_assert_cmpint(back->state, ==, OUTBOX_QUEUED);
	g_assert_cmpint(back->due, ==, 300);
	g_assert_cmpuint(back->attempts, ==, 1);
	g_assert_cmpstr(back->error, ==, "451 later");
	g_assert_null(back->owner);
}

static void
test_lists(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	gint64 sent = add_message(scratch->journal, "work", 0);
	g_autoptr(GPtrArray) open = NULL;
	g_autoptr(GPtrArray) all = NULL;

	add_message(scratch->journal, "home", 0);
	g_assert_true(outbox_set_state(scratch->journal, sent, OUTBOX_SENT, "250", NULL));
	open = outbox_list(scratch->journal, NULL, TRUE);
	g_assert_cmpuint(open->len, ==, 1);
	g_assert_null(((OutboxMessage *)g_ptr_array_index(open, 0))->message);
	all = outbox_list(scratch->journal, "work", FALSE);
	g_assert_cmpuint(all->len, ==, 1);
}

/* Two senders want the same messages: none may be taken twice. */
static void
test_two_senders_never_take_the_same(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	guint taken = 0;
	guint8 of_child = 0;
	int fds[2];
	pid_t child;

	for (guint i = 0; i < 60; i++)
		add_message(scratch->journal, "work", 0);
	journal_close(g_steal_pointer(&scratch->journal));
	g_assert_cmpint(pipe(fds), ==, 0);
	child = fork();
	scratch_reopen(scratch);
	for (OutboxMessage *message; (message = outbox_take(scratch->journal, "work", "x", 1, NULL)) != NULL;
		taken++)
		outbox_message_free(message);
	if (child == 0) {
		of_child = (guint8)taken;
		_exit(write(fds[1], &of_child, 1) == 1 ? 0 : 1);
	}
	waitpid(child, NULL, 0);
	g_assert_cmpint(read(fds[0], &of_child, 1), ==, 1);
	g_assert_cmpuint(taken + of_child, ==, 60);
	close(fds[0]);
	close(fds[1]);
}

/* ---- drafts ------------------------------------------------------------------------ */

static StoreDraft *
make_draft(const char *text)
{
	StoreDraft *draft = g_new0(StoreDraft, 1);

	draft->account = g_strdup("work");
	draft->message_id = g_strdup("<d@example.org>");
	draft->saved = 50;
	draft->subject = g_strdup("later");
	draft->state = g_strdup("answers=3\n");
	draft->message = g_bytes_new(text, strlen(text));
	return draft;
}

static void
test_a_draft_keeps_its_id_and_grows_its_revision(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	g_autoptr(StoreDraft) draft = make_draft("one");
	g_autoptr(StoreDraft) back = NULL;
	g_autoptr(GPtrArray) list = NULL;
	gint64 id;

	g_assert_true(draft_save(scratch->journal, draft, NULL));
	id = draft->id;
	g_clear_pointer(&draft->message, g_bytes_unref);
	draft->message = g_bytes_new_static("two", 3);
	draft->server_uid = 5;
	g_assert_true(draft_save(scratch->journal, draft, NULL));
	g_assert_cmpint(draft->id, ==, id);
	g_assert_cmpuint(draft->revision, ==, 2);
	scratch_reopen(scratch);
	back = draft_by_message_id(scratch->journal, "<d@example.org>");
	g_assert_cmpint(back->id, ==, id);
	g_assert_cmpuint(back->revision, ==, 2);
	g_assert_cmpuint(back->server_uid, ==, 5);
	g_assert_cmpstr(back->state, ==, "answers=3\n");
	g_assert_true(g_bytes_equal(back->message, draft->message));
	list = draft_list(scratch->journal, NULL);
	g_assert_cmpuint(list->len, ==, 1);
}

static void
test_a_draft_removed_meanwhile_is_saved_again(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	g_autoptr(StoreDraft) draft = make_draft("one");
	g_autoptr(StoreDraft) back = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(draft_save(scratch->journal, draft, NULL));
	g_assert_true(draft_remove(scratch->journal, draft->id, NULL));
	g_assert_false(draft_remove(scratch->journal, draft->id, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_UNKNOWN);
	g_assert_true(draft_save(scratch->journal, draft, NULL));
	back = draft_get(scratch->journal, draft->id);
	g_assert_nonnull(back->message);
}

static void
test_a_kill_keeps_the_last_saved_draft(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	g_autoptr(StoreDraft) back = NULL;
	guint revision = 0, read_revision;
	int fds[2];
	pid_t child;

	journal_close(g_steal_pointer(&scratch->journal));
	g_assert_cmpint(pipe(fds), ==, 0);
	child = fork();
	if (child == 0) {
		StoreDraft *draft = make_draft("text");
		scratch_reopen(scratch);
		while (draft_save(scratch->journal, draft, NULL) &&
			write(fds[1], &draft->revision, sizeof(guint)) > 0)
			;
		_exit(1);
	}
	close(fds[1]);
	g_usleep(150000);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	while (read(fds[0], &read_revision, sizeof read_revision) == (gssize)sizeof read_revision)
		revision = read_revision;
	close(fds[0]);
	scratch_reopen(scratch);
	back = draft_by_message_id(scratch->journal, "<d@example.org>");
	g_assert_cmpuint(revision, >, 0);
	g_assert_cmpuint(back->revision, >=, revision);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/outbox/round-trip", test_what_is_added_comes_back_whole);
	g_test_add_func("/outbox/line-end", test_a_line_end_in_a_recipient_is_refused);
	g_test_add_func("/outbox/take", test_only_what_is_due_is_taken_and_once);
	g_test_add_func("/outbox/cancel-late", test_what_is_being_sent_cannot_be_canceled);
	g_test_add_func("/outbox/canceled", test_what_was_canceled_is_not_sent);
	g_test_add_func("/outbox/sent", test_sent_stays_sent);
	g_test_add_func("/outbox/recover", test_after_a_crash_only_the_dot_is_uncertain);
	g_test_add_func("/outbox/postpone", test_postponed_counts_attempts);
	g_test_add_func("/outbox/lists", test_lists);
	g_test_add_func("/outbox/two-senders", test_two_senders_never_take_the_same);
	g_test_add_func("/draft/revision", test_a_draft_keeps_its_id_and_grows_its_revision);
	g_test_add_func("/draft/removed", test_a_draft_removed_meanwhile_is_saved_again);
	g_test_add_func("/draft/kill", test_a_kill_keeps_the_last_saved_draft);
	return g_test_run();
}
