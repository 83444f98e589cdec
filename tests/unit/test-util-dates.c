/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "util/dates.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
	const char *text;
	const char *date; /* RFC 3339, or NULL for none */
} Row;

static void
check_mail(const Row *rows, gsize count)
{
	for (gsize i = 0; i < count; i++) {
		DateTime date = {.seconds = 4711};
		gboolean found = dates_parse_mail(rows[i].text, &date);
		g_autofree char *text = found ? dates_format_rfc3339(date) : NULL;
		g_assert_cmpstr(text, ==, rows[i].date);
		if (!found)
			g_assert_cmpint(date.seconds, ==, 4711);
	}
}

static void
test_mail_forms(void)
{
	static const Row rows[] = {
		{"Fri, 20 Nov 2026 09:12:00 +0100", "2026-11-20T09:12:00+01:00"},
		{"Fri, 20 Nov 2026 09:12:00 +0100 (CET)", "2026-11-20T09:12:00+01:00"},
		{"20 Nov 2026 09:12 -0330", "2026-11-20T09:12:00-03:30"},
		{"Fri,20 Nov 2026 09:12:00+0100", "2026-11-20T09:12:00+01:00"},
		{"  Fri ,\t20\tNov 2026 9:2:3 +0000  ", "2026-11-20T09:02:03+00:00"},
		{"Mon, 1 Feb 2021 00:00:00 -0000", "2021-02-01T00:00:00+00:00"},
		{"29 Feb 2024 12:00:00 +0000", "2024-02-29T12:00:00+00:00"},
		{"31 Dec 2016 23:59:60 +0000", "2016-12-31T23:59:59+00:00"}, /* a leap second */
		{"Thu, 1 Jan 1970 00:00:00 +0000", "1970-01-01T00:00:00+00:00"},
		{"Fri, 20 November 2026 09:12:00 +0100", "2026-11-20T09:12:00+01:00"},
		{"Friday, 20-Nov-26 09:12:00 GMT", "2026-11-20T09:12:00+00:00"},
	};
	check_mail(rows, G_N_ELEMENTS(rows));
}

static void
test_mail_obsolete(void)
{
	static const Row rows[] = {
		{"21 Nov 97 09:55:06 GMT", "1997-11-21T09:55:06+00:00"},
		{"21 Nov 49 09:55:06 GMT", "2049-11-21T09:55:06+00:00"},
		{"21 Nov 50 09:55:06 GMT", "1950-11-21T09:55:06+00:00"},
		{"21 Nov 103 09:55:06 GMT", "2003-11-21T09:55:06+00:00"},
		{"Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", "1997-11-21T09:55:06-06:00"},
		{"Fri (of (course)), 21 (\\)) Nov 1997 (x) 09:55:06 (y) -0600", "1997-11-21T09:55:06-06:00"},
		{"21 Nov 1997 09:55:06 EST", "1997-11-21T09:55:06-05:00"},
		{"21 Nov 1997 09:55:06 pdt", "1997-11-21T09:55:06-07:00"},
		{"21 Nov 1997 09:55:06 UT", "1997-11-21T09:55:06+00:00"},
		{"21 Nov 1997 09:55:06 A", "1997-11-21T09:55:06+00:00"}, /* military letters are unknown */
		{"21 Nov 1997 09:55:06 Z", "1997-11-21T09:55:06+00:00"},
		{"21 Nov 1997 09:55:06 CEST", "1997-11-21T09:55:06+02:00"},
		{"21 Nov 1997 09:55:06 XYZZY", "1997-11-21T09:55:06+00:00"},
	};
	check_mail(rows, G_N_ELEMENTS(rows));
}

