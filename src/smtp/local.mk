# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += src/smtp/libsmtp.a
src_smtp_libsmtp_a_CFLAGS = $(AM_CFLAGS)
src_smtp_libsmtp_a_SOURCES = \
	%D%/address.c %D%/address.h \
	%D%/dots.c %D%/dots.h \
	%D%/reply.c %D%/reply.h \
	%D%/send.c \
	%D%/session.c %D%/session.h %D%/session-private.h
