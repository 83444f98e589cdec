/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schema.h - the tables of headers.db and bodies.db. */
#pragma once

#include "store/base.h"

#define SCHEMA_HEADERS_FILE "headers.db"
#define SCHEMA_BODIES_FILE "bodies.db"

/* Writable, rebuilt when damaged. */
extern const BaseOptions schema_headers;
extern const BaseOptions schema_bodies;
/* The same, for readers. */
extern const BaseOptions schema_headers_reader;
extern const BaseOptions schema_bodies_reader;

/* The columns of message after id, folder and tid, in the order of the table; hidden has the same and then
 * its own. */
#define MESSAGE_REST                                                                                         \
	"sent, flags, node, up, received, person, subject, prefix, recipients, list, cid, size, zone, "      \
	"look, keywords, content, labels, fields, message_id"

/* message.look */
#define LOOK_PRIORITY 3 /* Priority */
#define LOOK_ATTACHMENT 4
#define LOOK_SEVERAL_FROM 8
#define LOOK_OWN_PARENT 16 /* up is from its own References or In-Reply-To, not from others' */

/* text.kind */
typedef enum {
	TEXT_SUBJECT,
	TEXT_RECIPIENTS,
	TEXT_LIST,
	TEXT_FIELDS, /* raw lines of other header fields */
} TextKind;

/* pending.field */
typedef enum {
	PENDING_FLAGS = 1,  /* the operation's flags and keywords are on top of server's */
	PENDING_FAILED = 2, /* it failed, and was not forgotten yet */
} PendingField;
