/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * journal-schema.c - the tables of posthorn.db.
 *
 * Octets stand in tables of their own, so that lists never read past them.
 */
#include "config.h"

#include "store/journal-private.h"

/* What came with version 2. */
#define RULES                                                                                                \
	"CREATE TABLE rule_mark(account TEXT NOT NULL, folder TEXT NOT NULL, uidvalidity INTEGER NOT NULL,"  \
	" uid INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL, PRIMARY KEY(account, folder)) " \
	"WITHOUT ROWID;"                                                                                     \
	"CREATE TABLE rule_log(id INTEGER PRIMARY KEY, account TEXT NOT NULL, message INTEGER NOT NULL,"     \
	" received INTEGER NOT NULL, made INTEGER NOT NULL, rule TEXT, did TEXT, also TEXT, host TEXT,"      \
	" grp INTEGER NOT NULL, failed INTEGER NOT NULL);"                                                   \
	"CREATE INDEX rule_log_message ON rule_log(account, message);"                                       \
	"CREATE INDEX rule_log_made ON rule_log(made);"                                                      \
	"CREATE TABLE rule_wait(id INTEGER PRIMARY KEY, account TEXT NOT NULL, folder TEXT NOT NULL,"        \
	" uidvalidity INTEGER NOT NULL, uid INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,"             \
	" UNIQUE(account, folder, uidvalidity, uid));"                                                       \
	"CREATE TABLE rule_claim(account TEXT NOT NULL, message INTEGER NOT NULL, received INTEGER NOT "     \
	"NULL,"                                                                                              \
	" state INTEGER NOT NULL, made INTEGER NOT NULL, PRIMARY KEY(account, message, received)) WITHOUT "  \
	"ROWID;"                                                                                             \
	"CREATE TABLE rule_seen(account TEXT NOT NULL, handle TEXT NOT NULL, id TEXT NOT NULL,"              \
	" until INTEGER NOT NULL, PRIMARY KEY(account, handle, id)) WITHOUT ROWID;"                          \
	"CREATE TABLE rule_ran(account TEXT NOT NULL, folder TEXT NOT NULL, at INTEGER NOT NULL,"            \
	" PRIMARY KEY(account, folder)) WITHOUT ROWID;"

static const char schema[] =
	"CREATE TABLE value(name TEXT PRIMARY KEY, value) WITHOUT ROWID;"
	/* AUTOINCREMENT: an id is never used twice; the caches remember up to which one they are true. */
	"CREATE TABLE op(id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, grp INTEGER NOT NULL,"
	" after INTEGER NOT NULL, kind INTEGER NOT NULL, add_flags INTEGER NOT NULL, remove_flags INTEGER "
	"NOT NULL,"
	" add_keywords TEXT, remove_keywords TEXT, target TEXT, new_name TEXT, target_uidnext INTEGER NOT "
	"NULL DEFAULT 0,"
	" target_uidvalidity INTEGER NOT NULL DEFAULT 0, date INTEGER NOT NULL, made INTEGER NOT NULL,"
	" state INTEGER NOT NULL, error TEXT, attempts INTEGER NOT NULL DEFAULT 0, undoes INTEGER NOT NULL,"
	" undone_by INTEGER NOT NULL DEFAULT 0, words TEXT);"
	"CREATE INDEX op_group ON op(grp);"
	"CREATE INDEX op_undoes ON op(undoes) WHERE undoes <> 0;"
	"CREATE INDEX op_open ON op(account, id) WHERE state IN (0, 1);"
	"CREATE INDEX op_made ON op(made);"
	"CREATE TABLE op_msg(op INTEGER NOT NULL, n INTEGER NOT NULL, row INTEGER NOT NULL, folder TEXT,"
	" uidvalidity INTEGER NOT NULL, uid INTEGER NOT NULL, key INTEGER NOT NULL, size INTEGER NOT NULL,"
	" received INTEGER NOT NULL, old_flags INTEGER NOT NULL, old_keywords TEXT, state INTEGER NOT NULL,"
	" new_uid INTEGER NOT NULL, new_row INTEGER NOT NULL, PRIMARY KEY(op, n)) WITHOUT ROWID;"
	"CREATE INDEX op_msg_row ON op_msg(new_row) WHERE new_row <> 0;"
	"CREATE TABLE op_content(op INTEGER PRIMARY KEY, octets BLOB NOT NULL);"
	"CREATE TABLE outbox(id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, state INTEGER NOT "
	"NULL,"
	" sender TEXT, recipients TEXT NOT NULL, subject TEXT, message_id TEXT, made INTEGER NOT NULL,"
	" due INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, error TEXT, result TEXT, owner TEXT,"
	" answers INTEGER NOT NULL, forwards INTEGER NOT NULL, draft INTEGER NOT NULL,"
	" filed INTEGER NOT NULL DEFAULT 0, dsn INTEGER NOT NULL);"
	"CREATE INDEX outbox_open ON outbox(account, due) WHERE state NOT IN (3, 6);"
	"CREATE TABLE outbox_octets(id INTEGER PRIMARY KEY, message BLOB NOT NULL, copy BLOB);"
	"CREATE TABLE draft(id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, message_id TEXT NOT "
	"NULL,"
	" server_uid INTEGER NOT NULL, server_uidvalidity INTEGER NOT NULL, revision INTEGER NOT NULL,"
	" saved INTEGER NOT NULL, postponed INTEGER NOT NULL, subject TEXT, state TEXT);"
	"CREATE INDEX draft_message_id ON draft(message_id);"
	"CREATE TABLE draft_octets(id INTEGER PRIMARY KEY, message BLOB NOT NULL);"
	"CREATE TABLE person(address TEXT PRIMARY KEY, written TEXT NOT NULL, name TEXT, folded TEXT NOT "
	"NULL,"
	" count INTEGER NOT NULL, last INTEGER NOT NULL) WITHOUT ROWID;" RULES;

static const char *const upgrades[] = {RULES};

const BaseOptions journal_base = {
	.schema = schema,
	.version = 2,
	.upgrades = upgrades,
	.flags = BASE_DURABLE | BASE_KEEP,
};
