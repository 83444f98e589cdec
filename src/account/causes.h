/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * causes.h - from a failure to plain words and the one next thing to do.
 *
 * A table of (fault, provider, words of the server) -> what it means. Used by
 * setup and by the errors of jobs.
 */
#pragma once

#include "account/conf.h"
#include "account/link.h"

typedef struct {
	char *words; /* what failed and why; translated, complete, safe to show */
	char *next;  /* the one next thing, translated: "Make an app password at ... and give that."; NULL:
			words say it */
	char *link;  /* URL that helps; NULL */
} Cause;

/* Never NULL; the caller's. account may be NULL (then no provider is known). */
Cause *cause_of(const GError *error, const AccountConfig *account, AccountServer server);
void cause_free(Cause *cause);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cause, cause_free)
