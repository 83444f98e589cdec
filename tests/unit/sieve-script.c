/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sieve-script.h"

#include "util/fault.h"

#include <string.h>

static const char short_message[] =
	"From: Alice <alice@example.org>\nTo: bob@example.com\nSubject: Hello\n\nText.\n";

/* A host over octets that has flags and folders too. */
typedef struct {
	SieveHost base;
	SieveHostClass class;
	SieveHost *octets;
	const SieveCase *how;
	GPtrArray *seen; /* of char *: ids of duplicate */
} CaseHost;

#define OCTETS(host) (((CaseHost *)(host))->octets)

static SieveAnswer
case_header(SieveHost *host, const char *name, const GPtrArray **values)
{
	return OCTETS(host)->class->header(OCTETS(host), name, values);
}

static SieveAnswer
case_addresses(SieveHost *host, const char *name, const GPtrArray **addresses)
{
	return OCTETS(host)->class->addresses(OCTETS(host), name, addresses);
}

static SieveAnswer
case_size(SieveHost *host, guint64 *octets)
{
	return OCTETS(host)->class->size(OCTETS(host), octets);
}

static SieveAnswer
case_whole(SieveHost *host, MimeMessage **message)
{
	return OCTETS(host)->class->whole(OCTETS(host), message);
}

static SieveAnswer
case_envelope(SieveHost *host, SieveEnvelopePart part, const char **address)
{
	return OCTETS(host)->class->envelope(OCTETS(host), part, address);
}

static const char *const *
case_flags(SieveHost *host)
{
	return ((CaseHost *)host)->how->flags;
}

static gboolean
case_folder_exists(SieveHost *host, const char *folder)
{
	const char *const *folders = ((CaseHost *)host)->how->folders;

	return folders == NULL || g_strv_contains(folders, folder);
}

static gboolean
case_role_exists(SieveHost *host, const char *folder, const char *special_use)
{
	(void)host;
	return strcmp(special_use, "\\Archive") == 0 && (folder == NULL || strcmp(folder, "Old") == 0);
}

static gboolean
case_seen(SieveHost *base, const char *handle, const char *id, guint64 seconds, gboolean last)
{
	CaseHost *host = (CaseHost *)base;
	g_autofree char *key = g_strdup_printf(
		"%s|%s|%" G_GUINT64_FORMAT "|%d", handle != NULL ? handle : "", id, seconds, last);

	if (g_ptr_array_find_with_equal_func(host->seen, key, g_str_equal, NULL))
		return TRUE;
	g_ptr_array_add(host->seen, g_steal_pointer(&key));
	return FALSE;
}

static gboolean
case_listed(SieveHost *host, const char *list, const char *address, gboolean *known)
{
	return OCTETS(host)->class->listed(OCTETS(host), list, address, known);
}

static const char *
case_environment(SieveHost *host, const char *name)
{
	(void)host;
	return strcmp(name, "host") == 0 ? "desk.example.org" : NULL;
}

static SieveAnswer
case_spam(SieveHost *host, int *score, int *percent)
{
	return OCTETS(host)->class->spam(OCTETS(host), score, percent);
}

/* "true", "false", "cat" (its input, or the message), "say" (its arguments), "broken" (cannot be run). */
static gboolean
case_execute(SieveHost *base, SieveProgram *program, GError **error)
{
	CaseHost *host = (CaseHost *)base;

	if (strcmp(program->program, "broken") == 0) {
		fault_set(error, FAULT_RETRY, "it ran too long");
		return FALSE;
	}
	program->status = strcmp(program->program, "false") == 0;
	if (strcmp(program->program, "say") == 0)
		program->output = g_strjoinv(" ", (char **)program->arguments);
	else if (strcmp(program->program, "cat") == 0)
		program->output = g_strdup(program->input != NULL  ? program->input
					   : program->pipe_message ? host->how->message
								   : "");
	else if (strcmp(program->program, "mark") == 0)
		program->output = g_strdup("X-Mark: yes\nSubject: filtered\n\nnew text\n");
	program->output_length = program->output != NULL ? strlen(program->output) : 0;
	return TRUE;
}

