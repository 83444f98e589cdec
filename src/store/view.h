/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view.h - the reader's side of an account's cache: read-only, one a thread.
 *
 * No call leaves a read transaction open. Windows are read by keyset and cost
 * the same in a folder of any size. store_view_order() of a whole folder and
 * searches belong on the reader thread.
 */
#pragma once

#include "store/operation.h"
#include "util/cancel.h"

typedef struct StoreView StoreView;

/* folder: as for store_cache_open. FAULT_UNKNOWN when there is no cache yet. */
StoreView *store_view_open(const char *folder, GError **error);
void store_view_close(StoreView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreView, store_view_close)

/* Changes when another connection committed (PRAGMA data_version, counted for both files). */
guint64 store_view_version(StoreView *view);

/* All folders: roles first, then by name. GPtrArray of StoreFolder, the caller's. */
GPtrArray *store_view_folders(StoreView *view);
StoreFolder *store_view_folder(StoreView *view, const char *name); /* NULL: unknown. INBOX in any case */
StoreFolder *store_view_folder_by_id(StoreView *view, FolderId id);
StoreFolder *store_view_folder_by_role(StoreView *view, FolderRole role);

/* The first rows of an order, at once: at least count entries, or all (then complete). Costs one window. The
 * caller's. */
StoreOrder *store_view_first(StoreView *view, FolderId folder, const StoreOrderSpec *spec, gsize count);
/*
 * The whole order; NULL when cancelled (or the file is damaged). The same order
 * as store_view_first(). A thread stands where its newest row of the folder
 * stands. Rows from elsewhere: not those in Trash, Junk and Drafts, and none of
 * a Message-ID that the folder has itself. Words: each must begin a word of
 * sender or subject, or, where none does or it is no plain word, be inside.
 */
StoreOrder *store_view_order(StoreView *view, FolderId folder, const StoreOrderSpec *spec, Cancel *cancel);
/* Rows of these ids, in their order; NULL entries where a row is gone. GPtrArray of StoreRow, the caller's.
 */
GPtrArray *store_view_rows(StoreView *view, const RowId *ids, gsize count);
StoreRow *store_view_row(StoreView *view, RowId id); /* follows aliases; NULL: gone */
/* Follow alias(old, new) to the row it is now; id itself where there is none; 0 when gone. */
RowId store_view_current(StoreView *view, RowId id);
/* By Message-ID (with or without <>), in folder or, 0, anywhere; array of RowId. Needs no key: it is in the
 * file. */
GArray *store_view_by_message_id(StoreView *view, FolderId folder, const char *message_id);
/* The nearest ancestor in its thread that stands in the same folder, or 0. */
RowId store_view_parent(StoreView *view, RowId id);
/* Rows of a thread anywhere in the account, by date; array of RowId. */
GArray *store_view_thread(StoreView *view, gint64 thread);

/* Fill in what an operation on this row must know (folder, uidvalidity, uid, key, size, received, flags).
 * FALSE: gone. */
gboolean store_view_describe(StoreView *view, RowId id, OperationMessage *message);

/* The whole octets of a row, also of one that an operation took out of sight; NULL: not here. The caller's.
 */
GBytes *store_view_whole(StoreView *view, RowId id);
/* Octets of a content (see store_cache_put_part), or NULL when not here. */
GBytes *store_view_part(StoreView *view, gint64 cid, const char *section);
/* Message-ID of a row ("<...>"), References and other kept header fields: the raw header block that the first
 * FETCH brought is not kept whole; these are. NULL: none. The caller's. */
char *store_view_message_id(StoreView *view, RowId id);

/*
 * Other header fields as they came, raw lines for mime/header.h: Cc, Bcc,
 * Reply-To, Sender, List-Post, Mail-Followup-To, Delivered-To, X-Original-To,
 * Precedence, Auto-Submitted, Thread-Topic, X-Label, X-Spam-*,
 * List-Unsubscribe-Post, List-Id, X-Priority, Importance, Priority,
 * X-MSMail-Priority; Content-Type without its parameters; To where it is
 * long; From where it has not exactly one address; Date where it is no date, empty where there is none.
 * Where there was no room for all of them it holds a line STORE_FIELDS_CUT, which is no field.
 * NULL: none. The caller's.
 */
#define STORE_FIELDS_CUT "...\r\n"
char *store_view_fields(StoreView *view, RowId id);

/* A row with all that is kept of its header, for rules. */
typedef struct {
	StoreRow *row;
	char *fields;     /* as store_view_fields(); NULL */
	char *message_id; /* without brackets; NULL */
	guint64 key;      /* as OperationMessage's */
} StoreMail;

void store_mail_free(StoreMail *mail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreMail, store_mail_free)
/* NULL: gone. Follows aliases. */
StoreMail *store_view_mail(StoreView *view, RowId id);
/* The next of a folder below the row `below` (0: from the top), highest id first; of StoreMail, the
 * caller's. */
GPtrArray *store_view_mails(StoreView *view, FolderId folder, RowId below, gsize limit);

typedef enum {
	STORE_COUNT_LIST,     /* value: a list's id */
	STORE_COUNT_SENDER,   /* an address, in any case */
	STORE_COUNT_DOMAIN,   /* a domain, or what is below it */
	STORE_COUNT_SUBJECT,  /* what the subject contains, in any case of ASCII */
	STORE_COUNT_PRIORITY, /* "high" or "low" */
} StoreCountKind;

/* Messages of a kind in folder, and in all folders. Reads all rows: for the reader thread. */
void store_view_count(StoreView *view, FolderId folder, StoreCountKind kind, const char *value, guint *here,
	guint *everywhere);

/* People seen: addresses whose name or address has a word that begins with prefix, best first (written to,
 * then seen most). "Name <address>", GPtrArray of char*. */
GPtrArray *store_view_people(StoreView *view, const char *prefix, gsize limit);
/*
 * A stranger with a known name: mail from this address came at most once, and from another one under the same
 * name (case aside) more often. A name of one word tells nothing: FALSE.
 */
gboolean store_view_is_stranger(StoreView *view, const char *name, const char *address);
