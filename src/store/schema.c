/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * message: narrow rows, in the order of arrival. tid, the thread, is null where
 * it is the row's own id, so that the many messages that stand alone have no
 * entry in the index. node is the keyed hash of the Message-ID, up that of its
 * parent; the tree of a thread is made from these when it is shown, because
 * what a parent is depends on which rows are shown.
 *
 * mid maps a node to its rows; id 0 is a ghost: referenced, but not here. ghost
 * holds those ghosts that have a parent. text and person are interned; their
 * hashes, mid and the search index are written late in a bulk intake: unsettled
 * and the marks in meta say from where (settle.c).
 *
 * hidden holds rows that an operation took out of sight until the server
 * confirms. pending holds what operations ask of a row, server the values that
 * they hide.
 */
#include "config.h"

#include "store/schema.h"

#define MESSAGE_TYPES                                                                                        \
	"folder INTEGER NOT NULL, tid INTEGER, sent INTEGER NOT NULL, flags INTEGER NOT NULL, node "         \
	"INTEGER, up INTEGER,"                                                                               \
	"received INTEGER NOT NULL, person INTEGER, subject INTEGER, prefix TEXT, recipients INTEGER, list " \
	"INTEGER,"                                                                                           \
	"cid INTEGER NOT NULL, size INTEGER NOT NULL, zone INTEGER NOT NULL, look INTEGER NOT NULL, "        \
	"keywords TEXT,"                                                                                     \
	"content INTEGER, labels TEXT, fields INTEGER, message_id TEXT"

