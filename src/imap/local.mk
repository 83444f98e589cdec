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
	%D%/session.h \
	%D%/sets.c \
	%D%/sets.h \
	%D%/structure.c \
	%D%/structure.h \
	%D%/types.h
