/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover-private.h - one source asked in a thread; between discover.c and discover-sources.c. */
#pragma once

#include "account/discover.h"

/* In the order in which they win. */
typedef enum {
	ASK_SRV,
	ASK_AUTOCONFIG,
	ASK_WELL_KNOWN,
	ASK_ISPDB,
	ASK_MX,
	ASK_GUESS,
	ASK_COUNT,
} DiscoverAsk;

/* All but options, address, local, domain and stop is the thread's own until it is over. */
typedef struct {
	const DiscoverOptions *options;
	const char *address; /* with its domain as an A-label */
	const char *domain;  /* A-label */
	Cancel *stop;
	DiscoverResult *result; /* NULL: none */
	GError *error;          /* why it could not be asked */
	gboolean reached;       /* somebody answered something */
	gboolean not_offered;   /* SRV: the domain says that it has no IMAP */
} DiscoverTask;

/* Ask; takes as long as it takes, stop ends it. */
void discover_ask(DiscoverTask *task, DiscoverAsk what);

/* From the provider's row. NULL: not an address. */
DiscoverResult *discover_from_row(const Provider *row, const char *address);
