/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/rules-run.h"

#include <string.h>

#include "engine/rules-redirect.h"
#include "engine/worker.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/program.h"
#include "util/text.h"

typedef struct {
	char *folder;
	guint32 uidvalidity, uid;
} Waiting;

/* What a notification says. */
typedef struct {
	char *subject, *sender;
} Notice;

struct RulesRun {
	RulesRunOptions options;
	RulesWorld world;
	RulesHost *host;
	GPtrArray *folders;
	RulesEffects *effects;
	GPtrArray *logs;    /* of RuleLog */
	GPtrArray *sights;  /* of RulesSight, copies */
	GPtrArray *waiting; /* of Waiting */
	GPtrArray *outbox;  /* of OutboxMessage */
	GPtrArray *notices; /* of Notice, queued for after the commit */
	GArray *claims;     /* of Claim */
	char *failure;
	guint taken;
	RulesWants wants;
};

typedef struct {
	guint64 message;
	gint64 received;
} Claim;

/* ---- the world -------------------------------------------------------------------------- */

typedef struct {
	RulesRun *run;
	const char *handle, *id;
	const StoreMail *mail;
	gboolean seen;
	GHashTable *people;
} Question;

static gboolean
ask_seen(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	Question *question = data;

	(void)engine;
	(void)error;
	question->seen = journal_rule_seen(journal, question->run->options.account->key, question->handle,
		question->id, question->run->world.now);
	return TRUE;
}

static gboolean
ask_people(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	(void)engine;
	(void)error;
	((Question *)data)->people = journal_rule_people(journal);
	return TRUE;
}

static void
ask(RulesRun *run, JournalFunc func, Question *question)
{
	Engine *engine = run->options.account->engine;

	if (run->options.journal != NULL)
		func(engine, run->options.journal, question, NULL);
	else
		journal_call(engine, func, question, NULL);
}

static gboolean
world_seen(const char *handle, const char *id, gpointer user)
{
	Question question = {.run = user, .handle = handle, .id = id};

	ask(user, ask_seen, &question);
	return question.seen;
}

/* Its exit status is the script's to look at: only what could not run at all is an error. */
static gboolean
world_execute(SieveProgram *program, GBytes *message, gpointer user, GError **error)
{
	RulesRun *run = user;
	g_auto(GStrv) fixed = config_rule_program(run->options.config, program->program);
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	ProgramOptions options = {0};
	g_autoptr(GError) failure = NULL;
	g_autofree char *errors = NULL;

	if (fixed == NULL) {
		fault_set(error, FAULT_REFUSED, _("no program \"%s\" is allowed: rules-program names them"),
			program->program);
		return FALSE;
	}
	for (guint i = 0; fixed[i] != NULL; i++)
		g_ptr_array_add(argv, fixed[i]);
	for (guint i = 0; program->arguments != NULL && program->arguments[i] != NULL; i++)
		g_ptr_array_add(argv, (char *)program->arguments[i]);
	g_ptr_array_add(argv, NULL);
	if (program->pipe_message && message != NULL)
		options.input = g_bytes_get_data(message, &options.input_length);
	else if (program->input != NULL) {
		options.input = program->input;
		options.input_length = strlen(program->input);
	}
	if (program_run((char *const *)argv->pdata, &options, run->options.account->engine->cancel,
		    &program->output, &program->output_length, &errors, &failure)) {
		program->status = 0;
		return TRUE;
	}
	if (fault_of(failure) == FAULT_LOCAL) {
		program->status = 1;
		return TRUE;
	}
	g_propagate_error(error, g_steal_pointer(&failure));
	return FALSE;
}

static void
waiting_free(gpointer data)
{
	g_free(((Waiting *)data)->folder);
	g_free(data);
}

static void
notice_free(gpointer data)
{
	g_free(((Notice *)data)->subject);
	g_free(((Notice *)data)->sender);
	g_free(data);
}

static void
sight_free(gpointer data)
{
	g_free(((RulesSight *)data)->handle);
	g_free(((RulesSight *)data)->id);
	g_free(data);
}

