/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words, quoted again, split into the same words. */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "util/program.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *command = g_strndup((const char *)data, size);
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) words = program_split(command, &error);
	g_assert((words == NULL) == (error != NULL));
	if (!words)
		return 0;
	g_autoptr(GString) quoted = g_string_new(NULL);
	for (gsize i = 0; words[i]; i++) {
		g_autofree char *word = g_shell_quote(words[i]);
		g_string_append_printf(quoted, "%s ", word);
	}
	g_auto(GStrv) again = program_split(quoted->str, NULL);
	g_assert(again && g_strv_equal((const char *const *)words, (const char *const *)again));
	return 0;
}
