/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * execute, filter and pipe, in the syntax of vnd.dovecot. Only programs that the
 * configuration names can be run. What a filter gives back is what the rest of
 * the script looks at; the message in its folder stays as it is.
 */
#include "config.h"

#include "sieve/run.h"

#include "util/i18n.h"
#include "util/limits.h"

#include <string.h>

#define ARGUMENTS_MAX 16

typedef struct {
	guint output; /* the variable of :output; G_MAXUINT: none */
	const char *const *allowed;
} ProgramItem;

static gboolean
is_allowed(const char *const *allowed, const char *name)
{
	return allowed != NULL && g_strv_contains(allowed, name);
}

static const char *const *
copy_names(SieveCompiler *compiler, const char *const *names)
{
	guint count = names != NULL ? g_strv_length((char **)names) : 0;
	const char **copy = sieve_pool_zeroed(compiler->pool, count + 1, sizeof *copy);

	for (guint i = 0; i < count; i++)
		copy[i] = sieve_pool_text(compiler->pool, names[i], strlen(names[i]));
	return copy;
}

static gboolean
check_program(SieveCompiler *compiler, SieveItem *item)
{
	ProgramItem *program = sieve_pool_zeroed(compiler->pool, 1, sizeof *program);
	const SieveString *name = sieve_item_string(item, 0);
	const SieveString *output = sieve_item_tag_string(item, SIEVE_TAG_OUTPUT);
	const SieveArgument *arguments = item->bound->arguments[1];

	item->bound->data = program;
	program->output = G_MAXUINT;
	program->allowed = copy_names(compiler, compiler->shared->options->programs);
	compiler->script->needs |= SIEVE_NEEDS_PROGRAMS | SIEVE_NEEDS_ONCE;
	if (name->pieces == NULL && !is_allowed(program->allowed, name->text)) {
		sieve_compiler_complain(compiler, &name->place,
			_("The configuration does not name a program \"%.60s\"."), name->text);
		return FALSE;
	}
	if (arguments != NULL && arguments->count > ARGUMENTS_MAX) {
		sieve_compiler_complain(compiler, &arguments->place,
			_("A program takes at most %d arguments."), ARGUMENTS_MAX);
		return FALSE;
	}
	if (output == NULL)
		return TRUE;
	if (!sieve_compiler_requires(compiler, "variables")) {
		sieve_compiler_complain(
			compiler, &output->place, _("\"%s\" needs: require \"%s\";"), ":output", "variables");
		return FALSE;
	}
	if (!sieve_compiler_constant(compiler, output, _("The name of a variable")))
		return FALSE;
	program->output = sieve_compiler_variable(compiler, output->text, output->length, &output->place);
	return program->output != G_MAXUINT;
}

/* The program's name and arguments, when it may be run; the caller's. */
static char *
program_name(SieveRun *run, const SieveItem *item)
{
	const ProgramItem *program = item->bound->data;
	const char *name = sieve_run_text(run, sieve_item_string(item, 0), NULL);

	if (!sieve_run_failed(run) && !is_allowed(program->allowed, name))
		sieve_run_fail(
			run, FAULT_REFUSED, _("The configuration does not name a program \"%.60s\"."), name);
	return g_strdup(name);
}

static char **
program_arguments(SieveRun *run, const SieveItem *item)
{
	const SieveArgument *arguments = item->bound->arguments[1];
	guint count = arguments != NULL ? arguments->count : 0;
	char **copy = g_new0(char *, count + 1);

	for (guint i = 0; i < count; i++)
		copy[i] = g_strdup(sieve_run_text(run, &arguments->strings[i], NULL));
	return copy;
}

/* TRUE: it was run, and its status is in program. Frees nothing of it. */
static gboolean
run_program(SieveRun *run, const SieveItem *item, SieveProgram *program)
{
	const SieveHostClass *class = run->host->class;
	const SieveString *input = sieve_item_tag_string(item, SIEVE_TAG_INPUT);
	g_autofree char *name = program_name(run, item);
	g_auto(GStrv) arguments = program_arguments(run, item);
	GError *error = NULL;

	program->program = name;
	program->arguments = (const char *const *)arguments;
	if (input != NULL)
		program->input = sieve_run_text(run, input, NULL);
	if (sieve_run_failed(run))
		return FALSE;
	if (class->execute == NULL) {
		sieve_run_fail(run, FAULT_REFUSED, _("No program can be run here."));
		return FALSE;
	}
	if (!class->execute(run->host, program, &error)) {
		sieve_run_fail_with(run, error);
		return FALSE;
	}
	program->program = NULL;
	program->arguments = NULL;
	return TRUE;
}