RulesRun *
rules_run_new(const RulesRunOptions *options)
{
	RulesRun *run = g_new0(RulesRun, 1);
	Question question = {.run = run};

	run->options = *options;
	if (run->options.now == 0)
		run->options.now = g_get_real_time() / G_USEC_PER_SEC;
	run->folders = store_view_folders(options->view);
	run->world.view = options->view;
	run->world.address = options->account->config->address;
	run->world.folders = run->folders;
	run->world.now = run->options.now;
	run->world.user = run;
	run->world.seen = world_seen;
	if (g_strv_contains(sieve_script_requires(options->script), "extlists")) {
		ask(run, ask_people, &question);
		run->world.people = question.people;
	}
	run->host = rules_host_new(&run->world);
	run->effects = rules_effects_new(options->account->key, options->undoes);
	run->logs = g_ptr_array_new_with_free_func((GDestroyNotify)rule_log_free);
	run->sights = g_ptr_array_new_with_free_func(sight_free);
	run->waiting = g_ptr_array_new_with_free_func(waiting_free);
	run->outbox = g_ptr_array_new_with_free_func((GDestroyNotify)outbox_message_free);
	run->notices = g_ptr_array_new_with_free_func(notice_free);
	run->claims = g_array_new(FALSE, FALSE, sizeof(Claim));
	return run;
}

void
rules_run_free(RulesRun *run)
{
	if (run == NULL)
		return;
	rules_host_free(run->host);
	rules_effects_free(run->effects);
	g_clear_pointer(&run->world.people, g_hash_table_unref);
	g_ptr_array_unref(run->folders);
	g_ptr_array_unref(run->logs);
	g_ptr_array_unref(run->sights);
	g_ptr_array_unref(run->waiting);
	g_ptr_array_unref(run->outbox);
	g_ptr_array_unref(run->notices);
	g_array_unref(run->claims);
	g_free(run->failure);
	g_free(run);
}

/* ---- judging ------------------------------------------------------------------------------- */

RulesPlan *
rules_run_judge(RulesRun *run, const StoreMail *mail, guint omit, SieveResult *result, GError **error)
{
	SieveRunOptions options = {.look_behind = run->options.look_behind};
	RulesPlan *plan;

	if (!sieve_run(run->options.script, rules_host_set(run->host, mail), &options, result)) {
		if (error != NULL && result->error_line > 0 && fault_of(result->error) != FAULT_UNKNOWN)
			fault_set(error, fault_of(result->error), _("line %u: %s"), result->error_line,
				result->error->message);
		else if (error != NULL)
			*error = g_error_copy(result->error);
		return NULL;
	}
	plan = rules_plan(mail, result, run->folders, omit, error);
	if (plan == NULL && error != NULL && *error != NULL)
		(*error)->code = FAULT_REFUSED; /* nothing to fetch will change it */
	return plan;
}

guint64
rules_run_message(const RulesRun *run, const StoreMail *mail)
{
	OperationMessage message = {
		.key = mail->key, .size = mail->row->size, .received = mail->row->received};

	return rule_message(&run->options.account->engine->hash_key, &message, mail->row->from_address,
		mail->row->subject);
}

static void
add_log(RulesRun *run, const StoreMail *mail, const SieveResult *result, guint rule, char *did,
	gboolean failed)
{
	RuleLog *log = g_new0(RuleLog, 1);

	log->message = rules_run_message(run, mail);
	log->received = mail->row->received;
	log->made = run->options.now;
	log->rule = g_strdup(rules_name(run->options.script, rule));
	log->did = did;
	log->also = rules_others(run->options.script, result, rule);
	log->host = text_safe(g_get_host_name(), -1, TEXT_MARKS);
	log->failed = failed;
	g_ptr_array_add(run->logs, log);
}

static void
add_sights(RulesRun *run)
{
	const GPtrArray *sights = rules_host_sights(run->host);

	for (guint i = 0; i < sights->len; i++) {
		const RulesSight *sight = sights->pdata[i];
		RulesSight *copy = g_memdup2(sight, sizeof *sight);
		copy->handle = g_strdup(sight->handle);
		copy->id = g_strdup(sight->id);
		g_ptr_array_add(run->sights, copy);
	}
	rules_host_saw(run->host);
}

static RulesTaken
fail(RulesRun *run, const StoreMail *mail, const SieveResult *result, const GError *error)
{
	g_autofree char *safe = text_safe(error->message, -1, TEXT_MARKS);

	if (run->failure == NULL)
		run->failure = g_strdup(safe);
	add_log(run, mail, result, G_MAXUINT, g_steal_pointer(&safe), TRUE);
	return RULES_FAILED;
}

/* ---- once ------------------------------------------------------------------------------------- */

/* No option of the program's. */
static char *
argument(char *take)
{
	char *guarded;

	if (take[0] != '-')
		return take;
	guarded = g_strconcat(" ", take, NULL);
	g_free(take);
	return guarded;
}

