/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * address.h - addresses checked once more, just before they go into MAIL and RCPT. Pure.
 */
#pragma once

#include <glib.h>

/*
 * The form in which address (addr-spec, UTF-8) is sent: an international
 * domain as A-label where the local part is ASCII. *utf8 is set to TRUE where
 * only SMTPUTF8 can carry it, else left alone. NULL with FAULT_INPUT for
 * anything that is no Mailbox of RFC 5321, 4.1.2 (controls, blanks outside
 * quotes, no domain), and for "<" and ">" anywhere. The caller's.
 */
char *smtp_address_wire(const char *address, gboolean *utf8, GError **error);
/* xtext (RFC 3461, 4), for ENVID and ORCPT. The caller's. */
char *smtp_xtext(const char *text);
