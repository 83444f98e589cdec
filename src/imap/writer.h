/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * writer.h - build a command, part by part.
 *
 *	ImapCommand *keys = imap_command_new("UNSEEN HEADER Message-ID ");
 *	imap_command_string(keys, id);
 *
 * What cannot stand in quotes becomes a literal; whether a literal is sent at
 * once or the server is asked first (LITERAL+, LITERAL-) is decided when the
 * command is sent. Secret parts are marked when put in: the log shows "***".
 */
#pragma once

#include "imap/types.h"
#include "util/secret.h"

typedef struct ImapCommand ImapCommand;

/* words: as they stand, without tag. */
ImapCommand *imap_command_new(const char *words);
/* Wipes what was secret. */
void imap_command_free(ImapCommand *command);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapCommand, imap_command_free)

/* Our own words, as they stand: never text from outside. CR and LF are our own mistake. */
void imap_command_raw(ImapCommand *command, const char *words);
void imap_command_rawf(ImapCommand *command, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Any text as a string: quoted where it is short ASCII, else a literal. NULs are left out. */
void imap_command_string(ImapCommand *command, const char *text);
void imap_command_bytes(ImapCommand *command, const char *data, gsize length);
/* A secret as a string. */
void imap_command_secret(ImapCommand *command, const Secret *secret);
/* A secret as it stands (base64 of SASL). */
void imap_command_secret_raw(ImapCommand *command, const Secret *secret);
/* A raw mailbox name. */
void imap_command_mailbox(ImapCommand *command, const char *raw);
void imap_command_set(ImapCommand *command, const ImapSet *set);
/* "(\Seen $Label1)"; keywords may be NULL; those that are no atoms are left out. */
void imap_command_flags(ImapCommand *command, guint system, const char *const *keywords);
/* All that other holds, behind what is there. */
void imap_command_append(ImapCommand *command, const ImapCommand *other);
/* A literal holds 8-bit octets: SEARCH needs CHARSET UTF-8. */
gboolean imap_command_is_8bit(const ImapCommand *command);

/* What is sent, in order; literals without their "{n}". Borrowed. */
typedef struct {
	GString *bytes;
	gboolean literal;
	gboolean secret;
} ImapPiece;
guint imap_command_pieces(const ImapCommand *command);
const ImapPiece *imap_command_piece(const ImapCommand *command, guint index);

/* The wire's name of a folder that the user named, and back (modified UTF-7). The caller's. */
char *imap_name_raw(const char *name);
char *imap_name_utf8(const char *raw);
/* A keyword that a server can be given: an atom of ASCII, without a leading backslash. */
gboolean imap_keyword_is_valid(const char *keyword);
