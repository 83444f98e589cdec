/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A script and behind a line "====" a message: whatever they are, the run ends, the
 * actions are whole, a failed run keeps, and looking behind a stop changes none of it.
 */
#include "config.h"

#include <locale.h>
#include <stdint.h>
#include <string.h>

#include "sieve/sieve.h"
#include "util/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_action(const SieveAction *action, guint rules)
{
	g_assert(action->rule == G_MAXUINT || action->rule < rules);
	g_assert((action->kind == SIEVE_FILEINTO) == (action->folder != NULL));
	g_assert(action->folder == NULL || (*action->folder && g_utf8_validate(action->folder, -1, NULL)));
	if (action->kind == SIEVE_REDIRECT)
		g_assert(strchr(action->address, '@') != NULL && strpbrk(action->address, "\r\n") == NULL);
	for (char **flag = action->flags; flag != NULL && *flag != NULL; flag++)
		g_assert(**flag != '\0' && strpbrk(*flag, " \r\n(){%*\"") == NULL);
}

static void
run(const SieveScript *script, SieveHost *host, gboolean behind, SieveResult *result)
{
	SieveRunOptions options = {.trace = behind, .look_behind = behind};
	guint rules = sieve_script_rules(script)->len;

	g_assert(sieve_run(script, host, &options, result) == (result->error == NULL));
	g_assert(result->actions->len > 0 && result->steps <= LIMIT_SIEVE_STEPS);
	for (guint i = 0; i < result->actions->len; i++)
		check_action(g_ptr_array_index(result->actions, i), rules);
	for (guint i = 0; i < result->matches->len; i++)
		g_assert(g_array_index(result->matches, SieveMatch, i).rule < rules);
	if (result->error != NULL)
		g_assert(result->actions->len == 1 &&
			 ((SieveAction *)g_ptr_array_index(result->actions, 0))->kind == SIEVE_KEEP);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const known[] = {"a@example.org", NULL};
	static const char *const programs[] = {"true", NULL};
	const char *text = (const char *)data;
	const char *mark = size > 0 ? memmem(text, size, "\n====\n", 6) : NULL;
	gsize length = mark != NULL ? (gsize)(mark - text) + 1 : size;
	SieveOptions options = {.programs = programs};
	g_autoptr(SieveScript) script = sieve_compile(text, (gssize)length, &options, NULL);
	g_autoptr(GBytes) octets = NULL;
	g_auto(SieveResult) plain = {NULL}, behind = {NULL};
	SieveOctets from = {.from = "a@example.org", .now = 1795000000, .known = known};
	SieveHost *host;

	setlocale(LC_CTYPE, "C.UTF-8");
	if (script == NULL)
		return 0;
	octets = mark != NULL ? g_bytes_new(mark + 6, size - length - 5) : g_bytes_new(NULL, 0);
	from.octets = octets;
	host = sieve_host_from_octets(&from);
	run(script, host, FALSE, &plain);
	run(script, host, TRUE, &behind);
	g_assert(plain.actions->len == behind.actions->len);
	g_assert((plain.error == NULL) == (behind.error == NULL));
	sieve_host_free(host);
	return 0;
}