static void
add_notice(RulesRun *run, const StoreMail *mail, const SieveAction *action)
{
	Notice *notice = g_new0(Notice, 1);
	const char *subject = action->text ? action->text : mail->row->subject;

	notice->subject = argument(text_safe(subject, -1, TEXT_MARKS));
	notice->sender = argument(
		mime_sender_display(mail->row->from_name, mail->row->from_address, mail->row->several_from));
	g_ptr_array_add(run->notices, notice);
}

static GBytes *
octets_of(RulesRun *run, const StoreMail *mail)
{
	return store_view_part(run->options.view, mail->row->cid, "");
}

static gboolean
ask_begin(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	Question *question = data;
	RulesRun *run = question->run;

	(void)engine;
	question->seen = journal_rule_set_claim(journal, run->options.account->key,
		rules_run_message(run, question->mail), question->mail->row->received, RULE_CLAIM_BEGUN,
		run->options.now, error);
	return question->seen;
}

/* Durable before it starts: killed from here on, it is not started again. */
static gboolean
begin_program(RulesRun *run, const StoreMail *mail)
{
	Question question = {.run = run, .mail = mail};

	ask(run, ask_begin, &question);
	return question.seen;
}

static gboolean
run_pipe(RulesRun *run, const StoreMail *mail, const SieveAction *action, GError **error)
{
	g_autoptr(GBytes) octets = octets_of(run, mail);
	SieveProgram program = {.program = action->program,
		.arguments = (const char *const *)action->arguments,
		.pipe_message = TRUE};
	gboolean ok;

	if (run->options.config == NULL) {
		fault_set(error, FAULT_REFUSED, _("programs do not run here"));
		return FALSE;
	}
	if (!begin_program(run, mail)) {
		fault_set(error, FAULT_LOCAL, _("the journal cannot be written"));
		return FALSE;
	}
	ok = world_execute(&program, octets, run, error);
	g_free(program.output);
	if (ok && program.status != 0) {
		fault_set(error, FAULT_REFUSED, _("program %s failed"), action->program);
		ok = FALSE;
	}
	return ok || action->try;
}

static gboolean
do_once(RulesRun *run, const StoreMail *mail, const SieveAction *action, GError **error)
{
	const AccountConfig *config = run->options.account->config;
	g_autoptr(GBytes) octets = NULL;
	OutboxMessage *message;

	if (action->kind == SIEVE_NOTIFY) {
		add_notice(run, mail, action);
		return TRUE;
	}
	if (action->kind == SIEVE_PIPE)
		return run_pipe(run, mail, action, error);
	if (config->smtp.host == NULL) {
		fault_set(error, FAULT_REFUSED, _("this account has no server for sending"));
		return FALSE;
	}
	octets = octets_of(run, mail);
	message = rules_redirect(config->key, config->address, action->address, mail->row->subject, octets,
		run->options.now, error);
	if (message != NULL)
		g_ptr_array_add(run->outbox, message);
	return message != NULL;
}

/* What is refused or fails is said in the log, and the message stays. */
static gboolean
do_all_once(RulesRun *run, const StoreMail *mail, const SieveResult *result, const RulesPlan *plan)
{
	guint queued = run->outbox->len, told = run->notices->len;

	for (guint i = 0; i < plan->once->len; i++) {
		const SieveAction *action = plan->once->pdata[i];
		g_autoptr(GError) error = NULL;
		if (do_once(run, mail, action, &error))
			continue;
		g_ptr_array_set_size(run->outbox, (int)queued);
		g_ptr_array_set_size(run->notices, (int)told);
		g_prefix_error(&error, _("line %u, %s: "), action->line, sieve_action_name(action->kind));
		fail(run, mail, result, error);
		return FALSE;
	}
	return TRUE;
}

static gboolean
needs_octets(RulesRun *run, const StoreMail *mail, const RulesPlan *plan)
{
	gboolean needs = FALSE;
	g_autoptr(GBytes) octets = NULL;

	for (guint i = 0; i < plan->once->len; i++)
		needs |= ((SieveAction *)plan->once->pdata[i])->kind != SIEVE_NOTIFY;
	if (!needs)
		return FALSE;
	octets = octets_of(run, mail);
	return octets == NULL;
}

/* ---- gathering ------------------------------------------------------------------------------------ */

static gboolean
ask_done(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	Question *question = data;

	(void)engine;
	(void)error;
	question->seen = journal_rule_was_done(journal, question->run->options.account->key,
		rules_run_message(question->run, question->mail), question->mail->row->received);
	return TRUE;
}

