/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sieve/tree.h"

#include "util/limits.h"
#include "util/text.h"

#include <string.h>

#define WORDS_MAX 500 /* octets of one message: a script may quote a long name */

gboolean
sieve_complaints_full(const SieveComplaints *complaints)
{
	return complaints->errors->len >= LIMIT_SIEVE_ERRORS;
}

void
sieve_complain(SieveComplaints *complaints, const SievePlace *place, const char *format, ...)
{
	g_autofree char *words = NULL;
	SieveError *error;
	va_list args;

	if (sieve_complaints_full(complaints))
		return;
	va_start(args, format);
	words = g_strdup_vprintf(format, args);
	va_end(args);
	if (strlen(words) > WORDS_MAX) {
		gsize cut = WORDS_MAX - strlen("…");
		while (cut > 0 && ((guchar)words[cut] & 0xC0) == 0x80)
			cut--;
		memcpy(words + cut, "…", sizeof "…");
	}
	error = g_new(SieveError, 1);
	*error = (SieveError){
		.file = text_safe(complaints->file, -1, TEXT_MARKS),
		.line = place->line,
		.column = place->column,
		.message = text_safe(words, -1, TEXT_MARKS),
	};
	g_ptr_array_add(complaints->errors, error);
}

void
sieve_error_free(SieveError *error)
{
	if (error == NULL)
		return;
	g_free(error->file);
	g_free(error->message);
	g_free(error);
}

char *
sieve_error_words(const SieveError *error)
{
	return g_strdup_printf("%s:%u:%u: %s", error->file, error->line, error->column, error->message);
}
