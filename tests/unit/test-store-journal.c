/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/journal.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store-scratch.h"
#include "util/fault.h"

#define DAY 86400

static Operation *
make_move(const char *account, guint messages)
{
	Operation *operation = operation_new(OPERATION_MOVE, account);

	operation->target = g_strdup("Archiv/Größe");
	operation->made = 1700000000;
	operation->words = g_strdup("Moved");
	for (guint i = 0; i < messages; i++) {
		OperationMessage *message = operation_add_message(operation);
		message->row = ROW_ID(3, i + 1);
		message->folder = g_strdup("INBOX");
		message->uidvalidity = G_MAXUINT32;
		message->uid = i + 1;
		message->key = G_MAXUINT64 - i;
		message->size = 4000000000u;
		message->received = -5;
		message->old_flags = MESSAGE_SEEN;
		message->old_keywords = i == 0 ? g_strdup("$Label1 x") : NULL;
	}
	return operation;
}

static gint64
add_one(Journal *journal, OperationKind kind, const char *account)
{
	g_autoptr(Operation) operation = operation_new(kind, account);
	g_autoptr(GError) error = NULL;

	operation->made = 1700000000;
	g_assert_true(journal_add(journal, &operation, 1, &error));
	g_assert_no_error(error);
	g_assert_cmpint(operation->id, >, 0);
	return operation->id;
}

static void
test_what_is_added_comes_back_whole(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	g_autoptr(Operation) operation = make_move("work", 2);
	g_autoptr(Operation) back = NULL;
	OperationMessage *message;

	operation->add_flags = MESSAGE_FLAGGED;
	operation->add_keywords = g_strdup("$a");
	operation->undoes = 77;
	g_assert_true(journal_add(scratch->journal, &operation, 1, NULL));
	scratch_reopen(scratch);
	back = journal_get(scratch->journal, operation->id);
	g_assert_cmpstr(back->account, ==, "work");
	g_assert_cmpint(back->kind, ==, OPERATION_MOVE);
	g_assert_cmpint(back->group, ==, operation->id);
	g_assert_cmpstr(back->target, ==, "Archiv/Größe");
	g_assert_cmpuint(back->add_flags, ==, MESSAGE_FLAGGED);
	g_assert_cmpstr(back->add_keywords, ==, "$a");
	g_assert_null(back->remove_keywords);
	g_assert_cmpint(back->undoes, ==, 77);
	g_assert_cmpstr(back->words, ==, "Moved");
	g_assert_cmpint(back->state, ==, OPERATION_PENDING);
	g_assert_cmpuint(back->messages->len, ==, 2);
	message = g_ptr_array_index(back->messages, 1);
	g_assert_cmpint(message->row, ==, ROW_ID(3, 2));
	g_assert_cmpuint(message->uidvalidity, ==, G_MAXUINT32);
	g_assert_cmpuint(message->key, ==, G_MAXUINT64 - 1);
	g_assert_cmpuint(message->size, ==, 4000000000u);
	g_assert_cmpint(message->received, ==, -5);
	g_assert_null(message->old_keywords);
	message = g_ptr_array_index(back->messages, 0);
	g_assert_cmpstr(message->old_keywords, ==, "$Label1 x");
}

static void
test_one_call_is_one_group(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	g_autoptr(Operation) append = operation_new(OPERATION_APPEND, "b");
	g_autoptr(Operation) delete = operation_new(OPERATION_EXPUNGE, "a");
	Operation *both[] = {append, delete};
	g_autoptr(GPtrArray) group = NULL;

	append->content = g_bytes_new_static("From: x\r\n\r\n", 11);
	delete->after = -1;
	g_assert_true(journal_add(scratch->journal, both, 2, NULL));
	g_assert_cmpint(delete->after, ==, append->id);
	g_assert_cmpint(delete->group, ==, append->group);
	group = journal_group(scratch->journal, append->group);
	g_assert_cmpuint(group->len, ==, 2);
	g_assert_cmpint(((Operation *)g_ptr_array_index(group, 1))->after, ==, append->id);
}

