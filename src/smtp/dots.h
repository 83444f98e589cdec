/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dots.h - a message as it goes over the line: CRLF everywhere, dots doubled
 * (RFC 5321, 2.3.8 and 4.5.2). Pure; in pieces of any size.
 */
#pragma once

#include <glib.h>

/* What of a message matters to the envelope. */
typedef struct {
	guint64 size;       /* octets with CRLF, without doubled dots (RFC 1870) */
	gsize longest_line; /* octets without CRLF */
	gboolean has_8bit;
	gboolean has_8bit_headers; /* above the first empty line */
	gboolean headers_are_utf8;
	gboolean has_nul;
} SmtpShape;

void smtp_shape(const char *data, gsize length, SmtpShape *shape);

/* Zero-initialised at the start of a message. */
typedef struct {
	gboolean after_cr; /* a CR came, its LF perhaps comes next */
	gboolean in_line;  /* something stands on the current line */
} SmtpDots;

/* Append data's wire form to out. Bare CR and bare LF become CRLF. */
void smtp_dots_add(SmtpDots *dots, const char *data, gsize length, GString *out);
/* End the last line. The final dot is the caller's. */
void smtp_dots_end(SmtpDots *dots, GString *out);