static void
test_mail_broken_software(void)
{
	static const Row rows[] = {
		{"Fri Nov 20 09:12:00 2026", "2026-11-20T09:12:00+00:00"},
		{"Fri Nov 20 09:12:00 2026 +0100", "2026-11-20T09:12:00+01:00"},
		{"Fri Nov 20 09:12:00 EST 2026", "2026-11-20T09:12:00-05:00"},
		{"2026-11-20T09:12:00Z", "2026-11-20T09:12:00+00:00"},
		{"2026-11-20T09:12:00.123456+01:00", "2026-11-20T09:12:00+01:00"},
		{"2026-11-20 09:12:00 +0100", "2026-11-20T09:12:00+01:00"},
		{"2026-11-20", "2026-11-20T00:00:00+00:00"},
		{"20 Nov 2026", "2026-11-20T00:00:00+00:00"},
		{"Fri, 20 Nov 2026 09:12:00 GMT+01:00", "2026-11-20T09:12:00+01:00"},
		{"Fri, 20 Nov 2026 09:12:00 UTC+1", "2026-11-20T09:12:00+01:00"},
		{"Fri, 20 Nov 2026 09:12:00 0100", "2026-11-20T09:12:00+01:00"},
		{"Nov 20, 2026 9:12 PM", "2026-11-20T21:12:00+00:00"},
		{"Nov 20, 2026 12:12:00 AM", "2026-11-20T00:12:00+00:00"},
		{"Fri, 20 Nov 2026 09:12:00 +9999", "2026-11-20T09:12:00+00:00"},
		{"Fri, 20 Nov 2026 09:12:00 +0175", "2026-11-20T09:12:00+00:00"},
		{"Fri, 20 Nov 2026 09:12:00 +0100 -0500", "2026-11-20T09:12:00+01:00"},
		{"Mon, 01 Jan 0001 00:00:00 +0000", "0001-01-01T00:00:00+00:00"},
		{"Fri, 20 Nov 2026 09:12:00 (unclosed", "2026-11-20T09:12:00+00:00"},
	};
	check_mail(rows, G_N_ELEMENTS(rows));
}

static void
test_mail_nonsense(void)
{
	static const Row rows[] = {
		{"", NULL},
		{"yesterday", NULL},
		{"20", NULL},
		{"Nov 2026", NULL},
		{"30 Feb 2026 09:12:00 +0000", NULL},
		{"29 Feb 2100 09:12:00 +0000", NULL},
		{"0 Nov 2026 09:12:00 +0000", NULL},
		{"32 Nov 2026 09:12:00 +0000", NULL},
		{"20 Nov 2026 24:12:00 +0000", NULL},
		{"20 Nov 2026 09:60:00 +0000", NULL},
		{"20 Nov 2026 09:12:61 +0000", NULL},
		{"20 Nov 12026 09:12:00 +0000", NULL},
		{"20 Nov 99999999999999999999 09:12:00 +0000", NULL},
		{"20 Nov 2026 99999999999:12:00 +0000", NULL},
		{"20 Nov 2026 09:99999999999:00 +0000", NULL},
		{"20 Nov 2026 09:12(:)", "2026-11-20T09:12:00+00:00"},
		{"20 Nov 2026 09(", "2026-11-20T00:00:00+00:00"},
		{"20 Nov 2026 09:12:4294967296 +0000", NULL},
		{"2026-13-20T09:12:00Z", NULL},
		{"(20 Nov 2026 09:12:00 +0000", NULL},
		{"((((((((((", NULL},
		{"\377\376\0", NULL},
		{"::::::", NULL},
		{"+-+-+-", NULL},
	};
	check_mail(rows, G_N_ELEMENTS(rows));
}

static void
test_imap(void)
{
	static const Row rows[] = {
		{"17-Jul-1996 02:44:25 -0700", "1996-07-17T02:44:25-07:00"},
		{" 7-Jul-1996 02:44:25 -0700", "1996-07-07T02:44:25-07:00"},
		{"7-Jul-1996 02:44:25 -0700", "1996-07-07T02:44:25-07:00"},
		{"07-JUL-1996 02:44:25 +0000", "1996-07-07T02:44:25+00:00"},
		{"17-Jul-1996 02:44:25 +0530", "1996-07-17T02:44:25+05:30"},
		{"", NULL},
		{"17-Jul-1996 02:44:25", NULL},
		{"17-Jul-1996 02:44:25 -0700 ", NULL},
		{"17-Jul-1996T02:44:25 -0700", NULL},
		{"17-Xxx-1996 02:44:25 -0700", NULL},
		{"31-Feb-1996 02:44:25 -0700", NULL},
		{"17-Jul-1996 0a:44:25 -0700", NULL},
		{"17-Jul-1996 02:44:25 07000", NULL},
		{"17-Jul-0000 02:44:25 -0700", NULL},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		DateTime date;
		gboolean found = dates_parse_imap(rows[i].text, strlen(rows[i].text), &date);
		g_autofree char *text = found ? dates_format_rfc3339(date) : NULL;
		g_assert_cmpstr(text, ==, rows[i].date);
	}
}

/* The text is a slice of a longer line: nothing behind its length may be read. */
static void
test_imap_reads_its_length_only(void)
{
	static const char text[] = "17-Jul-1996 02:44:25 -0700";
	DateTime date;
	for (gsize length = 0; length < strlen(text); length++) {
		g_autofree char *part = g_memdup2(text, MAX(length, 1));
		g_assert_false(dates_parse_imap(part, length, &date));
	}
}

