/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * folders.h - the server's list of folders, and which of them is Sent, Trash, ...
 */
#pragma once

#include "engine/worker.h"

/*
 * The role that a folder's name suggests, in many languages, for servers without
 * SPECIAL-USE; ROLE_NONE. name: UTF-8, its last component is looked at.
 */
FolderRole folders_guess_role(const char *name, char delimiter);
/* From LIST to the store's form, roles settled: configured, the server's, guessed. GPtrArray of StoreFolder,
 * the caller's. */
GPtrArray *folders_settle(const AccountConfig *config, GPtrArray *listed);
/* Before the first LIST: INBOX alone, which every server has (RFC 9051, 5.1). Only where no folder is known.
 */
gboolean folders_begin(Worker *worker, GError **error);
/* LIST into the cache; with status, counts too. */
gboolean folders_refresh(Worker *worker, gboolean status, GError **error);
/* The same in two steps, the answer of ticket (imap_session_list_start) being taken. */
gboolean folders_take(Worker *worker, ImapTicket ticket, GError **error);
/* The server holds something that the cache does not. */
gboolean folders_differs(const StoreFolder *folder);