/* What was copied once is not copied by each run. */
static void
drop_copies(RulesRun *run, const StoreMail *mail, const SieveResult *result, guint omit, RulesPlan **plan)
{
	Question question = {.run = run, .mail = mail};
	gboolean copies = FALSE;

	for (guint i = 0; i < (*plan)->steps->len; i++)
		copies |= ((RulesStep *)(*plan)->steps->pdata[i])->kind == OPERATION_COPY;
	if (copies)
		ask(run, ask_done, &question);
	if (!question.seen)
		return;
	rules_plan_free(*plan);
	*plan = rules_plan(mail, result, run->folders, omit | RULES_OMIT_COPIES, NULL);
}

/* *plan may become another one. */
static RulesTaken
gather(RulesRun *run, const StoreMail *mail, const SieveResult *result, guint omit, RulesPlan **plan)
{
	add_sights(run);
	if (run->options.again)
		drop_copies(run, mail, result, omit, plan);
	if (*plan == NULL || rules_plan_is_empty(*plan))
		return RULES_NOTHING;
	if (!rules_effects_add(run->effects, *plan, run->options.view, mail->row->id))
		return RULES_NOTHING;
	add_log(run, mail, result, (*plan)->rule, rules_plan_words(*plan, TRUE), FALSE);
	run->taken++;
	return RULES_TAKEN;
}

/* Without what was refused. */
static RulesTaken
take_without(RulesRun *run, const StoreMail *mail, const char *why)
{
	g_auto(SieveResult) result = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(RulesPlan) plan = rules_run_judge(run, mail, RULES_OMIT_ONCE, &result, &error);

	if (why != NULL) {
		g_autoptr(GError) refused = NULL;
		fault_set(&refused, FAULT_REFUSED, "%s", why);
		fail(run, mail, &result, refused);
	}
	return plan ? gather(run, mail, &result, RULES_OMIT_ONCE, &plan) : fail(run, mail, &result, error);
}

static RulesTaken
wait_for(RulesRun *run, RulesWants wants)
{
	run->wants = wants;
	return RULES_WAITS;
}

static RulesTaken
take_undecided(RulesRun *run, const StoreMail *mail, const SieveResult *result, RulesOnce once,
	const char *why, const GError *error)
{
	g_autoptr(GError) refused = NULL;

	if (rules_host_wanted_program(run->host) && once == RULES_ONCE_WAITS)
		return wait_for(run, RULES_WANT_CLAIM);
	if (rules_host_wanted_program(run->host) && why != NULL) {
		fault_set(&refused, FAULT_REFUSED, "%s", why);
		return fail(run, mail, result, refused);
	}
	if (fault_of(error) == FAULT_UNKNOWN && !rules_host_wanted_program(run->host))
		return wait_for(
			run, rules_host_wanted_whole(run->host) ? RULES_WANT_WHOLE : RULES_WANT_HEADER);
	return fail(run, mail, result, error);
}

RulesTaken
rules_run_take(RulesRun *run, const StoreMail *mail, RulesOnce once, const char *why)
{
	g_auto(SieveResult) result = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(RulesPlan) plan = NULL;
	Claim claim = {.message = rules_run_message(run, mail), .received = mail->row->received};

	run->world.execute = once == RULES_ONCE_OURS && run->options.config != NULL ? world_execute : NULL;
	plan = rules_run_judge(run, mail, 0, &result, &error);
	if (plan == NULL)
		return take_undecided(run, mail, &result, once, why, error);
	if (once == RULES_ONCE_OURS && needs_octets(run, mail, plan))
		return wait_for(run, RULES_WANT_WHOLE);
	if (once == RULES_ONCE_OURS)
		g_array_append_val(run->claims, claim);
	if (plan->once->len == 0)
		return gather(run, mail, &result, 0, &plan);
	if (once == RULES_ONCE_WAITS)
		return wait_for(run, RULES_WANT_CLAIM);
	if (once == RULES_ONCE_REFUSED)
		return take_without(run, mail, why);
	if (!do_all_once(run, mail, &result, plan))
		return take_without(run, mail, NULL);
	return gather(run, mail, &result, 0, &plan);
}

RulesPlan *
rules_run_look(RulesRun *run, const StoreMail *mail, SieveResult *result, GError **error)
{
	RulesPlan *plan = rules_run_judge(run, mail, 0, result, error);

	run->wants = rules_host_wanted_program(run->host) ? RULES_WANT_CLAIM
		     : rules_host_wanted_whole(run->host) ? RULES_WANT_WHOLE
							  : RULES_WANT_HEADER;
	return plan;
}

const GPtrArray *
rules_run_folders(const RulesRun *run)
{
	return run->folders;
}

