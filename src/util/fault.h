/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fault.h - the one error domain, and its codes.
 *
 * A code says what the caller can do; the message is for the user: translated,
 * complete, sanitised. Each layer may prefix where it happened
 * (g_prefix_error). Only ui/ and cli/ show errors; engine/ alone decides about
 * trying again.
 */
#pragma once

#include <glib.h>

#define POSTHORN_FAULT (fault_quark())
GQuark fault_quark(void);

typedef enum {
	FAULT_RETRY,     /* the line or the peer is down for now: try again later */
	FAULT_AUTH,      /* credentials refused or missing: the user must act */
	FAULT_TRUST,     /* the certificate is not trusted: the user must decide */
	FAULT_REFUSED,   /* the peer refused this very request: trying again is in vain */
	FAULT_PROTOCOL,  /* the peer broke the protocol: this connection is over */
	FAULT_LIMIT,     /* a limit of limits.h was passed: this item is damaged */
	FAULT_CANCELED,  /* the user, or the end of the program, stopped it */
	FAULT_INPUT,     /* what the user or a file of the user's says is wrong */
	FAULT_UNKNOWN,   /* no such folder, message, account, operation */
	FAULT_LOCAL,     /* disk full, no permission, a missing program */
	FAULT_DAMAGED,   /* a file of our own is damaged; it was set aside */
	FAULT_NEWER,     /* a file of our own was written by a newer version */
	FAULT_BUSY,      /* another Posthorn holds the lock */
	FAULT_UNCERTAIN, /* it may have been done or not: never again without asking the user */
} Fault;

/* Set *error (which may be NULL) to code with a printf-formed message. */
void fault_set(GError **error, Fault code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* The code of an error of any domain: foreign ones are FAULT_LOCAL; NULL is FAULT_LOCAL. */
Fault fault_of(const GError *error);

/* The untranslated name of a code, for JSON: "retry", "auth", ... */
const char *fault_name(Fault code);