static gint64
case_now(SieveHost *host)
{
	return OCTETS(host)->class->now(OCTETS(host));
}

/* An hour east of Greenwich. */
static int
case_zone(SieveHost *host, gint64 when)
{
	(void)host;
	(void)when;
	return 60;
}

static const SieveHostClass case_class = {
	.header = case_header,
	.addresses = case_addresses,
	.size = case_size,
	.whole = case_whole,
	.envelope = case_envelope,
	.flags = case_flags,
	.folder_exists = case_folder_exists,
	.role_exists = case_role_exists,
	.seen = case_seen,
	.listed = case_listed,
	.environment = case_environment,
	.spam = case_spam,
	.execute = case_execute,
	.now = case_now,
	.zone = case_zone,
};

static char *
include(const char *name, gboolean global, gpointer user, GError **error)
{
	const SieveCase *how = user;
	g_autofree char *key = g_strdup_printf("%s%s", global ? "global/" : "", name);

	for (guint i = 0; how->names != NULL && how->names[i] != NULL; i++)
		if (strcmp(how->names[i], key) == 0)
			return g_strdup(how->texts[i]);
	fault_set(error, FAULT_UNKNOWN, "There is no script %s.", key);
	return NULL;
}

static SieveScript *
compile(const char *script, gssize length, const SieveCase *how, GPtrArray **errors)
{
	SieveOptions options = {.file = "test",
		.include = how != NULL && how->names != NULL ? include : NULL,
		.user = (gpointer)how,
		.programs = how != NULL ? how->programs : NULL};

	return sieve_compile(script, length, &options, errors);
}

char *
sieve_complaints(const char *script, gssize length, const SieveCase *how)
{
	g_autoptr(GPtrArray) errors = NULL;
	g_autoptr(SieveScript) compiled = compile(script, length, how, &errors);
	GString *out = g_string_new(NULL);

	g_assert_true((compiled == NULL) == (errors != NULL && errors->len > 0));
	for (guint i = 0; errors != NULL && i < errors->len; i++) {
		const SieveError *error = g_ptr_array_index(errors, i);
		if (strcmp(error->file, "test") != 0)
			g_string_append_printf(out, "%s:", error->file);
		g_string_append_printf(out, "%u:%u: %s\n", error->line, error->column, error->message);
	}
	if (out->len > 0)
		g_string_truncate(out, out->len - 1);
	return g_string_free(out, FALSE);
}

static void
run(const char *script, const SieveCase *how, gboolean trace, SieveResult *result)
{
	static const SieveCase nothing = {.message = NULL};
	g_autoptr(GPtrArray) errors = NULL;
	g_autoptr(SieveScript) compiled = compile(script, -1, how, &errors);
	g_autoptr(GPtrArray) seen = g_ptr_array_new_with_free_func(g_free);
	const char *message;
	SieveOctets octets;
	SieveRunOptions options = {.trace = trace};
	CaseHost host = {.base = {&case_class}, .how = how != NULL ? how : &nothing, .seen = seen};

	if (compiled == NULL) {
		g_autofree char *words = sieve_error_words(g_ptr_array_index(errors, 0));
		g_error("%s\n%s", words, script);
	}
	message = host.how->message != NULL ? host.how->message : short_message;
	octets = (SieveOctets){
		.octets = g_bytes_new(message, host.how->length > 0 ? host.how->length : strlen(message)),
		.from = host.how->from,
		.to = host.how->to,
		.now = host.how->now,
		.known = host.how->known};
	host.octets = sieve_host_from_octets(&octets);
	options.look_behind = host.how->look_behind;
	g_assert_true(sieve_run(compiled, &host.base, &options, result) == (result->error == NULL));
	g_assert_cmpuint(result->actions->len, >, 0);
	sieve_host_free(host.octets);
	g_bytes_unref(octets.octets);
}

