/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules-host.h - what a script may ask of a message that stands in the cache.
 *
 * A field that the cache keeps is answered from the row at once; of another it
 * answers SIEVE_MISSING until the header or the whole message was fetched. Priority, spam
 * score, list and addresses are always here. A client sees no envelope: Return-Path and
 * Delivered-To stand for it.
 *
 * One host a thread, set to one message after the other.
 */
#pragma once

#include "sieve/host.h"
#include "store/rules.h"
#include "store/view.h"

/* What all messages of a run see of the world; asked by functions, so that tests need no engine. */
typedef struct {
	StoreView *view;          /* for octets that are here; NULL: none are */
	const char *address;      /* of the account: to whom mail came where no field says */
	const GPtrArray *folders; /* of StoreFolder */
	GHashTable *people;       /* set of addresses written to, case folded; NULL: none */
	gint64 now;
	/* duplicate (RFC 7352); NULL: nothing was seen. */
	gboolean (*seen)(const char *handle, const char *id, gpointer user);
	/* execute and filter; NULL: refused. */
	gboolean (*execute)(SieveProgram *program, GBytes *message, gpointer user, GError **error);
	gpointer user;
} RulesWorld;

/* An id that a `duplicate` test asked for: to be noted with what is done. */
typedef struct {
	char *handle; /* NULL */
	char *id;
	guint64 seconds;
	gboolean last;
} RulesSight;

typedef struct RulesHost RulesHost;

/* world is borrowed for its life. */
RulesHost *rules_host_new(const RulesWorld *world);
void rules_host_free(RulesHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RulesHost, rules_host_free)
/* The next message; borrowed until the one after. */
SieveHost *rules_host_set(RulesHost *host, const StoreMail *mail);
/* Whether a program was asked for, which world does not run: it must be claimed before. */
gboolean rules_host_wanted_program(const RulesHost *host);
/* Whether the whole message was missing, not its header alone. */
gboolean rules_host_wanted_whole(const RulesHost *host);
/* Of RulesSight: of this message. Borrowed until the next. */
const GPtrArray *rules_host_sights(const RulesHost *host);
/* What was asked for of this message counts as seen for those after it in the same run. */
void rules_host_saw(RulesHost *host);

/* Flags of a row as IMAP spells them, NULL-terminated; the caller's (g_strfreev). */
char **rules_flags_of(const StoreRow *row);
/* By name, or by its parts with another delimiter; NULL: there is none. Borrowed from folders. */
const StoreFolder *rules_find_folder(const GPtrArray *folders, const char *name);
/* "\\Archive" and its like; ROLE_NONE: not one of RFC 6154. */
FolderRole rules_role_of(const char *special_use);
