/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "imap/results.h"

gboolean
imap_search_parse(ImapParser *parser, ImapSet *set, GError **error)
{
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint32));
	g_autoptr(ImapSet) found = NULL;

	while (!imap_parser_at_end(parser)) {
		guint32 number;
		if (imap_peek_char(parser, '(')) {
			if (!imap_skip_value(parser))
				return imap_parser_fail(parser, "SEARCH", error);
			continue;
		}
		if (!imap_take_nz_number(parser, &number))
			return imap_parser_fail(parser, "SEARCH", error);
		g_array_append_val(numbers, number);
	}
	found = imap_set_new_uids((const guint32 *)(gconstpointer)numbers->data, numbers->len);
	imap_set_add_set(set, found);
	return TRUE;
}

gboolean
imap_esearch_parse(ImapParser *parser, ImapSet *set, GError **error)
{
	ImapSlice name;

	if (imap_peek_char(parser, '(') && !imap_skip_value(parser))
		return imap_parser_fail(parser, "ESEARCH", error);
	while (!imap_parser_at_end(parser)) {
		g_autoptr(ImapSet) all = NULL;
		if (!imap_take_atom(parser, &name))
			return imap_parser_fail(parser, "ESEARCH", error);
		if (imap_slice_is(name, "UID"))
			continue;
		if (!imap_slice_is(name, "ALL")) {
			if (!imap_skip_value(parser))
				return imap_parser_fail(parser, "ESEARCH", error);
			continue;
		}
		if (!imap_take_set(parser, &all))
			return imap_parser_fail(parser, "ESEARCH", error);
		imap_set_add_set(set, all);
	}
	return TRUE;
}

gboolean
imap_vanished_parse(ImapParser *parser, gboolean *earlier, ImapSet **set, GError **error)
{
	*earlier = imap_take_char(parser, '(');
	if (*earlier && (!imap_take_word(parser, "EARLIER") || !imap_take_char(parser, ')')))
		return imap_parser_fail(parser, "VANISHED", error);
	if (!imap_take_set(parser, set))
		return imap_parser_fail(parser, "VANISHED", error);
	return TRUE;
}

gboolean
imap_id_parse(ImapParser *parser, ImapIdFunc func, gpointer user, GError **error)
{
	if (imap_take_word(parser, "NIL"))
		return TRUE;
	if (!imap_take_char(parser, '('))
		return imap_parser_fail(parser, "ID", error);
	while (!imap_take_char(parser, ')')) {
		g_autofree char *name = NULL;
		g_autofree char *value = NULL;
		ImapSlice text;
		if (!imap_take_string(parser, &text))
			return imap_parser_fail(parser, "ID", error);
		name = imap_slice_dup(text);
		if (name == NULL || !imap_take_nstring(parser, &text))
			return imap_parser_fail(parser, "ID", error);
		value = imap_slice_dup(text);
		if (value != NULL)
			func(name, value, user);
	}
	return TRUE;
}

void
imap_words_parse(ImapParser *parser, ImapWordFunc func, gpointer user)
{
	ImapSlice word;

	while (imap_take_atom(parser, &word))
		func(word, user);
}
