# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += src/imap/libimap.a
src_imap_libimap_a_CFLAGS = $(AM_CFLAGS)
src_imap_libimap_a_SOURCES = \
	%D%/session.h \
	%D%/sets.h \
	%D%/types.h
