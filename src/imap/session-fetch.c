/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session-fetch.c - FETCH and STORE: rows to who asked for them.
 *
 * The server does not say which command a row answers. It goes to the first
 * FETCH in flight that asked for this message and finds in it all that it asked
 * for; what fits nobody is news.
 */
#include "config.h"

#include "imap/session-private.h"

#include "util/fault.h"
#include "util/i18n.h"

#define BOUND_SLACK (64 * 1024)

typedef struct {
	ImapSet *uids; /* NULL: by sequence number */
	guint32 first;
	guint32 last;
	guint needs; /* ImapHas of a row that is an answer */
	guint64 bound;
	ImapRowFunc row;
	ImapProgressFunc progress;
	gpointer user;
	ImapSet *modified; /* STORE: not stored */
} Rows;

static void
rows_free(gpointer data)
{
	Rows *rows = data;

	imap_set_free(rows->uids);
	imap_set_free(rows->modified);
	g_free(rows);
}

static gboolean
is_asked(const ImapSession *session, const Rows *rows)
{
	const ImapRow *row = &session->row;

	if (rows->uids != NULL)
		return imap_set_contains(rows->uids, row->uid);
	if (row->uid == 0)
		return FALSE;
	/* "*" is the last message, whatever its number is by now. */
	if (rows->last == 0)
		return row->sequence >= MIN(rows->first, session->exists);
	return row->sequence >= MIN(rows->first, rows->last) && row->sequence <= MAX(rows->first, rows->last);
}

/* Some items come in either of two forms. */
static gboolean
has_needed(const ImapRow *row, guint needs)
{
	guint has = row->has;

	if (has & IMAP_HAS_BAD_STRUCTURE)
		has |= IMAP_HAS_STRUCTURE;
	return (has & needs) == needs;
}

static Take
rows_data(ImapSession *session, Ticket *ticket, const ImapLine *line, ImapParser *parser, GError **error)
{
	Rows *rows = ticket->state;

	(void)parser;
	(void)error;
	if (line->kind != IMAP_LINE_DATA || line->data != IMAP_DATA_FETCH)
		return TAKE_NO;
	if (!is_asked(session, rows) || !has_needed(&session->row, rows->needs))
		return TAKE_NO;
	if (rows->row == NULL)
		return TAKE_NO;
	if (!ticket->abandoned)
		rows->row(&session->row, rows->user);
	return TAKE_YES;
}

static void
rows_done(ImapSession *session, Ticket *ticket, const ImapLine *line)
{
	Rows *rows = ticket->state;
	g_autoptr(ImapSet) set = NULL;

	(void)session;
	if (line->code != IMAP_CODE_MODIFIED || !imap_code_set(line, &set))
		return;
	imap_set_clip(set, rows->uids);
	if (rows->modified == NULL)
		rows->modified = imap_set_new();
	imap_set_add_set(rows->modified, set);
}

static const TicketKind fetch_kind = {"FETCH", rows_data, NULL, rows_free, FALSE};
static const TicketKind store_kind = {"STORE", rows_data, rows_done, rows_free, FALSE};

void
imap_fetch_bounds(ImapSession *session)
{
	gboolean bounded = FALSE, unbounded = FALSE, drop = FALSE, first = TRUE;
	guint64 bound = 0;

	for (GList *item = session->flights.head; item != NULL; item = item->next) {
		const Ticket *ticket = ((Flight *)item->data)->ticket;
		const Rows *rows = ticket->state;
		if (ticket->kind != &fetch_kind)
			continue;
		if (first)
			drop = ticket->abandoned;
		first = FALSE;
		bounded = bounded || rows->bound > 0;
		unbounded = unbounded || rows->bound == 0;
		bound = MAX(bound, rows->bound);
	}
	imap_reader_drop(session->reader, drop);
	imap_reader_bound_literal(session->reader, bounded && !unbounded ? bound : 0);
}

void
imap_fetch_progress(ImapSession *session)
{
	guint64 received, total;

	if (!imap_reader_progress(session->reader, &received, &total))
		return;
	for (GList *item = session->flights.head; item != NULL; item = item->next) {
		const Ticket *ticket = ((Flight *)item->data)->ticket;
		const Rows *rows = ticket->state;
		if (ticket->kind != &fetch_kind)
			continue;
		if (rows->progress != NULL && !ticket->abandoned)
			rows->progress(received, total, rows->user);
		return;
	}
}

