# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += src/util/libutil.a
src_util_libutil_a_CFLAGS = $(AM_CFLAGS) $(PCRE2_CFLAGS)
src_util_libutil_a_SOURCES = \
	%D%/cancel.c %D%/cancel.h \
	%D%/charset.c %D%/charset.h \
	%D%/dates.c %D%/dates.h \
	%D%/fault.c %D%/fault.h \
	%D%/fuzzy.c %D%/fuzzy.h \
	%D%/hash.c %D%/hash.h \
	%D%/i18n.h \
	%D%/imap-utf7.c \
	%D%/ini.c %D%/ini.h \
	%D%/json.c %D%/json.h \
	%D%/limits.h \
	%D%/log.c %D%/log.h \
	%D%/paths.c %D%/paths.h \
	%D%/program-split.c \
	%D%/program.c %D%/program.h \
	%D%/queue.c %D%/queue.h \
	%D%/regex-posix.c \
	%D%/regex.c %D%/regex.h \
	%D%/secret.c %D%/secret.h \
	%D%/text-layout.c \
	%D%/text.c %D%/text.h \
	%D%/when.c %D%/when.h
