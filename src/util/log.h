/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log.h - the log: the one mutable global of the program.
 *
 * Lines are sanitised and cut at LIMIT_LOG_LINE; the file is 0600 and rotated
 * at 4 MiB (one old file kept, as PATH.old). Any thread may write. Secrets are
 * never given to it: who builds a command marks its secret part.
 */
#pragma once

#include <glib.h>

typedef enum {
	LOG_GENERAL = 1 << 0, /* always on */
	LOG_IMAP = 1 << 1,
	LOG_SMTP = 1 << 2,
	LOG_NET = 1 << 3,
	LOG_STORE = 1 << 4,
	LOG_ENGINE = 1 << 5,
	LOG_UI = 1 << 6,
	LOG_SIEVE = 1 << 7, /* ManageSieve */
} LogCategory;

/* path NULL: nothing is written. Call once, from main(). */
gboolean log_open(const char *path, guint categories, GError **error);
void log_close(void);
gboolean log_on(LogCategory category);
/* "imap" -> LOG_IMAP, "all" -> every bit; 0 when unknown. */
guint log_category(const char *name);
void log_line(LogCategory category, const char *format, ...) G_GNUC_PRINTF(2, 3);
