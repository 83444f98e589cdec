/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/replay-join.h"
#include "engine/rules-effects.h"
#include "engine/rules-host.h"
#include "engine/rules-redirect.h"
#include "engine/rules.h"
#include "sieve/form.h"
#include "sieve/sieve.h"
#include "util/fault.h"

#include "store-mail.h"

#include <string.h>

/* ---- a message as the cache keeps it --------------------------------------------------- */

typedef struct {
	StoreRow row;
	StoreMail mail;
	GPtrArray *folders;
	RulesWorld world;
	RulesHost *host;
} World;

static StoreFolder *
add_folder(World *world, const char *name, FolderRole role)
{
	StoreFolder *folder = g_new0(StoreFolder, 1);

	folder->id = (FolderId)world->folders->len + 1;
	folder->name = g_strdup(name);
	folder->delimiter = '/';
	folder->role = role;
	folder->selectable = TRUE;
	g_ptr_array_add(world->folders, folder);
	return folder;
}

static void
world_init(World *world, const char *fields)
{
	memset(world, 0, sizeof *world);
	world->row = (StoreRow){.id = ROW_ID(1, 5),
		.sent = 1767225600,
		.received = 1767225700,
		.sent_offset = 120,
		.size = 5000,
		.from_name = (char *)"Jürgen",
		.from_address = (char *)"j@books.example",
		.to = (char *)"Alice <alice@example.org>",
		.subject = (char *)"Grüße: invoice 22",
		.keywords = (char *)"$Label1",
		.flags = MESSAGE_SEEN,
		.folder_name = (char *)"INBOX"};
	world->mail =
		(StoreMail){.row = &world->row, .fields = (char *)fields, .message_id = (char *)"one@x"};
	world->folders = g_ptr_array_new_with_free_func((GDestroyNotify)store_folder_free);
	add_folder(world, "INBOX", ROLE_INBOX);
	add_folder(world, "Archive", ROLE_ARCHIVE);
	add_folder(world, "Lists/Talk", ROLE_NONE);
	add_folder(world, "Trash", ROLE_TRASH);
	world->world =
		(RulesWorld){.address = "alice@example.org", .folders = world->folders, .now = 1800000000};
	world->host = rules_host_new(&world->world);
}

static void
world_clear(World *world)
{
	rules_host_free(world->host);
	g_ptr_array_unref(world->folders);
}

static SieveScript *
compile(const char *text)
{
	static const char *const programs[] = {"sort", NULL};
	SieveOptions options = {.programs = programs};
	GPtrArray *errors = NULL;
	SieveScript *script = sieve_compile(text, -1, &options, &errors);

	if (script == NULL)
		g_error("%s", ((SieveError *)errors->pdata[0])->message);
	return script;
}

/* Whether the test holds. */
static gboolean
holds(const char *fields, const char *requires, const char *test)
{
	g_autofree char *text =
		g_strdup_printf("require [\"fileinto\"%s]; if %s { fileinto \"Archive\"; }", requires, test);
	g_autoptr(SieveScript) script = compile(text);
	g_auto(SieveResult) result = {0};
	World world;
	gboolean held;

	world_init(&world, fields);
	world.world.people = g_hash_table_new(g_str_hash, g_str_equal);
	g_hash_table_add(world.world.people, (char *)"j@books.example");
	sieve_run(script, rules_host_set(world.host, &world.mail), NULL, &result);
	g_assert_no_error(result.error);
	held = ((SieveAction *)result.actions->pdata[0])->kind == SIEVE_FILEINTO;
	g_hash_table_unref(world.world.people);
	world_clear(&world);
	return held;
}

