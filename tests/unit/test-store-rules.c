/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/rules.h"

#include "store-scratch.h"
#include "util/fault.h"

/* ---- marks ------------------------------------------------------------------------------ */

static void
test_a_mark_rises_with_what_joins_it(void)
{
	RuleMark mark = {.uidvalidity = 1, .uid = 10};

	g_assert_true(rule_mark_is_done(&mark, 10));
	g_assert_false(rule_mark_is_done(&mark, 11));
	rule_mark_add(&mark, 11, 15);
	g_assert_cmpuint(mark.uid, ==, 15);
	rule_mark_add(&mark, 3, 12);
	g_assert_cmpuint(mark.uid, ==, 15);
	rule_mark_add(&mark, 14, 20);
	g_assert_cmpuint(mark.uid, ==, 20);
	g_assert_cmpuint(mark.high, ==, 0);
}

static void
test_a_folder_read_newest_first_closes_its_gap(void)
{
	RuleMark mark = {.uidvalidity = 1, .uid = 10};

	rule_mark_add(&mark, 90, 100);
	g_assert_true(rule_mark_is_done(&mark, 95));
	g_assert_false(rule_mark_is_done(&mark, 89));
	g_assert_false(rule_mark_is_done(&mark, 101));
	rule_mark_add(&mark, 101, 104);
	rule_mark_add(&mark, 50, 89);
	g_assert_cmpuint(mark.low, ==, 50);
	g_assert_cmpuint(mark.high, ==, 104);
	g_assert_cmpuint(mark.uid, ==, 10);
	rule_mark_add(&mark, 11, 49);
	g_assert_cmpuint(mark.uid, ==, 104);
	g_assert_cmpuint(mark.high, ==, 0);
}

static void
test_a_range_that_touches_nothing_hides_no_gap(void)
{
	RuleMark mark = {.uidvalidity = 1, .uid = 10};

	rule_mark_add(&mark, 90, 100);
	rule_mark_add(&mark, 50, 60);
	g_assert_false(rule_mark_is_done(&mark, 70));
	g_assert_false(rule_mark_is_done(&mark, 55));
	rule_mark_add(&mark, 20, 19);
	g_assert_cmpuint(mark.uid, ==, 10);
}

static void
test_marks_are_kept_for_each_folder(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	RuleMark mark = {.uidvalidity = G_MAXUINT32, .uid = G_MAXUINT32 - 1, .low = 0, .high = 0}, back;

	g_assert_false(journal_rule_mark(scratch->journal, "work", "INBOX", &back));
	g_assert_true(journal_rule_set_mark(scratch->journal, "work", "INBOX", &mark, NULL));
	mark.uid = 5;
	g_assert_true(journal_rule_set_mark(scratch->journal, "work", "Größe", &mark, NULL));
	scratch_reopen(scratch);
	g_assert_true(journal_rule_mark(scratch->journal, "work", "INBOX", &back));
	g_assert_cmpuint(back.uid, ==, G_MAXUINT32 - 1);
	g_assert_cmpuint(back.uidvalidity, ==, G_MAXUINT32);
	g_assert_false(journal_rule_mark(scratch->journal, "home", "INBOX", &back));
	g_assert_true(journal_rule_drop_marks(scratch->journal, "work", "INBOX", NULL));
	g_assert_false(journal_rule_mark(scratch->journal, "work", "INBOX", &back));
	g_assert_true(journal_rule_mark(scratch->journal, "work", "Größe", &back));
	g_assert_true(journal_rule_drop_marks(scratch->journal, "work", NULL, NULL));
	g_assert_false(journal_rule_mark(scratch->journal, "work", "Größe", &back));
}

/* ---- messages ------------------------------------------------------------------------------- */

static void
test_a_message_has_the_same_name_wherever_it_is(void)
{
	HashKey secret = {{7}};
	OperationMessage one = {.key = 5, .size = 100, .received = 1, .uid = 3, .row = ROW_ID(1, 3)};
	OperationMessage moved = {.key = 5, .size = 100, .received = 2, .uid = 9, .row = ROW_ID(2, 9)};
	OperationMessage other = {.key = 5, .size = 101, .received = 1};
	OperationMessage bare = {.size = 100, .received = 1}, later = {.size = 100, .received = 2};

	g_assert_cmpuint(rule_message(&secret, &one, "a", "b"), ==, rule_message(&secret, &moved, "a", "c"));
	g_assert_cmpuint(
		rule_message(&secret, &one, NULL, NULL), !=, rule_message(&secret, &other, NULL, NULL));
	g_assert_cmpuint(rule_message(&secret, &bare, "a", "b"), ==, rule_message(&secret, &bare, "a", "b"));
	g_assert_cmpuint(rule_message(&secret, &bare, "a", "b"), !=, rule_message(&secret, &bare, "a", "c"));
	g_assert_cmpuint(rule_message(&secret, &bare, "a", "b"), !=, rule_message(&secret, &later, "a", "b"));
	g_assert_cmpuint(rule_message(&secret, &bare, NULL, NULL), !=, 0);
}