static void
test_content_is_there_until_done(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	g_autoptr(Operation) append = operation_new(OPERATION_APPEND, "b");
	g_autoptr(GBytes) content = NULL;
	g_autoptr(GBytes) gone = NULL;

	append->content = g_bytes_new_static("a\0b", 3);
	g_assert_true(journal_add(scratch->journal, &append, 1, NULL));
	content = journal_load_content(scratch->journal, append->id);
	g_assert_true(g_bytes_equal(content, append->content));
	g_assert_true(journal_set_state(scratch->journal, append->id, OPERATION_DONE, NULL, NULL));
	gone = journal_load_content(scratch->journal, append->id);
	g_assert_null(gone);
}

static void
test_load_takes_unfinished_of_one_account_in_order(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	gint64 first = add_one(scratch->journal, OPERATION_FLAGS, "a");
	gint64 other = add_one(scratch->journal, OPERATION_FLAGS, "b");
	gint64 done = add_one(scratch->journal, OPERATION_FLAGS, "a");
	gint64 last = add_one(scratch->journal, OPERATION_FLAGS, "a");
	g_autoptr(GPtrArray) open = NULL;
	g_autoptr(GPtrArray) above = NULL;

	g_assert_cmpint(other, >, first);
	g_assert_true(journal_set_state(scratch->journal, done, OPERATION_DONE, NULL, NULL));
	open = journal_load(scratch->journal, "a", 0, TRUE);
	g_assert_cmpuint(open->len, ==, 2);
	g_assert_cmpint(((Operation *)g_ptr_array_index(open, 0))->id, ==, first);
	g_assert_cmpint(((Operation *)g_ptr_array_index(open, 1))->id, ==, last);
	above = journal_load(scratch->journal, "a", first, FALSE);
	g_assert_cmpuint(above->len, ==, 2);
}

