# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += src/imap/libimap.a
src_imap_libimap_a_CFLAGS = $(AM_CFLAGS)
src_imap_libimap_a_SOURCES = \
	%D%/reader.c \
	%D%/reader.h \
	%D%/session.h \
	%D%/sets.c \
	%D%/sets.h \
	%D%/types.h