/* ---- FETCH ---- */

static const struct {
	guint item;
	const char *words;
	guint needs;
} item_names[] = {
	{IMAP_FETCH_FLAGS, " FLAGS", IMAP_HAS_FLAGS},
	{IMAP_FETCH_DATE, " INTERNALDATE", 0}, /* one that is no date is left out of the row */
	{IMAP_FETCH_SIZE, " RFC822.SIZE", IMAP_HAS_SIZE},
	{IMAP_FETCH_STRUCTURE, " BODYSTRUCTURE", IMAP_HAS_STRUCTURE},
};

static gboolean
section_is_valid(const char *section)
{
	return strspn(section, "0123456789.ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") ==
	       strlen(section);
}

static void
add_offered_items(const ImapSession *session, guint wanted, GString *out)
{
	gboolean gmail = imap_session_has(session, IMAP_CAP_X_GM_EXT_1);

	if ((wanted & IMAP_FETCH_MODSEQ) && imap_session_has(session, IMAP_CAP_CONDSTORE))
		g_string_append(out, " MODSEQ");
	if ((wanted & IMAP_FETCH_IDS) && gmail)
		g_string_append(out, " X-GM-MSGID X-GM-THRID");
	else if ((wanted & IMAP_FETCH_IDS) && imap_session_has(session, IMAP_CAP_OBJECTID))
		g_string_append(out, " EMAILID THREADID");
	if ((wanted & IMAP_FETCH_LABELS) && gmail)
		g_string_append(out, " X-GM-LABELS");
}

