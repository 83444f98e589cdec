/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "util/fault.h"
#include "util/i18n.h"
#include "util/paths.h"
#include "util/program.h"
#include "util/text.h"

#define BLANKS " \t\r\n"

typedef struct {
	const char *at;
	GString *word;
} Splitter;

/* The rest of a quoted piece, the quote taken. FALSE when it has no end. */
static gboolean
take_quoted(Splitter *splitter, char quote)
{
	for (; *splitter->at && *splitter->at != quote; splitter->at++) {
		if (quote == '"' && *splitter->at == '\\' && splitter->at[1] &&
			strchr("\\\"$`", splitter->at[1]))
			splitter->at++;
		g_string_append_c(splitter->word, *splitter->at);
	}
	if (!*splitter->at)
		return FALSE;
	splitter->at++;
	return TRUE;
}

/* One word into splitter->word. FALSE when a quote or a backslash has no end. */
static gboolean
take_word(Splitter *splitter)
{
	if (splitter->at[0] == '~' && (splitter->at[1] == '/' || strchr(BLANKS, splitter->at[1]))) {
		g_autofree char *home = paths_expand("~");
		g_string_append(splitter->word, home);
		splitter->at++;
	}
	while (*splitter->at && !strchr(BLANKS, *splitter->at)) {
		char c = *splitter->at++;
		if (c == '\'' || c == '"') {
			if (!take_quoted(splitter, c))
				return FALSE;
			continue;
		}
		if (c == '\\') {
			if (!*splitter->at)
				return FALSE;
			c = *splitter->at++;
		}
		g_string_append_c(splitter->word, c);
	}
	return TRUE;
}

char **
program_split(const char *command, GError **error)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GString) word = g_string_new(NULL);
	Splitter splitter = {.at = command, .word = word};
	for (;;) {
		splitter.at += strspn(splitter.at, BLANKS);
		if (!*splitter.at)
			break;
		g_string_truncate(word, 0);
		if (!take_word(&splitter)) {
			g_autofree char *shown = text_safe(command, -1, TEXT_MARKS);
			fault_set(error, FAULT_INPUT,
				_("The command has a quote or a backslash without its end: %s"), shown);
			return NULL;
		}
		g_ptr_array_add(words, g_strndup(word->str, word->len));
	}
	if (words->len == 0 || *(char *)words->pdata[0] == '\0') {
		fault_set(error, FAULT_INPUT, _("The command is empty. Name a program."));
		return NULL;
	}
	g_ptr_array_add(words, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}
