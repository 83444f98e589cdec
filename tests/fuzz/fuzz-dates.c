/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was understood is written in a form that is understood as the same. */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "util/dates.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(DateTime date)
{
	g_autofree char *mail = dates_format_mail(date);
	g_autofree char *rfc3339 = dates_format_rfc3339(date);
	DateTime again;
	/* An offset can lead out of the years that are written. */
	if (date.seconds < -G_GINT64_CONSTANT(62135510400) || date.seconds > G_GINT64_CONSTANT(253402214399))
		return;
	g_assert(dates_parse_mail(mail, &again));
	g_assert(again.seconds == date.seconds && again.offset_minutes == date.offset_minutes);
	g_assert(dates_parse_mail(rfc3339, &again));
	g_assert(again.seconds == date.seconds && again.offset_minutes == date.offset_minutes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	DateTime date;
	if (dates_parse_mail(text, &date))
		check(date);
	if (dates_parse_imap((const char *)data, size, &date))
		check(date);
	return 0;
}