static void
test_the_log_tells_newest_first(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	RuleLog first = {.message = 77,
		.received = 5,
		.made = 1000,
		.rule = (char *)"Lists",
		.did = (char *)"moved to Lists",
		.also = (char *)"Big, Old",
		.group = 12};
	RuleLog second = {.message = 77, .received = 5, .made = 2000, .rule = (char *)"Old", .failed = TRUE};
	g_autoptr(GPtrArray) logs = NULL;
	const RuleLog *log;

	g_assert_true(journal_rule_log_add(scratch->journal, "work", &first, NULL));
	g_assert_true(journal_rule_log_add(scratch->journal, "work", &second, NULL));
	scratch_reopen(scratch);
	logs = journal_rule_log(scratch->journal, "work", 77);
	g_assert_cmpuint(logs->len, ==, 2);
	log = logs->pdata[1];
	g_assert_cmpstr(log->rule, ==, "Lists");
	g_assert_cmpstr(log->did, ==, "moved to Lists");
	g_assert_cmpstr(log->also, ==, "Big, Old");
	g_assert_null(log->host);
	g_assert_cmpint(log->group, ==, 12);
	g_assert_true(((RuleLog *)logs->pdata[0])->failed);
	g_assert_true(journal_rule_was_done(scratch->journal, "work", 77, 5));
	g_assert_false(journal_rule_was_done(scratch->journal, "work", 77, 6));
	g_assert_false(journal_rule_was_done(scratch->journal, "home", 77, 5));
}

static void
test_a_batch_is_kept_whole_or_not_at_all(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	g_autoptr(Operation) operation = operation_new(OPERATION_FLAGS, "work");
	RuleLog log = {.message = 77, .received = 5, .made = 1000};
	RuleMark mark = {.uidvalidity = 1, .uid = 5};

	g_assert_true(journal_begin(scratch->journal, NULL));
	g_assert_true(journal_add(scratch->journal, &operation, 1, NULL));
	log.group = operation->group;
	g_assert_true(journal_rule_log_add(scratch->journal, "work", &log, NULL));
	g_assert_true(journal_rule_set_mark(scratch->journal, "work", "INBOX", &mark, NULL));
	g_assert_true(journal_rule_wait(scratch->journal, "work", "INBOX", 1, 4, NULL));
	/* As a kill before the commit. */
	scratch_reopen(scratch);
	g_assert_null(journal_get(scratch->journal, operation->id));
	g_assert_false(journal_rule_was_done(scratch->journal, "work", 77, 5));
	g_assert_false(journal_rule_mark(scratch->journal, "work", "INBOX", &mark));
}

static void
test_a_group_taken_back_is_told(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	g_autoptr(Operation) called_off = operation_new(OPERATION_FLAGS, "work");
	g_autoptr(Operation) stands = operation_new(OPERATION_FLAGS, "work");
	g_autoptr(Operation) back = operation_new(OPERATION_FLAGS, "work");
	Operation *other;

	g_assert_true(journal_add(scratch->journal, &called_off, 1, NULL));
	g_assert_true(journal_add(scratch->journal, &stands, 1, NULL));
	g_assert_false(journal_rule_is_undone(scratch->journal, called_off->group));
	g_assert_true(journal_set_undone(scratch->journal, called_off->group, 0, NULL));
	g_assert_true(journal_rule_is_undone(scratch->journal, called_off->group));
	g_assert_false(journal_rule_is_undone(scratch->journal, stands->group));
	back->undoes = stands->group;
	other = back;
	g_assert_true(journal_add(scratch->journal, &other, 1, NULL));
	g_assert_true(journal_rule_is_undone(scratch->journal, stands->group));
	g_assert_false(journal_rule_is_undone(scratch->journal, 0));
}

