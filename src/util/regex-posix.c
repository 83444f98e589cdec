/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * POSIX extended regular expressions (POSIX.1-2017, 9.4) to PCRE2's syntax.
 *
 * They differ in what a backslash means in brackets (nothing), in a second
 * repeat (which repeats once more there, and makes the first lazy here), in "{"
 * that begins no repeat, and in all that "(?" begins here. Among the matches
 * that begin at the same place POSIX takes the longest, PCRE2 the first: what
 * groups hold may differ, whether it matches does not.
 */
#include "config.h"

#include "util/regex.h"

#include "util/fault.h"
#include "util/i18n.h"

#include <string.h>

#define REPEAT_MAX 32767 /* as the C library has it */

typedef struct {
	const char *pattern;
	gsize length, at;
	GString *out;
	GArray *opened; /* of gsize: where in out the groups begin that are open */
	gsize atom;     /* where in out the last atom begins */
	gboolean has_atom;
	gboolean repeated; /* the atom has a repeat already */
	GError **error;
} Posix;

static gboolean
wrong(Posix *posix, const char *words)
{
	fault_set(posix->error, FAULT_INPUT, _("The regular expression is wrong: %s."), words);
	return FALSE;
}

static int
look(const Posix *posix, gsize ahead)
{
	return posix->at + ahead < posix->length ? (guchar)posix->pattern[posix->at + ahead] : -1;
}

static void
begin_atom(Posix *posix)
{
	posix->atom = posix->out->len;
	posix->has_atom = TRUE;
	posix->repeated = FALSE;
}

static void
add_literal(GString *out, char c)
{
	if (c != '\0' && strchr("\\^$.[]|()?*+{}-", c) != NULL)
		g_string_append_c(out, '\\');
	g_string_append_c(out, c);
}

/* ---- brackets -------------------------------------------------------------------- */

