# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += src/engine/libengine.a
src_engine_libengine_a_CFLAGS = $(AM_CFLAGS)
src_engine_libengine_a_SOURCES = \
	%D%/across.c %D%/across.h \
	%D%/acts.c %D%/acts.h \
	%D%/acts-waiting.c %D%/acts-waiting.h \
	%D%/cachewriter.c \
	%D%/connect.c %D%/connect.h \
	%D%/content.c %D%/content.h \
	%D%/engine.c %D%/engine.h \
	%D%/event.c \
	%D%/fetch.c \
	%D%/filing.c %D%/filing.h \
	%D%/folders.c %D%/folders.h \
	%D%/journaler.c \
	%D%/compose.c %D%/compose.h \
	%D%/mailbox.c %D%/mailbox.h \
	%D%/mailbox-batch.c \
	%D%/mailbox-fill.c %D%/mailbox-private.h \
	%D%/mailbox-flags.c \
	%D%/message.c %D%/message.h \
	%D%/outgoing.c \
	%D%/places.c %D%/places.h \
	%D%/private.h \
	%D%/reader.c \
	%D%/registry.c %D%/registry.h \
	%D%/replay.c %D%/replay.h \
	%D%/replay-join.c %D%/replay-join.h \
	%D%/rules.h \
	%D%/rules-apply.c \
	%D%/rules-arrival.c %D%/rules-arrival.h \
	%D%/rules-claim.c %D%/rules-claim.h \
	%D%/rules-daily.c \
	%D%/rules-effects.c %D%/rules-effects.h \
	%D%/rules-host.c %D%/rules-host.h \
	%D%/rules-look.c \
	%D%/rules-propose.c \
	%D%/rules-redirect.c %D%/rules-redirect.h \
	%D%/rules-report.c \
	%D%/rules-run.c %D%/rules-run.h \
	%D%/rules-script.c %D%/rules-script.h \
	%D%/rules-server.c \
	%D%/rules-waiting.c %D%/rules-waiting.h \
	%D%/sender.c \
	%D%/structure.c %D%/structure.h \
	%D%/sync.c \
	%D%/undo.c \
	%D%/waits.c %D%/waits.h \
	%D%/worker.c %D%/worker.h