static void
test_what_was_undone_is_not_sent(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(Operation) back = NULL;
	gint64 id = add_one(scratch->journal, OPERATION_MOVE, "a");

	g_assert_true(journal_set_undone(scratch->journal, id, 0, NULL));
	g_assert_false(journal_set_state(scratch->journal, id, OPERATION_IN_FLIGHT, NULL, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_REFUSED);
	back = journal_get(scratch->journal, id);
	g_assert_cmpint(back->state, ==, OPERATION_UNDONE);
	g_assert_cmpuint(back->attempts, ==, 0);
}

static void
test_states_of_unknown_operations_are_refused(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	g_autoptr(GError) error = NULL;

	g_assert_false(journal_set_state(scratch->journal, 999, OPERATION_DONE, NULL, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_UNKNOWN);
	g_assert_null(journal_get(scratch->journal, 999));
}

static void
test_a_flight_counts_attempts_and_keeps_words(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	gint64 id = add_one(scratch->journal, OPERATION_MOVE, "a");
	g_autoptr(Operation) back = NULL;

	g_assert_true(journal_set_target(scratch->journal, id, 7, 42, NULL));
	for (int i = 0; i < 2; i++) {
		g_assert_true(journal_set_state(scratch->journal, id, OPERATION_IN_FLIGHT, NULL, NULL));
		g_assert_true(journal_set_state(scratch->journal, id, OPERATION_PENDING, "line broke", NULL));
	}
	back = journal_get(scratch->journal, id);
	g_assert_cmpuint(back->attempts, ==, 2);
	g_assert_cmpstr(back->error, ==, "line broke");
	g_assert_cmpuint(back->target_uidvalidity, ==, 7);
	g_assert_cmpuint(back->target_uidnext, ==, 42);
}

static void
test_messages_settle_one_by_one(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	g_autoptr(Operation) move = make_move("a", 3);
	g_autoptr(Operation) back = NULL;
	OperationMessage *message;

	g_assert_true(journal_add(scratch->journal, &move, 1, NULL));
	g_assert_true(
		journal_set_message(scratch->journal, move->id, 1, OPERATION_DONE, 9, ROW_ID(4, 9), NULL));
	g_assert_true(journal_set_message(scratch->journal, move->id, 1, OPERATION_DONE, 0, 0, NULL));
	back = journal_get(scratch->journal, move->id);
	message = g_ptr_array_index(back->messages, 1);
	g_assert_cmpint(message->state, ==, OPERATION_DONE);
	g_assert_cmpuint(message->new_uid, ==, 9);
	g_assert_cmpint(message->new_row, ==, ROW_ID(4, 9));
	g_assert_cmpint(
		((OperationMessage *)g_ptr_array_index(back->messages, 0))->state, ==, OPERATION_PENDING);
}

static void
test_last_undoable(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	Journal *journal = scratch->journal;
	g_autoptr(Operation) undo = operation_new(OPERATION_MOVE, "a");
	gint64 first = add_one(journal, OPERATION_FLAGS, "a");
	gint64 moved = add_one(journal, OPERATION_MOVE, "a");
	gint64 elsewhere = add_one(journal, OPERATION_MOVE, "b");

	add_one(journal, OPERATION_EXPUNGE, "a");
	g_assert_cmpint(journal_last_undoable(journal, "a"), ==, moved);
	g_assert_cmpint(journal_last_undoable(journal, NULL), ==, elsewhere);
	undo->undoes = moved;
	g_assert_true(journal_add(journal, &undo, 1, NULL));
	g_assert_cmpint(journal_last_undoable(journal, "a"), ==, first);
	g_assert_true(journal_set_undone(journal, first, 0, NULL));
	g_assert_cmpint(journal_last_undoable(journal, "a"), ==, 0);
}

static void
test_recent_has_one_row_a_group(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	Operation *both[] = {make_move("a", 1), make_move("a", 1)};
	gint64 later;
	g_autoptr(GPtrArray) recent = NULL;

	g_assert_true(journal_add(scratch->journal, both, 2, NULL));
	later = add_one(scratch->journal, OPERATION_FLAGS, "a");
	recent = journal_recent(scratch->journal, NULL, 10);
	g_assert_cmpuint(recent->len, ==, 2);
	g_assert_cmpint(((Operation *)g_ptr_array_index(recent, 0))->id, ==, later);
	g_assert_cmpint(((Operation *)g_ptr_array_index(recent, 1))->id, ==, both[0]->id);
	operation_free(both[0]);
	operation_free(both[1]);
}

static void
test_several_calls_are_one_commit(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	Journal *journal = scratch->journal;
	gint64 id;

	g_assert_true(journal_begin(journal, NULL));
	id = add_one(journal, OPERATION_FLAGS, "a");
	journal_rollback(journal);
	g_assert_null(journal_get(journal, id));

	g_assert_true(journal_begin(journal, NULL));
	id = add_one(journal, OPERATION_FLAGS, "a");
	g_assert_false(journal_set_state(journal, 12345, OPERATION_DONE, NULL, NULL));
	g_assert_true(journal_set_undone(journal, id, 0, NULL));
	g_assert_true(journal_commit(journal, NULL));
	{
		g_autoptr(Operation) back = journal_get(journal, id);
		g_assert_cmpint(back->state, ==, OPERATION_UNDONE);
	}
}

static void
test_tidy_keeps_what_is_open_or_young(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	Journal *journal = scratch->journal;
	gint64 done = add_one(journal, OPERATION_FLAGS, "a");
	gint64 open = add_one(journal, OPERATION_FLAGS, "a");
	g_autoptr(Operation) back = NULL;

	g_assert_true(journal_set_state(journal, done, OPERATION_DONE, NULL, NULL));
	journal_tidy(journal, 1700000000 + 89 * DAY);
	back = journal_get(journal, done);
	g_assert_nonnull(back);
	journal_tidy(journal, 1700000000 + 91 * DAY);
	g_assert_null(journal_get(journal, done));
	g_clear_pointer(&back, operation_free);
	back = journal_get(journal, open);
	g_assert_nonnull(back);
}

static void
test_the_hash_key_stays(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	HashKey key = *journal_hash_key(scratch->journal);
	HashKey none = {{0}};

	g_assert_cmpint(memcmp(&key, &none, sizeof key), !=, 0);
	scratch_reopen(scratch);
	g_assert_cmpmem(&key, sizeof key, journal_hash_key(scratch->journal), sizeof key);
}

static void
test_people_by_any_word(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	Journal *journal = scratch->journal;
	static const struct {
		const char *prefix;
		guint count;
	} rows[] = {{"mül", 1}, {"mul", 1}, {"hans", 1}, {"MU", 1}, {"exam", 2}, {"üller", 0}, {"%", 2},
		{"bob@", 1}, {"", 2}};
	g_autoptr(GPtrArray) best = NULL;

	g_assert_true(journal_wrote_to(journal, "Hans Müller", "hans@Example.org", 10, NULL));
	g_assert_true(journal_wrote_to(journal, NULL, "bob@example.org", 11, NULL));
	g_assert_true(journal_wrote_to(journal, NULL, "BOB@example.org", 12, NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GPtrArray) found = journal_people(journal, rows[i].prefix, 10);
		g_assert_cmpuint(found->len, ==, rows[i].count);
	}
	best = journal_people(journal, "e", 1);
	g_assert_cmpuint(best->len, ==, 1);
	g_assert_cmpstr(g_ptr_array_index(best, 0), ==, "BOB@example.org");
}

static void
test_values(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	g_autofree char *value = NULL;

	g_assert_null(journal_get_value(scratch->journal, "hash-key"));
	g_assert_true(journal_set_value(scratch->journal, "a", "1", NULL));
	g_assert_true(journal_set_value(scratch->journal, "a", "2", NULL));
	value = journal_get_value(scratch->journal, "a");
	g_assert_cmpstr(value, ==, "2");
	g_assert_true(journal_set_value(scratch->journal, "a", NULL, NULL));
	g_assert_null(journal_get_value(scratch->journal, "a"));
}

static void
test_version_shows_the_commits_of_others(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	g_autoptr(Journal) other = journal_open(scratch->path, NULL, NULL);
	guint64 before = journal_version(other);

	g_assert_cmpuint(journal_version(other), ==, before);
	add_one(scratch->journal, OPERATION_FLAGS, "a");
	g_assert_cmpuint(journal_version(other), >, before);
	before = journal_version(other);
	add_one(other, OPERATION_FLAGS, "a");
	g_assert_cmpuint(journal_version(other), >, before);
}

/* ---- from one account to another ---------------------------------------------------- */

/* FETCH (a), APPEND (b), REMOVE (a); the APPEND's id, the others stand beside it. */
static gint64
add_across(Journal *journal)
{
	g_autoptr(Operation) fetch = operation_new(OPERATION_FETCH, "a");
	g_autoptr(Operation) append = operation_new(OPERATION_APPEND, "b");
	g_autoptr(Operation) remove = operation_new(OPERATION_REMOVE, "a");
	Operation *all[] = {fetch, append, remove};

	append->content = g_bytes_new_static("Subject: x\r\n\r\n", 14);
	append->after = -1;
	remove->after = -2;
	operation_add_message(append);
	g_assert_true(journal_add(journal, all, G_N_ELEMENTS(all), NULL));
	return append->id;
}

static OperationState
state_of(Journal *journal, gint64 id)
{
	g_autoptr(Operation) operation = journal_get(journal, id);

	return operation->state;
}

static void
test_fetched_octets_take_the_place_of_the_header(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	g_autoptr(GBytes) octets = g_bytes_new_static("Subject: x\r\n\r\nText\r\n", 20);
	gint64 id = add_across(scratch->journal);
	g_autoptr(Operation) before = journal_get(scratch->journal, id);
	g_autoptr(Operation) after = NULL;
	g_autoptr(GBytes) kept = NULL;

	g_assert_true(before->head_only);
	g_assert_cmpuint(journal_waiting_octets(scratch->journal), ==, 0);
	g_assert_true(journal_fetched(scratch->journal, id - 1, octets, NULL));
	after = journal_get(scratch->journal, id);
	kept = journal_load_content(scratch->journal, id);
	g_assert_false(after->head_only);
	g_assert_true(g_bytes_equal(kept, octets));
	g_assert_cmpint(state_of(scratch->journal, id - 1), ==, OPERATION_DONE);
	g_assert_cmpuint(journal_waiting_octets(scratch->journal), ==, 20);
}

static void
test_octets_of_what_was_called_off_are_not_kept(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	g_autoptr(GBytes) octets = g_bytes_new_static("Subject: x\r\n\r\nText\r\n", 20);
	gint64 id = add_across(scratch->journal);
	g_autoptr(GBytes) kept = NULL;

	g_assert_true(journal_set_state(scratch->journal, id - 1, OPERATION_IN_FLIGHT, NULL, NULL));
	g_assert_true(journal_call_off(scratch->journal, id, NULL));
	g_assert_cmpint(state_of(scratch->journal, id), ==, OPERATION_UNDONE);
	g_assert_cmpint(state_of(scratch->journal, id + 1), ==, OPERATION_UNDONE);
	g_assert_true(journal_fetched(scratch->journal, id - 1, octets, NULL));
	kept = journal_load_content(scratch->journal, id);
	g_assert_cmpuint(g_bytes_get_size(kept), ==, 14);
	g_assert_cmpint(state_of(scratch->journal, id), ==, OPERATION_UNDONE);
}

static void
test_what_was_sent_is_not_called_off(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	gint64 id = add_across(scratch->journal);

	g_assert_true(journal_set_state(scratch->journal, id, OPERATION_IN_FLIGHT, NULL, NULL));
	g_assert_false(journal_call_off(scratch->journal, id, NULL));
	g_assert_cmpint(state_of(scratch->journal, id + 1), ==, OPERATION_PENDING);
}

static void
test_a_group_under_way_stays_whole(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	gint64 id = add_across(scratch->journal);
	g_autoptr(GPtrArray) group = NULL;

	journal_set_state(scratch->journal, id - 1, OPERATION_DONE, NULL, NULL);
	journal_set_state(scratch->journal, id, OPERATION_DONE, NULL, NULL);
	journal_tidy(scratch->journal, G_GINT64_CONSTANT(4102444800)); /* the clock jumped to 2100 */
	group = journal_group(scratch->journal, id - 1);
	g_assert_cmpuint(group->len, ==, 3);
}

static void
test_neighbours_are_the_accounts_before_and_after(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	gint64 id = add_across(scratch->journal);
	g_auto(GStrv) first = journal_neighbours(scratch->journal, id - 1);
	g_auto(GStrv) second = journal_neighbours(scratch->journal, id);

	g_assert_cmpstr(first[0], ==, "b");
	g_assert_null(first[1]);
	g_assert_cmpstr(second[0], ==, "a");
	g_assert_null(second[1]);
}

/* ---- what must survive ------------------------------------------------------------ */

static void
add_for_ever(const char *path, int report)
{
	Journal *journal = journal_open(path, NULL, NULL);

	for (;;) {
		Operation *operation = make_move("a", 5);
		if (journal == NULL || !journal_add(journal, &operation, 1, NULL) ||
			write(report, &operation->id, sizeof operation->id) != (gssize)sizeof operation->id)
			_exit(1);
		operation_free(operation);
	}
}

static void
check_reported(Journal *journal, int report)
{
	gint64 id;

	while (read(report, &id, sizeof id) == (gssize)sizeof id) {
		g_autoptr(Operation) operation = journal_get(journal, id);
		g_assert_nonnull(operation);
		g_assert_cmpuint(operation->messages->len, ==, 5);
	}
}

static void
test_kill_loses_nothing_that_was_reported(void)
{
	g_autoptr(Scratch) scratch = scratch_new();

	for (guint round = 0; round < 25; round++) {
		g_autofree char *warning = NULL;
		int fds[2];
		pid_t child;
		g_assert_cmpint(pipe(fds), ==, 0);
		journal_close(g_steal_pointer(&scratch->journal));
		child = fork();
		if (child == 0)
			add_for_ever(scratch->path, fds[1]);
		close(fds[1]);
		g_usleep((gulong)g_random_int_range(500, 40000));
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		scratch->journal = journal_open(scratch->path, &warning, NULL);
		g_assert_cmpstr(warning, ==, NULL);
		check_reported(scratch->journal, fds[0]);
		close(fds[0]);
	}
}

static void
test_two_writers_at_once(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	g_autoptr(GPtrArray) all = NULL;
	pid_t child;
	int status = 0;

	journal_close(g_steal_pointer(&scratch->journal));
	child = fork();
	scratch_reopen(scratch);
	for (guint i = 0; i < 100; i++)
		add_one(scratch->journal, OPERATION_FLAGS, child == 0 ? "child" : "parent");
	if (child == 0)
		_exit(0);
	waitpid(child, &status, 0);
	g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	all = journal_recent(scratch->journal, NULL, 1000);
	g_assert_cmpuint(all->len, ==, 200);
}

static void
test_damage_is_set_aside_and_ids_go_on(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	g_autofree char *aside = g_strconcat(scratch->path, ".damaged-1", NULL);
	g_autofree char *warning = NULL;
	g_autofree char *wal = g_strconcat(scratch->path, "-wal", NULL);
	gint64 before = add_one(scratch->journal, OPERATION_FLAGS, "a");

	journal_close(g_steal_pointer(&scratch->journal));
	g_unlink(wal);
	g_assert_true(g_file_set_contents(scratch->path, "this is no journal, and never was one", -1, NULL));
	scratch->journal = journal_open(scratch->path, &warning, NULL);
	g_assert_nonnull(scratch->journal);
	g_assert_nonnull(strstr(warning, aside));
	g_assert_true(g_file_test(aside, G_FILE_TEST_EXISTS));
	/* The caches know the old ids as applied: none may come again. */
	g_assert_cmpint(add_one(scratch->journal, OPERATION_FLAGS, "a"), >, before + 1000000);
}

static void
flip_byte(const char *path, gsize seed)
{
	g_autofree char *data = NULL;
	gsize length = 0;

	g_assert_true(g_file_get_contents(path, &data, &length, NULL));
	data[(seed * 7919) % length] ^= (char)(1 + seed % 255);
	g_assert_true(g_file_set_contents(path, data, (gssize)length, NULL));
}

static gint64
try_to_add(Journal *journal)
{
	g_autoptr(Operation) operation = operation_new(OPERATION_FLAGS, "b");
	g_autoptr(GError) error = NULL;

	if (!journal_add(journal, &operation, 1, &error))
		g_assert_error(error, POSTHORN_FAULT, FAULT_DAMAGED);
	return operation->id;
}

/* Whatever byte is bad: it opens or is set aside, at the latest by the open after the damage was met. */
static void
test_any_byte_may_be_bad(void)
{
	g_autoptr(Scratch) scratch = scratch_new();

	for (gsize seed = 1; seed <= 200; seed++) {
		gint64 id;
		add_one(scratch->journal, OPERATION_FLAGS, "a");
		journal_tidy(scratch->journal, 0);
		journal_close(g_steal_pointer(&scratch->journal));
		flip_byte(scratch->path, seed);
		scratch_reopen(scratch);
		g_ptr_array_unref(journal_load(scratch->journal, "a", 0, FALSE));
		id = try_to_add(scratch->journal);
		scratch_reopen(scratch);
		if (id == 0)
			id = add_one(scratch->journal, OPERATION_FLAGS, "b");
		operation_free(journal_get(scratch->journal, id));
		scratch_reopen(scratch);
	}
}

static void
test_newer_is_refused_and_left_alone(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	g_autoptr(GError) error = NULL;

	journal_close(g_steal_pointer(&scratch->journal));
	scratch_set_user_version(scratch->path, 99);
	g_assert_null(journal_open(scratch->path, NULL, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_NEWER);
}

/* In a child, where files cannot grow: an error, and what was there before still is. */
static void
fill_the_disk(const char *path)
{
	struct rlimit limit = {512 * 1024, 512 * 1024};
	Journal *journal = journal_open(path, NULL, NULL);
	GError *error = NULL;
	gint64 first = add_one(journal, OPERATION_FLAGS, "a");
	gboolean full = FALSE;

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	for (guint i = 0; i < 2000 && !full; i++) {
		Operation *operation = make_move("a", 50);
		full = !journal_add(journal, &operation, 1, &error);
		if (full && (operation->id != 0 || fault_of(error) != FAULT_LOCAL))
			_exit(2);
		operation_free(operation);
	}
	_exit(full && journal_get(journal, first) != NULL ? 0 : 1);
}

static void
test_a_full_disk_is_said_and_nothing_is_half_done(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	g_autoptr(GPtrArray) all = NULL;
	pid_t child;
	int status = 0;

	journal_close(g_steal_pointer(&scratch->journal));
	child = fork();
	if (child == 0)
		fill_the_disk(scratch->path);
	waitpid(child, &status, 0);
	g_assert_true(WIFEXITED(status));
	g_assert_cmpint(WEXITSTATUS(status), ==, 0);
	scratch_reopen(scratch);
	all = journal_load(scratch->journal, "a", 0, FALSE);
	g_assert_cmpuint(all->len, >, 1);
	for (guint i = 1; i < all->len; i++)
		g_assert_cmpuint(((Operation *)g_ptr_array_index(all, i))->messages->len, ==, 50);
	add_one(scratch->journal, OPERATION_FLAGS, "a");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/journal/round-trip", test_what_is_added_comes_back_whole);
	g_test_add_func("/journal/group", test_one_call_is_one_group);
	g_test_add_func("/journal/content", test_content_is_there_until_done);
	g_test_add_func("/journal/load", test_load_takes_unfinished_of_one_account_in_order);
	g_test_add_func("/journal/undone-not-sent", test_what_was_undone_is_not_sent);
	g_test_add_func("/journal/unknown", test_states_of_unknown_operations_are_refused);
	g_test_add_func("/journal/attempts", test_a_flight_counts_attempts_and_keeps_words);
	g_test_add_func("/journal/messages", test_messages_settle_one_by_one);
	g_test_add_func("/journal/last-undoable", test_last_undoable);
	g_test_add_func("/journal/recent", test_recent_has_one_row_a_group);
	g_test_add_func("/journal/one-commit", test_several_calls_are_one_commit);
	g_test_add_func("/journal/tidy", test_tidy_keeps_what_is_open_or_young);
	g_test_add_func("/journal/hash-key", test_the_hash_key_stays);
	g_test_add_func("/journal/people", test_people_by_any_word);
	g_test_add_func("/journal/values", test_values);
	g_test_add_func("/journal/version", test_version_shows_the_commits_of_others);
	g_test_add_func("/journal/across/fetched", test_fetched_octets_take_the_place_of_the_header);
	g_test_add_func("/journal/across/called-off", test_octets_of_what_was_called_off_are_not_kept);
	g_test_add_func("/journal/across/sent", test_what_was_sent_is_not_called_off);
	g_test_add_func("/journal/across/tidy", test_a_group_under_way_stays_whole);
	g_test_add_func("/journal/across/neighbours", test_neighbours_are_the_accounts_before_and_after);
	g_test_add_func("/journal/kill", test_kill_loses_nothing_that_was_reported);
	g_test_add_func("/journal/two-writers", test_two_writers_at_once);
	g_test_add_func("/journal/damage", test_damage_is_set_aside_and_ids_go_on);
	g_test_add_func("/journal/bad-bytes", test_any_byte_may_be_bad);
	g_test_add_func("/journal/newer", test_newer_is_refused_and_left_alone);
	g_test_add_func("/journal/full-disk", test_a_full_disk_is_said_and_nothing_is_half_done);
	return g_test_run();
}