/* "[:name:]", "[.x.]", "[=x=]" within brackets; at stands on the inner "[". */
static gboolean
bracket_class(Posix *posix)
{
	static const char *const names[] = {"alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower",
		"print", "punct", "space", "upper", "xdigit"};
	char kind = (char)look(posix, 1);
	char close[3] = {kind, ']', '\0'};
	const char *start = posix->pattern + posix->at + 2;
	const char *end = memmem(start, posix->length - posix->at - 2, close, 2);
	gsize length;

	if (end == NULL)
		return wrong(posix, _("a class in brackets does not end"));
	length = (gsize)(end - start);
	posix->at = (gsize)(end - posix->pattern) + 2;
	if (kind != ':') {
		if (length == 0 || g_utf8_strlen(start, (gssize)length) != 1)
			return wrong(posix, _("only single characters can stand in [. .] and [= =]"));
		if (length == 1)
			add_literal(posix->out, *start);
		else
			g_string_append_len(posix->out, start, (gssize)length);
		return TRUE;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (strlen(names[i]) == length && strncmp(names[i], start, length) == 0) {
			g_string_append_printf(posix->out, "[:%s:]", names[i]);
			return TRUE;
		}
	return wrong(posix, _("there is no such class of characters"));
}

static gboolean
bracket(Posix *posix)
{
	gboolean first = TRUE;

	begin_atom(posix);
	g_string_append_c(posix->out, '[');
	posix->at++;
	if (look(posix, 0) == '^') {
		g_string_append_c(posix->out, '^');
		posix->at++;
	}
	for (;; first = FALSE) {
		int c = look(posix, 0), next = look(posix, 1);
		if (c < 0)
			return wrong(posix, _("\"[\" without \"]\""));
		if (c == ']' && !first)
			break;
		if (c == '[' && (next == ':' || next == '.' || next == '=')) {
			if (!bracket_class(posix))
				return FALSE;
			continue;
		}
		if (c == '-' && !first && next != ']')
			g_string_append_c(posix->out, '-'); /* of a range */
		else
			add_literal(posix->out, (char)c);
		posix->at++;
	}
	g_string_append_c(posix->out, ']');
	posix->at++;
	return TRUE;
}

/* ---- repeats ------------------------------------------------------------------------ */

/* Digits at position at; -1: none; REPEAT_MAX + 1: too many. */
static int
digits(const Posix *posix, gsize *at)
{
	int value = -1;

	for (; *at < posix->length && g_ascii_isdigit(posix->pattern[*at]); (*at)++)
		value = MIN(MAX(value, 0) * 10 + (posix->pattern[*at] - '0'), REPEAT_MAX + 1);
	return value;
}

/* "{2}", "{2,}", "{,3}", "{2,3}" at the place; FALSE: no repeat, or (with an error) a wrong one. */
static gboolean
braces(Posix *posix, char *repeat, gsize size)
{
	gsize at = posix->at + 1;
	int low = digits(posix, &at), high = low;
	gboolean comma = at < posix->length && posix->pattern[at] == ',';

	if (comma) {
		at++;
		high = digits(posix, &at);
	}
	if (at >= posix->length || posix->pattern[at] != '}' || (low < 0 && high < 0))
		return FALSE;
	if (low > REPEAT_MAX || high > REPEAT_MAX || (high >= 0 && low > high))
		return wrong(posix, _("a repeat of more than 32767 times, or from more to less"));
	posix->at = at + 1;
	if (comma && high < 0)
		g_snprintf(repeat, size, "{%d,}", MAX(low, 0));
	else
		g_snprintf(repeat, size, "{%d,%d}", MAX(low, 0), high);
	return TRUE;
}

static gboolean
add_repeat(Posix *posix, const char *repeat)
{
	if (!posix->has_atom)
		return wrong(posix, _("nothing stands before a repeat"));
	if (posix->repeated) {
		g_string_insert(posix->out, (gssize)posix->atom, "(?:");
		g_string_append_c(posix->out, ')');
	}
	g_string_append(posix->out, repeat);
	posix->repeated = TRUE;
	return TRUE;
}

/* ---- the rest ------------------------------------------------------------------------- */

static gboolean
backslash(Posix *posix)
{
	int c = look(posix, 1);

	if (c < 0)
		return wrong(posix, _("a backslash at its end"));
	posix->at += 2;
	begin_atom(posix);
	if (c >= 0x80)
		g_string_append_c(posix->out, (char)c); /* the rest of the character follows */
	else if (!g_ascii_isalnum((char)c) && strchr("<>`'", c) == NULL)
		add_literal(posix->out, (char)c);
	else if (c != '\0' && strchr("wWsSbB", c) != NULL)
		g_string_append_printf(posix->out, "\\%c", c);
	else if (c == '<')
		g_string_append(posix->out, "\\b(?=\\w)");
	else if (c == '>')
		g_string_append(posix->out, "\\b(?<=\\w)");
	else if (c == '`')
		g_string_append(posix->out, "\\A");
	else if (c == '\'')
		g_string_append(posix->out, "\\z");
	else if (c >= '1' && c <= '9')
		g_string_append_printf(posix->out, "\\g{%c}", c);
	else
		return wrong(posix, _("a backslash before a letter that means nothing in POSIX syntax; a "
				      "digit is [0-9]"));
	return TRUE;
}

static gboolean
close_group(Posix *posix)
{
	if (posix->opened->len == 0) {
		/* Alone it stands for itself. */
		begin_atom(posix);
		g_string_append(posix->out, "\\)");
	} else {
		posix->atom = g_array_index(posix->opened, gsize, posix->opened->len - 1);
		g_array_set_size(posix->opened, posix->opened->len - 1);
		posix->has_atom = TRUE;
		posix->repeated = FALSE;
		g_string_append_c(posix->out, ')');
	}
	posix->at++;
	return TRUE;
}

static gboolean
open_group(Posix *posix)
{
	g_array_append_val(posix->opened, posix->out->len);
	g_string_append_c(posix->out, '(');
	posix->has_atom = FALSE;
	posix->at++;
	return TRUE;
}

/* A character that stands for itself, whole, so that a repeat takes all of it. */
static void
literal(Posix *posix)
{
	begin_atom(posix);
	if (look(posix, 0) < 0x80)
		add_literal(posix->out, posix->pattern[posix->at]);
	else
		g_string_append_c(posix->out, posix->pattern[posix->at]);
	posix->at++;
	while ((look(posix, 0) & 0xC0) == 0x80 && look(posix, 0) >= 0)
		g_string_append_c(posix->out, posix->pattern[posix->at++]);
}

static gboolean
one(Posix *posix)
{
	char repeat[32] = "";
	int c = look(posix, 0);

	switch (c) {
	case '[':
		return bracket(posix);
	case '\\':
		return backslash(posix);
	case '(':
		return open_group(posix);
	case ')':
		return close_group(posix);
	case '{':
		if (posix->has_atom && braces(posix, repeat, sizeof repeat))
			return add_repeat(posix, repeat);
		if (posix->error != NULL && *posix->error != NULL)
			return FALSE;
		literal(posix);
		return TRUE;
	case '*':
	case '+':
	case '?':
		repeat[0] = (char)c;
		posix->at++;
		return add_repeat(posix, repeat);
	case '|':
	case '^':
		posix->has_atom = FALSE;
		break;
	case '$':
	case '.':
		begin_atom(posix);
		break;
	default:
		literal(posix);
		return TRUE;
	}
	g_string_append_c(posix->out, (char)c);
	posix->at++;
	return TRUE;
}

char *
regex_from_posix(const char *pattern, gsize length, gsize *offset, GError **error)
{
	g_autoptr(GArray) opened = g_array_new(FALSE, FALSE, sizeof(gsize));
	GError *fault = NULL;
	Posix posix = {.pattern = pattern,
		.length = length,
		.out = g_string_sized_new(length + 16),
		.opened = opened,
		.error = &fault};

	if (memchr(pattern, '\0', length) != NULL)
		wrong(&posix, _("it holds a NUL octet"));
	while (fault == NULL && posix.at < length) {
		*offset = posix.at;
		one(&posix);
	}
	if (fault == NULL && opened->len > 0)
		wrong(&posix, _("\"(\" without \")\""));
	if (fault == NULL)
		return g_string_free(posix.out, FALSE);
	g_propagate_error(error, fault);
	g_string_free(posix.out, TRUE);
	return NULL;
}
