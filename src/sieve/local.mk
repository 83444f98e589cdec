# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += src/sieve/libsieve.a
src_sieve_libsieve_a_CFLAGS = $(AM_CFLAGS)
src_sieve_libsieve_a_SOURCES = \
	%D%/action.c \
	%D%/ask.c \
	%D%/bind.c \
	%D%/body.c \
	%D%/compile.c %D%/compile.h \
	%D%/control.c \
	%D%/date.c \
	%D%/duplicate.c \
	%D%/environment.c \
	%D%/errors.c \
	%D%/file.c \
	%D%/flags.c \
	%D%/fold.c \
	%D%/form-private.h \
	%D%/form-read.c \
	%D%/form-text.c \
	%D%/form-token.c \
	%D%/form-words.c \
	%D%/form.c %D%/form.h \
	%D%/glob.c %D%/glob.h \
	%D%/header.c \
	%D%/host.c %D%/host.h \
	%D%/include.c \
	%D%/lexer.c \
	%D%/lists.c \
	%D%/manage-answer.c %D%/manage-answer.h \
	%D%/manage-scripts.c \
	%D%/manage.c %D%/manage.h %D%/manage-private.h \
	%D%/match.c %D%/match.h \
	%D%/mime-part.h \
	%D%/mime.c \
	%D%/notify.c \
	%D%/parser.c \
	%D%/part.c \
	%D%/pool.c %D%/pool.h \
	%D%/programs.c \
	%D%/remote.c \
	%D%/run.c %D%/run.h \
	%D%/sieve.h \
	%D%/spam.c %D%/spam.h \
	%D%/strings.c \
	%D%/table.c %D%/table.h \
	%D%/tree.h \
	%D%/variables.c \
	%D%/words.c
