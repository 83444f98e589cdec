/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The mail parser looks at what a token is, not where it stands: a number with
 * colons is the time, a word that begins like a month is the month, and so on.
 * That takes in RFC 5322, its obsolete forms, asctime(), ISO 8601, and most of
 * what broken software writes.
 */
#include "config.h"

#include "util/dates.h"

#include <string.h>
#include <time.h>

#include "util/i18n.h"

#define DAY_SECONDS (24 * 60 * 60)
/* A zone further away than this is nonsense and counts as UTC. */
#define OFFSET_MAX_MINUTES (24 * 60)
/* The years 1 to 9999. */
#define SECONDS_MIN (-G_GINT64_CONSTANT(62135596800))
#define SECONDS_MAX G_GINT64_CONSTANT(253402300799)

static const char *const months[] = {
	N_("Jan"),
	N_("Feb"),
	N_("Mar"),
	N_("Apr"),
	N_("May"),
	N_("Jun"),
	N_("Jul"),
	N_("Aug"),
	N_("Sep"),
	N_("Oct"),
	N_("Nov"),
	N_("Dec"),
};

static const char *const weekdays[] = {
	N_("Sun"),
	N_("Mon"),
	N_("Tue"),
	N_("Wed"),
	N_("Thu"),
	N_("Fri"),
	N_("Sat"),
};

/* RFC 5322, 4.3, and those in use that mean one thing only. All other words are UTC. */
static const struct {
	const char *name;
	int minutes;
} zones[] = {
	{"EST", -300},
	{"EDT", -240},
	{"CST", -360},
	{"CDT", -300},
	{"MST", -420},
	{"MDT", -360},
	{"PST", -480},
	{"PDT", -420},
	{"AKST", -540},
	{"AKDT", -480},
	{"HST", -600},
	{"BST", 60},
	{"WEST", 60},
	{"CET", 60},
	{"MET", 60},
	{"CEST", 120},
	{"MEST", 120},
	{"EET", 120},
	{"EEST", 180},
	{"MSK", 180},
	{"JST", 540},
	{"KST", 540},
	{"AEST", 600},
	{"AEDT", 660},
	{"NZST", 720},
	{"NZDT", 780},
};

typedef struct {
	int year, month, day; /* month 1..12; 0: not seen, year -1 */
	int hour, minute, second;
	int offset_minutes;
	gboolean has_time, has_zone, has_offset; /* an offset is a zone in figures */
} Parts;