static void
test_what_the_cache_keeps_is_answered_at_once(void)
{
	static const char kept[] =
		"Cc: x@y.example\r\nList-Id: Talk <talk.example>\r\nX-Priority: 1 (Highest)\r\n"
		"X-Spam-Status: Yes, score=10.0 required=5.0\r\nDelivered-To: me@here.example\r\n";
	static const struct {
		const char *requires, *test;
		gboolean holds;
	} rows[] = {
		{"", "header :contains \"subject\" \"INVOICE\"", TRUE},
		{"", "header :is \"subject\" \"Grüße: invoice 22\"", TRUE},
		{"", "header :contains \"from\" \"Jürgen\"", TRUE},
		{"", "address :is \"from\" \"j@books.example\"", TRUE},
		{"", "address :domain :is \"cc\" \"y.example\"", TRUE},
		{"", "address :is [\"to\", \"cc\"] \"alice@example.org\"", TRUE},
		{"", "header :contains \"list-id\" \"Talk <talk\"", TRUE},
		{"", "header :matches \"x-priority\" \"1*\"", TRUE},
		{"", "exists [\"date\", \"message-id\"]", TRUE},
		{"", "exists \"bcc\"", FALSE},
		{"", "exists \"importance\"", FALSE},
		{"", "size :over 4K", TRUE},
		{"", "size :over 6K", FALSE},
		{", \"imap4flags\"", "hasflag [\"\\\\Seen\"]", TRUE},
		{", \"imap4flags\"", "hasflag \"$label1\"", TRUE},
		{", \"imap4flags\"", "hasflag \"\\\\Flagged\"", FALSE},
		{", \"date\"", "date :originalzone \"date\" \"date\" \"2026-01-01\"", TRUE},
		{", \"mailbox\"", "mailboxexists \"Lists/Talk\"", TRUE},
		{", \"mailbox\"", "mailboxexists \"Lists.Talk\"", TRUE},
		{", \"mailbox\"", "mailboxexists \"Lists\"", FALSE},
		{", \"special-use\"", "specialuse_exists \"\\\\Archive\"", TRUE},
		{", \"special-use\"", "specialuse_exists \"\\\\Junk\"", FALSE},
		{", \"envelope\"", "envelope :is \"to\" \"me@here.example\"", TRUE},
		{", \"extlists\"", "address :list \"from\" \":addrbook:default\"", TRUE},
		{", \"extlists\"", "address :list \"to\" \":addrbook:default\"", FALSE},
		{", \"environment\"", "environment :is \"location\" \"MUA\"", TRUE},
		{", \"environment\"", "environment :is \"domain\" \"example.org\"", TRUE},
		{", \"spamtest\", \"relational\", \"comparator-i;ascii-numeric\"",
			"spamtest :value \"ge\" :comparator \"i;ascii-numeric\" \"10\"", TRUE},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (holds(kept, rows[i].requires, rows[i].test) != rows[i].holds)
			g_error("%s: not %d", rows[i].test, rows[i].holds);
	}
}

static void
test_a_date_that_is_none_is_no_field(void)
{
	g_assert_false(holds("Date: \r\n", "", "exists \"date\""));
	g_assert_true(holds("Date: never\r\n", "", "header :is \"date\" \"never\""));
}

/* What the run says it lacks. */
static void
assert_missing(const char *fields, const char *requires, const char *test, gboolean whole, gboolean program)
{
	g_autofree char *text =
		g_strdup_printf("require [\"fileinto\"%s]; if %s { fileinto \"Archive\"; }", requires, test);
	g_autoptr(SieveScript) script = compile(text);
	g_auto(SieveResult) result = {0};
	World world;

	world_init(&world, fields);
	g_assert_false(sieve_run(script, rules_host_set(world.host, &world.mail), NULL, &result));
	if (!program)
		g_assert_error(result.error, POSTHORN_FAULT, FAULT_UNKNOWN);
	g_assert_cmpint(rules_host_wanted_whole(world.host), ==, whole);
	g_assert_cmpint(rules_host_wanted_program(world.host), ==, program);
	world_clear(&world);
}

static void
test_what_is_not_kept_is_missing_never_absent(void)
{
	assert_missing("", "", "exists \"x-mailer\"", FALSE, FALSE);
	assert_missing("", "", "header :contains \"received\" \"x\"", FALSE, FALSE);
	assert_missing(
		"Content-Type: text/html\r\n", "", "header :contains \"content-type\" \"x\"", FALSE, FALSE);
	assert_missing("", ", \"body\"", "body :contains \"x\"", TRUE, FALSE);
	assert_missing("", ", \"vnd.dovecot.execute\"", "execute :pipe \"sort\"", FALSE, TRUE);
	/* Where there was no room for all that is kept. */
	assert_missing(STORE_FIELDS_CUT, "", "exists \"cc\"", FALSE, FALSE);
	g_assert_true(holds("Sender: a@b\r\n" STORE_FIELDS_CUT, "", "exists \"sender\""));
}