static void
test_what_waits_is_told_once_and_in_order(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	g_autoptr(GPtrArray) waiting = NULL;

	g_assert_true(journal_rule_wait(scratch->journal, "work", "INBOX", 9, 4, NULL));
	g_assert_true(journal_rule_wait(scratch->journal, "work", "INBOX", 9, 2, NULL));
	g_assert_true(journal_rule_wait(scratch->journal, "work", "INBOX", 9, 4, NULL));
	waiting = journal_rule_waiting(scratch->journal, "work", 10);
	g_assert_cmpuint(waiting->len, ==, 2);
	g_assert_cmpuint(((RuleWait *)waiting->pdata[0])->uid, ==, 4);
	g_assert_true(journal_rule_try(scratch->journal, "work", waiting->pdata[0], NULL));
	g_assert_true(journal_rule_waited(scratch->journal, "work", waiting->pdata[1], NULL));
	g_clear_pointer(&waiting, g_ptr_array_unref);
	waiting = journal_rule_waiting(scratch->journal, "work", 10);
	g_assert_cmpuint(waiting->len, ==, 1);
	g_assert_cmpuint(((RuleWait *)waiting->pdata[0])->tries, ==, 1);
}

static void
test_a_claim_holds_for_one_delivery(void)
{
	g_autoptr(Scratch) scratch = scratch_new();

	g_assert_cmpint(journal_rule_claim(scratch->journal, "work", 7, 1), ==, RULE_CLAIM_NONE);
	g_assert_true(journal_rule_set_claim(scratch->journal, "work", 7, 1, RULE_CLAIM_ASKED, 1000, NULL));
	g_assert_true(journal_rule_set_claim(scratch->journal, "work", 7, 1, RULE_CLAIM_OURS, 1000, NULL));
	scratch_reopen(scratch);
	g_assert_cmpint(journal_rule_claim(scratch->journal, "work", 7, 1), ==, RULE_CLAIM_OURS);
	g_assert_cmpint(journal_rule_claim(scratch->journal, "work", 7, 2), ==, RULE_CLAIM_NONE);
}

/* ---- seen before --------------------------------------------------------------------------------- */

static void
test_an_id_is_seen_until_its_time_is_over(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	Journal *journal = scratch->journal;

	g_assert_false(journal_rule_seen(journal, "work", NULL, "x", 100));
	g_assert_true(journal_rule_see(journal, "work", NULL, "x", 100, 50, FALSE, NULL));
	g_assert_true(journal_rule_seen(journal, "work", NULL, "x", 149));
	g_assert_false(journal_rule_seen(journal, "work", NULL, "x", 150));
	g_assert_false(journal_rule_seen(journal, "work", "h", "x", 101));
	g_assert_false(journal_rule_seen(journal, "home", NULL, "x", 101));
	/* From the first sight, until that is over. */
	g_assert_true(journal_rule_see(journal, "work", NULL, "x", 140, 50, FALSE, NULL));
	g_assert_false(journal_rule_seen(journal, "work", NULL, "x", 151));
	g_assert_true(journal_rule_see(journal, "work", NULL, "x", 160, 50, FALSE, NULL));
	g_assert_true(journal_rule_seen(journal, "work", NULL, "x", 200));
	/* :last */
	g_assert_true(journal_rule_see(journal, "work", NULL, "x", 205, 50, TRUE, NULL));
	g_assert_true(journal_rule_seen(journal, "work", NULL, "x", 250));
}

static void
test_upkeep_forgets_what_is_over(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	RuleLog old = {.message = 1, .made = 1000}, young = {.message = 2, .made = 86400 * 400};

	g_assert_true(journal_rule_log_add(scratch->journal, "work", &old, NULL));
	g_assert_true(journal_rule_log_add(scratch->journal, "work", &young, NULL));
	g_assert_true(journal_rule_see(scratch->journal, "work", NULL, "x", 100, 50, FALSE, NULL));
	journal_tidy(scratch->journal, 86400 * 500);
	g_assert_false(journal_rule_was_done(scratch->journal, "work", 1, 0));
	g_assert_true(journal_rule_was_done(scratch->journal, "work", 2, 0));
	g_assert_false(journal_rule_seen(scratch->journal, "work", NULL, "x", 100));
}

/* ---- version 1 -------------------------------------------------------------------------------------- */

