/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdlib.h>
#include <time.h>

#include "util/fault.h"
#include "util/when.h"

/* Wednesday, 25 November 2026, 14:00 UTC */
#define NOW G_GINT64_CONSTANT(1795615200)
#define HOUR 3600
#define DAY (24 * HOUR)

static void
means(const char *text, gint64 seconds)
{
	g_autoptr(GError) error = NULL;
	gint64 at = when_parse(text, NOW, &error);

	g_assert_no_error(error);
	g_assert_cmpint(at - NOW, ==, seconds);
}

static void
is_refused(const char *text)
{
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(when_parse(text, NOW, &error), ==, 0);
	g_assert_cmpint(fault_of(error), ==, FAULT_INPUT);
}

static void
test_spans(void)
{
	means("30m", 30 * 60);
	means("2h", 2 * HOUR);
	means(" 3d ", 3 * DAY);
	means("1w", 7 * DAY);
}

static void
test_a_time_that_is_over_is_tomorrow(void)
{
	means("18:30", 4 * HOUR + 30 * 60);
	means("9:00", 19 * HOUR);
	means("14:00", DAY);
}

static void
test_days(void)
{
	means("tomorrow", 18 * HOUR);
	means("tomorrow 9:00", 19 * HOUR);
	means("Today 15:00", HOUR);
	means("fri 8:00", DAY + 18 * HOUR);
	means("Friday", DAY + 18 * HOUR);
	means("2026-12-24 10:00", 29 * DAY - 4 * HOUR);
	means("2026-11-26", 18 * HOUR);
}

static void
test_the_day_of_the_week_that_is_today_is_in_a_week(void)
{
	means("wed 14:00", 7 * DAY);
	means("wed 23:00", 7 * DAY + 9 * HOUR);
}

static void
test_what_is_no_time_or_over_is_refused(void)
{
	static const char *const texts[] = {"", "soon", "25:00", "12:60", "2026-02-30", "2026-11-24",
		"2028-01-01", "today 13:00", "0m", "99999999999999999999h", "mon tue 8:00", "8:00 mon", "-1h",
		"\xff\xfe", "9999w"};

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		is_refused(texts[i]);
}

int
main(int argc, char **argv)
{
	setenv("TZ", "UTC", 1);
	tzset();
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/when/spans", test_spans);
	g_test_add_func("/when/a-time-that-is-over-is-tomorrow", test_a_time_that_is_over_is_tomorrow);
	g_test_add_func("/when/days", test_days);
	g_test_add_func("/when/the-day-of-the-week-that-is-today-is-in-a-week",
		test_the_day_of_the_week_that_is_today_is_in_a_week);
	g_test_add_func("/when/what-is-no-time-or-over-is-refused", test_what_is_no_time_or_over_is_refused);
	return g_test_run();
}
