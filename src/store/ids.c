/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/ids.h"

#include "mime/header.h"

#include <string.h>

typedef struct {
	const char *at;
	gsize length;
} Slice;

guint64
store_ids_hash(const HashKey *key, const char *id, gsize length)
{
	guint64 hash = hash_bytes(key, id, length);

	return hash != 0 ? hash : 1;
}

/* What may stand in an id that needs no unfolding, unquoting or leaving out of comments. */
static gboolean
is_plain(guchar c)
{
	switch (c) {
	case '<':
	case '>':
	case '"':
	case '\\':
	case '(':
	case ')':
		return FALSE;
	default:
		return c > ' ' && c < 0x7f;
	}
}

/*
 * The next <id>; FALSE at the end, or where anything but blanks and commas
 * stands between ids, or anything odd inside: *odd, the full parser is asked.
 */
static gboolean
next_plain(Slice *rest, Slice *id, gboolean *odd)
{
	gsize start = 0, end;

	while (start < rest->length && (g_ascii_isspace(rest->at[start]) || rest->at[start] == ','))
		start++;
	if (start == rest->length)
		return FALSE;
	*odd = rest->at[start] != '<';
	for (end = ++start; !*odd && end < rest->length && is_plain((guchar)rest->at[end]);)
		end++;
	if (*odd || end == rest->length || end == start || rest->at[end] != '>') {
		*odd = TRUE;
		return FALSE;
	}
	*id = (Slice){rest->at + start, end - start};
	*rest = (Slice){rest->at + end + 1, rest->length - end - 1};
	return TRUE;
}

/* Too many: the first and the last ones stay. Returns how many there are now. */
static guint
add(guint64 nodes[STORE_IDS_MAX], guint n, guint64 node)
{
	if (n == STORE_IDS_MAX) {
		memmove(nodes + LIMIT_REFERENCES_FIRST, nodes + LIMIT_REFERENCES_FIRST + 1,
			(LIMIT_REFERENCES_LAST - 1) * sizeof *nodes);
		n--;
	}
	nodes[n++] = node;
	return n;
}

/* Each once, where it was first. */
static guint
drop_repeated(guint64 nodes[STORE_IDS_MAX], guint n)
{
	guint kept = 0;

	for (guint i = 0; i < n; i++) {
		guint same = 0;
		while (same < kept && nodes[same] != nodes[i])
			same++;
		if (same == kept)
			nodes[kept++] = nodes[i];
	}
	return kept;
}

guint
store_ids_parse(const HashKey *key, const char *raw, gsize length, guint most, guint64 nodes[STORE_IDS_MAX])
{
	g_autoptr(GPtrArray) ids = NULL;
	Slice rest = {raw, length}, id;
	gboolean odd = FALSE;
	guint n = 0;

	if (raw == NULL)
		return 0;
	if (most == 0)
		most = G_MAXUINT;
	while (n < most && next_plain(&rest, &id, &odd))
		n = add(nodes, n, store_ids_hash(key, id.at, id.length));
	if (!odd)
		return drop_repeated(nodes, n);
	ids = mime_parse_message_ids(raw, (gssize)length);
	n = 0;
	for (guint i = 0; i < ids->len && n < most; i++) {
		const char *text = g_ptr_array_index(ids, i);
		n = add(nodes, n, store_ids_hash(key, text, strlen(text)));
	}
	return n;
}

char *
store_ids_first(const char *raw, gsize length)
{
	g_autofree char *text = NULL;
	Slice rest = {raw, length}, id;
	gboolean odd = FALSE;

	if (raw == NULL)
		return NULL;
	if (next_plain(&rest, &id, &odd))
		return g_strndup(id.at, id.length);
	text = mime_parse_message_id(raw, (gssize)length);
	return text != NULL && text[0] != '\0' ? g_steal_pointer(&text) : NULL;
}
