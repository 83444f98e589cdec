/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session-folders.c - LIST and its like.
 *
 * With LIST-EXTENDED one command tells all. Else LIST and LSUB are sent together
 * and joined by name; counts, where LIST-STATUS is missing, come by a STATUS for
 * each folder, sent together too.
 *
 * "*" matches what is in the first personal namespace, and on many servers
 * nothing else: the others are listed by their prefixes, beside it where they
 * are known already, else behind it.
 */
#include "config.h"

#include "imap/session-private.h"

#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"

/* STATUS commands in flight at once: a server's input buffer must not fill up with them. */
#define STATUS_ABREAST 50

typedef struct {
	GPtrArray *folders; /* of ImapFolder */
	GTree *by_name;     /* raw -> ImapFolder, borrowed; a tree, for the names are the server's */
	gboolean status;    /* wanted, and not yet told */
	char *pattern;
	gboolean wanted; /* status, however it is told */
	guint lost;      /* folders that were damaged, or past the limit */
	gboolean all;    /* without a pattern: every namespace */
	guint asked;     /* of session->namespaces */
} List;

static int
compare_names(gconstpointer a, gconstpointer b, gpointer user)
{
	(void)user;
	return strcmp(a, b);
}

static void
list_free(gpointer data)
{
	List *list = data;

	g_tree_unref(list->by_name);
	g_ptr_array_unref(list->folders);
	g_free(list->pattern);
	g_free(list);
}

static Take
take_folder(List *list, ImapParser *parser, GError **error)
{
	ImapFolder *folder = imap_folder_parse(parser, error);

	if (folder == NULL) {
		list->lost++;
		return TAKE_BROKEN;
	}
	/* "" is the answer to a question for the delimiter; twice the same name is the server's slip. */
	if (*folder->raw == '\0' || g_tree_lookup(list->by_name, folder->raw) != NULL) {
		imap_folder_free(folder);
		return TAKE_YES;
	}
	if (list->folders->len >= LIMIT_FOLDERS) {
		list->lost++;
		imap_folder_free(folder);
		return TAKE_YES;
	}
	g_ptr_array_add(list->folders, folder);
	g_tree_insert(list->by_name, folder->raw, folder);
	return TAKE_YES;
}

static Take
take_subscribed(List *list, ImapParser *parser, GError **error)
{
	g_autoptr(ImapFolder) folder = imap_folder_parse(parser, error);
	ImapFolder *known;

	if (folder == NULL)
		return TAKE_BROKEN;
	known = g_tree_lookup(list->by_name, folder->raw);
	if (known != NULL)
		known->subscribed = TRUE;
	return TAKE_YES;
}

static Take
take_status(List *list, ImapParser *parser, GError **error)
{
	g_autofree char *name = NULL;
	ImapStatus status;
	ImapFolder *folder;

	if (!imap_status_parse(parser, &name, &status, error))
		return TAKE_BROKEN;
	folder = g_tree_lookup(list->by_name, imap_is_inbox(name) ? "INBOX" : name);
	if (folder != NULL)
		folder->status = status;
	return TAKE_YES;
}

static Take
list_data(ImapSession *session, Ticket *ticket, const ImapLine *line, ImapParser *parser, GError **error)
{
	(void)session;
	if (line->kind != IMAP_LINE_DATA)
		return TAKE_NO;
	switch (line->data) {
	case IMAP_DATA_LIST:
		return take_folder(ticket->state, parser, error);
	case IMAP_DATA_LSUB:
		return take_subscribed(ticket->state, parser, error);
	case IMAP_DATA_STATUS:
		return take_status(ticket->state, parser, error);
	default:
		return TAKE_NO;
	}
}

static const TicketKind list_kind = {"LIST", list_data, NULL, list_free, FALSE};

static const char *
status_items(const ImapSession *session)
{
	return imap_session_has(session, IMAP_CAP_CONDSTORE)
		       ? "(MESSAGES UNSEEN UIDNEXT UIDVALIDITY HIGHESTMODSEQ)"
		       : "(MESSAGES UNSEEN UIDNEXT UIDVALIDITY)";
}

/* " RETURN (...)", "" where the server has no LIST-EXTENDED. *status: counts come with it. */
static char *
list_return(const ImapSession *session, gboolean *status)
{
	gboolean wanted = *status;

	*status = FALSE;
	if (!imap_session_has(session, IMAP_CAP_LIST_EXTENDED) || session->plain_list)
		return g_strdup("");
	*status = wanted && imap_session_has(session, IMAP_CAP_LIST_STATUS);
	return g_strconcat(" RETURN (SUBSCRIBED CHILDREN",
		imap_session_has(session, IMAP_CAP_SPECIAL_USE) ? " SPECIAL-USE" : "",
		*status ? " STATUS " : "", *status ? status_items(session) : "", ")", NULL);
}

