# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += src/store/libstore.a
src_store_libstore_a_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
src_store_libstore_a_SOURCES = \
	%D%/operation.c %D%/key.c %D%/key.h \
	%D%/base.c %D%/base.h %D%/base-private.h %D%/base-open.c %D%/base-checkpoint.c \
	%D%/checksum.c %D%/checksum.h
# posthorn.db
src_store_libstore_a_SOURCES += \
	%D%/journal.c %D%/journal-private.h %D%/journal-schema.c %D%/journal-values.c %D%/journal-settle.c %D%/outbox.c %D%/drafts.c %D%/rules.c
# headers.db and bodies.db
src_store_libstore_a_SOURCES += \
	%D%/types.c %D%/schema.c %D%/schema.h %D%/map.c %D%/map.h %D%/filter.c %D%/filter.h %D%/folder-row.c %D%/folder-row.h \
	%D%/cache.c %D%/cache-private.h %D%/folders.c %D%/decode.c %D%/ids.c %D%/ids.h %D%/intern.c %D%/nodes.c %D%/threads.c %D%/rows.c \
	%D%/keywords.c %D%/intake.c %D%/settle.c %D%/flags.c %D%/apply.c %D%/confirm.c %D%/folder-operations.c \
	%D%/parts.c %D%/check.c \
	%D%/view.c %D%/view-private.h %D%/view-rows.c %D%/view-mails.c %D%/view-people.c %D%/search.c %D%/order.c %D%/order-load.c \
	%D%/order-sort.c %D%/tree.c
