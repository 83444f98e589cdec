/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * subject.h - the marks before a subject, for subject.c and reply.c.
 */
#pragma once

#include <glib.h>

/* Behind "Re:", "Re[2]:", "AW^3 :", "回复：" and their blanks, or NULL; *forward: it means a forward. */
const char *mime_skip_mark(const char *subject, gboolean *forward);