/* "(UID FLAGS ...)"; *needs: what a row must hold to be the answer. NULL: a section that is none. */
static char *
fetch_items(const ImapSession *session, const ImapFetch *fetch, guint *needs, GError **error)
{
	g_autoptr(GString) out = g_string_new("(UID");

	*needs = 0;
	for (gsize i = 0; i < G_N_ELEMENTS(item_names); i++) {
		if ((fetch->items & item_names[i].item) == 0)
			continue;
		g_string_append(out, item_names[i].words);
		*needs |= item_names[i].needs;
	}
	add_offered_items(session, fetch->items, out);
	if (fetch->fields != NULL) {
		g_string_append_printf(out, " BODY.PEEK[HEADER.FIELDS (%s)]", fetch->fields);
		*needs |= IMAP_HAS_FIELDS;
	}
	for (guint i = 0; fetch->sections != NULL && fetch->sections[i] != NULL; i++) {
		if (!section_is_valid(fetch->sections[i])) {
			fault_set(error, FAULT_INPUT, _("\"%s\" is not a part of a message."),
				fetch->sections[i]);
			return NULL;
		}
		g_string_append_printf(out, " BODY.PEEK[%s]", fetch->sections[i]);
		if (fetch->octets > 0)
			g_string_append_printf(out, "<%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT ">",
				fetch->origin, fetch->octets);
		*needs |= IMAP_HAS_SECTION;
	}
	g_string_append_c(out, ')');
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static char *
fetch_modifiers(const ImapSession *session, const ImapFetch *fetch)
{
	if (fetch->changed_since == 0 || !imap_session_has(session, IMAP_CAP_CONDSTORE))
		return g_strdup("");
	return g_strdup_printf(" (CHANGEDSINCE %" G_GUINT64_FORMAT "%s)", fetch->changed_since,
		fetch->vanished && session->qresync && fetch->uids ? " VANISHED" : "");
}

static Rows *
rows_of_fetch(const ImapFetch *fetch, guint needs)
{
	Rows *rows = g_new0(Rows, 1);

	rows->uids = fetch->uids ? imap_set_copy(fetch->uids) : NULL;
	rows->first = fetch->first;
	rows->last = fetch->last;
	rows->needs = needs;
	rows->bound = fetch->size ? 2 * fetch->size + BOUND_SLACK : 0;
	rows->row = fetch->row;
	rows->progress = fetch->progress;
	rows->user = fetch->user;
	return rows;
}

static Ticket *
fetch_start(ImapSession *session, const ImapFetch *fetch, GError **error)
{
	g_autofree char *items = NULL;
	g_autofree char *modifiers = NULL;
	g_autoptr(ImapCommand) behind = imap_command_new(" ");
	g_autoptr(ImapCommand) by_number = imap_command_new("FETCH ");
	Ticket *ticket;
	gboolean ok;
	guint needs;

	g_assert(fetch->row != NULL && (fetch->uids ? !imap_set_is_empty(fetch->uids) : fetch->first > 0));
	items = fetch_items(session, fetch, &needs, error);
	if (items == NULL)
		return NULL;
	modifiers = fetch_modifiers(session, fetch);
	imap_command_raw(behind, items);
	imap_command_raw(behind, modifiers);
	ticket = imap_ticket_new(session, &fetch_kind, rows_of_fetch(fetch, needs));
	if (fetch->uids != NULL) {
		ok = imap_send_pieces(session, ticket, "UID FETCH ", fetch->uids, behind, error);
	} else {
		g_autofree char *last = fetch->last ? g_strdup_printf("%u", fetch->last) : g_strdup("*");
		imap_command_rawf(by_number, "%u:%s", fetch->first, last);
		imap_command_append(by_number, behind);
		ok = imap_send(session, ticket, by_number, error);
	}
	if (ok)
		return ticket;
	imap_finish(session, ticket);
	return NULL;
}

ImapTicket
imap_session_fetch_start(ImapSession *session, const ImapFetch *fetch, Cancel *cancel, GError **error)
{
	Ticket *ticket;

	if (!imap_begin(session, cancel, error))
		return 0;
	ticket = fetch_start(session, fetch, error);
	return ticket ? ticket->id : 0;
}

gboolean
imap_session_fetch(ImapSession *session, const ImapFetch *fetch, Cancel *cancel, GError **error)
{
	Ticket *ticket;
	gboolean ok;

	if (!imap_begin(session, cancel, error))
		return FALSE;
	ticket = fetch_start(session, fetch, error);
	if (ticket == NULL)
		return FALSE;
	ok = imap_await(session, ticket, error);
	imap_finish(session, ticket);
	return ok;
}

/* ---- STORE ---- */

static void
add_store_flags(ImapCommand *command, const ImapStore *store)
{
	static const char *const signs[] = {" +", " -", " "};
	const char *silent = store->row ? "" : ".SILENT";

	imap_command_raw(command, signs[store->mode]);
	if (!store->labels) {
		imap_command_rawf(command, "FLAGS%s ", silent);
		imap_command_flags(command, store->system, store->keywords);
		return;
	}
	imap_command_rawf(command, "X-GM-LABELS%s (", silent);
	for (guint i = 0; store->keywords != NULL && store->keywords[i] != NULL; i++) {
		g_autofree char *raw = imap_name_raw(store->keywords[i]);
		imap_command_raw(command, i ? " " : "");
		if (raw[0] == '\\' && imap_keyword_is_valid(raw + 1))
			imap_command_raw(command, raw);
		else
			imap_command_string(command, raw);
	}
	imap_command_raw(command, ")");
}

gboolean
imap_session_store(
	ImapSession *session, const ImapStore *store, ImapSet **modified, Cancel *cancel, GError **error)
{
	g_autoptr(ImapCommand) behind = imap_command_new("");
	Rows *rows;
	Ticket *ticket;
	gboolean ok;

	if (modified != NULL)
		*modified = NULL;
	if (!imap_begin(session, cancel, error))
		return FALSE;
	rows = g_new0(Rows, 1);
	rows->uids = imap_set_copy(store->uids);
	rows->row = store->row;
	rows->user = store->user;
	ticket = imap_ticket_new(session, &store_kind, rows);
	if (store->unchanged_since != 0)
		imap_command_rawf(behind, " (UNCHANGEDSINCE %" G_GUINT64_FORMAT ")", store->unchanged_since);
	add_store_flags(behind, store);
	ok = imap_send_pieces(session, ticket, "UID STORE ", store->uids, behind, error) &&
	     imap_await(session, ticket, error);
	if (modified != NULL && ticket->open == 0)
		*modified = g_steal_pointer(&rows->modified);
	imap_finish(session, ticket);
	return ok;
}
