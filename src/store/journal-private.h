/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal-private.h - what journal.c, outbox.c and drafts.c share. */
#pragma once

#include "store/base.h"
#include "store/journal.h"

struct Journal {
	StoreBase *base;
	HashKey key;
	guint64 version;     /* of journal_version() */
	gint64 data_version; /* when last looked */
};

extern const BaseOptions journal_base;

/* Commit what journal_begin() began, count it, and checkpoint when due. */
gboolean journal_end(Journal *journal, GError **error);
