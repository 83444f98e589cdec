/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * crlf.h - line ends for the wire.
 */
#pragma once

#include <glib.h>

/* Append text, every LF, CR and CRLF as CRLF. */
void mime_append_crlf(GString *out, const char *text, gsize length);
