/* SPDX-License-Identifier: GPL-3.0-or-later */
/* folder-row.h - a StoreFolder from its row, for the writer and the readers. */
#pragma once

#include "store/base.h"
#include "store/types.h"

/* Highest uid that is here, in a query of folder; 0: none. */
#define FOLDER_TOP_UID                                                                                       \
	" coalesce((SELECT max(message.id) - (folder.id << 33) FROM message"                                 \
	" WHERE message.id >= folder.id << 33 AND message.id < (folder.id << 33) + 4294967296), 0)"

/* The columns that folder_row_read() takes, of all that are not hidden. */
#define FOLDER_ROW_SELECT                                                                                    \
	"SELECT id, name, raw, delimiter, role, subscribed, selectable,"                                     \
	" EXISTS(SELECT 1 FROM folder_pending WHERE folder = folder.id), total, unread, flagged, "           \
	"uidvalidity, uidnext,"                                                                              \
	" modseq, low_uid, server_messages, server_unseen, server_uidnext, server_modseq, "                  \
	"server_uidvalidity, synced, "                                                                       \
	"opened," FOLDER_TOP_UID " FROM folder WHERE hidden = 0"

StoreFolder *folder_row_read(sqlite3_stmt *row);
/* NULL: unknown. INBOX in any case. */
StoreFolder *folder_row_by_name(StoreBase *base, const char *name);
StoreFolder *folder_row_by_id(StoreBase *base, FolderId id);