static void
append_action(GString *out, const SieveAction *action)
{
	const char *const words[] = {action->folder, action->special_use, action->address, action->method,
		action->text, action->program};

	g_string_append(out, sieve_action_name(action->kind));
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		if (words[i] != NULL)
			g_string_append_printf(out, " %s", words[i]);
	for (char **word = action->arguments; word != NULL && *word != NULL; word++)
		g_string_append_printf(out, " %s", *word);
	for (char **word = action->options; word != NULL && *word != NULL; word++)
		g_string_append_printf(out, " %s", *word);
	if (action->importance > 0)
		g_string_append_printf(out, " %u", action->importance);
	g_string_append_printf(out, "%s%s%s", action->copy ? " copy" : "", action->create ? " create" : "",
		action->try ? " try" : "");
	if (action->flags != NULL) {
		g_autofree char *flags = g_strjoinv(" ", action->flags);
		g_string_append_printf(out, " [%s]", flags);
	}
}

char *
sieve_outcome(const char *script, const SieveCase *how)
{
	g_auto(SieveResult) result = {NULL};
	GString *out = g_string_new(NULL);

	run(script, how, FALSE, &result);
	if (result.error != NULL) {
		const SieveAction *only = g_ptr_array_index(result.actions, 0);
		g_assert_cmpuint(result.actions->len, ==, 1);
		g_assert_cmpint(only->kind, ==, SIEVE_KEEP);
		g_assert_null(only->flags);
		g_string_printf(out, "error %s %u: %s", fault_name(fault_of(result.error)), result.error_line,
			result.error->message);
		return g_string_free(out, FALSE);
	}
	for (guint i = 0; i < result.actions->len; i++) {
		if (i > 0)
			g_string_append(out, "; ");
		append_action(out, g_ptr_array_index(result.actions, i));
	}
	return g_string_free(out, FALSE);
}

char *
sieve_matched(const char *script, const SieveCase *how)
{
	g_auto(SieveResult) result = {NULL};
	GString *out = g_string_new(NULL);

	run(script, how, FALSE, &result);
	for (guint i = 0; i < result.matches->len; i++) {
		const SieveMatch *match = &g_array_index(result.matches, SieveMatch, i);
		g_string_append_printf(out, "%s%u%s%s@%u", i > 0 ? " " : "", match->rule,
			match->acted ? "!" : "", match->effective ? "" : "-", match->line);
	}
	return g_string_free(out, FALSE);
}

char *
sieve_traced(const char *script, const SieveCase *how)
{
	g_auto(SieveResult) result = {NULL};
	GString *out = g_string_new(NULL);

	run(script, how, TRUE, &result);
	for (guint i = 0; i < result.trace->len; i++)
		g_string_append_printf(
			out, "%s%s", i > 0 ? "\n" : "", (char *)g_ptr_array_index(result.trace, i));
	return g_string_free(out, FALSE);
}

/* ---- rows ------------------------------------------------------------------------------- */

static void
check_equal(const char *script, const char *found, const char *wanted)
{
	if (strcmp(found, wanted) != 0)
		g_test_fail_printf("%s\ngives:    %s\ninstead of %s", script, found, wanted);
}

void
sieve_check_rows(const SieveScriptRow *rows, gsize count, const SieveCase *how)
{
	for (gsize i = 0; i < count; i++) {
		g_autofree char *outcome = sieve_outcome(rows[i].script, how);
		check_equal(rows[i].script, outcome, rows[i].outcome);
	}
}

void
sieve_check_tests(const char *required, const SieveTestRow *rows, gsize count, const SieveCase *how)
{
	for (gsize i = 0; i < count; i++) {
		g_autofree char *script =
			g_strdup_printf("%s%s%s if %s { discard; }", required != NULL ? "require [" : "",
				required != NULL ? required : "", required != NULL ? "];" : "", rows[i].test);
		g_autofree char *outcome = sieve_outcome(script, how);
		check_equal(rows[i].test, outcome, rows[i].holds ? "discard" : "keep");
	}
}

void
sieve_check_complaints(const SieveScriptRow *rows, gsize count, const SieveCase *how)
{
	for (gsize i = 0; i < count; i++) {
		g_autofree char *words = sieve_complaints(rows[i].script, -1, how);
		check_equal(rows[i].script, words, rows[i].outcome);
	}
}