/* Days since 1970-01-01 of a day of the proleptic Gregorian calendar. */
static gint64
days_from_civil(int year, int month, int day)
{
	gint64 y = month <= 2 ? year - 1 : year;
	gint64 era = (y >= 0 ? y : y - 399) / 400;
	gint64 year_of_era = y - era * 400;
	gint64 day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static int
days_in_month(int year, int month)
{
	static const gint8 days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	gboolean leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && leap ? 29 : days[month - 1];
}

static gboolean
finish(const Parts *parts, DateTime *date)
{
	if (parts->month < 1 || parts->month > 12 || parts->year < 1 || parts->year > 9999)
		return FALSE;
	if (parts->day < 1 || parts->day > days_in_month(parts->year, parts->month))
		return FALSE;
	if (parts->hour < 0 || parts->hour > 23 || parts->minute < 0 || parts->minute > 59)
		return FALSE;
	if (parts->second < 0 || parts->second > 60)
		return FALSE;
	gint64 days = days_from_civil(parts->year, parts->month, parts->day);
	gint64 clock = parts->hour * 3600 + parts->minute * 60 + MIN(parts->second, 59);
	date->seconds = days * DAY_SECONDS + clock - (gint64)parts->offset_minutes * 60;
	date->offset_minutes = (gint16)parts->offset_minutes;
	return TRUE;
}

/* 1 for the first name; 0 when none begins with the first three letters of word. */
static int
find_name(const char *const *names, gsize count, const char *word, gsize length)
{
	char first[3];

	if (length < 3)
		return 0;
	for (gsize i = 0; i < sizeof first; i++)
		first[i] = g_ascii_tolower(word[i]);
	for (gsize i = 0; i < count; i++) {
		const char *name = names[i];
		if (g_ascii_tolower(name[0]) == first[0] && name[1] == first[1] && name[2] == first[2])
			return (int)i + 1;
	}
	return 0;
}

/* Skip a comment that starts at at; an unclosed one ends the text. */
static const char *
skip_comment(const char *at)
{
	gsize depth = 0;
	for (; *at; at++) {
		if (*at == '\\' && at[1])
			at++;
		else if (*at == '(')
			depth++;
		else if (*at == ')' && --depth == 0)
			return at + 1;
	}
	return at;
}

/* The digits at *at; a value past nine digits is -1. */
static int
take_number(const char **at, int *digits)
{
	int value = 0;
	int count = 0;
	for (; g_ascii_isdigit(**at); (*at)++) {
		if (count < 10)
			count++;
		if (count < 10)
			value = value * 10 + (**at - '0');
	}
	*digits = count;
	return count < 10 ? value : -1;
}

/* RFC 5322, 4.3: two digits up to 49 are 20xx; three, and the other two, are 19xx and later. */
static int
full_year(int value, int digits)
{
	if (digits == 2)
		return value < 50 ? 2000 + value : 1900 + value;
	return digits == 3 ? 1900 + value : value;
}

static const char *
skip_blanks(const char *at)
{
	for (;;) {
		at += strspn(at, " \t\r\n");
		if (*at != '(')
			return at;
		at = skip_comment(at);
	}
}

/* The figures behind a colon, which may stand among blanks and comments (RFC 5322, 4.3); NULL when there are
 * none. */
static const char *
after_colon(const char *at)
{
	at = skip_blanks(at);
	if (*at != ':')
		return NULL;
	at = skip_blanks(at + 1);
	return g_ascii_isdigit(*at) ? at : NULL;
}

/* The rest of hour[:minute[:second[.fraction]]], at the minute. */
static const char *
take_time(Parts *parts, const char *at, int hour)
{
	int digits;
	parts->hour = hour;
	parts->minute = take_number(&at, &digits);
	const char *second = after_colon(at);
	if (second) {
		at = second;
		parts->second = take_number(&at, &digits);
		if ((*at == '.' || *at == ',') && g_ascii_isdigit(at[1])) {
			at++;
			take_number(&at, &digits);
		}
	}
	parts->has_time = TRUE;
	return at;
}

static void
set_offset(Parts *parts, int sign, int hours, int minutes)
{
	int offset = hours * 60 + minutes;
	if (parts->has_offset)
		return;
	parts->offset_minutes = minutes < 60 && offset < OFFSET_MAX_MINUTES ? sign * offset : 0;
	parts->has_zone = TRUE;
	parts->has_offset = TRUE;
}

/* +hhmm, +hh:mm, +hh, at the sign. */
static const char *
take_offset(Parts *parts, const char *at)
{
	int digits;
	int sign = *at == '-' ? -1 : 1;
	at++;
	int value = take_number(&at, &digits);
	if (*at == ':' && digits <= 2 && g_ascii_isdigit(at[1])) {
		at++;
		set_offset(parts, sign, value, take_number(&at, &digits));
	} else if (digits <= 2) {
		set_offset(parts, sign, value, 0);
	} else if (digits <= 4) {
		set_offset(parts, sign, value / 100, value % 100);
	} else {
		set_offset(parts, 1, 0, 0);
	}
	return at;
}

/* 2026-11-20, followed by the end, a blank or T; NULL when it is something else. */
static const char *
take_iso_day(Parts *parts, const char *at)
{
	for (int i = 0; i < 10; i++) {
		gboolean dash = i == 4 || i == 7;
		if (dash ? at[i] != '-' : !g_ascii_isdigit(at[i]))
			return NULL;
	}
	if (g_ascii_isdigit(at[10]))
		return NULL;
	int digits;
	parts->year = take_number(&at, &digits);
	at++;
	parts->month = take_number(&at, &digits);
	at++;
	parts->day = take_number(&at, &digits);
	return *at == 'T' || *at == 't' ? at + 1 : at;
}

static const char *
take_figures(Parts *parts, const char *at)
{
	const char *iso = parts->year < 0 && parts->day == 0 ? take_iso_day(parts, at) : NULL;
	if (iso)
		return iso;
	int digits;
	int value = take_number(&at, &digits);
	const char *minute = parts->has_time ? NULL : after_colon(at);
	if (minute)
		return take_time(parts, minute, value);
	if (digits <= 2 && parts->day == 0)
		parts->day = value;
	else if (parts->year < 0 && digits >= 2)
		parts->year = full_year(value, digits);
	else if (parts->has_time && !parts->has_zone && digits == 4)
		set_offset(parts, 1, value / 100, value % 100);
	return at;
}

static gboolean
word_is(const char *word, gsize length, const char *name)
{
	return strlen(name) == length && g_ascii_strncasecmp(word, name, length) == 0;
}

static void
take_zone(Parts *parts, const char *word, gsize length)
{
	parts->has_zone = TRUE;
	for (gsize i = 0; i < G_N_ELEMENTS(zones); i++) {
		if (word_is(word, length, zones[i].name))
			parts->offset_minutes = zones[i].minutes;
	}
}

static const char *
take_word(Parts *parts, const char *at)
{
	const char *word = at;
	while (g_ascii_isalpha(*at))
		at++;
	gsize length = (gsize)(at - word);
	int month = find_name(months, G_N_ELEMENTS(months), word, length);
	if (month > 0 && parts->month == 0)
		parts->month = month;
	else if (find_name(weekdays, G_N_ELEMENTS(weekdays), word, length) > 0)
		return at;
	else if (parts->has_time && word_is(word, length, "PM") && parts->hour < 12)
		parts->hour += 12;
	else if (parts->has_time && word_is(word, length, "AM"))
		parts->hour = parts->hour == 12 ? 0 : parts->hour;
	else if (parts->has_time && !parts->has_zone && !word_is(word, length, "PM"))
		take_zone(parts, word, length);
	return at;
}

gboolean
dates_parse_mail(const char *text, DateTime *date)
{
	Parts parts = {.year = -1};
	const char *at = text;
	while (*at) {
		if (*at == '(')
			at = skip_comment(at);
		else if (g_ascii_isdigit(*at))
			at = take_figures(&parts, at);
		else if (g_ascii_isalpha(*at))
			at = take_word(&parts, at);
		else if ((*at == '+' || *at == '-') && parts.has_time && g_ascii_isdigit(at[1]))
			at = take_offset(&parts, at);
		else
			at++;
	}
	return finish(&parts, date);
}

/* count digits at text as a number, or -1. */
static int
fixed_number(const char *text, int count)
{
	int value = 0;
	for (int i = 0; i < count; i++) {
		if (!g_ascii_isdigit(text[i]))
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

gboolean
dates_parse_imap(const char *text, gsize length, DateTime *date)
{
	char form[26];
	/* One digit for the day, without the blank before it, is seen too. */
	gboolean lacks_blank = length == sizeof form - 1;
	if (length != sizeof form && !lacks_blank)
		return FALSE;
	form[0] = '0';
	memcpy(form + lacks_blank, text, length);
	if (form[0] == ' ')
		form[0] = '0';
	Parts parts = {
		.day = fixed_number(form, 2),
		.month = find_name(months, G_N_ELEMENTS(months), form + 3, 3),
		.year = fixed_number(form + 7, 4),
		.hour = fixed_number(form + 12, 2),
		.minute = fixed_number(form + 15, 2),
		.second = fixed_number(form + 18, 2),
	};
	int hours = fixed_number(form + 22, 2);
	int minutes = fixed_number(form + 24, 2);
	gboolean marks = form[2] == '-' && form[6] == '-' && form[11] == ' ' && form[14] == ':' &&
			 form[17] == ':' && form[20] == ' ' && (form[21] == '+' || form[21] == '-');
	if (!marks || hours < 0 || minutes < 0)
		return FALSE;
	set_offset(&parts, form[21] == '-' ? -1 : 1, hours, minutes);
	return finish(&parts, date);
}

/* The calendar in the writer's zone. */
static struct tm
civil(DateTime date)
{
	struct tm tm = {0};
	gint64 local = CLAMP(date.seconds, SECONDS_MIN, SECONDS_MAX) + (gint64)date.offset_minutes * 60;
	time_t seconds = (time_t)CLAMP(local, SECONDS_MIN, SECONDS_MAX);
	gmtime_r(&seconds, &tm);
	return tm;
}

typedef struct {
	char text[8];
} Zone;

/* +0100, or +01:00. */
static Zone
format_zone(gint16 offset_minutes, gboolean colon)
{
	Zone zone;
	guint minutes = (guint)ABS((int)offset_minutes) % (100 * 60);
	g_snprintf(zone.text, sizeof zone.text, "%c%02u%s%02u", offset_minutes < 0 ? '-' : '+', minutes / 60,
		colon ? ":" : "", minutes % 60);
	return zone;
}

char *
dates_format_mail(DateTime date)
{
	struct tm tm = civil(date);
	return g_strdup_printf("%s, %d %s %04d %02d:%02d:%02d %s", weekdays[tm.tm_wday], tm.tm_mday,
		months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec,
		format_zone(date.offset_minutes, FALSE).text);
}

char *
dates_format_imap(DateTime date)
{
	struct tm tm = civil(date);
	return g_strdup_printf("%2d-%s-%04d %02d:%02d:%02d %s", tm.tm_mday, months[tm.tm_mon],
		tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec,
		format_zone(date.offset_minutes, FALSE).text);
}

char *
dates_format_rfc3339(DateTime date)
{
	struct tm tm = civil(date);
	return g_strdup_printf("%04d-%02d-%02dT%02d:%02d:%02d%s", tm.tm_year + 1900, tm.tm_mon + 1,
		tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, format_zone(date.offset_minutes, TRUE).text);
}

static struct tm
local_civil(gint64 seconds)
{
	struct tm tm = {0};
	time_t time = (time_t)CLAMP(seconds, SECONDS_MIN, SECONDS_MAX);
	localtime_r(&time, &tm);
	return tm;
}

static gint64
day_number(const struct tm *tm)
{
	return days_from_civil(tm->tm_year + 1900, tm->tm_mon + 1, tm->tm_mday);
}

char *
dates_format_short(gint64 seconds, gint64 now)
{
	struct tm tm = local_civil(seconds);
	struct tm today = local_civil(now);
	gint64 days = day_number(&today) - day_number(&tm);
	if (days == 0)
		return g_strdup_printf("%02d:%02d", tm.tm_hour, tm.tm_min);
	if (days > 0 && days < 7)
		return g_strdup_printf("%s %02d:%02d", _(weekdays[tm.tm_wday]), tm.tm_hour, tm.tm_min);
	if (tm.tm_year == today.tm_year)
		/* Translators: day of the month, short name of the month. */
		return g_strdup_printf(_("%2d %s"), tm.tm_mday, _(months[tm.tm_mon]));
	return g_strdup_printf("%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

char *
dates_format_long(DateTime date)
{
	struct tm tm = civil(date);
	/* Translators: weekday, day, month, year, hour, minute, zone. */
	return g_strdup_printf(_("%s %d %s %d %02d:%02d %s"), _(weekdays[tm.tm_wday]), tm.tm_mday,
		_(months[tm.tm_mon]), tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
		format_zone(date.offset_minutes, FALSE).text);
}

DateTime
dates_now(void)
{
	time_t seconds = time(NULL);
	struct tm tm = {0};
	localtime_r(&seconds, &tm);
	return (DateTime){.seconds = seconds, .offset_minutes = (gint16)(tm.tm_gmtoff / 60)};
}

gint64
dates_clock_us(void)
{
	struct timespec now;
#ifdef CLOCK_BOOTTIME
	clock_gettime(CLOCK_BOOTTIME, &now);
#else
	clock_gettime(CLOCK_MONOTONIC, &now);
#endif
	return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}
