# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += src/store/libstore.a
src_store_libstore_a_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
src_store_libstore_a_SOURCES = \
	%D%/operation.c %D%/key.c %D%/key.h \
	%D%/base.c %D%/base.h %D%/base-private.h %D%/base-open.c %D%/base-checkpoint.c
# posthorn.db
src_store_libstore_a_SOURCES += \
	%D%/journal.c %D%/journal-private.h %D%/journal-schema.c %D%/journal-values.c %D%/journal-settle.c %D%/outbox.c %D%/drafts.c
