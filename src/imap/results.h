/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * results.h - SEARCH, ESEARCH, VANISHED, ID and lists of capabilities.
 *
 * Each parser stands behind the response's name; FALSE with FAULT_PROTOCOL.
 */
#pragma once

#include "imap/parser.h"

/* "* SEARCH 2 3 6 (MODSEQ 917)": numbers are added to set. */
gboolean imap_search_parse(ImapParser *parser, ImapSet *set, GError **error);
/* "* ESEARCH (TAG "A1") UID ALL 2,10:11 MODSEQ 3": ALL is added to set. */
gboolean imap_esearch_parse(ImapParser *parser, ImapSet *set, GError **error);
/* "* VANISHED (EARLIER) 41,43:116": *earlier, and a new *set. */
gboolean imap_vanished_parse(ImapParser *parser, gboolean *earlier, ImapSet **set, GError **error);
/* "* ID ("name" "Dovecot")" or NIL: called for each pair with a value; strings are raw and short-lived. */
typedef void (*ImapIdFunc)(const char *name, const char *value, gpointer user);
gboolean imap_id_parse(ImapParser *parser, ImapIdFunc func, gpointer user, GError **error);
/* Words with blanks between, as in CAPABILITY and ENABLED, called one by one; never fails. */
typedef void (*ImapWordFunc)(ImapSlice word, gpointer user);
void imap_words_parse(ImapParser *parser, ImapWordFunc func, gpointer user);