/* LIST, and LSUB where LIST does not tell subscriptions. */
static gboolean
send_list(ImapSession *session, Ticket *ticket, const char *pattern, const char *behind, GError **error)
{
	g_autoptr(ImapCommand) list_command = imap_command_new("LIST \"\" ");
	g_autoptr(ImapCommand) lsub_command = imap_command_new("LSUB \"\" ");

	imap_command_string(list_command, pattern);
	imap_command_raw(list_command, behind);
	imap_command_string(lsub_command, pattern);
	return imap_send(session, ticket, list_command, error) &&
	       (*behind != '\0' || imap_send(session, ticket, lsub_command, error));
}

/* The namespaces that were not asked for yet. */
static gboolean
send_namespaces(ImapSession *session, Ticket *ticket, GError **error)
{
	List *list = ticket->state;
	gboolean status = list->wanted;
	g_autofree char *behind = list_return(session, &status);
	gboolean ok = TRUE;

	for (; ok && list->all && list->asked < session->namespaces->len; list->asked++) {
		g_autofree char *pattern =
			g_strconcat(g_ptr_array_index(session->namespaces, list->asked), "*", NULL);
		ok = send_list(session, ticket, pattern, behind, error);
	}
	return ok;
}

static Ticket *
list_start(ImapSession *session, const ImapList *how, GError **error)
{
	const char *pattern = how && how->pattern ? how->pattern : "*";
	gboolean status = how && how->status;
	g_autofree char *behind = list_return(session, &status);
	List *list = g_new0(List, 1);
	Ticket *ticket;

	list->folders = g_ptr_array_new_with_free_func((GDestroyNotify)imap_folder_free);
	list->by_name = g_tree_new_full(compare_names, NULL, NULL, NULL);
	list->wanted = how && how->status;
	list->status = list->wanted && !status;
	list->pattern = g_strdup(pattern);
	list->all = strcmp(pattern, "*") == 0;
	ticket = imap_ticket_new(session, &list_kind, list);
	if (send_list(session, ticket, pattern, behind, error) && send_namespaces(session, ticket, error))
		return ticket;
	imap_finish(session, ticket);
	return NULL;
}

ImapTicket
imap_session_list_start(ImapSession *session, const ImapList *list, Cancel *cancel, GError **error)
{
	Ticket *ticket;

	if (!imap_begin(session, cancel, error))
		return 0;
	ticket = list_start(session, list, error);
	return ticket ? ticket->id : 0;
}

static gboolean
send_status(ImapSession *session, Ticket *ticket, const char *mailbox, GError **error)
{
	g_autoptr(ImapCommand) command = imap_command_new("STATUS ");

	imap_command_mailbox(command, mailbox);
	imap_command_raw(command, " ");
	imap_command_raw(command, status_items(session));
	return imap_send(session, ticket, command, error);
}

/* A folder that refuses STATUS costs only its own counts. */
static Take
counts_data(ImapSession *session, Ticket *ticket, const ImapLine *line, ImapParser *parser, GError **error)
{
	(void)session;
	if (line->kind != IMAP_LINE_DATA || line->data != IMAP_DATA_STATUS)
		return TAKE_NO;
	if (ticket->abandoned)
		return TAKE_YES;
	return take_status(ticket->state, parser, error);
}

static const TicketKind counts_kind = {"STATUS", counts_data, NULL, NULL, TRUE};

static gboolean
ask_counts(ImapSession *session, List *list, GError **error)
{
	Ticket *ticket = imap_ticket_new(session, &counts_kind, list);
	gboolean ok = TRUE;

	for (guint i = 0; ok && i < list->folders->len; i++) {
		const ImapFolder *folder = g_ptr_array_index(list->folders, i);
		if (!folder->selectable)
			continue;
		while (ok && ticket->open >= STATUS_ABREAST)
			ok = imap_step(session, error);
		ok = ok && send_status(session, ticket, folder->raw, error);
	}
	ok = ok && imap_await(session, ticket, error);
	imap_finish(session, ticket);
	return ok;
}

static GPtrArray *
list_finish(ImapSession *session, Ticket *ticket, guint *lost, GError **error)
{
	List *list = ticket->state;
	GPtrArray *folders = NULL;
	GError *refused = NULL;
	gboolean ok = imap_await(session, ticket, &refused);

	/* What NAMESPACE told while the list was under way. */
	if (ok && list->all && list->asked < session->namespaces->len)
		ok = send_namespaces(session, ticket, &refused) && imap_await(session, ticket, &refused);
	if (!ok && ticket->bad && !session->plain_list) {
		ImapList how = {.status = list->wanted, .pattern = list->pattern};
		Ticket *again;
		/* LIST-EXTENDED is offered, but not understood. */
		session->plain_list = TRUE;
		g_clear_error(&refused);
		again = list_start(session, &how, error);
		folders = again ? list_finish(session, again, lost, error) : NULL;
	} else if (refused != NULL) {
		g_propagate_error(error, refused);
	} else if (!list->status || ask_counts(session, list, error)) {
		folders = g_ptr_array_ref(list->folders);
		if (lost != NULL)
			*lost = list->lost;
	}
	imap_finish(session, ticket);
	return folders;
}

