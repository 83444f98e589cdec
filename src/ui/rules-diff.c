/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The longest common lines by the usual table, after what is the same at the beginning was
 * taken off. Scripts too different and too long for a table are shown one after the other.
 */
#include "config.h"

#include "ui/rules-diff.h"

#include <glib.h>
#include <string.h>

/* Cells of the table at most: 1,000 changed lines on either side. */
#define TABLE_CELLS (1000u * 1000u)

static void
append(GString *out, const char *sign, char *const *lines, guint from, guint to)
{
	for (guint i = from; i < to; i++)
		g_string_append_printf(out, "%s%s\n", sign, lines[i]);
}

/* The lengths of the longest common lines from (i, j) on, rows of n + 1. */
static guint *
table_of(char *const *a, guint m, char *const *b, guint n)
{
	guint *table = g_new0(guint, (gsize)(m + 1) * (n + 1));

	for (guint i = m; i-- > 0;)
		for (guint j = n; j-- > 0;)
			table[i * (n + 1) + j] =
				strcmp(a[i], b[j]) == 0
					? table[(i + 1) * (n + 1) + j + 1] + 1
					: MAX(table[(i + 1) * (n + 1) + j], table[i * (n + 1) + j + 1]);
	return table;
}

static void
append_changes(GString *out, char **a, guint m, char **b, guint n)
{
	g_autofree guint *table = (gsize)(m + 1) * (n + 1) <= TABLE_CELLS ? table_of(a, m, b, n) : NULL;
	guint i = 0, j = 0;

	while (table && i < m && j < n) {
		if (strcmp(a[i], b[j]) == 0) {
			append(out, "  ", a, i, i + 1);
			i++;
			j++;
		} else if (table[(i + 1) * (n + 1) + j] >= table[i * (n + 1) + j + 1]) {
			append(out, "- ", a, i, i + 1);
			i++;
		} else {
			append(out, "+ ", b, j, j + 1);
			j++;
		}
	}
	append(out, "- ", a, i, m);
	append(out, "+ ", b, j, n);
}

static char **
lines_of(const char *text)
{
	g_autofree char *plain = g_strdup(text);
	char *to = plain;

	for (const char *from = plain; *from; from++)
		if (from[0] != '\r' || from[1] != '\n')
			*to++ = *from;
	if (to > plain && to[-1] == '\n')
		to--;
	*to = '\0';
	return g_strsplit(plain, "\n", -1);
}

char *
rules_difference(const char *a_text, const char *b_text)
{
	g_auto(GStrv) a = lines_of(a_text), b = lines_of(b_text);
	guint m = g_strv_length(a), n = g_strv_length(b), same = 0;
	GString *out = g_string_new(NULL);

	while (same < m && same < n && strcmp(a[same], b[same]) == 0)
		same++;
	append(out, "  ", a, 0, same);
	append_changes(out, a + same, m - same, b + same, n - same);
	return g_string_free(out, FALSE);
}
