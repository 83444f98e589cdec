/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "util/when.h"

#include <string.h>

#include "util/fault.h"
#include "util/i18n.h"

#define YEAR_S (366 * G_GINT64_CONSTANT(24) * 3600)
#define MORNING_HOUR 8
#define WORDS_MOST 3

typedef struct {
	int hour, minute; /* hour -1: none said */
} Clock;

/* A whole number of at most four digits; FALSE: none, or longer. */
static gboolean
read_number(const char **text, int *number)
{
	const char *from = *text;

	*number = 0;
	while (g_ascii_isdigit(**text) && *text - from < 4)
		*number = *number * 10 + (*(*text)++ - '0');
	return *text > from && !g_ascii_isdigit(**text);
}

/* "2h" as a whole; 0: no such. */
static gint64
read_span(const char *text)
{
	static const struct {
		char letter;
		gint64 seconds;
	} units[] = {{'m', 60}, {'h', 3600}, {'d', 24 * 3600}, {'w', 7 * 24 * 3600}};
	int number;

	if (!read_number(&text, &number))
		return 0;
	for (gsize i = 0; i < G_N_ELEMENTS(units); i++)
		if (text[0] == units[i].letter && text[1] == '\0')
			return number * units[i].seconds;
	return 0;
}

/* "18:30" as a whole. */
static gboolean
read_clock(const char *text, Clock *clock)
{
	int hour, minute;

	if (!read_number(&text, &hour) || *text++ != ':' || !read_number(&text, &minute) || *text != '\0' ||
		hour > 23 || minute > 59)
		return FALSE;
	*clock = (Clock){hour, minute};
	return TRUE;
}

/* A day of the week from 1, Monday; 0: none. */
static int
read_weekday(const char *text)
{
	static const char *const english[] = {
		"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
	g_autofree char *small = g_utf8_strdown(text, -1);

	for (int day = 1; day <= 7; day++) {
		/* 4 January 2021 was a Monday. */
		g_autoptr(GDateTime) some = g_date_time_new_utc(2021, 1, 3 + day, 0, 0, 0);
		g_autofree char *name = g_date_time_format(some, "%A"),
				*brief = g_date_time_format(some, "%a");
		g_autofree char *name_small = g_utf8_strdown(name, -1),
				*brief_small = g_utf8_strdown(brief, -1);

		if (strcmp(small, name_small) == 0 || strcmp(small, brief_small) == 0 ||
			strcmp(small, english[day - 1]) == 0 ||
			(strlen(small) == 3 && g_str_has_prefix(english[day - 1], small)))
			return day;
	}
	return 0;
}

static gboolean
read_date(const char *text, int *year, int *month, int *day)
{
	return read_number(&text, year) && *text++ == '-' && read_number(&text, month) && *text++ == '-' &&
	       read_number(&text, day) && *text == '\0' &&
	       g_date_valid_dmy((GDateDay)MIN(*day, 99), (GDateMonth)MIN(*month, 99), (GDateYear)*year);
}

/* The day that a word means; NULL: none. */
static GDateTime *
read_day(const char *word, GDateTime *now)
{
	int year, month, day = read_weekday(word), ahead;

	if (g_ascii_strcasecmp(word, "today") == 0 || g_ascii_strcasecmp(word, _("today")) == 0)
		return g_date_time_ref(now);
	if (g_ascii_strcasecmp(word, "tomorrow") == 0 || g_ascii_strcasecmp(word, _("tomorrow")) == 0)
		return g_date_time_add_days(now, 1);
	if (day > 0) {
		ahead = (day - g_date_time_get_day_of_week(now) + 7) % 7;
		return g_date_time_add_days(now, ahead == 0 ? 7 : ahead);
	}
	if (read_date(word, &year, &month, &day))
		return g_date_time_new_local(year, month, day, 0, 0, 0);
	return NULL;
}

static gint64
at_clock(GDateTime *day, Clock clock)
{
	g_autoptr(GDateTime) at = NULL;

	if (clock.hour < 0)
		clock = (Clock){MORNING_HOUR, 0};
	at = g_date_time_new_local(g_date_time_get_year(day), g_date_time_get_month(day),
		g_date_time_get_day_of_month(day), clock.hour, clock.minute, 0);
	return at ? g_date_time_to_unix(at) : 0;
}

/* 0: not understood. */
static gint64
read_words(char *const *words, guint count, gint64 now)
{
	g_autoptr(GDateTime) today = g_date_time_new_from_unix_local(now);
	g_autoptr(GDateTime) day = NULL;
	Clock clock = {-1, 0};
	gint64 span = count == 1 ? read_span(words[0]) : 0, at;

	if (!today || count == 0 || count > 2)
		return 0;
	if (span > 0)
		return now + span;
	if (read_clock(words[count - 1], &clock))
		count--;
	if (count == 0) {
		at = at_clock(today, clock);
		if (at > now)
			return at;
		day = g_date_time_add_days(today, 1);
		return at_clock(day, clock);
	}
	day = count == 1 ? read_day(words[0], today) : NULL;
	return day ? at_clock(day, clock) : 0;
}

gint64
when_parse(const char *text, gint64 now, GError **error)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	g_auto(GStrv) all = g_strsplit_set(valid, " \t", -1);
	char *words[WORDS_MOST + 1];
	guint count = 0;
	gint64 at;

	for (guint i = 0; all[i] && count < WORDS_MOST; i++)
		if (*all[i])
			words[count++] = all[i];
	at = read_words(words, count, now);
	if (at == 0)
		fault_set(error, FAULT_INPUT,
			_("This is no time: write 18:30, tomorrow 9:00, mon 8:00, 2h or 2026-12-24 10:00."));
	else if (at <= now)
		fault_set(error, FAULT_INPUT, _("This time is over already."));
	else if (at > now + YEAR_S)
		fault_set(error, FAULT_INPUT, _("This time is more than a year away."));
	else
		return at;
	return 0;
}