GPtrArray *
imap_session_list_finish(ImapSession *session, ImapTicket id, guint *lost, Cancel *cancel, GError **error)
{
	Ticket *ticket;

	if (!imap_begin(session, cancel, error))
		return NULL;
	ticket = imap_ticket_by_id(session, id);
	if (ticket == NULL || ticket->kind != &list_kind) {
		fault_set(error, FAULT_CANCELED, _("Canceled."));
		return NULL;
	}
	return list_finish(session, ticket, lost, error);
}

GPtrArray *
imap_session_list(ImapSession *session, const ImapList *list, guint *lost, Cancel *cancel, GError **error)
{
	Ticket *ticket;

	if (!imap_begin(session, cancel, error))
		return NULL;
	ticket = list_start(session, list, error);
	return ticket ? list_finish(session, ticket, lost, error) : NULL;
}

/* ---- one folder ---- */

typedef struct {
	char *mailbox;
	ImapStatus status;
} OneStatus;

static void
one_status_free(gpointer data)
{
	g_free(((OneStatus *)data)->mailbox);
	g_free(data);
}

static Take
one_status_data(
	ImapSession *session, Ticket *ticket, const ImapLine *line, ImapParser *parser, GError **error)
{
	OneStatus *one = ticket->state;
	g_autofree char *name = NULL;
	ImapStatus status;

	(void)session;
	if (line->kind != IMAP_LINE_DATA || line->data != IMAP_DATA_STATUS)
		return TAKE_NO;
	if (!imap_status_parse(parser, &name, &status, error)) {
		if (ticket->error == NULL)
			ticket->error = g_error_copy(*error);
		return TAKE_BROKEN;
	}
	if (imap_same_mailbox(name, one->mailbox))
		one->status = status;
	return TAKE_YES;
}

static const TicketKind one_status_kind = {"STATUS", one_status_data, NULL, one_status_free, FALSE};

gboolean
imap_session_status(
	ImapSession *session, const char *mailbox, ImapStatus *status, Cancel *cancel, GError **error)
{
	OneStatus *one;
	Ticket *ticket;
	gboolean ok;

	if (!imap_begin(session, cancel, error))
		return FALSE;
	one = g_new0(OneStatus, 1);
	one->mailbox = g_strdup(mailbox);
	ticket = imap_ticket_new(session, &one_status_kind, one);
	ok = send_status(session, ticket, mailbox, error) && imap_await(session, ticket, error);
	if (ok)
		*status = one->status;
	imap_finish(session, ticket);
	return ok;
}

gboolean
imap_session_create(
	ImapSession *session, const char *mailbox, const char *use, Cancel *cancel, GError **error)
{
	g_autoptr(ImapCommand) command = imap_command_new("CREATE ");

	if (!imap_begin(session, cancel, error))
		return FALSE;
	imap_command_mailbox(command, mailbox);
	if (use != NULL && imap_session_has(session, IMAP_CAP_CREATE_SPECIAL_USE))
		imap_command_rawf(command, " (USE (%s))", use);
	return imap_simple(session, "CREATE", command, error);
}

gboolean
imap_session_rename(ImapSession *session, const char *mailbox, const char *to, Cancel *cancel, GError **error)
{
	g_autoptr(ImapCommand) command = imap_command_new("RENAME ");

	if (!imap_begin(session, cancel, error))
		return FALSE;
	imap_command_mailbox(command, mailbox);
	imap_command_raw(command, " ");
	imap_command_mailbox(command, to);
	return imap_simple(session, "RENAME", command, error);
}

gboolean
imap_session_delete(ImapSession *session, const char *mailbox, Cancel *cancel, GError **error)
{
	g_autoptr(ImapCommand) command = imap_command_new("DELETE ");

	if (!imap_begin(session, cancel, error))
		return FALSE;
	imap_command_mailbox(command, mailbox);
	return imap_simple(session, "DELETE", command, error);
}

gboolean
imap_session_subscribe(ImapSession *session, const char *mailbox, gboolean on, Cancel *cancel, GError **error)
{
	g_autoptr(ImapCommand) command = imap_command_new(on ? "SUBSCRIBE " : "UNSUBSCRIBE ");

	if (!imap_begin(session, cancel, error))
		return FALSE;
	imap_command_mailbox(command, mailbox);
	return imap_simple(session, on ? "SUBSCRIBE" : "UNSUBSCRIBE", command, error);
}
