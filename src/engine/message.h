/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * message.h - a message as ui and cli show it, put together from what the store holds.
 *
 * Pure over a StoreView: no network, any thread. What is not here is said in
 * `missing`; engine_want() brings it.
 */
#pragma once

#include "mime/message.h"
#include "mime/show.h"
#include "store/view.h"

typedef enum {
	MESSAGE_MISSING_NOTHING,
	MESSAGE_MISSING_TEXT, /* neither whole octets nor structure and text are here */
	MESSAGE_MISSING_PART, /* the part asked for is not here */
} EngineMissing;

typedef struct EngineMessage EngineMessage;

/* NULL with FAULT_UNKNOWN when the row is gone. */
EngineMessage *engine_message_load(StoreView *view, RowId row, GError **error);
/* From octets (a file, a draft): no row. */
EngineMessage *engine_message_from_octets(GBytes *octets);
void engine_message_free(EngineMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EngineMessage, engine_message_free)

const StoreRow *engine_message_row(const EngineMessage *message); /* NULL for octets */
EngineMissing engine_message_missing(const EngineMessage *message);
/* Whole octets when they are here, else NULL. Borrowed. */
GBytes *engine_message_octets(const EngineMessage *message);
/* The header block: of the whole, or the fetched HEADER. Raw field value, first of that name; NULL. Borrowed.
 */
const char *engine_message_field(const EngineMessage *message, const char *name);
GBytes *engine_message_header(const EngineMessage *message);
/* The tree: parsed octets, or the server's structure; NULL when neither is here. Borrowed. */
const MimePart *engine_message_structure(const EngineMessage *message);
/* Decoded octets of a part by section, or NULL with FAULT_UNKNOWN ("not here"). The caller's. */
GBytes *engine_message_part(const EngineMessage *message, const char *section, GError **error);
/* The text laid out for the pager. The caller's. NULL while it is missing. */
MimeText *engine_message_text(const EngineMessage *message, const MimeShowOptions *options, GError **error);
/* The text as a reply quotes it, unwrapped paragraphs without notes; NULL while it is missing. The caller's.
 */
char *engine_message_plain(const EngineMessage *message, MimePrefer prefer);
/* The parsed whole, NULL while only pieces are here. Borrowed; its functions may decode and remember. */
MimeMessage *engine_message_whole(const EngineMessage *message);