/* ---- plans ------------------------------------------------------------------------------------ */

static char *
plan_words(const char *text, guint omit)
{
	g_autoptr(SieveScript) script = compile(text);
	g_auto(SieveResult) result = {0};
	g_autoptr(RulesPlan) plan = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) out = g_string_new(NULL);
	World world;

	world_init(&world, "");
	sieve_run(script, rules_host_set(world.host, &world.mail), NULL, &result);
	plan = rules_plan(&world.mail, &result, world.folders, omit, &error);
	for (guint i = 0; plan != NULL && i < plan->steps->len; i++) {
		const RulesStep *step = plan->steps->pdata[i];
		g_string_append_printf(out, "%s%s%s%s %u %u %s %s;", operation_kind_name(step->kind),
			step->target ? " " : "", step->target ? step->target : "", step->create ? "!" : "",
			step->add_flags, step->remove_flags, step->add_keywords ? step->add_keywords : "-",
			step->remove_keywords ? step->remove_keywords : "-");
	}
	if (plan == NULL)
		g_string_append(out, fault_name(fault_of(error)));
	else if (plan->once->len > 0)
		g_string_append_printf(out, "once %u", plan->once->len);
	world_clear(&world);
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static void
test_actions_become_the_fewest_steps(void)
{
	static const struct {
		const char *script;
		guint omit;
		const char *steps;
	} rows[] = {
		{"keep;", 0, ""},
		{"require \"fileinto\"; fileinto \"Archive\";", 0, "move Archive 0 0 - -;"},
		{"require \"fileinto\"; fileinto \"INBOX\";", 0, ""},
		{"require \"fileinto\"; fileinto \"Lists.Talk\";", 0, "move Lists/Talk 0 0 - -;"},
		{"require \"fileinto\"; fileinto \"Nowhere\";", 0, "unknown"},
		{"require [\"fileinto\", \"mailbox\"]; fileinto :create \"Nowhere\";", 0,
			"move Nowhere! 0 0 - -;"},
		{"require \"fileinto\"; fileinto \"Archive\"; fileinto \"Archive\";", 0,
			"move Archive 0 0 - -;"},
		{"require \"fileinto\"; fileinto \"Archive\"; fileinto \"Trash\";", 0,
			"copy Archive 0 0 - -;move Trash 0 0 - -;"},
		{"require [\"fileinto\", \"copy\"]; fileinto :copy \"Archive\";", 0, "copy Archive 0 0 - -;"},
		{"require [\"fileinto\", \"copy\"]; fileinto :copy \"Archive\";", RULES_OMIT_COPIES, ""},
		{"require [\"fileinto\", \"special-use\"]; fileinto :specialuse \"\\\\Archive\" \"X\";", 0,
			"move Archive 0 0 - -;"},
		{"require \"imap4flags\"; addflag \"\\\\Flagged\";", 0, "flags 2 0 - -;"},
		{"require \"imap4flags\"; setflag [\"\\\\Seen\", \"$Label1\"];", 0, ""},
		{"require \"imap4flags\"; setflag \"$New\";", 0, "flags 0 1 $New $Label1;"},
		{"require [\"imap4flags\", \"fileinto\", \"copy\"]; fileinto :copy :flags \"\\\\Flagged\" "
		 "\"Archive\";",
			0, "flags 2 1 - $Label1;copy Archive 0 0 - -;flags 1 2 $Label1 -;"},
		{"discard;", 0, "move Trash 0 0 - -;"},
		{"redirect \"x@y.example\";", 0, "move Trash 0 0 - -;once 1"},
		{"redirect \"x@y.example\";", RULES_OMIT_ONCE, ""},
		{"require \"copy\"; redirect :copy \"x@y.example\";", 0, "once 1"},
		{"require \"enotify\"; notify \"desktop:\"; keep;", 0, "once 1"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *steps = plan_words(rows[i].script, rows[i].omit);
		if (strcmp(steps, rows[i].steps) != 0)
			g_error("%s: %s, not %s", rows[i].script, steps, rows[i].steps);
	}
}

/* ---- sent on ------------------------------------------------------------------------------------- */

static gboolean
goes(const char *header, const char *to)
{
	g_autoptr(GBytes) octets = g_bytes_new(header, strlen(header));
	g_autoptr(OutboxMessage) message = rules_redirect("work", "me@x.example", to, "s", octets, 5, NULL);
	gsize length;

	if (message == NULL)
		return FALSE;
	g_assert_cmpstr(message->recipients->pdata[0], ==, to);
	g_assert_true(g_str_has_prefix(
		g_bytes_get_data(message->message, &length), "X-Sieve-Redirected-From: me@x.example\r\n"));
	return TRUE;
}

static void
test_nothing_is_sent_round_in_a_circle(void)
{
	g_autoptr(GString) many = g_string_new(NULL);

	for (guint i = 0; i < 50; i++)
		g_string_append(many, "Received: from a by b; x\r\n");
	g_string_append(many, "\r\n");
	g_assert_true(goes("Subject: s\r\n\r\nx", "you@x.example"));
	g_assert_false(goes("Subject: s\r\n\r\nx", "ME@x.example"));
	g_assert_false(goes("Subject: s\r\n\r\nx", "you"));
	g_assert_false(goes("X-Loop: me@x.example\r\n\r\nx", "you@x.example"));
	g_assert_true(goes("X-Loop: other@x.example\r\n\r\nx", "you@x.example"));
	g_assert_false(goes("X-Sieve-Redirected-From: <me@x.example>\r\n\r\nx", "you@x.example"));
	g_assert_false(goes("Auto-Submitted: auto-replied\r\n\r\nx", "you@x.example"));
	g_assert_true(goes("Auto-Submitted: auto-generated\r\n\r\nx", "you@x.example"));
	g_assert_false(goes(many->str, "you@x.example"));
}

/* ---- moves that go together ---------------------------------------------------------------------------- */

static Operation *
make_operation(OperationKind kind, gint64 undoes, const char *target, guint32 uid)
{
	Operation *operation = operation_new(kind, "work");

	operation->undoes = undoes;
	operation->target = g_strdup(target);
	operation_add_message(operation)->row = ROW_ID(1, uid);
	return operation;
}

static void
test_moves_of_rules_join_unless_something_stands_between(void)
{
	g_autoptr(Operation) first = make_operation(OPERATION_MOVE, OPERATION_AUTOMATIC, "A", 1);
	g_autoptr(GPtrArray) waiting = g_ptr_array_new_with_free_func((GDestroyNotify)operation_free);
	g_autoptr(GPtrArray) chosen = NULL;
	g_autoptr(Operation) merged = NULL;

	g_ptr_array_add(waiting, make_operation(OPERATION_MOVE, OPERATION_AUTOMATIC, "B", 2));
	g_ptr_array_add(waiting, make_operation(OPERATION_MOVE, OPERATION_AUTOMATIC, "A", 3));
	g_ptr_array_add(waiting, make_operation(OPERATION_MOVE, 0, "A", 4)); /* the user's */
	g_ptr_array_add(
		waiting, make_operation(OPERATION_MOVE, OPERATION_AUTOMATIC, "A", 2)); /* in B by then */
	g_ptr_array_add(waiting, make_operation(OPERATION_FLAGS, OPERATION_AUTOMATIC, NULL, 5));
	g_ptr_array_add(
		waiting, make_operation(OPERATION_MOVE, OPERATION_AUTOMATIC, "A", 5)); /* flags first */
	g_ptr_array_add(waiting, make_operation(OPERATION_MOVE, OPERATION_AUTOMATIC, "A", 6));
	g_ptr_array_add(waiting, make_operation(OPERATION_FOLDER_DELETE, 0, "A", 7));
	g_ptr_array_add(waiting, make_operation(OPERATION_MOVE, OPERATION_AUTOMATIC, "A", 8)); /* another A */
	g_assert_true(replay_may_join(first));
	chosen = replay_choose(first, waiting);
	g_assert_cmpuint(chosen->len, ==, 2);
	merged = replay_merge(first, chosen);
	g_assert_cmpuint(merged->messages->len, ==, 3);
	for (guint i = 0; i < 3; i++) {
		OperationMessage *message = merged->messages->pdata[i];
		message->new_uid = 100 + i;
		message->state = i == 1 ? OPERATION_ERROR : OPERATION_DONE;
	}
	replay_split(merged, first, chosen);
	g_assert_cmpuint(((OperationMessage *)first->messages->pdata[0])->new_uid, ==, 100);
	g_assert_cmpint(((OperationMessage *)((Operation *)chosen->pdata[0])->messages->pdata[0])->state, ==,
		OPERATION_ERROR);
	g_assert_cmpuint(
		((OperationMessage *)((Operation *)chosen->pdata[1])->messages->pdata[0])->new_uid, ==, 102);
}

/* ---- the stem of a subject --------------------------------------------------------------------------------
 */

static void
test_a_stem_is_what_others_of_its_kind_share(void)
{
	static const struct {
		const char *subject, *stem;
	} rows[] = {
		{"Re: Your invoice 2231", "Your invoice"},
		{"[list] Build #442 failed on main", "failed on main"},
		{"Weekly report, 2026-11-20", "Weekly report"},
		{"12345", NULL},
		{"Hi", NULL},
		{"", NULL},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *stem = rules_subject_stem(rows[i].subject);
		g_assert_cmpstr(stem, ==, rows[i].stem);
	}
}

/* ---- priority: one meaning everywhere ------------------------------------------------------------ */

static const struct {
	const char *fields;
	Priority priority;
} marked[] = {
	{"", PRIORITY_NORMAL},
	{"X-Priority: 1\r\n", PRIORITY_HIGH},
	{"X-Priority: 1 (Highest)\r\n", PRIORITY_HIGH},
	{"x-priority:2(High)\r\n", PRIORITY_HIGH},
	{"X-Priority: 3\r\n", PRIORITY_NORMAL},
	{"X-Priority: 3 (Normal)\r\n", PRIORITY_NORMAL},
	{"X-Priority: 4\r\n", PRIORITY_LOW},
	{"X-Priority: 5 (lowest)\r\n", PRIORITY_LOW},
	{"X-Priority: 10\r\n", PRIORITY_NORMAL},
	{"X-Priority: 1st\r\n", PRIORITY_NORMAL},
	{"X-Priority: \r\n", PRIORITY_NORMAL},
	{"X-Priority: 1\t(Highest)\r\n", PRIORITY_NORMAL},
	{"X-Priority: 1;\r\n", PRIORITY_NORMAL},
	{"X-Priority: \t 1 \t\r\n", PRIORITY_HIGH},
	{"X-Priority: 1\r\n (Highest)\r\n", PRIORITY_HIGH},
	{"X-Priority:\r\n 5\r\n", PRIORITY_LOW},
	{"X-Priority: =?utf-8?q?1?=\r\n", PRIORITY_HIGH},
	{"X-Priority: \xff\xfe\r\n", PRIORITY_NORMAL},
	{"Importance: High\r\n", PRIORITY_HIGH},
	{"Importance: LOW\r\n", PRIORITY_LOW},
	{"Importance: normal\r\n", PRIORITY_NORMAL},
	{"Importance: highly\r\n", PRIORITY_NORMAL},
	{"Priority: Urgent\r\n", PRIORITY_HIGH},
	{"Priority: non-urgent\r\n", PRIORITY_LOW},
	{"Priority: urgently\r\n", PRIORITY_NORMAL},
	{"X-MSMail-Priority: High\r\n", PRIORITY_HIGH},
	{"X-MSMail-Priority: Lowest\r\n", PRIORITY_LOW},
	{"X-MSMail-Priority: Normal\r\n", PRIORITY_NORMAL},
	/* The first that says high or low, in this order, whatever theirs is. */
	{"Importance: low\r\nX-Priority: 1\r\n", PRIORITY_HIGH},
	{"X-Priority: 3\r\nImportance: low\r\n", PRIORITY_LOW},
	{"X-MSMail-Priority: High\r\nPriority: non-urgent\r\n", PRIORITY_LOW},
	{"X-Priority: 5\r\nImportance: high\r\nPriority: urgent\r\nX-MSMail-Priority: High\r\n",
		PRIORITY_LOW},
	{"X-Priority: what\r\nImportance: ever\r\nPriority: you\r\nX-MSMail-Priority: High\r\n",
		PRIORITY_HIGH},
};

static void
put_marked(Mail *mail, FolderId inbox)
{
	for (guint i = 0; i < G_N_ELEMENTS(marked); i++) {
		g_autofree char *id = g_strdup_printf("p%u@x", i);
		StoreIntake *intake = mail_message(i + 1, 0, 1, "A subject", id, NULL);
		char *header = g_strconcat(marked[i].fields, intake->header, NULL);
		g_free(intake->header);
		intake->header = header;
		intake->header_length = strlen(header);
		mail_put(mail, inbox, intake);
	}
}

/* Does the test that a form writes for this condition hold? */
static gboolean
form_says(RulesHost *host, const StoreMail *mail, const FormCondition *condition)
{
	g_autofree char *test = form_condition_text(condition);
	g_autofree char *text = g_strdup_printf("if %s { discard; }", test);
	g_autoptr(SieveScript) script = compile(text);
	g_auto(SieveResult) result = {0};

	sieve_run(script, rules_host_set(host, mail), NULL, &result);
	g_assert_no_error(result.error);
	return ((SieveAction *)result.actions->pdata[0])->kind == SIEVE_DISCARD;
}

static void
test_priority_is_the_same_in_the_index_in_rules_and_in_proposals(void)
{
	static const char *const names[] = {
		[PRIORITY_NORMAL] = "normal", [PRIORITY_HIGH] = "high", [PRIORITY_LOW] = "low"};
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	RulesWorld world = {.address = "me@example.org"};
	g_autoptr(RulesHost) host = rules_host_new(&world);
	guint expected[G_N_ELEMENTS(names)] = {0};

	put_marked(mail, inbox);
	for (guint i = 0; i < G_N_ELEMENTS(marked); i++) {
		g_autoptr(StoreMail) one = store_view_mail(mail->view, ROW_ID(inbox, i + 1));
		g_test_message("%s", marked[i].fields);
		g_assert_cmpint(one->row->priority, ==, marked[i].priority);
		for (guint value = 0; value < G_N_ELEMENTS(names); value++) {
			FormCondition condition = {
				.subject = FORM_PRIORITY, .verb = FORM_IS, .value = (char *)names[value]};
			g_assert_cmpint(form_says(host, one, &condition), ==, value == marked[i].priority);
		}
		expected[marked[i].priority]++;
	}
	for (guint value = PRIORITY_HIGH; value < G_N_ELEMENTS(names); value++) {
		guint here, everywhere;
		store_view_count(mail->view, inbox, STORE_COUNT_PRIORITY, names[value], &here, &everywhere);
		g_assert_cmpuint(here, ==, expected[value]);
		g_assert_cmpuint(everywhere, ==, expected[value]);
	}
}

/* ---- proposals -------------------------------------------------------------------------------------- */

static void
put_with(Mail *mail, FolderId folder, guint32 uid, const char *subject, const char *header)
{
	StoreIntake *intake = mail_message(uid, 0, 1, subject, NULL, NULL);
	/* The first of a name counts: Ada's address only where header has none. */
	char *whole = g_strconcat(header, intake->header, NULL);

	g_free(intake->header);
	intake->header = whole;
	intake->header_length = strlen(whole);
	mail_put(mail, folder, intake);
}

/* How many messages of a folder the condition that the form makes of a proposal matches. */
static guint
form_counts(Mail *mail, FolderId folder, const RulesProposal *proposal)
{
	RulesWorld world = {.address = "me@example.org"};
	g_autoptr(RulesHost) host = rules_host_new(&world);
	g_autoptr(GPtrArray) mails = store_view_mails(mail->view, folder, 0, 1000);
	FormCondition *condition = rules_proposal_condition(proposal);
	guint count = 0;

	for (guint i = 0; i < mails->len; i++)
		count += form_says(host, mails->pdata[i], condition);
	form_condition_free(condition);
	return count;
}

#define ADA "From: Ada Example <ada@example.org>\r\n"

static const struct {
	const char *subject, *header;
} suggesting[] = {
	{"Weekly report 1", ADA "List-Id: Talk <talk.example.org>\r\n"},
	{"weekly REPORT 2", ADA "List-Id: \"Talk, again\" <Talk.example.org>\r\n"},
	{"Re: [talk] Weekly report 3", "From: Bob <BOB@Sub.Example.ORG>\r\nImportance: high\r\n"},
	{"Weekly   report 4", "From: bob@sub.example.org\r\nX-Priority: 1\r\n"},
	{"100% of_it \\ and \"so\" 5", "From: x@notexample.org\r\n"},
	{"100x of-it", "From: x_y@example.com\r\n"},
	{"Gr\u00fc\u00dfe aus Wien 7", "From: xzy@example.com\r\nPriority: non-urgent\r\n"},
	{"GR\u00dc\u00dfE aus Wien", "From: \"a@b\"@odd.example\r\n"},
	{"* star ? mark", "From: nobody\r\n"},
	{"", "From: \r\n"},
};

static void
test_a_proposal_counts_what_its_rule_would_match(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail), archive = mail_folder(mail, "Archive");

	for (guint i = 0; i < G_N_ELEMENTS(suggesting); i++) {
		put_with(mail, inbox, i + 1, suggesting[i].subject, suggesting[i].header);
		if (i % 2 == 0)
			put_with(mail, archive, i + 1, suggesting[i].subject, suggesting[i].header);
	}
	for (guint i = 0; i < G_N_ELEMENTS(suggesting); i++) {
		g_autoptr(StoreRow) row = store_view_row(mail->view, ROW_ID(inbox, i + 1));
		g_autoptr(GPtrArray) proposals = rules_proposals(mail->view, row);
		for (guint p = 0; p < proposals->len; p++) {
			const RulesProposal *proposal = proposals->pdata[p];
			guint here = form_counts(mail, inbox, proposal);
			g_test_message("%u: kind %d, %s", i, (int)proposal->kind, proposal->value);
			g_assert_cmpuint(proposal->here, >, 0);
			g_assert_cmpuint(proposal->here, ==, here);
			g_assert_cmpuint(
				proposal->everywhere, ==, here + form_counts(mail, archive, proposal));
		}
	}
}

