/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sieve-driver [-t] [-f FROM] [-r TO] SCRIPT MESSAGE... - run a script over messages.
 *
 * A line of words between tabs for each message: its file, then its actions:
 * "keep", "fileinto FOLDER", "redirect ADDRESS", "discard", each with " [flags]"
 * where the message is to have flags of its own; or "error: WORDS". A script that does not
 * compile: its errors on standard error, and exit status 2. -t: the trace too.
 */
#include "config.h"

#include "sieve/sieve.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

static char *
include(const char *name, gboolean global, gpointer user, GError **error)
{
	g_autofree char *path = g_strdup_printf("%s/%s.sieve", (const char *)user, name);
	char *text = NULL;

	(void)global;
	g_file_get_contents(path, &text, NULL, error);
	return text;
}

static void
print_action(const SieveAction *action)
{
	const char *what = action->folder != NULL ? action->folder : action->address;

	printf("\t%s", sieve_action_name(action->kind));
	if (what != NULL)
		printf(" %s", what);
	if (action->flags != NULL) {
		g_autofree char *flags = g_strjoinv(" ", action->flags);
		printf(" [%s]", flags);
	}
}

static int
run_over(const SieveScript *script, SieveOctets *octets, const char *path, gboolean trace)
{
	SieveRunOptions options = {.trace = trace};
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	g_auto(SieveResult) result = {NULL};
	SieveHost *host;
	gsize length;

	if (!g_file_get_contents(path, &text, &length, &error)) {
		fprintf(stderr, "%s\n", error->message);
		return 1;
	}
	octets->octets = g_bytes_new(text, length);
	host = sieve_host_from_octets(octets);
	sieve_run(script, host, &options, &result);
	printf("%s", path);
	if (result.error != NULL)
		printf("\terror: %s", result.error->message);
	else
		for (guint i = 0; i < result.actions->len; i++)
			print_action(g_ptr_array_index(result.actions, i));
	printf("\n");
	for (guint i = 0; result.trace != NULL && i < result.trace->len; i++)
		printf("  %s\n", (const char *)g_ptr_array_index(result.trace, i));
	sieve_host_free(host);
	g_bytes_unref(octets->octets);
	return 0;
}

int
main(int argc, char **argv)
{
	gboolean trace = FALSE;
	char *from = NULL, *to = NULL;
	g_autofree char *text = NULL, *folder = NULL;
	GOptionEntry entries[] = {
		{"trace", 't', 0, G_OPTION_ARG_NONE, &trace, "print the trace", NULL},
		{"from", 'f', 0, G_OPTION_ARG_STRING, &from, "who sent it", "ADDRESS"},
		{"to", 'r', 0, G_OPTION_ARG_STRING, &to, "who receives it", "ADDRESS"},
		{NULL},
	};
	GOptionContext *context = g_option_context_new("SCRIPT MESSAGE...");
	static const char *const programs[] = {"true", "false", NULL};
	g_autoptr(GPtrArray) errors = NULL;
	g_autoptr(SieveScript) script = NULL;
	SieveOptions options = {.include = include, .programs = programs};
	SieveOctets octets = {NULL};
	int status = 0;

	setlocale(LC_CTYPE, "C.UTF-8");
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, NULL) || argc < 2 ||
		!g_file_get_contents(argv[1], &text, NULL, NULL))
		return 1;
	g_option_context_free(context);
	folder = g_path_get_dirname(argv[1]);
	options.file = argv[1];
	options.user = folder;
	script = sieve_compile(text, -1, &options, &errors);
	for (guint i = 0; errors != NULL && i < errors->len; i++) {
		g_autofree char *words = sieve_error_words(g_ptr_array_index(errors, i));
		fprintf(stderr, "%s\n", words);
	}
	if (script == NULL)
		return 2;
	octets.from = from;
	octets.to = to;
	for (int i = 2; i < argc && status == 0; i++)
		status = run_over(script, &octets, argv[i], trace);
	g_free(from);
	g_free(to);
	return status;
}
