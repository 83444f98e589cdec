/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/cache-private.h"

#include "util/limits.h"

#include <string.h>

static gboolean
has_word(GPtrArray *words, const char *word)
{
	for (guint i = 0; i < words->len; i++)
		if (g_ascii_strcasecmp(g_ptr_array_index(words, i), word) == 0)
			return TRUE;
	return FALSE;
}

static void
add_words(GPtrArray *words, char **more, GPtrArray *without)
{
	for (guint i = 0; more != NULL && more[i] != NULL && words->len < LIMIT_KEYWORDS_MESSAGE; i++)
		if (more[i][0] != '\0' && !has_word(words, more[i]) &&
			(without == NULL || !has_word(without, more[i])))
			g_ptr_array_add(words, more[i]);
}

static char **
split(const char *text)
{
	return text != NULL ? g_strsplit(text, " ", -1) : NULL;
}

char *
keywords_change(const char *text, const char *add, const char *remove)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new();
	g_autoptr(GPtrArray) gone = g_ptr_array_new();
	g_auto(GStrv) now = split(text);
	g_auto(GStrv) more = split(add);
	g_auto(GStrv) less = split(remove);

	add_words(gone, less, NULL);
	add_words(words, now, gone);
	add_words(words, more, NULL);
	if (words->len == 0)
		return NULL;
	g_ptr_array_add(words, NULL);
	return g_strjoinv(" ", (char **)words->pdata);
}