/* What version 1 had, with what was in it. */
static void
make_old(Scratch *scratch)
{
	static const char *const tables[] = {
		"rule_mark", "rule_log", "rule_wait", "rule_claim", "rule_seen", "rule_ran"};
	sqlite3 *db = NULL;

	journal_close(g_steal_pointer(&scratch->journal));
	g_assert_cmpint(sqlite3_open(scratch->path, &db), ==, SQLITE_OK);
	for (gsize i = 0; i < G_N_ELEMENTS(tables); i++) {
		g_autofree char *sql = g_strdup_printf("DROP TABLE %s", tables[i]);
		g_assert_cmpint(sqlite3_exec(db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
	}
	sqlite3_close(db);
	scratch_set_user_version(scratch->path, 1);
}

static void
test_a_journal_of_version_1_keeps_all_and_gains_the_rules(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	g_autoptr(Operation) operation = operation_new(OPERATION_FLAGS, "work");
	g_autoptr(Operation) back = NULL;
	g_autofree char *copy = g_strconcat(scratch->path, ".v1", NULL);
	HashKey secret = *journal_hash_key(scratch->journal);
	RuleMark mark = {.uidvalidity = 1, .uid = 5};

	operation->words = g_strdup("Flagged");
	g_assert_true(journal_add(scratch->journal, &operation, 1, NULL));
	make_old(scratch);
	scratch_reopen(scratch);
	back = journal_get(scratch->journal, operation->id);
	g_assert_nonnull(back);
	g_assert_cmpstr(back->words, ==, "Flagged");
	g_assert_cmpmem(&secret, sizeof secret, journal_hash_key(scratch->journal), sizeof secret);
	g_assert_true(g_file_test(copy, G_FILE_TEST_EXISTS));
	g_assert_true(journal_rule_set_mark(scratch->journal, "work", "INBOX", &mark, NULL));
	g_assert_true(journal_rule_set_ran(scratch->journal, "work", "INBOX", 99, NULL));
	g_assert_cmpint(journal_rule_ran(scratch->journal, "work", "INBOX"), ==, 99);
	g_assert_true(journal_rule_see(scratch->journal, "work", NULL, "x", 1, 5, FALSE, NULL));
	g_assert_true(journal_rule_set_claim(scratch->journal, "work", 1, 1, RULE_CLAIM_OURS, 1, NULL));
	g_assert_true(journal_rule_wait(scratch->journal, "work", "INBOX", 1, 1, NULL));
}

/* ---- what waits ------------------------------------------------------------------------- */

static gint64
add_waiting(Journal *journal, OperationKind kind, gint64 undoes)
{
	Operation *operation = operation_new(kind, "work");
	g_autoptr(GError) error = NULL;
	gint64 id;

	operation->target = g_strdup("Archive");
	operation->undoes = undoes;
	g_assert_true(journal_add(journal, &operation, 1, &error));
	g_assert_no_error(error);
	id = operation->id;
	operation_free(operation);
	return id;
}

static void
test_only_moves_of_rules_may_be_held_back(void)
{
	static const struct {
		OperationKind kind;
		gint64 undoes;
		gboolean held;
	} rows[] = {
		{OPERATION_MOVE, OPERATION_AUTOMATIC, TRUE},
		{OPERATION_COPY, OPERATION_AUTOMATIC, TRUE},
		{OPERATION_FLAGS, OPERATION_AUTOMATIC, TRUE},
		{OPERATION_MOVE, 0, FALSE},
		{OPERATION_FLAGS, 7, FALSE},
		{OPERATION_EXPUNGE, OPERATION_AUTOMATIC, FALSE},
		{OPERATION_APPEND, OPERATION_AUTOMATIC, FALSE},
		{OPERATION_FOLDER_CREATE, OPERATION_AUTOMATIC, FALSE},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Scratch) scratch = scratch_new();
		gint64 first;
		g_assert_false(journal_only_rules_wait(scratch->journal, "work"));
		first = add_waiting(scratch->journal, OPERATION_MOVE, OPERATION_AUTOMATIC);
		add_waiting(scratch->journal, rows[i].kind, rows[i].undoes);
		g_assert_cmpint(journal_only_rules_wait(scratch->journal, "work"), ==, rows[i].held);
		g_assert_false(journal_only_rules_wait(scratch->journal, "other"));
		/* Once under way it is carried on with. */
		journal_set_state(scratch->journal, first, OPERATION_IN_FLIGHT, NULL, NULL);
		g_assert_false(journal_only_rules_wait(scratch->journal, "work"));
	}
}

#define ADD(name) g_test_add_func("/store/rules/" #name, test_##name)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD(a_mark_rises_with_what_joins_it);
	ADD(a_folder_read_newest_first_closes_its_gap);
	ADD(a_range_that_touches_nothing_hides_no_gap);
	ADD(marks_are_kept_for_each_folder);
	ADD(a_message_has_the_same_name_wherever_it_is);
	ADD(the_log_tells_newest_first);
	ADD(a_batch_is_kept_whole_or_not_at_all);
	ADD(a_group_taken_back_is_told);
	ADD(what_waits_is_told_once_and_in_order);
	ADD(a_claim_holds_for_one_delivery);
	ADD(an_id_is_seen_until_its_time_is_over);
	ADD(upkeep_forgets_what_is_over);
	ADD(only_moves_of_rules_may_be_held_back);
	ADD(a_journal_of_version_1_keeps_all_and_gains_the_rules);
	return g_test_run();
}
