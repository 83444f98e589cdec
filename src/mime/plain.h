/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plain.h - plain text laid out into a MimeText, for show.c.
 */
#pragma once

#include "mime/text.h"

typedef struct {
	int width;              /* cells; 0: lines stay whole */
	gboolean flowed, delsp; /* RFC 3676 */
} PlainOptions;

/* text is UTF-8 with LF, not yet safe. */
void mime_plain_layout(MimeText *out, const char *text, gsize length, const PlainOptions *options);