static void
test_the_narrowest_proposal_that_matches_several_comes_first(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	g_autoptr(StoreRow) row = NULL;
	g_autoptr(GPtrArray) proposals = NULL;

	for (guint i = 1; i <= 9; i++)
		put_with(mail, inbox, i, i <= 2 ? "Weekly report" : "Other",
			i <= 4   ? ADA
			: i <= 7 ? "From: x@example.org\r\n"
				 : "From: x@y.example\r\n");
	put_with(mail, inbox, 10, "Weekly report", ADA "Importance: high\r\n");
	row = store_view_row(mail->view, ROW_ID(inbox, 10));
	proposals = rules_proposals(mail->view, row);
	g_assert_cmpuint(proposals->len, ==, 4);
	for (guint i = 0; i < 4; i++) {
		static const struct {
			ProposalKind kind;
			guint here;
		} order[] = {{PROPOSAL_SUBJECT, 3}, {PROPOSAL_SENDER, 5}, {PROPOSAL_DOMAIN, 8},
			{PROPOSAL_PRIORITY, 1}};
		const RulesProposal *proposal = proposals->pdata[i];
		g_assert_cmpint(proposal->kind, ==, order[i].kind);
		g_assert_cmpuint(proposal->here, ==, order[i].here);
	}
}

#define ADD(name) g_test_add_func("/engine/rules/" #name, test_##name)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD(what_the_cache_keeps_is_answered_at_once);
	ADD(a_date_that_is_none_is_no_field);
	ADD(what_is_not_kept_is_missing_never_absent);
	ADD(actions_become_the_fewest_steps);
	ADD(nothing_is_sent_round_in_a_circle);
	ADD(moves_of_rules_join_unless_something_stands_between);
	ADD(a_stem_is_what_others_of_its_kind_share);
	ADD(a_proposal_counts_what_its_rule_would_match);
	ADD(the_narrowest_proposal_that_matches_several_comes_first);
	ADD(priority_is_the_same_in_the_index_in_rules_and_in_proposals);
	return g_test_run();
}
