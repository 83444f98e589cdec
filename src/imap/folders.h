/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * folders.h - LIST, LSUB, STATUS and NAMESPACE. (RFC 9051, 7.3; RFC 5258, 5819, 6154)
 *
 * Each parser stands behind the response's name.
 */
#pragma once

#include "imap/parser.h"

/*
 * LIST or LSUB. Extended data are stepped over (CHILDINFO, OLDNAME), and attributes that are malformed.
 * Lenient: a name that is an atom with brackets or 8-bit octets; a name with NULs (blanks). A new folder, or
 * NULL with FAULT_PROTOCOL: malformed, or a name of more than LIMIT_FOLDER_NAME octets.
 */
ImapFolder *imap_folder_parse(ImapParser *parser, GError **error);
/* *mailbox is the caller's raw name. Items that are not known, or malformed, are stepped over. */
gboolean imap_status_parse(ImapParser *parser, char **mailbox, ImapStatus *status, GError **error);
/*
 * Namespaces (RFC 2342). The first personal one: *prefix (raw, the caller's, ""
 * when there is none) and *delimiter (0: flat or none). others receives the
 * prefixes (raw, char*) of further personal ones, other users' and shared ones,
 * those without a prefix left out, at most LIMIT_NAMESPACES.
 */
gboolean imap_namespace_parse(
	ImapParser *parser, char **prefix, char *delimiter, GPtrArray *others, GError **error);

/* "INBOX" in any case is the same mailbox. */
gboolean imap_is_inbox(const char *raw);
gboolean imap_same_mailbox(const char *a, const char *b);