RulesTaken
rules_run_probe(RulesRun *run, const StoreMail *mail)
{
	g_auto(SieveResult) result = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(RulesPlan) plan = rules_run_look(run, mail, &result, &error);

	if (plan == NULL && fault_of(error) == FAULT_UNKNOWN)
		return RULES_WAITS;
	if (plan == NULL)
		return rules_host_wanted_program(run->host) ? RULES_WAITS : RULES_FAILED;
	if (plan->once->len > 0)
		return wait_for(run, RULES_WANT_CLAIM);
	return rules_plan_is_empty(plan) ? RULES_NOTHING : RULES_TAKEN;
}

RulesWants
rules_run_wants(const RulesRun *run)
{
	return run->wants;
}

void
rules_run_wait(RulesRun *run, const char *folder, guint32 uidvalidity, guint32 uid)
{
	Waiting *waiting = g_new0(Waiting, 1);

	waiting->folder = g_strdup(folder);
	waiting->uidvalidity = uidvalidity;
	waiting->uid = uid;
	g_ptr_array_add(run->waiting, waiting);
}

guint
rules_run_count(const RulesRun *run)
{
	return run->taken;
}

char *
rules_run_words(const RulesRun *run)
{
	return rules_effects_words(run->effects);
}

const char *
rules_run_failure(const RulesRun *run)
{
	return run->failure;
}

/* ---- the end ------------------------------------------------------------------------------------------ */

/* After the first failed call the others do nothing, and the commit tells it. */
static void
write_beside(RulesRun *run, Journal *journal, gint64 group)
{
	const char *key = run->options.account->key;

	for (guint i = 0; i < run->logs->len; i++) {
		RuleLog *log = run->logs->pdata[i];
		log->group = log->failed ? 0 : group;
		journal_rule_log_add(journal, key, log, NULL);
	}
	for (guint i = 0; i < run->sights->len; i++) {
		const RulesSight *sight = run->sights->pdata[i];
		journal_rule_see(journal, key, sight->handle, sight->id, run->options.now, sight->seconds,
			sight->last, NULL);
	}
	for (guint i = 0; i < run->waiting->len; i++) {
		const Waiting *waiting = run->waiting->pdata[i];
		journal_rule_wait(journal, key, waiting->folder, waiting->uidvalidity, waiting->uid, NULL);
	}
	for (guint i = 0; i < run->outbox->len; i++) {
		OutboxMessage *message = run->outbox->pdata[i];
		/* What is sent on has its copy already. */
		if (outbox_add(journal, message, NULL))
			outbox_set_filed(journal, message->id, NULL);
	}
	for (guint i = 0; i < run->claims->len; i++) {
		const Claim *claim = &g_array_index(run->claims, Claim, i);
		journal_rule_set_claim(journal, key, claim->message, claim->received, RULE_CLAIM_DONE,
			run->options.now, NULL);
	}
}

gboolean
rules_run_commit(RulesRun *run, Journal *journal, gint64 *group, GError **error)
{
	g_autoptr(GPtrArray) operations = rules_effects_take(run->effects);
	gint64 made = 0;

	if (group != NULL)
		*group = 0;
	if (!journal_begin(journal, error))
		return FALSE;
	if (operations->len > 0 &&
		journal_add(journal, (Operation **)operations->pdata, operations->len, NULL))
		made = ((Operation *)operations->pdata[0])->group;
	write_beside(run, journal, made);
	if (!journal_commit(journal, error))
		return FALSE;
	if (group != NULL)
		*group = made;
	/* The command line sends at its own end. */
	if (run->outbox->len > 0 && !run->options.account->engine->batch)
		worker_post(run->options.account->sender, WORK_OUTBOX);
	return TRUE;
}

void
rules_run_notify(RulesRun *run, Cancel *cancel)
{
	const Config *config = run->options.config;
	char **command = config ? config_program(config)->notify_command : NULL;

	if (command == NULL || (strcmp(command[0], "none") == 0 && command[1] == NULL))
		return;
	for (guint i = 0; i < run->notices->len; i++) {
		const Notice *notice = run->notices->pdata[i];
		g_autoptr(GPtrArray) argv = g_ptr_array_new();
		g_autofree char *output = NULL;
		g_autoptr(GError) error = NULL;
		for (guint word = 0; command[word] != NULL; word++)
			g_ptr_array_add(argv, command[word]);
		g_ptr_array_add(argv, notice->subject);
		g_ptr_array_add(argv, notice->sender);
		g_ptr_array_add(argv, NULL);
		if (!program_run((char *const *)argv->pdata, NULL, cancel, &output, NULL, NULL, &error))
			engine_post_note(
				run->options.account->engine, run->options.account->key, NULL, error);
	}
	g_ptr_array_set_size(run->notices, 0);
}