static gboolean
test_execute(SieveRun *run, const SieveItem *item)
{
	const ProgramItem *row = item->bound->data;
	SieveProgram program = {.pipe_message = sieve_item_tag(item, SIEVE_TAG_PIPE) != NULL};
	gboolean good = run_program(run, item, &program);

	if (good && row->output != G_MAXUINT) {
		/* More than a variable holds is not looked at. */
		gsize length = MIN(program.output_length, LIMIT_SIEVE_VARIABLE + 4);
		g_autofree char *valid = g_utf8_make_valid(program.output != NULL ? program.output : "",
			program.output != NULL ? (gssize)length : 0);
		sieve_run_assign(run, row->output, valid, strlen(valid));
	}
	g_free(program.output);
	return good && program.status == 0;
}

static SieveFlow
run_execute(SieveRun *run, const SieveItem *item)
{
	test_execute(run, item);
	return SIEVE_FLOW_ON;
}

/* The rest of the script sees what the program made of the message. */
static void
take_message(SieveRun *run, const char *octets, gsize length)
{
	MimeMessage *before = run->filtered ? run->message : NULL;

	run->message = mime_message_parse_data(octets, length);
	run->filtered = TRUE;
	g_clear_pointer(&run->texts, g_hash_table_unref);
	run->text_octets = 0;
	run->part = NULL;
	memset(run->fields, 0, run->script->fields->len * sizeof *run->fields);
	mime_message_free(before);
}

static gboolean
test_filter(SieveRun *run, const SieveItem *item)
{
	SieveProgram program = {.pipe_message = TRUE};
	gboolean good = run_program(run, item, &program) && program.status == 0;

	if (good && program.output_length > 0)
		take_message(run, program.output, program.output_length);
	g_free(program.output);
	return good;
}

static SieveFlow
run_filter(SieveRun *run, const SieveItem *item)
{
	test_filter(run, item);
	return SIEVE_FLOW_ON;
}

static gboolean
check_filter(SieveCompiler *compiler, SieveItem *item)
{
	if (compiler->loops->len == 0)
		return check_program(compiler, item);
	sieve_compiler_complain(compiler, &item->place,
		_("\"filter\" cannot stand within \"foreverypart\": it makes another message."));
	return FALSE;
}

static SieveFlow
run_pipe(SieveRun *run, const SieveItem *item)
{
	g_autofree char *name = program_name(run, item);
	g_auto(GStrv) arguments = program_arguments(run, item);
	SieveAction *action = sieve_run_act(run, SIEVE_PIPE);

	if (action == NULL)
		return SIEVE_FLOW_FAIL;
	action->program = g_steal_pointer(&name);
	action->arguments = g_steal_pointer(&arguments);
	action->copy = sieve_item_tag(item, SIEVE_TAG_COPY) != NULL;
	action->try = sieve_item_tag(item, SIEVE_TAG_TRY) != NULL;
	run->kept = run->kept && action->copy;
	return SIEVE_FLOW_ON;
}

static const SieveRow rows[] = {
	{.name = "execute",
		.extension = "vnd.dovecot.execute",
		.signature = "s?S",
		.accepts = SIEVE_TAGS_EXECUTE,
		.check = check_program,
		.run = run_execute},
	{.name = "execute",
		.extension = "vnd.dovecot.execute",
		.signature = "s?S",
		.accepts = SIEVE_TAGS_EXECUTE,
		.traits = SIEVE_OUTWARD,
		.check = check_program,
		.test = test_execute},
	{.name = "filter",
		.extension = "vnd.dovecot.filter",
		.signature = "s?S",
		.check = check_filter,
		.run = run_filter},
	{.name = "filter",
		.extension = "vnd.dovecot.filter",
		.signature = "s?S",
		.traits = SIEVE_OUTWARD,
		.check = check_filter,
		.test = test_filter},
	{.name = "pipe",
		.extension = "vnd.dovecot.pipe",
		.signature = "s?S",
		.accepts = SIEVE_TAGS_COPY | SIEVE_TAGS_PIPE,
		.check = check_program,
		.run = run_pipe},
	{NULL},
};

static const SieveTagRow tags[] = {
	{"input", SIEVE_TAG_INPUT, NULL, SIEVE_TAGS_EXECUTE, 's', 90},
	{"pipe", SIEVE_TAG_PIPE, NULL, SIEVE_TAGS_EXECUTE, 0, 90},
	{"output", SIEVE_TAG_OUTPUT, NULL, SIEVE_TAGS_EXECUTE, 's', 0},
	{"try", SIEVE_TAG_TRY, NULL, SIEVE_TAGS_PIPE, 0, 0},
	{NULL},
};

const SieveModule sieve_module_programs = {.rows = rows, .tags = tags};
