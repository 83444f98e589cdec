# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += src/sieve/libsieve.a
src_sieve_libsieve_a_CFLAGS = $(AM_CFLAGS)
src_sieve_libsieve_a_SOURCES = \
	%D%/form-private.h \
	%D%/form-read.c \
	%D%/form-text.c \
	%D%/form-token.c \
	%D%/form-words.c \
	%D%/form.c %D%/form.h \
	%D%/manage.c %D%/manage.h %D%/manage-private.h \
	%D%/manage-answer.c %D%/manage-answer.h \
	%D%/manage-scripts.c
