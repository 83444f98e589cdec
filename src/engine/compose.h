/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compose.h - messages being written, as ui and cli share it: begun, kept as drafts, made ready to send.
 *
 * Plain functions over values, no I/O but the signature's command: on a worker (engine_run).
 */
#pragma once

#include "account/conf.h"
#include "engine/engine.h"
#include "engine/message.h"
#include "mime/build.h"
#include "mime/mailto.h"

typedef enum {
	COMPOSE_NEW,
	COMPOSE_REPLY,
	COMPOSE_REPLY_ALL,
	COMPOSE_REPLY_LIST,
	COMPOSE_FORWARD,          /* inline: text quoted between lines, its attachments attached */
	COMPOSE_FORWARD_ATTACHED, /* as message/rfc822: needs the whole message */
	COMPOSE_RESEND,           /* as a template: its recipients, subject, text, attachments */
} ComposeKind;

/* A message being written, with what is not in its text. */
typedef struct {
	char *account; /* key: who sends */
	MimeDraft *draft;
	gint64 draft_id;                        /* in the registry of drafts; 0: not saved yet */
	guint32 server_uid, server_uidvalidity; /* of its copy in Drafts; 0 */
	RowId answers;                          /* \Answered once sent; 0 */
	RowId forwards;                         /* $Forwarded once sent; 0 */
	gboolean delivery_report;               /* DSN asked for */
	gboolean elsewhere;    /* an answer that goes where Reply-To says, away from the sender */
	gboolean list_missing; /* COMPOSE_REPLY_LIST of a message that names no list: it became reply-all */
} Composition;

/* Deep, but for the attachments' octets: to be worked on elsewhere while this one is shown. */
Composition *composition_copy(const Composition *composition);
void composition_free(Composition *composition);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Composition, composition_free)

/*
 * Begin one: recipients, subject, quoted text, signature, From (the own address that the
 * message came to, where it is an alias), a fresh Message-ID. message: what is answered, NULL for
 * COMPOSE_NEW; its text must be here (engine_want). The caller's. FAULT_UNKNOWN when text or a part is
 * missing.
 */
Composition *compose_begin(const AccountConfig *account, const Preferences *preferences, ComposeKind kind,
	const EngineMessage *message, Cancel *cancel, GError **error);
/* From a mailto: (mime/mailto.h) or bare addresses; FAULT_INPUT says what was refused. The caller's. */
Composition *compose_mailto(const AccountConfig *account, const Preferences *preferences, const char *url,
	Cancel *cancel, GError **error);
/* A draft of ours taken up again. The caller's. */
Composition *compose_from_draft(const StoreDraft *draft, GError **error);
/* A message of the Drafts folder that is not (any more) one of ours. The caller's. */
Composition *compose_from_message(const AccountConfig *account, const EngineMessage *message, GError **error);

/* As it would be kept: for engine_draft_save(). The caller's. FAULT_INPUT only for what cannot be written at
 * all. */
StoreDraft *compose_to_draft(const Composition *composition, gboolean postponed, GError **error);

typedef enum {
	COMPOSE_NO_SUBJECT = 1 << 0,
	COMPOSE_NO_ATTACHMENT = 1 << 1,   /* words of an attachment, but none */
	COMPOSE_MANY_RECIPIENTS = 1 << 2, /* more than ten */
	COMPOSE_EMPTY = 1 << 3,           /* no text and no attachment */
	COMPOSE_ELSEWHERE = 1 << 4,       /* an answer that goes away from the sender */
} ComposeWarning;

/* What is worth a question before sending. Quotes and signature do not count as text. */
guint compose_warnings(const Composition *composition);
/*
 * Ready for engine_send(): checked, built without Bcc, with a copy for Sent, due after the
 * account's undo-send (0 with at_once). FAULT_INPUT names the field: no recipients, a bad address, no From.
 */
OutboxMessage *compose_finish(const Composition *composition, const AccountConfig *account,
	const Preferences *preferences, gboolean at_once, GError **error);
/* A ready message resent to others ("bounce"). octets: the whole message. The caller's. */
OutboxMessage *compose_bounce(
	const AccountConfig *account, GBytes *octets, const char *recipients, GError **error);
/* A finished message from outside (posthorn send FILE): recipients and sender from its fields. The caller's.
 */
OutboxMessage *compose_from_file(const AccountConfig *account, GBytes *octets, GError **error);
/* Taken back from the outbox: as it was. The caller's. */
Composition *compose_from_outbox(const OutboxMessage *message, GError **error);
/* A file of the user's as an attachment; type by name and content. FAULT_LOCAL, FAULT_LIMIT. The caller's. */
MimeAttachment *compose_read_file(const char *path, GError **error);
/* The same, added. */
gboolean compose_attach_file(Composition *composition, const char *path, GError **error);
