/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "imap/folders.h"

#include "imap/writer.h"
#include "util/limits.h"

static const struct {
	const char *name;
	guint attribute;
	const char *role;
} attributes[] = {
	{"\\Noselect", IMAP_FOLDER_NOSELECT, NULL},
	{"\\NonExistent", IMAP_FOLDER_NOSELECT | IMAP_FOLDER_NONEXISTENT, NULL},
	{"\\Noinferiors", IMAP_FOLDER_NOINFERIORS, NULL},
	{"\\HasChildren", IMAP_FOLDER_HAS_CHILDREN, NULL},
	{"\\HasNoChildren", IMAP_FOLDER_HAS_NO_CHILDREN, NULL},
	{"\\Marked", IMAP_FOLDER_MARKED, NULL},
	{"\\Unmarked", IMAP_FOLDER_UNMARKED, NULL},
	{"\\Subscribed", IMAP_FOLDER_SUBSCRIBED, NULL},
	{"\\Remote", IMAP_FOLDER_REMOTE, NULL},
	{"\\Sent", 0, "sent"},
	{"\\Drafts", 0, "drafts"},
	{"\\Trash", 0, "trash"},
	{"\\Junk", 0, "junk"},
	{"\\Spam", 0, "junk"}, /* Gmail's XLIST, and servers that copied it */
	{"\\Archive", 0, "archive"},
	{"\\All", 0, "all"},
	{"\\AllMail", 0, "all"},
	{"\\Flagged", 0, "flagged"},
	{"\\Starred", 0, "flagged"},
	{"\\Important", 0, "important"},
};

void
imap_folder_free(ImapFolder *folder)
{
	if (folder == NULL)
		return;
	g_free(folder->raw);
	g_free(folder->name);
	g_free(folder);
}

gboolean
imap_is_inbox(const char *raw)
{
	return g_ascii_strcasecmp(raw, "INBOX") == 0;
}

gboolean
imap_same_mailbox(const char *a, const char *b)
{
	return strcmp(a, b) == 0 || (imap_is_inbox(a) && imap_is_inbox(b));
}

static gboolean
take_attributes(ImapParser *parser, ImapFolder *folder)
{
	ImapSlice word;

	if (!imap_take_char(parser, '('))
		return FALSE;
	while (!imap_take_char(parser, ')')) {
		if (!imap_take_atom(parser, &word) && !imap_skip_damaged(parser))
			return FALSE;
		for (gsize i = 0; i < G_N_ELEMENTS(attributes); i++) {
			if (!imap_slice_is(word, attributes[i].name))
				continue;
			folder->attributes |= attributes[i].attribute;
			if (folder->role == NULL)
				folder->role = attributes[i].role;
		}
	}
	return TRUE;
}

/* A quoted character, or NIL for a flat mailbox. */
static gboolean
take_delimiter(ImapParser *parser, char *delimiter)
{
	ImapSlice text;

	if (!imap_take_nstring(parser, &text) || text.length > 1)
		return FALSE;
	*delimiter = text.length ? text.data[0] : '\0';
	return TRUE;
}

ImapFolder *
imap_folder_parse(ImapParser *parser, GError **error)
{
	g_autoptr(ImapFolder) folder = g_new0(ImapFolder, 1);
	ImapSlice name;

	if (!take_attributes(parser, folder) || !take_delimiter(parser, &folder->delimiter) ||
		!imap_take_astring(parser, &name) || name.length > LIMIT_FOLDER_NAME) {
		imap_parser_fail(parser, "LIST", error);
		return NULL;
	}
	folder->raw = name.data ? imap_slice_dup(name) : g_strdup("");
	if (imap_is_inbox(folder->raw)) {
		memcpy(folder->raw, "INBOX", 5);
		folder->role = "inbox";
	}
	folder->name = imap_name_utf8(folder->raw);
	folder->subscribed = (folder->attributes & IMAP_FOLDER_SUBSCRIBED) != 0;
	folder->selectable = (folder->attributes & IMAP_FOLDER_NOSELECT) == 0;
	return g_steal_pointer(&folder);
}

