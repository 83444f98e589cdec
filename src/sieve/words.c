/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Items in words, for the trace. */
#include "config.h"

#include "sieve/run.h"

#include "util/text.h"

#include <string.h>

#define STRING_OCTETS 60
#define STRINGS_SHOWN 3

static void
append_string(GString *out, const SieveString *string)
{
	gsize length = MIN(string->length, STRING_OCTETS);
	g_autofree char *safe = NULL;

	while (length > 0 && length < string->length && ((guchar)string->text[length] & 0xC0) == 0x80)
		length--;
	safe = text_safe(string->text, (gssize)length, TEXT_MARKS);
	g_string_append_printf(out, "\"%s%s\"", safe, length < string->length ? "…" : "");
}

static void
append_argument(GString *out, const SieveArgument *argument)
{
	switch (argument->kind) {
	case SIEVE_ARGUMENT_TAG:
		g_string_append_printf(out, " :%s", argument->tag);
		break;
	case SIEVE_ARGUMENT_NUMBER:
		g_string_append_printf(out, " %" G_GUINT64_FORMAT, argument->number);
		break;
	case SIEVE_ARGUMENT_STRINGS:
		g_string_append(out, argument->list ? " [" : " ");
		for (guint i = 0; i < MIN(argument->count, STRINGS_SHOWN); i++) {
			g_string_append(out, i > 0 ? ", " : "");
			append_string(out, &argument->strings[i]);
		}
		g_string_append(out, argument->count > STRINGS_SHOWN ? ", …" : "");
		g_string_append(out, argument->list ? "]" : "");
		break;
	}
}

char *
sieve_item_words(const SieveItem *item)
{
	GString *out = g_string_new(item->name);

	for (guint i = 0; i < item->argument_count && out->len < 10 * STRING_OCTETS; i++)
		append_argument(out, &item->arguments[i]);
	return g_string_free(out, FALSE);
}
