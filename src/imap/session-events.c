/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session-events.c - the list of news. Runs of like events are one; past
 * EVENTS_MAX the list is replaced by "compare all UIDs", so that a flood costs
 * no memory.
 */
#include "config.h"

#include "imap/session-private.h"

#define EVENTS_MAX 20000

void
imap_event_free(ImapEvent *event)
{
	if (event == NULL)
		return;
	imap_set_free(event->uids);
	imap_flags_clear(&event->flags);
	g_free(event->text);
	g_free(event);
}

ImapEvent *
imap_session_next_event(ImapSession *session)
{
	return g_queue_pop_head(&session->events);
}

gboolean
imap_session_has_events(const ImapSession *session)
{
	return session->events.length > 0;
}

void
imap_events_clear(ImapSession *session)
{
	ImapEvent *event;

	while ((event = g_queue_pop_head(&session->events)) != NULL)
		imap_event_free(event);
}

/* What was told of a mailbox is not true of the next; who left it reads it anew on coming back. */
void
imap_events_leave(ImapSession *session)
{
	guint left = session->events.length;

	while (left-- > 0) {
		ImapEvent *event = g_queue_pop_head(&session->events);
		if (event->kind == IMAP_EVENT_ALERT || event->kind == IMAP_EVENT_BYE)
			g_queue_push_tail(&session->events, event);
		else
			imap_event_free(event);
	}
}

void
imap_damage(ImapSession *session, ImapData data, GError *failure)
{
	session->damaged++;
	if (session->damage == NULL)
		session->damage = g_strdup(failure->message);
	g_error_free(failure);
	imap_mailbox_damaged(session, data);
}

guint
imap_session_damaged(const ImapSession *session)
{
	return session->damaged;
}

guint
imap_session_take_damage(ImapSession *session, char **words)
{
	guint count = session->damaged - session->damage_told;

	session->damage_told = session->damaged;
	if (words != NULL)
		*words = g_steal_pointer(&session->damage);
	g_clear_pointer(&session->damage, g_free);
	return count;
}

static ImapEvent *
last_of(ImapSession *session, ImapEventKind kind)
{
	ImapEvent *last = g_queue_peek_tail(&session->events);

	return last != NULL && last->kind == kind ? last : NULL;
}

static ImapEvent *
push(ImapSession *session, ImapEventKind kind)
{
	ImapEvent *event = g_new0(ImapEvent, 1);

	if (session->events.length >= EVENTS_MAX) {
		ImapEvent *lost = g_new0(ImapEvent, 1);
		lost->kind = IMAP_EVENT_EXPUNGED;
		imap_events_clear(session);
		g_queue_push_tail(&session->events, lost);
	}
	event->kind = kind;
	g_queue_push_tail(&session->events, event);
	return event;
}

void
imap_event_exists(ImapSession *session, guint32 count)
{
	ImapEvent *event = last_of(session, IMAP_EVENT_EXISTS);

	if (event == NULL)
		event = push(session, IMAP_EVENT_EXISTS);
	event->count = count;
}

void
imap_event_expunged(ImapSession *session, ImapSet *uids)
{
	ImapEvent *last = last_of(session, IMAP_EVENT_EXPUNGED);

	if (last == NULL) {
		push(session, IMAP_EVENT_EXPUNGED)->uids = uids;
		return;
	}
	/* One that could not be told makes the whole not told. */
	if (last->uids != NULL && uids != NULL)
		imap_set_add_set(last->uids, uids);
	else
		g_clear_pointer(&last->uids, imap_set_free);
	imap_set_free(uids);
}

void
imap_event_flags(ImapSession *session, const ImapRow *row, guint32 uid)
{
	ImapEvent *event = push(session, IMAP_EVENT_FLAGS);

	event->uid = uid;
	event->sequence = row->sequence;
	event->modseq = row->modseq;
	imap_flags_init(&event->flags);
	event->flags.system = row->flags.system;
	for (guint i = 0; i < row->flags.keywords->len; i++)
		g_ptr_array_add(event->flags.keywords, g_strdup(g_ptr_array_index(row->flags.keywords, i)));
}

void
imap_event_text(ImapSession *session, ImapEventKind kind, const char *text)
{
	ImapEvent *last = last_of(session, kind);

	if (last != NULL && g_strcmp0(last->text, text) == 0)
		return;
	push(session, kind)->text = g_strdup(text);
}
