/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dates.h - points in time: seconds since 1970 UTC, with the writer's offset beside.
 */
#pragma once

#include <glib.h>

typedef struct {
	gint64 seconds;        /* since 1970-01-01 UTC */
	gint16 offset_minutes; /* of the zone it was written in, east positive */
} DateTime;

/*
 * A Date field, lenient: obsolete zones and forms, comments (RFC 5322, 3.3 and
 * 4.3), asctime(), ISO 8601, AM and PM. Unknown zones are UTC; no time is
 * midnight. FALSE: no such day, or none found; date is as it was.
 */
gboolean dates_parse_mail(const char *text, DateTime *date);
/* IMAP date-time, "17-Jul-1996 02:44:25 -0700" (RFC 9051). */
gboolean dates_parse_imap(const char *text, gsize length, DateTime *date);
/* The caller's strings. */
char *dates_format_mail(DateTime date);    /* Fri, 20 Nov 2026 09:12:00 +0100 */
char *dates_format_imap(DateTime date);    /* 20-Nov-2026 09:12:00 +0100 */
char *dates_format_rfc3339(DateTime date); /* 2026-11-20T09:12:00+01:00 */
/* For the index: 14:05 today, Thu 14:05 this week, 20 Nov this year, 2025-11-20; local zone, translated
 * names. */
char *dates_format_short(gint64 seconds, gint64 now);
/* For the pager: Fri 20 Nov 2026 09:12 +0100, in the writer's zone. */
char *dates_format_long(DateTime date);
/* Now, with the local zone's offset. */
DateTime dates_now(void);
/* A clock that also runs during suspend (CLOCK_BOOTTIME), microseconds; for deadlines. */
gint64 dates_clock_us(void);
