/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * imap-script.h - an IMAP server that plays a script, and a session with it.
 *
 * A script is a list of lines: "S ..." is said, "C ..." must be how the client's
 * next line begins, "X" closes.
 */
#pragma once

#include "imap/session.h"
#include "peer.h"
#include "util/fault.h"

#define ALL_CAPS                                                                                             \
	"IMAP4rev1 AUTH=PLAIN SASL-IR ID ENABLE QRESYNC CONDSTORE NAMESPACE IDLE LITERAL+ UIDPLUS MOVE "     \
	"ESEARCH "                                                                                           \
	"LIST-EXTENDED LIST-STATUS SPECIAL-USE UNSELECT"

typedef struct {
	const char *lines[64];
} Script;

typedef struct {
	Peer *peer;
	ImapSession *session;
	Script script;
	char *caps;
	GError *error;
} Line;

void line_clear(Line *line);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Line, line_clear)

/* Connect to a script that greets with caps. */
void line_open(Line *line, const char *caps, const char *const *rest);
gboolean line_login(Line *line, const char *password);
/* Log in on a server with everything, select INBOX with 3 messages; the next tag is P5. */
void line_select(Line *line, const char *const *rest);
void assert_fault(const Line *line, Fault code, const char *words);
