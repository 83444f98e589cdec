/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * when.h - a time to come, as people write it.
 */
#pragma once

#include <glib.h>

/*
 * "18:30" (today, or tomorrow where that is over), "tomorrow" and "tomorrow 9:00", "mon 8:00" (the next one,
 * never today), "2026-12-24" and "2026-12-24 10:00", "30m", "2h", "3d", "1w". A day without a time is
 * 8:00. Names of days are English or of the locale, three letters or whole. Local zone.
 *
 * Returns seconds since 1970, later than now; 0 with FAULT_INPUT: not understood, over already, or more than
 * a year away.
 */
gint64 when_parse(const char *text, gint64 now, GError **error);
