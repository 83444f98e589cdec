/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * link.h - what a link says and where it goes, for text.c.
 */
#pragma once

#include "mime/text.h"

MimeLink *mime_link_new(guint number, const char *label, gsize label_length, const char *target);
void mime_link_free(MimeLink *link);
