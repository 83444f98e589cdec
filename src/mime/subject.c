/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/subject.h"

#include "mime/header.h"

#include <string.h>

/* What mailers write before ':' in replies and forwards; case folded as g_utf8_casefold() does. */
static const struct {
	const char *text;
	gboolean forward;
} marks[] = {
	{"re", FALSE},
	{"fwd", TRUE},
	{"fw", TRUE},
	{"aw", FALSE},
	{"wg", TRUE},
	{"antw", FALSE},
	{"antwort", FALSE},
	{"sv", FALSE},
	{"vs", FALSE},
	{"vb", TRUE},
	{"vl", TRUE},
	{"fs", TRUE},
	{"doorst", TRUE},
	{"rif", FALSE},
	{"r", FALSE},
	{"i", TRUE},
	{"res", FALSE},
	{"enc", TRUE},
	{"rv", TRUE},
	{"tr", TRUE},
	{"ynt", FALSE},
	{"ilt", TRUE},
	{"odp", FALSE},
	{"pd", TRUE},
	{"atb", FALSE},
	{"ref", FALSE},
	{"bls", FALSE},
	{"trs", TRUE},
	{"vá", FALSE},
	{"απ", FALSE},
	{"πρθ", TRUE},
	{"σχετ", FALSE},
	{"на", FALSE},
	{"отв", FALSE},
	{"ответ", FALSE},
	{"пересл", TRUE},
	{"השב", FALSE},
	{"הועבר", TRUE},
	{"回复", FALSE},
	{"答复", FALSE},
	{"回覆", FALSE},
	{"答覆", FALSE},
	{"转发", TRUE},
	{"轉寄", TRUE},
	{"轉發", TRUE},
	{"返信", FALSE},
	{"転送", TRUE},
	{"회신", FALSE},
	{"답장", FALSE},
	{"전달", TRUE},
};
#define MARK_BYTES_MAX 24

static const char *
skip_blanks(const char *p)
{
	while (*p == ' ')
		p++;
	return p;
}

/* Behind a "[...]" and its blanks, or NULL. */
static const char *
skip_blob(const char *p)
{
	gsize inside;

	if (*p != '[')
		return NULL;
	inside = strcspn(p + 1, "[]");
	return p[1 + inside] == ']' ? skip_blanks(p + inside + 2) : NULL;
}

/* Case folded into folded; most words are ASCII and need no more than this. */
static gboolean
fold_ascii(const char *word, gsize length, char *folded)
{
	for (gsize i = 0; i < length; i++) {
		if (word[i] & 0x80)
			return FALSE;
		folded[i] = g_ascii_tolower(word[i]);
	}
	folded[length] = '\0';
	return TRUE;
}

static gboolean
is_mark(const char *word, gsize length, gboolean *forward)
{
	g_autofree char *wide = NULL;
	char ascii[MARK_BYTES_MAX + 1];
	const char *folded = ascii;

	if (length == 0 || length > MARK_BYTES_MAX)
		return FALSE;
	if (!fold_ascii(word, length, ascii))
		folded = wide = g_utf8_casefold(word, (gssize)length);
	for (gsize i = 0; i < G_N_ELEMENTS(marks); i++)
		if (marks[i].text[0] == folded[0] && strcmp(folded, marks[i].text) == 0) {
			*forward = marks[i].forward;
			return TRUE;
		}
	return FALSE;
}

const char *
mime_skip_mark(const char *p, gboolean *forward)
{
	gsize length = strcspn(p, " [(^:*");
	const char *wide = g_strstr_len(p, (gssize)length, "：");
	const char *after;

	if (wide != NULL)
		length = (gsize)(wide - p);
	after = skip_blanks(p + length);
	/* Without a colon somewhere here it is no mark: most subjects end the search at their first word. */
	if (strchr(":[(^*", *after) == NULL && !g_str_has_prefix(after, "："))
		return NULL;
	if (!is_mark(p, length, forward))
		return NULL;
	if (*after == '[' && skip_blob(after) != NULL)
		after = skip_blob(after);
	else if (*after == '(' || *after == '^' || *after == '*')
		after = skip_blanks(after + strspn(after, "(^*)0123456789"));
	if (*after == ':')
		return skip_blanks(after + 1);
	if (g_str_has_prefix(after, "："))
		return skip_blanks(after + strlen("："));
	return NULL;
}

/* "[list] Re:" in any mixture, then one blob in front of the rest. */
static const char *
skip_leader(const char *p, gboolean *replied)
{
	gboolean forward;

	for (;;) {
		const char *q = p, *next;
		while ((next = skip_blob(q)) != NULL)
			q = next;
		next = mime_skip_mark(q, &forward);
		if (next == NULL)
			break;
		*replied = TRUE;
		p = next;
	}
	for (const char *next; (next = skip_blob(p)) != NULL && *next != '\0';)
		p = next;
	return p;
}

static char *
collapse_blanks(const char *text)
{
	char *out = g_malloc(strlen(text) + 1);
	char *to = out;

	for (const char *p = text; *p; p++) {
		gboolean blank = *p == ' ' || *p == '\t' || *p == '\r' || *p == '\n';
		if (!blank)
			*to++ = *p;
		else if (to > out && to[-1] != ' ')
			*to++ = ' ';
	}
	if (to > out && to[-1] == ' ')
		to--;
	*to = '\0';
	return out;
}

static gboolean
cut_tail(char *start, const char *tail)
{
	gsize length = strlen(start), size = strlen(tail);

	if (length < size || g_ascii_strcasecmp(start + length - size, tail) != 0)
		return FALSE;
	start[length - size] = '\0';
	g_strchomp(start);
	return TRUE;
}

char *
mime_base_subject(const char *subject, gboolean *replied)
{
	g_autofree char *text = collapse_blanks(subject);
	char *p = text;
	gboolean found = FALSE, again = TRUE;

	while (again) {
		again = FALSE;
		while (cut_tail(p, "(fwd)"))
			found = TRUE;
		p += skip_leader(p, &found) - p;
		if (g_ascii_strncasecmp(p, "[fwd:", 5) == 0 && cut_tail(p, "]")) {
			p += skip_blanks(p + 5) - p;
			found = again = TRUE;
		}
	}
	if (replied != NULL)
		*replied = found;
	return g_strdup(p);
}