static gboolean
take_number_item(ImapParser *parser, ImapStatus *status, guint bit, guint32 *into)
{
	ImapParser saved = *parser;

	if (imap_take_number(parser, into)) {
		status->has |= bit;
		return TRUE;
	}
	imap_parser_rewind(parser, &saved);
	return imap_skip_damaged(parser);
}

static gboolean
take_long_item(ImapParser *parser, ImapStatus *status, guint bit, guint64 *into)
{
	ImapParser saved = *parser;

	if (imap_take_size(parser, into)) {
		status->has |= bit;
		return TRUE;
	}
	imap_parser_rewind(parser, &saved);
	return imap_skip_damaged(parser);
}

static gboolean
take_status_item(ImapParser *parser, ImapStatus *status)
{
	ImapSlice name;

	if (!imap_take_atom(parser, &name))
		return FALSE;
	if (imap_slice_is(name, "MESSAGES"))
		return take_number_item(parser, status, IMAP_STATUS_MESSAGES, &status->messages);
	if (imap_slice_is(name, "UNSEEN"))
		return take_number_item(parser, status, IMAP_STATUS_UNSEEN, &status->unseen);
	if (imap_slice_is(name, "UIDNEXT"))
		return take_number_item(parser, status, IMAP_STATUS_UIDNEXT, &status->uidnext);
	if (imap_slice_is(name, "UIDVALIDITY"))
		return take_number_item(parser, status, IMAP_STATUS_UIDVALIDITY, &status->uidvalidity);
	if (imap_slice_is(name, "DELETED"))
		return take_number_item(parser, status, IMAP_STATUS_DELETED, &status->deleted);
	if (imap_slice_is(name, "HIGHESTMODSEQ"))
		return take_long_item(parser, status, IMAP_STATUS_HIGHESTMODSEQ, &status->highestmodseq);
	if (imap_slice_is(name, "SIZE"))
		return take_long_item(parser, status, IMAP_STATUS_SIZE, &status->size);
	return imap_skip_value(parser);
}

gboolean
imap_status_parse(ImapParser *parser, char **mailbox, ImapStatus *status, GError **error)
{
	ImapSlice name;

	*status = (ImapStatus){0};
	if (!imap_take_astring(parser, &name) || !imap_take_char(parser, '('))
		return imap_parser_fail(parser, "STATUS", error);
	while (!imap_take_char(parser, ')')) {
		if (!take_status_item(parser, status))
			return imap_parser_fail(parser, "STATUS", error);
	}
	*mailbox = name.data ? imap_slice_dup(name) : g_strdup("");
	return TRUE;
}

/* One kind of namespaces: NIL, or a list of (prefix delimiter ...). first: the one before all, to be set. */
static gboolean
take_namespaces(ImapParser *parser, char **first, char *delimiter, GPtrArray *others)
{
	if (imap_take_word(parser, "NIL"))
		return TRUE;
	if (!imap_take_char(parser, '('))
		return FALSE;
	do {
		ImapSlice text;
		char separator;
		if (!imap_take_char(parser, '(') || !imap_take_astring(parser, &text) ||
			!take_delimiter(parser, &separator))
			return FALSE;
		while (!imap_take_char(parser, ')'))
			if (!imap_skip_value(parser))
				return FALSE;
		if (first != NULL && *first == NULL) {
			*first = text.data ? imap_slice_dup(text) : g_strdup("");
			*delimiter = separator;
		} else if (text.length > 0 && text.length <= LIMIT_FOLDER_NAME &&
			   others->len < LIMIT_NAMESPACES) {
			g_ptr_array_add(others, imap_slice_dup(text));
		}
	} while (!imap_take_char(parser, ')'));
	return TRUE;
}

gboolean
imap_namespace_parse(ImapParser *parser, char **prefix, char *delimiter, GPtrArray *others, GError **error)
{
	g_autofree char *first = NULL;

	*delimiter = '\0';
	if (!take_namespaces(parser, &first, delimiter, others) ||
		!take_namespaces(parser, NULL, NULL, others) || !take_namespaces(parser, NULL, NULL, others))
		return imap_parser_fail(parser, "NAMESPACE", error);
	*prefix = first ? g_steal_pointer(&first) : g_strdup("");
	return TRUE;
}
