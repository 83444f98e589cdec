# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += src/imap/libimap.a
src_imap_libimap_a_CFLAGS = $(AM_CFLAGS)
src_imap_libimap_a_SOURCES = \
	%D%/fetch.c \
	%D%/fetch.h \
	%D%/folders.c \
	%D%/folders.h \
	%D%/parser.c \
	%D%/parser.h \
	%D%/reader.c \
	%D%/reader.h \
	%D%/response.c \
	%D%/response.h \
	%D%/results.c \
	%D%/results.h \
	%D%/seqmap.c \
	%D%/seqmap.h \
	%D%/session-change.c \
	%D%/session-events.c \
	%D%/session-fetch.c \
	%D%/session-folders.c \
	%D%/session-idle.c \
	%D%/session-login.c \
	%D%/session-mailbox.c \
	%D%/session-private.h \
	%D%/session.c \
	%D%/session.h \
	%D%/sets.c \
	%D%/sets.h \
	%D%/structure.c \
	%D%/structure.h \
	%D%/types.h \
	%D%/writer.c \
	%D%/writer.h
