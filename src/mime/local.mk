# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += src/mime/libmime.a
src_mime_libmime_a_CFLAGS = $(AM_CFLAGS) $(GMIME_CFLAGS) $(XML_CFLAGS)
src_mime_libmime_a_SOURCES = \
	%D%/build.h \
	%D%/decode.h \
	%D%/head.h \
	%D%/header.h \
	%D%/html.h \
	%D%/mailto.h \
	%D%/message.h \
	%D%/part.h \
	%D%/reply.h \
	%D%/scan.h \
	%D%/show.h \
	%D%/text.h