static const char headers[] =
	"CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;"
	"CREATE TABLE folder(id INTEGER PRIMARY KEY, name TEXT NOT NULL, raw TEXT, delimiter INTEGER, role "
	"INTEGER,"
	" subscribed INTEGER, selectable INTEGER, hidden INTEGER NOT NULL DEFAULT 0,"
	" total INTEGER NOT NULL DEFAULT 0, unread INTEGER NOT NULL DEFAULT 0, flagged INTEGER NOT NULL "
	"DEFAULT 0,"
	" uidvalidity INTEGER NOT NULL DEFAULT 0, uidnext INTEGER NOT NULL DEFAULT 0,"
	" modseq INTEGER NOT NULL DEFAULT 0, low_uid INTEGER NOT NULL DEFAULT 0,"
	" server_messages INTEGER NOT NULL DEFAULT 0, server_unseen INTEGER NOT NULL DEFAULT 0,"
	" server_uidnext INTEGER NOT NULL DEFAULT 0, server_modseq INTEGER NOT NULL DEFAULT 0,"
	" server_uidvalidity INTEGER NOT NULL DEFAULT 0, unnumbered INTEGER NOT NULL DEFAULT 0,"
	" synced INTEGER NOT NULL DEFAULT 0, opened INTEGER NOT NULL DEFAULT 0,"
	" is_open INTEGER NOT NULL DEFAULT 0, recent_uid INTEGER NOT NULL DEFAULT 0);"
	"CREATE INDEX folder_name ON folder(name);"
	"CREATE INDEX folder_raw ON folder(raw);"
	"CREATE TABLE folder_pending(folder INTEGER NOT NULL, operation INTEGER NOT NULL, kind INTEGER NOT "
	"NULL,"
	" old_name TEXT, PRIMARY KEY(folder, operation)) WITHOUT ROWID;"
	"CREATE TABLE message(id INTEGER PRIMARY KEY, " MESSAGE_TYPES ");"
	"CREATE INDEX message_sent ON message(folder, sent);"
	"CREATE INDEX message_received ON message(folder, received);"
	"CREATE INDEX message_cid ON message(cid);"
	"CREATE INDEX message_tid ON message(tid) WHERE tid IS NOT NULL;"
	"CREATE TABLE hidden(id INTEGER PRIMARY KEY, " MESSAGE_TYPES ","
	" operation INTEGER NOT NULL, place INTEGER NOT NULL);"
	"CREATE INDEX hidden_operation ON hidden(operation, place);"
	"CREATE INDEX hidden_tid ON hidden(tid);"
	"CREATE TABLE mid(h INTEGER NOT NULL, id INTEGER NOT NULL, tid INTEGER, PRIMARY KEY(h, id)) WITHOUT "
	"ROWID;"
	"CREATE TABLE ghost(tid INTEGER NOT NULL, h INTEGER NOT NULL, up INTEGER NOT NULL, PRIMARY KEY(tid, "
	"h))"
	" WITHOUT ROWID;"
	"CREATE TABLE text(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, text TEXT NOT NULL);"
	"CREATE TABLE text_hash(h INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY(h, id)) WITHOUT ROWID;"
	"CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, address TEXT NOT NULL, seen INTEGER NOT "
	"NULL);"
	"CREATE TABLE person_hash(h INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY(h, id)) WITHOUT ROWID;"
	"CREATE VIRTUAL TABLE text_words USING fts5(text, content='', detail=none, columnsize=0,"
	" tokenize=\"unicode61 remove_diacritics 2\");"
	"CREATE VIRTUAL TABLE person_words USING fts5(text, content='', detail=none, columnsize=0,"
	" tokenize=\"unicode61 remove_diacritics 2\");"
	"CREATE TABLE unsettled(first INTEGER PRIMARY KEY, last INTEGER NOT NULL);"
	/* Operations. */
	"CREATE TABLE operation(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, add_flags INTEGER NOT NULL,"
	" remove_flags INTEGER NOT NULL, add_keywords TEXT, remove_keywords TEXT, target TEXT,"
	" finished INTEGER NOT NULL DEFAULT 0);"
	/* Keys first: SQLite 3.40's integrity_check takes another order for damage. */
	"CREATE TABLE pending(id INTEGER NOT NULL, operation INTEGER NOT NULL, field INTEGER NOT NULL,"
	" place INTEGER NOT NULL, PRIMARY KEY(id, operation, field)) WITHOUT ROWID;"
	"CREATE INDEX pending_operation ON pending(operation, place);"
	"CREATE TABLE server(id INTEGER PRIMARY KEY, flags INTEGER NOT NULL, keywords TEXT);"
	"CREATE TABLE provisional(id INTEGER PRIMARY KEY, folder INTEGER NOT NULL, operation INTEGER NOT "
	"NULL,"
	" place INTEGER NOT NULL, source INTEGER NOT NULL, floor INTEGER NOT NULL, confirmed INTEGER NOT "
	"NULL DEFAULT 0);"
	"CREATE INDEX provisional_operation ON provisional(operation, place);"
	"CREATE TABLE awaited(folder TEXT NOT NULL, uidvalidity INTEGER NOT NULL, uid INTEGER NOT NULL,"
	" operation INTEGER NOT NULL, place INTEGER NOT NULL, PRIMARY KEY(folder, uidvalidity, uid, "
	"operation))"
	" WITHOUT ROWID;"
	"CREATE TABLE alias(old INTEGER PRIMARY KEY, new INTEGER NOT NULL);"
	"CREATE TABLE moved(old INTEGER PRIMARY KEY, new INTEGER NOT NULL);";

static const char bodies[] = "CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;"
			     "CREATE TABLE part(id INTEGER PRIMARY KEY, cid INTEGER NOT NULL, section TEXT "
			     "NOT NULL, stored INTEGER NOT NULL,"
			     " size INTEGER NOT NULL, octets BLOB);"
			     "CREATE UNIQUE INDEX part_section ON part(cid, section);"
			     "CREATE INDEX part_stored ON part(stored, cid, size);";

#define HEADERS_VERSION 4
#define BODIES_VERSION 1

const BaseOptions schema_headers = {.schema = headers,
	.version = HEADERS_VERSION,
	.flags = BASE_REBUILD | BASE_CHECKED | BASE_VERIFY,
	.cache_kib = 2048};
const BaseOptions schema_bodies = {.schema = bodies,
	.version = BODIES_VERSION,
	.flags = BASE_REBUILD | BASE_VACUUM | BASE_CHECKED,
	.cache_kib = 512};
const BaseOptions schema_headers_reader = {.schema = headers,
	.version = HEADERS_VERSION,
	.flags = BASE_READ_ONLY | BASE_CHECKED,
	.cache_kib = 512};
const BaseOptions schema_bodies_reader = {.schema = bodies,
	.version = BODIES_VERSION,
	.flags = BASE_READ_ONLY | BASE_CHECKED,
	.cache_kib = 256};
