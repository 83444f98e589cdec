/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * spam.h - a spam score from the fields that filters write, for hosts.
 */
#pragma once

/*
 * From X-Spam-Status ("Yes, score=7.2 required=5.0"), X-Spam-Score and
 * X-Spam-Flag, decoded; each may be NULL. *score 0 to 10 and *percent 0 to 100, where 5 and
 * 50 are what is needed to be spam; -1: none of them says anything.
 */
void sieve_spam_score(const char *status, const char *score, const char *flag, int *out, int *percent);
