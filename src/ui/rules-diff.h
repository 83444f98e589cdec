/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules-diff.h - how two scripts differ, line by line. Pure. */
#pragma once

/* Lines with "- " (only in a), "+ " (only in b), "  " (both); the caller's. */
char *rules_difference(const char *a, const char *b);
