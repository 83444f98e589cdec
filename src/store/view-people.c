/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/view-private.h"

#include <string.h>

#include "mime/header.h"

/* People not in the search index yet are few, or a bulk sync is running: they are looked through. */
#define FIND_PEOPLE                                                                                          \
	"SELECT name, address, seen FROM person WHERE id IN (SELECT rowid FROM person_words WHERE "          \
	"person_words MATCH ?1)"                                                                             \
	" UNION ALL SELECT name, address, seen FROM person WHERE id >"                                       \
	" (SELECT value FROM meta WHERE name = 'person_indexed') AND (name LIKE ?2 OR name LIKE ?3 OR "      \
	"address LIKE ?2)"                                                                                   \
	" ORDER BY 3 DESC LIMIT ?4"

static char *
like_pattern(const char *before, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);

	return g_strconcat(before, valid, "%", NULL);
}

static void
add_person(GPtrArray *people, GHashTable *seen, sqlite3_stmt *row)
{
	MimeAddress address = {
		.name = (char *)sqlite3_column_text(row, 0), .address = (char *)sqlite3_column_text(row, 1)};
	g_autofree char *folded = NULL;

	if (address.address == NULL || address.address[0] == '\0')
		return;
	folded = g_ascii_strdown(address.address, -1);
	if (g_hash_table_contains(seen, folded))
		return;
	g_hash_table_add(seen, g_steal_pointer(&folded));
	g_ptr_array_add(people, mime_format_address(&address));
}

GPtrArray *
store_view_people(StoreView *view, const char *prefix, gsize limit)
{
	GPtrArray *people = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autofree char *expression = search_expression(prefix);
	g_autofree char *start = like_pattern("", prefix);
	g_autofree char *inside = like_pattern("% ", prefix);
	StoreBase *base = view_headers(view);
	sqlite3_stmt *rows;

	if (base == NULL || expression == NULL || limit == 0)
		return people;
	/* One address may stand there under several names: ask for more than is wanted. */
	rows = base_query(base, FIND_PEOPLE, "ttti", expression, start, inside, (gint64)limit * 8 + 32);
	while (people->len < limit && base_step(base, rows))
		add_person(people, seen, rows);
	base_reset(rows);
	return people;
}

/* People of one name that are looked at. */
#define NAMESAKES_MOST 500

gboolean
store_view_is_stranger(StoreView *view, const char *name, const char *address)
{
	g_autofree char *expression = NULL, *pattern = NULL, *folded = NULL;
	StoreBase *base = view_headers(view);
	sqlite3_stmt *rows;
	gint64 own = 0, others = 0;

	if (base == NULL || name == NULL || address == NULL || strchr(name, ' ') == NULL)
		return FALSE;
	expression = search_expression(name);
	if (expression == NULL)
		return FALSE;
	pattern = like_pattern("", name);
	folded = g_utf8_casefold(name, -1);
	rows = base_query(base, FIND_PEOPLE, "ttti", expression, pattern, pattern, (gint64)NAMESAKES_MOST);
	while (base_step(base, rows)) {
		const char *known = (const char *)sqlite3_column_text(rows, 0);
		const char *where = (const char *)sqlite3_column_text(rows, 1);
		g_autofree char *known_folded = g_utf8_casefold(known != NULL ? known : "", -1);

		if (where == NULL || strcmp(known_folded, folded) != 0)
			continue;
		if (mime_address_same(where, address))
			own += sqlite3_column_int64(rows, 2);
		else
			others = MAX(others, sqlite3_column_int64(rows, 2));
	}
	base_reset(rows);
	return own <= 1 && others > 1;
}
