# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += src/mime/libmime.a
src_mime_libmime_a_CFLAGS = $(AM_CFLAGS) $(GMIME_CFLAGS) $(XML_CFLAGS)
src_mime_libmime_a_SOURCES = \
	%D%/address.c \
	%D%/autoconfig.c \
	%D%/autoconfig.h \
	%D%/build.c \
	%D%/build.h \
	%D%/choose.c \
	%D%/crlf.h \
	%D%/decode.c \
	%D%/decode.h \
	%D%/draft.c \
	%D%/fields.c \
	%D%/head.c \
	%D%/head.h \
	%D%/header.c \
	%D%/header.h \
	%D%/html-page.h \
	%D%/html-style.c \
	%D%/html-style.h \
	%D%/html-table.c \
	%D%/html-tags.c \
	%D%/html-text.c \
	%D%/html-token.c \
	%D%/html-token.h \
	%D%/html.c \
	%D%/html.h \
	%D%/layout.h \
	%D%/link.c \
	%D%/link.h \
	%D%/mailto.c \
	%D%/mailto.h \
	%D%/message.c \
	%D%/message.h \
	%D%/param.c \
	%D%/param.h \
	%D%/part.c \
	%D%/part.h \
	%D%/plain.c \
	%D%/plain.h \
	%D%/recall.c \
	%D%/reply.c \
	%D%/reply.h \
	%D%/sender.c \
	%D%/show.c \
	%D%/show.h \
	%D%/structure.c \
	%D%/structure.h \
	%D%/subject.c \
	%D%/subject.h \
	%D%/text.c \
	%D%/text.h \
	%D%/wire.c \
	%D%/wire.h \
	%D%/words.c \
	%D%/words.h
