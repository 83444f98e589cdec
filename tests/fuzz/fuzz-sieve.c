/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A script: it compiles or there are errors, each with a place within the text, safe and not too many. */
#include "config.h"

#include <locale.h>
#include <stdint.h>
#include <string.h>

#include "sieve/sieve.h"
#include "util/limits.h"
#include "util/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every name includes the script itself again, under that name. */
static char *
include(const char *name, gboolean global, gpointer user, GError **error)
{
	(void)name;
	(void)global;
	(void)error;
	return g_strdup(user);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const programs[] = {"true", NULL};
	g_autofree char *copy = g_strndup((const char *)data, size);
	SieveOptions options = {.include = size < 2000 ? include : NULL, .user = copy, .programs = programs};
	g_autoptr(GPtrArray) errors = NULL;
	g_autoptr(SieveScript) script = NULL;
	guint lines = 1;

	setlocale(LC_CTYPE, "C.UTF-8");
	script = sieve_compile((const char *)data, (gssize)size, &options, &errors);
	g_assert((script == NULL) == (errors != NULL));
	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	for (guint i = 0; errors != NULL && i < errors->len; i++) {
		const SieveError *error = g_ptr_array_index(errors, i);
		g_autofree char *safe = text_safe(error->message, -1, TEXT_MARKS);
		g_assert(error->line >= 1 && error->column >= 1);
		g_assert(error->line <= lines && error->column <= size + 1);
		g_assert(strcmp(safe, error->message) == 0 && *safe != '\0');
	}
	g_assert(errors == NULL || (errors->len > 0 && errors->len <= LIMIT_SIEVE_ERRORS));
	if (script != NULL) {
		const GPtrArray *rules = sieve_script_rules(script);
		for (guint i = 0; i < rules->len; i++)
			g_assert(((SieveRule *)g_ptr_array_index(rules, i))->line <= lines);
	}
	return 0;
}
