# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += src/mime/libmime.a
src_mime_libmime_a_CFLAGS = $(AM_CFLAGS) $(GMIME_CFLAGS) $(XML_CFLAGS)
src_mime_libmime_a_SOURCES = \
	%D%/address.c \
	%D%/build.h \
	%D%/decode.h \
	%D%/fields.c \
	%D%/head.h \
	%D%/header.c \
	%D%/header.h \
	%D%/html.h \
	%D%/mailto.h \
	%D%/message.h \
	%D%/part.h \
	%D%/reply.h \
	%D%/scan.c \
	%D%/scan.h \
	%D%/sender.c \
	%D%/show.h \
	%D%/text.h \
	%D%/words.c \
	%D%/words.h