static void
test_formats(void)
{
	DateTime date = {.seconds = 1795162320, .offset_minutes = 60};
	g_autofree char *mail = dates_format_mail(date);
	g_autofree char *imap = dates_format_imap(date);
	g_autofree char *rfc3339 = dates_format_rfc3339(date);
	g_autofree char *full = dates_format_long(date);
	g_assert_cmpstr(mail, ==, "Fri, 20 Nov 2026 09:12:00 +0100");
	g_assert_cmpstr(imap, ==, "20-Nov-2026 09:12:00 +0100");
	g_assert_cmpstr(rfc3339, ==, "2026-11-20T09:12:00+01:00");
	g_assert_cmpstr(full, ==, "Fri 20 Nov 2026 09:12 +0100");
}

static void
test_formats_survive_extremes(void)
{
	static const gint64 rows[] = {G_MININT64, -1, 0, G_MAXINT64};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		DateTime date = {.seconds = rows[i], .offset_minutes = i % 2 ? G_MAXINT16 : G_MININT16};
		g_autofree char *rfc3339 = dates_format_rfc3339(date);
		g_autofree char *brief = dates_format_short(rows[i], -rows[i] - 1);
		g_assert_nonnull(strchr(rfc3339, 'T'));
		g_assert_cmpuint(strlen(brief), >=, 5);
	}
}

/* What is written is read as the same instant, in all four centuries of the calendar's cycle. */
static void
test_round_trip(void)
{
	for (gint64 seconds = -G_GINT64_CONSTANT(12219292800); seconds < G_GINT64_CONSTANT(7258118400);
		seconds += 86399 * 37) {
		DateTime date = {.seconds = seconds, .offset_minutes = (gint16)(seconds % 840)};
		DateTime again;
		g_autofree char *mail = dates_format_mail(date);
		g_autofree char *imap = dates_format_imap(date);
		g_assert_true(dates_parse_mail(mail, &again));
		g_assert_cmpint(again.seconds, ==, seconds);
		g_assert_cmpint(again.offset_minutes, ==, date.offset_minutes);
		g_assert_true(dates_parse_imap(imap, strlen(imap), &again));
		g_assert_cmpint(again.seconds, ==, seconds);
	}
}

static void
test_short(void)
{
	static const struct {
		const char *then, *text;
	} rows[] = {
		{"Fri, 20 Nov 2026 14:05:00 +0000", "14:05"},
		{"Fri, 20 Nov 2026 23:59:00 +0000", "23:59"},
		{"Thu, 19 Nov 2026 23:59:00 +0000", "Thu 23:59"},
		{"Sat, 14 Nov 2026 00:00:00 +0000", "Sat 00:00"},
		{"Fri, 13 Nov 2026 23:59:00 +0000", "13 Nov"},
		{"Thu, 1 Jan 2026 00:00:00 +0000", " 1 Jan"},
		{"Wed, 31 Dec 2025 23:59:00 +0000", "2025-12-31"},
		{"Sat, 21 Nov 2026 00:00:00 +0000", "21 Nov"}, /* tomorrow */
		{"Sat, 21 Nov 2037 00:00:00 +0000", "2037-11-21"},
	};
	DateTime now;
	g_assert_true(dates_parse_mail("Fri, 20 Nov 2026 15:00:00 +0000", &now));
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		DateTime then;
		g_assert_true(dates_parse_mail(rows[i].then, &then));
		g_autofree char *text = dates_format_short(then.seconds, now.seconds);
		g_assert_cmpstr(text, ==, rows[i].text);
	}
}

static void
test_now_and_clock(void)
{
	gint64 before = dates_clock_us();
	DateTime now = dates_now();
	g_assert_cmpint(ABS(now.seconds - (gint64)time(NULL)), <=, 1);
	g_assert_cmpint(now.offset_minutes, ==, 0);
	g_assert_cmpint(dates_clock_us(), >=, before);
}

int
main(int argc, char **argv)
{
	g_setenv("TZ", "UTC", TRUE);
	tzset();
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/dates/mail-forms", test_mail_forms);
	g_test_add_func("/dates/mail-obsolete", test_mail_obsolete);
	g_test_add_func("/dates/mail-broken-software", test_mail_broken_software);
	g_test_add_func("/dates/mail-nonsense", test_mail_nonsense);
	g_test_add_func("/dates/imap", test_imap);
	g_test_add_func("/dates/imap-reads-its-length-only", test_imap_reads_its_length_only);
	g_test_add_func("/dates/formats", test_formats);
	g_test_add_func("/dates/formats-survive-extremes", test_formats_survive_extremes);
	g_test_add_func("/dates/round-trip", test_round_trip);
	g_test_add_func("/dates/short", test_short);
	g_test_add_func("/dates/now-and-clock", test_now_and_clock);
	return g_test_run();
}
